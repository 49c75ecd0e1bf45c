/*
 * word_sorting.c - words to put in order, up or down, at higher levels with some letters moved to the front of the
 * alphabet and with words that are alike at their start.
 *
 * desc: "asc - cat dog bird": the direction, the moved letters in their order ("-" for none), the words as given.
 * Words are compared as numbers, a letter in five bits; what neighbours of the sorted list have in common tells which
 * words a sorter has to look at together, letter by letter from the left.
 */
#include "generators/task.h"
#include "generators/words.h"

#include <assert.h>
#include <math.h>

__extension__ typedef unsigned __int128 letters; /* a word, its first letter in the highest bits */

enum { WORDS_MAX = 64, WORD_MAX = 24, FRONT_MAX = 26, DRAWS = 400, GROUP_MAX = 6 };

enum { WORDS, LONGEST, ALIKE, PREFIX, DOWN, FRONT };

static const struct knob knobs[] = {
	[WORDS] = { "words", 2, WORDS_MAX, "how many words" },
	[LONGEST] = { "longest", 3, 12, "letters of the longest word allowed" },
	[ALIKE] = { "alike", 0, WORDS_MAX, "how many of the words begin like another one" },
	[PREFIX] = { "prefix", 1, 6, "letters that alike words share at least" },
	[DOWN] = { "down", 0, 2, "0: ascending, 1: descending, 2: one of them by chance" },
	[FRONT] = { "front", 0, 8, "letters moved to the front of the alphabet" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* words longest alike prefix down front */
	{ 3, 4, 0, 1, 0, 0 },
	{ 4, 4, 0, 1, 0, 0 },
	{ 5, 5, 0, 1, 0, 0 },
	{ 5, 5, 2, 1, 0, 0 },
	{ 7, 6, 4, 1, 0, 0 },
	{ 9, 8, 6, 1, 2, 0 },
	{ 12, 10, 8, 2, 2, 1 },
	{ 16, 12, 12, 2, 2, 2 },
	{ 22, 12, 18, 3, 2, 3 },
	{ 30, 12, 26, 4, 2, 4 },
	{ 40, 12, 38, 4, 2, 6 },
};

/* Words that are alike no other begin with letters of their own as far as the alphabet reaches. */
enum { LONE_MAX = 16 };

static const char *refuse(const int *knob)
{
	if (knob[ALIKE] > knob[WORDS])
		return "alike is more than words";
	if (knob[ALIKE] == 1)
		return "one word cannot be alike alone";
	if (knob[WORDS] - knob[ALIKE] > LONE_MAX)
		return "more than 16 words that begin like no other";
	if (knob[PREFIX] >= knob[LONGEST])
		return "prefix leaves no letter to differ in";
	if (knob[ALIKE] && knob[PREFIX] > 3 && knob[LONGEST] < 8)
		return "too few words of at most 7 letters share so long a prefix";
	if (knob[LONGEST] < 4 && knob[ALIKE] > 20)
		return "too few words of 3 letters";
	return NULL;
}

struct puzzle {
	bool down;
	struct str front;        /* "" for none */
	unsigned char rank[26];
	struct str word[WORDS_MAX];
	int n;
};

/* ---- the text ---- */

static bool set_alphabet(struct puzzle *p, struct str front)
{
	unsigned char next = 0;

	memset(p->rank, 255, sizeof(p->rank));
	for (size_t i = 0; i < front.n; i++) {
		if (front.s[i] < 'a' || front.s[i] > 'z' || p->rank[front.s[i] - 'a'] != 255)
			return false;
		p->rank[front.s[i] - 'a'] = next++;
	}
	for (int c = 0; c < 26; c++)
		if (p->rank[c] == 255)
			p->rank[c] = next++;
	p->front = front;
	return true;
}

static bool parse(struct puzzle *p, struct str desc)
{
	struct str rest = desc, part;

	p->n = 0;
	if (desc.n == 0 || desc.s[desc.n - 1] == ' ')
		return false;
	if (!str_split(&rest, ' ', &part))
		return false;
	p->down = str_is(part, "desc");
	if (!p->down && !str_is(part, "asc"))
		return false;
	if (!str_split(&rest, ' ', &part) || part.n == 0 || !set_alphabet(p, str_is(part, "-") ? STR("") : part))
		return false;
	while (str_split(&rest, ' ', &part)) {
		if (p->n == WORDS_MAX || part.n == 0 || part.n > WORD_MAX)
			return false;
		for (size_t i = 0; i < part.n; i++)
			if (part.s[i] < 'a' || part.s[i] > 'z')
				return false;
		for (int i = 0; i < p->n; i++)
			if (str_eq(p->word[i], part))
				return false;
		p->word[p->n++] = part;
	}
	return p->n >= 2;
}

static void write_desc(struct buf *out, const struct puzzle *p)
{
	buf_addz(out, p->down ? "desc " : "asc ");
	buf_add(out, p->front.n ? p->front : STR("-"));
	for (int i = 0; i < p->n; i++) {
		buf_addc(out, ' ');
		buf_add(out, p->word[i]);
	}
}

/* ---- the solver ---- */

/* Place of a word's letter: 0 where the word has ended, else 1 .. 26 in the puzzle's alphabet. */
static int key(const struct puzzle *p, int w, int at)
{
	return (size_t)at < p->word[w].n ? 1 + p->rank[p->word[w].s[at] - 'a'] : 0;
}

enum { LETTER_BITS = 5 };

/* Numbers in the order of the words. */
static letters packed(const struct puzzle *p, int w)
{
	struct str word = p->word[w];
	letters v = 0;

	for (size_t i = 0; i < word.n; i++)
		v = v << LETTER_BITS | (letters)(1 + p->rank[word.s[i] - 'a']);
	v <<= LETTER_BITS * (WORD_MAX - word.n);
	return p->down ? ~v : v;
}

/* Letters that two words have in common, which differ. */
static int in_common(letters a, letters b)
{
	uint64_t high = (uint64_t)((a ^ b) >> 64), low = (uint64_t)(a ^ b);
	int same = high ? __builtin_clzll(high) : 64 + __builtin_clzll(low);

	return (same - (128 - LETTER_BITS * WORD_MAX)) / LETTER_BITS;
}

struct trace {
	const struct puzzle *p;
	struct buf *steps;     /* may be NULL */
	int order[WORDS_MAX];  /* the words in order */
	int common[WORDS_MAX]; /* letters that order[i - 1] and order[i] have in common */
	int compared;          /* words looked at, summed over the rounds */
	int deepest;           /* letters of the longest prefix that had to be read */
	int rounds;
};

/* Words order[from .. to) as they were given, bit by bit. */
static uint64_t given(const struct trace *t, int from, int to)
{
	uint64_t words = 0;

	while (from < to)
		words |= UINT64_C(1) << t->order[from++];
	return words;
}

/* "t continue, s constant": the letter at a place of each word, "-" where it has ended. */
static void tell_words(const struct trace *t, uint64_t words, int at)
{
	for (bool more = false; words; words &= words - 1, more = true) {
		struct str w = t->p->word[__builtin_ctzll(words)];

		buf_addz(t->steps, more ? ", " : "");
		buf_addc(t->steps, (size_t)at < w.n ? w.s[at] : '-');
		buf_addc(t->steps, ' ');
		buf_add(t->steps, w);
	}
}

/* "con: t continue, s constant -> s constant, t continue": the letter behind the common start, words as given -> in order. */
static void tell(const struct trace *t, int from, int to, int at)
{
	if (!t->steps)
		return;
	if (t->rounds)
		buf_addc(t->steps, '\n');
	if (at) {
		buf_add(t->steps, str_sub(t->p->word[t->order[from]], 0, (size_t)at));
		buf_addz(t->steps, ": ");
	}
	tell_words(t, given(t, from, to), at);
	for (int a = from, b; a < to; a = b) {
		for (b = a + 1; b < to && t->common[b] > at; b++)
			;
		buf_addz(t->steps, a == from ? " -> " : ", ");
		tell_words(t, given(t, a, b), at);
	}
}

/*
 * Words order[from .. to) are looked at together: at the first letter that does not agree in all; those that are still alike
 * then go into a round of their own. Depth is bounded by WORD_MAX, for at least one letter is read in each round.
 */
static void sort_round(struct trace *t, int from, int to)
{
	int at = t->common[from + 1];

	for (int i = from + 2; i < to; i++)
		at = t->common[i] < at ? t->common[i] : at;
	tell(t, from, to, at);
	t->rounds++;
	t->compared += to - from;
	if (at > t->deepest)
		t->deepest = at;
	for (int a = from, b; a < to; a = b) {
		for (b = a + 1; b < to && t->common[b] > at; b++)
			;
		if (b - a > 1)
			sort_round(t, a, b);
	}
}

/* The words in order, and what they have in common. */
static void put_in_order(struct trace *t, const struct puzzle *p)
{
	letters value[WORDS_MAX];

	t->p = p;
	for (int i = 0; i < p->n; i++) {
		letters v = packed(p, i);
		int k = i;

		for (; k > 0 && value[k - 1] > v; k--) {
			value[k] = value[k - 1];
			t->order[k] = t->order[k - 1];
		}
		value[k] = v;
		t->order[k] = i;
	}
	for (int i = 1; i < p->n; i++)
		t->common[i] = in_common(value[i - 1], value[i]);
}

static void sort(struct trace *t, const struct puzzle *p, struct buf *steps)
{
	put_in_order(t, p);
	t->steps = steps;
	t->compared = t->deepest = t->rounds = 0;
	sort_round(t, 0, p->n);
}

static void write_answer(struct buf *out, const struct puzzle *p)
{
	struct trace t;

	put_in_order(&t, p);
	for (int i = 0; i < p->n; i++) {
		if (i)
			buf_add(out, STR(", "));
		buf_add(out, p->word[t.order[i]]);
	}
}

static bool solve(struct buf *answer, struct str desc)
{
	struct puzzle p;

	if (!parse(&p, desc))
		return false;
	write_answer(answer, &p);
	return true;
}

/* Each word of the sorted list is smaller than the next, so no other list is sorted. */
static bool prove(struct str desc)
{
	struct puzzle p;
	struct trace t;

	if (!parse(&p, desc))
		return false;
	put_in_order(&t, &p);
	for (int i = 1; i < p.n; i++) {
		int a = t.order[i - 1], b = t.order[i], at = 0;

		while (at < WORD_MAX && key(&p, a, at) == key(&p, b, at))
			at++;
		if (at == WORD_MAX || (key(&p, a, at) < key(&p, b, at)) == p.down)
			return false;
	}
	return true;
}

/* The order that is not the plain one comes first, spelled out, so that every later step can look it up. "-" is a word's end. */
static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct trace t;
	struct puzzle p;

	(void)lang;
	if (!parse(&p, desc))
		return;
	if (p.down || p.front.n) {
		for (int k = 0; k <= 26; k++) {
			int place = p.down ? 26 - k : k;
			char c = '-';

			for (int l = 0; l < 26; l++)
				if (1 + p.rank[l] == place)
					c = (char)('a' + l);
			if (k)
				buf_addc(steps, ' ');
			buf_addc(steps, c);
		}
		buf_addc(steps, '\n');
	}
	sort(&t, &p, steps);
}

