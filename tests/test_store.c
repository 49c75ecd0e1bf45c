/*
 * test_store.c - run.db: what goes in comes out, what was not committed is gone, what somebody changed is an error that
 * names the file.
 */
#include "base/rng.h"
#include "datasets/seen.h"
#include "datasets/store.h"
#include "tests/check.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[100];

static void forget(void)
{
	char more[120];

	unlink(path);
	snprintf(more, sizeof(more), "%s-wal", path);
	unlink(more);
	snprintf(more, sizeof(more), "%s-shm", path);
	unlink(more);
}

static struct store *opened(enum store_mode mode)
{
	struct store *st = NULL;
	struct err err = ERR_INIT;

	CHECK_EQ(store_open(&st, path, mode, &err), 0);
	CHECK_STR(str_of(err.msg), "");
	return st;
}

static const struct stored_sample odd = {
	.response = { "with\0NUL \xE7\xAD\x94 and \"quotes\"'; DROP TABLE sample;--", 47 }, .finish = { "stop", 4 }, .mark = { "wrong", 5 },
	.why = { "", 0 }, .extracted = { "x", 1 }, .tokens = 1 << 20, .answers_seen = 99, .score = 0.1, .format_ok = true,
};

static void fill(struct store *st, int prompts, int samples)
{
	struct err err = ERR_INIT;

	CHECK_EQ(store_begin(st, &err), 0);
	for (int p = 0; p < prompts; p++) {
		CHECK_EQ(store_add_prompt(st, &(struct stored_prompt){ p, STR("an-id"), STR("sudoku"), 2, STR("{\"a\":1}") }, &err), 0);
		for (int i = samples - 1; i >= 0; i--) {
			struct stored_sample s = odd;

			s.idx = i;
			s.logprob = i % 2 ? -1.5 : NAN;
			s.entropy = i % 2 ? 0.25 : NAN;
			CHECK_EQ(store_add_sample(st, p, &s, &err), 0);
		}
	}
	CHECK_EQ(store_commit(st, &err), 0);
}

struct count {
	int64_t n, stop;
};

static int see(void *ctx, const struct stored_sample *s)
{
	struct count *c = ctx;

	if (c->n == c->stop)
		return -77;
	CHECK_EQ(s->idx, c->n);
	CHECK_STR_EQ(s->response, odd.response);
	CHECK_STR(s->finish, "stop");
	CHECK_STR(s->mark, "wrong");
	CHECK_STR(s->why, "");
	CHECK_STR(s->extracted, "x");
	CHECK_EQ(s->tokens, 1 << 20);
	CHECK_EQ(s->answers_seen, 99);
	CHECK_F64(s->score, 0.1);
	CHECK(s->format_ok);
	CHECK(c->n % 2 ? s->logprob == -1.5 && s->entropy == 0.25 : isnan(s->logprob) && isnan(s->entropy));
	c->n++;
	return 0;
}

static void test_round_trip(void)
{
	struct store *st = opened(STORE_CREATE);
	struct stored_prompt p;
	struct count c = { 0, -1 };
	struct buf v = BUF_INIT;
	struct err err = ERR_INIT;

	CHECK_EQ(store_prompts(st), 0);
	CHECK_EQ(store_get(st, "key", &v, &err), 0);
	fill(st, 3, 5);
	CHECK_EQ(store_begin(st, &err), 0);
	CHECK_EQ(store_set(st, "key", STR("one"), &err), 0);
	CHECK_EQ(store_set(st, "key", STR("two"), &err), 0);
	CHECK_EQ(store_drop(st, 1, "too_easy", &err), 0);
	CHECK(store_drop(st, 1, "too_hard", &err) < 0); /* one reason a prompt */
	CHECK_EQ(store_undrop_all(st, &err), 0);
	CHECK_EQ(store_drop(st, 1, "too_hard", &err), 0);
	CHECK_EQ(store_commit(st, &err), 0);
	CHECK_EQ(store_commit(st, &err), 0); /* nothing open: nothing to do */
	store_close(st);

	st = opened(STORE_READ);
	CHECK_EQ(store_prompts(st), 3);
	CHECK_EQ(store_samples(st), 15);
	CHECK_EQ(store_samples_of(st, 1), 5);
	CHECK_EQ(store_samples_of(st, 9), 0);
	CHECK_EQ(store_get(st, "key", &v, &err), 1);
	CHECK_STR(buf_str(&v), "two");
	CHECK_EQ(store_prompt(st, 2, &p, &err), 1);
	CHECK_EQ(p.idx, 2);
	CHECK_EQ(p.source, 2);
	CHECK_STR(p.id, "an-id");
	CHECK_STR(p.task, "sudoku");
	CHECK_STR(p.instance, "{\"a\":1}");
	CHECK_EQ(store_prompt(st, 3, &p, &err), 0);
	CHECK_EQ(store_each_sample(st, 1, see, &c, &err), 0);
	CHECK_EQ(c.n, 5);
	c = (struct count){ 0, 2 };
	CHECK_EQ(store_each_sample(st, 1, see, &c, &err), -77); /* the caller's word comes back */
	CHECK(store_set(st, "key", STR("three"), &err) < 0);    /* opened to read */
	CHECK(strstr(err.msg, path) != NULL);
	store_close(st);
	store_close(NULL);
	buf_release(&v);
}

