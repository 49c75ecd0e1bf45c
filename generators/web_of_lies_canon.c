/*
 * web_of_lies_canon.c - other labels for the same puzzle, and the one text that all of them share.
 *
 * Exact, by refining colours and trying what they leave open (McKay, Practical graph isomorphism, 1981).
 */
#include "generators/web_of_lies_solve.h"

void lies_swap(struct lies_item *it, int i, int j)
{
	uint8_t who = it->who[i];
	bool holds = it->holds[i];

	it->who[i] = it->who[j];
	it->holds[i] = it->holds[j];
	it->who[j] = who;
	it->holds[j] = holds;
}

void lies_relabel(struct lies_item *it, const int *to)
{
	if (it->speaker >= 0)
		it->speaker = (int8_t)to[it->speaker];
	for (int i = 0; i < it->scope; i++)
		it->who[i] = (uint8_t)to[it->who[i]];
	if (it->kind == LIES_IF)
		return;
	for (int i = 1; i < it->scope; i++)
		for (int j = i; j > 0 && it->who[j - 1] > it->who[j]; j--)
			lies_swap(it, j - 1, j);
}

enum { CANON_NODES = 4000, CANON_AUTOS = 48 };

struct canon {
	const struct lies *l;
	bool have;
	int nodes, autos;
	uint64_t best[LIES_ITEMS];
	int best_at[LIES_PEOPLE]; /* whom the best labelling puts at each place */
	int best_path[LIES_PEOPLE], path[LIES_PEOPLE];
	uint8_t image[CANON_AUTOS][LIES_PEOPLE]; /* symmetries that were met: person to person */
};

/* Colours are places: rank[i] is how many people come before i's class, so that a class only ever splits in its place. */
struct colours {
	int rank[LIES_PEOPLE];
};

static uint64_t item_hash(const struct lies_item *it, const struct colours *c)
{
	uint64_t parts = 0;

	for (int i = 0; i < it->scope; i++)
		parts += rng_mix((uint64_t)c->rank[it->who[i]],
				 (uint64_t)it->holds[i] + (it->kind == LIES_IF ? 2 * (uint64_t)i : 0));
	return rng_mix(rng_mix((uint64_t)it->kind * 8 + (uint64_t)it->count,
			       it->speaker < 0 ? 99 : (uint64_t)c->rank[it->speaker]), parts);
}

static bool before(const struct colours *c, const uint64_t *hash, int a, int b)
{
	return c->rank[a] != c->rank[b] ? c->rank[a] < c->rank[b] : hash[a] < hash[b];
}

/* Split every class by what its people say and what is said of them, until nothing splits. */
static void refine(const struct lies *l, struct colours *c)
{
	int classes = 0;

	for (int last = -1; classes != last;) {
		uint64_t hash[LIES_PEOPLE] = { 0 };
		int order[LIES_PEOPLE];
		struct colours next;

		last = classes;
		for (int i = 0; i < l->items; i++) {
			const struct lies_item *it = &l->item[i];
			uint64_t h = item_hash(it, c);

			if (it->speaker >= 0)
				hash[it->speaker] += rng_mix(h, 1);
			for (int j = 0; j < it->scope; j++)
				hash[it->who[j]] += rng_mix(h, 2 + (uint64_t)it->holds[j] +
								      (it->kind == LIES_IF ? 2 * (uint64_t)j : 0));
		}
		for (int i = 0; i < l->people; i++) {
			int at = i;

			for (; at > 0 && before(c, hash, i, order[at - 1]); at--)
				order[at] = order[at - 1];
			order[at] = i;
		}
		classes = 0;
		for (int i = 0; i < l->people; i++) {
			bool same = i && !before(c, hash, order[i - 1], order[i]);

			next.rank[order[i]] = same ? next.rank[order[i - 1]] : i;
			classes += !same;
		}
		*c = next;
	}
}

/* An item as one number: equal numbers are equal items. */
static uint64_t item_key(const struct lies_item *it)
{
	uint64_t key = (uint64_t)it->kind << 3 | it->count;

	key = key << 5 | (it->speaker < 0 ? 31 : (uint64_t)it->speaker);
	for (int i = 0; i < LIES_SCOPE; i++)
		key = key << 6 | (i < it->scope ? (uint64_t)it->who[i] << 1 | it->holds[i] : 63);
	return key;
}

/* At most LIES_ITEMS of them. */
static void keys_sort(uint64_t *key, int n)
{
	for (int i = 1; i < n; i++) {
		uint64_t k = key[i];
		int at = i;

		for (; at > 0 && key[at - 1] > k; at--)
			key[at] = key[at - 1];
		key[at] = k;
	}
}

