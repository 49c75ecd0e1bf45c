/*
 * boolean_expressions: which of the lettered expressions are true.
 *
 * The desc is "A: not True and False; B: 3 < 7": expressions with letters from A on, one spelling each. Arithmetic
 * comes first (* before + and -), then comparisons, then not, and, or; xor, nand, nor, implies and iff join two
 * operands and nothing beside them without brackets.
 *
 * An answer is the set of the letters of the true ones, in any order and dress: "A, C", "A and C", "{A, C}", "AC", "(A)(C)";
 * "none", "{}" or its like for the empty set, "all" for the full one. Or it is a claim for each letter: "A: True, B: False",
 * "A and C are true", "True: A; False: B", or all truth values in order: "True, False". Claims that are all "true" name the
 * set; as soon as a "false" is among them, every letter needs its claim. Letters that are not in the puzzle are wrong.
 */
#include "base/cursor.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum {
	LETTERS = 20,
	DEPTH = 40, /* brackets and nots inside each other in a desc */
	TOKENS = 512, /* words and letters in an answer */
};

/* ---- the desc ---- */

struct parser {
	struct cursor c;
	int depth;
	bool atom; /* what was read last is a truth value or stands in brackets */
	bool bad;
};

static int64_t number(struct parser *p)
{
	int64_t v;

	if (!cursor_number(&p->c, 999, &v))
		p->bad = true;
	return v;
}

static int64_t product(struct parser *p)
{
	int64_t v = number(p);

	while (!p->bad && cursor_eat(&p->c, STR(" * ")))
		if (__builtin_mul_overflow(v, number(p), &v))
			p->bad = true;
	return v;
}

static int64_t sum(struct parser *p)
{
	int64_t v = product(p);

	while (!p->bad) {
		bool plus = cursor_eat(&p->c, STR(" + "));

		if (!plus && !cursor_eat(&p->c, STR(" - ")))
			break;
		if (plus ? __builtin_add_overflow(v, product(p), &v) : __builtin_sub_overflow(v, product(p), &v))
			p->bad = true;
	}
	return v;
}

static bool comparison(struct parser *p)
{
	int64_t a = sum(p), b;
	int sign = cursor_eat(&p->c, STR(" < ")) ? 0 : cursor_eat(&p->c, STR(" > ")) ? 1 : cursor_eat(&p->c, STR(" <= ")) ? 2 : cursor_eat(&p->c, STR(" >= ")) ? 3 :
		cursor_eat(&p->c, STR(" == ")) ? 4 : cursor_eat(&p->c, STR(" != ")) ? 5 : 6;

	b = sum(p);
	switch (sign) {
	case 0: return a < b;
	case 1: return a > b;
	case 2: return a <= b;
	case 3: return a >= b;
	case 4: return a == b;
	case 5: return a != b;
	}
	p->bad = true;
	return false;
}

static bool expression(struct parser *p);

static bool negation(struct parser *p)
{
	bool v;

	if (++p->depth > DEPTH)
		p->bad = true;
	if (p->bad)
		return false;
	if (cursor_eat(&p->c, STR("not "))) {
		v = !negation(p);
		p->atom = false;
	} else if (cursor_eat(&p->c, STR("("))) {
		v = expression(p);
		if (p->atom || !cursor_eat(&p->c, STR(")"))) /* brackets about an atom are a second spelling */
			p->bad = true;
		p->atom = true;
	} else if (cursor_eat(&p->c, STR("True"))) {
		v = p->atom = true;
	} else if (cursor_eat(&p->c, STR("False"))) {
		p->atom = true;
		v = false;
	} else {
		v = comparison(p);
		p->atom = false;
	}
	p->depth--;
	return v;
}

/* The operand on the right of an operator. */
static bool right(struct parser *p)
{
	bool v = negation(p);

	p->atom = false;
	return v;
}

