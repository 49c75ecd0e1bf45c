/*
 * engine.h - a Hugging Face model folder as a function from tokens to logits.
 *
 *	struct model *m = model_open("models/tiny", &(struct model_options){ 0 }, &err);
 *	struct engine *e = engine_new(m, &(struct engine_options){ .kv_tokens = 65536 }, &err);
 *	int prompt = engine_seq_new(e);
 *	struct engine_row rows[] = { { 17, prompt, false }, { 4, prompt, true } };
 *	if (engine_step(e, rows, 2, &err) < 0)		// prefill; the last token asks for logits
 *		...
 *	int sample = engine_seq_fork(e, prompt);	// shares the prompt's pages, costs nothing
 *	rows[0] = (struct engine_row){ pick(engine_logits(e, 0)), sample, true };
 *	engine_step(e, rows, 1, &err);			// decode
 *
 * Prefill and decode are one call over a ragged batch. A row's logits are a pure function of the weights and
 * of the tokens of its own sequence up to it, to the bit: whatever else is in the batch, in which order, how
 * the prompt was cut into steps, whether a prefix was forked or recomputed, however many threads ran.
 * They may differ between instruction sets (model_info.isa says which).
 *
 * A model is read-only and may serve many engines; an engine belongs to one thread at a time. Where throughput counts
 * and the model is small, give each of your threads an engine of its own with threads = 1: nobody then waits for
 * anybody, which matters most on a machine that others use too, and the results are the same to the bit.
 */
#ifndef QUARRY_ENGINE_ENGINE_H
#define QUARRY_ENGINE_ENGINE_H

#include "base/err.h"

struct backend;
struct model;
struct engine;

enum { ENGINE_PAGE = 16 /* tokens of one sequence that a page of the key-value pool holds */ };

enum engine_device { ENGINE_CPU, ENGINE_CUDA, ENGINE_AUTO /* a GPU where there is one */ };

struct model_options {
	bool fp32;   /* weights and keys/values in fp32 instead of bf16: for golden tests */
	int threads; /* for loading; 0 is all the machine has */
	enum engine_device device;
	bool eight_bits; /* on a GPU: experts in eight bits with a scale for each row, half the memory */
	const struct backend *backend; /* instead of the device's: for tests */
	void (*tell)(const char *line); /* told before weights of 100 MB or more are read: what they and keys and values will take; may be NULL */
	size_t kv_tokens;               /* for that: of the engine to come, as engine_options has it */
	void (*hear)(const char *line); /* told when ENGINE_AUTO takes the CPU though there is a module for GPUs; may be NULL */
};

struct model_info {
	const char *name;         /* the folder's last component */
	const char *model_type;   /* as config.json has it */
	const char *isa;          /* "amx", "avx512bf16", "avx512", "avx2" or "plain": kernels in use; ENGINE_ISA=... asks for a lesser one; "cuda-sm90" on a GPU,
	                             and "cuda-sm90-int8" with eight_bits */
	char weight_hash[17];     /* 16 hex digits over every tensor's name, shape and bytes and the settings that matter */
	bool fp32;
	int vocab;                /* rows of the embedding; may exceed the tokenizer's: do not draw ids the tokenizer lacks */
	int max_positions;        /* longest sequence */
	int bos;                  /* -1: none */
	int eos[16], eos_count;   /* generation_config.json's list, else config.json's */
	int64_t params_total, params_active; /* active: what one token meets, tied embedding counted once */
	/* generation_config.json, or what it does not say: 1, 1, 0, 0 */
	double temperature, top_p, min_p;
	int top_k;                /* 0: off */
};

/* NULL with one line in err when the folder is not a model we can run. */
struct model *model_open(const char *dir, const struct model_options *opt, struct err *err);
void model_free(struct model *m);
const struct model_info *model_info(const struct model *m);

struct engine_options {
	/*
	 * Tokens the key-value pool holds, over all sequences; 0 is 64 x min(max_positions, 1024), or what a GPU has room for. With lightning attention there is
	 * room beside them for the states of 66 sequences.
	 */
	size_t kv_tokens;
	int max_rows;     /* most rows of one step; 0 is 512, on a GPU 2048 */
	int max_seqs;     /* most sequences alive; 0 is 4096 */
	int threads;      /* 0 is all the machine has */
};

struct engine *engine_new(const struct model *m, const struct engine_options *opt, struct err *err);
void engine_free(struct engine *e);
int engine_max_rows(const struct engine *e);
int engine_threads(const struct engine *e);

/* An empty sequence; -1 when max_seqs are alive. Handles are reused after engine_seq_free. */
int engine_seq_new(struct engine *e);
/*
 * A second sequence with the same past. Takes no page now; whoever first appends to a shared partial page
 * pays for a copy of it. -1 when max_seqs are alive.
 */
int engine_seq_fork(struct engine *e, int seq);
void engine_seq_free(struct engine *e, int seq);
int engine_seq_len(const struct engine *e, int seq); /* tokens so far = position of the next one */

/* For admission: the pool in pages, those free, and those that appending `tokens` to seq alone would take now. */
size_t engine_pages(const struct engine *e);
size_t engine_pages_free(const struct engine *e);
size_t engine_pages_needed(const struct engine *e, int seq, int tokens);
/* Pages that a sequence has besides those with its tokens, once it has tokens of its own: the states of lightning attention. */
size_t engine_pages_state(const struct engine *e);

struct engine_row {
	int32_t token;
	int32_t seq;
	bool logits; /* wanted after this token */
};

/*
 * Append each row's token to its sequence, rows of one sequence in their order (they need not be neighbours), at most
 * max_rows of them. Refused whole, nothing changed, with one line in err, when a token is outside the
 * vocabulary, a sequence would pass max_positions, or the pool has too few pages.
 */
int engine_step(struct engine *e, const struct engine_row *rows, int n, struct err *err);
/*
 * The same, and then after(ctx, i, logits) for the i-th row that wanted logits, for each i once, on the engine's threads:
 * several calls at once, in any order. Drawing tokens there takes no time of its own.
 */
typedef void engine_after(void *ctx, int i, const float *logits);
int engine_step_then(struct engine *e, const struct engine_row *rows, int n, engine_after *after, void *ctx, struct err *err);
/* Can it draw tokens where logits are, so that only these come back? A GPU can. */
bool engine_draws(const struct engine *e);

/* How tokens are drawn, as sampler/pick.h has it: ids from size on and the holes are out. */
struct draw_how {
	double temperature, top_p, min_p;
	int top_k;
	int size;
	const int32_t *hole; /* (holes) in the host's memory */
	int holes;
};

struct draw_one {
	uint64_t key;
	uint32_t position;
	int32_t row;             /* of those that wanted logits */
	int32_t id;              /* drawn; -1: the row is not finite */
	double logprob, entropy;
};

/*
 * After a step: n tokens, several from one row if so wanted, to the id those that sampler/pick.h would give of the same logits; the rows
 * themselves then have no more of the holes.
 */
int engine_draw(struct engine *e, const struct draw_how *how, struct draw_one *draw, int n, struct err *err);
/* The vocab logits of the i-th row that wanted them in the last step; valid until the next; aligned to 64 bytes. A GPU's are copied then. */
const float *engine_logits(const struct engine *e, int i);

#endif
