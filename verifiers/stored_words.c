/* stored_words.c - answers in words: what denies and hedges, what says yes or no, which option is named; see stored_answer.h. */
#include "verifiers/stored_answer.h"
#include "verifiers/text.h"

enum quarry_mark stored_differs(struct why *why)
{
	return rule_wrong(why, "that is not the answer");
}

/* Made plain, what stands around it taken off. */
bool stored_plain(struct str answer, char *room, struct str *ret)
{
	struct str s;

	answer = text_strip(answer);
	if (answer.n > STORED_TEXT || !text_plain(answer, room, STORED_TEXT, &s))
		return false;
	*ret = text_strip(s);
	return true;
}

enum piece stored_piece(struct str *rest, struct str *piece)
{
	struct str s = *rest;
	size_t n = 1;
	uint32_t cp;

	while (s.n && (s.s[0] == ' ' || (s.s[0] >= '\t' && s.s[0] <= '\r')))
		s = str_from(s, 1);
	if (s.n == 0)
		return END;
	if (is_letter(s.s[0])) {
		for (;; n++) {
			if (n < s.n && is_letter(s.s[n]))
				continue;
			if (n + 1 < s.n && s.s[n] == '\'' && is_letter(s.s[n + 1]))
				continue;
			if (n + 3 < s.n && str_starts(str_from(s, n), STR("\u2019")) && is_letter(s.s[n + 3])) {
				n += 2;
				continue;
			}
			break;
		}
	} else if (is_digit(s.s[0])) {
		while (n < s.n && is_digit(s.s[n]))
			n++;
	} else {
		n = utf8_next(s, &cp);
	}
	*piece = str_sub(s, 0, n);
	*rest = str_from(s, n);
	return is_letter(s.s[0]) ? WORD : is_digit(s.s[0]) ? NUMBER : n > 1 ? WIDE : MARK;
}

/* "isn't", "isn\u2019t", "cannot", "not". */
static bool negates(struct str w)
{
	static const char *const words[] = { "not", "never", "cannot", "cant", "isnt", "neither", "nor", "without", "hardly" };

	if (w.n >= 3 && str_ieq(str_from(w, w.n - 2), STR("'t")))
		return true;
	return (w.n >= 5 && str_ends(w, STR("\u2019t"))) || ONE_OF(w, words);
}

/* Words after which an answer is none, or not the only one. */
static bool doubts(struct str w)
{
	static const char *const words[] = {
		"or", "either", "maybe", "perhaps", "possibly", "probably", "might", "may", "could", "unless", "except", "unclear",
		"unsure", "guess", "doubt", "about", "around", "approximately", "roughly", "nearly", "almost", "between", "wrong",
		"incorrect", "false", "no", "than", "least", "most", "but", "if", "unknown", "undetermined", "versus", "vs", "instead",
		"excluded", "out", "ruled", "rejected", "otherwise", "both", "range",
	};

	return negates(w) || ONE_OF(w, words);
}

static const char *const doubts_zh[] = { "\u4e0d", "\u975e", "\u6ca1", "\u9519", "\u6216", "\u5426", "\u65e0", "\u7ea6", "\u53ef\u80fd", "\u81f3\u5c11", "\u81f3\u591a" };

/* Does anything in it deny, hedge or offer another? */
bool stored_doubtful(struct str s)
{
	struct str piece;
	enum piece kind;

	for (size_t i = 0; i < COUNT(doubts_zh); i++)
		if (str_find(s, str_of(doubts_zh[i])) >= 0)
			return true;
	while ((kind = stored_piece(&s, &piece)) != END)
		if (kind == WORD && doubts(piece))
			return true;
	return false;
}

bool stored_leads(struct str w)
{
	static const char *const words[] = {
		"the", "final", "answer", "is", "are", "was", "result", "value", "total", "number", "count", "of", "there", "it", "so", "thus",
		"therefore", "hence", "we", "get", "have", "has", "equals", "equal", "to", "that", "makes", "which", "sum", "difference", "in",
		"all", "my", "i", "this", "gives", "and", "correct", "items", "objects", "thought", "step", "position", "expression", "a",
		"absolute", "ends", "up", "as", "text", "textbf", "mathrm", "mathbf", "boxed", "at", "then", "finally", "an", "calculated",
		"result's", "answer's", "it's", "collection", "current", "with", "python", "json", "max", "min", "mean", "median", "maximum",
		"minimum", "average", "variance", "standard", "deviation",
	};

	return ONE_OF(w, words);
}

/* ---- claims ---- */

