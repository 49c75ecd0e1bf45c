/*
 * compose.c - several puzzles in one prompt: all their answers right, or the last one's of a chain.
 *
 * The desc is compose.h's. An answer to all names its parts, each once and in order: "#1: 42 #2: A, C" or "(1) 42 (2) A, C", a line for each that begins
 * with its number ("2. A, C", "Puzzle 2: A, C", a row of a table) or a heading that is it, or a JSON array or object of the answers; digits may be
 * full-width. Each part is judged by its own task's rule, as an answer to that alone is.
 */
#include "verifiers/compose.h"
#include "base/json.h"
#include "verifiers/asked.h"
#include "verifiers/extract.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

/* ---- the desc ---- */

static bool read_part(struct compose *c, struct str *rest)
{
	ptrdiff_t blank, colon;
	uint64_t n;

	if (c->n == COMPOSE_PARTS || !str_starts(*rest, STR(" ")))
		return false;
	*rest = str_from(*rest, 1);
	blank = str_chr(*rest, ' ');
	if (blank <= 0)
		return false;
	c->part[c->n].task = str_sub(*rest, 0, (size_t)blank);
	*rest = str_from(*rest, (size_t)blank + 1);
	colon = str_chr(str_sub(*rest, 0, 8), ':');
	if (colon <= 0 || rest->s[0] < '1' || rest->s[0] > '9' || !str_u64(str_sub(*rest, 0, (size_t)colon), &n))
		return false;
	*rest = str_from(*rest, (size_t)colon + 1);
	if (n > rest->n)
		return false;
	c->part[c->n++].desc = str_sub(*rest, 0, (size_t)n);
	*rest = str_from(*rest, (size_t)n);
	return true;
}

bool compose_read(struct compose *c, struct str desc)
{
	*c = (struct compose){ .chain = str_starts(desc, STR("chain ")) };
	if (!c->chain && !str_starts(desc, STR("all ")))
		return false;
	desc = str_from(desc, c->chain ? 5 : 3);
	while (desc.n)
		if (!read_part(c, &desc))
			return false;
	return c->n >= 2;
}

static const struct quarry_rule *rule_of(struct str name)
{
	char z[64];

	if (name.n >= sizeof(z) || memchr(name.s, 0, name.n) || str_is(name, "compose"))
		return NULL;
	memcpy(z, name.s, name.n);
	z[name.n] = 0;
	return quarry_rule(z);
}

/* ---- the answer, in parts ---- */

