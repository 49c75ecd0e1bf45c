/*
 * test_models.c - every family against the logits and greedy tokens that transformers gives (tests/fixtures/golden, made by
 * make_golden.py), and against what algebra says must be the same. That the golden models can fail is shown here for what
 * config.json says, and by script_reference for what is code.
 */
#include "tests/golden.h"

enum { SETS = 5, TILES = 0, PLAIN = 4 };

static const char *const isa[SETS] = { "amx", "avx512bf16", "avx512", "avx2", "plain" };

/* ---- golden logits ---- */

static void test_golden(const char *set)
{
	for (int f = 0; f < fixtures; f++) {
		struct expected x;

		check_in("%s, %s", fixture[f], set);
		expected_open(&x, fixture[f]);
		for (int fp32 = 0; fp32 < 2; fp32++) {
			struct model *m = open_or_die(golden(fixture[f]), fp32);

			CHECK_STR(str_of(model_info(m)->isa), set);
			for (int i = 0; i < 3; i++)
				prompt_check(m, &x, i);
			model_free(m);
		}
		expected_release(&x);
	}
	check_in("%s", "");
}

static bool isa_have(const char *set)
{
	struct err err = ERR_INIT;
	struct model *m;

	setenv("ENGINE_ISA", set, 1);
	m = model_open(golden("llama_tied"), &(struct model_options){ 0 }, &err);
	unsetenv("ENGINE_ISA");
	model_free(m);
	return m != NULL;
}

/* Vectors that fuse multiply and add agree to the bit; tiles and plain loops are near. */
static void test_isa(void)
{
	const char *dir = tiny_dir(&TINY_SMALL, "isa");
	float *got[SETS] = { NULL };
	size_t count = 0;
	int32_t token[200];

	tokens_draw(token, 200, 96, 1);
	for (int i = 0; i < SETS; i++) {
		struct model *m;

		if (!isa_have(isa[i]))
			continue;
		setenv("ENGINE_ISA", isa[i], 1);
		test_golden(isa[i]);
		m = open_or_die(dir, false);
		got[i] = logits_of(m, token, 200, 200, 1);
		count = 200 * (size_t)model_info(m)->vocab;
		model_free(m);
		unsetenv("ENGINE_ISA");
	}
	CHECK(got[PLAIN] != NULL);
	for (int i = TILES + 2; i < PLAIN; i++)
		if (got[i - 1] && got[i])
			CHECK(memcmp(got[i - 1], got[i], count * sizeof(float)) == 0);
	for (int i = TILES; i < PLAIN; i++)
		if (got[i])
			CHECK(distance(got[i], got[PLAIN], count) < 0.1); /* what is rounded to bf16 may round apart */
	for (int i = 0; i < SETS; i++)
		free(got[i]);
}