static bool expression(struct parser *p)
{
	bool v = negation(p), any = false;

	if (cursor_peek(&p->c) != ' ')
		return v;
	if (cursor_eat(&p->c, STR(" xor ")))
		return right(p) != v;
	if (cursor_eat(&p->c, STR(" nand ")))
		return !(right(p) && v);
	if (cursor_eat(&p->c, STR(" nor ")))
		return !(right(p) || v);
	if (cursor_eat(&p->c, STR(" implies ")))
		return right(p) || !v;
	if (cursor_eat(&p->c, STR(" iff ")))
		return right(p) == v;
	/* v: the conjunction that is being read; any: whether one before it was true */
	while (!p->bad) {
		if (cursor_eat(&p->c, STR(" and "))) {
			v = right(p) && v;
		} else if (cursor_eat(&p->c, STR(" or "))) {
			any = any || v;
			v = right(p);
		} else {
			break;
		}
	}
	return any || v;
}

/* How many expressions there are (0: the desc is damaged); bit i of *truth is the value of the i-th. */
static int desc_read(struct str desc, unsigned *truth)
{
	struct parser p = { .c = { desc, 0 } };
	int n = 0;

	*truth = 0;
	do {
		char head[3] = { (char)('A' + n), ':', ' ' };

		if (n == LETTERS || !cursor_eat(&p.c, (struct str){ head, 3 }))
			return 0;
		*truth |= (unsigned)expression(&p) << n++;
	} while (!p.bad && cursor_eat(&p.c, STR("; ")));
	return p.bad || p.c.at < desc.n ? 0 : n;
}

/* ---- the answer ---- */

enum meaning {
	M_END,
	M_BIND,    /* : = and the like: a claim about what stands before it follows */
	M_BRACKET,
	M_LETTERS, /* one, or several written together */
	M_TRUE, M_FALSE,
	M_NONE, M_ALL,
	M_FILLER,  /* says nothing */
	M_JUNK,
};

