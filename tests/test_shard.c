/* test_shard.c - shards read back, row by row; cut, changed and forged. */
#include "base/hash.h"
#include "base/json.h"
#include "datasets/shard.h"
#include "tests/scratch.h"

#include <zstd.h>

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

	for (size_t c = 0; c < COUNT(counts); c++)
		for (size_t f = 0; f < COUNT(frames); f++) {
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

int main(void)
{
	if (!scratch_make("shard"))
		return 1;
	test_shard_round_trip();
	test_shard_frames();
	test_shard_damage();
	test_shard_forged();
	test_shard_rows_refused();
	scratch_remove();
	return check_done();
}
