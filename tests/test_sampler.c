/*
 * test_sampler.c - the scheduler on a mock engine: whatever the batch, the order, the pages or what was there already,
 * each sample is the one that a plain loop over one sequence gives.
 */
#include "tests/check.h"
#include "tests/mock_engine.h"

#include "base/buf.h"
#include "sampler/pick.h"
#include "sampler/sched.h"

enum { PROMPTS = 40, N = 5 };

struct result {
	bool there;
	struct buf text;
	enum sample_finish finish;
	int tokens;
	double logprob, entropy;
	char why[200];
};

struct setup {
	struct tok *tok;
	struct chat chat;
	struct model_info info;
	struct sampling how;
	char *messages[PROMPTS];
	int prompts;
};

/* One run of the scheduler: how it is to go, and what came out. */
struct trial {
	struct setup *of;
	int batch, prefill, max_rows;
	size_t pages;
	int hides;
	int order;                /* step through the prompts: 1 forward, else a stride */
	const unsigned char *have; /* (prompts, N) */
	unsigned nan_one_in;
	double end_logit;
	int stop_above;           /* with a sample below it done, samples from here on are not wanted; 0: all are */
	int quit_after, done_fails_at, next_fails_at; /* 0: never */
	/* inside */
	int asked, dones, quits;
	struct result got[PROMPTS][N];
	int steps, widest, forks;
	uint64_t rows;
	int rc;
	struct err err;
};

static uint64_t prompt_key(int i)
{
	return rng_mix(99, (uint64_t)i);
}

static int next(void *ctx, struct sample_prompt *p, struct err *err)
{
	struct trial *t = ctx;
	int i = (int)((long)t->asked * t->order % t->of->prompts);

	if (t->asked == t->of->prompts)
		return 0;
	if (++t->asked == t->next_fails_at)
		return err_set(err, "no more paper");
	p->index = (uint64_t)i;
	p->key = prompt_key(i);
	p->messages = str_of(t->of->messages[i]);
	p->have = t->have ? t->have + i * N : NULL;
	p->tag = t->of->messages[i];
	return 1;
}

static int done(void *ctx, const struct sample *s, struct err *err)
{
	struct trial *t = ctx;
	struct result *r;

	CHECK(s->prompt < (uint64_t)t->of->prompts && s->index >= 0 && s->index < t->of->how.n);
	CHECK(s->tag == t->of->messages[s->prompt]);
	r = &t->got[s->prompt][s->index];
	CHECK(!r->there); /* once only */
	CHECK(!t->have || !t->have[(int)s->prompt * N + s->index]);
	CHECK_EQ(s->has_stats, s->tokens > 0);
	r->there = true;
	buf_add(&r->text, s->text);
	r->finish = s->finish;
	r->tokens = s->tokens;
	r->logprob = s->logprob_mean;
	r->entropy = s->entropy_mean;
	snprintf(r->why, sizeof(r->why), "%s", s->why);
	if (++t->dones == t->done_fails_at)
		return err_set(err, "the disk is full");
	return 0;
}

static bool stop(void *ctx, uint64_t prompt, void *tag, int sample, struct str text)
{
	struct trial *t = ctx;

	(void)tag;
	(void)text;
	CHECK(!t->got[prompt][sample].there);
	if (!t->stop_above || sample < t->stop_above)
		return false;
	for (int i = 0; i < t->stop_above; i++)
		if (!t->got[prompt][i].there)
			return false;
	return true;
}

static bool quit(void *ctx)
{
	struct trial *t = ctx;

	return ++t->quits == t->quit_after;
}

