/*
 * test_sample_model.c - the engine sampler on a model of random weights: each sample is what a plain loop over one
 * sequence gives, to the bit, at any batch, thread count, order, pool and instruction set; with lightning attention too, whose
 * states must come back where pages were taken away. And all of a text at once scores as its tokens did when they were drawn.
 */
#include "tests/check.h"
#include "tests/tiny_model.h"

#include "engine/engine.h"
#include "engine/tok.h"
#include "sampler/pick.h"
#include "sampler/sampler.h"

#include <unistd.h>

enum { PROMPTS = 10, N = 6 };

static char dir[] = "/tmp/quarry-sample-XXXXXX";

struct result {
	int there, tokens;
	enum sample_finish finish;
	double logprob, entropy;
	char text[400];
};

struct trial {
	struct result got[PROMPTS][N];
	int asked, stride, failed;
};

static const char *const questions[PROMPTS] = {
	"1+1?", "Sort these words: pear fig apple.", "x", "Who lies? Anna says Ben lies. Ben says Anna and he are both telling the truth.",
	"Fill the grid 1 . . 2 / . 3 . . / . . 4 . / 2 . . 1", "(2 * (3 + 4)) - 5 =", "Close the brackets: ( [ {", "17 17 17 17",
	"How many apples are there if I have 3 red ones, 4 green ones, 2 pears and a very large number of other things?", "Why?",
};

static void file_put(const char *name, struct str text)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	CHECK(f && fwrite(text.s, 1, text.n, f) == text.n && fclose(f) == 0);
}

/* Id 0 ends, ids 1 to 95 are the printable ASCII characters, then so many more. */
static void tokenizer_put(int more)
{
	struct buf b = BUF_INIT;

	buf_addz(&b, "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"\\u0120\":1");
	for (int c = '!'; c <= '~'; c++)
		buf_addf(&b, ",\"%s%c\":%d", c == '"' || c == '\\' ? "\\" : "", c, c - ' ' + 1);
	for (int i = 0; i < more; i++)
		buf_addf(&b, ",\"more%d\":%d", i, 96 + i);
	buf_addz(&b, "},\"merges\":[]},\"added_tokens\":[{\"id\":0,\"content\":\"<end>\",\"special\":true,\"normalized\":false}],"
		     "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"use_regex\":false,\"add_prefix_space\":false}}");
	file_put("tokenizer.json", buf_str(&b));
	buf_release(&b);
}

static int next(void *ctx, struct sample_prompt *p, struct err *err)
{
	static char messages[300];
	struct trial *t = ctx;
	int i = t->asked * t->stride % PROMPTS;

	(void)err;
	if (t->asked++ == PROMPTS)
		return 0;
	snprintf(messages, sizeof(messages), "[{\"role\":\"user\",\"content\":\"%s\"}]", questions[i]);
	p->index = (uint64_t)i;
	p->key = (uint64_t)i * 1000003;
	p->messages = str_of(messages);
	return 1;
}

static int done(void *ctx, const struct sample *s, struct err *err)
{
	struct trial *t = ctx;
	struct result *r = &t->got[s->prompt][s->index];

	(void)err;
	*r = (struct result){ r->there + 1, s->tokens, s->finish, s->logprob_mean, s->entropy_mean, "" };
	t->failed += s->finish == SAMPLE_ERROR;
	CHECK(s->text.n < sizeof(r->text));
	memcpy(r->text, s->text.s, s->text.n < sizeof(r->text) ? s->text.n : 0);
	return 0;
}

/* All tokens read in one step: what follows each is drawn as it was, with the log-probability that it had. */
static void scored(const struct model *m, struct picker *p, uint64_t key, const struct tok_ids *ids, size_t prompt, const double *logprob)
{
	struct err err = ERR_INIT;
	struct engine *e = engine_new(m, &(struct engine_options){ .kv_tokens = 256, .threads = 2 }, &err);
	struct engine_row row[256];
	struct pick again;
	int seq = engine_seq_new(e), differ = 0;

	for (size_t i = 0; i < ids->n; i++)
		row[i] = (struct engine_row){ ids->v[i], seq, true };
	CHECK_EQ(engine_step(e, row, (int)ids->n, &err), 0);
	for (size_t i = prompt; i < ids->n; i++)
		differ += !pick(p, engine_logits(e, (int)i - 1), key, (uint32_t)(i - prompt), &again) || again.id != ids->v[i] ||
			  again.logprob != logprob[i - prompt];
	CHECK_EQ(differ, 0);
	engine_free(e);
}

