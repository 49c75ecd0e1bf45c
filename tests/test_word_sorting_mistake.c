/*
 * test_word_sorting_mistake.c - sorting traces, read thought by thought by a checker that never tells one.
 *
 * Rule and solver tell the whole right trace and look for the first difference. Here each thought is asked whether it may stand where it
 * stands, from what was said before; a wrong one is then believed, so that the checker goes on from it. So it sees that there
 * is one mistake and no more, as the prompt promises.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_word_sorting_mistake;

static const struct task *const task = &task_word_sorting_mistake;

enum { WORDS = 40 };

struct checker {
	char word[WORDS][32]; /* each letter as its place in the puzzle's alphabet, 'A' up, so that strcmp() knows the order */
	char plain[WORDS][32];
	char alphabet[27];    /* the letters in order */
	bool down, merging;
	int n;
	/* letter by letter: the order, and the tie that is looked at */
	int order[WORDS], read[WORDS], key[WORDS], from, to, looked;
	bool tied[WORDS];
	/* merging: runs, as they stand one behind the other */
	int list[WORDS], begins[WORDS + 1], runs, pair;
	int out[WORDS], outs, a, b; /* the merge that goes on; pair is its left run */
	bool open, done;
	int wrong, first, told;
};

static void read_head(struct checker *c, struct str desc, struct str *rest)
{
	struct str part;
	int letters = 0;

	memset(c, 0, sizeof(*c));
	*rest = desc;
	str_split(rest, ' ', &part);
	c->down = str_is(part, "desc");
	str_split(rest, ' ', &part);
	for (size_t i = 0; i < part.n && part.s[0] != '-'; i++)
		c->alphabet[letters++] = part.s[i];
	for (char l = 'a'; l <= 'z'; l++)
		if (!strchr(c->alphabet, l))
			c->alphabet[letters++] = l;
	str_split(rest, ' ', &part);
	c->merging = str_is(part, "m");
	while (str_split(rest, ' ', &part) && !str_is(part, "|")) {
		for (size_t i = 0; i < part.n; i++)
			c->word[c->n][i] = (char)('A' + (strchr(c->alphabet, part.s[i]) - c->alphabet));
		memcpy(c->plain[c->n++], part.s, part.n);
	}
	c->to = c->n;
	c->runs = c->n;
	for (int i = 0; i < c->n; i++) {
		c->order[i] = c->list[i] = c->begins[i] = i;
		c->tied[i] = i > 0;
	}
	c->begins[c->n] = c->n;
}

static void say(struct checker *c, bool right)
{
	c->told++;
	if (!right && c->wrong++ == 0)
		c->first = c->told;
}

static void see_letter(struct checker *c, const char *token)
{
	int w, at, number, i = c->from + c->looked;
	char letter;
	const char *is = c->plain[c->order[i]];

	CHECK_EQ(sscanf(token, "L%d.%d%c%d", &w, &at, &letter, &number), 4);
	say(c, w == c->order[i] && at == c->read[i] + 1 && letter == ((int)strlen(is) < at ? '-' : is[at - 1]) &&
	       number == (letter == '-' ? 0 : strchr(c->alphabet, letter) - c->alphabet + 1));
	c->key[w] = number;
	c->looked++;
}

/* May the words stand in the order that is said, seen pair by pair? The order is believed in any case. */
static void see_order(struct checker *c, const char *token)
{
	int place[WORDS], at = c->read[c->from], i = c->from;
	bool right = c->looked == c->to - c->from;

	for (int k = 0; k < c->n; k++)
		place[c->order[k]] = k >= c->from && k < c->to ? k : -1;
	for (token++; i < c->to && *token; i++) {
		bool tied = token[-1] == '=';

		c->order[i] = (int)strtol(token, (char **)&token, 10);
		right &= place[c->order[i]] >= 0;
		for (int k = c->from; k < i; k++) {
			int a = c->key[c->order[k]], b = c->key[c->order[i]];

			right &= a == b ? place[c->order[k]] < place[c->order[i]] : (a < b) != c->down;
		}
		if (i > c->from)
			right &= tied == (c->key[c->order[i]] == c->key[c->order[i - 1]]);
		c->tied[i] = tied;
		token += *token != 0;
	}
	say(c, right && i == c->to && *token == 0);
	for (int k = c->from; k < c->to; k++)
		c->read[k] = at + 1;
	for (c->from = 1; c->from < c->n && !c->tied[c->from]; c->from++)
		;
	c->from--;
	for (c->to = c->from + 1; c->to < c->n && c->tied[c->to]; c->to++)
		;
	c->looked = 0;
}

