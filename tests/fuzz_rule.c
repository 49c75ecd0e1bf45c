/*
 * fuzz_rule.c - every rule on any desc and any response: a verdict always comes, the same each time, and whether our side is broken
 * is a matter of the desc alone. FUZZ_TASK=sudoku keeps to one rule, whatever an input names.
 */
#include "tests/fuzz.h"
#include "verifiers/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct quarry_rule *rule;
	struct quarry_verdict v, again, silent;
	struct fuzz_input in;
	size_t rules = 0;

	const char *only = getenv("FUZZ_TASK");

	fuzz_read(&in, data, size);
	rule = quarry_rule(only ? only : in.task);
	while (!rule && quarry_rule_at(rules))
		rules++;
	if (!rule)
		rule = quarry_rule_at((unsigned char)in.task[0] % rules);
	quarry_verify_n(rule, in.desc, in.desc_n, in.response, in.response_n, NULL, &v);
	again = v;
	if (size % 4 == 0) /* a quarter of the inputs twice: a verdict is what a run costs */
		quarry_verify_n(rule, in.desc, in.desc_n, in.response, in.response_n, NULL, &again);
	quarry_verify_n(rule, in.desc, in.desc_n, "", 0, NULL, &silent);

	FUZZ_CHECK(v.mark <= QUARRY_BAD_TASK && v.score == (v.mark == QUARRY_CORRECT ? 1.0 : 0.0));
	FUZZ_CHECK(v.why[0] && memchr(v.why, 0, sizeof(v.why)));
	FUZZ_CHECK(!v.answer || (v.answer >= in.response && v.answer + v.answer_len <= in.response + in.response_n));
	FUZZ_CHECK(v.mark == again.mark && strcmp(v.why, again.why) == 0 && v.answer == again.answer);
	FUZZ_CHECK(silent.mark == QUARRY_NO_ANSWER || silent.mark == QUARRY_BAD_TASK);
	FUZZ_CHECK((v.mark == QUARRY_BAD_TASK) == (silent.mark == QUARRY_BAD_TASK));
	fuzz_free(&in);
	return 0;
}
