/* outcomes.c - outcomes of tests by id, merged, sorted, and compared between runs. */
#include "repos/outcomes.h"

#include <assert.h>
#include <stdlib.h>

static const char *const names[] = { "absent", "passed", "failed", "error", "skipped", "xfail", "xpass" };

static const char *const kinds[TEST_KINDS] = {
	"fail_to_pass", "pass_to_pass", "pass_to_fail", "fail_to_fail", "aside", "flaky", "order_dependent", "clock_dependent",
	"unstable_id", "same_id",
};

const char *outcome_name(enum outcome o)
{
	return names[o];
}

bool outcome_read(struct str name, enum outcome *ret)
{
	for (size_t i = 0; i < COUNT(names); i++)
		if (str_is(name, names[i])) {
			*ret = (enum outcome)i;
			return true;
		}
	return false;
}

const char *test_kind_name(enum test_kind k)
{
	return kinds[k];
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

void outcome_id(struct buf *out, struct str raw)
{
	for (size_t i = 0; i < raw.n; i++) {
		if (raw.s[i] == '0' && i + 1 < raw.n && raw.s[i + 1] == 'x') {
			size_t end = i + 2;

			while (end < raw.n && is_hex(raw.s[end]))
				end++;
			if (end - i >= 2 + 6) {
				buf_addz(out, "0xADDR");
				i = end - 1;
				continue;
			}
		}
		buf_addc(out, (unsigned char)raw.s[i] < ' ' || raw.s[i] == 0x7f ? ' ' : raw.s[i]);
	}
}

void outcomes_release(struct outcomes *o)
{
	free(o->rows);
	arena_release(&o->text);
	*o = OUTCOMES_INIT;
}

void outcomes_add(struct outcomes *o, struct str id, enum outcome is)
{
	struct buf clean = BUF_INIT;
	struct str kept;

	if (o->failed)
		return;
	if (o->n == o->cap) {
		size_t cap = o->cap ? o->cap * 2 : 64;
		struct outcome_row *rows = realloc(o->rows, cap * sizeof(*rows));

		if (!rows) {
			o->failed = true;
			return;
		}
		o->rows = rows;
		o->cap = cap;
	}
	outcome_id(&clean, id);
	kept = arena_str(&o->text, buf_str(&clean));
	if (clean.failed || !kept.s)
		o->failed = true;
	else
		o->rows[o->n++] = (struct outcome_row){ kept, is, false };
	buf_release(&clean);
}

static int by_id(const void *a, const void *b)
{
	const struct outcome_row *x = a, *y = b;
	int d = str_cmp(x->id, y->id);

	return d ? d : (int)x->is - (int)y->is;
}

/* Worst first: nothing counts as passed because another test of that name was. */
static int badness(enum outcome o)
{
	static const int bad[] = { 4, 0, 6, 5, 3, 1, 2 };

	return bad[o];
}

void outcomes_sort(struct outcomes *o)
{
	size_t kept = 0;

	if (!o->n)
		return;
	qsort(o->rows, o->n, sizeof(*o->rows), by_id);
	for (size_t i = 0; i < o->n; i++) {
		struct outcome_row *last = &o->rows[kept - 1];

		if (!kept || !str_eq(last->id, o->rows[i].id)) {
			o->rows[kept++] = o->rows[i];
			continue;
		}
		last->twice = true;
		if (badness(o->rows[i].is) > badness(last->is))
			last->is = o->rows[i].is;
	}
	o->n = kept;
}

static const struct outcome_row *find(const struct outcomes *o, struct str id)
{
	size_t lo = 0, hi = o->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int d = str_cmp(id, o->rows[mid].id);

		if (d == 0)
			return &o->rows[mid];
		if (d < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

enum outcome outcomes_of(const struct outcomes *o, struct str id)
{
	const struct outcome_row *r = find(o, id);

	return r ? r->is : OUTCOME_ABSENT;
}

size_t outcomes_count(const struct outcomes *o, enum outcome is)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++)
		n += o->rows[i].is == is;
	return n;
}

/* ---- several runs */

static bool is_bad(enum outcome o)
{
	return o == OUTCOME_FAILED || o == OUTCOME_ERROR || o == OUTCOME_ABSENT;
}

/* What a steady pair of outcomes means. */
static enum test_kind kind_of(enum outcome before, enum outcome after)
{
	if (after == OUTCOME_PASSED)
		return before == OUTCOME_PASSED ? TEST_PASS_TO_PASS : is_bad(before) ? TEST_FAIL_TO_PASS : TEST_ASIDE;
	if (!is_bad(after))
		return TEST_ASIDE;
	return before == OUTCOME_PASSED ? TEST_PASS_TO_FAIL : is_bad(before) ? TEST_FAIL_TO_FAIL : TEST_ASIDE;
}

/*
 * Failing, erring and being absent before are one thing: a suite that dies half way leaves a different rest each time, and none of
 * it has passed. After the change all must agree to the word.
 */
static bool agree(enum outcome a, enum outcome b, bool after)
{
	return a == b || (!after && is_bad(a) && is_bad(b));
}

static struct sorted_test sort_one(struct str id, const struct observed *runs, size_t n)
{
	static const enum test_kind told[] = { [RUN_PLAIN] = TEST_FLAKY, [RUN_SHUFFLED] = TEST_ORDER, [RUN_CLOCK] = TEST_CLOCK };
	struct sorted_test t = { .id = id, .kind = TEST_KINDS };
	size_t there = 0, before = 0, afters = 0;
	bool twice = false, first[2] = { true, true };
	enum outcome was[2] = { OUTCOME_ABSENT, OUTCOME_ABSENT };

	for (size_t i = 0; i < n; i++) {
		const struct outcome_row *r = find(runs[i].of, id);
		enum outcome is = r ? r->is : OUTCOME_ABSENT;
		int side = runs[i].after;

		twice |= r && r->twice;
		there += runs[i].after && r;
		before += !runs[i].after && r;
		afters += runs[i].after;
		if (first[side]) {
			assert(runs[i].how == RUN_PLAIN);
			was[side] = is;
			first[side] = false;
		} else if (!agree(is, was[side], runs[i].after) && told[runs[i].how] < t.kind) {
			t.kind = told[runs[i].how]; /* flaky before the others: it explains them */
		}
	}
	t.before = was[0];
	t.after = was[1];
	if (twice)
		t.kind = TEST_TWICE;
	else if ((there && there < afters) || (!there && before < n - afters))
		t.kind = TEST_UNSTABLE_ID;
	else if (t.kind == TEST_KINDS)
		t.kind = kind_of(t.before, t.after);
	return t;
}

bool sorted_tests_make(struct sorted_tests *s, const struct observed *runs, size_t n)
{
	size_t at[16] = { 0 }, most = 0;

	assert(n <= COUNT(at));
	*s = (struct sorted_tests){ 0 };
	for (size_t i = 0; i < n; i++)
		most += runs[i].of->n;
	s->rows = malloc((most ? most : 1) * sizeof(*s->rows));
	if (!s->rows)
		return false;
	for (;;) {
		struct str least = { 0 };

		for (size_t i = 0; i < n; i++) {
			if (at[i] < runs[i].of->n && (!least.s || str_cmp(runs[i].of->rows[at[i]].id, least) < 0))
				least = runs[i].of->rows[at[i]].id;
		}
		if (!least.s)
			return true;
		for (size_t i = 0; i < n; i++)
			at[i] += at[i] < runs[i].of->n && str_eq(runs[i].of->rows[at[i]].id, least);
		s->rows[s->n] = sort_one(least, runs, n);
		s->count[s->rows[s->n++].kind]++;
	}
}

void sorted_tests_release(struct sorted_tests *s)
{
	free(s->rows);
	*s = (struct sorted_tests){ 0 };
}

/* ---- one run against what is due */

bool due_met(const struct due *d, enum outcome is)
{
	if (is == OUTCOME_PASSED || is == OUTCOME_XFAIL)
		return true;
	if (is == OUTCOME_XPASS)
		return !d->fail_to_pass || d->after == OUTCOME_XPASS;
	return is == OUTCOME_SKIPPED && !d->fail_to_pass && d->after == OUTCOME_SKIPPED;
}
