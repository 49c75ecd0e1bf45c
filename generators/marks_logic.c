/*
 * marks_logic.c - the steps beyond counting: pairs of tree and tent, ways to fill a unit, bands of lines, suppositions.
 *
 * Told as lines; (y,x) is row y, column x, + a mark, - a blank cell:
 *
 *	r3 1/1: -(3,2) -(3,5)		row 3 has all its marks: these are blank
 *	A 0/1: +(2,4)			region A has one place left
 *	+(2,4): -(1,3) -(1,4)		what a mark says of the cells around it
 *	T(2,4): +(2,5)			the tree's one place left
 *	(2,5)~T(2,4)			this tent is that tree's
 *	B 0/1 *3: -(4,4)		all three ways to fill B agree on this
 *	.(4,4) *0: -(4,4)		no domino fits over the cell
 *	.(4,4) =0: -(4,4)		no cell beside it is left
 *	r1-r2 = A D: -(1,5)		A and D fill these rows
 *	? +(3,3) ... x B 0/1: -(3,3)	supposed, with what follows, until B cannot be filled: not so
 */
#include "generators/marks_sets.h"
#include "generators/marks_step.h"

/* ---- whose tent ---- */

struct pairs {
	int16_t owner[MARKS_CELLS]; /* of a tree: its tent, -1 */
	bool bound[MARKS_CELLS];    /* a tent that has its tree */
};

static void tell_pair(struct marks *m, int tent, int tree)
{
	struct marks_tale *t = m->tale;

	if (!t || t->owner[tree] == tent)
		return;
	t->owner[tree] = (int16_t)tent;
	t->steps++;
	if (t->out && t->out->n < t->max)
		buf_addf(t->out, "(%d,%d)~T(%d,%d)\n", tent / m->s->cols + 1, tent % m->s->cols + 1, tree / m->s->cols + 1,
			 tree % m->s->cols + 1);
}

/* The only tree left for a tent; -1: several, -2: none. */
static int only_tree(const struct marks *m, const struct pairs *p, int tent)
{
	const struct marks_shape *s = m->s;
	int tree = -2;

	for (int k = 0; k < s->sides[tent]; k++)
		if (s->tree[s->near[tent][k]] && p->owner[s->near[tent][k]] < 0)
			tree = tree == -2 ? s->near[tent][k] : -1;
	return tree;
}

/* The only place left for a tree's tent, likewise. */
static int only_place(const struct marks *m, const struct pairs *p, int tree)
{
	const struct marks_shape *s = m->s;
	int place = -2;

	for (int k = 0; k < s->sides[tree]; k++) {
		int cell = s->near[tree][k];

		if (m->is[cell] == CELL_OPEN || (m->is[cell] == CELL_MARK && !p->bound[cell]))
			place = place == -2 ? cell : -1;
	}
	return place;
}

/* Depth of the cells beside one. */
static int depth_beside(const struct marks *m, int cell)
{
	int depth = 0;

	for (int k = 0; k < m->s->sides[cell]; k++)
		if (m->is[m->s->near[cell][k]] != CELL_OPEN && m->tale->deep[m->s->near[cell][k]] > depth)
			depth = m->tale->deep[m->s->near[cell][k]];
	return depth;
}

static bool decide(struct marks *m, int cell, int v, int about)
{
	if (m->tale) {
		struct buf *b = marks_tell(m, depth_beside(m, about));

		if (b)
			buf_addf(b, "%s(%d,%d):", m->s->tree[about] ? "T" : ".", about / m->s->cols + 1, about % m->s->cols + 1);
	}
	marks_set(m, cell, v);
	marks_told(m->tale);
	return true;
}

