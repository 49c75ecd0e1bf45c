/*
 * dataset.h - a finished run becomes a dataset directory: filter, views, splits, shards, manifest, card, report.
 *
 *	struct dataset_plan plan = DATASET_PLAN;	// what the recipe says
 *	rc = dataset_write(st, "out", &plan, progress, ctx, &err);
 *
 * Reads run.db only, so it can be done again at any time and gives the same bytes. Files are written under out/.part/
 * and renamed when all are whole, manifest.json last: a directory with a manifest is complete.
 */
#ifndef QUARRY_DATASETS_DATASET_H
#define QUARRY_DATASETS_DATASET_H

#include "datasets/filter.h"
#include "datasets/store.h"

enum { VIEW_RL, VIEW_SFT, VIEW_PAIRS, VIEW_TRACES, VIEW_DEFERRED, VIEWS };

enum sft_by { SFT_SHORTEST, SFT_FIRST };      /* of a prompt's fit traces: the shortest; those drawn first */
enum pairs_by { PAIRS_SHORTEST, PAIRS_LENGTH }; /* the fit traces in that order, each with the wrong one nearest in length; the pairs nearest in length */

struct dataset_plan {
	const char *name;            /* of the dataset */
	struct limits limits;        /* which prompts are kept, and how many samples of each there are */
	unsigned views;              /* bit per VIEW_*; traces always */
	double validation;           /* part of the canon range that is validation, its upper end; 0.05 */
	int sft_per_prompt;          /* shortest m accepted traces; 2 */
	int pairs_per_prompt;        /* 1 */
	enum sft_by sft_by;
	enum pairs_by pairs_by;
	int64_t shard_bytes;         /* text bytes a shard; 64 MiB */
	int64_t frame_bytes;         /* text bytes a frame; 4 MiB */
	int level;                   /* zstd; 3 */
	bool plain;                  /* also uncompressed .jsonl beside the shards */
	bool demonstration;          /* the sampler was the embedded default: the card says so */
	struct str recipe;           /* its text, for the card */
	struct str provenance;       /* one JSON object: versions, seeds, sampler, ... goes into the manifest */
	struct str sampler;          /* one JSON object {"name","hash",...}: the rows' model field */
};

#define DATASET_PLAN                                                                                                  \
	((struct dataset_plan){ .name = "", .limits = LIMITS, .views = (1u << VIEWS) - 1, .validation = 0.05,         \
				.sft_per_prompt = 2, .pairs_per_prompt = 1, .shard_bytes = 64 << 20,                   \
				.frame_bytes = 4 << 20, .level = 3 })

struct dataset_counts {
	int64_t prompts, samples, kept, rows[VIEWS];
	int64_t bytes; /* of all shards */
	char content_sha256[65]; /* over all shards' content hashes, in order of name */
};

/* told(ctx, done, total) is called now and then; nonzero stops with ERR_STOPPED. May be NULL. */
int dataset_write(struct store *st, const char *dir, const struct dataset_plan *plan,
		  int (*told)(void *ctx, int64_t done, int64_t total), void *ctx, struct dataset_counts *counts,
		  struct err *err);

/*
 * Read a dataset directory again: every shard's sha256 and content hash, counts, ids against manifest.json; that its pages
 * are there. `row` is called for every row (to re-verify it) and returns negative to stop. Problems are told one by one
 * through problem().
 */
struct dataset_check {
	int (*row)(void *ctx, const char *file, int64_t number, int view, struct str line);
	void (*problem)(void *ctx, const char *what);
	void *ctx;
	int64_t files, rows, problems;
	bool limited;         /* the manifest says by which rule prompts are kept, before the first row is told: */
	struct limits limits;
	int64_t traces;       /* what the manifest says of the whole */
	char content_sha256[65];
};
int dataset_check(struct dataset_check *c, const char *dir, struct err *err);
int dataset_written(const char *dir, struct err *err); /* its manifest.json is there, and can be read */

const char *view_name(int view); /* "rl", "sft", ... */
bool view_from(struct str name, int *ret);

#endif
