/*
 * survo_logic.c - survo's reasoning: lines whose blanks are made up in all ways, numbers by their places, trials; and the
 * search that proves.
 */
#include "generators/survo_solve.h"

/* ---- the state of a board ---- */

bool survo_start(struct survo_state *t, struct survo_shape *s, const struct survo_board *b)
{
	s->rows = b->rows;
	s->cols = b->cols;
	s->lines = b->rows + b->cols;
	s->blanks = s->values = 0;
	s->dense = b->pool[b->blanks - 1] - b->pool[0] < 64;
	memset(s->place, -1, (size_t)b->pool[b->blanks - 1] + 1);
	memset(s->line, 0, sizeof(s->line));
	memset(t->left, 0, sizeof(t->left));
	t->s = s;
	t->open = t->avail = 0;
	t->dirty = (1u << s->lines) - 1;
	for (int i = 0; i < b->blanks; i++) {
		while (s->dense && s->values <= b->pool[i] - b->pool[0]) {
			s->val[s->values] = b->pool[0] + s->values;
			s->values++;
		}
		if (!s->dense && (!i || b->pool[i] != b->pool[i - 1]))
			s->val[s->values++] = b->pool[i];
		s->place[b->pool[i]] = (int8_t)(s->values - 1);
		t->left[s->values - 1]++;
		t->avail |= (uint64_t)1 << (s->values - 1);
	}
	memcpy(t->need, b->sum, sizeof(int) * (size_t)s->lines);
	for (int i = 0; i < b->rows * b->cols; i++) {
		int y = i / b->cols, x = b->rows + i % b->cols;

		if (b->cell[i] != SURVO_BLANK) {
			t->need[y] -= b->cell[i];
			t->need[x] -= b->cell[i];
			continue;
		}
		s->spot[s->blanks] = (struct survo_spot){ (uint8_t)y, (uint8_t)x };
		s->line[y] |= (uint64_t)1 << s->blanks;
		s->line[x] |= (uint64_t)1 << s->blanks;
		t->open |= (uint64_t)1 << s->blanks;
		t->may[s->blanks++] = t->avail;
	}
	for (int i = 0; i < s->lines; i++)
		if (t->need[i] < 0 || (!s->line[i] && t->need[i]))
			return false;
	return true;
}

static int first(uint64_t set)
{
	return __builtin_ctzll(set);
}

/* Not the compiler's popcount, which is a call where the processor is not known to have one. */
static int count(uint64_t set)
{
	set -= set >> 1 & 0x5555555555555555;
	set = (set & 0x3333333333333333) + (set >> 2 & 0x3333333333333333);
	return (int)(((set + (set >> 4)) & 0x0f0f0f0f0f0f0f0f) * 0x0101010101010101 >> 56);
}

/* Of what each blank may hold only as much as there are blanks. */
static void state_copy(struct survo_state *to, const struct survo_state *from)
{
	memcpy(to, from, offsetof(struct survo_state, may) + sizeof(from->may[0]) * (size_t)from->s->blanks);
}

static bool lone(uint64_t set)
{
	return set && !(set & (set - 1));
}

static uint64_t may(const struct survo_state *t, int blank)
{
	return t->may[blank] & t->avail;
}

static void fill(struct survo_state *t, int blank, int v)
{
	const struct survo_spot *at = &t->s->spot[blank];

	t->open &= ~((uint64_t)1 << blank);
	t->need[at->row] -= t->s->val[v];
	t->need[at->col] -= t->s->val[v];
	t->got[blank] = (uint8_t)v;
	if (!--t->left[v])
		t->avail &= ~((uint64_t)1 << v);
	t->dirty |= 1u << at->row | 1u << at->col;
	/* one copy less: lines that thought of it have to think again */
	for (uint64_t rest = t->open; rest; rest &= rest - 1)
		if (t->may[first(rest)] >> v & 1)
			t->dirty |= 1u << t->s->spot[first(rest)].row | 1u << t->s->spot[first(rest)].col;
}

