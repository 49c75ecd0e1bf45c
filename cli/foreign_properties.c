/*
 * foreign_properties.c - a collection of things that is changed sentence by sentence, then counted; see foreign_worked.h.
 *
 * What was traded in has properties of which nothing is said. Where the count hangs on these the answer is "unknown".
 */
#include "cli/foreign_worked.h"

enum attribute { SIZE, COLOUR, ORIGIN, MATERIAL, SMELL, ATTRIBUTES };

enum { THINGS = 256, CHANGES = 64, LONGEST = 1 << 16 /* bytes of a question */ };

/* Properties; an empty text is one that nobody knows. */
struct thing {
	struct str is[ATTRIBUTES];
};

struct collection {
	struct thing thing[THINGS];
	int n, first; /* how many there were in the beginning: */
	struct thing begun[THINGS];
	bool open; /* a change hangs on what nobody knows, or there are too many */
};

enum change { REPLACE, REPLACE_TWICE, ALTER, ADD, ADD_NEW, LOSE, TRADE };

/*
 * How changes are told: | is any text, %s a property that things are picked by (s size, c colour, o origin, m material, l smell), %S
 * one that they get.
 */
static const struct telling {
	const char *text;
	enum change change;
} tellings[] = {
	{ "|each item of size %s in|favorite material %M and with a smell of %L (|", REPLACE },
	{ "|replaced any item of size %s in|with size %S and|with color %C.|", REPLACE_TWICE },
	{ "|any item made of %m in|their color to %C and|smell to %L.|", ALTER },
	{ "|any item of color %c in|with color %C, %O origin, %S size, %L smell, and made of %M.|", ADD },
	{ "|(smell, color) pair|added another copy|", ADD_NEW },
	{ "|lost all of the %s items|", LOSE },
	{ "|picked all %c item|material to %M.|", ALTER },
	{ "|traded me all items of %o origin|with %S size and %M material.|", TRADE },
	{ "|every item with %l smell|add a twin|with %C color|", ADD },
	{ "|spilled paint on all my %s items|colors to %C.|", ALTER },
	{ "|\u6bcf\u4e00\u4e2a\u5c3a\u5bf8\u4e3a%s\u7684\u7269\u54c1|\u62ff\u8d70|\u6750\u8d28\u662f%M\uff0c\u6c14\u5473\u662f%L\uff08|", REPLACE },
	{ "|\u526f\u672c\u66ff\u6362|\u5c3a\u5bf8\u4e3a%s\u7684\u7269\u54c1|\u5c3a\u5bf8\u53d8\u4e3a%S\uff0c|\u989c\u8272\u53d8\u4e3a%C\u3002|", REPLACE_TWICE },
	{ "|\u6240\u6709\u7531%m\u5236\u6210\u7684\u7269\u54c1|\u989c\u8272\u6539\u4e3a%C\uff0c\u6c14\u5473\u6539\u4e3a%L\u3002|", ALTER },
	{ "|\u989c\u8272\u4e3a%c\u7684\u7269\u54c1|\u989c\u8272\u662f%C\uff0c\u4ea7\u5730\u662f%O\uff0c\u5c3a\u5bf8\u662f%S\uff0c\u6c14\u5473\u662f%L\uff0c\u6750\u8d28\u662f%M\u3002|", ADD },
	{ "|(\u6c14\u5473,\u989c\u8272)|\u53e6\u4e00\u4e2a\u526f\u672c|", ADD_NEW },
	{ "|\u4e22\u5931\u4e86|\u5c3a\u5bf8\u4e3a%s\u7684\u7269\u54c1|", LOSE },
	{ "|\u6311\u9009\u4e86\u6240\u6709%c\u989c\u8272\u7684\u7269\u54c1|\u6750\u8d28\u6539\u4e3a%M\u3002|", ALTER },
	{ "|\u5c3a\u5bf8\u4e3a%S\u3001\u6750\u8d28\u4e3a%M\u7684\u7269\u54c1|\u6240\u6709%o\u4ea7\u5730|", TRADE },
	{ "|\u6c14\u5473\u4e3a%l\u7684\u7269\u54c1|\u989c\u8272\u6539\u4e3a%C\u3002|", ADD },
	{ "|\u5c3a\u5bf8\u4e3a%s\u7684\u7269\u54c1\u4e0a\u6d12|\u53d8\u6210\u4e86%C\u3002|", ALTER },
};

