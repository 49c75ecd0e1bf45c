/*
 * space_reasoning_tree_desc.c - the text of a tree of relatives, read and written.
 *
 * What was written as revision 1 is read too: names and facts with more signs, no tree, and the numbers as the facts first name the items.
 */
#include "generators/space_reasoning_tree.h"
#include "base/eight.h"

const char *const tree_relations[TREE_RELATIONS] = { "cousins", "siblings", "grandchildren", "descendants", "aunts", "second_cousins" };

/* Letters, cut off the text; capitals do not change the hash. */
static bool english_head(struct str *s, struct str *name, uint32_t *hash)
{
	size_t n = 0;

	for (*hash = 0; n < s->n && is_letter(s->s[n]); n++)
		*hash = (*hash << 5 | *hash >> 27) ^ (unsigned char)(s->s[n] | 32);
	*name = (struct str){ s->s, n };
	*s = (struct str){ s->s + n, s->n - n };
	return n > 0 && n <= 40;
}

/* Han characters, U+4E00 to U+9FFF. */
static bool chinese_head(struct str *s, struct str *name, uint32_t *hash)
{
	size_t n = 0;

	for (*hash = 1; n + 3 <= s->n; n += 3) {
		unsigned a = (unsigned char)s->s[n], b = (unsigned char)s->s[n + 1], c = (unsigned char)s->s[n + 2];

		if (a < 0xe4 || a > 0xe9 || b < (a == 0xe4 ? 0xb8 : 0x80) || b > 0xbf || (c & 0xc0) != 0x80)
			break;
		*hash = (*hash << 5 | *hash >> 27) ^ (a << 16 | b << 8 | c);
	}
	*name = (struct str){ s->s, n };
	*s = (struct str){ s->s + n, s->n - n };
	return n > 0 && n <= 48;
}

enum { SLOTS = 1024 }; /* at most 760 are taken */

/* Is no name before it the same but for capitals? slot: 1 + LANGS * item + language, 0 is free. */
static bool is_new(const struct tree *t, uint16_t *slot, int item, enum lang lang, uint32_t hash)
{
	struct str name = t->name[item][lang];
	uint32_t at = hash * 2654435761u >> 22; /* below SLOTS */

	for (; slot[at]; at = (at + 1) % SLOTS) {
		struct str other = t->name[(slot[at] - 1) / LANGS][(slot[at] - 1) % LANGS];

		if (other.n == name.n && str_ieq(other, name))
			return false;
	}
	slot[at] = (uint16_t)(1 + LANGS * item + (int)lang);
	return true;
}

/* "lamp=...,key=...:" or, where a tree is stated, "lamp...key..." to the end; cut off the text. */
static bool read_names(struct tree *t, struct str *s)
{
	uint16_t slot[SLOTS] = { 0 };
	uint32_t hash[LANGS];

	t->n = 0;
	do {
		int v = t->n++;

		if (v == TREE_NODES || !english_head(s, &t->name[v][LANG_EN], &hash[LANG_EN]) || (!t->stated && !str_eatc(s, '=')) ||
		    !chinese_head(s, &t->name[v][LANG_ZH], &hash[LANG_ZH]) || !is_new(t, slot, v, LANG_EN, hash[LANG_EN]) ||
		    !is_new(t, slot, v, LANG_ZH, hash[LANG_ZH]) || (t->stated && t->name[v][LANG_EN].n == 1))
			return false;
	} while (t->stated ? s->n > 0 : str_eatc(s, ','));
	return (t->stated || str_eatc(s, ':')) && t->n > 1;
}

/* The first byte from `at` on that is one of ASCII, or that is none. */
static const char *find_turn(const char *at, const char *end, bool ascii)
{
	uint64_t w, flip = ascii ? EIGHT(0x80) : 0;

	for (; end - at >= 8; at += 8)
		if ((w = (load_eight(at) ^ flip) & EIGHT(0x80)))
			return at + __builtin_ctzll(w) / 8;
	while (at < end && !(*at & 0x80) != ascii)
		at++;
	return at;
}

/* The same, found only. */
static bool skim_names(struct tree *t, struct str *s)
{
	const char *at = s->s, *end = s->s + s->n;
	int gap = !t->stated;

	for (t->n = 0; t->n < TREE_NODES && at < end; at += gap && at < end) {
		const char *wide = find_turn(at, end, false), *stop = find_turn(wide, end, true);
		struct str *name = t->name[t->n++];

		if (wide - at <= gap)
			return false;
		name[LANG_EN] = (struct str){ at, (size_t)(wide - at - gap) };
		name[LANG_ZH] = (struct str){ wide, (size_t)(stop - wide) };
		at = stop;
		if (at < end && *at == ':')
			break;
	}
	*s = (struct str){ at, (size_t)(end - at) };
	return (t->stated ? at == end : str_eatc(s, ':')) && t->n > 1;
}