static void keep(struct survo_state *t, int blank, uint64_t numbers)
{
	t->may[blank] = numbers;
	t->dirty |= 1u << t->s->spot[blank].row | 1u << t->s->spot[blank].col;
}

/* ---- a line ---- */

enum { WAYS_MOST = 100 /* choices for all blanks of a line but one; of more it tells nothing yet */ };

struct way {
	const struct survo_state *t;
	int blank[SURVO_SIDE], n;
	uint64_t may[SURVO_SIDE];
	int lo[SURVO_SIDE + 1], hi[SURVO_SIDE + 1]; /* what the blanks from i on make at least and at most */
	uint8_t left[SURVO_BLANKS];
	uint64_t fits[SURVO_SIDE]; /* numbers that some way puts there */
	bool walked;               /* false: too many ways, fits[] is what may be */
	/* Where numbers are dense: those that are left, and of the last blank all, back to front. */
	uint64_t live, turned_live, turned_may, turned_fits;
};

/* Bit 63 - k for bit k. */
static uint64_t turned(uint64_t set)
{
	set = (set >> 1 & 0x5555555555555555) | (set & 0x5555555555555555) << 1;
	set = (set >> 2 & 0x3333333333333333) | (set & 0x3333333333333333) << 2;
	set = (set >> 4 & 0x0f0f0f0f0f0f0f0f) | (set & 0x0f0f0f0f0f0f0f0f) << 4;
	return __builtin_bswap64(set);
}

/*
 * Which of dense numbers have a partner with which they make `need`, all at once: the partner of v is at a fixed distance from bit v of a set turned
 * round. Gives those of `one`; *turned_other: their partners, of the other set, back to front. left: copies of each.
 */
static inline uint64_t pairs(uint64_t *turned_other, const struct survo_shape *s, uint64_t one, uint64_t other, const uint8_t *left, int need)
{
	int sum = need - 2 * s->val[0], by = sum - 63;
	uint64_t fits;

	*turned_other = 0;
	if (sum < 0 || sum > 126)
		return 0;
	fits = (by < 0 ? other >> -by : other << by) & one;
	if (sum % 2 == 0 && left[sum / 2] < 2)
		fits &= ~((uint64_t)1 << sum / 2);
	*turned_other = by < 0 ? fits << -by : fits >> by;
	return fits;
}

/* The last two blanks of more. */
static bool pair_walk(struct way *w, int need)
{
	int i = w->n - 2;
	uint64_t other, fits = pairs(&other, w->t->s, w->may[i] & w->live, w->turned_may & w->turned_live, w->left, need);

	w->fits[i] |= fits;
	w->turned_fits |= other;
	return fits;
}

/* The place in val of a number; -1: it is none of them. */
static int place_of(const struct survo_shape *s, int number)
{
	return number >= 0 && number <= s->val[s->values - 1] ? s->place[number] : -1;
}

/* The last copy of v is taken, or comes back. */
static void way_turn(struct way *w, int v, bool last)
{
	w->live ^= (uint64_t)last << v;
	w->turned_live ^= (uint64_t)last << (63 - v);
}

/* Is there a way to go on from blank i with `need` to make? All of them are walked, so that fits[] is whole. */
static bool way_walk(struct way *w, int i, int need)
{
	const struct survo_shape *s = w->t->s;
	uint64_t fits = 0;

	if (i == w->n - 2 && s->dense)
		return pair_walk(w, need);
	if (i == w->n - 1) {
		int v = place_of(s, need);

		if (v < 0 || !w->left[v] || !(w->may[i] >> v & 1))
			return false;
		w->fits[i] |= (uint64_t)1 << v;
		return true;
	}
	/* numbers rise: too small ones come first, behind the first that is too large all are */
	for (uint64_t rest = w->may[i] & w->live; rest; rest &= rest - 1) {
		int v = first(rest), more = need - s->val[v];
		bool last = w->left[v] == 1;

		if (more < w->lo[i + 1])
			break;
		if (more > w->hi[i + 1])
			continue;
		w->left[v]--;
		way_turn(w, v, last);
		if (way_walk(w, i + 1, more))
			fits |= rest & -rest;
		w->left[v]++;
		way_turn(w, v, last);
	}
	w->fits[i] |= fits;
	return fits;
}

