/*
 * tok_encode.c - text to ids: added tokens out, normalise, more added tokens out, cut into words, merge each word.
 *
 * Every stage hands its pieces on as soon as it has them, in the order of the text, so ids come out in order.
 * Beside the text runs a mask of the same length: a byte that is not 0 may be part of a special token's name.
 */
#include "engine/tok_impl.h"

#include <stdlib.h>

enum { SHORT_WORD = 32 }; /* symbols; below, looking at all pairs each time beats keeping a heap */

struct span {
	uint32_t from, to; /* bytes of the piece */
	bool match;
};

struct spans {
	struct span *v;
	size_t n, cap;
};

struct symbol {
	int32_t id; /* -1: merged into the one before */
	int32_t prev, next; /* -1: none */
};

struct offer {
	uint32_t rank, pos; /* pos: symbol on the left */
	int32_t id;         /* what the two would become */
};

struct enc {
	const struct tok *t;
	struct tok_ids *out;
	struct err *err;
	pcre2_match_data *match;
	struct str text;           /* all of it */
	bool first;                /* the piece under way is what the text begins with */
	struct form_room form;
	struct spans cut[TOK_STEPS];
	struct buf spaced[TOK_STEPS]; /* the piece with its blanks as the step spells them */
	struct buf spelt;          /* the word in the vocabulary's alphabet */
	int32_t few[SHORT_WORD];   /* symbols of a short word */
	struct symbol *symbol;     /* those of a long one */
	struct offer *heap;
	size_t room; /* symbols that symbol and heap have room for */
	size_t offers;
};

static int no_memory(struct enc *e)
{
	return err_set(e->err, "out of memory");
}

static int put(struct enc *e, int32_t id)
{
	return tok_ids_add(e->out, id) ? 0 : no_memory(e);
}

/* ---- merging ---- */

static int merge_short(struct enc *e, int32_t *id, size_t n)
{
	const struct pair *pair[SHORT_WORD];

	for (size_t i = 0; i + 1 < n; i++)
		pair[i] = pair_find(e->t, id[i], id[i + 1]);
	for (;;) {
		const struct pair *best = NULL;
		size_t at = 0;

		for (size_t i = 0; i + 1 < n; i++)
			if (pair[i] && (!best || pair[i]->rank < best->rank)) {
				best = pair[i];
				at = i;
			}
		if (!best)
			break;
		id[at] = best->id;
		n--;
		memmove(id + at + 1, id + at + 2, (n - at - 1) * sizeof(*id));
		if (at + 1 < n) {
			memmove(pair + at + 1, pair + at + 2, (n - at - 2) * sizeof(*pair));
			pair[at] = pair_find(e->t, id[at], id[at + 1]);
		}
		if (at > 0)
			pair[at - 1] = pair_find(e->t, id[at - 1], id[at]);
	}
	for (size_t i = 0; i < n; i++)
		if (put(e, id[i]) < 0)
			return ERR_FAIL;
	return 0;
}

static bool sooner(struct offer a, struct offer b)
{
	return a.rank != b.rank ? a.rank < b.rank : a.pos < b.pos;
}

static void offer_put(struct enc *e, int32_t pos)
{
	const struct symbol *s = &e->symbol[pos];
	const struct pair *p = s->next < 0 ? NULL : pair_find(e->t, s->id, e->symbol[s->next].id);
	struct offer o;
	size_t i;

	if (!p)
		return;
	o = (struct offer){ p->rank, (uint32_t)pos, p->id };
	for (i = e->offers++; i > 0 && sooner(o, e->heap[(i - 1) / 2]); i = (i - 1) / 2)
		e->heap[i] = e->heap[(i - 1) / 2];
	e->heap[i] = o;
}

static struct offer offer_take(struct enc *e)
{
	struct offer top = e->heap[0], last = e->heap[--e->offers];
	size_t i = 0, k;

