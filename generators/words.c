/* words.c - the built-in word list, split into words once. */
#include "base/embedded.h"
#include "generators/words.h"

#include <assert.h>
#include <pthread.h>

enum { WORDS_MAX = 8192, LONGEST = 12, BLOCKS = WORDS_MAX / 64 };

extern const struct embedded word_files[]; /* made from words.txt */

static struct str words[WORDS_MAX];
static unsigned char shared[WORDS_MAX + 1]; /* letters that a word has in common with the one before it; 0 behind the last */
static size_t count;
/* Bit i % 64 of block i / 64: word i has this letter at this place; has this many letters. */
static uint64_t having[LONGEST][26][BLOCKS], long_as[LONGEST + 1][BLOCKS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void split(void)
{
	struct str rest = { word_files[0].text, word_files[0].n }, line;

	while (str_line(&rest, &line)) {
		if (line.n == 0 || line.s[0] == '#')
			continue;
		assert(count < WORDS_MAX);
		words[count++] = line;
	}
	for (size_t i = 1; i < count; i++)
		while (shared[i] < words[i].n && shared[i] < words[i - 1].n && words[i].s[shared[i]] == words[i - 1].s[shared[i]])
			shared[i]++;
	for (size_t i = 0; i < count; i++) {
		uint64_t bit = UINT64_C(1) << i % 64;

		assert(words[i].n <= LONGEST);
		long_as[words[i].n][i / 64] |= bit;
		for (size_t at = 0; at < words[i].n; at++)
			having[at][words[i].s[at] - 'a'][i / 64] |= bit;
	}
}

size_t words_count(void)
{
	pthread_once(&once, split);
	return count;
}

struct str words_at(size_t i)
{
	pthread_once(&once, split);
	assert(i < count);
	return words[i];
}

size_t words_alike(size_t i, size_t letters, const struct str **first)
{
	size_t from = i, to = i + 1;

	pthread_once(&once, split);
	assert(i < count && letters > 0 && letters <= words[i].n);
	while (shared[from] >= letters)
		from--;
	while (shared[to] >= letters)
		to++;
	*first = &words[from];
	return to - from;
}

size_t words_like(struct str pattern, size_t from, size_t to)
{
	const uint64_t *need[LONGEST + 1];
	int needs = 0;

	pthread_once(&once, split);
	assert(to <= count);
	if (pattern.n > LONGEST)
		return to;
	need[needs++] = long_as[pattern.n];
	for (size_t at = 0; at < pattern.n; at++)
		if (pattern.s[at] != '.')
			need[needs++] = having[at][pattern.s[at] - 'a'];
	for (size_t block = from / 64; from < to; from = ++block * 64) {
		uint64_t fit = ~UINT64_C(0) << from % 64;

		for (int i = 0; i < needs; i++)
			fit &= need[i][block];
		if (fit) {
			size_t at = block * 64 + (size_t)__builtin_ctzll(fit);

			return at < to ? at : to;
		}
	}
	return to;
}
