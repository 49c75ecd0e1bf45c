/*
 * word_sorting.c - are these the words of the puzzle, each once, in the order it asks for?
 *
 * desc: "asc - cat dog bird" or "desc qx cat dog bird": the direction, the letters that are moved to the front of the
 * alphabet in this order ("-" for none), the words as given. A word that begins another one is the smaller.
 * An answer is judged by its neighbours: every word is known, comes once, and stands rightly to the one before it.
 */
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum {
	WORDS_MAX = 64,
	WORD_MAX = 24,      /* letters */
	SAID_MAX = 4 * WORDS_MAX, /* words of an answer that are looked at; more is wrong whatever they are */
};

struct puzzle {
	bool down;
	unsigned char rank[26]; /* place of each letter in this puzzle's alphabet, from 1 */
	struct str word[WORDS_MAX];
	int n;
};

static bool read_alphabet(struct puzzle *p, struct str front)
{
	unsigned char next = 1;

	memset(p->rank, 0, sizeof(p->rank));
	if (!str_is(front, "-")) {
		if (front.n == 0 || front.n > 26)
			return false;
		for (size_t i = 0; i < front.n; i++) {
			if (!is_lower(front.s[i]) || p->rank[front.s[i] - 'a'])
				return false;
			p->rank[front.s[i] - 'a'] = next++;
		}
	}
	for (int c = 0; c < 26; c++)
		if (!p->rank[c])
			p->rank[c] = next++;
	return true;
}

/* w is in small letters, too. */
static int find(const struct puzzle *p, struct str w)
{
	for (int i = 0; i < p->n; i++)
		if (str_eq(p->word[i], w))
			return i;
	return -1;
}

static bool read_puzzle(struct puzzle *p, struct str desc)
{
	struct str rest = desc, part;

	p->n = 0;
	if (!str_split(&rest, ' ', &part) || !(str_is(part, "asc") || str_is(part, "desc")))
		return false;
	p->down = str_is(part, "desc");
	if (!str_split(&rest, ' ', &part) || !read_alphabet(p, part))
		return false;
	while (str_split(&rest, ' ', &part)) {
		if (p->n == WORDS_MAX || part.n == 0 || part.n > WORD_MAX)
			return false;
		for (size_t i = 0; i < part.n; i++)
			if (!is_lower(part.s[i]))
				return false;
		if (find(p, part) >= 0)
			return false;
		p->word[p->n++] = part;
	}
	return p->n >= 2 && desc.s[desc.n - 1] != ' ';
}

/* Does a stand before b in the asked order? a and b differ. */
static bool before(const struct puzzle *p, struct str a, struct str b)
{
	size_t i = 0;

	while (i < a.n && i < b.n && a.s[i] == b.s[i])
		i++;
	if (i == a.n || i == b.n)
		return (i == a.n) != p->down;
	return (p->rank[a.s[i] - 'a'] < p->rank[b.s[i] - 'a']) != p->down;
}

/* What an answer's text falls into. */
enum kind { END, WORD, NUMBER, BLANK, MARK, COLON, LESS, MORE, ALIEN };

struct token {
	enum kind kind;
	size_t n; /* bytes taken; for a WORD the first WORD_MAX + 1 letters are in `room` */
	char room[WORD_MAX + 1];
	size_t letters;
	int number;
};

static const char *const tex_silent[] = { /* LaTeX commands that say nothing */
	"text", "textbf", "textit", "texttt", "textrm", "mathrm", "mathbf", "mathit", "mathtt", "operatorname", "boxed",
	"left", "right", "quad", "qquad", "newline", "rightarrow", "Rightarrow", "longrightarrow", "to", "prec", "succ",
	"lt", "gt", NULL
};

static bool listed(const char *const *list, struct str w, bool fold)
{
	for (; *list; list++)
		if (fold ? str_ieq(w, str_of(*list)) : str_is(w, *list))
			return true;
	return false;
}

/* Separators, quotes, brackets and arrows beyond ASCII. */
static bool is_mark(uint32_t cp)
{
	static const uint16_t marks[] = {
		0xb7, 0x2013, 0x2014, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x21d2, 0x2192, 0x279c, 0x2794,
		0x3001, 0x3002, 0x300a, 0x300b, 0x300c, 0x300d, 0x300e, 0x300f, 0x3010, 0x3011, 0x548c, 0x227a, 0x227b,
		0xff08, 0xff09, 0xff0c, 0xff0e, 0xff0d, 0xff1b, 0xff3b, 0xff3d, 0xff5b, 0xff5d,
	};

	for (size_t i = 0; i < COUNT(marks); i++)
		if (cp == marks[i])
			return true;
	return false;
}

