/*
 * test_datasets.c - the filter against exact values; loops and answers told early; shards read back, cut, changed and
 * forged; a run written as a dataset, checked, damaged, and written again after being killed at many moments.
 */
#include "base/hash.h"
#include "base/json.h"
#include "datasets/choose.h"
#include "datasets/dataset.h"
#include "datasets/filter.h"
#include "datasets/manifest.h"
#include "datasets/shard.h"
#include "datasets/trace.h"
#include "tests/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

static char home[64]; /* a directory of our own */

static const char *at_home(const char *name)
{
	static char room[8][200];
	static int i;

	i = (i + 1) % 8;
	snprintf(room[i], sizeof(room[i]), "%s/%s", home, name);
	return room[i];
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void remove_all(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void read_file(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	char room[4096];
	size_t n;

	buf_reset(b);
	while (f && (n = fread(room, 1, sizeof(room), f)) > 0)
		buf_add(b, (struct str){ room, n });
	if (f)
		fclose(f);
}

static void write_file(const char *path, struct str text)
{
	FILE *f = fopen(path, "wb");

	CHECK(f && fwrite(text.s, 1, text.n, f) == text.n && fclose(f) == 0);
}

/* ---- filter */

/* Relative difference at most `most`. */
static bool near(double is, double want, double most)
{
	return fabs(is - want) <= most * fabs(want);
}

/* C(n, k) in 128 bits: exact up to n = 60. */
static unsigned __int128 choose_exact(int n, int k)
{
	unsigned __int128 c = 1;

	for (int i = 1; i <= k; i++)
		c = c * (unsigned)(n - k + i) / (unsigned)i;
	return c;
}

/* P(k or more of n) with chance a / 2^s: all integers, exact while n * s <= 120. */
static double tail_exact(int n, int k, unsigned a, int s)
{
	unsigned __int128 sum = 0, base = (unsigned __int128)1 << s;

	for (int i = k; i <= n; i++) {
		unsigned __int128 term = choose_exact(n, i);

		for (int j = 0; j < i; j++)
			term *= a;
		for (int j = i; j < n; j++)
			term *= base - a;
		sum += term;
	}
	return ldexp((double)sum, -n * s);
}

static void test_binomial(void)
{
	for (int n = 1; n <= 30; n++)
		for (int k = 0; k <= n; k++)
			for (unsigned a = 1; a < 16; a++) {
				check_in("n %d k %d a %u/16", n, k, a);
				CHECK(near(binomial_tail(n, k, a / 16.0), k ? tail_exact(n, k, a, 4) : 1, 1e-13));
			}
	check_in("%s", "");
	/* from tables: 0.05^8, and 1 - 0.95^8 */
	CHECK(near(binomial_tail(8, 8, 0.05), 3.90625e-11, 1e-12));
	CHECK(near(binomial_tail(8, 1, 0.05), 0.3365795687109375, 1e-13));
	CHECK(near(binomial_tail(8, 2, 0.05), 0.0572446502734375, 1e-12));
	CHECK_F64(binomial_tail(8, 0, 0.3), 1.0);
	CHECK_F64(binomial_tail(8, 9, 0.3), 0.0);
	CHECK_F64(binomial_tail(8, 1, 0.0), 0.0);
	CHECK_F64(binomial_tail(8, 8, 1.0), 1.0);
	CHECK_F64(binomial_tail(8, 3, (double)NAN), 0.0);
	/* the middle of a large symmetric one, and a tail far beyond what a double holds as a product */
	CHECK(near(binomial_tail(65535, 32768, 0.5), 0.5, 1e-10));
	CHECK(binomial_tail(65536, 65536, 1e-3) >= 0);
	CHECK(binomial_tail(1000, 1, 1e-300) > 0.9e-297 && binomial_tail(1000, 1, 1e-300) < 1.1e-297);
	/* falls with k */
	for (int k = 1; k <= 1000; k++)
		CHECK(binomial_tail(1000, k, 0.2) <= binomial_tail(1000, k - 1, 0.2));
}

static enum fate fate(int samples, int right, int errors, int broken, double guess, struct limits l)
{
	return prompt_fate(&(struct outcome){ samples, right, errors, broken }, guess, &l);
}

static void test_fates(void)
{
	const struct limits l = { 8, 0.2, 0.8, 0.05 }, wide = { 8, 0, 1, 0.05 };

	CHECK_EQ(fate(8, 0, 0, 0, 0, l), FATE_NONE_RIGHT);
	CHECK_EQ(fate(8, 1, 0, 0, 0, l), FATE_TOO_HARD);
	CHECK_EQ(fate(8, 2, 0, 0, 0, l), FATE_KEPT);
	CHECK_EQ(fate(8, 6, 0, 0, 0, l), FATE_KEPT);
	CHECK_EQ(fate(8, 7, 0, 0, 0, l), FATE_TOO_EASY);
	/* P(2 or more of 8 at 0.05) is 0.0572, of 3 or more 0.0058 */
	CHECK_EQ(fate(8, 2, 0, 0, 0.05, l), FATE_GUESSING);
	CHECK_EQ(fate(8, 3, 0, 0, 0.05, l), FATE_KEPT);
	CHECK_EQ(fate(8, 2, 0, 0, 1, l), FATE_GUESSING);
	CHECK_EQ(fate(8, 2, 0, 0, 1, (struct limits){ 8, 0.2, 0.8, 1 }), FATE_KEPT);
	/* 0 of n is never kept; n of n is where the recipe says so */
	CHECK_EQ(fate(8, 0, 0, 0, 0, wide), FATE_NONE_RIGHT);
	CHECK_EQ(fate(8, 8, 0, 0, 0, wide), FATE_KEPT);
	/* the ends belong to the range, also where k/n is no binary fraction */
	for (int k = 1; k < 10; k++) {
		CHECK_EQ(fate(10, k, 0, 0, 0, (struct limits){ 10, k / 10.0, 0.95, 0.05 }), FATE_KEPT);
		CHECK_EQ(fate(10, k, 0, 0, 0, (struct limits){ 10, 0.05, k / 10.0, 0.05 }), FATE_KEPT);
	}
	/* our damage */
	CHECK_EQ(fate(8, 3, 0, 1, 0, l), FATE_BAD_TASK);
	CHECK_EQ(fate(8, 3, 2, 0, 0, l), FATE_KEPT);         /* 3 or 5 of 8: kept all the same */
	CHECK_EQ(fate(8, 1, 1, 0, 0, l), FATE_SAMPLER_ERROR); /* 1 or 2 of 8 */
	CHECK_EQ(fate(8, 6, 1, 0, 0, l), FATE_SAMPLER_ERROR);
	CHECK_EQ(fate(8, 0, 8, 0, 0, l), FATE_SAMPLER_ERROR);
	CHECK_EQ(fate(8, 7, 1, 0, 0, l), FATE_TOO_EASY);
	/* stopped early, since the decision had fallen */
	CHECK_EQ(fate(7, 7, 0, 0, 0, l), FATE_TOO_EASY);
	CHECK_EQ(fate(7, 0, 0, 0, 0, l), FATE_NONE_RIGHT); /* 1 of 8 at best */
	CHECK_EQ(fate(7, 1, 0, 0, 0, (struct limits){ 8, 0.5, 0.8, 0.05 }), FATE_TOO_HARD);
	CHECK_EQ(fate(6, 0, 0, 0, 0, l), FATE_INCOMPLETE); /* 2 of 8 could still come */
	CHECK_EQ(fate(7, 3, 0, 0, 0, l), FATE_INCOMPLETE);
	CHECK_EQ(fate(0, 0, 0, 0, 0, l), FATE_INCOMPLETE);
	for (int f = 0; f < FATES; f++)
		CHECK(fate_name((enum fate)f) != NULL);
}

static void test_rates(void)
{
	CHECK_F64(posterior_mean(8, 0), 0.5 / 9);
	CHECK_F64(posterior_mean(8, 8), 8.5 / 9);
	CHECK_F64(posterior_mean(0, 0), 0.5);
	CHECK_F64(corrected_rate(8, 4, 0), 0.5);
	CHECK_F64(corrected_rate(8, 4, 0.5), 0.0);
	CHECK_F64(corrected_rate(8, 6, 0.5), 0.5);
	CHECK_F64(corrected_rate(8, 8, 0.5), 1.0);
	CHECK_F64(corrected_rate(8, 1, 0.5), 0.0);
	CHECK_F64(corrected_rate(8, 8, 1), 0.0);
	CHECK_F64(corrected_rate(0, 0, 0), 0.0);
}

/* ---- traces */

static bool loops(const char *text)
{
	struct buf room = BUF_INIT;
	bool is = trace_loops(str_of(text), &room);

	buf_release(&room);
	return is;
}

static bool loops_of(const char *block, int times, const char *front, const char *back)
{
	struct buf b = BUF_INIT;
	bool is;

	buf_addz(&b, front);
	for (int i = 0; i < times; i++)
		buf_addz(&b, block);
	buf_addz(&b, back);
	is = loops(buf_z(&b));
	buf_release(&b);
	return is;
}

static void test_loops(void)
{
	struct buf b = BUF_INIT;

	CHECK(!loops(""));
	CHECK(!loops("one"));
	CHECK(loops_of("so we try the next number again. ", 4, "First: ", " <answer>4</answer>"));
	CHECK(loops_of("so we try the next number again, now. ", 3, "First: ", " <answer>4</answer>"));
	CHECK(!loops_of("so we try the next number again. ", 2, "First: ", " <answer>4</answer>"));
	CHECK(!loops_of("so we try the ", 5, "First: ", ""));
	CHECK(loops_of("so we try the ", 6, "First: ", ""));
	/* sequences of brackets and truth values repeat by nature */
	CHECK(!loops_of("( ", 100, "restated: ", "done"));
	CHECK(!loops_of("( [ ", 50, "restated: ", "done"));
	CHECK(!loops_of("not ( not ( ", 25, "restated: ", "True"));
	CHECK(loops_of("no ", 128, "", ""));
	CHECK(!loops_of("no ", 127, "", ""));
	CHECK(loops_of("( [ ", 64, "", ""));
	/* Chinese has no blanks */
	CHECK(loops_of("\xE6\x88\x91\xE4\xBB\xAC\xE5\x86\x8D\xE8\xAF\x95\xE4\xB8\x80\xE6\xAC\xA1\xE3\x80\x82", 4, "", ""));
	CHECK(!loops_of("\xE6\x88\x91\xE4\xBB\xAC\xE5\x86\x8D\xE8\xAF\x95\xE4\xB8\x80\xE6\xAC\xA1\xE3\x80\x82", 2, "", ""));
	/* steps of one form with other numbers are work */
	for (int i = 0; i < 200; i++)
		buf_addf(&b, "row %d plus column %d gives %d\n", i, i * 7 % 13, i + i * 7 % 13);
	CHECK(!loops(buf_z(&b)));
	/* a long block, thrice */
	buf_reset(&b);
	for (int i = 0; i < 3 * 256; i++)
		buf_addf(&b, "w%d ", i % 256);
	CHECK(loops(buf_z(&b)));
	buf_reset(&b);
	for (int i = 0; i < 3 * 257; i++)
		buf_addf(&b, "w%d ", i % 257);
	CHECK(!loops(buf_z(&b)));
	buf_release(&b);
}

static bool tells(const char *text, const char *answer, const char *prompt)
{
	struct buf room = BUF_INIT;
	bool is = trace_tells(str_of(text), str_of(answer), str_of(prompt), &room);

	buf_release(&room);
	return is;
}

static void test_tells(void)
{
	static const char rest[] = " Let us see why. Seven and five are twelve, twelve and thirty are forty-two, and there is no more to add, so we are done.";
	static const struct {
		const char *text, *answer, *prompt;
		bool want;
	} cases[] = {
		{ "The answer is 42.", "42", "", true },
		{ "the ANSWER is: **42**,", "42", "", true },
		{ "<answer>42</answer>", "42", "", true },
		{ "<answer> 42 </answer>", "42", "", true },
		{ "\\boxed{42}", "42", "", true },
		{ "{\"answer\": \"42\"}", "42", "", true },
		{ "Answer: 42\n", "42", "", true },
		{ "\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF\xEF\xBC\x9A" "42\xE3\x80\x82", "42", "", true },
		{ "\xE7\xAD\x94\xE6\xA1\x88\xEF\xBC\x9A" "42", "42", "", true },
		/* another number, or none handed in */
		{ "The answer is 421.", "42", "", false },
		{ "The answer is 4.", "42", "", false },
		{ "We have 42 and 7 here.", "42", "", false },
		{ "42 stands in the puzzle.", "42", "42?", false },
		{ "Put it between <answer> and </answer>.", "42", "", false },
		/* brackets: only where they are handed in */
		{ "The sequence is [ ( { } ) ] [ ] ) ]", ") ]", "", false },
		{ "The answer is ) ].", ") ]", "", true },
		{ "The answer is ) ] }", ") ]", "", false },
		{ "<answer>) ]</answer>", ") ]", "", true },
		{ "open: ( ( ( ( ( ( ( (, closed: ) ) ) ) ) ) ) )", ") ) ) ) ) ) ) )", "", false },
		/* a long answer told as it is, unless the prompt holds it too */
		{ "It is apple, banana, cherry.", "apple, banana, cherry", "sort cherry, apple, banana", true },
		{ "It is apple,\n  banana,  Cherry.", "apple, banana, cherry", "sort cherry, apple, banana", true },
		{ "Given: apple, banana, cherry.", "apple, banana, cherry", "sort apple, banana, cherry", false },
		{ "Given: pineapple, banana, cherry.", "apple, banana, cherry", "", false },
		{ "Given: apple, banana, cherrystone.", "apple, banana, cherry", "", false },
		{ "", "42", "", false },
		{ "The answer is .", "", "", false },
	};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_in("case %zu: %s", i, cases[i].text);
		buf_reset(&b);
		buf_addz(&b, cases[i].text);
		buf_addz(&b, rest);
		buf_addz(&b, rest);
		CHECK_EQ(tells(buf_z(&b), cases[i].answer, cases[i].prompt), cases[i].want);
		/* the same at the end is how it should be */
		buf_reset(&b);
		buf_addz(&b, rest);
		buf_addz(&b, rest);
		buf_addz(&b, cases[i].text);
		CHECK(!tells(buf_z(&b), cases[i].answer, cases[i].prompt));
	}
	check_in("%s", "");
	/* a reply that is nothing but its answer has no third that could hold it */
	CHECK(!tells("<answer>42</answer>", "42", ""));
	CHECK(!tells("True", "True", ""));
	buf_release(&b);
}

/* Hostile texts come to an end soon. */
static void test_trace_floods(void)
{
	static const char *const blocks[] = { "<answer>", "answer is ", "( ", "a", " ", "\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF", "a b c d " };
	struct buf room = BUF_INIT, text = BUF_INIT, answer = BUF_INIT;

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct timespec a, z;

		buf_reset(&text);
		buf_reset(&answer);
		while (text.n < 1 << 20)
			buf_addz(&text, blocks[i]);
		while (answer.n < 1 << 16)
			buf_addz(&answer, blocks[i]);
		buf_addz(&answer, "!");
		check_in("flood of %s", blocks[i]);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
		CHECK(!trace_tells(buf_str(&text), buf_str(&answer), STR(""), &room));
		trace_loops(buf_str(&text), &room);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &z);
		CHECK(z.tv_sec - a.tv_sec < 20); /* sanitizers included */
	}
	check_in("%s", "");
	buf_release(&room);
	buf_release(&text);
	buf_release(&answer);
}

