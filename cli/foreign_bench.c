/*
 * foreign_bench.c - the benchmarks that SynLogic's verifiers know, and the tasks of its that only store an answer: each becomes a desc
 * of the rule "stored_answer". These have questions of others, who take an answer from plain sentences too.
 */
#include "cli/foreign.h"
#include "verifiers/extract.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

#include <stdio.h>

static bool lacks(struct foreign *f, const char *why)
{
	snprintf(f->why, sizeof(f->why), "%s", why);
	return false;
}

static bool store(struct foreign *f, const char *kind, struct str gold)
{
	buf_addf(&f->desc, "%s ", kind);
	buf_add(&f->desc, gold);
	return gold.n ? true : lacks(f, "it stores no answer");
}

static struct str gold_of(const struct foreign *f)
{
	return str_trim(buf_str(&f->gold));
}

static bool integer(struct foreign *f)
{
	int64_t v;

	f->prose = true;
	if (!str_i64(gold_of(f), &v))
		return lacks(f, "its answer is no whole number");
	buf_addf(&f->desc, "integer %lld", (long long)v);
	return true;
}

/* "(B)" or "B" */
static bool choice(struct foreign *f)
{
	struct str s = gold_of(f);
	char c;

	f->prose = true;
	if (s.n == 3 && s.s[0] == '(' && s.s[2] == ')')
		s = str_sub(s, 1, 2);
	c = s.n == 1 ? s.s[0] : 0;
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 32);
	if (c < 'A' || c > 'Z')
		return lacks(f, "its answer is no option's letter");
	return store(f, "choice", (struct str){ &c, 1 });
}

/* Yes or No, True or False, valid or invalid. */
static bool claim(struct foreign *f)
{
	static const char *const yes[] = { "yes", "true", "valid", "plausible" }, *const no[] = { "no", "false", "invalid", "implausible" };

	f->prose = true;
	for (size_t i = 0; i < COUNT(yes); i++) {
		if (str_ieq(gold_of(f), str_of(yes[i])))
			return store(f, "claim", STR("yes"));
		if (str_ieq(gold_of(f), str_of(no[i])))
			return store(f, "claim", STR("no"));
	}
	return lacks(f, "its answer is neither of the two");
}

static bool brackets(struct foreign *f)
{
	struct str s = gold_of(f);

	f->prose = true;
	buf_addz(&f->desc, "brackets ");
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] != ' ')
			buf_addc(&f->desc, s.s[i]);
	return s.n ? true : lacks(f, "it stores no answer");
}

static void put_lower(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_addc(b, s.s[i] >= 'A' && s.s[i] <= 'Z' ? (char)(s.s[i] + 32) : s.s[i]);
}

static bool words(struct foreign *f)
{
	struct str rest = gold_of(f), word;
	int n = 0;

	f->prose = true;
	buf_addz(&f->desc, "words");
	for (; str_word(&rest, &word); n++) {
		buf_addc(&f->desc, ' ');
		put_lower(&f->desc, word);
	}
	return n ? true : lacks(f, "it stores no answer");
}

/* In lower case and with ", " as ",", as their matcher prepares it. */
static bool bbeh(struct foreign *f)
{
	struct str s = gold_of(f);

	f->prose = f->whole = true;
	buf_addz(&f->desc, "bbeh ");
	for (size_t i = 0; i < s.n; i++) {
		put_lower(&f->desc, str_sub(s, i, i + 1));
		if (s.s[i] == ',' && i + 1 < s.n && s.s[i + 1] == ' ')
			i++;
	}
	return s.n ? true : lacks(f, "it stores no answer");
}

/* [[TEXT]] */
static bool cipher(struct foreign *f)
{
	struct str s = gold_of(f);

	f->list = true;
	for (int i = 0; i < 3; i++) {
		s = text_strip(s);
		if (s.n > 2 && s.s[0] == '[' && s.s[s.n - 1] == ']')
			s = str_sub(s, 1, s.n - 1);
	}
	return store(f, "text", s);
}

static bool arc(struct foreign *f)
{
	struct json grid, row, cell;
	struct err ignored;
	int n = 0;

	f->list = true;
	buf_addz(&f->desc, "grid ");
	if (!json_parse(&grid, gold_of(f), &ignored))
		return lacks(f, "its answer is no list of lists");
	for (struct json_iter rows = json_iter(grid); json_next(&rows, NULL, &row); n++) {
		buf_addz(&f->desc, n ? "/" : "");
		for (struct json_iter cells = json_iter(row); json_next(&cells, NULL, &cell);)
			buf_add(&f->desc, cell.raw);
	}
	return n ? true : lacks(f, "its answer is no list of lists");
}

/* All houses as an object, or one name. */
static bool zebra(struct foreign *f)
{
	struct err ignored;
	struct json v;

	if (!json_parse(&v, gold_of(f), &ignored))
		return store(f, "word", gold_of(f));
	if (v.kind == JSON_OBJECT)
		return store(f, "json", gold_of(f));
	return v.kind == JSON_INT ? integer(f) : lacks(f, "its answer is neither an object nor a name");
}

/* ---- responses in sentences ---- */

