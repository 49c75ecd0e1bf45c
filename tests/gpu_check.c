/*
 * gpu_check.c - what tests/gpu asks of a GPU: each operation beside its twin of the CPU, golden logits, the same bits however a batch is cut, the ids
 * of a run of 256 tokens. Without a GPU it says why and ends with 77.
 *
 *	gpu_check falls-back	where there is none: a model asked for on a GPU is refused, one asked for on any machine runs on the CPU after one line
 */
#include "tests/cuda_models.h"
#include "tests/cuda_ops.h"

/* The likeliest token at each of 256 places after what the CPU took: nearly always the same one, and logits near. */
static void long_run(const struct backend *be)
{
	struct tiny shape = TINY_EMBEDDED;
	const char *dir = tiny_dir(&shape, "long");
	struct model *cpu = open_or_die(dir, false), *gpu = open_on(be, dir, false, false);
	struct engine *a = engine_or_die(cpu, 0, 4096), *b = engine_or_die(gpu, 0, 4096);
	int vocab = model_info(cpu)->vocab, sa = engine_seq_new(a), sb = engine_seq_new(b), same = 0, drawn = 0;
	struct draw_how how = { .temperature = 0, .top_p = 1, .size = vocab };
	struct err err = ERR_INIT;
	int32_t token = 7;
	double worst = 0;

	for (int i = 0; i < 256; i++) {
		struct engine_row ra = { token, sa, true }, rb = { token, sb, true };
		struct draw_one draw = { .key = 1, .position = (uint32_t)i, .row = 0 };
		const float *la, *lb;
		double d;

		step_or_die(a, &ra, 1);
		step_or_die(b, &rb, 1);
		la = engine_logits(a, 0);
		lb = engine_logits(b, 0);
		d = distance(la, lb, (size_t)vocab);
		worst = d > worst ? d : worst;
		token = best(la, vocab);
		same += best(lb, vocab) == token;
		CHECK(engine_draw(b, &how, &draw, 1, &err) == 0);
		drawn += draw.id == best(lb, vocab);
	}
	fprintf(stderr, "256 tokens: %d the same, logits off by %.4f at most\n", same, worst);
	CHECK(same >= 250 && worst < 0.15);
	CHECK_EQ(drawn, 256);
	engine_free(a);
	engine_free(b);
	model_free(cpu);
	model_free(gpu);
}

static char heard[700];
static int lines;

static void hear(const char *line)
{
	snprintf(heard, sizeof(heard), "%s", line);
	lines++;
}

static int falls_back(void)
{
	struct err err = ERR_INIT;
	struct model_options opt = { .device = ENGINE_CUDA, .hear = hear };
	struct model *m;

	help_begin();
	CHECK(model_open(golden("mixtral"), &opt, &err) == NULL && strstr(err.msg, "no GPU can be used: ") && !strchr(err.msg, '\n'));
	CHECK_EQ(lines, 0);
	opt.device = ENGINE_AUTO;
	m = model_open(golden("mixtral"), &opt, &err);
	if (CHECK(m != NULL)) {
		CHECK(strncmp(model_info(m)->isa, "cuda", 4) != 0 && err.msg[0] == 0);
		CHECK(lines == 1 && strstr(heard, "no GPU can be used: ") && !strchr(heard, '\n'));
		fprintf(stderr, "%s\n", heard);
	}
	model_free(m);
	opt.device = ENGINE_CPU;
	m = model_open(golden("mixtral"), &opt, &err);
	CHECK(m != NULL && lines == 1);
	model_free(m);
	return help_end();
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	const struct backend *be = backend_cuda(&err);

	if (argc == 2 && strcmp(argv[1], "falls-back") == 0)
		return be ? 77 : falls_back();
	if (!be) {
		fprintf(stderr, "gpu_check: skipped: %s\n", err.msg);
		return 77;
	}
	help_begin();
	fixtures_find();
	ops_check(be);
	models_golden(be, 1e-4);
	models_same_bits(be, NULL, NULL);
	models_eight_bits(be);
	long_run(be);
	return help_end();
}
