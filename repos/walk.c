/*
 * walk.c - commits in the order of their time, and the order in which what was found is given. What becomes of one commit: candidate.c.
 *
 * One thread (the caller's) reads commits into blocks of jobs; all threads work on the block before it; the caller gives that block's
 * findings, in order, and goes on. Two blocks are there at a time, so that memory is flat.
 */
#include "repos/walk.h"
#include "repos/walk_inside.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
	BLOCK = 128,           /* jobs */
	BITE = 8,              /* jobs that a thread takes at a time: a commit's tree is the next one's parent's */
	THREADS_MAX = 64,
};

const char *walk_kind_name(enum walk_kind k)
{
	static const char *const name[WALK_KINDS] = { "mined_commit", "mined_merge", "untested" };

	return name[k];
}

const char *walk_reason_name(enum walk_reason r)
{
	static const char *const name[WALK_REASONS] = {
		"root", "shallow", "missing_object", "corrupt_object", "side_merge", "no_change", "no_source", "other_language", "no_tests", "tests_gone",
		"many_files", "many_lines", "vendored", "generated", "submodule", "lfs", "symlink", "binary",
		"too_large", "comments_only", "duplicate", "excluded",
	};

	return name[r];
}

/* ---- commits seen: a table by name, half empty */

struct seen {
	struct oid id, tree; /* tree is oid_none where the commit cannot be read */
	uint8_t state;       /* enum object_state of the commit */
	bool taken, first;   /* a row in use; on the line of first parents */
};

struct table {
	struct seen *at;
	size_t n, cap;
};

static size_t spread(const struct oid *id)
{
	uint64_t h;

	memcpy(&h, id->id, sizeof(h));
	return (size_t)h;
}

static struct seen *table_find(const struct table *t, const struct oid *id)
{
	size_t i = spread(id) & (t->cap - 1);

	while (t->at[i].taken && !oid_eq(&t->at[i].id, id))
		i = (i + 1) & (t->cap - 1);
	return &t->at[i];
}

static bool table_room(struct table *t)
{
	struct table more = { .n = t->n, .cap = t->cap ? 2 * t->cap : 1024 };

	if (t->cap && 2 * (t->n + 1) <= t->cap)
		return true;
	more.at = calloc(more.cap, sizeof(*more.at));
	if (!more.at)
		return false;
	for (size_t i = 0; i < t->cap; i++)
		if (t->at[i].taken)
			*table_find(&more, &t->at[i].id) = t->at[i];
	free(t->at);
	*t = more;
	return true;
}

/* True when it is new. */
static bool table_add(struct table *t, const struct oid *id, struct seen **row)
{
	*row = table_find(t, id);
	if ((*row)->taken)
		return false;
	**row = (struct seen){ .id = *id, .taken = true };
	t->n++;
	return true;
}

/* ---- the heap of commits to come, newest on top */

struct waiting {
	int64_t time;
	uint64_t order; /* of equal times the one that was met first */
	struct oid id, tree, parent[2];
	unsigned parents;
};

struct heap {
	struct waiting *at;
	size_t n, cap;
};

static bool sooner(const struct waiting *a, const struct waiting *b)
{
	return a->time != b->time ? a->time > b->time : a->order < b->order;
}

static bool heap_push(struct heap *h, const struct waiting *w)
{
	size_t i = h->n;

	if (h->n == h->cap) {
		size_t cap = h->cap ? 2 * h->cap : 256;
		struct waiting *more = realloc(h->at, cap * sizeof(*more));

		if (!more)
			return false;
		h->at = more;
		h->cap = cap;
	}
	for (h->n++; i && sooner(w, &h->at[(i - 1) / 2]); i = (i - 1) / 2)
		h->at[i] = h->at[(i - 1) / 2];
	h->at[i] = *w;
	return true;
}

