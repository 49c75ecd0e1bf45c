/*
 * compose.c - k puzzles of any tasks in one prompt: all of them to be right, or one's answer feeding the next.
 *
 * The desc is verifiers/compose.h's. Each part's prompt is that of its own task, in a wording that its desc chooses. In a
 * chain, a number that stands in a part's prompt and in its desc is hidden: "[#1 + 7]" says that it is the answer of
 * puzzle 1 plus 7. So every part but the last is one whose answer is a whole number.
 */
#include "generators/compose.h"
#include "base/hash.h"
#include "generators/prompt.h"
#include "verifiers/compose.h"

#include <assert.h>
#include <stdlib.h>

enum { PARTS, LEVEL, CHAIN, PART_1, TRIES = 40 };

static const struct knob knobs[] = {
	{ "parts", 2, COMPOSE_PARTS, "puzzles in the prompt" },
	{ "level", 0, 10, "difficulty of each" },
	{ "chain", 0, 1, "0: all answers are asked for; 1: each feeds the next, and the last is asked for" },
	{ "part1", 0, 60, "task of puzzle 1, by its place in quarry tasks without compose; 0: any" },
	{ "part2", 0, 60, "task of puzzle 2" },
	{ "part3", 0, 60, "task of puzzle 3" },
	{ "part4", 0, 60, "task of puzzle 4" },
	{ "part5", 0, 60, "task of puzzle 5" },
	{ "part6", 0, 60, "task of puzzle 6" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* parts level chain */
	{ 2, 0, 0 }, { 2, 1, 0 }, { 2, 2, 0 }, { 3, 2, 0 }, { 3, 3, 0 }, { 3, 4, 0 },
	{ 4, 5, 0 }, { 4, 6, 0 }, { 5, 7, 0 }, { 5, 8, 0 }, { 6, 10, 0 },
};

/* ---- parts ---- */

static bool can_be_part(const struct task *t)
{
	return strcmp(t->name, "compose") != 0;
}

/* The task of a number 1 .., NULL past the last. Tasks stand in the order of their names. */
static const struct task *part_task(int number)
{
	const struct task *t = task_at((size_t)number - 1);

	return t && strcmp(t->name, "compose") >= 0 ? task_at((size_t)number) : t;
}

static int part_tasks(void)
{
	int n = 0;

	while (part_task(n + 1))
		n++;
	return n;
}

static int index_of(const struct task *t)
{
	for (int i = 1; part_task(i); i++)
		if (part_task(i) == t)
			return i;
	return 0;
}

bool compose_choose(int *knob, unsigned *knob_set, const struct task *const *tasks, int n)
{
	if (n < 2 || n > COMPOSE_PARTS)
		return false;
	knob[PARTS] = n;
	*knob_set |= 1u << PARTS;
	for (int i = 0; i < n; i++) {
		knob[PART_1 + i] = index_of(tasks[i]);
		*knob_set |= 1u << (PART_1 + i);
		if (!knob[PART_1 + i])
			return false;
	}
	return true;
}

int compose_level(const int *knob)
{
	return knob[LEVEL];
}

struct part {
	const struct task *task;
	struct str desc;
};

/* A desc read once. */
struct parts {
	int n;
	bool chain;
	struct part part[COMPOSE_PARTS];
};

/* All parts, each of a task that is known; a name has one spelling in a desc. */
static bool parts_read(struct parts *p, struct str desc)
{
	struct compose c;

	if (!compose_read(&c, desc))
		return false;
	p->n = c.n;
	p->chain = c.chain;
	for (int i = 0; i < c.n; i++) {
		const struct task *t = task_find(c.part[i].task);

		if (!t || !can_be_part(t) || !str_is(c.part[i].task, t->name))
			return false;
		p->part[i] = (struct part){ t, c.part[i].desc };
	}
	return true;
}

bool compose_part(struct str desc, int i, const struct task **task, struct str *part)
{
	struct parts p;

	if (!parts_read(&p, desc) || i < 0 || i >= p.n)
		return false;
	*task = p.part[i].task;
	*part = p.part[i].desc;
	return true;
}

bool compose_asks_all(struct str desc)
{
	return str_starts(desc, STR("all "));
}

void compose_answer(struct buf *out, int i, struct str answer)
{
	buf_addz(out, i ? " #" : "#");
	buf_addi(out, i + 1);
	buf_addz(out, ": ");
	buf_add(out, answer);
}

/* ---- chains: a number that is hidden ---- */

/* The next run of digits in s from *at on, as a number of two to nine digits that stands alone. */
static bool next_number(struct str s, size_t *at, struct str *number)
{
	while (*at < s.n) {
		size_t from = *at, to;

		if (!is_digit(s.s[from])) {
			++*at;
			continue;
		}
		for (to = from; to < s.n && is_digit(s.s[to]); to++)
			;
		*at = to;
		if (to - from >= 2 && to - from <= 9 && s.s[from] != '0' && (from == 0 || !strchr(".,-/", s.s[from - 1]) || s.s[from - 1] == '-') &&
		    (to == s.n || s.s[to] != '.' || to + 1 == s.n || !is_digit(s.s[to + 1]))) {
			*number = str_sub(s, from, to);
			return true;
		}
	}
	return false;
}

static int times_in(struct str s, struct str number)
{
	struct str found;
	size_t at = 0;
	int n = 0;

	while (next_number(s, &at, &found))
		n += str_eq(found, number);
	return n;
}

/* A number that stands once in the prompt and once in the desc: the first, so that both languages need not agree. */
static bool hideable(struct str prompt, struct str desc, struct str *number)
{
	size_t at = 0;

	while (next_number(prompt, &at, number))
		if (times_in(prompt, *number) == 1 && times_in(desc, *number) == 1)
			return true;
	return false;
}

/* ---- prompts ---- */

/* One part's own prompt, in a wording of the desc's choosing, with nothing on how to hand in. */
static bool part_prompt(struct buf *out, const struct task *t, struct str desc, enum lang lang)
{
	struct err err = ERR_INIT;
	char form[PROMPT_FORM_MAX];
	struct rng rng;

	rng_init(&rng, hash64(desc.s, desc.n, 0), "part's form");
	return prompt_draw(form, t->name, lang, STR(""), &rng, &err) == 0 &&
	       prompt_write(out, t, desc, lang, QUARRY_ANY, str_of(form), &err) == 0;
}

/* The part's prompt with a number hidden behind the answer `before`, which is puzzle `number`'s. */
static bool linked_prompt(struct buf *out, const struct task *t, struct str desc, enum lang lang, int64_t before, int number)
{
	struct buf own = BUF_INIT;
	struct str hidden;
	int64_t value = 0;
	bool ok = part_prompt(&own, t, desc, lang) && hideable(buf_str(&own), desc, &hidden) && str_i64(hidden, &value);

	if (ok) {
		size_t at = (size_t)(hidden.s - own.s);

		buf_add(out, str_sub(buf_str(&own), 0, at));
		if (value == before)
			buf_addf(out, "[#%d]", number);
		else
			buf_addf(out, "[#%d %c %lld]", number, value > before ? '+' : '-', (long long)llabs(value - before));
		buf_add(out, str_from(buf_str(&own), at + hidden.n));
	}
	buf_release(&own);
	return ok;
}

/* The answer of a part as a whole number of moderate size. */
static bool whole_answer(const struct task *t, struct str desc, int64_t *ret)
{
	struct buf answer = BUF_INIT;
	bool ok = t->solve(&answer, desc) && str_i64(buf_str(&answer), ret) && llabs(*ret) < 1000000000;

	buf_release(&answer);
	return ok;
}

static void put_puzzles(struct buf *out, const struct parts *p, enum lang lang)
{
	int64_t before = 0;

	for (int i = 0; i < p->n; i++) {
		const struct part *own = &p->part[i];

		buf_addf(out, lang == LANG_ZH ? "%s【谜题 #%d】\n" : "%s[Puzzle #%d]\n", i ? "\n\n" : "", i + 1);
		if (p->chain && i)
			linked_prompt(out, own->task, own->desc, lang, before, i);
		else
			part_prompt(out, own->task, own->desc, lang);
		if (p->chain && i + 1 < p->n)
			whole_answer(own->task, own->desc, &before);
	}
}

static void put_ask(struct buf *out, const struct parts *p, enum lang lang)
{
	if (p->chain) {
		buf_addf(out, lang == LANG_ZH ? "方括号里的 #1 表示第 1 题的答案，其余类推；例如 [#1 + 3] 是该答案加 3 所得的数。只需给出第 %d 题的答案，写法按该题的要求。" :
						"In square brackets #1 stands for the answer to puzzle 1, and so on: [#1 + 3] is the number 3 above that answer. "
						"Give only the answer to puzzle %d, as that puzzle asks.",
			 p->n);
		return;
	}
	buf_addz(out, lang == LANG_ZH ? "每道谜题都要答对。请把所有答案写在一行，形如 " : "All of them must be right. Write the answers in one line, as in ");
	for (int i = 1; i <= p->n; i++)
		buf_addf(out, lang == LANG_ZH ? "%s#%d: 第 %d 题的答案" : "%s#%d: answer %d", i > 1 ? " " : "", i, i);
	buf_addz(out, lang == LANG_ZH ? "，各答案的写法按该题的要求。" : ", each as its own puzzle asks.");
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct parts p;
	struct buf *b;

	if (!parts_read(&p, desc))
		return;
	b = hole_open(holes, "puzzles");
	if (b)
		put_puzzles(b, &p, lang);
	hole_puti(holes, "count", p.n);
	b = hole_open(holes, "ask");
	if (b)
		put_ask(b, &p, lang);
}

/* ---- inventing ---- */

/* Are its answers whole numbers, as those of its easiest puzzles tell? */
static bool can_feed(const struct task *t)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int knob[TASK_KNOBS];
	bool whole = false;
	struct rng rng;

	task_level(t, 0, knob);
	rng_init(&rng, 0, "can it feed");
	for (int left = 8; left > 0 && !whole; left--) {
		int64_t v;

		buf_reset(&desc);
		buf_reset(&answer);
		whole = t->generate(&desc, &answer, knob, &rng) && str_i64(buf_str(&answer), &v);
	}
	buf_release(&desc);
	buf_release(&answer);
	return whole;
}

