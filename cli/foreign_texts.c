/*
 * foreign_texts.c - SynLogic's words, numbers and stories. What the metadata states is turned into a desc of our own task, so that the
 * question's rules decide and not what was stored; for the others the stored answer does.
 */
#include "cli/foreign.h"
#include "cli/foreign_symbols.h"
#include "cli/foreign_trace.h"
#include "cli/foreign_worked.h"

#include <math.h>
#include <stdio.h>

static bool lacks(struct foreign *f, const char *why)
{
	snprintf(f->why, sizeof(f->why), "%s", why);
	return false;
}

static bool asks(const struct foreign *f, const char *words)
{
	return str_find(buf_str(&f->question), str_of(words)) >= 0;
}

/* ---- stored answers ---- */

static bool store(struct foreign *f, const char *kind, struct str gold)
{
	buf_addz(&f->desc, kind);
	buf_addc(&f->desc, ' ');
	buf_add(&f->desc, gold);
	return gold.n ? true : lacks(f, "it stores no answer");
}

static bool store_integer(struct foreign *f)
{
	int64_t v;

	if (!str_i64(str_trim(buf_str(&f->gold)), &v))
		return lacks(f, "its answer is no whole number");
	buf_addf(&f->desc, "integer %lld", (long long)v);
	return true;
}

static bool object_counting(struct foreign *f)
{
	buf_addz(&f->desc, "integer ");
	f->found = worked_counting(&f->desc, buf_str(&f->question), f->meta);
	if (f->found)
		return true;
	buf_reset(&f->desc);
	return store_integer(f);
}

static bool object_properties(struct foreign *f)
{
	f->found = worked_properties(&f->desc, buf_str(&f->question), f->meta);
	return f->found || store_integer(f);
}

/* A number in its shortest spelling, with at most ten digits behind the point and fifteen in all: more say nothing of it. */
static bool number_put(struct foreign *f, const char *kind, double v)
{
	char room[64];
	int places = 14;
	size_t n;

	if (v > 1e15 || v < -1e15)
		return lacks(f, "its answer is too large");
	for (double size = fabs(v); size >= 10 && places > 0; size /= 10)
		places--;
	n = (size_t)snprintf(room, sizeof(room), "%.*f", places < 10 ? places : 10, v);
	while (memchr(room, '.', n) && (room[n - 1] == '0' || room[n - 1] == '.'))
		n--;
	room[n] = 0;
	return store(f, kind, str_of(strcmp(room, "-0") == 0 ? "0" : room));
}

static bool store_number(struct foreign *f, const char *kind)
{
	double v;

	return str_f64(str_trim(buf_str(&f->gold)), &v) ? number_put(f, kind, v) : lacks(f, "its answer is no number");
}

/* The stored names with | between; `marks` are what parts them. */
static bool store_names(struct foreign *f, const char *kind)
{
	struct str rest = buf_str(&f->gold), item;
	int n = 0;

	buf_addf(&f->desc, "%s ", kind);
	while (str_split(&rest, ',', &item)) {
		if (n++)
			buf_addc(&f->desc, '|');
		buf_add(&f->desc, str_trim(item));
	}
	return n ? true : lacks(f, "it stores no answer");
}

/* Worked out; where only rounding tells it from what is stored, that stands. */
static bool buggy_tables(struct foreign *f)
{
	double found, gold;

	f->found = worked_table(&found, buf_str(&f->question), f->meta);
	if (!f->found || (str_f64(str_trim(buf_str(&f->gold)), &gold) && fabs(found - gold) <= 0.00501))
		return store_number(f, "decimal");
	return number_put(f, "decimal", round(found * 100) / 100);
}

/* Worked out by the definitions. Where only the order of two ** tells it from what is stored, that stands. */
static bool operation(struct foreign *f)
{
	struct json definitions, v;
	struct buf text = BUF_INIT;
	double found = 0, gold, other;
	bool stored = str_f64(str_trim(buf_str(&f->gold)), &gold);

	json_get(f->meta, "symbol_definitions", &definitions);
	if (json_get(f->meta, "expression", &v) && json_str(v, &text) && definitions.kind == JSON_OBJECT)
		f->found = symbols_value(definitions, buf_str(&text), true, &found);
	if (f->found && stored && fabs(found - gold) > 1e-6 && symbols_value(definitions, buf_str(&text), false, &other) &&
	    fabs(other - gold) <= 1e-6)
		found = gold;
	buf_release(&text);
	return f->found ? number_put(f, "number", found) : store_number(f, "number");
}

