/*
 * test_boolean_expressions.c - lettered expressions, against a reader that works on the text like a person with an eraser.
 *
 * It finds the innermost brackets, and in a text without brackets wipes out one operation after the other in the
 * order of the prompt, leaving "True" or "False" in its place. No tree, no precedence climbing.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "tests/task.h"
#include "verifiers/verify.h"

#include <time.h>

extern const struct task task_boolean_expressions;

static const struct task *const task = &task_boolean_expressions;

static enum quarry_mark judge_text(struct str desc, struct str answer)
{
	return task_ask("boolean_expressions", desc, answer);
}

static enum quarry_mark judge(const char *desc, const char *answer)
{
	return judge_text(str_of(desc), str_of(answer));
}

/* ---- the eraser ---- */

enum { WORDS = 600 };

/* A text without brackets as words: "True", "and", "12", "<=", ... */
struct line {
	int n;
	char word[WORDS][12];
};

static void line_read(struct line *l, struct str s)
{
	struct str w;

	for (l->n = 0; str_word(&s, &w) && l->n < WORDS; l->n++)
		snprintf(l->word[l->n], sizeof(l->word[0]), "%.*s", (int)w.n, w.s);
}

/* Words from..to of the line become one. */
static void wipe(struct line *l, int from, int to, const char *word)
{
	char own[12];

	snprintf(own, sizeof(own), "%s", word);
	strcpy(l->word[from], own);
	memmove(l->word[from + 1], l->word[to + 1], sizeof(l->word[0]) * (size_t)(l->n - to - 1));
	l->n -= to - from;
}

static bool is(const struct line *l, int i, const char *word)
{
	return i >= 0 && i < l->n && strcmp(l->word[i], word) == 0;
}

static const char *truth(bool v)
{
	return v ? "True" : "False";
}

/* "a op b" around every word i that is one of the two, from the left. */
static void arithmetic(struct line *l, const char *one, const char *two)
{
	for (int i = 1; i + 1 < l->n;)
		if (is(l, i, one) || is(l, i, two)) {
			int a = atoi(l->word[i - 1]), b = atoi(l->word[i + 1]);
			char word[12];

			snprintf(word, sizeof(word), "%d", l->word[i][0] == '*' ? a * b : l->word[i][0] == '+' ? a + b : a - b);
			wipe(l, i - 1, i + 1, word);
		} else {
			i++;
		}
}

static void comparisons(struct line *l)
{
	for (int i = 1; i + 1 < l->n; i++) {
		int a = atoi(l->word[i - 1]), b = atoi(l->word[i + 1]);

		if (is(l, i, "<"))
			wipe(l, i - 1, i + 1, truth(a < b));
		else if (is(l, i, ">"))
			wipe(l, i - 1, i + 1, truth(a > b));
		else if (is(l, i, "<="))
			wipe(l, i - 1, i + 1, truth(a <= b));
		else if (is(l, i, ">="))
			wipe(l, i - 1, i + 1, truth(a >= b));
		else if (is(l, i, "=="))
			wipe(l, i - 1, i + 1, truth(a == b));
		else if (is(l, i, "!="))
			wipe(l, i - 1, i + 1, truth(a != b));
	}
}

static void logic(struct line *l, const char *op)
{
	for (int i = 1; i + 1 < l->n;) {
		bool a = is(l, i - 1, "True"), b = is(l, i + 1, "True");

		if (!is(l, i, op))
			i++;
		else if (op[0] == 'a')
			wipe(l, i - 1, i + 1, truth(a && b));
		else if (op[0] == 'o')
			wipe(l, i - 1, i + 1, truth(a || b));
		else if (op[0] == 'x')
			wipe(l, i - 1, i + 1, truth(a != b));
		else if (strcmp(op, "nand") == 0)
			wipe(l, i - 1, i + 1, truth(!a || !b));
		else if (strcmp(op, "nor") == 0)
			wipe(l, i - 1, i + 1, truth(!a && !b));
		else if (strcmp(op, "implies") == 0)
			wipe(l, i - 1, i + 1, truth(!a || b));
		else
			wipe(l, i - 1, i + 1, truth(a == b));
	}
}

