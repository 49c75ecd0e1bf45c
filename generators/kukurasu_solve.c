/*
 * kukurasu_solve.c - kukurasu's reasoning about lines, and the search that proves.
 */
#include "generators/kukurasu_solve.h"

void kukurasu_state_start(struct state *s, const struct board *b)
{
	s->b = b;
	s->undecided = b->rows * b->cols;
	memset(s->one, 0, sizeof(s->one));
	for (int i = 0; i < b->lines; i++) {
		s->open[i] = (uint16_t)((1u << across(b, i)) - 1);
		s->left[i] = (int16_t)b->want[i];
		s->all[i] = (int16_t)largest(across(b, i));
	}
}

static void decide(struct state *s, int y, int x, bool one)
{
	int col = s->b->rows + x;

	s->open[y] &= (uint16_t)~(1u << x);
	s->open[col] &= (uint16_t)~(1u << y);
	s->all[y] = (int16_t)(s->all[y] - (x + 1));
	s->all[col] = (int16_t)(s->all[col] - (y + 1));
	s->undecided--;
	if (!one)
		return;
	s->one[y] |= (uint16_t)(1u << x);
	s->one[col] |= (uint16_t)(1u << y);
	s->left[y] = (int16_t)(s->left[y] - (x + 1));
	s->left[col] = (int16_t)(s->left[col] - (y + 1));
}

static void decide_on(struct state *s, int line, int k, bool one)
{
	if (line < s->b->rows)
		decide(s, line, k, one);
	else
		decide(s, k, line - s->b->rows, one);
}

/* ---- a line ---- */

struct found {
	uint16_t one, zero;
};

static int weight(unsigned cells)
{
	int sum = 0;

	for (; cells; cells &= cells - 1)
		sum += __builtin_ctz(cells) + 1;
	return sum;
}

/* Cells of `open` that count more than n. */
static unsigned above(unsigned open, int n)
{
	return n < SIDE ? open >> n << n : 0;
}

static bool limits(const struct state *s, int line, struct found *f)
{
	int left = s->left[line], others = s->all[line] - left;

	if (left < 0 || others < 0)
		return false;
	f->zero = (uint16_t)above(s->open[line], left);
	f->one = (uint16_t)(above(s->open[line], others) & ~f->zero);
	return true;
}

/*
 * In sets of sums bit n is the sum n. before[k]: sums that the first k open cells can make; on the way back `after`: those
 * from which the rest can end right. The cells that are left out are looked at where these make the smaller sum, so that
 * it is at most 60 and the word holds all that matters.
 */
static bool sums(const struct state *s, int line, struct found *f)
{
	uint64_t before[SIDE + 1] = { 1 }, after;
	int n = 0, left = s->left[line], others = s->all[line] - left;
	unsigned in = 0, out = 0; /* of all ways */
	bool turned = others < left;

	if (left < 0 || others < 0)
		return false;
	for (unsigned rest = s->open[line]; rest; rest &= rest - 1, n++)
		before[n + 1] = before[n] | before[n] << (__builtin_ctz(rest) + 1);
	after = (uint64_t)1 << (turned ? others : left);
	if (!(before[n] & after))
		return false;
	for (unsigned rest = s->open[line]; rest;) {
		int k = 31 - __builtin_clz(rest);

		rest ^= 1u << k;
		n--;
		if (!(before[n] << (k + 1) & after))
			out |= 1u << k;
		else if (!(before[n] & after))
			in |= 1u << k;
		after |= after >> (k + 1);
	}
	f->one = (uint16_t)(turned ? out : in);
	f->zero = (uint16_t)(turned ? in : out);
	return true;
}

static bool look(const struct state *s, int line, enum technique how, struct found *f)
{
	return how == LIMITS ? limits(s, line, f) : sums(s, line, f);
}

static int apply(struct state *s, int line, struct found f)
{
	int n = 0;

	for (unsigned rest = f.one | f.zero; rest; rest &= rest - 1, n++) {
		int k = __builtin_ctz(rest);

		decide_on(s, line, k, f.one >> k & 1);
	}
	return n;
}

static uint32_t all_lines(const struct board *b)
{
	return (1u << b->lines) - 1;
}

/* The lines that decided cells change: their own and those that cross it there. */
static uint32_t touched(const struct board *b, int line, unsigned cells)
{
	return 1u << line | (line < b->rows ? cells << b->rows : cells);
}

/* Until no line gives anything; false: a contradiction. */
bool kukurasu_settle(struct state *s, enum technique how)
{
	uint32_t dirty = all_lines(s->b);
	struct found f;

	while (dirty) {
		int line = __builtin_ctz(dirty);

		dirty &= dirty - 1;
		if (!look(s, line, how, &f))
			return false;
		if (f.one | f.zero) {
			apply(s, line, f);
			dirty |= touched(s->b, line, f.one | f.zero) & ~(1u << line);
		}
	}
	return true;
}

