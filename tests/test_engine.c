/*
 * test_engine.c - the engine against itself (however a batch is cut, the same bits) and against damaged folders. What models say
 * is test_models.c's.
 */
#include "tests/engine_help.h"

#include "base/json.h"

/* ---- the same bits however it is cut ---- */

static void test_chunks(const struct model *m)
{
	size_t vocab = (size_t)model_info(m)->vocab;
	static const int chunk[] = { 1, 2, 7, 16, 33, 150, 300 };
	int32_t token[300];
	float *whole;

	tokens_draw(token, 300, (int)vocab, 5);
	whole = logits_of(m, token, 300, 300, 1);
	for (size_t i = 0; i < COUNT(chunk); i++)
		for (int threads = 1; threads <= 3; threads++) {
			float *got = logits_of(m, token, 300, chunk[i], threads);

			check_in("chunks of %d, %d threads", chunk[i], threads);
			CHECK(memcmp(whole, got, 300 * vocab * sizeof(float)) == 0);
			free(got);
		}
	check_in("%s", "");
	free(whole);
}

enum { MANY = 64, LONG = 40 };

struct seen {
	int calls;
	const float *logits;
};

static void after(void *ctx, int i, const float *logits)
{
	struct seen *s = ctx;

	s[i].calls++;
	s[i].logits = logits;
}

/* `batch` sequences at once, each a prompt and then decoding; every logit must be what it is alone. */
static void batch_run(const struct model *m, int batch, int threads, bool shuffle, float *const *alone)
{
	size_t vocab = (size_t)model_info(m)->vocab;
	struct engine *e = engine_or_die(m, threads, MANY * 64);
	struct rng r;
	struct seen seen[MANY * 3];
	struct err err = ERR_INIT;
	int differ = 0;

	rng_init(&r, 3, "test_engine order");
	for (int first = 0; first < MANY; first += batch) {
		int n = MANY - first < batch ? MANY - first : batch, seq[MANY];
		int32_t token[MANY][LONG];

		for (int i = 0; i < n; i++) {
			seq[i] = engine_seq_new(e);
			tokens_draw(token[i], LONG, (int)vocab, (uint64_t)(first + i));
		}
		/* ragged: sequence i takes 1 + i % 3 tokens a step until all are through */
		for (bool more = true; more;) {
			struct engine_row row[MANY * 3];
			int who[MANY * 3], at[MANY * 3], rows = 0;

			more = false;
			for (int k = 0; k < 3; k++) /* rows of one sequence are apart */
				for (int i = 0; i < n; i++) {
					int len = engine_seq_len(e, seq[i]) + k;

					if (k > (first + i) % 3 || len >= LONG)
						continue;
					who[rows] = i;
					at[rows] = len;
					row[rows++] = (struct engine_row){ token[i][len], seq[i], (len + i) % 4 != 0 };
					more = true;
				}
			/* any order, as long as one sequence's rows keep theirs: swap neighbours of different ones */
			for (int s = 0; shuffle && s < rows * 4; s++) {
				int j = (int)rng_below(&r, (uint32_t)rows);

				if (j + 1 < rows && who[j] != who[j + 1]) {
					struct engine_row t = row[j];
					int w = who[j], a = at[j];

					row[j] = row[j + 1], who[j] = who[j + 1], at[j] = at[j + 1];
					row[j + 1] = t, who[j + 1] = w, at[j + 1] = a;
				}
			}
			memset(seen, 0, sizeof(seen));
			if (engine_step_then(e, row, rows, after, seen, &err) < 0)
				CHECK(false);
			for (int j = 0, k = 0; j < rows; j++)
				if (row[j].logits) {
					differ += seen[k].calls != 1 || seen[k].logits != engine_logits(e, k);
					differ += memcmp(engine_logits(e, k++), alone[first + who[j]] + (size_t)at[j] * vocab,
							 vocab * sizeof(float)) != 0;
				}
		}
		for (int i = 0; i < n; i++)
			engine_seq_free(e, seq[i]);
	}
	CHECK_EQ(differ, 0);
	CHECK_EQ(engine_pages_free(e), engine_pages(e));
	engine_free(e);
}

