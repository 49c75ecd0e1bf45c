/* choose.c - traces to imitate and pairs; see choose.h. */
#include "datasets/choose.h"
#include "datasets/trace.h"

#include <stdio.h>
#include <stdlib.h>

const char *trait_name(enum trait t)
{
	static const char *const names[TRAITS] = {
		[TRAIT_TAKEN] = "taken",
		[TRAIT_INCOMPLETE] = "incomplete",
		[TRAIT_FORMAT] = "format",
		[TRAIT_LOOPS] = "loops",
		[TRAIT_TELLS] = "tells_early",
		[TRAIT_TOO_SHORT] = "too_short",
		[TRAIT_DUPLICATE] = "duplicate",
		[TRAIT_SURPLUS] = "surplus",
	};

	return names[t];
}

uint32_t trace_length(const struct stored_sample *s)
{
	size_t n = s->tokens > 0 ? (size_t)s->tokens : s->response.n;

	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

/* ---- the tenth percentile of each cell */

static void cell_name(char room[96], const struct puzzle *p)
{
	snprintf(room, 96, "%.*s %d %.*s", (int)(p->task.n < 64 ? p->task.n : 64), p->task.s, (int)p->difficulty,
		 (int)(p->lang.n < 8 ? p->lang.n : 8), p->lang.s);
}

/* l->last: prompts of one cell mostly follow each other. */
static struct cell *cell_find(const struct lengths *l, const char *name)
{
	if (l->last < l->n && strcmp(l->cell[l->last].name, name) == 0)
		return &l->cell[l->last];
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->cell[i].name, name) == 0)
			return &l->cell[i];
	return NULL;
}

static struct cell *cell_of(struct lengths *l, const struct puzzle *p)
{
	char name[96];
	struct cell *c;

	cell_name(name, p);
	c = cell_find(l, name);
	if (!c && l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		struct cell *more = realloc(l->cell, room * sizeof(*more));

		if (!more)
			return NULL;
		l->cell = more;
		l->room = room;
	}
	if (!c) {
		c = &l->cell[l->n++];
		*c = (struct cell){ 0 };
		memcpy(c->name, name, sizeof(c->name));
	}
	l->last = (size_t)(c - l->cell);
	return c;
}

static bool complete(const struct stored_sample *s)
{
	return str_is(s->finish, "stop");
}

static bool right(const struct stored_sample *s)
{
	return str_is(s->mark, "correct") && !str_is(s->finish, "error");
}

static int by_number(const void *a, const void *b)
{
	const struct length_count *x = a, *y = b;

	return (x->length > y->length) - (x->length < y->length);
}

/* In order of length, and each length once. */
static void merge_counts(struct cell *c)
{
	size_t n = 0;

	qsort(c->count, c->n, sizeof(*c->count), by_number);
	for (size_t i = 0; i < c->n; i++) {
		if (n && c->count[n - 1].length == c->count[i].length)
			c->count[n - 1].n += c->count[i].n;
		else
			c->count[n++] = c->count[i];
	}
	c->n = n;
}

/* Room for one more: by merging, and where that does not free half, by as much again. */
static bool make_count_room(struct cell *c)
{
	size_t room = c->room ? 2 * c->room : 64;
	struct length_count *more;

	if (c->n < c->room)
		return true;
	if (c->n)
		merge_counts(c);
	if (c->n < c->room / 2)
		return true;
	more = realloc(c->count, room * sizeof(*more));
	if (!more)
		return false;
	c->count = more;
	c->room = room;
	return true;
}

bool lengths_add(struct lengths *l, const struct group *g)
{
	struct cell *c = cell_of(l, &g->puzzle);

	for (int i = 0; c && i < g->samples; i++) {
		const struct stored_sample *s = &g->sample[i];

		if (!right(s) || !complete(s))
			continue;
		if (!make_count_room(c))
			return false;
		c->count[c->n++] = (struct length_count){ trace_length(s), 1 };
	}
	return c != NULL;
}

void lengths_settle(struct lengths *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct cell *c = &l->cell[i];
		uint64_t all = 0, upto = 0;

		if (c->n == 0)
			continue;
		merge_counts(c);
		for (size_t k = 0; k < c->n; k++)
			all += c->count[k].n;
		for (size_t k = 0; upto < (all + 9) / 10; k++) {
			upto += c->count[k].n;
			c->floor = c->count[k].length;
		}
		free(c->count);
		c->count = NULL;
		c->n = c->room = 0;
	}
}

void lengths_release(struct lengths *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->cell[i].count);
	free(l->cell);
	*l = (struct lengths){ 0 };
}

/* ---- choosing */

static bool make_room(struct chooser *c, int n)
{
	int **all[] = { &c->picked, &c->against, &c->order, &c->fit };

	if (n <= c->room)
		return true;
	for (size_t i = 0; i < COUNT(all); i++) {
		int *more = realloc(*all[i], (size_t)n * sizeof(*more));

		if (!more)
			return false;
		*all[i] = more;
	}
	c->room = n;
	return true;
}

