/*
 * test_space_reasoning_tree.c - trees of relatives against all trees there are: of a few items every way to give them parents is held
 * against the facts, and every set of names judged; larger ones are counted by CaDiCaL.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "tests/sat.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_space_reasoning_tree;

static const struct task *const task = &task_space_reasoning_tree;

enum { MOST = 64, FACTS = 300 };

struct fact {
	char sign;
	int head, n, list[MOST];
};

struct tree {
	int n, facts, about;
	int parent[MOST]; /* as the desc states it; -1: the root */
	struct str asked, name[MOST], chinese[MOST];
	struct fact fact[FACTS];
};

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("space_reasoning_tree", desc, answer);
}

static void read_parents(struct tree *t, struct str counts)
{
	t->parent[0] = -1;
	t->n = 1;
	for (int v = 0; v < (int)counts.n; v++)
		for (int left = counts.s[v] >= 'a' ? counts.s[v] - 'a' + 10 : counts.s[v] - '0'; left; left--)
			t->parent[t->n++] = v;
}

static void read_names(struct tree *t, struct str s)
{
	for (int v = 0; s.n; v++)
		for (int wide = 0; wide < 2; wide++) {
			size_t n = 0;

			while (n < s.n && ((s.s[n] & 0x80) != 0) == wide)
				n++;
			*(wide ? &t->chinese[v] : &t->name[v]) = str_sub(s, 0, n);
			s = str_from(s, n);
		}
}

static void read_fact(struct tree *t, struct fact *f, const char **at, const char *end)
{
	f->sign = *(*at)++;
	f->head = -1;
	if (f->sign != 'S' && f->sign != 'K')
		f->head = (int)strtol(*at, (char **)at, 10);
	while (*at < end && (**at == ',' || (f->head < 0 && !f->n))) {
		*at += **at == ',';
		f->list[f->n++] = (int)strtol(*at, (char **)at, 10);
	}
	if (f->sign == 'P')
		f->list[f->n++] = t->parent[f->head];
	if (f->sign == 'G')
		f->list[f->n++] = t->parent[t->parent[f->head]];
}

static void read_tree(struct tree *t, struct str desc)
{
	struct str question, facts, word;

	*t = (struct tree){ 0 };
	str_split(&desc, ':', &question);
	str_split(&desc, ':', &facts);
	str_split(&question, ' ', &t->asked);
	str_split(&question, ' ', &word);
	t->about = atoi(word.s);
	read_parents(t, question);
	read_names(t, desc);
	for (const char *at = facts.s, *end = at + facts.n; at < end;)
		read_fact(t, &t->fact[t->facts++], &at, end);
}

/* ---- relatives, from parents (-1: the root) ---- */

static int par(const int *parent, int v)
{
	return v < 0 ? -1 : parent[v];
}

static bool same_above(const int *parent, int a, int b, int steps)
{
	for (; steps; steps--) {
		if (a == b)
			return false;
		a = par(parent, a);
		b = par(parent, b);
	}
	return a >= 0 && a == b;
}

/* Different items that meet after so many steps up, but not before. */
static bool kin(const int *parent, int a, int b, int steps)
{
	return same_above(parent, a, b, steps);
}

static bool holds(const int *parent, const struct tree *t, const struct fact *f)
{
	bool in[MOST] = { false };

	for (int i = 0; i < f->n; i++)
		in[f->list[i]] = true;
	switch (f->sign) {
	case 'C':
	case 'N':
		for (int v = 0; v < t->n; v++)
			if (in[v] != (parent[v] == f->head))
				return false;
		return true;
	case 'D':
	case 'M':
		for (int v = 0; v < t->n; v++)
			if (in[v] != (par(parent, parent[v]) == f->head))
				return false;
		return true;
	case 'P': return parent[f->head] == f->list[0];
	case 'G': return par(parent, parent[f->head]) == f->list[0];
	case 'A': return parent[f->head] >= 0 && kin(parent, parent[f->head], f->list[0], 1);
	case 'K': return kin(parent, f->list[0], f->list[1], 2);
	default:
		for (int i = 1; i < f->n; i++)
			if (!kin(parent, f->list[0], f->list[i], 1))
				return false;
		return true;
	}
}