static void plain(struct result *r, const struct model *m, const struct tok *tok, const struct sampling *how, int prompt, int index)
{
	struct err err = ERR_INIT;
	struct engine *e = engine_new(m, &(struct engine_options){ .kv_tokens = 256, .threads = 1 }, &err);
	struct picker *p = picker_new(tok, model_info(m)->vocab, how);
	uint64_t key = pick_key(how->seed, (uint64_t)prompt * 1000003, index);
	struct tok_ids ids = { 0 };
	int seq = engine_seq_new(e);
	double logprob[256];
	struct pick got;
	size_t said;

	*r = (struct result){ .there = 1, .finish = SAMPLE_LENGTH };
	CHECK_EQ(tok_encode(tok, &(struct tok_part){ str_of(questions[prompt]), false }, 1, &ids, &err), 0);
	said = ids.n;
	for (size_t i = 0; i < ids.n; i++)
		CHECK_EQ(engine_step(e, &(struct engine_row){ ids.v[i], seq, true }, 1, &err), 0);
	while (r->tokens < how->max_tokens) {
		CHECK(pick(p, engine_logits(e, 0), key, (uint32_t)r->tokens, &got));
		CHECK(tok_ids_add(&ids, got.id));
		logprob[r->tokens++] = got.logprob;
		r->logprob += got.logprob;
		r->entropy += got.entropy;
		if (got.id == 0) {
			r->finish = SAMPLE_STOP;
			break;
		}
		strncat(r->text, tok_bytes(tok, got.id).s, tok_bytes(tok, got.id).n);
		CHECK_EQ(engine_step(e, &(struct engine_row){ got.id, seq, true }, 1, &err), 0);
	}
	r->logprob /= r->tokens;
	r->entropy /= r->tokens;
	scored(m, p, key, &ids, said, logprob);
	tok_ids_release(&ids);
	picker_free(p);
	engine_free(e);
}

static bool same(const struct result *a, const struct result *b)
{
	return a->there == b->there && a->tokens == b->tokens && a->finish == b->finish && a->logprob == b->logprob &&
	       a->entropy == b->entropy && strcmp(a->text, b->text) == 0;
}

static void invariance(void)
{
	static const struct {
		int threads, batch, prefill, stride;
		size_t kv_tokens;
	} rows[] = { { 1, 1, 0, 1, 0 }, { 1, 7, 0, 1, 0 }, { 1, 64, 0, 1, 0 }, { 2, 64, 0, 1, 0 }, { 2, 3, 16, 3, 0 }, { 2, 64, 7, 7, 320 }, { 1, 64, 0, 1, 256 },
		     /* 256 positions for 64 sequences of some 80: pages are taken away again and again */
		     { 1, 7, 16, 9, 0 }, { 2, 64, 256, 3, 256 } };
	static struct result want[PROMPTS][N];
	struct err err = ERR_INIT;
	struct sampling how = SAMPLING_INIT;
	struct buf path = BUF_INIT;
	struct model *m = model_open(dir, &(struct model_options){ .threads = 1 }, &err);
	struct tok *tok;
	int stopped = 0;

	buf_addf(&path, "%s/tokenizer.json", dir);
	if (!CHECK(m != NULL) || !CHECK(tok_open(&tok, buf_z(&path), &err) == 0)) {
		fprintf(stderr, "%s\n", err.msg);
		exit(check_done());
	}
	how.n = N;
	how.max_tokens = 60;
	how.seed = 5;
	for (int i = 0; i < PROMPTS; i++)
		for (int k = 0; k < N; k++) {
			plain(&want[i][k], m, tok, &how, i, k);
			stopped += want[i][k].finish == SAMPLE_STOP;
			CHECK(k == 0 || strcmp(want[i][k].text, want[i][0].text) != 0);
		}
	CHECK(stopped > 5 && stopped < PROMPTS * N);
	for (size_t x = 0; x < COUNT(rows); x++) {
		struct sampler_engine_options opt = { .threads = rows[x].threads, .batch = rows[x].batch, .prefill = rows[x].prefill, .kv_tokens = rows[x].kv_tokens };
		struct trial t = { .stride = rows[x].stride };
		struct sampler *s;

		check_in("threads %d batch %d prefill %d pool %zu", rows[x].threads, rows[x].batch, rows[x].prefill, rows[x].kv_tokens);
		if (!CHECK(sampler_engine_open(&s, dir, &opt, &err) == 0))
			continue;
		CHECK_EQ(sampler_run(s, &how, &(struct sample_job){ next, done, NULL, NULL, &t }, &err), 0);
		for (int i = 0; i < PROMPTS; i++)
			for (int k = 0; k < N; k++)
				CHECK(same(&t.got[i][k], &want[i][k]));
		/* the same sampler again: nothing of the first run stays */
		memset(&t, 0, sizeof(t));
		t.stride = 3;
		CHECK_EQ(sampler_run(s, &how, &(struct sample_job){ next, done, NULL, NULL, &t }, &err), 0);
		for (int i = 0; i < PROMPTS; i++)
			CHECK(same(&t.got[i][N - 1], &want[i][N - 1]));
		sampler_free(s);
	}
	check_in("%s", "");
	tok_free(tok);
	model_free(m);
	buf_release(&path);
}