static void judge_raw(const struct foreign *f, struct str text, struct quarry_verdict *v)
{
	struct why why = { "every rule holds" };

	*v = (struct quarry_verdict){ .mark = QUARRY_NO_ANSWER, .answer = text.s, .answer_len = text.n, .answers_seen = 1 };
	if (text.n > ANSWER_MAX) {
		v->mark = QUARRY_UNREADABLE;
		snprintf(v->why, sizeof(v->why), "the answer is too long");
		return;
	}
	v->mark = f->rule->judge(&why, buf_str(&f->desc), text);
	v->score = v->mark == QUARRY_CORRECT;
	snprintf(v->why, sizeof(v->why), "%s", v->mark == QUARRY_CORRECT ? "every rule holds" : why.text);
}

/* By the matcher of BIG-Bench Extra Hard, which reads a response from its last "The answer is:" on, if it has one. */
static void judge_matched(const struct foreign *f, struct str shown, const struct extract *x, struct quarry_verdict *v)
{
	bool tags = x->found && x->format == QUARRY_TAGS, fence = x->found && x->format == QUARRY_FENCE;

	judge_raw(f, tags ? x->raw : shown, v);
	if (v->mark == QUARRY_WRONG && fence && str_find(shown, STR("answer is")) < 0)
		judge_raw(f, text_strip(x->raw), v);
}

void foreign_prose(const struct foreign *f, struct str response, bool strict, struct quarry_verdict *v)
{
	struct quarry_options o = { .format = f->asked, .strict_format = strict };
	struct str shown = str_trim(extract_visible(response, false));
	struct quarry_verdict said;
	struct extract x;

	if (f->whole && shown.n) {
		extract_answer(&x, response, &o);
		judge_matched(f, shown, &x, v);
		return;
	}
	quarry_verify_n(f->rule, buf_z(&f->desc), f->desc.n, response.n ? response.s : "", response.n, &o, v);
	if (v->mark == QUARRY_NO_ANSWER && shown.n) {
		judge_raw(f, shown, &said);
		if (said.mark != QUARRY_UNREADABLE)
			*v = said;
	}
}

#define STORED(name, how) { name, "stored_answer", how }

const struct foreign_task foreign_bench[] = {
	STORED("arc_agi", arc),
	STORED("arc_agi_2", arc),
	STORED("cipher", cipher),
	STORED("gpqa_diamond", choice),
	STORED("zebra_puzzle", zebra),
	STORED("bbeh_boardgame_qa", bbeh),
	STORED("bbeh_boolean_expressions", bbeh),
	STORED("bbeh_buggy_tables", bbeh),
	STORED("bbeh_causal_understanding", bbeh),
	STORED("bbeh_disambiguation_qa", bbeh),
	STORED("bbeh_dyck_languages", bbeh),
	STORED("bbeh_geometric_shapes", bbeh),
	STORED("bbeh_hyperbaton", bbeh),
	STORED("bbeh_linguini", bbeh),
	STORED("bbeh_movie_recommendation", bbeh),
	STORED("bbeh_multistep_arithmetic", bbeh),
	STORED("bbeh_nycc", bbeh),
	STORED("bbeh_object_counting", bbeh),
	STORED("bbeh_object_properties", bbeh),
	STORED("bbeh_sarc_triples", bbeh),
	STORED("bbeh_shuffled_objects", bbeh),
	STORED("bbeh_spatial_reasoning", bbeh),
	STORED("bbeh_sportqa", bbeh),
	STORED("bbeh_temporal_sequence", bbeh),
	STORED("bbeh_time_arithmetic", bbeh),
	STORED("bbeh_web_of_lies", bbeh),
	STORED("bbeh_word_sorting", bbeh),
	STORED("bbeh_zebra_puzzles", bbeh),
	STORED("bbh_boolean_expressions", claim),
	STORED("bbh_causal_judgement", claim),
	STORED("bbh_date_understanding", choice),
	STORED("bbh_disambiguation_qa", choice),
	STORED("bbh_dyck_languages", brackets),
	STORED("bbh_formal_fallacies", claim),
	STORED("bbh_geometric_shapes", choice),
	STORED("bbh_hyperbaton", choice),
	STORED("bbh_logical_deduction_five_objects", choice),
	STORED("bbh_logical_deduction_seven_objects", choice),
	STORED("bbh_logical_deduction_three_objects", choice),
	STORED("bbh_movie_recommendation", choice),
	STORED("bbh_multistep_arithmetic_two", integer),
	STORED("bbh_navigate", claim),
	STORED("bbh_object_counting", integer),
	STORED("bbh_penguins_in_a_table", choice),
	STORED("bbh_reasoning_about_colored_objects", choice),
	STORED("bbh_ruin_names", choice),
	STORED("bbh_salient_translation_error_detection", choice),
	STORED("bbh_snarks", choice),
	STORED("bbh_sports_understanding", claim),
	STORED("bbh_temporal_sequences", choice),
	STORED("bbh_tracking_shuffled_objects_five_objects", choice),
	STORED("bbh_tracking_shuffled_objects_seven_objects", choice),
	STORED("bbh_tracking_shuffled_objects_three_objects", choice),
	STORED("bbh_web_of_lies", claim),
	STORED("bbh_word_sorting", words),
	{ NULL, NULL, NULL },
};
