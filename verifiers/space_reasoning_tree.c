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
 * this under "the parent of the same is the same" must give all but one item a parent; then the facts are held against the tree.
 */
#include "verifiers/named.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum { NODES = NAMED_MAX, FACTS = 2000, NONE = -1, DEPTH_MAX = 64, PROSE = 60 /* bytes */ };

enum relation { COUSINS, SIBLINGS, GRANDCHILDREN, DESCENDANTS, AUNTS, SECOND_COUSINS, RELATIONS };

static const char *const relations[RELATIONS] = { "cousins", "siblings", "grandchildren", "descendants", "aunts", "second_cousins" };

/* Terms: v itself is v, its parent NODES + v, its grandparent 2 * NODES + v. */
enum { TERMS = 3 * NODES };

struct puzzle {
	struct named names;
	enum relation asked;
	int about;
	int16_t same[TERMS];  /* union-find */
	int16_t item[TERMS];  /* of a root: the item that the class is, or NONE */
	int16_t child[TERMS]; /* of a root: some v whose parent the class is, or NONE */
	int16_t parent[NODES], kids[NODES], grandkids[NODES];
	int n;
};

/* One fact: its sign and the one it is about; its list follows in the text. */
struct fact {
	char sign;
	int head; /* C D N M: whose; P G A: what stands before '<' ; S K: NONE */
};

/* ---- reading ---- */

/* A number below n without a zero in front, cut off the text. */
static int number(struct str *s, int n)
{
	int v = 0;
	size_t i = 0;

	while (i < s->n && i < 3 && s->s[i] >= '0' && s->s[i] <= '9')
		v = v * 10 + (s->s[i++] - '0');
	if (i == 0 || (i > 1 && s->s[0] == '0') || v >= n)
		return NONE;
	*s = str_from(*s, i);
	return v;
}

static bool skip(struct str *s, char c)
{
	if (!s->n || s->s[0] != c)
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* What stands before a fact's list, cut off the text. */
static bool read_fact(struct fact *f, struct str *s, int n)
{
	f->sign = s->n ? s->s[0] : 0;
	f->head = NONE;
	*s = str_from(*s, 1);
	if (f->sign != 'S' && f->sign != 'K') {
		f->head = number(s, n);
		if (f->head < 0)
			return false;
	}
	switch (f->sign) {
	case 'N':
	case 'M':
	case 'S':
	case 'K': return true;
	case 'C':
	case 'D': return skip(s, '=');
	case 'P':
	case 'G':
	case 'A': return skip(s, '<');
	}
	return false;
}

/* The next item of a fact's list, cut off the text; NONE at its end, -2 where it is damaged. */
static int next_item(struct str *s, bool first, int n)
{
	int v;

	if (!first && (!s->n || s->s[0] == ';'))
		return NONE;
	if (!first && !skip(s, ','))
		return -2;
	v = number(s, n);
	return v < 0 ? -2 : v;
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

/* False where two different items would be the same. */
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

/* What a fact says is the same; `mention` counts the items, which come in order of their numbers. Its list is cut off the text. */
static bool take_fact(struct puzzle *p, const struct fact *f, struct str *list, int *mention)
{
	bool ok = true, pairs = f->sign == 'P' || f->sign == 'G' || f->sign == 'A' || f->sign == 'K';
	int count = 0, before = NONE, v;

	if (f->head >= 0) {
		if (f->head > *mention)
			return false;
		*mention += f->head == *mention;
	}
	if (f->sign == 'N' || f->sign == 'M')
		return true;
	while ((v = next_item(list, count == 0, p->n)) >= 0 && ok) {
		if (v > *mention || v == f->head || v == before)
			return false;
		*mention += v == *mention;
		count++;
		switch (f->sign) {
		case 'C': ok = unite(p, par(v), f->head); break;
		case 'D': ok = unite(p, grand(v), f->head); break;
		case 'P': ok = unite(p, par(f->head), v); break;
		case 'G': ok = unite(p, grand(f->head), v); break;
		case 'A': ok = unite(p, grand(f->head), par(v)); break;
		case 'S': ok = before < 0 || unite(p, par(before), par(v)); break;
		case 'K': ok = before < 0 || unite(p, grand(before), grand(v)); break;
		}
		before = v;
	}
	return ok && v == NONE && (f->sign == 'K' ? count == 2 : f->sign == 'S' ? count >= 2 : pairs ? count == 1 : count >= 1);
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
			else if (!unite(p, grand(v), item >= 0 ? par(item) : grand(other)))
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

static bool holds_pair(const struct puzzle *p, char sign, int head, int v)
{
	switch (sign) {
	case 'C':
	case 'P': return sign == 'C' ? p->parent[v] == head : p->parent[head] == v;
	case 'D': return up(p, v, 2) == head;
	case 'G': return up(p, head, 2) == v;
	case 'A': return related(p, AUNTS, v, head);
	default: return true;
	}
}

/*
 * Is the fact true in the tree? Lists of children and grandchildren are whole, and name nobody twice: seen[v] is the number of the
 * last fact that named v. Its list is cut off the text.
 */
static bool holds(const struct puzzle *p, const struct fact *f, struct str *list, int16_t *seen, int16_t number_of)
{
	int count = 0, first = NONE, v;

	while (f->sign != 'N' && f->sign != 'M' && (v = next_item(list, count == 0, p->n)) >= 0) {
		if (seen[v] == number_of || !holds_pair(p, f->sign, f->head, v))
			return false;
		seen[v] = number_of;
		if (first >= 0 && f->sign == 'S' && (p->parent[v] < 0 || p->parent[v] != p->parent[first]))
			return false;
		if (first >= 0 && f->sign == 'K' && !related(p, COUSINS, v, first))
			return false;
		first = first < 0 ? v : first;
		count++;
	}
	switch (f->sign) {
	case 'C':
	case 'N': return p->kids[f->head] == count;
	case 'D':
	case 'M': return p->grandkids[f->head] == count;
	default: return true;
	}
}

static bool read_names(struct puzzle *p, struct str s)
{
	struct str name;

	named_init(&p->names);
	if (str_ends(s, STR(",")))
		return false;
	while (str_split(&s, ',', &name))
		if (named_add(&p->names, name) < 0)
			return false;
	p->n = p->names.n;
	return p->n > 1;
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
	struct str question, names, rest;
	int16_t seen[NODES] = { 0 };
	struct fact f;
	int mention = 0, facts = 0;

	if (!str_split(&desc, ':', &question) || !str_split(&desc, ':', &names) || !read_names(p, names) || !read_question(p, question))
		return false;
	for (int v = 0; v < p->n; v++) {
		init_term(p, v, v, NONE);
		init_term(p, par(v), NONE, v);
		init_term(p, grand(v), NONE, NONE);
	}
	rest = desc;
	do
		if (facts++ == FACTS || !read_fact(&f, &rest, p->n) || !take_fact(p, &f, &rest, &mention))
			return false;
	while (skip(&rest, ';'));
	if (rest.n || mention != p->n || !close_all(p) || !read_tree(p))
		return false;
	rest = desc;
	for (int i = 1; i <= facts; i++, skip(&rest, ';'))
		if (!read_fact(&f, &rest, p->n) || !holds(p, &f, &rest, seen, (int16_t)i))
			return false;
	return true;
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
