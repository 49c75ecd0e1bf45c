/* engine.c - sequences and steps: turns rows of (token, sequence) into one forward pass. See engine.h. */
#include "engine/engine.h"

#include "engine/graph.h"
#include "engine/kv.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum {
	PARTS_MAX = 64,
	PART_ROWS = 32,          /* fewer make matrix products slow */
	PARTS_PER_LANE = 4,
	STATES = 66,             /* sequences whose lightning states the pool has room for beside its tokens */
	APART_BYTES = 64 << 20,  /* weights that each lane may read for itself: they stay in a cache */
	APART_ROWS = 64,         /* or a part has so many rows that reading does not matter */
};

/* Some of a step's sequences, as a forward pass of their own. */
struct part {
	struct engine *e;
	struct forward f;
	int first_logit; /* in the step's */
};

struct engine {
	struct forward f;
	struct part part[PARTS_MAX]; /* of the step, when lanes work apart */
	int parts;
	struct machine *machine;
	struct kv kv;
	int max_rows;
	int32_t *ints;      /* token, pos, first, state, same, logit_row, logit_at, logit_of: max_rows each */
	int32_t *logit_at;  /* (logits) where in f.out the caller's i-th is */
	int32_t *logit_of;  /* (logits) the other way */
	engine_after *after;
	void *ctx;
	int32_t *pages;     /* the step's page table */
	size_t pages_cap;
	size_t out_cap;     /* floats in f.out */
	float *turn;        /* (turn_n, rotary / 2, 2) */
	int turn_n;
	float *host_out;    /* (logits, vocab) of a device's, those that were asked for */
	size_t host_cap;
};

static void *floats_new(size_t rows, size_t each)
{
	size_t n;

	if (__builtin_mul_overflow(rows, each, &n) || n > SIZE_MAX / 8)
		return NULL;
	return aligned_alloc(64, (n * sizeof(float) + 64) / 64 * 64);
}

/* Floats of a row of q, k and v; of what attention gives. */
static size_t qkv_each(const struct model *m)
{
	const struct heads *hd = &m->heads[MIXER_SOFTMAX];
	int all = m->layers[MIXER_LIGHTNING] ? 3 * hd->heads : hd->heads + 2 * hd->kv_heads;

	return (size_t)all * (size_t)hd->head_pad;
}

static size_t att_each(const struct model *m)
{
	return (size_t)m->heads[MIXER_SOFTMAX].heads * (size_t)m->heads[MIXER_SOFTMAX].head_pad;
}

