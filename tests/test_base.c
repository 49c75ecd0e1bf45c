/* test_base.c - the ground floor: chance, hashes, JSON, text, memory. Golden values here may never change. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fmt.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/rng.h"
#include "base/sixteen.h"
#include "tests/check.h"

#include <limits.h>
#include <math.h>

/* Drawn by a second implementation, in Python, from the papers' text. */
static void test_golden_draws(void)
{
	static const uint64_t first[] = {
		0x1bcc862479bc0c37, 0x8f2ff9cbdf427ac6, 0x59101f7f01263c09,
		0x361b0875dd98729d, 0x04d22db66ef529b8, 0x27cb6ec1d2de9264,
	};
	static const int below[] = { 756, 125, 670, 786, 788, 379 }, range[] = { -4, 2, -4, -2, 0, -4 };
	unsigned char a[10] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	static const unsigned char shuffled[10] = { 0, 6, 7, 8, 3, 1, 2, 9, 5, 4 };
	struct rng r;

	rng_init(&r, 1, "golden");
	for (size_t i = 0; i < COUNT(first); i++)
		CHECK_EQ(rng_u64(&r), first[i]);
	for (size_t i = 0; i < COUNT(below); i++)
		CHECK_EQ(rng_below(&r, 1000), below[i]);
	for (size_t i = 0; i < COUNT(range); i++)
		CHECK_EQ(rng_range(&r, -5, 5), range[i]);
	CHECK_F64(rng_unit(&r), 0.4335316570927128);
	CHECK_F64(rng_unit(&r), 0.69700795107746416);
	rng_shuffle(&r, a, 10, 1);
	CHECK(memcmp(a, shuffled, sizeof(a)) == 0);
	CHECK_EQ(rng_mix(1, 2), 0xbcd9dbb49673066b);
	CHECK_EQ(rng_mix(2, 1), 0xe06dd043328bd285);
	rng_init(&r, 0, "");
	CHECK_EQ(rng_u64(&r), 0xc9739eb90f519665);
	rng_init(&r, UINT64_MAX, "sudoku");
	CHECK_EQ(rng_u64(&r), 0x008b223047d44cde);
}

static void test_draws_are_fair(void)
{
	struct rng r;
	int n[7] = { 0 }, first[4] = { 0 };

	rng_init(&r, 5, "fair");
	for (int i = 0; i < 70000; i++)
		n[rng_below(&r, 7)]++;
	for (int i = 0; i < 7; i++)
		CHECK(n[i] > 9600 && n[i] < 10400); /* four standard deviations of 93 */
	for (int i = 0; i < 40000; i++) {
		int a[4] = { 0, 1, 2, 3 };

		rng_shuffle(&r, a, 4, sizeof(a[0]));
		first[a[0]]++;
		if (a[0] + a[1] + a[2] + a[3] != 6)
			CHECK(!"the shuffle keeps its items");
	}
	for (int i = 0; i < 4; i++)
		CHECK(first[i] > 9650 && first[i] < 10350);
	for (int i = 0; i < 1000; i++) {
		double u = rng_unit(&r);

		if (u < 0.0 || u >= 1.0)
			CHECK(!"a unit draw lies in [0, 1)");
	}
	CHECK_EQ(rng_below(&r, 1), 0);
	CHECK_EQ(rng_range(&r, INT32_MIN, INT32_MIN), INT32_MIN);
	rng_range(&r, INT32_MIN, INT32_MAX); /* the whole range must not overflow */
	CHECK(!rng_chance(&r, 0) && rng_chance(&r, 100));
}

