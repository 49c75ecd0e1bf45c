/* lists.c - the built-in lists of lists/NAME.txt, split into their entries once. */
#include "generators/lists.h"
#include "base/embedded.h"

#include <assert.h>
#include <pthread.h>

enum { LISTS_MAX = 32, ENTRIES_MAX = 4096 };

extern const struct embedded list_files[]; /* made from lists/NAME.txt */

/* entries[from .. from + count) are those of a list. */
struct list {
	const char *name;
	size_t from, count;
};

static struct list lists[LISTS_MAX];
static size_t n_lists;
static struct str entries[ENTRIES_MAX][LANGS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void split(void)
{
	size_t n = 0;

	for (const struct embedded *e = list_files; e->name; e++) {
		struct str rest = { e->text, e->n }, line;
		struct list *list = &lists[n_lists++];

		assert(n_lists <= LISTS_MAX);
		*list = (struct list){ e->name, n, 0 };
		while (str_line(&rest, &line)) {
			ptrdiff_t tab = str_chr(line, '\t');

			if (line.n == 0 || line.s[0] == '#')
				continue;
			assert(tab > 0 && n < ENTRIES_MAX);
			entries[n][LANG_EN] = str_sub(line, 0, (size_t)tab);
			entries[n++][LANG_ZH] = str_from(line, (size_t)tab + 1);
		}
		list->count = n - list->from;
	}
}

static const struct list *list_of(const char *name)
{
	size_t i = 0;

	pthread_once(&once, split);
	while (i < n_lists && (lists[i].name[0] != name[0] || strcmp(lists[i].name, name) != 0))
		i++;
	assert(i < n_lists);
	return &lists[i];
}

size_t list_count(const char *list)
{
	return list_of(list)->count;
}

struct list_all list_all(const char *list)
{
	const struct list *l = list_of(list);

	return (struct list_all){ (const struct str (*)[LANGS])&entries[l->from], l->count };
}

struct str list_at(const char *list, size_t i, enum lang lang)
{
	const struct list *l = list_of(list);

	assert(i < l->count && lang < LANGS);
	return entries[l->from + i][lang];
}

void list_say(struct buf *out, struct str answer, struct str (*name)[LANGS], int n, enum lang lang)
{
	struct str said;

	for (bool first = true; str_split(&answer, ',', &said); first = false) {
		int i = 0;

		said = str_trim(said);
		while (i < n && !str_eq(name[i][LANG_EN], said))
			i++;
		buf_addz(out, first ? "" : "，");
		buf_add(out, i < n ? name[i][lang] : said);
	}
}