/* Turning one setting must show: it proves that the golden test looks at it. */
static void test_settings_matter(void)
{
	static const struct {
		const char *fixture, *from, *to;
	} flip[] = {
		{ "qwen3_moe_renorm", "\"norm_topk_prob\": true", "\"norm_topk_prob\": false" },
		{ "qwen3_moe_renorm", "\"num_experts_per_tok\": 3", "\"num_experts_per_tok\": 2" },
		{ "qwen3_moe_renorm", "\"rope_theta\": 100.0", "\"rope_theta\": 1000.0" },
		{ "qwen3_moe_renorm", "\"rms_norm_eps\": 0.001", "\"rms_norm_eps\": 0.1" },
		{ "llama_bias", "\"attention_bias\": true", "\"attention_bias\": false" },
		{ "llama_bias", "\"rope_type\": \"llama3\"", "\"rope_type\": \"default\"" },
		{ "llama_bias", "\"low_freq_factor\": 1.0", "\"low_freq_factor\": 2.0" },
		{ "llama_tied", "\"factor\": 2.0", "\"factor\": 4.0" },
		{ "llama_bias", "\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true" },
		{ "qwen2_yarn", "\"rope_type\": \"yarn\"", "\"rope_type\": \"default\"" },
		{ "qwen2_yarn", "\"factor\": 4.0", "\"attention_factor\": 1.0, \"factor\": 4.0" },
		{ "qwen2_yarn", "\"beta_fast\": 2.0", "\"beta_fast\": 8.0" },
		{ "qwen2_yarn", "\"factor\": 4.0", "\"truncate\": false, \"factor\": 4.0" },
		{ "qwen2_moe", "\"norm_topk_prob\": false", "\"norm_topk_prob\": true" },
		{ "qwen2_moe", "\"qkv_bias\": true", "\"qkv_bias\": false" },
		{ "olmoe_clip", "\"clip_qkv\": 0.8", "\"clip_qkv\": null" },
		{ "olmoe_clip", "\"norm_topk_prob\": false", "\"norm_topk_prob\": true" },
		{ "olmoe_renorm", "\"attention_bias\": true", "\"attention_bias\": false" },
		{ "mixtral", "\"num_experts_per_tok\": 2", "\"num_experts_per_tok\": 1" },
		{ "mixtral", "\"rope_theta\": 100.0,", "" }, /* a million */
		{ "minimax_m2", "\"partial_rotary_factor\": 0.5,", "" },
		{ "minimax_m2", "\"model_type\"", "\"use_routing_bias\": false, \"model_type\"" },
		{ "minimax_m2", "\"model_type\"", "\"use_qk_norm\": false, \"model_type\"" },
		{ "minimax", "\"full_attn_alpha_factor\": 1.5", "\"full_attn_alpha_factor\": 1" },
		{ "minimax", "\"full_attn_beta_factor\": 0.75", "\"full_attn_beta_factor\": 1" },
		{ "minimax", "\"linear_attn_alpha_factor\": 0.8", "\"linear_attn_alpha_factor\": 1" },
		{ "minimax", "\"linear_attn_beta_factor\": 1.25", "\"linear_attn_beta_factor\": 1" },
		{ "minimax", "\"mlp_alpha_factor\": 1.25", "\"mlp_alpha_factor\": 1" },
		{ "minimax", "\"mlp_beta_factor\": 1.5", "\"mlp_beta_factor\": 1" },
		{ "minimax_text_01", "\"rotary_dim\": 8", "\"rotary_dim\": 16" },
		{ "minimax_text_01", "\"postnorm\": true", "\"postnorm\": false" },
		{ "minimax_m1", "\"model_type\"", "\"postnorm\": true, \"model_type\"" },
	};

	for (size_t i = 0; i < COUNT(flip); i++) {
		struct model *right = open_or_die(golden(flip[i].fixture), true), *other;
		int vocab = model_info(right)->vocab;
		int32_t token[40];
		float *a, *b;
		const char *dir = folder_copy(flip[i].fixture);

		check_in("%s", flip[i].to);
		file_edit(dir, "config.json", flip[i].from, flip[i].to);
		other = open_or_die(dir, true);
		tokens_draw(token, 40, vocab, 3);
		a = logits_of(right, token, 40, 40, 1);
		b = logits_of(other, token, 40, 40, 1);
		CHECK(distance(a, b, (size_t)(40 * vocab)) > 1e-2);
		CHECK(strcmp(model_info(right)->weight_hash, model_info(other)->weight_hash) != 0 || strstr(flip[i].to, "tie_word"));
		free(a);
		free(b);
		model_free(right);
		model_free(other);
	}
	check_in("%s", "");
}

/* How far two folders' logits are; infinitely, where bits must be the same and are not. */
static double apart(const char *a, const char *b, bool fp32, bool bits)
{
	struct model *ma = open_or_die(a, fp32), *mb = open_or_die(b, fp32);
	int vocab = model_info(ma)->vocab;
	int32_t token[70];
	float *la, *lb;
	double d;

	tokens_draw(token, 70, vocab, 11);
	la = logits_of(ma, token, 70, 70, 1);
	lb = logits_of(mb, token, 70, 70, 1);
	d = distance(la, lb, (size_t)(70 * vocab));
	if (bits && memcmp(la, lb, (size_t)(70 * vocab) * sizeof(float)) != 0)
		d = INFINITY;
	free(la);
	free(lb);
	model_free(ma);
	model_free(mb);
	return d;
}

