/*
 * synlogic_rows.c - rows of SynLogic as our rules read them, for synlogic_verify.py: one JSON line for each line of standard input,
 * {"task":...,"desc":...,"answers":[...]}; answers: what the row stores, and what our solver finds, as far as the rule takes them.
 * null where we cannot read a row.
 */
#include "cli/foreign_repair.h"

#include <stdio.h>
#include <stdlib.h>

static void add_answer(struct buf *out, const struct foreign *f, struct str answer)
{
	struct quarry_verdict v;
	struct buf said = BUF_INIT;

	buf_addf(&said, "<answer>%.*s</answer>", (int)answer.n, answer.s);
	quarry_verify_n(f->rule, buf_z(&f->desc), f->desc.n, buf_z(&said), said.n, NULL, &v);
	if (v.mark == QUARRY_CORRECT)
		json_add_str(out, answer);
	buf_release(&said);
}

static void put_row(struct buf *out, struct foreign *f, struct json row)
{
	struct buf text = BUF_INIT;
	struct err err;

	if (foreign_read(f, row, FOREIGN_SYNLOGIC, &err) < 0 || !f->rule) {
		buf_addz(out, "null\n");
		return;
	}
	json_open(out, '{');
	json_key(out, "task");
	json_add_z(out, quarry_rule_name(f->rule));
	json_key(out, "desc");
	json_add_str(out, buf_str(&f->desc));
	json_key(out, "answers");
	json_open(out, '[');
	if (foreign_gold(f, &text))
		add_answer(out, f, buf_str(&text));
	buf_reset(&text);
	if (f->task && (f->task->count ? f->task->count(&text, buf_str(&f->desc), 1) > 0 : f->task->solve(&text, buf_str(&f->desc))))
		add_answer(out, f, buf_str(&text));
	json_close(out, ']');
	json_close(out, '}');
	buf_addc(out, '\n');
	buf_release(&text);
}

int main(void)
{
	struct foreign f = FOREIGN_INIT;
	struct buf out = BUF_INIT;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, stdin)) > 0) {
		struct json row;
		struct err err;

		buf_reset(&out);
		if (json_parse(&row, (struct str){ line, (size_t)n }, &err))
			put_row(&out, &f, row);
		else
			buf_addz(&out, "null\n");
		fwrite(buf_z(&out), 1, out.n, stdout);
	}
	free(line);
	buf_release(&out);
	foreign_release(&f);
	return 0;
}
