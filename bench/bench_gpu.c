/*
 * bench_gpu.c - tokens a second of fixed jobs on a GPU, and what part of its memory's speed that is: one line of JSON for each.
 *
 *	bench_gpu [NAME...]		G2 G2L G2L-apart G1 G1-int8 G1-fp8 G3 G3-eager when none is given
 *
 * Weights are random and made on the GPU. Prompts are random ids; their samples are drawn at temperature 1 and have a fixed length. The roofline is
 * computed: bytes that a step must read (attention's weights, the experts that so many tokens are expected to meet, the head, keys and
 * values, a shared prompt's once) against the speed at which this GPU copies memory, measured in this run.
 */
#include "engine/model.h"

#include "base/clock.h"
#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef EMULATED
#include "tests/emulated.h"
#endif

struct job {
	const char *name;
	int dim, layers, heads, kv_heads, head_dim, experts, top_k, inner, vocab;
	enum weights kind; /* of experts */
	int batch, n, waves, prompt, gen;
	bool shared, graphs;
};

#define G1(kind) 2048, 48, 32, 4, 128, 128, 8, 768, 151936, kind, 128, 16
#define G2 2048, 16, 16, 16, 128, 64, 8, 1024, 50304, WEIGHTS_BF16, 256
#define G3 192, 6, 6, 2, 32, 8, 2, 256, 2048, WEIGHTS_BF16, 1024, 16
static const struct job jobs[] = {
	/* sizes                n   waves  prompt gen  shared graphs */
	{ "G2", G2,             16, 2,     256,   512, true,  true },
	{ "G2L", G2,            32, 1,     1024,  512, true,  true },
	{ "G2L-apart", G2,      32, 1,     1024,  512, false, true },
	{ "G1", G1(WEIGHTS_BF16),   2,     256,   512, true,  true },
	{ "G1-int8", G1(WEIGHTS_I8), 1,    256,   512, true,  true },
	{ "G1-fp8", G1(WEIGHTS_F8), 1,     256,   512, true,  true },
	{ "G3", G3,                 2,     64,    192, true,  true },
	{ "G3-eager", G3,           2,     64,    192, true,  false },
	/* for the test of this program: as small as it can be */
	{ "check", 64, 2, 4, 2, 16, 8, 2, 32, 128, WEIGHTS_I8, 4, 2, 2, 40, 6, true, true },
	{ 0 },
};

static void need(bool ok, const struct err *err)
{
	if (ok)
		return;
	fprintf(stderr, "bench_gpu: %s\n", err->msg);
	exit(1);
}

/* ---- a model of random weights ---- */

static const struct backend *be;

static void matrix(struct model *m, struct matrix *w, int out, int in, enum weights kind, double deviation)
{
	static uint64_t seed = 1;
	struct err err = ERR_INIT;

	need(be->device->matrix_random(w, out, in, kind, 128, seed++ << 40, (float)deviation, &err) == 0, &err);
	m->bytes += w->bytes;
}

static float *ones(int n)
{
	float *host = malloc((size_t)n * sizeof(*host)), *there = be->device->room_new((size_t)n * sizeof(*there));

	for (int i = 0; i < n; i++)
		host[i] = 1;
	be->device->put(there, host, (size_t)n * sizeof(*host));
	free(host);
	return there;
}

static void layer_fill(struct model *m, struct layer *y, const struct job *j)
{
	int all = (j->heads + 2 * j->kv_heads) * j->head_dim, heads = j->heads * j->head_dim;
	double s = 1 / sqrt(j->dim);

	y->attn_norm = ones(j->dim);
	y->mlp_norm = ones(j->dim);
	y->q_norm = ones(j->head_dim);
	y->k_norm = ones(j->head_dim);
	matrix(m, &y->qkv, all, j->dim, WEIGHTS_BF16, s);
	matrix(m, &y->o, j->dim, heads, WEIGHTS_BF16, 1 / sqrt(heads));
	y->mlp = (struct mlp){ .experts = j->experts, .top_k = j->top_k, .inner = j->inner, .renorm = true, .scale = 1 };
	matrix(m, &y->mlp.router, j->experts, j->dim, WEIGHTS_FP32, s);
	matrix(m, &y->mlp.gate_up, j->experts * 2 * j->inner, j->dim, j->kind, s);
	matrix(m, &y->mlp.down, j->experts * j->dim, j->inner, j->kind, 1 / sqrt(j->inner));
}

