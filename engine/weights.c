/*
 * weights.c - from named tensors to packed matrices. Every tensor that the configuration asks for must be there with
 * exactly its shape; others are left alone.
 */
#include "engine/model.h"

#include "base/arena.h"
#include "engine/safetensors.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* A tensor of weights; where its elements are F8_E4M3, each block of them is to be multiplied by one of scale's. */
struct source {
	const struct tensor *w, *scale;
};

/* Where the rows of a packed matrix come from: NULL w is a row of zeros. */
struct origin {
	struct source from;
	size_t at; /* first element */
};

struct loader {
	struct model *m;
	const struct tensors *t;
	struct machine *machine;
	struct err *err;
	struct origin *from; /* of the matrix in hand */
	size_t from_cap;
};

/* A tensor of that name and shape (a second dimension of 0: a vector), or NULL and a message. */
static const struct tensor *want(struct loader *l, const char *name, int64_t d0, int64_t d1, int64_t d2)
{
	const struct tensor *w = tensors_find(l->t, name);
	int rank = d1 ? d2 ? 3 : 2 : 1;
	char shape[128], due[128];

	if (!w) {
		err_set(l->err, "tensor %s is missing", name);
		return NULL;
	}
	if (w->dtype == DTYPE_OTHER) {
		err_set(l->err, "tensor %s: dtype %.*s is not supported (F32, F16, BF16, F8_E4M3 are)", name, (int)w->type.n, w->type.s);
		return NULL;
	}
	if (w->rank != rank || w->shape[0] != d0 || (rank > 1 && w->shape[1] != d1) || (rank > 2 && w->shape[2] != d2)) {
		struct tensor t = { .rank = rank, .shape = { d0, d1, d2 } };

		tensor_shape_text(w, shape);
		tensor_shape_text(&t, due);
		err_set(l->err, "tensor %s has shape %s, config.json asks for %s", name, shape, due);
		return NULL;
	}
	if (w->dtype == DTYPE_F8_E4M3 && (rank == 1 || !l->m->config.fp8_rows)) {
		err_set(l->err, "tensor %s: F8_E4M3 %s", name, rank == 1 ? "is for matrices only" : "without a quantization_config");
		return NULL;
	}
	return w;
}

