/*
 * space_reasoning_tree.c - are these the relatives of an item in a tree that is told by who is whose child, grandchild, sibling?
 *
 * desc: "cousins 4 221:C0,2,1S3,4P5K3,5:lamp台灯key钥匙...": which relatives of which item; how many children each item has (a and on: 10 and
 * more), generation by generation from the first one on and, within one, in the order of the parents, up to the last one that has any; the
 * facts; the items' names. They are numbered from 0, in the order of the counts. The facts:
 *
 *	C0,1,2	the children of 0 are 1 and 2, no more		N3	3 has no children
 *	D0,3,4	the grandchildren of 0 are 3 and 4, no more	M1	1 has no grandchildren
 *	P3	3 is a child of its parent			G3	3 is a grandchild of its grandparent
 *	S3,4	3 and 4 are siblings (any number of them)	K3,5	3 and 5 are cousins
 *	A3,2	2 is an aunt or uncle of 3
 *
 * The facts are what the puzzle tells. Each is held against the tree here; that they leave no other tree is for the generator to prove.
 *
 * A desc of revision 1, "cousins 4:lamp=台灯,key=钥匙,...:C0=1,2;S2,3;G4<0", states no tree: space_reasoning_tree_close.c finds it.
 */
#include "verifiers/space_reasoning_tree.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum { NODES = NAMED_MAX, PROSE = 60 /* bytes */ };

enum { CHILDREN = 35 /* of one, at most */, LANES = 8 /* items that get their parent at once */ };

static const char *const relations[TREE_RELATIONS] = { "cousins", "siblings", "grandchildren", "descendants", "aunts", "second_cousins" };

struct tree {
	unsigned n;
	/*
	 * Of n items: the first one's parent is n, "nobody", whose own is n + 1, which is nobody's. The children of v are those from first[v] to
	 * below first[v + 1].
	 */
	uint16_t parent[NODES + CHILDREN + LANES];
	uint16_t first[NODES + LANES];
	uint16_t seen[NODES]; /* the number of the last fact whose list it stood in */
};

/* ---- the tree ---- */

/* From how many children each has. */
static bool read_counts(struct tree *t, struct str s)
{
	typedef uint16_t lanes __attribute__((vector_size(2 * LANES)));
	lanes own = { 0 };
	unsigned next = 1, v, n;

	for (v = 0; v < (unsigned)s.n; v++, own += 1) {
		unsigned count = (unsigned)(s.s[v] - '0');

		if (count > 9) {
			count = (unsigned)(s.s[v] - 'a') + 10;
			if (count < 10 || count > CHILDREN)
				return false;
		}
		if (next <= v) /* it is nobody's child */
			return false;
		t->first[v] = (uint16_t)next;
		memcpy(&t->parent[next], &own, sizeof(own)); /* those behind are written again */
		for (unsigned i = LANES; i < count; i += LANES)
			memcpy(&t->parent[next + i], &own, sizeof(own));
		next += count;
		if (next > NODES)
			return false;
	}
	t->n = n = next;
	own = (lanes){ 0 } + (uint16_t)n;
	for (; v <= n; v += LANES)
		memcpy(&t->first[v], &own, sizeof(own));
	t->parent[0] = (uint16_t)n;
	t->parent[n] = (uint16_t)(n + 1);
	return s.n && s.s[s.n - 1] != '0';
}

/* ---- facts: behind them stands what is none ---- */

/* A number with which the text goes on, of two digits or, if any item has that many, three. What is none is too high a one. */
static inline unsigned take_item(const char **text, bool three)
{
	const char *at = *text;
	unsigned v = (unsigned)(*at - '0'), digit;

	if (v > 9)
		return NODES;
	at++;
	if (v && (digit = (unsigned)(*at - '0')) < 10) {
		v = v * 10 + digit;
		at++;
		if (three && (digit = (unsigned)(*at - '0')) < 10) {
			v = v * 10 + digit;
			at++;
		}
	}
	*text = at;
	return v;
}

/* One more, behind a comma. */
static inline unsigned take_other(const char **text, bool three)
{
	if (**text != ',')
		return NODES;
	++*text;
	return take_item(text, three);
}

