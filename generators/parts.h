/*
 * parts.h - parts of a text that is being written, put in order where they stand: for canonical forms.
 *
 *	size_t from = out->n, end[MOST];
 *	for (int i = 0; i < n; i++) {
 *		buf_addi(out, number[i]);
 *		buf_addc(out, ',');
 *		end[i] = out->n;
 *	}
 *	parts_sort(out, from, end, n, 1);	// by the texts without their commas
 *
 * Lists within lists work: the inner ones are in order before their list is.
 */
#ifndef QUARRY_GENERATORS_PARTS_H
#define QUARRY_GENERATORS_PARTS_H

#include "base/buf.h"

/* The n parts lie end to end from `from` to the end of the text; the last `tail` bytes of each do not count in the order. */
void parts_sort(struct buf *out, size_t from, const size_t *end, int n, size_t tail);

#endif
