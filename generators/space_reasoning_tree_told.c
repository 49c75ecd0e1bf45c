/* space_reasoning_tree_told.c - a tree of relatives in sentences and in signs; and its worked solution. */
#include "generators/space_reasoning_tree.h"

static void add_name(struct buf *out, const struct tree *t, int v, enum lang lang)
{
	buf_add(out, t->name[v][lang]);
}

/* ---- sentences, into room that add_facts() has made ---- */

enum { FACT_ROOM = 80, ITEM_ROOM = 8 }; /* bytes of a fact without its names, and of what stands beside one in a list */

static char *put(char *at, struct str s)
{
	memcpy(at, s.s, s.n);
	return at + s.n;
}

static char *put_name(char *at, const struct tree *t, int v, enum lang lang)
{
	return put(at, t->name[v][lang]);
}

/* As a sentence begins. */
static char *put_capital(char *at, const struct tree *t, int v)
{
	char *end = put_name(at, t, v, LANG_EN);

	if (*at >= 'a' && *at <= 'z')
		*at = (char)(*at - ('a' - 'A'));
	return end;
}

/* Below 1000. */
static char *put_number(char *at, int v)
{
	if (v >= 100)
		*at++ = (char)('0' + v / 100);
	if (v >= 10)
		*at++ = (char)('0' + v / 10 % 10);
	*at++ = (char)('0' + v % 10);
	return at;
}

/* "a, b and c" */
static char *put_list(char *at, const struct tree *t, const struct tree_fact *f)
{
	for (int i = 0; i < f->n; i++) {
		if (i)
			at = put(at, i + 1 < f->n ? STR(", ") : STR(" and "));
		at = put_name(at, t, t->pool[f->from + i], LANG_EN);
	}
	return at;
}

/* The same, where a sentence begins with it. */
static char *put_capital_list(char *at, const struct tree *t, const struct tree_fact *f)
{
	char *end = put_list(at, t, f);

	put_capital(at, t, t->pool[f->from]);
	return end;
}

/* "a、b和c" */
static char *put_chinese_list(char *at, const struct tree *t, const struct tree_fact *f)
{
	for (int i = 0; i < f->n; i++) {
		if (i)
			at = put(at, i + 1 < f->n ? STR("、") : STR("和"));
		at = put_name(at, t, t->pool[f->from + i], LANG_ZH);
	}
	return at;
}

static char *say_english(char *at, const struct tree *t, const struct tree_fact *f)
{
	if (f->head >= 0 && f->sign != 'A')
		at = put_capital(at, t, f->head);
	switch (f->sign) {
	case 'C':
	case 'D':
		at = put_number(put(at, STR(" has ")), f->n);
		at = put(at, f->sign == 'C' ? STR(" child") : STR(" grandchild"));
		at = put_list(put(at, f->n == 1 ? STR(": ") : STR("ren: ")), t, f);
		break;
	case 'N': return put(at, STR(" has no children."));
	case 'M': return put(at, STR(" has no grandchildren."));
	case 'P': at = put_list(put(at, STR(" is a child of ")), t, f); break;
	case 'G': at = put_list(put(at, STR(" is a grandchild of ")), t, f); break;
	case 'A':
		at = put(put_capital_list(at, t, f), STR(" is an aunt or uncle of "));
		at = put_name(at, t, f->head, LANG_EN);
		break;
	case 'S': return put(put_capital_list(at, t, f), STR(" are siblings."));
	case 'K': return put(put_capital_list(at, t, f), STR(" are cousins."));
	}
	*at++ = '.';
	return at;
}

static char *say_chinese(char *at, const struct tree *t, const struct tree_fact *f)
{
	if (f->head >= 0 && f->sign != 'A')
		at = put_name(at, t, f->head, LANG_ZH);
	switch (f->sign) {
	case 'C':
	case 'D':
		at = put_number(put(at, STR("有 ")), f->n);
		at = put(at, f->sign == 'C' ? STR(" 个孩子：") : STR(" 个孙辈："));
		return put(put_chinese_list(at, t, f), STR("。"));
	case 'N': return put(at, STR("没有孩子。"));
	case 'M': return put(at, STR("没有孙辈。"));
	case 'P': return put(put_chinese_list(put(at, STR("是")), t, f), STR("的孩子。"));
	case 'G': return put(put_chinese_list(put(at, STR("是")), t, f), STR("的孙辈。"));
	case 'A':
		at = put(put_chinese_list(at, t, f), STR("是"));
		return put(put_name(at, t, f->head, LANG_ZH), STR("的叔辈。"));
	case 'S': return put(put_chinese_list(at, t, f), STR("是兄弟姐妹。"));
	default: return put(put_chinese_list(at, t, f), STR("是堂亲。"));
	}
}