/*
 * The open blanks of a line, that of the most numbers last: what it holds follows from the others. How many choices those
 * have, as far as WAYS_MOST.
 */
static int way_blanks(struct way *w, const struct survo_state *t, int line)
{
	int size[SURVO_SIDE], choices = 1, last;

	w->t = t;
	w->n = 0;
	for (uint64_t rest = t->s->line[line] & t->open; rest; rest &= rest - 1) {
		w->blank[w->n] = first(rest);
		w->may[w->n] = may(t, first(rest));
		w->n++;
	}
	last = w->n - 1;
	for (int i = 0; i < w->n && last; i++)
		size[i] = count(w->may[i]);
	for (int i = 0; i < last; i++) {
		if (size[i] > size[last]) {
			int b = w->blank[i], n = size[i];
			uint64_t m = w->may[i];

			w->blank[i] = w->blank[last];
			w->may[i] = w->may[last];
			size[i] = size[last];
			w->blank[last] = b;
			w->may[last] = m;
			size[last] = n;
		}
		if (choices <= WAYS_MOST)
			choices *= size[i];
	}
	return choices;
}

/* The same where one blank is open: what is missing. */
static bool last_look(struct way *w, int need)
{
	int v = place_of(w->t->s, need);

	w->fits[0] = v < 0 ? 0 : w->may[0] & (uint64_t)1 << v;
	w->walked = true;
	return w->fits[0];
}

/* Where two are open, of dense numbers, of which there are less than WAYS_MOST. */
static bool pair_look(struct way *w, int need)
{
	uint64_t other;

	w->fits[0] = pairs(&other, w->t->s, w->may[0], turned(w->may[1]), w->t->left, need);
	w->fits[1] = turned(other);
	w->walked = true;
	return w->fits[0];
}

/* The open blanks of a line and what each may still hold; false: the line cannot be made up. */
static bool way_look(struct way *w, const struct survo_state *t, int line)
{
	int choices = way_blanks(w, t, line);

	if (!w->n)
		return t->need[line] == 0;
	if (w->n == 1)
		return last_look(w, t->need[line]);
	if (w->n == 2 && t->s->dense)
		return pair_look(w, t->need[line]);
	w->lo[w->n] = w->hi[w->n] = 0;
	for (int i = w->n - 1; i >= 0; i--) {
		uint64_t m = w->may[i];

		if (!m)
			return false;
		w->fits[i] = 0;
		w->lo[i] = w->lo[i + 1] + t->s->val[first(m)];
		w->hi[i] = w->hi[i + 1] + t->s->val[63 - __builtin_clzll(m)];
	}
	if (t->need[line] < w->lo[0] || t->need[line] > w->hi[0])
		return false;
	w->walked = choices <= WAYS_MOST;
	if (!w->walked) {
		memcpy(w->fits, w->may, sizeof(w->fits[0]) * (size_t)w->n);
		return true;
	}
	memcpy(w->left, t->left, (size_t)t->s->values);
	w->live = t->avail;
	w->turned_live = turned(t->avail);
	w->turned_may = turned(w->may[w->n - 1]);
	w->turned_fits = 0;
	if (!way_walk(w, 0, t->need[line]))
		return false;
	if (t->s->dense)
		w->fits[w->n - 1] = turned(w->turned_fits);
	return true;
}

/* Are the open blanks of a line so few that this reasoning looks at them? One for LAST, two for PAIRS. */
static bool reaches(enum survo_technique how, uint64_t open)
{
	uint64_t more = open & (open - 1);

	return how > PAIRS || !(how == LAST ? more : more & (more - 1));
}

/* ---- all of a board ---- */

