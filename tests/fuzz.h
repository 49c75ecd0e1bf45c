/*
 * fuzz.h - what the fuzz targets share. A target is libFuzzer's entry, and its input is text:
 *
 *	TASK\nDESC\nRESPONSE
 *
 * With -Dfuzz=true (clang) it is built with libFuzzer, and then explores on its own:
 *
 *	build/tests/fuzz_rule -max_len=4096 corpus/
 *
 * Without, fuzz_main.c drives it: over files that are named (to replay a finding), else over mutated cases of tests/cases.
 */
#ifndef QUARRY_TESTS_FUZZ_H
#define QUARRY_TESTS_FUZZ_H

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A finding: libFuzzer saves the input when the program aborts. */
#define FUZZ_CHECK(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #cond); \
			abort(); \
		} \
	} while (0)

/* An input as its three parts, each copied without a byte to spare. */
struct fuzz_input {
	char *task, *desc, *response; /* task ends in NUL; free all three */
	size_t desc_n, response_n;
};

static inline char *fuzz_copy(struct str s, size_t extra)
{
	char *p = malloc(s.n + extra + !(s.n + extra));

	if (!p)
		abort();
	memcpy(p, s.n ? s.s : "", s.n);
	return p;
}

static inline void fuzz_read(struct fuzz_input *in, const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, part[2];

	for (int i = 0; i < 2; i++) {
		ptrdiff_t end = str_chr(rest, '\n');

		part[i] = str_sub(rest, 0, end < 0 ? rest.n : (size_t)end);
		rest = str_from(rest, part[i].n + (end >= 0));
	}
	in->task = fuzz_copy(part[0], 1);
	in->task[part[0].n] = 0;
	in->desc = fuzz_copy(part[1], 0);
	in->desc_n = part[1].n;
	in->response = fuzz_copy(rest, 0);
	in->response_n = rest.n;
}

static inline void fuzz_free(struct fuzz_input *in)
{
	free(in->task);
	free(in->desc);
	free(in->response);
}

#endif
