/* named.c - names in two languages; see named.h. */
#include "verifiers/named.h"
#include "base/sixteen.h"
#include "verifiers/text.h"

enum { EN_MAX = 40, ZH_MAX = 48 }; /* bytes of a name */

/* Bytes that may come and go inside an English name: "alarm clock", "alarm-clock", "alarm_clock", "alarmclock". */
static bool loose(char c)
{
	return c == ' ' || c == '-' || c == '_';
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
		if (to_lower(a.s[i]) != to_lower(b.s[j]))
			return false;
	}
}

/* ---- keys: names that are the same have the same, and few others do ---- */

/* Two bytes as a number, the first one lowest. */
static inline uint16_t two(char first, char second)
{
	return (uint16_t)((unsigned char)first | (unsigned char)second << 8);
}

static inline uint16_t load_two(const char *s)
{
	uint16_t w;

	memcpy(&w, s, sizeof(w));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	w = __builtin_bswap16(w);
#endif
	return w;
}

/*
 * Of two bytes near the start of a name and of the last two, the loose ones left out. They are the first two or, in Chinese, the second and
 * the third: there the first ones of most characters are alike.
 */
static inline uint16_t key_from(uint16_t first, uint16_t last)
{
	return (uint16_t)(((first | (uint32_t)last << 16) | 0x20202020) * 0x9E3779B1u >> 16);
}

/* Of a name in which nothing is loose, of two bytes at least or, in Chinese, three. */
static inline uint16_t key_short(const char *s, const char *end, bool wide)
{
	return key_from(load_two(s + wide), load_two(end - 2));
}

static const char *next_tight(const char *s, const char *end)
{
	while (s < end && loose(*s))
		s++;
	return s;
}

/* Of any text; *wide: no English name begins so. */
static uint16_t key_of(struct str s, bool *wide)
{
	const char *end = s.s + s.n, *a = next_tight(s.s, end), *b, *c;
	char last;

	*wide = a < end && (*a & 0x80);
	if (*wide)
		a = next_tight(a + 1, end);
	if (a == end)
		return 0;
	b = next_tight(a + 1, end);
	if (b == end)
		b = a; /* one letter stands for two */
	while (loose(*--end))
		;
	last = *end;
	for (c = end; c > a && loose(*--c);)
		;
	return key_from(two(*a, *b), two(*c, last));
}

/* ---- looking a name up ---- */

enum { EN, ZH };

static struct str part(const struct named *names, int i, bool wide)
{
	return wide ? named_zh(names, i) : named_en(names, i);
}

/* Which one it is, or -1, of those from `from` on by whose key bits are set, two each. */
static __attribute__((noinline)) int find_among(const struct named *names, int from, unsigned bits, int n, struct str s, bool wide)
{
	for (; bits; bits &= bits - 1, bits &= bits - 1) {
		int i = from + __builtin_ctz(bits) / 2;

		if (i < n && named_same(part(names, i, wide), s))
			return i;
	}
	return -1;
}

/* The same of the first n. */
static inline int find_key(const struct named *names, int n, struct str s, uint16_t key, bool wide)
{
	typedef uint16_t lanes __attribute__((vector_size(16)));

	for (int i = 0; i < n; i += NAMED_LANES) {
		lanes some[2];
		unsigned same;
		int at;

		memcpy(some, &names->key[wide][i], sizeof(some));
		same = sixteen_mask((sixteen)(some[0] == key)) | sixteen_mask((sixteen)(some[1] == key)) << 16;
		if (same && (at = find_among(names, i, same, n, s, wide)) >= 0)
			return at;
	}
	return -1;
}

static int find(const struct named *names, struct str s)
{
	bool wide;
	uint16_t key = key_of(s, &wide);

	return find_key(names, names->n, s, key, wide);
}

void named_init(struct named *names)
{
	names->n = 0;
	names->close = false;
}

/* ---- names of a desc, each of another spelling ---- */

/* Words of letters, one blank or hyphen between two, with "=" behind them: an English name, at the start of s; its length, or 0. */
static size_t english(struct str s)
{
	bool letter_before = false;
	size_t n;

	for (n = 0; n < s.n && n <= EN_MAX; n++) {
		if (!is_letter(s.s[n]) && (!letter_before || (s.s[n] != ' ' && s.s[n] != '-')))
			break;
		letter_before = is_letter(s.s[n]);
	}
	return letter_before && n < s.n && n <= EN_MAX && s.s[n] == '=' ? n : 0;
}

