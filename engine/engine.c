/* engine.c - sequences and steps: turns rows of (token, sequence) into one forward pass. See engine.h. */
#include "engine/engine.h"

#include "engine/graph.h"
#include "engine/kv.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

struct engine {
	struct forward f;
	struct machine *machine;
	struct kv kv;
	int max_rows;
	int32_t *ints;      /* token, pos, first, logit_row: max_rows each */
	int32_t *pages;     /* the step's page table */
	size_t pages_cap;
	size_t out_cap;     /* floats in f.out */
	float *turn;        /* (turn_n, rotary / 2, 2) */
	int turn_n;
};

static void *floats_new(size_t rows, size_t each)
{
	size_t n;

	if (__builtin_mul_overflow(rows, each, &n) || n > SIZE_MAX / 8)
		return NULL;
	return aligned_alloc(64, (n * sizeof(float) + 64) / 64 * 64);
}

static bool room_new(struct engine *e)
{
	const struct config *c = &e->f.m->config;
	const struct heads *hd = &e->f.m->heads;
	size_t rows = (size_t)e->max_rows, dim = (size_t)pad16(c->dim), act = 0, k = 1, experts = 1;
	struct routing *r = &e->f.routing;

	for (int l = 0; l < c->layers; l++) {
		const struct mlp *p = &e->f.m->layer[l].mlp;

		act = (size_t)p->top_k * (size_t)p->inner > act ? (size_t)p->top_k * (size_t)p->inner : act;
		k = (size_t)p->top_k > k ? (size_t)p->top_k : k;
		experts = (size_t)p->experts > experts ? (size_t)p->experts : experts;
	}
	e->f.h = floats_new(rows, dim);
	e->f.x = floats_new(rows, dim);
	e->f.qkv = floats_new(rows, (size_t)(hd->heads + 2 * hd->kv_heads) * (size_t)hd->head_pad);
	e->f.att = floats_new(rows, (size_t)hd->heads * (size_t)hd->head_pad);
	r->score = floats_new(rows, (size_t)pad16((int)experts));
	r->weight = floats_new(rows, k);
	r->act = floats_new(rows, act);
	r->y = floats_new(rows, k * dim);
	r->expert = calloc(rows * k, sizeof(int32_t));
	r->slot = calloc(rows * k, sizeof(int32_t));
	r->row = calloc(rows * k, sizeof(int32_t));
	r->start = calloc(experts + 1, sizeof(int32_t));
	e->ints = calloc(rows * 4, sizeof(int32_t));
	return e->f.h && e->f.x && e->f.qkv && e->f.att && r->score && r->weight && r->act && r->y && r->expert &&
	       r->slot && r->row && r->start && e->ints;
}

static int pool_new(struct engine *e, const struct engine_options *opt, struct err *err)
{
	const struct model *m = e->f.m;
	size_t tokens = opt->kv_tokens, max = (size_t)m->config.max_positions;
	struct kv_pool *p = &e->f.pool;

	if (!tokens)
		tokens = 64 * (max < 1024 ? max : 1024);
	p->fp32 = m->info.fp32;
	p->head_bytes = (size_t)2 * ENGINE_PAGE * (size_t)m->heads.head_pad * (p->fp32 ? 4 : 2);
	p->page_bytes = p->head_bytes * (size_t)m->heads.kv_heads * (size_t)m->config.layers;
	if (tokens > SIZE_MAX - ENGINE_PAGE)
		tokens = SIZE_MAX - ENGINE_PAGE;
	if (kv_init(&e->kv, (tokens + ENGINE_PAGE - 1) / ENGINE_PAGE, p->page_bytes,
		    opt->max_seqs > 0 ? opt->max_seqs : 4096, err) < 0)
		return ERR_FAIL;
	p->data = e->kv.data;
	return 0;
}

struct engine *engine_new(const struct model *m, const struct engine_options *opt, struct err *err)
{
	struct engine *e = calloc(1, sizeof(*e));

	if (!e) {
		err_set(err, "out of memory");
		return NULL;
	}
	e->f.m = m;
	e->max_rows = opt->max_rows > 0 ? opt->max_rows : 512;
	e->machine = m->be->machine_new(m->be, opt->threads, err);
	if (!e->machine || pool_new(e, opt, err) < 0) {
		engine_free(e);
		return NULL;
	}
	if (!room_new(e)) {
		err_set(err, "out of memory: steps of %d rows", e->max_rows);
		engine_free(e);
		return NULL;
	}
	return e;
}

void engine_free(struct engine *e)
{
	struct routing *r;

	if (!e)
		return;
	r = &e->f.routing;
	e->f.m->be->machine_free(e->machine);
	kv_release(&e->kv);
	free(e->f.h);
	free(e->f.x);
	free(e->f.qkv);
	free(e->f.att);
	free(e->f.out);
	free(r->score);
	free(r->weight);
	free(r->act);
	free(r->y);
	free(r->expert);
	free(r->slot);
	free(r->row);
	free(r->start);
	free(e->ints);
	free(e->pages);
	free(e->turn);
	free(e);
}

int engine_max_rows(const struct engine *e)
{
	return e->max_rows;
}

int engine_seq_new(struct engine *e)
{
	return kv_seq_new(&e->kv);
}

int engine_seq_fork(struct engine *e, int seq)
{
	return kv_seq_fork(&e->kv, seq);
}

void engine_seq_free(struct engine *e, int seq)
{
	kv_seq_free(&e->kv, seq);
}

int engine_seq_len(const struct engine *e, int seq)
{
	assert(kv_alive(&e->kv, seq));
	return e->kv.seq[seq].len;
}

