/*
 * cipher_steps.c - each step of a cipher run forwards or undone, and told letter by letter.
 *
 * Told: H7+3=10K a sum, HE>KC what becomes what, 1H 2E ... > places after which the letters are taken or put.
 */
#include "generators/cipher_steps.h"

#include <assert.h>

enum { SIDE = 5 };

const struct cipher_form cipher_forms[CIPHER_KINDS] = {
	[CIPHER_CAESAR] = { "caesar", CIPHER_NO_KEY, 1, { 1 }, { -1 }, 1, 1 },
	[CIPHER_ATBASH] = { "atbash", CIPHER_NO_KEY, 0, { 0 }, { 0 }, 1, 1 },
	[CIPHER_AFFINE] = { "affine", CIPHER_NO_KEY, 2, { 2, 0 }, { -1, -1 }, 2, 3 },
	[CIPHER_KEYWORD] = { "keyword", CIPHER_DISTINCT_KEY, 0, { 0 }, { 0 }, 2, 2 },
	[CIPHER_VIGENERE] = { "vigenere", CIPHER_ANY_KEY, 0, { 0 }, { 0 }, 2, 2 },
	[CIPHER_BEAUFORT] = { "beaufort", CIPHER_ANY_KEY, 0, { 0 }, { 0 }, 3, 2 },
	[CIPHER_AUTOKEY] = { "autokey", CIPHER_ANY_KEY, 0, { 0 }, { 0 }, 3, 3 },
	[CIPHER_CHAIN] = { "chain", CIPHER_NO_KEY, 1, { 1 }, { -1 }, 3, 3 },
	[CIPHER_XOR] = { "xor", CIPHER_NO_KEY, 1, { 1 }, { -1 }, 3, 4 },
	[CIPHER_PROGRESS] = { "progress", CIPHER_NO_KEY, 2, { 1, 1 }, { -1, -1 }, 2, 2 },
	[CIPHER_SQUARE] = { "square", CIPHER_DISTINCT_KEY, 2, { 1, 1 }, { 4, 4 }, 2, 3 },
	[CIPHER_PLAYFAIR] = { "playfair", CIPHER_DISTINCT_KEY, 0, { 0 }, { 0 }, 3, 3 },
	[CIPHER_BIFID] = { "bifid", CIPHER_DISTINCT_KEY, 0, { 0 }, { 0 }, 3, 4 },
	[CIPHER_VOWELS] = { "vowels", CIPHER_NO_KEY, 2, { 1, 1 }, { 4, -6 }, 2, 2 },
	[CIPHER_RAIL] = { "rail", CIPHER_NO_KEY, 1, { 2 }, { 32 }, 2, 2 },
	[CIPHER_COLUMNS] = { "columns", CIPHER_DISTINCT_KEY, 0, { 0 }, { 0 }, 3, 3 },
	[CIPHER_SNAKE] = { "snake", CIPHER_NO_KEY, 1, { 2 }, { 32 }, 3, 2 },
	[CIPHER_SWAP] = { "swap", CIPHER_NO_KEY, 0, { 0 }, { 0 }, 1, 1 },
	[CIPHER_REVERSE] = { "reverse", CIPHER_NO_KEY, 0, { 0 }, { 0 }, 1, 1 },
	[CIPHER_WORDS] = { "words", CIPHER_NO_KEY, 0, { 0 }, { 0 }, 1, 1 },
	[CIPHER_BLOCKS] = { "blocks", CIPHER_NO_KEY, 2, { 2, 1 }, { 32, 31 }, 2, 1 },
	[CIPHER_FLIP] = { "flip", CIPHER_NO_KEY, 1, { 2 }, { 32 }, 1, 1 },
	[CIPHER_ROTATE] = { "rotate", CIPHER_NO_KEY, 1, { 1 }, { CIPHER_LETTERS - 1 }, 1, 1 },
	[CIPHER_JOSEPHUS] = { "josephus", CIPHER_NO_KEY, 1, { 2 }, { 32 }, 3, 4 },
};

