/*
 * space_reasoning_tree_canon.c - a tree's text without what does not matter: names, the order of facts and of the items in their lists.
 */
#include "generators/space_reasoning_tree.h"
#include "base/hash.h"

/* The number of different hashes. */
static int count_different(const uint64_t *hash, int n)
{
	uint64_t slot[1024]; /* 0 is free: none of them is that but by a chance that would make it one less */
	size_t slots = 128;
	int different = 0;

	while (slots < 2 * (size_t)n)
		slots *= 2;
	memset(slot, 0, slots * sizeof(slot[0]));
	for (int i = 0; i < n; i++) {
		size_t at = hash[i] & (slots - 1);

		while (slot[at] && slot[at] != hash[i])
			at = (at + 1) & (slots - 1);
		different += slot[at] != hash[i];
		slot[at] = hash[i];
	}
	return different;
}

/* In order: hashes are spread evenly, so that the first byte brings each near to its place. */
static void sort(uint64_t *hash, int n)
{
	uint64_t copy[TREE_FACTS];
	int from[257] = { 0 };

	memcpy(copy, hash, sizeof(copy[0]) * (size_t)n);
	for (int i = 0; i < n; i++)
		from[(copy[i] >> 56) + 1]++;
	for (int b = 1; b < 257; b++)
		from[b] += from[b - 1];
	for (int i = 0; i < n; i++)
		hash[from[copy[i] >> 56]++] = copy[i];
	for (int i = 1; i < n; i++) {
		uint64_t h = hash[i];
		int at = i;

		for (; at && hash[at - 1] > h; at--)
			hash[at] = hash[at - 1];
		hash[at] = h;
	}
}

/* listed[v]: what v adds to a list it stands in. */
static uint64_t fact_hash(const struct tree *t, const struct tree_fact *f, const uint64_t *colour, const uint64_t *listed)
{
	uint64_t list = 0;

	for (int i = 0; i < f->n; i++)
		list += listed[t->pool[f->from + i]];
	return rng_mix(rng_mix(list, (uint64_t)f->sign), f->head < 0 ? 1 : colour[f->head]);
}

static void list_colours(uint64_t *listed, const uint64_t *colour, int n)
{
	for (int v = 0; v < n; v++)
		listed[v] = rng_mix(colour[v], 17);
}

/*
 * Colours of items that no renaming changes: refined by the facts they stand in until as many are told apart as can be.
 * Only facts whose list has an order would need it kept; here none has.
 */
static int colours(const struct tree *t, uint64_t *colour, uint64_t *listed)
{
	uint64_t next[TREE_NODES];
	int before = 0, different;

	for (int v = 0; v < t->n; v++)
		colour[v] = v == t->about ? 2 : 1;
	for (;; before = different) {
		list_colours(listed, colour, t->n);
		memcpy(next, colour, sizeof(next[0]) * (size_t)t->n);
		for (int i = 0; i < t->facts; i++) {
			const struct tree_fact *f = &t->fact[i];
			uint64_t h = fact_hash(t, f, colour, listed), in_list = rng_mix(h, 6);

			if (f->head >= 0)
				next[f->head] += rng_mix(h, 5);
			for (int j = 0; j < f->n; j++)
				next[t->pool[f->from + j]] += in_list;
		}
		for (int v = 0; v < t->n; v++)
			colour[v] = rng_mix(next[v], 9);
		different = count_different(colour, t->n);
		if (different <= before) {
			list_colours(listed, colour, t->n);
			return before;
		}
	}
}

void tree_canon(struct buf *out, struct str desc)
{
	uint64_t colour[TREE_NODES], listed[TREE_NODES], facts[TREE_FACTS];
	struct tree t;

	if (!tree_skim(&t, desc))
		return;
	buf_addf(out, "%s %d %d", tree_relations[t.asked], t.n, colours(&t, colour, listed));
	for (int i = 0; i < t.facts; i++)
		facts[i] = fact_hash(&t, &t.fact[i], colour, listed);
	sort(facts, t.facts);
	if (!buf_reserve(out, 17 * (size_t)t.facts + 1))
		return;
	for (int i = 0; i < t.facts; i++) {
		out->s[out->n++] = ' ';
		hash64_hex(facts[i], out->s + out->n);
		out->n += 16;
	}
}
