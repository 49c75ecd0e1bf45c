/* time_sequence_words.c - plans, notes and worked days as text, in every language and notation. */
#include "generators/lists.h"
#include "generators/pen.h"
#include "generators/time_sequence_solve.h"

#include <stdlib.h>

static const struct pen_text day_names[LANGS][PLANS_DAYS] = {
	{ PEN_TEXT("Monday"), PEN_TEXT("Tuesday"), PEN_TEXT("Wednesday"), PEN_TEXT("Thursday"), PEN_TEXT("Friday") },
	{ PEN_TEXT("星期一"), PEN_TEXT("星期二"), PEN_TEXT("星期三"), PEN_TEXT("星期四"), PEN_TEXT("星期五") },
};

static void say_day_name(struct buf *b, int day, enum lang lang)
{
	buf_add(b, (struct str){ day_names[lang][day].s, day_names[lang][day].n });
}

static void say_name(struct buf *b, const struct plan *p, enum lang lang)
{
	buf_add(b, list_at("people", p->name, lang));
}

#define HOUR(h) \
	h ":00", h ":05", h ":10", h ":15", h ":20", h ":25", h ":30", h ":35", h ":40", h ":45", h ":50", h ":55"

/* The time of day at each step, filled up with zeros. */
static const char clock[PLANS_STEPS + 12][8] = { HOUR("9"), HOUR("10"), HOUR("11"), HOUR("12"), HOUR("13"), HOUR("14"), HOUR("15"), HOUR("16"), HOUR("17") };

static char *put_time(char *pen, int step)
{
	memcpy(pen, clock[step], sizeof(clock[step]));
	return pen + (step < 12 ? 4 : 5);
}

static char *put_span(char *pen, int from, int to)
{
	return put_time(pen_char(put_time(pen, from), '-'), to);
}

/* The same of any step, also before 9:00. */
static void say_time(struct buf *b, int step)
{
	int minutes = 9 * 60 + 5 * step;

	buf_addi(b, minutes / 60);
	buf_addc(b, ':');
	buf_addc(b, (char)('0' + minutes % 60 / 10));
	buf_addc(b, (char)('0' + minutes % 10));
}

static void say_span(struct buf *b, int from, int to)
{
	say_time(b, from);
	buf_addc(b, '-');
	say_time(b, to);
}

static char *put_times(char *pen, const struct plan_day *d, const struct pen_text *between)
{
	for (int k = 0; k < d->times; k++)
		pen = put_span(k ? pen_text(pen, between) : pen, d->time[k].from, d->time[k].to);
	return pen;
}

static char *put_day(char *pen, const struct plan_day *d, enum lang lang)
{
	static const struct pen_text none[LANGS][2] = {
		{ PEN_TEXT("free all day"), PEN_TEXT("not free at all") }, { PEN_TEXT("全天有空"), PEN_TEXT("全天没空") },
	};
	static const struct pen_text before[LANGS][2] = { { PEN_TEXT("busy "), PEN_TEXT("free only ") }, { PEN_TEXT(""), PEN_TEXT("只有") } };
	static const struct pen_text between[LANGS] = { PEN_TEXT(", "), PEN_TEXT("、") };
	static const struct pen_text after[LANGS][2] = { { PEN_TEXT(""), PEN_TEXT("") }, { PEN_TEXT("没空"), PEN_TEXT("有空") } };

	if (!d->times)
		return pen_text(pen, &none[lang][d->free]);
	return pen_text(put_times(pen_text(pen, &before[lang][d->free]), d, &between[lang]), &after[lang][d->free]);
}

/* Bytes of one person's days in any notation, the name not counted. */
enum { PERSON_MAX = 64 + PLANS_DAYS * (96 + 16 * PLANS_ENTRIES) };

static void put_plans(struct holes *holes, const struct plans *p, enum lang lang)
{
	static const struct pen_text item = PEN_TEXT("\n- ");
	struct buf *b = hole_open(holes, "plans");
	const struct list_all people = list_all("people");

	for (int i = 0; b && i < p->people; i++) {
		struct str name = people.entry[p->person[i].name][lang];
		char *pen = pen_down(b, PERSON_MAX + name.n);

		if (!pen)
			return;
		pen = pen_str(i ? pen_char(pen, '\n') : pen, name);
		pen = pen_str(pen, lang == LANG_ZH ? STR("：") : STR(":"));
		for (int d = 0; d < p->days; d++) {
			pen = pen_text(pen_text(pen, &item), &day_names[lang][d]);
			pen = pen_str(pen, lang == LANG_ZH ? STR("：") : STR(": "));
			pen = put_day(pen, &p->person[i].day[d], lang);
		}
		pen_up(b, pen);
	}
}

static void put_table(struct holes *holes, const struct plans *p, enum lang lang)
{
	static const struct pen_text bar = PEN_TEXT(" |"), row = PEN_TEXT("\n| ");
	struct buf *b = hole_open(holes, "table");
	const struct list_all people = list_all("people");

	if (!b)
		return;
	buf_addz(b, "| |");
	for (int d = 0; d < p->days; d++) {
		buf_addc(b, ' ');
		say_day_name(b, d, lang);
		buf_addz(b, " |");
	}
	buf_addz(b, "\n|---|");
	for (int d = 0; d < p->days; d++)
		buf_addz(b, "---|");
	for (int i = 0; i < p->people; i++) {
		struct str name = people.entry[p->person[i].name][lang];
		char *pen = pen_down(b, PERSON_MAX + name.n);

		if (!pen)
			return;
		pen = pen_text(pen_str(pen_text(pen, &row), name), &bar);
		for (int d = 0; d < p->days; d++)
			pen = pen_text(put_day(pen_char(pen, ' '), &p->person[i].day[d], lang), &bar);
		pen_up(b, pen);
	}
}