	while ((k = 2 * i + 1) < e->offers) {
		if (k + 1 < e->offers && sooner(e->heap[k + 1], e->heap[k]))
			k++;
		if (!sooner(e->heap[k], last))
			break;
		e->heap[i] = e->heap[k];
		i = k;
	}
	e->heap[i] = last;
	return top;
}

/* Each merge takes one offer and makes two at most, so 2 n offers are enough for n symbols. */
static int merge_room(struct enc *e, size_t n)
{
	if (n <= e->room)
		return 0;
	free(e->symbol);
	free(e->heap);
	e->symbol = malloc(n * sizeof(*e->symbol));
	e->heap = malloc(2 * n * sizeof(*e->heap));
	e->room = e->symbol && e->heap ? n : 0;
	return e->room ? 0 : no_memory(e);
}

static int merge_long(struct enc *e, size_t n)
{
	struct symbol *s = e->symbol;

	e->offers = 0;
	for (size_t i = 0; i < n; i++) {
		s[i].prev = (int32_t)i - 1;
		s[i].next = i + 1 < n ? (int32_t)i + 1 : -1;
	}
	for (size_t i = 0; i < n; i++)
		offer_put(e, (int32_t)i);
	while (e->offers) {
		struct offer o = offer_take(e);
		int32_t right = s[o.pos].next;
		const struct pair *p;

		if (s[o.pos].id < 0 || right < 0)
			continue;
		p = pair_find(e->t, s[o.pos].id, s[right].id);
		if (!p || p->id != o.id) /* an old offer: one of the two has merged since */
			continue;
		s[o.pos].id = o.id;
		s[o.pos].next = s[right].next;
		s[right].id = -1;
		if (s[right].next >= 0)
			s[s[right].next].prev = (int32_t)o.pos;
		if (s[o.pos].prev >= 0)
			offer_put(e, s[o.pos].prev);
		offer_put(e, (int32_t)o.pos);
	}
	for (int32_t i = 0; i >= 0; i = s[i].next)
		if (put(e, s[i].id) < 0)
			return ERR_FAIL;
	return 0;
}

static int32_t whole_word(struct enc *e, struct str w)
{
	char letter[4];

	if (!e->t->byte_level)
		return vocab_find(e->t, w);
	buf_reset(&e->spelt);
	for (size_t i = 0; i < w.n; i++)
		buf_add(&e->spelt, (struct str){ letter, utf8_put(letter, alphabet_of((unsigned char)w.s[i])) });
	return e->spelt.failed ? -1 : vocab_find(e->t, buf_str(&e->spelt));
}

/* The symbols that a word begins as. */
struct start {
	size_t n;
	size_t unknown; /* seen, but not put down yet */
	bool many;
};

static void symbol_put(struct enc *e, struct start *s, int32_t id)
{
	if (s->many)
		e->symbol[s->n++].id = id;
	else
		e->few[s->n++] = id;
}

/* The library lets a byte's token overtake unknown ones that wait to be fused; a known character does not. */
static void unknown_put(struct enc *e, struct start *s)
{
	if (s->unknown)
		symbol_put(e, s, e->t->unknown);
	s->unknown = 0;
}

/* Where nothing stands for the unknown, it goes: SmolLM2's vocabulary lacks a few control characters. */
static void unknown_add(struct enc *e, struct start *s)
{
	if (!e->t->fuse_unknown)
		unknown_put(e, s);
	s->unknown += e->t->unknown >= 0;
}

static void start_bytes(struct enc *e, struct start *s, struct str w)
{
	for (size_t i = 0; i < w.n; i++) {
		int32_t id = e->t->byte[(unsigned char)w.s[i]];

		if (id >= 0) {
			unknown_put(e, s);
			symbol_put(e, s, id);
		} else {
			unknown_add(e, s);
		}
	}
}

