/*
 * wordscapes_solve.c - words into slots: candidates of each slot are narrowed by the letters that crossing slots allow, and
 * by each word being used once; what that leaves is tried.
 */
#include "generators/wordscapes_solve.h"

/* ---- text ---- */

static bool mask_read(struct ws_puzzle *p, struct str mask)
{
	struct str row;
	bool open[WS_SIDE] = { false };

	p->rows = p->cols = 0;
	if (!mask.n || mask.s[mask.n - 1] == '/')
		return false;
	while (str_split(&mask, '/', &row)) {
		int letters = 0;

		if (p->rows == WS_SIDE || row.n < 2 || row.n > WS_SIDE || (p->rows && (int)row.n != p->cols))
			return false;
		p->cols = (int)row.n;
		for (int x = 0; x < p->cols; x++) {
			char c = row.s[x];

			if (c != 'X' && c != '.')
				return false;
			letters += c == 'X';
			open[x] = open[x] || c == 'X';
			p->mask[p->rows][x] = c;
		}
		p->mask[p->rows++][p->cols] = '\0';
		if (!letters)
			return false;
	}
	for (int x = 0; x < p->cols; x++)
		if (!open[x])
			return false;
	return p->rows >= 2;
}

static bool words_read(struct ws_puzzle *p, int down, struct str s)
{
	struct str w;

	p->words[down] = 0;
	if (s.n && s.s[s.n - 1] == ',')
		return false;
	while (str_split(&s, ',', &w)) {
		int n = p->words[down];

		if (n == WS_WORDS || w.n < 2 || w.n > WS_SIDE || (n && str_cmp(p->word[down][n - 1], w) >= 0))
			return false;
		for (size_t i = 0; i < w.n; i++)
			if (w.s[i] < 'a' || w.s[i] > 'z')
				return false;
		p->word[down][p->words[down]++] = w;
	}
	return true;
}

static bool letter_at(const struct ws_puzzle *p, int x, int y)
{
	return x >= 0 && y >= 0 && x < p->cols && y < p->rows && p->mask[y][x] == 'X';
}

static bool slot_at(const struct ws_puzzle *p, int x, int y, bool down, struct ws_slot *s)
{
	int dx = !down, dy = down, n = 0;

	if (!letter_at(p, x, y) || letter_at(p, x - dx, y - dy))
		return false;
	while (letter_at(p, x + n * dx, y + n * dy))
		n++;
	*s = (struct ws_slot){ (uint8_t)x, (uint8_t)y, (uint8_t)n, down };
	return n >= 2;
}

/* Slots across in reading order, then those down; more than the words of a list are counted but not kept. */
void ws_slots(struct ws_puzzle *p)
{
	uint8_t across[WS_SIDE][WS_SIDE], at[WS_SIDE][WS_SIDE];

	p->slots = p->crossings = 0;
	memset(across, 0xff, sizeof(across));
	for (int down = 0; down < 2; down++)
		for (int y = 0; y < p->rows; y++)
			for (int x = 0; x < p->cols; x++) {
				struct ws_slot s;

				if (p->slots == WS_SLOTS || !slot_at(p, x, y, down, &s))
					continue;
				for (int i = 0; i < s.n; i++) {
					int cx = s.x + (down ? 0 : i), cy = s.y + (down ? i : 0);

					if (!down) {
						across[cy][cx] = (uint8_t)p->slots;
						at[cy][cx] = (uint8_t)i;
					} else if (across[cy][cx] != 0xff) {
						p->crossing[p->crossings++] = (struct ws_crossing){ across[cy][cx], at[cy][cx], (uint8_t)p->slots,
												    (uint8_t)i };
					}
				}
				p->slot[p->slots++] = s;
			}
}

/* As many slots as words of each length, and each cell in a slot. */
static bool fits(const struct ws_puzzle *p)
{
	int want[2][WS_SIDE + 1] = { { 0 } };

	for (int i = 0; i < p->slots; i++)
		want[p->slot[i].down][p->slot[i].n]++;
	for (int down = 0; down < 2; down++)
		for (int i = 0; i < p->words[down]; i++)
			want[down][p->word[down][i].n]--;
	for (int n = 0; n <= WS_SIDE; n++)
		if (want[0][n] || want[1][n])
			return false;
	for (int y = 0; y < p->rows; y++)
		for (int x = 0; x < p->cols; x++)
			if (letter_at(p, x, y) && !letter_at(p, x - 1, y) && !letter_at(p, x + 1, y) && !letter_at(p, x, y - 1) &&
			    !letter_at(p, x, y + 1))
				return false;
	return p->slots == p->words[0] + p->words[1];
}