/* Bytes of the letter that s begins with, 0 if none; full-width and capital ones come back as a to z. */
static size_t letter_at(struct str s, char *c)
{
	uint32_t cp;
	size_t n = utf8_next(s, &cp);

	if (cp >= 0xff21 && cp <= 0xff5a)
		cp -= 0xfee0;
	if (cp >= 'A' && cp <= 'Z')
		cp += 'a' - 'A';
	*c = (char)cp;
	return cp >= 'a' && cp <= 'z' ? n : 0;
}

static size_t digit_at(struct str s, char *c)
{
	uint32_t cp;
	size_t n = utf8_next(s, &cp);

	if (cp >= 0xff10 && cp <= 0xff19)
		cp -= 0xfee0;
	*c = (char)cp;
	return cp >= '0' && cp <= '9' ? n : 0;
}

static struct token tex(struct str s)
{
	struct token t = { .kind = MARK, .n = 1 };

	while (t.n < s.n && (is_lower(s.s[t.n]) || (s.s[t.n] >= 'A' && s.s[t.n] <= 'Z')))
		t.n++;
	if (t.n > 1 && !listed(tex_silent, str_sub(s, 1, t.n), false))
		t.kind = ALIEN;
	if (t.n == 1 && s.n > 1 && strchr(",;:! \\()[]{}", s.s[1]))
		t.n = 2;
	return t;
}

static struct token next(struct str s)
{
	struct token t = { .kind = END };
	uint32_t cp;
	size_t n;
	char c;

	if (s.n == 0)
		return t;
	while (t.n < s.n) {
		c = s.s[t.n];
		n = is_lower(c) ? 1 : letter_at(str_from(s, t.n), &c);
		if (n == 0)
			break;
		if (t.letters < sizeof(t.room))
			t.room[t.letters++] = c;
		t.n += n;
		t.kind = WORD;
	}
	if (t.kind == WORD)
		return t;
	if (s.s[0] == ' ' || s.s[0] == ',') /* what parts most words */
		return (struct token){ .kind = s.s[0] == ' ' ? BLANK : MARK, .n = 1 };
	if (s.s[0] == '\\')
		return tex(s);
	if (s.n >= 4 && str_ieq(str_sub(s, 0, 4), STR("<br>")))
		return (struct token){ .kind = MARK, .n = 4 };
	while (t.n < s.n && (n = digit_at(str_from(s, t.n), &c)) > 0) {
		if (t.number < 100000)
			t.number = t.number * 10 + (c - '0');
		t.n += n;
		t.kind = NUMBER;
	}
	if (t.kind == NUMBER)
		return t;
	t.n = utf8_next(s, &cp);
	if (cp == ' ' || cp == '\t' || cp == 0xa0 || cp == 0x3000)
		t.kind = BLANK;
	else if (cp == ':' || cp == 0xff1a)
		t.kind = COLON;
	else if (cp == '<' || cp == 0xff1c)
		t.kind = LESS;
	else if (cp == '>' || cp == 0xff1e)
		t.kind = MORE;
	else if ((cp < 0x80 && strchr("\n\r,;.\"'`*_-=|/()[]{}$#&+~", (int)cp)) || is_mark(cp))
		t.kind = cp ? MARK : ALIEN;
	else
		t.kind = ALIEN;
	return t;
}

/* What was read of an answer, in its order. */
struct said {
	int n;      /* items */
	int known;  /* of these, words of the puzzle */
	bool prose; /* somewhere two words that are not both of the puzzle stand side by side with only a blank between */
	bool alien; /* something that is no word, number or separator */
	bool mixed; /* < and > both, or numbers that do not rise */
	bool joint; /* a slash here and a comma there */
	int twice, out; /* word of the puzzle that came again, or stands before its neighbour wrongly; -1 */
	int prev;
	uint64_t seen;  /* bit i: word i came */
	char foreign[WORD_MAX + 2]; /* the first word that is not of the puzzle */
};

/* One more word of the answer; is it one of the puzzle's? */
static bool take(struct said *a, const struct puzzle *p, const struct token *t)
{
	int i = find(p, (struct str){ t->room, t->letters });

	a->n++;
	if (i < 0) {
		if (!a->foreign[0])
			memcpy(a->foreign, t->room, t->letters);
		return false;
	}
	a->known++;
	if (a->seen >> i & 1) {
		if (a->twice < 0)
			a->twice = i;
	} else if (a->prev >= 0 && a->out < 0 && !before(p, p->word[a->prev], p->word[i])) {
		a->out = i;
	}
	a->seen |= UINT64_C(1) << i;
	a->prev = i;
	return true;
}

/* Is this "and" one that joins two words: blanks and then a word behind it, and none of the puzzle's that is due here? */
static bool joins(const struct said *a, const struct puzzle *p, const struct token *t, struct str after)
{
	struct token b;
	int own;

	if (t->letters != 3 || memcmp(t->room, "and", 3) != 0 || a->n == 0)
		return false;
	b = next(after);
	if (b.kind != BLANK)
		return false;
	while (b.kind == BLANK) {
		after = str_from(after, b.n);
		b = next(after);
	}
	own = find(p, STR("and"));
	return b.kind == WORD && (own < 0 || (a->seen >> own & 1));
}

