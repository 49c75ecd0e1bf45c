/*
 * pick.h - one token from one row of logits.
 *
 *	struct picker *p = picker_new(tok, &how);
 *	struct pick got;
 *	if (pick(p, engine_logits(e, i), pick_key(seed, prompt_key, sample), position, &got))
 *		append(got.id);
 *	picker_free(p);
 *
 * The order: ids that the tokenizer lacks are out; log-probability and entropy are of what is left; divide by the
 * temperature; top_k; softmax; top_p; min_p; draw.
 *
 * The draw is an exponential race, which is Gumbel-max with one logarithm less: token i arrives at time E_i / p_i, E_i
 * exponential, and the first one wins. E_i hangs on (key, position, i) alone, so neither the batch nor the order of
 * work nor the filters move the chances of the others. Only +, -, *, / and our own exp and ln are used: the same logits
 * give the same token on every machine.
 */
#ifndef QUARRY_SAMPLER_PICK_H
#define QUARRY_SAMPLER_PICK_H

#include "engine/engine.h"
#include "engine/tok.h"
#include "sampler/sampler.h"

struct picker;

struct pick {
	int32_t id;
	double logprob, entropy; /* in nat, raw: T = 1, no filter */
};

/* NULL: out of memory. `vocab` logits come in a row; of *how the filters are taken. */
struct picker *picker_new(const struct tok *t, int vocab, const struct sampling *how);
void picker_free(struct picker *p);
/* False: the row holds a NaN or an infinity, or nothing that may be drawn. */
bool pick(struct picker *p, const float *logits, uint64_t key, uint32_t position, struct pick *ret);
/* The same, for engines that draw; borrowed from the picker. */
struct draw_how picker_how(const struct picker *p);
/* The stream of one sample. */
uint64_t pick_key(uint64_t seed, uint64_t prompt_key, int sample);

#endif
