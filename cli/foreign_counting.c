/* foreign_counting.c - how many things of a kind somebody has, as the question's sentences tell; see foreign_worked.h. */
#include "cli/foreign_worked.h"

enum { LONGEST = 1 << 16, THINGS = 200 };

/* Kinds as the metadata calls them, and as questions do. */
static const struct {
	const char *name, *said[2];
} kinds[] = {
	{ "animal", { "animals", "\u52a8\u7269" } }, { "book", { "books", "\u4e66\u7c4d" } }, { "car", { "cars", "\u6c7d\u8f66" } },
	{ "clothes", { "clothing items", "\u8863\u7269" } }, { "electronic", { "electronics", "\u7535\u5b50\u4ea7\u54c1" } },
	{ "fruit", { "fruits", "\u6c34\u679c" } }, { "furniture", { "furniture items", "\u5bb6\u5177" } },
};

static bool digit(struct str s)
{
	return s.n && s.s[0] >= '0' && s.s[0] <= '9';
}

/* How often s has z with a number behind it. */
static int times(struct str s, const char *z)
{
	static const char first[] = "\u6700\u521d"; /* "in the beginning I had" is no sentence of its own */
	struct str what = str_of(z), before;
	ptrdiff_t at;
	int n = 0;

	for (size_t from = 0; (at = str_find(str_from(s, from), what)) >= 0; from += (size_t)at + what.n) {
		before = str_sub(s, 0, from + (size_t)at);
		n += digit(str_from(s, from + (size_t)at + what.n)) && !str_ends(before, STR(first));
	}
	return n;
}

/* "I have 98 hats" or "I also have 98 hats". */
static bool have(struct str question, bool chinese, int64_t count, struct str thing)
{
	static const char *const begins[2][2] = { { "I have ", "I also have " }, { "\u6211\u6709", "\u6211\u8fd8\u6709" } };
	struct buf b = BUF_INIT;
	bool found = false;

	for (int i = 0; i < 2 && !found; i++) {
		buf_reset(&b);
		buf_addz(&b, begins[chinese][i]);
		buf_addi(&b, count);
		buf_addz(&b, chinese ? "\u4e2a" : " ");
		buf_add(&b, thing);
		found = str_find(question, buf_str(&b)) >= 0;
	}
	buf_release(&b);
	return found;
}

/* All things of a kind; -1: one of them is not in the question. *n grows by how many kinds of things. */
static int64_t sum_of(struct str question, bool chinese, struct json list, int *n)
{
	struct json v, part;
	int64_t sum = 0, count;
	struct str thing;

	for (struct json_iter it = json_iter(list); json_next(&it, NULL, &v); ++*n) {
		struct json_iter pair = json_iter(v);

		if (*n == THINGS || !json_next(&pair, NULL, &part) || !json_plain(part, &thing) || !json_next(&pair, NULL, &part) ||
		    !json_i64(part, &count) || count < 0 || count > 1000000 || !have(question, chinese, count, thing))
			return -1;
		sum += count;
	}
	return sum;
}

/* The kind that the text names, stepped over; -1: none. */
static int kind_next(struct str *text, bool chinese)
{
	for (int i = 0; i < (int)COUNT(kinds); i++)
		if (said(text, kinds[i].said[chinese]))
			return i;
	return -1;
}

/* One kind, or two that are added or compared. */
static bool asked(struct str question, bool chinese, int kind[2], bool *difference)
{
	static const char *const differ[2][2] = { { "absolute difference between the number of ", NULL }, { "\u6211\u62e5\u6709\u7684", NULL } };
	static const char *const total[2][3] = { { "total number of ", "How many ", NULL }, { "\u6211\u603b\u5171\u6709\u591a\u5c11\u4e2a", NULL } };
	static const char *const ends[] = { "?", "\uff1f", NULL };
	struct str text, behind;

	*difference = story_between(question, differ[chinese], ends, &text, &behind);
	if (!*difference && !story_between(question, total[chinese], ends, &text, &behind))
		return false;
	kind[0] = kind_next(&text, chinese);
	kind[1] = -1;
	if (said(&text, chinese ? "\u548c" : " and ")) {
		kind[1] = kind_next(&text, chinese);
		if (kind[1] < 0 || kind[1] == kind[0])
			return false;
	}
	return kind[0] >= 0 && (kind[1] >= 0 || !*difference) &&
	       (text.n == 0 || str_is(text, " that I have") || str_is(text, " do I have in total") ||
		str_is(text, "\u7684\u6570\u91cf\u5dee\u7684\u7edd\u5bf9\u503c\u662f\u591a\u5c11"));
}

bool worked_counting(struct buf *answer, struct str question, struct json meta)
{
	struct json all, mine, list;
	int64_t sum[2] = { 0, 0 };
	int kind[2], n = 0;
	bool chinese, difference;

	json_get(meta, "possessions", &all);
	chinese = !json_get(all, "I", &mine);
	if (question.n > LONGEST || (chinese && !json_get(all, "\u6211", &mine)) || !asked(question, chinese, kind, &difference))
		return false;
	for (int i = 0; i < (int)COUNT(kinds); i++) {
		int64_t own;

		json_get(mine, kinds[i].name, &list);
		own = sum_of(question, chinese, list, &n);
		if (own < 0)
			return false;
		for (int k = 0; k < 2; k++)
			sum[k] += i == kind[k] ? own : 0;
	}
	/* nothing else is said to be mine */
	if (n == 0 || n != (chinese ? times(question, "\u6211\u6709") + times(question, "\u6211\u8fd8\u6709")
				    : times(question, "I have ") + times(question, "I also have ")))
		return false;
	if (difference)
		sum[0] = sum[0] > sum[1] ? sum[0] - sum[1] : sum[1] - sum[0];
	else
		sum[0] += sum[1];
	buf_addi(answer, sum[0]);
	return true;
}
