/* tok.c - reading tokenizer.json; see tok.h. What runs it is in tok_encode.c. */
#include "engine/tok_impl.h"

#include "base/hash.h"
#include "base/json.h"
#include "engine/safetensors.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	FILE_MAX = 1 << 28,        /* bytes; the largest real files have some 30 MB */
	ADDED_MAX = 1 << 16,       /* added tokens */
	ADDED_BYTES_MAX = 1 << 22, /* of all their names: bounds the tries to 100 MB */
	PATTERN_MAX = 1 << 16,     /* bytes of one regular expression */
};

/* ByteLevel's own words, when its use_regex is set: GPT-2's. */
static const char gpt2_words[] = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/*
 * The alphabet: bytes that print in Latin-1 are themselves, the 68 others in their order are U+0100, U+0101, ...
 */
uint32_t alphabet_of(unsigned char b)
{
	if (b <= 0x20)
		return 0x100u + b;
	if (b >= 0x7F && b <= 0xA0)
		return 0x121u + (b - 0x7Fu);
	return b == 0xAD ? 0x143 : b;
}

int alphabet_byte(uint32_t cp)
{
	if (cp >= 0x100 && cp <= 0x143)
		return cp <= 0x120 ? (int)cp - 0x100 : cp <= 0x142 ? (int)cp - 0x121 + 0x7F : 0xAD;
	return cp < 0x100 && alphabet_of((unsigned char)cp) == cp ? (int)cp : -1;
}

static size_t pow2_above(size_t n)
{
	size_t cap = 16;

	while (cap < n)
		cap *= 2;
	return cap;
}

int32_t vocab_find(const struct tok *t, struct str name)
{
	for (size_t i = hash64(name.s, name.n, 0) & (t->vocab_cap - 1);; i = (i + 1) & (t->vocab_cap - 1))
		if (t->vocab[i] < 0 || str_eq(token_name(t, t->vocab[i]), name))
			return t->vocab[i];
}

static size_t pair_slot(const struct tok *t, int32_t left, int32_t right)
{
	uint64_t h = ((uint64_t)(uint32_t)left << 32 | (uint32_t)right) * 0x9E3779B97F4A7C15u;
	size_t i = (size_t)(h ^ h >> 32) & (t->pair_cap - 1);

	while (t->pair[i].left >= 0 && (t->pair[i].left != left || t->pair[i].right != right))
		i = (i + 1) & (t->pair_cap - 1);
	return i;
}

const struct pair *pair_find(const struct tok *t, int32_t left, int32_t right)
{
	const struct pair *p = &t->pair[pair_slot(t, left, right)];

	return p->left < 0 ? NULL : p;
}

static size_t trie_slot(const struct trie *t, uint32_t node, unsigned char byte)
{
	uint64_t h = ((uint64_t)node << 8 | byte) * 0x9E3779B97F4A7C15u;
	size_t i = (size_t)(h ^ h >> 32) & (t->cap - 1);

	while (t->slot[i].node && (t->slot[i].parent != node || t->slot[i].byte != byte))
		i = (i + 1) & (t->cap - 1);
	return i;
}

uint32_t trie_step(const struct trie *t, uint32_t node, unsigned char byte)
{
	return t->slot[trie_slot(t, node, byte)].node;
}

/* Below, `l` is one loading: what is being filled and where to complain. */
struct load {
	struct tok *t;
	struct buf scratch; /* the text that text() gave last */
	struct err *err;
};

static int no_memory(struct load *l)
{
	return err_set(l->err, "out of memory");
}

/* The text of a JSON string; valid until the next call. */
static bool text(struct load *l, struct json v, struct str *ret)
{
	if (v.kind != JSON_STRING)
		return false;
	if (json_plain(v, ret))
		return true;
	buf_reset(&l->scratch);
	if (!json_str(v, &l->scratch) || l->scratch.failed)
		return false;
	*ret = buf_str(&l->scratch);
	return true;
}

/* For messages: how much of a name to show, in bytes, ending between two characters. */
static int shown(struct str s)
{
	int n = 60;

	if (s.n <= 60)
		return (int)s.n;
	while (n > 0 && ((unsigned char)s.s[n] & 0xC0) == 0x80)
		n--;
	return n;
}

/* Several members in one pass: these objects are most of a file of many megabytes. */
static void members(struct json obj, const char *const *names, struct json *ret, int n)
{
	struct json v;
	struct str key;

	memset(ret, 0, (size_t)n * sizeof(*ret));
	for (struct json_iter it = json_iter(obj); json_next(&it, &key, &v);)
		for (int i = 0; i < n && obj.kind == JSON_OBJECT; i++)
			if (ret[i].kind == JSON_NONE && json_key_is(key, names[i]))
				ret[i] = v;
}

