/* config.c - see config.h. A family is a row of the table below; what differs more needs code of its own. */
#include "engine/config.h"

#include "base/json.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>

enum spread { DENSE, MIXED /* decoder_sparse_step and mlp_only_layers say where */, MIXTURE };
enum bias { BIAS_NONE, BIAS_QKV, BIAS_QKV_KEY /* "qkv_bias", true when missing */, BIAS_KEY /* "attention_bias": o too */ };
enum renorm { RENORM, RENORM_KEY /* "norm_topk_prob" */ };

struct family {
	const char *model_type;
	enum spread spread;
	enum bias bias;
	enum qk_norm qk_norm;
	/* when the key is missing: */
	int head_dim; /* 0: dim / heads */
	float eps;
	double theta;
	/* of mixtures: */
	const char *inner; /* the key of an expert's width */
	enum renorm renorm;
	const struct expert_names *names;
	unsigned traits;
};

enum {
	SIGMOID = 1,   /* scores by sigmoid, chosen with a bias */
	SHARED = 2,    /* an expert for all */
	CLIP = 4,      /* "clip_qkv" */
	WINDOW = 8,    /* "sliding_window" counts by itself */
	LIGHTNING = 16,
	POSTNORM = 32, /* always; else "postnorm" says */
};

static const struct expert_names mlp = { "mlp", "gate_proj", "up_proj", "down_proj" };
static const struct expert_names moe = { "block_sparse_moe", "w1", "w3", "w2" };

static const char wide[] = "intermediate_size", slim[] = "moe_intermediate_size";

static const struct family families[] = {
	{ "llama", DENSE, BIAS_KEY, QK_NORM_NONE, 0, 1e-6f, 1e4, NULL, RENORM, &mlp, 0 },
	{ "qwen2", DENSE, BIAS_QKV, QK_NORM_NONE, 0, 1e-6f, 1e4, NULL, RENORM, &mlp, 0 },
	{ "qwen3", DENSE, BIAS_KEY, QK_NORM_HEAD, 128, 1e-6f, 1e4, NULL, RENORM, &mlp, 0 },
	{ "qwen2_moe", MIXED, BIAS_QKV_KEY, QK_NORM_NONE, 0, 1e-6f, 1e4, slim, RENORM_KEY, &mlp, SHARED },
	{ "qwen3_moe", MIXED, BIAS_KEY, QK_NORM_HEAD, 0, 1e-6f, 1e4, slim, RENORM_KEY, &mlp, 0 },
	{ "olmoe", MIXTURE, BIAS_KEY, QK_NORM_WHOLE, 0, 1e-5f, 1e4, wide, RENORM_KEY, &mlp, CLIP },
	{ "mixtral", MIXTURE, BIAS_NONE, QK_NORM_NONE, 0, 1e-5f, 1e6, wide, RENORM, &moe, WINDOW },
	{ "minimax_m2", MIXTURE, BIAS_NONE, QK_NORM_WHOLE, 128, 1e-6f, 5e6, wide, RENORM, &moe, SIGMOID },
	{ "minimax", MIXTURE, BIAS_NONE, QK_NORM_NONE, 0, 1e-5f, 1e6, wide, RENORM, &moe, WINDOW | LIGHTNING | POSTNORM },
	{ "minimax_text_01", MIXTURE, BIAS_NONE, QK_NORM_NONE, 0, 1e-5f, 1e6, wide, RENORM, &moe, WINDOW | LIGHTNING },
	{ "minimax_m1", MIXTURE, BIAS_NONE, QK_NORM_NONE, 0, 1e-5f, 1e6, wide, RENORM, &moe, WINDOW | LIGHTNING },
};

enum { N_FAMILIES = COUNT(families) };

