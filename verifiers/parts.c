/*
 * parts.c - the answers to several puzzles, told apart; see parts.h.
 */
#include "verifiers/parts.h"
#include "base/json.h"
#include "verifiers/compose.h"
#include "verifiers/hunt.h"
#include "verifiers/text.h"

#include <stdio.h>

/* Takes a word that may stand before a part's number: "Puzzle 2", U+7B2C 2 U+9898. */
static bool take_label(struct str *s)
{
	static const struct str labels[] = {
		STR("puzzle"), STR("problem"), STR("question"), STR("answer"), STR("part"), STR("task"), STR("no."),
		STR("第"), STR("谜题"), STR("题目"), STR("问题"), STR("答案"), STR("题"),
	};

	for (size_t i = 0; s->n && i < COUNT(labels); i++)
		if ((s->s[0] | 0x20) == labels[i].s[0] && s->n >= labels[i].n && str_ieq(str_sub(*s, 0, labels[i].n), labels[i])) {
			*s = str_trim(str_from(*s, labels[i].n));
			return true;
		}
	return false;
}

static inline bool take(struct str *s, const char *z)
{
	return str_eat(s, str_of(z));
}

/* The digit at the head of s, plain or full-width (U+FF10..FF19), which is taken; -1 where there is none. */
static int take_digit(struct str *s)
{
	int digit;
	size_t n = text_digit(*s, &digit);

	*s = str_from(*s, n);
	return n ? digit : -1;
}

/* The digit behind a label, or a Chinese numeral: U+7B2C U+4E00 U+9898. */
static int take_ordinal(struct str *s, bool label)
{
	static const char *const numerals[] = { "一", "二", "三", "四", "五", "六" };
	int n = take_digit(s);

	for (int i = 0; i < COMPOSE_PARTS && label && n < 0; i++)
		if (take(s, numerals[i]))
			n = i + 1;
	return n;
}

static bool take_colon(struct str *s)
{
	return take(s, ":") || take(s, "：");
}

/* Takes "(cipher):", a colon or a dash. */
static bool take_title(struct str *s)
{
	static const char *const dashes[] = { " - ", " – ", " — ", " → ", " = ", " is ", "is ", "是", "为" };
	struct str r;
	ptrdiff_t end;

	while (take(s, "的") || take(s, "'s") || take(s, "’s") || take(s, " answer") || take(s, "答案"))
		;
	r = *s;
	for (size_t i = 0; i < COUNT(dashes); i++)
		if (take(s, dashes[i]))
			return true;
	if (take(&r, " ") && take(&r, "(")) {
		end = str_chr(str_sub(r, 0, 40), ')');
		r = str_from(r, end < 0 ? r.n : (size_t)end + 1);
	} else {
		r = *s;
		take(&r, " ");
	}
	if (!take_colon(&r))
		return false;
	*s = r;
	return true;
}

/* Takes what ends a number: "2.", "2):", "2.**". Behind a colon a stop is a board's cell. True: it is ended, there or before. */
static bool take_end(struct str *s, bool ended, bool colon)
{
	for (;;) {
		if (take_colon(s))
			ended = colon = true;
		else if (!colon && (take(s, ".") || take(s, ")") || take(s, "）") || take(s, "、") || take(s, "．")))
			ended = true;
		else if (!ended || !take(s, "*"))
			return ended;
	}
}

/* How a line tells that a part begins: by a number alone, by one that is named as a part's, or by the first cell of a table's row. */
enum style { STYLE_PLAIN, STYLE_NAMED, STYLE_CELL };

/* Takes "Second puzzle": the number, 0 for none. */
static int take_nth(struct str *s)
{
	size_t n = 0;
	int number = s->n && is_letter(s->s[0]) ? text_ordinal(*s, &n) : 0;
	struct str behind = str_trim(str_from(*s, n));

	if (!number || !take_label(&behind))
		return 0;
	*s = behind;
	return number;
}

