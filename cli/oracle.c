/*
 * oracle.c - scripted samplers: right with a known probability, which the difficulty sets, a curve or each puzzle's own draw, or only guessing.
 *
 * They test everything behind the sampler: what share of prompts survives a filter can be computed in advance.
 * A sample depends on (instance, seed, prompt key, sample index) alone, as the engine's do.
 */
#include "base/hash.h"
#include "cli/judge.h"
#include "cli/model.h"
#include "generators/compose.h"
#include "generators/instance.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct oracle {
	struct sampler head;
	bool guess;
	/*
	 * Right with probability g + (1 - g - lapse) / (1 + exp(slope (difficulty - mid) + sigma z)): z is the puzzle's, of a
	 * normal distribution, and g its `guess` where the oracle is a curve, else 0.
	 */
	bool curve;
	double mid, slope, lapse, sigma;
	double beta[2]; /* a puzzle's chance is a draw from this distribution, which its desc fixes; 0: the above says */
	char name[64];
};

/* What of a row the oracle needs. */
struct row {
	const struct task *task;
	bool swe;        /* the task of a repository: */
	struct buf gold; /* its own patch */
	struct buf desc;
	double difficulty, guess;
	int knob[TASK_KNOBS];
	enum lang lang;
	enum quarry_format format;
};

enum { TRIES = 64 };

static bool read_knobs(struct row *r, struct json knobs)
{
	for (int i = 0; r->task->knobs[i].name; i++) {
		struct json v;
		int64_t k;

		if (!json_get(knobs, r->task->knobs[i].name, &v) || !json_i64(v, &k) || k < r->task->knobs[i].lo ||
		    k > r->task->knobs[i].hi)
			return false;
		r->knob[i] = (int)k;
	}
	return true;
}

static int read_row(struct row *r, struct str text, struct err *err)
{
	struct json row, v, desc, knobs;
	struct str s;

	if (!json_parse(&row, text, err))
		return ERR_FAIL;
	r->swe = json_get(row, "task", &v) && json_is(v, "swe");
	if (!r->swe && (!json_plain(v, &s) || !(r->task = task_find(s))))
		return err_set(err, "the oracle needs instances of quarry's own tasks");
	buf_reset(&r->desc);
	if (!json_get(row, "desc", &desc) || !json_str(desc, &r->desc) || !json_get(row, "difficulty", &v) ||
	    !json_f64(v, &r->difficulty) || !json_get(row, "knobs", &knobs) || (!r->swe && !read_knobs(r, knobs)))
		return err_set(err, "the oracle needs desc, difficulty and knobs of an instance");
	buf_reset(&r->gold);
	if (r->swe && (!json_get(row, "answer", &v) || !json_str(v, &r->gold)))
		return err_set(err, "the oracle needs the answer of an instance");
	r->guess = 0;
	if (json_get(row, "guess", &v))
		json_f64(v, &r->guess);
	r->lang = LANG_EN;
	if (json_get(row, "lang", &v) && json_plain(v, &s))
		lang_from(s, &r->lang);
	r->format = row_format(row, QUARRY_TAGS);
	return 0;
}

/* An answer to another puzzle of the same task and knobs: a draw from the answer's prior. */
static bool other_answer(struct buf *answer, const struct row *r, struct rng *rng)
{
	struct buf desc = BUF_INIT;
	bool ok = false;

	for (int i = 0; !ok && i < TRIES; i++) {
		buf_reset(&desc);
		buf_reset(answer);
		ok = r->task->generate(&desc, answer, r->knob, rng);
	}
	buf_release(&desc);
	return ok;
}

static bool is_right(const struct row *r, struct str answer)
{
	struct quarry_options o = { .format = QUARRY_TAGS };
	struct quarry_verdict v;
	struct buf said = BUF_INIT;

	instance_wrap(&said, QUARRY_TAGS, LANG_EN, answer);
	quarry_verify_n(quarry_rule(r->task->name), buf_z(&r->desc), r->desc.n, buf_z(&said), said.n, &o, &v);
	buf_release(&said);
	return v.mark == QUARRY_CORRECT;
}

