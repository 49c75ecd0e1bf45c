/*
 * endpoint.h - samples from an OpenAI-compatible server: vLLM, SGLang, llama.cpp, ...
 *
 *	struct sampler *s;
 *	if (sampler_endpoint_open(&s, "http://127.0.0.1:8080/v1#qwen3", NULL, &err) < 0)
 *		return ERR_FAIL;
 *
 * One request a sample, each with a seed of its own from (seed, prompt key, sample index), so that a run that was cut off goes on with
 * the same requests; whether the same seed gives the same text is the server's to promise. A request that fails for a reason that may
 * pass (429, 5xx, a reset, a reply cut short, silence) is made again after a pause, which a Retry-After may lengthen. When the tries are
 * used up the run ends with an error and can be resumed; where the server answered others meanwhile, and for what it refuses for good (a
 * prompt too long), it is a sample that ended in an error. Log-probabilities are asked for unless the server refuses them. Proxies are
 * those of the environment, but none for this machine itself. Not thread-safe; runs on the calling thread.
 */
#ifndef QUARRY_SAMPLER_ENDPOINT_H
#define QUARRY_SAMPLER_ENDPOINT_H

#include "sampler/sampler.h"

struct sampler_endpoint_options {
	int concurrency;     /* requests at once; 0: 64 */
	int tries;           /* of one request; 0: 8 */
	double timeout;      /* seconds for one reply; 0: 600 */
	double pause;        /* seconds before the first repetition, doubled each time; 0: 0.5 */
	const char *key;     /* bearer token; NULL: $QUARRY_API_KEY, else $OPENAI_API_KEY, else none */
	void (*warn)(const char *text); /* what the user should hear of; may be NULL */
};

/*
 * url ends where /chat/completions would follow; "#NAME" names the model, which else is the only one that the server lists. A
 * server that has no list is taken at that name's word.
 * ERR_FAIL says what is wrong: no such server, no such model, built without libcurl.
 */
int sampler_endpoint_open(struct sampler **ret, const char *url, const struct sampler_endpoint_options *o, struct err *err);

#endif