static bool acyclic(const int *parent, int n)
{
	int roots = 0;

	for (int v = 0; v < n; v++) {
		int at = v, steps = 0;

		roots += parent[v] < 0;
		while (at >= 0 && steps++ <= n)
			at = parent[at];
		if (at >= 0)
			return false;
	}
	return roots == 1;
}

static bool related(const int *parent, const struct tree *t, int v)
{
	int a = t->about;

	if (str_is(t->asked, "cousins"))
		return kin(parent, v, a, 2);
	if (str_is(t->asked, "siblings"))
		return kin(parent, v, a, 1);
	if (str_is(t->asked, "second_cousins"))
		return kin(parent, v, a, 3);
	if (str_is(t->asked, "aunts"))
		return parent[a] >= 0 && kin(parent, v, parent[a], 1);
	if (str_is(t->asked, "grandchildren"))
		return par(parent, parent[v]) == a;
	for (int up = parent[v]; up >= 0; up = parent[up])
		if (up == a)
			return true;
	return false;
}

/* ---- all trees of a few items ---- */

/* How many trees fit the facts; the last one is in `found`. */
static int count_trees(const struct tree *t, int *found)
{
	int parent[MOST], count = 0;
	long all = 1;

	for (int v = 0; v < t->n; v++)
		all *= t->n;
	for (long code = 0; code < all; code++) {
		long rest = code;
		bool ok = true;

		/* itself as parent stands for none */
		for (int v = 0; v < t->n; v++, rest /= t->n)
			parent[v] = rest % t->n == v ? -1 : (int)(rest % t->n);
		for (int i = 0; i < t->facts && ok; i++)
			ok = holds(parent, t, &t->fact[i]);
		if (!ok || !acyclic(parent, t->n))
			continue;
		count++;
		memcpy(found, parent, sizeof(parent));
	}
	return count;
}

static void names_of(struct buf *b, const struct tree *t, unsigned set)
{
	buf_reset(b);
	for (int v = 0; v < t->n; v++)
		if (set >> v & 1) {
			buf_addz(b, b->n ? ", " : "");
			buf_add(b, t->name[v]);
		}
}

static void check_small(void)
{
	static const int small[][TASK_KNOBS] = {
		{ 6, 7, 3, 3, 0, 30, 0, 1, 1 },   { 6, 7, 3, 3, 100, 0, 0, 1, 1 },  { 6, 7, 3, 3, 100, 60, 1, 1, 1 }, { 6, 7, 3, 3, 100, 30, 2, 1, 1 },
		{ 6, 7, 3, 3, 100, 30, 3, 1, 1 }, { 6, 7, 3, 3, 100, 30, 4, 1, 1 }, { 8, 8, 4, 2, 100, 20, 5, 1, 1 },
	};
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 1, "test_space_reasoning_tree");
	for (int i = 0; i < 35; i++) {
		const int *knob = small[i % 7];
		int parent[MOST], tries = 0;
		unsigned due = 0;
		struct tree t;

		if (i >= 7 && i % 7 == 6)
			continue; /* 8 ^ 8 ways: once */
		check_in("small %d", i);
		do {
			buf_reset(&desc);
			buf_reset(&answer);
		} while (!task->generate(&desc, &answer, knob, &rng) && tries++ < 50);
		if (!CHECK(tries < 50))
			continue;
		read_tree(&t, buf_str(&desc));
		if (!CHECK_EQ(count_trees(&t, parent), 1))
			fprintf(stderr, "\t%s\n", buf_z(&desc));
		CHECK(memcmp(parent, t.parent, sizeof(parent[0]) * (size_t)t.n) == 0); /* it is the one that is stated */
		for (int v = 0; v < t.n; v++)
			due |= (unsigned)related(parent, &t, v) << v;
		for (unsigned set = 1; set < 1u << t.n; set++) {
			names_of(&answer, &t, set);
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), set == due ? QUARRY_CORRECT : QUARRY_WRONG);
		}
		names_of(&answer, &t, due);
		CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
	}
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- trees of more items, counted ---- */

/* Variable "x is the parent of v" is p + v * n + x; of the root, itself. */
struct clauses {
	struct sat *s;
	int p, n;
};

static int is(const struct clauses *c, int v, int x)
{
	return c->p + v * c->n + x;
}

