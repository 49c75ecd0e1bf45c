/*
 * cuda_ops.h - each operation of a GPU's table beside its twin of the CPU, on random shapes: what tests/gpu asks of a GPU, and test_cuda of the
 * CPU that stands in for one.
 *
 *	ops_check(backend_cuda(&err));
 *
 * Activations are values that bf16 holds, so that both multiply the same numbers: only the order of sums, and what attention's weights lose
 * in bf16, may show.
 */
#ifndef QUARRY_TESTS_CUDA_OPS_H
#define QUARRY_TESTS_CUDA_OPS_H

#include "tests/check.h"

#include "base/rng.h"
#include "engine/backend.h"
#include "engine/cpu_kernels.h"

#include <math.h>
#include <stdlib.h>

#define OPS __attribute__((unused)) static

/* One side: a table, its machine, and the arrays of the operation in hand in its memory. */
struct ops_side {
	const struct backend *be;
	struct machine *machine;
	void *kept[64];
	int n;
};

struct ops {
	struct ops_side cpu, gpu;
	struct rng rng;
	uintptr_t calls; /* no two are the same pass */
};

OPS void ops_open(struct ops *o, const struct backend *gpu)
{
	struct err err = ERR_INIT;

	*o = (struct ops){ .cpu.be = backend_cpu(NULL), .gpu.be = gpu };
	o->cpu.machine = o->cpu.be->machine_new(o->cpu.be, 1, &err);
	o->gpu.machine = gpu->machine_new(gpu, 2, &err);
	rng_init(&o->rng, 11, "cuda_ops");
	if (!o->cpu.machine || !o->gpu.machine) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
}

/* The arrays of the last operation go. */
OPS void ops_drop(struct ops *o)
{
	while (o->cpu.n)
		free(o->cpu.kept[--o->cpu.n]);
	while (o->gpu.n)
		o->gpu.be->device->room_free(o->gpu.kept[--o->gpu.n]);
}

OPS void ops_close(struct ops *o)
{
	ops_drop(o);
	o->cpu.be->machine_free(o->cpu.machine);
	o->gpu.be->machine_free(o->gpu.machine);
}

/* An array on both sides: the CPU's own pointer is filled by the caller, then ops_send makes the GPU's alike. */
struct ops_array {
	float *cpu, *gpu;
	size_t n;
};

OPS struct ops_array ops_array(struct ops *o, size_t n)
{
	struct ops_array a = { .n = n };

	a.cpu = aligned_alloc(64, (n * sizeof(float) + 64) / 64 * 64);
	a.gpu = o->gpu.be->device->room_new(n * sizeof(float) + 64);
	memset(a.cpu, 0, n * sizeof(float));
	o->cpu.kept[o->cpu.n++] = a.cpu;
	o->gpu.kept[o->gpu.n++] = a.gpu;
	return a;
}

OPS void ops_send(struct ops *o, struct ops_array a)
{
	o->gpu.be->device->put(a.gpu, a.cpu, a.n * sizeof(float));
}

/* Values that bf16 holds, in rows of which only the first `used` of `each` are not zero. */
OPS struct ops_array ops_draw(struct ops *o, size_t rows, size_t each, size_t used, double size)
{
	struct ops_array a = ops_array(o, rows * each);

	for (size_t i = 0; i < a.n; i++)
		if (i % each < used)
			a.cpu[i] = bf16_float(bf16_of((float)(size * (rng_unit(&o->rng) * 2 - 1))));
	ops_send(o, a);
	return a;
}

/* The largest difference, against the largest value; what is not finite counts as far. */
OPS double ops_off(struct ops *o, struct ops_array a)
{
	float *got = malloc(a.n * sizeof(float) + 1);
	double worst = 0, most = 1e-30;

	o->gpu.be->device->get(got, a.gpu, a.n * sizeof(float));
	for (size_t i = 0; i < a.n; i++) {
		double d = fabs((double)got[i] - a.cpu[i]);

		most = fabs(a.cpu[i]) > most ? fabs(a.cpu[i]) : most;
		worst = d > worst || !isfinite(d) ? isfinite(d) ? d : INFINITY : worst;
	}
	free(got);
	return worst / most;
}

