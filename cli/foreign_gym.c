/*
 * foreign_gym.c - reasoning-gym's rows of the tasks that we have too. What the metadata states becomes a desc of our own task; elsewhere
 * the stored answer is compared with. Their scorer gets the whole response, so nothing needs to stand around an answer.
 */
#include "cli/foreign_cells.h"

#include <stdio.h>

static bool store(struct foreign *f, const char *kind, struct str gold)
{
	buf_addf(&f->desc, "%s ", kind);
	buf_add(&f->desc, gold);
	return gold.n ? true : foreign_lacks(f, "it stores no answer");
}

static struct str gold_of(const struct foreign *f)
{
	return str_trim(buf_str(&f->gold));
}

/* ---- boards ---- */

/* 0 is an empty cell. */
static bool put_digit(struct buf *b, struct str s)
{
	if (s.n != 1 || s.s[0] < '0' || s.s[0] > '9')
		return false;
	buf_addc(b, s.s[0] == '0' ? '.' : s.s[0]);
	return true;
}

static bool sudoku_sized(struct foreign *f, const char *boxes)
{
	struct json grid;
	int h, w;

	buf_addz(&f->desc, boxes);
	return foreign_rectangle(f, "puzzle", &grid, &h, &w) && foreign_cells(f, grid, "", put_digit);
}

static bool sudoku(struct foreign *f)
{
	return sudoku_sized(f, "3x3:");
}

static bool mini_sudoku(struct foreign *f)
{
	return sudoku_sized(f, "2x2:");
}

/* [0, 1, 1, 1, "<"] */
static bool flat_sign(struct json v, int64_t at[4], struct json *sign)
{
	struct json_iter it = json_iter(v);

	for (int k = 0; k < 4; k++)
		if (v.kind != JSON_ARRAY || !json_next(&it, NULL, sign) || !foreign_whole(*sign, &at[k]))
			return false;
	return json_next(&it, NULL, sign);
}

static bool futoshiki(struct foreign *f)
{
	struct buf given = BUF_INIT;
	struct json grid;
	int h, w;
	bool ok;

	if (!foreign_rectangle(f, "puzzle", &grid, &h, &w))
		return false;
	if (h != w || h < 2 || h > FOREIGN_LATIN)
		return foreign_lacks(f, "its board is no square of 2 to 9 rows");
	if (!foreign_cells(f, grid, "", put_digit))
		return false;
	for (size_t i = 0; i < f->desc.n; i++)
		if (f->desc.s[i] != '/')
			buf_addc(&given, f->desc.s[i]);
	buf_reset(&f->desc);
	ok = foreign_futoshiki(f, h, buf_z(&given), flat_sign);
	buf_release(&given);
	return ok;
}

static bool survo(struct foreign *f)
{
	return foreign_survo(f, "puzzle");
}

static bool kakurasu(struct foreign *f)
{
	struct json rows, cols;

	json_get(f->meta, "row_sums", &rows);
	json_get(f->meta, "col_sums", &cols);
	if (!foreign_numbers(f, "row_sums", " ", json_count(rows)))
		return false;
	buf_addc(&f->desc, '/');
	return foreign_numbers(f, "col_sums", " ", json_count(cols));
}

/* ---- sums ---- */

enum { GIVEN = 12 }; /* most numbers of game_of_24's rule */

/* Whatever the question says of "once", all numbers are to be used: it asks for an expression of them. */
static bool made_of(struct foreign *f, int64_t target)
{
	struct json list;
	size_t n;

	json_get(f->meta, "numbers", &list);
	n = list.kind == JSON_ARRAY ? json_count(list) : 0;
	if (n < 2 || n > GIVEN)
		return foreign_lacks(f, "its \"numbers\" are not 2 to %d", GIVEN);
	buf_addf(&f->desc, "%lld: ", (long long)target);
	return foreign_numbers(f, "numbers", " ", n);
}

static bool puzzle24(struct foreign *f)
{
	return made_of(f, 24);
}

static bool countdown(struct foreign *f)
{
	struct json v;
	int64_t target;

	if (!json_get(f->meta, "target", &v) || !foreign_whole(v, &target) || target < 0)
		return foreign_lacks(f, "its metadata has no \"target\"");
	return made_of(f, target);
}

static bool cryptarithm(struct foreign *f)
{
	struct json words, v;
	struct str word;
	int n = 0;

	if (json_get(f->meta, "allow_leading_zero", &v) && str_is(v.raw, "true"))
		return foreign_lacks(f, "words of it may begin with 0");
	json_get(f->meta, "words_letters", &words);
	for (struct json_iter it = json_iter(words); words.kind == JSON_ARRAY && json_next(&it, NULL, &v); n++) {
		if (!json_plain(v, &word) || v.kind != JSON_STRING)
			return foreign_lacks(f, "one of its words is no text");
		buf_addz(&f->desc, n ? "+" : "");
		buf_add(&f->desc, word);
	}
	if (n < 2 || !json_get(f->meta, "result_letters", &v) || v.kind != JSON_STRING || !json_plain(v, &word))
		return foreign_lacks(f, "its metadata has no \"words_letters\" and \"result_letters\"");
	buf_addc(&f->desc, '=');
	buf_add(&f->desc, word);
	return true;
}