static bool is_set(struct json obj, const char *name, bool unless)
{
	struct json v;
	bool set;

	return json_get(obj, name, &v) && json_bool(v, &set) ? set : unless;
}

/* Make room for the token of this id. */
static int token_room(struct load *l, int64_t id, size_t *cap)
{
	struct tok *t = l->t;
	struct token *more;
	size_t want;

	if (id < 0 || id >= TOK_ID_MAX)
		return err_set(l->err, "token id %lld is not in 0 .. %d", (long long)id, TOK_ID_MAX - 1);
	if ((size_t)id >= *cap) {
		want = pow2_above((size_t)id + 1);
		more = calloc(want, sizeof(*more));
		if (!more)
			return no_memory(l);
		if (t->size)
			memcpy(more, t->token, (size_t)t->size * sizeof(*more));
		free(t->token);
		t->token = more;
		*cap = want;
	}
	if (id >= t->size)
		t->size = (int)id + 1;
	return 0;
}

static int token_name_set(struct load *l, int32_t id, struct str name)
{
	struct token *k = &l->t->token[id];

	if (k->used)
		return err_set(l->err, "two tokens have the id %d: \"%.*s\" and \"%.*s\"", id, shown(token_name(l->t, id)),
			       token_name(l->t, id).s, shown(name), name.s);
	k->used = true;
	k->name = (uint32_t)l->t->pool.n;
	k->name_len = (uint32_t)name.n;
	buf_add(&l->t->pool, name);
	return l->t->pool.failed ? no_memory(l) : 0;
}

static int vocab_read(struct load *l, struct json vocab, size_t *cap)
{
	struct tok *t = l->t;
	struct json v;
	struct str key, name;
	size_t count = json_count(vocab);
	int64_t id;

	if (vocab.kind != JSON_OBJECT || count == 0)
		return err_set(l->err, "model.vocab is not an object with tokens");
	t->vocab_cap = pow2_above(2 * count);
	t->vocab = malloc(t->vocab_cap * sizeof(*t->vocab));
	if (!t->vocab)
		return no_memory(l);
	memset(t->vocab, 0xFF, t->vocab_cap * sizeof(*t->vocab));
	for (struct json_iter it = json_iter(vocab); json_next(&it, &key, &v);) {
		size_t i;

		if (!text(l, (struct json){ JSON_STRING, key }, &name))
			return no_memory(l);
		if (v.kind != JSON_INT || !json_i64(v, &id))
			return err_set(l->err, "model.vocab: the id of \"%.*s\" is not a whole number", shown(name), name.s);
		if (token_room(l, id, cap) < 0)
			return ERR_FAIL;
		i = hash64(name.s, name.n, 0) & (t->vocab_cap - 1);
		for (; t->vocab[i] >= 0; i = (i + 1) & (t->vocab_cap - 1))
			if (str_eq(token_name(t, t->vocab[i]), name))
				return err_set(l->err, "model.vocab names \"%.*s\" twice", shown(name), name.s);
		if (token_name_set(l, (int32_t)id, name) < 0)
			return ERR_FAIL;
		t->vocab[i] = (int32_t)id;
	}
	return 0;
}

/* One merge: "left right" or ["left", "right"], its halves added to `both` as one word; *cut is where left ends. */
static bool merge_halves(struct json m, struct buf *both, size_t *cut)
{
	struct json v;
	ptrdiff_t blank;
	int parts = 0;

	buf_reset(both);
	if (m.kind == JSON_STRING) {
		if (!json_str(m, both))
			return false;
		blank = str_chr(buf_str(both), ' ');
		if (blank <= 0 || (size_t)blank + 1 == both->n || str_rfind(buf_str(both), STR(" ")) != blank)
			return false;
		*cut = (size_t)blank;
		memmove(both->s + blank, both->s + blank + 1, both->n - (size_t)blank - 1);
		buf_cut(both, both->n - 1);
		return true;
	}
	if (m.kind != JSON_ARRAY)
		return false;
	for (struct json_iter it = json_iter(m); json_next(&it, NULL, &v); parts++) {
		if (parts == 2 || !json_str(v, both) || (parts == 1 && both->n == *cut))
			return false;
		if (parts == 0)
			*cut = both->n;
	}
	return parts == 2 && *cut > 0;
}