/* ---- shards */

/* Row i: some short, some long, every seventh long enough for a frame of its own. */
static void add_row(struct buf *b, int i)
{
	buf_reset(b);
	json_open(b, '{');
	json_key(b, "uid");
	buf_addf(b, "\"row-%d\"", i);
	json_key(b, "text");
	buf_addc(b, '"');
	for (int k = 0; k < (i % 7 == 6 ? 600 : i % 5); k++)
		buf_addf(b, "%d\xC3\xA9 ", i * k);
	buf_addc(b, '"');
	json_close(b, '}');
}

static void make_shard(const char *path, int rows, int64_t frame_bytes, bool plain, struct shard_info *info)
{
	struct shard_writer *w;
	struct buf b = BUF_INIT;
	struct err err = ERR_INIT;

	CHECK_EQ(shard_create(&w, path, &(struct shard_how){ frame_bytes, 3, plain }, &err), 0);
	for (int i = 0; i < rows; i++) {
		add_row(&b, i);
		CHECK_EQ(shard_add(w, buf_str(&b), &err), 0);
	}
	CHECK(access(path, F_OK) < 0); /* no name before it is whole */
	CHECK_EQ(shard_finish(w, info, &err), 0);
	CHECK_STR(str_of(err.msg), "");
	buf_release(&b);
}

