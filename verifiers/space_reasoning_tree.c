/*
 * space_reasoning_tree.c - are these the relatives of an item in a tree that is told by who is whose child, grandchild, sibling?
 *
 * desc: "cousins 4:lamp=台灯,key=钥匙,...:C0=1,2;S2,3;G4<0": which relatives of which item; the names, numbered from 0 in the
 * order in which the facts first speak of them; the facts:
 *
 *	C0=1,2	the children of 0 are 1 and 2, no more		N0	0 has no children
 *	D0=3,4	the grandchildren of 0 are 3 and 4, no more	M0	0 has no grandchildren
 *	P1<0	1 is a child of 0				G3<0	3 is a grandchild of 0
 *	S1,2	1 and 2 are siblings (any number of them)	K3,4	3 and 4 are cousins
 *	A3<2	2 is an aunt or uncle of 3
 *
 * Every fact says that some of the things "v", "the parent of v", "the parent of the parent of v" are the same. The closure of
 * this under "the parent of the same is the same" must give all but one item a parent. What else the facts say is held against the tree:
 * that lists of children and grandchildren are whole, that cousins are no siblings, that an aunt is no parent.
 */
#include "verifiers/named.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum { NODES = NAMED_MAX, FACTS = 2000, NONE = -1, DEPTH_MAX = 64, PROSE = 60 /* bytes */ };

enum relation { COUSINS, SIBLINGS, GRANDCHILDREN, DESCENDANTS, AUNTS, SECOND_COUSINS, RELATIONS };

static const char *const relations[RELATIONS] = { "cousins", "siblings", "grandchildren", "descendants", "aunts", "second_cousins" };

/* Terms: v itself is v, its parent NODES + v, its grandparent 2 * NODES + v. */
enum { TERMS = 3 * NODES };

/* What a sign says: the v-th generation up of each in the list is the same as the head-th up of whom it is about. */
struct fact {
	bool known, about, list;
	char mark; /* between whom it is about and the list */
	uint8_t up, head_up;
	uint8_t least, most; /* how long the list is; 0: no matter */
};

static const struct fact facts[128] = {
	['C'] = { true, true, true, '=', 1, 0, 1, 0 }, ['N'] = { true, true, false, 0, 1, 0, 0, 0 },
	['D'] = { true, true, true, '=', 2, 0, 1, 0 }, ['M'] = { true, true, false, 0, 2, 0, 0, 0 },
	['P'] = { true, true, true, '<', 0, 1, 1, 1 }, ['G'] = { true, true, true, '<', 0, 2, 1, 1 },
	['A'] = { true, true, true, '<', 1, 2, 1, 1 },
	['S'] = { true, false, true, 0, 1, 1, 2, 0 },  ['K'] = { true, false, true, 0, 2, 2, 2, 2 }, /* about the first of the list */
};

struct puzzle {
	struct named names;
	enum relation asked;
	int about;
	int16_t same[TERMS];  /* union-find */
	int16_t item[TERMS];  /* of a root: the item that the class is, or NONE */
	int16_t child[TERMS]; /* of a root: some v whose parent the class is, or NONE */
	int16_t parent[NODES], kids[NODES], grandkids[NODES];
	int16_t told[2][NODES]; /* how many children, how many grandchildren there are, or NONE */
	bool deep[NODES];       /* has a grandparent, by some fact */
	int16_t seen[NODES];    /* the number of the last fact whose list names it */
	int16_t apart[FACTS][2]; /* terms that are not the same */
	int n, mention, facts, aparts;
};

/* ---- reading ---- */

/* A number below n without a zero in front, cut off the text. */
static int number(struct str *s, int n)
{
	unsigned v = 0, digit;
	size_t i = 0;

	for (; i < s->n && i < 3 && (digit = (unsigned)(s->s[i] - '0')) < 10; i++)
		v = v * 10 + digit;
	if (i == 0 || (i > 1 && s->s[0] == '0') || (int)v >= n)
		return NONE;
	s->s += i;
	s->n -= i;
	return (int)v;
}

static bool skip(struct str *s, char c)
{
	if (!s->n || s->s[0] != c)
		return false;
	s->s++;
	s->n--;
	return true;
}

/* ---- the same things ---- */

static int root(struct puzzle *p, int t)
{
	while (p->same[t] != t)
		t = p->same[t] = p->same[p->same[t]];
	return t;
}

static void init_term(struct puzzle *p, int t, int item, int child)
{
	p->same[t] = (int16_t)t;
	p->item[t] = (int16_t)item;
	p->child[t] = (int16_t)child;
}

