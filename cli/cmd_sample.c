/* cmd_sample.c - quarry sample: instances in, one row a sample out. */
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/judge.h"
#include "cli/model.h"
#include "cli/outfile.h"
#include "cli/part.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "datasets/stream.h"

#include <stdlib.h>

struct args {
	struct common common;
	const char *model, *out;
	int64_t n, max_tokens, top_k;
	double temperature, top_p, min_p;
	bool temperature_set, top_p_set, top_k_set, min_p_set;
	struct opt_list stop;
	bool resume;
};

static const struct option options[] = {
	{ .name = "model", .letter = 'm', .kind = OPT_TEXT, .arg = "MODEL", .at = offsetof(struct args, model),
	  .what = "tiny (default), FOLDER[#CHAT_TEMPLATE], http://HOST:PORT/v1[#NAME], oracle:SKILL or oracle:guess" },
	DEVICE_OPTION(struct args),
	{ .name = "samples", .letter = 'n', .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 4096, .at = offsetof(struct args, n),
	  .what = "samples of each prompt; 1 when not given" },
	{ .name = "temperature", .letter = 'T', .kind = OPT_REAL, .arg = "T", .lo = 0, .hi = 100,
	  .at = offsetof(struct args, temperature), .given = offsetof(struct args, temperature_set),
	  .what = "0 takes the likeliest token; the model's own default when not given" },
	{ .name = "top-p", .kind = OPT_REAL, .arg = "P", .lo = 1e-6, .hi = 1, .at = offsetof(struct args, top_p),
	  .given = offsetof(struct args, top_p_set), .what = "draw from the likeliest tokens that hold this much probability" },
	{ .name = "top-k", .kind = OPT_INT, .arg = "K", .lo = 0, .hi = 1e6, .at = offsetof(struct args, top_k),
	  .given = offsetof(struct args, top_k_set), .what = "draw from the K likeliest tokens; 0 is all" },
	{ .name = "min-p", .kind = OPT_REAL, .arg = "P", .lo = 0, .hi = 0.999, .at = offsetof(struct args, min_p),
	  .given = offsetof(struct args, min_p_set), .what = "leave out tokens below this part of the likeliest one's probability" },
	{ .name = "max-tokens", .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 1e6, .at = offsetof(struct args, max_tokens),
	  .what = "of one response; 512 when not given" },
	{ .name = "stop", .kind = OPT_LIST, .arg = "TEXT", .at = offsetof(struct args, stop), .what = "end a response before this text" },
	{ .name = "out", .letter = 'o', .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, out),
	  .what = "where to; standard output when not given" },
	{ .name = "resume", .letter = 'r', .kind = OPT_FLAG, .at = offsetof(struct args, resume),
	  .what = "go on with FILE.part, which a stopped run of the same command left" },
	{ 0 },
};

/* Prompts under way at most, from the first that is not done: FILE.part of more is not ours. */
enum { SPREAD = 1 << 18 };

/* A prompt under way: its rows come out in order of prompt and sample, whatever order they are done in. */
struct pending {
	struct pending *next;
	uint64_t number; /* of the line, from 0 */
	struct buf line;
	struct str messages; /* of line */
	uint64_t key;
	struct buf *row;     /* n of them */
	unsigned char *done; /* n of them */
	int left;            /* not done */
	int written;         /* rows of the front that are out */
};

struct job {
	struct reader *in;
	struct writer *out;
	struct sampling how;
	struct sampler_identity who;
	const char *path; /* of out */
	struct buf tail;  /* what every row ends with */
	struct pending *first, *last; /* in line order */
	struct pending *ask; /* the first that the sampler has not been asked for; NULL: it is to be read */
	struct buf have;     /* done, of the prompt that next() gave last: it may be gone before the sampler has seen the end of it */
	struct progress progress;
	uint64_t lines, errors;
	struct err bad_line; /* "": none */
	bool output_failed;
	/* of FILE.part: */
	struct buf head;
	int slot; /* sample of the last prompt that the next row may be */
	uint64_t rows;
};

static void pending_free(struct pending *p, int n)
{
	for (int i = 0; p->row && i < n; i++)
		buf_release(&p->row[i]);
	free(p->row);
	free(p->done);
	buf_release(&p->line);
	free(p);
}

