/* taken_back.c - an answer whose giver at once says that it is none: "42 (wrong)", "42 or something else", "42. That is not my answer."; see extract.h. */
#include "verifiers/extract.h"
#include "verifiers/hunt.h"
#include "verifiers/text.h"

enum {
	TAIL_MAX = 100, /* bytes behind an answer that are looked at */
	LETTER_MAX = 9, /* words of one initial */
	MISTAKE_MAX = 40, /* bytes of a sentence that says no more than that one was made */
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
			{ "a", SAYS_NOTHING }, { "above", SAYS_NOTHING }, { "actually", SAYS_NOTHING }, { "am", SAYS_NOTHING }, { "and", SAYS_NOTHING },
			{ "another", OTHERS }, { "answer", MEANS }, { "anything", SAYS_NOTHING }, { "as", SAYS_NOTHING }
		},
		['b' - 'a'] = { { "be", SAYS_NOTHING }, { "because", SAYS_NOTHING }, { "but", SAYS_NOTHING }, { "back", REFUSES } },
		['c' - 'a'] = { { "can't", DENIES }, { "cannot", DENIES }, { "clearly", SAYS_NOTHING }, { "correct", MEANS }, { "crossed", SAYS_NOTHING } },
		['d' - 'a'] = {
			{ "definitely", SAYS_NOTHING }, { "discarded", REFUSES }, { "disregard", REFUSES }, { "do", SAYS_NOTHING }, { "don't", DENIES }
		},
		['e' - 'a'] = { { "else", OTHERS }, { "etc", OR_ELSE } },
		['f' - 'a'] = { { "final", SAYS_NOTHING } },
		['h' - 'a'] = { { "hmm", SAYS_NOTHING }, { "hold", SAYS_NOTHING }, { "however", SAYS_NOTHING } },
		['i' - 'a'] = {
			{ "i", SAYS_NOTHING }, { "ignore", REFUSES }, { "incorrect", REFUSES }, { "invalid", REFUSES }, { "is", SAYS_NOTHING }, { "isn't", DENIES }, { "it", MEANS },
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
			{ "other", OTHERS }, { "others", OTHERS }, { "out", REFUSES } /* crossed out, ruled out */
		},
		['p' - 'a'] = { { "please", SAYS_NOTHING }, { "previous", SAYS_NOTHING }, { "probably", SAYS_NOTHING } },
		['r' - 'a'] = { { "rejected", REFUSES }, { "result", MEANS }, { "retract", REFUSES }, { "right", MEANS }, { "ruled", SAYS_NOTHING } },
		['s' - 'a'] = {
			{ "scratch", REFUSES }, { "similar", SAYS_NOTHING }, { "since", SAYS_NOTHING }, { "so", SAYS_NOTHING }, { "solution", MEANS },
			{ "something", SAYS_NOTHING }, { "sorry", SAYS_NOTHING }
		},
		['t' - 'a'] = {
			{ "take", SAYS_NOTHING }, { "tentative", REFUSES }, { "that", SAYS_NOTHING }, { "that's", SAYS_NOTHING }, { "the", SAYS_NOTHING }, { "thereabouts", SAYS_NOTHING },
			{ "this", SAYS_NOTHING }, { "though", SAYS_NOTHING }
		},
		['u' - 'a'] = { { "uncertain", REFUSES }, { "unsure", REFUSES } },
		['v' - 'a'] = { { "void", REFUSES } },
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

/* Ends of a Chinese text that takes back what stands before it; of two that end alike the longer one first. */
static const struct str chinese[] = {
	STR("算错"), STR("算错了"), STR("搞错了"), STR("弄错了"), STR("错了"), STR("错"), STR("错误"), STR("错的"), STR("错误的"), STR("有误"), STR("误"),
	STR("不对"), STR("不正确"), STR("不成立"), STR("无效"), STR("作废"), STR("排除"), STR("划掉"), STR("待定"), STR("不确定"), STR("不是正确答案"), STR("不是答案"),
	STR("或其他"), STR("或者其他"), STR("或别的"), STR("或者别的"), STR("或不是"), STR("或者不是"), STR("等等"),
	STR("除外"), STR("以外"), STR("以外的"), STR("之外"), STR("左右"),
};

/* No mistake, or whose mistake. */
static const struct str none[] = { STR("没有"), STR("没"), STR("无"), STR("不"), STR("不会"), STR("有"), STR("出"), STR("否") };

/* What may stand between an answer and these. */
static const struct str chinese_links[] = {
	STR("这"), STR("此"), STR("个"), STR("是"), STR("但"), STR("答案"), STR("以上"), STR("上面"), STR("上述"), STR("之前"), STR("刚才"), STR("结果"), STR("的"), STR("我"), STR("请"), STR("抱歉"),
	STR("对不起"), STR("已"), STR("可能"), STR("都"), STR("（"), STR("，"), STR("。"), STR("("), STR(","), STR(" "), STR("\n"),
};

/* What may be said of what stands before: "ignore the answer above". */
static const struct str withdrawals[] = { STR("忽略"), STR("收回"), STR("撤回"), STR("无视") };