/* Takes a word that may stand before a part's number: "Puzzle 2", U+7B2C 2 U+9898. */
static bool take_label(struct str *s)
{
	static const struct str labels[] = {
		STR("puzzle"), STR("problem"), STR("question"), STR("answer"), STR("part"), STR("task"), STR("no."),
		STR("第"), STR("谜题"), STR("题目"), STR("问题"), STR("答案"), STR("题"),
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (s->n >= labels[i].n && str_ieq(str_sub(*s, 0, labels[i].n), labels[i])) {
			*s = str_trim(str_from(*s, labels[i].n));
			return true;
		}
	return false;
}

static inline bool take(struct str *s, const char *z)
{
	if (s->n == 0 || s->s[0] != z[0] || !str_starts(*s, str_of(z)))
		return false;
	*s = str_from(*s, strlen(z));
	return true;
}

/* The digit at the head of s, plain or full-width (U+FF10..FF19), which is taken; -1 where there is none. */
static int take_digit(struct str *s)
{
	unsigned char c = (unsigned char)(s->n ? s->s[0] : 0);

	if (c >= '0' && c <= '9') {
		*s = str_from(*s, 1);
		return c - '0';
	}
	if (c != 0xEF || s->n < 3 || (unsigned char)s->s[1] != 0xBC || (unsigned char)s->s[2] < 0x90 || (unsigned char)s->s[2] > 0x99)
		return -1;
	c = (unsigned char)s->s[2];
	*s = str_from(*s, 3);
	return c - 0x90;
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
	static const char *const dashes[] = { " - ", " – ", " — ", " → ", " = " };
	struct str r = *s;
	ptrdiff_t end;

	for (size_t i = 0; i < sizeof(dashes) / sizeof(dashes[0]); i++)
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

/* How a line tells that a part begins: by a number alone, by one that is named as a part's, or by the first cell of a table's row. */
enum style { STYLE_PLAIN, STYLE_NAMED, STYLE_CELL };

/* "2.", "2)", "(2)", "#2:", "**2.**", "Puzzle 2:", "### #2", "| 2 |" at the head of s: the number, 0 where there is none; s is what follows. */
static int take_number(struct str *s, enum style *style)
{
	struct str r = *s, more;
	const char *shut = NULL; /* what ends a number in brackets */
	bool heading = false, cell, word = false, sign, ended = false;
	int n;

	while (take(&r, "##"))
		heading = true;
	heading |= take(&r, "# ");
	cell = take(&r, "|");
	while (take(&r, "*") || take(&r, "- ") || take(&r, " ") || take(&r, "\\"))
		;
	if (take(&r, "【"))
		shut = "】";
	else if (take(&r, "["))
		shut = "]";
	while (take_label(&r) || (word && take(&r, "to ")))
		word = true;
	sign = take(&r, "#") || take(&r, "＃");
	if (!shut && (take(&r, "(") || take(&r, "（")))
		shut = ")";
	n = take_ordinal(&r, word);
	more = r;
	if (n < 1 || take_digit(&more) >= 0)
		return 0;
	while (take(&r, "题") || take(&r, "個") || take(&r, "个"))
		;
	while (take(&r, "*"))
		;
	*style = cell ? STYLE_CELL : word || sign || heading ? STYLE_NAMED : STYLE_PLAIN;
	ended = (shut && take(&r, shut)) || (cell && (take(&r, " |") || take(&r, "|"))) || (*style == STYLE_NAMED && take_title(&r));
	while (take_colon(&r) || take(&r, ".") || take(&r, ")") || take(&r, "）") || take(&r, "、") || take(&r, "．") || (ended && take(&r, "*")))
		ended = true;
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
	while (colon && (take(&r, "*") || (kind == SIGN_WORD && take(&r, "题")))) /* **#1**: */
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

/* Without what parts two answers in one line, or in an array of LaTeX's. */
static struct str bare(struct str s)
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
	for (size_t i = 0; i < lead->n; i++)
		if (lead->s[i] >= '0' && lead->s[i] <= '9')
			return false;
	return true;
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
	struct str end = bare(part);

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

/* A line that is drawn between two parts: ---. */
static bool is_rule(struct str line)
{
	line = str_trim(line);
	for (size_t i = 0; i < line.n; i++)
		if (line.s[i] != '-')
			return false;
	return line.n > 2;
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
		} else if (at && is_rule(line)) { /* inside a part it goes with the lines behind it */
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

/* Is every part's desc whole? Its rule says so, whatever the answer. */
static bool puzzles_whole(struct why *why, const struct compose *c, const struct quarry_rule *const *rule)
{
	struct why said;

	for (int i = 0; i < c->n; i++)
		if (rule[i]->judge(&said, c->part[i].desc, STR("0")) == QUARRY_BAD_TASK) {
			rule_bad_task(why, "part %d: %.100s", i + 1, said.text);
			return false;
		}
	return true;
}

/* A part as verify.c judges an answer: as it stands, then without what people put around one. */
static enum quarry_mark judge_part(struct why *why, const struct quarry_rule *rule, struct str desc, struct str part)
{
	struct asked a = { .rule = rule, .desc = desc, .part = true };
	struct str answer = bare(part), read = answer, board;
	enum quarry_mark mark = ask(&a, answer);
	char room[DRESSED_MAX];

	part = str_trim(part); /* a stop may be a cell, and bars a table's */
	mark = ask_again(&a, mark, &read, part);
	read = answer;
	mark = ask_again(&a, mark, &read, undress(answer, mark == QUARRY_UNREADABLE));
	read = answer;
	if (mark != QUARRY_CORRECT && (undress_table(part, room, &board) || undress_list(part, room, &board)))
		mark = ask_again(&a, mark, &read, board);
	*why = a.why;
	return mark;
}

/* The parts of an answer to all. */
static bool split(struct str answer, struct str *part, int n, char *room, size_t cap)
{
	if (split_lines(answer, part, n))
		return true;
	for (enum sign kind = 0; kind < SIGNS; kind++)
		if (split_signs(answer, part, n, kind))
			return true;
	return split_json(answer, part, n, room, cap);
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	char room[1 << 14];
	struct compose c;
	struct str part[COMPOSE_PARTS];
	const struct quarry_rule *rule[COMPOSE_PARTS];
	enum quarry_mark worst = QUARRY_CORRECT;
	struct why said[1];

	if (!compose_read(&c, desc))
		return rule_bad_task(why, "the desc is not a list of puzzles with their lengths");
	for (int i = 0; i < c.n; i++) {
		rule[i] = rule_of(c.part[i].task);
		if (!rule[i])
			return rule_bad_task(why, "part %d is of a task that is not known", i + 1);
	}
	if (c.chain) {
		/* what leads to the last one must be puzzles too, though their answers are not asked for */
		if (!puzzles_whole(why, &c, rule))
			return QUARRY_BAD_TASK;
		return judge_part(why, rule[c.n - 1], c.part[c.n - 1].desc, answer);
	}
	if (!split(answer, part, c.n, room, sizeof(room))) {
		if (!puzzles_whole(why, &c, rule))
			return QUARRY_BAD_TASK;
		return rule_unreadable(why, "no %d answers, numbered #1 to #%d, could be told apart", c.n, c.n);
	}
	for (int i = 0; i < c.n; i++) {
		enum quarry_mark mark = judge_part(said, rule[i], c.part[i].desc, part[i]);

		if (mark == QUARRY_BAD_TASK)
			return rule_bad_task(why, "part %d: %.100s", i + 1, said->text);
		/* one that is read and false outweighs one that cannot be read */
		if (mark == QUARRY_CORRECT || worst == QUARRY_WRONG || (worst != QUARRY_CORRECT && mark != QUARRY_WRONG))
			continue;
		worst = mark == QUARRY_WRONG ? rule_wrong(why, "part %d: %.100s", i + 1, said->text) :
					       rule_unreadable(why, "part %d: %.100s", i + 1, said->text);
	}
	return worst;
}

const struct quarry_rule rule_compose = { "compose", 1, judge, NULL, .seeks_mistake = true };
