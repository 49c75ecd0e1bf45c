/*
 * cpu_amx.c - AVX512-BF16, and products of bf16 by AMX: sixteen rows by sixteen outputs by sixteen pairs in one instruction.
 *
 * A panel as struct gemm has it is a column of such tiles. The instruction adds, of its sixteen pairs, the first ones' products
 * and the second ones' each in a chain from 0, then the two, then that to what was there (subnormal numbers are 0): another order
 * than vectors have, but one that neither the number of rows nor of panels changes. What k lacks to 32 is filled with 0.
 */
#include "engine/cpu_avx512bf16.h"

#define GEMM_PAIRS
#define KERNELS cpu_amx
#define KERNELS_NAME "amx"
#include "engine/cpu_body.h"

#include <string.h>

enum {
	TILE_ROWS = 16,
	TILE_K = 32,        /* of bf16: a row of a tile is a line */
	BLOCK_ROWS = 2 * TILE_ROWS,
	BLOCK_HALVES = 16384, /* of x at once: two thirds of the nearest cache */
	AHEAD_LINES = 8,    /* of what is wanted after the product, fetched with every step of k */
};

/* Of x a block of rows, of w some panels, over a stretch of k. */
struct tiles {
	const half *x;
	int x_stride; /* halves */
	int rows, second; /* the second tile's first row; rows, when there is one tile alone */
	const uint16_t *w;
	size_t step; /* from panel to panel */
	int panels;
	int steps; /* of TILE_K */
	const uint16_t *last; /* (panels, 512) what the last step multiplies with, where the panels end before it does; else NULL */
	float *out;
	size_t out_stride;
	bool fresh; /* what was in out does not count */
	struct ahead *ahead;
};

/* Tiles 0 to 3 sum. One tile of rows: 4 is of x, four panels are met. Two: 4 and 5 are of x, two panels are met, by 0 and 1, and by 2 and 3. */
static void tiles_set(int rows, int second)
{
	struct {
		unsigned char palette, start, none[14];
		uint16_t bytes[16];
		unsigned char rows[16];
	} set = { .palette = 1 };
	bool two = second < rows;

	for (int i = 0; i < 8; i++) {
		set.bytes[i] = 64;
		set.rows[i] = (unsigned char)(i >= 6 || (i == 5 && !two) ? TILE_ROWS : two && (i == 2 || i == 3 || i == 5) ? rows - second : second);
	}
	_tile_loadconfig(&set);
}

/* By the way with a step of k: the panels behind these, as far into them as the step is, and some of what is wanted after the product. */
INLINE void fetch(const struct tiles *t, int step)
{
	for (int j = 0; j < t->panels; j++) {
		const uint16_t *w = t->w + (size_t)(j + t->panels) * t->step + (size_t)step * TILE_K * 16;

		for (int i = 0; i < 16; i++)
			__builtin_prefetch(w + 32 * i, 0, 2);
	}
	for (int i = 0; t->ahead && t->ahead->n > 0 && i < AHEAD_LINES; i++)
		__builtin_prefetch(ahead_take(t->ahead, 64), 0, 2);
}

INLINE const uint16_t *panel_at(const struct tiles *t, int j, int step)
{
	return t->last && step == t->steps - 1 ? t->last + j * TILE_K * 16 : t->w + (size_t)j * t->step + (size_t)step * TILE_K * 16;
}

/* Tile `sum` is of row `row` on and panel j; tile numbers are constants to the compiler. */
#define SUM_BEGIN(sum, row, j) \
	if (t->fresh) \
		_tile_zero(sum); \
	else \
		_tile_loadd(sum, t->out + (size_t)(row) * t->out_stride + 16 * (j), (long)(t->out_stride * sizeof(float)));
#define SUM_END(sum, row, j) _tile_stored(sum, t->out + (size_t)(row) * t->out_stride + 16 * (j), (long)(t->out_stride * sizeof(float)));

static void tiles_one(const struct tiles *t)
{
	const long stride = t->x_stride * (long)sizeof(half);

#define EACH_PANEL(X) X(0, 0, 0) if (t->panels > 1) { X(1, 0, 1) } if (t->panels > 2) { X(2, 0, 2) } if (t->panels > 3) { X(3, 0, 3) }
	EACH_PANEL(SUM_BEGIN)
	for (int s = 0; s < t->steps; s++) {
		_tile_loadd(4, t->x + s * TILE_K, stride);
		_tile_loadd(5, panel_at(t, 0, s), 64);
		_tile_dpbf16ps(0, 4, 5);
		if (t->panels > 1) {
			_tile_loadd(6, panel_at(t, 1, s), 64);
			_tile_dpbf16ps(1, 4, 6);
		}
		if (t->panels > 2) {
			_tile_loadd(7, panel_at(t, 2, s), 64);
			_tile_dpbf16ps(2, 4, 7);
		}
		if (t->panels > 3) {
			_tile_loadd(5, panel_at(t, 3, s), 64);
			_tile_dpbf16ps(3, 4, 5);
		}
		fetch(t, s);
	}
	EACH_PANEL(SUM_END)
#undef EACH_PANEL
}

