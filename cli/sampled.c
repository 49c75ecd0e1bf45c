/* sampled.c - a sample and its verdict as a row of run.db; see sampled.h. */
#include "cli/sampled.h"
#include "base/hash.h"
#include "base/json.h"

#include <math.h>

/* What is stored is what rows will hold: valid UTF-8, the text that the verdict is about. */
static void add_valid(struct buf *out, struct str text)
{
	uint32_t cp;

	if (utf8_valid(text)) {
		buf_add(out, text);
		return;
	}
	while (text.n) {
		size_t k = utf8_next(text, &cp);

		buf_addcp(out, cp);
		text = str_from(text, k);
	}
}

/* d->text and d->v are set. */
static void set_row(struct sampled *d, const struct sample *s)
{
	d->row = (struct stored_sample){
		.idx = s->index,
		.response = buf_str(&d->text),
		.finish = str_of(sample_finish_name(s->finish)),
		.mark = str_of(quarry_mark_name(d->v.mark)),
		.why = str_of(d->v.why),
		.extracted = { d->v.answer, d->v.answer ? d->v.answer_len : 0 },
		.tokens = s->tokens,
		.answers_seen = d->v.answers_seen,
		.logprob = s->has_stats ? s->logprob_mean : NAN,
		.entropy = s->has_stats ? s->entropy_mean : NAN,
		.score = d->v.score,
		.format_ok = d->v.format_ok,
	};
}

void sampled_judge(struct sampled *d, const struct sample *s, const struct quarry_rule *rule, struct str desc,
		   const struct quarry_options *o)
{
	buf_reset(&d->text);
	add_valid(&d->text, s->text);
	quarry_verify_n(rule, desc.s, desc.n, buf_z(&d->text), d->text.n, o, &d->v);
	set_row(d, s);
}

void sampled_judge_swe(struct sampled *d, const struct sample *s, struct swe *swe, struct swe_ask *ask)
{
	struct swe_verdict v;

	buf_reset(&d->text);
	add_valid(&d->text, s->text);
	ask->response = buf_str(&d->text);
	swe_judge(swe, ask, &v);
	d->v = v.v;
	set_row(d, s);
	buf_reset(&d->why);
	buf_addf(&d->why, "%s: %s", v.status, v.v.why);
	d->row.why = buf_str(&d->why);
}

void sampled_release(struct sampled *d)
{
	buf_release(&d->text);
	buf_release(&d->why);
}

uint64_t sampled_key(struct str id)
{
	struct buf b = BUF_INIT;
	uint64_t h;

	json_add_str(&b, id); /* as `quarry sample` sees it: the JSON text of the id */
	h = hash64(buf_z(&b), b.n, 0);
	buf_release(&b);
	return h;
}
