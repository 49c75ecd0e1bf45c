/*
 * cpu.c - the CPU backend: splits each operation of backend.h among threads and calls the kernels of one
 * instruction set (cpu_kernels.h).
 *
 * All threads walk through the same calls. Work on single rows is split once for all (row r always falls to the
 * same lane), so consecutive row operations need no waiting; what reads other rows waits first ("settles").
 * Matrix products and attention are cut into tasks that lanes draw from a counter: a lane that the system put to
 * sleep delays others by one task at most. Waiting spins for some microseconds, then sleeps.
 */
#include "engine/backend.h"

#include "engine/cpu_kernels.h"

#include <math.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifdef _OPENMP
#include <omp.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif
#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

enum {
	SPINS = 1000,      /* pauses before a waiting lane sleeps: 20 to 40 us */
	ROWS_TASK = 96,    /* rows of a matrix product's task at most */
	MLP_ROWS = 48,     /* of an expert's */
	MLP_PANELS = 16,   /* 8 of gate, 8 of up */
	TASKS_PER_LANE = 4,
	AHEAD_MAX = 1024,  /* stretches of keys and values */
	AHEAD_BYTES = 6 << 20, /* of them, a lane: what a cache keeps until they are wanted */
	MLP_CHOICES = 64,  /* experts of one token at most: CONFIG_TOP_K */
};

struct lane {
	struct machine *m;
	int id, lanes;
	bool settled;     /* no row operation since all lanes last met */
	float *scratch;   /* (MLP_ROWS, MLP_PANELS * PAD) */
	atomic_int *next; /* task: the machine's, or its own when it works alone */
	struct ahead ahead;
	const unsigned char **wanted; /* (AHEAD_MAX) */
};

struct machine {
	const struct cpu_kernels *k;
	int threads;
	float *scratch;
	const unsigned char **wanted; /* (threads, AHEAD_MAX) */
	_Alignas(64) atomic_uint turn; /* counts meetings */
	_Alignas(64) atomic_int arrived;
	_Alignas(64) atomic_int asleep;
	_Alignas(64) atomic_int next; /* task */
};

/* ---- lanes ---- */