/* What is asked, as each side sees it. */
struct ops_call {
	const struct backend *be;
	struct batch batch;
	int32_t *pick;
	int picks;
	void (*op)(struct ops_call *, struct lane *, bool gpu);
	void *arg;
};

OPS void ops_body_cpu(void *arg, struct lane *lane)
{
	struct ops_call *c = arg;

	c->op(c, lane, false);
}

OPS void ops_body_gpu(void *arg, struct lane *lane)
{
	struct ops_call *c = arg;

	c->op(c, lane, true);
}

/* The operation on both sides. A batch without pages: rows of nobody. */
OPS void ops_run(struct ops *o, struct batch batch, int32_t *pick, int picks, const struct heads *heads,
		 void (*op)(struct ops_call *, struct lane *, bool), void *arg)
{
	static const struct heads one = { .heads = 1, .kv_heads = 1, .head_dim = 16, .head_pad = 16 };
	struct ops_call c = { .be = o->cpu.be, .batch = batch, .pick = pick, .picks = picks, .op = op, .arg = arg };
	int32_t *zeros = calloc((size_t)batch.rows + 1, sizeof(*zeros));
	struct err err = ERR_INIT;

	if (!batch.pos)
		c.batch.token = c.batch.pos = c.batch.first = c.batch.state = c.batch.same = zeros, c.batch.pages = zeros, c.batch.used = 1;
	o->cpu.be->run(o->cpu.machine, ops_body_cpu, &c);
	c.be = o->gpu.be;
	if (!CHECK(o->gpu.be->device->pass(o->gpu.machine, &c.batch, &c.pick, &c.picks, heads ? heads : &one, ops_body_gpu, &c, (void *)++o->calls, &err) == 0) ||
	    !CHECK(o->gpu.be->device->wait(&err) == 0))
		fprintf(stderr, "%s\n", err.msg);
	free(zeros);
}

/* ---- matrices ---- */

struct ops_matrix {
	struct matrix cpu, gpu;
};

static float ops_code(int c)
{
	float v = c >> 3 & 15 ? (float)(8 + (c & 7)) * exp2f((float)((c >> 3 & 15) - 10)) : (float)(c & 7) * exp2f(-9);

	return c & 128 ? -v : v;
}

/* Random weights on both sides; those of eight bits are, on the CPU, what they stand for in fp32. */
OPS void ops_matrix(struct ops *o, struct ops_matrix *m, int out, int in, enum weights kind, int block)
{
	struct err err = ERR_INIT;
	int blocks = block ? (in + block - 1) / block : 1;
	float *row[PAD], *scale[PAD];
	unsigned char *code[PAD];

	o->cpu.be->matrix_new(&m->cpu, out, in, kind == WEIGHTS_BF16 ? kind : WEIGHTS_FP32, 0, &err);
	o->gpu.be->matrix_new(&m->gpu, out, in, kind, block, &err);
	for (int i = 0; i < PAD; i++) {
		row[i] = malloc((size_t)in * sizeof(float));
		code[i] = malloc((size_t)in);
		scale[i] = malloc((size_t)blocks * sizeof(float));
	}
	for (int first = 0; first < pad16(out); first += PAD) {
		for (int i = 0; i < PAD; i++) {
			float most = 0;

			for (int k = 0; k < blocks; k++)
				scale[i][k] = (float)(0.001 + 0.01 * rng_unit(&o->rng));
			for (int k = 0; k < in; k++) {
				code[i][k] = (unsigned char)rng_below(&o->rng, 256);
				if ((code[i][k] & 0x7f) == 0x7f)
					code[i][k] = 1;
				row[i][k] = bf16_float(bf16_of((float)((rng_unit(&o->rng) * 2 - 1) / sqrt(in))));
				if (kind == WEIGHTS_F8)
					row[i][k] = ops_code(code[i][k]) * scale[i][k / block];
				most = fabsf(row[i][k]) > most ? fabsf(row[i][k]) : most;
			}
			for (int k = 0; kind == WEIGHTS_I8 && k < in; k++) /* as it will be rounded */
				row[i][k] = lrintf(row[i][k] / most * 127) * (most / 127);
			for (int k = 0; first + i >= out && k < in; k++)
				row[i][k] = 0, code[i][k] = 0;
		}
		o->cpu.be->matrix_rows(&m->cpu, first, (const float *const *)row);
		if (m->gpu.kind == WEIGHTS_F8)
			o->gpu.be->matrix_codes(&m->gpu, first, (const unsigned char *const *)code, (const float *const *)scale);
		else
			o->gpu.be->matrix_rows(&m->gpu, first, (const float *const *)row);
	}
	CHECK(o->gpu.be->matrix_done(&m->gpu, &err) == 0);
	for (int i = 0; i < PAD; i++) {
		free(row[i]);
		free(code[i]);
		free(scale[i]);
	}
}

