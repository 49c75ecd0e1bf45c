/*
 * sampler.h - n samples for each prompt, whoever answers: the engine, or a script that stands in for it.
 *
 *	struct sampler *s;
 *	struct sampling how;
 *	if (sampler_engine_open(&s, "models/tiny", NULL, &err) < 0)
 *		return ERR_FAIL;
 *	sampler_defaults(s, &how);		// of the model's generation_config.json
 *	how.n = 8;
 *	rc = sampler_run(s, &how, &(struct sample_job){ .next = next, .done = done, .ctx = me }, &err);
 *	sampler_free(s);
 *
 * A sample is a function of (weights, messages, settings, seed, prompt key, sample index) alone: the same bytes whatever
 * the batch, the thread count, the order of the prompts or which other samples were asked for.
 * All callbacks come from the thread that called sampler_run, one at a time.
 */
#ifndef QUARRY_SAMPLER_SAMPLER_H
#define QUARRY_SAMPLER_SAMPLER_H

#include "base/buf.h"
#include "base/err.h"
#include "engine/engine.h"

enum {
	SAMPLING_STOPS = 16,    /* stop strings at most */
	SAMPLING_STOP_LEN = 256, /* bytes of one at most */
	SAMPLING_N_MAX = 1 << 16, /* samples of one prompt at most */
	SAMPLING_TOKENS_MAX = 1 << 20, /* tokens of one response at most */
};

/* How tokens are drawn. Order: raw log-probabilities, / temperature, top_k, softmax, top_p, min_p, draw. */
struct sampling {
	int n;              /* samples of each prompt, 1 .. SAMPLING_N_MAX */
	double temperature; /* 0: the likeliest token, the lowest id of equals */
	double top_p;       /* (0, 1]; 1: off */
	int top_k;          /* 0: off */
	double min_p;       /* [0, 1); 0: off */
	int max_tokens;     /* of one response */
	const char *stop[SAMPLING_STOPS]; /* borrowed, not empty; the text is cut before the first match */
	int nstop;
	uint64_t seed; /* below 2^63 */
};

#define SAMPLING_INIT \
	((struct sampling){ .n = 1, .temperature = 1.0, .top_p = 1.0, .max_tokens = 512 })

/* ERR_FAIL names the setting that is out of range. */
int sampling_check(const struct sampling *how, struct err *err);
/* The `sampling` {} of a sample row, seed included. */
void sampling_json(struct buf *out, const struct sampling *how);

/*
 * One prompt, as next() gives it. What it points to is borrowed until next() is called again or sampler_run ends;
 * tag alone is carried to the other callbacks.
 */
struct sample_prompt {
	uint64_t index; /* the caller's number, handed back */
	uint64_t key;   /* what chance hangs on: a hash of the content (of the instance's id), never a position in a file */
	struct str messages; /* JSON text: [{"role":"user","content":"..."}, ...] */
	struct str row; /* JSON text of the whole instance: scripted samplers read task and desc; may be empty for the engine */
	const unsigned char *have; /* n bytes, not 0: this sample is there already (resume); NULL: none is */
	void *tag;
};

enum sample_finish { SAMPLE_STOP, SAMPLE_LENGTH, SAMPLE_ERROR };
const char *sample_finish_name(enum sample_finish f); /* "stop", "length", "error" */

/* One response, as done() gets it; borrowed until done() returns. */
struct sample {
	uint64_t prompt; /* sample_prompt.index */
	void *tag;       /* sample_prompt.tag */
	int index;       /* 0 .. n-1 */
	struct str text; /* bytes as the model gave them: need not be UTF-8, may hold NUL */
	enum sample_finish finish;
	const char *why; /* of SAMPLE_ERROR, one line; else "" */
	int tokens;      /* drawn, the end mark included */
	int prompt_tokens;
	bool has_stats;
	double logprob_mean; /* nat a token: of the tokens drawn, under the raw distribution (T = 1, no filter) */
	double entropy_mean; /* nat a token: of the raw distributions they were drawn from */
};

struct sample_job {
	/* 1: *p is the next prompt; 0: there is no more (not asked again); negative with err set: end the run. */
	int (*next)(void *ctx, struct sample_prompt *p, struct err *err);
	/* A sample is complete. They come in any order. Negative with err set: end the run. */
	int (*done)(void *ctx, const struct sample *s, struct err *err);
	/*
	 * True: this sample of the prompt is not wanted any more; it is dropped without a done(). Asked for every
	 * unfinished sample of a prompt each time another one of it is done, with the text so far. Decide from
	 * finished samples of lower index only, and what is kept does not depend on the order. May be NULL.
	 */
	bool (*stop)(void *ctx, uint64_t prompt, void *tag, int sample, struct str text);
	/* Asked often (each step of the engine): true ends the run with ERR_STOPPED. May be NULL. */
	bool (*quit)(void *ctx);
	void *ctx;
};

/* Who answers, for provenance. */
struct sampler_identity {
	char name[128];       /* "tiny", "oracle:0.7" */
	char weights[65];     /* hash of the weights in hex, or "" */
	char instructions[32]; /* instruction set that the bytes depend on ("avx2"), or "" where they do not */
	char chat[32];        /* name of the chat template, or "" */
	uint64_t params, active; /* parameters, and those that one token uses; 0: none */
	bool think_open;      /* the template has already opened the thought when the response begins */
};

struct sampler;

/* What a kind of sampler does; struct sampler is the head of its own struct. */
struct sampler_kind {
	int (*run)(struct sampler *s, const struct sampling *how, const struct sample_job *job, struct err *err);
	void (*describe)(const struct sampler *s, struct sampler_identity *who);
	void (*defaults)(const struct sampler *s, struct sampling *how); /* NULL: SAMPLING_INIT */
	void (*free)(struct sampler *s);
};

struct sampler {
	const struct sampler_kind *kind;
};

/* 0: all prompts are done; ERR_FAIL or ERR_STOPPED with err set. Settings are checked first. */
int sampler_run(struct sampler *s, const struct sampling *how, const struct sample_job *job, struct err *err);
void sampler_describe(const struct sampler *s, struct sampler_identity *who);
void sampler_defaults(const struct sampler *s, struct sampling *how);
void sampler_free(struct sampler *s); /* NULL is fine */

/* The embedded engine on a model directory (config.json, *.safetensors, tokenizer.json, ...). */
struct sampler_engine_options {
	int threads;        /* 0: as many as the machine has */
	int batch;          /* sequences at once; 0: 64, on a GPU 512 */
	size_t kv_tokens;   /* tokens that the key-value pool holds, over all sequences; 0: as engine.h says */
	int prefill;        /* prompt tokens in one step at most; 0: 256, on a GPU 1024 */
	bool fp32;          /* weights, keys and values in fp32: for tests */
	const char *chat;   /* template by name (engine/chat.h); NULL: as the model's files say */
	const char *name;   /* for describe; NULL: the last part of the path */
	enum engine_device device;
	bool eight_bits;    /* experts in eight bits: on a GPU */
	const struct backend *backend; /* instead of the device's: for tests */
	void (*tell)(const char *line); /* as model_options has it */
	void (*hear)(const char *line); /* the same */
};

int sampler_engine_open(struct sampler **ret, const char *dir, const struct sampler_engine_options *opt, struct err *err);

#endif
