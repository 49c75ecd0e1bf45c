/* said.c - of what a run printed, what it would print again. See said.h. */
#include "repos/said.h"

#include "base/hash.h"
#include "repos/outcomes.h"

#include <stdlib.h>

/* The bytes of a duration, "0.13s" or "0.02 sec", at the line's begin; 0: there is none. */
static size_t duration_at(struct str s)
{
	size_t n = 0, dot;

	while (n < s.n && is_digit(s.s[n]))
		n++;
	dot = n;
	if (n == 0 || n == s.n || s.s[n++] != '.')
		return 0;
	while (n < s.n && is_digit(s.s[n]))
		n++;
	if (n == dot + 1)
		return 0;
	if (n < s.n && s.s[n] == ' ')
		n++;
	if (n == s.n || s.s[n] != 's')
		return 0;
	s = str_from(s, n + 1);
	return str_starts(s, STR("ec")) || s.n == 0 || !((s.s[0] >= 'a' && s.s[0] <= 'z') || is_digit(s.s[0])) ? n : 0;
}

/* ".F..s   [100%]" */
static bool is_progress(struct str line)
{
	size_t n = 0;

	while (n < line.n && line.s[n] && strchr(".FEsxXRPp", line.s[n]))
		n++;
	line = str_trim(str_from(line, n));
	return n > 0 && (line.n == 0 || (str_starts(line, STR("[")) && str_ends(line, STR("%]"))));
}

/* "2 failed, 4 passed in 0.13s", where one of each is a canary */
static bool is_count(struct str plain)
{
	return str_find(plain, STR(" in 0.00s")) >= 0 && (str_find(plain, STR(" passed")) >= 0 || str_find(plain, STR(" failed")) >= 0);
}

/* A line with neither addresses nor durations; false: it says nothing that a run says again. */
static bool plain_line(struct buf *out, struct buf *room, struct str line)
{
	bool in_number = false;

	buf_reset(out);
	buf_reset(room);
	if (is_progress(line))
		return false;
	outcome_id(room, line);
	line = buf_str(room);
	while (line.n) {
		size_t n = in_number ? 0 : duration_at(line);

		in_number = is_digit(line.s[0]);
		if (n)
			buf_addz(out, "0.00");
		else
			buf_addc(out, line.s[0]);
		if (n && line.s[n - 1] == ' ')
			buf_addc(out, ' ');
		line = str_from(line, n ? n : 1);
	}
	return !is_count(buf_str(out));
}

void said_by_both(struct buf *out, struct str first, struct str second)
{
	struct buf plain = BUF_INIT, room = BUF_INIT;
	struct str rest = second, line;
	uint64_t *seen, h;
	size_t n = 1;

	for (size_t i = 0; i < second.n; i++)
		n += second.s[i] == '\n';
	seen = malloc(n * sizeof(*seen));
	if (!seen)
		return; /* which leaves the text empty: it is the last resort of a statement */
	for (n = 0; str_split(&rest, '\n', &line);)
		if (plain_line(&plain, &room, line))
			seen[n++] = hash64(plain.s, plain.n, 0);
	qsort(seen, n, sizeof(*seen), hash64_cmp);
	for (rest = first; str_split(&rest, '\n', &line);) {
		if (!plain_line(&plain, &room, line))
			continue;
		h = hash64(plain.s, plain.n, 0);
		if (bsearch(&h, seen, n, sizeof(h), hash64_cmp)) {
			buf_add(out, buf_str(&plain));
			buf_addc(out, '\n');
		}
	}
	free(seen);
	buf_release(&plain);
	buf_release(&room);
}
