/* store.c - run.db in SQLite; see store.h. */
#include "datasets/store.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

enum { SCHEMA = 1 }; /* PRAGMA user_version */

enum statement {
	SET, GET, META, ADD_PROMPT, ADD_SAMPLE, CUT_SAMPLES, DROP, UNDROP, COUNT_PROMPTS, COUNT_SAMPLES, COUNT_SAMPLES_OF, PROMPT,
	SAMPLES_OF, STATEMENTS
};

static const char *const sql[STATEMENTS] = {
	[SET] = "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
	[GET] = "SELECT value FROM meta WHERE key = ?1",
	[META] = "SELECT key, value FROM meta ORDER BY key",
	[ADD_PROMPT] = "INSERT INTO prompt VALUES (?1, ?2, ?3, ?4, ?5)",
	[ADD_SAMPLE] = "INSERT INTO sample VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
	[CUT_SAMPLES] = "DELETE FROM sample WHERE prompt = ?1 AND idx >= ?2 AND idx < ?3",
	[DROP] = "INSERT INTO dropped VALUES (?1, ?2)",
	[UNDROP] = "DELETE FROM dropped",
	[COUNT_PROMPTS] = "SELECT count(*), min(idx), max(idx) FROM prompt",
	[COUNT_SAMPLES] = "SELECT count(*) FROM sample",
	[COUNT_SAMPLES_OF] = "SELECT count(*) FROM sample WHERE prompt = ?1",
	[PROMPT] = "SELECT idx, id, task, source, instance FROM prompt WHERE idx = ?1",
	[SAMPLES_OF] = ("SELECT idx, response, finish, tokens, logprob, entropy, mark, score, why, extracted, format_ok, answers_seen "
		       "FROM sample WHERE prompt = ?1 ORDER BY idx"),
};

static const char schema[] =
	"CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE prompt (idx INTEGER PRIMARY KEY, id TEXT NOT NULL, task TEXT NOT NULL, source INTEGER NOT NULL,"
	" instance TEXT NOT NULL);"
	"CREATE TABLE sample (prompt INTEGER NOT NULL, idx INTEGER NOT NULL, response TEXT NOT NULL, finish TEXT NOT NULL,"
	" tokens INTEGER NOT NULL, logprob REAL, entropy REAL, mark TEXT NOT NULL, score REAL NOT NULL, why TEXT NOT NULL,"
	" extracted TEXT NOT NULL, format_ok INTEGER NOT NULL, answers_seen INTEGER NOT NULL, PRIMARY KEY (prompt, idx)) WITHOUT ROWID;"
	"CREATE TABLE dropped (prompt INTEGER PRIMARY KEY, reason TEXT NOT NULL);"
	"PRAGMA user_version = 1;";

struct store {
	sqlite3 *db;
	char *path;
	bool lockless; /* the file system has no locks */
	sqlite3_stmt *st[STATEMENTS];
};

/* Nothing is wrong with the file, but with what it lies on. */
static bool disk_failed(const struct store *s)
{
	int code = sqlite3_errcode(s->db) & 0xFF;

	return code == SQLITE_FULL || code == SQLITE_IOERR;
}

static int fault(struct store *s, struct err *err)
{
	if (sqlite3_errcode(s->db) == SQLITE_BUSY)
		return err_set(err, "%s: another process is at work on it", s->path);
	err_set(err, "%s: %s", s->path, sqlite3_errmsg(s->db));
	return disk_failed(s) ? ERR_JOB : ERR_FAIL;
}

static int damaged(struct store *s, const char *what, struct err *err)
{
	return err_set(err, "%s: damaged: %s", s->path, what);
}

static int run_sql(struct store *s, const char *text, struct err *err)
{
	return sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK ? 0 : fault(s, err);
}

static int version(struct store *s, struct err *err)
{
	sqlite3_stmt *st;
	int v = -1;

	if (sqlite3_prepare_v2(s->db, "PRAGMA user_version", -1, &st, NULL) != SQLITE_OK)
		return fault(s, err);
	if (sqlite3_step(st) == SQLITE_ROW)
		v = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return v < 0 ? fault(s, err) : v;
}

/*
 * How a file is opened. Shared: a write-ahead log, which others may read beside us. Alone: no shared memory, which a network
 * file system does not have; nobody else sees the file meanwhile, and a rollback journal makes it whole after a kill.
 */
struct manner {
	int flags;
	bool alone, lockless;
};

