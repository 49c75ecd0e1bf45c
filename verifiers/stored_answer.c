/*
 * stored_answer.c - the rule where a row of another house holds only an answer: is this the same one?
 *
 * desc: "KIND GOLD", the gold in one spelling of its kind:
 *
 *	integer -42			decimal 42.5		number 33.148148 (within a millionth; fractions too)
 *	integers 50,1			step 7, step no		(a number, or that there is none)
 *	letters 4 B,C			(options that are true, of so many)
 *	choice B			claim yes, claim no	(valid, plausible, true, telling the truth count as yes)
 *	yesno yes,no,unknown		words ant bee cow	(in this order)
 *	list red|blue			set red|blue		(names, in this order or in any)
 *	items EXCEPT|Let|ant		numbers 93.1,32.6,-3	(to the letter; equal as numbers)
 *	roles knight/knave Ada=knave	(who is what)
 *	word blue lamp			text HELLO YOU		(a name; a text to the letter)
 *	brackets ])			opens ([{, opens! ([{	(closed by any right continuation, or by the shortest)
 *	grid 120/034			json {"House 1":{"Name":"Eric"}}
 *	bbeh (a)			(as BIG-Bench Extra Hard compares: nothing is read into it)
 *
 * Notation is read generously, meaning is not: with a denial, a hedge, an alternative or a second answer in it nothing is
 * correct.
 */
#include "verifiers/stored_answer.h"
#include "base/grid.h"
#include "base/json.h"
#include "verifiers/named.h"
#include "verifiers/text.h"

enum {
	NAME_MAX = 96, /* bytes of a name */
	LEAD_MAX = 160, /* bytes of words before an answer */
};

/* ---- names ---- */

/* U+2018 and U+2019 as ', which text_plain leaves alone. */
static struct str straighten(struct str s, char *room)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool curly = str_starts(str_from(s, i), STR("\u2018")) || str_starts(str_from(s, i), STR("\u2019"));

		room[n++] = curly ? '\'' : s.s[i];
		i += curly ? 2 : 0;
	}
	return (struct str){ room, n };
}

static struct str without_article(struct str s)
{
	static const struct str articles[] = { { "the ", 4 }, { "a ", 2 }, { "an ", 3 } };

	for (size_t i = 0; i < 3; i++)
		if (s.n > articles[i].n && str_ieq(str_sub(s, 0, articles[i].n), articles[i]))
			return str_trim(str_from(s, articles[i].n));
	return s;
}

/* Behind "the cousins are:", "it is", "\u662f": words that lead to what is named, if none of them says otherwise. */
static struct str behind_lead(struct str s)
{
	static const char *const marks[] = { ":", " is ", " are ", "\u662f", "\u4e3a" };
	struct str head = str_sub(s, 0, LEAD_MAX);
	size_t from = 0;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		ptrdiff_t at = str_find(head, str_of(marks[i]));

		if (at >= 0 && (size_t)at + strlen(marks[i]) > from)
			from = (size_t)at + strlen(marks[i]);
	}
	if (from == 0 || stored_doubtful(str_sub(s, 0, from)) || str_chr(str_sub(s, 0, from), ',') >= 0)
		return s;
	return text_strip(str_from(s, from));
}

static bool gold_name(struct str s)
{
	return s.n > 0 && s.n <= NAME_MAX && str_trim(s).n == s.n && str_chr(s, '\n') < 0 && str_chr(s, ',') < 0;
}

static enum quarry_mark judge_word(struct why *why, struct str gold, struct str answer)
{
	char room[STORED_TEXT], other[STORED_TEXT];
	struct str s;

	if (!gold_name(gold))
		return QUARRY_BAD_TASK;
	if (!stored_plain(answer, room, &s))
		return rule_unreadable(why, "that is too long for a name");
	s = straighten(s, other);
	if (named_same(s, gold) || named_same(without_article(s), gold) || named_same(without_article(behind_lead(s)), gold))
		return QUARRY_CORRECT;
	return s.n > NAME_MAX ? rule_unreadable(why, "that is too long for a name") : stored_differs(why);
}

