/* config.c - see config.h. A family is a row of the table below; what differs more needs code of its own. */
#include "engine/config.h"

#include "base/json.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>

struct family {
	const char *model_type;
	bool moe;
	bool qk_norm;
	int head_dim; /* when the key is missing; 0: dim / heads */
	float eps;    /* when the key is missing */
};

static const struct family families[] = {
	{ "qwen3_moe", true, true, 0, 1e-6f },
	{ "qwen3", false, true, 128, 1e-6f },
	{ "llama", false, false, 0, 1e-6f },
};

enum { N_FAMILIES = sizeof(families) / sizeof(families[0]) };

const char *config_families(void)
{
	return "qwen3_moe, qwen3, llama";
}

/* Reading remembers the first thing that went wrong; later reads then do nothing. */
struct reader {
	struct json top;
	struct err *err;
	bool failed;
};

static void fail(struct reader *r, const char *name, const char *what)
{
	if (!r->failed)
		err_set(r->err, "%s %s", name, what);
	r->failed = true;
}

/* The member, unless it is missing or null. */
static bool member(const struct reader *r, struct json obj, const char *name, struct json *v)
{
	return !r->failed && json_get(obj, name, v) && v->kind != JSON_NULL;
}

enum { REQUIRED = INT_MIN };

static int read_int(struct reader *r, const char *name, int lo, int hi, int missing)
{
	struct json v;
	int64_t n;

	if (!member(r, r->top, name, &v)) {
		if (missing == REQUIRED)
			fail(r, name, "is missing");
		return missing;
	}
	if (!json_i64(v, &n) || n < lo || n > hi) {
		char what[80];

		snprintf(what, sizeof(what), "is not a whole number of %d to %d", lo, hi);
		fail(r, name, what);
		return lo;
	}
	return (int)n;
}

static double read_num(struct reader *r, struct json obj, const char *name, double lo, double hi, double missing)
{
	struct json v;
	double x;

	if (!member(r, obj, name, &v))
		return missing;
	if (!json_f64(v, &x) || !(x >= lo && x <= hi)) {
		char what[80];

		snprintf(what, sizeof(what), "is not a number of %g to %g", lo, hi);
		fail(r, name, what);
		return lo;
	}
	return x;
}

static bool read_bool(struct reader *r, const char *name, bool missing)
{
	struct json v;
	bool b = missing;

	if (member(r, r->top, name, &v) && !json_bool(v, &b))
		fail(r, name, "is neither true nor false");
	return b;
}

/* Refuse what would need code we do not have. */
static void refuse(struct reader *r)
{
	struct json v, x;

	if (member(r, r->top, "hidden_act", &v) && !json_is(v, "silu"))
		fail(r, "hidden_act", "other than \"silu\" is not supported");
	if (member(r, r->top, "quantization_config", &v))
		fail(r, "quantization_config:", "quantised weights are not supported");
	if (read_bool(r, "mlp_bias", false))
		fail(r, "mlp_bias", "is not supported");
	if (read_bool(r, "use_sliding_window", false))
		fail(r, "use_sliding_window", "is not supported");
	if (member(r, r->top, "layer_types", &v))
		for (struct json_iter it = json_iter(v); json_next(&it, NULL, &x);)
			if (!json_is(x, "full_attention"))
				fail(r, "layer_types", "other than \"full_attention\" are not supported");
}

