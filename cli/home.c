/* home.c - the directory of a build; see home.h. */
#include "cli/home.h"
#include "base/log.h"
#include "cli/provenance.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

bool home_is_part(const struct home *h)
{
	return h->part.count > 1;
}

/* What a build would write over, in a directory that holds no run: somebody else's. */
static int refuse_strangers(const char *dir, struct err *err)
{
	static const char *const ours[] = { "README.md", "data", "manifest.json", "report.html" };
	struct buf path = BUF_INIT;
	struct stat st;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < COUNT(ours); i++) {
		buf_reset(&path);
		buf_addf(&path, "%s/%s", dir, ours[i]);
		if (lstat(buf_z(&path), &st) == 0)
			rc = err_set(err, "%s is there already, and not of a run; name another directory with -o", buf_z(&path));
	}
	buf_release(&path);
	return rc;
}

int lock_directory(int *fd, const char *dir, struct err *err)
{
	*fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return err_sys(err, "%s", dir);
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return 1;
	if (errno == EWOULDBLOCK || errno == EINTR)
		return err_set(err, "%s: another build is at work in this directory", dir);
	return 0;
}

void parts_path(struct buf *b, const char *top, int64_t index, int64_t count)
{
	const struct part p = { .index = index, .count = count };

	buf_reset(b);
	buf_addf(b, "%s/parts/", top);
	part_name(b, &p);
}

static bool part_from(struct str name, int64_t *number, int64_t *count)
{
	return name.n == strlen("0000-of-0000") && str_eq(str_sub(name, 4, 8), STR("-of-")) && str_i64(str_sub(name, 0, 4), number) &&
	       str_i64(str_from(name, 8), count) && *number >= 1 && *number <= *count;
}

int parts_find(struct parts *p, const char *top, struct err *err)
{
	struct buf path = BUF_INIT;
	struct dirent *e;
	DIR *d;
	int rc = 0;

	*p = (struct parts){ .count = 0 };
	buf_addf(&path, "%s/parts", top);
	d = opendir(buf_z(&path));
	while (rc == 0 && d && (e = readdir(d))) {
		int64_t number, count;

		if (!part_from(str_of(e->d_name), &number, &count))
			continue;
		if (p->count && p->count != count)
			rc = err_set(err, "%s holds parts of %lld and parts of %lld: two splits in one directory; remove one of them",
				     buf_z(&path), (long long)p->count, (long long)count);
		p->count = count;
		p->there[number - 1] = true;
	}
	if (d)
		closedir(d);
	buf_release(&path);
	return rc;
}

static int make_dir(const char *path, struct err *err)
{
	bool full;

	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return 0;
	full = errno == ENOSPC || errno == EDQUOT;
	err_sys(err, "%s", path);
	return full ? ERR_JOB : ERR_FAIL;
}

static bool there(const char *dir, const char *name)
{
	struct buf path = BUF_INIT;
	struct stat st;
	bool yes;

	buf_addf(&path, "%s/%s", dir, name);
	yes = stat(buf_z(&path), &st) == 0;
	buf_release(&path);
	return yes;
}

/* One directory is of one run: a whole one, or one split. */
static int one_run(struct home *h, struct err *err)
{
	bool whole = there(h->top, "run.db");
	struct parts p;
	int rc = parts_find(&p, h->top, err);

	if (rc < 0)
		return rc;
	if (!home_is_part(h) && !whole && p.count)
		return err_set(err, "%s holds the parts of a run; quarry merge joins them; or name another directory with -o", h->top);
	if (!home_is_part(h))
		return whole ? 0 : refuse_strangers(h->top, err);
	if (whole)
		return err_set(err, "%s holds a whole run already, or merged parts; name another directory with -o", h->top);
	if (p.count && p.count != h->part.count)
		return err_set(err, "%s holds parts of %lld, not of %lld; name another directory with -o", h->top, (long long)p.count,
			       (long long)h->part.count);
	return p.count ? 0 : refuse_strangers(h->top, err);
}

static int make_home(struct home *h, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc = make_dir(h->top, err);

	buf_addf(&path, "%s/parts", h->top);
	if (rc == 0 && home_is_part(h))
		rc = make_dir(buf_z(&path), err);
	if (rc == 0 && home_is_part(h))
		rc = make_dir(buf_z(&h->dir), err);
	buf_release(&path);
	return rc;
}

int home_siblings(struct home *h, struct str provenance, bool mix, struct err *err)
{
	struct heard s = { .pid = 0 };
	struct buf dir = BUF_INIT;
	const char *what = NULL;
	bool may_mix, met = false;
	struct parts p;
	int rc;

	if (!home_is_part(h))
		return 0;
	rc = parts_find(&p, h->top, err);
	/* one that runs or ran is enough: it asked the same */
	for (int64_t i = 0; rc == 0 && !met && i < p.count; i++) {
		if (i == h->part.index || !p.there[i])
			continue;
		parts_path(&dir, h->top, i, p.count);
		met = beat_hear(&s, buf_z(&dir)) && s.provenance.n > 0;
	}
	if (met)
		what = provenance_differs(s.provenance, provenance, &may_mix);
	if (what && !(mix && may_mix))
		rc = err_set(err, "%s is of %s; name another directory with -o%s", buf_z(&dir), what, may_mix ? ", or give --mix" : "");
	if (rc == 0)
		buf_add(&h->beat.provenance, provenance);
	buf_release(&dir);
	heard_release(&s);
	return rc;
}

int home_open(struct home *h, const char *top, const struct part *part, bool resume, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc, locked = 0;

	h->top = top;
	h->part = h->beat.part = *part;
	if (home_is_part(h))
		parts_path(&h->dir, top, part->index, part->count);
	else
		buf_addz(&h->dir, top);
	buf_addf(&path, "%s/run.db", buf_z(&h->dir));
	rc = one_run(h, err);
	if (rc == 0 && there(buf_z(&h->dir), "run.db") && !resume)
		rc = err_set(err, "%s holds a run already; go on with --resume, or name another directory with -o", buf_z(&h->dir));
	if (rc == 0)
		rc = make_home(h, err);
	if (rc == 0) {
		locked = lock_directory(&h->lock, buf_z(&h->dir), err);
		rc = locked < 0 ? locked : 0;
	}
	if (rc == 0 && home_is_part(h)) {
		beat_init(&h->beat, buf_z(&h->dir));
		rc = beat_claim(&h->beat, locked, err);
		if (rc == ERR_FAIL) /* it is another's */
			buf_reset(&h->beat.path);
	}
	if (rc == 0)
		rc = store_open(&h->st, buf_z(&path), home_is_part(h) ? STORE_PART : STORE_CREATE, err);
	if (rc == 0 && (!locked || store_lockless(h->st)))
		log_warn("%s: no locks on this file system; see that no second build runs there", buf_z(&h->dir));
	buf_release(&path);
	return rc;
}

void home_close(struct home *h, int rc, const struct err *err)
{
	store_close(h->st);
	h->st = NULL;
	if (home_is_part(h))
		beat_end(&h->beat, rc == 0 ? "done" : rc == ERR_STOPPED ? "stopped" : "failed", rc == 0 ? "" : err->msg);
	if (h->lock >= 0)
		close(h->lock);
	h->lock = -1;
	beat_release(&h->beat);
	buf_release(&h->dir);
}
