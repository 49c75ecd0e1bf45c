/*
 * measured.c - what was measured of each task and level, looked up; see measured.h.
 *
 * generators/measured.tsv has a row for each: task, level, share of the commonest answer, log2 of the support and
 * how that was had. Lines that start with # are comments.
 */
#include "generators/measured.h"
#include "base/embedded.h"
#include "base/str.h"

extern const struct embedded measured_files[];

static bool row_read(struct str line, struct str *task, int64_t *level, struct measured *m)
{
	struct str piece;

	return !str_starts(line, STR("#")) && str_split(&line, '\t', task) && str_split(&line, '\t', &piece) &&
	       str_i64(piece, level) && str_split(&line, '\t', &piece) && str_f64(piece, &m->share) &&
	       str_split(&line, '\t', &piece) && str_f64(piece, &m->support_log2);
}

struct measured measured_of(const char *task, int level)
{
	struct measured m = { 0 };

	for (const struct embedded *file = measured_files; file->name; file++) {
		struct str rest = { file->text, file->n }, line, name;
		int64_t at;

		while (str_line(&rest, &line))
			if (row_read(line, &name, &at, &m) && at == level && str_is(name, task))
				return m;
	}
	return (struct measured){ .share = 1.0, .support_log2 = 0.0 };
}
