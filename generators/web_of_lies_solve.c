/*
 * web_of_lies_solve.c - solves, proves and explains as a person would.
 *
 * A statement whose claim is settled tells what its speaker is; a speaker who is settled tells what the claim is. When
 * nothing more follows it supposes the opposite of the truth about somebody and shows the clash, so that a worked
 * solution is a proof.
 */
#include "generators/web_of_lies_solve.h"

/* ---- truth under partial knowledge ---- */

/*
 * Every claim weighs how many of its people are as it says: "A tells the truth and B lies" wants two of two, "at most one of A,
 * B, C" none or one of three, "A and B are of one kind" not one of two.
 */
struct weighed {
	uint32_t speaker;     /* one bit; 0 for a fact */
	uint32_t scope, want; /* the people, and those of them that are to tell the truth */
	int8_t lo, hi, all;   /* from lo to hi of all; */
	bool no;              /* or just not so many */
};

static struct weighed weigh(const struct lies_item *it)
{
	struct weighed w = { .all = (int8_t)it->scope };

	w.speaker = it->kind == LIES_FACT ? 0 : 1u << it->speaker;
	for (int i = 0; i < it->scope; i++) {
		w.scope |= 1u << it->who[i];
		w.want |= (uint32_t)it->holds[i] << it->who[i];
	}
	if (it->kind == LIES_SAME || it->kind == LIES_DIFFER || it->kind >= LIES_EXACTLY)
		w.want = w.scope;
	if (it->kind == LIES_IF) /* not the first, or the second */
		w.want ^= 1u << it->who[0];
	switch ((enum lies_kind)it->kind) {
	case LIES_FACT:
	case LIES_ONE:
	case LIES_DIFFER: w.lo = w.hi = 1; break;
	case LIES_SAME:
		w.lo = w.hi = 1;
		w.no = true;
		break;
	case LIES_AND: w.lo = w.hi = 2; break;
	case LIES_OR:
	case LIES_IF:
		w.lo = 1;
		w.hi = 2;
		break;
	case LIES_EXACTLY: w.lo = w.hi = (int8_t)it->count; break;
	case LIES_ATLEAST:
		w.lo = (int8_t)it->count;
		w.hi = w.all;
		break;
	case LIES_ATMOST: w.hi = (int8_t)it->count; break;
	}
	return w;
}

struct pair {
	int a, b;
};

/* People in two sets, counted side by side; a popcount is a library call on plain x86-64. */
static inline struct pair people_in(uint32_t a, uint32_t b)
{
	uint64_t set = a | (uint64_t)b << 32;

	set -= set >> 1 & 0x5555555555555555;
	set = (set & 0x3333333333333333) + (set >> 2 & 0x3333333333333333);
	set = ((set + (set >> 4)) & 0x0f0f0f0f0f0f0f0f) * 0x01010101;
	return (struct pair){ (int)(set >> 24 & 0xff), (int)(set >> 56) };
}

static inline int first_in(uint64_t set)
{
	return __builtin_ctzll(set);
}

bool lies_true(const struct lies_item *it, uint32_t truth)
{
	struct weighed w = weigh(it);
	int as_said = people_in(w.scope & ~(truth ^ w.want), 0).a;

	return (as_said >= w.lo && as_said <= w.hi) != w.no;
}

/* What is settled: bit i of known is person i, bit i of truth how. */
struct state {
	uint32_t known, truth;
	uint64_t due; /* items that may tell something new */
};

/* The puzzle, and bit i of of[p]: item i speaks of person p, or p says it. */
struct web {
	int people, items;
	struct weighed item[LIES_ITEMS];
	uint64_t of[LIES_PEOPLE];
};

static void web_of(struct web *w, const struct lies *l)
{
	w->people = l->people;
	w->items = l->items;
	memset(w->of, 0, sizeof(w->of[0]) * (size_t)l->people);
	for (int i = 0; i < l->items; i++) {
		const struct lies_item *it = &l->item[i];

		w->item[i] = weigh(it);
		if (it->speaker >= 0)
			w->of[it->speaker] |= (uint64_t)1 << i;
		for (int j = 0; j < it->scope; j++)
			w->of[it->who[j]] |= (uint64_t)1 << i;
	}
}

