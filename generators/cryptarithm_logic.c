/*
 * cryptarithm_logic.c - how a person solves a letter equation: column by column, from what is possible to what is left.
 *
 * Each letter keeps the set of its digits, each carry its range. A column of a sum with few enough possibilities is gone
 * through whole: digits and carries that occur in none of them go. With products there are no columns; there the last one,
 * two, ... digits of both sides are compared, and how large each side can be. Where nothing moves, a letter with few digits
 * left is tried.
 *
 * Told, it reads: the columns; then "3: E=5/6 c2=1", what is left after looking at column 3; "E!=0/1" what went;
 * "? E=5" a try, "3: x" a contradiction.
 */
#include "generators/cryptarithm_solve.h"

enum {
	LOOK_MAX = 800, /* possibilities of a column that are gone through */
	CARRY_NONE = 100, /* beyond all carries */
	TOLD_MAX = 6000, /* bytes; beyond, tries that fail are told without their steps */
};

/* What is still possible. */
struct state {
	uint16_t set[CRYPT_LETTERS];
	signed char lo[CRYPT_LEN + 2], hi[CRYPT_LEN + 2]; /* carry into column k; [columns] leaves the last one and is 0 */
	int depth[CRYPT_LETTERS], carry_depth[CRYPT_LEN + 2];
	uint32_t dirty; /* bit k: column k has to be looked at (again) */
};

/* A column: its letters, how often each counts, signs included. The result counts against them. */
struct column {
	int n;
	int letter[CRYPT_LETTERS], times[CRYPT_LETTERS];
};

struct reason {
	const struct crypt *c;
	struct column column[CRYPT_LEN + 1];
	struct crypt_effort *e;
	struct buf *out;
	const signed char *solution;
	int tries, nested;
	bool done;    /* told to its end */
	bool gave_up; /* tries were left */
};

static int count(uint16_t set)
{
	return __builtin_popcount(set);
}

static int lowest(uint16_t set)
{
	return __builtin_ctz(set);
}

static int highest(uint16_t set)
{
	return 31 - __builtin_clz((unsigned)set);
}

static void columns_make(struct reason *r)
{
	const struct crypt *c = r->c;

	for (int k = 0; k < c->columns; k++) {
		struct column *col = &r->column[k];
		int times[CRYPT_LETTERS] = { 0 };

		for (int w = 0; w < c->n; w++)
			if (k < c->len[w])
				times[c->at[w][k]] += c->op[w] == '+' ? 1 : -1;
		for (int l = 0; l < c->letters; l++)
			if (times[l] != 0) {
				col->letter[col->n] = l;
				col->times[col->n++] = times[l];
			}
	}
}

/* ---- telling ---- */

static void tell_set(struct buf *b, char name, uint16_t was, uint16_t is)
{
	uint16_t gone = was & (uint16_t)~is, show = is;

	buf_addf(b, " %c", name);
	if (count(is) > 1 && count(gone) < count(is)) {
		buf_addc(b, '!');
		show = gone;
	}
	for (char sep = '='; show; show &= (uint16_t)(show - 1), sep = '/') {
		buf_addc(b, sep);
		buf_addi(b, lowest(show));
	}
}

static void tell_carry(struct buf *b, int k, int lo, int hi)
{
	buf_addf(b, " c%d=%d", k, lo);
	while (lo < hi)
		buf_addf(b, "/%d", ++lo);
}

static void tell_column(struct buf *b, const struct crypt *c, int k, const struct state *s)
{
	bool first = true;

	buf_addf(b, "%d: ", k + 1);
	for (int w = 0; w + 1 < c->n; w++)
		if (k < c->len[w]) {
			if (!first || c->op[w] == '-')
				buf_addc(b, c->op[w]);
			buf_addc(b, c->name[c->at[w][k]]);
			first = false;
		}
	if (k > 0)
		buf_addf(b, "%sc%d", first ? "" : "+", k);
	buf_addc(b, '=');
	if (k < c->len[c->n - 1])
		buf_addc(b, c->name[c->at[c->n - 1][k]]);
	else
		buf_addc(b, '0');
	if (k + 1 < c->columns) {
		buf_addf(b, "+10*c%d,", k + 1);
		tell_carry(b, k + 1, s->lo[k + 1], s->hi[k + 1]);
	}
	buf_addc(b, '\n');
}