static void identity(void)
{
	struct err err = ERR_INIT;
	struct sampler_identity who;
	struct sampling how;
	struct sampler *s;

	if (!CHECK(sampler_engine_open(&s, dir, NULL, &err) == 0))
		return;
	sampler_describe(s, &who);
	CHECK(strstr(dir, who.name) && who.name[0]);
	CHECK_EQ((int64_t)strlen(who.weights), 16);
	CHECK(who.instructions[0]);
	CHECK_STR(str_of(who.chat), "none");
	CHECK(who.params > who.active && who.active > 0);
	sampler_defaults(s, &how);
	CHECK(how.temperature == 1 && how.top_p == 1 && how.top_k == 0 && how.min_p == 0 && how.n == 1);
	how.n = 0;
	CHECK(sampler_run(s, &how, NULL, &err) < 0 && strstr(err.msg, "n is 0"));
	sampler_free(s);
	sampler_free(NULL);
}

static void bad_folders(void)
{
	struct err err = ERR_INIT;
	struct sampler *s;
	char path[200];

	CHECK(sampler_engine_open(&s, "/nonexistent", NULL, &err) < 0);
	CHECK_STR(str_of(err.msg), "/nonexistent/tokenizer.json: No such file or directory");
	CHECK(sampler_engine_open(&s, dir, &(struct sampler_engine_options){ .chat = "chatlm" }, &err) < 0 && strstr(err.msg, "\"chatlm\""));
	file_put("chat_template.jinja", STR("[INST] {{ messages }}"));
	CHECK(sampler_engine_open(&s, dir, NULL, &err) < 0 && strstr(err.msg, "none that quarry knows"));
	snprintf(path, sizeof(path), "%s/chat_template.jinja", dir);
	unlink(path);
	tokenizer_put(3);
	CHECK(sampler_engine_open(&s, dir, NULL, &err) < 0 && strstr(err.msg, "ids up to 98, the model only 96"));
	file_put("tokenizer.json", STR("{\"model\":"));
	CHECK(sampler_engine_open(&s, dir, NULL, &err) < 0 && strstr(err.msg, "tokenizer.json: "));
}

/* From now on models run with this set of instructions; false where the machine lacks it. */
static bool isa_take(const char *isa)
{
	struct err err = ERR_INIT;
	struct model *m;

	if (isa)
		setenv("ENGINE_ISA", isa, 1);
	m = model_open(dir, &(struct model_options){ .threads = 1 }, &err);
	model_free(m);
	return m != NULL;
}

int main(void)
{
	static const char *const isa[] = { NULL, "avx512bf16", "plain" }; /* NULL: the machine's best */
	static const char *const files[] = { "config.json", "model.safetensors", "tokenizer.json" };
	struct tiny shape = TINY_SMALL, hybrid = TINY_SMALL;
	char path[200];

	if (!CHECK(mkdtemp(dir) != NULL) || !CHECK(tiny_write(dir, &shape, 3) == 0))
		return check_done();
	tokenizer_put(0);
	for (size_t i = 0; i < COUNT(isa); i++)
		if (isa_take(isa[i]))
			invariance();
	unsetenv("ENGINE_ISA");
	identity();
	hybrid.hybrid = true;
	hybrid.layers = 3;
	CHECK(tiny_write(dir, &hybrid, 3) == 0);
	invariance();
	CHECK(tiny_write(dir, &shape, 3) == 0);
	bad_folders();
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		unlink(path);
	}
	rmdir(dir);
	return check_done();
}