static int read_list(const char **at, int *list)
{
	int n = 0;

	do {
		++*at;
		list[n++] = (int)strtol(*at, (char **)at, 10);
	} while (**at == ',');
	return n;
}

/* The last thought by letters: all words as they stand. */
static void see_end(struct checker *c, const char *token)
{
	int given[WORDS], n = read_list(&token, given);

	say(c, c->looked == 0 && c->to - c->from == 1 && n == c->n && memcmp(given, c->order, (size_t)n * sizeof(given[0])) == 0);
	c->done = true;
}

/* Two runs are named: they are the next two. A word that stands where another should has changed places with it. */
static void see_runs(struct checker *c, const char *token)
{
	int named[WORDS], left = read_list(&token, named), n = left + read_list(&token, named + left), from = c->begins[c->pair];
	bool right = !c->open && c->pair + 1 < c->runs && left == c->begins[c->pair + 1] - from && n == c->begins[c->pair + 2] - from;

	for (int i = 0; i < n; i++) {
		int k = from;

		while (k < c->n && c->list[k] != named[i])
			k++;
		right &= k == from + i;
		c->list[k] = c->list[from + i];
		c->list[from + i] = named[i];
	}
	say(c, right);
	c->open = true;
	c->outs = 0;
	c->a = from;
	c->b = from + left;
}

static void see_comparison(struct checker *c, const char *token)
{
	int a, b;
	char sign;
	bool left;

	CHECK_EQ(sscanf(token, "C%d%c%d", &a, &sign, &b), 3);
	left = (strcmp(c->word[a], c->word[b]) < 0) != c->down;
	say(c, c->open && c->a < c->begins[c->pair + 1] && c->b < c->begins[c->pair + 2] && a == c->list[c->a] && b == c->list[c->b] &&
	       sign == (left ? '<' : '>'));
	c->out[c->outs++] = sign == '<' ? c->list[c->a++] : c->list[c->b++];
}

static void see_result(struct checker *c, const char *token)
{
	int given[WORDS], n = read_list(&token, given), mid = c->begins[c->pair + 1], end = c->begins[c->pair + 2];
	bool right = c->open && (c->a == mid || c->b == end);

	while (c->a < mid)
		c->out[c->outs++] = c->list[c->a++];
	while (c->b < end)
		c->out[c->outs++] = c->list[c->b++];
	say(c, right && n == c->outs && memcmp(given, c->out, (size_t)n * sizeof(given[0])) == 0);
	memcpy(c->list + c->begins[c->pair], given, (size_t)n * sizeof(given[0]));
	memmove(c->begins + c->pair + 1, c->begins + c->pair + 2, (size_t)(c->runs - c->pair - 1) * sizeof(c->begins[0]));
	c->runs--;
	c->open = false;
	if (++c->pair + 1 >= c->runs) /* the next pass */
		c->pair = 0;
}

/* Read the whole trace: how many thoughts, how many wrong, which first, and whether it ends with all sorted. */
static bool see_all(struct checker *c, struct str desc)
{
	struct str rest, part;
	char token[200];

	read_head(c, desc, &rest);
	while (str_split(&rest, ' ', &part)) {
		snprintf(token, sizeof(token), "%.*s", (int)part.n, part.s);
		switch (token[0]) {
		case 'L': see_letter(c, token); break;
		case 'O': see_order(c, token); break;
		case 'F': see_end(c, token); break;
		case 'M': see_runs(c, token); break;
		case 'C': see_comparison(c, token); break;
		default: see_result(c, token);
		}
	}
	return c->merging ? c->runs == 1 : c->done;
}

