/* fuzz_safetensors.c - any bytes as a safetensors file: what is accepted lies inside, tiles the data and can be read. */
#include "engine/safetensors.h"
#include "tests/fuzz.h"

extern const char fuzz_seeds[];
const char fuzz_seeds[] = ".safetensors";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tensors t = TENSORS_INIT;
	struct err err = ERR_INIT;
	char *copy = fuzz_copy((struct str){ (const char *)data, size }, 0);
	size_t bytes = 0;
	float room[64];

	if (tensors_add(&t, STR("fuzz"), (struct str){ copy, size }, &err) < 0 || tensors_sort(&t, &err) < 0) {
		FUZZ_CHECK(err.msg[0]);
	} else {
		for (size_t i = 0; i < t.n; i++) {
			const struct tensor *w = &t.all[i];
			char shape[128], name[300];

			FUZZ_CHECK(w->bytes == 0 || (w->data >= (unsigned char *)copy + 8 && w->data + w->bytes <= (unsigned char *)copy + size));
			bytes += w->bytes;
			tensor_shape_text(w, shape);
			if (w->dtype != DTYPE_OTHER) {
				size_t n = w->bytes / (w->dtype == DTYPE_F32 ? 4 : w->dtype == DTYPE_F8_E4M3 ? 1 : 2), some = n < 64 ? n : 64;

				tensor_floats(w, n - some, some, room);
			}
			if (w->name.n < sizeof(name) && !memchr(w->name.s, 0, w->name.n)) {
				memcpy(name, w->name.s, w->name.n);
				name[w->name.n] = 0;
				FUZZ_CHECK(tensors_find(&t, name) == w);
			}
		}
		FUZZ_CHECK(bytes < size);
	}
	tensors_release(&t);
	free(copy);
	return 0;
}
