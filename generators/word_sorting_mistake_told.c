/* word_sorting_mistake_told.c - the words, the method and every thought as text, in every language and in signs. */
#include "generators/pen.h"
#include "generators/word_sorting_mistake.h"

enum { LINE_MAX = WORDS_MAX * (WORD_MAX + 8) + 256 }; /* bytes of a thought as it is told */

/* Copies all of the word's room, of which the pen passes its letters. */
static char *put_name(char *pen, const struct puzzle *p, int w)
{
	memcpy(pen, p->text[w], WORD_MAX);
	return pen + p->word[w].n;
}

static char *put_names(char *pen, const struct puzzle *p, const int *word, int n, const struct pen_text *between)
{
	for (int i = 0; i < n; i++) {
		if (i)
			pen = pen_text(pen, between);
		pen = put_name(pen, p, word[i]);
	}
	return pen;
}

/* "ant, (bat, bun), cow": words in brackets are tied. */
static char *put_order(char *pen, const struct puzzle *p, const struct thought *t, const struct pen_text *between)
{
	for (int i = 0; i < t->n; i++) {
		bool more = i + 1 < t->n && t->tied[i + 1], tied = i > 0 && t->tied[i];

		if (i)
			pen = pen_text(pen, between);
		if (more && !tied)
			*pen++ = '(';
		pen = put_name(pen, p, t->word[i]);
		if (tied && !more)
			*pen++ = ')';
	}
	return pen;
}

static char *put_letter(char *pen, const struct puzzle *p, char c)
{
	pen = pen_char(pen_char(pen, ' '), c);
	return pen_int(pen_char(pen, ' '), number_of(p, c));
}

static char *put_signs(char *pen, const struct puzzle *p, const struct thought *t)
{
	static const struct pen_text blank = PEN_TEXT(" "), slash = PEN_TEXT("/"), parted = PEN_TEXT(") (");

	switch (t->kind) {
	case 'L':
		pen = pen_char(put_name(pen, p, t->word[0]), ' ');
		pen = pen_char(pen_char(pen_int(pen, t->at), ' '), t->letter);
		return pen_int(pen_char(pen, ' '), t->number);
	case 'O':
		return put_order(pen, p, t, &blank);
	case 'M':
		*pen++ = '('; /* not [: "[think]" opens a thought */
		pen = pen_text(put_names(pen, p, t->word, t->mid, &blank), &parted);
		pen = put_names(pen, p, t->word + t->mid, t->n - t->mid, &blank);
		*pen++ = ')';
		return pen;
	case 'C':
		pen = put_names(pen, p, t->word, 2, &slash);
		for (int at = 0; at <= WORD_MAX; at++) {
			char c = letter_of(p, t->word[0], at), d = letter_of(p, t->word[1], at);

			if (c != d) {
				pen = put_letter(pen, p, c);
				pen = pen_char(put_letter(pen, p, d), ' ');
				break;
			}
		}
		return put_name(pen, p, t->word[t->second]);
	default:
		return put_names(pen, p, t->word, t->n, &blank);
	}
}

void thought_signs(struct buf *out, const struct puzzle *p, const struct thought *t)
{
	char *pen = pen_down(out, LINE_MAX);

	if (pen)
		pen_up(out, put_signs(pen, p, t));
}

enum { RULES = 4 };