static bool same_logits_in(const char *a, const char *b, bool fp32, double within)
{
	double d = apart(a, b, fp32, within == 0);

	if (d > within)
		fprintf(stderr, "off by %g\n", d);
	return d <= within;
}

/* Of two folders; in bf16 too when they are to be the same to the bit. */
static bool same_logits(const char *a, const char *b, double within)
{
	bool same = true;

	for (int fp32 = within > 0; fp32 < 2; fp32++)
		same &= same_logits_in(a, b, fp32, within);
	return same;
}

/* What a missing key means, and that null and what does not count mean nothing: the same as `outright` in place of `there`. */
static void test_missing_keys(void)
{
	static const struct {
		const char *fixture, *there, *away, *outright; /* NULL: `there` says it */
	} rows[] = {
		{ "qwen2_moe", "\"norm_topk_prob\": false,", "", NULL },
		{ "olmoe_clip", "\"norm_topk_prob\": false,", "", NULL },
		{ "qwen3_moe_mixed", "\"norm_topk_prob\": false,", "", NULL },
		{ "qwen2_moe", "\"qkv_bias\": true,", "", NULL },
		{ "olmoe_renorm", "\"num_key_value_heads\": 4,", "", NULL },
		{ "llama_tied", "\"tie_word_embeddings\": true,", "", NULL },
		{ "llama_bias", "\"tie_word_embeddings\": false,", "", NULL },
		{ "qwen2", "\"hidden_size\"", "\"head_dim\": null, \"hidden_size\"", NULL },
		{ "qwen2", "\"sliding_window\": null", "\"sliding_window\": 4", NULL },
		{ "llama_bias", "\"rope_theta\": 100.0,", "", "\"rope_theta\": 10000.0," },
		{ "qwen3_moe_mixed", "\"rope_theta\": 100.0,", "", "\"rope_theta\": 10000.0," },
		{ "mixtral", "\"rope_theta\": 100.0,", "", "\"rope_theta\": 1000000.0," },
		{ "minimax", "\"rope_theta\": 100.0,", "", "\"rope_theta\": 1000000.0," },
		{ "minimax_m2", "\"rope_theta\": 100.0,", "", "\"rope_theta\": 5000000.0," },
		{ "llama_bias", "\"rms_norm_eps\": 1e-05,", "", "\"rms_norm_eps\": 1e-06," },
		{ "qwen2", "\"rms_norm_eps\": 1e-06,", "", NULL },
		{ "qwen3", "\"rms_norm_eps\": 1e-06,", "", NULL },
		{ "qwen2_moe", "\"rms_norm_eps\": 1e-06,", "", NULL },
		{ "qwen3_moe_mixed", "\"rms_norm_eps\": 0.001,", "", "\"rms_norm_eps\": 1e-06," },
		{ "olmoe_clip", "\"rms_norm_eps\": 1e-05,", "", NULL },
		{ "mixtral", "\"rms_norm_eps\": 1e-05,", "", NULL },
		{ "minimax_m2", "\"rms_norm_eps\": 1e-06,", "", NULL },
		{ "minimax", "\"rms_norm_eps\": 1e-05,", "", NULL },
		{ "minimax_text_01", "\"rms_norm_eps\": 1e-05,", "", NULL },
		{ "minimax_m1", "\"rms_norm_eps\": 1e-05,", "", NULL },
		{ "qwen2_yarn", "\"factor\": 4.0,", "\"mscale\": 0.7, \"mscale_all_dim\": 0.7, \"factor\": 4.0,", "\"attention_factor\": 1.0, \"factor\": 4.0," },
	};
	char other[300];

	snprintf(other, sizeof(other), "%s/outright", scratch);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *dir = folder_copy(rows[i].fixture);

		check_in("%s: %s", rows[i].fixture, rows[i].there);
		file_edit(dir, "config.json", rows[i].there, rows[i].outright ? rows[i].outright : rows[i].there);
		CHECK(rename(dir, other) == 0);
		dir = folder_copy(rows[i].fixture);
		file_edit(dir, "config.json", rows[i].there, rows[i].away);
		CHECK(same_logits(dir, other, 0));
		folder_clear(other);
	}
	check_in("%s", "");
}