/* ---- the generator ---- */

static bool has(const struct puzzle *p, struct str w)
{
	for (int i = 0; i < p->n; i++)
		if (str_eq(p->word[i], w))
			return true;
	return false;
}

static bool shares(struct str a, struct str b, size_t start)
{
	return a.n >= start && b.n >= start && a.s[0] == b.s[0] && memcmp(a.s, b.s, start) == 0;
}

static bool shares_any(const struct puzzle *p, struct str w, size_t start)
{
	for (int i = 0; i < p->n; i++)
		if (shares(p->word[i], w, start))
			return true;
	return false;
}

/* Words alike: those that stand around a random one in the sorted list and share its start. */
static int add_group(struct puzzle *p, const int *knob, int want, struct rng *rng)
{
	size_t i = rng_below(rng, (uint32_t)words_count()), prefix = (size_t)knob[PREFIX], alike, n = 0;
	const struct str *first;
	struct str w = words_at(i);
	uint16_t found[256];

	if (w.n < prefix || shares_any(p, w, prefix))
		return 0;
	alike = words_alike(i, prefix, &first);
	for (size_t k = 0; k < alike && n < COUNT(found); k++) {
		found[n] = (uint16_t)k;
		n += first[k].n <= (size_t)knob[LONGEST];
	}
	if (n < 2)
		return 0;
	rng_shuffle(rng, found, n, sizeof(found[0]));
	if (want > (int)n)
		want = (int)n;
	for (int k = 0; k < want; k++)
		p->word[p->n++] = first[found[k]];
	return want;
}

