/*
 * object_properties.c - how many items of a collection have these properties after all that happened to it?
 *
 * desc: "k3s1c2m0a5o7,k0s2c2m1a5o3|set c2:s4;lose k3&a1|c2+s1,o7": the items; what happens, in this order; what is counted at the
 * end. Every item has a kind, a size, a colour, a material, an aroma and an origin, each a number. Conditions are tests joined by &
 * (all hold) or + (one holds at least), in the order of the properties and rising. What happens:
 *
 *	set COND:EFF		the items get these properties
 *	lose COND		they are gone
 *	add COND:EFF		each gets a copy beside it, which differs by EFF
 *	two COND:EFF/EFF	each is replaced by two copies, the first with one effect, the second with the other
 *	trade COND:ITEM		each is replaced by a new item
 *	grow COND, shrink COND	one size up or down, if there is one
 *	swap k1k2		items of the one get the other, and the other way round
 *	new ca			a copy of each whose pair of these two properties no item had at the start
 *	if3 COND>...		the rest happens only if so many items at least meet the condition then
 */
#include "verifiers/places.h"
#include "verifiers/rule.h"
#include "verifiers/tally.h"
#include "verifiers/text.h"

enum { PROPERTIES = 6, ITEMS = 400, EVENTS = 40, TESTS = 6, COUNTS = 6, SIZE = 1 };

static const char letters[] = "kscmao";
static const int values[PROPERTIES] = { 24, 7, 16, 16, 16, 16 };

struct test {
	int property, value;
};

struct condition {
	struct test test[TESTS];
	int n;
	bool all;
};

/* -1: as before */
struct effect {
	int value[PROPERTIES];
};

struct collection {
	uint8_t item[ITEMS][PROPERTIES];
	int n;
};

struct puzzle {
	struct collection first, now;
	int counts, count[COUNTS];
};

/* ---- reading ---- */

static bool number(struct str *s, int below, int *ret)
{
	size_t i = 0;
	int v = 0;

	while (i < s->n && i < 3 && s->s[i] >= '0' && s->s[i] <= '9')
		v = v * 10 + (s->s[i++] - '0');
	if (i == 0 || (i > 1 && s->s[0] == '0') || v >= below)
		return false;
	*s = str_from(*s, i);
	*ret = v;
	return true;
}

static int property(struct str *s)
{
	int p = 0;

	while (p < PROPERTIES && !(s->n && s->s[0] == letters[p]))
		p++;
	if (p == PROPERTIES)
		return -1;
	*s = str_from(*s, 1);
	return p;
}

static bool read_test(struct test *t, struct str *s)
{
	t->property = property(s);
	return t->property >= 0 && number(s, values[t->property], &t->value);
}

static bool read_condition(struct condition *c, struct str *s)
{
	char sign = 0;

	c->n = 0;
	for (;;) {
		struct test *t = &c->test[c->n];

		if (c->n == TESTS || !read_test(t, s))
			return false;
		if (c->n && (t->property < t[-1].property ||
			     (t->property == t[-1].property && (sign == '&' || t->value <= t[-1].value))))
			return false;
		c->n++;
		if (!s->n || (s->s[0] != '&' && s->s[0] != '+'))
			break;
		if (sign && s->s[0] != sign)
			return false;
		sign = s->s[0];
		*s = str_from(*s, 1);
	}
	c->all = sign == '&';
	return true;
}

/* Properties in their order, each once, one at least. */
static bool read_effect(struct effect *e, struct str *s)
{
	int last = -1;

	for (int p = 0; p < PROPERTIES; p++)
		e->value[p] = -1;
	while (s->n && s->s[0] != '/') {
		struct test t;

		if (!read_test(&t, s) || t.property <= last)
			return false;
		last = t.property;
		e->value[last] = t.value;
	}
	return last >= 0;
}

/* All properties in their order, cut off the text. */
static bool read_item(uint8_t *item, struct str *s)
{
	for (int p = 0; p < PROPERTIES; p++) {
		int v;

		if (!str_eatc(s, letters[p]) || !number(s, values[p], &v))
			return false;
		item[p] = (uint8_t)v;
	}
	return true;
}

/* ---- what happens ---- */

static bool meets(const uint8_t *item, const struct condition *c)
{
	int met = 0;

	for (int i = 0; i < c->n; i++)
		met += item[c->test[i].property] == c->test[i].value;
	return c->all ? met == c->n : met > 0;
}

static int count(const struct collection *c, const struct condition *cond)
{
	int n = 0;

	for (int i = 0; i < c->n; i++)
		n += meets(c->item[i], cond);
	return n;
}

static void change(uint8_t *item, const struct effect *e)
{
	for (int p = 0; p < PROPERTIES; p++)
		if (e->value[p] >= 0)
			item[p] = (uint8_t)e->value[p];
}

/* A copy at the end, changed. False where there is no room. */
static bool copy(struct collection *c, int i, const struct effect *e)
{
	if (c->n == ITEMS)
		return false;
	memcpy(c->item[c->n], c->item[i], PROPERTIES);
	if (e)
		change(c->item[c->n], e);
	c->n++;
	return true;
}

