/*
 * outcomes.h - what became of each test in a run, and what runs of the tree before and after a change say together.
 *
 *	struct outcomes o = OUTCOMES_INIT;
 *	outcomes_add(&o, STR("tests/test_a.py::test_x[<A object at 0x7f00a0b0c0d0>]"), OUTCOME_PASSED);
 *	outcomes_sort(&o);				// sorted by id; addresses are "0xADDR"
 *	outcomes_of(&o, STR("tests/test_a.py::test_x[<A object at 0xADDR>]"));	// OUTCOME_PASSED
 *
 *	struct observed runs[] = { { &before, false }, { &after, true }, { &shuffled, true, RUN_SHUFFLED } };
 *	if (!sorted_tests_make(&s, runs, 3)) ...	// FAIL_TO_PASS, PASS_TO_PASS and the rest, with reasons
 *
 * A test that was not there has not passed. Ids are compared as text, apart from addresses: a time or a temporary path in one is not
 * taken out but makes the id differ between runs, and such a test is left aside as unstable.
 */
#ifndef QUARRY_REPOS_OUTCOMES_H
#define QUARRY_REPOS_OUTCOMES_H

#include "base/arena.h"
#include "base/buf.h"

enum outcome {
	OUTCOME_ABSENT, /* no word of it */
	OUTCOME_PASSED,
	OUTCOME_FAILED,
	OUTCOME_ERROR,  /* in what surrounds the test: fixtures, set-up */
	OUTCOME_SKIPPED,
	OUTCOME_XFAIL,  /* failed as its author expects */
	OUTCOME_XPASS,  /* passed although its author expects a failure */
};

const char *outcome_name(enum outcome o);
bool outcome_read(struct str name, enum outcome *ret);

struct outcome_row {
	struct str id;
	enum outcome is;
	bool twice; /* two tests had this id; `is` is the worse */
};

struct outcomes {
	struct outcome_row *rows;
	size_t n, cap;
	struct arena text;
	bool failed; /* out of memory: what is there is a part */
};

#define OUTCOMES_INIT ((struct outcomes){ 0 })
void outcomes_release(struct outcomes *o);
void outcomes_add(struct outcomes *o, struct str id, enum outcome is);
void outcomes_sort(struct outcomes *o); /* by id, equal ones merged; before any of the below */
enum outcome outcomes_of(const struct outcomes *o, struct str id);
size_t outcomes_count(const struct outcomes *o, enum outcome is);

/* An id as it is compared: 0x and six or more hex digits become 0xADDR, control bytes blanks. */
void outcome_id(struct buf *out, struct str raw);

/* ---- several runs */

enum run_how {
	RUN_PLAIN,
	RUN_SHUFFLED, /* the tests in another order */
	RUN_CLOCK,    /* another day and time zone */
};

struct observed {
	const struct outcomes *of;
	bool after;     /* with the change; else before it */
	enum run_how how;
};

enum test_kind {
	TEST_FAIL_TO_PASS, /* passed in each run after, failed, errored or absent in each before */
	TEST_PASS_TO_PASS, /* passed in every run */
	TEST_PASS_TO_FAIL,
	TEST_FAIL_TO_FAIL,
	TEST_ASIDE,        /* steady, but skipped or expected to fail on a side */
	TEST_FLAKY,        /* two plain runs of one tree disagree */
	TEST_ORDER,        /* disagrees when the order is another */
	TEST_CLOCK,        /* disagrees at another time */
	TEST_UNSTABLE_ID,  /* there in some runs after and not in others: its id changes */
	TEST_TWICE,        /* its id is another test's too */
	TEST_KINDS,
};

const char *test_kind_name(enum test_kind k); /* "fail_to_pass", ..., "order_dependent", ... */

struct sorted_test {
	struct str id; /* borrowed from the outcomes */
	enum test_kind kind;
	enum outcome before, after; /* in the first run of each side */
};

struct sorted_tests {
	struct sorted_test *rows; /* by id */
	size_t n;
	size_t count[TEST_KINDS];
};

/* False: out of memory. At least one run of each side; a side's first run is plain. */
bool sorted_tests_make(struct sorted_tests *s, const struct observed *runs, size_t n);
void sorted_tests_release(struct sorted_tests *s);

/* ---- one run against what is due */

struct due {
	struct str id;
	bool fail_to_pass;
	enum outcome after; /* what the reference change gives; only `skipped` and `xpass` matter */
};

/* FAIL_TO_PASS takes passed and xfail; PASS_TO_PASS takes xpass too, and skipped where the reference was skipped. */
bool due_met(const struct due *d, enum outcome is);

#endif
