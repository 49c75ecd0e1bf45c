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

/* What a sign says: the v-th generation up of each in the list is the same as the head-th up of whom it is about. */
struct fact {
	bool about, list;
	char mark; /* between whom it is about and the list */
	uint8_t up, head_up;
	uint16_t least, most; /* how long the list is */
	bool apart;           /* they meet there, and not before */
};

static const struct fact facts[128] = {
	['C'] = { true, true, '=', 1, 0, 1, NODES, false }, ['N'] = { true, false, 0, 1, 0, 0, 0, false },
	['D'] = { true, true, '=', 2, 0, 1, NODES, false }, ['M'] = { true, false, 0, 2, 0, 0, 0, false },
	['P'] = { true, true, '<', 0, 1, 1, 1, false },     ['G'] = { true, true, '<', 0, 2, 1, 1, false },
	['A'] = { true, true, '<', 1, 2, 1, 1, true },
	/* about the first of the list */
	['S'] = { false, true, 0, 1, 1, 2, NODES, false },  ['K'] = { false, true, 0, 2, 2, 2, 2, true },
};

struct item {
	int16_t told[2]; /* how many children, how many grandchildren there are, or NONE */
	int16_t seen;    /* the number of the last fact that names it */
	bool deep;       /* a fact speaks of its grandparent, or of that of one with the same parent */
};

struct puzzle {
	struct named names;
	enum relation asked;
	int about;
	int n, aparts;
	/*
	 * Terms: of n items v itself is v, its parent n + v, its grandparent 2 * n + v. The least of those that are the same stands
	 * for all: the item that they are, else the parent of one.
	 */
	int16_t same[3 * NODES]; /* union-find */
	struct item item[NODES];
	int16_t up[4][NODES + 1]; /* so many generations above each item; above the first one, and above nobody, is nobody: n */
	int16_t kids[NODES + 1], grandkids[NODES + 1];
	int16_t apart[FACTS][2]; /* terms that are not the same */
};

/* ---- reading ---- */

/* A number of at most three digits, cut off the text. A zero is one of its own, so that behind one in front stands what nothing takes. */
static inline int number(struct str *s)
{
	unsigned v, digit;
	size_t n = 1;

	if (!s->n || (v = (unsigned)(s->s[0] - '0')) > 9)
		return NODES;
	if (v && s->n > 1 && (digit = (unsigned)(s->s[1] - '0')) < 10) {
		v = v * 10 + digit;
		n = 2;
		if (s->n > 2 && (digit = (unsigned)(s->s[2] - '0')) < 10) {
			v = v * 10 + digit;
			n = 3;
		}
	}
	s->s += n;
	s->n -= n;
	return (int)v;
}

static inline bool skip(struct str *s, char c)
{
	if (!s->n || s->s[0] != c)
		return false;
	s->s++;
	s->n--;
	return true;
}

/* ---- the same things ---- */

static inline int root(struct puzzle *p, int t)
{
	for (t = p->same[t]; p->same[t] != t; t = p->same[t]) /* mostly it is one step or none */
		p->same[t] = p->same[p->same[t]];
	return t;
}

/* False where two different items would be the same. */
static inline bool unite(struct puzzle *p, int a, int b)
{
	int low, high;

	a = root(p, a);
	b = root(p, b);
	low = a < b ? a : b;
	high = a < b ? b : a;
	p->same[high] = (int16_t)low;
	return low == high || high >= p->n;
}

/* What has been read of the facts. */
struct reading {
	struct str rest;
	int facts, items; /* so many of each have been named */
};

/* An item that a fact speaks of; they come in the order of their numbers. */
static inline int take_item(struct reading *r, int n)
{
	int v = number(&r->rest);

	if (v > r->items || v >= n)
		return NONE;
	r->items += v == r->items;
	return v;
}