static enum quarry_mark judge_names(struct why *why, struct str gold, struct str answer, bool ordered)
{
	struct str due[STORED_ITEMS], rest = gold, item;
	char room[STORED_TEXT], other[STORED_TEXT];
	bool seen[STORED_ITEMS] = { false };
	size_t n = 0, k = 0;

	while (str_split(&rest, '|', &item)) {
		if (n == STORED_ITEMS || !gold_name(item))
			return QUARRY_BAD_TASK;
		for (size_t i = 0; i < n && !ordered; i++)
			if (named_same(due[i], item))
				return QUARRY_BAD_TASK;
		due[n++] = item;
	}
	if (n == 0 || gold.s[gold.n - 1] == '|')
		return QUARRY_BAD_TASK;
	if (!stored_plain(answer, room, &rest))
		return rule_unreadable(why, "that is too long for a list of names");
	rest = text_list(behind_lead(straighten(rest, other)));
	for (; text_item(&rest, &item); k++) {
		size_t i = ordered ? k : 0;

		item = without_article(item);
		while (!ordered && i < n && !named_same(due[i], item))
			i++;
		if (i >= n || !named_same(due[i], item))
			return rule_wrong(why, "item %zu of the list is not due there", k + 1);
		if (seen[i])
			return rule_wrong(why, "item %zu of the list came before", k + 1);
		seen[i] = true;
	}
	if (k == 0)
		return rule_unreadable(why, "it is no list of names");
	return k == n ? QUARRY_CORRECT : rule_wrong(why, "%zu names are due, not %zu", n, k);
}

static enum quarry_mark judge_list(struct why *why, struct str gold, struct str answer)
{
	return judge_names(why, gold, answer, true);
}

static enum quarry_mark judge_set(struct why *why, struct str gold, struct str answer)
{
	return judge_names(why, gold, answer, false);
}

/* Words parted by blanks, commas, arrows, line ends; numbers before them are a list's own. */
static enum quarry_mark judge_words(struct why *why, struct str gold, struct str answer)
{
	char room[STORED_TEXT], other[STORED_TEXT];
	struct str s, due, said, left = gold;

	if (gold.n == 0 || gold.n > STORED_TEXT || str_trim(gold).n != gold.n)
		return QUARRY_BAD_TASK;
	for (size_t i = 0; i < gold.n; i++)
		if ((gold.s[i] == ' ' && gold.s[i + 1] == ' ') || (unsigned char)gold.s[i] < ' ' || to_lower(gold.s[i]) != gold.s[i])
			return QUARRY_BAD_TASK;
	if (!stored_plain(answer, room, &s))
		return rule_unreadable(why, "that is too long for the words");
	s = behind_lead(straighten(s, other));
	for (size_t i = 0; i < s.n; i++) { /* the copy in `other`: what parts words becomes blanks */
		char *c = &other[s.s + i - other];

		if (*c && strchr(",;<>[](){}\"`*|=\n\t\\", *c))
			*c = ' ';
	}
	while (str_word(&s, &said)) {
		size_t digits = 0;

		while (digits < said.n && is_digit(said.s[digits]))
			digits++;
		if (said.n == 1 && strchr("-'.&", said.s[0]))
			continue;
		if (digits && (digits == said.n || (digits + 1 == said.n && strchr(".):", said.s[digits]))))
			continue; /* "3." */
		said = text_strip(said);
		if (!str_word(&left, &due))
			return rule_wrong(why, "there are more words than are due");
		if (!str_ieq(due, said))
			return rule_wrong(why, "\"%.*s\" is due before \"%.*s\"", (int)(due.n < 40 ? due.n : 40), due.s,
					  (int)(said.n < 40 ? said.n : 40), said.s);
	}
	if (left.n == gold.n)
		return rule_unreadable(why, "there is no word in it");
	return left.n == 0 ? QUARRY_CORRECT : rule_wrong(why, "words are missing at its end");
}

/* ---- a text ---- */

/* [["TEXT"]] and the like, undone. */
static struct str bare_text(struct str s)
{
	for (int i = 0; i < 3; i++) {
		s = text_strip(s);
		if (s.n < 2 || s.s[0] != '[' || s.s[s.n - 1] != ']')
			break;
		s = str_sub(s, 1, s.n - 1);
	}
	return text_strip(s);
}

