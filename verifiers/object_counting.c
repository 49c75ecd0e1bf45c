/*
 * object_counting.c - is this the number that comes out of the story?
 *
 * desc: what is asked, then what is told, with ; between:
 *
 *	A fruit;A:2 apple,3 pear;B:4 dog;A>B 1 apple;B+3 pear
 *
 * asked   WHO KIND[+KIND..], or two of these with ~ between: how far they are apart. WHO is I, A .. G, or * for everybody.
 * told    WHO:LIST   has from the start (once for everybody, before all else)
 *         WHO+LIST   gets;  WHO-LIST  loses;  WHO>WHO LIST  gives
 *         WHO*2 THING  has twice as many as before;  WHO=WHO THING  gets as many as the other one has
 *
 * The story is played through with a count for each person and thing, and the counts are added up.
 */
#include "verifiers/object_counting.h"
#include "verifiers/extract.h"
#include "verifiers/rule.h"
#include "verifiers/tally.h"
#include "verifiers/text.h"

enum {
	PEOPLE = 8,
	COUNT_MAX = 1000000,
	WORDY_MAX = 1000, /* bytes of a number with words around it; more is an essay */
};

static const int64_t HELD_MAX = INT64_C(1000000000000); /* nobody ever holds more of one thing */

static const char *const ids[] = {
#define X(kind, id, many, zh, measure) id,
	OBJECT_THINGS(X)
#undef X
};

static const char *const kinds[KINDS] = {
#define X(id, many, zh) #id,
	OBJECT_KINDS(X)
#undef X
};

enum { THINGS = COUNT(ids) };

struct story {
	int64_t held[PEOPLE][THINGS];
	bool known[PEOPLE];
};

struct term {
	int who; /* -1: everybody */
	unsigned kinds;
};

static int person(char c)
{
	return c == 'I' ? 0 : c >= 'A' && c <= 'G' ? 1 + c - 'A' : -1;
}

static const uint16_t keys[THINGS] = {
#define X(kind, id, many, zh, measure) OBJECT_KEY(id, sizeof(id) - 1),
	OBJECT_THINGS(X)
#undef X
};

static const uint8_t kind_of[THINGS] = {
#define X(kind, id, many, zh, measure) KIND_##kind,
	OBJECT_THINGS(X)
#undef X
};

static int thing(struct str id)
{
	uint16_t key = id.n > 2 ? OBJECT_KEY(id.s, id.n) : 0;
	int16_t at = 0;

	for (int16_t i = 0; i < THINGS; i++) /* to the end: so it is done several at a time */
		at = keys[i] == key ? i : at;
	return str_is(id, ids[at]) ? at : -1;
}

static int kind(struct str id)
{
	for (int i = 0; i < KINDS; i++)
		if (str_is(id, kinds[i]))
			return i;
	return -1;
}

static bool read_term(struct term *t, struct str s)
{
	struct str rest, id;
	int last = -1;

	if (s.n < 3 || s.s[1] != ' ' || s.s[s.n - 1] == '+')
		return false;
	t->who = person(s.s[0]);
	if (t->who < 0 && s.s[0] != '*')
		return false;
	t->kinds = 0;
	rest = str_from(s, 2);
	while (str_split(&rest, '+', &id)) {
		int k = kind(id);

		if (k <= last)
			return false;
		t->kinds |= 1u << k;
		last = k;
	}
	return true;
}

/* A thing up to the end of a part, cut off the text; -1 for none. */
static int read_thing(struct str *s)
{
	size_t n = 0;
	int what;

	while (n < s->n && s->s[n] != ',' && s->s[n] != ';')
		n++;
	what = thing(str_sub(*s, 0, n));
	*s = str_from(*s, n);
	return what;
}

/* "2 apple", cut off the text. */
static bool read_some(struct str *s, int *count, int *what)
{
	*count = str_eat_number(s, COUNT_MAX);
	if (*count < 1 || !str_eatc(s, ' '))
		return false;
	*what = read_thing(s);
	return *what >= 0;
}

