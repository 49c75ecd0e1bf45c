/*
 * test_word_sorting.c - the word list; sorting against strcmp over a translated alphabet; the rule against every
 * permutation of short lists; worked steps read back; what canon sees and what it does not.
 */
#include "base/buf.h"
#include "generators/task.h"
#include "generators/words.h"
#include "tests/task.h"
#include "verifiers/verify.h"

enum { MAX = 64 };

extern const struct task task_word_sorting;
static const struct task *const task = &task_word_sorting;

/* A desc taken apart here, with nothing of the generator or the rule. */
struct list {
	bool down;
	char alphabet[27]; /* its letters in their order */
	char word[MAX][32];
	int n;
};

static void list_read(struct list *l, const char *desc)
{
	char front[40], direction[8];
	int at, used;

	l->n = 0;
	CHECK_EQ(sscanf(desc, "%7s %39s%n", direction, front, &at), 2);
	l->down = strcmp(direction, "desc") == 0;
	strcpy(l->alphabet, strcmp(front, "-") ? front : "");
	for (char c = 'a'; c <= 'z'; c++)
		if (!strchr(l->alphabet, c))
			strncat(l->alphabet, &c, 1);
	while (sscanf(desc + at, " %31s%n", l->word[l->n], &used) == 1) {
		at += used;
		l->n++;
	}
}

static const struct list *sorting;

/* Both words spelled in a plain alphabet: place for letter, so that strcmp decides. */
static int by_translation(const void *a, const void *b)
{
	char x[2][32];
	const char *w[2] = { a, b };
	int c;

	for (int i = 0; i < 2; i++) {
		size_t k = 0;

		for (; w[i][k]; k++)
			x[i][k] = (char)('A' + (strchr(sorting->alphabet, w[i][k]) - sorting->alphabet));
		x[i][k] = 0;
	}
	c = strcmp(x[0], x[1]);
	return sorting->down ? -c : c;
}

static void list_sort(struct list *l)
{
	sorting = l;
	qsort(l->word, (size_t)l->n, sizeof(l->word[0]), by_translation);
}

static void list_write(struct buf *out, const struct list *l)
{
	buf_reset(out);
	for (int i = 0; i < l->n; i++)
		buf_addf(out, "%s%s", i ? ", " : "", l->word[i]);
}

static enum quarry_mark mark_of(struct str desc, const char *answer)
{
	struct quarry_verdict v;

	quarry_verify_n(quarry_rule("word_sorting"), desc.s, desc.n, answer, strlen(answer), NULL, &v);
	return v.mark;
}

static void test_list_of_words(void)
{
	CHECK(words_count() >= 2000 && words_count() <= 8192);
	for (size_t i = 0; i < words_count(); i++) {
		struct str w = words_at(i);
		bool plain = w.n >= 3 && w.n <= 12;

		check_in("word %zu", i);
		for (size_t k = 0; k < w.n; k++)
			plain &= w.s[k] >= 'a' && w.s[k] <= 'z';
		CHECK(plain);
		CHECK(i == 0 || str_cmp(words_at(i - 1), w) < 0);
	}
	check_in("%s", "");
}

static bool draw(struct buf *desc, struct buf *answer, const int *knob, uint64_t seed)
{
	struct rng r;

	rng_init(&r, seed, "test word_sorting");
	buf_reset(desc);
	buf_reset(answer);
	return task->generate(desc, answer, knob, &r);
}

/* Every wrong neighbour, every missing and every doubled word is seen. */
static void break_answer(const struct list *right, struct str desc)
{
	struct buf b = BUF_INIT;

	for (int i = 0; i < right->n; i++) {
		struct list l = *right;

		if (i + 1 < l.n) {
			memcpy(l.word[i], right->word[i + 1], sizeof(l.word[0]));
			memcpy(l.word[i + 1], right->word[i], sizeof(l.word[0]));
			list_write(&b, &l);
			CHECK_EQ(mark_of(desc, buf_z(&b)), QUARRY_WRONG);
			l = *right;
		}
		memmove(l.word[i], l.word[i + 1], sizeof(l.word[0]) * (size_t)(l.n - i - 1));
		l.n--;
		list_write(&b, &l);
		CHECK_EQ(mark_of(desc, buf_z(&b)), QUARRY_WRONG);
		buf_addf(&b, ", %s", l.word[0]);
		CHECK_EQ(mark_of(desc, buf_z(&b)), QUARRY_WRONG);
	}
	buf_release(&b);
}