static size_t most(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Memory that operations work on, of 4 bytes each. */
static void *room(const struct engine *e, size_t rows, size_t each)
{
	const struct device *d = e->f.m->be->device;
	size_t n;

	if (!d)
		return floats_new(rows, each);
	return __builtin_mul_overflow(rows, each, &n) || n > SIZE_MAX / 8 ? NULL : d->room_new(n * sizeof(float) + 64);
}

static void room_free(const struct engine *e, void *p)
{
	const struct device *d = e->f.m->be->device;

	if (d && p)
		d->room_free(p);
	else
		free(p);
}

static bool rooms_new(struct engine *e)
{
	const struct model *m = e->f.m;
	const struct config *c = &m->config;
	size_t rows = (size_t)e->max_rows, dim = (size_t)pad16(c->dim), act = 0, k = 1, experts = 1;
	struct routing *r = &e->f.routing;
	bool hybrid = m->layers[MIXER_LIGHTNING];

	for (int l = 0; l < c->layers; l++) {
		const struct mlp *p = &m->layer[l].mlp;

		act = most(act, (size_t)p->top_k * (size_t)p->inner);
		act = most(act, (size_t)m->layer[l].shared.inner);
		k = most(k, (size_t)p->top_k);
		experts = most(experts, (size_t)p->experts);
	}
	e->f.h = room(e, rows, dim);
	e->f.x = room(e, rows, dim);
	e->f.qkv = room(e, rows, qkv_each(m));
	e->f.att = room(e, rows, att_each(m));
	e->f.gate = hybrid ? room(e, rows, att_each(m)) : NULL;
	r->score = room(e, rows, (size_t)pad16((int)experts));
	r->weight = room(e, rows, k);
	r->act = room(e, rows, act);
	r->y = room(e, rows, k * dim);
	r->expert = room(e, rows, k);
	r->slot = room(e, rows, k);
	r->row = room(e, rows, k);
	/* one list of starts for each part */
	r->start = room(e, experts + 1, PARTS_MAX);
	r->experts = (int)experts;
	r->act_each = (int)act;
	r->top_k = (int)k;
	e->ints = calloc(rows * 8, sizeof(int32_t));
	return e->f.h && e->f.x && e->f.qkv && e->f.att && (e->f.gate || !hybrid) && r->score && r->weight && r->act && r->y && r->expert &&
	       r->slot && r->row && r->start && e->ints;
}

/* What a page holds: so many tokens of the softmax layers, or states, at least one. */
static void page_set(struct kv_pool *p, const struct model *m)
{
	const struct heads *hd = &m->heads[MIXER_SOFTMAX];
	size_t state = (size_t)hd->head_pad * (size_t)hd->head_pad * sizeof(float);

	p->fp32 = m->info.fp32;
	p->head_bytes = (size_t)2 * ENGINE_PAGE * (size_t)hd->head_pad * (p->fp32 ? 4 : 2);
	p->page_bytes = p->head_bytes * (size_t)hd->kv_heads * (size_t)m->layers[MIXER_SOFTMAX];
	if (!m->layers[MIXER_LIGHTNING])
		return;
	p->page_bytes = most(p->page_bytes, state);
	p->states_each = (int)(p->page_bytes / state);
}

/* Nine tenths of what a device has left, less the logits of a step of decoding; not more than all sequences together can hold. */
static size_t tokens_that_fit(const struct engine *e, const struct engine_options *opt)
{
	const struct model *m = e->f.m;
	size_t left = m->be->device->room_left() / 10 * 9, out = 512 * (size_t)pad16(m->config.vocab) * sizeof(float);
	size_t seqs = opt->max_seqs > 0 ? (size_t)opt->max_seqs : 4096, tokens = left > out ? (left - out) / e->f.pool.page_bytes * ENGINE_PAGE : ENGINE_PAGE;
	size_t all = seqs * (size_t)m->config.max_positions;

	return tokens < all ? tokens : all;
}

static int pool_new(struct engine *e, const struct engine_options *opt, struct err *err)
{
	const struct model *m = e->f.m;
	size_t tokens = opt->kv_tokens, max = (size_t)m->config.max_positions, pages, states = 0;
	struct kv_pool *p = &e->f.pool;

	page_set(p, m);
	if (!tokens)
		tokens = m->be->device ? tokens_that_fit(e, opt) : 64 * (max < 1024 ? max : 1024);
	if (p->states_each)
		states = ((size_t)m->layers[MIXER_LIGHTNING] * (size_t)m->config.heads + (size_t)p->states_each - 1) / (size_t)p->states_each;
	pages = tokens / ENGINE_PAGE + (tokens % ENGINE_PAGE > 0);
	if (__builtin_add_overflow(pages, states * STATES, &pages))
		pages = SIZE_MAX;
	if (kv_init(&e->kv, m->be->device, pages, p->page_bytes, (int)states, opt->max_seqs > 0 ? opt->max_seqs : 4096, err) < 0)
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
	e->max_rows = opt->max_rows > 0 ? opt->max_rows : m->be->device ? 2048 : 512;
	e->machine = m->be->machine_new(m->be, opt->threads, err);
	if (e->machine && !rooms_new(e)) {
		err_set(err, "out of memory: steps of %d rows", e->max_rows);
	} else if (e->machine && pool_new(e, opt, err) == 0) {
		return e;
	}
	engine_free(e);
	return NULL;
}

void engine_free(struct engine *e)
{
	struct routing *r;

	if (!e)
		return;
	r = &e->f.routing;
	e->f.m->be->machine_free(e->machine);
	kv_release(&e->kv);
	room_free(e, e->f.h);
	room_free(e, e->f.x);
	room_free(e, e->f.qkv);
	room_free(e, e->f.att);
	room_free(e, e->f.gate);
	room_free(e, e->f.out);
	room_free(e, r->score);
	room_free(e, r->weight);
	room_free(e, r->act);
	room_free(e, r->y);
	room_free(e, r->expert);
	room_free(e, r->slot);
	room_free(e, r->row);
	room_free(e, r->start);
	free(e->host_out);
	free(e->ints);
	free(e->pages);
	free(e->turn);
	free(e);
}

int engine_max_rows(const struct engine *e)
{
	return e->max_rows;
}

int engine_threads(const struct engine *e)
{
	return e->f.m->be->machine_threads(e->machine);
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

size_t engine_pages_state(const struct engine *e)
{
	return (size_t)e->kv.state_pages;
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
			turn[((size_t)p * (size_t)half + (size_t)i) * 2] = (float)(c->rope_attention * cos(p * freq[i]));
			turn[((size_t)p * (size_t)half + (size_t)i) * 2 + 1] = (float)(c->rope_attention * sin(p * freq[i]));
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

static bool out_grow(struct engine *e, size_t logits)
{
	size_t need = logits * (size_t)pad16(e->f.m->config.vocab);

	if (!e->f.m->be->device)
		return grow((void **)&e->f.out, &e->out_cap, need, sizeof(float));
	if (need > e->out_cap) {
		room_free(e, e->f.out);
		e->out_cap = need + need / 2;
		e->f.out = room(e, e->out_cap, 1);
		if (!e->f.out)
			e->out_cap = 0;
	}
	return (e->f.out || !need) && grow((void **)&e->host_out, &e->host_cap, need, sizeof(float));
}

/* All that can be refused is refused here, before anything has changed but `coming` and `at` (-2: counted). */
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

		if (s->at == -2)
			continue; /* met before */
		if (s->coming > c->max_positions - s->len)
			return err_set(err, "step: sequence %d would pass the model's %d positions", rows[i].seq, c->max_positions);
		needed += kv_needed(&e->kv, rows[i].seq, s->coming);
		if (!kv_reserve(&e->kv, rows[i].seq, s->coming))
			return err_set(err, "step: out of memory");
		s->at = -2;
		longest = s->len + s->coming > longest ? s->len + s->coming : longest;
		table += (size_t)(s->len + s->coming + ENGINE_PAGE - 1) / ENGINE_PAGE + (size_t)e->kv.state_pages;
	}
	if (needed > e->kv.free_n)
		return err_set(err, "step: %zu pages needed, %zu free", needed, e->kv.free_n);
	if (!turn_grow(e, longest) || !grow((void **)&e->pages, &e->pages_cap, table, sizeof(*e->pages)) ||
	    !out_grow(e, logits))
		return err_set(err, "step: out of memory");
	return 0;
}

/* First pages in common of two rows, each seeing those from `first` on up to its place. */
static int pages_same(const struct engine *e, int first, int pos, int other, int other_pos)
{
	int n = 0, both = (pos < other_pos ? pos : other_pos) / ENGINE_PAGE + 1;

	while (n < both && e->pages[first + n] == e->pages[other + n])
		n++;
	return n;
}

/*
 * Take the pages; then rows by sequence, in the order of their first appearance, and where each one's pages are.
 * f.logit_row ascends; the caller's i-th row of logits is the logit_at[i]-th of them.
 */
static void step_build(struct engine *e, const struct engine_row *rows, int n)
{
	int32_t *token = e->ints, *pos = token + e->max_rows, *first = pos + e->max_rows, *state = first + e->max_rows;
	int32_t *same = state + e->max_rows;
	int at = 0, used = 0, logits = 0;

	e->f.logit_row = same + e->max_rows;
	e->logit_at = e->f.logit_row + e->max_rows;
	e->logit_of = e->logit_at + e->max_rows;
	for (int i = 0; i < n; i++) {
		struct kv_seq *s = &e->kv.seq[rows[i].seq];

		if (s->at < 0) {
			s->at = at;
			at += s->coming;
		}
		token[s->at] = rows[i].token;
		pos[s->at] = s->len;
		first[s->at] = rows[i].logits; /* for now */
		kv_extend(&e->kv, rows[i].seq);
		if (rows[i].logits)
			e->logit_at[logits++] = s->at;
		s->at++;
	}
	e->f.logits = 0;
	for (int r = 0; r < n; r++)
		if (first[r])
			e->f.logit_row[e->f.logits++] = r;
	for (int i = 0; i < logits; i++) {
		int lo = 0, hi = logits - 1;

		while (lo < hi) {
			int mid = (lo + hi) / 2;

			if (e->f.logit_row[mid] < e->logit_at[i])
				lo = mid + 1;
			else
				hi = mid;
		}
		e->logit_at[i] = lo;
		e->logit_of[lo] = i;
	}
	for (int i = 0; i < n; i++) {
		struct kv_seq *s = &e->kv.seq[rows[i].seq];

		if (s->at < 0)
			continue;
		memcpy(e->pages + used, s->page, (size_t)s->pages * sizeof(*s->page));
		for (int k = 0; k < e->kv.state_pages; k++)
			e->pages[used + s->pages + k] = s->state[k];
		for (int r = s->at - s->coming; r < s->at; r++) {
			first[r] = used;
			state[r] = used + s->pages;
		}
		used += s->pages + e->kv.state_pages;
		s->coming = 0;
		s->at = -1;
	}
	for (int r = 0; r < n; r++)
		same[r] = r ? pages_same(e, first[r - 1], pos[r - 1], first[r], pos[r]) : 0;
	e->f.batch = (struct batch){
		.rows = n, .token = token, .pos = pos, .first = first, .state = state, .same = same, .pages = e->pages, .turn = e->turn,
		.used = used, .turns = e->turn_n, .turn_each = e->f.m->config.rotary_dim,
	};
}

/* Rows from..to of the step, logits lfrom..lto, as a forward pass of their own. */
static void part_cut(struct engine *e, int from, int to, int lfrom, int lto)
{
	struct forward *p = &e->part[e->parts].f, *f = &e->f;
	size_t at = (size_t)from, dim = (size_t)pad16(f->m->config.dim), k = (size_t)f->routing.top_k;
	struct routing *r = &p->routing;

	*p = *f;
	e->part[e->parts].e = e;
	e->part[e->parts].first_logit = lfrom;
	p->batch.rows = to - from;
	p->batch.token += from;
	p->batch.pos += from;
	p->batch.first += from;
	p->batch.state += from;
	p->batch.same += from;
	p->logits = lto - lfrom;
	p->logit_row += lfrom;
	for (int i = 0; i < p->logits; i++)
		p->logit_row[i] -= from;
	p->h += at * dim;
	p->x += at * dim;
	p->qkv += at * qkv_each(f->m);
	p->att += at * att_each(f->m);
	if (p->gate)
		p->gate += at * att_each(f->m);
	if (p->out) /* no step has wanted logits yet */
		p->out += (size_t)lfrom * (size_t)pad16(f->m->config.vocab);
	r->score += at * (size_t)pad16(r->experts);
	r->weight += at * k;
	r->expert += at * k;
	r->slot += at * k;
	r->row += at * k;
	r->act += at * (size_t)r->act_each;
	r->y += at * k * dim;
	r->start += (size_t)e->parts * (size_t)(r->experts + 1);
	e->parts++;
}

/*
 * Where weights are small, lanes do not share the work of each operation (they would wait for each other some fifty
 * times a step) but take whole passes over parts of the batch, sequences kept together. A sum does not change by it.
 */
static void step_part(struct engine *e)
{
	const struct batch *b = &e->f.batch;
	int lanes = e->f.m->be->machine_threads(e->machine), each = b->rows / (lanes * PART_ROWS), parts, from = 0, lfrom = 0;

	e->parts = 0;
	parts = lanes * (each < 1 ? 1 : each > PARTS_PER_LANE ? PARTS_PER_LANE : each);
	parts = parts < PARTS_MAX ? parts : PARTS_MAX;
	if (lanes == 1 || (e->f.m->bytes > APART_BYTES && b->rows / parts < APART_ROWS))
		return;
	for (int i = 0; i < parts && from < b->rows; i++) {
		int to = (int)((int64_t)b->rows * (i + 1) / parts), lto = lfrom;

		to = to > from ? to : from + 1;
		while (to < b->rows && b->first[to] == b->first[to - 1])
			to++;
		while (lto < e->f.logits && e->f.logit_row[lto] < to)
			lto++;
		part_cut(e, from, to, lfrom, lto);
		from = to;
		lfrom = lto;
	}
}

/* The caller's own work on logits from..to, counted as they lie in f.out. */
static void after_rows(struct engine *e, int from, int to)
{
	for (int k = from; e->after && k < to; k++)
		e->after(e->ctx, e->logit_of[k], e->f.out + (size_t)k * (size_t)pad16(e->f.m->config.vocab));
}

static void together(void *arg, struct lane *lane)
{
	struct engine *e = arg;
	int id, lanes;

	graph_forward(&e->f, lane);
	e->f.m->be->share(lane, &id, &lanes);
	after_rows(e, (int)((int64_t)e->f.logits * id / lanes), (int)((int64_t)e->f.logits * (id + 1) / lanes));
}

static void one_part(void *arg, struct lane *lane)
{
	struct part *p = arg;

	graph_forward(&p->f, lane);
	after_rows(p->e, p->first_logit, p->first_logit + p->f.logits);
}

static void apart(void *arg, struct lane *lane)
{
	struct engine *e = arg;

	e->f.m->be->each(lane, e->parts, one_part, e->part, sizeof(e->part[0]));
}

static void logits_get(const struct engine *e, int from, int to)
{
	size_t each = (size_t)pad16(e->f.m->config.vocab);

	e->f.m->be->device->get(e->host_out + (size_t)from * each, e->f.out + (size_t)from * each, (size_t)(to - from) * each * sizeof(float));
}

static int step_on_device(struct engine *e, struct err *err)
{
	struct forward f = e->f; /* whose batch is the device's */

	if (e->f.m->be->device->pass(e->machine, &f.batch, &f.logit_row, &f.logits, &f.m->heads[MIXER_SOFTMAX], graph_forward, &f, f.out, err) < 0)
		return ERR_FAIL;
	if (!e->after)
		return 0;
	logits_get(e, 0, e->f.logits);
	for (int k = 0; k < e->f.logits; k++)
		e->after(e->ctx, e->logit_of[k], e->host_out + (size_t)k * (size_t)pad16(e->f.m->config.vocab));
	return 0;
}

int engine_step_then(struct engine *e, const struct engine_row *rows, int n, engine_after *after, void *ctx, struct err *err)
{
	if (n < 0 || n > e->max_rows)
		return err_set(err, "step: %d rows, at most %d fit", n, e->max_rows);
	if (step_check(e, rows, n, err) < 0) {
		for (int i = 0; i < n; i++)
			if (kv_alive(&e->kv, rows[i].seq))
				e->kv.seq[rows[i].seq].coming = 0, e->kv.seq[rows[i].seq].at = -1;
		return ERR_FAIL;
	}
	step_build(e, rows, n);
	e->after = after;
	e->ctx = ctx;
	if (n && e->f.m->be->device)
		return step_on_device(e, err);
	step_part(e);
	if (n)
		e->f.m->be->run(e->machine, e->parts > 1 ? apart : together, e);
	return 0;
}

int engine_step(struct engine *e, const struct engine_row *rows, int n, struct err *err)
{
	return engine_step_then(e, rows, n, NULL, NULL, err);
}

bool engine_draws(const struct engine *e)
{
	return e->f.m->be->device != NULL;
}

int engine_draw(struct engine *e, const struct draw_how *how, struct draw_one *draw, int n, struct err *err)
{
	for (int i = 0; i < n; i++) {
		assert(draw[i].row >= 0 && draw[i].row < e->f.logits);
		draw[i].row = e->logit_at[draw[i].row];
	}
	return e->f.m->be->device->draw(e->machine, e->f.out, (size_t)pad16(e->f.m->config.vocab), how, draw, n, err);
}

const float *engine_logits(const struct engine *e, int i)
{
	assert(i >= 0 && i < e->f.logits);
	if (e->f.m->be->device) {
		logits_get(e, e->logit_at[i], e->logit_at[i] + 1);
		return e->host_out + (size_t)e->logit_at[i] * (size_t)pad16(e->f.m->config.vocab);
	}
	return e->f.out + (size_t)e->logit_at[i] * (size_t)pad16(e->f.m->config.vocab);
}
