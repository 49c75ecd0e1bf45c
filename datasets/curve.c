/* curve.c - pass rate against difficulty, on a grid; see curve.h. */
#include "datasets/curve.h"
#include "datasets/passrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MIDS = 73, SLOPES = 12, LAPSES = 5, GUESSINGS = 2, TIGHTS = 3, COMBOS = LAPSES * GUESSINGS * TIGHTS, CELLS = MIDS * SLOPES * COMBOS };

static const double mid_from = -4, mid_step = 0.25; /* beyond the ladder's ends: curves of which it shows one side */
static const double slope_from = 0.12, slope_ratio = 1.4;
static const double lapses[LAPSES] = { 0, 0.04, 0.1, 0.2, 0.4 };
static const double guessings[GUESSINGS] = { 1, 0 };
static const double tights[TIGHTS] = { 1e6, 60, 15 }; /* the first: levels lie on the curve */
static const double lapse_prior[LAPSES] = { 0.4, 0.25, 0.15, 0.1, 0.1 };
static const double guessing_prior[GUESSINGS] = { 0.7, 0.3 };
static const double tight_prior[TIGHTS] = { 0.4, 0.35, 0.25 };

static const double nothing = 1e-12; /* of the whole weight, a grid cell that is left out of sums */

struct curve {
	double weight[CELLS]; /* sum 1 */
	double up[CURVE_LEVELS][MIDS * SLOPES]; /* 1 / (1 + exp(slope (level - mid))) */
	int n[CURVE_LEVELS], k[CURVE_LEVELS];
	double guess[CURVE_LEVELS], guess2[CURVE_LEVELS]; /* sums over the puzzles, of the squares too */
	int lo, hi; /* tenths */
	double odds; /* of levels that have nothing to do with each other, against this family */
};

/* e^x: Taylor on a small part of it, then squared; within 1e-13. |x| <= 700. */
static double exp_of(double x)
{
	double y = x / 1024, sum = 1;

	for (int i = 10; i > 0; i--)
		sum = 1 + sum * y / i;
	for (int i = 0; i < 10; i++)
		sum *= sum;
	return sum;
}

static int level_lo(const struct curve *c)
{
	return c->lo / 10;
}

static int level_hi(const struct curve *c)
{
	return (c->hi + 9) / 10;
}

struct curve *curve_new(int lo, int hi)
{
	struct curve *c = calloc(1, sizeof(*c));
	double *w = c ? c->weight : NULL, slope = slope_from;

	if (!c)
		return NULL;
	c->lo = lo;
	c->hi = hi;
	c->odds = 1;
	for (int s = 0; s < SLOPES; s++, slope *= slope_ratio)
		for (int m = 0; m < MIDS; m++)
			for (int level = 0; level < CURVE_LEVELS; level++) {
				double x = slope * (level - (mid_from + mid_step * m));

				c->up[level][m * SLOPES + s] = 1 / (1 + exp_of(x > 60 ? 60 : x < -60 ? -60 : x));
			}
	for (int i = 0; i < MIDS * SLOPES; i++)
		for (int l = 0; l < LAPSES; l++)
			for (int g = 0; g < GUESSINGS; g++)
				for (int t = 0; t < TIGHTS; t++)
					*w++ = lapse_prior[l] * guessing_prior[g] * tight_prior[t] / (MIDS * SLOPES);
	return c;
}

void curve_free(struct curve *c)
{
	free(c);
}

/* The family's mean is low + span * up: per combination of lapse and guessing. */
struct line {
	double low, span;
};

static void lines_of(struct line line[LAPSES * GUESSINGS], double guess)
{
	for (int l = 0; l < LAPSES; l++)
		for (int g = 0; g < GUESSINGS; g++) {
			double low = guess * guessings[g], span = 1 - low - lapses[l];

			line[l * GUESSINGS + g] = (struct line){ low, span > 0 ? span : 0 };
		}
}