static bool bytes_known(const struct tok *t, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (t->byte[(unsigned char)s.s[i]] < 0)
			return false;
	return t->byte_fallback;
}

static void start_characters(struct enc *e, struct start *s, struct str w)
{
	for (size_t i = 0, n; i < w.n; i += n) {
		struct str letter;
		uint32_t cp;
		int32_t id;

		n = utf8_next(str_from(w, i), &cp);
		letter = str_sub(w, i, i + n);
		id = vocab_find(e->t, letter);
		if (id >= 0) {
			unknown_put(e, s);
			symbol_put(e, s, id);
		} else if (bytes_known(e->t, letter)) {
			for (size_t k = 0; k < n; k++)
				symbol_put(e, s, e->t->byte[(unsigned char)letter.s[k]]);
		} else {
			unknown_add(e, s);
		}
	}
}

static int word(struct enc *e, struct str w)
{
	struct start s = { .many = w.n > SHORT_WORD };
	int32_t whole;

	if (e->t->ignore_merges && (whole = whole_word(e, w)) >= 0)
		return put(e, whole);
	/* no more symbols than bytes */
	if (s.many && merge_room(e, w.n) < 0)
		return ERR_FAIL;
	if (e->t->byte_level)
		start_bytes(e, &s, w);
	else
		start_characters(e, &s, w);
	unknown_put(e, &s);
	if (s.n == 0)
		return 0;
	return s.many ? merge_long(e, s.n) : merge_short(e, e->few, s.n);
}

/* ---- words ---- */

static bool span_add(struct spans *s, size_t from, size_t to, bool match)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 64;
		struct span *v = realloc(s->v, cap * sizeof(*v));

		if (!v)
			return false;
		s->v = v;
		s->cap = cap;
	}
	s->v[s->n++] = (struct span){ (uint32_t)from, (uint32_t)to, match };
	return true;
}

/* The next match at or after `at`: 1 and its borders, 0: none, negative: the expression gave up. */
static int search(struct enc *e, const pcre2_code *re, struct str s, size_t at, size_t *from, size_t *to)
{
	int rc = pcre2_match(re, (PCRE2_SPTR)s.s, s.n, at, PCRE2_NO_UTF_CHECK, e->match, NULL);
	const PCRE2_SIZE *where = pcre2_get_ovector_pointer(e->match);
	PCRE2_UCHAR why[120];

	if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
		rc = pcre2_match(re, (PCRE2_SPTR)s.s, s.n, at, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, e->match, NULL);
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	if (rc < 0) {
		pcre2_get_error_message(rc, why, sizeof(why));
		return err_set(e->err, "the tokenizer's pattern: %s", (const char *)why);
	}
	*from = where[0];
	*to = where[1];
	if (*from > *to) /* \K in a lookahead can do that */
		return err_set(e->err, "the tokenizer's pattern ends before it begins");
	return 1;
}

/* All of s as matches and what lies between them. */
static int matches(struct enc *e, const struct split *step, struct str s, struct spans *out)
{
	size_t at = 0, done = 0, last = SIZE_MAX, from = 0, to = 0;
	int rc = 0;

	out->n = 0;
	while (at <= s.n && (rc = search(e, step->re, s, at, &from, &to)) > 0) {
		if (from == to && to == last) { /* an empty match right behind the last one: look one character on */
			uint32_t cp;

			at += at < s.n ? utf8_next(str_from(s, at), &cp) : 1;
			continue;
		}
		at = last = to;
		if ((done < from && !span_add(out, done, from, step->invert)) || !span_add(out, from, to, !step->invert))
			return no_memory(e);
		done = to;
	}
	if (rc < 0)
		return rc;
	if (done < s.n && !span_add(out, done, s.n, step->invert))
		return no_memory(e);
	return 0;
}

