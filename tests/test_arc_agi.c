/*
 * test_arc_agi.c - every operation on a grid worked by hand; the two interpreters on thousands of grids; the search for other
 * programs against plain enumeration with all nine colours; what canon sees; damaged descs.
 */
#include "base/buf.h"
#include "generators/arc_agi_ops.h"
#include "tests/check.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_arc_agi;
static const struct task *const task = &task_arc_agi;

static enum quarry_mark mark_of(struct str desc, struct str answer)
{
	struct quarry_verdict v;
	struct buf b = BUF_INIT;

	buf_addz(&b, "<answer>");
	buf_add(&b, answer);
	buf_addz(&b, "</answer>");
	quarry_verify_n(quarry_rule("arc_agi"), desc.s, desc.n, b.s, b.n, NULL, &v);
	buf_release(&b);
	return v.mark;
}

/* ---- by hand ---- */

static const struct {
	const char *program, *in, *out; /* out NULL: it cannot be done */
} examples[] = {
	{ "crop", "0000/0120/0003/0000", "120/003" },
	{ "crop", "000/000", NULL },
	{ "largest", "1102/1003/0033", "1100/1003/0033" }, /* two are equally large */
	{ "largest", "1102/1003/0333", "0000/0003/0333" },
	{ "smallest", "1102/1003/0030", "0002/0003/0030" },
	{ "keep 3", "123/330", "003/330" },
	{ "drop 3", "123/330", "120/000" },
	{ "half 0", "12/34/56/78", "12/34" },
	{ "half 1", "1234/5678", "34/78" },
	{ "half 2", "12/34/56/78", "56/78" },
	{ "half 3", "1234/5678", "12/56" },
	{ "half 3", "123/456", NULL },
	{ "cutmax", "00500/01100/01500", "11/15" }, /* with a foreign cell in the corner */
	{ "cutmax", "11022", NULL },
	{ "cutmin", "11110/00022/00002/33033/33033", "22/02" },
	{ "common", "1123/0000", "1100/0000" },
	{ "common", "1122/0003", NULL },
	{ "rare", "1123/0022", "0003/0000" },
	{ "rare", "1123/0000", NULL },
	{ "and 0 5", "1020/0330/0404", "50/00/05" },
	{ "and 1 5", "120/034/102/050", "500/050" },
	{ "xor 0 7", "1020/0330", "00/77" },
	{ "xor 1 7", "10/01/20/30", "00/77" },
	{ "fall 0", "010/200/034", "214/030/000" },
	{ "fall 1", "1020/0030", "0012/0003" },
	{ "fall 2", "120/030/400", "000/120/430" },
	{ "fall 3", "0102/0030", "1200/3000" },
	{ "smear 0", "000/010/200", "210/210/200" },
	{ "smear 1", "01002/00000", "01112/00000" },
	{ "smear 2", "120/000/003", "120/120/123" },
	{ "smear 3", "01020/00003", "11220/33333" },
	{ "shift 0", "12/34/56", "34/56/12" },
	{ "shift 1", "123/456", "312/645" },
	{ "shift 2", "12/34/56", "56/12/34" },
	{ "shift 3", "123/456", "231/564" },
	{ "fill 4", "01110/01011/01101/00111", "01110/01411/01141/00111" },
	{ "fill 4", "0110/1001/0110", "0110/1441/0110" }, /* corners do not leak */
	{ "link 0", "10010/20030/44044", "11110/20030/44444" },
	{ "link 1", "12/00/10/32", "12/12/12/32" },
	{ "complete 0", "1002/3000", "1002/3003" },
	{ "complete 1", "100/000/023", "123/000/123" },
	{ "complete 2", "100/000/023", "120/000/023" },
	{ "outline 5", "0000/0100/0000/0000", "5550/5150/5550/0000" },
	{ "hollow", "1111/1111/1111", "1111/1001/1111" },
	{ "hollow", "1121/1111/1111", "1121/1011/1111" },
	{ "paintmax 8", "1102/1003", "8802/8003" },
	{ "paintmin 8", "1102/1003/0003", "1108/1003/0003" },
	{ "swap 1 2", "01/23", "02/13" },
	{ "map 1 2", "01/23", "02/23" },
	{ "all 4", "01/23", "04/44" },
	{ "invert 4", "01/23", "40/00" },
	{ "turn 0", "123/456", "321/654" },
	{ "turn 1", "123/456", "456/123" },
	{ "turn 2", "123/456", "654/321" },
	{ "turn 3", "123/456", "14/25/36" },
	{ "turn 4", "123/456", "63/52/41" },
	{ "turn 5", "123/456", "41/52/63" },
	{ "turn 6", "123/456", "36/25/14" },
	{ "tile 1 2", "12/34", "1212/3434" },
	{ "tile 2 1", "12/34", "12/34/12/34" },
	{ "tile 2 3", "12", "121212/121212" },
	{ "scale 2", "12", "1122/1122" },
	{ "scale 3", "7", "777/777/777" },
	{ "mirror 0", "12/34", "34/12/12/34" },
	{ "mirror 1", "12/34", "1221/3443" },
	{ "mirror 2", "12/34", "12/34/34/12" },
	{ "mirror 3", "12/34", "2112/4334" },
	{ "quad 0", "12/34", "1221/3443/3443/1221" },
	{ "quad 1", "12/34", "2112/4334/4334/2112" },
	{ "quad 2", "12/34", "4334/2112/2112/4334" },
	{ "quad 3", "12/34", "3443/1221/1221/3443" },
	{ "frame 6", "12", "6666/6126/6666" },
	{ "keep 1,fall 2,swap 1 2,turn 0,mirror 1", "130/010/001", "000000/000000/222222" },
	{ "keep 1,turn 5", "12/11", "11/10" },
};