static int merges_read(struct load *l, struct json merges)
{
	struct tok *t = l->t;
	struct json v;
	uint32_t rank = 0;

	if (merges.kind != JSON_ARRAY)
		return err_set(l->err, "model.merges is not a list");
	t->pair_cap = pow2_above(2 * json_count(merges));
	t->pair = malloc(t->pair_cap * sizeof(*t->pair));
	if (!t->pair)
		return no_memory(l);
	for (size_t i = 0; i < t->pair_cap; i++)
		t->pair[i].left = -1;
	for (struct json_iter it = json_iter(merges); json_next(&it, NULL, &v);) {
		struct str whole, plain;
		struct pair p;
		size_t cut = 0;

		if (json_plain(v, &plain) && str_starts(plain, STR("#version")))
			continue;
		if (!merge_halves(v, &l->scratch, &cut))
			return l->scratch.failed ? no_memory(l) : err_set(l->err, "model.merges: number %u is not a pair of tokens", rank);
		whole = buf_str(&l->scratch);
		p.left = vocab_find(t, str_sub(whole, 0, cut));
		p.right = vocab_find(t, str_from(whole, cut));
		p.id = vocab_find(t, whole);
		p.rank = rank++;
		if (p.left < 0 || p.right < 0 || p.id < 0)
			return err_set(l->err, "model.merges: number %u uses or makes \"%.*s\", which model.vocab does not have in full",
				       p.rank, shown(whole), whole.s);
		t->pair[pair_slot(t, p.left, p.right)] = p; /* of two equal pairs the later counts */
	}
	return 0;
}

static int model_read(struct load *l, struct json model, size_t *cap)
{
	enum { TYPE, VOCAB, MERGES, IGNORE, DROPOUT, PREFIX, SUFFIX, FALLBACK, UNKNOWN, FUSE, MEMBERS };
	static const char *const names[] = { "type", "vocab", "merges", "ignore_merges", "dropout", "continuing_subword_prefix",
					     "end_of_word_suffix", "byte_fallback", "unk_token", "fuse_unk" };
	struct json m[MEMBERS];
	struct str name;
	double dropout;

	if (model.kind != JSON_OBJECT)
		return err_set(l->err, "has no model");
	members(model, names, m, MEMBERS);
	if (m[TYPE].kind > JSON_NULL && !json_is(m[TYPE], "BPE"))
		return err_set(l->err, "the model's type is %.*s; only \"BPE\" is supported", shown(m[TYPE].raw), m[TYPE].raw.s);
	if (m[DROPOUT].kind > JSON_NULL && !(json_f64(m[DROPOUT], &dropout) && dropout == 0))
		return err_set(l->err, "model.dropout: not supported");
	for (int i = PREFIX; i <= SUFFIX; i++)
		if (m[i].kind > JSON_NULL && !json_is(m[i], ""))
			return err_set(l->err, "model.%s: not supported", names[i]);
	l->t->ignore_merges = m[IGNORE].kind == JSON_TRUE;
	l->t->byte_fallback = m[FALLBACK].kind == JSON_TRUE;
	l->t->fuse_unknown = m[FUSE].kind == JSON_TRUE;
	if (vocab_read(l, m[VOCAB], cap) < 0)
		return ERR_FAIL;
	l->t->unknown = text(l, m[UNKNOWN], &name) ? vocab_find(l->t, name) : -1;
	return merges_read(l, m[MERGES]);
}

/* Keep a text in the pool. */
static int pool_add(struct load *l, struct str s, uint32_t *at, uint32_t *n)
{
	*at = (uint32_t)l->t->pool.n;
	*n = (uint32_t)s.n;
	buf_add(&l->t->pool, s);
	return l->t->pool.failed ? no_memory(l) : 0;
}

/* The text by which an added token is found: as the normaliser makes it where it is one of the normalised ones. */
static int added_form(struct load *l, struct added *a)
{
	struct tok *t = l->t;
	struct str name = token_name(t, a->id);
	struct form_room room = { 0 };
	const char *mask = name.s; /* nobody looks at it */
	int rc = 0;

	a->form = t->token[a->id].name;
	a->form_len = t->token[a->id].name_len;
	if (a->normalized)
		rc = tok_form(t, &room, &name, &mask, l->err);
	if (rc == 0 && !str_eq(name, token_name(t, a->id)))
		rc = pool_add(l, name, &a->form, &a->form_len);
	form_room_release(&room);
	return rc;
}

