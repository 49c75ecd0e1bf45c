/*
 * goods_exchange.c - the rule: who owns what when all exchanges are over?
 *
 * desc: "Ann/安=red cup/红色杯子,Bo/波=hat/帽子|sp0h1;g0.1": people and what each owns at first, every name in English and Chinese (or
 * once, where both are the same), then what happens. People and things are counted from 0; thing i is what person i owns at first.
 *
 *	s AB		two swap. A, B: p3 person 3, h3 who owns thing 3 by now, o3 who owned thing 3 at first
 *	r ABC..		each gives what they own to the next one named, the last to the first, all at once
 *	g3.5  t3.5	the owners of two things give these to each other
 *	a+  a-		everybody gives to the next person in the list (to the one before), all at once
 *	i1.3sAB		if person 1 owns thing 3, a swap
 *	u		the exchange just made is undone
 *	n0.1.2 n1.1.3 n2.1.2	nothing changes hands: a refusal, a wish (of person 1 for thing 3), talk
 *
 * The answer is all pairs of person and thing, the person first or the thing first, in any notation: read as names of the puzzle among
 * words that say nothing against them. Any other word makes it unreadable, so that a denial is never its opposite.
 */
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum {
	PEOPLE_MAX = 40,
	EVENTS_MAX = 200,
	NAME_MAX = 64,      /* bytes */
	ROUND_MAX = 6,      /* people who give round */
	TEXT_MAX = 1 << 14, /* bytes of an answer that is read at all */
};

struct puzzle {
	struct str name[4 * PEOPLE_MAX];     /* of person i: 4 i and, in Chinese, 4 i + 1; of what he owns at first: 4 i + 2 and 3 */
	unsigned char first[256];            /* by the first byte, a capital as small: 1 + the last name with it, 0 for none */
	unsigned char before[4 * PEOPLE_MAX]; /* 1 + the one before with the same first byte, 0 for none */
	int n;
	unsigned char owns[PEOPLE_MAX], owner[PEOPLE_MAX]; /* the thing of each person, the person of each thing */
};

static struct str person_name(const struct puzzle *p, int i)
{
	return p->name[4 * i];
}

static struct str thing_name(const struct puzzle *p, int i)
{
	return p->name[4 * i + 2];
}

/* ---- the desc ---- */

/* Bytes of a letter beyond ASCII; 0 for signs, blanks, bad bytes: what is neither Latin nor Chinese nor their like. */
static size_t foreign_letter(struct str s)
{
	uint32_t cp;
	size_t n = utf8_next(s, &cp);

	return cp < 0xc0 || (cp >= 0x2000 && cp < 0x3040) || (cp >= 0xe000 && cp < 0x10000) ? 0 : n;
}

/* A name: words of letters, with single blanks, hyphens and the like between; nothing that an answer has around its names. */
static bool read_name(struct str *s, struct str *name)
{
	size_t at = 0;

	while (at < s->n) {
		char c = s->s[at];

		if (is_letter(c)) {
			at++;
		} else if ((unsigned char)c >= 0x80) {
			size_t n = foreign_letter(str_from(*s, at));

			if (!n)
				return false;
			at += n;
		} else if (at && ((c == ' ' && s->s[at - 1] != ' ') || c == '-' || c == '\'' || (c >= '0' && c <= '9'))) {
			at++;
		} else {
			break;
		}
	}
	*name = str_sub(*s, 0, at);
	*s = str_from(*s, at);
	return at > 0 && at <= NAME_MAX && name->s[at - 1] != ' ';
}

/* Put a name to those that begin as it does; false if one of them looks like it but for capitals. Of one owner both may. */
static bool add_name(struct puzzle *p, struct str name, int number)
{
	unsigned char *first = &p->first[(unsigned char)to_lower(name.s[0])];

	for (int i = *first; i; i = p->before[i - 1]) {
		struct str other = p->name[i - 1];

		if (other.n == name.n && to_lower(other.s[name.n - 1]) == to_lower(name.s[name.n - 1]) && (i - 1) != (number ^ 1) && str_ieq(other, name))
			return false;
	}
	p->name[number] = name;
	p->before[number] = *first;
	*first = (unsigned char)(number + 1);
	return true;
}

/* "cup/杯子", or one name for both; number: of the first. */
static bool read_names(struct puzzle *p, struct str *s, int number)
{
	struct str name, other;

	if (!read_name(s, &name) || !add_name(p, name, number))
		return false;
	p->name[number + 1] = name;
	if (!str_eatc(s, '/'))
		return true;
	return read_name(s, &other) && !str_eq(name, other) && add_name(p, other, number + 1);
}

