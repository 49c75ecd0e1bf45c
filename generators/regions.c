/* regions.c - a board cut into connected regions; see regions.h. */
#include "generators/regions.h"

#include "base/grid.h"

static int beside(const struct regions *r, int i, int out[4])
{
	int y = i / r->cols, x = i % r->cols, n = 0;

	if (y > 0)
		out[n++] = i - r->cols;
	if (y + 1 < r->rows)
		out[n++] = i + r->cols;
	if (x > 0)
		out[n++] = i - 1;
	if (x + 1 < r->cols)
		out[n++] = i + 1;
	return n;
}

bool regions_grow(struct regions *r, int rows, int cols, const int16_t *seed, int n, const bool *blocked, struct rng *rng)
{
	int16_t edge[4 * REGIONS_CELLS]; /* open cells beside a region's, as often as they are met */
	uint8_t into[4 * REGIONS_CELLS]; /* which region */
	uint8_t rank[REGIONS_NONE]; /* of two places where a region may grow, the better one's wins: sizes differ */
	int edges = 0, cells = rows * cols, taken = 0, side[4];

	for (int k = 0; k < n; k++)
		rank[k] = (uint8_t)k;
	rng_shuffle(rng, rank, (size_t)n, 1);
	r->rows = rows;
	r->cols = cols;
	r->n = n;
	memset(r->of, REGIONS_NONE, sizeof(r->of));
	for (int k = 0; k < n; k++)
		r->of[seed[k]] = (uint8_t)k;
	for (int i = 0; i < cells; i++) {
		int sides = beside(r, i, side);

		taken += r->of[i] != REGIONS_NONE || (blocked && blocked[i]);
		for (int k = 0; k < sides && r->of[i] != REGIONS_NONE; k++) {
			edge[edges] = (int16_t)side[k];
			into[edges++] = r->of[i];
		}
	}
	while (edges > 0) {
		int at = (int)rng_below(rng, (uint32_t)edges), other = (int)rng_below(rng, (uint32_t)edges), cell, k, sides;

		if (rank[into[other]] > rank[into[at]])
			at = other;
		cell = edge[at];
		k = into[at];
		edges--;
		edge[at] = edge[edges];
		into[at] = into[edges];
		if (r->of[cell] != REGIONS_NONE || (blocked && blocked[cell]))
			continue;
		r->of[cell] = (uint8_t)k;
		taken++;
		sides = beside(r, cell, side);
		for (int s = 0; s < sides; s++)
			if (r->of[side[s]] == REGIONS_NONE && edges < 4 * REGIONS_CELLS) {
				edge[edges] = (int16_t)side[s];
				into[edges++] = (uint8_t)k;
			}
	}
	return taken == cells;
}

/* ---- merging ---- */

enum { PARTS = 128 };

struct merge {
	uint64_t beside[PARTS][PARTS / 64]; /* which parts touch */
	uint64_t free[PARTS / 64];
	uint8_t group[PARTS];
};

static bool has(const uint64_t *set, int i)
{
	return set[i / 64] >> (i % 64) & 1;
}

static int common(const uint64_t *a, const uint64_t *b)
{
	int n = 0;

	for (int i = 0; i < PARTS / 64; i++)
		n += __builtin_popcountll(a[i] & b[i]);
	return n;
}

/* A random free part of `among` (NULL: any) with the fewest free neighbours; -1 if there is none. */
static int loneliest(const struct merge *m, int n, const uint64_t *among, struct rng *rng)
{
	int best = -1, fewest = 0, ties = 0;

	for (int i = 0; i < n; i++) {
		int free;

		if (!has(m->free, i) || (among && !has(among, i)))
			continue;
		free = common(m->beside[i], m->free);
		if (best >= 0 && free > fewest)
			continue;
		ties = best >= 0 && free == fewest ? ties + 1 : 1;
		if (rng_below(rng, (uint32_t)ties) == 0)
			best = i;
		fewest = free;
	}
	return best;
}