static void test_batches(const struct model *m)
{
	static const int batch[] = { 1, 7, 64 };
	int vocab = model_info(m)->vocab;
	int32_t token[LONG];
	float *alone[MANY];

	for (int i = 0; i < MANY; i++) {
		tokens_draw(token, LONG, vocab, (uint64_t)i);
		alone[i] = logits_of(m, token, LONG, LONG, 1);
	}
	for (size_t i = 0; i < COUNT(batch); i++)
		for (int threads = 1; threads <= 2; threads++) {
			check_in("batch %d, %d threads", batch[i], threads);
			batch_run(m, batch[i], threads, false, alone);
			batch_run(m, batch[i], threads, true, alone);
		}
	check_in("%s", "");
	for (int i = 0; i < MANY; i++)
		free(alone[i]);
}

/* A forked sequence says what one that read everything itself says; the prompt is left as it was. */
static void fork_run(const struct model *m, int prompt_len, int threads)
{
	enum { FORKS = 5, MORE = 20 };
	size_t vocab = (size_t)model_info(m)->vocab, before;
	struct engine *e = engine_or_die(m, threads, 1024);
	int prompt = engine_seq_new(e), seq[FORKS], differ = 0;
	size_t states = engine_pages_needed(e, prompt, 1) - 1; /* a sequence of its own has states of its own */
	int32_t token[FORKS][100];
	struct engine_row row[100];
	float *want[FORKS];

	for (int f = 0; f < FORKS; f++) {
		tokens_draw(token[f], 100, (int)vocab, (uint64_t)(100 + f));
		tokens_draw(token[f], prompt_len, (int)vocab, 99); /* the same start */
		want[f] = logits_of(m, token[f], prompt_len + MORE, prompt_len + MORE, 1);
	}
	for (int i = 0; i < prompt_len; i++)
		row[i] = (struct engine_row){ token[0][i], prompt, false };
	step_or_die(e, row, prompt_len);
	before = engine_pages_free(e);
	for (int f = 0; f < FORKS; f++)
		seq[f] = engine_seq_fork(e, prompt);
	CHECK_EQ(engine_pages_free(e), before);
	CHECK_EQ(engine_pages_needed(e, seq[0], 1), 1 + states);
	CHECK_EQ(engine_pages_needed(e, seq[0], 17), (prompt_len % 16 ? 2 + (prompt_len % 16 + 17 > 32) : 2) + states);
	for (int s = 0; s < MORE; s++) {
		for (int f = 0; f < FORKS; f++)
			row[f] = (struct engine_row){ token[f][prompt_len + s], seq[f], true };
		step_or_die(e, row, FORKS);
		for (int f = 0; f < FORKS; f++)
			differ += memcmp(engine_logits(e, f), want[f] + (size_t)(prompt_len + s) * vocab, vocab * sizeof(float)) != 0;
	}
	/* the prompt's own end was not written over */
	row[0] = (struct engine_row){ token[2][prompt_len], prompt, true };
	step_or_die(e, row, 1);
	differ += memcmp(engine_logits(e, 0), want[2] + (size_t)prompt_len * vocab, vocab * sizeof(float)) != 0;
	CHECK_EQ(differ, 0);
	engine_seq_free(e, prompt);
	for (int f = 0; f < FORKS; f++) {
		engine_seq_free(e, seq[f]);
		free(want[f]);
	}
	CHECK_EQ(engine_pages_free(e), engine_pages(e));
	engine_free(e);
}

static void test_forks(const struct model *m)
{
	static const int len[] = { 1, 15, 16, 17, 31, 32, 40 };

	for (size_t i = 0; i < COUNT(len); i++)
		for (int threads = 1; threads <= 2; threads++) {
			check_in("fork after %d, %d threads", len[i], threads);
			fork_run(m, len[i], threads);
		}
	check_in("%s", "");
}

/* ---- what a step refuses changes nothing ---- */

static bool refused(struct engine *e, const struct engine_row *rows, int n, const char *why)
{
	struct err err = ERR_INIT;
	size_t before = engine_pages_free(e);

	return CHECK(engine_step(e, rows, n, &err) < 0) && CHECK(strstr(err.msg, why) != NULL) &&
	       CHECK_EQ(engine_pages_free(e), before);
}

