/*
 * test_space_reasoning.c - walks on lattices against compass bearings: the same walk in the plane by sines and cosines, every answer of
 * small puzzles judged, places counted by CaDiCaL, no item favoured; and names in all the ways they are said.
 */
#include "generators/lists.h"
#include "generators/task.h"
#include "tests/check.h"
#include "tests/sat.h"
#include "tests/task.h"
#include "verifiers/named.h"
#include "verifiers/verify.h"

#include <math.h>

extern const struct task task_space_reasoning;

static const struct task *const task = &task_space_reasoning;

enum { MOST = 80 };

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("space_reasoning", desc, answer);
}

/* ---- the walk in the plane ---- */

struct sight {
	int item;
	bool jump;
	double dx, dy; /* from the sight before */
};

struct plane {
	int items, sights, stops;
	struct str name[MOST];
	struct sight sight[4 * MOST];
	double stop_x[8], stop_y[8]; /* from the stop before */
	double x[MOST], y[MOST];
};

static double bearing(char sign, bool six, bool comb)
{
	/* in squares and diamonds a diagonal is 45 degrees, between triangles 60, in a honeycomb 30 above the level */
	double slope = comb ? 30 : six ? 60 : 45;

	switch (sign) {
	case 'R': return 0;
	case 'U': return 90;
	case 'L': return 180;
	case 'D': return 270;
	case 'E': return slope;
	case 'Q': return 180 - slope;
	case 'Z': return 180 + slope;
	default: return 360 - slope;
	}
}

static void walk(struct str moves, struct str lattice, double *dx, double *dy)
{
	bool six = str_is(lattice, "triangle"), comb = str_is(lattice, "honeycomb");

	*dx = *dy = 0;
	for (size_t i = 0; i < moves.n;) {
		double at = bearing(moves.s[i], six, comb) * acos(-1) / 180;
		int steps = atoi(moves.s + i + 1);

		*dx += steps * cos(at);
		*dy += steps * sin(at);
		for (i++; i < moves.n && moves.s[i] >= '0' && moves.s[i] <= '9'; i++)
			;
	}
}

static int item_of(struct plane *p, struct str s)
{
	ptrdiff_t eq = str_chr(s, '=');

	if (eq >= 0)
		s = str_sub(s, 0, (size_t)eq);
	for (int i = 0; i < p->items; i++)
		if (str_eq(p->name[i], s))
			return i;
	p->name[p->items] = s;
	return p->items++;
}

static void read_plane(struct plane *p, struct str desc)
{
	struct str lattice, walks, piece, token;

	*p = (struct plane){ 0 };
	str_split(&desc, ':', &lattice);
	str_split(&desc, '?', &walks);
	while (str_split(&walks, '|', &piece)) {
		bool jump = true;

		while (str_split(&piece, ',', &token)) {
			struct sight *s = &p->sight[p->sights++];

			*s = (struct sight){ .jump = jump };
			if (!jump) {
				walk(token, lattice, &s->dx, &s->dy);
				str_split(&piece, ',', &token);
			}
			s->item = item_of(p, token);
			jump = false;
		}
	}
	while (str_split(&desc, ';', &token)) {
		walk(token, lattice, &p->stop_x[p->stops], &p->stop_y[p->stops]);
		p->stops++;
	}
}

/* Backwards and forwards along the sights until all are placed; the sums of squares say whether they agree. */
static bool place(struct plane *p)
{
	bool placed[MOST] = { true };
	double off = 0;

	p->x[0] = p->y[0] = 0;
	for (int round = 0; round < p->sights; round++)
		for (int i = 1; i < p->sights; i++) {
			const struct sight *s = &p->sight[i];
			int a = s[-1].item, b = s->item;

			if (s->jump || placed[a] == placed[b])
				continue;
			if (placed[a]) {
				p->x[b] = p->x[a] + s->dx;
				p->y[b] = p->y[a] + s->dy;
			} else {
				p->x[a] = p->x[b] - s->dx;
				p->y[a] = p->y[b] - s->dy;
			}
			placed[a] = placed[b] = true;
		}
	for (int i = 0; i < p->items; i++)
		if (!placed[i])
			return false;
	for (int i = 1; i < p->sights; i++)
		if (!p->sight[i].jump)
			off += fabs(p->x[p->sight[i].item] - p->x[p->sight[i - 1].item] - p->sight[i].dx) +
			       fabs(p->y[p->sight[i].item] - p->y[p->sight[i - 1].item] - p->sight[i].dy);
	return off < 1e-6;
}