static bool plain_truth(struct str s)
{
	static const char *const ops[] = { "and", "or", "xor", "nand", "nor", "implies", "iff" };
	static struct line l;

	line_read(&l, s);
	arithmetic(&l, "*", "*");
	arithmetic(&l, "+", "-");
	comparisons(&l);
	for (int i = l.n - 2; i >= 0; i--)
		if (is(&l, i, "not"))
			wipe(&l, i, i + 1, truth(is(&l, i + 1, "False")));
	for (size_t k = 0; k < COUNT(ops); k++)
		logic(&l, ops[k]);
	CHECK(l.n == 1 && (is(&l, 0, "True") || is(&l, 0, "False")));
	return is(&l, 0, "True");
}

static bool text_truth(struct str s)
{
	static char text[1 << 16], next[1 << 16];
	size_t n = s.n;

	memcpy(text, s.s, n);
	text[n] = 0;
	for (;;) {
		char *shut = memchr(text, ')', n), *open = shut;
		const char *word;
		size_t head, tail;

		if (!shut)
			return plain_truth((struct str){ text, n });
		while (*open != '(')
			open--;
		word = truth(plain_truth((struct str){ open + 1, (size_t)(shut - open - 1) }));
		head = (size_t)(open - text);
		tail = n - (size_t)(shut + 1 - text);
		memcpy(next, text, head);
		memcpy(next + head, word, strlen(word));
		memcpy(next + head + strlen(word), shut + 1, tail + 1);
		n = head + strlen(word) + tail;
		memcpy(text, next, n + 1);
	}
}

/* Bit i: the i-th expression of the desc is true. */
static unsigned desc_truth(struct str desc, int *letters)
{
	struct str rest = desc, piece;
	unsigned set = 0;

	for (*letters = 0; str_split(&rest, ';', &piece); ++*letters) {
		piece = str_trim(piece);
		CHECK(piece.n > 3 && piece.s[0] == 'A' + *letters && piece.s[1] == ':');
		set |= (unsigned)text_truth(str_from(piece, 3)) << *letters;
	}
	return set;
}

/* ---- answers ---- */

static void set_write(struct buf *out, unsigned set, struct rng *rng)
{
	static const char *const between[] = { ", ", ",", " ", "; ", " and ", "\n", "\xe3\x80\x81", " & ", "" };
	const char *sep = between[rng_below(rng, 9)];
	char letter[32];
	int n = 0;

	for (int i = 0; i < 20; i++)
		if (set >> i & 1)
			letter[n++] = (char)('A' + i);
	rng_shuffle(rng, letter, (size_t)n, 1);
	if (n == 0)
		buf_addz(out, rng_chance(rng, 50) ? "none" : "{}");
	for (int i = 0; i < n; i++) {
		buf_addz(out, i ? sep : "");
		buf_addc(out, letter[i]);
	}
}

static void claims_write(struct buf *out, unsigned set, int letters, struct rng *rng)
{
	static const char *const words[][3] = {
		{ ": ", "True", "False" }, { " = ", "true", "false" }, { " is ", "true", "false" }, { ": ", "T", "F" },
		{ "\xef\xbc\x9a", "\xe7\x9c\x9f", "\xe5\x81\x87" }, { " -> ", "TRUE", "FALSE" }, { ":", "1", "0" },
	};
	int w = (int)rng_below(rng, 7);

	for (int i = 0; i < letters; i++)
		buf_addf(out, "%s%c%s%s", i ? ", " : "", 'A' + i, words[w][0], words[w][set >> i & 1 ? 1 : 2]);
}

/* Of all sets of letters just one is right, in any order, with any separator, as a list or as claims. */
static void check_sets(struct str desc, unsigned truth_set, int letters, struct rng *rng)
{
	struct buf b = BUF_INIT;

	for (unsigned set = 0; set < 1u << letters; set++) {
		enum quarry_mark due = set == truth_set ? QUARRY_CORRECT : QUARRY_WRONG;

		if (letters > 7 && set != truth_set && (set ^ truth_set) != 1u << rng_below(rng, (uint32_t)letters) &&
		    rng_below(rng, 1u << (letters - 7)) != 0)
			continue;
		buf_reset(&b);
		set_write(&b, set, rng);
		if (!CHECK_EQ(judge_text(desc, buf_str(&b)), due))
			fprintf(stderr, "\t%.*s: \"%s\"\n", (int)desc.n, desc.s, buf_z(&b));
		buf_reset(&b);
		claims_write(&b, set, letters, rng);
		if (!CHECK_EQ(judge_text(desc, buf_str(&b)), due))
			fprintf(stderr, "\t%.*s: \"%s\"\n", (int)desc.n, desc.s, buf_z(&b));
	}
	buf_release(&b);
}