bool regions_merge(struct regions *r, int k, struct rng *rng)
{
	struct merge m = { .free = { 0 } };
	int groups = 0, side[4];

	if (r->n > PARTS || r->n % k)
		return false;
	for (int i = 0; i < r->n; i++)
		m.free[i / 64] |= (uint64_t)1 << (i % 64);
	for (int i = 0; i < r->rows * r->cols; i++) {
		int sides = beside(r, i, side);

		for (int s = 0; s < sides; s++) {
			int a = r->of[i], b = r->of[side[s]];

			if (a != b && a != REGIONS_NONE && b != REGIONS_NONE)
				m.beside[a][b / 64] |= (uint64_t)1 << (b % 64);
		}
	}
	for (int left = r->n; left > 0; left -= k) {
		uint64_t around[PARTS / 64] = { 0 };

		for (int j = 0; j < k; j++) {
			int part = loneliest(&m, r->n, j ? around : NULL, rng);

			if (part < 0)
				return false;
			m.group[part] = (uint8_t)groups;
			m.free[part / 64] &= ~((uint64_t)1 << (part % 64));
			for (int i = 0; i < PARTS / 64; i++)
				around[i] |= m.beside[part][i];
		}
		groups++;
	}
	for (int i = 0; i < r->rows * r->cols; i++)
		if (r->of[i] != REGIONS_NONE)
			r->of[i] = m.group[r->of[i]];
	r->n = groups;
	return true;
}

/* ---- moving ---- */

static int size_of(const struct regions *r, int k)
{
	int n = 0;

	for (int i = 0; i < r->rows * r->cols; i++)
		n += r->of[i] == k;
	return n;
}

/* Would the region of `cell` still be one piece without it? */
static bool whole_without(const struct regions *r, int cell)
{
	bool seen[REGIONS_CELLS];
	int16_t queue[REGIONS_CELLS];
	int head = 0, tail = 0, side[4], sides = beside(r, cell, side), k = r->of[cell], own = 0;

	for (int s = 0; s < sides; s++)
		if (r->of[side[s]] == k) {
			own++;
			queue[0] = (int16_t)side[s];
		}
	if (own < 2)
		return own; /* an end, or all of it */
	memset(seen, 0, (size_t)(r->rows * r->cols) * sizeof(seen[0]));
	seen[queue[tail++]] = true;
	while (head < tail) {
		int i = queue[head++];

		sides = beside(r, i, side);
		for (int s = 0; s < sides; s++)
			if (r->of[side[s]] == k && !seen[side[s]] && side[s] != cell) {
				seen[side[s]] = true;
				queue[tail++] = (int16_t)side[s];
			}
	}
	return tail == size_of(r, k) - 1;
}

enum { TO_LARGER = 60 }; /* percent */

bool regions_move(struct regions *r, int cell, struct rng *rng)
{
	int side[4], sides = beside(r, cell, side), n = 0, to;
	uint8_t into[4];

	for (int s = 0; s < sides; s++)
		if (r->of[side[s]] != r->of[cell] && r->of[side[s]] != REGIONS_NONE)
			into[n++] = r->of[side[s]];
	if (!n || r->of[cell] == REGIONS_NONE || !whole_without(r, cell))
		return false;
	to = into[rng_below(rng, (uint32_t)n)];
	if (rng_chance(rng, TO_LARGER)) /* small regions say more, so that they are left small */
		for (int i = 0; i < n; i++)
			to = size_of(r, into[i]) > size_of(r, to) ? into[i] : to;
	r->of[cell] = (uint8_t)to;
	return true;
}

void regions_units(struct marks_shape *s, const struct regions *r, int need, const char *label)
{
	int16_t cell[REGIONS_CELLS], at[REGIONS_NONE + 2] = { 0 }; /* cells in order of their regions: from at[k] on */

	for (int i = 0; i < s->cells; i++)
		at[r->of[i] + 1]++;
	for (int k = 0; k < r->n; k++)
		at[k + 1] = (int16_t)(at[k + 1] + at[k]);
	for (int i = 0; i < s->cells; i++)
		if (r->of[i] != REGIONS_NONE)
			cell[at[r->of[i]]++] = (int16_t)i;
	for (int k = 0, i = 0; k < r->n; k++) {
		marks_unit(s, label[k], 0, need);
		for (; i < at[k]; i++) /* by now at[k] is where region k ends */
			marks_member(s, cell[i]);
	}
}

/* ---- text and symmetry ---- */

void regions_sort(struct regions *r)
{
	uint8_t as[256];
	int n = 0;

	memset(as, REGIONS_NONE, sizeof(as));
	for (int i = 0; i < r->rows * r->cols; i++) {
		if (r->of[i] == REGIONS_NONE)
			continue;
		if (as[r->of[i]] == REGIONS_NONE)
			as[r->of[i]] = (uint8_t)n++;
		r->of[i] = as[r->of[i]];
	}
	r->n = n;
}

