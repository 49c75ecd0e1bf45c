/*
 * time_sequence.c - when everybody can meet: plans of busy and free times, notes on what each asks for, the longest
 * meeting on the hour or half hour and how many starts allow it.
 *
 * desc: see verifiers/time_sequence.h. The answer is "85, 2": minutes and starts.
 *
 * Lengths and counts are drawn first, evenly, so that no answer is common; then the plans are made to fit: where a longer
 * meeting is possible somebody gets busy, where too few are possible time is cleared.
 */
#include "generators/pen.h"
#include "generators/time_sequence_solve.h"

#include <stdlib.h>

enum { PEOPLE, DAYS, RULE_PROB, NOTES, ENTRIES };

static const struct knob knobs[] = {
	{ "people", 2, PLANS_PEOPLE, "how many people" },
	{ "days", 1, PLANS_DAYS, "how many days, from Monday" },
	{ "rule_prob", 0, 100, "percent of possible notes that are made" },
	{ "notes", 0, PLANS_NOTES, "most notes on one person" },
	{ "entries", 1, 8, "about how many busy times a day has" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	{ 2, 1, 0, 0, 2 },
	{ 2, 2, 0, 0, 2 },
	{ 2, 2, 50, 1, 3 },
	{ 3, 4, 40, 1, 4 },
	{ 3, 5, 50, 1, 4 },
	{ 3, 5, 70, 1, 5 },
	{ 4, 5, 80, 1, 5 },
	{ 4, 5, 70, 2, 5 },
	{ 5, 5, 80, 2, 6 },
	{ 6, 5, 70, 3, 7 },
	{ 8, 5, 80, 3, 8 },
};

static const char *refuse(const int *knob)
{
	if (knob[RULE_PROB] > 0 && knob[NOTES] == 0)
		return "with no notes allowed (notes 0) rule_prob is 0";
	return NULL;
}

/* ---- the desc ---- */

static void note_write(struct buf *b, const struct note *n)
{
	buf_addc(b, ':');
	buf_addc(b, "baselckdmpgz"[n->kind]);
	if (n->kind == NOTE_LUNCH) {
		buf_addi(b, n->day);
		buf_addc(b, '.');
		buf_addi(b, n->from);
		buf_addc(b, '.');
		buf_addi(b, n->to);
		return;
	}
	if (n->kind == NOTE_ZONE && n->steps >= 0)
		buf_addc(b, '+');
	if (n->kind != NOTE_DAYS)
		buf_addi(b, n->steps);
	for (int d = 0; n->kind == NOTE_DAYS && d < PLANS_DAYS; d++)
		if (n->day >> d & 1)
			buf_addi(b, d + 1);
}

enum { PLAN_MAX = 8 + PLANS_DAYS * (2 + 6 * PLANS_ENTRIES) }; /* bytes of a person without notes */

static void plans_write(struct buf *b, const struct plans *p)
{
	buf_addi(b, p->days);
	for (int i = 0; i < p->people; i++) {
		const struct plan *person = &p->person[i];
		char *pen = pen_down(b, PLAN_MAX);

		if (!pen)
			return;
		pen = pen_int(pen_char(pen, ' '), person->name);
		for (int d = 0; d < p->days; d++) {
			const struct plan_day *day = &person->day[d];

			pen = pen_char(pen_char(pen, d ? '|' : ':'), day->free ? 'f' : 'b');
			for (int k = 0; k < day->times; k++) {
				if (k)
					*pen++ = ',';
				pen = pen_int(pen, day->time[k].from);
				pen = pen_int(pen_char(pen, '-'), day->time[k].to);
			}
		}
		pen_up(b, pen);
		for (int k = 0; k < person->notes; k++)
			note_write(b, &person->note[k]);
	}
}

/* ---- how long ---- */

static const steps_set FULL = ~(steps_set)0 >> (128 - PLANS_STEPS);

steps_set day_busy(const struct plan_day *d)
{
	steps_set times = 0;

	for (int k = 0; k < d->times; k++)
		times |= steps_span(d->time[k].from, d->time[k].to);
	return d->free ? FULL & ~times : times;
}

/* Cut the first run of steps off `rest`. */
static steps_set next_run(steps_set *rest, int *from, int *to)
{
	steps_set run;

	*from = steps_first(*rest);
	*to = *from + steps_first(~(*rest >> *from));
	run = steps_span(*from, *to);
	*rest &= ~run;
	return run;
}

/* Busy periods that end by step `early` or take at most `brief` steps. */
static steps_set cancelled(steps_set busy, int early, int brief)
{
	steps_set gone = 0;
	int from, to;

	for (steps_set rest = early || brief ? busy : 0; rest;) {
		steps_set run = next_run(&rest, &from, &to);

		if (to <= early || to - from <= brief)
			gone |= run;
	}
	return gone;
}

/* What is left of the runs of a set that are long enough, after `before` steps of each and without its last `after`. */
static steps_set trimmed(steps_set open, int before, int after, int roomy)
{
	steps_set kept = 0;
	int from, to;

	if (!before && !after && !roomy)
		return open;
	while (open) {
		next_run(&open, &from, &to);
		if (to - from >= roomy)
			kept |= steps_span(from + before, to - after);
	}
	return kept;
}

static int note_steps(const struct plan *p, enum note_kind kind, int none)
{
	const struct note *n = plan_note(p, kind);

	return n ? n->steps : none;
}

void hours_of(struct hours *h, const struct plan *p, steps_set busy, int day)
{
	int steps[NOTE_KINDS] = { [NOTE_UNTIL] = PLANS_STEPS }, ahead;
	steps_set lunch = 0;
	bool off = false;

	for (int i = 0; i < p->notes; i++) {
		const struct note *n = &p->note[i];

		if (n->kind == NOTE_LUNCH)
			lunch = n->day == 0 || n->day == day + 1 ? steps_span(n->from, n->to) : 0;
		else if (n->kind == NOTE_DAYS)
			off = !(n->day >> day & 1);
		else
			steps[n->kind] = n->steps;
	}
	busy &= ~cancelled(busy, steps[NOTE_EARLY], steps[NOTE_SHORT]);
	busy |= lunch;
	h->miss = steps[NOTE_MISS];
	h->open = FULL;
	if (!h->miss)
		h->open = trimmed(FULL & ~busy, steps[NOTE_BEFORE], steps[NOTE_AFTER], steps[NOTE_ROOMY]);
	h->open &= steps_span(steps[NOTE_FROM], steps[NOTE_UNTIL]);
	if (off)
		h->open = 0;
	h->busy = h->miss ? busy : 0;
	ahead = steps[NOTE_ZONE];
	h->open = (ahead > 0 ? h->open >> ahead : h->open << -ahead) & FULL;
	h->busy = (ahead > 0 ? h->busy >> ahead : h->busy << -ahead) & FULL;
}

int hours_limit(const struct hours *h, int start)
{
	steps_set busy = h->busy >> start;
	int run = steps_first(~(h->open >> start));

	for (int k = 0; k < h->miss && busy; k++)
		busy &= busy - 1;
	if (busy && steps_first(busy) < run)
		run = steps_first(busy);
	return run;
}

/* The longest meeting that anybody takes at all. */
static int longest_taken(const struct plans *p)
{
	int cap = PLANS_STEPS;

	for (int i = 0; i < p->people; i++) {
		int most = note_steps(&p->person[i], NOTE_AT_MOST, PLANS_STEPS);

		cap = most < cap ? most : cap;
	}
	return cap;
}

/* Steps from `at` on of a set, up to the first that is none of it; the set's last steps are none. */
static inline int run_from(steps_set open, int at)
{
	uint64_t low = ~(uint64_t)open, high = ~(uint64_t)(open >> 64);

	if (at >= 64)
		return __builtin_ctzll(high >> (at - 64));
	low >>= at;
	return low ? __builtin_ctzll(low) : 64 - at + __builtin_ctzll(high);
}

void day_lengths(int length[PLANS_STARTS], const struct plans *p, const struct hours *h)
{
	int cap = longest_taken(p);
	steps_set open = FULL;

	for (int i = 0; i < p->people; i++)
		open &= h[i].open;
	for (int k = 0; k < PLANS_STARTS; k++) {
		int run = run_from(open, k * PLANS_GRID);

		for (int i = 0; i < p->people && run; i++)
			if (h[i].miss) {
				int limit = hours_limit(&h[i], k * PLANS_GRID);

				run = limit < run ? limit : run;
			}
		length[k] = run < cap ? run : cap;
	}
}

static void best_add(struct best *best, const int length[PLANS_STARTS])
{
	for (int k = 0; k < PLANS_STARTS; k++) {
		if (length[k] > best->length)
			*best = (struct best){ length[k], 1 };
		else if (length[k] && length[k] == best->length)
			best->count++;
	}
}

struct best plans_best(const struct plans *p)
{
	struct best best = { 0, 0 };

	for (int d = 0; d < p->days; d++) {
		struct hours h[PLANS_PEOPLE];
		int length[PLANS_STARTS];

		for (int i = 0; i < p->people; i++)
			hours_of(&h[i], &p->person[i], day_busy(&p->person[i].day[d]), d);
		day_lengths(length, p, h);
		best_add(&best, length);
	}
	return best;
}

/* ---- inventing ---- */

enum {
	LENGTH_MIN = 4, LENGTH_MAX = 54, /* steps of the longest meeting */
	CLEARED = 60,                    /* steps of the meetings of that length together, at most */
};

struct draft {
	struct plans p;
	steps_set busy[PLANS_DAYS][PLANS_PEOPLE];
	struct hours hours[PLANS_DAYS][PLANS_PEOPLE];
	int length[PLANS_DAYS][PLANS_STARTS];
	struct best best[PLANS_DAYS]; /* of each day's lengths */
	struct best goal;
};

static void look(struct draft *w, int d, int i)
{
	hours_of(&w->hours[d][i], &w->p.person[i], w->busy[d][i], d);
}

static void measure(struct draft *w, int d)
{
	day_lengths(w->length[d], &w->p, w->hours[d]);
	w->best[d] = (struct best){ 0, 0 };
	best_add(&w->best[d], w->length[d]);
}

static void look_at_all(struct draft *w, int d)
{
	for (int i = 0; i < w->p.people; i++)
		look(w, d, i);
	measure(w, d);
}

static bool has_kind(const struct plan *p, enum note_kind kind)
{
	return plan_note(p, kind) != NULL;
}

/* Some days, home always among them: so that notes on days leave one. */
static unsigned draw_days(int days, int home, struct rng *rng)
{
	unsigned set;

	do
		set = 1u << home | rng_below(rng, 1u << days);
	while (set == (1u << days) - 1);
	return set;
}

static bool draw_note(const struct draft *w, struct note *n, const struct plan *p, int home, struct rng *rng)
{
	bool room = has_kind(p, NOTE_BEFORE) || has_kind(p, NOTE_AFTER) || has_kind(p, NOTE_ROOMY);

	*n = (struct note){ .kind = (uint8_t)rng_below(rng, NOTE_KINDS) };
	if (has_kind(p, n->kind))
		return false;
	switch (n->kind) {
	case NOTE_BEFORE:
	case NOTE_AFTER: n->steps = (int8_t)rng_range(rng, 1, 6); return !has_kind(p, NOTE_MISS);
	case NOTE_FROM: n->steps = (int8_t)(3 * rng_range(rng, 2, 12)); return true;
	case NOTE_UNTIL: n->steps = (int8_t)(3 * rng_range(rng, 20, 30)); return true;
	case NOTE_LUNCH:
		n->day = (uint8_t)(rng_below(rng, 2) ? 0 : 1 + rng_below(rng, (uint32_t)w->p.days));
		n->from = (uint8_t)(3 * rng_range(rng, 10, 17));
		n->to = (uint8_t)(n->from + 3 * rng_range(rng, 2, 4));
		return true;
	case NOTE_EARLY: n->steps = (int8_t)(3 * rng_range(rng, 2, 6)); return true;
	case NOTE_SHORT: n->steps = (int8_t)rng_range(rng, 2, 6); return true;
	case NOTE_DAYS: n->day = w->p.days > 1 ? (uint8_t)draw_days(w->p.days, home, rng) : 0; return w->p.days > 1;
	case NOTE_AT_MOST:
		n->steps = (int8_t)(w->goal.length + rng_range(rng, 0, 30)); /* seldom the answer itself */
		return true;
	case NOTE_MISS: n->steps = (int8_t)rng_range(rng, 1, 3); return !room;
	case NOTE_ROOMY: n->steps = (int8_t)rng_range(rng, 3, 15); return !has_kind(p, NOTE_MISS);
	default: /* NOTE_ZONE; somebody stays in the office */
		n->steps = (int8_t)(PLANS_GRID * rng_range(rng, 1, 4));
		n->steps = (int8_t)(rng_below(rng, 2) ? n->steps : -n->steps);
		return p != &w->p.person[0];
	}
}

static void draw_notes(struct draft *w, const int *knob, struct rng *rng)
{
	int home = (int)rng_below(rng, (uint32_t)w->p.days);

	for (int i = 0; i < w->p.people; i++) {
		struct plan *p = &w->p.person[i];

		for (int k = 0; k < knob[NOTES]; k++)
			if (rng_chance(rng, knob[RULE_PROB]))
				for (int tries = 0; tries < 8; tries++)
					if (draw_note(w, &p->note[p->notes], p, home, rng)) {
						p->notes++;
						break;
					}
	}
}

/* 1 .. about twice `mean`. */
static int draw_span(struct rng *rng, int mean)
{
	return 1 + (int)rng_below(rng, (uint32_t)(2 * mean > 1 ? 2 * mean : 1));
}

/*
 * So busy that all are free together for about an eighth of the time: long meetings then come from cleared time alone, and
 * how much is free in all tells little about them.
 */
static steps_set draw_busy(int people, int entries, struct rng *rng)
{
	static const int free_percent[PLANS_PEOPLE + 1] = { 0, 0, 38, 50, 58, 64, 69, 72, 75 };
	int cycle = PLANS_STEPS / entries, free = cycle * free_percent[people] / 100;
	steps_set busy = 0;

	for (int at = (int)rng_below(rng, (uint32_t)free + 1), to; at < PLANS_STEPS; at = to + draw_span(rng, free)) {
		to = at + draw_span(rng, cycle - free);
		busy |= steps_span(at, to < PLANS_STEPS ? to : PLANS_STEPS);
	}
	return busy;
}

/* A start of this length: the k-th of those with at least `least` and at most `most` steps; false: there is none. */
static bool pick(const struct draft *w, int least, int most, int *d, int *k, struct rng *rng)
{
	int n = 0;

	for (int a = 0; a < w->p.days; a++)
		for (int b = 0; b < PLANS_STARTS && w->best[a].length >= least; b++)
			if (w->length[a][b] >= least && w->length[a][b] <= most && rng_below(rng, (uint32_t)++n) == 0) {
				*d = a;
				*k = b;
			}
	return n > 0;
}

/* Somebody gets busy `at` steps after the start, for a while. */
static void cut(struct draft *w, int d, int k, int at, struct rng *rng)
{
	int first = (int)rng_below(rng, (uint32_t)w->p.people);

	for (int n = 0; n < w->p.people; n++) {
		int i = (first + n) % w->p.people, from = k * PLANS_GRID + at + note_steps(&w->p.person[i], NOTE_ZONE, 0) + note_steps(&w->p.person[i], NOTE_AFTER, 0);
		int to = from + rng_range(rng, 2, 9);
		steps_set was = w->busy[d][i];

		if (from < 0 || from >= PLANS_STEPS)
			continue;
		w->busy[d][i] |= steps_span(from, to < PLANS_STEPS ? to : PLANS_STEPS);
		look(w, d, i);
		if (hours_limit(&w->hours[d][i], k * PLANS_GRID) <= at)
			return;
		w->busy[d][i] = was;
		look(w, d, i);
	}
}

/* The time of everybody but `except` (-1: of all) is cleared from the start on, and a little around it. */
static void clear(struct draft *w, int d, int k, int length, int except, struct rng *rng)
{
	for (int i = 0; i < w->p.people; i++) {
		const struct plan *p = &w->p.person[i];
		int from = k * PLANS_GRID + note_steps(p, NOTE_ZONE, 0), to = from + length;
		int room = note_steps(p, NOTE_ROOMY, 0) - length;

		from -= note_steps(p, NOTE_BEFORE, 0) + (int)rng_below(rng, 6);
		to += note_steps(p, NOTE_AFTER, 0) + (int)rng_below(rng, 6) + (room > 0 ? room : 0);
		from = from < 0 ? 0 : from;
		to = to > PLANS_STEPS ? PLANS_STEPS : to;
		if (i == except || from >= to)
			continue;
		w->busy[d][i] &= ~steps_span(from, to);
	}
}

/* Any day, and a start from which so long a meeting ends in time. */
static void draw_start(const struct draft *w, int length, int *d, int *k, struct rng *rng)
{
	*d = (int)rng_below(rng, (uint32_t)w->p.days);
	*k = (int)rng_below(rng, (uint32_t)((PLANS_STEPS - length) / PLANS_GRID + 1));
}

/*
 * Times that would be right but for one person, so that long free times prove nothing: as much of them as makes all that
 * is cleared, the meetings' own time included, the same for every goal but for chance.
 */
static void draw_lures(struct draft *w, struct rng *rng)
{
	int people = w->p.people, all = (w->p.days < 3 ? 20 * w->p.days : CLEARED) * people;
	int left = all + (int)rng_below(rng, (uint32_t)all / 2) - people * w->goal.length * w->goal.count;

	while (left > 0) {
		int length = rng_range(rng, LENGTH_MIN, LENGTH_MAX), d, k;

		draw_start(w, length, &d, &k, rng);
		clear(w, d, k, length, (int)rng_below(rng, (uint32_t)people), rng);
		left -= (people - 1) * length;
	}
}

enum { FIXES = 120 };

static bool fit(struct draft *w, struct rng *rng)
{
	for (int d = 0; d < w->p.days; d++)
		look_at_all(w, d);
	for (int left = FIXES; left > 0; left--) {
		struct best best = { 0, 0 };
		int d = 0, k = 0;

		for (int a = 0; a < w->p.days; a++)
			if (w->best[a].length > best.length)
				best = w->best[a];
			else if (w->best[a].length == best.length)
				best.count += w->best[a].count;
		if (best.length == w->goal.length && best.count == w->goal.count)
			return true;
		if (best.length > w->goal.length) {
			pick(w, w->goal.length + 1, PLANS_STEPS, &d, &k, rng);
			cut(w, d, k, w->goal.length, rng);
			measure(w, d);
		} else if (best.length == w->goal.length && best.count > w->goal.count) {
			pick(w, w->goal.length, w->goal.length, &d, &k, rng);
			cut(w, d, k, (int)rng_below(rng, (uint32_t)w->goal.length), rng);
			measure(w, d);
		} else {
			draw_start(w, w->goal.length, &d, &k, rng);
			clear(w, d, k, w->goal.length, -1, rng);
			look_at_all(w, d);
		}
	}
	return false;
}

/* The busy or the free times as a list; false where there are too many. */
static bool day_list(struct plan_day *day, steps_set busy, bool as_free)
{
	steps_set rest = as_free ? FULL & ~busy : busy;
	int from, to;

	day->free = as_free;
	for (day->times = 0; rest; day->times++) {
		if (day->times == PLANS_ENTRIES)
			return false;
		next_run(&rest, &from, &to);
		day->time[day->times] = (struct plan_time){ (uint8_t)from, (uint8_t)to };
	}
	return true;
}

/* Length and count, each pair as often; long meetings are few. */
static void draw_goal(struct draft *w, int days, struct rng *rng)
{
	do {
		w->goal.length = rng_range(rng, LENGTH_MIN, LENGTH_MAX);
		w->goal.count = rng_range(rng, 1, days == 1 ? 2 : 4);
	} while (w->goal.length * w->goal.count > CLEARED);
}

static void draw_names(struct plans *p, struct rng *rng)
{
	uint8_t name[PLANS_NAMES];

	for (int i = 0; i < PLANS_NAMES; i++)
		name[i] = (uint8_t)i;
	for (int i = 0; i < p->people; i++) {
		int at = rng_range(rng, i, PLANS_NAMES - 1);

		p->person[i].name = name[at];
		name[at] = name[i];
	}
}

static bool draft(struct draft *w, const int *knob, struct rng *rng)
{
	memset(&w->p, 0, sizeof(w->p));
	w->p.people = knob[PEOPLE];
	w->p.days = knob[DAYS];
	draw_names(&w->p, rng);
	draw_notes(w, knob, rng);
	for (int d = 0; d < w->p.days; d++)
		for (int i = 0; i < w->p.people; i++)
			w->busy[d][i] = draw_busy(w->p.people, knob[ENTRIES], rng);
	draw_lures(w, rng);
	if (!fit(w, rng))
		return false;
	for (int i = 0; i < w->p.people; i++)
		for (int d = 0; d < w->p.days; d++)
			if (!day_list(&w->p.person[i].day[d], w->busy[d][i], rng_below(rng, 2)))
				return false;
	return true;
}

static void swap_people(struct plans *p, struct rng *rng)
{
	for (int i = p->people - 1; i > 0; i--) {
		int j = (int)rng_below(rng, (uint32_t)i + 1);
		struct plan swap = p->person[i];

		p->person[i] = p->person[j];
		p->person[j] = swap;
	}
}

enum { DRAWS = 40 };

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct draft w;

	draw_goal(&w, knob[DAYS], rng); /* once: short and few would else win, being easily met */
	for (int draw = 0; draw < DRAWS; draw++) {
		if (!draft(&w, knob, rng))
			continue;
		swap_people(&w.p, rng); /* the first one's clock was the office's */
		plans_write(desc, &w.p);
		buf_addf(answer, "%d, %d", 5 * w.goal.length, w.goal.count);
		return true;
	}
	return false;
}

