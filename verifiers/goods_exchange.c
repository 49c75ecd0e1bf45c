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
	struct str person[PEOPLE_MAX][2], thing[PEOPLE_MAX][2]; /* English, Chinese */
	int n;
	unsigned char owns[PEOPLE_MAX]; /* the thing of each person */
};

/* ---- the desc ---- */

/* A name: words of letters, with single blanks, hyphens and the like between; nothing that an answer has around its names. */
static bool is_name(struct str s)
{
	uint32_t cp;
	size_t n;

	if (s.n == 0 || s.n > NAME_MAX || s.s[s.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < s.n; i += n) {
		char c = s.s[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		n = utf8_next(str_from(s, i), &cp);
		if (cp < 0x80 && !letter && (i == 0 || !c || !strchr(" -'0123456789", c) || (c == ' ' && s.s[i - 1] == ' ')))
			return false;
		/* signs, blanks, bad bytes: what is neither Latin nor Chinese letters nor their like */
		if (cp >= 0x80 && (cp < 0xc0 || (cp >= 0x2000 && cp < 0x3040) || (cp >= 0xe000 && cp < 0x10000)))
			return false;
	}
	return true;
}

/* "cup/杯子", or one name for both. */
static bool read_names(struct str s, struct str name[2])
{
	ptrdiff_t slash = str_chr(s, '/');

	name[0] = slash < 0 ? s : str_sub(s, 0, (size_t)slash);
	name[1] = slash < 0 ? s : str_from(s, (size_t)slash + 1);
	return is_name(name[0]) && is_name(name[1]) && (slash < 0 || !str_eq(name[0], name[1]));
}

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Do two of all the names look alike but for capitals? Of one owner both may be one. */
static bool names_clash(const struct puzzle *p)
{
	struct str name[4 * PEOPLE_MAX];
	uint32_t sign[4 * PEOPLE_MAX]; /* length, first and last bytes: most names differ in it */
	int n = 0;

	for (int i = 0; i < p->n; i++)
		for (int k = 0; k < 4; k++) {
			struct str s = k < 2 ? p->person[i][k] : p->thing[i][k - 2];

			name[n] = s;
			sign[n++] = (uint32_t)s.n << 24 | (uint32_t)(unsigned char)fold(s.s[0]) << 16 |
				    (uint32_t)(unsigned char)fold(s.s[s.n - 1]) << 8 | (unsigned char)fold(s.s[s.n / 2]);
		}
	for (int i = 0; i < n; i++)
		for (int k = 0; k < i; k++)
			if (sign[i] == sign[k] && (i % 2 == 0 || k != i - 1) && str_ieq(name[i], name[k]))
				return true;
	return false;
}

static bool read_people(struct puzzle *p, struct str s)
{
	struct str part;

	p->n = 0;
	if (s.n == 0 || s.s[s.n - 1] == ',')
		return false;
	while (str_split(&s, ',', &part)) {
		ptrdiff_t is = str_chr(part, '=');
		int i = p->n;

		if (is < 0 || i == PEOPLE_MAX || !read_names(str_sub(part, 0, (size_t)is), p->person[i]) ||
		    !read_names(str_from(part, (size_t)is + 1), p->thing[i]))
			return false;
		p->owns[i] = (unsigned char)i;
		p->n++;
	}
	return p->n >= 2 && !names_clash(p);
}

/* A number below n at the head of s, without a zero in front. */
static bool read_number(struct str *s, int n, int *v)
{
	size_t at = 0;

	for (*v = 0; at < s->n && at < 3 && s->s[at] >= '0' && s->s[at] <= '9'; at++)
		*v = *v * 10 + (s->s[at] - '0');
	if (at == 0 || (at > 1 && s->s[0] == '0') || *v >= n)
		return false;
	*s = str_from(*s, at);
	return true;
}

static bool read_sign(struct str *s, char c)
{
	if (s->n == 0 || s->s[0] != c)
		return false;
	*s = str_from(*s, 1);
	return true;
}

static bool read_two(struct str *s, int n, int *a, int *b)
{
	return read_number(s, n, a) && read_sign(s, '.') && read_number(s, n, b);
}

static int owner(const struct puzzle *p, int thing)
{
	int i = 0;

	while (p->owns[i] != thing)
		i++;
	return i;
}

/* Who is meant by p3, h3, o3. */
static bool read_who(struct str *s, const struct puzzle *p, int *who)
{
	char how = s->n ? s->s[0] : 0;

	if (how != 'p' && how != 'h' && how != 'o')
		return false;
	*s = str_from(*s, 1);
	if (!read_number(s, p->n, who))
		return false;
	if (how == 'h')
		*who = owner(p, *who);
	return true;
}

/* Each of these people gives to the next, the last to the first. */
static void give_round(struct puzzle *p, const int *who, int n)
{
	unsigned char last = p->owns[who[n - 1]];

	for (int i = n - 1; i > 0; i--)
		p->owns[who[i]] = p->owns[who[i - 1]];
	p->owns[who[0]] = last;
}

static bool read_group(struct str *s, const struct puzzle *p, int *who, int lo, int hi, int *n)
{
	for (*n = 0; s->n; ++*n) {
		if (*n == hi || !read_who(s, p, &who[*n]))
			return false;
		for (int i = 0; i < *n; i++)
			if (who[i] == who[*n])
				return false; /* nobody exchanges with himself */
	}
	return *n >= lo;
}

static bool swap(struct puzzle *p, struct str s, bool really)
{
	int who[2], n;

	if (!read_group(&s, p, who, 2, 2, &n))
		return false;
	if (really)
		give_round(p, who, 2);
	return true;
}

static bool give_all(struct puzzle *p, struct str s)
{
	int who[PEOPLE_MAX];

	for (int i = 0; i < p->n; i++)
		who[i] = str_is(s, "+") ? i : p->n - 1 - i;
	give_round(p, who, p->n);
	return str_is(s, "+") || str_is(s, "-");
}

/* What changes nothing, but has to be written rightly. */
static bool idle(const struct puzzle *p, struct str s)
{
	int kind, a, b;

	/* kind 1 is of a person and a thing, the others are of two people */
	return read_number(&s, 3, &kind) && read_sign(&s, '.') && read_two(&s, p->n, &a, &b) && s.n == 0 && (kind == 1 || a != b);
}

/* One event. before: how things stood before the last exchange that can be undone. */
static bool play(struct puzzle *p, struct str s, unsigned char before[PEOPLE_MAX], bool *undoable)
{
	char kind = s.n ? s.s[0] : 0;
	int who[ROUND_MAX], n, a, b;
	bool was = *undoable;

	*undoable = kind == 's' || kind == 'r' || kind == 'g' || kind == 't' || kind == 'a';
	if (*undoable)
		memcpy(before, p->owns, sizeof(p->owns));
	s = str_from(s, 1);
	switch (kind) {
	case 's':
		return swap(p, s, true);
	case 'r':
		if (!read_group(&s, p, who, 3, ROUND_MAX, &n))
			return false;
		give_round(p, who, n);
		return true;
	case 'g':
	case 't':
		if (!read_two(&s, p->n, &a, &b) || s.n || a == b)
			return false;
		who[0] = owner(p, a);
		who[1] = owner(p, b);
		give_round(p, who, 2);
		return true;
	case 'a':
		return give_all(p, s);
	case 'i':
		return read_two(&s, p->n, &a, &b) && read_sign(&s, 's') && swap(p, s, p->owns[a] == b);
	case 'u':
		memcpy(p->owns, before, sizeof(p->owns));
		return was && s.n == 0;
	default:
		return kind == 'n' && idle(p, s);
	}
}

static bool read_puzzle(struct puzzle *p, struct str desc)
{
	unsigned char before[PEOPLE_MAX] = { 0 };
	ptrdiff_t bar = str_chr(desc, '|');
	bool undoable = false;
	struct str rest, event;
	int events = 0;

	if (bar < 0 || !read_people(p, str_sub(desc, 0, (size_t)bar)))
		return false;
	rest = str_from(desc, (size_t)bar + 1);
	if (rest.n == 0 || rest.s[rest.n - 1] == ';')
		return false;
	while (str_split(&rest, ';', &event))
		if (events++ == EVENTS_MAX || !play(p, event, before, &undoable))
			return false;
	return true;
}

/* ---- the answer ---- */

static bool ascii_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Bytes of a blank at the head of s, 0 for none. */
static size_t blank(struct str s)
{
	uint32_t cp;
	size_t n;

	if (s.n == 0)
		return 0;
	if (s.s[0] == ' ' || (s.s[0] >= '\t' && s.s[0] <= '\r'))
		return 1;
	if ((unsigned char)s.s[0] < 0x80)
		return 0;
	n = utf8_next(s, &cp);
	return cp == 0xa0 || cp == 0x3000 || cp == 0x2009 || cp == 0x202f || cp == 0x200b || cp == 0xfeff ? n : 0;
}

/* What joins the words of a name: blanks, _ or -. */
static size_t joint(struct str s)
{
	size_t at = 0, n;

	while ((n = blank(str_from(s, at))) > 0)
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
		} else if (at < s.n && fold(s.s[at]) == fold(name.s[i])) {
			at++;
		} else {
			return 0;
		}
	}
	/* "Ann" is no part of "Anne", nor "cup" of "cups" */
	return ascii_letter(name.s[name.n - 1]) && at < s.n && (ascii_letter(s.s[at]) || (s.s[at] >= '0' && s.s[at] <= '9')) ? 0 : at;
}

