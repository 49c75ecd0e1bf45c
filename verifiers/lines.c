/* lines.c - searches for fenced blocks, lines "Answer: ..." and sentences that name the answer; see extract.h. */
#include "verifiers/hunt.h"
#include "verifiers/text.h"

enum {
	LEAD_MAX = 60,    /* bytes before "answer" in a label */
	BOARDS_MAX = 500, /* labels behind which a board's row is sought, and before which a doubt; of a flood the rest hold a line each */
	ROWS_MAX = 64,    /* rows of a board, more than any has */
	WORDS_MAX = 60,   /* bytes of a line of a list of words */
	NAME_MAX = 30,    /* bytes before a part's number, "**House 2**" */
	BLANKS_MAX = 3,   /* lines between two parts */
	TITLE_MORE = 6,   /* bytes behind the name in a part's title: "2:**" */
};

/*
 * Labels
 */

enum label {
	LABEL_NONE,
	LABEL_LINE,     /* "Answer: ..." */
	LABEL_HEADING,  /* "## Final answer", and nothing behind it */
	LABEL_SENTENCE, /* "... the answer is ..." */
};

/* What may stand around a label and says nothing. */
static const bool decoration[256] = {
	[' '] = true, ['\t'] = true, ['\n'] = true, ['\v'] = true, ['\f'] = true, ['\r'] = true, ['*'] = true, ['_'] = true,
	['#'] = true, ['>'] = true, ['`'] = true, ['"'] = true, ['\''] = true, ['$'] = true, ['-'] = true, ['+'] = true,
};

static size_t skip_decoration(struct str s, size_t i)
{
	while (i < s.n && decoration[(unsigned char)s.s[i]])
		i++;
	return i;
}

/* Is there only decoration behind a label? A > may be the answer itself, to a puzzle of brackets. */
static bool says_nothing(struct str s)
{
	return skip_decoration(s, 0) == s.n && str_chr(s, '>') < 0;
}

/* Length of what stands at s[i] and may lead up to a label ("So the final"), 0 for none. *heavy: it makes a heading. */
static inline size_t lead_at(struct str s, size_t i, bool *heavy)
{
	static const char *const words[] = {
		"final", "\xE6\x9C\x80\xE7\xBB\x88", /* these two make a heading */
		"therefore", "the", "my", "our", "correct", "so", "thus", "hence", "and", "here's", "here\xE2\x80\x99s", "here", "is", ",",
		"completed", "complete", "solved", "filled", "following",
		"\xE6\xAD\xA3\xE7\xA1\xAE",         /* correct */
		"\xE5\xA1\xAB\xE5\xA5\xBD", "\xE5\xAE\x8C\xE6\x88\x90\xE5\x90\x8E", /* filled, when complete */
		"\xE6\x89\x80\xE4\xBB\xA5", "\xE5\x9B\xA0\xE6\xAD\xA4", /* so, therefore */
		"\xE6\x95\x85", "\xE6\x9C\xAC\xE9\xA2\x98",             /* hence, of this question */
		"\xE7\x9A\x84", "\xEF\xBC\x8C",                         /* of, comma */
	};
	/* first bytes of the words, in lower case */
	static const bool begins[256] = {
		['f'] = true, ['t'] = true, ['m'] = true, ['o'] = true, ['c'] = true, ['s'] = true, ['h'] = true, ['a'] = true, ['i'] = true, [','] = true,
		[0xE5] = true, [0xE6] = true, [0xE7] = true, [0xEF] = true,
	};

	size_t k = 0;

	if (decoration[(unsigned char)s.s[i]]) {
		*heavy |= s.s[i] == '#' || s.s[i] == '*' || s.s[i] == '_';
		return 1;
	}
	if (!begins[(unsigned char)to_lower(s.s[i])])
		return 0;
	while (k < sizeof(words) / sizeof(words[0]) && !word_at(s, i, words[k]))
		k++;
	if (k == sizeof(words) / sizeof(words[0]))
		return 0;
	*heavy |= k < 2;
	return strlen(words[k]);
}

/* Do only such words stand in s? */
static bool leads_up(struct str s, bool *heavy)
{
	*heavy = false;
	if (s.n > LEAD_MAX)
		return false;
	for (size_t i = 0, n; i < s.n; i += n) {
		n = lead_at(s, i, heavy);
		if (!n)
			return false;
	}
	return true;
}

/* Length of "answer" (or "answers") or its Chinese at i, 0 for none. */
static size_t answer_at(struct str s, size_t i)
{
	if ((s.s[i] | 0x20) == 'a')
		return !answer_word(s, i) ? 0 : i + 6 < s.n && to_lower(s.s[i + 6]) == 's' ? 7 : 6;
	return (unsigned char)s.s[i] == 0xE7 && word_at(s, i, "\xE7\xAD\x94\xE6\xA1\x88") ? 6 : 0;
}

