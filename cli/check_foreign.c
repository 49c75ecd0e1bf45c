/* check_foreign.c - rows of others looked at with our solvers; see check_foreign.h. */
#include "cli/check_foreign.h"

#include "cli/foreign_repair.h"
#include "cli/foreign_unknown.h"
#include "cli/judge.h"
#include "cli/progress.h"
#include "datasets/stream.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	BATCH = 256,            /* rows looked at at once, */
	BATCH_BYTES = 32 << 20, /* or as many as hold this much */
	TASKS = 256,
};

enum state { OK, SEVERAL, UNCHECKED, UNSOLVABLE, GOLD_WRONG, DAMAGED, STATES };

static const char *const state_names[STATES] = {
	[OK] = "ok", [SEVERAL] = "several answers", [UNCHECKED] = "not checked",
	[UNSOLVABLE] = "unsolvable", [GOLD_WRONG] = "gold wrong", [DAMAGED] = "damaged",
};

struct looked {
	struct buf line, out;
	struct json row; /* JSON_NONE: unreadable, err says why */
	struct foreign f;
	struct buf gold, answer, said, room;
	enum state state;
	bool kept;       /* out is the row for the repaired file */
	char why[200];
	struct err err;
};

struct tally {
	char task[64];
	uint64_t n[STATES];
};

struct work {
	struct check_foreign *c;
	struct reader *in;
	struct writer *out; /* NULL: none */
	struct looked row[BATCH];
	struct tally tally[TASKS];
	int tallies;
	struct unknown unknown;
};

static bool bad(enum state s)
{
	return s == UNSOLVABLE || s == GOLD_WRONG || s == DAMAGED;
}

/* Whether the rule takes an answer; v tells more. */
static bool right(struct looked *l, struct str answer, struct quarry_verdict *v)
{
	buf_reset(&l->said);
	buf_addz(&l->said, "<answer>");
	buf_add(&l->said, answer);
	buf_addz(&l->said, "</answer>");
	foreign_judge(&l->f, buf_str(&l->said), false, &l->room, v);
	return v->mark == QUARRY_CORRECT;
}

/* How many answers, up to two, and one of them that the rule takes; -1: not found out. */
static int answers(struct looked *l)
{
	const struct task *t = l->f.task;
	struct str desc = buf_str(&l->f.desc);
	struct quarry_verdict v;
	int found;

	buf_reset(&l->answer);
	if (t->count)
		found = t->count(&l->answer, desc, 2);
	else if (!t->solve(&l->answer, desc))
		found = -1; /* there may be one that solve() does not find */
	else
		found = t->flags & TASK_UNIQUE && !t->prove(desc) ? -1 : 1;
	if (l->answer.n && !right(l, buf_str(&l->answer), &v))
		buf_reset(&l->answer);
	return found;
}

__attribute__((format(printf, 3, 4))) static void state_set(struct looked *l, enum state s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->why, sizeof(l->why), fmt, ap);
	va_end(ap);
	l->state = s;
}

/* The puzzle is stated: solve it, and judge what is stored. */
static void look_at_puzzle(struct looked *l)
{
	struct quarry_verdict v;
	bool gold = foreign_gold(&l->f, &l->gold), gold_right = gold && right(l, buf_str(&l->gold), &v);
	int found;

	if (gold && !gold_right && v.mark == QUARRY_BAD_TASK) {
		state_set(l, DAMAGED, "%s", v.why);
		return;
	}
	found = answers(l);
	if (found == 0 && !gold_right)
		state_set(l, UNSOLVABLE, "no answer obeys the rules");
	else if (gold && !gold_right)
		state_set(l, GOLD_WRONG, "%s", v.why);
	else if (found < 0 && !gold)
		state_set(l, UNCHECKED, "no answer is stored, and none was found");
	else if (found > 1 && (l->f.task->flags & TASK_UNIQUE))
		state_set(l, SEVERAL, "at least two answers obey the rules");
	else
		state_set(l, OK, "%s", "");
}