/* {"Ann": {"Monday busy": ["9:20-10:05"], ...}, ...} */
static void put_json(struct holes *holes, const struct plans *p, enum lang lang)
{
	static const struct pen_text keys[LANGS][2] = {
		{ PEN_TEXT(" busy\": ["), PEN_TEXT(" free\": [") }, { PEN_TEXT("没空\": ["), PEN_TEXT("有空\": [") },
	};
	static const struct pen_text first = PEN_TEXT("\""), next = PEN_TEXT(", \""), colon = PEN_TEXT("\": {"), between = PEN_TEXT("\", \"");
	struct buf *b = hole_open(holes, "json");
	const struct list_all people = list_all("people");

	if (!b)
		return;
	buf_addc(b, '{');
	for (int i = 0; i < p->people; i++) {
		struct str name = people.entry[p->person[i].name][lang];
		char *pen = pen_down(b, PERSON_MAX + name.n);

		if (!pen)
			return;
		pen = pen_str(pen, i ? STR(",\n\"") : STR("\n\""));
		pen = pen_text(pen_str(pen, name), &colon);
		for (int d = 0; d < p->days; d++) {
			const struct plan_day *day = &p->person[i].day[d];

			pen = pen_text(pen_text(pen, d ? &next : &first), &day_names[lang][d]);
			pen = pen_text(pen, &keys[lang][day->free]);
			if (day->times)
				pen = pen_char(put_times(pen_char(pen, '"'), day, &between), '"');
			pen = pen_char(pen, ']');
		}
		pen_up(b, pen_char(pen, '}'));
	}
	buf_addz(b, "\n}");
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
		if (lang == LANG_EN)
			buf_addz(b, n->day ? "on " : "every day");
		else if (!n->day)
			buf_addz(b, "每天");
		if (n->day)
			say_day_name(b, n->day - 1, lang);
		return;
	}
	for (int d = 0; d < PLANS_DAYS; d++) {
		if (!(n->day >> d & 1))
			continue;
		left--;
		if (lang == LANG_ZH)
			buf_addz(b, said++ ? "、" : "");
		else
			buf_addz(b, !said++ ? "on " : left ? ", " : " and ");
		say_day_name(b, d, lang);
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

/* Is this a hole? A capital letter that is no word's head. */
static bool is_hole(const char *c)
{
	return *c >= 'C' && *c <= 'U' && strchr("NMTFUDHC", *c) && !(c[1] >= 'a' && c[1] <= 'z');
}

static void say_note(struct buf *b, const struct plan *person, const struct note *n, enum lang lang)
{
	const char *c = note_texts[n->kind][lang], *from = c;

	for (;; c++) {
		if (*c && !is_hole(c))
			continue;
		buf_add(b, (struct str){ from, (size_t)(c - from) });
		from = c + 1;
		switch (*c) {
		case 0: return;
		case 'N': say_name(b, person, lang); break;
		case 'M': buf_addi(b, 5 * n->steps); break;
		case 'F': say_time(b, n->from); break;
		case 'U': say_time(b, n->to); break;
		case 'D': say_days(b, n, lang); break;
		case 'H': say_ahead(b, n->steps, lang); break;
		default: say_time(b, n->steps); /* T, C */
		}
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
	struct buf *b = hole_open(holes, "notes");
	bool need[3] = { false, false, false }, any = false;

	if (!b)
		return;
	for (int i = 0; i < p->people; i++)
		for (int k = 0; k < p->person[i].notes; k++) {
			const struct note *n = &p->person[i].note[k];

			buf_addz(b, any ? "\n- " : lang == LANG_ZH ? "补充说明：\n- " : "Notes:\n- ");
			any = true;
			say_note(b, &p->person[i], n, lang);
			need[0] |= n->kind == NOTE_EARLY || n->kind == NOTE_SHORT;
			need[1] |= n->kind == NOTE_ROOMY;
			need[2] |= n->kind == NOTE_ZONE;
		}
	for (int i = 0, said = 0; i < 3; i++)
		if (need[i])
			buf_addf(b, "%s%s", !said++ ? "\n" : lang == LANG_ZH ? "" : " ", meaning[lang][i]);
}

static void put_names(struct holes *holes, const struct plans *p, enum lang lang)
{
	struct buf *b = hole_open(holes, "names");

	for (int i = 0; b && i < p->people; i++) {
		if (i && lang == LANG_EN)
			buf_addz(b, i + 1 < p->people ? ", " : " and ");
		else if (i)
			buf_addz(b, i + 1 < p->people ? "、" : "和");
		say_name(b, &p->person[i], lang);
	}
}

static void put_days(struct holes *holes, const struct plans *p, enum lang lang)
{
	struct buf *b = hole_open(holes, "days");

	if (!b)
		return;
	say_day_name(b, 0, lang);
	if (p->days == 1)
		return;
	buf_addz(b, lang == LANG_ZH ? "到" : " to ");
	say_day_name(b, p->days - 1, lang);
}

void plans_fields(struct holes *holes, const struct plans *p, enum lang lang)
{
	put_names(holes, p, lang);
	put_days(holes, p, lang);
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

		say_day_name(out, d, lang);
		buf_addc(out, '\n');
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