static void test_refusals(const struct model *m)
{
	struct engine *e = engine_or_die(m, 2, 64); /* four pages */
	int a = engine_seq_new(e), b = engine_seq_new(e);
	struct engine_row row[601];
	float kept[96];

	for (int i = 0; i < 601; i++)
		row[i] = (struct engine_row){ i % 90, a, i == 19 };
	CHECK_EQ(engine_pages(e), 4);
	CHECK_EQ(engine_pages_needed(e, a, 0), 0);
	CHECK_EQ(engine_pages_needed(e, a, 64), 4);
	CHECK_EQ(engine_pages_needed(e, a, 65), 5);
	refused(e, row, 65, "5 pages needed, 4 free");
	refused(e, row, 601, "601 rows");
	row[3].token = 96;
	refused(e, row, 20, "token 96 is outside the vocabulary");
	row[3].token = -1;
	refused(e, row, 20, "token -1");
	row[3].token = 3;
	row[7].seq = 77;
	refused(e, row, 20, "no sequence 77");
	row[7].seq = a;
	step_or_die(e, row, 20);
	memcpy(kept, engine_logits(e, 0), sizeof(kept));
	CHECK_EQ(engine_seq_len(e, a), 20);
	for (int i = 0; i < 40; i++)
		row[i].seq = b;
	refused(e, row, 40, "3 pages needed, 2 free");
	engine_seq_free(e, a);
	CHECK_EQ(engine_pages_free(e), 4);
	/* the pages that b takes now held something else */
	step_or_die(e, row, 20);
	CHECK(memcmp(kept, engine_logits(e, 0), sizeof(kept)) == 0);
	step_or_die(e, row, 0);
	CHECK_EQ(engine_seq_len(e, b), 20);
	engine_free(e);

	e = engine_or_die(m, 1, 4096);
	a = engine_seq_new(e);
	for (int i = 0; i < 257; i++)
		row[i] = (struct engine_row){ 1, a, false };
	refused(e, row, 257, "would pass the model's 256 positions");
	step_or_die(e, row, 256);
	refused(e, row, 1, "would pass");
	engine_free(e);
}

static void test_handles(const struct model *m)
{
	struct err err = ERR_INIT;
	struct engine *e = engine_new(m, &(struct engine_options){ .max_seqs = 3, .threads = 1 }, &err);
	int a = engine_seq_new(e), b = engine_seq_fork(e, a), c = engine_seq_new(e);

	CHECK(a >= 0 && b >= 0 && c >= 0 && a != b && b != c && a != c);
	CHECK_EQ(engine_seq_new(e), -1);
	CHECK_EQ(engine_seq_fork(e, a), -1);
	engine_seq_free(e, b);
	CHECK_EQ(engine_seq_new(e), b);
	CHECK_EQ(engine_seq_len(e, b), 0);
	CHECK_EQ(engine_max_rows(e), 512);
	CHECK_EQ(engine_pages(e), 64 * 256 / 16);
	engine_free(e);
}

/* States of lightning attention: each sequence's are its own, zero when it begins, and come and go with it. */
static void test_states(const struct model *m)
{
	struct engine *e = engine_or_die(m, 2, 64);
	size_t all = engine_pages(e), states;
	int a = engine_seq_new(e), b;
	struct engine_row row[2];
	float *first = logits_of(m, (const int32_t[]){ 7 }, 1, 1, 1);

	states = engine_pages_needed(e, a, 1) - 1;
	CHECK(states > 0);
	CHECK_EQ(engine_pages_state(e), states);
	CHECK_EQ(all, 4 + 66 * states);
	for (int again = 0; again < 3; again++) { /* pages that held another's past */
		row[0] = (struct engine_row){ 7, a, true };
		step_or_die(e, row, 1);
		CHECK(memcmp(first, engine_logits(e, 0), (size_t)model_info(m)->vocab * sizeof(float)) == 0);
		CHECK_EQ(engine_pages_free(e), all - states - 1);
		CHECK_EQ(engine_pages_needed(e, a, 1), 0);
		b = engine_seq_fork(e, a);
		CHECK_EQ(engine_pages_needed(e, a, 1), states + 1);
		row[0] = (struct engine_row){ 3, b, false };
		row[1] = (struct engine_row){ 5, a, false };
		step_or_die(e, row, 2);
		CHECK_EQ(engine_pages_free(e), all - 2 * states - 2);
		engine_seq_free(e, a);
		engine_seq_free(e, b);
		CHECK_EQ(engine_pages_free(e), all);
		a = engine_seq_new(e);
	}
	free(first);
	engine_free(e);
}

