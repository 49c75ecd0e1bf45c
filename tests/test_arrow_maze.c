/*
 * test_arrow_maze.c - arrow mazes against all fillings of small boards, judged by walking back from each arrow; against
 * CaDiCaL on large ones; every notation of an answer; worked solutions read back.
 */
#include "generators/arrow_maze_solve.h"
#include "generators/task.h"
#include "tests/check.h"
#include "tests/sat.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_arrow_maze;

static const struct task *const task = &task_arrow_maze;
static const int step_y[WAYS] = { -1, -1, 0, 1, 1, 1, 0, -1 }, step_x[WAYS] = { 0, 1, 1, 1, 0, -1, -1, -1 };
static const char *const arrows[WAYS] = { "↑", "↗", "→", "↘", "↓", "↙", "←", "↖" };

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("arrow_maze", desc, answer);
}

static int beside(const struct maze *m, int i, int way)
{
	int y = i / m->w + step_y[way], x = i % m->w + step_x[way];

	return y >= 0 && y < m->h && x >= 0 && x < m->w ? y * m->w + x : -1;
}

static void rows_write(struct buf *out, const struct maze *m)
{
	buf_reset(out);
	for (int i = 0; i < m->h * m->w; i++) {
		buf_addz(out, i == 0 ? "" : i % m->w ? " " : "/");
		if (m->cell[i] > 0)
			buf_addi(out, m->cell[i]);
		else
			buf_addz(out, arrows[-1 - m->cell[i]]);
	}
}

/* ---- small boards ---- */

/* From each arrow back to where its ray comes from: a number, which it counts for, or nothing good. */
static bool good(const struct maze *m)
{
	int sum[CELLS] = { 0 };

	for (int i = 0; i < m->h * m->w; i++) {
		int way = -1 - m->cell[i], at = i;

		if (m->cell[i] > 0)
			continue;
		while (at >= 0 && m->cell[at] == m->cell[i])
			at = beside(m, at, (way + 4) % WAYS);
		if (at < 0 || m->cell[at] <= 0)
			return false;
		sum[at]++;
	}
	for (int i = 0; i < m->h * m->w; i++)
		if (m->cell[i] > 0 && sum[i] != m->cell[i])
			return false;
	return true;
}

/* Blank cells at most 5. Mostly the numbers are what random arrows make them, so that there is a solution. */
static void small_board(struct maze *m, struct rng *rng)
{
	struct maze fill;
	int sum[9] = { 0 }, blanks = 0;

	*m = (struct maze){ .h = rng_range(rng, 2, 3), .w = rng_range(rng, 2, 3) };
	for (int i = 0; i < m->h * m->w; i++) {
		uint32_t k = rng_below(rng, 12);

		m->cell[i] = (int8_t)(k < 7 && blanks < 5 ? 0 : k < 8 ? -1 - (int)rng_below(rng, WAYS) : rng_range(rng, 1, 4));
		blanks += m->cell[i] == 0;
	}
	if (rng_below(rng, 4) == 0)
		return;
	fill = *m;
	for (int i = 0; i < m->h * m->w; i++) {
		int first = (int)rng_below(rng, WAYS);

		/* preferably an arrow that has something behind it */
		for (int k = 0; k < WAYS && m->cell[i] == 0; k++) {
			int back = beside(m, i, (first + k + 4) % WAYS);

			fill.cell[i] = (int8_t)(-1 - (first + k) % WAYS);
			if (back >= 0 && (m->cell[back] > 0 || fill.cell[back] == fill.cell[i]))
				break;
		}
	}
	for (int i = 0; i < m->h * m->w; i++) {
		int at = i;

		while (at >= 0 && fill.cell[at] < 0 && fill.cell[at] == fill.cell[i])
			at = beside(m, at, (3 - fill.cell[i]) % WAYS);
		if (at >= 0 && at != i && m->cell[at] > 0)
			sum[at]++;
	}
	for (int i = 0; i < m->h * m->w; i++)
		if (m->cell[i] > 0)
			m->cell[i] = (int8_t)(sum[i] ? sum[i] : 1);
}

