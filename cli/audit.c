/* audit.c - the plain ways to an answer without solving: constant, place, copy; see audit.h. */
#include "cli/audit.h"
#include "base/buf.h"
#include "base/hash.h"
#include "generators/instance.h"
#include "verifiers/text.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	FIT_ROWS = 2000, /* training rows on which a way is chosen */
	CONSTANTS = 24,
	LINES = 6,       /* from either end of the prompt, to be handed back */
	PHRASE = 3,      /* words of an answer that may stand in a prompt */
	PHRASE_BYTES = 48,
};

const char *audit_way_name(enum audit_way way)
{
	static const char *const names[] = { "constant", "first", "last", "longest", "commonest", "copy", "words", "point" };

	return names[way];
}

bool audit_right(const struct audit_row *row, struct str answer)
{
	struct quarry_options o = { .format = QUARRY_TAGS };
	struct quarry_verdict v;
	char room[4096 + 32];
	int n;

	if (!row->rule)
		return str_ieq(text_strip(answer), text_strip(row->answer));
	if (answer.n > 4096)
		return false;
	n = snprintf(room, sizeof(room), "<answer>%.*s</answer>", (int)answer.n, answer.s);
	quarry_verify_n(row->rule, row->desc.s, row->desc.n, room, (size_t)n, &o, &v);
	return v.mark == QUARRY_CORRECT;
}

/* ---- words and candidates ---- */

static bool letter(unsigned char c)
{
	return is_letter(c) || c == '_';
}

static bool digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

size_t audit_tokens(struct str text, struct str *token, size_t cap)
{
	size_t n = 0, i = 0;

	while (i < text.n && n < cap) {
		size_t from = i;
		unsigned char c = (unsigned char)text.s[i];
		uint32_t cp;

		if (c <= ' ') {
			i++;
			continue;
		}
		if (letter(c))
			while (i < text.n && letter((unsigned char)text.s[i]))
				i++;
		else if (digit(c) || (c == '-' && i + 1 < text.n && digit((unsigned char)text.s[i + 1]) && (i == 0 || text.s[i - 1] <= ' ')))
			do
				i++;
			while (i < text.n && digit((unsigned char)text.s[i]));
		else
			i += utf8_next(str_from(text, i), &cp);
		token[n++] = str_sub(text, from, i);
	}
	return n;
}

static size_t bit_of(uint64_t hash)
{
	return (size_t)(hash >> (64 - VOCABULARY_BITS));
}

static bool known(const struct vocabulary *v, struct str phrase)
{
	uint64_t hash;

	if (phrase.n < v->least || phrase.n > v->longest)
		return false;
	hash = hash64(phrase.s, phrase.n, 0);
	return (v->some[bit_of(hash) / 8] >> bit_of(hash) % 8 & 1) && bsearch(&hash, v->hash, v->n, sizeof(hash), hash64_cmp) != NULL;
}

static void vocabulary_make(struct vocabulary *v, const struct audit_row *row, size_t n)
{
	size_t all = 0;

	v->least = PHRASE_BYTES;
	for (size_t i = 0; i < n; i++) {
		struct str a = text_strip(row[i].answer);

		if (a.n == 0 || a.n > PHRASE_BYTES)
			continue;
		v->hash[all++] = hash64(a.s, a.n, 0);
		v->least = a.n < v->least ? a.n : v->least;
		v->longest = a.n > v->longest ? a.n : v->longest;
	}
	qsort(v->hash, all, sizeof(v->hash[0]), hash64_cmp);
	for (size_t i = 0; i < all; i++)
		if (i == 0 || v->hash[i] != v->hash[i - 1]) {
			v->some[bit_of(v->hash[i]) / 8] |= (uint8_t)(1 << bit_of(v->hash[i]) % 8);
			v->hash[v->n++] = v->hash[i];
		}
}

size_t audit_candidates(const struct vocabulary *v, struct str prompt, struct candidate *c)
{
	struct str token[TOKENS];
	size_t tokens = audit_tokens(prompt, token, TOKENS), n = 0;

	for (size_t i = 0; i < tokens; i++)
		for (size_t k = i; k < i + PHRASE && k < tokens; k++) {
			struct str text = { token[i].s, (size_t)(token[k].s + token[k].n - token[i].s) };
			size_t at = 0;

			if (text.n > v->longest)
				break;
			if (!known(v, text))
				continue;
			while (at < n && !str_eq(c[at].text, text))
				at++;
			if (at == n) {
				if (n == CANDIDATES)
					continue;
				c[n++] = (struct candidate){ text, (int)i, 0, 0 };
			}
			c[at].last = (int)i;
			c[at].count++;
		}
	return n;
}

/* ---- the plain ways ---- */