static uint32_t everybody(const struct web *w)
{
	return (1u << w->people) - 1;
}

static uint64_t everything(const struct web *w)
{
	return ~(uint64_t)0 >> (64 - w->items);
}

static void state_set(struct state *s, const struct web *w, int who, bool truth)
{
	s->known |= 1u << who;
	s->truth = (s->truth & ~(1u << who)) | (uint32_t)truth << who;
	s->due |= w->of[who];
}

/* One look at one item. */
struct finding {
	uint32_t forced, truth; /* who is settled by it, and how */
	uint32_t used;          /* whom it was concluded from */
	bool clash;
};

static inline struct finding look(const struct weighed *w, uint32_t known, uint32_t truth)
{
	uint32_t told = w->scope & known, open = w->scope & ~known;
	struct pair n = people_in(told & ~(truth ^ w->want), open);
	int least = n.a, most = n.a + n.b;
	bool settled = !(w->speaker & ~known), honest = !w->speaker || truth & w->speaker;
	bool in = least >= w->lo && most <= w->hi, out = most < w->lo || least > w->hi;
	struct finding f = { .used = told | (w->speaker & known) };

	if (in || out) {
		bool holds = in != w->no;

		f.clash = settled && holds != honest;
		f.forced = settled ? 0 : w->speaker;
		f.truth = holds ? f.forced : 0;
	} else if (settled) {
		bool within = honest != w->no; /* one more or one fewer that is as said would decide it the other way */
		bool all = within ? most == w->lo : least >= w->lo && most == w->hi + 1;
		bool none = within ? least == w->hi : most <= w->hi && least + 1 == w->lo;

		f.forced = all || none ? open : 0;
		f.truth = f.forced & (all ? w->want : ~w->want);
	}
	return f;
}

/* Items come round in their order, those that can tell nothing new left out: the next one due from *at on. */
static inline int next_due(uint64_t *due, int *at)
{
	uint64_t later = *at < LIES_ITEMS ? *due & ~(uint64_t)0 << *at : 0;
	int i = first_in(later ? later : *due);

	*due &= ~((uint64_t)1 << i);
	*at = i + 1;
	return i;
}

static inline void state_take(struct state *s, const struct web *w, const struct finding *f)
{
	s->known |= f->forced;
	s->truth = (s->truth & ~f->forced) | f->truth;
	for (uint32_t left = f->forced; left; left &= left - 1)
		s->due |= w->of[first_in(left)];
}

/* ---- counting solutions ---- */

enum { COUNT_NODES = 20000 }; /* invented puzzles need a few hundred at most */

static bool settle(const struct web *w, struct state *s)
{
	for (int at = 0; s->due;) {
		struct finding f = look(&w->item[next_due(&s->due, &at)], s->known, s->truth);

		if (f.clash)
			return false;
		state_take(s, w, &f);
	}
	return true;
}

struct count {
	int most, nodes, found;
	uint32_t first; /* truth of the first solution found */
};

enum { TABLE = 8 /* so few people are asked all ways at once, 64 to a word */ };

/* In which of 64 cases does the item hold? Bit k of says[p]: what person p is in case k. */
static uint64_t item_holds(const struct weighed *w, const uint64_t *says)
{
	uint64_t ones = 0, twos = 0, fours = 0, holds = 0; /* how many are as said, in binary */

	for (uint32_t left = w->scope; left; left &= left - 1) {
		int who = first_in(left);
		uint64_t add = w->want >> who & 1 ? says[who] : ~says[who], carry = ones & add;

		ones ^= add;
		fours |= twos & carry;
		twos ^= carry;
	}
	for (int n = w->lo; n <= w->hi; n++)
		holds |= (n & 1 ? ones : ~ones) & (n & 2 ? twos : ~twos) & (n & 4 ? fours : ~fours);
	holds ^= 0 - (uint64_t)w->no;
	return w->speaker ? ~(holds ^ says[first_in(w->speaker)]) : holds;
}

