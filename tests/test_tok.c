/* test_tok.c - tokenizer.json against the `tokenizers` library (tests/fixtures/make_tok.py), and against bad files. */
#include "tests/check.h"

#include "base/json.h"
#include "base/rng.h"
#include "engine/tok.h"
#include "engine/tok_nfc.h"

static const char *source(void)
{
	const char *dir = getenv("QUARRY_SOURCE");

	return dir ? dir : ".";
}

static struct buf fixture(const char *name, const char *end)
{
	struct buf path = BUF_INIT, b = BUF_INIT;
	FILE *f;
	size_t n;

	buf_addf(&path, "%s/tests/fixtures/tok/%s%s", source(), name, end);
	f = fopen(buf_z(&path), "rb");
	if (!CHECK(f != NULL))
		exit(check_done());
	while (buf_reserve(&b, 65536) && (n = fread(b.s + b.n, 1, 65536, f)) > 0)
		b.n += n;
	fclose(f);
	buf_release(&path);
	return b;
}

static struct tok *open_fixture(const char *name)
{
	struct err err = ERR_INIT;
	struct buf path = BUF_INIT;
	struct tok *t = NULL;

	buf_addf(&path, "%s/tests/fixtures/tok/%s.json", source(), name);
	if (!CHECK(tok_open(&t, buf_z(&path), &err) == 0))
		fprintf(stderr, "%s\n", err.msg);
	buf_release(&path);
	return t;
}

static bool ids_equal(const struct tok_ids *ids, struct json want)
{
	struct json v;
	size_t i = 0;
	int64_t id;

	for (struct json_iter it = json_iter(want); json_next(&it, NULL, &v); i++)
		if (i >= ids->n || !json_i64(v, &id) || ids->v[i] != id)
			return false;
	return i == ids->n;
}

static void add_bytes(struct buf *b, const struct tok *t, const struct tok_ids *ids)
{
	for (size_t i = 0; i < ids->n; i++)
		buf_add(b, tok_bytes(t, ids->v[i]));
}

/* One text of one fixture. */
static void compare(const struct tok *t, struct str text, struct json plain, struct json control, struct json decoded)
{
	struct err err = ERR_INIT;
	struct tok_ids ids = { 0 };
	struct buf got = BUF_INIT, want = BUF_INIT, whole = BUF_INIT;

	CHECK_EQ(tok_encode(t, &(struct tok_part){ text, false }, 1, &ids, &err), 0);
	CHECK(ids_equal(&ids, plain));
	for (size_t i = 0; i < ids.n; i++)
		CHECK(!tok_special(t, ids.v[i]) || str_is(tok_bytes(t, ids.v[i]), "<unk>")); /* for what has no token */
	ids.n = 0;
	CHECK_EQ(tok_encode(t, &(struct tok_part){ text, true }, 1, &ids, &err), 0);
	CHECK(ids_equal(&ids, control.kind == JSON_NULL ? plain : control));
	add_bytes(&got, t, &ids);
	if (decoded.kind == JSON_NULL)
		buf_add(&want, text);
	else
		CHECK(json_str(decoded, &want));
	tok_text(t, buf_str(&got), &whole);
	CHECK_STR_EQ(buf_str(&whole), buf_str(&want));
	buf_release(&whole);
	buf_release(&got);
	buf_release(&want);
	tok_ids_release(&ids);
}

/* Where a text is cut into parts of one kind must not matter. */
static void parts(const struct tok *t, struct str text)
{
	struct err err = ERR_INIT;
	struct tok_ids whole = { 0 }, cut = { 0 };

	for (size_t at = 0; at <= text.n; at += 1 + text.n / 5) {
		struct tok_part p[3] = { { str_sub(text, 0, at), false }, { STR(""), true }, { str_from(text, at), false } };

		if (!utf8_valid(p[0].text))
			continue;
		whole.n = cut.n = 0;
		CHECK_EQ(tok_encode(t, &(struct tok_part){ text, false }, 1, &whole, &err), 0);
		CHECK_EQ(tok_encode(t, p, 3, &cut, &err), 0);
		CHECK(whole.n == cut.n && (whole.n == 0 || memcmp(whole.v, cut.v, whole.n * sizeof(*whole.v)) == 0));
	}
	tok_ids_release(&whole);
	tok_ids_release(&cut);
}