/* 1: yes, -1: no, 0: neither. */
static int claim_word(struct str w)
{
	static const char *const yes[] = { "yes", "true", "valid", "plausible", "truth", "truthful", "truthfully", "correct" };
	static const char *const no[] = { "no", "false", "invalid", "implausible", "lies", "lying", "lie", "liar", "untrue", "incorrect" };

	return ONE_OF(w, yes) ? 1 : ONE_OF(w, no) ? -1 : 0;
}

/* One sentence without its question part: adds up what it claims. False: it hedges, denies twice, or denies a claim: "not no", "true is wrong". */
static bool claim_in(struct str s, int *yes, int *no)
{
	static const char *const open[] = { "maybe", "perhaps", "possibly", "might", "may", "could", "unclear", "unsure", "either", "or", "unknown",
		"whether", "unless", "if", "undetermined", "doubt" };
	int since = 100, named = 100, negations = 0; /* words since a negation, since a claim */
	struct str piece, before = STR("");
	enum piece kind;

	while ((kind = stored_piece(&s, &piece)) != END) {
		int claim;

		if (kind != WORD)
			continue;
		if (ONE_OF(piece, open))
			return false;
		since++;
		named++;
		if ((since == 1 && str_ieq(piece, STR("no"))) || (named == 2 && str_ieq(before, STR("is")) && str_ieq(piece, STR("wrong"))))
			return false;
		before = piece;
		if (negates(piece)) {
			since = 0;
			negations++;
			continue;
		}
		claim = claim_word(piece);
		if (claim && since <= 4 && !str_ieq(piece, STR("no")))
			claim = -claim;
		named = claim ? 0 : named;
		*yes += claim > 0;
		*no += claim < 0;
	}
	return negations <= 1;
}

/* What a text claims: 1, -1; 0: nothing, or both. Sentences that ask are passed over. */
static int claimed(struct str s)
{
	int yes = 0, no = 0;
	bool simple;

	if (text_bool(s, &simple))
		return simple ? 1 : -1;
	while (s.n) {
		size_t n = 0;

		while (n < s.n && !strchr(".?!\n;", s.s[n]) && s.s[n])
			n++;
		if ((n == s.n || s.s[n] != '?') && !claim_in(str_sub(s, 0, n), &yes, &no))
			return 0;
		s = str_from(s, n + 1);
	}
	return yes && !no ? 1 : no && !yes ? -1 : 0;
}

enum quarry_mark stored_claim(struct why *why, struct str gold, struct str answer)
{
	bool yes = str_is(gold, "yes");
	char room[STORED_TEXT];
	struct str s;
	int said;

	if (!yes && !str_is(gold, "no"))
		return QUARRY_BAD_TASK;
	said = stored_plain(answer, room, &s) ? claimed(s) : 0;
	if (!said)
		return rule_unreadable(why, "it is not one of the two");
	return (said > 0) == yes ? QUARRY_CORRECT : stored_differs(why);
}

/* 0 no, 1 yes, 2 unknown; -1 for anything else. */
static int verdict_word(struct str s)
{
	static const char *const unknown[] = { "unknown", "undetermined", "uncertain", "cannot be determined", "\u672a\u77e5", "\u4e0d\u786e\u5b9a", "\u65e0\u6cd5\u786e\u5b9a" };
	static const char *const truths[] = { "truth", "truth-teller", "\u771f\u8bdd", "\u8bf4\u771f\u8bdd" };
	static const char *const lies[] = { "lie", "lies", "liar", "\u5047\u8bdd", "\u8bf4\u5047\u8bdd", "\u8c0e\u8bdd" };
	bool v;

	s = text_strip(s);
	if (s.n == 1 && is_digit(s.s[0]))
		return -1;
	if (ONE_OF(s, truths) || ONE_OF(s, lies))
		return ONE_OF(s, truths);
	if (text_bool(s, &v))
		return v;
	return ONE_OF(s, unknown) ? 2 : -1;
}

enum quarry_mark stored_yesno(struct why *why, struct str gold, struct str answer)
{
	static const char *const names[] = { "no", "yes", "unknown" };
	signed char due[STORED_ITEMS];
	struct str rest = gold, piece, word;
	bool right = true;
	size_t n = 0, k = 0;

	while (str_split(&rest, ',', &piece)) {
		int v = 2;

		while (v >= 0 && !str_is(piece, names[v]))
			v--;
		if (v < 0 || n == STORED_ITEMS)
			return QUARRY_BAD_TASK;
		due[n++] = (signed char)v;
	}
	if (n == 0 || gold.s[gold.n - 1] == ',')
		return QUARRY_BAD_TASK;
	for (rest = text_list(answer); text_item(&rest, &piece);) {
		bool whole = verdict_word(piece) >= 0;

		while (whole ? (word = piece, true) : str_word(&piece, &word)) { /* "yes no yes" */
			int v = verdict_word(word);

			if (v < 0)
				return rule_unreadable(why, "it is no list of yes and no");
			right &= k < n && due[k] == v;
			k++;
			if (whole)
				break;
		}
	}
	if (k == 0)
		return rule_unreadable(why, "it is no list of yes and no");
	if (k != n)
		return rule_wrong(why, "%zu are due, not %zu", n, k);
	return right ? QUARRY_CORRECT : stored_differs(why);
}

