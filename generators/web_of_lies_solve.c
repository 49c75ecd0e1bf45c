/*
 * web_of_lies_solve.c - solves, proves and explains as a person would.
 *
 * A statement whose claim is settled tells what its speaker is; a speaker who is settled tells what the claim is. When
 * nothing more follows it supposes the opposite of the truth about somebody and shows the clash, so that a worked
 * solution is a proof.
 */
#include "generators/web_of_lies_solve.h"

#include <stdlib.h>

/* ---- truth under partial knowledge ---- */

static enum tri state_of(const struct lies_state *s, int who)
{
	return s->known >> who & 1 ? (enum tri)(s->truth >> who & 1) : TRI_OPEN;
}

static void state_set(struct lies_state *s, int who, bool truth)
{
	s->known |= 1u << who;
	s->truth = (s->truth & ~(1u << who)) | (uint32_t)truth << who;
}

/* Does the i-th part of a claim hold? */
static enum tri part(const struct lies_item *it, const struct lies_state *s, int i)
{
	enum tri v = state_of(s, it->who[i]);

	return v == TRI_OPEN ? TRI_OPEN : tri_of((v == TRI_TRUE) == it->holds[i]);
}

static enum tri claim_count(const struct lies_item *it, const struct lies_state *s)
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

/* Nobody occurs twice in a claim, so that each kind can be weighed on its own. */
enum tri lies_claim(const struct lies_item *it, const struct lies_state *s)
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

static struct finding item_look(const struct lies_item *it, const struct lies_state *s)
{
	struct finding f = { 0 };
	uint32_t scope = scope_of(it);
	enum tri says = lies_claim(it, s), speaker = TRI_TRUE;

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
			struct lies_state t = *s;

			state_set(&t, who, v);
			says = lies_claim(it, &t);
			if (says == TRI_OPEN || says == speaker)
				continue;
			f.forced |= 1u << who;
			f.truth |= (uint32_t)!v << who;
		}
	}
	return f;
}

static void state_take(struct lies_state *s, const struct finding *f)
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

static bool settle(const struct lies *l, struct lies_state *s)
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
static void count_from(const struct lies *l, struct lies_state s, struct count *c)
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
		struct lies_state t = s;

		state_set(&t, who, v);
		count_from(l, t, c);
	}
}

bool lies_unique(const struct lies *l, uint32_t *truth)
{
	struct count c = { 0 };

	count_from(l, (struct lies_state){ 0 }, &c);
	*truth = c.first;
	return c.found == 1 && c.nodes <= COUNT_NODES;
}

bool lies_solve(const struct lies *l, uint32_t *truth)
{
	struct count c = { 0 };

	count_from(l, (struct lies_state){ 0 }, &c);
	*truth = c.first;
	return c.found > 0;
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
static bool proof_settle(struct proof *p, struct lies_state *s)
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

static int clash_depth(const struct proof *p, const struct lies_state *s)
{
	int depth = 0;

	for (int i = 0; i < p->l->people; i++)
		if (p->step[p->n - 1].f.used >> i & 1 && s->depth[i] > depth)
			depth = s->depth[i];
	return depth + 1;
}

static int refute(struct proof *p, struct lies_state s, int nesting);

/* Suppose the opposite of `truth` about somebody, show the clash, conclude `truth`. */
static void suppose(struct proof *p, struct lies_state *s, int who, bool truth, int nesting)
{
	struct step open = { .is = STEP_SUPPOSE, .known = s->known, .truth = s->truth };
	struct step so = { .is = STEP_SO, .known = s->known, .truth = s->truth, .from = p->n };
	struct lies_state t = *s;
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
static struct choice choose(struct proof *p, const struct lies_state *s, bool outer)
{
	struct choice best = { -1, false };
	int best_score = -1, start = p->n;

	for (int who = 0; who < p->l->people; who++) {
		if (s->known >> who & 1)
			continue;
		for (int v = 1; v >= 0; v--) {
			struct lies_state t = *s;
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
static int refute(struct proof *p, struct lies_state s, int nesting)
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
	struct lies_state s = { 0 };

	p->l = l;
	p->n = p->looks = p->depth = p->splits = p->nesting = 0;
	p->spent = !lies_unique(l, &p->answer);
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

bool lies_measure(struct lies_effort *e, const struct lies *l)
{
	struct proof *p = malloc(sizeof(*p));
	bool proved = p && prove_fully(p, l);

	if (proved)
		*e = (struct lies_effort){ p->depth, p->splits, p->nesting, p->n };
	free(p);
	return proved;
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
	struct lies_state now = { .known = s->known, .truth = s->truth };
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
	says = lies_claim(it, &now);
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

void lies_explain(struct buf *steps, const struct lies *l, enum lang lang)
{
	struct proof *p = malloc(sizeof(*p));

	if (p && prove_fully(p, l)) {
		for (int i = 0; i < p->n; i++)
			put_step(steps, l, &p->step[i], lang);
		for (int i = 0; i < l->people; i++) {
			buf_addz(steps, i ? ", " : "");
			put_kind(steps, l, i, p->answer >> i & 1, lang);
		}
	}
	free(p);
}