static bool squared(enum cipher_kind kind)
{
	return kind == CIPHER_SQUARE || kind == CIPHER_PLAYFAIR || kind == CIPHER_BIFID;
}

bool cipher_fits(enum cipher_kind kind, int size)
{
	if (squared(kind))
		return size == 25;
	return kind == CIPHER_XOR ? size == 32 : kind != CIPHER_VOWELS || size != 32;
}

int cipher_high(enum cipher_kind kind, int i, int size)
{
	int hi = cipher_forms[kind].hi[i];

	return hi > 0 ? hi : size + hi;
}

char cipher_letter(int v, int size)
{
	if (size == 25)
		return "ABCDEFGHIKLMNOPQRSTUVWXYZ"[v];
	return "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[v];
}

static void add_letter(const struct cipher *c, struct buf *b, int v)
{
	buf_addc(b, cipher_letter(v, c->size));
}

/* ---- sums ---- */

/* "X23+5=28=2C" */
static void tell_sum(const struct cipher *c, struct buf *b, int i, int v, int k, char sign, int raw, int out)
{
	if (!b)
		return;
	buf_addz(b, i ? " " : "");
	if (sign == '<') /* k - v */
		buf_addf(b, "%d-%c%d=%d", k, cipher_letter(v, c->size), v, raw);
	else
		buf_addf(b, "%c%d%c%d=%d", cipher_letter(v, c->size), v, sign, k, raw);
	if (raw != out)
		buf_addf(b, "=%d", out);
	add_letter(c, b, out);
}

/* Each letter and a number k that depends on place, key and what came before. */
static void add_along(struct cipher *c, const struct cipher_step *s, bool undo, struct buf *b)
{
	unsigned char in[CIPHER_LETTERS];

	memcpy(in, c->text, (size_t)c->n);
	for (int i = 0; i < c->n; i++) {
		int k, v = in[i], raw, out;

		switch (s->kind) {
		case CIPHER_CAESAR: k = s->a; break;
		case CIPHER_PROGRESS: k = (s->a + i * s->b) % c->size; break;
		case CIPHER_CHAIN: case CIPHER_XOR: k = i == 0 ? s->a : undo ? in[i - 1] : c->text[i - 1]; break;
		case CIPHER_AUTOKEY: k = i < s->keys ? s->key[i] : undo ? c->text[i - s->keys] : in[i - s->keys]; break;
		default: k = s->key[i % s->keys];
		}
		if (s->kind == CIPHER_XOR) {
			raw = v ^ k;
			tell_sum(c, b, i, v, k, '^', raw, raw);
			c->text[i] = (unsigned char)raw;
			continue;
		}
		raw = s->kind == CIPHER_BEAUFORT ? k - v : undo ? v - k : v + k;
		out = raw < 0 ? raw + c->size : raw >= c->size ? raw - c->size : raw;
		tell_sum(c, b, i, v, k, s->kind == CIPHER_BEAUFORT ? '<' : undo ? '-' : '+', raw, out);
		c->text[i] = (unsigned char)out;
	}
}

/* ---- tables ---- */

/* 0 .. size - 1 in the order of the keyword. */
static void mix(unsigned char line[32], const struct cipher_step *s, int size)
{
	bool used[32] = { false };
	int n = 0;

	for (int i = 0; i < s->keys; i++)
		used[line[n++] = s->key[i]] = true;
	for (int v = 0; v < size; v++)
		if (!used[v])
			line[n++] = (unsigned char)v;
}

static int turn(int at, int by, int size, bool undo)
{
	return (at + (undo ? size - by % size : by)) % size;
}

static const unsigned char vowel[26] = { ['A' - 'A'] = 1, ['E' - 'A'] = 1, ['I' - 'A'] = 1, ['O' - 'A'] = 1, ['U' - 'A'] = 1 };

