/*
 * audit_learn.c - two logistic regressions that look for shortcuts; see audit.h.
 *
 * words: softmax over the commonest values of each unit of the answer (a letter, a number), from the prompt's words, their
 * counts, their eighth of the prompt and the exact places at both ends. point: softmax over the things in the prompt that
 * could be the answer, from where and how often they stand and what stands beside them. Features are hashed; stochastic
 * gradient descent with a step for each feature that shrinks as it is used (AdaGrad: Duchi, Hazan, Singer 2011). One thread
 * and a fixed order, so that a result can be had again.
 */
#include "cli/audit.h"
#include "base/hash.h"
#include "verifiers/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	UNITS = 16,      /* of an answer; longer ones are taken as a whole */
	CLASSES = 32,    /* values of a unit that are told apart; 64 of a whole answer would be no better */
	FEATURES = 384,  /* of a prompt */
	SPACE_BITS = 17, /* hashed features */
	ENDS = 12,       /* words at either end of the prompt that are told by their exact place */
	EPOCHS = 2,
};

static const double WORK = 6e9; /* multiplications that one regression may take: beyond, fewer rows are learned from */
static const float STEP = 0.5f;

/* ---- a softmax that learns ---- */

struct softmax {
	float *weight;   /* [1 << SPACE_BITS][classes] */
	float *seen;     /* [1 << SPACE_BITS]: squared gradients so far */
	int classes;
};

static bool softmax_open(struct softmax *m, int classes)
{
	m->classes = classes;
	m->weight = calloc((size_t)classes << SPACE_BITS, sizeof(float));
	m->seen = calloc((size_t)1 << SPACE_BITS, sizeof(float));
	return m->weight && m->seen;
}

static void softmax_close(struct softmax *m)
{
	free(m->weight);
	free(m->seen);
}

/* Probabilities from scores, in place. */
static void normalise(float *p, int n)
{
	float top = p[0], sum = 0;

	for (int k = 1; k < n; k++)
		top = p[k] > top ? p[k] : top;
	for (int k = 0; k < n; k++)
		sum += p[k] = expf(p[k] - top);
	for (int k = 0; k < n; k++)
		p[k] /= sum;
}

static void score(const struct softmax *m, const uint32_t *feature, int n, float *p)
{
	for (int k = 0; k < m->classes; k++)
		p[k] = 0;
	for (int i = 0; i < n; i++) {
		const float *w = m->weight + (size_t)feature[i] * (size_t)m->classes;

		for (int k = 0; k < m->classes; k++)
			p[k] += w[k];
	}
}

static void learn(struct softmax *m, const uint32_t *feature, int n, int class)
{
	float p[CLASSES], size = 0;

	score(m, feature, n, p);
	normalise(p, m->classes);
	p[class] -= 1; /* the gradient of the loss */
	for (int k = 0; k < m->classes; k++)
		size += p[k] * p[k];
	for (int i = 0; i < n; i++) {
		float *w = m->weight + (size_t)feature[i] * (size_t)m->classes, step;

		m->seen[feature[i]] += size;
		step = STEP / sqrtf((float)n * (1e-3f + m->seen[feature[i]]));
		for (int k = 0; k < m->classes; k++)
			w[k] -= step * p[k];
	}
}

static int likeliest(const float *p, int n)
{
	int best = 0;

	for (int k = 1; k < n; k++)
		if (p[k] > p[best])
			best = k;
	return best;
}

/* ---- features of a prompt ---- */

static uint32_t feature_of(uint64_t what, uint64_t kind)
{
	uint64_t key[2] = { what, kind };

	return (uint32_t)(hash64(key, sizeof(key), 0) >> (64 - SPACE_BITS));
}