/* All the items from lo to below hi, one at least, each once: what stands behind them, NULL where it is not so. fact: its number. */
static const char *take_all(struct tree *t, const char *at, unsigned lo, unsigned hi, uint16_t fact)
{
	unsigned count = 0;
	bool three = t->n > 100;

	do {
		unsigned v = take_other(&at, three);

		if (v - lo >= hi - lo || t->seen[v] == fact)
			return NULL;
		t->seen[v] = fact;
		count++;
	} while (*at == ',');
	return count == hi - lo ? at : NULL;
}

/* More children of the same parent as those two, each once. */
static const char *take_siblings(struct tree *t, const char *at, unsigned v, unsigned other, uint16_t fact)
{
	bool three = t->n > 100;

	t->seen[v] = t->seen[other] = fact;
	do {
		other = take_other(&at, three);
		if (other >= t->n || t->parent[other] != t->parent[v] || t->seen[other] == fact)
			return NULL;
		t->seen[other] = fact;
	} while (*at == ',');
	return at;
}

/* What stands behind them and a colon; NULL where there is none, or one is not true. */
static const char *behind_facts(struct tree *t, const char *at)
{
	const uint16_t *parent = t->parent, *first = t->first;
	unsigned n = t->n, facts = 0;
	bool three = n > 100;

	memset(t->seen, 0, n * sizeof(t->seen[0]));
	do {
		char sign = *at++;
		unsigned v = take_item(&at, three), other;
		bool holds;

		if (v >= n)
			return NULL;
		facts++;
		switch (sign) {
		case 'C':
			at = take_all(t, at, first[v], first[v + 1], (uint16_t)facts);
			holds = at;
			break;
		case 'D':
			at = take_all(t, at, first[first[v]], first[first[v + 1]], (uint16_t)facts);
			holds = at;
			break;
		case 'N': holds = first[v] == first[v + 1]; break;
		case 'M': holds = first[first[v]] == first[first[v + 1]]; break;
		case 'P': holds = v != 0; break;
		case 'G': holds = v != 0 && parent[v] != 0; break;
		case 'S':
			other = take_other(&at, three);
			holds = other < n && other != v && parent[v] == parent[other];
			if (holds && *at == ',') {
				at = take_siblings(t, at, v, other, (uint16_t)facts);
				holds = at;
			}
			break;
		case 'K':
			other = take_other(&at, three);
			holds = other < n && parent[v] != parent[other] && parent[parent[v]] == parent[parent[other]];
			break;
		case 'A':
			other = take_other(&at, three);
			holds = other < n && parent[v] != other && parent[parent[v]] == parent[other];
			break;
		default: return NULL;
		}
		if (!holds)
			return NULL;
	} while (*at != ':');
	return facts <= TREE_FACTS ? at + 1 : NULL;
}

/* ---- relatives ---- */

/* Those so many generations below v are told, or taken back. */
static void set_below(bool *due, const struct tree *t, unsigned v, int steps, bool is)
{
	unsigned lo = v, hi = v + 1;

	for (; steps; steps--) {
		lo = t->first[lo];
		hi = t->first[hi];
	}
	memset(due + lo, is, hi - lo);
}

/* Those that meet v so many generations up, but not before. */
static void set_kin(bool *due, const struct tree *t, unsigned v, int steps)
{
	unsigned top = v, apart = v;

	for (int i = 0; i < steps && top < t->n; i++) {
		apart = top;
		top = t->parent[top];
	}
	if (top >= t->n)
		return;
	set_below(due, t, top, steps, true);
	set_below(due, t, apart, steps - 1, false);
}

static void set_due(bool *due, const struct tree *t, enum tree_relation asked, unsigned about)
{
	memset(due, false, t->n);
	switch (asked) {
	case TREE_SIBLINGS: set_kin(due, t, about, 1); break;
	case TREE_COUSINS: set_kin(due, t, about, 2); break;
	case TREE_SECOND_COUSINS: set_kin(due, t, about, 3); break;
	case TREE_AUNTS: set_kin(due, t, t->parent[about], 1); break;
	case TREE_GRANDCHILDREN: set_below(due, t, about, 2, true); break;
	default:
		for (unsigned lo = t->first[about], hi = t->first[about + 1]; lo < hi; lo = t->first[lo], hi = t->first[hi])
			memset(due + lo, true, hi - lo);
	}
}

/* ---- the desc ---- */

