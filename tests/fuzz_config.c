/* fuzz_config.c - any bytes as config.json, and what follows a NUL as generation_config.json: what is accepted is in range. */
#include "engine/config.h"
#include "tests/fuzz.h"

#include <math.h>

extern const char fuzz_seeds[];
const char fuzz_seeds[] = "config.json"; /* generation_config.json too */

static void check(const struct config *c)
{
	static double freq[1024];
	struct buf text = BUF_INIT;

	FUZZ_CHECK(c->vocab > 0 && c->dim > 0 && c->layers > 0 && c->layers <= CONFIG_LAYERS);
	FUZZ_CHECK(c->heads > 0 && c->kv_heads > 0 && c->heads % c->kv_heads == 0);
	FUZZ_CHECK(c->head_dim >= 2 && c->head_dim <= 1024);
	FUZZ_CHECK(c->rotary_dim >= 2 && c->rotary_dim <= c->head_dim && c->rotary_dim % 2 == 0);
	FUZZ_CHECK(c->max_positions > 0);
	FUZZ_CHECK((c->fp8_rows > 0) == (c->fp8_columns > 0));
	FUZZ_CHECK(isfinite(c->mlp_alpha) && isfinite(c->mlp_beta) && isfinite(c->rope_attention) && c->clip >= 0 && c->shared_inner >= 0);
	for (int l = 0; l < c->layers; l++)
		FUZZ_CHECK(c->mixer[l] == MIXER_SOFTMAX || (c->mixer[l] == MIXER_LIGHTNING && isfinite(c->attn_alpha[1]) && isfinite(c->attn_beta[1])));
	for (int l = 0; l < c->layers; l++)
		FUZZ_CHECK(c->moe[l] ? c->experts > 0 && c->top_k > 0 && c->top_k <= c->experts && c->expert_inner > 0 : c->dense_inner > 0);
	FUZZ_CHECK(c->eos_count >= 0 && c->eos_count <= CONFIG_EOS);
	for (int i = 0; i < c->eos_count; i++)
		FUZZ_CHECK(c->eos[i] >= 0 && c->eos[i] < c->vocab);
	FUZZ_CHECK(c->bos >= -1 && c->bos < c->vocab);
	FUZZ_CHECK(c->temperature >= 0 && c->top_p >= 0 && c->top_p <= 1 && c->min_p >= 0 && c->min_p <= 1 && c->top_k_sampling >= 0);
	config_rope(c, freq);
	for (int i = 0; i < c->rotary_dim / 2; i++)
		FUZZ_CHECK(isfinite(freq[i]));
	config_text(c, &text);
	FUZZ_CHECK(text.n && !text.failed);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = { (const char *)data, size };
	ptrdiff_t nul = str_chr(all, 0);
	size_t n = nul < 0 ? size : (size_t)nul;
	char *config = fuzz_copy(str_sub(all, 0, n), 0), *generation = fuzz_copy(str_from(all, n + (nul >= 0)), 0);
	struct err err = ERR_INIT;
	static struct config c;

	if (config_read(&c, (struct str){ config, n }, &err) < 0) {
		FUZZ_CHECK(err.msg[0]);
	} else {
		check(&c);
		if (config_read_generation(&c, (struct str){ generation, size - n - (nul >= 0) }, &err) == 0)
			check(&c);
	}
	free(config);
	free(generation);
	return 0;
}
