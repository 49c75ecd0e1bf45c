/*
 * zebra_tell.c - the steps that a solution of a puzzle of houses needs, as short lines.
 *
 * A line is true from the clues and the lines above it alone. "x = 3" is said when one place is left; that nothing else is
 * there and that things together share what they are parted from goes without saying, and the heading says so.
 */
#include "generators/zebra_think.h"

#include <stdlib.h>

enum { TELL_MAX = 12000 }; /* bytes; past them the rest is counted */

/* A supposition that a needed step rests on, thought through once more. */
struct again {
	struct again *next;
	int node;
	struct zebra_think t;
	bool need[ZEBRA_NODES];
};

struct teller {
	struct again *again;
	struct buf *out; /* or NULL */
	enum lang lang;
	struct zebra_told *told;
	int unsaid; /* lines past TELL_MAX */
	bool need[ZEBRA_NODES];
};

static const char *thing(const struct zebra *z, int i, enum lang lang)
{
	static const char *const number[] = { "1", "2", "3", "4", "5", "6", "7" };

	if (i >= ZEBRA_HOUSE)
		return number[i - ZEBRA_HOUSE];
	return zebra_themes[z->theme[zebra_attribute(i)]].value[z->value[zebra_attribute(i)][i % ZEBRA_SIDE]].said[lang];
}

static const char *attribute(const struct zebra *z, int a, enum lang lang)
{
	static const char *const house[LANGS] = { "house", "房号" };

	return a == ZEBRA_SIDE ? house[lang] : zebra_themes[z->theme[a]].name.said[lang];
}

static void mark(void *ctx, int k)
{
	bool *need = ctx;

	need[k] = true;
}

/* The supposition of node k again: where it ends. */
static void retry(struct zebra_think *again, const struct zebra_think *t, int k)
{
	zebra_think_start(again, t->z);
	again->again = 0;
	for (int i = 0; i < k; i++) {
		const struct zebra_node *n = &t->node[i];

		again->node[i] = *n;
		if (n->why == ZEBRA_FIX) {
			again->fixed[n->i][zebra_attribute(n->j)] = (uint16_t)(i + 1);
			if (!again->fixed[n->j][zebra_attribute(n->i)])
				again->fixed[n->j][zebra_attribute(n->i)] = (uint16_t)(i + 1);
			continue;
		}
		again->no[n->i][n->j] = again->no[n->j][n->i] = (uint16_t)(i + 1);
		again->may[n->i] &= ~((uint64_t)1 << n->j);
		again->may[n->j] &= ~((uint64_t)1 << n->i);
	}
	again->nodes = k;
	zebra_suppose(again, t->node[k].i, t->node[k].j - ZEBRA_HOUSE);
}

/* From the nodes marked, mark all that they follow from, down to node `from`. */
static void trace(const struct zebra_think *t, bool *need, int from)
{
	for (int k = t->nodes - 1; k >= from; k--)
		if (need[k])
			zebra_needs(t, k, mark, need);
}

/* The same for the whole solution, where steps may rest on suppositions: what these need outside themselves is needed. */
static void trace_all(struct teller *w, const struct zebra_think *t)
{
	for (int k = t->nodes - 1; k >= 0; k--) {
		struct again *a;

		if (!w->need[k])
			continue;
		zebra_needs(t, k, mark, w->need);
		if (t->node[k].why != ZEBRA_BY_TRIAL || !(a = malloc(sizeof(*a))))
			continue;
		a->next = w->again;
		a->node = k;
		w->again = a;
		memset(a->need, 0, sizeof(a->need));
		retry(&a->t, t, k);
		zebra_needs_of_clash(&a->t, mark, a->need);
		trace(&a->t, a->need, k);
		for (int i = 0; i < k; i++)
			w->need[i] |= a->need[i];
	}
}

/* ---- lines ---- */

static bool line(struct teller *w, int depth)
{
	w->told->steps++;
	if (!w->out)
		return false;
	if (w->out->n > TELL_MAX) {
		w->unsaid++;
		return false;
	}
	for (int i = 0; i < depth; i++)
		buf_addz(w->out, "  ");
	return true;
}

static void end_line(struct teller *w)
{
	buf_addc(w->out, '\n');
}

/* "(3) ", "[colour] ", "{tea, milk} ": where a line comes from. */
static void say_reason(struct teller *w, const struct zebra_think *t, const struct zebra_node *n)
{
	if (n->why == ZEBRA_BY_CLUE)
		buf_addf(w->out, "(%d) ", n->arg + 1);
	else if (n->why == ZEBRA_BY_LINK)
		buf_addf(w->out, "[%s] ", attribute(t->z, n->arg, w->lang));
	if (n->why != ZEBRA_BY_SET)
		return;
	for (int r = 0, said = 0; r < ZEBRA_SIDE; r++)
		if (n->arg >> r & 1)
			buf_addf(w->out, "%s%s", said++ ? ", " : "{", thing(t->z, zebra_attribute(n->i) * ZEBRA_SIDE + r, w->lang));
	buf_addz(w->out, "} ");
}

