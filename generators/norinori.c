/*
 * norinori.c - dominoes on a board of regions: two covered cells in each region, no two dominoes side by side; one solution by
 * proof, graded by the technique it needs.
 *
 * desc: rows of letters, a letter a region, X a cell of no region that is covered: "AABB/ACCB/XXCC". The answer is the
 * board in 0 and 1: "0110/0000/1100".
 *
 * Regions grow around the covered cells of random dominoes, each region is two such patches, and regions_fit.c does the rest.
 */
#include "generators/marks_posed.h"
#include "generators/regions.h"

enum { SIDE = 12, REGIONS = 50 };

enum { N, REGIONS_MIN, REGIONS_MAX, SHADOW, TECHNIQUE };

static const struct knob knobs[] = {
	{ "n", 4, SIDE, "rows and columns" },
	{ "regions_min", 2, 34, "fewest regions" },
	{ "regions_max", 2, 34, "most regions" },
	{ "shadow", 0, 15, "percent of the cells that are covered from the start (X) and in no region; their number is made even" },
	{ "technique", 0, 3,
	  "hardest technique needed: 0 counting, 1 what all ways to fill a region share, 2 a supposition refuted by counting, "
	  "3 suppositions within suppositions" },
	{ 0 },
};

static const int techniques[] = { MARKS_COUNT, MARKS_WAYS, MARKS_TRIAL, MARKS_GUESS };
static const char *const technique_names[] = {
	[MARKS_COUNT] = "counting",
	[MARKS_PAIR] = "counting",
	[MARKS_WAYS] = "counting, all ways",
	[MARKS_BANDS] = "counting, all ways",
	[MARKS_TRIAL] = "counting, all ways, refuted supposition",
	[MARKS_GUESS] = "counting, all ways, refuted supposition, nested suppositions",
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* n  regions  shadow  technique */
	{ 5, 5, 6, 0, 0 },
	{ 5, 5, 6, 0, 1 },
	{ 6, 7, 8, 4, 0 },
	{ 6, 7, 8, 0, 1 },
	{ 7, 10, 11, 0, 1 },
	{ 8, 14, 15, 0, 1 },
	{ 9, 18, 19, 0, 1 },
	{ 9, 18, 19, 0, 2 },
	{ 10, 22, 24, 0, 2 },
	{ 11, 27, 29, 0, 2 },
	{ 12, 32, 34, 0, 2 },
};

struct board {
	struct regions r;
	char label[REGIONS];
};

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWYZabcdefghijklmnopqrstuvwyz"; /* no X, no x */

static bool board_read(struct board *b, struct str desc)
{
	char label[64];

	if (!regions_read(&b->r, desc, letters, 'X', label) || b->r.n > REGIONS)
		return false;
	memcpy(b->label, label, sizeof(b->label));
	return true;
}

static void shape_of(struct marks_shape *s, const struct regions *r, int k, const char *label)
{
	marks_shape(s, r->rows, r->cols, MARKS_DOMINO);
	regions_units(s, r, k, label);
	for (int i = 0; i < s->cells; i++)
		s->given[i] = r->of[i] == REGIONS_NONE;
	marks_close(s);
}

static void answer_write(struct buf *out, const struct marks_shape *s, const struct set *covered)
{
	for (int y = 0, i = 0; y < s->rows; y++) {
		if (y > 0)
			buf_addc(out, '/');
		for (int x = 0; x < s->cols; x++, i++)
			buf_addc(out, set_has(covered, i) ? '1' : '0');
	}
}

/* ---- inventing ---- */

/* Where a domino can lie, and what it leaves no room on: its own cells and those beside it. */
struct places {
	int n, words;
	struct {
		int16_t cell[2];
		struct set foot;
	} at[2 * SIDE * SIDE];
};

static void places_of(struct places *p, int side)
{
	p->n = 0;
	p->words = (side * side + 63) / 64;
	for (int i = 0; i < side * side; i++)
		for (int lying = 0; lying < 2; lying++) {
			int last = i + (lying ? 1 : side); /* the other cell */
			struct set *foot = &p->at[p->n].foot;

			if (lying ? i % side + 1 == side : last >= side * side)
				continue;
			p->at[p->n].cell[0] = (int16_t)i;
			p->at[p->n++].cell[1] = (int16_t)last;
			*foot = (struct set){ { 0 } };
			for (int y = i / side - 1; y <= last / side + 1; y++)
				for (int x = i % side - 1; x <= last % side + 1; x++) {
					bool corner = (y < i / side || y > last / side) && (x < i % side || x > last % side);

					if (y >= 0 && y < side && x >= 0 && x < side && !corner)
						set_put(foot, y * side + x);
				}
		}
}

struct layout {
	int count;
	int16_t domino[SIDE * SIDE / 2]; /* places */
};

enum { TASTES = 12, TASTES_LEAST = 3, RELAYS = 400 };

