/*
 * sampled.h - a sample as run.db keeps it: its text, made valid UTF-8, and the verdict on that text.
 *
 *	struct sampled d = { 0 };
 *	sampled_judge(&d, sample, rule, desc, &options);
 *	rc = store_add_sample(st, prompt, &d.row, err);		// where d.text has not failed
 *	sampled_release(&d);					// d may be used again before that
 */
#ifndef QUARRY_CLI_SAMPLED_H
#define QUARRY_CLI_SAMPLED_H

#include "cli/swe.h"
#include "datasets/store.h"
#include "sampler/sampler.h"
#include "verifiers/verify.h"

struct sampled {
	struct buf text;
	struct quarry_verdict v;
	struct buf why; /* of a swe row: its status before it */
	struct stored_sample row; /* borrows from text and v */
};

void sampled_judge(struct sampled *d, const struct sample *s, const struct quarry_rule *rule, struct str desc,
		   const struct quarry_options *o);
/* The same for a row of task swe; ask's response is the sample's. */
void sampled_judge_swe(struct sampled *d, const struct sample *s, struct swe *swe, struct swe_ask *ask);
void sampled_release(struct sampled *d);

/* What a sample's chance hangs on (sample_prompt.key), for an instance of this id. */
uint64_t sampled_key(struct str id);

#endif
