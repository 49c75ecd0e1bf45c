/*
 * word_sorting_mistake.c - words sorted thought by thought, with one mistake at most: knobs, levels, solver, generator.
 *
 * desc: "asc - r bat ant cow | L0.1b2 L1.1a1 L2.1c3 O1<0<2 F1,0,2": direction, letters moved to the front of the alphabet ("-" for none),
 * the method, the words as given, a token for each thought (see thought_read). The answer: the number of the first wrong thought, or "No".
 *
 * One teller tells both the true trace and the one with a mistake: it is asked to be wrong at one thought, which is drawn evenly among
 * all, and goes on from what it said there, so that every other thought follows from those before it.
 */
#include "generators/task.h"
#include "generators/words.h"

#include <math.h>

enum { WORDS_MAX = 40, WORD_MAX = 16, FRONT_MAX = 26, THOUGHTS_MAX = 1000, DRAWS = 60, LONE_DRAWS = 4000 };

enum { WORDS_LO, WORDS_HI, LONGEST, ALIKE, PREFIX, DOWN, FRONT, METHOD, CLEAN };

static const struct knob knobs[] = {
	{ "words_min", 2, WORDS_MAX, "fewest words" },
	{ "words_max", 2, WORDS_MAX, "most words" },
	{ "longest", 3, 12, "letters of the longest word allowed" },
	{ "alike", 0, 100, "percent of the words that begin like another one" },
	{ "prefix", 1, 5, "letters that alike words share at least" },
	{ "down", 0, 2, "0: ascending, 1: descending, 2: one of them by chance" },
	{ "front", 0, 8, "letters moved to the front of the alphabet" },
	{ "method", 0, 2, "0: letter by letter, 1: by merging, 2: one of them by chance" },
	{ "clean", 0, 100, "percent of traces without a mistake" },
	{ NULL, 0, 0, NULL },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* words longest alike prefix down front method clean */
	{ 3, 3,   5,     0,    1,     0,   0,    2,     10 },
	{ 4, 5,   5,     0,    1,     0,   0,    2,     10 },
	{ 7, 8,   6,     30,   1,     0,   0,    2,     5 },
	{ 15, 16, 8,     60,   3,     0,   0,    2,     1 },
	{ 16, 18, 9,     60,   3,     2,   0,    2,     1 },
	{ 18, 20, 10,    65,   3,     2,   1,    2,     1 },
	{ 20, 22, 11,    70,   3,     2,   2,    2,     1 },
	{ 22, 24, 12,    75,   3,     2,   3,    2,     1 },
	{ 24, 26, 12,    80,   4,     2,   4,    2,     1 },
	{ 27, 29, 12,    90,   4,     2,   5,    2,     1 },
	{ 31, 33, 12,    100,  4,     2,   6,    2,     1 },
};

static const char *refuse(const int *knob)
{
	if (knob[WORDS_LO] > knob[WORDS_HI])
		return "words_min is above words_max";
	if (knob[PREFIX] >= knob[LONGEST] && knob[ALIKE])
		return "prefix leaves no letter to differ in";
	if (knob[ALIKE] && knob[PREFIX] > 3 && knob[LONGEST] < 8)
		return "too few words of at most 7 letters share so long a prefix";
	if (knob[LONGEST] < 4 && knob[ALIKE] && knob[WORDS_HI] > 20)
		return "too few words of 3 letters";
	return NULL;
}

/* ---- the text ---- */

struct puzzle {
	bool down, merging;
	struct str front; /* "" for none */
	unsigned char rank[26]; /* from 1 */
	struct str word[WORDS_MAX];
	int n;
	struct str thoughts; /* tokens */
	int count;           /* how many */
};

/* A token, read. */
struct thought {
	char kind;                     /* L O F M C R */
	int word[WORDS_MAX], n;        /* the words it names; L: one, C: two */
	bool tied[WORDS_MAX];          /* O: with the word before it */
	int mid;                       /* M: where the second run begins */
	int at, number;                /* L: which letter, from 1, and its number */
	char letter;                   /* L: or '-' */
	bool second;                   /* C: the second comes first */
};

static bool set_alphabet(struct puzzle *p, struct str front)
{
	unsigned char next = 1;

	memset(p->rank, 0, sizeof(p->rank));
	for (size_t i = 0; i < front.n; i++) {
		if (front.s[i] < 'a' || front.s[i] > 'z' || p->rank[front.s[i] - 'a'])
			return false;
		p->rank[front.s[i] - 'a'] = next++;
	}
	for (int c = 0; c < 26; c++)
		if (!p->rank[c])
			p->rank[c] = next++;
	p->front = front;
	return true;
}

static bool has(const struct puzzle *p, struct str w)
{
	for (int i = 0; i < p->n; i++)
		if (str_eq(p->word[i], w))
			return true;
	return false;
}