/* A token whose embedding is not a number spoils its own sequence and no other, not even one that gets its pages. */
static void test_not_a_number(void)
{
	const char *dir = folder_copy("qwen3_moe_renorm");
	struct buf w;
	struct model *clean = open_or_die(golden("qwen3_moe_renorm"), false), *m;
	struct tensors t = TENSORS_INIT;
	struct err err = ERR_INIT;
	const struct tensor *embed;
	struct engine_row row[60];
	int32_t token[20];
	float *want;
	struct engine *e;
	int a, b, spoilt = 0;

	for (int i = 1; i <= 3; i++) {
		char name[60];

		snprintf(name, sizeof(name), "model-%05d-of-00003.safetensors", i);
		w = file_bytes(dir, name);
		CHECK(tensors_add(&t, STR("shard"), buf_str(&w), &err) == 0 && tensors_sort(&t, &err) == 0);
		embed = tensors_find(&t, "model.embed_tokens.weight");
		if (embed) /* token 5's row, all bits set */
			memset(w.s + ((const char *)embed->data - w.s) + 5 * 32 * 2, 0xff, 32 * 2);
		file_put(dir, name, buf_str(&w));
		tensors_release(&t);
		buf_release(&w);
	}
	m = open_or_die(dir, false);
	e = engine_or_die(m, 2, 96);
	for (int i = 0; i < 20; i++)
		token[i] = i + 6;
	want = logits_of(clean, token, 20, 20, 1);
	a = engine_seq_new(e);
	for (int again = 0; again < 2; again++) {
		b = engine_seq_new(e);
		for (int i = 0; i < 20; i++) {
			row[i] = (struct engine_row){ again ? token[i] : 5, again ? b : a, true };
			row[20 + i] = (struct engine_row){ token[i], b, true };
		}
		step_or_die(e, row, again ? 20 : 40);
		for (int i = 0; i < 20; i++) {
			spoilt += !again && isnan(engine_logits(e, i)[7]);
			CHECK(memcmp(engine_logits(e, again ? i : 20 + i), want + i * 80, 80 * sizeof(float)) == 0);
		}
		engine_seq_free(e, b);
		if (!again)
			engine_seq_free(e, a);
	}
	CHECK_EQ(spoilt, 20);
	free(want);
	engine_free(e);
	model_free(m);
	model_free(clean);
}

/* ---- what a folder says of itself ---- */

static void test_info(void)
{
	struct model *m = open_or_die(golden("qwen3_moe_mixed"), false);
	const struct model_info *i = model_info(m);

	CHECK_STR(str_of(i->name), "qwen3_moe_mixed");
	CHECK_STR(str_of(i->model_type), "qwen3_moe");
	CHECK_EQ(i->vocab, 80);
	CHECK_EQ(i->max_positions, 128);
	CHECK_EQ(i->bos, 1);
	CHECK_EQ(i->eos_count, 2);
	CHECK_EQ(i->eos[0], 2);
	CHECK_EQ(i->eos[1], 3);
	CHECK_F64(i->temperature, 0.75);
	CHECK_F64(i->top_p, 0.9);
	CHECK_F64(i->min_p, 0);
	CHECK_EQ(i->top_k, 20);
	/* 2 of 3 layers: attention 9216 + norms 112, 8 experts of 2304 and a router of 256; one dense of 3840; embedding 2560 + 32 */
	CHECK_EQ(i->params_total, 3 * (9216 + 112) + 2 * (8 * 2304 + 256) + 3840 + 2592);
	CHECK_EQ(i->params_active, 3 * (9216 + 112) + 2 * (3 * 2304 + 256) + 3840 + 2592);
	CHECK_EQ(strlen(i->weight_hash), 16);
	model_free(m);
}

