/*
 * web_of_lies.c - knights and knaves: invent, prove, solve, explain.
 *
 * The solver reasons as a person would. A statement whose claim is settled tells what its speaker is; a speaker who
 * is settled tells what the claim is. When nothing more follows it supposes the opposite of the truth about somebody
 * and shows the clash, so that a worked solution is a proof.
 */
#include "generators/task.h"
#include "verifiers/web_of_lies.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { K_PEOPLE, K_FACTS, K_FREE, K_SHUFFLE, K_BACK, K_PAIRS, K_COMPOUND, K_EXTRA, K_SPLITS };

static const struct knob knobs[] = {
	{ "people", 2, 24, "how many people" },
	{ "facts", 0, 6, "of how many it is told outright what they are" },
	{ "free", 0, 1, "0: somebody is settled by each statement in turn; 1: anybody says anything" },
	{ "shuffle", 0, 100, "percent of statements moved away from their place in the order of solving" },
	{ "back", 0, 100, "percent of people settled by what another says of them, where free is 0" },
	{ "pairs", 0, 100, "percent of statements that compare two people" },
	{ "compound", 0, 100, "percent of statements with and, or, if, or a count" },
	{ "extra", 0, 12, "statements beyond one for each person" },
	{ "splits", 0, 6, "least number of suppositions that the solution needs" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* people facts free shuffle back pairs compound extra splits */
	{ 5, 2, 0, 0, 0, 30, 0, 0, 0 },
	{ 6, 1, 0, 0, 0, 30, 0, 0, 0 },
	{ 7, 1, 0, 20, 10, 40, 0, 0, 0 },
	{ 8, 1, 0, 50, 20, 40, 10, 0, 0 },
	{ 9, 1, 0, 100, 30, 30, 30, 0, 0 },
	{ 8, 0, 1, 0, 0, 40, 30, 1, 1 },
	{ 9, 0, 1, 0, 0, 30, 50, 0, 1 },
	{ 11, 0, 1, 0, 0, 25, 60, 0, 2 },
	{ 13, 0, 1, 0, 0, 20, 70, 0, 2 },
	{ 16, 0, 1, 0, 0, 15, 80, 0, 3 },
	{ 20, 0, 1, 0, 0, 10, 90, 0, 5 },
};

/* ---- truth under partial knowledge ---- */

enum tri { TRI_FALSE, TRI_TRUE, TRI_OPEN };

struct state {
	uint32_t known, truth;      /* bit i: person i is settled, and how */
	uint8_t depth[LIES_PEOPLE]; /* length of the chain that settled them */
};

static enum tri state_of(const struct state *s, int who)
{
	return s->known >> who & 1 ? (enum tri)(s->truth >> who & 1) : TRI_OPEN;
}

static void state_set(struct state *s, int who, bool truth)
{
	s->known |= 1u << who;
	s->truth = (s->truth & ~(1u << who)) | (uint32_t)truth << who;
}

static enum tri tri_of(bool v)
{
	return v ? TRI_TRUE : TRI_FALSE;
}

/* Does the i-th part of a claim hold? */
static enum tri part(const struct lies_item *it, const struct state *s, int i)
{
	enum tri v = state_of(s, it->who[i]);

	return v == TRI_OPEN ? TRI_OPEN : tri_of((v == TRI_TRUE) == it->holds[i]);
}

static enum tri claim_count(const struct lies_item *it, const struct state *s)
{
	int least = 0, most = 0;

	for (int i = 0; i < it->scope; i++) {
		enum tri v = state_of(s, it->who[i]);

		least += v == TRI_TRUE;
		most += v != TRI_FALSE;
	}
	switch (it->kind) {
	case LIES_ATLEAST: return least >= it->count ? TRI_TRUE : most < it->count ? TRI_FALSE : TRI_OPEN;
	case LIES_ATMOST: return most <= it->count ? TRI_TRUE : least > it->count ? TRI_FALSE : TRI_OPEN;
	default:
		if (least > it->count || most < it->count)
			return TRI_FALSE;
		return least == most ? TRI_TRUE : TRI_OPEN;
	}
}

/* Open exactly when the settled people leave both values possible: nobody occurs twice in a claim. */
static enum tri claim(const struct lies_item *it, const struct state *s)
{
	enum tri a, b;

	if (it->kind >= LIES_EXACTLY)
		return claim_count(it, s);
	if (it->kind == LIES_FACT || it->kind == LIES_ONE)
		return part(it, s, 0);
	if (it->kind == LIES_SAME || it->kind == LIES_DIFFER) {
		a = state_of(s, it->who[0]);
		b = state_of(s, it->who[1]);
		if (a == TRI_OPEN || b == TRI_OPEN)
			return TRI_OPEN;
		return tri_of((a == b) == (it->kind == LIES_SAME));
	}
	a = part(it, s, 0);
	b = part(it, s, 1);
	if (it->kind == LIES_AND)
		return a == TRI_FALSE || b == TRI_FALSE ? TRI_FALSE : a == TRI_TRUE && b == TRI_TRUE ? TRI_TRUE : TRI_OPEN;
	if (it->kind == LIES_IF && a != TRI_OPEN)
		a = tri_of(a == TRI_FALSE);
	return a == TRI_TRUE || b == TRI_TRUE ? TRI_TRUE : a == TRI_FALSE && b == TRI_FALSE ? TRI_FALSE : TRI_OPEN;
}

static uint32_t scope_of(const struct lies_item *it)
{
	uint32_t who = 0;

	for (int i = 0; i < it->scope; i++)
		who |= 1u << it->who[i];
	return who;
}

/* One look at one item. */
struct finding {
	bool clash;
	uint32_t forced, truth; /* who is settled by it, and how */
	uint32_t used;          /* whom it was concluded from */
};

static struct finding item_look(const struct lies_item *it, const struct state *s)
{
	struct finding f = { 0 };
	uint32_t scope = scope_of(it);
	enum tri says = claim(it, s), speaker = TRI_TRUE;

	f.used = scope & s->known;
	if (it->kind != LIES_FACT) {
		speaker = state_of(s, it->speaker);
		f.used |= s->known & 1u << it->speaker;
	}
	if (says != TRI_OPEN && speaker != TRI_OPEN) {
		f.clash = says != speaker;
		return f;
	}
	if (says != TRI_OPEN) {
		f.forced = 1u << it->speaker;
		f.truth = says == TRI_TRUE ? f.forced : 0;
		return f;
	}
	if (speaker == TRI_OPEN)
		return f;
	for (int i = 0; i < it->scope; i++) {
		int who = it->who[i];

		if (s->known >> who & 1)
			continue;
		for (int v = 0; v < 2; v++) {
			struct state t = *s;

			state_set(&t, who, v);
			says = claim(it, &t);
			if (says == TRI_OPEN || says == speaker)
				continue;
			f.forced |= 1u << who;
			f.truth |= (uint32_t)!v << who;
		}
	}
	return f;
}

static void state_take(struct state *s, const struct finding *f)
{
	int depth = 0;

	for (int i = 0; i < LIES_PEOPLE; i++)
		if (f->used >> i & 1 && s->depth[i] > depth)
			depth = s->depth[i];
	for (int i = 0; i < LIES_PEOPLE; i++)
		if (f->forced >> i & 1)
			s->depth[i] = (uint8_t)(depth < 255 ? depth + 1 : 255);
	s->known |= f->forced;
	s->truth = (s->truth & ~f->forced) | f->truth;
}

/* ---- counting solutions ---- */

enum { COUNT_NODES = 20000 }; /* invented puzzles need a few hundred at most */

static bool settle(const struct lies *l, struct state *s)
{
	for (bool more = true; more;) {
		more = false;
		for (int i = 0; i < l->items; i++) {
			struct finding f = item_look(&l->item[i], s);

			if (f.clash)
				return false;
			if (f.forced) {
				state_take(s, &f);
				more = true;
			}
		}
	}
	return true;
}

struct count {
	int nodes, found;
	uint32_t first; /* truth of the first solution found */
};

/* Stops at two solutions or when the nodes are spent. */
static void count_from(const struct lies *l, struct state s, struct count *c)
{
	int who = 0;

	if (++c->nodes > COUNT_NODES || c->found > 1 || !settle(l, &s))
		return;
	while (who < l->people && s.known >> who & 1)
		who++;
	if (who == l->people) {
		if (c->found++ == 0)
			c->first = s.truth;
		return;
	}
	for (int v = 1; v >= 0; v--) {
		struct state t = s;

		state_set(&t, who, v);
		count_from(l, t, c);
	}
}

static bool unique(const struct lies *l, uint32_t *truth)
{
	struct count c = { 0 };

	count_from(l, (struct state){ 0 }, &c);
	*truth = c.first;
	return c.found == 1 && c.nodes <= COUNT_NODES;
}

/* ---- the proof ---- */

enum { PROOF_STEPS = 1500, PROOF_LOOKS = 400000 };

enum step_kind { STEP_ITEM, STEP_SUPPOSE, STEP_SO };

struct step {
	enum step_kind is;
	int item;              /* STEP_ITEM */
	struct finding f;      /* of SUPPOSE and SO: forced is the one person, used what the clash needed from outside */
	uint32_t known, truth; /* what was settled before it */
	int from;              /* STEP_SO: index of its STEP_SUPPOSE */
};

struct proof {
	const struct lies *l;
	uint32_t answer;
	int n, looks;
	bool spent; /* too long, or not proved: nothing here may be used */
	int depth, splits, nesting;
	struct step step[PROOF_STEPS];
};

static bool proof_add(struct proof *p, struct step s)
{
	if (p->n == PROOF_STEPS)
		p->spent = true;
	else
		p->step[p->n++] = s;
	return !p->spent;
}

/* Sweep the items in their order until nothing follows; false at a clash, which is then the last step. */
static bool proof_settle(struct proof *p, struct state *s)
{
	for (bool more = true; more && !p->spent;) {
		more = false;
		for (int i = 0; i < p->l->items && !p->spent; i++) {
			struct finding f = item_look(&p->l->item[i], s);

			if (++p->looks > PROOF_LOOKS)
				p->spent = true;
			if (!f.clash && !f.forced)
				continue;
			proof_add(p, (struct step){ STEP_ITEM, i, f, s->known, s->truth, 0 });
			if (f.clash)
				return false;
			state_take(s, &f);
			more = true;
		}
	}
	return true;
}

/*
 * Keep of the steps from `from` on, which end in a clash, only those that it needs; a supposition with all that
 * follows from it is kept or dropped whole. Gives the people the rest was concluded from.
 */
static uint32_t proof_trim(struct proof *p, int from)
{
	bool keep[PROOF_STEPS];
	uint32_t need = p->step[p->n - 1].f.used;
	int to = from;

	for (int i = p->n - 1; i >= from; i--) {
		const struct step *s = &p->step[i];
		bool wanted = s->f.clash || s->f.forced & need;
		int first = s->is == STEP_SO ? s->from : i;

		if (wanted)
			need = (need & ~s->f.forced) | s->f.used;
		for (int j = first; j <= i; j++)
			keep[j] = wanted;
		i = first;
	}
	for (int i = from; i < p->n; i++) {
		if (!keep[i])
			continue;
		if (p->step[i].is == STEP_SO) /* its block moved by as much as it did itself */
			p->step[i].from += to - i;
		p->step[to++] = p->step[i];
	}
	p->n = to;
	return need;
}

static int clash_depth(const struct proof *p, const struct state *s)
{
	int depth = 0;

	for (int i = 0; i < p->l->people; i++)
		if (p->step[p->n - 1].f.used >> i & 1 && s->depth[i] > depth)
			depth = s->depth[i];
	return depth + 1;
}

static int refute(struct proof *p, struct state s, int nesting);

/* Suppose the opposite of `truth` about somebody, show the clash, conclude `truth`. */
static void suppose(struct proof *p, struct state *s, int who, bool truth, int nesting)
{
	struct step open = { .is = STEP_SUPPOSE, .known = s->known, .truth = s->truth };
	struct step so = { .is = STEP_SO, .known = s->known, .truth = s->truth, .from = p->n };
	struct state t = *s;
	int depth;

	open.f.forced = 1u << who;
	open.f.truth = (uint32_t)!truth << who;
	so.f.forced = 1u << who;
	so.f.truth = (uint32_t)truth << who;
	state_set(&t, who, !truth);
	t.depth[who] = 0;
	if (!proof_add(p, open))
		return;
	depth = refute(p, t, nesting + 1);
	if (p->spent)
		return;
	so.f.used = proof_trim(p, so.from + 1) & ~(1u << who);
	if (!proof_add(p, so))
		return;
	state_set(s, who, truth);
	s->depth[who] = (uint8_t)(depth < 255 ? depth : 255);
}

struct choice {
	int who;
	bool wrong; /* what to suppose */
};

/*
 * What to suppose next: what clashes soonest by mere settling, else what settles most. Outside every supposition
 * (outer) only the wrong value can be refuted; inside one, which is false itself, either can.
 */
static struct choice choose(struct proof *p, const struct state *s, bool outer)
{
	struct choice best = { -1, false };
	int best_score = -1, start = p->n;

	for (int who = 0; who < p->l->people; who++) {
		if (s->known >> who & 1)
			continue;
		for (int v = 1; v >= 0; v--) {
			struct state t = *s;
			bool clash;
			int score;

			if (outer && v == (int)(p->answer >> who & 1))
				continue;
			state_set(&t, who, v);
			clash = !proof_settle(p, &t);
			if (p->spent)
				return best;
			if (clash)
				proof_trim(p, start);
			score = clash ? 2 * PROOF_STEPS - (p->n - start) : p->n - start;
			p->n = start;
			if (score > best_score) {
				best_score = score;
				best = (struct choice){ who, v };
			}
		}
	}
	return best;
}

/* From a state that cannot be: steps up to the clash. Returns the length of its longest chain. */
static int refute(struct proof *p, struct state s, int nesting)
{
	if (nesting > p->nesting)
		p->nesting = nesting;
	while (proof_settle(p, &s)) {
		struct choice c;

		if (p->spent)
			return 0;
		c = choose(p, &s, false);
		if (c.who < 0) /* all settled without a clash: this was no refutable state */
			p->spent = true;
		if (p->spent)
			return 0;
		suppose(p, &s, c.who, !c.wrong, nesting);
	}
	return p->spent ? 0 : clash_depth(p, &s);
}

static bool prove_fully(struct proof *p, const struct lies *l)
{
	struct state s = { 0 };

	p->l = l;
	p->n = p->looks = p->depth = p->splits = p->nesting = 0;
	p->spent = !unique(l, &p->answer);
	while (!p->spent && proof_settle(p, &s)) {
		struct choice c;

		if (p->spent || s.known == (1u << l->people) - 1)
			break;
		c = choose(p, &s, true);
		if (!p->spent)
			suppose(p, &s, c.who, !c.wrong, 0);
	}
	for (int i = 0; i < l->people; i++)
		if (s.depth[i] > p->depth)
			p->depth = s.depth[i];
	for (int i = 0; i < p->n; i++)
		p->splits += p->step[i].is == STEP_SUPPOSE;
	return !p->spent && s.truth == p->answer;
}

/* ---- the worked solution, the same in all languages but for names and three words ---- */

static const struct {
	const char *suppose, *clash, *so;
} speak[LANGS] = {
	{ "Suppose ", "clash", "So " },
	{ "设 ", "矛盾", "故 " },
};

static const char *name_of(const struct lies *l, int who, enum lang lang)
{
	return lies_names[lang][l->name[who]];
}

static void put_kind(struct buf *b, const struct lies *l, int who, bool truth, enum lang lang)
{
	buf_addf(b, "%s %c", name_of(l, who, lang), truth ? 'T' : 'L');
}

static void put_claim(struct buf *b, const struct lies *l, const struct lies_item *it, enum lang lang)
{
	static const char *const between[] = { "", "", " = ", " != ", " & ", " | ", " > ", ", ", ", ", ", " };
	static const char *const ahead[] = { "", ">=", "<=" };

	if (it->kind >= LIES_EXACTLY)
		buf_addf(b, "%s%d of ", ahead[it->kind - LIES_EXACTLY], it->count);
	for (int i = 0; i < it->scope; i++) {
		if (i)
			buf_addz(b, between[it->kind]);
		if (it->kind == LIES_SAME || it->kind == LIES_DIFFER || it->kind >= LIES_EXACTLY)
			buf_addz(b, name_of(l, it->who[i], lang));
		else
			put_kind(b, l, it->who[i], it->holds[i], lang);
	}
}

/* "Bob: Ann L? Ann T, 0, Bob L." - or, from a settled speaker, "Bob L: Ann = Cal? Ann T, 0, Cal L." */
static void put_item(struct buf *b, const struct lies *l, const struct step *s, enum lang lang)
{
	const struct lies_item *it = &l->item[s->item];
	struct state now = { .known = s->known, .truth = s->truth };
	enum tri says;

	if (it->kind == LIES_FACT) {
		put_kind(b, l, it->who[0], it->holds[0], lang);
		if (s->f.clash)
			buf_addf(b, ", %s", speak[lang].clash);
		return;
	}
	if (state_of(&now, it->speaker) == TRI_OPEN)
		buf_addz(b, name_of(l, it->speaker, lang));
	else
		put_kind(b, l, it->speaker, now.truth >> it->speaker & 1, lang);
	buf_addz(b, ": ");
	put_claim(b, l, it, lang);
	buf_addz(b, "? ");
	for (int i = 0; i < it->scope; i++) {
		if (state_of(&now, it->who[i]) == TRI_OPEN)
			continue;
		put_kind(b, l, it->who[i], now.truth >> it->who[i] & 1, lang);
		buf_addz(b, ", ");
	}
	says = claim(it, &now);
	if (says == TRI_OPEN)
		says = state_of(&now, it->speaker);
	buf_addc(b, says == TRI_TRUE ? '1' : '0');
	if (s->f.clash)
		buf_addf(b, ", %s", speak[lang].clash);
	for (int i = 0; i < l->people; i++) {
		if (!(s->f.forced >> i & 1))
			continue;
		buf_addz(b, ", ");
		put_kind(b, l, i, s->f.truth >> i & 1, lang);
	}
}

static void put_step(struct buf *b, const struct lies *l, const struct step *s, enum lang lang)
{
	int who = 0;

	if (s->is == STEP_ITEM) {
		put_item(b, l, s, lang);
	} else {
		while (!(s->f.forced >> who & 1))
			who++;
		buf_addz(b, s->is == STEP_SUPPOSE ? speak[lang].suppose : speak[lang].so);
		put_kind(b, l, who, s->f.truth >> who & 1, lang);
	}
	buf_addz(b, ".\n");
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct proof *p = malloc(sizeof(*p));
	struct lies l;

	if (p && lies_read(&l, desc) && prove_fully(p, &l)) {
		for (int i = 0; i < p->n; i++)
			put_step(steps, &l, &p->step[i], lang);
		for (int i = 0; i < l.people; i++) {
			buf_addz(steps, i ? ", " : "");
			put_kind(steps, &l, i, p->answer >> i & 1, lang);
		}
	}
	free(p);
}

/* ---- text ---- */

static void write_claim(struct buf *b, const struct lies_item *it)
{
	static const char marks[] = "..=!&|?#><";

	if (it->kind > LIES_ONE)
		buf_addc(b, marks[it->kind]);
	if (it->kind >= LIES_EXACTLY)
		buf_addi(b, it->count);
	for (int i = 0; i < it->scope; i++) {
		if (it->kind == LIES_ONE || (it->kind >= LIES_AND && it->kind <= LIES_IF))
			buf_addc(b, it->holds[i] ? '+' : '-');
		buf_addc(b, (char)('A' + it->who[i]));
	}
}

static void lies_write(struct buf *b, const struct lies *l)
{
	for (int i = 0; i < l->people; i++)
		buf_addf(b, "%s%d", i ? "," : "", l->name[i]);
	for (int i = 0; i < l->items; i++) {
		const struct lies_item *it = &l->item[i];

		buf_addc(b, ' ');
		if (it->kind == LIES_FACT) {
			buf_addf(b, "%c%c", 'A' + it->who[0], it->holds[0] ? '+' : '-');
			continue;
		}
		buf_addf(b, "%c:", 'A' + it->speaker);
		write_claim(b, it);
	}
}

static void answer_write(struct buf *b, int people, uint32_t truth)
{
	for (int i = 0; i < people; i++)
		buf_addf(b, "%s%c", i ? ", " : "", truth >> i & 1 ? 'T' : 'L');
}

static bool solve(struct buf *answer, struct str desc)
{
	struct count c = { 0 };
	struct lies l;

	if (!lies_read(&l, desc))
		return false;
	count_from(&l, (struct state){ 0 }, &c);
	if (!c.found)
		return false;
	answer_write(answer, l.people, c.first);
	return true;
}

static bool prove(struct str desc)
{
	struct lies l;
	uint32_t truth;

	return lies_read(&l, desc) && unique(&l, &truth);
}

static void grade(struct effort *e, struct str desc)
{
	static const char *const technique[] = { "settling", "supposition", "nested supposition" };
	struct proof *p = malloc(sizeof(*p));
	struct lies l;

	if (p && lies_read(&l, desc) && prove_fully(p, &l)) {
		e->depth = p->depth;
		e->branch = p->splits;
		e->steps = p->n;
		e->technique = technique[p->nesting < 2 ? p->nesting : 2];
	}
	free(p);
}

static double answers_log2(struct str desc)
{
	struct lies l;

	return lies_read(&l, desc) ? l.people : 0;
}

/* ---- relabelling: twins and the order of telling ---- */

static void swap_parts(struct lies_item *it, int i, int j)
{
	int who = it->who[i];
	bool holds = it->holds[i];

	it->who[i] = it->who[j];
	it->holds[i] = it->holds[j];
	it->who[j] = who;
	it->holds[j] = holds;
}

/* Person i becomes to[i]; the people in a claim come into their one order again. */
static void item_relabel(struct lies_item *it, const int *to)
{
	if (it->speaker >= 0)
		it->speaker = to[it->speaker];
	for (int i = 0; i < it->scope; i++)
		it->who[i] = to[it->who[i]];
	if (it->kind == LIES_IF)
		return;
	for (int i = 1; i < it->scope; i++)
		for (int j = i; j > 0 && it->who[j - 1] > it->who[j]; j--)
			swap_parts(it, j - 1, j);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	int to[LIES_PEOPLE], names[LIES_NAMES];
	struct lies l;

	if (!lies_read(&l, desc))
		return false;
	for (int i = 0; i < LIES_NAMES; i++)
		names[i] = i;
	for (int i = 0; i < l.people; i++)
		to[i] = i;
	rng_shuffle(rng, names, LIES_NAMES, sizeof(names[0]));
	rng_shuffle(rng, to, (size_t)l.people, sizeof(to[0]));
	rng_shuffle(rng, l.item, (size_t)l.items, sizeof(l.item[0]));
	for (int i = 0; i < l.people; i++)
		l.name[i] = names[i];
	for (int i = 0; i < l.items; i++)
		item_relabel(&l.item[i], to);
	lies_write(out, &l);
	return true;
}

/* ---- canonical form: exact, by refining colours and trying what they leave open ---- */

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

/* An item under a labelling as one number: equal numbers are equal items. */
static uint64_t item_key(struct lies_item it, const struct colours *c)
{
	uint64_t key;

	item_relabel(&it, c->rank);
	key = (uint64_t)it.kind << 3 | (uint64_t)it.count;
	key = key << 5 | (it.speaker < 0 ? 31 : (uint64_t)it.speaker);
	for (int i = 0; i < LIES_SCOPE; i++)
		key = key << 6 | (i < it.scope ? (uint64_t)it.who[i] << 1 | it.holds[i] : 63);
	return key;
}

static int u64_cmp(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
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

	for (int i = 0; i < k->l->items; i++)
		keys[i] = item_key(k->l->item[i], c);
	qsort(keys, (size_t)k->l->items, sizeof(keys[0]), u64_cmp);
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

/*
 * Names, the order of people and the order of telling do not matter. Past CANON_NODES (only puzzles made of many equal
 * parts come there, none that we invent) the text is that of the classes: still the same for all twins.
 */
static void canon(struct buf *out, struct str desc)
{
	struct colours even = { { 0 } };
	struct canon k = { 0 };
	struct lies l;

	if (!lies_read(&l, desc))
		return;
	k.l = &l;
	buf_addf(out, "%d", l.people);
	if (canon_search(&k, even, 0) < 0) {
		refine(&l, &even);
		for (int i = 0; i < l.items; i++)
			k.best[i] = item_hash(&l.item[i], &even);
		qsort(k.best, (size_t)l.items, sizeof(k.best[0]), u64_cmp);
		buf_addz(out, " ~");
	}
	for (int i = 0; i < l.items; i++)
		buf_addf(out, " %llx", (unsigned long long)k.best[i]);
}

/* ---- inventing ---- */

/* `n` of the people in `pool`, in rising order. */
static void pick(struct lies_item *it, int n, uint32_t pool, struct rng *rng)
{
	int people[LIES_PEOPLE], have = 0;

	for (int i = 0; i < LIES_PEOPLE; i++)
		if (pool >> i & 1)
			people[have++] = i;
	for (int i = 0; i < have && it->scope < n; i++)
		if ((int)rng_below(rng, (uint32_t)(have - i)) < n - it->scope)
			it->who[it->scope++] = people[i];
}

/* Say of two people something whose truth is `truth`. */
static void say_parts(struct lies_item *it, const struct state *s, bool truth, struct rng *rng)
{
	do {
		it->holds[0] = rng_below(rng, 2);
		it->holds[1] = rng_below(rng, 2);
	} while (claim(it, s) != tri_of(truth));
}

static bool say_count(struct lies_item *it, const struct state *s, bool truth, struct rng *rng)
{
	for (int tries = 0; tries < 20; tries++) {
		it->kind = (enum lies_kind)(LIES_EXACTLY + rng_below(rng, 3));
		it->count = rng_range(rng, it->kind == LIES_ATLEAST ? 2 : 1, it->scope - (it->kind == LIES_ATMOST ? 2 : 1));
		if (claim(it, s) == tri_of(truth))
			return true;
	}
	return false;
}

static int people_in(uint32_t pool)
{
	return __builtin_popcount(pool);
}

/* What a person says of people in the pool, true or false as the speaker is. */
static struct lies_item say(int speaker, uint32_t pool, const struct state *s, const int *knob, struct rng *rng)
{
	struct lies_item it = { .kind = LIES_ONE, .speaker = speaker };
	bool truth = s->truth >> speaker & 1;
	int roll = (int)rng_below(rng, 100), have;

	pool &= ~(1u << speaker);
	have = people_in(pool);
	assert(have > 0);
	if (have > 1 && roll < knob[K_PAIRS]) {
		pick(&it, 2, pool, rng);
		it.kind = LIES_SAME;
		if (claim(&it, s) != tri_of(truth))
			it.kind = LIES_DIFFER;
		return it;
	}
	if (have > 1 && roll < knob[K_PAIRS] + knob[K_COMPOUND]) {
		int which = (int)rng_below(rng, 5);

		if (have > 2 && which > 2) {
			pick(&it, rng_range(rng, 3, have < LIES_SCOPE ? have : LIES_SCOPE), pool, rng);
			if (say_count(&it, s, truth, rng))
				return it;
			it = (struct lies_item){ .speaker = speaker };
		}
		/* "if" only among the hard ones: it needs a sentence of explanation */
		it.kind = which == 0 ? LIES_AND : which == 1 && knob[K_FREE] ? LIES_IF : LIES_OR;
		pick(&it, 2, pool, rng);
		if (it.kind == LIES_IF && rng_below(rng, 2))
			swap_parts(&it, 0, 1);
		say_parts(&it, s, truth, rng);
		return it;
	}
	pick(&it, 1, pool, rng);
	it.holds[0] = (s->truth >> it.who[0] & 1) == truth;
	return it;
}

static struct lies_item fact(int who, const struct state *s)
{
	return (struct lies_item){ .kind = LIES_FACT, .speaker = -1, .scope = 1, .who = { who },
				   .holds = { s->truth >> who & 1 } };
}

static void item_put(struct lies *l, int at, struct lies_item it)
{
	assert(l->items < LIES_ITEMS);
	memmove(&l->item[at + 1], &l->item[at], sizeof(it) * (size_t)(l->items - at));
	l->item[at] = it;
	l->items++;
}

static struct lies_item item_take(struct lies *l, int at)
{
	struct lies_item it = l->item[at];

	l->items--;
	memmove(&l->item[at], &l->item[at + 1], sizeof(it) * (size_t)(l->items - at));
	return it;
}

/* Somebody settled, j, says what settles i: i itself, or i beside another who is settled. */
static struct lies_item say_back(int i, const struct state *s, const int *knob, struct rng *rng)
{
	int j = (int)rng_below(rng, (uint32_t)i);
	uint32_t others = ((1u << i) - 1) & ~(1u << j);
	bool truth = s->truth >> j & 1;
	struct lies_item it = { .kind = LIES_ONE, .speaker = j };

	if (others && rng_chance(rng, knob[K_PAIRS])) {
		pick(&it, 1, others, rng);
		it.who[it.scope++] = i;
		it.kind = LIES_SAME;
		if (claim(&it, s) != tri_of(truth))
			it.kind = LIES_DIFFER;
		return it;
	}
	it.who[it.scope++] = i;
	it.holds[0] = (s->truth >> i & 1) == truth;
	return it;
}

/* Which people are given: person 0, whom the order of solving starts from (unless free), and others by chance. */
static uint32_t draw_facts(const int *knob, struct rng *rng)
{
	uint32_t facts = 0, all = (1u << knob[K_PEOPLE]) - 1;
	struct lies_item it = { 0 };

	if (!knob[K_FREE]) {
		facts = 1;
		all &= ~1u;
	}
	pick(&it, knob[K_FACTS] - people_in(facts), all, rng);
	for (int i = 0; i < it.scope; i++)
		facts |= 1u << it.who[i];
	return facts;
}

static void draw_items(struct lies *l, const struct state *s, const int *knob, struct rng *rng)
{
	uint32_t facts = draw_facts(knob, rng), all = (1u << l->people) - 1;

	for (int i = 0; i < l->people; i++) {
		if (facts >> i & 1)
			item_put(l, l->items, fact(i, s));
		if (knob[K_FREE])
			item_put(l, l->items, say(i, all, s, knob, rng));
		else if (!(facts >> i & 1))
			item_put(l, l->items, rng_chance(rng, knob[K_BACK]) ? say_back(i, s, knob, rng)
									     : say(i, (1u << i) - 1, s, knob, rng));
	}
	for (int i = 0; i < knob[K_EXTRA]; i++) {
		int speaker = (int)rng_below(rng, (uint32_t)l->people);

		item_put(l, (int)rng_below(rng, (uint32_t)l->items + 1), say(speaker, all, s, knob, rng));
	}
	for (int i = 0; i < l->items; i++)
		if (rng_chance(rng, knob[K_SHUFFLE])) {
			struct lies_item it = item_take(l, i);

			item_put(l, (int)rng_below(rng, (uint32_t)l->items + 1), it);
		}
}

/* Number the people as they come up: given or speaking first, then those who are only spoken of. */
static void number_people(struct lies *l)
{
	int to[LIES_PEOPLE], next = 0;
	uint32_t seen = 0;

	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < l->items; i++) {
			const struct lies_item *it = &l->item[i];

			for (int j = it->speaker >= 0 ? -1 : 0; j < it->scope; j++) {
				int who = j < 0 ? it->speaker : it->who[j];

				if (seen >> who & 1 || (pass == 0 && j >= 0 && it->kind != LIES_FACT))
					continue;
				seen |= 1u << who;
				to[who] = next++;
			}
		}
	assert(next == l->people);
	for (int i = 0; i < l->items; i++)
		item_relabel(&l->item[i], to);
}

static bool said_twice(const struct lies *l)
{
	struct colours c;
	uint64_t keys[LIES_ITEMS];

	for (int i = 0; i < l->people; i++)
		c.rank[i] = i;
	for (int i = 0; i < l->items; i++)
		keys[i] = item_key(l->item[i], &c);
	qsort(keys, (size_t)l->items, sizeof(keys[0]), u64_cmp);
	for (int i = 1; i < l->items; i++)
		if (keys[i - 1] == keys[i])
			return true;
	return false;
}

static void draw_names(struct lies *l, struct rng *rng)
{
	int names[LIES_NAMES];

	for (int i = 0; i < LIES_NAMES; i++)
		names[i] = i;
	rng_shuffle(rng, names, LIES_NAMES, sizeof(names[0]));
	memcpy(l->name, names, sizeof(l->name));
}

static const char *refuse(const int *knob)
{
	if (knob[K_FACTS] > knob[K_PEOPLE])
		return "more facts than people";
	if (knob[K_PAIRS] + knob[K_COMPOUND] > 100)
		return "pairs and compound are more than 100 percent together";
	if (!knob[K_FREE] && !knob[K_FACTS])
		return "nobody to start from: it needs a fact, or free";
	if (!knob[K_FREE] && knob[K_SPLITS])
		return "a suppose is never needed where each statement settles somebody; set free";
	if (knob[K_FACTS] == 0 && (knob[K_PEOPLE] < 4 || knob[K_PAIRS] + knob[K_COMPOUND] < 10))
		return "without facts it needs four people and 10 percent of pairs or compound: else the mirror image fits as well";
	if (knob[K_SPLITS] && knob[K_PEOPLE] < 4 + 2 * knob[K_SPLITS])
		return "too few people for so many splits";
	return NULL;
}

enum { DRAWS = 200 };

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct proof *p = malloc(sizeof(*p));
	bool found = false;

	for (int draw = 0; p && draw < DRAWS && !found; draw++) {
		struct lies l = { .people = knob[K_PEOPLE] };
		struct state s = { .known = (1u << l.people) - 1 };
		uint32_t truth;

		s.truth = (uint32_t)rng_u64(rng) & s.known;
		draw_items(&l, &s, knob, rng);
		number_people(&l);
		draw_names(&l, rng);
		if (said_twice(&l) || !unique(&l, &truth))
			continue;
		if (knob[K_FREE] && (!prove_fully(p, &l) || p->splits < knob[K_SPLITS]))
			continue;
		lies_write(desc, &l);
		answer_write(answer, l.people, truth);
		found = true;
	}
	free(p);
	return found;
}

