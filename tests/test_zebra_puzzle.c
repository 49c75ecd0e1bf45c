/*
 * test_zebra_puzzle.c - houses against plain enumeration and a SAT solver: one solution, no clue to spare, the rule right
 * on every table, twins told from strangers, worked steps true.
 */
#include "base/rng.h"
#include "generators/task.h"
#include "tests/check.h"
#include "tests/sat.h"
#include "verifiers/verify.h"
#include "verifiers/zebra_puzzle.h"

static const struct task *zebra_task;

/* ---- what a clue says, from its sign in the desc alone ---- */

struct claim {
	char sign;
	int a[3], v[3], items; /* attribute and value of each item, from 0 */
	int house;             /* of @ and !, from 0 */
};

struct told {
	int n, m, claims, ask;
	char theme[8][9]; /* as in the desc */
	struct claim claim[ZEBRA_CLUES];
};

static void told_read(struct told *t, struct str desc)
{
	struct str word, part;

	memset(t, 0, sizeof(*t));
	str_split(&desc, ' ', &word);
	while (str_split(&word, '/', &part)) {
		memcpy(t->theme[t->m++], part.s, part.n);
		t->n = (int)part.n - 1;
	}
	t->ask = -1;
	while (str_split(&desc, ' ', &word)) {
		struct claim *c = &t->claim[t->claims];

		if (word.s[0] == '?') {
			t->ask = word.s[1] - 'A';
			break;
		}
		t->claims++;
		c->sign = word.s[2];
		for (size_t at = 0; at + 1 < word.n; at += c->items == 1 ? 3 : 2) {
			c->a[c->items] = word.s[at] - 'A';
			c->v[c->items++] = word.s[at + 1] - '1';
		}
		if (c->sign == '@' || c->sign == '!')
			c->house = word.s[3] - '1';
	}
}

/* p, q, r: the houses of its items. */
static bool claim_holds(const struct claim *c, int n, int p, int q, int r)
{
	switch (c->sign) {
	case '@': return p == c->house;
	case '!': return p != c->house;
	case '=': return p == q;
	case '#': return p != q;
	case 'l': return p - q == -1;
	case 'r': return p - q == 1;
	case 'n': return p - q == 1 || q - p == 1;
	case 'L': return p < q;
	case 'R': return q < p;
	case 'i': return p - q == 2 || q - p == 2;
	case 'j': return p - q == 3 || q - p == 3;
	case 'k': return p - q == 4 || q - p == 4;
	case 'e': return p == 0 || p == n - 1;
	case 'b': return (q < p && p < r) || (r < p && p < q);
	case 'x': return (p == q && p != r) || (p != q && p == r);
	default: return false;
	}
}

struct table {
	int house[ZEBRA_SIDE][ZEBRA_SIDE]; /* of value v of attribute a */
};

static bool table_fits(const struct told *t, const struct table *w, int without)
{
	for (int i = 0; i < t->claims; i++) {
		const struct claim *c = &t->claim[i];
		int h[3] = { 0 };

		for (int k = 0; k < c->items; k++)
			h[k] = w->house[c->a[k]][c->v[k]];
		if (i != without && !claim_holds(c, t->n, h[0], h[1], h[2]))
			return false;
	}
	return true;
}

static void reverse(int *p, int from, int to)
{
	for (; from < to; from++, to--) {
		int swap = p[from];

		p[from] = p[to];
		p[to] = swap;
	}
}

/* All orders of 0 .. n-1, one after the other; after the last the first again, and false. */
static bool next_order(int *p, int n)
{
	int i = n - 2, j, swap;

	while (i >= 0 && p[i] > p[i + 1])
		i--;
	reverse(p, i + 1, n - 1);
	if (i < 0)
		return false;
	for (j = i + 1; p[j] < p[i]; j++)
		;
	swap = p[i];
	p[i] = p[j];
	p[j] = swap;
	return true;
}

static void first_table(struct table *w, int n, int m)
{
	for (int a = 0; a < m; a++)
		for (int v = 0; v < n; v++)
			w->house[a][v] = v;
}