/* What is said by the "answer" whose end is line[at]; *text is where the answer begins. */
static inline enum label label_end(struct str line, size_t at, size_t *text)
{
	size_t i = skip_decoration(line, at), is, colon;

	*text = i;
	if (i == line.n)
		return LABEL_HEADING;
	if (word_at(line, i, "\xE5\xA6\x82\xE4\xB8\x8B")) /* as follows */
		i += 6;
	/* U+662F, U+4E3A: is */
	is = (line.s[i] | 0x20) == 'i' ?
		     (word_at(line, i, "is") && (i + 2 == line.n || line.s[i + 2] == ' ' || line.s[i + 2] == ':') ? 2 : 0) :
	     (unsigned char)line.s[i] < 0x80 ? 0 :
	     word_at(line, i, "\xE6\x98\xAF") || word_at(line, i, "\xE4\xB8\xBA") ? 3 : 0;
	if (is)
		i = skip_decoration(line, i + is);
	colon = i >= line.n ? 0 : line.s[i] == ':' ? 1 : line.s[i] == '=' ? 1 + (i + 1 < line.n && line.s[i + 1] == '>') :
		(unsigned char)line.s[i] < 0x80 ? 0 : word_at(line, i, "\xEF\xBC\x9A") ? 3 : 0;
	if (!is && !colon) /* "Answer in the required format:" */
		return word_at(line, i, "in the ") && (str_ends(line, STR("format:")) || str_ends(line, STR("format:**"))) ? LABEL_LINE : LABEL_NONE;
	*text = is && !colon ? *text + is : i + colon;
	return is ? LABEL_SENTENCE : LABEL_LINE;
}

/*
 * What stands behind a label, without marks whose partner stands before it: "**Answer:** 42", "**Answer: 42**", "`Answer: 42`". A
 * run that touches the colon closes the label or opens the answer, which loses nothing but its mark.
 */
static struct str unpaired(struct str s)
{
	static const struct str marks[] = { { "**", 2 }, { "__", 2 }, { "`", 1 }, { "\"", 1 }, { "$", 1 }, { "*", 1 } };
	ptrdiff_t tag = str_chr(s, '<') < 0 ? -1 : str_find(s, STR("</answer"));

	if (tag >= 0) /* the label stands between tags */
		s = str_sub(s, 0, (size_t)tag);
	while (s.n && (s.s[0] == '*' || s.s[0] == '_'))
		s = str_from(s, 1);
	s = str_trim(s);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t n = marks[i].n;

		if (s.n >= n && s.s[s.n - 1] == marks[i].s[0] && str_ends(s, marks[i]) &&
		    str_find(str_sub(s, 0, s.n - n), marks[i]) < 0)
			s = str_trim(str_sub(s, 0, s.n - n));
	}
	return s;
}

/* A stop between two blanks is a board's cell where no sentence begins behind it, and so is one before a LaTeX cell: ". . b / c a t". */
static bool is_cell_stop(struct str s, size_t i)
{
	bool sentence = i + 3 < s.n && is_letter(s.s[i + 2]) && (s.s[i + 2] == 'I' || (s.s[i + 3] >= 'a' && s.s[i + 3] <= 'z'));

	return i + 2 < s.n && (s.s[i - 1] == ' ' ? !sentence : s.s[i - 1] == '}' && s.s[i + 2] == '&');
}

/* "42. I checked it." ends at the stop. */
static struct str first_sentence(struct str s)
{
	for (size_t i = 1; i < s.n; i++) {
		if ((s.s[i] == '.' || s.s[i] == '!') && (i + 1 == s.n || s.s[i + 1] == ' ') && !is_cell_stop(s, i))
			return str_sub(s, 0, i);
		if ((unsigned char)s.s[i] == 0xE3 && word_at(s, i, "\xE3\x80\x82")) /* U+3002 */
			return str_sub(s, 0, i);
	}
	return s;
}

/* Is the "answer" at line[from..to) the end of a JSON key: "answer", 'final_answer'? */
static bool json_key(struct str line, size_t from, size_t to)
{
	char quote = to < line.n ? line.s[to] : 0;

	if (quote != '"' && quote != '\'')
		return false;
	for (size_t i = from; i-- > 0 && from - i < LEAD_MAX;)
		if (line.s[i] == quote)
			return true;
		else if (!is_letter(line.s[i]) && line.s[i] != '_' && line.s[i] != ' ')
			return false;
	return false;
}

/* Might the middle of "answer" stand in the BLOCK bytes at p, or the start of its Chinese? One more byte is looked at. */
static bool block_names(const char *p)
{
	unsigned char any = 0;

	for (size_t i = 0; i < BLOCK; i++)
		any |= (unsigned char)((((p[i] | 0x20) == 's') & ((p[i + 1] | 0x20) == 'w')) |
				       ((p[i] == (char)0xE7) & (p[i + 1] == (char)0xAD)));
	return any;
}

/* The top bits of those of the eight bytes at p where the second half might begin, or its Chinese. */
static uint64_t eight_names(const char *p)
{
	uint64_t a = load_eight(p), b = load_eight(p + 1);
	uint64_t sw = zeros((a | EIGHT(0x20)) ^ EIGHT('s')) & zeros((b | EIGHT(0x20)) ^ EIGHT('w'));

	return a & EIGHT(0x80) ? sw | (zeros(a ^ EIGHT(0xE7)) & zeros(b ^ EIGHT(0xAD))) : sw;
}

size_t next_answer(struct str s, size_t from)
{
	size_t i = from, calm = from + 16; /* no middle before i; up to calm it is sought by eights, then by blocks */

	if (s.n < i + 6)
		return s.n;
	if (answer_at(s, i)) /* as in a flood */
		return i;
	while (i + 8 < s.n) {
		if (i >= calm && i + BLOCK < s.n) {
			if (!block_names(s.s + i)) {
				i += BLOCK;
				continue;
			}
			calm = i + BLOCK;
		}
		for (uint64_t w = eight_names(s.s + i); w; w &= w - 1) {
			size_t at = i + (size_t)__builtin_ctzll(w) / 8;

			at -= (unsigned char)s.s[at] < 0x80 && at >= from + 2 ? 2 : 0;
			if (answer_at(s, at))
				return at;
		}
		i += 8;
	}
	for (i = i >= from + 2 ? i - 2 : from; i + 6 <= s.n; i++) /* six bytes in either language */
		if (answer_at(s, i))
			return i;
	return s.n;
}

