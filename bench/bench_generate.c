/*
 * bench_generate.c - how long a puzzle takes to invent: CPU time of one thread.
 *
 *	bench_generate [--rounds N]		all tasks at difficulty 0, 3, 5, 8, 10; each figure the least of N rounds over the table, for a
 *						machine whose speed changes
 *	bench_generate sudoku blanks_min=60 ...	one task with knobs, for bench/synlogic.py: mean of puzzle, item and instance,
 *						their medians, the slowest instance, all in ns, how many, how many failed
 *
 * "puzzle" is generate() alone: desc and answer. "item" is what other generators make: puzzle, answer, and the prompt in a
 * wording of its own. "instance" is the whole record of `quarry generate`: the canonical form and the measured effort, too.
 */
#include "generators/instance.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST = 20000 };

static const double PATIENCE = 0.4e9; /* ns for a cell of the table */

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double clock_ns; /* what looking at the clock takes, which is left out of what is measured */

static int cmp(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct times {
	double mean, median, most;
	int n, failed;
};

static void summarise(struct times *t, double *ns, int n)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += ns[i];
	qsort(ns, (size_t)n, sizeof(*ns), cmp);
	*t = (struct times){ sum / n, ns[n / 2], ns[n - 1], n, t->failed };
}

static void time_clock(void)
{
	double ns[1001];

	for (int i = 0; i < 1001; i++) {
		double from = now_ns();

		ns[i] = now_ns() - from;
	}
	qsort(ns, 1001, sizeof(ns[0]), cmp);
	clock_ns = ns[500];
}

static struct times time_puzzles(const struct instance_ask *ask, double patience)
{
	static double ns[MOST];
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct times t = { 0 };
	int knob[TASK_KNOBS], n = 0;
	double start = now_ns();

	task_level(ask->task, ask->difficulty / 10, knob);
	for (int i = 0; i < TASK_KNOBS; i++)
		if (ask->knob_set >> i & 1)
			knob[i] = ask->knob[i];
	for (; n < MOST && (n < 5 || now_ns() - start < patience); n++) {
		struct rng rng;
		double from = now_ns();
		bool made = false;

		rng_init(&rng, (uint64_t)n, "bench");
		for (int left = 64; left > 0 && !made; left--) {
			buf_reset(&desc);
			buf_reset(&answer);
			made = ask->task->generate(&desc, &answer, knob, &rng);
		}
		t.failed += !made;
		ns[n] = now_ns() - from - clock_ns;
	}
	summarise(&t, ns, n);
	buf_release(&desc);
	buf_release(&answer);
	return t;
}

/* Mean of `n` instances without a look at the clock in between, which costs as much as the smallest of them. */
static double mean_of(const struct instance_ask *ask, int n)
{
	struct instance in = INSTANCE_INIT;
	double start = now_ns();

	for (int i = 0; i < n; i++) {
		struct err err = ERR_INIT;

		instance_make(&in, ask, (uint64_t)i, &err);
	}
	instance_release(&in);
	return (now_ns() - start) / n;
}

static struct times time_instances(const struct instance_ask *ask, double patience)
{
	static double ns[MOST];
	struct instance in = INSTANCE_INIT;
	struct times t = { 0 };
	double start = now_ns();
	int n = 0;

	for (; n < MOST && (n < 5 || now_ns() - start < patience); n++) {
		struct err err = ERR_INIT;
		double from = now_ns();

		t.failed += instance_make(&in, ask, (uint64_t)n, &err) < 0;
		ns[n] = now_ns() - from - clock_ns;
	}
	summarise(&t, ns, n);
	instance_release(&in);
	return t;
}

static const char *ns_text(char *room, double ns)
{
	static const char *const unit[] = { "ns", "us", "ms", "s" };
	int u = 0;

	while (ns >= 1000 && u < 3) {
		ns /= 1000;
		u++;
	}
	snprintf(room, 16, ns < 10 ? "%.1f %s" : "%.0f %s", ns, unit[u]);
	return room;
}

static const int levels[] = { 0, 3, 5, 8, 10 };

enum { LEVELS = COUNT(levels), DEFAULT = 2 }; /* levels[DEFAULT] is what generate takes where none is named */

struct cell {
	struct times puzzle, item, instance;
};

/* The lesser median stands, and the lesser of the slowest. */
static void lower(struct times *least, struct times t)
{
	if (least->n == 0) {
		*least = t;
		return;
	}
	least->median = t.median < least->median ? t.median : least->median;
	least->most = t.most < least->most ? t.most : least->most;
	least->failed += t.failed;
}