static void check_hash(const char *path, const char *want, int64_t bytes)
{
	struct buf b = BUF_INIT;
	struct sha256 h;
	char hex[65];

	read_file(path, &b);
	sha256_init(&h);
	sha256_add(&h, b.s, b.n);
	sha256_hex(&h, hex);
	CHECK_STR(str_of(hex), want);
	CHECK_EQ((int64_t)b.n, bytes);
	buf_release(&b);
}

static void test_shard_round_trip(void)
{
	static const int counts[] = { 0, 1, 2, 100, 1000 };
	static const int64_t frames[] = { 1, 300, 4096, 4 << 20 };
	struct buf want = BUF_INIT;
	struct err err = ERR_INIT;

	for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++)
		for (size_t f = 0; f < sizeof(frames) / sizeof(frames[0]); f++) {
			const char *path = at_home("s.jsonl.zst"), *plain = at_home("s.jsonl");
			struct shard_info info;
			struct shard *s = NULL;
			struct str row;
			int64_t sum = 0;

			check_in("%d rows, frames of %lld", counts[c], (long long)frames[f]);
			remove(path);
			make_shard(path, counts[c], frames[f], f % 2, &info);
			CHECK_EQ(info.rows, counts[c]);
			check_hash(path, info.sha256, info.bytes);
			CHECK_EQ(access(plain, F_OK), f % 2 ? 0 : -1);
			if (f % 2)
				check_hash(plain, info.content_sha256, info.text_bytes);
			remove(plain);
			for (int64_t i = 0; i < info.frames; i++)
				sum += info.frame_rows[i];
			CHECK_EQ(sum, info.rows);
			CHECK_EQ(shard_open(&s, path, &err), 0);
			CHECK_EQ(shard_frames(s), info.frames);
			if (c % 2)
				CHECK_EQ(shard_count(s, &err), 0);
			else
				CHECK_EQ(shard_rows(s, info.frame_rows, info.frames, &err), 0);
			CHECK_EQ(shard_row_count(s), counts[c]);
			for (int i = 0; i < counts[c]; i++) {
				int n = (int)((int64_t)i * 7919 % counts[c]);

				add_row(&want, n);
				if (CHECK_EQ(shard_row(s, n, &row, &err), 0))
					CHECK_STR_EQ(row, buf_str(&want));
			}
			CHECK(shard_row(s, counts[c], &row, &err) < 0);
			CHECK(shard_row(s, -1, &row, &err) < 0);
			shard_close(s);
			shard_info_release(&info);
		}
	check_in("%s", "");
	buf_release(&want);
}

/* Frames hold about frame_bytes, begin with the zstd magic (no skippable frame in front) and decompress each by itself. */
static void test_shard_frames(void)
{
	const char *path = at_home("f.jsonl.zst");
	struct shard_info info;
	struct buf file = BUF_INIT;
	char *room = malloc(1 << 20);
	size_t at = 0;

	make_shard(path, 1000, 2000, false, &info);
	read_file(path, &file);
	CHECK(info.frames > 100);
	for (int64_t i = 0; i < info.frames; i++) {
		size_t n = ZSTD_findFrameCompressedSize(file.s + at, file.n - at), text;

		CHECK(!ZSTD_isError(n) && memcmp(file.s + at, "\x28\xB5\x2F\xFD", 4) == 0);
		if (ZSTD_isError(n))
			break;
		text = ZSTD_decompress(room, 1 << 20, file.s + at, n);
		CHECK_EQ(ZSTD_getFrameContentSize(file.s + at, n), text);
		CHECK(!ZSTD_isError(text) && text > 0 && room[text - 1] == '\n');
		CHECK(text <= 2000 || info.frame_rows[i] == 1);
		CHECK(file.s[at + 4] & 4); /* the head's checksum flag */
		at += n;
	}
	CHECK_EQ(file.n - at, 8 + 12 * (size_t)info.frames + 9);
	free(room);
	buf_release(&file);
	shard_info_release(&info);
}

