/*
 * test_datasets.c - a run written as a dataset: checked, damaged, written again in other shapes and after being killed at
 * many moments; runs that somebody changed.
 */
#include "base/hash.h"
#include "base/json.h"
#include "datasets/dataset.h"
#include "datasets/filter.h"
#include "tests/scratch.h"

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

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
	for (size_t v = 0; v < COUNT(views); v++) {
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
	for (size_t i = 0; i < COUNT(cases); i++) {
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
	size_t many = COUNT(lines) + COUNT(swaps);

	for (size_t i = 0; i < many; i++) {
		struct dataset_counts c;
		struct err err = ERR_INIT;
		struct store *st;

		remove_all(at_home("odd"));
		mkdir(at_home("odd"), 0777);
		buf_reset(&line);
		if (i < COUNT(lines)) {
			buf_addz(&line, lines[i]);
		} else {
			add_instance(&b, 3);
			i -= COUNT(lines);
			replace(&line, buf_str(&b), swaps[i].from, swaps[i].to);
			i += COUNT(lines);
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
	if (!scratch_make("datasets"))
		return 1;
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
	scratch_remove();
	return check_done();
}