/* Up to two digits at the head of s, without a zero in front; -1 where there are none. */
static int number_head(struct str *s)
{
	int v = 0;
	size_t n = 0;

	while (n < s->n && n < 2 && s->s[n] >= '0' && s->s[n] <= '9')
		v = v * 10 + s->s[n++] - '0';
	if (n == 0 || (n == 2 && v < 10) || (n < s->n && s->s[n] >= '0' && s->s[n] <= '9'))
		return -1;
	*s = str_from(*s, n);
	return v;
}

/* "L3.2c5": word, letter, which it is, its number. */
static bool letter_read(struct thought *t, struct str s)
{
	if (s.n < 4 || s.s[0] != '.')
		return false;
	s = str_from(s, 1);
	t->at = number_head(&s);
	if (t->at < 1 || t->at > WORD_MAX + 1 || s.n < 2)
		return false;
	t->letter = s.s[0];
	s = str_from(s, 1);
	t->number = number_head(&s);
	if (s.n || t->number < 0 || t->number > 26)
		return false;
	return t->letter == '-' ? t->number == 0 : t->letter >= 'a' && t->letter <= 'z' && t->number > 0;
}

/* A token of the puzzle's method; false for anything else. */
static bool thought_read(struct thought *t, struct str s, const struct puzzle *p)
{
	const char *parts;
	uint64_t seen = 0;

	t->kind = s.n ? s.s[0] : 0;
	parts = t->kind == 'L' ? "" : t->kind == 'O' ? "<=" : t->kind == 'M' ? ",+" : t->kind == 'C' ? "<>" :
		t->kind == 'R' || t->kind == 'F' ? "," : NULL;
	if (!parts || p->merging == (t->kind == 'L' || t->kind == 'O' || t->kind == 'F'))
		return false;
	s = str_from(s, 1);
	t->n = t->mid = 0;
	for (;;) {
		int w = number_head(&s);

		if (w < 0 || w >= p->n || seen >> w & 1)
			return false;
		seen |= UINT64_C(1) << w;
		t->word[t->n++] = w;
		if (s.n == 0 || !strchr(parts, s.s[0]) || !s.s[0])
			break;
		t->tied[t->n] = s.s[0] == '=';
		t->second = s.s[0] == '>';
		if (s.s[0] == '+') {
			if (t->mid)
				return false;
			t->mid = t->n;
		}
		s = str_from(s, 1);
	}
	if (t->kind == 'L')
		return letter_read(t, s);
	return s.n == 0 && t->n >= 2 && (t->kind != 'F' || t->n == p->n) && (t->kind != 'M' || t->mid) && (t->kind != 'C' || t->n == 2);
}

/* The desc without what its thoughts mean; they are whole, each by itself. */
static bool parse(struct puzzle *p, struct str desc)
{
	struct str rest = desc, part;
	struct thought t;

	p->n = p->count = 0;
	if (desc.n == 0 || desc.s[desc.n - 1] == ' ' || !str_split(&rest, ' ', &part))
		return false;
	p->down = str_is(part, "desc");
	if ((!p->down && !str_is(part, "asc")) || !str_split(&rest, ' ', &part) || part.n == 0)
		return false;
	if (!set_alphabet(p, str_is(part, "-") ? STR("") : part) || !str_split(&rest, ' ', &part))
		return false;
	p->merging = str_is(part, "m");
	if (!p->merging && !str_is(part, "r"))
		return false;
	while (str_split(&rest, ' ', &part) && !str_is(part, "|")) {
		if (p->n == WORDS_MAX || part.n == 0 || part.n > WORD_MAX || has(p, part))
			return false;
		for (size_t i = 0; i < part.n; i++)
			if (part.s[i] < 'a' || part.s[i] > 'z')
				return false;
		p->word[p->n++] = part;
	}
	p->thoughts = rest;
	while (str_split(&rest, ' ', &part))
		if (p->count++ == THOUGHTS_MAX || !thought_read(&t, part, p))
			return false;
	return p->n >= 2 && p->count > 0;
}

/* ---- the teller ---- */

struct teller {
	const struct puzzle *p;
	struct buf *out;  /* tokens with a blank between */
	int told;
	int mistake;      /* index of the thought to be wrong at, -1 for none */
	struct rng *rng;  /* for the mistake only */
	bool stuck;       /* the mistake leads nowhere: try another */
};

/* A new token; true where it is to be wrong. */
static bool tell(struct teller *t, char kind)
{
	if (t->told >= THOUGHTS_MAX)
		t->stuck = true;
	if (t->told)
		buf_addc(t->out, ' ');
	buf_addc(t->out, kind);
	return t->told++ == t->mistake;
}

static void tell_words(struct teller *t, const int *word, int n)
{
	for (int i = 0; i < n; i++) {
		buf_addz(t->out, i ? "," : "");
		buf_addi(t->out, word[i]);
	}
}

