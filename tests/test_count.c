/*
 * test_count.c - count(): one answer for our own puzzles that promise one, and that a right one; none and several where descs that
 * others could write have none or several; -1 for damage.
 */
#include "generators/instance.h"
#include "tests/check.h"
#include "verifiers/verify.h"

/* `check --dataset synlogic` needs these. */
static const char *const counted[] = {
	"arrow_maze", "calcudoko", "campsite", "cryptarithm", "futoshiki", "kukurasu", "math_path", "minesweeper", "norinori", "number_wall",
	"numbrix", "skyscraper_puzzle", "star_placement_puzzle", "sudoku", "survo", NULL,
};

static bool accepted(const struct task *t, struct str desc, struct str answer)
{
	struct quarry_verdict v;
	struct buf said = BUF_INIT;

	buf_addf(&said, "<answer>%.*s</answer>", (int)answer.n, answer.s);
	quarry_verify_n(quarry_rule(t->name), desc.s, desc.n, buf_z(&said), said.n, NULL, &v);
	buf_release(&said);
	return v.mark == QUARRY_CORRECT;
}

static void own_puzzles(const struct task *t)
{
	struct instance_ask ask = INSTANCE_ASK(t);
	struct instance in = INSTANCE_INIT;
	struct buf answer = BUF_INIT;
	struct err err = ERR_INIT;

	for (int i = 0; i < (CHECK_SLOW ? 5 : 20); i++) {
		int found;

		check_in("%s, puzzle %d", t->name, i);
		ask.difficulty = i % 9 * 10;
		if (!CHECK_EQ(instance_make(&in, &ask, instance_seed(1, t->name, (uint64_t)i), &err), 0))
			continue;
		buf_reset(&answer);
		found = t->count(&answer, buf_str(&in.desc), 2);
		if (t->flags & TASK_UNIQUE)
			CHECK_EQ(found, 1);
		else
			CHECK(found >= 1);
		CHECK(accepted(t, buf_str(&in.desc), buf_str(&answer)));
	}
	buf_release(&answer);
	instance_release(&in);
}

static const struct {
	const char *task, *desc;
	int found; /* -2: what it is does not matter, only that the answer is right */
} cases[] = {
	{ "arrow_maze", "2x2:1,./.,.", 0 }, { "arrow_maze", "2x2:1,e/s,.", 0 }, { "arrow_maze", "2x2:2,./.,1", -2 },
	{ "calcudoko", "2:aa/bb:1-,2/", 2 }, { "calcudoko", "2~:ab/ba:0-,3+", 0 }, { "calcudoko", "2:ab/cd:1,2,2,1", 1 },
	{ "campsite", "T../..T/...:1,0,1:0,1,1", 1 }, { "campsite", "T.T./....:2,0:0,1,0,1", 1 },
	{ "campsite", "T.T./....:2,0:0,1,0,1:some", 1 }, { "campsite", "T.T./....:2,0:0,1,0,1:one", 0 },
	{ "cryptarithm", "AB+A=BCC", 1 }, { "cryptarithm", "A+A=A", -2 }, { "cryptarithm", "AB+CD=EF", 2 },
	{ "futoshiki", "2:.-./--/.-.", 2 }, { "futoshiki", "2:.<./vv/.-.", 0 }, { "futoshiki", "2:.<./--/.-.", 1 },
	{ "kukurasu", "2 3/2 3", 1 }, { "kukurasu", "3 3/1 2", 0 }, { "kukurasu", "3 3 3/3 3 3", 2 },
	{ "math_path", "?+?=18", 1 }, { "math_path", "?+?=19", 0 }, { "math_path", "?+?=17", 2 }, { "math_path", "~?+?=17", 2 },
	{ "minesweeper", "2x2:?:m:1./..", 1 }, { "minesweeper", "2x2:?:m:4./..", -1 },
	{ "norinori", "AA/AA", 2 }, { "norinori", "AX/AA", 0 }, { "norinori", "AAB/CCB", -2 },
	{ "number_wall", "ft:1../..1/1..", 1 }, { "number_wall", "ft:1../.../...", 0 },
	{ "numbrix", "2:1,./.,.", 2 }, { "numbrix", "2:1,./.,2", 0 }, { "numbrix", "2:1,2/.,3", 1 },
	{ "skyscraper_puzzle", "2:../../../..:../..", 2 }, { "skyscraper_puzzle", "2:1./1./../..:../..", 0 },
	{ "skyscraper_puzzle", "2:1./../../..:../..", 1 },
	{ "star_placement_puzzle", "1:AB/AB", 0 }, { "sudoku", "2x2:..../..../..../....", 2 }, { "sudoku", "2x2:11../..../..../....", 0 },
	{ "survo", ". .=3/. .=7|4 6|1 2 3 4", 1 }, { "survo", ". .=3/. .=7|5 5|1 2 3 4", 2 }, { "survo", ". .=2/. .=8|4 6|1 2 3 4", 0 },
};

static void others_puzzles(void)
{
	struct buf answer = BUF_INIT;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct task *t = task_find(str_of(cases[i].task));
		struct str desc = str_of(cases[i].desc);
		int found;

		check_in("%s %s", cases[i].task, cases[i].desc);
		buf_reset(&answer);
		found = t->count(&answer, desc, 2);
		if (cases[i].found != -2)
			CHECK_EQ(found, cases[i].found);
		if (found > 0)
			CHECK(accepted(t, desc, buf_str(&answer)));
		else
			CHECK_EQ(answer.n, 0);
	}
	buf_release(&answer);
}

int main(void)
{
	for (int i = 0; counted[i]; i++) {
		const struct task *t = task_find(str_of(counted[i]));

		check_in("%s", counted[i]);
		if (CHECK(t != NULL) && CHECK(t->count != NULL))
			own_puzzles(t);
	}
	others_puzzles();
	for (int i = 0; counted[i]; i++) {
		check_in("%s, damaged", counted[i]);
		CHECK_EQ(task_find(str_of(counted[i]))->count(NULL, STR("9x9:!"), 2), -1);
		CHECK_EQ(task_find(str_of(counted[i]))->count(NULL, STR(""), 2), -1);
	}
	return check_done();
}