/* "3", "mod 100", "size": where a step looked. */
static void tell_where(struct reason *r, int where, bool tail)
{
	for (int i = 0; i < r->nested; i++)
		buf_addc(r->out, ' ');
	if (!r->c->product) {
		buf_addf(r->out, "%d:", where + 1);
	} else if (tail) {
		buf_addz(r->out, "mod 1");
		for (int i = 0; i <= where; i++)
			buf_addc(r->out, '0');
		buf_addc(r->out, ':');
	} else {
		buf_addz(r->out, "size:");
	}
}

/* ---- one step ---- */

static void touch(const struct reason *r, struct state *s, int letter)
{
	const struct crypt *c = r->c;

	if (c->product) {
		s->dirty = UINT32_MAX;
		return;
	}
	for (int k = 0; k < c->columns; k++)
		for (int i = 0; i < r->column[k].n; i++)
			if (r->column[k].letter[i] == letter)
				s->dirty |= UINT32_C(1) << k;
}

/* A digit has one letter. Follows what that brings until it stands still; false: no digit is left for some letter. */
static bool distinct(struct reason *r, struct state *s)
{
	const struct crypt *c = r->c;
	bool again = true;

	while (again) {
		again = false;
		for (int l = 0; l < c->letters; l++) {
			if (s->set[l] == 0)
				return false;
			if (count(s->set[l]) > 1)
				continue;
			for (int m = 0; m < c->letters; m++)
				if (m != l && s->set[m] & s->set[l]) {
					s->set[m] &= (uint16_t)~s->set[l];
					s->depth[m] = s->depth[m] > s->depth[l] ? s->depth[m] : s->depth[l];
					touch(r, s, m);
					again = true;
				}
		}
		/* ten letters: each digit has its letter */
		for (int d = 0; d < 10 && c->letters == 10 && !again; d++) {
			int who = -1, n = 0, deep = 0;

			for (int l = 0; l < 10; l++) {
				n += s->set[l] >> d & 1;
				who = s->set[l] >> d & 1 ? l : who;
				deep = s->depth[l] > deep ? s->depth[l] : deep;
			}
			if (n == 0)
				return false;
			if (n == 1 && count(s->set[who]) > 1) {
				if (r->out) {
					for (int i = 0; i < r->nested; i++)
						buf_addc(r->out, ' ');
					buf_addf(r->out, "%d: only %c\n", d, c->name[who]);
				}
				s->set[who] = (uint16_t)(1u << d);
				s->depth[who] = deep + 1;
				r->e->depth = deep + 1 > r->e->depth ? deep + 1 : r->e->depth;
				r->e->steps++;
				r->e->last_digit = true;
				touch(r, s, who);
				again = true;
			}
		}
	}
	return true;
}

/* Take over what a look has left of these letters. Depths: one more than the deepest that went in. */
static bool narrow(struct reason *r, struct state *s, int where, bool tail, const uint16_t *left, uint32_t looked, int deep)
{
	bool moved = false;

	for (int l = 0; l < r->c->letters; l++) {
		if (!(looked >> l & 1) || left[l] == s->set[l])
			continue;
		if (!moved && r->out)
			tell_where(r, where, tail);
		if (r->out)
			tell_set(r->out, r->c->name[l], s->set[l], left[l]);
		moved = true;
		s->set[l] = left[l];
		s->depth[l] = deep + 1;
		touch(r, s, l);
	}
	return moved;
}

static void found(struct reason *r, int deep)
{
	r->e->steps++;
	r->e->depth = deep + 1 > r->e->depth ? deep + 1 : r->e->depth;
}

/* ---- columns of sums ---- */

struct look {
	const struct column *col;
	const struct state *s;
	int k;
	uint16_t left[CRYPT_LETTERS]; /* digits that occur, by place in the column */
	int digit[CRYPT_LETTERS];
	int in_lo, in_hi, out_lo, out_hi; /* carries that occur */
};

/* The column's sum is `sum`: the carries that fit it are noted. */
static bool look_carries(struct look *o, int sum)
{
	int in_lo = o->s->lo[o->k], in_hi = o->s->hi[o->k], out = o->s->lo[o->k + 1];
	bool any = false;

	for (; out <= o->s->hi[o->k + 1]; out++) {
		int in = 10 * out - sum;

		if (in < in_lo || in > in_hi)
			continue;
		any = true;
		o->in_lo = in < o->in_lo ? in : o->in_lo;
		o->in_hi = in > o->in_hi ? in : o->in_hi;
		o->out_lo = out < o->out_lo ? out : o->out_lo;
		o->out_hi = out > o->out_hi ? out : o->out_hi;
	}
	return any;
}

