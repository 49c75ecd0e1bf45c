/* words.c - the built-in word list, split into words once. */
#include "base/embedded.h"
#include "generators/words.h"

#include <assert.h>
#include <pthread.h>

enum { WORDS_MAX = 8192 };

extern const struct embedded word_files[]; /* made from words.txt */

static struct str words[WORDS_MAX];
static unsigned char shared[WORDS_MAX + 1]; /* letters that a word has in common with the one before it; 0 behind the last */
static size_t count;
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