static void swap(int *a, int *b)
{
	int was = *a;

	*a = *b;
	*b = was;
}

/* Letter `at` (from 0) of word w: '-' where it has ended. */
static char letter_of(const struct puzzle *p, int w, int at)
{
	return (size_t)at < p->word[w].n ? p->word[w].s[at] : '-';
}

static int number_of(const struct puzzle *p, char c)
{
	return c == '-' ? 0 : p->rank[c - 'a'];
}

/* Another letter of the word near this one, or any, with its own number; or the right letter with a number near its own. */
static void mistake_letter(struct teller *t, int w, int at, char *c, int *number)
{
	const struct puzzle *p = t->p;
	char is = *c;

	if (is != '-' && rng_chance(t->rng, 50)) {
		int off = 1 + (int)rng_below(t->rng, 2);

		if (*number <= off || (*number + off <= 26 && rng_chance(t->rng, 50)))
			*number += off;
		else
			*number -= off;
		return;
	}
	for (int draw = 0; draw < 8 && *c == is; draw++) {
		int near = at + rng_range(t->rng, -1, 1);

		*c = near >= 0 && rng_chance(t->rng, 70) ? letter_of(p, w, near) : (char)('a' + rng_below(t->rng, 26));
	}
	if (*c == is)
		*c = is == 'a' ? 'b' : 'a';
	*number = number_of(p, *c);
}

static int tell_letter(struct teller *t, int w, int at)
{
	char c = letter_of(t->p, w, at);
	int number = number_of(t->p, c);

	if (tell(t, 'L'))
		mistake_letter(t, w, at, &c, &number);
	buf_addi(t->out, w);
	buf_addc(t->out, '.');
	buf_addi(t->out, at + 1);
	buf_addc(t->out, c);
	buf_addi(t->out, number);
	return number;
}

/* The words in the order so far; tied[i]: i - 1 and i are. Of each word `read` letters were looked at. */
struct order {
	int word[WORDS_MAX], read[WORDS_MAX];
	bool tied[WORDS_MAX];
};

/* Where group number g begins among words from .. to - 1; `to` behind the last. */
static int group_at(const struct order *o, int from, int to, int g)
{
	int i = from;

	for (; g > 0 && i < to; g--)
		do
			i++;
		while (i < to && o->tied[i]);
	return i;
}

/* Two groups that were just parted change places. */
static void swap_groups(struct order *o, int a, int b, int end)
{
	struct order was = *o;
	int at = a;

	for (int i = b; i < end; i++, at++) {
		o->word[at] = was.word[i];
		o->tied[at] = i > b && was.tied[i];
	}
	for (int i = a; i < b; i++, at++) {
		o->word[at] = was.word[i];
		o->tied[at] = i > a && was.tied[i];
	}
}

/* The order among words from .. to - 1, which were just looked at, goes wrong. */
static void mistake_order(struct teller *t, struct order *o, int from, int to)
{
	int groups = 1, g, a, b, end, how = (int)rng_below(t->rng, 4);

	for (int i = from + 1; i < to; i++)
		groups += !o->tied[i];
	if (groups == 1) { /* one tie still: part it */
		o->tied[rng_range(t->rng, from + 1, to - 1)] = false;
		return;
	}
	g = 1 + (int)rng_below(t->rng, (uint32_t)groups - 1);
	a = group_at(o, from, to, g - 1);
	b = group_at(o, from, to, g);
	end = group_at(o, from, to, g + 1);
	if (how == 0 && end - a > 2) { /* one word of each for the other */
		swap(&o->word[rng_range(t->rng, a, b - 1)], &o->word[rng_range(t->rng, b, end - 1)]);
	} else if (how == 1) {
		o->tied[b] = true;
	} else if (how == 2 && b - a > 1) {
		o->tied[rng_range(t->rng, a + 1, b - 1)] = false;
	} else {
		swap_groups(o, a, b, end);
	}
}

static void tell_order(struct teller *t, struct order *o, int from, int to)
{
	if (tell(t, 'O'))
		mistake_order(t, o, from, to);
	for (int i = from; i < to; i++) {
		buf_addz(t->out, i == from ? "" : o->tied[i] ? "=" : "<");
		buf_addi(t->out, o->word[i]);
	}
}

/* A list that ought to be in order; where it is to be wrong, two neighbours have changed places. */
static void tell_sorted(struct teller *t, char kind, int *word, int n)
{
	if (tell(t, kind)) {
		int at = (int)rng_below(t->rng, (uint32_t)n - 1);

		swap(&word[at], &word[at + 1]);
	}
	tell_words(t, word, n);
}

