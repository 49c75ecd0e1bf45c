/*
 * kernels.h - what the parts of the module share: a step as it lies in the GPU's memory, and the launchers of each .cu file.
 *
 * A launch may cover more rows than there are (it may be a graph recorded for a rounded number of them): kernels read how many are live
 * from device memory and leave the others alone. Every value of a live row depends on that row and its sequence alone, in an order that the
 * shapes decide.
 */
#ifndef QUARRY_ENGINE_CUDA_KERNELS_H
#define QUARRY_ENGINE_CUDA_KERNELS_H

#include "engine/cuda/device.h"

extern "C" {
#include "engine/cuda/plan.h"
}

/* Memory that grows when asked for more; what was in it is lost then. */
struct room {
	void *at;
	size_t bytes;
};

enum { GRAPHS = 96 };

/* A pass recorded: all launches for so many rows, logits and items at most. */
struct recorded {
	struct plan_key key;
	long seen, used; /* times; when last */
	cudaGraphExec_t graph; /* NULL: not yet */
};

struct machine {
	int threads;
	struct plan_sizes sizes;      /* of the step's block */
	struct room block;            /* the step as plan.h lays it out, and its copy in pinned host memory */
	int32_t *pinned;
	cudaEvent_t uploaded;
	struct room turn;             /* of the batch */
	const float *turn_from;
	int turns, turn_each;
	struct room narrow;           /* activations in bf16 */
	struct room parts;            /* of attention: one (row, split, head) each */
	struct room wide;             /* gate and up in fp32, of fp32 models; products by cuBLAS */
	struct room tiles;            /* of grouped products */
	struct room draws, holes;     /* of drawing */
	struct recorded graph[GRAPHS];
	int graphs;
	long passes, captures, plays;
	bool no_graphs, no_sharing;   /* QUARRY_CUDA_GRAPHS=0, QUARRY_CUDA_SHARED=0 */
	bool moved;                   /* a room of the recorded graphs is elsewhere now */
	const char *failed;           /* what could not be done in this pass */
};

struct lane {
	struct machine *m;
	int id, lanes;
	struct plan_step step; /* pointers into block on the device */
	struct plan_key key;
};

/* The room, at least so large; NULL (and m->failed) when there is none. */
void *room_at_least(struct machine *m, struct room *r, size_t bytes);

/* All that is queued is done; ERR_FAIL when the GPU failed. */
int cuda_wait(struct err *err);

/* rows.cu */
void cuda_embed(struct lane *, float *h, const struct matrix *table, const struct batch *);
void cuda_rmsnorm(struct lane *, float *out, const float *x, const float *weight, int rows, int dim, float eps);
void cuda_store(struct lane *, float *qkv, const struct heads *, const float *q_norm, const float *k_norm, const struct kv_pool *, int layer,
		const struct batch *);
void cuda_scale(struct lane *, float *out, const float *x, float a, int rows, int n);
void cuda_lightning(struct lane *, float *out, float *qkv, const struct heads *, const float *decay, const struct kv_pool *, int layer,
		    const struct batch *);
void cuda_gate(struct lane *, float *x, const float *gate, const float *weight, const struct heads *, int rows);

/* gemm.cu */
/*
 * A product of rows of x with a matrix, or with the experts of one: tiles says which slots meet which expert. What the result is put into
 * decides the end: out plain (and added), or act, SwiGLU of pairs of 16 gates and their 16 ups.
 */
struct product {
	const struct matrix *w;
	int out;               /* rows of w for each expert */
	const void *x;         /* (rows, x_stride) bf16 bits; of fp32 weights, fp32 */
	int x_stride;
	const int32_t *pick;   /* row of x for each row of the result; NULL: its own */
	int rows;              /* results at most */
	const int32_t *live;   /* how many of them there are, on the device */
	int live_times;        /* each counts so often: slots of a row */
	const int32_t *tiles;  /* {expert, first slot, slots} each, *live_tiles of them; NULL: one matrix */
	int tile_rows, tiles_most;
	const int32_t *live_tiles;
	float *result;
	int result_stride;
	const float *bias;
	bool add;
	uint16_t *act;         /* (rows, act_stride) bf16 bits */
	int act_stride;
};
void cuda_product(struct machine *, const struct product *);
/* Rows of a tile of a product of so many rows in all. */
int cuda_tile_rows(const struct matrix *w, int rows);
/* x's rows (or those picked) in bf16, as a product wants them. */
void cuda_narrow(struct lane *, uint16_t *out, const float *x, int x_stride, const int32_t *pick, int rows, const int32_t *live, int n);
void cuda_linear(struct lane *, float *out, const struct matrix *w, const float *x, int x_stride, const int32_t *pick, int rows,
		 const float *bias, bool add);

/* dense.cu */
int cuda_dense_open(struct err *err); /* cuBLAS, for the rest of the process */
bool cuda_dense_is_open();
/* By cuBLAS; false where that is not asked for, or not for such a product. */
bool cuda_dense(struct machine *, const struct product *);

/* experts.cu */
void cuda_mlp(struct lane *, float *h, const float *x, const struct mlp *, struct routing *, int rows);

/* attend.cu */
void cuda_attend(struct lane *, float *out, const float *qkv, const struct heads *, const struct kv_pool *, int layer, const struct batch *);

/* draw.cu */
int cuda_draw(struct machine *, const float *logits, size_t stride, const struct draw_how *, struct draw_one *, int n, struct err *);

/* weights.cu */
int cuda_matrix_new(struct matrix *w, int out, int in, enum weights kind, int block, struct err *err);
void cuda_matrix_rows(struct matrix *w, int first, const float *const rows[PAD]);
void cuda_matrix_codes(struct matrix *w, int first, const unsigned char *const codes[PAD], const float *const scales[PAD]);
int cuda_matrix_done(struct matrix *w, struct err *err);
void cuda_matrix_free(struct matrix *w);
int cuda_matrix_random(struct matrix *w, int out, int in, enum weights kind, int block, uint64_t seed, float deviation, struct err *err);

/* Elements from one row of a matrix to the next, on the GPU: 16 bytes are whole in every kind. */
static __host__ __device__ __forceinline__ int row_stride(int in)
{
	return (in + PAD - 1) / PAD * PAD;
}

#endif
