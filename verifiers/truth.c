/* truth.c - judging by a ground truth, the one JSON string that says task and desc; see verify.h. */
#include "base/json.h"
#include "verifiers/rule.h"
#include "verifiers/verify.h"

#include <stdio.h>

enum { NAME_MAX_LEN = 64 };

static void refuse(struct quarry_verdict *v, const char *why)
{
	*v = (struct quarry_verdict){ .mark = QUARRY_BAD_TASK };
	snprintf(v->why, sizeof(v->why), "%s", why);
}

/* A desc with escapes needs room of its own, which the usual one is spared. */
__attribute__((noinline)) static void verify_escaped(const struct quarry_rule *rule, struct json desc, struct str response,
						     const struct quarry_options *o, struct quarry_verdict *v)
{
	char room[DESC_MAX + 1];
	struct str s;

	if (json_text(desc, room, DESC_MAX, &s))
		quarry_verify_n(rule, s.s, s.n, response.s, response.n, o, v);
	else
		refuse(v, "the desc is missing or too long");
}

void quarry_verify_truth(const char *truth, size_t truth_len, const char *response, size_t response_len,
			 const struct quarry_options *o, struct quarry_verdict *v)
{
	enum { VERSION, TASK, DESC, MEMBERS };
	static const struct str names[MEMBERS] = { [VERSION] = { "v", 1 }, [TASK] = { "task", 4 }, [DESC] = { "desc", 4 } };
	struct str text = { truth ? truth : "", truth ? truth_len : 0 }, answer = { response, response_len }, s;
	struct json row, of[MEMBERS];
	const struct quarry_rule *rule;
	char name[NAME_MAX_LEN];
	int64_t number = 1;
	size_t used;

	if (!json_parse_head(&row, text, &used) || str_trim(str_from(text, used)).n) {
		refuse(v, "the ground truth is not one JSON object");
		return;
	}
	json_get_all(row, names, MEMBERS, of);
	if (of[VERSION].kind && (!json_i64(of[VERSION], &number) || number != 1)) {
		refuse(v, "the ground truth is of another version");
		return;
	}
	if (of[TASK].kind != JSON_STRING || of[DESC].kind != JSON_STRING) {
		refuse(v, "the ground truth has no task and desc");
		return;
	}
	if (!json_z(of[TASK], name, sizeof(name))) {
		refuse(v, "no such task");
		return;
	}
	rule = quarry_rule(name);
	if (json_plain(of[DESC], &s))
		quarry_verify_n(rule, s.s, s.n, answer.s, answer.n, o, v);
	else
		verify_escaped(rule, of[DESC], answer, o, v);
}
