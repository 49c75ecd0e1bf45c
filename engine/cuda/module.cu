/*
 * module.cu - the table of operations on a GPU, and what is around them: memory, the stream, steps on their way there, graphs.
 *
 * One stream for the whole process carries everything in order. The host sends a step's plan in one copy, launches what the pass is made of, or
 * plays a graph that was recorded when a step of that size came a second time, and waits only where it is asked for logits or tokens.
 */
#include "engine/cuda/kernels.h"

extern "C" {
#include "engine/cuda/module.h"
}

#include <pthread.h>
#include <stdio.h>

cudaStream_t cuda_stream;
static char name[32];
static const char *broken; /* what the first failed call said; nothing works any more */

static bool right(cudaError_t e)
{
	if (e != cudaSuccess && !broken)
		broken = cudaGetErrorString(e);
	return e == cudaSuccess;
}

static int told(struct err *err)
{
	return broken ? err_set(err, "the GPU failed: %s", broken) : 0;
}

/* ---- memory ---- */

static void *room_new(size_t bytes)
{
	void *p = NULL;

	if (cudaMalloc(&p, bytes) != cudaSuccess) {
		cudaGetLastError();
		return NULL;
	}
	right(cudaMemsetAsync(p, 0, bytes, cuda_stream));
	return p;
}

static void room_free(void *p)
{
	right(cudaFree(p));
}

static void put(void *to, const void *from, size_t bytes)
{
	right(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, cuda_stream));
	right(cudaStreamSynchronize(cuda_stream));
}

static void get(void *to, const void *from, size_t bytes)
{
	right(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, cuda_stream));
	right(cudaStreamSynchronize(cuda_stream));
}

static void copy(void *to, const void *from, size_t bytes)
{
	right(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, cuda_stream));
}

static void zero(void *to, size_t bytes)
{
	right(cudaMemsetAsync(to, 0, bytes, cuda_stream));
}

static size_t room_left(void)
{
	size_t left = 0, all = 0;

	right(cudaMemGetInfo(&left, &all));
	return left;
}

int cuda_wait(struct err *err)
{
	right(cudaStreamSynchronize(cuda_stream));
	return told(err);
}

void *room_at_least(struct machine *m, struct room *r, size_t bytes)
{
	if (bytes <= r->bytes)
		return r->at;
	if (r->at)
		room_free(r->at);
	m->moved = true;
	r->bytes = bytes + bytes / 4;
	r->at = room_new(r->bytes);
	if (!r->at) {
		r->bytes = 0;
		m->failed = "out of memory on the GPU";
	}
	return r->at;
}

/* ---- machines ---- */

static void graphs_forget(struct machine *m)
{
	for (int i = 0; i < m->graphs; i++)
		if (m->graph[i].graph)
			right(cudaGraphExecDestroy(m->graph[i].graph));
	m->graphs = 0;
	m->moved = false;
}

static void machine_free(struct machine *m)
{
	if (!m)
		return;
	struct room *rooms[] = { &m->block, &m->turn, &m->narrow, &m->parts, &m->wide, &m->tiles, &m->draws, &m->holes };

	right(cudaStreamSynchronize(cuda_stream));
	graphs_forget(m);
	for (struct room *r : rooms)
		if (r->at)
			room_free(r->at);
	if (m->pinned)
		right(cudaFreeHost(m->pinned));
	right(cudaEventDestroy(m->uploaded));
	free(m);
}

static bool says(const char *variable, const char *word)
{
	const char *v = getenv(variable);

	return v && strcmp(v, word) == 0;
}

static struct machine *machine_new(const struct backend *, int threads, struct err *err)
{
	struct machine *m = told(err) < 0 ? NULL : (struct machine *)calloc(1, sizeof(*m));

	if (!m) {
		if (!broken)
			err_set(err, "out of memory");
		return NULL;
	}
	m->threads = threads > 0 ? threads < 64 ? threads : 64 : 4;
	m->no_graphs = says("QUARRY_CUDA_GRAPHS", "0");
	m->no_sharing = says("QUARRY_CUDA_SHARED", "0");
	right(cudaEventCreateWithFlags(&m->uploaded, cudaEventDisableTiming));
	return m;
}

static int machine_threads(const struct machine *m)
{
	return m->threads;
}

struct work {
	struct lane lane;
	void (*body)(void *, struct lane *);
	void *arg;
};