bool ws_read(struct ws_puzzle *p, struct str desc)
{
	ptrdiff_t a = str_chr(desc, '|'), b;
	struct str rest = str_from(desc, a < 0 ? desc.n : (size_t)a + 1);

	b = str_chr(rest, '|');
	if (a < 0 || b < 0 || !mask_read(p, str_sub(desc, 0, (size_t)a)) || !words_read(p, 0, str_sub(rest, 0, (size_t)b)) ||
	    !words_read(p, 1, str_from(rest, (size_t)b + 1)))
		return false;
	ws_slots(p);
	return fits(p);
}

void ws_write(struct buf *out, const struct ws_puzzle *p)
{
	for (int y = 0; y < p->rows; y++) {
		buf_addz(out, y ? "/" : "");
		buf_addz(out, p->mask[y]);
	}
	for (int down = 0; down < 2; down++)
		for (int i = 0; i < p->words[down]; i++) {
			buf_addc(out, i ? ',' : '|');
			buf_add(out, p->word[down][i]);
		}
	if (!p->words[1])
		buf_addc(out, '|');
}

void ws_answer(struct buf *out, const struct ws_puzzle *p, const uint8_t *word)
{
	char cell[WS_SIDE][WS_SIDE + 1];

	memcpy(cell, p->mask, sizeof(cell));
	for (int i = 0; i < p->slots; i++)
		for (int k = 0; k < p->slot[i].n; k++)
			cell[p->slot[i].y + (p->slot[i].down ? k : 0)][p->slot[i].x + (p->slot[i].down ? 0 : k)] =
				p->word[p->slot[i].down][word[i]].s[k];
	for (int y = 0; y < p->rows; y++) {
		buf_addz(out, y ? "/" : "");
		buf_addz(out, cell[y]);
	}
}

/* ---- reasoning ---- */

static int first(uint64_t set)
{
	return __builtin_ctzll(set);
}

static bool single(uint64_t set)
{
	return set && !(set & (set - 1));
}

static const struct str *word_of(const struct ws_puzzle *p, int slot, int i)
{
	return &p->word[p->slot[slot].down][i];
}

/* Letters that a slot's candidates have at a place. */
static uint32_t letters(const struct ws_puzzle *p, const struct ws_state *t, int slot, int at)
{
	uint32_t set = 0;

	for (uint64_t rest = t->can[slot]; rest; rest &= rest - 1)
		set |= 1u << (word_of(p, slot, first(rest))->s[at] - 'a');
	return set;
}

/* "(2, 3)>" across or "(2, 3)v" down: where a slot begins, row and column. */
static void slot_tell(struct ws_search *f, const struct ws_puzzle *p, int slot)
{
	buf_addf(f->out, "(%d, %d)%s", p->slot[slot].y + 1, p->slot[slot].x + 1, p->slot[slot].down ? "v" : ">");
}

enum { TOLD = 6000 /* bytes of steps; what comes after is left out */ };

static bool telling(struct ws_search *f)
{
	if (!f->out || f->found)
		return false;
	if (f->out->n < TOLD)
		return true;
	if (f->out->n && f->out->s[f->out->n - 1] == '\n')
		buf_addz(f->out, "…");
	return false;
}

static void candidates_tell(struct ws_search *f, const struct ws_puzzle *p, const struct ws_state *t, int slot)
{
	bool more = false;

	for (uint64_t rest = t->can[slot]; rest; rest &= rest - 1, more = true) {
		buf_addz(f->out, more ? "|" : "");
		buf_add(f->out, *word_of(p, slot, first(rest)));
	}
	buf_addz(f->out, t->can[slot] ? "\n" : "-\n");
}

/* Only these words are left to a slot, since its letter `at` is one of `set` (or since others have the rest). */
static void narrow(struct ws_search *f, const struct ws_puzzle *p, struct ws_state *t, int slot, uint64_t can, int at, uint32_t set)
{
	f->steps += f->found ? 0 : __builtin_popcountll(t->can[slot] & ~can);
	t->can[slot] = can;
	if (!telling(f))
		return;
	slot_tell(f, p, slot);
	if (set)
		buf_addf(f->out, " [%d]=", at + 1);
	for (int c = 0; set && c < 26; c++)
		if (set >> c & 1)
			buf_addc(f->out, (char)('a' + c));
	buf_addz(f->out, ": ");
	candidates_tell(f, p, t, slot);
}

