/*
 * manifest.h - manifest.json: every shard with its hashes and counts, and what the dataset came from.
 *
 *	shards_add(&m, &(struct shard_entry){ ... });
 *	shards_sort(&m);
 *	manifest_json(&text, &m, ...);
 *
 * Nothing in it depends on the time or the machine, save that compressed bytes depend on libzstd's version, which it names.
 */
#ifndef QUARRY_DATASETS_MANIFEST_H
#define QUARRY_DATASETS_MANIFEST_H

#include "datasets/shard.h"
#include "datasets/stats.h"

struct shard_entry {
	int view;
	enum split split;
	int number;    /* within its view and split */
	char path[64]; /* below the dataset: "data/rl/train-00000-of-00001.jsonl.zst" */
	char *first, *last; /* uid of its first and last row */
	bool plain;         /* the same text uncompressed stands beside it */
	struct shard_info info;
};

struct shards {
	struct shard_entry *at;
	size_t n, room;
};

bool shards_add(struct shards *s, const struct shard_entry *e); /* takes what e owns, also when it fails */
void shards_sort(struct shards *s);                             /* by path, which they get here */
void shards_release(struct shards *s);
/* Over the content hashes in order of path. */
void shards_content(const struct shards *s, char hex[65]);

void manifest_json(struct buf *b, const struct shards *s, const struct dataset_plan *plan, const struct stats *stats);

/* What a manifest claims over all shards. */
struct claims {
	char content[65];
	int64_t bytes, text_bytes, rows[VIEWS];
	bool limited;         /* it says by which rule prompts are kept: */
	struct limits limits;
};

/* The manifest.json of a dataset's directory. Every member is checked; paths stay below the dataset. */
int manifest_read(struct shards *s, struct claims *c, const char *dir, struct err *err);
/* A regular file (or a link to one) for reading: what waits for somebody, or never ends, is refused. */
int manifest_file(const char *path, struct err *err);

#endif