/* Open and read everything; 0 when something is amiss, else a hash of the text. */
static uint64_t reads(const char *path)
{
	struct shard *s;
	struct err err = ERR_INIT;
	uint64_t sum = 1;

	if (shard_open(&s, path, &err) < 0) {
		CHECK(err.msg[0]);
		return 0;
	}
	for (int64_t i = 0; sum && i < shard_frames(s); i++) {
		struct str text;

		sum = shard_frame(s, i, &text, &err) < 0 ? 0 : hash64(text.s, text.n, sum) | 1;
	}
	CHECK(sum || err.msg[0]);
	shard_close(s);
	return sum;
}

static void test_shard_damage(void)
{
	const char *path = at_home("d.jsonl.zst"), *bad = at_home("bad.jsonl.zst");
	struct shard_info info;
	struct buf file = BUF_INIT;
	uint64_t whole, now;
	int tried = 0, refused = 0;

	make_shard(path, 60, 500, false, &info);
	read_file(path, &file);
	whole = reads(path);
	CHECK(whole != 0);
	for (size_t n = 0; n < file.n; n += n < 100 || n + 400 > file.n ? 1 : 13) {
		check_in("cut to %zu of %zu", n, file.n);
		write_file(bad, str_sub(buf_str(&file), 0, n));
		CHECK(!reads(bad));
	}
	for (size_t i = 0; i < file.n; i += i < 100 || i + 400 > file.n ? 1 : 13)
		for (int bit = 0; bit < 8; bit += 7) {
			check_in("bit %d of byte %zu of %zu", bit, i, file.n);
			file.s[i] ^= (char)(1 << bit);
			write_file(bad, buf_str(&file));
			/* some bits mean nothing: then the text is the same */
			now = reads(bad);
			CHECK(now == 0 || now == whole);
			refused += now == 0;
			tried++;
			file.s[i] ^= (char)(1 << bit);
		}
	check_in("%s", "");
	CHECK(refused > tried * 9 / 10);
	/* two frames swapped: each is whole, neither is where the table has it */
	{
		size_t a = ZSTD_findFrameCompressedSize(file.s, file.n), b = ZSTD_findFrameCompressedSize(file.s + a, file.n - a);
		struct buf swapped = BUF_INIT;

		buf_add(&swapped, str_sub(buf_str(&file), a, a + b));
		buf_add(&swapped, str_sub(buf_str(&file), 0, a));
		buf_add(&swapped, str_from(buf_str(&file), a + b));
		write_file(bad, buf_str(&swapped));
		CHECK(!reads(bad));
		buf_release(&swapped);
	}
	shard_info_release(&info);
	buf_release(&file);
}

static void put32(struct buf *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		buf_addc(b, (char)(v >> 8 * i));
}

/* A file of n frames' table that claims what it likes. */
static void forge(const char *path, struct str front, uint32_t n, uint32_t packed, uint32_t text, bool sums)
{
	struct buf b = BUF_INIT;
	size_t entry = sums ? 12 : 8;

	buf_add(&b, front);
	put32(&b, 0x184D2A5E);
	put32(&b, n * (uint32_t)entry + 9);
	for (uint32_t i = 0; i < n && i < 4; i++) {
		put32(&b, packed);
		put32(&b, text);
		if (sums)
			put32(&b, 0);
	}
	put32(&b, n);
	buf_addc(&b, sums ? (char)0x80 : 0);
	put32(&b, 0x8F92EAB1);
	write_file(path, buf_str(&b));
	buf_release(&b);
}

static void test_shard_forged(void)
{
	const char *bad = at_home("forged.zst");
	char packed[200], line[] = "{\"uid\":\"x\"}\n";
	size_t n = ZSTD_compress(packed, sizeof(packed), line, sizeof(line) - 1, 3);
	struct str frame = { packed, n };

	forge(bad, frame, 1, (uint32_t)n, sizeof(line) - 1, false);
	CHECK(reads(bad)); /* no checksums is the format's right */
	forge(bad, frame, 1, (uint32_t)n, sizeof(line) - 1, true);
	CHECK(!reads(bad)); /* a wrong checksum is not */
	forge(bad, frame, 1, (uint32_t)n, 0xFFFFFFFF, false);
	CHECK(!reads(bad));
	forge(bad, frame, 1, (uint32_t)n, 1 << 30, false);
	CHECK(!reads(bad)); /* refused by the frame's own head, before a gigabyte is taken */
	forge(bad, frame, 1, 0xFFFFFFFF, 12, false);
	CHECK(!reads(bad));
	forge(bad, frame, 1, (uint32_t)n - 1, 12, false);
	CHECK(!reads(bad));
	forge(bad, frame, 2, (uint32_t)n, 12, false);
	CHECK(!reads(bad));
	forge(bad, frame, 0xFFFFFFFF, (uint32_t)n, 12, true);
	CHECK(!reads(bad));
	forge(bad, frame, 0x15555556, (uint32_t)n, 12, true); /* 12 times it is 8 more than 2^32 */
	CHECK(!reads(bad));
	forge(bad, STR(""), 0, 0, 0, true);
	CHECK(reads(bad)); /* no frame at all: an empty shard */
	forge(bad, frame, 0, 0, 0, true);
	CHECK(!reads(bad));
	/* a frame that does not end on a newline */
	n = ZSTD_compress(packed, sizeof(packed), line, sizeof(line) - 2, 3);
	forge(bad, (struct str){ packed, n }, 1, (uint32_t)n, sizeof(line) - 2, false);
	CHECK(!reads(bad));
	write_file(bad, STR(""));
	CHECK(!reads(bad));
	CHECK(!reads(at_home("is-not-there.zst")));
	CHECK(!reads(home));
}

static void test_shard_rows_refused(void)
{
	const char *path = at_home("r.jsonl.zst");
	struct shard_info info;
	struct shard *s;
	struct str row;
	struct err err;

	make_shard(path, 20, 300, false, &info);
	CHECK_EQ(shard_open(&s, path, &err), 0);
	CHECK(shard_row(s, 0, &row, &err) < 0); /* before the rows are known */
	CHECK(shard_rows(s, info.frame_rows, info.frames - 1, &err) < 0);
	info.frame_rows[0] = -1;
	CHECK(shard_rows(s, info.frame_rows, info.frames, &err) < 0);
	info.frame_rows[0] = INT64_MAX;
	CHECK(shard_rows(s, info.frame_rows, info.frames, &err) < 0);
	/* more rows than there are: told when one is asked for */
	CHECK_EQ(shard_count(s, &err), 0);
	info.frame_rows[0] = 50;
	CHECK_EQ(shard_rows(s, info.frame_rows, info.frames, &err), 0);
	CHECK(shard_row(s, 49, &row, &err) < 0);
	shard_close(s);
	shard_info_release(&info);
}

