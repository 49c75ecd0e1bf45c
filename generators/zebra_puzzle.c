/*
 * zebra_puzzle.c - houses in a row and who lives where: one solution by proof, no clue to spare, graded by the steps it needs.
 *
 * desc: see verifiers/zebra_puzzle.h. The answer has the values house by house: "Alma, tea, cat / Boris, milk, dog".
 * zebra_make.c invents, zebra_search.c proves, zebra_think.c and zebra_tell.c solve as a person would.
 */
#include "generators/zebra_think.h"

#include <stdlib.h>

enum { HOUSES_KNOB, ATTRIBUTES_KNOB, KINDS_KNOB, LOGIC_KNOB, SPARE_KNOB, ASK_KNOB };

/* What a bit of the knob "kinds" stands for, in order: see draw_breaking() in zebra_make.c. */
enum {
	AT = 1, NOT_AT = 2, SAME = 4, APART = 8, BESIDE = 16, NEXT = 32, LEFT = 64, GAP1 = 128, GAP2 = 256, GAP3 = 512, END = 1024,
	BETWEEN = 2048, EITHER = 4096,
	CLASSIC = AT | SAME | BESIDE | NEXT | LEFT,
	ALL = 8191,
};

enum { LOGIC_CLUES, LOGIC_TOGETHER, LOGIC_TRIAL };