/* Layers after the last, which predict several tokens at once, are left alone. */
static void test_more_layers(void)
{
	const char *dir = folder_copy("minimax_m2");
	struct model *m = open_or_die(dir, true), *less;

	file_edit(dir, "config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1, \"num_mtp_modules\": 1");
	less = open_or_die(dir, true);
	CHECK(model_info(less)->params_total < model_info(m)->params_total);
	model_free(less);
	model_free(m);
}

/* The older spelling of the same settings. */
static void test_v4_spelling(void)
{
	const char *dir = folder_copy("qwen3_moe_renorm");

	file_edit(dir, "config.json", "\"num_local_experts\"", "\"num_experts\"");
	file_edit(dir, "config.json", "\"rope_parameters\": {\n    \"rope_theta\": 100.0,\n    \"rope_type\": \"default\"\n  }",
		  "\"rope_theta\": 100.0, \"rope_scaling\": null");
	file_edit(dir, "config.json", "\"dtype\"", "\"torch_dtype\"");
	CHECK(same_logits(golden("qwen3_moe_renorm"), dir, 0));
	dir = folder_copy("llama_tied");
	file_edit(dir, "config.json", "\"rope_parameters\"", "\"rope_theta\": 100, \"rope_scaling\"");
	file_edit(dir, "config.json", "\"rope_type\"", "\"type\"");
	CHECK(same_logits(golden("llama_tied"), dir, 0));
}

/* MiniMax's own spelling and transformers' of one model. */
static void test_original_spelling(void)
{
	const char *dir = folder_copy("minimax_text_01");

	file_edit(dir, "config.json", "\"minimax_text_01\"", "\"minimax\"");
	file_edit(dir, "config.json", "\"postnorm\": true,", "");
	file_edit(dir, "config.json", "\"attn_type_list\": [\n    0,\n    1", "\"layer_types\": [\"linear_attention\", \"full_attention\"");
	file_edit(dir, "config.json", "\"rotary_dim\": 8,", "");
	file_edit(dir, "config.json", "\"rope_theta\": 100.0",
		  "\"rope_parameters\": { \"rope_type\": \"default\", \"rope_theta\": 100.0, \"partial_rotary_factor\": 0.5 }");
	file_edit(dir, "config.json", "layernorm_full_attention_alpha", "full_attn_alpha_factor");
	file_edit(dir, "config.json", "layernorm_mlp_beta", "mlp_beta_factor");
	file_edit(dir, "config.json", "\"num_local_experts\": 4", "\"num_local_experts\": [4, 4]");
	CHECK(same_logits(golden("minimax_text_01"), dir, 0));
}

/* ---- a mixture of equals is the dense model ---- */

static void test_upcycling(void)
{
	struct tiny dense = TINY_SMALL, one, many;
	const char *d, *o, *m;

	dense.experts = dense.top_k = 0;
	one = many = dense;
	one.experts = one.top_k = 1;
	many.experts = 4;
	many.top_k = 2;
	one.copies = many.copies = true;
	d = tiny_dir(&dense, "dense");
	o = tiny_dir(&one, "one");
	m = tiny_dir(&many, "many");
	CHECK(same_logits(d, o, 0));
	CHECK(same_logits(d, m, 1e-5));
	/* a mixture in name whose layers are all dense */
	file_edit(d, "config.json", "\"model_type\":\"qwen3\"",
		  "\"model_type\":\"qwen3_moe\",\"num_experts\":4,\"num_experts_per_tok\":2,\"moe_intermediate_size\":16,"
		  "\"mlp_only_layers\":[0,1]");
	CHECK(same_logits(d, o, 0));
}