/* Of which it is no word against the answer that they are ruled out. */
static const struct str others[] = { STR("其他"), STR("其它"), STR("其余"), STR("别的") };

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
	size_t end;

	if (!s.n || ((unsigned char)s.s[s.n - 1] < 0x80 && str_chr(STR(".!) \n"), s.s[s.n - 1]) < 0))
		return s.n;
	while (chop(&left, stops, COUNT(stops)))
		;
	if (!chop(&left, chinese, COUNT(chinese))) {
		while (chop(&left, chinese_links, COUNT(chinese_links)))
			;
		if (!chop(&left, withdrawals, COUNT(withdrawals)))
			return s.n;
	}
	if (chop(&left, none, COUNT(none)))
		return s.n;
	while (chop(&left, chinese_links, COUNT(chinese_links)))
		;
	end = left.n;
	return chop(&left, others, COUNT(others)) ? s.n : end;
}

/* "maybe 42", "\neq 42": bytes of what makes another statement of what follows, 0 for none. */
static size_t head_back(struct str s)
{
	static const struct str heads[] = {
		STR("可能是"), STR("可能为"), STR("可能"), STR("也许是"), STR("也许"), STR("或许是"), STR("或许"), STR("大概是"), STR("大概为"), STR("大概"), STR("大约是"), STR("大约"),
		STR("约"), STR("估计是"), STR("似乎是"), STR("好像是"), STR("未必是"), STR("不一定是"), STR("除了"), STR("无法确定，可能是"), STR("不确定，可能是"),
		STR("≠"), STR("≈"), STR("!="),
		STR("\\neq"), STR("\\ne"), STR("\\approx"), STR("\\not="), STR("maybe"), STR("Maybe"), STR("perhaps"), STR("Perhaps"), STR("probably"), STR("Probably"),
	};
	static const struct str nearly[] = { STR("≈"), STR("\\approx"), STR("约"), STR("大约") };

	if (!s.n || ((unsigned char)s.s[0] < 0x80 && str_chr(STR("!\\mMpP"), s.s[0]) < 0))
		return 0;
	for (size_t i = 0; i < COUNT(nearly) && str_chr(s, '.') >= 0; i++)
		if (str_starts(s, nearly[i])) /* it is rounded, as it may have to be */
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
	static const struct str asks[] = { STR("?"), STR("？"), STR("吗"), STR("吧") };
	static const struct str stops[] = { STR("\n"), STR(". "), STR(", "), STR("。"), STR("，") };
	struct str left = *s;

	if (!left.n || (left.s[left.n - 1] != '?' && !str_ends(left, asks[1]) && !str_ends(left, asks[2])))
		return;
	while (chop(&left, asks, COUNT(asks)))
		;
	if (!left.n || (left.s[left.n - 1] >= 'a' && left.s[left.n - 1] <= 'z'))
		return;
	for (size_t i = 0; i < COUNT(stops) && (unsigned char)left.s[left.n - 1] >= 0x80; i++)
		if (str_find(left, stops[i]) >= 0) /* of another sentence */
			return;
	*s = left;
}

bool taken_back(struct str s, struct str *left)
{
	struct str plain;
	size_t head, end;

	if (s.n > DRESSED_MAX)
		return false;
	s = str_trim(s);
	plain = no_signs(s);
	head = head_back(s);
	*left = str_from(plain, head);
	no_asking(left);
	end = words_back(*left, true);
	if (end == left->n)
		end = signs_back(*left);
	if (end == left->n && (left->s + end == plain.s + plain.n || head > plain.n)) { /* the signs may be a board's arrows */
		*left = str_trim(str_from(s, head));
		return head > 0;
	}
	while (end && end < left->n && str_chr(STR(" \n,;-"), left->s[end - 1]) >= 0)
		end--;
	if (end && end < left->n && left->s[end - 1] == '(' && left->s[left->n - 1] == ')')
		end--;
	left->n = end;
	*left = str_trim(*left);
	return left->n < plain.n;
}

bool takes_back(struct str s)
{
	return head_back(s) || words_back(s, true) == 0 || signs_back(s) == 0;
}

struct str behind_wrapper(struct str behind)
{
	static const struct str shuts[] = { STR("。"), STR("！"), STR("（") };
	bool shut;
	size_t n;

	do {
		n = behind.n && behind.s[0] == '<' ? tag_at(behind, 0, &shut) : 0;
		if (n && !shut)
			return behind;
		n = n ? n : behind.n && (between_words(behind.s[0]) || str_chr(STR("}$`]"), behind.s[0]) >= 0);
		for (size_t i = 0; i < COUNT(shuts) && !n; i++)
			n = str_starts(behind, shuts[i]) ? shuts[i].n : 0;
		behind = str_from(behind, n);
	} while (n);
	return behind;
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

	if (text_has_digit(s))
		return true;
	for (size_t i = 0; i < s.n; i++)
		for (size_t k = 0; k < COUNT(words); k++)
			if (str_ieq(str_sub(s, i, i + words[k].n), words[k]))
				return true;
	return false;
}

bool disowned(struct str behind)
{
	struct str first;

	behind = str_trim(behind_wrapper(behind));
	if (!behind.n || behind.n > TAIL_MAX)
		return false;
	first = str_sub(behind, 0, sentence_end(behind));
	return denies_all(behind) || (first.n < behind.n && denies_all(first) && !stands_by(str_from(behind, first.n)));
}