/* ---- wording ---- */

static void list_names(struct buf *b, const struct lies *l, const int *who, int n, enum lang lang, bool last_and)
{
	for (int i = 0; i < n; i++) {
		if (i && lang == LANG_EN)
			buf_addz(b, last_and && i == n - 1 ? " and " : ", ");
		else if (i)
			buf_addz(b, last_and && i == n - 1 ? "和" : "、");
		buf_addz(b, name_of(l, who[i], lang));
	}
}

static void english_part(struct buf *b, const struct lies *l, int who, bool holds)
{
	buf_addf(b, "%s %s", name_of(l, who, LANG_EN), holds ? "tells the truth" : "lies");
}

static void english_claim(struct buf *b, const struct lies *l, const struct lies_item *it)
{
	static const char *const much[] = { "exactly", "at least", "at most" };
	static const char *const number[] = { "none", "one", "two", "three", "four", "five" };
	bool alike = it->holds[0] == it->holds[1];

	switch (it->kind) {
	case LIES_FACT:
	case LIES_ONE: english_part(b, l, it->who[0], it->holds[0]); return;
	case LIES_SAME:
	case LIES_DIFFER:
		list_names(b, l, it->who, 2, LANG_EN, true);
		buf_addz(b, it->kind == LIES_SAME ? " are of the same kind" : " are of different kinds");
		return;
	case LIES_AND:
	case LIES_OR:
		if (alike) {
			buf_addz(b, it->kind == LIES_AND ? "both " : "at least one of ");
			list_names(b, l, it->who, 2, LANG_EN, true);
			if (it->kind == LIES_AND)
				buf_addz(b, it->holds[0] ? " tell the truth" : " lie");
			else
				buf_addz(b, it->holds[0] ? " tells the truth" : " lies");
			return;
		}
		english_part(b, l, it->who[0], it->holds[0]);
		buf_addz(b, it->kind == LIES_AND ? " and " : " or ");
		english_part(b, l, it->who[1], it->holds[1]);
		buf_addz(b, it->kind == LIES_AND ? "" : ", or both");
		return;
	case LIES_IF:
		buf_addz(b, "if ");
		english_part(b, l, it->who[0], it->holds[0]);
		buf_addz(b, ", then ");
		english_part(b, l, it->who[1], it->holds[1]);
		return;
	case LIES_EXACTLY:
	case LIES_ATLEAST:
	case LIES_ATMOST:
		buf_addf(b, "%s %s of ", much[it->kind - LIES_EXACTLY], number[it->count]);
		list_names(b, l, it->who, it->scope, LANG_EN, true);
		buf_addz(b, it->count == 1 ? " tells the truth" : " tell the truth");
		return;
	}
}