static void gets(struct puzzle *p, int who, unsigned char what)
{
	p->owns[who] = what;
	p->owner[what] = (unsigned char)who;
}

static bool read_people(struct puzzle *p, struct str *s)
{
	memset(p->first, 0, sizeof(p->first));
	p->n = 0;
	do {
		if (p->n == PEOPLE_MAX || !read_names(p, s, 4 * p->n) || !str_eatc(s, '=') || !read_names(p, s, 4 * p->n + 2))
			return false;
		gets(p, p->n, (unsigned char)p->n);
		p->n++;
	} while (str_eatc(s, ','));
	return p->n >= 2 && str_eatc(s, '|');
}

static bool read_two(struct str *s, int n, int *a, int *b)
{
	*a = str_eat_number(s, n - 1);
	if (*a < 0 || !str_eatc(s, '.'))
		return false;
	*b = str_eat_number(s, n - 1);
	return *b >= 0;
}

/* Who is meant by p3, h3, o3. */
static bool read_who(struct str *s, const struct puzzle *p, int *who)
{
	char how = s->s[0];

	if (how != 'p' && how != 'h' && how != 'o')
		return false;
	*s = str_from(*s, 1);
	*who = str_eat_number(s, p->n - 1);
	if (*who < 0)
		return false;
	if (how == 'h')
		*who = p->owner[*who];
	return true;
}

/* Each of these people gives to the next, the last to the first. */
static void give_round(struct puzzle *p, const int *who, int n)
{
	unsigned char last = p->owns[who[n - 1]];

	for (int i = n - 1; i > 0; i--)
		gets(p, who[i], p->owns[who[i - 1]]);
	gets(p, who[0], last);
}

/* Different people up to the end of the event; how many, 0 for a bad list. */
static int read_group(struct str *s, const struct puzzle *p, int *who, int lo, int hi)
{
	int n = 0;

	for (; s->n && s->s[0] != ';'; n++) {
		if (n == hi || !read_who(s, p, &who[n]))
			return 0;
		for (int i = 0; i < n; i++)
			if (who[i] == who[n])
				return 0; /* nobody exchanges with himself */
	}
	return n >= lo ? n : 0;
}

static bool swap(struct puzzle *p, struct str *s, int lo, int hi, bool really)
{
	int who[ROUND_MAX], n = read_group(s, p, who, lo, hi);

	if (n && really)
		give_round(p, who, n);
	return n > 0;
}

static bool give_all(struct puzzle *p, struct str *s)
{
	bool on = str_eatc(s, '+');
	int who[PEOPLE_MAX];

	for (int i = 0; i < p->n; i++)
		who[i] = on ? i : p->n - 1 - i;
	give_round(p, who, p->n);
	return on || str_eatc(s, '-');
}

/* What changes nothing, but has to be written rightly. */
static bool idle(const struct puzzle *p, struct str *s)
{
	int kind = str_eat_number(s, 2), a, b; /* kind 1 is of a person and a thing, the others are of two people */

	return kind >= 0 && str_eatc(s, '.') && read_two(s, p->n, &a, &b) && (kind == 1 || a != b);
}

/* How things stood before the last exchange that can be undone. */
struct undo {
	unsigned char owns[PEOPLE_MAX], owner[PEOPLE_MAX];
	bool can;
};

static bool take_back(struct puzzle *p, const struct undo *undo, bool can)
{
	if (can) {
		memcpy(p->owns, undo->owns, sizeof(p->owns));
		memcpy(p->owner, undo->owner, sizeof(p->owner));
	}
	return can;
}

/* One event, cut off the text. */
static bool play(struct puzzle *p, struct str *s, struct undo *undo)
{
	char kind = s->n ? s->s[0] : 0;
	bool was = undo->can;
	int who[2], a, b;

	undo->can = kind != 'i' && kind != 'u' && kind != 'n';
	if (undo->can) {
		memcpy(undo->owns, p->owns, sizeof(p->owns));
		memcpy(undo->owner, p->owner, sizeof(p->owner));
	}
	*s = str_from(*s, 1);
	switch (kind) {
	case 's': return swap(p, s, 2, 2, true);
	case 'r': return swap(p, s, 3, ROUND_MAX, true);
	case 'g':
	case 't':
		if (!read_two(s, p->n, &a, &b) || a == b)
			return false;
		who[0] = p->owner[a];
		who[1] = p->owner[b];
		give_round(p, who, 2);
		return true;
	case 'a': return give_all(p, s);
	case 'i': return read_two(s, p->n, &a, &b) && str_eatc(s, 's') && swap(p, s, 2, 2, p->owns[a] == b);
	case 'u': return take_back(p, undo, was);
	case 'n': return idle(p, s);
	default: return false;
	}
}