static int added_read(struct load *l, struct json list, size_t *cap)
{
	struct tok *t = l->t;
	struct json e, v;
	struct str name;
	size_t bytes = 0;
	int64_t id;

	if (list.kind == JSON_NONE || list.kind == JSON_NULL)
		return 0;
	if (list.kind != JSON_ARRAY || json_count(list) > ADDED_MAX)
		return err_set(l->err, "added_tokens is not a list of at most %d", ADDED_MAX);
	t->added = calloc(json_count(list) + 1, sizeof(*t->added));
	if (!t->added)
		return no_memory(l);
	for (struct json_iter it = json_iter(list); json_next(&it, NULL, &e);) {
		int32_t known;

		if (!json_get(e, "id", &v) || v.kind != JSON_INT || !json_i64(v, &id))
			return err_set(l->err, "added_tokens: number %zu has no id", t->nadded);
		if (!json_get(e, "content", &v) || !text(l, v, &name))
			return err_set(l->err, "added_tokens: id %lld has no content", (long long)id);
		if (name.n == 0)
			continue;
		bytes += name.n;
		if (name.n > TOK_ADDED_LEN || bytes > ADDED_BYTES_MAX)
			return err_set(l->err, "added_tokens: id %lld: the names are too long", (long long)id);
		if (token_room(l, id, cap) < 0)
			return ERR_FAIL;
		known = vocab_find(t, name);
		if (known >= 0 && known != id)
			return err_set(l->err, "added_tokens: \"%.*s\" has the id %lld, in model.vocab it has %d", shown(name), name.s,
				       (long long)id, known);
		if (known < 0 && token_name_set(l, (int32_t)id, name) < 0)
			return ERR_FAIL;
		t->token[id].special = is_set(e, "special", false);
		t->added[t->nadded] = (struct added){
			.id = (int32_t)id,
			.special = t->token[id].special,
			.single_word = is_set(e, "single_word", false),
			.lstrip = is_set(e, "lstrip", false),
			.rstrip = is_set(e, "rstrip", false),
			.normalized = is_set(e, "normalized", true),
		};
		if (added_form(l, &t->added[t->nadded++]) < 0)
			return ERR_FAIL;
	}
	return 0;
}

static struct str added_form_of(const struct tok *t, const struct added *a)
{
	return pool_str(t, a->form, a->form_len);
}

/* The added tokens that are (not) normalised, as a tree of their bytes. */
static int trie_build(struct load *l, struct trie *trie, bool normalized)
{
	struct tok *t = l->t;
	size_t bytes = 0;

	for (size_t i = 0; i < t->nadded; i++)
		if (t->added[i].normalized == normalized)
			bytes += t->added[i].form_len;
	if (bytes == 0)
		return 0;
	trie->cap = pow2_above(2 * bytes);
	trie->slot = calloc(trie->cap, sizeof(*trie->slot));
	trie->at = malloc((bytes + 1) * sizeof(*trie->at));
	if (!trie->slot || !trie->at)
		return no_memory(l);
	memset(trie->at, 0xFF, (bytes + 1) * sizeof(*trie->at));
	trie->nodes = 1;
	for (size_t i = 0; i < t->nadded; i++) {
		struct str name = added_form_of(t, &t->added[i]);
		uint32_t node = 0;

		if (t->added[i].normalized != normalized)
			continue;
		trie->first[(unsigned char)name.s[0]] = 1;
		for (size_t k = 0; k < name.n; k++) {
			struct trie_slot *s = &trie->slot[trie_slot(trie, node, (unsigned char)name.s[k])];

			if (!s->node)
				*s = (struct trie_slot){ node, trie->nodes++, (unsigned char)name.s[k] };
			node = s->node;
		}
		if (trie->at[node] >= 0 && t->added[trie->at[node]].id != t->added[i].id)
			return err_set(l->err, "added_tokens: \"%.*s\" is there twice", shown(name), name.s);
		trie->at[node] = (int32_t)i;
	}
	return 0;
}