/* ---- worked solutions ---- */

/* Each line is "A: e = e = ... = True [A]": all e have one value, the first is the puzzle's, the list is right so far. */
static void check_steps(struct str desc, struct str steps, unsigned truth_set)
{
	struct str piece, line, e;
	char list[80] = "";

	for (int i = 0; str_split(&desc, ';', &piece); i++) {
		ptrdiff_t open;
		struct str last = { "", 0 }, want_list;
		char want[100];
		bool first = true;

		piece = str_trim(piece);
		if (!CHECK(str_line(&steps, &line)) || !CHECK((open = str_rfind(line, STR(" ["))) > 0))
			return;
		if (truth_set >> i & 1)
			snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%c", list[0] ? ", " : "", 'A' + i);
		snprintf(want, sizeof(want), " [%s]", list);
		want_list = str_from(line, (size_t)open);
		CHECK_STR(want_list, want);
		line = str_sub(line, 3, (size_t)open);
		while (line.n > 0) {
			ptrdiff_t cut = str_find(line, STR(" = "));

			e = cut < 0 ? line : str_sub(line, 0, (size_t)cut);
			line = cut < 0 ? (struct str){ "", 0 } : str_from(line, (size_t)cut + 3);
			if (first)
				CHECK_STR_EQ(e, str_from(piece, 3));
			else
				CHECK(!str_eq(e, last));
			CHECK_EQ(text_truth(e), truth_set >> i & 1);
			first = false;
			last = e;
		}
		CHECK_STR(last, truth(truth_set >> i & 1));
	}
	CHECK(!str_line(&steps, &line));
}