static const struct word {
	const char *text;
	enum meaning is;
} words[] = {
	{ "true", M_TRUE }, { "false", M_FALSE },
	{ "none", M_NONE }, { "no", M_NONE }, { "nothing", M_NONE }, { "empty", M_NONE },
	{ "all", M_ALL }, { "every", M_ALL }, { "both", M_ALL },
	{ "and", M_FILLER }, { "the", M_FILLER }, { "is", M_FILLER }, { "are", M_FILLER }, { "of", M_FILLER },
	{ "only", M_FILLER }, { "to", M_FILLER }, { "them", M_FILLER }, { "these", M_FILLER }, { "one", M_FILLER },
	{ "ones", M_FILLER }, { "letter", M_FILLER }, { "letters", M_FILLER }, { "expression", M_FILLER },
	{ "expressions", M_FILLER }, { "statement", M_FILLER }, { "statements", M_FILLER }, { "option", M_FILLER },
	{ "options", M_FILLER }, { "answer", M_FILLER }, { "answers", M_FILLER }, { "final", M_FILLER },
	{ "evaluate", M_FILLER }, { "evaluates", M_FILLER }, { "set", M_FILLER },
}, claims[] = { /* only as what is claimed of a letter, "A: yes" */
	{ "yes", M_TRUE }, { "t", M_TRUE }, { "1", M_TRUE }, { "no", M_FALSE }, { "f", M_FALSE }, { "0", M_FALSE },
}, commands[] = {
	{ "text", M_FILLER }, { "textbf", M_FILLER }, { "texttt", M_FILLER }, { "textrm", M_FILLER },
	{ "mathrm", M_FILLER }, { "mathbf", M_FILLER }, { "mathsf", M_FILLER }, { "mathtt", M_FILLER },
	{ "operatorname", M_FILLER }, { "left", M_FILLER }, { "right", M_FILLER }, { "quad", M_FILLER },
	{ "emptyset", M_NONE }, { "varnothing", M_NONE }, { "checkmark", M_TRUE }, { "to", M_BIND },
	{ "rightarrow", M_BIND }, { 0 },
}, signs[] = { /* beyond ASCII, each tried where it stands: longer ones first */
	{ "\xe6\xb2\xa1\xe6\x9c\x89", M_NONE },  /* mei you */
	{ "\xe7\xa9\xba\xe9\x9b\x86", M_NONE },  /* kong ji: the empty set */
	{ "\xe6\x97\xa0", M_NONE },              /* wu */
	{ "\xe2\x88\x85", M_NONE },              /* U+2205 empty set */
	{ "\xe5\x85\xa8\xe9\x83\xa8", M_ALL },   /* quan bu */
	{ "\xe6\xad\xa3\xe7\xa1\xae", M_TRUE },  /* zheng que */
	{ "\xe9\x94\x99\xe8\xaf\xaf", M_FALSE }, /* cuo wu */
	{ "\xe7\x9c\x9f", M_TRUE },              /* zhen */
	{ "\xe5\xaf\xb9", M_TRUE },              /* dui */
	{ "\xe5\x81\x87", M_FALSE },             /* jia */
	{ "\xe9\x94\x99", M_FALSE },             /* cuo */
	{ "\xe5\x90\xa6", M_FALSE },             /* fou */
	{ "\xe4\xb8\xba", M_FILLER },            /* wei: is */
	{ "\xe6\x98\xaf", M_TRUE },              /* shi: yes; see joins() */
	{ "\xe7\x9a\x84", M_FILLER },            /* de: of */
	{ "\xe8\xa1\xa8\xe8\xbe\xbe\xe5\xbc\x8f", M_FILLER }, /* biao da shi: expression */
	{ "选项", M_FILLER }, { "字母", M_FILLER }, /* option, letter */
	{ "\xe5\x92\x8c", M_FILLER },            /* he: and */
	{ "\xe4\xb8\x8e", M_FILLER },            /* yu: and */
	{ "\xe5\x8f\x8a", M_FILLER },            /* ji: and */
	{ "\xe3\x80\x81", M_FILLER },            /* U+3001 comma of a list */
	{ "\xe3\x80\x82", M_FILLER },            /* U+3002 full stop */
	{ "\xe3\x80\x80", M_FILLER },            /* U+3000 blank */
	{ "\xc2\xa0", M_FILLER },                /* U+00A0 blank */
	{ "\xe2\x80\x93", M_FILLER },            /* U+2013 dash */
	{ "\xe2\x80\x94", M_FILLER },            /* U+2014 dash */
	{ "\xe2\x80\xa2", M_FILLER },            /* U+2022 bullet */
	{ "\xe2\x80\x98", M_FILLER }, { "\xe2\x80\x99", M_FILLER }, /* U+2018, U+2019 quotes */
	{ "\xe2\x80\x9c", M_FILLER }, { "\xe2\x80\x9d", M_FILLER }, /* U+201C, U+201D quotes */
	{ "\xe2\x86\x92", M_BIND },              /* U+2192 arrow */
	{ "\xe2\x9c\x93", M_TRUE }, { "\xe2\x9c\x94", M_TRUE }, { "\xe2\x9c\x85", M_TRUE }, /* ticks */
	{ "\xe2\x9c\x97", M_FALSE }, { "\xe2\x9c\x98", M_FALSE }, { "\xe2\x9d\x8c", M_FALSE }, /* crosses */
	{ "\xef\xb8\x8f", M_FILLER },            /* U+FE0F, behind a tick that is an emoji */
	{ 0 },
};

struct reading {
	int n;           /* letters of the puzzle */
	unsigned now;    /* letters of the last token */
	unsigned waiting, is_true, is_false;
	unsigned order;  /* truth values given without letters: bit i is the i-th */
	int values;      /* how many of those */
	bool claim;      /* the last claim, for "True: A, C" */
	bool claimed;    /* some letter's truth was said */
	bool none, all, brackets, letters;
};

/* A word of ASCII letters and digits as a meaning; letters go to *now. */
static enum meaning word_means(struct str w, bool after_bind, unsigned *now)
{
	if (after_bind)
		for (size_t i = 0; i < COUNT(claims); i++)
			if (str_ieq(w, str_of(claims[i].text)))
				return claims[i].is;
	for (size_t i = 0; w.n > 1 && i < COUNT(words); i++)
		if ((w.s[0] | 32) == words[i].text[0] && str_ieq(w, str_of(words[i].text)))
			return words[i].is;
	*now = 0;
	for (size_t i = 0; i < w.n; i++) {
		char c = w.s[i];

		if (w.n == 1 && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c < 'A' || c > 'Z')
			return M_JUNK;
		*now |= 1u << (c - 'A');
	}
	return w.n <= LETTERS ? M_LETTERS : M_JUNK;
}

