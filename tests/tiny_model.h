/*
 * tiny_model.h - a model folder of random weights, for tests and benches that need a shape and not a meaning.
 *
 *	struct tiny t = TINY_EMBEDDED;		// the shape of models/tiny
 *	tiny_write("/tmp/x", &t, 7);		// 0, or -1 and errno
 */
#ifndef QUARRY_TESTS_TINY_MODEL_H
#define QUARRY_TESTS_TINY_MODEL_H

#include "base/buf.h"
#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct tiny {
	int vocab, dim, layers, heads, kv_heads, head_dim, inner;
	int experts, top_k; /* 0, 0: a dense qwen3 */
	bool copies;        /* every expert is the same */
	bool tied;
	int max_positions;
	bool hybrid;        /* a minimax: every second layer is lightning attention, the first too */
};

#define TINY_EMBEDDED ((struct tiny){ 2048, 192, 6, 6, 2, 32, 256, 8, 2, false, true, 1024, false })
#define TINY_SMALL ((struct tiny){ 96, 32, 2, 4, 2, 16, 48, 4, 2, false, false, 256, false })

struct tiny_writer {
	struct buf head, data;
	uint64_t seed;
};

/* Normal with deviation s, as bf16; the same for the same name and seed. */
static void tiny_tensor(struct tiny_writer *w, const char *name, int d0, int d1, double mean, double s, const char *draw_as)
{
	size_t begin = w->data.n, n = (size_t)d0 * (size_t)(d1 ? d1 : 1);
	struct rng r;

	rng_init(&r, w->seed, draw_as ? draw_as : name);
	for (size_t i = 0; i < n; i++) {
		double u = 1 - rng_unit(&r), v = rng_unit(&r);
		float f = (float)(mean + s * sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
		uint32_t bits;

		memcpy(&bits, &f, 4);
		bits += 0x8000;
		buf_addc(&w->data, (char)(bits >> 16));
		buf_addc(&w->data, (char)(bits >> 24));
	}
	buf_addf(&w->head, "%s\"%s\":{\"dtype\":\"BF16\",\"shape\":[%d", w->head.n > 1 ? "," : "", name, d0);
	if (d1)
		buf_addf(&w->head, ",%d", d1);
	buf_addf(&w->head, "],\"data_offsets\":[%zu,%zu]}", begin, w->data.n);
}

static void tiny_mlp(struct tiny_writer *w, const struct tiny *t, int l, int e, double s)
{
	static const char *const part[] = { "gate", "up", "down" }, *const w123[] = { "w1", "w3", "w2" };
	char name[120], as[120];

	for (int i = 0; i < 3; i++) {
		/* drawn by a name without the expert's number where all are to be the same */
		snprintf(as, sizeof(as), "layer %d %s", l, part[i]);
		if (t->hybrid)
			snprintf(name, sizeof(name), "model.layers.%d.block_sparse_moe.experts.%d.%s.weight", l, e, w123[i]);
		else if (t->experts)
			snprintf(name, sizeof(name), "model.layers.%d.mlp.experts.%d.%s_proj.weight", l, e, part[i]);
		else
			snprintf(name, sizeof(name), "model.layers.%d.mlp.%s_proj.weight", l, part[i]);
		tiny_tensor(w, name, i == 2 ? t->dim : t->inner, i == 2 ? t->inner : t->dim, 0,
			    i == 2 ? s / sqrt(t->inner) : s / sqrt(t->dim), t->copies || !t->experts ? as : NULL);
	}
}

static void tiny_tensors(struct tiny_writer *w, const struct tiny *t)
{
	double s = 1 / sqrt(t->dim);
	char name[120];

	tiny_tensor(w, "model.embed_tokens.weight", t->vocab, t->dim, 0, t->tied ? s : 1, NULL);
	if (!t->tied)
		tiny_tensor(w, "lm_head.weight", t->vocab, t->dim, 0, s, NULL);
	tiny_tensor(w, "model.norm.weight", t->dim, 0, 1, 0.1, NULL);
	for (int l = 0; l < t->layers; l++) {
		int all_heads = t->heads * t->head_dim;
		bool lightning = t->hybrid && l % 2 == 0, norms = !t->hybrid;
		const struct { const char *name; int d0, d1; double mean, dev; bool here; } all[] = {
			{ "input_layernorm", t->dim, 0, 1, 0.1, true },
			{ "post_attention_layernorm", t->dim, 0, 1, 0.1, true },
			{ "self_attn.q_norm", t->head_dim, 0, 1, 0.1, norms },
			{ "self_attn.k_norm", t->head_dim, 0, 1, 0.1, norms },
			{ "self_attn.q_proj", all_heads, t->dim, 0, s, !lightning },
			{ "self_attn.k_proj", t->kv_heads * t->head_dim, t->dim, 0, s, !lightning },
			{ "self_attn.v_proj", t->kv_heads * t->head_dim, t->dim, 0, s, !lightning },
			{ "self_attn.o_proj", t->dim, all_heads, 0, 1 / sqrt(all_heads), !lightning },
			{ "self_attn.qkv_proj", 3 * all_heads, t->dim, 0, s, lightning },
			{ "self_attn.output_gate", all_heads, t->dim, 0, s, lightning },
			{ "self_attn.norm", all_heads, 0, 1, 0.1, lightning },
			{ "self_attn.out_proj", t->dim, all_heads, 0, 1 / sqrt(all_heads), lightning },
		};

		for (size_t i = 0; i < COUNT(all); i++) {
			if (!all[i].here)
				continue;
			snprintf(name, sizeof(name), "model.layers.%d.%s.weight", l, all[i].name);
			tiny_tensor(w, name, all[i].d0, all[i].d1, all[i].mean, all[i].dev, NULL);
		}
		for (int e = 0; e < (t->experts ? t->experts : 1); e++)
			tiny_mlp(w, t, l, e, 1);
		snprintf(name, sizeof(name), "model.layers.%d.%s.gate.weight", l, t->hybrid ? "block_sparse_moe" : "mlp");
		if (t->experts)
			tiny_tensor(w, name, t->experts, t->dim, 0, 2 * s, NULL);
	}
}

static int tiny_file(const char *dir, const char *name, struct str head, struct str data)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (!f)
		return -1;
	if (fwrite(head.s, 1, head.n, f) != head.n || fwrite(data.s, 1, data.n, f) != data.n) {
		fclose(f);
		return -1;
	}
	return fclose(f);
}

