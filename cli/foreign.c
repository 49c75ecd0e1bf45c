/* foreign.c - the schemas of SynLogic and reasoning-gym; see foreign.h. */
#include "cli/foreign.h"
#include "verifiers/extract.h"
#include "verifiers/text.h"

#include <stdio.h>

bool foreign_kind_from(const char *name, enum foreign_kind *ret)
{
	static const char *const names[] = { [FOREIGN_SYNLOGIC] = "synlogic", [FOREIGN_GYM] = "reasoning-gym" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum foreign_kind)i;
			return true;
		}
	return false;
}

/* A string as it is, any other value as its JSON, null as nothing. */
static void text_of(struct buf *b, struct json v)
{
	buf_reset(b);
	if (v.kind == JSON_STRING)
		json_str(v, b);
	else if (v.kind != JSON_NULL && v.kind != JSON_NONE)
		buf_add(b, v.raw);
}

static bool name_set(struct foreign *f, struct json v)
{
	struct buf b = BUF_INIT;
	struct str s;
	bool ok = v.kind == JSON_STRING && json_str(v, &b);

	s = buf_str(&b);
	if (str_starts(s, STR("val/")))
		s = str_from(s, 4);
	ok = ok && s.n > 0 && s.n < sizeof(f->name) && !memchr(s.s, 0, s.n);
	if (ok)
		snprintf(f->name, sizeof(f->name), "%.*s", (int)s.n, s.s);
	buf_release(&b);
	return ok;
}

/* The text of a JSON object in a string, or the object itself, parsed out of f->text, which outlives the row's line. */
static bool object_copy(struct foreign *f, struct json v, struct json *ret, struct err *err)
{
	buf_reset(&f->text);
	if (v.kind == JSON_STRING)
		json_str(v, &f->text);
	else
		buf_add(&f->text, v.raw);
	if (!json_parse_mended(ret, &f->text, err))
		return false;
	if (ret->kind == JSON_OBJECT)
		return true;
	err_set(err, "it is another value");
	return false;
}

/* Of two members of one name other readers take the other one: such a row is damaged. The names end in NUL. */
static void once(struct foreign *f, struct json v, const struct str *names, size_t n)
{
	struct json of[4];
	size_t twice = json_get_all(v, names, n, of);

	if (twice < n)
		snprintf(f->why, sizeof(f->why), "the row has two members \"%s\"", names[twice].s);
}

/* SynLogic: data_source and extra_info.game_data_str, in an older revision game_data_str at the top. */
static int read_synlogic(struct foreign *f, struct json row, struct err *err)
{
	static const struct str names[] = { STR("data_source"), STR("extra_info"), STR("game_data_str"), STR("response") },
				in_game[] = { STR("question"), STR("answer"), STR("metadata"), STR("gpt_response") };
	struct json extra, v, game;

	if (!json_get(row, "data_source", &v) || !name_set(f, v))
		return err_set(err, "a row of SynLogic needs \"data_source\", the name of its task");
	json_get(row, "extra_info", &extra);
	extra = json_unwrap(extra, &f->extra);
	if (!json_get(extra, "game_data_str", &v) && !json_get(row, "game_data_str", &v))
		return err_set(err, "a row of SynLogic needs \"extra_info\": {\"game_data_str\": ...}, where question and answer stand");
	if (!object_copy(f, v, &game, err))
		return err_at(err, "\"game_data_str\" is not the text of a JSON object: ");
	json_get(game, "question", &v);
	text_of(&f->question, v);
	json_get(game, "answer", &v);
	text_of(&f->gold, v);
	json_get(game, "metadata", &f->meta);
	once(f, row, names, 4);
	once(f, extra, names, 4);
	once(f, game, in_game, 4);
	return 0;
}

