/* parts.c - parts of a text, put in order where they stand; see parts.h. */
#include "generators/parts.h"

#include <stdlib.h>

enum { FEW = 16, SHORT = 512 }; /* what needs no memory */

static int order(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The parts without their tails; true: they are in order. */
static bool part_list(struct str *part, const char *text, size_t from, const size_t *end, int n, size_t tail)
{
	bool sorted = true;

	for (int i = 0; i < n; i++) {
		part[i] = (struct str){ text + from, end[i] - from - tail };
		from = end[i];
		sorted = sorted && (i == 0 || str_cmp(part[i - 1], part[i]) <= 0);
	}
	return sorted;
}

/* Most lists are of two. */
static void sort(struct str *part, int n)
{
	if (n > FEW) {
		qsort(part, (size_t)n, sizeof(*part), order);
		return;
	}
	for (int i = 1; i < n; i++)
		for (int k = i; k > 0 && str_cmp(part[k], part[k - 1]) < 0; k--) {
			struct str t = part[k];

			part[k] = part[k - 1];
			part[k - 1] = t;
		}
}

/* part[] lies in `was`, the text is written over. */
static void rearrange(char *to, struct str *part, int n, size_t tail)
{
	sort(part, n);
	for (int i = 0; i < n; i++) {
		memcpy(to, part[i].s, part[i].n + tail);
		to += part[i].n + tail;
	}
}

/* The most usual list: a text of a bytes and one of b behind it. False: both are too long to do it so. */
static bool pair_sort(char *text, size_t a, size_t b, size_t tail)
{
	char room[SHORT];

	if (a > SHORT && b > SHORT)
		return false;
	if (a > tail && b > tail && text[0] != text[a] ? (unsigned char)text[0] < (unsigned char)text[a] :
	    str_cmp((struct str){ text, a - tail }, (struct str){ text + a, b - tail }) <= 0)
		return true;
	if (a <= b) {
		memcpy(room, text, a);
		memmove(text, text + a, b);
		memcpy(text + b, room, a);
	} else {
		memcpy(room, text + a, b);
		memmove(text + b, text, a);
		memcpy(text, room, b);
	}
	return true;
}

void parts_sort(struct buf *out, size_t from, const size_t *end, int n, size_t tail)
{
	size_t bytes = out->n - from;
	struct str few[FEW], *part = few;
	char room[SHORT], *was = room;

	if (out->failed || n < 2 || (n == 2 && pair_sort(out->s + from, end[0] - from, end[1] - end[0], tail)))
		return;
	if (n > FEW)
		part = malloc((size_t)n * sizeof(*part));
	if (bytes > SHORT)
		was = malloc(bytes);
	if (!part || !was) {
		out->failed = true;
	} else if (!part_list(part, out->s, from, end, n, tail)) {
		memcpy(was, out->s + from, bytes);
		for (int i = 0; i < n; i++)
			part[i].s = was + (part[i].s - (out->s + from));
		rearrange(out->s + from, part, n, tail);
	}
	if (part != few)
		free(part);
	if (was != room)
		free(was);
}