OPS void ops_matrix_free(struct ops *o, struct ops_matrix *m)
{
	o->cpu.be->matrix_free(&m->cpu);
	o->gpu.be->matrix_free(&m->gpu);
}

/* ---- linear, embed ---- */

struct ops_linear {
	struct ops_array out, x, bias;
	struct ops_matrix w;
	int stride;
	bool with_bias, add, with_pick;
};

OPS void ops_linear_op(struct ops_call *c, struct lane *lane, bool gpu)
{
	struct ops_linear *l = c->arg;

	c->be->linear(lane, gpu ? l->out.gpu : l->out.cpu, gpu ? &l->w.gpu : &l->w.cpu, gpu ? l->x.gpu : l->x.cpu, l->stride,
		      l->with_pick ? c->pick : NULL, l->with_pick ? c->picks : c->batch.rows,
		      l->with_bias ? gpu ? l->bias.gpu : l->bias.cpu : NULL, l->add);
}

OPS void ops_linear_check(struct ops *o, int rows, int out, int in, enum weights kind, int block, int how)
{
	struct ops_linear l = { .stride = pad16(in), .with_bias = how & 1, .add = how & 2, .with_pick = how & 4 };
	int32_t pick[4] = { 0, rows / 3, rows / 2, rows - 1 };
	double off;

	ops_matrix(o, &l.w, out, in, kind, block);
	l.x = ops_draw(o, (size_t)rows, (size_t)l.stride, (size_t)in, 1);
	l.out = ops_draw(o, (size_t)rows, (size_t)pad16(out), (size_t)out, 1);
	l.bias = ops_draw(o, 1, (size_t)pad16(out), (size_t)out, 1);
	ops_run(o, (struct batch){ .rows = rows }, pick, l.with_pick ? 4 : 0, NULL, ops_linear_op, &l);
	check_in("linear %d rows (%d, %d) kind %d block %d how %d", rows, out, in, (int)kind, block, how);
	off = ops_off(o, l.out);
	if (!CHECK(off < 2e-5))
		fprintf(stderr, "off by %g\n", off);
	ops_matrix_free(o, &l.w);
	ops_drop(o);
}

OPS void ops_linears(struct ops *o)
{
	static const int rows[] = { 1, 7, 8, 9, 20, 40, 70 }, ins[] = { 16, 24, 64, 100, 208 }, outs[] = { 16, 64, 80, 144 };

	for (size_t r = 0; r < 7; r++)
		for (size_t i = 0; i < 5; i++) {
			int how = (int)(r * 5 + i) % 8, out = outs[(r + i) % 4];

			how = how & 4 && rows[r] < 7 ? how & 3 : how;
			ops_linear_check(o, rows[r], out, ins[i], WEIGHTS_BF16, 0, how);
			if ((r + i) % 2)
				ops_linear_check(o, rows[r], out, ins[i], WEIGHTS_FP32, 0, how);
			else
				ops_linear_check(o, rows[r], out, ins[i], WEIGHTS_I8, 0, how);
			ops_linear_check(o, rows[r], out, ins[i], WEIGHTS_F8, (int[]){ 16, 48, 128, 32, 64 }[(r + i) % 5], how);
		}
	check_in("%s", "");
}

