/* taken_back.c - an answer whose giver at once says that it is none: "42 (wrong)", "42 or something else", "42. That is not my answer."; see extract.h. */
#include "verifiers/extract.h"
#include "verifiers/hunt.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	TAIL_MAX = 100, /* bytes behind an answer that are looked at */
	LETTER_MAX = 8, /* words of one initial */
	MISTAKE_MAX = 40, /* bytes of a sentence that says no more than that one was made */
	BETWEEN_MAX = 2000, /* bytes before an answer that may correct the one before it */
};

/* What a word does to the answer before it, when nothing else than such words follows. */
enum {
	SAYS_NOTHING = 1,
	REFUSES = 2, /* wrong */
	DENIES = 4,  /* not */
	MEANS = 8,   /* ... right, my answer: what is denied is this answer */
	OR_ELSE = 16, /* or */
	OTHERS = 32, /* "anything else is wrong" says that this is right */
};

static int sense(struct str word)
{
	static const struct {
		const char *word;
		int sense;
	} words[26][LETTER_MAX] = {
		['a' - 'a'] = {
			{ "a", SAYS_NOTHING }, { "actually", SAYS_NOTHING }, { "am", SAYS_NOTHING }, { "and", SAYS_NOTHING }, { "another", OTHERS },
			{ "answer", MEANS }, { "anything", SAYS_NOTHING }, { "as", SAYS_NOTHING }
		},
		['b' - 'a'] = { { "be", SAYS_NOTHING }, { "because", SAYS_NOTHING }, { "but", SAYS_NOTHING } },
		['c' - 'a'] = { { "can't", DENIES }, { "cannot", DENIES }, { "clearly", SAYS_NOTHING }, { "correct", MEANS } },
		['d' - 'a'] = { { "definitely", SAYS_NOTHING }, { "disregard", REFUSES }, { "do", SAYS_NOTHING }, { "don't", DENIES } },
		['e' - 'a'] = { { "else", OTHERS }, { "etc", OR_ELSE } },
		['f' - 'a'] = { { "final", SAYS_NOTHING } },
		['h' - 'a'] = { { "hmm", SAYS_NOTHING }, { "hold", SAYS_NOTHING }, { "however", SAYS_NOTHING } },
		['i' - 'a'] = {
			{ "i", SAYS_NOTHING }, { "incorrect", REFUSES }, { "is", SAYS_NOTHING }, { "isn't", DENIES }, { "it", MEANS },
			{ "it's", SAYS_NOTHING }
		},
		['k' - 'a'] = { { "know", MEANS } },
		['l' - 'a'] = { { "like", SAYS_NOTHING } },
		['m' - 'a'] = { { "maybe", SAYS_NOTHING }, { "mistaken", REFUSES }, { "my", SAYS_NOTHING } },
		['n' - 'a'] = {
			{ "never", DENIES }, { "no", SAYS_NOTHING }, { "none", SAYS_NOTHING }, { "not", DENIES }, { "nothing", SAYS_NOTHING }
		},
		['o' - 'a'] = {
			{ "obviously", SAYS_NOTHING }, { "on", SAYS_NOTHING }, { "one", SAYS_NOTHING }, { "oops", SAYS_NOTHING }, { "or", OR_ELSE },
			{ "other", OTHERS }, { "others", OTHERS }
		},
		['p' - 'a'] = { { "probably", SAYS_NOTHING } },
		['r' - 'a'] = { { "result", MEANS }, { "retract", REFUSES }, { "right", MEANS } },
		['s' - 'a'] = {
			{ "scratch", REFUSES }, { "similar", SAYS_NOTHING }, { "since", SAYS_NOTHING }, { "so", SAYS_NOTHING }, { "solution", MEANS },
			{ "something", SAYS_NOTHING }, { "sorry", SAYS_NOTHING }
		},
		['t' - 'a'] = {
			{ "that", SAYS_NOTHING }, { "that's", SAYS_NOTHING }, { "the", SAYS_NOTHING }, { "thereabouts", SAYS_NOTHING },
			{ "this", SAYS_NOTHING }, { "though", SAYS_NOTHING }
		},
		['w' - 'a'] = {
			{ "wait", SAYS_NOTHING }, { "was", SAYS_NOTHING }, { "wasn't", DENIES }, { "whatever", SAYS_NOTHING },
			{ "which", SAYS_NOTHING }, { "wrong", REFUSES }
		},
	};
	unsigned initial = (unsigned)((word.s[0] | 32) - 'a');

	for (size_t i = 0; initial < 26 && i < LETTER_MAX && words[initial][i].word; i++)
		if (str_ieq(word, str_of(words[initial][i].word)))
			return words[initial][i].sense;
	return 0;
}