static void tiles_two(const struct tiles *t)
{
	const long stride = t->x_stride * (long)sizeof(half);
	const half *second = t->x + (size_t)t->second * (size_t)t->x_stride;

#define EACH_PANEL(X) X(0, 0, 0) X(2, t->second, 0) if (t->panels > 1) { X(1, 0, 1) X(3, t->second, 1) }
	EACH_PANEL(SUM_BEGIN)
	for (int s = 0; s < t->steps; s++) {
		_tile_loadd(4, t->x + s * TILE_K, stride);
		_tile_loadd(6, panel_at(t, 0, s), 64);
		_tile_loadd(5, second + s * TILE_K, stride);
		_tile_dpbf16ps(0, 4, 6);
		_tile_dpbf16ps(2, 5, 6);
		if (t->panels > 1) {
			_tile_loadd(7, panel_at(t, 1, s), 64);
			_tile_dpbf16ps(1, 4, 7);
			_tile_dpbf16ps(3, 5, 7);
		}
		fetch(t, s);
	}
	EACH_PANEL(SUM_END)
#undef EACH_PANEL
}

/* n numbers of a row as halves, 0 behind them up to a whole step. x itself ends in zeros up to a multiple of 16. */
static void row_put(half *to, const float *from, int n)
{
	int d = 0;

	for (; d < n; d += 16)
		half_put(to + d, v_load(from + d));
	if (d % TILE_K)
		half_put(to + d, v_zero());
}

static void gemm_pairs(const struct gemm *g)
{
	half x[BLOCK_HALVES] __attribute__((aligned(64)));
	uint16_t last[4 * TILE_K * 16] __attribute__((aligned(64)));
	const size_t depth = (size_t)(g->k + 1) / 2 * 2;
	struct tiles t = { .x = x, .step = depth * 16, .out_stride = g->out_stride, .ahead = g->ahead };

	for (int row = 0; row < g->rows; row += t.rows) {
		int blocks = (g->rows - row + BLOCK_ROWS - 1) / BLOCK_ROWS, stretch, most;

		t.rows = (g->rows - row + blocks - 1) / blocks;
		t.second = t.rows <= TILE_ROWS ? t.rows : (t.rows + 1) / 2;
		tiles_set(t.rows, t.second);
		most = t.second < t.rows ? 2 : 4;
		stretch = BLOCK_HALVES / t.rows / TILE_K * TILE_K;
		for (int k = 0; k < g->k; k += stretch) {
			int n = g->k - k < stretch ? g->k - k : stretch, left = (int)depth - k;

			t.steps = (n + TILE_K - 1) / TILE_K;
			t.x_stride = t.steps * TILE_K;
			t.fresh = k == 0 && !g->add;
			for (int i = 0; i < t.rows; i++)
				row_put(x + i * t.x_stride, g->x + g->x_stride * (size_t)(g->pick ? g->pick[row + i] : row + i) + k, n);
			left -= (t.steps - 1) * TILE_K;
			for (int panel = 0; panel < g->panels; panel += t.panels) {
				t.panels = g->panels - panel < most ? g->panels - panel : most;
				t.w = (const uint16_t *)g->w + (size_t)panel * t.step + (size_t)k * 16;
				t.out = g->out + g->out_stride * (size_t)row + 16 * (size_t)panel;
				t.last = left < TILE_K ? last : NULL;
				for (int j = 0; t.last && j < t.panels; j++) {
					const size_t bytes = (size_t)left * 16 * sizeof(*last);
					uint16_t *to = last + j * TILE_K * 16;

					memcpy(to, t.w + (size_t)j * t.step + (size_t)(t.steps - 1) * TILE_K * 16, bytes);
					memset((unsigned char *)to + bytes, 0, TILE_K * 16 * sizeof(*last) - bytes);
				}
				if (t.second < t.rows)
					tiles_two(&t);
				else
					tiles_one(&t);
			}
		}
	}
	_tile_release();
}