static bool look_on(struct look *o, int i, uint16_t used, int sum)
{
	uint16_t set, kept = 0;
	int times;

	if (i == o->col->n)
		return look_carries(o, sum);
	set = o->s->set[o->col->letter[i]] & (uint16_t)~used;
	times = o->col->times[i];
	for (; set; set &= (uint16_t)(set - 1)) {
		int d = lowest(set);

		if (i + 1 == o->col->n ? look_carries(o, sum + d * times) :
					 look_on(o, i + 1, used | (uint16_t)(1u << d), sum + d * times))
			kept |= (uint16_t)(1u << d);
	}
	o->left[i] |= kept;
	return kept != 0;
}

/* false: a contradiction. */
static bool column_look(struct reason *r, struct state *s, int k, bool *moved)
{
	const struct column *col = &r->column[k];
	struct look o = { .col = col, .s = s, .k = k,  .in_lo = CARRY_NONE, .in_hi = -CARRY_NONE, .out_lo = CARRY_NONE, .out_hi = -CARRY_NONE };
	uint16_t left[CRYPT_LETTERS] = { 0 };
	uint32_t looked = 0;
	int ways = 1, deep = s->carry_depth[k] > s->carry_depth[k + 1] ? s->carry_depth[k] : s->carry_depth[k + 1];
	bool told;

	for (int i = 0; i < col->n; i++) {
		ways *= count(s->set[col->letter[i]]);
		if (ways > LOOK_MAX)
			return true;
	}
	if (!look_on(&o, 0, 0, 0)) {
		found(r, deep);
		if (r->out) {
			tell_where(r, k, false);
			buf_addz(r->out, " x\n");
		}
		return false;
	}
	for (int i = 0; i < col->n; i++) {
		int l = col->letter[i];

		left[l] = o.left[i];
		looked |= UINT32_C(1) << l;
		deep = s->depth[l] > deep ? s->depth[l] : deep;
	}
	told = *moved = narrow(r, s, k, false, left, looked, deep);
	if (o.in_lo != s->lo[k] || o.in_hi != s->hi[k]) {
		if (r->out && !told)
			tell_where(r, k, false);
		told = *moved = true;
		s->lo[k] = (signed char)o.in_lo;
		s->hi[k] = (signed char)o.in_hi;
		s->carry_depth[k] = deep + 1;
		s->dirty |= UINT32_C(1) << (k - 1);
		if (r->out)
			tell_carry(r->out, k, o.in_lo, o.in_hi);
	}
	if (o.out_lo != s->lo[k + 1] || o.out_hi != s->hi[k + 1]) {
		if (r->out && !told)
			tell_where(r, k, false);
		*moved = true;
		s->lo[k + 1] = (signed char)o.out_lo;
		s->hi[k + 1] = (signed char)o.out_hi;
		s->carry_depth[k + 1] = deep + 1;
		s->dirty |= UINT32_C(1) << (k + 1);
		if (r->out)
			tell_carry(r->out, k + 1, o.out_lo, o.out_hi);
	}
	if (*moved) {
		found(r, deep);
		if (r->out)
			buf_addc(r->out, '\n');
	}
	return true;
}

/* ---- products: last digits, sizes ---- */

struct tail {
	const struct crypt *c;
	const struct state *s;
	int k;                       /* the last k + 1 digits */
	int n, letter[CRYPT_LETTERS]; /* letters among them */
	signed char digit[CRYPT_LETTERS];
	uint16_t left[CRYPT_LETTERS];
};

/* Left side minus result, of the last digits alone: 0 modulo `ten`? */
static bool tail_fits(const struct tail *t, uint64_t ten)
{
	const struct crypt *c = t->c;
	uint64_t sum = 0; /* modulo ten */

	for (int w = 0; w < c->n;) {
		bool minus = c->op[w] != '+';
		uint64_t term = 1;

		do {
			uint64_t v = 0;

			for (int i = c->len[w] - 1; i >= 0; i--)
				if (i <= t->k)
					v = v * 10 + (uint64_t)t->digit[c->at[w][i]];
			term = term * v % ten; /* ten <= 10^9 */
		} while (++w < c->n && c->op[w] == '*');
		sum += minus ? ten - term : term;
	}
	return sum % ten == 0;
}

