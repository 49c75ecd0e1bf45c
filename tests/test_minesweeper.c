/*
 * test_minesweeper.c - the rule and the solver against plain enumeration of all layouts on small boards, and against
 * CaDiCaL on large ones; worked solutions read back line by line.
 */
#include "generators/minesweeper_solve.h"
#include "generators/task.h"
#include "tests/check.h"
#include "tests/sat.h"
#include "tests/task.h"
#include "verifiers/verify.h"

#include <time.h>

extern const struct task task_minesweeper;

static const struct task *const task = &task_minesweeper;

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("minesweeper", desc, answer);
}

/* ---- enumeration ---- */

static bool touch(const struct field *f, int a, int b)
{
	return a != b && abs(a / f->w - b / f->w) <= 1 && abs(a % f->w - b % f->w) <= 1;
}

/* In how many layouts there is a mine, for each cell; the number of layouts. */
static int layouts(const struct field *f, int in[CELLS])
{
	int hidden[CELLS], n = 0, all = 0;

	for (int i = 0; i < f->cells; i++) {
		in[i] = 0;
		if (f->shown[i] < 0)
			hidden[n++] = i;
	}
	for (unsigned set = 0; set < 1u << n; set++) {
		bool mine[CELLS] = { false }, good = f->mines < 0 || __builtin_popcount(set) == f->mines;

		for (int k = 0; k < n; k++)
			mine[hidden[k]] = set >> k & 1;
		for (int i = 0; i < f->cells && good; i++) {
			int around = 0;

			for (int j = 0; j < f->cells && f->shown[i] >= 0; j++)
				around += mine[j] && touch(f, i, j);
			good = f->shown[i] < 0 || around == f->shown[i];
		}
		if (!good)
			continue;
		all++;
		for (int i = 0; i < f->cells; i++)
			in[i] += mine[i];
	}
	return all;
}

/* A board of at most 12 cells, mostly one that some layout fits. */
static void small_board(struct field *f, struct rng *rng)
{
	bool mine[CELLS];

	*f = (struct field){ .h = rng_range(rng, 2, 4) };
	f->w = rng_range(rng, 2, f->h == 4 ? 3 : 4);
	f->cells = f->h * f->w;
	f->safe = rng_below(rng, 2);
	f->mines = 0;
	for (int i = 0; i < f->cells; i++) {
		mine[i] = rng_below(rng, 3) == 0;
		f->mines += mine[i];
	}
	for (int i = 0; i < f->cells; i++) {
		int around = 0;

		for (int j = 0; j < f->cells; j++)
			around += mine[j] && touch(f, i, j);
		f->shown[i] = (int8_t)(mine[i] || rng_below(rng, 5) < 2 ? -1 : around);
		if (f->shown[i] >= 0 && rng_below(rng, 60) == 0)
			f->shown[i] = (int8_t)rng_below(rng, 9);
	}
	if (rng_below(rng, 2))
		f->mines = -1;
	else if (rng_below(rng, 8) == 0)
		f->mines = (int)rng_below(rng, 6);
}

/* The mines that one number tells: it is as large as what is hidden around it. Consistency is not asked for. */
static bool told_by_one(const struct field *f, unsigned *set)
{
	*set = 0;
	for (int i = 0; i < f->cells; i++) {
		unsigned around = 0;

		for (int j = 0; j < f->cells; j++)
			if (touch(f, i, j) && f->shown[j] < 0)
				around |= 1u << j;
		if (f->shown[i] > __builtin_popcount(around))
			return false;
		if (f->shown[i] >= 0 && f->shown[i] == __builtin_popcount(around))
			*set |= around;
	}
	return true;
}

static void list_set(struct buf *out, const struct field *f, unsigned set)
{
	buf_reset(out);
	for (int i = 0; i < f->cells; i++)
		if (set >> i & 1)
			buf_addf(out, "(%d, %d) ", i / f->w, i % f->w);
	if (!set)
		buf_addz(out, "none");
}

