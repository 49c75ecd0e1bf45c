/*
 * test_object_properties.c - collections against a ledger: how many items there are of each combination of properties, without any
 * order among them; every number judged; words for numbers.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_object_properties;

static const struct task *const task = &task_object_properties;

static const char letters[] = "kscmao";

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("object_properties", desc, answer);
}

/* ---- the ledger ---- */

enum { ROWS = 4096 };

struct ledger {
	struct row {
		int value[6];
		long count;
	} row[ROWS];
	int n;
};

static void enter(struct ledger *l, const int value[6], long count)
{
	int i = 0;

	while (i < l->n && memcmp(l->row[i].value, value, sizeof(l->row[i].value)) != 0)
		i++;
	if (i == l->n) {
		memcpy(l->row[l->n].value, value, sizeof(l->row[i].value));
		l->row[l->n++].count = 0;
	}
	l->row[i].count += count;
}

/* "c2s4..." over what is there already. */
static void overlay(int value[6], struct str s)
{
	const char *at = s.s;

	while (at < s.s + s.n) {
		int p = (int)(strchr(letters, *at) - letters);

		value[p] = (int)strtol(at + 1, (char **)&at, 10);
	}
}

static bool meets(const int value[6], struct str cond)
{
	bool all = str_chr(cond, '&') >= 0, any = false, every = true;
	struct str test;

	while (str_split(&cond, all ? '&' : '+', &test)) {
		bool is = value[strchr(letters, test.s[0]) - letters] == atoi(test.s + 1);

		any |= is;
		every &= is;
	}
	return all ? every : any;
}

static long count(const struct ledger *l, struct str cond)
{
	long n = 0;

	for (int i = 0; i < l->n; i++)
		n += meets(l->row[i].value, cond) ? l->row[i].count : 0;
	return n;
}

static void with(struct ledger *to, const int value[6], struct str effect, long n)
{
	int changed[6];

	memcpy(changed, value, sizeof(changed));
	overlay(changed, effect);
	enter(to, changed, n);
}

/* Is there a row with the same two properties? */
static bool has_pair(const struct ledger *l, const int value[6], struct str pair)
{
	int a = (int)(strchr(letters, pair.s[0]) - letters), b = (int)(strchr(letters, pair.s[1]) - letters);

	for (int i = 0; i < l->n; i++)
		if (l->row[i].value[a] == value[a] && l->row[i].value[b] == value[b])
			return true;
	return false;
}

static void swapped(struct ledger *to, const struct row *r, struct str pair)
{
	size_t second = 1 + strcspn(pair.s + 1, letters);
	int p = (int)(strchr(letters, pair.s[0]) - letters), a = atoi(pair.s + 1), b = atoi(pair.s + second + 1);
	int value[6];

	memcpy(value, r->value, sizeof(value));
	value[p] = value[p] == a ? b : value[p] == b ? a : value[p];
	enter(to, value, r->count);
}

static void happen(struct ledger *now, const struct ledger *first, struct str event)
{
	static struct ledger next;
	struct str verb, cond, one;

	if (str_starts(event, STR("if"))) {
		struct str guard;

		str_split(&event, '>', &guard);
		if (count(now, str_from(guard, (size_t)str_chr(guard, ' ') + 1)) < atoi(guard.s + 2))
			return;
	}
	str_split(&event, ' ', &verb);
	cond = event;
	if (str_chr(event, ':') >= 0)
		str_split(&event, ':', &cond);
	next.n = 0;
	for (int i = 0; i < now->n; i++) {
		const struct row *r = &now->row[i];
		int value[6];

		memcpy(value, r->value, sizeof(value));
		if (str_is(verb, "swap")) {
			swapped(&next, r, cond);
			continue;
		}
		if (str_is(verb, "new")) {
			enter(&next, value, has_pair(first, value, cond) ? r->count : 2 * r->count);
			continue;
		}
		if (!meets(value, cond)) {
			enter(&next, value, r->count);
			continue;
		}
		if (str_is(verb, "set") || str_is(verb, "trade")) {
			with(&next, value, event, r->count);
		} else if (str_is(verb, "add")) {
			enter(&next, value, r->count);
			with(&next, value, event, r->count);
		} else if (str_is(verb, "two")) {
			struct str both = event;

			str_split(&both, '/', &one);
			with(&next, value, one, r->count);
			with(&next, value, both, r->count);
		} else if (str_is(verb, "grow") || str_is(verb, "shrink")) {
			value[1] += str_is(verb, "grow") ? value[1] < 6 : -(value[1] > 0);
			enter(&next, value, r->count);
		} else {
			CHECK_STR(verb, "lose");
		}
	}
	*now = next;
}