static void test_cut_and_rollback(void)
{
	struct store *st = opened(STORE_WRITE);
	struct err err = ERR_INIT;

	CHECK_EQ(store_begin(st, &err), 0);
	CHECK_EQ(store_cut_samples(st, 1, 3, 1000, &err), 0);
	CHECK_EQ(store_samples_of(st, 1), 3);
	CHECK_EQ(store_samples_of(st, 0), 5);
	store_rollback(st);
	store_rollback(st);
	CHECK_EQ(store_samples_of(st, 1), 5);
	CHECK_EQ(store_cut_samples(st, 1, 3, 1000, &err), 0);
	CHECK_EQ(store_samples_of(st, 1), 3);
	/* a sample stands there once */
	CHECK(store_add_sample(st, 1, &(struct stored_sample){ .idx = 2 }, &err) < 0);
	store_close(st);
}

/* Killed with a transaction open: the committed part is there, no more. */
static void test_killed(void)
{
	pid_t pid = fork();
	int status = -1;
	struct store *st;
	struct err err = ERR_INIT;

	if (pid == 0) {
		st = opened(STORE_WRITE);
		store_begin(st, &err);
		store_set(st, "kept", STR("yes"), &err);
		store_commit(st, &err);
		store_begin(st, &err);
		store_set(st, "kept", STR("no"), &err);
		store_cut_samples(st, 0, 0, 1000, &err);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status));
	st = opened(STORE_WRITE);
	if (st) {
		struct buf v = BUF_INIT;

		CHECK_EQ(store_get(st, "kept", &v, &err), 1);
		CHECK_STR(buf_str(&v), "yes");
		CHECK_EQ(store_samples_of(st, 0), 5);
		buf_release(&v);
	}
	store_close(st);
}

static int nothing(void *ctx, const struct stored_sample *s)
{
	(void)ctx, (void)s;
	return 0;
}

