/* marks.c - boards of marks: units, counting, see marks.h. The harder steps are in marks_logic.c, search is in marks_sets.c. */
#include "generators/marks_step.h"

#include <assert.h>

/* ---- the shape ---- */

static void near(struct marks_shape *s, int y, int x)
{
	static const int dy[] = { -1, 1, 0, 0, -1, -1, 1, 1 }, dx[] = { 0, 0, -1, 1, -1, 1, -1, 1 };
	bool inside = y > 0 && y + 1 < s->rows && x > 0 && x + 1 < s->cols;
	int i = y * s->cols + x, n = 0;

	for (int k = 0; k < 8; k++) {
		if (!inside && (y + dy[k] < 0 || y + dy[k] >= s->rows || x + dx[k] < 0 || x + dx[k] >= s->cols))
			continue;
		s->near[i][n++] = (int16_t)(i + dy[k] * s->cols + dx[k]);
		if (k < 4)
			s->sides[i] = (uint8_t)n;
	}
	s->nears[i] = (uint8_t)n;
}

/* A shape is large, a board mostly small: only what belongs to the board is set. */
void marks_shape(struct marks_shape *s, int rows, int cols, int kind)
{
	size_t cells = (size_t)(rows * cols);

	s->rows = rows;
	s->cols = cols;
	s->cells = rows * cols;
	s->kind = kind;
	s->units = 0;
	s->at[0] = 0;
	memset(s->ofs, 0, cells);
	memset(s->sides, 0, cells);
	memset(s->tree, 0, cells * sizeof(s->tree[0]));
	memset(s->shut, 0, cells * sizeof(s->shut[0]));
	memset(s->given, 0, cells * sizeof(s->given[0]));
	for (int y = 0; y < rows; y++)
		for (int x = 0; x < cols; x++)
			near(s, y, x);
}

void marks_unit(struct marks_shape *s, char sign, int number, int need)
{
	int u = s->units++;

	assert(u < MARKS_UNITS);
	s->sign[u] = sign;
	s->number[u] = (uint8_t)number;
	s->need[u] = (uint8_t)need;
	s->at[u + 1] = s->at[u];
}

void marks_member(struct marks_shape *s, int cell)
{
	int u = s->units - 1;

	s->pool[s->at[u + 1]++] = (int16_t)cell;
	s->of[cell][s->ofs[cell]++] = (uint8_t)u;
}

void marks_lines(struct marks_shape *s, const uint8_t *in_row, const uint8_t *in_col)
{
	for (int y = 0; y < s->rows; y++) {
		marks_unit(s, 'r', y + 1, in_row[y]);
		for (int x = 0; x < s->cols; x++)
			marks_member(s, y * s->cols + x);
	}
	for (int x = 0; x < s->cols; x++) {
		marks_unit(s, 'c', x + 1, in_col[x]);
		for (int y = 0; y < s->rows; y++)
			marks_member(s, y * s->cols + x);
	}
}

/* Where trees stand, no tent stands, and none far from all trees. */
void marks_close(struct marks_shape *s)
{
	for (int i = 0; i < s->cells && s->kind & MARKS_TREES; i++) {
		bool beside = false;

		for (int k = 0; k < s->sides[i]; k++)
			beside = beside || s->tree[s->near[i][k]];
		s->shut[i] = s->tree[i] || !beside;
	}
}

/* ---- telling ---- */

void marks_say_cell(struct buf *b, const struct marks_shape *s, char sign, int cell)
{
	buf_addf(b, " %c(%d,%d)", sign, cell / s->cols + 1, cell % s->cols + 1);
}

void marks_say_unit(struct buf *b, const struct marks *m, int u)
{
	const struct marks_shape *s = m->s;

	buf_addc(b, s->sign[u]);
	if (s->number[u])
		buf_addi(b, s->number[u]);
	buf_addf(b, " %d/%d", s->need[u] - m->need[u], s->need[u]);
}

/* Begin a line: what follows rests on something of this depth. */
struct buf *marks_tell(struct marks *m, int depth)
{
	struct marks_tale *t = m->tale;

	t->now = depth + 1;
	t->cells = 0;
	if (!t->out)
		return NULL;
	buf_reset(&t->line);
	return &t->line;
}

void marks_told(struct marks_tale *t)
{
	if (!t || !t->cells || !t->out)
		return;
	if (t->left_out || t->out->n + t->line.n > t->max) {
		t->left_out++;
		return;
	}
	buf_add(t->out, buf_str(&t->line));
	buf_addc(t->out, '\n');
}