struct ops_rows {
	struct ops_array out, x, weight, by;
	struct ops_matrix table;
	struct heads heads;
	int dim, what;
};

OPS void ops_rows_op(struct ops_call *c, struct lane *lane, bool gpu)
{
	struct ops_rows *p = c->arg;
	float *out = gpu ? p->out.gpu : p->out.cpu, *x = gpu ? p->x.gpu : p->x.cpu, *weight = gpu ? p->weight.gpu : p->weight.cpu;

	switch (p->what) {
	case 0: c->be->rmsnorm(lane, out, x, weight, c->batch.rows, p->dim, 1e-5f); break;
	case 1: c->be->scale(lane, out, x, 0.75f, c->batch.rows, pad16(p->dim)); break;
	case 2: c->be->gate(lane, out, x, weight, &p->heads, c->batch.rows); break;
	case 3: c->be->embed(lane, out, gpu ? &p->table.gpu : &p->table.cpu, &c->batch); break;
	}
}

OPS void ops_rowwise(struct ops *o)
{
	static const int dims[] = { 15, 16, 40, 200, 1040 };
	static const double within[] = { 2e-6, 0, 4e-6, 0 };
	int32_t token[9] = { 3, 0, 49, 7, 7, 20, 48, 1, 31 }, zeros[9] = { 0 };

	for (int d = 0; d < 5; d++)
		for (int what = 0; what < 4; what++) {
			size_t pad = (size_t)pad16(dims[d]), used = (size_t)dims[d];
			struct ops_rows p = { .dim = dims[d], .what = what };
			struct batch b = { .rows = 9, .token = token, .pos = zeros, .first = zeros, .state = zeros, .same = zeros, .pages = zeros, .used = 1 };

			p.heads = (struct heads){ .heads = 1, .kv_heads = 1, .head_dim = dims[d], .head_pad = (int)pad, .eps = 1e-6f };
			p.out = ops_draw(o, 9, pad, used, 1);
			p.x = ops_draw(o, 9, pad, used, 3);
			p.weight = ops_draw(o, 1, pad, used, 2);
			ops_matrix(o, &p.table, 50, dims[d], d % 2 ? WEIGHTS_FP32 : WEIGHTS_BF16, 0);
			ops_run(o, b, NULL, 0, NULL, ops_rows_op, &p);
			check_in("row operation %d, dim %d", what, dims[d]);
			CHECK(ops_off(o, what == 2 ? p.x : p.out) <= within[what]);
			ops_matrix_free(o, &p.table);
			ops_drop(o);
		}
	check_in("%s", "");
}

/* ---- attention ---- */

enum { OPS_PAGES = 80, OPS_SEQS = 6 };

struct ops_attend {
	struct ops_array qkv, out, q_norm, k_norm;
	struct kv_pool cpu, gpu;
	struct heads heads;
	bool norms;
};

OPS void ops_attend_op(struct ops_call *c, struct lane *lane, bool gpu)
{
	struct ops_attend *p = c->arg;
	float *qkv = gpu ? p->qkv.gpu : p->qkv.cpu;
	const struct kv_pool *pool = gpu ? &p->gpu : &p->cpu;

	c->be->store(lane, qkv, &p->heads, p->norms ? gpu ? p->q_norm.gpu : p->q_norm.cpu : NULL,
		     p->norms ? gpu ? p->k_norm.gpu : p->k_norm.cpu : NULL, pool, 1, &c->batch);
	c->be->attend(lane, gpu ? p->out.gpu : p->out.cpu, qkv, &p->heads, pool, 1, &c->batch);
}