/* SQL done to the file behind our back, and what then must fail. */
static void test_changed(void)
{
	static const struct {
		const char *sql;
		bool opens, prompts, samples; /* what still goes well */
	} cases[] = {
		{ "UPDATE sample SET score = 9e999 WHERE prompt = 1 AND idx = 2", true, true, false },
		{ "UPDATE sample SET idx = 1 << 40 WHERE prompt = 1 AND idx = 2", true, true, false },
		{ "UPDATE sample SET idx = -5 WHERE prompt = 1 AND idx = 2", true, true, false },
		{ "DELETE FROM prompt WHERE idx = 1", true, false, true },
		{ "UPDATE prompt SET idx = -1 WHERE idx = 0", true, false, true },
		{ "PRAGMA user_version = 99", false, true, true },
		{ "DROP TABLE dropped", false, true, true },
		{ "UPDATE sample SET response = x'00ff' WHERE prompt = 1 AND idx = 2", true, true, true },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store *st = NULL;
		struct err err = ERR_INIT;
		sqlite3 *db;

		forget();
		st = opened(STORE_CREATE);
		fill(st, 3, 5);
		store_close(st);
		check_in("%s", cases[i].sql);
		CHECK_EQ(sqlite3_open(path, &db), SQLITE_OK);
		CHECK_EQ(sqlite3_exec(db, cases[i].sql, NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		CHECK_EQ(store_open(&st, path, STORE_WRITE, &err), cases[i].opens ? 0 : ERR_FAIL);
		if (cases[i].opens) {
			CHECK_EQ(store_prompts(st) == 3, cases[i].prompts);
			CHECK_EQ(store_each_sample(st, 1, nothing, NULL, &err) == 0, cases[i].samples);
			store_close(st);
		}
		CHECK((cases[i].opens && cases[i].samples) || strstr(err.msg, path) != NULL);
	}
	check_in("%s", "");
}

/* Files that are no run, and a run cut or overwritten anywhere: an error or other content, never a crash. */
static void test_damaged(void)
{
	struct store *st;
	struct err err = ERR_INIT;
	struct stat whole;
	char junk[64];

	CHECK(store_open(&st, "/nowhere/run.db", STORE_CREATE, &err) < 0);
	forget();
	CHECK(store_open(&st, path, STORE_READ, &err) < 0);
	CHECK(store_open(&st, path, STORE_WRITE, &err) < 0);
	CHECK(access(path, F_OK) < 0);
	memset(junk, 'x', sizeof(junk));
	for (int i = 0; i < 60; i++) {
		int fd;

		forget();
		st = opened(STORE_CREATE);
		fill(st, 3, 5);
		store_close(st);
		fd = open(path, O_RDWR | O_CLOEXEC);
		CHECK(fd >= 0 && fstat(fd, &whole) == 0);
		if (i % 2)
			CHECK_EQ(ftruncate(fd, whole.st_size * i / 60), 0);
		else
			CHECK_EQ(pwrite(fd, junk, sizeof(junk), whole.st_size * i / 60), (ssize_t)sizeof(junk));
		close(fd);
		check_in("damage %d", i);
		if (store_open(&st, path, STORE_WRITE, &err) < 0)
			continue;
		for (int64_t p = 0; p < 3; p++) {
			struct stored_prompt sp;

			store_prompt(st, p, &sp, &err);
			store_each_sample(st, p, nothing, NULL, &err);
		}
		CHECK(store_prompts(st) <= 3);
		store_close(st);
	}
	check_in("%s", "");
}

/* Hashes met before: zero and the largest are hashes too; past its cache the set is in a file, and still exact. */
static void test_seen(void)
{
	enum { HASHES = 1000000 }; /* some 20 MB, more than is held in memory */
	struct rlimit file, small;
	struct seen *s = NULL, *other = NULL;
	struct err err = ERR_INIT;
	int64_t fresh = 0, again = 0;
	int rc = 1;

	CHECK_EQ(seen_open(&s, &err), 0);
	CHECK_EQ(seen_open(&other, &err), 0);
	for (int i = 0; i < 2; i++) {
		CHECK_EQ(seen_add(s, 0, &err), i == 0);
		CHECK_EQ(seen_add(s, UINT64_MAX, &err), i == 0);
		CHECK_EQ(seen_add(s, (uint64_t)1 << 63, &err), i == 0);
		CHECK_EQ(seen_add(other, 1, &err), i == 0);
	}
	for (uint64_t i = 1; i <= HASHES; i++)
		fresh += seen_add(s, rng_mix(7, i), &err);
	for (uint64_t i = 1; i <= HASHES; i += 16)
		again += seen_add(s, rng_mix(7, i), &err);
	CHECK_EQ(fresh, HASHES);
	CHECK_EQ(again, 0);
	/* no room for the file */
	signal(SIGXFSZ, SIG_IGN);
	CHECK_EQ(getrlimit(RLIMIT_FSIZE, &file), 0);
	small = (struct rlimit){ 1 << 20, file.rlim_max };
	CHECK_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (uint64_t i = 1; rc >= 0 && i <= HASHES; i++)
		rc = seen_add(other, rng_mix(8, i), &err);
	CHECK_EQ(setrlimit(RLIMIT_FSIZE, &file), 0);
	CHECK(rc < 0);
	CHECK(str_find(str_of(err.msg), STR("SQLITE_TMPDIR names another folder")) >= 0);
	seen_close(s);
	seen_close(other);
	seen_close(NULL);
}

int main(void)
{
	snprintf(path, sizeof(path), "%s/test_store.%ld.db", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (long)getpid());
	forget();
	test_round_trip();
	test_cut_and_rollback();
	test_killed();
	test_changed();
	test_damaged();
	test_seen();
	forget();
	return check_done();
}