/* The last word of s, and s without it. */
static struct str last_word(struct str *s)
{
	struct str word;
	size_t from;

	*s = str_trim(*s);
	for (from = s->n; from > 0 && is_letter(s->s[from - 1]); from--)
		;
	word = str_from(*s, from);
	s->n = from;
	return word;
}

static bool one_of(struct str word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (word.n == strlen(words[i]) && word_at(word, 0, words[i]))
			return true;
	return false;
}

#define ONE_OF(word, words) one_of(word, words, sizeof(words) / sizeof(words[0]))

/* Is what leads up to "answer" a doubt: "I don't think the answer", "a wrong answer", "not the answer", "if the answer"? */
static bool label_denied(struct str before)
{
	static const char *const whose[] = { "the", "my", "our", "your", "a", "an", "final", "correct", "right", "that", "this" };
	static const char *const denials[] = {
		"wrong", "incorrect", "false", "invalid", "rejected", "untrue", "unlikely", "impossible", "doubt", "doubtful", "if", "whether", "unless",
		"not", "never", "isn", "wasn",
	};
	static const char *const beliefs[] = {
		"think", "believe", "say", "claim", "sure", "certain", "convinced", "true", "mean", "be", "expect", "said", "know", "agree", "case",
	};
	static const struct str signs[] = {
		STR("\xE4\xB8\x8D\xE8\xAE\xA4\xE4\xB8\xBA"), STR("\xE4\xB8\x8D\xE8\xA7\x89\xE5\xBE\x97"), /* do not think, do not feel */
		STR("\xE4\xB8\x8D\xE7\x9B\xB8\xE4\xBF\xA1"), STR("\xE5\xB9\xB6\xE9\x9D\x9E"),             /* do not believe, by no means */
		STR("\xE6\x80\x80\xE7\x96\x91"), STR("\xE9\x94\x99\xE8\xAF\xAF"),                         /* doubt, wrong */
	};
	struct str word, clause;
	size_t from;

	if (!before.n)
		return false;
	if (before.n > LEAD_MAX)
		before = str_from(before, before.n - LEAD_MAX);
	for (from = before.n; from > 0; from--) {
		char c = before.s[from - 1];

		if (c == '.' || c == ',' || c == ';' || c == ':' || c == '!' || c == '?' || (unsigned char)c == 0x82 || (unsigned char)c == 0x8C)
			break; /* the last two end U+3002 and U+FF0C */
	}
	clause = str_from(before, from);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (str_find(clause, signs[i]) >= 0)
			return true;
	do
		word = last_word(&clause);
	while (word.n && ONE_OF(word, whose));
	if (ONE_OF(word, denials))
		return true;
	if (!ONE_OF(word, beliefs))
		return false;
	for (int i = 0; i < 3; i++) { /* "it cannot be", "nobody would say", "I am not so sure", "I don't think": the apostrophe parts a word */
		static const char *const negations[] = { "not", "never", "cannot", "nobody", "hardly", "don", "doesn", "didn", "isn", "couldn", "wouldn", "t" };

		word = last_word(&clause);
		if (word.n == 0 && clause.n) { /* an apostrophe, of whatever make */
			clause.n--;
			i--;
			continue;
		}
		if (ONE_OF(word, negations))
			return true;
	}
	return false;
}

/* The label of a line, if it has one: at its start, or else the last place in it that names the answer. The first place is given. */
static enum label label_of(struct hunt *h, struct str line, size_t first, struct str *text)
{
	enum label label = LABEL_NONE;
	size_t n, at;

	for (size_t i = first; i < line.n; i = next_answer(line, i + n)) {
		enum label l;
		bool heavy;

		n = answer_at(line, i);
		l = json_key(line, i, i + n) ? LABEL_NONE : label_end(line, i + n, &at);
		if ((l == LABEL_LINE || l == LABEL_SENTENCE) && h->doubts < BOARDS_MAX && i) {
			h->doubts++;
			if (label_denied(str_sub(line, 0, i))) {
				h->denied = true;
				continue;
			}
		}
		if (l != LABEL_NONE && l != LABEL_SENTENCE && leads_up(str_sub(line, 0, i), &heavy)) {
			if (l == LABEL_HEADING && !heavy)
				return LABEL_NONE; /* the word alone may be one of a list of words */
			*text = str_from(line, at);
			return l;
		}
		if (l == LABEL_LINE || l == LABEL_SENTENCE) {
			label = LABEL_SENTENCE;
			*text = str_from(line, at);
		}
	}
	return label;
}

/*
 * A label whose own line holds nothing more: the lines below it, up to a blank one, are the answer. Or the label's line holds the start
 * of a list or of a LaTeX array, which ends in the line that its brackets or \end{} stand in, or a board's first row.
 */
struct below {
	int kind;   /* 0: none is open */
	int depth;  /* of a list's brackets; 0: it is none */
	int rows;   /* of a board; 0: it is none */
	bool begun;
	bool array; /* up to \end{} */
	size_t first_end; /* before the first blank line between rows of a board; 0: there is none */
	int boards; /* labels behind which one was sought so far; never cleared */
	/* What stands from here on is written before it is read, and never cleared. */
	size_t start, end;
	struct row row;  /* what the board's rows are like */
	struct str top;  /* its first row */
	struct str said; /* what the label's line says, which is the answer where no more rows follow */
	bool differ;     /* two of its rows do */
	bool bold;       /* it stands in ** that began before its label */
	int number;      /* of the last of its parts that are called by a name and number, "House 2"; 0: its first line is not */
	struct str name;
};

