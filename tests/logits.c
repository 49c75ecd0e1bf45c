/*
 * logits.c - what a model says, for tests in other languages: logits DIR fp32|bf16 N ID... writes the logits after each of the IDs,
 * (ids, vocab) of fp32, and then the N tokens that are likeliest one after the other, as int32.
 */
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int32_t best(const float *logits, int n)
{
	int b = 0;

	for (int i = 1; i < n; i++)
		b = logits[i] > logits[b] ? i : b;
	return b;
}

static int said(const char *what)
{
	fprintf(stderr, "logits: %s\n", what);
	return 1;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	struct model *m;
	struct engine *e;
	size_t vocab;
	int seq, last = argc > 3 ? atoi(argv[3]) : 0;

	if (argc < 5)
		return said("logits DIR fp32|bf16 N ID...");
	m = model_open(argv[1], &(struct model_options){ .fp32 = strcmp(argv[2], "fp32") == 0 }, &err);
	e = m ? engine_new(m, &(struct engine_options){ .kv_tokens = (size_t)(argc + last) }, &err) : NULL;
	if (!e)
		return said(err.msg);
	vocab = (size_t)model_info(m)->vocab;
	seq = engine_seq_new(e);
	for (int i = 4; i < argc + last; i++) {
		struct engine_row row = { i < argc ? atoi(argv[i]) : best(engine_logits(e, 0), (int)vocab), seq, true };

		if (i >= argc)
			fwrite(&row.token, sizeof(row.token), 1, stdout);
		if (engine_step(e, &row, 1, &err) < 0)
			return said(err.msg);
		if (i < argc)
			fwrite(engine_logits(e, 0), sizeof(float), vocab, stdout);
	}
	engine_free(e);
	model_free(m);
	return fflush(stdout) ? said("standard output") : 0;
}