/* b's class joins that of a, which many may join. False where two different items would be the same. */
static bool unite(struct puzzle *p, int a, int b)
{
	a = root(p, a);
	b = root(p, b);
	if (a == b)
		return true;
	if (p->item[a] >= 0 && p->item[b] >= 0)
		return false;
	p->same[b] = (int16_t)a;
	if (p->item[a] < 0)
		p->item[a] = p->item[b];
	if (p->child[a] < 0)
		p->child[a] = p->child[b];
	return true;
}

static int par(int v)
{
	return NODES + v;
}

static int grand(int v)
{
	return 2 * NODES + v;
}

/* An item that a fact speaks of, cut off the text; they come in the order of their numbers. */
static int take_item(struct puzzle *p, struct str *s)
{
	int v = number(s, p->n);

	if (v > p->mention)
		return NONE;
	p->mention += v == p->mention;
	return v;
}

/* The next fact, cut off the text. Nobody is in its list twice, nor is whom it is about. */
static bool take_fact(struct puzzle *p, struct str *s)
{
	const struct fact *f = s->n && (unsigned char)s->s[0] < 128 ? &facts[(int)s->s[0]] : &facts[0];
	int head = NONE, count = 0, number_of = ++p->facts;

	if (!f->known)
		return false;
	*s = str_from(*s, 1);
	if (f->about) {
		head = take_item(p, s);
		if (head < 0 || (f->mark && !skip(s, f->mark)))
			return false;
		p->seen[head] = (int16_t)number_of;
	}
	if (f->list)
		do {
			int v = take_item(p, s);

			if (v < 0 || p->seen[v] == number_of)
				return false;
			p->seen[v] = (int16_t)number_of;
			p->deep[v] |= f->up == 2;
			count++;
			if (head < 0) {
				head = v;
				continue;
			}
			if (!unite(p, f->head_up * NODES + head, f->up * NODES + v))
				return false;
			if (f->up && f->head_up) { /* they meet there, and not before */
				p->apart[p->aparts][0] = (int16_t)((f->up - 1) * NODES + v);
				p->apart[p->aparts][1] = (int16_t)((f->head_up - 1) * NODES + head);
			}
		} while (skip(s, ','));
	p->aparts += f->most && f->up;
	p->deep[head] |= f->head_up == 2;
	if (f->head_up == 0) { /* the list is whole */
		int16_t *told = &p->told[f->up - 1][head];

		if (*told >= 0 && *told != count)
			return false;
		*told = (int16_t)count;
	}
	return count >= f->least && (!f->most || count <= f->most);
}

/*
 * Parents of the same are the same, until nothing more follows. Of those with the same parent one stands for all in child[], and
 * the others are done once their grandparents are the same as its: they stay so. All are done once their parent is an item.
 */
static bool close_all(struct puzzle *p)
{
	int16_t open[NODES];
	int left = p->n, before;

	for (int v = 0; v < p->n; v++)
		open[v] = (int16_t)v;
	do {
		before = left;
		left = 0;
		for (int i = 0; i < before; i++) {
			int v = open[i], mine = root(p, par(v)), item = p->item[mine], other = p->child[mine];

			if (item < 0 && other == v)
				open[left++] = (int16_t)v;
			else if (!unite(p, item >= 0 ? par(item) : grand(other), grand(v)))
				return false;
		}
	} while (left < before);
	return true;
}

/* One root, no circle. */
static bool read_tree(struct puzzle *p)
{
	int roots = 0;

	for (int v = 0; v < p->n; v++) {
		p->parent[v] = p->item[root(p, par(v))];
		roots += p->parent[v] < 0;
		p->kids[v] = p->grandkids[v] = 0;
	}
	for (int v = 0; v < p->n; v++) {
		int up = v, steps = 0;

		while (up >= 0 && steps++ < DEPTH_MAX)
			up = p->parent[up];
		if (up >= 0)
			return false;
	}
	for (int v = 0; v < p->n; v++)
		if (p->parent[v] >= 0) {
			int top = p->parent[p->parent[v]];

			p->kids[p->parent[v]]++;
			if (top >= 0)
				p->grandkids[top]++;
		}
	return roots == 1;
}

/* ---- relatives ---- */

static int up(const struct puzzle *p, int v, int steps)
{
	while (v >= 0 && steps--)
		v = p->parent[v];
	return v;
}

