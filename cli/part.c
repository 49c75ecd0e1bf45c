/* part.c - which part of how many; see part.h. */
#include "cli/part.h"
#include "base/log.h"

#include <stdlib.h>
#include <sys/stat.h>

/* A whole number of the environment. 1 and the number, 0 where it is not set; what is no number is an error. */
static int env_number(const char *name, int64_t *ret, struct err *err)
{
	const char *text = getenv(name);

	if (!text || !*text)
		return 0;
	if (!str_i64(str_of(text), ret) || *ret < 0)
		return err_set(err, "%s is \"%.40s\", which is no number; give --part I/N", name, text);
	return 1;
}

/* A rank (from 0) and how many there are. 1, or 0 where there is no rank. */
static int env_rank(struct part *p, const char *rank, const char *size, struct err *err)
{
	int64_t i, n;
	int rc = env_number(rank, &i, err);

	if (rc <= 0)
		return rc;
	rc = env_number(size, &n, err);
	if (rc < 0)
		return rc;
	if (rc == 0 && p->count == 0)
		return err_set(err, "%s is set and %s is not: how many parts are there? give --part /N or --part I/N", rank, size);
	n = rc ? n : p->count;
	if (i >= n || n > PARTS_MAX)
		return err_set(err, "%s is %lld and %s %lld, which is no part; give --part I/N, N up to %d", rank, (long long)i, size,
			       (long long)n, PARTS_MAX);
	*p = (struct part){ i, n, rank };
	return 1;
}

/* Our place among the tasks of a Slurm array. */
static int env_array(struct part *p, struct err *err)
{
	int64_t id, n, min = 0, max, step = 1;
	int rc = env_number("SLURM_ARRAY_TASK_ID", &id, err);

	if (rc <= 0)
		return rc;
	rc = env_number("SLURM_ARRAY_TASK_COUNT", &n, err);
	if (rc > 0)
		rc = env_number("SLURM_ARRAY_TASK_MIN", &min, err);
	if (rc >= 0)
		rc = env_number("SLURM_ARRAY_TASK_STEP", &step, err);
	max = min + (n - 1) * step;
	if (rc >= 0)
		rc = env_number("SLURM_ARRAY_TASK_MAX", &max, err);
	if (rc < 0)
		return rc;
	/* --array=2,5: which part that is, nobody said */
	if (n < 1 || n > PARTS_MAX || step < 1 || id < min || (id - min) % step || max != min + (n - 1) * step || id > max)
		return err_set(err, "SLURM_ARRAY_TASK_ID is %lld of an array with gaps; give --part I/N", (long long)id);
	*p = (struct part){ (id - min) / step, n, "SLURM_ARRAY_TASK_ID" };
	return 1;
}

/* Processes of one job. SLURM_PROCID is also set in a batch script, where it counts nothing: only steps have an id. */
static int env_process(struct part *p, struct err *err)
{
	int rc = env_rank(p, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", err);

	if (rc == 0 && getenv("SLURM_STEP_ID"))
		rc = env_rank(p, "SLURM_PROCID", getenv("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS", err);
	return rc;
}

static int from_env(struct part *p, struct err *err)
{
	struct part array = { 0, 1, "" }, process = { 0, 1, "" };
	int64_t asked = p->count;
	int rc = env_array(&array, err);

	if (rc >= 0)
		rc = env_process(&process, err);
	if (rc >= 0 && array.count == 1 && process.count == 1) {
		process.count = asked;
		rc = env_rank(&process, "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", err);
		process.count = rc > 0 ? process.count : 1;
	}
	if (rc < 0)
		return rc;
	if (array.count * process.count > PARTS_MAX)
		return err_set(err, "%lld parts; there may be %d", (long long)(array.count * process.count), PARTS_MAX);
	*p = (struct part){ array.index * process.count + process.index, array.count * process.count,
			    process.count > 1 ? process.by : array.by };
	if (asked > 1 && p->count == 1)
		return err_set(err, "--part /%lld: nothing says which part this is; give --part I/%lld", (long long)asked, (long long)asked);
	if (asked && p->count != asked)
		return err_set(err, "--part /%lld, but %s is one of %lld; give --part I/%lld", (long long)asked, p->by, (long long)p->count,
			       (long long)asked);
	return 0;
}

int part_read(struct part *p, const char *given, struct err *err)
{
	struct str text = str_of(given);
	ptrdiff_t slash = str_chr(text, '/');
	int64_t i = 0, n = 0;

	*p = (struct part){ 0, 0, "" };
	if (!given)
		return from_env(p, err);
	if (slash < 0 || !str_i64(str_from(text, (size_t)slash + 1), &n) || (slash > 0 && !str_i64(str_sub(text, 0, (size_t)slash), &i)))
		return err_set(err, "--part takes I/N, as in 3/8, not \"%.40s\"", given);
	if (n < 1 || n > PARTS_MAX)
		return err_set(err, "--part %.40s: N is from 1 to %d", given, PARTS_MAX);
	if (slash == 0) {
		p->count = n;
		return from_env(p, err);
	}
	if (i < 1 || i > n)
		return err_set(err, "--part %.40s: parts are counted from 1: 1/%lld to %lld/%lld", given, (long long)n, (long long)n, (long long)n);
	*p = (struct part){ i - 1, n, "--part" };
	return 0;
}

void part_tell(const struct part *p, const struct common *c)
{
	if (p->count > 1 && strcmp(p->by, "--part") && !c->quiet)
		log_info("part %lld of %lld, as %s says; --part 1/1 is the whole", (long long)p->index + 1, (long long)p->count, p->by);
}

bool part_again(void)
{
	struct err ignored;
	int64_t n;

	return env_number("SLURM_RESTART_COUNT", &n, &ignored) > 0 && n > 0;
}

void part_range(const struct part *p, uint64_t total, uint64_t *from, uint64_t *to)
{
	uint64_t n = (uint64_t)p->count, i = (uint64_t)p->index, rest = total % n;

	*from = total / n * i + rest * i / n;
	*to = total / n * (i + 1) + rest * (i + 1) / n;
}

void part_name(struct buf *b, const struct part *p)
{
	buf_addf(b, "%04lld-of-%04lld", (long long)p->index + 1, (long long)p->count);
}

void part_path(struct buf *b, const struct part *p, const char *path)
{
	struct str name = str_of(path);
	ptrdiff_t base = str_rfind(name, STR("/")) + 1, dot;
	struct stat st;

	if (p->count == 1 || strcmp(path, "-") == 0 || (stat(path, &st) == 0 && !S_ISREG(st.st_mode))) {
		buf_add(b, name);
		return;
	}
	dot = str_find(str_from(name, (size_t)base), STR(".json"));
	if (dot < 0)
		dot = str_ends(name, STR(".zst")) ? (ptrdiff_t)name.n - base - 4 : (ptrdiff_t)name.n - base;
	buf_add(b, str_sub(name, 0, (size_t)(base + dot)));
	buf_addc(b, '.');
	part_name(b, p);
	buf_add(b, str_from(name, (size_t)(base + dot)));
}