/* What stands behind the sign of a fact. Nobody is in its list twice, nor is whom it is about. */
static inline __attribute__((always_inline)) bool take_fact(struct puzzle *p, struct reading *r, const struct fact *f)
{
	int n = p->n, head = NONE, v = NONE, count = 0;

	if (f->about) {
		head = take_item(r, n);
		if (head < 0 || (f->mark && !skip(&r->rest, f->mark)))
			return false;
		p->item[head].seen = (int16_t)r->facts;
	}
	if (f->list)
		do {
			v = take_item(r, n);
			if (v < 0 || p->item[v].seen == r->facts)
				return false;
			p->item[v].seen = (int16_t)r->facts;
			p->item[v].deep |= f->up == 2;
			if (head < 0)
				head = v;
			else if (!unite(p, f->head_up * n + head, f->up * n + v))
				return false;
			count++;
		} while (skip(&r->rest, ','));
	if (count < f->least || count > f->most)
		return false;
	p->item[head].deep |= f->head_up == 2;
	if (f->apart) {
		p->apart[p->aparts][0] = (int16_t)((f->up - 1) * n + v);
		p->apart[p->aparts++][1] = (int16_t)((f->head_up - 1) * n + head);
	}
	if (f->head_up == 0) { /* the list is whole */
		int16_t *told = &p->item[head].told[f->up - 1];

		if (*told >= 0 && *told != count)
			return false;
		*told = (int16_t)count;
	}
	return true;
}

/* The next fact. Each sign has code of its own, made from its line of the table. */
static inline bool take_next(struct puzzle *p, struct reading *r)
{
	char sign = r->rest.n ? r->rest.s[0] : 0;

	skip(&r->rest, sign);
	r->facts++;
	switch (sign) {
	case 'C': return take_fact(p, r, &facts['C']);
	case 'N': return take_fact(p, r, &facts['N']);
	case 'D': return take_fact(p, r, &facts['D']);
	case 'M': return take_fact(p, r, &facts['M']);
	case 'P': return take_fact(p, r, &facts['P']);
	case 'G': return take_fact(p, r, &facts['G']);
	case 'A': return take_fact(p, r, &facts['A']);
	case 'S': return take_fact(p, r, &facts['S']);
	case 'K': return take_fact(p, r, &facts['K']);
	default: return false;
	}
}

/* Every parent's way to what stands for it is one step from now on: links lead downwards, so the one before has been made short. */
static void shorten(struct puzzle *p)
{
	for (int t = p->n; t < 2 * p->n; t++)
		p->same[t] = p->same[p->same[t]];
}

/*
 * Parents of the same are the same, until nothing more follows. Of those with the same parent the first stands for all, and the others
 * are done once their grandparents are the same as its: they stay so. All are done once their parent is an item. A grandparent of whom
 * no fact speaks matters to nothing.
 */
static bool close_all(struct puzzle *p)
{
	int16_t open[NODES];
	int n = p->n, left = n, before;

	for (int v = 0; v < n; v++)
		open[v] = (int16_t)v;
	shorten(p);
	do {
		before = left;
		left = 0;
		for (int i = 0; i < before; i++) {
			int v = open[i], up = root(p, n + v);

			if (up == n + v) {
				open[left++] = (int16_t)v;
			} else if (p->item[v].deep) {
				if (up >= n)
					p->item[up - n].deep = true;
				if (!unite(p, n + up, 2 * n + v))
					return false;
			}
		}
	} while (left < before);
	shorten(p);
	return true;
}

/* Does every way up end? */
static bool ends(const struct puzzle *p)
{
	int16_t above[2][NODES + 1]; /* in turn: of everybody, who is 2, 4, 8, ... generations up */
	const int16_t *from = p->up[2];
	bool more = true;

	for (int up = 2; more && up < DEPTH_MAX; up *= 2) {
		int16_t *to = above[from == above[0]];

		more = false;
		for (int v = 0; v <= p->n; v++) {
			to[v] = from[from[v]];
			more |= to[v] != p->n;
		}
		from = to;
	}
	return !more;
}

/* One without a parent, no circle. */
static bool read_tree(struct puzzle *p)
{
	const int16_t *same = p->same + p->n;
	int16_t n = (int16_t)p->n;
	int firsts = 0;

	for (int16_t v = 0; v <= n; v++)
		p->up[0][v] = v;
	for (int v = 0; v < n; v++) {
		p->up[1][v] = same[v] < n ? same[v] : n;
		firsts += same[v] >= n;
		p->kids[v] = p->grandkids[v] = 0;
	}
	p->up[1][n] = p->up[2][n] = n;
	for (int v = 0; v < n; v++) {
		p->up[2][v] = p->up[1][p->up[1][v]];
		p->kids[p->up[1][v]]++;
		p->grandkids[p->up[2][v]]++;
	}
	return firsts == 1 && ends(p);
}

