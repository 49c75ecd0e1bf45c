/* time_sequence_words.c - plans, notes and worked days as text, in every language and notation. */
#include "generators/lists.h"
#include "generators/time_sequence_solve.h"

#include <stdlib.h>

static const char *const day_names[LANGS][PLANS_DAYS] = {
	{ "Monday", "Tuesday", "Wednesday", "Thursday", "Friday" },
	{ "星期一", "星期二", "星期三", "星期四", "星期五" },
};

static void say_name(struct buf *b, const struct plan *p, enum lang lang)
{
	buf_add(b, list_at("people", p->name, lang));
}

/* A step as a time of day. */
static void say_time(struct buf *b, int step)
{
	int minutes = 9 * 60 + 5 * step;

	buf_addf(b, "%d:%02d", minutes / 60, minutes % 60);
}

static void say_span(struct buf *b, int from, int to)
{
	say_time(b, from);
	buf_addc(b, '-');
	say_time(b, to);
}

static void say_times(struct buf *b, const struct plan_day *d, const char *between, const char *quote)
{
	for (int k = 0; k < d->times; k++) {
		buf_addf(b, "%s%s", k ? between : "", quote);
		say_span(b, d->time[k].from, d->time[k].to);
		buf_addz(b, quote);
	}
}

static void say_day(struct buf *b, const struct plan_day *d, enum lang lang)
{
	if (!d->times) {
		if (lang == LANG_ZH)
			buf_addz(b, d->free ? "全天没空" : "全天有空");
		else
			buf_addz(b, d->free ? "not free at all" : "free all day");
		return;
	}
	if (lang == LANG_EN)
		buf_addz(b, d->free ? "free only " : "busy ");
	else if (d->free)
		buf_addz(b, "只有");
	say_times(b, d, lang == LANG_ZH ? "、" : ", ", "");
	if (lang == LANG_ZH)
		buf_addz(b, d->free ? "有空" : "没空");
}

static void put_plans(struct holes *holes, const struct plans *p, enum lang lang)
{
	struct buf b = BUF_INIT;

	for (int i = 0; i < p->people; i++) {
		buf_addz(&b, i ? "\n" : "");
		say_name(&b, &p->person[i], lang);
		buf_addz(&b, lang == LANG_ZH ? "：" : ":");
		for (int d = 0; d < p->days; d++) {
			buf_addf(&b, "\n- %s%s", day_names[lang][d], lang == LANG_ZH ? "：" : ": ");
			say_day(&b, &p->person[i].day[d], lang);
		}
	}
	hole_put(holes, "plans", buf_str(&b));
	buf_release(&b);
}

static void put_table(struct holes *holes, const struct plans *p, enum lang lang)
{
	struct buf b = BUF_INIT;

	buf_addz(&b, "| |");
	for (int d = 0; d < p->days; d++)
		buf_addf(&b, " %s |", day_names[lang][d]);
	buf_addz(&b, "\n|---|");
	for (int d = 0; d < p->days; d++)
		buf_addz(&b, "---|");
	for (int i = 0; i < p->people; i++) {
		buf_addz(&b, "\n| ");
		say_name(&b, &p->person[i], lang);
		buf_addz(&b, " |");
		for (int d = 0; d < p->days; d++) {
			buf_addc(&b, ' ');
			say_day(&b, &p->person[i].day[d], lang);
			buf_addz(&b, " |");
		}
	}
	hole_put(holes, "table", buf_str(&b));
	buf_release(&b);
}

