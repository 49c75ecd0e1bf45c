/*
 * wordscapes.c - put words, those across and those down, into the runs of a mask: one filling, by proof.
 *
 * desc: "XXX./X..X/XXXX|cat,acts|cow,tis": rows of the mask, words across, words down, each list in the order of the alphabet.
 * The answer is the filled rows: "cat./o..x/...". Every run of two or more cells takes a word, so that no words touch by chance.
 *
 * A puzzle is grown word by word, each crossing one that stands; then the solver says whether the words could stand otherwise,
 * and how much reasoning it takes to see it. The worked solution tells the candidates of a slot whenever they become fewer:
 *
 *	(2, 3)v [2]=ae: table|pedal	the slot from row 2, column 3 down has a or e as its second letter
 */
#include "generators/pen.h"
#include "generators/task.h"
#include "generators/words.h"
#include "generators/wordscapes_solve.h"

#include <math.h>

enum { SIZE, NUM_WORDS, MIN_LEN, MAX_LEN, LENGTHS, MIN_INTERSECTIONS, MAX_INTERSECTIONS, ROUNDS, TECHNIQUE };

enum { LARGEST = 20, LONGEST = 12, MOST_WORDS = 40 };

static const struct knob knobs[] = {
	{ "size", 4, LARGEST, "side of the square into which all fits, at most" },
	{ "num_words", 2, MOST_WORDS, "words, across and down together" },
	{ "min_len", 3, LONGEST, "letters of the shortest word, at least" },
	{ "max_len", 3, LONGEST, "letters of the longest word, at most" },
	{ "lengths", 1, 10, "different lengths of words, at most: the fewer, the less a length tells" },
	{ "min_intersections", 1, 60, "cells that are in two words, at least" },
	{ "max_intersections", 1, 60, "cells that are in two words, at most" },
	{ "rounds", 0, 20, "how often all slots have to be looked at, at least" },
	{ "technique", WS_LETTERS, WS_TRIAL,
	  "hardest reasoning allowed: 0 letters of words that are known, 1 letters that a crossing word can have, 2 trial" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* size words len lengths intersections rounds technique */
	{ 7, 4, 3, 6, 4, 3, 10, 0, WS_LETTERS },
	{ 8, 6, 3, 6, 4, 5, 12, 1, WS_LETTERS },
	{ 10, 8, 3, 6, 3, 7, 16, 1, WS_LETTERS },
	{ 12, 10, 4, 7, 3, 9, 20, 2, WS_SETS },
	{ 13, 12, 4, 7, 2, 11, 24, 2, WS_SETS },
	{ 15, 14, 4, 6, 2, 13, 30, 2, WS_SETS },
	{ 16, 17, 4, 6, 2, 16, 40, 3, WS_SETS },
	{ 17, 20, 4, 6, 1, 19, 50, 4, WS_SETS },
	{ 18, 24, 4, 6, 1, 23, 60, 5, WS_SETS },
	{ 19, 28, 4, 6, 1, 27, 60, 6, WS_TRIAL },
	{ 20, 34, 4, 5, 1, 34, 60, 7, WS_TRIAL },
};

/* ---- inventing ---- */

enum { DRAFTS = 40, DRAWS = 90, CHANGES = 60, DRAFT_NODES = 40, BIG = WS_SIDE + 2 };

struct spot {
	int x, y;
	bool down;
};

/* Cells have a rim, so that neighbours need no bounds. Bits 1 and 2: part of a word across, down. */
struct draft {
	char letter[BIG][BIG];
	uint8_t in[BIG][BIG];
	int size, words, crossings, lengths;
	int left, top; /* of what is filled */
	unsigned seen; /* lengths there are */
	size_t word[MOST_WORDS];
	struct spot at[MOST_WORDS];
};

/* Crossings if the word were put there; -1 where it cannot be. */
static int spot_fits(const struct draft *d, struct str w, struct spot s)
{
	int dx = !s.down, dy = s.down, n = (int)w.n, crossings = 0;

	if (s.x < 1 || s.y < 1 || s.x + dx * (n - 1) > d->size || s.y + dy * (n - 1) > d->size)
		return -1;
	if (d->in[s.y - dy][s.x - dx] || d->in[s.y + dy * n][s.x + dx * n])
		return -1;
	for (int i = 0; i < n; i++) {
		int x = s.x + dx * i, y = s.y + dy * i;

		if (d->in[y][x]) {
			if (d->in[y][x] & (s.down ? 2 : 1) || d->letter[y][x] != w.s[i])
				return -1;
			crossings++;
		} else if (d->in[y - dx][x - dy] || d->in[y + dx][x + dy]) {
			return -1; /* it would touch one that runs beside it */
		}
	}
	return crossings;
}

static void spot_put(struct draft *d, size_t word, struct spot s, int crossings)
{
	struct str w = words_at(word);

	for (size_t i = 0; i < w.n; i++) {
		int x = s.x + (s.down ? 0 : (int)i), y = s.y + (s.down ? (int)i : 0);

		d->letter[y][x] = w.s[i];
		d->in[y][x] |= s.down ? 2 : 1;
	}
	d->lengths += !(d->seen >> w.n & 1);
	d->seen |= 1u << w.n;
	d->crossings += crossings;
	d->at[d->words] = s;
	d->word[d->words++] = word;
}

/* A word of the right length that is not there yet; the list is long, and most lengths are common. */
static bool word_draw(const struct draft *d, size_t *ret, const int *knob, struct rng *rng)
{
	for (int i = 0; i < 200; i++) {
		size_t k = rng_below(rng, (uint32_t)words_count());
		int n = (int)words_at(k).n, at = 0;

		if (n < knob[MIN_LEN] || n > knob[MAX_LEN] || n > d->size || (d->lengths >= knob[LENGTHS] && !(d->seen >> n & 1)))
			continue;
		while (at < d->words && d->word[at] != k)
			at++;
		if (at < d->words)
			continue;
		*ret = k;
		return true;
	}
	return false;
}

/* The spot with most crossings, any of those that tie; or any spot at all. */
static int spot_draw(const struct draft *d, struct str w, int room, struct spot *best, struct rng *rng)
{
	bool greedy = rng_chance(rng, 70);
	int most = 0, ties = 0;

	for (int y = 1; y <= d->size; y++)
		for (int x = 1; x <= d->size; x++) {
			if (!d->in[y][x] || d->in[y][x] == 3)
				continue;
			for (size_t i = 0; i < w.n; i++) {
				bool down = d->in[y][x] == 1;
				struct spot s = { x - (down ? 0 : (int)i), y - (down ? (int)i : 0), down };
				int c;

				if (w.s[i] != d->letter[y][x])
					continue;
				c = spot_fits(d, w, s);
				if (c < 1 || c > room || (greedy && c < most))
					continue;
				if (greedy && c > most)
					ties = 0;
				most = greedy ? c : most;
				if (rng_below(rng, (uint32_t)++ties) == 0)
					*best = s;
			}
		}
	return ties ? spot_fits(d, w, *best) : 0;
}

static bool grow(struct draft *d, const int *knob, struct rng *rng)
{
	struct spot s;
	size_t k;

	memset(d, 0, sizeof(*d));
	d->size = knob[SIZE];
	if (!word_draw(d, &k, knob, rng))
		return false;
	s.down = rng_chance(rng, 50);
	s.x = s.y = 1 + d->size / 2;
	if (s.down)
		s.y = rng_range(rng, 1, d->size - (int)words_at(k).n + 1);
	else
		s.x = rng_range(rng, 1, d->size - (int)words_at(k).n + 1);
	spot_put(d, k, s, 0);
	for (int i = 0; i < DRAWS && d->words < knob[NUM_WORDS]; i++) {
		int room = knob[MAX_INTERSECTIONS] - d->crossings - (knob[NUM_WORDS] - d->words - 1), c;

		if (!word_draw(d, &k, knob, rng))
			return false;
		c = spot_draw(d, words_at(k), room, &s, rng);
		if (c)
			spot_put(d, k, s, c);
	}
	return d->words == knob[NUM_WORDS] && d->crossings >= knob[MIN_INTERSECTIONS];
}

static void words_sort(struct ws_puzzle *p, const struct draft *d)
{
	p->words[0] = p->words[1] = 0;
	for (int i = 0; i < d->words; i++) {
		struct str w = words_at(d->word[i]), *list = p->word[d->at[i].down];
		int k = p->words[d->at[i].down]++;

		for (; k > 0 && str_cmp(list[k - 1], w) > 0; k--)
			list[k] = list[k - 1];
		list[k] = w;
	}
}

/* The mask without empty rows and columns around it. */
static void crop(struct ws_puzzle *p, struct draft *d)
{
	int right = 0, bottom = 0;

	d->left = d->top = BIG;
	for (int y = 1; y <= d->size; y++)
		for (int x = 1; x <= d->size; x++)
			if (d->in[y][x]) {
				d->left = x < d->left ? x : d->left;
				right = x > right ? x : right;
				d->top = y < d->top ? y : d->top;
				bottom = y > bottom ? y : bottom;
			}
	p->rows = bottom - d->top + 1;
	p->cols = right - d->left + 1;
	for (int y = 0; y < p->rows; y++) {
		for (int x = 0; x < p->cols; x++)
			p->mask[y][x] = d->in[d->top + y][d->left + x] ? 'X' : '.';
		p->mask[y][p->cols] = '\0';
	}
}

static const char *refuse(const int *knob)
{
	int longest = knob[MAX_LEN] < knob[SIZE] ? knob[MAX_LEN] : knob[SIZE], span = longest - knob[MIN_LEN] + 1;
	int different = knob[LENGTHS] < span ? knob[LENGTHS] : span;

	if (knob[MIN_LEN] > knob[MAX_LEN])
		return "min_len is above max_len";
	if (knob[MIN_LEN] > knob[SIZE])
		return "the shortest word is longer than the side";
	if (knob[MIN_INTERSECTIONS] > knob[MAX_INTERSECTIONS])
		return "min_intersections is above max_intersections";
	if (knob[MAX_INTERSECTIONS] < knob[NUM_WORDS] - 1)
		return "every word but the first crosses another, so max_intersections has to be num_words - 1 at least";
	if (knob[MIN_INTERSECTIONS] > knob[NUM_WORDS] - 1 + (knob[NUM_WORDS] + 2) / 6)
		return "so few words hardly ever have so many intersections: lower min_intersections or more words";
	if (span < 1)
		return "there are no words of such lengths";
	/* cells that a word takes up with the blanks beside it, found by trying, in 38ths */
	if (knob[NUM_WORDS] * (19 * (4 * knob[MIN_LEN] + longest - knob[MIN_LEN]) - 12) > 38 * (knob[SIZE] * knob[SIZE] + 8))
		return "so many words do not fit: larger size, shorter min_len or max_len, or fewer words";
	if ((longest == 3 && knob[NUM_WORDS] > 24) || (knob[MIN_LEN] > 9 && knob[NUM_WORDS] > 16))
		return "there are too few words of such lengths";
	if (knob[ROUNDS] > 1 && (knob[ROUNDS] * 4 > knob[NUM_WORDS] || knob[ROUNDS] > 8))
		return "so few words hardly ever take so many rounds";
	if (knob[ROUNDS] > 3 && knob[LENGTHS] > 2 && span > 2)
		return "with so many lengths of words so many rounds are hardly ever needed: fewer lengths";
	if (knob[TECHNIQUE] == WS_LETTERS && (different == 1 || knob[NUM_WORDS] > 4 * different))
		return "with so many words of a length none is known to begin with: more lengths, or technique 1";
	return NULL;
}

static void word_put(struct draft *d, int i, size_t word)
{
	struct str w = words_at(word);
	struct spot s = d->at[i];

	d->word[i] = word;
	for (size_t at = 0; at < w.n; at++)
		d->letter[s.y + (s.down ? (int)at : 0)][s.x + (s.down ? 0 : (int)at)] = w.s[at];
}

/* The first word from .. to - 1 like the pattern that does not stand yet; to: none. */
static size_t next_like(const struct draft *d, struct str pattern, size_t from, size_t to)
{
	for (size_t k = words_like(pattern, from, to); k < to; k = words_like(pattern, k + 1, to)) {
		int used = 0;

		while (used < d->words && d->word[used] != k)
			used++;
		if (used == d->words)
			return k;
	}
	return to;
}

/* Another word instead of one that stands, with the same letters where it crosses others. */
static bool change(struct draft *d, int i, struct rng *rng)
{
	struct str was = words_at(d->word[i]);
	struct spot s = d->at[i];
	size_t count = words_count(), from = rng_below(rng, (uint32_t)count), k;
	char pattern[LONGEST];

	for (size_t at = 0; at < was.n; at++)
		pattern[at] = d->in[s.y + (s.down ? (int)at : 0)][s.x + (s.down ? 0 : (int)at)] == 3 ? was.s[at] : '.';
	k = next_like(d, (struct str){ pattern, was.n }, from, count);
	if (k == count) {
		k = next_like(d, (struct str){ pattern, was.n }, 0, from);
		if (k == from)
			return false;
	}
	word_put(d, i, k);
	return true;
}

/* The word that stands in a slot. */
static int holder(const struct draft *d, const struct ws_slot *s)
{
	int i = 0;

	while (i < d->words && (d->at[i].x != s->x + d->left || d->at[i].y != s->y + d->top || d->at[i].down != s->down))
		i++;
	return i;
}

/* Change words until there is one filling and it takes enough; what makes it worse is taken back. */
static bool sharpen(struct draft *d, struct ws_puzzle *p, const int *knob, struct rng *rng)
{
	int best = -1, who = -1;
	size_t was = 0;

	for (int i = 0; i < CHANGES; i++) {
		struct ws_search f = { .nodes = DRAFT_NODES };
		uint8_t apart[WS_SLOTS];
		int found, n = 0, worth;

		words_sort(p, d);
		found = ws_count(&f, p, 2);
		worth = found != 1 ? -1 : (int)f.hardest > knob[TECHNIQUE] ? 0 : f.rounds;
		if (worth >= 0 && worth >= knob[ROUNDS] && (int)f.hardest <= knob[TECHNIQUE])
			return true;
		for (int k = 0; found == 2 && k < p->slots; k++)
			if (f.first[k] != f.last[k])
				apart[n++] = (uint8_t)k;
		if (worth < best)
			word_put(d, who, was);
		best = worth > best ? worth : best;
		who = best < 0 && n ? holder(d, &p->slot[apart[rng_below(rng, (uint32_t)n)]]) : (int)rng_below(rng, (uint32_t)d->words);
		was = d->word[who];
		change(d, who, rng);
	}
	return false;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	for (int i = 0; i < DRAFTS; i++) {
		struct ws_puzzle p;
		struct draft d;

		if (!grow(&d, knob, rng))
			continue;
		crop(&p, &d);
		ws_slots(&p);
		if (p.slots != d.words || !sharpen(&d, &p, knob, rng))
			continue;
		ws_write(desc, &p);
		for (int y = 0; y < p.rows; y++) {
			buf_addz(answer, y ? "/" : "");
			for (int x = 0; x < p.cols; x++)
				buf_addc(answer, d.in[d.top + y][d.left + x] ? d.letter[d.top + y][d.left + x] : '.');
		}
		return true;
	}
	return false;
}

/* ---- from the desc ---- */

static bool solve(struct buf *answer, struct str desc)
{
	struct ws_search f = { .nodes = WS_NODES };
	struct ws_puzzle p;

	if (!ws_read(&p, desc) || ws_count(&f, &p, 1) < 1)
		return false;
	ws_answer(answer, &p, f.first);
	return true;
}

static bool prove(struct str desc)
{
	struct ws_search f = { .nodes = WS_NODES };
	struct ws_puzzle p;

	return ws_read(&p, desc) && ws_count(&f, &p, 2) == 1;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct ws_search f = { .nodes = WS_NODES };
	struct ws_puzzle p;

	(void)lang; /* signs and words of the puzzle */
	if (!ws_read(&p, desc))
		return;
	f.out = steps;
	if (ws_count(&f, &p, 1) < 1)
		return;
	for (int i = 0; i < p.slots; i++) {
		buf_addf(steps, "%s(%d, %d)%s ", i ? ", " : "\n", p.slot[i].y + 1, p.slot[i].x + 1, p.slot[i].down ? "v" : ">");
		buf_add(steps, p.word[p.slot[i].down][f.first[i]]);
	}
}

static void grade(struct effort *e, struct str desc)
{
	static const char *const techniques[] = { "letters of known words", "letters of known words, candidate letters",
						  "letters of known words, candidate letters, trial" };
	struct ws_search f = { .nodes = WS_NODES };
	struct ws_puzzle p;

	*e = (struct effort){ .technique = "" };
	if (!ws_read(&p, desc) || ws_count(&f, &p, 1) < 1)
		return;
	e->depth = f.rounds;
	e->branch = f.trials;
	e->steps = f.steps + p.slots;
	e->technique = techniques[f.hardest];
}

/* Rows for columns, across for down. */
static void turn(struct ws_puzzle *q, const struct ws_puzzle *p)
{
	*q = *p;
	q->rows = p->cols;
	q->cols = p->rows;
	for (int y = 0; y < q->rows; y++) {
		for (int x = 0; x < q->cols; x++)
			q->mask[y][x] = p->mask[x][y];
		q->mask[y][q->cols] = '\0';
	}
	for (int down = 0; down < 2; down++) {
		q->words[down] = p->words[!down];
		memcpy(q->word[down], p->word[!down], sizeof(q->word[down]));
	}
}

static void canon(struct buf *out, struct str desc)
{
	struct buf other = BUF_INIT;
	struct ws_puzzle p, q;

	if (!ws_read(&p, desc))
		return;
	turn(&q, &p);
	ws_write(&other, &q);
	buf_add(out, str_cmp(desc, buf_str(&other)) < 0 ? desc : buf_str(&other));
	buf_release(&other);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct ws_puzzle p, q;

	if (!ws_read(&p, desc))
		return false;
	turn(&q, &p);
	ws_write(out, rng_chance(rng, 50) ? &q : &p);
	return true;
}

/* ---- what the prompt needs ---- */

/* Orders of the words within each length and direction. */
static double answers_log2(struct str desc)
{
	struct ws_puzzle p;
	double bits = 0;

	if (!ws_read(&p, desc))
		return 0;
	for (int down = 0; down < 2; down++)
		for (int i = 0; i < p.words[down]; i++)
			bits += log2(i + 1.0);
	return bits;
}

enum notation { ROWS, SPACED, LISTS, TABLE };

static void put_mask(struct holes *holes, const char *hole, const struct ws_puzzle *p, enum notation how)
{
	static const struct pen_text begin[] = { PEN_TEXT(""), PEN_TEXT(""), PEN_TEXT("["), PEN_TEXT("| ") };
	static const struct pen_text between[] = { PEN_TEXT(""), PEN_TEXT(" "), PEN_TEXT(", "), PEN_TEXT(" | ") };
	static const struct pen_text end[] = { PEN_TEXT(""), PEN_TEXT(""), PEN_TEXT("]"), PEN_TEXT(" |") };
	struct buf *b = hole_open(holes, hole);
	char *pen, open = how == LISTS ? '1' : 'X', shut = how == LISTS ? '0' : '.';

	if (!b)
		return;
	if (how == LISTS)
		buf_addc(b, '[');
	for (int x = 0; how == TABLE && x < p->cols; x++)
		buf_addz(b, "|   ");
	for (int x = -1; how == TABLE && x < p->cols; x++)
		buf_addz(b, x < 0 ? "|\n" : "|---");
	if (how == TABLE)
		buf_addz(b, "|\n");
	for (int y = 0; y < p->rows && (pen = pen_down(b, 4 * WS_SIDE + 8)); y++) {
		if (y)
			pen = pen_str(pen, how == LISTS ? STR(",\n ") : STR("\n"));
		pen = pen_text(pen, &begin[how]);
		for (int x = 0; x < p->cols; x++) {
			if (x)
				pen = pen_text(pen, &between[how]);
			*pen++ = p->mask[y][x] == 'X' ? open : shut;
		}
		pen_up(b, pen_text(pen, &end[how]));
	}
	if (how == LISTS)
		buf_addc(b, ']');
}

static void put_words(struct holes *holes, const char *hole, const struct ws_puzzle *p, int down, const char *between)
{
	struct buf *b = hole_open(holes, hole);

	for (int i = 0; b && i < p->words[down]; i++) {
		buf_addz(b, i ? between : "");
		buf_add(b, p->word[down][i]);
	}
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	const char *between = lang == LANG_ZH ? "、" : ", ";
	struct ws_puzzle p;

	if (!ws_read(&p, desc))
		return;
	hole_puti(holes, "rows", p.rows);
	hole_puti(holes, "cols", p.cols);
	put_mask(holes, "mask", &p, ROWS);
	put_mask(holes, "spaced", &p, SPACED);
	put_mask(holes, "lists", &p, LISTS);
	put_mask(holes, "table", &p, TABLE);
	put_words(holes, "across", &p, 0, between);
	put_words(holes, "down", &p, 1, between);
}

const struct task task_wordscapes = {
	.name = "wordscapes",
	.family = "grid",
	.what = "Put words into a mask, crossword-like, each once.",
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
