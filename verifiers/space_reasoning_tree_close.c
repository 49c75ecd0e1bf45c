/*
 * space_reasoning_tree_close.c - the tree of relatives that follows from the facts, where a desc of revision 1 states no other.
 *
 * Names stand with "=" and commas, "lamp=台灯,key=钥匙", numbered from 0 in the order in which the facts first speak of them; the facts:
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
#include "verifiers/space_reasoning_tree.h"

enum { NODES = NAMED_MAX, FACTS = TREE_FACTS, NONE = -1, DEPTH_MAX = 64 };

/* Arrays over items have room for a few more behind them, so that whole vectors can be gone through. */
enum { LANES = 8 };

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

struct puzzle {
	int n, aparts;
	/*
	 * Terms: of n items v itself is v, its parent n + v, its grandparent 2 * n + v. The least of those that are the same stands
	 * for all: the item that they are, else the parent of one.
	 */
	int16_t same[3 * NODES + LANES]; /* union-find */
	int16_t seen[NODES + LANES];    /* the number of the last fact that names it */
	int16_t deep[NODES + LANES];    /* 1: a fact speaks of its grandparent, or of that of one with the same parent */
	int16_t told[2][NODES + LANES]; /* 1 + how many children, how many grandchildren there are; 0: nothing says it */
	int16_t up[4][NODES + LANES];   /* from 1 on, so many generations above each item; above the first one, and above nobody, is nobody: n */
	int16_t kids[2][NODES + LANES]; /* how many there are in the tree */
	int16_t apart[FACTS][2];         /* terms that are not the same */
};

/* ---- the same things ---- */

static inline int root(int16_t *same, int t)
{
	int up = same[t], above;

	while ((above = same[up]) != up) { /* mostly it is one step or none */
		same[t] = (int16_t)above;
		t = up;
		up = above;
	}
	return up;
}

/* False where two different items would be the same. */
static inline bool unite(int16_t *same, int n, int a, int b)
{
	int low, high;

	a = root(same, a);
	b = root(same, b);
	low = a < b ? a : b;
	high = a < b ? b : a;
	same[high] = (int16_t)low;
	return low == high || high >= n;
}

/* ---- reading ---- */

/* What has been read of the facts. */
struct reading {
	const char *at, *end, *near; /* from near on there may be no four bytes any more */
	char *room;                  /* of LAST bytes */
	char stop;                   /* what stands behind the last number, 0 at the end */
	int facts, items;            /* so many of each have been named */
};

enum { LAST = 4 };

static struct reading reading_of(struct str s, char *room)
{
	return (struct reading){ s.s, s.s + s.n, s.s + s.n - (s.n < LAST ? s.n : LAST - 1), room, 0, 0, 0 };
}

/* They, with zeros behind. */
static __attribute__((noinline)) const char *last_bytes(const char *s, const char *end, char *room)
{
	memset(room, 0, LAST);
	memcpy(room, s, (size_t)(end - s));
	return room;
}

/*
 * An item that a fact speaks of, a number of at most three digits; they come in the order of their numbers. A zero is one of its own, so
 * that behind one in front stands what nothing takes.
 */
static inline int take_item(struct reading *r, int n)
{
	const char *s = r->at;
	unsigned v, digit;
	int len = 1;

	if (s >= r->near)
		s = last_bytes(s, r->end, r->room);
	if ((v = (unsigned)(s[0] - '0')) > 9)
		return NONE;
	if (v && (digit = (unsigned)(s[1] - '0')) < 10) {
		v = v * 10 + digit;
		len = 2;
		if ((digit = (unsigned)(s[2] - '0')) < 10) {
			v = v * 10 + digit;
			len = 3;
		}
	}
	r->stop = s[len];
	r->at += len;
	if ((int)v > r->items || (int)v >= n)
		return NONE;
	r->items += (int)v == r->items;
	return (int)v;
}

/* What stands behind the sign of a fact. Nobody is in its list twice, nor is whom it is about. */
static inline __attribute__((always_inline)) bool take_fact(struct puzzle *p, struct reading *r, const struct fact *f)
{
	int n = p->n, head = NONE, v = NONE, count = 0;

	if (f->about) {
		head = take_item(r, n);
		if (head < 0 || (f->mark && r->stop != f->mark))
			return false;
		r->at += f->mark != 0;
		p->seen[head] = (int16_t)r->facts;
	}
	while (f->list) {
		v = take_item(r, n);
		if (v < 0 || p->seen[v] == r->facts)
			return false;
		p->seen[v] = (int16_t)r->facts;
		if (f->up == 2)
			p->deep[v] = 1;
		if (head < 0)
			head = v;
		else if (!unite(p->same, n, f->head_up * n + head, f->up * n + v))
			return false;
		count++;
		if (r->stop != ',')
			break;
		r->at++;
	}
	if (count < f->least || count > f->most)
		return false;
	if (f->head_up == 2)
		p->deep[head] = 1;
	if (f->apart) {
		p->apart[p->aparts][0] = (int16_t)((f->up - 1) * n + v);
		p->apart[p->aparts++][1] = (int16_t)((f->head_up - 1) * n + head);
	}
	if (f->head_up == 0) { /* the list is whole */
		int16_t *told = &p->told[f->up - 1][head];

		if (*told && *told != 1 + count)
			return false;
		*told = (int16_t)(1 + count);
	}
	return true;
}