static void test_hash64(void)
{
	static const struct {
		const char *text;
		uint64_t seed, hash;
	} vectors[] = {
		/* from the xxHash repository and the specification's reference */
		{ "", 0, 0xef46db3751d8e999 },
		{ "", 1, 0xd5afba1336a3be4b },
		{ "a", 0, 0xd24ec4f1a98c6e5b },
		{ "abc", 0, 0x44bc2cf5ad770999 },
		{ "Nobody inspects the spammish repetition", 0, 0xfbcea83c8a378bf1 },
	};
	unsigned char all[256];
	char hex[17];

	for (size_t i = 0; i < COUNT(vectors); i++)
		CHECK_EQ(hash64(vectors[i].text, strlen(vectors[i].text), vectors[i].seed), vectors[i].hash);
	for (int i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	CHECK_EQ(hash64(all, 256, 0x9E3779B1), 0xd48195f45908996c);
	hash64_hex(0x00ab, hex);
	CHECK_STR(str_of(hex), "00000000000000ab");
	hash64_hex(0x0123456789abcdef, hex);
	CHECK_STR(str_of(hex), "0123456789abcdef");
}

static void test_sha256(void)
{
	static const struct {
		const char *unit;
		int times;
		const char *hex;
	} vectors[] = {
		/* NIST, FIPS 180-4 examples */
		{ "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
		{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrst"
		  "nopqrstu", 1, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 20000, /* a million a's */
		  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
	};

	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct sha256 s;
		char hex[65];

		sha256_init(&s);
		for (int k = 0; k < vectors[i].times; k++)
			sha256_add(&s, vectors[i].unit, strlen(vectors[i].unit));
		sha256_hex(&s, hex);
		CHECK_STR(str_of(hex), vectors[i].hex);
	}
}

/*
 * JSON
 */

static void test_json_strict(void)
{
	static const char *const good[] = {
		"null", "true", " false ", "0", "-0", "-12", "1.5", "1e9", "1E-9", "1.25e+3", "\"\"", "\"a\\n\\u00e9\"",
		"\"\\ud83d\\ude00\"", "[]", "[ ]", "[1,[2,[3]]]", "{}", "{ \"a\" : 1 , \"b\" : [ ] }", "\t\r\n1\n", "{\"\":{}}",
		"\"\xC3\xA9\"", "\"\x7F\"", "123456789012345678901234567890",
	};
	static const char *const bad[] = {
		"", " ", "nul", "nullx", "True", "+1", "01", "-", "-01", "1.", ".5", "1e", "1e+", "0x10", "NaN", "Infinity",
		"\"", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\u0041\"", "\"a\nb\"", "\"\t\"",
		"'a'", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:2}",
		"{\"a\":1 \"b\":2}", "{]", "[}", "1 2", "{}{}", "// c\n1", "\"\xFF\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"",
		"\"\xF4\x90\x80\x80\"", "[1]x", "\xEF\xBB\xBF\x31",
	};
	char deep[200];
	struct json v;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < COUNT(good); i++) {
		check_in("%s", good[i]);
		CHECK(json_parse(&v, str_of(good[i]), &e));
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		check_in("%s", bad[i]);
		e.msg[0] = 0;
		CHECK(!json_parse(&v, str_of(bad[i]), &e));
		CHECK(str_starts(str_of(e.msg), STR("not JSON: ")));
		CHECK(v.kind == JSON_NONE);
	}
	check_in("%s", "");
	CHECK(!json_parse(&v, (struct str){ "[1\0]", 4 }, &e));
	CHECK(!json_parse(&v, (struct str){ "\"\0\"", 3 }, &e));
	for (int depth = 64; depth <= 65; depth++) {
		memset(deep, '[', (size_t)depth);
		memset(deep + depth, ']', (size_t)depth);
		CHECK_EQ(json_parse(&v, (struct str){ deep, (size_t)depth * 2 }, &e), depth == 64);
	}
	json_parse(&v, STR("[1,\n oops]"), &e);
	CHECK(str_find(str_of(e.msg), STR("byte 6")) >= 0);
}

/* What another's program writes of text that is none. */
static void test_json_mended(void)
{
	static const struct {
		const char *is, *want; /* NULL: as it is */
		bool parsed;
	} cases[] = {
		{ "\"\\ud800\"", "\"\\ufffd\"", true }, { "\"\\uDFFF\"", "\"\\ufffd\"", true }, { "\"\\ud83d\\ude00\"", NULL, true }, { "\"\\ude00\\ud83d\"", "\"\\ufffd\\ufffd\"", true },
		{ "\"\\ud83d\\ud83d\\ude00\"", "\"\\ufffd\\ud83d\\ude00\"", true }, { "\"\\\\ud800\"", NULL, true }, { "\"\\\\\\ud800\"", "\"\\\\\\ufffd\"", true },
		{ "{\"a\\udc00\":[\"\\u0041\\ud800\\n\"]}", "{\"a\\ufffd\":[\"\\u0041\\ufffd\\n\"]}", true }, { "\"\\ud83dx\\ude00\"", "\"\\ufffdx\\ufffd\"", true },
		{ "[\"\\ud800\\ud83d\\ude00\"]", "[\"\\ufffd\\ud83d\\ude00\"]", true },
		{ "\"\\ud800\\", "\"\\ufffd\\", false }, { "\"\\ud800\\u", "\"\\ufffd\\u", false }, { "\"\\ud80", NULL, false }, { "\\", NULL, false }, { "\"\\u\"", NULL, false }, { "\"\xed\xa0\x80\"", NULL, false }, { "", NULL, false },
	};
	struct buf b = BUF_INIT;
	struct json v;
	struct err e;

	for (size_t i = 0; i < COUNT(cases); i++) {
		check_in("%s", cases[i].is);
		buf_reset(&b);
		buf_addz(&b, cases[i].is);
		CHECK_EQ(json_parse(&v, buf_str(&b), &e), cases[i].parsed && !cases[i].want);
		for (int again = 0; again < 2; again++) {
			CHECK_EQ(json_parse_mended(&v, &b, &e), cases[i].parsed);
			CHECK_STR(buf_str(&b), cases[i].want ? cases[i].want : cases[i].is);
		}
	}
	buf_release(&b);
}