static bool tail_on(struct tail *t, int i, uint16_t used, uint64_t ten)
{
	bool any = false;

	if (i == t->n)
		return tail_fits(t, ten);
	for (uint16_t set = t->s->set[t->letter[i]] & (uint16_t)~used; set; set &= (uint16_t)(set - 1)) {
		int d = lowest(set);

		t->digit[t->letter[i]] = (signed char)d;
		if (tail_on(t, i + 1, used | (uint16_t)(1u << d), ten)) {
			t->left[t->letter[i]] |= (uint16_t)(1u << d);
			any = true;
		}
	}
	return any;
}

static bool tail_look(struct reason *r, struct state *s, int k, bool *moved, bool *skipped)
{
	const struct crypt *c = r->c;
	struct tail t = { .c = c, .s = s, .k = k };
	uint32_t looked = 0;
	uint64_t ten = 1;
	int ways = 1, deep = 0;

	for (int i = 0; i <= k; i++)
		ten *= 10;
	for (int w = 0; w < c->n; w++)
		for (int i = 0; i <= k && i < c->len[w]; i++)
			looked |= UINT32_C(1) << c->at[w][i];
	for (int l = 0; l < c->letters; l++)
		if (looked >> l & 1) {
			t.letter[t.n++] = l;
			ways *= count(s->set[l]);
			deep = s->depth[l] > deep ? s->depth[l] : deep;
			if (ways > LOOK_MAX) {
				*skipped = true;
				return true;
			}
		}
	if (!tail_on(&t, 0, 0, ten)) {
		found(r, deep);
		if (r->out) {
			tell_where(r, k, true);
			buf_addz(r->out, " x\n");
		}
		return false;
	}
	*moved = narrow(r, s, k, true, t.left, looked, deep);
	if (*moved) {
		found(r, deep);
		r->e->tails = true;
		if (r->out)
			buf_addc(r->out, '\n');
	}
	return true;
}

/* Can left side and result be equal, as far as their sizes go? */
static bool sizes_meet(const struct crypt *c, const uint16_t *set)
{
	int64_t least = 0, most = 0; /* of left side minus result */

	for (int w = 0; w < c->n;) {
		bool minus = c->op[w] != '+';
		int64_t lo = 1, hi = 1;

		do {
			int64_t a = 0, b = 0;

			for (int i = c->len[w] - 1; i >= 0; i--) {
				a = a * 10 + lowest(set[c->at[w][i]]);
				b = b * 10 + highest(set[c->at[w][i]]);
			}
			lo *= a;
			hi *= b;
		} while (++w < c->n && c->op[w] == '*');
		least += minus ? -hi : lo;
		most += minus ? -lo : hi;
	}
	return least <= 0 && most >= 0;
}

static bool size_look(struct reason *r, struct state *s, bool *moved)
{
	const struct crypt *c = r->c;
	uint16_t left[CRYPT_LETTERS] = { 0 };
	int deep = 0;
	bool any = true;

	for (int l = 0; l < c->letters; l++) {
		uint16_t was = s->set[l];

		deep = s->depth[l] > deep ? s->depth[l] : deep;
		for (uint16_t set = was; set; set &= (uint16_t)(set - 1)) {
			s->set[l] = set & (uint16_t)-set;
			if (sizes_meet(c, s->set))
				left[l] |= s->set[l];
		}
		s->set[l] = was;
		any = any && left[l];
	}
	if (!any) {
		found(r, deep);
		if (r->out) {
			tell_where(r, 0, false);
			buf_addz(r->out, " x\n");
		}
		return false;
	}
	*moved = narrow(r, s, 0, false, left, UINT32_MAX, deep);
	if (*moved) {
		found(r, deep);
		r->e->sizes = true;
		if (r->out)
			buf_addc(r->out, '\n');
	}
	return true;
}

/* ---- forced steps until nothing moves ---- */

static bool products_settle(struct reason *r, struct state *s)
{
	bool moved = true;

	while (moved) {
		bool skipped = false;

		moved = false;
		if (!distinct(r, s) || !size_look(r, s, &moved))
			return false;
		for (int k = 0; k < r->c->columns && k < 9 && !moved && !skipped; k++)
			if (!tail_look(r, s, k, &moved, &skipped))
				return false;
	}
	return true;
}

