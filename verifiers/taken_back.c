/* taken_back.c - an answer whose giver at once says that it is none: "42 (wrong)", "42 or something else", "42. That is not my answer."; see extract.h. */
#include "verifiers/extract.h"
#include "verifiers/text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { TAIL_MAX = 100 /* bytes behind an answer that are looked at */ };

/* What a word does to the answer before it, when nothing else than such words follows. */
enum {
	SAYS_NOTHING = 1,
	REFUSES = 2, /* wrong */
	DENIES = 4,  /* not */
	MEANS = 8,   /* ... right, my answer: what is denied is this answer */
	OFFERS = 16, /* or */
	OTHERS = 32, /* "anything else is wrong" says that this is right */
};

static int sense(struct str word)
{
	static const struct {
		const char *word;
		int sense;
	} words[] = {
		{ "wrong", REFUSES }, { "incorrect", REFUSES }, { "mistaken", REFUSES }, { "scratch", REFUSES }, { "disregard", REFUSES }, { "retract", REFUSES },
		{ "not", DENIES }, { "cannot", DENIES }, { "never", DENIES }, { "isn't", DENIES }, { "wasn't", DENIES }, { "can't", DENIES }, { "don't", DENIES },
		{ "right", MEANS }, { "correct", MEANS }, { "answer", MEANS }, { "solution", MEANS }, { "result", MEANS }, { "it", MEANS }, { "know", MEANS },
		{ "or", OFFERS }, { "etc", OFFERS },
		{ "else", OTHERS }, { "other", OTHERS }, { "others", OTHERS }, { "another", OTHERS },
		{ "that's", SAYS_NOTHING }, { "it's", SAYS_NOTHING },
		{ "something", SAYS_NOTHING }, { "anything", SAYS_NOTHING }, { "nothing", SAYS_NOTHING }, { "similar", SAYS_NOTHING }, { "like", SAYS_NOTHING },
		{ "one", SAYS_NOTHING }, { "so", SAYS_NOTHING }, { "maybe", SAYS_NOTHING }, { "none", SAYS_NOTHING }, { "thereabouts", SAYS_NOTHING },
		{ "whatever", SAYS_NOTHING }, { "but", SAYS_NOTHING }, { "and", SAYS_NOTHING }, { "is", SAYS_NOTHING }, { "was", SAYS_NOTHING }, { "be", SAYS_NOTHING },
		{ "this", SAYS_NOTHING }, { "that", SAYS_NOTHING }, { "which", SAYS_NOTHING }, { "since", SAYS_NOTHING }, { "because", SAYS_NOTHING },
		{ "as", SAYS_NOTHING }, { "no", SAYS_NOTHING }, { "wait", SAYS_NOTHING }, { "oops", SAYS_NOTHING }, { "sorry", SAYS_NOTHING },
		{ "actually", SAYS_NOTHING }, { "the", SAYS_NOTHING }, { "a", SAYS_NOTHING }, { "my", SAYS_NOTHING }, { "final", SAYS_NOTHING }, { "i", SAYS_NOTHING },
		{ "am", SAYS_NOTHING }, { "do", SAYS_NOTHING }, { "though", SAYS_NOTHING }, { "however", SAYS_NOTHING },
		{ "definitely", SAYS_NOTHING }, { "probably", SAYS_NOTHING }, { "hold", SAYS_NOTHING }, { "on", SAYS_NOTHING }, { "hmm", SAYS_NOTHING },
		{ "clearly", SAYS_NOTHING }, { "obviously", SAYS_NOTHING },
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_ieq(word, str_of(words[i].word)))
			return words[i].sense;
	return 0;
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool between_words(char c)
{
	return str_chr(STR(" \t\r\n,.;:!(){}-*_\"'"), c) >= 0;
}

/* One word at the start of s, its U+2019 as an apostrophe, into room; bytes of it in s, 0 for none. */
static size_t take_word(struct str s, char room[16], struct str *word)
{
	size_t i = 0, n = 0;

	while (i < s.n && (letter(s.s[i]) || (n && (s.s[i] == '\'' || str_starts(str_from(s, i), STR("\xE2\x80\x99")))))) {
		if (n == 16)
			return 0;
		room[n++] = letter(s.s[i]) ? s.s[i] : '\'';
		i += letter(s.s[i]) || s.s[i] == '\'' ? 1 : 3;
	}
	while (n && room[n - 1] == '\'') { /* a quotation mark */
		n--;
		i -= s.s[i - 1] == '\'' ? 1 : 3;
	}
	*word = (struct str){ room, n };
	return i;
}

/* Where the words begin with which s ends and that take back what stands before them, or (where asked for) offer another; s.n: there are none. */
static size_t words_back(struct str s, bool offers)
{
	size_t start = s.n > TAIL_MAX ? s.n - TAIL_MAX : 0, from = s.n, before, n;
	int said = 0;

	for (size_t i = start; i < s.n; i += n ? n : 1) {
		char room[16];
		struct str word;
		int is;

		n = take_word(str_from(s, i), room, &word);
		if (!n && between_words(s.s[i]))
			continue;
		is = n ? sense(word) : 0;
		if (is && from == s.n) {
			/* "I might be wrong" is another statement than "this is wrong" */
			for (before = i; before > 0 && s.s[before - 1] == ' '; before--)
				;
			if (before > 0 && letter(s.s[before - 1]) && !(is & OFFERS))
				continue;
			from = i;
			said = 0;
		} else if (!is) {
			from = s.n;
		}
		said |= is;
	}
	/* "not one is wrong" praises, and so does "all others are wrong" */
	if (said & DENIES && said & REFUSES)
		said = 0;
	if ((offers && said & OFFERS) || (!(said & OTHERS) && said & (said & DENIES ? MEANS : REFUSES)))
		return from;
	return s.n;
}

/* U+9519 cuo, bu dui, bu zhengque, huo qita, huozhe bie de, huo bu shi, dengdeng: the ends of such a Chinese text. */
static const struct str chinese[] = {
	STR("\xE9\x94\x99"), STR("\xE9\x94\x99\xE8\xAF\xAF"), STR("\xE9\x94\x99\xE7\x9A\x84"), STR("\xE9\x94\x99\xE8\xAF\xAF\xE7\x9A\x84"),
	STR("\xE4\xB8\x8D\xE5\xAF\xB9"), STR("\xE4\xB8\x8D\xE6\xAD\xA3\xE7\xA1\xAE"),
	STR("\xE6\x88\x96\xE5\x85\xB6\xE4\xBB\x96"), STR("\xE6\x88\x96\xE8\x80\x85\xE5\x85\xB6\xE4\xBB\x96"),
	STR("\xE6\x88\x96\xE5\x88\xAB\xE7\x9A\x84"), STR("\xE6\x88\x96\xE8\x80\x85\xE5\x88\xAB\xE7\x9A\x84"),
	STR("\xE6\x88\x96\xE4\xB8\x8D\xE6\x98\xAF"), STR("\xE6\x88\x96\xE8\x80\x85\xE4\xB8\x8D\xE6\x98\xAF"), STR("\xE7\xAD\x89\xE7\xAD\x89"),
};

/* mei you, mei, wu, bu, you, chu: no mistake, or whose mistake. */
static const struct str none[] = {
	STR("\xE6\xB2\xA1\xE6\x9C\x89"), STR("\xE6\xB2\xA1"), STR("\xE6\x97\xA0"), STR("\xE4\xB8\x8D"), STR("\xE6\x9C\x89"), STR("\xE5\x87\xBA"),
};

/* What may stand between an answer and these: zhe, shi, dan, daan, yishang, zuizhong, wode, brackets, stops. */
static const struct str chinese_links[] = {
	STR("\xE8\xBF\x99"), STR("\xE4\xB8\xAA"), STR("\xE6\x98\xAF"), STR("\xE4\xBD\x86"), STR("\xE7\xAD\x94\xE6\xA1\x88"), STR("\xE4\xBB\xA5\xE4\xB8\x8A"),
	STR("\xEF\xBC\x88"), STR("\xEF\xBC\x8C"), STR("\xE3\x80\x82"), STR("("), STR(","), STR(" "), STR("\n"),
};

static bool chop(struct str *s, const struct str *of, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_ends(*s, of[i])) {
			s->n -= of[i].n;
			return true;
		}
	return false;
}