static int read_gym(struct foreign *f, struct json row, struct err *err)
{
	static const struct str names[] = { STR("metadata"), STR("question"), STR("answer"), STR("response") };
	struct json v;

	if (!json_get(row, "metadata", &v) || !object_copy(f, v, &f->meta, err) || !json_get(f->meta, "source_dataset", &v) ||
	    !name_set(f, v))
		return err_set(err, "a row of reasoning-gym needs \"metadata\" with \"source_dataset\"");
	json_get(row, "question", &v);
	text_of(&f->question, v);
	json_get(row, "answer", &v);
	text_of(&f->gold, v);
	once(f, row, names, 4);
	return 0;
}

static const struct foreign_task *find(const char *name, enum foreign_kind kind)
{
	const struct foreign_task *const synlogic[] = { foreign_boards, foreign_texts, foreign_bench, NULL };
	const struct foreign_task *const gym[] = { foreign_gym, NULL };

	for (const struct foreign_task *const *table = kind == FOREIGN_GYM ? gym : synlogic; *table; table++)
		for (const struct foreign_task *t = *table; t->theirs; t++)
			if (strcmp(t->theirs, name) == 0)
				return t;
	return NULL;
}

/* How the question wants the answer, where it does not ask for tags. */
static enum quarry_format asked_by(struct str question)
{
	if (str_find(question, STR("\\boxed")) >= 0)
		return QUARRY_BOXED;
	return str_find(question, STR("```")) >= 0 ? QUARRY_FENCE : QUARRY_ANY;
}

int foreign_read(struct foreign *f, struct json row, enum foreign_kind kind, struct err *err)
{
	const struct foreign_task *t;

	f->rule = NULL;
	f->task = NULL;
	f->why[0] = 0;
	f->unknown = false;
	f->list = f->flat = f->line = f->prose = f->whole = f->never = f->found = false;
	buf_reset(&f->desc);
	if ((kind == FOREIGN_GYM ? read_gym : read_synlogic)(f, row, err) < 0)
		return ERR_FAIL;
	if (f->why[0])
		return 0;
	f->asked = asked_by(buf_str(&f->question));
	f->bare = kind == FOREIGN_GYM;
	t = find(f->name, kind);
	if (!t) {
		f->unknown = true;
		snprintf(f->why, sizeof(f->why), "no task \"%s\" is known", f->name);
		return 0;
	}
	if (!t->convert(f)) {
		if (!f->why[0])
			snprintf(f->why, sizeof(f->why), "the row does not hold what %s needs", t->theirs);
		return 0;
	}
	f->rule = quarry_rule(t->ours);
	f->task = task_find(str_of(t->ours));
	if (!f->rule)
		snprintf(f->why, sizeof(f->why), "%s has no rule here", t->ours);
	return f->desc.failed ? err_set(err, "out of memory") : 0;
}

bool foreign_response(const struct foreign *f, struct json row, struct buf *response)
{
	struct json v, game;
	struct err ignored;

	buf_reset(response);
	if (json_get(row, "response", &v))
		return json_str(v, response);
	/* f->meta lies in f->text, and so does what stands beside it */
	return json_parse(&game, buf_str(&f->text), &ignored) && json_get(game, "gpt_response", &v) && json_str(v, response) &&
	       response->n > 0;
}

static bool opens_nested(struct str s)
{
	size_t i = 1;

	while (i < s.n && (s.s[i] == ' ' || s.s[i] == '\n' || s.s[i] == '\r' || s.s[i] == '\t'))
		i++;
	return i < s.n && (s.s[i] == '[' || s.s[i] == '(');
}

enum { UNMATCHED = 2 }; /* closing brackets without an opening one that are looked past */

/*
 * The last [...] that holds brackets of its own, else the last one, which is enough where `flat`; false: none is whole. Backwards, so
 * nearly linear.
 */