/* One bit of one weight changes the hash; how tensors are spread over files does not. */
static void test_hash(void)
{
	struct model *a = open_or_die(golden("llama_tied"), false), *b;
	const char *dir = folder_copy("llama_tied");
	struct buf w = file_bytes(dir, "model.safetensors");

	w.s[w.n - 1] ^= 1;
	file_put(dir, "model.safetensors", buf_str(&w));
	b = open_or_die(dir, false);
	CHECK(strcmp(model_info(a)->weight_hash, model_info(b)->weight_hash) != 0);
	model_free(b);
	dir = folder_copy("llama_tied");
	rename(strcat(strcpy((char[300]){ 0 }, dir), "/model.safetensors"), strcat(strcpy((char[300]){ 0 }, dir), "/all.safetensors"));
	{
		struct buf index = BUF_INIT;
		struct err err = ERR_INIT;
		struct tensors t = TENSORS_INIT;

		w.s[w.n - 1] ^= 1;
		if (tensors_add(&t, STR("x"), buf_str(&w), &err) == 0) {
			json_open(&index, '{');
			json_key(&index, "weight_map");
			json_open(&index, '{');
			for (size_t i = 0; i < t.n; i++) {
				json_key_str(&index, t.all[i].name);
				json_add_z(&index, "all.safetensors");
			}
			json_close(&index, '}');
			json_close(&index, '}');
			file_put(dir, "model.safetensors.index.json", buf_str(&index));
		}
		tensors_release(&t);
		buf_release(&index);
	}
	b = open_or_die(dir, false);
	CHECK(strcmp(model_info(a)->weight_hash, model_info(b)->weight_hash) == 0);
	model_free(a);
	model_free(b);
	buf_release(&w);
}

/* ---- damaged folders ---- */

static void wrong(const char *dir, const char *why)
{
	struct err err = ERR_INIT;
	struct model *m = model_open(dir, &(struct model_options){ .threads = 1 }, &err);

	check_in("%s", why);
	if (!CHECK(m == NULL) || !CHECK(strstr(err.msg, why) != NULL) || !CHECK(strchr(err.msg, '\n') == NULL))
		fprintf(stderr, "said: %s\n", err.msg);
	check_in("%s", "");
	model_free(m);
}

static void config_wrong(const char *fixture, const char *from, const char *to, const char *why)
{
	const char *dir = folder_copy(fixture);

	file_edit(dir, "config.json", from, to);
	wrong(dir, why);
}