static void add_pair(const struct clauses *c, const struct fact *f, int i, const bool *in)
{
	int n = c->n, v = f->list[i];

	for (int k = 0; k < n; k++) {
		switch (f->sign) {
		case 'D': /* the parent's parent; nobody is their own here: the root's parent stands for none */
			sat_clause(c->s, -is(c, v, k), is(c, k, f->head), 0);
			sat_clause(c->s, -is(c, v, v), 0);
			break;
		case 'G':
			sat_clause(c->s, -is(c, f->head, k), is(c, k, v), 0);
			sat_clause(c->s, -is(c, f->head, f->head), 0);
			break;
		case 'S':
			if (i)
				sat_clause(c->s, -is(c, f->list[0], k), is(c, v, k), 0);
			sat_clause(c->s, -is(c, v, v), 0);
			break;
		case 'A':
			sat_clause(c->s, -is(c, f->head, v), 0);
			sat_clause(c->s, -is(c, f->head, f->head), 0);
			sat_clause(c->s, -is(c, v, v), 0);
			for (int x = 0; x < n; x++)
				sat_clause(c->s, -is(c, f->head, k), -is(c, k, x), is(c, v, x), 0);
			break;
		case 'K':
			if (!i)
				break;
			sat_clause(c->s, -is(c, f->list[0], k), -is(c, v, k), 0);
			for (int m = 0; m < n; m++)
				for (int x = 0; x < n && m != k; x++)
					sat_clause(c->s, -is(c, f->list[0], k), -is(c, v, m), -is(c, k, x), is(c, m, x), 0);
			break;
		}
	}
	(void)in;
}

static void add_fact(const struct clauses *c, const struct fact *f)
{
	bool in[MOST] = { false };

	for (int i = 0; i < f->n; i++)
		in[f->list[i]] = true;
	if (f->sign == 'P')
		sat_clause(c->s, is(c, f->head, f->list[0]), 0);
	for (int v = 0; v < c->n; v++) {
		if ((f->sign == 'C' || f->sign == 'N') && v != f->head)
			sat_clause(c->s, in[v] ? is(c, v, f->head) : -is(c, v, f->head), 0);
		for (int k = 0; k < c->n; k++)
			if ((f->sign == 'D' || f->sign == 'M') && !in[v] && k != v && k != f->head)
				sat_clause(c->s, -is(c, v, k), -is(c, k, f->head), 0);
	}
	for (int i = 0; i < f->n; i++)
		add_pair(c, f, i, in);
}

/* One parent each, one root, and a depth below that of the parent. */
static void add_shape(const struct clauses *c)
{
	enum { DEPTH = 8 };
	int n = c->n, d = sat_vars(c->s, n * DEPTH), roots[MOST];

	for (int v = 0; v < n; v++) {
		sat_exactly(c->s, 1, is(c, v, 0), n);
		sat_exactly(c->s, 1, d + v * DEPTH, DEPTH);
		roots[v] = is(c, v, v);
		for (int x = 0; x < n; x++)
			for (int i = 0; i < DEPTH && x != v; i++) {
				if (i + 1 < DEPTH)
					sat_clause(c->s, -is(c, v, x), -(d + x * DEPTH + i), d + v * DEPTH + i + 1, 0);
				else
					sat_clause(c->s, -is(c, v, x), -(d + x * DEPTH + i), 0);
			}
		sat_clause(c->s, -is(c, v, v), d + v * DEPTH, 0);
	}
	sat_exactly_of(c->s, 1, roots, n);
}

static void check_large(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 2, "test_space_reasoning_tree");
	for (int i = 0; i < 10 && SAT_HERE; i++) {
		struct tree t;
		struct clauses c;

		check_in("large %d", i);
		buf_reset(&desc);
		buf_reset(&answer);
		if (!task->generate(&desc, &answer, task->levels[1 + i % 4], &rng))
			continue;
		read_tree(&t, buf_str(&desc));
		c = (struct clauses){ sat_new(), 0, t.n };
		c.p = sat_vars(c.s, t.n * t.n);
		add_shape(&c);
		for (int f = 0; f < t.facts; f++) {
			add_fact(&c, &t.fact[f]);
			CHECK(holds(t.parent, &t, &t.fact[f]));
		}
		CHECK_EQ(sat_count(c.s, c.p, t.n * t.n, 3), 1);
		sat_free(c.s);
	}
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- answers with a name more, less or another ---- */