static int waste(const struct set *foot, const struct set *taken, int words)
{
	int n = 0;

	for (int i = 0; i < words; i++)
		for (uint64_t x = foot->w[i] & ~taken->w[i]; x; x &= x - 1)
			n++;
	return n;
}

static void take(struct set *taken, const struct set *foot, int words)
{
	for (int i = 0; i < words; i++)
		taken->w[i] |= foot->w[i];
}

/* Add dominoes where there is room; of some places, fewer as they run short, the one that wastes least, so that they lie close. */
static void fill(struct layout *l, const struct places *p, int most, struct rng *rng)
{
	int16_t place[2 * SIDE * SIDE]; /* that may be free */
	struct set taken = { { 0 } };   /* covered, or beside a domino */
	int left = 0;

	for (int i = 0; i < l->count; i++)
		take(&taken, &p->at[l->domino[i]].foot, p->words);
	for (int i = 0; i < p->n; i++)
		if (!set_has(&taken, p->at[i].cell[0]) && !set_has(&taken, p->at[i].cell[1]))
			place[left++] = (int16_t)i;
	while (l->count < most && left > 0) {
		int best = -1, least = 9, tastes = TASTES * left / p->n;

		for (int t = 0; (t < tastes || t < TASTES_LEAST) && left > 0; t++) {
			int at = (int)rng_below(rng, (uint32_t)left), here = place[at], wasted;

			if (set_has(&taken, p->at[here].cell[0]) || set_has(&taken, p->at[here].cell[1])) {
				place[at] = place[--left];
				continue;
			}
			wasted = waste(&p->at[here].foot, &taken, p->words);
			if (wasted < least) {
				least = wasted;
				best = here;
			}
		}
		if (best < 0)
			continue;
		take(&taken, &p->at[best].foot, p->words);
		l->domino[l->count++] = (int16_t)best;
	}
}

/* Dominoes at random, side by side nowhere; while too few find room, two are taken up and laid anew. */
static bool lay(struct set *covered, const struct places *p, int dominoes, struct rng *rng)
{
	struct layout l = { .count = 0 };

	fill(&l, p, dominoes, rng);
	for (int i = 0; i < RELAYS && l.count < dominoes; i++) {
		struct layout old = l;

		for (int k = 0; k < 2 && l.count > 0; k++, l.count--)
			l.domino[rng_below(rng, (uint32_t)l.count)] = l.domino[l.count - 1];
		fill(&l, p, dominoes, rng);
		if (l.count < old.count)
			l = old;
	}
	*covered = (struct set){ { 0 } };
	for (int i = 0; i < l.count; i++) {
		set_put(covered, p->at[l.domino[i]].cell[0]);
		set_put(covered, p->at[l.domino[i]].cell[1]);
	}
	return l.count == dominoes;
}

/* An even number of X cells. */
static int shadows(const int *knob)
{
	return (knob[N] * knob[N] * knob[SHADOW] + 100) / 200 * 2;
}

/* With fewer dominoes a board has hardly ever one solution; more hardly ever find room. */
static int fewest(int n)
{
	return n * n * (n < 8 ? 16 : n < 10 ? 18 : n < 12 ? 20 : 22) / 100;
}

static int most(int n)
{
	return n * n * 26 / 100 + 1;
}

enum { DRAWS = 40, CUTS = 8 };

/* Regions for these covered cells, of which some become X cells. */
static bool cut(struct regions *r, const struct set *covered, int n, int regions, int technique, struct rng *rng)
{
	struct regions_puzzle p = { shape_of, 2, letters, 8 };
	bool x[MARKS_CELLS] = { false };
	int16_t cell[MARKS_CELLS];
	int cells = 0;

	for (int i = 0; i < n * n; i++)
		if (set_has(covered, i))
			cell[cells++] = (int16_t)i;
	rng_shuffle(rng, cell, (size_t)cells, sizeof(cell[0]));
	for (int i = 2 * regions; i < cells; i++)
		x[cell[i]] = true;
	return regions_grow(r, n, n, cell, 2 * regions, x, rng) && regions_merge(r, 2, rng) &&
	       regions_fit(r, covered, &p, technique, rng);
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	int n = knob[N], xs = shadows(knob), lo = knob[REGIONS_MIN], hi = knob[REGIONS_MAX];
	struct places places;

	places_of(&places, n);
	lo = lo > fewest(n) - xs / 2 ? lo : fewest(n) - xs / 2;
	hi = hi < most(n) - xs / 2 ? hi : most(n) - xs / 2;
	for (int draw = 0; draw < DRAWS; draw++) {
		int regions = rng_range(rng, lo, hi), cuts = 0;
		struct set covered;
		struct regions r;

		if (!lay(&covered, &places, regions + xs / 2, rng))
			continue;
		while (cuts < CUTS && !cut(&r, &covered, n, regions, techniques[knob[TECHNIQUE]], rng))
			cuts++;
		if (cuts == CUTS)
			continue;
		regions_sort(&r);
		regions_write(desc, &r, letters, 'X');
		answer_write(answer, &(struct marks_shape){ .rows = n, .cols = n }, &covered);
		return true;
	}
	return false;
}

