/* space_reasoning_told.c - a walk on a lattice in words, as a list and in arrows; and its worked solution. */
#include "generators/pen.h"
#include "generators/space_reasoning.h"

#include <stdlib.h>

/* ---- moves ---- */

static const struct dir {
	struct pen_text arrow, said[LANGS];
	bool to; /* "to the upper left", but "left" */
} dirs[] = {
	{ PEN_TEXT("→"), { PEN_TEXT("right"), PEN_TEXT("右") }, false },      { PEN_TEXT("↗"), { PEN_TEXT("upper right"), PEN_TEXT("右上") }, true },
	{ PEN_TEXT("↑"), { PEN_TEXT("up"), PEN_TEXT("上") }, false },         { PEN_TEXT("↖"), { PEN_TEXT("upper left"), PEN_TEXT("左上") }, true },
	{ PEN_TEXT("←"), { PEN_TEXT("left"), PEN_TEXT("左") }, false },       { PEN_TEXT("↙"), { PEN_TEXT("lower left"), PEN_TEXT("左下") }, true },
	{ PEN_TEXT("↓"), { PEN_TEXT("down"), PEN_TEXT("下") }, false },       { PEN_TEXT("↘"), { PEN_TEXT("lower right"), PEN_TEXT("右下") }, true },
};

/* The directions of each lattice, in the order of space_sign. */
static const struct dir *dir_of(int lattice, int dir)
{
	static const unsigned char at[SPACE_LATTICES][6] = { { 0, 2, 4, 6 }, { 1, 3, 5, 7 }, { 0, 1, 3, 4, 5, 7 }, { 1, 2, 3, 5, 6, 7 } };

	return &dirs[at[lattice][dir]];
}

enum { MOVE_MAX = 48 }; /* bytes of a run, however it is said */

/* "→2 ↑1"; in a honeycomb, where no two steps go the same way, "↑↖↑" */
static char *put_arrows(char *pen, int lattice, const struct space_moves *m)
{
	for (int i = 0; i < m->n; i++) {
		if (i && lattice != SPACE_HONEYCOMB)
			*pen++ = ' ';
		pen = pen_text(pen, &dir_of(lattice, m->run[i].dir)->arrow);
		if (lattice != SPACE_HONEYCOMB)
			pen = pen_int(pen, m->run[i].n);
	}
	return pen;
}

static void add_arrows(struct buf *out, int lattice, const struct space_moves *m)
{
	char *pen = pen_down(out, (size_t)m->n * MOVE_MAX);

	if (pen)
		pen_up(out, put_arrows(pen, lattice, m));
}

/* "one step each up, upper left and up" */
static char *put_single_steps(char *pen, const struct space_moves *m, enum lang lang)
{
	static const struct pen_text before[LANGS][2] = { { PEN_TEXT("one step "), PEN_TEXT("one step each ") }, { PEN_TEXT("向"), PEN_TEXT("依次向") } };
	static const struct pen_text after[2] = { PEN_TEXT("走 1 步"), PEN_TEXT("各走 1 步") };
	static const struct pen_text between[LANGS] = { PEN_TEXT(", "), PEN_TEXT("、") }, and = PEN_TEXT(" and ");

	pen = pen_text(pen, &before[lang][m->n > 1]);
	for (int i = 0; i < m->n; i++) {
		const struct dir *d = dir_of(SPACE_HONEYCOMB, m->run[i].dir);

		if (i)
			pen = pen_text(pen, lang == LANG_EN && i + 1 == m->n ? &and : &between[lang]);
		if (m->n == 1 && lang == LANG_EN && d->to)
			pen = pen_str(pen, STR("to the "));
		pen = pen_text(pen, &d->said[lang]);
	}
	return lang == LANG_ZH ? pen_text(pen, &after[m->n > 1]) : pen;
}

/* "2 steps right, 1 step up and 3 steps left" */
static char *put_runs(char *pen, int lattice, const struct space_moves *m, enum lang lang)
{
	static const struct pen_text first = PEN_TEXT("向"), again = PEN_TEXT("，再向"), go = PEN_TEXT("走 "), end = PEN_TEXT(" 步");
	static const struct pen_text comma = PEN_TEXT(", "), and = PEN_TEXT(" and "), step[2] = { PEN_TEXT(" step "), PEN_TEXT(" steps ") };

	for (int i = 0; i < m->n; i++) {
		const struct dir *d = dir_of(lattice, m->run[i].dir);
		int n = m->run[i].n;

		if (lang == LANG_ZH) {
			pen = pen_text(pen_text(pen, i ? &again : &first), &d->said[lang]);
			pen = pen_text(pen_int(pen_text(pen, &go), n), &end);
			continue;
		}
		if (i)
			pen = pen_text(pen, i + 1 < m->n ? &comma : &and);
		pen = pen_text(pen_int(pen, n), &step[n != 1]);
		if (d->to)
			pen = pen_str(pen, STR("to the "));
		pen = pen_text(pen, &d->said[lang]);
	}
	return pen;
}