static bool next_table(struct table *w, int n, int m)
{
	for (int a = 0; a < m; a++)
		if (next_order(w->house[a], n))
			return true;
	return false;
}

static int count_tables(const struct told *t, int without)
{
	struct table w;
	int found = 0;

	first_table(&w, t->n, t->m);
	do
		found += table_fits(t, &w, without);
	while (next_table(&w, t->n, t->m));
	return found;
}

static void say_table(struct buf *b, const struct told *t, const struct table *w, int lang)
{
	buf_reset(b);
	buf_addz(b, "<answer>");
	for (int h = 0; h < t->n; h++)
		for (int a = 0; a < t->m; a++)
			for (int v = 0; v < t->n; v++)
				if (w->house[a][v] == h)
					buf_addf(b, "%s%s", a ? ", " : h ? " / " : "",
						 zebra_themes[t->theme[a][0] - 'a'].value[t->theme[a][1 + v] - 'a'].said[lang]);
	buf_addz(b, "</answer>");
}

static enum quarry_mark judge(struct str desc, struct str response)
{
	struct quarry_verdict v;

	quarry_verify_n(quarry_rule("zebra_puzzle"), desc.s, desc.n, response.s, response.n, NULL, &v);
	return v.mark;
}

static bool make(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	buf_reset(desc);
	buf_reset(answer);
	return zebra_task->generate(desc, answer, knob, rng);
}

/* ---- small: every table ---- */

static void test_every_table(void)
{
	static const int sizes[][2] = { { 2, 2 }, { 2, 5 }, { 3, 2 }, { 3, 3 }, { 4, 2 }, { 3, 4 }, { 4, 3 } };
	struct buf desc = BUF_INIT, answer = BUF_INIT, said = BUF_INIT;
	struct rng rng;
	struct told t;

	rng_init(&rng, 1, "test zebra");
	for (size_t s = 0; s < COUNT(sizes); s++)
		for (int round = 0; round < 8; round++) {
			int knob[TASK_KNOBS] = { sizes[s][0], sizes[s][1], round % 2 ? 8191 : 64 | 1 << rng_below(&rng, 13), 0, 0 };
			struct table w;
			int right = 0, tables = 0;

			check_in("%d x %d, %d", knob[0], knob[1], round);
			if (!CHECK(make(&desc, &answer, knob, &rng)))
				continue;
			told_read(&t, buf_str(&desc));
			CHECK_EQ(count_tables(&t, -1), 1);
			CHECK(zebra_task->prove(buf_str(&desc)));
			first_table(&w, t.n, t.m);
			do {
				bool fits = table_fits(&t, &w, -1);

				say_table(&said, &t, &w, tables++ % 2);
				right += fits;
				if (!CHECK_EQ(judge(buf_str(&desc), buf_str(&said)) == QUARRY_CORRECT, fits))
					fprintf(stderr, "\t%s: %s\n", buf_z(&desc), buf_z(&said));
			} while (tables < 1500 && next_table(&w, t.n, t.m));
			CHECK(right == 1 || tables == 1500);
		}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&said);
}

/* Also puzzles with none and several solutions: prove() knows them. */
static void test_prove(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, other = BUF_INIT;
	int ones = 0, nones = 0, manies = 0;
	struct rng rng;
	struct told t;

	rng_init(&rng, 2, "test zebra");
	for (int round = 0; round < 150; round++) {
		static const char signs[] = "lrnLRijk";
		int knob[TASK_KNOBS] = { 3 + round % 2, 3 - round % 2, 8191, 0, 1 };
		int count;

		check_in("round %d", round);
		if (!CHECK(make(&desc, &answer, knob, &rng)))
			continue;
		if (round % 3 == 0) { /* another sign between two items */
			for (size_t at = desc.n; at-- > 2;)
				if (desc.s[at - 1] >= '1' && desc.s[at - 1] <= '7' && strchr(signs, desc.s[at])) {
					desc.s[at] = signs[rng_below(&rng, 8)];
					break;
				}
		} else if (round % 3 == 1) {
			for (uint32_t cut = 1 + rng_below(&rng, 3); cut; cut--)
				if (str_rfind(buf_str(&desc), STR(" ")) != str_chr(buf_str(&desc), ' '))
					buf_cut(&desc, (size_t)str_rfind(buf_str(&desc), STR(" ")));
		}
		told_read(&t, buf_str(&desc));
		count = count_tables(&t, -1);
		*(count == 0 ? &nones : count == 1 ? &ones : &manies) += 1;
		CHECK_EQ(zebra_task->prove(buf_str(&desc)), count == 1);
		buf_reset(&answer);
		CHECK_EQ(zebra_task->solve(&answer, buf_str(&desc)), count > 0);
	}
	CHECK(ones > 20 && nones > 10 && manies > 20);
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&other);
}

