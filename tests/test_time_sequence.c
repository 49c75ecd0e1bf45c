/*
 * test_time_sequence.c - meetings against a clock that goes minute by minute, read from the desc by other means.
 */
#include "base/rng.h"
#include "generators/task.h"
#include "tests/check.h"
#include "tests/task.h"
#include "verifiers/verify.h"

static const struct task *meet_task;

/* ---- the statement again: minutes of the day, from 0 at midnight ---- */

enum { OPEN = 9 * 60, CLOSE = 17 * 60, DAY = 24 * 60 };

struct wish {
	char sign;
	char text[24]; /* what stands behind the sign */
};

struct person {
	bool plan[5][DAY]; /* free, by the plan */
	struct wish wish[4];
	int wishes;
};

struct week {
	int days, people;
	struct person person[8];
};

static int number_at(const char **s)
{
	int v = (int)strtol(*s, (char **)s, 10);

	return v;
}

static void week_read(struct week *w, const char *s)
{
	memset(w, 0, sizeof(*w));
	w->days = number_at(&s);
	while (*s == ' ') {
		struct person *p = &w->person[w->people++];

		s++;
		number_at(&s);
		for (int d = 0; d < w->days; d++) {
			bool lists_free;

			s++; /* : or | */
			lists_free = *s++ == 'f';
			for (int m = OPEN; m < CLOSE; m++)
				p->plan[d][m] = !lists_free;
			while (*s >= '0' && *s <= '9') {
				int from = number_at(&s), to;

				s++;
				to = number_at(&s);
				for (int m = OPEN + 5 * from; m < OPEN + 5 * to; m++)
					p->plan[d][m] = lists_free;
				s += *s == ',';
			}
		}
		while (*s == ':') {
			struct wish *x = &p->wish[p->wishes++];
			int n = 0;

			s++;
			x->sign = *s++;
			while (*s && *s != ':' && *s != ' ')
				x->text[n++] = *s++;
		}
	}
}

static const char *wish_of(const struct person *p, char sign)
{
	for (int i = 0; i < p->wishes; i++)
		if (p->wish[i].sign == sign)
			return p->wish[i].text;
	return NULL;
}

static int minutes_of(const struct person *p, char sign, int none)
{
	const char *text = wish_of(p, sign);

	return text ? 5 * atoi(text) : none;
}

/* Is the person free in this minute by the own clock, after what is cancelled and with lunch? */
static void free_minutes(bool *free, const struct person *p, int d)
{
	const char *lunch = wish_of(p, 'l');

	memcpy(free, p->plan[d], DAY);
	for (int m = OPEN; m < CLOSE; m++) {
		int from = m, to = m;

		if (p->plan[d][m])
			continue;
		while (from > OPEN && !p->plan[d][from - 1])
			from--;
		while (to < CLOSE && !p->plan[d][to])
			to++;
		if (to <= OPEN + minutes_of(p, 'c', -DAY) || to - from <= minutes_of(p, 'k', -1))
			free[m] = true;
	}
	if (lunch && (atoi(lunch) == 0 || atoi(lunch) == d + 1)) {
		int from = atoi(strchr(lunch, '.') + 1), to = atoi(strrchr(lunch, '.') + 1);

		for (int m = OPEN + 5 * from; m < OPEN + 5 * to; m++)
			free[m] = false;
	}
}

static bool comes(const struct person *p, const bool *free, int d, int from, int to)
{
	int missed = 0, before = from, after = to;
	const char *days = wish_of(p, 'd');

	from += minutes_of(p, 'z', 0);
	to += minutes_of(p, 'z', 0);
	if (from < OPEN || to > CLOSE || from < OPEN + minutes_of(p, 's', 0) || to > OPEN + minutes_of(p, 'e', CLOSE - OPEN))
		return false;
	if (to - from > minutes_of(p, 'm', DAY) || (days && !strchr(days, '1' + d)))
		return false;
	for (int m = from; m < to; m++)
		if (!free[m] && ++missed > minutes_of(p, 'p', 0))
			return false;
	for (int m = from - minutes_of(p, 'b', 0); m < from; m++)
		if (m < OPEN || !free[m])
			return false;
	for (int m = to; m < to + minutes_of(p, 'a', 0); m++)
		if (m >= CLOSE || !free[m])
			return false;
	before = from;
	after = to;
	while (before > OPEN && free[before - 1])
		before--;
	while (after < CLOSE && free[after])
		after++;
	return !wish_of(p, 'g') || (missed == 0 && after - before >= minutes_of(p, 'g', 0));
}

