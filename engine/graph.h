/* graph.h - one forward pass: a step's tokens through all layers. What engine.c makes ready for it. */
#ifndef QUARRY_ENGINE_GRAPH_H
#define QUARRY_ENGINE_GRAPH_H

#include "engine/model.h"

struct forward {
	const struct model *m;
	struct batch batch;
	struct kv_pool pool;
	int logits;         /* rows that want them */
	int32_t *logit_row; /* (logits) */

	/* Activations, room for max_rows; every dimension padded. */
	float *h;    /* (rows, dim) the residual stream */
	float *x;    /* (rows, dim) normalised */
	float *qkv;  /* (rows, heads + 2 kv_heads, head_pad), of the mixer that needs more */
	float *att;  /* (rows, heads, head_pad) */
	float *gate; /* the same; NULL when no layer is lightning */
	struct routing routing;
	float *out;  /* (logits, vocab) */
};

/* Body of backend.run: every lane calls it with the same struct forward. */
void graph_forward(void *forward, struct lane *lane);

#endif
