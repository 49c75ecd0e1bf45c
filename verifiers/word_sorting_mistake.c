/*
 * word_sorting_mistake.c - the rule: which thought of a sorting trace is the first that is wrong?
 *
 * desc: "asc - r bat ant cow | L0.1b2 L1.1a1 L2.1c3 O1<0<2 F1,0,2": the direction, letters moved to the front of the alphabet ("-" for none), the
 * method, the words, then one token for each thought, which names words by their number from 0:
 *
 *	r, letter by letter:	L0.1b2		letter 1 of word 0 is b, number 2 of the alphabet; L0.4-0: there is none
 *				O1<0=2		the order of the words just looked at; = ties
 *				F1,0,2		all words in order
 *	m, by merging:		M0,3+1		the two runs that are merged
 *				C3>1		of their first words left, word 1 comes first; C3<1: word 3 does
 *				R0,1,3		what the merge gave
 *
 * Both methods leave no choice, so the trace that is right is told again here, and the first thought that differs from it is the
 * answer. None differs: the answer is "No". Behind a mistake anything may stand that is a thought at all.
 */
#include "verifiers/places.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum {
	WORDS_MAX = 40,
	WORD_MAX = 16,      /* letters */
	THOUGHTS_MAX = 1000,
};

struct puzzle {
	bool down, merging;
	unsigned char rank[26]; /* place of each letter in this puzzle's alphabet, from 1 */
	struct str word[WORDS_MAX];
	int n;
	struct str thoughts; /* the tokens, not read yet */
};

/* ---- the desc ---- */

static bool read_alphabet(struct puzzle *p, struct str front)
{
	unsigned char next = 1;

	memset(p->rank, 0, sizeof(p->rank));
	for (size_t i = 0; i < front.n && !str_is(front, "-"); i++) {
		if (!is_lower(front.s[i]) || p->rank[front.s[i] - 'a'])
			return false;
		p->rank[front.s[i] - 'a'] = next++;
	}
	for (int c = 0; c < 26; c++)
		if (!p->rank[c])
			p->rank[c] = next++;
	return front.n > 0;
}

static bool read_word(struct puzzle *p, struct str w)
{
	if (p->n == WORDS_MAX || w.n == 0 || w.n > WORD_MAX)
		return false;
	for (size_t i = 0; i < w.n; i++)
		if (!is_lower(w.s[i]))
			return false;
	for (int i = 0; i < p->n; i++)
		if (str_eq(p->word[i], w))
			return false;
	p->word[p->n++] = w;
	return true;
}

static bool read_puzzle(struct puzzle *p, struct str desc)
{
	struct str rest = desc, part;

	p->n = 0;
	if (!str_split(&rest, ' ', &part) || !(str_is(part, "asc") || str_is(part, "desc")))
		return false;
	p->down = str_is(part, "desc");
	if (!str_split(&rest, ' ', &part) || !read_alphabet(p, part))
		return false;
	if (!str_split(&rest, ' ', &part) || !(str_is(part, "r") || str_is(part, "m")))
		return false;
	p->merging = str_is(part, "m");
	while (str_split(&rest, ' ', &part) && !str_is(part, "|"))
		if (!read_word(p, part))
			return false;
	p->thoughts = rest;
	return p->n >= 2 && rest.n > 0 && desc.s[desc.n - 1] != ' ';
}

/* What is left of the tokens. */
struct cursor {
	const char *s, *end;
};

/* A number below `limit`, of one digit or two, without a zero in front. No branch asks how many, for nobody could foresee it. */
static bool eat_number(struct cursor *c, unsigned limit, unsigned *v)
{
	unsigned a = c->s < c->end ? (unsigned)(c->s[0] - '0') : 10, b = c->s + 1 < c->end ? (unsigned)(c->s[1] - '0') : 10;
	unsigned two = b < 10;

	c->s += (a < 10) + two;
	*v = a + (-two & (9 * a + b));
	return a < 10 && !(two & (a == 0)) && *v < limit;
}