/* Nodes k .. of one reason about one thing: "(3) tea ≠ 1, 2". Returns the last of them. */
static int say_parted(struct teller *w, const struct zebra_think *t, const bool *need, int k, int depth)
{
	const struct zebra_node *n = &t->node[k];
	bool said = line(w, depth);

	w->told->used |= 1u << (n->why == ZEBRA_BY_CLUE ? ZEBRA_CLUE : n->why == ZEBRA_BY_LINK ? ZEBRA_LINK : ZEBRA_SET);
	if (said) {
		say_reason(w, t, n);
		buf_addf(w->out, "%s ≠ %s", thing(t->z, n->i, w->lang), thing(t->z, n->j, w->lang));
	}
	for (int next = k + 1; next < t->nodes; next++) {
		const struct zebra_node *m = &t->node[next];

		if (!need[next])
			continue;
		if (m->why != n->why || m->arg != n->arg || m->i != n->i)
			break;
		if (said)
			buf_addf(w->out, ", %s", thing(t->z, m->j, w->lang));
		k = next;
	}
	if (said)
		end_line(w);
	return k;
}

static void say_nodes(struct teller *w, const struct zebra_think *t, const bool *need, int from, int depth);

static void say_trial(struct teller *w, const struct zebra_think *t, int k, int depth)
{
	const struct zebra_node *n = &t->node[k];
	const struct again *a = w->again;

	w->told->used |= 1u << ZEBRA_TRIAL;
	if (line(w, depth)) {
		buf_addf(w->out, "%s = %s ?", thing(t->z, n->i, w->lang), thing(t->z, n->j, w->lang));
		end_line(w);
	}
	while (a && a->node != k)
		a = a->next;
	if (a) {
		say_nodes(w, &a->t, a->need, k, depth + 1);
		if (line(w, depth + 1)) {
			buf_addf(w->out, "%s: %s ∅", thing(t->z, a->t.clash_i, w->lang), attribute(t->z, a->t.clash_attribute, w->lang));
			end_line(w);
		}
	}
	if (line(w, depth)) {
		buf_addf(w->out, "%s ≠ %s", thing(t->z, n->i, w->lang), thing(t->z, n->j, w->lang));
		end_line(w);
	}
}

static void say_nodes(struct teller *w, const struct zebra_think *t, const bool *need, int from, int depth)
{
	for (int k = from; k < t->nodes; k++) {
		const struct zebra_node *n = &t->node[k];

		if (!need[k] || n->why == ZEBRA_BY_FIX || n->why == ZEBRA_BY_SAME || n->why == ZEBRA_SUPPOSED)
			continue;
		if (n->why == ZEBRA_BY_TRIAL) {
			say_trial(w, t, k, depth);
		} else if (n->why == ZEBRA_FIX) {
			bool turn = n->i >= ZEBRA_HOUSE; /* "tea = 3", whichever of them had only the other left */

			if (line(w, depth)) {
				buf_addf(w->out, "%s = %s", thing(t->z, turn ? n->j : n->i, w->lang), thing(t->z, turn ? n->i : n->j, w->lang));
				end_line(w);
			}
		} else {
			k = say_parted(w, t, need, k, depth);
		}
	}
}

void zebra_tell(const struct zebra_think *t, struct buf *out, enum lang lang, struct zebra_told *told)
{
	struct teller *w = calloc(1, sizeof(*w));

	*told = (struct zebra_told){ 0 };
	if (!w)
		return;
	w->out = out;
	w->lang = lang;
	w->told = told;
	for (uint64_t rest = t->z->ask < 0 ? t->items : t->all[t->z->ask]; rest; rest &= rest - 1) {
		int k = t->fixed[__builtin_ctzll(rest)][ZEBRA_SIDE] - 1;

		if (k >= 0) {
			w->need[k] = true;
			if (t->node[k].depth > told->depth)
				told->depth = t->node[k].depth;
		}
	}
	trace_all(w, t);
	say_nodes(w, t, w->need, 0, 0);
	if (w->unsaid)
		buf_addf(out, lang == LANG_ZH ? "（另有 %d 步同样得出）\n" : "(and %d more such steps)\n", w->unsaid);
	while (w->again) {
		struct again *next = w->again->next;

		free(w->again);
		w->again = next;
	}
	free(w);
}