size_t engine_pages(const struct engine *e)
{
	return e->kv.pages;
}

size_t engine_pages_free(const struct engine *e)
{
	return e->kv.free_n;
}

size_t engine_pages_needed(const struct engine *e, int seq, int tokens)
{
	return kv_needed(&e->kv, seq, tokens);
}

/* Cosines and sines of positions below n, made in double. */
static bool turn_grow(struct engine *e, int n)
{
	const struct config *c = &e->f.m->config;
	int half = c->rotary_dim / 2, want = e->turn_n ? e->turn_n : 256;
	double freq[512];
	float *turn;

	if (n <= e->turn_n)
		return true;
	while (want < n)
		want *= 2;
	want = want < c->max_positions ? want : c->max_positions;
	turn = realloc(e->turn, (size_t)want * (size_t)c->rotary_dim * sizeof(*turn));
	if (!turn)
		return false;
	config_rope(c, freq);
	for (int p = e->turn_n; p < want; p++)
		for (int i = 0; i < half; i++) {
			turn[((size_t)p * (size_t)half + (size_t)i) * 2] = (float)cos(p * freq[i]);
			turn[((size_t)p * (size_t)half + (size_t)i) * 2 + 1] = (float)sin(p * freq[i]);
		}
	e->turn = turn;
	e->turn_n = want;
	return true;
}

static bool grow(void **p, size_t *cap, size_t need, size_t size)
{
	void *more;

	if (need <= *cap)
		return true;
	need += need / 2;
	more = aligned_alloc(64, (need * size + 63) / 64 * 64);
	if (!more)
		return false;
	free(*p);
	*p = more;
	*cap = need;
	return true;
}

/* All that can be refused is refused here, before anything has changed but `coming`. */
static int step_check(struct engine *e, const struct engine_row *rows, int n, struct err *err)
{
	const struct config *c = &e->f.m->config;
	size_t needed = 0, table = 0, logits = 0;
	int longest = 0;

	for (int i = 0; i < n; i++) {
		if (!kv_alive(&e->kv, rows[i].seq))
			return err_set(err, "step: row %d: no sequence %d", i, rows[i].seq);
		if (rows[i].token < 0 || rows[i].token >= c->vocab)
			return err_set(err, "step: row %d: token %d is outside the vocabulary of %d", i, rows[i].token, c->vocab);
		e->kv.seq[rows[i].seq].coming++;
		logits += rows[i].logits;
	}
	for (int i = 0; i < n; i++) {
		struct kv_seq *s = &e->kv.seq[rows[i].seq];
		int coming = s->coming;

		if (!coming)
			continue; /* met before */
		if (coming > c->max_positions - s->len)
			return err_set(err, "step: sequence %d would pass the model's %d positions", rows[i].seq, c->max_positions);
		needed += kv_needed(&e->kv, rows[i].seq, coming);
		if (!kv_reserve(&e->kv, rows[i].seq, coming))
			return err_set(err, "step: out of memory");
		s->coming = 0;
		longest = s->len + coming > longest ? s->len + coming : longest;
		table += (size_t)(s->len + coming + ENGINE_PAGE - 1) / ENGINE_PAGE;
	}
	if (needed > e->kv.free_n)
		return err_set(err, "step: %zu pages needed, %zu free", needed, e->kv.free_n);
	if (!turn_grow(e, longest) || !grow((void **)&e->pages, &e->pages_cap, table, sizeof(*e->pages)) ||
	    !grow((void **)&e->f.out, &e->out_cap, logits * (size_t)pad16(c->vocab), sizeof(float)))
		return err_set(err, "step: out of memory");
	return 0;
}

/* Take the pages, then write down where each row's are. */
static void step_build(struct engine *e, const struct engine_row *rows, int n)
{
	int32_t *token = e->ints, *pos = token + e->max_rows, *first = pos + e->max_rows;
	int used = 0;

	e->f.logit_row = first + e->max_rows;
	e->f.logits = 0;
	for (int i = 0; i < n; i++) {
		struct kv_seq *s = &e->kv.seq[rows[i].seq];

		token[i] = rows[i].token;
		pos[i] = s->len;
		s->run = -1;
		kv_extend(&e->kv, rows[i].seq);
		if (rows[i].logits)
			e->f.logit_row[e->f.logits++] = i;
	}
	for (int i = 0; i < n; i++) {
		struct kv_seq *s = &e->kv.seq[rows[i].seq];

		if (s->run < 0) {
			s->run = used;
			memcpy(e->pages + used, s->page, (size_t)s->pages * sizeof(*s->page));
			used += s->pages;
		}
		first[i] = s->run;
	}
	e->f.batch = (struct batch){ .rows = n, .token = token, .pos = pos, .first = first, .pages = e->pages, .turn = e->turn };
}

int engine_step(struct engine *e, const struct engine_row *rows, int n, struct err *err)
{
	if (n < 0 || n > e->max_rows)
		return err_set(err, "step: %d rows, at most %d fit", n, e->max_rows);
	if (step_check(e, rows, n, err) < 0) {
		for (int i = 0; i < n; i++)
			if (kv_alive(&e->kv, rows[i].seq))
				e->kv.seq[rows[i].seq].coming = 0;
		return ERR_FAIL;
	}
	step_build(e, rows, n);
	if (n)
		e->f.m->be->run(e->machine, graph_forward, &e->f);
	return 0;
}

const float *engine_logits(const struct engine *e, int i)
{
	assert(i >= 0 && i < e->f.logits);
	return e->f.out + (size_t)i * (size_t)pad16(e->f.m->config.vocab);
}
