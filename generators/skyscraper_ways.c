/*
 * skyscraper_ways.c - the ways to fill a line between two clues.
 *
 * A short line has few orders of its digits, and sets of orders are quick to intersect: those with a clue's view, those with a
 * digit in a cell. In a longer line we go by the set of digits in its first cells. Up to the highest the count is of those seen
 * from the first cell, from the highest on of those seen from the last one: what is seen from there depends on what is still
 * to come.
 */
#include "generators/skyscraper_ways.h"

#include <pthread.h>

enum { ORDERS = 720, SETS = 1 << LATIN_SIDE };

/* The orders of n digits, the least first; a bit is an order. */
struct orders {
	int n, count;
	char digit[ORDERS][WAYS_LISTED];
	uint64_t has[WAYS_LISTED][WAYS_LISTED][WAYS_WORDS];          /* of cell k, digit v + 1 */
	uint64_t view[2][WAYS_LISTED + 1][WAYS_WORDS]; /* by how many are seen from the first cell, the last; any number */
};

static struct orders orders[WAYS_LISTED + 1];
static uint16_t sights[LATIN_SIDE + 1][SETS]; /* digits that are seen after a set of digits, unless they are the highest */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int seen(const char *digit, int n, int step)
{
	int count = 0, highest = 0;

	for (int k = step > 0 ? 0 : n - 1; k >= 0 && k < n; k += step) {
		count += digit[k] > highest;
		highest = digit[k] > highest ? digit[k] : highest;
	}
	return count;
}

static void order_add(struct orders *o, const char *digit)
{
	int at = o->count++, seen_from[2] = { seen(digit, o->n, 1), seen(digit, o->n, -1) };
	uint64_t bit = 1ull << (at & 63);

	memcpy(o->digit[at], digit, (size_t)o->n);
	for (int k = 0; k < o->n; k++)
		o->has[k][digit[k] - '1'][at >> 6] |= bit;
	for (int end = 0; end < 2; end++) {
		o->view[end][0][at >> 6] |= bit;
		o->view[end][seen_from[end]][at >> 6] |= bit;
	}
}

static void orders_from(struct orders *o, char *digit, int k, unsigned left)
{
	if (k == o->n)
		order_add(o, digit);
	for (unsigned rest = left; rest; rest &= rest - 1) {
		digit[k] = (char)('0' + latin_least(rest));
		orders_from(o, digit, k + 1, left & ~(rest & -rest));
	}
}

/* All digits up to the largest of a set. */
static unsigned up_to(unsigned set)
{
	return set ? (1u << latin_most(set)) - 1 : 0;
}

static void make_tables(void)
{
	char digit[WAYS_LISTED];

	for (int n = 1; n <= WAYS_LISTED; n++) {
		orders[n].n = n;
		orders_from(&orders[n], digit, 0, (1u << n) - 1);
	}
	for (int n = WAYS_LISTED + 1; n <= LATIN_SIDE; n++) {
		unsigned all = (1u << n) - 1;

		for (unsigned set = 0; set <= all; set++) {
			unsigned rest = up_to(all & ~set);

			sights[n][set] = (uint16_t)(set >> (n - 1) & 1 ? rest & ~(rest >> 1) : all & ~up_to(set));
		}
	}
}

/* ---- short lines ---- */

static bool orders_meet(const uint64_t *a, const uint64_t *b, int words)
{
	for (int i = 0; i < words; i++)
		if (a[i] & b[i])
			return true;
	return false;
}

static void orders_find(struct ways *w)
{
	const struct orders *o = &orders[w->n];
	int words = (o->count + 63) / 64;
	uint64_t *order = w->order;

	for (int i = 0; i < words; i++)
		order[i] = o->view[0][w->first][i] & o->view[1][w->last][i];
	for (int k = 0; k < w->n; k++) {
		if (latin_size(w->cand[k]) == 1) {
			const uint64_t *has = o->has[k][__builtin_ctz(w->cand[k])];

			for (int i = 0; i < words; i++)
				order[i] &= has[i];
			continue;
		}
		for (unsigned c = ((1u << w->n) - 1) & ~(unsigned)w->cand[k]; c; c &= c - 1) {
			const uint64_t *has = o->has[k][__builtin_ctz(c)];

			for (int i = 0; i < words; i++)
				order[i] &= ~has[i];
		}
	}
	for (int k = 0; k < w->n; k++)
		for (unsigned c = w->cand[k]; c; c &= c - 1)
			if (orders_meet(order, o->has[k][__builtin_ctz(c)], words))
				w->some[k] |= (uint16_t)(c & -c);
}