static bool space_reasoning(struct foreign *f)
{
	buf_addz(&f->desc, "word ");
	f->found = worked_walk(&f->desc, buf_str(&f->question));
	if (f->found)
		return true;
	buf_reset(&f->desc);
	return store(f, "word", str_trim(buf_str(&f->gold)));
}

static bool space_reasoning_tree(struct foreign *f)
{
	buf_addz(&f->desc, "set ");
	f->found = worked_tree(&f->desc, buf_str(&f->question));
	if (f->found)
		return true;
	buf_reset(&f->desc);
	return store_names(f, "set");
}

/* How many options the question lists: lines that begin with "A.", "B.", ... */
static int options_of(struct str question)
{
	struct str line;
	int n = 0;

	while (str_line(&question, &line)) {
		line = str_trim(line);
		if (line.n > 2 && line.s[0] == 'A' + n && line.s[1] == '.' && n < 26)
			n++;
	}
	return n;
}

/* Worked out, where no option hangs on what people do not agree on. */
static bool boolean_expressions(struct foreign *f)
{
	struct buf worked = BUF_INIT;
	struct str rest, item;
	uint32_t set = 0;
	int n = options_of(buf_str(&f->question));
	bool letters = true;

	f->found = worked_booleans(&worked, buf_str(&f->question));
	for (rest = buf_str(f->found ? &worked : &f->gold); letters && str_split(&rest, ',', &item);) {
		item = str_trim(item);
		letters = item.n == 1 && item.s[0] >= 'A' && item.s[0] <= 'Z';
		if (letters)
			set |= UINT32_C(1) << (item.s[0] - 'A');
	}
	buf_release(&worked);
	if (!letters)
		return lacks(f, "its answer is no list of letters");
	while (n < 26 && set >> n)
		n++;
	buf_addf(&f->desc, "letters %d ", n);
	for (int i = 0, k = 0; i < n; i++)
		if (set >> i & 1)
			buf_addf(&f->desc, "%s%c", k++ ? "," : "", 'A' + i);
	return set ? true : lacks(f, "it stores no answer");
}

static bool web_of_lies(struct foreign *f)
{
	static const char *const words[][2] = { { "yes", "yes" }, { "no", "no" }, { "\u662f", "yes" }, { "\u5426", "no" } };
	struct str rest = buf_str(&f->gold), item;
	int n = 0;

	f->line = true;
	buf_addz(&f->desc, "yesno ");
	f->found = worked_liars(&f->desc, buf_str(&f->question), f->meta);
	if (f->found)
		return true;
	for (; str_split(&rest, ',', &item); n++) {
		size_t i = 0;

		while (i < 4 && !str_ieq(str_trim(item), str_of(words[i][0])))
			i++;
		if (i == 4)
			return lacks(f, "its answer is no list of yes and no");
		buf_addf(&f->desc, "%s%s", n ? "," : "", words[i][1]);
	}
	return n ? true : lacks(f, "it stores no answer");
}

/* ---- brackets ---- */

/* The questions want the whole sequence; some of them the shortest one. */
static bool dyck_language(struct foreign *f)
{
	struct json v;
	struct str s;

	if (!json_get(f->meta, "question_sequence", &v) || !json_plain(v, &s))
		return lacks(f, "its metadata has no \"question_sequence\"");
	f->found = true;
	return store(f, asks(f, "minimal") || asks(f, "shortest") || asks(f, "\u6700\u77ed") ? "opens!" : "opens", s);
}

static bool dyck_language_errors(struct foreign *f)
{
	struct json v;
	struct str s;

	if (!json_get(f->meta, "bracket_string", &v) || !json_plain(v, &s) || !s.n)
		return lacks(f, "its metadata has no \"bracket_string\"");
	buf_add(&f->desc, s);
	return true;
}

/* What a thought states behind its last colon: brackets, "-" for the word for empty. */
static bool stated_put(struct foreign *f, struct str thought)
{
	ptrdiff_t at = str_rfind(thought, STR(":")), wide = str_rfind(thought, STR("\uff1a"));
	struct str s;

	if (at < 0 && wide < 0)
		return false;
	s = str_trim(str_from(thought, at > wide ? (size_t)at + 1 : (size_t)wide + 3));
	buf_addc(&f->desc, ' ');
	if (str_is(s, "\u7a7a") || str_is(s, "empty"))
		s = STR("-");
	buf_add(&f->desc, s);
	return s.n > 0;
}

