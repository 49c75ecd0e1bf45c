/* lines.c - searches for fenced blocks, lines "Answer: ..." and sentences that name the answer; see extract.h. */
#include "verifiers/lines.h"
#include "verifiers/text.h"

/*
 * Labels
 */

size_t label_lead(struct str s, size_t i, bool *heavy)
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
		"我的",
	};
	static const char *const numerals[] = { "一、", "二、", "三、", "四、", "五、", "六、", "七、", "八、" }; /* of a chapter */
	/* first bytes of all these, in lower case */
	static const bool begins[256] = {
		['f'] = true, ['t'] = true, ['m'] = true, ['o'] = true, ['c'] = true, ['s'] = true, ['h'] = true, ['a'] = true, ['i'] = true, [','] = true,
		[0xE3] = true, [0xE4] = true, [0xE5] = true, [0xE6] = true, [0xE7] = true, [0xEF] = true,
	};

	size_t k = 0;

	if (decoration[(unsigned char)s.s[i]]) {
		*heavy |= s.s[i] == '#' || s.s[i] == '*' || s.s[i] == '_';
		return 1;
	}
	if ((unsigned char)s.s[i] == 0xF0 && i + 4 <= s.n) /* a picture */
		return 4;
	if ((unsigned char)s.s[i] >= 0xE2 && i + 3 <= s.n && ((unsigned char)s.s[i] == 0xE2 ? (unsigned char)s.s[i + 1] >= 0x98 && (unsigned char)s.s[i + 1] <= 0x9E : word_at(s, i, "\xEF\xB8\x8F")))
		return 3; /* U+2600 to U+27BF; U+FE0F */
	if (!begins[(unsigned char)to_lower(s.s[i])])
		return 0;
	if ((unsigned char)s.s[i] == 0xE3 && word_at(s, i, "【")) {
		*heavy = true;
		return 3;
	}
	for (k = 0; (unsigned char)s.s[i] >= 0xE4 && k < COUNT(numerals); k++)
		if (word_at(s, i, numerals[k])) {
			*heavy = true;
			return 6;
		}
	k = 0;
	while (k < COUNT(words) && !(words[k][0] == to_lower(s.s[i]) && word_at(s, i, words[k])))
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
		n = label_lead(s, i, heavy);
		if (!n)
			return false;
	}
	return true;
}

size_t answer_at(struct str s, size_t i)
{
	if ((s.s[i] | 0x20) == 'a')
		return !answer_word(s, i) ? 0 : i + 6 < s.n && to_lower(s.s[i + 6]) == 's' ? 7 : 6;
	return s.n - i >= 6 && memcmp(s.s + i, "答案", 6) == 0 ? 6 : 0;
}

/* Length of a bracket at line[i] that holds the label's name once more, in the other language: "(Final Answer)", or "(final)"; 0 for none. */
static size_t named_again(struct str line, size_t i)
{
	size_t open = line.s[i] == '(' ? 1 : word_at(line, i, "（") ? 3 : 0, at = i + open, n = 0;
	bool heavy = false;

	while (open && at < line.n && at < i + LEAD_MAX && !(n = answer_at(line, at)) && (n = label_lead(line, at, &heavy)) > 0 && !answer_at(line, at))
		at += n;
	if (!open || at + n >= line.n || (n ? !answer_at(line, at) : at == i + open))
		return 0;
	at += n;
	return line.s[at] == ')' ? at + 1 - i : word_at(line, at, "）") ? at + 3 - i : 0;
}

/* Might one of the Chinese verbs below begin with this byte? */
static inline bool verb_begins(char c)
{
	return (unsigned char)c >= 0xE4 && (unsigned char)c <= 0xE6;
}

/* Length of "is" at line[i], 0 for none. */
static size_t is_at(struct str line, size_t i)
{
	static const char *const verbs[] = { "是", "为", "应该是", "应该为", "应当是", "应为", "应是", "就是", "即为", "即是", "便是", "则为", "则是", NULL };

	if ((line.s[i] | 0x20) == 'i')
		return word_at(line, i, "is") && (i + 2 == line.n || line.s[i + 2] == ' ' || line.s[i + 2] == ':') ? 2 : 0;
	return verb_begins(line.s[i]) ? text_head(str_from(line, i), verbs) : 0;
}

/* Length of "may be" at line[i], 0 for none: it goes with the answer, which is none then. */
static size_t may_be_at(struct str line, size_t i)
{
	static const char *const verbs[] = { "可能是", "可能为", "大概是", "大概为", "也许是", "或许是", "估计是", "似乎是", "好像是", "未必是", "不一定是", NULL };

	if ((unsigned char)line.s[i] < 0x80)
		return word_at(line, i, "is probably ") || word_at(line, i, "is perhaps ") || word_at(line, i, "is maybe ") ? 3 : 0;
	return verb_begins(line.s[i]) ? text_head(str_from(line, i), verbs) : 0;
}

/* Length of what parts a label from its text at line[i], a colon as a rule; 0 for none. */
static size_t colon_at(struct str line, size_t i)
{
	switch (i < line.n ? line.s[i] : 0) {
	case ':': return 1;
	case '=': return 1 + (i + 1 < line.n && line.s[i + 1] == '>');
	case '\xEF': return word_at(line, i, "：") ? 3 : 0;
	case '\xE2': return word_at(line, i, "→") || word_at(line, i, "⇒") ? 3 : 0;
	default: return 0;
	}
}

