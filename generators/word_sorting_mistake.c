/*
 * word_sorting_mistake.c - words sorted thought by thought, with one mistake at most: knobs, levels, solver, generator.
 *
 * desc: "asc - r bat ant cow | L0.1b2 L1.1a1 L2.1c3 O1<0<2 F1,0,2": direction, letters moved to the front of the alphabet ("-" for none),
 * the method, the words as given, a token for each thought (see thought_next). The answer: the number of the first wrong thought, or "No".
 *
 * One teller tells both the true trace and the one with a mistake: it is asked to be wrong at one thought, which is drawn evenly among
 * all, and goes on from what it said there, so that every other thought follows from those before it.
 */
#include "generators/word_sorting_mistake.h"
#include "generators/pen.h"
#include "generators/words.h"

#include <math.h>

enum { FRONT_MAX = 26, THOUGHTS_MAX = 1000, DRAWS = 60, LONE_DRAWS = 4000 };

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

/* One digit, or two without a zero in front; above 99 where there are none. No branch asks how many, for nobody could foresee it. */
static inline unsigned number_next(const char **s, const char *end)
{
	const char *at = *s;
	unsigned a = at < end ? (unsigned)(*at - '0') : 10, b = at + 1 < end ? (unsigned)(at[1] - '0') : 10;
	unsigned two = b < 10;

	*s = at + (a < 10) + two;
	return (a + (-two & (9 * a + b))) | (unsigned)(a > 9 || (two & (a == 0))) << 7;
}

/* ".2c5": letter, which it is, its number. */
static inline bool letter_next(struct thought *t, const char **s, const char *end)
{
	unsigned at, number;

	if (end - *s < 4 || *(*s)++ != '.')
		return false;
	at = number_next(s, end);
	if (at < 1 || at > WORD_MAX + 1 || *s == end)
		return false;
	t->letter = *(*s)++;
	number = number_next(s, end);
	t->at = (int)at;
	t->number = (int)number;
	return t->letter == '-' ? number == 0 : t->letter >= 'a' && t->letter <= 'z' && number > 0 && number <= 26;
}

/* Kinds of thought from C to R: which method has it (1 letter by letter, 2 merging), and the signs that part its words. */
static const struct {
	uint8_t method;
	char one, other;
} kinds[] = {
	['C' - 'C'] = { 2, '<', '>' }, ['F' - 'C'] = { 1, ',', ',' }, ['L' - 'C'] = { 1, 0, 0 }, ['M' - 'C'] = { 2, ',', '+' },
	['O' - 'C'] = { 1, '<', '=' }, ['R' - 'C'] = { 2, ',', ',' },
};

bool thought_next(struct thought *t, struct str *rest, const struct puzzle *p)
{
	const char *s = rest->s, *end = rest->s + rest->n;
	unsigned kind = (unsigned char)(*s++ - 'C'), words = (unsigned)p->n, again = 0;
	int n = 0, mid = 0;
	uint64_t seen = 0;
	char sign;

	if (kind > 'R' - 'C' || kinds[kind].method != 1 + p->merging)
		return false;
	for (;; s++) {
		unsigned w = number_next(&s, end);

		if (w >= words)
			return false;
		again |= seen >> w & 1;
		seen |= UINT64_C(1) << w;
		t->word[n++] = (int)w;
		sign = s < end ? *s : ' ';
		if ((sign != kinds[kind].one && sign != kinds[kind].other) || !sign || again)
			break;
		t->tied[n] = sign == '=';
		t->second = sign == '>';
		if (sign == '+') {
			if (mid)
				return false;
			mid = n;
		}
	}
	t->kind = (char)(kind + 'C');
	t->n = n;
	t->mid = mid;
	if (again || (t->kind == 'L' && !letter_next(t, &s, end)) || (s < end && *s != ' '))
		return false;
	s += s < end;
	*rest = (struct str){ s, (size_t)(end - s) };
	return t->kind == 'L' || (n >= 2 && (t->kind != 'F' || n == p->n) && (t->kind != 'M' || mid) && (t->kind != 'C' || n == 2));
}

/* A token that stands alone. */
static bool thought_read(struct thought *t, struct str token, const struct puzzle *p)
{
	return token.n && thought_next(t, &token, p);
}

static bool word_add(struct puzzle *p, struct str w)
{
	if (p->n == WORDS_MAX || w.n == 0 || w.n > WORD_MAX)
		return false;
	for (size_t i = 0; i < w.n; i++)
		if (w.s[i] < 'a' || w.s[i] > 'z')
			return false;
	memset(p->text[p->n], 0, WORD_MAX);
	memcpy(p->text[p->n], w.s, w.n);
	for (int i = 0; i < p->n; i++)
		if (memcmp(p->text[i], p->text[p->n], WORD_MAX) == 0)
			return false;
	p->word[p->n++] = w;
	return true;
}

