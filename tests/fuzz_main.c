/*
 * fuzz_main.c - drives a fuzz target where libFuzzer does not: the files that are named, else FUZZ_RUNS (10,000) mutations of the
 * cases in tests/cases (or where the target says), the same ones each time; FUZZ_TASK keeps to one task's. A finding aborts; its input
 * is then in fuzz-finding.
 */
#include "base/buf.h"
#include "base/rng.h"
#include "tests/fuzz.h"
#include "tests/hostile.h"

#include <dirent.h>
#include <signal.h>
#include <unistd.h>

enum { SEEDS = 4096, INPUT_MAX = 1 << 15, RUNS = 10000 };

extern const char fuzz_cases[] __attribute__((weak)); /* a target's own folder of cases below tests/ */

static struct buf seed[SEEDS];
static uint32_t seeds;
static struct buf input; /* the one that runs, for the handler */

static void on_abort(int sig)
{
	FILE *f = fopen("fuzz-finding", "wb");

	if (f) {
		fwrite(buf_z(&input), 1, input.n, f);
		fclose(f);
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

static bool file_read(struct buf *b, const char *path)
{
	FILE *f = fopen(path, "rb");
	char room[4096];
	size_t n;

	if (!f)
		return false;
	while ((n = fread(room, 1, sizeof(room), f)) > 0)
		buf_add(b, (struct str){ room, n });
	fclose(f);
	return !b->failed;
}

/* Each "said" of a case file with its desc before it, as an input. */
static void seeds_add(struct str task, struct str text)
{
	struct str rest = text, line, desc = STR("");
	struct buf *b = NULL;

	while (rest.n && str_split(&rest, '\n', &line)) {
		if (str_starts(line, STR("desc: "))) {
			desc = str_from(line, 6);
		} else if (str_starts(line, STR("said:")) && seeds < SEEDS) {
			b = &seed[seeds++];
			buf_add(b, task);
			buf_addc(b, '\n');
			buf_add(b, desc);
			buf_addc(b, '\n');
			buf_add(b, str_from(line, 5));
		} else if (str_starts(line, STR("want:"))) {
			b = NULL;
		} else if (b) {
			buf_addc(b, '\n');
			buf_add(b, line);
		}
	}
}

static void seeds_read(const char *dir)
{
	const char *only = getenv("FUZZ_TASK");
	struct dirent **found;
	int files = scandir(dir, &found, NULL, alphasort);
	struct buf text = BUF_INIT;

	for (int i = 0; i < files; i++) {
		struct str name = str_of(found[i]->d_name);
		char path[1300];

		snprintf(path, sizeof(path), "%s/%s", dir, found[i]->d_name);
		buf_reset(&text);
		if (str_ends(name, STR(".txt")) && (!only || str_is(str_sub(name, 0, name.n - 4), only)) && file_read(&text, path))
			seeds_add(str_sub(name, 0, name.n - 4), buf_str(&text));
		free(found[i]);
	}
	if (files >= 0)
		free(found);
	buf_release(&text);
}

static struct str token(struct rng *r)
{
	static const struct str words[] = {
		STR("<think>"), STR("</think>"), STR("<answer>"), STR("</answer>"), STR("\\boxed{"), STR("}"), STR("{\"answer\": "), STR("\""), STR("```\n"),
		STR("\nAnswer: "), STR("the answer is "), STR("\n"), STR("0"), STR("9223372036854775807"), STR("-"), STR(","), STR(" "),
	};

	if (rng_chance(r, 50))
		return words[rng_below(r, COUNT(words))];
	return hostile_fills[rng_below(r, COUNT(hostile_fills))];
}

/* b with `with` instead of the bytes from .. to. */
static void replace(struct buf *b, size_t from, size_t to, struct str with)
{
	struct buf new = BUF_INIT;

	buf_add(&new, str_sub(buf_str(b), 0, from));
	buf_add(&new, with);
	buf_add(&new, str_from(buf_str(b), to));
	buf_release(b);
	*b = new;
}

static void mutate(struct buf *b, struct rng *r)
{
	size_t from = rng_below(r, (uint32_t)b->n + 1), to = from + rng_below(r, (uint32_t)(b->n - from) + 1);
	struct buf t = BUF_INIT;
	struct str s;

	switch (rng_below(r, 7)) {
	case 0: /* another byte */
		if (from < b->n)
			b->s[from] = (char)(rng_chance(r, 50) ? b->s[from] ^ 1 << rng_below(r, 8) : (int)rng_below(r, 256));
		break;
	case 1:
		replace(b, from, from, token(r));
		break;
	case 2: /* a flood */
		for (uint32_t k = rng_below(r, 200); k-- > 0;)
			buf_add(&t, token(r));
		replace(b, from, from, buf_str(&t));
		break;
	case 3:
		s = token(r);
		for (uint32_t k = rng_below(r, 500); k-- > 0;)
			buf_add(&t, s);
		replace(b, from, from, buf_str(&t));
		break;
	case 4: /* cut some out */
		replace(b, from, to, STR(""));
		break;
	case 5: /* say some twice */
		buf_add(&t, str_sub(buf_str(b), from, to));
		replace(b, from, from, buf_str(&t));
		break;
	case 6: /* go on as another */
		s = buf_str(&seed[rng_below(r, seeds)]);
		replace(b, from, b->n, str_from(s, rng_below(r, (uint32_t)s.n + 1)));
		break;
	}
	buf_release(&t);
	buf_cut(b, b->n < INPUT_MAX ? b->n : INPUT_MAX);
}

int main(int argc, char **argv)
{
	const char *root = getenv("QUARRY_SOURCE"), *runs = getenv("FUZZ_RUNS");
	long n = runs ? atol(runs) : RUNS, done = 0;
	char dir[1000];
	struct rng r;

	signal(SIGABRT, on_abort);
	signal(SIGSEGV, on_abort);
	for (int i = 1; i < argc; i++, done++) {
		buf_reset(&input);
		if (!file_read(&input, argv[i])) {
			fprintf(stderr, "%s: cannot be read\n", argv[i]);
			return 2;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)buf_z(&input), input.n);
	}
	if (argc > 1) {
		printf("%ld passed, 0 failed\n", done);
		return 0;
	}
	snprintf(dir, sizeof(dir), "%s/tests/%s", root ? root : ".", fuzz_cases ? fuzz_cases : "cases");
	seeds_read(dir);
	if (!seeds) {
		fprintf(stderr, "%s: no cases\n", dir);
		return 2;
	}
	rng_init(&r, 1, "fuzz");
	for (; done < n; done++) {
		buf_reset(&input);
		buf_add(&input, buf_str(&seed[(uint32_t)done < seeds ? (uint32_t)done : rng_below(&r, seeds)]));
		for (uint32_t k = (uint32_t)done < seeds ? 0 : 1 + rng_below(&r, 6); k-- > 0;)
			mutate(&input, &r);
		LLVMFuzzerTestOneInput((const uint8_t *)buf_z(&input), input.n);
	}
	for (uint32_t i = 0; i < seeds; i++)
		buf_release(&seed[i]);
	buf_release(&input);
	printf("%ld passed, 0 failed\n", done);
	return 0;
}