static enum quarry_mark ask(struct str desc, const char *answer)
{
	return task_ask(task->name, desc, str_of(answer));
}

static void every_answer(struct str desc, const struct checker *c)
{
	char said[16];

	for (int k = 0; k <= c->told + 2; k++) {
		snprintf(said, sizeof(said), "%d", k);
		CHECK_EQ(ask(desc, said), k > 0 && k == c->first ? QUARRY_CORRECT : QUARRY_WRONG);
	}
	CHECK_EQ(ask(desc, "No"), c->wrong ? QUARRY_WRONG : QUARRY_CORRECT);
}

/* Is the sorted list at the end the one that strcmp() gives? Of traces without a mistake only. */
static void check_sorted(const struct checker *c)
{
	const int *list = c->merging ? c->list : c->order;

	for (int i = 1; i < c->n; i++)
		CHECK((strcmp(c->word[list[i - 1]], c->word[list[i]]) < 0) != c->down);
}

static void generated(int level, int method, int clean, int made)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int knob[TASK_KNOBS], tries = 0;
	static struct checker c;
	struct rng rng;

	task_level(task, level, knob);
	knob[7] = method;
	if (clean)
		knob[8] = 100;
	rng_init(&rng, (uint64_t)(3 * level + method), "test_word_sorting_mistake");
	for (int i = 0; i < made && tries < 2 * made; tries++) {
		char due[16];

		buf_reset(&desc);
		buf_reset(&answer);
		if (!task->generate(&desc, &answer, knob, &rng))
			continue;
		i++;
		check_in("level %d: %s", level, buf_z(&desc));
		CHECK(see_all(&c, buf_str(&desc)));
		CHECK_EQ(c.merging, method);
		CHECK(c.wrong <= 1 && (!clean || c.wrong == 0));
		snprintf(due, sizeof(due), "%d", c.first);
		CHECK_STR(buf_str(&answer), c.wrong ? due : "No");
		buf_reset(&answer);
		if (CHECK(task->solve(&answer, buf_str(&desc))))
			CHECK_STR(buf_str(&answer), c.wrong ? due : "No");
		CHECK(task->prove(buf_str(&desc)));
		if (!c.wrong)
			check_sorted(&c);
		if (i < 6)
			every_answer(buf_str(&desc), &c);
	}
	CHECK(tries < 2 * made);
	buf_release(&desc);
	buf_release(&answer);
}

/* Mistakes of all kinds stand at all places: each tenth of the trace has its share. */
static void even(int method)
{
	enum { MADE = 1000 };
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int knob[TASK_KNOBS], tenth[10] = { 0 }, kind[128] = { 0 };
	static struct checker c;
	struct rng rng;

	task_level(task, 3, knob);
	knob[7] = method;
	rng_init(&rng, (uint64_t)method, "even");
	for (int i = 0; i < MADE; i++) {
		buf_reset(&desc);
		buf_reset(&answer);
		if (!task->generate(&desc, &answer, knob, &rng))
			continue;
		see_all(&c, buf_str(&desc));
		if (c.wrong) {
			struct str rest = str_from(buf_str(&desc), (size_t)str_chr(buf_str(&desc), '|') + 2), part;

			for (int k = 0; k < c.first; k++)
				str_split(&rest, ' ', &part);
			kind[part.s[0] & 127]++;
			tenth[(c.first - 1) * 10 / c.told]++;
		}
	}
	check_in("method %d", method);
	for (int i = 0; i < 10; i++)
		CHECK(tenth[i] > MADE / 10 - 45 && tenth[i] < MADE / 10 + 45);
	if (method)
		CHECK(kind['M'] > 50 && kind['C'] > 50 && kind['R'] > 50);
	else
		CHECK(kind['L'] > 50 && kind['O'] > 50);
	buf_release(&desc);
	buf_release(&answer);
}

int main(void)
{
	for (int method = 0; method < 2; method++) {
		for (int level = 0; level < TASK_LEVELS; level++) {
			generated(level, method, 0, 60);
			generated(level, method, 1, 10);
		}
		even(method);
	}
	return check_done();
}
