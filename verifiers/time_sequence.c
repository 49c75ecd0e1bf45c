/*
 * time_sequence.c - when can everybody meet for longest, and in how many ways: every day, start and end is tried.
 *
 * The answer is the length in minutes and the number of starts that allow it: "85, 2". Also read: [85, 2], (85, 2),
 * "85 minutes, 2 options", {"length": 85, "count": 2}, and the Chinese words for these.
 */
#include "verifiers/time_sequence.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

/* ---- the desc ---- */

/* What is left of the desc. */
struct cursor {
	const char *s, *end;
};

static char next_char(const struct cursor *c)
{
	return c->s < c->end ? *c->s : 0;
}

/* One digit or two, without a zero in front, lo .. hi. */
static bool eat_number(struct cursor *c, int lo, int hi, int *ret)
{
	const char *s = c->s;
	unsigned v, next;

	if (s == c->end || (v = (unsigned)(*s++ - '0')) > 9)
		return false;
	if (v && s < c->end && (next = (unsigned)(*s - '0')) <= 9) {
		v = 10 * v + next;
		s++;
	}
	c->s = s;
	*ret = (int)v;
	return (int)v >= lo && (int)v <= hi;
}

static bool eat_char(struct cursor *c, char what)
{
	if (c->s == c->end || *c->s != what)
		return false;
	c->s++;
	return true;
}

/* Times in order, each with a gap before the next: else they would be one. */
static bool read_day(struct plan_day *d, struct cursor *c)
{
	int from, to, last = -1, times = 0;

	d->free = next_char(c) == 'f';
	if (!d->free && next_char(c) != 'b')
		return false;
	c->s++;
	while (times ? eat_char(c, ',') : next_char(c) >= '0' && next_char(c) <= '9') {
		if (times == PLANS_ENTRIES || !eat_number(c, last + 1, PLANS_STEPS - 1, &from) || !eat_char(c, '-') ||
		    !eat_number(c, from + 1, PLANS_STEPS, &to))
			return false;
		d->time[times++] = (struct plan_time){ (uint8_t)from, (uint8_t)to };
		last = to;
	}
	d->times = (uint8_t)times;
	return true;
}

static bool read_set(struct note *n, struct cursor *c, int days)
{
	int last = 0;

	for (n->day = 0; next_char(c) > '0' + last && next_char(c) <= '0' + days; c->s++) {
		last = *c->s - '0';
		n->day |= (uint8_t)(1u << (last - 1));
	}
	return n->day && n->day != (1u << days) - 1;
}

static bool read_lunch(struct note *n, struct cursor *c, int days)
{
	int day, from, to;

	if (!eat_number(c, 0, days, &day) || !eat_char(c, '.') || !eat_number(c, 0, PLANS_STEPS - 1, &from) || !eat_char(c, '.') ||
	    !eat_number(c, from + 1, PLANS_STEPS, &to))
		return false;
	n->day = (uint8_t)day;
	n->from = (uint8_t)from;
	n->to = (uint8_t)to;
	return true;
}

static bool read_note(struct note *n, struct cursor *c, int days)
{
	static const char letters[] = "baselckdmpgz";
	static const int most[NOTE_KINDS] = { 12, 12, 95, 95, 0, 48, 24, 0, 95, 12, 96, 48 };
	const char *letter = c->s < c->end ? memchr(letters, *c->s, NOTE_KINDS) : NULL;
	bool behind;
	int v;

	if (!letter)
		return false;
	*n = (struct note){ .kind = (uint8_t)(letter - letters) };
	c->s++;
	if (n->kind == NOTE_DAYS)
		return read_set(n, c, days);
	if (n->kind == NOTE_LUNCH)
		return read_lunch(n, c, days);
	behind = n->kind == NOTE_ZONE && eat_char(c, '-');
	if ((n->kind == NOTE_ZONE && !behind && !eat_char(c, '+')) || !eat_number(c, 1, most[n->kind], &v))
		return false;
	n->steps = (int8_t)(behind ? -v : v);
	return n->kind != NOTE_ZONE || v % PLANS_GRID == 0;
}

/* To miss some of the meeting and to want room about it do not go together. */
static bool notes_agree(const struct plan *p)
{
	unsigned seen = 0;

	for (int i = 0; i < p->notes; i++) {
		if (seen >> p->note[i].kind & 1)
			return false;
		seen |= 1u << p->note[i].kind;
	}
	return !(seen >> NOTE_MISS & 1) || !(seen & (1u << NOTE_BEFORE | 1u << NOTE_AFTER | 1u << NOTE_ROOMY));
}