static bool add_alike(struct puzzle *p, const int *knob, struct rng *rng)
{
	int left = knob[ALIKE];

	for (int draw = 0; draw < 20 * DRAWS && left > 0; draw++) {
		int got, want = left < 4 ? left : rng_range(rng, 2, left < GROUP_MAX ? left : GROUP_MAX);

		if (left - want == 1)
			want--;
		got = add_group(p, knob, want, rng);
		left -= got;
		if (left == 1) { /* no group of one: give the last word back */
			p->n--;
			left++;
			if (got == 2) { /* nor is one left alone behind it */
				p->n--;
				left++;
			}
		}
	}
	return left == 0;
}

static bool add_lone(struct puzzle *p, const int *knob, struct rng *rng)
{
	for (int draw = 0; draw < 20 * DRAWS && p->n < knob[WORDS]; draw++) {
		struct str w = words_at(rng_below(rng, (uint32_t)words_count()));
		bool far = draw < 10 * DRAWS; /* then letters have run out: another word will do that shares less than a prefix */

		if (w.n <= (size_t)knob[LONGEST] && !shares_any(p, w, far ? 1 : (size_t)knob[PREFIX]) && !has(p, w))
			p->word[p->n++] = w;
	}
	return p->n == knob[WORDS];
}

/* Move letters that decide something; false if the order stays as it was. */
static bool move_letters(struct puzzle *p, char front[FRONT_MAX], int n, struct rng *rng)
{
	struct trace was, is;
	unsigned used = 0;
	int have = 0;

	sort(&was, p, NULL);
	for (int draw = 0; draw < DRAWS && have < n; draw++) {
		struct str w = p->word[rng_below(rng, (uint32_t)p->n)];
		size_t at = rng_below(rng, (uint32_t)was.deepest + 1);
		char c = at < w.n && draw < DRAWS / 2 ? w.s[at] : (char)('a' + rng_below(rng, 26));

		if (used >> (c - 'a') & 1)
			continue;
		used |= 1u << (c - 'a');
		front[have++] = c;
	}
	if (have < n || !set_alphabet(p, (struct str){ front, (size_t)n }))
		return false;
	put_in_order(&is, p);
	return memcmp(was.order, is.order, (size_t)p->n * sizeof(is.order[0])) != 0;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	char front[FRONT_MAX];
	struct puzzle p;
	bool moved = knob[FRONT] == 0;

	p.n = 0;
	set_alphabet(&p, STR(""));
	p.down = knob[DOWN] == 2 ? rng_chance(rng, 50) : knob[DOWN];
	if (!add_alike(&p, knob, rng) || !add_lone(&p, knob, rng))
		return false;
	rng_shuffle(rng, p.word, (size_t)p.n, sizeof(p.word[0]));
	for (int draw = 0; draw < 20 && !moved; draw++) {
		set_alphabet(&p, STR(""));
		moved = move_letters(&p, front, knob[FRONT], rng);
	}
	if (!moved)
		return false;
	write_desc(desc, &p);
	write_answer(answer, &p);
	return true;
}

