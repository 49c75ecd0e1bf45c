/* named.c - names in two languages, found in constant time; see named.h. */
#include "verifiers/named.h"
#include "base/marks.h"
#include "verifiers/text.h"

enum { EN_MAX = 40, ZH_MAX = 48 }; /* bytes of a name */
enum { INDEX_BITS = 9 };            /* of a slot: 1 + index */

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Bytes that may come and go inside an English name: "alarm clock", "alarm-clock", "alarm_clock", "alarmclock". */
static bool loose(char c)
{
	return c == ' ' || c == '-' || c == '_';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/*
 * The hash is of a name's bytes but the loose ones, sixteen at a time, with bit 5 of each set: equal for names that are the same, and for
 * a few different ones. Behind the last byte are zeros.
 */
static inline uint64_t hash_more(uint64_t h, uint64_t low, uint64_t high)
{
	h += low * 0x9E3779B97F4A7C15u + high * 0xC2B2AE3D27D4EB4Fu;
	return h ^ h >> 32;
}

/* *wide: a byte of it is none of English. */
static uint32_t hash(struct str s, bool *wide)
{
	uint64_t h = 0, low = 0, eight = 0;
	bool second = false; /* the first half of sixteen is in low */
	unsigned char any = 0;
	int n = 0; /* bits of eight in use */

	for (size_t i = 0; i < s.n; i++) {
		any |= (unsigned char)s.s[i];
		if (loose(s.s[i]))
			continue;
		eight |= (uint64_t)((unsigned char)s.s[i] | 0x20) << n;
		n += 8;
		if (n < 64)
			continue;
		if (second)
			h = hash_more(h, low, eight);
		else
			low = eight;
		second = !second;
		eight = 0;
		n = 0;
	}
	*wide = any >= 0x80;
	if (second)
		h = hash_more(h, low, eight);
	else if (n)
		h = hash_more(h, eight, 0);
	return (uint32_t)h;
}

bool named_same(struct str a, struct str b)
{
	size_t i = 0, j = 0;

	if (str_eq(a, b)) /* mostly */
		return true;
	for (;; i++, j++) {
		while (i < a.n && loose(a.s[i]))
			i++;
		while (j < b.n && loose(b.s[j]))
			j++;
		if (i == a.n || j == b.n)
			return i == a.n && j == b.n;
		if (lower(a.s[i]) != lower(b.s[j]))
			return false;
	}
}

/* Where a search for a hash begins, and what a slot holds of it beside the index, which tells most other names apart. */
static inline uint32_t home_of(uint32_t hash)
{
	return hash % NAMED_SLOTS;
}

static inline uint32_t tag_of(uint32_t hash)
{
	return hash / NAMED_SLOTS % (1 << (16 - INDEX_BITS)) << INDEX_BITS;
}

static inline uint32_t index_in(uint32_t slot)
{
	return slot % (1 << INDEX_BITS);
}

static struct str name_in(const struct named *names, uint32_t slot, bool wide)
{
	int i = (int)index_in(slot) - 1;

	return wide ? named_zh(names, i) : named_en(names, i);
}

/* The slot that holds the name of that hash, or the free one where it would go. At most 800 of 1024 are taken. */
static uint32_t slot_of(const struct named *names, struct str s, uint32_t hash, bool wide)
{
	uint32_t at = home_of(hash), slot;

	while ((slot = names->slot[at]) && (slot - index_in(slot) != tag_of(hash) || !named_same(name_in(names, slot, wide), s)))
		at = (at + 1) % NAMED_SLOTS;
	return at;
}

static int find(const struct named *names, struct str s)
{
	bool wide;
	uint32_t h = hash(s, &wide);

	return (int)index_in(names->slot[slot_of(names, s, h, wide)]) - 1;
}

void named_init(struct named *names)
{
	names->n = 0;
	memset(names->slot, 0, sizeof(names->slot));
}

/* ---- names of a desc ---- */

/* Words of letters, one blank or hyphen between two, with "=" behind them: an English name, at the start of s; its length, or 0. */
static size_t english(struct str s, uint32_t *ret)
{
	bool letter_before = false, wide;
	size_t n;

	for (n = 0; n < s.n && n <= EN_MAX; n++) {
		if (!letter(s.s[n]) && (!letter_before || (s.s[n] != ' ' && s.s[n] != '-')))
			break;
		letter_before = letter(s.s[n]);
	}
	*ret = hash(str_sub(s, 0, n), &wide);
	return letter_before && n < s.n && n <= EN_MAX && s.s[n] == '=' ? n : 0;
}

/* Is it one from U+4E00 to U+9FFF? Its three bytes, the first one highest. */
static inline bool is_chinese(uint32_t three)
{
	return (three & 0xC0C0) == 0x8080 && three - 0xE4B880 <= 0xE9BFBF - 0xE4B880;
}

/* A Chinese name; its length, or 0. */
static size_t chinese(struct str s, uint32_t *ret)
{
	const unsigned char *c = (const unsigned char *)s.s;
	size_t n = 0;
	bool wide;

	while (n + 3 <= s.n && is_chinese((uint32_t)c[n] << 16 | (uint32_t)c[n + 1] << 8 | c[n + 2]))
		n += 3;
	*ret = hash(str_sub(s, 0, n), &wide);
	return n <= ZH_MAX ? n : 0;
}

/* Keep a name of so many bytes and of those hashes, "=" between, that is new in both languages; its index, or -1. */
static int keep(struct named *names, const char *s, size_t n_en, size_t n_zh, uint32_t hash_en, uint32_t hash_zh)
{
	struct str en = { s, n_en }, zh = { s + n_en + 1, n_zh };
	uint32_t at_en = slot_of(names, en, hash_en, false), at_zh = slot_of(names, zh, hash_zh, true);

	if (names->n == NAMED_MAX || names->slot[at_en] || names->slot[at_zh])
		return -1;
	names->name[names->n].s = s;
	names->name[names->n].en = (uint8_t)n_en;
	names->name[names->n++].zh = (uint8_t)n_zh;
	names->slot[at_en] = (uint16_t)(tag_of(hash_en) + (uint32_t)names->n);
	/* the same slot, if it was free for both */
	names->slot[at_zh == at_en ? slot_of(names, zh, hash_zh, true) : at_zh] = (uint16_t)(tag_of(hash_zh) + (uint32_t)names->n);
	return names->n - 1;
}

static int take_any(struct named *names, struct str *rest)
{
	uint32_t hash_en, hash_zh;
	struct str s = *rest;
	size_t n_en = english(s, &hash_en), n_zh = chinese(str_from(s, n_en + 1), &hash_zh);
	int ret = n_en && n_zh ? keep(names, s.s, n_en, n_zh, hash_en, hash_zh) : -1;

	if (ret >= 0)
		*rest = str_from(s, n_en + 1 + n_zh);
	return ret;
}

/* The same for most: one word of at most 16 letters, at most five characters, in a text of which SHORT bytes are left. */

enum { SHORT = 48 };

/* Of a name's n bytes, none of them loose, with zeros behind: the sixteen that it begins with, bit 5 of each set. */
static inline uint32_t hash_short(sixteen folded, size_t n)
{
	static const char ones[32] = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"; /* zeros behind them */
	sixteen name = folded & load_sixteen(ones + sizeof(folded) - n);

	return (uint32_t)hash_more(0, sixteen_half(name, 0), sixteen_half(name, 1));
}

/* Which of sixteen are letters, of bytes with bit 5 set. */
static inline unsigned letters(sixteen folded)
{
	return sixteen_mask(sixteen_add(folded, sixteen_of(127 - 'z')) >= 127 - 'z' + 'a');
}

/*
 * Which of sixteen are bytes of a Chinese character that begins with the first of them, or with the third behind. Its three bytes are
 * from 0xE4, 0x80 and 0x80 to 0xE9, 0xBF and 0xBF, and behind 0xE4 comes no less than 0xB8.
 */
static inline unsigned characters(sixteen v)
{
	enum { HEAD = 127 - 0xE9, TAIL = 127 - 0xBF, FROM = 127 - (0xE9 - 0xE4), MORE = 127 - (0xBF - 0x80), HEADS = 0x1249 };
#define THRICE(a, b) { a, b, b, a, b, b, a, b, b, a, b, b, a, b, b, a }
	static const sixteen up = THRICE(HEAD, TAIL), from = THRICE(FROM, MORE);
#undef THRICE
	unsigned good = sixteen_mask(sixteen_add(v, up) >= from), lowest = sixteen_mask(v == 0xE4 - 256) & HEADS;

	return lowest ? good & ~(lowest & ~(sixteen_mask(v > 0xB7 - 256) >> 1)) : good;
}

/* How many of sixteen bytes stand before the first that is none of them. */
static inline size_t leading(unsigned bits)
{
	return (size_t)__builtin_ctz(~bits);
}

/* Keep a name of so many bytes in both languages. False where it is none, or one that has to be looked at at length. */
static inline bool keep_short(struct named *names, const char *s, size_t n_en, size_t n_zh)
{
	enum { WHOLE = 1 << 3 | 1 << 6 | 1 << 9 | 1 << 12 | 1 << 15 }; /* bytes of whole characters */
	uint32_t hash_en, hash_zh, at_en, at_zh, number;
	sixteen en = load_sixteen(s) | 0x20, zh;

	if (!n_en || leading(letters(en)) != n_en || s[n_en] != '=')
		return false;
	zh = load_sixteen(s + n_en + 1); /* there it is known to be near */
	if (leading(characters(zh)) != n_zh || !(WHOLE >> n_zh & 1))
		return false;
	hash_en = hash_short(en, n_en);
	hash_zh = hash_short(zh | 0x20, n_zh);
	at_en = home_of(hash_en);
	at_zh = home_of(hash_zh);
	if (names->n == NAMED_MAX || names->slot[at_en] || names->slot[at_zh] || at_en == at_zh)
		return keep(names, s, n_en, n_zh, hash_en, hash_zh) >= 0;
	names->name[names->n].s = s; /* mostly */
	names->name[names->n].en = (uint8_t)n_en;
	names->name[names->n].zh = (uint8_t)n_zh;
	number = (uint32_t)++names->n;
	names->slot[at_en] = (uint16_t)(tag_of(hash_en) + number);
	names->slot[at_zh] = (uint16_t)(tag_of(hash_zh) + number);
	return true;
}

int named_take(struct named *names, struct str *rest)
{
	if (rest->n >= SHORT) {
		size_t en = leading(letters(load_sixteen(rest->s) | 0x20)), zh = leading(characters(load_sixteen(rest->s + en + 1)));

		zh -= zh % 3;
		if (keep_short(names, rest->s, en, zh)) {
			*rest = str_from(*rest, en + 1 + zh);
			return names->n - 1;
		}
	}
	return take_any(names, rest);
}

static inline sixteen separates(sixteen v)
{
	return (v == '=') | (v == ',') | (v == ':');
}

static __attribute__((noinline)) uint64_t look(const char *block, const char *end)
{
	return marks_bits(block, end, separates);
}

/* All that are short, up to one that is not, or to what ends the list; whether a name should come there. */
static bool take_short(struct named *names, struct str *rest)
{
	const char *s = rest->s, *end, *equals, *stop;
	struct marks marks;
	bool more = true;

	if (rest->n < SHORT)
		return true;
	end = s + rest->n;
	marks = marks_of(*rest, look);
	while (more && end - s >= SHORT && (equals = marks_next(&marks, look)) && (stop = marks_next(&marks, look)) &&
	       keep_short(names, s, (size_t)(equals - s), (size_t)(stop - equals - 1))) {
		more = *stop == ',';
		s = stop + more;
	}
	*rest = str_from(*rest, (size_t)(s - rest->s));
	return more;
}

bool named_list(struct named *names, struct str *rest)
{
	bool more;

	while ((more = take_short(names, rest)) && take_any(names, rest) >= 0) {
		more = rest->n && rest->s[0] == ',';
		*rest = str_from(*rest, more);
		if (!more)
			break;
	}
	return !more;
}

int named_at(const struct named *names, struct str en)
{
	int i = find(names, en);

	return i >= 0 && str_eq(named_en(names, i), en) ? i : -1;
}

/* ---- what stands before a name and says nothing ---- */

static const char *const words[] = {
	"a", "an", "the", "it", "is", "was", "are", "will", "be", "there", "here", "i", "you", "we", "see", "sees", "find", "item",
	"items", "object", "objects", "thing", "things", "name", "names", "named", "called", "answer", "answers", "final", "at", "in",
	"order", "of", "end", "and", "stop", "stops", "place", "vertex", "point", "first", "second", "third", "fourth", "fifth", "sixth",
	"1st", "2nd", "3rd", "4th", "5th", "6th", "last", "cousin", "cousins", "sibling", "siblings", "child", "children", "grandchild",
	"grandchildren", "descendant", "descendants", "aunts", "uncles", "relatives", "following", "so", "then", "therefore", "thus", NULL
};

static const char *const zh_words[] = {
	"最终", "最后", "答案", "分别", "依次", "就", "物品", "东西", "名称", "名字", "看到的", "看到了", "看到", "看见", "你", "我", "会", "应该",
	"是", "为", "有", "的", "第", "一", "二", "三", "四", "五", "六", "个", "处", "站", "停留点", "堂亲", "堂表亲", "堂兄弟姐妹", "堂兄弟",
	"兄弟姐妹", "孩子", "子女", "孙辈", "孙子", "后代", "后裔", "节点", "所有", "全部", "因此", "所以", "那里", "终点", "只", "把", "张", "台", "件", "条",
	"块", "本", "双", "顶", "辆", "架", "艘", "根", "支", "面", "座", "盏", "口", "部", "幅", "枚", "串", "副", "套", "瓶", "匹", "头", "枝", "扇", "颗",
	"了", NULL
};

/* Bytes of the entry of a list that s begins with, 0 for none. */
static size_t begins(struct str s, const char *const *list)
{
	for (; *list; list++)
		if (str_starts(s, str_of(*list)))
			return strlen(*list);
	return 0;
}

/* Bytes of one such word, or of a number or mark around it; 0 where s begins with something else. */
static size_t lead(struct str s)
{
	static const char *const marks[] = { ":", ".", ")", "(", "#", "=", "*", "\"", "'", "`", "\xEF\xBC\x9A", "->", NULL };
	size_t n = 0;
	bool word = false;

	for (; n < s.n && (letter(s.s[n]) || (s.s[n] >= '0' && s.s[n] <= '9')); n++)
		word |= letter(s.s[n]);
	for (const char *const *w = words; word && *w; w++)
		if (lower(s.s[0]) == (*w)[0] && str_ieq(str_sub(s, 0, n), str_of(*w)))
			return n;
	if (n)
		return word || n > 3 ? 0 : n;
	n = begins(s, marks);
	return n ? n : begins(s, zh_words);
}

/* The name that s is, or that it is with the other language's in brackets behind it. */
static int whole(const struct named *names, struct str s)
{
	ptrdiff_t open = str_chr(s, '(');
	int i;

	if (open > 0 && s.s[s.n - 1] == ')') {
		i = find(names, str_trim(str_sub(s, 0, (size_t)open)));
		return i >= 0 && find(names, text_strip(str_sub(s, (size_t)open + 1, s.n - 1))) == i ? i : -1;
	}
	return find(names, s);
}

/* Bytes of the name itself where s begins with it and goes on. */
static size_t about_head(const struct named *names, struct str s, int about)
{
	for (int lang = 0; about >= 0 && lang < 2; lang++) {
		struct str name = lang ? named_zh(names, about) : named_en(names, about);

		if (s.n > name.n && str_ieq(str_sub(s, 0, name.n), name) && !(lang == 0 && letter(s.s[name.n])))
			return name.n;
	}
	return 0;
}

int named_said(const struct named *names, struct str said, int about)
{
	char room[NAMED_SAID];
	struct str s = text_strip(said);
	int i;

	if (s.n && s.n <= sizeof(room) && (i = find(names, s)) >= 0) /* mostly */
		return i;
	if (s.n == 0 || s.n > sizeof(room) || !text_plain(s, room, sizeof(room), &s))
		return -1;
	/* each round takes off a word; a word has a byte at least */
	for (;;) {
		size_t n;

		s = text_strip(s);
		if (s.n == 0)
			return -1;
		i = whole(names, s);
		if (i >= 0)
			return i;
		n = lead(s);
		if (!n)
			n = about_head(names, s, about);
		if (!n)
			return -1;
		s = str_from(s, n);
	}
}