/* Ours first, before anything is read: shared memory would be asked for then. */
static int be_alone(struct store *s, struct err *err)
{
	return run_sql(s, "PRAGMA locking_mode = EXCLUSIVE", err);
}

static int set_journal(struct store *s, const struct manner *m, struct err *err)
{
	if (!(m->flags & SQLITE_OPEN_READWRITE)) /* read in order, many files at once where parts are merged */
		return run_sql(s, "PRAGMA cache_size = -256", err);
	if (m->alone) /* a network's file system may lose what is only in its memory */
		return run_sql(s, "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL", err);
	/* an empty transaction, to see that the log can be written */
	return run_sql(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE; COMMIT", err);
}

static int prepare(struct store *s, enum store_mode mode, const struct manner *m, struct err *err)
{
	bool create = mode == STORE_CREATE || mode == STORE_PART;
	int v, rc = 0;

	sqlite3_busy_timeout(s->db, 5000);
	/* texts of a hostile file are read as data only: no triggers, no views that run functions */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	if (m->alone)
		rc = be_alone(s, err);
	v = rc == 0 ? version(s, err) : rc;
	if (v < 0)
		return v;
	rc = set_journal(s, m, err);
	if (rc == 0 && v == 0 && create) {
		rc = run_sql(s, "BEGIN IMMEDIATE", err);
		if (rc == 0)
			rc = run_sql(s, schema, err);
		if (rc == 0)
			rc = run_sql(s, "COMMIT", err);
		v = SCHEMA;
	}
	if (rc < 0)
		return rc;
	if (v != SCHEMA)
		return err_set(err, "%s: not a run of this quarry (schema %d, not %d)", s->path, v, SCHEMA);
	for (int i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v3(s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->st[i], NULL) != SQLITE_OK)
			return fault(s, err);
	return 0;
}

/* Some network file systems have no locks at all; SQLite would take that for a lock that another holds. */
static bool no_locks(const char *path, enum store_mode mode)
{
	bool create = mode == STORE_CREATE || mode == STORE_PART;
	int fd = open(path, (mode == STORE_READ ? O_RDONLY : O_RDWR) | (create ? O_CREAT : 0) | O_CLOEXEC, 0666);
	/* a byte that SQLite never locks */
	struct flock one = { .l_type = mode == STORE_READ ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)1 << 40, .l_len = 1 };
	bool none;

	if (fd < 0)
		return false; /* SQLite says why */
	none = fcntl(fd, F_SETLK, &one) < 0 && (errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP);
	close(fd);
	return none;
}

static int open_in(struct store *s, enum store_mode mode, const struct manner *m, struct err *err)
{
	if (sqlite3_open_v2(s->path, &s->db, m->flags | SQLITE_OPEN_NOMUTEX, m->lockless ? "unix-none" : NULL) != SQLITE_OK)
		return s->db ? fault(s, err) : err_set(err, "out of memory");
	return prepare(s, mode, m, err);
}