/* ---- who tells the truth ---- */

enum { PEOPLE = 12, NEST = 16 };

/* What a statement is where bit i of `truthful` says that person i tells the truth: 0, 1; -1: it is none. */
static int statement(struct json v, unsigned truthful, int people, int depth)
{
	struct json_iter it = json_iter(v);
	struct json op, part;
	int64_t who;
	int value[2] = { 0, 0 }, n = 0, all = 1, any = 0, one;

	if (v.kind != JSON_ARRAY || depth == NEST || !json_next(&it, NULL, &op))
		return -1;
	if (json_is(op, "telling-truth") || json_is(op, "lying")) {
		if (!json_next(&it, NULL, &part) || !foreign_whole(part, &who) || who < 0 || who >= people)
			return -1;
		return (int)(truthful >> who & 1) == json_is(op, "telling-truth");
	}
	for (; json_next(&it, NULL, &part); n++) {
		one = statement(part, truthful, people, depth + 1);
		if (one < 0)
			return -1;
		if (n < 2)
			value[n] = one;
		all &= one;
		any |= one;
	}
	if (json_is(op, "not"))
		return n == 1 ? !value[0] : -1;
	if (n < 2)
		return -1;
	if (json_is(op, "and"))
		return all;
	if (json_is(op, "or"))
		return any;
	if (n != 2)
		return -1;
	return json_is(op, "->") ? !value[0] || value[1] : json_is(op, "<=>") ? value[0] == value[1] : -1;
}

/* How many assignments make each say what it would say, up to two; -1: a statement is not understood. */
static int assignments(struct json statements, int people, unsigned *found)
{
	struct json v;
	int n = 0;

	for (unsigned truthful = 0; truthful < 1u << people && n < 2; truthful++) {
		bool fits = true;
		int who = 0;

		for (struct json_iter it = json_iter(statements); fits && json_next(&it, NULL, &v); who++) {
			int says = statement(v, truthful, people, 0);

			if (says < 0)
				return -1;
			fits = says == (int)(truthful >> who & 1);
		}
		if (fits) {
			*found = truthful;
			n++;
		}
	}
	return n;
}

static bool stored_assignment(const struct foreign *f, size_t people, unsigned *ret)
{
	struct json list, v;
	size_t n = 0;

	*ret = 0;
	json_get(f->meta, "solution", &list);
	for (struct json_iter it = json_iter(list); list.kind == JSON_ARRAY && json_next(&it, NULL, &v); n++) {
		if (n == people || !(str_is(v.raw, "true") || str_is(v.raw, "false")))
			return false;
		*ret |= (unsigned)str_is(v.raw, "true") << n;
	}
	return n == people;
}

/* The statements decide where they leave one assignment; else the stored one, to which others may be equal. */
static bool knights_knaves(struct foreign *f)
{
	struct json names, statements, terms, v;
	struct str term[2], name;
	unsigned truthful = 0;
	size_t people;
	int n = 0, found = -1;

	if (!json_get(f->meta, "knight_knave_terms", &terms) || !json_get(terms, "knight", &v) || !json_plain(v, &term[0]) ||
	    !json_get(terms, "knave", &v) || !json_plain(v, &term[1]))
		return foreign_lacks(f, "its metadata has no \"knight_knave_terms\"");
	json_get(f->meta, "names", &names);
	people = names.kind == JSON_ARRAY ? json_count(names) : 0;
	if (people < 1 || people > PEOPLE)
		return foreign_lacks(f, "its \"names\" are not 1 to %d", PEOPLE);
	json_get(f->meta, "statements", &statements);
	if (statements.kind == JSON_ARRAY && json_count(statements) == people)
		found = assignments(statements, (int)people, &truthful);
	if (found == 0)
		return foreign_never(f, "its statements contradict each other");
	f->found = found == 1;
	if (found != 1 && !stored_assignment(f, people, &truthful))
		return foreign_lacks(f, "its metadata has neither \"statements\" nor a \"solution\"");
	buf_addf(&f->desc, "roles %.*s/%.*s ", (int)term[0].n, term[0].s, (int)term[1].n, term[1].s);
	for (struct json_iter it = json_iter(names); json_next(&it, NULL, &v); n++) {
		struct str is = term[!(truthful >> n & 1)];

		if (!json_plain(v, &name))
			return foreign_lacks(f, "one of its names is no text");
		buf_addf(&f->desc, "%s%.*s=%.*s", n ? "|" : "", (int)name.n, name.s, (int)is.n, is.s);
	}
	return true;
}