static const struct phrases {
	const char *up, *down;
	struct pen_text head, colon;                           /* "Thought 3: " */
	struct pen_text letter, is, missing, number;           /* "bat: letter 2 is a, number 1" */
	struct pen_text order, all, merge, and, result;
	struct pen_text compare, with, comes, first;           /* "ant and bat: ant comes first" */
	const char *usual, *one_front, *one_rest, *fronts, *fronts_as, *fronts_rest;
	const char *by_letter[RULES], *by_merging[RULES]; /* the method */
	const char *smaller, *larger;                     /* behind by_letter[1] */
	const char *before, *after;                       /* behind by_merging[2] */
	const char *join;                                 /* between the rules of the method */
} phrases[LANGS] = {
	[LANG_EN] = {
		.up = "ascending", .down = "descending", .head = PEN_TEXT("Thought "), .colon = PEN_TEXT(": "),
		.letter = PEN_TEXT(": letter "), .is = PEN_TEXT(" is "), .missing = PEN_TEXT(" is missing"), .number = PEN_TEXT(", number "),
		.order = PEN_TEXT("they come in the order "), .all = PEN_TEXT("all words in order are "), .merge = PEN_TEXT("merge ("), .and = PEN_TEXT(") and ("), .result = PEN_TEXT("the result is "),
		.compare = PEN_TEXT("of "), .with = PEN_TEXT(" and "), .comes = PEN_TEXT(", "), .first = PEN_TEXT(" comes first"),
		.usual = "The alphabet is the usual one: a is number 1 and z is number 26.",
		.one_front = "The alphabet is changed here: the letter ",
		.one_rest = " comes first and is number 1, and the other letters follow in their usual order with the numbers up to 26.",
		.fronts = "The alphabet is changed here: the letters ", .fronts_as = " come first, in this order, with the numbers from 1 to ",
		.fronts_rest = ", and the other letters follow in their usual order with the numbers up to 26.",
		.by_letter = {
			"To begin with, all words are tied in the order given, and letter 1 of each is looked up from left to right, with its number in the alphabet.",
			"When the letters of a tie have been looked up, its words are put in order of their numbers, and a thought states them in this order: ",
			"As long as there is a tie, the first one from the left is taken, and the next letter of each of its words is looked up from left to right. A word that has ended has no letter there and gets number 0.",
			"When no words are tied any more, the last thought states all words in order.",
		},
		.by_merging = {
			"To begin with, every word is a run of its own, in the order given. In each pass the runs are merged two by two from the left: the first with the second, the third with the fourth, and so on; a last run without a partner stays as it is until the next pass.",
			"Every merge begins with a thought that names its two runs, the left one first.",
			"In a merge, the first words left in the two runs are compared, and the one that comes first in the order asked for is moved to the end of the result; this is repeated until one of the runs is used up.",
			"When a run is used up, what is left of the other one is moved to the end of the result as it stands, and a thought states the result. The trace ends when there is one run.",
		},
		.smaller = "smaller numbers first; words with the same letter stay tied in the order in which they stood and are written in parentheses; all other words stay where they are.",
		.larger = "larger numbers first; words with the same letter stay tied in the order in which they stood and are written in parentheses; all other words stay where they are.",
		.before = " A word that is the beginning of another one comes before it.",
		.after = " A word that is the beginning of another one comes after it.",
		.join = " ",
	},
	[LANG_ZH] = {
		.up = "升序", .down = "降序", .head = PEN_TEXT("思考 "), .colon = PEN_TEXT("："),
		.letter = PEN_TEXT(" 的第 "), .is = PEN_TEXT(" 个字母是 "), .missing = PEN_TEXT(" 个字母不存在"), .number = PEN_TEXT("，编号 "),
		.order = PEN_TEXT("它们的顺序是 "), .all = PEN_TEXT("全部单词的顺序是 "), .merge = PEN_TEXT("合并 ("), .and = PEN_TEXT(") 和 ("), .result = PEN_TEXT("合并结果是 "),
		.compare = PEN_TEXT("比较 "), .with = PEN_TEXT(" 和 "), .comes = PEN_TEXT("，"), .first = PEN_TEXT(" 在前"),
		.usual = "字母表是通常的字母表：a 的编号是 1，z 的编号是 26。",
		.one_front = "这里的字母表有改动：字母 ", .one_rest = " 排在最前，编号为 1；其余字母保持原有顺序排在后面，编号依次到 26。",
		.fronts = "这里的字母表有改动：字母 ", .fronts_as = " 按此先后排在最前，编号依次为 1 到 ",
		.fronts_rest = "；其余字母保持原有顺序排在后面，编号依次到 26。",
		.by_letter = {
			"开始时，所有单词按给定顺序并列，从左到右查看每个单词的第 1 个字母及其在字母表中的编号。",
			"一组并列单词的字母都查看完后，这组单词按字母编号排列，并用一条思考写出它们的顺序：",
			"只要还有并列，就取最左边的一组，从左到右查看其中每个单词的下一个字母。已经结束的单词在该处没有字母，编号为 0。",
			"不再有并列的单词时，最后一条思考写出全部单词的顺序。",
		},
		.by_merging = {
			"开始时，每个单词自成一段，按给定顺序排列。每一轮从左起两两合并：第一段与第二段合并，第三段与第四段合并，依此类推；最后剩下的单独一段原样留到下一轮。",
			"每次合并先用一条思考写出要合并的两段，左边的一段在前。",
			"合并时，比较两段中各自剩下的第一个单词，把按要求的顺序应在前的那个移到结果末尾；如此重复，直到其中一段用完。",
			"一段用完后，另一段剩下的单词原样移到结果末尾，并用一条思考写出结果。只剩一段时，过程结束。",
		},
		.smaller = "编号小的在前；字母相同的单词仍然并列，保持原来的先后，写在圆括号里；其他单词位置不变。",
		.larger = "编号大的在前；字母相同的单词仍然并列，保持原来的先后，写在圆括号里；其他单词位置不变。",
		.before = "如果一个单词是另一个单词的开头部分，则它排在那个单词之前。",
		.after = "如果一个单词是另一个单词的开头部分，则它排在那个单词之后。",
		.join = "",
	},
};

