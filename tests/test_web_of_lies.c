/*
 * test_web_of_lies.c - the liars' solver, proofs and canonical form against plain enumeration.
 */
#include "generators/instance.h"
#include "generators/prompt.h"
#include "tests/check.h"
#include "verifiers/web_of_lies.h"

#include <ctype.h>

static const struct task *lies_task;

static enum quarry_mark judge(struct str desc, uint32_t truth, int people)
{
	struct quarry_verdict v;
	char response[4 * LIES_PEOPLE + 20] = "<answer>";
	size_t n = strlen(response);

	for (int i = 0; i < people; i++) {
		response[n++] = truth >> i & 1 ? 'T' : 'L';
		response[n++] = ' ';
	}
	strcpy(response + n, "</answer>");
	quarry_verify_n(quarry_rule("web_of_lies"), desc.s, desc.n, response, strlen(response), NULL, &v);
	return v.mark;
}

/* ---- one solution, by trying all 2^n on the rule ---- */

static void check_count(struct str desc)
{
	struct lies l;
	struct buf answer = BUF_INIT;
	uint32_t right = 0;
	int found = 0;

	if (!CHECK(lies_read(&l, desc)))
		return;
	for (uint32_t truth = 0; truth < 1u << l.people; truth++)
		if (judge(desc, truth, l.people) == QUARRY_CORRECT) {
			right = truth;
			found++;
		}
	CHECK_EQ(lies_task->prove(desc), found == 1);
	CHECK_EQ(lies_task->solve(&answer, desc), found > 0);
	if (found == 1)
		for (int i = 0; i < l.people; i++)
			CHECK_EQ(answer.s[3 * i], right >> i & 1 ? 'T' : 'L');
	buf_release(&answer);
}

static void test_one_solution(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 1, "test");
	for (int level = 0; level <= 7; level++) /* 11 people at level 7 */
		for (int i = 0; i < 12; i++) {
			int knob[TASK_KNOBS];

			check_in("level %d, %d", level, i);
			task_level(lies_task, level, knob);
			buf_reset(&desc);
			buf_reset(&answer);
			if (!CHECK(lies_task->generate(&desc, &answer, knob, &rng)))
				continue;
			CHECK(lies_task->prove(buf_str(&desc)));
			check_count(buf_str(&desc));
			/* without its last statement it has often two solutions, with another sign often none */
			buf_cut(&desc, (size_t)str_rfind(buf_str(&desc), STR(" ")));
			check_count(buf_str(&desc));
			for (size_t at = desc.n; at-- > 0 && desc.s[at] != ' ';)
				if (desc.s[at] == '+' || desc.s[at] == '-')
					desc.s[at] = desc.s[at] == '+' ? '-' : '+';
			check_count(buf_str(&desc));
		}
	check_in("none");
	check_count(STR("0,1 A+ A-"));
	check_count(STR("0,1 A:-B B:+A"));
	check_in("two");
	check_count(STR("0,1 A:-B B:-A"));
	check_in("contradiction in one claim");
	check_count(STR("0,1,2 A+ A:&+B+C A:!BC"));
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- every step of a worked solution, checked on its own ---- */

enum { DEEP = 16 };

/* What a reader of the steps holds true at each depth of supposition. */
struct reader {
	const struct lies *l;
	struct str line;
	int depth;
	uint32_t known[DEEP], truth[DEEP];
	uint32_t supposed[DEEP]; /* the person of each supposition */
	bool clashed;            /* the last step was a clash: a "So" must follow */
};

static bool eat(struct reader *r, const char *z)
{
	if (!str_starts(r->line, str_of(z)))
		return false;
	r->line = str_from(r->line, strlen(z));
	return true;
}

static int eat_name(struct reader *r)
{
	for (int i = 0; i < r->l->people; i++) {
		const char *name = lies_names[0][r->l->name[i]];
		size_t n = strlen(name);

		if (str_starts(r->line, str_of(name)) && (r->line.n == n || !isalpha((unsigned char)r->line.s[n]))) {
			r->line = str_from(r->line, n);
			return i;
		}
	}
	return -1;
}