static void small_boards(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int unique = 0, none = 0, many = 0, right = 0;
	struct rng rng;

	rng_init(&rng, 1, "test");
	for (int round = 0; round < 500; round++) {
		struct maze m, fill, full;
		int blank[9], n = 0, found = 0;
		struct rays r;

		small_board(&m, &rng);
		for (int i = 0; i < m.h * m.w; i++)
			if (m.cell[i] == 0)
				blank[n++] = i;
		buf_reset(&desc);
		maze_desc(&desc, &m);
		check_in("%s", buf_z(&desc));
		for (uint32_t k = 0; k < 1u << 3 * n; k++) {
			bool ours;

			fill = m;
			for (int j = 0; j < n; j++)
				fill.cell[blank[j]] = (int8_t)(-1 - (int)(k >> 3 * j & 7));
			ours = good(&fill);
			found += ours;
			if (!ours && rng_below(&rng, 200))
				continue;
			rows_write(&answer, &fill);
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), ours ? QUARRY_CORRECT : QUARRY_WRONG);
			right += ours;
		}
		maze_rays(&r, &m);
		CHECK_EQ(maze_count(&r, 100000, 100000, NULL, NULL), found);
		CHECK_EQ(maze_unique(&r, &full), found == 1);
		if (found == 1)
			CHECK(good(&full));
		unique += found == 1;
		none += found == 0;
		many += found > 1;
		/* what is given may not change */
		if (found == 1) {
			int i = (int)rng_below(&rng, (uint32_t)(m.h * m.w));

			full.cell[i] = (int8_t)(full.cell[i] > 0 ? full.cell[i] % 4 + 1 : -1 - (-full.cell[i] % WAYS));
			rows_write(&answer, &full);
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_WRONG);
		}
	}
	check_in("%d with one solution, %d without, %d with several, %d right", unique, none, many, right);
	CHECK(unique > 30 && none > 50 && many > 15 && right > 80);
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- CaDiCaL ---- */

#ifdef HAVE_CADICAL
static int solutions(const struct maze *m)
{
	struct sat *s = sat_new();
	int cells = m->h * m->w, x = sat_vars(s, cells * WAYS), found;

	for (int i = 0; i < cells; i++) {
		int lit[CELLS], n = 0;

		if (m->cell[i] <= 0) {
			sat_exactly(s, 1, x + i * WAYS, WAYS);
			if (m->cell[i] < 0)
				sat_clause(s, x + i * WAYS - 1 - m->cell[i], 0);
			for (int way = 0; way < WAYS; way++) { /* behind an arrow there is a number or the same arrow */
				int back = beside(m, i, (way + 4) % WAYS);

				if (back < 0)
					sat_clause(s, -(x + i * WAYS + way), 0);
				else if (m->cell[back] <= 0)
					sat_clause(s, -(x + i * WAYS + way), x + back * WAYS + way, 0);
			}
			continue;
		}
		for (int way = 0; way < WAYS; way++) {
			sat_clause(s, -(x + i * WAYS + way), 0);
			for (int at = beside(m, i, way); at >= 0 && m->cell[at] <= 0; at = beside(m, at, way))
				lit[n++] = x + at * WAYS + way;
		}
		sat_exactly_of(s, m->cell[i], lit, n);
	}
	found = sat_count(s, x, cells * WAYS, 2);
	sat_free(s);
	return found;
}
#else
static int solutions(const struct maze *m)
{
	(void)m;
	return 1;
}
#endif

/* ---- notations ---- */

static void spelled(struct buf *out, const struct maze *m, const char *const names[WAYS], const char *const around[5],
		    bool quote_numbers)
{
	buf_reset(out);
	buf_addz(out, around[0]);
	for (int i = 0; i < m->h * m->w; i++) {
		bool number = m->cell[i] > 0;

		buf_addz(out, i == 0 ? "" : i % m->w ? around[1] : around[2]);
		buf_addz(out, number && !quote_numbers ? "" : around[4]);
		if (number)
			buf_addi(out, m->cell[i]);
		else
			buf_addz(out, names[-1 - m->cell[i]]);
		buf_addz(out, number && !quote_numbers ? "" : around[4]);
	}
	buf_addz(out, around[3]);
}