/* The number that s begins with, below n; TREE_NONE for no such number. */
static int item_head(struct str *s, int n)
{
	size_t i = 0;
	int v = 0;

	for (; i < s->n && i < 4 && s->s[i] >= '0' && s->s[i] <= '9'; i++)
		v = 10 * v + (s->s[i] - '0');
	if (i == 0 || (i > 1 && s->s[0] == '0') || v >= n)
		return TREE_NONE;
	*s = (struct str){ s->s + i, s->n - i };
	return v;
}

/* Where no tree is stated, items are numbered in the order in which the facts first name them; *next: how many were named. */
static int next_item(const struct tree *t, struct str *s, int *next)
{
	int v = item_head(s, t->n);

	if (t->stated)
		return v;
	if (v > *next)
		return TREE_NONE;
	*next += v == *next;
	return v;
}

/* One fact, cut off the text. With the tree, "P3" says all that is in "P3<1" without. */
static bool read_fact(struct tree *t, struct str *s, int *next)
{
	struct tree_fact *f = &t->fact[t->facts++];
	int least = 1, most = TREE_NODES;
	char sign = s->n ? s->s[0] : 0, before = 0;

	switch (sign) {
	case 'C':
	case 'D': before = '='; break;
	case 'P':
	case 'G':
	case 'A':
		before = '<';
		most = 1;
		break;
	case 'N':
	case 'M': least = most = 0; break;
	case 'S': least = 2; break;
	case 'K': least = most = 2; break;
	default: return false;
	}
	str_eatc(s, sign);
	*f = (struct tree_fact){ sign, TREE_NONE, (int16_t)t->used, 0 };
	if (before || !most) {
		f->head = (int16_t)next_item(t, s, next);
		if (f->head < 0)
			return false;
	}
	if (t->stated && (sign == 'P' || sign == 'G')) {
		int above = t->parent[f->head];

		above = sign == 'G' && above >= 0 ? t->parent[above] : above;
		if (above < 0 || t->used == TREE_POOL)
			return false;
		t->pool[t->used++] = (int16_t)above;
		f->n = 1;
		return true;
	}
	if (before && !str_eatc(s, t->stated ? ',' : before))
		return false;
	while (f->n < most && (f->n == 0 || str_eatc(s, ','))) {
		int v = t->used < TREE_POOL ? next_item(t, s, next) : TREE_NONE;

		if (v < 0)
			return false;
		t->pool[t->used++] = (int16_t)v;
		f->n++;
	}
	return f->n >= least;
}

/* to[v]: the number of v where items are counted as the facts name them. False: there is one of whom no fact speaks. */
static bool count_named(const struct tree *t, int16_t *to)
{
	int next = 0;

	for (int v = 0; v < t->n; v++)
		to[v] = TREE_NONE;
	for (int i = 0; i < t->facts; i++) {
		const struct tree_fact *f = &t->fact[i];

		if (f->head >= 0 && to[f->head] < 0)
			to[f->head] = (int16_t)next++;
		for (int j = 0; j < f->n; j++) {
			int v = t->pool[f->from + j];

			if (to[v] < 0)
				to[v] = (int16_t)next++;
		}
	}
	return next == t->n;
}

static void renumber(struct tree *t, const int16_t *to)
{
	struct str name[TREE_NODES][LANGS];
	int16_t parent[TREE_NODES];

	for (int v = 0; v < t->n; v++) {
		memcpy(name[to[v]], t->name[v], sizeof(name[0]));
		parent[to[v]] = t->parent[v] < 0 ? TREE_NONE : to[t->parent[v]];
	}
	memcpy(t->name, name, sizeof(name[0]) * (size_t)t->n);
	memcpy(t->parent, parent, sizeof(parent[0]) * (size_t)t->n);
	for (int i = 0; i < t->facts; i++)
		if (t->fact[i].head >= 0)
			t->fact[i].head = to[t->fact[i].head];
	for (int i = 0; i < t->used; i++)
		t->pool[i] = to[t->pool[i]];
	t->about = to[t->about];
}

bool tree_renumber(struct tree *t)
{
	int16_t to[TREE_NODES];

	if (!count_named(t, to))
		return false;
	renumber(t, to);
	return true;
}

/* The same of a desc's numbers, where children of one come in the order in which the facts name them. */
static bool renumber_read(struct tree *t)
{
	int16_t to[TREE_NODES];

	if (!count_named(t, to))
		return false;
	for (int v = 1; v < t->n; v++)
		if (t->parent[v] == t->parent[v - 1] && to[v] < to[v - 1])
			return false;
	renumber(t, to);
	return true;
}

/* How many children the items have, generation by generation, as digits and letters, up to the last one that has any: their parents. */
static bool read_counts(struct tree *t, struct str s)
{
	t->n = 1;
	t->parent[0] = TREE_NONE;
	for (size_t v = 0; v < s.n; v++) {
		char c = s.s[v];
		int count = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : TREE_NODES;

		if (v == (size_t)t->n || t->n + count > TREE_NODES)
			return false;
		for (; count; count--)
			t->parent[t->n++] = (int16_t)v;
	}
	return s.n && s.s[s.n - 1] != '0';
}