static void trial_run(struct trial *t)
{
	struct engine *e = mock_new(t->pages ? t->pages : 4096, t->max_rows ? t->max_rows : 512);
	struct sched_setup to = { e, &t->of->info, t->of->tok, &t->of->chat, t->batch, t->prefill ? t->prefill : 256 };
	struct sample_job job = { next, done, stop, quit, t };

	t->order = t->order ? t->order : 1;
	e->tokenizer = tok_size(t->of->tok);
	e->end = t->of->chat.end;
	e->end_logit = t->end_logit ? t->end_logit : 9;
	e->nan_one_in = t->nan_one_in;
	e->hides = t->hides;
	t->rc = sched_run(&to, &t->of->how, &job, &t->err);
	t->steps = e->steps;
	t->widest = e->widest;
	t->forks = e->forks;
	t->rows = e->rows;
	/* whatever happened, nothing is left behind */
	CHECK_EQ(e->alive, 0);
	CHECK_EQ((int64_t)e->free, (int64_t)e->pages);
	engine_free(e);
}

static void trial_release(struct trial *t)
{
	for (int i = 0; i < PROMPTS; i++)
		for (int k = 0; k < N; k++)
			buf_release(&t->got[i][k].text);
}

/* The sample as a plain loop makes it. */
static void plain(struct result *r, const struct setup *s, const struct trial *t, int prompt, int index)
{
	struct engine *e = mock_new(1, 1);
	struct picker *p = picker_new(s->tok, MOCK_VOCAB, &s->how);
	struct tok_ids ids = { 0 };
	struct err err = ERR_INIT;
	static float row[MOCK_VOCAB];
	uint64_t hash = 0;
	struct buf said = BUF_INIT;

	*r = (struct result){ .there = true };
	e->tokenizer = tok_size(s->tok);
	e->end = s->chat.end;
	e->end_logit = t->end_logit ? t->end_logit : 9;
	e->nan_one_in = t->nan_one_in;
	CHECK_EQ(chat_encode(&s->chat, s->tok, str_of(s->messages[prompt]), &ids, &err), 0);
	for (size_t i = 0; i < ids.n; i++)
		hash = mock_hash(hash, ids.v[i]);
	for (;;) {
		struct pick got;
		ptrdiff_t first = -1;

		for (int i = 0; i < MOCK_VOCAB; i++)
			row[i] = mock_logit(e, hash, i);
		r->finish = SAMPLE_ERROR;
		if (!pick(p, row, pick_key(s->how.seed, prompt_key(prompt), index), (uint32_t)r->tokens, &got))
			break;
		r->tokens++;
		r->logprob += got.logprob;
		r->entropy += got.entropy;
		hash = mock_hash(hash, got.id);
		r->finish = SAMPLE_STOP;
		if (got.id == s->chat.end || got.id == 7)
			break;
		if (!tok_special(s->tok, got.id))
			buf_add(&said, tok_bytes(s->tok, got.id));
		for (int i = 0; i < s->how.nstop; i++) {
			ptrdiff_t at = str_find(buf_str(&said), str_of(s->how.stop[i]));

			first = at >= 0 && (first < 0 || at < first) ? at : first;
		}
		if (first >= 0) {
			buf_cut(&said, (size_t)first);
			break;
		}
		r->finish = SAMPLE_LENGTH;
		if (r->tokens == s->how.max_tokens || (int)ids.n + r->tokens > s->info.max_positions)
			break;
	}
	tok_text(s->tok, buf_str(&said), &r->text);
	if (r->tokens) {
		r->logprob /= r->tokens;
		r->entropy /= r->tokens;
	}
	buf_release(&said);
	tok_ids_release(&ids);
	picker_free(p);
	engine_free(e);
}

static struct result want[PROMPTS][N];

static void want_make(const struct setup *s, const struct trial *t)
{
	for (int i = 0; i < PROMPTS; i++)
		for (int k = 0; k < N; k++) {
			buf_release(&want[i][k].text);
			plain(&want[i][k], s, t, i, k);
		}
}

static bool same(const struct result *a, const struct result *b)
{
	return a->there == b->there && str_eq(buf_str(&a->text), buf_str(&b->text)) && a->finish == b->finish && a->tokens == b->tokens &&
	       memcmp(&a->logprob, &b->logprob, sizeof(double)) == 0 && memcmp(&a->entropy, &b->entropy, sizeof(double)) == 0;
}