/* All solutions where at most TABLE people are open, in the order in which count_from() comes to them: the first of them changes last. */
static void count_table(const struct web *w, const struct state *s, uint32_t open, struct count *c)
{
	static const uint64_t column[6] = { 0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc, 0xf0f0f0f0f0f0f0f0,
					    0xff00ff00ff00ff00, 0xffff0000ffff0000, 0xffffffff00000000 };
	uint64_t says[LIES_PEOPLE];
	int who[TABLE], n = people_in(open, 0).a;

	for (int i = n; i > 0; open &= open - 1)
		who[--i] = first_in(open);
	for (int p = 0; p < w->people; p++)
		says[p] = 0 - (uint64_t)(s->truth >> p & 1);
	for (int i = 0; i < n && i < 6; i++)
		says[who[i]] = column[i];
	for (int word = n > 6 ? (1 << (n - 6)) - 1 : 0; word >= 0 && c->found < c->most; word--) {
		uint64_t fits = n < 6 ? ((uint64_t)1 << (1 << n)) - 1 : ~(uint64_t)0;

		for (int i = 6; i < n; i++)
			says[who[i]] = 0 - (uint64_t)(word >> (i - 6) & 1);
		for (int i = 0; i < w->items && fits; i++)
			fits &= item_holds(&w->item[i], says);
		for (; fits && c->found < c->most; c->found++) {
			int at = 63 - __builtin_clzll(fits);

			for (int p = 0; p < w->people && !c->found; p++)
				c->first |= (uint32_t)(says[p] >> at & 1) << p;
			fits ^= (uint64_t)1 << at;
		}
	}
}

/* Stops at the most solutions or when the nodes are spent. */
static void count_from(const struct web *w, struct state s, struct count *c)
{
	uint32_t open;

	if (++c->nodes > COUNT_NODES || c->found == c->most || !settle(w, &s))
		return;
	open = everybody(w) & ~s.known;
	if (people_in(open, 0).a <= TABLE) {
		count_table(w, &s, open, c);
		return;
	}
	for (int v = 1; v >= 0; v--) {
		struct state t = s;

		state_set(&t, w, first_in(open), v);
		count_from(w, t, c);
	}
}

static struct count count(const struct web *w, int most)
{
	struct count c = { .most = most };

	count_from(w, (struct state){ .due = everything(w) }, &c);
	return c;
}

bool lies_unique(const struct lies *l, uint32_t *truth)
{
	struct web w;
	struct count c;

	web_of(&w, l);
	c = count(&w, 2);
	*truth = c.first;
	return c.found == 1 && c.nodes <= COUNT_NODES;
}

bool lies_solve(const struct lies *l, uint32_t *truth)
{
	struct web w;
	struct count c;

	web_of(&w, l);
	c = count(&w, 1);
	*truth = c.first;
	return c.found > 0;
}

/* ---- the proof ---- */

enum { PROOF_STEPS = 1500, PROOF_LOOKS = 400000 };

enum step_kind { STEP_ITEM, STEP_SUPPOSE, STEP_SO };

struct step {
	uint8_t is, item;      /* enum step_kind; of STEP_ITEM */
	uint16_t from;         /* STEP_SO: index of its STEP_SUPPOSE */
	uint32_t known, truth; /* what was settled before it */
	struct finding f;      /* of SUPPOSE and SO: forced is the one person, used what the clash needed from outside */
};

struct proof {
	struct web web;
	uint32_t answer;
	int n, looks;
	bool spent; /* too long, or not proved: nothing here may be used */
	int depth, splits, nesting;
	struct step step[PROOF_STEPS];
};

/* What is settled, and by how long a chain. */
struct chains {
	struct state s;
	uint8_t depth[LIES_PEOPLE];
};

static struct step *proof_add(struct proof *p, enum step_kind is, const struct state *before)
{
	struct step *s = &p->step[p->n];

	if (p->n == PROOF_STEPS) {
		p->spent = true;
		return NULL;
	}
	p->n++;
	s->is = (uint8_t)is;
	s->known = before->known;
	s->truth = before->truth;
	return s;
}

