/* beat.c - part.json, the sign of life of a part; see beat.h. */
#include "cli/beat.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	EVERY = 2,      /* seconds */
	TAKE_OVER = 5,  /* seconds that another process has to see that we are there */
	BYTES = 1 << 20, /* of a part.json at most */
};

static void host_name(char *z, size_t cap)
{
	if (gethostname(z, cap) < 0)
		*z = 0;
	z[cap - 1] = 0;
}

/* The job as its queue calls it, for people. */
static void job_name(struct buf *b)
{
	const char *array = getenv("SLURM_ARRAY_JOB_ID"), *task = getenv("SLURM_ARRAY_TASK_ID"), *job = getenv("SLURM_JOB_ID");

	if (array && task)
		buf_addf(b, "%.20s_%.20s", array, task);
	else if (job)
		buf_addf(b, "%.40s", job);
}

void beat_init(struct beat *b, const char *dir)
{
	char host[64];

	host_name(host, sizeof(host));
	buf_addf(&b->path, "%s/part.json", dir);
	b->phase = "plan";
	b->began = clock_s();
	snprintf(b->owner, sizeof(b->owner), "%s:%ld:%.9f", host, (long)getpid(), b->began);
}

static void as_text(const struct beat *b, const char *state, const char *why, struct buf *out)
{
	double spent = clock_s() - b->began;
	const char *again = getenv("SLURM_RESTART_COUNT");
	struct buf job = BUF_INIT;
	char host[64];
	int64_t n = 0;

	host_name(host, sizeof(host));
	job_name(&job);
	str_i64(str_of(again), &n);
	json_open(out, '{');
	json_key(out, "part");
	json_add_i64(out, b->part.index + 1);
	json_key(out, "parts");
	json_add_i64(out, b->part.count);
	json_key(out, "state");
	json_add_z(out, state);
	json_key(out, "prompts");
	json_add_i64(out, b->prompts);
	json_key(out, "done");
	json_add_i64(out, b->done);
	json_key(out, "wanted");
	json_add_i64(out, b->wanted);
	json_key(out, "rate");
	json_add_f64(out, spent > 0 ? (double)(b->done - b->before) / spent : 0);
	json_key(out, "host");
	json_add_z(out, host);
	json_key(out, "pid");
	json_add_i64(out, getpid());
	json_key(out, "job");
	json_add_str(out, buf_str(&job));
	json_key(out, "restarts");
	json_add_i64(out, n);
	json_key(out, "owner");
	json_add_z(out, b->owner);
	json_key(out, "why");
	json_add_z(out, why);
	if (b->provenance.n) {
		json_key(out, "provenance");
		json_add_raw(out, buf_str(&b->provenance));
	}
	json_close(out, '}');
	buf_addc(out, '\n');
	buf_release(&job);
}

