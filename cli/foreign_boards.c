/*
 * foreign_boards.c - SynLogic's boards and sums, whose metadata states the puzzle: each becomes a desc of our own task. Where the
 * question tells other rules than ours, the desc has a sign for them (see the head of each rule).
 */
#include "cli/foreign_cells.h"

#include <stdio.h>

static bool asks(const struct foreign *f, const char *words)
{
	return str_find(buf_str(&f->question), str_of(words)) >= 0;
}

static bool put_number_or_x(struct buf *b, struct str s)
{
	if (!str_is(s, "X"))
		return foreign_number(b, s);
	buf_addc(b, '.');
	return true;
}

static int64_t list_sum(const struct foreign *f, const char *name)
{
	struct json list, v;
	int64_t sum = 0, i;

	json_get(f->meta, name, &list);
	for (struct json_iter it = json_iter(list); json_next(&it, NULL, &v);)
		sum += foreign_whole(v, &i) && i < 1000 ? i : 0;
	return sum;
}

/* ---- arrows, paths, mines ---- */

static bool put_arrow(struct buf *b, struct str s)
{
	static const char *const arrows[][2] = {
		{ "\u2191", "n" }, { "\u2197", "ne" }, { "\u2192", "e" }, { "\u2198", "se" },
		{ "\u2193", "s" }, { "\u2199", "sw" }, { "\u2190", "w" }, { "\u2196", "nw" },
	};

	for (size_t i = 0; i < COUNT(arrows); i++)
		if (str_is(s, arrows[i][0])) {
			buf_addz(b, arrows[i][1]);
			return true;
		}
	return put_number_or_x(b, s);
}

static bool arrow_maze(struct foreign *f)
{
	struct json grid;
	int h, w;

	if (!foreign_rectangle(f, "maze", &grid, &h, &w))
		return false;
	buf_addf(&f->desc, "%dx%d:", h, w);
	return foreign_cells(f, grid, ",", put_arrow);
}

static bool numbrix(struct foreign *f)
{
	struct json grid;
	int h, w;

	f->list = true;
	if (!foreign_rectangle(f, "grid", &grid, &h, &w))
		return false;
	buf_addf(&f->desc, "%d:", h);
	return h == w ? foreign_cells(f, grid, ",", put_number_or_x) : foreign_lacks(f, "its board is no square");
}

/* One-step logic, where a question asks for that alone, sees a number whose hidden neighbours are all mines; nothing else. */
static bool minesweeper(struct foreign *f)
{
	struct json grid;
	int h, w;

	f->list = true;
	if (!foreign_rectangle(f, "revealed_grid", &grid, &h, &w))
		return false;
	buf_addf(&f->desc, "%dx%d:?:%c:", h, w, asks(f, "one-step") || asks(f, "\u4e00\u6b65") ? 'o' : 'm');
	return foreign_cells(f, grid, "", put_number_or_x);
}

/* ---- tents, dominoes, stars, walls ---- */

static bool put_tree(struct buf *b, struct str s)
{
	buf_addc(b, str_is(s, "T") ? 'T' : '.');
	return str_is(s, "T") || str_is(s, "X");
}

/* English questions want each tent beside exactly one tree, Chinese ones beside a tree; neither says that trees and tents pair up. */
static bool campsite(struct foreign *f)
{
	struct json grid;
	int h, w, trees = 0;

	f->list = true;
	if (!foreign_rectangle(f, "grid", &grid, &h, &w) || !foreign_cells(f, grid, "", put_tree))
		return false;
	for (size_t i = 0; i < f->desc.n; i++)
		trees += f->desc.s[i] == 'T';
	buf_addc(&f->desc, ':');
	if (!foreign_numbers(f, "row_constraints", ",", (size_t)h))
		return false;
	buf_addc(&f->desc, ':');
	if (!foreign_numbers(f, "col_constraints", ",", (size_t)w))
		return false;
	if (trees != list_sum(f, "row_constraints") || trees != list_sum(f, "col_constraints"))
		return foreign_never(f, "the tents of its rows or columns are not as many as its %d trees", trees);
	buf_addz(&f->desc, asks(f, "exactly one tree") ? ":one" : ":some");
	return true;
}