/* Move every part of a list: from somebody (or nowhere: -1) to somebody (or nowhere). False where the story breaks. */
static bool move(struct story *st, struct str *list, int from, int to, bool fresh)
{
	int count, what;

	do {
		if (!read_some(list, &count, &what))
			return false;
		if (from >= 0) {
			if (st->held[from][what] < count)
				return false;
			st->held[from][what] -= count;
		}
		if (to >= 0) {
			if (fresh && st->held[to][what])
				return false;
			st->held[to][what] += count;
			if (st->held[to][what] > HELD_MAX)
				return false;
		}
	} while (str_eatc(list, ','));
	return true;
}

/* One fact, cut off the text. */
static bool play(struct story *st, struct str *text, bool *begun)
{
	struct str fact = *text;
	int who, other, what;

	if (fact.n < 4)
		return false;
	who = person(fact.s[0]);
	if (who < 0)
		return false;
	*text = str_from(fact, 2);
	if (fact.s[1] == ':') {
		if (*begun || st->known[who])
			return false;
		st->known[who] = true;
		return move(st, text, -1, who, true);
	}
	*begun = true;
	if (!st->known[who])
		return false;
	if (fact.s[1] == '+')
		return move(st, text, -1, who, false);
	if (fact.s[1] == '-')
		return move(st, text, who, -1, false);
	*text = str_from(fact, 4);
	if (fact.s[3] != ' ')
		return false;
	if (fact.s[1] == '*') {
		if (fact.s[2] != '2')
			return false;
		what = read_thing(text);
		if (what < 0 || st->held[who][what] == 0)
			return false;
		st->held[who][what] *= 2;
		return st->held[who][what] <= HELD_MAX;
	}
	other = person(fact.s[2]);
	if (other < 0 || other == who || !st->known[other])
		return false;
	if (fact.s[1] == '>')
		return move(st, text, who, other, false);
	if (fact.s[1] != '=')
		return false;
	what = read_thing(text);
	if (what < 0)
		return false;
	st->held[who][what] += st->held[other][what];
	return st->held[who][what] <= HELD_MAX;
}

static bool total(const struct story *st, const struct term *t, int64_t *sum)
{
	*sum = 0;
	if (t->who >= 0 && !st->known[t->who])
		return false;
	for (int p = 0; p < PEOPLE; p++)
		for (int i = 0; i < THINGS && st->known[p] && (t->who < 0 || t->who == p); i++)
			*sum += t->kinds >> kind_of[i] & 1 ? st->held[p][i] : 0;
	return true;
}

static bool outcome(struct str desc, int64_t *ret)
{
	struct story st;
	struct term a, b;
	struct str rest = desc, part, left;
	int64_t x, y = 0;
	bool begun = false, two;

	memset(&st, 0, sizeof(st));
	if (!str_split(&rest, ';', &part))
		return false;
	two = str_chr(part, '~') >= 0;
	str_split(&part, '~', &left);
	if (!read_term(&a, left) || (two && !read_term(&b, part)))
		return false;
	if (rest.s) /* something is told */
		do
			if (!play(&st, &rest, &begun))
				return false;
		while (str_eatc(&rest, ';'));
	if (rest.n || !total(&st, &a, &x) || (two && !total(&st, &b, &y)))
		return false;
	if (two && a.who == b.who && a.kinds == b.kinds)
		return false;
	*ret = x > y ? x - y : y - x;
	return true;
}

/* ---- the answer ---- */

static bool letter(uint32_t cp)
{
	return is_letter(cp) || (cp >= 0x4e00 && cp <= 0x9fff);
}

/* Words that make another statement of a number. */
static bool hedged(struct str s)
{
	static const char *const words[] = {
		"not", "never", "more", "less", "fewer", "over", "under", "above", "below", "between", "minus", "negative", "half", "dozen", "dozens",
		"hundreds", "thousand", "thousands", "million", "millions", "percent", "plus", "times", "twice", "multiple", "pair", "pairs", "double",
		"triple", "squared", "root", "near", "close", "up", "too", NULL
	};
	static const char *const chinese[] = {
		"不", "非", "没", "至少", "至多", "最多", "最少", "超过", "少于", "多于", "大于", "小于", "左右", "上下", "以上", "以下", "以内",
		"几乎", "接近", "将近", "倍", "负", "半", "打", "百", "千", "万", "亿", NULL
	};
	struct str rest = s, word;
	bool adds = false;

	if (text_hedges(s))
		return true;
	for (const char *const *c = chinese; *c; c++)
		if (str_find(s, str_of(*c)) >= 0)
			return true;
	for (; str_word(&rest, &word); adds = str_ieq(str_sub(word, 0, 3), STR("add")) || str_ieq(str_sub(word, 0, 3), STR("sum")))
		if (text_listed(word, words) && !(adds && str_is(word, "up"))) /* "adds up to 12" */
			return true;
	return false;
}