static bool eat_kind(struct reader *r, bool *truth)
{
	*truth = str_starts(r->line, STR(" T"));
	return eat(r, " T") || eat(r, " L");
}

/* The claim as it is written in steps. */
static void spell(char *out, const struct lies *l, const struct lies_item *it)
{
	static const char *const between[] = { "", "", " = ", " != ", " & ", " | ", " > ", ", ", ", ", ", " };
	static const char *const ahead[] = { "", ">=", "<=" };

	out[0] = 0;
	if (it->kind >= LIES_EXACTLY)
		sprintf(out, "%s%d of ", ahead[it->kind - LIES_EXACTLY], it->count);
	for (int i = 0; i < it->scope; i++) {
		bool plain = it->kind == LIES_SAME || it->kind == LIES_DIFFER || it->kind >= LIES_EXACTLY;

		sprintf(out + strlen(out), "%s%s%s", i ? between[it->kind] : "", lies_names[0][l->name[it->who[i]]],
			plain ? "" : it->holds[i] ? " T" : " L");
	}
}

/* Could the item stand if exactly these people were so? By the rule, on a desc of this item alone. */
static bool possible(const struct lies *l, struct str item, uint32_t truth)
{
	struct buf b = BUF_INIT;
	bool fits;

	for (int i = 0; i < l->people; i++)
		buf_addf(&b, "%s%d", i ? "," : "", l->name[i]);
	buf_addc(&b, ' ');
	buf_add(&b, item);
	fits = judge(buf_str(&b), truth, l->people) == QUARRY_CORRECT;
	buf_release(&b);
	return fits;
}

/* Does the item, with the named people as they are, leave `who` no other kind (who < 0: nothing at all)? */
static bool follows(const struct lies *l, const struct lies_item *it, struct str item, uint32_t known, uint32_t truth,
		    int who, bool kind)
{
	uint32_t involved = 1u << it->speaker;

	for (int i = 0; i < it->scope; i++)
		involved |= 1u << it->who[i];
	for (uint32_t all = involved;; all = (all - 1) & involved) {
		if (((all ^ truth) & known & involved) == 0 && possible(l, item, all) &&
		    (who < 0 || (all >> who & 1) != kind))
			return false;
		if (!all)
			return true;
	}
}

static const struct lies_item *find_item(const struct lies *l, struct str desc, int speaker, struct reader *r,
					 struct str *text)
{
	struct str piece;

	str_split(&desc, ' ', &piece);
	for (int i = 0; i < l->items; i++) {
		char claim[200];

		str_split(&desc, ' ', text);
		if (l->item[i].speaker != speaker)
			continue;
		spell(claim, l, &l->item[i]);
		strcat(claim, "? ");
		if (eat(r, claim))
			return &l->item[i];
	}
	return NULL;
}

static bool holds(const struct reader *r, int who, bool truth)
{
	return r->known[r->depth] >> who & 1 && (r->truth[r->depth] >> who & 1) == truth;
}

static void learn(struct reader *r, int who, bool truth)
{
	r->known[r->depth] |= 1u << who;
	r->truth[r->depth] = (r->truth[r->depth] & ~(1u << who)) | (uint32_t)truth << who;
}

