/* fuzz_tok.c - libFuzzer entry: a tokenizer.json up to the first NUL, a text behind it. Either may be anything. */
#include "engine/tok.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str all = { (const char *)data, n };
	ptrdiff_t nul = str_chr(all, 0);
	struct str json = str_sub(all, 0, nul < 0 ? n : (size_t)nul), text = str_from(all, nul < 0 ? n : (size_t)nul + 1);
	struct tok_part parts[2] = { { str_sub(text, 0, text.n / 2), true }, { str_from(text, text.n / 2), false } };
	struct tok_ids ids = { 0 };
	struct err err = ERR_INIT;
	struct tok *t;

	if (tok_parse(&t, json, "fuzz", &err) < 0) {
		assert(err.msg[0]);
		return 0;
	}
	if (tok_encode(t, parts, 2, &ids, &err) < 0)
		assert(err.msg[0]);
	for (size_t i = 0; i < ids.n; i++)
		assert(tok_has(t, ids.v[i]) && ids.v[i] < tok_size(t));
	tok_ids_release(&ids);
	tok_free(t);
	return 0;
}