static void test_bad_configs(void)
{
	static const char *const moe = "qwen3_moe_renorm", *const llama = "llama_bias";

	config_wrong(moe, "\"qwen3_moe\"", "\"deepseek_v3\"",
		     "config.json: model_type \"deepseek_v3\" is not supported (llama, qwen2, qwen3, qwen2_moe, qwen3_moe, olmoe, mixtral, minimax_m2, minimax, "
		     "minimax_text_01, minimax_m1 are)");
	config_wrong(moe, "\"model_type\"", "\"model_kind\"", "model_type is missing");
	config_wrong(moe, "\"hidden_size\"", "\"hidden\"", "hidden_size is missing");
	config_wrong(moe, "\"hidden_size\": 32", "\"hidden_size\": 33", "tensor model.embed_tokens.weight has shape [80, 32], config.json asks for [80, 33]");
	config_wrong(moe, "\"hidden_size\": 32", "\"hidden_size\": -1", "hidden_size is not a whole number");
	config_wrong(moe, "\"hidden_size\": 32", "\"hidden_size\": 3.5", "hidden_size is not a whole number");
	config_wrong(moe, "\"vocab_size\": 80", "\"vocab_size\": 99999999999999999999", "vocab_size is not a whole number");
	config_wrong(moe, "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", "model.layers.2.input_layernorm.weight is missing");
	config_wrong(moe, "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 2000", "num_hidden_layers is not");
	config_wrong(moe, "\"num_local_experts\": 8", "\"num_local_experts\": 9", "mlp.experts.8.gate_proj.weight is missing");
	config_wrong(moe, "\"num_experts_per_tok\": 3", "\"num_experts_per_tok\": 9", "more than there are experts");
	config_wrong(moe, "\"moe_intermediate_size\": 24", "\"moe_intermediate_size\": 1048576", "config.json asks for [1048576, 32]");
	config_wrong(moe, "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3", "not a multiple");
	config_wrong(moe, "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 4", "k_proj.weight has shape [48, 32]");
	config_wrong(moe, "\"head_dim\": 24", "\"head_dim\": 23", "rotary dimension must be even");
	config_wrong(moe, "\"mlp_only_layers\": []", "\"mlp_only_layers\": [0]", "model.layers.0.mlp.gate_proj.weight is missing");
	config_wrong(moe, "\"mlp_only_layers\": []", "\"mlp_only_layers\": [\"x\"]", "not a layer number");
	config_wrong(moe, "\"rope_type\": \"default\"", "\"rope_type\": \"longrope\"", "rope_type \"longrope\" is not supported (default, linear, llama3, yarn are)");
	config_wrong(moe, "\"rope_parameters\"", "\"rope_theta\": 7, \"rope_parameters\"", "rope_theta is given twice");
	config_wrong(llama, "\"factor\": 4.0,", "", "rope factor is missing");
	config_wrong(llama, "\"high_freq_factor\": 4.0", "\"high_freq_factor\": 0.5", "llama3");
	config_wrong(llama, "\"hidden_act\": \"silu\"", "\"hidden_act\": \"gelu\"", "hidden_act");
	config_wrong(llama, "\"mlp_bias\": false", "\"mlp_bias\": true", "mlp_bias is not supported");
	config_wrong(llama, "\"mlp_bias\": false", "\"quantization_config\": {}", "no other quant_method than \"fp8\"");
	config_wrong("qwen3", "\"use_sliding_window\": false", "\"use_sliding_window\": true", "use_sliding_window is not supported");
	config_wrong(llama, "\"mlp_bias\": false", "\"rotary_dim\": 25", "rotary_dim is not a whole number of 2 to 24");
	config_wrong(llama, "\"mlp_bias\": false", "\"rotary_dim\": 12, \"partial_rotary_factor\": 0.25", "contradict each other");
	config_wrong(llama, "\"mlp_bias\": false", "\"quantization_config\": { \"quant_method\": \"fp8\", \"weight_block_size\": null }",
		     "weight_block_size is not a list of two sizes");
	config_wrong(llama, "\"mlp_bias\": false", "\"quantization_config\": { \"quant_method\": \"fp8\", \"weight_block_size\": [0, 128] }",
		     "weight_block_size is not a list of two sizes");
	config_wrong("mixtral", "\"sliding_window\": null", "\"sliding_window\": 16", "sliding_window is not supported");
	config_wrong("mixtral", "\"num_local_experts\": 4", "\"num_local_experts\": [4, 2]", "differs from layer to layer");
	config_wrong("mixtral", "\"num_local_experts\": 4", "\"num_local_experts\": 5", "block_sparse_moe.experts.4.w1.weight is missing");
	config_wrong("qwen2_moe", "\"shared_expert_intermediate_size\": 40", "\"shared_expert_intermediate_size\": 41", "shared_expert.gate_proj.weight has shape");
	config_wrong("qwen2_moe", "\"shared_expert_intermediate_size\": 40,", "", "shared_expert_intermediate_size is missing");
	config_wrong("qwen2", "\"model_type\": \"qwen2\"", "\"model_type\": \"qwen3\", \"head_dim\": 8", "self_attn.q_norm.weight is missing");
	config_wrong("olmoe_clip", "\"model_type\": \"olmoe\"", "\"model_type\": \"qwen3_moe\", \"moe_intermediate_size\": 16",
		     "self_attn.q_norm.weight has shape [32], config.json asks for [8]");
	config_wrong("minimax_m2", "\"model_type\"", "\"scoring_func\": \"softmax\", \"model_type\"", "scoring_func other than \"sigmoid\"");
	config_wrong("minimax_m2", "\"model_type\"", "\"qk_norm_type\": \"head\", \"model_type\"", "qk_norm_type other than \"per_layer\"");
	config_wrong("minimax_m2", "\"model_type\"", "\"attn_type_list\": [0], \"model_type\"", "attn_type_list other than");
	config_wrong("minimax_m2", "\"model_type\"", "\"shared_intermediate_size\": 8, \"model_type\"", "shared_intermediate_size other than 0");
	config_wrong("minimax_m2_fp8", "\"quantization_config\"", "\"quantisation\"", "F8_E4M3 without a quantization_config");
	config_wrong("minimax_m2_fp8", "16,\n      24", "16,\n      16", "weight_scale_inv has shape");
	config_wrong("minimax", "\"layer_types\"", "\"types\"", "layer_types is missing");
	config_wrong("minimax", "\"linear_attention\"", "\"sliding_attention\"", "holds another kind");
	config_wrong("minimax", "\"linear_attention\",", "", "layer_types is not one for each layer");
	config_wrong("minimax_text_01", "\"attn_type_list\": [\n    0", "\"attn_type_list\": [\n    2", "holds another kind");
	config_wrong("qwen3", "\"full_attention\"", "\"sliding_attention\"", "layer_types");
	config_wrong("llama_tied", "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false", "tensor lm_head.weight is missing");
	config_wrong(moe, "{", "[", "config.json: ");
	config_wrong(moe, "\"vocab_size\": 80", "\"vocab_size\": 80,", "config.json: ");
}