/* All samples that are due came, each as the plain loop gives it. */
static void trial_check(struct trial *t)
{
	int wrong = 0, missing = 0;

	CHECK_EQ(t->rc, 0);
	for (int i = 0; i < t->of->prompts; i++)
		for (int k = 0; k < t->of->how.n; k++) {
			bool due = !(t->have && t->have[i * N + k]);

			if (t->stop_above && k >= t->stop_above && !t->got[i][k].there)
				due = false;
			missing += due && !t->got[i][k].there;
			wrong += due && t->got[i][k].there && !same(&t->got[i][k], &want[i][k]);
		}
	CHECK_EQ(missing, 0);
	CHECK_EQ(wrong, 0);
}

static struct tok *fixture(const char *name)
{
	const char *dir = getenv("QUARRY_SOURCE");
	struct err err = ERR_INIT;
	struct buf path = BUF_INIT;
	struct tok *t = NULL;

	buf_addf(&path, "%s/tests/fixtures/tok/%s.json", dir ? dir : ".", name);
	if (!CHECK(tok_open(&t, buf_z(&path), &err) == 0))
		exit(check_done());
	buf_release(&path);
	return t;
}

static void setup_init(struct setup *s)
{
	struct err err = ERR_INIT;
	struct rng r;

	*s = (struct setup){ .tok = fixture("digits"), .how = SAMPLING_INIT, .prompts = PROMPTS };
	CHECK_EQ(chat_parse(&s->chat, STR("<|im_start|>"), "chatml", s->tok, &err), 0);
	s->info.vocab = MOCK_VOCAB;
	s->info.max_positions = 400;
	s->info.eos[0] = 7; /* besides the template's own mark */
	s->info.eos_count = 1;
	s->how.n = N;
	s->how.max_tokens = 60;
	s->how.seed = 11;
	rng_init(&r, 3, "prompts");
	for (int i = 0; i < PROMPTS; i++) {
		struct buf b = BUF_INIT;

		buf_addz(&b, "[{\"role\":\"user\",\"content\":\"");
		for (uint32_t n = rng_below(&r, i % 5 ? 12 : 60); n > 0; n--)
			buf_addf(&b, "word %u ", rng_below(&r, 100));
		buf_addz(&b, "\"}]");
		s->messages[i] = b.s;
	}
}

static void setup_release(struct setup *s)
{
	for (int i = 0; i < PROMPTS; i++)
		free(s->messages[i]);
	tok_free(s->tok);
}

/* Batch 1, 7, 64, 500; prompts forward and shuffled; whole prompts and stretches of three tokens; narrow steps. */
static void any_batch(struct setup *s)
{
	static const struct {
		int batch, prefill, max_rows, order;
	} rows[] = { { 1, 256, 0, 1 }, { 7, 256, 0, 1 }, { 64, 256, 0, 1 }, { 64, 3, 0, 1 }, { 64, 256, 0, 7 }, { 500, 2000, 0, 13 }, { 30, 64, 33, 3 }, { 64, 64, 9, 1 } };
	uint64_t one = 0;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct trial t = { .of = s, .batch = rows[i].batch, .prefill = rows[i].prefill, .max_rows = rows[i].max_rows, .order = rows[i].order };

		check_in("batch %d prefill %d rows %d order %d", rows[i].batch, rows[i].prefill, rows[i].max_rows, rows[i].order);
		if (i == 0)
			want_make(s, &t);
		trial_run(&t);
		trial_check(&t);
		/* each prompt once, each token once: the same work whatever the batch */
		one = i == 0 ? t.rows : one;
		CHECK_EQ(t.rows, one);
		CHECK(t.widest <= (rows[i].max_rows ? rows[i].max_rows : 512));
		CHECK(i != 2 || t.steps < 600); /* 6,000 tokens at 64 a step, and the tail */
		trial_release(&t);
	}
	check_in("%s", "");
}

