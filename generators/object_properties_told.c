/* object_properties_told.c - a collection and its changes in sentences, lines and a table; and the worked solution. */
#include "generators/object_properties.h"

/* ---- words ---- */

static const char *const kinds[][LANGS] = {
	{ "key", "钥匙" },   { "lamp", "台灯" },   { "spoon", "勺子" },  { "vase", "花瓶" },  { "clock", "时钟" },  { "box", "盒子" },
	{ "cup", "杯子" },   { "ball", "球" },     { "chair", "椅子" },  { "drum", "鼓" },    { "ring", "戒指" },   { "comb", "梳子" },
	{ "bell", "铃铛" },  { "kite", "风筝" },   { "mask", "面具" },   { "brush", "刷子" }, { "bowl", "碗" },     { "pen", "钢笔" },
	{ "hat", "帽子" },   { "shoe", "鞋" },     { "bag", "包" },      { "plate", "盘子" }, { "candle", "蜡烛" }, { "umbrella", "雨伞" },
};

static const char *const sizes[][LANGS] = {
	{ "tiny", "极小" }, { "very small", "很小" }, { "small", "小" },   { "medium", "中等" },
	{ "large", "大" },  { "very large", "很大" }, { "huge", "极大" },
};

static const char *const colours[][LANGS] = {
	{ "red", "红色" },    { "blue", "蓝色" },  { "green", "绿色" }, { "yellow", "黄色" }, { "black", "黑色" }, { "white", "白色" },
	{ "purple", "紫色" }, { "pink", "粉色" },  { "brown", "棕色" }, { "grey", "灰色" },   { "orange", "橙色" }, { "beige", "米色" },
	{ "turquoise", "青绿色" }, { "crimson", "深红色" }, { "indigo", "靛蓝色" }, { "maroon", "栗色" },
};

static const char *const materials[][LANGS] = {
	{ "glass", "玻璃" }, { "steel", "钢" },     { "wood", "木头" },   { "plastic", "塑料" }, { "leather", "皮革" }, { "paper", "纸" },
	{ "rubber", "橡胶" }, { "marble", "大理石" }, { "copper", "铜" }, { "bamboo", "竹子" },  { "clay", "陶土" },    { "wool", "羊毛" },
	{ "silk", "丝绸" },  { "granite", "花岗岩" }, { "cork", "软木" }, { "titanium", "钛" },
};

static const char *const aromas[][LANGS] = {
	{ "coffee", "咖啡" }, { "garlic", "大蒜" },   { "lemon", "柠檬" },  { "mint", "薄荷" },  { "vanilla", "香草" }, { "cinnamon", "肉桂" },
	{ "roses", "玫瑰" },  { "lavender", "薰衣草" }, { "smoke", "烟" },  { "honey", "蜂蜜" }, { "cheese", "奶酪" },  { "popcorn", "爆米花" },
	{ "pepper", "胡椒" }, { "coconut", "椰子" },  { "pine needles", "松针" }, { "soap", "肥皂" },
};

static const char *const origins[][LANGS] = {
	{ "Japan", "日本" }, { "Brazil", "巴西" }, { "Egypt", "埃及" },   { "Norway", "挪威" },   { "Canada", "加拿大" }, { "Mexico", "墨西哥" },
	{ "India", "印度" }, { "Kenya", "肯尼亚" }, { "Peru", "秘鲁" },   { "Spain", "西班牙" },  { "Greece", "希腊" },   { "Iceland", "冰岛" },
	{ "Vietnam", "越南" }, { "Poland", "波兰" }, { "Cuba", "古巴" },  { "Morocco", "摩洛哥" },
};

static const struct property {
	const char *name[LANGS];
	const char *const (*value)[LANGS];
} properties[PROPS] = {
	{ { "kind", "种类" }, kinds },        { { "size", "尺寸" }, sizes },   { { "colour", "颜色" }, colours },
	{ { "material", "材质" }, materials }, { { "smell", "气味" }, aromas }, { { "origin", "产地" }, origins },
};

static const char *word(int prop, int value, enum lang lang)
{
	return properties[prop].value[value][lang];
}

static char *put(char *at, const char *text)
{
	size_t n = strlen(text);

	memcpy(at, text, n);
	return at + n;
}

enum { ITEM_ROOM = 256 }; /* bytes of an item in words: six words of at most 16 bytes, and what stands between them */