static enum quarry_mark judge_text(struct why *why, struct str gold, struct str answer)
{
	struct str s = bare_text(answer);
	size_t i = 0, j = 0;
	bool capitals = true;

	if (gold.n == 0 || bare_text(gold).n != gold.n)
		return QUARRY_BAD_TASK;
	for (size_t k = 0; k < gold.n; k++)
		capitals &= !is_letter(gold.s[k]) || to_lower(gold.s[k]) != gold.s[k];
	for (;;) { /* a run of blanks is one; where the text has no small letter, capitals say nothing */
		bool gap = false, due_gap = false;

		for (; i < s.n && (s.s[i] == ' ' || (s.s[i] >= '\t' && s.s[i] <= '\r')); i++)
			gap = true;
		for (; j < gold.n && gold.s[j] == ' '; j++)
			due_gap = true;
		if (i == s.n || j == gold.n)
			return i == s.n && j == gold.n ? QUARRY_CORRECT : stored_differs(why);
		if (gap != due_gap || (s.s[i] != gold.s[j] && !(capitals && to_lower(s.s[i]) == to_lower(gold.s[j]))))
			return rule_wrong(why, "it differs from its character %zu on", i + 1);
		i++;
		j++;
	}
}

/* ---- options that are true ---- */

extern const struct quarry_rule rule_boolean_expressions;

/* Each option becomes the expression True or False: that rule knows how such answers look. */
static enum quarry_mark judge_letters(struct why *why, struct str gold, struct str answer)
{
	char room[26 * 10];
	struct str count, item;
	int64_t n;
	uint32_t set = 0;
	size_t at = 0;

	if (!str_split(&gold, ' ', &count) || !str_i64(count, &n) || n < 1 || n > 26 || count.s[0] < '1' || count.s[0] > '9' || gold.n == 0 || gold.s[gold.n - 1] == ',')
		return QUARRY_BAD_TASK;
	for (int last = -1; str_split(&gold, ',', &item);) {
		int letter = item.n == 1 ? item.s[0] - 'A' : -1;

		if (letter <= last || letter >= n)
			return QUARRY_BAD_TASK;
		set |= UINT32_C(1) << letter;
		last = letter;
	}
	for (int i = 0; i < (int)n; i++) {
		struct str value = set >> i & 1 ? STR(": True") : STR(": False");

		if (i) {
			room[at++] = ';';
			room[at++] = ' ';
		}
		room[at++] = (char)('A' + i);
		memcpy(room + at, value.s, value.n);
		at += value.n;
	}
	return rule_boolean_expressions.judge(why, (struct str){ room, at }, answer);
}

/* ---- brackets ---- */

static const char openers[] = "([{<", closers[] = ")]}>";

/* The brackets of an answer, blanks and what quotes them dropped; a few words may stand before a colon. False: other things. */
static bool said_brackets(struct str answer, char *room, struct str *ret)
{
	char copy[STORED_TEXT];
	struct str s;
	ptrdiff_t colon;
	size_t n = 0;

	answer = str_trim(answer);
	if (answer.n > STORED_TEXT || !text_plain(answer, copy, STORED_TEXT, &s))
		return false;
	colon = str_rfind(s, STR(":"));
	if (colon >= 0 && colon <= LEAD_MAX && !stored_doubtful(str_sub(s, 0, (size_t)colon)))
		s = str_from(s, (size_t)colon + 1);
	if (str_starts(s, STR("\\text{")) && s.s[s.n - 1] == '}')
		s = str_sub(s, 6, s.n - 1);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.s[i];

		if (c && (strchr(openers, c) || strchr(closers, c)))
			room[n++] = c;
		else if (!c || !strchr(" \t\r\n,`'\"*$\\.", c))
			return false;
	}
	*ret = (struct str){ room, n };
	return n > 0;
}

static bool all_brackets(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!s.s[i] || (!strchr(openers, s.s[i]) && !strchr(closers, s.s[i])))
			return false;
	return s.n > 0 && s.n <= STORED_TEXT;
}

static enum quarry_mark judge_brackets(struct why *why, struct str gold, struct str answer)
{
	char room[STORED_TEXT];
	struct str said;