static const char *refuse(const int *knob)
{
	int n = part_tasks();

	for (int i = 0; i < COMPOSE_PARTS; i++) {
		int part = knob[PART_1 + i];

		if (part > n)
			return "a part's number is past the last task of quarry tasks";
		if (knob[CHAIN] && part && i + 1 < knob[PARTS] && !can_feed(part_task(part)))
			return "in a chain each part but the last needs a task whose answers are whole numbers";
	}
	return NULL;
}

/* A part that fits its place: its answer can feed the next, and the one before can be hidden in it. */
static bool fits(const struct task *t, struct str desc, bool feeds, bool fed, int64_t before, int64_t *answer)
{
	struct buf b = BUF_INIT;
	bool ok = !feeds || whole_answer(t, desc, answer);

	for (int lang = 0; lang < LANGS && ok && fed; lang++) {
		buf_reset(&b);
		ok = linked_prompt(&b, t, desc, (enum lang)lang, before, 1);
	}
	buf_release(&b);
	return ok;
}

static void add_part(struct buf *desc, const struct task *t, struct str part)
{
	buf_addc(desc, ' ');
	buf_addz(desc, t->name);
	buf_addc(desc, ' ');
	buf_addi(desc, (int64_t)part.n);
	buf_addc(desc, ':');
	buf_add(desc, part);
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct buf part = BUF_INIT, said = BUF_INIT;
	int tasks = part_tasks(), i = 0;
	int64_t before = 0;

	buf_addz(desc, knob[CHAIN] ? "chain" : "all");
	for (; i < knob[PARTS]; i++) {
		bool feeds = knob[CHAIN] && i + 1 < knob[PARTS], made = false;

		for (int left = TRIES; left > 0 && !made; left--) {
			const struct task *t = part_task(knob[PART_1 + i] ? knob[PART_1 + i] : rng_range(rng, 1, tasks));
			int own[TASK_KNOBS];
			int64_t number = 0;

			if (!t)
				break;
			task_level(t, knob[LEVEL], own);
			buf_reset(&part);
			buf_reset(&said);
			made = t->generate(&part, &said, own, rng) &&
			       (!knob[CHAIN] || fits(t, buf_str(&part), feeds, i > 0, before, &number));
			if (!made)
				continue;
			before = number;
			add_part(desc, t, buf_str(&part));
			if (!knob[CHAIN])
				compose_answer(answer, i, buf_str(&said));
			else if (!feeds)
				buf_add(answer, buf_str(&said));
		}
		if (!made)
			break;
	}
	buf_release(&part);
	buf_release(&said);
	return i == knob[PARTS];
}

