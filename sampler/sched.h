/* sched.h - many prompts, n samples each, through one engine: the engine sampler's run(). */
#ifndef QUARRY_SAMPLER_SCHED_H
#define QUARRY_SAMPLER_SCHED_H

#include "engine/chat.h"
#include "engine/engine.h"
#include "engine/tok.h"
#include "sampler/sampler.h"

struct sched_setup {
	struct engine *engine;
	const struct model_info *info;
	const struct tok *tok;
	const struct chat *chat;
	int batch;   /* samples at once */
	int prefill; /* tokens in a step, besides those of samples under way */
};

int sched_run(const struct sched_setup *setup, const struct sampling *how, const struct sample_job *job, struct err *err);

#endif