/* The same in Chinese. */
static size_t signs_back(struct str s)
{
	static const struct str stops[] = { STR("."), STR("!"), STR(")"), STR(" "), STR("\n"), STR("\xE3\x80\x82"), STR("\xEF\xBC\x81"), STR("\xEF\xBC\x89") };
	struct str left = s;

	while (chop(&left, stops, COUNT(stops)))
		;
	if (!chop(&left, chinese, COUNT(chinese)) || chop(&left, none, COUNT(none)))
		return s.n;
	while (chop(&left, chinese_links, COUNT(chinese_links)))
		;
	return left.n;
}

/* "maybe 42", "\neq 42": bytes of what makes another statement of what follows, 0 for none. */
static size_t head_back(struct str s)
{
	static const struct str heads[] = {
		STR("\xE5\x8F\xAF\xE8\x83\xBD\xE6\x98\xAF"), STR("\xE5\x8F\xAF\xE8\x83\xBD"), STR("\xE4\xB9\x9F\xE8\xAE\xB8"), STR("\xE6\x88\x96\xE8\xAE\xB8"), /* perhaps */
		STR("\xE2\x89\xA0"), STR("\xE2\x89\x88"), STR("!="), /* U+2260 U+2248 */
		STR("\\neq"), STR("\\ne"), STR("\\approx"), STR("\\not="), STR("maybe"), STR("Maybe"), STR("perhaps"), STR("Perhaps"),
	};

	for (size_t i = 0; i < COUNT(heads); i++)
		if (str_starts(s, heads[i]) && s.n > heads[i].n && !(letter(heads[i].s[heads[i].n - 1]) && letter(s.s[heads[i].n])))
			return heads[i].n;
	return 0;
}

bool taken_back(struct str s, struct str *left)
{
	size_t end;

	if (s.n > DRESSED_MAX)
		return false;
	s = str_trim(s);
	*left = str_from(s, head_back(s));
	end = words_back(*left, true);
	if (end == left->n)
		end = signs_back(*left);
	while (end && end < left->n && str_chr(STR(" \n,;-"), left->s[end - 1]) >= 0)
		end--;
	if (end && end < left->n && left->s[end - 1] == '(' && left->s[left->n - 1] == ')')
		end--;
	left->n = end;
	*left = str_trim(*left);
	return left->n < s.n;
}

bool disowned(struct str behind)
{
	static const struct str shuts[] = { STR("</answer>"), STR("</Answer>"), STR("</ANSWER>") };

	while (behind.n && (between_words(behind.s[0]) || str_chr(STR("}$`]"), behind.s[0]) >= 0))
		behind = str_from(behind, 1);
	for (size_t i = 0; i < COUNT(shuts); i++)
		if (str_starts(behind, shuts[i]))
			behind = str_from(behind, shuts[i].n);
	behind = str_trim(behind);
	return behind.n && behind.n <= TAIL_MAX && (words_back(behind, false) == 0 || signs_back(behind) == 0);
}