/*
 * A prompt of `prompt` tokens in steps, then some steps of OPS_SEQS sequences whose pages begin with the prompt's: they share whole splits, and go on in
 * pages of their own (whose beginning the second pass gives them, since nobody copies pages here).
 */
OPS void ops_attend_check(struct ops *o, struct heads h, bool fp32, bool norms, int prompt, double within)
{
	struct ops_attend p = { .heads = h, .norms = norms };
	size_t each = (size_t)(h.heads + 2 * h.kv_heads) * (size_t)h.head_pad, all = (size_t)(h.heads * h.head_pad);
	int32_t table[OPS_SEQS + 1][OPS_PAGES / 2], pos[64], first[64], zeros[64] = { 0 };
	int own = prompt / ENGINE_PAGE, next = OPS_PAGES - 1, at = 0;
	float turn[512 * 64];
	struct ops_array pool;

	for (int i = 0; i < 512 * h.rotary_dim / 2; i++) {
		turn[2 * i] = cosf((float)(i / (h.rotary_dim / 2)) * 0.1f / (float)(1 + i % (h.rotary_dim / 2)));
		turn[2 * i + 1] = sinf((float)(i / (h.rotary_dim / 2)) * 0.1f / (float)(1 + i % (h.rotary_dim / 2)));
	}
	for (int s = 0; s <= OPS_SEQS; s++)
		for (int i = 0; i < OPS_PAGES / 2; i++)
			table[s][i] = s && i < own ? table[0][i] : i <= own + 1 && next >= 0 ? next-- : 0;
	p.cpu = (struct kv_pool){ .head_bytes = (size_t)2 * ENGINE_PAGE * (size_t)h.head_pad * (fp32 ? 4 : 2), .fp32 = fp32 };
	p.cpu.page_bytes = 2 * p.cpu.head_bytes * (size_t)h.kv_heads;
	p.gpu = p.cpu;
	pool = ops_array(o, OPS_PAGES * p.cpu.page_bytes / sizeof(float));
	ops_send(o, pool);
	p.cpu.data = (unsigned char *)pool.cpu;
	p.gpu.data = (unsigned char *)pool.gpu;
	p.q_norm = ops_draw(o, 1, (size_t)h.head_pad * (size_t)(h.norm_whole ? h.heads : 1), (size_t)h.head_pad * (size_t)(h.norm_whole ? h.heads : 1), 2);
	p.k_norm = ops_draw(o, 1, (size_t)h.head_pad * (size_t)(h.norm_whole ? h.kv_heads : 1),
			    (size_t)h.head_pad * (size_t)(h.norm_whole ? h.kv_heads : 1), 2);
	while (at < prompt + 3) {
		bool many = at >= prompt;
		int back = prompt % ENGINE_PAGE, rows = 0;
		double off;
		struct batch b = { .token = zeros, .pos = pos, .first = first, .state = zeros, .same = zeros, .pages = table[0], .turn = turn,
				   .used = (OPS_SEQS + 1) * (OPS_PAGES / 2), .turns = 512, .turn_each = h.rotary_dim };

		/* sequences begin with the part of the prompt's last page that is theirs alone here */
		for (int s = 0; many && s < OPS_SEQS; s++)
			for (int k = at == prompt ? -back : 0; k <= 0 && rows < 64; k++, rows++) {
				pos[rows] = at + k;
				first[rows] = (s + 1) * (OPS_PAGES / 2);
			}
		for (int k = 0; !many && k < 50 && at + k < prompt; k++, rows++) {
			pos[rows] = at + k;
			first[rows] = 0;
		}
		b.rows = rows;
		p.qkv = ops_draw(o, (size_t)rows, each, each, 1);
		for (size_t i = 0; i < (size_t)rows * each; i++)
			if ((int)(i % (size_t)h.head_pad) >= h.head_dim)
				p.qkv.cpu[i] = 0;
		ops_send(o, p.qkv);
		p.out = ops_array(o, (size_t)rows * all);
		ops_run(o, b, NULL, 0, &h, ops_attend_op, &p);
		check_in("attend %d/%d heads of %d, %s, at %d of %d", h.heads, h.kv_heads, h.head_dim, fp32 ? "fp32" : "bf16", at, prompt);
		off = ops_off(o, p.out);
		if (!CHECK(off < within))
			fprintf(stderr, "off by %g\n", off);
		at += many ? 1 : rows;
	}
	check_in("%s", "");
	ops_drop(o);
}

