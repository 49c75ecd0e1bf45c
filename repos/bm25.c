/* bm25.c - an index of a tree's words, kept blob by blob so that the next tree of a history is read where it differs. See bm25.h. */
#include "repos/bm25.h"

#include "base/hash.h"
#include "repos/code.h"
#include "repos/side.h"

#include <math.h>
#include <stdlib.h>

enum {
	BLOB_MAX = 1 << 20,
	FILES_MAX = 50000,      /* of one tree */
	BLOBS_MAX = 100000,     /* kept; then the index begins anew */
	QUERY_TERMS = 2000,
	PATH_WEIGHT = 3,        /* a word of the path counts as so many */
	WORD_MAX = 64,          /* bytes */
};

/* Okapi's constants, as most have them. */
static const double K1 = 1.2, B = 0.75;

struct count {
	uint32_t term, n;
};

/* A blob's words, by term. */
struct text {
	struct oid id;
	struct count *at;
	uint32_t n, words;
	uint64_t size;
	bool taken;
};

struct doc {
	struct str path;
	struct oid id;
	struct count *in_path;
	uint32_t text, paths, words; /* index of its text; terms of its path; length of both together */
};

struct bm25 {
	struct text *text; /* hash table by blob */
	uint32_t text_mask, texts;
	uint64_t *term;    /* hash table of words' hashes; a term's number is its slot in `number` */
	uint32_t *number, term_mask, terms;
	struct doc *doc;
	uint32_t docs, cap;
	uint32_t *df;      /* by term: how many docs have it */
	double mean;       /* words of a doc */
	struct arena paths;
	/* one tree being read */
	struct repo *r;
	unsigned langs;
	struct count *heap; /* of the text that is being counted */
	uint32_t heaps, heap_cap;
};

static int no_memory(struct err *err)
{
	return err_set(err, "out of memory");
}

/* ---- terms */

static bool terms_grow(struct bm25 *b)
{
	uint32_t mask = b->term ? b->term_mask * 2 + 1 : 4095;
	uint64_t *term = calloc((size_t)mask + 1, sizeof(*term));
	uint32_t *number = calloc((size_t)mask + 1, sizeof(*number));

	if (!term || !number) {
		free(term);
		free(number);
		return false;
	}
	for (uint32_t i = 0; b->term && i <= b->term_mask; i++) {
		uint32_t k = (uint32_t)b->term[i] & mask;

		if (!b->term[i])
			continue;
		while (term[k])
			k = (k + 1) & mask;
		term[k] = b->term[i];
		number[k] = b->number[i];
	}
	free(b->term);
	free(b->number);
	b->term = term;
	b->number = number;
	b->term_mask = mask;
	return true;
}

/* Words are known by 64 bits of hash: two of a million collide with odds of one to 10^7. Never 0. */
static uint64_t word_hash(struct str w)
{
	char low[WORD_MAX];
	size_t n = w.n < WORD_MAX ? w.n : WORD_MAX;

	for (size_t i = 0; i < n; i++)
		low[i] = (char)(w.s[i] >= 'A' && w.s[i] <= 'Z' ? w.s[i] + 32 : w.s[i]);
	return hash64(low, n, 1) | 1;
}

/* The slot of a word, or the free one where it would be. */
static uint32_t term_slot(const struct bm25 *b, uint64_t hash)
{
	uint32_t i = (uint32_t)hash & b->term_mask;

	while (b->term[i] && b->term[i] != hash)
		i = (i + 1) & b->term_mask;
	return i;
}

/* ---- counting a text's words: all terms in a list, then sorted and summed */

static bool heap_add(struct bm25 *b, struct str word, uint32_t n)
{
	uint64_t h = word_hash(word);
	uint32_t i;

	if (2 * (b->terms + 1) > b->term_mask && !terms_grow(b))
		return false;
	i = term_slot(b, h);
	if (!b->term[i]) {
		b->term[i] = h;
		b->number[i] = b->terms++;
	}
	if (b->heaps == b->heap_cap) {
		uint32_t cap = b->heap_cap ? 2 * b->heap_cap : 4096;
		struct count *more = realloc(b->heap, cap * sizeof(*more));

		if (!more)
			return false;
		b->heap = more;
		b->heap_cap = cap;
	}
	b->heap[b->heaps++] = (struct count){ b->number[i], n };
	return true;
}

