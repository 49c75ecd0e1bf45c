/* object_properties_told.c - a collection and its changes in sentences, lines and a table; and the worked solution. */
#include "generators/object_properties.h"
#include "generators/pen.h"

/* ---- words ---- */

static const struct pen_text kinds[][LANGS] = {
	{ PEN_TEXT("key"), PEN_TEXT("钥匙") },   { PEN_TEXT("lamp"), PEN_TEXT("台灯") },   { PEN_TEXT("spoon"), PEN_TEXT("勺子") },  { PEN_TEXT("vase"), PEN_TEXT("花瓶") },  { PEN_TEXT("clock"), PEN_TEXT("时钟") },  { PEN_TEXT("box"), PEN_TEXT("盒子") },
	{ PEN_TEXT("cup"), PEN_TEXT("杯子") },   { PEN_TEXT("ball"), PEN_TEXT("球") },     { PEN_TEXT("chair"), PEN_TEXT("椅子") },  { PEN_TEXT("drum"), PEN_TEXT("鼓") },    { PEN_TEXT("ring"), PEN_TEXT("戒指") },   { PEN_TEXT("comb"), PEN_TEXT("梳子") },
	{ PEN_TEXT("bell"), PEN_TEXT("铃铛") },  { PEN_TEXT("kite"), PEN_TEXT("风筝") },   { PEN_TEXT("mask"), PEN_TEXT("面具") },   { PEN_TEXT("brush"), PEN_TEXT("刷子") }, { PEN_TEXT("bowl"), PEN_TEXT("碗") },     { PEN_TEXT("pen"), PEN_TEXT("钢笔") },
	{ PEN_TEXT("hat"), PEN_TEXT("帽子") },   { PEN_TEXT("shoe"), PEN_TEXT("鞋") },     { PEN_TEXT("bag"), PEN_TEXT("包") },      { PEN_TEXT("plate"), PEN_TEXT("盘子") }, { PEN_TEXT("candle"), PEN_TEXT("蜡烛") }, { PEN_TEXT("umbrella"), PEN_TEXT("雨伞") },
};

static const struct pen_text sizes[][LANGS] = {
	{ PEN_TEXT("tiny"), PEN_TEXT("极小") }, { PEN_TEXT("very small"), PEN_TEXT("很小") }, { PEN_TEXT("small"), PEN_TEXT("小") },   { PEN_TEXT("medium"), PEN_TEXT("中等") },
	{ PEN_TEXT("large"), PEN_TEXT("大") },  { PEN_TEXT("very large"), PEN_TEXT("很大") }, { PEN_TEXT("huge"), PEN_TEXT("极大") },
};

static const struct pen_text colours[][LANGS] = {
	{ PEN_TEXT("red"), PEN_TEXT("红色") },    { PEN_TEXT("blue"), PEN_TEXT("蓝色") },  { PEN_TEXT("green"), PEN_TEXT("绿色") }, { PEN_TEXT("yellow"), PEN_TEXT("黄色") }, { PEN_TEXT("black"), PEN_TEXT("黑色") }, { PEN_TEXT("white"), PEN_TEXT("白色") },
	{ PEN_TEXT("purple"), PEN_TEXT("紫色") }, { PEN_TEXT("pink"), PEN_TEXT("粉色") },  { PEN_TEXT("brown"), PEN_TEXT("棕色") }, { PEN_TEXT("grey"), PEN_TEXT("灰色") },   { PEN_TEXT("orange"), PEN_TEXT("橙色") }, { PEN_TEXT("beige"), PEN_TEXT("米色") },
	{ PEN_TEXT("turquoise"), PEN_TEXT("青绿色") }, { PEN_TEXT("crimson"), PEN_TEXT("深红色") }, { PEN_TEXT("indigo"), PEN_TEXT("靛蓝色") }, { PEN_TEXT("maroon"), PEN_TEXT("栗色") },
};