/* Bind what has one choice; true once a cell was decided. */
static bool pair_step(struct marks *m)
{
	const struct marks_shape *s = m->s;
	struct pairs p;
	bool more = true;

	memset(p.owner, -1, sizeof(p.owner));
	memset(p.bound, 0, sizeof(p.bound));
	while (more && !m->broken) {
		more = false;
		for (int i = 0; i < s->cells && !m->broken; i++) {
			int other = -1;

			if (s->tree[i] && p.owner[i] < 0)
				other = only_place(m, &p, i);
			else if (m->is[i] == CELL_MARK && !p.bound[i])
				other = only_tree(m, &p, i);
			if (other == -2)
				m->broken = true;
			if (other < 0)
				continue;
			if (s->tree[i] && m->is[other] == CELL_OPEN)
				return decide(m, other, CELL_MARK, i);
			p.owner[s->tree[i] ? i : other] = (int16_t)(s->tree[i] ? other : i);
			p.bound[s->tree[i] ? other : i] = true;
			tell_pair(m, s->tree[i] ? other : i, s->tree[i] ? i : other);
			more = true;
		}
	}
	for (int i = 0; i < s->cells && !m->broken; i++)
		if (m->is[i] == CELL_OPEN && only_tree(m, &p, i) == -2)
			return decide(m, i, CELL_BLANK, i);
	return m->broken;
}

/* ---- all ways ---- */

enum { WAYS_MAX = 24, CHOICES_MIN = 12, CHOICES_MAX = 8 * WAYS_MAX }; /* more nobody follows */

struct ways {
	int u, n;
	bool over; /* nothing in common is left, or too many */
	uint8_t common[MARKS_CELLS];
};

static bool nothing_new(const struct ways *w, const struct marks *m)
{
	return memcmp(w->common, m->is, (size_t)m->s->cells) == 0;
}

static void way_found(struct ways *w, const struct marks *t)
{
	size_t cells = (size_t)t->s->cells;

	if (w->n++ == 0)
		memcpy(w->common, t->is, cells);
	for (size_t i = 0; i < cells; i++)
		w->common[i] = w->common[i] == t->is[i] ? t->is[i] : CELL_OPEN;
}

/*
 * What t has marked of unit u beside its k-th cell, since the unit needed all that was left, is followed too. False: that breaks t, or a
 * cell before the k-th is among them, so that this way was met from there.
 */
static bool follow_others(struct marks *t, const struct marks *m, int u, int k)
{
	const struct marks_shape *s = m->s;

	for (int j = s->at[u]; j < s->at[u + 1] && t->need[u] == 0 && !t->broken; j++) {
		int cell = s->pool[j];

		if (j == k || t->is[cell] != CELL_MARK || m->is[cell] == CELL_MARK)
			continue;
		if (j < k)
			return false;
		marks_follow(t, cell);
	}
	return !t->broken;
}

static void ways_from(struct ways *w, const struct marks *base, const struct marks *m, int from)
{
	const struct marks_shape *s = m->s;

	for (int k = from; k < s->at[w->u + 1] && !w->over; k++) {
		int cell = s->pool[k];
		struct marks t;

		if (m->is[cell] != CELL_OPEN)
			continue;
		marks_copy(&t, m);
		marks_set(&t, cell, CELL_MARK);
		if (!t.broken)
			marks_follow(&t, cell);
		if (t.broken || !follow_others(&t, m, w->u, k))
			continue;
		if (t.need[w->u] > 0) {
			ways_from(w, base, &t, k + 1);
			continue;
		}
		way_found(w, &t);
		w->over = w->n > WAYS_MAX || nothing_new(w, base);
	}
}

static int unit_depth(const struct marks *m, int u)
{
	const struct marks_shape *s = m->s;
	int depth = 0;

	for (int k = s->at[u]; k < s->at[u + 1]; k++)
		if (m->is[s->pool[k]] != CELL_OPEN && m->tale->deep[s->pool[k]] > depth)
			depth = m->tale->deep[s->pool[k]];
	return depth;
}

/* Ways to choose `need` of `left`, roughly; large is large. */
static int choices(int need, int left)
{
	int n = 1;

	for (int i = 0; i < need && n < 10000; i++)
		n = n * (left - i) / (i + 1);
	return n;
}