/* Look at the next letter of words from .. to - 1 and put them in the order that it gives. */
static void split_tie(struct teller *t, struct order *o, int from, int to)
{
	int key[WORDS_MAX], ended = 0, at = o->read[from];

	for (int i = from; i < to; i++) {
		key[i] = tell_letter(t, o->word[i], at);
		ended += (size_t)at > t->p->word[o->word[i]].n;
	}
	t->stuck |= ended > 1; /* only behind a mistake: nothing is left that would tell them apart */
	for (int i = from + 1; i < to; i++)
		for (int k = i; k > from && (t->p->down ? key[k] > key[k - 1] : key[k] < key[k - 1]); k--) {
			swap(&o->word[k], &o->word[k - 1]);
			swap(&key[k], &key[k - 1]);
		}
	for (int i = from; i < to; i++) {
		o->read[i] = at + 1;
		o->tied[i] = i > from && key[i] == key[i - 1];
	}
	tell_order(t, o, from, to);
}

static void tell_letters(struct teller *t)
{
	struct order o;
	int n = t->p->n;

	for (int i = 0; i < n; i++) {
		o.word[i] = i;
		o.read[i] = 0;
		o.tied[i] = i > 0;
	}
	for (int from = 0; from < n && !t->stuck;) {
		int to = from + 1;

		while (to < n && o.tied[to])
			to++;
		if (to - from > 1)
			split_tie(t, &o, from, to);
		else
			from = to;
	}
	tell_sorted(t, 'F', o.word, n);
}

static bool before(const struct puzzle *p, int a, int b)
{
	int at = 0;

	while (letter_of(p, a, at) == letter_of(p, b, at))
		at++;
	return (number_of(p, letter_of(p, a, at)) < number_of(p, letter_of(p, b, at))) != p->down;
}

/* The runs at list[from .. to) as they are named: a word of theirs changes places with another, of theirs or of a later run. */
static void mistake_runs(struct teller *t, int *list, int from, int to)
{
	int n = t->p->n, a = rng_range(t->rng, from, to - 1), far = to + 3 < n ? to + 3 : n, b = rng_range(t->rng, from, far - 2);

	swap(&list[a], &list[b + (b >= a)]);
}

static void merge(struct teller *t, int *list, int from, int mid, int to)
{
	int out[WORDS_MAX], n = 0, a = from, b = mid;

	if (tell(t, 'M'))
		mistake_runs(t, list, from, to);
	tell_words(t, list + from, mid - from);
	buf_addc(t->out, '+');
	tell_words(t, list + mid, to - mid);
	while (a < mid && b < to) {
		bool left = before(t->p, list[a], list[b]);

		left ^= tell(t, 'C');
		buf_addi(t->out, list[a]);
		buf_addc(t->out, left ? '<' : '>');
		buf_addi(t->out, list[b]);
		out[n++] = left ? list[a++] : list[b++];
	}
	while (a < mid)
		out[n++] = list[a++];
	while (b < to)
		out[n++] = list[b++];
	tell_sorted(t, 'R', out, n);
	memcpy(list + from, out, (size_t)n * sizeof(out[0]));
}

static void tell_merges(struct teller *t)
{
	int list[WORDS_MAX], n = t->p->n;

	for (int i = 0; i < n; i++)
		list[i] = i;
	for (int width = 1; width < n; width *= 2)
		for (int from = 0; from + width < n; from += 2 * width)
			merge(t, list, from, from + width, from + 2 * width < n ? from + 2 * width : n);
}

/* A trace into out, wrong at thought `mistake` (-1: nowhere); how many thoughts it has, 0 where it gets stuck. */
static int trace(struct buf *out, const struct puzzle *p, int mistake, struct rng *rng)
{
	struct teller t = { .p = p, .out = out, .mistake = mistake, .rng = rng };

	if (p->merging)
		tell_merges(&t);
	else
		tell_letters(&t);
	return t.stuck || out->failed ? 0 : t.told;
}

/* ---- the solver ---- */

/* The first wrong thought from 1, 0 for none; -1 where the desc is damaged. `right`: the true trace. */
static int first_wrong(struct puzzle *p, struct buf *right, struct str desc)
{
	struct str given, rest, is, due;
	int count;

	if (!parse(p, desc))
		return -1;
	count = trace(right, p, -1, NULL);
	given = p->thoughts;
	rest = buf_str(right);
	for (int i = 1; i <= p->count; i++) {
		if (!str_split(&rest, ' ', &due))
			return -1; /* it goes on when all is sorted */
		str_split(&given, ' ', &is);
		if (!str_eq(is, due))
			return i;
	}
	return count == p->count ? 0 : -1;
}

static bool solve(struct buf *answer, struct str desc)
{
	struct buf right = BUF_INIT;
	struct puzzle p;
	int wrong = first_wrong(&p, &right, desc);

	if (wrong > 0)
		buf_addi(answer, wrong);
	else if (wrong == 0)
		buf_addz(answer, "No");
	buf_release(&right);
	return wrong >= 0 && !answer->failed;
}

