/*
 * foreign_tree.c - the cousins of somebody in a tree of which a question tells who is whose child; see foreign_worked.h.
 *
 * Every list that is told is whole: all children, all grandchildren, all siblings. Cousins are the grandparent's other grandchildren:
 * by its list without the siblings, or by the lists of the parent's siblings.
 */
#include "cli/foreign_worked.h"

enum { NODES = 512, FACTS = 1024, NAMED = 1 << 14, LONGEST = 1 << 15 /* bytes of a question */ };

enum fact_kind { CHILDREN, GRANDCHILDREN, SIBLINGS };

struct fact {
	uint8_t kind;
	int16_t of;
	uint16_t from, n; /* in named[] */
};

struct tree {
	int nodes, facts, named;
	struct str name[NODES];
	struct fact fact[FACTS];
	int16_t list[NAMED];
};

/* A set of nodes. */
struct set {
	uint64_t bits[NODES / 64];
};

static bool in(const struct set *s, int i)
{
	return s->bits[i / 64] >> i % 64 & 1;
}

static void put(struct set *s, int i)
{
	s->bits[i / 64] |= (uint64_t)1 << i % 64;
}

static int node_of(struct tree *t, struct str name)
{
	int i = 0;

	while (i < t->nodes && !str_eq(t->name[i], name))
		i++;
	if (!name.n || i == NODES)
		return -1;
	if (i == t->nodes)
		t->name[t->nodes++] = name;
	return i;
}

static struct fact *fact_new(struct tree *t, enum fact_kind kind, struct str of)
{
	struct fact *f = &t->fact[t->facts];
	int node = node_of(t, of);

	if (t->facts == FACTS || node < 0)
		return NULL;
	t->facts++;
	*f = (struct fact){ (uint8_t)kind, (int16_t)node, (uint16_t)t->named, 0 };
	return f;
}

/* "a, b and c" goes to the fact's list. */
static bool list_read(struct tree *t, struct fact *f, struct str text)
{
	static const char *const parts[] = { ", ", " and ", NULL }, *const none[] = { "", NULL };
	bool more = true;

	while (f && more) {
		struct str item, behind = { "", 0 };
		int node;

		more = story_between(text, none, parts, &item, &behind);
		node = node_of(t, str_trim(more ? item : text));
		text = behind;
		if (node < 0 || t->named == NAMED)
			return false;
		t->list[t->named++] = (int16_t)node;
		f->n++;
	}
	return f;
}

/* "a and b (whose parent is x) and c (whose parent is y)": all grandchildren, and the children of x and of y. */
static bool grandchildren_read(struct tree *t, struct str of, struct str text)
{
	static const char *const opens[] = { " (whose parent is ", NULL }, *const shuts[] = { ")", NULL }, *const none[] = { "", NULL };
	struct str part, name, behind;
	struct fact *all;
	int first = t->facts;

	if (!story_between(text, none, opens, &part, &behind))
		return list_read(t, fact_new(t, GRANDCHILDREN, of), text);
	while (story_between(text, none, opens, &part, &behind)) {
		text = behind;
		if (!story_between(text, none, shuts, &name, &behind) || !list_read(t, fact_new(t, CHILDREN, name), part))
			return false;
		text = behind;
		said(&text, " and ");
	}
	all = fact_new(t, GRANDCHILDREN, of);
	for (int i = first; all && i + 1 < t->facts; i++)
		for (int k = 0; k < t->fact[i].n; k++) {
			if (t->named == NAMED)
				return false;
			t->list[t->named++] = t->list[t->fact[i].from + k];
			all->n++;
		}
	return all && text.n == 0;
}

/* A number, stepped over; -1: none. */
static int number(struct str *s)
{
	int n = -1;

	while (s->n && s->s[0] >= '0' && s->s[0] <= '9' && n < 1000) {
		n = (n < 0 ? 0 : n * 10) + (s->s[0] - '0');
		*s = str_from(*s, 1);
	}
	return n;
}

/* "3 children: ..." or "\u7684\u5b69\u5b50\u662f\uff1a...": whose number is right, or not told. */
static bool kin_read(struct tree *t, struct str of, struct str text)
{
	static const char *const children[] = { " children: ", " child: ", "\u4e2a\u5b69\u5b50\uff1a", "\u5b69\u5b50\u662f\uff1a" };
	static const char *const grand[] = { " grandchildren: ", "\u4e2a\u5b59\u5b50\uff1a", "\u5b59\u5b50\u662f\uff1a" };
	int n = number(&text), before = t->facts;
	bool read = false;

	for (size_t i = 0; i < COUNT(children) && !read; i++)
		if (said(&text, children[i]))
			read = list_read(t, fact_new(t, CHILDREN, of), text);
	for (size_t i = 0; i < COUNT(grand) && !read; i++)
		if (said(&text, grand[i]))
			read = grandchildren_read(t, of, text);
	return read && t->facts > before && (n < 0 || n == t->fact[t->facts - 1].n);
}

