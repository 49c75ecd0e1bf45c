/* zebra_words.c - values, people and clues as text, in every language and notation. */
#include "generators/zebra_solve.h"

/* "the person who drinks tea": what stands before and after a value. */
static const struct {
	const char *before[LANGS], *after[LANGS];
} person[ZEBRA_THEMES] = {
	{ { "", "" }, { "", "" } },
	{ { "the person in the ", "住" }, { " house", "房子的人" } },
	{ { "the person who drinks ", "喝" }, { "", "的人" } },
	{ { "the person with the ", "养" }, { "", "的人" } },
	{ { "the ", "当" }, { "", "的人" } },
	{ { "the person who plays ", "练" }, { "", "的人" } },
	{ { "the person who eats the ", "吃" }, { "", "的人" } },
	{ { "the person with the ", "演奏" }, { "", "的人" } },
	{ { "the person who grows the ", "种" }, { "", "的人" } },
	{ { "the person who listens to ", "听" }, { "", "的人" } },
	{ { "the person who studies ", "学" }, { "", "的人" } },
	{ { "the person from ", "来自" }, { "", "的人" } },
	{ { "the person with the ", "拥有" }, { "", "的人" } },
	{ { "the person whose hobby is ", "爱好" }, { "", "的人" } },
};

/* Pieces of a clue: X Y Z are items, H the house. */
struct saying {
	const char *in[LANGS];
};

static const struct saying sentences[ZEBRA_KINDS] = {
	[ZEBRA_AT] = { { "X lives in house H.", "X住在H号房。" } },
	[ZEBRA_NOT_AT] = { { "X does not live in house H.", "X不住在H号房。" } },
	[ZEBRA_SAME] = { { "X is Y.", "X就是Y。" } },
	[ZEBRA_APART] = { { "X is not Y.", "X不是Y。" } },
	[ZEBRA_LEFT1] = { { "X lives directly to the left of Y.", "X住在Y的左隔壁。" } },
	[ZEBRA_RIGHT1] = { { "X lives directly to the right of Y.", "X住在Y的右隔壁。" } },
	[ZEBRA_NEXT] = { { "X lives next to Y.", "X与Y相邻。" } },
	[ZEBRA_LEFT] = { { "X lives somewhere to the left of Y.", "X住在Y左边的某处。" } },
	[ZEBRA_RIGHT] = { { "X lives somewhere to the right of Y.", "X住在Y右边的某处。" } },
	[ZEBRA_GAP1] = { { "There is exactly one house between X and Y.", "X与Y之间恰好隔着一座房子。" } },
	[ZEBRA_GAP2] = { { "There are exactly two houses between X and Y.", "X与Y之间恰好隔着两座房子。" } },
	[ZEBRA_GAP3] = { { "There are exactly three houses between X and Y.", "X与Y之间恰好隔着三座房子。" } },
	[ZEBRA_END] = { { "X lives in the first or the last house.", "X住在第一座或最后一座房子里。" } },
	[ZEBRA_BETWEEN] = { { "X lives somewhere between Y and Z.", "X住在Y和Z之间的某处。" } },
	[ZEBRA_EITHER] = { { "X is either Y or Z, but not both.", "X是Y或者Z，但不同时是两者。" } },
};

/* The same about the number h(..) of an item's house, and as relations; here X is a bare value. */
static const char *const formulas[ZEBRA_KINDS] = {
	[ZEBRA_AT] = "h(X) = H",
	[ZEBRA_NOT_AT] = "h(X) ≠ H",
	[ZEBRA_SAME] = "h(X) = h(Y)",
	[ZEBRA_APART] = "h(X) ≠ h(Y)",
	[ZEBRA_LEFT1] = "h(X) + 1 = h(Y)",
	[ZEBRA_RIGHT1] = "h(X) - 1 = h(Y)",
	[ZEBRA_NEXT] = "|h(X) - h(Y)| = 1",
	[ZEBRA_LEFT] = "h(X) < h(Y)",
	[ZEBRA_RIGHT] = "h(X) > h(Y)",
	[ZEBRA_GAP1] = "|h(X) - h(Y)| = 2",
	[ZEBRA_GAP2] = "|h(X) - h(Y)| = 3",
	[ZEBRA_GAP3] = "|h(X) - h(Y)| = 4",
	[ZEBRA_END] = "h(X) ∈ {1,N}",
	[ZEBRA_BETWEEN] = "(h(X) - h(Y)) × (h(X) - h(Z)) < 0",
	[ZEBRA_EITHER] = "(h(X) = h(Y)) xor (h(X) = h(Z))",
};