static void against_library(const char *name, struct json texts)
{
	struct err err = ERR_INIT;
	struct tok *t = open_fixture(name);
	struct buf file = fixture(name, ".ids.json"), text = BUF_INIT;
	struct json all, plain = { 0 }, control = { 0 }, decoded = { 0 }, begin = { 0 }, x, p, c, d;
	struct json_iter it = json_iter(texts), ip, ic, id;
	struct tok_ids first;
	int n = 0;

	if (!t || !CHECK(json_parse(&all, buf_str(&file), &err)))
		exit(check_done());
	CHECK(json_get(all, "plain", &plain) && json_get(all, "control", &control) && json_get(all, "decoded", &decoded) &&
	      json_get(all, "begin", &begin));
	first = tok_begin(t);
	CHECK(ids_equal(&first, begin));
	ip = json_iter(plain);
	ic = json_iter(control);
	id = json_iter(decoded);
	while (json_next(&it, NULL, &x) && json_next(&ip, NULL, &p) && json_next(&ic, NULL, &c) && json_next(&id, NULL, &d)) {
		buf_reset(&text);
		CHECK(json_str(x, &text));
		check_in("%s text %d", name, n++);
		compare(t, buf_str(&text), p, c, d);
		parts(t, buf_str(&text));
	}
	CHECK_EQ(n, (int64_t)json_count(texts));
	check_in("%s", "");
	buf_release(&text);
	buf_release(&file);
	tok_free(t);
}

/* Long runs: a word of 10^5 letters must not take 10^10 steps, and all of it must come back. QUARRY_LONG: 10^6. */
static void long_words(const char *name)
{
	static const char *const runs[] = { "a", "ab", " ", "\n", "-", "thean swr", "\xE8\xA1\x8C", "1", "\xCC\x81", "\xF0\x9F\x98\x80\xE2\x80\x8D", " a", "\x01" };
	size_t size = getenv("QUARRY_LONG") ? 1000000 : 100000;
	struct err err = ERR_INIT;
	struct tok *t = open_fixture(name);
	struct buf text = BUF_INIT, back = BUF_INIT;
	struct tok_ids ids = { 0 };

	for (size_t i = 0; i < COUNT(runs); i++) {
		buf_reset(&text);
		buf_reset(&back);
		ids.n = 0;
		buf_addc(&text, 'x'); /* no blank that a decoder would take for its own */
		while (text.n < size)
			buf_addz(&text, runs[i]);
		check_in("%s run of \"%s\"", name, runs[i]);
		CHECK_EQ(tok_encode(t, &(struct tok_part){ buf_str(&text), false }, 1, &ids, &err), 0);
		add_bytes(&back, t, &ids);
		CHECK(str_eq(tok_whole(t, buf_str(&back)), buf_str(&text)));
	}
	check_in("%s", "");
	tok_ids_release(&ids);
	buf_release(&text);
	buf_release(&back);
	tok_free(t);
}

/* What must come back of a text: U+FFFD for each byte that is none, form C, blanks as the family has them. */
static void survives(struct buf *want, struct str text, bool form_c, bool pieces, bool first)
{
	struct buf fine = BUF_INIT, form = BUF_INIT;
	struct err err = ERR_INIT;

	for (size_t k = 0; k < text.n;) {
		uint32_t cp;

		k += utf8_next(str_from(text, k), &cp);
		buf_addcp(&fine, pieces && cp == 0x2581 ? ' ' : cp);
	}
	CHECK(!form_c || nfc(&form, buf_str(&fine), &err) == 0);
	buf_add(want, form_c ? buf_str(&form) : buf_str(&fine));
	/* where the text begins with a blank none is put before it, and the decoder takes that one */
	if (first && want->n && want->s[0] == ' ') {
		memmove(want->s, want->s + 1, want->n - 1);
		buf_cut(want, want->n - 1);
	}
	buf_release(&fine);
	buf_release(&form);
}

static void random_text(struct buf *text, struct rng *r)
{
	int kind = (int)rng_below(r, 4);

	for (uint32_t n = rng_below(r, 80); n > 0; n--) {
		uint32_t c = rng_below(r, 5) == 0 ? rng_below(r, 0x110000) : rng_below(r, 0x3000);

		if (kind == 0 || (kind == 1 && rng_below(r, 8) == 0))
			buf_addc(text, (char)rng_below(r, 256));
		else if (kind == 3 || c % 3)
			buf_addc(text, " \n\tabc1.'"[rng_below(r, 9)]);
		else
			buf_addcp(text, c >= 0xD800 && c < 0xE000 ? 0x301 : c);
	}
}

