/* engine.c - the embedded engine as a sampler: a model folder, its tokenizer and its chat template; see sampler.h. */
#include "engine/engine.h"

#include "engine/chat.h"
#include "engine/tok.h"
#include "sampler/sched.h"

#include <stdio.h>
#include <stdlib.h>

struct engine_sampler {
	struct sampler head;
	struct model *model;
	struct engine *engine;
	struct tok *tok;
	struct chat chat;
	int batch, prefill;
	char name[128];
};

static int run(struct sampler *s, const struct sampling *how, const struct sample_job *job, struct err *err)
{
	struct engine_sampler *e = (struct engine_sampler *)s;

	return sched_run(&(struct sched_setup){ .engine = e->engine, .info = model_info(e->model), .tok = e->tok, .chat = &e->chat,
						.batch = e->batch, .prefill = e->prefill },
			 how, job, err);
}

static void describe(const struct sampler *s, struct sampler_identity *who)
{
	const struct engine_sampler *e = (const struct engine_sampler *)s;
	const struct model_info *info = model_info(e->model);

	snprintf(who->name, sizeof(who->name), "%s", e->name);
	snprintf(who->weights, sizeof(who->weights), "%s", info->weight_hash);
	snprintf(who->instructions, sizeof(who->instructions), "%s", info->isa);
	snprintf(who->chat, sizeof(who->chat), "%s", chat_name(&e->chat));
	who->params = (uint64_t)info->params_total;
	who->active = (uint64_t)info->params_active;
	who->think_open = e->chat.think_open;
}

static void defaults(const struct sampler *s, struct sampling *how)
{
	const struct model_info *info = model_info(((const struct engine_sampler *)s)->model);

	how->temperature = info->temperature;
	how->top_p = info->top_p;
	how->top_k = info->top_k;
	how->min_p = info->min_p;
}

static void release(struct sampler *s)
{
	struct engine_sampler *e = (struct engine_sampler *)s;

	engine_free(e->engine);
	model_free(e->model);
	tok_free(e->tok);
	free(e);
}

static const struct sampler_kind kind = { run, describe, defaults, release };

static int parts_open(struct engine_sampler *e, const char *dir, const struct sampler_engine_options *opt, struct err *err)
{
	char path[4096];

	if ((size_t)snprintf(path, sizeof(path), "%s/tokenizer.json", dir) >= sizeof(path))
		return err_set(err, "%.200s...: path too long", dir);
	/* the small files first: what is wrong with them is said before gigabytes are read */
	if (tok_open(&e->tok, path, err) < 0 || chat_open(&e->chat, dir, opt->chat, e->tok, err) < 0)
		return ERR_FAIL;
	e->model = model_open(dir, &(struct model_options){ .fp32 = opt->fp32, .threads = opt->threads, .device = opt->device, .eight_bits = opt->eight_bits, .backend = opt->backend,
						       .hear = opt->hear, .tell = opt->tell, .kv_tokens = opt->kv_tokens }, err);
	if (!e->model)
		return ERR_FAIL;
	if (tok_size(e->tok) > model_info(e->model)->vocab)
		return err_set(err, "%s: the tokenizer has ids up to %d, the model only %d tokens", dir, tok_size(e->tok) - 1,
			       model_info(e->model)->vocab);
	e->engine = engine_new(e->model, &(struct engine_options){ .kv_tokens = opt->kv_tokens, .threads = opt->threads }, err);
	return e->engine ? 0 : ERR_FAIL;
}

int sampler_engine_open(struct sampler **ret, const char *dir, const struct sampler_engine_options *opt, struct err *err)
{
	static const struct sampler_engine_options none;
	struct engine_sampler *e = calloc(1, sizeof(*e));
	bool gpu;

	if (!e)
		return err_set(err, "out of memory");
	opt = opt ? opt : &none;
	e->head.kind = &kind;
	if (parts_open(e, dir, opt, err) < 0) {
		release(&e->head);
		return ERR_FAIL;
	}
	gpu = strncmp(model_info(e->model)->isa, "cuda", 4) == 0;
	e->batch = opt->batch > 0 ? opt->batch : gpu ? 512 : 64;
	e->prefill = opt->prefill > 0 ? opt->prefill : gpu ? 1024 : 256;
	snprintf(e->name, sizeof(e->name), "%s", opt->name ? opt->name : model_info(e->model)->name);
	*ret = &e->head;
	return 0;
}