static int by_length(const void *a, const void *b, void *ctx)
{
	const struct group *g = ctx;
	int i = *(const int *)a, k = *(const int *)b, d;
	const struct stored_sample *x = &g->sample[i], *y = &g->sample[k];
	uint32_t n = trace_length(x), m = trace_length(y);

	if (n != m)
		return n < m ? -1 : 1;
	if (x->response.n != y->response.n)
		return x->response.n < y->response.n ? -1 : 1;
	d = str_cmp(x->response, y->response);
	return d ? d : i - k;
}

/* The text of all the prompt's messages. */
static void prompt_text(struct buf *b, const struct puzzle *p)
{
	struct json m, content;

	buf_reset(b);
	for (struct json_iter it = json_iter(p->part[PART_PROMPT]); json_next(&it, NULL, &m);) {
		json_get(m, "content", &content);
		json_str(content, b);
		buf_addc(b, '\n');
	}
}

static enum trait trait_of(struct chooser *c, const struct stored_sample *s, uint32_t floor)
{
	if (!complete(s))
		return TRAIT_INCOMPLETE;
	if (!s->format_ok)
		return TRAIT_FORMAT;
	if (trace_length(s) < floor)
		return TRAIT_TOO_SHORT;
	if (trace_loops(s->response, &c->scratch))
		return TRAIT_LOOPS;
	if (trace_tells(s->response, s->extracted, buf_str(&c->prompt), &c->scratch))
		return TRAIT_TELLS;
	return TRAIT_TAKEN;
}

int choose_sft(struct chooser *c, const struct group *g, const struct lengths *l, int m, enum sft_by by, int64_t tally[TRAITS], struct err *err)
{
	const struct cell *cell;
	int n = 0, taken = 0;
	char name[96];

	if (!make_room(c, g->samples))
		return err_set(err, "out of memory");
	cell_name(name, &g->puzzle);
	cell = cell_find(l, name);
	prompt_text(&c->prompt, &g->puzzle);
	for (int i = 0; i < g->samples; i++)
		if (right(&g->sample[i]))
			c->order[n++] = i;
	if (by == SFT_SHORTEST)
		qsort_r(c->order, (size_t)n, sizeof(*c->order), by_length, (void *)g);
	c->fits = 0;
	for (int i = 0; i < n; i++) {
		const struct stored_sample *s = &g->sample[c->order[i]];
		enum trait t = trait_of(c, s, cell ? cell->floor : 0);

		for (int k = 0; t == TRAIT_TAKEN && k < c->fits; k++)
			if (str_eq(s->response, g->sample[c->fit[k]].response))
				t = TRAIT_DUPLICATE;
		if (t == TRAIT_TAKEN) {
			c->fit[c->fits++] = c->order[i];
			if (taken < m)
				c->picked[taken++] = c->order[i];
			else
				t = TRAIT_SURPLUS;
		}
		tally[t]++;
	}
	return c->prompt.failed || c->scratch.failed ? err_set(err, "out of memory") : taken;
}

/* The smaller the better to learn not to; negative: no part of a pair. */
static int rejected_rank(const struct stored_sample *s)
{
	if (str_is(s->mark, "correct") || str_is(s->mark, "bad_task") || str_is(s->finish, "error"))
		return -1;
	if (!complete(s))
		return 2;
	return str_is(s->mark, "wrong") ? 0 : 1;
}

static bool among(const int *list, int n, int v)
{
	for (int i = 0; i < n; i++)
		if (list[i] == v)
			return true;
	return false;
}

/* What goes best with the trace `right`; negative: nothing is left. */
static int best_against(const struct chooser *c, const struct group *g, int right, int used, int *best_rank, uint32_t *best_gap)
{
	uint32_t length = trace_length(&g->sample[right]);
	int best = -1;

	for (int k = 0; k < g->samples; k++) {
		uint32_t other = trace_length(&g->sample[k]), gap = other > length ? other - length : length - other;
		int rank = rejected_rank(&g->sample[k]);

		if (rank < 0 || among(c->against, used, k) || (best >= 0 && (rank > *best_rank || (rank == *best_rank && gap >= *best_gap))))
			continue;
		best = k;
		*best_rank = rank;
		*best_gap = gap;
	}
	return best;
}

int choose_pairs(struct chooser *c, const struct group *g, int m, enum pairs_by by)
{
	int n = 0;

	while (n < c->fits && n < m) {
		int best = -1, best_rank = 0, chosen = 0;
		uint32_t best_gap = 0;

		for (int i = by == PAIRS_SHORTEST ? n : 0; i < (by == PAIRS_SHORTEST ? n + 1 : c->fits); i++) {
			int rank = 0, against;
			uint32_t gap = 0;

			if (by == PAIRS_LENGTH && among(c->picked, n, c->fit[i]))
				continue;
			against = best_against(c, g, c->fit[i], n, &rank, &gap);
			if (against < 0 || (best >= 0 && (rank > best_rank || (rank == best_rank && gap >= best_gap))))
				continue;
			best = against;
			best_rank = rank;
			best_gap = gap;
			chosen = c->fit[i];
		}
		if (best < 0)
			break;
		c->picked[n] = chosen;
		c->against[n++] = best;
	}
	return n;
}

void chooser_release(struct chooser *c)
{
	free(c->picked);
	free(c->against);
	free(c->order);
	free(c->fit);
	buf_release(&c->prompt);
	buf_release(&c->scratch);
	*c = (struct chooser){ 0 };
}
