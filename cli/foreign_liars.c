/* foreign_liars.c - who tells the truth, by what a question's people say of each other; see foreign_worked.h. */
#include "cli/foreign_worked.h"

enum { PEOPLE = 20, CLAIMS = 200, LONGEST = 1 << 14 }; /* bytes of a question */

enum claim_kind { IS, ANY, SAME };

struct claim {
	int speaker; /* -1: it is given */
	enum claim_kind kind;
	int a, b;
	bool says; /* IS: a tells the truth; ANY: a or b does, false: a or b lies; SAME: a and the speaker are of one kind */
};

struct story {
	int n, claims;
	struct str name[PEOPLE], place[PEOPLE];
	uint32_t placed; /* bit i: it was said where i is */
	struct claim claim[CLAIMS];
};

static bool people_read(struct story *s, struct json meta)
{
	struct json people, v, part;

	json_get(meta, "people", &people);
	for (struct json_iter it = json_iter(people); json_next(&it, NULL, &v); s->n++) {
		if (s->n == PEOPLE || !json_get(v, "name", &part) || !json_plain(part, &s->name[s->n]) || !s->name[s->n].n ||
		    !json_get(v, "location", &part) || !json_plain(part, &s->place[s->n]) || !s->place[s->n].n)
			return false;
	}
	return s->n > 1;
}

/* The longest of these that s begins with, stepped over; -1: none. */
static int longest(struct str *s, const struct str *of, int n)
{
	int best = -1;

	for (int i = 0; i < n; i++)
		if (str_starts(*s, of[i]) && (best < 0 || of[i].n > of[best].n))
			best = i;
	if (best >= 0)
		*s = str_from(*s, of[best].n);
	return best;
}

/* A name, or who is where; stepped over. */
static bool who(const struct story *s, struct str *rest, int *ret)
{
	struct str at = *rest;

	if (said(&at, "the person at the ")) {
		*ret = longest(&at, s->place, s->n);
	} else if (said(&at, "\u5728")) {
		*ret = longest(&at, s->place, s->n);
		if (!said(&at, "\u7684\u4eba"))
			return false;
	} else {
		*ret = longest(&at, s->name, s->n);
	}
	if (*ret < 0)
		return false;
	*rest = at;
	return true;
}

static bool kind_said(struct str s, bool *truth)
{
	static const char *const words[][2] = {
		{ " tells the truth", "1" }, { " is always honest", "1" }, { " never lies", "1" },
		{ "\u8bf4\u7684\u662f\u771f\u8bdd", "1" }, { "\u603b\u662f\u8bda\u5b9e\u7684", "1" }, { "\u4ece\u4e0d\u6492\u8c0e", "1" },
		{ " lies", "0" }, { " always lies", "0" }, { " never tells the truth", "0" },
		{ "\u8bf4\u7684\u662f\u5047\u8bdd", "0" }, { "\u603b\u662f\u6492\u8c0e", "0" }, { "\u4ece\u4e0d\u8bf4\u771f\u8bdd", "0" },
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(s, words[i][0])) {
			*truth = words[i][1][0] == '1';
			return true;
		}
	return false;
}

/* "You can trust everything X says". */
static bool trust_read(const struct story *s, struct str text, struct claim *c)
{
	*c = (struct claim){ .speaker = -1, .kind = IS };
	if (said(&text, "You can trust everything ") || said(&text, "\u4f60\u53ef\u4ee5\u76f8\u4fe1"))
		c->says = true;
	else if (!said(&text, "Don't trust anything ") && !said(&text, "\u4e0d\u8981\u76f8\u4fe1"))
		return false;
	return who(s, &text, &c->a) && (str_is(text, " says") || str_starts(text, STR("\u8bf4\u7684")));
}

/* What the speaker says, behind "says". */
static bool claim_read(const struct story *s, struct str text, struct claim *c)
{
	struct str rest = text;

	if (who(s, &rest, &c->a)) {
		c->kind = IS;
		if (kind_said(rest, &c->says))
			return true;
		c->kind = ANY;
		if (!said(&rest, "\u548c") || !who(s, &rest, &c->b) || !said(&rest, "\u4e2d\u81f3\u5c11\u6709\u4e00\u4e2a\u603b\u662f\u8bf4"))
			return false;
		c->says = str_is(rest, "\u771f\u8bdd");
		return c->says || str_is(rest, "\u5047\u8bdd");
	}
	if (said(&rest, "at least one of ")) {
		c->kind = ANY;
		if (!who(s, &rest, &c->a) || !said(&rest, " and ") || !who(s, &rest, &c->b) || !said(&rest, " always tells the "))
			return false;
		c->says = str_is(rest, "truth");
		return c->says || str_is(rest, "lies");
	}
	c->kind = SAME;
	if (said(&rest, "they is the same type as ") || said(&rest, "they is not the same type as ")) {
		c->says = !str_starts(text, STR("they is not"));
		return who(s, &rest, &c->a) && rest.n == 0;
	}
	if (!said(&rest, "\u81ea\u5df1\u548c") || !who(s, &rest, &c->a))
		return false;
	c->says = str_is(rest, "\u662f\u4e00\u7c7b\u4eba");
	return c->says || str_is(rest, "\u4e0d\u662f\u4e00\u7c7b\u4eba");
}

