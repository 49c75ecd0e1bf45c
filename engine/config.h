/*
 * config.h - what config.json and generation_config.json say, in one struct the graph can run.
 *
 *	struct config c;
 *	if (config_read(&c, buf_str(&text), &err) < 0)	// "num_hidden_layers is missing"
 *		return err_at(&err, "%s", path);
 *
 * Both spellings of transformers (4 and 5) are read. What we cannot run is refused by name, never guessed at.
 */
#ifndef QUARRY_ENGINE_CONFIG_H
#define QUARRY_ENGINE_CONFIG_H

#include "base/buf.h"
#include "base/err.h"

enum { CONFIG_LAYERS = 1024, CONFIG_EXPERTS = 1024, CONFIG_TOP_K = 64, CONFIG_EOS = 16 };

enum rope_kind { ROPE_DEFAULT, ROPE_LINEAR, ROPE_LLAMA3, ROPE_YARN };
/* Queries and keys are normalised before they turn: not, each head alone, all heads as one vector. */
enum qk_norm { QK_NORM_NONE, QK_NORM_HEAD, QK_NORM_WHOLE };
/* Lightning attention: a linear recurrence whose whole past is one matrix for each head. */
enum mixer { MIXER_SOFTMAX, MIXER_LIGHTNING };

/* How tensors of a mixture are called: model.layers.3.BLOCK.experts.7.GATE.weight; its router is BLOCK.gate.weight. */
struct expert_names {
	const char *block, *gate, *up, *down;
};

struct config {
	char model_type[32];
	int vocab, dim, layers;
	int heads, kv_heads, head_dim;
	int rotary_dim; /* the first so many of each head turn; even */
	int max_positions;
	int dense_inner, expert_inner; /* width of the dense MLP and of one expert */
	int shared_inner;              /* of the expert that every token of a mixture meets; 0: none */
	int experts, top_k;            /* 0, 0 when every layer is dense */
	const struct expert_names *names;
	bool sigmoid;                  /* of each score alone, instead of the softmax of all */
	bool router_bias;              /* added to scores where experts are chosen, and only there */
	bool renorm;                   /* the chosen experts' weights are made to sum to 1 */
	bool qkv_bias, o_bias;
	enum qk_norm qk_norm;
	float clip;                    /* of queries, keys and values; 0: none */
	int tied;                      /* 1 yes, 0 no, -1 not said: tied if there is no lm_head.weight */
	float eps;
	/* The stream after a block is alpha times what it was (postnorm: times what the block read) + beta times what it said. */
	bool postnorm;
	float attn_alpha[2], attn_beta[2]; /* by enum mixer */
	float mlp_alpha, mlp_beta;
	int fp8_rows, fp8_columns; /* of a block of weights that has a scale of its own; 0: no F8_E4M3 */
	enum rope_kind rope;
	double rope_theta, rope_factor, rope_low, rope_high, rope_original;
	double rope_fast, rope_slow, rope_attention; /* yarn: beta_fast, beta_slow, what cosines and sines are multiplied by */
	bool rope_truncate;
	unsigned char moe[CONFIG_LAYERS];   /* 1: this layer is a mixture of experts */
	unsigned char mixer[CONFIG_LAYERS]; /* enum mixer */

	int bos; /* -1: none */
	int eos[CONFIG_EOS], eos_count;
	double temperature, top_p, min_p;
	int top_k_sampling;
};

/* The model types that config_read accepts, for messages: "llama, qwen2, ...". */
const char *config_families(void);
int config_read(struct config *c, struct str text, struct err *err);
/* Afterwards: eos list and sampling defaults of generation_config.json. */
int config_read_generation(struct config *c, struct str text, struct err *err);
/* Turns per position of each of the rotary_dim / 2 pairs, in radians. */
void config_rope(const struct config *c, double *freq);
/* Everything that changes logits, as one canonical line: for the weight hash. */
void config_text(const struct config *c, struct buf *out);

#endif
