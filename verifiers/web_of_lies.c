/*
 * web_of_lies.c - who tells the truth and who lies: everybody is judged, and everything said must fit.
 *
 * An answer is T or L for each person in the order of the desc ("T, L, T"). Also read: "Ann: T, Bob: L" in any
 * order and "Truth-tellers: Ann, Cal" (then the others lie), with English or Chinese names and words.
 */
#include "verifiers/web_of_lies.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

const char *const lies_names[2][LIES_NAMES] = {
	{ "Ada", "Amy", "Ann", "Ben", "Bob", "Cal", "Dan", "Deb", "Eva", "Fay", "Gus", "Guy", "Hal", "Hugo", "Ian",
	  "Ida", "Ivy", "Jack", "Jan", "Jay", "Jim", "Joe", "June", "Kai", "Kim", "Kurt", "Lea", "Leo", "Liz", "Lou",
	  "Luke", "Mark", "Max", "Meg", "Mia", "Nat", "Ned", "Nick", "Otto", "Pam", "Pat", "Paul", "Ray", "Rex",
	  "Rita", "Rob", "Roy", "Ruth", "Sam", "Sue", "Ted", "Tim", "Tom", "Uma", "Val", "Vera", "Vic", "Wes", "Zac",
	  "Zoe" },
	{ "小明", "小红", "小刚", "小丽", "小华", "小芳", "小强", "小美", "小军", "小燕", "小龙", "小玲", "小东", "小雨", "小雪",
	  "小波", "小亮", "小云", "小青", "小梅", "小飞", "小兰", "小勇", "小静", "小杰", "小敏", "小涛", "小娟", "小峰", "小霞",
	  "小伟", "小琴", "小林", "小英", "小文", "小月", "小宇", "小慧", "小山", "小宁", "小凤", "小海", "小花", "小磊", "小莉",
	  "小武", "小佳", "小平", "小琳", "小光", "小倩", "小辉", "小春", "小川", "小秋", "小凯", "小夏", "小新", "小冬", "小晨" },
};

/* ---- the desc ---- */

/* The next byte, or a blank at the end: none is part of a number, a name or a claim. */
static char peek(const struct str *s)
{
	return s->n ? s->s[0] : ' ';
}

static void step(struct str *s)
{
	s->s++;
	s->n--;
}

static bool read_person(const struct lies *l, struct str *s, uint8_t *who)
{
	*who = (uint8_t)(peek(s) - 'A');
	if (*who >= l->people)
		return false;
	step(s);
	return true;
}

static bool read_sign(struct str *s, bool *holds)
{
	*holds = peek(s) == '+';
	if (!*holds && peek(s) != '-')
		return false;
	step(s);
	return true;
}

static bool read_count(struct lies_item *it, struct str *s)
{
	it->count = (uint8_t)(peek(s) - '0');
	if (it->count > 9)
		return false;
	step(s);
	return true;
}

/* Counts that say something: "at least 0" and "at most all" do not. */
static bool count_fits(const struct lies_item *it)
{
	switch (it->kind) {
	case LIES_EXACTLY: return it->count <= it->scope;
	case LIES_ATLEAST: return it->count >= 1 && it->count <= it->scope;
	case LIES_ATMOST: return it->count < it->scope;
	default: return true;
	}
}

static enum lies_kind kind_marked(char mark)
{
	switch (mark) {
	case '=': return LIES_SAME;
	case '!': return LIES_DIFFER;
	case '&': return LIES_AND;
	case '|': return LIES_OR;
	case '?': return LIES_IF;
	case '#': return LIES_EXACTLY;
	case '>': return LIES_ATLEAST;
	case '<': return LIES_ATMOST;
	default: return LIES_ONE;
	}
}