static struct pending *pending_new(int n)
{
	struct pending *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->left = n;
	p->row = calloc((size_t)n, sizeof(*p->row));
	p->done = calloc((size_t)n, sizeof(*p->done));
	if (p->row && p->done)
		return p;
	pending_free(p, n);
	return NULL;
}

/* 1; 0 at the end of the file. */
static int read_line(struct pending *p, struct reader *in, struct err *err)
{
	struct json row, messages, id;
	int rc = reader_line(in, &p->line, err);

	if (rc <= 0)
		return rc;
	if (!json_parse(&row, buf_str(&p->line), err))
		return err_at(err, "%s:%llu: ", reader_name(in), (unsigned long long)reader_number(in));
	if (!json_get(row, "prompt", &messages) || messages.kind != JSON_ARRAY)
		return err_set(err, "%s:%llu: the row has no \"prompt\" (a list of {role, content})", reader_name(in),
			       (unsigned long long)reader_number(in));
	/* chance hangs on the puzzle, never on the line's number: a file may be split over machines */
	if (!json_get(row, "id", &id) && !json_get(row, "uid", &id))
		id = messages;
	p->messages = messages.raw;
	p->key = hash64(id.raw.s, id.raw.n, 0);
	return 1;
}

/* One prompt more at the end of the list. */
static int read_prompt(struct job *j, struct err *err)
{
	struct pending *p = pending_new(j->how.n);
	int rc = p ? read_line(p, j->in, err) : err_set(err, "out of memory");

	if (rc <= 0) {
		if (p)
			pending_free(p, j->how.n);
		return rc;
	}
	p->number = j->lines++;
	if (j->last)
		j->last->next = p;
	else
		j->first = p;
	j->last = p;
	if (!j->ask)
		j->ask = p;
	return 1;
}

/* The first prompt goes: its rows are out. */
static void drop_first(struct job *j)
{
	struct pending *p = j->first;

	j->first = p->next;
	if (!j->first)
		j->last = NULL;
	if (j->ask == p)
		j->ask = p->next;
	pending_free(p, j->how.n);
}

/* Behind an unreadable line there is no more, and what stands before it is sampled before that line is told. */
static int next(void *ctx, struct sample_prompt *ret, struct err *err)
{
	struct job *j = ctx;
	struct pending *p;

	while (j->ask && !j->ask->left)
		j->ask = j->ask->next;
	if (!j->ask) {
		int rc = read_prompt(j, err);

		if (rc < 0)
			j->bad_line = *err;
		if (rc <= 0)
			return 0;
	}
	p = j->ask;
	j->ask = p->next;
	buf_reset(&j->have);
	buf_add(&j->have, (struct str){ (const char *)p->done, (size_t)j->how.n });
	if (j->have.failed)
		return err_set(err, "out of memory");
	*ret = (struct sample_prompt){ .index = p->number, .key = p->key, .messages = p->messages, .row = buf_str(&p->line), .tag = p,
				       .have = (const unsigned char *)buf_z(&j->have) };
	return 1;
}