static void longest(const struct week *w, int *length, int *count)
{
	*length = *count = 0;
	for (int d = 0; d < w->days; d++) {
		bool free[8][DAY];

		for (int i = 0; i < w->people; i++)
			free_minutes(free[i], &w->person[i], d);
		for (int start = OPEN; start < CLOSE; start += 30)
			for (int minutes = CLOSE - start; minutes > 0 && minutes >= *length; minutes -= 5) {
				bool all = true;

				for (int i = 0; i < w->people && all; i++)
					all = comes(&w->person[i], free[i], d, start, start + minutes);
				if (!all)
					continue;
				*count = minutes > *length ? 1 : *count + 1;
				*length = minutes;
				break;
			}
	}
}

static enum quarry_mark judge(struct str desc, const char *answer)
{
	return task_ask("time_sequence", desc, str_of(answer));
}

static void check_desc(const struct buf *desc, int tries, struct rng *rng)
{
	struct buf answer = BUF_INIT;
	static struct week w;
	int length, count;
	char text[40];

	week_read(&w, buf_z(desc));
	longest(&w, &length, &count);
	snprintf(text, sizeof(text), "%d, %d", length, count);
	if (!CHECK(meet_task->solve(&answer, buf_str(desc))))
		return;
	if (!CHECK_STR(buf_str(&answer), text))
		fprintf(stderr, "\t%s\n", buf_z(desc));
	CHECK_EQ(judge(buf_str(desc), text), QUARRY_CORRECT);
	for (int i = 0; i < tries; i++) {
		int l = length + 5 * rng_range(rng, -3, 3), c = count + rng_range(rng, -2, 2);

		if (l < 0 || c < 0 || (l == length && c == count))
			continue;
		snprintf(text, sizeof(text), "%d, %d", l, c);
		CHECK_EQ(judge(buf_str(desc), text), QUARRY_WRONG);
	}
	buf_release(&answer);
}

/* ---- what the generator makes ---- */

static void test_made(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 1, "test meet");
	for (int level = 0; level < TASK_LEVELS; level++)
		for (int i = 0; i < 12; i++) {
			int knob[TASK_KNOBS];

			check_in("level %d, %d", level, i);
			task_level(meet_task, level, knob);
			buf_reset(&desc);
			buf_reset(&answer);
			if (!CHECK(meet_task->generate(&desc, &answer, knob, &rng)))
				continue;
			CHECK_EQ(judge(buf_str(&desc), buf_z(&answer)), QUARRY_CORRECT);
			check_desc(&desc, 8, &rng);
		}
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- anything at all, also what it would not make: full and empty days, notes that leave nothing ---- */

static void random_day(struct buf *b, struct rng *rng)
{
	int at = (int)rng_below(rng, 30), n = 0;

	buf_addc(b, "bf"[rng_below(rng, 2)]);
	for (int k = (int)rng_below(rng, 6); k > 0 && at < 96; k--) {
		int to = at + 1 + (int)rng_below(rng, rng_below(rng, 4) ? 20 : 90);

		to = to < 96 ? to : 96;
		buf_addf(b, "%s%d-%d", n++ ? "," : "", at, to);
		at = to + 1 + (int)rng_below(rng, 20);
	}
}

/* At most three, of different signs, missing not with room. */
static void random_wishes(struct buf *b, int days, struct rng *rng)
{
	static const char signs[] = "baselckdmpgz";
	static const int most[] = { 12, 12, 95, 95, 0, 48, 24, 0, 95, 12, 96, 8 };
	unsigned seen = 0;

	for (int k = (int)rng_below(rng, 4); k > 0; k--) {
		uint32_t i = rng_below(rng, 12);

		if (seen >> i & 1 || (i == 9 && seen & (1u << 0 | 1u << 1 | 1u << 10)) || (seen >> 9 & 1 && (i == 0 || i == 1 || i == 10)) ||
		    (i == 7 && days == 1))
			continue;
		seen |= 1u << i;
		buf_addf(b, ":%c", signs[i]);
		if (signs[i] == 'l') {
			int from = (int)rng_below(rng, 90);

			buf_addf(b, "%d.%d.%d", (int)rng_below(rng, (uint32_t)days + 1), from, from + 1 + (int)rng_below(rng, 6));
		} else if (signs[i] == 'd') {
			buf_addi(b, 1 + rng_below(rng, (uint32_t)days));
		} else if (signs[i] == 'z') {
			buf_addf(b, "%c%d", "+-"[rng_below(rng, 2)], 6 * (int)(1 + rng_below(rng, 8)));
		} else {
			buf_addi(b, 1 + rng_below(rng, 1 + rng_below(rng, (uint32_t)most[i])));
		}
	}
}