static void heap_pop(struct heap *h, struct waiting *w)
{
	struct waiting last = h->at[--h->n];
	size_t i = 0, child;

	*w = h->at[0];
	while ((child = 2 * i + 1) < h->n) {
		child += child + 1 < h->n && sooner(&h->at[child + 1], &h->at[child]);
		if (!sooner(&h->at[child], &last))
			break;
		h->at[i] = h->at[child];
		i = child;
	}
	h->at[i] = last;
}

/* ---- the walk */

struct walker {
	struct repo *r;
	const struct walk_options *o;
	void *ctx;              /* of the caller's */
	struct walk_counts *n;
	struct table seen, ids; /* commits; patch ids */
	struct heap heap;
	uint64_t order;
	bool shallow;
	struct job *block[2];
	size_t jobs[2];
	/* what the threads share */
	pthread_mutex_t lock;
	pthread_cond_t go, rest;
	unsigned turn, busy; /* blocks begun; threads at work */
	bool end;
	struct job *work;
	size_t works;
	atomic_size_t next;
};

static int no_memory(struct err *err)
{
	return err_set(err, "out of memory");
}

/* A commit is read when it is met first; what is needed of it later is kept. */
static int meet(struct walker *w, const struct oid *id, bool first, struct err *err)
{
	struct waiting it = { .id = *id, .order = w->order };
	struct commit c;
	struct seen *row;

	if (!table_room(&w->seen))
		return no_memory(err);
	if (!table_add(&w->seen, id, &row)) {
		row->first |= first;
		return 0;
	}
	row->first = first;
	row->state = (uint8_t)repo_commit(w->r, id, &c);
	if (row->state == OBJECT_OK) {
		row->tree = it.tree = c.tree;
		it.time = c.time;
		it.parents = c.parents;
		memcpy(it.parent, c.parent, (c.parents < 2 ? c.parents : 2) * sizeof(it.parent[0]));
		w->order++;
	}
	object_release(&c.object);
	return row->state != OBJECT_OK || heap_push(&w->heap, &it) ? 0 : no_memory(err);
}

/* All parents of an octopus: read again, since only two are kept. */
static int meet_parents(struct walker *w, const struct waiting *it, bool first, struct err *err)
{
	struct commit c;
	int rc = 0;

	if (it->parents <= 2) {
		for (unsigned i = 0; rc == 0 && i < it->parents; i++)
			rc = meet(w, &it->parent[i], first && i == 0, err);
		return rc;
	}
	if (repo_commit(w->r, &it->id, &c) == OBJECT_OK)
		for (unsigned i = 0; rc == 0 && i < c.parents; i++)
			rc = meet(w, &c.parent[i], first && i == 0, err);
	object_release(&c.object);
	return rc;
}

static void leave_out(struct walker *w, const struct oid *commit, enum walk_reason reason)
{
	w->n->walked++;
	w->n->left_out[reason]++;
	if (w->o->left_out)
		w->o->left_out(w->ctx, commit, reason);
}

bool walk_excludes(const struct walk_options *o, const struct oid *start)
{
	return oid_among(start, o->excluded, o->n_excluded);
}

/* What can be said of a commit without its trees; false when nothing is left to do. */
static bool job_set(struct walker *w, struct job *j, const struct waiting *it, bool first)
{
	const struct seen *parent;

	if (it->parents == 0) {
		leave_out(w, &it->id, WALK_ROOT);
		return false;
	}
	if (it->parents > 1 && !first && !w->o->all_merges) {
		leave_out(w, &it->id, WALK_SIDE_MERGE);
		return false;
	}
	parent = table_find(&w->seen, &it->parent[0]);
	if (parent->state != OBJECT_OK) {
		leave_out(w, &it->id, parent->state == OBJECT_MISSING ? w->shallow ? WALK_SHALLOW : WALK_MISSING : WALK_CORRUPT);
		return false;
	}
	if (walk_excludes(w->o, &it->parent[0])) {
		leave_out(w, &it->id, WALK_EXCLUDED);
		return false;
	}
	job_reset(j);
	j->c.kind = it->parents > 1 ? WALK_MERGE : WALK_COMMIT;
	j->c.commit = it->id;
	j->c.parent = it->parent[0];
	j->other = it->parents == 2 ? it->parent[1] : (struct oid){ { 0 } };
	j->c.tree = it->tree;
	j->c.parent_tree = parent->tree;
	j->c.time = it->time;
	return true;
}