enum label label_end(struct str line, size_t at, size_t *text)
{
	size_t i = skip_decoration(line, at), is, behind, colon;
	bool framed = i < line.n && (unsigned char)line.s[i] == 0xE3 && word_at(line, i, "】");

	*text = i + (framed ? 3 : 0);
	i = framed ? skip_decoration(line, i + 3) : i;
	if (i == line.n)
		return LABEL_HEADING;
	if (line.s[i] == ':' || ((unsigned char)line.s[i] == 0xEF && word_at(line, i, "："))) { /* as most are */
		*text = i + (line.s[i] == ':' ? 1 : 3);
		return LABEL_LINE;
	}
	i = skip_decoration(line, i + named_again(line, i));
	if (i == line.n)
		return LABEL_NONE;
	if (may_be_at(line, i)) {
		*text = i + ((unsigned char)line.s[i] < 0x80 ? 3 : 0);
		return LABEL_SENTENCE;
	}
	if (word_at(line, i, "\xE5\xA6\x82\xE4\xB8\x8B")) /* as follows */
		i += 6;
	is = i < line.n ? is_at(line, i) : 0;
	behind = i + is;
	if (is)
		i = skip_decoration(line, behind);
	else if (word_at(line, i, "are:") && to_lower(line.s[at - 1]) == 's') /* "The final answers are:" */
		i += 3;
	colon = colon_at(line, i);
	if (!is && !colon && framed)
		return LABEL_LINE;
	if (!is && !colon) /* "Answer in the required format:" */
		return word_at(line, i, "in the ") && (str_ends(line, STR("format:")) || str_ends(line, STR("format:**"))) ? LABEL_LINE : LABEL_NONE;
	*text = is && !colon ? behind : i + colon;
	return is ? LABEL_SENTENCE : LABEL_LINE;
}

/* Does s begin with one of several texts in bold letters: "**cat**, **dog**"? */
static bool bold_pairs(struct str s)
{
	int marks = 0;

	if (!str_starts(s, STR("**")) || str_chr(s, '\n') >= 0)
		return false;
	for (ptrdiff_t at; (at = str_find(s, STR("**"))) >= 0; marks++)
		s = str_from(s, (size_t)at + 2);
	return marks > 2 && marks % 2 == 0;
}

struct str label_text(struct str s)
{
	static const struct str marks[] = { { "**", 2 }, { "__", 2 }, { "`", 1 }, { "\"", 1 }, { "$", 1 }, { "*", 1 } };
	ptrdiff_t tag = str_chr(s, '<') < 0 ? -1 : str_find(s, STR("</answer"));

	if (tag >= 0) /* the label stands between tags */
		s = str_sub(s, 0, (size_t)tag);
	while (s.n && (s.s[0] == '*' || s.s[0] == '_') && !bold_pairs(s))
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

bool is_cell_stop(struct str s, size_t i)
{
	bool sentence = i + 3 < s.n && is_letter(s.s[i + 2]) && (s.s[i + 2] == 'I' || (s.s[i + 3] >= 'a' && s.s[i + 3] <= 'z'));

	return i + 2 < s.n && (s.s[i - 1] == ' ' ? !sentence : s.s[i - 1] == '}' && s.s[i + 2] == '&');
}

struct str first_sentence(struct str s)
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

struct str last_word(struct str *s)
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

/* Is what leads up to "answer" a doubt: "I don't think the answer", "a wrong answer", "not the answer", "if the answer"? */
static bool label_denied(struct str before)
{
	static const char *const whose[] = { "the", "my", "our", "your", "a", "an", "final", "correct", "right", "that", "this" };
	static const char *const denials[] = {
		"wrong", "incorrect", "false", "invalid", "rejected", "untrue", "unlikely", "impossible", "doubt", "doubtful", "if", "whether", "unless",
		"not", "never", "isn", "wasn", "suppose", "supposing", "assume", "assuming", "other", "another",
	};
	static const char *const beliefs[] = {
		"think", "believe", "say", "claim", "sure", "certain", "convinced", "true", "mean", "be", "expect", "said", "know", "agree", "case",
	};
	static const struct str signs[] = {
		STR("\xE4\xB8\x8D\xE8\xAE\xA4\xE4\xB8\xBA"), STR("\xE4\xB8\x8D\xE8\xA7\x89\xE5\xBE\x97"), /* do not think, do not feel */
		STR("\xE4\xB8\x8D\xE7\x9B\xB8\xE4\xBF\xA1"), STR("\xE5\xB9\xB6\xE9\x9D\x9E"),             /* do not believe, by no means */
		STR("\xE6\x80\x80\xE7\x96\x91"), STR("\xE9\x94\x99\xE8\xAF\xAF"),                         /* doubt, wrong */
		STR("难说"), STR("不能说"), STR("不敢"), STR("不确定"), STR("未必"), STR("假设"), STR("假如"), STR("假定"), STR("若"), STR("如果"), STR("猜"),
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
		static const char *const negations[] = { "not", "never", "cannot", "nobody", "hardly", "don", "doesn", "didn", "isn", "couldn", "wouldn", "t", "hard", "difficult" };

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

