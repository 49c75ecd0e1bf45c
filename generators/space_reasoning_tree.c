/*
 * space_reasoning_tree.c - a tree told by who is whose child, grandchild, sibling, cousin; who are the cousins of one?
 *
 * desc: "cousins 4 221:C0,2,1S3,4P5K3,5:lamp台灯key钥匙..." (verifiers/space_reasoning_tree.c says it in full). The facts give every
 * parent, some only by way of others; what is told of that is in space_reasoning_tree_told.c.
 */
#include "generators/space_reasoning_tree.h"
#include "generators/lists.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>

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

/* ---- the solver: parents that are known give others, round by round ---- */

struct round {
	struct tree_known *k;
	int now, fact;
	bool more;
};

static bool known(const struct round *r, int v)
{
	return r->k->round[v] > 0 && r->k->round[v] < r->now;
}

/*
 * v's parent is x, as follows from the parents of up to three others. Where it is known it stays: what contradicts it will not
 * hold in the tree.
 */
static void learn(struct round *r, int v, int x, int a, int b, int c)
{
	struct tree_known *k = r->k;

	if (k->round[v])
		return;
	k->parent[v] = (int16_t)x;
	k->round[v] = (int16_t)r->now;
	k->fact[v] = (int16_t)r->fact;
	k->by[v][0] = (int16_t)a;
	k->by[v][1] = (int16_t)b;
	k->by[v][2] = (int16_t)c;
	r->more = true;
}

/* These return true once there is nothing more to learn from the fact. */

static bool learn_cousins(struct round *r, int a, int b)
{
	const int16_t *parent = r->k->parent;
	bool done = false;

	if (!known(r, a) || !known(r, b))
		return false;
	if (known(r, parent[a])) {
		learn(r, parent[b], parent[parent[a]], a, b, parent[a]);
		done = true;
	}
	if (known(r, parent[b])) {
		learn(r, parent[a], parent[parent[b]], a, b, parent[b]);
		done = true;
	}
	return done;
}

static bool learn_aunt(struct round *r, int v, int aunt)
{
	const int16_t *parent = r->k->parent;
	bool done = false;

	if (!known(r, v))
		return false;
	if (known(r, parent[v])) {
		learn(r, aunt, parent[parent[v]], v, parent[v], TREE_NONE);
		done = true;
	}
	if (known(r, aunt)) {
		learn(r, parent[v], parent[aunt], v, aunt, TREE_NONE);
		done = true;
	}
	return done;
}

static bool learn_siblings(struct round *r, const int16_t *list, int n)
{
	int i = 0;

	while (i < n && !known(r, list[i]))
		i++;
	for (int j = 0; i < n && j < n; j++)
		if (j != i)
			learn(r, list[j], r->k->parent[list[i]], list[i], TREE_NONE, TREE_NONE);
	return i < n;
}

static bool learn_fact(struct round *r, const struct tree *t, const struct tree_fact *f)
{
	const int16_t *list = t->pool + f->from;
	bool done = true;

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
			else
				done = false;
		break;
	case 'G':
		done = known(r, f->head);
		if (done)
			learn(r, r->k->parent[f->head], list[0], f->head, TREE_NONE, TREE_NONE);
		break;
	case 'S': return learn_siblings(r, list, f->n);
	case 'K': return learn_cousins(r, list[0], list[1]);
	case 'A': return learn_aunt(r, f->head, list[0]);
	}
	return done;
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
	int16_t left[TREE_NODES], order[TREE_NODES];
	int roots = 0, reached = 0;

	for (int v = 0; v < n; v++)
		k->kids[v] = k->grandkids[v] = 0;
	for (int v = 0; v < n; v++)
		if (k->parent[v] >= 0)
			k->kids[k->parent[v]]++;
		else
			roots++;
	if (roots != 1)
		return false;
	/* from the last generation upwards everybody is met */
	for (int v = 0; v < n; v++) {
		left[v] = k->kids[v];
		if (!left[v])
			order[reached++] = (int16_t)v;
	}
	for (int i = 0; i < reached; i++) {
		int up = k->parent[order[i]];

		if (up >= 0 && --left[up] == 0)
			order[reached++] = (int16_t)up;
	}
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

/* seen[v]: the last stamp under which v was met. */
static bool listed_twice(const int16_t *list, int n, int16_t *seen, int16_t stamp)
{
	for (int i = 0; i < n; i++) {
		if (seen[list[i]] == stamp)
			return true;
		seen[list[i]] = stamp;
	}
	return false;
}