/* Each way to name arrows in each way to set out a board is read, and one arrow turned is always seen. */
static void notations(struct str desc, const struct maze *full, struct rng *rng)
{
	static const char *const names[][WAYS] = {
		{ "↑", "↗", "→", "↘", "↓", "↙", "←", "↖" },
		{ "⇑", "⇗", "⇒", "⇘", "⇓", "⇙", "⇐", "⇖" },
		{ "⬆", "⬈", "➡", "⬊", "⬇", "⬋", "⬅", "⬉" },
		{ "⬆️", "↗️", "➡️", "↘️", "⬇️", "↙️", "⬅️", "↖️" },
		{ "\xf0\x9f\xa1\x91", "\xf0\x9f\xa1\x95", "\xf0\x9f\xa1\x92", "\xf0\x9f\xa1\x96", "\xf0\x9f\xa1\x93",
		  "\xf0\x9f\xa1\x97", "\xf0\x9f\xa1\x90", "\xf0\x9f\xa1\x94" },
		{ "\\u2191", "\\u2197", "\\u2192", "\\u2198", "\\u2193", "\\u2199", "\\u2190", "\\u2196" },
		{ "\\uparrow", "\\nearrow", "\\rightarrow", "\\searrow", "\\downarrow", "\\swarrow", "\\leftarrow", "\\nwarrow" },
		{ "N", "NE", "E", "SE", "S", "SW", "W", "NW" },
		{ "n", "ne", "e", "se", "s", "sw", "w", "nw" },
		{ "U", "UR", "R", "DR", "D", "DL", "L", "UL" },
		{ "up", "up-right", "right", "down-right", "down", "down-left", "left", "up-left" },
		{ "North", "Northeast", "East", "Southeast", "South", "Southwest", "West", "Northwest" },
		{ "up", "upper_right", "right", "lower_right", "down", "lower_left", "left", "upper_left" },
		{ "上", "右上", "右", "右下", "下", "左下", "左", "左上" },
		{ "北", "东北", "东", "东南", "南", "西南", "西", "西北" },
	};
	static const char *const boards[][5] = {
		{ "", " ", "/", "", "" },      { "", " ", "\n", "", "" },          { "", ", ", "\n", "", "" },
		{ "[[", ", ", "], [", "]]", "\"" }, { "[[", ",", "],\n [", "]]", "'" }, { "((", ", ", "), (", "))", "'" },
		{ "[[", ", ", "], [", "]]", "" }, { "| ", " | ", " |\n| ", " |", "" },
		{ "\\begin{matrix} ", " & ", " \\\\ ", " \\end{matrix}", "" },
	};
	struct buf answer = BUF_INIT;

	for (size_t k = 0; k < COUNT(names); k++)
		for (size_t j = 0; j < COUNT(boards); j++) {
			struct maze wrong = *full;
			int i;

			spelled(&answer, full, names[k], boards[j], rng_below(rng, 2));
			check_in("%.*s: %s", (int)desc.n, desc.s, buf_z(&answer));
			CHECK_EQ(ask(desc, buf_str(&answer)), QUARRY_CORRECT);
			do
				i = (int)rng_below(rng, (uint32_t)(wrong.h * wrong.w));
			while (wrong.cell[i] > 0);
			wrong.cell[i] = (int8_t)(-1 - (-1 - wrong.cell[i] + rng_range(rng, 1, 7)) % WAYS);
			spelled(&answer, &wrong, names[k], boards[j], true);
			check_in("%.*s: %s", (int)desc.n, desc.s, buf_z(&answer));
			CHECK_EQ(ask(desc, buf_str(&answer)), QUARRY_WRONG);
		}
	buf_release(&answer);
}

/* ---- worked solutions, read back ---- */

struct reader {
	struct maze now, full; /* now: with the arrows told so far */
};

static bool eat(struct str *s, const char *z)
{
	if (!str_starts(*s, str_of(z)))
		return false;
	*s = str_from(*s, strlen(z));
	return true;
}