/* "2.", "2)", "(2)", "#2:", "**2.**", "Puzzle 2:", "Second puzzle:", "### #2", "| 2 |" at the head of s: the number, 0 where there is none; s is what follows. */
static int take_number(struct str *s, enum style *style)
{
	struct str r = *s, more;
	const char *shut = NULL; /* what ends a number in brackets */
	bool heading = false, cell, word, sign, ended, colon;
	int n, nth;

	if (s->n == 0)
		return 0;
	while (take(&r, "##"))
		heading = true;
	heading |= take(&r, "# ");
	cell = take(&r, "|");
	while (take(&r, "*") || take(&r, "- ") || take(&r, " ") || take(&r, "\\") || take(&r, "\""))
		;
	(void)(take(&r, "The ") || take(&r, "the ")); /* answer to */
	if (take(&r, "【"))
		shut = "】";
	else if (take(&r, "["))
		shut = "]";
	nth = take_nth(&r);
	word = nth > 0;
	while (take_label(&r) || (word && take(&r, "to ")))
		word = true;
	sign = take(&r, "#") || take(&r, "＃");
	if (!shut && (take(&r, "(") || take(&r, "（")))
		shut = ")";
	n = nth ? nth : take_ordinal(&r, word);
	more = r;
	if (n < 1 || take_digit(&more) >= 0)
		return 0;
	while (take(&r, "题") || take(&r, " 题") || take(&r, "個") || take(&r, "个"))
		;
	while (take(&r, "*") || take(&r, "\""))
		;
	*style = cell ? STYLE_CELL : word || sign || heading ? STYLE_NAMED : STYLE_PLAIN;
	ended = (shut && take(&r, shut)) || (cell && (take(&r, " |") || take(&r, "|")));
	colon = !ended && *style == STYLE_NAMED && take_title(&r);
	ended = take_end(&r, ended || colon, colon);
	if (!ended && !(*style == STYLE_NAMED && !str_trim(r).n) && !((shut || sign) && r.n && r.s[0] == ' '))
		return 0;
	*s = r;
	return n;
}

/* Signs that may begin parts in one line, the surest first: "#2:" and "# 2:", "Puzzle 2:", "#2 " and "#2)", "(2) ". */
enum sign { SIGN_COLON, SIGN_WORD, SIGN_ANY, SIGN_BRACKETS, SIGNS };

/* The number of the sign that s begins with, behind which s is then; 0: there is none. */
static int take_sign(struct str *s, enum sign kind)
{
	struct str r = *s;
	bool ended = false, colon = kind == SIGN_COLON || kind == SIGN_WORD;
	int n;

	if (kind == SIGN_BRACKETS ? !take(&r, "(") && !take(&r, "（") : kind == SIGN_WORD ? !take_label(&r) : !take(&r, "#") && !take(&r, "＃"))
		return 0;
	if (kind == SIGN_COLON)
		take(&r, " ");
	n = take_ordinal(&r, kind == SIGN_WORD);
	if (n < 1)
		return 0;
	while (colon && (take(&r, "*") || (kind == SIGN_WORD && (take(&r, "题") || take(&r, " 题"))))) /* **#1**: */
		;
	ended = colon ? take_title(&r) : take(&r, ")") || take(&r, "）");
	if (kind == SIGN_BRACKETS)
		ended = ended && take(&r, " ");
	else if (kind == SIGN_ANY)
		ended = ended || take(&r, " ") || take(&r, ".") || take(&r, "．") || take_colon(&r);
	while (take(&r, "*")) /* **#1:** */
		;
	*s = r;
	return ended ? n : 0;
}

struct str parts_bare(struct str s)
{
	ptrdiff_t end = str_find(s, STR("\\begin{")) < 0 ? str_find(s, STR("\\end{")) : -1;

