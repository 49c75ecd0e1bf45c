/* fuzz_index.c - any bytes as model.safetensors.index.json beside three small shards: what is accepted holds what it promises. */
#include "engine/safetensors.h"
#include "tests/fuzz.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

extern const char fuzz_seeds[];
const char fuzz_seeds[] = "index.json";

enum { SHARDS = 3 };

static char folder[64];

static char *file(char path[128], int shard)
{
	if (shard < 0)
		snprintf(path, 128, "%s/model.safetensors.index.json", folder);
	else
		snprintf(path, 128, "%s/model-0000%d-of-0000%d.safetensors", folder, shard + 1, SHARDS);
	return path;
}

static void file_put(const char *path, const void *bytes, size_t n)
{
	FILE *f = fopen(path, "wb");

	FUZZ_CHECK(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

static void folder_remove(void)
{
	char path[128];

	for (int i = -1; i < SHARDS; i++)
		unlink(file(path, i));
	rmdir(folder);
}

/* Shard i holds the tensors "a", "b" or "model.norm.weight". */
static void folder_make(void)
{
	static const char *const names[SHARDS] = { "a", "b", "model.norm.weight" };
	char path[128];

	snprintf(folder, sizeof(folder), "/tmp/fuzz_index.XXXXXX");
	FUZZ_CHECK(mkdtemp(folder) != NULL);
	atexit(folder_remove);
	for (int i = 0; i < SHARDS; i++) {
		char shard[256] = { 0 };
		int n = snprintf(shard + 8, sizeof(shard) - 8, "{\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", names[i]);

		shard[0] = (char)n;
		file_put(file(path, i), shard, 8 + (size_t)n + 4);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tensors t;
	struct err err = ERR_INIT;
	char path[128];

	if (!folder[0])
		folder_make();
	file_put(file(path, -1), data, size);
	t = TENSORS_INIT;
	if (tensors_open(&t, folder, &err) < 0) {
		FUZZ_CHECK(err.msg[0] && !strchr(err.msg, '\n'));
		return 0;
	}
	FUZZ_CHECK(t.files <= SHARDS && t.n == (size_t)t.files);
	for (size_t i = 0; i < t.n; i++)
		FUZZ_CHECK(t.all[i].bytes == 4);
	tensors_release(&t);
	return 0;
}