/* Take over what a line tells; -1: a contradiction, else whether anything is new. */
static int line_use(struct survo_state *t, int line, enum survo_technique how)
{
	struct way w;
	int news = 0;

	if (!reaches(how, t->s->line[line] & t->open))
		return 0;
	if (!way_look(&w, t, line))
		return -1;
	for (int i = 0; i < w.n; i++) {
		int b = w.blank[i];

		if (lone(w.fits[i])) {
			/* of two blanks with one number each, both may want the last copy */
			if (!(may(t, b) & w.fits[i]))
				return -1;
			fill(t, b, first(w.fits[i]));
			news = 1;
		} else if (w.fits[i] != may(t, b)) {
			keep(t, b, w.fits[i]);
			news = 1;
		}
	}
	if (w.n && w.walked)
		t->dirty &= ~(1u << line); /* by itself it allows the same ways as before */
	return news;
}

/* Numbers that are left as often as open blanks could hold them. */
static int places_use(struct survo_state *t)
{
	int news = 0;

	for (uint64_t rest = t->avail; rest; rest &= rest - 1) {
		int v = first(rest), n = 0;
		uint64_t where = 0;

		for (uint64_t open = t->open; open; open &= open - 1)
			if (may(t, first(open)) >> v & 1) {
				where |= (uint64_t)1 << first(open);
				n++;
			}
		if (n < t->left[v])
			return -1;
		if (n > t->left[v])
			continue;
		for (; where; where &= where - 1)
			fill(t, first(where), v);
		news = 1;
	}
	return news;
}

/* One of the dirty lines, of at most two open blanks where there is such a one: it is soon looked at, and the others are of fewer blanks after. */
static int next_line(const struct survo_state *t)
{
	for (uint32_t rest = t->dirty; rest; rest &= rest - 1)
		if (reaches(PAIRS, t->s->line[__builtin_ctz(rest)] & t->open))
			return __builtin_ctz(rest);
	return __builtin_ctz(t->dirty);
}

/* Until nothing is new; false: a contradiction. */
bool survo_settle(struct survo_state *t, enum survo_technique how)
{
	int news;

	t->dirty = (1u << t->s->lines) - 1;
	do {
		while (t->dirty) {
			int line = next_line(t);

			t->dirty &= ~(1u << line);
			if (line_use(t, line, how) < 0)
				return false;
		}
		news = how < PLACES ? 0 : places_use(t);
	} while (news > 0);
	return news == 0;
}

/* ---- search: the proof ---- */

static int narrowest(const struct survo_state *t)
{
	int best = -1, least = 65;

	for (uint64_t rest = t->open; rest; rest &= rest - 1) {
		int n = count(may(t, first(rest)));

		if (n < least) {
			least = n;
			best = first(rest);
		}
	}
	return best;
}

static bool search(struct survo_search *f, const struct survo_state *from)
{
	struct survo_state t;
	int b;

	if (++f->nodes > f->limit)
		return false;
	state_copy(&t, from);
	if (!survo_settle(&t, PLACES))
		return true;
	if (!t.open) {
		f->last = t;
		if (!f->found++)
			f->first = t;
		return true;
	}
	b = narrowest(&t);
	for (uint64_t rest = may(&t, b); rest && f->found < f->most; rest &= rest - 1) {
		struct survo_state u = t;

		fill(&u, b, first(rest));
		if (!search(f, &u))
			return false;
	}
	return true;
}

/* Solutions up to `most`; -1: too many steps. */
int survo_solutions(struct survo_search *f, struct survo_shape *s, const struct survo_board *b, int most, int limit)
{
	struct survo_state t;

	memset(f, 0, sizeof(*f));
	f->most = most;
	f->limit = limit;
	if (!survo_start(&t, s, b))
		return 0;
	return search(f, &t) ? f->found : -1;
}

/* ---- reasoning as a person does it, told and measured ---- */

static void say_line(struct buf *out, const struct survo_shape *s, int line)
{
	buf_addf(out, line < s->rows ? "R%d" : "C%d", line < s->rows ? line + 1 : line - s->rows + 1);
}

static void say_blank(struct buf *out, const struct survo_shape *s, int b)
{
	buf_addf(out, "r%dc%d", s->spot[b].row + 1, s->spot[b].col - s->rows + 1);
}