/* "children(lamp) = {key, drum}", "lamp in grandchildren(key)", "siblings(lamp, key)" */
static char *say_signs(char *at, const struct tree *t, const struct tree_fact *f, enum lang lang)
{
	enum { CHILDREN, GRANDCHILDREN, AUNTS, SIBLINGS, COUSINS };
	static const char *const said[LANGS][5] = {
		{ "children(", "grandchildren(", "aunts_or_uncles(", "siblings(", "cousins(" },
		{ "孩子(", "孙辈(", "叔辈(", "兄弟姐妹(", "堂亲(" },
	};
	const char *const *w = said[lang];
	struct str in = lang == LANG_ZH ? STR(" 属于 ") : STR(" in ");
	int member, of = f->head;
	char end = ')';

	switch (f->sign) {
	case 'P':
	case 'G':
	case 'A':
		member = f->sign == 'A' ? t->pool[f->from] : f->head;
		of = f->sign == 'A' ? f->head : t->pool[f->from];
		at = put(put_name(at, t, member, lang), in);
		at = put_name(put(at, str_of(w[f->sign == 'P' ? CHILDREN : f->sign == 'G' ? GRANDCHILDREN : AUNTS])), t, of, lang);
		*at++ = ')';
		return at;
	case 'S': at = put(at, str_of(w[SIBLINGS])); break;
	case 'K': at = put(at, str_of(w[COUSINS])); break;
	default:
		at = put_name(put(at, str_of(w[f->sign == 'C' || f->sign == 'N' ? CHILDREN : GRANDCHILDREN])), t, of, lang);
		at = put(at, STR(") = {"));
		end = '}';
	}
	for (int i = 0; i < f->n; i++)
		at = put_name(i ? put(at, STR(", ")) : at, t, t->pool[f->from + i], lang);
	*at++ = end;
	return at;
}

static void add_facts(struct buf *out, const struct tree *t, enum lang lang, struct str between, bool signs)
{
	size_t longest = 0, facts = (size_t)t->facts;
	char *at;

	for (int v = 0; v < t->n; v++)
		longest = t->name[v][lang].n > longest ? t->name[v][lang].n : longest;
	if (!buf_reserve(out, facts * (FACT_ROOM + longest) + (size_t)t->used * (ITEM_ROOM + longest)))
		return;
	at = out->s + out->n;
	for (int i = 0; i < t->facts; i++) {
		if (i)
			at = put(at, between);
		if (signs)
			at = say_signs(at, t, &t->fact[i], lang);
		else if (lang == LANG_ZH)
			at = say_chinese(at, t, &t->fact[i]);
		else
			at = say_english(at, t, &t->fact[i]);
	}
	out->n = (size_t)(at - out->s);
	*at = 0;
}

/* ---- holes ---- */

static const char *const asked[TREE_RELATIONS][LANGS] = {
	{ "cousins", "堂亲" },         { "siblings", "兄弟姐妹" },
	{ "grandchildren", "孙辈" },   { "descendants", "后代" },
	{ "aunts and uncles", "叔辈" }, { "second cousins", "远堂亲" },
};

/* What is asked for and was not said before. */
static const char *const meaning[TREE_RELATIONS][LANGS] = {
	[TREE_DESCENDANTS] = { "The descendants of an item are its children, their children, and so on to the last generation.",
			       "一个节点的后代是它的孩子、孩子的孩子，依此类推直到最后一代。" },
	[TREE_SECOND] = { "Two items are second cousins if the parents of their grandparents are the same but their grandparents are not.",
			  "如果两个节点的祖父母的父节点相同，但祖父母不同，它们就是远堂亲。" },
};

/* What is asked, in several wordings: % is whom it is about, $ the relatives. */
static const struct {
	const char *hole, *said[LANGS];
} questions[] = {
	{ "name_all", { "Name all $ of %.", "请写出%的所有$。" } },
	{ "who_are", { "Who are the $ of %? Name all of them.", "%的$有哪些？请全部写出。" } },
	{ "find_all", { "Find every one of the $ of %.", "请找出%的全部$。" } },
	{ "determine", { "Determine the $ of %, all of them.", "请确定%的全部$。" } },
	{ "which", { "Which nodes are $ of %? List all.", "哪些节点是%的$？请全部列出。" } },
};

static void put_question(struct holes *holes, const struct tree *t, const char *hole, const char *said, enum lang lang)
{
	struct buf *b = hole_open(holes, hole);

	for (; b && *said; said++) {
		if (*said == '%')
			add_name(b, t, t->about, lang);
		else if (*said == '$')
			buf_addz(b, asked[t->asked][lang]);
		else
			buf_addc(b, *said);
	}
}

static void put_facts(struct holes *holes, const struct tree *t, const char *hole, struct str between, bool signs, enum lang lang)
{
	struct buf *b = hole_open(holes, hole);

	if (b)
		add_facts(b, t, lang, between, signs);
}