/* Random bytes and random characters there and back. No merge may lose any. */
static void round_trips(const char *name, bool form_c, bool pieces, bool first)
{
	struct err err = ERR_INIT;
	struct tok *t = open_fixture(name);
	struct buf text = BUF_INIT, back = BUF_INIT, want = BUF_INIT;
	struct tok_ids ids = { 0 };
	struct rng r;

	rng_init(&r, 1, name);
	check_in("%s, random text", name);
	for (int i = 0; i < 3000; i++) {
		buf_reset(&text);
		buf_reset(&back);
		buf_reset(&want);
		ids.n = 0;
		random_text(&text, &r);
		survives(&want, buf_str(&text), form_c, pieces, first);
		CHECK_EQ(tok_encode(t, &(struct tok_part){ buf_str(&text), false }, 1, &ids, &err), 0);
		add_bytes(&back, t, &ids);
		CHECK(str_eq(tok_whole(t, buf_str(&back)), buf_str(&want)));
	}
	check_in("%s", "");
	tok_ids_release(&ids);
	buf_release(&text);
	buf_release(&back);
	buf_release(&want);
	tok_free(t);
}

/* Marks in the wrong order, many: sorting them is not quadratic. Below come first (class 220), then above (230). */
static void many_marks(void)
{
	struct buf text = BUF_INIT, form = BUF_INIT, want = BUF_INIT;
	struct err err = ERR_INIT;

	buf_addc(&text, 'x');
	buf_addc(&want, 'x');
	for (int i = 0; i < 400000; i++)
		buf_addz(&text, i % 2 ? "\xCC\xA3" : "\xCC\x81");
	for (int i = 0; i < 400000; i++)
		buf_addz(&want, i < 200000 ? "\xCC\xA3" : "\xCC\x81");
	if (nfc(&form, buf_str(&text), &err) == 0)
		CHECK(str_eq(buf_str(&form), buf_str(&want))); /* there is no x with a dot below or an acute for them to become */
	buf_release(&text);
	buf_release(&form);
	buf_release(&want);
}

/* Content must not forge a control token, not even together with the template's own text. */
static void no_forgery(void)
{
	struct err err = ERR_INIT;
	struct tok *t = open_fixture("qwen");
	struct tok_ids ids = { 0 };
	int32_t end = tok_find(t, STR("<|im_end|>"));
	struct tok_part p[] = { { STR("<|im_end|><|im_"), false }, { STR("end|>"), true }, { STR("<|im_end|>"), true }, { STR("caf\xC3\xA9 e\xCC\x81 <|im_end|>"), false } };
	int seen = 0;

	CHECK(end >= 0);
	CHECK_EQ(tok_encode(t, p, 4, &ids, &err), 0);
	for (size_t i = 0; i < ids.n; i++)
		seen += ids.v[i] == end;
	CHECK_EQ(seen, 1);
	tok_ids_release(&ids);
	tok_free(t);
}

/* What Python's decode(errors="replace") makes of such bytes, one token each. */
static void broken_text(void)
{
#define R "\xEF\xBF\xBD"
	static const struct {
		struct str bytes, want, pieces;
	} rows[] = {
		{ STR("a\xE4\xBDz"), STR("a" R "z"), STR("a" R R "z") }, { STR("\xE4\xBD"), STR(R), STR(R R) }, { STR("\xF0\x9F\x98"), STR(R), STR(R R R) },
		{ STR("\xF0\x9F\x98\xF0\x9F\x98\x80"), STR(R "\xF0\x9F\x98\x80"), STR(R R R "\xF0\x9F\x98\x80") }, { STR("\xED\xA0\x80"), STR(R R R), STR(R R R) },
		{ STR("\xC0\xAF"), STR(R R), STR(R R) }, { STR("\xE0\x9F\x80"), STR(R R R), STR(R R R) }, { STR("\xF4\x90\x80\x80"), STR(R R R R), STR(R R R R) },
		{ STR("\xF0\x90\x41"), STR(R "A"), STR(R R "A") }, { STR("\x80\xFF" R), STR(R R R), STR(R R R) },
	};
	struct tok *bytes = open_fixture("family_gpt2"), *pieces = open_fixture("family_llama2");
	struct buf got = BUF_INIT;

	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&got);
		tok_text(bytes, rows[i].bytes, &got);
		CHECK_STR_EQ(buf_str(&got), rows[i].want);
		buf_reset(&got);
		tok_text(pieces, rows[i].bytes, &got);
		CHECK_STR_EQ(buf_str(&got), rows[i].pieces);
	}
