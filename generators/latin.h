/*
 * latin.h - Latin squares with rules of their own (futoshiki, calcudoko, skyscraper_puzzle): solved as people do, the easiest
 * technique first, told step by step; solutions counted; squares drawn.
 *
 *	struct latin_puzzle p = { .n = 5, .tighten = tighten, .say = say, .data = &board, ... };
 *	latin_init(&l, &p, LATIN_GUESS);
 *	latin_give(&l, i, v);			// each given cell
 *	l.out = steps;
 *	latin_solve(&l);			// l.cell; l.used, l.steps, l.guesses
 *
 * A set of digits has bit v - 1 for v. Cells are numbered row after row. Lines 0 .. n-1 are rows, n .. 2n-1 columns.
 */
#ifndef QUARRY_GENERATORS_LATIN_H
#define QUARRY_GENERATORS_LATIN_H

#include "base/buf.h"
#include "base/grid.h"
#include "base/rng.h"
#include "generators/task.h"

enum { LATIN_SIDE = 9, LATIN_CELLS = LATIN_SIDE * LATIN_SIDE, LATIN_LOOKS = 4 };

/* Techniques, easiest first. RULE, DEEP and HARD are the puzzle's own. */
enum latin_rung { LATIN_SINGLE, LATIN_RULE, LATIN_HIDDEN, LATIN_DEEP, LATIN_PAIR, LATIN_HARD, LATIN_GUESS, LATIN_RUNGS };

struct latin;

/* What a puzzle adds to the square: rules, each over some cells. */
struct latin_puzzle {
	int n;
	uint8_t rule_of[LATIN_CELLS]; /* the rule that looks at a cell; below LATIN_CELLS */
	unsigned rungs;   /* bit rung: some rule has something to say there */
	unsigned by_line; /* bit rung: there rule k is about line k */
	/* A rung whose rules look at other cells: these changed, which rules are to be tried again? 0: none is like that. */
	int wide;
	void (*wake)(struct latin *l, const uint64_t *cells, uint64_t *rules);
	uint8_t covered[LATIN_RUNGS]; /* the rung whose rules do all that this one's do, and more; 0: none */
	int exact; /* the rung where rules over filled cells are decided */
	void *data;
	/* latin_strike() what rule k excludes, with the means of this rung. */
	void (*tighten)(struct latin *l, int k, int rung);
	/* What tighten() just struck follows from (l->out): words before the strikes, no line end. */
	void (*say)(const struct latin *l, int k, int rung);
};

struct latin {
	const struct latin_puzzle *p;
	int n, cells;
	uint8_t cell[LATIN_CELLS];   /* 0: open */
	uint16_t cand[LATIN_CELLS];  /* digits that are possible; of a filled cell its digit */
	uint16_t cut[LATIN_CELLS];   /* digits ruled out by a strike, not by a digit in the same line */
	uint64_t ready[2];           /* open cells with one candidate */
	uint64_t moved[2], far[2];   /* cells that changed: unknown to stale[] yet; unknown to the wide rung's */
	uint64_t stale[LATIN_RUNGS][2]; /* rules to be tried again */
	uint32_t moved_lines;        /* lines of moved cells */
	uint32_t lines[LATIN_LOOKS]; /* to be tried again for hidden singles, pairs, triples, quads */
	uint16_t fish[2];            /* digits to be tried again for fish of 2, of 3 */
	unsigned inverse;            /* i * inverse >> 16 is i / n */
	int left;                    /* open cells */
	int max;                     /* hardest technique allowed */
	bool sweep;                  /* a technique does all it can at once; quicker, and nothing can be told */
	bool lean;                   /* skip what harder techniques cover: can it be solved at all? */
	bool broken;                 /* a cell or a digit of a line has no place */
	bool struck;                 /* latin_strike() changed something */
	unsigned used;               /* bit rung: was needed */
	int steps, guesses;
	int enough;                  /* steps after which it is given up */
	int aux;                     /* from tighten() to say() */
	struct buf *out;             /* the worked solution, or NULL */
	struct buf line;             /* strikes of the step at hand; only with out */
};

void latin_init(struct latin *l, const struct latin_puzzle *p, int max);
void latin_give(struct latin *l, int i, int v);
void latin_strike(struct latin *l, int i, unsigned digits);
/* The rules of a cell, those of a line have changed; wide ones may have, all of them. */
void latin_look_cell(struct latin *l, int i);
void latin_look_line(struct latin *l, int line);
/* Until the square is full and all rules hold (true), or no technique has a step, or it is broken (false). */
bool latin_solve(struct latin *l);
int latin_hardest(const struct latin *l);
/* How many rounds it takes when in each all cells that can be filled are filled, else one technique is applied everywhere. */
int latin_rounds(struct latin *l, const uint8_t *solution);

enum {
	LATIN_NODES = 1500, /* enough for any puzzle of ours; a hostile one is given up after some tenths of a second */
	LATIN_FEW = 24,     /* for puzzles that shall need few guesses */
};

/* How many solutions, counted up to limit; -1: cut off after so many nodes. The first one goes to `first` if that is not NULL. */
int latin_solutions(const struct latin *start, int limit, int nodes, uint8_t *first);

/* A random square, evenly drawn but for a little (Jacobson and Matthews, 1996). */
void latin_square(uint8_t *cell, int n, struct rng *rng);