/* The next jobs of the history; fewer than BLOCK at its end only. */
static int fill(struct walker *w, int which, struct err *err)
{
	struct waiting it;

	w->jobs[which] = 0;
	while (w->jobs[which] < BLOCK && w->heap.n) {
		bool first;

		heap_pop(&w->heap, &it);
		if (it.time < w->o->since)
			continue;
		first = table_find(&w->seen, &it.id)->first;
		if (meet_parents(w, &it, first, err) < 0)
			return ERR_FAIL;
		w->jobs[which] += job_set(w, &w->block[which][w->jobs[which]], &it, first);
	}
	return 0;
}

static void work(struct walker *w, struct repo *r, struct job *jobs, size_t n)
{
	size_t from;

	while ((from = atomic_fetch_add(&w->next, BITE)) < n)
		for (size_t i = from; i < n && i < from + BITE; i++)
			job_run(&jobs[i], r, w->o);
}

/* What a job came to, counted; the caller's fn. */
static int give(struct walker *w, struct job *j, walk_fn *fn, void *ctx, struct err *err)
{
	struct seen *row;

	if (j->kept && j->c.kind != WALK_UNTESTED) {
		if (!table_room(&w->ids))
			return no_memory(err);
		if (!table_add(&w->ids, &j->c.patch_id, &row)) {
			j->kept = false;
			j->reason = WALK_DUPLICATE;
		}
	}
	if (!j->kept) {
		leave_out(w, &j->c.commit, j->reason);
		return 0;
	}
	w->n->walked++;
	w->n->found[j->c.kind]++;
	w->n->aside += j->c.aside > 0;
	return fn(ctx, &j->c);
}

static bool enough(const struct walker *w)
{
	return w->o->max && w->n->found[WALK_COMMIT] + w->n->found[WALK_MERGE] >= w->o->max;
}

static int give_all(struct walker *w, int which, walk_fn *fn, void *ctx, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < w->jobs[which] && !enough(w); i++)
		rc = give(w, &w->block[which][i], fn, ctx, err);
	return rc;
}

/* ---- threads */

struct hand {
	struct walker *w;
	struct repo *r;
	pthread_t thread;
};

