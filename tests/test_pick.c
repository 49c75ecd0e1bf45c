/* test_pick.c - one token from one row: the numbers, the statistics of the draws, the filters, the bad rows. */
#include "tests/check.h"

#include "base/buf.h"
#include "base/rng.h"
#include "base/philox.h"
#include "sampler/pick.h"

#include <math.h>

enum { VOCAB = 40, DRAWS = 100000 };

/* A chi-square as high as it is once in a million by chance is a fault. The seeds are fixed: what passes once passes always. */
#define CHANCE 1e-6

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

/* The chance that a chi-square of so many cells is this high: the upper incomplete gamma function, Q((cells - 1) / 2, chi2 / 2). */
static double chance(double chi2, int cells)
{
	double a = (cells - 1) / 2.0, x = chi2 / 2, front;

	if (cells < 2 || x <= 0)
		return 1;
	front = exp(a * log(x) - x - lgamma(a));
	if (x < a + 1) { /* the series of P = 1 - Q */
		double term = 1 / a, sum = term;

		for (int n = 1; n < 1000 && term > sum * 1e-16; n++)
			sum += term *= x / (a + n);
		return 1 - front * sum;
	} else { /* Lentz's continued fraction */
		double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;

		for (int n = 1; n < 1000; n++) {
			double an = -n * (n - a), step;

			b += 2;
			d = 1 / (an * d + b);
			c = b + an / c;
			step = c * d;
			h *= step;
			if (fabs(step - 1) < 1e-15)
				break;
		}
		return front * h;
	}
}

/* Tables of the distribution, and that the test can fail: chi-squares that are too high by little. */
static void chances(void)
{
	static const struct {
		int cells;
		double chi2, chance;
	} rows[] = { { 2, 3.841459, 0.05 }, { 2, 6.634897, 0.01 }, { 11, 18.307038, 0.05 }, { 31, 59.703064, 0.001 }, { 101, 149.449253, 0.001 },
		     { 2, 23.928127, 1e-6 }, { 3, 27.631021, 1e-6 } };

	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK(fabs(chance(rows[i].chi2, rows[i].cells) / rows[i].chance - 1) < 1e-5);
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
	CHECK(chance(chi2, cells) > CHANCE);
	chi2 = chi2_of(by_position, p, VOCAB, DRAWS, &cells);
	CHECK(chance(chi2, cells) > CHANCE);
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
		{ 1.5, .7, .02, 30 }, { 0.3, .99, 0, 5 }, { 2.5, .97, .25, 0 }, { 100, 1, 0, 0 }, { 0.1, 1, 0, 0 }, { 1, .6, .6, 3 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
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
		CHECK(chance(chi2, cells) > CHANCE);
	}
	check_in("%s", "");
	picker_free(picker);
}

/* Both tests again, for the numbers themselves: neighbours in sample, in position and in id, by cells of 16 x 16 and by correlation. */
static void uniforms(void)
{
	static const char *const kinds[] = { "sample", "position", "id", "seed", "prompt" };

	for (int kind = 0; kind < 5; kind++) {
		static int seen[256];
		double p[256], sxy = 0, sx = 0, sy = 0, sxx = 0, syy = 0, r, chi2;
		int cells;

		memset(seen, 0, sizeof(seen));
		for (int i = 0; i < 256; i++)
			p[i] = 1 / 256.0;
		for (int i = 0; i < DRAWS; i++) {
			uint32_t a[4], b[4];
			double x, y;

			philox(a, pick_key(9, 4, i), 8 << 2, 0);
			philox(b, pick_key(9 + (kind == 3), 4 + (kind == 4), i + (kind == 0)), (uint64_t)(kind == 1) << 32 | (uint64_t)(8 << 2), 0);
			x = (a[0] + 0.5) * 0x1p-32;
			y = ((kind == 2 ? a[1] : b[0]) + 0.5) * 0x1p-32;
			seen[(int)(x * 16) * 16 + (int)(y * 16)]++;
			sx += x;
			sy += y;
			sxy += x * y;
			sxx += x * x;
			syy += y * y;
		}
		check_in("uniform numbers of the next %s", kinds[kind]);
		chi2 = chi2_of(seen, p, 256, DRAWS, &cells);
		CHECK(cells == 256 && chance(chi2, cells) > CHANCE);
		r = (DRAWS * sxy - sx * sy) / sqrt((DRAWS * sxx - sx * sx) * (DRAWS * syy - sy * sy));
		CHECK(fabs(r) * sqrt(DRAWS) < 4.9); /* a normal one in a million */
		CHECK(fabs(sx / DRAWS - 0.5) * sqrt(12.0 * DRAWS) < 4.9);
	}
	check_in("%s", "");
}