static void read_said(struct said *a, const struct puzzle *p, struct str s)
{
	bool less = false, more = false, blank = false, near = false, stranger = false, was;
	bool joint = false, part = false;     /* between the last word and the next: one of / + = ~ - ( [, something else */
	bool joints = false, parts = false;   /* the same between other words */
	int number = -1;
	struct token t;

	memset(a, 0, sizeof(*a));
	a->twice = a->out = a->prev = -1;
	for (; (t = next(s)).kind != END; s = str_from(s, t.n)) {
		switch (t.kind) {
		case WORD:
			if (joins(a, p, &t, str_from(s, t.n))) {
				near = false;
				break;
			}
			if (a->n == SAID_MAX)
				return;
			joints |= a->n && joint && !part;
			parts |= a->n && (part || !joint);
			joint = part = false;
			was = stranger;
			stranger = !take(a, p, &t);
			a->prose |= near && (stranger || was);
			near = true;
			break;
		case NUMBER:
			a->mixed |= t.number <= number;
			a->alien |= near && !blank; /* "cat2" */
			number = t.number;
			near = false;
			break;
		case LESS:
			less = true;
			near = false;
			a->mixed |= s.n > 1 && (s.s[1] == '-' || s.s[1] == '=');
			break;
		case MORE:
			more = true;
			near = false;
			break;
		case ALIEN:
			a->alien = true;
			near = false;
			break;
		case BLANK:
			break;
		default:
			near = false;
		}
		if (t.kind == MARK && (str_chr(STR("/+=~-(["), s.s[0]) >= 0 || str_starts(s, STR("\uff08"))))
			joint = true;
		else
			part |= t.kind != WORD && t.kind != BLANK;
		blank = t.kind == BLANK;
	}
	a->mixed |= less && more;
	a->joint = joints && parts;
}

/* "Sorted words: cat, dog", "words = ['cat', 'dog']": what follows the sign, if only words that say nothing stand before it. */
static struct str skip_lead(struct str s)
{
	static const char *const lead[] = {
		"the", "final", "sorted", "list", "order", "ordered", "words", "word", "answer", "result", "is", "are", "in",
		"ascending", "descending", "alphabetical", "alphabetically", "reverse", "correct", "solution", "output", NULL
	};
	static const char *const chinese[] = {
		"最终", "答案", "排序", "后", "的", "结果", "单词", "顺序", "列表", "为", "是", "如下", "升序", "降序", "正确", "按", "依",
		"字母", "表", "排列", "好", "从小到大", "从大到小", "依次", NULL
	};
	struct str rest = s;
	struct token t;

	if (str_chr(s, ':') < 0 && str_chr(s, '=') < 0 && str_find(s, STR("\uff1a")) < 0)
		return s;
	for (int i = 0; i < 40; i++) {
		const char *const *c = chinese;

		while (*c && !str_starts(rest, str_of(*c)))
			c++;
		if (*c) {
			rest = str_from(rest, strlen(*c));
			continue;
		}
		t = next(rest);
		rest = str_from(rest, t.n);
		if (t.kind == COLON || (t.kind == MARK && rest.s[-1] == '='))
			return rest;
		if (t.kind == WORD && listed(lead, (struct str){ t.room, t.letters }, false))
			continue;
		if (t.kind != BLANK && t.kind != MARK)
			break;
	}
	return s;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct puzzle p;
	struct said a;
	int counted;

	if (!read_puzzle(&p, desc))
		return rule_bad_task(why, "the desc is no list of words to sort");
	answer = text_strip(answer);
	counted = text_counted(&answer);
	read_said(&a, &p, skip_lead(answer));
	if (a.n == 0)
		return rule_unreadable(why, "there is no word in it");
	if (a.alien || (a.prose && 2 * a.known < a.n))
		return rule_unreadable(why, "it is no list of words");
	if (a.mixed)
		return rule_unreadable(why, "its numbers or arrows do not go one way");
	if (counted >= 0 && counted != p.n)
		return rule_wrong(why, "it does not hold %d words", counted);
	if (a.foreign[0])
		return rule_wrong(why, "\"%s\" is not one of the words", a.foreign);
	if (a.twice >= 0)
		return rule_wrong(why, "\"%.*s\" comes twice", (int)p.word[a.twice].n, p.word[a.twice].s);
	for (int i = 0; i < p.n; i++)
		if (!(a.seen >> i & 1))
			return rule_wrong(why, "\"%.*s\" is missing", (int)p.word[i].n, p.word[i].s);
	if (a.out >= 0)
		return rule_wrong(why, "\"%.*s\" should come earlier", (int)p.word[a.out].n, p.word[a.out].s);
	if (a.joint)
		return rule_unreadable(why, "its separators join some words and part others");
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_word_sorting = { "word_sorting", 1, judge, NULL };