/* No clue can be spared, at the levels' own knobs. */
static void test_minimal(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;
	struct told t;

	rng_init(&rng, 3, "test zebra");
	for (int level = 0; level <= 2; level++)
		for (int i = 0; i < 6; i++) {
			int knob[TASK_KNOBS];

			check_in("level %d, %d", level, i);
			task_level(zebra_task, level, knob);
			if (!CHECK(make(&desc, &answer, knob, &rng)))
				continue;
			told_read(&t, buf_str(&desc));
			for (int c = 0; c < t.claims; c++)
				CHECK(count_tables(&t, c) > 1);
		}
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- large: clauses ---- */

#ifdef HAVE_CADICAL

static int var(int x, const struct told *t, int a, int v, int h)
{
	return x + (a * t->n + v) * t->n + h;
}

static void sat_claim(struct sat *s, int x, const struct told *t, const struct claim *c)
{
	int n = t->n;

	for (int p = 0; p < n; p++)
		for (int q = 0; q < (c->items > 1 ? n : 1); q++)
			for (int r = 0; r < (c->items > 2 ? n : 1); r++) {
				int lit[3], k = 0, h[3] = { p, q, r };

				if (claim_holds(c, n, p, q, r))
					continue;
				for (; k < c->items; k++)
					lit[k] = -var(x, t, c->a[k], c->v[k], h[k]);
				sat_any(s, lit, k);
			}
}

/* Solutions, at most 2, without one of the clues. */
static int sat_tables(const struct told *t, int without)
{
	struct sat *s = sat_new();
	int n = t->n, m = t->m, x = sat_vars(s, m * n * n), found;

	for (int a = 0; a < m; a++)
		for (int i = 0; i < n; i++) {
			int column[ZEBRA_SIDE];

			sat_exactly(s, 1, var(x, t, a, i, 0), n);
			for (int v = 0; v < n; v++)
				column[v] = var(x, t, a, v, i);
			sat_exactly_of(s, 1, column, n);
		}
	for (int i = 0; i < t->claims; i++)
		if (i != without)
			sat_claim(s, x, t, &t->claim[i]);
	found = sat_count(s, x, m * n * n, 2);
	sat_free(s);
	return found;
}

static void test_sat(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;
	struct told t;

	rng_init(&rng, 4, "test zebra");
	for (int level = 3; level < TASK_LEVELS; level++)
		for (int i = 0; i < 3; i++) {
			int knob[TASK_KNOBS];

			check_in("SAT, level %d, %d", level, i);
			task_level(zebra_task, level, knob);
			if (!CHECK(make(&desc, &answer, knob, &rng)))
				continue;
			told_read(&t, buf_str(&desc));
			CHECK_EQ(sat_tables(&t, -1), 1);
			for (int c = i; c < t.claims; c += 4) /* some of them: the others with other seeds */
				CHECK_EQ(sat_tables(&t, c), 2);
		}
	buf_release(&desc);
	buf_release(&answer);
}

#endif

/* ---- answers to large puzzles, with a few values changed about ---- */

static void table_of(struct table *w, const struct told *t, struct str answer)
{
	int h = 0;
	struct str house, value;

	while (str_split(&answer, '/', &house)) {
		int a = 0;

		while (str_split(&house, ',', &value)) {
			for (int v = 0; v < t->n; v++)
				if (str_is(str_trim(value), zebra_themes[t->theme[a][0] - 'a'].value[t->theme[a][1 + v] - 'a'].said[0]))
					w->house[a][v] = h;
			a++;
		}
		h++;
	}
}

static void test_changed(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, said = BUF_INIT;
	int fitted = 0, broke = 0;
	struct rng rng;
	struct told t;

	rng_init(&rng, 5, "test zebra");
	for (int level = 2; level < TASK_LEVELS; level++) {
		int knob[TASK_KNOBS];
		struct table w;

		check_in("changed, level %d", level);
		task_level(zebra_task, level, knob);
		if (!CHECK(make(&desc, &answer, knob, &rng)))
			continue;
		if (level % 2) /* with fewer clues more tables fit */
			buf_cut(&desc, (size_t)str_rfind(str_sub(buf_str(&desc), 0, 2 * desc.n / 3), STR(" ")));
		told_read(&t, buf_str(&desc));
		table_of(&w, &t, buf_str(&answer));
		for (int i = 0; i < 300; i++) {
			struct table x = w;
			bool fits;

			for (uint32_t k = rng_below(&rng, 3); k; k--) {
				int a = (int)rng_below(&rng, (uint32_t)t.m), p = (int)rng_below(&rng, (uint32_t)t.n),
				    q = (int)rng_below(&rng, (uint32_t)t.n), swap = x.house[a][p];

				x.house[a][p] = x.house[a][q];
				x.house[a][q] = swap;
			}
			fits = table_fits(&t, &x, -1);
			fitted += fits;
			broke += !fits;
			say_table(&said, &t, &x, i % 2);
			CHECK_EQ(judge(buf_str(&desc), buf_str(&said)) == QUARRY_CORRECT, fits);
		}
	}
	CHECK(fitted > 300 && broke > 300);
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&said);
}

