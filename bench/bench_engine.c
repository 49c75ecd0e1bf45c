/*
 * bench_engine.c - tokens a second of one model shape, by batch size, and what part of the machine that is.
 *
 *	bench_engine [THREADS [MODEL_DIR]]
 *
 * Without MODEL_DIR: random weights in the shape of models/tiny. The limit is computed: multiply-adds of one token
 * against the rate at which the same kernel multiplies matrices that stay in the nearest cache, measured in this run.
 */
#include "engine/cpu_kernels.h"
#include "engine/engine.h"
#include "tests/tiny_model.h"

#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(getenv("BENCH_CPU") ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static const struct cpu_kernels *kernels_of(const char *isa)
{
#if defined(__x86_64__)
	if (strcmp(isa, "amx") == 0)
		return &cpu_amx;
	if (strcmp(isa, "avx512bf16") == 0)
		return &cpu_avx512bf16;
	if (strcmp(isa, "avx512") == 0)
		return &cpu_avx512;
	if (strcmp(isa, "avx2") == 0)
		return &cpu_avx2;
#endif
	(void)isa;
	return &cpu_plain;
}

/* Multiply-adds a second of one core on 48 rows by 64 outputs by 128. */
static double kernel_rate(const struct cpu_kernels *k)
{
	static float out[48 * 64], x[48 * 128];
	static uint16_t w[64 * 128];
	struct gemm g = { .out = out, .out_stride = 64, .x = x, .x_stride = 128, .rows = 48, .w = w, .panels = 4, .k = 128 };
	double best = 0;

	for (int again = 0; again < 20; again++) {
		double from = now();

		for (int i = 0; i < 500; i++)
			k->gemm(&g);
		from = 500.0 * 48 * 64 * 128 / (now() - from);
		best = from > best ? from : best;
	}
	return best;
}

/* Decode `steps` tokens of `batch` sequences that share a prompt of 64; tokens a second, best of 5. */
static double decode(struct engine *e, int batch, int steps, double *prefill)
{
	struct engine_row row[512];
	double best = 0;
	struct err err;

	for (int again = 0; again < 5; again++) {
		int prompt = engine_seq_new(e), seq[512];
		double from = now();

		for (int i = 0; i < 64; i++)
			row[i] = (struct engine_row){ i * 7 % 90 + 1, prompt, i == 63 };
		engine_step(e, row, 64, &err);
		from = 64 / (now() - from);
		*prefill = from > *prefill ? from : *prefill;
		for (int i = 0; i < batch; i++)
			seq[i] = engine_seq_fork(e, prompt);
		from = now();
		for (int s = 0; s < steps; s++) {
			for (int i = 0; i < batch; i++)
				row[i] = (struct engine_row){ (s * 31 + i * 17) % 90 + 1, seq[i], true };
			if (engine_step(e, row, batch, &err) < 0)
				return 0;
		}
		from = batch * steps / (now() - from);
		best = from > best ? from : best;
		for (int i = 0; i < batch; i++)
			engine_seq_free(e, seq[i]);
		engine_seq_free(e, prompt);
	}
	return best;
}

int main(int argc, char **argv)
{
	static const int batches[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256 };
	int threads = argc > 1 ? atoi(argv[1]) : 0;
	char made[] = "/tmp/bench_engine.XXXXXX";
	const char *dir = argc > 2 ? argv[2] : mkdtemp(made);
	struct err err = ERR_INIT;
	struct model *m;
	struct engine *e;
	double rate, prefill = 0, from;

	if (argc <= 2 && (!dir || tiny_write(dir, &TINY_EMBEDDED, 1) < 0))
		return 1;
	from = now();
	m = model_open(dir, &(struct model_options){ .threads = threads }, &err);
	from = now() - from;
	e = m ? engine_new(m, &(struct engine_options){ .threads = threads }, &err) : NULL;
	if (!e) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	rate = kernel_rate(kernels_of(model_info(m)->isa));
	printf("%s, %.1f M parameters, %.1f M active, loaded in %.0f ms; one core: %.1f GFLOP/s at best\n", model_info(m)->isa,
	       1e-6 * (double)model_info(m)->params_total, 1e-6 * (double)model_info(m)->params_active, 1e3 * from,
	       2e-9 * rate);
	printf("batch  tokens/s  us/token  of one core's limit\n");
	for (size_t i = 0; i < COUNT(batches); i++) {
		double t = decode(e, batches[i], batches[i] > 16 ? 64 : 128, &prefill);

		printf("%5d  %8.0f  %8.1f  %5.0f %%\n", batches[i], t, 1e6 / t,
		       100 * t * (double)model_info(m)->params_active / rate);
	}
	printf("prefill of 64: %.0f tokens/s\n", prefill);
	engine_free(e);
	model_free(m);
	if (argc <= 2) {
		char path[100];

		snprintf(path, sizeof(path), "%s/config.json", made);
		unlink(path);
		snprintf(path, sizeof(path), "%s/model.safetensors", made);
		unlink(path);
		rmdir(made);
	}
	return 0;
}
