/*
 * judge.h - a verdict for a JSON row: task + desc (or ground_truth, or a whole instance) + response.
 *
 *	struct judged j = JUDGED_INIT;
 *	j.strict = true;				// as options: format and thought are the row's own
 *	judge_row(&j, row);
 *	verdict_json(&out, &j.v);			// score, mark, why, extracted, format_ok, answers_seen
 *	judged_release(&j);
 *
 * A row that says too little is bad_task: our side is broken, never the response.
 */
#ifndef QUARRY_CLI_JUDGE_H
#define QUARRY_CLI_JUDGE_H

#include "base/json.h"
#include "cli/swe.h"
#include "verifiers/verify.h"

struct judged {
	bool strict;    /* quarry_options.strict_format */
	size_t budget;  /* quarry_options.budget */
	struct swe *swe; /* what judges rows of task swe; NULL: they are bad_task */
	/* who is asked for the verdict on such a row instead; what is asked lives as long as the row and the call. NULL: nobody */
	void (*swe_ask)(void *ctx, const struct swe_ask *ask, struct swe_verdict *v);
	void *swe_ctx;
	bool swe_alone;  /* other rows get no verdict: they are only passed by */
	struct str source; /* the row's data_source or source, in the row or in room; empty: none */
	char room[64];
	struct quarry_verdict v;
	const struct quarry_rule *rule; /* NULL: the row names no task that we know, or swe */
	bool is_swe;
	const char *status; /* of a swe row, the judge's own word; else NULL */
	double similarity;  /* of a swe row, see swe.h */
	struct buf desc, response, scratch, room_extra, room_model; /* the last two of members that are JSON in strings */
	double us; /* of the verdict alone */
};

#define JUDGED_INIT ((struct judged){ .us = 0 })

/* The row may also be a ground truth, or the string that holds one. */
void judge_row(struct judged *j, struct json row);
/* The same for a response that stands elsewhere: in a row of the sft or pairs view, say. */
void judge_response(struct judged *j, struct json row, struct json response);
/* The same for a text. think_open: the prompt had opened the thought, whatever the row says. */
void judge_text(struct judged *j, struct json row, struct str response, bool think_open);
void judged_release(struct judged *j);
const char *judged_task(const struct judged *j); /* "sudoku", "swe"; "?" where the row names none */
void judged_json(struct buf *b, const struct judged *j); /* verdict_json, and the status and similarity of a swe row */
/* Adds the verdict's members to an open object. */
void verdict_json(struct buf *b, const struct quarry_verdict *v);
bool verdict_key(struct str key); /* whether a member is one of those (verify_us too) */
/* Adds the members of a row, but for those that drop() names, to an open object. */
void row_copy(struct buf *b, struct json row, bool (*drop)(struct str key));
/* Sets the source alone, for a row that is not judged. */
void judge_source(struct judged *j, struct json row);
/* The answer format that a row's member "format" names. */
enum quarry_format row_format(struct json row, enum quarry_format otherwise);

#endif