enum { WAYS_TOLD = 5 };

/* The ways to make `need` of n numbers in falling order; the first few are written. */
static int say_ways(struct buf *out, const struct way *w, uint8_t *left, int *part, int i, int need, int from, int told)
{
	const struct survo_shape *s = w->t->s;

	if (i == w->n) {
		if (need)
			return told;
		if (told < WAYS_TOLD) {
			buf_addz(out, told ? " | " : "");
			for (int k = 0; k < w->n; k++)
				buf_addf(out, "%s%d", k ? "+" : "", part[k]);
		}
		return told + 1;
	}
	for (int v = from; v >= 0 && told <= WAYS_TOLD; v--) {
		/* the largest number that is left, over and over, still has to reach it */
		if (!left[v] || s->val[v] > need || s->val[v] * (w->n - i) < need)
			continue;
		left[v]--;
		part[i] = s->val[v];
		told = say_ways(out, w, left, part, i + 1, need - s->val[v], v, told);
		left[v]++;
	}
	return told;
}

/* "R2 13: 4+9 | 5+8 -> c1: 4 5; c3=9" */
static void say(struct survo_logic *l, const struct way *w, int line, const uint64_t *fresh)
{
	const struct survo_shape *s = w->t->s;
	char other = line < s->rows ? 'c' : 'r';
	struct buf told = BUF_INIT;
	uint8_t left[SURVO_BLANKS];
	int part[SURVO_SIDE], n = 0;

	if (!l->out)
		return;
	say_line(l->out, s, line);
	buf_addf(l->out, " %d", w->t->need[line]);
	if (w->n > 1) {
		memcpy(left, w->t->left, sizeof(left));
		n = say_ways(&told, w, left, part, 0, w->t->need[line], s->values - 1, 0);
		buf_addf(l->out, ": %s%s", buf_z(&told), n > WAYS_TOLD ? " | ..." : "");
		buf_release(&told);
	}
	buf_addz(l->out, " ->");
	n = 0;
	for (int i = 0; i < w->n; i++) {
		int at = line < s->rows ? s->spot[w->blank[i]].col - s->rows : s->spot[w->blank[i]].row;

		if (!fresh[i])
			continue;
		buf_addf(l->out, "%s %c%d%s", n++ ? ";" : "", other, at + 1, lone(fresh[i]) ? "=" : ":");
		for (uint64_t rest = fresh[i]; rest; rest &= rest - 1)
			buf_addf(l->out, "%s%d", lone(fresh[i]) ? "" : " ", s->val[first(rest)]);
	}
	buf_addc(l->out, '\n');
}

/* Narrow an open blank to what fits; the last number that fits is filled in. -1: none, else whether that is new. */
static int narrow(struct survo_state *t, int b, uint64_t fits)
{
	uint64_t now = may(t, b) & fits;

	if (!(t->open >> b & 1))
		return 0;
	if (!now)
		return -1;
	if (lone(now)) {
		fill(t, b, first(now));
		return 1;
	}
	if (now == may(t, b))
		return 0;
	keep(t, b, now);
	return 1;
}

/* Lines that may tell something new, as far as this reasoning looks at them. */
static uint32_t lines_due(const struct survo_state *t, enum survo_technique how)
{
	uint32_t due = 0;

	for (uint32_t rest = t->dirty; rest; rest &= rest - 1) {
		int line = __builtin_ctz(rest);
		uint64_t open = t->s->line[line] & t->open;

		due |= (uint32_t)(open && reaches(how, open)) << line;
	}
	return due;
}