#undef R
	buf_release(&got);
	tok_free(bytes);
	tok_free(pieces);
}

static void bad_bytes(void)
{
	struct err err = ERR_INIT;
	struct tok *t = open_fixture("digits");
	struct tok_ids bad = { 0 }, good = { 0 };

	CHECK_EQ(tok_encode(t, &(struct tok_part){ STR("a\xFF\xC3(\xED\xA0\x80z"), false }, 1, &bad, &err), 0);
#define R "\xEF\xBF\xBD"
	CHECK_EQ(tok_encode(t, &(struct tok_part){ STR("a" R R "(" R R R "z"), false }, 1, &good, &err), 0);
#undef R
	CHECK(bad.n == good.n && memcmp(bad.v, good.v, bad.n * sizeof(*bad.v)) == 0);
	CHECK_EQ((int64_t)tok_bytes(t, -1).n, 0);
	CHECK_EQ((int64_t)tok_bytes(t, tok_size(t)).n, 0);
	CHECK(!tok_has(t, tok_size(t)));
	tok_ids_release(&bad);
	tok_ids_release(&good);
	tok_free(t);
}

#define PRE "\"pre_tokenizer\":{\"type\":\"ByteLevel\"}"

static const struct bad {
	const char *json, *says;
} bads[] = {
	{ "", "" },
	{ "[]", "is not a JSON object" },
	{ "{}", "has no model" },
	{ "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}", "" },
	{ "{\"model\":7}", "has no model" },
	{ "{\"model\":{\"type\":\"Unigram\",\"vocab\":[]}}", "only \"BPE\"" },
	{ "{\"model\":{\"vocab\":[1],\"merges\":[]}}", "model.vocab is not an object" },
	{ "{\"model\":{\"vocab\":{},\"merges\":[]}}", "model.vocab is not an object" },
	{ "{\"model\":{\"vocab\":{\"a\":1000000000},\"merges\":[]}}", "token id 1000000000 is not in" },
	{ "{\"model\":{\"vocab\":{\"a\":99999999999999999999999},\"merges\":[]}}", "not a whole number" },
	{ "{\"model\":{\"vocab\":{\"a\":-1},\"merges\":[]}}", "token id -1" },
	{ "{\"model\":{\"vocab\":{\"a\":\"0\"},\"merges\":[]}}", "not a whole number" },
	{ "{\"model\":{\"vocab\":{\"a\":0,\"a\":1},\"merges\":[]}}", "\"a\" twice" },
	{ "{\"model\":{\"vocab\":{\"a\":0,\"b\":0},\"merges\":[]}}", "two tokens have the id 0: \"a\" and \"b\"" },
	{ "{\"model\":{\"vocab\":{\"a\":0}," "\"merges\":{}}}", "model.merges is not a list" },
	{ "{\"model\":{\"vocab\":{\"a\":0}," "\"merges\":[\"a a\"]}}", "number 0 uses or makes \"aa\"" },
	{ "{\"model\":{\"vocab\":{\"a\":0,\"aa\":1}," "\"merges\":[\"a a\",\"aa\"]}}", "number 1 is not a pair" },
	{ "{\"model\":{\"vocab\":{\"a\":0,\"aa\":1}," "\"merges\":[\"a  a\"]}}", "number 0 is not a pair" },
	{ "{\"model\":{\"vocab\":{\"a\":0,\"\":1}," "\"merges\":[[\"\",\"a\"]]}}", "number 0 is not a pair" },
	{ "{\"model\":{\"vocab\":{\"a\":0,\"aa\":1}," "\"merges\":[[\"a\",\"a\",\"a\"]]}}", "number 0 is not a pair" },
	{ "{\"model\":{\"vocab\":{\"a\":0}," "\"merges\":[],\"dropout\":0.1}}", "dropout" },
	{ "{\"model\":{\"vocab\":{\"a\":0}," "\"merges\":[],\"end_of_word_suffix\":\"</w>\"}}", "end_of_word_suffix" },
#define MODEL "\"model\":{\"vocab\":{\"a\":0,\"b\":1},\"merges\":[]}"
	{ "{" MODEL "}", "decoder : without ByteLevel" },
	{ "{" MODEL ",\"pre_tokenizer\":{\"type\":\"Metaspace\"}}", "Metaspace needs a replacement" },
	{ "{" MODEL ",\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"_\",\"prepend_scheme\":\"last\"}}", "none of never, first, always" },
	{ "{" MODEL ",\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"_\",\"add_prefix_space\":false}}", "contradicts" },
	{ "{" MODEL ",\"pre_tokenizer\":{\"type\":\"Whitespace\"}}", "pre_tokenizer \"Whitespace\": not supported" },
	{ "{" MODEL ",\"pre_tokenizer\":{\"type\":\"Digits\"}}", "without ByteLevel" },
	{ "{" MODEL ",\"decoder\":{\"type\":\"Metaspace\",\"replacement\":\"_\"}}", "decoder \"Metaspace\": without ByteLevel" },
#define CHAIN(steps) "{" MODEL ",\"decoder\":{\"type\":\"Sequence\",\"decoders\":[" steps "]}}"
#define STRIP(start, stop) "{\"type\":\"Strip\",\"content\":\" \",\"start\":" start ",\"stop\":" stop "}"
	{ CHAIN(""), "without ByteLevel" },
	{ CHAIN("{\"type\":\"ByteFallback\"}"), "without ByteLevel" },
	{ CHAIN("{\"type\":\"Fuse\"},{\"type\":\"ByteFallback\"}"), "decoder \"ByteFallback\": without" },
	{ CHAIN("{\"type\":\"Fuse\"}," STRIP("1", "0") ",{\"type\":\"Fuse\"}"), "decoder \"Fuse\": without" },
	{ CHAIN(STRIP("1", "0")), "without ByteLevel" },
	{ CHAIN("{\"type\":\"Fuse\"}," STRIP("1", "1")), "Strip of something else" },
	{ CHAIN("{\"type\":\"Fuse\"}," STRIP("-1", "0")), "Strip of something else" },
	{ CHAIN("{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"_\"},\"content\":\" \"},{\"type\":\"Fuse\"}"), "decoder: Replace of something else" },
	{ CHAIN("{\"type\":\"Replace\",\"pattern\":{\"String\":\"\"},\"content\":\" \"},{\"type\":\"Fuse\"}"), "decoder: Replace needs" },
	{ "{" MODEL ",\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"ByteLevel\"},{\"type\":\"Digits\"}]}}", "after ByteLevel" },
	{ "{" MODEL ",\"pre_tokenizer\":{\"type\":\"Split\",\"behavior\":\"Isolated\",\"pattern\":{\"Regex\":\"(a\"}}}", "byte 2:" },
	{ "{" MODEL ",\"pre_tokenizer\":{\"type\":\"Split\",\"behavior\":\"Isolated\",\"pattern\":{\"Regex\":\"(((a{9999}){9999}){9999})\"}}}", "pattern" },
	{ "{" MODEL ",\"pre_tokenizer\":{\"type\":\"Split\",\"behavior\":\"Sideways\",\"pattern\":{\"Regex\":\"a\"}}}", "behavior" },
	{ "{" MODEL ",\"pre_tokenizer\":{\"type\":\"Split\",\"behavior\":\"Isolated\"}}", "no pattern" },
	{ "{" MODEL "," PRE ",\"normalizer\":{\"type\":\"Lowercase\"}}", "normalizer \"Lowercase\": not supported" },
	{ "{" MODEL "," PRE ",\"normalizer\":{\"type\":\"Prepend\"}}", "Prepend needs a text" },
	{ "{" MODEL "," PRE ",\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"a\"},\"content\":\"b\"}}", "normalizer: Replace of something else" },
	{ "{" MODEL "," PRE ",\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFC\"},{\"type\":\"NFC\"},{\"type\":\"NFC\"},"
	  "{\"type\":\"NFC\"},{\"type\":\"NFC\"},{\"type\":\"NFC\"},{\"type\":\"NFC\"},{\"type\":\"NFC\"},{\"type\":\"NFC\"}]}}", "more than 8 steps" },
	{ "{" MODEL "," PRE ",\"decoder\":{\"type\":\"WordPiece\"}}", "needs a ByteLevel decoder" },
	{ "{" MODEL "," PRE ",\"post_processor\":{\"type\":\"BertProcessing\"}}", "not supported" },
	{ "{" MODEL "," PRE ",\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"x\"}}],\"special_tokens\":{\"x\":{\"ids\":[77]}}}}", "none of the vocabulary's" },
	{ "{" MODEL "," PRE ",\"added_tokens\":7}", "added_tokens is not a list" },
	{ "{" MODEL "," PRE ",\"added_tokens\":[7]}", "number 0 has no id" },
	{ "{" MODEL "," PRE ",\"added_tokens\":[{\"id\":1.5,\"content\":\"x\"}]}", "has no id" },
	{ "{" MODEL "," PRE ",\"added_tokens\":[{\"id\":5}]}", "id 5 has no content" },
	{ "{" MODEL "," PRE ",\"added_tokens\":[{\"id\":1,\"content\":\"x\"}]}", "two tokens have the id 1" },
	{ "{" MODEL "," PRE ",\"added_tokens\":[{\"id\":4,\"content\":\"a\"}]}", "in model.vocab it has 0" },
	{ "{" MODEL "," PRE ",\"added_tokens\":[{\"id\":4,\"content\":\"x\"},{\"id\":5,\"content\":\"x\"}]}", "is there twice" },
	{ "{" MODEL "," PRE ",\"added_tokens\":[{\"id\":2147483647,\"content\":\"x\"}]}", "token id 2147483647" },
};