static void look_at(struct looked *l)
{
	struct quarry_verdict v;
	bool gold, gold_right;

	if (!l->f.rule) {
		state_set(l, l->f.never ? UNSOLVABLE : l->f.unknown ? UNCHECKED : DAMAGED, "%s", l->f.why);
		return;
	}
	if (l->f.task) {
		look_at_puzzle(l);
		return;
	}
	gold = foreign_gold(&l->f, &l->gold);
	gold_right = gold && right(l, buf_str(&l->gold), &v);
	foreign_found(&l->f, &l->answer);
	if (gold && !gold_right && v.mark == QUARRY_BAD_TASK)
		state_set(l, DAMAGED, "%s", v.why);
	else if (l->f.found && gold && !gold_right && l->answer.n)
		state_set(l, GOLD_WRONG, "%s; worked out: %s", v.why, buf_z(&l->answer));
	else if (l->f.found && gold)
		state_set(l, gold_right ? OK : GOLD_WRONG, "%s", v.why);
	else
		state_set(l, UNCHECKED, "only an answer is stored");
}

static bool drop_check(struct str key)
{
	return json_key_is(key, "check");
}

static void copy_row(struct looked *l)
{
	buf_reset(&l->out);
	json_open(&l->out, '{');
	row_copy(&l->out, l->row, drop_check);
	json_key(&l->out, "check");
	json_add_z(&l->out, state_names[l->state]);
	json_close(&l->out, '}');
	l->kept = true;
}

/* What is put into a wrong row's place is judged once more, as it stands there. */
static void repair_row(struct looked *l, enum foreign_kind kind)
{
	struct foreign again = FOREIGN_INIT;
	struct quarry_verdict v;
	struct json row;
	struct err ignored;

	buf_reset(&l->out);
	l->kept = l->answer.n && foreign_repair(&l->out, &l->f, l->row, buf_str(&l->answer), "gold replaced") &&
		  json_parse(&row, buf_str(&l->out), &ignored) && foreign_read(&again, row, kind, &ignored) == 0;
	if (l->kept) {
		foreign_gold(&again, &l->gold);
		l->kept = right(l, buf_str(&l->gold), &v);
	}
	foreign_release(&again);
}

static void one(struct work *w, struct looked *l)
{
	l->kept = false;
	json_parse_mended(&l->row, &l->line, &l->err);
	if (l->row.kind != JSON_NONE && l->row.kind != JSON_OBJECT) {
		err_set(&l->err, "a row must be a JSON object");
		l->row.kind = JSON_NONE;
	}
	if (l->row.kind == JSON_NONE)
		return;
	if (foreign_read(&l->f, l->row, w->c->kind, &l->err) < 0) {
		l->row.kind = JSON_NONE;
		return;
	}
	look_at(l);
	if (!w->out)
		return;
	if (!bad(l->state))
		copy_row(l);
	else if (l->state == GOLD_WRONG)
		repair_row(l, w->c->kind);
	if (l->kept)
		buf_addc(&l->out, '\n');
}

static void count(struct work *w, const struct looked *l)
{
	const char *name = l->f.unknown ? "?" : l->f.name;
	struct tally *t = w->tally, *end = w->tally + w->tallies;

	while (t < end && strcmp(t->task, name))
		t++;
	if (t == end && w->tallies < TASKS) {
		w->tallies++;
		*t = (struct tally){ .n = { 0 } };
		snprintf(t->task, sizeof(t->task), "%s", name);
	}
	if (t < w->tally + w->tallies)
		t->n[l->state]++;
}