/* ---- counting ---- */

bool marks_set(struct marks *m, int cell, int v)
{
	const struct marks_shape *s = m->s;

	if (m->is[cell] == v)
		return true;
	if (m->is[cell] != CELL_OPEN) {
		m->broken = true;
		return false;
	}
	m->is[cell] = (uint8_t)v;
	m->open--;
	if (s->kind & MARKS_DOMINO)
		for (int k = 0; k < s->sides[cell]; k++)
			m->beside[s->near[cell][k]] = (uint8_t)(m->beside[s->near[cell][k]] + (v == CELL_MARK ? 15 : -1));
	m->queue[m->tail++] = (int16_t)cell;
	for (int k = 0; k < s->ofs[cell]; k++) {
		int u = s->of[cell][k];

		m->left[u]--;
		m->need[u] = (int8_t)(m->need[u] - (v == CELL_MARK));
		if (m->need[u] < 0 || m->need[u] > m->left[u]) {
			m->broken = true;
			m->bad = (int16_t)u;
		}
	}
	if (m->tale) {
		struct marks_tale *t = m->tale;

		t->deep[cell] = (int16_t)t->now;
		t->depth = t->now > t->depth ? t->now : t->depth;
		t->cells++;
		t->steps++;
		if (t->out)
			marks_say_cell(&t->line, s, v == CELL_MARK ? '+' : '-', cell);
	}
	return !m->broken;
}

/* The greatest depth among the cells of a unit that are v. */
static int unit_depth(const struct marks *m, int u, int v)
{
	const struct marks_shape *s = m->s;
	int depth = 0;

	for (int k = s->at[u]; k < s->at[u + 1]; k++)
		if (m->is[s->pool[k]] == v && m->tale->deep[s->pool[k]] > depth)
			depth = m->tale->deep[s->pool[k]];
	return depth;
}

/* A unit that is full, or needs all that is left. */
static void unit_step(struct marks *m, int u)
{
	const struct marks_shape *s = m->s;
	int v = m->need[u] == 0 ? CELL_BLANK : CELL_MARK;

	if (!m->left[u] || (m->need[u] && m->need[u] != m->left[u]))
		return;
	if (m->tale) {
		struct buf *b = marks_tell(m, unit_depth(m, u, v == CELL_BLANK ? CELL_MARK : CELL_BLANK));

		if (b) {
			marks_say_unit(b, m, u);
			buf_addc(b, ':');
		}
	}
	for (int k = s->at[u]; k < s->at[u + 1] && !m->broken; k++)
		if (m->is[s->pool[k]] == CELL_OPEN)
			marks_set(m, s->pool[k], v);
	marks_told(m->tale);
}

static void tell_around(struct marks *m, int cell, int n, const char *end)
{
	const struct marks_shape *s = m->s;
	int depth = m->tale->deep[cell];
	struct buf *b;

	for (int k = 0; k < n; k++)
		if (m->is[s->near[cell][k]] != CELL_OPEN && m->tale->deep[s->near[cell][k]] > depth && !(s->kind & MARKS_APART))
			depth = m->tale->deep[s->near[cell][k]];
	b = marks_tell(m, depth);
	if (b) {
		buf_addf(b, "%c(%d,%d)%s:", s->tree[cell] ? 'T' : m->is[cell] == CELL_MARK ? '+' : '.', cell / s->cols + 1,
			 cell % s->cols + 1, end);
	}
}

/* No mark touches another. */
static void apart_step(struct marks *m, int cell)
{
	const struct marks_shape *s = m->s;

	if (m->tale)
		tell_around(m, cell, 0, "");
	for (int k = 0; k < s->nears[cell] && !m->broken; k++)
		marks_set(m, s->near[cell][k], CELL_BLANK);
	marks_told(m->tale);
}

/* A mark has exactly one marked neighbour; a cell without a place for one is blank. */
static void domino_step(struct marks *m, int cell)
{
	const struct marks_shape *s = m->s;
	int marked = m->beside[cell] >> 4, open = m->beside[cell] & 15, v;

	if (m->is[cell] == CELL_BLANK)
		return;
	if (m->is[cell] == CELL_OPEN) {
		if (marked < 2 && marked + open > 0)
			return;
		if (m->tale)
			tell_around(m, cell, s->sides[cell], marked ? " =2" : " =0");
		marks_set(m, cell, CELL_BLANK);
		marks_told(m->tale);
		return;
	}
	if (marked > 1 || marked + open == 0) {
		m->broken = true;
		return;
	}
	if (!open || (!marked && open > 1))
		return;
	v = marked ? CELL_BLANK : CELL_MARK;
	if (m->tale)
		tell_around(m, cell, s->sides[cell], marked ? " =1" : "");
	for (int k = 0; k < s->sides[cell] && !m->broken; k++)
		if (m->is[s->near[cell][k]] == CELL_OPEN)
			marks_set(m, s->near[cell][k], v);
	marks_told(m->tale);
}