/* v5: rope_parameters {rope_type, rope_theta, ...}; v4: rope_theta and rope_scaling {rope_type or type, ...}. */
static void read_rope(struct reader *r, struct config *c)
{
	static const char *const known[] = { "default", "linear", "llama3" };
	struct json in = { 0 }, kind;
	bool v5 = member(r, r->top, "rope_parameters", &in);
	double theta = read_num(r, r->top, "rope_theta", 1, 1e12, 0), part;
	size_t k = 0;

	if (!v5)
		member(r, r->top, "rope_scaling", &in);
	c->rope_theta = read_num(r, in, "rope_theta", 1, 1e12, theta ? theta : 10000);
	if (theta && theta != c->rope_theta)
		fail(r, "rope_theta", "is given twice, with two values");
	if (member(r, in, "rope_type", &kind) || member(r, in, "type", &kind)) {
		while (k < 3 && !json_is(kind, known[k]))
			k++;
		if (k == 3) {
			char what[120];
			struct str s = STR("?");

			json_plain(kind, &s);
			snprintf(what, sizeof(what), "\"%.*s\" is not supported (default, linear, llama3 are)",
				 (int)(s.n < 40 ? s.n : 40), s.s);
			fail(r, "rope_type", what);
			k = 0;
		}
	} else if (in.kind != JSON_NONE && json_count(in) && !member(r, in, "rope_theta", &kind)) {
		fail(r, v5 ? "rope_parameters" : "rope_scaling", "does not say its rope_type");
	}
	c->rope = (enum rope_kind)k;
	c->rope_factor = read_num(r, in, "factor", 1, 1e6, 0);
	c->rope_low = read_num(r, in, "low_freq_factor", 1e-6, 1e6, 0);
	c->rope_high = read_num(r, in, "high_freq_factor", 1e-6, 1e6, 0);
	c->rope_original = read_num(r, in, "original_max_position_embeddings", 1, 1e9, 0);
	if (c->rope != ROPE_DEFAULT && !c->rope_factor)
		fail(r, "rope factor", "is missing");
	if (c->rope == ROPE_LLAMA3 && (!c->rope_original || !c->rope_low || !(c->rope_high > c->rope_low)))
		fail(r, "rope_type llama3:", "low_freq_factor, a larger high_freq_factor and "
		     "original_max_position_embeddings are needed");
	part = read_num(r, r->top, "partial_rotary_factor", 0.01, 1, 1);
	part = read_num(r, in, "partial_rotary_factor", 0.01, 1, part);
	c->rotary_dim = (int)(c->head_dim * part);
	if (c->rotary_dim < 2 || c->rotary_dim % 2)
		fail(r, "rotary dimension", "must be even");
}

static void read_experts(struct reader *r, struct config *c)
{
	struct json v, x;
	bool hf5 = !member(r, r->top, "num_experts", &v);
	int step = read_int(r, "decoder_sparse_step", 1, INT_MAX, 1);

	c->experts = read_int(r, hf5 ? "num_local_experts" : "num_experts", 0, CONFIG_EXPERTS, REQUIRED);
	c->renorm = read_bool(r, "norm_topk_prob", false);
	for (int l = 0; l < c->layers; l++)
		c->moe[l] = c->experts > 0 && (l + 1) % step == 0;
	if (member(r, r->top, "mlp_only_layers", &v)) {
		if (v.kind != JSON_ARRAY)
			fail(r, "mlp_only_layers", "is not a list");
		for (struct json_iter it = json_iter(v); json_next(&it, NULL, &x);) {
			int64_t l;

			if (!json_i64(x, &l))
				fail(r, "mlp_only_layers", "holds something that is not a layer number");
			else if (l >= 0 && l < c->layers)
				c->moe[l] = 0;
		}
	}
	if (c->experts) {
		c->top_k = read_int(r, "num_experts_per_tok", 1, CONFIG_TOP_K, REQUIRED);
		c->expert_inner = read_int(r, "moe_intermediate_size", 1, 1 << 20, REQUIRED);
		if (c->top_k > c->experts)
			fail(r, "num_experts_per_tok", "is more than there are experts");
	}
}

/* A token id or null; eos may be a list. */
static void read_eos(struct reader *r, struct config *c)
{
	struct json v, x;
	int64_t id;

	if (!member(r, r->top, "eos_token_id", &v))
		return;
	c->eos_count = 0;
	if (v.kind != JSON_ARRAY && !json_i64(v, &id)) {
		fail(r, "eos_token_id", "is neither a number nor a list");
	} else if (v.kind != JSON_ARRAY) {
		c->eos_count = id >= 0 && id < c->vocab;
		c->eos[0] = (int)id;
	}
	for (struct json_iter it = json_iter(v); v.kind == JSON_ARRAY && json_next(&it, NULL, &x);) {
		if (!json_i64(x, &id) || c->eos_count == CONFIG_EOS)
			fail(r, "eos_token_id", "holds what is not a number, or more than 16");
		else if (id >= 0 && id < c->vocab)
			c->eos[c->eos_count++] = (int)id;
	}
}

static void read_bos(struct reader *r, struct config *c)
{
	struct json v;
	int64_t id;

	if (!member(r, r->top, "bos_token_id", &v))
		return;
	if (!json_i64(v, &id))
		fail(r, "bos_token_id", "is not a number");
	else if (id >= 0 && id < c->vocab)
		c->bos = (int)id;
}

static const struct family *read_family(struct reader *r, struct config *c)
{
	struct str s = { NULL, 0 };
	struct json v;

	if (!member(r, r->top, "model_type", &v) || !json_plain(v, &s)) {
		fail(r, "model_type", "is missing");
		return NULL;
	}
	for (int i = 0; i < N_FAMILIES; i++)
		if (str_is(s, families[i].model_type)) {
			snprintf(c->model_type, sizeof(c->model_type), "%s", families[i].model_type);
			return &families[i];
		}
	err_set(r->err, "model_type \"%.*s\" is not supported (%s are)", (int)(s.n < 60 ? s.n : 60), s.s,
		config_families());
	return NULL;
}