static inline void below_init(struct below *b)
{
	b->kind = b->depth = b->rows = 0;
	b->first_end = 0;
	b->begun = b->array = false;
}

/* Where the list ends whose brackets, as many as *depth, are open before s: behind the last one, or at the end of s. */
static size_t list_end(struct str s, int *depth)
{
	for (size_t i = 0; i < s.n; i++) {
		*depth += s.s[i] == '[' || s.s[i] == '(' || s.s[i] == '{';
		*depth -= s.s[i] == ']' || s.s[i] == ')' || s.s[i] == '}';
		if (*depth <= 0)
			return i + 1;
	}
	return s.n;
}

static bool opens(char c)
{
	return c == '[' || c == '(' || c == '{';
}

/* The start of what s holds: a list in brackets, or that in a call such as np.array([1, */
static size_t list_start(struct str s)
{
	size_t i = skip_decoration(s, 0), name = i;

	while (i < s.n && (is_letter(s.s[i]) || s.s[i] == '.' || s.s[i] == '_'))
		i++;
	return i < s.n && opens(s.s[i]) && (i == name || s.s[i] == '(') ? i : s.n;
}

/* Does s begin a LaTeX array that it does not end, in whatever mathematics it stands: $$, \[, \left[? */
static bool array_begins(struct str s)
{
	static const struct str before[] = { STR("\\["), STR("\\("), STR("\\left"), STR("["), STR("(") };

	if (!s.n || !(s.s[0] == '\\' || decoration[(unsigned char)s.s[0]]))
		return false;
	s = str_from(s, skip_decoration(s, 0));
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		if (str_starts(s, before[i]))
			s = str_from(s, skip_decoration(s, before[i].n));
	return str_starts(s, STR("\\begin{")) && str_find(s, STR("\\end{")) < 0;
}

static void below_begin(struct below *b, int kind, struct str v, struct str s)
{
	b->kind = kind;
	b->begun = true;
	b->start = (size_t)(s.s - v.s);
	b->end = b->start + s.n;
}

/* Does what stands behind a label begin a list or an array that goes on in the next line? Then *b is open for it. */
static bool list_begins(struct below *b, int kind, struct str v, struct str text)
{
	struct str s = str_trim(text);
	char last = s.n ? s.s[s.n - 1] : 0;
	size_t from;

	if (array_begins(s)) {
		b->array = true;
		below_begin(b, kind, v, str_from(s, skip_decoration(s, 0)));
		return true;
	}
	if (!opens(last) && last != ',')
		return false;
	from = list_start(s);
	if (from == s.n)
		return false;
	list_end(str_from(s, from), &b->depth);
	if (b->depth <= 0) {
		b->depth = 0;
		return false;
	}
	below_begin(b, kind, v, str_from(s, skip_decoration(s, 0)));
	return true;
}

/* Is s at its end what it is about to say: a mark closed, or a stop behind its last cell? */
static bool complete(struct str s)
{
	char last = s.n ? s.s[s.n - 1] : 0;

	return (last == '.' && s.n > 1 && s.s[s.n - 2] != ' ' && str_chr(s, ' ') >= 0) || str_ends(s, STR("\xE3\x80\x82")) || /* U+3002 */
	       ((last == '`' || last == '"' || last == '\'' || last == '*' || last == '$') && s.n > 1 && s.s[0] == last);
}

/* Does the line, which is not the last, hold behind its label the first row of a board? What it says alone is said. */
static bool rows_begin(struct below *b, int kind, struct str v, struct str line, struct str text, struct str said)
{
	struct str top = text, before;

	if (line.s[line.n + 1] == '\n' || b->boards == BOARDS_MAX)
		return false;
	b->boards++;
	while (top.n && top.s[0] == '*')
		top = str_from(top, 1);
	before = str_sub(line, 0, (size_t)(top.s - line.s));
	top = str_trim(top);
	if (complete(top) || row_frame(top) || !row_read(&b->row, top))
		return false;
	below_begin(b, kind, v, top);
	b->top = top;
	b->said = said;
	b->rows = 1;
	b->differ = b->bold = false;
	for (size_t i = 0; i + 1 < before.n; i++)
		if (before.s[i] == '*' && before.s[i + 1] == '*') {
			b->bold = !b->bold;
			i++;
		}
	return true;
}

/*
 * Three rows that are not all the same make a board: two may be an answer and one that it was weighed against. But two with bars, with
 * labels or with a comma between them have no other reading. Of two others the label's line is the answer, and both the other reading.
 */
static bool rows_suffice(const struct below *b)
{
	bool plain = b->row.between != '|' && !b->row.labelled && b->top.s[b->top.n - 1] != ',';

	return b->rows > 1 + plain && b->differ;
}

/* Is it a line of words, as a list has them: without a digit or a sign of equality, and no prose? */
static bool words_line(struct str line)
{
	if (!line.n || line.n > WORDS_MAX)
		return false;
	for (size_t i = 0; i < line.n; i++)
		if ((line.s[i] >= '0' && line.s[i] <= '9') || line.s[i] == '=' || line.s[i] == '.' || line.s[i] == '!' || line.s[i] == '?')
			return false;
	return true;
}