/* "con: t continue, s constant -> s constant, t continue": what stands before each word is its letter behind the prefix. */
static void read_step(struct str line, struct list *left, struct list *right)
{
	ptrdiff_t colon = str_find(line, STR(": ")), arrow;
	struct str prefix = colon < 0 ? STR("") : str_sub(line, 0, (size_t)colon);
	struct list *side[2] = { left, right };

	line = colon < 0 ? line : str_from(line, (size_t)colon + 2);
	arrow = str_find(line, STR(" -> "));
	if (!CHECK(arrow > 0))
		return;
	for (int k = 0; k < 2; k++) {
		struct str rest = k ? str_from(line, (size_t)arrow + 4) : str_sub(line, 0, (size_t)arrow), item;

		side[k]->n = 0;
		while (str_split(&rest, ',', &item)) {
			char *word = side[k]->word[side[k]->n++];

			item = str_trim(item);
			snprintf(word, sizeof(left->word[0]), "%.*s", (int)item.n - 2, item.s + 2);
			CHECK(item.n > 3 && item.s[1] == ' ' && str_starts(str_of(word), prefix));
			CHECK_EQ(item.s[0], word[prefix.n] ? word[prefix.n] : '-');
		}
	}
	CHECK_EQ(left->n, right->n);
}

/* Each step puts its words in order of their letter and keeps the given order among equals; all steps together make the
 * answer: the first one orders all words, each later one a stretch that was left equal. */
static void read_steps(const struct list *puzzle, const struct list *answer, struct str steps)
{
	struct list left, right, whole = { .n = 0 };
	struct str rest = steps, line;
	char alphabet[28];

	snprintf(alphabet, sizeof(alphabet), "-%s", puzzle->alphabet);
	while (str_line(&rest, &line)) {
		int at = 0;

		if (str_find(line, STR(" -> ")) < 0) { /* the order spelled out */
			CHECK(line.n == 2 * 27 - 1 && (puzzle->down || strcmp(puzzle->alphabet, "abcdefghijklmnopqrstuvwxyz")));
			for (int i = 0; i < 27; i++)
				CHECK_EQ(line.s[2 * i], alphabet[puzzle->down ? 26 - i : i]);
			continue;
		}
		read_step(line, &left, &right);
		if (whole.n == 0) {
			whole = right;
			continue;
		}
		while (at < whole.n && strcmp(whole.word[at], left.word[0]) != 0)
			at++;
		for (int i = 0; i < left.n; i++)
			CHECK(at + i < whole.n && strcmp(whole.word[at + i], left.word[i]) == 0);
		for (int i = 0; i < left.n && at + i < whole.n; i++)
			memcpy(whole.word[at + i], right.word[i], sizeof(whole.word[0]));
	}
	CHECK_EQ(whole.n, answer->n);
	for (int i = 0; i < whole.n && i < answer->n; i++)
		CHECK_STR(str_of(whole.word[i]), answer->word[i]);
}

/* The words are as the knobs say. */
static void test_words(const struct list *l, const int *knob)
{
	enum { WORDS, LONGEST, ALIKE, PREFIX, DOWN, FRONT };
	int alike = 0;
	bool initials = true;

	for (int i = 0; i < l->n; i++) {
		bool has = false;

		CHECK(strlen(l->word[i]) <= (size_t)knob[LONGEST]);
		for (int k = 0; k < l->n; k++) {
			has |= k != i && strncmp(l->word[i], l->word[k], (size_t)knob[PREFIX]) == 0;
			initials &= k == i || l->word[i][0] != l->word[k][0];
		}
		alike += has;
	}
	CHECK_EQ(l->n, knob[WORDS]);
	CHECK_EQ(alike, knob[ALIKE]);
	CHECK(knob[ALIKE] || initials);
	CHECK(knob[DOWN] == 2 || l->down == knob[DOWN]);
	CHECK((strcmp(l->alphabet, "abcdefghijklmnopqrstuvwxyz") != 0) == (knob[FRONT] > 0));
}