static bool read_claim(const struct lies *l, struct lies_item *it, struct str *s)
{
	bool signs, counts;
	int least, most;

	it->kind = kind_marked(peek(s));
	if (it->kind != LIES_ONE)
		step(s);
	signs = it->kind == LIES_ONE || (it->kind >= LIES_AND && it->kind <= LIES_IF);
	counts = it->kind >= LIES_EXACTLY;
	least = it->kind == LIES_ONE ? 1 : counts ? 3 : 2;
	most = counts ? LIES_SCOPE : least;
	if (counts && !read_count(it, s))
		return false;
	for (; peek(s) != ' '; it->scope++) {
		int i = it->scope;

		if (i == most || (signs && !read_sign(s, &it->holds[i])) || !read_person(l, s, &it->who[i]) ||
		    it->who[i] == it->speaker)
			return false;
		if (i && (it->kind == LIES_IF ? it->who[i] == it->who[i - 1] : it->who[i] <= it->who[i - 1]))
			return false;
	}
	return it->scope >= least && count_fits(it);
}

static bool read_item(struct lies *l, struct str *s)
{
	struct lies_item *it = &l->item[l->items++];
	uint8_t first;

	*it = (struct lies_item){ .speaker = -1 };
	if (!read_person(l, s, &first))
		return false;
	if (peek(s) == ':') {
		step(s);
		it->speaker = (int8_t)first;
		return read_claim(l, it, s);
	}
	it->kind = LIES_FACT;
	it->who[0] = first;
	it->scope = 1;
	return read_sign(s, &it->holds[0]) && peek(s) == ' ';
}

static bool read_names(struct lies *l, struct str *s)
{
	uint64_t seen = 0;

	for (l->people = 0; l->people < LIES_PEOPLE;) {
		int v = peek(s) - '0';

		if (!is_digit(peek(s)))
			return false;
		step(s);
		if (v && is_digit(peek(s))) {
			v = v * 10 + peek(s) - '0';
			step(s);
		}
		if (v >= LIES_NAMES || seen >> v & 1)
			return false;
		seen |= (uint64_t)1 << v;
		l->name[l->people++] = (uint8_t)v;
		if (peek(s) != ',')
			return l->people >= 2 && peek(s) == ' ';
		step(s);
	}
	return false;
}

bool lies_read(struct lies *l, struct str desc)
{
	if (!read_names(l, &desc) || !desc.n)
		return false;
	for (l->items = 0; desc.n;) {
		step(&desc); /* the blank before it */
		if (l->items == LIES_ITEMS || !read_item(l, &desc))
			return false;
	}
	return true;
}

/* ---- the answer ---- */

enum token_kind {
	TOK_END,
	TOK_BAD,      /* nothing that belongs in an answer */
	TOK_GAP,      /* punctuation */
	TOK_FILL,     /* a word that says nothing: "is", "the" */
	TOK_NAME,     /* one of the puzzle's people */
	TOK_STRANGER, /* a name, but of somebody else */
	TOK_KIND,
	TOK_NOBODY, /* "none" */
};

struct token {
	enum token_kind is;
	int who;       /* TOK_NAME */
	bool truth;    /* TOK_KIND */
	bool answers;  /* TOK_KIND: a yes or no, not a word for the kind */
	struct str run; /* TOK_KIND: letters written without gaps ("TLT"), or empty */
};

struct reader {
	const struct lies *l;
	struct str rest;
	const char *start; /* of the text */
	int bullets;
};

enum word_class { W_TRUTH, W_LIE, W_YES, W_NO, W_FILL, W_NOBODY };

struct word {
	const char *text;
	enum word_class class;
};

