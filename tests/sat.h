/*
 * sat.h - a second opinion on "one solution": the puzzle as clauses, for CaDiCaL. Shares nothing with our solvers.
 *
 *	struct sat *s = sat_new();
 *	int x = sat_vars(s, 9);			// variables x .. x + 8
 *	sat_exactly(s, 1, x, 9);		// one of them
 *	sat_clause(s, -x, y, 0);		// x implies y
 *	CHECK_EQ(sat_count(s, x, 9, 2), 1);	// how many solutions, seen through these nine, at most 2
 *	sat_free(s);
 *
 * Where CaDiCaL is missing SAT_HERE is 0 and a test skips what it would have proved. Variables are positive, a negative
 * literal is a denial. sat_count adds clauses: it comes last.
 */
#ifndef QUARRY_TESTS_SAT_H
#define QUARRY_TESTS_SAT_H

#ifdef HAVE_CADICAL
#include <ccadical.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

enum { SAT_HERE = 1 };

struct sat {
	CCaDiCaL *solver;
	int vars;
};

static inline struct sat *sat_new(void)
{
	struct sat *s = malloc(sizeof(*s));

	if (!s)
		exit(1);
	*s = (struct sat){ ccadical_init(), 0 };
	ccadical_set_option(s->solver, "quiet", 1);
	return s;
}

static inline void sat_free(struct sat *s)
{
	ccadical_release(s->solver);
	free(s);
}

/* The first of n new variables. */
static inline int sat_vars(struct sat *s, int n)
{
	s->vars += n;
	return s->vars - n + 1;
}

/* One of n literals at least. */
static inline void sat_any(struct sat *s, const int *lit, int n)
{
	for (int i = 0; i < n; i++)
		ccadical_add(s->solver, lit[i]);
	ccadical_add(s->solver, 0);
}

/* The same with the literals in the call, ended by 0. */
static inline void sat_clause(struct sat *s, int lit, ...)
{
	va_list ap;

	va_start(ap, lit);
	for (; lit; lit = va_arg(ap, int))
		ccadical_add(s->solver, lit);
	va_end(ap);
	ccadical_add(s->solver, 0);
}

/*
 * At most k of n literals, by a sequential counter (Sinz 2005): after literal i, count[j] says that j + 1 were true.
 * k may be 0.
 */
static inline void sat_at_most_of(struct sat *s, int k, const int *lit, int n)
{
	int before = 0;

	for (int i = 0; i < n; i++) {
		int count = k ? sat_vars(s, k) : 0;

		if (k == 0) {
			sat_clause(s, -lit[i], 0);
			continue;
		}
		sat_clause(s, -lit[i], count, 0);
		for (int j = 0; before && j < k; j++) {
			sat_clause(s, -(before + j), count + j, 0);
			if (j + 1 < k)
				sat_clause(s, -lit[i], -(before + j), count + j + 1, 0);
			else
				sat_clause(s, -lit[i], -(before + j), 0);
		}
		before = count;
	}
}

/* At least k of n literals: at most n - k of their denials. */
static inline void sat_at_least_of(struct sat *s, int k, const int *lit, int n)
{
	int no[1024];

	if (n > 1024)
		abort();
	for (int i = 0; i < n; i++)
		no[i] = -lit[i];
	if (k > n)
		sat_any(s, NULL, 0); /* never */
	else
		sat_at_most_of(s, n - k, no, n);
}

static inline void sat_exactly_of(struct sat *s, int k, const int *lit, int n)
{
	sat_at_most_of(s, k, lit, n);
	sat_at_least_of(s, k, lit, n);
}

/* Exactly k of the n variables from x on. */
static inline void sat_exactly(struct sat *s, int k, int x, int n)
{
	int lit[1024];

	if (n > 1024)
		abort();
	for (int i = 0; i < n; i++)
		lit[i] = x + i;
	sat_exactly_of(s, k, lit, n);
}

static inline bool sat_solve(struct sat *s)
{
	return ccadical_solve(s->solver) == 10;
}

/* After sat_solve(): is this variable true? */
static inline bool sat_true(struct sat *s, int x)
{
	return ccadical_val(s->solver, x) > 0;
}

/* Solutions that differ in the n variables from x on; counting stops at most. */
static inline int sat_count(struct sat *s, int x, int n, int most)
{
	int found = 0, *block = malloc(sizeof(int) * (size_t)(n + 1));

	if (!block)
		exit(1);
	while (found < most && sat_solve(s)) {
		for (int i = 0; i < n; i++)
			block[i] = sat_true(s, x + i) ? -(x + i) : x + i;
		found++;
		sat_any(s, block, n);
	}
	free(block);
	return found;
}

#else

enum { SAT_HERE = 0 };

#endif
#endif
