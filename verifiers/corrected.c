/* corrected.c - an answer in whose place what follows it names another: "42. No, it should be 43.", "or 43"; see extract.h. */
#include "verifiers/extract.h"
#include "verifiers/hunt.h"

enum {
	BETWEEN_MAX = 2000, /* bytes before an answer that may correct the one before it */
	LABEL_MAX = 60,     /* bytes of a label before an answer */
	BEHIND_MAX = 4096,  /* bytes behind an answer in which a line may correct it */
	OFFER_LEAST = 12, /* bytes of an answer in a wrapper, an "or" and where another wrapper begins */
	CLAUSE_MAX = 100,   /* bytes of "the answer above is wrong" */
};

/* Bytes of the first of these texts that s begins with, whatever its case; 0 for none. A word ends where no letter follows. */
static size_t head_of(struct str s, const struct str *of, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (s.n >= of[i].n && str_ieq(str_sub(s, 0, of[i].n), of[i]) &&
		    !(s.n > of[i].n && is_letter(of[i].s[of[i].n - 1]) && is_letter(s.s[of[i].n])))
			return of[i].n;
	return 0;
}

/* Bytes of a clause that s begins with and that takes back what stands before it: "The answer above is wrong,"; 0 for none. */
static size_t withdrawal(struct str s)
{
	static const struct str ends[] = { STR(","), STR(";"), STR("."), STR("!"), STR("，"), STR("；"), STR("。"), STR("！") };

	for (size_t i = 1; i < s.n && i <= CLAUSE_MAX; i++)
		for (size_t k = 0; k < COUNT(ends); k++)
			if (str_starts(str_from(s, i), ends[k]))
				return disowned(str_sub(s, 0, i)) ? i + ends[k].n : 0;
	return 0;
}

/* What a line says of another answer. */
struct saying {
	struct str text; /* the other one */
	enum correction_how how;
};

/* Does s speak of an answer rather than name one: "should be noted", "or put another way", U+552F U+4E00: unique? */
static bool says_how(struct str s)
{
	static const struct str words[] = {
		STR("noted"), STR("mentioned"), STR("clear"), STR("fine"), STR("correct"), STR("right"), STR("ok"), STR("none"), STR("unique"), STR("the only"), STR("the same"),
		STR("easy"), STR("obvious"), STR("possible"), STR("because"), STR("in"), STR("by"), STR("put"), STR("equivalently"),
		STR("无"), STR("没有"), STR("唯一"), STR("正确"), STR("对的"), STR("因为"), STR("由于"), STR("用"), STR("换"), STR("说"), STR("写"), STR("从"), STR("按"),
	};

	return head_of(s, words, COUNT(words)) > 0;
}

/* Does a word stand in s that hardly any answer holds? */
static bool is_prose(struct str s)
{
	static const struct str words[] = {
		STR("a"), STR("an"), STR("the"), STR("is"), STR("are"), STR("was"), STR("be"), STR("can"), STR("could"), STR("by"), STR("to"), STR("of"), STR("in"), STR("this"),
		STR("that"), STR("with"), STR("we"), STR("I"), STR("it"), STR("you"), STR("my"), STR("for"), STR("not"), STR("were"),
	};
	struct str rest = s, word;

	while (str_word(&rest, &word))
		for (size_t i = 0; i < COUNT(words); i++)
			if (str_eq(word, words[i]))
				return true;
	return false;
}