const char *config_families(void)
{
	return "llama, qwen2, qwen3, qwen2_moe, qwen3_moe, olmoe, mixtral, minimax_m2, minimax, minimax_text_01, minimax_m1";
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
static void refuse(struct reader *r, const struct family *f)
{
	static const struct {
		const char *key, *only;
	} fixed[] = { { "hidden_act", "silu" }, { "scoring_func", "sigmoid" }, { "qk_norm_type", "per_layer" } };
	struct json v;
	int64_t n;

	for (size_t i = 0; i < COUNT(fixed); i++)
		if (member(r, r->top, fixed[i].key, &v) && !json_is(v, fixed[i].only)) {
			char what[80];

			snprintf(what, sizeof(what), "other than \"%s\" is not supported", fixed[i].only);
			fail(r, fixed[i].key, what);
		}
	if (read_bool(r, "mlp_bias", false))
		fail(r, "mlp_bias", "is not supported");
	if (read_bool(r, "use_sliding_window", false) || (f->traits & WINDOW && member(r, r->top, "sliding_window", &v)))
		fail(r, f->traits & WINDOW ? "sliding_window" : "use_sliding_window", "is not supported");
	if (member(r, r->top, "shared_intermediate_size", &v) && (!json_i64(v, &n) || n))
		fail(r, "shared_intermediate_size", "other than 0 is not supported");
}

/* Of a layer's attention: "linear_attention" or 0 is lightning; false when it is neither that nor the usual one. */
static bool mixer_read(struct json x, unsigned char *mixer)
{
	int64_t n = -1;

	json_i64(x, &n);
	*mixer = n == 0 || json_is(x, "linear_attention") ? MIXER_LIGHTNING : MIXER_SOFTMAX;
	return n == 0 || n == 1 || json_is(x, "full_attention") || json_is(x, "linear_attention");
}

/* The hybrids must say of each layer which it is: transformers' own guess begins with the wrong one. */
static void read_mixers(struct reader *r, struct config *c, const struct family *f)
{
	static const char *const key[] = { "layer_types", "attn_type_list", "decoder_attention_types" };
	struct json v = { 0 }, x;
	size_t k = 0;
	int n = 0;

	while (k < 3 && !member(r, r->top, key[k], &v))
		k++;
	for (struct json_iter it = json_iter(v); k < 3 && json_next(&it, NULL, &x); n++) {
		unsigned char mixer;

		if (!mixer_read(x, &mixer) || (mixer == MIXER_LIGHTNING && !(f->traits & LIGHTNING)))
			fail(r, key[k], f->traits & LIGHTNING ? "holds another kind than full and linear attention" :
			     "other than \"full_attention\" are not supported");
		else if (n < c->layers)
			c->mixer[n] = mixer;
	}
	if (f->traits & LIGHTNING && n != c->layers)
		fail(r, k < 3 ? key[k] : "layer_types", k < 3 ? "is not one for each layer" : "is missing");
}

/* Of the residual stream, by either of two names. */
static float read_factor(struct reader *r, const char *name, const char *original)
{
	return (float)read_num(r, r->top, original, -1e6, 1e6, read_num(r, r->top, name, -1e6, 1e6, 1));
}

static void read_residual(struct reader *r, struct config *c, const struct family *f)
{
	c->attn_alpha[0] = c->attn_alpha[1] = c->attn_beta[0] = c->attn_beta[1] = c->mlp_alpha = c->mlp_beta = 1;
	if (!(f->traits & LIGHTNING))
		return;
	c->attn_alpha[MIXER_SOFTMAX] = read_factor(r, "full_attn_alpha_factor", "layernorm_full_attention_alpha");
	c->attn_beta[MIXER_SOFTMAX] = read_factor(r, "full_attn_beta_factor", "layernorm_full_attention_beta");
	c->attn_alpha[MIXER_LIGHTNING] = read_factor(r, "linear_attn_alpha_factor", "layernorm_linear_attention_alpha");
	c->attn_beta[MIXER_LIGHTNING] = read_factor(r, "linear_attn_beta_factor", "layernorm_linear_attention_beta");
	c->mlp_alpha = read_factor(r, "mlp_alpha_factor", "layernorm_mlp_alpha");
	c->mlp_beta = read_factor(r, "mlp_beta_factor", "layernorm_mlp_beta");
	c->postnorm = f->traits & POSTNORM || read_bool(r, "postnorm", false);
}

/* quantization_config: weights of F8_E4M3 with a scale for each block of so many rows and columns. */
static void read_quantization(struct reader *r, struct config *c)
{
	struct json q, v, x;
	int64_t side[2] = { 128, 128 };
	int n = 0;

	if (!member(r, r->top, "quantization_config", &q))
		return;
	if (!json_get(q, "quant_method", &v) || !json_is(v, "fp8")) {
		char what[120];

		snprintf(what, sizeof(what), "%.*s: no other quant_method than \"fp8\" is supported", (int)(v.raw.n < 40 ? v.raw.n : 40), v.raw.s);
		fail(r, "quantization_config", what);
		return;
	}
	if (json_get(q, "weight_block_size", &v))
		for (struct json_iter it = json_iter(v); n >= 0 && n < 2 && json_next(&it, NULL, &x);)
			n = json_i64(x, &side[n]) && side[n] >= 1 && side[n] <= 1 << 20 ? n + 1 : -1;
	if (v.kind != JSON_NONE && (v.kind != JSON_ARRAY || n != 2 || json_count(v) != 2))
		fail(r, "weight_block_size", "is not a list of two sizes");
	c->fp8_rows = (int)side[0];
	c->fp8_columns = (int)side[1];
}

static enum rope_kind read_rope_kind(struct reader *r, struct json in, const char *where)
{
	static const char *const known[] = { "default", "linear", "llama3", "yarn" };
	struct json kind;
	char what[120];
	struct str s = STR("?");

	if (!member(r, in, "rope_type", &kind) && !member(r, in, "type", &kind)) {
		if (in.kind != JSON_NONE && json_count(in) && !member(r, in, "rope_theta", &kind))
			fail(r, where, "does not say its rope_type");
		return ROPE_DEFAULT;
	}
	for (int k = 0; k < 4; k++)
		if (json_is(kind, known[k]))
			return (enum rope_kind)k;
	json_plain(kind, &s);
	snprintf(what, sizeof(what), "\"%.*s\" is not supported (default, linear, llama3, yarn are)", (int)(s.n < 40 ? s.n : 40), s.s);
	fail(r, "rope_type", what);
	return ROPE_DEFAULT;
}

static double yarn_scale(double factor, double m)
{
	return factor > 1 ? 0.1 * m * log(factor) + 1 : 1;
}

/* The key's number; also when the file says null or 0, for which transformers takes the usual one. */
static double read_usual(struct reader *r, struct json in, const char *name, double usual)
{
	double x = read_num(r, in, name, 0, 1e6, 0);

	return x ? x : usual;
}

static void read_yarn(struct reader *r, struct json in, struct config *c)
{
	double m = read_num(r, in, "mscale", 0, 1e3, 0), all = read_num(r, in, "mscale_all_dim", 0, 1e3, 0);
	struct json v;

	c->rope_original = c->rope_original ? c->rope_original : c->max_positions;
	c->rope_factor = c->rope_factor ? c->rope_factor : c->max_positions / c->rope_original;
	c->rope_fast = read_usual(r, in, "beta_fast", 32);
	c->rope_slow = read_usual(r, in, "beta_slow", 1);
	c->rope_attention = m && all ? yarn_scale(c->rope_factor, m) / yarn_scale(c->rope_factor, all) : yarn_scale(c->rope_factor, 1);
	c->rope_attention = read_num(r, in, "attention_factor", 1e-3, 1e3, c->rope_attention);
	c->rope_truncate = true;
	if (member(r, in, "truncate", &v) && !json_bool(v, &c->rope_truncate))
		fail(r, "truncate", "is neither true nor false");
	if (c->rope_theta <= 1 || c->rope_fast <= c->rope_slow)
		fail(r, "rope_type yarn:", "rope_theta must be above 1 and beta_fast above beta_slow");
}

/* How much of a head turns: rotary_dim, or its share of the head in one of two places. None may contradict another. */
static void read_rotary(struct reader *r, struct json in, struct config *c)
{
	double top = read_num(r, r->top, "partial_rotary_factor", 0.01, 1, 0);
	double part = read_num(r, in, "partial_rotary_factor", 0.01, 1, top ? top : 0);
	int dim = part ? (int)(c->head_dim * part) : c->head_dim;

	c->rotary_dim = read_int(r, "rotary_dim", 2, c->head_dim, dim);
	if ((top && top != part) || (part && c->rotary_dim != dim))
		fail(r, "partial_rotary_factor", "and rotary_dim contradict each other");
	if (c->rotary_dim < 2 || c->rotary_dim % 2)
		fail(r, "rotary dimension", "must be even");
}

/* v5: rope_parameters {rope_type, rope_theta, ...}; v4: rope_theta and rope_scaling {rope_type or type, ...}. */
static void read_rope(struct reader *r, struct config *c, const struct family *f)
{
	struct json in = { 0 };
	bool v5 = member(r, r->top, "rope_parameters", &in);
	double theta = read_num(r, r->top, "rope_theta", 1, 1e12, 0);

	if (!v5)
		member(r, r->top, "rope_scaling", &in);
	c->rope_theta = read_num(r, in, "rope_theta", 1, 1e12, theta ? theta : f->theta);
	if (theta && theta != c->rope_theta)
		fail(r, "rope_theta", "is given twice, with two values");
	c->rope = read_rope_kind(r, in, v5 ? "rope_parameters" : "rope_scaling");
	c->rope_factor = read_num(r, in, "factor", 1, 1e6, 0);
	c->rope_low = read_num(r, in, "low_freq_factor", 1e-6, 1e6, 0);
	c->rope_high = read_num(r, in, "high_freq_factor", 1e-6, 1e6, 0);
	c->rope_original = read_num(r, in, "original_max_position_embeddings", 1, 1e9, 0);
	c->rope_attention = 1;
	if (c->rope == ROPE_YARN)
		read_yarn(r, in, c);
	else if (c->rope != ROPE_DEFAULT && !c->rope_factor)
		fail(r, "rope factor", "is missing");
	if (c->rope == ROPE_LLAMA3 && (!c->rope_original || !c->rope_low || !(c->rope_high > c->rope_low)))
		fail(r, "rope_type llama3:", "low_freq_factor, a larger high_freq_factor and "
		     "original_max_position_embeddings are needed");
	read_rotary(r, in, c);
}

/* How many experts: a number, or one for each layer that is always the same. transformers 5 has one name for all families. */
static int read_expert_count(struct reader *r)
{
	struct json v = { 0 }, x;
	const char *name = member(r, r->top, "num_experts", &v) ? "num_experts" : "num_local_experts";
	int64_t n = 0, other;

	if (!member(r, r->top, name, &v) || v.kind != JSON_ARRAY)
		return read_int(r, name, 0, CONFIG_EXPERTS, REQUIRED);
	for (struct json_iter it = json_iter(v); json_next(&it, NULL, &x); n = other)
		if (!json_i64(x, &other) || other < 1 || other > CONFIG_EXPERTS || (n && n != other)) {
			fail(r, name, "differs from layer to layer, which is not supported");
			return 0;
		}
	return (int)n;
}

static void read_experts(struct reader *r, struct config *c, const struct family *f)
{
	struct json v, x;
	int step = f->spread == MIXED ? read_int(r, "decoder_sparse_step", 1, INT_MAX, 1) : 1;

	c->experts = read_expert_count(r);
	c->renorm = f->renorm == RENORM || read_bool(r, "norm_topk_prob", false);
	c->names = f->names;
	for (int l = 0; l < c->layers; l++)
		c->moe[l] = c->experts > 0 && (l + 1) % step == 0;
	if (f->spread == MIXED && member(r, r->top, "mlp_only_layers", &v)) {
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
	if (!c->experts)
		return;
	c->top_k = read_int(r, "num_experts_per_tok", 1, CONFIG_TOP_K, REQUIRED);
	c->expert_inner = read_int(r, f->inner, 1, 1 << 20, REQUIRED);
	c->sigmoid = f->traits & SIGMOID;
	c->router_bias = f->traits & SIGMOID && read_bool(r, "use_routing_bias", true);
	if (f->traits & SHARED)
		c->shared_inner = read_int(r, "shared_expert_intermediate_size", 1, 1 << 20, REQUIRED);
	if (c->top_k > c->experts)
		fail(r, "num_experts_per_tok", "is more than there are experts");
}

static void read_attention(struct reader *r, struct config *c, const struct family *f)
{
	c->heads = read_int(r, "num_attention_heads", 1, 1024, REQUIRED);
	c->kv_heads = read_int(r, "num_key_value_heads", 1, 1024, c->heads);
	c->head_dim = read_int(r, "head_dim", 2, 1024, f->head_dim ? f->head_dim : r->failed ? 2 : c->dim / c->heads);
	if (c->head_dim < 2 || c->head_dim > 1024)
		fail(r, "hidden_size", "over num_attention_heads is not a head of 2 to 1024");
	if (!r->failed && c->heads % c->kv_heads)
		fail(r, "num_attention_heads", "is not a multiple of num_key_value_heads");
	c->o_bias = f->bias == BIAS_KEY && read_bool(r, "attention_bias", false);
	c->qkv_bias = f->bias == BIAS_QKV || c->o_bias || (f->bias == BIAS_QKV_KEY && read_bool(r, "qkv_bias", true));
	c->qk_norm = read_bool(r, "use_qk_norm", true) ? f->qk_norm : QK_NORM_NONE;
	if (f->traits & CLIP)
		c->clip = (float)read_num(r, r->top, "clip_qkv", 1e-6, 1e30, 0);
}

static void eos_add(struct reader *r, struct config *c, struct json v)
{
	int64_t id;

	if (!json_i64(v, &id) || id < -1 || id >= c->vocab)
		fail(r, "eos_token_id", "is no token of the vocabulary: a response would never end");
	else if (c->eos_count == CONFIG_EOS)
		fail(r, "eos_token_id", "holds more than 16");
	else if (id >= 0)
		c->eos[c->eos_count++] = (int)id;
}

/* A token id, null, -1 for none, or a list. */
static void read_eos(struct reader *r, struct config *c)
{
	struct json v, x;

	if (!member(r, r->top, "eos_token_id", &v))
		return;
	c->eos_count = 0;
	if (v.kind != JSON_ARRAY)
		eos_add(r, c, v);
	for (struct json_iter it = json_iter(v); v.kind == JSON_ARRAY && json_next(&it, NULL, &x);)
		eos_add(r, c, x);
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
	refuse(&r, f);
	c->vocab = read_int(&r, "vocab_size", 1, 1 << 22, REQUIRED);
	c->dim = read_int(&r, "hidden_size", 1, 1 << 16, REQUIRED);
	c->layers = read_int(&r, "num_hidden_layers", 1, CONFIG_LAYERS, REQUIRED);
	c->max_positions = read_int(&r, "max_position_embeddings", 1, 1 << 24, 2048);
	c->eps = (float)read_num(&r, r.top, "rms_norm_eps", 0, 1, f->eps);
	if (member(&r, r.top, "tie_word_embeddings", &v))
		c->tied = read_bool(&r, "tie_word_embeddings", false);
	read_attention(&r, c, f);
	read_rope(&r, c, f);
	read_mixers(&r, c, f);
	read_residual(&r, c, f);
	read_quantization(&r, c);
	if (f->spread != DENSE)
		read_experts(&r, c, f);
	for (int l = 0; l < c->layers && !c->dense_inner && !r.failed; l++)
		if (!c->moe[l])
			c->dense_inner = read_int(&r, wide, 1, 1 << 20, REQUIRED);
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

static const double pi = 3.14159265358979323846;

/* The pair that turns so often within the original length, as a place on the ladder of frequencies. */
static double yarn_place(const struct config *c, double turns)
{
	return c->rotary_dim * log(c->rope_original / (turns * 2 * pi)) / (2 * log(c->rope_theta));
}

void config_rope(const struct config *c, double *freq)
{
	double low = c->rope == ROPE_YARN ? yarn_place(c, c->rope_fast) : 0, high = c->rope == ROPE_YARN ? yarn_place(c, c->rope_slow) : 0;

	low = fmax(c->rope_truncate ? floor(low) : low, 0);
	high = fmin(c->rope_truncate ? ceil(high) : high, c->rotary_dim - 1);
	high = high == low ? low + 0.001 : high;
	for (int i = 0; i < c->rotary_dim / 2; i++) {
		double f = pow(c->rope_theta, -2.0 * i / c->rotary_dim), wave = 2 * pi / f, t;

		if (c->rope == ROPE_LINEAR || (c->rope == ROPE_LLAMA3 && wave > c->rope_original / c->rope_low)) {
			f /= c->rope_factor;
		} else if (c->rope == ROPE_LLAMA3 && wave >= c->rope_original / c->rope_high) {
			t = (c->rope_original / wave - c->rope_low) / (c->rope_high - c->rope_low);
			f = (1 - t) * f / c->rope_factor + t * f;
		} else if (c->rope == ROPE_YARN) {
			t = fmin(fmax((i - low) / (high - low), 0), 1);
			f = t * f / c->rope_factor + (1 - t) * f;
		}
		freq[i] = f;
	}
}

static void text_more(const struct config *c, struct buf *out)
{
	if (c->shared_inner || c->sigmoid || c->clip > 0 || c->qkv_bias != c->o_bias || c->fp8_rows)
		buf_addf(out, " s%d g%d/%d c%.9g b%d f%d/%d", c->shared_inner, c->sigmoid, c->router_bias, (double)c->clip, c->qkv_bias,
			 c->fp8_rows, c->fp8_columns);
	if (c->rope == ROPE_YARN)
		buf_addf(out, " y%.17g %.17g %.17g %d", c->rope_fast, c->rope_slow, c->rope_attention, c->rope_truncate);
	if (c->postnorm || c->attn_alpha[0] != 1 || c->attn_alpha[1] != 1 || c->attn_beta[0] != 1 || c->attn_beta[1] != 1 || c->mlp_alpha != 1 ||
	    c->mlp_beta != 1)
		buf_addf(out, " p%d %.9g %.9g %.9g %.9g %.9g %.9g", c->postnorm, (double)c->attn_alpha[0], (double)c->attn_alpha[1],
			 (double)c->attn_beta[0], (double)c->attn_beta[1], (double)c->mlp_alpha, (double)c->mlp_beta);
	for (int l = 0; l < c->layers; l++)
		if (c->mixer[l])
			buf_addf(out, " l%d", l);
}

/* The first part is as it was when there were three families: the hashes of their weights are in datasets. */
void config_text(const struct config *c, struct buf *out)
{
	buf_addf(out, "%s v%d d%d l%d h%d/%d/%d r%d e%d/%d i%d/%d n%d b%d q%d eps%.9g rope%d %.17g %.17g %.17g %.17g %.17g ",
		 c->model_type, c->vocab, c->dim, c->layers, c->heads, c->kv_heads, c->head_dim, c->rotary_dim,
		 c->experts, c->top_k, c->dense_inner, c->expert_inner, c->renorm, c->o_bias, (int)c->qk_norm,
		 (double)c->eps, (int)c->rope, c->rope_theta, c->rope_factor, c->rope_low, c->rope_high,
		 c->rope_original);
	for (int l = 0; l < c->layers; l++)
		buf_addc(out, c->moe[l] ? 'm' : 'd');
	text_more(c, out);
}