struct puzzle {
	enum tree_relation asked;
	unsigned about;
	struct named names;
	bool due[NODES];
};

static bool read_relation(enum tree_relation *ret, struct str s)
{
	for (int i = 0; i < TREE_RELATIONS; i++)
		if (str_is(s, relations[i])) {
			*ret = (enum tree_relation)i;
			return true;
		}
	return false;
}

/* What stands before the first colon: "cousins 4" and the counts, none in revision 1. It ends there. */
static bool read_question(struct puzzle *p, struct str s, struct str *counts)
{
	struct str word;
	const char *at;

	if (!str_split(&s, ' ', &word) || !read_relation(&p->asked, word) || !s.n)
		return false;
	at = s.s;
	p->about = take_item(&at, true);
	s = str_from(s, (size_t)(at - s.s));
	*counts = str_from(s, 1);
	return s.n == 0 || (s.s[0] == ' ' && counts->n > 0);
}

/* The rest of a desc of revision 1. */
static bool read_untold(struct puzzle *p, struct str s)
{
	return named_list(&p->names, &s) && p->names.n > 1 && p->about < (unsigned)p->names.n && str_starts(s, STR(":")) &&
	       tree_close(p->due, str_from(s, 1), p->names.n, p->asked, (int)p->about);
}

static bool read_puzzle(struct puzzle *p, struct str desc)
{
	ptrdiff_t colon = str_chr(desc, ':');
	const char *names;
	struct str counts;
	struct tree t;

	if (colon < 0 || !read_question(p, str_sub(desc, 0, (size_t)colon), &counts))
		return false;
	named_init(&p->names);
	desc = str_from(desc, (size_t)colon + 1);
	if (!counts.n)
		return read_untold(p, desc);
	/* the text of the facts ends where none goes on, at the last two bytes, of a Chinese name, if not before */
	if (desc.n < 2 || !(desc.s[desc.n - 2] & desc.s[desc.n - 1] & 0x80) || !read_counts(&t, counts) || p->about >= t.n || !(names = behind_facts(&t, desc.s)) ||
	    !named_run(&p->names, str_from(desc, (size_t)(names - desc.s))) || (unsigned)p->names.n != t.n)
		return false;
	set_due(p->due, &t, p->asked, p->about);
	return true;
}

/* ---- the answer ---- */

/* "lamp (child of the key)" without what tells the parent of it. */
static struct str without_parent(const struct named *names, struct str item)
{
	static const char *const heads[] = { "child of ", "parent: ", "parent ", "under ", "via " };
	ptrdiff_t open = str_find(item, STR(" ("));
	struct str in;

	if (open < 0 || item.s[item.n - 1] != ')')
		return item;
	in = str_sub(item, (size_t)open + 2, item.n - 1);
	for (size_t i = 0; i < COUNT(heads); i++)
		if (str_starts(in, str_of(heads[i])) && named_said(names, str_from(in, strlen(heads[i])), -1) >= 0)
			return str_sub(item, 0, (size_t)open);
	return item;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct puzzle p;
	bool said[NODES], strange = false;
	struct str rest, item;
	int items = 0, known = 0, counted = text_counted(&answer), n;

	if (!read_puzzle(&p, desc))
		return rule_bad_task(why, "the desc tells no whole tree");
	n = p.names.n;
	if (!memchr(p.due, true, (size_t)n))
		return rule_bad_task(why, "nobody is asked for");
	memset(said, 0, (size_t)n);
	rest = named_items(&p.names, answer, (int)p.about);
	while (text_item(&rest, &item)) {
		int v = named_said(&p.names, without_parent(&p.names, item), (int)p.about);

		if (v == NAMED_IDLE && items == 0)
			continue; /* "Cousins:", a table's head */
		if (++items > 4 * n)
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
	if (counted >= 0 && counted != items)
		return rule_unreadable(why, "it counts %d items", counted);
	if (memcmp(said, p.due, (size_t)n) == 0)
		return QUARRY_CORRECT;
	for (int v = 0; v < n; v++)
		if (said[v] != p.due[v])
			return rule_wrong(why, "%.*s is %s", (int)named_en(&p.names, v).n, named_en(&p.names, v).s,
					  said[v] ? "none of them" : "missing");
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_space_reasoning_tree = { "space_reasoning_tree", 2, judge, NULL };