/* The method leaves no choice, so one trace is right, and the first difference is one thought. */
static bool prove(struct str desc)
{
	struct buf right = BUF_INIT;
	struct puzzle p;
	int wrong = first_wrong(&p, &right, desc);

	buf_release(&right);
	return wrong >= 0;
}

/* ---- the generator ---- */

static bool shares(struct str a, struct str b, size_t letters)
{
	return a.n >= letters && b.n >= letters && memcmp(a.s, b.s, letters) == 0;
}

/* Words that a reader of answers could take for a mark ("(answer, ..", "[think]") stay out. */
static bool usable(struct str w, const int *knob)
{
	return w.n <= (size_t)knob[LONGEST] && !str_starts(w, STR("answer")) && !str_starts(w, STR("think"));
}

/* 2 to 5 words, at most `most`, that share their first letters with a random one; how many were added. */
static int add_group(struct puzzle *p, const int *knob, int most, struct rng *rng)
{
	size_t prefix = (size_t)knob[PREFIX], i = rng_below(rng, (uint32_t)words_count()), lo = i, hi = i + 1, n = 0;
	struct str w = words_at(i), found[64];
	int want = rng_range(rng, 2, most < 5 ? most : 5);

	if (w.n < prefix)
		return 0;
	for (int k = 0; k < p->n; k++)
		if (shares(p->word[k], w, prefix))
			return 0;
	while (lo > 0 && shares(words_at(lo - 1), w, prefix))
		lo--;
	while (hi < words_count() && shares(words_at(hi), w, prefix))
		hi++;
	for (size_t k = lo; k < hi && n < 64; k++)
		if (usable(words_at(k), knob))
			found[n++] = words_at(k);
	if (n < 2)
		return 0;
	rng_shuffle(rng, found, n, sizeof(found[0]));
	if (want > (int)n)
		want = (int)n;
	for (int k = 0; k < want; k++)
		p->word[p->n++] = found[k];
	return want;
}

static bool draw_words(struct puzzle *p, const int *knob, struct rng *rng)
{
	int want = rng_range(rng, knob[WORDS_LO], knob[WORDS_HI]), alike = want * knob[ALIKE] / 100;

	p->n = 0;
	for (int draw = 0; draw < LONE_DRAWS && alike - p->n >= 2; draw++)
		add_group(p, knob, alike - p->n, rng);
	for (int draw = 0; draw < LONE_DRAWS && p->n < want; draw++) {
		struct str w = words_at(rng_below(rng, (uint32_t)words_count()));

		if (usable(w, knob) && !has(p, w))
			p->word[p->n++] = w;
	}
	rng_shuffle(rng, p->word, (size_t)p->n, sizeof(p->word[0]));
	return p->n == want;
}

/* Letters to be moved: such as the words hold, so that it matters. */
static void draw_front(char *front, int n, const struct puzzle *p, struct rng *rng)
{
	uint32_t used = 0;

	for (int have = 0; have < n;) {
		struct str w = p->word[rng_below(rng, (uint32_t)p->n)];
		char c = rng_chance(rng, 90) ? w.s[rng_below(rng, (uint32_t)(w.n < 5 ? w.n : 5))] : (char)('a' + rng_below(rng, 26));

		if (used >> (c - 'a') & 1)
			continue;
		used |= UINT32_C(1) << (c - 'a');
		front[have++] = c;
	}
}

static void write_head(struct buf *out, const struct puzzle *p)
{
	buf_addz(out, p->down ? "desc " : "asc ");
	buf_add(out, p->front.n ? p->front : STR("-"));
	buf_addz(out, p->merging ? " m" : " r");
	for (int i = 0; i < p->n; i++) {
		buf_addc(out, ' ');
		buf_add(out, p->word[i]);
	}
	buf_addz(out, " | ");
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	bool clean = rng_chance(rng, knob[CLEAN]);
	char front[FRONT_MAX];
	struct puzzle p;
	size_t head;
	int count, at;

	p.down = knob[DOWN] == 2 ? rng_chance(rng, 50) : knob[DOWN];
	p.merging = knob[METHOD] == 2 ? rng_chance(rng, 50) : knob[METHOD];
	if (!draw_words(&p, knob, rng))
		return false;
	draw_front(front, knob[FRONT], &p, rng);
	set_alphabet(&p, (struct str){ front, (size_t)knob[FRONT] });
	write_head(desc, &p);
	head = desc->n;
	count = trace(desc, &p, -1, NULL);
	if (!count || clean)
		return count && solve(answer, buf_str(desc));
	at = (int)rng_below(rng, (uint32_t)count);
	for (int draw = 0; draw < DRAWS; draw++) {
		buf_cut(desc, head);
		if (trace(desc, &p, at, rng)) {
			buf_addi(answer, at + 1);
			return !desc->failed && !answer->failed;
		}
	}
	return false;
}

/* ---- telling ---- */

