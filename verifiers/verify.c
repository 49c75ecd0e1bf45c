/* verify.c - from a response to a verdict; see verify.h. */
#include "verifiers/verify.h"
#include "base/fmt.h"
#include "verifiers/asked.h"
#include "verifiers/extract.h"
#include "verifiers/parts.h"
#include "verifiers/text.h"

#include <stdarg.h>

enum {
	GOES_ON_MAX = 1024, /* bytes of an answer whose lines are compared */
	OTHERS_MAX = 16,    /* lines that may name another answer */
	OFFER_MORE = 24,    /* twice the bytes by which another answer may be longer than half as long again as the first */
};

extern const struct quarry_rule *const quarry_rules[]; /* sorted by name, ends with NULL */

/* Names that other collections use for the same puzzle. */
static const struct {
	const char *alias, *name;
} aliases[] = {
	{ "dyck_languages", "dyck_language" },               /* BIG-Bench Hard */
	{ "mathador", "game_of_24" },                        /* SynLogic */
	{ "multistep_arithmetic_two", "multistep_arithmetic" }, /* BIG-Bench Hard */
};

static size_t rule_count(void)
{
	size_t n = 0;

	while (quarry_rules[n])
		n++;
	return n;
}

static const struct quarry_rule *find(const char *name)
{
	size_t lo = 0, hi = rule_count();

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(name, quarry_rules[mid]->name);

		if (c == 0)
			return quarry_rules[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const struct quarry_rule *quarry_rule(const char *task)
{
	const struct quarry_rule *rule;

	if (!task)
		return NULL;
	rule = find(task);
	for (size_t i = 0; !rule && i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcmp(task, aliases[i].alias) == 0)
			rule = find(aliases[i].name);
	for (size_t i = 0; !rule && quarry_rules[i]; i++)
		if (quarry_rules[i]->alias && strcmp(task, quarry_rules[i]->alias) == 0)
			rule = quarry_rules[i];
	return rule;
}

const struct quarry_rule *quarry_rule_at(size_t i)
{
	return i < rule_count() ? quarry_rules[i] : NULL;
}

const char *quarry_rule_name(const struct quarry_rule *rule)
{
	return rule ? rule->name : NULL;
}

int quarry_rule_revision(const struct quarry_rule *rule)
{
	return rule ? rule->revision : 0;
}

enum quarry_mark rule_wrong(struct why *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fmt_vput(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return QUARRY_WRONG;
}

enum quarry_mark rule_unreadable(struct why *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fmt_vput(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return QUARRY_UNREADABLE;
}

enum quarry_mark rule_bad_task(struct why *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fmt_vput(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return QUARRY_BAD_TASK;
}

static void conclude(struct quarry_verdict *v, enum quarry_mark mark, const char *why)
{
	v->mark = mark;
	v->score = mark == QUARRY_CORRECT ? 1.0 : 0.0;
	memcpy(v->why, why, strlen(why) + 1); /* it is no longer than a struct why */
}

/* The same for the answer without what says nothing: see undress(). */
static enum quarry_mark judge_undressed(struct asked *a, struct extract *x, enum quarry_mark mark)
{
	char room[DRESSED_MAX];
	struct str bare;

	if (mark != QUARRY_UNREADABLE && mark != QUARRY_WRONG)
		return mark;
	mark = ask_again(a, mark, &x->answer, undress(x->answer, mark == QUARRY_UNREADABLE));
	if (mark != QUARRY_CORRECT && (undress_table(x->answer, room, &bare) || undress_list(x->answer, room, &bare)))
		mark = ask_again(a, mark, &x->answer, bare);
	x->answer = STR(""); /* which may lie in the room */
	return mark;
}

static bool has_letters(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.s[i] >= 0x80 || is_letter((unsigned char)s.s[i]))
			return true;
	return false;
}

/* Does a word stand in both? */
static bool share_word(struct str a, struct str b)
{
	struct str word, other;

	while (str_word(&a, &word))
		for (struct str rest = b; str_word(&rest, &other);)
			if (str_eq(word, other))
				return true;
	return false;
}

/* Is the other reading the answer with more of its kind in the lines below it, rather than with the same again or a remark? */
static bool goes_on(const struct extract *x)
{
	struct str below;

	if (x->other.s != x->raw.s || x->other.n <= x->raw.n || x->other.n > GOES_ON_MAX)
		return false;
	below = str_from(x->other, x->raw.n);
	return !is_remark(below) && !share_word(x->raw, below);
}

/* The verdict on the parts of an answer that came one by one, where what was found is none to all. */
static enum quarry_mark judge_gathered(struct asked *a, struct extract *x, struct str response, const struct quarry_options *o, enum quarry_mark mark)
{
	char room[PARTS_ROOM];
	struct str all;

	return parts_gather(x, response, o, room, sizeof(room), &all) ? ask(a, all) : mark;
}

/* The mark of an answer, or without what stands around it if that is better. */
static enum quarry_mark mark_of(const struct asked *a, struct str answer)
{
	struct why unused;
	enum quarry_mark mark = a->rule->judge(&unused, a->desc, answer), plain;

	if (mark == QUARRY_CORRECT)
		return mark;
	plain = a->rule->judge(&unused, a->desc, undress(answer, true));
	return plain == QUARRY_CORRECT || mark == QUARRY_UNREADABLE ? plain : mark;
}

/* Is what stands in the place of an answer another one, rather than prose? */
static bool is_another(const struct correction *c, struct str raw, bool read)
{
	if (c->how == CORRECTION_NAMED)
		return true;
	if (!read || 2 * c->instead.n > 3 * raw.n + OFFER_MORE)
		return false;
	return c->how == CORRECTION_OFFERED || !has_letters(c->instead) || share_word(raw, c->instead);
}

/* Does what stands around a right answer in the response speak against it, or name another that is not right? Of several the last one that is read tells. */
static bool renounced(const struct asked *a, const struct extract *x, struct str response)
{
	struct str behind = str_from(response, (size_t)(x->raw.s + x->raw.n - response.s)), other;
	struct correction c = correction_begin(behind);
	bool back = false;

	if (c.rest.n && asked_may_renounce(a) && disowned(behind))
		return true;
	if (a->rule == &rule_stored_answer)
		return false;
	if (offered_before(str_sub(response, 0, (size_t)(x->raw.s - response.s)), &other) && mark_of(a, other) != QUARRY_CORRECT)
		return true;
	for (int i = 0; c.rest.n && i < OTHERS_MAX && corrected(&c); i++) {
		enum quarry_mark instead = mark_of(a, c.instead), below = instead == QUARRY_CORRECT ? instead : mark_of(a, c.below);

		if (instead == QUARRY_CORRECT || below == QUARRY_CORRECT)
			back = false;
		else
			back |= is_another(&c, x->raw, instead == QUARRY_WRONG || below == QUARRY_WRONG);
	}
	return back;
}

/* The verdict on what was found, by whatever reading of it is right; but where an answer goes on below its line, its line alone is not enough. */
static enum quarry_mark judge_found(struct asked *a, struct extract *x, struct str response)
{
	bool whole = x->found && !x->broken;
	struct why more;
	/* A damaged desc is our fault whatever the response, so the rule is asked even where there is nothing to judge. */
	enum quarry_mark mark = ask(a, whole ? x->answer : STR(""));

	if (mark == QUARRY_BAD_TASK || !whole)
		return mark;
	if ((mark == QUARRY_UNREADABLE || mark == QUARRY_WRONG) && !a->back) {
		struct str quoted = x->answer;

		/* a > may be the answer itself, of brackets */
		if (extract_unquote(x, response) && (mark == QUARRY_UNREADABLE || has_letters(x->answer) || text_has_digit(x->answer)))
			mark = ask_again(a, mark, &quoted, x->answer);
		x->answer = quoted;
	}
	if (a->rule != &rule_stored_answer && struck_out(x->answer)) {
		a->back = true;
		return rule_unreadable(&a->why, "the answer is struck out");
	}
	if (mark == QUARRY_CORRECT && goes_on(x) && a->rule->judge(&more, a->desc, x->other) == QUARRY_WRONG) {
		a->why = more;
		return QUARRY_WRONG;
	}
	mark = ask_again(a, mark, &x->answer, x->other);
	if (a->rule != &rule_stored_answer)
		mark = judge_undressed(a, x, mark);
	if (mark == QUARRY_CORRECT && renounced(a, x, response)) {
		a->back = true;
		return rule_unreadable(&a->why, "the answer is taken back");
	}
	return mark;
}

static void verify(const struct quarry_rule *rule, struct str desc, struct str response, const struct quarry_options *o,
		   struct quarry_verdict *v)
{
	struct asked a = { .rule = rule, .desc = desc };
	struct extract x;
	enum quarry_mark mark;

	if (o->budget && response.n > o->budget) {
		mark = rule->judge(&a.why, desc, STR(""));
		conclude(v, mark == QUARRY_BAD_TASK ? mark : QUARRY_UNREADABLE, mark == QUARRY_BAD_TASK ? a.why.text : "the response is longer than the budget allows");
		return;
	}
	extract_answer(&x, response, o);
	v->answers_seen = x.seen;
	mark = judge_found(&a, &x, response);
	if (x.next && mark == QUARRY_UNREADABLE && !a.back) {
		extract_next(&x);
		mark = judge_found(&a, &x, response);
	}
	if (rule->in_parts && mark == QUARRY_UNREADABLE && !a.back)
		mark = judge_gathered(&a, &x, response, o, mark);
	if (x.found) {
		v->answer = x.raw.s;
		v->answer_len = x.raw.n;
		v->format_ok = x.format != QUARRY_ANY && (o->format == QUARRY_ANY || o->format == x.format);
	}
	if (x.faint && (x.broken || mark == QUARRY_UNREADABLE)) {
		x.found = x.broken = false;
		v->answer = NULL;
		v->answer_len = 0;
		v->answers_seen = 0;
	}
	if (mark == QUARRY_BAD_TASK)
		conclude(v, mark, a.why.text);
	else if (x.broken)
		conclude(v, QUARRY_UNREADABLE, !x.found ? "an answer was begun, and nothing whole stands in it" :
						x.raw.n > ANSWER_MAX ? "the answer is too long" : "what was handed in denies what it names");
	else if (x.found && o->strict_format && o->format != QUARRY_ANY && x.format != o->format)
		conclude(v, QUARRY_UNREADABLE, "the answer did not come in the format that was asked for");
	else if (x.mixed)
		conclude(v, QUARRY_UNREADABLE, "two final answers differ");
	else if (!x.found)
		conclude(v, QUARRY_NO_ANSWER, "no answer was handed in");
	else
		conclude(v, mark, mark == QUARRY_CORRECT ? "every rule holds" : a.why.text);
}

void quarry_verify_n(const struct quarry_rule *rule, const char *desc, size_t desc_len, const char *response,
		     size_t response_len, const struct quarry_options *o, struct quarry_verdict *v)
{
	static const struct quarry_options none = { .format = QUARRY_ANY };

	*v = (struct quarry_verdict){ .mark = QUARRY_BAD_TASK };
	if (!rule)
		conclude(v, QUARRY_BAD_TASK, "no such task");
	else if (!desc || desc_len > DESC_MAX)
		conclude(v, QUARRY_BAD_TASK, "the desc is missing or too long");
	else
		verify(rule, (struct str){ desc, desc_len }, (struct str){ response ? response : "", response ? response_len : 0 },
		       o ? o : &none, v);
}

void quarry_verify(const struct quarry_rule *rule, const char *desc, const char *response, struct quarry_verdict *v)
{
	quarry_verify_n(rule, desc, desc ? strlen(desc) : 0, response, response ? strlen(response) : 0, NULL, v);
}

const char *quarry_mark_name(enum quarry_mark mark)
{
	static const char *const names[] = { "correct", "wrong", "unreadable", "no_answer", "bad_task" };

	return (size_t)mark < sizeof(names) / sizeof(names[0]) ? names[mark] : NULL;
}

static const char *const format_names[QUARRY_FORMATS] = { "any", "tags", "boxed", "json", "fence", "line" };

const char *quarry_format_name(enum quarry_format format)
{
	return (size_t)format < QUARRY_FORMATS ? format_names[format] : NULL;
}

bool quarry_format_from(const char *name, enum quarry_format *ret)
{
	for (int i = 0; name && i < QUARRY_FORMATS; i++)
		if (strcmp(name, format_names[i]) == 0) {
			*ret = (enum quarry_format)i;
			return true;
		}
	return false;
}

const char *quarry_version(void)
{
	return QUARRY_VERSION;
}