/* Where letter v stands in the ring of vowels or of others, and back. */
static int ring_move(int v, const struct cipher_step *s, int size, bool undo)
{
	bool is = vowel[cipher_letter(v, size) - 'A'];
	int place[32], at = 0, n = 0;

	for (int w = 0; w < size; w++) {
		if (vowel[cipher_letter(w, size) - 'A'] != is)
			continue;
		if (w == v)
			at = n;
		place[n++] = w;
	}
	return place[turn(at, is ? s->a : s->b, n, undo)];
}

/* table[v]: what letter v becomes. */
static void make_table(unsigned char table[32], const struct cipher_step *s, int size)
{
	unsigned char line[32], place[32];

	if (s->kind == CIPHER_KEYWORD || s->kind == CIPHER_SQUARE)
		mix(line, s, size);
	if (s->kind == CIPHER_SQUARE)
		for (int i = 0; i < size; i++)
			place[line[i]] = (unsigned char)i;
	for (int v = 0; v < size; v++) {
		int out;

		switch (s->kind) {
		case CIPHER_ATBASH: out = size - 1 - v; break;
		case CIPHER_AFFINE: out = (s->a * v + s->b) % size; break;
		case CIPHER_KEYWORD: out = line[v]; break;
		case CIPHER_SQUARE:
			out = line[(place[v] / SIDE + s->a) % SIDE * SIDE + (place[v] % SIDE + s->b) % SIDE];
			break;
		default: out = ring_move(v, s, size, false);
		}
		table[v] = (unsigned char)out;
	}
}

static void tell_square(const struct cipher *c, struct buf *b, const struct cipher_step *s)
{
	unsigned char line[32];

	mix(line, s, c->size);
	for (int i = 0; i < SIDE * SIDE; i++) {
		buf_addz(b, i && i % SIDE == 0 ? "/" : "");
		add_letter(c, b, line[i]);
	}
	buf_addc(b, '\n');
}

static void by_table(struct cipher *c, const struct cipher_step *s, bool undo, struct buf *b)
{
	unsigned char table[32], back[32] = { 0 };

	make_table(table, s, c->size);
	for (int v = 0; v < c->size; v++)
		back[table[v]] = (unsigned char)v;
	if (b && s->kind == CIPHER_SQUARE)
		tell_square(c, b, s);
	for (int v = 0; b && s->kind != CIPHER_ATBASH && v < c->size; v++) { /* the whole table once */
		buf_addz(b, v ? " " : "");
		add_letter(c, b, undo ? table[v] : v);
		if (s->kind == CIPHER_AFFINE)
			buf_addf(b, undo ? "<%d<" : ">%d>", s->a * v + s->b);
		else
			buf_addc(b, undo ? '<' : '>');
		add_letter(c, b, undo ? v : table[v]);
	}
	if (b && s->kind != CIPHER_ATBASH)
		buf_addc(b, '\n');
	for (int i = 0; i < c->n; i++) {
		int out = undo ? back[c->text[i]] : table[c->text[i]];

		if (b) {
			buf_addz(b, i ? " " : "");
			add_letter(c, b, c->text[i]);
			buf_addc(b, '>');
			add_letter(c, b, out);
		}
		c->text[i] = (unsigned char)out;
	}
}

/* ---- pairs in a square ---- */

static void playfair(struct cipher *c, const struct cipher_step *s, bool undo, struct buf *b)
{
	unsigned char line[32], place[32] = { 0 };
	int d = undo ? SIDE - 1 : 1;

	mix(line, s, c->size);
	for (int i = 0; i < SIDE * SIDE; i++)
		place[line[i]] = (unsigned char)i;
	if (b)
		tell_square(c, b, s);
	for (int i = 0; i + 1 < c->n; i += 2) {
		int p = place[c->text[i]], q = place[c->text[i + 1]], y = p / SIDE, x = p % SIDE, v = q / SIDE, u = q % SIDE;
		int dy = p == q || (x == u) ? d : 0, dx = p == q || (y == v) ? d : 0;
		bool corner = x != u && y != v;

		if (b) {
			buf_addz(b, i ? " " : "");
			add_letter(c, b, c->text[i]);
			add_letter(c, b, c->text[i + 1]);
			buf_addc(b, '>');
		}
		c->text[i] = line[(y + dy) % SIDE * SIDE + ((corner ? u : x) + dx) % SIDE];
		c->text[i + 1] = line[(v + dy) % SIDE * SIDE + ((corner ? x : u) + dx) % SIDE];
		if (b) {
			add_letter(c, b, c->text[i]);
			add_letter(c, b, c->text[i + 1]);
		}
	}
	if (b && c->n % 2) {
		buf_addc(b, ' ');
		add_letter(c, b, c->text[c->n - 1]);
	}
}