static void add_moves(struct buf *out, int lattice, const struct space_moves *m, enum lang lang)
{
	char *pen = pen_down(out, (size_t)(m->n + 1) * MOVE_MAX);

	if (pen)
		pen_up(out, lattice == SPACE_HONEYCOMB ? put_single_steps(pen, m, lang) : put_runs(pen, lattice, m, lang));
}

static void add_text(struct buf *out, const struct pen_text *t)
{
	buf_add(out, (struct str){ t->s, t->n });
}

static void add_name(struct buf *out, const struct space_walk *w, int item, enum lang lang)
{
	buf_add(out, w->name[item][lang]);
}

/* ---- holes ---- */

static const char *const lattice_said[SPACE_LATTICES][LANGS] = {
	{ "The walk is on an endless floor of equal square tiles. Its places are the corners of the tiles; one step leads along an "
	  "edge from a corner to the next one right, left, up or down.",
	  "行走的地方是一片无边的正方形瓷砖地面。瓷砖的顶点就是可以停留的位置；一步就是沿着瓷砖的一条边走到右、左、上或下方的相邻顶点。" },
	{ "The walk is on an endless floor of equal diamond tiles, which are squares standing on a corner. Its places are the corners of "
	  "the tiles; one step leads along an edge from a corner to the next one to the upper right, upper left, lower left or lower right.",
	  "行走的地方是一片无边的菱形瓷砖地面，每块菱形都是一个竖着立在角上的正方形。瓷砖的顶点就是可以停留的位置；一步就是沿着瓷砖的一条边走到右上、左上、左下或右下方的相邻顶点。" },
	{ "The walk is on an endless floor of equal triangular tiles with three equal sides, one of them level. Its places are the corners "
	  "of the tiles, six tiles around each; one step leads along an edge from a corner to the next one to the right, left, upper right, "
	  "upper left, lower left or lower right.",
	  "行走的地方是一片无边的等边三角形瓷砖地面，每块瓷砖都有一条水平的边。瓷砖的顶点就是可以停留的位置，每个顶点周围有六块瓷砖；一步就是沿着瓷砖的一条边走到右、左、右上、左上、左下或右下方的相邻顶点。" },
	{ "The walk is on an endless honeycomb of equal regular six-sided cells, each standing on a corner. Its places are the corners of the "
	  "cells; one step leads along an edge to the next corner. From every corner three edges go out: up, to the lower left and to the "
	  "lower right from one half of the corners, and down, to the upper left and to the upper right from the other half.",
	  "行走的地方是一片无边的蜂窝，由大小相同的正六边形组成，每个六边形都有一个角朝上。六边形的顶点就是可以停留的位置；一步就是沿着一条边走到相邻的顶点。每个顶点引出三条边：一半顶点的边通向上、左下、右下，另一半顶点的边通向下、左上、右上。" },
};

/* Sentences: "You start at the place of the lamp. You go 2 steps right and find the key. ..." */
static void add_story(struct buf *out, const struct space_walk *w, enum lang lang)
{
	static const char *const said[LANGS][5] = {
		{ "You start at the place of the ", ".", " You go ", " and find the ", " Then you are carried to a place that you are not told; it holds the " },
		{ "你从", "所在的位置出发。", "你", "，看到", "接着你被带到一个不知道在哪里的位置，那里有" },
	};
	const char *stop = lang == LANG_ZH ? "。" : ".";

	for (int i = 0; i < w->events; i++) {
		const struct space_event *e = &w->event[i];

		if (!e->jump && i) {
			buf_addz(out, said[lang][2]);
			add_moves(out, w->lattice, &e->by, lang);
		}
		buf_addz(out, i == 0 ? said[lang][0] : e->jump ? said[lang][4] : said[lang][3]);
		add_name(out, w, e->item, lang);
		buf_addz(out, i == 0 ? said[lang][1] : stop);
	}
}