OPS void ops_attends(struct ops *o)
{
	/* exact where everything is fp32: norms, turning, clipping; else with queries that bf16 holds */
	ops_attend_check(o, (struct heads){ 4, 2, 24, 32, 24, 0.2f, 1e-6f, false, 0 }, true, true, 40, 2e-5);
	ops_attend_check(o, (struct heads){ 4, 4, 16, 16, 8, 0.25f, 1e-6f, true, 0.8f }, true, true, 20, 2e-5);
	ops_attend_check(o, (struct heads){ 2, 1, 16, 16, 16, 0.25f, 1e-6f, false, 0 }, true, false, 270, 2e-5);
	ops_attend_check(o, (struct heads){ 8, 1, 16, 16, 0, 0.25f, 1e-6f, false, 0 }, false, false, 37, 8e-3);
	ops_attend_check(o, (struct heads){ 4, 2, 40, 48, 0, 0.25f, 1e-6f, false, 0 }, false, false, 33, 8e-3);
	ops_attend_check(o, (struct heads){ 2, 2, 32, 32, 0, 0.25f, 1e-6f, false, 0 }, false, false, 300, 8e-3);
	ops_attend_check(o, (struct heads){ 6, 2, 80, 80, 0, 0.125f, 1e-6f, false, 0 }, false, false, 260, 8e-3);
}

/* ---- mixtures ---- */

struct ops_mlp {
	struct ops_array h, x, bias;
	struct ops_matrix router, gate_up, down;
	struct mlp cpu, gpu;
	struct routing cpu_r, gpu_r;
};

OPS void ops_mlp_op(struct ops_call *c, struct lane *lane, bool gpu)
{
	struct ops_mlp *p = c->arg;

	c->be->mlp(lane, gpu ? p->h.gpu : p->h.cpu, gpu ? p->x.gpu : p->x.cpu, gpu ? &p->gpu : &p->cpu, gpu ? &p->gpu_r : &p->cpu_r, c->batch.rows);
}