/* ---- from the desc ---- */

static bool solve(struct buf *answer, struct str desc)
{
	struct plans p;
	struct best best;

	if (!plans_read(&p, desc))
		return false;
	best = plans_best(&p);
	buf_addf(answer, "%d, %d", 5 * best.length, best.count);
	return true;
}

static bool prove(struct str desc)
{
	struct plans p;

	return plans_read(&p, desc); /* a longest length is one number, and so is a count */
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct plans p;

	if (plans_read(&p, desc))
		plans_tell(steps, &p, lang);
}

/* Depth: everybody is laid over those before, with each kind of note as one more thing to see to. */
static void grade(struct effort *e, struct str desc)
{
	static const char *const kinds[NOTE_KINDS + 1] = {
		"plans", "plans, 1 kind of note", "plans, 2 kinds of notes", "plans, 3 kinds of notes", "plans, 4 kinds of notes",
		"plans, 5 kinds of notes", "plans, 6 kinds of notes", "plans, 7 kinds of notes", "plans, 8 kinds of notes",
		"plans, 9 kinds of notes", "plans, 10 kinds of notes", "plans, 11 kinds of notes", "plans, 12 kinds of notes",
	};
	struct plans p;
	unsigned seen = 0;
	int n = 0;

	*e = (struct effort){ .technique = "" };
	if (!plans_read(&p, desc))
		return;
	for (int i = 0; i < p.people; i++) {
		e->steps += p.person[i].notes;
		for (int k = 0; k < p.person[i].notes; k++)
			seen |= 1u << p.person[i].note[k].kind;
		for (int d = 0; d < p.days; d++)
			e->steps += 1 + p.person[i].day[d].times;
	}
	for (; seen; seen &= seen - 1)
		n++;
	e->depth = p.people + n;
	e->technique = kinds[n];
}