static const char *const relations[ZEBRA_KINDS] = {
	[ZEBRA_AT] = "at(X, H)",
	[ZEBRA_NOT_AT] = "not at(X, H)",
	[ZEBRA_SAME] = "same(X, Y)",
	[ZEBRA_APART] = "not same(X, Y)",
	[ZEBRA_LEFT1] = "just_left(X, Y)",
	[ZEBRA_RIGHT1] = "just_right(X, Y)",
	[ZEBRA_NEXT] = "next(X, Y)",
	[ZEBRA_LEFT] = "left(X, Y)",
	[ZEBRA_RIGHT] = "right(X, Y)",
	[ZEBRA_GAP1] = "gap(X, Y, 1)",
	[ZEBRA_GAP2] = "gap(X, Y, 2)",
	[ZEBRA_GAP3] = "gap(X, Y, 3)",
	[ZEBRA_END] = "end(X)",
	[ZEBRA_BETWEEN] = "between(X, Y, Z)",
	[ZEBRA_EITHER] = "one_of(X, Y, Z)",
};

static const char *value_of(const struct zebra *z, int item, enum lang lang)
{
	int a = zebra_attribute(item);

	return zebra_themes[z->theme[a]].value[z->value[a][item % ZEBRA_SIDE]].said[lang];
}

static void say_item(struct buf *b, const struct zebra *z, int item, enum lang lang, bool bare)
{
	int theme = z->theme[zebra_attribute(item)];

	if (!bare)
		buf_addz(b, person[theme].before[lang]);
	buf_addz(b, value_of(z, item, lang));
	if (!bare)
		buf_addz(b, person[theme].after[lang]);
}

static void capital(struct buf *b, size_t at)
{
	if (!b->failed && at < b->n && b->s[at] >= 'a' && b->s[at] <= 'z')
		b->s[at] = (char)(b->s[at] - 'a' + 'A');
}

static void say_clue(struct buf *b, const struct zebra *z, const struct zebra_clue *c, const char *saying, enum lang lang, bool bare)
{
	size_t start = b->n;

	for (; *saying; saying++) {
		size_t n = strcspn(saying, lang == LANG_ZH ? "XYZHN," : "XYZHN");

		buf_add(b, (struct str){ saying, n });
		saying += n;
		switch (*saying) {
		case 'X': say_item(b, z, c->x, lang, bare); break;
		case 'Y': say_item(b, z, c->y, lang, bare); break;
		case 'Z': say_item(b, z, c->z, lang, bare); break;
		case 'H': buf_addi(b, c->y + 1); break;
		case 'N': buf_addi(b, z->houses); break;
		case ',': /* in Chinese, without the blank behind it */
			buf_addz(b, saying[1] == ' ' ? "，" : ",");
			saying += saying[1] == ' ';
			break;
		default: saying--; /* the end */
		}
	}
	if (!bare)
		capital(b, start);
}

static void put_clues(struct holes *holes, const char *hole, const struct zebra *z, enum lang lang, const char *const *sayings)
{
	struct buf *b = hole_open(holes, hole);

	for (int i = 0; b && i < z->clues; i++) {
		const struct zebra_clue *c = &z->clue[i];

		buf_addz(b, i ? "\n" : "");
		buf_addi(b, i + 1);
		buf_addz(b, ". ");
		say_clue(b, z, c, sayings ? sayings[c->kind] : sentences[c->kind].in[lang], lang, sayings != NULL);
	}
}

/* "- Drink: tea, milk" a line. */
static void put_values(struct holes *holes, const struct zebra *z, enum lang lang)
{
	struct buf *b = hole_open(holes, "values");

	for (int a = 0; b && a < z->attributes; a++) {
		size_t at;

		buf_addz(b, a ? "\n- " : "- ");
		at = b->n;
		buf_addz(b, zebra_themes[z->theme[a]].name.said[lang]);
		capital(b, at);
		buf_addz(b, lang == LANG_ZH ? "：" : ": ");
		for (int v = 0; v < z->houses; v++) {
			buf_addz(b, !v ? "" : lang == LANG_ZH ? "、" : ", ");
			buf_addz(b, value_of(z, a * ZEBRA_SIDE + v, lang));
		}
	}
}