static void bad_files(void)
{
	struct err err = ERR_INIT;
	struct tok *t;

	for (size_t i = 0; i < COUNT(bads); i++) {
		check_in("%s", bads[i].json);
		t = NULL;
		err.msg[0] = 0;
		if (!CHECK(tok_parse(&t, str_of(bads[i].json), "some/tokenizer.json", &err) < 0)) {
			tok_free(t);
			continue;
		}
		CHECK(str_starts(str_of(err.msg), STR("some/tokenizer.json: ")));
		if (!CHECK(strstr(err.msg, bads[i].says) != NULL))
			fprintf(stderr, "    said: %s\n", err.msg);
	}
	check_in("%s", "");
	CHECK(tok_open(&t, "/nonexistent/tokenizer.json", &err) < 0);
	CHECK_STR(str_of(err.msg), "/nonexistent/tokenizer.json: No such file or directory");
	CHECK(tok_open(&t, "/dev/null", &err) < 0);
}

/* Real files with damage of every kind: an error line or a tokenizer that works, in bounded time. */
static void damaged_files(void)
{
	static const char *const names[] = { "added", "runs", "previous", "contiguous", "pieces_added", "pieces_split" };
	struct err err = ERR_INIT;
	struct rng r;
	int opened = 0, refused = 0;

	rng_init(&r, 1, "damage");
	for (int round = 0; round < 1800; round++) {
		struct buf file = fixture(names[round % 6], ".json");
		struct tok_ids ids = { 0 };
		struct tok *t = NULL;
		int changes = rng_range(&r, 1, 3);

		for (int i = 0; i < changes; i++) {
			static const char bits[] = "\"{}[]:,0123456789ae-\\\x00\xFF ";
			/* near an end as often as anywhere: the merges and the vocabulary are most of a file */
			size_t at = rng_below(&r, rng_chance(&r, 50) ? 1500 : (uint32_t)file.n) % file.n;

			if (rng_chance(&r, 70)) {
				file.s[at] = bits[rng_below(&r, sizeof(bits) - 1)];
			} else if (rng_chance(&r, 50)) {
				size_t n = rng_below(&r, 40) % (file.n - at);

				memmove(file.s + at, file.s + at + n, file.n - at - n);
				buf_cut(&file, file.n - n);
			} else {
				buf_cut(&file, at + 1);
			}
		}
		err.msg[0] = 0;
		if (tok_parse(&t, buf_str(&file), "x", &err) < 0) {
			CHECK(str_starts(str_of(err.msg), STR("x: ")));
			refused++;
		} else {
			opened++;
			tok_encode(t, &(struct tok_part){ STR("keep  the <mask> 12 \xE8\xA1\x8C <|im_end|>"), true }, 1, &ids, &err);
			for (size_t i = 0; i < ids.n; i++)
				CHECK(tok_has(t, ids.v[i]));
			tok_free(t);
		}
		tok_ids_release(&ids);
		buf_release(&file);
	}
	CHECK(opened > 50 && refused > 300);
}

