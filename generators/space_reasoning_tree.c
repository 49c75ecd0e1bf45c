/*
 * space_reasoning_tree.c - a tree told by who is whose child, grandchild, sibling, cousin; who are the cousins of one?
 *
 * desc: "cousins 4:lamp=台灯,key=钥匙,...:C0=1,2;S2,3;G4<0" (verifiers/space_reasoning_tree.c says it in full). The facts give every
 * parent, some only by way of others; what is told of that is in space_reasoning_tree_told.c.
 */
#include "generators/space_reasoning_tree.h"
#include "base/hash.h"
#include "generators/lists.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { MIN_NODES, MAX_NODES, GENERATIONS, CHILDREN, INDIRECT, EXTRA, ASK, LEAST, DEEP };

enum { ANSWER_MOST = 24 };

static const struct knob knobs[] = {
	[MIN_NODES] = { "min_nodes", 3, 370, "fewest items in the tree" },
	[MAX_NODES] = { "max_nodes", 3, 370, "most items in the tree" },
	[GENERATIONS] = { "generations", 2, 9, "from the root to the last ones, both counted" },
	[CHILDREN] = { "children", 2, 12, "most children of one item" },
	[INDIRECT] = { "indirect", 0, 100, "percent of sibling groups that are told by way of others" },
	[EXTRA] = { "extra", 0, 100, "facts beyond those needed, in percent of the items" },
	[ASK] = { "ask", 0, TREE_RELATIONS, "0 cousins, 1 siblings, 2 grandchildren, 3 descendants, 4 aunts and uncles, 5 second cousins, 6 any" },
	[LEAST] = { "least", 1, 8, "fewest relatives that are the answer" },
	[DEEP] = { "deep", 1, 60, "of so many questions the one that takes the longest chain is asked" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* min max generations children indirect extra ask least deep */
	{ 10, 15, 3, 5, 0, 0, 0, 1, 1 },
	{ 14, 18, 3, 5, 20, 0, 0, 1, 1 },
	{ 20, 22, 4, 4, 40, 0, 0, 1, 2 },
	{ 25, 29, 5, 4, 50, 5, 0, 2, 3 },
	{ 34, 38, 5, 4, 60, 10, 0, 2, 4 },
	{ 48, 54, 5, 5, 70, 10, 6, 2, 6 },
	{ 66, 74, 5, 5, 80, 10, 6, 3, 8 },
	{ 90, 100, 6, 5, 85, 10, 6, 3, 12 },
	{ 125, 140, 7, 5, 90, 10, 6, 3, 16 },
	{ 175, 200, 8, 5, 95, 10, 6, 3, 24 },
	{ 250, 290, 9, 5, 100, 10, 6, 3, 40 },
};

static const char *refuse(const int *knob)
{
	static const int generations[TREE_RELATIONS + 1] = { 3, 2, 3, 2, 3, 4, 4 };
	int room = 1, row = 1;

	if (knob[MIN_NODES] > knob[MAX_NODES])
		return "min_nodes is above max_nodes";
	if (knob[MIN_NODES] < 2 * knob[GENERATIONS])
		return "so few items make no tree of so many generations with relatives in it";
	for (int i = 1; i < knob[GENERATIONS] && room < 2 * TREE_NODES; i++)
		room += row *= knob[CHILDREN];
	if (knob[MAX_NODES] > room)
		return "so many items do not fit into so few generations of so few children";
	if (knob[GENERATIONS] < generations[knob[ASK]])
		return "too few generations for the relatives that are asked for";
	if (knob[LEAST] > 2 && (knob[MIN_NODES] < 12 * knob[LEAST] || knob[CHILDREN] <= knob[LEAST]))
		return "so many relatives need a larger tree, with more children";
	return NULL;
}

/* ---- the desc ---- */

const char *const tree_relations[TREE_RELATIONS] = { "cousins", "siblings", "grandchildren", "descendants", "aunts", "second_cousins" };

static bool letters_only(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.s[i] >= 'a' && s.s[i] <= 'z') || (s.s[i] >= 'A' && s.s[i] <= 'Z')))
			return false;
	return s.n > 0 && s.n <= 40;
}