static int draw(const struct tok *t, const struct sampling *how, const float *row, uint64_t key)
{
	struct picker *p = picker_new(t, VOCAB, how);
	struct pick got = { .id = -1 };

	CHECK(pick(p, row, key, 0, &got));
	picker_free(p);
	return got.id;
}

/* Equals at the k-th place all stay; equals at the border of top_p go in by their ids until the mass is there. */
static void ties(const struct tok *t)
{
	struct sampling how = SAMPLING_INIT;
	float row[VOCAB];
	int seen[VOCAB] = { 0 };

	for (int i = 0; i < VOCAB; i++)
		row[i] = i == 30 ? 1 : i % 8 == 0 ? 0.5f : -1; /* 30, then 0 8 16 24 32, then the rest */
	how.top_k = 3;
	for (uint64_t key = 0; key < 2000; key++)
		seen[draw(t, &how, row, key)]++;
	for (int i = 0; i < VOCAB; i++)
		CHECK((seen[i] > 100) == (i == 30 || i % 8 == 0) && (seen[i] > 0) == (seen[i] > 100));
	how.top_k = 0;
	for (int i = 0; i < VOCAB; i++) {
		row[i] = i % 8 == 0 ? 5 : -60;
		seen[i] = 0;
	}
	how.top_p = 0.5; /* of five equals, three reach it */
	for (uint64_t key = 0; key < 2000; key++)
		seen[draw(t, &how, row, key)]++;
	for (int i = 0; i < VOCAB; i++)
		CHECK((seen[i] > 500) == (i % 8 == 0 && i <= 16) && (seen[i] > 0) == (seen[i] > 500));
}

/* Filters at their ends change nothing; a temperature near 0 is the likeliest token; a sure thing is sure. */
static void ends(const struct tok *t)
{
	static const double cold[] = { 1e-2, 1e-4, 1e-6, 1e-12, 1e-30, 1e-38, 1e-44, 1e-60, 1e-300 };
	struct sampling plain = SAMPLING_INIT;
	float row[VOCAB];
	struct pick got;

	for (uint64_t i = 0; i < 300; i++) {
		struct sampling how = plain;
		int want;

		row_fill(row, VOCAB, i);
		want = draw(t, &plain, row, i);
		how.top_p = 1;
		how.top_k = VOCAB;
		CHECK_EQ(draw(t, &how, row, i), want);
		how.top_k = INT32_MAX;
		how.min_p = 1e-300;
		CHECK_EQ(draw(t, &how, row, i), want);
		how = plain;
		how.top_p = 1 - 1e-15;
		CHECK_EQ(draw(t, &how, row, i), want);
		row[5] = 9;
		for (size_t k = 0; k < COUNT(cold); k++) {
			how = plain;
			how.temperature = cold[k];
			how.top_p = i % 2 ? 0.9 : 1;
			how.top_k = i % 3 ? 0 : 10;
			CHECK_EQ(draw(t, &how, row, i), 5);
		}
	}
	for (int kind = 0; kind < 3; kind++) {
		struct sampling how = plain;
		struct picker *p;

		how.top_p = kind == 1 ? 0.5 : 1;
		how.top_k = kind == 2 ? 2 : 0;
		p = picker_new(t, VOCAB, &how);
		for (int i = 0; i < VOCAB; i++)
			row[i] = i == 33 ? 1000 : 0;
		for (uint64_t key = 0; key < 200; key++)
			CHECK(pick(p, row, key, 0, &got) && got.id == 33 && got.logprob == 0 && fabs(got.entropy) < 1e-30);
		for (int i = 0; i < VOCAB; i++)
			row[i] = i == 12 ? -5 : -INFINITY;
		for (uint64_t key = 0; key < 200; key++)
			CHECK(pick(p, row, key, 0, &got) && got.id == 12 && got.logprob == 0 && got.entropy == 0);
		picker_free(p);
	}
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
	chances();
	uniforms();
	ties(t);
	ends(t);
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