/* ---- the rest, part by part ---- */

static bool solve(struct buf *answer, struct str desc)
{
	struct buf said = BUF_INIT;
	struct parts p;
	bool ok = parts_read(&p, desc);

	for (int i = 0; ok && i < p.n; i++) {
		buf_reset(&said);
		ok = p.part[i].task->solve(&said, p.part[i].desc);
		if (!p.chain)
			compose_answer(answer, i, buf_str(&said));
		else if (i + 1 == p.n)
			buf_add(answer, buf_str(&said));
	}
	buf_release(&said);
	return ok;
}

/* Each part's answer in the language of the prompt. */
static void say(struct buf *out, struct str desc, struct str answer, enum lang lang)
{
	struct buf said = BUF_INIT;
	struct parts p;

	(void)answer;
	if (!parts_read(&p, desc))
		return;
	for (int i = p.chain ? p.n - 1 : 0; i < p.n; i++) {
		const struct task *t = p.part[i].task;

		buf_reset(&said);
		t->solve(&said, p.part[i].desc);
		if (!p.chain)
			compose_answer(out, i, STR(""));
		if (t->say)
			t->say(out, p.part[i].desc, buf_str(&said), lang);
		else
			buf_add(out, buf_str(&said));
	}
	buf_release(&said);
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct buf said = BUF_INIT;
	struct parts p;

	if (!parts_read(&p, desc))
		return;
	for (int i = 0; i < p.n; i++) {
		const struct task *t = p.part[i].task;

		buf_addf(steps, "%s#%d\n", i ? "\n" : "", i + 1);
		if (t->explain) {
			t->explain(steps, p.part[i].desc, lang);
			if (steps->n && steps->s[steps->n - 1] != '\n')
				buf_addc(steps, '\n');
		}
		/* what this part comes to, for the next one or for the answer's line */
		if (!p.chain || i + 1 < p.n) {
			buf_reset(&said);
			t->solve(&said, p.part[i].desc);
			buf_addz(steps, "= ");
			buf_add(steps, buf_str(&said));
		}
	}
	buf_release(&said);
}