/* What a telling holds: what things are picked by, and what they get; empty: nothing. */
struct told {
	struct str by[ATTRIBUTES], gets[ATTRIBUTES];
};

static struct str *slot(struct told *t, char c)
{
	switch (c) {
	case 's': return &t->by[SIZE];
	case 'c': return &t->by[COLOUR];
	case 'o': return &t->by[ORIGIN];
	case 'm': return &t->by[MATERIAL];
	case 'l': return &t->by[SMELL];
	case 'S': return &t->gets[SIZE];
	case 'C': return &t->gets[COLOUR];
	case 'O': return &t->gets[ORIGIN];
	case 'M': return &t->gets[MATERIAL];
	default: return &t->gets[SMELL];
	}
}

/* Each piece between | and %x is looked for behind the one before; what lies between fills the slot. */
static bool telling_fits(struct str text, const char *z, struct told *t)
{
	struct str *fill = NULL;

	*t = (struct told){ .by = { { "", 0 } } };
	while (*z) {
		size_t n = strcspn(z, "|%");
		ptrdiff_t at = str_find(text, (struct str){ z, n });

		if (at < 0 || (fill && at == 0))
			return false;
		if (fill)
			*fill = str_sub(text, 0, (size_t)at);
		text = str_from(text, (size_t)at + n);
		z += n;
		fill = *z == '%' ? slot(t, z[1]) : NULL;
		z += *z == '%' ? 2 : *z == '|';
	}
	return true;
}

static bool known(const struct str *s)
{
	return s->n > 0;
}

/* Is the thing one of those that are picked? Where nobody knows, the whole is open. */
static bool picked(struct collection *c, const struct thing *thing, const struct told *t)
{
	bool is = true;

	for (int a = 0; a < ATTRIBUTES; a++) {
		if (!known(&t->by[a]))
			continue;
		c->open |= !known(&thing->is[a]);
		is = is && str_eq(thing->is[a], t->by[a]);
	}
	return is;
}

static bool unlike_begun(struct collection *c, const struct thing *thing)
{
	c->open |= !known(&thing->is[SMELL]) || !known(&thing->is[COLOUR]);
	for (int i = 0; i < c->first; i++)
		if (str_eq(c->begun[i].is[SMELL], thing->is[SMELL]) && str_eq(c->begun[i].is[COLOUR], thing->is[COLOUR]))
			return false;
	return true;
}

static void give(struct thing *thing, const struct told *t, enum attribute from, enum attribute to)
{
	for (int a = from; a <= (int)to; a++)
		if (known(&t->gets[a]))
			thing->is[a] = t->gets[a];
}

static void add(struct collection *c, struct thing thing)
{
	if (c->n == THINGS)
		c->open = true;
	else
		c->thing[c->n++] = thing;
}

static void change(struct collection *c, enum change what, const struct told *t)
{
	int n = c->n, kept = 0;

	for (int i = 0; i < n && !c->open; i++) {
		struct thing *thing = &c->thing[i], copy = *thing;

		if (what == ADD_NEW ? !unlike_begun(c, thing) : !picked(c, thing, t))
			continue;
		switch (what) {
		case REPLACE:
		case ALTER: give(thing, t, SIZE, SMELL); break;
		case REPLACE_TWICE: /* one of the new size, one of the new colour */
			give(thing, t, SIZE, SIZE);
			give(&copy, t, COLOUR, COLOUR);
			add(c, copy);
			break;
		case ADD:
			give(&copy, t, SIZE, SMELL);
			add(c, copy);
			break;
		case ADD_NEW: add(c, copy); break;
		case LOSE: thing->is[SIZE].s = NULL; break; /* goes below */
		case TRADE:
			*thing = (struct thing){ .is = { { "", 0 } } };
			give(thing, t, SIZE, SMELL);
			break;
		}
	}
	for (int i = 0; i < c->n; i++)
		if (c->thing[i].is[SIZE].s)
			c->thing[kept++] = c->thing[i];
	c->n = kept;
}

