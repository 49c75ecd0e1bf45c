/*
 * test_cipher.c - published examples of the classical ciphers; every text of two letters as an answer, for every kind of step;
 * routes walked in a drawn table; rule and solver on thousands of texts and on damaged descs.
 */
#include "base/buf.h"
#include "generators/cipher_steps.h"
#include "tests/check.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_cipher;
static const struct task *const task = &task_cipher;

static enum quarry_mark mark_of(struct str desc, struct str answer)
{
	struct quarry_verdict v;
	struct buf b = BUF_INIT;

	buf_addz(&b, "<answer>");
	buf_add(&b, answer);
	buf_addz(&b, "</answer>");
	quarry_verify_n(quarry_rule("cipher"), desc.s, desc.n, b.s, b.n, NULL, &v);
	buf_release(&b);
	return v.mark;
}

static void both_ways(const char *size, const char *steps, const char *plain, const char *cipher)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;

	check_in("%s", steps);
	for (int decrypt = 0; decrypt < 2; decrypt++) {
		buf_reset(&desc);
		buf_reset(&answer);
		buf_addf(&desc, "%s %s %s: %s", decrypt ? "dec" : "enc", size, steps, decrypt ? cipher : plain);
		CHECK(task->solve(&answer, buf_str(&desc)));
		CHECK_STR(buf_str(&answer), decrypt ? plain : cipher);
		CHECK_EQ(mark_of(buf_str(&desc), str_of(decrypt ? plain : cipher)), QUARRY_CORRECT);
		CHECK_EQ(mark_of(buf_str(&desc), str_of(decrypt ? cipher : plain)), QUARRY_WRONG);
		CHECK(task->prove(buf_str(&desc)));
	}
	buf_release(&desc);
	buf_release(&answer);
}

/* From textbooks where they have it, else worked by hand. */
static void test_examples(void)
{
	both_ways("26", "caesar 23", "THE QUICK BROWN FOX", "QEB NRFZH YOLTK CLU");
	both_ways("26", "atbash", "WIZARD", "DRAZIW");
	both_ways("26", "affine 5 8", "AFFINECIPHER", "IHHWVCSWFRCP");
	both_ways("26", "keyword ZEBRAS", "FLEEATONCEWEAREDISCOVERED", "SIAAZQLKBAVAZOARFPBLUAOAR");
	both_ways("26", "vigenere LEMON", "ATTACKATDAWN", "LXFOPVEFRNHR");
	both_ways("26", "beaufort FORTIFICATION", "DEFENDTHEEASTWALLOFTHECASTLE", "CKMPVCPVWPIWUJOGIUAPVWRIWUUK");
	both_ways("26", "autokey QUEENLY", "ATTACKATDAWN", "QNXEPVYTWTWP");
	both_ways("26", "chain 1", "AABZ", "BBCB");
	both_ways("32", "xor 5", "AB7A", "FE33");
	both_ways("26", "progress 1 1", "AAAZ", "BCDD");
	both_ways("25", "square ZEBRA 1 2", "ZIA", "FQD");
	both_ways("25", "playfair PLAYFIREXM", "HIDETHEGOLDINTHETREXESTUMP", "BMODZBXDNABEKUDMUIXMMOUVIF");
	both_ways("25", "playfair PLAYFIREXM", "PPZZA", "RRPPA");
	both_ways("25", "bifid BGWKZQPNDSIOAXEFCLUMTHYVR", "FLEEATONCE", "UAEOLWRINS");
	both_ways("26", "vowels 1 2", "A UZX", "E ACZ");
	both_ways("26", "rail 3", "WEAREDISCOVEREDFLEEATONCE", "WECRLTEERDSOEEFEAOCAIVDEN");
	both_ways("26", "columns ZEBRAS", "WEAREDISCOVEREDFLEEATONCE", "EVLNACDTESEAROFODEECWIREE");
	both_ways("26", "snake 3", "ABCDEFGH", "ADGHEBCF");
	both_ways("26", "swap", "AB CDE", "BA DCE");
	both_ways("26", "reverse", "AB CDE", "ED CBA");
	both_ways("26", "words", "AB CDE", "BA EDC");
	both_ways("26", "blocks 3 2", "ABCDEFGH", "CABFDEGH");
	both_ways("26", "flip 3", "ABCDEFGH", "CBAFEDHG");
	both_ways("26", "rotate 3", "ABCDE", "DEABC");
	both_ways("26", "josephus 3", "ABCDEFG", "CFBGEAD");
	both_ways("26", "caesar 1;reverse;swap", "ABC", "CDB");
}