int config_read(struct config *c, struct str text, struct err *err)
{
	struct reader r = { .err = err };
	const struct family *f;
	struct json v;

	*c = (struct config){ .bos = -1, .tied = -1, .temperature = 1, .top_p = 1 };
	if (!json_parse(&r.top, text, err))
		return ERR_FAIL;
	if (r.top.kind != JSON_OBJECT)
		return err_set(err, "not a JSON object");
	f = read_family(&r, c);
	if (!f)
		return ERR_FAIL;
	refuse(&r);
	c->vocab = read_int(&r, "vocab_size", 1, 1 << 22, REQUIRED);
	c->dim = read_int(&r, "hidden_size", 1, 1 << 16, REQUIRED);
	c->layers = read_int(&r, "num_hidden_layers", 1, CONFIG_LAYERS, REQUIRED);
	c->heads = read_int(&r, "num_attention_heads", 1, 1024, REQUIRED);
	c->kv_heads = read_int(&r, "num_key_value_heads", 1, 1024, c->heads);
	c->head_dim = read_int(&r, "head_dim", 2, 1024, f->head_dim ? f->head_dim : r.failed ? 2 : c->dim / c->heads);
	c->max_positions = read_int(&r, "max_position_embeddings", 1, 1 << 24, 2048);
	c->eps = (float)read_num(&r, r.top, "rms_norm_eps", 0, 1, f->eps);
	c->attention_bias = read_bool(&r, "attention_bias", false);
	c->qk_norm = f->qk_norm;
	if (member(&r, r.top, "tie_word_embeddings", &v))
		c->tied = read_bool(&r, "tie_word_embeddings", false);
	if (!r.failed && c->heads % c->kv_heads)
		fail(&r, "num_attention_heads", "is not a multiple of num_key_value_heads");
	read_rope(&r, c);
	if (f->moe)
		read_experts(&r, c);
	for (int l = 0; l < c->layers && !c->dense_inner && !r.failed; l++)
		if (!c->moe[l])
			c->dense_inner = read_int(&r, "intermediate_size", 1, 1 << 20, REQUIRED);
	read_bos(&r, c);
	read_eos(&r, c);
	return r.failed ? ERR_FAIL : 0;
}

int config_read_generation(struct config *c, struct str text, struct err *err)
{
	struct reader r = { .err = err };
	int k;

	if (!json_parse(&r.top, text, err))
		return ERR_FAIL;
	if (r.top.kind != JSON_OBJECT)
		return err_set(err, "not a JSON object");
	read_bos(&r, c);
	read_eos(&r, c);
	c->temperature = read_num(&r, r.top, "temperature", 0, 1000, c->temperature);
	c->top_p = read_num(&r, r.top, "top_p", 0, 1, c->top_p);
	c->min_p = read_num(&r, r.top, "min_p", 0, 1, c->min_p);
	k = read_int(&r, "top_k", -1, INT_MAX, 0);
	c->top_k_sampling = k > 0 ? k : 0;
	return r.failed ? ERR_FAIL : 0;
}

void config_rope(const struct config *c, double *freq)
{
	const double pi = 3.14159265358979323846;

	for (int i = 0; i < c->rotary_dim / 2; i++) {
		double f = pow(c->rope_theta, -2.0 * i / c->rotary_dim), wave = 2 * pi / f, t;

		if (c->rope == ROPE_LINEAR || (c->rope == ROPE_LLAMA3 && wave > c->rope_original / c->rope_low)) {
			f /= c->rope_factor;
		} else if (c->rope == ROPE_LLAMA3 && wave >= c->rope_original / c->rope_high) {
			t = (c->rope_original / wave - c->rope_low) / (c->rope_high - c->rope_low);
			f = (1 - t) * f / c->rope_factor + t * f;
		}
		freq[i] = f;
	}
}

void config_text(const struct config *c, struct buf *out)
{
	buf_addf(out, "%s v%d d%d l%d h%d/%d/%d r%d e%d/%d i%d/%d n%d b%d q%d eps%.9g rope%d %.17g %.17g %.17g %.17g %.17g ",
		 c->model_type, c->vocab, c->dim, c->layers, c->heads, c->kv_heads, c->head_dim, c->rotary_dim,
		 c->experts, c->top_k, c->dense_inner, c->expert_inner, c->renorm, c->attention_bias, c->qk_norm,
		 (double)c->eps, (int)c->rope, c->rope_theta, c->rope_factor, c->rope_low, c->rope_high,
		 c->rope_original);
	for (int l = 0; l < c->layers; l++)
		buf_addc(out, c->moe[l] ? 'm' : 'd');
}