	if (!all_brackets(gold))
		return QUARRY_BAD_TASK;
	if (!said_brackets(answer, room, &said))
		return rule_unreadable(why, "it is no run of brackets");
	return str_eq(said, gold) ? QUARRY_CORRECT : stored_differs(why);
}

/* How many brackets s leaves open; -1: one closes wrongly. */
static int left_open(struct str s)
{
	char stack[STORED_TEXT];
	int n = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *close = strchr(closers, s.s[i]);

		if (!close)
			stack[n++] = s.s[i];
		else if (n == 0 || stack[--n] != openers[close - closers])
			return -1;
	}
	return n;
}

static enum quarry_mark judge_whole(struct why *why, struct str gold, struct str answer, bool shortest)
{
	char room[STORED_TEXT];
	struct str said;
	int open = all_brackets(gold) ? left_open(gold) : -1;

	if (open < 0)
		return QUARRY_BAD_TASK;
	if (!said_brackets(answer, room, &said))
		return rule_unreadable(why, "it is no run of brackets");
	if (!str_starts(said, gold))
		return rule_wrong(why, "it does not begin with the sequence that was given");
	if (left_open(said) != 0)
		return rule_wrong(why, left_open(said) < 0 ? "a bracket closes wrongly" : "brackets stay open");
	if (shortest && said.n != gold.n + (size_t)open)
		return rule_wrong(why, "there is a shorter completion");
	return QUARRY_CORRECT;
}

static enum quarry_mark judge_opens(struct why *why, struct str gold, struct str answer)
{
	return judge_whole(why, gold, answer, false);
}

static enum quarry_mark judge_opens_shortest(struct why *why, struct str gold, struct str answer)
{
	return judge_whole(why, gold, answer, true);
}

/* ---- boards ---- */

/* Rows of digits with / between, all as long. */
static bool gold_grid(struct str gold, struct grid *g)
{
	struct str row;

	g->rows = g->cols = 0;
	if (gold.n == 0 || gold.s[gold.n - 1] == '/')
		return false;
	while (str_split(&gold, '/', &row)) {
		if (row.n == 0 || row.n > GRID_SIDE || g->rows == GRID_SIDE || (g->cols && row.n != (size_t)g->cols))
			return false;
		g->cols = (int)row.n;
		for (size_t i = 0; i < row.n; i++) {
			if (!is_digit(row.s[i]))
				return false;
			g->cell[g->rows * g->cols + (int)i] = (int16_t)(row.s[i] - '0');
		}
		g->rows++;
	}
	return true;
}

static enum quarry_mark judge_grid(struct why *why, struct str gold, struct str answer)
{
	struct grid due, said;

	if (!gold_grid(gold, &due))
		return QUARRY_BAD_TASK;
	if (stored_doubtful(answer))
		return rule_unreadable(why, "words deny the board or offer another");
	if (!grid_read(&said, answer, &(struct grid_ask){ .rows = due.rows, .cols = due.cols, .hi = 9, .words = true })) {
		if (grid_read(&said, answer, &(struct grid_ask){ .hi = 9, .words = true }))
			return rule_wrong(why, "it has %d rows and %d columns, not %d and %d", said.rows, said.cols, due.rows, due.cols);
		return rule_unreadable(why, "no board could be read");
	}
	for (int i = 0; i < due.rows * due.cols; i++)
		if (said.cell[i] != due.cell[i])
			return rule_wrong(why, "row %d, column %d is another colour", i / due.cols + 1, i % due.cols + 1);
	return QUARRY_CORRECT;
}

/* ---- objects ---- */

enum { DEPTH = 6 };

static bool leaf_text(struct json v, char *room, size_t cap, struct str *ret)
{
	if (v.kind == JSON_STRING) {
		if (!json_text(v, room, cap, ret))
			return false;
		*ret = text_strip(*ret);
		return true;
	}
	*ret = v.raw;
	return v.kind != JSON_NULL && v.kind != JSON_NONE;
}

