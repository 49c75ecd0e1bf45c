/*
 * compose.c - several puzzles in one prompt: all their answers right, or the last one's of a chain.
 *
 * The desc is compose.h's. An answer to all names its parts, each once and in order: "#1: 42 #2: A, C" or "(1) 42 (2) A, C", a line for each that begins
 * with its number ("2. A, C", "Puzzle 2: A, C", a row of a table) or a heading that is it, or a JSON array or object of the answers; digits may be
 * full-width. They may also be handed in one by one: see parts.h. Each part is judged by its own task's rule, as an answer to that alone is.
 */
#include "verifiers/compose.h"
#include "verifiers/asked.h"
#include "verifiers/extract.h"
#include "verifiers/parts.h"
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

bool compose_seeks_mistake(struct str desc)
{
	const struct quarry_rule *rule;
	struct compose c;
	bool any = false;

	if (!compose_read(&c, desc))
		return false;
	for (int i = c.chain ? c.n - 1 : 0; i < c.n; i++) {
		rule = rule_of(c.part[i].task);
		any |= rule && rule->seeks_mistake;
	}
	return any;
}

/* ---- the verdict ---- */

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
	struct str answer = parts_bare(part), read = answer, board;
	enum quarry_mark mark = ask(&a, answer);
	char room[DRESSED_MAX];

	part = str_trim(part); /* a stop may be a cell, and bars a table's */
	mark = ask_again(&a, mark, &read, part);
	read = answer;
	if (mark != QUARRY_CORRECT)
		mark = ask_again(&a, mark, &read, undress(answer, mark == QUARRY_UNREADABLE));
	read = answer;
	if (mark != QUARRY_CORRECT && (undress_table(part, room, &board) || undress_list(part, room, &board)))
		mark = ask_again(&a, mark, &read, board);
	*why = a.why;
	return mark;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	char room[PARTS_ROOM];
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
	if (!parts_split(answer, part, c.n, room, sizeof(room))) {
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

const struct quarry_rule rule_compose = { "compose", 1, judge, NULL, .in_parts = true };
