/*
 * web_of_lies.c - knights and knaves: knobs, levels, inventing. The desc is told in verifiers/web_of_lies.h.
 */
#include "generators/web_of_lies_solve.h"

#include <assert.h>

enum { K_PEOPLE, K_FACTS, K_FREE, K_SHUFFLE, K_BACK, K_PAIRS, K_COMPOUND, K_EXTRA, K_SPLITS };

static const struct knob knobs[] = {
	{ "people", 2, 24, "how many people" },
	{ "facts", 0, 6, "of how many it is told outright what they are" },
	{ "free", 0, 1, "0: somebody is settled by each statement in turn; 1: anybody says anything" },
	{ "shuffle", 0, 100, "percent of statements moved away from their place in the order of solving" },
	{ "back", 0, 100, "percent of people settled by what another says of them, where free is 0" },
	{ "pairs", 0, 100, "percent of statements that compare two people" },
	{ "compound", 0, 100, "percent of statements with and, or, if, or a count" },
	{ "extra", 0, 12, "statements beyond one for each person" },
	{ "splits", 0, 6, "least number of suppositions that the solution needs" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* people facts free shuffle back pairs compound extra splits */
	{ 5, 2, 0, 0, 0, 30, 0, 0, 0 },
	{ 6, 1, 0, 0, 0, 30, 0, 0, 0 },
	{ 7, 1, 0, 20, 10, 40, 0, 0, 0 },
	{ 8, 1, 0, 50, 20, 40, 10, 0, 0 },
	{ 9, 1, 0, 100, 30, 30, 30, 0, 0 },
	{ 12, 1, 0, 100, 40, 25, 45, 0, 0 },
	{ 9, 0, 1, 0, 0, 30, 50, 0, 1 },
	{ 11, 0, 1, 0, 0, 25, 60, 0, 2 },
	{ 13, 0, 1, 0, 0, 20, 70, 0, 2 },
	{ 16, 0, 1, 0, 0, 15, 80, 0, 3 },
	{ 20, 0, 1, 0, 0, 10, 90, 0, 5 },
};

/* ---- text ---- */

/* A blank and the item; at most 15 bytes. */
static char *write_item(char *at, const struct lies_item *it)
{
	static const char marks[] = "..=!&|?#><";

	*at++ = ' ';
	if (it->kind == LIES_FACT) {
		*at++ = (char)('A' + it->who[0]);
		*at++ = it->holds[0] ? '+' : '-';
		return at;
	}
	*at++ = (char)('A' + it->speaker);
	*at++ = ':';
	if (it->kind > LIES_ONE)
		*at++ = marks[it->kind];
	if (it->kind >= LIES_EXACTLY)
		*at++ = (char)('0' + it->count);
	for (int i = 0; i < it->scope; i++) {
		if (it->kind == LIES_ONE || (it->kind >= LIES_AND && it->kind <= LIES_IF))
			*at++ = it->holds[i] ? '+' : '-';
		*at++ = (char)('A' + it->who[i]);
	}
	return at;
}

static void lies_write(struct buf *b, const struct lies *l)
{
	char text[16 * LIES_ITEMS], *at = text;

	for (int i = 0; i < l->people; i++) {
		if (i)
			buf_addc(b, ',');
		buf_addi(b, l->name[i]);
	}
	for (int i = 0; i < l->items; i++)
		at = write_item(at, &l->item[i]);
	buf_add(b, (struct str){ text, (size_t)(at - text) });
}

static void answer_write(struct buf *b, int people, uint32_t truth)
{
	char text[3 * LIES_PEOPLE], *at = text;

	for (int i = 0; i < people; i++) {
		*at++ = truth >> i & 1 ? 'T' : 'L';
		*at++ = ',';
		*at++ = ' ';
	}
	buf_add(b, (struct str){ text, (size_t)(at - text) - 2 });
}

static bool solve(struct buf *answer, struct str desc)
{
	struct lies l;
	uint32_t truth;

	if (!lies_read(&l, desc) || !lies_solve(&l, &truth))
		return false;
	answer_write(answer, l.people, truth);
	return true;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct lies l;

	if (lies_read(&l, desc))
		lies_explain(steps, &l, lang);
}

static bool prove(struct str desc)
{
	struct lies l;
	uint32_t truth;

	return lies_read(&l, desc) && lies_unique(&l, &truth);
}

static void grade(struct effort *e, struct str desc)
{
	static const char *const technique[] = { "settling", "supposition", "nested supposition" };
	struct lies_effort m;
	struct lies l;

	if (!lies_read(&l, desc) || !lies_measure(&m, &l))
		return;
	*e = (struct effort){ .depth = m.depth, .branch = m.splits, .steps = m.steps,
			      .technique = technique[m.nesting < 2 ? m.nesting : 2] };
}

/* Truth or lies of everybody, whose names are what stands before the first blank. */
static double answers_log2(struct str desc)
{
	int people = 1;

	for (size_t i = 0; i < desc.n && desc.s[i] != ' '; i++)
		people += desc.s[i] == ',';
	return people;
}

static void canon(struct buf *out, struct str desc)
{
	struct lies l;

	if (lies_read(&l, desc))
		lies_canon(out, &l);
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct lies l;

	if (lies_read(&l, desc))
		lies_fields(holes, &l, lang);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	int to[LIES_PEOPLE], names[LIES_NAMES];
	struct lies l;

	if (!lies_read(&l, desc))
		return false;
	for (int i = 0; i < LIES_NAMES; i++)
		names[i] = i;
	for (int i = 0; i < l.people; i++)
		to[i] = i;
	rng_shuffle(rng, names, LIES_NAMES, sizeof(names[0]));
	rng_shuffle(rng, to, (size_t)l.people, sizeof(to[0]));
	rng_shuffle(rng, l.item, (size_t)l.items, sizeof(l.item[0]));
	for (int i = 0; i < l.people; i++)
		l.name[i] = names[i];
	for (int i = 0; i < l.items; i++)
		lies_relabel(&l.item[i], to);
	lies_write(out, &l);
	return true;
}

/* ---- inventing ---- */

/* `n` of the people in `pool`, in rising order. */
static void pick(struct lies_item *it, int n, uint32_t pool, struct rng *rng)
{
	int people[LIES_PEOPLE], have = 0;

	for (; pool; pool &= pool - 1)
		people[have++] = __builtin_ctz(pool);
	for (int i = 0; i < have && it->scope < n; i++)
		if ((int)rng_below(rng, (uint32_t)(have - i)) < n - it->scope)
			it->who[it->scope++] = people[i];
}

/* Say of two people something whose truth is `truth`. */
static void say_parts(struct lies_item *it, uint32_t kinds, bool truth, struct rng *rng)
{
	do {
		it->holds[0] = rng_below(rng, 2);
		it->holds[1] = rng_below(rng, 2);
	} while (lies_true(it, kinds) != truth);
}

static bool say_count(struct lies_item *it, uint32_t kinds, bool truth, struct rng *rng)
{
	for (int tries = 0; tries < 20; tries++) {
		it->kind = (enum lies_kind)(LIES_EXACTLY + rng_below(rng, 3));
		it->count = rng_range(rng, it->kind == LIES_ATLEAST ? 2 : 1, it->scope - (it->kind == LIES_ATMOST ? 2 : 1));
		if (lies_true(it, kinds) == truth)
			return true;
	}
	return false;
}

static int people_in(uint32_t pool)
{
	int n = 0;

	for (; pool; pool &= pool - 1)
		n++;
	return n;
}

/* Bit i of kinds, everywhere: does person i tell the truth? What a person says of people in the pool, true or false as the speaker is. */
static struct lies_item say(int speaker, uint32_t pool, uint32_t kinds, const int *knob, struct rng *rng)
{
	struct lies_item it = { .kind = LIES_ONE, .speaker = speaker };
	bool truth = kinds >> speaker & 1;
	int roll = (int)rng_below(rng, 100), have;

	pool &= ~(1u << speaker);
	have = people_in(pool);
	assert(have > 0);
	if (have > 1 && roll < knob[K_PAIRS]) {
		pick(&it, 2, pool, rng);
		it.kind = LIES_SAME;
		if (lies_true(&it, kinds) != truth)
			it.kind = LIES_DIFFER;
		return it;
	}
	if (have > 1 && roll < knob[K_PAIRS] + knob[K_COMPOUND]) {
		int which = (int)rng_below(rng, 5);

		if (have > 2 && which > 2) {
			pick(&it, rng_range(rng, 3, have < LIES_SCOPE ? have : LIES_SCOPE), pool, rng);
			if (say_count(&it, kinds, truth, rng))
				return it;
			it = (struct lies_item){ .speaker = speaker };
		}
		/* "if" only among the hard ones: it needs a sentence of explanation */
		it.kind = which == 0 ? LIES_AND : which == 1 && knob[K_FREE] ? LIES_IF : LIES_OR;
		pick(&it, 2, pool, rng);
		if (it.kind == LIES_IF && rng_below(rng, 2))
			lies_swap(&it, 0, 1);
		say_parts(&it, kinds, truth, rng);
		return it;
	}
	pick(&it, 1, pool, rng);
	it.holds[0] = (kinds >> it.who[0] & 1) == truth;
	return it;
}

static struct lies_item fact(int who, uint32_t kinds)
{
	return (struct lies_item){ .kind = LIES_FACT, .speaker = -1, .scope = 1, .who = { who },
				   .holds = { kinds >> who & 1 } };
}

static void item_put(struct lies *l, int at, struct lies_item it)
{
	assert(l->items < LIES_ITEMS);
	memmove(&l->item[at + 1], &l->item[at], sizeof(it) * (size_t)(l->items - at));
	l->item[at] = it;
	l->items++;
}

static struct lies_item item_take(struct lies *l, int at)
{
	struct lies_item it = l->item[at];

	l->items--;
	memmove(&l->item[at], &l->item[at + 1], sizeof(it) * (size_t)(l->items - at));
	return it;
}

/* Somebody settled, j, says what settles i: i itself, or i beside another who is settled. */
static struct lies_item say_back(int i, uint32_t kinds, const int *knob, struct rng *rng)
{
	int j = (int)rng_below(rng, (uint32_t)i);
	uint32_t others = ((1u << i) - 1) & ~(1u << j);
	bool truth = kinds >> j & 1;
	struct lies_item it = { .kind = LIES_ONE, .speaker = j };

	if (others && rng_chance(rng, knob[K_PAIRS])) {
		pick(&it, 1, others, rng);
		it.who[it.scope++] = i;
		it.kind = LIES_SAME;
		if (lies_true(&it, kinds) != truth)
			it.kind = LIES_DIFFER;
		return it;
	}
	it.who[it.scope++] = i;
	it.holds[0] = (kinds >> i & 1) == truth;
	return it;
}

/* Which people are given: person 0, whom the order of solving starts from (unless free), and others by chance. */
static uint32_t draw_facts(const int *knob, struct rng *rng)
{
	uint32_t facts = knob[K_FREE] ? 0 : 1;
	int first = knob[K_FREE] ? 0 : 1, left = knob[K_FACTS] - first;

	for (int i = first; i < knob[K_PEOPLE] && left > 0; i++)
		if ((int)rng_below(rng, (uint32_t)(knob[K_PEOPLE] - i)) < left) {
			facts |= 1u << i;
			left--;
		}
	return facts;
}

static void draw_items(struct lies *l, uint32_t kinds, const int *knob, struct rng *rng)
{
	uint32_t facts = draw_facts(knob, rng), all = (1u << l->people) - 1;

	for (int i = 0; i < l->people; i++) {
		if (facts >> i & 1)
			item_put(l, l->items, fact(i, kinds));
		if (knob[K_FREE])
			item_put(l, l->items, say(i, all, kinds, knob, rng));
		else if (!(facts >> i & 1))
			item_put(l, l->items, rng_chance(rng, knob[K_BACK]) ? say_back(i, kinds, knob, rng)
									     : say(i, (1u << i) - 1, kinds, knob, rng));
	}
	for (int i = 0; i < knob[K_EXTRA]; i++) {
		int speaker = (int)rng_below(rng, (uint32_t)l->people);

		item_put(l, (int)rng_below(rng, (uint32_t)l->items + 1), say(speaker, all, kinds, knob, rng));
	}
	for (int i = 0; i < l->items; i++)
		if (rng_chance(rng, knob[K_SHUFFLE])) {
			struct lies_item it = item_take(l, i);

			item_put(l, (int)rng_below(rng, (uint32_t)l->items + 1), it);
		}
}

/* Number the people as they come up: given or speaking first, then those who are only spoken of. */
static void number_people(struct lies *l)
{
	int to[LIES_PEOPLE], next = 0;
	uint32_t seen = 0;

	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < l->items; i++) {
			const struct lies_item *it = &l->item[i];

			for (int j = it->speaker >= 0 ? -1 : 0; j < it->scope; j++) {
				int who = j < 0 ? it->speaker : it->who[j];

				if (seen >> who & 1 || (pass == 0 && j >= 0 && it->kind != LIES_FACT))
					continue;
				seen |= 1u << who;
				to[who] = next++;
			}
		}
	assert(next == l->people);
	for (int i = 0; i < l->items; i++)
		lies_relabel(&l->item[i], to);
}