static void check_levels(void)
{
	for (int level = 0; level < TASK_LEVELS; level++)
		for (uint64_t seed = 0; seed < (level < 7 ? 40 : 10); seed++) {
			struct buf desc = BUF_INIT, answer = BUF_INIT, steps = BUF_INIT, twin = BUF_INIT, solved = BUF_INIT;
			struct rng rng;
			unsigned set;
			int letters;

			rng_init(&rng, seed, "levels");
			check_in("level %d seed %d", level, (int)seed);
			if (!CHECK(task->generate(&desc, &answer, task->levels[level], &rng)))
				continue;
			set = desc_truth(buf_str(&desc), &letters);
			CHECK_EQ(letters, task->levels[level][0]);
			CHECK_EQ(judge_text(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
			check_sets(buf_str(&desc), set, letters, &rng);
			task->explain(&steps, buf_str(&desc), LANG_EN);
			check_steps(buf_str(&desc), buf_str(&steps), set);
			/* a twin has as many true ones */
			if (CHECK(task->twin(&twin, buf_str(&desc), &rng)) && CHECK(task->solve(&solved, buf_str(&twin)))) {
				int count;

				CHECK_EQ(__builtin_popcount(desc_truth(buf_str(&twin), &count)), __builtin_popcount(set));
				CHECK_EQ(judge_text(buf_str(&twin), buf_str(&solved)), QUARRY_CORRECT);
			}
			buf_release(&desc);
			buf_release(&answer);
			buf_release(&steps);
			buf_release(&twin);
			buf_release(&solved);
		}
}

/* ---- every small expression ---- */

static const char *const joins[] = { "and", "or", "xor", "nand", "nor", "implies", "iff" };

/* x op y op z with nots, with and without brackets: where the grammar has it, rule and solver read it as the eraser does;
 * where it has not, both refuse. */
static void check_small(void)
{
	static const char *const shapes[] = { "%s %s %s", "%s %s %s %s %s", "(%s %s %s) %s %s", "%s %s (%s %s %s)",
					      "not (%s %s %s)", "not (%s %s %s) %s %s" };
	static const bool three[] = { false, true, true, true, false, true };

	for (int shape = 0; shape < 6; shape++)
		for (int i = 0; i < 7 * 7 * 64; i++) {
			const char *x[3], *p = joins[i % 7], *q = joins[i / 7 % 7];
			struct buf solved = BUF_INIT;
			char text[120], desc[130];
			bool flat = shape == 1, chain = i % 7 < 2 && i / 7 % 7 < 2, is_true;

			for (int k = 0; k < 3; k++)
				x[k] = ((const char *const[]){ "True", "False", "not True", "not False" })[i / 49 >> (2 * k) & 3];
			if (!three[shape] && (i / 7 % 7 || i / 49 / 16))
				continue;
			snprintf(text, sizeof(text), shapes[shape], x[0], p, x[1], q, x[2]);
			snprintf(desc, sizeof(desc), "A: %s", text);
			check_in("%s", desc);
			if (flat && !chain) {
				CHECK_EQ(judge(desc, "A"), QUARRY_BAD_TASK);
				CHECK(!task->solve(&solved, str_of(desc)));
				continue;
			}
			is_true = text_truth(str_of(text));
			CHECK_EQ(judge(desc, "A"), is_true ? QUARRY_CORRECT : QUARRY_WRONG);
			CHECK_EQ(judge(desc, "none"), is_true ? QUARRY_WRONG : QUARRY_CORRECT);
			CHECK(task->solve(&solved, str_of(desc)));
			CHECK_STR(buf_str(&solved), is_true ? "A" : "none");
			buf_release(&solved);
		}
}

/* Comparisons of small sums and products, each sign. */
static void check_compare(void)
{
	static const char *const signs[] = { "<", ">", "<=", ">=", "==", "!=" };
	struct rng rng;

	rng_init(&rng, 1, "compare");
	for (int i = 0; i < 3000; i++) {
		char text[100], desc[110];
		struct buf solved = BUF_INIT;
		static const char ops[] = "+-*";
		bool is_true;

		snprintf(text, sizeof(text), "%s%d %c %d %c %d %s %d %c %d", i % 2 ? "not " : "", (int)rng_below(&rng, 10),
			 ops[i % 3], (int)rng_below(&rng, 10), ops[i / 3 % 3], (int)rng_below(&rng, 10), signs[i % 6],
			 (int)rng_below(&rng, 10), ops[i / 9 % 3], (int)rng_below(&rng, 10));
		snprintf(desc, sizeof(desc), "A: %s", text);
		check_in("%s", desc);
		is_true = text_truth(str_of(text));
		CHECK_EQ(judge(desc, "A"), is_true ? QUARRY_CORRECT : QUARRY_WRONG);
		CHECK(task->solve(&solved, str_of(desc)));
		CHECK_STR(buf_str(&solved), is_true ? "A" : "none");
		buf_release(&solved);
	}
}

/* ---- descs that are none ---- */

static void check_bad(void)
{
	static const char *const bad[] = {
		"", "A", "A:", "A: ", "A:True", "A: true", "A: True ", " A: True", "A: True;B: True", "A: True; C: True", "B: True",
		"A: True; A: True", "A: True;", "A: True; ", "A: (True)", "A: ((True and False))", "A: True and", "A: and True",
		"A: not", "A: nottrue", "A: True  and False", "A: True and(False or True)", "A: (True or False", "A: True or False)",
		"A: 3", "A: 3 <", "A: 3 < 4 < 5", "A: 03 < 4", "A: 1234 < 4", "A: -3 < 4", "A: 3+4 < 8", "A: 3 < 4 + ",
		"A: True xor False xor True", "A: True implies False and True", "A: True == True", "A: Truely", "A: True; b: True",
		"A: True\n", "a: True", "A: 3 = 3", "A: 3 / 1 == 3", "A: not(True)", "A: (3) < 4", "A: True and 3",
	};
	struct buf b = BUF_INIT, deep = BUF_INIT;

	for (size_t i = 0; i < COUNT(bad); i++) {
		check_in("\"%s\"", bad[i]);
		CHECK_EQ(judge(bad[i], "A"), QUARRY_BAD_TASK);
		CHECK(!task->solve(&b, str_of(bad[i])));
		CHECK_EQ(b.n, 0);
		task->canon(&b, str_of(bad[i]));
		task->explain(&b, str_of(bad[i]), LANG_ZH);
		CHECK_EQ(b.n, 0);
	}
	/* nots inside each other: both sides have the same ceiling */
	for (int n = 1; n < 100; n++) {
		buf_reset(&deep);
		buf_reset(&b);
		buf_addz(&deep, "A: ");
		for (int i = 0; i < n; i++)
			buf_addz(&deep, "not ");
		buf_addz(&deep, "True");
		check_in("%d nots", n);
		CHECK_EQ(task->solve(&b, buf_str(&deep)), judge_text(buf_str(&deep), STR("A")) != QUARRY_BAD_TASK);
		CHECK_EQ(b.n > 0, n < 40);
		if (b.n)
			CHECK_STR(buf_str(&b), n % 2 ? "none" : "A");
	}
	buf_release(&deep);
	buf_release(&b);
}

/* ---- no shortcut ---- */

/* What is seen at a glance says nothing: share of true ones by a feature of the text. */
static void check_balance(void)
{
	static const char *const features[] = { "", "and", "or", "xor", "nand", "nor", "not ", "<", "==" };
	enum { FEATURES = COUNT(features) };

	for (int level = 0; level < 9; level += 2) {
		int seen[FEATURES] = { 0 }, hit[FEATURES] = { 0 };

		for (uint64_t seed = 0; seed < (level < 6 ? 3000 : 600); seed++) {
			struct buf desc = BUF_INIT, answer = BUF_INIT;
			struct str rest, piece;
			struct rng rng;

			rng_init(&rng, seed, "balance");
			if (!CHECK(task->generate(&desc, &answer, task->levels[level], &rng)))
				break;
			rest = buf_str(&desc);
			for (int i = 0; str_split(&rest, ';', &piece); i++)
				for (int f = 0; f < FEATURES; f++)
					if (str_find(piece, str_of(features[f])) >= 0) {
						seen[f]++;
						hit[f] += memchr(buf_z(&answer), 'A' + i, answer.n) != NULL && !str_is(buf_str(&answer), "none");
					}
			buf_release(&desc);
			buf_release(&answer);
		}
		for (int f = 0; f < FEATURES; f++) {
			check_in("level %d, those with \"%s\": %d of %d are true", level, features[f], hit[f], seen[f]);
			/* four standard deviations of a fair coin */
			CHECK((int64_t)(2 * hit[f] - seen[f]) * (2 * hit[f] - seen[f]) <= 16 * (int64_t)seen[f]);
		}
	}
}

static void check_hostile(void)
{
	static const char *const units[] = {
		"A", "A, ", "A and ", "A: True, ", "True ", "True, False, ", "none ", "{", "}", "[]", "\\text{", "\\", "\\emptyset ",
		"the ", "\xe7\x9c\x9f", "\xe6\x97\xa0", "\xe4\xb8\xad", "\xff", "and ", ": ", "-", "A: ", "\xef\xbc\xa1",
		"The true expressions are ", " ",
	};
	struct buf b = BUF_INIT;

	for (size_t u = 0; u < COUNT(units); u++) {
		clock_t start;
		enum quarry_mark mark;

		buf_reset(&b);
		while (b.n + 80 < 1 << 16)
			buf_addz(&b, units[u]);
		check_in("a flood of \"%s\"", units[u]);
		start = clock();
		mark = judge_text(STR("A: True; B: False"), buf_str(&b));
		/* blanks and bare brackets are all that such a flood may say: the empty set, which is wrong */
		CHECK(mark == QUARRY_WRONG || mark == QUARRY_UNREADABLE || mark == QUARRY_NO_ANSWER);
		CHECK(clock() - start < CLOCKS_PER_SEC / 10);
	}
	buf_release(&b);
}

int main(void)
{
	check_small();
	check_compare();
	check_levels();
	check_bad();
	check_balance();
	check_hostile();
	return check_done();
}
