/*
 * lists.h - names of people, things, places... in both languages: generators/lists/NAME.txt, built in.
 *
 *	struct str lamp = list_at("things", 17, LANG_ZH);
 *
 * adjectives, animals, colours, drinks, foods, hobbies, jobs, materials, people, places, shapes, sports, subjects, things.
 * Within a list all entries differ, in each language. Thread-safe; a list or an index that does not exist is our mistake.
 */
#ifndef QUARRY_GENERATORS_LISTS_H
#define QUARRY_GENERATORS_LISTS_H

#include "base/str.h"
#include "generators/task.h"

size_t list_count(const char *list);
struct str list_at(const char *list, size_t i, enum lang lang); /* i < list_count(list) */

/* A whole list, for those who take many of it: entry[i][lang], i < count. */
struct list_all {
	const struct str (*entry)[LANGS];
	size_t count;
};
struct list_all list_all(const char *list);

/* An answer's names, which are English with commas between, in another language; one that is not among the first n stays as it is. */
void list_say(struct buf *out, struct str answer, struct str (*name)[LANGS], int n, enum lang lang);

#endif