/* The longest name of the puzzle that s begins with: its bytes, 0 for none. */
static size_t find_name(const struct puzzle *p, struct str s, bool *person, int *which)
{
	size_t best = 0;

	for (int i = 0; i < p->n; i++)
		for (int k = 0; k < 4; k++) {
			struct str name = k < 2 ? p->person[i][k] : p->thing[i][k - 2];
			size_t n;

			if (fold(name.s[0]) != fold(s.s[0]))
				continue;
			n = name_head(s, name);
			if (n > best) {
				best = n;
				*person = k < 2;
				*which = i;
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
		"owned", "by",
	};
	size_t n = 0;

	while (n < s.n && ascii_letter(s.s[n]))
		n++;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (fold(s.s[0]) == words[i][0] && str_ieq(str_sub(s, 0, n), str_of(words[i])))
			return n;
	return 0;
}

/* The same, and marks, beyond ASCII. */
static size_t wide_label(struct str s)
{
	static const char *const signs[] = {
		"持有者", "所有者", "拥有者", "主人", "拥有", "持有", "得到", "获得", "拿着", "手中", "手里", "最后", "最终", "现在", "物品", "东西",
		"人物", "姓名", "名字", "归属", "以及", "一个", "一件", "有", "的", "是", "为", "人", "和", "与", "属于", "归", "在", "答案",
		"\uff0c", "\u3001", "\uff1b", "\u3002", "\uff1a", "\u2022", "\u201c", "\u201d", "\u2018", "\u2019", "\uff08", "\uff09",
		"\u3010", "\u3011", "\u300c", "\u300d", "\u2192", "\u21d2", "\uff1d", "\u2014", "\u2013", "\u27a1", "\ufe0f", "\u2794",
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
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
	if (n == 0 || n + 1 >= s.n || (s.s[n] != '.' && s.s[n] != ')') || !blank(str_from(s, n + 1)))
		return 0;
	return n + 1;
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

static bool read_said(struct said *a, const struct puzzle *p, struct str s)
{
	bool line = true, person;
	int which;
	size_t n;

	memset(a, 0, sizeof(*a));
	memset(a->thing, -1, sizeof(a->thing));
	a->first = a->last = a->things_first = -1;
	for (; s.n; s = str_from(s, n)) {
		if ((n = blank(s)) > 0) {
			line |= s.s[0] == '\n';
			continue;
		}
		if (line && (n = bullet(s)) > 0) {
			line = false;
			continue;
		}
		if (s.s[0] && strchr("\"'`*_$[](){}|,;.:=<>-+\\#", s.s[0])) {
			n = str_starts(s, STR("\\text")) ? 5 : str_starts(s, STR("\\mathrm")) ? 7 : 1;
			if (s.s[0] == '\\' && n == 1 && s.n > 1 && ascii_letter(s.s[1]) && s.s[1] != 'n')
				return false;
			if (s.s[0] == '\\' && n == 1 && s.n > 1)
				n = 2;
			continue;
		}
		n = find_name(p, s, &person, &which);
		if (n) {
			if (!take(a, person ? which : THING + which))
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
		return rule_wrong(why, "%.*s comes twice", (int)p.person[a.who][0].n, p.person[a.who][0].s);
	for (int i = 0; i < p.n; i++) {
		if (a.thing[i] < 0)
			return rule_wrong(why, "%.*s is missing", (int)p.person[i][0].n, p.person[i][0].s);
		if (a.thing[i] != p.owns[i])
			return rule_wrong(why, "%.*s does not own %.*s", (int)p.person[i][0].n, p.person[i][0].s, (int)p.thing[(int)a.thing[i]][0].n,
					  p.thing[(int)a.thing[i]][0].s);
	}
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_goods_exchange = { "goods_exchange", 1, judge, NULL };