/* No cut of a well-formed text may parse, and none may read past its end (the sanitizers watch). */
static void test_json_cut(void)
{
	struct str whole = STR("{\"a\":[1,-2.5e3,\"x\\u00e9\\ud83d\\ude00\xE7\xAD\x94\",true,null],\"b\":{\"c\":{}}}");
	struct err e = ERR_INIT;
	struct json v;

	for (size_t n = 0; n <= whole.n; n++) {
		char *copy = malloc(n ? n : 1);

		memcpy(copy, whole.s, n);
		check_in("the first %zu bytes", n);
		CHECK_EQ(json_parse(&v, (struct str){ copy, n }, &e), n == whole.n);
		free(copy);
	}
	check_in("%s", "");
}

static void test_json_get(void)
{
	struct str text = STR("{\"n\":-9223372036854775808,\"u\":18446744073709551615,\"big\":18446744073709551616,\"f\":0.1,"
			      "\"s\":\"a\\\"\\u4e2d\\ud83d\\ude00\",\"t\":true,\"z\":null,\"l\":[1,\"two\",[3]],\"\\u006b\":\"esc\","
			      "\"dup\":1,\"dup\":2,\"p\":\"plain\"}");
	static const struct str names[] = { { "k", 1 }, { "dup", 3 }, { "none", 4 }, { "p", 1 } };
	struct json row, v, x, all[4];
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	struct str s, key;
	int64_t i;
	uint64_t u;
	double d;
	bool t;
	char room[8];
	size_t n = 0, used;

	CHECK(json_parse(&row, text, &e) && row.kind == JSON_OBJECT);
	CHECK_EQ(json_count(row), 12);
	CHECK(json_get(row, "n", &v) && v.kind == JSON_INT && json_i64(v, &i) && i == INT64_MIN && !json_u64(v, &u));
	CHECK(json_get(row, "u", &v) && json_u64(v, &u) && u == UINT64_MAX && !json_i64(v, &i));
	CHECK(json_get(row, "big", &v) && !json_u64(v, &u) && json_f64(v, &d) && d == 0x1p64);
	CHECK(json_get(row, "f", &v) && v.kind == JSON_FLOAT && json_f64(v, &d) && !json_i64(v, &i));
	CHECK_F64(d, 0.1);
	CHECK(json_get(row, "t", &v) && json_bool(v, &t) && t);
	CHECK(json_get(row, "z", &v) && v.kind == JSON_NULL && !json_bool(v, &t));
	CHECK(json_get(row, "s", &v) && json_str(v, &b) && !json_plain(v, &s));
	CHECK_STR(buf_str(&b), "a\"\xE4\xB8\xAD\xF0\x9F\x98\x80");
	CHECK(json_is(v, "a\"\xE4\xB8\xAD\xF0\x9F\x98\x80") && !json_is(v, "a\"\xE4\xB8\xAD") && !json_is(v, "b"));
	CHECK(!json_text(v, room, sizeof(room), &s)); /* nine bytes */
	CHECK(json_get(row, "p", &v) && json_plain(v, &s) && json_is(v, "plain") && json_text(v, room, 0, &s));
	CHECK_STR(s, "plain");
	CHECK(json_z(v, room, 6) && strcmp(room, "plain") == 0 && !json_z(v, room, 5) && !json_z(v, room, 1));
	CHECK(json_get(row, "k", &v) && json_is(v, "esc"));
	CHECK(json_z(v, room, 4) && strcmp(room, "esc") == 0 && !json_z(v, room, 3));
	CHECK(json_get(row, "dup", &v) && json_i64(v, &i) && i == 1);
	CHECK(!json_get(row, "none", &v) && v.kind == JSON_NONE);
	CHECK(json_get(row, "l", &v));
	for (struct json_iter it = json_iter(v); json_next(&it, &key, &x); n++)
		CHECK(x.kind == (n == 0 ? JSON_INT : n == 1 ? JSON_STRING : JSON_ARRAY) && key.n == 0);
	CHECK_EQ(n, 3);
	CHECK_EQ(json_count(v), 3);
	CHECK(!json_get(v, "n", &x)); /* an array has no members */
	CHECK_EQ(json_get_all(row, names, 4, all), 1); /* "dup" is there twice */
	CHECK(json_is(all[0], "esc") && json_i64(all[1], &i) && i == 1 && all[2].kind == JSON_NONE && json_is(all[3], "plain"));
	CHECK_EQ(json_get_all(v, names, 4, all), 4);
	CHECK(all[0].kind == JSON_NONE && all[3].kind == JSON_NONE);
	CHECK(json_parse_head(&v, STR(" [1,2] and more"), &used) && used == 6 && v.kind == JSON_ARRAY);
	CHECK(!json_parse_head(&v, STR("[1,2"), &used) && used == 0);
	buf_release(&b);
}

