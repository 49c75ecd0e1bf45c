/*
 * bench_verify.c - how long a verdict takes, per rule: short and long benign responses, and the slowest of a set of hostile
 * megabytes; at the end the median over the rules and the slowest of all. CPU time of this thread, the fastest of some runs.
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

/* What all rows come to. */
struct sum {
	double t_short[128], worst;
	int n;
	const char *rule; /* whose worst it is */
	struct str slowest;
};

static void row(struct sum *sum, const struct quarry_rule *rule)
{
	const struct task *t = task_find(str_of(quarry_rule_name(rule)));
	struct instance in = INSTANCE_INIT;
	struct instance_ask ask = INSTANCE_ASK(t);
	struct err err = ERR_INIT;
	struct buf b = BUF_INIT;
	static char room[MEGABYTE + 64];
	struct str desc, answer, slowest = { "", 0 };
	double t_short, t_40k, t_400k, worst = 0;

	if (!t || instance_make(&in, &ask, 1, &err) < 0) {
		printf("%-24s no puzzle: %s\n", quarry_rule_name(rule), err.msg);
		return;
	}
	desc = buf_str(&in.desc);
	answer = buf_str(&in.answer);
	t_short = best(rule, desc, benign(&b, 0, answer), 2000, 3);
	t_40k = best(rule, desc, benign(&b, 40000, answer), 100, 3);
	t_400k = best(rule, desc, benign(&b, 400000, answer), 10, 3);
	for (int i = 0; i < HOSTILES + HOSTILE_ANSWERS; i++) {
		bool whole = i < HOSTILES;
		struct str bad = whole ? hostile_make(i, room, MEGABYTE) : hostile_answer(i - HOSTILES, room, ANSWER_MAX);
		double ns = best(rule, desc, bad, 1, 3), again;

		if (ns > worst) { /* or something else was running just then */
			again = best(rule, desc, bad, 1, 12);
			ns = again < ns ? again : ns;
		}
		if (ns > worst) {
			worst = ns;
			slowest = whole ? str_of(hostiles[i].name) : hostile_fills[(i - HOSTILES) / HOSTILE_SHAPES];
		}
	}
	printf("%-24s %10.0f %10.0f %10.0f %12.0f  ", quarry_rule_name(rule), t_short, t_40k, t_400k, worst);
	name_print(slowest);
	putchar('\n');
	if (sum->n < (int)(sizeof(sum->t_short) / sizeof(sum->t_short[0])))
		sum->t_short[sum->n++] = t_short;
	if (worst > sum->worst) {
		sum->worst = worst;
		sum->rule = quarry_rule_name(rule);
		sum->slowest = slowest;
	}
	buf_release(&b);
	instance_release(&in);
}

static int less(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void sum_print(struct sum *sum)
{
	qsort(sum->t_short, (size_t)sum->n, sizeof(sum->t_short[0]), less);
	if (!sum->n)
		return;
	printf("\nshort: median %.0f ns, slowest %.0f ns of %d rules; hostile: %.0f ns (%s: ", sum->t_short[sum->n / 2],
	       sum->t_short[sum->n - 1], sum->n, sum->worst, sum->rule);
	name_print(sum->slowest);
	puts(")");
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
	static struct sum sum;

	printf("%-24s %10s %10s %10s %12s  %s\n", "ns per verdict", "short", "40 KB", "400 KB", "hostile", "slowest");
	for (size_t i = 0; quarry_rule_at(i); i++)
		row(&sum, quarry_rule_at(i));
	sum_print(&sum);
	if (argc > 1 && strcmp(argv[1], "--hostile") == 0)
		hostile_table();
	return 0;
}