static int outcome(struct str desc, long due[6])
{
	static struct ledger first, now;
	struct str items, events, piece;
	int n = 0;

	first.n = 0;
	str_split(&desc, '|', &items);
	str_split(&desc, '|', &events);
	while (str_split(&items, ',', &piece))
		with(&first, (const int[6]){ 0 }, piece, 1);
	now = first;
	while (str_split(&events, ';', &piece))
		happen(&now, &first, piece);
	while (str_split(&desc, ',', &piece))
		due[n++] = count(&now, piece);
	return n;
}

static void check_ledger(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, said = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 1, "test_object_properties");
	for (int i = 0; i < 330; i++) {
		long due[6];
		int n;

		check_in("collection %d", i);
		buf_reset(&desc);
		buf_reset(&answer);
		if (!task->generate(&desc, &answer, task->levels[i % 11], &rng))
			continue;
		n = outcome(buf_str(&desc), due);
		buf_reset(&said);
		for (int j = 0; j < n; j++)
			buf_addf(&said, "%s%ld", j ? ", " : "", due[j]);
		if (!CHECK_STR_EQ(buf_str(&answer), buf_str(&said)))
			fprintf(stderr, "\t%s\n", buf_z(&desc));
		CHECK_EQ(ask(buf_str(&desc), buf_str(&said)), QUARRY_CORRECT);
		/* every other first number, and every other last one */
		for (long v = 0; v < 120 && i < 110; v++)
			for (int end = 0; end < 2; end++) {
				int at = end ? n - 1 : 0;
				long was = due[at];

				due[at] = v;
				buf_reset(&said);
				for (int j = 0; j < n; j++)
					buf_addf(&said, "%s%ld", j ? " , " : "", due[j]);
				CHECK_EQ(ask(buf_str(&desc), buf_str(&said)), v == was ? QUARRY_CORRECT : QUARRY_WRONG);
				due[at] = was;
			}
	}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&said);
}

/* Two changes at once mean something else than one after the other. */
static void check_order(void)
{
	CHECK_EQ(ask(STR("k0s0c0m0a0o0,k0s0c1m0a0o0|swap c0c1|c0"), STR("1")), QUARRY_CORRECT);
	CHECK_EQ(ask(STR("k0s0c0m0a0o0,k0s0c1m0a0o0|set c0:c1;set c1:c0|c0"), STR("2")), QUARRY_CORRECT);
	CHECK_EQ(ask(STR("k0s0c0m0a0o0,k0s0c1m0a0o0|set c1:c0;set c0:c1|c0"), STR("0")), QUARRY_CORRECT);
	/* a copy that meets the condition is not copied again */
	CHECK_EQ(ask(STR("k0s0c0m0a0o0|add c0:m1|c0"), STR("2")), QUARRY_CORRECT);
	CHECK_EQ(ask(STR("k0s0c0m0a0o0|add c0:m1;add c0:m2|c0"), STR("4")), QUARRY_CORRECT);
}

