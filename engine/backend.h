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
struct backend;
struct machine; /* threads and scratch of one engine */

enum weights {
	WEIGHTS_BF16, /* what they meet is rounded to bf16 too */
	WEIGHTS_FP32,
	WEIGHTS_F8, /* E4M3: each row has a scale for every `block` columns */
	WEIGHTS_I8, /* whole numbers of -127 to 127: each row has a scale; made by matrix_rows, and by a device only */
};

/* Weights (out, in) of a linear map, packed as the backend likes; or several such, stacked along out. */
struct matrix {
	int out, in;    /* out padded to PAD */
	enum weights kind;
	int block;      /* WEIGHTS_F8; else 0 */
	void *data;
	float *scale;   /* WEIGHTS_F8: (out / PAD, blocks, PAD) */
	size_t bytes;   /* of both */
	void *staged;   /* a device's, in the host's memory until matrix_done */
};

/* The tokens of a step; all int32 so that a device gets them in one copy. */
struct batch {
	int rows;
	const int32_t *token; /* (rows) */
	const int32_t *pos;   /* (rows) place in its sequence */
	const int32_t *first; /* (rows) where the pages of the row's sequence begin in pages */
	const int32_t *state; /* (rows) and those of its lightning states */
	const int32_t *same;  /* (rows) first pages in common with the row before, of those that both see; 0 in the first row */
	const int32_t *pages; /* page ids */
	const float *turn;    /* (positions, rotary / 2, 2): cos and sin */
	int used;             /* of pages, by all rows */
	int turns, turn_each; /* positions in turn, floats of each */
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
 * head it holds K as (head_pad, ENGINE_PAGE), then V as (ENGINE_PAGE, head_pad), in fp32; or in bf16, laid out as the backend likes.
 * Other pages hold a
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
	float *bias;
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

/*
 * Where the memory that operations work on is not the host's. What is asked for happens in order, queued or not, operations
 * included; of all engines of a process, so that a device serves one of them at a time.
 */
struct device {
	void *(*room_new)(size_t bytes); /* zeroed; NULL: there is none left */
	void (*room_free)(void *room);
	void (*put)(void *to, const void *from, size_t bytes); /* from the host, whose memory is free again afterwards */
	void (*get)(void *to, const void *from, size_t bytes); /* to the host; waits */
	void (*copy)(void *to, const void *from, size_t bytes);
	void (*zero)(void *to, size_t bytes);
	size_t (*room_left)(void); /* bytes */
	/*
	 * body(arg, lane) once for a batch in the host's memory. *b, *logit_row and *logits become the device's own first, rows and logits
	 * perhaps more than there are: operations leave out those that are not. body may be recorded and played again instead of called:
	 * it depends on these, on `mark`, and on what stays the same for the machine's life.
	 */
	int (*pass)(struct machine *, struct batch *b, int32_t **logit_row, int *logits, const struct heads *, /* of softmax attention */
		    void (*body)(void *arg, struct lane *), void *arg, const void *mark, struct err *err);
	/* Tokens from rows of logits (rows, stride). */
	int (*draw)(struct machine *, const float *logits, size_t stride, const struct draw_how *, struct draw_one *, int n, struct err *err);
	int (*wait)(struct err *err); /* for all that is queued; ERR_FAIL when some of it failed */
	const char *(*name)(void); /* "cuda-sm90": what results depend on */
	/* A matrix of random weights of that deviation, made where it lies; in place of matrix_new to matrix_done, for benches. */
	int (*matrix_random)(struct matrix *w, int out, int in, enum weights kind, int block, uint64_t seed, float deviation, struct err *err);
};

struct backend {
	const struct device *device; /* NULL: operations work on the host's memory */
	const void *own; /* the backend's: which kernels */

	/*
	 * Loading. Rows arrive as fp32, PAD of them at a time, in (in) floats each; NULL rows are zero. A matrix may be made of a wider kind
	 * than was asked for. Once all rows are there, matrix_done; NULL: nothing is left to do.
	 */
	int (*matrix_new)(struct matrix *w, int out, int in, enum weights kind, int block, struct err *err);
	void (*matrix_rows)(struct matrix *w, int first, const float *const rows[PAD]);
	/* The same for WEIGHTS_F8: (in) codes, none of them a NaN, and (blocks) scales */
	void (*matrix_codes)(struct matrix *w, int first, const unsigned char *const codes[PAD], const float *const scales[PAD]);
	int (*matrix_done)(struct matrix *w, struct err *err);
	void (*matrix_free)(struct matrix *w);

	struct machine *(*machine_new)(const struct backend *, int threads, struct err *err);
	void (*machine_free)(struct machine *);
	int (*machine_threads)(const struct machine *);
	void (*run)(struct machine *, void (*body)(void *arg, struct lane *), void *arg); /* on a device: for loading, by the host's threads */
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
	/* attend will be asked for that layer next: operations until then may fetch what it reads. May be NULL. */
	void (*ahead)(struct lane *, const struct heads *, const struct kv_pool *, int layer, const struct batch *);
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
/* A GPU's, from a module that is opened once; NULL and why not: not built, no driver, no device. */
const struct backend *backend_cuda(struct err *err);
bool backend_cuda_built(void);
const char *backend_name(const struct backend *be);

#endif