static bool begin(struct collection *c, struct json meta)
{
	static const char *const names[ATTRIBUTES] = { "sizes", "colors", "countries", "materials", "smells" };
	struct json list, v, part;

	json_get(meta, "initial_collection", &list);
	for (struct json_iter it = json_iter(list); json_next(&it, NULL, &v); c->n++)
		for (int a = 0; a < ATTRIBUTES; a++)
			if (c->n == THINGS || !json_get(v, names[a], &part) || !json_plain(part, &c->thing[c->n].is[a]) ||
			    !known(&c->thing[c->n].is[a]))
				return false;
	c->first = c->n;
	memcpy(c->begun, c->thing, sizeof(c->thing[0]) * (size_t)c->n);
	return c->n > 0;
}

/* The sentences that begin with "Then, ". */
static bool live(struct collection *c, struct str story)
{
	static const char *const then[] = { "Then, ", "\u7136\u540e\uff0c", NULL };
	static const size_t tellings_n = COUNT(tellings);
	struct str behind, text;
	int changes = 0;

	if (!story_between(story, then, (const char *const[]){ "", NULL }, &text, &behind))
		return false;
	while (behind.n && !c->open) {
		struct told t;
		size_t i = 0;

		story = behind;
		if (!story_between(story, (const char *const[]){ "", NULL }, then, &text, &behind)) {
			text = story;
			behind.n = 0;
		}
		while (i < tellings_n && !telling_fits(text, tellings[i].text, &t))
			i++;
		if (i == tellings_n || ++changes > CHANGES)
			return false;
		change(c, tellings[i].change, &t);
	}
	return !c->open;
}

/* "size is small or color is red?": what is asked for. */
static bool asked(struct str question, struct told *t)
{
	static const char *const words[][2] = {
		{ "size is ", "s" }, { "color is ", "c" }, { "origin is ", "o" }, { "material is ", "m" }, { "smell is ", "l" },
		{ "\u5c3a\u5bf8\u662f", "s" }, { "\u989c\u8272\u662f", "c" }, { "\u4ea7\u5730\u662f", "o" }, { "\u6750\u8d28\u662f", "m" },
		{ "\u6c14\u5473\u662f", "l" },
	};
	static const char *const opens[] = { "either ", "\u4ee5\u4e0b\u5c5e\u6027\uff1a", NULL }, *const ends[] = { "?", "\uff1f", NULL };
	static const char *const ors[] = { " or ", "\u6216", NULL }, *const none[] = { "", NULL };
	struct str list, behind;
	bool more = true;

	*t = (struct told){ .by = { { "", 0 } } };
	if (!story_between(question, opens, ends, &list, &behind))
		return false;
	while (more) {
		struct str item;
		size_t i = 0;

		more = story_between(list, none, ors, &item, &behind);
		if (!more)
			item = list;
		list = behind;
		while (i < COUNT(words) && !said(&item, words[i][0]))
			i++;
		if (i == COUNT(words))
			return false;
		*slot(t, words[i][1][0]) = item;
	}
	return true;
}

/* How many surely have one of the properties; *unsure: of some nobody knows. */
static int count(const struct collection *c, const struct told *t, bool *unsure)
{
	int n = 0;

	for (int i = 0; i < c->n; i++) {
		bool has = false, may = false;

		for (int a = 0; a < ATTRIBUTES; a++) {
			has |= known(&t->by[a]) && str_eq(t->by[a], c->thing[i].is[a]);
			may |= known(&t->by[a]) && !known(&c->thing[i].is[a]);
		}
		n += has;
		*unsure |= may && !has;
	}
	return n;
}

bool worked_properties(struct buf *answer, struct str question, struct json meta)
{
	struct buf story = BUF_INIT, asks = BUF_INIT;
	struct collection c = { .n = 0, .open = false };
	struct told t;
	struct json v;
	bool unsure = false, ok;

	ok = question.n < LONGEST && json_get(meta, "story", &v) && json_str(v, &story) && json_get(meta, "question", &v) &&
	     json_str(v, &asks) && str_find(question, buf_str(&story)) >= 0 && str_find(question, buf_str(&asks)) >= 0 && begin(&c, meta) &&
	     asked(buf_str(&asks), &t) && live(&c, buf_str(&story));
	if (ok) {
		int n = count(&c, &t, &unsure);

		if (!unsure)
			buf_addf(answer, "integer %d", n);
		else if (str_find(buf_str(&asks), STR("\"unknown\"")) >= 0)
			buf_addz(answer, "word unknown");
		else
			ok = false;
	}
	buf_release(&story);
	buf_release(&asks);
	return ok;
}