/* Pools so small that long samples and prompts give their pages back all the time. */
static void few_pages(struct setup *s)
{
	static const double ends[] = { 7.5, 8.5, 6.5 };
	static const int strides[] = { 1, 3, 7, 9 }; /* with no divisor in common with PROMPTS */
	int again = 0; /* samples that had to begin again */
	struct rng r;

	rng_init(&r, 1, "pools");
	s->how.max_tokens = 200;
	for (int i = 0; i < 24; i++) {
		struct trial t = { .of = s, .batch = rng_range(&r, 2, 64), .prefill = rng_range(&r, 1, i % 2 ? 10 : 256),
				   .pages = (size_t)rng_range(&r, 40, i % 3 ? 60 : 400), .order = strides[i % 4], .end_logit = ends[i / 8] };

		check_in("%zu pages, batch %d, prefill %d, end %g", t.pages, t.batch, t.prefill, t.end_logit);
		if (i % 8 == 0)
			want_make(s, &t);
		trial_run(&t);
		trial_check(&t);
		CHECK(t.forks >= PROMPTS * N);
		again += t.forks - PROMPTS * N;
		trial_release(&t);
	}
	check_in("%s", "");
	CHECK(again > 60);
	s->how.max_tokens = 60;
	want_make(s, &(struct trial){ .of = s });
}

/* What cannot be held fails alone, with its reason; the others are as ever. */
static void too_long(struct setup *s)
{
	struct trial t = { .of = s, .batch = 16, .pages = 16 };
	int failed = 0, fine = 0, length = 0;

	trial_run(&t);
	CHECK_EQ(t.rc, 0);
	for (int i = 0; i < PROMPTS; i++)
		for (int k = 0; k < N; k++)
			if (CHECK(t.got[i][k].there) && t.got[i][k].finish == SAMPLE_ERROR) {
				failed++;
				CHECK(strstr(t.got[i][k].why, "key-value pool") != NULL);
			} else {
				fine++;
				CHECK(same(&t.got[i][k], &want[i][k]));
			}
	CHECK(failed > 0 && fine > 0);
	trial_release(&t);

	s->info.max_positions = 100;
	t = (struct trial){ .of = s, .batch = 16 };
	trial_run(&t);
	CHECK_EQ(t.rc, 0);
	for (int i = 0; i < PROMPTS; i++)
		for (int k = 0; k < N; k++)
			if (t.got[i][k].finish == SAMPLE_ERROR) {
				CHECK(strstr(t.got[i][k].why, "the model takes 100") != NULL);
				CHECK_EQ(t.got[i][k].tokens, 0);
			} else {
				struct result r = { 0 };

				plain(&r, s, &t, i, k);
				CHECK(same(&t.got[i][k], &r));
				length += r.finish == SAMPLE_LENGTH && r.tokens < s->how.max_tokens;
				buf_release(&r.text);
			}
	CHECK(length > 0); /* some ran into the end of the model's positions */
	s->info.max_positions = 400;
	trial_release(&t);
}

/* A pool whose free pages come and go, as no pool's do: samples may fail for it, but none hangs, is lost or is another. */
static void moody_pool(struct setup *s)
{
	int failed = 0, fine = 0;

	for (int hides = 10; hides <= 90; hides += 20) {
		struct trial t = { .of = s, .batch = 16, .pages = 60, .hides = hides, .prefill = hides };

		check_in("%d in a hundred", hides);
		trial_run(&t);
		CHECK_EQ(t.rc, 0);
		for (int i = 0; i < PROMPTS; i++)
			for (int k = 0; k < N; k++)
				if (CHECK(t.got[i][k].there) && t.got[i][k].finish == SAMPLE_ERROR)
					failed++;
				else
					fine += same(&t.got[i][k], &want[i][k]);
		trial_release(&t);
	}
	check_in("%s", "");
	CHECK(failed > 10 && fine > PROMPTS);
	CHECK_EQ(failed + fine, 5 * PROMPTS * N);
}