/* Delimiters join their neighbours, or go, as the step says. What is left empty is skipped by the caller. */
static void join(struct spans *s, enum split_how how)
{
	size_t n = 0;
	bool before = false; /* the span before was a delimiter */

	for (size_t i = 0; i < s->n; i++) {
		struct span now = s->v[i];
		bool joins = false;

		switch (how) {
		case SPLIT_ISOLATED:
			break;
		case SPLIT_REMOVED:
			if (now.match)
				now.to = now.from;
			break;
		case SPLIT_CONTIGUOUS:
			joins = now.match == before;
			break;
		case SPLIT_PREVIOUS:
			joins = now.match && !before;
			break;
		case SPLIT_NEXT:
			joins = !now.match && before;
			break;
		}
		before = now.match;
		if (joins && n > 0)
			s->v[n - 1].to = now.to;
		else
			s->v[n++] = now;
	}
	s->n = n;
}

/* The piece's blanks as step k spells them, and its prefix. */
static int respell(struct enc *e, int k, struct str *s, bool first)
{
	const struct split *step = &e->t->step[k];
	struct str blank = step->blank_len ? pool_str(e->t, step->blank, step->blank_len) : STR(" ");
	bool prefix = step->prefix == PREFIX_ALWAYS || (step->prefix == PREFIX_FIRST && first);
	struct buf *out = &e->spaced[k];

	prefix = prefix && s->s[0] != ' ' && !str_starts(*s, blank);
	if (!prefix && (step->blank_len == 0 || str_chr(*s, ' ') < 0))
		return 0;
	buf_reset(out);
	if (prefix)
		buf_add(out, blank);
	form_replace(out, NULL, *s, NULL, STR(" "), blank);
	if (out->failed)
		return no_memory(e);
	*s = buf_str(out);
	return 0;
}

static int cut(struct enc *e, int k, struct str s, bool first)
{
	const struct split *step = &e->t->step[k];
	struct spans *to = &e->cut[k];

	if (k == e->t->steps)
		return word(e, s);
	if (respell(e, k, &s, first) < 0)
		return ERR_FAIL;
	if (!step->re)
		return cut(e, k + 1, s, first);
	if (matches(e, step, s, to) < 0)
		return ERR_FAIL;
	join(to, step->how);
	for (size_t i = 0; i < to->n; i++)
		if (to->v[i].from < to->v[i].to && cut(e, k + 1, str_sub(s, to->v[i].from, to->v[i].to), first && to->v[i].from == 0) < 0)
			return ERR_FAIL;
	return 0;
}

static int words(struct enc *e, struct str s, const char *mask)
{
	bool first = e->first;

	(void)mask;
	e->first = false;
	return cut(e, 0, s, first);
}

/* ---- added tokens ---- */

/* The longest added token that s has at i, 0: none. A special one counts only where all of it is masked in. */
static size_t added_at(const struct tok *t, const struct trie *trie, struct str s, const char *mask, size_t i, const struct added **ret)
{
	uint32_t node = 0;
	size_t best = 0;
	bool control = true;

	for (size_t k = i; k < s.n && (node = trie_step(trie, node, (unsigned char)s.s[k])) != 0; k++) {
		control = control && mask[k];
		if (trie->at[node] >= 0 && (control || !t->added[trie->at[node]].special)) {
			*ret = &t->added[trie->at[node]];
			best = k + 1 - i;
		}
	}
	return best;
}

