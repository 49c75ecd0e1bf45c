/* mine.c - histories turned into tasks. See mine.h. */
#include "cli/mine_inside.h"
#include "cli/mine_model.h"

#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/packing.h"
#include "cli/stop.h"
#include "repos/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

const struct mine_counts *mine_counts(const struct mine *m)
{
	return &m->counts;
}

void mine_count(struct mine_reason **list, size_t *n, struct str name, uint64_t times)
{
	struct mine_reason *more;
	size_t i = 0;

	while (i < *n && !str_is(name, (*list)[i].name))
		i++;
	if (i == *n) {
		more = realloc(*list, (i + 1) * sizeof(*more));
		if (!more)
			return;
		*list = more;
		++*n;
		more[i] = (struct mine_reason){ .n = 0 };
		snprintf(more[i].name, sizeof(more[i].name), "%.*s", (int)name.n, name.s);
	}
	(*list)[i].n += times;
}

static void count_dropped(struct mine_counts *c, struct str reason)
{
	mine_count(&c->dropped, &c->n_dropped, reason, 1);
}

/* ---- the journal */

static int known_cmp(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return memcmp(x->commit.id, y->commit.id, sizeof(x->commit.id));
}

/* The line at a place of the journal. */
static int journal_read(const struct mine *m, off_t at, size_t length, struct buf *line, struct err *err)
{
	buf_reset(line);
	if (!buf_reserve(line, length + 1))
		return err_set(err, "out of memory");
	while (line->n < length) {
		ssize_t n = pread(m->fd, line->s + line->n, length - line->n, at + (off_t)line->n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(err, "%s", m->journal);
		line->n += (size_t)n;
	}
	line->s[line->n] = 0;
	return 0;
}

static int journal_add(struct mine *m, struct buf *line, off_t *at, struct err *err)
{
	size_t done = 0;

	buf_addc(line, '\n');
	if (line->failed)
		return err_set(err, "out of memory");
	*at = m->end;
	while (done < line->n) {
		ssize_t n = pwrite(m->fd, line->s + done, line->n - done, m->end + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_sys(err, "%s", m->journal);
			return ERR_JOB;
		}
		done += (size_t)n;
	}
	if (fdatasync(m->fd) < 0 && errno != EINVAL && errno != EROFS) {
		err_sys(err, "%s", m->journal);
		return ERR_JOB;
	}
	m->end += (off_t)line->n;
	return 0;
}

/* What decides which tasks there are and how they read, in one line. */
static void add_header(struct buf *b, const struct mine *m)
{
	const struct mine_options *o = &m->o;
	char hash[ENVIRONMENT_HASH + 1] = "";

	if (o->env)
		environment_hash(o->env, hash);
	json_open(b, '{');
	json_key(b, "mine");
	json_add_u64(b, SWE_REVISION);
	json_key(b, "format");
	json_add_z(b, edits_format_name(o->format));
	json_key(b, "shows");
	json_add_z(b, row_shows_name(o->shows));
	json_key(b, "shown");
	json_add_u64(b, o->shown);
	json_key(b, "langs");
	json_add_u64(b, o->walk.langs);
	json_key(b, "since");
	json_add_i64(b, o->walk.since);
	json_key(b, "all_merges");
	json_add_bool(b, o->walk.all_merges);
	json_key(b, "lines");
	json_add_u64(b, o->walk.lines);
	json_key(b, "files");
	json_add_u64(b, o->walk.files);
	json_key(b, "recipe");
	json_add_z(b, hash);
	json_key(b, "issues");
	json_add_u64(b, o->issues ? issues_hash(o->issues) : 0);
	json_key(b, "excluded");
	json_add_u64(b, o->excluded ? excluded_hash(o->excluded) : 0);
	json_key(b, "variants");
	json_add_bool(b, o->variants);
	json_key(b, "inject");
	json_add_u64(b, o->inject);
	json_key(b, "together");
	json_add_u64(b, o->together);
	json_key(b, "seed");
	json_add_i64(b, o->inject || o->model ? o->common->seed : 0);
	json_key(b, "model");
	json_add_z(b, o->model ? mine_model_name(o->model) : "");
	json_key(b, "samples");
	json_add_i64(b, o->model ? mine_model_samples(o->model) : 0);
	json_key(b, "write_tests");
	json_add_bool(b, o->write_tests);
	json_key(b, "archives");
	json_add_bool(b, o->archives);
	json_key(b, "part");
	json_add_i64(b, o->part.index);
	json_key(b, "parts");
	json_add_i64(b, o->part.count);
	json_close(b, '}');
}

/* A file that was begun before must be of the same job; a last line that is cut is written anew. */
static int journal_begin(struct mine *m, struct err *err)
{
	struct buf want = BUF_INIT, have = BUF_INIT;
	off_t size = lseek(m->fd, 0, SEEK_END);
	int rc = 0;

	add_header(&want, m);
	if (size > 0) {
		size_t head = want.n + 1;

		if ((off_t)head > size || journal_read(m, 0, head, &have, err) < 0 || have.s[want.n] != '\n' || memcmp(have.s, want.s, want.n) != 0)
			rc = err_set(err, "%s is of a job with other options; say the same ones, or remove it", m->journal);
		m->end = (off_t)head;
	} else {
		off_t at;

		rc = journal_add(m, &want, &at, err);
	}
	buf_release(&want);
	buf_release(&have);
	return rc;
}

/* Sets k from a line of the journal; false: it is of another repository, or no result. */
static bool known_of(struct known *k, struct str line, const char *name)
{
	struct json j, v;
	struct str hex;
	size_t used;

	if (!json_parse_head(&j, line, &used) || !json_get(j, "repo", &v) || !json_is(v, name) || !json_get(j, "commit", &v) ||
	    !json_plain(v, &hex) || !oid_read(&k->commit, hex))
		return false;
	k->kept = json_get(j, "row", &v);
	if (json_get(j, "canon", &v))
		json_u64(v, &k->canon);
	return true;
}

/* The commit that a name stood for when this repository was begun, and all results since. */
static int journal_load(struct mine *m, char head[OID_HEX + 1], struct err *err)
{
	FILE *f = fdopen(dup(m->fd), "r");
	char *line = NULL;
	size_t cap = 0, room = 0;
	off_t at = 0;
	ssize_t n;

	head[0] = 0;
	m->n_known = 0;
	if (!f || fseeko(f, 0, SEEK_SET) < 0) {
		if (f)
			fclose(f);
		return err_sys(err, "%s", m->journal);
	}
	while ((n = getline(&line, &cap, f)) > 0 && line[n - 1] == '\n') {
		struct known k = { .at = at, .length = (size_t)n - 1 };
		struct str text = { line, (size_t)n - 1 };
		struct json j, v;
		struct str hex;
		size_t used;

		if (known_of(&k, text, m->name)) {
			if (m->n_known == room) {
				struct known *more = realloc(m->known, (room = room ? 2 * room : 64) * sizeof(*more));

				if (!more)
					break;
				m->known = more;
			}
			m->known[m->n_known++] = k;
		} else if (str_starts(text, STR("{\"begin\":")) && json_parse_head(&j, text, &used) && json_get(j, "begin", &v) && json_is(v, m->name) &&
			   json_get(j, "head", &v) && json_plain(v, &hex) && hex.n == OID_HEX) {
			memcpy(head, hex.s, OID_HEX);
			head[OID_HEX] = 0;
		}
		at += n;
	}
	m->end = at; /* a cut line is overwritten */
	free(line);
	fclose(f);
	if (m->n_known)
		qsort(m->known, m->n_known, sizeof(*m->known), known_cmp);
	return 0;
}

/* ---- one candidate */

/* The words of a list, each a copy. */
static bool add_word(struct words *w, struct arena *a, struct str s)
{
	if (memchr(s.s, 0, s.n) || !(w->at[w->n] = arena_strdup(a, s)))
		return false;
	w->n++;
	return true;
}

/* Whether the patch, handed in as an answer, is read back as itself: one that holds the words of a response's own form may not be. */
static int answer_reads(struct attempt *a, const struct candidate *c, const struct validation *v)
{
	struct judge_ask ask = { .repo = a->repo, .task = &v->task, .env = &v->env };
	struct buf said = BUF_INIT;
	int rc;

	buf_addz(&said, "<answer>\n");
	buf_add(&said, c->patch);
	buf_addz(&said, "\n</answer>");
	rc = said.failed ? err_set(a->err, "out of memory") : judge_is_reference(&ask, buf_str(&said), a->err);
	buf_release(&said);
	return rc;
}

static int leave_candidate(struct attempt *a, const char *reason)
{
	json_key(a->line, "reason");
	json_add_z(a->line, reason);
	a->slot->kept = false;
	return 0;
}

static int add_row(struct attempt *a, const struct candidate *c, const struct validation *v, const struct row_ask *more)
{
	struct mine *m = a->m;
	struct statement s = STATEMENT_INIT;
	struct arena text = ARENA_INIT;
	struct str *ids = arena_zalloc(&text, v->task.n_fail_to_pass + 1, sizeof(*ids));
	struct statement_ask ask = { .repo = a->repo, .c = c, .issues = more && more->bug ? NULL : m->o.issues, .fail_to_pass = ids, .n = v->task.n_fail_to_pass,
		.output = buf_str(&v->before_log) };
	struct row_ask row = more ? *more : (struct row_ask){ 0 };
	struct row_written written[2];
	struct buf prompt = BUF_INIT;
	int rc = 0;

	row.repo = a->repo;
	row.name = m->name;
	row.c = c;
	row.v = v;
	row.s = &s;
	row.license = m->license;
	row.format = m->o.format;
	row.shows = m->o.shows;
	row.shown = m->o.shown;
	row.archive = m->o.archives;
	for (size_t i = 0; ids && i < v->task.n_fail_to_pass; i++)
		ids[i] = v->task.due[i].id;
	a->slot->canon = hash64("", 0, 0);
	for (size_t i = 0; ids && i < v->task.n_fail_to_pass; i++)
		a->slot->canon = hash64(ids[i].s, ids[i].n, a->slot->canon);
	if (!ids || statement_best(&ask, &s) < 0)
		rc = err_set(a->err, "out of memory");
	if (rc == 0 && s.source == STATEMENT_TEMPLATE && m->o.model) {
		rc = mine_ask_statement(a, &ask, &s, &prompt);
		if (rc == 1) {
			for (size_t i = 0; i < row.n_written; i++)
				written[i] = row.written[i];
			written[row.n_written++] = (struct row_written){ "statement", str_of(mine_model_name(m->o.model)), buf_str(&prompt) };
			row.written = written;
			rc = 0;
		}
	}
	a->slot->kept = rc == 0;
	if (rc == 0 && row.bug && s.flags & STATEMENT_LEAK)
		rc = leave_candidate(a, "statement_leaks");
	if (a->slot->kept && m->o.environments)
		rc = environment_save(&v->env, m->o.environments, a->err);
	if (rc == 0 && a->slot->kept) {
		json_key(a->line, "canon");
		json_add_u64(a->line, a->slot->canon);
		json_key(a->line, "underspecified");
		json_add_bool(a->line, s.n_unknown > 0);
		json_key(a->line, "row");
		rc = row_write(a->line, &row, a->err);
	}
	statement_release(&s);
	arena_release(&text);
	buf_release(&prompt);
	return rc;
}

int mine_add_result(struct attempt *a, const struct candidate *c, struct validation *v, const struct row_ask *more)
{
	json_key(a->line, "cpu_us");
	json_add_u64(a->line, v->cpu_us);
	if (v->kept) {
		int reads = answer_reads(a, c, v);

		return reads < 0 ? reads : reads ? add_row(a, c, v, more) : leave_candidate(a, "answer_unreadable");
	}
	json_key(a->line, "detail");
	json_add_str(a->line, str_sub(buf_str(&v->detail), 0, v->detail.n < 2000 ? v->detail.n : 2000));
	return leave_candidate(a, v->reason);
}

static int try_candidate(void *ctx, const struct candidate *c)
{
	struct attempt *a = ctx;
	struct mine *m = a->m;
	struct arena text = ARENA_INIT;
	struct change_ask ask = { .repo = a->repo, .name = m->name, .start = c->parent_tree, .code_lang = code_lang_name(c->lang),
		.env = m->o.env, .variants = m->o.variants, .until = stop_until() };
	struct validation v = { 0 };
	bool good = true;
	int rc;

	if (tree_in_text(a->repo, &c->parent_tree, &c->tree, &ask.fixed, a->err) < 0)
		return ERR_FAIL;
	if (c->kind == WALK_UNTESTED)
		return mine_write_tests(a, c, &ask.fixed) < 0 ? ERR_FAIL : 1;
	ask.paths.at = arena_zalloc(&text, 2 * c->changes.n + 1, sizeof(*ask.paths.at));
	ask.files.at = arena_zalloc(&text, c->changes.n + 1, sizeof(*ask.files.at));
	for (size_t i = 0; ask.paths.at && ask.files.at && i < c->changes.n; i++) {
		const struct change *f = &c->changes.at[i];

		if (!side_is_trusted(f->side))
			continue;
		good = good && add_word(&ask.paths, &text, f->path);
		if (f->status == 'R')
			good = good && add_word(&ask.paths, &text, f->old_path);
		if (f->side == SIDE_TEST && f->status != 'D')
			good = good && add_word(&ask.files, &text, f->path);
	}
	rc = good && ask.paths.at && ask.files.at ? 0 : err_set(a->err, "out of memory");
	if (rc == 0 && !c->test_files)
		rc = tests_near(&ask.files, &text, a->repo, &ask.fixed, c->lang, &c->changes, a->err);
	if (rc == 0)
		rc = validate(m->harness, &ask, &v, a->err);
	v.task.from = c->tree; /* of the repository, whatever was run */
	if (rc == 0)
		rc = mine_add_result(a, c, &v, NULL);
	validation_release(&v);
	arena_release(&text);
	return rc < 0 ? rc : 1;
}

/* The line of a slot: what became of it. */
static int try_slot(struct mine *m, struct repo *r, struct slot *s, struct buf *line, struct err *err)
{
	struct attempt a = { .m = m, .repo = r, .line = line, .slot = s, .err = err };
	enum walk_reason reason;
	int rc;

	buf_reset(line);
	json_open(line, '{');
	json_key(line, "repo");
	json_add_z(line, m->name);
	json_key(line, "commit");
	{
		char hex[OID_HEX + 1];

		oid_hex(&s->commit, hex);
		json_add_z(line, hex);
	}
	rc = m->o.inject ? mine_try_bug(&a) : walk_one(r, &s->commit, &m->o.walk, try_candidate, &a, &reason, err);
	repo_forget(r);
	if (rc == 0) {
		json_key(line, "reason");
		json_add_z(line, walk_reason_name(reason));
	}
	if (rc >= 0 && a.said.n) {
		json_key(line, "written");
		json_open(line, '[');
		json_add_raw(line, buf_str(&a.said));
		json_close(line, ']');
	}
	buf_release(&a.said);
	if (rc < 0)
		return rc;
	json_close(line, '}');
	return line->failed ? err_set(err, "out of memory") : 0;
}

/* ---- the threads */

/* Of the slots that are done without a gap, more than enough are kept. */
static bool enough_kept(const struct mine *m)
{
	uint64_t kept = 0;

	for (size_t i = 0; m->o.max && i < m->n && m->slots[i].state == SLOT_DONE; i++)
		if (m->slots[i].kept && ++kept >= m->o.max)
			return true;
	return false;
}

static void *work(void *ctx)
{
	struct mine *m = ctx;
	struct repo *r = NULL;
	struct buf line = BUF_INIT;
	struct err err = ERR_INIT;
	int rc = repo_open(&r, m->path, &err);

	pthread_mutex_lock(&m->lock);
	while (rc == 0 && m->rc == 0 && !m->enough && !stop_asked()) {
		struct slot *s;
		size_t i;

		while (m->next < m->n && m->slots[m->next].state != SLOT_WAITS)
			m->next++;
		if (m->next == m->n) {
			if (m->walked)
				break;
			pthread_cond_wait(&m->changed, &m->lock);
			continue;
		}
		i = m->next++;
		s = &(struct slot){ 0 };
		*s = m->slots[i];
		m->slots[i].state = SLOT_RUNS;
		pthread_mutex_unlock(&m->lock);
		rc = try_slot(m, r, s, &line, &err);
		pthread_mutex_lock(&m->lock);
		if (stop_asked()) { /* its runs were cut short: it is tried again by who goes on */
			m->slots[i].state = SLOT_WAITS;
			rc = 0;
			break;
		}
		if (rc == 0)
			rc = journal_add(m, &line, &s->at, &err);
		s->length = line.n ? line.n - 1 : 0;
		s->state = SLOT_DONE;
		if (rc == 0) {
			m->slots[i] = *s;
			m->enough = m->enough || enough_kept(m);
			progress_add(&m->progress, 1);
		}
		pthread_cond_broadcast(&m->changed);
	}
	if (rc < 0 && m->rc == 0) {
		m->rc = rc;
		m->err = err;
	}
	pthread_cond_broadcast(&m->changed);
	pthread_mutex_unlock(&m->lock);
	repo_free(r);
	buf_release(&line);
	return NULL;
}

int mine_offer(struct mine *m, struct slot s)
{
	struct known key = { .commit = s.commit }, *k;
	int rc = 0;

	if (m->walk_n++ % (uint64_t)m->o.part.count != (uint64_t)m->o.part.index)
		return stop_asked();
	k = m->n_known ? bsearch(&key, m->known, m->n_known, sizeof(key), known_cmp) : NULL;
	pthread_mutex_lock(&m->lock);
	if (m->n == m->cap) {
		struct slot *more = realloc(m->slots, (m->cap ? 2 * m->cap : 256) * sizeof(*more));

		if (more) {
			m->slots = more;
			m->cap = m->cap ? 2 * m->cap : 256;
		} else {
			rc = err_set(&m->err, "out of memory");
		}
	}
	if (rc == 0) {
		if (k) {
			s.state = SLOT_DONE;
			s.kept = k->kept;
			s.at = k->at;
			s.length = k->length;
			s.canon = k->canon;
			progress_resume(&m->progress, 1);
		}
		m->slots[m->n++] = s;
		m->progress.total = m->n;
		m->enough = m->enough || (k && enough_kept(m));
		pthread_cond_signal(&m->changed);
		rc = m->enough || m->rc < 0 || stop_asked();
	}
	pthread_mutex_unlock(&m->lock);
	return rc;
}

static int found(void *ctx, const struct candidate *c)
{
	return mine_offer(ctx, (struct slot){ .commit = c->commit, .kind = c->kind });
}

/* ---- what is written */

/* Of tasks that the same tests tell, the first that is one commit stands, else the first. */
static bool is_twin(const struct mine *m, size_t i)
{
	const struct slot *s = &m->slots[i];

	for (size_t k = 0; k < m->n; k++) {
		const struct slot *o = &m->slots[k];

		if (k == i || !o->kept || o->canon != s->canon)
			continue;
		if (o->kind == s->kind ? k < i : o->kind == WALK_COMMIT)
			return true;
	}
	return false;
}

/* A line on what is no task. */
static int leave(struct mine *m, const struct oid *commit, const char *reason, struct json more, struct err *err)
{
	static const char *const names[] = { "operator", "detail", "written" };
	struct buf b = BUF_INIT;
	char hex[OID_HEX + 1];
	struct json v;
	int rc = 0;

	if (!m->left)
		return 0;
	oid_hex(commit, hex);
	json_open(&b, '{');
	json_key(&b, "repo");
	json_add_z(&b, m->name);
	json_key(&b, m->o.inject ? "tree" : "commit");
	json_add_z(&b, hex);
	json_key(&b, "reason");
	json_add_z(&b, reason);
	for (size_t i = 0; i < COUNT(names); i++)
		if (json_get(more, names[i], &v)) {
			json_key(&b, names[i]);
			json_add_raw(&b, v.raw);
		}
	json_close(&b, '}');
	buf_addc(&b, '\n');
	rc = b.failed ? err_set(err, "out of memory") : writer_add(m->left, buf_str(&b), err) < 0 ? ERR_JOB : 0;
	buf_release(&b);
	return rc;
}

static void left_out(void *ctx, const struct oid *commit, enum walk_reason reason)
{
	struct mine *m = ctx;

	if (m->left_rc == 0)
		m->left_rc = leave(m, commit, walk_reason_name(reason), (struct json){ 0 }, &m->left_err);
}

static int write_slot(struct mine *m, size_t i, uint64_t *kept, struct buf *line, struct err *err)
{
	struct slot *s = &m->slots[i];
	struct json j, v, written;
	struct str operator = { 0 }, word;
	uint64_t us;
	size_t used;
	bool b;

	if (journal_read(m, s->at, s->length, line, err) < 0)
		return ERR_JOB;
	if (!json_parse_head(&j, buf_str(line), &used))
		return err_set(err, "%s: a line is damaged; remove it to begin afresh", m->journal);
	m->counts.tried++;
	if (json_get(j, "operator", &v) && json_plain(v, &operator))
		mine_count(&m->counts.operators_tried, &m->counts.n_operators_tried, operator, 1);
	if (json_get(j, "written", &written))
		for (struct json_iter it = json_iter(written); json_next(&it, NULL, &v) && json_plain(v, &word);)
			mine_count(&m->counts.written, &m->counts.n_written, word, 1);
	if (json_get(j, "cpu_us", &v) && json_u64(v, &us))
		m->counts.cpu_s += (double)us / 1e6;
	if (!json_get(j, "row", &v)) {
		char why[64] = "unknown";

		if (json_get(j, "reason", &v))
			json_z(v, why, sizeof(why));
		count_dropped(&m->counts, str_of(why));
		return leave(m, &s->commit, why, j, err);
	}
	if (!m->o.inject && is_twin(m, i)) {
		m->counts.twins++;
		return leave(m, &s->commit, "same_tests", (struct json){ 0 }, err);
	}
	m->counts.kept++;
	++*kept;
	if (operator.n)
		mine_count(&m->counts.operators, &m->counts.n_operators, operator, 1);
	m->counts.underspecified += json_get(j, "underspecified", &v) && json_bool(v, &b) && b;
	json_get(j, "row", &v);
	if (writer_add(m->w, v.raw, err) < 0 || writer_add(m->w, STR("\n"), err) < 0)
		return ERR_JOB;
	return 0;
}

static int write_rows(struct mine *m, struct err *err)
{
	struct buf line = BUF_INIT;
	uint64_t kept = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->n && (!m->o.max || kept < m->o.max); i++)
		if (m->slots[i].state == SLOT_DONE)
			rc = write_slot(m, i, &kept, &line, err);
	buf_release(&line);
	return rc;
}