static const struct pen_text materials[][LANGS] = {
	{ PEN_TEXT("glass"), PEN_TEXT("玻璃") }, { PEN_TEXT("steel"), PEN_TEXT("钢") },     { PEN_TEXT("wood"), PEN_TEXT("木头") },   { PEN_TEXT("plastic"), PEN_TEXT("塑料") }, { PEN_TEXT("leather"), PEN_TEXT("皮革") }, { PEN_TEXT("paper"), PEN_TEXT("纸") },
	{ PEN_TEXT("rubber"), PEN_TEXT("橡胶") }, { PEN_TEXT("marble"), PEN_TEXT("大理石") }, { PEN_TEXT("copper"), PEN_TEXT("铜") }, { PEN_TEXT("bamboo"), PEN_TEXT("竹子") },  { PEN_TEXT("clay"), PEN_TEXT("陶土") },    { PEN_TEXT("wool"), PEN_TEXT("羊毛") },
	{ PEN_TEXT("silk"), PEN_TEXT("丝绸") },  { PEN_TEXT("granite"), PEN_TEXT("花岗岩") }, { PEN_TEXT("cork"), PEN_TEXT("软木") }, { PEN_TEXT("titanium"), PEN_TEXT("钛") },
};

static const struct pen_text aromas[][LANGS] = {
	{ PEN_TEXT("coffee"), PEN_TEXT("咖啡") }, { PEN_TEXT("garlic"), PEN_TEXT("大蒜") },   { PEN_TEXT("lemon"), PEN_TEXT("柠檬") },  { PEN_TEXT("mint"), PEN_TEXT("薄荷") },  { PEN_TEXT("vanilla"), PEN_TEXT("香草") }, { PEN_TEXT("cinnamon"), PEN_TEXT("肉桂") },
	{ PEN_TEXT("roses"), PEN_TEXT("玫瑰") },  { PEN_TEXT("lavender"), PEN_TEXT("薰衣草") }, { PEN_TEXT("smoke"), PEN_TEXT("烟") },  { PEN_TEXT("honey"), PEN_TEXT("蜂蜜") }, { PEN_TEXT("cheese"), PEN_TEXT("奶酪") },  { PEN_TEXT("popcorn"), PEN_TEXT("爆米花") },
	{ PEN_TEXT("pepper"), PEN_TEXT("胡椒") }, { PEN_TEXT("coconut"), PEN_TEXT("椰子") },  { PEN_TEXT("pine needles"), PEN_TEXT("松针") }, { PEN_TEXT("soap"), PEN_TEXT("肥皂") },
};

static const struct pen_text origins[][LANGS] = {
	{ PEN_TEXT("Japan"), PEN_TEXT("日本") }, { PEN_TEXT("Brazil"), PEN_TEXT("巴西") }, { PEN_TEXT("Egypt"), PEN_TEXT("埃及") },   { PEN_TEXT("Norway"), PEN_TEXT("挪威") },   { PEN_TEXT("Canada"), PEN_TEXT("加拿大") }, { PEN_TEXT("Mexico"), PEN_TEXT("墨西哥") },
	{ PEN_TEXT("India"), PEN_TEXT("印度") }, { PEN_TEXT("Kenya"), PEN_TEXT("肯尼亚") }, { PEN_TEXT("Peru"), PEN_TEXT("秘鲁") },   { PEN_TEXT("Spain"), PEN_TEXT("西班牙") },  { PEN_TEXT("Greece"), PEN_TEXT("希腊") },   { PEN_TEXT("Iceland"), PEN_TEXT("冰岛") },
	{ PEN_TEXT("Vietnam"), PEN_TEXT("越南") }, { PEN_TEXT("Poland"), PEN_TEXT("波兰") }, { PEN_TEXT("Cuba"), PEN_TEXT("古巴") },  { PEN_TEXT("Morocco"), PEN_TEXT("摩洛哥") },
};

static const struct property {
	struct pen_text name[LANGS];
	const struct pen_text (*value)[LANGS];
} properties[PROPS] = {
	{ { PEN_TEXT("kind"), PEN_TEXT("种类") }, kinds },        { { PEN_TEXT("size"), PEN_TEXT("尺寸") }, sizes },   { { PEN_TEXT("colour"), PEN_TEXT("颜色") }, colours },
	{ { PEN_TEXT("material"), PEN_TEXT("材质") }, materials }, { { PEN_TEXT("smell"), PEN_TEXT("气味") }, aromas }, { { PEN_TEXT("origin"), PEN_TEXT("产地") }, origins },
};

