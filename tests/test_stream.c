/*
 * test_stream.c - lines in and out: every kind of line end, plain and compressed, in one frame and in many; what is cut,
 * damaged or too long is an error that says where; nothing half written keeps a name.
 */
#include "datasets/stream.h"
#include "tests/scratch.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* All lines of a file, each followed by '|'; negative and err set where the reader failed. */
static int lines_of(const char *path, struct buf *out, struct err *err)
{
	struct reader *r;
	struct buf line = BUF_INIT;
	int rc = reader_open(&r, path, err);
	uint64_t n = 0;

	buf_reset(out);
	if (rc < 0)
		return rc;
	while ((rc = reader_line(r, &line, err)) > 0) {
		buf_add(out, buf_str(&line));
		buf_addc(out, '|');
		CHECK_EQ(reader_number(r), ++n);
	}
	reader_close(r);
	buf_release(&line);
	return rc;
}

static void put(const char *path, struct str text)
{
	struct writer *w;
	struct err err = ERR_INIT;
	int rc = writer_open(&w, path, &err);

	while (rc == 0 && text.n) { /* in odd pieces */
		size_t n = text.n < 7 ? text.n : 7;

		rc = writer_add(w, str_sub(text, 0, n), &err);
		text = str_from(text, n);
	}
	if (CHECK_EQ(rc, 0))
		CHECK_EQ(writer_finish(w, &err), 0);
}

static void test_line_ends(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },        { "\n", "|" },         { "a", "a|" },         { "a\n", "a|" },       { "a\nb", "a|b|" },
		{ "a\r\nb\r\n", "a|b|" }, { "\n\na", "||a|" },   { "a\rb\n", "a\rb|" },  { "ab\r", "ab\r|" },  { "abc\n\n", "abc||" },
	};
	struct buf got = BUF_INIT;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int packed = 0; packed <= (int)codec_there(); packed++) {
			const char *path = at_home(packed ? "ends.jsonl.zst" : "ends.jsonl");

			check_in("case %zu, %s", i, packed ? "packed" : "plain");
			put(path, str_of(cases[i].text));
			CHECK_EQ(lines_of(path, &got, &err), 0);
			CHECK_STR(buf_str(&got), cases[i].want);
		}
	}
	check_in("%s", "");
	buf_release(&got);
}

/* Many lines, longer than every chunk on the way. */
static void test_long(void)
{
	struct buf text = BUF_INIT, want = BUF_INIT, got = BUF_INIT;
	struct err err = ERR_INIT;

	for (int i = 0; i < 400; i++) {
		for (int k = 0; k < (i % 50 == 7 ? 90000 : i % 9); k++)
			buf_addf(&text, "%d,", i * k % 1000);
		buf_addc(&text, '\n');
	}
	for (size_t i = 0; i < text.n; i++)
		buf_addc(&want, text.s[i] == '\n' ? '|' : text.s[i]);
	for (int packed = 0; packed <= (int)codec_there(); packed++) {
		const char *path = at_home(packed ? "long.zst" : "long");

		put(path, buf_str(&text));
		CHECK_EQ(lines_of(path, &got, &err), 0);
		CHECK(str_eq(buf_str(&got), buf_str(&want)));
	}
	buf_release(&text);
	buf_release(&want);
	buf_release(&got);
}