/* Up to 119, in the same spelling. */
static bool read_name(struct plan *p, struct cursor *c)
{
	int name;

	if (!eat_number(c, 0, 99, &name))
		return false;
	if (name >= 10 && next_char(c) >= '0' && next_char(c) <= '9')
		name = 10 * name + (*c->s++ - '0');
	p->name = (uint8_t)name;
	return name < PLANS_NAMES;
}

/* Up to the blank before the next one or the end. */
static bool read_person(struct plan *p, struct cursor *c, int days)
{
	if (!read_name(p, c) || !eat_char(c, ':'))
		return false;
	for (int d = 0; d < days; d++)
		if ((d && !eat_char(c, '|')) || !read_day(&p->day[d], c))
			return false;
	for (p->notes = 0; eat_char(c, ':'); p->notes++)
		if (p->notes == PLANS_NOTES || !read_note(&p->note[p->notes], c, days))
			return false;
	return (c->s == c->end || *c->s == ' ') && notes_agree(p);
}

bool plans_read(struct plans *p, struct str desc)
{
	struct cursor c = { desc.s, desc.s + desc.n };

	p->people = 0;
	if (!eat_number(&c, 1, PLANS_DAYS, &p->days))
		return false;
	while (eat_char(&c, ' ')) {
		if (p->people == PLANS_PEOPLE || !read_person(&p->person[p->people], &c, p->days))
			return false;
		for (int i = 0; i < p->people; i++)
			if (p->person[i].name == p->person[p->people].name)
				return false;
		p->people++;
	}
	return p->people >= 2 && c.s == c.end;
}

const struct note *plan_note(const struct plan *p, enum note_kind kind)
{
	for (int i = 0; i < p->notes; i++)
		if (p->note[i].kind == kind)
			return &p->note[i];
	return NULL;
}

/* ---- one person's day ---- */

__extension__ typedef unsigned __int128 step_bits; /* bit t: the five minutes from step t on */

/* Steps from .. to - 1, of 0 .. 96. */
static step_bits span(int from, int to)
{
	return ((step_bits)1 << to) - ((step_bits)1 << from);
}

static int first_step(step_bits s) /* s is not empty */
{
	return (uint64_t)s ? __builtin_ctzll((uint64_t)s) : 64 + __builtin_ctzll((uint64_t)(s >> 64));
}

static int count_steps(step_bits s)
{
	int n = 0;

	for (; s; s &= s - 1)
		n++;
	return n;
}

/* Busy by the plan, without what is cancelled, and at lunch. */
static step_bits day_busy_steps(const struct plan *p, int which)
{
	const struct note *early = plan_note(p, NOTE_EARLY), *brief = plan_note(p, NOTE_SHORT), *lunch = plan_note(p, NOTE_LUNCH);
	const struct plan_day *plan = &p->day[which];
	step_bits times = 0, busy;

	for (int i = 0; i < plan->times; i++)
		times |= span(plan->time[i].from, plan->time[i].to);
	busy = plan->free ? span(0, PLANS_STEPS) & ~times : times;
	for (step_bits left = early || brief ? busy : 0; left;) {
		int from = first_step(left), to = from + first_step(~(left >> from));

		left &= ~span(from, to);
		if ((early && to <= early->steps) || (brief && to - from <= brief->steps))
			busy &= ~span(from, to);
	}
	if (lunch && (lunch->day == 0 || lunch->day == which + 1))
		busy |= span(lunch->from, lunch->to);
	return busy;
}

static bool roomy(step_bits busy, int from, int to, int steps)
{
	while (from > 0 && !(busy >> (from - 1) & 1))
		from--;
	while (to < PLANS_STEPS && !(busy >> to & 1))
		to++;
	return to - from >= steps;
}

/* What a person asks of a meeting on one day, in local steps. */
struct wishes {
	step_bits busy;
	int ahead;  /* of the office */
	int lo, hi; /* it lies in here; hi is -1 on a day that is not taken */
	int before, after, at_most, miss, roomy;
};

static struct wishes wishes_of(const struct plan *p, int which)
{
	struct wishes w = { .busy = day_busy_steps(p, which), .hi = PLANS_STEPS, .at_most = PLANS_STEPS };