static void chinese_part(struct buf *b, const struct lies *l, int who, bool holds)
{
	buf_addf(b, "%s%s", name_of(l, who, LANG_ZH), holds ? "说真话" : "说谎");
}

static void chinese_claim(struct buf *b, const struct lies *l, const struct lies_item *it)
{
	static const char *const much[] = { "恰好有", "至少有", "至多有" };
	static const char *const number[] = { "零", "一", "两", "三", "四", "五" };
	bool alike = it->holds[0] == it->holds[1];

	switch (it->kind) {
	case LIES_FACT:
	case LIES_ONE: chinese_part(b, l, it->who[0], it->holds[0]); return;
	case LIES_SAME:
	case LIES_DIFFER:
		list_names(b, l, it->who, 2, LANG_ZH, true);
		buf_addz(b, it->kind == LIES_SAME ? "是同一类人" : "不是同一类人");
		return;
	case LIES_AND:
	case LIES_OR:
		if (alike) {
			list_names(b, l, it->who, 2, LANG_ZH, true);
			buf_addf(b, "%s%s", it->kind == LIES_AND ? "都" : "中至少有一人", it->holds[0] ? "说真话" : "说谎");
			return;
		}
		chinese_part(b, l, it->who[0], it->holds[0]);
		buf_addz(b, it->kind == LIES_AND ? "，而且" : "，或者");
		chinese_part(b, l, it->who[1], it->holds[1]);
		buf_addz(b, it->kind == LIES_AND ? "" : "，或者两者都成立");
		return;
	case LIES_IF:
		buf_addz(b, "如果");
		chinese_part(b, l, it->who[0], it->holds[0]);
		buf_addz(b, "，那么");
		chinese_part(b, l, it->who[1], it->holds[1]);
		return;
	case LIES_EXACTLY:
	case LIES_ATLEAST:
	case LIES_ATMOST:
		list_names(b, l, it->who, it->scope, LANG_ZH, true);
		buf_addf(b, "中%s%s人说真话", much[it->kind - LIES_EXACTLY], number[it->count]);
		return;
	}
}