/* Alike so many generations up, but not before. */
static bool kin(const struct puzzle *p, int a, int b, int steps)
{
	int top = up(p, a, steps);

	return a != b && top >= 0 && top == up(p, b, steps) && up(p, a, steps - 1) != up(p, b, steps - 1);
}

/* Is v a relative of the kind asked for of a? */
static bool related(const struct puzzle *p, enum relation r, int v, int a)
{
	switch (r) {
	case SIBLINGS: return kin(p, v, a, 1);
	case COUSINS: return kin(p, v, a, 2);
	case SECOND_COUSINS: return kin(p, v, a, 3);
	case AUNTS: return up(p, a, 1) >= 0 && kin(p, v, up(p, a, 1), 1);
	case GRANDCHILDREN: return up(p, v, 2) == a;
	default:
		for (int w = p->parent[v]; w >= 0; w = p->parent[w])
			if (w == a)
				return true;
		return false;
	}
}

/*
 * Is true in the tree what the facts say beyond what is the same? Nobody without a parent has a grandparent; who has one has it where the
 * facts put it.
 */
static bool holds(struct puzzle *p)
{
	for (int v = 0; v < p->n; v++)
		if ((p->parent[v] < 0 && p->deep[v]) || (p->told[0][v] >= 0 && p->told[0][v] != p->kids[v]) ||
		    (p->told[1][v] >= 0 && p->told[1][v] != p->grandkids[v]))
			return false;
	for (int i = 0; i < p->aparts; i++)
		if (root(p, p->apart[i][0]) == root(p, p->apart[i][1]))
			return false;
	return true;
}

static bool read_names(struct puzzle *p, struct str *s)
{
	named_init(&p->names);
	do
		if (named_take(&p->names, s) < 0)
			return false;
	while (skip(s, ','));
	p->n = p->names.n;
	return p->n > 1 && skip(s, ':');
}

static bool read_question(struct puzzle *p, struct str s)
{
	ptrdiff_t blank = str_chr(s, ' ');

	for (int r = 0; blank > 0 && r < RELATIONS; r++)
		if (str_is(str_sub(s, 0, (size_t)blank), relations[r])) {
			s = str_from(s, (size_t)blank + 1);
			p->asked = (enum relation)r;
			p->about = number(&s, p->n);
			return p->about >= 0 && s.n == 0;
		}
	return false;
}

static bool read_puzzle(struct puzzle *p, struct str desc)
{
	struct str question;

	if (!str_split(&desc, ':', &question) || !read_names(p, &desc) || !read_question(p, question))
		return false;
	for (int v = 0; v < p->n; v++) {
		init_term(p, v, v, NONE);
		init_term(p, par(v), NONE, v);
		init_term(p, grand(v), NONE, NONE);
		p->told[0][v] = p->told[1][v] = NONE;
		p->deep[v] = false;
		p->seen[v] = 0;
	}
	p->mention = p->facts = p->aparts = 0;
	do
		if (p->facts == FACTS || !take_fact(p, &desc))
			return false;
	while (skip(&desc, ';'));
	return desc.n == 0 && p->mention == p->n && close_all(p) && read_tree(p) && holds(p);
}

/* ---- the answer ---- */

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct puzzle p;
	bool due[NODES], said[NODES] = { false };
	struct str rest, item;
	int asked = 0, items = 0, known = 0;
	bool strange = false;

	if (!read_puzzle(&p, desc))
		return rule_bad_task(why, "the desc tells no whole tree");
	for (int v = 0; v < p.n; v++)
		asked += due[v] = related(&p, p.asked, v, p.about);
	if (!asked)
		return rule_bad_task(why, "nobody is asked for");
	rest = text_list(answer);
	while (text_item(&rest, &item)) {
		int v = named_said(&p.names, item, p.about);

		if (++items > 4 * p.n)
			return rule_wrong(why, "it names more than there are");
		strange |= item.n > PROSE;
		if (v < 0)
			continue;
		known++;
		said[v] = true;
	}
	if (items == 0 || (strange && !known))
		return rule_unreadable(why, "no item could be read");
	if (known < items)
		return rule_wrong(why, "something in it is no item of the tree");
	for (int v = 0; v < p.n; v++)
		if (said[v] != due[v])
			return rule_wrong(why, "%.*s is %s", (int)p.names.name[v][0].n, p.names.name[v][0].s,
					  said[v] ? "none of them" : "missing");
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_space_reasoning_tree = { "space_reasoning_tree", 1, judge, NULL };