static void small_boards(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int fine = 0, broken = 0, empty = 0, by_total = 0;
	struct rng rng;

	rng_init(&rng, 1, "test");
	for (int round = 0; round < 1500; round++) {
		struct field f, again;
		struct certain c;
		unsigned want = 0;
		int in[CELLS], all;

		small_board(&f, &rng);
		all = layouts(&f, in);
		for (int i = 0; i < f.cells; i++)
			if (f.shown[i] < 0 && in[i] == (f.safe ? 0 : all))
				want |= 1u << i;
		buf_reset(&desc);
		field_desc(&desc, &f);
		check_in("%s", buf_z(&desc));
		if (f.mines < 0) {
			unsigned one;
			bool holds = told_by_one(&f, &one);
			struct field g = f;
			struct buf other = BUF_INIT;

			g.one = true;
			g.safe = false;
			field_desc(&other, &g);
			list_set(&answer, &g, one);
			CHECK_EQ(ask(buf_str(&other), buf_str(&answer)), holds ? QUARRY_CORRECT : QUARRY_BAD_TASK);
			list_set(&answer, &g, one ^ 1u << rng_below(&rng, (uint32_t)g.cells));
			CHECK_EQ(ask(buf_str(&other), buf_str(&answer)), holds ? QUARRY_WRONG : QUARRY_BAD_TASK);
			CHECK_EQ(task->prove(buf_str(&other)), holds);
			buf_release(&other);
		}
		list_set(&answer, &f, want);
		if (all == 0) {
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_BAD_TASK);
			CHECK(!task->prove(buf_str(&desc)));
			broken++;
			continue;
		}
		fine++;
		empty += want == 0;
		CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		/* any other set is wrong: one cell more, one less, any */
		for (int k = 0; k < f.cells + 4; k++) {
			unsigned set = k < f.cells ? want ^ 1u << k : rng_below(&rng, 1u << f.cells);

			list_set(&answer, &f, set);
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), set == want ? QUARRY_CORRECT : QUARRY_WRONG);
		}
		/* the solver's, cell by cell */
		CHECK(field_parse(&again, buf_str(&desc)) && field_certain(&again, &c, ENOUGH));
		for (int i = 0; i < f.cells; i++)
			if (f.shown[i] < 0)
				CHECK_EQ(c.value[i], in[i] == 0 ? SAFE : in[i] == all ? MINE : OPEN);
		if (f.mines >= 0) {
			struct trace t = { .max = CASE };

			by_total += !field_deduce(&f, &c, &t);
		}
	}
	CHECK(fine > 800 && broken > 50 && empty > 20 && by_total > 20);
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- CaDiCaL ---- */

#ifdef HAVE_CADICAL
/* The field's certain cells, each by asking whether it could be otherwise. */
static void by_sat(const struct field *f, const struct certain *c)
{
	struct sat *s = sat_new();
	int x = sat_vars(s, f->cells), hidden[CELLS], n = 0;

	for (int i = 0; i < f->cells; i++) {
		int around[8], m = 0;

		if (f->shown[i] < 0) {
			hidden[n++] = x + i;
			continue;
		}
		sat_clause(s, -(x + i), 0);
		for (int j = 0; j < f->cells; j++)
			if (f->shown[j] < 0 && touch(f, i, j))
				around[m++] = x + j;
		sat_exactly_of(s, f->shown[i], around, m);
	}
	if (f->mines >= 0)
		sat_exactly_of(s, f->mines, hidden, n);
	CHECK(sat_solve(s));
	for (int k = 0; k < n; k++)
		for (int v = SAFE; v <= MINE; v++) {
			bool can;

			ccadical_assume(s->solver, v ? hidden[k] : -hidden[k]);
			can = sat_solve(s);
			CHECK_EQ(can, c->value[hidden[k] - x] != 1 - v);
		}
	sat_free(s);
}
#else
static void by_sat(const struct field *f, const struct certain *c)
{
	(void)f;
	(void)c;
}
#endif

/* ---- worked solutions, read back ---- */

