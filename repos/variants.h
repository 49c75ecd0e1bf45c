/*
 * variants.h - secret variants of tests: one expected value is changed in some of them, so that honest code must fail just there.
 *
 * A patch that forges results, or returns a thing that equals everything, passes every test whatever it asks. Run over a variant it
 * gives itself away: the judge knows which tests must now fail, and nobody else does, since they are drawn for each judgement.
 *
 *	variants_find(&sites, path, text, true, &arena);	// places where a change may make a test fail; to be proven with the reference
 *	variant_draw(chosen, sites, n, variant, &rng);			// which of them
 *	variant_tree(repo, &tree, sites, chosen, n, &with, &err);	// the tree with those changed
 */
#ifndef QUARRY_REPOS_VARIANTS_H
#define QUARRY_REPOS_VARIANTS_H

#include "base/arena.h"
#include "base/rng.h"
#include "repos/environment.h"
#include "repos/git.h"

struct variant_site {
	const char *path;
	size_t at, n;      /* the bytes that go */
	const char *text;  /* what comes instead */
	const char *test;  /* the function it stands in, "TestCase::test_x"; NULL where functions are not told apart */
	bool weak;         /* the question is turned round, not the value changed: does not see through an object that equals everything */
	bool asked;        /* a test of FAIL_TO_PASS fails with it: see swe_task_read */
	struct words ids;  /* the tests that fail with it, as seen with the reference change */
};

struct variant_sites {
	struct variant_site *at;
	size_t n, cap;
};

/* Adds the sites of a test file, at most one a function: the value in its last comparison. */
bool variants_find(struct variant_sites *s, const char *path, struct str text, bool python, struct arena *arena);
void variant_sites_release(struct variant_sites *s);

/* Whether id is a test of the site's function (or of its parameters). */
bool variant_is_of(const struct variant_site *s, struct str id);

/* Whether a site that was chosen makes this test fail. */
bool variant_fails(const struct variant_site *sites, const bool *chosen, size_t n, struct str id);

/* The tree with the chosen sites changed. Sites of one file are in ascending order; of a file that is not there the only one is 0, 0: it is made. */
int variant_tree(struct repo *r, const struct oid *tree, const struct variant_site *sites, const bool *chosen, size_t n, struct oid *with, struct err *err);

/* Whether the change of a site, as its text tells, turns the question round. */
bool variant_is_weak(const struct variant_site *s);

/*
 * The secret choice of a judgement's variant 0, 1, ...; `chosen` holds the one before. Places that ask are those of FAIL_TO_PASS, or all where
 * none is. Every variant changes one of them, an even one a value where there is one; where there are two or more, no variant changes all, and an odd
 * one just those that the one before left. Other places are drawn freely. Where one place asks, or two, nothing else is changed in half of the variants:
 * else who sees a test fail that passed a moment ago would know what to report of it.
 */
void variant_draw(bool *chosen, const struct variant_site *sites, size_t n, unsigned number, struct rng *rng);

#endif
