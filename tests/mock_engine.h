/*
 * mock_engine.h - an engine without a model, for tests of the scheduler: logits are a hash of the tokens before them.
 *
 * Include it once, in a test that links the sampler: it defines the functions of engine/engine.h, so the real ones stay
 * out of the program. Pages are counted as the real pool counts them, forks and partial pages included, and a step that
 * the real engine would refuse ends the test.
 */
#ifndef QUARRY_TESTS_MOCK_ENGINE_H
#define QUARRY_TESTS_MOCK_ENGINE_H

#include "engine/engine.h"

#include "base/hash.h"
#include "base/rng.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { MOCK_VOCAB = 448, MOCK_SEQS = 4096, MOCK_PAGES = 256 /* of one sequence */ };

struct mock_seq {
	bool alive;
	int len;
	uint64_t hash;
	int page[MOCK_PAGES];
};

struct engine {
	size_t pages, free;
	int max_rows;
	int *users; /* of each page */
	struct mock_seq seq[MOCK_SEQS];
	float *logits;
	/* what the test wants to know or to spoil */
	int steps, widest, alive, forks;
	uint64_t rows;
	int tokenizer;    /* ids from here on get huge logits: drawing one is a fault */
	int end;          /* the end mark */
	double end_logit; /* how likely it is */
	unsigned nan_one_in; /* of so many rows one has a NaN; 0: none */
	int hides;           /* so many in a hundred questions after free pages are answered with none */
	int *asked;
};

static inline float mock_logit(const struct engine *e, uint64_t hash, int id)
{
	if (e->nan_one_in && hash % e->nan_one_in == 0 && id == (int)(hash >> 32) % MOCK_VOCAB)
		return NAN;
	if (id >= e->tokenizer)
		return 50;
	if (id == e->end)
		return (float)e->end_logit;
	return (float)(rng_mix(hash, (uint64_t)id) >> 40) * 0x1p-21f; /* 0 .. 8 */
}

static inline uint64_t mock_hash(uint64_t hash, int32_t token)
{
	return rng_mix(hash, (uint64_t)token + 1);
}

static struct engine *mock_new(size_t pages, int max_rows)
{
	struct engine *e = calloc(1, sizeof(*e));

	e->pages = e->free = pages;
	e->max_rows = max_rows;
	e->users = calloc(pages, sizeof(int));
	e->asked = calloc(1, sizeof(int));
	e->logits = malloc((size_t)max_rows * MOCK_VOCAB * sizeof(float));
	e->tokenizer = MOCK_VOCAB;
	e->end = -1;
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	free(e->users);
	free(e->asked);
	free(e->logits);
	free(e);
}

/* The rest of the engine, which the mock does not need but the sampler's object files name. */
struct engine *engine_new(const struct model *m, const struct engine_options *opt, struct err *err)
{
	(void)m;
	(void)opt;
	err_set(err, "a mock");
	return NULL;
}

struct model *model_open(const char *dir, const struct model_options *opt, struct err *err)
{
	(void)opt;
	err_set(err, "%s: a mock", dir);
	return NULL;
}

void model_free(struct model *m)
{
	(void)m;
}

const struct model_info *model_info(const struct model *m)
{
	(void)m;
	return NULL;
}

bool engine_draws(const struct engine *e)
{
	(void)e;
	return false;
}

int engine_draw(struct engine *e, const struct draw_how *how, struct draw_one *draw, int n, struct err *err)
{
	(void)e;
	(void)how;
	(void)draw;
	(void)n;
	return err_set(err, "a mock");
}

int engine_max_rows(const struct engine *e)
{
	return e->max_rows;
}

int engine_threads(const struct engine *e)
{
	(void)e;
	return 2;
}

static int mock_page(struct engine *e)
{
	assert(e->free > 0);
	for (size_t i = 0; i < e->pages; i++)
		if (!e->users[i]) {
			e->users[i] = 1;
			e->free--;
			return (int)i;
		}
	abort();
}

