/* space_reasoning_tree_desc.c - the text of a tree of relatives, read and written. */
#include "generators/space_reasoning_tree.h"

const char *const tree_relations[TREE_RELATIONS] = { "cousins", "siblings", "grandchildren", "descendants", "aunts", "second_cousins" };

static bool letter(char c)
{
	return (unsigned)((c | 32) - 'a') < 26;
}

static bool skip(struct str *s, char c)
{
	if (!s->n || s->s[0] != c)
		return false;
	s->s++;
	s->n--;
	return true;
}

/* Letters, cut off the text; capitals do not change the hash. */
static bool english_head(struct str *s, struct str *name, uint32_t *hash)
{
	size_t n = 0;

	for (*hash = 0; n < s->n && letter(s->s[n]); n++)
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

/* "lamp=...,key=...:", cut off the text. */
static bool read_names(struct tree *t, struct str *s)
{
	uint16_t slot[SLOTS] = { 0 };
	uint32_t hash[LANGS];

	t->n = 0;
	do {
		int v = t->n++;

		if (v == TREE_NODES || !english_head(s, &t->name[v][LANG_EN], &hash[LANG_EN]) || !skip(s, '=') ||
		    !chinese_head(s, &t->name[v][LANG_ZH], &hash[LANG_ZH]) || !is_new(t, slot, v, LANG_EN, hash[LANG_EN]) ||
		    !is_new(t, slot, v, LANG_ZH, hash[LANG_ZH]))
			return false;
	} while (skip(s, ','));
	return skip(s, ':') && t->n > 1;
}

/* The same, found only. */
static bool skim_names(struct tree *t, struct str *s)
{
	const char *at = s->s, *end = s->s + s->n;

	for (t->n = 0; t->n < TREE_NODES;) {
		struct str *name = t->name[t->n++];
		const char *from = at;

		while (at < end && *at != '=')
			at++;
		name[LANG_EN] = (struct str){ from, (size_t)(at - from) };
		from = at += at < end;
		while (at < end && *at != ',' && *at != ':')
			at++;
		name[LANG_ZH] = (struct str){ from, (size_t)(at - from) };
		if (at == end)
			return false;
		if (*at++ == ':') {
			*s = (struct str){ at, (size_t)(end - at) };
			return t->n > 1;
		}
	}
	return false;
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

/* Items are numbered in the order in which the facts first name them; *next: how many were named. */
static int next_item(struct str *s, int n, int *next)
{
	int v = item_head(s, n);

	if (v > *next)
		return TREE_NONE;
	*next += v == *next;
	return v;
}

/* One fact, cut off the text. */
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
	skip(s, sign);
	*f = (struct tree_fact){ sign, TREE_NONE, (int16_t)t->used, 0 };
	if (before || !most) {
		f->head = (int16_t)next_item(s, t->n, next);
		if (f->head < 0 || (before && !skip(s, before)))
			return false;
	}
	while (f->n < most && (f->n == 0 || skip(s, ','))) {
		int v = t->used < TREE_POOL ? next_item(s, t->n, next) : TREE_NONE;

		if (v < 0)
			return false;
		t->pool[t->used++] = (int16_t)v;
		f->n++;
	}
	return f->n >= least;
}

static bool read_question(struct tree *t, struct str s)
{
	struct str word;

	if (!str_split(&s, ' ', &word))
		return false;
	for (t->asked = 0; t->asked < TREE_RELATIONS && !str_is(word, tree_relations[t->asked]); t->asked++)
		;
	if (t->asked == TREE_RELATIONS)
		return false;
	t->about = item_head(&s, t->n);
	return t->about >= 0 && s.n == 0;
}

static bool read(struct tree *t, struct str desc, bool (*names)(struct tree *t, struct str *s))
{
	struct str question;
	int next = 0;

	t->facts = t->used = 0;
	if (!str_split(&desc, ':', &question) || !names(t, &desc) || !read_question(t, question))
		return false;
	do
		if (t->facts == TREE_FACTS || !read_fact(t, &desc, &next))
			return false;
	while (skip(&desc, ';'));
	return desc.n == 0 && next == t->n;
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

static char *put_fact(char *at, const struct tree *t, const struct tree_fact *f)
{
	*at++ = f->sign;
	if (f->head >= 0)
		at = put_item(at, f->head);
	if (f->head >= 0 && f->n)
		*at++ = f->sign == 'C' || f->sign == 'D' ? '=' : '<';
	for (int j = 0; j < f->n; j++) {
		if (j)
			*at++ = ',';
		at = put_item(at, t->pool[f->from + j]);
	}
	return at;
}

void tree_write(struct buf *out, const struct tree *t)
{
	size_t room = 32 + 8 * (size_t)t->facts + 4 * (size_t)t->used; /* an item and what parts it from the next has 4 bytes at most */
	char *at;

	for (int v = 0; v < t->n; v++)
		room += t->name[v][LANG_EN].n + t->name[v][LANG_ZH].n + 2;
	if (!buf_reserve(out, room))
		return;
	at = put(out->s + out->n, str_of(tree_relations[t->asked]));
	*at++ = ' ';
	at = put_item(at, t->about);
	for (int v = 0; v < t->n; v++) {
		*at++ = v ? ',' : ':';
		at = put(at, t->name[v][LANG_EN]);
		*at++ = '=';
		at = put(at, t->name[v][LANG_ZH]);
	}
	for (int i = 0; i < t->facts; i++) {
		*at++ = i ? ';' : ':';
		at = put_fact(at, t, &t->fact[i]);
	}
	out->n = (size_t)(at - out->s);
	*at = 0;
}