static bool ways_of(struct marks *m, int u)
{
	const struct marks_shape *s = m->s;
	struct ways w = { .u = u };
	struct marks base;

	marks_copy(&base, m);
	base.tale = NULL;
	ways_from(&w, &base, &base, s->at[u]);
	if (!w.n && !w.over) {
		m->broken = true;
		m->bad = (int16_t)u;
		return true;
	}
	if (w.over || nothing_new(&w, m))
		return false;
	if (m->tale) {
		struct buf *b = marks_tell(m, unit_depth(m, u));

		m->tale->steps += w.n;
		if (b) {
			marks_say_unit(b, m, u);
			buf_addf(b, " *%d:", w.n);
		}
	}
	for (int i = 0; i < s->cells && !m->broken; i++)
		if (m->is[i] == CELL_OPEN && w.common[i] != CELL_OPEN)
			marks_set(m, i, w.common[i]);
	marks_told(m->tale);
	return true;
}

/* All ways to lay a domino over a cell that may still have one. */
static bool domino_ways(struct marks *m, int cell)
{
	const struct marks_shape *s = m->s;
	struct ways w = { .n = 0 };
	struct marks base;

	marks_copy(&base, m);
	base.tale = NULL;
	if (m->is[cell] == CELL_OPEN) {
		marks_set(&base, cell, CELL_MARK);
		marks_follow(&base, cell);
	}
	for (int k = 0; k < s->sides[cell] && !base.broken; k++) {
		int other = s->near[cell][k];
		struct marks t;

		if (m->is[other] == CELL_BLANK || (m->is[other] == CELL_MARK && m->is[cell] == CELL_MARK))
			continue;
		marks_copy(&t, &base);
		if (marks_set(&t, other, CELL_MARK))
			marks_follow(&t, other);
		if (t.broken)
			continue;
		if (m->is[cell] == CELL_OPEN)
			return false; /* one fits */
		way_found(&w, &t);
	}
	if (!w.n && m->is[cell] == CELL_MARK) {
		m->broken = true;
		return true;
	}
	if (w.n && nothing_new(&w, m))
		return false;
	if (m->tale) {
		struct buf *b = marks_tell(m, depth_beside(m, cell));

		m->tale->steps += w.n;
		if (b)
			buf_addf(b, "%s(%d,%d) *%d:", m->is[cell] == CELL_MARK ? "+" : ".", cell / s->cols + 1, cell % s->cols + 1, w.n);
	}
	if (m->is[cell] == CELL_OPEN)
		marks_set(m, cell, CELL_BLANK);
	for (int i = 0; i < s->cells && !m->broken && w.n; i++)
		if (m->is[i] == CELL_OPEN && w.common[i] != CELL_OPEN)
			marks_set(m, i, w.common[i]);
	marks_told(m->tale);
	return true;
}

/* Is a mark still without its neighbour? */
static bool lonely(const struct marks *m, int cell)
{
	for (int k = 0; k < m->s->sides[cell]; k++)
		if (m->is[m->s->near[cell][k]] == CELL_MARK)
			return false;
	return m->is[cell] == CELL_MARK;
}

static bool dominoes_step(struct marks *m)
{
	for (int v = CELL_MARK; v != CELL_BLANK; v = v == CELL_MARK ? CELL_OPEN : CELL_BLANK)
		for (int i = 0; i < m->s->cells; i++)
			if (m->is[i] == v && (v == CELL_OPEN || lonely(m, i)) && domino_ways(m, i))
				return true;
	return false;
}

/* Units with few choices first. */
static bool ways_step(struct marks *m)
{
	uint8_t order[MARKS_UNITS];
	int count[MARKS_UNITS], n = 0;

	for (int u = 0; u < m->s->units; u++) {
		int c = choices(m->need[u], m->left[u]), at = n;

		if (!m->need[u] || c > CHOICES_MAX)
			continue;
		for (; at > 0 && count[at - 1] > c; at--) {
			count[at] = count[at - 1];
			order[at] = order[at - 1];
		}
		count[at] = c;
		order[at] = (uint8_t)u;
		n++;
	}
	if (m->s->kind & MARKS_DOMINO && dominoes_step(m))
		return true;
	for (int i = 0; i < n; i++)
		if (ways_of(m, order[i]))
			return true;
	return false;
}

/* ---- bands ---- */

struct span {
	int lo, hi; /* lines that a region's open cells lie in; lo > hi: none */
};

static int line_of(const struct marks_shape *s, int cell, char sign)
{
	return sign == 'r' ? cell / s->cols : cell % s->cols;
}