/* Another reading of a label's line of words: with the lines of words right below it, where nothing else stands before the next blank one. */
static void with_words(struct hunt *h, struct below *b, struct str said)
{
	struct str rest = str_from(h->v, (size_t)(said.s + said.n - h->v.s)), line, all = said;

	if (b->boards == BOARDS_MAX || !words_line(said) || !rest.n || rest.s[0] != '\n')
		return;
	b->boards++;
	rest = str_from(rest, 1);
	for (int lines = 0; lines < ROWS_MAX && str_split(&rest, '\n', &line); lines++) {
		line = str_trim(line);
		if (!line.n)
			break;
		if (!words_line(line))
			return;
		all.n = (size_t)(line.s + line.n - all.s);
	}
	if (all.n > said.n) {
		h->row = said;
		h->rows = all;
	}
}

static void below_end(struct hunt *h, struct below *b)
{
	if (b->depth > 0 || b->array) {
		h->kind[b->kind].broken = true; /* cut: "[4, 1" may have been going to be [4, 12] */
	} else if (b->rows && !rows_suffice(b)) {
		h->row = b->said;
		h->rows = b->rows > 1 ? str_sub(h->v, b->start, b->end) : STR("");
		with_words(h, b, b->said);
		hunt_offer(h, b->kind, b->said);
	} else if (b->begun) {
		if (b->first_end) { /* whatever follows a blank line may be no part of it */
			h->row = str_sub(h->v, b->start, b->end);
			h->rows = str_sub(h->v, b->start, b->first_end);
		}
		hunt_offer(h, b->kind, str_sub(h->v, b->start, b->end));
	} else {
		h->kind[b->kind].empty = true;
	}
	below_init(b);
}

/* The line below a board's row. */
static void below_row(struct hunt *h, struct below *b, struct str line)
{
	struct row row;

	if (row_frame(line))
		return;
	line = str_trim(line);
	if (b->bold && str_ends(line, STR("**")))
		line.n -= 2;
	if (!row_read(&row, line) || !row_alike(&b->row, &row, line)) {
		below_end(h, b);
		return;
	}
	b->rows++;
	b->differ |= !str_eq(line, b->top);
	b->end = (size_t)(line.s - h->v.s) + line.n - row_stop(&b->row, &row, line);
	if (b->rows > ROWS_MAX)
		below_end(h, b);
}

/* "The grid:" alone between two blank lines: the answer comes below it. */
static bool is_title(struct str s)
{
	s = str_trim(s);
	return str_chr(s, '\n') < 0 && (str_ends(s, STR(":")) || str_ends(s, STR(":**")) || str_ends(s, STR("\xEF\xBC\x9A"))); /* U+FF1A */
}

/* Where the line begins that s[i] stands in; `from` is the start of a line at or before it. */
static size_t line_start(struct str s, size_t from, size_t i)
{
	while (i > from && s.s[i - 1] != '\n')
		i--;
	return i;
}

/* The number in "House 2: ..." or "**Row 2**", which is below 100; *name: what stands before it. 0: the line begins otherwise. */
static int numbered(struct str line, struct str *name)
{
	size_t i = 0;
	int number;

	line = str_trim(line);
	while (i < line.n && i < NAME_MAX && !(line.s[i] >= '0' && line.s[i] <= '9'))
		i++;
	*name = str_sub(line, 0, i);
	if (skip_decoration(*name, 0) == i || i == line.n || !(line.s[i] >= '0' && line.s[i] <= '9'))
		return 0;
	number = line.s[i++] - '0';
	if (i < line.n && line.s[i] >= '0' && line.s[i] <= '9')
		number = 10 * number + line.s[i++] - '0';
	return i < line.n && line.s[i] >= '0' && line.s[i] <= '9' ? 0 : number;
}

/* Does the answer go on behind this blank line: with "House 2" where it has come to "House 1", or with another row of the board that it is? */
static bool parted(const struct hunt *h, const struct below *b, struct str blank)
{
	struct str rest = str_from(h->v, (size_t)(blank.s + blank.n - h->v.s)), first = str_sub(h->v, b->start, b->end), next = blank, name;
	struct row row, more;

	for (int i = 0; i < BLANKS_MAX && rest.n && !str_trim(next).n; i++) {
		rest = str_from(rest, 1);
		next = str_sub(rest, 0, next_byte(rest, 0, '\n'));
		rest = str_from(rest, next.n);
	}
	next = str_trim(next);
	if (b->number) {
		struct str last = str_sub(h->v, line_start(h->v, b->start, b->end), b->end);

		return (numbered(next, &name) == b->number + 1 && str_eq(name, b->name)) ||
		       (next.n && str_chr(STR("-*+"), next.s[0]) >= 0 && item_bullet(next, 1) && numbered(last, &name) &&
			str_trim(last).n < name.n + TITLE_MORE); /* "House 2" alone, and what is in it */
	}
	first = str_trim(str_sub(first, 0, next_byte(first, 0, '\n')));
	return row_read(&row, first) && row.cells > 2 && row_read(&more, next) && row_alike(&row, &more, next);
}