static struct model *model_new(const struct job *j)
{
	struct model *m = calloc(1, sizeof(*m));
	struct config *c = &m->config;

	m->be = be;
	*c = (struct config){ .vocab = j->vocab, .dim = j->dim, .layers = j->layers, .heads = j->heads, .kv_heads = j->kv_heads,
			      .head_dim = j->head_dim, .rotary_dim = j->head_dim, .max_positions = 4096, .expert_inner = j->inner,
			      .experts = j->experts, .top_k = j->top_k, .renorm = true, .qk_norm = QK_NORM_HEAD, .eps = 1e-6f,
			      .attn_alpha = { 1, 1 }, .attn_beta = { 1, 1 }, .mlp_alpha = 1, .mlp_beta = 1, .rope_theta = 1e6, .rope_factor = 1,
			      .rope_attention = 1 };
	memset(c->moe, 1, sizeof(c->moe));
	m->layers[MIXER_SOFTMAX] = j->layers;
	m->heads[MIXER_SOFTMAX] = (struct heads){ .heads = j->heads, .kv_heads = j->kv_heads, .head_dim = j->head_dim, .head_pad = j->head_dim,
						  .rotary_dim = j->head_dim, .scale = 1 / sqrtf((float)j->head_dim), .eps = 1e-6f };
	m->info.vocab = j->vocab;
	m->info.max_positions = c->max_positions;
	m->layer = calloc((size_t)j->layers, sizeof(*m->layer));
	for (int l = 0; l < j->layers; l++) {
		m->layer[l].place = l;
		layer_fill(m, &m->layer[l], j);
	}
	m->norm = ones(j->dim);
	matrix(m, &m->embed, j->vocab, j->dim, WEIGHTS_BF16, 1);
	matrix(m, &m->head, j->vocab, j->dim, WEIGHTS_BF16, 1 / sqrt(j->dim));
	return m;
}

static void model_drop(struct model *m)
{
	for (int l = 0; l < m->config.layers; l++) {
		struct layer *y = &m->layer[l];

		be->device->room_free(y->attn_norm);
		be->device->room_free(y->mlp_norm);
		be->device->room_free(y->q_norm);
		be->device->room_free(y->k_norm);
	}
	be->device->room_free(m->norm);
	model_free(m);
}

/* ---- the machine ---- */

/* Bytes read and written a second by a copy in the GPU's memory. */
static double copy_rate(void)
{
	struct err err = ERR_INIT;
	size_t n = (size_t)1 << 30;
	char *a, *b;
	double best = 0;

#ifdef EMULATED
	n = 1 << 16;
#endif
	a = be->device->room_new(n);
	b = be->device->room_new(n);
	err_set(&err, "no memory for a copy");
	need(a && b, &err);
	for (int again = 0; again < 5; again++) {
		double from;

		be->device->wait(&err);
		from = clock_s();
		for (int i = 0; i < 4; i++)
			be->device->copy(b, a, n);
		need(be->device->wait(&err) == 0, &err);
		from = 8.0 * (double)n / (clock_s() - from);
		best = from > best ? from : best;
	}
	be->device->room_free(a);
	be->device->room_free(b);
	return best;
}

static double width(enum weights kind)
{
	return kind == WEIGHTS_FP32 ? 4 : kind == WEIGHTS_BF16 ? 2 : 1;
}