/* Talk that has nothing to do with truth. */
static bool idle(struct str text)
{
	static const char *const words[] = { "truth", " lies", "honest", "trust", "same type", "\u771f\u8bdd", "\u5047\u8bdd", "\u6492\u8c0e",
					     "\u8bda\u5b9e", "\u76f8\u4fe1", "\u4e00\u7c7b\u4eba" };

	if (str_ends(text, STR("\u81ea\u5df1\u7684\u670b\u53cb\u5728\u6492\u8c0e"))) /* a friend, whoever that is */
		return true;
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_find(text, str_of(words[i])) >= 0)
			return false;
	return true;
}

static bool place_read(struct story *s, struct str rest, int speaker)
{
	if (!said(&rest, " is at the ") && !said(&rest, "\u5728"))
		return false;
	if (!str_eq(rest, s->place[speaker]))
		return false;
	s->placed |= 1u << speaker;
	return true;
}

static bool sentence_read(struct story *s, struct str text)
{
	struct claim c = { .speaker = -1 };
	struct str rest = text;
	int speaker;

	if (s->claims == CLAIMS)
		return false;
	if (trust_read(s, text, &c)) {
		s->claim[s->claims++] = c;
		return true;
	}
	if (!who(s, &rest, &speaker))
		return false;
	if (place_read(s, rest, speaker))
		return true;
	c = (struct claim){ .speaker = -1, .kind = IS, .a = speaker };
	if (!kind_said(rest, &c.says)) {
		c.speaker = speaker;
		if ((!said(&rest, " says ") && !said(&rest, "\u8bf4")) || !claim_read(s, rest, &c))
			return idle(text);
	}
	s->claim[s->claims++] = c;
	return true;
}

/* The next text up to a mark of either kind, without blanks and commas before it. */
static bool next_text(struct str *rest, const char *mark, const char *wide, struct str *text)
{
	ptrdiff_t at, at_wide;

	while (said(rest, " ") || said(rest, "\n") || said(rest, ",") || said(rest, "\uff0c"))
		;
	at = str_find(*rest, str_of(mark));
	at_wide = str_find(*rest, str_of(wide));
	if (at < 0 && at_wide < 0)
		return false;
	if (at < 0 || (at_wide >= 0 && at_wide < at)) {
		*text = str_sub(*rest, 0, (size_t)at_wide);
		*rest = str_from(*rest, (size_t)at_wide + strlen(wide));
	} else {
		*text = str_sub(*rest, 0, (size_t)at);
		*rest = str_from(*rest, (size_t)at + strlen(mark));
	}
	return true;
}

static bool holds(const struct claim *c, uint32_t truth)
{
	bool a = truth >> c->a & 1, b = truth >> c->b & 1, speaker = c->speaker < 0 || truth >> c->speaker & 1, claim;

	switch (c->kind) {
	case IS: claim = a == c->says; break;
	case ANY: claim = a == c->says || b == c->says; break;
	default: claim = (a == speaker) == c->says;
	}
	return claim == speaker;
}

/* Bit i: person i tells the truth; of those asked for only. False: it is open, or cannot be. */
static bool solve(const struct story *s, uint32_t asked, uint32_t *ret)
{
	bool found = false;

	for (uint32_t truth = 0; truth < 1u << s->n; truth++) {
		int i = 0;

		while (i < s->claims && holds(&s->claim[i], truth))
			i++;
		if (i < s->claims)
			continue;
		if (found && *ret != (truth & asked))
			return false;
		found = true;
		*ret = truth & asked;
	}
	return found;
}

bool worked_liars(struct buf *answer, struct str question, struct json meta)
{
	static const char *const opens[] = { "Clues: ", "Given information: ", "\u7ebf\u7d22\uff1a", "\u5df2\u77e5\uff1a", NULL };
	static const char *const asks[] = { "\nQuestions: ", "\nPlease answer: ", "\n\u95ee\u9898\uff1a", "\n\u8bf7\u56de\u7b54\uff1a", NULL };
	static const char *const ends[] = { "\n", NULL };
	struct story s = { .n = 0 };
	struct str clues, rest, text, ask;
	int of[PEOPLE], asked = 0;
	uint32_t people = 0, truth;

	if (question.n > LONGEST || !people_read(&s, meta) || !story_between(question, opens, asks, &clues, &rest) ||
	    !story_between(rest, (const char *const[]){ "", NULL }, ends, &ask, &rest))
		return false;
	while (next_text(&clues, ".", "\u3002", &text))
		if (!sentence_read(&s, text))
			return false;
	if (clues.n || s.placed != (1u << s.n) - 1)
		return false;
	while (next_text(&ask, "?", "\uff1f", &text)) {
		said(&text, "Does ");
		if (asked == PEOPLE || !who(&s, &text, &of[asked]) || (!str_is(text, " tell the truth") && !str_is(text, "\u8bf4\u7684\u662f\u771f\u8bdd\u5417")))
			return false;
		people |= 1u << of[asked++];
	}
	if (ask.n || !asked || !solve(&s, people, &truth))
		return false;
	for (int i = 0; i < asked; i++)
		buf_addz(answer, truth >> of[i] & 1 ? i ? ",yes" : "yes" : i ? ",no" : "no");
	return true;
}