/* ---- every answer ---- */

static void draw_step(struct buf *b, enum cipher_kind kind, int size, struct rng *rng)
{
	const struct cipher_form *f = &cipher_forms[kind];
	unsigned char all[32];
	int last = 0;

	buf_addz(b, f->name);
	for (int v = 0; v < size; v++)
		all[v] = (unsigned char)v;
	rng_shuffle(rng, all, (size_t)size, 1);
	if (f->key)
		buf_addc(b, ' ');
	for (int i = 0; f->key && i < 4; i++)
		buf_addc(b, cipher_letter(all[i], size));
	for (int i = 0; i < f->numbers; i++) {
		int hi = cipher_high(kind, i, size);

		if (kind == CIPHER_ROTATE)
			hi = 1;
		if (kind == CIPHER_BLOCKS && i == 1)
			hi = last - 1;
		last = rng_range(rng, f->lo[i], hi);
		if (kind == CIPHER_AFFINE && i == 0)
			last = size == 25 ? 7 : 5;
		buf_addf(b, " %d", last);
	}
}

/* Of all texts of two letters one is right, and it is the solver's. */
static void test_all_answers(void)
{
	static const int sizes[] = { 25, 26, 32 };
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;
	int kinds = 0;

	rng_init(&rng, 4, "all answers");
	for (int kind = 0; kind < CIPHER_KINDS; kind++)
		for (int k = 0; k < 3; k++)
			for (int decrypt = 0; decrypt < 2; decrypt++) {
				int size = sizes[k], right = 0;
				char said[3] = "";

				if (!cipher_fits((enum cipher_kind)kind, size))
					continue;
				buf_reset(&desc);
				buf_reset(&answer);
				buf_addf(&desc, "%s %d ", decrypt ? "dec" : "enc", size);
				draw_step(&desc, (enum cipher_kind)kind, size, &rng);
				buf_addz(&desc, ": ");
				for (int i = 0; i < 2; i++)
					buf_addc(&desc, cipher_letter((int)rng_below(&rng, (uint32_t)size), size));
				check_in("%s", buf_z(&desc));
				if (!CHECK(task->solve(&answer, buf_str(&desc))))
					continue;
				kinds++;
				for (int i = 0; i < size * size; i++) {
					said[0] = cipher_letter(i / size, size);
					said[1] = cipher_letter(i % size, size);
					if (mark_of(buf_str(&desc), str_of(said)) != QUARRY_CORRECT)
						continue;
					right++;
					CHECK_STR(buf_str(&answer), said);
				}
				CHECK_EQ(right, 1);
			}
	CHECK_EQ(kinds, 2 * (19 * 3 + 3 + 1 + 2));
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- routes in a table that is drawn ---- */

enum { N = 26 };

static char table[N][N + 1]; /* 0: empty */

static void read_rows(char *out)
{
	for (int y = 0; y < N; y++)
		for (int x = 0; x < N; x++)
			if (table[y][x])
				*out++ = table[y][x];
	*out = 0;
}

static void draw_rail(char *out, const char *text, int rails)
{
	int y = 0, dir = 1;

	memset(table, 0, sizeof(table));
	for (int x = 0; text[x]; x++) {
		table[y][x] = text[x];
		if (y + dir < 0 || y + dir == rails)
			dir = -dir;
		y += dir;
	}
	read_rows(out);
}

static void draw_table(const char *text, int width)
{
	memset(table, 0, sizeof(table));
	for (int i = 0; text[i]; i++)
		table[i / width][i % width] = text[i];
}

static void draw_columns(char *out, const char *text, const char *key)
{
	draw_table(text, (int)strlen(key));
	for (char c = 'A'; c <= 'Z'; c++)
		for (int x = 0; key[x]; x++)
			for (int y = 0; key[x] == c && y < N; y++)
				if (table[y][x])
					*out++ = table[y][x];
	*out = 0;
}

static void draw_snake(char *out, const char *text, int width)
{
	draw_table(text, width);
	for (int x = 0; x < width; x++)
		for (int k = 0; k < N; k++) {
			int y = x & 1 ? N - 1 - k : k;

			if (table[y][x])
				*out++ = table[y][x];
		}
	*out = 0;
}

/* A circle as a queue: those that are counted go to its end. */
static void draw_josephus(char *out, const char *text, int every)
{
	char queue[4096];
	int head = 0, tail = (int)strlen(text), n = tail;

	memcpy(queue, text, (size_t)n);
	for (int i = 0; i < n; i++) {
		for (int k = 1; k < every; k++)
			queue[tail++] = queue[head++];
		*out++ = queue[head++];
	}
	*out = 0;
}

static void test_routes(void)
{
	static const char *const keys[] = { "BA", "CAB", "ZEBRAS", "QWERTYUIOP" };
	char text[N + 1], out[N + 1], step[64];

	for (int n = 3; n <= N; n++) {
		for (int i = 0; i < n; i++)
			text[i] = (char)('A' + i);
		text[n] = 0;
		for (int k = 2; k < n; k++) {
			draw_rail(out, text, k);
			snprintf(step, sizeof(step), "rail %d", k);
			both_ways("26", step, text, out);
			draw_snake(out, text, k);
			snprintf(step, sizeof(step), "snake %d", k);
			both_ways("26", step, text, out);
			draw_josephus(out, text, k);
			snprintf(step, sizeof(step), "josephus %d", k);
			both_ways("26", step, text, out);
		}
		for (size_t k = 0; k < COUNT(keys); k++) {
			draw_columns(out, text, keys[k]);
			snprintf(step, sizeof(step), "columns %s", keys[k]);
			if (strcmp(out, text) != 0)
				both_ways("26", step, text, out);
		}
	}
}

/* ---- many, and damaged ---- */

static void test_many(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, solved = BUF_INIT;
	int knob[TASK_KNOBS], made = 0;
	struct rng rng;

	rng_init(&rng, 9, "many");
	for (int i = 0; i < 3000; i++) {
		size_t at;
		char was;

		for (int k = 0; task->knobs[k].name; k++)
			knob[k] = rng_range(&rng, task->knobs[k].lo, k == 1 ? 60 : task->knobs[k].hi);
		buf_reset(&desc);
		buf_reset(&answer);
		buf_reset(&solved);
		if (!task->generate(&desc, &answer, knob, &rng))
			continue;
		made++;
		check_in("%s", buf_z(&desc));
		CHECK_EQ(mark_of(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		CHECK(task->solve(&solved, buf_str(&desc)));
		CHECK_STR_EQ(buf_str(&solved), buf_str(&answer));
		at = rng_below(&rng, (uint32_t)answer.n);
		was = answer.s[at];
		answer.s[at] = "ABCDEFGH"[rng_below(&rng, 8)];
		CHECK_EQ(mark_of(buf_str(&desc), buf_str(&answer)), answer.s[at] == was ? QUARRY_CORRECT : QUARRY_WRONG);
	}
	CHECK(made > 2900);
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&solved);
}

/* The rule and the solver take the same descs, whatever was done to them. */
static void test_damage(void)
{
	static const char seed_desc[] = "enc 25 columns KEBD;affine 7 12;playfair XYZ;square KW 1 2;blocks 3 2;rotate 4: AB CDEF";
	struct buf b = BUF_INIT;
	struct rng rng;
	int refused = 0, taken = 0;

	rng_init(&rng, 3, "damage");
	for (int i = 0; i < 20000; i++) {
		static const char put[] = "AJZK0123456789 ;:-ax\n\0\xff";
		char desc[128];
		size_t n = sizeof(seed_desc) - 1;
		bool solved;

		memcpy(desc, seed_desc, n);
		for (int k = rng_range(&rng, 0, 2); k >= 0; k--) {
			size_t at = rng_below(&rng, (uint32_t)n);

			if (rng_chance(&rng, 30)) {
				memmove(desc + at, desc + at + 1, n - at - 1);
				n--;
			} else {
				desc[at] = put[rng_below(&rng, sizeof(put) - 1)];
			}
		}
		buf_reset(&b);
		solved = task->solve(&b, (struct str){ desc, n });
		check_in("%.*s", (int)n, desc);
		CHECK_EQ(mark_of((struct str){ desc, n }, solved ? buf_str(&b) : STR("AB")), solved ? QUARRY_CORRECT : QUARRY_BAD_TASK);
		refused += !solved;
		taken += solved;
	}
	CHECK(refused > 1000 && taken > 300);
	buf_release(&b);
}

/* The same seed is the same puzzles on every machine. */
static void test_golden(void)
{
	static const int knob[TASK_KNOBS] = { 4, 40, 2, 2, 3, 7 };

	task_golden_hash(task, knob, 40, INT64_C(-4139002803976862460));
}

int main(void)
{
	test_examples();
	test_all_answers();
	test_routes();
	test_many();
	test_damage();
	test_golden();
	return check_done();
}