/* Nobody reads half of it: it is renamed into place. A full disk silences us, and no more. */
static void put(struct beat *b, const char *state, const char *why)
{
	struct buf part = BUF_INIT;
	bool whole;
	int fd;

	buf_reset(&b->text);
	as_text(b, state, why, &b->text);
	buf_addf(&part, "%s.%ld.part", buf_z(&b->path), (long)getpid());
	fd = open(buf_z(&part), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	whole = fd >= 0 && !b->text.failed && write(fd, b->text.s, b->text.n) == (ssize_t)b->text.n;
	if (fd >= 0 && close(fd) < 0)
		whole = false;
	if (!whole || rename(buf_z(&part), buf_z(&b->path)) < 0)
		unlink(buf_z(&part));
	buf_release(&part);
}

/* What part.json says now, if it is of another process that says it is at work. */
static bool other_works(struct beat *b, struct heard *h)
{
	struct str path = buf_str(&b->path);
	struct buf dir = BUF_INIT;
	bool there;

	buf_add(&dir, str_sub(path, 0, path.n - strlen("/part.json")));
	there = beat_hear(h, buf_z(&dir));
	buf_release(&dir);
	return there && heard_works(h) && strcmp(h->owner, b->owner);
}

int beat_claim(struct beat *b, bool locked, struct err *err)
{
	struct heard h = { .pid = 0 };
	bool other = other_works(b, &h);
	char host[64];
	int rc = 0;

	host_name(host, sizeof(host));
	if (other && strcmp(h.host, host) == 0) {
		/* what held the lock on our machine is dead, or we would not have it */
		if (!locked && h.pid > 0 && kill((pid_t)h.pid, 0) == 0)
			rc = err_set(err, "%s: another build is at work on this part: process %lld", buf_z(&b->path), (long long)h.pid);
		other = false;
	}
	if (rc == 0)
		put(b, b->phase, "");
	if (rc == 0 && other) {
		log_info("%s: was last at work on %s; taking over", buf_z(&b->path), h.host);
		for (int i = 0; i < TAKE_OVER && !stop_asked(); i++)
			sleep(1);
		if (stop_asked())
			rc = ERR_STOPPED;
		else if (other_works(b, &h))
			rc = err_set(err, "%s: another build is at work on this part, on %s", buf_z(&b->path), h.host);
	}
	heard_release(&h);
	return rc;
}

int beat_tell(struct beat *b, struct err *err)
{
	struct heard h = { .pid = 0 };
	double t;
	int rc = 0;

	if (!b->path.n)
		return 0;
	t = clock_s();
	if (t - b->told < EVERY)
		return 0;
	b->told = t;
	if (other_works(b, &h)) {
		err_set(err, "%s: another build, on %s, has taken this part over", buf_z(&b->path), h.host);
		buf_reset(&b->path); /* it is not ours to end */
		rc = ERR_JOB;
	} else {
		put(b, b->phase, "");
	}
	heard_release(&h);
	return rc;
}

void beat_phase(struct beat *b, const char *phase, int64_t done, int64_t wanted)
{
	b->phase = phase;
	b->done = b->before = done;
	b->wanted = wanted;
	b->began = clock_s();
	b->told = 0;
}

void beat_end(struct beat *b, const char *state, const char *why)
{
	if (b->path.n)
		put(b, state, why);
}

void beat_release(struct beat *b)
{
	buf_release(&b->path);
	buf_release(&b->text);
	buf_release(&b->provenance);
}

/* ---- reading */

static bool read_small(const char *path, struct buf *b, double *silent)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct timespec t;
	struct stat st;
	ssize_t n = -1;

	buf_reset(b);
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size < BYTES && buf_reserve(b, (size_t)st.st_size)) {
		n = read(fd, b->s, (size_t)st.st_size);
		clock_gettime(CLOCK_REALTIME, &t);
		*silent = (double)(t.tv_sec - st.st_mtim.tv_sec) + (double)(t.tv_nsec - st.st_mtim.tv_nsec) / 1e9;
		*silent = *silent > 0 ? *silent : 0;
	}
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	b->n = (size_t)n;
	b->s[n] = 0;
	return true;
}

static bool number(struct json row, const char *name, int64_t *ret)
{
	struct json v;

	return json_get(row, name, &v) && json_i64(v, ret) && *ret >= 0;
}

static bool text(struct json row, const char *name, char *z, size_t cap)
{
	struct json v;

	return json_get(row, name, &v) && json_z(v, z, cap);
}

bool beat_hear(struct heard *h, const char *dir)
{
	struct buf path = BUF_INIT;
	struct json row, v;
	struct err ignored;
	bool there;

	buf_addf(&path, "%s/part.json", dir);
	there = read_small(buf_z(&path), &h->text, &h->silent);
	buf_release(&path);
	if (!there || !json_parse(&row, buf_str(&h->text), &ignored))
		return false;
	h->provenance = json_get(row, "provenance", &v) ? v.raw : STR("");
	if (!text(row, "why", h->why, sizeof(h->why)))
		h->why[0] = 0;
	return text(row, "state", h->state, sizeof(h->state)) && text(row, "owner", h->owner, sizeof(h->owner)) &&
	       text(row, "host", h->host, sizeof(h->host)) && text(row, "job", h->job, sizeof(h->job)) && number(row, "pid", &h->pid) &&
	       number(row, "restarts", &h->restarts) && number(row, "prompts", &h->prompts) && number(row, "done", &h->done) &&
	       number(row, "wanted", &h->wanted) && number(row, "part", &h->part) && number(row, "parts", &h->parts) && json_get(row, "rate", &v) && json_f64(v, &h->rate);
}

bool heard_works(const struct heard *h)
{
	return strcmp(h->state, "plan") == 0 || strcmp(h->state, "sample") == 0;
}

void heard_release(struct heard *h)
{
	buf_release(&h->text);
}