/* Blank what lies in the band and not in `set` (inside), or in `set` and not in the band. */
static bool band_blank(struct marks *m, char sign, int lo, int hi, uint64_t set, bool inside)
{
	const struct marks_shape *s = m->s;

	if (m->tale) {
		struct buf *b = marks_tell(m, m->tale->depth);

		if (b) {
			buf_addf(b, lo == hi ? "%c%d" : "%c%d-%c%d", sign, lo + 1, sign, hi + 1);
			buf_addz(b, " =");
			for (int u = 0; u < s->units; u++)
				if (set >> u & 1)
					buf_addf(b, " %c", s->sign[u]);
			buf_addc(b, ':');
		}
	}
	for (int i = 0; i < s->cells && !m->broken; i++) {
		int line = line_of(s, i, sign);
		bool in_band = line >= lo && line <= hi, in_set = set >> s->of[i][s->ofs[i] - 1] & 1;

		if (m->is[i] == CELL_OPEN && in_band == inside && in_set != inside)
			marks_set(m, i, CELL_BLANK);
	}
	marks_told(m->tale);
	return true;
}

/* Is there a cell that band_blank would blank? */
static bool band_says(const struct marks *m, char sign, int lo, int hi, uint64_t set, bool inside)
{
	const struct marks_shape *s = m->s;

	for (int i = 0; i < s->cells; i++) {
		int line = line_of(s, i, sign);

		if (m->is[i] == CELL_OPEN && (line >= lo && line <= hi) == inside &&
		    (bool)(set >> s->of[i][s->ofs[i] - 1] & 1) != inside)
			return true;
	}
	return false;
}

static bool bands_of(struct marks *m, char sign, int first, int lines)
{
	const struct marks_shape *s = m->s;
	struct span span[MARKS_UNITS];

	for (int u = 0; u < s->units; u++) {
		span[u] = (struct span){ lines, -1 };
		for (int k = s->at[u]; k < s->at[u + 1] && !s->number[u]; k++) {
			int line = line_of(s, s->pool[k], sign);

			if (m->is[s->pool[k]] != CELL_OPEN)
				continue;
			span[u].lo = line < span[u].lo ? line : span[u].lo;
			span[u].hi = line > span[u].hi ? line : span[u].hi;
		}
	}
	for (int width = 1; width < lines; width++)
		for (int lo = 0; lo + width <= lines; lo++) {
			int hi = lo + width - 1, need = 0, within = 0, touching = 0;
			uint64_t in = 0, touch = 0;

			for (int line = lo; line <= hi; line++)
				need += m->need[first + line];
			for (int u = 0; u < s->units; u++) {
				if (s->number[u] || span[u].lo > span[u].hi)
					continue;
				if (span[u].lo >= lo && span[u].hi <= hi) {
					within += m->need[u];
					in |= (uint64_t)1 << u;
				}
				if (span[u].hi >= lo && span[u].lo <= hi) {
					touching += m->need[u];
					touch |= (uint64_t)1 << u;
				}
			}
			if (within > need || touching < need) {
				m->broken = true;
				return true;
			}
			if (within == need && in && band_says(m, sign, lo, hi, in, true))
				return band_blank(m, sign, lo, hi, in, true);
			if (touching == need && touch && band_says(m, sign, lo, hi, touch, false))
				return band_blank(m, sign, lo, hi, touch, false);
		}
	return false;
}

/* Lines and regions both: rows are the first units, then columns. */
static bool bands_step(struct marks *m)
{
	const struct marks_shape *s = m->s;

	if (s->sign[0] != 'r' || s->number[s->units - 1])
		return false;
	return bands_of(m, 'r', 0, s->rows) || bands_of(m, 'c', s->rows, s->cols);
}

/* ---- suppositions ---- */

static void check_end(struct marks *m)
{
	if (!m->broken && !m->open && m->s->kind & MARKS_TREES)
		m->broken = !marks_paired(m->s, m->is);
}

static void suppose(struct marks *t, const struct marks *m, struct marks_tale *tale, int cell, int v)
{
	marks_copy(t, m);
	t->tale = tale;
	t->bad = -1;
	if (tale)
		tale->cells = 0;
	marks_set(t, cell, v);
	marks_settle(t);
	check_end(t);
}