static const struct word english[] = {
	{ "t", W_TRUTH }, { "truth", W_TRUTH }, { "truths", W_TRUTH }, { "truthful", W_TRUTH }, { "honest", W_TRUTH },
	{ "truth-teller", W_TRUTH }, { "truth-tellers", W_TRUTH }, { "truthteller", W_TRUTH },
	{ "truthtellers", W_TRUTH }, { "truth-telling", W_TRUTH }, { "knight", W_TRUTH }, { "knights", W_TRUTH },
	{ "l", W_LIE }, { "lie", W_LIE }, { "lies", W_LIE }, { "liar", W_LIE }, { "liars", W_LIE },
	{ "lying", W_LIE }, { "knave", W_LIE }, { "knaves", W_LIE },
	{ "true", W_YES }, { "yes", W_YES }, { "y", W_YES },
	{ "false", W_NO }, { "f", W_NO }, { "no", W_NO }, { "n", W_NO },
	{ "none", W_NOBODY }, { "nobody", W_NOBODY },
	{ "is", W_FILL }, { "are", W_FILL }, { "a", W_FILL }, { "an", W_FILL }, { "the", W_FILL }, { "and", W_FILL },
	{ "tells", W_FILL }, { "tell", W_FILL }, { "telling", W_FILL }, { "always", W_FILL }, { "both", W_FILL },
	{ "all", W_FILL }, { "answer", W_FILL }, { "final", W_FILL }, { "in", W_FILL }, { "order", W_FILL }, { "person", W_FILL },
	{ "name", W_FILL }, { "letter", W_FILL }, { "type", W_FILL }, { "kind", W_FILL }, { "role", W_FILL }, { "identity", W_FILL },
};

/* The longer of two words that begin alike stands first. */
static const struct word chinese[] = {
	{ "说真话的人", W_TRUTH }, { "说真话者", W_TRUTH }, { "说真话", W_TRUTH }, { "讲真话", W_TRUTH },
	{ "说实话", W_TRUTH }, { "讲实话", W_TRUTH }, { "真话", W_TRUTH }, { "诚实", W_TRUTH }, { "骑士", W_TRUTH },
	{ "真", W_TRUTH },
	{ "说谎话", W_LIE }, { "说谎的人", W_LIE }, { "说谎者", W_LIE }, { "说谎", W_LIE }, { "撒谎者", W_LIE },
	{ "撒谎", W_LIE }, { "说假话", W_LIE }, { "讲假话", W_LIE }, { "假话", W_LIE }, { "谎话", W_LIE },
	{ "骗子", W_LIE }, { "无赖", W_LIE }, { "假", W_LIE }, { "谎", W_LIE },
	{ "不是", W_NO }, { "是", W_YES }, { "对", W_YES }, { "否", W_NO }, { "错", W_NO },
	{ "没有人", W_NOBODY }, { "没有", W_NOBODY }, { "无人", W_NOBODY }, { "无", W_NOBODY },
	{ "总是", W_FILL }, { "总", W_FILL }, { "都", W_FILL }, { "均", W_FILL }, { "为", W_FILL }, { "在", W_FILL },
	{ "的", W_FILL }, { "人", W_FILL }, { "者", W_FILL }, { "和", W_FILL }, { "与", W_FILL }, { "答案", W_FILL },
	{ "姓名", W_FILL }, { "身份", W_FILL }, { "类型", W_FILL }, { "字母", W_FILL },
};

/* Length of the punctuation mark at the head of s, 0 for anything else. */
static size_t gap(struct str s)
{
	static const char *const wide[] = { "、", "。", "“", "”", "‘", "’", "「", "」", "【", "】", "《", "》", "→", "⇒",
					    "—", "–", "•", "·", "…", "\xc2\xa0" };

	if ((unsigned char)s.s[0] < 0x80)
		return s.s[0] && strchr(" \t\r\n\v\f,;:.=>()[]{}|\"'`*_-&$#", s.s[0]) ? 1 : 0;
	for (size_t i = 0; i < COUNT(wide); i++)
		if (str_starts(s, str_of(wide[i])))
			return strlen(wide[i]);
	return 0;
}

static struct token token_word(enum word_class class)
{
	switch (class) {
	case W_TRUTH: return (struct token){ .is = TOK_KIND, .truth = true };
	case W_LIE: return (struct token){ .is = TOK_KIND };
	case W_YES: return (struct token){ .is = TOK_KIND, .truth = true, .answers = true };
	case W_NO: return (struct token){ .is = TOK_KIND, .answers = true };
	case W_NOBODY: return (struct token){ .is = TOK_NOBODY };
	default: return (struct token){ .is = TOK_FILL };
	}
}