static bool fact_true(const struct tree_known *k, const struct tree *t, const struct tree_fact *f)
{
	const int16_t *list = t->pool + f->from;
	bool ok = true;

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
	int up = reach[asked].up, down = reach[asked].down, top = tree_up(k, about, up), count = 0;
	int without = up ? tree_up(k, about, up - 1) : TREE_NONE;

	for (int v = 0; v < n; v++) {
		int branch = tree_up(k, v, down ? down - 1 : 0);

		while (!down && branch >= 0 && k->parent[branch] != top)
			branch = k->parent[branch];
		due[v] = top >= 0 && branch >= 0 && branch != without && k->parent[branch] == top;
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
	for (int down = 0; v >= 0 && (!most || down < most); down++) {
		v = k->parent[v];
		if (v >= 0 && v == top)
			return true;
	}
	return false;
}

/* The way up, all that is as far down from there as they are, and what these parents follow from. */
static void mark_needed(struct tree_known *k, const struct tree *t)
{
	int top = tree_up(k, t->about, reach[t->asked].up);

	memset(k->needed, 0, (size_t)t->n);
	for (int v = 0; v < t->n; v++)
		if (below(k, v, top, reach[t->asked].down))
			need(k, v);
}

/* All parents that follow from the facts. */
static void infer(struct tree_known *k, const struct tree *t)
{
	struct round r = { .k = k, .now = 1 };
	int16_t open[TREE_FACTS]; /* facts from which something may follow yet */
	int opened = 0;

	for (int v = 0; v < t->n; v++) {
		k->parent[v] = TREE_NONE;
		k->round[v] = 0;
	}
	for (r.fact = 0; r.fact < t->facts; r.fact++) {
		const struct tree_fact *f = &t->fact[r.fact];

		if (f->sign == 'C' || f->sign == 'P')
			learn_fact(&r, t, f);
		else if (f->n)
			open[opened++] = (int16_t)r.fact;
	}
	while (r.more && opened) {
		int left = 0;

		r.more = false;
		r.now++;
		for (int i = 0; i < opened; i++) {
			r.fact = open[i];
			if (!learn_fact(&r, t, &t->fact[r.fact]))
				open[left++] = (int16_t)r.fact;
		}
		opened = left;
	}
}

/* What follows is a tree; whether the facts all hold in it is not asked. */
static bool infer_tree(struct tree_known *k, const struct tree *t)
{
	infer(k, t);
	return is_tree(k, t->n);
}

bool tree_solve(struct tree_known *k, const struct tree *t)
{
	int16_t seen[TREE_NODES] = { 0 };

	if (!infer_tree(k, t) || (t->stated && memcmp(k->parent, t->parent, (size_t)t->n * sizeof(k->parent[0])) != 0))
		return false;
	for (int i = 0; i < t->facts; i++) {
		const struct tree_fact *f = &t->fact[i];

		if (!fact_true(k, t, f) || listed_twice(t->pool + f->from, f->n, seen, (int16_t)(i + 1)))
			return false;
	}
	if (!mark_due(k->due, k, t->n, t->asked, t->about))
		return false;
	mark_needed(k, t);
	return true;
}

/* The English names of those asked for, by the alphabet. */
static void write_answer(struct buf *out, const struct tree *t, const bool *due)
{
	struct str name[TREE_NODES];
	int n = 0;

	for (int v = 0; v < t->n; v++)
		if (due[v]) {
			int at = n++;

			for (; at && str_cmp(name[at - 1], t->name[v][LANG_EN]) > 0; at--)
				name[at] = name[at - 1];
			name[at] = t->name[v][LANG_EN];
		}
	for (int i = 0; i < n; i++) {
		if (i)
			buf_add(out, STR(", "));
		buf_add(out, name[i]);
	}
}

static bool solve(struct buf *answer, struct str desc)
{
	struct tree_known k;
	struct tree t;

	if (!tree_read(&t, desc) || !tree_solve(&k, &t))
		return false;
	write_answer(answer, &t, k.due);
	return true;
}

static void say(struct buf *out, struct str desc, struct str answer, enum lang lang)
{
	struct tree t;

	if (lang == LANG_EN || !tree_read(&t, desc))
		buf_add(out, answer);
	else
		list_say(out, answer, t.name, t.n, lang);
}

/* Every parent follows from the facts, they hold, and it is the tree that is stated: one tree. */
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

	if (!tree_skim(&t, desc) || !infer_tree(&k, &t))
		return;
	mark_needed(&k, &t);
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
	int due;

	if (!tree_skim(&t, desc) || !infer_tree(&k, &t))
		return 0;
	due = mark_due(k.due, &k, t.n, t.asked, t.about);
	for (int i = 0; i < due; i++)
		log += log2((double)(t.n - 1 - i) / (due - i));
	return log;
}

/* ---- twins: other names, another order of the facts and of the items in their lists ---- */

/* Things whose English name is one word, and the others with no name: draws are by their number in the list. */
static struct str things[1024][LANGS];
static uint32_t thing_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void find_things(void)
{
	size_t count = list_count("things");

	assert(count <= COUNT(things));
	for (size_t i = 0; i < count; i++)
		if (str_chr(list_at("things", i, LANG_EN), ' ') < 0 && str_chr(list_at("things", i, LANG_EN), '-') < 0)
			for (int lang = 0; lang < LANGS; lang++)
				things[i][lang] = list_at("things", i, (enum lang)lang);
	thing_count = (uint32_t)count;
}

