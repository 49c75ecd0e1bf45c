/*
 * test_cuda_draw.c - tokens that a GPU draws beside those of sampler/pick.c, on the CPU that stands in for one: the same ids from the same logits,
 * and whole jobs with the same text.
 */
#include "tests/emulated.h"
#include "tests/golden.h"

#include "engine/chat.h"
#include "sampler/pick.h"
#include "sampler/sched.h"

enum { VOCAB = 1003, ROWS = 6, EACH = 4 };

/* A row as models give them, one with many ties, one flat, one steep, one with a NaN, one with an infinity below. */
static void rows_draw(float *logits, size_t stride)
{
	struct rng r;

	rng_init(&r, 4, "test_cuda_draw");
	for (int row = 0; row < ROWS; row++)
		for (int i = 0; i < VOCAB; i++) {
			double u = 1 - rng_unit(&r), v = rng_unit(&r), x = sqrt(-2 * log(u)) * cos(6.283185307179586 * v);

			x = row == 1 ? floor(x) : row == 2 ? 0.5 : row == 3 ? 12 * x : 3 * x;
			logits[(size_t)row * stride + (size_t)i] = (float)x;
		}
	logits[4 * stride + 700] = NAN;
	logits[5 * stride + 3] = -INFINITY;
}

static void test_draws(const struct tok *tok)
{
	static const struct sampling hows[] = {
		{ .temperature = 1, .top_p = 1 }, { .temperature = 0, .top_p = 1 }, { .temperature = 0.7, .top_p = 0.9 }, { .temperature = 1, .top_p = 1, .top_k = 20 },
		{ .temperature = 1.3, .top_p = 1, .min_p = 0.05 }, { .temperature = 0.9, .top_p = 0.8, .top_k = 50, .min_p = 0.02 }, { .temperature = 1, .top_p = 0.3 },
		{ .temperature = 1, .top_p = 1, .top_k = 1 }, { .temperature = 1, .top_p = 0.999, .top_k = 5000 }, { .temperature = 1, .top_p = 1e-6 },
	};
	const struct device *d = emulated_backend()->device;
	size_t stride = (size_t)pad16(VOCAB);
	struct err err = ERR_INIT;
	struct machine *m = emulated_backend()->machine_new(emulated_backend(), 1, &err);
	float *logits = aligned_alloc(64, ROWS * stride * sizeof(float)), *there = d->room_new(ROWS * stride * sizeof(float));
	long differ = 0, asked = 0;

	rows_draw(logits, stride);
	for (size_t h = 0; h < COUNT(hows); h++) {
		struct picker *p = picker_new(tok, VOCAB, &hows[h]);
		struct draw_how how = picker_how(p);
		struct draw_one draw[ROWS * EACH];

		check_in("way %zu", h);
		d->put(there, logits, ROWS * stride * sizeof(float));
		for (int i = 0; i < ROWS * EACH; i++)
			draw[i] = (struct draw_one){ .key = 77 + (uint64_t)i * 1000003, .position = (uint32_t)i, .row = i % ROWS };
		CHECK(d->draw(m, there, stride, &how, draw, ROWS * EACH, &err) == 0);
		for (int i = 0; i < ROWS * EACH; i++) {
			struct pick want;
			bool finite = pick(p, logits + (size_t)draw[i].row * stride, draw[i].key, draw[i].position, &want);

			CHECK_EQ(draw[i].id >= 0, finite);
			if (!finite || draw[i].id < 0)
				continue;
			asked++;
			differ += draw[i].id != want.id;
			CHECK(draw[i].id != want.id || fabs(draw[i].logprob - want.logprob) < 3e-6); /* the CPU adds sixteen in single precision */
			CHECK(fabs(draw[i].entropy - want.entropy) < 1e-5);
		}
		picker_free(p);
	}
	check_in("%s", "");
	CHECK(asked > 150);
	CHECK_EQ(differ, 0);
	d->room_free(there);
	emulated_backend()->machine_free(m);
	free(logits);
}