struct reader {
	struct field f;
	struct certain c;
	int8_t value[CELLS]; /* as told so far */
};

/* "(3,4)" at the head of s; -1: none. */
static int cell_read(const struct reader *r, struct str *s)
{
	int y, x, n = 0;
	char room[32];
	struct str head = str_sub(*s, 0, sizeof(room) - 1);

	memcpy(room, head.s, head.n);
	room[head.n] = '\0';
	if (sscanf(room, "(%d,%d)%n", &y, &x, &n) != 2 || !n || y >= r->f.h || x >= r->f.w)
		return -1;
	*s = str_from(*s, (size_t)n);
	return y * r->f.w + x;
}

static bool eat(struct str *s, const char *z)
{
	if (!str_starts(*s, str_of(z)))
		return false;
	*s = str_from(*s, strlen(z));
	return true;
}

static int int_read(struct str *s)
{
	int v = 0;

	while (s->n && s->s[0] >= '0' && s->s[0] <= '9') {
		v = v * 10 + (s->s[0] - '0');
		*s = str_from(*s, 1);
	}
	return v;
}

/* {(0,1) (0,2)}: the open cells of number n, all of them; how many. */
static int open_read(const struct reader *r, int n, struct str *s, bool set[CELLS])
{
	int count = 0, due = 0;

	memset(set, 0, CELLS);
	CHECK(eat(s, "{"));
	for (int i; (i = cell_read(r, s)) >= 0; count++) {
		CHECK(touch(&r->f, n, i) && r->f.shown[i] < 0 && r->value[i] == OPEN && !set[i]);
		set[i] = true;
		eat(s, " ");
	}
	CHECK(eat(s, "}"));
	for (int i = 0; i < r->f.cells; i++)
		due += touch(&r->f, n, i) && r->f.shown[i] < 0 && r->value[i] == OPEN;
	CHECK_EQ(count, due);
	return count;
}

static int known_mines(const struct reader *r, int n)
{
	int known = 0;

	for (int i = 0; i < r->f.cells; i++)
		known += touch(&r->f, n, i) && r->value[i] == MINE;
	return known;
}

/* " *(0,1) -(0,2)": what follows; each must be true. */
static int results(struct reader *r, struct str *s, int8_t *into)
{
	int n = 0;

	while (s->n) {
		int v, i;

		v = eat(s, " *") ? MINE : eat(s, " -") ? SAFE : OPEN;
		if (v == OPEN)
			break;
		i = cell_read(r, s);
		if (!CHECK(i >= 0))
			break;
		CHECK_EQ(r->c.value[i], v);
		into[i] = (int8_t)v;
		n++;
	}
	return n;
}

static void read_number_line(struct reader *r, struct str s, int8_t *next)
{
	int shown = int_read(&s), n, lack, known, own = 0, shared = 0;
	bool a[CELLS], b[CELLS];

	CHECK(eat(&s, "@"));
	n = cell_read(r, &s);
	if (!CHECK(n >= 0 && r->f.shown[n] == shown && eat(&s, " ")))
		return;
	lack = int_read(&s);
	if (eat(&s, "-")) {
		CHECK_EQ(lack, shown);
		known = int_read(&s);
		CHECK_EQ(known, known_mines(r, n));
		CHECK(eat(&s, "="));
		lack = int_read(&s);
		CHECK_EQ(lack, shown - known);
		CHECK(eat(&s, " "));
		own = open_read(r, n, &s, a);
		CHECK(lack == 0 || lack == own);
	} else {
		int other, less;

		CHECK_EQ(lack, shown - known_mines(r, n));
		open_read(r, n, &s, a);
		eat(&s, " ");
		shown = int_read(&s);
		CHECK(eat(&s, "@"));
		other = cell_read(r, &s);
		if (!CHECK(other >= 0 && r->f.shown[other] == shown && eat(&s, " ")))
			return;
		less = int_read(&s);
		CHECK_EQ(less, shown - known_mines(r, other));
		open_read(r, other, &s, b);
		for (int i = 0; i < r->f.cells; i++) {
			own += a[i] && !b[i];
			shared += a[i] && b[i];
		}
		CHECK(shared > 0 && lack - less == own);
	}
	CHECK(results(r, &s, next) > 0);
	CHECK_EQ(s.n, 0);
}