static void shut(struct store *s)
{
	for (int i = 0; i < STATEMENTS; i++) {
		sqlite3_finalize(s->st[i]);
		s->st[i] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

int store_open(struct store **ret, const char *path, enum store_mode mode, struct err *err)
{
	struct store *s = calloc(1, sizeof(*s));
	struct manner m = { mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE, mode == STORE_PART, false };
	int rc;

	if (s)
		s->path = strdup(path);
	if (!s || !s->path) {
		free(s);
		return err_set(err, "out of memory");
	}
	if (mode == STORE_CREATE || mode == STORE_PART)
		m.flags |= SQLITE_OPEN_CREATE;
	m.lockless = s->lockless = no_locks(path, mode);
	m.alone = m.alone || m.lockless;
	rc = open_in(s, mode, &m, err);
	/* no shared memory here: alone it can do without */
	if (rc < 0 && !m.alone && s->db && (sqlite3_errcode(s->db) & 0xFF) == SQLITE_IOERR) {
		shut(s);
		m.alone = true;
		m.flags = (m.flags & ~SQLITE_OPEN_READONLY) | SQLITE_OPEN_READWRITE;
		rc = open_in(s, mode, &m, err);
	}
	if (rc < 0) {
		store_close(s);
		return rc;
	}
	*ret = s;
	return 0;
}

bool store_lockless(const struct store *s)
{
	return s->lockless;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	shut(s);
	free(s->path);
	free(s);
}

int store_check(struct store *s, struct err *err)
{
	sqlite3_stmt *st;
	const char *said;
	int rc = 0;

	if (sqlite3_prepare_v2(s->db, "PRAGMA quick_check(1)", -1, &st, NULL) != SQLITE_OK)
		return fault(s, err);
	if (sqlite3_step(st) != SQLITE_ROW)
		rc = fault(s, err);
	said = rc == 0 ? (const char *)sqlite3_column_text(st, 0) : "ok";
	if (!said || strcmp(said, "ok") != 0)
		rc = damaged(s, said ? said : "out of memory", err);
	sqlite3_finalize(st);
	return rc;
}

int store_begin(struct store *s, struct err *err)
{
	return run_sql(s, "BEGIN IMMEDIATE", err);
}

int store_commit(struct store *s, struct err *err)
{
	return sqlite3_get_autocommit(s->db) ? 0 : run_sql(s, "COMMIT", err);
}

void store_rollback(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

static sqlite3_stmt *begin(struct store *s, enum statement which)
{
	sqlite3_stmt *st = s->st[which];

	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return st;
}

static void bind_str(sqlite3_stmt *st, int at, struct str v)
{
	sqlite3_bind_text64(st, at, v.n ? v.s : "", v.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static int finish(struct store *s, sqlite3_stmt *st, struct err *err)
{
	int rc = sqlite3_step(st) == SQLITE_DONE ? 0 : fault(s, err);

	sqlite3_reset(st);
	return rc;
}

int store_set(struct store *s, const char *key, struct str value, struct err *err)
{
	sqlite3_stmt *st = begin(s, SET);

	bind_str(st, 1, str_of(key));
	bind_str(st, 2, value);
	return finish(s, st, err);
}

int store_put(struct store *s, const char *key, struct str value, struct err *err)
{
	int rc = store_begin(s, err);

	if (rc == 0)
		rc = store_set(s, key, value, err);
	return rc == 0 ? store_commit(s, err) : rc;
}

static struct str column(sqlite3_stmt *st, int at)
{
	const char *t = (const char *)sqlite3_column_text(st, at);

	return (struct str){ t ? t : "", (size_t)sqlite3_column_bytes(st, at) };
}

int store_get(struct store *s, const char *key, struct buf *value, struct err *err)
{
	sqlite3_stmt *st = begin(s, GET);
	int step;

	bind_str(st, 1, str_of(key));
	step = sqlite3_step(st);
	buf_reset(value);
	if (step == SQLITE_ROW)
		buf_add(value, column(st, 0));
	else if (step != SQLITE_DONE)
		fault(s, err);
	sqlite3_reset(st);
	return step == SQLITE_ROW ? 1 : step == SQLITE_DONE ? 0 : ERR_FAIL;
}

int store_each_meta(struct store *s, int (*each)(void *ctx, const char *key, struct str value), void *ctx, struct err *err)
{
	sqlite3_stmt *st = begin(s, META);
	int step = SQLITE_DONE, rc = 0;

	while (rc == 0 && (step = sqlite3_step(st)) == SQLITE_ROW) {
		const char *key = (const char *)sqlite3_column_text(st, 0);

		rc = each(ctx, key ? key : "", column(st, 1));
	}
	if (rc == 0 && step != SQLITE_DONE)
		rc = fault(s, err);
	sqlite3_reset(st);
	return rc;
}

int store_add_prompt(struct store *s, const struct stored_prompt *p, struct err *err)
{
	sqlite3_stmt *st = begin(s, ADD_PROMPT);

	sqlite3_bind_int64(st, 1, p->idx);
	bind_str(st, 2, p->id);
	bind_str(st, 3, p->task);
	sqlite3_bind_int64(st, 4, p->source);
	bind_str(st, 5, p->instance);
	return finish(s, st, err);
}

int store_add_sample(struct store *s, int64_t prompt, const struct stored_sample *v, struct err *err)
{
	sqlite3_stmt *st = begin(s, ADD_SAMPLE);

	sqlite3_bind_int64(st, 1, prompt);
	sqlite3_bind_int64(st, 2, v->idx);
	bind_str(st, 3, v->response);
	bind_str(st, 4, v->finish);
	sqlite3_bind_int64(st, 5, v->tokens);
	if (!isnan(v->logprob))
		sqlite3_bind_double(st, 6, v->logprob);
	if (!isnan(v->entropy))
		sqlite3_bind_double(st, 7, v->entropy);
	bind_str(st, 8, v->mark);
	sqlite3_bind_double(st, 9, v->score);
	bind_str(st, 10, v->why);
	bind_str(st, 11, v->extracted);
	sqlite3_bind_int(st, 12, v->format_ok);
	sqlite3_bind_int64(st, 13, v->answers_seen);
	return finish(s, st, err);
}

int store_cut_samples(struct store *s, int64_t prompt, int64_t from, int64_t to, struct err *err)
{
	sqlite3_stmt *st = begin(s, CUT_SAMPLES);

	sqlite3_bind_int64(st, 1, prompt);
	sqlite3_bind_int64(st, 2, from);
	sqlite3_bind_int64(st, 3, to);
	return finish(s, st, err);
}

int store_drop(struct store *s, int64_t prompt, const char *reason, struct err *err)
{
	sqlite3_stmt *st = begin(s, DROP);

	sqlite3_bind_int64(st, 1, prompt);
	bind_str(st, 2, str_of(reason));
	return finish(s, st, err);
}

int store_undrop_all(struct store *s, struct err *err)
{
	return finish(s, begin(s, UNDROP), err);
}

static int64_t count(struct store *s, enum statement which, int64_t prompt)
{
	sqlite3_stmt *st = begin(s, which);
	int64_t n = -1;

	if (which == COUNT_SAMPLES_OF)
		sqlite3_bind_int64(st, 1, prompt);
	if (sqlite3_step(st) == SQLITE_ROW) {
		n = sqlite3_column_int64(st, 0);
		/* prompts are numbered 0, 1, ...: a gap is damage */
		if (which == COUNT_PROMPTS && n > 0 && (sqlite3_column_int64(st, 1) != 0 || sqlite3_column_int64(st, 2) != n - 1))
			n = -1;
	}
	sqlite3_reset(st);
	return n;
}

int64_t store_prompts(struct store *s)
{
	return count(s, COUNT_PROMPTS, 0);
}

int64_t store_samples(struct store *s)
{
	return count(s, COUNT_SAMPLES, 0);
}

int64_t store_samples_of(struct store *s, int64_t prompt)
{
	return count(s, COUNT_SAMPLES_OF, prompt);
}

int store_prompt(struct store *s, int64_t idx, struct stored_prompt *ret, struct err *err)
{
	sqlite3_stmt *st = begin(s, PROMPT);
	int step;

	sqlite3_bind_int64(st, 1, idx);
	step = sqlite3_step(st);
	if (step == SQLITE_DONE)
		return 0;
	if (step != SQLITE_ROW)
		return fault(s, err);
	*ret = (struct stored_prompt){ idx, column(st, 1), column(st, 2), sqlite3_column_int64(st, 3), column(st, 4) };
	/* the texts live until the statement is begun again */
	return 1;
}

static double real(sqlite3_stmt *st, int at)
{
	return sqlite3_column_type(st, at) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(st, at);
}

int store_each_sample(struct store *s, int64_t prompt, int (*each)(void *ctx, const struct stored_sample *v), void *ctx,
		      struct err *err)
{
	sqlite3_stmt *st = begin(s, SAMPLES_OF);
	int step = SQLITE_DONE, rc = 0;
	int64_t last = -1;

	sqlite3_bind_int64(st, 1, prompt);
	while (rc == 0 && (step = sqlite3_step(st)) == SQLITE_ROW) {
		struct stored_sample v = {
			.idx = sqlite3_column_int64(st, 0),
			.response = column(st, 1),
			.finish = column(st, 2),
			.tokens = sqlite3_column_int64(st, 3),
			.logprob = real(st, 4),
			.entropy = real(st, 5),
			.mark = column(st, 6),
			.score = sqlite3_column_double(st, 7),
			.why = column(st, 8),
			.extracted = column(st, 9),
			.format_ok = sqlite3_column_int(st, 10) != 0,
			.answers_seen = sqlite3_column_int64(st, 11),
		};

		if (v.idx <= last || v.idx > 1 << 20 || !isfinite(v.score)) {
			sqlite3_reset(st);
			return damaged(s, "a sample's index or score", err);
		}
		last = v.idx;
		rc = each(ctx, &v);
	}
	if (rc == 0 && step != SQLITE_DONE)
		rc = fault(s, err);
	sqlite3_reset(st);
	return rc;
}