/* What this command adds, and what verify adds after it: a row that was sampled before loses its old ones. */
static bool sample_key(struct str key)
{
	static const char *const names[] = { "sample", "response", "finish", "tokens", "logprob_mean", "entropy_mean", "model", "sampling" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (json_key_is(key, names[i]))
			return true;
	return verdict_key(key);
}

/* A row up to its response. */
static void head_json(struct buf *b, const struct job *j, struct str line, int sample)
{
	struct json row, think;
	struct err err;

	json_parse(&row, line, &err);
	json_open(b, '{');
	row_copy(b, row, sample_key);
	if (j->who.think_open && !json_get(row, "think", &think)) {
		json_key(b, "think");
		json_add_z(b, "open");
	}
	json_key(b, "sample");
	json_add_i64(b, sample);
	json_key(b, "response");
}

/* What every row ends with. */
static void tail_json(struct buf *b, const struct job *j)
{
	json_open(b, '{');
	json_key(b, "model");
	identity_json(b, &j->who);
	json_key(b, "sampling");
	sampling_json(b, &j->how);
	json_close(b, '}');
}

static void row_json(struct buf *b, const struct job *j, struct str line, const struct sample *s)
{
	head_json(b, j, line, s->index);
	json_add_str(b, s->text);
	json_key(b, "finish");
	json_add_z(b, sample_finish_name(s->finish));
	json_key(b, "tokens");
	json_add_i64(b, s->tokens);
	json_key(b, "logprob_mean");
	s->has_stats ? json_add_f64(b, s->logprob_mean) : json_add_null(b);
	json_key(b, "entropy_mean");
	s->has_stats ? json_add_f64(b, s->entropy_mean) : json_add_null(b);
	buf_addc(b, ',');
	buf_add(b, str_from(buf_str(&j->tail), 1));
	buf_addc(b, '\n');
}

/* Write what is complete at the front. */
static int drain(struct job *j, struct err *err)
{
	while (j->first) {
		struct pending *p = j->first;

		while (p->written < j->how.n && p->done[p->written]) {
			struct buf *row = &p->row[p->written++]; /* the writer has it, also where it fails */
			int rc = writer_add(j->out, buf_str(row), err);

			buf_release(row);
			if (rc < 0) {
				j->output_failed = true;
				return ERR_JOB;
			}
		}
		if (p->written < j->how.n)
			return 0;
		drop_first(j);
	}
	return 0;
}

static int done(void *ctx, const struct sample *s, struct err *err)
{
	struct job *j = ctx;
	struct pending *p = s->tag;

	if (s->finish == SAMPLE_ERROR && j->errors++ < 5)
		log_warn("%s:%llu: sample %d: %s", reader_name(j->in), (unsigned long long)p->number + 1, s->index, s->why);
	row_json(&p->row[s->index], j, buf_str(&p->line), s);
	if (p->row[s->index].failed)
		return err_set(err, "out of memory");
	p->done[s->index] = true;
	p->left--;
	progress_add(&j->progress, 1);
	return p == j->first ? drain(j, err) : 0;
}

/* ---- what a stopped run leaves: rows in order, and behind them those that were done before their turn */

static void add_early(struct job *j)
{
	struct err ignored;
	int rc = writer_flush(j->out, &ignored);

	for (struct pending *p = j->first; rc == 0 && p; p = p->next)
		for (int i = p->written; rc == 0 && i < j->how.n; i++)
			if (p->done[i])
				rc = writer_add(j->out, buf_str(&p->row[i]), &ignored);
}

/* Is it what we would write of this sample, whatever the response? */
static bool is_row(struct job *j, const struct pending *p, int sample, struct str row)
{
	struct str head, tail = str_from(buf_str(&j->tail), 1);

	buf_reset(&j->head);
	head_json(&j->head, j, buf_str(&p->line), sample);
	head = buf_str(&j->head);
	return row.n > head.n + tail.n && str_starts(row, head) && str_ends(row, tail);
}

static int note_row(void *ctx, struct str row, struct err *err)
{
	struct job *j = ctx;
	struct pending *p;
	int sample;

	do {
		if (!j->last || j->slot == j->how.n) {
			int rc = read_prompt(j, err);

			if (rc < 0)
				return rc;
			if (rc == 0 || j->last->number - j->first->number > SPREAD)
				return err_set(err, "%s.part holds the rows of another command; remove it to begin afresh", j->path);
			j->slot = 0;
		}
		p = j->last;
		sample = j->slot++;
	} while (!is_row(j, p, sample, row));
	p->done[sample] = true;
	p->left--;
	j->rows++;
	j->errors += str_find(str_from(row, j->head.n), STR(",\"finish\":\"error\",")) >= 0; /* no text holds such quotes unescaped */
	if (p == j->first && p->written == sample) {
		if (++p->written == j->how.n)
			drop_first(j);
		return 0;
	}
	buf_add(&p->row[sample], row);
	buf_addc(&p->row[sample], '\n');
	return p->row[sample].failed ? err_set(err, "out of memory") : 1;
}

static int settings(struct job *j, const struct args *a, struct sampler *s, struct err *err)
{
	sampler_defaults(s, &j->how);
	j->how.n = a->n ? (int)a->n : 1;
	j->how.seed = (uint64_t)a->common.seed;
	if (a->max_tokens)
		j->how.max_tokens = (int)a->max_tokens;
	if (a->temperature_set)
		j->how.temperature = a->temperature;
	if (a->top_p_set)
		j->how.top_p = a->top_p;
	if (a->top_k_set)
		j->how.top_k = (int)a->top_k;
	if (a->min_p_set)
		j->how.min_p = a->min_p;
	if (a->stop.n > SAMPLING_STOPS)
		return err_set(err, "sample: more than %d stop texts", SAMPLING_STOPS);
	for (int i = 0; i < a->stop.n; i++)
		j->how.stop[j->how.nstop++] = a->stop.item[i];
	return sampling_check(&j->how, err);
}

static int sample_all(struct job *j, const struct args *a, struct sampler *s, const char *from, struct err *err)
{
	struct sample_job job = { .next = next, .done = done, .quit = stop_quit, .ctx = j };
	int rc;

	if (a->resume && !a->out)
		return err_set(err, "sample: --resume goes on with the file of -o FILE");
	j->path = a->out ? a->out : "-";
	sampler_describe(s, &j->who);
	tail_json(&j->tail, j);
	rc = j->tail.failed ? err_set(err, "out of memory") : reader_open(&j->in, from, err);
	if (rc == 0)
		rc = a->resume || (a->out && part_again()) ? writer_resume(&j->out, j->path, note_row, j, err) : outfile_open(&j->out, j->path, err);
	if (rc < 0)
		return rc;
	stop_watch();
	progress_start(&j->progress, "sample", "samples", 0, &a->common);
	progress_resume(&j->progress, j->rows);
	rc = sampler_run(s, &j->how, &job, err);
	progress_end(&j->progress);
	if (rc == 0 && j->bad_line.msg[0]) {
		*err = j->bad_line;
		rc = ERR_FAIL;
	}
	if (rc < 0 && writer_resumes(j->out))
		add_early(j);
	rc = outfile_end(j->out, j->path, j->output_failed ? ERR_JOB : rc, err);
	return rc == ERR_STOPPED && !a->out ? ERR_JOB : rc; /* nothing is saved that another run could go on from */
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct job j = { 0 };
	struct sampler *s = NULL;
	struct err err = ERR_INIT;
	int rc;

	if (argc > 1) {
		err_set(&err, "sample takes one file, not %d", argc);
		return fail_usage(&err);
	}
	rc = model_sampler(&s, a->model ? a->model : "tiny", &a->common, &err);
	if (rc == 0)
		rc = settings(&j, a, s, &err);
	if (rc == 0)
		rc = sample_all(&j, a, s, argc ? argv[0] : "-", &err);
	while (j.first)
		drop_first(&j);
	buf_release(&j.tail);
	buf_release(&j.head);
	buf_release(&j.have);
	reader_close(j.in);
	sampler_free(s);
	if (rc < 0)
		return fail(rc, &err);
	if (j.errors)
		log_warn("%llu samples ended in an error", (unsigned long long)j.errors);
	return EXIT_DONE;
}

static const char more[] =
	"Rows come out in the order of the instances. A sample depends on the weights, the prompt, the settings, the seed and\n"
	"its index alone: the same bytes whatever the threads, and however the file is split.\n"
	"\n"
	"    quarry generate sudoku --count 10 --difficulty 1 | quarry sample -n 8 | quarry verify --summary\n"
	"\n"
	"What -o FILE was given is in FILE.part after a signal (then the exit code is 75), a server that fails, a full disk or a bad row:\n"
	"the same command with --resume goes on, and asks for no sample twice. Where FILE.part is there, a run without it is refused.\n"
	"\n"
	"From an OpenAI-compatible server (vLLM, SGLang, llama.cpp) a sample is one request with a seed of its own. QUARRY_API_KEY is the\n"
	"bearer token; QUARRY_CONCURRENCY (64) requests run at once, each is given QUARRY_TIMEOUT (600) seconds and QUARRY_TRIES (8) tries.\n"
	"What is no such number is refused.\n"
	"\n"
	"    quarry sample --model http://127.0.0.1:8000/v1 -n 8 puzzles.jsonl -o samples.jsonl.zst\n";

const struct command cmd_sample = { "sample", "[FILE]", "sample responses to prompts", more, options, sizeof(struct args), run };