/* {"Ann": {"Monday busy": ["9:20-10:05"], ...}, ...} */
static void put_json(struct holes *holes, const struct plans *p, enum lang lang)
{
	static const char *const keys[LANGS][2] = { { " busy", " free" }, { "没空", "有空" } };
	struct buf b = BUF_INIT;

	buf_addc(&b, '{');
	for (int i = 0; i < p->people; i++) {
		buf_addz(&b, i ? ",\n\"" : "\n\"");
		say_name(&b, &p->person[i], lang);
		buf_addz(&b, "\": {");
		for (int d = 0; d < p->days; d++) {
			const struct plan_day *day = &p->person[i].day[d];

			buf_addf(&b, "%s\"%s%s\": [", d ? ", " : "", day_names[lang][d], keys[lang][day->free]);
			say_times(&b, day, ", ", "\"");
			buf_addc(&b, ']');
		}
		buf_addc(&b, '}');
	}
	buf_addz(&b, "\n}");
	hole_put(holes, "json", buf_str(&b));
	buf_release(&b);
}

/* ---- notes ---- */

/*
 * N the name, M so many minutes, T a time, F and U a time from and until, D days, H how far the clock is ahead or behind,
 * C what it shows at 9:00 in the office.
 */
static const char *const note_texts[NOTE_KINDS][LANGS] = {
	[NOTE_BEFORE] = { "N must be free during the M minutes right before the meeting, and these must lie within N's working hours, too.",
			  "N在会议开始前的M分钟内必须有空，这段时间也必须在N的工作时间之内。" },
	[NOTE_AFTER] = { "N must be free during the M minutes right after the meeting, and these must lie within N's working hours, too.",
			 "N在会议结束后的M分钟内必须有空，这段时间也必须在N的工作时间之内。" },
	[NOTE_FROM] = { "N takes part in no meeting that starts before T.", "N不参加T之前开始的会议。" },
	[NOTE_UNTIL] = { "N takes part in no meeting that ends after T.", "N不参加T之后结束的会议。" },
	[NOTE_LUNCH] = { "N has lunch F-U D and is never free then.", "ND F-U要吃午饭，这段时间总是没空。" },
	[NOTE_EARLY] = { "N cancels every busy period that ends at T or earlier: N is free then.", "N取消所有在T或更早结束的忙碌时段：这些时间视为有空。" },
	[NOTE_SHORT] = { "N cancels every busy period of M minutes or less: N is free then.", "N取消所有不超过M分钟的忙碌时段：这些时间视为有空。" },
	[NOTE_DAYS] = { "N takes part only D.", "N只在D参加会议。" },
	[NOTE_AT_MOST] = { "N takes part in meetings of at most M minutes only.", "N只参加不超过M分钟的会议。" },
	[NOTE_MISS] = { "N may miss up to M minutes: during the meeting N may be busy for that long in all.",
			"N可以缺席至多M分钟：会议期间N没空的时间总共可以有这么长。" },
	[NOTE_ROOMY] = { "N takes part only in a meeting that lies within one free period of at least M minutes.",
			 "N只参加整个处于同一个至少M分钟的空闲时段之内的会议。" },
	[NOTE_ZONE] = { "N's clock is H the office clock: at 9:00 in the office it shows C. N's plan, working hours and other notes are told by N's clock.",
			"N当地时间比办公室H：办公室9:00时，N那里是C。N的日程、工作时间和其他说明都按N的当地时间。" },
};

static void say_days(struct buf *b, const struct note *n, enum lang lang)
{
	int left = __builtin_popcount(n->day), said = 0;

	if (n->kind == NOTE_LUNCH) {
		if (lang == LANG_ZH)
			buf_addz(b, n->day ? day_names[lang][n->day - 1] : "每天");
		else
			buf_addf(b, "%s%s", n->day ? "on " : "every day", n->day ? day_names[lang][n->day - 1] : "");
		return;
	}
	for (int d = 0; d < PLANS_DAYS; d++) {
		if (!(n->day >> d & 1))
			continue;
		left--;
		if (lang == LANG_ZH)
			buf_addf(b, "%s%s", said++ ? "、" : "", day_names[lang][d]);
		else
			buf_addf(b, "%s%s", !said++ ? "on " : left ? ", " : " and ", day_names[lang][d]);
	}
}

