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

enum rope_kind { ROPE_DEFAULT, ROPE_LINEAR, ROPE_LLAMA3 };

struct config {
	char model_type[32];
	int vocab, dim, layers;
	int heads, kv_heads, head_dim;
	int rotary_dim; /* the first so many of each head turn; even */
	int max_positions;
	int dense_inner, expert_inner; /* width of the dense MLP and of one expert */
	int experts, top_k;            /* 0, 0 when every layer is dense */
	bool renorm;                   /* the chosen experts' weights are made to sum to 1 */
	bool attention_bias, qk_norm;
	int tied;                      /* 1 yes, 0 no, -1 not said: tied if there is no lm_head.weight */
	float eps;
	enum rope_kind rope;
	double rope_theta, rope_factor, rope_low, rope_high, rope_original;
	unsigned char moe[CONFIG_LAYERS]; /* 1: this layer is a mixture of experts */

	int bos; /* -1: none */
	int eos[CONFIG_EOS], eos_count;
	double temperature, top_p, min_p;
	int top_k_sampling;
};

/* The model types that config_read accepts, for messages: "qwen3_moe, qwen3, llama". */
const char *config_families(void);
int config_read(struct config *c, struct str text, struct err *err);
/* Afterwards: eos list and sampling defaults of generation_config.json. */
int config_read_generation(struct config *c, struct str text, struct err *err);
/* Turns per position of each of the rotary_dim / 2 pairs, in radians. */
void config_rope(const struct config *c, double *freq);
/* Everything that changes logits, as one canonical line: for the weight hash. */
void config_text(const struct config *c, struct buf *out);

#endif