static int batch(struct work *w, int n, struct progress *p, struct err *err)
{
	struct check_foreign *c = w->c;

#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) num_threads((int)c->common->threads)
#endif
	for (int i = 0; i < n; i++)
		one(w, &w->row[i]);
	for (int i = 0; i < n; i++) {
		struct looked *l = &w->row[i];

		c->rows++;
		if (l->row.kind == JSON_NONE) {
			*err = l->err;
			return err_at(err, "%s:%llu: ", reader_name(w->in), (unsigned long long)c->rows);
		}
		count(w, l);
		unknown_add(&w->unknown, &l->f);
		c->bad += bad(l->state);
		if (bad(l->state))
			printf("%s:%llu: %s: %s: %s\n", reader_name(w->in), (unsigned long long)c->rows, l->f.name, state_names[l->state],
			       l->why);
		c->repaired += l->kept && l->state == GOLD_WRONG;
		c->left_out += w->out && !l->kept;
		if (l->kept && writer_add(w->out, buf_str(&l->out), err) < 0)
			return ERR_JOB;
	}
	progress_add(p, (uint64_t)n);
	return 0;
}

static int work_through(struct work *w, struct progress *p, struct err *err)
{
	size_t bytes = 0;
	int n = 0, read;

	do {
		read = reader_line(w->in, &w->row[n].line, err);
		if (read > 0)
			bytes += w->row[n++].line.n;
		if (n && (n == BATCH || bytes > BATCH_BYTES || read <= 0)) {
			struct err before;
			int rc = batch(w, n, p, &before);

			if (rc < 0) {
				*err = before;
				return rc;
			}
			bytes = 0;
			n = 0;
		}
	} while (read > 0);
	return read;
}

static void print_table(const struct work *w)
{
	struct tally all = { .task = "all" };

	printf("%-32s %9s %9s %9s %11s %11s %11s %9s\n", "task", "rows", "ok", "several", "not checked", "unsolvable", "gold wrong",
	       "damaged");
	for (int i = 0; i <= w->tallies; i++) {
		const struct tally *t = i < w->tallies ? &w->tally[i] : &all;
		uint64_t sum = 0;

		for (int s = 0; s < STATES; s++) {
			sum += t->n[s];
			if (i < w->tallies)
				all.n[s] += t->n[s];
		}
		printf("%-32s %9llu %9llu %9llu %11llu %11llu %11llu %9llu\n", t->task, (unsigned long long)sum, (unsigned long long)t->n[OK],
		       (unsigned long long)t->n[SEVERAL], (unsigned long long)t->n[UNCHECKED], (unsigned long long)t->n[UNSOLVABLE],
		       (unsigned long long)t->n[GOLD_WRONG], (unsigned long long)t->n[DAMAGED]);
	}
}

static void work_release(struct work *w)
{
	reader_close(w->in);
	for (int i = 0; i < BATCH; i++) {
		struct looked *l = &w->row[i];

		buf_release(&l->line);
		buf_release(&l->out);
		buf_release(&l->gold);
		buf_release(&l->answer);
		buf_release(&l->said);
		buf_release(&l->room);
		foreign_release(&l->f);
	}
	free(w);
}

int check_foreign(struct check_foreign *c, struct err *err)
{
	struct work *w = calloc(1, sizeof(*w));
	struct progress progress;
	int rc;

	if (!w)
		return err_set(err, "out of memory");
	w->c = c;
	rc = reader_open(&w->in, c->path, err);
	if (rc == 0 && c->out)
		rc = writer_open(&w->out, c->out, err);
	if (rc == 0) {
		progress_start(&progress, "check", "rows", 0, c->common);
		rc = work_through(w, &progress, err);
		progress_end(&progress);
	}
	if (rc == 0) {
		print_table(w);
		unknown_tell(&w->unknown, c->path);
	}
	if (w->out && rc == 0)
		rc = writer_finish(w->out, err) < 0 ? ERR_JOB : 0;
	else if (w->out)
		writer_drop(w->out);
	if (rc == 0 && c->out)
		printf("%s: %llu rows, %llu answers replaced, %llu rows left out\n", c->out, (unsigned long long)(c->rows - c->left_out),
		       (unsigned long long)c->repaired, (unsigned long long)c->left_out);
	work_release(w);
	return rc;
}