static bool between_words(char c)
{
	return str_chr(STR(" \t\r\n,.;:!(){}-*_\"'"), c) >= 0;
}

/* One word at the start of s, its U+2019 as an apostrophe, into room; bytes of it in s, 0 for none. */
static size_t take_word(struct str s, char room[16], struct str *word)
{
	size_t i = 0, n = 0;

	while (i < s.n && (is_letter(s.s[i]) || (n && (s.s[i] == '\'' || str_starts(str_from(s, i), STR("\xE2\x80\x99")))))) {
		if (n == 16)
			return 0;
		room[n++] = is_letter(s.s[i]) ? s.s[i] : '\'';
		i += is_letter(s.s[i]) || s.s[i] == '\'' ? 1 : 3;
	}
	while (n && room[n - 1] == '\'') { /* a quotation mark */
		n--;
		i -= s.s[i - 1] == '\'' ? 1 : 3;
	}
	*word = (struct str){ room, n };
	return i;
}

/* Is the last word of s one of these? Most answers end otherwise, and no more of them is looked at. */
static bool ends_so(struct str s)
{
	char room[16];
	struct str word;
	size_t from;

	while (s.n && between_words(s.s[s.n - 1]))
		s.n--;
	for (from = s.n; from > 0 && s.n - from < sizeof(room) && (is_letter(s.s[from - 1]) || s.s[from - 1] == '\''); from--)
		;
	return from < s.n && take_word(str_from(s, from), room, &word) && (sense(word) || (from && (unsigned char)s.s[from - 1] >= 0x80)); /* U+2019 */
}

/* Where the words begin with which s ends and that take back what stands before them, or (where asked for) offer another; s.n: there are none. */
static size_t words_back(struct str s, bool offers)
{
	size_t start = s.n > TAIL_MAX ? s.n - TAIL_MAX : 0, from = s.n, n;
	int said = 0;

	if (!ends_so(s))
		return s.n;
	for (size_t i = start; i < s.n; i += n ? n : 1) {
		char room[16];
		struct str word;
		int is;

		n = take_word(str_from(s, i), room, &word);
		if (!n && between_words(s.s[i]))
			continue;
		is = n ? sense(word) : 0;
		if (is && from == s.n) {
			size_t before = i;

			/* "I might be wrong" is another statement than "this is wrong" */
			while (before > 0 && s.s[before - 1] == ' ')
				before--;
			if (before > 0 && is_letter(s.s[before - 1]) && !(is & OR_ELSE))
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
	if ((offers && said & OR_ELSE) || (!(said & OTHERS) && said & (said & DENIES ? MEANS : REFUSES)))
		return from;
	return s.n;
}

/* cuo, cuowu, cuo de, bu dui, bu zhengque, huo qita, huozhe bie de, huo bu shi, dengdeng: the ends of such a Chinese text. */
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

/* What may stand between an answer and these: zhe, ge, shi, dan, daan, yishang, brackets, stops. */
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

/* Where such a Chinese text begins at the end of s; s.n: there is none. */
static size_t signs_back(struct str s)
{
	static const struct str stops[] = { STR("."), STR("!"), STR(")"), STR(" "), STR("\n"), STR("\xE3\x80\x82"), STR("\xEF\xBC\x81"), STR("\xEF\xBC\x89") };
	struct str left = s;

	if (!s.n || ((unsigned char)s.s[s.n - 1] < 0x80 && str_chr(STR(".!) \n"), s.s[s.n - 1]) < 0))
		return s.n;
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

	if (!s.n || ((unsigned char)s.s[0] < 0x80 && str_chr(STR("!\\mMpP"), s.s[0]) < 0))
		return 0;
	if ((str_starts(s, STR("\xE2\x89\x88")) || str_starts(s, STR("\\approx"))) && str_chr(s, '.') >= 0) /* it is rounded, as it may have to be */
		return 0;
	for (size_t i = 0; i < COUNT(heads); i++)
		if (str_starts(s, heads[i]) && s.n > heads[i].n && !(is_letter(heads[i].s[heads[i].n - 1]) && is_letter(s.s[heads[i].n])))
			return heads[i].n;
	return 0;
}

/* s without the signs at its end that are neither ASCII nor letters of a language: ticks, pictures. */
static struct str no_signs(struct str s)
{
	while (s.n >= 3 && (unsigned char)s.s[s.n - 1] >= 0x80) {
		if ((unsigned char)s.s[s.n - 3] == 0xE2 || str_ends(s, STR("\xEF\xB8\x8F"))) /* U+2000 to U+2FFF, U+FE0F */
			s.n -= 3;
		else if (s.n >= 4 && (unsigned char)s.s[s.n - 4] == 0xF0)
			s.n -= 4;
		else
			break;
		s = str_trim(s);
	}
	return s;
}

/* "42?" is no answer; "42. Shall I explain?" is. */
static void no_asking(struct str *s)
{
	static const struct str asks[] = { STR("?"), STR("\xEF\xBC\x9F") };
	struct str left = *s;

	if (!left.n || (left.s[left.n - 1] != '?' && (unsigned char)left.s[left.n - 1] != 0x9F))
		return;
	while (chop(&left, asks, COUNT(asks)))
		;
	if (left.n && !is_letter(left.s[left.n - 1]) && (unsigned char)left.s[left.n - 1] < 0x80)
		*s = left;
}

bool taken_back(struct str s, struct str *left)
{
	size_t end;

	if (s.n > DRESSED_MAX)
		return false;
	s = no_signs(str_trim(s));
	*left = str_from(s, head_back(s));
	no_asking(left);
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

static bool denies_all(struct str s)
{
	return words_back(s, false) == 0 || signs_back(s) == 0 || (s.n < MISTAKE_MAX && str_find(s, STR("made a mistake")) >= 0);
}

/* Behind the stop of the first sentence of s. */
static size_t sentence_end(struct str s)
{
	size_t i = 0;

	while (i < s.n && s.s[i] != '.' && s.s[i] != '!' && !str_starts(str_from(s, i), STR("\xE3\x80\x82"))) /* U+3002 */
		i++;
	return i == s.n ? i : i + ((unsigned char)s.s[i] < 0x80 ? 1 : 3);
}

/* Might what follows a denial be of another mind, or answer anew? */
static bool stands_by(struct str s)
{
	static const struct str words[] = { STR("right"), STR("correct"), STR("fine"), STR("holds"), STR("yes"), STR("indeed"), STR("\xE6\xAD\xA3\xE7\xA1\xAE") };

	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] >= '0' && s.s[i] <= '9')
			return true;
		for (size_t k = 0; k < COUNT(words); k++)
			if (str_ieq(str_sub(s, i, i + words[k].n), words[k]))
				return true;
	}
	return false;
}

