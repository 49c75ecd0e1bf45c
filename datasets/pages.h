/* pages.h - what people read of a dataset: its card (README.md) and its report (report.html). */
#ifndef QUARRY_DATASETS_PAGES_H
#define QUARRY_DATASETS_PAGES_H

#include "datasets/manifest.h"

void card_write(struct buf *b, const struct dataset_plan *plan, const struct shards *shards, const struct stats *stats,
		const struct about *about);
void report_write(struct buf *b, const struct dataset_plan *plan, const struct shards *shards, const struct stats *stats,
		  const struct about *about);

#endif
