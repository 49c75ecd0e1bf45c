/*
 * calcudoko.c - the rule: every row and column holds each of 1 .. n once; the cells of a cage hold different numbers
 * that give its target: their sum (+), their product (*), the larger less the smaller (-) or divided by it (/). A cage of
 * one cell has no sign and holds its target.
 *
 * desc: "N:ROW/ROW/...:CAGE,CAGE,...", N = 2 .. 9. In the rows a letter names the cage of each cell; cages are named a .. z,
 * A .. Z in the order in which a reader meets them. The cages follow in that order: "3:aab/cdb/cdd:3+,5+,2/,6*". A cage hangs
 * together by its cells' sides; - and / are for cages of two.
 */
#include "verifiers/latin.h"

enum { CAGES = 52, CAGE_CELLS = 9 };

struct cage {
	char sign; /* + - * / or = for a cage of one */
	int target;
	int n;
	uint8_t cell[CAGE_CELLS];
};

struct board {
	int n, cages;
	bool loose; /* cages as they come */
	struct cage cage[CAGES];
};

/* Read the rows, each cell into its cage. */
static bool rows_read(struct board *b, struct str s)
{
	int n = b->n;

	for (int i = 0; i < n * n; i++) {
		char c = s.s[2 + i / n * (n + 1) + i % n];
		int k = c >= 'a' && c <= 'z' ? c - 'a' : c >= 'A' && c <= 'Z' ? c - 'A' + 26 : CAGES;

		if (k > b->cages || k == CAGES)
			return false;
		if (k == b->cages)
			b->cage[b->cages++].n = 0;
		if (b->cage[k].n == CAGE_CELLS)
			return false;
		b->cage[k].cell[b->cage[k].n++] = (uint8_t)i;
		if (i % n == n - 1 && s.s[2 + i / n * (n + 1) + n] != (i + 1 == n * n ? ':' : '/'))
			return false;
	}
	return true;
}

static bool target_read(struct cage *c, struct str s, bool loose)
{
	int64_t target = 0;

	c->sign = '=';
	if (c->n > 1) {
		if (!s.n)
			return false;
		c->sign = s.s[s.n - 1];
		s.n--;
		if (c->sign != '+' && c->sign != '*' && ((c->n > 2 && !loose) || (c->sign != '-' && c->sign != '/')))
			return false;
	}
	if (!s.n || s.n > 6 || (s.s[0] < '1' && !(loose && str_is(s, "0"))))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
		target = 10 * target + (s.s[i] - '0');
	}
	c->target = (int)target;
	return true;
}

/* From a cage's first cell, side by side, all of it is reached. */
static bool hangs_together(const struct board *b, const struct cage *c)
{
	bool reached[CAGE_CELLS] = { true };
	int count = 1;

	for (int round = 1; round < c->n && count < c->n; round++) {
		for (int i = 0; i < c->n; i++) {
			for (int j = 0; j < c->n; j++) {
				int gap = c->cell[i] - c->cell[j], dy = c->cell[i] / b->n - c->cell[j] / b->n;

				if (reached[i] && !reached[j] && (gap == b->n || gap == -b->n || (dy == 0 && (gap == 1 || gap == -1)))) {
					reached[j] = true;
					count++;
				}
			}
		}
	}
	return count == c->n;
}

static bool board_read(struct board *b, struct str s)
{
	struct str rest, word;
	size_t head;

	if (s.n < 2 || s.s[0] < '2' || s.s[0] > '9')
		return false;
	b->n = s.s[0] - '0';
	b->cages = 0;
	b->loose = s.s[1] == '~';
	s = str_from(s, b->loose);
	if (s.n < 2 || s.s[1] != ':')
		return false;
	head = 2 + (size_t)(b->n * (b->n + 1));
	if (s.n <= head || !rows_read(b, s))
		return false;
	rest = str_from(s, head);
	for (int k = 0; k < b->cages; k++)
		if (!str_split(&rest, ',', &word) || !target_read(&b->cage[k], word, b->loose) ||
		    (!b->loose && !hangs_together(b, &b->cage[k])))
			return false;
	return rest.n == 0 && s.s[s.n - 1] != ',';
}

static bool cage_holds(const struct cage *c, const struct grid *g)
{
	int sum = 0, product = 1, most = 0;

	for (int k = 0; k < c->n; k++) {
		int v = g->cell[c->cell[k]];

		sum += v;
		product *= v;
		most = v > most ? v : most;
	}
	switch (c->sign) {
	case '+':
		return sum == c->target;
	case '*':
		return product == c->target;
	case '-':
		return 2 * most - sum == c->target;
	case '/':
		return most * most == c->target * product;
	default:
		return sum == c->target;
	}
}

static enum quarry_mark check(struct why *why, const struct board *b, const struct grid *g)
{
	for (int k = 0; k < b->cages; k++) {
		const struct cage *c = &b->cage[k];
		int y = c->cell[0] / b->n + 1, x = c->cell[0] % b->n + 1;
		unsigned seen = 0; /* bit v: v was met */

		for (int i = 0; i < c->n; i++) {
			int v = g->cell[c->cell[i]];

			if (seen >> v & 1)
				return rule_wrong(why, "the cage of row %d, column %d holds %d twice", y, x, v);
			seen |= 1u << v;
		}
		if (!cage_holds(c, g) && c->n == 1)
			return rule_wrong(why, "row %d, column %d: the puzzle gives %d, the answer has %d", y, x, c->target,
					  g->cell[c->cell[0]]);
		if (!cage_holds(c, g))
			return rule_wrong(why, "the cage of row %d, column %d does not give %d%c", y, x, c->target, c->sign);
	}
	return QUARRY_CORRECT;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct board b;
	struct grid g;
	enum quarry_mark mark;

	if (!board_read(&b, desc))
		return rule_bad_task(why, "the desc is no calcudoko");
	mark = latin_read(why, &g, answer, b.n);
	if (mark == QUARRY_CORRECT)
		mark = latin_check(why, &g);
	return mark == QUARRY_CORRECT ? check(why, &b, &g) : mark;
}

const struct quarry_rule rule_calcudoko = { "calcudoko", 1, judge, NULL };
