/* test_pick.c - one token from one row: the numbers, the statistics of the draws, the filters, the bad rows. */
#include "tests/check.h"

#include "base/buf.h"
#include "base/rng.h"
#include "sampler/philox.h"
#include "sampler/pick.h"

#include <math.h>

enum { VOCAB = 40, DRAWS = 40000 };

/* A tokenizer with the ids 0 .. n-1, but for those in holes. */
static struct tok *tokens(int n, int hole)
{
	struct buf json = BUF_INIT;
	struct err err = ERR_INIT;
	struct tok *t = NULL;

	buf_addz(&json, "{\"model\":{\"vocab\":{");
	for (int i = 0; i < n; i++)
		if (i != hole)
			buf_addf(&json, "%s\"t%d\":%d", i ? "," : "", i, i);
	buf_addz(&json, "},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"ByteLevel\"}}");
	if (!CHECK(tok_parse(&t, buf_str(&json), "test", &err) == 0))
		exit(check_done());
	buf_release(&json);
	return t;
}

/* The authors' known answers (Random123, kat_vectors). */
static void known_numbers(void)
{
	static const struct {
		uint64_t lo, hi, key;
		uint32_t want[4];
	} rows[] = {
		{ 0, 0, 0, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
		{ ~0ull, ~0ull, ~0ull, { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
		{ 0x85a308d3243f6a88, 0x0370734413198a2e, 0x299f31d0a4093822, { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
	};
	uint32_t got[4];

	for (int i = 0; i < 3; i++) {
		philox(got, rows[i].key, rows[i].lo, rows[i].hi);
		for (int k = 0; k < 4; k++)
			CHECK_EQ(got[k], rows[i].want[k]);
	}
}

/* A row with a spread of probabilities and some equals. */
static void row_fill(float *row, int n, uint64_t seed)
{
	struct rng r;

	rng_init(&r, seed, "row");
	for (int i = 0; i < n; i++)
		row[i] = (float)(rng_unit(&r) * 5 - 2);
	row[n - 1] = row[0];
	row[n - 2] = row[1];
}

/* What the draw's distribution must be, by the text of sampler.h and in doubles. */
static void wanted(double *p, const float *row, int n, const struct sampling *how)
{
	bool out[VOCAB] = { 0 };
	double sum = 0, best = 0;

	for (int i = 0; i < n; i++) {
		int above = 0;

		for (int k = 0; k < n; k++)
			above += row[k] > row[i];
		out[i] = how->top_k && above >= how->top_k;
	}
	for (int i = 0; i < n; i++) {
		p[i] = out[i] ? 0 : exp((double)row[i] / how->temperature);
		sum += p[i];
	}
	for (int i = 0; i < n; i++) {
		double before = 0;

		for (int k = 0; k < n; k++)
			if (p[k] > p[i] || (p[k] == p[i] && k < i))
				before += p[k];
		out[i] = out[i] || (how->top_p < 1 && before >= how->top_p * sum);
		best = p[i] > best ? p[i] : best;
	}
	sum = 0;
	for (int i = 0; i < n; i++) {
		if (out[i] || p[i] < how->min_p * best)
			p[i] = 0;
		sum += p[i];
	}
	for (int i = 0; i < n; i++)
		p[i] /= sum;
}

/* How many standard deviations a chi-square of so many cells lies above its mean (Wilson and Hilferty). */
static double surprise(double chi2, int cells)
{
	double k = cells - 1;

	return k > 0 ? (cbrt(chi2 / k) - (1 - 2 / (9 * k))) / sqrt(2 / (9 * k)) : 0;
}

static double chi2_of(const int *seen, const double *p, int n, int draws, int *cells)
{
	double chi2 = 0, rest = draws, rest_seen = draws;

	*cells = 0;
	for (int i = 0; i < n; i++)
		if (p[i] * draws >= 8) {
			chi2 += (seen[i] - p[i] * draws) * (seen[i] - p[i] * draws) / (p[i] * draws);
			rest -= p[i] * draws;
			rest_seen -= seen[i];
			++*cells;
		}
	if (rest >= 8) {
		chi2 += (rest_seen - rest) * (rest_seen - rest) / rest;
		++*cells;
	}
	return chi2;
}

static void distribution(const struct tok *t, const struct sampling *how, uint64_t seed)
{
	float row[VOCAB];
	double p[VOCAB], entropy = 0, raw[VOCAB], chi2;
	int by_sample[VOCAB] = { 0 }, by_position[VOCAB] = { 0 }, cells;
	struct picker *picker = picker_new(t, VOCAB, how);
	struct sampling plain = SAMPLING_INIT;
	struct pick got;

	check_in("T %g, top_k %d, top_p %g, min_p %g", how->temperature, how->top_k, how->top_p, how->min_p);
	row_fill(row, VOCAB, seed);
	wanted(p, row, VOCAB, how);
	wanted(raw, row, VOCAB, &plain);
	for (int i = 0; i < VOCAB; i++)
		entropy -= raw[i] * log(raw[i]);
	for (int i = 0; i < DRAWS; i++) {
		if (!pick(picker, row, pick_key(seed, 77, i), 3, &got) || got.id < 0 || got.id >= VOCAB) {
			CHECK(!"a draw");
			continue;
		}
		by_sample[got.id]++;
		if (fabs(got.logprob - log(raw[got.id])) > 2e-6 || fabs(got.entropy - entropy) > 2e-6)
			CHECK(!"the raw log-probability and entropy");
		pick(picker, row, pick_key(seed, 78, 0), (uint32_t)i, &got);
		by_position[got.id]++;
	}
	for (int i = 0; i < VOCAB; i++)
		if (p[i] == 0)
			CHECK(by_sample[i] == 0 && by_position[i] == 0);
	chi2 = chi2_of(by_sample, p, VOCAB, DRAWS, &cells);
	CHECK(surprise(chi2, cells) < 4.5);
	chi2 = chi2_of(by_position, p, VOCAB, DRAWS, &cells);
	CHECK(surprise(chi2, cells) < 4.5);
	check_in("%s", "");
	picker_free(picker);
}

static void distributions(const struct tok *t)
{
	static const struct {
		double t, top_p, min_p;
		int top_k;
	} rows[] = {
		{ 1, 1, 0, 0 },    { 0.6, 1, 0, 0 },  { 1.7, 1, 0, 0 },    { 1, 1, 0, 1 },     { 1, 1, 0, 7 },      { 1, 1, 0, 400 },
		{ 1, .9, 0, 0 },   { 1, .5, 0, 0 },   { 1, .01, 0, 0 },    { 0.8, .95, 0, 0 }, { 1, .999999, 0, 0 }, { 1, 1, .1, 0 },
		{ 1, 1, .03, 0 },  { 1, 1, .2, 0 },   { 0.9, 1, .06, 0 },  { 1, 1, .5, 0 },
		{ 1.3, 1, .3, 0 }, { 1, .8, 0, 12 },  { 1.2, .9, .05, 20 }, { 1, 1, .2, 15 },  { 0.7, .9, .1, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sampling how = SAMPLING_INIT;

		how.temperature = rows[i].t;
		how.top_p = rows[i].top_p;
		how.min_p = rows[i].min_p;
		how.top_k = rows[i].top_k;
		distribution(t, &how, i + 1);
	}
}

/* Neighbours in sample index, in position and in seed know nothing of each other. */
static void independence(const struct tok *t)
{
	struct sampling how = SAMPLING_INIT;
	struct picker *picker = picker_new(t, 4, &how);
	float row[4] = { 0.5f, 0, -0.5f, 0.2f };
	double p[4], pairs[16];
	int seen[3][16] = { { 0 } }, cells;
	struct pick a, b;

	wanted(p, row, 4, &how);
	for (int i = 0; i < 16; i++)
		pairs[i] = p[i / 4] * p[i % 4];
	for (int i = 0; i < DRAWS; i++) {
		pick(picker, row, pick_key(1, 5, i), 0, &a);
		pick(picker, row, pick_key(1, 5, i + 1), 0, &b);
		seen[0][a.id * 4 + b.id]++;
		pick(picker, row, pick_key(1, 5, i), 1, &b);
		seen[1][a.id * 4 + b.id]++;
		pick(picker, row, pick_key(2, 5, i), 0, &b);
		seen[2][a.id * 4 + b.id]++;
	}
	for (int i = 0; i < 3; i++) {
		double chi2 = chi2_of(seen[i], pairs, 16, DRAWS, &cells);

		check_in("pairs of kind %d", i);
		CHECK(surprise(chi2, cells) < 4.5);
	}
	check_in("%s", "");
	picker_free(picker);
}

/* A filter takes others out of the race and leaves the rest as they ran: a winner who stays in wins again. */
static void filters_keep_winners(const struct tok *t)
{
	struct sampling free_run = SAMPLING_INIT, narrow = SAMPLING_INIT;
	struct picker *a = picker_new(t, VOCAB, &free_run), *b;
	float row[VOCAB];
	double p[VOCAB];
	int kept = 0;

	narrow.top_k = 10;
	narrow.top_p = 0.9;
	b = picker_new(t, VOCAB, &narrow);
	for (int i = 0; i < 500; i++) {
		struct pick x, y;

		row_fill(row, VOCAB, (uint64_t)i);
		wanted(p, row, VOCAB, &narrow);
		pick(a, row, (uint64_t)i, 0, &x);
		pick(b, row, (uint64_t)i, 0, &y);
		CHECK(p[y.id] > 0);
		if (p[x.id] > 0) {
			CHECK_EQ(x.id, y.id);
			kept++;
		}
	}
	CHECK(kept > 100 && kept < 500);
	picker_free(a);
	picker_free(b);
}

static void greedy(const struct tok *t)
{
	struct sampling how = SAMPLING_INIT;
	struct picker *p;
	float row[VOCAB];
	struct pick got;

	how.temperature = 0;
	p = picker_new(t, VOCAB, &how);
	row_fill(row, VOCAB, 9);
	row[7] = row[31] = row[20] = 9;
	for (uint64_t key = 0; key < 20; key++) {
		CHECK(pick(p, row, key, 0, &got));
		CHECK_EQ(got.id, 7);
	}
	picker_free(p);
}

/* Ids the tokenizer lacks, within and beyond its range, are never drawn, however likely, nor counted. */
static void unknown_ids(void)
{
	struct tok *t = tokens(10, 4);
	struct sampling how = SAMPLING_INIT;
	float row[VOCAB];

	for (int kind = 0; kind < 3; kind++) {
		struct picker *p;
		struct pick got;
		int seen[VOCAB] = { 0 };

		how.temperature = kind == 0 ? 0 : 1;
		how.top_k = kind == 2 ? 3 : 0;
		p = picker_new(t, VOCAB, &how);
		for (int i = 0; i < VOCAB; i++)
			row[i] = i == 4 || i >= 10 ? 60 : 0;
		for (int i = 0; i < 2000; i++) {
			CHECK(pick(p, row, (uint64_t)i, 0, &got));
			seen[got.id]++;
			CHECK(fabs(got.logprob + log(9)) < 1e-6 && fabs(got.entropy - log(9)) < 1e-6);
		}
		for (int i = 0; i < VOCAB; i++)
			CHECK(kind == 0 ? seen[i] == (i ? 0 : 2000) : (seen[i] > 0) == (i < 10 && i != 4));
		picker_free(p);
	}
	tok_free(t);
}

static void bad_rows(const struct tok *t)
{
	struct sampling how = SAMPLING_INIT;
	struct picker *p = picker_new(t, VOCAB, &how);
	float row[VOCAB];
	struct pick got;

	for (int at = 0; at < VOCAB; at++) {
		row_fill(row, VOCAB, 3);
		row[at] = NAN;
		CHECK(!pick(p, row, 1, 0, &got));
		row[at] = INFINITY;
		CHECK(!pick(p, row, 1, 0, &got));
		row[at] = -INFINITY; /* one that cannot come is fine */
		CHECK(pick(p, row, 1, 0, &got) && got.id != at && isfinite(got.entropy) && isfinite(got.logprob));
		row[at] = -3e38f;
		row[(at + 1) % VOCAB] = 3e38f;
		CHECK(pick(p, row, 1, 0, &got) && got.id == (at + 1) % VOCAB);
	}
	for (int i = 0; i < VOCAB; i++)
		row[i] = -INFINITY;
	CHECK(!pick(p, row, 1, 0, &got));
	picker_free(p);
}

/* Draws may never change: datasets are made again from their seeds. */
static void golden(const struct tok *t)
{
	static const int want[16] = { 3, 24, 29, 28, 3, 6, 3, 28, 36, 30, 34, 27, 32, 6, 6, 23 };
	struct sampling how = SAMPLING_INIT;
	struct picker *p = picker_new(t, VOCAB, &how);
	float row[VOCAB];
	struct pick got;

	for (int i = 0; i < VOCAB; i++)
		row[i] = (float)(i * 7 % 11) * 0.25f;
	for (int i = 0; i < 16; i++) {
		pick(p, row, pick_key(42, 1234567, i), (uint32_t)i, &got);
		CHECK_EQ(got.id, want[i]);
	}
	picker_free(p);
}

int main(void)
{
	struct tok *t = tokens(VOCAB, -1);

	known_numbers();
	distributions(t);
	independence(t);
	filters_keep_winners(t);
	greedy(t);
	unknown_ids();
	bad_rows(t);
	golden(t);
	tok_free(t);
	return check_done();
}