/* One sentence without its stop; false: it is told wrongly. What it does not understand it leaves alone. */
static bool sentence_read(struct tree *t, struct str s)
{
	static const char *const none[] = { "", NULL };
	static const char *const childless[] = { " has no children", "\u6ca1\u6709\u5b69\u5b50", NULL };
	static const char *const barren[] = { " has no grandchildren", "\u6ca1\u6709\u5b59\u5b50", NULL };
	static const char *const has[] = { " has ", "\u7684\u5b69\u5b50\u662f\uff1a", "\u7684\u5b59\u5b50\u662f\uff1a", "\u6709", NULL };
	static const char *const siblings[] = { " are siblings", "\u662f\u5144\u5f1f\u8282\u70b9", NULL };
	static const char *const with[] = { ", and ", "\u4e0e", NULL }, *const with_one[] = { " and ", NULL };
	struct str of, rest, list;

	s = str_trim(s);
	if (story_between(s, none, siblings, &list, &rest) && rest.n == 0)
		return (story_between(list, none, with, &of, &rest) || story_between(list, none, with_one, &of, &rest)) &&
		       list_read(t, fact_new(t, SIBLINGS, of), rest);
	if (story_between(s, none, childless, &of, &rest))
		return rest.n > 0 || fact_new(t, CHILDREN, of);
	if (story_between(s, none, barren, &of, &rest))
		return rest.n == 0 ||
		       ((said(&rest, " but has ") || said(&rest, "\uff0c\u4f46\u6709")) && kin_read(t, of, rest));
	if (!story_between(s, none, has, &of, &rest))
		return true;
	if (str_starts(str_from(s, of.n), STR("\u7684")))
		rest = str_from(s, of.n + 3);
	return kin_read(t, of, rest);
}

static struct set list_set(const struct tree *t, const struct fact *f)
{
	struct set s = { { 0 } };

	for (int i = 0; i < f->n; i++)
		put(&s, t->list[f->from + i]);
	return s;
}

/* All siblings and the node itself; its parent, or -1. False: nothing tells them. */
static bool family(const struct tree *t, int node, struct set *ret, int *parent)
{
	bool found = false;

	*parent = -1;
	for (int i = 0; i < t->facts; i++) {
		struct set s = list_set(t, &t->fact[i]);

		if (t->fact[i].kind == SIBLINGS)
			put(&s, t->fact[i].of);
		if (t->fact[i].kind == GRANDCHILDREN || !in(&s, node))
			continue;
		if (t->fact[i].kind == CHILDREN)
			*parent = t->fact[i].of;
		if (found && memcmp(ret, &s, sizeof(s)) != 0)
			return false;
		*ret = s;
		found = true;
	}
	return found;
}

/* Cousins from the list of a grandparent's grandchildren. */
static bool by_grandparent(const struct tree *t, int node, const struct set *siblings, struct set *ret)
{
	for (int i = 0; i < t->facts; i++) {
		*ret = list_set(t, &t->fact[i]);
		if (t->fact[i].kind != GRANDCHILDREN || !in(ret, node))
			continue;
		for (int k = 0; k < NODES / 64; k++)
			ret->bits[k] &= ~siblings->bits[k];
		return true;
	}
	return false;
}

/* And from the lists of the parent's siblings. */
static bool by_uncles(const struct tree *t, int parent, struct set *ret)
{
	struct set uncles;
	int grandparent;

	*ret = (struct set){ { 0 } };
	if (parent < 0 || !family(t, parent, &uncles, &grandparent))
		return false;
	for (int u = 0; u < t->nodes; u++) {
		int told = 0;

		for (int i = 0; in(&uncles, u) && u != parent && i < t->facts; i++) {
			if (t->fact[i].kind != CHILDREN || t->fact[i].of != u)
				continue;
			for (int k = 0; k < t->fact[i].n; k++)
				put(ret, t->list[t->fact[i].from + k]);
			told++;
		}
		if (in(&uncles, u) && u != parent && !told)
			return false;
	}
	return true;
}

/* Who is asked about: the longest name that stands there. */
static int target_of(const struct tree *t, struct str before, struct str behind)
{
	int best = -1;

	for (int i = 0; i < t->nodes; i++)
		if ((str_ends(before, t->name[i]) || (behind.n > t->name[i].n && str_starts(behind, t->name[i]) && behind.s[t->name[i].n] == '?')) &&
		    (best < 0 || t->name[i].n > t->name[best].n))
			best = i;
	return best;
}

static bool tree_read(struct tree *t, struct str text)
{
	static const char *const none[] = { "", NULL }, *const stops[] = { ". ", "\u3002", NULL };
	struct str sentence, behind;

	t->nodes = t->facts = t->named = 0;
	for (; story_between(text, none, stops, &sentence, &behind); text = behind)
		if (!sentence_read(t, sentence))
			return false;
	return t->facts > 0;
}

bool worked_tree(struct buf *answer, struct str question)
{
	static const char *const opens[] = { " nodes. ", "\u4e2a\u8282\u70b9\u7684\u6811\u7ed3\u6784\u3002", NULL };
	static const char *const asks[] = { "What is the cousin of the ", "\u7684\u5802\u5144\u5f1f\u8282\u70b9\u662f\u4ec0\u4e48", NULL };
	struct str text, behind;
	struct tree t;
	struct set siblings, cousins, other;
	int node, parent, n = 0;
	bool found;

	if (question.n > LONGEST || !story_between(question, opens, asks, &text, &behind) || !tree_read(&t, text))
		return false;
	node = target_of(&t, str_find(question, str_of(asks[0])) < 0 ? text : STR(""), behind);
	if (node < 0 || !family(&t, node, &siblings, &parent))
		return false;
	found = by_grandparent(&t, node, &siblings, &cousins);
	if (by_uncles(&t, parent, &other)) {
		if (found && memcmp(&cousins, &other, sizeof(other)) != 0)
			return false; /* names that stand for two, or a tree that cannot be */
		cousins = other;
		found = true;
	}
	for (int i = 0; found && i < t.nodes; i++)
		if (in(&cousins, i)) {
			buf_addz(answer, n++ ? "|" : "");
			buf_add(answer, t.name[i]);
		}
	return n > 0;
}