/* {"drink": ["tea", "milk"]} */
static void put_json(struct holes *holes, const struct zebra *z, enum lang lang)
{
	struct buf *b = hole_open(holes, "json");

	for (int a = 0; b && a < z->attributes; a++) {
		buf_addz(b, a ? ", \"" : "{\"");
		buf_addz(b, zebra_themes[z->theme[a]].name.said[lang]);
		buf_addz(b, "\": [");
		for (int v = 0; v < z->houses; v++) {
			buf_addz(b, v ? ", \"" : "\"");
			buf_addz(b, value_of(z, a * ZEBRA_SIDE + v, lang));
			buf_addc(b, '"');
		}
		buf_addc(b, ']');
	}
	if (b)
		buf_addc(b, '}');
}

/* What is to be handed in, said with different words; the last hole is that of the kept wording. */
static const struct {
	const char *hole, *all[LANGS], *one[LANGS];
} asks[] = {
	{ "give",
	  { "Give the houses from 1 to N, and of each its values in this order: O. Put commas between the values of a house and a slash (/) between "
	    "houses.",
	    "请按1号房到N号房的顺序，写出每座房子对应的各项，顺序为：O。同一座房子的各项之间用逗号隔开，房子与房子之间用斜杠“/”隔开。" },
	  { "Give only the A of each house, from house 1 to house N, with commas between them.", "请按1号房到N号房的顺序，只写出每座房子对应的A，用逗号隔开。" } },
	{ "list",
	  { "List the houses from 1 to N in order. For each, name its values in this order: O. Commas part the values of one house, a slash (/) parts "
	    "one house from the next.",
	    "请从1号房写到N号房，依次列出每座房子的各项，顺序为：O。同一座房子的各项用逗号隔开，相邻两座房子用斜杠“/”隔开。" },
	  { "Only one attribute is asked for: list the A of house 1, of house 2 and so on to house N, parted by commas.",
	    "只问其中一项：请从1号房到N号房依次列出各房子的A，用逗号隔开。" } },
	{ "report",
	  { "Report the complete solution: house by house from 1 to N, values parted by commas in the order O, houses parted by slashes (/).",
	    "请给出完整的结果：从1号房到N号房逐座写出，各项按O的顺序用逗号隔开，房子之间用斜杠“/”隔开。" },
	  { "Report the A alone: its N values from house 1 to house N, parted by commas.", "请只报告A：从1号房到N号房写出它的N个值，用逗号隔开。" } },
};

static void say_ask(struct buf *b, const struct zebra *z, const char *text, enum lang lang)
{
	/* N the number of houses, O the attributes in order, A the one asked for; no other capital stands alone */
	for (; *text; text++) {
		bool alone = !(text[1] >= 'a' && text[1] <= 'z');

		if (*text == 'N' && alone)
			buf_addi(b, z->houses);
		else if (*text == 'A' && alone)
			buf_addz(b, zebra_themes[z->theme[z->ask]].name.said[lang]);
		else if (*text != 'O' || !alone)
			buf_addc(b, *text);
		for (int a = 0; *text == 'O' && alone && a < z->attributes; a++) {
			buf_addz(b, !a ? "" : lang == LANG_ZH ? "、" : ", ");
			buf_addz(b, zebra_themes[z->theme[a]].name.said[lang]);
		}
	}
}

static void put_asks(struct holes *holes, const struct zebra *z, enum lang lang)
{
	for (size_t i = 0; i < COUNT(asks); i++) {
		struct buf *b = hole_open(holes, asks[i].hole);

		if (b)
			say_ask(b, z, z->ask < 0 ? asks[i].all[lang] : asks[i].one[lang], lang);
	}
}

void zebra_fields(struct holes *holes, const struct zebra *z, enum lang lang)
{
	hole_puti(holes, "houses", z->houses);
	put_asks(holes, z, lang);
	put_values(holes, z, lang);
	put_json(holes, z, lang);
	put_clues(holes, "clues", z, lang, NULL);
	put_clues(holes, "formulas", z, lang, formulas);
	put_clues(holes, "relations", z, lang, relations);
}

void zebra_say(struct buf *out, const struct zebra *z, const uint8_t *house, enum lang lang)
{
	const char *comma = lang == LANG_ZH ? "，" : ", ";
	bool begun = false;

	for (int h = 0; h < z->houses; h++)
		for (int a = 0; a < z->attributes; a++)
			for (int v = 0; v < z->houses; v++) {
				if (house[a * ZEBRA_SIDE + v] != h || (z->ask >= 0 && z->ask != a))
					continue;
				if (begun)
					buf_addz(out, a == 0 && z->ask < 0 ? " / " : comma);
				buf_addz(out, value_of(z, a * ZEBRA_SIDE + v, lang));
				begun = true;
			}
}
