/* foreign_cells.c - see foreign_cells.h. */
#include "cli/foreign_cells.h"

#include <stdarg.h>
#include <stdio.h>

bool foreign_lacks(struct foreign *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->why, sizeof(f->why), fmt, ap);
	va_end(ap);
	return false;
}

/* The same for what nobody can solve. */
bool foreign_never(struct foreign *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->why, sizeof(f->why), fmt, ap);
	va_end(ap);
	f->never = true;
	return false;
}

/* A cell as text: a string as it is, a number by its digits. */
static bool cell_text(struct json v, char *room, size_t cap, struct str *ret)
{
	if (v.kind == JSON_STRING) {
		if (!json_text(v, room, cap, ret))
			return false;
		*ret = str_trim(*ret);
		return true;
	}
	*ret = v.raw;
	return v.kind == JSON_INT;
}

/* A whole number, in a string or not. */
bool foreign_whole(struct json v, int64_t *ret)
{
	char room[24];
	struct str s;

	return cell_text(v, room, sizeof(room), &s) && str_i64(s, ret);
}

/* The metadata's member as a rectangle of at most FOREIGN_SIDE x FOREIGN_SIDE cells. */
bool foreign_rectangle(struct foreign *f, const char *name, struct json *grid, int *rows, int *cols)
{
	struct json row;
	size_t h, w = 0;

	json_get(f->meta, name, grid);
	h = grid->kind == JSON_ARRAY ? json_count(*grid) : 0;
	for (struct json_iter it = json_iter(*grid); h && json_next(&it, NULL, &row);) {
		size_t n = row.kind == JSON_ARRAY ? json_count(row) : 0;

		if (n == 0 || (w && n != w) || n > FOREIGN_SIDE)
			h = 0;
		w = n;
	}
	if (h == 0 || h > FOREIGN_SIDE)
		return foreign_lacks(f, "its metadata has no \"%s\" of equal rows", name);
	*rows = (int)h;
	*cols = (int)w;
	return true;
}

/* All cells, `comma` between those of a row, / between rows. */
bool foreign_cells(struct foreign *f, struct json grid, const char *comma, foreign_cell_fn *put)
{
	struct json row, cell;
	struct str text;
	char room[16];

	int y = 0;

	for (struct json_iter rows = json_iter(grid); json_next(&rows, NULL, &row); y++) {
		int x = 0;

		if (y)
			buf_addc(&f->desc, '/');
		for (struct json_iter cells = json_iter(row); json_next(&cells, NULL, &cell); x++) {
			if (x)
				buf_addz(&f->desc, comma);
			if (!cell_text(cell, room, sizeof(room), &text) || !put(&f->desc, text))
				return foreign_lacks(f, "a cell of its board is %.*s", (int)(cell.raw.n < 40 ? cell.raw.n : 40), cell.raw.s);
		}
	}
	return true;
}

bool foreign_number(struct buf *b, struct str s)
{
	int64_t v;

	if (!str_i64(s, &v) || v < 0 || v > 9999)
		return false;
	buf_addi(b, v);
	return true;
}

/* A list of numbers of the metadata, `comma` between. */
bool foreign_numbers(struct foreign *f, const char *name, const char *comma, size_t count)
{
	struct json list, v;
	size_t n = 0;
	int64_t i;

	json_get(f->meta, name, &list);
	for (struct json_iter it = json_iter(list); list.kind == JSON_ARRAY && json_next(&it, NULL, &v); n++) {
		if (!foreign_whole(v, &i) || i < 0 || i > 99999)
			return foreign_lacks(f, "its \"%s\" holds %.*s", name, (int)(v.raw.n < 40 ? v.raw.n : 40), v.raw.s);
		if (n)
			buf_addz(&f->desc, comma);
		buf_addi(&f->desc, i);
	}
	return n == count ? true : foreign_lacks(f, "its \"%s\" has %zu numbers, not %zu", name, n, count);
}