/* An answer, right or not, as the draw has it; false when the task gave none within its budget. */
static bool draw_answer(struct buf *answer, const struct row *r, bool right, bool guess, struct rng *rng)
{
	int left = TRIES;
	bool ok;

	if (right)
		return r->task->solve(answer, buf_str(&r->desc));
	do
		ok = other_answer(answer, r, rng);
	while (ok && !guess && --left && is_right(r, buf_str(answer)));
	return ok && left;
}

/* Of the distribution Gamma(shape, 1), by Marsaglia and Tsang; below 1 with one power more. */
static double draw_gamma(double shape, struct rng *rng)
{
	double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / sqrt(9 * d), v, x;
	double boost = shape < 1 ? pow(1 - rng_unit(rng), 1 / shape) : 1;

	do {
		x = sqrt(-2 * log(1 - rng_unit(rng))) * cos(6.283185307179586 * rng_unit(rng));
		v = (1 + c * x) * (1 + c * x) * (1 + c * x);
	} while (v <= 0 || log(1 - rng_unit(rng)) > 0.5 * x * x + d - d * v + d * log(v));
	return d * v * boost;
}

static double draw_normal(struct rng *rng)
{
	double sum = -6; /* twelve draws, as good as normal */

	for (int i = 0; i < 12; i++)
		sum += rng_unit(rng);
	return sum;
}

/* How likely a puzzle is answered rightly. */
static double chance(const struct oracle *o, struct str desc, double difficulty, double guess)
{
	double a, b, x = o->slope * (difficulty - o->mid), g = o->curve ? guess : 0, span = 1 - g - o->lapse;
	struct rng rng;

	rng_init(&rng, hash64(desc.s, desc.n, 0), "oracle's chance");
	if (!(o->beta[0] > 0)) {
		x += o->sigma > 0 ? o->sigma * draw_normal(&rng) : 0;
		return g + (span > 0 ? span : 0) / (1 + exp(x));
	}
	a = draw_gamma(o->beta[0], &rng);
	b = draw_gamma(o->beta[1], &rng);
	return a + b > 0 ? a / (a + b) : 0.5;
}

static bool draw_right(const struct oracle *o, struct str desc, double difficulty, double guess, struct rng *rng)
{
	return !o->guess && rng_unit(rng) < chance(o, desc, difficulty, guess);
}

/* Puzzles that are asked together are answered one by one, each of them as if it stood alone: *right says whether all are. */
static bool draw_parts(struct buf *answer, const struct oracle *o, const struct row *r, bool *right, struct rng *rng)
{
	struct row part = { .lang = r->lang };
	struct buf own = BUF_INIT;
	struct str desc;
	int level = compose_level(r->knob);
	bool ok = true;

	*right = true;
	for (int i = 0; ok && compose_part(buf_str(&r->desc), i, &part.task, &desc); i++) {
		bool this = draw_right(o, desc, level, 0, rng);

		buf_reset(&part.desc);
		buf_add(&part.desc, desc);
		task_level(part.task, level, part.knob);
		buf_reset(&own);
		ok = draw_answer(&own, &part, this, o->guess, rng);
		compose_answer(answer, i, buf_str(&own));
		*right &= this;
	}
	buf_release(&part.desc);
	buf_release(&own);
	return ok;
}

/* The response's text; false when the task gave no answer within its budget. */
static bool answer_row(struct buf *out, const struct oracle *o, const struct row *r, struct rng *rng)
{
	struct buf answer = BUF_INIT;
	bool right, ok;

	if (r->swe) {
		right = draw_right(o, buf_str(&r->desc), r->difficulty, 0, rng);
		buf_addz(out, right ? "<answer>\n" : "I take a guess.\n<answer>\n### guess/guess.py\n```\n# a guess\n```");
		buf_add(out, right ? buf_str(&r->gold) : STR(""));
		buf_addz(out, "\n</answer>");
		return !out->failed;
	}
	if (compose_asks_all(buf_str(&r->desc)) && strcmp(r->task->name, "compose") == 0) {
		ok = draw_parts(&answer, o, r, &right, rng);
	} else {
		right = draw_right(o, buf_str(&r->desc), r->difficulty, r->guess, rng);
		ok = draw_answer(&answer, r, right, o->guess, rng);
	}
	if (right && ok && r->task->explain) {
		r->task->explain(out, buf_str(&r->desc), r->lang);
		buf_addc(out, '\n');
	} else if (!right) {
		buf_addz(out, r->lang == LANG_ZH ? "我猜一个答案。\n" : "I take a guess.\n");
	}
	if (ok)
		instance_wrap(out, r->format, r->lang, buf_str(&answer));
	ok = ok && !out->failed;
	buf_release(&answer);
	return ok;
}