__attribute__((unused)) static int tiny_write(const char *dir, const struct tiny *t, uint64_t seed)
{
	struct tiny_writer w = { .seed = seed };
	struct buf config = BUF_INIT, head = BUF_INIT;
	int rc;

	mkdir(dir, 0777);
	buf_addf(&config,
		 "{\"model_type\":\"%s\",\"vocab_size\":%d,\"hidden_size\":%d,\"num_hidden_layers\":%d,"
		 "\"num_attention_heads\":%d,\"num_key_value_heads\":%d,\"head_dim\":%d,\"max_position_embeddings\":%d,"
		 "\"intermediate_size\":%d,\"tie_word_embeddings\":%s,\"rms_norm_eps\":1e-6,\"eos_token_id\":0,",
		 t->hybrid ? "minimax" : t->experts ? "qwen3_moe" : "qwen3", t->vocab, t->dim, t->layers, t->heads, t->kv_heads, t->head_dim,
		 t->max_positions, t->inner, t->tied ? "true" : "false");
	if (t->experts)
		buf_addf(&config, "\"num_experts\":%d,\"num_experts_per_tok\":%d,\"moe_intermediate_size\":%d,"
			 "\"norm_topk_prob\":true,", t->experts, t->top_k, t->inner);
	for (int l = 0; t->hybrid && l < t->layers; l++)
		buf_addf(&config, "%s\"%s_attention\"%s", l ? "," : "\"layer_types\":[", l % 2 ? "full" : "linear", l == t->layers - 1 ? "]," : "");
	buf_addz(&config, "\"rope_theta\":10000.0}\n");
	buf_addc(&w.head, '{');
	tiny_tensors(&w, t);
	buf_addc(&w.head, '}');
	while (w.head.n % 8)
		buf_addc(&w.head, ' ');
	for (int i = 0; i < 8; i++)
		buf_addc(&head, (char)((uint64_t)w.head.n >> 8 * i));
	buf_add(&head, buf_str(&w.head));
	rc = w.head.failed || w.data.failed || config.failed || head.failed ? -1 : 0;
	if (rc == 0)
		rc = tiny_file(dir, "config.json", buf_str(&config), STR(""));
	if (rc == 0)
		rc = tiny_file(dir, "model.safetensors", buf_str(&head), buf_str(&w.data));
	buf_release(&config);
	buf_release(&head);
	buf_release(&w.head);
	buf_release(&w.data);
	return rc;
}

#endif