/* The same puzzle under other names and in another order of items, sizes apart; and puzzles that differ in one thing each. */
static void check_canon(void)
{
	static const char one[] = "k0s0c0m0a0o0,k0s1c1m0a0o0,k2s1c0m3a0o0|set c0:m1;if2 s1>two c1:m1/m2|c0,k0&s1";
	static const struct {
		const char *a, *b;
		bool same;
	} pair[] = {
		{ one, "k0s1c1m0a0o0,k2s1c0m3a0o0,k0s0c0m0a0o0|set c0:m1;if2 s1>two c1:m1/m2|c0,k0&s1", true },
		{ one, "k3s0c7m1a2o5,k3s1c4m1a2o5,k1s1c7m2a2o5|set c7:m0;if2 s1>two c4:m0/m3|c7,k3&s1", true },
		{ one, "k0s1c0m0a0o0,k0s0c1m0a0o0,k2s0c0m3a0o0|set c0:m1;if2 s0>two c1:m1/m2|c0,k0&s0", false }, /* sizes have an order */
		{ one, "k0s0c0m0a0o0,k0s1c1m0a0o0,k2s1c0m0a0o0|set c0:m1;if2 s1>two c1:m1/m2|c0,k0&s1", false },
		{ one, "k0s0c0m0a0o0,k0s1c1m0a0o0,k2s1c0m3a0o0|set c1:m1;if2 s1>two c1:m1/m2|c0,k0&s1", false },
		{ one, "k0s0c0m0a0o0,k0s1c1m0a0o0,k2s1c0m3a0o0|set c0:m2;if2 s1>two c1:m1/m2|c0,k0&s1", false },
		{ one, "k0s0c0m0a0o0,k0s1c1m0a0o0,k2s1c0m3a0o0|set c0:a1;if2 s1>two c1:m1/m2|c0,k0&s1", false },
		{ one, "k0s0c0m0a0o0,k0s1c1m0a0o0,k2s1c0m3a0o0|add c0:m1;if2 s1>two c1:m1/m2|c0,k0&s1", false },
		{ one, "k0s0c0m0a0o0,k0s1c1m0a0o0,k2s1c0m3a0o0|set c0:m1;if1 s1>two c1:m1/m2|c0,k0&s1", false },
		{ one, "k0s0c0m0a0o0,k0s1c1m0a0o0,k2s1c0m3a0o0|set c0:m1;if2 s0>two c1:m1/m2|c0,k0&s1", false },
		{ one, "k0s0c0m0a0o0,k0s1c1m0a0o0,k2s1c0m3a0o0|set c0:m1;two c1:m1/m2|c0,k0&s1", false },
		{ one, "k0s0c0m0a0o0,k0s1c1m0a0o0,k2s1c0m3a0o0|set c0:m1;if2 s1>two c1:m2/m1|c0,k0&s1", false },
		{ one, "k0s0c0m0a0o0,k0s1c1m0a0o0,k2s1c0m3a0o0|set c0:m1;if2 s1>two c1:m1/m2|c0,k0+s1", false },
		{ one, "k0s0c0m0a0o0,k0s1c1m0a0o0,k2s1c0m3a0o0|set c0:m1;if2 s1>two c1:m1/m2|k0&s1,c0", false },
		{ one, "k0s0c0m0a0o0,k0s1c1m0a0o0,k2s1c0m3a0o0|if2 s1>two c1:m1/m2;set c0:m1|c0,k0&s1", false },
		/* a guard is no condition */
		{ "k0s0c0m0a0o0,k0s0c1m0a0o0|if1 c0>lose c1|k0", "k0s0c0m0a0o0,k0s0c1m0a0o0|if1 c1>lose c0|k0", true },
		{ "k0s0c0m0a0o0,k1s0c1m0a0o0|if1 c0>lose c1|k0", "k0s0c0m0a0o0,k1s0c1m0a0o0|if1 c1>lose c0|k0", false },
		{ "k0s0c0m0a0o0|if1 k0&c0>lose o1|k0", "k0s0c0m0a0o0|if1 k0+c0>lose o1|k0", false },
		{ "k0s0c0m0a0o0|lose k0&c1|k0", "k0s0c0m0a0o0|lose k0+c1|k0", false },
		{ "k0s0c0m0a0o0|lose k0&c1|k0", "k0s0c0m0a0o0|lose k0&m1|k0", false },
		/* which of alike events share an item's kind */
		{ "k0s0c0m0a0o0,k0s0c1m0a0o0,k1s0c2m0a0o0,k1s0c3m0a0o0|set c0:a1;set c1:a1;set c2:a1;set c3:a1|m0",
		  "k0s0c0m0a0o0,k1s0c1m0a0o0,k0s0c2m0a0o0,k1s0c3m0a0o0|set c0:a1;set c1:a1;set c2:a1;set c3:a1|m0", false },
		/* swapped values, and properties */
		{ "k0s0c0m0a0o0|swap c0c1|c0", "k0s0c5m0a0o0|swap c2c5|c5", true },
		{ "k0s0c0m0a0o0|swap c0c1|c0", "k0s0c0m0a0o0|swap c1c2|c0", false },
		{ "k0s0c0m0a0o0|swap c0c1|c0", "k0s0c0m0a0o0|swap m0m1|c0", false },
		{ "k0s0c0m0a0o0,k1s0c1m0a0o0|new kc|k0", "k1s0c0m0a0o0,k0s0c1m0a0o0|new kc|k1", true },
		{ "k0s0c0m0a0o0,k1s0c1m0a0o0|new kc|k0", "k0s0c0m0a0o0,k1s0c1m0a0o0|new km|k0", false },
		{ "k0s0c0m0a0o0,k1s0c1m0a0o0|new kc|k0", "k0s0c0m0a0o0,k1s0c1m0a0o0|new co|k0", false },
		{ "k0s0c0m0a0o0|grow c0|s0", "k0s0c0m0a0o0|shrink c0|s0", false },
	};

	for (size_t i = 0; i < COUNT(pair); i++)
		task_canon(task, pair[i].a, pair[i].b, pair[i].same);
}

int main(void)
{
	check_ledger();
	check_order();
	check_canon();
	return check_done();
}