static const char *refuse(const int *knob)
{
	int n = knob[N], xs = shadows(knob);

	if (knob[REGIONS_MIN] > knob[REGIONS_MAX])
		return "regions_min is above regions_max";
	if (knob[REGIONS_MAX] + xs / 2 < fewest(n))
		return "so few regions on so many cells leave more than one solution";
	if (knob[REGIONS_MIN] + xs / 2 > most(n))
		return "so many dominoes find no room without lying side by side";
	if (xs / 2 + 2 > most(n))
		return "so many cells that are covered from the start leave no room for two regions";
	if (knob[TECHNIQUE] == 0 && n > 10)
		return "counting alone does not solve such large boards";
	if (knob[TECHNIQUE] == 3 && (knob[SHADOW] > 5 || n < 5 || (n > 11 && xs)))
		return "boards with so many covered cells hardly ever need so hard a technique";
	return NULL;
}

/* ---- from the desc ---- */

static bool shape_read(struct marks_shape *s, struct str desc)
{
	struct board b;

	if (!board_read(&b, desc))
		return false;
	shape_of(s, &b.r, 2, b.label);
	return true;
}

static const struct posed posed = {
	.shape = shape_read,
	.answer = answer_write,
	.techniques = technique_names,
	.legend = {
		[LANG_EN] = "+(y,x): the cell in row y, column x is covered; -(y,x): it is not. Letter: region, with covered cells it "
			    "has/needs. =0, =1, =2: covered cells beside the cell. *N: the same in all N ways; ? suppose, "
			    "x contradiction.\n",
		[LANG_ZH] = "+(y,x)：第y行第x列被覆盖；-(y,x)：没有。字母：区域，后面是已覆盖/应覆盖格数。"
			    "=0、=1、=2：该格旁边已覆盖的格数。*N：N种覆盖法都如此；?：假设，x：矛盾。\n",
	},
};

POSED_TASK(posed)

static int count(struct buf *answer, struct str desc, int limit)
{
	return posed_count(&posed, answer, desc, limit);
}

static double answers_log2(struct str desc)
{
	struct board b;

	return board_read(&b, desc) ? b.r.rows * b.r.cols : 0.0;
}

/* ---- symmetry ---- */

static void canon(struct buf *out, struct str desc)
{
	struct board b;
	struct regions image;

	if (!board_read(&b, desc))
		return;
	regions_canon(&image, &b.r);
	regions_write(out, &image, letters, 'X');
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct board b;
	struct regions image;
	char label[REGIONS];

	if (!board_read(&b, desc))
		return false;
	regions_image(&image, &b.r, (int)rng_below(rng, 8));
	memcpy(label, letters, sizeof(label));
	rng_shuffle(rng, label, (size_t)b.r.n, 1);
	regions_write(out, &image, label, 'X');
	return true;
}

/* ---- what the prompt needs ---- */

static bool has_shadow(const struct regions *r)
{
	for (int i = 0; i < r->rows * r->cols; i++)
		if (r->of[i] == REGIONS_NONE)
			return true;
	return false;
}

/* What has to be said only of some boards: of X cells, and of small letters beside capitals. */
static void put_remark(struct holes *holes, const char *hole, const char *x, const char *small, const struct regions *r)
{
	struct buf *b = hole_open(holes, hole);

	if (b && has_shadow(r))
		buf_addz(b, x);
	if (b && r->n > 24)
		buf_addz(b, small);
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct board b;

	if (!board_read(&b, desc))
		return;
	hole_puti(holes, "rows", b.r.rows);
	hole_puti(holes, "cols", b.r.cols);
	if (lang == LANG_ZH) {
		put_remark(holes, "remark", "标有X的格子不属于任何区域，必须被覆盖。", "字母的大写和小写表示不同的区域。", &b.r);
		put_remark(holes, "owners", "标有X的地块不属于任何人家，必须被占据。", "字母的大写和小写表示不同的人家。", &b.r);
	} else {
		put_remark(holes, "remark", " Cells marked X belong to no region and must be covered.",
			   " A capital and a small letter are different regions.", &b.r);
		put_remark(holes, "owners", " Plots marked X belong to no family and must be filled.",
			   " A capital and a small letter are different families.", &b.r);
	}
	regions_fields(holes, &b.r, b.label, 'X');
}

const struct task task_norinori = {
	.name = "norinori",
	.family = "grid",
	.what = "Lay dominoes that do not lie side by side, so that each region has two covered cells.",
	.revision = 2,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.count = count,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