static void pause_cpu(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

static void sleep_until_turn(struct machine *m, unsigned turn)
{
	atomic_fetch_add(&m->asleep, 1);
#ifdef __linux__
	while (atomic_load(&m->turn) == turn)
		syscall(SYS_futex, &m->turn, FUTEX_WAIT_PRIVATE, turn, NULL, NULL, 0);
#else
	while (atomic_load(&m->turn) == turn)
		sched_yield();
#endif
	atomic_fetch_sub(&m->asleep, 1);
}

/* All lanes are here; the last to come runs `alone` while the others wait. */
static void meet(struct lane *lane, void (*alone)(void *), void *arg)
{
	struct machine *m = lane->m;
	unsigned turn;

	lane->settled = true;
	if (lane->lanes == 1) {
		atomic_store_explicit(lane->next, 0, memory_order_relaxed);
		if (alone)
			alone(arg);
		return;
	}
	turn = atomic_load(&m->turn);
	if (atomic_fetch_add(&m->arrived, 1) < lane->lanes - 1) {
		for (int i = 0; i < SPINS; i++) {
			if (atomic_load_explicit(&m->turn, memory_order_acquire) != turn)
				return;
			pause_cpu();
		}
		sleep_until_turn(m, turn);
		return;
	}
	atomic_store_explicit(&m->arrived, 0, memory_order_relaxed);
	atomic_store_explicit(&m->next, 0, memory_order_relaxed);
	if (alone)
		alone(arg);
	atomic_store(&m->turn, turn + 1);
#ifdef __linux__
	if (atomic_load(&m->asleep))
		syscall(SYS_futex, &m->turn, FUTEX_WAKE_PRIVATE, lane->lanes, NULL, NULL, 0);
#endif
}

static void settle(struct lane *lane)
{
	if (!lane->settled)
		meet(lane, NULL, NULL);
}

static int task_next(struct lane *lane)
{
	return atomic_fetch_add_explicit(lane->next, 1, memory_order_relaxed);
}

/* This lane's rows of a row operation. */
static void rows_mine(struct lane *lane, int rows, int *from, int *to)
{
	*from = (int)((int64_t)rows * lane->id / lane->lanes);
	*to = (int)((int64_t)rows * (lane->id + 1) / lane->lanes);
	lane->settled = false;
}

/* 0 asks for all that this process may use. */
static int threads_of(int asked)
{
#if defined(_OPENMP) && defined(__linux__)
	cpu_set_t set;

	if (asked <= 0 && sched_getaffinity(0, sizeof(set), &set) == 0)
		asked = CPU_COUNT(&set);
#elif !defined(_OPENMP)
	asked = 1;
#endif
	return asked < 1 ? 1 : asked > 256 ? 256 : asked;
}

static void machine_free(struct machine *m)
{
	if (m) {
		free(m->scratch);
		free(m->wanted);
	}
	free(m);
}

static struct machine *machine_new(const struct backend *be, int threads, struct err *err)
{
	struct machine *m = aligned_alloc(64, sizeof(*m));
	size_t each = (size_t)MLP_ROWS * MLP_PANELS * PAD;

	threads = threads_of(threads);
	if (m) {
		*m = (struct machine){ .k = be->own, .threads = threads };
		m->scratch = aligned_alloc(64, (size_t)threads * each * sizeof(float));
	}
	if (m)
		m->wanted = calloc((size_t)threads * AHEAD_MAX, sizeof(*m->wanted));
	if (!m || !m->scratch || !m->wanted) {
		machine_free(m);
		err_set(err, "out of memory");
		return NULL;
	}
	return m;
}

static int machine_threads(const struct machine *m)
{
	return m->threads;
}

static void run_lane(struct machine *m, int id, int lanes, void (*body)(void *, struct lane *), void *arg)
{
	struct lane lane = { .m = m, .id = id, .lanes = lanes, .settled = true, .scratch = m->scratch + (size_t)id * MLP_ROWS * MLP_PANELS * PAD,
			     .next = &m->next, .wanted = m->wanted + (size_t)id * AHEAD_MAX };

	body(arg, &lane);
	/* here rather than at OpenMP's barrier, which may spin for milliseconds */
	meet(&lane, NULL, NULL);
}

static void run(struct machine *m, void (*body)(void *, struct lane *), void *arg)
{
	atomic_store_explicit(&m->next, 0, memory_order_relaxed);
#ifdef _OPENMP
	if (m->threads > 1) {
#pragma omp parallel num_threads(m->threads)
		run_lane(m, omp_get_thread_num(), omp_get_num_threads(), body, arg);
		return;
	}
#endif
	run_lane(m, 0, 1, body, arg);
}

static void each(struct lane *lane, int n, void (*body)(void *, struct lane *), void *args, size_t size)
{
	int t;

	settle(lane);
	while ((t = task_next(lane)) < n) {
		atomic_int next = 0;
		struct lane alone = { .m = lane->m, .lanes = 1, .settled = true, .scratch = lane->scratch, .next = &next, .wanted = lane->wanted };

		body((char *)args + (size_t)t * size, &alone);
	}
	meet(lane, NULL, NULL);
}

static void share(const struct lane *lane, int *id, int *lanes)
{
	*id = lane->id;
	*lanes = lane->lanes;
}

/* ---- weights ---- */

static size_t width_of(const struct matrix *w)
{
	return w->kind == WEIGHTS_FP32 ? 4 : w->kind == WEIGHTS_BF16 ? 2 : 1;
}

/* bf16 lies in pairs */
static size_t depth_of(const struct matrix *w)
{
	return w->kind == WEIGHTS_BF16 ? ((size_t)w->in + 1) / 2 * 2 : (size_t)w->in;
}

static size_t blocks_of(const struct matrix *w)
{
	return w->block ? (size_t)(w->in + w->block - 1) / (size_t)w->block : 0;
}

/* Aligned to a cache line, or to a huge page if that large. */
static void *room_new(size_t bytes)
{
	const size_t huge = (size_t)2 << 20, unit = bytes >= huge ? huge : 64;
	void *p = aligned_alloc(unit, (bytes + unit - 1) / unit * unit);

#ifdef MADV_HUGEPAGE
	if (p && bytes >= huge)
		madvise(p, bytes, MADV_HUGEPAGE);
#endif
	return p;
}

static void matrix_free(struct matrix *w)
{
	free(w->data);
	free(w->scale);
	w->data = w->scale = NULL;
}

/* Panels of PAD outputs: see struct gemm. */
static int matrix_new(struct matrix *w, int out, int in, enum weights kind, int block, struct err *err)
{
	size_t scales;

	*w = (struct matrix){ .out = pad16(out), .in = in, .kind = kind, .block = kind == WEIGHTS_F8 ? block : 0 };
	w->bytes = ((size_t)w->out * depth_of(w) * width_of(w) + 63) / 64 * 64;
	scales = (size_t)w->out * blocks_of(w) * sizeof(float);
	w->data = room_new(w->bytes);
	w->scale = scales ? room_new(scales) : NULL;
	w->bytes += scales;
	if (w->data && (w->scale || !scales))
		return 0;
	matrix_free(w);
	return err_set(err, "out of memory: %zu bytes of weights", w->bytes);
}

static void matrix_rows(struct matrix *w, int first, const float *const rows[PAD])
{
	float *wide = (float *)w->data + (size_t)first * depth_of(w);
	uint16_t *pairs = (uint16_t *)w->data + (size_t)first * depth_of(w);

	for (int i = 0; i < (int)depth_of(w); i++)
		for (int j = 0; j < PAD; j++) {
			float f = rows[j] && i < w->in ? rows[j][i] : 0;

			if (w->kind == WEIGHTS_FP32)
				wide[i * PAD + j] = f;
			else
				pairs[i / 2 * 2 * PAD + 2 * j + i % 2] = bf16_of(f);
		}
}

static void matrix_codes(struct matrix *w, int first, const unsigned char *const codes[PAD], const float *const scales[PAD])
{
	unsigned char *to = (unsigned char *)w->data + (size_t)first * (size_t)w->in;
	float *scale = w->scale + (size_t)first * blocks_of(w);

	for (int i = 0; i < w->in; i++)
		for (int j = 0; j < PAD; j++)
			*to++ = codes[j] ? codes[j][i] : 0;
	for (size_t i = 0; i < blocks_of(w); i++)
		for (int j = 0; j < PAD; j++)
			*scale++ = scales[j] ? scales[j][i] : 0;
}

static const void *panel_of(const struct matrix *w, int panel)
{
	return (const unsigned char *)w->data + (size_t)panel * PAD * depth_of(w) * width_of(w);
}

/* A product with `panels` panels of w; what it is of and where to is the caller's. */
static struct gemm gemm_with(const struct matrix *w, int panel, int panels)
{
	return (struct gemm){
		.w = panel_of(w, panel),
		.scale = w->scale ? w->scale + (size_t)panel * PAD * blocks_of(w) : NULL,
		.block = w->block,
		.panels = panels,
		.k = w->in,
		.fp32 = w->kind == WEIGHTS_FP32,
	};
}

/* ---- operations ---- */

static void embed(struct lane *lane, float *h, const struct matrix *table, const struct batch *b)
{
	int from, to, dim = table->in, pad = pad16(dim);

	rows_mine(lane, b->rows, &from, &to);
	for (int r = from; r < to; r++) {
		const void *panel = panel_of(table, b->token[r] / PAD);
		int at = b->token[r] % PAD;
		float *out = h + (size_t)r * (size_t)pad;

		for (int d = 0; d < dim; d++)
			out[d] = table->kind == WEIGHTS_FP32 ? ((const float *)panel)[d * PAD + at] :
							       bf16_float(((const uint16_t *)panel)[d / 2 * 2 * PAD + 2 * at + d % 2]);
		for (int d = dim; d < pad; d++)
			out[d] = 0;
	}
}

static void rmsnorm(struct lane *lane, float *out, const float *x, const float *weight, int rows, int dim, float eps)
{
	int from, to, pad = pad16(dim);

	rows_mine(lane, rows, &from, &to);
	for (int r = from; r < to; r++)
		lane->m->k->rmsnorm(out + (size_t)r * (size_t)pad, x + (size_t)r * (size_t)pad, weight, pad, dim, eps);
}

/* How many of n each task takes so that lanes have a few tasks each; a multiple of `unit`. */
static int task_size(const struct lane *lane, int n, int others, int unit)
{
	int tasks = lane->lanes > 1 ? lane->lanes * TASKS_PER_LANE / (others > 0 ? others : 1) : 1;
	int size = tasks > 1 ? (n + tasks - 1) / tasks : n;

	return (size + unit - 1) / unit * unit;
}

static void linear(struct lane *lane, float *out, const struct matrix *w, const float *x, int x_stride,
		   const int32_t *pick, int rows, const float *bias, bool add)
{
	int panels = w->out / PAD;
	int row_parts = (rows + ROWS_TASK - 1) / ROWS_TASK, size, panel_parts, t;

	settle(lane);
	if (rows == 0)
		return;
	size = task_size(lane, panels, row_parts, panels >= 16 ? 4 : 1);
	panel_parts = (panels + size - 1) / size;
	while ((t = task_next(lane)) < row_parts * panel_parts) {
		int part = t / panel_parts, panel = t % panel_parts * size;
		int from = (int)((int64_t)rows * part / row_parts), to = (int)((int64_t)rows * (part + 1) / row_parts);
		struct gemm g = gemm_with(w, panel, panels - panel < size ? panels - panel : size);

		g.out = out + (size_t)from * (size_t)w->out + (size_t)panel * PAD;
		g.out_stride = (size_t)w->out;
		g.x = pick ? x : x + (size_t)from * (size_t)x_stride;
		g.x_stride = (size_t)x_stride;
		g.pick = pick ? pick + from : NULL;
		g.rows = to - from;
		g.add = add;
		g.ahead = &lane->ahead;
		lane->m->k->gemm(&g);
		for (int r = 0; bias && r < g.rows; r++)
			lane->m->k->scale_add(g.out + (size_t)r * g.out_stride, bias + panel * PAD, 1, g.panels * PAD);
	}
	meet(lane, NULL, NULL);
}

/* Turn the first rotary_dim of a head: (i, i + rotary_dim / 2) are a pair. */
static void turn_head(float *x, const float *turn, int half)
{
	for (int i = 0; i < half; i++) {
		float c = turn[2 * i], s = turn[2 * i + 1], a = x[i], b = x[i + half];

		x[i] = a * c - b * s;
		x[i + half] = b * c + a * s;
	}
}

/* A token's place in a head's page: a word of each line of keys, and of values its own or its half of a line. */
static void kv_put(const struct kv_pool *kv, unsigned char *head, const float *k, const float *v, int dim, int at)
{
	const int values = dim * ENGINE_PAGE;

	if (kv->fp32) {
		for (int d = 0; d < dim; d++) {
			((float *)head)[d * ENGINE_PAGE + at] = k[d];
			((float *)head)[values + at * dim + d] = v[d];
		}
		return;
	}
	for (int d = 0; d < dim; d += 2) {
		uint16_t pair[2] = { bf16_of(k[d]), bf16_of(k[d + 1]) };

		memcpy(head + (size_t)(d * ENGINE_PAGE + 2 * at) * sizeof(*pair), pair, sizeof(pair));
	}
	for (int d = 0; d < dim; d++)
		((uint16_t *)head)[values + at / 2 * 2 * dim + 2 * d + at % 2] = bf16_of(v[d]);
}

static unsigned char *page_of(const struct kv_pool *kv, int layer, const struct heads *h, const struct batch *b, int r)
{
	return kv->data + kv->page_bytes * (size_t)b->pages[b->first[r] + b->pos[r] / ENGINE_PAGE] +
	       kv->head_bytes * (size_t)layer * (size_t)h->kv_heads;
}

/* The lines that the row's keys and values go to: a page was last touched a whole step ago. */
static void kv_ahead(const struct kv_pool *kv, const unsigned char *page, const struct heads *h)
{
	for (size_t i = 0; i < kv->head_bytes * (size_t)h->kv_heads; i += 64)
		__builtin_prefetch(page + i, 1, 2);
}

/* n heads, each by itself or all as one vector. */
static void norm_heads(const struct cpu_kernels *k, float *x, const float *norm, int n, const struct heads *h)
{
	int pad = h->head_pad;

	if (norm && h->norm_whole)
		k->rmsnorm(x, x, norm, n * pad, n * h->head_dim, h->eps);
	for (int i = 0; norm && !h->norm_whole && i < n; i++)
		k->rmsnorm(x + i * pad, x + i * pad, norm, pad, h->head_dim, h->eps);
}

/* What is not a number stays so. */
static void clip(float *x, int n, float most)
{
	for (int i = 0; i < n; i++)
		x[i] = x[i] > most ? most : x[i] < -most ? -most : x[i];
}

static void store(struct lane *lane, float *qkv, const struct heads *h, const float *q_norm, const float *k_norm,
		  const struct kv_pool *kv, int layer, const struct batch *b)
{
	const struct cpu_kernels *k = lane->m->k;
	int from, to, pad = h->head_pad, half = h->rotary_dim / 2;

	rows_mine(lane, b->rows, &from, &to);
	for (int r = from; r < to; r++) {
		float *row = qkv + (size_t)r * (size_t)((h->heads + 2 * h->kv_heads) * pad);
		const float *turn = b->turn + (size_t)b->pos[r] * (size_t)h->rotary_dim;
		unsigned char *page = page_of(kv, layer, h, b, r);

		if (r + 1 < to && b->first[r + 1] != b->first[r])
			kv_ahead(kv, page_of(kv, layer, h, b, r + 1), h);
		norm_heads(k, row, q_norm, h->heads, h);
		norm_heads(k, row + h->heads * pad, k_norm, h->kv_heads, h);
		if (h->clip > 0)
			clip(row, (h->heads + 2 * h->kv_heads) * pad, h->clip);
		for (int i = 0; i < h->heads + h->kv_heads; i++) {
			float *x = row + i * pad;

			turn_head(x, turn, half);
			for (int d = 0; i < h->heads && d < pad; d++)
				x[d] *= h->scale;
		}
		for (int i = 0; i < h->kv_heads; i++)
			kv_put(kv, page + kv->head_bytes * (size_t)i, row + (h->heads + i) * pad,
			       row + (h->heads + h->kv_heads + i) * pad, pad, b->pos[r] % ENGINE_PAGE);
	}
}

/* Keys and values of a layer, as far as a cache holds them: in the order in which attention will ask for them. */
static void ahead(struct lane *lane, const struct heads *h, const struct kv_pool *kv, int layer, const struct batch *b)
{
	struct ahead *a = &lane->ahead;
	int from = (int)((int64_t)b->rows * lane->id / lane->lanes), to = (int)((int64_t)b->rows * (lane->id + 1) / lane->lanes), most;

	*a = (struct ahead){ .from = lane->wanted, .bytes = kv->head_bytes * (size_t)h->kv_heads };
	most = a->bytes < AHEAD_BYTES / AHEAD_MAX ? AHEAD_MAX : (int)(AHEAD_BYTES / a->bytes);
	for (int r = from; r < to; r++)
		for (int p = b->same[r]; p <= b->pos[r] / ENGINE_PAGE && a->n < most; p++)
			lane->wanted[a->n++] = kv->data + kv->page_bytes * (size_t)b->pages[b->first[r] + p] + a->bytes * (size_t)layer;
}

/* Rows that are attended together: of one sequence, or of several that have their first pages in common. */
struct companions {
	int row, rows;
	int shared; /* pages that all have in common and see whole; 0 when they are one sequence */
	int before; /* tasks of those before */
};

/* The ones behind, at most `most` rows. */
static void companions_next(struct companions *c, const struct batch *b, int most, int tasks)
{
	int shared = 0;

	c->before += c->rows ? tasks : 0;
	c->row += c->rows;
	c->rows = c->row < b->rows;
	for (int r = c->row + 1; r < b->rows && c->rows < most && b->same[r] > 0; r++, c->rows++)
		if (b->first[r] != b->first[r - 1])
			shared = shared && shared < b->same[r] ? shared : b->same[r];
	for (int r = c->row; r < c->row + c->rows; r++)
		shared = shared < (b->pos[r] + 1) / ENGINE_PAGE ? shared : (b->pos[r] + 1) / ENGINE_PAGE;
	c->shared = shared;
}

/*
 * A task is one key-value head, or a part of its query heads, for companions. They read the pages that they share once. How many
 * rows that are does not change what comes out, so it is few enough for all lanes to have tasks.
 */
static void attend(struct lane *lane, float *out, const float *qkv, const struct heads *h, const struct kv_pool *kv,
		   int layer, const struct batch *b)
{
	int group = h->heads / h->kv_heads, pad = h->head_pad, parts = (group + ATTEND_QUERIES - 1) / ATTEND_QUERIES, t;
	int most = group < ATTEND_QUERIES ? ATTEND_QUERIES / group : 1, tasks = h->kv_heads * parts;
	struct companions c = { 0 };

	settle(lane);
	while (lane->lanes > 1 && most > 1 && b->rows / most * tasks < lane->lanes * TASKS_PER_LANE)
		most /= 2;
	companions_next(&c, b, most, tasks);
	while ((t = task_next(lane)) < b->rows * tasks) {
		struct attend_query query[ATTEND_QUERIES];
		struct attend a = { .query = query, .page_bytes = kv->page_bytes, .dim = pad, .fp32 = kv->fp32 };
		int head, from, to;

		while (c.rows && t >= c.before + tasks)
			companions_next(&c, b, most, tasks);
		if (!c.rows)
			break;
		head = (t - c.before) / parts;
		from = head * group + group * ((t - c.before) % parts) / parts;
		to = head * group + group * ((t - c.before) % parts + 1) / parts;
		a.shared = c.shared;
		a.kv = kv->data + kv->head_bytes * (size_t)(layer * h->kv_heads + head);
		for (int r = c.row; r < c.row + c.rows; r++)
			for (int i = from; i < to; i++)
				query[a.n++] = (struct attend_query){
					.out = out + ((size_t)r * (size_t)h->heads + (size_t)i) * (size_t)pad,
					.q = qkv + ((size_t)r * (size_t)(h->heads + 2 * h->kv_heads) + (size_t)i) * (size_t)pad,
					.page = b->pages + b->first[r],
					.tokens = b->pos[r] + 1,
				};
		lane->m->k->attend(&a);
	}
	meet(lane, NULL, NULL);
}

static void scale(struct lane *lane, float *out, const float *x, float a, int rows, int n)
{
	int from, to;

	rows_mine(lane, rows, &from, &to);
	for (size_t i = (size_t)from * (size_t)n; i < (size_t)to * (size_t)n; i++)
		out[i] = a * x[i];
}

/* A task is one head of one sequence: its rows one after the other, the state in a near cache. */
static void lightning(struct lane *lane, float *out, float *qkv, const struct heads *h, const float *decay,
		      const struct kv_pool *kv, int layer, const struct batch *b)
{
	size_t pad = (size_t)h->head_pad, all = (size_t)h->heads * pad;
	int t, seq = -1, from = 0, to = 0;

	settle(lane);
	while ((t = task_next(lane)) >= 0) {
		int head = t % h->heads, place = layer * h->heads + head;

		while (seq < t / h->heads && to < b->rows) {
			seq++;
			from = to++;
			while (to < b->rows && b->state[to] == b->state[from])
				to++;
		}
		if (seq < t / h->heads)
			break;
		lane->m->k->lightning(&(struct lightning){
			.out = out + (size_t)from * all + (size_t)head * pad,
			.out_stride = all,
			.q = qkv + (size_t)from * 3 * all + (size_t)head * pad,
			.k = qkv + (size_t)from * 3 * all + all + (size_t)head * pad,
			.v = qkv + (size_t)from * 3 * all + 2 * all + (size_t)head * pad,
			.stride = 3 * all,
			.state = (float *)(void *)(kv->data + kv->page_bytes * (size_t)b->pages[b->state[from] + place / kv->states_each]) +
				 (size_t)(place % kv->states_each) * pad * pad,
			.decay = decay[head],
			.rows = to - from,
			.dim = h->head_pad,
		});
	}
	meet(lane, NULL, NULL);
}

static void gate(struct lane *lane, float *x, const float *by, const float *weight, const struct heads *h, int rows)
{
	const struct cpu_kernels *k = lane->m->k;
	int from, to, n = h->heads * h->head_pad;

	rows_mine(lane, rows, &from, &to);
	for (int r = from; r < to; r++) {
		float *row = x + (size_t)r * (size_t)n;

		k->rmsnorm(row, row, weight, n, h->heads * h->head_dim, h->eps);
		k->sigmoid_mul(row, by + (size_t)r * (size_t)n, n);
	}
}

/* The larger; what is not a number is less than any. */
static bool above(float a, float b)
{
	return a > b || (b != b && a == a);
}

/*
 * The top_k largest of score + bias, best first, ties to the lower number. A score that is not a number is only taken for
 * want of others.
 */
static void choose(const float *score, const float *bias, int n, int k, int32_t *expert)
{
	float best[MLP_CHOICES];

	for (int e = 0; e < n; e++) {
		float s = bias ? score[e] + bias[e] : score[e];
		int at = e < k ? e : k;

		while (at > 0 && above(s, best[at - 1])) {
			if (at < k) {
				best[at] = best[at - 1];
				expert[at] = expert[at - 1];
			}
			at--;
		}
		if (at < k) {
			best[at] = s;
			expert[at] = e;
		}
	}
}

/* 1 / (1 + e^-x); below -80 that is 0 to fp32's last bit but one, and e^80 is finite */
static void sigmoids(const struct cpu_kernels *k, float *x, int n16)
{
	for (int i = 0; i < n16; i++)
		x[i] = x[i] < -80 ? 80 : -x[i];
	k->exp(x, x, n16);
	for (int i = 0; i < n16; i++)
		x[i] = 1 / (1 + x[i]);
}

/* e^(score - the best one's): softmax over all experts but for the sum. */
static void exponents(const struct cpu_kernels *k, float *score, int n, float top)
{
	for (int e = 0; e < pad16(n); e++)
		score[e] = e < n ? score[e] - top : -INFINITY;
	k->exp(score, score, pad16(n));
}

/* Choose by scores and weigh the chosen: what a sigmoid gives is a weight by itself, a softmax is cut or made to sum to 1. */
static void weigh(const struct cpu_kernels *k, float *score, const struct mlp *w, int32_t *expert, float *weight)
{
	float sum = 0;

	if (w->sigmoid)
		sigmoids(k, score, pad16(w->experts));
	choose(score, w->bias, w->experts, w->top_k, expert);
	if (!w->sigmoid) /* after choosing: it is monotone */
		exponents(k, score, w->experts, score[expert[0]]);
	for (int i = 0; i < w->top_k; i++) {
		weight[i] = score[expert[i]];
		sum += weight[i];
	}
	if (!w->renorm) {
		sum = w->sigmoid;
		for (int e = 0; !w->sigmoid && e < w->experts; e++)
			sum += score[e];
	}
	for (int i = 0; i < w->top_k; i++)
		weight[i] = weight[i] / sum * w->scale;
}

static void route(struct lane *lane, const float *x, const struct mlp *w, struct routing *to_, int rows, int dim)
{
	int from, to, pad = pad16(w->experts), k = w->top_k;
	struct gemm g;

	rows_mine(lane, rows, &from, &to);
	if (!w->router.data) {
		for (int r = from; r < to; r++) {
			to_->expert[r] = 0;
			to_->weight[r] = w->scale;
		}
		return;
	}
	if (from == to)
		return;
	g = gemm_with(&w->router, 0, pad / PAD);
	g.out = to_->score + (size_t)from * (size_t)pad;
	g.out_stride = (size_t)pad;
	g.x = x + (size_t)from * (size_t)dim;
	g.x_stride = (size_t)dim;
	g.rows = to - from;
	lane->m->k->gemm(&g);
	for (int r = from; r < to; r++)
		weigh(lane->m->k, to_->score + (size_t)r * (size_t)pad, w, to_->expert + (size_t)r * (size_t)k,
		      to_->weight + (size_t)r * (size_t)k);
}

struct sorting {
	const struct mlp *w;
	struct routing *r;
	int rows;
};

/* Slots by expert, within one by row: a counting sort. */
static void sort_slots(void *arg)
{
	struct sorting *s = arg;
	struct routing *r = s->r;
	int n = s->rows * s->w->top_k;

	memset(r->start, 0, (size_t)(s->w->experts + 1) * sizeof(*r->start));
	for (int i = 0; i < n; i++)
		r->start[r->expert[i] + 1]++;
	for (int e = 0; e < s->w->experts; e++)
		r->start[e + 1] += r->start[e];
	for (int i = 0; i < n; i++) {
		int32_t slot = r->start[r->expert[i]]++;

		r->slot[i] = slot;
		r->row[slot] = i / s->w->top_k;
	}
	for (int e = s->w->experts; e > 0; e--)
		r->start[e] = r->start[e - 1];
	r->start[0] = 0;
}

/* Tasks of a grouped product: each expert's slots in parts of at most MLP_ROWS, times parts of its panels. */
struct grouped {
	const int32_t *start;
	int experts, panel_parts;
	int expert, before; /* cursor: the expert, and tasks of those before it */
};

static int parts_of(const struct grouped *g)
{
	return (g->start[g->expert + 1] - g->start[g->expert] + MLP_ROWS - 1) / MLP_ROWS;
}

/* Task t, larger than any asked before; false when there are not so many. */
static bool grouped_task(struct grouped *g, int t, int *from, int *to, int *panel_part)
{
	int n, parts, part;

	while (g->expert < g->experts && t >= g->before + parts_of(g) * g->panel_parts)
		g->before += parts_of(g) * g->panel_parts, g->expert++;
	if (g->expert == g->experts)
		return false;
	n = g->start[g->expert + 1] - g->start[g->expert];
	parts = parts_of(g);
	part = (t - g->before) / g->panel_parts;
	*panel_part = (t - g->before) % g->panel_parts;
	*from = g->start[g->expert] + (int)((int64_t)n * part / parts);
	*to = g->start[g->expert] + (int)((int64_t)n * (part + 1) / parts);
	return true;
}

static void experts_in(struct lane *lane, const float *x, int dim, const struct mlp *w, struct routing *r)
{
	int panels = 2 * w->inner / PAD, from, to, part;
	struct grouped g = { .start = r->start, .experts = w->experts, .panel_parts = (panels + MLP_PANELS - 1) / MLP_PANELS };

	while (grouped_task(&g, task_next(lane), &from, &to, &part)) {
		int panel = part * MLP_PANELS, n = panels - panel < MLP_PANELS ? panels - panel : MLP_PANELS;
		struct gemm p = gemm_with(&w->gate_up, g.expert * panels + panel, n);

		p.out = lane->scratch;
		p.out_stride = (size_t)n * PAD;
		p.x = x;
		p.x_stride = (size_t)dim;
		p.pick = r->row + from;
		p.rows = to - from;
		p.ahead = &lane->ahead;
		lane->m->k->gemm(&p);
		for (int i = 0; i < to - from; i++)
			lane->m->k->swiglu(r->act + (size_t)(from + i) * (size_t)w->inner + panel / 2 * PAD,
					   lane->scratch + (size_t)i * (size_t)n * PAD, n / 2);
	}
	meet(lane, NULL, NULL);
}

static void experts_out(struct lane *lane, int dim, const struct mlp *w, struct routing *r)
{
	int panels = dim / PAD, size = MLP_PANELS / 2, from, to, part;
	struct grouped g = { .start = r->start, .experts = w->experts, .panel_parts = (panels + size - 1) / size };

	while (grouped_task(&g, task_next(lane), &from, &to, &part)) {
		int panel = part * size;
		struct gemm p = gemm_with(&w->down, g.expert * panels + panel, panels - panel < size ? panels - panel : size);

		p.out = r->y + (size_t)from * (size_t)dim + (size_t)panel * PAD;
		p.out_stride = (size_t)dim;
		p.x = r->act + (size_t)from * (size_t)w->inner;
		p.x_stride = (size_t)w->inner;
		p.rows = to - from;
		p.ahead = &lane->ahead;
		lane->m->k->gemm(&p);
	}
	meet(lane, NULL, NULL);
}

static void mixture(struct lane *lane, float *h, const float *x, const struct mlp *w, struct routing *r, int rows)
{
	struct sorting s = { w, r, rows };
	int from, to, dim = w->down.out / w->experts;

	route(lane, x, w, r, rows, dim);
	meet(lane, sort_slots, &s);
	experts_in(lane, x, dim, w, r);
	experts_out(lane, dim, w, r);
	rows_mine(lane, rows, &from, &to);
	for (int i = from; i < to; i++)
		for (int k = 0; k < w->top_k; k++) {
			size_t at = (size_t)i * (size_t)w->top_k + (size_t)k;

			lane->m->k->scale_add(h + (size_t)i * (size_t)dim, r->y + (size_t)r->slot[at] * (size_t)dim,
					      r->weight[at], dim);
		}
}

static void mlp(struct lane *lane, float *h, const float *x, const struct mlp *w, struct routing *r, int rows)
{
	mixture(lane, h, x, w, r, rows);
	if (!w->shared)
		return;
	settle(lane); /* others may still read what the routing of the first says of their rows */
	mixture(lane, h, x, w->shared, r, rows);
}

/* ---- the tables ---- */

#define CPU_BACKEND(kernels) \
	{ \
		.own = &(kernels), .matrix_new = matrix_new, .matrix_rows = matrix_rows, .matrix_codes = matrix_codes, .matrix_free = matrix_free, \
		.machine_new = machine_new, .machine_free = machine_free, .machine_threads = machine_threads, \
		.ahead = ahead, .run = run, .each = each, .share = share, .embed = embed, .rmsnorm = rmsnorm, .linear = linear, .store = store, \
		.attend = attend, .scale = scale, .lightning = lightning, .gate = gate, .mlp = mlp, \
	}

/* Best first. */
static const struct backend backends[] = {
#if defined(__x86_64__)
	CPU_BACKEND(cpu_amx),
	CPU_BACKEND(cpu_avx512bf16),
	CPU_BACKEND(cpu_avx512),
	CPU_BACKEND(cpu_avx2),
#endif
	CPU_BACKEND(cpu_plain),
};

#if defined(__x86_64__)
/* The tiles' state is large, so that a process has to ask for it; what has it once keeps it, and its threads and children too. */
static bool machine_has_tiles(void)
{
	enum { ARCH_REQ_XCOMP_PERM = 0x1023, XTILE_DATA = 18, TILE = 1 << 24, TILE_BF16 = 1 << 22 };
	unsigned a, b, c, d;

	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & (TILE | TILE_BF16)) != (TILE | TILE_BF16))
		return false;
#if defined(__linux__)
	return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XTILE_DATA) == 0;
#else
	return false;
#endif
}
#endif

static bool machine_has(const struct cpu_kernels *k)
{
#if defined(__x86_64__)
	__builtin_cpu_init();
	if (k == &cpu_amx && !machine_has_tiles())
		return false;
	if ((k == &cpu_amx || k == &cpu_avx512bf16) && !__builtin_cpu_supports("avx512bf16"))
		return false;
	if (k == &cpu_amx || k == &cpu_avx512 || k == &cpu_avx512bf16)
		return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
		       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
	if (k == &cpu_avx2)
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
	return k == &cpu_plain;
}

const struct backend *backend_cpu(const char *isa)
{
	for (size_t i = 0; i < COUNT(backends); i++) {
		const struct cpu_kernels *k = backends[i].own;

		/* the machine is asked last: for tiles that changes the process */
		if ((!isa || strcmp(isa, k->name) == 0) && machine_has(k))
			return &backends[i];
	}
	return NULL;
}

const char *backend_name(const struct backend *be)
{
	return ((const struct cpu_kernels *)be->own)->name;
}