static bool name_char(char c)
{
	return is_letter(c) || is_digit(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* The next name of a text, numbers left out. */
static bool next_name(struct str *rest, struct str *name)
{
	do {
		size_t from = 0, to;

		while (from < rest->n && !name_char(rest->s[from]))
			from++;
		for (to = from; to < rest->n && name_char(rest->s[to]); to++)
			continue;
		*name = str_sub(*rest, from, to);
		*rest = str_from(*rest, to);
	} while (name->n && name->s[0] >= '0' && name->s[0] <= '9');
	return name->n > 0;
}

/* A name as itself and, where it has several, as its words. */
static bool add_names(struct bm25 *b, struct str text, uint32_t n)
{
	struct str name, rest, word;

	while (next_name(&text, &name)) {
		if (!heap_add(b, name, n))
			return false;
		rest = name;
		while (code_word(&rest, &word))
			if (word.n > 1 && word.n < name.n && !heap_add(b, word, n))
				return false;
	}
	return true;
}

static int count_cmp(const void *a, const void *b)
{
	uint32_t x = ((const struct count *)a)->term, y = ((const struct count *)b)->term;

	return x < y ? -1 : x > y;
}

/* What the heap holds, sorted by term, equal ones summed; NULL: no memory. */
static struct count *heap_take(struct bm25 *b, uint32_t *n, uint32_t *words)
{
	struct count *out;
	uint32_t kept = 0;

	*words = 0;
	if (b->heaps)
		qsort(b->heap, b->heaps, sizeof(*b->heap), count_cmp);
	for (uint32_t i = 0; i < b->heaps; i++) {
		*words += b->heap[i].n;
		if (kept && b->heap[kept - 1].term == b->heap[i].term)
			b->heap[kept - 1].n += b->heap[i].n;
		else
			b->heap[kept++] = b->heap[i];
	}
	out = malloc((kept + 1) * sizeof(*out));
	if (out && kept)
		memcpy(out, b->heap, kept * sizeof(*out));
	b->heaps = 0;
	*n = kept;
	return out;
}

/* ---- texts by blob */

static struct text *text_slot(const struct bm25 *b, const struct oid *id)
{
	uint32_t i;

	memcpy(&i, id->id, sizeof(i));
	for (i &= b->text_mask; b->text[i].taken && !oid_eq(&b->text[i].id, id); i = (i + 1) & b->text_mask)
		continue;
	return &b->text[i];
}

static void texts_forget(struct bm25 *b)
{
	for (uint32_t i = 0; b->text && i <= b->text_mask; i++)
		free(b->text[i].at);
	free(b->text);
	free(b->term);
	free(b->number);
	b->text = NULL;
	b->term = NULL;
	b->number = NULL;
	b->texts = b->terms = b->text_mask = b->term_mask = 0;
}

struct bm25 *bm25_new(void)
{
	return calloc(1, sizeof(struct bm25));
}

static void docs_forget(struct bm25 *b)
{
	for (uint32_t i = 0; i < b->docs; i++)
		free(b->doc[i].in_path);
	b->docs = 0;
	arena_reset(&b->paths);
}

void bm25_free(struct bm25 *b)
{
	if (!b)
		return;
	docs_forget(b);
	texts_forget(b);
	free(b->doc);
	free(b->df);
	free(b->heap);
	arena_release(&b->paths);
	free(b);
}

/* The blob's words; 1 known, 0 left out, negative no memory. */
static int read_text(struct bm25 *b, const struct oid *id)
{
	struct text *t = text_slot(b, id);
	struct object o;
	int rc = 0;

	if (t->taken)
		return t->at != NULL;
	*t = (struct text){ .id = *id, .taken = true };
	b->texts++;
	if (repo_blob(b->r, id, BLOB_MAX, &o) == OBJECT_OK && !blob_is_binary(object_str(&o))) {
		t->size = o.n;
		rc = add_names(b, object_str(&o), 1) && (t->at = heap_take(b, &t->n, &t->words)) != NULL ? 1 : ERR_FAIL;
	}
	object_release(&o);
	return rc;
}

static int read_file(void *ctx, struct str path, const struct tree_entry *e)
{
	struct bm25 *b = ctx;
	enum code_lang lang;
	struct doc *d;
	int rc;

	if ((e->mode != MODE_FILE && e->mode != MODE_EXEC) || side_of(path, &lang) != SIDE_SOURCE || (b->langs && !(b->langs >> lang & 1)))
		return 0;
	if (b->docs == FILES_MAX)
		return 1;
	rc = read_text(b, &e->id);
	if (rc <= 0)
		return rc;
	if (b->docs == b->cap) {
		uint32_t cap = b->cap ? 2 * b->cap : 256;
		struct doc *more = realloc(b->doc, cap * sizeof(*more));

		if (!more)
			return ERR_FAIL;
		b->doc = more;
		b->cap = cap;
	}
	d = &b->doc[b->docs];
	*d = (struct doc){ .id = e->id, .path = arena_str(&b->paths, path), .text = (uint32_t)(text_slot(b, &e->id) - b->text) };
	if (!d->path.s || !add_names(b, path, PATH_WEIGHT) || !(d->in_path = heap_take(b, &d->paths, &d->words)))
		return ERR_FAIL;
	d->words += b->text[d->text].words;
	b->docs++;
	return 0;
}

/* How many docs have each term: in the path, in the text, or both. */
static bool count_docs(struct bm25 *b)
{
	double sum = 0;

	free(b->df);
	b->df = calloc((size_t)b->terms + 1, sizeof(*b->df));
	if (!b->df)
		return false;
	for (uint32_t i = 0; i < b->docs; i++) {
		const struct doc *d = &b->doc[i];
		const struct text *t = &b->text[d->text];

		sum += d->words;
		for (uint32_t k = 0; k < t->n; k++)
			b->df[t->at[k].term]++;
		for (uint32_t k = 0; k < d->paths; k++)
			b->df[d->in_path[k].term] += !bsearch(&d->in_path[k], t->at, t->n, sizeof(*t->at), count_cmp);
	}
	b->mean = b->docs ? sum / b->docs : 1;
	return true;
}

int bm25_tree(struct bm25 *b, struct repo *r, const struct oid *tree, unsigned langs, struct err *err)
{
	uint64_t unreadable;

	docs_forget(b);
	if (b->texts > BLOBS_MAX)
		texts_forget(b);
	if (!b->text) {
		/* never more than half full: BLOBS_MAX before a tree, FILES_MAX of it */
		b->text_mask = (1u << 19) - 1;
		b->text = calloc((size_t)b->text_mask + 1, sizeof(*b->text));
		if (!b->text)
			return no_memory(err);
	}
	b->r = r;
	b->langs = langs;
	if (repo_each(r, tree, read_file, b, &unreadable) < 0 || !count_docs(b))
		return no_memory(err);
	return 0;
}

size_t bm25_files(const struct bm25 *b)
{
	return b->docs;
}

/* ---- ranking */

static uint32_t count_of(const struct count *at, uint32_t n, const struct count *want)
{
	const struct count *c = n ? bsearch(want, at, n, sizeof(*at), count_cmp) : NULL;

	return c ? c->n : 0;
}

/* The text's terms that the tree has, sorted, each with how often it stands there. */
static uint32_t query_terms(const struct bm25 *b, struct str text, struct count *query)
{
	struct str name, rest, word;
	uint32_t n = 0, kept = 0;

	while (next_name(&text, &name)) {
		rest = word = name;
		do {
			uint32_t i = term_slot(b, word_hash(word));

			if (b->term[i] && b->df[b->number[i]] && n < QUERY_TERMS)
				query[n++] = (struct count){ b->number[i], 1 };
			do
				word = STR("");
			while (code_word(&rest, &word) && (word.n < 2 || word.n == name.n));
		} while (word.n);
	}
	qsort(query, n, sizeof(*query), count_cmp);
	for (uint32_t i = 0; i < n; i++)
		if (kept && query[kept - 1].term == query[i].term)
			query[kept - 1].n++;
		else
			query[kept++] = query[i];
	return kept;
}

static double score_of(const struct bm25 *b, const struct doc *d, const struct count *query, uint32_t n)
{
	const struct text *t = &b->text[d->text];
	double score = 0, length = K1 * (1 - B + B * d->words / b->mean);

	for (uint32_t i = 0; i < n; i++) {
		double tf = count_of(t->at, t->n, &query[i]) + count_of(d->in_path, d->paths, &query[i]), df = b->df[query[i].term];

		/* said twice in the text counts once and a half: quadratic would drown the rest in a traceback */
		if (tf > 0)
			score += (1 + 0.5 * (query[i].n > 1)) * log(1 + (b->docs - df + 0.5) / (df + 0.5)) * tf * (K1 + 1) / (tf + length);
	}
	return score;
}

static bool better(const struct bm25_hit *a, const struct bm25_hit *b)
{
	return a->score != b->score ? a->score > b->score : str_cmp(a->path, b->path) < 0;
}

size_t bm25_rank(const struct bm25 *b, struct str text, struct bm25_hit *hits, size_t most)
{
	struct count *query = malloc(QUERY_TERMS * sizeof(*query));
	uint32_t terms = query && b->term && b->df ? query_terms(b, text, query) : 0;
	size_t n = 0;

	for (uint32_t i = 0; i < b->docs && terms && most; i++) {
		const struct doc *d = &b->doc[i];
		struct bm25_hit h = { d->path, d->id, b->text[d->text].size, score_of(b, d, query, terms) };
		size_t at;

		if (h.score <= 0 || (n == most && !better(&h, &hits[n - 1])))
			continue;
		for (at = n < most ? n++ : n - 1; at && better(&h, &hits[at - 1]); at--)
			hits[at] = hits[at - 1];
		hits[at] = h;
	}
	free(query);
	return n;
}