/* "a large red key made of glass, smelling of coffee, from Japan"; the property `without` is not told. */
static char *put_english(char *at, const uint8_t *item, int without)
{
	static const int before[] = { PROP_SIZE, PROP_COLOUR, PROP_KIND };
	bool any = false;

	*at++ = 'a';
	for (int i = 0; i < 3; i++) {
		const char *w = word(before[i], item[before[i]], LANG_EN);

		if (before[i] == without && without == PROP_KIND)
			w = "thing";
		else if (before[i] == without)
			continue;
		/* "an orange key" where the size is left out, "an umbrella" where there were nothing before it */
		if (!any && (w[0] == 'a' || w[0] == 'e' || w[0] == 'i' || w[0] == 'o' || w[0] == 'u'))
			*at++ = 'n';
		*at++ = ' ';
		at = put(at, w);
		any = true;
	}
	if (without != PROP_MATERIAL)
		at = put(put(at, " made of "), word(PROP_MATERIAL, item[PROP_MATERIAL], LANG_EN));
	if (without != PROP_AROMA)
		at = put(put(at, ", smelling of "), word(PROP_AROMA, item[PROP_AROMA], LANG_EN));
	if (without != PROP_ORIGIN)
		at = put(put(at, ", from "), word(PROP_ORIGIN, item[PROP_ORIGIN], LANG_EN));
	return at;
}

static char *put_chinese(char *at, const uint8_t *item, int without)
{
	at = put(at, "一件");
	if (without != PROP_SIZE)
		at = put(put(at, word(PROP_SIZE, item[PROP_SIZE], LANG_ZH)), "的");
	if (without != PROP_COLOUR)
		at = put(at, word(PROP_COLOUR, item[PROP_COLOUR], LANG_ZH));
	at = put(at, without == PROP_KIND ? "物品" : word(PROP_KIND, item[PROP_KIND], LANG_ZH));
	if (without != PROP_MATERIAL)
		at = put(put(put(at, "，"), word(PROP_MATERIAL, item[PROP_MATERIAL], LANG_ZH)), "制");
	if (without != PROP_AROMA)
		at = put(put(put(at, "，"), word(PROP_AROMA, item[PROP_AROMA], LANG_ZH)), "味");
	if (without != PROP_ORIGIN)
		at = put(put(at, "，产自"), word(PROP_ORIGIN, item[PROP_ORIGIN], LANG_ZH));
	return at;
}

static void say_item(struct buf *out, const uint8_t *item, int without, enum lang lang)
{
	char *at;

	if (!buf_reserve(out, ITEM_ROOM))
		return;
	at = out->s + out->n;
	at = lang == LANG_ZH ? put_chinese(at, item, without) : put_english(at, item, without);
	out->n = (size_t)(at - out->s);
	*at = 0;
}

/* "colour red", "颜色为红色" */
static void say_test(struct buf *out, int prop, int value, enum lang lang)
{
	buf_addz(out, properties[prop].name[lang]);
	buf_addz(out, lang == LANG_ZH ? "为" : " ");
	buf_addz(out, word(prop, value, lang));
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
		buf_addz(out, properties[t->prop].name[lang]);
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
	buf_addf(out, lang == LANG_ZH ? "按上面的次序，它们的%s是：" : " Their %s, in the order above, is ", properties[prop].name[lang]);
	for (int i = 0, n; i < p->n; i += n) {
		const char *w = word(prop, p->item[i][prop], lang);

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
	for (int j = 0; j < PROPS; j++) {
		*at++ = ' ';
		at = put(put(at, item ? word(j, item[j], lang) : properties[j].name[lang]), " |");
	}
	return at;
}

static void add_table(struct buf *out, const struct props *p, enum lang lang)
{
	char *at;

	if (!buf_reserve(out, (size_t)(p->n + 2) * ITEM_ROOM))
		return;
	at = put(put_table_row(out->s + out->n, NULL, lang), "\n|---|---|---|---|---|---|");
	for (int i = 0; i < p->n; i++) {
		*at++ = '\n';
		at = put_table_row(at, p->item[i], lang);
	}
	out->n = (size_t)(at - out->s);
	*at = 0;
}

/* A line of JSON for each item. */
static void add_json(struct buf *out, const struct props *p, enum lang lang)
{
	char *at;

	if (!buf_reserve(out, (size_t)p->n * ITEM_ROOM + 1))
		return;
	at = out->s + out->n;
	for (int i = 0; i < p->n; i++) {
		at = put(at, i ? ",\n " : "[");
		for (int j = 0; j < PROPS; j++) {
			at = put(put(at, j ? ", \"" : "{\""), properties[j].name[lang]);
			at = put(put(put(at, "\": \""), word(j, p->item[i][j], lang)), "\"");
		}
		*at++ = '}';
	}
	*at++ = ']';
	out->n = (size_t)(at - out->s);
	*at = 0;
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
		buf_addz(b, word(PROP_SIZE, i, lang));
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
			buf_addf(out, "%s%s", sep, word(order[j], now->item[i][order[j]], lang));
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