static void test_one(const struct buf *desc, const struct buf *answer, const int *knob, uint64_t seed)
{
	struct buf b = BUF_INIT, c = BUF_INIT, d = BUF_INIT;
	struct list puzzle, right;
	struct rng r;

	list_read(&puzzle, buf_z(desc));
	test_words(&puzzle, knob);
	right = puzzle;
	list_sort(&right);
	list_write(&b, &right);
	CHECK_STR_EQ(buf_str(answer), buf_str(&b));
	CHECK_EQ(mark_of(buf_str(desc), buf_z(answer)), QUARRY_CORRECT);
	buf_reset(&b);
	CHECK(task->solve(&b, buf_str(desc)));
	CHECK_STR_EQ(buf_str(&b), buf_str(answer));
	break_answer(&right, buf_str(desc));
	buf_reset(&b);
	task->explain(&b, buf_str(desc), LANG_EN);
	read_steps(&puzzle, &right, buf_str(&b));
	rng_init(&r, seed, "twin");
	buf_reset(&b);
	task->canon(&b, buf_str(desc));
	CHECK(task->twin(&c, buf_str(desc), &r));
	task->canon(&d, buf_str(&c));
	CHECK_STR_EQ(buf_str(&b), buf_str(&d));
	buf_release(&b);
	buf_release(&c);
	buf_release(&d);
}

static void test_levels(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;

	for (int level = 0; level < TASK_LEVELS; level++)
		for (uint64_t seed = 0; seed < 60; seed++) {
			check_in("level %d seed %d", level, (int)seed);
			if (CHECK(draw(&desc, &answer, task->levels[level], seed)))
				test_one(&desc, &answer, task->levels[level], seed);
		}
	check_in("%s", "");
	buf_release(&desc);
	buf_release(&answer);
}

/* Knobs anywhere in their ranges: a puzzle comes out or refuse() says why not. */
static void test_knobs(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int drawn = 0, failed = 0;
	struct rng r;

	rng_init(&r, 1, "knobs");
	for (int i = 0; i < 1500; i++) {
		int knob[TASK_KNOBS] = { 0 };
		bool held = false;

		for (int k = 0; task->knobs[k].name; k++)
			knob[k] = rng_range(&r, task->knobs[k].lo, task->knobs[k].hi);
		if (task->refuse(knob))
			continue;
		check_in("words %d longest %d alike %d prefix %d down %d front %d", knob[0], knob[1], knob[2], knob[3],
			 knob[4], knob[5]);
		for (uint64_t seed = 0; seed < 20 && !held; seed++)
			held = draw(&desc, &answer, knob, seed);
		drawn += held;
		failed += !held;
		if (CHECK(held))
			test_one(&desc, &answer, knob, 7);
	}
	check_in("%s", "");
	CHECK(drawn > 200 && failed == 0);
	buf_release(&desc);
	buf_release(&answer);
}

/* All orders of up to six words: one is right, and it is the one strcmp gives. */
static int permute(struct list *l, int at, struct str desc, const char *right, struct buf *b)
{
	int correct = 0;

	if (at == l->n) {
		enum quarry_mark m;

		list_write(b, l);
		m = mark_of(desc, buf_z(b));
		CHECK_EQ(m, strcmp(buf_z(b), right) ? QUARRY_WRONG : QUARRY_CORRECT);
		return m == QUARRY_CORRECT;
	}
	for (int i = at; i < l->n; i++) {
		char t[32];

		memcpy(t, l->word[at], sizeof(t));
		memcpy(l->word[at], l->word[i], sizeof(t));
		memcpy(l->word[i], t, sizeof(t));
		correct += permute(l, at + 1, desc, right, b);
		memcpy(t, l->word[at], sizeof(t));
		memcpy(l->word[at], l->word[i], sizeof(t));
		memcpy(l->word[i], t, sizeof(t));
	}
	return correct;
}