/* Words parted by these signs, none twice; how many, 0 where it is no such list. *others: how many of the second sign. */
static unsigned eat_list(struct cursor *c, unsigned words, char one, char other, unsigned *others)
{
	unsigned count = 0, w;
	uint64_t seen = 0;

	for (*others = 0;; c->s++) {
		if (!eat_number(c, words, &w) || seen >> w & 1)
			return 0;
		seen |= UINT64_C(1) << w;
		count++;
		if (c->s >= c->end || (*c->s != one && *c->s != other))
			return count;
		*others += *c->s == other;
	}
}

static bool eat_letter_thought(struct cursor *c, unsigned words)
{
	unsigned w, at, number;
	char letter;

	if (!eat_number(c, words, &w) || c->s >= c->end || *c->s++ != '.' || !eat_number(c, WORD_MAX + 2, &at) || at == 0 || c->s >= c->end)
		return false;
	letter = *c->s++;
	return eat_number(c, 27, &number) && (letter == '-' ? number == 0 : is_lower(letter) && number > 0);
}

/* Does the desc go on with a token that is a thought of this method at all? It is passed over, and the blank behind it. */
static bool eat_thought(const struct puzzle *p, struct str *rest)
{
	struct cursor c = { rest->s + 1, rest->s + rest->n };
	unsigned words = (unsigned)p->n, others;
	bool fine;

	switch (rest->s[0]) {
	case 'L': fine = !p->merging && eat_letter_thought(&c, words); break;
	case 'O': fine = !p->merging && eat_list(&c, words, '<', '=', &others) >= 2; break;
	case 'F': fine = !p->merging && eat_list(&c, words, ',', ',', &others) == words; break;
	case 'M': fine = p->merging && eat_list(&c, words, ',', '+', &others) >= 2 && others == 1; break;
	case 'C': fine = p->merging && eat_list(&c, words, '<', '>', &others) == 2; break;
	case 'R': fine = p->merging && eat_list(&c, words, ',', ',', &others) >= 2; break;
	default: fine = false;
	}
	if (!fine || (c.s < c.end && *c.s != ' '))
		return false;
	c.s += c.s < c.end;
	*rest = (struct str){ c.s, (size_t)(c.end - c.s) };
	return true;
}

/* ---- the trace that is right ---- */

/* Each thought that is due is held against the given one letter by letter; nothing is kept of it. */
struct teller {
	const struct puzzle *p;
	const char *at, *end; /* given tokens that are still to come */
	const char *from;     /* where the one looked at begins */
	bool differs;
	int told;     /* thoughts held against given ones */
	int wrong;    /* number of the first that differs, 0 for none */
	bool damaged; /* the given trace stops early */
};

static bool going(const struct teller *t)
{
	return !t->wrong && !t->damaged;
}

static void put(struct teller *t, char c)
{
	if (t->at < t->end)
		t->differs |= *t->at++ != c;
	else
		t->differs = true;
}

static void begin(struct teller *t, char kind)
{
	t->from = t->at;
	t->differs = false;
	put(t, kind);
}

/* v < 100. No branch asks whether it has two digits, for nobody could foresee it. */
static void put_number(struct teller *t, int v)
{
	int two = v >= 10;

	if (t->end - t->at <= two) {
		t->differs = true;
		return;
	}
	t->differs |= (t->at[0] != '0' + (two ? v / 10 : v)) | (t->at[two] != '0' + v % 10);
	t->at += 1 + two;
}

static void put_list(struct teller *t, const unsigned char *list, int n)
{
	for (int i = 0; i < n; i++) {
		if (i)
			put(t, ',');
		put_number(t, list[i]);
	}
}

/* That was all of the thought. */
static void end(struct teller *t)
{
	if (t->from == t->end) {
		t->damaged = true;
		return;
	}
	t->told++;
	if (t->differs || (t->at < t->end && *t->at != ' ')) {
		t->wrong = t->told;
		t->at = t->from;
	}
	t->at += t->at < t->end && *t->at == ' ';
}

