/*
 * backend.h - the coarse operations a forward pass is made of; one table for each kind of machine.
 *
 *	be->run(ctx, body, arg);	// body(arg, lane) by every lane of the machine, all at once
 *	...
 *	be->rmsnorm(lane, x, h, &layer->attn_norm, rows);
 *	be->linear(lane, qkv, &layer->qkv, x, NULL, rows, layer->qkv_bias, false);
 *
 * Every lane makes the same calls in the same order; an operation splits its work among them and sees to it that
 * what it reads is complete. On a CPU a lane is a thread; on a GPU there is one lane, and the calls queue kernels.
 *
 * Each output element is computed by one lane, in an order fixed by the shapes alone: that is what makes results
 * independent of batch and thread count. Rows of activations are fp32, each dimension padded to a multiple of PAD
 * with zeros (weights' padding is zero too, so the padding stays zero).
 */
#ifndef QUARRY_ENGINE_BACKEND_H
#define QUARRY_ENGINE_BACKEND_H

#include "engine/engine.h"

enum { PAD = 16 };

static inline int pad16(int n)
{
	return (n + PAD - 1) / PAD * PAD;
}

struct lane;    /* one worker's place in a run */
struct machine; /* threads and scratch of one engine */

enum weights {
	WEIGHTS_BF16,
	WEIGHTS_FP32,
	WEIGHTS_F8, /* E4M3: each row has a scale for every `block` columns */
};

/* Weights (out, in) of a linear map, packed as the backend likes; or several such, stacked along out. */
struct matrix {
	int out, in;    /* out padded to PAD */
	enum weights kind;
	int block;      /* WEIGHTS_F8; else 0 */
	void *data;
	float *scale;   /* WEIGHTS_F8: (out / PAD, blocks, PAD) */
	size_t bytes;   /* of both */
};

/* The tokens of a step; all int32 so that a device gets them in one copy. */
struct batch {
	int rows;
	const int32_t *token; /* (rows) */
	const int32_t *pos;   /* (rows) place in its sequence */
	const int32_t *first; /* (rows) where the pages of the row's sequence begin in pages */
	const int32_t *state; /* (rows) and those of its lightning states */
	const int32_t *pages; /* page ids */
	const float *turn;    /* (positions, rotary / 2, 2): cos and sin */
};

/* Shapes of attention. A head is head_pad floats wide, zeros at its end. */
struct heads {
	int heads, kv_heads, head_dim, head_pad, rotary_dim;
	float scale; /* head_dim ^ -0.5 */
	float eps;
	bool norm_whole; /* a norm is of all heads as one vector, else of each */
	float clip;      /* q, k and v lie within +- this once normalised; 0: anywhere */
};

/*
 * The key-value pool. A page holds ENGINE_PAGE tokens of one sequence for all softmax layers and heads; of one layer and
 * head it holds K as (head_pad, ENGINE_PAGE), then V as (ENGINE_PAGE, head_pad), in fp32 or bf16. Other pages hold a
 * sequence's lightning states, states_each a page in the order of layers and heads: each (head_pad, head_pad) of fp32.
 */
struct kv_pool {
	unsigned char *data;
	size_t page_bytes, head_bytes; /* of a page; of one layer's one head in it, K and V */
	int states_each;
	bool fp32;
};

/*
 * One layer's MLP: `experts` SwiGLUs. One expert and no router is a dense MLP. Scores are the router's softmax, or the sigmoid
 * of each; bias (experts), which may be NULL, is added where experts are chosen and not where they are weighted.
 */
struct mlp {
	int experts, top_k;      /* 0: there is none */
	int inner;               /* padded */
	bool sigmoid, renorm;
	float scale;             /* of what all say together */
	const float *bias;
	const struct mlp *shared; /* another, that every token meets besides; or NULL */
	struct matrix router;    /* (experts, dim), data NULL when dense */
	struct matrix gate_up;   /* (experts * 2 * inner, dim): of an expert, 16 gate rows, their 16 up rows, and so on */
	struct matrix down;      /* (experts * dim, inner) */
};

