/*
 * report.h - one self-contained page about a run: pass rates, lengths, what was kept and why not; inline SVG, no script.
 *
 *	rc = report_write(st, "report.html", &err);	// at any moment of the run
 */
#ifndef QUARRY_DATASETS_REPORT_H
#define QUARRY_DATASETS_REPORT_H

#include "datasets/store.h"

int report_write(struct store *st, const char *path, struct err *err);

#endif