static double answers_log2(struct str desc)
{
	static const double log2_of[PLANS_DAYS + 1] = { 0, 10.584962500721156, 11.584962500721156, 12.169925001442312, 12.584962500721156,
							12.906890595608518 };
	int days = desc.n > 1 && desc.s[1] == ' ' ? desc.s[0] - '0' : 0; /* what a desc begins with */

	return days > 0 && days <= PLANS_DAYS ? log2_of[days] : 0; /* 96 lengths, 16 starts a day */
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct plans p;

	if (plans_read(&p, desc))
		plans_fields(holes, &p, lang);
}

/* ---- symmetry: names, the order of people, of days and of notes, and which of busy and free is listed ---- */

static void shuffle_days(struct plans *p, struct rng *rng)
{
	struct plans was = *p;
	uint8_t to[PLANS_DAYS] = { 0, 1, 2, 3, 4 };

	rng_shuffle(rng, to, (size_t)p->days, 1);
	for (int i = 0; i < p->people; i++) {
		for (int d = 0; d < p->days; d++)
			p->person[i].day[to[d]] = was.person[i].day[d];
		for (int k = 0; k < p->person[i].notes; k++) {
			struct note *n = &p->person[i].note[k];
			uint8_t set = 0;

			for (int d = 0; d < p->days; d++)
				if (n->kind == NOTE_DAYS && n->day >> d & 1)
					set |= (uint8_t)(1u << to[d]);
			if (n->kind == NOTE_DAYS)
				n->day = set;
			else if (n->kind == NOTE_LUNCH && n->day)
				n->day = (uint8_t)(to[n->day - 1] + 1);
		}
	}
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct plans p;

	if (!plans_read(&p, desc))
		return false;
	shuffle_days(&p, rng);
	swap_people(&p, rng);
	draw_names(&p, rng);
	for (int i = 0; i < p.people; i++) {
		rng_shuffle(rng, p.person[i].note, p.person[i].notes, sizeof(p.person[i].note[0]));
		for (int d = 0; d < p.days; d++) {
			struct plan_day other;

			if (rng_below(rng, 2) && day_list(&other, day_busy(&p.person[i].day[d]), !p.person[i].day[d].free))
				p.person[i].day[d] = other;
		}
	}
	plans_write(out, &p);
	return true;
}