/* A tree has a tent beside it. */
static void tree_step(struct marks *m, int tree)
{
	const struct marks_shape *s = m->s;
	int open = 0, last = 0;

	for (int k = 0; k < s->sides[tree]; k++) {
		int cell = s->near[tree][k];

		if (m->is[cell] == CELL_MARK)
			return;
		if (m->is[cell] == CELL_OPEN) {
			open++;
			last = cell;
		}
	}
	if (open == 0)
		m->broken = true;
	if (open != 1)
		return;
	if (m->tale)
		tell_around(m, tree, 0, "");
	if (m->tale) {
		for (int k = 0; k < s->sides[tree]; k++)
			if (m->tale->deep[s->near[tree][k]] >= m->tale->now)
				m->tale->now = m->tale->deep[s->near[tree][k]] + 1;
	}
	marks_set(m, last, CELL_MARK);
	marks_told(m->tale);
}

/* What cell, just decided, says at once. */
void marks_follow(struct marks *m, int cell)
{
	const struct marks_shape *s = m->s;

	if (s->kind & MARKS_APART && m->is[cell] == CELL_MARK)
		apart_step(m, cell);
	if (s->kind & MARKS_DOMINO) {
		domino_step(m, cell);
		for (int k = 0; k < s->sides[cell] && !m->broken; k++)
			domino_step(m, s->near[cell][k]);
	}
	if (s->kind & MARKS_TREES && m->is[cell] == CELL_BLANK)
		for (int k = 0; k < s->sides[cell] && !m->broken; k++)
			if (s->tree[s->near[cell][k]])
				tree_step(m, s->near[cell][k]);
	for (int k = 0; k < s->ofs[cell] && !m->broken; k++)
		unit_step(m, s->of[cell][k]);
}

void marks_settle(struct marks *m)
{
	while (m->head < m->tail && !m->broken)
		marks_follow(m, m->queue[m->head++]);
}

void marks_start(struct marks *m, const struct marks_shape *s, struct marks_tale *tale)
{
	m->s = s;
	m->tale = NULL;
	m->open = s->cells;
	m->broken = false;
	m->bad = -1;
	m->head = m->tail = 0;
	memset(m->is, CELL_OPEN, (size_t)s->cells);
	memcpy(m->beside, s->sides, (size_t)s->cells);
	for (int u = 0; u < s->units; u++) {
		m->need[u] = (int8_t)s->need[u];
		m->left[u] = (uint16_t)(s->at[u + 1] - s->at[u]);
		if (m->need[u] > m->left[u]) {
			m->broken = true;
			m->bad = (int16_t)u;
		}
	}
	for (int i = 0; i < s->cells && !m->broken; i++)
		if (s->shut[i] || s->given[i])
			marks_set(m, i, s->given[i] ? CELL_MARK : CELL_BLANK);
	m->tale = tale;
	for (int u = 0; u < s->units && !m->broken; u++)
		unit_step(m, u);
	for (int i = 0; i < s->cells && !m->broken; i++) {
		if (s->tree[i])
			tree_step(m, i);
		if (s->kind & MARKS_DOMINO)
			domino_step(m, i);
	}
}

/* ---- trees and tents in pairs ---- */

/* A tree for the tent, moving others; seen[tree] marks those tried. */
static bool augment(const struct marks_shape *s, int tent, int16_t *tent_of, bool *seen)
{
	for (int k = 0; k < s->sides[tent]; k++) {
		int tree = s->near[tent][k];

		if (!s->tree[tree] || seen[tree])
			continue;
		seen[tree] = true;
		if (tent_of[tree] < 0 || augment(s, tent_of[tree], tent_of, seen)) {
			tent_of[tree] = (int16_t)tent;
			return true;
		}
	}
	return false;
}

bool marks_paired(const struct marks_shape *s, const uint8_t *is)
{
	int16_t tent_of[MARKS_CELLS];

	memset(tent_of, -1, sizeof(tent_of));
	for (int i = 0; i < s->cells; i++) {
		bool seen[MARKS_CELLS] = { false };

		if (is[i] == CELL_MARK && !augment(s, i, tent_of, seen))
			return false;
	}
	return true;
}