static int orders_count(const struct ways *w, int limit, struct buf *out)
{
	int found = 0;

	for (int word = 0; word * 64 < orders[w->n].count; word++) {
		for (uint64_t set = w->order[word]; set && found < limit; set &= set - 1, found++) {
			if (!out)
				continue;
			buf_addc(out, ' ');
			buf_add(out, (struct str){ orders[w->n].digit[word * 64 + __builtin_ctzll(set)], (size_t)w->n });
		}
	}
	return found;
}

/* ---- longer lines ---- */

/* The counts that may be before the highest digit. */
static unsigned before_highest(const struct ways *w)
{
	return w->first ? 1u << (w->first - 1) : 0xffff;
}

static void sets_find(struct ways *w)
{
	unsigned all = (1u << w->n) - 1, top = 1u << (w->n - 1), before = before_highest(w);
	const uint16_t *sight = sights[w->n];

	memset(w->from, 0, sizeof(w->from[0]) << w->n);
	w->from[0] = 1;
	for (unsigned set = 0; set < all; set++) { /* a set comes after its parts */
		unsigned counts = w->from[set], next;

		if (!counts)
			continue;
		next = w->cand[latin_size(set)] & ~set;
		if (next & top && counts & before)
			w->from[set | top] |= 1u << 1;
		next &= ~top;
		for (unsigned c = next & sight[set]; c; c &= c - 1)
			w->from[set | (c & -c)] |= (uint16_t)(counts << 1);
		for (unsigned c = next & ~(unsigned)sight[set]; c; c &= c - 1)
			w->from[set | (c & -c)] |= (uint16_t)counts;
	}
	w->to[all] = (uint16_t)(w->from[all] & (w->last ? 1u << w->last : 0xffffu));
	for (unsigned set = all; set-- > 0;) {
		unsigned counts = 0, some = 0;
		int k;

		w->to[set] = 0;
		if (!w->from[set])
			continue;
		k = latin_size(set);
		for (unsigned c = w->cand[k] & ~set; c; c &= c - 1) {
			unsigned bit = c & -c, to = w->to[set | bit];

			to = bit == top ? (to >> 1 & 1 ? before : 0) : bit & sight[set] ? to >> 1 : to;
			to &= w->from[set];
			counts |= to;
			some |= to ? bit : 0;
		}
		w->to[set] = (uint16_t)counts;
		w->some[k] |= (uint16_t)some;
	}
}

static int sets_count(const struct ways *w, unsigned set, unsigned count, int limit, char *way, struct buf *out)
{
	unsigned top = 1u << (w->n - 1);
	int k = latin_size(set), found = 0;

	if (k == w->n) {
		if (out) {
			buf_addc(out, ' ');
			buf_add(out, (struct str){ way, (size_t)k });
		}
		return 1;
	}
	for (unsigned c = w->cand[k] & ~set; c && found < limit; c &= c - 1) {
		unsigned bit = c & -c, next = bit & sights[w->n][set] ? count << 1 : count;

		if (bit == top)
			next = count & before_highest(w) ? 1u << 1 : 0;
		if (!(next & w->to[set | bit]))
			continue;
		way[k] = (char)('0' + latin_least(bit));
		found += sets_count(w, set | bit, next, limit - found, way, out);
	}
	return found;
}

/* ---- any line ---- */

void ways_find(struct ways *w)
{
	pthread_once(&once, make_tables);
	memset(w->some, 0, sizeof(w->some));
	if (w->n <= WAYS_LISTED)
		orders_find(w);
	else
		sets_find(w);
}

int ways_count(const struct ways *w, int limit, struct buf *out)
{
	char way[LATIN_SIDE];

	return w->n <= WAYS_LISTED ? orders_count(w, limit, out) : sets_count(w, 0, 1, limit, way, out);
}
