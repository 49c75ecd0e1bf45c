/* foreign_repair.c - stored answers found and replaced; see foreign_repair.h. */
#include "cli/foreign_repair.h"

#include <stdio.h>

enum { TOKENS = 1024 };

/* What goes into the cells of a stored answer, in order. */
struct tokens {
	int n;
	struct str at[TOKENS];
	struct buf room;          /* of those that stand nowhere else */
	size_t from[TOKENS];      /* while it grows: where each begins */
};

/* Members of the metadata that hold a solution. */
static const char *const places[] = { "solution", "solved_grid", "filled_matrix", "complete_sudoku", "current_mines", "ref_expr" };

static bool is_place(struct str key)
{
	for (size_t i = 0; i < COUNT(places); i++)
		if (json_key_is(key, places[i]))
			return true;
	return false;
}

static bool holds_something(struct json v)
{
	return v.kind != JSON_NONE && v.kind != JSON_NULL && !json_is(v, "");
}

static void text_of(struct buf *b, struct json v)
{
	buf_reset(b);
	if (v.kind == JSON_STRING)
		json_str(v, b);
	else
		buf_add(b, v.raw);
}

bool foreign_gold(const struct foreign *f, struct buf *text)
{
	struct json v;

	buf_reset(text);
	if (f->gold.n) {
		buf_add(text, buf_str(&f->gold));
		return true;
	}
	for (size_t i = 0; i < COUNT(places); i++)
		if (json_get(f->meta, places[i], &v) && holds_something(v)) {
			text_of(text, v);
			return true;
		}
	return false;
}

/* ---- the answer in tokens ---- */

static void token_open(struct tokens *t)
{
	if (t->n < TOKENS)
		t->from[t->n] = t->room.n;
}

static void token_close(struct tokens *t)
{
	if (t->n < TOKENS)
		t->at[t->n].n = t->room.n - t->from[t->n];
	t->n++;
}

static void token_add(struct tokens *t, struct str s)
{
	token_open(t);
	buf_add(&t->room, s);
	token_close(t);
}

static bool tokens_done(struct tokens *t)
{
	if (t->n > TOKENS || t->room.failed)
		return false;
	for (int i = 0; i < t->n; i++)
		t->at[i].s = buf_z(&t->room) + t->from[i];
	return t->n > 0;
}

/* Cells of a board as we write it: single signs, or words where blanks part them. */
static void cells_split(struct tokens *t, struct str answer)
{
	bool words = str_chr(answer, ' ') >= 0;
	struct str row, word;

	while (str_split(&answer, '/', &row)) {
		if (words)
			while (str_word(&row, &word))
				token_add(t, word);
		for (size_t i = 0; i < row.n && !words; i++)
			token_add(t, str_sub(row, i, i + 1));
	}
}

/* The k-th cell of a list of lists in the metadata; false: there is none. */
static bool cell_of(const struct foreign *f, const char *name, int k, struct json *ret)
{
	struct json grid, row;

	json_get(f->meta, name, &grid);
	for (struct json_iter rows = json_iter(grid); json_next(&rows, NULL, &row);)
		for (struct json_iter cells = json_iter(row); json_next(&cells, NULL, ret);)
			if (k-- == 0)
				return true;
	return false;
}

/* Our sign for a cell that the solver marked, else what the puzzle has there, else X. */
static bool marked_cells(struct tokens *t, const struct foreign *f, struct str answer, const char *grid, const char *mark)
{
	struct buf given = BUF_INIT;
	struct json v;
	bool ok = true;
	int k = 0;

	for (size_t i = 0; i < answer.n && ok; i++) {
		if (answer.s[i] == '/')
			continue;
		ok = cell_of(f, grid, k++, &v);
		text_of(&given, v);
		token_add(t, answer.s[i] == '1' ? str_of(mark) : buf_str(&given));
	}
	buf_release(&given);
	return ok;
}

/* Sums stand around the board as they stood in the puzzle. */
static bool framed_cells(struct tokens *t, const struct foreign *f, struct str answer)
{
	struct tokens inner = { .n = 0 };
	struct json grid, row, v;
	int y = 0, k = 0;
	bool ok;

	cells_split(&inner, answer);
	ok = tokens_done(&inner);
	json_get(f->meta, "original_matrix", &grid);
	for (struct json_iter rows = json_iter(grid); ok && json_next(&rows, NULL, &row); y++) {
		size_t x = 0;

		for (struct json_iter cells = json_iter(row); ok && json_next(&cells, NULL, &v); x++) {
			bool frame = y + 1 == (int)json_count(grid) || x + 1 == json_count(row);

			ok = frame || k < inner.n;
			if (ok)
				token_add(t, frame ? v.raw : inner.at[k++]);
		}
	}
	buf_release(&inner.room);
	return ok && k == inner.n;
}

