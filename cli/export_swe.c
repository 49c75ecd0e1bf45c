/* export_swe.c - rows as SWE-bench has them. See export_swe.h. */
#include "cli/export_swe.h"

bool swe_of(struct json row, struct json *swe, struct buf *room)
{
	struct json info, v;
	struct err ignored;

	*swe = row;
	if (json_get(row, "instance_id", &v))
		return true;
	if (!json_get(row, "swe", &v) && !(json_get(row, "extra_info", &info) && json_get(info, "swe", &v)))
		return false;
	buf_reset(room);
	return json_str(v, room) && room->n && json_parse(swe, buf_str(room), &ignored) && json_get(*swe, "instance_id", &v);
}

int swebench_row(struct buf *line, struct json row, struct err *err)
{
	/* in the order of SWE-bench's own rows; the lists are JSON in a string there */
	static const char *const names[] = { "repo", "instance_id", "base_commit", "patch", "test_patch", "problem_statement", "hints_text", "created_at",
					     "version", "FAIL_TO_PASS", "PASS_TO_PASS", "environment_setup_commit", "license", "code_lang", "fix_commit", "kind", "bug_patch" };
	struct buf room = BUF_INIT;
	struct json swe, v;
	int rc = 0;

	if (swe_of(row, &swe, &room)) {
		json_open(line, '{');
		for (size_t i = 0; rc == 0 && i < COUNT(names); i++) {
			json_key(line, names[i]);
			if (!json_get(swe, names[i], &v) && strcmp(names[i], "bug_patch") == 0)
				json_add_z(line, ""); /* of a row from before there were any */
			else if (v.kind == JSON_NONE)
				rc = err_set(err, "the row has no \"%s\"", names[i]);
			else if (v.kind == JSON_ARRAY)
				json_add_str(line, v.raw);
			else
				json_add_raw(line, v.raw);
		}
		json_close(line, '}');
	}
	buf_release(&room);
	return rc;
}