static void copy(struct buf *b, struct json v)
{
	struct json x;
	struct str key;
	struct buf name = BUF_INIT;

	if (v.kind == JSON_OBJECT || v.kind == JSON_ARRAY) {
		json_open(b, v.raw.s[0]);
		for (struct json_iter it = json_iter(v); json_next(&it, &key, &x);) {
			if (v.kind == JSON_OBJECT) {
				buf_reset(&name);
				json_str((struct json){ JSON_STRING, key }, &name);
				json_key_str(b, buf_str(&name));
			}
			copy(b, x);
		}
		json_close(b, v.raw.s[v.raw.n - 1]);
	} else if (v.kind == JSON_STRING) {
		json_str(v, &name);
		json_add_str(b, buf_str(&name));
	} else {
		json_add_raw(b, v.raw);
	}
	buf_release(&name);
}

static void test_json_round_trip(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ " { \"a\" : [ 1 , 2.50 , null ] , \"b\" : { } , \"c\":[] } ", "{\"a\":[1,2.50,null],\"b\":{},\"c\":[]}" },
		{ "\"\\u00e9\\/\\b\\f\\n\\r\\t\\\"\\\\\\u0001\\u007f\"", "\"\xC3\xA9/\\u0008\\u000c\\n\\r\\t\\\"\\\\\\u0001\x7F\"" },
		{ "[[[]],{\"\":\"\"},\"\\ud83d\\ude00\"]", "[[[]],{\"\":\"\"},\"\xF0\x9F\x98\x80\"]" },
		{ "[\"ends with a comma,\",\"[\",\"{\",\":\"]", "[\"ends with a comma,\",\"[\",\"{\",\":\"]" },
		{ "[true,false,-0,1e5]", "[true,false,-0,1e5]" },
	};
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT, again = BUF_INIT;
	struct json v;

	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&b);
		buf_reset(&again);
		if (!CHECK(json_parse(&v, str_of(cases[i].in), &e)))
			continue;
		copy(&b, v);
		CHECK_STR(buf_str(&b), cases[i].out);
		CHECK(json_parse(&v, buf_str(&b), &e));
		copy(&again, v);
		CHECK_STR_EQ(buf_str(&again), buf_str(&b));
	}
	buf_release(&b);
	buf_release(&again);
}