/* ---- a run and its dataset */

enum { PROMPTS = 160, N = 8 };

static const char *const tasks[] = { "sudoku", "dyck_language", "word_sorting" };

/* What sample i of prompt p is to be, by chance that is the same each time. */
static uint64_t draw(int p, int i)
{
	uint64_t v = (uint64_t)p * 1000 + (uint64_t)i;

	return hash64(&v, sizeof(v), 77);
}

static void add_instance(struct buf *b, int p)
{
	char hex[17];

	hash64_hex(draw(p, 999), hex);
	buf_reset(b);
	buf_addf(b,
		 "{\"id\":\"%s-%016x\",\"task\":\"%s\",\"revision\":1,\"difficulty\":%d.5,\"knobs\":{\"size\":%d},\"seed\":%d,\"lang\":\"%s\","
		 "\"format\":\"tags\",\"form\":\"plain\",\"prompt\":[{\"role\":\"user\",\"content\":\"Puzzle %d: \\\"what\\\"?\"}],"
		 "\"desc\":\"desc \\\\ %d\",\"answer\":\"%d\",\"canon\":\"%s\",\"guess\":0.01,"
		 "\"effort\":{\"depth\":1,\"branch\":0,\"steps\":3,\"technique\":\"none\"}}",
		 tasks[p % 3], (unsigned)p, tasks[p % 3], p % 9, p, p, p % 4 ? "en" : "zh", p, p, p, hex);
}

/* Pass rates of all kinds; a few errors, a bad task, texts that loop or tell early. */
static void add_response(struct buf *b, struct stored_sample *s, int p, int i)
{
	uint64_t r = draw(p, i);
	bool right = (int)(r % 100) < p % 11 * 10;
	static char extracted[32];

	buf_reset(b);
	snprintf(extracted, sizeof(extracted), "%d", right ? p : p + 1);
	if (r >> 20 & 1)
		buf_addf(b, "The answer is %s, as we shall see in what follows. ", extracted);
	for (int k = 0; k < (int)(r >> 32 & 15); k++)
		buf_addf(b, "step %d gives %d and \xE5\xBE\x97 %d. ", k, p * k, (int)(r >> 40 & 255));
	if ((r >> 24 & 7) == 0)
		for (int k = 0; k < 8; k++)
			buf_addz(b, "so we try it again. ");
	buf_addf(b, "<answer>%s</answer>", extracted);
	*s = (struct stored_sample){ .idx = i, .response = buf_str(b), .finish = r >> 28 & 7 ? STR("stop") : STR("length"),
				     .mark = right ? STR("correct") : r >> 29 & 1 ? STR("wrong") : STR("no_answer"), .why = STR("because"),
				     .extracted = str_of(extracted), .tokens = (int64_t)b->n / 4, .answers_seen = 1,
				     .logprob = i % 2 ? NAN : -0.5, .entropy = i % 2 ? NAN : 0.25, .score = right ? 1 : 0,
				     .format_ok = (r >> 52 & 7) != 0 };
	if (p == 17 && i == 3)
		s->mark = STR("bad_task");
	if (p == 18) {
		s->finish = STR("error");
		s->mark = STR("no_answer");
		s->response = s->extracted = STR("");
	}
}

static void make_run(const char *dir)
{
	struct buf b = BUF_INIT;
	struct store *st = NULL;
	struct err err = ERR_INIT;
	struct buf path = BUF_INIT;

	mkdir(dir, 0777);
	buf_addf(&path, "%s/run.db", dir);
	CHECK_EQ(store_open(&st, buf_z(&path), STORE_CREATE, &err), 0);
	CHECK_EQ(store_begin(st, &err), 0);
	for (int p = 0; p < PROMPTS; p++) {
		char id[64];

		snprintf(id, sizeof(id), "%s-%016x", tasks[p % 3], (unsigned)p);
		add_instance(&b, p);
		CHECK_EQ(store_add_prompt(st, &(struct stored_prompt){ p, str_of(id), str_of(tasks[p % 3]), 0, buf_str(&b) }, &err), 0);
		for (int i = 0; i < N; i++) {
			struct stored_sample s;

			add_response(&b, &s, p, i);
			CHECK_EQ(store_add_sample(st, p, &s, &err), 0);
		}
	}
	CHECK_EQ(store_commit(st, &err), 0);
	store_close(st);
	buf_release(&b);
	buf_release(&path);
}

static struct dataset_plan small_plan(void)
{
	struct dataset_plan plan = DATASET_PLAN;

	plan.name = "small";
	plan.validation = 0.2;
	plan.shard_bytes = 100000;
	plan.frame_bytes = 8192;
	plan.recipe = STR("name: small\n");
	plan.provenance = STR("{\"quarry\":\"test\",\"sampling\":{\"n\":8,\"seed\":1}}");
	plan.sampler = STR("{\"name\":\"oracle:test\",\"weights\":\"\"}");
	return plan;
}

static int write_dataset(const char *dir, const struct dataset_plan *plan, int (*told)(void *, int64_t, int64_t), void *ctx,
			 struct dataset_counts *counts, struct err *err)
{
	struct store *st;
	struct buf path = BUF_INIT;
	int rc;

	buf_addf(&path, "%s/run.db", dir);
	rc = store_open(&st, buf_z(&path), STORE_WRITE, err);
	buf_release(&path);
	if (rc < 0)
		return rc;
	rc = dataset_write(st, dir, plan, told, ctx, counts, err);
	store_close(st);
	return rc;
}

/* Names and contents of all files but run.db, in one hash. */
static struct {
	uint64_t sum;
	int files;
	size_t skip;
} tree;

static int tree_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	struct buf b = BUF_INIT;

	(void)st;
	if (kind != FTW_F || strncmp(path + at->base, "run.db", 6) == 0)
		return 0;
	read_file(path, &b);
	tree.sum += hash64(path + tree.skip, strlen(path + tree.skip), hash64(b.s, b.n, 1));
	tree.files++;
	buf_release(&b);
	return 0;
}

static uint64_t tree_hash(const char *dir)
{
	tree.sum = 0;
	tree.files = 0;
	tree.skip = strlen(dir);
	nftw(dir, tree_one, 16, FTW_PHYS);
	return tree.sum;
}