/* Different things: test_lists.c says that there are enough. */
static void draw_names(struct tree *t, struct rng *rng)
{
	bool used[COUNT(things)] = { false };

	pthread_once(&once, find_things);
	for (int v = 0; v < t->n;) {
		uint32_t i = rng_below(rng, thing_count);

		if (used[i] || !things[i][LANG_EN].n)
			continue;
		used[i] = true;
		memcpy(t->name[v++], things[i], sizeof(things[0]));
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
	struct tree_known k;
	struct tree t;

	if (!tree_read(&t, desc) || (!t.stated && !infer_tree(&k, &t)))
		return false;
	if (!t.stated)
		memcpy(t.parent, k.parent, sizeof(t.parent));
	draw_names(&t, rng);
	shuffle_facts(&t, rng);
	tree_renumber(&t);
	tree_write(out, &t);
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

	for (int v = 0; v < n; v++) {
		int at = v <= p->knob[GENERATIONS] - 1 ? v - 1 : (int)rng_below(p->rng, (uint32_t)opened), parent;

		parent = v == 0 ? TREE_NONE : v <= p->knob[GENERATIONS] - 1 ? v - 1 : open[at];
		p->k.parent[v] = (int16_t)parent;
		p->k.kids[v] = 0;
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

/* How many are so many generations below each, 0: all that are below. Parents have lower numbers. */
static void count_below(int16_t *count, const struct plan *p, int down)
{
	int n = p->t->n;

	for (int v = 0; v < n; v++)
		count[v] = down > 0;
	for (int v = n - 1; v > 0 && !down; v--)
		count[p->k.parent[v]] = (int16_t)(count[p->k.parent[v]] + count[v] + 1);
	for (; down > 0; down--)
		for (int v = 0; v < n; v++) {
			int16_t mine = count[v];

			count[v] = 0; /* to be counted by its children, who come later */
			if (v)
				count[p->k.parent[v]] = (int16_t)(count[p->k.parent[v]] + mine);
		}
}

/* The latest round in which a parent is learnt so many generations below each at most, 0: at any depth. */
static void find_latest(int16_t *latest, const struct plan *p, const struct tree_known *k, int down)
{
	int n = p->t->n;

	for (int v = 0; v < n; v++)
		latest[v] = down ? k->round[v] : 0;
	for (int v = n - 1; v > 0 && !down; v--) {
		int16_t *up = &latest[p->k.parent[v]], mine = latest[v] > k->round[v] ? latest[v] : k->round[v];

		*up = mine > *up ? mine : *up;
	}
	for (; down > 0; down--)
		for (int v = 0; v < n; v++) {
			int16_t mine = latest[v];

			latest[v] = down > 1 ? k->round[v] : 0;
			if (v && mine > latest[p->k.parent[v]])
				latest[p->k.parent[v]] = mine;
		}
}

/* Of several questions the one with the longest chain of rounds behind it; the facts are told already. */
static bool draw_question(struct plan *p)
{
	struct tree *t = p->t;
	int up = reach[t->asked].up, down = reach[t->asked].down, best = TREE_NONE, longest = 0, left = p->knob[DEEP];
	int16_t all[TREE_NODES], own[TREE_NODES], latest[TREE_NODES];
	bool deep = left > 1;
	struct tree_known k;

	count_below(all, p, down);
	if (up > 0 && down > 1)
		count_below(own, p, down - 1);
	if (deep) {
		infer(&k, t);
		find_latest(latest, p, &k, down);
	}
	for (int tries = 0; tries < 100 + 2 * p->knob[DEEP] && left > 0; tries++) {
		int about = (int)rng_below(p->rng, (uint32_t)t->n), top = tree_up(&p->k, about, up), count, chain;

		if (top < 0)
			continue;
		count = all[top] - (up == 0 ? 0 : down > 1 ? own[tree_up(&p->k, about, up - 1)] : 1);
		if (count < p->knob[LEAST] || count > ANSWER_MOST)
			continue;
		chain = deep ? latest[top] : 1;
		left--;
		if (chain > longest) {
			longest = chain;
			best = about;
		}
	}
	t->about = best;
	return best >= 0;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct tree t;
	struct plan p;
	bool due[TREE_NODES], asked = false, whole;

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
	write_answer(answer, &t, due);
	shuffle_facts(&t, rng);
	memcpy(t.parent, p.k.parent, sizeof(t.parent));
	whole = tree_renumber(&t);
	assert(whole); /* everybody's parent was told */
	(void)whole;
	tree_write(desc, &t);
	return true;
}

const struct task task_space_reasoning_tree = {
	.name = "space_reasoning_tree",
	.family = "space",
	.what = "A tree is told by who is whose child, grandchild, sibling or cousin; name all cousins, or other relatives, of one item.",
	.revision = 2,
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