static bool read_puzzle(struct puzzle *p, struct str desc)
{
	struct undo undo = { .can = false };
	int events = 0;

	if (!read_people(p, &desc))
		return false;
	do
		if (events++ == EVENTS_MAX || !play(p, &desc, &undo))
			return false;
	while (str_eatc(&desc, ';'));
	return desc.n == 0;
}

/* ---- the answer ---- */

/* What joins the words of a name: blanks, _ or -. */
static size_t joint(struct str s)
{
	size_t at = 0, n;

	while ((n = text_blank(str_from(s, at))) > 0)
		at += n;
	return at || s.n == 0 ? at : s.s[0] == '_' || s.s[0] == '-';
}

/* How much of s a name takes, 0 where s does not begin with it. Between Chinese words U+7684 may stand. */
static size_t name_head(struct str s, struct str name)
{
	static const char de[] = "\xE7\x9A\x84";
	size_t at = 0, n;

	for (size_t i = 0; i < name.n; i++) {
		if (i && (unsigned char)name.s[i] >= 0xC0 && str_starts(str_from(s, at), STR(de)) && !str_starts(str_from(name, i), STR(de)))
			at += 3;
		if (name.s[i] == ' ') {
			n = joint(str_from(s, at));
			if (!n)
				return 0;
			at += n;
		} else if (at < s.n && to_lower(s.s[at]) == to_lower(name.s[i])) {
			at++;
		} else {
			return 0;
		}
	}
	/* "Ann" is no part of "Anne", nor "cup" of "cups" */
	return is_letter(name.s[name.n - 1]) && at < s.n && (is_letter(s.s[at]) || (s.s[at] >= '0' && s.s[at] <= '9')) ? 0 : at;
}

/* The longest name of the puzzle that s begins with, the first of several: its bytes, 0 for none. */
static size_t find_name(const struct puzzle *p, struct str s, int *number)
{
	size_t best = 0;

	for (int i = p->first[(unsigned char)to_lower(s.s[0])]; i; i = p->before[i - 1]) {
		size_t n = name_head(s, p->name[i - 1]);

		if (n && n >= best) {
			best = n;
			*number = i - 1;
		}
	}
	return best;
}

/* Words that say nothing against the names between which they stand. Bytes, 0 for others. */
static size_t label(struct str s)
{
	static const char *const words[] = {
		"has", "have", "owns", "own", "holds", "hold", "gets", "possesses", "with", "the", "a", "an", "and", "now", "finally",
		"ends", "up", "final", "ownership", "person", "people", "name", "names", "item", "items", "thing", "things", "owner",
		"owners", "who", "what", "is", "at", "end", "in", "of", "each", "answer", "python", "json", "text", "s", "to", "belongs",
		"owned", "by", "unchanged", "kept", "keeps", "still",
	};
	size_t n = 0;

	while (n < s.n && is_letter(s.s[n]))
		n++;
	for (size_t i = 0; i < COUNT(words); i++)
		if (to_lower(s.s[0]) == words[i][0] && str_ieq(str_sub(s, 0, n), str_of(words[i])))
			return n;
	return 0;
}

/* The same, and marks, beyond ASCII. */
static size_t wide_label(struct str s)
{
	static const char *const signs[] = {
		"持有者", "所有者", "拥有者", "主人", "拥有", "持有", "得到", "获得", "拿着", "手中", "手里", "最后", "最终", "现在", "物品", "东西",
		"人物", "姓名", "名字", "归属", "以及", "一个", "一件", "有", "的", "是", "为", "人", "和", "与", "属于", "归", "在", "答案", "如下", "不变",
		"\uff0c", "\u3001", "\uff1b", "\u3002", "\uff1a", "\u2022", "\u201c", "\u201d", "\u2018", "\u2019", "\uff08", "\uff09",
		"\u3010", "\u3011", "\u300c", "\u300d", "\u2192", "\u21d2", "\uff1d", "\u2014", "\u2013", "\u27a1", "\ufe0f", "\u2794",
		"\u2713", "\u2714", "\u2705",
	};

	for (size_t i = 0; i < COUNT(signs); i++)
		if (str_starts(s, str_of(signs[i])))
			return strlen(signs[i]);
	return 0;
}