static void test_examples(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	bool seen[ARC_KINDS] = { false };

	for (size_t i = 0; i < COUNT(examples); i++) {
		buf_reset(&desc);
		buf_reset(&answer);
		buf_addf(&desc, "%s: %s %s > %s", examples[i].program, examples[i].in, examples[i].in, examples[i].in);
		check_in("%s", buf_z(&desc));
		for (int k = 0; k < ARC_KINDS; k++)
			seen[k] |= str_starts(buf_str(&desc), str_of(arc_forms[k].name));
		if (examples[i].out) {
			CHECK(task->solve(&answer, buf_str(&desc)));
			CHECK_STR(buf_str(&answer), examples[i].out);
			CHECK_EQ(mark_of(buf_str(&desc), str_of(examples[i].out)), QUARRY_CORRECT);
			answer.s[0] = answer.s[0] == '9' ? '0' : (char)(answer.s[0] + 1);
			CHECK_EQ(mark_of(buf_str(&desc), buf_str(&answer)), QUARRY_WRONG);
		} else {
			CHECK(!task->solve(&answer, buf_str(&desc)));
			CHECK_EQ(mark_of(buf_str(&desc), str_of(examples[i].in)), QUARRY_BAD_TASK);
		}
	}
	for (int k = 0; k < ARC_KINDS; k++)
		CHECK(seen[k]);
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- the two interpreters ---- */

static void draw_grid(struct arc_grid *g, int most, int colours, int percent, struct rng *rng)
{
	g->h = rng_range(rng, 1, most);
	g->w = rng_range(rng, 1, most);
	for (int i = 0; i < g->h * g->w; i++)
		g->at[i] = (uint8_t)(rng_chance(rng, percent) ? 1 + rng_below(rng, (uint32_t)colours) : 0);
}

static struct arc_op draw_op(int class, int colours, struct rng *rng)
{
	for (;;) {
		struct arc_op op = { (enum arc_kind)rng_below(rng, ARC_KINDS), 0, 0 };
		int *arg[2] = { &op.a, &op.b };

		for (int i = 0; i < 2; i++) {
			enum arc_arg a = arc_forms[op.kind].arg[i];

			*arg[i] = rng_range(rng, arc_arg_lo[a], a == ARC_COLOUR ? colours : arc_arg_hi[a]);
		}
		if (arc_forms[op.kind].class == class && arc_op_valid(&op))
			return op;
	}
}

static void draw_program(struct arc_puzzle *p, int most, int colours, struct rng *rng)
{
	p->ops = 0;
	for (int class = 0; class < ARC_OPS; class++)
		if (p->ops < most && rng_chance(rng, 50))
			p->op[p->ops++] = draw_op(class, colours, rng);
	if (!p->ops)
		p->op[p->ops++] = draw_op(1, colours, rng);
}

static void test_interpreters(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct arc_puzzle p;
	int done = 0, not = 0;
	struct rng rng;

	rng_init(&rng, 5, "interpreters");
	for (int i = 0; i < 6000; i++) {
		bool solved;

		draw_program(&p, i % 2 ? 1 : 4, 9, &rng);
		p.demos = 2;
		for (int k = 0; k <= 2; k++)
			draw_grid(&p.in[k], k < 2 ? 4 : 1 + i % 14, 1 + i % 9, 10 + i % 90, &rng);
		buf_reset(&desc);
		buf_reset(&answer);
		arc_write(&desc, &p);
		check_in("%s", buf_z(&desc));
		solved = task->solve(&answer, buf_str(&desc));
		CHECK_EQ(mark_of(buf_str(&desc), solved ? buf_str(&answer) : STR("1/2")), solved ? QUARRY_CORRECT : QUARRY_BAD_TASK);
		done += solved;
		not += !solved;
	}
	CHECK(done > 2000 && not > 200);
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- other programs ---- */

struct plain {
	const struct arc_puzzle *p;
	struct arc_op op[ARC_OPS];
	bool other; /* a program that fits gives another output */
	long programs;
};

static void try_program(struct plain *e, const struct arc_grid *got, int n)
{
	struct arc_grid g;

	e->programs++;
	if (!arc_same(got, &e->p->out[0]))
		return;
	for (int k = 1; k < e->p->demos; k++)
		if (!arc_run(&g, &e->p->in[k], e->op, n) || !arc_same(&g, &e->p->out[k]))
			return;
	e->other |= arc_run(&g, &e->p->in[e->p->demos], e->op, n) && !arc_same(&g, &e->p->out[e->p->demos]);
}

static void enumerate(struct plain *e, const struct arc_grid *at, int class, int n)
{
	struct arc_grid next;

	for (int kind = 0; kind < ARC_KINDS && n < e->p->ops; kind++) {
		const struct arc_form *f = &arc_forms[kind];

		if (f->class < class)
			continue;
		for (int a = arc_arg_lo[f->arg[0]]; a <= arc_arg_hi[f->arg[0]]; a++)
			for (int b = arc_arg_lo[f->arg[1]]; b <= arc_arg_hi[f->arg[1]]; b++) {
				struct arc_op op = { (enum arc_kind)kind, a, b };

				if (!arc_op_valid(&op) || !arc_apply(&next, at, &op))
					continue;
				e->op[n] = op;
				try_program(e, &next, n + 1);
				enumerate(e, &next, f->class + 1, n + 1);
			}
	}
}

/* Puzzles good and bad: does the search say what plain enumeration says? */
static void test_unique(void)
{
	int unique = 0, several = 0, longest = 0;
	struct arc_puzzle p;
	struct rng rng;

	rng_init(&rng, 8, "unique");
	for (int i = 0; i < 400 && (unique < 25 || several < 25 || longest < 1); i++) {
		struct plain e = { .p = &p };
		struct buf desc = BUF_INIT;
		bool good = true, says;

		draw_program(&p, longest ? 2 : 3, 3, &rng);
		if (p.ops == 3 ? longest > 0 : unique > 25 && several > 25)
			continue;
		p.demos = 2 + i % 2;
		for (int k = 0; k <= p.demos; k++) {
			draw_grid(&p.in[k], p.ops == 3 ? 3 : 4, 3, 60, &rng);
			good = good && arc_run(&p.out[k], &p.in[k], p.op, p.ops);
		}
		if (!good || p.in[0].h * p.in[0].w < 4)
			continue;
		arc_write(&desc, &p);
		check_in("%s", buf_z(&desc));
		says = arc_unique(&p, NULL);
		enumerate(&e, &p.in[0], 0, 0);
		CHECK_EQ(says, !e.other);
		several += e.other;
		unique += !e.other;
		longest += p.ops == 3;
		buf_release(&desc);
	}
	CHECK(unique >= 10 && several >= 25 && longest >= 1);
	check_in("%s", "");
}

/* Puzzles as they are made: small ones, in full. */
static void test_made(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 2, "made");
	for (int i = 0; i < 24; i++) {
		int knob[TASK_KNOBS] = { 1 + i % 2, 3, 5, 3, 3 };
		struct arc_puzzle p;
		struct plain e = { .p = &p };

		buf_reset(&desc);
		buf_reset(&answer);
		if (!CHECK(task->generate(&desc, &answer, knob, &rng)) || !CHECK(arc_parse(&p, buf_str(&desc))))
			continue;
		check_in("%s", buf_z(&desc));
		enumerate(&e, &p.in[0], 0, 0);
		CHECK(!e.other);
		CHECK(e.programs > (knob[0] == 1 ? 100 : 5000));
		CHECK(!arc_same(&p.in[p.demos], &p.out[p.demos]));
	}
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- canon, damage ---- */

static void test_canon(void)
{
	const char *a = "turn 0: 120/003 400/056 > 789/010";

	task_canon(task, a, "turn 0: 400/056 120/003 > 789/010", true);
	task_canon(task, a, "turn 0: 210/003 400/056 > 789/020", true); /* 1 and 2 change places */
	task_canon(task, a, "turn 0: 210/003 400/056 > 789/010", false);
	task_canon(task, a, "turn 1: 10/20/03 40/05/06 > 70/81/90", true); /* in the diagonal */
	task_canon(task, a, "turn 1: 120/003 400/056 > 789/010", false);
	task_canon(task, a, "turn 0: 789/010 400/056 > 120/003", false);
	task_canon(task, "turn 0: 12 21 > 11/22", "turn 0: 12 21 12 > 11/22", false);
	task_canon(task, "fall 2: 10/00 01/00 > 11/00", "fall 3: 01/00 00/02 > 02/02", false);
	task_canon(task, "fall 2: 10/00 01/00 > 11/00", "fall 3: 02/00 00/02 > 02/02", true);
}

static void test_damage(void)
{
	static const char seed_desc[] = "keep 3,fall 2,map 3 1,turn 5,tile 1 2: 1203/0031 0103/2200 330/003 > 1303/3133/0020";
	struct buf b = BUF_INIT;
	struct rng rng;
	int refused = 0, taken = 0;

	rng_init(&rng, 3, "damage");
	for (int i = 0; i < 20000; i++) {
		static const char put[] = "0123456789/ >:,ak\n\0\xff";
		char desc[128];
		size_t n = sizeof(seed_desc) - 1;
		bool solved;

		memcpy(desc, seed_desc, n);
		for (int k = rng_range(&rng, 0, 2); k >= 0; k--) {
			size_t at = rng_below(&rng, (uint32_t)n);

			if (rng_chance(&rng, 30)) {
				memmove(desc + at, desc + at + 1, n - at - 1);
				n--;
			} else {
				desc[at] = put[rng_below(&rng, sizeof(put) - 1)];
			}
		}
		buf_reset(&b);
		solved = task->solve(&b, (struct str){ desc, n });
		check_in("%.*s", (int)n, desc);
		CHECK_EQ(mark_of((struct str){ desc, n }, solved ? buf_str(&b) : STR("1/2")), solved ? QUARRY_CORRECT : QUARRY_BAD_TASK);
		refused += !solved;
		taken += solved;
	}
	CHECK(refused > 1000 && taken > 300);
	buf_release(&b);
}

/* The same seed is the same puzzles on every machine. */
static void test_golden(void)
{
	static const int knob[TASK_KNOBS] = { 3, 6, 10, 5, 3 };

	task_golden_hash(task, knob, 40, INT64_C(637891299437395042));
}

int main(void)
{
	test_examples();
	test_interpreters();
	test_unique();
	test_made();
	test_canon();
	test_damage();
	test_golden();
	return check_done();
}