/* ---- what else quarry asks ---- */

static void grade(struct effort *e, struct str desc)
{
	struct puzzle p;
	struct trace t;

	memset(e, 0, sizeof(*e));
	e->technique = "";
	if (!parse(&p, desc))
		return;
	sort(&t, &p, NULL);
	e->depth = p.n + t.deepest;
	e->branch = t.rounds - 1;
	e->steps = t.compared;
	e->technique = p.front.n ? "moved letters" : t.rounds > 1 ? "later letters" : "first letters";
}

/* The order in which the words are given says nothing, nor do moved letters that stand where they stood. */
static void canon(struct buf *out, struct str desc)
{
	struct puzzle p, q;
	struct trace t;
	size_t n = 0;

	if (!parse(&p, desc))
		return;
	for (size_t i = 0; i < p.front.n; i++) { /* the shortest front that makes this alphabet */
		set_alphabet(&q, str_sub(p.front, 0, i));
		if (memcmp(q.rank, p.rank, sizeof(q.rank)) != 0)
			n = i + 1;
	}
	q = p;
	q.down = false;
	set_alphabet(&q, STR(""));
	put_in_order(&t, &q);
	p.front = str_sub(p.front, 0, n);
	for (int i = 0; i < p.n; i++)
		p.word[i] = q.word[t.order[i]];
	write_desc(out, &p);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct puzzle p;

	if (!parse(&p, desc))
		return false;
	rng_shuffle(rng, p.word, (size_t)p.n, sizeof(p.word[0]));
	write_desc(out, &p);
	return true;
}