static const struct knob knobs[] = {
	{ "houses", 2, ZEBRA_SIDE, "how many houses" },
	{ "attributes", 2, ZEBRA_SIDE, "how many attributes each has" },
	{ "kinds", 1, ALL,
	  "sum of the kinds of clues: 1 found at, 2 not at, 4 same house, 8 not the same house, 16 directly left or right, 32 next to, "
	  "64 somewhere left or right, 128 one house between, 256 two, 512 three, 1024 at an end, 2048 between two, 4096 either or" },
	{ "logic", LOGIC_CLUES, LOGIC_TRIAL,
	  "what the solution may need: 0 one clue at a time, 1 also what several give together, 2 it needs suppositions" },
	{ "spare", 0, 20, "true clues beyond those needed" },
	{ "ask", 0, 1, "what the answer is: 0 everything, 1 the order of one attribute" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	{ 4, 2, CLASSIC | NOT_AT | END, LOGIC_CLUES, 0, 0 },
	{ 3, 3, CLASSIC | NOT_AT | APART | END, LOGIC_CLUES, 0, 0 },
	{ 4, 3, CLASSIC | NOT_AT | APART | GAP1 | END, LOGIC_CLUES, 0, 0 },
	{ 4, 4, CLASSIC | NOT_AT | APART | GAP1 | END, LOGIC_CLUES, 0, 0 },
	{ 5, 4, ALL & ~GAP3, LOGIC_CLUES, 0, 0 },
	{ 5, 5, ALL & ~GAP3, LOGIC_CLUES, 0, 0 },
	{ 6, 5, ALL & ~EITHER, LOGIC_TOGETHER, 0, 0 },
	{ 6, 6, ALL & ~BETWEEN & ~EITHER, LOGIC_TOGETHER, 0, 0 },
	{ 6, 6, ALL, LOGIC_TRIAL, 0, 0 },
	{ 7, 6, ALL, LOGIC_TRIAL, 0, 0 },
	{ 7, 7, ALL & ~AT & ~SAME, LOGIC_TRIAL, 0, 0 },
};

static const char *refuse(const int *knob)
{
	int kinds = knob[KINDS_KNOB];

	if (!(kinds & (AT | NOT_AT | BESIDE | LEFT)))
		return "these kinds of clues hold of the mirrored row too: at least one of 1, 2, 16 and 64 is needed";
	if (knob[LOGIC_KNOB] == LOGIC_TRIAL && knob[HOUSES_KNOB] < 4)
		return "fewer than four houses hardly ever need a supposition (logic 2)";
	if (knob[LOGIC_KNOB] == LOGIC_TRIAL && !(kinds & ~(AT | NOT_AT | END)))
		return "clues about single values never need a supposition (logic 2)";
	return NULL;
}

static void put_item(struct buf *b, int item)
{
	buf_addc(b, (char)('A' + zebra_attribute(item)));
	buf_addc(b, (char)('1' + item % ZEBRA_SIDE));
}

static void desc_write(struct buf *b, const struct zebra *z)
{
	static const char marks[] = "@!=#lrnLRijkebx";

	for (int a = 0; a < z->attributes; a++) {
		buf_addz(b, a ? "/" : "");
		buf_addc(b, (char)('a' + z->theme[a]));
		for (int v = 0; v < z->houses; v++)
			buf_addc(b, (char)('a' + z->value[a][v]));
	}
	for (int i = 0; i < z->clues; i++) {
		const struct zebra_clue *c = &z->clue[i];

		buf_addc(b, ' ');
		put_item(b, c->x);
		buf_addc(b, marks[c->kind]);
		if (c->kind <= ZEBRA_NOT_AT)
			buf_addi(b, c->y + 1);
		else if (c->kind != ZEBRA_END)
			put_item(b, c->y);
		if (c->kind >= ZEBRA_BETWEEN)
			put_item(b, c->z);
	}
	if (z->ask >= 0)
		buf_addf(b, " ?%c", 'A' + z->ask);
}

/* Themes and values at random; their order is that of the prompt and says nothing. */
static void draw_words(struct zebra *z, struct rng *rng)
{
	uint8_t theme[ZEBRA_THEMES], value[ZEBRA_VALUES];

	for (int i = 0; i < ZEBRA_THEMES; i++)
		theme[i] = (uint8_t)i;
	rng_shuffle(rng, theme, ZEBRA_THEMES, 1);
	for (int a = 0; a < z->attributes; a++) {
		z->theme[a] = theme[a];
		for (int i = 0; i < ZEBRA_VALUES; i++)
			value[i] = (uint8_t)i;
		rng_shuffle(rng, value, ZEBRA_VALUES, 1);
		memcpy(z->value[a], value, (size_t)z->houses);
	}
}

/* Do the clues, seen one by one, leave each item one house? That is less than what zebra_think() sees in them, and cheap. */
static bool told_at_once(const struct zebra *z)
{
	struct zebra_masks m;
	struct zebra_net net;

	zebra_net(&net, z);
	zebra_start(&m, z);
	return zebra_learn(&net, &m, 0, z->clues) && zebra_told(&m);
}

static bool logic_fits(struct zebra_think *t, const struct zebra *z, int logic)
{
	if (told_at_once(z))
		return logic != LOGIC_TRIAL;
	if (logic == LOGIC_CLUES)
		return zebra_think(t, z, ZEBRA_CLUE);
	if (logic == LOGIC_TOGETHER)
		return zebra_think(t, z, ZEBRA_SET);
	return !zebra_think(t, z, ZEBRA_SET) && zebra_think(t, z, ZEBRA_TRIAL);
}

/*
 * Where the clues, perhaps not yet enough, ask for too much: true ones are added until that is no longer so, and taken out
 * again where it stays so. For sizes and kinds that hardly ever give an easy puzzle without a clue to spare.
 */
static bool help(struct zebra_think *t, struct zebra *z, const uint8_t *house, const int *knob, struct rng *rng)
{
	while (!logic_fits(t, z, knob[LOGIC_KNOB])) {
		int before = z->clues;

		zebra_spare(z, house, knob[KINDS_KNOB], 1 + z->clues / 8, rng);
		if (z->clues == before)
			return false;
	}
	for (int i = z->clues - 1; i >= 0; i--) {
		struct zebra_clue c = z->clue[i];

		z->clue[i] = z->clue[--z->clues];
		if (z->clues && logic_fits(t, z, knob[LOGIC_KNOB]))
			continue;
		z->clue[z->clues++] = z->clue[i];
		z->clue[i] = c;
	}
	return true;
}

static int draws(const struct zebra *z)
{
	int items = z->houses * z->attributes;

	return items <= 25 ? 400 : items <= 36 ? 120 : 20;
}

struct wish {
	struct zebra_think *t;
	int logic;
};

static bool wish_fits(void *ctx, const struct zebra *z)
{
	const struct wish *w = ctx;

	return logic_fits(w->t, z, w->logic);
}

enum { REDUCTIONS = 4 };

/*
 * Every clue needed, and no more asked for than the logic allows; what was too much before clues go is so after. Of the clues of one
 * table several selections are tried.
 */
static bool make(struct zebra_think *t, struct zebra *z, uint8_t *house, const int *knob, struct rng *rng)
{
	struct wish w = { t, knob[LOGIC_KNOB] };
	bool trial = w.logic == LOGIC_TRIAL;
	struct zebra_met met;
	struct zebra all;

	if (!zebra_invent(z, house, knob[KINDS_KNOB], &met, rng) || (!trial && !logic_fits(t, z, w.logic)))
		return false;
	all = *z;
	for (int left = REDUCTIONS; left > 0; left--) {
		if (zebra_reduce(z, house, &met, trial ? NULL : wish_fits, &w, rng) && (!trial || logic_fits(t, z, w.logic)))
			return true;
		*z = all;
	}
	return false;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct zebra z = { .houses = knob[HOUSES_KNOB], .attributes = knob[ATTRIBUTES_KNOB] };
	struct zebra_think *t = malloc(sizeof(*t));
	uint8_t house[ZEBRA_ITEMS] = { 0 }, found[ZEBRA_ITEMS];
	bool fits = false;

	for (int left = t ? draws(&z) : 0; left > 0 && !fits; left--)
		fits = make(t, &z, house, knob, rng);
	if (t && !fits && knob[LOGIC_KNOB] < LOGIC_TRIAL)
		fits = help(t, &z, house, knob, rng);
	free(t);
	if (!fits || zebra_solutions(&z, found, 2) != 1) /* what prove() will ask */
		return false;
	zebra_spare(&z, house, knob[KINDS_KNOB], knob[SPARE_KNOB], rng);
	draw_words(&z, rng);
	z.ask = knob[ASK_KNOB] ? (int)rng_below(rng, (uint32_t)z.attributes) : -1;
	desc_write(desc, &z);
	zebra_say(answer, &z, house, LANG_EN);
	return true;
}

/* ---- from the desc ---- */

static bool well_posed(struct zebra *z, uint8_t *house, struct str desc)
{
	return zebra_read(z, desc) && zebra_solutions(z, house, 2) == 1;
}

static bool prove(struct str desc)
{
	struct zebra z;
	uint8_t house[ZEBRA_ITEMS];

	return well_posed(&z, house, desc);
}

static bool solve(struct buf *answer, struct str desc)
{
	struct zebra z;
	uint8_t house[ZEBRA_ITEMS];

	if (!zebra_read(&z, desc) || zebra_solutions(&z, house, 1) != 1)
		return false;
	zebra_say(answer, &z, house, LANG_EN);
	return true;
}

static void say(struct buf *out, struct str desc, struct str answer, enum lang lang)
{
	struct zebra z;
	uint8_t house[ZEBRA_ITEMS];

	if (lang == LANG_EN || !zebra_read(&z, desc) || zebra_solutions(&z, house, 1) != 1)
		buf_add(out, answer);
	else
		zebra_say(out, &z, house, lang);
}

static const char *const headings[LANGS] = {
	"x = y: the same house; x ≠ y: not. (n): by clue n; [a]: of a, x and y have nothing left in common; "
	"{s}: these leave no other place among them; x = y ?: suppose it, until nothing is left for something (∅).",
	"x = y：同一座房子；x ≠ y：不是。(n)：由第 n 条线索；[a]：x 与 y 在 a 上已无共同可能；"
	"{s}：这几项恰好占满相应的位置；x = y ?：假设如此，直到某项再无可能（∅）。",
};

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct zebra z;
	uint8_t house[ZEBRA_ITEMS];
	struct zebra_think *t;
	struct zebra_told told;

	if (!well_posed(&z, house, desc) || !(t = malloc(sizeof(*t))))
		return;
	buf_addf(steps, "%s\n", headings[lang]);
	if (zebra_think(t, &z, ZEBRA_DEEP_TRIAL))
		zebra_tell(t, steps, lang, &told);
	else
		buf_addz(steps, lang == LANG_ZH ? "一步步的假设还不够，只能逐一试完所有排法。" : "Single suppositions are not enough here: all tables were tried.");
	if (steps->n && steps->s[steps->n - 1] == '\n')
		buf_cut(steps, steps->n - 1);
	free(t);
}

