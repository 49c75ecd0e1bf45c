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
		{ "\xEF\xBB\xBF" "a\n\xEF\xBB\xBF" "b\n", "a|\xEF\xBB\xBF" "b|" }, { "\xEF\xBB\xBF\r\na", "|a|" }, { "\xEF\xBB\xBF", "|" }, { "\xEF\xBB", "\xEF\xBB|" },
	};
	struct buf got = BUF_INIT;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < COUNT(cases); i++) {
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
	struct writer *w, *second;

	put(at_home("kept"), STR("old\n"));
	CHECK_EQ(writer_open(&w, at_home("kept"), &err), 0);
	CHECK_EQ(writer_add(w, STR("new\n"), &err), 0);
	CHECK_EQ(writer_flush(w, &err), 0);
	CHECK_EQ(lines_of(at_home("kept"), &got, &err), 0);
	CHECK_STR(buf_str(&got), "old|");
	/* a second writer of the same file is turned away */
	CHECK(writer_open(&second, at_home("kept"), &err) < 0);
	CHECK(strstr(err.msg, "kept.part: another process is writing it") != NULL);
	CHECK(access(at_home("kept.part"), F_OK) == 0);
	writer_drop(w);
	CHECK(access(at_home("kept.part"), F_OK) < 0);
	CHECK_EQ(lines_of(at_home("kept"), &got, &err), 0);
	CHECK_STR(buf_str(&got), "old|");
	buf_release(&got);
}

/* The lines of each slice of `count`, one behind the other; how many lines stand before each is right, too. */
static void slices_of(const char *path, int64_t count, struct buf *out)
{
	struct buf line = BUF_INIT;
	struct err err = ERR_INIT;
	uint64_t before = 0;

	buf_reset(out);
	for (int64_t i = 0; i < count; i++) {
		struct reader *r;
		int rc;

		if (!CHECK_EQ(reader_open_slice(&r, path, i, count, &err), 0))
			continue;
		while ((rc = reader_line(r, &line, &err)) > 0) {
			if (reader_number(r) == 1)
				CHECK_EQ(reader_before(r), before);
			before++;
			buf_add(out, buf_str(&line));
			buf_addc(out, '|');
		}
		CHECK_EQ(rc, 0);
		reader_close(r);
	}
	buf_release(&line);
}

static void test_slices(void)
{
	struct buf text = BUF_INIT, want = BUF_INIT, got = BUF_INIT, a = BUF_INIT, all = BUF_INIT;
	struct err err = ERR_INIT;
	struct reader *r;

	buf_addz(&text, "\xEF\xBB\xBF");
	for (int i = 0; i < 700; i++) {
		for (int k = 0; k < (i % 97 == 3 ? 9000 : i % 9); k++)
			buf_addf(&text, "%d,", i * k % 1000);
		if (i < 699)
			buf_addc(&text, '\n');
	}
	put(at_home("sliced"), buf_str(&text));
	/* frames that end anywhere, one of them skipped, and one with a line and a half */
	for (size_t from = 0, n = 1; codec_there() && from < text.n; from += n, n = n * 3 + 1) {
		put(at_home("a.zst"), str_sub(buf_str(&text), from, from + n < text.n ? from + n : text.n));
		read_file(at_home("a.zst"), &a);
		buf_add(&all, buf_str(&a));
		buf_add(&all, (struct str){ "\x5A\x2A\x4D\x18\x03\x00\x00\x00xyz", 11 });
	}
	if (codec_there())
		write_file(at_home("sliced.zst"), buf_str(&all));
	for (int packed = 0; packed <= (int)codec_there(); packed++) {
		const char *path = at_home(packed ? "sliced.zst" : "sliced");

		CHECK_EQ(lines_of(path, &want, &err), 0);
		for (int64_t count = 1; count < 2000; count = count * 2 + 1) {
			check_in("%lld slices, %s", (long long)count, packed ? "packed" : "plain");
			slices_of(path, count, &got);
			CHECK(str_eq(buf_str(&got), buf_str(&want)));
		}
	}
	check_in("%s", "");
	put(at_home("sliced"), STR(""));
	slices_of(at_home("sliced"), 3, &got);
	CHECK_STR(buf_str(&got), "");
	CHECK(reader_open_slice(&r, "-", 0, 2, &err) < 0);
	CHECK(strstr(err.msg, "not from a pipe") != NULL);
	if (codec_there()) {
		write_file(at_home("bad"), str_sub(buf_str(&all), 0, all.n - 20));
		CHECK(reader_open_slice(&r, at_home("bad"), 0, 2, &err) < 0);
		CHECK(strstr(err.msg, "damaged or cut short") != NULL);
	}
	buf_release(&text);
	buf_release(&want);
	buf_release(&got);
	buf_release(&a);
	buf_release(&all);
}

