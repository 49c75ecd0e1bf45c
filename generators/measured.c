/*
 * measured.c - what was measured of each task and level, looked up; see measured.h.
 *
 * generators/measured.tsv has a row for each: task, level, share of the commonest answer, log2 of the support and
 * how that was had. Lines that start with # are comments.
 */
#include "generators/measured.h"
#include "base/embedded.h"
#include "base/str.h"

#include <assert.h>
#include <pthread.h>

extern const struct embedded measured_files[];

static bool row_read(struct str line, struct str *task, int64_t *level, struct measured *m)
{
	struct str piece;

	return !str_starts(line, STR("#")) && str_split(&line, '\t', task) && str_split(&line, '\t', &piece) &&
	       str_i64(piece, level) && str_split(&line, '\t', &piece) && str_f64(piece, &m->share) &&
	       str_split(&line, '\t', &piece) && str_f64(piece, &m->support_log2);
}

/* The rows, read once; the file is sorted by task. */
enum { ROWS = 1024 };

static struct row {
	struct str task;
	int64_t level;
	struct measured m;
} rows[ROWS];
static int count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_all(void)
{
	struct str rest = { measured_files[0].text, measured_files[0].n }, line;

	while (str_line(&rest, &line))
		if (count < ROWS && row_read(line, &rows[count].task, &rows[count].level, &rows[count].m))
			count++;
	assert(count < ROWS);
}

struct measured measured_of(const char *task, int level)
{
	struct str name = str_of(task);
	int lo = 0, hi;

	pthread_once(&once, read_all);
	for (hi = count; lo < hi;) { /* the first row of the task, or where it would be */
		int mid = (lo + hi) / 2;
		int c = rows[mid].task.s[0] - name.s[0];

		if (c < 0 || (c == 0 && str_cmp(rows[mid].task, name) < 0))
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < count && str_eq(rows[lo].task, name); lo++)
		if (rows[lo].level == level)
			return rows[lo].m;
	return (struct measured){ .share = 1.0, .support_log2 = 0.0 };
}