static const struct pen_text *word(int prop, int value, enum lang lang)
{
	return &properties[prop].value[value][lang];
}

static void add_text(struct buf *out, const struct pen_text *t)
{
	buf_add(out, (struct str){ t->s, t->n });
}

enum { ITEM_ROOM = 256 }; /* bytes of an item in words: six words of at most 16 bytes, and what stands between them */

/* "a large red key made of glass, smelling of coffee, from Japan"; the property `without` is not told. */
static char *put_english(char *at, const uint8_t *item, int without)
{
	static const int before[] = { PROP_SIZE, PROP_COLOUR, PROP_KIND };
	static const struct pen_text thing = PEN_TEXT("thing");
	bool any = false;

	*at++ = 'a';
	for (int i = 0; i < 3; i++) {
		const struct pen_text *w = word(before[i], item[before[i]], LANG_EN);

		if (before[i] == without && without == PROP_KIND)
			w = &thing;
		else if (before[i] == without)
			continue;
		/* "an orange key" where the size is left out, "an umbrella" where there were nothing before it */
		if (!any && (w->s[0] == 'a' || w->s[0] == 'e' || w->s[0] == 'i' || w->s[0] == 'o' || w->s[0] == 'u'))
			*at++ = 'n';
		at = pen_text(pen_char(at, ' '), w);
		any = true;
	}
	if (without != PROP_MATERIAL)
		at = pen_text(pen_str(at, STR(" made of ")), word(PROP_MATERIAL, item[PROP_MATERIAL], LANG_EN));
	if (without != PROP_AROMA)
		at = pen_text(pen_str(at, STR(", smelling of ")), word(PROP_AROMA, item[PROP_AROMA], LANG_EN));
	if (without != PROP_ORIGIN)
		at = pen_text(pen_str(at, STR(", from ")), word(PROP_ORIGIN, item[PROP_ORIGIN], LANG_EN));
	return at;
}

static char *put_chinese(char *at, const uint8_t *item, int without)
{
	static const struct pen_text thing = PEN_TEXT("物品");

	at = pen_str(at, STR("一件"));
	if (without != PROP_SIZE)
		at = pen_str(pen_text(at, word(PROP_SIZE, item[PROP_SIZE], LANG_ZH)), STR("的"));
	if (without != PROP_COLOUR)
		at = pen_text(at, word(PROP_COLOUR, item[PROP_COLOUR], LANG_ZH));
	at = pen_text(at, without == PROP_KIND ? &thing : word(PROP_KIND, item[PROP_KIND], LANG_ZH));
	if (without != PROP_MATERIAL)
		at = pen_str(pen_text(pen_str(at, STR("，")), word(PROP_MATERIAL, item[PROP_MATERIAL], LANG_ZH)), STR("制"));
	if (without != PROP_AROMA)
		at = pen_str(pen_text(pen_str(at, STR("，")), word(PROP_AROMA, item[PROP_AROMA], LANG_ZH)), STR("味"));
	if (without != PROP_ORIGIN)
		at = pen_text(pen_str(at, STR("，产自")), word(PROP_ORIGIN, item[PROP_ORIGIN], LANG_ZH));
	return at;
}

static void say_item(struct buf *out, const uint8_t *item, int without, enum lang lang)
{
	char *at = pen_down(out, ITEM_ROOM);

	if (at)
		pen_up(out, lang == LANG_ZH ? put_chinese(at, item, without) : put_english(at, item, without));
}

/* "colour red", "颜色为红色" */
static void say_test(struct buf *out, int prop, int value, enum lang lang)
{
	add_text(out, &properties[prop].name[lang]);
	buf_add(out, lang == LANG_ZH ? STR("为") : STR(" "));
	add_text(out, word(prop, value, lang));
}

static void say_cond(struct buf *out, const struct props_cond *c, enum lang lang)
{
	for (int i = 0; i < c->n; i++) {
		if (i)
			buf_addz(out, lang == LANG_ZH ? (c->all ? "且" : "或") : c->all ? " and " : " or ");
		say_test(out, c->test[i].prop, c->test[i].value, lang);
	}
}