/* What is said of a person on one day: the plan, lunch, and whether it is one of the days taken. */
struct facet {
	steps_set busy, lunch;
	bool off;
};

static void facet_of(struct facet *f, const struct plan *p, int d)
{
	const struct note *lunch = plan_note(p, NOTE_LUNCH), *days = plan_note(p, NOTE_DAYS);

	f->busy = day_busy(&p->day[d]);
	f->lunch = lunch && (lunch->day == 0 || lunch->day == d + 1) ? steps_span(lunch->from, lunch->to) : 0;
	f->off = days && !(days->day >> d & 1);
}

struct view {
	const struct plans *p;
	uint64_t facet[PLANS_PEOPLE][PLANS_DAYS], notes[PLANS_PEOPLE];
	uint64_t day[PLANS_DAYS]; /* of each day: what it is, whoever the people are */
	uint8_t order[PLANS_DAYS], best_order[PLANS_DAYS];
	uint64_t best[PLANS_PEOPLE];
	uint8_t best_people[PLANS_PEOPLE];
	bool have;
};

static uint64_t set_hash(steps_set s)
{
	return rng_mix((uint64_t)s, (uint64_t)(s >> 64));
}

/* The people under this order of days, sorted; the least list of them stands. */
static void offer(struct view *w)
{
	uint64_t hash[PLANS_PEOPLE];
	uint8_t people[PLANS_PEOPLE];

	for (int i = 0; i < w->p->people; i++) {
		uint64_t h = w->notes[i];
		int at = i;

		for (int d = 0; d < w->p->days; d++)
			h = rng_mix(h, w->facet[i][w->order[d]]);
		for (; at > 0 && hash[at - 1] > h; at--) {
			hash[at] = hash[at - 1];
			people[at] = people[at - 1];
		}
		hash[at] = h;
		people[at] = (uint8_t)i;
	}
	for (int i = 0; w->have && i < w->p->people; i++) {
		if (hash[i] > w->best[i])
			return;
		if (hash[i] < w->best[i])
			break;
	}
	w->have = true;
	memcpy(w->best, hash, sizeof(hash[0]) * (size_t)w->p->people);
	memcpy(w->best_people, people, (size_t)w->p->people);
	memcpy(w->best_order, w->order, sizeof(w->order));
}

