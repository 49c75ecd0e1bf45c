/* sampler.c - what all samplers share; see sampler.h. */
#include "sampler/sampler.h"

#include "base/json.h"

int sampling_check(const struct sampling *how, struct err *err)
{
	if (how->n < 1 || how->n > SAMPLING_N_MAX)
		return err_set(err, "n is %d; it goes from 1 to %d", how->n, SAMPLING_N_MAX);
	if (!(how->temperature >= 0 && how->temperature <= 100))
		return err_set(err, "temperature is %g; it goes from 0 to 100", how->temperature);
	if (!(how->top_p > 0 && how->top_p <= 1))
		return err_set(err, "top_p is %g; it is above 0 and at most 1", how->top_p);
	if (how->top_k < 0)
		return err_set(err, "top_k is %d; it is 0 (off) or above", how->top_k);
	if (!(how->min_p >= 0 && how->min_p < 1))
		return err_set(err, "min_p is %g; it is at least 0 and below 1", how->min_p);
	if (how->max_tokens < 1 || how->max_tokens > SAMPLING_TOKENS_MAX)
		return err_set(err, "max_tokens is %d; it goes from 1 to %d", how->max_tokens, SAMPLING_TOKENS_MAX);
	if (how->nstop < 0 || how->nstop > SAMPLING_STOPS)
		return err_set(err, "%d stop strings; there may be %d", how->nstop, SAMPLING_STOPS);
	for (int i = 0; i < how->nstop; i++)
		if (!how->stop[i] || !how->stop[i][0] || strlen(how->stop[i]) > SAMPLING_STOP_LEN)
			return err_set(err, "stop string %d is empty or longer than %d bytes", i + 1, SAMPLING_STOP_LEN);
	if (how->seed >> 63)
		return err_set(err, "the seed is not below 2^63");
	return 0;
}

void sampling_json(struct buf *out, const struct sampling *how)
{
	json_open(out, '{');
	json_key(out, "n");
	json_add_i64(out, how->n);
	json_key(out, "temperature");
	json_add_f64(out, how->temperature);
	json_key(out, "top_p");
	json_add_f64(out, how->top_p);
	json_key(out, "top_k");
	json_add_i64(out, how->top_k);
	json_key(out, "min_p");
	json_add_f64(out, how->min_p);
	json_key(out, "max_tokens");
	json_add_i64(out, how->max_tokens);
	json_key(out, "stop");
	json_open(out, '[');
	for (int i = 0; i < how->nstop; i++)
		json_add_z(out, how->stop[i]);
	json_close(out, ']');
	json_key(out, "seed");
	json_add_u64(out, how->seed);
	json_close(out, '}');
}

const char *sample_finish_name(enum sample_finish f)
{
	static const char *const names[] = { "stop", "length", "error" };

	return names[f];
}

int sampler_run(struct sampler *s, const struct sampling *how, const struct sample_job *job, struct err *err)
{
	if (sampling_check(how, err) < 0)
		return ERR_FAIL;
	return s->kind->run(s, how, job, err);
}

void sampler_describe(const struct sampler *s, struct sampler_identity *who)
{
	*who = (struct sampler_identity){ .name = "" };
	s->kind->describe(s, who);
}

void sampler_defaults(const struct sampler *s, struct sampling *how)
{
	*how = SAMPLING_INIT;
	if (s->kind->defaults)
		s->kind->defaults(s, how);
}

void sampler_free(struct sampler *s)
{
	if (s)
		s->kind->free(s);
}