/* Who goes where in an MLP; room for rows * top_k. */
struct routing {
	int experts, top_k, act_each; /* the most of any layer; floats of act that a row may need */
	float *score;    /* (rows, padded experts) */
	int32_t *expert; /* (rows, top_k) best first, equal scores by number */
	float *weight;   /* (rows, top_k) */
	int32_t *slot;   /* (rows, top_k) place in the order by expert */
	int32_t *row;    /* (slots) the row that a place belongs to */
	int32_t *start;  /* (experts + 1) first slot of each expert */
	float *act;      /* (slots, inner) */
	float *y;        /* (slots, dim) what the expert said */
};

struct backend {
	const void *own; /* the backend's: which kernels */

	/* Loading. Rows arrive as fp32, PAD of them at a time, in (in) floats each; NULL rows are zero. */
	int (*matrix_new)(struct matrix *w, int out, int in, enum weights kind, int block, struct err *err);
	void (*matrix_rows)(struct matrix *w, int first, const float *const rows[PAD]);
	/* The same for WEIGHTS_F8: (in) codes, none of them a NaN, and (blocks) scales */
	void (*matrix_codes)(struct matrix *w, int first, const unsigned char *const codes[PAD], const float *const scales[PAD]);
	void (*matrix_free)(struct matrix *w);

	struct machine *(*machine_new)(const struct backend *, int threads, struct err *err);
	void (*machine_free)(struct machine *);
	int (*machine_threads)(const struct machine *);
	void (*run)(struct machine *, void (*body)(void *arg, struct lane *), void *arg);
	/* n independent bodies, the i-th with args + i * size: lanes draw them, each runs one alone, as the only lane */
	void (*each)(struct lane *, int n, void (*body)(void *arg, struct lane *), void *args, size_t size);
	void (*share)(const struct lane *, int *id, int *lanes); /* for work that the caller splits itself */

	/* h (rows, dim) = row token of table (vocab, dim) */
	void (*embed)(struct lane *, float *h, const struct matrix *table, const struct batch *);
	/* out (rows, dim) = x (rows, dim) / rms of each row * weight (dim); dim values count, padding is carried */
	void (*rmsnorm)(struct lane *, float *out, const float *x, const float *weight, int rows, int dim, float eps);
	/* out (rows, w.out) = [out +] x (pick[row] or row, w.in) * w^T [+ bias (w.out)] */
	void (*linear)(struct lane *, float *out, const struct matrix *w, const float *x, int x_stride,
		       const int32_t *pick, int rows, const float *bias, bool add);
	/*
	 * qkv (rows, heads + 2 kv_heads, head_pad): q and k are normalised (q_norm, k_norm (head_pad), may be NULL) and
	 * turned, q scaled; k and v are stored at layer's place in the row's page.
	 */
	void (*store)(struct lane *, float *qkv, const struct heads *, const float *q_norm, const float *k_norm,
		      const struct kv_pool *, int layer, const struct batch *);
	/* out (rows, heads, head_pad) = softmax(q k) v over the row's own past and itself */
	void (*attend)(struct lane *, float *out, const float *qkv, const struct heads *, const struct kv_pool *,
		       int layer, const struct batch *);
	/* out (rows, n) = a * x (rows, n); n a multiple of PAD */
	void (*scale)(struct lane *, float *out, const float *x, float a, int rows, int n);
	/*
	 * Lightning attention over qkv (rows, 3, heads, head_pad) and the states of the rows' sequences, those of the layer being
	 * layer * heads and on. Row by row, after silu: S = decay[head] * S + k v^T; out (rows, heads, head_pad) = q S.
	 * Rows of a sequence are neighbours, in its order. qkv is changed.
	 */
	void (*lightning)(struct lane *, float *out, float *qkv, const struct heads *, const float *decay,
			  const struct kv_pool *, int layer, const struct batch *);
	/* x (rows, heads, head_pad) = sigmoid(gate), of the same shape, * the rmsnorm of a row of x, head_dim of each head counting */
	void (*gate)(struct lane *, float *x, const float *gate, const float *weight, const struct heads *, int rows);
	/* h (rows, dim) += what the experts chosen for each row of x (rows, dim) say, weighted; best first */
	void (*mlp)(struct lane *, float *h, const float *x, const struct mlp *, struct routing *, int rows);
};

/* The CPU's table; `isa` NULL is the best there is, else one of its names. NULL when this machine lacks it. */
const struct backend *backend_cpu(const char *isa);
const char *backend_name(const struct backend *be);

#endif