static void *work_do(void *arg)
{
	struct work *w = (struct work *)arg;

	w->body(w->arg, &w->lane);
	return NULL;
}

/* By the host's threads: rows of weights are put together there. */
static void run(struct machine *m, void (*body)(void *, struct lane *), void *arg)
{
	pthread_t thread[64];
	struct work work[64] = {};
	bool started[64] = {};

	for (int i = 0; i < m->threads; i++) {
		work[i].lane.m = m;
		work[i].lane.id = i;
		work[i].lane.lanes = m->threads;
		work[i].body = body;
		work[i].arg = arg;
		started[i] = i > 0 && pthread_create(&thread[i], NULL, work_do, &work[i]) == 0;
	}
	for (int i = 0; i < m->threads; i++)
		if (!started[i])
			work_do(&work[i]);
	for (int i = 0; i < m->threads; i++)
		if (started[i])
			pthread_join(thread[i], NULL);
}

static void share(const struct lane *lane, int *id, int *lanes)
{
	*id = lane->id;
	*lanes = lane->lanes;
}

/* ---- steps ---- */

/* The batch and its plan to the block; the batch's pointers become the block's. */
static bool send(struct machine *m, const struct plan *p, struct batch *b, int32_t **logit_row, struct plan_step *step)
{
	struct plan_step here;
	size_t ints;

	if (plan_grow(&m->sizes, p, b) || !m->pinned) {
		ints = plan_ints(&m->sizes);
		right(cudaStreamSynchronize(cuda_stream));
		if (m->pinned)
			right(cudaFreeHost(m->pinned));
		m->pinned = NULL;
		if (!right(cudaMallocHost((void **)&m->pinned, ints * sizeof(int32_t))))
			return false;
		if (!room_at_least(m, &m->block, ints * sizeof(int32_t)))
			return false;
		m->moved = true; /* even where the room was large enough: what lies in it lies elsewhere */
	}
	right(cudaEventSynchronize(m->uploaded)); /* the last step's copy may still read */
	plan_lay(&here, m->pinned, &m->sizes);
	plan_lay(step, (int32_t *)m->block.at, &m->sizes);
	plan_fill(&here, p, b, *logit_row);
	right(cudaMemcpyAsync(m->block.at, m->pinned, plan_ints_used(&m->sizes, b) * sizeof(int32_t), cudaMemcpyHostToDevice, cuda_stream));
	right(cudaEventRecord(m->uploaded, cuda_stream));
	b->rows = p->key.rows;
	b->token = step->token;
	b->pos = step->pos;
	b->first = step->first;
	b->state = step->state;
	b->pages = step->pages;
	*logit_row = step->logit_row;
	return true;
}

/* Cosines and sines: sent when there are more of them than before. */
static bool turn_send(struct machine *m, struct batch *b)
{
	size_t bytes = (size_t)b->turns * (size_t)b->turn_each * sizeof(float);

	if (b->turns != m->turns || b->turn_each != m->turn_each || b->turn != m->turn_from) {
		if (bytes && !room_at_least(m, &m->turn, bytes))
			return false;
		if (bytes)
			put(m->turn.at, b->turn, bytes);
		m->turns = b->turns;
		m->turn_each = b->turn_each;
		m->turn_from = b->turn;
	}
	b->turn = (const float *)m->turn.at;
	return true;
}

/* This size's place; the one unused longest makes room. */
static struct recorded *recorded_find(struct machine *m, const struct plan_key *key)
{
	struct recorded *r = m->graph;

	for (int i = 0; i < m->graphs; i++) {
		if (plan_same(&m->graph[i].key, key))
			return &m->graph[i];
		if (m->graph[i].used < r->used)
			r = &m->graph[i];
	}
	if (m->graphs < GRAPHS)
		r = &m->graph[m->graphs++];
	else if (r->graph)
		right(cudaGraphExecDestroy(r->graph));
	*r = {};
	r->key = *key;
	return r;
}

static void record(struct machine *m, struct recorded *r, void (*body)(void *, struct lane *), void *arg, struct lane *lane)
{
	cudaGraph_t graph;

	if (!right(cudaStreamBeginCapture(cuda_stream, cudaStreamCaptureModeRelaxed)))
		return;
	body(arg, lane);
	if (!right(cudaStreamEndCapture(cuda_stream, &graph)))
		return;
	if (!right(cudaGraphInstantiate(&r->graph, graph, 0)))
		r->graph = NULL;
	right(cudaGraphDestroy(graph));
	m->captures++;
}