static void say_suppose(struct marks_tale *t, const struct marks *m, int cell, int v)
{
	if (!t || !t->out)
		return;
	buf_reset(&t->line);
	buf_addc(&t->line, '?');
	marks_say_cell(&t->line, m->s, v == CELL_MARK ? '+' : '-', cell);
	t->cells = 1;
	marks_told(t);
}

/* What was supposed led to the broken board t: cell is v. */
static void refute(struct marks *m, const struct marks *t, int cell, int v)
{
	if (m->tale) {
		struct buf *b = marks_tell(m, m->tale->now);

		m->tale->branch++;
		if (b) {
			buf_addz(b, t->bad >= 0 ? "x " : "x");
			if (t->bad >= 0)
				marks_say_unit(b, t, t->bad);
			buf_addc(b, ':');
		}
	}
	marks_set(m, cell, v);
	marks_told(m->tale);
}

/* A supposition that counting refutes, the shortest found: the opposite holds. */
static bool trial_step(struct marks *m)
{
	const struct marks_shape *s = m->s;
	int best = -1, best_v = 0, shortest = 0;
	struct marks_sets sets;
	struct marks_state st;
	struct marks t;

	marks_sets(&sets, s);
	marks_state(&st, m);
	for (int v = CELL_MARK; v >= CELL_BLANK; v--)
		for (int i = 0; i < s->cells && (best < 0 || shortest > 6); i++) {
			if (m->is[i] != CELL_OPEN || !marks_refuted(&sets, &st, i, v == CELL_MARK))
				continue;
			suppose(&t, m, NULL, i, v);
			if (best < 0 || t.tail < shortest) {
				best = i;
				best_v = v;
				shortest = t.tail;
			}
		}
	if (best < 0)
		return false;
	if (m->tale) {
		say_suppose(m->tale, m, best, best_v);
		m->tale->now = 0;
		suppose(&t, m, m->tale, best, best_v);
	}
	refute(m, &t, best, best_v == CELL_MARK ? CELL_BLANK : CELL_MARK);
	return true;
}

enum { BRANCHES_MAX = 200 };

static int fewest(const struct marks *m)
{
	const struct marks_shape *s = m->s;
	int best = -1;

	for (int u = 0; u < s->units; u++)
		if (m->left[u] && (best < 0 || m->left[u] < m->left[best]))
			best = u;
	for (int k = best < 0 ? 0 : s->at[best]; k < (best < 0 ? s->cells : s->at[best + 1]); k++) {
		int cell = best < 0 ? k : s->pool[k];

		if (m->is[cell] == CELL_OPEN)
			return cell;
	}
	return -1;
}

static bool guess_step(struct marks *m, struct marks_tale *tale)
{
	int cell = fewest(m);
	struct marks t = *m;

	if (cell < 0 || !tale || tale->branch >= BRANCHES_MAX)
		return false;
	say_suppose(tale, m, cell, CELL_MARK);
	tale->cells = 0;
	t.bad = -1;
	marks_set(&t, cell, CELL_MARK);
	marks_solve(&t, MARKS_GUESS);
	check_end(&t);
	if (!t.broken) {
		tale->branch++;
		*m = t;
		return !t.open;
	}
	refute(m, &t, cell, CELL_BLANK);
	return true;
}

int marks_solve(struct marks *m, int technique)
{
	int hardest = MARKS_COUNT;

	for (;;) {
		int used;

		marks_settle(m);
		if (m->broken || !m->open)
			return hardest;
		if (technique >= MARKS_PAIR && m->s->kind & MARKS_TREES && pair_step(m))
			used = MARKS_PAIR;
		else if (technique >= MARKS_WAYS && ways_step(m))
			used = MARKS_WAYS;
		else if (technique >= MARKS_BANDS && bands_step(m))
			used = MARKS_BANDS;
		else if (technique >= MARKS_TRIAL && trial_step(m))
			used = MARKS_TRIAL;
		else if (technique >= MARKS_GUESS && guess_step(m, m->tale))
			used = MARKS_GUESS;
		else
			return hardest;
		hardest = used > hardest ? used : hardest;
	}
}

/* ---- everything at once ---- */