/* ---- one attribute asked for: right where some table has it so ---- */

static void say_order(struct buf *b, const struct told *t, const int *house, int lang)
{
	buf_reset(b);
	buf_addz(b, "<answer>");
	for (int h = 0; h < t->n; h++)
		for (int v = 0; v < t->n; v++)
			if (house[v] == h)
				buf_addf(b, "%s%s", h ? ", " : "",
					 zebra_themes[t->theme[t->ask][0] - 'a'].value[t->theme[t->ask][1 + v] - 'a'].said[lang]);
	buf_addz(b, "</answer>");
}

static bool order_fits(const struct told *t, const int *house)
{
	struct table w;

	first_table(&w, t->n, t->m);
	do
		if (memcmp(w.house[t->ask], house, sizeof(*house) * (size_t)t->n) == 0 && table_fits(t, &w, -1))
			return true;
	while (next_table(&w, t->n, t->m));
	return false;
}

static void test_asked(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, said = BUF_INIT;
	int right = 0, wrong = 0;
	struct rng rng;
	struct told t;

	rng_init(&rng, 8, "test zebra");
	for (int round = 0; round < 60; round++) {
		int knob[TASK_KNOBS] = { 3 + round % 2, 3 - round % 2, 8191, 0, 0, 1 }, house[ZEBRA_SIDE] = { 0, 1, 2, 3 }, k = 0;

		check_in("asked %d", round);
		if (!CHECK(make(&desc, &answer, knob, &rng)))
			continue;
		for (uint32_t cut = rng_below(&rng, 4); cut; cut--) { /* fewer clues, the same question */
			char ask = desc.s[desc.n - 1];

			buf_cut(&desc, desc.n - 3);
			if (str_rfind(buf_str(&desc), STR(" ")) != str_chr(buf_str(&desc), ' '))
				buf_cut(&desc, (size_t)str_rfind(buf_str(&desc), STR(" ")));
			buf_addf(&desc, " ?%c", ask);
		}
		told_read(&t, buf_str(&desc));
		do {
			bool fits = order_fits(&t, house);

			say_order(&said, &t, house, k++ % 2);
			if (!CHECK_EQ(judge(buf_str(&desc), buf_str(&said)) == QUARRY_CORRECT, fits))
				fprintf(stderr, "\t%s: %s\n", buf_z(&desc), buf_z(&said));
			right += fits;
			wrong += !fits;
		} while (next_order(house, t.n));
	}
	CHECK(right > 60 && wrong > 200);
	/* the largest, too, are followed to their end */
	for (int level = 7; level < TASK_LEVELS; level++)
		for (int i = 0; i < 6; i++) {
			int knob[TASK_KNOBS], at;

			check_in("asked, level %d, %d", level, i);
			task_level(zebra_task, level, knob);
			knob[5] = 1;
			if (!CHECK(make(&desc, &answer, knob, &rng)))
				continue;
			buf_reset(&said);
			buf_addf(&said, "<answer>%s</answer>", buf_z(&answer));
			CHECK_EQ(judge(buf_str(&desc), buf_str(&said)), QUARRY_CORRECT);
			at = (int)str_chr(buf_str(&answer), ',');
			buf_reset(&said); /* the first value goes last */
			buf_addf(&said, "<answer>%s, %.*s</answer>", buf_z(&answer) + at + 2, at, buf_z(&answer));
			CHECK_EQ(judge(buf_str(&desc), buf_str(&said)), QUARRY_WRONG);
		}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&said);
}