static int note_line(void *ctx, struct str line, struct err *err)
{
	(void)err;
	buf_add(ctx, line);
	buf_addc(ctx, '|');
	return 0;
}

static int add_lines(struct writer *w, int from, int to, struct err *err)
{
	int rc = 0;

	for (int i = from; rc == 0 && i < to; i++) {
		char line[16];

		snprintf(line, sizeof(line), "l%d\n", i);
		rc = writer_add(w, str_of(line), err);
	}
	return rc;
}

static int refuse_line(void *ctx, struct str line, struct err *err)
{
	(void)ctx, (void)line;
	return err_set(err, "not mine");
}

/* Saved, cut at any byte as a kill would, and gone on with: the lines that were whole stay, and the file ends up the same. */
static void test_resume(void)
{
	struct buf part = BUF_INIT, shown = BUF_INIT, got = BUF_INIT;
	struct err err = ERR_INIT;
	struct writer *w;

	for (int packed = 0; packed <= (int)codec_there(); packed++) {
		const char *path = at_home(packed ? "went.zst" : "went");
		char name[300];
		bool some = false;

		snprintf(name, sizeof(name), "%s.part", path);
		/* three sessions of four lines each: a frame a session */
		for (int session = 0; session < 3; session++) {
			buf_reset(&shown);
			CHECK_EQ(writer_resume(&w, path, note_line, &shown, &err), 0);
			CHECK_STR(buf_str(&shown), session == 0 ? "" : session == 1 ? "l0|l1|l2|l3|" : "l0|l1|l2|l3|l4|l5|l6|l7|");
			CHECK_EQ(add_lines(w, 4 * session, 4 * session + 4, &err), 0);
			CHECK_EQ(writer_save(w, &err), 0);
			CHECK(access(path, F_OK) < 0);
		}
		read_file(name, &part);
		for (size_t n = 0; n <= part.n; n++) {
			int kept = 0;

			check_in("cut to %zu of %zu, %s", n, part.n, packed ? "packed" : "plain");
			write_file(name, str_sub(buf_str(&part), 0, n));
			buf_reset(&shown);
			if (!CHECK_EQ(writer_resume(&w, path, note_line, &shown, &err), 0))
				continue;
			for (size_t i = 0; i < shown.n; i++)
				kept += shown.s[i] == '|';
			some = some || (kept > 0 && kept < 12);
			CHECK(!packed || kept % 4 == 0);
			CHECK_EQ(add_lines(w, kept, 12, &err), 0);
			CHECK_EQ(writer_finish(w, &err), 0);
			CHECK_EQ(lines_of(path, &got, &err), 0);
			CHECK_STR(buf_str(&got), "l0|l1|l2|l3|l4|l5|l6|l7|l8|l9|l10|l11|");
			CHECK(access(name, F_OK) < 0);
		}
		check_in("%s", "");
		CHECK(some);
		/* a frame that a power cut left as zeros */
		for (size_t i = part.n - 3; packed && i < part.n; i++)
			part.s[i] = 0;
		write_file(name, buf_str(&part));
		buf_reset(&shown);
		CHECK(writer_resume(&w, path, refuse_line, &shown, &err) < 0);
		CHECK_STR(str_of(err.msg), "not mine");
		if (CHECK_EQ(writer_resume(&w, path, note_line, &shown, &err), 0))
			writer_drop(w);
		CHECK_STR(buf_str(&shown), packed ? "l0|l1|l2|l3|l4|l5|l6|l7|" : "l0|l1|l2|l3|l4|l5|l6|l7|l8|l9|l10|l11|");
		CHECK(access(name, F_OK) < 0);
		unlink(path);
	}
	buf_release(&part);
	buf_release(&shown);
	buf_release(&got);
}

