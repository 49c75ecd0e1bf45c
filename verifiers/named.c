/* named.c - names in two languages, found in constant time; see named.h. */
#include "verifiers/named.h"
#include "base/eight.h"
#include "verifiers/text.h"

enum { EN_MAX = 40, ZH_MAX = 48 }; /* bytes of a name */

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
 * The hash is of a name's bytes but the loose ones, eight at a time, with bit 5 of each set: equal for names that are the same, and for
 * a few different ones.
 */
static uint64_t hash_more(uint64_t h, uint64_t eight)
{
	h = (h ^ (eight | EIGHT(0x20))) * 0x9E3779B97F4A7C15u;
	return h ^ h >> 32;
}

/* *wide: a byte of it is none of English. */
static uint32_t hash(struct str s, bool *wide)
{
	uint64_t h = 0, eight = 0;
	unsigned char any = 0;
	int n = 0; /* bits of eight in use */

	for (size_t i = 0; i < s.n; i++) {
		any |= (unsigned char)s.s[i];
		if (loose(s.s[i]))
			continue;
		eight |= (uint64_t)(unsigned char)s.s[i] << n;
		n += 8;
		if (n < 64)
			continue;
		h = hash_more(h, eight);
		eight = 0;
		n = 0;
	}
	*wide = any >= 0x80;
	return (uint32_t)(n ? hash_more(h, eight) : h);
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

static uint32_t slot_from(const struct named *names, struct str s, uint32_t at, bool wide)
{
	while (names->slot[at] && !named_same(names->name[names->slot[at] - 1][wide], s))
		at = (at + 1) % NAMED_SLOTS;
	return at;
}

/* The slot that holds the name of that hash, or the free one where it would go. At most 800 of 1024 are taken. */
static inline uint32_t slot_of(const struct named *names, struct str s, uint32_t hash, bool wide)
{
	uint32_t at = hash % NAMED_SLOTS;

	return names->slot[at] ? slot_from(names, s, at, wide) : at;
}

static int find(const struct named *names, struct str s)
{
	bool wide;
	uint32_t h = hash(s, &wide);

	return names->slot[slot_of(names, s, h, wide)] - 1;
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

/* Keep a name of those hashes that is new in both languages; its index, or -1. */
static int keep(struct named *names, struct str en, struct str zh, uint32_t hash_en, uint32_t hash_zh)
{
	uint32_t at_en = slot_of(names, en, hash_en, false), at_zh = slot_of(names, zh, hash_zh, true);

	if (names->n == NAMED_MAX || names->slot[at_en] || names->slot[at_zh])
		return -1;
	names->name[names->n][0] = en;
	names->name[names->n][1] = zh;
	names->slot[at_en] = (uint16_t)++names->n;
	/* the same slot, if it was free for both */
	names->slot[at_zh == at_en ? slot_of(names, zh, hash_zh, true) : at_zh] = (uint16_t)names->n;
	return names->n - 1;
}

static int take_any(struct named *names, struct str *rest)
{
	uint32_t hash_en, hash_zh;
	struct str en = *rest, zh;
	int ret;

	en.n = english(en, &hash_en);
	zh = str_from(*rest, en.n + 1);
	zh.n = chinese(zh, &hash_zh);
	ret = en.n && zh.n ? keep(names, en, zh, hash_en, hash_zh) : -1;
	if (ret >= 0)
		*rest = str_from(*rest, en.n + 1 + zh.n);
	return ret;
}

/* The same for most: one word of at most 15 letters, less than five characters. Of each 16 bytes can be read. */

/* The letters that eight bytes begin with, zeros behind them; *n: how many they are. */
static inline uint64_t letters(uint64_t eight, size_t *n)
{
	/* top bits; what the sums carry over into later bytes is behind the first that is no letter */
	uint64_t low = eight | EIGHT(0x20), others = (~(low + EIGHT(0x80 - 'a')) | (low + EIGHT(0x7F - 'z')) | eight) & EIGHT(0x80);

	*n = others ? (size_t)__builtin_ctzll(others) / 8 : 8;
	return eight & (((others & -others) >> 7) - 1);
}

static inline size_t english_short(const char *s, uint32_t *ret)
{
	size_t n, more = 0;
	uint64_t h = hash_more(0, letters(load_eight(s), &n));

	if (n == 8) {
		uint64_t rest = letters(load_eight(s + 8), &more);

		h = more ? hash_more(h, rest) : h;
	}
	n += more;
	*ret = (uint32_t)h;
	return n < 16 && s[n] == '=' ? n : 0;
}

static inline size_t chinese_short(const char *s, uint32_t *ret)
{
	const unsigned char *c = (const unsigned char *)s;
	size_t n = 0;

	while (n < 15 && is_chinese((uint32_t)c[n] << 16 | (uint32_t)c[n + 1] << 8 | c[n + 2]))
		n += 3;
	if (n < 8)
		*ret = (uint32_t)hash_more(0, load_eight(s) & ((UINT64_C(1) << 8 * n) - 1));
	else
		*ret = (uint32_t)hash_more(hash_more(0, load_eight(s)), load_eight(s + 8) & ((UINT64_C(1) << 8 * (n - 8)) - 1));
	return n < 15 ? n : 0;
}

static inline int take(struct named *names, struct str *rest)
{
	uint32_t hash_en, hash_zh, at_en, at_zh;
	struct str en = *rest, zh;

	if (en.n < 32 || (en.n = english_short(en.s, &hash_en)) == 0)
		return take_any(names, rest);
	zh.s = en.s + en.n + 1;
	zh.n = chinese_short(zh.s, &hash_zh);
	if (!zh.n)
		return take_any(names, rest);
	at_en = hash_en % NAMED_SLOTS;
	at_zh = hash_zh % NAMED_SLOTS;
	if (names->n == NAMED_MAX || names->slot[at_en] || names->slot[at_zh] || at_en == at_zh) {
		if (keep(names, en, zh, hash_en, hash_zh) < 0)
			return -1;
	} else { /* mostly */
		names->name[names->n][0] = en;
		names->name[names->n][1] = zh;
		names->slot[at_en] = names->slot[at_zh] = (uint16_t)++names->n;
	}
	rest->s += en.n + 1 + zh.n;
	rest->n -= en.n + 1 + zh.n;
	return names->n - 1;
}

int named_take(struct named *names, struct str *rest)
{
	return take(names, rest);
}

bool named_list(struct named *names, struct str *rest)
{
	struct str s = *rest;
	bool more = true;

	while (more && take(names, &s) >= 0) {
		more = s.n && s.s[0] == ',';
		s = str_from(s, more);
	}
	*rest = s;
	return !more;
}

int named_at(const struct named *names, struct str en)
{
	int i = find(names, en);

	return i >= 0 && str_eq(names->name[i][0], en) ? i : -1;
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
		struct str name = names->name[about][lang];

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