/* The frame holds the sums; a 0 inside it is a blank. */
bool foreign_survo(struct foreign *f, const char *matrix)
{
	struct json grid, list, row, v;
	int h, w, y = 0, blanks = 0, n = 0;
	int64_t pool[FOREIGN_SIDE * FOREIGN_SIDE], cell;

	if (!foreign_rectangle(f, matrix, &grid, &h, &w))
		return false;
	for (struct json_iter rows = json_iter(grid); json_next(&rows, NULL, &row); y++) {
		int x = 0;

		buf_addz(&f->desc, y == 0 ? "" : y == h - 1 ? "|" : "/");
		for (struct json_iter cells = json_iter(row); json_next(&cells, NULL, &v); x++) {
			if (!foreign_whole(v, &cell) || cell < 0 || cell > 9999)
				return foreign_lacks(f, "its matrix has something else than numbers");
			if (y == h - 1 && x == w - 1)
				break; /* the sum of all sums follows from the others */
			buf_addz(&f->desc, x == 0 ? "" : x == w - 1 ? "=" : " ");
			if (cell == 0 && x < w - 1 && y < h - 1)
				buf_addc(&f->desc, '.');
			else
				buf_addi(&f->desc, cell);
			blanks += cell == 0 && x < w - 1 && y < h - 1;
		}
	}
	if (!json_get(f->meta, "candidate_numbers", &list) || list.kind != JSON_ARRAY)
		return foreign_lacks(f, "its metadata has no \"candidate_numbers\"");
	for (struct json_iter it = json_iter(list); json_next(&it, NULL, &v); n++) {
		int at = n;

		if (n == FOREIGN_SIDE * FOREIGN_SIDE || !foreign_whole(v, &cell) || cell < 0)
			return foreign_lacks(f, "its \"candidate_numbers\" are no numbers");
		for (; at > 0 && pool[at - 1] > cell; at--)
			pool[at] = pool[at - 1];
		pool[at] = cell;
	}
	if (n != blanks)
		return foreign_never(f, "%d numbers are to be filled into %d blanks", n, blanks);
	for (int i = 0; i < n; i++)
		buf_addf(&f->desc, "%c%lld", i ? ' ' : '|', (long long)pool[i]);
	return true;
}

/* ---- Latin squares ---- */

/* The cell and its neighbour's side: right of it or below, with the sign seen from the cell. */
static bool sign_place(int64_t at[4], int n, struct json said, int *cell, bool *down, char *sign)
{
	int a, b;

	for (int k = 0; k < 4; k++)
		if (at[k] < 0 || at[k] >= n)
			return false;
	if (!(json_is(said, "<") || json_is(said, ">")))
		return false;
	*sign = json_is(said, "<") ? '<' : '>';
	a = (int)(at[0] * n + at[1]);
	b = (int)(at[2] * n + at[3]);
	if (a > b) {
		int was = a;

		a = b;
		b = was;
		*sign = *sign == '<' ? '>' : '<';
	}
	*cell = a;
	*down = b == a + n;
	return *down || (b == a + 1 && b % n);
}

bool foreign_futoshiki(struct foreign *f, int n, const char *given, foreign_sign_fn *read)
{
	char right[FOREIGN_LATIN * FOREIGN_LATIN], below[FOREIGN_LATIN * FOREIGN_LATIN], sign;
	struct json list, v, said;
	int64_t at[4];
	bool down;
	int cell;

	memset(right, '-', sizeof(right));
	memset(below, '-', sizeof(below));
	if (!json_get(f->meta, "constraints", &list) || list.kind != JSON_ARRAY)
		return foreign_lacks(f, "its metadata has no \"constraints\"");
	for (struct json_iter it = json_iter(list); json_next(&it, NULL, &v);) {
		char *put;

		if (!read(v, at, &said) || !sign_place(at, n, said, &cell, &down, &sign))
			return foreign_lacks(f, "one of its constraints is %.*s", (int)(v.raw.n < 60 ? v.raw.n : 60), v.raw.s);
		put = down ? &below[cell] : &right[cell];
		sign = down ? (sign == '<' ? '^' : 'v') : sign;
		if (*put != '-' && *put != sign)
			return foreign_never(f, "two of its constraints contradict each other at row %d, column %d", cell / n + 1, cell % n + 1);
		*put = sign;
	}
	buf_addf(&f->desc, "%d:", n);
	for (int y = 0; y < n; y++) {
		for (int x = 0; x < n; x++) {
			buf_addc(&f->desc, given[y * n + x]);
			if (x + 1 < n)
				buf_addc(&f->desc, right[y * n + x]);
		}
		if (y + 1 < n)
			buf_addf(&f->desc, "/%.*s/", n, below + y * n);
	}
	return true;
}