/* "cousins 4" and, where a tree is stated, its counts behind one more blank. */
static bool read_question(struct tree *t, struct str s, struct str *counts)
{
	struct str word;

	if (!str_split(&s, ' ', &word))
		return false;
	for (t->asked = 0; t->asked < TREE_RELATIONS && !str_is(word, tree_relations[t->asked]); t->asked++)
		;
	if (t->asked == TREE_RELATIONS)
		return false;
	t->about = item_head(&s, TREE_NODES);
	t->stated = str_eatc(&s, ' ');
	*counts = s;
	return t->about >= 0 && (s.n > 0) == t->stated;
}

static bool read_facts(struct tree *t, struct str *s)
{
	int next = 0;

	t->facts = t->used = 0;
	do
		if (t->facts == TREE_FACTS || !read_fact(t, s, &next))
			return false;
	while (t->stated ? s->n > 0 && s->s[0] != ':' : str_eatc(s, ';'));
	return t->stated ? str_eatc(s, ':') : s->n == 0 && next == t->n;
}

static bool read(struct tree *t, struct str desc, bool (*names)(struct tree *t, struct str *s))
{
	struct str question, counts;
	int n;

	if (!str_split(&desc, ':', &question) || !read_question(t, question, &counts))
		return false;
	if (!t->stated)
		return names(t, &desc) && t->about < t->n && read_facts(t, &desc);
	if (!read_counts(t, counts) || t->about >= t->n || !read_facts(t, &desc))
		return false;
	n = t->n;
	return names(t, &desc) && t->n == n && renumber_read(t);
}

bool tree_read(struct tree *t, struct str desc)
{
	return read(t, desc, read_names);
}

bool tree_skim(struct tree *t, struct str desc)
{
	return read(t, desc, skim_names);
}

static char *put(char *at, struct str s)
{
	memcpy(at, s.s, s.n);
	return at + s.n;
}

/* Below 1000. */
static char *put_item(char *at, int v)
{
	if (v >= 100)
		*at++ = (char)('0' + v / 100);
	if (v >= 10)
		*at++ = (char)('0' + v / 10 % 10);
	*at++ = (char)('0' + v % 10);
	return at;
}

/* number[v]: of v in the desc. */
static char *put_fact(char *at, const struct tree *t, const struct tree_fact *f, const int16_t *number)
{
	*at++ = f->sign;
	if (f->head >= 0)
		at = put_item(at, number[f->head]);
	if (f->sign == 'P' || f->sign == 'G')
		return at;
	for (int j = 0; j < f->n; j++) {
		if (j || f->head >= 0)
			*at++ = ',';
		at = put_item(at, number[t->pool[f->from + j]]);
	}
	return at;
}

/* order: items generation by generation; the children of one in turn. kids: how many each has. */
static void find_order(const struct tree *t, int16_t *order, int16_t *kids)
{
	int16_t from[TREE_NODES + 1] = { 0 }, child[TREE_NODES], at[TREE_NODES];
	int n = t->n, next = 0;

	memset(kids, 0, (size_t)n * sizeof(kids[0]));
	for (int v = 0; v < n; v++)
		if (t->parent[v] >= 0)
			kids[t->parent[v]]++;
		else
			order[next++] = (int16_t)v;
	for (int v = 0; v < n; v++) {
		at[v] = from[v];
		from[v + 1] = (int16_t)(from[v] + kids[v]);
	}
	for (int v = 0; v < n; v++)
		if (t->parent[v] >= 0)
			child[at[t->parent[v]]++] = (int16_t)v;
	for (int i = 0; i < next; i++)
		for (int j = from[order[i]]; j < from[order[i] + 1]; j++)
			order[next++] = child[j];
}

void tree_write(struct buf *out, const struct tree *t)
{
	size_t room = 32 + 8 * (size_t)t->facts + 4 * (size_t)t->used; /* an item and what is before it has 4 bytes at most */
	int16_t order[TREE_NODES], number[TREE_NODES], kids[TREE_NODES];
	char *at;

	for (int v = 0; v < t->n; v++)
		room += t->name[v][LANG_EN].n + t->name[v][LANG_ZH].n + 1;
	if (!buf_reserve(out, room))
		return;
	find_order(t, order, kids);
	for (int i = 0; i < t->n; i++)
		number[order[i]] = (int16_t)i;
	at = put(out->s + out->n, str_of(tree_relations[t->asked]));
	*at++ = ' ';
	at = put_item(at, number[t->about]);
	*at++ = ' ';
	for (int i = 0, left = t->n - 1; left; i++) {
		int count = kids[order[i]];

		*at++ = (char)(count < 10 ? '0' + count : 'a' + count - 10);
		left -= count;
	}
	*at++ = ':';
	for (int i = 0; i < t->facts; i++)
		at = put_fact(at, t, &t->fact[i], number);
	*at++ = ':';
	for (int i = 0; i < t->n; i++)
		for (int lang = 0; lang < LANGS; lang++)
			at = put(at, t->name[order[i]][lang]);
	out->n = (size_t)(at - out->s);
	*at = 0;
}