void curve_add(struct curve *c, int level, double guess, bool pass)
{
	struct line line[LAPSES * GUESSINGS];
	int n = c->n[level], same = pass ? c->k[level] : n - c->k[level]; /* answers like this one so far */
	double *w = c->weight, sum = 0, scale, share[TIGHTS], seen[TIGHTS]; /* of the family's mean and of what was seen, in the next answer's chance */

	for (int t = 0; t < TIGHTS; t++) {
		share[t] = tights[t] / (tights[t] + n);
		seen[t] = same / (tights[t] + n);
	}
	lines_of(line, guess);
	for (int i = 0; i < MIDS * SLOPES; i++)
		for (int l = 0; l < LAPSES * GUESSINGS; l++) {
			double mean = line[l].low + line[l].span * c->up[level][i], chance = pass ? mean : 1 - mean;

			for (int t = 0; t < TIGHTS; t++, w++) {
				*w *= chance * share[t] + seen[t];
				sum += *w;
			}
		}
	scale = 1 / sum;
	for (int i = 0; i < CELLS; i++)
		c->weight[i] = c->weight[i] < sum * 1e-100 ? 0 : c->weight[i] * scale; /* no denormals: they are slow */
	c->odds *= (same + 0.5) / (n + 1) / sum;
	c->odds = c->odds < 1e-100 ? 1e-100 : c->odds > 1e100 ? 1e100 : c->odds;
	c->n[level]++;
	c->k[level] += pass;
	c->guess[level] += guess;
	c->guess2[level] += guess * guess;
}

struct curve_level curve_level(const struct curve *c, int level)
{
	int n = c->n[level];

	return (struct curve_level){ n, c->k[level], n ? c->guess[level] / n : 0 };
}

/* ---- what is believed */

/* Means of the levels' rates, and their covariances. */
struct moments {
	double mean[CURVE_LEVELS], cov[CURVE_LEVELS][CURVE_LEVELS];
};

/* What a level's mean chance of guessing, known from those of n puzzles, may be off by: a variance. */
static double guess_var(const struct curve *c, int level)
{
	double n = c->n[level], mean = n > 0 ? c->guess[level] / n : 0, var = n > 0 ? c->guess2[level] / n - mean * mean : 0;

	return n > 1 && var > 0 ? var / (n - 1) : 0;
}

static void moments_of(const struct curve *c, struct moments *m)
{
	struct line line[CURVE_LEVELS][LAPSES * GUESSINGS];
	double sum = 0, own[CURVE_LEVELS] = { 0 }, off[CURVE_LEVELS];
	int lo = level_lo(c), hi = level_hi(c);

	memset(m, 0, sizeof(*m));
	for (int level = lo; level <= hi; level++) {
		lines_of(line[level], curve_level(c, level).guess);
		off[level] = guess_var(c, level);
	}
	for (int cell = 0; cell < CELLS; cell++) {
		int at = cell / COMBOS, l = cell % COMBOS / TIGHTS;
		double w = c->weight[cell], tight = tights[cell % TIGHTS], rate[CURVE_LEVELS];

		if (w < nothing)
			continue;
		sum += w;
		for (int i = lo; i <= hi; i++) {
			double up = c->up[i][at], share = tight / (tight + c->n[i]), lean = guessings[l % GUESSINGS] * (1 - up) * share;

			rate[i] = (line[i][l].low + line[i][l].span * up) * share + c->k[i] / (tight + c->n[i]);
			own[i] += w * (rate[i] * (1 - rate[i]) / (tight + c->n[i] + 1) + lean * lean * off[i]);
			m->mean[i] += w * rate[i];
			for (int j = lo; j <= i; j++)
				m->cov[i][j] += w * rate[i] * rate[j];
		}
	}
	for (int i = lo; i <= hi; i++)
		m->mean[i] /= sum;
	for (int i = lo; i <= hi; i++)
		for (int j = lo; j <= i; j++) {
			m->cov[i][j] = m->cov[i][j] / sum - m->mean[i] * m->mean[j] + (i == j ? own[i] / sum : 0);
			m->cov[j][i] = m->cov[i][j];
		}
}

/* Covariance of the rate at a difficulty with a level's. */
static double cov_with(const struct moments *m, int tenths, int level)
{
	double f = tenths % 10 / 10.0;
	int at = tenths / 10;

	return (1 - f) * m->cov[at][level] + (f > 0 ? f * m->cov[at + 1][level] : 0);
}

static double mean_at(const struct moments *m, int tenths)
{
	double f = tenths % 10 / 10.0;
	int at = tenths / 10;

	return (1 - f) * m->mean[at] + (f > 0 ? f * m->mean[at + 1] : 0);
}

static double var_at(const struct moments *m, int tenths)
{
	double f = tenths % 10 / 10.0, v;
	int at = tenths / 10;

	v = (1 - f) * cov_with(m, tenths, at) + (f > 0 ? f * cov_with(m, tenths, at + 1) : 0);
	return v > 1e-12 ? v : 1e-12;
}