/* Rows of all letters, then their columns; told as two lines of digits and how they are paired anew. */
static void bifid(struct cipher *c, const struct cipher_step *s, bool undo, struct buf *b)
{
	unsigned char line[32], place[32] = { 0 }, digit[2 * CIPHER_LETTERS];
	int n = c->n;

	mix(line, s, c->size);
	for (int i = 0; i < SIDE * SIDE; i++)
		place[line[i]] = (unsigned char)i;
	if (b)
		tell_square(c, b, s);
	for (int i = 0; i < n; i++) {
		int row = place[c->text[i]] / SIDE, col = place[c->text[i]] % SIDE;

		digit[undo ? 2 * i : i] = (unsigned char)row;
		digit[undo ? 2 * i + 1 : n + i] = (unsigned char)col;
		if (b) {
			buf_addz(b, i ? " " : "");
			add_letter(c, b, c->text[i]);
			buf_addf(b, "%d%d", row + 1, col + 1);
		}
	}
	if (b)
		buf_addc(b, '\n');
	for (int i = 0; b && i < 2 * n; i++) {
		buf_addz(b, i && (undo ? i == n : i % 2 == 0) ? " " : "");
		buf_addi(b, digit[i] + 1);
	}
	if (b)
		buf_addc(b, '\n');
	for (int i = 0; i < n; i++) {
		int row = digit[undo ? i : 2 * i], col = digit[undo ? n + i : 2 * i + 1];

		c->text[i] = line[row * SIDE + col];
		if (b) {
			buf_addf(b, "%s%d%d", i ? " " : "", row + 1, col + 1);
			add_letter(c, b, c->text[i]);
		}
	}
}

/* ---- places ---- */

/* order[k]: the place of the letter that comes k-th; cut[k]: a new rail, column or block begins there. */
struct order {
	int n;
	int at[CIPHER_LETTERS];
	bool cut[CIPHER_LETTERS + 1];
};

static void take(struct order *o, int at)
{
	o->at[o->n++] = at;
}

static void take_rails(struct order *o, int n, int rails)
{
	int period = 2 * (rails - 1);

	for (int r = 0; r < rails; r++) {
		int down = r, up = period - r;

		o->cut[o->n] = true;
		for (; down < n; down += period, up += period) {
			take(o, down);
			if (r && r < rails - 1 && up < n)
				take(o, up);
		}
	}
}

static void take_columns(struct order *o, int n, const struct cipher_step *s)
{
	int head[32];

	for (int v = 0; v < 32; v++)
		head[v] = -1;
	for (int i = 0; i < s->keys; i++)
		head[s->key[i]] = i;
	for (int v = 0; v < 32; v++) {
		o->cut[o->n] = true;
		for (int at = head[v]; at >= 0 && at < n; at += s->keys)
			take(o, at);
	}
}

static void take_snake(struct order *o, int n, int w)
{
	int rows = (n + w - 1) / w;

	for (int x = 0; x < w; x++) {
		o->cut[o->n] = true;
		for (int k = 0; k < rows; k++) {
			int y = x % 2 ? rows - 1 - k : k;

			if (y * w + x < n)
				take(o, y * w + x);
		}
	}
}

/* A linked circle: who comes after whom. */
static void take_josephus(struct order *o, int n, int every)
{
	int after[CIPHER_LETTERS], prev = n - 1;

	for (int i = 0; i < n; i++)
		after[i] = (i + 1) % n;
	for (int left = n; left > 0; left--) {
		for (int k = (every - 1) % left; k > 0; k--)
			prev = after[prev];
		take(o, after[prev]);
		after[prev] = after[after[prev]];
	}
}