bool disowned(struct str behind)
{
	struct str first;
	static const struct str shuts[] = { STR("</answer>"), STR("</Answer>"), STR("</ANSWER>") };

	while (behind.n && (between_words(behind.s[0]) || str_chr(STR("}$`]"), behind.s[0]) >= 0))
		behind = str_from(behind, 1);
	for (size_t i = 0; i < COUNT(shuts); i++)
		if (str_starts(behind, shuts[i]))
			behind = str_from(behind, shuts[i].n);
	behind = str_trim(behind);
	if (!behind.n || behind.n > TAIL_MAX)
		return false;
	first = str_sub(behind, 0, sentence_end(behind));
	return denies_all(behind) || (first.n < behind.n && denies_all(first) && !stands_by(str_from(behind, first.n)));
}

bool corrects(struct str between)
{
	static const struct str words[] = {
		STR("wait"), STR("oops"), STR("hmm"), STR("mistake"), STR("mistaken"), STR("correction"), STR("correcting"), STR("actually"), STR("redo"),
		STR("recheck"), STR("rechecking"), STR("miscalculated"), STR("miscounted"), STR("scratch"),
	};
	/* deng yixia, suan cuo, cuo le, gengzheng, jiuzheng, bu dui, youwu */
	static const struct str phrases[] = {
		STR("is wrong"), STR("'s wrong"), STR("\xE2\x80\x99s wrong"), STR("was wrong"), STR("is incorrect"), STR("was incorrect"), /* U+2019 */
		STR("correct it"), STR("correct this"), STR("correct that"), STR("fix it"), STR("fix this"), STR("fix that"),
		STR("\xE7\xAD\x89\xE4\xB8\x80\xE4\xB8\x8B"), STR("\xE7\xAE\x97\xE9\x94\x99"), STR("\xE9\x94\x99\xE4\xBA\x86"), STR("\xE6\x9B\xB4\xE6\xAD\xA3"),
		STR("\xE7\xBA\xA0\xE6\xAD\xA3"), STR("\xE4\xB8\x8D\xE5\xAF\xB9"), STR("\xE6\x9C\x89\xE8\xAF\xAF"),
	};

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
