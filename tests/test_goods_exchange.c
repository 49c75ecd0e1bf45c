/*
 * test_goods_exchange.c - exchanges as a reader of the English prompt sees them, against rule and solver.
 *
 * The reader knows no desc: it takes the first owners and the numbered sentences that fields() gives, finds names and turns of phrase in
 * them, and moves things about by itself. So it is a proof of the telling too.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "verifiers/verify.h"

extern const struct task task_goods_exchange;

static const struct task *const task = &task_goods_exchange;

enum { PEOPLE = 40 };

struct reader {
	char person[PEOPLE][80], thing[PEOPLE][80];
	int n;
	int owner[PEOPLE];  /* of each thing; it is the first one's at first */
	int before[PEOPLE]; /* as it was before the exchange just made */
	struct buf start, events;
};

static void read_start(struct reader *r)
{
	struct str rest = buf_str(&r->start), line;

	for (r->n = 0; str_line(&rest, &line); r->n++) {
		size_t colon = (size_t)str_chr(line, ':');

		snprintf(r->person[r->n], sizeof(r->person[0]), "%.*s", (int)colon, line.s);
		snprintf(r->thing[r->n], sizeof(r->thing[0]), "%.*s", (int)(line.n - colon - 2), line.s + colon + 2);
		r->owner[r->n] = r->n;
	}
}

static int longest(char list[][80], int n, const char *at)
{
	int best = -1;

	for (int i = 0; i < n; i++) {
		size_t len = strlen(list[i]);

		if (strncmp(at, list[i], len) == 0 && (best < 0 || len > strlen(list[best])))
			best = i;
	}
	return best;
}

static bool has(const char *line, const char *what)
{
	return strstr(line, what) != NULL;
}

/* "the owner of the X" and its like at the head: which person; *end is where it ends. -1: none. */
static int told_by_thing(struct reader *r, const char *at, const char **end)
{
	static const char *const heads[] = { "he owner of the ", "hoever owns the ", "he one who owned the " };

	for (int k = 0; k < 3; k++) {
		const char *name = at + 1 + strlen(heads[k]);
		int thing;

		if (!strchr("tTwW", *at) || strncmp(at + 1, heads[k], strlen(heads[k])) != 0)
			continue;
		thing = longest(r->thing, r->n, name);
		if (thing < 0) /* "the owner of the other" */
			continue;
		*end = name + strlen(r->thing[thing]);
		return k == 2 ? thing : r->owner[thing];
	}
	return -1;
}

/* All people and things of a line, in order. */
static void names_of(struct reader *r, const char *at, int *who, int *people, int *what, int *things)
{
	*people = *things = 0;
	while (*at) {
		const char *end = at + 1;
		int i = told_by_thing(r, at, &end);

		if (i >= 0) {
			who[(*people)++] = i;
		} else if ((i = longest(r->person, r->n, at)) >= 0) {
			who[(*people)++] = i;
			end = at + strlen(r->person[i]);
		} else if ((i = longest(r->thing, r->n, at)) >= 0) {
			what[(*things)++] = i;
			end = at + strlen(r->thing[i]);
		} else { /* on to the next word */
			while (*end && end[-1] != ' ')
				end++;
		}
		at = end;
	}
}

static int thing_of(const struct reader *r, int person)
{
	int t = 0;

	while (r->owner[t] != person)
		t++;
	return t;
}

static void pass_round(struct reader *r, const int *who, int n)
{
	int thing[PEOPLE];

	for (int i = 0; i < n; i++)
		thing[i] = thing_of(r, who[i]);
	for (int i = 0; i < n; i++)
		r->owner[thing[i]] = who[(i + 1) % n];
}

/* a gets what b has, and the other way round. Things that are named must be theirs. */
static void trade(struct reader *r, int a, int b)
{
	int who[2] = { a, b };

	CHECK(a != b);
	pass_round(r, who, 2);
}