static bool is_word_byte(char c)
{
	return is_letter(c) || is_digit(c);
}

static enum meaning sign_means(struct str *s, const struct word *table)
{
	for (; table->text; table++)
		if (s->n && s->s[0] == table->text[0] && str_starts(*s, str_of(table->text))) {
			*s = str_from(*s, strlen(table->text));
			return table->is;
		}
	return M_JUNK;
}

/* Does s begin with a shi that only joins what stands around it: "A shi zhen", "shi: A, C"? */
static bool joins(struct str s)
{
	static const char *const behind[] = { "：", ":", "真", "假", "正确", "错误" };

	if (!str_starts(s, STR("是")))
		return false;
	s = str_trim(str_from(s, strlen("是")));
	for (size_t i = 0; i < COUNT(behind); i++)
		if (str_starts(s, str_of(behind[i])))
			return true;
	return s.n && ((s.s[0] >= 'A' && s.s[0] <= 'Z'));
}

static enum meaning next(struct str *s, bool after_bind, unsigned *now)
{
	struct str w = *s;
	enum meaning m;
	uint32_t cp;
	size_t n;
	char c;

	if (s->n == 0)
		return M_END;
	if (is_word_byte(s->s[0])) {
		for (w.n = 0; w.n < s->n && is_word_byte(s->s[w.n]); w.n++)
			;
		*s = str_from(*s, w.n);
		return word_means(w, after_bind, now);
	}
	n = utf8_next(*s, &cp);
	if (cp >= 0xff01 && cp <= 0xff5e) { /* full-width ASCII */
		c = (char)(cp - 0xfee0);
		if (is_word_byte(c)) {
			*s = str_from(*s, n);
			return word_means((struct str){ &c, 1 }, after_bind, now);
		}
	} else if (cp >= 0x80) {
		if (joins(*s)) {
			*s = str_from(*s, n);
			return M_FILLER;
		}
		return sign_means(s, signs);
	} else {
		c = (char)cp;
	}
	if (c == '\\' && text_frame(*s)) {
		*s = str_from(*s, text_frame(*s));
		return M_FILLER;
	}
	*s = str_from(*s, n);
	if (c == '\\' && s->n > 0 && is_word_byte(s->s[0])) {
		for (w = *s, w.n = 0; w.n < s->n && is_word_byte(s->s[w.n]); w.n++)
			;
		*s = str_from(*s, w.n);
		m = sign_means(&w, commands);
		return w.n == 0 ? m : M_JUNK;
	}
	if (c == ':' || c == '=')
		return M_BIND;
	if (c != 0 && strchr("()[]{}", c))
		return M_BRACKET;
	return c != 0 && strchr(" \t\r\n,;.|/&-_*`\"'$\\>~", c) ? M_FILLER : M_JUNK;
}

static void claim(struct reading *r, bool value, unsigned letters)
{
	if (value)
		r->is_true |= letters;
	else
		r->is_false |= letters;
	r->claimed = r->claimed || letters != 0;
}

/* One token's meaning into the reading; false where it makes no sense there. */
static bool take(struct reading *r, enum meaning m)
{
	switch (m) {
	case M_LETTERS:
		r->letters = true;
		if (r->values > 0)
			claim(r, r->claim, r->now);
		else
			r->waiting |= r->now;
		return true;
	case M_TRUE:
	case M_FALSE:
		if (r->letters && r->values == 0) { /* "A, C are true" */
			if (!r->waiting)
				return false;
			claim(r, m == M_TRUE, r->waiting);
			r->waiting = 0;
			return true;
		}
		if (r->values == LETTERS)
			return false;
		r->claim = m == M_TRUE;
		r->order |= (unsigned)r->claim << r->values++;
		return true;
	case M_NONE:
		r->none = true;
		return true;
	case M_ALL:
		r->all = true;
		return true;
	case M_BRACKET:
		r->brackets = true;
		return true;
	default:
		return m != M_JUNK;
	}
}

/* Take off "(the others are false)". */
static struct str without_others(struct str s)
{
	static const char *const tails[] = { "the others are false", "all others are false", "others are false", "the rest are false", "其余为假", "其余均为假",
					     "其他为假", "其他均为假" };
	struct str cut = s;