/* "Bob L: Ann = Cal? Ann T, 0, Cal L." */
static void check_statement(struct reader *r, struct str desc, int speaker, bool said, bool settled)
{
	uint32_t known = 0, truth = 0;
	const struct lies_item *it;
	struct str text;
	bool kind = false;
	int who;

	CHECK(!settled || holds(r, speaker, said));
	if (settled) {
		known = 1u << speaker;
		truth = (uint32_t)said << speaker;
	}
	it = find_item(r->l, desc, speaker, r, &text);
	if (!CHECK(it != NULL))
		return;
	while ((who = eat_name(r)) >= 0) {
		CHECK(eat_kind(r, &kind) && eat(r, ", ") && holds(r, who, kind));
		known |= 1u << who;
		truth |= (uint32_t)kind << who;
	}
	CHECK(eat(r, "0") || eat(r, "1"));
	if (eat(r, ", clash")) {
		CHECK(follows(r->l, it, text, known, truth, -1, false));
		CHECK(r->depth > 0);
		r->clashed = true;
	} else {
		CHECK(str_starts(r->line, STR(", ")));
		while (eat(r, ", ")) {
			who = eat_name(r);
			if (!CHECK(who >= 0 && eat_kind(r, &kind)))
				return;
			CHECK(!(r->known[r->depth] >> who & 1));
			CHECK(follows(r->l, it, text, known, truth, who, kind));
			learn(r, who, kind);
		}
	}
	CHECK(eat(r, ".") && r->line.n == 0);
}

static void check_step(struct reader *r, struct str desc)
{
	bool kind, so = eat(r, "So ");
	int who;

	CHECK_EQ(so, r->clashed);
	r->clashed = false;
	if (!so && eat(r, "Suppose ")) {
		who = eat_name(r);
		if (!CHECK(who >= 0 && eat_kind(r, &kind) && eat(r, ".") && r->depth + 1 < DEEP))
			return;
		CHECK(!(r->known[r->depth] >> who & 1));
		r->known[r->depth + 1] = r->known[r->depth];
		r->truth[r->depth + 1] = r->truth[r->depth];
		r->depth++;
		r->supposed[r->depth] = 1u << who;
		learn(r, who, kind);
		return;
	}
	who = eat_name(r);
	if (!CHECK(who >= 0))
		return;
	if (so) {
		if (!CHECK(r->depth > 0 && eat_kind(r, &kind) && eat(r, ".")))
			return;
		CHECK(r->supposed[r->depth] == 1u << who && holds(r, who, !kind));
		r->depth--;
		learn(r, who, kind);
	} else if (eat(r, ": ")) {
		check_statement(r, desc, who, false, false);
	} else if (CHECK(eat_kind(r, &kind))) {
		if (eat(r, ": ")) {
			check_statement(r, desc, who, kind, true);
			return;
		}
		CHECK(eat(r, ".")); /* a fact */
		CHECK(str_find(desc, kind ? (struct str){ (char[]){ ' ', (char)('A' + who), '+' }, 3 }
					  : (struct str){ (char[]){ ' ', (char)('A' + who), '-' }, 3 }) >= 0);
		learn(r, who, kind);
	}
}

static void check_proof(struct str desc)
{
	struct buf steps = BUF_INIT, answer = BUF_INIT, last = BUF_INIT;
	struct lies l;
	struct reader r = { .l = &l };
	struct str rest, line = { "", 0 }, next;

	lies_read(&l, desc);
	lies_task->explain(&steps, desc, LANG_EN);
	lies_task->solve(&answer, desc);
	rest = buf_str(&steps);
	str_line(&rest, &line);
	while (str_line(&rest, &next)) {
		r.line = line;
		check_step(&r, desc);
		if (check_failed) {
			fprintf(stderr, "\t%.*s at \"%.*s\"\n", (int)desc.n, desc.s, (int)line.n, line.s);
			break;
		}
		line = next;
	}
	for (int i = 0; i < l.people; i++) {
		CHECK(r.known[0] >> i & 1);
		buf_addf(&last, "%s%s %c", i ? ", " : "", lies_names[0][l.name[i]], answer.s[3 * i]);
		CHECK_EQ(r.truth[0] >> i & 1, answer.s[3 * i] == 'T');
	}
	CHECK(r.depth == 0 && !r.clashed);
	CHECK_STR_EQ(line, buf_str(&last));
	buf_release(&steps);
	buf_release(&answer);
	buf_release(&last);
}