	s = text_strip(end < 0 ? s : str_sub(s, 0, (size_t)end));
	while (take(&s, "&") || take(&s, "|") || take(&s, "\\ ") || take(&s, "\\quad "))
		s = text_strip(s);
	while (s.n && (memchr(",;|*\\/", s.s[s.n - 1], 6) || str_ends(s, STR("；")) || str_ends(s, STR("，")) || str_ends(s, STR("\\quad"))))
		s = text_strip(str_sub(s, 0, s.n - (s.s[s.n - 1] == 'd' ? strlen("\\quad") : (unsigned char)s.s[s.n - 1] < 0x80 ? 1 : 3)));
	return s;
}

/* What stands before the first sign and leads up to it: few words, or what LaTeX begins with. False: it is more, or denies what follows. */
static bool lead_read(struct str *lead)
{
	ptrdiff_t end;

	*lead = str_trim(*lead);
	if (lead->n > 24 || text_denies(*lead))
		return false;
	while ((str_starts(*lead, STR("\\begin{")) || str_starts(*lead, STR("{"))) && (end = str_chr(*lead, '}')) >= 0)
		*lead = str_trim(str_from(*lead, (size_t)end + 1));
	return !text_has_digit(*lead);
}

/* "Puzzle #1: 42 Puzzle #2: A": what stands before the first sign may stand before each. */
static bool off_lead(struct str *part, struct str lead)
{
	*part = str_trim(*part);
	if (!lead.n || part->n < lead.n || !str_ieq(str_from(*part, part->n - lead.n), lead))
		return false;
	part->n -= lead.n;
	return true;
}

/* Without the brace that shuts what its lead opens: \\text{#1: 42}, \\text{#1:} 42. */
static struct str off_brace(struct str part)
{
	struct str end = parts_bare(part);

	if (!take(&part, "}") && str_ends(end, STR("}")))
		return str_sub(end, 0, end.n - 1);
	return part;
}

/* "#1: ... #2: ...": every sign once and in order, wherever it stands. */
static bool split_signs(struct str answer, struct str *part, int n, enum sign kind)
{
	struct str lead = STR("");
	int found = 0, led = 0;

	for (size_t i = 0; i < answer.n; i++) {
		struct str behind = str_from(answer, i);
		int number = take_sign(&behind, kind);

		if (!number)
			continue;
		if (number != found + 1 || found == n) /* one twice, or more answers than puzzles */
			return false;
		if (found)
			part[found - 1].n = (size_t)(answer.s + i - part[found - 1].s);
		else
			lead = str_sub(answer, 0, i);
		part[found++] = behind;
		i = (size_t)(behind.s - answer.s) - 1;
	}
	if (found < n || !lead_read(&lead) || (kind == SIGN_BRACKETS && lead.n))
		return false;
	for (int i = 0; i + 1 < n; i++)
		led += off_lead(&part[i], lead);
	for (int i = 0; i < n && led == n - 1 && str_chr(lead, '{') >= 0; i++)
		part[i] = off_brace(part[i]);
	return true;
}

/* A part begins on the line that its number opens and goes on to the next such line. In one that is named lines may have numbers of their own. */
static bool split_lines(struct str answer, struct str *part, int n)
{
	struct str rest = answer, line;
	enum style first = STYLE_PLAIN, style = STYLE_PLAIN;
	int at = 0, last = 0;

	while (str_line(&rest, &line)) {
		struct str after = line;
		int number = take_number(&after, &style);

		if (at && style != first && !(first == STYLE_PLAIN && style == STYLE_NAMED))
			number = 0;
		if (number == at + 1 && at < n) {
			first = at ? first : style;
			part[at++] = after;
		} else if (number && (number == n + 1 ? at == n : number == last || (number <= at && style == STYLE_NAMED))) {
			return false; /* more answers than puzzles, or one twice */
		} else if (at && text_rule(line)) { /* inside a part it goes with the lines behind it */
			continue;
		} else if (at) {
			part[at - 1].n = (size_t)(line.s + line.n - part[at - 1].s);
		} else if (str_trim(line).n > 60 || text_denies(line)) {
			return false;
		}
		last = number ? number : last;
	}
	return at == n;
}