/* Strings of what ends, escapes and fills them, in every order and length: each comes back as it was, and so does what stands behind. */
static void test_json_strings(void)
{
	static const char *const bits[] = { "\"", "\\", "\\\\\"", "n", "plain text", "\n", "\x01", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80", "{", "}", ",", "eightby." };
	struct buf text = BUF_INIT, b = BUF_INIT, back = BUF_INIT;
	struct err e = ERR_INIT;
	struct json row, v, x;
	struct rng r;
	int64_t i;

	rng_init(&r, 1, "json");
	for (int k = 0; k < 20000; k++) {
		buf_reset(&text);
		buf_reset(&b);
		buf_reset(&back);
		for (uint32_t n = rng_below(&r, 30); n-- > 0;)
			buf_addz(&text, bits[rng_below(&r, COUNT(bits))]);
		json_open(&b, '{');
		json_key(&b, "list");
		json_open(&b, '[');
		json_add_str(&b, buf_str(&text));
		json_add_i64(&b, k);
		json_close(&b, ']');
		json_key_str(&b, buf_str(&text));
		json_add_i64(&b, -k);
		json_close(&b, '}');
		check_in("%s", buf_z(&b));
		if (!CHECK(json_parse(&row, buf_str(&b), &e) && json_get(row, "list", &v) && json_count(v) == 2))
			break;
		for (struct json_iter it = json_iter(v); json_next(&it, NULL, &x);)
			CHECK(x.kind == JSON_STRING ? json_str(x, &back) && json_is(x, buf_z(&text)) : json_i64(x, &i) && i == k);
		CHECK_STR(buf_str(&back), buf_z(&text));
		CHECK(json_get(row, buf_z(&text), &x) && json_i64(x, &i) && i == -k);
		/* cut anywhere it is none */
		buf_cut(&b, rng_below(&r, (uint32_t)b.n));
		CHECK(!json_parse(&x, buf_str(&b), &e));
	}
	check_in("%s", "");
	for (int c = 0; c < 256; c++)
		for (size_t at = 1; at < 21; at++) {
			char s[] = "\"ordinary text, twenty\"";

			s[at] = (char)c;
			if (c != '\\') /* whose next letter decides */
				CHECK_EQ(json_parse(&v, (struct str){ s, sizeof(s) - 1 }, &e), c >= 0x20 && c < 0x80 && c != '"');
		}
	buf_release(&text);
	buf_release(&b);
	buf_release(&back);
}

static void test_json_write(void)
{
	static const double doubles[] = { 0.0, 1.0, -1.5, 0.1, 1.0 / 3, 1e300, 5e-324, 1e21, 123456789.125, -0.0, 2.2250738585072014e-308 };
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	struct json v;
	double back;

	json_open(&b, '{');
	json_key(&b, "n");
	json_add_i64(&b, INT64_MIN);
	json_key(&b, "u");
	json_add_u64(&b, UINT64_MAX);
	json_key(&b, "f");
	json_add_f64(&b, 1.0);
	json_key(&b, "x");
	json_add_f64(&b, 1.0 / 0.0);
	json_key(&b, "t");
	json_open(&b, '[');
	json_add_bool(&b, true);
	json_add_null(&b);
	json_add_z(&b, "a\xFF" "b");
	json_close(&b, ']');
	json_close(&b, '}');
	CHECK_STR(buf_str(&b), "{\"n\":-9223372036854775808,\"u\":18446744073709551615,\"f\":1.0,\"x\":null,"
			       "\"t\":[true,null,\"a\xEF\xBF\xBD" "b\"]}");
	CHECK(json_parse(&v, buf_str(&b), &e));
	for (size_t i = 0; i < COUNT(doubles); i++) {
		buf_reset(&b);
		json_add_f64(&b, doubles[i]);
		check_in("%.17g as %s", doubles[i], buf_z(&b));
		CHECK(json_parse(&v, buf_str(&b), &e) && v.kind == JSON_FLOAT && json_f64(v, &back));
		CHECK_F64(back, doubles[i]);
	}
	check_in("%s", "");
	buf_release(&b);
}

/* Decimals that are written by a way of their own are as printf has them. */
static void test_json_decimals(void)
{
	struct buf b = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 5, "decimals");
	for (int i = 0; i < 20000; i++) {
		char want[40];
		double v = rng_unit(&rng) / (double)(1ull << rng_below(&rng, 60)), back;

		snprintf(want, sizeof(want), "%.*g", (int)rng_below(&rng, 17) + 1, v);
		if (!str_f64(str_of(want), &v) || v >= 1)
			continue;
		for (int digits = 15; digits <= 17; digits++) {
			snprintf(want, sizeof(want), "%.*g", digits, v);
			if (str_f64(str_of(want), &back) && back == v)
				break;
		}
		buf_reset(&b);
		json_add_f64(&b, v);
		CHECK_STR(buf_str(&b), want);
	}
	buf_release(&b);
}

/* Any short text comes back, wherever in it stands what has to be escaped. */
static void test_json_escapes(void)
{
	static const char *const odd[] = { "\"", "\\", "\n", "\t", "\r", "\x01", "\x1f", "\x7f", "\u00e9", "\u7b54", "\U0001F600" };
	static const char *const told[] = { "\\\"", "\\\\", "\\n", "\\t", "\\r", "\\u0001", "\\u001f", "\x7f", "\u00e9", "\u7b54", "\U0001F600" };
	struct buf b = BUF_INIT, text = BUF_INIT, want = BUF_INIT;

	for (size_t i = 0; i < COUNT(odd); i++)
		for (int before = 0; before < 20; before++)
			for (int after = 0; after < 20; after++) {
				buf_reset(&b);
				buf_reset(&text);
				buf_reset(&want);
				buf_addf(&text, "%.*s%s%.*s", before, "abcdefghijklmnopqrst", odd[i], after, "abcdefghijklmnopqrst");
				buf_addf(&want, "\"%.*s%s%.*s\"", before, "abcdefghijklmnopqrst", told[i], after, "abcdefghijklmnopqrst");
				json_add_str(&b, buf_str(&text));
				CHECK_STR(buf_str(&b), buf_z(&want));
			}
	buf_release(&b);
	buf_release(&text);
	buf_release(&want);
}

