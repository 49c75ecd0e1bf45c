/*
 * compose.c - several puzzles in one prompt: all their answers right, or the last one's of a chain.
 *
 * The desc is compose.h's. An answer to all names its parts: "#1: 42 #2: A, C", a line for each that begins with its number
 * ("2. A, C", "Puzzle 2: A, C"), or a JSON array or object of the answers; digits may be full-width. Each part is judged by its own task's rule.
 */
#include "verifiers/compose.h"
#include "base/json.h"
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

/* Skip a word that may stand before a part's number: "Puzzle 2", U+7B2C 2 U+9898. */
static struct str after_label(struct str s)
{
	static const struct str labels[] = {
		STR("puzzle"), STR("problem"), STR("question"), STR("answer"), STR("part"), STR("task"), STR("no."),
		STR("第"), STR("谜题"), STR("题目"), STR("问题"), STR("答案"), STR("题"),
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (s.n >= labels[i].n && str_ieq(str_sub(s, 0, labels[i].n), labels[i]))
			return str_trim(str_from(s, labels[i].n));
	return s;
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

/* "2.", "2)", "(2)", "#2:", "**2.**", "Puzzle 2:" at the head of s: the number, 0 where there is none; s is what follows. */
static int take_number(struct str *s)
{
	struct str r = *s, more;
	bool open, ended = false;
	int n;

	while (take(&r, "*") || take(&r, "- ") || take(&r, " "))
		;
	r = after_label(r);
	open = take(&r, "(") || take(&r, "（") || take(&r, "#") || take(&r, "＃");
	n = take_digit(&r);
	more = r;
	if (n < 1 || take_digit(&more) >= 0)
		return 0;
	while (take(&r, "题") || take(&r, "個") || take(&r, "个"))
		;
	while (take(&r, "*"))
		;
	while (take(&r, ":") || take(&r, ".") || take(&r, ")") || take(&r, "：") || take(&r, "）") || take(&r, "、") ||
	       take(&r, "．") || (ended && take(&r, "*")))
		ended = true;
	if (!ended && !(open && r.n && r.s[0] == ' '))
		return 0;
	*s = r;
	return n;
}

/* Where "#1" stands next, for number 1, either sign plain or full-width, and behind it; -1: nowhere. */
static ptrdiff_t find_mark(struct str s, int number, bool wide, struct str *behind)
{
	char mark[] = { '#', (char)('0' + number) };
	ptrdiff_t at;

	if (!wide) {
		at = str_find(s, (struct str){ mark, 2 });
		*behind = str_from(s, at < 0 ? s.n : (size_t)at + 2);
		return at;
	}
	for (size_t i = 0; i < s.n; i++) {
		*behind = str_from(s, i);
		if ((take(behind, "#") || take(behind, "＃")) && take_digit(behind) == number)
			return (ptrdiff_t)i;
	}
	return -1;
}

/* "#1: ... #2: ...": every mark once and in order, wherever it stands. */
static bool split_marks(struct str answer, struct str *part, int n)
{
	struct str rest = answer, behind;
	bool wide = str_chr(answer, '\xEF') >= 0;

	for (int i = 0; i <= n; i++) {
		ptrdiff_t at = find_mark(rest, i + 1, wide, &behind);

		if (i == n) /* more answers than puzzles */
			return at < 0;
		if (at < 0 || (i == 0 && (str_trim(str_sub(rest, 0, (size_t)at)).n > 24 || text_denies(str_sub(rest, 0, (size_t)at)))))
			return false;
		if (i > 0)
			part[i - 1] = str_sub(rest, 0, (size_t)at);
		rest = behind;
		if (!take(&rest, ":") && !take(&rest, "：") && !take(&rest, " ") && !take(&rest, ")") && !take(&rest, ".") && !take(&rest, "．") &&
		    !take(&rest, "）"))
			return false;
		while (take(&rest, "*")) /* **#1:** */
			;
		part[i] = rest;
	}
	return false;
}

/* A part begins on the line that its number opens and goes on to the next such line. */
static bool split_lines(struct str answer, struct str *part, int n)
{
	struct str rest = answer, line;
	int at = 0;

	while (str_line(&rest, &line)) {
		struct str after = line;
		int number = take_number(&after);

		if (number == at + 1 && at < n) {
			part[at++] = after;
		} else if (number && number == n + 1 && at == n) {
			return false;
		} else if (at) {
			part[at - 1].n = (size_t)(line.s + line.n - part[at - 1].s);
		} else if (str_trim(line).n > 60 || text_denies(line)) {
			return false;
		}
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

/* Without what parts two answers in one line. */
static struct str bare(struct str s)
{
	s = text_strip(s);
	while (s.n && strchr(",;|*\\", s.s[s.n - 1]))
		s = text_strip(str_sub(s, 0, s.n - 1));
	return s;
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
		return rule[c.n - 1]->judge(why, c.part[c.n - 1].desc, answer);
	}
	if (!split_marks(answer, part, c.n) && !split_lines(answer, part, c.n) &&
	    !split_json(answer, part, c.n, room, sizeof(room))) {
		if (!puzzles_whole(why, &c, rule))
			return QUARRY_BAD_TASK;
		return rule_unreadable(why, "no %d answers, numbered #1 to #%d, could be told apart", c.n, c.n);
	}
	for (int i = 0; i < c.n; i++) {
		enum quarry_mark mark = rule[i]->judge(said, c.part[i].desc, bare(part[i]));

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