static int deepest(const struct chains *c, uint32_t people)
{
	int depth = 0;

	for (; people; people &= people - 1)
		if (c->depth[first_in(people)] > depth)
			depth = c->depth[first_in(people)];
	return depth;
}

static uint8_t depth_of(int depth)
{
	return (uint8_t)(depth < 255 ? depth : 255);
}

/* Sweep the items in their order until nothing follows; false at a clash, which is then the last step. */
static bool proof_settle(struct proof *p, struct state *s)
{
	for (int at = 0; s->due && !p->spent;) {
		int i = next_due(&s->due, &at);
		struct finding f = look(&p->web.item[i], s->known, s->truth);
		struct step *step;

		if (++p->looks > PROOF_LOOKS)
			p->spent = true;
		if (!f.clash && !f.forced)
			continue;
		step = proof_add(p, STEP_ITEM, s);
		if (!step)
			return false;
		step->item = (uint8_t)i;
		step->f = f;
		if (f.clash)
			return false;
		state_take(s, &p->web, &f);
	}
	return true;
}

/* The same, and how long the chains have grown. */
static bool chains_settle(struct proof *p, struct chains *c)
{
	int from = p->n;
	bool settled = proof_settle(p, &c->s);

	for (const struct step *s = p->step + from; s < p->step + p->n; s++) {
		uint8_t depth = depth_of(deepest(c, s->f.used) + 1);

		for (uint32_t left = s->f.forced; left; left &= left - 1)
			c->depth[first_in(left)] = depth;
	}
	return settled;
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
			p->step[i].from = (uint16_t)(p->step[i].from + to - i);
		p->step[to++] = p->step[i];
	}
	p->n = to;
	return need;
}

/* How many steps are left of those from `from` on, which are mere items and end in a clash, when proof_trim() is done. */
static int trimmed(const struct proof *p, int from)
{
	uint32_t need = 0;
	int n = 0;

	for (int i = p->n - 1; i >= from; i--) {
		const struct finding *f = &p->step[i].f;

		if (!f->clash && !(f->forced & need))
			continue;
		need = (need & ~f->forced) | f->used;
		n++;
	}
	return n;
}

static int refute(struct proof *p, struct chains c, int nesting);

/* Suppose the opposite of `truth` about somebody, show the clash, conclude `truth`. */
static void suppose(struct proof *p, struct chains *c, int who, bool truth, int nesting)
{
	struct chains t = *c;
	struct step *step = proof_add(p, STEP_SUPPOSE, &c->s);
	int from = p->n - 1, depth;
	uint32_t used;

	if (!step)
		return;
	step->f = (struct finding){ .forced = 1u << who, .truth = (uint32_t)!truth << who };
	state_set(&t.s, &p->web, who, !truth);
	t.depth[who] = 0;
	depth = refute(p, t, nesting + 1);
	if (p->spent)
		return;
	used = proof_trim(p, from + 1) & ~(1u << who);
	step = proof_add(p, STEP_SO, &c->s);
	if (!step)
		return;
	step->from = (uint16_t)from;
	step->f = (struct finding){ .forced = 1u << who, .truth = (uint32_t)truth << who, .used = used };
	state_set(&c->s, &p->web, who, truth);
	c->depth[who] = depth_of(depth);
}

struct choice {
	int who;
	bool wrong; /* what to suppose */
};

/*
 * What to suppose next: what clashes soonest by mere settling, else what settles most. Outside every supposition
 * (outer) only the wrong value can be refuted; inside one, which is false itself, either can.
 */
static struct choice choose(struct proof *p, const struct chains *c, bool outer)
{
	struct choice best = { -1, false };
	int best_score = -1, start = p->n;