static bool dyck_language_reasoning_errors(struct foreign *f)
{
	struct json sequence, thoughts, v;
	struct str s;
	size_t n, k = 0;
	char room[512];

	json_get(f->meta, "dyck_sequence", &sequence);
	json_get(f->meta, "thoughts", &thoughts);
	n = json_count(thoughts);
	if (!json_plain(sequence, &s) || n != s.n + 3)
		return lacks(f, "its metadata has no \"dyck_sequence\" with a thought for each bracket");
	buf_add(&f->desc, s);
	for (struct json_iter it = json_iter(thoughts); json_next(&it, NULL, &v); k++) {
		if (!json_text(v, room, sizeof(room), &s))
			return lacks(f, "one of its thoughts is no text");
		if (k >= 2 && k + 1 < n && !stated_put(f, s))
			return lacks(f, "one of its thoughts states no stack");
	}
	/* the last one says that the stack is empty, or not */
	buf_addz(&f->desc, str_find(s, STR("\u4e0d")) >= 0 || str_find(s, STR("not")) >= 0 ? " (" : " -");
	return true;
}

/* ---- sorting ---- */

static bool words_put(struct foreign *f, struct json words)
{
	struct json v;
	struct str s;

	for (struct json_iter it = json_iter(words); json_next(&it, NULL, &v);) {
		if (!json_plain(v, &s) || !s.n)
			return lacks(f, "one of its words is no text");
		buf_addc(&f->desc, ' ');
		buf_add(&f->desc, s);
	}
	return json_count(words) > 1 ? true : lacks(f, "its metadata has no \"words\"");
}

static bool word_sorting(struct foreign *f)
{
	struct json words, front, order;
	struct str letters, item;
	int64_t way;

	json_get(f->meta, "words", &words);
	json_get(f->meta, "front_letters", &front);
	json_get(f->meta, "order", &order);
	if (!json_plain(front, &letters) || !json_i64(order, &way) || (way != 1 && way != -1))
		return lacks(f, "its metadata has no \"front_letters\" and \"order\"");
	buf_addz(&f->desc, way < 0 ? "desc " : "asc ");
	if (!letters.n)
		buf_addc(&f->desc, '-');
	while (str_split(&letters, ',', &item))
		buf_add(&f->desc, str_trim(item));
	return words_put(f, words);
}

/* What the thoughts themselves say goes before the stored number. */
static bool word_sorting_mistake(struct foreign *f)
{
	struct buf text = BUF_INIT;
	struct str words[TRACE_WORDS];
	struct json list, v;
	int64_t step = 0;
	int n = 0, first;
	bool plain = true;

	json_get(f->meta, "words", &list);
	for (struct json_iter it = json_iter(list); plain && json_next(&it, NULL, &v); n++)
		plain = n < TRACE_WORDS && json_plain(v, &words[n]);
	if (!json_get(f->meta, "thoughts", &v) || !json_str(v, &text))
		return lacks(f, "its metadata has no \"thoughts\"");
	f->found = plain && n > 1 && trace_first_wrong(words, n, buf_str(&text), &first);
	buf_release(&text);
	if (f->found)
		step = first;
	else if (f->gold.n && !str_ieq(buf_str(&f->gold), STR("no")) && (!str_i64(str_trim(buf_str(&f->gold)), &step) || step < 1))
		return lacks(f, "its answer is neither a number nor null");
	if (step)
		buf_addf(&f->desc, "step %lld", (long long)step);
	else
		buf_addz(&f->desc, "step no");
	return true;
}

/* ---- exchanges ---- */

enum { PEOPLE = 40, MENTIONS = 8 };

struct party {
	struct str person[PEOPLE], thing[PEOPLE];
	int n;
};

/* The longest of these names that s begins with; -1: none. */
static int name_at(struct str s, const struct str *names, int n)
{
	int best = -1;

	for (int i = 0; i < n; i++)
		if (str_starts(s, names[i]) && (best < 0 || names[i].n > names[best].n))
			best = i;
	return best;
}

static bool nothing_happens(struct str event)
{
	static const char *const words[] = { "refuse", "liked", "looking for", "\u62d2\u7edd", "\u559c\u6b22", "\u5bfb\u627e" };

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_find(event, str_of(words[i])) >= 0)
			return true;
	return false;
}

/* Who and what is spoken of, each once, in order. */
static void mentions(const struct party *p, struct str event, int *who, int *whos, int *what, int *whats)
{
	*whos = *whats = 0;
	for (size_t i = 0; i < event.n;) {
		struct str rest = str_from(event, i);
		int person = name_at(rest, p->person, p->n), thing = name_at(rest, p->thing, p->n), k = 0;

		if (thing >= 0 && (person < 0 || p->thing[thing].n >= p->person[person].n)) {
			while (k < *whats && what[k] != thing)
				k++;
			if (k == *whats && k < MENTIONS)
				what[(*whats)++] = thing;
			i += p->thing[thing].n;
		} else if (person >= 0) {
			while (k < *whos && who[k] != person)
				k++;
			if (k == *whos && k < MENTIONS)
				who[(*whos)++] = person;
			i += p->person[person].n;
		} else {
			i++;
		}
	}
}

