/*
 * matcher.c - the longest common block, then what is left of it and right of it. See matcher.h.
 *
 * difflib finds a longest block by looking at every pair of equal elements. A suffix automaton of b (Blumer et al., 1985) that is fed with a
 * finds the same one in linear time: the first place of a at which the longest length is reached, and of b the first, which is the least
 * end of the state's class.
 */
#include "repos/matcher.h"

#include <stdlib.h>
#include <string.h>

enum {
	SMALL = 4096,            /* pairs of elements: then all pairs are looked at */
	NONE = -1,
};

struct state {
	uint32_t len, first; /* longest word of the class; the least place where the class ends */
	int32_t link, edges; /* edges: the first of a list */
};

struct edge {
	uint32_t from, value; /* with `to` a row of a hash table: from, value -> to */
	int32_t to, more;     /* more: the next edge of the same state */
};

struct automaton {
	struct state *state;
	uint32_t states;
	struct edge *edge; /* mask + 1 rows */
	uint32_t mask;
};

struct span {
	uint32_t alo, ahi, blo, bhi;
};

/* All that one matcher works with: room for the whole of a and b, used for their parts too. */
struct room {
	struct automaton au;
	uint32_t edges;        /* rows that there is memory for */
	uint32_t *run;         /* of b: for small parts */
	uint8_t *popular;      /* by value */
	struct span *todo;
	struct match *found;
	size_t todos, founds;
};

static struct edge *edge_at(const struct automaton *au, uint32_t from, uint32_t value)
{
	uint32_t i = (from * 0x9e3779b1u ^ value * 0x85ebca77u);

	for (i = (i ^ i >> 15) & au->mask;; i = (i + 1) & au->mask)
		if (au->edge[i].to == NONE || (au->edge[i].from == from && au->edge[i].value == value))
			return &au->edge[i];
}

static void edge_add(struct automaton *au, uint32_t from, uint32_t value, int32_t to)
{
	struct edge *e = edge_at(au, from, value);

	*e = (struct edge){ from, value, to, au->state[from].edges };
	au->state[from].edges = (int32_t)(e - au->edge);
}

/* One more element, which ends at place `at`. */
static uint32_t extend(struct automaton *au, uint32_t last, uint32_t value, uint32_t at)
{
	uint32_t made = au->states++, split;
	int32_t p = (int32_t)last, q;
	struct edge *e;

	au->state[made] = (struct state){ au->state[last].len + 1, at, 0, NONE };
	while (p != NONE && edge_at(au, (uint32_t)p, value)->to == NONE) {
		edge_add(au, (uint32_t)p, value, (int32_t)made);
		p = au->state[p].link;
	}
	if (p == NONE)
		return made;
	q = edge_at(au, (uint32_t)p, value)->to;
	if (au->state[p].len + 1 == au->state[q].len) {
		au->state[made].link = q;
		return made;
	}
	split = au->states++;
	au->state[split] = (struct state){ au->state[p].len + 1, au->state[q].first, au->state[q].link, NONE };
	for (int32_t i = au->state[q].edges; i != NONE; i = au->edge[i].more)
		edge_add(au, split, au->edge[i].value, au->edge[i].to);
	for (; p != NONE && (e = edge_at(au, (uint32_t)p, value))->to == q; p = au->state[p].link)
		e->to = (int32_t)split;
	au->state[q].link = au->state[made].link = (int32_t)split;
	return made;
}

/* A popular element of b is a value of its own at each place: nothing of a equals it. */
static uint32_t value_b(const struct matcher *m, const struct room *r, uint32_t j)
{
	return r->popular[m->b[j]] ? m->values + j : m->b[j];
}

static void build(const struct matcher *m, struct room *r, const struct span *s)
{
	struct automaton *au = &r->au;
	uint32_t last = 0, n = s->bhi - s->blo;

	/* at most 3 n edges; the table is half empty */
	for (au->mask = 15; au->mask < 6 * n && au->mask < r->edges - 1; au->mask = au->mask * 2 + 1)
		continue;
	for (uint32_t i = 0; i <= au->mask; i++)
		au->edge[i].to = NONE;
	au->states = 1;
	au->state[0] = (struct state){ 0, 0, NONE, NONE };
	for (uint32_t j = s->blo; j < s->bhi; j++)
		last = extend(au, last, value_b(m, r, j), j);
}

static struct match longest_by_automaton(const struct matcher *m, struct room *r, const struct span *s)
{
	const struct automaton *au = &r->au;
	struct match best = { s->alo, s->blo, 0 };
	uint32_t at = 0, len = 0;

	build(m, r, s);
	for (uint32_t i = s->alo; i < s->ahi; i++) {
		uint32_t v = m->a[i];
		int32_t to = NONE;

		if (!r->popular[v])
			while ((to = edge_at(au, at, v)->to) == NONE && at) {
				at = (uint32_t)au->state[at].link;
				len = au->state[at].len;
			}
		len = to == NONE ? 0 : len + 1;
		at = to == NONE ? 0 : (uint32_t)to;
		if (len > best.n)
			best = (struct match){ i + 1 - len, au->state[at].first + 1 - len, len };
	}
	return best;
}