/* Number of letter `at` (from 0) of a word, 0 where it has ended. */
static int letter_number(const struct puzzle *p, int w, int at)
{
	return (size_t)at < p->word[w].n ? p->rank[p->word[w].s[at] - 'a'] : 0;
}

/* The words in the order so far. Words i - 1 and i are tied where tied[i]; of each word `read` letters were looked at. */
struct order {
	unsigned char word[WORDS_MAX], read[WORDS_MAX];
	bool tied[WORDS_MAX];
};

/* Look at the next letter of words from .. to - 1, which are tied, and tell the order that it gives. */
static void split_tie(struct teller *t, struct order *o, int from, int to)
{
	const struct puzzle *p = t->p;
	unsigned char key[WORDS_MAX];
	int at = o->read[from];

	for (int i = from; i < to && going(t); i++) {
		key[i] = (unsigned char)letter_number(p, o->word[i], at);
		begin(t, 'L');
		put_number(t, o->word[i]);
		put(t, '.');
		put_number(t, at + 1);
		put(t, key[i] ? p->word[o->word[i]].s[at] : '-');
		put_number(t, key[i]);
		end(t);
	}
	if (!going(t))
		return;
	for (int i = from + 1; i < to; i++) /* insertion keeps words with the same letter as they stood */
		for (int k = i; k > from && (p->down ? key[k] > key[k - 1] : key[k] < key[k - 1]); k--) {
			unsigned char w = o->word[k], v = key[k];

			o->word[k] = o->word[k - 1];
			o->word[k - 1] = w;
			key[k] = key[k - 1];
			key[k - 1] = v;
		}
	for (int i = from; i < to; i++) {
		o->read[i] = (unsigned char)(at + 1);
		if (i > from)
			o->tied[i] = key[i] == key[i - 1];
	}
	begin(t, 'O');
	for (int i = from; i < to; i++) {
		if (i > from)
			put(t, o->tied[i] ? '=' : '<');
		put_number(t, o->word[i]);
	}
	end(t);
}

static void tell_letters(struct teller *t)
{
	struct order o;
	int n = t->p->n;

	for (int i = 0; i < n; i++) {
		o.word[i] = (unsigned char)i;
		o.read[i] = 0;
		o.tied[i] = i > 0;
	}
	/* words differ, so each tie is parted at last: by WORD_MAX letters and a word's end */
	for (int from = 0; from < n && going(t);) {
		int to = from + 1;

		while (to < n && o.tied[to])
			to++;
		if (to - from > 1)
			split_tie(t, &o, from, to);
		else
			from = to;
	}
	if (going(t)) {
		begin(t, 'F');
		put_list(t, o.word, n);
		end(t);
	}
}

/* Does word a come before word b in the order asked for? */
static bool before(const struct puzzle *p, int a, int b)
{
	int at = 0;

	while (letter_number(p, a, at) == letter_number(p, b, at))
		at++;
	return (letter_number(p, a, at) < letter_number(p, b, at)) != p->down;
}

/* Merge list[from .. mid) and list[mid .. to). */
static void merge(struct teller *t, unsigned char *list, int from, int mid, int to)
{
	unsigned char out[WORDS_MAX];
	int a = from, b = mid, n = 0;

	begin(t, 'M');
	put_list(t, list + from, mid - from);
	put(t, '+');
	put_list(t, list + mid, to - mid);
	end(t);
	while (a < mid && b < to && going(t)) {
		bool left = before(t->p, list[a], list[b]);

		begin(t, 'C');
		put_number(t, list[a]);
		put(t, left ? '<' : '>');
		put_number(t, list[b]);
		end(t);
		out[n++] = left ? list[a++] : list[b++];
	}
	if (!going(t))
		return;
	while (a < mid)
		out[n++] = list[a++];
	while (b < to)
		out[n++] = list[b++];
	memcpy(list + from, out, (size_t)n);
	begin(t, 'R');
	put_list(t, out, n);
	end(t);
}

