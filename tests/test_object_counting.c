/*
 * test_object_counting.c - stories acted out with single things on a table, against solver and rule; the arithmetic of the
 * worked steps; the table of things; shares of the commonest answer; canon.
 */
#include "base/buf.h"
#include "generators/task.h"
#include "tests/task.h"
#include "verifiers/object_counting.h"
#include "verifiers/verify.h"

extern const struct task task_object_counting;
static const struct task *const task = &task_object_counting;

static const struct {
	const char *kind, *id, *many, *zh, *measure;
} things[] = {
#define X(kind, id, many, zh, measure) { #kind, id, many, zh, measure },
	OBJECT_THINGS(X)
#undef X
};

enum { THINGS = COUNT(things) };

/* Each single thing lies here with its owner's letter; 0 is gone. */
static struct {
	char owner;
	short thing;
} *lies;
static size_t lying, lie_room;

static void put(char owner, const char *id, long n)
{
	int t = 0;

	while (t < THINGS && strcmp(things[t].id, id) != 0)
		t++;
	CHECK(t < THINGS);
	for (; n > 0; n--) {
		if (lying == lie_room) {
			lie_room = lie_room ? 2 * lie_room : 1024;
			lies = realloc(lies, lie_room * sizeof(*lies));
		}
		lies[lying].owner = owner;
		lies[lying++].thing = (short)t;
	}
}

static long held(char owner, const char *id)
{
	long n = 0;

	for (size_t i = 0; i < lying; i++)
		n += lies[i].owner == owner && strcmp(things[lies[i].thing].id, id) == 0;
	return n;
}

static void take(char from, char to, const char *id, long n)
{
	for (size_t i = 0; i < lying && n > 0; i++)
		if (lies[i].owner == from && strcmp(things[lies[i].thing].id, id) == 0) {
			lies[i].owner = to;
			n--;
		}
	CHECK_EQ(n, 0);
}

/* "A+3 pear,2 dog" */
static void act(char *fact)
{
	char who = fact[0], op = fact[1], *list = fact + 2, *save, other = 0;

	if (op == '>' || op == '=' || op == '*') {
		other = fact[2];
		list = fact + 4;
	}
	if (op == '*') {
		put(who, list, held(who, list));
		return;
	}
	if (op == '=') {
		put(who, list, held(other, list));
		return;
	}
	for (char *part = strtok_r(list, ",", &save); part; part = strtok_r(NULL, ",", &save)) {
		char *id;
		long n = strtol(part, &id, 10);

		id++;
		if (op == ':' || op == '+')
			put(who, id, n);
		else
			take(who, op == '>' ? other : 0, id, n);
	}
}

static long asked(char *term)
{
	long n = 0;

	for (size_t i = 0; i < lying; i++) {
		const char *kind = things[lies[i].thing].kind, *at = strstr(term + 2, kind);

		if (lies[i].owner && (term[0] == '*' || term[0] == lies[i].owner) && at)
			n++;
	}
	return n;
}

/* The answer, by acting the story out. */
static long act_out(const char *desc)
{
	char *text = strdup(desc), *save, *save2, *ask = strtok_r(text, ";", &save), *a, *b;
	long x, y;

	lying = 0;
	for (char *fact = strtok_r(NULL, ";", &save); fact; fact = strtok_r(NULL, ";", &save))
		act(fact);
	a = strtok_r(ask, "~", &save2);
	b = strtok_r(NULL, "~", &save2);
	x = asked(a);
	y = b ? asked(b) : 0;
	free(text);
	return labs(x - y);
}

static enum quarry_mark mark_of(struct str desc, struct str answer)
{
	struct quarry_verdict v;

	quarry_verify_n(quarry_rule("object_counting"), desc.s, desc.n, answer.s, answer.n, NULL, &v);
	return v.mark;
}

static void test_table(void)
{
	static const char *const kinds[] = {
#define X(id, many, zh) #id,
		OBJECT_KINDS(X)
#undef X
	};
	int of[KINDS] = { 0 };

	for (int i = 0; i < THINGS; i++) {
		char one[40];

		check_in("%s", things[i].id);
		CHECK(strlen(things[i].id) < sizeof(one) && things[i].many[0] && things[i].zh[0] && things[i].measure[0]);
		for (int k = 0; k < KINDS; k++)
			of[k] += strcmp(kinds[k], things[i].kind) == 0;
		for (const char *c = things[i].id; *c; c++)
			CHECK((*c >= 'a' && *c <= 'z') || *c == '-');
		for (int k = 0; k < THINGS; k++) { /* no name is a part of another: nothing could be counted twice */
			if (k == i)
				continue;
			CHECK(strcmp(things[k].id, things[i].id) != 0);
			CHECK(strcmp(things[k].many, things[i].many) != 0);
			CHECK(!strstr(things[k].zh, things[i].zh));
		}
	}
	for (int k = 0; k < KINDS; k++) {
		check_in("%s", kinds[k]);
		CHECK(of[k] >= 7);
		for (int i = 0; i < KINDS; i++) /* strstr in asked() depends on it */
			CHECK(i == k || !strstr(kinds[i], kinds[k]));
	}
	check_in("%s", "");
}