	for (int i = 0; i < p->notes; i++) {
		const struct note *n = &p->note[i];

		switch (n->kind) {
		case NOTE_BEFORE: w.before = n->steps; break;
		case NOTE_AFTER: w.after = n->steps; break;
		case NOTE_FROM: w.lo = n->steps; break;
		case NOTE_UNTIL: w.hi = n->steps < w.hi ? n->steps : w.hi; break;
		case NOTE_DAYS: w.hi = n->day >> which & 1 ? w.hi : -1; break;
		case NOTE_AT_MOST: w.at_most = n->steps; break;
		case NOTE_ROOMY: w.roomy = n->steps; break;
		case NOTE_MISS: w.miss = n->steps; break;
		case NOTE_ZONE: w.ahead = n->steps; break;
		default: break; /* in the plan already */
		}
	}
	return w;
}

/* How a person takes a meeting. */
enum take {
	TAKES,
	NOT_YET, /* no, but perhaps a longer one */
	NEVER,   /* no longer one either */
};

/* One from u up to v, in local steps. */
static enum take takes(const struct wishes *w, int u, int v)
{
	step_bits met;

	if (u < w->lo || v > w->hi || v - u > w->at_most)
		return NEVER;
	met = w->busy & span(u, v);
	if (met && count_steps(met) > w->miss)
		return NEVER;
	if (w->before && (u < w->before || (w->busy & span(u - w->before, u))))
		return NEVER;
	if (w->roomy && (met || !roomy(w->busy, u, v, w->roomy)))
		return NEVER;
	if (w->after && (v + w->after > PLANS_STEPS || (w->busy & span(v, v + w->after))))
		return NOT_YET;
	return TAKES;
}

struct best {
	int length, count; /* steps; starts */
};

static void try_day(const struct plans *p, int which, struct best *best)
{
	struct wishes w[PLANS_PEOPLE];
	step_bits blocked = (step_bits)1 << PLANS_STEPS; /* by the office clock: no meeting meets these */

	for (int i = 0; i < p->people; i++) {
		w[i] = wishes_of(&p->person[i], which);
		if (!w[i].miss)
			blocked |= w[i].ahead > 0 ? w[i].busy >> w[i].ahead : w[i].busy << -w[i].ahead;
	}
	for (int start = 0; start < PLANS_STEPS; start += PLANS_GRID) {
		int longest = 0, open = start + first_step(blocked >> start);

		/* shorter ones than the best so far do not matter */
		for (int end = start + (best->length ? best->length : 1); end <= open; end++) {
			enum take all = TAKES;

			for (int i = 0; i < p->people && all != NEVER; i++) {
				enum take one = takes(&w[i], start + w[i].ahead, end + w[i].ahead);

				all = one > all ? one : all;
			}
			if (all == NEVER)
				break;
			if (all == TAKES)
				longest = end - start;
		}
		if (longest > best->length)
			*best = (struct best){ longest, 1 };
		else if (longest && longest == best->length)
			best->count++;
	}
}

/* ---- the answer ---- */

enum unit { UNIT_NONE, UNIT_LENGTH, UNIT_COUNT };

struct reader {
	struct str rest;
	int numbers;
	int64_t number[2];
	enum unit unit[2]; /* as words beside the number say */
	enum unit waiting, then; /* labels that their numbers have not come to yet */
	bool apart;        /* before any number a bar, a comma or "and" */
	char open[4];      /* brackets that must still close */
	int opened;
	bool parted; /* since the last number a mark that ends what belongs to it */
};

struct label {
	const char *text;
	enum unit unit;
};

static const struct label english[] = {
	{ "minutes", UNIT_LENGTH }, { "minute", UNIT_LENGTH }, { "min", UNIT_LENGTH }, { "mins", UNIT_LENGTH }, { "length", UNIT_LENGTH },
	{ "duration", UNIT_LENGTH }, { "options", UNIT_COUNT }, { "option", UNIT_COUNT }, { "count", UNIT_COUNT }, { "starts", UNIT_COUNT },
	{ "start", UNIT_COUNT }, { "starting", UNIT_COUNT }, { "num", UNIT_COUNT }, { "choices", UNIT_COUNT }, { "choice", UNIT_COUNT }, { "number", UNIT_COUNT },
	{ "ways", UNIT_COUNT }, { "way", UNIT_COUNT },
	{ "longest", UNIT_NONE }, { "maximum", UNIT_NONE }, { "max", UNIT_NONE }, { "meeting", UNIT_NONE }, { "time", UNIT_NONE },
	{ "times", UNIT_NONE }, { "possible", UNIT_NONE }, { "of", UNIT_NONE }, { "the", UNIT_NONE }, { "and", UNIT_NONE }, { "is", UNIT_NONE },
	{ "with", UNIT_NONE }, { "answer", UNIT_NONE }, { "text", UNIT_NONE }, { "quad", UNIT_NONE },
	{ "different", UNIT_NONE }, { "distinct", UNIT_NONE }, { "total", UNIT_NONE }, { "long", UNIT_NONE },
	{ "there", UNIT_NONE }, { "are", UNIT_NONE }, { "for", UNIT_NONE }, { "it", UNIT_NONE },
};