/* The x below which a Beta(a, b) has this part of its weight: to 2^-30. */
static double beta_quantile(double a, double b, double part)
{
	double lo = 0, hi = 1;

	for (int i = 0; i < 30; i++) {
		double mid = (lo + hi) / 2;

		*(beta_below(a, b, mid) < part ? &lo : &hi) = mid;
	}
	return (lo + hi) / 2;
}

static void rate_at(const struct moments *m, int tenths, double tail, struct curve_rate *ret)
{
	double var = var_at(m, tenths), mean = mean_at(m, tenths), strength = mean * (1 - mean) / var - 1;

	/* the Beta of this mean and variance; never narrower than what the grid's steps can tell */
	strength = strength > 4000 ? 4000 : strength > 0.1 ? strength : 0.1;
	mean = mean < 1e-6 ? 1e-6 : mean > 1 - 1e-6 ? 1 - 1e-6 : mean;
	*ret = (struct curve_rate){ .mean = mean, .sd = sqrt(var) };
	ret->lo = beta_quantile(fmax(mean * strength, 0.01), fmax((1 - mean) * strength, 0.01), tail);
	ret->hi = beta_quantile(fmax(mean * strength, 0.01), fmax((1 - mean) * strength, 0.01), 1 - tail);
}

void curve_rates(const struct curve *c, struct curve_rate at[CURVE_TENTHS])
{
	struct moments m;

	moments_of(c, &m);
	for (int d = c->lo; d <= c->hi; d++)
		rate_at(&m, d, 0.025, &at[d]);
}

struct curve_shape curve_shape(const struct curve *c)
{
	struct curve_shape s = { 0 };
	double slopes[SLOPES], loose = 0, sum = 0;

	slopes[0] = slope_from;
	for (int i = 1; i < SLOPES; i++)
		slopes[i] = slopes[i - 1] * slope_ratio;
	for (int cell = 0; cell < CELLS; cell++) {
		double w = c->weight[cell];
		int at = cell / COMBOS, l = cell % COMBOS / TIGHTS;

		sum += w;
		s.mid += w * (mid_from + mid_step * (at / SLOPES));
		s.slope += w * slopes[at % SLOPES];
		s.lapse += w * lapses[l / GUESSINGS];
		s.guessing += w * guessings[l % GUESSINGS];
		loose += w / tights[cell % TIGHTS];
	}
	return (struct curve_shape){ s.mid / sum, s.slope / sum, s.lapse / sum, s.guessing / sum, sum / loose };
}

/* ---- goals */

/* The difficulty whose rate is expected nearest, by mean square. */
static int nearest(const struct curve *c, const struct moments *m, double rate)
{
	double best = 1e300;
	int at = c->lo;

	for (int d = c->lo; d <= c->hi; d++) {
		double off = mean_at(m, d) - rate, loss = off * off + var_at(m, d);

		if (loss < best) {
			best = loss;
			at = d;
		}
	}
	return at;
}

enum {
	SURE = 1000,     /* odds for levels that follow no curve */
	SEEN = 4,        /* answers of each of two levels before they are compared */
	RISE_TENTHS = 2, /* how much higher the harder one's rate must be, in tenths */
};

/* Whether a harder level passes more often than an easier one, by far more than chance would have it. */
static bool rises(const struct curve *c, struct goal_found *ret)
{
	double most = RISE_TENTHS / 10.0;
	bool found = false;

	if (c->odds < SURE)
		return false;
	for (int i = level_lo(c); i <= level_hi(c); i++)
		for (int j = i + 1; j <= level_hi(c); j++) {
			double rise = (c->k[j] + 0.5) / (c->n[j] + 1) - (c->k[i] + 0.5) / (c->n[i] + 1);

			if (c->n[i] < SEEN || c->n[j] < SEEN || rise < most)
				continue;
			most = rise;
			ret->easy = i;
			ret->hard = j;
			found = true;
		}
	return found;
}

/* Beyond an end of the ladder? A look at every batch needs more certainty than one look. */
static enum goal_state beyond(const struct curve *c, const struct moments *m, const struct goal *g, bool last, int *tenths)
{
	double tail = last ? 0.025 : 0.005;
	struct curve_rate end;