struct seen {
	int64_t rows[VIEWS];
	char said[600];
	struct buf shape[VIEWS];
	int odd;    /* rows of another shape */
	bool quick; /* files only, no rows */
};

/* The row's keys, in order, with the types of their values. */
static void shape_of(struct buf *b, struct json v)
{
	struct json m;
	struct str key;
	bool first = true;

	buf_addf(b, "%d", v.kind == JSON_TRUE ? JSON_FALSE : v.kind);
	for (struct json_iter it = json_iter(v); json_next(&it, &key, &m); first = false) {
		if (v.kind == JSON_ARRAY && !first)
			break;
		buf_add(b, v.kind == JSON_OBJECT ? key : STR("["));
		shape_of(b, m);
	}
}

static int see_row(void *ctx, const char *file, int64_t number, int view, struct str line)
{
	struct seen *s = ctx;
	struct buf shape = BUF_INIT;
	struct json row;
	struct err err;

	(void)file, (void)number;
	s->rows[view]++;
	CHECK(json_parse(&row, line, &err));
	shape_of(&shape, row);
	if (s->shape[view].n == 0)
		buf_add(&s->shape[view], buf_str(&shape));
	s->odd += !str_eq(buf_str(&s->shape[view]), buf_str(&shape)) || str_find(line, STR(":null")) >= 0;
	buf_release(&shape);
	return 0;
}

static void see_problem(void *ctx, const char *what)
{
	struct seen *s = ctx;

	snprintf(s->said, sizeof(s->said), "%s", what);
}

/* How many problems the check finds; -1 where it cannot be done. */
static int64_t problems(const char *dir, struct seen *s)
{
	struct dataset_check c = { .row = s->quick ? NULL : see_row, .problem = see_problem, .ctx = s };
	struct err err = ERR_INIT;
	int rc;

	for (int v = 0; v < VIEWS; v++)
		buf_release(&s->shape[v]);
	*s = (struct seen){ .quick = s->quick };
	rc = dataset_check(&c, dir, &err);
	if (rc < 0)
		snprintf(s->said, sizeof(s->said), "%s", err.msg);
	for (int v = 0; v < VIEWS; v++)
		buf_release(&s->shape[v]);
	return rc < 0 ? -1 : c.problems;
}

static int64_t dropped_rows(const char *dir, const char *reason)
{
	int64_t n = 0;
	struct buf b = BUF_INIT, cmd = BUF_INIT;
	struct json top, t, task, v;
	struct err err;
	struct str key;
	int64_t one;

	buf_addf(&cmd, "%s/manifest.json", dir);
	read_file(buf_z(&cmd), &b);
	if (CHECK(json_parse(&top, buf_str(&b), &err)) && CHECK(json_get(top, "tasks", &t)))
		for (struct json_iter it = json_iter(t); json_next(&it, &key, &task);)
			if (json_get(task, reason, &v) && json_i64(v, &one))
				n += one;
	buf_release(&b);
	buf_release(&cmd);
	return n;
}

static void test_dataset(void)
{
	const char *dir = at_home("run");
	struct dataset_plan plan = small_plan();
	struct dataset_counts c;
	struct seen seen = { 0 };
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	int64_t sum = 0;

	CHECK_EQ(write_dataset(dir, &plan, NULL, NULL, &c, &err), 0);
	CHECK_STR(str_of(err.msg), "");
	CHECK_EQ(c.prompts, PROMPTS);
	CHECK_EQ(c.samples, PROMPTS * N);
	CHECK_EQ(c.rows[VIEW_TRACES], PROMPTS * N);
	CHECK_EQ(c.rows[VIEW_RL], c.kept);
	CHECK(c.kept > 60 && c.rows[VIEW_SFT] > 20 && c.rows[VIEW_PAIRS] > 20 && c.rows[VIEW_DEFERRED] > 10);
	CHECK_EQ(problems(dir, &seen), 0);
	CHECK_STR(str_of(seen.said), "");
	CHECK_EQ(seen.odd, 0);
	for (int v = 0; v < VIEWS; v++)
		CHECK_EQ(seen.rows[v], c.rows[v]);
	for (int f = 0; f < FATES; f++)
		sum += dropped_rows(dir, fate_name((enum fate)f));
	CHECK_EQ(sum, PROMPTS);
	CHECK_EQ(dropped_rows(dir, "kept"), c.kept);
	CHECK_EQ(dropped_rows(dir, "none_right"), c.rows[VIEW_DEFERRED]);
	CHECK_EQ(dropped_rows(dir, "bad_task"), 1);
	CHECK_EQ(dropped_rows(dir, "sampler_error"), 1);
	read_file(at_home("run/report.html"), &text);
	CHECK(str_find(buf_str(&text), STR("<svg")) > 0 && str_find(buf_str(&text), STR("<script")) < 0);
	CHECK(str_find(buf_str(&text), STR("demonstration")) < 0);
	plan.demonstration = true;
	CHECK_EQ(write_dataset(dir, &plan, NULL, NULL, &c, &err), 0);
	read_file(at_home("run/README.md"), &text);
	CHECK(str_find(buf_str(&text), STR("a demonstration, not training data")) > 0);
	CHECK(access(at_home("run/.part"), F_OK) < 0);
	buf_release(&text);
}

/* What the store holds as dropped is what the manifest counts. */
static void test_dropped(void)
{
	struct store *st;
	struct err err = ERR_INIT;

	CHECK_EQ(store_open(&st, at_home("run/run.db"), STORE_WRITE, &err), 0);
	CHECK(store_drop(st, 17, "again", &err) < 0); /* it is there already: bad_task */
	store_close(st);
}

