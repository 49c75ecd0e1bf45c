/* graph.c - the decoder: attention of either kind and SwiGLU (one or a mixture) by turns, residual stream in fp32. */
#include "engine/graph.h"

/* h stays alpha times what it was, or what the block read of it; what the block says is then added. */
static void keep(const struct forward *f, struct lane *lane, float alpha)
{
	const struct config *c = &f->m->config;

	if (c->postnorm || alpha != 1)
		f->m->be->scale(lane, f->h, c->postnorm ? f->x : f->h, alpha, f->batch.rows, pad16(c->dim));
}

/* Once layer l has attended, the keys and values of the next one that does are due; after the last, those of the next step's first. */
static void ahead(const struct forward *f, struct lane *lane, int l)
{
	const struct model *m = f->m;

	for (int i = 1; m->be->ahead && m->layer[l].mixer == MIXER_SOFTMAX && i <= m->config.layers; i++) {
		const struct layer *y = &m->layer[(l + i) % m->config.layers];

		if (y->mixer == MIXER_SOFTMAX) {
			m->be->ahead(lane, &m->heads[MIXER_SOFTMAX], &f->pool, y->place, &f->batch);
			return;
		}
	}
}

static void attention(const struct forward *f, struct lane *lane, const struct layer *y)
{
	const struct backend *be = f->m->be;
	const struct config *c = &f->m->config;
	const struct heads *hd = &f->m->heads[y->mixer];
	const struct batch *b = &f->batch;
	int dim = pad16(c->dim), att = hd->heads * hd->head_pad;
	float beta = c->attn_beta[y->mixer];

	be->linear(lane, f->qkv, &y->qkv, f->x, dim, NULL, b->rows, y->qkv_bias, false);
	if (y->mixer == MIXER_LIGHTNING) {
		be->linear(lane, f->gate, &y->gate, f->x, dim, NULL, b->rows, NULL, false);
		be->lightning(lane, f->att, f->qkv, hd, y->decay, &f->pool, y->place, b);
		be->gate(lane, f->att, f->gate, y->gate_norm, hd, b->rows);
	} else {
		be->store(lane, f->qkv, hd, y->q_norm, y->k_norm, &f->pool, y->place, b);
		be->attend(lane, f->att, f->qkv, hd, &f->pool, y->place, b);
		ahead(f, lane, (int)(y - f->m->layer));
	}
	if (beta != 1)
		be->scale(lane, f->att, f->att, beta, b->rows, att);
	keep(f, lane, c->attn_alpha[y->mixer]);
	be->linear(lane, f->h, &y->o, f->att, att, NULL, b->rows, y->o_bias, true);
}

void graph_forward(void *arg, struct lane *lane)
{
	struct forward *f = arg;
	const struct model *m = f->m;
	const struct backend *be = m->be;
	const struct config *c = &m->config;
	const struct batch *b = &f->batch;

	be->embed(lane, f->h, &m->embed, b);
	for (int l = 0; l < c->layers; l++) {
		const struct layer *y = &m->layer[l];

		be->rmsnorm(lane, f->x, f->h, y->attn_norm, b->rows, c->dim, c->eps);
		attention(f, lane, y);
		be->rmsnorm(lane, f->x, f->h, y->mlp_norm, b->rows, c->dim, c->eps);
		keep(f, lane, c->mlp_alpha);
		be->mlp(lane, f->h, f->x, &y->mlp, &f->routing, b->rows);
	}
	be->rmsnorm(lane, f->x, f->h, m->norm, b->rows, c->dim, c->eps);
	be->linear(lane, f->out, m->head.data ? &m->head : &m->embed, f->x, pad16(c->dim), f->logit_row, f->logits, NULL, false);
}