static bool settle(struct reason *r, struct state *s)
{
	if (r->c->product)
		return products_settle(r, s);
	if (!distinct(r, s))
		return false;
	while (s->dirty) {
		int k = 31 - __builtin_clz(s->dirty); /* the front first, where carries say most */
		bool moved = false;

		s->dirty &= ~(UINT32_C(1) << k);
		if (k >= r->c->columns)
			continue;
		if (!column_look(r, s, k, &moved))
			return false;
		if (moved && !distinct(r, s))
			return false;
	}
	return true;
}

/* All letters fixed, and the equation true: forced steps alone may stop short of looking at it whole. */
static bool fixed(const struct reason *r, const struct state *s, bool *holds)
{
	signed char digit[CRYPT_LETTERS];

	for (int l = 0; l < r->c->letters; l++) {
		if (count(s->set[l]) != 1)
			return false;
		digit[l] = (signed char)lowest(s->set[l]);
	}
	*holds = crypt_off(r->c, digit) == 0;
	return true;
}

static void try_values(struct reason *r, struct state *s)
{
	const struct crypt *c = r->c;
	struct buf *out = r->out;
	int best = -1;
	bool holds;

	if (fixed(r, s, &holds)) {
		r->done = holds && r->out;
		return;
	}
	for (int l = 0; l < c->letters; l++)
		if (count(s->set[l]) > 1 && (best < 0 || count(s->set[l]) < count(s->set[best])))
			best = l;
	for (uint16_t set = s->set[best]; set && !r->done; set &= (uint16_t)(set - 1)) {
		struct state next = *s;
		int d = lowest(set);
		bool told = false;

		if (r->e->branch == r->tries) {
			r->gave_up = true;
			return;
		}
		r->e->branch++;
		next.set[best] = (uint16_t)(1u << d);
		next.depth[best]++;
		touch(r, &next, best);
		if (out && r->out) {
			told = out->n < TOLD_MAX || r->solution[best] == d;
			for (int i = 0; i < r->nested; i++)
				buf_addc(out, ' ');
			buf_addf(out, "? %c=%d%s\n", c->name[best], d, told ? "" : " ... x");
			r->out = told ? out : NULL;
		}
		r->nested++;
		if (settle(r, &next))
			try_values(r, &next);
		r->nested--;
		r->out = out;
		if (r->gave_up)
			return;
	}
}

/* What a column can carry at all: all its digits 9, or all 0. */
static void carries_begin(const struct crypt *c, struct state *s)
{
	for (int k = 0; k + 1 < c->columns; k++) {
		int most = s->hi[k], least = s->lo[k] - (k < c->len[c->n - 1] ? 9 : 0);

		for (int w = 0; w + 1 < c->n; w++)
			if (k < c->len[w]) {
				most += c->op[w] == '+' ? 9 : 0;
				least -= c->op[w] == '+' ? 0 : 9;
			}
		s->hi[k + 1] = (signed char)(most >= 0 ? most / 10 : -((9 - most) / 10));
		s->lo[k + 1] = (signed char)(least >= 0 ? (least + 9) / 10 : -(-least / 10));
	}
}

static void state_begin(const struct crypt *c, struct state *s)
{
	*s = (struct state){ .dirty = (UINT32_C(1) << c->columns) - 1 };
	for (int l = 0; l < c->letters; l++)
		s->set[l] = c->lead[l] ? 0x3fe : 0x3ff;
	carries_begin(c, s);
}

bool crypt_force(const struct crypt *c, struct crypt_left *left)
{
	struct crypt_effort e = { 0 };
	struct reason r = { .c = c, .e = &e };
	struct state s;
	bool ok;

	columns_make(&r);
	state_begin(c, &s);
	ok = settle(&r, &s);
	memcpy(left->set, s.set, sizeof(s.set));
	memcpy(left->lo, s.lo, sizeof(s.lo));
	memcpy(left->hi, s.hi, sizeof(s.hi));
	return ok;
}

void crypt_reason(const struct crypt *c, int tries, struct crypt_effort *e, struct buf *steps, const signed char *solution)
{
	struct reason r = { .c = c, .e = e, .out = steps, .solution = solution, .tries = tries };
	struct state s;

	*e = (struct crypt_effort){ 0 };
	columns_make(&r);
	state_begin(c, &s);
	if (steps && !c->product)
		for (int k = 0; k < c->columns; k++)
			tell_column(steps, c, k, &s);
	if (settle(&r, &s))
		try_values(&r, &s);
	e->solved = !r.gave_up;
}