/* Lines: "start: lamp", "2 steps right: key", "carried off: drum" */
static void add_log(struct buf *out, const struct space_walk *w, enum lang lang)
{
	static const char *const said[LANGS][3] = { { "start", "carried to an unknown place", ": " }, { "起点", "被带到未知的位置", "：" } };

	for (int i = 0; i < w->events; i++) {
		const struct space_event *e = &w->event[i];

		if (i)
			buf_addc(out, '\n');
		buf_addi(out, i + 1);
		buf_add(out, STR(". "));
		if (i == 0 || e->jump)
			buf_addz(out, said[lang][i > 0]);
		else
			add_moves(out, w->lattice, &e->by, lang);
		buf_addz(out, said[lang][2]);
		add_name(out, w, e->item, lang);
	}
}

/* "lamp (→2 ↑1) key (???) drum" */
static void add_path(struct buf *out, const struct space_walk *w, enum lang lang)
{
	for (int i = 0; i < w->events; i++) {
		const struct space_event *e = &w->event[i];

		if (i) {
			buf_add(out, STR(" ["));
			if (e->jump)
				buf_addc(out, '?');
			add_arrows(out, w->lattice, &e->by);
			buf_add(out, STR("] "));
		}
		add_name(out, w, e->item, lang);
	}
}

/* "→ right, ↑ up, ..." and what a number or an arrow counts. */
static void add_legend(struct buf *out, const struct space_walk *w, enum lang lang)
{
	static const char *const end[LANGS][2] = {
		{ "; the number counts the steps", "; each arrow is one step" }, { "；数字是步数", "；每个箭头为一步" },
	};

	for (int i = 0; i < space_dirs(w->lattice); i++) {
		const struct dir *d = dir_of(w->lattice, i);

		if (i)
			buf_addz(out, lang == LANG_ZH ? "、" : ", ");
		add_text(out, &d->arrow);
		buf_addc(out, ' ');
		add_text(out, &d->said[lang]);
	}
	buf_addz(out, end[lang][w->lattice == SPACE_HONEYCOMB]);
}

/* Where one goes in the end; what is asked stands in the wording. */
static void add_stops(struct buf *out, const struct space_walk *w, enum lang lang)
{
	static const char *const said[LANGS][3] = { { " From there you go ", "you go ", " and stop." }, { "从那里", "", "，停下来。" } };

	for (int i = 0; i < w->stops; i++) {
		buf_addz(out, i ? said[lang][0] : said[lang][1]);
		add_moves(out, w->lattice, &w->stop[i], lang);
		if (w->stops == 1)
			buf_addz(out, said[lang][2]);
		else if (lang == LANG_ZH)
			buf_addf(out, "，到达第 %d 站。", i + 1);
		else
			buf_addf(out, " to stop %d.", i + 1);
	}
}

/* The same in arrows, a line each. */
static void add_stop_arrows(struct buf *out, const struct space_walk *w, enum lang lang)
{
	(void)lang; /* arrows are of none */
	for (int i = 0; i < w->stops; i++) {
		if (i)
			buf_addc(out, '\n');
		buf_addi(out, i + 1);
		buf_add(out, STR(": "));
		add_arrows(out, w->lattice, &w->stop[i]);
	}
}

/* What is asked, and what the answer looks like. */
static void add_question(struct buf *out, const struct space_walk *w, enum lang lang)
{
	if (lang == LANG_ZH && w->stops == 1)
		buf_addz(out, "停下的位置上是什么物品？答案只写这个物品的名称。");
	else if (lang == LANG_ZH)
		buf_addf(out, "这 %d 站上各是什么物品？请按站的顺序写出 %d 个物品的名称，用逗号隔开。", w->stops, w->stops);
	else if (w->stops == 1)
		buf_addz(out, "Which item is there? The answer is the name of that item and nothing else.");
	else
		buf_addf(out, "Which items are at the %d stops? The answer is their %d names in the order of the stops, separated by commas.",
			 w->stops, w->stops);
}

static void put(struct holes *holes, const char *hole, const struct space_walk *w, enum lang lang,
		void (*add)(struct buf *out, const struct space_walk *w, enum lang lang))
{
	struct buf *b = hole_open(holes, hole);

	if (b)
		add(b, w, lang);
}

void space_fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct space_walk w;

	if (!space_read(&w, desc))
		return;
	hole_put(holes, "lattice", str_of(lattice_said[w.lattice][lang]));
	put(holes, "story", &w, lang, add_story);
	put(holes, "log", &w, lang, add_log);
	put(holes, "path", &w, lang, add_path);
	put(holes, "legend", &w, lang, add_legend);
	put(holes, "stops", &w, lang, add_stops);
	put(holes, "arrows", &w, lang, add_stop_arrows);
	put(holes, "question", &w, lang, add_question);
}