/* Frames one behind the other, and frames that are to be skipped, in front and between. */
static void test_frames(void)
{
	static const char skip[] = "\x5A\x2A\x4D\x18\x03\x00\x00\x00xyz";
	struct buf a = BUF_INIT, all = BUF_INIT, got = BUF_INIT;
	struct str hop = { skip, sizeof(skip) - 1 };
	struct err err = ERR_INIT;
	size_t whole;

	put(at_home("a.zst"), STR("one\ntwo\nhal"));
	read_file(at_home("a.zst"), &a);
	buf_add(&all, hop);
	buf_add(&all, buf_str(&a));
	buf_add(&all, hop);
	put(at_home("a.zst"), STR("f\nfour\n"));
	read_file(at_home("a.zst"), &a);
	buf_add(&all, buf_str(&a));
	whole = all.n;
	buf_add(&all, hop);
	write_file(at_home("all"), buf_str(&all));
	CHECK_EQ(lines_of(at_home("all"), &got, &err), 0);
	CHECK_STR(buf_str(&got), "one|two|half|four|");
	/* cut anywhere inside the last frame it is an error; what was whole before it was given out */
	for (size_t n = whole - a.n + 1; n < whole; n++) {
		check_in("cut to %zu of %zu", n, whole);
		write_file(at_home("cut"), str_sub(buf_str(&all), 0, n));
		CHECK(lines_of(at_home("cut"), &got, &err) < 0);
		CHECK(str_starts(buf_str(&got), STR("one|two|")));
		CHECK(strstr(err.msg, "cut") != NULL);
	}
	check_in("%s", "");
	all.s[whole - 3] ^= 1; /* its checksum */
	write_file(at_home("bad"), buf_str(&all));
	CHECK(lines_of(at_home("bad"), &got, &err) < 0);
	CHECK(strstr(err.msg, "damaged") != NULL);
	all.s[whole - 3] ^= 1;
	/* text behind a frame is no frame */
	buf_addz(&all, "plain\n");
	write_file(at_home("bad"), buf_str(&all));
	CHECK(lines_of(at_home("bad"), &got, &err) < 0);
	/* a frame that asks for a window of 2 GiB */
	write_file(at_home("bad"), (struct str){ "\x28\xB5\x2F\xFD\x00\xA8\x01\x00\x00", 9 });
	CHECK(lines_of(at_home("bad"), &got, &err) < 0);
	buf_release(&a);
	buf_release(&all);
	buf_release(&got);
}

static void test_refused(void)
{
	struct reader *r;
	struct writer *w;
	struct err err = ERR_INIT;

	CHECK(reader_open(&r, at_home("nowhere"), &err) < 0);
	CHECK(strstr(err.msg, "nowhere: No such file") != NULL);
	CHECK(reader_open(&r, home, &err) < 0);
	CHECK(strstr(err.msg, "is a directory") != NULL);
	CHECK(writer_open(&w, at_home("no/such/place"), &err) < 0);
	reader_close(NULL);
	writer_drop(NULL);
	if (!codec_there()) {
		CHECK(writer_open(&w, at_home("x.zst"), &err) < 0);
		write_file(at_home("x"), STR("\x28\xB5\x2F\xFDxxxx"));
		CHECK(reader_open(&r, at_home("x"), &err) < 0);
		CHECK(strstr(err.msg, "without zstd") != NULL);
	}
}

/* A name means that the file is whole; what was there before stays until then. */
static void test_names(void)
{
	struct buf got = BUF_INIT;
	struct err err = ERR_INIT;
	struct writer *w;

	put(at_home("kept"), STR("old\n"));
	CHECK_EQ(writer_open(&w, at_home("kept"), &err), 0);
	CHECK_EQ(writer_add(w, STR("new\n"), &err), 0);
	CHECK_EQ(writer_flush(w, &err), 0);
	CHECK_EQ(lines_of(at_home("kept"), &got, &err), 0);
	CHECK_STR(buf_str(&got), "old|");
	writer_drop(w);
	CHECK(access(at_home("kept.part"), F_OK) < 0);
	CHECK_EQ(lines_of(at_home("kept"), &got, &err), 0);
	CHECK_STR(buf_str(&got), "old|");
	buf_release(&got);
}

/* A disk that fills up, by way of a limit on the size of files: an error, and nothing is left. */
static void test_full(void)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		struct rlimit little = { 1000, 1000 };
		struct err err = ERR_INIT;
		struct writer *w;
		int rc;

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &little);
		rc = writer_open(&w, at_home("full"), &err);
		for (int i = 0; rc == 0 && i < 1000; i++)
			rc = writer_add(w, STR("what does not fit\n"), &err);
		rc = rc < 0 ? rc : writer_finish(w, &err);
		_exit(rc == ERR_FAIL && strstr(err.msg, "full: File too large") ? 3 : 1);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	CHECK(access(at_home("full"), F_OK) < 0 && access(at_home("full.part"), F_OK) < 0);
}

int main(void)
{
	static const char *const names[] = { "ends.jsonl", "ends.jsonl.zst", "long", "long.zst", "a.zst", "all", "cut", "bad", "x", "kept" };

	if (!scratch_make("stream"))
		return 1;
	test_line_ends();
	test_long();
	if (codec_there())
		test_frames();
	test_refused();
	test_names();
	test_full();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(at_home(names[i]));
	CHECK_EQ(rmdir(home), 0); /* nothing else is left behind */
	return check_done();
}