static char *put_said(char *pen, const struct puzzle *p, const struct thought *t, const struct phrases *say)
{
	static const struct pen_text comma = PEN_TEXT(", ");

	switch (t->kind) {
	case 'L':
		pen = pen_int(pen_text(put_name(pen, p, t->word[0]), &say->letter), t->at);
		pen = pen_text(pen, t->letter == '-' ? &say->missing : &say->is);
		if (t->letter != '-')
			*pen++ = t->letter;
		return pen_int(pen_text(pen, &say->number), t->number);
	case 'O':
		return put_order(pen_text(pen, &say->order), p, t, &comma);
	case 'M':
		pen = put_names(pen_text(pen, &say->merge), p, t->word, t->mid, &comma);
		pen = put_names(pen_text(pen, &say->and), p, t->word + t->mid, t->n - t->mid, &comma);
		return pen_char(pen, ')');
	case 'C':
		pen = pen_text(put_names(pen_text(pen, &say->compare), p, t->word, 2, &say->with), &say->comes);
		return pen_text(put_name(pen, p, t->word[t->second]), &say->first);
	default:
		return put_names(pen_text(pen, t->kind == 'F' ? &say->all : &say->result), p, t->word, t->n, &comma);
	}
}

/* One line a thought, "Thought 3: ..." or "3. ...". */
static void put_thoughts(struct holes *holes, const char *hole, const struct puzzle *p, const struct phrases *say, bool terse)
{
	static const struct pen_text no_head = PEN_TEXT(""), dot = PEN_TEXT(". ");
	struct buf *b = hole_open(holes, hole);
	struct str rest = p->thoughts;
	char *pen;

	for (int i = 1; b && rest.n && (pen = pen_down(b, LINE_MAX)); i++) {
		struct thought t;

		if (!thought_next(&t, &rest, p))
			return;
		if (i > 1)
			*pen++ = '\n';
		pen = pen_int(pen_text(pen, terse ? &no_head : &say->head), i);
		pen_up(b, put_said(pen_text(pen, terse ? &dot : &say->colon), p, &t, say));
	}
}

static void put_alphabet(struct holes *holes, const struct puzzle *p, const struct phrases *say)
{
	struct buf *b = hole_open(holes, "alphabet");
	bool one = p->front.n == 1;

	if (!b)
		return;
	if (p->front.n == 0) {
		buf_addz(b, say->usual);
		return;
	}
	buf_addz(b, one ? say->one_front : say->fronts);
	for (size_t i = 0; i < p->front.n; i++) {
		buf_addz(b, i ? ", " : "");
		buf_addc(b, p->front.s[i]);
	}
	if (!one) {
		buf_addz(b, say->fronts_as);
		buf_addi(b, (int)p->front.n);
	}
	buf_addz(b, one ? say->one_rest : say->fronts_rest);
}

static void add_rule(struct buf *b, const struct puzzle *p, int i, const struct phrases *say)
{
	buf_addz(b, p->merging ? say->by_merging[i] : say->by_letter[i]);
	if (!p->merging && i == 1)
		buf_addz(b, p->down ? say->larger : say->smaller);
	if (p->merging && i == 2)
		buf_addz(b, p->down ? say->after : say->before);
}

static void put_method(struct holes *holes, const struct puzzle *p, const struct phrases *say)
{
	static const char *const holes_of[RULES] = { "rule1", "rule2", "rule3", "rule4" };
	struct buf *b = hole_open(holes, "method");

	for (int i = 0; b && i < RULES; i++) {
		buf_addz(b, i ? say->join : "");
		add_rule(b, p, i, say);
	}
	for (int i = 0; i < RULES; i++) {
		b = hole_open(holes, holes_of[i]);
		if (b)
			add_rule(b, p, i, say);
	}
}

/* {{words}}, {{count}}, {{order}}, {{alphabet}}; {{method}} and its sentences {{rule1}} .. {{rule4}}; {{thoughts}}, {{lines}}, {{last}}. */
void thoughts_fields(struct holes *holes, const struct puzzle *p, enum lang lang)
{
	const struct phrases *say = &phrases[lang];
	struct buf *b = hole_open(holes, "words");

	for (int i = 0; b && i < p->n; i++) {
		buf_addz(b, i ? ", " : "");
		buf_add(b, p->word[i]);
	}
	hole_puti(holes, "count", p->n);
	hole_puti(holes, "last", p->count);
	hole_put(holes, "order", str_of(p->down ? say->down : say->up));
	put_alphabet(holes, p, say);
	put_method(holes, p, say);
	put_thoughts(holes, "thoughts", p, say, false);
	put_thoughts(holes, "lines", p, say, true);
}