/* The common answers of the training rows, and some that fit many tasks. */
static size_t constants(struct str *ret, const struct audit_row *row, size_t n, uint64_t *room)
{
	static const char *const usual[] = { "0", "1", "2", "yes", "no", "none", "True", "A" };
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		room[i] = hash64(row[i].answer.s, row[i].answer.n, 0);
	qsort(room, n, sizeof(room[0]), hash64_cmp);
	/* the largest classes, one after another: what is found already is passed over */
	while (count < CONSTANTS - COUNT(usual)) {
		size_t best = 0;
		uint64_t hash = 0;

		for (size_t i = 0, j; i < n; i = j) {
			bool taken = false;

			for (j = i; j < n && room[j] == room[i]; j++)
				;
			for (size_t k = 0; k < count && !taken; k++)
				taken = hash64(ret[k].s, ret[k].n, 0) == room[i];
			if (!taken && j - i > best) {
				best = j - i;
				hash = room[i];
			}
		}
		if (best < 2)
			break;
		for (size_t i = 0; i < n; i++)
			if (hash64(row[i].answer.s, row[i].answer.n, 0) == hash) {
				ret[count++] = row[i].answer;
				break;
			}
	}
	for (size_t i = 0; i < COUNT(usual); i++)
		ret[count++] = str_of(usual[i]);
	return count;
}

/* Line k of the prompt, from the front or, if negative, from the end; LINES is the longest one. */
static struct str line_of(struct str prompt, int k)
{
	struct str line, best = { "", 0 }, rest = prompt;
	int n = 0, want = k;

	while (str_line(&rest, &line))
		n += str_trim(line).n > 0;
	if (k < 0)
		want = n + k;
	n = 0;
	rest = prompt;
	while (str_line(&rest, &line)) {
		line = str_trim(line);
		if (line.n == 0)
			continue;
		if (k == LINES ? line.n > best.n : n == want)
			best = line;
		n++;
	}
	return best;
}

/* What a way says about a row; `at` chooses among its variants. False: nothing. */
static bool say(enum audit_way way, int at, const struct str *constant, const struct vocabulary *v, const struct audit_row *row,
		struct str *ret)
{
	struct candidate c[CANDIDATES];
	size_t n, best = 0;

	if (way == AUDIT_CONSTANT) {
		*ret = constant[at];
		return true;
	}
	if (way == AUDIT_COPY) {
		*ret = at == LINES + 1 ? row->desc : line_of(row->prompt, at);
		return ret->n > 0;
	}
	n = audit_candidates(v, row->prompt, c);
	for (size_t i = 1; i < n; i++)
		if ((way == AUDIT_FIRST && c[i].first < c[best].first) || (way == AUDIT_LAST && c[i].last > c[best].last) ||
		    (way == AUDIT_LONGEST && c[i].text.n > c[best].text.n) || (way == AUDIT_COMMONEST && c[i].count > c[best].count))
			best = i;
	if (n)
		*ret = c[best].text;
	return n > 0;
}

static double share(enum audit_way way, int at, const struct str *constant, const struct vocabulary *v,
		    const struct audit_row *row, size_t n, int threads)
{
	size_t right = 0;

	(void)threads;
#ifdef _OPENMP
#pragma omp parallel for reduction(+ : right) num_threads(threads)
#endif
	for (size_t i = 0; i < n; i++) {
		struct str answer;

		right += say(way, at, constant, v, &row[i], &answer) && audit_right(&row[i], answer);
	}
	return n ? (double)right / (double)n : 0;
}

static void try_way(struct audit_report *r, enum audit_way way, int from, int to, const struct str *constant,
		    const struct vocabulary *v, const struct audit_row *row, int threads)
{
	size_t fit = r->train < FIT_ROWS ? r->train : FIT_ROWS;
	double best = -1;
	int at = from;

	for (int i = from; i < to; i++) {
		double s = share(way, i, constant, v, row, fit, threads);

		if (s > best) {
			best = s;
			at = i;
		}
	}
	r->score[way] = share(way, at, constant, v, row + r->train, r->test, threads);
	if (way == AUDIT_CONSTANT)
		snprintf(r->how[way], sizeof(r->how[way]), "%.*s", constant[at].n < 40 ? (int)constant[at].n : 40, constant[at].s);
	else if (way == AUDIT_COPY)
		snprintf(r->how[way], sizeof(r->how[way]), at == LINES ? "longest line" : at > LINES ? "desc" : "line %d", at);
}

void audit_group(struct audit_report *r, const struct audit_row *row, size_t train, size_t test, int threads)
{
	uint64_t *room = calloc(2 * train + 1, sizeof(*room));
	struct vocabulary v = { .hash = room, .some = calloc((size_t)1 << (VOCABULARY_BITS - 3), 1) };
	struct str constant[CONSTANTS];

	*r = (struct audit_report){ .train = train, .test = test };
	if (!room || !v.some)
		goto done;
	vocabulary_make(&v, row, train);
	try_way(r, AUDIT_CONSTANT, 0, (int)constants(constant, row, train, room + train), constant, &v, row, threads);
	for (enum audit_way way = AUDIT_FIRST; way <= AUDIT_COMMONEST; way++)
		try_way(r, way, 0, 1, constant, &v, row, threads);
	try_way(r, AUDIT_COPY, -LINES, LINES + 2, constant, &v, row, threads);
	r->score[AUDIT_WORDS] = audit_learn_words(row, train, test, r->how[AUDIT_WORDS], threads);
	r->score[AUDIT_POINT] = audit_learn_point(row, train, test, &v, r->how[AUDIT_POINT]);
	for (enum audit_way way = 1; way < AUDIT_WAYS; way++)
		if (r->score[way] > r->score[r->best])
			r->best = way;
done:
	free(v.some);
	free(room);
}