static void test_proofs(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 2, "test");
	for (int level = 0; level < TASK_LEVELS; level++)
		for (int i = 0; i < 25; i++) {
			int knob[TASK_KNOBS];

			check_in("proof, level %d, %d", level, i);
			task_level(lies_task, level, knob);
			buf_reset(&desc);
			buf_reset(&answer);
			if (CHECK(lies_task->generate(&desc, &answer, knob, &rng)))
				check_proof(buf_str(&desc));
		}
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- canonical form: equal exactly for puzzles that some renaming makes the same ---- */

static int cmp_str(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The least sorted text over all n! namings: slow and plain. */
static void least_text(struct buf *out, const struct lies *l)
{
	int to[5] = { 0, 1, 2, 3, 4 }, c[5] = { 0 };

	buf_reset(out);
	for (int i = 0;;) {
		struct buf text[LIES_ITEMS] = { BUF_INIT }, all = BUF_INIT;
		struct str sorted[LIES_ITEMS];

		for (int k = 0; k < l->items; k++) {
			const struct lies_item *it = &l->item[k];

			buf_addf(&text[k], "%d %d %d", it->kind, it->count, it->speaker < 0 ? 9 : to[it->speaker]);
			for (int want = 0; want < l->people && it->kind != LIES_IF; want++)
				for (int j = 0; j < it->scope; j++)
					if (to[it->who[j]] == want)
						buf_addf(&text[k], " %d%d", want, it->holds[j]);
			for (int j = 0; j < it->scope && it->kind == LIES_IF; j++)
				buf_addf(&text[k], " %d%d", to[it->who[j]], it->holds[j]);
			sorted[k] = buf_str(&text[k]);
		}
		qsort(sorted, (size_t)l->items, sizeof(sorted[0]), cmp_str);
		for (int k = 0; k < l->items; k++) {
			buf_add(&all, sorted[k]);
			buf_addc(&all, '\n');
		}
		for (int k = 0; k < l->items; k++)
			buf_release(&text[k]);
		if (!out->n || str_cmp(buf_str(&all), buf_str(out)) < 0) {
			buf_reset(out);
			buf_add(out, buf_str(&all));
		}
		buf_release(&all);
		/* Heap's next permutation */
		while (i < l->people && c[i] >= i)
			c[i++] = 0;
		if (i == l->people)
			return;
		int j = i % 2 ? c[i] : 0, t = to[i];

		to[i] = to[j];
		to[j] = t;
		c[i]++;
		i = 0;
	}
}

static void test_canon_is_exact(void)
{
	enum { PUZZLES = 240 };
	struct buf canon[PUZZLES] = { BUF_INIT }, least[PUZZLES] = { BUF_INIT };
	struct rng rng;
	int alike = 0;

	rng_init(&rng, 3, "test");
	check_in("canon");
	/* few people and few kinds of claims, so that many are the same but for names */
	for (int p = 0; p < PUZZLES; p++) {
		struct buf desc = BUF_INIT;
		int people = 3 + p % 3;
		struct lies l;

		buf_addz(&desc, people == 3 ? "4,1,7" : people == 4 ? "4,1,7,9" : "4,1,7,9,2");
		for (int i = 0; i < people; i++) {
			int a = (i + 1 + (int)rng_below(&rng, (uint32_t)people - 1)) % people;
			int b = 3 - a - i;

			if (people == 3 && rng_below(&rng, 2))
				buf_addf(&desc, " %c:%c%s%c%s%c", 'A' + i, "&?"[rng_below(&rng, 2)], a < b ? "+" : "-",
					 'A' + (a < b ? a : b), "-", 'A' + (a < b ? b : a));
			else
				buf_addf(&desc, " %c:%c%c", 'A' + i, "+-"[rng_below(&rng, 2)], 'A' + a);
		}
		if (CHECK(lies_read(&l, buf_str(&desc)))) {
			lies_task->canon(&canon[p], buf_str(&desc));
			least_text(&least[p], &l);
		}
		buf_release(&desc);
	}
	for (int p = 0; p < PUZZLES; p++)
		for (int q = p + 3; q < PUZZLES; q += 3) { /* the same number of people */
			bool same = str_eq(buf_str(&least[p]), buf_str(&least[q]));

			CHECK_EQ(str_eq(buf_str(&canon[p]), buf_str(&canon[q])), same);
			alike += same;
		}
	CHECK(alike > 50);
	for (int p = 0; p < PUZZLES; p++) {
		buf_release(&canon[p]);
		buf_release(&least[p]);
	}
}

/* Puzzles made of equal parts have the most symmetries; their canonical form must not take for ever. */
static void test_canon_of_symmetric(void)
{
	static const char *const says[] = { "ring", "pairs", "triples", "star", "nobody in particular" };
	struct rng rng;

	rng_init(&rng, 4, "test");
	for (int shape = 0; shape < 5; shape++) {
		struct buf desc = BUF_INIT, twin = BUF_INIT, a = BUF_INIT, b = BUF_INIT;

		for (int i = 0; i < LIES_PEOPLE; i++)
			buf_addf(&desc, "%s%d", i ? "," : "", i);
		for (int i = 0; i < LIES_PEOPLE; i++) {
			int to[] = { (i + 1) % LIES_PEOPLE, i ^ 1, i % 3 == 2 ? i - 2 : i + 1, i ? 0 : 1, i };

			if (shape < 4)
				buf_addf(&desc, " %c:-%c", 'A' + i, 'A' + to[shape]);
			else
				buf_addf(&desc, " %c-", 'A' + i);
		}
		check_in("%s", says[shape]);
		lies_task->canon(&a, buf_str(&desc));
		CHECK(a.n > 0 && str_chr(buf_str(&a), '~') < 0);
		for (int i = 0; i < 10; i++) {
			buf_reset(&twin);
			buf_reset(&b);
			CHECK(lies_task->twin(&twin, buf_str(&desc), &rng));
			lies_task->canon(&b, buf_str(&twin));
			CHECK_STR_EQ(buf_str(&b), buf_str(&a));
		}
		buf_release(&desc);
		buf_release(&twin);
		buf_release(&a);
		buf_release(&b);
	}
}

/* ---- words ---- */

static void test_names(void)
{
	static const char *const never[] = { "yes", "no", "true", "truth", "false", "lie", "lia", "真", "假", "是", "否",
					     "对", "错", "谎", "说" };

	for (int lang = 0; lang < 2; lang++)
		for (int i = 0; i < LIES_NAMES; i++) {
			char lower[32] = "";

			check_in("name %s", lies_names[lang][i]);
			for (size_t k = 0; lies_names[lang][i][k]; k++)
				lower[k] = (char)tolower((unsigned char)lies_names[lang][i][k]);
			for (size_t k = 0; k < COUNT(never); k++)
				CHECK(!strstr(lower, never[k]));
			for (int j = 0; j < LIES_NAMES; j++)
				CHECK(i == j || strcmp(lies_names[lang][i], lies_names[lang][j]) != 0);
		}
}

static void check_wording(const char *desc, enum lang lang, const char *want)
{
	struct buf b = BUF_INIT;
	struct err err = ERR_INIT;

	check_in("%s", desc);
	CHECK_EQ(prompt_write(&b, lies_task, str_of(desc), lang, QUARRY_ANY, STR("lines"), &err), 0);
	if (!CHECK(str_find(buf_str(&b), str_of(want)) >= 0))
		fprintf(stderr, "\tno \"%s\" in \"%s\"\n", want, buf_z(&b));
	buf_release(&b);
}

/* Every claim in words, both languages: Ada is 0, Amy 1, Ann 2, Ben 3. */
static void test_wording(void)
{
	static const char *const cases[][3] = {
		{ "A+", "\nAda tells the truth.\n", "\n已知小明说真话。\n" },
		{ "A-", "\nAda lies.\n", "\n已知小明说谎。\n" },
		{ "A:+B", "Ada says Amy tells the truth.", "小明说：小红说真话。" },
		{ "A:-B", "Ada says Amy lies.", "小明说：小红说谎。" },
		{ "A:=BC", "Ada says Amy and Ann are of the same kind.", "小明说：小红和小刚是同一类人。" },
		{ "A:!BC", "Ada says Amy and Ann are of different kinds.", "小明说：小红和小刚不是同一类人。" },
		{ "A:&+B+C", "Ada says both Amy and Ann tell the truth.", "小明说：小红和小刚都说真话。" },
		{ "A:&-B-C", "Ada says both Amy and Ann lie.", "小明说：小红和小刚都说谎。" },
		{ "A:&+B-C", "Ada says Amy tells the truth and Ann lies.", "小明说：小红说真话，而且小刚说谎。" },
		{ "A:|-B-C", "Ada says at least one of Amy and Ann lies.", "小明说：小红和小刚中至少有一人说谎。" },
		{ "A:|-B+C", "Ada says Amy lies or Ann tells the truth, or both.",
		  "小明说：小红说谎，或者小刚说真话，或者两者都成立。" },
		{ "A:?-C+B", "Ada says if Ann lies, then Amy tells the truth.", "小明说：如果小刚说谎，那么小红说真话。" },
		{ "A:#1BCD", "Ada says exactly one of Amy, Ann and Ben tells the truth.",
		  "小明说：小红、小刚和小丽中恰好有一人说真话。" },
		{ "A:>2BCD", "Ada says at least two of Amy, Ann and Ben tell the truth.",
		  "小明说：小红、小刚和小丽中至少有两人说真话。" },
		{ "A:<0BCD", "Ada says at most none of Amy, Ann and Ben tell the truth.",
		  "小明说：小红、小刚和小丽中至多有零人说真话。" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char desc[64];

		snprintf(desc, sizeof(desc), "0,1,2,3 %s", cases[i][0]);
		check_wording(desc, LANG_EN, cases[i][1]);
		check_wording(desc, LANG_ZH, cases[i][2]);
	}
	check_wording("0,1,2,3 A:?-C+B", LANG_EN, "false only when its first part is true and its second is not");
	check_wording("0,1,2,3 A:?-C+B", LANG_ZH, "只有在前半句成立而后半句不成立时才是假话");
}

static void test_descs(void)
{
	static const char *const bad[] = {
		"", "0", "0 A+", "0,1", "0,1 ", "0,1, A+", "0,1  A+", "0,1 A+ ", " 0,1 A+", "0,1 A", "0,1 A*", "0,1 C+",
		"0,1 A:", "0,1 A:B", "0,1 A:-A", "0,1 A:-B+", "0,60 A+", "00,1 A+", "0,1 a+", "0,1,2 A:=CB", "0,1,2 A:=BB",
		"0,1,2 A:=B", "0,1,2,3 A:=BCD", "0,1,2 A:&BC", "0,1,2 A:&+B", "0,1,2 A:#1BC", "0,1,2,3 A:#4BCD",
		"0,1,2,3 A:>0BCD", "0,1,2,3 A:<3BCD", "0,1,2,3 A:#BCD", "0,1,2 A:?+B+B", "0,1,2,3,4,5,6 A:#1BCDEFG",
		"0,1,2 A:=+B+C", "-0,1 A+", "+0,1 A+",
	};
	struct lies l;

	for (size_t i = 0; i < COUNT(bad); i++) {
		check_in("\"%s\"", bad[i]);
		CHECK(!lies_read(&l, str_of(bad[i])));
	}
	check_in("good");
	CHECK(lies_read(&l, STR("0,1,2 A+ B:?-C+A C:=AB")));
	CHECK_EQ(l.items, 3);
	CHECK_EQ(l.item[1].kind, LIES_IF);
	CHECK_EQ(l.item[1].who[0], 2);
}

int main(void)
{
	lies_task = task_find(STR("web_of_lies"));
	if (!CHECK(lies_task != NULL) || !CHECK(task_find(STR("knights_knaves")) == lies_task))
		return check_done();
	test_one_solution();
	test_proofs();
	test_canon_is_exact();
	test_canon_of_symmetric();
	test_names();
	test_wording();
	test_descs();
	return check_done();
}
