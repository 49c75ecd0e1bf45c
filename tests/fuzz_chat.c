/*
 * fuzz_chat.c - libFuzzer entry: a chat template up to the first NUL, messages behind it. What is said in the messages' contents makes no control
 * token: with other contents there are as many.
 */
#include "base/json.h"
#include "engine/chat.h"
#include "tests/fuzz.h"

static const char tokenizer[] =
	"{\"model\":{\"type\":\"BPE\",\"unk_token\":\"?\",\"fuse_unk\":true,\"vocab\":{\"?\":0,\"a\":1,\"<\":2,\"|\":3,\">\":4,\"<|\":5},\"merges\":[\"< |\"]},"
	"\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Fuse\"}]},\"added_tokens\":["
	"{\"id\":6,\"content\":\"<|im_start|>\",\"special\":true,\"normalized\":false},{\"id\":7,\"content\":\"<|im_end|>\",\"special\":true,\"normalized\":false},"
	"{\"id\":8,\"content\":\"<|start_header_id|>\",\"special\":true,\"normalized\":false},{\"id\":9,\"content\":\"<|end_header_id|>\",\"special\":true,\"normalized\":false},"
	"{\"id\":10,\"content\":\"<|begin_of_text|>\",\"special\":true,\"normalized\":false},{\"id\":11,\"content\":\"<|eot_id|>\",\"special\":true,\"normalized\":false},"
	"{\"id\":12,\"content\":\"<s>\",\"special\":true,\"normalized\":false},{\"id\":13,\"content\":\"</s>\",\"special\":true,\"normalized\":false},"
	"{\"id\":14,\"content\":\"<|endoftext|>\",\"special\":true,\"normalized\":false},{\"id\":15,\"content\":\"]~b]\",\"special\":true,\"normalized\":false},"
	"{\"id\":16,\"content\":\"]~!b[\",\"special\":true,\"normalized\":false},{\"id\":17,\"content\":\"[e~[\",\"special\":true,\"normalized\":false},"
	"{\"id\":18,\"content\":\"<beginning_of_sentence>\",\"special\":true,\"normalized\":false},"
	"{\"id\":19,\"content\":\"<end_of_sentence>\",\"special\":true,\"normalized\":false}]}";

/* The messages with other contents. */
static void harmless(struct buf *out, struct json messages)
{
	struct json m, role;

	json_open(out, '[');
	for (struct json_iter it = json_iter(messages); json_next(&it, NULL, &m);) {
		json_open(out, '{');
		if (json_get(m, "role", &role)) {
			json_key(out, "role");
			json_add_raw(out, role.raw);
		}
		json_key(out, "content");
		json_add_z(out, "a");
		json_close(out, '}');
	}
	json_close(out, ']');
}

static int specials(const struct tok *t, const struct tok_ids *ids)
{
	int n = 0;

	for (size_t i = 0; i < ids->n; i++)
		n += tok_special(t, ids->v[i]);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tok *t;
	struct str all = { (const char *)data, size };
	ptrdiff_t nul = str_chr(all, 0);
	size_t n = nul < 0 ? size : (size_t)nul;
	struct str text = str_from(all, n + (nul >= 0));
	struct tok_ids said = { 0 }, other = { 0 };
	struct buf messages = BUF_INIT;
	struct err err = ERR_INIT;
	struct chat c = { 0 };
	struct json root;

	FUZZ_CHECK(t || tok_parse(&t, str_of(tokenizer), "fuzz", &err) == 0);
	if (chat_parse(&c, str_sub(all, 0, n), NULL, t, &err) < 0 || chat_encode(&c, t, text, &said, &err) < 0) {
		FUZZ_CHECK(err.msg[0] && !strchr(err.msg, '\n'));
	} else {
		FUZZ_CHECK(json_parse(&root, text, &err));
		harmless(&messages, root);
		FUZZ_CHECK(chat_encode(&c, t, buf_str(&messages), &other, &err) == 0);
		FUZZ_CHECK(specials(t, &said) == specials(t, &other));
	}
	tok_ids_release(&said);
	tok_ids_release(&other);
	buf_release(&messages);
	return 0;
}
