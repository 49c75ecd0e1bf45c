/*
 * weights.c - from named tensors to packed matrices. Every tensor that the configuration asks for must be there with
 * exactly its shape; others are left alone.
 */
#include "engine/model.h"

#include "base/arena.h"
#include "engine/safetensors.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* Where the rows of a packed matrix come from: NULL w is a row of zeros. */
struct origin {
	const struct tensor *w;
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
		err_set(l->err, "tensor %s: dtype %.*s is not supported (F32, F16, BF16 are)", name, (int)w->type.n, w->type.s);
		return NULL;
	}
	if (w->rank != rank || w->shape[0] != d0 || (rank > 1 && w->shape[1] != d1) || (rank > 2 && w->shape[2] != d2)) {
		struct tensor t = { .rank = rank, .shape = { d0, d1, d2 } };

		tensor_shape_text(w, shape);
		tensor_shape_text(&t, due);
		err_set(l->err, "tensor %s has shape %s, config.json asks for %s", name, shape, due);
		return NULL;
	}
	return w;
}

__attribute__((format(printf, 5, 6))) static const struct tensor *wantf(struct loader *l, int64_t d0, int64_t d1,
									int64_t d2, const char *fmt, ...)
{
	char name[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	return want(l, name, d0, d1, d2);
}

/* n rows of `in` elements each to rows first.. of the matrix in hand; the k-th from element at + k * in. */
static void put_rows(struct loader *l, int first, const struct tensor *w, size_t at, int n, int in)
{
	for (int i = 0; i < n; i++)
		l->from[first + i] = (struct origin){ w, at + (size_t)i * (size_t)in };
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
	struct matrix *w;
	const struct origin *from;
	int parts, part, part_pad;
	atomic_bool *failed;
};

static void fill_lane(void *arg, struct lane *lane)
{
	struct filling *f = arg;
	float *room = malloc((size_t)PAD * (size_t)f->w->in * sizeof(float));
	int id, lanes;

	f->be->share(lane, &id, &lanes);
	if (!room)
		atomic_store(f->failed, true);
	for (int first = id * PAD; room && first < f->w->out; first += lanes * PAD) {
		const float *rows[PAD] = { 0 };

		for (int i = 0; i < PAD; i++) {
			const struct origin *o = &f->from[first + i];
			float *row = room + (size_t)i * (size_t)f->w->in;

			if (!o->w)
				continue;
			memset(row, 0, (size_t)f->w->in * sizeof(float));
			for (int p = 0; p < f->parts; p++)
				tensor_floats(o->w, o->at + (size_t)p * (size_t)f->part, (size_t)f->part,
					      row + (size_t)p * (size_t)f->part_pad);
			rows[i] = row;
		}
		f->be->matrix_rows(f->w, first, rows);
	}
	free(room);
}

/* Make w (out, parts * part_pad) of the rows in hand. */
static int rows_pack(struct loader *l, struct matrix *w, int out, int parts, int part, int part_pad, bool fp32)
{
	atomic_bool failed = false;
	struct filling f = { l->m->be, w, l->from, parts, part, part_pad, &failed };

	if (l->m->be->matrix_new(w, out, parts * part_pad, fp32, l->err) < 0)
		return ERR_FAIL;
	l->m->bytes += w->bytes;
	l->m->be->run(l->machine, fill_lane, &f);
	return atomic_load(&failed) ? err_set(l->err, "out of memory") : 0;
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

static float *norm_load(struct loader *l, int dim, const char *fmt, int layer)
{
	char name[200];
	const struct tensor *w;

	snprintf(name, sizeof(name), fmt, layer);
	w = want(l, name, dim, 0, 0);
	return w ? vector(l, w, 1, dim, pad16(dim), NULL) : NULL;
}

static int attention_load(struct loader *l, struct layer *y, int n)
{
	static const char which[3] = { 'q', 'k', 'v' };
	const struct config *c = &l->m->config;
	int pad = l->m->heads.head_pad, all = c->heads + 2 * c->kv_heads, at = 0;
	const struct tensor *w;

	if (rows_begin(l, all * pad) < 0)
		return ERR_FAIL;
	if (c->attention_bias) {
		y->qkv_bias = arena_zalloc(l->m->arena, (size_t)(all * pad), sizeof(float));
		if (!y->qkv_bias)
			return err_set(l->err, "out of memory");
	}
	for (int i = 0; i < 3; i++) {
		int heads = i == 0 ? c->heads : c->kv_heads;

		w = wantf(l, heads * c->head_dim, c->dim, 0, "model.layers.%d.self_attn.%c_proj.weight", n, which[i]);
		if (!w)
			return ERR_FAIL;
		for (int h = 0; h < heads; h++)
			put_rows(l, (at + h) * pad, w, (size_t)h * (size_t)c->head_dim * (size_t)c->dim, c->head_dim, c->dim);
		if (c->attention_bias) {
			w = wantf(l, heads * c->head_dim, 0, 0, "model.layers.%d.self_attn.%c_proj.bias", n, which[i]);
			if (!w || !vector(l, w, heads, c->head_dim, pad, y->qkv_bias + at * pad))
				return ERR_FAIL;
		}
		at += heads;
	}
	if (rows_pack(l, &y->qkv, all * pad, 1, c->dim, c->dim, l->m->info.fp32) < 0)
		return ERR_FAIL;
	if (c->attention_bias) {
		w = wantf(l, c->dim, 0, 0, "model.layers.%d.self_attn.o_proj.bias", n);
		if (!w || !(y->o_bias = vector(l, w, 1, c->dim, pad16(c->dim), NULL)))
			return ERR_FAIL;
	}
	if (c->qk_norm) {
		y->q_norm = norm_load(l, c->head_dim, "model.layers.%d.self_attn.q_norm.weight", n);
		y->k_norm = y->q_norm ? norm_load(l, c->head_dim, "model.layers.%d.self_attn.k_norm.weight", n) : NULL;
		if (!y->k_norm)
			return ERR_FAIL;
	}
	w = wantf(l, c->dim, c->heads * c->head_dim, 0, "model.layers.%d.self_attn.o_proj.weight", n);
	if (!w || rows_begin(l, c->dim) < 0)
		return ERR_FAIL;
	put_rows(l, 0, w, 0, c->dim, c->heads * c->head_dim);
	return rows_pack(l, &y->o, c->dim, c->heads, c->head_dim, pad, l->m->info.fp32);
}

/* One expert's gate and up, 16 rows of the one then 16 of the other. */
static void put_gate_up(struct loader *l, int first, const struct tensor *gate, size_t gate_at, const struct tensor *up,
			size_t up_at, int inner, int dim)
{
	for (int i = 0; i < inner; i++) {
		int row = first + i / PAD * 2 * PAD + i % PAD;

		put_rows(l, row, gate, gate_at + (size_t)i * (size_t)dim, 1, dim);
		put_rows(l, row + PAD, up, up_at + (size_t)i * (size_t)dim, 1, dim);
	}
}

/* One of an MLP's matrices ("gate_proj"), for a single expert. */
static const struct tensor *expert_want(struct loader *l, int n, int e, const char *which, int out, int in)
{
	if (l->m->config.moe[n])
		return wantf(l, out, in, 0, "model.layers.%d.mlp.experts.%d.%s.weight", n, e, which);
	return wantf(l, out, in, 0, "model.layers.%d.mlp.%s.weight", n, which);
}

static int router_load(struct loader *l, struct matrix *w, int n)
{
	const struct config *c = &l->m->config;
	const struct tensor *t = wantf(l, c->experts, c->dim, 0, "model.layers.%d.mlp.gate.weight", n);

	if (!t || rows_begin(l, c->experts) < 0)
		return ERR_FAIL;
	put_rows(l, 0, t, 0, c->experts, c->dim);
	/* always fp32: small, and a near tie must not turn on rounding */
	return rows_pack(l, w, c->experts, 1, c->dim, c->dim, true);
}

/* Experts come one by one, or (transformers 5) all in gate_up_proj (experts, 2 inner, dim) and down_proj. */
static int mlp_load(struct loader *l, struct mlp *p, int n)
{
	const struct config *c = &l->m->config;
	int inner = c->moe[n] ? c->expert_inner : c->dense_inner, dim = pad16(c->dim);
	const struct tensor *gate, *up, *down, *fused = NULL;
	size_t each = (size_t)inner * (size_t)c->dim;
	char name[96];

	p->experts = c->moe[n] ? c->experts : 1;
	p->top_k = c->moe[n] ? c->top_k : 1;
	p->inner = pad16(inner);
	p->renorm = c->renorm;
	if ((int64_t)p->experts * 2 * p->inner > INT32_MAX || (int64_t)p->experts * dim > INT32_MAX)
		return err_set(l->err, "layer %d: experts too large", n);
	snprintf(name, sizeof(name), "model.layers.%d.mlp.experts.gate_up_proj", n);
	if (c->moe[n] && tensors_find(l->t, name) && !(fused = want(l, name, c->experts, 2 * inner, c->dim)))
		return ERR_FAIL;
	/* all are asked for before room is made: a configuration alone must not cost memory */
	for (int e = 0; !fused && e < p->experts; e++)
		if (!expert_want(l, n, e, "gate_proj", inner, c->dim) || !expert_want(l, n, e, "up_proj", inner, c->dim) ||
		    !expert_want(l, n, e, "down_proj", c->dim, inner))
			return ERR_FAIL;
	if (rows_begin(l, p->experts * 2 * p->inner) < 0)
		return ERR_FAIL;
	for (int e = 0; e < p->experts; e++) {
		if (fused) {
			put_gate_up(l, e * 2 * p->inner, fused, (size_t)e * 2 * each, fused, ((size_t)e * 2 + 1) * each, inner,
				    c->dim);
			continue;
		}
		gate = expert_want(l, n, e, "gate_proj", inner, c->dim);
		up = expert_want(l, n, e, "up_proj", inner, c->dim);
		put_gate_up(l, e * 2 * p->inner, gate, 0, up, 0, inner, c->dim);
	}
	if (rows_pack(l, &p->gate_up, p->experts * 2 * p->inner, 1, c->dim, c->dim, l->m->info.fp32) < 0 ||
	    rows_begin(l, p->experts * dim) < 0)
		return ERR_FAIL;
	if (fused && !(fused = wantf(l, c->experts, c->dim, inner, "model.layers.%d.mlp.experts.down_proj", n)))
		return ERR_FAIL;
	for (int e = 0; e < p->experts; e++) {
		down = fused ? fused : expert_want(l, n, e, "down_proj", c->dim, inner);
		put_rows(l, e * dim, down, fused ? (size_t)e * each : 0, c->dim, inner);
	}
	if (rows_pack(l, &p->down, p->experts * dim, 1, inner, p->inner, l->m->info.fp32) < 0)
		return ERR_FAIL;
	return c->moe[n] ? router_load(l, &p->router, n) : 0;
}

static int table_load(struct loader *l, struct matrix *w, const char *name)
{
	const struct config *c = &l->m->config;
	const struct tensor *t = want(l, name, c->vocab, c->dim, 0);

	if (!t || rows_begin(l, c->vocab) < 0)
		return ERR_FAIL;
	put_rows(l, 0, t, 0, c->vocab, c->dim);
	return rows_pack(l, w, c->vocab, 1, c->dim, c->dim, l->m->info.fp32);
}

static int all_load(struct loader *l)
{
	const struct config *c = &l->m->config;
	bool tied = c->tied < 0 ? !tensors_find(l->t, "lm_head.weight") : c->tied;

	if (table_load(l, &l->m->embed, "model.embed_tokens.weight") < 0 ||
	    (!tied && table_load(l, &l->m->head, "lm_head.weight") < 0))
		return ERR_FAIL;
	l->m->norm = norm_load(l, c->dim, "model.norm.weight", 0);
	if (!l->m->norm)
		return ERR_FAIL;
	for (int n = 0; n < c->layers; n++) {
		struct layer *y = &l->m->layer[n];

		y->attn_norm = norm_load(l, c->dim, "model.layers.%d.input_layernorm.weight", n);
		y->mlp_norm = y->attn_norm ? norm_load(l, c->dim, "model.layers.%d.post_attention_layernorm.weight", n) : NULL;
		if (!y->mlp_norm || attention_load(l, y, n) < 0 || mlp_load(l, &y->mlp, n) < 0)
			return ERR_FAIL;
	}
	return 0;
}

int weights_load(struct model *m, const struct tensors *t, struct machine *machine, struct err *err)
{
	struct loader l = { .m = m, .t = t, .machine = machine, .err = err };
	int rc;

	m->layer = calloc((size_t)m->config.layers, sizeof(*m->layer));
	m->arena = calloc(1, sizeof(*m->arena));
	rc = m->layer && m->arena ? all_load(&l) : err_set(err, "out of memory");
	free(l.from);
	return rc;
}

void weights_free(struct model *m)
{
	for (int n = 0; m->layer && n < m->config.layers; n++) {
		struct layer *y = &m->layer[n];

		m->be->matrix_free(&y->qkv);
		m->be->matrix_free(&y->o);
		m->be->matrix_free(&y->mlp.router);
		m->be->matrix_free(&y->mlp.gate_up);
		m->be->matrix_free(&y->mlp.down);
	}
	m->be->matrix_free(&m->embed);
	m->be->matrix_free(&m->head);
	free(m->layer);
	if (m->arena)
		arena_release(m->arena);
	free(m->arena);
}