/* ---- stored answers ---- */

static bool integer(struct foreign *f)
{
	return store(f, "integer", gold_of(f));
}

static bool word(struct foreign *f)
{
	return store(f, "word", gold_of(f));
}

static bool halts(struct foreign *f)
{
	if (str_is(gold_of(f), "True") || str_is(gold_of(f), "False"))
		return store(f, "claim", str_is(gold_of(f), "True") ? STR("yes") : STR("no"));
	return foreign_lacks(f, "its answer is neither True nor False");
}

/* Capitals stand before small letters, so they count. */
static bool word_sorting(struct foreign *f)
{
	struct str rest = gold_of(f), item;
	int n = 0;

	buf_addz(&f->desc, "items ");
	for (; str_split(&rest, ',', &item); n++) {
		buf_addz(&f->desc, n ? "|" : "");
		buf_add(&f->desc, str_trim(item));
	}
	return n ? true : foreign_lacks(f, "it stores no answer");
}

/* Without the zeros that say nothing: "-3.0" is -3. */
static void put_short(struct buf *b, struct str s)
{
	if (str_chr(s, '.') >= 0) {
		while (s.n && s.s[s.n - 1] == '0')
			s.n--;
		if (s.n && s.s[s.n - 1] == '.')
			s.n--;
	}
	if (str_is(s, "-0"))
		s = STR("0");
	buf_add(b, s);
}

/* ['93.1', '-3.0'] */
static bool number_sorting(struct foreign *f)
{
	struct str rest = gold_of(f), item;
	int n = 0;

	buf_addz(&f->desc, "numbers ");
	if (rest.n < 2 || rest.s[0] != '[' || rest.s[rest.n - 1] != ']')
		return foreign_lacks(f, "its answer is no list");
	for (rest = str_sub(rest, 1, rest.n - 1); str_split(&rest, ',', &item); n++) {
		item = str_trim(item);
		if (item.n > 2 && (item.s[0] == '\'' || item.s[0] == '"'))
			item = str_trim(str_sub(item, 1, item.n - 1));
		buf_addz(&f->desc, n ? "," : "");
		put_short(&f->desc, item);
	}
	return n ? true : foreign_lacks(f, "its answer is an empty list");
}

/* The question does not tell the shift: the text is compared. */
static bool caesar_cipher(struct foreign *f)
{
	return store(f, "text", gold_of(f));
}

/* Digits and line ends of a board: 1 0 0 / 0 1 0, or [[1,0,0],[0,1,0]] */
static bool board(struct foreign *f)
{
	struct str s = gold_of(f);
	size_t digits = 0;
	bool nested = s.n && s.s[0] == '[';

	buf_addz(&f->desc, "grid ");
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] >= '0' && s.s[i] <= '9') {
			buf_addc(&f->desc, s.s[i]);
			digits++;
		} else if (digits && i + 1 < s.n && s.s[i] == (nested ? ']' : '\n') && !(nested && i + 2 >= s.n)) {
			buf_addc(&f->desc, '/');
		}
	}
	return digits ? true : foreign_lacks(f, "its answer is no board");
}

/* One row of any length. */
static bool arc_1d(struct foreign *f)
{
	struct str rest = gold_of(f), digit;
	int n = 0;

	if (rest.n < 2 * FOREIGN_SIDE)
		return board(f);
	buf_addz(&f->desc, "numbers ");
	for (; str_word(&rest, &digit); n++) {
		buf_addz(&f->desc, n ? "," : "");
		buf_add(&f->desc, digit);
	}
	return true;
}

#define STORED(name, how) { name, "stored_answer", how }

const struct foreign_task foreign_gym[] = {
	STORED("arc_1d", arc_1d),
	STORED("arc_agi", board),
	STORED("basic_arithmetic", integer),
	STORED("caesar_cipher", caesar_cipher),
	STORED("chain_sum", integer),
	{ "countdown", "game_of_24", countdown },
	{ "cryptarithm", "cryptarithm", cryptarithm },
	{ "futoshiki", "futoshiki", futoshiki },
	STORED("game_of_life", board),
	STORED("game_of_life_halting", halts),
	{ "kakurasu", "kukurasu", kakurasu },
	STORED("knights_knaves", knights_knaves),
	{ "mini_sudoku", "sudoku", mini_sudoku },
	STORED("number_sorting", number_sorting),
	{ "puzzle24", "game_of_24", puzzle24 },
	STORED("rearc", board),
	STORED("self_reference", integer),
	{ "sudoku", "sudoku", sudoku },
	{ "survo", "survo", survo },
	STORED("word_sorting", word_sorting),
	STORED("zebra_puzzles", word),
	{ NULL, NULL, NULL },
};
