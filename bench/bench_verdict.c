/*
 * bench_verdict.c - what a verdict costs on rows of standard input, each a JSON object with task, desc and response: one line for each
 * row, the mark and the CPU time of a verdict in ns, the least of several rounds. See synlogic_verify.py.
 */
#include "base/buf.h"
#include "base/json.h"
#include "verifiers/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5, ROUND_US = 2000 };

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void time_row(struct json row)
{
	struct buf text[3] = { BUF_INIT, BUF_INIT, BUF_INIT };
	static const char *const names[] = { "task", "desc", "response" };
	const struct quarry_rule *rule;
	struct quarry_verdict v;
	double least = 1e18, took;
	struct json m;
	long n = 1;

	for (int i = 0; i < 3; i++)
		if (json_get(row, names[i], &m))
			json_str(m, &text[i]);
	rule = quarry_rule(buf_z(&text[0]));
	for (int round = 0; round < ROUNDS;) {
		double from = cpu_ns();

		for (long i = 0; i < n; i++)
			quarry_verify_n(rule, buf_z(&text[1]), text[1].n, buf_z(&text[2]), text[2].n, NULL, &v);
		took = cpu_ns() - from;
		if (took < ROUND_US * 1e3) {
			n *= took < ROUND_US * 1e2 ? 8 : 2;
			continue;
		}
		least = took / (double)n < least ? took / (double)n : least;
		round++;
	}
	printf("%s %.1f\n", quarry_mark_name(v.mark), least);
	for (int i = 0; i < 3; i++)
		buf_release(&text[i]);
}

int main(void)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, stdin)) > 0) {
		struct json row;
		struct err err;

		if (!json_parse(&row, (struct str){ line, (size_t)n }, &err)) {
			fprintf(stderr, "bench_verdict: %s\n", err.msg);
			return 1;
		}
		time_row(row);
	}
	free(line);
	return 0;
}