/* How a statement is framed: before the speaker, after, after the claim; then what stands before a fact and after. */
struct frame {
	const char *hole, *between; /* between two items */
	struct {
		const char *says, *end, *known, *known_end;
	} in[LANGS];
};

static const struct frame frames[] = {
	{ "statements", " ", { { " says that ", ".", "", "." }, { "说：", "。", "已知", "。" } } },
	{ "lines", "\n", { { " says ", ".", "", "." }, { "说：", "。", "已知", "。" } } },
	{ "quotes", "\n", { { ": \"", "\"", "Known: ", "" }, { "：“", "”", "已知：", "" } } },
};

static void put_frame(struct buf *b, const struct lies *l, const struct frame *f, enum lang lang)
{
	bool ifs = false;

	for (int i = 0; i < l->items; i++) {
		const struct lies_item *it = &l->item[i];

		if (i && (lang == LANG_EN || f->between[0] == '\n'))
			buf_addz(b, f->between);
		if (it->kind == LIES_FACT)
			buf_addz(b, f->in[lang].known);
		else
			buf_addf(b, "%s%s", name_of(l, it->speaker, lang), f->in[lang].says);
		if (lang == LANG_EN)
			english_claim(b, l, it);
		else
			chinese_claim(b, l, it);
		buf_addz(b, it->kind == LIES_FACT ? f->in[lang].known_end : f->in[lang].end);
		ifs |= it->kind == LIES_IF;
	}
	if (ifs)
		buf_addz(b, lang == LANG_EN ? "\n(\"If ..., then ...\" is false only when its first part is true and its second is not.)"
					    : "\n（“如果……那么……”只有在前半句成立而后半句不成立时才是假话。）");
}

static void fields(field_fn *put, void *ctx, struct str desc, enum lang lang)
{
	int who[LIES_PEOPLE];
	struct buf b = BUF_INIT;
	struct lies l;

	if (!lies_read(&l, desc))
		return;
	for (int i = 0; i < l.people; i++)
		who[i] = i;
	list_names(&b, &l, who, l.people, lang, false);
	put(ctx, "names", buf_str(&b));
	buf_reset(&b);
	buf_addi(&b, l.people);
	put(ctx, "count", buf_str(&b));
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		buf_reset(&b);
		put_frame(&b, &l, &frames[i], lang);
		put(ctx, frames[i].hole, buf_str(&b));
	}
	buf_release(&b);
}

const struct task task_web_of_lies = {
	.name = "web_of_lies",
	.family = "logic",
	.what = "Who always tells the truth and who always lies, from what they say of each other.",
	.revision = 1,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