static bool last_list(struct str s, bool flat, struct str *ret)
{
	int unmatched = 0;
	size_t end = s.n;
	bool found = false;

	while (end > 0 && unmatched < UNMATCHED) {
		size_t at;
		int depth = 0;

		while (end > 0 && s.s[end - 1] != ']')
			end--;
		for (at = end; at > 0; at--) {
			depth += s.s[at - 1] == ']' ? 1 : s.s[at - 1] == '[' ? -1 : 0;
			if (depth == 0)
				break;
		}
		if (at == 0) { /* never opened */
			unmatched++;
			end = end ? end - 1 : 0;
			continue;
		}
		if (opens_nested(str_sub(s, at - 1, end)) || !found)
			*ret = str_sub(s, at - 1, end);
		found = true;
		if (flat || opens_nested(*ret))
			return true;
		end = at - 1;
	}
	return found;
}

/* The last line that says "answer is" in English or Chinese. */
static bool last_said(struct str s, struct str *ret)
{
	static const struct str words[] = { { "nswer is", 8 }, { "\u7b54\u6848\u662f", 9 }, { "\u7b54\u6848\u4e3a", 9 } };
	ptrdiff_t at = -1, end;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		ptrdiff_t here = str_rfind(s, words[i]);

		at = here > at ? here : at;
	}
	if (at < 0)
		return false;
	end = str_chr(str_from(s, (size_t)at), '\n');
	if (end >= 0)
		s = str_sub(s, 0, (size_t)(at + end));
	end = str_rfind(str_sub(s, 0, (size_t)at), STR("\n"));
	*ret = str_from(s, (size_t)(end + 1));
	return true;
}

static void judge_text(const struct foreign *f, struct str text, enum quarry_format format, bool strict, struct quarry_verdict *v)
{
	struct quarry_options o = { .format = format, .strict_format = strict };

	quarry_verify_n(f->rule, buf_z(&f->desc), f->desc.n, text.n ? text.s : "", text.n, &o, v);
}

/* A list or a line, a part of the response or not, as an answer of its own. */
static void judge_list(const struct foreign *f, struct str list, struct buf *room, struct quarry_verdict *v)
{
	buf_reset(room);
	buf_addz(room, "<answer>");
	buf_add(room, list);
	buf_addz(room, "</answer>");
	judge_text(f, buf_str(room), QUARRY_TAGS, false, v);
	if (room->failed) /* and the answer was cut */
		v->mark = QUARRY_UNREADABLE;
}

/* The same where the list stands in the response, and words around it may say something of it: v points there. */
static void judge_last_list(const struct foreign *f, struct str list, struct buf *room, struct quarry_verdict *v)
{
	judge_list(f, list, room, v);
	v->answer = list.s;
	v->answer_len = list.n;
}

static struct str last_line(struct str s)
{
	s = str_trim(s);
	return str_from(s, (size_t)(str_rfind(s, STR("\n")) + 1));
}

/* What follows "Answer:" at the head, all of it: of boards their other lines too. */
static bool behind_answer(struct str s, struct str *ret)
{
	enum { HEAD = 48 };
	struct str head = str_sub(s, 0, HEAD);
	ptrdiff_t at = str_find(head, STR("nswer")), colon = at < 0 ? -1 : str_chr(str_from(head, (size_t)at), ':');

	if (colon < 0 || (str_chr(head, '\n') >= 0 && str_chr(head, '\n') < at + colon))
		return false;
	for (s = str_from(s, (size_t)(at + colon + 1)); s.n && s.s[0] == '*';)
		s = str_from(s, 1);
	*ret = str_trim(s);
	return ret->n > 0;
}

/* All that stands behind the last <answer>, up to its end. */
static struct str last_tagged(struct str s)
{
	ptrdiff_t at = str_rfind(s, STR("<answer>")), end;

	s = str_from(s, at < 0 ? s.n : (size_t)at + 8);
	end = str_find(s, STR("</answer>"));
	return str_trim(end < 0 ? s : str_sub(s, 0, (size_t)end));
}