static int nearest(const struct plane *p, double x, double y)
{
	int found = -1;

	for (int i = 0; i < p->items; i++)
		if (hypot(p->x[i] - x, p->y[i] - y) < 0.1) {
			CHECK(found < 0);
			found = i;
		}
	return found;
}

static bool due_of(struct plane *p, int *due)
{
	double x, y;
	int last = p->sight[p->sights - 1].item;

	if (!place(p))
		return false;
	x = p->x[last];
	y = p->y[last];
	for (int i = 0; i < p->stops; i++) {
		x += p->stop_x[i];
		y += p->stop_y[i];
		due[i] = nearest(p, x, y);
		if (due[i] < 0)
			return false;
	}
	return true;
}

/* Every answer of one or two names: right where the plane says so and nowhere else. */
static void judge_all(struct str desc, const struct plane *p, const int *due)
{
	struct buf b = BUF_INIT;

	for (int i = 0; i < p->items && p->stops <= 2; i++)
		for (int j = 0; j < (p->stops == 2 ? p->items : 1); j++) {
			bool right = i == due[0] && (p->stops == 1 || j == due[1]);

			buf_reset(&b);
			buf_add(&b, p->name[i]);
			if (p->stops == 2) {
				buf_addz(&b, ", ");
				buf_add(&b, p->name[j]);
			}
			CHECK_EQ(ask(desc, buf_str(&b)), right ? QUARRY_CORRECT : QUARRY_WRONG);
		}
	buf_release(&b);
}

static void check_plane(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, want = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 1, "test_space_reasoning");
	for (int i = 0; i < 330; i++) {
		int knob[TASK_KNOBS], due[8];
		struct plane p;

		memcpy(knob, task->levels[i % 11], sizeof(knob));
		knob[0] = i % 4; /* each lattice at each level */
		check_in("walk %d", i);
		buf_reset(&desc);
		buf_reset(&answer);
		if (task->refuse(knob) || !task->generate(&desc, &answer, knob, &rng))
			continue;
		read_plane(&p, buf_str(&desc));
		if (!CHECK(due_of(&p, due)))
			continue;
		buf_reset(&want);
		for (int s = 0; s < p.stops; s++) {
			buf_addz(&want, s ? ", " : "");
			buf_add(&want, p.name[due[s]]);
		}
		CHECK_STR_EQ(buf_str(&answer), buf_str(&want));
		CHECK(task->prove(buf_str(&desc)));
		if (i < 66)
			judge_all(buf_str(&desc), &p, due);
		else
			CHECK_EQ(ask(buf_str(&desc), buf_str(&want)), QUARRY_CORRECT);
	}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&want);
}

/* ---- all ways to place the items on a board that is large enough, counted ---- */

enum { BOARD = 9, CELLS = BOARD * BOARD };

static void check_sat(void)
{
	static const int small[TASK_KNOBS] = { 0, 3, 6, 0, 1, 100, 2, 0, 20, 0, 1 };
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 2, "test_space_reasoning");
	for (int i = 0; i < 6 && SAT_HERE; i++) {
		struct sat *s = sat_new();
		struct plane p;
		int x;

		check_in("board %d", i);
		buf_reset(&desc);
		buf_reset(&answer);
		if (!CHECK(task->generate(&desc, &answer, small, &rng)))
			continue;
		read_plane(&p, buf_str(&desc));
		x = sat_vars(s, p.items * CELLS);
		for (int k = 0; k < p.items; k++)
			sat_exactly(s, 1, x + k * CELLS, CELLS);
		sat_clause(s, x + CELLS / 2, 0);
		for (int c = 0; c < CELLS; c++) {
			for (int k = 0; k < p.items; k++)
				for (int l = 0; l < k; l++)
					sat_clause(s, -(x + k * CELLS + c), -(x + l * CELLS + c), 0);
			for (int e = 1; e < p.sights; e++) {
				int col = c % BOARD + (int)lround(p.sight[e].dx), row = c / BOARD + (int)lround(p.sight[e].dy);
				int from = x + p.sight[e - 1].item * CELLS + c;

				if (p.sight[e].jump)
					continue;
				if (col < 0 || row < 0 || col >= BOARD || row >= BOARD)
					sat_clause(s, -from, 0);
				else
					sat_clause(s, -from, x + p.sight[e].item * CELLS + row * BOARD + col, 0);
			}
		}
		CHECK_EQ(sat_count(s, x, p.items * CELLS, 3), 1);
		sat_free(s);
	}
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- no item is the answer more often than another ---- */

