/* object_counting_told.c - an inventory story in words, English and Chinese. */
#include "generators/object_counting_story.h"

#include <pthread.h>

const struct object_thing object_things[THINGS] = {
#define X(kind, id, many, zh, measure) { id, KIND_##kind, many, zh, measure },
	OBJECT_THINGS(X)
#undef X
};

const struct str object_ids[THINGS] = {
#define X(kind, id, many, zh, measure) { id, sizeof(id) - 1 },
	OBJECT_THINGS(X)
#undef X
};

const struct object_kind_name object_kinds[KINDS] = {
#define X(id, many, zh) { #id, { many, zh } },
	OBJECT_KINDS(X)
#undef X
};

const char object_letters[OWNERS + 1] = "IABCDEFG";
const char *const object_names[LANGS][OWNERS] = {
	{ "I", "Ann", "Ben", "Cara", "Dan", "Eva", "Finn", "Gina" },
	{ "我", "小红", "小明", "小丽", "小刚", "小芳", "小军", "小梅" },
};

/* ---- things by their names in the desc ---- */

static const uint16_t keys[THINGS] = {
#define X(kind, id, many, zh, measure) OBJECT_KEY(id, sizeof(id) - 1),
	OBJECT_THINGS(X)
#undef X
};

/* 1 + the thing, by its key, in the next slot that is free. */
static unsigned char slots[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static unsigned slot_of(uint16_t key)
{
	return (unsigned)key * 40503u >> 7 & (sizeof(slots) - 1);
}

static void fill_slots(void)
{
	for (int i = 0; i < THINGS; i++) {
		unsigned at = slot_of(keys[i]);

		while (slots[at])
			at = (at + 1) % sizeof(slots);
		slots[at] = (unsigned char)(i + 1);
	}
}

int object_thing_of(struct str id)
{
	unsigned at = slot_of(id.n > 2 ? OBJECT_KEY(id.s, id.n) : 0);

	pthread_once(&once, fill_slots);
	while (slots[at] && !str_eq(object_ids[slots[at] - 1], id))
		at = (at + 1) % sizeof(slots);
	return slots[at] - 1;
}

/* ---- in words ---- */

/* "3 pears", "3个梨" */
void object_say_things(struct buf *out, int64_t n, int thing, enum lang lang)
{
	buf_addi(out, n);
	if (lang == LANG_ZH) {
		buf_addz(out, object_things[thing].measure);
		buf_addz(out, object_things[thing].zh);
		return;
	}
	buf_addc(out, ' ');
	if (n != 1) {
		buf_addz(out, object_things[thing].many);
		return;
	}
	for (const char *c = object_things[thing].id; *c; c++)
		buf_addc(out, *c == '-' ? ' ' : *c);
}

const char *object_thing_name(int thing, enum lang lang)
{
	return lang == LANG_ZH ? object_things[thing].zh : object_things[thing].many;
}

/* "2 apples, 3 pears and 1 dog" */
static void say_list(struct buf *out, const struct fact *f, enum lang lang, bool prose)
{
	for (int i = 0; i < f->parts; i++) {
		bool last = i == f->parts - 1;

		if (i && lang == LANG_ZH)
			buf_addz(out, prose && last ? "和" : "、");
		else if (i)
			buf_add(out, prose && last ? STR(" and ") : STR(", "));
		object_say_things(out, f->part[i].n, f->part[i].thing, lang);
	}
}

static void say_english(struct buf *out, const struct fact *f)
{
	const char *who = object_names[LANG_EN][f->who], *many = object_things[f->part[0].thing].many;
	bool me = f->who == 0, to_me = f->to == 0;

	if (f->op == '*') {
		buf_addf(out, "The number of %s%s %s doubles.", me ? "my" : who, me ? "" : "'s", many);
		return;
	}
	buf_addz(out, who);
	switch (f->op) {
	case ':': buf_addz(out, me ? " have " : " has "); break;
	case '+': buf_addz(out, me ? " buy " : " buys "); break;
	case '-': buf_addz(out, me ? " sell " : " sells "); break;
	case '>':
		buf_addz(out, me ? " give " : " gives ");
		buf_addz(out, to_me ? "me" : object_names[LANG_EN][f->to]);
		buf_addc(out, ' ');
		break;
	default:
		buf_addf(out, " %s as many %s as %s %s at that moment.", me ? "buy" : "buys", many, object_names[LANG_EN][f->to],
			 to_me ? "have" : "has");
		return;
	}
	say_list(out, f, LANG_EN, true);
	buf_addc(out, '.');
}

static void say_chinese(struct buf *out, const struct fact *f)
{
	const char *to = object_names[LANG_ZH][f->to], *zh = object_things[f->part[0].thing].zh;

	buf_addz(out, object_names[LANG_ZH][f->who]);
	switch (f->op) {
	case ':': buf_addz(out, "有"); break;
	case '+': buf_addz(out, "买了"); break;
	case '-': buf_addz(out, "卖掉了"); break;
	case '>':
		buf_addz(out, "给了");
		buf_addz(out, to);
		break;
	case '*': buf_addf(out, "的%s数量翻了一倍。", zh); return;
	default: buf_addf(out, "又买了一些%s，数量和%s此刻拥有的%s一样多。", zh, to, zh); return;
	}
	say_list(out, f, LANG_ZH, true);
	buf_addz(out, "。");
}

static void say_fact(struct buf *out, const struct fact *f, enum lang lang)
{
	(lang == LANG_ZH ? say_chinese : say_english)(out, f);
}

/* Sentence after sentence. */
void object_say_story(struct buf *out, const struct story *s, enum lang lang)
{
	for (int i = 0; i < s->facts; i++) {
		if (i && lang == LANG_EN)
			buf_addc(out, ' ');
		say_fact(out, &s->fact[i], lang);
	}
}

/* A line for each person, then the events numbered. */
void object_say_notes(struct buf *out, const struct story *s, enum lang lang)
{
	int event = 0;

	for (int i = 0; i < s->facts; i++) {
		const struct fact *f = &s->fact[i];

		if (i)
			buf_addc(out, '\n');
		if (f->op == ':') {
			buf_add(out, STR("- "));
			buf_addz(out, object_names[lang][f->who]);
			buf_addz(out, lang == LANG_ZH ? "：" : ": ");
			say_list(out, f, lang, false);
		} else {
			buf_addi(out, ++event);
			buf_add(out, STR(". "));
			say_fact(out, f, lang);
		}
	}
}

/* "fruits and animals" */
static void say_kinds(struct buf *out, unsigned set, enum lang lang)
{
	bool any = false;

	for (int k = 0; k < KINDS; k++) {
		if (!(set >> k & 1))
			continue;
		if (any)
			buf_addz(out, set >> (k + 1) ? lang == LANG_ZH ? "、" : ", " : lang == LANG_ZH ? "和" : " and ");
		buf_addz(out, object_kinds[k].name[lang]);
		any = true;
	}
}

/* "Ann's fruits", "my fruits", "everybody's fruits" */
static void say_term(struct buf *out, const struct term *t, enum lang lang)
{
	if (lang == LANG_ZH)
		buf_addf(out, "%s的", t->who == OWNERS ? "所有人" : object_names[lang][t->who]);
	else if (t->who == OWNERS || t->who > 0)
		buf_addf(out, "%s's ", t->who == OWNERS ? "everybody" : object_names[lang][t->who]);
	else
		buf_addz(out, "my ");
	say_kinds(out, t->kinds, lang);
}

static bool has_events(const struct story *s)
{
	return s->fact[s->facts - 1].op != ':';
}

static void ask_english(struct buf *out, const struct story *s)
{
	const struct term *t = s->term;
	const char *end = has_events(s) ? " in the end" : "";

	if (s->terms == 2) {
		buf_addz(out, "What is the difference between the number of ");
		say_term(out, &t[0], LANG_EN);
		buf_addz(out, " and the number of ");
		say_term(out, &t[1], LANG_EN);
		buf_addf(out, "%s, the larger minus the smaller?", end);
		return;
	}
	buf_addz(out, "How many ");
	say_kinds(out, t->kinds, LANG_EN);
	if (t->who == OWNERS)
		buf_addf(out, " are there in total, everybody's counted together%s?", end);
	else
		buf_addf(out, " %s %s have in total%s?", t->who ? "does" : "do", object_names[LANG_EN][t->who], end);
}

/* "小红的水果总数", "小红的水果和动物的总数" */
static void say_chinese_total(struct buf *out, const struct term *t)
{
	bool several = t->kinds & (t->kinds - 1);

	say_term(out, t, LANG_ZH);
	buf_addz(out, several ? "的总数" : "总数");
}

static void ask_chinese(struct buf *out, const struct story *s)
{
	buf_addz(out, has_events(s) ? "最后，" : "");
	say_chinese_total(out, &s->term[0]);
	if (s->terms == 2) {
		buf_addz(out, "与");
		say_chinese_total(out, &s->term[1]);
		buf_addz(out, "相差多少（大数减小数）？");
		return;
	}
	buf_addz(out, "是多少？");
}

void object_say_question(struct buf *out, const struct story *s, enum lang lang)
{
	(lang == LANG_ZH ? ask_chinese : ask_english)(out, s);
}