/* What the line says the answer is instead, where it begins so: "Correction: 43", "No, it should be 43", "It could also be 43". */
static bool line_corrects(struct str line, struct saying *ret)
{
	static const struct str doubts[] = {
		STR("wait"), STR("no"), STR("oops"), STR("sorry"), STR("hold on"), STR("hmm"), STR("actually"), STR("scratch that"), STR("strike that"), STR("my mistake"),
		STR("on second thought"), STR("i was wrong"), STR("i made a mistake"), STR("i made an error"), STR("that is wrong"), STR("that's wrong"), STR("this is wrong"),
		STR("edit"), STR("update"), STR("erratum"), STR("rather"), STR("make that"),
		STR("等一下"), STR("等等"), STR("不对"), STR("错了"), STR("哦不"), STR("不，"), STR("不,"), STR("不！"),
		STR("抱歉"), STR("对不起"), STR("其实"), STR("实际上"), STR("我算错了"), STR("我搞错了"),
	};
	static const struct str nouns[] = {
		STR("correction"), STR("corrected answer"), STR("corrected"), STR("revised answer"), STR("updated answer"),
		STR("更正"), STR("修正"), STR("改正"), STR("订正"), STR("纠正"), STR("最终确定"),
	};
	static const struct str links[] = {
		STR(":"), STR("："), STR(" "), STR(","), STR("."), STR("!"), STR("-"), STR("*"), STR(";"), STR("，"), STR("。"), STR("！"), STR("；"), STR("——"), STR("…"),
		STR("it is"), STR("it's"), STR("it"), STR("that"), STR("this"), STR("the answer is"), STR("the answer"), STR("the correct answer"), STR("the right answer"),
		STR("正确"), STR("的"), STR("答案"), STR("后"), STR("一下"), STR("它"), STR("这里"), STR("那"),
	};
	static const struct str verbs[] = { STR("should be"), STR("must be"), STR("should have been"), STR("应该是"), STR("应该为"), STR("应当是"), STR("应为"), STR("应是") };
	static const struct str rights[] = { STR("正确的是"), STR("the right one is"), STR("the correct one is") }; /* "正确的" alone is a link */
	static const struct str colons[] = { STR(":"), STR("："), STR("是"), STR("为") };
	enum { COLONS = 2 };
	static const struct str changes[] = {
		STR("i change my answer to"), STR("changing my answer to"), STR("改为"), STR("改成"), STR("最后改为"), STR("最终改为"), STR("答案改为"), STR("那么答案改为"), STR("更改为"),
	};
	static const struct str mights[] = {
		STR("也可能是"), STR("也有可能是"), STR("但也可能是"), STR("或者是"), STR("或者"), STR("另一种可能是"), STR("另一种可能："), STR("另一个可能的答案是"),
		STR("it could also be"), STR("it may also be"), STR("it might also be"), STR("but it could also be"), STR("another possibility is"),
		STR("another possible answer is"), STR("another possible answer"), STR("i meant"),
		STR("alternatively,"), STR("alternatively"), STR("or"),
	};
	size_t n = withdrawal(line), might, right;
	bool doubt = n > 0, noun = false, colon = false;

	line = str_from(line, n);
	do {
		right = doubt ? head_of(line, rights, COUNT(rights)) : 0;
		if (right)
			break;
		n = head_of(line, doubts, COUNT(doubts));
		doubt |= n > 0;
		if (!n && (n = head_of(line, nouns, COUNT(nouns))) > 0)
			noun = true;
		if (!n && (doubt || noun || (line.n && str_chr(STR("*- "), line.s[0]) >= 0)))
			n = head_of(line, links, COUNT(links));
		colon |= noun && head_of(line, colons, COLONS);
		line = str_from(line, n);
	} while (n);
	might = head_of(line, mights, COUNT(mights));
	n = might ? might : head_of(line, changes, COUNT(changes));
	if (!n && doubt)
		n = right ? right : head_of(line, verbs, COUNT(verbs));
	for (size_t i = n || !doubt ? line.n : next_answer(line, 0); i < line.n; i = next_answer(line, i + 6)) { /* "Wait, after a second look the answer should be" */
		struct str behind = str_trim(str_from(line, i + 6));

		n = head_of(behind, verbs, COUNT(verbs));
		line = n ? behind : line;
		if (n)
			break;
	}
	if (!n && noun)
		n = head_of(line, colons, COUNT(colons));
	line = str_trim(str_from(line, n));
	ret->text = str_trim(str_from(line, head_of(line, colons, n ? COLONS : 0)));
	ret->how = (n || colon) && (!might || doubt) ? CORRECTION_NAMED : might ? CORRECTION_OFFERED : CORRECTION_BARE;
	return (n || colon || doubt) && ret->text.n && !says_how(ret->text) && (ret->how == CORRECTION_NAMED || !is_prose(ret->text));
}

/* Does the line of an answer, or the one right below it, go on with "or"? Then *other is what it offers. */
static bool offers(struct str behind, struct str *other)
{
	static const struct str ors[] = { STR("或者是"), STR("或者"), STR("或") };
	struct str more = behind_wrapper(behind), line;
	int ends = 0;
	size_t n;

	for (const char *p = behind.s; p < more.s; p++)
		ends += *p == '\n';
	*other = more;
	if (ends > 1 || !str_line(&more, &line))
		return false;
	n = head_of(*other, ors, COUNT(ors));
	if (!n && (str_ieq(str_trim(line), STR("or")) || (!ends && word_at(line, 0, "or "))))
		n = 2;
	*other = str_trim(str_from(*other, n));
	if (line.s + line.n == other->s + other->n && str_ends(*other, STR("）"))) /* "(or 43)" in wide brackets */
		other->n -= 3;
	return n && !says_how(*other);
}

/* s without the marks and tags at its end that stand around an answer. */
static struct str before_marks(struct str s)
{
	static const struct str marks[] = { STR("\\boxed"), STR("\\fbox"), STR("\\text"), STR("\\("), STR("\\)") };
	bool shut;
	size_t n;

	do {
		char last = s.n ? s.s[s.n - 1] : 0;

		n = last == '>' ? tag_back(s, &shut) : last && memchr(" \n$*`{}\"'", last, 10);
		for (size_t i = 0; i < COUNT(marks) && !n; i++)
			n = last == marks[i].s[marks[i].n - 1] && str_ends(s, marks[i]) ? marks[i].n : 0;
		s.n -= n;
	} while (n);
	return s;
}