static void take_backwards(struct order *o, int from, int to)
{
	o->cut[o->n] = true;
	while (to > from)
		take(o, --to);
}

static void take_words(struct order *o, const struct cipher *c)
{
	int from = 0;

	for (int i = 1; i <= c->n; i++)
		if (i == c->n || c->gap[i]) {
			take_backwards(o, from, i);
			from = i;
		}
}

static void take_blocks(struct order *o, int n, int k, int j)
{
	for (int from = 0; from < n; from += k) {
		o->cut[o->n] = true;
		for (int i = 0; i < k && from + i < n; i++)
			take(o, from + k > n ? from + i : i + j < k ? from + i + j : from + i + j - k);
	}
}

static void make_order(struct order *o, const struct cipher *c, const struct cipher_step *s)
{
	int n = c->n, block = s->kind == CIPHER_SWAP ? 2 : s->kind == CIPHER_REVERSE ? n : s->a;

	memset(o, 0, sizeof(*o));
	switch (s->kind) {
	case CIPHER_RAIL: take_rails(o, n, s->a); break;
	case CIPHER_COLUMNS: take_columns(o, n, s); break;
	case CIPHER_SNAKE: take_snake(o, n, s->a); break;
	case CIPHER_JOSEPHUS: take_josephus(o, n, s->a); break;
	case CIPHER_WORDS: take_words(o, c); break;
	case CIPHER_BLOCKS: take_blocks(o, n, s->a, s->b); break;
	case CIPHER_ROTATE: take_blocks(o, n, n, s->a); break;
	default:
		for (int from = 0; from < n; from += block)
			take_backwards(o, from, from + block < n ? from + block : n);
	}
	assert(o->n == n);
}

/* Forwards the k-th letter is the one from place at[k]; undone, the k-th letter goes to place at[k]. */
static void by_places(struct cipher *c, const struct cipher_step *s, bool undo, struct buf *b)
{
	unsigned char in[CIPHER_LETTERS];
	struct order o;

	make_order(&o, c, s);
	memcpy(in, c->text, (size_t)c->n);
	for (int k = 0; k < c->n && b && !undo; k++) {
		buf_addf(b, "%s%d", k ? " " : "", k + 1);
		add_letter(c, b, in[k]);
	}
	if (b && !undo)
		buf_addc(b, '\n');
	for (int k = 0; k < c->n; k++) {
		if (b)
			buf_addz(b, k && o.cut[k] ? " / " : k ? " " : "");
		if (b && undo) {
			add_letter(c, b, in[k]);
			buf_addf(b, ">%d", o.at[k] + 1);
		} else if (b) {
			buf_addi(b, o.at[k] + 1);
			add_letter(c, b, in[o.at[k]]);
		}
		if (undo)
			c->text[o.at[k]] = in[k];
		else
			c->text[k] = in[o.at[k]];
	}
	for (int k = 0; k < c->n && b && undo; k++) {
		buf_addf(b, "%s%d", k ? " " : "\n", k + 1);
		add_letter(c, b, c->text[k]);
	}
}

void cipher_run(struct cipher *c, const struct cipher_step *s, bool undo, struct buf *steps)
{
	switch (s->kind) {
	case CIPHER_CAESAR: case CIPHER_VIGENERE: case CIPHER_BEAUFORT: case CIPHER_AUTOKEY: case CIPHER_CHAIN: case CIPHER_XOR:
	case CIPHER_PROGRESS:
		add_along(c, s, undo, steps);
		break;
	case CIPHER_ATBASH: case CIPHER_AFFINE: case CIPHER_KEYWORD: case CIPHER_SQUARE: case CIPHER_VOWELS:
		by_table(c, s, undo, steps);
		break;
	case CIPHER_PLAYFAIR:
		playfair(c, s, undo, steps);
		break;
	case CIPHER_BIFID:
		bifid(c, s, undo, steps);
		break;
	default:
		by_places(c, s, undo, steps);
	}
}
