/* graph.c - the decoder: pre-norm attention and SwiGLU (one or a mixture), residual stream in fp32. */
#include "engine/graph.h"

void graph_forward(void *arg, struct lane *lane)
{
	struct forward *f = arg;
	const struct model *m = f->m;
	const struct backend *be = m->be;
	const struct config *c = &m->config;
	const struct batch *b = &f->batch;
	int dim = pad16(c->dim), att = m->heads.heads * m->heads.head_pad;

	be->embed(lane, f->h, &m->embed, b);
	for (int l = 0; l < c->layers; l++) {
		const struct layer *y = &m->layer[l];

		be->rmsnorm(lane, f->x, f->h, y->attn_norm, b->rows, c->dim, c->eps);
		be->linear(lane, f->qkv, &y->qkv, f->x, dim, NULL, b->rows, y->qkv_bias, false);
		be->store(lane, f->qkv, &m->heads, y->q_norm, y->k_norm, &f->pool, l, b);
		be->attend(lane, f->att, f->qkv, &m->heads, &f->pool, l, b);
		be->linear(lane, f->h, &y->o, f->att, att, NULL, b->rows, y->o_bias, true);
		be->rmsnorm(lane, f->x, f->h, y->mlp_norm, b->rows, c->dim, c->eps);
		be->mlp(lane, f->h, f->x, &y->mlp, &f->routing, b->rows);
	}
	be->rmsnorm(lane, f->x, f->h, m->norm, b->rows, c->dim, c->eps);
	be->linear(lane, f->out, m->head.data ? &m->head : &m->embed, f->x, dim, f->logit_row, f->logits, NULL, false);
}
