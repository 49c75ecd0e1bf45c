/* solutions.c - the answer of a response that has none by its format: lines "Solution: ...", and what its last line says; see extract.h. */
#include "verifiers/lines.h"

/*
 * Solutions and results
 */

/* Length of "solution", "result", what else is handed in, their Chinese or "ans" at i, 0 for none. */
static size_t solution_at(struct str s, size_t i)
{
	static const char *const words[] = {
		"solution", "result", "\xE8\xA7\xA3\xE7\xAD\x94", "\xE8\xA7\xA3", "\xE7\xBB\x93\xE6\x9E\x9C", /* solution twice, result */
		"conclusion", "结论",
		"ans", "\xE7\xAD\x94", /* answer, in short */
		"grid", "board", "arrangement", "output", "\xE7\x9B\x98\xE9\x9D\xA2", "\xE7\xBD\x91\xE6\xA0\xBC", /* board, grid */
	};
	static const bool first[256] = {
		['s'] = true, ['r'] = true, ['a'] = true, ['g'] = true, ['b'] = true, ['o'] = true, ['c'] = true, [0xE8] = true, [0xE7] = true,
	};

	if (i >= s.n || !first[(unsigned char)to_lower(s.s[i])])
		return 0;
	for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
		if (words[k][0] == to_lower(s.s[i]) && word_at(s, i, words[k]))
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
		n = label_lead(line, i, &heavy);
		if (!n)
			return LABEL_NONE;
	}
	return LABEL_NONE;
}

/* Does a colon, rather than "is", stand before this text of the line? */
static bool behind_colon(struct str line, struct str text)
{
	return text.s > line.s && (text.s[-1] == ':' || text.s[-1] == '=' || text.s[-1] == '>' || (unsigned char)text.s[-1] == 0x9A || /* of U+FF1A */
					(unsigned char)text.s[-1] == 0x91 || (unsigned char)text.s[-1] == 0x92); /* of U+3011, of arrows */
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

/* "would be 42 if we ignored rule 2": it is not. */
static bool supposed(struct str said)
{
	struct str word;

	while (str_word(&said, &word))
		if (said.n && (str_is(word, "if") || str_is(word, "unless") || str_is(word, "without")))
			return true;
	return false;
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
			hunt_offer(h, SENTENCE, label_text(text));
	} else {
		end = comes_to(line, from);
		text = end ? first_sentence(str_trim(str_from(line, from + end))) : STR("");
		if (text.n && !(word_at(line, from, "would") && supposed(text)))
			hunt_offer(h, SENTENCE, label_text(text));
	}
	hunt_end(h, SENTENCE);
}

void find_bold(struct hunt *h, bool led)
{
	static const char *const leads[] = { "is", "are", "be", "get", "gets", "gives", "give", "yields", "makes", "equals", "at", "to", "the", "a", "an", "with", "has", "find", "see" };
	static const struct str mark = STR("**");
	struct str line = str_trim(h->v), before, text;
	size_t from = line.n;

	while (from > 0 && line.n - from <= BARE_MAX && line.s[from - 1] != '\n')
		from--;
	line = str_from(line, from);
	while (line.n && (line.s[line.n - 1] == '.' || line.s[line.n - 1] == '!' || str_ends(line, STR("\xE3\x80\x82")))) /* U+3002 */
		line.n -= (unsigned char)line.s[line.n - 1] < 0x80 ? 1 : 3;
	if (line.n < 5 || line.n > BARE_MAX || !str_ends(line, mark))
		return;
	before = str_sub(line, 0, (size_t)str_find(line, mark));
	if (before.n + 4 >= line.n)
		return;
	if (led) {
		struct str lead = str_trim(before), word = last_word(&lead);

		if (!lead.n || !ONE_OF(word, leads))
			return;
	}
	text = str_trim(str_sub(line, before.n + 2, line.n - 2));
	if (str_find(text, mark) < 0 && !text_denies(before) && !text_hedges(before))
		hunt_offer(h, SENTENCE, text);
	hunt_end(h, SENTENCE);
}

/* Might a label begin s, or words and marks that lead up to one? Hardly any answer begins so. */
static bool may_label(struct str s)
{
	static const bool begins[256] = {
		['f'] = true, ['t'] = true, ['m'] = true, ['o'] = true, ['c'] = true, ['s'] = true, ['h'] = true, ['i'] = true, ['r'] = true, ['a'] = true,
		['*'] = true, ['#'] = true, ['_'] = true, [0xE3] = true, [0xE5] = true, [0xE6] = true, [0xE7] = true, [0xE8] = true,
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
