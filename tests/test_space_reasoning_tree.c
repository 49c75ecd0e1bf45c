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
	struct str asked, name[MOST];
	struct fact fact[FACTS];
};

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("space_reasoning_tree", desc, answer);
}

static void read_tree(struct tree *t, struct str desc)
{
	struct str question, names, piece;

	*t = (struct tree){ 0 };
	str_split(&desc, ':', &question);
	str_split(&desc, ':', &names);
	str_split(&question, ' ', &t->asked);
	t->about = atoi(question.s);
	while (str_split(&names, ',', &piece))
		t->name[t->n++] = str_sub(piece, 0, (size_t)str_chr(piece, '='));
	while (str_split(&desc, ';', &piece)) {
		struct fact *f = &t->fact[t->facts++];
		const char *at = piece.s + 1, *end = piece.s + piece.n;

		f->sign = piece.s[0];
		f->head = -1;
		if (f->sign != 'S' && f->sign != 'K')
			f->head = (int)strtol(at, (char **)&at, 10);
		for (; at < end; f->n++) {
			if (*at == '=' || *at == '<' || *at == ',')
				at++;
			f->list[f->n] = (int)strtol(at, (char **)&at, 10);
		}
	}
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
		for (int f = 0; f < t.facts; f++)
			add_fact(&c, &t.fact[f]);
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

int main(void)
{
	check_small();
	check_large();
	check_mutated();
	return check_done();
}