/* Fewer views, other sizes, plain files: the old shards are gone, nothing is there that the manifest does not list. */
static void test_rewrite(void)
{
	const char *dir = at_home("run");
	struct dataset_plan plan = small_plan();
	struct dataset_counts first, c;
	struct seen seen = { 0 };
	struct err err = ERR_INIT;
	uint64_t before;

	CHECK_EQ(write_dataset(dir, &plan, NULL, NULL, &first, &err), 0);
	before = tree_hash(dir);
	write_file(at_home("run/data/rl/mine.txt"), STR("a note of somebody"));
	plan.views = 1u << VIEW_RL;
	plan.plain = true;
	plan.shard_bytes = 1 << 30;
	CHECK_EQ(write_dataset(dir, &plan, NULL, NULL, &c, &err), 0);
	CHECK_EQ(access(at_home("run/data/rl/mine.txt"), F_OK), 0); /* strangers stay, */
	CHECK_EQ(problems(dir, &seen), 1);                          /* and are told of */
	CHECK_EQ(remove(at_home("run/data/rl/mine.txt")), 0);
	CHECK_EQ(problems(dir, &seen), 0);
	CHECK_EQ(c.rows[VIEW_SFT], 0);
	CHECK_EQ(c.rows[VIEW_TRACES], PROMPTS * N);
	CHECK(access(at_home("run/data/sft"), F_OK) < 0);
	CHECK_EQ(access(at_home("run/data/rl/train-00000-of-00001.jsonl"), F_OK), 0);
	/* a changed plain file is found */
	write_file(at_home("run/data/rl/train-00000-of-00001.jsonl"), STR("{}\n"));
	CHECK_EQ(problems(dir, &seen), 1);
	plan = small_plan();
	CHECK_EQ(write_dataset(dir, &plan, NULL, NULL, &c, &err), 0);
	CHECK_STR(str_of(c.content_sha256), first.content_sha256);
	CHECK(tree_hash(dir) == before);
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

struct killer {
	int64_t at;
	int how; /* a signal, or 0: ask to stop */
};

static int kill_at(void *ctx, int64_t done, int64_t total)
{
	const struct killer *k = ctx;

	CHECK(total == 2 * PROMPTS);
	if (done < k->at)
		return 0;
	if (k->how)
		kill(getpid(), k->how);
	return 1;
}

/* In a child: write, and die or stop on the way. */
static int write_in_child(const char *dir, int64_t at, int how, unsigned delay_us)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		struct dataset_plan plan = small_plan();
		struct killer k = { at, how };
		struct dataset_counts c;
		struct err err = ERR_INIT;

		_exit(write_dataset(dir, &plan, at >= 0 ? kill_at : NULL, &k, &c, &err) == 0 ? 0 : 3);
	}
	if (pid > 0 && delay_us) {
		usleep(delay_us);
		kill(pid, SIGKILL);
	}
	waitpid(pid, &status, 0);
	return status;
}

static void test_killed(void)
{
	const char *dir = at_home("run"), *other = at_home("killed");
	struct dataset_plan plan = small_plan();
	struct dataset_counts c;
	struct seen seen = { .quick = true };
	struct err err = ERR_INIT;
	uint64_t want;
	int64_t took;
	int killed = 0, whole = 0;

	CHECK_EQ(write_dataset(dir, &plan, NULL, NULL, &c, &err), 0);
	want = tree_hash(dir);
	make_run(other);
	for (int i = 0; i < 6; i++) {
		int status = write_in_child(other, i * PROMPTS * 2 / 6 + 7, SIGKILL, 0);

		CHECK(WIFSIGNALED(status));
		CHECK(problems(other, &seen) < 0); /* no manifest: not complete, and said so */
	}
	CHECK_EQ(WEXITSTATUS(write_in_child(other, PROMPTS + 5, 0, 0)), 3); /* asked to stop: an error, nothing left behind */
	CHECK(access(at_home("killed/.part"), F_OK) < 0);
	CHECK_EQ(write_dataset(other, &plan, NULL, NULL, &c, &err), 0);
	CHECK(tree_hash(other) == want);
	/* at any moment, renaming included: it is either complete or says that it is not */
	took = now_us();
	CHECK_EQ(write_in_child(other, -1, 0, 0), 0);
	took = now_us() - took;
	for (int i = 0; i < 25; i++) {
		int status = write_in_child(other, -1, 0, (unsigned)(took * (i + 1) / 20) + 1);

		killed += WIFSIGNALED(status);
		if (problems(other, &seen) == 0) {
			whole++;
			continue;
		}
		CHECK(access(at_home("killed/manifest.json"), F_OK) < 0);
	}
	CHECK(killed > 3 && whole > 3);
	CHECK_EQ(write_dataset(other, &plan, NULL, NULL, &c, &err), 0);
	CHECK(tree_hash(other) == want);
}

/* A disk that fills up: an error that names the file, and what was there before stays whole. */
static void test_full(void)
{
	const char *dir = at_home("run");
	struct seen seen = { 0 };
	uint64_t before = tree_hash(dir);
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct rlimit little = { 20000, 20000 };
		struct dataset_plan plan = small_plan();
		struct dataset_counts c;
		struct err err = ERR_INIT;
		struct store *st;
		int rc;

		signal(SIGXFSZ, SIG_IGN);
		plan.shard_bytes = 1 << 30;
		rc = store_open(&st, at_home("run/run.db"), STORE_WRITE, &err);
		if (rc < 0)
			_exit(4);
		/* SQLite's own files are larger: they are written before the limit is */
		setrlimit(RLIMIT_FSIZE, &little);
		rc = dataset_write(st, dir, &plan, NULL, NULL, &c, &err);
		_exit(rc == ERR_FAIL && strstr(err.msg, "run/") ? 3 : 5);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 3);
	CHECK(access(at_home("run/.part"), F_OK) < 0);
	CHECK(tree_hash(dir) == before);
	CHECK_EQ(problems(dir, &seen), 0);
}

/* A file of each view and split damaged in turn: the check finds it. */
static void test_check_damage(void)
{
	const char *dir = at_home("run");
	static const char *const views[] = { "rl", "sft", "pairs", "traces", "deferred" };
	struct seen seen = { .quick = true };
	struct buf file = BUF_INIT, path = BUF_INIT;
	int tried = 0;

	CHECK_EQ(problems(dir, &seen), 0);
	for (size_t v = 0; v < sizeof(views) / sizeof(views[0]); v++) {
		struct dirent *e;
		DIR *d;

		buf_reset(&path);
		buf_addf(&path, "%s/data/%s", dir, views[v]);
		d = opendir(buf_z(&path));
		while (d && (e = readdir(d))) {
			if (!strstr(e->d_name, "-00000-of-")) /* the first of each view and split */
				continue;
			buf_reset(&path);
			buf_addf(&path, "%s/data/%s/%s", dir, views[v], e->d_name);
			read_file(buf_z(&path), &file);
			check_in("%s", buf_z(&path));
			file.s[file.n / 2] ^= 1;
			write_file(buf_z(&path), buf_str(&file));
			CHECK(problems(dir, &seen) > 0);
			file.s[file.n / 2] ^= 1;
			write_file(buf_z(&path), str_sub(buf_str(&file), 0, file.n - 3));
			CHECK(problems(dir, &seen) > 0);
			CHECK_EQ(remove(buf_z(&path)), 0);
			CHECK(problems(dir, &seen) > 0);
			write_file(buf_z(&path), buf_str(&file));
			tried++;
		}
		if (d)
			closedir(d);
	}
	check_in("%s", "");
	CHECK_EQ(tried, 10);
	CHECK_EQ(problems(dir, &seen), 0);
	buf_release(&file);
	buf_release(&path);
}

static void replace(struct buf *out, struct str text, const char *from, const char *to)
{
	ptrdiff_t at = str_find(text, str_of(from));

	buf_reset(out);
	CHECK(at >= 0);
	buf_add(out, str_sub(text, 0, (size_t)(at < 0 ? 0 : at)));
	buf_addz(out, to);
	buf_add(out, str_from(text, (size_t)(at < 0 ? 0 : at) + strlen(from)));
}