static int features(struct str prompt, uint32_t *ret)
{
	struct str token[TOKENS];
	uint64_t hash[TOKENS], sorted[TOKENS];
	size_t n = audit_tokens(prompt, token, TOKENS);
	int count = 0;

	for (size_t i = 0; i < n; i++)
		sorted[i] = hash[i] = hash64(token[i].s, token[i].n, 0);
	ret[count++] = feature_of(0, 0); /* the same in every row */
	for (size_t i = 0; i < n && i < ENDS; i++) {
		ret[count++] = feature_of(hash[i], 100 + i);
		ret[count++] = feature_of(hash[n - 1 - i], 200 + i);
	}
	qsort(sorted, n, sizeof(sorted[0]), hash64_cmp);
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i; j < n && sorted[j] == sorted[i]; j++)
			;
		if (count + 2 > FEATURES)
			return count;
		ret[count++] = feature_of(sorted[i], 1);
		ret[count++] = feature_of(sorted[i], 10 + (j - i < 8 ? j - i : 8));
	}
	for (size_t i = 0; i < n && count < FEATURES; i++)
		ret[count++] = feature_of(hash[i], 50 + i * 8 / n);
	return count;
}

/* ---- words: the answer unit by unit ---- */

struct unit {
	struct str value[CLASSES]; /* the commonest */
	int n;
	bool number;
};

/* Words, letters and numbers of an answer; punctuation only parts them. */
static int units_of(struct str answer, struct str *unit)
{
	struct str token[4 * UNITS];
	size_t n = audit_tokens(answer, token, 4 * UNITS);
	int count = 0;

	if (n == 4 * UNITS)
		return UNITS + 1;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)token[i].s[0];

		if (c < 0x80 && !(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z') && !(c == '-' && token[i].n > 1))
			continue;
		if (count < UNITS)
			unit[count] = token[i];
		count++;
	}
	return count;
}

static int class_of(const struct unit *u, struct str value)
{
	for (int k = 0; k < u->n; k++)
		if (str_eq(u->value[k], value))
			return k;
	return -1;
}

/* The commonest values of unit `at`, counted over the rows that have `units` of them. */
static void unit_make(struct unit *u, const struct audit_row *row, size_t n, int units, int at)
{
	enum { SLOTS = 4096 };
	struct str *value = calloc(SLOTS, sizeof(*value));
	uint32_t *count = calloc(SLOTS, sizeof(*count));

	u->n = 0;
	for (size_t i = 0; value && count && i < n; i++) {
		struct str unit[UNITS], own = row[i].answer;
		uint64_t slot;

		if (units > 0) {
			if (units_of(row[i].answer, unit) != units)
				continue;
			own = unit[at];
		}
		slot = hash64(own.s, own.n, 1) % SLOTS;
		for (int tries = 0; tries < 32 && count[slot] && !str_eq(value[slot], own); tries++)
			slot = (slot + 1) % SLOTS;
		if (count[slot] && !str_eq(value[slot], own))
			continue; /* the table is full of others: too many values for any to be common */
		value[slot] = own;
		count[slot]++;
	}
	while (value && count && u->n < CLASSES) {
		int best = 0;

		for (int i = 1; i < SLOTS; i++)
			if (count[i] > count[best])
				best = i;
		if (count[best] == 0)
			break;
		u->value[u->n++] = value[best];
		count[best] = 0;
	}
	free(value);
	free(count);
}

/* How many units most answers have; 0: they differ too much, or have too many, and are taken whole. */
static int common_units(const struct audit_row *row, size_t n)
{
	size_t count[UNITS + 2] = { 0 };
	struct str unit[UNITS];
	int best = 0;

	for (size_t i = 0; i < n; i++) {
		int k = units_of(row[i].answer, unit);

		count[k > UNITS ? UNITS + 1 : k]++;
	}
	for (int k = 1; k <= UNITS; k++)
		if (count[k] > count[best])
			best = k;
	return count[best] * 2 > n ? best : 0;
}

/* The answer of a row with its units replaced. */
static size_t rebuild(char *room, size_t cap, struct str answer, const struct str *said, int units)
{
	struct str unit[UNITS];
	const char *at = answer.s;
	size_t n = 0;

	if (units_of(answer, unit) != units)
		return 0;
	for (int i = 0; i <= units; i++) {
		const char *to = i < units ? unit[i].s : answer.s + answer.n;

		if (n + (size_t)(to - at) + (i < units ? said[i].n : 0) > cap)
			return 0;
		memcpy(room + n, at, (size_t)(to - at));
		n += (size_t)(to - at);
		if (i < units) {
			memcpy(room + n, said[i].s, said[i].n);
			n += said[i].n;
			at = unit[i].s + unit[i].n;
		}
	}
	return n;
}