static void say_effect(struct buf *out, const struct props_effect *e, enum lang lang)
{
	bool any = false;

	for (int i = 0; i < PROPS; i++) {
		if (e->value[i] < 0)
			continue;
		if (any)
			buf_addz(out, lang == LANG_ZH ? "、" : " and ");
		say_test(out, i, e->value[i], lang);
		any = true;
	}
}

/* What an event's sentence is made of: % the condition, $ an effect, & the second one, ! the new item. */
static const char *const sentences[PROPS_VERBS][LANGS] = {
	[PROPS_SET] = { "every item with % gets $", "每件%的物品都改为$" },
	[PROPS_LOSE] = { "every item with % is lost", "每件%的物品都丢失了" },
	[PROPS_ADD] = { "for every item with %, a copy of it is added that is changed to $", "对每件%的物品，都增加一件它的复制品，但把复制品改为$" },
	[PROPS_TWO] = { "every item with % is replaced by two copies of it, one of them changed to $, the other to &",
			"每件%的物品都换成它的两件复制品，一件改为$，另一件改为&" },
	[PROPS_TRADE] = { "every item with % is traded for !", "每件%的物品都换成!" },
	[PROPS_GROW] = { "every item with % becomes one size larger, if there is a larger one", "每件%的物品都变大一号（已是最大的不变）" },
	[PROPS_SHRINK] = { "every item with % becomes one size smaller, if there is a smaller one", "每件%的物品都变小一号（已是最小的不变）" },
	[PROPS_SWAP] = { "every item with $ gets & and, at the same time, every item with & gets $", "每件$的物品改为&，同时每件&的物品改为$" },
	[PROPS_NEW] = { "for every item, an exact copy is added if no item of the collection at the very start had both its $ and its &",
			"对每件物品，如果最初的收藏中没有任何一件物品的$和&都与它相同，就增加一件与它完全相同的复制品" },
};

static void say_part(struct buf *out, const struct props_event *e, bool second, enum lang lang)
{
	const struct props_test *t = second ? &e->to : &e->from;

	if (e->verb == PROPS_NEW)
		add_text(out, &properties[t->prop].name[lang]);
	else if (e->verb == PROPS_SWAP)
		say_test(out, t->prop, t->value, lang);
	else
		say_effect(out, second ? &e->two : &e->one, lang);
}

static void say_event(struct buf *out, const struct props_event *e, enum lang lang)
{
	uint8_t item[PROPS];

	if (e->least && lang == LANG_ZH) {
		buf_addf(out, "如果这时至少有 %d 件物品", e->least);
		say_cond(out, &e->guard, lang);
		buf_addz(out, "，那么");
	} else if (e->least) {
		buf_addf(out, e->least == 1 ? "if there is at least %d item with " : "if there are at least %d items with ", e->least);
		say_cond(out, &e->guard, lang);
		buf_addz(out, " at that moment, ");
	}
	for (const char *at = sentences[e->verb][lang];; at++) {
		size_t n = strcspn(at, "%$&!");

		buf_add(out, (struct str){ at, n });
		at += n;
		if (!*at)
			break;
		switch (*at) {
		case '%': say_cond(out, &e->cond, lang); break;
		case '$': say_part(out, e, false, lang); break;
		case '&': say_part(out, e, true, lang); break;
		case '!':
			for (int i = 0; i < PROPS; i++)
				item[i] = (uint8_t)e->one.value[i];
			say_item(out, item, -1, lang);
			break;
		}
	}
	if (e->least)
		buf_addz(out, lang == LANG_ZH ? "；否则什么都不变" : "; otherwise nothing changes");
}

/* ---- holes ---- */

/* The property that is alike in the fewest runs, if these are few: it is told by itself. -1: none is. */
static int run_property(const struct props *p)
{
	int best = -1, least = p->n / 2;

	for (int j = 0; j < PROPS; j++) {
		int runs = 1;

		for (int i = 1; i < p->n; i++)
			runs += p->item[i][j] != p->item[i - 1][j];
		if (runs < least) {
			least = runs;
			best = j;
		}
	}
	return best;
}

