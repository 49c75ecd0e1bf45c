/*
 * star_placement_puzzle.c - stars on a board of regions: k in each row, column and region, none touching; one solution
 * by proof, graded by the technique it needs.
 *
 * desc: "K:ROW/ROW/...", n rows of n letters, a letter a region ("1:AABB/ACCB/DDCB/DDCC"). The answer is the stars' places
 * from top to bottom: "(1,2), (2,4), (3,1), (4,3)".
 *
 * Regions grow around the stars of a random solution; then, while there is another solution, one of its stars is given to
 * the region next door, which spoils it and leaves the first as it was.
 */
#include "generators/marks_posed.h"
#include "generators/regions.h"

enum { SIDE = 16, STARS_MAX = 4 };

enum { N, K, TECHNIQUE };

static const struct knob knobs[] = {
	{ "n", 4, 14, "rows, columns and regions" },
	{ "k", 1, 3, "stars in each row, column and region; a board needs 4k rows at least" },
	{ "technique", 0, 4,
	  "hardest technique needed: 0 counting, 1 what all ways to fill a unit share, 2 regions that fill lines, "
	  "3 a supposition refuted by counting, 4 suppositions within suppositions" },
	{ 0 },
};

static const int techniques[] = { MARKS_COUNT, MARKS_WAYS, MARKS_BANDS, MARKS_TRIAL, MARKS_GUESS };
static const char *const technique_names[] = {
	[MARKS_COUNT] = "counting",
	[MARKS_WAYS] = "counting, all ways",
	[MARKS_BANDS] = "counting, all ways, bands",
	[MARKS_TRIAL] = "counting, all ways, bands, refuted supposition",
	[MARKS_GUESS] = "counting, all ways, bands, refuted supposition, nested suppositions",
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* n  k  technique */
	{ 5, 1, 0 },
	{ 6, 1, 0 },
	{ 6, 1, 1 },
	{ 7, 1, 0 },
	{ 7, 1, 1 },
	{ 8, 1, 1 },
	{ 9, 1, 2 },
	{ 9, 2, 1 },
	{ 9, 2, 2 },
	{ 9, 2, 3 },
	{ 10, 2, 4 },
};

struct board {
	int k;
	struct regions r;
	char label[SIDE];
};

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static bool board_read(struct board *b, struct str desc)
{
	char label[64];

	if (desc.n < 3 || desc.s[0] < '1' || desc.s[0] > '0' + STARS_MAX || desc.s[1] != ':' ||
	    !regions_read(&b->r, str_from(desc, 2), letters, 0, label))
		return false;
	b->k = desc.s[0] - '0';
	if (b->r.rows > SIDE || b->r.rows != b->r.cols || b->r.n != b->r.rows)
		return false;
	memcpy(b->label, label, sizeof(b->label));
	return true;
}

static void board_write(struct buf *out, const struct board *b)
{
	buf_addi(out, b->k);
	buf_addc(out, ':');
	regions_write(out, &b->r, b->label, 0);
}

static void shape_of(struct marks_shape *s, const struct regions *r, int k, const char *label)
{
	uint8_t in_line[SIDE];

	memset(in_line, k, sizeof(in_line));
	marks_shape(s, r->rows, r->rows, MARKS_APART);
	marks_lines(s, in_line, in_line);
	regions_units(s, r, k, label);
	marks_close(s);
}

static void answer_write(struct buf *out, const struct marks_shape *s, const struct set *star)
{
	const char *between = "";

	for (int y = 1, i = 0; y <= s->rows; y++)
		for (int x = 1; x <= s->cols; x++, i++)
			if (set_has(star, i)) {
				buf_addz(out, between);
				buf_addc(out, '(');
				buf_addi(out, y);
				buf_addc(out, ',');
				buf_addi(out, x);
				buf_addc(out, ')');
				between = ", ";
			}
}

/* ---- inventing ---- */

struct stars {
	int n, k, budget;
	uint16_t row[SIDE]; /* bit x: a star in column x */
	uint8_t in_col[SIDE];
	struct set star;
};

static bool row_of_stars(struct stars *s, int y, struct rng *rng);

/* The j-th star of row y, anywhere right of `from`; each choice is tried once, in random order. */
static bool star_in_row(struct stars *s, int y, int j, int from, struct rng *rng)
{
	uint8_t order[SIDE];
	int n = 0;

	if (j == s->k)
		return row_of_stars(s, y + 1, rng);
	for (int x = from; x < s->n; x++)
		order[n++] = (uint8_t)x;
	rng_shuffle(rng, order, (size_t)n, 1);
	for (int i = 0; i < n && s->budget-- > 0; i++) {
		int x = order[i];
		unsigned around = (7u << x) >> 1; /* x - 1 .. x + 1 */

		if (s->in_col[x] == s->k || (y > 0 && s->row[y - 1] & around))
			continue;
		s->row[y] |= (uint16_t)(1u << x);
		s->in_col[x]++;
		if (star_in_row(s, y, j + 1, x + 2, rng))
			return true;
		s->row[y] &= (uint16_t)~(1u << x);
		s->in_col[x]--;
	}
	return false;
}

