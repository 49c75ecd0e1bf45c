/* brackets.c - kinds of brackets, and what stays when they are renamed; see brackets.h. */
#include "generators/brackets.h"

const char bracket_open[] = "([{<", bracket_close[] = ")]}>";

bool bracket_is(char c, int *kind, bool *opens)
{
	const char *o = c ? strchr(bracket_open, c) : NULL, *e = c ? strchr(bracket_close, c) : NULL;

	*opens = o != NULL;
	*kind = (int)(o ? o - bracket_open : e ? e - bracket_close : 0);
	return o || e;
}

/* The desc with its kinds renamed by map[]. */
static void rename_kinds(struct buf *out, struct str desc, const int map[BRACKET_KINDS])
{
	for (size_t i = 0; i < desc.n; i++) {
		int kind;
		bool opens;

		if (bracket_is(desc.s[i], &kind, &opens))
			buf_addc(out, (opens ? bracket_open : bracket_close)[map[kind]]);
		else
			buf_addc(out, desc.s[i]);
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