static bool put_letter(struct buf *b, struct str s)
{
	if (s.n != 1 || s.s[0] < 'A' || s.s[0] > 'Z')
		return false;
	buf_addc(b, s.s[0]);
	return true;
}

static bool norinori(struct foreign *f)
{
	struct json grid;
	int h, w;

	f->list = true;
	return foreign_rectangle(f, "region_grid", &grid, &h, &w) && foreign_cells(f, grid, "", put_letter);
}

/* The question's number of stars; it is the metadata's k. */
static bool star_placement(struct foreign *f)
{
	struct json grid, k;
	int64_t stars;
	int h, w;

	if (!json_get(f->meta, "k", &k) || !foreign_whole(k, &stars) || stars < 1 || stars > 9)
		return foreign_lacks(f, "its metadata has no \"k\"");
	buf_addf(&f->desc, "%d:", (int)stars);
	return foreign_rectangle(f, "region_grid", &grid, &h, &w) && foreign_cells(f, grid, "", put_letter);
}

static bool put_island(struct buf *b, struct str s)
{
	int64_t v;

	if (str_is(s, "X")) {
		buf_addc(b, '.');
		return true;
	}
	if (!str_i64(s, &v) || v < 1 || v > 35)
		return false;
	buf_addc(b, (char)(v < 10 ? '0' + v : 'a' + v - 10));
	return true;
}

/* Nothing is said of walls that hang together or of islands that touch at a corner. */
static bool number_wall(struct foreign *f)
{
	struct json grid;
	int h, w;

	buf_addz(&f->desc, "ft:");
	return foreign_rectangle(f, "grid", &grid, &h, &w) && foreign_cells(f, grid, "", put_island);
}

/* ---- sums ---- */

static bool kukurasu(struct foreign *f)
{
	struct json rows, cols;

	f->list = true;
	json_get(f->meta, "row_sums", &rows);
	json_get(f->meta, "col_sums", &cols);
	if (!foreign_numbers(f, "row_sums", " ", json_count(rows)))
		return false;
	buf_addc(&f->desc, '/');
	return foreign_numbers(f, "col_sums", " ", json_count(cols));
}

static bool survo(struct foreign *f)
{
	return foreign_survo(f, "original_matrix");
}

/* ---- Latin squares ---- */

/* "(2,3)" or [2,3], from 1. */
static bool place(struct json v, int n, int *cell)
{
	int64_t at[2] = { 0, 0 };
	struct json part;
	struct str s, piece;
	char room[24];
	int k = 0;

	if (v.kind == JSON_STRING) {
		if (!json_text(v, room, sizeof(room), &s))
			return false;
		s = str_trim(s);
		if (s.n < 5 || s.s[0] != '(' || s.s[s.n - 1] != ')')
			return false;
		for (s = str_sub(s, 1, s.n - 1); str_split(&s, ',', &piece); k++)
			if (k == 2 || !str_i64(str_trim(piece), &at[k]))
				return false;
	} else {
		for (struct json_iter it = json_iter(v); json_next(&it, NULL, &part); k++)
			if (k == 2 || !foreign_whole(part, &at[k]))
				return false;
	}
	*cell = (int)((at[0] - 1) * n + at[1] - 1);
	return k == 2 && at[0] >= 1 && at[0] <= n && at[1] >= 1 && at[1] <= n;
}

/* The cage of each cell; -1: in none. */
static bool cages_read(struct foreign *f, struct json regions, int n, int *cage_of)
{
	struct json region, cells, v;
	int cage = 0, cell;

	for (int i = 0; i < n * n; i++)
		cage_of[i] = -1;
	for (struct json_iter it = json_iter(regions); json_next(&it, NULL, &region); cage++) {
		if (!json_get(region, "cells", &cells) || cells.kind != JSON_ARRAY)
			return foreign_lacks(f, "one of its regions has no cells");
		for (struct json_iter c = json_iter(cells); json_next(&c, NULL, &v);) {
			if (!place(v, n, &cell))
				return foreign_lacks(f, "a cell of its regions is %.*s", (int)(v.raw.n < 40 ? v.raw.n : 40), v.raw.s);
			if (cage_of[cell] >= 0)
				return foreign_lacks(f, "row %d, column %d is in two regions", cell / n + 1, cell % n + 1);
			cage_of[cell] = cage;
		}
	}
	for (int i = 0; i < n * n; i++)
		if (cage_of[i] < 0)
			return foreign_lacks(f, "row %d, column %d is in no region", i / n + 1, i % n + 1);
	return cage <= 52 ? true : foreign_lacks(f, "it has more than 52 regions");
}