/* "1. " or "2) " at the head of a line, or the number of a table's row "| 1 |". */
static size_t bullet(struct str s)
{
	size_t n = 0;

	while (n < s.n && n < 3 && s.s[n] >= '0' && s.s[n] <= '9')
		n++;
	if (n == 0 || n + 1 >= s.n)
		return 0;
	if (s.s[n] == ' ' && s.s[n + 1] == '|')
		return n;
	return (s.s[n] == '.' || s.s[n] == ')') && text_blank(str_from(s, n + 1)) ? n + 1 : 0;
}

struct said {
	signed char thing[PEOPLE_MAX]; /* of each person, -1 for none */
	int pairs;
	int first, last; /* what is open: a person (0 ..) or a thing (100 ..); the last of a pair that is whole; -1 */
	int things_first;  /* 1: pairs begin with the thing, 0: with the person, -1: not known yet */
	const char *fault; /* what is wrong with it, where it can be read */
	int who;
};

enum { THING = 100 };

/* One more name of the answer; false where names do not come in pairs. */
static bool take(struct said *a, int name)
{
	bool thing = name >= THING;
	int who, what;

	if (a->things_first < 0)
		a->things_first = thing;
	if (a->first < 0) {
		if (name == a->last) /* the same thing again: "hat (hat)" */
			return true;
		a->first = name;
		return thing == (a->things_first == 1);
	}
	if (name == a->first)
		return true;
	if (thing == (a->first >= THING))
		return false;
	who = thing ? a->first : name;
	what = (thing ? name : a->first) - THING;
	if (a->thing[who] >= 0 && !a->fault) {
		a->fault = "twice";
		a->who = who;
	}
	a->thing[who] = (signed char)what;
	a->pairs++;
	a->first = -1;
	a->last = name;
	return true;
}

/* Bytes of what stands between names and says nothing, 0 for anything else. `line`: a line begins. */
static size_t between(struct str s, bool line)
{
	size_t n;

	if ((n = text_blank(s)) > 0)
		return n;
	if (line && (n = bullet(s)) > 0)
		return n;
	if ((unsigned char)s.s[0] >= 0x80 || !s.s[0] || !strchr("\"'`*_$[](){}|,;.:=<>-+\\#&", s.s[0]))
		return 0;
	if (s.s[0] != '\\' || s.n < 2)
		return 1;
	if ((n = text_frame(s)) > 0)
		return n;
	if (str_starts(s, STR("\\text")))
		return 5;
	if (str_starts(s, STR("\\mathrm")))
		return 7;
	return is_letter(s.s[1]) && s.s[1] != 'n' ? 0 : 2;
}

static bool read_said(struct said *a, const struct puzzle *p, struct str s)
{
	bool line = true;
	size_t n;
	int number;

	memset(a, 0, sizeof(*a));
	memset(a->thing, -1, sizeof(a->thing));
	a->first = a->last = a->things_first = -1;
	for (; s.n; s = str_from(s, n)) {
		if (!is_letter(s.s[0]) && (n = between(s, line)) > 0) {
			line = s.s[0] == '\n' || (line && !(s.s[0] >= '0' && s.s[0] <= '9'));
			continue;
		}
		n = s.s[0] == '\\' ? 0 : find_name(p, s, &number);
		if (n) {
			if (!take(a, number % 4 < 2 ? number / 4 : THING + number / 4))
				return false;
			line = false;
			continue;
		}
		n = (unsigned char)s.s[0] < 0x80 ? label(s) : wide_label(s);
		if (!n)
			return false;
	}
	return a->first < 0 && a->pairs > 0;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct puzzle p;
	struct said a;

	if (!read_puzzle(&p, desc))
		return rule_bad_task(why, "the desc is no list of people, things and exchanges");
	if (answer.n > TEXT_MAX)
		return rule_unreadable(why, "that is too long for a list of who owns what");
	if (!read_said(&a, &p, answer))
		return rule_unreadable(why, "it is no list of pairs of a person and a thing");
	if (a.fault)
		return rule_wrong(why, "%.*s comes twice", (int)person_name(&p, a.who).n, person_name(&p, a.who).s);
	for (int i = 0; i < p.n; i++) {
		struct str who = person_name(&p, i), what = thing_name(&p, a.thing[i] < 0 ? 0 : a.thing[i]);

		if (a.thing[i] < 0)
			return rule_wrong(why, "%.*s is missing", (int)who.n, who.s);
		if (a.thing[i] != p.owns[i])
			return rule_wrong(why, "%.*s does not own %.*s", (int)who.n, who.s, (int)what.n, what.s);
	}
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_goods_exchange = { "goods_exchange", 1, judge, NULL };
