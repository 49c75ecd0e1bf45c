/* model.h - a loaded model as the graph sees it; engine.h is what others see. */
#ifndef QUARRY_ENGINE_MODEL_H
#define QUARRY_ENGINE_MODEL_H

#include "engine/backend.h"
#include "engine/config.h"

struct layer {
	enum mixer mixer;
	int place;                   /* among layers of its mixer */
	float *attn_norm, *mlp_norm; /* (dim) padded */
	struct matrix qkv;           /* ((heads + 2 kv_heads) * head_pad, dim) */
	float *qkv_bias;             /* or NULL */
	struct matrix o;             /* (dim, heads * head_pad) */
	float *o_bias;               /* (dim) or NULL */
	/* softmax */
	float *q_norm, *k_norm;      /* (head_pad), or (heads * head_pad) and (kv_heads * head_pad), or NULL */
	/* lightning */
	struct matrix gate;          /* (heads * head_pad, dim) */
	float *gate_norm;            /* (heads * head_pad) */
	float *decay;                /* (heads) of a state in one token */

	struct mlp mlp, shared; /* mlp.shared is the other, or NULL */
};

struct model {
	const struct backend *be;
	struct config config;
	struct heads heads[2]; /* by enum mixer */
	int layers[2];         /* by enum mixer */
	struct model_info info;
	char name[256], isa[32]; /* info's */
	struct matrix embed;  /* (vocab, dim) */
	struct matrix head;   /* the same; data NULL when tied */
	float *norm;          /* (dim) */
	struct layer *layer;  /* (layers) */
	struct arena *arena;  /* norms and biases */
	float *vectors;       /* the same in a device's memory; else NULL */
	bool eight_bits;      /* experts become WEIGHTS_I8 */
	size_t bytes;         /* of all matrices, packed */
};

/* weights.c: fill m->embed .. m->layer from the tensors, by name; m->config, be, heads are set. */
struct tensors;
int weights_load(struct model *m, const struct tensors *t, struct machine *machine, struct err *err);
void weights_free(struct model *m);

#endif