static bool int_read(struct str *s, int *v)
{
	size_t at = 0;

	for (*v = 0; at < s->n && s->s[at] >= '0' && s->s[at] <= '9'; at++)
		*v = *v * 10 + (s->s[at] - '0');
	*s = str_from(*s, at);
	return at > 0;
}

static bool cell_read(const struct maze *m, struct str *s, int *i)
{
	struct str rest = *s;
	int x, y;

	if (!rest.n || rest.s[0] < 'a' || rest.s[0] >= 'a' + m->h)
		return false;
	y = rest.s[0] - 'a';
	rest = str_from(rest, 1);
	if (!int_read(&rest, &x) || x < 1 || x > m->w)
		return false;
	*i = y * m->w + x - 1;
	*s = rest;
	return true;
}

static int way_read(struct str *s)
{
	for (int way = 0; way < WAYS; way++)
		if (eat(s, arrows[way]))
			return way;
	return -1;
}

/* What a ray of the number at i could be: from the arrows that are there to the first cell that stops it. */
static void ray_range(const struct reader *r, int i, int way, int *lo, int *hi)
{
	int at = beside(&r->now, i, way);

	for (*lo = 0; at >= 0 && r->now.cell[at] == -1 - way; at = beside(&r->now, at, way))
		++*lo;
	for (*hi = *lo; at >= 0 && (r->now.cell[at] == 0 || r->now.cell[at] == -1 - way); at = beside(&r->now, at, way))
		++*hi;
}

/* " +a1↑ a2→": arrows become known, each the right one. */
static int results(struct reader *r, struct str s)
{
	int i, n = 0;

	if (!eat(&s, " +"))
		return 0;
	do {
		int way;

		if (!CHECK(cell_read(&r->full, &s, &i)))
			return n;
		way = way_read(&s);
		CHECK(r->full.cell[i] == -1 - way && (r->now.cell[i] == 0 || r->now.cell[i] == -1 - way));
		r->now.cell[i] = (int8_t)(-1 - way);
		n++;
	} while (eat(&s, " "));
	CHECK_EQ(s.n, 0);
	return n;
}

/* 4@b1 ↑1 →2 ↓1 all: what the board shows allows no longer ray than told; the sum is as told. */
static void read_number(struct reader *r, struct str s)
{
	int v = 0, i = 0, sum_lo = 0, sum_hi = 0, way;
	bool told[WAYS] = { false };

	CHECK(int_read(&s, &v) && eat(&s, "@") && cell_read(&r->full, &s, &i) && r->full.cell[i] == v);
	while (str_starts(s, STR(" ")) && !str_starts(s, STR(" +")) && !str_starts(s, STR(" all")) && !str_starts(s, STR(" done"))) {
		int lo, hi, least, most;

		s = str_from(s, 1);
		way = way_read(&s);
		if (!CHECK(way >= 0))
			return;
		if (eat(&s, ">=") || eat(&s, "<=")) {
			int_read(&s, &lo);
			continue;
		}
		CHECK(int_read(&s, &lo));
		hi = lo;
		if (eat(&s, "-"))
			CHECK(int_read(&s, &hi));
		ray_range(r, i, way, &least, &most);
		CHECK(hi <= most && !told[way]);
		told[way] = true;
		sum_lo += lo;
		sum_hi += hi;
	}
	if (eat(&s, " all")) {
		CHECK_EQ(sum_hi, v);
	} else if (eat(&s, " done")) {
		CHECK_EQ(sum_lo, v);
	} else {
		CHECK(sum_lo < v && sum_hi > v);
	}
	results(r, s);
}

static void read_worked(struct str desc, const struct maze *full)
{
	struct reader r = { .full = *full };
	struct buf steps = BUF_INIT;
	struct str rest, line;
	bool cut = false;

	CHECK(maze_parse(&r.now, desc));
	task->explain(&steps, desc, LANG_EN);
	rest = buf_str(&steps);
	for (int i = 0; i < full->h; i++)
		CHECK(str_line(&rest, &line));
	while (str_line(&rest, &line)) {
		struct str s = line;
		int i, v = 0, from;

		check_in("%.*s: %.*s", (int)desc.n, desc.s, (int)line.n, line.s);
		if (eat(&s, "... +")) {
			cut = true;
		} else if (cell_read(full, &s, &i)) { /* only one number can reach it */
			int way = -1 - full->cell[i], at = i;

			CHECK(eat(&s, " ") && int_read(&s, &v) && eat(&s, "@") && cell_read(full, &s, &from));
			while (at >= 0 && full->cell[at] <= 0)
				at = beside(full, at, (way + 4) % WAYS);
			CHECK(at == from && full->cell[from] == v);
			CHECK(results(&r, s) > 0 && r.now.cell[i] == full->cell[i]);
		} else {
			read_number(&r, line);
		}
	}
	CHECK(cut || memcmp(r.now.cell, full->cell, (size_t)(full->h * full->w)) == 0);
	buf_release(&steps);
}

