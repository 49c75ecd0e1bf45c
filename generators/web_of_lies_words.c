/* web_of_lies_words.c - facts and statements as sentences, in every language and notation. */
#include "generators/web_of_lies_solve.h"

static const char *name_of(const struct lies *l, int who, enum lang lang)
{
	return lies_names[lang][l->name[who]];
}

static void list_names(struct buf *b, const struct lies *l, const uint8_t *who, int n, enum lang lang, bool last_and)
{
	for (int i = 0; i < n; i++) {
		if (i && lang == LANG_EN)
			buf_addz(b, last_and && i == n - 1 ? " and " : ", ");
		else if (i)
			buf_addz(b, last_and && i == n - 1 ? "和" : "、");
		buf_addz(b, name_of(l, who[i], lang));
	}
}

static void english_part(struct buf *b, const struct lies *l, int who, bool holds)
{
	buf_addz(b, name_of(l, who, LANG_EN));
	buf_addz(b, holds ? " tells the truth" : " lies");
}

static void english_claim(struct buf *b, const struct lies *l, const struct lies_item *it)
{
	static const char *const much[] = { "exactly", "at least", "at most" };
	static const char *const number[] = { "none", "one", "two", "three", "four", "five" };
	bool alike = it->holds[0] == it->holds[1];

	switch ((enum lies_kind)it->kind) {
	case LIES_FACT:
	case LIES_ONE: english_part(b, l, it->who[0], it->holds[0]); return;
	case LIES_SAME:
	case LIES_DIFFER:
		list_names(b, l, it->who, 2, LANG_EN, true);
		buf_addz(b, it->kind == LIES_SAME ? " are of the same kind" : " are of different kinds");
		return;
	case LIES_AND:
	case LIES_OR:
		if (alike) {
			buf_addz(b, it->kind == LIES_AND ? "both " : "at least one of ");
			list_names(b, l, it->who, 2, LANG_EN, true);
			if (it->kind == LIES_AND)
				buf_addz(b, it->holds[0] ? " tell the truth" : " lie");
			else
				buf_addz(b, it->holds[0] ? " tells the truth" : " lies");
			return;
		}
		english_part(b, l, it->who[0], it->holds[0]);
		buf_addz(b, it->kind == LIES_AND ? " and " : " or ");
		english_part(b, l, it->who[1], it->holds[1]);
		buf_addz(b, it->kind == LIES_AND ? "" : ", or both");
		return;
	case LIES_IF:
		buf_addz(b, "if ");
		english_part(b, l, it->who[0], it->holds[0]);
		buf_addz(b, ", then ");
		english_part(b, l, it->who[1], it->holds[1]);
		return;
	case LIES_EXACTLY:
	case LIES_ATLEAST:
	case LIES_ATMOST:
		buf_addf(b, "%s %s of ", much[it->kind - LIES_EXACTLY], number[it->count]);
		list_names(b, l, it->who, it->scope, LANG_EN, true);
		buf_addz(b, it->count == 1 ? " tells the truth" : " tell the truth");
		return;
	}
}

static void chinese_part(struct buf *b, const struct lies *l, int who, bool holds)
{
	buf_addz(b, name_of(l, who, LANG_ZH));
	buf_addz(b, holds ? "说真话" : "说谎");
}

static void chinese_claim(struct buf *b, const struct lies *l, const struct lies_item *it)
{
	static const char *const much[] = { "恰好有", "至少有", "至多有" };
	static const char *const number[] = { "零", "一", "两", "三", "四", "五" };
	bool alike = it->holds[0] == it->holds[1];

	switch ((enum lies_kind)it->kind) {
	case LIES_FACT:
	case LIES_ONE: chinese_part(b, l, it->who[0], it->holds[0]); return;
	case LIES_SAME:
	case LIES_DIFFER:
		list_names(b, l, it->who, 2, LANG_ZH, true);
		buf_addz(b, it->kind == LIES_SAME ? "是同一类人" : "不是同一类人");
		return;
	case LIES_AND:
	case LIES_OR:
		if (alike) {
			list_names(b, l, it->who, 2, LANG_ZH, true);
			buf_addf(b, "%s%s", it->kind == LIES_AND ? "都" : "中至少有一人", it->holds[0] ? "说真话" : "说谎");
			return;
		}
		chinese_part(b, l, it->who[0], it->holds[0]);
		buf_addz(b, it->kind == LIES_AND ? "，而且" : "，或者");
		chinese_part(b, l, it->who[1], it->holds[1]);
		buf_addz(b, it->kind == LIES_AND ? "" : "，或者两者都成立");
		return;
	case LIES_IF:
		buf_addz(b, "如果");
		chinese_part(b, l, it->who[0], it->holds[0]);
		buf_addz(b, "，那么");
		chinese_part(b, l, it->who[1], it->holds[1]);
		return;
	case LIES_EXACTLY:
	case LIES_ATLEAST:
	case LIES_ATMOST:
		list_names(b, l, it->who, it->scope, LANG_ZH, true);
		buf_addf(b, "中%s%s人说真话", much[it->kind - LIES_EXACTLY], number[it->count]);
		return;
	}
}

/* How a statement is framed: before the speaker, after, after the claim; then what stands before a fact and after. */
struct frame {
	const char *hole, *between; /* between two items */
	struct {
		const char *says, *end, *known, *known_end;
	} in[LANGS];
};

static const struct frame frames[] = {
	{ "statements", " ", { { " says that ", ".", "", "." }, { "说：", "。", "已知", "。" } } },
	{ "lines", "\n", { { " says ", ".", "", "." }, { "说：", "。", "已知", "。" } } },
	{ "quotes", "\n", { { ": \"", "\"", "Known: ", "" }, { "：“", "”", "已知：", "" } } },
};

static void put_frame(struct buf *b, const struct lies *l, const struct frame *f, enum lang lang)
{
	bool ifs = false;

	for (int i = 0; i < l->items; i++) {
		const struct lies_item *it = &l->item[i];

		if (i && (lang == LANG_EN || f->between[0] == '\n'))
			buf_addz(b, f->between);
		if (it->kind != LIES_FACT)
			buf_addz(b, name_of(l, it->speaker, lang));
		buf_addz(b, it->kind == LIES_FACT ? f->in[lang].known : f->in[lang].says);
		if (lang == LANG_EN)
			english_claim(b, l, it);
		else
			chinese_claim(b, l, it);
		buf_addz(b, it->kind == LIES_FACT ? f->in[lang].known_end : f->in[lang].end);
		ifs |= it->kind == LIES_IF;
	}
	if (ifs)
		buf_addz(b, lang == LANG_EN ? "\n(\"If ..., then ...\" is false only when its first part is true and its second is not.)"
					    : "\n（“如果……那么……”只有在前半句成立而后半句不成立时才是假话。）");
}

void lies_fields(struct holes *holes, const struct lies *l, enum lang lang)
{
	uint8_t who[LIES_PEOPLE];
	struct buf *b = hole_open(holes, "names");

	for (int i = 0; i < l->people; i++)
		who[i] = (uint8_t)i;
	if (b)
		list_names(b, l, who, l->people, lang, false);
	hole_puti(holes, "count", l->people);
	for (size_t i = 0; i < COUNT(frames); i++) {
		b = hole_open(holes, frames[i].hole);
		if (b)
			put_frame(b, l, &frames[i], lang);
	}
}