static struct token token_name(const struct lies *l, int name)
{
	for (int i = 0; i < l->people; i++)
		if (l->name[i] == name)
			return (struct token){ .is = TOK_NAME, .who = i };
	return (struct token){ .is = TOK_STRANGER };
}

/* "TLT": nothing but the letters that mark a kind. */
static bool is_run(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!strchr("tTlLfF", word.s[i]))
			return false;
	return word.n > 1;
}

static bool same_word(struct str word, const char *text)
{
	return (word.s[0] | 0x20) == (text[0] | 0x20) && str_ieq(word, str_of(text));
}

static struct token token_english(struct reader *r)
{
	struct str word;
	size_t n = 1;

	while (n < r->rest.n && (is_letter(r->rest.s[n]) ||
				 (r->rest.s[n] == '-' && n + 1 < r->rest.n && is_letter(r->rest.s[n + 1]))))
		n++;
	word = str_sub(r->rest, 0, n);
	r->rest = str_from(r->rest, n);
	for (int i = 0; i < LIES_NAMES; i++)
		if (same_word(word, lies_names[0][i]))
			return token_name(r->l, i);
	for (size_t i = 0; i < COUNT(english); i++)
		if (same_word(word, english[i].text))
			return token_word(english[i].class);
	if (is_run(word))
		return (struct token){ .is = TOK_KIND, .run = word };
	return (struct token){ .is = TOK_BAD };
}

/* "是" and "不是" answer when they stand alone; before a word the first says nothing and the second is no answer. */
static struct token token_chinese(struct reader *r)
{
	for (int i = 0; i < LIES_NAMES && str_starts(r->rest, STR("小")); i++) {
		if (str_starts(r->rest, str_of(lies_names[1][i]))) {
			r->rest = str_from(r->rest, strlen(lies_names[1][i]));
			return token_name(r->l, i);
		}
	}
	for (size_t i = 0; i < COUNT(chinese); i++) {
		const struct word *w = &chinese[i];

		if (!str_starts(r->rest, str_of(w->text)))
			continue;
		r->rest = str_from(r->rest, strlen(w->text));
		if ((w->class == W_YES || w->class == W_NO) && r->rest.n && !gap(r->rest))
			return (struct token){ .is = str_is(str_of(w->text), "是") ? TOK_FILL : TOK_BAD };
		return token_word(w->class);
	}
	return (struct token){ .is = TOK_BAD };
}

/* Is a number of n digits the first cell of a row, and a word the second: "| 2 | Bob | L |"? */
static bool numbers_row(const struct reader *r, size_t n)
{
	const char *at = r->rest.s;
	struct str behind = str_from(r->rest, n);

	if (!str_starts(behind, STR(" | ")) || behind.n < 4 || !(is_letter(behind.s[3]) || (behind.s[3] & 0x80) || behind.s[3] == '*'))
		return false;
	while (at > r->start && (at[-1] == ' ' || at[-1] == '\t' || at[-1] == '|'))
		at--;
	return at < r->rest.s && (at == r->start || at[-1] == '\n');
}

/* A bullet that numbers the items rightly ("2. "), or the digit 1 or 0 as an answer. */
static struct token token_number(struct reader *r)
{
	int64_t v = 0;
	size_t n = 0;

	while (n < r->rest.n && n < 3 && r->rest.s[n] >= '0' && r->rest.s[n] <= '9')
		v = v * 10 + (r->rest.s[n++] - '0');
	if (numbers_row(r, n)) {
		r->rest = str_from(r->rest, n);
		return (struct token){ .is = v == ++r->bullets ? TOK_GAP : TOK_BAD };
	}
	if (n + 2 < r->rest.n && (r->rest.s[n] == '.' || r->rest.s[n] == ')') && gap(str_from(r->rest, n + 1))) {
		r->rest = str_from(r->rest, n + 1);
		return (struct token){ .is = v == ++r->bullets ? TOK_GAP : TOK_BAD };
	}
	r->rest = str_from(r->rest, n);
	if (n != 1 || v > 1)
		return (struct token){ .is = TOK_BAD };
	return (struct token){ .is = TOK_KIND, .truth = v == 1, .answers = true };
}