static void below_line(struct hunt *h, struct below *b, struct str line)
{
	size_t start = (size_t)(line.s - h->v.s);
	struct str name;
	int number;

	if (b->rows) {
		below_row(h, b, line);
		return;
	}
	if (str_trim(line).n == 0) {
		if (b->begun && !b->depth && !b->array) {
			if (is_title(str_sub(h->v, b->start, b->end)) && !numbered(str_sub(h->v, b->start, b->end), &name))
				b->begun = false;
			else if (!parted(h, b, line))
				below_end(h, b);
			else if (!b->number && !b->first_end)
				b->first_end = b->end;
		}
		return;
	}
	if (!b->begun) {
		b->start = start;
		b->number = numbered(line, &b->name);
	} else if (b->number && (number = numbered(line, &name)) && str_eq(name, b->name)) {
		b->number = number;
	}
	b->begun = true;
	if (!b->depth) {
		b->end = start + line.n;
		if (b->array && str_find(line, STR("\\end{")) >= 0) {
			b->array = false;
			below_end(h, b);
		}
		return;
	}
	b->end = start + list_end(line, &b->depth);
	if (b->depth <= 0)
		below_end(h, b);
}

/* What a label's line says, with the lines below it where it begins a list and they go on with it: "Answer: 1. cat" and "2. dog". */
static struct str with_items(struct hunt *h, struct below *b, struct str said)
{
	struct str rest = str_from(h->v, (size_t)(said.s + said.n - h->v.s)), line;
	char first = said.n ? said.s[0] : 0;
	int at = 1;

	if (!item_bullet(said, 1) || b->boards == BOARDS_MAX || !rest.n || rest.s[0] != '\n')
		return said;
	b->boards++;
	rest = str_from(rest, 1);
	while (at < ROWS_MAX && str_split(&rest, '\n', &line)) {
		line = str_trim(line);
		if (!item_bullet(line, ++at) || (line.s[0] >= '0' && line.s[0] <= '9') != (first >= '0' && first <= '9'))
			break;
		said.n = (size_t)(line.s + line.n - said.s);
	}
	return said;
}

/* "as follows:", "the following grid:": the answer comes below. */
static bool leads_on(struct str said)
{
	if (said.n > LEAD_MAX || !is_title(said) || text_denies(said) || text_hedges(said))
		return false;
	for (size_t i = 0; i < said.n; i++)
		if (!is_letter(said.s[i]) && said.s[i] != ' ' && !decoration[(unsigned char)said.s[i]] && said.s[i] != ':' && (unsigned char)said.s[i] < 0x80)
			return false;
	return true;
}

/* A line with a label, behind which text stands. */
static void label_line(struct hunt *h, struct below *b, struct str line, int kind, struct str text)
{
	struct str said;

	if (b->kind)
		below_end(h, b);
	if (list_begins(b, kind, h->v, text))
		return;
	said = unpaired(kind == SENTENCE ? first_sentence(text) : text);
	if (str_is(said, "<ol>") || str_is(said, "<ul>") || str_is(said, "<table>")) {
		b->kind = kind;
		return;
	}
	if (line.s + line.n + 1 < h->v.s + h->v.n && rows_begin(b, kind, h->v, line, text, said))
		return;
	if (says_nothing(said) || row_frame(said) || leads_on(said)) {
		b->kind = kind;
		return;
	}
	with_words(h, b, said);
	hunt_offer(h, kind, with_items(h, b, said));
}

/*
 * Fences
 */

struct fence {
	size_t marks; /* how many opened it; 0: none is open */
	char mark;
	size_t start;    /* of its inside */
	struct str info; /* what stands behind the marks */
};

/* How many marks of a fence s begins with (three or more), 0 for none. */
static size_t fence_head(struct str s)
{
	size_t n = 0;

	if (!s.n || (s.s[0] != '`' && s.s[0] != '~'))
		return 0;
	while (n < s.n && s.s[n] == s.s[0])
		n++;
	return n >= 3 ? n : 0;
}

/* How many of c stand at the end of s. */
static size_t run_tail(struct str s, char c)
{
	size_t n = 0;

	while (n < s.n && s.s[s.n - 1 - n] == c)
		n++;
	return n;
}

static void fence_end(struct hunt *h, struct fence *f, size_t end)
{
	struct str text = str_sub(h->v, f->start, end < f->start ? f->start : end);
	size_t i = 0;

	f->marks = 0;
	while (i < text.n && is_blank(text.s[i]))
		i++;
	if (i < text.n && text.s[i] == '{' && json_object(str_trim(text))) /* found as such, and no block */
		return;
	hunt_offer(h, QUARRY_FENCE, i < text.n ? text : f->info); /* "```42" over a closing fence */
}

static void fence_line(struct hunt *h, struct fence *f, struct str line)
{
	size_t start = (size_t)(line.s - h->v.s), n, tail;
	struct str t = line;

	while (t.n && is_blank(t.s[0]))
		t = str_from(t, 1);
	while (t.n && is_blank(t.s[t.n - 1]))
		t.n--;
	n = fence_head(t);

	if (f->marks) {
		if (n >= f->marks && t.s[0] == f->mark && n == t.n)
			fence_end(h, f, start);
		else if (f->mark == '`' && run_tail(t, '`') == f->marks) /* "42```": it hangs on the last line */
			fence_end(h, f, (size_t)(t.s + t.n - f->marks - h->v.s));
		return;
	}
	if (!n)
		return;
	*f = (struct fence){ n, t.s[0], start + line.n + (start + line.n < h->v.n), str_from(t, n) };
	/* A fence line of backticks holds no others: "```42```" is all of the block, and else it is code in a sentence. */
	if (f->mark != '`' || f->info.n == 0 || str_chr(f->info, '`') < 0)
		return;
	f->marks = 0;
	tail = run_tail(f->info, '`');
	f->info.n -= tail;
	if (tail == n && str_chr(f->info, '`') < 0)
		hunt_offer(h, QUARRY_FENCE, f->info);
}