/* Is it one from U+4E00 to U+9FFF? Its three bytes, the first one highest. */
static inline bool is_chinese(uint32_t three)
{
	return (three & 0xC0C0) == 0x8080 && three - 0xE4B880 <= 0xE9BFBF - 0xE4B880;
}

/* A Chinese name; its length, or 0. */
static size_t chinese(struct str s)
{
	const unsigned char *c = (const unsigned char *)s.s;
	size_t n = 0;

	while (n + 3 <= s.n && is_chinese((uint32_t)c[n] << 16 | (uint32_t)c[n + 1] << 8 | c[n + 2]))
		n += 3;
	return n <= ZH_MAX ? n : 0;
}

/* Keep a name of so many bytes and with those keys, "=" between, that is new in both languages; its index, or -1. */
static int keep(struct named *names, const char *s, size_t n_en, size_t n_zh, uint16_t key_en, uint16_t key_zh)
{
	struct str en = { s, n_en }, zh = { s + n_en + 1, n_zh };
	int i = names->n;

	if (i == NAMED_MAX || find_key(names, i, en, key_en, EN) >= 0 || find_key(names, i, zh, key_zh, ZH) >= 0)
		return -1;
	if (i % NAMED_LANES == 0)
		for (int lang = EN; lang <= ZH; lang++)
			memset(&names->key[lang][i], 0, NAMED_LANES * sizeof(names->key[lang][0]));
	names->at[2 * i] = en.s;
	names->at[2 * i + 1] = zh.s;
	names->len[2 * i] = (uint8_t)n_en;
	names->len[2 * i + 1] = (uint8_t)n_zh;
	names->key[EN][i] = key_en;
	names->key[ZH][i] = key_zh;
	names->n++;
	return i;
}

static int take_any(struct named *names, struct str *rest)
{
	struct str s = *rest, zh;
	size_t n_en = english(s), n_zh;
	bool wide;
	int ret;

	zh = str_from(s, n_en + 1);
	n_zh = chinese(zh);
	if (!n_en || !n_zh)
		return -1;
	ret = keep(names, s.s, n_en, n_zh, key_of(str_sub(s, 0, n_en), &wide), key_of(str_sub(zh, 0, n_zh), &wide));
	if (ret >= 0)
		*rest = str_from(s, n_en + 1 + n_zh);
	return ret;
}

/* Most are looked at at once: one word of at most 16 letters, at most five characters, in a text of which SHORT bytes are left. */

enum { SHORT = 48 };

/* Which of sixteen are letters, of bytes with bit 5 set. */
static inline sixteen are_letters(sixteen folded)
{
	return sixteen_add(folded, sixteen_of(127 - 'z')) >= 127 - 'z' + 'a';
}