/* All but the thoughts. */
static bool parse_head(struct puzzle *p, struct str desc)
{
	struct str rest = desc, part;

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
	while (str_split(&rest, ' ', &part) && !str_is(part, "|"))
		if (!word_add(p, part))
			return false;
	p->thoughts = rest;
	return p->n >= 2 && rest.n > 0;
}

/* Are there this many thoughts at most, each whole by itself? */
static bool count_thoughts(struct puzzle *p, struct str rest)
{
	struct thought t;

	while (rest.n)
		if (p->count++ == THOUGHTS_MAX || !thought_next(&t, &rest, p))
			return false;
	return true;
}

static int blanks_in(struct str s)
{
	int n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.s[i] == ' ';
	return n;
}

/* A desc that is known to be sound: a blank parts two thoughts. */
static bool skim(struct puzzle *p, struct str desc)
{
	if (!parse_head(p, desc))
		return false;
	p->count = 1 + blanks_in(p->thoughts);
	return true;
}

/* ---- the teller ---- */

enum { TOKEN_MAX = 4 * WORDS_MAX };

struct teller {
	const struct puzzle *p;
	struct buf *out;  /* tokens with a blank between; may be NULL */
	struct str given; /* tokens that these are held against, as far as they agree; may be empty */
	int told, agreed; /* thoughts; agreed is -1 where there is nothing to hold them against */
	int looked;       /* words named up to the first thought that does not agree, its own included */
	int mistake;      /* index of the thought to be wrong at, -1 for none */
	struct rng *rng;  /* for the mistake only */
	bool stuck;       /* the mistake leads nowhere: try another */
	char *token;      /* where the token is written: in out or, without one, in spare */
	size_t n;
	int named;        /* words in the token */
	char spare[TOKEN_MAX];
};

/* Does anybody need the tokens? Else they are counted only. */
static bool heard(const struct teller *t)
{
	return t->out || t->agreed == t->told;
}

/* A new token; true where it is to be wrong. */
static bool begin(struct teller *t, char kind)
{
	char *pen = t->out ? pen_down(t->out, TOKEN_MAX) : NULL;

	if (t->told >= THOUGHTS_MAX)
		t->stuck = true;
	if (pen && t->told)
		*pen++ = ' ';
	t->token = pen ? pen : t->spare;
	t->token[0] = kind;
	t->n = 1;
	t->named = 0;
	return t->told == t->mistake;
}

static void end(struct teller *t)
{
	if (t->token != t->spare)
		pen_up(t->out, t->token + t->n);
	if (t->agreed == t->told) {
		size_t n = t->n;

		t->looked += t->named;
		if (t->given.n >= n && memcmp(t->given.s, t->token, n) == 0 && (t->given.n == n || t->given.s[n] == ' ')) {
			t->given = str_from(t->given, n + 1);
			t->agreed++;
		}
	}
	t->told++;
}

static void put(struct teller *t, char c)
{
	t->token[t->n++] = c;
}

/* v <= 40 */
static void put_number(struct teller *t, int v)
{
	int two = v >= 10;

	t->token[t->n] = (char)('0' + v / 10);
	t->token[t->n + (size_t)two] = (char)('0' + v % 10);
	t->n += 1 + (size_t)two;
}

static void put_word(struct teller *t, int w)
{
	t->named++;
	put_number(t, w);
}

static void put_words(struct teller *t, const int *word, int n)
{
	for (int i = 0; i < n && heard(t); i++) {
		if (i)
			put(t, ',');
		put_word(t, word[i]);
	}
}

static void swap(int *a, int *b)
{
	int was = *a;

	*a = *b;
	*b = was;
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

	if (!heard(t)) {
		t->told++;
		return number;
	}
	if (begin(t, 'L'))
		mistake_letter(t, w, at, &c, &number);
	put_word(t, w);
	put(t, '.');
	put_number(t, at + 1);
	put(t, c);
	put_number(t, number);
	end(t);
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
	if (begin(t, 'O'))
		mistake_order(t, o, from, to);
	for (int i = from; i < to && heard(t); i++) {
		if (i > from)
			put(t, o->tied[i] ? '=' : '<');
		put_word(t, o->word[i]);
	}
	end(t);
}

