/* seen.c - a set of hashes in SQLite's private temporary database; see seen.h. */
#include "datasets/seen.h"

#include <sqlite3.h>
#include <stdlib.h>

struct seen {
	sqlite3 *db;
	sqlite3_stmt *add;
};

/* A file without a name, of this connection alone; nothing of it outlives a kill, so nothing is synced or can be undone. */
static const char schema[] =
	"PRAGMA cache_size = -16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
	"CREATE TABLE seen (hash INTEGER PRIMARY KEY); BEGIN";

static int fault(const struct seen *s, struct err *err)
{
	return err_set(err, "the temporary file of what is planned: %s; SQLITE_TMPDIR names another folder for it", sqlite3_errmsg(s->db));
}

int seen_open(struct seen **ret, struct err *err)
{
	struct seen *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return err_set(err, "out of memory");
	rc = sqlite3_open_v2("", &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(s->db, schema, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v3(s->db, "INSERT OR IGNORE INTO seen VALUES (?1)", -1, SQLITE_PREPARE_PERSISTENT, &s->add, NULL);
	if (rc != SQLITE_OK) {
		rc = s->db ? fault(s, err) : err_set(err, "out of memory");
		seen_close(s);
		return rc;
	}
	*ret = s;
	return 0;
}

int seen_add(struct seen *s, uint64_t hash, struct err *err)
{
	int rc;

	sqlite3_bind_int64(s->add, 1, (sqlite3_int64)hash);
	rc = sqlite3_step(s->add);
	sqlite3_reset(s->add);
	return rc == SQLITE_DONE ? sqlite3_changes(s->db) : fault(s, err);
}

void seen_close(struct seen *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->add);
	sqlite3_close(s->db);
	free(s);
}