/* ---- experts are named otherwise ---- */

/* Of the experts from `first` to `last`, whose numbers are as long, each takes the name of the next, and the routers' rows go with them. */
static void experts_turn(const char *dir, int first, int last, int dim)
{
	struct buf b = file_bytes(dir, "model.safetensors");
	struct tensors t = TENSORS_INIT;
	struct err err = ERR_INIT;
	char *head = b.s + 8;
	size_t row = (size_t)dim * 2;

	if (tensors_add(&t, STR("file"), buf_str(&b), &err) < 0)
		abort();
	for (size_t i = 0; i < t.n; i++)
		if (str_ends(t.all[i].name, STR("mlp.gate.weight"))) {
			char *w = b.s + ((const char *)t.all[i].data - b.s) + row * (size_t)first, end[400];

			CHECK(row <= sizeof(end) && t.all[i].bytes >= row * (size_t)(last + 1));
			memcpy(end, w + row * (size_t)(last - first), row);
			memmove(w + row, w, row * (size_t)(last - first));
			memcpy(w, end, row);
		}
	while ((head = memmem(head, (size_t)(b.s + b.n - head), "experts.", 8)) && head < (const char *)t.all[0].data) {
		int e = atoi(head += 8);
		char next[12];

		if (e >= first && e <= last)
			memcpy(head, next, (size_t)snprintf(next, sizeof(next), "%d", e < last ? e + 1 : first));
	}
	file_put(dir, "model.safetensors", buf_str(&b));
	tensors_release(&t);
	buf_release(&b);
}

static void test_permuted_experts(void)
{
	const char *plain = tiny_dir(&TINY_SMALL, "plain"), *turned = tiny_dir(&TINY_SMALL, "turned");

	struct tiny t = TINY_SMALL;

	experts_turn(turned, 0, 3, 32);
	CHECK(same_logits(plain, turned, 0));
	experts_turn(turned, 0, 3, 32);
	CHECK(same_logits(plain, turned, 0));
	t.experts = 300; /* more than a byte can count */
	t.top_k = 8;
	plain = tiny_dir(&t, "plain");
	turned = tiny_dir(&t, "turned");
	experts_turn(turned, 100, 299, 32);
	CHECK(same_logits(plain, turned, 0));
}

/* Every weight of experts.E changes its sign. */
static void expert_change(const char *dir, int e)
{
	struct buf b = file_bytes(dir, "model.safetensors");
	struct tensors t = TENSORS_INIT;
	struct err err = ERR_INIT;
	char name[20];

	snprintf(name, sizeof(name), "experts.%d.", e);
	if (tensors_add(&t, STR("file"), buf_str(&b), &err) < 0)
		abort();
	for (size_t i = 0; i < t.n; i++)
		for (size_t k = 0; str_find(t.all[i].name, str_of(name)) >= 0 && k < t.all[i].bytes; k += 2)
			b.s[(const char *)t.all[i].data - b.s + (ptrdiff_t)k + 1] ^= (char)0x80;
	file_put(dir, "model.safetensors", buf_str(&b));
	tensors_release(&t);
	buf_release(&b);
}

/* Where all scores are the same, the first experts are chosen. */
static void test_ties(void)
{
	const char *dir[2] = { tiny_dir(&TINY_SMALL, "ties"), tiny_dir(&TINY_SMALL, "other") };

	for (int i = 0; i < 2; i++) {
		struct buf b = file_bytes(dir[i], "model.safetensors");
		struct tensors t = TENSORS_INIT;
		struct err err = ERR_INIT;

		if (tensors_add(&t, STR("file"), buf_str(&b), &err) < 0)
			abort();
		for (size_t k = 0; k < t.n; k++)
			if (str_ends(t.all[k].name, STR("mlp.gate.weight")))
				memset(b.s + ((const char *)t.all[k].data - b.s), 0, t.all[k].bytes);
		file_put(dir[i], "model.safetensors", buf_str(&b));
		tensors_release(&t);
		buf_release(&b);
	}
	expert_change(dir[1], 2);
	expert_change(dir[1], 3);
	CHECK(same_logits(dir[0], dir[1], 0));
	expert_change(dir[1], 1);
	CHECK(apart(dir[0], dir[1], true, false) > 1e-2);
}