/* ---- an option's letter ---- */

/* The letter in brackets at s[i], or 0. */
static char bracketed(struct str s, size_t i)
{
	return i + 2 < s.n && s.s[i] == '(' && is_letter(s.s[i + 1]) && s.s[i + 2] == ')' ? (char)(to_lower(s.s[i + 1]) - 32) : 0;
}

/* A letter that stands alone at the head: "B", "B.", "(B) Paris", "B: Paris", "B is right"; *n: its bytes. */
static char letter_head(struct str s, size_t *n)
{
	char c = bracketed(s, 0);

	*n = 3;
	if (c)
		return c;
	if (s.n == 0 || !is_letter(s.s[0]))
		return 0;
	*n = 2;
	if (s.n == 1 || (s.n > 1 && strchr(".):,", s.s[1]) && s.s[1]))
		return (char)(to_lower(s.s[0]) - 32);
	*n = 1;
	return str_starts(str_from(s, 1), STR(" is ")) && s.s[0] < 'a' ? s.s[0] : 0;
}

/* Without Chinese words before a letter: daan shi, zhengque, de, xuanxiang, xuanze, yingxuan, wo, xuan, wei, shi. */
static struct str behind_signs(struct str s)
{
	static const char *const heads[] = {
		"\u7b54\u6848", "\u6b63\u786e", "\u7684", "\u9009\u9879", "\u9009\u62e9", "\u5e94\u9009", "\u6211", "\u9009", "\u4e3a", "\u662f",
		"\uff1a", ":", " ", NULL,
	};
	size_t n;

	while ((n = text_head(s, heads)) > 0)
		s = str_from(s, n);
	return s;
}

/* "answer", "is", "choose"...: words before the letter that say nothing. */
static bool passes(struct str w)
{
	static const char *const words[] = { "i", "choose", "pick", "select", "would", "go", "option", "choice", "best", "must", "be" };

	return stored_leads(w) || ONE_OF(w, words);
}

/* Behind the letter: its option's own text may say anything; but "(A) is out", "B or C", "B and C" do not choose one. */
static bool chosen(struct str behind)
{
	static const char *const verbs[] = { "is", "was", "can", "could", "may", "might", "seems", "looks", "does", "would", "should", "has", "isn't" };
	struct str rest = behind, piece, after;
	enum piece kind = stored_piece(&rest, &piece);

	while (kind == MARK && strchr(",;:.)", piece.s[0]))
		kind = stored_piece(&rest, &piece);
	if (kind != WORD)
		return true;
	after = str_trim(rest);
	if (str_ieq(piece, STR("and")) || (piece.n == 1 && !str_is(piece, "a") && !str_is(piece, "I") && (after.n == 0 || !is_letter(after.s[0]))))
		return false;
	if (!ONE_OF(piece, verbs) && (!doubts(piece) || str_ieq(piece, STR("no")) || str_ieq(piece, STR("not"))))
		return true;
	return !stored_doubtful(behind);
}

/* The one option that a text names, or 0. */
static char said_letter(struct str s)
{
	struct str rest = behind_signs(s), piece;
	size_t n = 0;
	char c = letter_head(rest, &n), other;

	while (!c && stored_piece(&rest, &piece) == WORD && passes(piece)) {
		while (rest.n && rest.s[0] && strchr(" :*\"'`", rest.s[0]))
			rest = str_from(rest, 1);
		c = letter_head(rest, &n);
	}
	for (size_t i = 0; i < s.n; i++) {
		other = bracketed(s, i);
		if (other && c && other != c)
			return 0;
		if (other && !c) { /* in the middle of other words */
			if (stored_doubtful(s))
				return 0;
			c = other;
			rest = str_from(s, i);
			n = 3;
		}
	}
	return c && chosen(str_from(rest, n)) ? c : 0;
}

enum quarry_mark stored_choice(struct why *why, struct str gold, struct str answer)
{
	char room[STORED_TEXT], said;
	struct str s;

	if (gold.n != 1 || gold.s[0] < 'A' || gold.s[0] > 'Z')
		return QUARRY_BAD_TASK;
	said = stored_plain(answer, room, &s) ? said_letter(s) : 0;
	if (!said)
		return rule_unreadable(why, "it is not one option's letter");
	return said == gold.s[0] ? QUARRY_CORRECT : stored_differs(why);
}
