/* draw.cu - stub */
#include "engine/cuda/kernels.h"
int cuda_draw(struct machine *, const float *, size_t, const struct draw_how *, struct draw_one *, int, struct err *err)
{
	return err_set(err, "not yet");
}