static void time_cell(struct cell *c, const struct task *t, int level)
{
	struct instance_ask ask = INSTANCE_ASK(t);

	ask.difficulty = level * 10;
	lower(&c->puzzle, time_puzzles(&ask, PATIENCE));
	ask.bare = true;
	lower(&c->item, time_instances(&ask, PATIENCE));
	ask.bare = false;
	lower(&c->instance, time_instances(&ask, PATIENCE));
}

static void print_cell(const struct cell *c, const char *name, int level)
{
	char a[16], b[16], d[16], e[16], f[16];

	printf("%-32s %4d %10s %10s %10s %10s %10s%s\n", name, level, ns_text(a, c->puzzle.median), ns_text(b, c->puzzle.most), ns_text(d, c->item.median),
	       ns_text(e, c->instance.median), ns_text(f, c->instance.most), c->puzzle.failed || c->item.failed || c->instance.failed ? "  some draws failed" : "");
}

static double median_of(double *v, size_t n)
{
	qsort(v, n, sizeof(v[0]), cmp);
	return v[n / 2];
}

static void table(int rounds)
{
	static struct cell cells[256][LEVELS];
	double defaults[COUNT(cells)], items[COUNT(cells)], whole[COUNT(cells)];
	size_t n = 0;
	int quick = 0;

	for (int k = 0; k < rounds; k++)
		for (n = 0; task_at(n); n++)
			for (int i = 0; i < LEVELS; i++)
				time_cell(&cells[n][i], task_at(n), levels[i]);
	printf("%-32s %4s %10s %10s %10s %10s %10s\n", "task", "d", "puzzle", "slowest", "item", "instance", "slowest");
	for (size_t t = 0; t < n; t++) {
		for (int i = 0; i < LEVELS; i++)
			print_cell(&cells[t][i], i ? "" : task_at(t)->name, levels[i]);
		defaults[t] = cells[t][DEFAULT].puzzle.median;
		items[t] = cells[t][DEFAULT].item.median;
		whole[t] = cells[t][DEFAULT].instance.median;
		quick += whole[t] < 10000;
	}
	printf("median over the %zu tasks at difficulty %d: puzzle %.1f us, item %.1f us, instance %.1f us; %d make an instance in less than 10 us\n", n,
	       levels[DEFAULT], median_of(defaults, n) / 1000, median_of(items, n) / 1000, median_of(whole, n) / 1000, quick);
}

int main(int argc, char **argv)
{
	const struct task *t = argc > 1 ? task_find(str_of(argv[1])) : NULL;
	struct instance_ask ask = INSTANCE_ASK(t);
	struct times puzzle, item, instance;
	int64_t rounds = 1;

	time_clock();
	if (argc < 2 || strcmp(argv[1], "--rounds") == 0) {
		if (argc > 1 && (argc != 3 || !str_i64(str_of(argv[2]), &rounds) || rounds < 1 || rounds > 1000)) {
			fprintf(stderr, "%s: --rounds is 1 to 1000\n", argv[0]);
			return 2;
		}
		table((int)rounds);
		return 0;
	}
	for (int i = 2; t && i < argc; i++) {
		struct str s = str_of(argv[i]);
		ptrdiff_t eq = str_chr(s, '=');
		int64_t v;

		if (eq < 0 || !str_i64(str_from(s, (size_t)eq + 1), &v)) {
			t = NULL;
			break;
		}
		if (str_is(str_sub(s, 0, (size_t)eq), "difficulty"))
			ask.difficulty = (int)v * 10;
		for (int k = 0; t->knobs[k].name; k++)
			if (str_is(str_sub(s, 0, (size_t)eq), t->knobs[k].name)) {
				ask.knob[k] = (int)v;
				ask.knob_set |= 1u << k;
			}
	}
	if (!t) {
		fprintf(stderr, "bench_generate [TASK [difficulty=D] [KNOB=VALUE...]]\n");
		return 2;
	}
	puzzle = time_puzzles(&ask, PATIENCE);
	ask.bare = true;
	item = time_instances(&ask, PATIENCE);
	item.mean = mean_of(&ask, item.n);
	ask.bare = false;
	instance = time_instances(&ask, PATIENCE);
	instance.mean = mean_of(&ask, instance.n);
	printf("%.0f %.0f %.0f %.0f %.0f %.0f %.0f %d %d\n", puzzle.mean, item.mean, instance.mean, puzzle.median, item.median, instance.median,
	       instance.most, instance.n, puzzle.failed + item.failed + instance.failed);
	return 0;
}
