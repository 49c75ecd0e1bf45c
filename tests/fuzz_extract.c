/* fuzz_extract.c - the extractor on any bytes: what it gives lies inside, and a thought in front changes nothing. */
#include "tests/fuzz.h"
#include "verifiers/extract.h"
#include "verifiers/rule.h"

static bool within(struct str a, struct str b)
{
	return a.s >= b.s && a.s + a.n <= b.s + b.n;
}

static void check(const struct extract *x, struct str said)
{
	struct str left;

	FUZZ_CHECK(x->seen >= 0 && x->seen <= 99);
	FUZZ_CHECK(x->format >= QUARRY_ANY && x->format < QUARRY_FORMATS);
	FUZZ_CHECK(x->found || !x->mixed);
	if (!x->found) {
		FUZZ_CHECK(!x->answer.s && !x->raw.s && !x->other.n);
		return;
	}
	FUZZ_CHECK(!x->other.n || within(x->other, said));
	FUZZ_CHECK(within(x->raw, said));
	if (x->broken)
		return;
	FUZZ_CHECK(x->answer.n <= ANSWER_MAX);
	FUZZ_CHECK(within(x->answer, said) || within(x->answer, (struct str){ x->room, sizeof(x->room) }));
	for (int unread = 0; unread < 2; unread++)
		FUZZ_CHECK(within(undress(x->answer, unread), x->answer));
	if (taken_back(x->answer, &left))
		FUZZ_CHECK(within(left, x->answer) && left.n < x->answer.n);
	left = str_from(said, (size_t)(x->raw.s + x->raw.n - said.s));
	disowned(left);
	for (struct correction c = correction_begin(left); corrected(&c);)
		FUZZ_CHECK(within(c.instead, left) && within(c.below, left));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct extract x, y;
	static const char thought[] = "<think><answer>0</answer></think>";
	struct quarry_options o = { 0 };
	struct fuzz_input in;
	struct str said;
	char *longer;

	fuzz_read(&in, data, size);
	o.format = (enum quarry_format)((unsigned char)in.task[0] % QUARRY_FORMATS);
	o.strict_format = in.desc_n % 2;
	said = (struct str){ in.response, in.response_n };
	extract_answer(&x, said, &o);
	check(&x, said);
	if (x.next) {
		y = x;
		extract_next(&y);
		FUZZ_CHECK(y.found && !y.next && y.format != x.format);
		check(&y, said);
	}

	longer = malloc(sizeof(thought) - 1 + said.n);
	memcpy(longer, thought, sizeof(thought) - 1);
	memcpy(longer + sizeof(thought) - 1, said.n ? said.s : "", said.n);
	for (int open = 0; open < 2; open++) {
		o.think_open = open;
		extract_answer(&y, (struct str){ longer, sizeof(thought) - 1 + said.n }, &o);
		FUZZ_CHECK(x.found == y.found && x.broken == y.broken && x.mixed == y.mixed && x.seen == y.seen);
		FUZZ_CHECK(x.format == y.format && str_eq(x.raw, y.raw) && (x.broken || str_eq(x.answer, y.answer)));
	}
	free(longer);
	fuzz_free(&in);
	return 0;
}