int engine_seq_new(struct engine *e)
{
	for (int i = 0; i < MOCK_SEQS; i++)
		if (!e->seq[i].alive) {
			e->seq[i] = (struct mock_seq){ .alive = true };
			e->alive++;
			return i;
		}
	return -1;
}

int engine_seq_fork(struct engine *e, int seq)
{
	int fork = engine_seq_new(e);

	assert(e->seq[seq].alive);
	if (fork < 0)
		return -1;
	e->seq[fork] = e->seq[seq];
	e->forks++;
	for (int i = 0; i < (e->seq[fork].len + ENGINE_PAGE - 1) / ENGINE_PAGE; i++)
		e->users[e->seq[fork].page[i]]++;
	return fork;
}

void engine_seq_free(struct engine *e, int seq)
{
	struct mock_seq *s = &e->seq[seq];

	assert(s->alive);
	s->alive = false;
	e->alive--;
	for (int i = 0; i < (s->len + ENGINE_PAGE - 1) / ENGINE_PAGE; i++)
		if (--e->users[s->page[i]] == 0)
			e->free++;
}

int engine_seq_len(const struct engine *e, int seq)
{
	assert(e->seq[seq].alive);
	return e->seq[seq].len;
}

size_t engine_pages(const struct engine *e)
{
	return e->pages;
}

size_t engine_pages_free(const struct engine *e)
{
	return (int)(rng_mix(7, (uint64_t)++*e->asked) % 100) < e->hides ? 0 : e->free;
}

size_t engine_pages_state(const struct engine *e)
{
	(void)e;
	return 0;
}

size_t engine_pages_needed(const struct engine *e, int seq, int tokens)
{
	const struct mock_seq *s = &e->seq[seq];
	int have = (s->len + ENGINE_PAGE - 1) / ENGINE_PAGE, want = (s->len + tokens + ENGINE_PAGE - 1) / ENGINE_PAGE;

	assert(s->alive);
	return (size_t)(want - have + (tokens && s->len % ENGINE_PAGE && e->users[s->page[have - 1]] > 1));
}

int engine_step(struct engine *e, const struct engine_row *rows, int n, struct err *err)
{
	int out = 0;

	assert(n > 0 && n <= e->max_rows);
	e->steps++;
	e->rows += (uint64_t)n;
	e->widest = n > e->widest ? n : e->widest;
	for (int i = 0; i < n; i++) {
		struct mock_seq *s = &e->seq[rows[i].seq];

		assert(s->alive && rows[i].token >= 0 && rows[i].token < MOCK_VOCAB);
		if (engine_pages_needed(e, rows[i].seq, 1) > e->free)
			return err_set(err, "the pool has too few pages");
		if (s->len % ENGINE_PAGE == 0) {
			s->page[s->len / ENGINE_PAGE] = mock_page(e);
		} else if (e->users[s->page[s->len / ENGINE_PAGE]] > 1) {
			e->users[s->page[s->len / ENGINE_PAGE]]--;
			s->page[s->len / ENGINE_PAGE] = mock_page(e);
		}
		s->len++;
		s->hash = mock_hash(s->hash, rows[i].token);
		for (int id = 0; rows[i].logits && id < MOCK_VOCAB; id++)
			e->logits[(size_t)out * MOCK_VOCAB + (size_t)id] = mock_logit(e, s->hash, id);
		out += rows[i].logits;
	}
	return 0;
}

const float *engine_logits(const struct engine *e, int i)
{
	return e->logits + (size_t)i * MOCK_VOCAB;
}

/* Last row first: any order is allowed. */
int engine_step_then(struct engine *e, const struct engine_row *rows, int n, engine_after *after, void *ctx, struct err *err)
{
	int wants = 0;

	if (engine_step(e, rows, n, err) < 0)
		return -1;
	for (int i = 0; i < n; i++)
		wants += rows[i].logits;
	for (int i = wants; after && i > 0; i--)
		after(ctx, i - 1, engine_logits(e, i - 1));
	return 0;
}

#endif