static void grade(struct effort *e, struct str desc)
{
	struct parts p;

	if (!parts_read(&p, desc))
		return;
	for (int i = 0; i < p.n; i++) {
		struct effort own = { .technique = "" };

		p.part[i].task->grade(&own, p.part[i].desc);
		/* a chain is as long as its parts together */
		e->depth = p.chain ? e->depth + own.depth : own.depth > e->depth ? own.depth : e->depth;
		e->branch += own.branch;
		e->steps += own.steps;
	}
}

/* The parts' own canonical forms; where all are asked for their order does not matter. */
static void canon(struct buf *out, struct str desc)
{
	struct buf own = BUF_INIT;
	uint64_t hash[COMPOSE_PARTS];
	struct parts p;

	if (!parts_read(&p, desc))
		return;
	for (int i = 0; i < p.n; i++) {
		const struct task *t = p.part[i].task;

		buf_reset(&own);
		t->canon(&own, p.part[i].desc);
		hash[i] = hash64(buf_z(&own), own.n, hash64(t->name, strlen(t->name), 0));
	}
	if (!p.chain)
		qsort(hash, (size_t)p.n, sizeof(hash[0]), hash64_cmp);
	buf_addz(out, p.chain ? "chain" : "all");
	for (int i = 0; i < p.n; i++)
		buf_addf(out, " %016llx", (unsigned long long)hash[i]);
	buf_release(&own);
}

/* Other twins of the parts, and where all are asked for in another order. A chain's numbers would no longer fit. */
static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct buf own = BUF_INIT;
	struct parts p;
	bool ok = parts_read(&p, desc);

	if (ok && p.chain)
		buf_add(out, desc);
	if (!ok || p.chain)
		return ok;
	rng_shuffle(rng, p.part, (size_t)p.n, sizeof(p.part[0]));
	buf_addz(out, "all");
	for (int i = 0; i < p.n && ok; i++) {
		const struct task *t = p.part[i].task;

		buf_reset(&own);
		if (t->twin)
			ok = t->twin(&own, p.part[i].desc, rng);
		else
			buf_add(&own, p.part[i].desc);
		add_part(out, t, buf_str(&own));
	}
	buf_release(&own);
	return ok;
}

static double answers_log2(struct str desc)
{
	struct parts p;
	double sum = 0;

	if (!parts_read(&p, desc))
		return 0;
	for (int i = 0; i < p.n; i++) {
		double own = p.part[i].task->answers_log2(p.part[i].desc);

		sum = p.chain ? own : sum + own;
	}
	return sum;
}

const struct task task_compose = {
	.name = "compose",
	.family = "composition",
	.what = "Solve several puzzles of any tasks at once, all of them right, or in a chain where each answer feeds the next.",
	.revision = 2,
	.flags = TASK_MANY_ANSWERS, /* as many as its parts have */
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.say = say,
	.explain = explain,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