/* An array of the answers, or an object with their numbers as keys in order; values that are no strings are their text. */
static bool split_json(struct str answer, struct str *part, int n, char *room, size_t cap)
{
	struct json v, item;
	struct json_iter it;
	struct err err = ERR_INIT;
	struct str key;
	int i = 0;

	answer = str_trim(answer);
	if (answer.n == 0 || (answer.s[0] != '[' && answer.s[0] != '{') || !json_parse(&v, answer, &err))
		return false;
	for (it = json_iter(v); json_next(&it, &key, &item); i++) {
		if (i == n)
			return false;
		if (v.kind == JSON_OBJECT) {
			struct str name = str_sub(key, 1, key.n - 1);

			if (name.n == 0 || name.s[name.n - 1] != '1' + i || (name.n > 1 && name.s[name.n - 2] >= '0' && name.s[name.n - 2] <= '9'))
				return false;
		}
		part[i] = item.raw;
		if (item.kind == JSON_STRING) {
			if (!json_text(item, room, cap, &part[i]))
				return false;
			room += part[i].n;
			cap -= part[i].n;
		}
	}
	return i == n;
}

/* Without ticks or quotation marks that stand around all of it and nowhere else. */
static struct str off_ticks(struct str s)
{
	struct str in;
	char mark;

	s = str_trim(s);
	if (s.n < 3)
		return s;
	in = str_sub(s, 1, s.n - 1);
	mark = s.s[0];
	return (mark == '`' || mark == '"') && s.s[s.n - 1] == mark && str_chr(in, mark) < 0 ? in : s;
}

bool parts_split(struct str answer, struct str *part, int n, char *room, size_t cap)
{
	answer = off_ticks(answer);
	if (split_lines(answer, part, n))
		return true;
	for (enum sign kind = 0; kind < SIGNS; kind++)
		if (split_signs(answer, part, n, kind))
			return true;
	return split_json(answer, part, n, room, cap);
}

/* Puts a part's number and what was handed in for it behind what stands in room already. */
static bool put_part(char *room, size_t cap, size_t *n, int number, struct str text)
{
	char head[8];
	size_t len = (size_t)snprintf(head, sizeof(head), "#%d:%c", number, str_chr(text, '\n') < 0 ? ' ' : '\n');

	if (text.n >= cap || len + text.n + 1 > cap - *n)
		return false;
	memcpy(room + *n, head, len);
	if (text.n)
		memcpy(room + *n + len, text.s, text.n);
	*n += len + text.n;
	room[(*n)++] = '\n';
	return true;
}

/* Takes what may open a wrapper before a part's number: "<answer>#1: 42", "$\boxed{\#1: 42}$", "Answer: #1: 42". */
static bool take_opener(struct str *s)
{
	static const struct str openers[] = { STR("<answer>"), STR("answer:"), STR("答案："), STR("\\boxed{"), STR("\\text{"), STR("\\["), STR("$"), STR("**") };
	bool any = false;

	for (size_t i = 0; i < COUNT(openers); i++)
		if (s->n > openers[i].n && str_ieq(str_sub(*s, 0, openers[i].n), openers[i])) {
			*s = str_trim(str_from(*s, openers[i].n));
			any = true;
			i = (size_t)-1;
		}
	return any;
}

/* May a line begin a section? Most lines do not begin with what does. */
static bool may_begin(struct str line)
{
	static const char heads[] = "#*-\\\"<$[(pqatnfsPQATNFS\xE3\xE7\xE8\xE9\xEF"; /* of openers, labels, ordinals, "the" and signs, Chinese ones too */

	return line.n && memchr(heads, line.s[0], sizeof(heads) - 1);
}

