/*
 * test_soak.c - a judge that runs for days, in small: SOAK verdicts (100,000; `make test-long` asks for ten million) in one process, on
 * puzzles of every task and responses right, cut, swapped and hostile. The memory of the process stays as it is.
 */
#include "base/rng.h"
#include "generators/instance.h"
#include "tests/check.h"
#include "tests/hostile.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { EACH = 4, MOST = 64 * EACH, HOSTILE_MIN = 64, HOSTILE_MAX = 4096, SAMPLES = 20, GROWTH_MAX = 256 << 10 };

static struct puzzle {
	const struct quarry_rule *rule;
	struct buf desc, truth, right;
} puzzles[MOST];
static uint32_t count;

/*
 * Bytes of memory that are there, counted page by page (statm is behind by up to 64 pages a core); 0: this system does not tell. Takes none
 * itself: AddressSanitizer would keep what is freed.
 */
static int64_t resident(void)
{
	char text[2048];
	int fd = open("/proc/self/smaps_rollup", O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	const char *rss;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = 0;
	rss = strstr(text, "Rss:");
	return rss ? (int64_t)atol(rss + 4) << 10 : 0;
}

static void make_puzzles(void)
{
	for (size_t t = 0; task_at(t) && count < MOST; t++)
		for (uint64_t i = 0; i < EACH; i++) {
			struct instance_ask ask = INSTANCE_ASK(task_at(t));
			struct instance in = INSTANCE_INIT;
			struct puzzle *p = &puzzles[count];
			struct err err = ERR_INIT;

			ask.difficulty = 10 * (int)i;
			if (!CHECK_EQ(instance_make(&in, &ask, i, &err), 0))
				continue;
			p->rule = quarry_rule(in.task->name);
			buf_add(&p->desc, buf_str(&in.desc));
			instance_ground_truth(&p->truth, in.task->name, in.task->revision, buf_str(&in.desc));
			buf_addf(&p->right, "<think>So it is.</think>\n<answer>%s</answer>", buf_z(&in.answer));
			instance_release(&in);
			count++;
		}
}

/* One verdict; false: it says nothing, blames the puzzle, or a right answer is not correct. */
static bool judge_one(struct rng *r)
{
	static char room[HOSTILE_MAX];
	const struct puzzle *p = &puzzles[rng_below(r, count)], *other = &puzzles[rng_below(r, count)];
	struct str said = buf_str(&p->right);
	uint32_t kind = rng_below(r, 10);
	struct quarry_verdict v;

	if (kind < 3)
		said = str_sub(said, 0, rng_below(r, (uint32_t)said.n)); /* its end is missing */
	else if (kind < 4)
		said = buf_str(&other->right);
	else if (kind < 6)
		said = hostile_make((int)rng_below(r, HOSTILES), room, HOSTILE_MIN + rng_below(r, HOSTILE_MAX - HOSTILE_MIN));
	if (rng_chance(r, 50))
		quarry_verify_n(p->rule, p->desc.s, p->desc.n, said.s, said.n, NULL, &v);
	else
		quarry_verify_truth(p->truth.s, p->truth.n, said.s, said.n, NULL, &v);
	return v.why[0] && (kind < 6 ? v.mark != QUARRY_BAD_TASK : v.mark == QUARRY_CORRECT);
}

int main(void)
{
	const char *asked = getenv("SOAK");
	long all = asked ? atol(asked) : CHECK_SLOW ? 10000 : 100000, bad = 0;
	int64_t first = 0, most = 0;
	struct rng r;

	make_puzzles();
	rng_init(&r, 1, "soak");
	for (int i = 0; i < SAMPLES; i++) {
		int64_t now;

		for (long k = all / SAMPLES; k-- > 0;)
			bad += !judge_one(&r);
		now = resident();
		if (i == 0)
			first = now; /* what is touched at all has been */
		most = now > most ? now : most;
	}
	CHECK_EQ(bad, 0);
	CHECK(most - first <= GROWTH_MAX);
	printf("%ld verdicts; resident: %lld KiB after a twentieth, %lld KiB at most\n", all, (long long)first >> 10, (long long)most >> 10);
	for (uint32_t i = 0; i < count; i++) {
		buf_release(&puzzles[i].desc);
		buf_release(&puzzles[i].truth);
		buf_release(&puzzles[i].right);
	}
	return check_done();
}