static void add_names(struct buf *b, const struct puzzle *p, const int *word, int n, const char *between)
{
	for (int i = 0; i < n; i++) {
		buf_addz(b, i ? between : "");
		buf_add(b, p->word[word[i]]);
	}
}

/* "ant, (bat, bun), cow": words in brackets are tied. */
static void add_order(struct buf *b, const struct puzzle *p, const struct thought *t, const char *between)
{
	for (int i = 0; i < t->n; i++) {
		bool more = i + 1 < t->n && t->tied[i + 1], tied = i > 0 && t->tied[i];

		buf_addz(b, i ? between : "");
		buf_addz(b, more && !tied ? "(" : "");
		buf_add(b, p->word[t->word[i]]);
		buf_addz(b, tied && !more ? ")" : "");
	}
}

/* A thought in signs: "ant 2 n 14", "(ant art) bat", "(ant) (bat)", "ant/art n 14 r 18 ant", "ant bat". */
static void add_signs(struct buf *b, const struct puzzle *p, const struct thought *t)
{
	switch (t->kind) {
	case 'L':
		add_names(b, p, t->word, 1, "");
		buf_addf(b, " %d %c %d", t->at, t->letter, t->number);
		break;
	case 'O':
		add_order(b, p, t, " ");
		break;
	case 'M':
		buf_addc(b, '('); /* not [: "[think]" opens a thought */
		add_names(b, p, t->word, t->mid, " ");
		buf_addz(b, ") (");
		add_names(b, p, t->word + t->mid, t->n - t->mid, " ");
		buf_addc(b, ')');
		break;
	case 'C':
		add_names(b, p, t->word, 2, "/");
		for (int at = 0; at <= WORD_MAX; at++) {
			char c = letter_of(p, t->word[0], at), d = letter_of(p, t->word[1], at);

			if (c != d) {
				buf_addf(b, " %c %d %c %d ", c, number_of(p, c), d, number_of(p, d));
				break;
			}
		}
		add_names(b, p, t->word + t->second, 1, "");
		break;
	default:
		add_names(b, p, t->word, t->n, " ");
	}
}

/* What each thought should say, "=" behind it where it says so; at the mistake "x", and what it says. */
static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct buf right = BUF_INIT;
	struct str given, rest, is, due;
	struct puzzle p;
	int wrong = first_wrong(&p, &right, desc);

	(void)lang;
	given = p.thoughts;
	rest = buf_str(&right);
	for (int i = 1; wrong >= 0 && i <= (wrong ? wrong : p.count); i++) {
		struct thought t;

		str_split(&rest, ' ', &due);
		str_split(&given, ' ', &is);
		thought_read(&t, due, &p);
		buf_addf(steps, "%s%d ", i > 1 ? "\n" : "", i);
		add_signs(steps, &p, &t);
		buf_addz(steps, i == wrong ? " x " : " =");
		if (i == wrong && thought_read(&t, is, &p) && t.kind == 'C' && is.n == due.n)
			buf_add(steps, p.word[t.word[t.second]]);
		else if (i == wrong)
			add_signs(steps, &p, &t);
	}
	buf_release(&right);
}

/* depth: thoughts of the true trace, each of which rests on those before; steps: words to look at up to the mistake. */
static void grade(struct effort *e, struct str desc)
{
	struct buf right = BUF_INIT;
	struct str rest;
	struct puzzle p;
	int wrong = first_wrong(&p, &right, desc);

	*e = (struct effort){ .technique = "" };
	if (wrong >= 0) {
		struct str due;
		struct thought t;

		e->technique = p.merging ? "merging" : "letter by letter";
		for (rest = buf_str(&right); str_split(&rest, ' ', &due); e->depth++)
			if (!wrong || e->depth < wrong)
				e->steps += thought_read(&t, due, &p) ? t.n : 0;
	}
	buf_release(&right);
}

/* The order in which the words are given is part of the trace: no symmetry. */
static void canon(struct buf *out, struct str desc)
{
	struct puzzle p;

	if (parse(&p, desc))
		buf_add(out, desc);
}

/* Any thought, or No. */
static double answers_log2(struct str desc)
{
	struct puzzle p;

	return parse(&p, desc) ? log2(p.count + 1.0) : 0;
}

/* ---- the wording ---- */

enum { RULES = 4 };