static void check_mutated(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, other = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 3, "test_space_reasoning_tree");
	for (int i = 0; i < 60; i++) {
		struct str rest, name;
		static struct tree t;
		bool in;

		buf_reset(&desc);
		buf_reset(&answer);
		if (!task->generate(&desc, &answer, task->levels[3 + i % 3], &rng))
			continue;
		check_in("mutated %d", i);
		read_tree(&t, buf_str(&desc));
		CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		for (int v = 0; v < t.n; v++) {
			in = false;
			buf_reset(&other);
			for (rest = buf_str(&answer); str_split(&rest, ',', &name);) {
				if (str_eq(str_trim(name), t.name[v])) {
					in = true;
					continue;
				}
				buf_addz(&other, other.n ? ", " : "");
				buf_add(&other, str_trim(name));
			}
			if (!in) {
				buf_addz(&other, ", ");
				buf_add(&other, t.name[v]);
			}
			if (other.n)
				CHECK_EQ(ask(buf_str(&desc), buf_str(&other)), QUARRY_WRONG);
		}
	}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&other);
}

/* ---- descs that are damaged, and those of revision 1 ---- */

static bool fine(const char *desc)
{
	return ask(str_of(desc), STR("")) != QUARRY_BAD_TASK;
}

/* Both readers, the rule's and the solver's, take one fact for true or false. */
static void check_fact(const char *fact, bool holds)
{
	/* 0: 1, 2, 3; 1: 4, 5; 2: 6; 3: none; 4: 7; 6: 8; the first facts tell all */
	static const char whole[] = "siblings 4 3210101:C0,1,2,3C1,4,5P6P7P8%s:aa一bb二cc三dd四ee五ff六gg七hh八ii九";
	char desc[200];

	snprintf(desc, sizeof(desc), whole, fact);
	check_in("%s", desc);
	CHECK_EQ(fine(desc), holds);
	CHECK_EQ(task->prove(str_of(desc)), holds);
}

static void check_facts(void)
{
	static const char *const fine[] = {
		"",      "C4,7",  "C0,3,1,2", "D0,4,5,6", "D0,6,4,5", "D1,7",  "D2,8",  "N3",    "N7",    "M3",    "M7",    "M4",    "M6",  "P1",
		"P8",    "G4",    "G8",       "S1,2",     "S3,1,2",   "S5,4",  "K4,6",  "K6,5",  "A4,2",  "A4,3",  "A6,1",  "A7,5", "N5S1,2K4,6",
	};
	static const char *const bad[] = {
		"C4",    "C4,8",  "C0,1,2",   "C0,1,2,2", "C0,1,2,3,3", "C0,1,2,4", "C0,1,2,3,4", "C3,7",  "D0,4,5",  "D0,4,5,7", "D0,4,4,5", "D0,4,5,5", "D0,4,5,6,7", "D3,4", "D0",
		"N0",    "N4",    "M0",       "M2",       "M1",         "P0",    "G0",    "G1",    "G3",    "S1,4",  "S1,1",  "S1,2,1", "S1,2,2", "S1,2,4", "S0,1",
		"S0,0",  "S1",    "S",        "K4,5",     "K4,4",       "K1,2",  "K0,0",  "K7,4",  "K4,7",  "K7,8",  "K4,8",  "K4,6,5", "A4,1",  "A4,4",  "A4,5",  "A4,0",  "A1,0", "A1,2",
		"A0,0",  "A0,1",  "A7,4",     "A7,2",     "A4",         "P9",    "P10",   "P100",  "P1000", "C9,1",  "S1,9",  "K4,9",  "A4,9",  "N9",    "P01",   "P 1",   "P-1",
		"P",     "X1",    "1",        ";P1",      "P1;",        "P1,0",  "N3,4",  "C4=7",  "A4<2",  "S1,,2", "S,1,2", "c4,7",  "P1:",   ":P1",
	};

	for (size_t i = 0; i < COUNT(fine); i++)
		check_fact(fine[i], true);
	for (size_t i = 0; i < COUNT(bad); i++)
		check_fact(bad[i], false);
}