	for (uint32_t open = everybody(&p->web) & ~c->s.known; open; open &= open - 1) {
		int who = first_in(open);

		for (int v = 1; v >= 0; v--) {
			struct state t = c->s;
			bool clash;
			int score;

			if (outer && v == (int)(p->answer >> who & 1))
				continue;
			state_set(&t, &p->web, who, v);
			clash = !proof_settle(p, &t);
			if (p->spent)
				return best;
			score = clash ? 2 * PROOF_STEPS - trimmed(p, start) : p->n - start;
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
static int refute(struct proof *p, struct chains c, int nesting)
{
	if (nesting > p->nesting)
		p->nesting = nesting;
	while (chains_settle(p, &c)) {
		struct choice choice;

		if (p->spent)
			return 0;
		choice = choose(p, &c, false);
		if (choice.who < 0) /* all settled without a clash: this was no refutable state */
			p->spent = true;
		if (p->spent)
			return 0;
		suppose(p, &c, choice.who, !choice.wrong, nesting);
	}
	return p->spent ? 0 : deepest(&c, p->step[p->n - 1].f.used) + 1;
}

/* Of a puzzle that web_of() knows and that the answer solves: true says that nothing else does. */
static bool prove_fully(struct proof *p)
{
	struct chains c = { .s.due = everything(&p->web) };

	p->n = p->looks = p->depth = p->splits = p->nesting = 0;
	p->spent = false;
	while (chains_settle(p, &c)) {
		struct choice choice;

		if (p->spent || c.s.known == everybody(&p->web))
			break;
		choice = choose(p, &c, true);
		if (!p->spent)
			suppose(p, &c, choice.who, !choice.wrong, 0);
	}
	p->depth = deepest(&c, everybody(&p->web));
	for (int i = 0; i < p->n; i++)
		p->splits += p->step[i].is == STEP_SUPPOSE;
	return !p->spent && c.s.truth == p->answer;
}

/* The proof of one solution and no other; false where there is none, or none that is short enough. */
static bool proof_of(struct proof *p, const struct lies *l)
{
	struct count c;

	web_of(&p->web, l);
	c = count(&p->web, 1);
	p->answer = c.first;
	return c.found && prove_fully(p);
}

bool lies_measure(struct lies_effort *e, const struct lies *l)
{
	struct proof p;

	if (!proof_of(&p, l))
		return false;
	*e = (struct lies_effort){ p.depth, p.splits, p.nesting, p.n };
	return true;
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
	bool settled, honest, says;

	if (it->kind == LIES_FACT) {
		put_kind(b, l, it->who[0], it->holds[0], lang);
		if (s->f.clash)
			buf_addf(b, ", %s", speak[lang].clash);
		return;
	}
	settled = s->known >> it->speaker & 1;
	honest = (settled ? s->truth : s->f.truth) >> it->speaker & 1;
	says = honest != s->f.clash;
	if (settled)
		put_kind(b, l, it->speaker, honest, lang);
	else
		buf_addz(b, name_of(l, it->speaker, lang));
	buf_addz(b, ": ");
	put_claim(b, l, it, lang);
	buf_addz(b, "? ");
	for (int i = 0; i < it->scope; i++) {
		if (!(s->known >> it->who[i] & 1))
			continue;
		put_kind(b, l, it->who[i], s->truth >> it->who[i] & 1, lang);
		buf_addz(b, ", ");
	}
	buf_addc(b, says ? '1' : '0');
	if (s->f.clash)
		buf_addf(b, ", %s", speak[lang].clash);
	for (uint32_t left = s->f.forced; left; left &= left - 1) {
		buf_addz(b, ", ");
		put_kind(b, l, first_in(left), s->f.truth >> first_in(left) & 1, lang);
	}
}

static void put_step(struct buf *b, const struct lies *l, const struct step *s, enum lang lang)
{
	if (s->is == STEP_ITEM) {
		put_item(b, l, s, lang);
	} else {
		int who = first_in(s->f.forced);

		buf_addz(b, s->is == STEP_SUPPOSE ? speak[lang].suppose : speak[lang].so);
		put_kind(b, l, who, s->f.truth >> who & 1, lang);
	}
	buf_addz(b, ".\n");
}

void lies_explain(struct buf *steps, const struct lies *l, enum lang lang)
{
	struct proof p;

	if (!proof_of(&p, l))
		return;
	for (int i = 0; i < p.n; i++)
		put_step(steps, l, &p.step[i], lang);
	for (int i = 0; i < l->people; i++) {
		buf_addz(steps, i ? ", " : "");
		put_kind(steps, l, i, p.answer >> i & 1, lang);
	}
}