/*
 * Nothing needs to stand around an answer; what stands before it is looked past. The room holds what v points at in the end, so the
 * whole is judged again where the parts were no better.
 */
static void judge_bare(const struct foreign *f, struct str shown, struct buf *room, struct quarry_verdict *v)
{
	bool none = v->mark == QUARRY_NO_ANSWER;
	struct quarry_verdict other;
	struct str rest;

	if (none)
		judge_list(f, shown, room, v);
	if (v->mark == QUARRY_CORRECT)
		return;
	if (behind_answer(shown, &rest) && str_chr(rest, '\n') >= 0) {
		judge_list(f, rest, room, &other);
		if (other.mark != QUARRY_UNREADABLE && other.mark != QUARRY_NO_ANSWER) {
			*v = other;
			return;
		}
	}
	if (!none)
		return;
	judge_list(f, last_line(shown), room, &other);
	if (other.mark == QUARRY_CORRECT)
		*v = other;
	else
		judge_list(f, shown, room, v);
}

static bool in_tags(struct str response, struct str *inside)
{
	static const struct quarry_options tags = { .format = QUARRY_TAGS };
	struct extract x;
	bool any = false;

	for (size_t i = 0; i < response.n && !any; i++) {
		const char *next = memchr(response.s + i, '<', response.n - i);

		i = next ? (size_t)(next - response.s) : response.n;
		any = str_ieq(str_sub(response, i, i + 7), STR("<answer"));
	}
	if (!any)
		return false; /* spares nearly all responses the search */
	extract_answer(&x, response, &tags);
	*inside = x.raw;
	return x.found && x.format == QUARRY_TAGS;
}

/* Does what leads up to a list deny it or make it one of two: "The answer is not ", "I don't think it is ", "[1] or "? */
static bool lead_doubts(struct str before)
{
	static const char *const ends[] = {
		"\u4e0d\u662f", "\u4e0d\u4e3a", "\u5e76\u975e", "\u4e0d\u4f1a\u662f", "\u4e0d\u53ef\u80fd\u662f", /* is not, five times */
		"\u6216", "\u6216\u8005", "\u6216\u662f", "\u53ef\u80fd\u662f", "\u4e5f\u8bb8\u662f",               /* or, maybe */
	};
	struct str lead = str_trim(before), word;
	size_t from = lead.n;

	while (from > 0 && !strchr(" \n\t", lead.s[from - 1]))
		from--;
	word = str_from(lead, from);
	if (str_ieq(word, STR("or")) || str_ieq(word, STR("maybe")) || str_ieq(word, STR("perhaps")))
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (str_ends(lead, str_of(ends[i])))
			return true;
	/* a clause that Chinese stands in may speak of what must not be: of inequalities, of tents that do not touch */
	for (from = before.n; from > 0 && !strchr(",;:.!?>\n", before.s[from - 1]); from--)
		if ((unsigned char)before.s[from - 1] >= 0xe3)
			return false;
	if (from > 0 && before.s[from - 1] == ':' && !str_trim(str_from(before, from)).n)
		return text_label_denies(str_sub(before, 0, from - 1));
	return text_denies(str_from(before, from));
}

/* Of a claim, which may be that something is wrong, only "Wait, that is wrong" is plain; BBEH's matcher decides alone. */
static bool withdraws(const struct foreign *f, struct str behind)
{
	static const char *const claims[] = { "claim ", "step ", "choice " }, *const halts[] = { "Wait", "wait", "Oops", "oops", "Hold on", "\u7b49\u7b49" };
	bool claim = false;

	if (f->whole || !disowned(behind))
		return false;
	for (size_t i = 0; i < sizeof(halts) / sizeof(halts[0]); i++)
		if (str_find(behind, str_of(halts[i])) >= 0)
			return true;
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]) && !f->task; i++)
		claim |= str_starts(buf_str(&f->desc), str_of(claims[i]));
	return !claim;
}