/* What region number k asks for. */
static bool target_put(struct foreign *f, struct json regions, int k)
{
	static const char *const signs[][2] = { { "+", "+" }, { "-", "-" }, { "*", "*" }, { "\u00d7", "*" }, { "/", "/" }, { "\u00f7", "/" } };
	struct json region = regions, target, sign, cells;
	struct json_iter it = json_iter(regions);
	int64_t v;

	for (int i = 0; i <= k; i++)
		json_next(&it, NULL, &region);
	if (!json_get(region, "target", &target) || !foreign_whole(target, &v) || v < 0 || v > 999999)
		return foreign_lacks(f, "the target of a region is %.*s", (int)(target.raw.n < 40 ? target.raw.n : 40), target.raw.s);
	buf_addi(&f->desc, v);
	json_get(region, "cells", &cells);
	json_get(region, "operator", &sign);
	if (json_count(cells) == 1)
		return true;
	for (size_t i = 0; i < COUNT(signs); i++)
		if (json_is(sign, signs[i][0])) {
			buf_addz(&f->desc, signs[i][1]);
			return true;
		}
	return foreign_lacks(f, "the operator of a region is %.*s", (int)(sign.raw.n < 40 ? sign.raw.n : 40), sign.raw.s);
}

static bool size_read(struct foreign *f, const char *name, int *n)
{
	struct json v;
	int64_t size;

	if (!json_get(f->meta, name, &v) || !foreign_whole(v, &size) || size < 2 || size > FOREIGN_LATIN)
		return foreign_lacks(f, "its metadata has no \"%s\" from 2 to 9", name);
	*n = (int)size;
	return true;
}

static bool calcudoko(struct foreign *f)
{
	int cage_of[FOREIGN_LATIN * FOREIGN_LATIN], order[FOREIGN_LATIN * FOREIGN_LATIN], name[FOREIGN_LATIN * FOREIGN_LATIN], n = 0, cages = 0;
	struct json regions;

	f->list = true;
	json_get(f->meta, "regions", &regions);
	if (!size_read(f, "grid_size", &n) || !cages_read(f, regions, n, cage_of))
		return false;
	for (int i = 0; i < n * n; i++)
		name[i] = -1;
	buf_addf(&f->desc, "%d~:", n);
	for (int i = 0; i < n * n; i++) {
		int k = cage_of[i];

		if (name[k] < 0) {
			order[cages] = k;
			name[k] = cages++;
		}
		buf_addc(&f->desc, (char)(name[k] < 26 ? 'a' + name[k] : 'A' + name[k] - 26));
		if (i % n == n - 1)
			buf_addc(&f->desc, i + 1 == n * n ? ':' : '/');
	}
	for (int k = 0; k < cages; k++) {
		buf_addz(&f->desc, k ? "," : "");
		if (!target_put(f, regions, order[k]))
			return false;
	}
	return true;
}

/* A line of n digits or X, parted by blanks. */
static bool givens_line(struct str line, int n, char *row)
{
	struct str word;
	int x = 0;

	for (; str_word(&line, &word); x++)
		if (x == n || word.n != 1 || !(word.s[0] == 'X' || (word.s[0] >= '1' && word.s[0] <= '0' + n)))
			return false;
		else
			row[x] = word.s[0] == 'X' ? '.' : word.s[0];
	return x == n;
}

/* The first n such lines in a row in the question: it alone tells the given digits. */
static bool givens_read(const struct foreign *f, int n, char *given)
{
	struct str rest = buf_str(&f->question), line;
	int y = 0;

	while (y < n && str_line(&rest, &line))
		y = givens_line(line, n, given + y * n) ? y + 1 : 0;
	return y == n;
}