/* "The smell is coffee for the first 3, garlic for the next 2." */
static void say_runs(struct buf *out, const struct props *p, int prop, enum lang lang)
{
	buf_addf(out, lang == LANG_ZH ? "按上面的次序，它们的%s是：" : " Their %s, in the order above, is ", properties[prop].name[lang].s);
	for (int i = 0, n; i < p->n; i += n) {
		const char *w = word(prop, p->item[i][prop], lang)->s;

		for (n = 1; i + n < p->n && p->item[i + n][prop] == p->item[i][prop]; n++)
			;
		buf_addz(out, !i ? "" : lang == LANG_ZH ? "，" : ", ");
		if (lang == LANG_ZH)
			buf_addf(out, "%s %d 件为%s", i ? "接着" : "前", n, w);
		else if (n == 1)
			buf_addf(out, "%s for the %s one", w, i ? "next" : "first");
		else
			buf_addf(out, "%s for the %s %d", w, i ? "next" : "first", n);
	}
	buf_addz(out, lang == LANG_ZH ? "。" : ".");
}

static void add_story(struct buf *out, const struct props *p, enum lang lang)
{
	int without = run_property(p);

	for (int i = 0; i < p->n; i++) {
		if (i)
			buf_addz(out, lang == LANG_ZH ? "；" : "; ");
		say_item(out, p->item[i], without, lang);
	}
	buf_addz(out, lang == LANG_ZH ? "。" : ".");
	if (without >= 0)
		say_runs(out, p, without, lang);
}

static void add_lines(struct buf *out, const struct props *p, enum lang lang)
{
	for (int i = 0; i < p->n; i++) {
		if (i)
			buf_addc(out, '\n');
		buf_addi(out, i + 1);
		buf_add(out, STR(". "));
		say_item(out, p->item[i], -1, lang);
	}
}

/* A row of the table; NULL: its head. */
static char *put_table_row(char *at, const uint8_t *item, enum lang lang)
{
	*at++ = '|';
	for (int j = 0; j < PROPS; j++)
		at = pen_str(pen_text(pen_char(at, ' '), item ? word(j, item[j], lang) : &properties[j].name[lang]), STR(" |"));
	return at;
}

static void add_table(struct buf *out, const struct props *p, enum lang lang)
{
	char *at = pen_down(out, (size_t)(p->n + 2) * ITEM_ROOM);

	if (!at)
		return;
	at = pen_str(put_table_row(at, NULL, lang), STR("\n|---|---|---|---|---|---|"));
	for (int i = 0; i < p->n; i++)
		at = put_table_row(pen_char(at, '\n'), p->item[i], lang);
	pen_up(out, at);
}

/* A line of JSON for each item. */
static void add_json(struct buf *out, const struct props *p, enum lang lang)
{
	char *at = pen_down(out, (size_t)p->n * ITEM_ROOM + 1);

	if (!at)
		return;
	for (int i = 0; i < p->n; i++) {
		at = pen_str(at, i ? STR(",\n ") : STR("["));
		for (int j = 0; j < PROPS; j++) {
			at = pen_text(pen_str(at, j ? STR(", \"") : STR("{\"")), &properties[j].name[lang]);
			at = pen_str(pen_text(pen_str(at, STR("\": \"")), word(j, p->item[i][j], lang)), STR("\""));
		}
		*at++ = '}';
	}
	pen_up(out, pen_char(at, ']'));
}

static void capital(struct buf *out, size_t at)
{
	if (at < out->n && out->s[at] >= 'a' && out->s[at] <= 'z')
		out->s[at] = (char)(out->s[at] - ('a' - 'A'));
}

static void add_changes(struct buf *out, const struct props *p, enum lang lang, bool numbered)
{
	if (!p->events)
		buf_addz(out, lang == LANG_ZH ? "没有任何变化。" : "Nothing changes.");
	for (int i = 0; i < p->events; i++) {
		size_t at;

		if (numbered) {
			if (i)
				buf_addc(out, '\n');
			buf_addi(out, i + 1);
			buf_add(out, STR(". "));
		} else if (lang == LANG_ZH) {
			buf_addz(out, i ? "接着，" : "首先，");
		} else {
			buf_addz(out, i ? " Then " : "First ");
		}
		at = out->n;
		say_event(out, &p->event[i], lang);
		if (numbered)
			capital(out, at);
		buf_addz(out, lang == LANG_ZH ? "。" : ".");
	}
}