	if (str_ends(cut, STR(")")))
		cut.n--;
	else if (str_ends(cut, STR("）")))
		cut.n -= strlen("）");
	for (size_t i = 0; i < COUNT(tails); i++) {
		size_t n = strlen(tails[i]);

		if (cut.n <= n || !str_ieq(str_from(cut, cut.n - n), str_of(tails[i])))
			continue;
		cut = str_trim(str_sub(cut, 0, cut.n - n));
		if (str_ends(cut, STR("（")))
			cut.n -= strlen("（");
		else if (cut.n && (cut.s[cut.n - 1] == '(' || cut.s[cut.n - 1] == ';' || cut.s[cut.n - 1] == ','))
			cut.n--;
		return cut;
	}
	return s;
}

static bool answer_read(struct reading *r, struct str s)
{
	bool letter = false, bound = false; /* a letter, then a bind stand before the next token */
	enum meaning m;
	int names = 0; /* a letter may be said twice; again and again is no answer */

	for (int i = 0; (m = next(&s, bound, &r->now)) != M_END; i += m != M_FILLER && m != M_BRACKET) {
		names += m == M_LETTERS;
		if (i == TOKENS || names > 2 * r->n || !take(r, m))
			return false;
		if (m == M_BIND) {
			bound = letter;
		} else if (m != M_FILLER && m != M_BRACKET) {
			letter = m == M_LETTERS;
			bound = false;
		}
	}
	return true;
}

/* The set that the reading names, or the mark that it deserves. */
static enum quarry_mark resolve(struct why *why, const struct reading *r, unsigned *set)
{
	unsigned full = (1u << r->n) - 1, said = r->waiting | r->is_true | r->is_false;

	if (said & ~full)
		return rule_wrong(why, "it names %c, but the last letter is %c", 'A' + __builtin_ctz(said & ~full), 'A' + r->n - 1);
	if (r->is_true & r->is_false)
		return rule_wrong(why, "it calls %c both true and false", 'A' + __builtin_ctz(r->is_true & r->is_false));
	if (r->letters) {
		if ((r->claimed && r->waiting) || r->all || (r->none && (r->is_true || r->waiting)))
			return rule_unreadable(why, "letters and truth values do not fit together");
		if (r->is_false && said != full)
			return rule_wrong(why, "it says nothing of %c", 'A' + __builtin_ctz(full & ~said));
		*set = r->is_true | r->waiting;
		return QUARRY_CORRECT;
	}
	if (r->none || r->all) {
		if ((r->none && r->all) || r->values > 1 || (r->none && r->values == 1 && !r->claim))
			return rule_unreadable(why, "no set of letters could be read");
		*set = r->all && (r->values == 0 || r->claim) ? full : 0;
		return QUARRY_CORRECT;
	}
	if (r->values > 0) {
		if (r->values != r->n)
			return rule_wrong(why, "it gives %d truth values for %d expressions", r->values, r->n);
		*set = r->order;
		return QUARRY_CORRECT;
	}
	*set = 0;
	return r->brackets ? QUARRY_CORRECT : rule_unreadable(why, "it has no letter");
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct reading r = { .n = 0 };
	unsigned truth, set = 0;
	enum quarry_mark m;
	int counted;

	r.n = desc_read(desc, &truth);
	if (r.n == 0)
		return rule_bad_task(why, "the desc is not a row of lettered expressions");
	answer = text_strip(answer);
	counted = text_counted(&answer);
	if (!answer_read(&r, without_others(answer)))
		return rule_unreadable(why, "it is not a set of letters");
	m = resolve(why, &r, &set);
	if (m != QUARRY_CORRECT)
		return m;
	if (counted >= 0 && counted != __builtin_popcount(set))
		return rule_unreadable(why, "it counts %d letters", counted);
	if (set & ~truth)
		return rule_wrong(why, "%c is false", 'A' + __builtin_ctz(set & ~truth));
	if (truth & ~set)
		return rule_wrong(why, "%c is true", 'A' + __builtin_ctz(truth & ~set));
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_boolean_expressions = { "boolean_expressions", 1, judge, NULL };