/* ---- blocks of F8_E4M3 are what they stand for ---- */

struct two_files {
	struct buf head[2], data[2];
};

static void tensor_put(struct two_files *f, int i, struct str name, const char *more, const char *type, int64_t d0, int64_t d1, const void *data,
		       size_t bytes)
{
	size_t begin = f->data[i].n;

	buf_add(&f->data[i], (struct str){ data, bytes });
	buf_addf(&f->head[i], "%s\"%.*s%s\":{\"dtype\":\"%s\",\"shape\":[%lld", f->head[i].n ? "," : "{", (int)name.n, name.s, more, type,
		 (long long)d0);
	if (d1)
		buf_addf(&f->head[i], ",%lld", (long long)d1);
	buf_addf(&f->head[i], "],\"data_offsets\":[%zu,%zu]}", begin, f->data[i].n);
}

static void two_files_put(struct two_files *f, const char *const dir[2])
{
	for (int i = 0; i < 2; i++) {
		struct buf all = BUF_INIT;

		buf_addc(&f->head[i], '}');
		for (int k = 0; k < 8; k++)
			buf_addc(&all, (char)((uint64_t)f->head[i].n >> 8 * k));
		buf_add(&all, buf_str(&f->head[i]));
		buf_add(&all, buf_str(&f->data[i]));
		file_put(dir[i], "model.safetensors", buf_str(&all));
		buf_release(&all);
		buf_release(&f->head[i]);
	}
}

/* Random codes in place of w, with random scales, in the first file; their products, in fp32, in the second. */
static void tensor_code(struct two_files *f, const struct tensor *w, int high, int wide, struct rng *r)
{
	int64_t n = w->shape[0], k = w->shape[1], lines = (n + high - 1) / high, blocks = (k + wide - 1) / wide;
	unsigned char *code = malloc((size_t)(n * k));
	float *meant = malloc((size_t)(n * k) * sizeof(*meant)), *scale = malloc((size_t)(lines * blocks) * sizeof(*scale));

	for (int64_t i = 0; i < lines * blocks; i++)
		scale[i] = (float)((0.5 + rng_unit(r)) / sqrt((double)k));
	for (int64_t i = 0; i < n; i++)
		for (int64_t j = 0; j < k; j++) {
			int exponent = (int)rng_below(r, 8), mantissa = (int)rng_below(r, 8);
			double size = exponent ? (1 + mantissa / 8.0) * exp2(exponent - 7) : mantissa / 512.0;

			code[i * k + j] = (unsigned char)(exponent << 3 | mantissa | (i * 7 + j * 3) % 2 << 7);
			meant[i * k + j] = (float)((i * 7 + j * 3) % 2 ? -size : size) * scale[i / high * blocks + j / wide];
		}
	tensor_put(f, 0, w->name, "", "F8_E4M3", n, k, code, (size_t)(n * k));
	tensor_put(f, 0, w->name, "_scale_inv", "F32", lines, blocks, scale, (size_t)(lines * blocks) * sizeof(*scale));
	tensor_put(f, 1, w->name, "", "F32", n, k, meant, (size_t)(n * k) * sizeof(*meant));
	free(code);
	free(meant);
	free(scale);
}

/*
 * What each says where all but codes is kept in bf16, beside what is exact. Codes lose nothing there and meet activations in fp32: they
 * are as near as keys and values in bf16 let them be, a hundred times nearer than their copy must be.
 */
