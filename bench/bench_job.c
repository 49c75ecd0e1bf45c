/*
 * bench_job.c - two fixed jobs for the engine and its sampler, C1 and C2, as one line of JSON; bench/engine.py runs it
 * beside another engine.
 *
 *	bench_job write C1 DIR			the model: random weights, the same on every machine
 *	bench_job run C1 DIR [THREADS [GEN]]	the job; GEN: tokens of a sample, instead of the job's own
 *	bench_job ids C1 DIR [THREADS [GEN]]	only what was drawn, as a hash, and the instruction set
 *	bench_job grow micro DIR SAMPLES	writes a tiny model and draws so many samples: memory in use at a quarter and at the end
 *
 * BENCH_CPU=1: times are of processors instead of the clock, which says more on a busy machine.
 *
 * Both are olmoe (many other engines run it too): prompts of random letters, n samples of each, all of the same length since
 * nothing ends them, drawn at temperature 1 with no filter. "decode" is steps of the engine alone, nobody drawing; "job" is
 * everything from the text of the prompts to the text of the samples.
 *
 * The roofline of a decode step is computed from the shape: the weights that a batch meets (of E experts, k a token, B tokens meet
 * E (1 - (1 - k/E)^B)) and the keys and values of its past, over the rate at which this run's threads read memory; and the
 * multiply-adds, over what the same kernel reaches on a matrix in the nearest cache. The slower one counts.
 */
#include "base/buf.h"
#include "base/hash.h"
#include "base/rng.h"
#include "engine/backend.h"
#include "sampler/sampler.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct shape {
	const char *name;
	int dim, layers, heads, experts, top_k, inner, vocab;
	int batch, prompts, n, prompt, gen;
};

static const struct shape shapes[] = {
	{ "C1", 256, 6, 4, 8, 2, 512, 2048, 64, 8, 16, 64, 192 },
	{ "C2", 1024, 8, 16, 32, 4, 512, 32768, 32, 2, 16, 32, 64 },
	{ "micro", 32, 2, 2, 4, 2, 32, 512, 64, 0, 16, 20, 8 },
};