static int words(struct str s)
{
	struct str w;
	int n = 0;

	while (str_word(&s, &w))
		n++;
	return n;
}

static int run(struct sampler *s, const struct sampling *how, const struct sample_job *job, struct err *err)
{
	const struct oracle *o = (const struct oracle *)s;
	struct row row = { 0 };
	struct buf text = BUF_INIT;
	struct sample_prompt p;
	int rc;

	while ((rc = job->next(job->ctx, &p, err)) > 0) {
		rc = read_row(&row, p.row, err);
		for (int i = 0; rc >= 0 && i < how->n; i++) {
			struct sample out = { .prompt = p.index, .tag = p.tag, .index = i, .why = "" };
			struct rng rng;

			if (p.have && p.have[i])
				continue;
			if (job->quit && job->quit(job->ctx)) {
				rc = ERR_STOPPED;
				break;
			}
			if (job->stop && job->stop(job->ctx, p.index, p.tag, i, STR("")))
				continue;
			rng_init(&rng, rng_mix(rng_mix(how->seed, p.key), (uint64_t)i), "oracle");
			buf_reset(&text);
			out.finish = SAMPLE_STOP;
			if (!answer_row(&text, o, &row, &rng)) {
				out.finish = SAMPLE_ERROR;
				out.why = "the task gave no other answer within its draw budget";
				buf_reset(&text);
			}
			out.text = buf_str(&text);
			out.tokens = words(out.text);
			rc = job->done(job->ctx, &out, err);
		}
		if (rc < 0)
			break;
	}
	buf_release(&row.desc);
	buf_release(&row.gold);
	buf_release(&text);
	return rc;
}

static void describe(const struct sampler *s, struct sampler_identity *who)
{
	snprintf(who->name, sizeof(who->name), "%s", ((const struct oracle *)s)->name);
}

static void drop(struct sampler *s)
{
	free(s);
}

static const struct sampler_kind oracle_kind = { run, describe, NULL, drop };

static bool read_beta(struct oracle *o, struct str text)
{
	struct str first;

	if (!str_split(&text, ',', &first) || !str_f64(first, &o->beta[0]) || !str_f64(text, &o->beta[1]))
		return false;
	return o->beta[0] >= 0.01 && o->beta[0] <= 1000 && o->beta[1] >= 0.01 && o->beta[1] <= 1000;
}

/* "MID,SLOPE[,LAPSE[,SIGMA]]" */
static bool read_curve(struct oracle *o, struct str text)
{
	double *const to[] = { &o->mid, &o->slope, &o->lapse, &o->sigma };
	struct str item;
	int n = 0;

	while (str_split(&text, ',', &item))
		if (n == 4 || !str_f64(item, to[n++]))
			return false;
	o->curve = true;
	return n >= 2 && fabs(o->mid) <= 1000 && fabs(o->slope) <= 100 && o->lapse >= 0 && o->lapse <= 1 && o->sigma >= 0 && o->sigma <= 100;
}

static bool read_kind(struct oracle *o, struct str text)
{
	o->slope = 1;
	o->guess = str_is(text, "guess");
	if (o->guess)
		return true;
	if (str_starts(text, STR("beta=")))
		return read_beta(o, str_from(text, 5));
	if (str_starts(text, STR("curve=")))
		return read_curve(o, str_from(text, 6));
	return str_f64(text, &o->mid) && fabs(o->mid) <= 1000;
}

int oracle_open(struct sampler **ret, const char *kind, struct err *err)
{
	struct oracle *o = calloc(1, sizeof(*o));

	if (!o)
		return err_set(err, "out of memory");
	o->head.kind = &oracle_kind;
	snprintf(o->name, sizeof(o->name), "oracle:%s", kind);
	if (!read_kind(o, str_of(kind))) {
		free(o);
		return err_set(err,
			       "model \"oracle:%s\": a skill is a number such as 3.5, curve=MID,SLOPE[,LAPSE[,SIGMA]], beta=A,B of 0.01 to 1000 each, "
			       "or guess", kind);
	}
	*ret = &o->head;
	return 0;
}