/* Where three of c stand next, from i on; s.n: nowhere. */
static size_t next_three(struct str s, size_t i, char c)
{
	for (i = next_byte(s, i, c); i < s.n; i = next_byte(s, i + 1, c))
		if (i + 2 < s.n && s.s[i + 1] == c && s.s[i + 2] == c)
			return i;
	return s.n;
}

/* Only lines that name the answer, lines that a fence's marks stand in and those below a label are looked at. */
void find_lines(struct hunt *h)
{
	struct str v = h->v, line, text;
	struct fence fence = { 0 };
	struct below below;
	enum label label;
	size_t named = next_answer(v, 0), ticks = next_three(v, 0, '`'), tildes = next_three(v, 0, '~');

	below.boards = 0;
	below_init(&below);
	for (size_t at = 0; at < v.n; at += line.n + 1) {
		size_t marks, next;

		named = named < at ? next_answer(v, at) : named;
		ticks = ticks < at ? next_three(v, at, '`') : ticks;
		tildes = tildes < at ? next_three(v, at, '~') : tildes;
		marks = ticks < tildes ? ticks : tildes;
		next = named < marks ? named : marks;
		if (!below.kind) {
			if (next == v.n)
				break;
			at = line_start(v, at, next);
		}
		line = str_sub(v, at, next_byte(v, at, '\n'));
		if (named < at + line.n && (label = label_of(h, line, named - at, &text)) != LABEL_NONE)
			label_line(h, &below, line, label == LABEL_SENTENCE ? SENTENCE : QUARRY_LINE, text);
		else if (below.kind)
			below_line(h, &below, line);
		if (marks < at + line.n)
			fence_line(h, &fence, line);
	}
	if (below.kind)
		below_end(h, &below);
	hunt_end(h, QUARRY_FENCE);
	hunt_end(h, QUARRY_LINE);
	hunt_end(h, SENTENCE);
	h->kind[QUARRY_FENCE].broken = fence.marks > 0;
}

/*
 * Solutions and results
 */

/* Length of "solution", "result", what else is handed in, their Chinese or "ans" at i, 0 for none. */
static size_t solution_at(struct str s, size_t i)
{
	static const char *const words[] = {
		"solution", "result", "\xE8\xA7\xA3\xE7\xAD\x94", "\xE8\xA7\xA3", "\xE7\xBB\x93\xE6\x9E\x9C", /* solution twice, result */
		"ans", "\xE7\xAD\x94", /* answer, in short */
		"grid", "board", "arrangement", "output", "\xE7\x9B\x98\xE9\x9D\xA2", "\xE7\xBD\x91\xE6\xA0\xBC", /* board, grid */
	};
	static const bool first[256] = {
		['s'] = true, ['r'] = true, ['a'] = true, ['g'] = true, ['b'] = true, ['o'] = true, [0xE8] = true, [0xE7] = true,
	};

	if (i >= s.n || !first[(unsigned char)to_lower(s.s[i])])
		return 0;
	for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
		if (word_at(s, i, words[k]))
			return strlen(words[k]);
	return 0;
}

/* The label of a line that begins with "solution" or "result", behind words that lead up to it alone. */
static enum label solution_of(struct str line, struct str *text)
{
	bool heavy = false;

	for (size_t i = 0, n; i < line.n && i <= LEAD_MAX; i += n) {
		enum label label;
		size_t at;

		n = solution_at(line, i);
		if (n) {
			i += n;
			n = i < line.n && line.s[i] == ' ' ? solution_at(line, i + 1) : 0; /* "solution grid" */
			label = label_end(line, i + (n ? n + 1 : 0), &at);
			*text = str_from(line, at);
			return label == LABEL_HEADING && !heavy ? LABEL_NONE : label;
		}
		n = lead_at(line, i, &heavy);
		if (!n)
			return LABEL_NONE;
	}
	return LABEL_NONE;
}

/* Does a colon, rather than "is", stand before this text of the line? */
static bool behind_colon(struct str line, struct str text)
{
	return text.s > line.s && (text.s[-1] == ':' || text.s[-1] == '=' || text.s[-1] == '>' || (unsigned char)text.s[-1] == 0x9A); /* of U+FF1A */
}

/* "The result is 42." may be said on the way to another, so it counts in the last line only. */
void find_solutions(struct hunt *h)
{
	struct below below;
	struct str line, text;

	below.boards = 0;
	below_init(&below);
	for (size_t at = 0; at < h->v.n; at += line.n + 1) {
		enum label label;

		line = str_sub(h->v, at, next_byte(h->v, at, '\n'));
		label = solution_of(line, &text);
		if (label == LABEL_SENTENCE && !behind_colon(line, text) && at + line.n < h->v.n)
			label = LABEL_NONE;
		if (label != LABEL_NONE)
			label_line(h, &below, line, SENTENCE, text);
		else if (below.kind)
			below_line(h, &below, line);
	}
	if (below.kind)
		below_end(h, &below);
	hunt_end(h, SENTENCE);
}

/*
 * The last line
 */

/* Length of the phrase that says "is" at s[i] in other words, behind "answer"; 0 for none. */
static size_t comes_to(struct str s, size_t i)
{
	static const char *const phrases[] = {
		"would be", "would then be", "must be", "must then be", "must therefore be", "should be", "will be", "has to be", "equals",
		"comes out to be", "comes out to", "comes out as", "comes to", "turns out to be", "works out to be", "works out to", "becomes",
	};

	if (i < s.n && s.s[i] == ',') { /* ", then, is" */
		size_t word = i + 1, n = 0;

		while (word < s.n && s.s[word] == ' ')
			word++;
		while (word + n < s.n && is_letter(s.s[word + n]))
			n++;
		return n && word_at(s, word + n, ", is ") ? word + n + 5 - i : 0;
	}
	for (size_t k = 0; k < sizeof(phrases) / sizeof(phrases[0]); k++) {
		size_t n = strlen(phrases[k]);

		if (word_at(s, i, phrases[k]) && i + n < s.n && (s.s[i + n] == ' ' || s.s[i + n] == ':'))
			return n + 1;
	}
	return 0;
}