/* Lines from "l2" on do not stay. */
static int cut_line(void *ctx, struct str line, struct err *err)
{
	note_line(ctx, line, err);
	return str_is(line, "l2") || str_is(line, "l3");
}

/* What is kept of a file: nothing of an empty one, and of one with a torn end or lines taken back all that stays. */
static void test_kept(void)
{
	struct buf shown = BUF_INIT, got = BUF_INIT;
	struct err err = ERR_INIT;
	struct writer *w;

	for (int packed = 0; packed <= (int)codec_there(); packed++) {
		const char *path = at_home(packed ? "went.zst" : "went");
		char name[300];

		check_in("%s", packed ? "packed" : "plain");
		snprintf(name, sizeof(name), "%s.part", path);
		CHECK_EQ(writer_resume(&w, path, note_line, &shown, &err), 0);
		CHECK(writer_resumes(w));
		CHECK_EQ(writer_save(w, &err), 0);
		CHECK(access(name, F_OK) < 0);
		CHECK_EQ(writer_resume(&w, path, note_line, &shown, &err), 0);
		CHECK_EQ(add_lines(w, 0, 2, &err), 0);
		CHECK_EQ(writer_flush(w, &err), 0);
		CHECK_EQ(add_lines(w, 2, 5, &err), 0);
		CHECK_EQ(writer_save(w, &err), 0);
		buf_reset(&shown);
		CHECK_EQ(writer_resume(&w, path, cut_line, &shown, &err), 0);
		CHECK_STR(buf_str(&shown), "l0|l1|l2|l3|l4|");
		CHECK_EQ(add_lines(w, 7, 8, &err), 0);
		CHECK_EQ(writer_finish(w, &err), 0);
		CHECK_EQ(lines_of(path, &got, &err), 0);
		CHECK_STR(buf_str(&got), "l0|l1|l7|");
		unlink(path);
	}
	check_in("%s", "");
	CHECK(writer_open(&w, "", &err) < 0);
	CHECK_STR(str_of(err.msg), "the file to write has an empty name");
	buf_release(&shown);
	buf_release(&got);
}

/* As much as fits, and no more; then, with room made, the rest. */
static void resume_in(rlim_t room, struct err *err)
{
	struct rlimit little = { room, RLIM_INFINITY };
	struct buf shown = BUF_INIT;
	struct writer *w;
	int rc;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &little);
	rc = writer_resume(&w, at_home("full"), note_line, &shown, err);
	for (int i = 0; rc == 0 && i < 100000; i++)
		rc = writer_add(w, STR("what does not fit\n"), err);
	little.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &little);
	if (rc < 0)
		writer_save(w, err);
	buf_release(&shown);
}

/* The disk was full for a moment: what is tried once more goes on where it broke off. */
static void test_full_once(void)
{
	struct buf got = BUF_INIT;
	struct err err = ERR_INIT;
	struct str text;

	resume_in(1000, &err);
	read_file(at_home("full.part"), &got);
	text = buf_str(&got);
	CHECK(text.n > 1000);
	while (str_starts(text, STR("what does not fit\n")))
		text = str_from(text, strlen("what does not fit\n"));
	CHECK_EQ(text.n, 0);
	unlink(at_home("full.part"));
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
	static const char *const names[] = { "ends.jsonl", "ends.jsonl.zst", "long", "long.zst", "a.zst", "all", "cut", "bad", "x", "kept",
		"sliced", "sliced.zst", "went", "went.zst" };

	if (!scratch_make("stream"))
		return 1;
	test_line_ends();
	test_long();
	if (codec_there())
		test_frames();
	test_refused();
	test_names();
	test_slices();
	test_resume();
	test_kept();
	test_full();
	test_full_once();
	for (size_t i = 0; i < COUNT(names); i++)
		unlink(at_home(names[i]));
	CHECK_EQ(rmdir(home), 0); /* nothing else is left behind */
	return check_done();
}