static const struct label chinese[] = {
	{ "分钟", UNIT_LENGTH }, { "分", UNIT_LENGTH }, { "时长", UNIT_LENGTH }, { "长度", UNIT_LENGTH }, { "时间数", UNIT_COUNT },
	{ "个数", UNIT_COUNT }, { "数量", UNIT_COUNT }, { "选项数", UNIT_COUNT }, { "选项", UNIT_COUNT }, { "个", UNIT_COUNT }, { "种数", UNIT_COUNT }, { "种", UNIT_COUNT },
	{ "次", UNIT_COUNT }, { "最长", UNIT_NONE }, { "会议", UNIT_NONE }, { "不同", UNIT_NONE }, { "起始", UNIT_NONE }, { "可选", UNIT_NONE }, { "开始", UNIT_NONE }, { "时间", UNIT_NONE },
	{ "选择", UNIT_NONE }, { "共", UNIT_NONE }, { "有", UNIT_NONE }, { "为", UNIT_NONE }, { "是", UNIT_NONE }, { "和", UNIT_NONE }, { "的", UNIT_NONE },
	{ "可以", UNIT_NONE }, { "开", UNIT_NONE }, { "会", UNIT_NONE },
	{ "，", UNIT_NONE }, { "、", UNIT_NONE }, { "；", UNIT_NONE }, { "：", UNIT_NONE }, { "。", UNIT_NONE }, { "　", UNIT_NONE },
};

/* A label behind a number is of that number, unless that has one or a comma came; else it is of the next. */
static bool put_label(struct reader *r, enum unit unit)
{
	if (unit == UNIT_NONE)
		return true;
	if (r->numbers && !r->parted && r->unit[r->numbers - 1] == UNIT_NONE) {
		r->unit[r->numbers - 1] = unit;
		return true;
	}
	if (r->numbers && !r->parted && r->unit[r->numbers - 1] == unit)
		return true; /* "length: 85 minutes" */
	if (r->waiting == UNIT_NONE || r->waiting == unit || (unit == UNIT_LENGTH && (!r->apart || r->numbers))) { /* "number of minutes": the length */
		r->waiting = unit;
		return true;
	}
	if (r->numbers || (r->then != UNIT_NONE && r->then != unit)) /* "| length | count |": the first number's and the second's */
		return false;
	r->then = unit;
	return true;
}

static bool read_word(struct reader *r)
{
	const struct label *label = NULL;
	struct str word;
	size_t n = 1;

	if (is_letter(r->rest.s[0])) {
		while (n < r->rest.n && is_letter(r->rest.s[n]))
			n++;
		word = str_sub(r->rest, 0, n);
		for (size_t i = 0; i < COUNT(english) && !label; i++)
			if (str_ieq(word, str_of(english[i].text)))
				label = &english[i];
	} else {
		for (size_t i = 0; i < COUNT(chinese) && !label; i++)
			if (str_starts(r->rest, str_of(chinese[i].text)))
				label = &chinese[i];
		n = label ? strlen(label->text) : 1;
		r->parted |= label && (str_is(str_of(label->text), "，") || str_is(str_of(label->text), "、") || str_is(str_of(label->text), "；"));
	}
	r->apart |= label && (str_is(str_of(label->text), "and") || str_is(str_of(label->text), "和"));
	r->rest = str_from(r->rest, n);
	return label && put_label(r, label->unit);
}

static bool read_number(struct reader *r)
{
	int64_t v = 0;
	size_t n = 0;

	while (n < r->rest.n && r->rest.s[n] >= '0' && r->rest.s[n] <= '9') {
		v = v < 1000000 ? v * 10 + (r->rest.s[n] - '0') : v;
		n++;
	}
	r->rest = str_from(r->rest, n);
	if (r->numbers == 2)
		return false;
	r->number[r->numbers] = v;
	r->unit[r->numbers++] = r->waiting;
	r->waiting = r->then;
	r->then = UNIT_NONE;
	r->parted = false;
	return true;
}