/*
 * Text
 */

static void test_str(void)
{
	struct str rest, s;
	int64_t i;
	uint64_t u;
	double d;

	CHECK(str_cmp(STR("a"), STR("b")) < 0 && str_cmp(STR("ab"), STR("a")) > 0 && str_cmp(STR("a"), STR("a")) == 0);
	CHECK(str_ieq(STR("AbC"), STR("aBc")) && !str_ieq(STR("ab"), STR("abc")) && !str_ieq(STR("[" ), STR("{")));
	CHECK(str_starts(STR("abc"), STR("ab")) && !str_starts(STR("a"), STR("ab")) && str_ends(STR("abc"), STR("bc")));
	CHECK_EQ(str_find(STR("banana"), STR("ana")), 1);
	CHECK_EQ(str_rfind(STR("banana"), STR("ana")), 3);
	CHECK_EQ(str_find(STR("banana"), STR("x")), -1);
	CHECK_EQ(str_rfind(STR("banana"), STR("")), 6);
	CHECK_EQ(str_chr(STR("a\0b"), 'b'), 2);
	CHECK_STR(str_trim(STR(" \t\r\n a b \v\f")), "a b");
	CHECK_STR(str_sub(STR("abc"), 1, 99), "bc");
	CHECK_STR(str_sub(STR("abc"), 3, 1), "");

	rest = STR("a,,b");
	CHECK(str_split(&rest, ',', &s) && str_is(s, "a"));
	CHECK(str_split(&rest, ',', &s) && str_is(s, ""));
	CHECK(str_split(&rest, ',', &s) && str_is(s, "b"));
	CHECK(!str_split(&rest, ',', &s));
	rest = STR("");
	CHECK(!str_split(&rest, ',', &s));
	rest = STR("one\r\n\ntwo\n");
	CHECK(str_line(&rest, &s) && str_is(s, "one"));
	CHECK(str_line(&rest, &s) && str_is(s, ""));
	CHECK(str_line(&rest, &s) && str_is(s, "two"));
	CHECK(!str_line(&rest, &s));
	rest = STR("  a  bc ");
	CHECK(str_word(&rest, &s) && str_is(s, "a"));
	CHECK(str_word(&rest, &s) && str_is(s, "bc"));
	CHECK(!str_word(&rest, &s));

	CHECK(str_i64(STR("-9223372036854775808"), &i) && i == INT64_MIN);
	CHECK(str_i64(STR("+7"), &i) && i == 7);
	CHECK(!str_i64(STR("9223372036854775808"), &i) && !str_i64(STR(""), &i) && !str_i64(STR("-"), &i));
	CHECK(!str_i64(STR(" 1"), &i) && !str_i64(STR("1.0"), &i) && !str_i64(STR("--1"), &i));
	CHECK(str_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX && !str_u64(STR("18446744073709551616"), &u));
	CHECK(str_f64(STR("-1.5e-3"), &d) && d == -1.5e-3);
	CHECK(str_f64(STR("0.1"), &d) && d == 0.1);
	CHECK(!str_f64(STR("1e999"), &d) && !str_f64(STR("nan"), &d) && !str_f64(STR("."), &d) && !str_f64(STR("1e"), &d));
	CHECK(str_f64(STR("123456789012345678901234567890"), &d) && d == 123456789012345678901234567890.0);
}