static void check_descs(void)
{
	static const struct {
		const char *desc;
		bool fine;
	} descs[] = {
		{ "siblings 1 2:P1P2:aa一bb二cc三", true },
		{ "siblings 1 2:P1P2:Aa一bB二cc三三", true },
		{ "siblings 1 20:P1P2:aa一bb二cc三", false },   /* behind the last that has children */
		{ "siblings 1 02:P1P2:aa一bb二cc三", false },   /* the second is nobody's child */
		{ "siblings 3 1101:P1P2P3:aa一bb二cc三dd四", false },
		{ "siblings 1 3:P1P2P3:aa一bb二cc三", false },  /* a name too few */
		{ "siblings 1 2:P1P2:aa一bb二cc三dd四", false }, /* and one too many */
		{ "siblings 1 2:P1P2P3:aa一bb二cc三", false },
		{ "siblings 3 2:P1P2:aa一bb二cc三", false },
		{ "siblings 01 2:P1P2:aa一bb二cc三", false },
		{ "siblings  2:P1P2:aa一bb二cc三", false },
		{ "siblings 1  2:P1P2:aa一bb二cc三", false },
		{ "siblings 1 2 :P1P2:aa一bb二cc三", false },
		{ "siblings 1 A:P1P2:aa一bb二cc三", false },
		{ "siblings 1 (:P1P2:aa一bb二cc三", false },
		{ "siblings 0 2:P1P2:aa一bb二cc三", false }, /* nobody is asked for */
		{ "children 1 2:P1P2:aa一bb二cc三", false },
		{ "siblings 1 2::aa一bb二cc三", false },
		{ "siblings 1 2:P1P2:", false },
		{ "siblings 1 2:P1P2", false },
		{ "siblings 1 2:", false },
		{ "siblings 1 2", false },
		{ "siblings 1 ", false },
		{ "siblings 1", false },
		{ "siblings", false },
		{ "", false },
		{ "siblings 1 2:P1P2:aa一bb二cc三:", false },
		{ "siblings 1 2:P1P2:aa一bb二cc", false },
		{ "siblings 1 2:P1P2:aa一bb二三", false },
		{ "siblings 1 2:P1P2:一aa二bb三cc", false },
		{ "siblings 1 2:P1P2:aa=一bb=二cc=三", false },
		{ "siblings 1 2:P1P2:aa一,bb二,cc三", false },
		{ "siblings 1 2:P1P2:a一bb二cc三", false }, /* one letter */
		{ "siblings 1 2:P1P2:aa一b二cc三", false },
		{ "siblings 1 2:P1P2:a a一bb二cc三", false },
		{ "siblings 1 2:P1P2:aa一b2二cc三", false },
		{ "siblings 1 2:P1P2:aa一bb二aa三", false },
		{ "siblings 1 2:P1P2:aa一bb二bB三", false },
		{ "siblings 1 2:P1P2:aa一bb二cc一", false },
		{ "siblings 1 2:P1P2:abxcd一abycd二abxyd三", true }, /* the same at both ends */
		{ "siblings 1 2:P1P2:abxcd一abycd二abxcd三", false },
		{ "siblings 1 2:P1P2:aa一二三bb一四三cc一五三", true },
		{ "siblings 1 2:P1P2:aa一二三bb一四三cc一二三", false },
		/* revision 1 */
		{ "siblings 1:aa=一,bb=二,cc=三:P0<1;P2<1", false }, /* the root has none */
		{ "siblings 0:aa=一,bb=二,cc=三:P0<1;P2<1", true },
		{ "siblings 0:a=一,b b=二,c-c=三:P0<1;P2<1", true },
		{ "siblings 0:aa=一,bb=二,aa=三:P0<1;P2<1", false },
		{ "siblings 0:aa=一,bb=二,cc=一:P0<1;P2<1", false },
		{ "siblings 0:aa=一,bb=二,cc=三:P0P2", false },
		{ "siblings 0:aa=一,bb=二,cc=三:P0<1P2<1", false },
		{ "siblings 0:aa一bb二cc三:P0<1;P2<1", false },
		{ "siblings 0 :aa=一,bb=二,cc=三:P0<1;P2<1", false },
		{ "siblings 0 2:aa=一,bb=二,cc=三:P0<1;P2<1", false },
		{ "siblings 0:aa=一,bb=二,cc=三:P0<1;P1<2", false },
		{ "siblings 0:aa=一,bb=二,cc=三,dd=四:P0<1;P2<1", false },
	};

	for (size_t i = 0; i < COUNT(descs); i++) {
		check_in("%s", descs[i].desc);
		CHECK_EQ(fine(descs[i].desc), descs[i].fine);
		if (!descs[i].fine)
			CHECK(!task->prove(str_of(descs[i].desc)));
	}
}

