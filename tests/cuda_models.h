/*
 * cuda_models.h - whole models through a GPU's table: against golden logits, and the same bits however a batch is cut. What tests/gpu asks of a GPU, and
 * test_cuda of the CPU that stands in for one.
 */
#ifndef QUARRY_TESTS_CUDA_MODELS_H
#define QUARRY_TESTS_CUDA_MODELS_H

#include "tests/golden.h"

HELP struct model *open_on(const struct backend *be, const char *dir, bool fp32, bool eight_bits)
{
	struct err err = ERR_INIT;
	struct model *m =
		model_open(dir, &(struct model_options){ .fp32 = fp32, .threads = 2, .eight_bits = eight_bits, .backend = be }, &err);

	if (!m) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
	return m;
}

/*
 * In fp32 within `exact`. In bf16 activations are rounded too where products take them, which now and then turns a near tie of experts: no
 * prompt further than 4e-3 nat from transformers, 1e-3 at the mean.
 */
HELP void models_golden(const struct backend *be, double exact)
{
	bool all = getenv("QUARRY_LONG") != NULL;
	double sum = 0;

	for (int f = 0; f < fixtures; f++) {
		struct expected x;

		expected_open(&x, fixture[f]);
		for (int fp32 = 1; fp32 >= 0; fp32--) {
			struct model *m = open_on(be, golden(fixture[f]), fp32, false);

			check_in("%s, %s", fixture[f], fp32 ? "fp32" : "bf16");
			for (int i = all ? 0 : fp32 ? 2 : 1; i < 3; i++) {
				double d = prompt_off(m, &x, i);

				sum += fp32 ? 0 : d;
				if (!CHECK(d <= (fp32 ? exact : 4e-3)))
					fprintf(stderr, "prompt %d: off by %g\n", i, d);
			}
			model_free(m);
		}
		expected_release(&x);
	}
	check_in("%s", "");
	CHECK(sum / ((all ? 3 : 2) * fixtures) < 1e-3);
}

/* Models whose products are dense in part or all, in bf16: whoever multiplies. */
HELP void models_dense(const struct backend *be)
{
	static const char *const some[] = { "qwen2", "llama_bias", "olmoe_clip" };

	for (int f = 0; f < 3; f++) {
		struct expected x;
		struct model *m = open_on(be, golden(some[f]), false, false);

		check_in("%s, dense products", some[f]);
		expected_open(&x, some[f]);
		for (int i = 0; i < 3; i++)
			CHECK(prompt_off(m, &x, i) <= 4e-3);
		expected_release(&x);
		model_free(m);
	}
	check_in("%s", "");
}

/* Logits of `samples` that share a prompt of `prompt` tokens, after each of 5 steps of their own; `apart`: one sequence at a time. */
HELP float *samples_run(const struct model *m, int prompt, int samples, int chunk, bool apart)
{
	size_t vocab = (size_t)model_info(m)->vocab;
	struct engine *e = engine_or_die(m, 1, 4096);
	float *out = calloc((size_t)samples * 5 * vocab, sizeof(*out));
	int first = engine_seq_new(e), seq[8];
	struct engine_row row[600];
	int32_t token[600];

	tokens_draw(token, prompt, (int)vocab, 5);
	for (int at = 0; at < prompt; at += chunk) {
		int n = prompt - at < chunk ? prompt - at : chunk;

		for (int i = 0; i < n; i++)
			row[i] = (struct engine_row){ token[at + i], first, false };
		step_or_die(e, row, n);
	}
	for (int s = 0; s < samples; s++)
		seq[s] = engine_seq_fork(e, first);
	for (int from = 0; from < samples; from += apart ? 1 : samples)
		for (int step = 0; step < 5; step++) {
			int n = apart ? 1 : samples;

			for (int s = 0; s < n; s++)
				row[s] = (struct engine_row){ (from + s) * 7 % (int)vocab + step, seq[from + s], true };
			step_or_die(e, row, n);
			for (int s = 0; s < n; s++)
				memcpy(out + (size_t)((from + s) * 5 + step) * vocab, engine_logits(e, s), vocab * sizeof(*out));
		}
	engine_free(e);
	return out;
}

/* However a batch is cut, whoever shares a prefix, played from graphs or not, `turned` or not: the same bits. */
HELP void models_same_bits(const struct backend *be, void (*turn)(bool), long (*plays)(void))
{
	struct tiny t = TINY_SMALL;
	struct model *m;
	size_t bytes;
	float *want;

	t.max_positions = 512;
	m = open_on(be, tiny_dir(&t, "bits"), false, false);
	bytes = 6 * 5 * (size_t)model_info(m)->vocab * sizeof(float);
	want = samples_run(m, 270, 6, 100, false);
	for (int how = 0; how < 5; how++) {
		long before = plays ? plays() : 0;
		float *got;

		check_in("way %d", how);
		if (turn)
			turn(how == 1);
		setenv("QUARRY_CUDA_SHARED", how == 2 ? "0" : "1", 1);
		setenv("QUARRY_CUDA_GRAPHS", how == 3 ? "0" : "1", 1);
		got = samples_run(m, 270, 6, how == 4 ? 150 : 100, how == 4);
		CHECK(memcmp(want, got, bytes) == 0);
		CHECK(!plays || (plays() > before) == (how != 3));
		free(got);
	}
	if (turn)
		turn(false);
	unsetenv("QUARRY_CUDA_SHARED");
	unsetenv("QUARRY_CUDA_GRAPHS");
	check_in("%s", "");
	free(want);
	model_free(m);
}

/* Experts in eight bits: near those in sixteen, half as large. */
HELP void models_eight_bits(const struct backend *be)
{
	const char *dir = tiny_dir(&TINY_SMALL, "eight");
	struct model *wide = open_on(be, dir, false, false), *eight = open_on(be, dir, false, true);
	int32_t token[40];
	float *a, *b;
	double d;

	tokens_draw(token, 40, 96, 3);
	a = logits_of(wide, token, 40, 40, 1);
	b = logits_of(eight, token, 40, 40, 1);
	d = divergence(a, b, 40, 96);
	CHECK(!strstr(model_info(wide)->isa, "int8") && strstr(model_info(eight)->isa, "-int8"));
	CHECK(d > 0 && d < 5e-3);
	free(a);
	free(b);
	model_free(wide);
	model_free(eight);
}

#endif