/* ---- whole jobs ---- */

enum { PROMPTS = 5, N = 4 };

struct job {
	int next;
	struct str messages[PROMPTS];
	char text[PROMPTS][N][400];
	double logprob[PROMPTS][N];
};

static int job_next(void *ctx, struct sample_prompt *p, struct err *err)
{
	struct job *j = ctx;

	(void)err;
	if (j->next == PROMPTS)
		return 0;
	*p = (struct sample_prompt){ .index = (uint64_t)j->next, .key = (uint64_t)j->next * 77 + 5, .messages = j->messages[j->next] };
	j->next++;
	return 1;
}

static int job_done(void *ctx, const struct sample *s, struct err *err)
{
	struct job *j = ctx;

	(void)err;
	snprintf(j->text[s->prompt][s->index], sizeof(j->text[0][0]), "%d %d %.*s", (int)s->finish, s->tokens, (int)(s->text.n < 300 ? s->text.n : 300), s->text.s);
	j->logprob[s->prompt][s->index] = s->logprob_mean;
	return 0;
}

/* The same text whatever the batch, with pages taken away and given back. */
static void test_jobs(void)
{
	static const struct { int batch, prefill; size_t kv_tokens; } way[] = { { 64, 0, 0 }, { 1, 16, 0 }, { 8, 7, 320 } };
	static struct job jobs[3];
	struct tiny t = TINY_SMALL;
	struct sampling how = SAMPLING_INIT;
	struct err err = ERR_INIT;
	const char *dir;
	struct buf tok;
	int distinct = 0;

	t.vocab = 340;
	dir = tiny_dir(&t, "jobs");
	tok = file_bytes(source, "tests/fixtures/tok/added.json");
	file_put(dir, "tokenizer.json", buf_str(&tok));
	buf_release(&tok);
	how.n = N;
	how.max_tokens = 24;
	how.top_p = 0.95;
	for (int w = 0; w < 3; w++) {
		struct sampler_engine_options opt = { .threads = 1, .batch = way[w].batch, .prefill = way[w].prefill, .kv_tokens = way[w].kv_tokens, .chat = "none",
						      .backend = emulated_backend() };
		struct sampler *s;

		for (int i = 0; i < PROMPTS; i++)
			jobs[w].messages[i] = i % 2 ? STR("[{\"role\":\"user\",\"content\":\"two and two\"}]") : STR("[{\"role\":\"user\",\"content\":\"a b c\"}]");
		if (!CHECK(sampler_engine_open(&s, dir, &opt, &err) == 0)) {
			fprintf(stderr, "%s\n", err.msg);
			return;
		}
		CHECK_EQ(sampler_run(s, &how, &(struct sample_job){ job_next, job_done, NULL, NULL, &jobs[w] }, &err), 0);
		sampler_free(s);
	}
	for (int i = 0; i < PROMPTS; i++)
		for (int k = 0; k < N; k++) {
			distinct += strcmp(jobs[0].text[i][k], jobs[0].text[0][0]) != 0;
			for (int w = 1; w < 3; w++) {
				CHECK(strcmp(jobs[0].text[i][k], jobs[w].text[i][k]) == 0);
				CHECK(fabs(jobs[0].logprob[i][k] - jobs[w].logprob[i][k]) < 1e-6);
			}
		}
	CHECK(distinct > PROMPTS * N / 2);
}

int main(void)
{
	struct err err = ERR_INIT;
	struct tok *tok = NULL;
	char path[6000];

	help_begin();
	snprintf(path, sizeof(path), "%s/tests/fixtures/tok/added.json", source);
	if (tok_open(&tok, path, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	test_draws(tok);
	emulated_reverse(true);
	if (getenv("QUARRY_LONG"))
		test_draws(tok);
	emulated_reverse(false);
	tok_free(tok);
	test_jobs();
	return help_end();
}