static void test_anything(void)
{
	struct buf desc = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 2, "test meet");
	for (int i = 0; i < 2500; i++) {
		int days = rng_range(&rng, 1, 4), people = rng_range(&rng, 2, 3);

		check_in("anything %d", i);
		buf_reset(&desc);
		buf_addi(&desc, days);
		for (int k = 0; k < people; k++) {
			buf_addf(&desc, " %d:", 10 * k + (int)rng_below(&rng, 10));
			for (int d = 0; d < days; d++) {
				buf_addz(&desc, d ? "|" : "");
				random_day(&desc, &rng);
			}
			random_wishes(&desc, days, &rng);
		}
		check_desc(&desc, 2, &rng);
	}
	buf_release(&desc);
}

/* Of all answers one is right. */
static void test_every_answer(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 3, "test meet");
	for (int i = 0; i < 4; i++) {
		int knob[TASK_KNOBS], right = 0;

		check_in("every answer %d", i);
		task_level(meet_task, 1 + i, knob);
		buf_reset(&desc);
		buf_reset(&answer);
		if (!CHECK(meet_task->generate(&desc, &answer, knob, &rng)))
			continue;
		for (int length = 0; length <= 240; length += 5)
			for (int count = 0; count <= 12; count++) {
				char text[40];

				snprintf(text, sizeof(text), "%d, %d", length, count);
				right += judge(buf_str(&desc), text) == QUARRY_CORRECT;
			}
		CHECK_EQ(right, 1);
	}
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- canon: equal exactly where people and days can be put so that the plans are the same ---- */

enum { FEW = 400 };

struct small {
	int day[2][2], note[2]; /* of person, of day */
};

/* Two of each of these say the same in different ways. */
static const char *const small_days[] = { "b", "f0-96", "b0-6", "f6-96", "b30-40,50-60", "f0-30,40-50,60-96" };
static const char *const small_notes[] = { "", ":d1", ":d2", ":l1.36.42", ":l2.36.42", ":l0.36.42", ":m12:b2", ":b2:m12" };

/* What a person has on a day: plan, lunch, whether it is taken. */
static int facet(const struct small *s, int i, int d)
{
	int lunch = s->note[i] == 5 || s->note[i] == 3 + d, off = s->note[i] == 2 - d;

	return s->day[i][d] / 2 * 4 + lunch * 2 + off;
}

static void small_least(int *best, const struct small *s)
{
	for (int way = 0; way < 4; way++) {
		int text[6], n = 0;

		for (int i = 0; i < 2; i++) {
			int person = way & 1 ? 1 - i : i;

			for (int d = 0; d < 2; d++)
				text[n++] = facet(s, person, way & 2 ? 1 - d : d);
			text[n++] = s->note[person] >= 6;
		}
		for (int k = 0; way && k < 6 && text[k] <= best[k]; k++)
			if (text[k] < best[k])
				memcpy(best, text, sizeof(text));
		if (!way)
			memcpy(best, text, sizeof(text));
	}
}

static void test_canon(void)
{
	struct buf canon[FEW] = { BUF_INIT }, desc = BUF_INIT;
	int least[FEW][6], equal = 0;
	struct rng rng;

	rng_init(&rng, 4, "test meet");
	for (int k = 0; k < FEW; k++) {
		struct small s;

		check_in("canon %d", k);
		buf_reset(&desc);
		buf_addc(&desc, '2');
		for (int i = 0; i < 2; i++) {
			for (int d = 0; d < 2; d++)
				s.day[i][d] = (int)rng_below(&rng, 6);
			s.note[i] = (int)rng_below(&rng, 8);
			buf_addf(&desc, " %d:%s|%s%s", 50 * i + (int)rng_below(&rng, 50), small_days[s.day[i][0]], small_days[s.day[i][1]],
				 small_notes[s.note[i]]);
		}
		meet_task->canon(&canon[k], buf_str(&desc));
		CHECK(canon[k].n > 0);
		small_least(least[k], &s);
	}
	for (int i = 0; i < FEW; i++)
		for (int j = 0; j < i; j++) {
			bool same = memcmp(least[i], least[j], sizeof(least[i])) == 0;

			equal += same;
			CHECK_EQ(str_eq(buf_str(&canon[i]), buf_str(&canon[j])), same);
		}
	CHECK(equal > 20);
	for (int i = 0; i < FEW; i++)
		buf_release(&canon[i]);
	buf_release(&desc);
}

int main(void)
{
	meet_task = task_find(STR("time_sequence"));
	test_made();
	test_anything();
	test_every_answer();
	test_canon();
	return check_done();
}
