/*
 * bench_verify.c - how long a verdict takes, per rule: short and long benign responses, and the slowest of a set of hostile
 * megabytes; at the end the median over the rules and the slowest of all. CPU time of this thread, the fastest of some runs.
 *
 *	bench_verify [--rounds N] [--hostile]	each figure the least of N rounds over the table, for a machine whose speed
 *						changes; and what a megabyte of each kind costs the extractor alone
 */
#include "base/buf.h"
#include "generators/instance.h"
#include "tests/hostile.h"
#include "verifiers/extract.h"
#include "verifiers/rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MEGABYTE = 1000000 };

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double once(const struct quarry_rule *rule, struct str desc, struct str response, int times,
		   struct quarry_verdict *v)
{
	double start = now_ns();

	for (int i = 0; i < times; i++)
		quarry_verify_n(rule, desc.s, desc.n, response.s, response.n, NULL, v);
	return (now_ns() - start) / times;
}

static double best(const struct quarry_rule *rule, struct str desc, struct str response, int times, int runs)
{
	struct quarry_verdict v;
	double least = 1e18;

	for (int i = 0; i < runs; i++) {
		double t = once(rule, desc, response, times, &v);

		least = t < least ? t : least;
	}
	return least;
}

/* So many bytes of thinking aloud, all of it visible, then the answer. Behind a </think> it would cost nothing. */
static struct str benign(struct buf *b, size_t size, struct str answer)
{
	static const char line[] = "So if row 2 holds {3, 4}, then x = 4 * (7 - 1) = 24, which gives \"24\"; let me check: **yes**.\n";

	buf_reset(b);
	while (b->n < size)
		buf_addz(b, line);
	buf_addz(b, "The answer follows.\n<answer>");
	buf_add(b, answer);
	buf_addz(b, "</answer>");
	return buf_str(b);
}

/* A fill is its own name, line ends and all. */
static void name_print(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		printf(s.s[i] >= ' ' && s.s[i] <= '~' ? "%c" : "\\x%02X", (unsigned char)s.s[i]);
}

/* One rule's line of the table; each figure the least of all rounds. */
struct row {
	const struct quarry_rule *rule;
	struct instance in; /* the puzzle that is asked */
	double t_short, t_40k, t_400k;
	double hostile[HOSTILES + HOSTILE_ANSWERS];
};

static void lower(double *least, double t)
{
	*least = *least == 0 || t < *least ? t : *least;
}

/* False: no puzzle of this rule can be made. */
static bool row_begin(struct row *r, const struct quarry_rule *rule)
{
	const struct task *t = task_find(str_of(quarry_rule_name(rule)));
	struct instance_ask ask = INSTANCE_ASK(t);
	struct err err = ERR_INIT;

	*r = (struct row){ .rule = rule, .in = INSTANCE_INIT };
	return t && instance_make(&r->in, &ask, 1, &err) == 0;
}

static void row_time(struct row *r)
{
	static char room[MEGABYTE + 64];
	struct str desc = buf_str(&r->in.desc), answer = buf_str(&r->in.answer);
	struct buf b = BUF_INIT;

	lower(&r->t_short, best(r->rule, desc, benign(&b, 0, answer), 2000, 3));
	lower(&r->t_40k, best(r->rule, desc, benign(&b, 40000, answer), 100, 3));
	lower(&r->t_400k, best(r->rule, desc, benign(&b, 400000, answer), 10, 3));
	for (int i = 0; i < HOSTILES + HOSTILE_ANSWERS; i++) {
		struct str bad = i < HOSTILES ? hostile_make(i, room, MEGABYTE) : hostile_answer(i - HOSTILES, room, ANSWER_MAX);

		lower(&r->hostile[i], best(r->rule, desc, bad, 1, 3));
	}
	buf_release(&b);
}

/* Which hostile response takes longest. */
static int row_worst(const struct row *r)
{
	int worst = 0;

	for (int i = 0; i < HOSTILES + HOSTILE_ANSWERS; i++)
		if (r->hostile[i] > r->hostile[worst])
			worst = i;
	return worst;
}

static void row_print(const struct row *r)
{
	int worst = row_worst(r);

	printf("%-30s %10.0f %10.0f %10.0f %12.0f  ", quarry_rule_name(r->rule), r->t_short, r->t_40k, r->t_400k, r->hostile[worst]);
	name_print(worst < HOSTILES ? str_of(hostiles[worst].name) : hostile_fills[(worst - HOSTILES) / HOSTILE_SHAPES]);
	putchar('\n');
}

static int less(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void table(int rounds)
{
	static struct row rows[128];
	double shorts[COUNT(rows)];
	int n = 0, worst = 0;

	for (size_t i = 0; quarry_rule_at(i) && n < (int)COUNT(rows); i++)
		n += row_begin(&rows[n], quarry_rule_at(i));
	for (int k = 0; k < rounds; k++)
		for (int i = 0; i < n; i++)
			row_time(&rows[i]);
	printf("%-30s %10s %10s %10s %12s  %s\n", "ns per verdict", "short", "40 KB", "400 KB", "hostile", "slowest");
	for (int i = 0; i < n; i++) {
		row_print(&rows[i]);
		shorts[i] = rows[i].t_short;
		if (rows[i].hostile[row_worst(&rows[i])] > rows[worst].hostile[row_worst(&rows[worst])])
			worst = i;
		instance_release(&rows[i].in);
	}
	qsort(shorts, (size_t)n, sizeof(shorts[0]), less);
	printf("\nshort: median %.0f ns, slowest %.0f ns of %d rules; hostile: %.0f ns (%s)\n", shorts[n / 2], shorts[n - 1], n,
	       rows[worst].hostile[row_worst(&rows[worst])], quarry_rule_name(rows[worst].rule));
}

/* What a megabyte of each kind costs the extractor alone. */
static void hostile_table(void)
{
	static char room[MEGABYTE];
	static struct extract x;
	static const struct quarry_options o = { QUARRY_ANY, false, false };

	printf("\n%-32s %12s  seen\n", "1 MB of", "ns");
	for (int i = 0; i < HOSTILES; i++) {
		struct str bad = hostile_make(i, room, MEGABYTE);
		double least = 1e18;

		for (int k = 0; k < 3; k++) {
			double start = now_ns(), t;

			extract_answer(&x, bad, &o);
			t = now_ns() - start;
			least = t < least ? t : least;
		}
		printf("%-32s %12.0f  %d%s\n", hostiles[i].name, least, x.seen, x.broken ? " broken" : x.found ? " found" : "");
	}
}

int main(int argc, char **argv)
{
	int64_t rounds = 1;
	bool hostile = argc > 1 && strcmp(argv[argc - 1], "--hostile") == 0;

	if (argc > 2 && strcmp(argv[1], "--rounds") == 0 && (!str_i64(str_of(argv[2]), &rounds) || rounds < 1 || rounds > 1000)) {
		fprintf(stderr, "%s: --rounds is 1 to 1000\n", argv[0]);
		return 2;
	}
	table((int)rounds);
	if (hostile)
		hostile_table();
	return 0;
}
