/*
 * beat.h - how a part of a build is doing: part.json beside its run.db, written anew every two seconds. run.db itself is its
 * part's alone while that runs, so this is what `quarry status`, the other parts and a second process of the same part read.
 *
 *	struct beat b = { .part = part };
 *	beat_init(&b, "out/parts/0003-of-0008");
 *	rc = beat_claim(&b, &err);		// from now on it is ours
 *	b.done = 40;
 *	rc = beat_tell(&b, &err);		// often: most calls do nothing
 *	beat_end(&b, "done", "");
 *
 * No clock of another machine is ever compared with ours but to show how long a part has been silent.
 */
#ifndef QUARRY_CLI_BEAT_H
#define QUARRY_CLI_BEAT_H

#include "cli/part.h"

struct beat {
	struct part part;
	const char *phase;  /* "plan" or "sample" */
	int64_t prompts, done, wanted; /* of this part; samples */
	struct buf provenance; /* JSON; empty as long as it is not known */
	struct buf path, text;
	char owner[128];
	double began, told; /* seconds of our own clock */
	int64_t before;     /* samples that were there when we began */
};

void beat_init(struct beat *b, const char *dir);
/* Refused where another process is at work on this part; waits for one that may be, on a machine that we cannot see. */
int beat_claim(struct beat *b, bool locked, struct err *err);
/* ERR_JOB when another process has taken this part over: then we must not write any more. */
int beat_tell(struct beat *b, struct err *err);
void beat_phase(struct beat *b, const char *phase, int64_t done, int64_t wanted);
void beat_end(struct beat *b, const char *state, const char *why); /* "done", "stopped" or "failed" */
void beat_release(struct beat *b);

/* What a part.json says. */
struct heard {
	char state[16], owner[128], host[64], job[64], why[256]; /* state: plan, sample, done, stopped, failed */
	int64_t part, parts; /* from 1 */
	int64_t pid, restarts, prompts, done, wanted;
	double rate;   /* samples a second */
	double silent; /* seconds since it was written */
	struct buf text;
	struct str provenance; /* of text; "" where it says none */
};

bool beat_hear(struct heard *h, const char *dir); /* false: there is none, or it is damaged */
bool heard_works(const struct heard *h);          /* it says that it is at work */
void heard_release(struct heard *h);

#endif