static void lose(struct collection *c, const struct condition *cond)
{
	int kept = 0;

	for (int i = 0; i < c->n; i++)
		if (!meets(c->item[i], cond))
			memmove(c->item[kept++], c->item[i], PROPERTIES);
	c->n = kept;
}

static bool swap(struct puzzle *p, struct str s)
{
	struct test a, b;

	if (!read_test(&a, &s) || !read_test(&b, &s) || s.n || a.property != b.property || a.value >= b.value)
		return false;
	for (int i = 0; i < p->now.n; i++) {
		uint8_t *v = &p->now.item[i][a.property];

		*v = (uint8_t)(*v == a.value ? b.value : *v == b.value ? a.value : *v);
	}
	return true;
}

static bool new_pairs(struct puzzle *p, struct str s)
{
	int a = property(&s), b = property(&s), n = p->now.n;
	bool known[24][24] = { { false } };

	if (a < 0 || b <= a || s.n)
		return false;
	for (int i = 0; i < p->first.n; i++)
		known[p->first.item[i][a]][p->first.item[i][b]] = true;
	for (int i = 0; i < n; i++)
		if (!known[p->now.item[i][a]][p->now.item[i][b]] && !copy(&p->now, i, NULL))
			return false;
	return true;
}

static void resize(struct collection *c, const struct condition *cond, int by)
{
	for (int i = 0; i < c->n; i++) {
		int size = c->item[i][SIZE] + by;

		if (meets(c->item[i], cond) && size >= 0 && size < values[SIZE])
			c->item[i][SIZE] = (uint8_t)size;
	}
}

/* What happens to every item that meets the condition, by the effects behind it. */
static bool act(struct puzzle *p, struct str verb, const struct condition *cond, struct str s)
{
	struct effect one, two;
	int n = p->now.n;

	if (str_is(verb, "trade")) {
		uint8_t item[PROPERTIES];

		if (!read_item(item, &s) || s.n)
			return false;
		for (int i = 0; i < n; i++)
			if (meets(p->now.item[i], cond))
				memcpy(p->now.item[i], item, PROPERTIES);
		return true;
	}
	if (!read_effect(&one, &s))
		return false;
	if (str_is(verb, "two")) {
		if (!str_eatc(&s, '/') || !read_effect(&two, &s) || s.n)
			return false;
		for (int i = 0; i < n; i++)
			if (meets(p->now.item[i], cond)) {
				if (!copy(&p->now, i, &two))
					return false;
				change(p->now.item[i], &one);
			}
		return true;
	}
	if (s.n)
		return false;
	for (int i = 0; i < n; i++) {
		if (!meets(p->now.item[i], cond))
			continue;
		if (str_is(verb, "set"))
			change(p->now.item[i], &one);
		else if (!copy(&p->now, i, &one))
			return false;
	}
	return true;
}

/* One event; an "if" stands before none but a plain one. */
static bool happen(struct puzzle *p, struct str s, bool guarded)
{
	struct condition cond;
	struct str verb;
	int least;

	if (!guarded && str_starts(s, STR("if"))) {
		s = str_from(s, 2);
		if (!number(&s, ITEMS, &least) || least == 0 || !str_eatc(&s, ' ') || !read_condition(&cond, &s) || !str_eatc(&s, '>'))
			return false;
		if (count(&p->now, &cond) < least) { /* read all the same, happening to nothing: damage is damage */
			int n = p->now.n;
			bool ok;

			p->now.n = 0;
			ok = happen(p, s, true);
			p->now.n = n;
			return ok;
		}
		return happen(p, s, true);
	}
	if (!str_split(&s, ' ', &verb))
		return false;
	if (str_is(verb, "swap"))
		return swap(p, s);
	if (str_is(verb, "new"))
		return new_pairs(p, s);
	if (!read_condition(&cond, &s))
		return false;
	if (str_is(verb, "set") || str_is(verb, "add") || str_is(verb, "two") || str_is(verb, "trade"))
		return str_eatc(&s, ':') && act(p, verb, &cond, s);
	if (s.n)
		return false;
	if (str_is(verb, "lose"))
		lose(&p->now, &cond);
	else if (str_is(verb, "grow") || str_is(verb, "shrink"))
		resize(&p->now, &cond, str_is(verb, "grow") ? 1 : -1);
	else
		return false;
	return true;
}

static bool play(struct puzzle *p, struct str desc)
{
	struct str events, piece;
	int n = 0;

	p->first.n = p->counts = 0;
	do
		if (p->first.n == ITEMS || !read_item(p->first.item[p->first.n++], &desc))
			return false;
	while (str_eatc(&desc, ','));
	if (!str_eatc(&desc, '|') || !str_split(&desc, '|', &events) || !desc.n || str_ends(events, STR(";")) || str_ends(desc, STR(",")))
		return false;
	memcpy(p->now.item, p->first.item, (size_t)p->first.n * PROPERTIES);
	p->now.n = p->first.n;
	while (str_split(&events, ';', &piece))
		if (n++ == EVENTS || !happen(p, piece, false))
			return false;
	while (str_split(&desc, ',', &piece)) {
		struct condition c;

		if (p->counts == COUNTS || !read_condition(&c, &piece) || piece.n)
			return false;
		p->count[p->counts++] = count(&p->now, &c);
	}
	return true;
}