static bool is(const struct foreign *f, const char *task)
{
	return f->task && strcmp(f->task->name, task) == 0;
}

/* False: this task's answers are no boards. */
static bool tokens_make(struct tokens *t, const struct foreign *f, struct str answer)
{
	if (is(f, "kukurasu")) {
		for (size_t i = 0; i < answer.n; i++)
			if (answer.s[i] != '/')
				token_add(t, answer.s[i] == '1' ? STR("1") : f->bare ? STR("0") : STR("X"));
		return tokens_done(t);
	}
	if (is(f, "number_wall"))
		return marked_cells(t, f, answer, "grid", "A") && tokens_done(t);
	if (is(f, "survo"))
		return framed_cells(t, f, answer) && tokens_done(t);
	if (!is(f, "arrow_maze") && !is(f, "calcudoko") && !is(f, "futoshiki") && !is(f, "numbrix") && !is(f, "skyscraper_puzzle") &&
	    !is(f, "sudoku") && !is(f, "wordscapes") && !is(f, "campsite"))
		return false;
	cells_split(t, answer);
	return tokens_done(t);
}

/* ---- tokens into a shape ---- */

/* Each leaf becomes the next token: a string stays one, a number too. */
static bool refill_list(struct buf *out, struct json v, const struct tokens *t, int *k)
{
	struct json item;

	if (v.kind != JSON_ARRAY) {
		if (*k == t->n)
			return false;
		if (v.kind == JSON_STRING)
			json_add_str(out, str_is(t->at[*k], "#") ? STR(" ") : t->at[*k]);
		else
			json_add_raw(out, t->at[*k]);
		(*k)++;
		return true;
	}
	json_open(out, '[');
	for (struct json_iter it = json_iter(v); json_next(&it, NULL, &item);)
		if (!refill_list(out, item, t, k))
			return false;
	json_close(out, ']');
	return true;
}

/* Each run of digits in a text becomes the next token. */
static bool refill_text(struct buf *out, struct str text, const struct tokens *t)
{
	int k = 0;

	for (size_t i = 0; i < text.n;) {
		size_t n = 0;

		while (i + n < text.n && text.s[i + n] >= '0' && text.s[i + n] <= '9')
			n++;
		if (n && k == t->n)
			return false;
		if (n)
			buf_add(out, t->at[k++]);
		else
			buf_addc(out, text.s[i]);
		i += n ? n : 1;
	}
	return k == t->n;
}

/* A text that is a list inside, or one with digits. */
static bool refill_string(struct buf *out, struct json v, const struct tokens *t)
{
	struct buf text = BUF_INIT, inner = BUF_INIT;
	struct json list;
	struct err ignored;
	bool ok = json_str(v, &text);
	int k = 0;

	if (ok && json_parse(&list, buf_str(&text), &ignored) && list.kind == JSON_ARRAY)
		ok = refill_list(&inner, list, t, &k) && k == t->n;
	else
		ok = ok && refill_text(&inner, buf_str(&text), t);
	json_add_str(out, buf_str(&inner));
	buf_release(&text);
	buf_release(&inner);
	return ok;
}

/* The numbers of "(0,2), (2,0)" as [[0,2],[2,0]]. */
static void put_pairs(struct buf *out, struct str answer)
{
	int n = 0;

	json_open(out, '[');
	for (size_t i = 0; i < answer.n;) {
		size_t len = 0;

		while (i + len < answer.n && answer.s[i + len] >= '0' && answer.s[i + len] <= '9')
			len++;
		if (len) {
			if (n % 2 == 0)
				json_open(out, '[');
			json_add_raw(out, str_sub(answer, i, i + len));
			if (n++ % 2)
				json_close(out, ']');
		}
		i += len ? len : 1;
	}
	json_close(out, ']');
}

/* Rows of 0 and 1 whose ones come in pairs, as [[[1,5],[2,5]],...], counted from 1. */
static void put_dominoes(struct buf *out, struct str answer)
{
	ptrdiff_t width = str_chr(answer, '/');
	size_t w = width < 0 ? answer.n : (size_t)width;

	json_open(out, '[');
	for (size_t i = 0; i < answer.n; i++) {
		size_t y = i / (w + 1), x = i % (w + 1);
		bool right = x + 1 < w && answer.s[i + 1] == '1', below = i + w + 1 < answer.n && answer.s[i + w + 1] == '1';
		char pair[64];
		int n;

		if (answer.s[i] != '1' || (!right && !below))
			continue;
		n = snprintf(pair, sizeof(pair), "[[%zu,%zu],[%zu,%zu]]", y + 1, x + 1, y + 1 + !right, x + 1 + right);
		json_add_raw(out, (struct str){ pair, (size_t)n });
	}
	json_close(out, ']');
}

