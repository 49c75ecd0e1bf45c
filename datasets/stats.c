/* stats.c - counts per task; see stats.h. */
#include "datasets/stats.h"

#include <stdio.h>
#include <stdlib.h>

/* Octave and quarter, by the number's top three bits: 1 2 3 4 5 6 7 8 10 12 14 16 20 ... */
int length_bin(uint32_t n)
{
	int octave = 0;

	if (n < 4)
		return (int)n;
	while (n >> octave >= 8)
		octave++;
	octave = 4 * octave + (int)(n >> octave);
	return octave < LENGTH_BINS ? octave : LENGTH_BINS - 1;
}

uint32_t length_bin_from(int bin)
{
	return bin < 8 ? (uint32_t)bin : (uint32_t)(4 + bin % 4) << (bin / 4 - 1);
}

/* Of the first `least` samples, those that did not fail. */
static void add_pass(struct task_stats *t, const struct group *g, int least)
{
	int n = 0, k = 0;

	for (int i = 0; i < g->samples && i < least; i++)
		if (!str_is(g->sample[i].finish, "error")) {
			n++;
			k += str_is(g->sample[i].mark, "correct");
		}
	pass_ats_add(&t->pass, n, k);
}

static void add(struct task_stats *t, const struct group *g, int bins, int least)
{
	int n = g->outcome.samples - g->outcome.errors, k = g->outcome.right;
	int level = (int)g->puzzle.difficulty;
	struct level_stats *l = &t->level[level < 0 ? 0 : level < LEVELS ? level : LEVELS - 1];

	t->prompts++;
	t->samples += g->samples;
	t->right += k;
	t->errors += g->outcome.errors;
	t->fate[g->fate]++;
	if (n > 0)
		t->rate[((int64_t)k * bins + n - 1) / n]++;
	add_pass(t, g, least);
	l->prompts++;
	l->n += n;
	l->k += k;
	l->kept += g->fate == FATE_KEPT;
	for (int i = 0; i < g->samples; i++) {
		const struct stored_sample *s = &g->sample[i];
		int bin = length_bin(trace_length(s));

		if (str_is(s->finish, "error"))
			continue;
		t->cut += str_is(s->finish, "length");
		t->length[0][bin]++;
		t->length[1][bin] += str_is(s->mark, "correct");
	}
}

void stats_init(struct stats *s, const struct limits *l)
{
	*s = (struct stats){ .limits = *l, .guess = -1, .bins = l->n < 1 ? 1 : l->n < RATE_BINS ? l->n : RATE_BINS - 1 };
}

static void note_lang(struct stats *s, struct str lang)
{
	for (int i = 0; i < s->langs; i++)
		if (str_is(lang, s->lang[i]))
			return;
	if (s->langs < (int)(sizeof(s->lang) / sizeof(s->lang[0])) && lang.n < sizeof(s->lang[0]))
		memcpy(s->lang[s->langs++], lang.s, lang.n);
}

bool stats_add(struct stats *s, const struct group *g)
{
	struct str name = str_sub(g->puzzle.task, 0, sizeof(s->task->name) - 1);
	struct task_stats *t;
	int at = 0;

	while (at < s->tasks && !str_is(name, s->task[at].name))
		at++;
	if (at == s->tasks) {
		if (s->tasks == s->room) {
			int room = s->room ? 2 * s->room : 16;
			struct task_stats *more = realloc(s->task, (size_t)room * sizeof(*more));

			if (!more)
				return false;
			s->task = more;
			s->room = room;
		}
		s->task[s->tasks] = (struct task_stats){ 0 };
		memcpy(s->task[s->tasks++].name, name.s, name.n);
	}
	t = &s->task[at];
	note_lang(s, g->puzzle.lang);
	if (g->puzzle.guess != s->guess)
		s->least = limits_least(g->puzzle.guess, &s->limits);
	s->guess = g->puzzle.guess;
	for (int m = 0; m < s->limits.models; m++) {
		s->model[m].samples += g->of[m].samples;
		s->model[m].right += g->of[m].right;
		s->model[m].errors += g->of[m].errors;
	}
	add(t, g, s->bins, s->least);
	add(&s->all, g, s->bins, s->least);
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct task_stats *)a)->name, ((const struct task_stats *)b)->name);
}

void stats_settle(struct stats *s)
{
	if (s->tasks)
		qsort(s->task, (size_t)s->tasks, sizeof(*s->task), by_name);
	snprintf(s->all.name, sizeof(s->all.name), "all");
}

void stats_release(struct stats *s)
{
	free(s->task);
	*s = (struct stats){ 0 };
}