static void tell_merges(struct teller *t)
{
	unsigned char list[WORDS_MAX];
	int n = t->p->n;

	for (int i = 0; i < n; i++)
		list[i] = (unsigned char)i;
	/* a run that has no partner has the same place in the next pass */
	for (int width = 1; width < n && going(t); width *= 2)
		for (int from = 0; from + width < n && going(t); from += 2 * width)
			merge(t, list, from, from + width, from + 2 * width < n ? from + 2 * width : n);
}

/* The number of the first wrong thought, 0 for none; and how many thoughts there are. False: the desc is damaged. */
static bool first_wrong(struct str desc, int *wrong, int *thoughts)
{
	struct puzzle p;
	struct teller t = { .p = &p };
	struct str rest;

	if (!read_puzzle(&p, desc))
		return false;
	t.at = p.thoughts.s;
	t.end = p.thoughts.s + p.thoughts.n;
	if (p.merging)
		tell_merges(&t);
	else
		tell_letters(&t);
	*wrong = t.wrong;
	*thoughts = t.told - (t.wrong > 0);
	rest = (struct str){ t.at, (size_t)(t.end - t.at) };
	while (rest.n) /* those that are right are thoughts */
		if (++*thoughts > THOUGHTS_MAX || !eat_thought(&p, &rest))
			return false;
	return !t.damaged && (t.wrong || t.told == *thoughts);
}

/* ---- the answer ---- */

/* Does it call all thoughts right: "No, every thought is right", "No mistakes were made"? */
static bool all_right(struct str s)
{
	static const char *const words[] = {
		"no", "none", "there", "is", "are", "was", "were", "the", "of", "in", "it", "thought", "thoughts", "step", "steps", "mistake", "mistakes", "error",
		"errors", "made", "found", "wrong", NULL
	};
	static const char *const all[] = { "all", "each", "every", "everything", NULL }, *const right[] = { "right", "correct", "fine", "valid", NULL };
	bool every = false, fine = false, made = false, no = false;
	struct str word;

	for (size_t n; s.n; s = str_from(s, n)) {
		for (n = 0; n < s.n && (is_lower((char)(s.s[n] | 32)));)
			n++;
		word = str_sub(s, 0, n);
		if (!n && str_chr(STR(" ,.;:!-*"), s.s[0]) < 0)
			return false;
		if (!n)
			n = 1;
		else if (!text_listed(word, words) && !text_listed(word, all) && !(every && text_listed(word, right)))
			return false;
		every |= text_listed(word, all);
		fine |= text_listed(word, right);
		made |= str_ieq(word, STR("made")) || str_ieq(word, STR("found"));
		no |= str_ieq(word, STR("no"));
	}
	return fine || (no && made && !every);
}

static bool said_read(struct places *said, struct str answer)
{
	if (places_read(said, answer))
		return said->n <= 1 && !said->counts;
	said->none = all_right(answer);
	return said->none;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	int wrong, thoughts;
	struct places said;

	if (!first_wrong(desc, &wrong, &thoughts))
		return rule_bad_task(why, "the desc is no trace of sorting");
	if (!said_read(&said, answer))
		return rule_unreadable(why, "there is neither one number in it nor a No");
	if (said.none)
		return wrong ? rule_wrong(why, "one of the thoughts is wrong") : QUARRY_CORRECT;
	if (said.at[0] < 1 || said.at[0] > thoughts)
		return rule_wrong(why, "there is no thought %lld", (long long)said.at[0]);
	if (!wrong)
		return rule_wrong(why, "none of the thoughts is wrong");
	if (said.at[0] != wrong)
		return rule_wrong(why, "thought %d is %s", (int)said.at[0], said.at[0] < wrong ? "right" : "not the first that is wrong");
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_word_sorting_mistake = { "word_sorting_mistake", 1, judge, NULL, .seeks_mistake = true };