/* A vocabulary that lacks a byte goes without it, as in the library; a pattern that explodes is one line when the text needs it. */
static void bad_texts(void)
{
	struct err err = ERR_INIT;
	struct tok_ids ids = { 0 };
	struct tok *t;
	struct buf text = BUF_INIT;

	CHECK_EQ(tok_parse(&t, STR("{" MODEL "," PRE "}"), "x", &err), 0);
	CHECK_EQ(tok_encode(t, &(struct tok_part){ STR("acab"), false }, 1, &ids, &err), 0); /* the blank in front too */
	CHECK(ids.n == 3 && ids.v[0] == 0 && ids.v[1] == 0 && ids.v[2] == 1);
	tok_free(t);
	CHECK_EQ(tok_parse(&t, STR("{" MODEL ",\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"behavior\":"
				   "\"Isolated\",\"pattern\":{\"Regex\":\"(?:a|aa)+[xy]\"}},{\"type\":\"ByteLevel\",\"use_regex\":false,"
				   "\"add_prefix_space\":false}]}}"), "x", &err), 0);
	for (int i = 0; i < 60; i++)
		buf_addc(&text, 'a');
	buf_addc(&text, 'b');
	CHECK(tok_encode(t, &(struct tok_part){ buf_str(&text), false }, 1, &ids, &err) < 0);
	CHECK(strstr(err.msg, "the tokenizer's pattern") != NULL);
	tok_free(t);
	buf_release(&text);
	tok_ids_release(&ids);
}