/* ---- canon: equal exactly where some disguise makes two puzzles one ---- */

static int text_cmp(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Every disguise of a puzzle of two attributes, each as its sorted clues; the least stands. */
static void least_disguise(char *best, const struct told *t)
{
	int p[2][ZEBRA_SIDE];

	best[0] = 0;
	for (int way = 0; way < 4; way++) {
		bool mirrored = way & 1, swapped = way & 2;

		for (int i = 0; i < t->n; i++)
			p[0][i] = p[1][i] = i;
		do
			do {
				char line[40][12], all[480] = "";

				for (int i = 0; i < t->claims; i++) {
					struct claim c = t->claim[i];
					int item[3];
					static const char flip[] = "lrlLRL", even[] = "=#nijk";

					for (int k = 0; k < c.items; k++)
						item[k] = (swapped ? 1 - c.a[k] : c.a[k]) * 10 + p[c.a[k]][c.v[k]];
					if (mirrored && strchr("lrLR", c.sign))
						c.sign = strchr(flip, c.sign)[1];
					if (mirrored)
						c.house = t->n - 1 - c.house;
					if (c.sign == 'r' || c.sign == 'R' || (strchr(even, c.sign) && item[0] > item[1])) {
						int swap = item[0];

						item[0] = item[1];
						item[1] = swap;
						c.sign = c.sign == 'r' ? 'l' : c.sign == 'R' ? 'L' : c.sign;
					}
					if (c.items == 3 && item[1] > item[2]) {
						int swap = item[1];

						item[1] = item[2];
						item[2] = swap;
					}
					snprintf(line[i], sizeof(line[i]), "%c%02d%02d%02d", c.sign, item[0],
						 c.items > 1 ? item[1] : c.sign == 'e' ? 0 : c.house, c.items > 2 ? item[2] : 0);
				}
				qsort(line, (size_t)t->claims, sizeof(line[0]), text_cmp);
				for (int i = 0; i < t->claims; i++)
					strcat(all, line[i]);
				if (!best[0] || strcmp(all, best) < 0)
					strcpy(best, all);
			} while (next_order(p[1], t->n));
		while (next_order(p[0], t->n));
	}
}

enum { STRANGERS = 250 };

static void test_canon(void)
{
	static char least[STRANGERS][480];
	struct buf canon[STRANGERS] = { BUF_INIT }, desc = BUF_INIT, answer = BUF_INIT;
	int equal = 0;
	struct rng rng;
	struct told t;

	rng_init(&rng, 6, "test zebra");
	for (int i = 0; i < STRANGERS; i++) {
		/* kinds that leave few puzzles, so that some meet again */
		int knob[TASK_KNOBS] = { 3, 2, i % 2 ? 1 | 4 | 16 : 2 | 64 | 2048 | 1024, 0, 0 };

		check_in("canon %d", i);
		if (!CHECK(make(&desc, &answer, knob, &rng)))
			return;
		zebra_task->canon(&canon[i], buf_str(&desc));
		told_read(&t, buf_str(&desc));
		least_disguise(least[i], &t);
	}
	for (int i = 0; i < STRANGERS; i++)
		for (int j = 0; j < i; j++) {
			bool same = strcmp(least[i], least[j]) == 0;

			equal += same;
			CHECK_EQ(str_eq(buf_str(&canon[i]), buf_str(&canon[j])), same);
		}
	CHECK(equal > 20);
	for (int i = 0; i < STRANGERS; i++)
		buf_release(&canon[i]);
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- worked solutions: what is said outside suppositions is true, and every value gets its house ---- */

/* A value or a house; -1 for neither. */
static int thing_of(const struct told *t, struct str word, const struct table *w)
{
	if (word.n == 1 && word.s[0] >= '1' && word.s[0] <= '7')
		return word.s[0] - '1';
	for (int a = 0; a < t->m; a++)
		for (int v = 0; v < t->n; v++)
			if (str_is(word, zebra_themes[t->theme[a][0] - 'a'].value[t->theme[a][1 + v] - 'a'].said[0]))
				return w->house[a][v];
	return -1;
}

static void check_line(const struct told *t, struct str line, const struct table *w, int *told)
{
	bool parted = str_find(line, STR(" ≠ ")) >= 0;
	ptrdiff_t at = parted ? str_find(line, STR(" ≠ ")) : str_find(line, STR(" = "));
	struct str left, right, piece;
	int house;

	if (!CHECK(at > 0))
		return;
	left = str_sub(line, 0, (size_t)at);
	left = str_from(left, (size_t)(str_rfind(left, STR(" ")) + 1));
	right = str_from(line, (size_t)at + (parted ? strlen(" ≠ ") : 3));
	house = thing_of(t, left, w);
	CHECK(house >= 0);
	while (str_split(&right, ',', &piece)) {
		int other = thing_of(t, str_trim(piece), w);

		CHECK(other >= 0 && (other != house) == parted);
		*told += !parted && piece.n == 1;
	}
}

static void test_worked(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, steps = BUF_INIT;
	struct rng rng;
	struct told t;

	rng_init(&rng, 7, "test zebra");
	for (int level = 0; level < TASK_LEVELS; level++)
		for (int i = 0; i < 4; i++) {
			int knob[TASK_KNOBS], told = 0;
			struct str rest, line;
			struct table w;

			check_in("worked, level %d, %d", level, i);
			task_level(zebra_task, level, knob);
			if (!CHECK(make(&desc, &answer, knob, &rng)))
				continue;
			told_read(&t, buf_str(&desc));
			table_of(&w, &t, buf_str(&answer));
			CHECK(table_fits(&t, &w, -1));
			buf_reset(&steps);
			zebra_task->explain(&steps, buf_str(&desc), LANG_EN);
			rest = buf_str(&steps);
			str_line(&rest, &line); /* the signs */
			while (str_line(&rest, &line))
				if (!str_starts(line, STR("  ")) && !str_ends(line, STR("?")) && !str_starts(line, STR("(and ")))
					check_line(&t, line, &w, &told);
			if (str_find(buf_str(&steps), STR("more such steps")) < 0)
				CHECK_EQ(told, t.n * t.m);
			CHECK(steps.n < 16000);
		}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&steps);
}

int main(void)
{
	zebra_task = task_find(STR("zebra_puzzle"));
	test_every_table();
	test_prove();
	test_minimal();
#ifdef HAVE_CADICAL
	test_sat();
#endif
	test_changed();
	test_asked();
	test_canon();
	test_worked();
	return check_done();
}