/* Each consequence follows from one number, and the last number cannot be met. */
static void read_case(struct reader *r, struct str s, int8_t *next)
{
	struct reader t = *r;
	int i = cell_read(r, &s), v, n, least = 0, most = 0;

	v = eat(&s, "*?") ? MINE : SAFE;
	if (v == SAFE)
		CHECK(eat(&s, "-?"));
	t.value[i] = (int8_t)v;
	for (;;) {
		int w = eat(&s, " *") ? MINE : eat(&s, " -") ? SAFE : OPEN, j;
		bool follows = false;

		if (w == OPEN)
			break;
		j = cell_read(r, &s);
		for (int k = 0; k < r->f.cells && !follows; k++) {
			int lack = t.f.shown[k] - known_mines(&t, k), open = 0;

			if (t.f.shown[k] < 0 || !touch(&t.f, k, j))
				continue;
			for (int m = 0; m < t.f.cells; m++)
				open += touch(&t.f, k, m) && t.f.shown[m] < 0 && t.value[m] == OPEN;
			follows = w == SAFE ? lack <= 0 : lack >= open;
		}
		CHECK(follows && t.value[j] == OPEN);
		t.value[j] = (int8_t)w;
	}
	CHECK(eat(&s, " x"));
	if (s.n && s.s[0] >= '0' && s.s[0] <= '9') {
		n = int_read(&s);
		CHECK(eat(&s, "@"));
		i = cell_read(r, &s);
		CHECK_EQ(r->f.shown[i], n);
		for (int k = 0; k < t.f.cells; k++) {
			least += touch(&t.f, i, k) && t.value[k] == MINE;
			most += touch(&t.f, i, k) && t.f.shown[k] < 0 && t.value[k] != SAFE;
		}
		CHECK(n < least || n > most);
	}
	CHECK_EQ(results(r, &s, next), 1);
	CHECK_EQ(s.n, 0);
}

static void read_worked(struct str desc, const struct certain *c)
{
	struct buf steps = BUF_INIT;
	struct reader r = { .c = *c };
	struct str rest, line;
	int8_t next[CELLS];
	bool cut = false;

	CHECK(field_parse(&r.f, desc));
	memset(r.value, OPEN, sizeof(r.value));
	memset(next, OPEN, sizeof(next));
	task->explain(&steps, desc, LANG_ZH);
	rest = buf_str(&steps);
	for (int i = 0; i < r.f.h; i++)
		CHECK(str_line(&rest, &line));
	while (str_line(&rest, &line)) {
		check_in("%.*s: %.*s", (int)desc.n, desc.s, (int)line.n, line.s);
		if (line.s[0] == '.') {
			cut = true;
		} else if (line.s[0] == '#') { /* the number of mines: results only, CaDiCaL has looked at them */
			struct str s = str_from(line, (size_t)str_rfind(line, STR("}")) + 1);

			CHECK(results(&r, &s, next) > 0);
		} else if (line.s[0] == '(') {
			read_case(&r, line, next);
		} else {
			read_number_line(&r, line, next);
		}
		memcpy(r.value, next, sizeof(next));
	}
	for (int i = 0; i < r.f.cells && !cut; i++)
		if (r.f.shown[i] < 0 && c->value[i] == (r.f.safe ? SAFE : MINE))
			CHECK_EQ(next[i], c->value[i]);
	buf_release(&steps);
}

/* ---- levels ---- */