bool regions_read(struct regions *r, struct str text, const char *letters, char none, char *label)
{
	enum { OTHER = 254 }; /* a letter that names no region yet */
	uint8_t as[256];
	size_t cols = 0, at = 0;

	memset(as, REGIONS_NONE, sizeof(as));
	for (const char *c = letters; *c; c++)
		as[(unsigned char)*c] = OTHER;
	while (cols < text.n && text.s[cols] != '/' && cols <= REGIONS_SIDE)
		cols++;
	if (!cols || cols > REGIONS_SIDE || (text.n + 1) % (cols + 1) || (text.n + 1) / (cols + 1) > REGIONS_SIDE)
		return false;
	r->cols = (int)cols;
	r->rows = (int)((text.n + 1) / (cols + 1));
	r->n = 0;
	for (int y = 0, i = 0; y < r->rows; y++) {
		if (y > 0 && text.s[at++] != '/')
			return false;
		for (int x = 0; x < r->cols; x++) {
			unsigned char c = (unsigned char)text.s[at++];

			if (as[c] == OTHER) {
				if (label)
					label[r->n] = (char)c;
				as[c] = (uint8_t)r->n++;
			}
			if (as[c] == REGIONS_NONE && !(none && c == (unsigned char)none))
				return false;
			r->of[i++] = as[c];
		}
	}
	return r->n > 0;
}

void regions_write(struct buf *b, const struct regions *r, const char *label, char none)
{
	for (int y = 0, i = 0; y < r->rows; y++) {
		if (y > 0)
			buf_addc(b, '/');
		for (int x = 0; x < r->cols; x++, i++)
			buf_addc(b, r->of[i] == REGIONS_NONE ? none : label[r->of[i]]);
	}
}

/* Image `how` of a board, its numbers going by first cell; false once it comes after `best` (NULL: never). */
static bool image_before(struct regions *to, const struct regions *from, int how, const struct regions *best)
{
	uint8_t as[256];
	bool before = !best;

	to->rows = how & 1 ? from->cols : from->rows;
	to->cols = how & 1 ? from->rows : from->cols;
	to->n = 0;
	if (best && to->rows != best->rows) {
		if (to->rows > best->rows)
			return false;
		before = true;
	}
	memset(as, REGIONS_NONE, sizeof(as));
	for (int line = 0, i = 0; line < to->rows; line++) {
		int y = how & 2 ? to->rows - 1 - line : line, x = how & 4 ? to->cols - 1 : 0;
		int at = how & 1 ? x * from->cols + y : y * from->cols + x, step = how & 1 ? from->cols : 1;

		step = how & 4 ? -step : step;
		for (int k = 0; k < to->cols; k++, i++, at += step) {
			uint8_t of = from->of[at];

			if (of != REGIONS_NONE && as[of] == REGIONS_NONE)
				as[of] = (uint8_t)to->n++;
			to->of[i] = as[of];
			if (before || to->of[i] == best->of[i])
				continue;
			if (to->of[i] > best->of[i])
				return false;
			before = true;
		}
	}
	return before;
}

void regions_image(struct regions *to, const struct regions *from, int how)
{
	image_before(to, from, how, NULL);
}

void regions_canon(struct regions *to, const struct regions *from)
{
	struct regions image;

	regions_image(to, from, 0);
	for (int how = 1; how < 8; how++)
		if (image_before(&image, from, how, to))
			*to = image;
}

/* ---- what the prompt needs ---- */

void regions_fields(struct holes *holes, const struct regions *r, const char *label, char none)
{
	static const struct {
		const char *hole;
		enum grid_style style;
	} looks[] = { { "board", GRID_SPACED }, { "plain", GRID_LINES }, { "json", GRID_JSON }, { "markdown", GRID_MARKDOWN } };
	char symbols[66] = "";
	struct grid g;
	struct buf *b;

	memcpy(symbols, label, (size_t)r->n);
	symbols[r->n] = none;
	g.rows = r->rows;
	g.cols = r->cols;
	for (int i = 0; i < r->rows * r->cols; i++)
		g.cell[i] = r->of[i] == REGIONS_NONE ? (int16_t)r->n : r->of[i];
	for (size_t i = 0; i < COUNT(looks); i++) {
		b = hole_open(holes, looks[i].hole);
		if (b)
			grid_write(b, &g, &(struct grid_look){ .style = looks[i].style, .symbols = symbols });
	}
	b = hole_open(holes, "letters");
	for (int k = 0; b && k < r->n; k++) {
		buf_addz(b, k ? ", " : "");
		buf_addc(b, label[k]);
	}
	hole_puti(holes, "regions", r->n);
}
