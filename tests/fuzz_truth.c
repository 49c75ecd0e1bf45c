/*
 * fuzz_truth.c - judging by a ground truth: the verdict is the rule's own, and of a truth that is cut, changed or no JSON at all it is
 * bad_task or another puzzle's, never a crash. An input that begins with '{' is a truth and, from its second line on, a response.
 */
#include "base/buf.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/rng.h"
#include "tests/fuzz.h"
#include "verifiers/verify.h"

/* A copy without a byte to spare, judged twice. */
static void judge(struct quarry_verdict *v, struct str truth, struct str response)
{
	char *t = fuzz_copy(truth, 0), *r = fuzz_copy(response, 0);
	struct quarry_options o = { .budget = truth.n % 3 ? 0 : 1 + response.n / 2, .strict_format = truth.n % 2, .format = QUARRY_TAGS };
	struct quarry_verdict again;

	quarry_verify_truth(t, truth.n, r, response.n, &o, &again);
	quarry_verify_truth(t, truth.n, r, response.n, NULL, v);
	FUZZ_CHECK(again.mark <= QUARRY_BAD_TASK && again.why[0] && memchr(again.why, 0, sizeof(again.why)));
	FUZZ_CHECK(v->mark <= QUARRY_BAD_TASK && v->why[0] && memchr(v->why, 0, sizeof(v->why)));
	FUZZ_CHECK((v->mark == QUARRY_BAD_TASK) == (again.mark == QUARRY_BAD_TASK));
	FUZZ_CHECK(!v->answer || (v->answer >= r && v->answer + v->answer_len <= r + response.n));
	v->answer = NULL;
	free(t);
	free(r);
}

static void build(struct buf *b, const struct fuzz_input *in)
{
	json_open(b, '{');
	json_key(b, "v");
	json_add_i64(b, 1);
	json_key(b, "task");
	json_add_z(b, in->task);
	json_key(b, "desc");
	json_add_str(b, (struct str){ in->desc, in->desc_n });
	json_close(b, '}');
}

/* Its verdict is that of the rule on the same desc. */
static void check_same(struct str truth, struct str response)
{
	struct quarry_verdict v, direct;
	struct buf task = BUF_INIT, desc = BUF_INIT;
	struct json row, x;
	struct err err;

	judge(&v, truth, response);
	FUZZ_CHECK(json_parse(&row, truth, &err));
	json_get(row, "task", &x);
	json_str(x, &task);
	json_get(row, "desc", &x);
	json_str(x, &desc);
	if (!memchr(buf_z(&task), 0, task.n)) {
		quarry_verify_n(quarry_rule(buf_z(&task)), buf_z(&desc), desc.n, response.s, response.n, NULL, &direct);
		FUZZ_CHECK(v.mark == direct.mark && strcmp(v.why, direct.why) == 0 && v.answers_seen == direct.answers_seen);
	}
	buf_release(&task);
	buf_release(&desc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char bytes[] = "\"\\{}[]:,u0\x80\xff\x00 \n";
	struct buf b = BUF_INIT;
	struct quarry_verdict v;
	struct fuzz_input in;
	struct str response;
	struct rng r;

	rng_init(&r, hash64(data, size, 0), "truth");
	fuzz_read(&in, data, size);
	response = (struct str){ in.response, in.response_n };
	if (size && data[0] == '{') {
		struct str all = { (const char *)data, size };
		ptrdiff_t end = str_chr(all, '\n');

		judge(&v, str_sub(all, 0, end < 0 ? size : (size_t)end), end < 0 ? STR("") : str_from(all, (size_t)end + 1));
	} else {
		build(&b, &in);
		check_same(buf_str(&b), response);
		judge(&v, str_sub(buf_str(&b), 0, rng_below(&r, (uint32_t)b.n)), response);
		FUZZ_CHECK(v.mark == QUARRY_BAD_TASK); /* it has no end */
		for (uint32_t n = 1 + rng_below(&r, 3); n-- > 0;)
			b.s[rng_below(&r, (uint32_t)b.n)] = bytes[rng_below(&r, sizeof(bytes) - 1)];
		judge(&v, buf_str(&b), response);
	}
	buf_release(&b);
	fuzz_free(&in);
	return 0;
}