/* Numbers whose digits are more than a double holds: rounded as the C library rounds them, and the same bits on every machine. */
static void test_f64(void)
{
	static const struct { const char *text; double due; } rows[] = {
		{ "9007199254740993", 0x1p53 }, { "9007199254740995", 0x1.0000000000002p53 }, { "9007199254740993.1", 0x1.0000000000001p53 },
		{ "18446744073709551615", 0x1p64 }, { "1e23", 0x1.52d02c7e14af6p76 }, { "9223372036854775807e27", 0x1.9d971e4fe8402p152 },
		{ "-1.7976931348623157e308", -0x1.fffffffffffffp1023 }, { "2.2250738585072014e-308", 0x1p-1022 },
		{ "1e-300", 0x1.56e1fc2f8f359p-997 }, { "6.02214076e250", 0x1.0d28006f4d2f9p833 }, { "1e-399", 0 }, { "-0e500", -0.0 }, { "1e-999", 0 },
	};
	struct rng r;
	char text[64];
	double d = 0;

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_in("%s", rows[i].text);
		CHECK(str_f64(str_of(rows[i].text), &d));
		CHECK_F64(d, rows[i].due);
		CHECK(signbit(d) == signbit(rows[i].due));
	}
	CHECK(!str_f64(STR("1.8e308"), &d) && !str_f64(STR("1e400"), &d) && !str_f64(STR("-1e401"), &d));
	rng_init(&r, 1, "f64");
	for (int i = 0; i < 20000; i++) {
		snprintf(text, sizeof(text), "%.17g", ldexp((double)(rng_u64(&r) >> 11), (int)(rng_u64(&r) % 80) - 80));
		check_in("%s", text);
		CHECK(str_f64(str_of(text), &d));
		CHECK_F64(d, strtod(text, NULL));
	}
	check_in("%s", "");
}

static void test_utf8(void)
{
	static const uint32_t codes[] = { 0, 0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x10FFFF };
	static const char *const bad[] = {
		"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
		"\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE4\xB8", "\xF0\x9F\x98",
	};
	uint32_t cp;

	for (size_t i = 0; i < COUNT(codes); i++) {
		char u[4];
		size_t n = utf8_put(u, codes[i]);

		CHECK_EQ(utf8_next((struct str){ u, n }, &cp), n);
		CHECK_EQ(cp, codes[i]);
		CHECK(utf8_valid((struct str){ u, n }));
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		check_in("bad sequence %zu", i);
		CHECK_EQ(utf8_next(str_of(bad[i]), &cp), 1);
		CHECK_EQ(cp, 0xFFFD);
		CHECK(!utf8_valid(str_of(bad[i])));
	}
	check_in("%s", "");
}

static void test_nearest(void)
{
	static const char *const names[] = { "dyck_language", "game_of_24", "sudoku", "word_sorting", NULL };

	CHECK_STR(str_of(str_nearest(STR("sudku"), names)), "sudoku");
	CHECK_STR(str_of(str_nearest(STR("word_sort"), names)), "word_sorting");
	CHECK(str_nearest(STR("xyzzy"), names) == NULL);
}

/*
 * Memory and errors
 */

static void test_buf(void)
{
	struct buf b = BUF_INIT, small = { .max = 8 };

	CHECK_STR(buf_str(&b), "");
	CHECK(buf_z(&b)[0] == 0);
	for (int i = 0; i < 1000; i++)
		buf_addf(&b, "%d,", i);
	CHECK_EQ(b.n, 10 * 2 + 90 * 3 + 900 * 4);
	CHECK_EQ(strlen(buf_z(&b)), b.n);
	buf_cut(&b, 3);
	buf_addc(&b, 'x');
	buf_addcp(&b, 0x4E2D);
	buf_addi(&b, INT64_MIN);
	CHECK_STR(buf_str(&b), "0,1x\xE4\xB8\xAD-9223372036854775808");
	buf_reset(&b);
	CHECK(b.n == 0 && b.cap > 0 && !b.failed);
	buf_add(&b, (struct str){ "a\0b", 3 });
	CHECK_EQ(b.n, 3);
	buf_release(&b);
	CHECK(b.s == NULL);

	for (int i = 0; i < 20; i++)
		buf_addc(&small, 'a');
	CHECK(small.failed && small.n <= 8);
	buf_reset(&small);
	buf_addf(&small, "%d", 1234567);
	CHECK_STR(buf_str(&small), "1234567");
	buf_addf(&small, "%d", 89);
	CHECK(small.failed);
	CHECK_STR(buf_str(&small), "1234567");
	CHECK_STR(str_of(buf_z(&small)), "1234567");
	buf_reset(&small);
	CHECK(!small.failed);
	buf_release(&small);
	CHECK_EQ(small.max, 8);
}