static void resume(struct setup *s)
{
	static unsigned char have[PROMPTS * N];
	struct rng r;

	for (int round = 0; round < 3; round++) {
		struct trial t = { .of = s, .batch = 64, .have = have };
		int missing = 0;

		rng_init(&r, (uint64_t)round, "have");
		for (int i = 0; i < PROMPTS * N; i++) {
			have[i] = rng_chance(&r, round == 2 ? 100 : 60);
			missing += !have[i];
		}
		trial_run(&t);
		trial_check(&t);
		CHECK_EQ(t.dones, missing);
		CHECK(round < 2 || t.rows == 0);
		trial_release(&t);
	}
}

/* Unwanted samples end; those that came are the right ones, and those that decide always come. */
static void unwanted(struct setup *s)
{
	struct trial all = { .of = s, .batch = 64 }, t = { .of = s, .batch = 64, .stop_above = 3 }, narrow = { .of = s, .batch = 2, .stop_above = 3 };

	trial_run(&all);
	trial_run(&t);
	trial_check(&t);
	CHECK(t.dones < all.dones && t.dones >= PROMPTS * 3);
	CHECK(t.rows < all.rows);
	trial_run(&narrow);
	trial_check(&narrow);
	CHECK(narrow.dones < t.dones); /* with two at a time little is begun in vain */
	trial_release(&all);
	trial_release(&t);
	trial_release(&narrow);
}

static void stop_strings(struct setup *s)
{
	struct trial t = { .of = s, .batch = 64 };
	int cut = 0;

	/* single bytes come often; the longer ones cross the borders of tokens */
	s->how.stop[0] = "th";
	s->how.stop[1] = "\xC3\xA9";
	s->how.stop[2] = "e ";
	s->how.nstop = 3;
	want_make(s, &t);
	trial_run(&t);
	trial_check(&t);
	for (int i = 0; i < PROMPTS; i++)
		for (int k = 0; k < N; k++) {
			cut += t.got[i][k].finish == SAMPLE_STOP;
			for (int x = 0; x < 3; x++)
				CHECK(str_find(buf_str(&t.got[i][k].text), str_of(s->how.stop[x])) < 0);
		}
	CHECK(cut > 50);
	s->how.nstop = 0;
	trial_release(&t);
}

static void settings(struct setup *s)
{
	struct sampling keep = s->how;
	int changed = 0;

	for (int kind = 0; kind < 5; kind++) {
		struct trial t = { .of = s, .batch = 64 }, narrow = { .of = s, .batch = 5, .order = 7 };

		check_in("settings %d", kind);
		s->how = keep;
		s->how.temperature = kind == 0 ? 0 : kind == 1 ? 0.5 : 1;
		s->how.top_k = kind == 2 ? 5 : 0;
		s->how.top_p = kind == 3 ? 0.8 : 1;
		s->how.min_p = kind == 4 ? 0.2 : 0;
		t.end_logit = narrow.end_logit = 7.9;
		want_make(s, &t);
		trial_run(&t);
		trial_check(&t);
		trial_run(&narrow);
		trial_check(&narrow);
		if (kind == 0)
			for (int k = 1; k < N; k++)
				CHECK(same(&t.got[0][0], &t.got[0][k]));
		else
			changed += !same(&t.got[0][0], &t.got[0][1]);
		trial_release(&t);
		trial_release(&narrow);
	}
	CHECK_EQ(changed, 4);
	s->how = keep;
	check_in("%s", "");
}

static void bad_logits(struct setup *s)
{
	struct trial t = { .of = s, .batch = 64, .nan_one_in = 80 };
	int failed = 0, fine = 0;

	want_make(s, &t);
	trial_run(&t);
	trial_check(&t);
	for (int i = 0; i < PROMPTS; i++)
		for (int k = 0; k < N; k++)
			if (t.got[i][k].finish == SAMPLE_ERROR) {
				CHECK_STR(str_of(t.got[i][k].why), "the model's logits are not finite");
				failed++;
			} else {
				fine++;
			}
	CHECK(failed > 10 && fine > 100);
	trial_release(&t);
}

