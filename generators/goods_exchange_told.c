/* goods_exchange_told.c - people, things and exchanges in words. */
#include "generators/goods_exchange.h"

enum { WAYS = 3 };

/* @1 .. @3 people, @* all of them, #1 #2 things, %2 the thing without an article. */
static const struct phrases {
	const char *by_now[2], *at_first;   /* somebody told by a thing, #1 */
	const char *swap[WAYS], *round[2], *give[WAYS], *trade[WAYS], *next, *previous, *condition, *undo, *idle[WAYS];
	const char *comma, *and, *has;
} phrases[LANGS] = {
	[LANG_EN] = {
		.by_now = { "the owner of #1", "whoever owns #1 by now" }, .at_first = "the one who owned #1 at first",
		.swap = { "@1 and @2 swap what they own.", "@1 exchanges things with @2.", "@1 and @2 make a swap." },
		.round = { "@* exchange things in a circle: at the same time, each gives what they own to the next one named, and the last to the first.",
			   "A round goes through @*: each of them hands what they own to the one named next, the last one to the first, all at once." },
		.give = { "@1 gives #1 to @2, and @2 gives #2 to @1 in return.", "@1 exchanges #1 for @2's %2.",
			  "@2 receives #1 from @1 and hands over #2 for it." },
		.trade = { "@1 trades #1 for #2.", "The owner of #1 and the owner of #2 exchange these two things.",
			   "#1 and #2 change hands: each of them goes to the owner of the other." },
		.next = "Everybody gives what they own to the next person in the list, and the last person gives to the first, all at once.",
		.previous = "Everybody gives what they own to the person before them in the list, and the first person gives to the last, all at once.",
		.condition = "If @3 owns #2 at this point, @1 and @2 swap what they own; otherwise nothing happens.",
		.undo = "The exchange just made is undone: everything is as it was before it.",
		.idle = { "@1 offers @2 a swap, but @2 refuses.", "@1 would love to own #2.", "@1 and @2 talk about a swap, but decide against it." },
		.comma = ", ", .and = " and ", .has = " has ",
	},
	[LANG_ZH] = {
		.by_now = { "持有#1的人", "此时拥有#1的人" }, .at_first = "最初拥有#1的人",
		.swap = { "@1和@2互换各自的物品。", "@1与@2交换了物品。", "@1和@2做了一次交换。" },
		.round = { "@*轮换物品：每人同时把自己的物品交给后面提到的那个人，最后一个人交给第一个人。",
			   "@*之间进行了一轮传递：每个人都把自己的物品交给下一个提到的人，最后一人交给第一人，同时进行。" },
		.give = { "@1把#1给了@2，@2则把#2给了@1。", "@1用#1换了@2的#2。", "@2从@1那里得到#1，并把#2交给@1。" },
		.trade = { "@1用#1换来了#2。", "持有#1的人和持有#2的人交换了这两件物品。", "#1和#2互换了主人。" },
		.next = "所有人同时把自己的物品交给名单中的下一个人，最后一个人交给第一个人。",
		.previous = "所有人同时把自己的物品交给名单中的前一个人，第一个人交给最后一个人。",
		.condition = "如果此时@3拥有#2，@1和@2就互换各自的物品；否则什么也不发生。",
		.undo = "刚才的交换被撤销，一切恢复到那次交换之前。",
		.idle = { "@1想和@2交换，但@2拒绝了。", "@1很想要#2。", "@1和@2商量过交换，但最后作罢。" },
		.comma = "、", .and = "和", .has = "有",
	},
};

/* An event in the making: its people and things as they are told. */
struct telling {
	char *at; /* where the text goes on: there is room for a whole event */
	const struct goods *p;
	struct goods_who who[GOODS_ROUND]; /* @1 .. */
	int n, thing[2];                   /* #1 #2 */
	enum lang lang;
	int way;                           /* of several ways to tell it, from the event itself: the same desc gives the same text */
};

/* Bytes of an event: six people at most, each told by a thing, two things, and the phrase around them. */
enum { TOLD_ROOM = 8 * (GOODS_NAME + 48) + 512 };

static void put(struct telling *t, struct str s)
{
	memcpy(t->at, s.s, s.n);
	t->at += s.n;
}

static void put_thing(struct telling *t, int thing, bool article)
{
	if (article && t->lang == LANG_EN)
		put(t, STR("the "));
	put(t, t->p->thing[thing][t->lang]);
}

/* What stands in a phrase up to its next hole; where that is. */
static const char *put_plain(struct telling *t, const char *text)
{
	while (*text && *text != '@' && *text != '#' && *text != '%')
		*t->at++ = *text++;
	return text;
}

static void put_who(struct telling *t, const struct goods_who *w)
{
	const struct phrases *say = &phrases[t->lang];
	const char *text = w->how == 'o' ? say->at_first : say->by_now[(t->way + w->of) % 2];

	if (w->how == 'p') {
		put(t, t->p->person[w->of][t->lang]);
		return;
	}
	text = put_plain(t, text);
	put_thing(t, w->of, true);
	put_plain(t, text + 2);
}