/* A list that ought to be in order; where it is to be wrong, two neighbours have changed places. */
static void tell_sorted(struct teller *t, char kind, int *word, int n)
{
	if (begin(t, kind)) {
		int at = (int)rng_below(t->rng, (uint32_t)n - 1);

		swap(&word[at], &word[at + 1]);
	}
	put_words(t, word, n);
	end(t);
}

/* Look at the next letter of words from .. to - 1 and put them in the order that it gives. */
static void split_tie(struct teller *t, struct order *o, int from, int to)
{
	int key[WORDS_MAX], ended = 0, at = o->read[from];

	for (int i = from; i < to; i++) {
		int word = o->word[i], number = tell_letter(t, word, at), k = i;

		ended += (size_t)at > t->p->word[word].n;
		number = t->p->down ? -number : number;
		for (; k > from && number < key[k - 1]; k--) {
			o->word[k] = o->word[k - 1];
			key[k] = key[k - 1];
		}
		o->word[k] = word;
		key[k] = number;
	}
	t->stuck |= ended > 1; /* only behind a mistake: nothing is left that would tell them apart */
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

/* A word's letters as their numbers, of which the first weigh most: in order of the alphabet, and a word before those that it begins. */
struct weight {
	uint64_t first, rest;
};

static struct weight weight_of(const struct puzzle *p, int w)
{
	struct weight is = { 0, 0 };

	for (int at = 0; at < WORD_MAX / 2; at++)
		is.first = is.first << 8 | (uint64_t)number_of(p, letter_of(p, w, at));
	for (int at = WORD_MAX / 2; at < WORD_MAX; at++)
		is.rest = is.rest << 8 | (uint64_t)number_of(p, letter_of(p, w, at));
	return is;
}

static bool before(const struct puzzle *p, const struct weight *a, const struct weight *b)
{
	return (a->first != b->first ? a->first < b->first : a->rest < b->rest) != p->down;
}

/* The runs at list[from .. to) as they are named: a word of theirs changes places with another, of theirs or of a later run. */
static void mistake_runs(struct teller *t, int *list, int from, int to)
{
	int n = t->p->n, a = rng_range(t->rng, from, to - 1), far = to + 3 < n ? to + 3 : n, b = rng_range(t->rng, from, far - 2);

	swap(&list[a], &list[b + (b >= a)]);
}

static void merge(struct teller *t, const struct weight *weight, int *list, int from, int mid, int to)
{
	int out[WORDS_MAX], n = 0, a = from, b = mid;

	if (begin(t, 'M'))
		mistake_runs(t, list, from, to);
	put_words(t, list + from, mid - from);
	put(t, '+');
	put_words(t, list + mid, to - mid);
	end(t);
	while (a < mid && b < to) {
		bool left = before(t->p, &weight[list[a]], &weight[list[b]]);

		left ^= begin(t, 'C');
		put_word(t, list[a]);
		put(t, left ? '<' : '>');
		put_word(t, list[b]);
		end(t);
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
	struct weight weight[WORDS_MAX];
	int list[WORDS_MAX], n = t->p->n;

	for (int i = 0; i < n; i++) {
		weight[i] = weight_of(t->p, i);
		list[i] = i;
	}
	for (int width = 1; width < n; width *= 2)
		for (int from = 0; from + width < n; from += 2 * width)
			merge(t, weight, list, from, from + width, from + 2 * width < n ? from + 2 * width : n);
}

static void tell(struct teller *t)
{
	if (t->p->merging)
		tell_merges(t);
	else
		tell_letters(t);
}

/* A trace into out (NULL: nowhere), wrong at thought `mistake` (-1: nowhere); how many thoughts it has, 0 where it gets stuck. */
static int trace(struct buf *out, const struct puzzle *p, int mistake, struct rng *rng)
{
	struct teller t = { .p = p, .out = out, .agreed = -1, .mistake = mistake, .rng = rng };

	tell(&t);
	return t.stuck || t.told > THOUGHTS_MAX || (out && out->failed) ? 0 : t.told;
}

/* ---- the solver ---- */

/* The first wrong thought from 1, 0 for none; -1 where the desc is damaged. `t` tells the true trace, to t->out if there is one. */
static int first_wrong(struct teller *t, struct puzzle *p, struct str desc)
{
	if (!parse_head(p, desc))
		return -1;
	t->p = p;
	t->given = p->thoughts;
	t->mistake = -1;
	tell(t);
	p->count = t->agreed; /* those are whole */
	if (!count_thoughts(p, t->given))
		return -1;
	if (t->agreed == p->count) /* what is given is right; is it all? */
		return t->told == p->count ? 0 : -1;
	return t->agreed < t->told ? t->agreed + 1 : -1; /* -1: it goes on when all is sorted */
}

static bool solve(struct buf *answer, struct str desc)
{
	struct teller t = { 0 };
	struct puzzle p;
	int wrong = first_wrong(&t, &p, desc);

	if (wrong > 0)
		buf_addi(answer, wrong);
	else if (wrong == 0)
		buf_addz(answer, "No");
	return wrong >= 0 && !answer->failed;
}

/* The method leaves no choice, so one trace is right, and the first difference is one thought. */
static bool prove(struct str desc)
{
	struct teller t = { 0 };
	struct puzzle p;

	return first_wrong(&t, &p, desc) >= 0;
}

/* ---- the generator ---- */

static bool shares(struct str a, struct str b, size_t letters)
{
	return a.n >= letters && b.n >= letters && a.s[0] == b.s[0] && memcmp(a.s, b.s, letters) == 0;
}

/* Words that a reader of answers could take for a mark ("(answer, ..", "[think]") stay out. */
static bool usable(struct str w, const int *knob)
{
	return w.n <= (size_t)knob[LONGEST] && !str_starts(w, STR("answer")) && !str_starts(w, STR("think"));
}

/* 2 to 5 words, at most `most`, that share their first letters with a random one; how many were added. */
static int add_group(struct puzzle *p, const int *knob, int most, struct rng *rng)
{
	size_t prefix = (size_t)knob[PREFIX], i = rng_below(rng, (uint32_t)words_count()), alike, n = 0;
	int want = rng_range(rng, 2, most < 5 ? most : 5);
	struct str w = words_at(i);
	const struct str *first;
	uint16_t found[64];

	if (w.n < prefix)
		return 0;
	for (int k = 0; k < p->n; k++)
		if (shares(p->word[k], w, prefix))
			return 0;
	alike = words_alike(i, prefix, &first);
	for (size_t k = 0; k < alike && n < 64; k++)
		if (usable(first[k], knob))
			found[n++] = (uint16_t)k;
	if (n < 2)
		return 0;
	rng_shuffle(rng, found, n, sizeof(found[0]));
	if (want > (int)n)
		want = (int)n;
	for (int k = 0; k < want; k++)
		p->word[p->n++] = first[found[k]];
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
	count = trace(clean ? desc : NULL, &p, -1, NULL);
	if (!count || clean) {
		buf_addz(answer, "No");
		return count && !answer->failed;
	}
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

/* What each thought should say, "=" behind it where it says so; at the mistake "x", and what it says. */
static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct buf right = BUF_INIT;
	struct teller teller = { .out = &right };
	struct str given, rest, is, due;
	struct puzzle p;
	int wrong = first_wrong(&teller, &p, desc);

	(void)lang;
	given = p.thoughts;
	rest = buf_str(&right);
	for (int i = 1; wrong >= 0 && i <= (wrong ? wrong : p.count); i++) {
		struct thought t;

		str_split(&rest, ' ', &due);
		str_split(&given, ' ', &is);
		thought_read(&t, due, &p);
		buf_addz(steps, i > 1 ? "\n" : "");
		buf_addi(steps, i);
		buf_addc(steps, ' ');
		thought_signs(steps, &p, &t);
		buf_addz(steps, i == wrong ? " x " : " =");
		if (i == wrong && thought_read(&t, is, &p) && t.kind == 'C' && is.n == due.n)
			buf_add(steps, p.word[t.word[t.second]]);
		else if (i == wrong)
			thought_signs(steps, &p, &t);
	}
	buf_release(&right);
}

/* depth: thoughts of the true trace, each of which rests on those before; steps: words to look at up to the mistake. */
static void grade(struct effort *e, struct str desc)
{
	struct teller t = { .mistake = -1 };
	struct puzzle p;

	*e = (struct effort){ .technique = "" };
	if (!parse_head(&p, desc))
		return;
	t.p = &p;
	t.given = p.thoughts;
	tell(&t);
	e->technique = p.merging ? "merging" : "letter by letter";
	e->depth = t.told;
	e->steps = t.looked;
}

/* The order in which the words are given is part of the trace: no symmetry. */
static void canon(struct buf *out, struct str desc)
{
	buf_add(out, desc);
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct puzzle p;

	if (skim(&p, desc))
		thoughts_fields(holes, &p, lang);
}

/* Any thought, or No. */
static double answers_log2(struct str desc)
{
	ptrdiff_t bar = str_chr(desc, '|');

	/* a blank before each of them */
	return log2(blanks_in(str_from(desc, bar < 0 ? desc.n : (size_t)bar + 1)) + 1.0);
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