/* Does what stands behind a number add to it: "12ish", "12x", "12多个"? */
static bool goes_on(struct str behind)
{
	static const char *const more[] = { "多", "余", "几", NULL };

	return text_head(behind, more) || (behind.n && letter((unsigned char)behind.s[0]));
}

/* Bytes of a LaTeX command that only sets words or space, 0 for none. */
static size_t tex(struct str s)
{
	static const char *const silent[] = { "\\text", "\\mathrm", "\\textrm", "\\mbox", "\\,", "\\;", "\\ ", "\\quad", NULL };

	return text_head(s, silent);
}

/* Nothing but letters, blanks and a little punctuation. A hyphen could be a sign where digits are near. */
static bool plain_words(struct str s, bool hyphens)
{
	size_t n;

	for (; s.n; s = str_from(s, n)) {
		uint32_t cp;

		n = tex(s);
		if (n)
			continue;
		n = utf8_next(s, &cp);
		if (!letter(cp) && !(hyphens && cp == '-') && !(cp && cp < 0x80 && strchr(" \t\r\n.,:;!'\"*_(){}", (int)cp)) && cp != 0xff1a &&
		    cp != 0xff0c && cp != 0x3002 && cp != 0x3000 && cp != 0xa0 && cp != 0xff01 && cp != 0x2019)
			return false;
	}
	return true;
}

/* The next word without its punctuation; a hyphen parts words too. */
static bool next_word(struct str *rest, struct str *word)
{
	size_t i = 0, n = 0;

	while (i < rest->n && strchr(" \t\r\n.,:;!'\"*_(){}-", rest->s[i]))
		i++;
	while (i + n < rest->n && !strchr(" \t\r\n.,:;!'\"*_(){}-", rest->s[i + n]))
		n++;
	*word = str_sub(*rest, i, i + n);
	*rest = str_from(*rest, i + n);
	return n > 0;
}

/* "Ann has 5 fruits", "5 个": one number among words that say nothing against it. */
static bool among_words(struct str s, int64_t *ret)
{
	size_t from = 0, to, last, n;
	struct str rest = s, word;
	uint32_t cp;
	int d;

	while (from < s.n && !text_digit(str_from(s, from), &d))
		from += utf8_next(str_from(s, from), &cp);
	last = to = from;
	/* The number goes on over separators only if digits follow them: "1,234". */
	while (to < s.n) {
		if ((n = text_digit(str_from(s, to), &d)) > 0)
			last = to += n;
		else if (strchr(",.", s.s[to]) && to == last && text_digit(str_from(s, to + 1), &d))
			to++;
		else
			break;
	}
	if (from == last || hedged(s) || text_denies(str_sub(s, 0, from)))
		return false;
	for (to = last; to < s.n; to += utf8_next(str_from(s, to), &cp))
		if (text_digit(str_from(s, to), &d))
			return false;
	while (next_word(&rest, &word))
		if (text_number_word(word) >= 0)
			return false;
	/* A letter that touches the number makes it something else ("x5", "abs(5)"), CJK apart. */
	for (to = from; to > 0 && strchr("({\"'", s.s[to - 1]);)
		to--;
	if (to > 0 && letter((unsigned char)s.s[to - 1]))
		return false;
	return !goes_on(str_from(s, last)) && plain_words(str_sub(s, 0, from), false) && plain_words(str_from(s, last), false) &&
	       text_int(str_sub(s, from, last), ret);
}