/* ---- a repository */

static int walk_all(struct mine *m, struct repo *r, const char *head, struct err *err)
{
	struct walk_options o = m->o.walk;
	struct walk_counts n = { 0 };
	int rc;

	o.from = head;
	o.left_out = m->left ? left_out : NULL;
	rc = walk(r, &o, &n, found, m, err);
	if (rc == 0 && m->left_rc < 0) {
		*err = m->left_err;
		rc = m->left_rc;
	}
	m->counts.walked.walked += n.walked;
	m->counts.walked.aside += n.aside;
	for (int i = 0; i < WALK_KINDS; i++)
		m->counts.walked.found[i] += n.found[i];
	for (int i = 0; i < WALK_REASONS; i++)
		m->counts.walked.left_out[i] += n.left_out[i];
	return rc;
}

/* What is to be tried is found on this thread, and tried on others meanwhile. */
static int try_all(struct mine *m, struct repo *r, const char *head, struct err *err)
{
	pthread_t thread[64];
	int threads = (int)(m->o.common->threads < 64 ? m->o.common->threads : 64), started = 0, rc;

	while (!m->o.dry && started < threads && pthread_create(&thread[started], NULL, work, m) == 0)
		started++;
	if (!started && !m->o.dry)
		return err_set(err, "no thread could be started");
	rc = m->o.inject ? mine_offer_bugs(m, r, head, err) : walk_all(m, r, head, err);
	pthread_mutex_lock(&m->lock);
	m->walked = true;
	if (rc < 0 && m->rc == 0) {
		m->rc = rc;
		m->err = *err;
	}
	pthread_cond_broadcast(&m->changed);
	pthread_mutex_unlock(&m->lock);
	for (int i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	if (m->rc < 0)
		*err = m->err;
	return m->rc;
}

/* Where the walk begins: where it began when this was first asked. */
static int begin_at(struct mine *m, struct repo *r, char head[OID_HEX + 1], struct err *err)
{
	struct buf line = BUF_INIT;
	struct oid commit;
	off_t at;
	int rc = journal_load(m, head, err);

	if (rc == 0 && !*head) {
		rc = repo_resolve(r, m->o.walk.from ? m->o.walk.from : "HEAD", &commit, err);
		if (rc == 0) {
			oid_hex(&commit, head);
			json_open(&line, '{');
			json_key(&line, "begin");
			json_add_z(&line, m->name);
			json_key(&line, "head");
			json_add_z(&line, head);
			json_close(&line, '}');
			rc = journal_add(m, &line, &at, err);
		}
	}
	buf_release(&line);
	return rc;
}

int mine_repository(struct mine *m, const char *path, const char *name, struct err *err)
{
	char head[OID_HEX + 1];
	struct repo *r = NULL;
	struct oid commit;
	struct commit c;
	int rc = repo_open(&r, path, err);

	if (rc < 0)
		return rc;
	m->path = path;
	m->name = name;
	m->n = m->next = m->walk_n = 0;
	m->walked = m->enough = false;
	m->rc = 0;
	if (m->o.excluded)
		m->o.walk.excluded = excluded_of(m->o.excluded, str_of(name), &m->o.walk.n_excluded);
	rc = begin_at(m, r, head, err);
	if (rc == 0 && repo_resolve(r, head, &commit, err) == 0 && repo_commit(r, &commit, &c) == OBJECT_OK) {
		m->license = license_of(r, &c.tree);
		object_release(&c.object);
	} else {
		m->license = "";
	}
	if (rc == 0) {
		progress_start(&m->progress, "mine", m->o.inject ? "bugs" : "candidates", 0, m->o.common);
		rc = try_all(m, r, head, err);
		progress_end(&m->progress);
	}
	if (rc == 0 && stop_asked())
		rc = ERR_STOPPED;
	if (rc == 0 && !m->o.dry)
		rc = write_rows(m, err);
	mine_drop_bugs(m);
	repo_free(r);
	return rc;
}

/* ---- beginning and end */

static int open_journal(struct mine *m, struct err *err)
{
	size_t n = strlen(m->out) + sizeof(".journal");
	bool pipe = strcmp(m->out, "-") == 0 || m->o.dry;

	if (pipe) { /* a file without a name */
		char path[] = "/tmp/quarry-mine-XXXXXX";

		m->fd = mkostemp(path, O_CLOEXEC);
		if (m->fd < 0)
			return err_sys(err, "%s", path);
		unlink(path);
		m->journal = strdup(path);
	} else {
		m->journal = malloc(n);
		if (!m->journal)
			return err_set(err, "out of memory");
		snprintf(m->journal, n, "%s.journal", m->out);
		m->fd = open(m->journal, O_RDWR | O_CREAT | O_CLOEXEC | (m->o.resume ? 0 : O_EXCL), 0666);
		if (m->fd < 0 && errno == EEXIST)
			return err_set(err, "%s: a job was begun here; go on with --resume, or remove it", m->journal);
		if (m->fd < 0)
			return err_sys(err, "%s", m->journal);
		if (lockf(m->fd, F_TLOCK, 0) < 0 && (errno == EACCES || errno == EAGAIN))
			return err_set(err, "%s: another job is at work here", m->journal);
	}
	if (!m->journal)
		return err_set(err, "out of memory");
	return journal_begin(m, err);
}

int mine_open(struct mine **ret, const struct mine_options *o, const char *out, struct err *err)
{
	struct mine *m = calloc(1, sizeof(*m));
	int rc = 0;

	*ret = NULL;
	if (!m)
		return err_set(err, "out of memory");
	m->o = *o;
	m->o.walk.untested = o->write_tests;
	m->out = out;
	m->fd = -1;
	m->license = "";
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->changed, NULL);
	if (!o->dry || o->inject) {
		struct sandbox_options box = { .slots = (unsigned)o->common->threads };
		struct harness_options h = { .environments = o->environments, .network = o->network };

		m->box = h.box = sandbox_open(&box, err);
		rc = m->box ? harness_open(&m->harness, &h, err) : ERR_FAIL;
	}
	if (rc == 0)
		rc = open_journal(m, err);
	if (rc == 0 && !o->dry)
		rc = writer_open(&m->w, out, err);
	if (rc == 0 && o->left_out)
		rc = writer_open(&m->left, o->left_out, err);
	if (rc < 0) {
		mine_drop(m);
		return rc;
	}
	*ret = m;
	return 0;
}