/* Features of all rows, FEATURES apart. */
static bool features_all(const struct audit_row *row, size_t n, uint32_t **feature, int **count, int threads)
{
	(void)threads;
	*feature = malloc(n * FEATURES * sizeof(**feature));
	*count = malloc(n * sizeof(**count));
	if (!*feature || !*count)
		return false;
#ifdef _OPENMP
#pragma omp parallel for num_threads(threads)
#endif
	for (size_t i = 0; i < n; i++)
		(*count)[i] = features(row[i].prompt, *feature + i * FEATURES);
	return true;
}

double audit_learn_words(const struct audit_row *row, size_t train, size_t test, char how[48], int threads)
{
	int units = common_units(row, train), all = units ? units : 1, *count = NULL;
	uint32_t *feature = NULL;
	struct str *said = calloc((train + test) * (size_t)all, sizeof(*said)); /* of test rows */
	struct str shape = row[0].answer;
	size_t right = 0, used = train;
	bool ok = said && features_all(row, train + test, &feature, &count, threads);
	double work = 0;

	for (size_t i = 0; ok && i < train; i++) {
		struct str unit[UNITS];

		work += (double)count[i] * 2 * EPOCHS * CLASSES * all;
		if (work > WORK && used == train)
			used = i;
		if (units && units_of(shape, unit) != units)
			shape = row[i].answer;
	}
	snprintf(how, 48, "%d unit%s, %zu rows", all, all == 1 ? "" : "s", used);
	for (int at = 0; ok && at < all; at++) {
		struct unit u;
		struct softmax m;

		unit_make(&u, row, train, units, at);
		ok = u.n > 0 && softmax_open(&m, u.n);
		for (int epoch = 0; ok && epoch < EPOCHS && u.n > 1; epoch++)
			for (size_t i = 0; i < used; i++) {
				struct str unit[UNITS];
				int class;

				if (units && units_of(row[i].answer, unit) != units)
					continue;
				class = class_of(&u, units ? unit[at] : row[i].answer);
				if (class >= 0)
					learn(&m, feature + i * FEATURES, count[i], class);
			}
		for (size_t i = 0; ok && i < test; i++) {
			float p[CLASSES];

			score(&m, feature + (train + i) * FEATURES, count[train + i], p);
			said[i * (size_t)all + (size_t)at] = u.value[likeliest(p, u.n)];
		}
		if (u.n > 0)
			softmax_close(&m);
	}
	for (size_t i = 0; ok && i < test; i++) {
		char room[2048];
		struct str answer = said[i];

		if (units)
			answer = (struct str){ room, rebuild(room, sizeof(room), shape, said + i * (size_t)all, units) };
		right += answer.n && audit_right(&row[train + i], answer);
	}
	free(said);
	free(feature);
	free(count);
	return ok && test ? (double)right / (double)test : -1;
}

/* ---- point: a place in the prompt ---- */

enum { MARKS = 18 }; /* features of a candidate */

static int rank_of(const struct candidate *c, size_t n, size_t at, int (*key)(const struct candidate *))
{
	int rank = 0, own = key(&c[at]);

	for (size_t i = 0; i < n; i++)
		rank += key(&c[i]) > own;
	return rank < 15 ? rank : 15;
}

static int key_first(const struct candidate *c) { return -c->first; }
static int key_last(const struct candidate *c) { return c->last; }
static int key_count(const struct candidate *c) { return c->count; }
static int key_length(const struct candidate *c) { return (int)c->text.n; }

static int key_value(const struct candidate *c)
{
	int64_t v;

	return str_i64(c->text, &v) && v > -1000000000 && v < 1000000000 ? (int)v : 0;
}

