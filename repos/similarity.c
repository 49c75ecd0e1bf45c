/* similarity.c - diffs as difflib writes them, and how alike two of them are; see similarity.h. */
#include "repos/similarity.h"

#include "base/hash.h"
#include "repos/change.h"
#include "repos/matcher.h"

#include <stdlib.h>

enum {
	CONTEXT = 3,
	TEXT_MAX = 4 << 20,   /* bytes of a file that is compared */
	LINES_MAX = 200000,
	FILES_MAX = 2000,     /* paths of one change */
};

/* ---- lines, as str.splitlines parts them */

/* What ends a line at s: 0 for nothing, else its length. */
static size_t line_end(struct str s)
{
	unsigned char c = (unsigned char)s.s[0];

	if (c == '\r')
		return s.n > 1 && s.s[1] == '\n' ? 2 : 1;
	if ((c >= '\n' && c <= '\f') || (c >= 0x1c && c <= 0x1e))
		return 1;
	if (s.n > 1 && c == 0xc2 && (unsigned char)s.s[1] == 0x85)
		return 2;
	if (s.n > 2 && c == 0xe2 && (unsigned char)s.s[1] == 0x80 && ((unsigned char)s.s[2] == 0xa8 || (unsigned char)s.s[2] == 0xa9))
		return 3;
	return 0;
}

struct lines {
	struct str *at;
	uint32_t n;
};

/* False: too many, or no memory. */
static bool lines_read(struct lines *l, struct str text)
{
	size_t cap = 0, from = 0;

	*l = (struct lines){ 0 };
	for (size_t i = 0; i < text.n || from < text.n;) {
		size_t end = i < text.n ? line_end(str_from(text, i)) : 1;

		if (!end) {
			i++;
			continue;
		}
		if (l->n == cap) {
			struct str *more;

			cap = cap ? 2 * cap : 256;
			more = cap <= 2 * LINES_MAX ? realloc(l->at, cap * sizeof(*more)) : NULL;
			if (!more)
				return false;
			l->at = more;
		}
		l->at[l->n++] = str_sub(text, from, i);
		i += end;
		from = i;
	}
	return true;
}

/* Lines as numbers, equal ones alike. */
struct numbers {
	uint32_t *slot; /* hash table of number + 1 */
	struct str *text;
	uint32_t n, mask;
};

static uint32_t number_of(struct numbers *t, struct str s)
{
	uint32_t i = (uint32_t)hash64(s.s, s.n, 0) & t->mask;

	while (t->slot[i] && !str_eq(t->text[t->slot[i] - 1], s))
		i = (i + 1) & t->mask;
	if (!t->slot[i]) {
		t->text[t->n++] = s;
		t->slot[i] = t->n;
	}
	return t->slot[i] - 1;
}

/* ---- the diff */

static void add_range(struct buf *out, uint32_t from, uint32_t to)
{
	if (to - from == 1)
		buf_addf(out, "%u", from + 1);
	else
		buf_addf(out, "%u,%u", to > from ? from + 1 : from, to - from);
}

static void add_line(struct buf *out, char sign, struct str line)
{
	if (out->n)
		buf_addc(out, '\n');
	buf_addc(out, sign);
	buf_add(out, line);
}

/* An opcode: a[i1..i2] became b[j1..j2]; equal or not. */
struct op {
	bool equal;
	uint32_t i1, i2, j1, j2;
};

