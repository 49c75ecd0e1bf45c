/* test_cuda_plan.c - what the host works out for a GPU: sizes, items of attention, where a step's parts lie. No GPU in it. */
#include "tests/check.h"

#include "base/rng.h"
#include "engine/cuda/plan.h"

#include <stdlib.h>
#include <string.h>

static void test_round(void)
{
	CHECK_EQ(plan_round(0), 0);
	CHECK_EQ(plan_round_rows(0), 0);
	for (int n = 1; n < 5000; n++) {
		int a = plan_round(n), b = plan_round_rows(n);

		CHECK(a >= n && (n < 3 || 2 * a <= 3 * n + 2) && plan_round(a) == a && plan_round(n + 1) >= a);
		CHECK(b >= n && b - n < (n <= 256 ? 16 : 64) && plan_round_rows(b) == b && plan_round_rows(n + 1) >= b);
	}
}

enum { SEQS = 40, TABLE = 64, ROWS = 200 };

struct steps {
	int32_t token[ROWS], pos[ROWS], first[ROWS], state[ROWS], pages[SEQS * TABLE], logit_row[ROWS];
	struct batch batch;
};

/* Groups of samples whose tables begin with the same pages; rows of one sequence are neighbours, some have several. */
static void steps_draw(struct steps *s, struct rng *r)
{
	int rows = 0, page = 0, common = 0, seq = 0;

	for (; seq < SEQS && rows < ROWS - 8; seq++) {
		int32_t *table = s->pages + seq * TABLE;
		int many = rng_below(r, 4) ? 1 : 1 + (int)rng_below(r, 7), len;

		if (seq == 0 || rng_below(r, 5) == 0)
			common = 0; /* a prompt of its own */
		for (int i = 0; i < TABLE; i++)
			table[i] = i < common ? table[i - TABLE] : page++;
		if (!common)
			common = (int)rng_below(r, TABLE - 1);
		len = common * ENGINE_PAGE + (int)rng_below(r, (uint32_t)((TABLE - common) * ENGINE_PAGE - 8));
		for (int i = 0; i < many; i++, rows++) {
			s->token[rows] = rows;
			s->pos[rows] = len + i;
			s->first[rows] = seq * TABLE;
			s->state[rows] = seq;
			s->logit_row[rows] = rows;
		}
	}
	s->batch = (struct batch){ .rows = rows, .token = s->token, .pos = s->pos, .first = s->first, .state = s->state, .pages = s->pages,
				   .used = seq * TABLE };
}

/* Every split of every row is in exactly one item, of rows that may share it. */
static long items_check(const struct plan *p, const struct batch *b, int most, bool share)
{
	char *met = calloc((size_t)p->parts + 1, 1);
	long bad = 0;

	for (int i = 0; i < p->alone + p->shared; i++) {
		const struct plan_item *item = &p->item[i];
		const int32_t *pages = b->pages + item->pages;

		bad += (item->rows > 1) != (i >= p->alone) || item->rows < 1 || item->rows > most;
		for (int r = item->row; r < item->row + item->rows; r++) {
			int seen = b->pos[r] + 1 - item->split * PLAN_SPLIT;

			bad += seen < 1 || met[p->part[r] + item->split]++;
			bad += !share && b->first[r] != b->first[item->row];
			seen = seen < PLAN_SPLIT ? seen : PLAN_SPLIT;
			for (int k = 0; k * ENGINE_PAGE < seen; k++)
				bad += pages[k] != b->pages[b->first[r] + item->split * (PLAN_SPLIT / ENGINE_PAGE) + k];
		}
	}
	for (int k = 0; k < p->parts; k++)
		bad += met[k] != 1;
	free(met);
	return bad;
}

static void test_items(void)
{
	static const struct heads heads[] = { { .heads = 8, .kv_heads = 1, .head_pad = 128 }, { .heads = 16, .kv_heads = 16, .head_pad = 64 },
					      { .heads = 64, .kv_heads = 1, .head_pad = 512 } };
	static const int most[] = { 8, 64, 1 };
	static struct steps s;
	long shared = 0;
	struct rng r;

	rng_init(&r, 1, "test_cuda_plan");
	for (int again = 0; again < 300; again++) {
		int h = again % 3;
		struct plan p;

		steps_draw(&s, &r);
		CHECK(plan_make(&p, &s.batch, 5, &heads[h], again % 2) == 0);
		CHECK_EQ(items_check(&p, &s.batch, most[h], again % 2), 0);
		CHECK(p.key.rows >= s.batch.rows && p.key.logits >= 5 && p.key.alone >= p.alone && p.key.shared >= p.shared);
		for (int i = p.alone; again % 2 && i < p.alone + p.shared; i++)
			shared += s.first[p.item[i].row] != s.first[p.item[i].row + p.item[i].rows - 1];
		plan_release(&p);
	}
	CHECK(shared > 100);
}

/* What is laid out does not overlap, and holds what was put there. */
static void test_block(void)
{
	static struct steps s;
	struct plan_sizes sizes = { 0 };
	int grown = 0;
	struct rng r;

	rng_init(&r, 2, "test_cuda_plan");
	for (int again = 0; again < 50; again++) {
		struct heads h = { .heads = 4, .kv_heads = 2, .head_pad = 64 };
		struct plan_step step;
		struct plan p;
		int32_t *block;

		steps_draw(&s, &r);
		CHECK(plan_make(&p, &s.batch, s.batch.rows, &h, true) == 0);
		grown += plan_grow(&sizes, &p, &s.batch);
		CHECK(!plan_grow(&sizes, &p, &s.batch));
		block = malloc(plan_ints(&sizes) * sizeof(*block)); /* exactly: AddressSanitizer sees what is behind */
		plan_lay(&step, block, &sizes);
		plan_fill(&step, &p, &s.batch, s.logit_row);
		CHECK_EQ(step.live[PLAN_LIVE_ROWS], s.batch.rows);
		CHECK(memcmp(step.alone, p.item, (size_t)p.alone * sizeof(*p.item)) == 0);
		CHECK(memcmp(step.shared, p.item + p.alone, (size_t)p.shared * sizeof(*p.item)) == 0);
		CHECK(memcmp(step.pos, s.pos, (size_t)s.batch.rows * 4) == 0 && memcmp(step.part, p.part, (size_t)s.batch.rows * 4) == 0);
		CHECK(memcmp(step.token, s.token, (size_t)s.batch.rows * 4) == 0 && memcmp(step.first, s.first, (size_t)s.batch.rows * 4) == 0);
		CHECK(memcmp(step.state, s.state, (size_t)s.batch.rows * 4) == 0 && memcmp(step.logit_row, s.logit_row, (size_t)s.batch.rows * 4) == 0);
		CHECK(memcmp(step.pages, s.pages, (size_t)s.batch.used * 4) == 0);
		CHECK_EQ((size_t)(step.pages + s.batch.used - block), plan_ints_used(&sizes, &s.batch));
		free(block);
		plan_release(&p);
	}
	CHECK(grown >= 1 && grown < 8); /* with room to spare */
}

static void test_key(void)
{
	struct plan_key a = { 8, 8, 16, 0, NULL }, b = a;

	CHECK(plan_same(&a, &b));
	b.mark = &a;
	CHECK(!plan_same(&a, &b));
	b = a;
	b.shared = 1;
	CHECK(!plan_same(&a, &b));
}

int main(void)
{
	test_round();
	test_items();
	test_block();
	test_key();
	return check_done();
}