/* A name read back through the alphabet, or as it is where a letter is none of it. */
static void spelt_back(struct buf *out, struct str name)
{
	for (size_t i = 0; i < name.n;) {
		uint32_t cp;
		int b;

		i += utf8_next(str_from(name, i), &cp);
		b = alphabet_byte(cp);
		if (b < 0) {
			buf_reset(out);
			buf_add(out, name);
			return;
		}
		buf_addc(out, (char)b);
	}
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that a name like <0x0A> stands for, -1: none. */
static int byte_named(struct str s)
{
	int high, low;

	if (s.n != 6 || !str_starts(s, STR("<0x")) || s.s[5] != '>')
		return -1;
	high = hex_digit(s.s[3]);
	low = hex_digit(s.s[4]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* A name with its blanks, or the byte that it names. */
static void shown_back(const struct tok *t, struct buf *out, struct str name)
{
	int byte;

	if (t->shown.what_len)
		form_replace(out, NULL, name, NULL, pool_str(t, t->shown.what, t->shown.what_len), pool_str(t, t->shown.with, t->shown.with_len));
	else
		buf_add(out, name);
	byte = t->byte_names ? byte_named(buf_str(out)) : -1;
	if (byte >= 0) {
		buf_reset(out);
		buf_addc(out, (char)byte);
	}
}

/* What a token stands for. */
static bool text_set(struct load *l, int32_t id, struct str name)
{
	struct tok *t = l->t;
	struct token *k = &t->token[id];

	buf_reset(&l->scratch);
	if (t->byte_level)
		spelt_back(&l->scratch, name);
	else
		shown_back(t, &l->scratch, name);
	k->text = k->name;
	k->text_len = k->name_len;
	if (l->scratch.failed)
		return false;
	return str_eq(buf_str(&l->scratch), token_name(t, id)) || pool_add(l, buf_str(&l->scratch), &k->text, &k->text_len) == 0;
}

static int texts_read(struct load *l)
{
	struct tok *t = l->t;
	char letter[8];

	for (int32_t id = 0; id < t->size; id++)
		if (t->token[id].used && !text_set(l, id, token_name(t, id)))
			return no_memory(l);
	for (size_t i = 0; i < t->nadded; i++)
		if (t->added[i].form != t->token[t->added[i].id].name && !text_set(l, t->added[i].id, added_form_of(t, &t->added[i])))
			return no_memory(l);
	for (int b = 0; b < 256; b++) {
		size_t n = t->byte_level ? utf8_put(letter, alphabet_of((unsigned char)b)) : 6;

		if (!t->byte_level)
			snprintf(letter, sizeof(letter), "<0x%02X>", (unsigned)b);
		t->byte[b] = vocab_find(t, (struct str){ letter, n });
	}
	return 0;
}

/* A step {"pattern": {"String": what}, "content": with}. */
static int replace_read(struct load *l, struct json n, const char *where, struct form *f)
{
	struct json pattern, what, with;
	struct str s;

	f->how = FORM_REPLACE;
	json_get(n, "pattern", &pattern);
	json_get(n, "content", &with);
	if (!json_get(pattern, "String", &what))
		return err_set(l->err, "%s: Replace of something else than a String is not supported", where);
	if (!text(l, what, &s) || s.n == 0 || s.n > 64 || pool_add(l, s, &f->what, &f->what_len) < 0 || !text(l, with, &s) || s.n > 64)
		return err_set(l->err, "%s: Replace needs a String of 1 to 64 bytes and its content", where);
	return pool_add(l, s, &f->with, &f->with_len);
}

/* One normaliser or a Sequence of them. */
static int normalizer_read(struct load *l, struct json n, bool nested)
{
	struct tok *t = l->t;
	struct form f = { 0 };
	struct json type, v;
	struct str s;

	if (n.kind == JSON_NONE || n.kind == JSON_NULL)
		return 0;
	json_get(n, "type", &type);
	if (json_is(type, "Sequence") && !nested && json_get(n, "normalizers", &v) && v.kind == JSON_ARRAY) {
		for (struct json_iter it = json_iter(v); json_next(&it, NULL, &n);)
			if (normalizer_read(l, n, true) < 0)
				return ERR_FAIL;
		return 0;
	}
	if (t->forms == TOK_FORMS)
		return err_set(l->err, "normalizer: more than %d steps", TOK_FORMS);
	if (json_is(type, "Prepend")) {
		f.how = FORM_PREPEND;
		if (!json_get(n, "prepend", &v) || !text(l, v, &s) || s.n > 64)
			return err_set(l->err, "normalizer: Prepend needs a text of at most 64 bytes");
		if (pool_add(l, s, &f.with, &f.with_len) < 0)
			return ERR_FAIL;
	} else if (json_is(type, "Replace")) {
		if (replace_read(l, n, "normalizer", &f) < 0)
			return ERR_FAIL;
	} else if (!json_is(type, "NFC")) {
		return err_set(l->err, "normalizer %.*s: not supported (NFC, Prepend and Replace are)", shown(type.raw), type.raw.s);
	}
	t->form[t->forms++] = f;
	return 0;
}

static int step_add(struct load *l, struct split s, struct str pattern, uint32_t options)
{
	struct tok *t = l->t;
	PCRE2_SIZE where;
	int code;
	PCRE2_UCHAR why[120];

	if (t->steps == TOK_STEPS)
		return err_set(l->err, "pre_tokenizer: more than %d steps", TOK_STEPS);
	if (pattern.n > PATTERN_MAX)
		return err_set(l->err, "pre_tokenizer: a pattern of %zu bytes", pattern.n);
	if (pattern.n) {
		s.re = pcre2_compile((PCRE2_SPTR)pattern.s, pattern.n, options | PCRE2_UTF, &code, &where, NULL);
		if (!s.re) {
			pcre2_get_error_message(code, why, sizeof(why));
			return err_set(l->err, "pre_tokenizer: pattern \"%.*s\", byte %zu: %s", shown(pattern), pattern.s, (size_t)where,
				       (const char *)why);
		}
		/* Where there is no JIT the interpreter matches the same, five times slower. */
		pcre2_jit_compile(s.re, PCRE2_JIT_COMPLETE);
	}
	t->step[t->steps++] = s;
	return 0;
}

/* Oniguruma's Ruby syntax, in which these files are written: ^ and $ match at every line; \s, \p and (?i) know Unicode. */
enum { RE_OPTIONS = PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C };

static int split_read(struct load *l, struct json p)
{
	static const char *const hows[] = { "Isolated", "Removed", "Contiguous", "MergedWithPrevious", "MergedWithNext" };
	struct split s = { .invert = is_set(p, "invert", false) };
	struct json v, how;
	struct str pattern;
	uint32_t options = RE_OPTIONS;

	if (json_get(p, "behavior", &how))
		while ((size_t)s.how < COUNT(hows) && !json_is(how, hows[s.how]))
			s.how++;
	if (how.kind == JSON_NONE || (size_t)s.how == COUNT(hows))
		return err_set(l->err, "pre_tokenizer: Split has no known behavior");
	json_get(p, "pattern", &v);
	if (!json_get(v, "Regex", &how) && json_get(v, "String", &how))
		options = PCRE2_LITERAL;
	if (!text(l, how, &pattern) || pattern.n == 0)
		return err_set(l->err, "pre_tokenizer: Split has no pattern");
	return step_add(l, s, pattern, options);
}

/* Llama 2's blanks: a sign for each space, and one before the text. */
static int metaspace_read(struct load *l, struct json p)
{
	static const char *const schemes[] = { "never", "first", "always" };
	struct split s = { .prefix = PREFIX_ALWAYS, .how = SPLIT_NEXT };
	struct json v;
	struct str sign;

	if (json_get(p, "prepend_scheme", &v)) {
		int k = 0;

		while (k < 3 && !json_is(v, schemes[k]))
			k++;
		if (k == 3)
			return err_set(l->err, "pre_tokenizer: Metaspace's prepend_scheme %.*s is none of never, first, always", shown(v.raw), v.raw.s);
		s.prefix = (unsigned)k;
	}
	if (!is_set(p, "add_prefix_space", true) && s.prefix != PREFIX_NEVER)
		return err_set(l->err, "pre_tokenizer: Metaspace's add_prefix_space contradicts its prepend_scheme");
	if (!json_get(p, "replacement", &v) || !text(l, v, &sign) || sign.n == 0 || sign.n > 4 || pool_add(l, sign, &s.blank, &s.blank_len) < 0)
		return err_set(l->err, "pre_tokenizer: Metaspace needs a replacement of one character");
	sign = is_set(p, "split", true) ? sign : STR("");
	return step_add(l, s, sign, PCRE2_LITERAL);
}

/* One pre-tokenizer or a Sequence of them. ByteLevel, where it is there, must be the last. */
static int pretokenizer_read(struct load *l, struct json p, bool nested)
{
	struct json type, v;

	if (p.kind == JSON_NONE || p.kind == JSON_NULL)
		return 0;
	if (l->t->byte_level)
		return err_set(l->err, "pre_tokenizer: a step after ByteLevel is not supported");
	json_get(p, "type", &type);
	if (json_is(type, "Sequence") && !nested) {
		if (!json_get(p, "pretokenizers", &v) || v.kind != JSON_ARRAY)
			return err_set(l->err, "pre_tokenizer: Sequence has no list");
		for (struct json_iter it = json_iter(v); json_next(&it, NULL, &p);)
			if (pretokenizer_read(l, p, true) < 0)
				return ERR_FAIL;
		return 0;
	}
	if (json_is(type, "Split"))
		return split_read(l, p);
	if (json_is(type, "Metaspace"))
		return metaspace_read(l, p);
	if (json_is(type, "Digits")) {
		bool each = is_set(p, "individual_digits", false);

		return step_add(l, (struct split){ .how = each ? SPLIT_ISOLATED : SPLIT_CONTIGUOUS }, STR("\\p{N}"), RE_OPTIONS);
	}
	if (json_is(type, "ByteLevel")) {
		struct split s = { .prefix = is_set(p, "add_prefix_space", true) ? PREFIX_ALWAYS : PREFIX_NEVER };
		bool regex = is_set(p, "use_regex", true);

		l->t->byte_level = true;
		if (!regex && s.prefix == PREFIX_NEVER)
			return 0;
		return step_add(l, s, regex ? STR(gpt2_words) : STR(""), RE_OPTIONS);
	}
	return err_set(l->err, "pre_tokenizer %.*s: not supported", shown(type.raw), type.raw.s);
}

/* One step of the decoder; their order is known to be right. */
static int decoder_step(struct load *l, struct json d, struct json type)
{
	struct tok *t = l->t;
	struct json v;
	int64_t stop = 0, start = 0;

	if (json_is(type, "Replace"))
		return replace_read(l, d, "decoder", &t->shown);
	if (json_is(type, "ByteFallback"))
		t->byte_names = true;
	if (json_is(type, "Strip")) {
		if (!json_get(d, "content", &v) || !json_is(v, " ") || !json_get(d, "start", &v) || !json_i64(v, &start) || start < 0 || start > 64 ||
		    !json_get(d, "stop", &v) || !json_i64(v, &stop) || stop != 0)
			return err_set(l->err, "decoder: Strip of something else than blanks at the start is not supported");
		t->strip = (int)start;
	}
	return 0;
}

/*
 * ByteLevel, alone, where the pre-tokenizer says so too. Else some of Replace, ByteFallback, Fuse and Strip, each once and in this order, as
 * all files of that kind have them: in another order they would mean something else.
 */
static int decoder_read(struct load *l, struct json d)
{
	static const char *const steps[] = { "Replace", "ByteFallback", "Fuse", "Strip" };
	struct json type, v;
	bool known = false, fused = false;
	size_t count = 1;
	int k = 0;

	if (l->t->byte_level && (d.kind == JSON_NONE || d.kind == JSON_NULL))
		return 0;
	json_get(d, "type", &type);
	if (json_is(type, "Sequence") && json_get(d, "decoders", &v) && v.kind == JSON_ARRAY)
		count = json_count(v);
	else
		v = (struct json){ JSON_NONE, STR("") };
	if (l->t->byte_level) {
		struct json_iter it = json_iter(v);

		if (count == 1 && (v.kind == JSON_NONE || (json_next(&it, NULL, &d) && json_get(d, "type", &type))) && json_is(type, "ByteLevel"))
			return 0;
		return err_set(l->err, "decoder %.*s: a ByteLevel pre_tokenizer needs a ByteLevel decoder", shown(type.raw), type.raw.s);
	}
	for (struct json_iter it = json_iter(v); json_next(&it, NULL, &d); k++) {
		json_get(d, "type", &type);
		while (k < 4 && !json_is(type, steps[k]))
			k++;
		known = k < 4;
		if (!known)
			break;
		if (decoder_step(l, d, type) < 0)
			return ERR_FAIL;
		fused = fused || k == 2;
	}
	if (!known || !fused)
		return err_set(l->err, "decoder %.*s: without ByteLevel, a Sequence of Replace, ByteFallback, Fuse and Strip is supported",
			       shown(type.raw), type.raw.s);
	return 0;
}

/* TemplateProcessing: keep the ids of the special tokens that stand before the text. */
static int template_read(struct load *l, struct json p)
{
	struct json single, specials, e, v, ids;
	struct str name;

	json_get(p, "single", &single);
	json_get(p, "special_tokens", &specials);
	for (struct json_iter it = json_iter(single); json_next(&it, NULL, &e);) {
		if (json_get(e, "Sequence", &v))
			return 0;
		if (!json_get(e, "SpecialToken", &v) || !json_get(v, "id", &v) || !text(l, v, &name))
			break;
		ids.kind = JSON_NONE;
		for (struct json_iter k = json_iter(specials); json_next(&k, &name, &e);)
			if (str_eq(name, v.raw))
				json_get(e, "ids", &ids);
		if (ids.kind != JSON_ARRAY)
			break;
		for (struct json_iter k = json_iter(ids); json_next(&k, NULL, &e);) {
			int64_t id;

			if (!json_i64(e, &id) || id < 0 || id >= l->t->size || l->t->begin.n >= 64)
				return err_set(l->err, "post_processor: a special token's id is none of the vocabulary's");
			if (!tok_ids_add(&l->t->begin, (int32_t)id))
				return no_memory(l);
		}
	}
	return err_set(l->err, "post_processor: TemplateProcessing has no usable \"single\"");
}

static int postprocessor_read(struct load *l, struct json p, bool nested)
{
	struct json type, v;

	if (p.kind == JSON_NONE || p.kind == JSON_NULL)
		return 0;
	json_get(p, "type", &type);
	if (json_is(type, "ByteLevel"))
		return 0; /* only cares for offsets */
	if (json_is(type, "TemplateProcessing"))
		return template_read(l, p);
	if (json_is(type, "Sequence") && !nested && json_get(p, "processors", &v)) {
		for (struct json_iter it = json_iter(v); json_next(&it, NULL, &p);)
			if (postprocessor_read(l, p, true) < 0)
				return ERR_FAIL;
		return 0;
	}
	return err_set(l->err, "post_processor %.*s: not supported", shown(type.raw), type.raw.s);
}

static int word_char_read(struct load *l)
{
	static const char word[] = "[\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\p{Pc}\\x{200C}\\x{200D}]";
	PCRE2_SIZE where;
	int code;

	for (size_t i = 0; i < l->t->nadded; i++)
		if (l->t->added[i].single_word && !l->t->word_char) {
			l->t->word_char = pcre2_compile((PCRE2_SPTR)word, sizeof(word) - 1, PCRE2_UTF | PCRE2_UCP, &code, &where, NULL);
			if (!l->t->word_char)
				return no_memory(l);
		}
	return 0;
}

static int all_read(struct load *l, struct str json)
{
	enum { MODEL, NORMALIZER, ADDED, PRE, DECODER, POST, MEMBERS };
	static const char *const names[] = { "model", "normalizer", "added_tokens", "pre_tokenizer", "decoder", "post_processor" };
	struct tok *t = l->t;
	struct json root, m[MEMBERS];
	size_t cap = 0;

	if (!buf_reserve(&t->pool, 1))
		return no_memory(l);
	if (!json_parse(&root, json, l->err))
		return ERR_FAIL;
	if (root.kind != JSON_OBJECT)
		return err_set(l->err, "is not a JSON object");
	members(root, names, m, MEMBERS);
	if (model_read(l, m[MODEL], &cap) < 0 || normalizer_read(l, m[NORMALIZER], false) < 0 || added_read(l, m[ADDED], &cap) < 0 ||
	    trie_build(l, &t->raw, false) < 0 || trie_build(l, &t->normal, true) < 0 || word_char_read(l) < 0 ||
	    pretokenizer_read(l, m[PRE], false) < 0 || decoder_read(l, m[DECODER]) < 0 || texts_read(l) < 0)
		return ERR_FAIL;
	return postprocessor_read(l, m[POST], false);
}

int tok_parse(struct tok **ret, struct str json, const char *name, struct err *err)
{
	struct load l = { .t = calloc(1, sizeof(*l.t)), .err = err };
	int rc;

	if (!l.t)
		return err_set(err, "out of memory");
	if (json.n > FILE_MAX)
		rc = err_set(err, "is larger than %d MiB", FILE_MAX >> 20);
	else
		rc = all_read(&l, json);
	buf_release(&l.scratch);
	if (rc < 0) {
		tok_free(l.t);
		return err_at(err, "%s: ", name);
	}
	*ret = l.t;
	return 0;
}

int tok_open(struct tok **ret, const char *path, struct err *err)
{
	struct buf file = BUF_INIT;
	int rc = file_read(&file, path, FILE_MAX, err);

	if (rc == 0)
		rc = tok_parse(ret, buf_str(&file), path, err);
	buf_release(&file);
	return rc;
}

static void trie_release(struct trie *t)
{
	free(t->slot);
	free(t->at);
}

void tok_free(struct tok *t)
{
	if (!t)
		return;
	for (int i = 0; i < t->steps; i++)
		pcre2_code_free(t->step[i].re);
	pcre2_code_free(t->word_char);
	trie_release(&t->raw);
	trie_release(&t->normal);
	tok_ids_release(&t->begin);
	buf_release(&t->pool);
	free(t->token);
	free(t->vocab);
	free(t->pair);
	free(t->added);
	free(t);
}

void tok_ids_release(struct tok_ids *ids)
{
	free(ids->v);
	*ids = (struct tok_ids){ 0 };
}

bool tok_ids_add(struct tok_ids *ids, int32_t id)
{
	if (ids->n == ids->cap) {
		size_t cap = ids->cap ? 2 * ids->cap : 64;
		int32_t *v = realloc(ids->v, cap * sizeof(*v));

		if (!v)
			return false;
		ids->v = v;
		ids->cap = cap;
	}
	ids->v[ids->n++] = id;
	return true;
}

int tok_size(const struct tok *t)
{
	return t->size;
}

bool tok_has(const struct tok *t, int32_t id)
{
	return id >= 0 && id < t->size && t->token[id].used;
}

struct str tok_bytes(const struct tok *t, int32_t id)
{
	if (!tok_has(t, id))
		return STR("");
	return (struct str){ t->pool.s + t->token[id].text, t->token[id].text_len };
}

bool tok_special(const struct tok *t, int32_t id)
{
	return tok_has(t, id) && t->token[id].special;
}

int32_t tok_find(const struct tok *t, struct str name)
{
	for (size_t i = 0; i < t->nadded; i++)
		if (str_eq(token_name(t, t->added[i].id), name))
			return t->added[i].id;
	return -1;
}

struct tok_ids tok_begin(const struct tok *t)
{
	return t->begin;
}