static bool han_only(struct str s)
{
	size_t n = s.n;

	while (s.n) {
		uint32_t cp;

		s = str_from(s, utf8_next(s, &cp));
		if (cp < 0x4e00 || cp > 0x9fff)
			return false;
	}
	return n > 0 && n <= 48;
}

static uint64_t fold(struct str s)
{
	char room[64];

	for (size_t i = 0; i < s.n; i++)
		room[i] = (char)(s.s[i] >= 'A' && s.s[i] <= 'Z' ? s.s[i] + ('a' - 'A') : s.s[i]);
	return hash64(room, s.n, 0);
}

static int u64_cmp(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool read_names(struct tree *t, struct str s)
{
	uint64_t seen[LANGS * TREE_NODES];
	struct str pair;

	t->n = 0;
	while (str_split(&s, ',', &pair)) {
		ptrdiff_t eq = str_chr(pair, '=');

		if (t->n == TREE_NODES || eq < 0)
			return false;
		t->name[t->n][LANG_EN] = str_sub(pair, 0, (size_t)eq);
		t->name[t->n][LANG_ZH] = str_from(pair, (size_t)eq + 1);
		if (!letters_only(t->name[t->n][LANG_EN]) || !han_only(t->name[t->n][LANG_ZH]))
			return false;
		for (int lang = 0; lang < LANGS; lang++)
			seen[LANGS * t->n + lang] = fold(t->name[t->n][lang]);
		t->n++;
	}
	qsort(seen, (size_t)(LANGS * t->n), sizeof(seen[0]), u64_cmp);
	for (int i = 1; i < LANGS * t->n; i++)
		if (seen[i] == seen[i - 1])
			return false;
	return t->n > 1;
}

/* The number that s begins with, below n. */
static bool item_head(struct str *s, int n, int16_t *ret)
{
	int64_t v;
	size_t i = 0;

	while (i < s->n && s->s[i] >= '0' && s->s[i] <= '9')
		i++;
	if (i == 0 || i > 3 || (i > 1 && s->s[0] == '0') || !str_i64(str_sub(*s, 0, i), &v) || v >= n)
		return false;
	*ret = (int16_t)v;
	*s = str_from(*s, i);
	return true;
}

/* Items are numbered in the order in which the facts first name them. */
static bool in_order(int16_t v, int *next)
{
	if (v > *next)
		return false;
	*next += v == *next;
	return true;
}

static bool read_fact(struct tree *t, struct str s, int *next)
{
	struct tree_fact *f = &t->fact[t->facts++];
	const char *kinds = "CDNMPGASK", *kind;
	int least = 1, most = TREE_NODES;

	kind = s.n && s.s[0] ? strchr(kinds, s.s[0]) : NULL;
	if (!kind)
		return false;
	*f = (struct tree_fact){ s.s[0], TREE_NONE, (int16_t)t->used, 0 };
	s = str_from(s, 1);
	if (kind < kinds + 7) { /* with a head, and what stands behind it */
		if (!item_head(&s, t->n, &f->head) || !in_order(f->head, next))
			return false;
		if (kind >= kinds + 2 && kind < kinds + 4)
			return s.n == 0;
		if (!s.n || s.s[0] != (kind < kinds + 2 ? '=' : '<'))
			return false;
		s = str_from(s, 1);
		most = kind < kinds + 2 ? TREE_NODES : 1;
	} else {
		least = 2;
		most = f->sign == 'K' ? 2 : TREE_NODES;
	}
	for (;;) {
		int16_t *v = &t->pool[t->used];

		if (t->used == TREE_POOL || !item_head(&s, t->n, v) || !in_order(*v, next))
			return false;
		t->used++;
		f->n++;
		if (!s.n)
			return f->n >= least && f->n <= most;
		if (s.s[0] != ',')
			return false;
		s = str_from(s, 1);
	}
}

static bool read_question(struct tree *t, struct str s)
{
	struct str word;
	int16_t about;

	if (!str_split(&s, ' ', &word))
		return false;
	for (t->asked = 0; t->asked < TREE_RELATIONS && !str_is(word, tree_relations[t->asked]); t->asked++)
		;
	if (t->asked == TREE_RELATIONS || !item_head(&s, t->n, &about))
		return false;
	t->about = about;
	return s.n == 0;
}

bool tree_read(struct tree *t, struct str desc)
{
	struct str question, names, fact;
	int next = 0;

	t->facts = t->used = 0;
	if (!str_split(&desc, ':', &question) || !str_split(&desc, ':', &names) || !desc.n || str_ends(desc, STR(";")) ||
	    str_ends(names, STR(",")) || !read_names(t, names) || !read_question(t, question))
		return false;
	while (str_split(&desc, ';', &fact))
		if (t->facts == TREE_FACTS || !read_fact(t, fact, &next))
			return false;
	return next == t->n;
}

static void write_desc(struct buf *out, const struct tree *t)
{
	buf_addf(out, "%s %d:", tree_relations[t->asked], t->about);
	for (int v = 0; v < t->n; v++) {
		buf_addz(out, v ? "," : "");
		buf_add(out, t->name[v][LANG_EN]);
		buf_addc(out, '=');
		buf_add(out, t->name[v][LANG_ZH]);
	}
	for (int i = 0; i < t->facts; i++) {
		const struct tree_fact *f = &t->fact[i];

		buf_addc(out, i ? ';' : ':');
		buf_addc(out, f->sign);
		if (f->head >= 0)
			buf_addi(out, f->head);
		if (f->head >= 0 && f->n)
			buf_addc(out, f->sign == 'C' || f->sign == 'D' ? '=' : '<');
		for (int j = 0; j < f->n; j++)
			buf_addf(out, j ? ",%d" : "%d", t->pool[f->from + j]);
	}
}

/* ---- the solver: parents that are known give others, round by round ---- */

struct round {
	struct tree_known *k;
	int now, fact;
	bool more, clash;
};

static bool known(const struct round *r, int v)
{
	return r->k->round[v] > 0 && r->k->round[v] < r->now;
}

/* v's parent is x, as follows from the parents of up to three others. */
static void learn(struct round *r, int v, int x, int a, int b, int c)
{
	struct tree_known *k = r->k;

	if (k->round[v]) {
		r->clash |= k->parent[v] != x;
		return;
	}
	k->parent[v] = (int16_t)x;
	k->round[v] = (int16_t)r->now;
	k->fact[v] = (int16_t)r->fact;
	k->by[v][0] = (int16_t)a;
	k->by[v][1] = (int16_t)b;
	k->by[v][2] = (int16_t)c;
	r->more = true;
}

static void learn_cousins(struct round *r, int a, int b)
{
	const int16_t *parent = r->k->parent;

	if (!known(r, a) || !known(r, b))
		return;
	if (known(r, parent[a]))
		learn(r, parent[b], parent[parent[a]], a, b, parent[a]);
	if (known(r, parent[b]))
		learn(r, parent[a], parent[parent[b]], a, b, parent[b]);
}

static void learn_aunt(struct round *r, int v, int aunt)
{
	const int16_t *parent = r->k->parent;

	if (!known(r, v))
		return;
	if (known(r, parent[v]))
		learn(r, aunt, parent[parent[v]], v, parent[v], TREE_NONE);
	if (known(r, aunt))
		learn(r, parent[v], parent[aunt], v, aunt, TREE_NONE);
}

static void learn_siblings(struct round *r, const int16_t *list, int n)
{
	int i = 0;

	while (i < n && !known(r, list[i]))
		i++;
	for (int j = 0; i < n && j < n; j++)
		if (j != i)
			learn(r, list[j], r->k->parent[list[i]], list[i], TREE_NONE, TREE_NONE);
}

static void learn_fact(struct round *r, const struct tree *t, const struct tree_fact *f)
{
	const int16_t *list = t->pool + f->from;

	switch (f->sign) {
	case 'C':
		for (int i = 0; i < f->n; i++)
			learn(r, list[i], f->head, TREE_NONE, TREE_NONE, TREE_NONE);
		break;
	case 'P': learn(r, f->head, list[0], TREE_NONE, TREE_NONE, TREE_NONE); break;
	case 'D':
		for (int i = 0; i < f->n; i++)
			if (known(r, list[i]))
				learn(r, r->k->parent[list[i]], f->head, list[i], TREE_NONE, TREE_NONE);
		break;
	case 'G':
		if (known(r, f->head))
			learn(r, r->k->parent[f->head], list[0], f->head, TREE_NONE, TREE_NONE);
		break;
	case 'S': learn_siblings(r, list, f->n); break;
	case 'K': learn_cousins(r, list[0], list[1]); break;
	case 'A': learn_aunt(r, f->head, list[0]); break;
	}
}

int tree_up(const struct tree_known *k, int v, int steps)
{
	while (v >= 0 && steps-- > 0)
		v = k->parent[v];
	return v;
}

/* All but one have a parent, and nobody is their own ancestor. */
static bool is_tree(struct tree_known *k, int n)
{
	int16_t order[TREE_NODES];
	int reached = 0;

	for (int v = 0; v < n; v++)
		if (k->round[v] == 0) {
			if (reached)
				return false;
			k->parent[v] = TREE_NONE;
			order[reached++] = (int16_t)v;
		}
	for (int v = 0; v < n; v++)
		if (k->parent[v] >= 0)
			k->kids[k->parent[v]]++;
	/* from the root downwards everybody is met */
	for (int i = 0; i < reached; i++)
		if (k->kids[order[i]])
			for (int v = 0; v < n; v++)
				if (k->parent[v] == order[i])
					order[reached++] = (int16_t)v;
	if (reached < n)
		return false;
	for (int v = 0; v < n; v++) {
		int top = tree_up(k, v, 2);

		if (top >= 0)
			k->grandkids[top]++;
	}
	return true;
}

static bool siblings(const struct tree_known *k, int a, int b)
{
	return a != b && k->parent[a] >= 0 && k->parent[a] == k->parent[b];
}

static bool cousins(const struct tree_known *k, int a, int b)
{
	return k->parent[a] >= 0 && k->parent[b] >= 0 && siblings(k, k->parent[a], k->parent[b]);
}

static bool listed_twice(const int16_t *list, int n)
{
	bool seen[TREE_NODES] = { false };

	for (int i = 0; i < n; i++) {
		if (seen[list[i]])
			return true;
		seen[list[i]] = true;
	}
	return false;
}

static bool fact_true(const struct tree_known *k, const struct tree *t, const struct tree_fact *f)
{
	const int16_t *list = t->pool + f->from;
	bool ok = !listed_twice(list, f->n);

	for (int i = 0; i < f->n && ok; i++) {
		int v = list[i];

		switch (f->sign) {
		case 'C': ok = k->parent[v] == f->head; break;
		case 'D': ok = tree_up(k, v, 2) == f->head; break;
		case 'P': ok = k->parent[f->head] == v; break;
		case 'G': ok = tree_up(k, f->head, 2) == v; break;
		case 'A': ok = k->parent[f->head] >= 0 && siblings(k, k->parent[f->head], v); break;
		case 'S': ok = i == 0 || siblings(k, list[0], v); break;
		case 'K': ok = i == 0 || cousins(k, list[0], v); break;
		}
	}
	if (f->sign == 'C' || f->sign == 'N')
		ok = ok && k->kids[f->head] == f->n;
	if (f->sign == 'D' || f->sign == 'M')
		ok = ok && k->grandkids[f->head] == f->n;
	return ok;
}

/* How far up the relatives' common ancestor is, and how far down from there they are (0: at any depth). */
static const struct {
	int up, down;
} reach[TREE_RELATIONS] = { { 2, 2 }, { 1, 1 }, { 0, 2 }, { 0, 0 }, { 2, 1 }, { 3, 3 } };

/* Mark who is asked for; how many. The child of the ancestor on the way to `about` is left out with all below it. */
static int mark_due(bool *due, const struct tree_known *k, int n, int asked, int about)
{
	int top = tree_up(k, about, reach[asked].up), without = reach[asked].up ? tree_up(k, about, reach[asked].up - 1) : TREE_NONE;
	int count = 0;

	for (int v = 0; v < n; v++) {
		int branch = TREE_NONE, at = v, down = 0;

		while (at >= 0 && at != top) {
			branch = at;
			at = k->parent[at];
			down++;
		}
		due[v] = top >= 0 && at == top && down && branch != without && (!reach[asked].down || down == reach[asked].down);
		count += due[v];
	}
	return count;
}

static void need(struct tree_known *k, int v)
{
	if (v < 0 || k->needed[v])
		return;
	k->needed[v] = true;
	for (int i = 0; i < 3; i++) /* of earlier rounds */
		need(k, k->by[v][i]);
}

/* So many generations below the top at most; 0: any number. */
static bool below(const struct tree_known *k, int v, int top, int most)
{
	int down = 0;

	while (v >= 0 && v != top) {
		v = k->parent[v];
		down++;
	}
	return v >= 0 && down && (!most || down <= most);
}

/* The way up, all that is as far down from there as they are, and what these parents follow from. */
static void mark_needed(struct tree_known *k, const struct tree *t)
{
	int top = tree_up(k, t->about, reach[t->asked].up);

	memset(k->needed, 0, sizeof(k->needed));
	for (int v = 0; v < t->n; v++)
		if (below(k, v, top, reach[t->asked].down))
			need(k, v);
}

/* All parents that follow; false where the facts contradict each other. */
static bool infer(struct tree_known *k, const struct tree *t)
{
	struct round r = { .k = k };

	memset(k, 0, sizeof(*k));
	for (int v = 0; v < t->n; v++)
		k->parent[v] = TREE_NONE;
	do {
		r.more = false;
		r.now++;
		for (r.fact = 0; r.fact < t->facts; r.fact++)
			learn_fact(&r, t, &t->fact[r.fact]);
	} while (r.more && !r.clash);
	return !r.clash;
}

bool tree_solve(struct tree_known *k, const struct tree *t)
{
	if (!infer(k, t) || !is_tree(k, t->n))
		return false;
	for (int i = 0; i < t->facts; i++)
		if (!fact_true(k, t, &t->fact[i]))
			return false;
	if (!mark_due(k->due, k, t->n, t->asked, t->about))
		return false;
	mark_needed(k, t);
	return true;
}

/* The names of those asked for; English ones by the alphabet. */
static void write_answer(struct buf *out, const struct tree *t, const bool *due, enum lang lang)
{
	int order[TREE_NODES], n = 0;

	for (int v = 0; v < t->n; v++)
		if (due[v]) {
			int at = n++;

			for (; at && str_cmp(t->name[order[at - 1]][LANG_EN], t->name[v][LANG_EN]) > 0; at--)
				order[at] = order[at - 1];
			order[at] = v;
		}
	for (int i = 0; i < n; i++) {
		buf_addz(out, !i ? "" : lang == LANG_ZH ? "，" : ", ");
		buf_add(out, t->name[order[i]][lang]);
	}
}

static bool answer_in(struct buf *answer, struct str desc, enum lang lang)
{
	struct tree_known k;
	struct tree t;

	if (!tree_read(&t, desc) || !tree_solve(&k, &t))
		return false;
	write_answer(answer, &t, k.due, lang);
	return true;
}

static bool solve(struct buf *answer, struct str desc)
{
	return answer_in(answer, desc, LANG_EN);
}

static void say(struct buf *out, struct str desc, struct str answer, enum lang lang)
{
	(void)answer; /* there is one */
	answer_in(out, desc, lang);
}

/* Every parent follows from the facts, and they hold: one tree. */
static bool prove(struct str desc)
{
	struct tree_known k;
	struct tree t;

	return tree_read(&t, desc) && tree_solve(&k, &t);
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct tree t;

	if (tree_read(&t, desc))
		tree_tell(steps, &t, lang);
}

static void grade(struct effort *e, struct str desc)
{
	/* by the facts that were needed: 1 grandchildren, 2 siblings, 4 aunts and uncles, 8 cousins */
	static const char *const techniques[16] = {
		"told parents", "grandparents", "siblings", "grandparents, siblings", "aunts", "grandparents, aunts", "siblings, aunts",
		"grandparents, siblings, aunts", "cousins", "grandparents, cousins", "siblings, cousins", "grandparents, siblings, cousins",
		"aunts, cousins", "grandparents, aunts, cousins", "siblings, aunts, cousins", "grandparents, siblings, aunts, cousins",
	};
	struct tree_known k;
	struct tree t;
	int used = 0;

	if (!tree_read(&t, desc) || !tree_solve(&k, &t))
		return;
	e->steps = t.facts;
	for (int v = 0; v < t.n; v++) {
		if (!k.needed[v])
			continue;
		e->steps++;
		e->depth = k.round[v] > e->depth ? k.round[v] : e->depth;
		switch (t.fact[k.fact[v]].sign) {
		case 'D':
		case 'G': used |= 1; break;
		case 'S': used |= 2; break;
		case 'A': used |= 4; break;
		case 'K': used |= 8; break;
		}
	}
	e->technique = techniques[used];
}

/* Ways to name as many of the others as there are to name. */
static double answers_log2(struct str desc)
{
	struct tree_known k;
	struct tree t;
	double log = 0;
	int due = 0;

	if (!tree_read(&t, desc) || !tree_solve(&k, &t))
		return 0;
	for (int v = 0; v < t.n; v++)
		due += k.due[v];
	for (int i = 0; i < due; i++)
		log += log2((double)(t.n - 1 - i) / (due - i));
	return log;
}

/* ---- twins: other names, another order of the facts and of the items in their lists ---- */

/* Number the items anew, as the facts name them. */
static void renumber(struct tree *t)
{
	int16_t to[TREE_NODES];
	struct str name[TREE_NODES][LANGS];
	int next = 0;

	memset(to, -1, sizeof(to));
	for (int i = 0; i < t->facts; i++) {
		struct tree_fact *f = &t->fact[i];

		if (f->head >= 0) {
			if (to[f->head] < 0)
				to[f->head] = (int16_t)next++;
			f->head = to[f->head];
		}
		for (int j = 0; j < f->n; j++) {
			int16_t *v = &t->pool[f->from + j];

			if (to[*v] < 0)
				to[*v] = (int16_t)next++;
			*v = to[*v];
		}
	}
	assert(next == t->n);
	for (int v = 0; v < t->n; v++)
		memcpy(name[to[v]], t->name[v], sizeof(name[0]));
	memcpy(t->name, name, sizeof(name[0]) * (size_t)t->n);
	t->about = to[t->about];
}

/* Different things whose English name is one word: test_lists.c says that there are enough. */
static void draw_names(struct tree *t, struct rng *rng)
{
	bool used[4096] = { false };
	uint32_t count = (uint32_t)list_count("things");

	assert(count <= 4096);
	for (int v = 0; v < t->n;) {
		uint32_t i = rng_below(rng, count);

		if (used[i] || !letters_only(list_at("things", i, LANG_EN)))
			continue;
		used[i] = true;
		for (int lang = 0; lang < LANGS; lang++)
			t->name[v][lang] = list_at("things", i, (enum lang)lang);
		v++;
	}
}

static void shuffle_facts(struct tree *t, struct rng *rng)
{
	rng_shuffle(rng, t->fact, (size_t)t->facts, sizeof(t->fact[0]));
	for (int i = 0; i < t->facts; i++)
		rng_shuffle(rng, t->pool + t->fact[i].from, (size_t)t->fact[i].n, sizeof(t->pool[0]));
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct tree t;

	if (!tree_read(&t, desc))
		return false;
	draw_names(&t, rng);
	shuffle_facts(&t, rng);
	renumber(&t);
	write_desc(out, &t);
	return true;
}

/* ---- the generator ---- */

struct plan {
	struct tree *t;
	struct tree_known k; /* only parents and counts */
	int16_t kid[TREE_NODES][12];
	int16_t depth[TREE_NODES];
	const int *knob;
	struct rng *rng;
};

/* A line of one item a generation, then the others under anybody who has room. */
static void grow(struct plan *p)
{
	int16_t open[TREE_NODES];
	int opened = 0, n = p->t->n;

	memset(&p->k, 0, sizeof(p->k));
	for (int v = 0; v < n; v++) {
		int at = v <= p->knob[GENERATIONS] - 1 ? v - 1 : (int)rng_below(p->rng, (uint32_t)opened), parent;

		parent = v == 0 ? TREE_NONE : v <= p->knob[GENERATIONS] - 1 ? v - 1 : open[at];
		p->k.parent[v] = (int16_t)parent;
		p->depth[v] = (int16_t)(parent < 0 ? 0 : p->depth[parent] + 1);
		if (parent >= 0) {
			p->kid[parent][p->k.kids[parent]++] = (int16_t)v;
			/* in the first line nobody is full: there are two children at least */
			if (p->k.kids[parent] == p->knob[CHILDREN])
				open[at] = open[--opened];
		}
		if (p->depth[v] < p->knob[GENERATIONS] - 1)
			open[opened++] = (int16_t)v;
	}
}

static struct tree_fact *add_fact(struct plan *p, char sign, int head)
{
	struct tree *t = p->t;
	struct tree_fact *f = &t->fact[t->facts++];

	*f = (struct tree_fact){ sign, (int16_t)head, (int16_t)t->used, 0 };
	return f;
}

static void add_item(struct plan *p, int v)
{
	struct tree *t = p->t;

	t->pool[t->used++] = (int16_t)v;
	t->fact[t->facts - 1].n++;
}

static int any_kid(struct plan *p, int v)
{
	return p->kid[v][rng_below(p->rng, (uint32_t)p->k.kids[v])];
}

static void tell_grandchildren(struct plan *p, int v)
{
	add_fact(p, 'D', v);
	for (int i = 0; i < p->k.kids[v]; i++)
		for (int j = 0; j < p->k.kids[p->kid[v][i]]; j++)
			add_item(p, p->kid[p->kid[v][i]][j]);
}

static void tell_children(struct plan *p, int v)
{
	add_fact(p, 'C', v);
	for (int i = 0; i < p->k.kids[v]; i++)
		add_item(p, p->kid[v][i]);
}

static void tell_pair(struct plan *p, char sign, int head, int v)
{
	add_fact(p, sign, head);
	add_item(p, v);
}

/* Two of the same parent, as siblings or by way of their children. */
static void tie(struct plan *p, int a, int b)
{
	bool below[2] = { p->k.kids[a] > 0, p->k.kids[b] > 0 };

	if ((below[0] || below[1]) && rng_chance(p->rng, 60)) {
		if (below[0] && below[1] && rng_chance(p->rng, 50)) {
			tell_pair(p, 'K', TREE_NONE, any_kid(p, a));
			add_item(p, any_kid(p, b));
		} else if (below[0]) {
			tell_pair(p, 'A', any_kid(p, a), b);
		} else {
			tell_pair(p, 'A', any_kid(p, b), a);
		}
		return;
	}
	tell_pair(p, 'S', TREE_NONE, a);
	add_item(p, b);
}

/* The children of v so that they can be known once their own children are. */
static void tell_group(struct plan *p, int v)
{
	int16_t kid[12];
	int n = p->k.kids[v], named = 0;

	if (!rng_chance(p->rng, p->knob[INDIRECT])) {
		bool whole = rng_chance(p->rng, 60);

		if (whole)
			tell_children(p, v);
		for (int i = 0; i < n && !whole; i++)
			tell_pair(p, 'P', p->kid[v][i], v);
		return;
	}
	memcpy(kid, p->kid[v], sizeof(kid[0]) * (size_t)n);
	rng_shuffle(p->rng, kid, (size_t)n, sizeof(kid[0]));
	for (int i = 1; i < n; i++)
		tie(p, kid[i], kid[rng_chance(p->rng, 70) ? i - 1 : (int)rng_below(p->rng, (uint32_t)i)]);
	while (named < n && !p->k.kids[kid[named]])
		named++;
	if (named == n || rng_chance(p->rng, 30))
		tell_pair(p, 'P', kid[0], v);
	else if (rng_chance(p->rng, 70))
		tell_pair(p, 'G', any_kid(p, kid[named]), v);
	else
		tell_grandchildren(p, v);
}

static bool lists(const struct tree *t, const struct tree_fact *f, int v)
{
	int i = 0;

	while (i < f->n && t->pool[f->from + i] != v)
		i++;
	return i < f->n;
}

/* Take the last fact back if it was told before, in whatever order. */
static void drop_repeated(struct tree *t)
{
	const struct tree_fact *last = &t->fact[t->facts - 1];

	for (const struct tree_fact *f = t->fact; f < last; f++) {
		bool same = f->sign == last->sign && f->head == last->head && f->n == last->n;

		for (int i = 0; same && i < last->n; i++)
			same = lists(t, f, t->pool[last->from + i]);
		if (same) {
			t->used = last->from;
			t->facts--;
			return;
		}
	}
}

/* One more true sentence about v, if the kind drawn can be said and was not. */
static void tell_more(struct plan *p, int v)
{
	int up = p->k.parent[v], kids = p->k.kids[v], grandkids = 0, facts = p->t->facts, other;

	for (int i = 0; i < kids; i++)
		grandkids += p->k.kids[p->kid[v][i]];
	switch (rng_below(p->rng, 6)) {
	case 0:
		if (!kids)
			add_fact(p, 'N', v);
		else if (!grandkids)
			add_fact(p, 'M', v);
		break;
	case 1:
		if (grandkids && grandkids <= 12)
			tell_grandchildren(p, v);
		break;
	case 2:
		if (up >= 0 && p->k.kids[up] > 1) {
			add_fact(p, 'S', TREE_NONE);
			for (int i = 0; i < p->k.kids[up]; i++)
				add_item(p, p->kid[up][i]);
		}
		break;
	case 3:
		if (tree_up(&p->k, v, 2) >= 0) {
			other = any_kid(p, p->k.parent[up]);
			if (other != up)
				tell_pair(p, 'A', v, other);
		}
		break;
	case 4:
		if (tree_up(&p->k, v, 2) >= 0) {
			other = any_kid(p, p->k.parent[up]);
			if (other != up && p->k.kids[other]) {
				tell_pair(p, 'K', TREE_NONE, v);
				add_item(p, any_kid(p, other));
			}
		}
		break;
	default:
		if (tree_up(&p->k, v, 2) >= 0)
			tell_pair(p, 'G', v, tree_up(&p->k, v, 2));
	}
	if (p->t->facts > facts)
		drop_repeated(p->t);
}

/* Has the item drawn as many relatives as are wanted? */
static bool draw_about(struct plan *p)
{
	struct tree *t = p->t;
	bool due[TREE_NODES];
	int count;

	t->about = (int)rng_below(p->rng, (uint32_t)t->n);
	count = mark_due(due, &p->k, t->n, t->asked, t->about);
	return count >= p->knob[LEAST] && count <= ANSWER_MOST;
}

/* The longest chain of rounds behind a parent that matters. */
static int chain_of(const struct tree_known *k, const struct tree *t)
{
	int top = tree_up(k, t->about, reach[t->asked].up), longest = 0;

	for (int v = 0; v < t->n; v++)
		if (k->round[v] > longest && below(k, v, top, reach[t->asked].down))
			longest = k->round[v];
	return longest;
}

/* Of several questions the one with the longest chain; the facts are told already. */
static bool draw_question(struct plan *p)
{
	struct tree *t = p->t;
	int best = TREE_NONE, longest = 0, left = p->knob[DEEP];
	struct tree_known k;

	if (left > 1)
		infer(&k, t);
	for (int tries = 0; tries < 100 + 2 * p->knob[DEEP] && left > 0; tries++) {
		int chain = 1;

		if (!draw_about(p))
			continue;
		if (p->knob[DEEP] > 1)
			chain = chain_of(&k, t);
		left--;
		if (chain > longest) {
			longest = chain;
			best = t->about;
		}
	}
	t->about = best;
	return best >= 0;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct tree t;
	struct plan p;
	bool due[TREE_NODES], asked = false;

	p.t = &t;
	p.knob = knob;
	p.rng = rng;
	t.n = rng_range(rng, knob[MIN_NODES], knob[MAX_NODES]);
	t.asked = knob[ASK] < TREE_RELATIONS ? knob[ASK] : (int)rng_below(rng, TREE_RELATIONS);
	for (int tries = 0; tries < 8 && !asked; tries++) {
		grow(&p);
		t.facts = t.used = 0;
		for (int v = 0; v < t.n; v++)
			if (p.k.kids[v])
				tell_group(&p, v);
		for (int i = 0; i < t.n * knob[EXTRA] / 100; i++)
			tell_more(&p, (int)rng_below(rng, (uint32_t)t.n));
		asked = draw_question(&p);
	}
	if (!asked)
		return false;
	mark_due(due, &p.k, t.n, t.asked, t.about);
	draw_names(&t, rng);
	write_answer(answer, &t, due, LANG_EN);
	shuffle_facts(&t, rng);
	renumber(&t);
	write_desc(desc, &t);
	return true;
}

const struct task task_space_reasoning_tree = {
	.name = "space_reasoning_tree",
	.family = "space",
	.what = "A tree is told by who is whose child, grandchild, sibling or cousin; name all cousins, or other relatives, of one item.",
	.revision = 1,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.say = say,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = tree_canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = tree_fields,
};