static void draw_names(struct lies *l, struct rng *rng)
{
	uint8_t names[LIES_NAMES];

	for (int i = 0; i < LIES_NAMES; i++)
		names[i] = (uint8_t)i;
	rng_shuffle(rng, names, LIES_NAMES, sizeof(names[0]));
	memcpy(l->name, names, sizeof(l->name));
}

static const char *refuse(const int *knob)
{
	if (knob[K_FACTS] > knob[K_PEOPLE])
		return "more facts than people";
	if (knob[K_PAIRS] + knob[K_COMPOUND] > 100)
		return "pairs and compound are more than 100 percent together";
	if (!knob[K_FREE] && !knob[K_FACTS])
		return "nobody to start from: it needs a fact, or free";
	if (!knob[K_FREE] && knob[K_SPLITS])
		return "a supposition is never needed where each statement settles somebody; set free";
	if (knob[K_FACTS] == 0 && (knob[K_PEOPLE] < 4 || knob[K_PAIRS] + knob[K_COMPOUND] < 10))
		return "without facts it needs four people and 10 percent of pairs or compound: else the mirror image fits as well";
	if (knob[K_SPLITS] && knob[K_PEOPLE] < 4 + 2 * knob[K_SPLITS])
		return "too few people for so many splits";
	return NULL;
}

