/*
 * safetensors.h - the tensors of a model folder, mapped and checked, found by name.
 *
 *	struct tensors t = TENSORS_INIT;
 *	if (tensors_open(&t, "models/tiny", &err) < 0)
 *		return ERR_FAIL;
 *	const struct tensor *w = tensors_find(&t, "model.norm.weight");
 *	tensors_release(&t);		// w and its bytes are gone
 *
 * A file's sizes are never believed: the header must lie within the file, every tensor's bytes must be exactly its
 * shape times its type, and the tensors must tile the data without overlap or hole. Data may be unaligned.
 */
#ifndef QUARRY_ENGINE_SAFETENSORS_H
#define QUARRY_ENGINE_SAFETENSORS_H

#include "base/arena.h"
#include "base/err.h"

enum { TENSOR_RANK = 8, TENSORS_HEADER_MAX = 100 << 20 /* bytes */, TENSORS_FILES_MAX = 4096 };

enum dtype { DTYPE_OTHER, DTYPE_F32, DTYPE_F16, DTYPE_BF16, DTYPE_F8_E4M3 };

struct tensor {
	struct str name;
	struct str type; /* as the file spells it */
	enum dtype dtype;
	int rank;
	int64_t shape[TENSOR_RANK];
	const unsigned char *data;
	size_t bytes;
	size_t begin; /* in its file's data */
	int file;
};

struct tensors_file {
	struct str label; /* for messages */
	void *map;
	size_t size;
};

struct tensors {
	struct arena arena;
	struct tensor *all; /* sorted by name once opened */
	size_t n, cap;
	struct tensors_file *file;
	int files;
};

#define TENSORS_INIT ((struct tensors){ 0 })

/* model.safetensors, else the shards of model.safetensors.index.json. */
int tensors_open(struct tensors *t, const char *dir, struct err *err);
/* One file that is in memory already and outlives t; tensors_find needs tensors_sort after the last. */
int tensors_add(struct tensors *t, struct str label, struct str bytes, struct err *err);
int tensors_sort(struct tensors *t, struct err *err);
const struct tensor *tensors_find(const struct tensors *t, const char *name);
void tensors_release(struct tensors *t);

/* "f32", shape "[8, 96, 64]": for messages. */
void tensor_shape_text(const struct tensor *w, char out[128]);
/* n elements from `from` on as fp32. The dtype must be one of those known. */
void tensor_floats(const struct tensor *w, size_t from, size_t n, float *out);

/* A whole file into a buf, at most max bytes; a file that is larger, absent or no file is an error that names it. */
struct buf;
int file_read(struct buf *out, const char *path, size_t max, struct err *err);

#endif