static void put_all(struct telling *t)
{
	const struct phrases *say = &phrases[t->lang];

	for (int i = 0; i < t->n; i++) {
		if (i)
			put(t, str_of(i + 1 < t->n ? say->comma : say->and));
		put_who(t, &t->who[i]);
	}
}

static void fill(struct telling *t, const char *text)
{
	char *begun = t->at;

	for (text = put_plain(t, text); *text; text = put_plain(t, text + 2)) {
		int which = text[1] - '1';

		if (*text != '@')
			put_thing(t, t->thing[which], *text == '#');
		else if (text[1] == '*')
			put_all(t);
		else
			put_who(t, &t->who[which]);
	}
	if (*begun >= 'a' && *begun <= 'z')
		*begun -= 'a' - 'A';
}

/* One event in a sentence; the people stand as before it. */
static void tell(struct buf *out, const struct goods *p, const struct goods_event *e, int i, enum lang lang)
{
	const struct phrases *say = &phrases[lang];
	struct telling t;

	if (!buf_reserve(out, TOLD_ROOM))
		return;
	t.at = out->s + out->n;
	t.p = p;
	t.lang = lang;
	t.n = e->n;
	t.thing[0] = e->a;
	t.thing[1] = e->b;
	for (int k = 0; k < e->n; k++)
		t.who[k] = e->who[k];
	t.way = i + (e->n ? e->who[0].of + 3 * e->who[1].of : e->a + 3 * e->b);
	switch (e->kind) {
	case 's': fill(&t, say->swap[t.way % WAYS]); break;
	case 'r': fill(&t, say->round[t.way % 2]); break;
	case 'g':
	case 't':
		t.who[0] = (struct goods_who){ .how = 'p', .of = p->now.owner[e->a] };
		t.who[1] = (struct goods_who){ .how = 'p', .of = p->now.owner[e->b] };
		fill(&t, e->kind == 'g' ? say->give[t.way % WAYS] : say->trade[t.way % WAYS]);
		break;
	case 'a': fill(&t, e->back ? say->previous : say->next); break;
	case 'i':
		t.who[2] = (struct goods_who){ .how = 'p', .of = e->a };
		fill(&t, say->condition);
		break;
	case 'u': fill(&t, say->undo); break;
	default:
		t.who[0] = (struct goods_who){ .how = 'p', .of = e->a };
		t.who[1] = (struct goods_who){ .how = 'p', .of = e->b };
		fill(&t, say->idle[e->idle]);
	}
	out->n = (size_t)(t.at - out->s);
	*t.at = 0;
}

/* The events, a numbered line each, or one text. */
static void put_events(struct holes *holes, const char *hole, struct goods *p, enum lang lang, bool lines)
{
	struct buf *b = hole_open(holes, hole);
	struct str rest = p->events;
	struct goods_event e;

	if (!b)
		return;
	goods_restart(p);
	for (int i = 0; rest.n && goods_next(&e, &rest, p); i++) {
		if (lines) {
			if (i)
				buf_addc(b, '\n');
			buf_addi(b, i + 1);
			buf_add(b, STR(". "));
		} else if (i && lang == LANG_EN) {
			buf_addc(b, ' ');
		}
		tell(b, p, &e, i, lang);
		goods_play(p, &e);
	}
}

static void put_names(struct holes *holes, const struct goods *p, enum lang lang)
{
	struct buf *b = hole_open(holes, "names");

	for (int i = 0; b && i < p->n; i++) {
		buf_addz(b, i ? phrases[lang].comma : "");
		buf_add(b, p->person[i][lang]);
	}
}

static void put_start(struct holes *holes, const struct goods *p, enum lang lang)
{
	struct buf *b = hole_open(holes, "start");

	for (int i = 0; b && i < p->n; i++) {
		if (i)
			buf_addc(b, '\n');
		buf_add(b, p->person[i][lang]);
		buf_addz(b, lang == LANG_ZH ? "：" : ": ");
		buf_add(b, p->thing[i][lang]);
	}
}

static void put_begins(struct holes *holes, const struct goods *p, enum lang lang)
{
	struct buf *b = hole_open(holes, "begins");

	for (int i = 0; b && i < p->n; i++) {
		buf_addz(b, i == 0 ? "" : lang == LANG_ZH ? "，" : i + 1 == p->n ? " and " : ", ");
		buf_add(b, p->person[i][lang]);
		buf_addz(b, phrases[lang].has);
		if (lang == LANG_EN)
			buf_add(b, STR("the "));
		buf_add(b, p->thing[i][lang]);
	}
}

/*
 * {{names}}: the list of people; {{start}}: a line each, "Ann: red cup"; {{begins}}: "Ann has the red cup, Bo the hat";
 * {{events}}: numbered lines; {{story}}: the same in one text; {{count}} people, {{number}} events.
 */
void goods_fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct goods p;
	int events = 1;

	if (!goods_skim(&p, desc))
		return;
	for (size_t i = 0; i < p.events.n; i++)
		events += p.events.s[i] == ';';
	hole_puti(holes, "count", p.n);
	hole_puti(holes, "number", events);
	put_names(holes, &p, lang);
	put_start(holes, &p, lang);
	put_begins(holes, &p, lang);
	put_events(holes, "events", &p, lang, true);
	put_events(holes, "story", &p, lang, false);
}
