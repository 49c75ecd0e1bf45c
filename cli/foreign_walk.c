/*
 * foreign_walk.c - a walk over tiles where each corner holds a thing of its own: what stands where it ends? See foreign_worked.h.
 *
 * Places are counted in half steps, so that all three nets fit: a step aside is two, one down to a side is one aside and one down.
 * Behind a jump places are unknown until a thing is seen again.
 */
#include "cli/foreign_worked.h"

enum { SEEN = 256, LONGEST = 1 << 14 /* bytes of a question */, FAR = 1000 };

struct place {
	int x, y;
};

struct walk {
	struct place at, jumped; /* where one is, where the jump went to */
	int part;                /* 0: before the jump, 1: behind it */
	int n;
	struct {
		struct str name;
		struct place at;
		int part;
	} seen[SEEN];
};

/* A direction, stepped over. The longer of two that begin alike stands first. */
static bool turned(struct str *s, struct place *by)
{
	static const struct {
		const char *name;
		struct place by;
	} ways[] = {
		{ "bottom-left", { -1, 1 } }, { "bottom-right", { 1, 1 } }, { "top-left", { -1, -1 } }, { "top-right", { 1, -1 } },
		{ "left", { -2, 0 } }, { "right", { 2, 0 } }, { "up", { 0, -2 } }, { "down", { 0, 2 } },
		{ "\u5de6\u4e0b", { -1, 1 } }, { "\u53f3\u4e0b", { 1, 1 } }, { "\u5de6\u4e0a", { -1, -1 } }, { "\u53f3\u4e0a", { 1, -1 } },
		{ "\u5de6", { -2, 0 } }, { "\u53f3", { 2, 0 } }, { "\u4e0a", { 0, -2 } }, { "\u4e0b", { 0, 2 } },
	};

	for (size_t i = 0; i < COUNT(ways); i++)
		if (said(s, ways[i].name)) {
			*by = ways[i].by;
			return true;
		}
	return false;
}

/* One or two digits at the head of s, stepped over; 0: none. */
static int number(struct str *s)
{
	int n = 0;

	for (int i = 0; i < 2 && s->n && s->s[0] >= '0' && s->s[0] <= '9'; i++) {
		n = n * 10 + (s->s[0] - '0');
		*s = str_from(*s, 1);
	}
	return n;
}

static struct str last_word(struct str s)
{
	return str_from(s, (size_t)(str_rfind(s, STR(" ")) + 1));
}

static bool go(struct walk *w, struct place by, int steps)
{
	w->at.x += by.x * steps;
	w->at.y += by.y * steps;
	return steps > 0 && w->at.x > -FAR && w->at.x < FAR && w->at.y > -FAR && w->at.y < FAR;
}

static bool same(struct place a, struct place b)
{
	return a.x == b.x && a.y == b.y;
}

static bool see(struct walk *w, struct str name)
{
	for (int i = 0; i < w->n; i++)
		if (w->seen[i].part == w->part && same(w->seen[i].at, w->at) != str_eq(w->seen[i].name, name))
			return false; /* one thing in two places, or two in one */
	if (w->n == SEEN || !name.n)
		return false;
	w->seen[w->n].name = name;
	w->seen[w->n].at = w->at;
	w->seen[w->n++].part = w->part;
	return true;
}

/* Things that were seen before the jump and behind it tell where it went; false: they do not agree. */
static bool join(struct walk *w)
{
	struct place by = { 0, 0 };
	bool joined = false;

	for (int i = 0; i < w->n; i++)
		for (int k = i + 1; k < w->n; k++) {
			struct place d = { w->seen[i].at.x - w->seen[k].at.x, w->seen[i].at.y - w->seen[k].at.y };

			if (w->seen[i].part || !w->seen[k].part || !str_eq(w->seen[i].name, w->seen[k].name))
				continue;
			if (joined && !same(by, d))
				return false;
			by = d;
			joined = true;
		}
	for (int i = 0; i < w->n && joined; i++)
		if (w->seen[i].part) {
			w->seen[i].at.x += by.x;
			w->seen[i].at.y += by.y;
			w->seen[i].part = 0;
		}
	if (joined) {
		w->at.x += by.x;
		w->at.y += by.y;
		w->part = 0;
	}
	return joined;
}

/* All that is told up to the question's end; false: something in it is not understood. */
static bool walk_read(struct walk *w, struct str text)
{
	static const char *const none[] = { "", NULL }, *const name_ends[] = { ", ", ". ", "\uff0c", "\u3002", NULL };
	static const char *const words[] = { "ou see a ", "\u770b\u5230\u4e86\u4e00\u4e2a", " step(s) ", "\u65b9\u5411", "\u5f80",
					     "jump to a random node", "\u8df3\u5230\u4e86\u4e00\u4e2a\u4efb\u610f\u7684\u8282\u70b9",
					     "return to that random node", "\u56de\u5230\u4e86\u90a3\u4e2a\u4efb\u610f\u7684\u8282\u70b9", NULL };
	struct str before, behind, name;
	struct place by;

	for (; story_between(text, none, words, &before, &behind); text = behind) {
		struct str word = str_from(text, before.n);

		if (str_starts(word, STR("ou see")) || str_starts(word, STR("\u770b"))) {
			struct str rest = behind;

			if (!story_between(rest, none, name_ends, &name, &behind) || !see(w, name))
				return false;
		} else if (str_starts(word, STR(" step"))) {
			struct str steps = last_word(before);

			if (!turned(&behind, &by) || !go(w, by, number(&steps)))
				return false;
		} else if (str_starts(word, STR("\u65b9"))) {
			struct str way = str_from(before, (size_t)(str_rfind(before, STR("\u5411")) + 3));

			if (!turned(&way, &by) || way.n || !go(w, by, number(&behind)))
				return false;
		} else if (str_starts(word, STR("\u5f80"))) {
			if (!turned(&behind, &by) || !go(w, by, number(&behind)))
				return false;
		} else if (str_starts(word, STR("jump")) || str_starts(word, STR("\u8df3"))) {
			if (w->part)
				return false;
			w->part = 1;
			w->at = w->jumped = (struct place){ 0, 0 };
		} else {
			if (!w->part)
				return false;
			w->at = w->jumped;
		}
	}
	return w->n > 0;
}

bool worked_walk(struct buf *answer, struct str question)
{
	static const char *const opens[] = { "You start from one of the points, ", "\u4f60\u4ece\u5176\u4e2d\u67d0\u4e00\u4e2a\u70b9\u5f00\u59cb\uff0c", NULL };
	static const char *const ends[] = { "what item do you see", "\u770b\u5230\u7684\u7269\u54c1\u662f\u4ec0\u4e48", NULL };
	struct str text, behind;
	struct walk w = { .n = 0 };
	struct str found = { "", 0 };

	if (question.n > LONGEST || !story_between(question, opens, ends, &text, &behind) || !walk_read(&w, text) || (w.part && !join(&w)))
		return false;
	for (int i = 0; i < w.n; i++) {
		if (!same(w.seen[i].at, w.at))
			continue;
		if (found.n && !str_eq(found, w.seen[i].name))
			return false;
		found = w.seen[i].name;
	}
	buf_add(answer, found.n ? found : STR("unknown"));
	return true;
}