/* Bytes that a step of decoding must read or write, at the mean length. */
static double step_bytes(const struct job *j)
{
	double attention = 2.0 * j->dim * j->head_dim * (2 * j->heads + 2 * j->kv_heads), router = 4.0 * j->dim * j->experts;
	double expert = 3.0 * j->dim * j->inner * width(j->kind), met = j->experts * (1 - pow(1 - (double)j->top_k / j->experts, j->batch));
	double token = 2.0 * 2 * j->kv_heads * j->head_dim * j->layers, prefixes = j->shared ? j->batch / j->n : j->batch;

	return j->layers * (attention + router + met * expert) + 2.0 * j->dim * j->vocab + 4.0 * j->batch * j->vocab +
	       token * (prefixes * j->prompt + j->batch * (j->gen / 2.0));
}

/* ---- a job ---- */

struct times {
	double prefill, decode; /* seconds in all */
	double *step;           /* (waves * gen) */
	int steps;
	uint64_t sum;           /* of all ids */
	int64_t distinct;       /* ids that were drawn at least once */
};

static void step(struct engine *e, struct engine_row *row, int n)
{
	struct err err = ERR_INIT;

	need(engine_step(e, row, n, &err) == 0, &err);
}

/* The tokens of a step into row, one for each sample; rows of logits are samples, or after prefill prompts (n samples each). */
static void draw(struct engine *e, const struct job *j, struct engine_row *row, struct draw_one *d, int wave, int position, bool first, struct times *t,
		 unsigned char *seen)
{
	struct draw_how how = { .temperature = 1, .top_p = 1, .size = j->vocab };
	struct err err = ERR_INIT;

	for (int i = 0; i < j->batch; i++)
		d[i] = (struct draw_one){ .key = (uint64_t)(wave * j->batch + i) * 0x9e3779b97f4a7c15u, .position = (uint32_t)position, .row = first ? i / j->n : i };
	need(engine_draw(e, &how, d, j->batch, &err) == 0, &err);
	for (int i = 0; i < j->batch; i++) {
		err_set(&err, "logits that are not finite");
		need(d[i].id >= 0, &err);
		row[i].token = d[i].id;
		t->sum = t->sum * 31 + (uint64_t)d[i].id;
		t->distinct += !seen[d[i].id];
		seen[d[i].id] = 1;
	}
}