bool offered_before(struct str before, struct str *other)
{
	static const struct str ors[] = { STR("或者是"), STR("或者"), STR("或"), STR(" or"), STR("}or"), STR(">or"), STR("\nor"), STR("$or") };
	static const struct str box = STR("\\boxed{");
	struct str left, more;
	ptrdiff_t open = -1;
	size_t n = 0;

	if (before.n < OFFER_LEAST)
		return false;
	left = before_marks(before);
	if (!left.n || left.n == before.n || ((unsigned char)left.s[left.n - 1] < 0x80 && left.s[left.n - 1] != 'r'))
		return false;
	for (size_t i = 0; i < COUNT(ors) && !n; i++)
		n = str_ends(left, ors[i]) ? ors[i].n : 0;
	if (!n)
		return false;
	left.n -= left.s[left.n - 1] == 'r' ? 2 : n;
	left = str_trim(left);
	more = before_marks(left);
	if (more.n == left.n)
		return false;
	left = str_from(more, more.n > BEHIND_MAX ? more.n - BEHIND_MAX : 0);
	open = str_rfind(left, box);
	open += open < 0 ? 0 : (ptrdiff_t)box.n;
	for (size_t i = next_byte(left, 0, '<'); i < left.n; i = next_byte(left, i + 1, '<')) {
		bool shut;

		n = tag_at(left, i, &shut);
		if (n && !shut && (ptrdiff_t)(i + n) > open)
			open = (ptrdiff_t)(i + n);
	}
	*other = str_from(left, open < 0 ? 0 : (size_t)open);
	return open >= 0;
}

struct correction correction_begin(struct str behind)
{
	struct correction c = { .behind = behind, .rest = behind_wrapper(behind) };

	c.rest.n = c.rest.n < BEHIND_MAX ? c.rest.n : BEHIND_MAX;
	return c;
}

bool corrected(struct correction *c)
{
	struct str line;
	struct saying said;

	if (!c->begun) {
		c->begun = true;
		c->how = CORRECTION_OFFERED;
		if (offers(c->behind, &c->below)) {
			c->instead = str_sub(c->below, 0, next_byte(c->below, 0, '\n'));
			return true;
		}
	}
	while (str_line(&c->rest, &line))
		if (line_corrects(line, &said)) {
			c->instead = said.text;
			c->below = str_from(c->behind, (size_t)(said.text.s - c->behind.s));
			c->how = said.how;
			return true;
		}
	return false;
}

bool corrects(struct str between)
{
	static const struct str words[] = {
		STR("wait"), STR("oops"), STR("hmm"), STR("mistake"), STR("mistaken"), STR("correction"), STR("correcting"), STR("corrected"), STR("actually"), STR("redo"),
		STR("recheck"), STR("rechecking"), STR("miscalculated"), STR("miscounted"), STR("scratch"), STR("ignore"), STR("disregard"),
	};
	static const struct str phrases[] = {
		STR("is wrong"), STR("'s wrong"), STR("’s wrong"), STR("was wrong"), STR("is incorrect"), STR("was incorrect"),
		STR("correct it"), STR("correct this"), STR("correct that"), STR("fix it"), STR("fix this"), STR("fix that"),
		STR("等一下"), STR("等等，"), STR("算错"), STR("搞错"), STR("弄错"), STR("看错"), STR("数错"), STR("写错"), STR("错了"), STR("有错"), STR("更正"), STR("纠正"), STR("修正"), STR("改正"),
		STR("订正"), STR("不对"), STR("有误"), STR("抱歉"), STR("重新检查"), STR("重新计算"), STR("忽略"), STR("作废"), STR("收回"),
	};

	/* "The correct answer is", next to what it is */
	static const struct str rights[] = { STR("correct answer"), STR("right answer"), STR("正确答案"), STR("正确的答案") };
	struct str tail = str_from(between, between.n > LABEL_MAX ? between.n - LABEL_MAX : 0);

	for (size_t i = 0; i < COUNT(rights); i++)
		if (str_find(tail, rights[i]) >= 0)
			return true;
	if (between.n > BETWEEN_MAX)
		between = str_from(between, between.n - BETWEEN_MAX);
	for (size_t i = 0; i < COUNT(phrases); i++)
		if (str_find(between, phrases[i]) >= 0)
			return true;
	for (size_t i = 0, n; i < between.n; i += n ? n : 1) {
		for (n = 0; i + n < between.n && is_letter(between.s[i + n]);)
			n++;
		for (size_t k = 0; k < COUNT(words) && n > 2; k++)
			if (str_ieq(str_sub(between, i, i + n), words[k]))
				return true;
	}
	return false;
}