static double now(void)
{
	struct timespec t;

	clock_gettime(getenv("BENCH_CPU") ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- the model ---- */

struct writer {
	struct buf head;
	FILE *f;
	size_t at; /* bytes of tensors so far */
	bool data; /* the second walk */
};

/* Nearly normal: four 16-bit uniforms of one draw added, which needs no function of the C library. */
static void draws(FILE *f, const char *name, size_t n, float mean, float dev)
{
	const float unit = dev / (65536 * 0.57735027f);
	uint16_t out[1024];
	struct rng r;

	rng_init(&r, 1, name);
	for (size_t i = 0; i < n;) {
		size_t part = n - i < 1024 ? n - i : 1024;

		for (size_t k = 0; k < part; k++) {
			uint64_t u = rng_u64(&r);
			int sum = (int)((u & 0xffff) + (u >> 16 & 0xffff) + (u >> 32 & 0xffff) + (u >> 48)) - 131070;
			float v = mean + (float)sum * unit;
			uint32_t bits;

			memcpy(&bits, &v, 4);
			out[k] = (uint16_t)((bits + 0x8000) >> 16);
		}
		fwrite(out, 2, part, f);
		i += part;
	}
}

/* fan_in 0: a norm's weights, all 1 */
static void tensor(struct writer *w, const char *name, int rows, int cols, double dev)
{
	size_t n = (size_t)rows * (size_t)(cols ? cols : 1);

	if (w->data) {
		draws(w->f, name, n, cols ? 0 : 1, (float)dev);
		return;
	}
	buf_addf(&w->head, "%s\"%s\":{\"dtype\":\"BF16\",\"shape\":[%d", w->at ? "," : "{", name, rows);
	if (cols)
		buf_addf(&w->head, ",%d", cols);
	buf_addf(&w->head, "],\"data_offsets\":[%zu,%zu]}", w->at, w->at + 2 * n);
	w->at += 2 * n;
}

static void tensors(struct writer *w, const struct shape *s)
{
	static const char *const att[] = { "q", "k", "v", "o" }, *const mlp[] = { "gate", "up", "down" };
	static const char *const norm[] = { "input_layernorm", "post_attention_layernorm", "self_attn.q_norm", "self_attn.k_norm" };
	double dev = 1 / sqrt(s->dim);
	char name[120];

	tensor(w, "model.embed_tokens.weight", s->vocab, s->dim, 1);
	tensor(w, "lm_head.weight", s->vocab, s->dim, dev);
	tensor(w, "model.norm.weight", s->dim, 0, 0);
	for (int l = 0; l < s->layers; l++) {
		for (int i = 0; i < 4; i++) {
			snprintf(name, sizeof(name), "model.layers.%d.%s.weight", l, norm[i]);
			tensor(w, name, s->dim, 0, 0);
			snprintf(name, sizeof(name), "model.layers.%d.self_attn.%s_proj.weight", l, att[i]);
			tensor(w, name, s->dim, s->dim, dev);
		}
		snprintf(name, sizeof(name), "model.layers.%d.mlp.gate.weight", l);
		tensor(w, name, s->experts, s->dim, dev);
		for (int e = 0; e < s->experts; e++)
			for (int i = 0; i < 3; i++) {
				snprintf(name, sizeof(name), "model.layers.%d.mlp.experts.%d.%s_proj.weight", l, e, mlp[i]);
				tensor(w, name, i == 2 ? s->dim : s->inner, i == 2 ? s->inner : s->dim,
				       i == 2 ? 1 / sqrt(s->inner) : dev);
			}
	}
}

/* A tokenizer of as many tokens: the 256 bytes in GPT-2's letters, and words that no merge leads to. */
static void tokenizer(struct buf *b, int vocab)
{
	int beyond = 256;

	buf_addz(b, "{\"added_tokens\":[],\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false,"
		    "\"trim_offsets\":true,\"use_regex\":false},\"post_processor\":null,\"decoder\":{\"type\":\"ByteLevel\","
		    "\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":false},\"model\":{\"type\":\"BPE\",\"vocab\":{");
	for (int i = 0; i < vocab; i++) {
		bool shown = (i >= 33 && i <= 126) || (i >= 161 && i != 173);

		buf_addz(b, i ? ",\"" : "\"");
		if (i >= 256)
			buf_addf(b, "w%d ", i);
		else if (i == '"' || i == '\\')
			buf_addf(b, "\\%c", i);
		else
			buf_addcp(b, (uint32_t)(shown ? i : beyond++));
		if (i >= 256) /* a blank is spelled so */
			buf_cut(b, b->n - 1), buf_addcp(b, 288);
		buf_addf(b, "\":%d", i);
	}
	buf_addz(b, "},\"merges\":[]}}\n");
}

static int file_write(const char *dir, const char *name, const struct buf *b)
{
	char path[4096];
	FILE *f;
	int rc;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = b->failed ? NULL : fopen(path, "wb");
	rc = f && fwrite(b->s, 1, b->n, f) == b->n ? 0 : -1;
	if (f && fclose(f) != 0)
		rc = -1;
	return rc;
}

static int model_write(const struct shape *s, const char *dir)
{
	struct writer w = { .head = BUF_INIT };
	struct buf config = BUF_INIT, tok = BUF_INIT;
	char path[4096];
	int rc;

	mkdir(dir, 0777);
	buf_addf(&config, "{\"model_type\":\"olmoe\",\"vocab_size\":%d,\"hidden_size\":%d,\"num_hidden_layers\":%d,"
			  "\"num_attention_heads\":%d,\"num_key_value_heads\":%d,\"intermediate_size\":%d,\"num_experts\":%d,"
			  "\"num_experts_per_tok\":%d,\"norm_topk_prob\":false,\"rms_norm_eps\":1e-5,\"rope_theta\":10000.0,"
			  "\"max_position_embeddings\":2048,\"tie_word_embeddings\":false,\"clip_qkv\":null}\n",
		 s->vocab, s->dim, s->layers, s->heads, s->heads, s->inner, s->experts, s->top_k);
	tokenizer(&tok, s->vocab);
	tensors(&w, s);
	buf_addc(&w.head, '}');
	while (w.head.n % 8)
		buf_addc(&w.head, ' ');
	snprintf(path, sizeof(path), "%s/model.safetensors", dir);
	w.f = w.head.failed ? NULL : fopen(path, "wb");
	rc = w.f && file_write(dir, "config.json", &config) == 0 && file_write(dir, "tokenizer.json", &tok) == 0 ? 0 : -1;
	if (w.f) {
		for (int i = 0; i < 8; i++)
			fputc((int)((uint64_t)w.head.n >> 8 * i & 0xff), w.f);
		fwrite(w.head.s, 1, w.head.n, w.f);
		w.data = true;
		tensors(&w, s);
		if (ferror(w.f) || fclose(w.f) != 0)
			rc = -1;
	}
	if (rc < 0)
		perror(path);
	buf_release(&w.head);
	buf_release(&config);
	buf_release(&tok);
	return rc;
}

/* ---- what the machine gives ---- */

struct reader {
	pthread_t thread;
	const uint64_t *from;
	size_t n;
	uint64_t sum;
};

static void *read_all(void *arg)
{
	struct reader *r = arg;
	uint64_t sum[16] = { 0 };

	for (size_t i = 0; i + 16 <= r->n; i += 16)
		for (int k = 0; k < 16; k++)
			sum[k] += r->from[i + (size_t)k];
	for (int k = 0; k < 16; k++)
		r->sum += sum[k];
	return NULL;
}

/* Bytes a second that so many threads read from an array no cache holds: best of 5. */
static double bandwidth(int threads)
{
	size_t n = (size_t)1 << 26; /* of 8 bytes */
	uint64_t *p = aligned_alloc((size_t)2 << 20, n * 8);
	struct reader r[256];
	double best = 0;

	if (!p)
		return 0;
	for (size_t i = 0; i < n; i++)
		p[i] = i;
	threads = threads < 1 ? 1 : threads > 256 ? 256 : threads;
	for (int again = 0; again < 5; again++) {
		double from = now();

		for (int t = 0; t < threads; t++) {
			r[t] = (struct reader){ .from = p + n / (size_t)threads * (size_t)t, .n = n / (size_t)threads };
			pthread_create(&r[t].thread, NULL, read_all, &r[t]);
		}
		for (int t = 0; t < threads; t++)
			pthread_join(r[t].thread, NULL);
		from = (double)n * 8 / (now() - from);
		best = from > best ? from : best;
	}
	free(p);
	return best;
}

struct product {
	const struct backend *be;
	struct matrix w;
	float *x, *out;
};

static void multiply(void *arg, struct lane *lane)
{
	struct product *p = arg;

	for (int i = 0; i < 200; i++)
		p->be->linear(lane, p->out, &p->w, p->x, p->w.in, NULL, 48, NULL, false);
}

/* Multiply-adds a second of one thread on 48 rows by 64 outputs by 256: best of 20. */
static double arithmetic(const char *isa)
{
	struct product p = { .be = backend_cpu(isa) };
	struct err err = ERR_INIT;
	struct machine *m = p.be->machine_new(p.be, 1, &err);
	const float *rows[PAD] = { 0 };
	double best = 0;

	p.x = aligned_alloc(64, 48 * 256 * sizeof(float));
	p.out = aligned_alloc(64, 48 * 64 * sizeof(float));
	if (m && p.x && p.out && p.be->matrix_new(&p.w, 64, 256, WEIGHTS_BF16, 0, &err) == 0) {
		memset(p.x, 0, 48 * 256 * sizeof(float));
		for (int i = 0; i < 64; i += PAD)
			p.be->matrix_rows(&p.w, i, rows);
		for (int again = 0; again < 20; again++) {
			double from = now();

			p.be->run(m, multiply, &p);
			from = 200.0 * 48 * 64 * 256 / (now() - from);
			best = from > best ? from : best;
		}
		p.be->matrix_free(&p.w);
	}
	free(p.x);
	free(p.out);
	p.be->machine_free(m);
	return best;
}

static double experts_met(const struct shape *s, int batch)
{
	return s->experts * (1 - pow(1 - (double)s->top_k / s->experts, batch));
}

/* Of one decode step at the middle of a sample. */
static double step_bytes(const struct shape *s, int gen)
{
	double dim = s->dim, past = s->prompt + gen / 2.0;
	double weights = s->layers * (4 * dim * dim + s->experts * dim + experts_met(s, s->batch) * 3 * dim * s->inner) + dim * s->vocab;
	double own = gen / 2.0, shared = past - own; /* the samples of a prompt read its keys and values once */

	return 2 * weights + 2 * 2 * dim * s->layers * (s->batch * own + (double)s->batch / s->n * shared);
}

static double step_products(const struct shape *s, int gen)
{
	double dim = s->dim, past = s->prompt + gen / 2.0;

	return s->batch * (s->layers * (4 * dim * dim + s->experts * dim + s->top_k * 3 * dim * s->inner + 2 * dim * past) +
			   dim * s->vocab);
}

/*
 * ---- steps of the engine alone ----
 *
 * They are made twice, and what the second time takes is told: by then the memory for keys and values has been touched, as the other engine's
 * has before its clock runs.
 */

struct decode {
	double prefill;     /* tokens a second, all prompts of a batch in one step */
	double rate;        /* tokens a second over all steps */
	double median, p95; /* ms of a step */
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int batch_decode(const struct shape *s, struct engine *e, int gen, struct decode *d, double *ms, struct err *err)
{
	struct engine_row row[512];
	int seq[512], prompts = s->batch / s->n, rows = 0, rc;
	double from, start;

	for (int p = 0; p < prompts; p++) {
		seq[p * s->n] = engine_seq_new(e);
		for (int i = 0; i < s->prompt; i++)
			row[rows++] = (struct engine_row){ (i * 7 + p * 13) % 90 + 33, seq[p * s->n], i == s->prompt - 1 };
	}
	from = now();
	rc = engine_step(e, row, rows, err);
	d->prefill = rows / (now() - from);
	for (int i = 0; i < s->batch; i++)
		if (i % s->n)
			seq[i] = engine_seq_fork(e, seq[i / s->n * s->n]);
	start = now();
	for (int g = 0; rc == 0 && g < gen; g++) {
		for (int i = 0; i < s->batch; i++)
			row[i] = (struct engine_row){ (g * 31 + i * 17) % s->vocab, seq[i], true };
		from = now();
		rc = engine_step(e, row, s->batch, err);
		ms[g] = 1e3 * (now() - from);
	}
	d->rate = (double)s->batch * gen / (now() - start);
	qsort(ms, (size_t)gen, sizeof(*ms), by_size);
	d->median = ms[gen / 2];
	d->p95 = ms[gen * 19 / 20];
	for (int i = 0; i < s->batch; i++)
		engine_seq_free(e, seq[i]);
	return rc;
}

static int decode(const struct shape *s, const char *dir, int threads, int gen, struct decode *d, char isa[16], struct err *err)
{
	struct model *m = model_open(dir, &(struct model_options){ .threads = threads }, err);
	struct engine *e = m ? engine_new(m, &(struct engine_options){ .threads = threads }, err) : NULL;
	double *ms = calloc((size_t)gen, sizeof(*ms));
	int rc = e && ms ? 0 : -1;

	for (int i = 0; i < 2 && rc == 0; i++)
		rc = batch_decode(s, e, gen, d, ms, err);
	if (rc == 0)
		snprintf(isa, 16, "%s", model_info(m)->isa);
	free(ms);
	engine_free(e);
	model_free(m);
	return rc;
}

/* ---- the whole job ---- */

struct job {
	const struct shape *s;
	int asked, prompts;
	struct buf messages;
	uint64_t ids; /* of all that was drawn, whatever the order it came in */
	uint64_t tokens;
	bool odd;     /* a prompt or a sample had another length */
	uint64_t samples;
	long quarter; /* KB in use once a quarter of them were there */
};

/* Resident, now. */
static long memory_kb(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = 0;

	if (f && fscanf(f, "%*d %ld", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int next(void *ctx, struct sample_prompt *p, struct err *err)
{
	struct job *j = ctx;
	struct rng r;

	(void)err;
	if (j->asked == j->prompts)
		return 0;
	rng_init(&r, (uint64_t)j->asked, "bench_job");
	buf_reset(&j->messages);
	buf_addz(&j->messages, "[{\"role\":\"user\",\"content\":\"");
	for (int i = 0; i < j->s->prompt; i++)
		buf_addc(&j->messages, (char)('a' + rng_below(&r, 26)));
	buf_addz(&j->messages, "\"}]");
	*p = (struct sample_prompt){ .index = (uint64_t)j->asked, .key = (uint64_t)j->asked, .messages = buf_str(&j->messages) };
	j->asked++;
	return 1;
}

static int done(void *ctx, const struct sample *s, struct err *err)
{
	struct job *j = ctx;

	if (s->finish != SAMPLE_LENGTH)
		return err_set(err, "sample %d of prompt %d: %s %s", s->index, (int)s->prompt, sample_finish_name(s->finish), s->why);
	j->ids += hash64(s->text.s, s->text.n, s->prompt << 16 | (uint64_t)s->index);
	j->tokens += (uint64_t)s->tokens;
	if (++j->samples == (uint64_t)j->prompts * (uint64_t)j->s->n / 4)
		j->quarter = memory_kb();
	j->odd |= s->prompt_tokens != j->s->prompt;
	return 0;
}

/* Seconds of the job; loading is not among them. */
static int job(const struct shape *s, const char *dir, int threads, int gen, struct job *j, double *seconds, char isa[32], struct err *err)
{
	struct sampler_engine_options opt = { .threads = threads, .batch = s->batch, .chat = "none" };
	struct sampling how = SAMPLING_INIT;
	struct sampler_identity who = { 0 };
	struct sampler *sampler = NULL;
	int rc = sampler_engine_open(&sampler, dir, &opt, err);
	double from = now();

	*j = (struct job){ .s = s, .prompts = s->prompts };
	how.n = s->n;
	how.max_tokens = gen;
	if (rc == 0)
		rc = sampler_run(sampler, &how, &(struct sample_job){ .next = next, .done = done, .ctx = j }, err);
	*seconds = now() - from;
	if (rc == 0)
		sampler_describe(sampler, &who);
	snprintf(isa, 32, "%s", who.instructions);
	if (rc == 0 && (j->odd || j->tokens != (uint64_t)s->prompts * (uint64_t)s->n * (uint64_t)gen))
		rc = err_set(err, "the job has another size: %" PRIu64 " tokens", j->tokens);
	sampler_free(sampler);
	buf_release(&j->messages);
	return rc;
}

static void loadavg(char out[64])
{
	FILE *f = fopen("/proc/loadavg", "r");

	out[0] = 0;
	if (f && fgets(out, 64, f))
		out[strcspn(out, "\n")] = 0;
	if (f)
		fclose(f);
}

static int run(const struct shape *s, const char *dir, int threads, int gen, struct err *err)
{
	char isa[32], load[64];
	struct decode d = { 0 };
	struct rusage use;
	struct job j;
	double read, rate, seconds, memory, products;

	loadavg(load);
	read = bandwidth(threads);
	if (decode(s, dir, threads, gen, &d, isa, err) < 0 || job(s, dir, threads, gen, &j, &seconds, isa, err) < 0)
		return -1;
	rate = arithmetic(isa) * threads;
	memory = bandwidth(threads);
	read = memory > read ? memory : read;
	getrusage(RUSAGE_SELF, &use);
	memory = s->batch / (step_bytes(s, gen) / read);
	products = s->batch / (step_products(s, gen) / rate);
	printf("{\"shape\":\"%s\",\"isa\":\"%s\",\"threads\":%d,\"gen\":%d,\"read_gb_s\":%.1f,\"gflop_s\":%.1f,\"step_mb\":%.1f,"
	       "\"experts_met\":%.1f,\"prefill_tok_s\":%.0f,\"step_ms\":%.2f,\"step_p95_ms\":%.2f,\"decode_tok_s\":%.0f,\"job_tok_s\":%.0f,"
	       "\"memory_roofline_tok_s\":%.0f,\"arithmetic_roofline_tok_s\":%.0f,\"peak_mb\":%ld,\"ids\":\"%016" PRIx64 "\","
	       "\"loadavg\":\"%s\"}\n",
	       s->name, isa, threads, gen, read * 1e-9, 2 * rate * 1e-9, step_bytes(s, gen) * 1e-6, experts_met(s, s->batch), d.prefill,
	       d.median, d.p95, d.rate, (double)j.tokens / seconds, memory, products, use.ru_maxrss / 1024, j.ids, load);
	return 0;
}

static int ids(const struct shape *s, const char *dir, int threads, int gen, struct err *err)
{
	double seconds;
	char isa[32];
	struct job j;

	if (job(s, dir, threads, gen, &j, &seconds, isa, err) < 0)
		return -1;
	printf("%s %016" PRIx64 "\n", isa, j.ids);
	return 0;
}

/* As many samples as asked for, 16 a prompt; their keys and values fit into a pool that is all touched early. */
static int grow(const struct shape *s, const char *dir, int samples, struct err *err)
{
	struct sampler_engine_options opt = { .threads = 2, .batch = s->batch, .chat = "none", .kv_tokens = 4096 };
	struct job j = { .s = s, .prompts = samples / s->n };
	struct sampling how = SAMPLING_INIT;
	struct sampler *sampler = NULL;
	int rc = model_write(s, dir) < 0 ? -1 : sampler_engine_open(&sampler, dir, &opt, err);

	how.n = s->n;
	how.max_tokens = s->gen;
	if (rc == 0)
		rc = sampler_run(sampler, &how, &(struct sample_job){ .next = next, .done = done, .ctx = &j }, err);
	if (rc == 0)
		printf("%" PRIu64 " samples, %ld KB at a quarter, %ld KB at the end\n", j.samples, j.quarter, memory_kb());
	sampler_free(sampler);
	buf_release(&j.messages);
	return rc;
}

int main(int argc, char **argv)
{
	int threads = argc > 4 ? atoi(argv[4]) : 2, gen = argc > 5 ? atoi(argv[5]) : 0, rc = -1;
	const struct shape *s = NULL;
	struct err err = ERR_INIT;

	for (size_t i = 0; argc > 3 && i < COUNT(shapes); i++)
		if (strcmp(argv[2], shapes[i].name) == 0)
			s = &shapes[i];
	if (!s || threads < 1 || gen < 0) {
		fprintf(stderr, "usage: bench_job write|run|ids C1|C2 DIR [THREADS [GEN]], or grow micro DIR SAMPLES\n");
		return 2;
	}
	gen = gen ? gen : s->gen;
	if (strcmp(argv[1], "write") == 0)
		rc = model_write(s, argv[3]);
	else if (strcmp(argv[1], "run") == 0)
		rc = run(s, argv[3], threads, gen, &err);
	else if (strcmp(argv[1], "ids") == 0)
		rc = ids(s, argv[3], threads, gen, &err);
	else if (strcmp(argv[1], "grow") == 0)
		rc = grow(s, argv[3], threads, &err);
	if (err.msg[0])
		fprintf(stderr, "%s\n", err.msg);
	return rc < 0;
}