static void add_group(struct buf *out, const struct op *op, size_t n, const struct lines *a, const struct lines *b)
{
	if (out->n)
		buf_addc(out, '\n');
	buf_addz(out, "@@ -");
	add_range(out, op[0].i1, op[n - 1].i2);
	buf_addz(out, " +");
	add_range(out, op[0].j1, op[n - 1].j2);
	buf_addz(out, " @@");
	for (size_t k = 0; k < n; k++) {
		for (uint32_t i = op[k].i1; i < op[k].i2; i++)
			add_line(out, op[k].equal ? ' ' : '-', a->at[i]);
		for (uint32_t j = op[k].j1; !op[k].equal && j < op[k].j2; j++)
			add_line(out, '+', b->at[j]);
	}
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* The lines of context that stay at an equal part's begin and end. */
static struct op head_of(struct op o)
{
	uint32_t n = least(o.i2 - o.i1, CONTEXT);

	return (struct op){ true, o.i1, o.i1 + n, o.j1, o.j1 + n };
}

static struct op tail_of(struct op o)
{
	uint32_t n = least(o.i2 - o.i1, CONTEXT);

	return (struct op){ true, o.i2 - n, o.i2, o.j2 - n, o.j2 };
}

static size_t ops_of(struct op *op, const struct match *block, size_t blocks)
{
	uint32_t i = 0, j = 0;
	size_t n = 0;

	for (size_t k = 0; k < blocks; k++) {
		if (i < block[k].a || j < block[k].b)
			op[n++] = (struct op){ false, i, block[k].a, j, block[k].b };
		i = block[k].a + block[k].n;
		j = block[k].b + block[k].n;
		if (block[k].n)
			op[n++] = (struct op){ true, block[k].a, i, block[k].b, j };
	}
	return n;
}

/* SequenceMatcher.get_grouped_opcodes. The groups are written where the ops stood. */
static void add_groups(struct buf *out, struct op *op, size_t n, const struct lines *a, const struct lines *b)
{
	struct op *group = malloc((n + 1) * sizeof(*group));
	size_t in = 0;

	out->failed |= !group;
	if (n && op[0].equal)
		op[0] = tail_of(op[0]);
	if (n && op[n - 1].equal)
		op[n - 1] = head_of(op[n - 1]);
	for (size_t k = 0; group && k < n; k++) {
		if (op[k].equal && op[k].i2 - op[k].i1 > 2 * CONTEXT) {
			group[in++] = head_of(op[k]);
			add_group(out, group, in, a, b);
			in = 0;
			op[k] = tail_of(op[k]);
		}
		group[in++] = op[k];
	}
	if (in && !(in == 1 && group[0].equal))
		add_group(out, group, in, a, b);
	free(group);
}

static enum similarity_state diff_numbers(const struct lines *a, const struct lines *b, uint32_t *x, struct numbers *t, uint64_t *work, struct buf *diff)
{
	struct matcher m = { .a = x, .n = a->n, .b = x + a->n, .m = b->n, .autojunk = true };
	enum similarity_state s = SIMILARITY_OK;
	struct op *op = NULL;
	int rc;

	for (uint32_t i = 0; i < a->n; i++)
		x[i] = number_of(t, a->at[i]);
	for (uint32_t j = 0; j < b->n; j++)
		x[a->n + j] = number_of(t, b->at[j]);
	m.values = t->n;
	m.work = *work;
	rc = matcher_run(&m);
	*work = m.work;
	if (rc == 0)
		op = malloc((2 * m.blocks + 1) * sizeof(*op));
	if (op)
		add_groups(diff, op, ops_of(op, m.block, m.blocks), a, b);
	if (rc > 0)
		s = SIMILARITY_NULL;
	else if (!op)
		s = SIMILARITY_LOST;
	free(op);
	matcher_release(&m);
	return s;
}

enum similarity_state similarity_diff(struct str old, struct str new, uint64_t *work, struct buf *diff)
{
	enum similarity_state s = SIMILARITY_NULL;
	struct numbers t = { .mask = 255 };
	struct lines a = { 0 }, b = { 0 };
	uint32_t *x = NULL;

	if (str_eq(old, new))
		return SIMILARITY_OK;
	if (lines_read(&a, old) && lines_read(&b, new)) {
		while (t.mask < 2 * (a.n + b.n))
			t.mask = t.mask * 2 + 1;
		t.slot = calloc(t.mask + 1, sizeof(*t.slot));
		t.text = malloc((a.n + b.n + 1) * sizeof(*t.text));
		x = malloc((a.n + b.n + 1) * sizeof(*x));
		s = t.slot && t.text && x ? diff_numbers(&a, &b, x, &t, work, diff) : SIMILARITY_LOST;
	}
	free(a.at);
	free(b.at);
	free(t.slot);
	free(t.text);
	free(x);
	return s == SIMILARITY_OK && diff->failed ? SIMILARITY_LOST : s;
}

/* ---- the ratio */

/* Characters as small numbers, the same for both texts; how many came. */
static uint32_t characters(struct str s, uint32_t *x)
{
	uint32_t n = 0;

	while (s.n) {
		uint32_t cp;
		size_t used = utf8_next(s, &cp);

		x[n++] = cp;
		s = str_from(s, used);
	}
	return n;
}

static int number_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Replaces each by its rank, so that tables by value stay small; the number of ranks. */
static uint32_t rank(uint32_t *x, uint32_t n, uint32_t *sorted)
{
	uint32_t kinds = 0;

	memcpy(sorted, x, n * sizeof(*x));
	qsort(sorted, n, sizeof(*sorted), number_cmp);
	for (uint32_t i = 0; i < n; i++)
		if (!kinds || sorted[kinds - 1] != sorted[i])
			sorted[kinds++] = sorted[i];
	for (uint32_t i = 0; i < n; i++)
		x[i] = (uint32_t)((uint32_t *)bsearch(&x[i], sorted, kinds, sizeof(*sorted), number_cmp) - sorted);
	return kinds;
}

enum similarity_state similarity_ratio(struct str a, struct str b, uint64_t *work, double *ratio)
{
	uint32_t *x, *sorted;
	struct matcher m = { 0 };
	uint64_t sum = 0;
	int rc = -1;

	*ratio = 1.0;
	if (a.n > SIMILARITY_DIFF_MAX || b.n > SIMILARITY_DIFF_MAX)
		return SIMILARITY_NULL;
	if (a.n + b.n == 0)
		return SIMILARITY_OK;
	x = malloc((a.n + b.n) * sizeof(*x));
	sorted = malloc((a.n + b.n) * sizeof(*sorted));
	if (x && sorted) {
		m.n = characters(a, x);
		m.m = characters(b, x + m.n);
		m.values = rank(x, m.n + m.m, sorted);
		m.a = x;
		m.b = x + m.n;
		m.work = *work;
		rc = matcher_run(&m);
		*work = m.work;
	}
	for (size_t i = 0; rc == 0 && i < m.blocks; i++)
		sum += m.block[i].n;
	if (rc == 0)
		*ratio = 2.0 * (double)sum / (double)(m.n + m.m);
	free(x);
	free(sorted);
	matcher_release(&m);
	return rc == 0 ? SIMILARITY_OK : rc > 0 ? SIMILARITY_NULL : SIMILARITY_LOST;
}

/* ---- trees */

/* What both changes do to one path. */
struct both {
	struct str path;
	const struct change *predicted, *oracle; /* NULL: nothing */
};

static int both_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct both *)a)->path, ((const struct both *)b)->path);
}