static inline unsigned letters(sixteen folded)
{
	return sixteen_mask(are_letters(folded));
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

int named_take(struct named *names, struct str *rest)
{
	const char *s = rest->s;
	size_t en, zh;
	int ret;

	if (rest->n < SHORT)
		return take_any(names, rest);
	en = leading(letters(load_sixteen(s) | 0x20));
	zh = leading(characters(load_sixteen(s + en + 1)));
	if (en < 2 || s[en] != '=' || zh < 3 || zh == 16) /* it may go on */
		return take_any(names, rest);
	zh -= zh % 3;
	ret = keep(names, s, en, zh, key_short(s, s + en, EN), key_short(s + en + 1, s + en + 1 + zh, ZH));
	if (ret >= 0)
		*rest = str_from(*rest, en + 1 + zh);
	return ret;
}

bool named_list(struct named *names, struct str *rest)
{
	bool more = true;

	while (more) {
		if (named_take(names, rest) < 0)
			return false;
		more = rest->n && rest->s[0] == ',';
		*rest = str_from(*rest, more);
	}
	return true;
}

/* ---- names of a desc with nothing between ---- */

/* Bytes of a block. A Chinese character has three, a head and two more. */
struct kinds {
	uint64_t wide, more; /* of a Chinese name; those behind a head */
	sixteen fine;        /* bit 7 is clear where a byte is none of a name's, for all blocks */
};

static inline void look(struct kinds *k, const char *block)
{
	k->wide = k->more = 0;
	for (int i = 0; i < NAMED_BLOCK / 16; i++) {
		sixteen v = load_sixteen(block + 16 * i), more = v < 0xC0 - 256;

		k->wide |= (uint64_t)sixteen_mask(v) << 16 * i;
		k->more |= (uint64_t)sixteen_mask(more) << 16 * i;
		k->fine &= v | are_letters(v | 0x20);
	}
}

enum { SLOTS = 8192 };

/* Is name i new among those before it? */
static __attribute__((noinline)) bool is_new(const struct named *names, int i, bool wide)
{
	return find_key(names, i, part(names, i, wide), names->key[wide][i], wide) < 0;
}

/* Make the keys of a run. False: a name stands there twice. Only names whose keys have the same slot can be the same. */
static bool all_new(struct named *names)
{
	size_t n = (size_t)names->n, slots = 512;
	bool slot[SLOTS];

	while (slots < 64 * n && slots < SLOTS)
		slots *= 2;
	memset(slot, 0, slots);
	for (int lang = EN; lang <= ZH; lang++) /* finding looks at whole vectors */
		memset(names->key[lang], 0, (n + NAMED_LANES) * sizeof(names->key[lang][0]));
	for (size_t i = 0; i < n; i++)
		for (int lang = EN; lang <= ZH; lang++) {
			const char *const *at = names->at + 2 * i + lang;
			uint16_t key = names->key[lang][i] = key_short(at[0], at[1], lang);
			bool *taken = &slot[key & (slots - 1)];

			if (*taken && !is_new(names, (int)i, lang))
				return false;
			*taken = true;
		}
	return true;
}

bool named_run(struct named *names, struct str s)
{
	const char *block = s.s, *end = s.s + s.n, **at = names->at;
	struct kinds k = { 0, 0, sixteen_of(-1) };
	/* Of the block before: is its last byte one of a Chinese name, does a name begin there; what of this one must be behind a head? */
	uint64_t wide = 1, turn = 0, due = 0;
	bool last, bad = false;

	do {
		char room[NAMED_BLOCK];
		uint64_t heads, turns;

		last = end - block < NAMED_BLOCK;
		if (last) {
			memset(room, 'a', sizeof(room));
			memcpy(room, block, (size_t)(end - block));
		}
		look(&k, last ? room : block);
		heads = k.wide & ~k.more;
		turns = k.wide ^ (k.wide << 1 | wide);
		bad |= k.more != (heads << 1 | heads << 2 | due) || (turns & (turns << 1 | turn)) != 0; /* or a name of one byte */
		due = heads >> (NAMED_BLOCK - 1) | heads >> (NAMED_BLOCK - 2);
		wide = k.wide >> (NAMED_BLOCK - 1);
		turn = turns >> (NAMED_BLOCK - 1);
		for (; turns; turns &= turns - 1)
			*at++ = block + (unsigned)__builtin_ctzll(turns);
		if (at > names->at + 2 * NAMED_MAX + 1)
			return false;
		block += NAMED_BLOCK;
	} while (!last);
	names->n = (int)(at - names->at) / 2;
	names->close = true;
	return sixteen_mask(k.fine) == 0xFFFF && !bad && names->at[0] == s.s && at[-1] == end && names->n <= NAMED_MAX && all_new(names);
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
	"grandchildren", "descendant", "descendants", "aunt", "aunts", "uncle", "uncles", "relatives", "following", "so", "then", "therefore", "thus", "total",
	"has", "have", "holds", "contains", "that", NULL
};

static const char *const zh_words[] = {
	"最终", "最后", "答案", "分别", "依次", "就", "物品", "东西", "名称", "名字", "看到的", "看到了", "看到", "看见", "你", "我", "会", "应该",
	"是", "为", "有", "的", "第", "一", "二", "三", "四", "五", "六", "个", "处", "站", "停留点", "堂亲", "堂表亲", "堂兄弟姐妹", "堂兄弟",
	"兄弟姐妹", "孩子", "子女", "孙辈", "孙子", "后代", "后裔", "节点", "所有", "全部", "因此", "所以", "那里", "终点", "停下", "位置", "上", "先", "然后", "接着", "只", "把", "张", "台", "件", "条",
	"块", "本", "双", "顶", "辆", "架", "艘", "根", "支", "面", "座", "盏", "口", "部", "幅", "枚", "串", "副", "套", "瓶", "匹", "头", "枝", "扇", "颗",
	"了", NULL
};

/* Bytes of one such word, or of a number or mark around it; 0 where s begins with something else. */
static size_t lead(struct str s)
{
	static const char *const marks[] = { ":", ".", ")", "(", "#", "=", "*", "_", "|", "\"", "'", "`", "\xEF\xBC\x9A", "->", "-", NULL };
	static const struct str sign = STR("aunts_or_uncles"); /* as a prompt has it */
	size_t n = 0;
	bool word = s.n && is_letter(s.s[0]);

	if (str_starts(s, sign))
		return sign.n;
	for (; n < s.n && (is_letter(s.s[n]) || (!word && s.s[n] >= '0' && s.s[n] <= '9')); n++)
		;
	word = n && is_letter(s.s[n - 1]); /* "1st" is one */
	for (const char *const *w = words; word && *w; w++)
		if (to_lower(s.s[0]) == (*w)[0] && str_ieq(str_sub(s, 0, n), str_of(*w)))
			return n;
	if (n)
		return word || n > 3 ? 0 : n;
	n = text_head(s, marks);
	return n ? n : text_head(s, zh_words);
}

static bool says_nothing(struct str s)
{
	size_t n;

	for (s = text_strip(s); s.n; s = text_strip(str_from(s, n)))
		if (!(n = lead(s)))
			return false;
	return true;
}

/* The name that s is, or that it is with the other language's or words that say nothing in brackets behind it, or "at stop 2". */
static int whole(const struct named *names, struct str s)
{
	ptrdiff_t open = str_chr(s, '('), at = str_find(s, STR(" at "));
	struct str in;
	int i;

	if (open > 0 && s.s[s.n - 1] == ')') {
		i = find(names, text_strip(str_sub(s, 0, (size_t)open)));
		in = text_strip(str_sub(s, (size_t)open + 1, s.n - 1));
		return i >= 0 && (says_nothing(in) || find(names, in) == i) ? i : -1;
	}
	if (at > 0 && says_nothing(str_from(s, (size_t)at)))
		return find(names, text_strip(str_sub(s, 0, (size_t)at)));
	return find(names, s);
}

/* Bytes of the name itself where s begins with it and goes on. */
static size_t about_head(const struct named *names, struct str s, int about)
{
	for (int lang = 0; about >= 0 && lang < 2; lang++) {
		struct str name = lang ? named_zh(names, about) : named_en(names, about);

		if (s.n > name.n && str_ieq(str_sub(s, 0, name.n), name) && !(lang == 0 && is_letter(s.s[name.n])))
			return name.n;
	}
	return 0;
}

int named_said(const struct named *names, struct str said, int about)
{
	char room[NAMED_SAID];
	struct str s;
	int i;

	if (said.n <= sizeof(room) && (i = find(names, said)) >= 0) /* mostly */
		return i;
	s = text_strip(said);
	if (s.n == 0 || s.n > sizeof(room) || !text_plain(s, room, sizeof(room), &s))
		return -1;
	while (s.n && s.s[s.n - 1] == '|')
		s = text_strip(str_sub(s, 0, s.n - 1));
	/* each round takes off a word; a word has a byte at least */
	for (;;) {
		size_t n;

		s = text_strip(s);
		if (s.n == 0)
			return NAMED_IDLE;
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

struct str named_items(const struct named *names, struct str answer, int about)
{
	struct str s = text_list(answer);
	ptrdiff_t open = s.n && s.s[s.n - 1] == ']' ? str_chr(s, '[') : s.n && s.s[s.n - 1] == '}' ? str_chr(s, '{') : -1;

	return open > 0 && named_said(names, str_sub(s, 0, (size_t)open), about) == NAMED_IDLE ? text_list(str_from(s, (size_t)open)) : s;
}