/* What fmt_vput makes is what snprintf makes, whatever the room; texts with a NULL or a flag are libc's own. */
static void fmt_same(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void fmt_same(const char *fmt, ...)
{
	for (size_t cap = 0; cap < 90; cap++) {
		char ours[96], theirs[96];
		va_list ap;
		size_t n;
		int want;

		memset(ours, '~', sizeof(ours));
		memset(theirs, '~', sizeof(theirs));
		va_start(ap, fmt);
		n = fmt_vput(ours, cap, fmt, ap);
		va_end(ap);
		va_start(ap, fmt);
		want = vsnprintf(theirs, cap, fmt, ap);
		va_end(ap);
		CHECK_EQ(n, (size_t)want);
		CHECK(memcmp(ours, theirs, n < cap ? n + 1 : cap) == 0);
		CHECK(ours[cap] == '~');
	}
}

static void test_fmt(void)
{
	fmt_same("plain words");
	fmt_same("%s", "");
	fmt_same("row %d, column %d: %d is not one of 1 to %u", 3, -4, INT_MIN, UINT_MAX);
	fmt_same("%lld, %lld and %zu", (long long)INT64_MIN, 7ll, SIZE_MAX);
	fmt_same("%.*s|%.*s|%.*s", 3, "abcdef", 9, "ghi", -1, "jkl");
	fmt_same("%c%c%% of %s", 'x', '\n', "\xE4\xB8\xAD");
	fmt_same("%d%02d %5.2f %s %x", 7, 8, 1.5, "then a plain one", 255u);
	fmt_same("%.3s %ld %5d", "abcdef", 12l, 3);
}

static void test_arena(void)
{
	struct arena a = ARENA_INIT;
	char *kept[200];
	unsigned char *z;

	for (int i = 0; i < 200; i++) {
		char text[20];

		snprintf(text, sizeof(text), "text %d", i);
		kept[i] = arena_strdup(&a, str_of(text));
		CHECK(kept[i] && strcmp(kept[i], text) == 0);
		CHECK((uintptr_t)arena_alloc(&a, (size_t)(i * 37)) % 16 == 0);
	}
	CHECK_STR(str_of(kept[7]), "text 7"); /* later blocks do not move earlier ones */
	z = arena_zalloc(&a, 1 << 20, 1);
	CHECK(z && z[0] == 0 && z[(1 << 20) - 1] == 0);
	CHECK(arena_zalloc(&a, SIZE_MAX / 2, 4) == NULL);
	CHECK_STR(arena_str(&a, STR("abc")), "abc");
	arena_reset(&a);
	z = arena_zalloc(&a, 1000, 1);
	CHECK(z && z[999] == 0); /* cleared though it was used before */
	arena_release(&a);
	CHECK(a.head == NULL);
}

static void test_err(void)
{
	struct err e = ERR_INIT;
	char big[2000];

	CHECK_EQ(err_set(&e, "a %s b", "x\ny"), ERR_FAIL);
	CHECK_STR(str_of(e.msg), "a x?y b");
	CHECK_EQ(err_at(&e, "f.yaml:%d: ", 12), ERR_FAIL);
	CHECK_STR(str_of(e.msg), "f.yaml:12: a x?y b");
	memset(big, 'b', sizeof(big) - 1);
	big[sizeof(big) - 1] = 0;
	err_set(&e, "%s", big);
	CHECK(strlen(e.msg) == sizeof(e.msg) - 1);
	err_at(&e, "%s: ", "place");
	CHECK(str_starts(str_of(e.msg), STR("place: ")));
}

/* Eight numbers and eight factors, of either sign, at the ends of what they hold too. */
static void test_pair_sums(void)
{
	struct rng r;

	rng_init(&r, 1, "pairs");
	for (int k = 0; k < 10000; k++) {
		eight_shorts v, factor;
		four_ints sums;

		for (int i = 0; i < 8; i++) {
			v[i] = (short)((int)rng_below(&r, 65536) - 32768);
			factor[i] = (short)(rng_below(&r, 4) ? (int)rng_below(&r, 65535) - 32767 : 32767);
		}
		sums = pair_sums(v, factor);
		for (int i = 0; i < 4; i++)
			CHECK_EQ(sums[i], v[2 * i] * factor[2 * i] + v[2 * i + 1] * factor[2 * i + 1]);
	}
}

int main(void)
{
	test_golden_draws();
	test_draws_are_fair();
	test_hash64();
	test_sha256();
	test_json_strict();
	test_json_mended();
	test_json_cut();
	test_json_get();
	test_json_round_trip();
	test_json_strings();
	test_pair_sums();
	test_json_write();
	test_json_decimals();
	test_json_escapes();
	test_str();
	test_f64();
	test_utf8();
	test_nearest();
	test_buf();
	test_fmt();
	test_arena();
	test_err();
	return check_done();
}