static void bad_prompts(struct setup *s)
{
	char *keep = s->messages[4];
	struct trial t = { .of = s, .batch = 64 };

	s->messages[4] = (char[]){ "[{\"role\":\"user\"}]" };
	trial_run(&t);
	CHECK_EQ(t.rc, 0);
	for (int k = 0; k < N; k++) {
		CHECK(t.got[4][k].there && t.got[4][k].finish == SAMPLE_ERROR && strstr(t.got[4][k].why, "content"));
		CHECK(t.got[5][k].there && t.got[5][k].finish != SAMPLE_ERROR);
	}
	CHECK_EQ(t.dones, PROMPTS * N);
	s->messages[4] = keep;
	trial_release(&t);
}

/* Ended in the middle by each of the callbacks: the code and the words come up, and nothing leaks. */
static void endings(struct setup *s)
{
	for (int at = 1; at < 80; at += 11) {
		struct trial a = { .of = s, .batch = 4, .quit_after = at }, b = { .of = s, .batch = 16, .done_fails_at = at },
			     c = { .of = s, .batch = 16, .next_fails_at = 1 + at % PROMPTS };

		trial_run(&a);
		CHECK_EQ(a.rc, ERR_STOPPED);
		trial_run(&b);
		CHECK_EQ(b.rc, ERR_FAIL);
		CHECK_STR(str_of(b.err.msg), "the disk is full");
		CHECK_EQ(b.dones, at);
		trial_run(&c);
		CHECK_EQ(c.rc, ERR_FAIL);
		CHECK_STR(str_of(c.err.msg), "no more paper");
		trial_release(&a);
		trial_release(&b);
		trial_release(&c);
	}
}

static void bad_settings(void)
{
	struct err err = ERR_INIT;
	struct sampling how;
	struct buf b = BUF_INIT;

#define BAD(set, says) \
	how = SAMPLING_INIT; \
	set; \
	CHECK(sampling_check(&how, &err) < 0 && strstr(err.msg, says) != NULL)

	how = SAMPLING_INIT;
	CHECK_EQ(sampling_check(&how, &err), 0);
	BAD(how.n = 0, "n is 0");
	BAD(how.n = 1 << 20, "n is");
	BAD(how.temperature = -0.1, "temperature");
	BAD(how.temperature = NAN, "temperature");
	BAD(how.top_p = 0, "top_p");
	BAD(how.top_p = 1.01, "top_p");
	BAD(how.top_p = NAN, "top_p");
	BAD(how.min_p = 1, "min_p");
	BAD(how.top_k = -1, "top_k");
	BAD(how.max_tokens = 0, "max_tokens");
	BAD(how.nstop = 1, "stop string 1");
	BAD(how.nstop = 1; how.stop[0] = "", "stop string 1");
	BAD(how.nstop = 17, "17 stop strings");
	BAD(how.seed = 1ull << 63, "2^63");
#undef BAD
	how = SAMPLING_INIT;
	how.stop[how.nstop++] = "\"x";
	sampling_json(&b, &how);
	CHECK_STR(buf_str(&b), "{\"n\":1,\"temperature\":1.0,\"top_p\":1.0,\"top_k\":0,\"min_p\":0.0,\"max_tokens\":512,\"stop\":[\"\\\"x\"],\"seed\":0}");
	buf_release(&b);
}

int main(void)
{
	static struct setup s;

	setup_init(&s);
	any_batch(&s);
	few_pages(&s);
	too_long(&s);
	moody_pool(&s);
	resume(&s);
	unwanted(&s);
	endings(&s);
	stop_strings(&s);
	settings(&s);
	bad_logits(&s);
	bad_prompts(&s);
	bad_settings();
	for (int i = 0; i < PROMPTS; i++)
		for (int k = 0; k < N; k++)
			buf_release(&want[i][k].text);
	setup_release(&s);
	return check_done();
}
