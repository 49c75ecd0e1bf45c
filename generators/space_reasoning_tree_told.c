/* space_reasoning_tree_told.c - a tree of relatives in sentences and in signs; and its worked solution. */
#include "generators/space_reasoning_tree.h"

/* ---- names ---- */

static void add_name(struct buf *out, const struct tree *t, int v, enum lang lang)
{
	buf_add(out, t->name[v][lang]);
}

/* As a sentence begins. */
static void add_capital(struct buf *out, const struct tree *t, int v, enum lang lang)
{
	struct str s = t->name[v][lang];
	char c = s.s[0];

	buf_addc(out, c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c);
	buf_add(out, str_from(s, 1));
}

/* "a, b and c", "a、b 和 c" */
static void add_list(struct buf *out, const struct tree *t, const struct tree_fact *f, enum lang lang, int from, bool capital)
{
	for (int i = from; i < f->n; i++) {
		int v = t->pool[f->from + i];

		if (i > from && lang == LANG_ZH)
			buf_addz(out, i + 1 < f->n ? "、" : "和");
		else if (i > from)
			buf_addz(out, i + 1 < f->n ? ", " : " and ");
		if (capital && i == from)
			add_capital(out, t, v, lang);
		else
			add_name(out, t, v, lang);
	}
}

/* ---- sentences ---- */

static void say_english(struct buf *out, const struct tree *t, const struct tree_fact *f)
{
	if (f->head >= 0 && f->sign != 'A')
		add_capital(out, t, f->head, LANG_EN);
	switch (f->sign) {
	case 'C':
		buf_addf(out, f->n == 1 ? " has %d child: " : " has %d children: ", f->n);
		break;
	case 'D':
		buf_addf(out, f->n == 1 ? " has %d grandchild: " : " has %d grandchildren: ", f->n);
		break;
	case 'N': buf_addz(out, " has no children."); return;
	case 'M': buf_addz(out, " has no grandchildren."); return;
	case 'P': buf_addz(out, " is a child of "); break;
	case 'G': buf_addz(out, " is a grandchild of "); break;
	case 'A':
		add_list(out, t, f, LANG_EN, 0, true);
		buf_addz(out, " is an aunt or uncle of ");
		add_name(out, t, f->head, LANG_EN);
		buf_addc(out, '.');
		return;
	case 'S':
	case 'K':
		add_list(out, t, f, LANG_EN, 0, true);
		buf_addz(out, f->sign == 'S' ? " are siblings." : " are cousins.");
		return;
	}
	add_list(out, t, f, LANG_EN, 0, false);
	buf_addc(out, '.');
}

static void say_chinese(struct buf *out, const struct tree *t, const struct tree_fact *f)
{
	const char *end = "。";

	if (f->head >= 0 && f->sign != 'A')
		add_name(out, t, f->head, LANG_ZH);
	switch (f->sign) {
	case 'C': buf_addf(out, "有 %d 个孩子：", f->n); break;
	case 'D': buf_addf(out, "有 %d 个孙辈：", f->n); break;
	case 'N': buf_addz(out, "没有孩子。"); return;
	case 'M': buf_addz(out, "没有孙辈。"); return;
	case 'P':
		buf_addz(out, "是");
		end = "的孩子。";
		break;
	case 'G':
		buf_addz(out, "是");
		end = "的孙辈。";
		break;
	case 'A':
		add_list(out, t, f, LANG_ZH, 0, false);
		buf_addz(out, "是");
		add_name(out, t, f->head, LANG_ZH);
		buf_addz(out, "的叔辈。");
		return;
	case 'S': end = "是兄弟姐妹。"; break;
	case 'K': end = "是堂亲。"; break;
	}
	add_list(out, t, f, LANG_ZH, 0, false);
	buf_addz(out, end);
}

/* "children(lamp) = {key, drum}", "lamp in grandchildren(key)", "siblings(lamp, key)" */
static void say_signs(struct buf *out, const struct tree *t, const struct tree_fact *f, enum lang lang)
{
	static const char *const said[LANGS][6] = {
		{ "children", "grandchildren", "aunts_or_uncles", "siblings", "cousins", " in " },
		{ "孩子", "孙辈", "叔辈", "兄弟姐妹", "堂亲", " 属于 " },
	};
	const char *const *w = said[lang];
	bool set = strchr("CDNM", f->sign) != NULL;

	if (f->sign == 'P' || f->sign == 'G') {
		add_name(out, t, f->head, lang);
		buf_addf(out, "%s%s(", w[5], w[f->sign == 'G']);
		add_name(out, t, t->pool[f->from], lang);
	} else if (f->sign == 'A') {
		add_name(out, t, t->pool[f->from], lang);
		buf_addf(out, "%s%s(", w[5], w[2]);
		add_name(out, t, f->head, lang);
	} else {
		buf_addf(out, "%s(", w[set ? f->sign == 'D' || f->sign == 'M' : f->sign == 'S' ? 3 : 4]);
		if (set) {
			add_name(out, t, f->head, lang);
			buf_addz(out, ") = {");
		}
		for (int i = 0; i < f->n; i++) {
			buf_addz(out, i ? ", " : "");
			add_name(out, t, t->pool[f->from + i], lang);
		}
	}
	buf_addc(out, set ? '}' : ')');
}

static void add_facts(struct buf *out, const struct tree *t, enum lang lang, const char *between, bool signs)
{
	for (int i = 0; i < t->facts; i++) {
		buf_addz(out, i ? between : "");
		if (signs)
			say_signs(out, t, &t->fact[i], lang);
		else if (lang == LANG_ZH)
			say_chinese(out, t, &t->fact[i]);
		else
			say_english(out, t, &t->fact[i]);
	}
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

static void add_question(struct buf *out, const struct tree *t, const char *said, enum lang lang)
{
	for (; *said; said++) {
		if (*said == '%')
			add_name(out, t, t->about, lang);
		else if (*said == '$')
			buf_addz(out, asked[t->asked][lang]);
		else
			buf_addc(out, *said);
	}
}

void tree_fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct buf b = BUF_INIT;
	struct tree t;
	const char *more;

	if (!tree_read(&t, desc))
		return;
	more = meaning[t.asked][lang];
	add_facts(&b, &t, lang, lang == LANG_ZH ? "" : " ", false);
	hole_put(holes, "story", buf_str(&b));
	buf_reset(&b);
	add_facts(&b, &t, lang, "\n", false);
	hole_put(holes, "lines", buf_str(&b));
	buf_reset(&b);
	add_facts(&b, &t, lang, "\n", true);
	hole_put(holes, "signs", buf_str(&b));
	buf_reset(&b);
	buf_addi(&b, t.n);
	hole_put(holes, "count", buf_str(&b));
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		buf_reset(&b);
		add_question(&b, &t, questions[i].said[lang], lang);
		hole_put(holes, questions[i].hole, buf_str(&b));
	}
	buf_reset(&b);
	buf_addf(&b, "%s%s", more && lang == LANG_EN ? " " : "", more ? more : "");
	hole_put(holes, "meaning", buf_str(&b));
	buf_release(&b);
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