/* A vector, in whatever type. */
__attribute__((format(printf, 3, 4))) static const struct tensor *vectorf(struct loader *l, int64_t n, const char *fmt, ...)
{
	char name[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	return want(l, name, n, 0, 0);
}

/* Weights (d0, d1) or (d0, d1, d2), with their scales if they have some. */
__attribute__((format(printf, 6, 7))) static bool matrixf(struct loader *l, struct source *s, int64_t d0, int64_t d1, int64_t d2,
							  const char *fmt, ...)
{
	int64_t rows = l->m->config.fp8_rows, columns = l->m->config.fp8_columns;
	char name[200], scale[sizeof(name) + 16];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	*s = (struct source){ want(l, name, d0, d1, d2), NULL };
	if (!s->w || s->w->dtype != DTYPE_F8_E4M3)
		return s->w != NULL;
	snprintf(scale, sizeof(scale), "%s_scale_inv", name);
	if (d2)
		s->scale = want(l, scale, d0, (d1 + rows - 1) / rows, (d2 + columns - 1) / columns);
	else
		s->scale = want(l, scale, (d0 + rows - 1) / rows, (d1 + columns - 1) / columns, 0);
	if (s->scale && s->scale->dtype == DTYPE_F8_E4M3) {
		err_set(l->err, "tensor %s: dtype F8_E4M3 is not for scales", scale);
		return false;
	}
	return s->scale != NULL;
}

/* The scales of the row of s that element `at` is in, one for each block of columns. */
static void scales_of(const struct config *c, const struct source *s, size_t at, float *scale)
{
	size_t in = (size_t)s->w->shape[s->w->rank - 1], out = (size_t)s->w->shape[s->w->rank - 2], high = (size_t)c->fp8_rows;
	size_t row = at / in, line = row / out * ((out + high - 1) / high) + row % out / high;
	size_t blocks = (size_t)s->scale->shape[s->scale->rank - 1];

	tensor_floats(s->scale, line * blocks, blocks, scale);
}

/* n elements of one row of s from element `at` on; room is for a row's scales. */
static void source_floats(const struct config *c, const struct source *s, size_t at, size_t n, float *out, float *room)
{
	size_t column;

	tensor_floats(s->w, at, n, out);
	if (!s->scale)
		return;
	scales_of(c, s, at, room);
	column = at % (size_t)s->w->shape[s->w->rank - 1];
	for (size_t i = 0; i < n; i++)
		out[i] *= room[(column + i) / (size_t)c->fp8_columns];
}

/* n rows of `in` elements each to rows first.. of the matrix in hand; the k-th from element at + k * in. */
static void put_rows(struct loader *l, int first, struct source s, size_t at, int n, int in)
{
	for (int i = 0; i < n; i++)
		l->from[first + i] = (struct origin){ s, at + (size_t)i * (size_t)in };
}

static int rows_begin(struct loader *l, int out)
{
	size_t n = (size_t)pad16(out);

	if (n > l->from_cap) {
		free(l->from);
		l->from = malloc(n * sizeof(*l->from));
		l->from_cap = l->from ? n : 0;
		if (!l->from)
			return err_set(l->err, "out of memory");
	}
	memset(l->from, 0, n * sizeof(*l->from));
	return 0;
}

/* A row of the file is made of `parts` parts of `part` elements; each is padded to part_pad in memory. */
struct filling {
	const struct backend *be;
	const struct config *c;
	struct matrix *w;
	const struct origin *from;
	int parts, part, part_pad;
	atomic_bool *failed;
	_Atomic(const struct tensor *) spoilt; /* that holds what is not a number */
};

/* Sixteen rows from `first` on as fp32; room is for twice as many. */
static void fill_floats(struct filling *f, int first, float *room)
{
	const float *rows[PAD] = { 0 };

	for (int i = 0; i < PAD; i++) {
		const struct origin *o = &f->from[first + i];
		float *row = room + (size_t)i * (size_t)f->w->in;

		if (!o->from.w)
			continue;
		memset(row, 0, (size_t)f->w->in * sizeof(float));
		for (int p = 0; p < f->parts; p++)
			source_floats(f->c, &o->from, o->at + (size_t)p * (size_t)f->part, (size_t)f->part,
				      row + (size_t)p * (size_t)f->part_pad, room + (size_t)PAD * (size_t)f->w->in);
		rows[i] = row;
	}
	f->be->matrix_rows(f->w, first, rows);
}

/* The same as they lie in the file: codes and scales. */
static void fill_codes(struct filling *f, int first, float *room)
{
	const unsigned char *codes[PAD] = { 0 };
	const float *scales[PAD] = { 0 };
	size_t in = (size_t)f->w->in, n = (size_t)f->parts * (size_t)f->part, blocks = (in + (size_t)f->w->block - 1) / (size_t)f->w->block;
	unsigned char *bytes = (unsigned char *)(room + PAD * blocks);

	for (int i = 0; i < PAD; i++) {
		const struct origin *o = &f->from[first + i];

		if (!o->from.w)
			continue;
		codes[i] = memcpy(bytes + (size_t)i * in, o->from.w->data + o->at, n);
		memset(bytes + (size_t)i * in + n, 0, in - n);
		if (memchr(codes[i], 0x7f, n) || memchr(codes[i], 0xff, n))
			atomic_store(&f->spoilt, o->from.w);
		memset(room + (size_t)i * blocks, 0, blocks * sizeof(*room));
		scales_of(f->c, &o->from, o->at, room + (size_t)i * blocks);
		scales[i] = room + (size_t)i * blocks;
	}
	f->be->matrix_codes(f->w, first, codes, scales);
}

static void fill_lane(void *arg, struct lane *lane)
{
	struct filling *f = arg;
	float *room = malloc(2 * (size_t)PAD * (size_t)f->w->in * sizeof(float));
	int id, lanes;

	f->be->share(lane, &id, &lanes);
	if (!room)
		atomic_store(f->failed, true);
	for (int first = id * PAD; room && first < f->w->out; first += lanes * PAD)
		(f->w->kind == WEIGHTS_F8 ? fill_codes : fill_floats)(f, first, room);
	free(room);
}

/* May the rows in hand stay codes? All must be, and their columns must lie as in the file. */
static bool all_coded(const struct loader *l, int out, int parts, int part, int part_pad)
{
	if (parts > 1 && part != part_pad)
		return false;
	for (int i = 0; i < pad16(out); i++)
		if (l->from[i].from.w && !l->from[i].from.scale)
			return false;
	return true;
}

/*
 * How rows are kept: as the model's weights are, but codes as codes (of experts, and other weights in eight bits if so asked); as the
 * model's weights are; in fp32 whatever those are.
 */
enum keep { KEEP_EXPERTS, KEEP_CODES, KEEP_WEIGHTS, KEEP_FP32 };

/* Make w (out, parts * part_pad) of the rows in hand. */
static int rows_pack(struct loader *l, struct matrix *w, int out, int parts, int part, int part_pad, enum keep keep)
{
	atomic_bool failed = false;
	struct filling f = { l->m->be, &l->m->config, w, l->from, parts, part, part_pad, &failed, NULL };
	const struct tensor *spoilt;
	enum weights kind = keep == KEEP_FP32 || l->m->info.fp32 ? WEIGHTS_FP32 : WEIGHTS_BF16;

	if (keep == KEEP_EXPERTS && l->m->eight_bits && kind == WEIGHTS_BF16)
		kind = WEIGHTS_I8;
	/* a device's codes meet activations in bf16 */
	if (keep <= KEEP_CODES && all_coded(l, out, parts, part, part_pad) && !(l->m->info.fp32 && l->m->be->device))
		kind = WEIGHTS_F8;
	if (l->m->be->matrix_new(w, out, parts * part_pad, kind, l->m->config.fp8_columns, l->err) < 0)
		return ERR_FAIL;
	l->m->bytes += w->bytes;
	l->m->be->run(l->machine, fill_lane, &f);
	spoilt = atomic_load(&f.spoilt);
	if (spoilt)
		return err_set(l->err, "tensor %.*s holds what is not a number", (int)(spoilt->name.n < 200 ? spoilt->name.n : 200), spoilt->name.s);
	if (atomic_load(&failed))
		return err_set(l->err, "out of memory");
	return l->m->be->matrix_done ? l->m->be->matrix_done(w, l->err) : 0;
}

/* `parts` parts of a vector, each padded. NULL and a message when out of memory. */
static float *vector(struct loader *l, const struct tensor *w, int parts, int part, int part_pad, float *into)
{
	float *v = into ? into : arena_zalloc(l->m->arena, (size_t)parts * (size_t)part_pad, sizeof(float));

	if (!v)
		err_set(l->err, "out of memory");
	for (int p = 0; v && p < parts; p++)
		tensor_floats(w, (size_t)p * (size_t)part, (size_t)part, v + (size_t)p * (size_t)part_pad);
	return v;
}

/* A norm's weights over `parts` heads or one vector. */
static float *norm_load(struct loader *l, int parts, int part, const char *fmt, int layer)
{
	char name[200];
	const struct tensor *w;

	snprintf(name, sizeof(name), fmt, layer);
	w = want(l, name, (int64_t)parts * part, 0, 0);
	return w ? vector(l, w, parts, part, pad16(part), NULL) : NULL;
}

/* The rows of `heads` heads, every `stride`th head of s from head `from` on, to heads at.. of the matrix in hand. */
static void put_heads(struct loader *l, int at, struct source s, int heads, int from, int stride)
{
	const struct config *c = &l->m->config;
	size_t each = (size_t)c->head_dim * (size_t)c->dim;

	for (int h = 0; h < heads; h++)
		put_rows(l, (at + h) * pad16(c->head_dim), s, (size_t)(from + h * stride) * each, c->head_dim, c->dim);
}

/* A matrix whose rows are those of heads. */
static int heads_pack(struct loader *l, struct matrix *w, int heads)
{
	const struct config *c = &l->m->config;

	return rows_pack(l, w, heads * pad16(c->head_dim), 1, c->dim, c->dim, KEEP_CODES);
}

/* What attention gives, back to the stream. */
static int out_load(struct loader *l, struct layer *y, const char *fmt, int n)
{
	const struct config *c = &l->m->config;
	char name[200];
	struct source s;

	snprintf(name, sizeof(name), fmt, n);
	if (!matrixf(l, &s, c->dim, c->heads * c->head_dim, 0, "%s", name) || rows_begin(l, c->dim) < 0)
		return ERR_FAIL;
	put_rows(l, 0, s, 0, c->dim, c->heads * c->head_dim);
	return rows_pack(l, &y->o, c->dim, c->heads, c->head_dim, pad16(c->head_dim), KEEP_CODES);
}

static int qk_norms_load(struct loader *l, struct layer *y, int n)
{
	const struct config *c = &l->m->config;
	bool whole = c->qk_norm == QK_NORM_WHOLE;

	if (c->qk_norm == QK_NORM_NONE)
		return 0;
	y->q_norm = norm_load(l, whole ? c->heads : 1, c->head_dim, "model.layers.%d.self_attn.q_norm.weight", n);
	y->k_norm = y->q_norm ? norm_load(l, whole ? c->kv_heads : 1, c->head_dim, "model.layers.%d.self_attn.k_norm.weight", n) : NULL;
	return y->k_norm ? 0 : ERR_FAIL;
}

static int softmax_load(struct loader *l, struct layer *y, int n)
{
	static const char which[3] = { 'q', 'k', 'v' };
	const struct config *c = &l->m->config;
	int pad = pad16(c->head_dim), all = c->heads + 2 * c->kv_heads, at = 0;
	const struct tensor *w;
	struct source s;

	if (rows_begin(l, all * pad) < 0)
		return ERR_FAIL;
	if (c->qkv_bias) {
		y->qkv_bias = arena_zalloc(l->m->arena, (size_t)(all * pad), sizeof(float));
		if (!y->qkv_bias)
			return err_set(l->err, "out of memory");
	}
	for (int i = 0; i < 3; i++) {
		int heads = i == 0 ? c->heads : c->kv_heads;

		if (!matrixf(l, &s, heads * c->head_dim, c->dim, 0, "model.layers.%d.self_attn.%c_proj.weight", n, which[i]))
			return ERR_FAIL;
		put_heads(l, at, s, heads, 0, 1);
		if (c->qkv_bias) {
			w = vectorf(l, heads * c->head_dim, "model.layers.%d.self_attn.%c_proj.bias", n, which[i]);
			if (!w || !vector(l, w, heads, c->head_dim, pad, y->qkv_bias + at * pad))
				return ERR_FAIL;
		}
		at += heads;
	}
	if (heads_pack(l, &y->qkv, all) < 0)
		return ERR_FAIL;
	if (c->o_bias) {
		w = vectorf(l, c->dim, "model.layers.%d.self_attn.o_proj.bias", n);
		if (!w || !(y->o_bias = vector(l, w, 1, c->dim, pad16(c->dim), NULL)))
			return ERR_FAIL;
	}
	return qk_norms_load(l, y, n) < 0 ? ERR_FAIL : out_load(l, y, "model.layers.%d.self_attn.o_proj.weight", n);
}

/* How much of a state is left after one token, for each head: the steepest head first, the first layer steepest. */
static int decay_set(struct loader *l, struct layer *y, int n)
{
	const struct config *c = &l->m->config;

	y->decay = arena_zalloc(l->m->arena, (size_t)c->heads, sizeof(float));
	for (int h = 0; y->decay && h < c->heads; h++)
		y->decay[h] = (float)exp(-pow(2, -8.0 * (h + 1) / c->heads) * (1 - n / (c->layers - 1 + 1e-5) + 1e-5));
	return y->decay ? 0 : err_set(l->err, "out of memory");
}

/* The file has q, k and v of the first head, then of the second; we have the q of all heads, then the k. */
static int lightning_load(struct loader *l, struct layer *y, int n)
{
	const struct config *c = &l->m->config;
	int heads = c->heads, pad = pad16(c->head_dim);
	struct source s;

	if (!matrixf(l, &s, (int64_t)3 * heads * c->head_dim, c->dim, 0, "model.layers.%d.self_attn.qkv_proj.weight", n) ||
	    rows_begin(l, 3 * heads * pad) < 0)
		return ERR_FAIL;
	for (int i = 0; i < 3; i++)
		put_heads(l, i * heads, s, heads, i, 3);
	if (heads_pack(l, &y->qkv, 3 * heads) < 0 ||
	    !matrixf(l, &s, heads * c->head_dim, c->dim, 0, "model.layers.%d.self_attn.output_gate.weight", n) ||
	    rows_begin(l, heads * pad) < 0)
		return ERR_FAIL;
	put_heads(l, 0, s, heads, 0, 1);
	if (heads_pack(l, &y->gate, heads) < 0 || decay_set(l, y, n) < 0)
		return ERR_FAIL;
	y->gate_norm = norm_load(l, heads, c->head_dim, "model.layers.%d.self_attn.norm.weight", n);
	return y->gate_norm ? out_load(l, y, "model.layers.%d.self_attn.out_proj.weight", n) : ERR_FAIL;
}

/* ---- MLPs ---- */

/* Which SwiGLU of a layer, and so its tensors' names. FUSED: all experts of a mixture in two tensors (transformers 5). */
enum which { DENSE, ROUTED, FUSED, SHARED };

/* One SwiGLU: its matrices begin at these elements. */
struct swiglu {
	struct source gate, up, down;
	size_t gate_at, up_at, down_at;
};

static bool swiglu_find(struct loader *l, struct swiglu *x, int n, enum which which, int e, int inner)
{
	static const struct expert_names usual = { "mlp", "gate_proj", "up_proj", "down_proj" };
	const struct config *c = &l->m->config;
	const struct expert_names *names = which == ROUTED ? c->names : &usual;
	size_t each = (size_t)inner * (size_t)c->dim;
	char block[80];

	*x = (struct swiglu){ 0 };
	if (which == FUSED) {
		x->gate_at = (size_t)e * 2 * each;
		x->up_at = x->gate_at + each;
		x->down_at = (size_t)e * each;
		if (!matrixf(l, &x->gate, c->experts, 2 * inner, c->dim, "model.layers.%d.mlp.experts.gate_up_proj", n))
			return false;
		x->up = x->gate;
		return matrixf(l, &x->down, c->experts, c->dim, inner, "model.layers.%d.mlp.experts.down_proj", n);
	}
	if (which == ROUTED)
		snprintf(block, sizeof(block), "%s.experts.%d", names->block, e);
	else
		snprintf(block, sizeof(block), which == SHARED ? "mlp.shared_expert" : "mlp");
	return matrixf(l, &x->gate, inner, c->dim, 0, "model.layers.%d.%s.%s.weight", n, block, names->gate) &&
	       matrixf(l, &x->up, inner, c->dim, 0, "model.layers.%d.%s.%s.weight", n, block, names->up) &&
	       matrixf(l, &x->down, c->dim, inner, 0, "model.layers.%d.%s.%s.weight", n, block, names->down);
}

/* One expert's gate and up, 16 rows of the one then 16 of the other. */
static void put_gate_up(struct loader *l, int first, const struct swiglu *x, int inner, int dim)
{
	for (int i = 0; i < inner; i++) {
		int row = first + i / PAD * 2 * PAD + i % PAD;

		put_rows(l, row, x->gate, x->gate_at + (size_t)i * (size_t)dim, 1, dim);
		put_rows(l, row + PAD, x->up, x->up_at + (size_t)i * (size_t)dim, 1, dim);
	}
}

/* All experts of an MLP; p says how many. */
static int experts_load(struct loader *l, struct mlp *p, int n, enum which which, int inner)
{
	const struct config *c = &l->m->config;
	int dim = pad16(c->dim);
	struct swiglu x;

	p->inner = pad16(inner);
	p->scale = c->mlp_beta;
	if ((int64_t)p->experts * 2 * p->inner > INT32_MAX || (int64_t)p->experts * dim > INT32_MAX)
		return err_set(l->err, "layer %d: experts too large", n);
	/* all are asked for before room is made: a configuration alone must not cost memory */
	for (int e = 0; e < p->experts; e++)
		if (!swiglu_find(l, &x, n, which, e, inner))
			return ERR_FAIL;
	if (rows_begin(l, p->experts * 2 * p->inner) < 0)
		return ERR_FAIL;
	for (int e = 0; e < p->experts && swiglu_find(l, &x, n, which, e, inner); e++)
		put_gate_up(l, e * 2 * p->inner, &x, inner, c->dim);
	if (rows_pack(l, &p->gate_up, p->experts * 2 * p->inner, 1, c->dim, c->dim, KEEP_EXPERTS) < 0 ||
	    rows_begin(l, p->experts * dim) < 0)
		return ERR_FAIL;
	for (int e = 0; e < p->experts && swiglu_find(l, &x, n, which, e, inner); e++)
		put_rows(l, e * dim, x.down, x.down_at, c->dim, inner);
	return rows_pack(l, &p->down, p->experts * dim, 1, inner, p->inner, KEEP_EXPERTS);
}

/* Scores for each of p's experts. Always fp32: small, and a near tie must not turn on rounding. */
static int router_load(struct loader *l, struct mlp *p, int n, const char *block, const char *gate)
{
	const struct config *c = &l->m->config;
	struct source s;

	if (!matrixf(l, &s, p->experts, c->dim, 0, "model.layers.%d.%s.%s.weight", n, block, gate) || rows_begin(l, p->experts) < 0)
		return ERR_FAIL;
	put_rows(l, 0, s, 0, p->experts, c->dim);
	return rows_pack(l, &p->router, p->experts, 1, c->dim, c->dim, KEEP_FP32);
}

/* A mixture of one, weighted by the sigmoid of its only score. */
static int shared_load(struct loader *l, struct mlp *p, int n)
{
	*p = (struct mlp){ .experts = 1, .top_k = 1, .sigmoid = true };
	if (experts_load(l, p, n, SHARED, l->m->config.shared_inner) < 0)
		return ERR_FAIL;
	return router_load(l, p, n, "mlp", "shared_expert_gate");
}

static int mixture_load(struct loader *l, struct layer *y, int n)
{
	const struct config *c = &l->m->config;
	const struct tensor *w;
	struct mlp *p = &y->mlp;
	const char *block;
	char name[96];
	bool fused;

	snprintf(name, sizeof(name), "model.layers.%d.mlp.experts.gate_up_proj", n);
	fused = tensors_find(l->t, name);
	block = fused ? "mlp" : c->names->block;
	*p = (struct mlp){ .experts = c->experts, .top_k = c->top_k, .sigmoid = c->sigmoid, .renorm = c->renorm };
	if (experts_load(l, p, n, fused ? FUSED : ROUTED, c->expert_inner) < 0 || router_load(l, p, n, block, "gate") < 0)
		return ERR_FAIL;
	if (c->router_bias) {
		w = vectorf(l, c->experts, "model.layers.%d.%s.e_score_correction_bias", n, block);
		if (!w || !(p->bias = vector(l, w, 1, c->experts, pad16(c->experts), NULL)))
			return ERR_FAIL;
	}
	if (!c->shared_inner)
		return 0;
	p->shared = &y->shared;
	return shared_load(l, &y->shared, n);
}

static int mlp_load(struct loader *l, struct layer *y, int n)
{
	const struct config *c = &l->m->config;

	if (c->moe[n])
		return mixture_load(l, y, n);
	y->mlp = (struct mlp){ .experts = 1, .top_k = 1 };
	return experts_load(l, &y->mlp, n, DENSE, c->dense_inner);
}

/* ---- all ---- */

static int table_load(struct loader *l, struct matrix *w, const char *name)
{
	const struct config *c = &l->m->config;
	struct source s;

	if (!matrixf(l, &s, c->vocab, c->dim, 0, "%s", name) || rows_begin(l, c->vocab) < 0)
		return ERR_FAIL;
	put_rows(l, 0, s, 0, c->vocab, c->dim);
	return rows_pack(l, w, c->vocab, 1, c->dim, c->dim, KEEP_WEIGHTS);
}

static int all_load(struct loader *l)
{
	const struct config *c = &l->m->config;
	int *places = l->m->layers;
	bool tied = c->tied < 0 ? !tensors_find(l->t, "lm_head.weight") : c->tied;

	if (table_load(l, &l->m->embed, "model.embed_tokens.weight") < 0 ||
	    (!tied && table_load(l, &l->m->head, "lm_head.weight") < 0))
		return ERR_FAIL;
	l->m->norm = norm_load(l, 1, c->dim, "model.norm.weight", 0);
	if (!l->m->norm)
		return ERR_FAIL;
	for (int n = 0; n < c->layers; n++) {
		struct layer *y = &l->m->layer[n];

		y->mixer = c->mixer[n];
		y->place = places[y->mixer]++;
		y->attn_norm = norm_load(l, 1, c->dim, "model.layers.%d.input_layernorm.weight", n);
		y->mlp_norm = y->attn_norm ? norm_load(l, 1, c->dim, "model.layers.%d.post_attention_layernorm.weight", n) : NULL;
		if (!y->mlp_norm || (y->mixer == MIXER_LIGHTNING ? lightning_load : softmax_load)(l, y, n) < 0 || mlp_load(l, y, n) < 0)
			return ERR_FAIL;
	}
	return 0;
}

/* All vectors, each with how many floats it has; NULL ones too. */
static void vectors_each(struct model *m, void (*visit)(void *ctx, float **v, size_t n), void *ctx)
{
	const struct config *c = &m->config;
	size_t dim = (size_t)pad16(c->dim), pad = (size_t)pad16(c->head_dim), heads = (size_t)c->heads, kv = (size_t)c->kv_heads;
	bool whole = c->qk_norm == QK_NORM_WHOLE;

	visit(ctx, &m->norm, dim);
	for (int n = 0; n < c->layers; n++) {
		struct layer *y = &m->layer[n];

		visit(ctx, &y->attn_norm, dim);
		visit(ctx, &y->mlp_norm, dim);
		visit(ctx, &y->qkv_bias, (heads + 2 * kv) * pad);
		visit(ctx, &y->o_bias, dim);
		visit(ctx, &y->q_norm, whole ? heads * pad : pad);
		visit(ctx, &y->k_norm, whole ? kv * pad : pad);
		visit(ctx, &y->gate_norm, heads * pad);
		visit(ctx, &y->decay, heads);
		visit(ctx, &y->mlp.bias, (size_t)pad16(c->experts));
	}
}

/* From one memory to the other: counted first, then moved. */
struct move {
	const struct device *device;
	float *to; /* NULL: count */
	size_t used;
};

static void vector_move(void *ctx, float **v, size_t n)
{
	struct move *move = ctx;

	if (*v && move->to) {
		move->device->put(move->to + move->used, *v, n * sizeof(float));
		*v = move->to + move->used;
	}
	if (*v)
		move->used += (n + 63) / 64 * 64;
}

static int vectors_move(struct loader *l)
{
	struct move move = { .device = l->m->be->device };

	vectors_each(l->m, vector_move, &move);
	move.to = l->m->vectors = move.device->room_new(move.used * sizeof(float));
	if (!move.to)
		return err_set(l->err, "out of memory: %zu bytes of weights", move.used * sizeof(float));
	move.used = 0;
	vectors_each(l->m, vector_move, &move);
	return 0;
}

int weights_load(struct model *m, const struct tensors *t, struct machine *machine, struct err *err)
{
	struct loader l = { .m = m, .t = t, .machine = machine, .err = err };
	int rc;

	m->layer = calloc((size_t)m->config.layers, sizeof(*m->layer));
	m->arena = calloc(1, sizeof(*m->arena));
	rc = m->layer && m->arena ? all_load(&l) : err_set(err, "out of memory");
	if (rc == 0 && m->be->device)
		rc = vectors_move(&l);
	free(l.from);
	return rc;
}

static void mlp_free(const struct backend *be, struct mlp *p)
{
	be->matrix_free(&p->router);
	be->matrix_free(&p->gate_up);
	be->matrix_free(&p->down);
}

void weights_free(struct model *m)
{
	for (int n = 0; m->layer && n < m->config.layers; n++) {
		struct layer *y = &m->layer[n];

		m->be->matrix_free(&y->qkv);
		m->be->matrix_free(&y->gate);
		m->be->matrix_free(&y->o);
		mlp_free(m->be, &y->mlp);
		mlp_free(m->be, &y->shared);
	}
	m->be->matrix_free(&m->embed);
	m->be->matrix_free(&m->head);
	free(m->layer);
	if (m->vectors)
		m->be->device->room_free(m->vectors);
	if (m->arena)
		arena_release(m->arena);
	free(m->arena);
}