/* Where nfc_certain says yes, form C must change nothing: each character alone, after a letter and before a mark. */
static void forms(void)
{
	struct err err = ERR_INIT;
	struct buf form = BUF_INIT;
	int certain = 0;
	char text[16];

	CHECK(nfc_certain(STR("plain \xC3\xA9 \xE8\xA1\x8C")));
	CHECK(!nfc_certain(STR("e\xCC\x81")));
	if (nfc(&form, STR("e\xCC\x81"), &err) < 0) {
		CHECK(strstr(err.msg, "libutf8proc") != NULL);
		return;
	}
	CHECK_STR_EQ(buf_str(&form), STR("\xC3\xA9"));
	for (uint32_t c = 0; c < 0x110000; c++) {
		size_t n = 1;

		if (c >= 0xD800 && c < 0xE000)
			continue;
		text[0] = 'e';
		n += utf8_put(text + 1, c);
		if (!nfc_certain((struct str){ text, n }))
			continue;
		n += utf8_put(text + n, c);
		certain++;
		buf_reset(&form);
		if (nfc(&form, (struct str){ text, n }, &err) < 0 || !str_eq(buf_str(&form), (struct str){ text, n }))
			CHECK(!"a character that nfc_certain lets through changes");
	}
	CHECK(certain > 40000);
	buf_release(&form);
}

int main(void)
{
	static const char *const names[] = { "added", "contiguous", "deepseek", "digits", "family_gpt2", "family_llama2", "family_llama3",
					     "family_minimax", "family_mixtral", "family_olmoe", "family_qwen", "family_smollm2", "gaps", "gpt2", "llama3",
					     "next", "o200k", "pieces_added", "pieces_never", "pieces_split", "previous", "qwen", "removed", "runs" };
	static const char *const families[] = { "family_gpt2", "family_llama2", "family_llama3", "family_minimax", "family_mixtral", "family_olmoe",
						"family_qwen", "family_smollm2" };
	struct err err = ERR_INIT;
	struct buf file = fixture("texts", ".json");
	struct json texts;

	CHECK(json_parse(&texts, buf_str(&file), &err));
	for (size_t i = 0; i < COUNT(names); i++)
		against_library(names[i], texts);
	buf_release(&file);
	for (size_t i = 0; i < COUNT(families); i++)
		long_words(families[i]);
	round_trips("family_gpt2", false, false, false);
	round_trips("family_llama3", false, false, false);
	round_trips("family_minimax", false, false, false);
	round_trips("family_olmoe", true, false, false);
	round_trips("family_qwen", true, false, false);
	round_trips("family_smollm2", false, false, false);
	round_trips("family_llama2", false, true, false);
	round_trips("family_mixtral", false, true, true);
	many_marks();
	no_forgery();
	bad_bytes();
	broken_text();
	bad_files();
	damaged_files();
	bad_texts();
	forms();
	return check_done();
}