/* \text{T}, \\, \quad and the like are gaps; other commands are not for an answer. */
static struct token token_latex(struct reader *r)
{
	static const char *const plain[] = { "text", "textbf", "mathrm", "mathbf", "mathit", "quad", "rightarrow", "to" };
	struct str word;
	size_t n = 1;

	while (n < r->rest.n && is_letter(r->rest.s[n]))
		n++;
	word = str_sub(r->rest, 1, n);
	if (word.n == 0) {
		r->rest = str_from(r->rest, n < r->rest.n && r->rest.s[n] < 0x7f && r->rest.s[n] > 0 ? n + 1 : n);
		return (struct token){ .is = TOK_GAP };
	}
	r->rest = str_from(r->rest, n);
	for (size_t i = 0; i < COUNT(plain); i++)
		if (str_is(word, plain[i]))
			return (struct token){ .is = TOK_GAP };
	return (struct token){ .is = TOK_BAD };
}

static struct token token_next(struct reader *r)
{
	size_t n;

	if (!r->rest.n)
		return (struct token){ .is = TOK_END };
	if ((n = gap(r->rest)) != 0) {
		r->rest = str_from(r->rest, n);
		return (struct token){ .is = TOK_GAP };
	}
	if (r->rest.s[0] == '\\')
		return token_latex(r);
	if (is_letter(r->rest.s[0]))
		return token_english(r);
	if (r->rest.s[0] >= '0' && r->rest.s[0] <= '9')
		return token_number(r);
	return token_chinese(r);
}

/* What the answer says of each person; -1 is nothing. */
struct verdicts {
	int kind[LIES_PEOPLE];
};

/* Is what stands in brackets right after a kind only another word for it: "T (truth-teller)"? Then step over it. */
static bool skip_gloss(struct reader *r, bool truth)
{
	struct reader look = *r;
	struct token t;
	int kinds = 0;

	while (look.rest.n && look.rest.s[0] == ' ')
		look.rest = str_from(look.rest, 1);
	if (!str_starts(look.rest, STR("(")))
		return false;
	look.rest = str_from(look.rest, 1);
	while (look.rest.n && look.rest.s[0] != ')') {
		t = token_next(&look);
		if (t.is == TOK_KIND && !t.answers && !t.run.n && t.truth == truth)
			kinds++;
		else if (t.is != TOK_FILL && t.is != TOK_GAP)
			return false;
	}
	if (kinds != 1 || !look.rest.n)
		return false;
	r->rest = str_from(look.rest, 1);
	return true;
}

/* Only kinds: one for each person, in order. */
static enum quarry_mark read_list(struct why *why, struct reader *r, struct verdicts *v)
{
	int n = 0;

	for (struct token t = token_next(r); t.is != TOK_END; t = token_next(r)) {
		if (t.is != TOK_KIND)
			continue;
		for (size_t i = 0; i < (t.run.n ? t.run.n : 1); i++, n++)
			if (n < r->l->people)
				v->kind[n] = t.run.n ? t.run.s[i] == 't' || t.run.s[i] == 'T' : t.truth;
		if (!t.run.n)
			skip_gloss(r, t.truth);
	}
	if (n != r->l->people)
		return rule_wrong(why, "%d of %d people are judged", n, r->l->people);
	return QUARRY_CORRECT;
}

static bool judge_people(struct verdicts *v, uint32_t who, bool truth)
{
	for (int i = 0; who >> i; i++) {
		if (!(who >> i & 1))
			continue;
		if (v->kind[i] >= 0 && v->kind[i] != truth)
			return false;
		v->kind[i] = truth;
	}
	return true;
}

/* "Ann and Cal: T, Bob: L": names, then their kind. */
static enum quarry_mark read_pairs(struct why *why, struct reader *r, struct verdicts *v)
{
	uint32_t pending = 0;