/* The header's text changes, its length is kept. */
static void header_wrong(const char *from, const char *to, const char *why)
{
	const char *dir = folder_copy("llama_tied");

	if (strlen(from) != strlen(to))
		abort();
	file_edit(dir, "model.safetensors", from, to);
	wrong(dir, why);
}

static void size_wrong(size_t keep, uint64_t header, const char *why)
{
	const char *dir = folder_copy("llama_tied");
	struct buf w = file_bytes(dir, "model.safetensors");

	for (int i = 0; header && i < 8; i++)
		w.s[i] = (char)(header >> 8 * i);
	file_put(dir, "model.safetensors", str_sub(buf_str(&w), 0, keep < w.n ? keep : w.n));
	buf_release(&w);
	wrong(dir, why);
}

static void test_bad_files(void)
{
	const char *dir = folder_copy("llama_tied");
	char path[300];

	wrong("/nowhere/at/all", "/nowhere/at/all/config.json: No such file");
	snprintf(path, sizeof(path), "%s/model.safetensors", dir);
	unlink(path);
	wrong(dir, "neither model.safetensors nor model.safetensors.index.json");
	mkdir(path, 0777);
	wrong(dir, "not a safetensors file");
	rmdir(path);
	snprintf(path, sizeof(path), "%s/config.json", dir);
	unlink(path);
	wrong(dir, "config.json: No such file");
	file_put(dir, "config.json", STR(""));
	wrong(dir, "config.json: ");

	size_wrong(0, 0, "not a safetensors file");
	size_wrong(7, 0, "not a safetensors file");
	size_wrong(8, 0, "truncated");
	size_wrong(500, 0, "truncated");
	size_wrong(20000, 0, "past the end of the file (truncated? copy it again)");
	size_wrong((size_t)-1, UINT64_MAX, "truncated");
	size_wrong((size_t)-1, 1 << 20, "truncated");
	size_wrong((size_t)-1, 1, "header: ");
	header_wrong("model.norm.weight", "model.morn.weight", "tensor model.norm.weight is missing");
	header_wrong("\"F32\"", "\"I32\"", "dtype I32 is not supported");
	header_wrong("\"F32\"", "\"X32\"", "unknown dtype");
	header_wrong("\"shape\":[83,40]", "\"shape\":[40,83]", "has shape [40, 83], config.json asks for [83, 40]");
	header_wrong("\"shape\":[83,40]", "\"shape\":[83,41]", "its shape and dtype need");
	header_wrong("\"shape\":[83,40]", "\"shape\":[83;40]", "header: ");
	header_wrong("\"shape\":[83,40]", "\"shape\":[83,-4]", "missing or malformed");
	header_wrong("\"shape\"", "\"shapf\"", "missing or malformed");
	header_wrong("\"data_offsets\":[0,", "\"data_offsets\":[4,", "its shape and dtype need");
	header_wrong("k_proj.weight", "q_proj.weight", "self_attn.q_proj.weight is there twice");
}

