/* foreign_unknown.c - names that no rule is known for; see foreign_unknown.h. */
#include "cli/foreign_unknown.h"

#include "base/buf.h"
#include "base/log.h"

void unknown_add(struct unknown *u, const struct foreign *f)
{
	int i = 0;

	if (!f->unknown)
		return;
	u->rows++;
	while (i < u->tasks && strcmp(u->task[i].name, f->name))
		i++;
	if (i == UNKNOWN_NAMES) {
		u->others++;
		return;
	}
	if (i == u->tasks) {
		memcpy(u->task[i].name, f->name, sizeof(f->name));
		u->task[u->tasks++].rows = 0;
	}
	u->task[i].rows++;
}

void unknown_tell(const struct unknown *u, const char *path)
{
	struct buf b = BUF_INIT;

	if (!u->rows)
		return;
	for (int i = 0; i < u->tasks; i++)
		buf_addf(&b, "%s%s (%llu)", i ? ", " : "", u->task[i].name, (unsigned long long)u->task[i].rows);
	if (u->others)
		buf_addf(&b, ", other names (%llu)", (unsigned long long)u->others);
	log_warn("%s: %llu row%s of tasks that are not known: %s", path, (unsigned long long)u->rows, u->rows == 1 ? "" : "s", buf_z(&b));
	buf_release(&b);
}