/* ---- the worked solution: every walk as a sum, then the items one after another, then the stops ---- */

static void add_at(struct buf *out, struct space_at p)
{
	buf_addf(out, "(%d,%d)", p.x, p.y);
}

static struct space_at plus(struct space_at a, struct space_at b, int sign)
{
	return (struct space_at){ a.x + sign * b.x, a.y + sign * b.y };
}

/* The steps' coordinates: "→(1,0) ↑(0,1) ..." */
static void tell_steps(struct buf *out, const struct space_walk *w)
{
	for (int i = 0; i < space_dirs(w->lattice); i++) {
		buf_addz(out, i ? " " : "");
		add_text(out, &dir_of(w->lattice, i)->arrow);
		add_at(out, space_step(w->lattice, i));
	}
	buf_addc(out, '\n');
}

static void tell_sums(struct buf *out, const struct space_walk *w)
{
	for (int i = 0; i < w->events + w->stops; i++) {
		const struct space_moves *m = i < w->events ? &w->event[i].by : &w->stop[i - w->events];

		if (!m->n)
			continue;
		buf_addf(out, i < w->events ? "%d: " : "?%d: ", i < w->events ? i + 1 : i - w->events + 1);
		add_arrows(out, w->lattice, m);
		buf_addz(out, " = ");
		add_at(out, space_sum(w->lattice, m));
		buf_addc(out, '\n');
	}
}

/* Sheets of paper: A from the first item on, another one after each jump. Where an item stands on two, one is moved onto the other. */
struct paper {
	int sheet[SPACE_ITEMS]; /* -1: not seen yet */
	struct space_at at[SPACE_ITEMS], here;
	int on;
};

static void tell_on(struct buf *out, const struct space_walk *w, int item, struct space_at p, int sheet, enum lang lang)
{
	add_name(out, w, item, lang);
	buf_addc(out, ' ');
	if (sheet < 26)
		buf_addc(out, (char)('A' + sheet));
	else
		buf_addf(out, "Z%d", sheet);
	add_at(out, p);
}

/* An item that stands on another sheet: all of this one goes there. */
static void tell_tie(struct buf *out, struct paper *p, const struct space_walk *w, int item, enum lang lang)
{
	struct space_at by = plus(p->at[item], p->here, -1);
	int from = p->on, to = p->sheet[item];

	buf_addz(out, " = ");
	tell_on(out, w, item, p->at[item], to, lang);
	buf_addz(out, ": +");
	add_at(out, by);
	for (int i = 0; i < w->items; i++)
		if (p->sheet[i] == from) {
			p->sheet[i] = to;
			p->at[i] = plus(p->at[i], by, 1);
			buf_addz(out, "; ");
			tell_on(out, w, i, p->at[i], to, lang);
		}
	p->on = to;
	p->here = p->at[item];
}

void space_tell(struct buf *out, const struct space_walk *w, enum lang lang)
{
	struct space_map map;
	struct paper p = { .on = 0 };
	int sheets = 0;

	if (!space_solve(&map, w))
		return;
	tell_steps(out, w);
	tell_sums(out, w);
	for (int i = 0; i < w->items; i++)
		p.sheet[i] = -1;
	for (int i = 0; i < w->events; i++) {
		const struct space_event *e = &w->event[i];

		buf_addf(out, "%d: ", i + 1);
		if (e->jump || i == 0) {
			p.here = (struct space_at){ 0, 0 };
			p.on = i ? ++sheets : 0;
		} else {
			struct space_at sum = space_sum(w->lattice, &e->by);

			add_at(out, p.here);
			buf_addc(out, '+');
			add_at(out, sum);
			buf_addz(out, " = ");
			p.here = plus(p.here, sum, 1);
		}
		tell_on(out, w, e->item, p.here, p.on, lang);
		if (p.sheet[e->item] < 0) {
			p.sheet[e->item] = p.on;
			p.at[e->item] = p.here;
		} else if (p.sheet[e->item] != p.on) {
			tell_tie(out, &p, w, e->item, lang);
		}
		buf_addc(out, '\n');
	}
	for (int i = 0; i < w->stops; i++) {
		struct space_at sum = space_sum(w->lattice, &w->stop[i]), from = p.here;

		p.here = plus(from, sum, 1);
		buf_addf(out, "%s?%d: ", i ? "\n" : "", i + 1);
		add_at(out, from);
		buf_addc(out, '+');
		add_at(out, sum);
		buf_addz(out, " = ");
		add_at(out, p.here);
		buf_addz(out, ": ");
		add_name(out, w, map.due[i], lang);
	}
}