/* A puzzle that loses clues while it can be solved; part of what its task keeps about it. */
struct latin_dig {
	int max;     /* hardest technique that may be needed */
	int goal;    /* hard enough once this one is needed */
	int hardest; /* that is needed, when latin_thin() is done */
	void (*start)(struct latin_dig *d, struct latin *l);
	void (*flip)(struct latin_dig *d, int item, bool there);          /* take a clue away, or put it back */
	void (*look)(struct latin_dig *d, struct latin *l, int item); /* l shall take note of a clue that was put back */
};

/* Has it one solution, found by techniques up to max? l: as far as those come. */
bool latin_fits(struct latin_dig *d, struct latin *l);
/* Of one that fits: sets `hardest`. */
void latin_fits_how(struct latin_dig *d);

/*
 * Take away items of order[0 .. count-1], one after another, where it fits without: `least` of them and on until it is hard enough,
 * `most` at most. How many are gone. It must fit at first.
 */
int latin_thin(struct latin_dig *d, const uint8_t *order, int count, int least, int most);

/* Where cell i goes when the square is turned or mirrored, t = 0 .. 7; neighbours stay neighbours. */
int latin_turned(int n, int i, int t);
/* Where it comes from: latin_turned(n, latin_source(n, i, t), t) == i. */
int latin_source(int n, int i, int t);

/* Of a puzzle as it is posed: one solution and no other? */
bool latin_prove(const struct latin *start);
/* latin_solutions(), the first one written. */
int latin_count(struct buf *answer, const struct latin *start, int limit);
/* Only of one that has one solution: how hard it is, names[] as LATIN_TECHNIQUES makes it; the worked solution, board first. */
void latin_grade(struct effort *e, const struct latin *start, const char *const names[128]);
void latin_explain(struct buf *steps, const struct latin *start);

/*
 * What a task answers about a desc: its prove(), solve(), count(), explain() and grade(). Its struct posed has a struct latin `l`, and
 * pose(&q, desc) makes it ready to be solved; false: a damaged desc.
 */
#define LATIN_TASK(techniques) \
	static bool prove(struct str desc) \
	{ \
		struct posed q; \
\
		return pose(&q, desc) && latin_prove(&q.l); \
	} \
	static bool solve(struct buf *answer, struct str desc) \
	{ \
		struct posed q; \
\
		return pose(&q, desc) && latin_count(answer, &q.l, 1) == 1; \
	} \
	static int count(struct buf *answer, struct str desc, int limit) \
	{ \
		struct posed q; \
\
		return pose(&q, desc) ? latin_count(answer, &q.l, limit) : -1; \
	} \
	static void explain(struct buf *steps, struct str desc, enum lang lang) \
	{ \
		struct posed q; \
\
		(void)lang; /* signs only */ \
		if (pose(&q, desc)) \
			latin_explain(steps, &q.l); \
	} \
	static void grade(struct effort *e, struct str desc) \
	{ \
		struct posed q; \
\
		*e = (struct effort){ .technique = "" }; \
		if (pose(&q, desc)) \
			latin_grade(e, &q.l, techniques); \
	}

/* Words of the worked solution: "b3", "124", "b=3020". */
void latin_say_cell(struct buf *b, int n, int i);
void latin_say_digits(struct buf *b, unsigned set);

/* The n x n digits in a notation of base/grid.h; 0 is an empty cell. */
void latin_write(struct buf *out, const uint8_t *cell, int n, enum grid_style style, const char *empty);

void latin_put(struct holes *holes, const char *hole, const uint8_t *cell, int n, enum grid_style style, const char *empty);
/* log2 of how many ways there are to fill the empty cells with digits. */
double latin_open_log2(const uint8_t *cell, int n);

/* Bits in a set of digits; a popcount is a library call on plain x86-64. */
static inline int latin_size(unsigned set)
{
	const uint64_t of_four = 0x4332322132212110; /* nibble k: bits in k */

	return (int)(of_four >> (set & 15) * 4 & 15) + (int)(of_four >> (set >> 4 & 15) * 4 & 15) + (int)(set >> 8);
}

/* The k-th cell of a line. */
static inline int latin_member(int n, int line, int k)
{
	return line < n ? line * n + k : k * n + line - n;
}

/* Smallest and largest digit of a set that is not empty. */
static inline int latin_least(unsigned set)
{
	return __builtin_ctz(set) + 1;
}

static inline int latin_most(unsigned set)
{
	return 32 - __builtin_clz(set);
}

/*
 * The names of every set of techniques, easiest first: element `used`, read from its bit of LATIN_GUESS (lowest) to that of
 * LATIN_SINGLE (highest); each begins with ", ".
 */
#define LATIN_NAME1(s, g) s, s ", " g
#define LATIN_NAME2(s, x, g) LATIN_NAME1(s, g), LATIN_NAME1(s ", " x, g)
#define LATIN_NAME3(s, x, y, g) LATIN_NAME2(s, y, g), LATIN_NAME2(s ", " x, y, g)
#define LATIN_NAME4(s, x, y, z, g) LATIN_NAME3(s, y, z, g), LATIN_NAME3(s ", " x, y, z, g)
#define LATIN_NAME5(s, x, y, z, u, g) LATIN_NAME4(s, y, z, u, g), LATIN_NAME4(s ", " x, y, z, u, g)
#define LATIN_NAME6(s, x, y, z, u, v, g) LATIN_NAME5(s, y, z, u, v, g), LATIN_NAME5(s ", " x, y, z, u, v, g)
#define LATIN_TECHNIQUES(w, x, y, z, u, v, g) LATIN_NAME6("", x, y, z, u, v, g), LATIN_NAME6(", " w, x, y, z, u, v, g)

#endif