/* "seven", "There are twenty-one fruits", "one hundred and five": one number in words, up to 999. */
static bool english_number(struct str s, int64_t *ret)
{
	int64_t sum = 0;
	int last = 1000; /* what the word before stood for; each is less than the one before, but for hundred */
	enum { BEFORE, INSIDE, JOINED, BEHIND } state = BEFORE;
	struct str rest = s, word;

	while (next_word(&rest, &word)) {
		int v = text_number_word(word);

		if (v < 0) {
			if (state == INSIDE && sum >= 100 && str_ieq(word, STR("and")))
				state = JOINED;
			else if (state != BEFORE)
				state = BEHIND;
			continue;
		}
		if (state == BEHIND)
			return false;
		if (v == 100) { /* "three hundred", nothing before the three */
			if (state != INSIDE || sum < 1 || sum > 9 || last == 100)
				return false;
			sum *= 100;
		} else {
			bool fits = last == 1000 || last == 100 || (last >= 20 && v >= 1 && v <= 9);

			if (!fits || (last == 100 && v == 0))
				return false;
			sum += v;
		}
		last = v;
		state = INSIDE;
	}
	*ret = sum;
	return state != BEFORE && !hedged(s) && plain_words(s, true);
}

/* Chinese numerals up to 999: "七", "二十一", "一百零五", a measure word may follow. */
static bool chinese_number(struct str s, int64_t *ret)
{
	int64_t sum = 0, pending = -1, unit = 1000;
	bool any = false, zero = false;
	size_t n;

	for (; s.n; s = str_from(s, n)) {
		int d = text_numeral(s, &n);

		if (d < 0)
			break;
		if (d < 10) {
			if (pending >= 0 || (d == 0 && zero))
				return false;
			zero |= d == 0;
			if (d > 0 || !any)
				pending = d;
		} else { /* ten, hundred */
			if (d >= unit || pending == 0 || (pending < 0 && (d == 100 || any)))
				return false;
			sum += d * (pending < 0 ? 1 : pending);
			unit = d;
			pending = -1;
		}
		any = true;
	}
	if (!any || (unit < 1000 && pending == 0))
		return false;
	/* What is left may be a measure word and a thing, no more. */
	if (s.n > 24 || hedged(s) || goes_on(s) || !plain_words(s, false))
		return false;
	*ret = sum + (pending > 0 ? pending : 0);
	return true;
}

/* {"pears": 6, "plums": 6, "total": 12}: the total, which the others must make. */
static bool read_object(struct str s, int64_t *ret)
{
	static const char *const totals[] = { "total", "sum", "count", "answer", "总数", "总计", "合计", "总共", NULL };
	struct str name, value;
	int64_t v = 0, sum = 0;
	bool last = false, any = false;

	if (s.n < 2 || s.s[0] != '{' || s.s[s.n - 1] != '}')
		return false;
	for (s = str_trim(str_sub(s, 1, s.n - 1)); s.n && !last; any |= !last) {
		if (!text_member(&s, &name, &value) || !text_int(value, &v) || v < 0 || v > HELD_MAX)
			return false;
		for (const char *const *t = totals; *t; t++)
			last |= str_ieq(name, str_of(*t));
		if (!last)
			sum += v;
	}
	*ret = v;
	return last && !s.n && (!any || v == sum);
}

static bool read_number(struct str s, int64_t *ret)
{
	struct str right;
	int64_t sum = 0;
	ptrdiff_t eq;
	bool parts;

	s = text_strip(s);
	undress_reason(&s);
	parts = tally_breakdown(&s, &sum);
	eq = str_rfind(s, STR("="));
	if (eq >= 0) { /* a sum written out: its result */
		right = text_strip(str_from(s, (size_t)eq + 1));
		if (!tally_sides(str_sub(s, 0, (size_t)eq), right))
			return false;
		s = right;
	}
	if (!text_int(s, ret) && !read_object(s, ret) && !(s.n <= WORDY_MAX && (english_number(s, ret) || chinese_number(s, ret) || among_words(s, ret))))
		return false;
	return !parts || *ret == sum;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	int64_t due, said;

	if (!outcome(desc, &due))
		return rule_bad_task(why, "the desc is no story of things and their owners");
	if (!read_number(answer, &said))
		return rule_unreadable(why, "there is not one whole number in it");
	if (said != due)
		return rule_wrong(why, "%lld is not the number", (long long)said);
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_object_counting = { "object_counting", 1, judge, NULL };