/* "(1,2), (2,6)" by region as "[[A(1,2)\n\nB(2,6)]]". */
static void put_stars(struct buf *out, const struct foreign *f, struct str answer)
{
	struct buf text = BUF_INIT;
	struct json grid, row, v;

	json_get(f->meta, "region_grid", &grid);
	buf_addz(&text, "[[");
	for (char letter = 'A'; letter <= 'Z'; letter++) {
		bool first = true;
		int y = 0;

		for (struct json_iter rows = json_iter(grid); json_next(&rows, NULL, &row); y++) {
			int x = 0;

			for (struct json_iter cells = json_iter(row); json_next(&cells, NULL, &v); x++) {
				char place[32];

				snprintf(place, sizeof(place), "(%d,%d)", y + 1, x + 1);
				if (!json_is(v, (char[]){ letter, 0 }) || str_find(answer, str_of(place)) < 0)
					continue;
				if (first)
					buf_addf(&text, "%s%c", text.n > 2 ? "\n\n" : "", letter);
				first = false;
				buf_addz(&text, place);
			}
		}
	}
	buf_addz(&text, "]]");
	json_add_str(out, buf_str(&text));
	buf_release(&text);
}

/* "30, 1" as [30,1], or as strings where strings stood. */
static void put_items(struct buf *out, struct json was, struct str answer)
{
	struct json_iter it = json_iter(was);
	struct json first = { JSON_NONE, { "", 0 } };
	struct str item;

	json_next(&it, NULL, &first);
	json_open(out, '[');
	while (str_split(&answer, ',', &item)) {
		if (first.kind == JSON_INT)
			json_add_raw(out, str_trim(item));
		else
			json_add_str(out, str_trim(item));
	}
	json_close(out, ']');
}

/* The answer in the shape of what stood there. */
static bool put_like(struct buf *out, const struct foreign *f, struct json was, struct str answer)
{
	struct tokens t = { .n = 0 };
	bool ok = true;
	int k = 0;

	if (is(f, "minesweeper")) {
		put_pairs(out, answer);
	} else if (is(f, "norinori")) {
		put_dominoes(out, answer);
	} else if (is(f, "star_placement_puzzle")) {
		put_stars(out, f, answer);
	} else if (tokens_make(&t, f, answer)) {
		ok = was.kind == JSON_STRING ? refill_string(out, was, &t) : refill_list(out, was, &t, &k) && k == t.n;
	} else if (was.kind == JSON_ARRAY) {
		put_items(out, was, answer);
	} else if (was.kind == JSON_INT) {
		json_add_raw(out, answer);
	} else {
		json_add_str(out, answer);
	}
	buf_release(&t.room);
	return ok;
}

/* ---- what was worked out without a task of ours ---- */

/* "yes,no" with ", " between, in the row's language. */
static void put_claims(struct buf *out, const struct foreign *f, struct str list)
{
	bool chinese = str_find(buf_str(&f->gold), STR("\u662f")) >= 0 || str_find(buf_str(&f->gold), STR("\u5426")) >= 0;
	struct str item;

	for (int n = 0; str_split(&list, ',', &item); n++) {
		buf_addz(out, n ? ", " : "");
		if (chinese && str_is(item, "yes"))
			item = STR("\u662f");
		else if (chinese && str_is(item, "no"))
			item = STR("\u5426");
		buf_add(out, item);
	}
}

void foreign_found(const struct foreign *f, struct buf *answer)
{
	static const char *const plain[] = { "integer", "number", "word" };
	struct str rest = buf_str(&f->desc), kind, item;
	ptrdiff_t point;

	buf_reset(answer);
	if (f->task || !f->found || !str_split(&rest, ' ', &kind))
		return;
	for (size_t i = 0; i < COUNT(plain); i++)
		if (str_is(kind, plain[i]))
			buf_add(answer, rest);
	if (str_is(kind, "yesno")) {
		put_claims(answer, f, rest);
	} else if (str_is(kind, "letters") && str_split(&rest, ' ', &item)) {
		buf_add(answer, rest);
	} else if (str_is(kind, "step") && !str_is(rest, "no")) {
		buf_add(answer, rest);
	} else if (str_is(kind, "decimal")) { /* they are stored with two digits behind the point */
		buf_add(answer, rest);
		point = str_chr(rest, '.');
		buf_addz(answer, point < 0 ? ".00" : rest.n == (size_t)point + 2 ? "0" : "");
	} else if (str_is(kind, "set")) {
		for (int n = 0; str_split(&rest, '|', &item); n++) {
			buf_addz(answer, n ? ", " : "");
			buf_add(answer, item);
		}
	}
}