static void see(struct reader *r, const char *line)
{
	int who[PEOPLE], what[PEOPLE], people, things, was[PEOPLE];

	names_of(r, line, who, &people, what, &things);
	memcpy(was, r->owner, sizeof(was));
	if (has(line, "undone")) {
		memcpy(r->owner, r->before, sizeof(was));
	} else if (has(line, "Everybody gives")) {
		for (int t = 0; t < r->n; t++)
			r->owner[t] = has(line, "the next person") ? (r->owner[t] + 1) % r->n : (r->owner[t] + r->n - 1) % r->n;
	} else if (has(line, "at this point")) {
		if (CHECK(people == 3 && things == 1) && r->owner[what[0]] == who[0])
			trade(r, who[1], who[2]);
	} else if (has(line, "in a circle") || has(line, "round goes through")) {
		CHECK(people >= 3);
		pass_round(r, who, people);
	} else if (has(line, " in return.")) {
		CHECK(people == 4 && things == 2 && who[0] == who[3] && who[1] == who[2]);
		CHECK(r->owner[what[0]] == who[0] && r->owner[what[1]] == who[1]);
		trade(r, who[0], who[1]);
	} else if (has(line, " receives the ")) {
		CHECK(people == 2 && things == 2 && r->owner[what[0]] == who[1] && r->owner[what[1]] == who[0]);
		trade(r, who[0], who[1]);
	} else if (has(line, " exchanges the ")) {
		CHECK(people == 2 && things == 2 && r->owner[what[0]] == who[0] && r->owner[what[1]] == who[1]);
		trade(r, who[0], who[1]);
	} else if (has(line, " trades the ")) {
		CHECK(people == 1 && things == 2 && r->owner[what[0]] == who[0]);
		trade(r, who[0], r->owner[what[1]]);
	} else if (has(line, " change hands")) {
		if (CHECK(people == 0 && things == 2))
			trade(r, r->owner[what[0]], r->owner[what[1]]);
	} else if (has(line, "these two things") || has(line, " swap what they own.") || has(line, " exchanges things with ") ||
		   has(line, " make a swap.")) {
		CHECK(people == 2 && things == 0);
		trade(r, who[0], who[1]);
	} else if (has(line, " would love to own ")) {
		CHECK(people == 1 && things == 1 && r->owner[what[0]] != who[0]);
	} else {
		CHECK(people >= 2 && who[0] != who[1] && (has(line, " refuses.") || has(line, " decide against it.")));
	}
	memcpy(r->before, was, sizeof(was));
}

/* Read the English wording; what is owned at the end is in owner[]. */
static void read_told(struct reader *r, struct str desc)
{
	struct holes holes;
	struct str rest, line;

	holes_init(&holes);
	buf_reset(&r->start);
	buf_reset(&r->events);
	holes_want(&holes, STR("start"));
	holes_want(&holes, STR("events"));
	task->fields(&holes, desc, LANG_EN);
	holes_end(&holes);
	if (holes_text(&holes, STR("start"), &line))
		buf_add(&r->start, line);
	if (holes_text(&holes, STR("events"), &line))
		buf_add(&r->events, line);
	holes_release(&holes);
	read_start(r);
	rest = buf_str(&r->events);
	while (str_line(&rest, &line)) {
		char text[1000];

		snprintf(text, sizeof(text), "%.*s", (int)line.n, line.s);
		see(r, strstr(text, ". ") + 2);
	}
}

/* An answer with these things, thing[person], in one of several notations. */
static void write_said(struct buf *b, const struct reader *r, const int *thing, int how)
{
	static const char *const open[] = { "", "(", "{", "[", "| person | thing |\n|---|---|\n", "", "" };
	static const char *const before[] = { "", "('", "\"", "['", "| ", "- ", "" };
	static const char *const between[] = { ": ", "', '", "\": \"", "', '", " | ", " has the ", " <- " };
	static const char *const after[] = { "", "')", "\"", "']", " |", "", "" };
	static const char *const comma[] = { ", ", ",", ", ", ", ", "\n", "\n", "; " };
	static const char *const close[] = { "", ")", "}", "]", "", "", "" };

	buf_reset(b);
	buf_addz(b, "<answer>");
	buf_addz(b, open[how]);
	for (int i = 0; i < r->n; i++) {
		const char *a = r->person[i], *t = r->thing[thing[i]];

		buf_addf(b, "%s%s%s%s%s%s", i ? comma[how] : "", before[how], how == 6 ? t : a, between[how], how == 6 ? a : t, after[how]);
	}
	buf_addz(b, close[how]);
	buf_addz(b, "</answer>");
}

enum { NOTATIONS = 7 };

