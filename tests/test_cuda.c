/*
 * test_cuda.c - the kernels for GPUs where there is none: compiled for the CPU (emulated.h), each operation beside its twin, and whole models against
 * the same golden logits as on the CPU.
 */
#include "tests/emulated.h"
#include "tests/golden.h"

static struct model *open_emulated(const char *dir, bool fp32)
{
	struct err err = ERR_INIT;
	struct model *m = model_open(dir, &(struct model_options){ .fp32 = fp32, .threads = 2, .backend = emulated_backend() }, &err);

	if (!m) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
	return m;
}

/*
 * In fp32 as near as the CPU. In bf16 activations are rounded too where products take them, which now and then turns a near tie of experts: no
 * prompt further than 4e-3 nat from transformers, 1e-3 at the mean.
 */
static void test_golden(void)
{
	double sum = 0;

	for (int f = 0; f < fixtures; f++) {
		struct expected x;

		expected_open(&x, fixture[f]);
		for (int fp32 = 1; fp32 >= 0; fp32--) {
			struct model *m = open_emulated(golden(fixture[f]), fp32);

			check_in("%s, %s", fixture[f], fp32 ? "fp32" : "bf16");
			for (int i = 0; i < 3; i++) {
				double d = prompt_off(m, &x, i);

				sum += fp32 ? 0 : d;
				if (!CHECK(d <= (fp32 ? 2e-5 : 4e-3)))
					fprintf(stderr, "prompt %d: off by %g\n", i, d);
			}
			model_free(m);
		}
		expected_release(&x);
	}
	check_in("%s", "");
	CHECK(sum / (3 * fixtures) < 1e-3);
}

int main(void)
{
	help_begin();
	fixtures_find();
	test_golden();
	return help_end();
}