static const struct phrases {
	const char *up, *down;
	const char *head, *colon;                         /* "Thought 3: " */
	const char *letter, *is, *missing, *number;       /* "bat: letter 2 is a, number 1" */
	const char *order, *all, *merge, *and, *result;
	const char *compare, *with, *comes, *first;       /* "ant and bat: ant comes first" */
	const char *usual, *one_front, *one_rest, *fronts, *fronts_as, *fronts_rest;
	const char *by_letter[RULES], *by_merging[RULES]; /* the method */
	const char *smaller, *larger;                     /* behind by_letter[1] */
	const char *before, *after;                       /* behind by_merging[2] */
	const char *join;                                 /* between the rules of the method */
} phrases[LANGS] = {
	[LANG_EN] = {
		.up = "ascending", .down = "descending", .head = "Thought ", .colon = ": ",
		.letter = ": letter ", .is = " is ", .missing = " is missing", .number = ", number ",
		.order = "they come in the order ", .all = "all words in order are ", .merge = "merge (", .and = ") and (", .result = "the result is ",
		.compare = "of ", .with = " and ", .comes = ", ", .first = " comes first",
		.usual = "The alphabet is the usual one: a is number 1 and z is number 26.",
		.one_front = "The alphabet is changed here: the letter ",
		.one_rest = " comes first and is number 1, and the other letters follow in their usual order with the numbers up to 26.",
		.fronts = "The alphabet is changed here: the letters ", .fronts_as = " come first, in this order, with the numbers from 1 to ",
		.fronts_rest = ", and the other letters follow in their usual order with the numbers up to 26.",
		.by_letter = {
			"To begin with, all words are tied in the order given, and letter 1 of each is looked up from left to right, with its number in the alphabet.",
			"When the letters of a tie have been looked up, its words are put in order of their numbers, and a thought states them in this order: ",
			"As long as there is a tie, the first one from the left is taken, and the next letter of each of its words is looked up from left to right. A word that has ended has no letter there and gets number 0.",
			"When no words are tied any more, the last thought states all words in order.",
		},
		.by_merging = {
			"To begin with, every word is a run of its own, in the order given. In each pass the runs are merged two by two from the left: the first with the second, the third with the fourth, and so on; a last run without a partner stays as it is until the next pass.",
			"Every merge begins with a thought that names its two runs, the left one first.",
			"In a merge, the first words left in the two runs are compared, and the one that comes first in the order asked for is moved to the end of the result; this is repeated until one of the runs is used up.",
			"When a run is used up, what is left of the other one is moved to the end of the result as it stands, and a thought states the result. The trace ends when there is one run.",
		},
		.smaller = "smaller numbers first; words with the same letter stay tied in the order in which they stood and are written in parentheses; all other words stay where they are.",
		.larger = "larger numbers first; words with the same letter stay tied in the order in which they stood and are written in parentheses; all other words stay where they are.",
		.before = " A word that is the beginning of another one comes before it.",
		.after = " A word that is the beginning of another one comes after it.",
		.join = " ",
	},
	[LANG_ZH] = {
		.up = "升序", .down = "降序", .head = "思考 ", .colon = "：",
		.letter = " 的第 ", .is = " 个字母是 ", .missing = " 个字母不存在", .number = "，编号 ",
		.order = "它们的顺序是 ", .all = "全部单词的顺序是 ", .merge = "合并 (", .and = ") 和 (", .result = "合并结果是 ",
		.compare = "比较 ", .with = " 和 ", .comes = "，", .first = " 在前",
		.usual = "字母表是通常的字母表：a 的编号是 1，z 的编号是 26。",
		.one_front = "这里的字母表有改动：字母 ", .one_rest = " 排在最前，编号为 1；其余字母保持原有顺序排在后面，编号依次到 26。",
		.fronts = "这里的字母表有改动：字母 ", .fronts_as = " 按此先后排在最前，编号依次为 1 到 ",
		.fronts_rest = "；其余字母保持原有顺序排在后面，编号依次到 26。",
		.by_letter = {
			"开始时，所有单词按给定顺序并列，从左到右查看每个单词的第 1 个字母及其在字母表中的编号。",
			"一组并列单词的字母都查看完后，这组单词按字母编号排列，并用一条思考写出它们的顺序：",
			"只要还有并列，就取最左边的一组，从左到右查看其中每个单词的下一个字母。已经结束的单词在该处没有字母，编号为 0。",
			"不再有并列的单词时，最后一条思考写出全部单词的顺序。",
		},
		.by_merging = {
			"开始时，每个单词自成一段，按给定顺序排列。每一轮从左起两两合并：第一段与第二段合并，第三段与第四段合并，依此类推；最后剩下的单独一段原样留到下一轮。",
			"每次合并先用一条思考写出要合并的两段，左边的一段在前。",
			"合并时，比较两段中各自剩下的第一个单词，把按要求的顺序应在前的那个移到结果末尾；如此重复，直到其中一段用完。",
			"一段用完后，另一段剩下的单词原样移到结果末尾，并用一条思考写出结果。只剩一段时，过程结束。",
		},
		.smaller = "编号小的在前；字母相同的单词仍然并列，保持原来的先后，写在圆括号里；其他单词位置不变。",
		.larger = "编号大的在前；字母相同的单词仍然并列，保持原来的先后，写在圆括号里；其他单词位置不变。",
		.before = "如果一个单词是另一个单词的开头部分，则它排在那个单词之前。",
		.after = "如果一个单词是另一个单词的开头部分，则它排在那个单词之后。",
		.join = "",
	},
};