static void pass_do(struct machine *m, struct lane *lane, void (*body)(void *, struct lane *), void *arg)
{
	struct recorded *r;

	if (m->moved)
		graphs_forget(m);
	r = m->no_graphs ? NULL : recorded_find(m, &lane->key);
	m->passes++;
	if (r) {
		r->used = m->passes;
		r->seen++;
	}
	if (r && !r->graph && r->seen == 2) /* the first time rooms were still growing */
		record(m, r, body, arg, lane);
	if (!r || !r->graph) {
		body(arg, lane);
		return;
	}
	m->plays++;
	right(cudaGraphLaunch(r->graph, cuda_stream));
}

static int pass(struct machine *m, struct batch *b, int32_t **logit_row, int *logits, const struct heads *h, void (*body)(void *, struct lane *),
		void *arg, const void *mark, struct err *err)
{
	struct lane lane = {};
	struct plan plan;

	lane.m = m;
	m->failed = NULL;
	if (h->heads / h->kv_heads > plan_queries(h->head_pad))
		return err_set(err, "the GPU's attention takes %d query heads to a key-value head at most", plan_queries(h->head_pad));
	if (plan_make(&plan, b, *logits, h, !m->no_sharing) < 0)
		return err_set(err, "out of memory");
	if (send(m, &plan, b, logit_row, &lane.step) && turn_send(m, b) &&
	    room_at_least(m, &m->parts, (size_t)plan.parts * (size_t)h->heads * (size_t)(h->head_pad + 2) * sizeof(float))) {
		lane.key = plan.key;
		lane.key.mark = mark;
		*logits = plan.key.logits;
		pass_do(m, &lane, body, arg);
		right(cudaGetLastError());
	}
	plan_release(&plan);
	return m->failed ? err_set(err, "%s", m->failed) : told(err);
}

/* ---- the tables ---- */

static const char *device_name(void)
{
	return name;
}

static struct device device;
static struct backend table;

static void table_fill(void)
{
	device.room_new = room_new;
	device.room_free = room_free;
	device.put = put;
	device.get = get;
	device.copy = copy;
	device.zero = zero;
	device.room_left = room_left;
	device.pass = pass;
	device.draw = cuda_draw;
	device.wait = cuda_wait;
	device.name = device_name;
	device.matrix_random = cuda_matrix_random;
	table.device = &device;
	table.matrix_new = cuda_matrix_new;
	table.matrix_rows = cuda_matrix_rows;
	table.matrix_codes = cuda_matrix_codes;
	table.matrix_done = cuda_matrix_done;
	table.matrix_free = cuda_matrix_free;
	table.machine_new = machine_new;
	table.machine_free = machine_free;
	table.machine_threads = machine_threads;
	table.run = run;
	table.share = share;
	table.embed = cuda_embed;
	table.rmsnorm = cuda_rmsnorm;
	table.linear = cuda_linear;
	table.store = cuda_store;
	table.attend = cuda_attend;
	table.scale = cuda_scale;
	table.lightning = cuda_lightning;
	table.gate = cuda_gate;
	table.mlp = cuda_mlp;
}

/* From sm_80 on: asynchronous copies, and products of bf16. */
extern "C" __attribute__((visibility("default"))) const struct backend *quarry_cuda_open(struct err *err)
{
	int n = 0, major = 0, minor = 0;
	cudaError_t e = cudaGetDeviceCount(&n);

	if (e != cudaSuccess || n == 0) {
		err_set(err, "no GPU can be used: %s", e != cudaSuccess ? cudaGetErrorString(e) : "there is none");
		return NULL;
	}
	if (!right(cudaSetDevice(0)) || !right(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0)) ||
	    !right(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, 0)) || !right(cudaStreamCreate(&cuda_stream))) {
		told(err);
		return NULL;
	}
	if (major < 8) {
		err_set(err, "no GPU can be used: this one has compute capability %d.%d, 8.0 is the least", major, minor);
		return NULL;
	}
	if (says("QUARRY_CUDA_CUBLAS", "1") && cuda_dense_open(err) < 0)
		return NULL;
	snprintf(name, sizeof(name), "cuda-sm%d%d%s", major, minor, cuda_dense_is_open() ? "-cublas" : "");
	table_fill();
	return &table;
}