static bool tells(const char *text, const char *end, long number)
{
	while (text < end) {
		char *behind;

		if (*text < '0' || *text > '9') {
			text++;
			continue;
		}
		if (strtol(text, &behind, 10) == number)
			return true;
		text = behind;
	}
	return false;
}

/*
 * Every equation of the worked steps holds, its numbers were told before (by the story or by a step; what somebody did not
 * have is 0), and the last number is the answer.
 */
static void test_steps(struct str steps, struct str desc, long answer)
{
	const char *z = steps.s, *end = steps.s + steps.n;
	long last = -1;

	for (const char *c = z; c < end;) {
		long a, b, sum;
		char op;
		int n = 0;

		if (*c < '0' || *c > '9') {
			c++;
			continue;
		}
		if (sscanf(c, "%ld%c%ld=%ld%n", &a, &op, &b, &sum, &n) == 4 && (op == '+' || op == '-')) {
			CHECK_EQ(op == '+' ? a + b : a - b, sum);
			CHECK(sum >= 0);
			CHECK(a == 0 || tells(z, c, a) || tells(desc.s, desc.s + desc.n, a));
			CHECK(b == 0 || tells(z, c, b) || tells(desc.s, desc.s + desc.n, b));
			last = sum;
			c += n;
		} else {
			last = strtol(c, (char **)&c, 10);
		}
	}
	CHECK_EQ(last, answer);
}

static bool draw(struct buf *desc, struct buf *answer, const int *knob, uint64_t seed)
{
	struct rng r;

	rng_init(&r, seed, "test object_counting");
	buf_reset(desc);
	buf_reset(answer);
	return task->generate(desc, answer, knob, &r);
}

static void test_one(struct buf *desc, struct buf *answer, uint64_t seed)
{
	struct buf b = BUF_INIT, c = BUF_INIT, d = BUF_INIT;
	long due = act_out(buf_z(desc));
	struct rng r;

	rng_init(&r, seed, "twin");
	buf_addi(&b, due);
	CHECK_STR_EQ(buf_str(answer), buf_str(&b));
	CHECK_EQ(mark_of(buf_str(desc), buf_str(answer)), QUARRY_CORRECT);
	for (int by = -2; by <= 2; by++) {
		buf_reset(&b);
		buf_addi(&b, due + by);
		CHECK_EQ(mark_of(buf_str(desc), buf_str(&b)), by ? QUARRY_WRONG : QUARRY_CORRECT);
	}
	for (enum lang lang = 0; lang < LANGS; lang++) {
		buf_reset(&b);
		task->explain(&b, buf_str(desc), lang);
		test_steps(buf_str(&b), buf_str(desc), due);
	}
	buf_reset(&b);
	task->canon(&b, buf_str(desc));
	CHECK(task->twin(&c, buf_str(desc), &r));
	CHECK_EQ(act_out(buf_z(&c)), due);
	task->canon(&d, buf_str(&c));
	CHECK_STR_EQ(buf_str(&b), buf_str(&d));
	CHECK_EQ(act_out(buf_z(&d)), due); /* canon is a twin itself */
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
				test_one(&desc, &answer, seed);
		}
	check_in("%s", "");
	buf_release(&desc);
	buf_release(&answer);
}

static void test_knobs(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int drawn = 0;
	struct rng r;

	rng_init(&r, 1, "knobs");
	for (int i = 0; i < 400; i++) {
		int knob[TASK_KNOBS] = { 0 };
		bool got = false;

		for (int k = 0; task->knobs[k].name; k++)
			knob[k] = rng_range(&r, task->knobs[k].lo, task->knobs[k].hi);
		knob[3] = rng_range(&r, 2, 60); /* the table is only so big */
		if (task->refuse(knob))
			continue;
		check_in("people %d items %d others %d count %d events %d ops %d ask %d asked %d", knob[0], knob[1], knob[2],
			 knob[3], knob[4], knob[5], knob[6], knob[7]);
		for (uint64_t seed = 0; seed < 20 && !got; seed++)
			got = draw(&desc, &answer, knob, seed);
		if (CHECK(got))
			test_one(&desc, &answer, 7);
		drawn++;
	}
	check_in("%s", "");
	CHECK(drawn > 100);
	buf_release(&desc);
	buf_release(&answer);
}

static int by_number(const void *a, const void *b)
{
	return (*(const long *)a > *(const long *)b) - (*(const long *)a < *(const long *)b);
}

/* From level 3 on nobody is right by saying the commonest number: at most 2 in 100 (with room for chance). */
static void test_shares(void)
{
	enum { N = 10000 };
	static long said[N];
	struct buf desc = BUF_INIT, answer = BUF_INIT;

	for (int level = 3; level < TASK_LEVELS; level++) {
		int best = 0, run = 0;

		check_in("level %d", level);
		for (int i = 0; i < N; i++) {
			CHECK(draw(&desc, &answer, task->levels[level], (uint64_t)i));
			said[i] = strtol(buf_z(&answer), NULL, 10);
		}
		qsort(said, N, sizeof(said[0]), by_number);
		for (int i = 0; i < N; i++) {
			run = i && said[i] == said[i - 1] ? run + 1 : 1;
			best = run > best ? run : best;
		}
		CHECK(best <= N / 50);
	}
	check_in("%s", "");
	buf_release(&desc);
	buf_release(&answer);
}