static void check_said(struct buf *b, const struct reader *r, struct str desc, const int *thing, int how)
{
	struct quarry_verdict v;
	bool right = true;

	for (int i = 0; i < r->n; i++)
		right &= r->owner[thing[i]] == i;
	write_said(b, r, thing, how);
	quarry_verify_n(quarry_rule(task->name), desc.s, desc.n, b->s, b->n, NULL, &v);
	if (!CHECK_EQ(v.mark, right ? QUARRY_CORRECT : QUARRY_WRONG))
		fprintf(stderr, "\t%s: %s\n", buf_z(b), v.why);
}

/* All ways to deal out few things, some of many; also with one thing twice. */
static void check_answers(struct reader *r, struct str desc, struct rng *rng)
{
	struct buf b = BUF_INIT;
	int thing[PEOPLE];

	for (int i = 0; i < r->n; i++)
		thing[i] = thing_of(r, i);
	for (int how = 0; how < NOTATIONS; how++)
		check_said(&b, r, desc, thing, how);
	if (r->n <= 4) {
		int all = r->n == 2 ? 4 : r->n == 3 ? 27 : 256;

		for (int code = 0; code < all; code++) {
			for (int i = 0, left = code; i < r->n; i++, left /= r->n)
				thing[i] = left % r->n;
			check_said(&b, r, desc, thing, code % NOTATIONS);
		}
	}
	for (int draw = 0; draw < 20; draw++) {
		for (int i = 0; i < r->n; i++)
			thing[i] = thing_of(r, i);
		for (int k = 0; k < 1 + draw / 5; k++) {
			int a = (int)rng_below(rng, (uint32_t)r->n), c = (int)rng_below(rng, (uint32_t)r->n), was = thing[a];

			thing[a] = thing[c];
			if (draw % 2)
				thing[c] = was;
		}
		check_said(&b, r, desc, thing, draw % NOTATIONS);
	}
	buf_release(&b);
}

static void generated(const int *knob, int made, const char *what)
{
	static struct reader r;
	struct buf desc = BUF_INIT, answer = BUF_INIT, want = BUF_INIT;
	int still = 0, unmoved = 0, people = 0;
	struct rng rng;

	rng_init(&rng, (uint64_t)knob[0] * 1000 + (uint64_t)knob[1], what);
	for (int i = 0; i < made; i++) {
		bool same = true;

		buf_reset(&desc);
		buf_reset(&answer);
		buf_reset(&want);
		check_in("%s %d", what, i);
		if (!CHECK(task->generate(&desc, &answer, knob, &rng)))
			continue;
		check_in("%s: %s", what, buf_z(&desc));
		read_told(&r, buf_str(&desc));
		CHECK_EQ(r.n, knob[0]);
		for (int k = 0; k < r.n; k++) {
			buf_addf(&want, "%s%s: %s", k ? ", " : "", r.person[k], r.thing[thing_of(&r, k)]);
			same &= r.owner[k] == k;
			unmoved += r.owner[k] == k;
			people++;
		}
		still += same;
		CHECK_STR_EQ(buf_str(&answer), buf_str(&want));
		CHECK(task->prove(buf_str(&desc)));
		if (i < 10)
			check_answers(&r, buf_str(&desc), &rng);
	}
	check_in("%s", what);
	/* from level 3 on (6 people) "as they began" is no guess */
	if (what[0] == 'l' && knob[0] >= 6)
		CHECK(still <= made * 2 / 100 && unmoved <= people / 2);
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&want);
	buf_release(&r.start);
	buf_release(&r.events);
}

int main(void)
{
	static const int others[][TASK_KNOBS] = {
		{ 2, 5, 20, 50, 0, 30, 10, 0, 0 },
		{ 3, 8, 10, 50, 25, 25, 25, 25, 1 },
		{ 5, 3, 30, 30, 10, 0, 0, 0, 1 },    /* SynLogic's default */
		{ 30, 100, 30, 30, 10, 0, 0, 0, 1 }, /* and its hardest */
		{ 40, 150, 0, 100, 100, 0, 0, 0, 1 },
		{ 40, 150, 90, 0, 0, 0, 0, 100, 0 },
	};

	for (int level = 0; level < TASK_LEVELS; level++) {
		int knob[TASK_KNOBS];
		char what[32];

		task_level(task, level, knob);
		snprintf(what, sizeof(what), "level %d", level);
		generated(knob, level < 7 ? 150 : 60, what);
	}
	for (size_t i = 0; i < COUNT(others); i++)
		generated(others[i], 40, "others");
	return check_done();
}