/* [[0, 1], [1, 1], "<"] */
static bool nested_sign(struct json v, int64_t at[4], struct json *sign)
{
	struct json_iter it = json_iter(v);
	struct json part, number;
	int k = 0;

	for (int side = 0; side < 2; side++) {
		if (!json_next(&it, NULL, &part) || part.kind != JSON_ARRAY)
			return false;
		for (struct json_iter p = json_iter(part); json_next(&p, NULL, &number); k++)
			if (k == 2 * side + 2 || !foreign_whole(number, &at[k]))
				return false;
		if (k != 2 * side + 2)
			return false;
	}
	return json_next(&it, NULL, sign);
}

static bool futoshiki(struct foreign *f)
{
	char given[FOREIGN_LATIN * FOREIGN_LATIN];
	int n = 0;

	f->list = true;
	if (!size_read(f, "grid_size", &n))
		return false;
	if (!givens_read(f, n, given))
		return foreign_lacks(f, "its question shows no board of %d rows", n);
	return foreign_futoshiki(f, n, given, nested_sign);
}

static bool skyscraper_puzzle(struct foreign *f)
{
	static const char *const sides[] = { "top", "bottom", "left", "right" };
	int n = 0;

	if (!size_read(f, "n", &n))
		return false;
	buf_addf(&f->desc, "%d:", n);
	for (int i = 0; i < 4; i++) {
		if (!foreign_numbers(f, sides[i], "", (size_t)n))
			return false;
		buf_addc(&f->desc, i < 3 ? '/' : ':');
	}
	for (int y = 0; y < n; y++)
		buf_addf(&f->desc, "%s%.*s", y ? "/" : "", n, ".........");
	return true;
}

static bool sudoku(struct foreign *f)
{
	struct json grid;
	int h, w;

	if (!foreign_rectangle(f, "original_sudoku", &grid, &h, &w))
		return false;
	buf_addz(&f->desc, "3x3:");
	return foreign_cells(f, grid, "", put_number_or_x);
}

/* ---- expressions ---- */

/* All four signs, in whatever order, or those that are listed. */
static bool mathador(struct foreign *f)
{
	struct json list, v;
	int64_t target;
	unsigned signs = 0;
	static const char all[] = "+-*/";

	if (!json_get(f->meta, "result", &v) || !foreign_whole(v, &target) || target < 0)
		return foreign_lacks(f, "its metadata has no \"result\"");
	json_get(f->meta, "operators", &list);
	for (struct json_iter it = json_iter(list); json_next(&it, NULL, &v);) {
		struct str s;

		if (!json_plain(v, &s) || s.n != 1 || !strchr(all, s.s[0]))
			return foreign_lacks(f, "it allows the operator %.*s", (int)(v.raw.n < 40 ? v.raw.n : 40), v.raw.s);
		signs |= 1u << (strchr(all, s.s[0]) - all);
	}
	buf_addi(&f->desc, target);
	if (signs && signs != 15) {
		buf_addc(&f->desc, ' ');
		for (int i = 0; i < 4; i++)
			if (signs >> i & 1)
				buf_addc(&f->desc, all[i]);
	}
	buf_addz(&f->desc, ": ");
	json_get(f->meta, "numbers", &list);
	return foreign_numbers(f, "numbers", " ", json_count(list));
}

/* Divisions are as everybody knows them: nothing is said against fractions. */
static bool math_path(struct foreign *f)
{
	struct buf text = BUF_INIT;
	struct json v;
	bool ok = json_get(f->meta, "query_expr", &v) && json_str(v, &text);

	f->list = true;
	buf_addc(&f->desc, '~');
	for (size_t i = 0; i < text.n; i++)
		if (text.s[i] != ' ')
			buf_addc(&f->desc, text.s[i]);
	buf_release(&text);
	return ok ? true : foreign_lacks(f, "its metadata has no \"query_expr\"");
}