/*
 * Is true in the tree what the facts say beyond what is the same? Nobody without a parent has a grandparent; who has one has it where the
 * facts put it.
 */
static bool holds(struct puzzle *p)
{
	for (int v = 0; v < p->n; v++) {
		const struct item *i = &p->item[v];

		if ((p->up[1][v] == p->n && i->deep) || (i->told[0] >= 0 && i->told[0] != p->kids[v]) ||
		    (i->told[1] >= 0 && i->told[1] != p->grandkids[v]))
			return false;
	}
	for (int i = 0; i < p->aparts; i++)
		if (root(p, p->apart[i][0]) == root(p, p->apart[i][1]))
			return false;
	return true;
}

/* ---- relatives ---- */

static bool below(const struct puzzle *p, int v, int top)
{
	do
		v = p->up[1][v];
	while (v != top && v != p->n);
	return v == top;
}

/* Mark all that meet v so many generations up, but not before. */
static void mark_kin(bool *due, const struct puzzle *p, int v, int steps)
{
	const int16_t *meet = p->up[steps], *apart = p->up[steps - 1];

	for (int w = 0; w < p->n; w++)
		due[w] = (meet[v] != p->n) & (meet[w] == meet[v]) & (apart[w] != apart[v]);
}

static void mark_due(bool *due, struct puzzle *p)
{
	switch (p->asked) {
	case SIBLINGS: mark_kin(due, p, p->about, 1); break;
	case COUSINS: mark_kin(due, p, p->about, 2); break;
	case AUNTS: mark_kin(due, p, p->up[1][p->about], 1); break;
	case SECOND_COUSINS:
		for (int v = 0; v < p->n; v++)
			p->up[3][v] = p->up[1][p->up[2][v]];
		mark_kin(due, p, p->about, 3);
		break;
	case GRANDCHILDREN:
		for (int v = 0; v < p->n; v++)
			due[v] = p->up[2][v] == p->about;
		break;
	default:
		for (int v = 0; v < p->n; v++)
			due[v] = below(p, v, p->about);
	}
}

static bool read_names(struct puzzle *p, struct str *s)
{
	named_init(&p->names);
	if (!named_list(&p->names, s))
		return false;
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
			p->about = number(&s);
			return p->about < p->n && s.n == 0;
		}
	return false;
}

static bool read_facts(struct puzzle *p, struct str s)
{
	struct reading r = { s, 0, 0 };

	for (int t = 0; t < 3 * p->n; t++)
		p->same[t] = (int16_t)t;
	for (int v = 0; v < p->n; v++)
		p->item[v] = (struct item){ { NONE, NONE }, 0, false };
	p->aparts = 0;
	do
		if (r.facts == FACTS || !take_next(p, &r))
			return false;
	while (skip(&r.rest, ';'));
	return r.rest.n == 0 && r.items == p->n;
}

static bool read_puzzle(struct puzzle *p, struct str desc)
{
	struct str question;

	return str_split(&desc, ':', &question) && read_names(p, &desc) && read_question(p, question) && read_facts(p, desc) &&
	       close_all(p) && read_tree(p) && holds(p);
}

/* ---- the answer ---- */

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct puzzle p;
	bool due[NODES], said[NODES];
	struct str rest, item;
	int items = 0, known = 0;
	bool strange = false;

	if (!read_puzzle(&p, desc))
		return rule_bad_task(why, "the desc tells no whole tree");
	mark_due(due, &p);
	if (!memchr(due, true, (size_t)p.n))
		return rule_bad_task(why, "nobody is asked for");
	memset(said, 0, (size_t)p.n);
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
	if (memcmp(said, due, (size_t)p.n) == 0)
		return QUARRY_CORRECT;
	for (int v = 0; v < p.n; v++)
		if (said[v] != due[v])
			return rule_wrong(why, "%.*s is %s", (int)p.names.name[v][0].n, p.names.name[v][0].s,
					  said[v] ? "none of them" : "missing");
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_space_reasoning_tree = { "space_reasoning_tree", 1, judge, NULL };