/* The next fact. Each sign has code of its own, made from its line of the table. */
static inline bool take_next(struct puzzle *p, struct reading *r)
{
	if (r->at == r->end)
		return false;
	r->facts++;
	switch (*r->at++) {
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

static bool read_facts(struct puzzle *p, struct str s)
{
	typedef int16_t lanes __attribute__((vector_size(2 * LANES)));
	char room[LAST];
	struct reading r = reading_of(s, room);
	lanes own = { 0, 1, 2, 3, 4, 5, 6, 7 };

	for (int t = 0; t < 3 * p->n; t += LANES, own += LANES)
		memcpy(&p->same[t], &own, sizeof(own));
	for (int v = 0; v < p->n; v += LANES)
		for (int i = 0; i < LANES; i++)
			p->seen[v + i] = p->deep[v + i] = p->told[0][v + i] = p->told[1][v + i] = 0;
	p->aparts = 0;
	for (;;) {
		if (r.facts == FACTS || !take_next(p, &r))
			return false;
		if (r.stop != ';')
			break;
		r.at++;
	}
	return r.at == r.end && r.items == p->n;
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
	do {
		before = left;
		left = 0;
		for (int i = 0; i < before; i++) {
			int v = open[i], up = root(p->same, n + v);

			if (up == n + v) {
				open[left++] = (int16_t)v;
			} else if (p->deep[v]) {
				if (up >= n)
					p->deep[up - n] = 1;
				if (!unite(p->same, n, n + up, 2 * n + v))
					return false;
			}
		}
	} while (left < before);
	return true;
}

/* Does every way up end? */
static bool ends(const struct puzzle *p)
{
	int16_t above[2][NODES + 1]; /* in turn: of everybody, who is 2, 4, 8, ... generations up */
	const int16_t *from = p->up[2];
	int n = p->n, sum = 0;

	for (int up = 2; sum < n * (n + 1) && up < DEPTH_MAX; up *= 2) {
		int16_t *to = above[from == above[0]];

		sum = 0; /* of numbers that are n at most */
		for (int v = 0; v <= n; v++)
			sum += to[v] = from[from[v]];
		from = to;
	}
	return sum == n * (n + 1);
}

/* One without a parent, no circle. */
static bool read_tree(struct puzzle *p)
{
	int16_t *up = p->up[1];
	int n = p->n, firsts = 0;

	for (int v = 0; v < n; v++) {
		int above = root(p->same, n + v);

		firsts += above >= n;
		up[v] = (int16_t)(above < n ? above : n);
	}
	memset(p->kids[0], 0, (size_t)n * sizeof(p->kids[0][0]));
	memset(p->kids[1], 0, (size_t)n * sizeof(p->kids[1][0]));
	up[n] = p->up[2][n] = (int16_t)n;
	for (int v = 0; v < n; v++) {
		int above = up[v], top = up[above];

		p->up[2][v] = (int16_t)top;
		p->kids[0][above]++;
		p->kids[1][top]++;
	}
	return firsts == 1 && ends(p);
}

/*
 * Is true in the tree what the facts say beyond what is the same? Nobody without a parent has a grandparent; who has one has it where the
 * facts put it.
 */
static bool holds(struct puzzle *p)
{
	const int16_t *told = p->told[0], *told_more = p->told[1], *kids = p->kids[0], *more = p->kids[1];
	int16_t n = (int16_t)p->n, wrong = 0; /* of whole vectors, so without a branch */

	for (int v = 0; v < n; v++)
		wrong |= (int16_t)(((p->up[1][v] == n) & (p->deep[v] != 0)) | ((told[v] != 0) & (told[v] != (int16_t)(kids[v] + 1))) |
				   ((told_more[v] != 0) & (told_more[v] != (int16_t)(more[v] + 1))));
	if (wrong)
		return false;
	for (int i = 0; i < p->aparts; i++)
		if (root(p->same, p->apart[i][0]) == root(p->same, p->apart[i][1]))
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
		due[w] = (meet[v] != p->n) & (meet[w] == meet[v]);
	if (steps == 1 && v < p->n)
		due[v] = false;
	for (int w = 0; steps > 1 && w < p->n; w++)
		due[w] &= apart[w] != apart[v];
}

static void mark_due(bool *due, struct puzzle *p, enum tree_relation asked, int about)
{
	switch (asked) {
	case TREE_SIBLINGS: mark_kin(due, p, about, 1); break;
	case TREE_COUSINS: mark_kin(due, p, about, 2); break;
	case TREE_AUNTS: mark_kin(due, p, p->up[1][about], 1); break;
	case TREE_SECOND_COUSINS:
		for (int v = 0; v < p->n; v++)
			p->up[3][v] = p->up[1][p->up[2][v]];
		mark_kin(due, p, about, 3);
		break;
	case TREE_GRANDCHILDREN:
		for (int v = 0; v < p->n; v++)
			due[v] = p->up[2][v] == about;
		break;
	default:
		for (int v = 0; v < p->n; v++)
			due[v] = below(p, v, about);
	}
}

bool tree_close(bool *due, struct str facts_told, int n, enum tree_relation asked, int about)
{
	struct puzzle p;

	p.n = n;
	if (!read_facts(&p, facts_told) || !close_all(&p) || !read_tree(&p) || !holds(&p))
		return false;
	mark_due(due, &p, asked, about);
	return true;
}