static enum similarity_state text_of(struct repo *r, uint32_t mode, const struct oid *id, struct object *o)
{
	enum object_state s = mode ? repo_blob(r, id, TEXT_MAX, o) : OBJECT_OK;

	return s == OBJECT_OK ? SIMILARITY_OK : s == OBJECT_TOO_LARGE ? SIMILARITY_NULL : SIMILARITY_LOST;
}

/* Nothing is added where a side is binary, which has no lines to compare. */
static enum similarity_state diff_of(struct repo *r, const struct change *c, uint64_t *work, struct buf *diff)
{
	struct object old = OBJECT_INIT, new = OBJECT_INIT;
	enum similarity_state s = SIMILARITY_OK;

	buf_reset(diff);
	if (!c || (c->mode | c->old_mode) == MODE_MODULE)
		return SIMILARITY_OK;
	s = text_of(r, c->old_mode, &c->old_id, &old);
	if (s == SIMILARITY_OK)
		s = text_of(r, c->mode, &c->id, &new);
	if (s == SIMILARITY_OK && !blob_is_binary(object_str(&old)) && !blob_is_binary(object_str(&new)))
		s = similarity_diff(object_str(&old), object_str(&new), work, diff);
	object_release(&old);
	object_release(&new);
	return s;
}

static enum similarity_state score_all(struct repo *r, const struct both *at, size_t n, double *score)
{
	struct buf predicted = BUF_INIT, oracle = BUF_INIT;
	enum similarity_state s = SIMILARITY_OK;
	double sum = 0, ratio;
	uint64_t work = 0; /* of all paths together: a response may touch many */
	size_t paths = 0;

	for (size_t i = 0; s == SIMILARITY_OK && i < n; i++) {
		s = diff_of(r, at[i].predicted, &work, &predicted);
		if (s == SIMILARITY_OK)
			s = diff_of(r, at[i].oracle, &work, &oracle);
		if (s != SIMILARITY_OK || (!predicted.n && !oracle.n))
			continue;
		paths++;
		ratio = 0;
		if (predicted.n && oracle.n)
			s = similarity_ratio(buf_str(&predicted), buf_str(&oracle), &work, &ratio);
		else if (predicted.n > SIMILARITY_DIFF_MAX || oracle.n > SIMILARITY_DIFF_MAX)
			s = SIMILARITY_NULL;
		sum += ratio;
	}
	*score = paths ? sum / (double)paths : 1.0;
	buf_release(&predicted);
	buf_release(&oracle);
	return s;
}

enum similarity_state similarity_trees(struct repo *r, const struct oid *base, const struct oid *predicted, const struct oid *oracle, double *score)
{
	struct changes p = CHANGES_INIT, o = CHANGES_INIT;
	enum similarity_state s = SIMILARITY_LOST;
	struct both *at = NULL;
	size_t n = 0, kept = 0;

	if (changes_find(r, base, predicted, &p, FILES_MAX) == OBJECT_OK && changes_find(r, base, oracle, &o, FILES_MAX) == OBJECT_OK)
		at = calloc(p.n + o.n + 1, sizeof(*at));
	for (size_t i = 0; at && i < p.n; i++)
		at[n++] = (struct both){ p.at[i].path, &p.at[i], NULL };
	for (size_t i = 0; at && i < o.n; i++)
		at[n++] = (struct both){ o.at[i].path, NULL, &o.at[i] };
	if (n)
		qsort(at, n, sizeof(*at), both_cmp);
	for (size_t i = 0; i < n; i++) {
		if (kept && str_eq(at[kept - 1].path, at[i].path)) {
			at[kept - 1].predicted = at[kept - 1].predicted ? at[kept - 1].predicted : at[i].predicted;
			at[kept - 1].oracle = at[kept - 1].oracle ? at[kept - 1].oracle : at[i].oracle;
		} else {
			at[kept++] = at[i];
		}
	}
	if (at)
		s = p.cut || o.cut ? SIMILARITY_NULL : score_all(r, at, kept, score);
	free(at);
	changes_release(&p);
	changes_release(&o);
	return s;
}