static bool read_mark(struct reader *r)
{
	static const char pairs[] = "()[]{}";
	char c = r->rest.s[0], next = r->rest.n > 1 ? r->rest.s[1] : 0;
	const char *bracket = c ? strchr(pairs, c) : NULL;

	r->rest = str_from(r->rest, 1);
	if (bracket && (bracket - pairs) % 2 == 0) {
		if (r->opened == (int)sizeof(r->open))
			return false;
		r->open[r->opened++] = bracket[1];
		return true;
	}
	if (bracket)
		return r->opened && r->open[--r->opened] == c;
	if (c == '\\' && is_letter(next))
		return true; /* \text, \quad: the word is looked at */
	if (c == '.')
		return r->rest.n == 0; /* a full stop at the end, no fraction */
	if (c == '-' && next && (strchr("-|:", next) || is_letter(next)))
		return true; /* the rule below a table's head, "25-minute" */
	if (c == '/' && next != ' ')
		return false; /* a fraction */
	r->parted |= c == ',' || c == ';' || c == '/' || c == '\n';
	r->apart |= c == ',' || c == '|';
	return c && strchr(" \t\r\n,;:=\"'`*_$|/", c) != NULL;
}

/* Does s end in "day ", a word of its own? */
static bool behind_day(struct str s)
{
	return s.n > 4 && str_ieq(str_from(s, s.n - 4), STR("day ")) && !is_letter(s.s[s.n - 5]);
}

/* Take off "(Monday 10:30, Tuesday 14:30)" at the end, or ": Monday ...": how many times stand there, 0 where it is something else. */
static int off_times(struct str *s)
{
	bool brackets = s->n && s->s[s->n - 1] == ')';
	ptrdiff_t open = str_rfind(*s, brackets ? STR("(") : STR(": "));
	struct str in, rest;
	int times = 0;

	if (open <= 0)
		return 0;
	in = rest = str_sub(*s, (size_t)open + 1, s->n - brackets);
	if (text_denies(in) || text_hedges(in))
		return 0;
	for (size_t n; rest.n; rest = str_from(rest, n)) {
		for (n = 0; n < rest.n && rest.s[n] >= '0' && rest.s[n] <= '9'; n++)
			;
		if (n && behind_day(str_sub(*s, (size_t)open, (size_t)(rest.s - s->s))))
			continue;
		if (n && (n > 2 || n + 2 >= rest.n || rest.s[n] != ':' || rest.s[n + 1] < '0' || rest.s[n + 1] > '5' || rest.s[n + 2] < '0' || rest.s[n + 2] > '9'))
			return 0;
		times += n > 0;
		n += n ? 3 : 1;
	}
	if (times)
		*s = str_sub(*s, 0, (size_t)open);
	return times;
}

/* Two numbers, in the order asked for or named; false for anything else. */
static bool answer_read(struct reader *r, struct best *said)
{
	bool swapped;

	while (r->rest.n) {
		char c = r->rest.s[0];
		bool fine = c >= '0' && c <= '9' ? read_number(r) : is_letter(c) || (unsigned char)c >= 0x80 ? read_word(r) : read_mark(r);

		if (!fine)
			return false;
	}
	if (r->numbers != 2 || r->opened || r->waiting != UNIT_NONE || (r->unit[0] != UNIT_NONE && r->unit[0] == r->unit[1]))
		return false;
	swapped = r->unit[0] == UNIT_COUNT || r->unit[1] == UNIT_LENGTH;
	*said = (struct best){ (int)r->number[swapped], (int)r->number[!swapped] };
	return true;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct plans p;
	struct reader r = { .numbers = 0 };
	struct best said, best = { 0, 0 };
	int listed;
	char room[400];

	if (!plans_read(&p, desc))
		return rule_bad_task(why, "the desc holds no plans");
	answer = text_strip(answer);
	if (!text_plain(answer, room, sizeof(room), &r.rest))
		return rule_unreadable(why, "the answer is too long for two numbers");
	listed = off_times(&r.rest);
	if (!answer_read(&r, &said))
		return rule_unreadable(why, "that is not a length and a count");
	if (listed && listed != said.count)
		return rule_unreadable(why, "%d starts are listed, and %d counted", listed, said.count);
	for (int d = 0; d < p.days; d++)
		try_day(&p, d, &best);
	if (said.length != 5 * best.length)
		return rule_wrong(why, "the longest meeting does not take %d minutes", said.length);
	if (said.count != best.count)
		return rule_wrong(why, "there are not %d starts for it", said.count);
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_time_sequence = { "time_sequence", 1, judge, NULL };