/* ---- search: the proof ---- */

enum { NODES = 20000 };

/* The open cell that meets the fewest other open ones. */
static void choose(const struct state *s, int *y, int *x)
{
	int best = 1000;

	for (int r = 0; r < s->b->rows; r++)
		for (unsigned rest = s->open[r]; rest; rest &= rest - 1) {
			int c = __builtin_ctz(rest);
			int meets = __builtin_popcount(s->open[r]), down = __builtin_popcount(s->open[s->b->rows + c]);

			meets = meets < down ? meets * 100 + down : down * 100 + meets;
			if (meets < best) {
				best = meets;
				*y = r;
				*x = c;
			}
		}
}

/* Counts solutions up to f->most; false: too many steps. */
static bool search(struct search *f, const struct state *from)
{
	struct state s = *from;
	int y = 0, x = 0;

	if (++f->nodes > NODES)
		return false;
	if (!kukurasu_settle(&s, SUMS))
		return true;
	if (!s.undecided) {
		if (!f->found++)
			f->first = s;
		return true;
	}
	choose(&s, &y, &x);
	for (int one = 1; one >= 0 && f->found < f->most; one--) {
		struct state t = s;

		decide(&t, y, x, one);
		if (!search(f, &t))
			return false;
	}
	return true;
}

int kukurasu_solutions(struct search *f, const struct board *b, int most)
{
	struct state s;

	kukurasu_state_start(&s, b);
	*f = (struct search){ .most = most };
	return search(f, &s) ? f->found : -1;
}

/* ---- reasoning as a person does it, told and measured ---- */

static void say_line(struct buf *out, const struct board *b, int line)
{
	buf_addf(out, line < b->rows ? "R%d" : "C%d", line < b->rows ? line + 1 : line - b->rows + 1);
}

enum { WAYS_TOLD = 6 };

/* Ways to make up `left` from the cells, largest part first; those told are written. How many there are. */
static int ways(struct buf *out, unsigned cells, int left)
{
	int n = 0;

	/* subsets of cells in falling order of their bits: larger parts first */
	for (unsigned sub = cells;; sub = (sub - 1) & cells) {
		if (weight(sub) == left) {
			n++;
			if (n <= WAYS_TOLD && out) {
				buf_addz(out, n > 1 ? " | " : "");
				if (!sub)
					buf_addc(out, '0');
				for (unsigned rest = sub; rest; rest &= rest - 1)
					buf_addf(out, "%s%d", rest == sub ? "" : "+", __builtin_ctz(rest) + 1);
			}
		}
		if (!sub)
			return n;
	}
}

/* "R2 7 of 1 2 4 5: 2+5 | 1+2+4 -> c2=1" */
static void say(struct logic *l, const struct state *s, int line, enum technique how, struct found f)
{
	const struct board *b = s->b;
	struct buf *out = l->out;
	char other = line < b->rows ? 'c' : 'r';

	if (!out)
		return;
	say_line(out, b, line);
	buf_addf(out, " %d of", s->left[line]);
	for (unsigned rest = s->open[line]; rest; rest &= rest - 1)
		buf_addf(out, " %d", __builtin_ctz(rest) + 1);
	if (how == SUMS) {
		struct buf told = BUF_INIT;
		int n = ways(&told, s->open[line], s->left[line]);

		if (n <= WAYS_TOLD)
			buf_addf(out, ": %s", buf_z(&told));
		else
			buf_addf(out, ": %d ways", n);
		buf_release(&told);
	} else if (s->left[line] == weight(s->open[line]) && s->left[line]) {
		buf_addz(out, ": all");
	} else if (s->left[line] == 0) {
		buf_addz(out, ": none");
	}
	buf_addz(out, " ->");
	for (unsigned rest = f.one | f.zero; rest; rest &= rest - 1) {
		int k = __builtin_ctz(rest);

		buf_addf(out, " %c%d=%d", other, k + 1, f.one >> k & 1);
	}
	buf_addc(out, '\n');
}

static void stir(struct logic *l, uint32_t lines)
{
	l->dirty[LIMITS] |= lines;
	l->dirty[SUMS] |= lines;
}