	for (struct token t = token_next(r); t.is != TOK_END; t = token_next(r)) {
		if (t.is == TOK_NAME)
			pending |= 1u << t.who;
		if (t.is == TOK_NOBODY || (t.is == TOK_KIND && (!pending || t.run.n)))
			return rule_unreadable(why, "a kind stands without a person");
		if (t.is != TOK_KIND)
			continue;
		if (!judge_people(v, pending, t.truth))
			return rule_wrong(why, "somebody is called both");
		pending = 0;
		skip_gloss(r, t.truth);
	}
	if (pending)
		return rule_unreadable(why, "people are named without their kind");
	return QUARRY_CORRECT;
}

/* "Ann, Bob, Cal: T, L, T": all names, then as many kinds. */
static enum quarry_mark read_lines(struct why *why, struct reader *r, struct verdicts *v)
{
	int who[LIES_PEOPLE], names = 0, kinds = 0;

	for (struct token t = token_next(r); t.is != TOK_END; t = token_next(r)) {
		if (t.is == TOK_NAME)
			who[names++] = t.who;
		for (size_t i = 0; t.is == TOK_KIND && i < (t.run.n ? t.run.n : 1); i++)
			if (!judge_people(v, 1u << who[kinds++], t.run.n ? (t.run.s[i] | 0x20) == 't' : t.truth))
				return rule_wrong(why, "somebody is called both");
	}
	return QUARRY_CORRECT;
}

/* "Truth-tellers: Ann, Cal; liars: Bob": a kind, then its people. Where only one kind is told, the rest are of the other. */
static enum quarry_mark read_groups(struct why *why, struct reader *r, struct verdicts *v)
{
	bool open = false, named = false, truth = false, told[2] = { false, false };

	for (struct token t = token_next(r); t.is != TOK_END; t = token_next(r)) {
		if (t.is == TOK_KIND) {
			if (t.answers || t.run.n || (open && !named))
				return rule_unreadable(why, "a kind stands without a person");
			truth = t.truth;
			told[truth] = open = true;
			named = false;
		} else if (t.is == TOK_NOBODY) {
			if (!open || named)
				return rule_unreadable(why, "\"none\" stands where a person should");
			named = true;
		} else if (t.is == TOK_NAME) {
			if (!judge_people(v, 1u << t.who, truth))
				return rule_wrong(why, "somebody is called both");
			named = true;
		}
	}
	if (!named)
		return rule_unreadable(why, "a kind stands without a person");
	for (int i = 0; i < r->l->people; i++)
		if (v->kind[i] < 0 && told[0] != told[1])
			v->kind[i] = !truth;
	return QUARRY_CORRECT;
}

/* "| Name | Status |" and the line below, where no person is named in it, say nothing. */
static struct str without_head(const struct lies *l, struct str s)
{
	struct reader r = { .l = l };
	struct str rest = s, rule;

	if (!str_starts(s, STR("|")) || !str_split(&rest, '\n', &r.rest) || !str_split(&rest, '\n', &rule) || !rest.n || str_chr(rule, '-') < 0)
		return s;
	for (size_t i = 0; i < rule.n; i++)
		if (str_chr(STR("|-: \t"), rule.s[i]) < 0)
			return s;
	r.start = r.rest.s;
	if (text_denies(r.rest))
		return s;
	while (r.rest.n) {
		size_t left = r.rest.n;
		enum token_kind is = token_next(&r).is;

		if (is == TOK_NAME || is == TOK_STRANGER)
			return s;
		r.rest = str_from(r.rest, r.rest.n == left); /* other words stay where they are */
	}
	return rest;
}

static enum quarry_mark read_answer(struct why *why, const struct lies *l, struct str answer, struct verdicts *v)
{
	struct str s = text_strip(answer);
	struct reader r = { .l = l }, look;
	int names = 0, kinds = 0, nobody = 0, marks = 0; /* marks: kinds, those of a run too */
	bool name_first = false, stranger = false, mixed = false; /* mixed: a name stands behind a kind */
	char room[4096];