static bool blank(uint32_t c)
{
	return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
	       c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static size_t char_before(struct str s, size_t i)
{
	do
		i--;
	while (i > 0 && ((unsigned char)s.s[i] & 0xC0) == 0x80);
	return i;
}

static size_t blanks_before(struct str s, size_t i)
{
	uint32_t c;

	while (i > 0) {
		size_t k = char_before(s, i);

		utf8_next(str_from(s, k), &c);
		if (!blank(c))
			break;
		i = k;
	}
	return i;
}

static size_t blanks_after(struct str s, size_t i)
{
	uint32_t c;

	while (i < s.n) {
		size_t n = utf8_next(str_from(s, i), &c);

		if (!blank(c))
			break;
		i += n;
	}
	return i;
}

static bool word_char(struct enc *e, struct str s, size_t i)
{
	uint32_t c;
	size_t n = utf8_next(str_from(s, i), &c);

	return pcre2_match(e->t->word_char, (PCRE2_SPTR)s.s + i, n, 0, PCRE2_NO_UTF_CHECK, e->match, NULL) > 0;
}

/* Cut s at the trie's tokens: their ids go out, what lies between goes on to next. */
static int added_cut(struct enc *e, const struct trie *trie, struct str s, const char *mask,
		     int (*next)(struct enc *, struct str, const char *))
{
	const struct added *a = NULL;
	size_t done = 0;

	for (size_t i = 0; trie->cap && i < s.n;) {
		size_t n = trie->first[(unsigned char)s.s[i]] ? added_at(e->t, trie, s, mask, i, &a) : 0;
		size_t from = i, to = i + n;

		if (n == 0) {
			i++;
			continue;
		}
		i = to;
		if (a->single_word && ((from > 0 && word_char(e, s, char_before(s, from))) || (to < s.n && word_char(e, s, to))))
			continue;
		if (a->lstrip) {
			from = blanks_before(s, from);
			from = from > done ? from : done;
		}
		if (a->rstrip)
			to = blanks_after(s, to);
		if (done < from && next(e, str_sub(s, done, from), mask + done) < 0)
			return ERR_FAIL;
		if (put(e, a->id) < 0)
			return ERR_FAIL;
		e->first = false;
		done = to;
	}
	return done < s.n ? next(e, str_from(s, done), mask + done) : 0;
}

static int normalise(struct enc *e, struct str s, const char *mask)
{
	e->first = s.s == e->text.s;
	if (tok_form(e->t, &e->form, &s, &mask, e->err) < 0)
		return ERR_FAIL;
	return added_cut(e, &e->t->normal, s, mask, words);
}

/* Join the parts to one valid text and its mask. */
static int gather(struct enc *e, const struct tok_part *parts, size_t count, struct buf *text, struct buf *mask)
{
	text->max = mask->max = TOK_TEXT_MAX;
	for (size_t i = 0; i < count; i++) {
		struct str s = parts[i].text;

		if (utf8_valid(s)) {
			buf_add(text, s);
		} else {
			for (size_t k = 0; k < s.n && !text->failed;) {
				uint32_t cp;

				k += utf8_next(str_from(s, k), &cp);
				buf_addcp(text, cp);
			}
		}
		if (text->failed || !buf_reserve(mask, text->n - mask->n))
			return err_set(e->err, "a text of more than %d MiB (or out of memory)", TOK_TEXT_MAX >> 20);
		if (text->n > mask->n)
			memset(mask->s + mask->n, parts[i].control, text->n - mask->n);
		mask->n = text->n;
	}
	return 0;
}

int tok_encode(const struct tok *t, const struct tok_part *parts, size_t count, struct tok_ids *out, struct err *err)
{
	struct enc e = { .t = t, .out = out, .err = err };
	struct buf text = BUF_INIT, mask = BUF_INIT;
	int rc;

	e.match = pcre2_match_data_create(1, NULL);
	if (!e.match)
		return no_memory(&e);
	rc = gather(&e, parts, count, &text, &mask);
	e.text = buf_str(&text);
	if (rc == 0)
		rc = added_cut(&e, &t->raw, e.text, buf_z(&mask), normalise);
	pcre2_match_data_free(e.match);
	for (int i = 0; i < TOK_STEPS; i++) {
		free(e.cut[i].v);
		buf_release(&e.spaced[i]);
	}
	free(e.symbol);
	free(e.heap);
	form_room_release(&e.form);
	buf_release(&e.spelt);
	buf_release(&text);
	buf_release(&mask);
	return rc;
}