/* An exchange is between those who are named, or who own what is named. */
static bool event_put(struct foreign *f, const struct party *p, struct str event)
{
	int who[MENTIONS], what[MENTIONS], whos, whats;

	mentions(p, event, who, &whos, what, &whats);
	if (whos == 3 && whats == 0)
		buf_addf(&f->desc, "rp%dp%dp%d", who[0], who[1], who[2]);
	else if (whos == 2)
		buf_addf(&f->desc, "sp%dp%d", who[0], who[1]);
	else if (whats == 2)
		buf_addf(&f->desc, "g%d.%d", what[0], what[1]);
	else if (whos == 1 && whats == 1)
		buf_addf(&f->desc, "sp%dh%d", who[0], what[0]);
	else
		return false;
	return true;
}

static bool party_read(struct foreign *f, struct party *p)
{
	struct json owns, v;
	struct str key;

	json_get(f->meta, "owns_before", &owns);
	p->n = 0;
	for (struct json_iter it = json_iter(owns); json_next(&it, &key, &v); p->n++) {
		if (p->n == PEOPLE || key.n < 3 || str_chr(key, '\\') >= 0 || !json_plain(v, &p->thing[p->n]) ||
		    p->thing[p->n].n == 0)
			return false;
		p->person[p->n] = str_sub(key, 1, key.n - 1);
		buf_addz(&f->desc, p->n ? "," : "");
		buf_add(&f->desc, p->person[p->n]);
		buf_addc(&f->desc, '=');
		buf_add(&f->desc, p->thing[p->n]);
	}
	return p->n > 1;
}

static bool goods_exchange(struct foreign *f)
{
	struct json events, v;
	struct party p;
	struct str s;
	char room[512];
	int n = 0;

	if (!party_read(f, &p))
		return lacks(f, "its metadata has no \"owns_before\"");
	buf_addc(&f->desc, '|');
	json_get(f->meta, "operations", &events);
	for (struct json_iter it = json_iter(events); json_next(&it, NULL, &v);) {
		if (!json_text(v, room, sizeof(room), &s))
			return lacks(f, "one of its operations is no text");
		if (nothing_happens(s))
			continue;
		buf_addz(&f->desc, n++ ? ";" : "");
		if (!event_put(f, &p, s))
			return lacks(f, "one of its operations tells no exchange");
	}
	if (n == 0)
		buf_addz(&f->desc, "n2.0.1"); /* talk */
	return events.kind == JSON_ARRAY ? true : lacks(f, "its metadata has no \"operations\"");
}

/* ---- meetings ---- */

enum { DAYS = 5, STEPS = 96, TIMES = 40, SHORT = 6, BRIEF = 2, EARLY = 9 };

/*
 * The names under which the metadata keeps what people ask for. What they say of appointments is applied to these one by one, before
 * neighbours become one.
 */
static const struct {
	const char *name, *note;
	int8_t longest; /* appointments of at most so many steps can be cancelled */
	int8_t until;   /* and those that end by then */
} wishes[] = {
	{ "\u4f1a\u8bae\u524d\u7684\u7a7a\u95f2\u65f6\u95f4\u9650\u5236", ":b2", 0, 0 },
	{ "\u4f1a\u8bae\u540e\u7684\u7a7a\u95f2\u65f6\u95f4\u9650\u5236", ":a2", 0, 0 },
	{ "\u7ed3\u675f\u65f6\u95f4\u9650\u5236", ":e84", 0, 0 },
	{ "\u661f\u671f\u4e09\u5348\u996d\u65f6\u95f4", ":l3.42.48", 0, 0 },
	{ "\u6e05\u7a7a\u65e9\u4e0a\u65e5\u7a0b", "", 0, EARLY },
	{ "\u65f6\u533a\u5dee\u5f02", ":z+12", 0, 0 },
	{ "\u65f6\u95f4\u504f\u597d\u4e8c\u56db", ":d24:m12", 0, 0 },
	{ "30\u5206\u949f\u77ed\u4f1a\u8bae\u6e05\u9664", "", SHORT, 0 },
	{ "10\u5206\u949f\u77ed\u4f1a\u8bae\u6e05\u9664", "", BRIEF, 0 },
	{ "\u65f6\u95f4\u504f\u597d\u4e8c\u4e94", ":d25:m6", 0, 0 },
	{ "", "", 0, 0 },
};