static bool ends_sentence(char c)
{
	return c == '.' || c == '!' || c == '?';
}

/* "42 is the answer", "42 is my final answer": where "answer" ends a sentence that begins with what it is. */
static bool said_before(struct str before, struct str *text)
{
	static const char *const verbs[] = { "is", "are" }, *const whose[] = { "the", "my", "our" }, *const which[] = { "final", "correct", "right" };
	static const char *const doubts[] = {
		"say", "says", "said", "think", "thinks", "believe", "doubt", "nobody", "hardly", "scarcely", "if", "whether", "unless", "maybe", "perhaps",
		"might", "could", "neither", "that", "suppose", "assume", "assuming", "verify", "check", "wonder",
	};
	static const struct str leads[] = { STR("so"), STR("therefore"), STR("thus"), STR("hence") };
	static const char *const pointers[] = { "this", "that", "it", "which", "what", "there", "here", "above" };
	bool owned = false;
	struct str word;
	size_t from;

	for (word = last_word(&before); !ONE_OF(word, verbs); word = last_word(&before)) {
		if (ONE_OF(word, whose))
			owned = true;
		else if (!ONE_OF(word, which))
			return false;
	}
	if (!owned || !before.n || before.s[before.n - 1] != ' ')
		return false;
	before = str_trim(before);
	for (from = before.n; from > 0; from--)
		if (from > 1 && from < before.n && before.s[from] == ' ' && ends_sentence(before.s[from - 1]) && !is_cell_stop(before, from - 1))
			break;
	*text = str_trim(str_from(before, from));
	if (text->n && ends_sentence(text->s[text->n - 1])) /* a sentence of its own */
		return false;
	for (size_t k = 0; k < sizeof(leads) / sizeof(leads[0]); k++)
		if (word_at(*text, 0, leads[k].s) && text->n > leads[k].n && !is_letter(text->s[leads[k].n]))
			*text = str_trim(str_from(*text, leads[k].n + (text->s[leads[k].n] == ',')));
	if (ONE_OF(*text, pointers))
		return false;
	before = *text;
	while (str_word(&before, &word))
		if (ONE_OF(word, doubts))
			return false;
	return text->n > 0;
}

void find_last(struct hunt *h)
{
	struct str line = str_trim(h->v), text;
	size_t from = line.n, last, end;
	bool mute = false;

	while (from > 0 && line.s[from - 1] != '\n')
		if (line.n - from-- > BARE_MAX)
			return;
	line = str_from(line, from);
	last = line.n;
	for (size_t i = next_answer(line, 0); i < line.n; i = next_answer(line, i + 6))
		last = i;
	if (last == line.n)
		return;
	end = last + answer_at(line, last);
	from = skip_decoration(line, end);
	for (size_t i = end; i < line.n; i++) /* a mark that closes, and the stop */
		mute = (i == end || mute) && (decoration[(unsigned char)line.s[i]] || line.s[i] == '.' || line.s[i] == '!');
	if (end == line.n || mute) {
		if (said_before(str_sub(line, 0, last), &text))
			hunt_offer(h, SENTENCE, unpaired(text));
	} else {
		end = comes_to(line, from);
		if (end && from + end < line.n)
			hunt_offer(h, SENTENCE, unpaired(first_sentence(str_trim(str_from(line, from + end)))));
	}
	hunt_end(h, SENTENCE);
}

/* Might a label begin s, or words and marks that lead up to one? Hardly any answer begins so. */
static bool may_label(struct str s)
{
	static const bool begins[256] = {
		['f'] = true, ['t'] = true, ['m'] = true, ['o'] = true, ['c'] = true, ['s'] = true, ['h'] = true, ['i'] = true, ['r'] = true, ['a'] = true,
		['*'] = true, ['#'] = true, ['_'] = true, [0xE5] = true, [0xE6] = true, [0xE7] = true, [0xE8] = true,
	};
	size_t i = 0;

	while (i < s.n && (s.s[i] == ' ' || s.s[i] == '\n'))
		i++;
	return i < s.n && begins[(unsigned char)to_lower(s.s[i])];
}

struct str behind_solution(struct str s)
{
	struct str line, text, trimmed;
	int bold = 0;

	if (!may_label(s))
		return s;
	trimmed = str_trim(s);
	line = str_sub(trimmed, 0, next_byte(trimmed, 0, '\n'));
	switch (solution_of(line, &text)) {
	case LABEL_NONE:
		return s;
	case LABEL_HEADING:
		text = str_from(line, line.n);
		break;
	default:
		if (!behind_colon(line, text))
			return s;
	}
	for (const char *p = line.s; p < text.s; p++)
		bold += *p == '*';
	text.n = (size_t)(trimmed.s + trimmed.n - text.s);
	for (; text.n && text.s[0] == '*'; bold++)
		text = str_from(text, 1);
	text = str_trim(text);
	if (bold % 4 == 2 && str_ends(text, STR("**"))) /* opened before the label, and closed behind the answer */
		text.n -= 2;
	return text.n ? text : s;
}
