/*
 * part.h - one job split over machines: which part of how many is ours, by --part or by what the queue says.
 *
 *	struct part part;
 *	if (part_read(&part, a->part, &err) < 0)	// "3/8"; NULL: as the environment says, or the whole
 *		return fail_usage(&err);
 *	part_range(&part, total, &from, &to);		// the parts' ranges, one behind the other, are 0 .. total - 1
 *
 * Parts are counted from 1 where people read them. What says which part it is, the first that is there:
 *	--part I/N
 *	OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE		Open MPI
 *	SLURM_PROCID, SLURM_STEP_NUM_TASKS			a task of srun (SLURM_STEP_ID is there)
 *	JOB_COMPLETION_INDEX, JOB_COMPLETIONS			an Indexed Job of Kubernetes
 * and in an array of Slurm, SLURM_ARRAY_TASK_ID counted from _MIN in steps of _STEP, of SLURM_ARRAY_TASK_COUNT; where the
 * array's tasks start several processes, these are parts of the task's part. "--part /N" gives the N alone.
 */
#ifndef QUARRY_CLI_PART_H
#define QUARRY_CLI_PART_H

#include "base/buf.h"
#include "base/err.h"
#include "cli/command.h"

enum { PARTS_MAX = 9999 };

struct part {
	int64_t index, count; /* 0 .. count - 1; count 1: the whole */
	const char *by;       /* what said so, for messages: "--part", "SLURM_ARRAY_TASK_ID", ...; "" nothing did */
};

/* The row of an options table. */
#define OPTION_PART(member)                                                                                            \
	{ .name = "part", .kind = OPT_TEXT, .arg = "I/N", .at = (member),                                              \
	  .what = "do part I of N, from 1/N to N/N; as Slurm, Kubernetes or Open MPI say when not given" }

int part_read(struct part *p, const char *given, struct err *err);
void part_tell(const struct part *p, const struct common *c); /* on stderr, where the environment made this a part */
bool part_again(void); /* the queue has started this job before: SLURM_RESTART_COUNT */
/* Part of 0 .. total - 1: from .. to - 1. */
void part_range(const struct part *p, uint64_t total, uint64_t *from, uint64_t *to);
void part_name(struct buf *b, const struct part *p); /* adds "0003-of-0008" */
/* Adds the file of a part: rows.jsonl.zst is written as rows.0003-of-0008.jsonl.zst; what is no file keeps its name. */
void part_path(struct buf *b, const struct part *p, const char *path);

#endif