/* One look at every line as it was when the round began. Cells decided, -1 for a contradiction. */
static int round_of(struct logic *l, enum technique how)
{
	struct state was = l->s;
	uint32_t lines = l->dirty[how];
	int n = 0;

	l->dirty[how] = 0;
	for (; lines; lines &= lines - 1) {
		int line = __builtin_ctz(lines);
		struct found f;

		if (!look(&was, line, how, &f))
			return -1;
		/* what a line before it in this round decided too */
		f.one &= l->s.open[line];
		f.zero &= l->s.open[line];
		if (!(f.one | f.zero))
			continue;
		say(l, &was, line, how, f);
		n += apply(&l->s, line, f);
		stir(l, touched(l->s.b, line, f.one | f.zero));
		l->steps++;
	}
	return n;
}

/* Assume y, x to be `one`: do the lines alone refute it? */
static bool refuted(struct logic *l, int y, int x, bool one)
{
	struct state t = l->s;

	l->work++;
	decide(&t, y, x, one);
	return !kukurasu_settle(&t, SUMS);
}

/* How a trial ends: the lines in turn until one cannot be made up. */
static void say_trial(struct buf *out, const struct state *s, int y, int x, bool one)
{
	struct state t = *s;
	struct found f;

	buf_addf(out, "r%dc%d=%d?", y + 1, x + 1, one);
	decide(&t, y, x, one);
	for (int told = 0;;) {
		int line = 0;

		for (; line < t.b->lines; line++)
			if (!look(&t, line, SUMS, &f) || f.one || f.zero)
				break;
		if (line == t.b->lines)
			return;
		buf_addc(out, ' ');
		say_line(out, t.b, line);
		if (!look(&t, line, SUMS, &f)) {
			buf_addf(out, " %d of", t.left[line]);
			for (unsigned rest = t.open[line]; rest; rest &= rest - 1)
				buf_addf(out, " %d", __builtin_ctz(rest) + 1);
			buf_addf(out, ": 0 ways -> r%dc%d=%d\n", y + 1, x + 1, !one);
			return;
		}
		apply(&t, line, f);
		for (unsigned rest = f.one | f.zero; rest; rest &= rest - 1) {
			int k = __builtin_ctz(rest);

			if (told++ < 60)
				buf_addf(out, " %c%d=%d", line < t.b->rows ? 'c' : 'r', k + 1, f.one >> k & 1);
		}
		buf_addc(out, ';');
	}
}

/* The first cell that a trial decides. */
static bool trial(struct logic *l)
{
	for (int y = 0; y < l->s.b->rows; y++)
		for (unsigned rest = l->s.open[y]; rest; rest &= rest - 1)
			for (int one = 1; one >= 0; one--) {
				int x = __builtin_ctz(rest);

				if (!refuted(l, y, x, one))
					continue;
				if (l->out)
					say_trial(l->out, &l->s, y, x, one);
				decide(&l->s, y, x, !one);
				stir(l, touched(l->s.b, y, 1u << x));
				l->guesses++;
				l->steps++;
				return true;
			}
	return false;
}

/* A cell whose other value a search refutes. */
static bool deeper(struct logic *l)
{
	int y = 0, x = 0;

	choose(&l->s, &y, &x);
	for (int one = 1; one >= 0; one--) {
		struct search f = { .most = 1 };
		struct state t = l->s;

		decide(&t, y, x, one);
		if (search(&f, &t) && !f.found) {
			if (l->out)
				buf_addf(l->out, "r%dc%d=%d? 0 solutions -> r%dc%d=%d\n", y + 1, x + 1, one, y + 1, x + 1, !one);
			decide(&l->s, y, x, !one);
			stir(l, touched(l->s.b, y, 1u << x));
			l->guesses += f.nodes;
			l->steps += f.nodes;
			return true;
		}
	}
	return false;
}

void kukurasu_logic_start(struct logic *l, const struct board *b, enum technique goal)
{
	*l = (struct logic){ .goal = goal };
	stir(l, all_lines(b));
	kukurasu_state_start(&l->s, b);
}

/* Solved, with what l->goal allows? A round of the easiest reasoning that gives anything, over and over. */
bool kukurasu_logic_solve(struct logic *l)
{
	while (l->s.undecided) {
		int n = round_of(l, LIMITS);

		l->rounds++;
		if (n > 0)
			continue;
		if (n < 0 || l->goal < SUMS)
			return false;
		n = round_of(l, SUMS);
		if (n < 0)
			return false;
		if (n > 0) {
			if (l->hardest < SUMS)
				l->hardest = SUMS;
			continue;
		}
		if (l->goal < TRIAL)
			return false;
		if (trial(l)) {
			if (l->hardest < TRIAL)
				l->hardest = TRIAL;
			continue;
		}
		if (l->goal < SEARCH || !deeper(l))
			return false;
		l->hardest = SEARCH;
	}
	for (int i = 0; i < l->s.b->lines; i++)
		if (l->s.left[i])
			return false;
	return true;
}
