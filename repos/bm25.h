/*
 * bm25.h - the files of a tree that a text is most likely about: Okapi BM25 over words and the parts of names.
 *
 *	struct bm25 *b = bm25_new();
 *	struct bm25_hit hits[10];
 *
 *	if (bm25_tree(b, r, &tree, 0, &err) < 0) ...		// sources only; files seen in an earlier tree cost nothing
 *	n = bm25_rank(b, statement, hits, 10);
 *	for (size_t i = 0; i < n; i++)
 *		put(hits[i].path, hits[i].score);		// best first; paths are good until the next bm25_tree
 *	bm25_free(b);
 *
 * "parseHTTPHeader" counts as itself and as parse, http, header; a path's parts count as words of its file. Scores are the same on every
 * machine that adds doubles alike; of equal ones the path decides.
 */
#ifndef QUARRY_REPOS_BM25_H
#define QUARRY_REPOS_BM25_H

#include "repos/git.h"

struct bm25;

struct bm25_hit {
	struct str path;
	struct oid id;
	uint64_t size; /* bytes of the file */
	double score;
};

struct bm25 *bm25_new(void); /* NULL: no memory */
void bm25_free(struct bm25 *b);

/* langs: 1 << CODE_..., or'ed; 0: all. Blobs that are missing, binary, or above 1 MiB are left out. */
int bm25_tree(struct bm25 *b, struct repo *r, const struct oid *tree, unsigned langs, struct err *err);
size_t bm25_files(const struct bm25 *b);
size_t bm25_rank(const struct bm25 *b, struct str text, struct bm25_hit *hits, size_t most);

#endif