static void add_said(struct buf *b, const struct puzzle *p, const struct thought *t, const struct phrases *say)
{
	switch (t->kind) {
	case 'L':
		add_names(b, p, t->word, 1, "");
		buf_addf(b, "%s%d", say->letter, t->at);
		buf_addz(b, t->letter == '-' ? say->missing : say->is);
		if (t->letter != '-')
			buf_addc(b, t->letter);
		buf_addf(b, "%s%d", say->number, t->number);
		break;
	case 'O':
		buf_addz(b, say->order);
		add_order(b, p, t, ", ");
		break;
	case 'M':
		buf_addz(b, say->merge);
		add_names(b, p, t->word, t->mid, ", ");
		buf_addz(b, say->and);
		add_names(b, p, t->word + t->mid, t->n - t->mid, ", ");
		buf_addc(b, ')');
		break;
	case 'C':
		buf_addz(b, say->compare);
		add_names(b, p, t->word, 2, say->with);
		buf_addz(b, say->comes);
		add_names(b, p, t->word + t->second, 1, "");
		buf_addz(b, say->first);
		break;
	default:
		buf_addz(b, t->kind == 'F' ? say->all : say->result);
		add_names(b, p, t->word, t->n, ", ");
	}
}

/* One line a thought, "Thought 3: ..." or "3. ...". */
static void add_thoughts(struct buf *b, const struct puzzle *p, const struct phrases *say, bool terse)
{
	struct str rest = p->thoughts, token;
	struct thought t;

	for (int i = 1; str_split(&rest, ' ', &token); i++) {
		thought_read(&t, token, p);
		buf_addf(b, "%s%s%d%s", i > 1 ? "\n" : "", terse ? "" : say->head, i, terse ? ". " : say->colon);
		add_said(b, p, &t, say);
	}
}

static void add_alphabet(struct buf *b, const struct puzzle *p, const struct phrases *say)
{
	if (p->front.n == 0) {
		buf_addz(b, say->usual);
		return;
	}
	buf_addz(b, p->front.n == 1 ? say->one_front : say->fronts);
	for (size_t i = 0; i < p->front.n; i++) {
		buf_addz(b, i ? ", " : "");
		buf_addc(b, p->front.s[i]);
	}
	if (p->front.n > 1)
		buf_addf(b, "%s%d", say->fronts_as, (int)p->front.n);
	buf_addz(b, p->front.n == 1 ? say->one_rest : say->fronts_rest);
}

/* {{words}}, {{count}}, {{order}}, {{alphabet}}; {{method}} and its sentences {{rule1}} .. {{rule4}}; {{thoughts}}, {{lines}}, {{last}}. */
static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	const struct phrases *say = &phrases[lang];
	struct buf words = BUF_INIT, number = BUF_INIT, text = BUF_INIT, method = BUF_INIT;
	struct puzzle p;

	if (!parse(&p, desc))
		return;
	for (int i = 0; i < p.n; i++) {
		buf_addz(&words, i ? ", " : "");
		buf_add(&words, p.word[i]);
	}
	hole_put(holes, "words", buf_str(&words));
	buf_addi(&number, p.n);
	hole_put(holes, "count", buf_str(&number));
	buf_reset(&number);
	buf_addi(&number, p.count);
	hole_put(holes, "last", buf_str(&number));
	hole_put(holes, "order", str_of(p.down ? say->down : say->up));
	add_alphabet(&text, &p, say);
	hole_put(holes, "alphabet", buf_str(&text));
	for (int i = 0; i < RULES; i++) {
		char hole[] = "rule1";

		hole[4] = (char)('1' + i);
		buf_reset(&text);
		buf_addz(&text, p.merging ? say->by_merging[i] : say->by_letter[i]);
		if (!p.merging && i == 1)
			buf_addz(&text, p.down ? say->larger : say->smaller);
		if (p.merging && i == 2)
			buf_addz(&text, p.down ? say->after : say->before);
		hole_put(holes, hole, buf_str(&text));
		buf_addz(&method, i ? say->join : "");
		buf_add(&method, buf_str(&text));
	}
	hole_put(holes, "method", buf_str(&method));
	for (int terse = 0; terse < 2; terse++) {
		buf_reset(&text);
		add_thoughts(&text, &p, say, terse);
		hole_put(holes, terse ? "lines" : "thoughts", buf_str(&text));
	}
	buf_release(&words);
	buf_release(&number);
	buf_release(&text);
	buf_release(&method);
}

const struct task task_word_sorting_mistake = {
	.name = "word_sorting_mistake",
	.family = "text",
	.what = "Find the first mistake where words are sorted step by step.",
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
	.answers_log2 = answers_log2,
	.fields = fields,
};