/* "1 hour 30 minutes ahead of" */
static void say_ahead(struct buf *b, int steps, enum lang lang)
{
	int minutes = 5 * abs(steps);

	if (lang == LANG_ZH)
		buf_addf(b, "%s%d分钟", steps > 0 ? "早" : "晚", minutes);
	else
		buf_addf(b, "%d minutes %s", minutes, steps > 0 ? "ahead of" : "behind");
}

static void say_note(struct buf *b, const struct plan *person, const struct note *n, enum lang lang)
{
	for (const char *c = note_texts[n->kind][lang]; *c; c++) {
		/* a capital letter that is no word's head */
		bool hole = strchr("NMTFUDHC", *c) && !(c[1] >= 'a' && c[1] <= 'z');

		if (!hole)
			buf_addc(b, *c);
		else if (*c == 'N')
			say_name(b, person, lang);
		else if (*c == 'M')
			buf_addi(b, 5 * n->steps);
		else if (*c == 'T')
			say_time(b, n->steps);
		else if (*c == 'F')
			say_time(b, n->from);
		else if (*c == 'U')
			say_time(b, n->to);
		else if (*c == 'D')
			say_days(b, n, lang);
		else if (*c == 'H')
			say_ahead(b, n->steps, lang);
		else
			say_time(b, n->steps);
	}
}

/* Empty where nobody asks for anything. */
static void put_notes(struct holes *holes, const struct plans *p, enum lang lang)
{
	static const char *const meaning[LANGS][3] = {
		{ "A busy period is an unbroken stretch of working hours in which a person is not free according to the plan.",
		  "A free period is an unbroken stretch of working hours in which a person is free by the plan, cancelled busy periods counting as free and lunch "
		  "as busy.",
		  "Where nothing else is said, times are those of the office clock. The meeting must lie within 9:00-17:00 by the office clock and by "
		  "the clock of each person." },
		{ "忙碌时段指工作时间内按日程连续没空的一整段时间。", "空闲时段指工作时间内按日程连续有空的一整段时间，其中已取消的忙碌时段算有空，午饭时间算没空。",
		  "没有另外说明时，时间都是办公室时间。无论按办公室时间还是按每个人的当地时间，会议都必须在9:00-17:00之内。" },
	};
	struct buf b = BUF_INIT;
	bool need[3] = { false, false, false };

	for (int i = 0; i < p->people; i++)
		for (int k = 0; k < p->person[i].notes; k++) {
			const struct note *n = &p->person[i].note[k];

			buf_addz(&b, b.n ? "\n- " : lang == LANG_ZH ? "补充说明：\n- " : "Notes:\n- ");
			say_note(&b, &p->person[i], n, lang);
			need[0] |= n->kind == NOTE_EARLY || n->kind == NOTE_SHORT;
			need[1] |= n->kind == NOTE_ROOMY;
			need[2] |= n->kind == NOTE_ZONE;
		}
	for (int i = 0, said = 0; i < 3; i++)
		if (need[i])
			buf_addf(&b, "%s%s", !said++ ? "\n" : lang == LANG_ZH ? "" : " ", meaning[lang][i]);
	hole_put(holes, "notes", buf_str(&b));
	buf_release(&b);
}

void plans_fields(struct holes *holes, const struct plans *p, enum lang lang)
{
	struct buf b = BUF_INIT;

	for (int i = 0; i < p->people; i++) {
		if (i && lang == LANG_EN)
			buf_addz(&b, i + 1 < p->people ? ", " : " and ");
		else if (i)
			buf_addz(&b, i + 1 < p->people ? "、" : "和");
		say_name(&b, &p->person[i], lang);
	}
	hole_put(holes, "names", buf_str(&b));
	buf_reset(&b);
	buf_addz(&b, day_names[lang][0]);
	if (p->days > 1)
		buf_addf(&b, "%s%s", lang == LANG_ZH ? "到" : " to ", day_names[lang][p->days - 1]);
	hole_put(holes, "days", buf_str(&b));
	buf_release(&b);
	put_plans(holes, p, lang);
	put_table(holes, p, lang);
	put_json(holes, p, lang);
	put_notes(holes, p, lang);
}