static void test_check_manifest(void)
{
	static const struct {
		const char *from, *to;
		int64_t want; /* problems; -1: refused */
	} cases[] = {
		{ "data/rl/", "data/../", -1 },
		{ "data/rl/train-00000", "data/rl/train-0000/", -1 },
		{ "\"view\":\"rl\"", "\"view\":\"sft\"", -1 },
		{ "\"split\":\"train\"", "\"split\":\"test\"", -1 },
		{ "\"plain\":false", "\"plain\":0", -1 },
		{ "\"rows_per_frame\":[", "\"rows_per_frame\":[1,", -1 },
		{ "\"kind\":\"quarry dataset\"", "\"kind\":\"other\"", -1 },
		{ "\"version\":1,", "\"version\":2,", -1 },
		{ "{", "[", -1 },
		{ "\"first\":\"", "\"first\":\"x", 1 },
		{ "\"rows\":{\"rl\":", "\"rows\":{\"rl\":1", 1 },
		{ "\"rows\":{\"rl\":", "\"rows\":{\"rl\":-", -1 },
		{ "\"text_bytes\":", "\"text_bytes\":1", 1 },
		{ "\"content_sha256\":\"", "\"content_sha256\":\"g", -1 },
		{ "\"last\":\"", "\"last\":\"x", 1 },
	};
	struct buf whole = BUF_INIT, bad = BUF_INIT;
	struct seen seen = { .quick = true };

	read_file(at_home("run/manifest.json"), &whole);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_in("case %zu: %s", i, cases[i].to);
		replace(&bad, buf_str(&whole), cases[i].from, cases[i].to);
		write_file(at_home("run/manifest.json"), buf_str(&bad));
		CHECK_EQ(problems(at_home("run"), &seen), cases[i].want);
		CHECK(seen.said[0]);
	}
	for (size_t n = 0; n < whole.n - 1; n += 97) {
		check_in("manifest cut to %zu", n);
		write_file(at_home("run/manifest.json"), str_sub(buf_str(&whole), 0, n));
		CHECK_EQ(problems(at_home("run"), &seen), -1);
	}
	check_in("%s", "");
	write_file(at_home("run/manifest.json"), buf_str(&whole));
	CHECK_EQ(problems(at_home("run"), &seen), 0);
	CHECK_EQ(problems(at_home("nowhere"), &seen), -1);
	buf_release(&whole);
	buf_release(&bad);
}

/* A run.db that somebody changed: one line that names it. */
static void test_damaged_run(void)
{
	static const char *const lines[] = {
		"", "{", "[]", "{\"id\":1}", "{\"id\":\"x\"}",
	};
	static const struct {
		const char *from, *to;
	} swaps[] = {
		{ "\"canon\":\"", "\"canon\":\"z" },       { "\"seed\":", "\"seed\":99999999999999999999" },
		{ "\"role\":", "\"rule\":" },              { "\"difficulty\":", "\"difficulty\":1e999" },
		{ "\"prompt\":[", "\"prompt\":[1," },      { "\"task\":\"", "\"task\":\"<b>" },
		{ "\"id\":\"", "\"id\":\"\\u0022" },       { "\"effort\":{", "\"effort\":1,\"x\":{" },
	};
	struct dataset_plan plan = small_plan();
	struct buf b = BUF_INIT, line = BUF_INIT;
	size_t many = sizeof(lines) / sizeof(lines[0]) + sizeof(swaps) / sizeof(swaps[0]);

	for (size_t i = 0; i < many; i++) {
		struct dataset_counts c;
		struct err err = ERR_INIT;
		struct store *st;

		remove_all(at_home("odd"));
		mkdir(at_home("odd"), 0777);
		buf_reset(&line);
		if (i < sizeof(lines) / sizeof(lines[0])) {
			buf_addz(&line, lines[i]);
		} else {
			add_instance(&b, 3);
			i -= sizeof(lines) / sizeof(lines[0]);
			replace(&line, buf_str(&b), swaps[i].from, swaps[i].to);
			i += sizeof(lines) / sizeof(lines[0]);
		}
		check_in("%s", buf_z(&line));
		CHECK_EQ(store_open(&st, at_home("odd/run.db"), STORE_CREATE, &err), 0);
		CHECK_EQ(store_add_prompt(st, &(struct stored_prompt){ 0, STR("x"), STR("sudoku"), 0, buf_str(&line) }, &err), 0);
		CHECK(dataset_write(st, at_home("odd"), &plan, NULL, NULL, &c, &err) < 0);
		CHECK(strstr(err.msg, "run.db") != NULL);
		CHECK(access(at_home("odd/.part"), F_OK) < 0 && access(at_home("odd/data"), F_OK) < 0);
		store_close(st);
	}
	check_in("%s", "");
	buf_release(&b);
	buf_release(&line);
}

/* No prompt, no sample: a directory all the same. */
static void test_empty(void)
{
	struct dataset_plan plan = small_plan();
	struct dataset_counts c;
	struct seen seen = { 0 };
	struct err err = ERR_INIT;
	struct store *st;
	struct buf b = BUF_INIT;

	mkdir(at_home("empty"), 0777);
	CHECK_EQ(store_open(&st, at_home("empty/run.db"), STORE_CREATE, &err), 0);
	CHECK_EQ(dataset_write(st, at_home("empty"), &plan, NULL, NULL, &c, &err), 0);
	CHECK_EQ(problems(at_home("empty"), &seen), 0);
	add_instance(&b, 3);
	CHECK_EQ(store_add_prompt(st, &(struct stored_prompt){ 0, STR("x"), STR("sudoku"), 0, buf_str(&b) }, &err), 0);
	CHECK_EQ(dataset_write(st, at_home("empty"), &plan, NULL, NULL, &c, &err), 0);
	CHECK_EQ(c.rows[VIEW_TRACES], 0);
	CHECK_EQ(problems(at_home("empty"), &seen), 0);
	CHECK_EQ(dropped_rows(at_home("empty"), "incomplete"), 1);
	store_close(st);
	buf_release(&b);
}

int main(void)
{
	/* in memory where that can be: the many fsyncs cost nothing there */
	snprintf(home, sizeof(home), "%s/test_datasets.%ld", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (long)getpid());
	if (mkdir(home, 0700) < 0) {
		perror(home);
		return 1;
	}
	test_binomial();
	test_fates();
	test_rates();
	test_loops();
	test_tells();
	test_trace_floods();
	test_shard_round_trip();
	test_shard_frames();
	test_shard_damage();
	test_shard_forged();
	test_shard_rows_refused();
	make_run(at_home("run"));
	test_dataset();
	test_dropped();
	test_rewrite();
	test_killed();
	test_full();
	test_check_damage();
	test_check_manifest();
	test_damaged_run();
	test_empty();
	remove_all(home);
	return check_done();
}