/* What is counted, and what the answer looks like. */
static void add_question(struct buf *out, const struct props *p, enum lang lang)
{
	if (p->counts == 1) {
		buf_addz(out, lang == LANG_ZH ? "最后，收藏中有多少件" : "In the end, how many items with ");
		say_cond(out, &p->count[0], lang);
		buf_addz(out, lang == LANG_ZH ? "的物品？答案只写这个整数。" : " are in the collection? The answer is that whole number.");
		return;
	}
	buf_addz(out, lang == LANG_ZH ? "最后，收藏中以下物品各有多少件？" : "In the end, how many items are in the collection with");
	for (int i = 0; i < p->counts; i++) {
		buf_addf(out, lang == LANG_ZH ? "%s(%d) " : "%s (%d) ", !i ? "" : lang == LANG_ZH ? "；" : ";", i + 1);
		say_cond(out, &p->count[i], lang);
		buf_addz(out, lang == LANG_ZH ? "的物品" : "");
	}
	if (lang == LANG_ZH)
		buf_addf(out, "。请按这个顺序写出 %d 个整数，用逗号隔开。", p->counts);
	else
		buf_addf(out, "? The answer is these %d whole numbers in this order, separated by commas.", p->counts);
}

static void put_items(struct holes *holes, const char *hole, const struct props *p, enum lang lang,
		      void (*add)(struct buf *out, const struct props *p, enum lang lang))
{
	struct buf *b = hole_open(holes, hole);

	if (b)
		add(b, p, lang);
}

static void put_changes(struct holes *holes, const char *hole, const struct props *p, enum lang lang, bool numbered)
{
	struct buf *b = hole_open(holes, hole);

	if (b)
		add_changes(b, p, lang, numbered);
}

static void put_sizes(struct holes *holes, enum lang lang)
{
	struct buf *b = hole_open(holes, "sizes");

	for (int i = 0; b && i < props_values[PROP_SIZE]; i++) {
		if (i)
			buf_addz(b, lang == LANG_ZH ? "、" : ", ");
		add_text(b, word(PROP_SIZE, i, lang));
	}
}

void props_fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct props p;

	if (!props_read(&p, desc))
		return;
	hole_puti(holes, "count", p.n);
	put_items(holes, "story", &p, lang, add_story);
	put_items(holes, "lines", &p, lang, add_lines);
	put_items(holes, "table", &p, lang, add_table);
	put_items(holes, "json", &p, lang, add_json);
	put_changes(holes, "changes", &p, lang, false);
	put_changes(holes, "numbered", &p, lang, true);
	put_items(holes, "question", &p, lang, add_question);
	put_sizes(holes, lang);
}

/* ---- the worked solution: the items numbered, and after each change those that it touched ---- */

enum { TELL_MAX = 220 }; /* lines with properties; a longer story tells numbers only */

static unsigned tested(const struct props_cond *c)
{
	unsigned props = 0;

	for (int i = 0; i < c->n; i++)
		props |= 1u << c->test[i].prop;
	return props;
}

/* The properties that the changes from `event` on and the counts ask about: no others are told then. */
static unsigned still_needed(const struct props *p, int event)
{
	unsigned props = 0;

	for (int i = event; i < p->events; i++) {
		const struct props_event *e = &p->event[i];

		props |= tested(&e->guard) | tested(&e->cond);
		if (e->verb == PROPS_NEW || e->verb == PROPS_SWAP)
			props |= 1u << e->from.prop | 1u << e->to.prop;
	}
	for (int i = 0; i < p->counts; i++)
		props |= tested(&p->count[i]);
	return props;
}