static void wave(struct engine *e, const struct job *j, int number, struct times *t, unsigned char *seen)
{
	int prompts = j->batch / j->n, room = engine_max_rows(e), *seq = malloc((size_t)(prompts + j->batch) * sizeof(*seq));
	struct engine_row *row = malloc((size_t)(room > j->batch ? room : j->batch) * sizeof(*row));
	struct draw_one *d = malloc((size_t)j->batch * sizeof(*d));
	double from = clock_s();
	struct rng r;

	rng_init(&r, (uint64_t)number, "bench_gpu");
	for (int p = 0; p < prompts; p++)
		seq[j->batch + p] = engine_seq_new(e);
	/* all but the last token of each prompt, then those together: their logits come in one step */
	for (int p = 0; p < prompts; p++)
		for (int at = 0; at < j->prompt - 1; at += room) {
			int n = j->prompt - 1 - at < room ? j->prompt - 1 - at : room;

			for (int i = 0; i < n; i++)
				row[i] = (struct engine_row){ (int32_t)rng_below(&r, (uint32_t)j->vocab), seq[j->batch + p], false };
			step(e, row, n);
		}
	for (int p = 0; p < prompts; p++)
		row[p] = (struct engine_row){ (int32_t)rng_below(&r, (uint32_t)j->vocab), seq[j->batch + p], true };
	step(e, row, prompts);
	draw(e, j, row, d, number, 0, true, t, seen);
	t->prefill += clock_s() - from;
	for (int i = 0; i < j->batch; i++) {
		seq[i] = engine_seq_fork(e, seq[j->batch + i / j->n]);
		row[i] = (struct engine_row){ d[i].id, seq[i], true };
	}
	for (int p = 0; p < prompts; p++)
		engine_seq_free(e, seq[j->batch + p]);
	for (int s = 1; s < j->gen; s++) {
		double start = clock_s();

		step(e, row, j->batch);
		draw(e, j, row, d, number, s, false, t, seen);
		t->step[t->steps++] = clock_s() - start;
		t->decode += clock_s() - start;
	}
	for (int i = 0; i < j->batch; i++)
		engine_seq_free(e, seq[i]);
	free(seq);
	free(row);
	free(d);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void run(const struct job *j)
{
	size_t tokens = (size_t)j->batch * (size_t)(j->gen + 2 * ENGINE_PAGE) + (size_t)(j->batch / j->n + 1) * (size_t)(j->prompt + ENGINE_PAGE);
	struct times t = { .step = malloc((size_t)(j->waves * j->gen) * sizeof(double)) };
	unsigned char *seen = calloc((size_t)j->vocab, 1);
	double rate = copy_rate(), made = clock_s(), roof, speed;
	struct err err = ERR_INIT;
	struct model *m;
	struct engine *e;

	setenv("QUARRY_CUDA_SHARED", j->shared ? "1" : "0", 1);
	setenv("QUARRY_CUDA_GRAPHS", j->graphs ? "1" : "0", 1);
	m = model_new(j);
	made = clock_s() - made;
	e = engine_new(m, &(struct engine_options){ .kv_tokens = tokens, .max_rows = 2048 }, &err);
	need(e != NULL, &err);
	for (int w = 0; w < j->waves; w++)
		wave(e, j, w, &t, seen);
	qsort(t.step, (size_t)t.steps, sizeof(*t.step), by_size);
	roof = j->batch / (step_bytes(j) / rate);
	speed = (double)t.steps * j->batch / t.decode;
	printf("{\"bench\":\"%s\",\"device\":\"%s\",\"batch\":%d,\"n\":%d,\"prompt\":%d,\"gen\":%d,\"weights_gb\":%.3f,\"pool_tokens\":%zu,\"copy_gb_s\":%.0f,"
	       "\"made_s\":%.2f,\"prefill_tok_s\":%.0f,\"step_ms\":%.3f,\"step_ms_p95\":%.3f,\"tok_s\":%.0f,\"job_tok_s\":%.0f,\"roofline_tok_s\":%.0f,"
	       "\"fraction\":%.3f,\"distinct_ids\":%lld,\"checksum\":\"%016llx\"}\n",
	       j->name, be->device->name(), j->batch, j->n, j->prompt, j->gen, 1e-9 * (double)m->bytes, tokens, 1e-9 * rate, made,
	       (double)j->waves * (j->batch / j->n) * j->prompt / t.prefill, 1e3 * t.step[t.steps / 2], 1e3 * t.step[t.steps * 95 / 100], speed,
	       (double)j->waves * j->batch * j->gen / (t.prefill + t.decode), roof, speed / roof, (long long)t.distinct, (unsigned long long)t.sum);
	fflush(stdout);
	engine_free(e);
	model_drop(m);
	free(t.step);
	free(seen);
}

static const struct job *job_find(const char *name)
{
	const struct job *j = jobs;

	while (j->name && strcmp(j->name, name) != 0)
		j++;
	return j->name ? j : NULL;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;

#ifdef EMULATED
	be = emulated_backend();
#else
	be = backend_cuda(&err);
#endif
	if (!be) {
		fprintf(stderr, "bench_gpu: skipped: %s\n", err.msg);
		return 77;
	}
	for (int i = 1; i < argc; i++) {
		const struct job *j = job_find(argv[i]);

		err_set(&err, "no job \"%s\"", argv[i]);
		need(j != NULL, &err);
		run(j);
	}
	for (const struct job *j = jobs; argc == 1 && strcmp(j->name, "check") != 0; j++)
		run(j);
	return 0;
}