static double answers_log2(struct str desc)
{
	struct puzzle p;
	double bits = 0;

	if (!parse(&p, desc))
		return 0;
	for (int i = 2; i <= p.n; i++)
		bits += log2(i);
	return bits;
}

/* Is some word the beginning of another? Then it is that of its neighbour, too, when all stand in order. */
static bool nested(const struct puzzle *p)
{
	struct trace t;

	put_in_order(&t, p);
	for (int i = 1; i < p->n; i++)
		if ((size_t)t.common[i] == p->word[t.order[i - !p->down]].n)
			return true;
	return false;
}

struct phrases {
	const char *up, *down;           /* {{order}} */
	const char *front_one, *front, *between; /* before the moved letters and between two of them */
	const char *front_end_one, *front_end; /* behind them */
	const char *nested_up, *nested_down;
};

static const struct phrases phrases[LANGS] = {
	[LANG_EN] = {
		"ascending", "descending",
		" The alphabet is changed here: the letter ", " The alphabet is changed here: the letters ", ", ",
		" comes before all others, which keep their usual order.",
		" come before all others, in this order; the others keep their usual order.",
		" A word that is the beginning of another word comes before it.",
		" A word that is the beginning of another word comes after it.",
	},
	[LANG_ZH] = {
		"升序", "降序",
		"这里的字母表有改动：字母 ", "这里的字母表有改动：字母 ", "、",
		" 排在所有其他字母之前，其余字母保持原有顺序。",
		" 按此先后排在所有其他字母之前，其余字母保持原有顺序。",
		"如果一个单词是另一个单词的开头部分，则它排在那个单词之前。",
		"如果一个单词是另一个单词的开头部分，则它排在那个单词之后。",
	},
};

static void put_rules(struct holes *holes, const struct puzzle *p, const struct phrases *say)
{
	struct buf *b = hole_open(holes, "rules");
	bool one = p->front.n == 1;

	if (!b)
		return;
	if (p->front.n)
		buf_addz(b, one ? say->front_one : say->front);
	for (size_t i = 0; i < p->front.n; i++) {
		buf_addz(b, i ? say->between : "");
		buf_addc(b, p->front.s[i]);
	}
	if (p->front.n)
		buf_addz(b, one ? say->front_end_one : say->front_end);
	if (nested(p))
		buf_addz(b, p->down ? say->nested_down : say->nested_up);
}

/* The holes: {{words}}, {{count}}, {{order}}, and {{rules}}: further sentences, each begun with what sets it off, or nothing. */
static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	const struct phrases *say = &phrases[lang];
	struct puzzle p;
	struct buf *b;

	if (!parse(&p, desc))
		return;
	b = hole_open(holes, "words");
	for (int i = 0; b && i < p.n; i++) {
		if (i)
			buf_add(b, STR(", "));
		buf_add(b, p.word[i]);
	}
	hole_puti(holes, "count", p.n);
	hole_put(holes, "order", str_of(p.down ? say->down : say->up));
	put_rules(holes, &p, say);
}

const struct task task_word_sorting = {
	.name = "word_sorting",
	.family = "text",
	.what = "Put words in alphabetical order, also by a changed alphabet.",
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
