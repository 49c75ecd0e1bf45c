/*
 * lines.h - what lines.c, below.c and solutions.c share: labels and what stands behind and below them. Private to these.
 */
#ifndef QUARRY_VERIFIERS_LINES_H
#define QUARRY_VERIFIERS_LINES_H

#include "verifiers/hunt.h"
#include "verifiers/text.h"

enum {
	LEAD_MAX = 60,    /* bytes before "answer" in a label */
	BOARDS_MAX = 500, /* labels behind which a board's row is sought, and before which a doubt; of a flood the rest hold a line each */
};

enum label {
	LABEL_NONE,
	LABEL_LINE,     /* "Answer: ..." */
	LABEL_HEADING,  /* "## Final answer", and nothing behind it */
	LABEL_SENTENCE, /* "... the answer is ..." */
};

/* What may stand around a label and says nothing. */
static const bool decoration[256] = {
	[' '] = true, ['\t'] = true, ['\n'] = true, ['\v'] = true, ['\f'] = true, ['\r'] = true, ['*'] = true, ['_'] = true,
	['#'] = true, ['>'] = true, ['`'] = true, ['"'] = true, ['\''] = true, ['$'] = true, ['-'] = true, ['+'] = true,
};

static inline size_t skip_decoration(struct str s, size_t i)
{
	while (i < s.n && decoration[(unsigned char)s.s[i]])
		i++;
	return i;
}

/* Length of what stands at s[i] and may lead up to a label ("So the final"), 0 for none. *heavy: it makes a heading. */
size_t label_lead(struct str s, size_t i, bool *heavy);
/* Length of "answer" (or "answers") or its Chinese at i, 0 for none. */
size_t answer_at(struct str s, size_t i);
/* What is said by the "answer" whose end is line[at]; *text is where the answer begins. */
enum label label_end(struct str line, size_t at, size_t *text);
/*
 * What stands behind a label, without marks whose partner stands before it: "**Answer:** 42", "**Answer: 42**", "`Answer: 42`". A
 * run that touches the colon closes the label or opens the answer, which loses nothing but its mark.
 */
struct str label_text(struct str s);

/* A stop between two blanks is a board's cell where no sentence begins behind it, and so is one before a LaTeX cell: ". . b / c a t". */
bool is_cell_stop(struct str s, size_t i);
/* "42. I checked it." ends at the stop. */
struct str first_sentence(struct str s);
/* The last word of s, and s without it. */
struct str last_word(struct str *s);

/* Where the line begins that s[i] stands in; `from` is the start of a line at or before it. */
static inline size_t line_start(struct str s, size_t from, size_t i)
{
	while (i > from && s.s[i - 1] != '\n')
		i--;
	return i;
}

/*
 * A label whose own line holds nothing more: the lines below it, up to a blank one, are the answer. Or the label's line holds the start
 * of a list or of a LaTeX array, which ends in the line that its brackets or \end{} stand in, or a board's first row.
 */
struct below {
	int kind;   /* 0: none is open */
	int depth;  /* of a list's brackets; 0: it is none */
	int rows;   /* of a board; 0: it is none */
	int parts;  /* behind blank lines */
	bool begun;
	bool array; /* up to \end{} */
	size_t first_end; /* before the first blank line between rows of a board; 0: there is none */
	int boards; /* labels behind which one was sought so far; never cleared */
	/* What stands from here on is written before it is read, and never cleared. */
	size_t start, end;
	struct row row;  /* what the board's rows are like */
	struct str top;  /* its first row */
	struct str said; /* what the label's line says, which is the answer where no more rows follow */
	bool differ;     /* two of its rows do */
	bool bold;       /* it stands in ** that began before its label */
	int number;      /* of the last of its parts that are called by a name and number, "House 2"; 0: its first line is not */
	struct str name;
};

static inline void below_init(struct below *b)
{
	b->kind = b->depth = b->rows = b->parts = 0;
	b->first_end = 0;
	b->begun = b->array = false;
}

/* A line with a label, behind which text stands. */
void label_line(struct hunt *h, struct below *b, struct str line, int kind, struct str text);
/* A line below one. */
void below_line(struct hunt *h, struct below *b, struct str line);
void below_end(struct hunt *h, struct below *b);

#endif