static void coded_rounded(const char *coded, const char *meant)
{
	enum { N = 70 };
	const char *const dir[3] = { meant, coded, meant };
	float *said[3];
	int vocab = 0;

	for (int i = 0; i < 3; i++) {
		struct model *m = open_or_die(dir[i], i == 0);
		int32_t token[N];

		vocab = model_info(m)->vocab;
		tokens_draw(token, N, vocab, 11);
		said[i] = logits_of(m, token, N, N, 1);
		model_free(m);
	}
	CHECK(divergence(said[0], said[1], N, vocab) < 1e-5);
	CHECK(distance(said[0], said[1], (size_t)(N * vocab)) < 0.05);
	CHECK(divergence(said[0], said[2], N, vocab) < 1e-3);
	CHECK(divergence(said[1], said[2], N, vocab) < 1e-3);
	for (int i = 0; i < 3; i++)
		free(said[i]);
}

/* A model as coded and as meant: to the bit the same, and near where what is meant is rounded to bf16. */
static void coded_run(const struct tiny *shape, int high, int wide)
{
	const char *const dir[2] = { tiny_dir(shape, "coded"), tiny_dir(shape, "meant") };
	struct two_files f = { { BUF_INIT, BUF_INIT }, { BUF_INIT, BUF_INIT } };
	struct buf b = file_bytes(dir[0], "model.safetensors");
	struct tensors t = TENSORS_INIT;
	struct err err = ERR_INIT;
	char quantization[120];
	size_t spoil = 0; /* where codes lie that need not be decoded for padding's sake */
	struct rng r;

	rng_init(&r, 5, "test_models codes");
	if (tensors_add(&t, STR("file"), buf_str(&b), &err) < 0)
		abort();
	for (size_t i = 0; i < t.n; i++) {
		const struct tensor *w = &t.all[i];

		if (str_ends(w->name, STR("0.self_attn.q_proj.weight")))
			spoil = f.data[0].n;
		if (w->rank == 2 && str_find(w->name, STR("_proj")) >= 0)
			tensor_code(&f, w, high, wide, &r);
		else
			for (int k = 0; k < 2; k++)
				tensor_put(&f, k, w->name, "", "BF16", w->shape[0], w->rank == 2 ? w->shape[1] : 0, w->data, w->bytes);
	}
	two_files_put(&f, dir);
	snprintf(quantization, sizeof(quantization), "\"quantization_config\":{\"quant_method\":\"fp8\",\"weight_block_size\":[%d,%d]},\"rope_theta\"",
		 high, wide);
	file_edit(dir[0], "config.json", "\"rope_theta\"", quantization);
	CHECK(same_logits_in(dir[0], dir[1], true, 0));
	coded_rounded(dir[0], dir[1]);
	file_edit_bytes(dir[0], "model.safetensors", str_sub(buf_str(&f.data[0]), spoil, spoil + 8), STR("\x7f\x01\x01\x01\x01\x01\x01\x01"));
	CHECK(model_open(dir[0], &(struct model_options){ .threads = 1 }, &err) == NULL && strstr(err.msg, "holds what is not a number"));
	buf_release(&f.data[0]);
	buf_release(&f.data[1]);
	tensors_release(&t);
	buf_release(&b);
}

static void test_coded_blocks(void)
{
	struct tiny t = TINY_SMALL;

	for (int i = 0; i < SETS; i++)
		if (isa_have(isa[i])) {
			setenv("ENGINE_ISA", isa[i], 1);
			check_in("%s", isa[i]);
			coded_run(&t, 16, 16);
			coded_run(&t, 20, 12);
		}
	unsetenv("ENGINE_ISA");
	check_in("%s", "");
	coded_run(&t, 1, 1000);
	t.dim = 160; /* the usual blocks, the last of each cut */
	t.heads = 9;
	t.kv_heads = 3;
	t.inner = 136;
	t.experts = 2;
	coded_run(&t, 128, 128);
	t.head_dim = 24; /* heads are padded, so that blocks do not lie as they do in the file */
	coded_run(&t, 128, 128);
}

int main(void)
{
	help_begin();
	fixtures_find();
	test_isa();
	test_settings_matter();
	test_missing_keys();
	test_more_layers();
	test_v4_spelling();
	test_original_spelling();
	test_upcycling();
	test_permuted_experts();
	test_ties();
	test_coded_blocks();
	return help_end();
}