static void one_level(const int *knob, int level, int count, bool sat)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;

	for (int i = 0; i < count; i++) {
		struct effort e;
		struct certain c;
		struct field f;
		struct rng rng;

		buf_reset(&desc);
		buf_reset(&answer);
		rng_init(&rng, (uint64_t)i, "levels");
		check_in("level %d, %d", level, i);
		if (!CHECK(task->generate(&desc, &answer, knob, &rng)))
			continue;
		check_in("%s", buf_z(&desc));
		CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		if (!CHECK(field_parse(&f, buf_str(&desc)) && field_certain(&f, &c, ENOUGH)))
			continue;
		CHECK(c.asked >= 2);
		task->grade(&e, buf_str(&desc));
		CHECK_EQ(e.branch, 0);
		if (sat)
			by_sat(&f, &c);
		read_worked(buf_str(&desc), &c);
	}
	buf_release(&desc);
	buf_release(&answer);
}

/* No number can be hidden: the answer or the technique would change. */
static void minimal(void)
{
	int knob[TASK_KNOBS];
	struct buf desc = BUF_INIT, answer = BUF_INIT, other = BUF_INIT, got = BUF_INIT;
	struct rng rng;
	struct effort e, d;

	memcpy(knob, task->levels[4], sizeof(knob));
	knob[9] = 1;
	for (int i = 0; i < 6; i++) {
		rng_init(&rng, (uint64_t)i, "minimal");
		buf_reset(&desc);
		buf_reset(&answer);
		CHECK(task->generate(&desc, &answer, knob, &rng));
		task->grade(&e, buf_str(&desc));
		check_in("%s", buf_z(&desc));
		for (size_t at = 8; at < desc.n; at++) {
			if (desc.s[at] < '0' || desc.s[at] > '8')
				continue;
			buf_reset(&other);
			buf_reset(&got);
			buf_add(&other, buf_str(&desc));
			other.s[at] = '.';
			CHECK(task->solve(&got, buf_str(&other)));
			task->grade(&d, buf_str(&other));
			CHECK(!str_eq(buf_str(&got), buf_str(&answer)) || strcmp(d.technique, e.technique) != 0);
		}
	}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&other);
	buf_release(&got);
}

/* Whatever the board, a verdict comes soon. */
static void slow_boards(void)
{
	struct buf desc = BUF_INIT;
	struct rng rng;
	clock_t start = clock();

	rng_init(&rng, 5, "test");
	for (int round = 0; round < 60; round++) {
		buf_reset(&desc);
		buf_addf(&desc, "16x16:%s:m:", round % 3 ? "?" : "90");
		for (int i = 0; i < 256; i++) {
			if (i && i % 16 == 0)
				buf_addc(&desc, '/');
			buf_addc(&desc, (int)rng_below(&rng, 100) < 10 + round ? (char)('1' + rng_below(&rng, 4)) : '.');
		}
		ask(buf_str(&desc), STR("(0,0)"));
		task->prove(buf_str(&desc));
	}
	check_in("slow boards");
	CHECK((double)(clock() - start) / CLOCKS_PER_SEC < 20); /* 0.5 s; sanitizers are slow */
	buf_release(&desc);
}

static void golden(void)
{
	static const char *const want[] = {
		"4x4:?:m:.321/...1/1..2/0.1.",
		"8x8:?:m:.2.2.2../...2.2.2/1222..../11....2./2.....1./.3..3.10/.2..2..1/0.1.1...",
		"15x15:?:m:..1....1.0..0.1/..2...1...110../.2...1.22...232/123...........3/1....2.21...5../"
		"...4.3.2...4.5./12...3.2.33.23./.....5.4......2/1.......4....3./..2...32..22.3./2.323.......3.3/"
		"..3.20.3..3..../333..........32/..23.1....54321/.......3.......",
	};

	task_golden(task, want, 5);
}

int main(void)
{
	int knob[TASK_KNOBS];

	small_boards();
	for (int level = 0; level < TASK_LEVELS; level++)
		one_level(task->levels[level], level, level < 7 ? 25 : 6, level % 2 == 1);
	memcpy(knob, task->levels[3], sizeof(knob));
	knob[6] = TOTAL;
	knob[7] = 1;
	one_level(knob, 103, 12, true);
	knob[8] = 1;
	one_level(knob, 113, 12, true);
	minimal();
	slow_boards();
	golden();
	return check_done();
}