static struct match longest_by_pairs(const struct matcher *m, struct room *r, const struct span *s)
{
	struct match best = { s->alo, s->blo, 0 };

	memset(r->run + s->blo, 0, (s->bhi - s->blo) * sizeof(*r->run));
	for (uint32_t i = s->alo; i < s->ahi; i++) {
		uint32_t before = 0; /* the run that ended at i - 1, j - 1 */

		for (uint32_t j = s->blo; j < s->bhi; j++) {
			uint32_t was = r->run[j];

			r->run[j] = m->a[i] == m->b[j] && !r->popular[m->a[i]] ? before + 1 : 0;
			before = was;
			if (r->run[j] > best.n)
				best = (struct match){ i + 1 - r->run[j], j + 1 - r->run[j], r->run[j] };
		}
	}
	return best;
}

static struct match longest(struct matcher *m, struct room *r, const struct span *s)
{
	uint64_t na = s->ahi - s->alo, nb = s->bhi - s->blo;
	struct match best;

	m->work += na * nb <= SMALL ? na * nb / 8 + 1 : na + 4 * nb;
	best = na * nb <= SMALL ? longest_by_pairs(m, r, s) : longest_by_automaton(m, r, s);
	/* popular elements begin no block, but they make one longer */
	while (best.a > s->alo && best.b > s->blo && m->a[best.a - 1] == m->b[best.b - 1]) {
		best.a--;
		best.b--;
		best.n++;
	}
	while (best.a + best.n < s->ahi && best.b + best.n < s->bhi && m->a[best.a + best.n] == m->b[best.b + best.n])
		best.n++;
	return best;
}

static void find_popular(const struct matcher *m, struct room *r)
{
	uint32_t *count = m->autojunk && m->m >= 200 ? calloc(m->values + 1, sizeof(*count)) : NULL;

	for (uint32_t j = 0; count && j < m->m; j++)
		r->popular[m->b[j]] = ++count[m->b[j]] > m->m / 100 + 1;
	free(count);
}

static int match_cmp(const void *a, const void *b)
{
	const struct match *x = a, *y = b;

	return x->a != y->a ? (x->a < y->a ? -1 : 1) : x->b < y->b ? -1 : x->b > y->b;
}

/* In order, adjacent blocks made one, an empty one at the end. */
static void join(struct matcher *m, struct room *r)
{
	size_t n = 0;

	if (r->founds)
		qsort(r->found, r->founds, sizeof(*r->found), match_cmp);
	for (size_t i = 0; i < r->founds; i++) {
		struct match *last = n ? &r->found[n - 1] : NULL;

		if (last && last->a + last->n == r->found[i].a && last->b + last->n == r->found[i].b)
			last->n += r->found[i].n;
		else
			r->found[n++] = r->found[i];
	}
	r->found[n++] = (struct match){ m->n, m->m, 0 };
	m->block = r->found;
	m->blocks = n;
	r->found = NULL;
}

static int run(struct matcher *m, struct room *r)
{
	r->todo[r->todos++] = (struct span){ 0, m->n, 0, m->m };
	while (r->todos) {
		struct span s = r->todo[--r->todos];
		struct match x = longest(m, r, &s);

		if (m->work > MATCHER_WORK)
			return 1;
		if (!x.n)
			continue;
		r->found[r->founds++] = x;
		if (s.alo < x.a && s.blo < x.b)
			r->todo[r->todos++] = (struct span){ s.alo, x.a, s.blo, x.b };
		if (x.a + x.n < s.ahi && x.b + x.n < s.bhi)
			r->todo[r->todos++] = (struct span){ x.a + x.n, s.ahi, x.b + x.n, s.bhi };
	}
	join(m, r);
	return 0;
}

int matcher_run(struct matcher *m)
{
	size_t least = (m->n < m->m ? m->n : m->m) + 2; /* every block takes an element of both, and so does every part to do */
	struct room r = { .edges = 16 };
	int rc = -1;

	while (r.edges < 6 * (uint64_t)m->m + 16)
		r.edges *= 2;
	r.au.state = malloc((2 * (size_t)m->m + 2) * sizeof(*r.au.state));
	r.au.edge = malloc(r.edges * sizeof(*r.au.edge));
	r.run = malloc(((size_t)m->m + 1) * sizeof(*r.run));
	r.popular = calloc((size_t)m->values + 1, 1);
	r.todo = malloc(2 * least * sizeof(*r.todo));
	r.found = malloc(least * sizeof(*r.found));
	if (r.au.state && r.au.edge && r.run && r.popular && r.todo && r.found) {
		find_popular(m, &r);
		rc = run(m, &r);
	}
	free(r.au.state);
	free(r.au.edge);
	free(r.run);
	free(r.popular);
	free(r.todo);
	free(r.found);
	return rc;
}

void matcher_release(struct matcher *m)
{
	free(m->block);
	m->block = NULL;
	m->blocks = 0;
}