static void *hand_main(void *arg)
{
	struct hand *h = arg;
	struct walker *w = h->w;
	unsigned turn = 0;

	pthread_mutex_lock(&w->lock);
	while (true) {
		while (!w->end && w->turn == turn)
			pthread_cond_wait(&w->go, &w->lock);
		if (w->end)
			break;
		turn = w->turn;
		pthread_mutex_unlock(&w->lock);
		work(w, h->r, w->work, w->works);
		pthread_mutex_lock(&w->lock);
		if (--w->busy == 0)
			pthread_cond_signal(&w->rest);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void begin(struct walker *w, int which, unsigned hands)
{
	pthread_mutex_lock(&w->lock);
	w->work = w->block[which];
	w->works = w->jobs[which];
	atomic_store(&w->next, 0);
	w->busy = hands;
	w->turn++;
	pthread_cond_broadcast(&w->go);
	pthread_mutex_unlock(&w->lock);
}

static void finish(struct walker *w, int which)
{
	work(w, w->r, w->block[which], w->jobs[which]);
	pthread_mutex_lock(&w->lock);
	while (w->busy)
		pthread_cond_wait(&w->rest, &w->lock);
	pthread_mutex_unlock(&w->lock);
}

static int walk_blocks(struct walker *w, unsigned hands, walk_fn *fn, void *ctx, struct err *err)
{
	int which = 0, rc = fill(w, which, err);

	while (rc == 0 && w->jobs[which]) {
		begin(w, which, hands);
		rc = fill(w, !which, err);
		finish(w, which);
		if (rc == 0)
			rc = give_all(w, which, fn, ctx, err);
		if (enough(w))
			break;
		which = !which;
	}
	return rc;
}

static int walk_threads(struct walker *w, walk_fn *fn, void *ctx, struct err *err)
{
	unsigned want = w->o->threads > THREADS_MAX ? THREADS_MAX : w->o->threads, hands = 0;
	struct hand hand[THREADS_MAX];
	int rc = 0;

	/* a thread that could not be had is work for the others */
	for (; hands + 1 < want; hands++) {
		hand[hands].w = w;
		if (repo_open(&hand[hands].r, repo_path(w->r), err) < 0)
			break;
		if (pthread_create(&hand[hands].thread, NULL, hand_main, &hand[hands]) != 0) {
			repo_free(hand[hands].r);
			break;
		}
	}
	rc = walk_blocks(w, hands, fn, ctx, err);
	pthread_mutex_lock(&w->lock);
	w->end = true;
	pthread_cond_broadcast(&w->go);
	pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < hands; i++) {
		pthread_join(hand[i].thread, NULL);
		repo_free(hand[i].r);
	}
	return rc;
}

int walk(struct repo *r, const struct walk_options *o, struct walk_counts *n, walk_fn *fn, void *ctx, struct err *err)
{
	struct walker w = { .r = r, .o = o, .ctx = ctx, .n = n, .shallow = repo_is_shallow(r) };
	struct oid head;
	int rc = repo_resolve(r, o->from ? o->from : "HEAD", &head, err);

	*n = (struct walk_counts){ 0 };
	if (rc < 0)
		return rc;
	pthread_mutex_init(&w.lock, NULL);
	pthread_cond_init(&w.go, NULL);
	pthread_cond_init(&w.rest, NULL);
	for (int i = 0; i < 2; i++) {
		w.block[i] = calloc(BLOCK, sizeof(*w.block[i]));
		if (!w.block[i])
			rc = no_memory(err);
	}
	if (rc == 0)
		rc = meet(&w, &head, true, err);
	if (rc == 0)
		rc = walk_threads(&w, fn, ctx, err);
	for (int i = 0; i < 2; i++) {
		for (size_t k = 0; w.block[i] && k < BLOCK; k++)
			job_release(&w.block[i][k]);
		free(w.block[i]);
	}
	free(w.seen.at);
	free(w.ids.at);
	free(w.heap.at);
	pthread_cond_destroy(&w.rest);
	pthread_cond_destroy(&w.go);
	pthread_mutex_destroy(&w.lock);
	return rc < 0 ? rc : 0;
}

int walk_one(struct repo *r, const struct oid *commit, const struct walk_options *o, walk_fn *fn, void *ctx, enum walk_reason *reason, struct err *err)
{
	struct job j = { 0 };
	struct commit c, parent;
	char hex[OID_HEX + 1];
	enum object_state s = repo_commit(r, commit, &c);
	int rc = 0;

	oid_hex(commit, hex);
	if (s != OBJECT_OK) {
		rc = err_set(err, "%s: commit %s: %s", repo_path(r), hex, object_state_name(s));
	} else if (c.parents == 0) {
		*reason = WALK_ROOT;
	} else {
		s = repo_commit(r, &c.parent[0], &parent);
		*reason = s == OBJECT_MISSING ? repo_is_shallow(r) ? WALK_SHALLOW : WALK_MISSING : WALK_CORRUPT;
		if (s == OBJECT_OK) {
			j.c = (struct candidate){ .kind = c.parents > 1 ? WALK_MERGE : WALK_COMMIT, .commit = *commit, .parent = c.parent[0],
						  .tree = c.tree, .parent_tree = parent.tree, .time = c.time };
			job_run(&j, r, o);
			*reason = j.reason;
			rc = !j.kept ? 0 : fn(ctx, &j.c) < 0 ? ERR_FAIL : 1;
		}
		object_release(&parent.object);
	}
	object_release(&c.object);
	job_release(&j);
	return rc;
}