/* All orders of the days from place k on that keep the days' own hashes sorted: hardly ever more than one. */
static void arrange(struct view *w, int k)
{
	if (k == w->p->days || k == PLANS_DAYS) {
		offer(w);
		return;
	}
	for (int i = k; i < w->p->days && i < PLANS_DAYS && w->day[w->order[i]] == w->day[w->order[k]]; i++) {
		uint8_t first = w->order[k], other = w->order[i];

		w->order[k] = other;
		w->order[i] = first;
		arrange(w, k + 1);
		w->order[k] = first;
		w->order[i] = other;
	}
}

static void sort_days(struct view *w)
{
	for (int d = 0; d < w->p->days; d++) {
		int at = d;

		for (int i = 0; i < w->p->people; i++)
			w->day[d] += rng_mix(w->notes[i], w->facet[i][d]);
		for (; at > 0 && w->day[w->order[at - 1]] > w->day[d]; at--)
			w->order[at] = w->order[at - 1];
		w->order[at] = (uint8_t)d;
	}
}

static char *put_hex(char *pen, uint64_t v)
{
	int digits = v ? (67 - __builtin_clzll(v)) / 4 : 1;

	for (int i = digits; i-- > 0; v >>= 4)
		pen[i] = "0123456789abcdef"[v & 15];
	return pen + digits;
}