/* The last lines of v, in order, that begin with a part's number, and those below each; how many. *answers: each calls itself an answer. */
static int sections(struct str v, struct str *section, bool *answers)
{
	struct str line;
	enum style style;
	int at = 0;

	for (struct str rest = v; str_line(&rest, &line);) {
		struct str after = str_trim(line);
		int number = may_begin(after) ? (take_opener(&after), take_number(&after, &style)) : 0;

		if (number && style == STYLE_NAMED && (number == 1 || number == at + 1)) {
			at = number == 1 ? 0 : at;
			if (at == COMPOSE_PARTS)
				return 0;
			*answers = (!at || *answers) && next_answer(str_sub(line, 0, line.n - after.n), 0) < line.n - after.n;
			section[at++] = line;
		} else if (at) {
			section[at - 1].n = (size_t)(line.s + line.n - section[at - 1].s);
		}
	}
	return at;
}

/* Without the end of a wrapper that began before it. */
static struct str off_closer(struct str s)
{
	static const struct str opens[] = { STR("<answer>"), STR("```") }, shuts[] = { STR("</answer>"), STR("```") };

	for (int i = 0; i < 2; i++) {
		s = str_trim(s);
		if (str_ends(s, shuts[i]) && str_find(str_sub(s, 0, s.n - shuts[i].n), opens[i]) < 0)
			s.n -= shuts[i].n;
	}
	return s;
}

/* What was handed in as part i, which may begin with its number inside its wrapper. */
static bool section_answer(struct extract *x, struct str section, enum quarry_format format, int number)
{
	struct str rest = str_trim(section), behind;
	enum style style;

	if (str_line(&rest, &behind) && !take_opener(&behind) && take_number(&behind, &style) == number)
		section = str_from(section, (size_t)(behind.s - section.s));
	extract_answer(x, off_closer(section), &(struct quarry_options){ .format = format });
	behind = x->answer;
	if (x->found && !x->broken && take_number(&behind, &style) == number && style == STYLE_NAMED)
		x->answer = behind;
	return x->found && !x->broken;
}

/* Does text behind the last part say no more of the others? */
static bool says_no_more(struct str behind)
{
	return !text_has_digit(behind) && !text_denies(behind);
}

/* The lines that end a text, as many as are looked through for sections. */
static struct str last_lines(struct str s)
{
	return str_from(s, s.n <= PARTS_WITHIN ? 0 : next_byte(s, s.n - PARTS_WITHIN, '\n'));
}

bool parts_gather(struct extract *x, struct str response, const struct quarry_options *o, char *room, size_t cap, struct str *ret)
{
	struct str v = last_lines(extract_visible(response, o->think_open)), section[COMPOSE_PARTS], raw = x->raw, *last;
	enum quarry_format format = x->found ? x->format : QUARRY_LINE;
	bool found = x->found, mixed = x->mixed, faint = x->faint, answers = false, whole = true, in_last;
	int n = x->broken ? 0 : sections(v, section, &answers), seen = x->seen;
	const char *end;
	ptrdiff_t blank;
	size_t at = 0;

	if (n < 2 || (found ? raw.s < section[0].s : !answers))
		return false;
	last = &section[n - 1];
	*last = str_trim(*last);
	in_last = found && raw.s >= last->s;
	blank = in_last ? -1 : str_find(*last, STR("\n\n"));
	last->n = blank < 0 ? last->n : (size_t)blank;
	end = in_last ? raw.s + raw.n : last->s + last->n;
	if (!says_no_more((struct str){ end, (size_t)(v.s + v.n - end) }))
		return false;
	for (int i = 0; i < n && whole; i++)
		whole = section_answer(x, section[i], o->format, i + 1) && put_part(room, cap, &at, i + 1, x->answer);
	x->found = whole || found;
	x->broken = false;
	x->next = 0;
	x->faint = faint;
	x->mixed = mixed;
	x->format = format;
	x->seen = whole && n > seen ? n : seen;
	x->other = STR("");
	x->raw = whole ? (struct str){ section[0].s, (size_t)(last->s + last->n - section[0].s) } : raw;
	*ret = (struct str){ room, at };
	return whole;
}