static void test_permutations(void)
{
	static const char *const descs[] = {
		"asc - dog cat", "desc - start star starts", "asc ts start star starts art arts", "desc zyx any and ant a as",
		"asc b abc ab bab ba b bb", "desc and and nod dan add dad",
	};
	struct buf b = BUF_INIT, right = BUF_INIT;

	for (size_t i = 0; i < COUNT(descs); i++) {
		struct list l, sorted;

		check_in("%s", descs[i]);
		list_read(&l, descs[i]);
		sorted = l;
		list_sort(&sorted);
		list_write(&right, &sorted);
		CHECK_EQ(permute(&l, 0, str_of(descs[i]), buf_z(&right), &b), 1);
	}
	check_in("%s", "");
	buf_release(&b);
	buf_release(&right);
}

static void test_canon(void)
{
	task_canon(task, "asc - dog cat bird", "asc - bird dog cat", true);
	task_canon(task, "asc abc dog cat", "asc - dog cat", true);  /* letters moved to where they stand */
	task_canon(task, "asc ba dog cat", "asc b dog cat", true);
	task_canon(task, "asc bc dog cat", "asc b dog cat", false);
	task_canon(task, "asc bc dog cat", "asc cb dog cat", false);
	task_canon(task, "asc - dog cat", "desc - dog cat", false);
	task_canon(task, "asc - dog cat", "asc - dog cats", false);
}

/* The rule and the generator read the same descs and refuse the same ones, whatever was done to them. */
static void test_damage(void)
{
	static const char seed_desc[] = "desc qx notes estimate remove note";
	struct buf b = BUF_INIT;
	struct rng r;
	int refused = 0, taken = 0;

	rng_init(&r, 3, "damage");
	for (int i = 0; i < 20000; i++) {
		char desc[64];
		size_t n = sizeof(seed_desc) - 1;
		bool solved;

		memcpy(desc, seed_desc, n);
		for (int k = rng_range(&r, 0, 2); k >= 0; k--) {
			static const char put[] = "aeqxz -A,\n\0\xff";
			size_t at = rng_below(&r, (uint32_t)n);

			if (rng_chance(&r, 40)) {
				memmove(desc + at, desc + at + 1, n - at - 1);
				n--;
			} else {
				desc[at] = put[rng_below(&r, sizeof(put) - 1)];
			}
		}
		if (rng_chance(&r, 20))
			n = rng_below(&r, (uint32_t)n);
		buf_reset(&b);
		solved = task->solve(&b, (struct str){ desc, n });
		CHECK_EQ(mark_of((struct str){ desc, n }, solved ? buf_z(&b) : "note"),
			 solved ? QUARRY_CORRECT : QUARRY_BAD_TASK);
		refused += !solved;
		taken += solved;
		if (!solved) {
			struct effort e;

			task->explain(&b, (struct str){ desc, n }, LANG_ZH);
			task->canon(&b, (struct str){ desc, n });
			CHECK(b.n == 0 && !task->twin(&b, (struct str){ desc, n }, &r));
			task->grade(&e, (struct str){ desc, n });
			CHECK(e.technique && e.steps == 0);
		}
	}
	CHECK(refused > 1000 && taken > 1000);
	buf_release(&b);
}

/* Longer than anything allowed: refused, not cut. */
static void test_sizes(void)
{
	struct buf b = BUF_INIT, answer = BUF_INIT;

	buf_addz(&b, "asc -");
	for (int i = 0; i < MAX; i++)
		buf_addf(&b, " w%c%c", 'a' + i / 26, 'a' + i % 26);
	CHECK(task->solve(&answer, buf_str(&b)));
	CHECK_EQ(mark_of(buf_str(&b), buf_z(&answer)), QUARRY_CORRECT);
	buf_addz(&b, " one");
	CHECK(!task->solve(&answer, buf_str(&b)));
	CHECK_EQ(mark_of(buf_str(&b), "one"), QUARRY_BAD_TASK);
	buf_release(&b);
	buf_release(&answer);
}

int main(void)
{
	test_list_of_words();
	test_levels();
	test_knobs();
	test_permutations();
	test_canon();
	test_damage();
	test_sizes();
	return check_done();
}