static char *put_set(char *pen, steps_set s)
{
	return put_hex(pen_char(put_hex(pen, (uint64_t)(s >> 64)), '.'), (uint64_t)s);
}

enum { FACET_MAX = 64 }; /* bytes of a day: two sets and two marks */

static void canon(struct buf *out, struct str desc)
{
	struct plans p;
	struct view w = { .p = &p };
	struct facet facet[PLANS_PEOPLE][PLANS_DAYS];

	if (!plans_read(&p, desc))
		return;
	for (int i = 0; i < p.people; i++) {
		uint64_t steps[NOTE_KINDS] = { 0 };

		for (int k = 0; k < p.person[i].notes; k++)
			steps[p.person[i].note[k].kind] = (uint64_t)p.person[i].note[k].steps;
		for (int kind = 0; kind < NOTE_KINDS; kind++)
			if (kind != NOTE_LUNCH && kind != NOTE_DAYS)
				w.notes[i] = rng_mix(w.notes[i], steps[kind] + 1000);
		for (int d = 0; d < p.days; d++) {
			struct facet *f = &facet[i][d];

			facet_of(f, &p.person[i], d);
			w.facet[i][d] = rng_mix(set_hash(f->busy), set_hash(f->lunch) + f->off);
		}
	}
	sort_days(&w);
	arrange(&w, 0);
	buf_addi(out, p.days);
	for (int i = 0; i < p.people; i++) {
		const struct plan *person = &p.person[w.best_people[i]];

		char *pen = pen_down(out, PLANS_DAYS * FACET_MAX);

		if (!pen)
			return;
		for (int d = 0; d < p.days; d++) {
			const struct facet *f = &facet[w.best_people[i]][w.best_order[d]];

			pen = put_set(pen_char(pen, d ? '|' : ' '), f->busy);
			if (f->lunch)
				pen = put_set(pen, f->lunch);
			if (f->off)
				*pen++ = '-';
		}
		pen_up(out, pen);
		for (int kind = 0; person->notes && kind < NOTE_KINDS; kind++) {
			const struct note *n = plan_note(person, (enum note_kind)kind);

			if (n && kind != NOTE_LUNCH && kind != NOTE_DAYS)
				note_write(out, n);
		}
	}
}

const struct task task_time_sequence = {
	.name = "time_sequence",
	.family = "planning",
	.what = "The longest meeting that everybody's plan and wishes allow, and how many starts there are for it.",
	.revision = 1,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