	if (!s.n)
		return rule_unreadable(why, "the answer is empty");
	if (!text_plain(s, room, sizeof(room), &r.rest))
		return rule_unreadable(why, "the answer is too long for a list of T and L");
	r.rest = without_head(l, r.rest);
	r.start = r.rest.s;
	look = r;
	for (struct token t = token_next(&look); t.is != TOK_END; t = token_next(&look)) {
		if (t.is == TOK_BAD)
			return rule_unreadable(why, "a list of T and L is asked for, one for each person");
		stranger |= t.is == TOK_STRANGER;
		if (t.is == TOK_NAME && !names++)
			name_first = !kinds;
		mixed |= t.is == TOK_NAME && kinds;
		kinds += t.is == TOK_KIND;
		marks += t.is == TOK_KIND ? t.run.n ? (int)t.run.n : 1 : 0;
		nobody += t.is == TOK_NOBODY;
	}
	for (int i = 0; i < LIES_PEOPLE; i++)
		v->kind[i] = -1;
	if (stranger)
		return rule_wrong(why, "somebody is named who is not in the puzzle");
	if (!kinds)
		return rule_unreadable(why, "nothing says who tells the truth or lies");
	if (!names && !nobody)
		return read_list(why, &r, v);
	if (names > 1 && names == marks && names <= l->people && !mixed && !nobody)
		return read_lines(why, &r, v);
	return name_first ? read_pairs(why, &r, v) : read_groups(why, &r, v);
}

/* "T, L, T" and nothing else, as nearly all answers are written: read without tokens, to the same verdicts. */
static bool read_letters(const struct lies *l, struct str s, struct verdicts *v)
{
	int n = 0;

	if (s.n > 4 * LIES_PEOPLE)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.s[i];

		if (c == ',' || c == ' ')
			continue;
		if ((c != 'T' && c != 'L') || n == l->people)
			return false;
		v->kind[n++] = c == 'T';
	}
	return n == l->people;
}

/* ---- the rules ---- */

static bool claim_true(const struct lies_item *it, const struct verdicts *v)
{
	bool first = v->kind[it->who[0]], second = it->scope > 1 && v->kind[it->who[1]];
	int truthful = 0;

	for (int i = 0; i < it->scope; i++)
		truthful += v->kind[it->who[i]];
	switch (it->kind) {
	case LIES_FACT:
	case LIES_ONE: return first == it->holds[0];
	case LIES_SAME: return first == second;
	case LIES_DIFFER: return first != second;
	case LIES_AND: return first == it->holds[0] && second == it->holds[1];
	case LIES_OR: return first == it->holds[0] || second == it->holds[1];
	case LIES_IF: return first != it->holds[0] || second == it->holds[1];
	case LIES_EXACTLY: return truthful == it->count;
	case LIES_ATLEAST: return truthful >= it->count;
	case LIES_ATMOST: return truthful <= it->count;
	}
	return false;
}

static const char *name_of(const struct lies *l, int who)
{
	return lies_names[0][l->name[who]];
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct lies l;
	struct verdicts v;
	enum quarry_mark mark;

	if (!lies_read(&l, desc))
		return rule_bad_task(why, "the desc states no people and statements");
	if (!read_letters(&l, answer, &v)) {
		mark = read_answer(why, &l, answer, &v);
		if (mark != QUARRY_CORRECT)
			return mark;
	}
	for (int i = 0; i < l.people; i++)
		if (v.kind[i] < 0)
			return rule_wrong(why, "%s is not judged", name_of(&l, i));
	for (int i = 0; i < l.items; i++) {
		const struct lies_item *it = &l.item[i];

		if (it->kind == LIES_FACT && !claim_true(it, &v))
			return rule_wrong(why, "it is given whether %s lies", name_of(&l, it->who[0]));
		if (it->kind != LIES_FACT && claim_true(it, &v) != v.kind[it->speaker])
			return rule_wrong(why, "statement %d, by %s, is %s", i + 1, name_of(&l, it->speaker),
					  v.kind[it->speaker] ? "false, yet should be true" : "true, yet should be false");
	}
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_web_of_lies = { "web_of_lies", 1, judge, "knights_knaves" };
