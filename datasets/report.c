/* report.c - report.html of a dataset: one self-contained page; see pages.h. */
#include "datasets/pages.h"

static void add_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.s[i]) {
		case '<': buf_addz(b, "&lt;"); break;
		case '>': buf_addz(b, "&gt;"); break;
		case '&': buf_addz(b, "&amp;"); break;
		case '"': buf_addz(b, "&quot;"); break;
		default: buf_addc(b, s.s[i]);
		}
	}
}

static void add_fates(struct buf *b, const struct stats *st)
{
	buf_addz(b, "<h2>Kept and dropped</h2>\n<table><tr><th>task<th>prompts");
	for (int f = 0; f < FATES; f++)
		buf_addf(b, "<th>%s", fate_name((enum fate)f));
	buf_addz(b, "</tr>\n");
	for (int i = 0; i <= st->tasks; i++) {
		const struct task_stats *t = i < st->tasks ? &st->task[i] : &st->all;

		buf_addz(b, "<tr><td>");
		add_text(b, str_of(t->name));
		buf_addf(b, "<td>%lld", (long long)t->prompts);
		for (int f = 0; f < FATES; f++)
			buf_addf(b, "<td>%lld", (long long)t->fate[f]);
		buf_addz(b, "</tr>\n");
	}
	buf_addz(b, "</table>\n");
}

void report_write(struct buf *b, const struct dataset_plan *plan, const struct shards *shards, const struct stats *st,
		  const struct about *about)
{
	(void)shards, (void)about;
	buf_addz(b, "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>");
	add_text(b, str_of(plan->name));
	buf_addz(b, "</title>\n<h1>");
	add_text(b, str_of(plan->name));
	buf_addz(b, "</h1>\n");
	add_fates(b, st);
	buf_addz(b, "</html>\n");
}
