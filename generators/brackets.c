/* brackets.c - kinds of brackets, and what stays when they are renamed; see brackets.h. */
#include "generators/brackets.h"
#include "generators/pen.h"

const char bracket_open[] = "([{<", bracket_close[] = ")]}>";

const signed char bracket_code[256] = {
	['('] = 1, ['['] = 2, ['{'] = 3, ['<'] = 4,
	[')'] = -1, [']'] = -2, ['}'] = -3, ['>'] = -4,
};

void brackets_spaced(struct buf *out, struct str s)
{
	char *pen = pen_down(out, 2 * s.n);

	if (pen)
		pen_up(out, brackets_pen(pen, s));
}

/* The desc with its kinds renamed by map[]. */
static void rename_kinds(struct buf *out, struct str desc, const int map[BRACKET_KINDS])
{
	size_t from = out->n;

	buf_add(out, desc);
	if (out->failed)
		return;
	for (char *c = out->s + from; c < out->s + out->n; c++) {
		int kind;
		bool opens;

		if (bracket_is(*c, &kind, &opens))
			*c = (opens ? bracket_open : bracket_close)[map[kind]];
	}
}

void brackets_canon(struct buf *out, struct str desc)
{
	int map[BRACKET_KINDS] = { -1, -1, -1, -1 }, next = 0;

	for (size_t i = 0; i < desc.n; i++) {
		int kind;
		bool opens;

		if (bracket_is(desc.s[i], &kind, &opens) && map[kind] < 0)
			map[kind] = next++;
	}
	rename_kinds(out, desc, map);
}

bool brackets_twin(struct buf *out, struct str desc, struct rng *rng)
{
	int map[BRACKET_KINDS] = { 0, 1, 2, 3 };

	rng_shuffle(rng, map, BRACKET_KINDS, sizeof *map);
	rename_kinds(out, desc, map);
	return !out->failed;
}