static bool row_of_stars(struct stars *s, int y, struct rng *rng)
{
	if (y == s->n)
		return true;
	for (int x = 0; x < s->n; x++) /* a column cannot take more than every other row that is left */
		if (s->k - s->in_col[x] > (s->n - y + 1) / 2)
			return false;
	s->row[y] = 0;
	return star_in_row(s, y, 0, 0, rng);
}

static bool draw_stars(struct stars *s, int n, int k, struct rng *rng)
{
	uint32_t how;

	*s = (struct stars){ .n = n, .k = k, .budget = 4000 };
	if (!row_of_stars(s, 0, rng))
		return false;
	how = rng_below(rng, 8); /* turned or not: row by row some layouts come more often than others */
	for (int y = 0; y < n; y++)
		for (unsigned row = s->row[y]; row; row &= row - 1) {
			int x = __builtin_ctz(row), to_y = how & 2 ? n - 1 - y : y, to_x = how & 4 ? n - 1 - x : x;

			set_put(&s->star, how & 1 ? to_x * n + to_y : to_y * n + to_x);
		}
	return true;
}

enum { DRAWS = 60 };

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	int n = knob[N], k = knob[K];
	struct board b = { .k = k };
	struct regions_puzzle p = { shape_of, k, letters, 20 };
	struct stars s;

	memcpy(b.label, letters, sizeof(b.label));
	for (int draw = 0; draw < DRAWS; draw++) {
		int16_t seed[SIDE * STARS_MAX];
		int seeds = 0;

		if (!draw_stars(&s, n, k, rng))
			continue;
		for (int i = 0; i < n * n; i++)
			if (set_has(&s.star, i))
				seed[seeds++] = (int16_t)i;
		if (!regions_grow(&b.r, n, n, seed, seeds, NULL, rng) || !regions_merge(&b.r, k, rng))
			continue;
		if (!regions_fit(&b.r, &s.star, &p, techniques[knob[TECHNIQUE]], rng))
			continue;
		regions_sort(&b.r);
		board_write(desc, &b);
		answer_write(answer, &(struct marks_shape){ .rows = n, .cols = n }, &s.star);
		return true;
	}
	return false;
}

static const char *refuse(const int *knob)
{
	int n = knob[N], k = knob[K], technique = knob[TECHNIQUE];

	if (n < 4 * k)
		return "stars would touch: a board with k stars a row needs 4k rows at least";
	if (k == 1 && (technique == 4 || (n == 4 && technique > 1)))
		return "no such board needs so hard a technique";
	if (technique == 0 && (k > 1 || n > 11))
		return "counting alone does not solve such large boards";
	if (n > (k == 1 ? 14 : k == 2 ? 12 : 13))
		return "one solution is too rare on so large boards: k = 2 goes up to 12 rows, k = 3 to 13";
	if (k == 3 && n == 13 && technique < 3)
		return "such large boards need suppositions (technique 3 or 4)";
	return NULL;
}

/* ---- from the desc ---- */

static bool shape_read(struct marks_shape *s, struct str desc)
{
	struct board b;

	if (!board_read(&b, desc))
		return false;
	shape_of(s, &b.r, b.k, b.label);
	return true;
}

static const struct posed posed = {
	.shape = shape_read,
	.answer = answer_write,
	.techniques = technique_names,
	.legend = {
		[LANG_EN] = "+(y,x): star in row y, column x; -(y,x): none. r, c, letter: row, column, region, with stars it has/needs. "
			    "*N: the same in all N ways; =: regions that fill these lines; ? suppose, x contradiction.\n",
		[LANG_ZH] = "+(y,x)：第y行第x列有星；-(y,x)：没有。r、c、字母：行、列、区域，后面是已有/应有星数。"
			    "*N：N种放法都如此；=：区域占满这些行列；?：假设，x：矛盾。\n",
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

	return board_read(&b, desc) ? b.r.rows * marks_log2_choose(b.r.rows, b.k) : 0.0;
}

/* ---- symmetry ---- */

static void canon(struct buf *out, struct str desc)
{
	struct board b, image;

	if (!board_read(&b, desc))
		return;
	image.k = b.k;
	memcpy(image.label, letters, sizeof(image.label));
	regions_canon(&image.r, &b.r);
	board_write(out, &image);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct board b, image;

	if (!board_read(&b, desc))
		return false;
	image.k = b.k;
	regions_image(&image.r, &b.r, (int)rng_below(rng, 8));
	memcpy(image.label, letters, sizeof(image.label));
	rng_shuffle(rng, image.label, (size_t)b.r.n, 1);
	board_write(out, &image);
	return true;
}

/* ---- what the prompt needs ---- */

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	static const char *const stars[LANGS][STARS_MAX] = {
		[LANG_EN] = { "one star", "2 stars", "3 stars", "4 stars" },
		[LANG_ZH] = { "1颗星", "2颗星", "3颗星", "4颗星" },
	};
	struct board b;

	if (!board_read(&b, desc))
		return;
	hole_puti(holes, "n", b.r.rows);
	hole_puti(holes, "k", b.k);
	hole_puti(holes, "total", b.k * b.r.rows);
	hole_put(holes, "stars", str_of(stars[lang][b.k - 1]));
	regions_fields(holes, &b.r, b.label, '?');
}

const struct task task_star_placement_puzzle = {
	.name = "star_placement_puzzle",
	.family = "grid",
	.what = "Place stars so that every row, column and region holds as many as it should and none touch.",
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