/* Keep of `to` what has at its place a letter that `from` can have at its own. */
static bool cross(struct ws_search *f, const struct ws_puzzle *p, struct ws_state *t, int from, int from_at, int to, int to_at)
{
	uint32_t set = letters(p, t, from, from_at);
	uint64_t can = 0;

	for (uint64_t rest = t->can[to]; rest; rest &= rest - 1)
		if (set >> (word_of(p, to, first(rest))->s[to_at] - 'a') & 1)
			can |= rest & -rest;
	if (can == t->can[to])
		return false;
	narrow(f, p, t, to, can, to_at, set);
	return true;
}

/* One look at everything. known: only letters of words that stand; else all that crossing slots allow. */
static bool look(struct ws_search *f, const struct ws_puzzle *p, struct ws_state *t, bool known)
{
	struct ws_state before = *t;
	bool changed = false;

	for (int i = 0; i < p->slots; i++)
		for (int k = 0; k < p->slots && single(before.can[i]); k++)
			if (k != i && p->slot[k].down == p->slot[i].down && t->can[k] & before.can[i]) {
				narrow(f, p, t, k, t->can[k] & ~before.can[i], 0, 0);
				changed = true;
			}
	for (int i = 0; i < p->crossings; i++) {
		const struct ws_crossing *c = &p->crossing[i];

		if (!known || single(before.can[c->across]))
			changed |= cross(f, p, t, c->across, c->across_at, c->down, c->down_at);
		if (!known || single(before.can[c->down]))
			changed |= cross(f, p, t, c->down, c->down_at, c->across, c->across_at);
	}
	/* a word that fits one slot alone */
	for (int down = 0; down < 2; down++) {
		uint64_t once = 0, twice = 0;

		for (int i = 0; i < p->slots; i++)
			if (p->slot[i].down == down) {
				twice |= once & t->can[i];
				once |= t->can[i];
			}
		once &= ~twice;
		for (int i = 0; once && i < p->slots; i++)
			if (p->slot[i].down == down && t->can[i] & once && single(t->can[i] & once) && !single(t->can[i])) {
				narrow(f, p, t, i, t->can[i] & once, 0, 0);
				changed = true;
			}
	}
	return changed;
}

static bool dead(const struct ws_puzzle *p, const struct ws_state *t)
{
	for (int i = 0; i < p->slots; i++)
		if (!t->can[i])
			return true;
	return false;
}

/* As far as it goes without a trial. */
static void settle(struct ws_search *f, const struct ws_puzzle *p, struct ws_state *t)
{
	while (!dead(p, t)) {
		if (!look(f, p, t, true)) {
			if (!look(f, p, t, false))
				return;
			if (!f->found && f->hardest < WS_SETS)
				f->hardest = WS_SETS;
		}
		f->rounds += !f->found;
	}
}

static void search(struct ws_search *f, const struct ws_puzzle *p, struct ws_state t, int most)
{
	int best = -1, fewest = 65;

	if (f->nodes-- <= 0)
		return;
	settle(f, p, &t);
	for (int i = 0; i < p->slots; i++) {
		int n = __builtin_popcountll(t.can[i]);

		if (n == 0) {
			if (telling(f))
				buf_addz(f->out, "x\n");
			return;
		}
		if (n > 1 && n < fewest) {
			fewest = n;
			best = i;
		}
	}
	if (best < 0) {
		for (int i = 0; i < p->slots; i++)
			(f->found ? f->last : f->first)[i] = (uint8_t)first(t.can[i]);
		f->found++;
		return;
	}
	for (uint64_t rest = t.can[best]; rest && f->found < most && f->nodes > 0; rest &= rest - 1) {
		struct ws_state next = t;

		next.can[best] = rest & -rest;
		if (!f->found) {
			f->trials++;
			f->steps++;
			f->hardest = WS_TRIAL;
		}
		if (telling(f)) {
			buf_addz(f->out, "? ");
			slot_tell(f, p, best);
			buf_addz(f->out, " ");
			candidates_tell(f, p, &next, best);
		}
		search(f, p, next, most);
	}
}

int ws_count(struct ws_search *f, const struct ws_puzzle *p, int most)
{
	struct ws_state t;

	f->found = f->rounds = f->steps = f->trials = 0;
	f->hardest = WS_LETTERS;
	for (int i = 0; i < p->slots; i++) {
		t.can[i] = 0;
		for (int k = 0; k < p->words[p->slot[i].down]; k++)
			if (p->word[p->slot[i].down][k].n == p->slot[i].n)
				t.can[i] |= UINT64_C(1) << k;
		f->steps += single(t.can[i]);
		if (telling(f) && single(t.can[i])) {
			slot_tell(f, p, i);
			buf_addf(f->out, " %d: ", p->slot[i].n);
			candidates_tell(f, p, &t, i);
		}
	}
	search(f, p, t, most);
	return f->found >= most ? f->found : f->nodes <= 0 ? -1 : f->found;
}