static bool cryptarithm(struct foreign *f)
{
	struct json words, signs, w, s = { JSON_NONE, { "", 0 } };
	struct json_iter op;
	size_t n, at = 0;

	f->line = true;
	json_get(f->meta, "letter_words", &words);
	json_get(f->meta, "operators", &signs);
	n = json_count(words);
	op = json_iter(signs);
	if (n < 2 || json_count(signs) + 2 != n)
		return foreign_lacks(f, "its metadata has no \"letter_words\" and \"operators\" that make an equation");
	for (struct json_iter it = json_iter(words); json_next(&it, NULL, &w); at++) {
		struct str word, sign = STR("=");

		if (at && at + 1 < n && (!json_next(&op, NULL, &s) || !json_plain(s, &sign) || sign.n != 1))
			return foreign_lacks(f, "one of its operators is %.*s", (int)(s.raw.n < 40 ? s.raw.n : 40), s.raw.s);
		if (!json_plain(w, &word))
			return foreign_lacks(f, "one of its words is no text");
		if (at)
			buf_add(&f->desc, sign);
		buf_add(&f->desc, word);
	}
	return true;
}

/* ---- words ---- */

static bool put_mask(struct buf *b, struct str s)
{
	buf_addc(b, str_is(s, "X") ? 'X' : '.');
	return str_is(s, "X") || str_is(s, "0");
}

enum { WORDS = 48, WORD = 20 };

/* In small letters and in the order of the alphabet, each once. */
static bool words_put(struct foreign *f, const char *name)
{
	char word[WORDS][WORD + 1];
	struct json list, v;
	int n = 0;

	if (!json_get(f->meta, name, &list) || list.kind != JSON_ARRAY)
		return foreign_lacks(f, "its metadata has no \"%s\"", name);
	for (struct json_iter it = json_iter(list); json_next(&it, NULL, &v);) {
		char w[WORD + 1];
		int at = 0;

		if (!json_z(v, w, sizeof(w)))
			return foreign_lacks(f, "one of its \"%s\" is %.*s", name, (int)(v.raw.n < 40 ? v.raw.n : 40), v.raw.s);
		if (!w[0])
			continue;
		for (char *c = w; *c; c++)
			*c = *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c;
		while (at < n && strcmp(word[at], w) < 0)
			at++;
		if (at < n && strcmp(word[at], w) == 0)
			continue;
		if (n == WORDS)
			return foreign_lacks(f, "its \"%s\" are more than %d", name, WORDS);
		memmove(word[at + 1], word[at], (size_t)(n - at) * sizeof(word[0]));
		strcpy(word[at], w);
		n++;
	}
	for (int i = 0; i < n; i++)
		buf_addf(&f->desc, "%s%s", i ? "," : "", word[i]);
	return true;
}

/* Words may stand anywhere in a line of their direction, side by side with others: the mask shows letters, not where words begin. */
static bool wordscapes(struct foreign *f)
{
	struct json grid;
	int h, w;

	f->list = true;
	buf_addc(&f->desc, '~');
	if (!foreign_rectangle(f, "grid", &grid, &h, &w) || !foreign_cells(f, grid, "", put_mask))
		return false;
	buf_addc(&f->desc, '|');
	if (!words_put(f, "across_words"))
		return false;
	buf_addc(&f->desc, '|');
	return words_put(f, "down_words");
}

const struct foreign_task foreign_boards[] = {
	{ "arrow_maze", "arrow_maze", arrow_maze },
	{ "calcudoko", "calcudoko", calcudoko },
	{ "campsite", "campsite", campsite },
	{ "cryptarithm", "cryptarithm", cryptarithm },
	{ "futoshiki", "futoshiki", futoshiki },
	{ "game_of_24", "game_of_24", mathador },
	{ "kukurasu", "kukurasu", kukurasu },
	{ "math_path", "math_path", math_path },
	{ "mathador", "game_of_24", mathador },
	{ "minesweeper", "minesweeper", minesweeper },
	{ "norinori", "norinori", norinori },
	{ "number_wall", "number_wall", number_wall },
	{ "numbrix", "numbrix", numbrix },
	{ "skyscraper_puzzle", "skyscraper_puzzle", skyscraper_puzzle },
	{ "star_placement_puzzle", "star_placement_puzzle", star_placement },
	{ "sudoku", "sudoku", sudoku },
	{ "survo", "survo", survo },
	{ "wordscapes", "wordscapes", wordscapes },
	{ NULL, NULL, NULL },
};