enum { DRAWS = 200, SURELY_PROVED = 12 };

/* Does the worked solution suppose often enough? Where nobody is given, nothing follows without a first supposition. */
static bool splits_enough(const struct lies *l, const int *knob)
{
	struct lies_effort e;

	if (!knob[K_FREE] || (!knob[K_FACTS] && knob[K_SPLITS] < 2 && l->people <= SURELY_PROVED))
		return true;
	return lies_measure(&e, l) && e.splits >= knob[K_SPLITS];
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	for (int draw = 0; draw < DRAWS; draw++) {
		struct lies l;
		uint32_t kinds, truth;

		l.people = knob[K_PEOPLE];
		l.items = 0;
		kinds = (uint32_t)rng_u64(rng) & ((1u << l.people) - 1);
		draw_items(&l, kinds, knob, rng);
		number_people(&l);
		draw_names(&l, rng);
		if (lies_said_twice(&l) || !lies_unique(&l, &truth) || !splits_enough(&l, knob))
			continue;
		lies_write(desc, &l);
		answer_write(answer, l.people, truth);
		return true;
	}
	return false;
}

const struct task task_web_of_lies = {
	.name = "web_of_lies",
	.family = "logic",
	.what = "Who always tells the truth and who always lies, from what they say of each other.",
	.revision = 2,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