/* The same members with the same texts, in any order and case. */
static bool same_value(struct json a, struct json b, int depth)
{
	char room[2][256];
	struct str s[2], key;
	struct json x, y;

	if (depth == DEPTH)
		return false;
	if (a.kind == JSON_OBJECT || a.kind == JSON_ARRAY) {
		struct json_iter other = json_iter(b);

		if (b.kind != a.kind || json_count(a) != json_count(b))
			return false;
		for (struct json_iter it = json_iter(a); json_next(&it, &key, &x);) {
			bool found = false;

			if (a.kind == JSON_OBJECT)
				other = json_iter(b);
			while (!found && json_next(&other, &s[1], &y)) {
				found = a.kind == JSON_ARRAY || named_same(key, s[1]);
				if (found && !same_value(x, y, depth + 1))
					return false;
				if (a.kind == JSON_ARRAY)
					break;
			}
			if (!found)
				return false;
		}
		return true;
	}
	return b.kind != JSON_OBJECT && b.kind != JSON_ARRAY && leaf_text(a, room[0], sizeof(room[0]), &s[0]) &&
	       leaf_text(b, room[1], sizeof(room[1]), &s[1]) && named_same(s[0], s[1]);
}

/* What stands under "solution" or "answer", if an object does. */
static struct json inner(struct json v)
{
	struct json in;

	if (v.kind == JSON_OBJECT && ((json_get(v, "solution", &in) && in.kind == JSON_OBJECT) || (json_get(v, "answer", &in) && in.kind == JSON_OBJECT)))
		return in;
	return v;
}

/* An object as JSON, or as Python writes it with '. */
static bool object_read(struct str s, char *room, struct json *ret)
{
	size_t used;

	s = str_trim(text_strip(s));
	if (s.n > STORED_TEXT || s.n == 0)
		return false;
	if (json_parse_head(ret, s, &used) && used == s.n)
		return ret->kind == JSON_OBJECT;
	if (str_chr(s, '"') >= 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool within = i && i + 1 < s.n && is_letter(s.s[i - 1]) && is_letter(s.s[i + 1]);

		room[i] = s.s[i] == '\'' && !within ? '"' : s.s[i];
	}
	s.s = room;
	return json_parse_head(ret, s, &used) && used == s.n && ret->kind == JSON_OBJECT;
}

static enum quarry_mark judge_json(struct why *why, struct str gold, struct str answer)
{
	char room[STORED_TEXT];
	struct json due, said;
	size_t used;

	if (gold.n > STORED_TEXT || !json_parse_head(&due, gold, &used) || used != gold.n || due.kind != JSON_OBJECT || json_count(due) == 0)
		return QUARRY_BAD_TASK;
	if (!object_read(answer, room, &said))
		return rule_unreadable(why, "it is no JSON object");
	return same_value(inner(due), inner(said), 0) ? QUARRY_CORRECT : stored_differs(why);
}

static const struct {
	const char *name;
	stored_fn *judge;
} kinds[] = {
	{ "bbeh", stored_bbeh },         { "brackets", judge_brackets }, { "choice", stored_choice }, { "claim", stored_claim },
	{ "decimal", stored_decimal },   { "grid", judge_grid },         { "integer", stored_integer }, { "integers", stored_integers }, { "items", stored_items },
	{ "json", judge_json },          { "letters", judge_letters },   { "list", judge_list },     { "number", stored_number },
	{ "numbers", stored_numbers },   { "opens", judge_opens },       { "roles", stored_roles },
	{ "opens!", judge_opens_shortest }, { "set", judge_set },        { "step", stored_step },     { "text", judge_text },
	{ "word", judge_word },          { "words", judge_words },       { "yesno", stored_yesno },
};

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct str gold = desc, kind;
	enum quarry_mark mark;

	if (!str_split(&gold, ' ', &kind))
		return rule_bad_task(why, "the desc is empty");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!str_is(kind, kinds[i].name))
			continue;
		mark = kinds[i].judge(why, gold, answer);
		return mark == QUARRY_BAD_TASK ? rule_bad_task(why, "what is stored is no answer of the kind \"%s\"", kinds[i].name) : mark;
	}
	return rule_bad_task(why, "the desc names no kind of answer");
}

const struct quarry_rule rule_stored_answer = { "stored_answer", 1, judge, NULL };