/* ---- levels ---- */

static void one_level(const int *knob, int level, int count, bool sat)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng pick;

	rng_init(&pick, (uint64_t)level, "notations");
	for (int i = 0; i < count; i++) {
		struct maze m, full;
		struct effort e;
		struct rays r;
		struct rng rng;

		buf_reset(&desc);
		buf_reset(&answer);
		rng_init(&rng, (uint64_t)i, "levels");
		check_in("level %d, %d", level, i);
		if (!CHECK(task->generate(&desc, &answer, knob, &rng)))
			continue;
		check_in("%s", buf_z(&desc));
		CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		if (!CHECK(maze_parse(&m, buf_str(&desc))))
			continue;
		maze_rays(&r, &m);
		CHECK(maze_unique(&r, &full) && good(&full));
		if (sat)
			CHECK_EQ(solutions(&m), 1);
		task->grade(&e, buf_str(&desc));
		CHECK_EQ(e.branch, 0);
		read_worked(buf_str(&desc), &full);
		if (i == 0)
			notations(buf_str(&desc), &full, &pick);
	}
	buf_release(&desc);
	buf_release(&answer);
}

/* Upstream's settings: no arrow given, or 30 to 90 percent of them; and numbers above 9. */
static void other_knobs(void)
{
	static const int knob[][TASK_KNOBS] = {
		{ 8, 8, 0, 0, 9, BOUNDS, 0 }, { 5, 5, 30, 90, 9, ONE_RAY, 0 }, { 5, 4, 30, 60, 9, ALL_OR_DONE, 0 },
		{ 6, 7, 0, 30, 24, BOUNDS, 1 }, { 3, 3, 0, 40, 5, ALL_OR_DONE, 0 }, { 10, 4, 0, 0, 20, BOUNDS, 0 },
	};

	for (size_t k = 0; k < COUNT(knob); k++) {
		CHECK(!task->refuse(knob[k]));
		one_level(knob[k], 100 + (int)k, 4, true);
	}
}

static void golden(void)
{
	static const char *const want[] = {
		"4x4:4,.,n,./.,.,6,./1,.,.,./sw,se,1,se",
		"7x7:.,2,7,.,1,.,./.,.,.,.,.,.,6/.,2,3,.,.,.,1/.,.,s,.,.,.,./.,.,.,8,.,.,./1,.,.,.,.,.,./.,.,.,.,.,.,8",
		"12x12:.,.,.,.,.,.,.,.,.,3,.,./.,6,.,7,.,.,ne,13,.,.,.,./1,.,.,3,.,4,.,.,.,6,.,1/"
		".,.,.,.,n,.,.,.,.,.,.,./.,2,.,.,4,.,.,.,.,.,.,./.,.,.,.,.,.,.,2,.,.,.,./.,.,.,.,.,.,.,5,.,6,.,./"
		"6,2,.,.,8,6,.,1,.,.,.,6/.,.,.,.,1,3,2,3,.,.,.,./.,.,.,.,.,.,2,.,.,.,.,./.,.,.,.,.,.,ne,.,.,.,.,./"
		".,.,3,.,.,4,.,.,4,.,1,.",
	};

	task_golden(task, want, 5);
}

int main(void)
{
	small_boards();
	for (int level = 0; level < TASK_LEVELS; level++)
		one_level(task->levels[level], level, level < 6 ? 20 : level < 9 ? 6 : 3, true);
	other_knobs();
	golden();
	return check_done();
}