/* ---- the answer ---- */

/* Words around a number that say nothing. */
static struct str bare(struct str s)
{
	static const char *const before[] = { "there are", "there is", "the", "answer is", "answer", "count is", "count", "number of items is", "number is", "total is", "total", "items", "number", "共有", "一共", "总共", "共", "有", NULL };
	static const char *const behind[] = { "(items)", "such items", "items", "item", "objects", "object", "（件）", "（个）", "件物品", "个物品", "件", "个", NULL };

	for (const char *const *w = before; *w; w++)
		if (s.n > strlen(*w) && str_ieq(str_sub(s, 0, strlen(*w)), str_of(*w)))
			s = text_strip(str_from(s, strlen(*w)));
	for (const char *const *w = behind; *w; w++)
		if (s.n > strlen(*w) && str_ieq(str_from(s, s.n - strlen(*w)), str_of(*w)))
			s = text_strip(str_sub(s, 0, s.n - strlen(*w)));
	return s;
}

enum { SAID = 200 }; /* bytes of one number with all that stands around it */

/* LaTeX's text commands and braces taken out. */
static struct str untex(struct str s, char room[SAID])
{
	static const char *const commands[] = { "\\text", "\\mathrm", "\\mbox", "\\,", "\\ ", NULL };
	size_t n = 0;

	while (s.n) {
		size_t skipped = s.s[0] == '{' || s.s[0] == '}' ? 1 : 0;

		for (const char *const *c = commands; *c && !skipped; c++)
			skipped = str_starts(s, str_of(*c)) ? strlen(*c) : 0;
		if (!skipped)
			room[n++] = s.s[0];
		s = str_from(s, skipped ? skipped : 1);
	}
	return (struct str){ room, n };
}

static struct str behind(struct str s, struct str mark)
{
	ptrdiff_t at = str_rfind(s, mark);

	return at < 0 ? s : str_from(s, (size_t)at + mark.n);
}

/* "3", "3 items", "(2) three", "colour red: 3": what stands before the last colon is a label. */
static bool read_count(struct str s, int64_t *ret)
{
	char room[SAID];
	struct str count;

	if (s.n > SAID)
		return false;
	count = behind(behind(behind(s, STR(":")), STR("\xEF\xBC\x9A")), STR("="));
	if (count.n < s.n && text_label_denies(str_sub(s, 0, s.n - count.n)))
		return false;
	if (count.n < s.n && s.s[s.n - count.n - 1] == '=' && !tally_sides(str_sub(s, 0, s.n - count.n - 1), count))
		return false;
	s = text_strip(count);
	if (s.n > 3 && s.s[0] == '(' && s.s[2] == ')')
		s = str_from(s, 3);
	s = text_strip(untex(s, room));
	if (text_int(s, ret))
		return true;
	s = bare(s);
	return text_int(s, ret) || place_read(s, ret);
}

/* The beginning of a label that a separator cut: "colour red" of "colour red and size small: 3". */
static bool half_label(struct str s, struct str rest)
{
	static const char *const names[] = { "kind ", "size ", "colour ", "color ", "material ", "smell ", "origin ",
					     "种类", "尺寸", "颜色", "材质", "气味", "产地", NULL };

	for (size_t i = 0; i < s.n; i++)
		if ((s.s[i] >= '0' && s.s[i] <= '9') || s.s[i] == ':')
			return false;
	for (const char *const *n = names; *n && rest.n; n++)
		if (str_ieq(str_sub(s, 0, strlen(*n)), str_of(*n)))
			return str_find(str_sub(rest, 0, SAID), STR(":")) >= 0 || str_find(str_sub(rest, 0, SAID), STR("\xEF\xBC\x9A")) >= 0;
	return false;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct puzzle p;
	struct str rest, item;
	int64_t sum = 0;
	int n = 0, wrong = -1;
	bool strange = false, parts;

	if (!play(&p, desc))
		return rule_bad_task(why, "the desc is no collection with what happens to it");
	answer = text_strip(answer);
	parts = p.counts == 1 && tally_breakdown(&answer, &sum);
	rest = text_list(answer);
	while (n <= p.counts && text_item(&rest, &item)) {
		int64_t said;

		if (half_label(item, rest))
			continue;
		if (!read_count(item, &said) || (parts && said != sum))
			strange = true;
		else if (n < p.counts && said != p.count[n] && wrong < 0)
			wrong = n;
		n++;
	}
	if (n == 0 || strange)
		return rule_unreadable(why, p.counts == 1 ? "no number could be read" : "no list of numbers could be read");
	if (n != p.counts)
		return rule_wrong(why, "%d number%s asked for", p.counts, p.counts == 1 ? " is" : "s are");
	if (wrong >= 0)
		return rule_wrong(why, "number %d is another one", wrong + 1);
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_object_properties = { "object_properties", 1, judge, NULL };