/* One look at every line that is due, as it was when the round began. News, -1 for a contradiction. */
static int round_of(struct survo_logic *l, enum survo_technique how)
{
	uint32_t due = lines_due(&l->t, how);
	struct survo_state was;
	int news = 0;

	if (!due)
		return 0;
	l->t.dirty &= ~due;
	state_copy(&was, &l->t);
	for (; due; due &= due - 1) {
		struct way w;
		uint64_t fresh[SURVO_SIDE];
		int line = __builtin_ctz(due), here = 0;

		if (!way_look(&w, &was, line))
			return -1;
		for (int i = 0; i < w.n; i++) {
			bool open = l->t.open >> w.blank[i] & 1;

			/* a single number is news as long as it is not written */
			fresh[i] = open && (w.fits[i] != may(&was, w.blank[i]) || lone(w.fits[i])) ? w.fits[i] : 0;
			here += fresh[i] != 0;
		}
		if (!here)
			continue;
		say(l, &w, line, fresh);
		l->steps++;
		for (int i = 0; i < w.n; i++) {
			int n1 = fresh[i] ? narrow(&l->t, w.blank[i], fresh[i]) : 0;

			if (n1 < 0)
				return -1;
			news += n1;
		}
	}
	return news;
}

/* The first number that has just as many places as it is left. */
static int places_round(struct survo_logic *l)
{
	struct survo_state *t = &l->t;

	for (uint64_t rest = t->avail; rest; rest &= rest - 1) {
		int v = first(rest), n = 0;
		uint64_t where = 0;

		for (uint64_t open = t->open; open; open &= open - 1)
			if (may(t, first(open)) >> v & 1) {
				where |= (uint64_t)1 << first(open);
				n++;
			}
		if (n < t->left[v])
			return -1;
		if (n > t->left[v])
			continue;
		if (l->out)
			buf_addf(l->out, "%d ->", t->s->val[v]);
		for (; where; where &= where - 1) {
			if (l->out) {
				buf_addc(l->out, ' ');
				say_blank(l->out, t->s, first(where));
			}
			fill(t, first(where), v);
		}
		if (l->out)
			buf_addc(l->out, '\n');
		l->steps++;
		return 1;
	}
	return 0;
}

enum { TRIAL_TOLD = 40 /* pieces of a trial that are written */ };

/* What became of the blanks of `which`: " R2 c1=4 c3: 5 6;" */
static int say_news(struct buf *out, const struct survo_state *was, const struct survo_state *is, uint64_t which, int line)
{
	const struct survo_shape *s = was->s;
	int n = 0;

	for (uint64_t rest = which & was->open; rest; rest &= rest - 1) {
		int b = first(rest);
		bool filled = !(is->open >> b & 1);

		if (!filled && is->may[b] == was->may[b])
			continue;
		buf_addc(out, ' ');
		if (line < 0)
			say_blank(out, s, b);
		else
			buf_addf(out, line < s->rows ? "c%d" : "r%d", line < s->rows ? s->spot[b].col - s->rows + 1 : s->spot[b].row + 1);
		if (filled)
			buf_addf(out, "=%d", s->val[is->got[b]]);
		else
			buf_addc(out, ':');
		for (uint64_t fits = filled ? 0 : may(is, b); fits; fits &= fits - 1)
			buf_addf(out, " %d", s->val[first(fits)]);
		n++;
	}
	buf_addc(out, ';');
	return n;
}

/* Which number has too few places, for the end of a trial. */
static void say_no_place(struct buf *out, const struct survo_state *t)
{
	for (uint64_t rest = t->avail; rest; rest &= rest - 1) {
		int n = 0;

		for (uint64_t open = t->open; open; open &= open - 1)
			n += may(t, first(open)) >> first(rest) & 1;
		if (n < t->left[first(rest)]) {
			buf_addf(out, " %d: %d of %d places", t->s->val[first(rest)], n, t->left[first(rest)]);
			return;
		}
	}
}