	if (mean_at(m, c->lo) < g->lo) {
		rate_at(m, c->lo, tail, &end);
		*tenths = end.hi < g->lo ? c->lo : *tenths;
		return end.hi < g->lo ? GOAL_TOO_HARD : GOAL_OPEN;
	}
	if (mean_at(m, c->hi) > g->hi) {
		double guess = curve_level(c, level_hi(c)).guess;

		rate_at(m, c->hi, tail, &end);
		if (end.lo <= g->hi)
			return GOAL_OPEN;
		*tenths = c->hi;
		return guess >= end.lo || guess > g->hi ? GOAL_GUESSED : GOAL_TOO_EASY;
	}
	return GOAL_OPEN;
}

static void stretch(const struct curve *c, const struct moments *m, const struct goal *g, struct goal_found *ret)
{
	ret->from = ret->to = ret->tenths;
	while (ret->from > c->lo && mean_at(m, ret->from - 1) >= g->lo && mean_at(m, ret->from - 1) <= g->hi)
		ret->from--;
	while (ret->to < c->hi && mean_at(m, ret->to + 1) >= g->lo && mean_at(m, ret->to + 1) <= g->hi)
		ret->to++;
}

static void judge(const struct curve *c, const struct moments *m, const struct goal *g, bool last, struct goal_found *ret)
{
	*ret = (struct goal_found){ .state = GOAL_OPEN };
	ret->tenths = nearest(c, m, g->rate);
	if (rises(c, ret))
		ret->state = GOAL_NOT_MONOTONE;
	else
		ret->state = beyond(c, m, g, last, &ret->tenths);
	rate_at(m, ret->tenths, 0.025, &ret->at);
	stretch(c, m, g, ret);
	if (ret->state == GOAL_OPEN && ret->at.lo >= g->lo && ret->at.hi <= g->hi)
		ret->state = GOAL_TUNED;
}

void curve_goal(const struct curve *c, const struct goal *g, bool last, struct goal_found *ret)
{
	struct moments m;

	moments_of(c, &m);
	judge(c, &m, g, last, ret);
}

/* ---- what to ask */

/* `batch` shared out over the levels in proportion to gain; the largest remainders, the easier level first. */
static void share_out(const double gain[CURVE_LEVELS], int batch, int ask[CURVE_LEVELS])
{
	double sum = 0, rest[CURVE_LEVELS];
	int left = batch;

	for (int i = 0; i < CURVE_LEVELS; i++)
		sum += gain[i];
	memset(ask, 0, CURVE_LEVELS * sizeof(*ask));
	if (!(sum > 0)) /* no goal is open */
		return;
	for (int i = 0; i < CURVE_LEVELS; i++) {
		double due = batch * gain[i] / sum;

		ask[i] = (int)due;
		rest[i] = due - ask[i];
		left -= ask[i];
	}
	for (; left > 0; left--) {
		int most = 0;

		for (int i = 1; i < CURVE_LEVELS; i++)
			most = rest[i] > rest[most] ? i : most;
		ask[most]++;
		rest[most] = -1;
	}
}

void curve_ask(const struct curve *c, const struct goal *g, int n, int batch, int most, int ask[CURVE_LEVELS])
{
	double gain[CURVE_LEVELS] = { 0 }, best = 0;
	struct goal_found found;
	struct moments m;
	int asked = 0, lo = level_lo(c), hi = level_hi(c), whole = 2 * (hi - lo + 1);

	for (int i = lo; i <= hi; i++)
		asked += c->n[i];
	if (asked == 0 || (c->odds > 1 && asked < 2 * SEEN * whole)) { /* the whole ladder: nothing is known, or what is known looks odd */
		for (int i = lo; i <= hi; i++)
			gain[i] = 1;
		batch = batch > whole ? batch : whole;
		share_out(gain, batch < most ? batch : most, ask);
		return;
	}
	moments_of(c, &m);
	for (int k = 0; k < n; k++) {
		judge(c, &m, &g[k], false, &found);
		if (found.state != GOAL_OPEN)
			continue;
		for (int i = lo; i <= hi; i++) {
			double cov = cov_with(&m, found.tenths, i);

			gain[i] += cov * cov / (m.mean[i] * (1 - m.mean[i]));
		}
	}
	for (int i = lo; i <= hi; i++)
		best = gain[i] > best ? gain[i] : best;
	for (int i = lo; i <= hi; i++)
		gain[i] = gain[i] >= best / 4 ? gain[i] : 0; /* not a few here and a few there */
	share_out(gain, batch < most ? batch : most, ask);
}