static void check_favour(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int first[MOST] = { 0 }, most_told = 0, made = 0, items = task->levels[3][2];
	double fair = 1.0 / (items - 1);
	struct rng rng;

	rng_init(&rng, 3, "test_space_reasoning");
	for (; made < 3000; made++) {
		int told[MOST] = { 0 }, due[8], top = 0;
		struct plane p;

		buf_reset(&desc);
		buf_reset(&answer);
		if (!CHECK(task->generate(&desc, &answer, task->levels[3], &rng)))
			break;
		read_plane(&p, buf_str(&desc));
		if (!CHECK(due_of(&p, due)))
			break;
		for (int i = 0; i < p.sights; i++)
			told[p.sight[i].item]++;
		for (int i = 1; i < p.items; i++)
			top = told[i] > told[top] ? i : top;
		most_told += due[0] == top;
		first[due[0]]++;
	}
	for (int i = 0; i < items; i++) {
		check_in("the item told as number %d", i + 1);
		CHECK(first[i] <= made * (fair + 0.02));
	}
	check_in("the item told most often");
	CHECK(most_told <= made * (fair + 0.02));
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- names ---- */

static void check_said(const struct named *names, const char *before, struct str name, const char *behind, int want)
{
	char room[200];
	int n = snprintf(room, sizeof(room), "%s%.*s%s", before, (int)name.n, name.s, behind);

	check_in("\"%s\"", room);
	CHECK_EQ(named_said(names, (struct str){ room, (size_t)n }, -1), want);
}

/* How a name is spelt in a desc, and what stands behind it. */
static void check_pairs(void)
{
	static const struct {
		const char *text;
		int index;
		const char *rest;
	} pairs[] = {
		{ "lamp=灯", 0, "" }, { "alarm clock=闹钟,key", 1, ",key" }, { "T-shirt=汗衫x", 2, "x" }, { "a b-c=一\xe4\xb8", 3, "\xe4\xb8" },
		{ "abcdefghijklmnopqrstuvwxyzabcdefghijklmn=二", 4, "" }, { "q=三三三三三三三三三三三三三三三三", 5, "" },
		{ "lamp=新灯", -1, NULL }, { "L a-mp=新灯", -1, NULL }, { "new=灯", -1, NULL }, { "=新", -1, NULL }, { "new=", -1, NULL }, { "new", -1, NULL },
		{ "new新", -1, NULL }, { "new=x新", -1, NULL }, { " new=新", -1, NULL }, { "new =新", -1, NULL }, { "ne  w=新", -1, NULL }, { "ne- w=新", -1, NULL },
		{ "ne_w=新", -1, NULL }, { "n3w=新", -1, NULL }, { "new=\xe4\xb8", -1, NULL }, { "new=\xe4\xb7\xbf", -1, NULL }, { "new=\xea\x80\x80", -1, NULL },
		{ "new=\xe4\xb8\x3f", -1, NULL }, { "abcdefghijklmnopqrstuvwxyzabcdefghijklmno=新", -1, NULL }, { "new=四四四四四四四四四四四四四四四四四", -1, NULL },
		{ "new=\xe9\xbf\xbf", 6, "" }, { "newer=\xe4\xb8\x80\xe4\xb8\x80", 7, "" }, { "", -1, NULL },
	};
	enum { PAIRS = COUNT(pairs) };
	static struct named names;
	char *copy[PAIRS];

	named_init(&names);
	for (size_t i = 0; i < PAIRS; i++) {
		size_t n = strlen(pairs[i].text);
		struct str rest = { copy[i] = malloc(n + !n), n }; /* the sanitizers see a read past the end */

		memcpy(copy[i], pairs[i].text, n);
		check_in("pair %s", pairs[i].text);
		CHECK_EQ(named_take(&names, &rest), pairs[i].index);
		if (pairs[i].rest)
			CHECK_STR(rest, pairs[i].rest);
	}
	for (size_t i = 0; i < PAIRS; i++)
		free(copy[i]);
}

/* One by one, with commas between, as named_list() takes them all. */
static bool take_each(struct named *names, struct str *rest)
{
	bool more;

	do {
		if (named_take(names, rest) < 0)
			return false;
		more = rest->n && rest->s[0] == ',';
		*rest = str_from(*rest, more);
	} while (more);
	return true;
}

/* A list that is cut, or has a byte changed, anywhere says the same in one go as name by name, and nothing behind it is read. */
static void check_list(struct str all)
{
	static const char bytes[] = "a=,:- \xE4\xB7\xB8\xE9\xBF\x80\xEA";
	static struct named one, other;

	for (size_t cut = 0; cut <= all.n && cut < 1000; cut++)
		for (size_t k = 0; k < sizeof(bytes) - 1; k++) {
			char *copy = malloc(cut + !cut); /* the sanitizers see a read past the end */
			struct str a = { copy, cut }, b = a;
			bool whole;

			memcpy(copy, all.s, cut);
			if (k && cut)
				copy[cut > 40 ? cut - 1 - cut * k % 40 : cut - 1] = bytes[k - 1];
			named_init(&one);
			named_init(&other);
			whole = named_list(&one, &a);
			check_in("%zu bytes, %zu", cut, k);
			CHECK_EQ(take_each(&other, &b), whole);
			CHECK_EQ(one.n, other.n);
			if (whole)
				CHECK(a.s == b.s && a.n == b.n);
			for (int i = 0; i < one.n && i < other.n; i++) {
				CHECK(str_eq(named_en(&one, i), named_en(&other, i)) && str_eq(named_zh(&one, i), named_zh(&other, i)));
				CHECK_EQ(named_said(&one, named_en(&one, i), -1), i);
				CHECK_EQ(named_said(&one, named_zh(&one, i), -1), i);
			}
			free(copy);
		}
	named_init(&one);
	CHECK(!named_list(&one, &(struct str){ NULL, 0 })); /* a desc that is not there */
}

/* Every thing is found by both names, whatever harmless words stand before it; no word for another makes it something else. */
static void check_names(void)
{
	static const char *const fine[LANGS][8] = {
		{ "", "the ", "A ", "It is the ", "1. ", "The item there is the ", "Answer: ", NULL },
		{ "", "一个", "一把", "答案是", "最后看到的是", "（1）", "物品：", NULL },
	};
	static const char *const bad[] = { "not the ", "no ", "a lamp or ", "不是", "没有", "x", NULL };
	static struct named names;
	struct buf all = BUF_INIT;
	struct str rest;
	int n = (int)list_count("things");

	n = n < NAMED_MAX ? n : NAMED_MAX;
	for (int i = 0; i < n; i++) {
		buf_addz(&all, i ? "," : "");
		buf_add(&all, list_at("things", (size_t)i, LANG_EN));
		buf_addc(&all, '=');
		buf_add(&all, list_at("things", (size_t)i, LANG_ZH));
	}
	named_init(&names);
	rest = buf_str(&all);
	for (int i = 0; i < n; i++) {
		CHECK_EQ(named_take(&names, &rest), i);
		CHECK(i + 1 < n ? str_starts(rest, STR(",")) : rest.n == 0);
		rest = str_from(rest, 1);
	}
	for (int i = 0; i < n; i++)
		for (int lang = 0; lang < LANGS; lang++) {
			struct str name = list_at("things", (size_t)i, (enum lang)lang);

			for (const char *const *w = fine[lang]; *w; w++)
				check_said(&names, *w, name, "", i);
			check_said(&names, "**", name, "**", i);
			check_said(&names, "\\text{", name, "}.", i);
			for (const char *const *w = bad; *w; w++)
				check_said(&names, *w, name, "", -1);
			check_said(&names, "", name, " perhaps", -1);
			check_said(&names, "", name, "?", -1);
		}
	check_list(buf_str(&all));
	buf_release(&all);
	check_pairs();
}

int main(void)
{
	check_plane();
	check_sat();
	check_favour();
	check_names();
	return check_done();
}