static void test_canon(void)
{
	task_canon(task, "A fruit;A:2 apple,3 pear", "I fruit;I:3 pear,2 apple", true);
	task_canon(task, "A fruit;A:2 apple;B:3 pear", "C fruit;D:3 pear;C:2 apple", true);
	task_canon(task, "A fruit;A:2 apple;B:3 pear", "B fruit;A:2 apple;B:3 pear", false);
	task_canon(task, "A fruit;A:2 apple", "A fruit;A:2 pear", false); /* one has to know what a pear is */
	task_canon(task, "A fruit;A:2 apple", "A fruit;A:3 apple", false);
	task_canon(task, "A fruit~B fruit;A:2 apple;B:3 pear", "A fruit~B fruit;B:2 apple;A:3 pear", true);
	task_canon(task, "A fruit~B tool;A:2 apple;B:3 saw", "B tool~A fruit;A:2 apple;B:3 saw", true);
	task_canon(task, "A fruit~A tool;A:2 apple;B:3 saw", "A tool~A fruit;A:2 apple;B:3 saw", true);
	task_canon(task, "* fruit;A:9 pear;B:9 pear;A>B 1 pear", "* fruit;A:9 pear;B:9 pear;B>A 1 pear", true);
	task_canon(task, "A fruit;A:9 pear;B:9 pear;A>B 1 pear", "A fruit;A:9 pear;B:9 pear;B>A 1 pear", false);
	task_canon(task, "A fruit;A:9 pear;A+1 pear;A*2 pear", "A fruit;A:9 pear;A*2 pear;A+1 pear", false);
}

static void test_damage(void)
{
	static const char seed_desc[] = "A fruit+animal~* ball;A:2 apple,9 dog;I:14 baseball;A>I 1 apple;A*2 dog;I=A dog;I-3 dog";
	struct buf b = BUF_INIT;
	struct rng r;
	int refused = 0, taken = 0;

	rng_init(&r, 3, "damage");
	for (int i = 0; i < 40000; i++) {
		char desc[128];
		size_t n = sizeof(seed_desc) - 1;
		struct str d;
		bool solved;

		memcpy(desc, seed_desc, n);
		for (int k = rng_range(&r, 0, 2); k >= 0; k--) {
			static const char set[] = "AIH*+-=>:;,~ 0129d\n\0\xff";
			size_t at = rng_below(&r, (uint32_t)n);

			if (rng_chance(&r, 30)) {
				memmove(desc + at, desc + at + 1, n - at - 1);
				n--;
			} else if (rng_chance(&r, 50)) { /* a digit or a name for another */
				desc[at] = desc[at] >= '0' && desc[at] <= '9' ? (char)rng_range(&r, '0', '9') : desc[at];
			} else {
				desc[at] = set[rng_below(&r, sizeof(set) - 1)];
			}
		}
		if (rng_chance(&r, 10))
			n = rng_below(&r, (uint32_t)n);
		d = (struct str){ desc, n };
		buf_reset(&b);
		solved = task->solve(&b, d);
		CHECK_EQ(mark_of(d, solved ? buf_str(&b) : STR("1")), solved ? QUARRY_CORRECT : QUARRY_BAD_TASK);
		refused += !solved;
		taken += solved;
		if (!solved) {
			struct effort e;

			task->explain(&b, d, LANG_ZH);
			task->canon(&b, d);
			CHECK(b.n == 0 && !task->twin(&b, d, &r));
			task->grade(&e, d);
			CHECK(e.technique && e.steps == 0);
		}
	}
	CHECK(refused > 1000 && taken > 1000);
	buf_release(&b);
}

/* Ever doubling stops before it overflows, and both sides stop at the same place. */
static void test_growth(void)
{
	struct buf b = BUF_INIT, answer = BUF_INIT;
	bool solved = true;

	buf_addz(&b, "* tool;A:999999 saw;B:1 saw");
	for (int i = 0; i < 50 && solved; i++) {
		buf_addz(&b, i % 2 ? ";A*2 saw" : ";B=A saw");
		buf_reset(&answer);
		solved = task->solve(&answer, buf_str(&b));
		CHECK_EQ(mark_of(buf_str(&b), solved ? buf_str(&answer) : STR("1")),
			 solved ? QUARRY_CORRECT : QUARRY_BAD_TASK);
	}
	CHECK(!solved);
	buf_release(&b);
	buf_release(&answer);
}

int main(void)
{
	test_table();
	test_levels();
	test_knobs();
	test_shares();
	test_canon();
	test_damage();
	test_growth();
	free(lies);
	return check_done();
}