/* Two tensors over the same bytes; bytes that none owns. */
static void test_bad_tiling(void)
{
	static const struct {
		const char *head, *why;
		size_t data;
	} bad[] = {
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
		  "overlaps another", 12 },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", "belong to none", 12 },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "4 bytes after the last tensor", 12 },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4],\"data_offsets\":[0,0]}}", "overflows", 0 },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", "malformed", 4 },
		{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", "past the end", 4 },
		{ "{\"a\":1}", "malformed", 0 },
		{ "[]", "not an object", 0 },
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct buf b = BUF_INIT;
		struct err err = ERR_INIT;
		struct tensors t = TENSORS_INIT;
		char room[16] = { 0 };

		for (int k = 0; k < 8; k++)
			buf_addc(&b, (char)(strlen(bad[i].head) >> 8 * k));
		buf_addz(&b, bad[i].head);
		buf_add(&b, (struct str){ room, bad[i].data });
		check_in("%s", bad[i].why);
		if (!CHECK(tensors_add(&t, STR("x"), buf_str(&b), &err) < 0) || !CHECK(strstr(err.msg, bad[i].why) != NULL))
			fprintf(stderr, "said: %s\n", err.msg);
		tensors_release(&t);
		buf_release(&b);
	}
	check_in("%s", "");
}

static void test_bad_shards(void)
{
	const char *dir = folder_copy("qwen3_moe_renorm");
	char path[300];

	snprintf(path, sizeof(path), "%s/model-00002-of-00003.safetensors", dir);
	unlink(path);
	wrong(dir, "model-00002-of-00003.safetensors: No such file");
	dir = folder_copy("qwen3_moe_renorm");
	file_edit(dir, "model.safetensors.index.json", "model-00001-of", "../../1-of");
	wrong(dir, "not a file name");
	dir = folder_copy("qwen3_moe_renorm");
	file_edit(dir, "model.safetensors.index.json", "\"weight_map\"", "\"weight_mop\"");
	wrong(dir, "no weight_map");
	dir = folder_copy("qwen3_moe_renorm");
	file_edit(dir, "model.safetensors.index.json", "model.norm.weight", "model.norn.weight");
	wrong(dir, "tensor model.norn.weight is not in");
	dir = folder_copy("qwen3_moe_renorm");
	file_edit(dir, "model.safetensors.index.json", "\"lm_head.weight\": \"model-00001", "\"lm_head.weight\": \"model-00002");
	wrong(dir, "tensor lm_head.weight is not in model-00002");
}

static void test_bad_isa(void)
{
	struct err err = ERR_INIT;

	setenv("ENGINE_ISA", "z80", 1);
	CHECK(model_open(golden("qwen3"), &(struct model_options){ 0 }, &err) == NULL);
	CHECK(strstr(err.msg, "z80") != NULL);
	unsetenv("ENGINE_ISA");
}

/* The same bits with each instruction set that this machine has, its best one (NULL) first. */
static void test_sets(void)
{
	static const char *const isa[] = { NULL, "avx512bf16", "avx2", "plain" };
	struct tiny t = TINY_SMALL;

	t.max_positions = 512;
	t.heads = 6; /* groups of three */
	for (size_t i = 0; i < COUNT(isa); i++) {
		const char *dir = tiny_dir(&t, "long");
		struct err err = ERR_INIT;
		struct model *m;

		if (isa[i])
			setenv("ENGINE_ISA", isa[i], 1);
		m = model_open(dir, &(struct model_options){ .threads = 2 }, &err);
		CHECK(m || (isa[i] && strstr(err.msg, "this machine has no")));
		if (m)
			(isa[i] ? test_batches : test_chunks)(m);
		model_free(m);
	}
	unsetenv("ENGINE_ISA");
}

int main(void)
{
	struct model *m;

	help_begin();
	m = open_or_die(tiny_dir(&TINY_SMALL, "small"), false);
	test_batches(m);
	test_forks(m);
	test_refusals(m);
	test_handles(m);
	model_free(m);
	test_sets();
	{
		const char *dir = folder_copy("minimax");

		file_edit(dir, "config.json", "\"max_position_embeddings\": 128", "\"max_position_embeddings\": 512");
		m = open_or_die(dir, false);
		test_states(m);
		test_batches(m);
		test_forks(m);
		test_chunks(m);
		model_free(m);
	}
	m = open_or_die(golden("qwen2_moe"), false); /* two MLPs in one layer */
	test_batches(m);
	test_forks(m);
	model_free(m);
	test_not_a_number();
	test_info();
	test_hash();
	test_bad_configs();
	test_bad_files();
	test_bad_tiling();
	test_bad_shards();
	test_bad_isa();
	return help_end();
}
