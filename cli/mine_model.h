/*
 * mine_model.h - a model that writes what a history lacks: statements, and tests. Any sampler will do; see model.h for its names.
 *
 *	struct mine_model *m;
 *	struct buf reply[8] = { 0 };
 *
 *	if (mine_model_open(&m, "http://127.0.0.1:8000/v1", &a->common, &(struct mine_model_options){ .samples = 4 }, &err) < 0)
 *		...
 *	if (mine_model_ask(m, prompt, reply, &err) == 0)	// reply[0 .. samples - 1], empty where the model had none
 *		...
 *	mine_model_close(m);
 *
 * Thread-safe: a server gets a client for each thread, a model on this machine answers one after another. What is said is a function of the
 * prompt, the seed and the model.
 */
#ifndef QUARRY_CLI_MINE_MODEL_H
#define QUARRY_CLI_MINE_MODEL_H

#include "base/buf.h"
#include "base/err.h"
#include "cli/command.h"

enum { MINE_SAMPLES = 16 };

struct mine_model_options {
	int samples;         /* replies to each prompt: 1 .. MINE_SAMPLES */
	int max_tokens;      /* of one; 0: 4096 */
	double temperature;  /* where it was given */
	bool temperature_given;
	uint64_t seed;
};

struct mine_model;
int mine_model_open(struct mine_model **ret, const char *model, const struct common *common, const struct mine_model_options *o, struct err *err);
void mine_model_close(struct mine_model *m); /* NULL is fine */
const char *mine_model_name(const struct mine_model *m);
int mine_model_samples(const struct mine_model *m);
/* Negative: the model is not there any more, or ERR_STOPPED. Replies are emptied first. */
int mine_model_ask(struct mine_model *m, struct str prompt, struct buf *reply, struct err *err);

#endif