static int keys_cmp(const uint64_t *a, const uint64_t *b, int n)
{
	for (int i = 0; i < n; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* All told apart: the least text wins. Of two equal ones a symmetry is learnt; gives the level to go back to. */
static int canon_leaf(struct canon *k, const struct colours *c, int level)
{
	uint64_t keys[LIES_ITEMS];
	int cmp, fork = 0;

	for (int i = 0; i < k->l->items; i++) {
		struct lies_item it = k->l->item[i];

		lies_relabel(&it, c->rank);
		keys[i] = item_key(&it);
	}
	keys_sort(keys, k->l->items);
	cmp = k->have ? keys_cmp(keys, k->best, k->l->items) : -1;
	if (cmp < 0) {
		k->have = true;
		memcpy(k->best, keys, sizeof(keys[0]) * (size_t)k->l->items);
		memcpy(k->best_path, k->path, sizeof(k->path));
		for (int i = 0; i < k->l->people; i++)
			k->best_at[c->rank[i]] = i;
	}
	if (cmp != 0)
		return level;
	if (k->autos < CANON_AUTOS) {
		for (int i = 0; i < k->l->people; i++)
			k->image[k->autos][k->best_at[c->rank[i]]] = (uint8_t)i;
		k->autos++;
	}
	while (fork < level && k->path[fork] == k->best_path[fork])
		fork++;
	return fork;
}

/* Do the symmetries that keep the path's people where they are take v to one of `done`? */
static bool explored(const struct canon *k, int level, uint32_t done, int v)
{
	uint32_t reach = 1u << v;

	for (uint32_t last = 0; reach != last;) {
		last = reach;
		for (int a = 0; a < k->autos; a++) {
			bool fixes = true;

			for (int i = 0; i < level; i++)
				fixes &= k->image[a][k->path[i]] == k->path[i];
			for (int i = 0; fixes && i < k->l->people; i++)
				if ((reach >> i & 1) != (reach >> k->image[a][i] & 1))
					reach |= 1u << i | 1u << k->image[a][i];
		}
	}
	return reach & done;
}

/* Returns the level at which the search goes on; -1 when the nodes are spent. */
static int canon_search(struct canon *k, struct colours c, int level)
{
	int size[LIES_PEOPLE] = { 0 }, cell = -1;
	uint32_t done = 0;

	if (++k->nodes > CANON_NODES)
		return -1;
	refine(k->l, &c);
	for (int i = 0; i < k->l->people; i++)
		size[c.rank[i]]++;
	for (int i = 0; i < k->l->people; i++)
		if (size[i] > 1 && (cell < 0 || size[i] < size[cell]))
			cell = i;
	if (cell < 0)
		return canon_leaf(k, &c, level);
	for (int v = 0; v < k->l->people; v++) {
		struct colours d = c;
		int back;

		if (c.rank[v] != cell || explored(k, level, done, v))
			continue;
		for (int i = 0; i < k->l->people; i++)
			d.rank[i] += c.rank[i] == cell && i != v;
		k->path[level] = v;
		back = canon_search(k, d, level + 1);
		if (back < level)
			return back;
		done |= 1u << v;
	}
	return level;
}

static void put_hex(struct buf *out, uint64_t v)
{
	char text[17];
	size_t at = sizeof(text);

	do
		text[--at] = "0123456789abcdef"[v & 15];
	while (v >>= 4);
	text[--at] = ' ';
	buf_add(out, (struct str){ text + at, sizeof(text) - at });
}

/*
 * Names, the order of people and the order of telling do not matter. Past CANON_NODES (only puzzles made of many equal
 * parts come there, none that we invent) the text is that of the classes: still the same for all twins.
 */
void lies_canon(struct buf *out, const struct lies *l)
{
	struct colours even = { { 0 } };
	struct canon k;

	k.l = l;
	k.have = false;
	k.nodes = k.autos = 0;
	buf_addi(out, l->people);
	if (canon_search(&k, even, 0) < 0) {
		refine(l, &even);
		for (int i = 0; i < l->items; i++)
			k.best[i] = item_hash(&l->item[i], &even);
		keys_sort(k.best, l->items);
		buf_addz(out, " ~");
	}
	for (int i = 0; i < l->items; i++)
		put_hex(out, k.best[i]);
}

bool lies_said_twice(const struct lies *l)
{
	uint64_t keys[LIES_ITEMS];

	for (int i = 0; i < l->items; i++) {
		keys[i] = item_key(&l->item[i]);
		for (int j = 0; j < i; j++)
			if (keys[j] == keys[i])
				return true;
	}
	return false;
}