static void grade(struct effort *e, struct str desc)
{
	static const char *const names[] = {
		"clues", "clues", "clues, links", "clues, links", "clues, sets", "clues, sets", "clues, links, sets",
		"clues, links, sets", "clues, suppositions", "clues, suppositions", "clues, links, suppositions",
		"clues, links, suppositions", "clues, sets, suppositions", "clues, sets, suppositions",
		"clues, links, sets, suppositions", "clues, links, sets, suppositions",
	};
	struct zebra z;
	uint8_t house[ZEBRA_ITEMS];
	struct zebra_think *t;
	struct zebra_told told = { 0 };

	*e = (struct effort){ .technique = "" };
	if (!well_posed(&z, house, desc) || !(t = malloc(sizeof(*t))))
		return;
	if (zebra_think(t, &z, ZEBRA_DEEP_TRIAL))
		zebra_tell(t, NULL, LANG_EN, &told);
	e->branch = t->branch;
	e->depth = told.depth;
	e->steps = told.steps;
	e->technique = names[told.used & 15];
	free(t);
}

static double answers_log2(struct str desc)
{
	static const double log2_factorial[ZEBRA_SIDE + 1] = { 0,
							       0,
							       1,
							       2.584962500721156,
							       4.584962500721156,
							       6.906890595608519,
							       9.491853096329675,
							       12.299208018387279 };
	struct zebra z;

	return zebra_read(&z, desc) ? (z.ask < 0 ? z.attributes : 1) * log2_factorial[z.houses] : 0;
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct zebra z;

	if (zebra_read(&z, desc))
		zebra_fields(holes, &z, lang);
}

/* ---- symmetry: other words, other orders, and the row seen in a mirror ---- */

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct zebra z;

	if (!zebra_read(&z, desc))
		return false;
	zebra_disguise(&z, rng);
	draw_words(&z, rng);
	desc_write(out, &z);
	return true;
}

static void canon(struct buf *out, struct str desc)
{
	struct zebra z;
	uint8_t house[ZEBRA_ITEMS];

	if (!zebra_read(&z, desc))
		return;
	if (zebra_solutions(&z, house, 2) == 1)
		zebra_canon(out, &z, house);
	else
		buf_add(out, desc); /* no puzzle: a text of its own */
}

const struct task task_zebra_puzzle = {
	.name = "zebra_puzzle",
	.family = "deduction",
	.what = "Who lives in which house, from clues about neighbours.",
	.revision = 2,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.say = say,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