/* "r1c2=4? R1 c3=5; C3 r2: 1 6; R2 7: 0 ways -> r1c2 not 4": the lines in turn until one cannot be made up. */
static void say_trial(struct buf *out, const struct survo_state *from, int blank, int v)
{
	struct survo_state t = *from, was;
	struct buf piece = BUF_INIT;
	int told = 0, news = 1, line;

	say_blank(out, t.s, blank);
	buf_addf(out, "=%d?", t.s->val[v]);
	fill(&t, blank, v);
	while (news > 0) {
		news = 0;
		for (line = 0; line < t.s->lines && !news; line++) {
			was = t;
			news = line_use(&t, line, WAYS);
		}
		if (!news) {
			was = t;
			news = places_use(&t);
			line = 0;
		}
		if (news <= 0)
			break;
		buf_reset(&piece);
		if (line) {
			buf_addc(&piece, ' ');
			say_line(&piece, t.s, line - 1);
		}
		news = say_news(&piece, &was, &t, line ? t.s->line[line - 1] : ~(uint64_t)0, line - 1);
		told += news;
		if (told <= TRIAL_TOLD)
			buf_add(out, buf_str(&piece));
	}
	if (told > TRIAL_TOLD)
		buf_addz(out, " ...;");
	if (line) {
		buf_addc(out, ' ');
		say_line(out, t.s, line - 1);
		buf_addf(out, " %d: 0 ways", was.need[line - 1]);
	} else {
		say_no_place(out, &was);
	}
	buf_addz(out, " -> ");
	say_blank(out, t.s, blank);
	buf_addf(out, " not %d\n", t.s->val[v]);
	buf_release(&piece);
}

/* The first number in a blank of few that all the easier reasoning refutes. */
static bool trial(struct survo_logic *l)
{
	struct survo_state *t = &l->t;

	for (int few = 2; few <= t->s->values; few++)
		for (uint64_t open = t->open; open; open &= open - 1) {
			int b = first(open);

			if (count(may(t, b)) != few)
				continue;
			for (uint64_t rest = may(t, b); rest; rest &= rest - 1) {
				struct survo_state u = *t;

				if (l->limit && l->work == l->limit)
					return false;
				l->work++;
				fill(&u, b, first(rest));
				if (survo_settle(&u, PLACES))
					continue;
				if (l->out)
					say_trial(l->out, t, b, first(rest));
				l->guesses++;
				l->steps++;
				return narrow(t, b, ~((uint64_t)1 << first(rest))) > 0;
			}
		}
	return false;
}

/* A number in the narrowest blank that a search refutes. */
static bool deeper(struct survo_logic *l)
{
	int b = narrowest(&l->t);

	for (uint64_t rest = may(&l->t, b); rest; rest &= rest - 1) {
		struct survo_search f = { .most = 1, .limit = SURVO_NODES };
		struct survo_state u = l->t;

		fill(&u, b, first(rest));
		if (!search(&f, &u) || f.found)
			continue;
		if (l->out) {
			say_blank(l->out, l->t.s, b);
			buf_addf(l->out, "=%d? 0 solutions\n", l->t.s->val[first(rest)]);
		}
		l->guesses += f.nodes;
		l->steps += f.nodes;
		return narrow(&l->t, b, ~((uint64_t)1 << first(rest))) > 0;
	}
	return false;
}

bool survo_logic_start(struct survo_logic *l, struct survo_shape *s, const struct survo_board *b, enum survo_technique goal)
{
	l->goal = goal;
	l->hardest = LAST;
	l->rounds = l->steps = l->guesses = l->work = l->limit = 0;
	l->out = NULL;
	return survo_start(&l->t, s, b);
}

/* Solved, with what l->goal allows? A round of the easiest reasoning that gives anything, over and over. */
bool survo_logic_solve(struct survo_logic *l)
{
	while (l->t.open) {
		int n = 0, how = LAST;

		l->rounds++;
		for (; how <= (int)l->goal && how < TRIAL && !n; how++)
			n = how == PLACES ? places_round(l) : round_of(l, (enum survo_technique)how);
		if (n < 0)
			return false;
		if (n) {
			how--;
		} else {
			if (how > (int)l->goal)
				return false;
			if (!trial(l)) {
				how = SEARCH;
				if (l->goal < SEARCH || !deeper(l))
					return false;
			}
		}
		if ((int)l->hardest < how)
			l->hardest = (enum survo_technique)how;
	}
	for (int i = 0; i < l->t.s->lines; i++)
		if (l->t.need[i])
			return false;
	return true;
}