/* Do the words around a right answer take it back? A rule of ours is asked that before, but it does not see what stands around a list or a line. */
static bool renounced(const struct foreign *f, struct str response, const struct quarry_verdict *v)
{
	struct str said, behind, left;
	ptrdiff_t end;

	if ((uintptr_t)v->answer - (uintptr_t)response.s >= response.n || (f->task && !f->list && !f->flat && !f->line))
		return false; /* the answer stands in the room, or the rule has seen to it */
	behind = str_from(response, (size_t)(v->answer - response.s) + v->answer_len);
	if (withdraws(f, behind))
		return true;
	if (!f->list && !f->flat)
		return false;
	end = str_chr(behind, '\n');
	said = (struct str){ v->answer, v->answer_len + (end < 0 ? behind.n : (size_t)end) };
	return (taken_back(said, &left) && left.n) || lead_doubts(str_sub(response, 0, (size_t)(v->answer - response.s)));
}

static void judge_shown(const struct foreign *f, struct str response, bool strict, struct buf *room, struct quarry_verdict *v)
{
	struct quarry_verdict other, row = { .mark = QUARRY_UNREADABLE }; /* row: a list without lists in it, which may be a board's last row */
	struct str shown, list;

	if (f->prose) {
		foreign_prose(f, response, strict, v);
		return;
	}
	if (in_tags(response, &shown)) {
		judge_text(f, response, QUARRY_TAGS, strict, v);
		if (v->mark == QUARRY_UNREADABLE && !strict && (f->list || f->flat) && last_list(shown, f->flat, &list)) {
			judge_last_list(f, list, room, &other);
			if (other.mark != QUARRY_UNREADABLE)
				*v = other;
		}
		if (f->bare && !strict)
			judge_bare(f, last_tagged(extract_visible(response, false)), room, v);
		return;
	}
	shown = extract_visible(response, false);
	if ((f->list || f->flat) && last_list(shown, f->flat, &list)) {
		judge_last_list(f, list, room, &row);
		if (row.mark != QUARRY_UNREADABLE && (row.mark == QUARRY_CORRECT || f->flat || opens_nested(list))) {
			*v = row;
			return;
		}
	}
	if (f->line && last_said(shown, &list)) {
		judge_text(f, list, QUARRY_ANY, false, &other);
		if (other.mark != QUARRY_UNREADABLE && other.mark != QUARRY_NO_ANSWER) {
			*v = other;
			return;
		}
	}
	judge_text(f, response, f->asked, strict, v);
	if (row.mark == QUARRY_WRONG && (v->mark == QUARRY_UNREADABLE || v->mark == QUARRY_NO_ANSWER)) {
		*v = row;
		return;
	}
	if (f->bare && !strict && str_trim(shown).n) {
		judge_bare(f, str_trim(shown), room, v);
	} else if (v->mark == QUARRY_NO_ANSWER && !strict) {
		judge_list(f, last_line(shown), room, &other);
		if (other.mark == QUARRY_CORRECT)
			*v = other;
	}
}

void foreign_judge(const struct foreign *f, struct str response, bool strict, struct buf *room, struct quarry_verdict *v)
{
	if (!f->rule) {
		*v = (struct quarry_verdict){ .mark = QUARRY_BAD_TASK };
		snprintf(v->why, sizeof(v->why), "%s", f->why);
		return;
	}
	judge_shown(f, response, strict, room, v);
	if (v->mark == QUARRY_CORRECT && renounced(f, response, v)) {
		v->mark = QUARRY_UNREADABLE;
		v->score = 0;
		snprintf(v->why, sizeof(v->why), "the answer is taken back");
	}
}

void foreign_release(struct foreign *f)
{
	buf_release(&f->desc);
	buf_release(&f->question);
	buf_release(&f->gold);
	buf_release(&f->text);
	buf_release(&f->extra);
}