/* The desc that a puzzle had as revision 1. */
static void write_old(struct buf *out, const struct tree *t)
{
	int to[MOST], at[MOST], next = 0;

	for (int v = 0; v < t->n; v++)
		to[v] = -1;
	for (int i = 0; i < t->facts; i++) {
		const struct fact *f = &t->fact[i];

		for (int j = -1; j < f->n; j++) {
			int v = j < 0 ? f->head : f->list[j];

			if (v < 0 || to[v] >= 0)
				continue;
			at[next] = v;
			to[v] = next++;
		}
	}
	buf_addf(out, "%.*s %d:", (int)t->asked.n, t->asked.s, to[t->about]);
	for (int i = 0; i < next; i++) {
		struct str en = t->name[at[i]], zh = t->chinese[at[i]];

		buf_addf(out, "%s%.*s=%.*s", i ? "," : "", (int)en.n, en.s, (int)zh.n, zh.s);
	}
	for (int i = 0; i < t->facts; i++) {
		const struct fact *f = &t->fact[i];

		buf_addf(out, "%c%c", i ? ';' : ':', f->sign);
		if (f->head >= 0)
			buf_addf(out, "%d", to[f->head]);
		for (int j = 0; j < f->n; j++) {
			if (j || f->head >= 0)
				buf_addc(out, j ? ',' : f->sign == 'C' || f->sign == 'D' ? '=' : '<');
			buf_addi(out, to[f->list[j]]);
		}
	}
}

/* The same puzzle, told as revision 1, has the same text, canonical form, effort, answer and verdicts. */
static void check_old(void)
{
	struct buf desc = BUF_INIT, old = BUF_INIT, answer = BUF_INIT, other = BUF_INIT, canon[2] = { BUF_INIT, BUF_INIT };
	struct rng rng;

	rng_init(&rng, 4, "test_space_reasoning_tree");
	for (int i = 0; i < 60; i++) {
		struct effort effort[2] = { { 0 }, { 0 } };
		static struct tree t;

		buf_reset(&desc);
		buf_reset(&old);
		buf_reset(&answer);
		if (!task->generate(&desc, &answer, task->levels[i % 6], &rng))
			continue;
		check_in("old %d", i);
		read_tree(&t, buf_str(&desc));
		write_old(&old, &t);
		CHECK(task->prove(buf_str(&desc)) && task->prove(buf_str(&old)));
		for (int k = 0; k < 2; k++) {
			struct str d = buf_str(k ? &old : &desc);

			buf_reset(&canon[k]);
			task->canon(&canon[k], d);
			task->explain(&canon[k], d, LANG_EN);
			task->explain(&canon[k], d, LANG_ZH);
			task->grade(&effort[k], d);
			buf_reset(&other);
			CHECK(task->solve(&other, d));
			CHECK_STR(buf_str(&other), buf_z(&answer));
			CHECK_EQ(ask(d, buf_str(&answer)), QUARRY_CORRECT);
		}
		CHECK_STR(buf_str(&canon[1]), buf_z(&canon[0]));
		CHECK(effort[0].depth == effort[1].depth && effort[0].steps == effort[1].steps && effort[0].technique == effort[1].technique);
		for (int v = 0; v < t.n; v++) {
			buf_reset(&other);
			buf_addf(&other, "%s, %.*s", buf_z(&answer), (int)t.name[v].n, t.name[v].s);
			CHECK_EQ(ask(buf_str(&old), buf_str(&other)), ask(buf_str(&desc), buf_str(&other)));
			CHECK_EQ(ask(buf_str(&old), t.chinese[v]), ask(buf_str(&desc), t.chinese[v]));
		}
		buf_reset(&other);
		CHECK(task->twin(&other, buf_str(&old), &rng) && task->prove(buf_str(&other)));
		buf_reset(&canon[0]);
		buf_reset(&canon[1]);
		task->canon(&canon[0], buf_str(&old));
		task->canon(&canon[1], buf_str(&other));
		CHECK_STR(buf_str(&canon[1]), buf_z(&canon[0]));
	}
	buf_release(&desc);
	buf_release(&old);
	buf_release(&answer);
	buf_release(&other);
	buf_release(&canon[0]);
	buf_release(&canon[1]);
}

int main(void)
{
	check_small();
	check_large();
	check_mutated();
	check_facts();
	check_descs();
	check_old();
	return check_done();
}