static int dropped_cmp(const void *a, const void *b)
{
	const struct mine_reason *x = a, *y = b;

	return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->name, y->name);
}

int mine_finish(struct mine *m, struct err *err)
{
	struct writer *w = m->w;
	int rc = 0;

	m->w = NULL;
	if (w && writer_finish(w, err) < 0)
		rc = ERR_JOB;
	w = m->left;
	m->left = NULL;
	if (w && rc == 0 && writer_finish(w, err) < 0)
		rc = ERR_JOB;
	else if (w && rc < 0)
		writer_drop(w);
	if (rc == 0 && m->o.archives && !m->o.dry) /* one that lies there from before stays */
		rc = packing_rows(&(struct packing_options){ .repos = m->o.repos, .network = m->o.network, .keep = true }, m->out, m->o.archives, err);
	if (rc == 0 && m->w == NULL && !m->o.dry && strcmp(m->out, "-") != 0)
		unlink(m->journal);
	if (m->counts.n_dropped)
		qsort(m->counts.dropped, m->counts.n_dropped, sizeof(*m->counts.dropped), dropped_cmp);
	if (m->counts.n_written)
		qsort(m->counts.written, m->counts.n_written, sizeof(*m->counts.written), dropped_cmp);
	if (m->counts.n_operators_tried)
		qsort(m->counts.operators_tried, m->counts.n_operators_tried, sizeof(*m->counts.dropped), dropped_cmp);
	return rc;
}

void mine_drop(struct mine *m)
{
	if (!m)
		return;
	writer_drop(m->w);
	writer_drop(m->left);
	if (m->fd >= 0)
		close(m->fd);
	harness_close(m->harness);
	sandbox_close(m->box);
	pthread_mutex_destroy(&m->lock);
	pthread_cond_destroy(&m->changed);
	free(m->counts.dropped);
	free(m->counts.operators_tried);
	free(m->counts.operators);
	free(m->counts.written);
	free(m->journal);
	free(m->slots);
	free(m->known);
	free(m);
}
