/*
 * pack.h - environments as files: what their runs need of this machine, in an archive that is a root file system elsewhere.
 *
 *	pack_write(&pack, path, &err);			// HASH.tar.zst
 *	pack_image(&image, &pack, path, &err);		// an OCI layout with it
 *
 *	root_open(&root, path, &err);			// elsewhere: unpacked
 *	sandbox_open(&(struct sandbox_options){ .root = root_path(root) }, &err);
 *	root_close(root);
 */
#ifndef QUARRY_CLI_PACK_H
#define QUARRY_CLI_PACK_H

#include "base/err.h"
#include "repos/packages.h"

struct pack_tree {
	const char *from; /* a directory of this machine */
	const char *name; /* where it is in the archive */
};

struct pack {
	const struct packages *packages;
	const struct pack_tree *trees;
	size_t n_trees;
	/* what was written */
	char digest[65], diff[65]; /* SHA-256 of the file, and of the archive in it */
	uint64_t bytes, text, files;
};

int pack_write(struct pack *p, const char *path, struct err *err);
int pack_copy(const char *from, const char *to, struct err *err); /* a link, or a copy where links do not reach */

/* OCI's image layout, version 1.0.0: dir is made or empty; one image for each pack, whose layer is its file. */
struct image_part {
	const char *name; /* an environment's hash */
	const char *file;
	const struct pack *pack;
};

int pack_images(const char *dir, const struct image_part *parts, size_t n, struct err *err);

/* An archive unpacked into a temporary directory of its own. */
struct root;
int root_open(struct root **ret, const char *path, struct err *err);
const char *root_path(const struct root *r);
void root_close(struct root *r); /* NULL is fine */

#endif