static void tell_item(struct buf *out, const struct props_now *now, int i, unsigned props, enum lang lang)
{
	static const int order[PROPS] = { PROP_SIZE, PROP_COLOUR, PROP_MATERIAL, PROP_KIND, PROP_AROMA, PROP_ORIGIN };
	const char *sep = "=";

	buf_addf(out, "#%d", now->number[i]);
	for (int j = 0; j < PROPS; j++)
		if (props >> order[j] & 1) {
			buf_addf(out, "%s%s", sep, word(order[j], now->item[i][order[j]], lang)->s);
			sep = lang == LANG_ZH ? "、" : ", ";
		}
}

static void tell_list(struct buf *out, const struct props_now *now, const bool *which, int n)
{
	const char *sep = "";

	for (int i = 0; i < n; i++)
		if (which[i]) {
			buf_addf(out, "%s#%d", sep, now->number[i]);
			sep = " ";
		}
}

/* "3) colour red: #2 #5", then the items as they are now; new ones behind what they are copies of. */
static void tell_event(struct buf *out, struct props_now *now, const struct props *p, int event, unsigned told, enum lang lang)
{
	const struct props_event *e = &p->event[event];
	bool touched[PROPS_ITEMS] = { false }, any = false;
	int n = now->n;

	buf_addf(out, "%d) ", event + 1);
	if (e->least) {
		int met = props_count(now, &e->guard);

		say_cond(out, &e->guard, lang);
		buf_addf(out, ": %d %s %d", met, met < e->least ? "<" : ">=", e->least);
		if (met < e->least) {
			buf_addc(out, '\n');
			return;
		}
		buf_addz(out, "; ");
	}
	for (int i = 0; i < n; i++)
		any |= touched[i] = props_touches(p, e, now->item[i]);
	if (e->verb != PROPS_SWAP && e->verb != PROPS_NEW) {
		say_cond(out, &e->cond, lang);
		buf_addz(out, ": ");
	}
	buf_addz(out, e->verb == PROPS_LOSE && any ? "-(" : "");
	tell_list(out, now, touched, n);
	buf_addz(out, !any ? "-" : e->verb == PROPS_LOSE ? ")" : "");
	props_step(now, p, e);
	for (int i = 0; i < n && e->verb != PROPS_LOSE && e->verb != PROPS_ADD && e->verb != PROPS_NEW; i++)
		if (touched[i]) {
			buf_addz(out, "\n ");
			tell_item(out, now, i, told, lang);
		}
	for (int i = n; i < now->n; i++) {
		buf_addz(out, "\n +");
		tell_item(out, now, i, told, lang);
	}
	buf_addc(out, '\n');
}

static void tell_counts(struct buf *out, const struct props_now *now, const struct props *p, enum lang lang)
{
	for (int i = 0; i < p->counts; i++) {
		bool met[PROPS_ITEMS];
		int n = 0;

		for (int j = 0; j < now->n; j++)
			n += met[j] = props_meets(now->item[j], &p->count[i]);
		buf_addz(out, i ? "\n" : "");
		say_cond(out, &p->count[i], lang);
		buf_addz(out, ": ");
		tell_list(out, now, met, now->n);
		buf_addf(out, n ? " = %d" : "%d", n);
	}
}

/* Lines that the worked solution would have. */
static int lines_of(const struct props *p)
{
	struct props_now now;
	int lines = p->n;

	props_begin(&now, p);
	for (int i = 0; i < p->events; i++) {
		for (int j = 0; j < now.n && props_awake(&now, &p->event[i]); j++)
			lines += p->event[i].verb != PROPS_LOSE && props_touches(p, &p->event[i], now.item[j]);
		if (!props_step(&now, p, &p->event[i]))
			return -1;
	}
	return lines;
}

void props_tell(struct buf *out, const struct props *p, enum lang lang)
{
	struct props_now now;
	int lines = lines_of(p);
	bool whole = lines <= TELL_MAX;

	if (lines < 0)
		return;
	props_begin(&now, p);
	for (int i = 0; i < p->n && whole; i++) {
		tell_item(out, &now, i, still_needed(p, 0), lang);
		buf_addc(out, '\n');
	}
	for (int i = 0; i < p->events; i++)
		tell_event(out, &now, p, i, whole ? still_needed(p, i + 1) : 0, lang);
	tell_counts(out, &now, p, lang);
}
