/*
 * golden.h - the models of tests/fixtures/golden and what transformers says of them: logits of three prompts, and the greedy tokens after each.
 */
#ifndef QUARRY_TESTS_GOLDEN_H
#define QUARRY_TESTS_GOLDEN_H

#include "tests/engine_help.h"

#include <math.h>

enum { FIXTURES = 64, GREEDY = 16 };

static char fixture[FIXTURES][80];
static int fixtures;

HELP int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

HELP void fixtures_find(void)
{
	DIR *d = opendir(golden(""));

	for (struct dirent *f; d && (f = readdir(d)) && fixtures < FIXTURES;)
		if (f->d_name[0] != '.' && strlen(f->d_name) < sizeof(fixture[0]))
			strcpy(fixture[fixtures++], f->d_name);
	if (d)
		closedir(d);
	qsort(fixture, (size_t)fixtures, sizeof(fixture[0]), by_text);
	CHECK_EQ(fixtures, 20);
}

struct expected {
	struct buf bytes;
	struct tensors t;
};

HELP void expected_open(struct expected *x, const char *name)
{
	struct err err = ERR_INIT;

	*x = (struct expected){ .bytes = file_bytes(golden(name), "expected.safetensors") };
	if (tensors_add(&x->t, STR("expected"), buf_str(&x->bytes), &err) < 0 || tensors_sort(&x->t, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
}

HELP void expected_release(struct expected *x)
{
	tensors_release(&x->t);
	buf_release(&x->bytes);
}

/* WHAT.i, copied out (the file's data is not aligned); NULL when there are no so many. */
HELP void *expected_get(const struct expected *x, const char *what, int i, int *n)
{
	char name[32];
	const struct tensor *t;
	void *copy;

	snprintf(name, sizeof(name), "%s.%d", what, i);
	t = tensors_find(&x->t, name);
	if (!t)
		return NULL;
	if (n)
		*n = (int)t->shape[0];
	copy = malloc(t->bytes);
	memcpy(copy, t->data, t->bytes);
	return copy;
}

/* Mean over rows of KL(softmax(a) || softmax(b)). */
HELP double divergence(const float *a, const float *b, int rows, int vocab)
{
	double sum = 0;

	for (int r = 0; r < rows; r++, a += vocab, b += vocab) {
		double za = 0, zb = 0;

		for (int v = 0; v < vocab; v++) {
			za += exp(a[v]);
			zb += exp(b[v]);
		}
		for (int v = 0; v < vocab; v++)
			sum += exp(a[v]) / za * (a[v] - log(za) - b[v] + log(zb));
	}
	return sum / rows;
}

HELP int best(const float *logits, int n)
{
	int b = 0;

	for (int i = 1; i < n; i++)
		b = logits[i] > logits[b] ? i : b;
	return b;
}

/* GREEDY tokens after the prompt, decoded one at a time, are those of transformers. */
HELP void greedy_check(const struct model *m, const int32_t *token, int n, const int32_t *want)
{
	struct engine *e = engine_or_die(m, 1, 256);
	int seq = engine_seq_new(e);

	for (int i = 0; i < n + GREEDY - 1; i++) {
		struct engine_row row = { i < n ? token[i] : want[i - n], seq, i >= n - 1 };

		step_or_die(e, &row, 1);
		if (row.logits)
			CHECK_EQ(best(engine_logits(e, 0), model_info(m)->vocab), want[i - n + 1]);
	}
	engine_free(e);
}

/* How far a prompt's logits are: the largest difference in fp32, the mean divergence in nat in bf16. Greedy tokens are held to in fp32. */
HELP double prompt_off(const struct model *m, const struct expected *x, int i)
{
	int n = 0, vocab = model_info(m)->vocab;
	int32_t *token = expected_get(x, "tokens", i, &n), *greedy = expected_get(x, "greedy", i, NULL);
	float *want = expected_get(x, "logits", i, NULL), *got = logits_of(m, token, n, n, 2);
	double d = model_info(m)->fp32 ? distance(got, want, (size_t)(n * vocab)) : divergence(want, got, n, vocab);

	if (model_info(m)->fp32)
		greedy_check(m, token, n, greedy);
	free(token);
	free(greedy);
	free(want);
	free(got);
	return d;
}

HELP void prompt_check(const struct model *m, const struct expected *x, int i)
{
	double d = prompt_off(m, x, i);

	if (!CHECK(d <= (model_info(m)->fp32 ? 2e-5 : 1e-3)))
		fprintf(stderr, "prompt %d, %s: off by %g\n", i, model_info(m)->fp32 ? "fp32" : "bf16", d);
}

#endif
