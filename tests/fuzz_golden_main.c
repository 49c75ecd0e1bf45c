/*
 * fuzz_golden_main.c - drives a fuzz target of the engine where libFuzzer does not: the files that are named, else
 * FUZZ_RUNS (4,000) mutations of the golden models' files, the same ones each time. The target says which files.
 */
#include "base/buf.h"
#include "base/rng.h"
#include "engine/safetensors.h"
#include "tests/fuzz.h"

#include <dirent.h>

extern const char fuzz_seeds[]; /* how the names of the seed files end */

enum { SEEDS = 64, INPUT_MAX = 1 << 17 };

static struct buf seed[SEEDS];
static uint32_t seeds;

static void seeds_read(const char *dir, int depth)
{
	struct dirent **found;
	int files = scandir(dir, &found, NULL, alphasort);

	for (int i = 0; i < files; i++) {
		char path[3000];
		struct err err;

		if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, found[i]->d_name) >= sizeof(path))
			path[0] = 0;
		if (depth > 0 && found[i]->d_name[0] != '.')
			seeds_read(path, depth - 1);
		else if (str_ends(str_of(found[i]->d_name), str_of(fuzz_seeds)) && seeds < SEEDS &&
			 file_read(&seed[seeds], path, INPUT_MAX, &err) == 0)
			seeds++;
		free(found[i]);
	}
	if (files >= 0)
		free(found);
}

static void splice(struct buf *b, size_t from, size_t to, struct str with)
{
	struct buf made = BUF_INIT;

	buf_add(&made, str_sub(buf_str(b), 0, from));
	buf_add(&made, with);
	buf_add(&made, str_from(buf_str(b), to));
	buf_release(b);
	*b = made;
}

/* Most of what matters is in the first bytes: half of the changes fall there. */
static void mutate(struct buf *b, struct rng *r)
{
	static const struct str words[] = {
		STR("0"), STR("-1"), STR("1e999"), STR("9223372036854775807"), STR("18446744073709551615"), STR("4294967296"),
		STR("\"F16\""), STR("\"I64\""), STR("[]"), STR("{}"), STR("null"), STR("true"), STR("\"\\u0000\""), STR("[["), STR(","),
		STR("\"llama\""), STR("\"yarn\""), STR("\"num_experts\":8,"), STR("\"mlp_only_layers\":[0],"), STR("\"F8_E4M3\""), STR("\"minimax_m1\""),
		STR("\"quantization_config\":{\"quant_method\":\"fp8\",\"weight_block_size\":[128,128]},"), STR("\"attn_type_list\":[0,1,0],"),
		STR("\"postnorm\":true,\"layernorm_mlp_alpha\":1e38,"), STR("\"num_local_experts\":[4,4],"), STR("\"rotary_dim\":2,"),
	};
	uint32_t span = (uint32_t)(b->n > 4096 && rng_chance(r, 50) ? 4096 : b->n);
	size_t from = rng_below(r, span + 1), to = from;

	switch (rng_below(r, 6)) {
	case 0:
		if (from < b->n)
			b->s[from] = (char)(b->s[from] ^ 1 << rng_below(r, 8));
		break;
	case 1: /* a number, or the word there, becomes something else */
		while (to < b->n && (b->s[to] < '0' || b->s[to] > '9'))
			to++;
		from = to;
		while (to < b->n && b->s[to] >= '0' && b->s[to] <= '9')
			to++;
		splice(b, from, to, words[rng_below(r, COUNT(words))]);
		break;
	case 2:
		splice(b, from, from, words[rng_below(r, COUNT(words))]);
		break;
	case 3:
		to = from + rng_below(r, 40);
		splice(b, from, to < b->n ? to : b->n, STR(""));
		break;
	case 4: /* the length in front, and where the file ends */
		if (b->n > 8)
			b->s[rng_below(r, 8)] = (char)rng_below(r, 256);
		break;
	case 5:
		buf_cut(b, from);
		break;
	}
	buf_cut(b, b->n < INPUT_MAX ? b->n : INPUT_MAX);
}

int main(int argc, char **argv)
{
	const char *root = getenv("QUARRY_SOURCE"), *runs = getenv("FUZZ_RUNS");
	long n = runs ? atol(runs) : 4000, done = 0;
	struct buf input = BUF_INIT;
	char dir[1000];
	struct rng r;

	for (int i = 1; i < argc; i++, done++) {
		struct err err;

		buf_reset(&input);
		if (file_read(&input, argv[i], (size_t)1 << 30, &err) < 0) {
			fprintf(stderr, "%s\n", err.msg);
			return 2;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)buf_z(&input), input.n);
	}
	snprintf(dir, sizeof(dir), "%s/tests/fixtures/golden", root ? root : ".");
	if (argc <= 1)
		seeds_read(dir, 1);
	if (argc <= 1 && !seeds) {
		fprintf(stderr, "%s: no files ...%s\n", dir, fuzz_seeds);
		return 2;
	}
	rng_init(&r, 1, "fuzz golden");
	for (; argc <= 1 && done < n; done++) {
		buf_reset(&input);
		buf_add(&input, buf_str(&seed[done < (long)seeds ? (uint32_t)done : rng_below(&r, seeds)]));
		for (uint32_t k = done < (long)seeds ? 0 : 1 + rng_below(&r, 4); k-- > 0;)
			mutate(&input, &r);
		LLVMFuzzerTestOneInput((const uint8_t *)buf_z(&input), input.n);
	}
	for (uint32_t i = 0; i < seeds; i++)
		buf_release(&seed[i]);
	buf_release(&input);
	printf("%ld passed, 0 failed\n", done);
	return 0;
}