/* ---- worked days ---- */

static void tell_set(struct buf *out, steps_set s)
{
	if (!s)
		buf_addz(out, " -");
	while (s) {
		int from = steps_first(s), to = from + steps_first(~(s >> from));

		buf_addc(out, ' ');
		say_span(out, from, to);
		s &= ~steps_span(from, to);
	}
}

/* "Ann: 9:30-10:20 13:00-15:05": free by the plan; then, where notes change it, where a meeting may lie by the office clock. */
static void tell_hours(struct buf *out, const struct plan *p, const struct hours *h, steps_set free, enum lang lang)
{
	say_name(out, p, lang);
	buf_addc(out, ':');
	tell_set(out, free);
	if (h->open != free) {
		buf_addz(out, " =>");
		tell_set(out, h->open);
	}
	if (h->miss) {
		buf_addz(out, " \\");
		tell_set(out, h->busy);
		buf_addf(out, " <= %d", 5 * h->miss);
	}
	buf_addc(out, '\n');
}

/* "9:30: min(10:20, 11:00) -> 50", of every start at which all are there. */
static void tell_start(struct buf *out, const struct plans *p, const struct hours *h, int start, int length)
{
	buf_addc(out, '+');
	say_time(out, start);
	buf_addz(out, ": min(");
	for (int i = 0; i < p->people; i++) {
		buf_addz(out, i ? ", " : "");
		say_time(out, start + hours_limit(&h[i], start));
	}
	buf_addf(out, ") -> %d\n", 5 * length);
}

static int least_most(const struct plans *p)
{
	int cap = PLANS_STEPS;

	for (int i = 0; i < p->people; i++) {
		const struct note *n = plan_note(&p->person[i], NOTE_AT_MOST);

		cap = n && n->steps < cap ? n->steps : cap;
	}
	return cap;
}

void plans_tell(struct buf *out, const struct plans *p, enum lang lang)
{
	static const char *const heading[LANGS] = {
		"For each day: who is free by the plan => when a meeting may lie after the notes, by the office clock (\\ busy times, of which it may "
		"meet so many minutes); +start: min(how far each can go) -> minutes.",
		"逐日列出：各人按日程有空的时间 => 按说明处理后可以开会的时间，办公室时间（\\ 没空的时间，会议可占其中的分钟数）；+开始：min(各人能坚持到的时刻) -> 分钟。",
	};
	int cap = least_most(p), best = 0, count = 0;

	buf_addf(out, "%s\n", heading[lang]);
	for (int d = 0; d < p->days; d++) {
		struct hours h[PLANS_PEOPLE];
		int length[PLANS_STARTS], top = 0;

		buf_addf(out, "%s\n", day_names[lang][d]);
		for (int i = 0; i < p->people; i++) {
			steps_set busy = day_busy(&p->person[i].day[d]);

			hours_of(&h[i], &p->person[i], busy, d);
			tell_hours(out, &p->person[i], &h[i], steps_span(0, PLANS_STEPS) & ~busy, lang);
		}
		day_lengths(length, p, h);
		for (int k = 0; k < PLANS_STARTS; k++) {
			if (length[k])
				tell_start(out, p, h, k * PLANS_GRID, length[k]);
			if (length[k] > best) {
				best = length[k];
				count = 0;
			}
			top = length[k] > top ? length[k] : top;
			count += length[k] && length[k] == best;
		}
		buf_addf(out, "max %d\n", 5 * top);
	}
	if (cap < PLANS_STEPS)
		buf_addf(out, "<= %d\n", 5 * cap);
	buf_addf(out, "max = %d, n = %d", 5 * best, count);
}
