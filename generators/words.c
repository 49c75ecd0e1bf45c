/* words.c - the built-in word list, split into words once. */
#include "base/embedded.h"
#include "generators/words.h"

#include <assert.h>
#include <pthread.h>

enum { WORDS_MAX = 8192 };

extern const struct embedded word_files[]; /* made from words.txt */

static struct str words[WORDS_MAX];
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