/* All ways, once for each cell or unit with few choices; the others while those say nothing. */
static bool ways_pass(struct marks *m)
{
	const struct marks_shape *s = m->s;
	bool any = false;

	for (int i = 0; i < s->cells && s->kind & MARKS_DOMINO && !m->broken; i++)
		if ((m->is[i] == CELL_OPEN || lonely(m, i)) && domino_ways(m, i)) {
			marks_settle(m);
			any = true;
		}
	for (int few = 0, many = CHOICES_MIN; few < CHOICES_MAX && !any; few = many, many *= 2)
		for (int u = 0; u < s->units && !m->broken; u++) {
			int n = m->need[u] ? choices(m->need[u], m->left[u]) : 0;

			if (n > few && n <= many && n <= CHOICES_MAX && ways_of(m, u)) {
				marks_settle(m);
				any = true;
			}
		}
	return any;
}

static bool trials_pass(struct marks *m)
{
	struct marks_sets sets;
	struct marks_state st;
	int open = m->open;

	marks_sets(&sets, m->s);
	marks_state(&st, m);
	marks_trials(&sets, &st);
	for (int i = 0; i < m->s->cells && !m->broken; i++)
		if (!set_has(&st.open, i))
			marks_set(m, i, set_has(&st.mark, i) ? CELL_MARK : CELL_BLANK);
	marks_settle(m);
	return m->open < open;
}

/* All that steps up to `technique` say. Their order does not matter for that, so that it is not marks_solve()'s, which is slower. */
static void exhaust(struct marks *m, int technique)
{
	bool more = true;

	marks_settle(m);
	while (more && m->open && !m->broken) {
		more = false;
		while (technique >= MARKS_PAIR && m->s->kind & MARKS_TREES && !m->broken && pair_step(m)) {
			marks_settle(m);
			more = true;
		}
		if (technique >= MARKS_TRIAL && trials_pass(m)) /* the cheapest, in sets */
			more = true;
		else if (technique >= MARKS_WAYS && ways_pass(m))
			more = true;
		else if (technique >= MARKS_BANDS && bands_step(m))
			more = true;
		marks_settle(m);
	}
}

int marks_compare(const struct marks_shape *s, int technique, struct set *open)
{
	struct marks m;

	marks_start(&m, s, NULL);
	exhaust(&m, technique - 1);
	if (!m.open)
		return -1;
	if (technique == MARKS_GUESS)
		return 0;
	exhaust(&m, technique);
	*open = (struct set){ { 0 } };
	for (int i = 0; i < s->cells; i++)
		if (m.is[i] == CELL_OPEN)
			set_put(open, i);
	return m.open > 0;
}

/* ---- from outside ---- */

void marks_tale(struct marks_tale *t, struct buf *out)
{
	memset(t, 0, sizeof(*t));
	memset(t->owner, -1, sizeof(t->owner));
	t->out = out;
	t->max = out ? out->n + MARKS_TOLD : 0;
}

void marks_explain(struct buf *out, const struct marks_shape *s)
{
	struct marks_tale tale;
	struct marks m;

	marks_tale(&tale, out);
	marks_start(&m, s, &tale);
	marks_solve(&m, MARKS_GUESS);
	buf_release(&tale.line);
	if (tale.left_out)
		buf_addf(out, "... +%d\n", tale.left_out);
	if (out->n && out->s[out->n - 1] == '\n')
		buf_cut(out, out->n - 1);
}

int marks_grade(const struct marks_shape *s, int *depth, int *branch, int *steps)
{
	struct marks_tale tale;
	struct marks m;
	int hardest;

	marks_tale(&tale, NULL);
	marks_start(&m, s, &tale);
	hardest = marks_solve(&m, MARKS_GUESS);
	*depth = tale.depth;
	*branch = tale.branch;
	*steps = tale.steps;
	return hardest;
}

/* log2, between powers of two by a straight line. */
static double log2_of(int n)
{
	int power = 0;

	while (n >> (power + 1))
		power++;
	return power + (double)(n - (1 << power)) / (double)(1 << power);
}

double marks_log2_choose(int n, int k)
{
	double sum = 0;

	for (int i = 0; i < k; i++)
		sum += log2_of(n - i) - log2_of(i + 1);
	return sum > 0 ? sum : 0;
}