static void put_meaning(struct holes *holes, const struct tree *t, enum lang lang)
{
	struct buf *b = hole_open(holes, "meaning");
	const char *more = meaning[t->asked][lang];

	if (!b || !more)
		return;
	buf_addz(b, lang == LANG_EN ? " " : "");
	buf_addz(b, more);
}

void tree_fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct tree t;

	if (!tree_skim(&t, desc))
		return;
	hole_puti(holes, "count", t.n);
	put_facts(holes, &t, "story", lang == LANG_ZH ? STR("") : STR(" "), false, lang);
	put_facts(holes, &t, "lines", STR("\n"), false, lang);
	put_facts(holes, &t, "signs", STR("\n"), true, lang);
	for (size_t i = 0; i < COUNT(questions); i++)
		put_question(holes, &t, questions[i].hole, questions[i].said[lang], lang);
	put_meaning(holes, &t, lang);
}

/* ---- the worked solution: parents that follow from others, then the part of the tree that matters ---- */

/* "key<lamp": lamp is the parent of key */
static void add_below(struct buf *out, const struct tree *t, const struct tree_known *k, int v, enum lang lang)
{
	add_name(out, t, v, lang);
	buf_addc(out, '<');
	add_name(out, t, k->parent[v], lang);
}

static void add_pair(struct buf *out, const struct tree *t, int a, const char *sign, int b, enum lang lang)
{
	add_name(out, t, a, lang);
	buf_addz(out, sign);
	add_name(out, t, b, lang);
	buf_addz(out, ", ");
}

/* The fact, the parents it was used with, what follows. */
static void tell_step(struct buf *out, const struct tree *t, const struct tree_known *k, int v, enum lang lang)
{
	const struct tree_fact *f = &t->fact[k->fact[v]];
	int first = t->pool[f->from];

	switch (f->sign) {
	case 'D': add_pair(out, t, k->by[v][0], "<<", f->head, lang); break;
	case 'G': add_pair(out, t, f->head, "<<", first, lang); break;
	case 'S': add_pair(out, t, v, "~", k->by[v][0], lang); break;
	case 'A': add_pair(out, t, first, "^", f->head, lang); break;
	case 'K': add_pair(out, t, first, "≈", t->pool[f->from + 1], lang); break;
	}
	for (int i = 0; i < 3 && k->by[v][i] >= 0; i++) {
		add_below(out, t, k, k->by[v][i], lang);
		buf_addc(out, ' ');
	}
	buf_addz(out, "→ ");
	add_below(out, t, k, v, lang);
	buf_addc(out, '\n');
}

/* "lamp: key, drum", downwards from v, so many generations. */
static void tell_below(struct buf *out, const struct tree *t, const struct tree_known *k, int v, int deep, enum lang lang)
{
	bool any = false;

	for (int w = 0; w < t->n; w++)
		if (k->parent[w] == v) {
			if (!any)
				add_name(out, t, v, lang);
			buf_addz(out, any ? ", " : " > ");
			add_name(out, t, w, lang);
			any = true;
		}
	if (!any)
		return;
	buf_addc(out, '\n');
	for (int w = 0; w < t->n && deep > 1; w++)
		if (k->parent[w] == v)
			tell_below(out, t, k, w, deep - 1, lang);
}

void tree_tell(struct buf *out, const struct tree *t, enum lang lang)
{
	static const char *const legend[LANGS] = {
		"a<b: b is the parent of a; a<<b: the grandparent; a~b: siblings; a≈b: cousins; a^b: a is an aunt or uncle of b\n",
		"a<b：b 是 a 的父节点；a<<b：祖父母；a~b：兄弟姐妹；a≈b：堂亲；a^b：a 是 b 的叔辈\n",
	};
	static const int ups[TREE_RELATIONS] = { 2, 1, 0, 0, 2, 3 }, downs[TREE_RELATIONS] = { 2, 1, 2, TREE_NODES, 1, 3 };
	struct tree_known k;
	int last = 0;

	if (!tree_solve(&k, t))
		return;
	buf_addz(out, legend[lang]);
	for (int v = 0; v < t->n; v++)
		last = k.needed[v] && k.round[v] > last ? k.round[v] : last;
	for (int round = 2; round <= last; round++)
		for (int v = 0; v < t->n; v++)
			if (k.needed[v] && k.round[v] == round)
				tell_step(out, t, &k, v, lang);
	for (int i = 0, v = t->about; i < ups[t->asked]; i++, v = k.parent[v]) {
		add_below(out, t, &k, v, lang);
		buf_addc(out, '\n');
	}
	tell_below(out, t, &k, tree_up(&k, t->about, ups[t->asked]), downs[t->asked], lang);
	if (out->n && out->s[out->n - 1] == '\n')
		buf_cut(out, out->n - 1);
}