/* ---- the row ---- */

/* "30, 1" as SynLogic's verifier of meetings has it: the longest one's minutes, and how many there are. */
static bool put_meeting(struct buf *out, struct str key, struct str answer)
{
	struct str first;

	if (!str_split(&answer, ',', &first))
		return false;
	json_add_raw(out, str_trim(json_key_is(key, "answer_maxLen") ? first : answer));
	return true;
}

static bool put_meta(struct buf *out, const struct foreign *f, struct json meta, struct str answer, int *done)
{
	struct json v;
	struct str key;
	bool ok = true;

	if (meta.kind != JSON_OBJECT) {
		json_add_raw(out, meta.raw);
		return true;
	}
	json_open(out, '{');
	for (struct json_iter it = json_iter(meta); ok && json_next(&it, &key, &v);) {
		json_add_raw(out, key);
		buf_addc(out, ':');
		if (is_place(key) && holds_something(v)) {
			ok = put_like(out, f, v, answer);
			(*done)++;
		} else if (is(f, "time_sequence") && (json_key_is(key, "records") || json_key_is(key, "answers"))) {
			ok = put_meta(out, f, v, answer, done);
		} else if (is(f, "time_sequence") && (json_key_is(key, "answer_maxLen") || json_key_is(key, "answer_nums"))) {
			ok = put_meeting(out, key, answer);
		} else {
			json_add_raw(out, v.raw);
		}
	}
	json_close(out, '}');
	return ok;
}

/* The members of an object that holds question, answer and metadata, with the answer in them; an answer is asked for where done stays 0. */
static bool put_game(struct buf *out, const struct foreign *f, struct json game, struct str answer)
{
	struct json v;
	struct str key;
	bool ok = true;
	int done = 0;

	json_open(out, '{');
	for (struct json_iter it = json_iter(game); ok && json_next(&it, &key, &v);) {
		if (json_key_is(key, "check"))
			continue;
		json_add_raw(out, key);
		buf_addc(out, ':');
		if (json_key_is(key, "answer") && holds_something(v)) {
			ok = put_like(out, f, v, answer);
			done++;
		} else if (json_key_is(key, "metadata")) {
			ok = put_meta(out, f, v, answer, &done);
		} else {
			json_add_raw(out, v.raw);
		}
	}
	return ok && done > 0;
}

/* A member, with the new game in place of the old one: an object or JSON in a string, as it was. */
static void put_member(struct buf *out, struct str key, struct json v, struct str game)
{
	json_add_raw(out, key);
	buf_addc(out, ':');
	if (!json_key_is(key, "game_data_str"))
		json_add_raw(out, v.raw);
	else if (v.kind == JSON_STRING)
		json_add_str(out, game);
	else
		json_add_raw(out, game);
}

/* The same in a row's extra_info, which may be JSON in a string too; false: it is no object. */
static bool put_extra(struct buf *out, struct json v, struct str game)
{
	struct buf room = BUF_INIT, text = BUF_INIT;
	struct json extra = json_unwrap(v, &room), inner;
	bool ok = extra.kind == JSON_OBJECT;
	struct str key;

	json_open(&text, '{');
	for (struct json_iter it = json_iter(extra); ok && json_next(&it, &key, &inner);)
		put_member(&text, key, inner, game);
	json_close(&text, '}');
	if (ok) {
		json_key(out, "extra_info");
		if (v.kind == JSON_STRING)
			json_add_str(out, buf_str(&text));
		else
			json_add_raw(out, buf_str(&text));
		out->failed |= text.failed;
	}
	buf_release(&room);
	buf_release(&text);
	return ok;
}

/* SynLogic's row: the same within game_data_str. */
static bool put_row(struct buf *out, const struct foreign *f, struct json row, struct str answer)
{
	struct buf text = BUF_INIT;
	struct json game, v;
	struct err ignored;
	struct str key;
	bool ok = json_parse(&game, buf_str(&f->text), &ignored) && put_game(&text, f, game, answer);

	json_close(&text, '}');
	json_open(out, '{');
	for (struct json_iter it = json_iter(row); ok && json_next(&it, &key, &v);)
		if (!json_key_is(key, "check") && !(json_key_is(key, "extra_info") && put_extra(out, v, buf_str(&text))))
			put_member(out, key, v, buf_str(&text));
	ok = ok && !text.failed;
	buf_release(&text);
	return ok;
}

bool foreign_repair(struct buf *out, const struct foreign *f, struct json row, struct str answer, const char *check)
{
	bool ok = f->bare ? put_game(out, f, row, answer) : put_row(out, f, row, answer);

	json_key(out, "check");
	json_add_z(out, check);
	json_close(out, '}');
	return ok && !out->failed;
}