/* [["...", [[from, to], ..]]: the steps that are busy; false: no plan of a day. */
static bool day_read(struct json day, int longest, int until, bool *busy)
{
	struct json head, list, v, part;
	struct json_iter it = json_iter(day);
	int64_t at[2], last = 0;
	bool free;

	if (!json_next(&it, NULL, &head) || !json_next(&it, NULL, &list) || list.kind != JSON_ARRAY)
		return false;
	free = json_is(head, "\u7a7a\u95f2");
	if (!free && !json_is(head, "\u5360\u7528"))
		return false;
	memset(busy, false, STEPS);
	for (struct json_iter times = json_iter(list);; last = at[1]) {
		bool more = json_next(&times, NULL, &v);
		int64_t from, to;

		if (!more && !free)
			return true;
		at[0] = at[1] = STEPS;
		if (more) {
			int k = 0;

			for (struct json_iter two = json_iter(v); json_next(&two, NULL, &part); k++)
				if (k == 2 || !json_i64(part, &at[k]))
					return false;
			if (k != 2 || at[0] < last || at[1] < at[0] || at[1] > STEPS)
				return false;
		}
		from = free ? last : at[0]; /* between two free times lies an appointment */
		to = free ? at[0] : at[1];
		if (to - from > longest && !(until && from < until && to <= until))
			memset(busy + from, true, (size_t)(to - from));
		if (!more)
			return true;
	}
}

static void day_put(struct foreign *f, const bool *busy)
{
	bool any = false;

	buf_addc(&f->desc, 'b');
	for (int from = 0; from < STEPS; from++) {
		int to = from;

		while (to < STEPS && busy[to])
			to++;
		if (to == from)
			continue;
		buf_addf(&f->desc, "%s%d-%d", any ? "," : "", from, to);
		any = true;
		from = to;
	}
}

static bool time_sequence(struct foreign *f)
{
	struct json records, plans, rules, plan, day, rule;
	struct str name;
	char room[64];
	int person = 0;

	f->flat = true;
	json_get(f->meta, "records", &records);
	json_get(records, "raw_schedule", &plans);
	json_get(records, "rules", &rules);
	buf_addf(&f->desc, "%d", DAYS);
	for (struct json_iter it = json_iter(plans); json_next(&it, &name, &plan); person++) {
		size_t wish = 0;
		int n = 0;

		if (name.n < 2 || name.n - 2 >= sizeof(room) || str_chr(name, '\\') >= 0)
			return lacks(f, "a name in its metadata is no plain text");
		snprintf(room, sizeof(room), "%.*s", (int)name.n - 2, name.s + 1);
		json_get(rules, room, &rule);
		while (wish < COUNT(wishes) && !json_is(rule, wishes[wish].name))
			wish++;
		if (wish == COUNT(wishes))
			return lacks(f, "its metadata has a rule that nobody knows");
		buf_addf(&f->desc, " %d:", person);
		for (struct json_iter days = json_iter(plan); json_next(&days, NULL, &day); n++) {
			bool busy[STEPS];

			if (!day_read(day, wishes[wish].longest, wishes[wish].until, busy))
				return lacks(f, "a day in its metadata is no plan");
			buf_addz(&f->desc, n ? "|" : "");
			day_put(f, busy);
		}
		buf_addz(&f->desc, wishes[wish].note);
	}
	return person > 1 ? true : lacks(f, "its metadata has no \"raw_schedule\"");
}

const struct foreign_task foreign_texts[] = {
	{ "boolean_expressions", "stored_answer", boolean_expressions },
	{ "buggy_tables", "stored_answer", buggy_tables },
	{ "dyck_language", "stored_answer", dyck_language },
	{ "dyck_language_errors", "dyck_language_errors", dyck_language_errors },
	{ "dyck_language_reasoning_errors", "dyck_language_reasoning_errors", dyck_language_reasoning_errors },
	{ "goods_exchange", "goods_exchange", goods_exchange },
	{ "object_counting", "stored_answer", object_counting },
	{ "object_properties", "stored_answer", object_properties },
	{ "operation", "stored_answer", operation },
	{ "space_reasoning", "stored_answer", space_reasoning },
	{ "space_reasoning_tree", "stored_answer", space_reasoning_tree },
	{ "time_sequence", "time_sequence", time_sequence },
	{ "web_of_lies", "stored_answer", web_of_lies },
	{ "word_sorting", "word_sorting", word_sorting },
	{ "word_sorting_mistake", "stored_answer", word_sorting_mistake },
	{ NULL, NULL, NULL },
};