static void marks_of(const struct candidate *c, size_t n, size_t at, const struct str *token, size_t tokens, uint32_t *ret)
{
	struct str before = c[at].first > 0 ? token[c[at].first - 1] : STR("^");
	struct str before_last = c[at].last > 0 ? token[c[at].last - 1] : STR("^");
	struct str after = (size_t)c[at].last + 1 < tokens ? token[c[at].last + 1] : STR("$");
	int first = rank_of(c, n, at, key_first), last = rank_of(c, n, at, key_last);
	int i = 0;

	ret[i++] = feature_of((uint64_t)first, 1);
	ret[i++] = feature_of((uint64_t)last, 2);
	ret[i++] = feature_of((uint64_t)(c[at].count < 8 ? c[at].count : 8), 3);
	ret[i++] = feature_of((uint64_t)rank_of(c, n, at, key_count), 4);
	ret[i++] = feature_of((uint64_t)(c[at].text.n < 15 ? c[at].text.n : 15), 5);
	ret[i++] = feature_of((uint64_t)rank_of(c, n, at, key_length), 6);
	ret[i++] = feature_of((uint64_t)rank_of(c, n, at, key_value), 7);
	ret[i++] = feature_of((uint64_t)((size_t)c[at].first * 10 / (tokens + 1)), 8);
	ret[i++] = feature_of((uint64_t)((size_t)c[at].last * 10 / (tokens + 1)), 9);
	ret[i++] = feature_of(hash64(before.s, before.n, 0), 10);
	ret[i++] = feature_of(hash64(before_last.s, before_last.n, 0), 11);
	ret[i++] = feature_of(hash64(after.s, after.n, 0), 12);
	ret[i++] = feature_of(hash64(c[at].text.s, c[at].text.n, 0), 13);
	ret[i++] = feature_of((uint64_t)(first * 16 + last), 14);
	ret[i++] = feature_of((uint64_t)(n - 1 - (size_t)first < 15 ? n - 1 - (size_t)first : 15), 15);
	ret[i++] = feature_of((uint64_t)(n < 64 ? n : 64), 16);
	ret[i++] = feature_of((uint64_t)(c[at].count * 16 + last), 17);
	ret[i++] = feature_of(0, 18);
}

static float score_of(const float *weight, const uint32_t *mark)
{
	float s = 0;

	for (int i = 0; i < MARKS; i++)
		s += weight[mark[i]];
	return s;
}

/* One row: what is likeliest; where `gold` is a candidate and weights may change, they learn. -1: no candidate at all. */
static int point_row(float *weight, float *seen, const struct vocabulary *v, const struct audit_row *row, bool fit,
		     struct candidate *c)
{
	uint32_t mark[CANDIDATES][MARKS];
	struct str token[TOKENS], gold = text_strip(row->answer);
	size_t tokens = audit_tokens(row->prompt, token, TOKENS), n = audit_candidates(v, row->prompt, c);
	float p[CANDIDATES];
	int class = -1;

	if (n == 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		marks_of(c, n, i, token, tokens, mark[i]);
		p[i] = score_of(weight, mark[i]);
		if (str_eq(c[i].text, gold))
			class = (int)i;
	}
	if (!fit)
		return likeliest(p, (int)n);
	normalise(p, (int)n);
	for (size_t i = 0; i < n && class >= 0; i++) {
		float g = p[i] - ((int)i == class);

		for (int k = 0; k < MARKS; k++) {
			seen[mark[i][k]] += g * g;
			weight[mark[i][k]] -= STEP / 4 * g / sqrtf(1e-3f + seen[mark[i][k]]);
		}
	}
	return class;
}

double audit_learn_point(const struct audit_row *row, size_t train, size_t test, const struct vocabulary *v, char how[48])
{
	float *weight = calloc((size_t)1 << SPACE_BITS, sizeof(float)), *seen = calloc((size_t)1 << SPACE_BITS, sizeof(float));
	struct candidate c[CANDIDATES];
	size_t there = 0, right = 0;

	for (int epoch = 0; weight && seen && epoch < EPOCHS; epoch++)
		for (size_t i = 0; i < train; i++)
			there += point_row(weight, seen, v, &row[i], true, c) >= 0;
	for (size_t i = 0; weight && seen && i < test; i++) {
		int at = point_row(weight, seen, v, &row[train + i], false, c);

		right += at >= 0 && audit_right(&row[train + i], c[at].text);
	}
	snprintf(how, 48, "answer in %.0f %% of prompts", 100.0 * (double)there / (double)(EPOCHS * train + !train));
	free(weight);
	free(seen);
	return test && there ? (double)right / (double)test : -1;
}
