/*
 * space_reasoning_tree_canon.c - a tree's text without what does not matter: names, the order of facts and of the items in their lists.
 */
#include "generators/space_reasoning_tree.h"
#include "base/hash.h"

#include <stdlib.h>

static int u64_cmp(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/*
 * Colours of items that no renaming changes: refined by the facts they stand in until as many are told apart as can be.
 * Only facts whose list has an order would need it kept; here none has.
 */
static uint64_t fact_hash(const struct tree *t, const struct tree_fact *f, const uint64_t *colour)
{
	uint64_t list = 0;

	for (int i = 0; i < f->n; i++)
		list += rng_mix(colour[t->pool[f->from + i]], 17);
	return rng_mix(rng_mix(list, (uint64_t)f->sign), f->head < 0 ? 1 : colour[f->head]);
}

static int colours(const struct tree *t, uint64_t *colour)
{
	uint64_t sorted[TREE_NODES], next[TREE_NODES];
	int before = 0;

	for (int v = 0; v < t->n; v++)
		colour[v] = v == t->about ? 2 : 1;
	for (;;) {
		int different = 1;

		memcpy(next, colour, sizeof(next[0]) * (size_t)t->n);
		for (int i = 0; i < t->facts; i++) {
			const struct tree_fact *f = &t->fact[i];
			uint64_t h = fact_hash(t, f, colour);

			if (f->head >= 0)
				next[f->head] += rng_mix(h, 5);
			for (int j = 0; j < f->n; j++)
				next[t->pool[f->from + j]] += rng_mix(h, 6);
		}
		for (int v = 0; v < t->n; v++)
			colour[v] = sorted[v] = rng_mix(next[v], 9);
		qsort(sorted, (size_t)t->n, sizeof(sorted[0]), u64_cmp);
		for (int v = 1; v < t->n; v++)
			different += sorted[v] != sorted[v - 1];
		if (different <= before)
			return before;
		before = different;
	}
}

void tree_canon(struct buf *out, struct str desc)
{
	uint64_t colour[TREE_NODES], facts[TREE_FACTS];
	struct tree t;

	if (!tree_read(&t, desc))
		return;
	buf_addf(out, "%s %d %d", tree_relations[t.asked], t.n, colours(&t, colour));
	for (int i = 0; i < t.facts; i++)
		facts[i] = fact_hash(&t, &t.fact[i], colour);
	qsort(facts, (size_t)t.facts, sizeof(facts[0]), u64_cmp);
	for (int i = 0; i < t.facts; i++) {
		char hex[17];

		hash64_hex(facts[i], hex);
		buf_addf(out, " %s", hex);
	}
}