/* experts 1 with top_k 1 and no scores: dense */
OPS void ops_mlp_check(struct ops *o, int rows, int experts, int top_k, int dim, int inner, enum weights kind, int how, double within)
{
	struct ops_mlp p = { 0 };
	int pad = pad16(dim), inner_pad = pad16(inner);
	size_t slots = (size_t)rows * (size_t)top_k;
	double off;
	struct ops_array score, weight, act, y, expert, slot, row, start;

	ops_matrix(o, &p.router, experts, dim, WEIGHTS_FP32, 0);
	ops_matrix(o, &p.gate_up, experts * 2 * inner_pad, dim, kind, kind == WEIGHTS_F8 ? 32 : 0);
	ops_matrix(o, &p.down, experts * pad, inner_pad, kind, kind == WEIGHTS_F8 ? 32 : 0);
	p.h = ops_draw(o, (size_t)rows, (size_t)pad, (size_t)dim, 1);
	p.x = ops_draw(o, (size_t)rows, (size_t)pad, (size_t)dim, 2);
	p.bias = ops_draw(o, 1, (size_t)pad16(experts), (size_t)experts, 0.5);
	p.cpu = (struct mlp){ .experts = experts, .top_k = top_k, .inner = inner_pad, .sigmoid = how & 1, .renorm = how & 2, .scale = 1.25f };
	p.gpu = p.cpu;
	p.cpu.bias = how & 1 ? p.bias.cpu : NULL;
	p.gpu.bias = how & 1 ? p.bias.gpu : NULL;
	p.cpu.gate_up = p.gate_up.cpu;
	p.gpu.gate_up = p.gate_up.gpu;
	p.cpu.down = p.down.cpu;
	p.gpu.down = p.down.gpu;
	if (experts > 1) {
		p.cpu.router = p.router.cpu;
		p.gpu.router = p.router.gpu;
	}
	score = ops_array(o, (size_t)rows * (size_t)pad16(experts));
	weight = ops_array(o, slots);
	act = ops_array(o, slots * (size_t)inner_pad);
	y = ops_array(o, slots * (size_t)pad);
	expert = ops_array(o, slots);
	slot = ops_array(o, slots);
	row = ops_array(o, slots);
	start = ops_array(o, (size_t)experts + 1);
	p.cpu_r = (struct routing){ experts, top_k, inner_pad, score.cpu, (int32_t *)expert.cpu, weight.cpu, (int32_t *)slot.cpu, (int32_t *)row.cpu,
				    (int32_t *)start.cpu, act.cpu, y.cpu };
	p.gpu_r = (struct routing){ experts, top_k, inner_pad, score.gpu, (int32_t *)expert.gpu, weight.gpu, (int32_t *)slot.gpu, (int32_t *)row.gpu,
				    (int32_t *)start.gpu, act.gpu, y.gpu };
	ops_run(o, (struct batch){ .rows = rows }, NULL, 0, NULL, ops_mlp_op, &p);
	check_in("mlp %d rows, %d of %d experts, (%d, %d), kind %d, how %d", rows, top_k, experts, dim, inner, (int)kind, how);
	CHECK(ops_off(o, weight) < 2e-6);
	{
		int32_t *got = malloc(slots * sizeof(*got));
		const struct ops_array same[] = { expert, slot, row };

		for (int i = 0; i < 3; i++) {
			o->gpu.be->device->get(got, same[i].gpu, slots * sizeof(*got));
			CHECK(memcmp(got, same[i].cpu, slots * sizeof(*got)) == 0);
		}
		free(got);
	}
	off = ops_off(o, p.h);
	if (!CHECK(off < within))
		fprintf(stderr, "off by %g\n", off);
	check_in("%s", "");
	ops_matrix_free(o, &p.router);
	ops_matrix_free(o, &p.gate_up);
	ops_matrix_free(o, &p.down);
	ops_drop(o);
}

OPS void ops_mlps(struct ops *o)
{
	for (int how = 0; how < 4; how++) {
		ops_mlp_check(o, 13, 8, 3, 40, 24, WEIGHTS_FP32, how, 1e-5);
		ops_mlp_check(o, 30, 8, 2, 48, 80, WEIGHTS_BF16, how, 4e-3);
	}
	ops_mlp_check(o, 3, 40, 4, 64, 32, WEIGHTS_BF16, 2, 4e-3);
	ops_mlp_check(o, 70, 4, 2, 32, 48, WEIGHTS_BF16, 2, 4e-3);
	ops_mlp_check(o, 20, 8, 2, 64, 64, WEIGHTS_F8, 2, 8e-3);
	ops_mlp_check(o, 20, 8, 2, 64, 64, WEIGHTS_I8, 2, 4e-3);
	ops_mlp_check(o, 9, 1, 1, 48, 96, WEIGHTS_BF16, 0, 4e-3);
}

OPS void ops_linears_check(const struct backend *gpu)
{
	struct ops o;

	ops_open(&o, gpu);
	ops_linears(&o);
	ops_close(&o);
}

OPS void ops_check(const struct backend *gpu)
{
	struct ops o;

	ops_open(&o, gpu);
	ops_rowwise(&o);
	ops_linears(&o);
	ops_attends(&o);
	ops_mlps(&o);
	ops_close(&o);
}

#endif
