/*
 * report.c - report.html of a dataset: one page that needs nothing else, no script either; see pages.h.
 * Charts are inline SVG in the colours of the page's style sheet, light or dark; every bar says its numbers when pointed at.
 */
#include "datasets/pages.h"

#include <stdarg.h>
#include <stdio.h>

enum {
	WIDTH = 300, HEIGHT = 150,            /* of a chart */
	LEFT = 38, RIGHT = 8, TOP = 8, FOOT = 32, /* its margins */
	BAR_WIDTH = 420, BAR_HEIGHT = 18,     /* of a row of fates */
};

static const double plot_width = WIDTH - LEFT - RIGHT, plot_height = HEIGHT - TOP - FOOT;

static const char style[] =
	":root{--paper:#fcfcfb;--ink:#1c1c1a;--soft:#5f5e58;--line:#d9d8d2;--band:#eceae2;--one:#2a6fbb;--two:#b4b2a9;"
	"--kept:#1b8a5a;--none_right:#b5507f;--too_hard:#d06320;--too_easy:#4a9fd8;--guessing:#c99700;--sampler_error:#7a6fb0;"
	"--bad_task:#333;--incomplete:#aaa}\n"
	"@media(prefers-color-scheme:dark){:root{--paper:#1a1a19;--ink:#eeede8;--soft:#a5a39a;--line:#3a3a37;--band:#2a2a27;"
	"--one:#5b9be0;--two:#66655f;--kept:#35b57d;--none_right:#d678a4;--too_hard:#e58049;--too_easy:#7cc0ee;--guessing:#e0b53a;"
	"--sampler_error:#a79de0;--bad_task:#ddd;--incomplete:#777}}\n"
	"body{background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:2rem auto;padding:0 1rem}\n"
	"h1{margin-bottom:.2rem}h2{margin-top:2.5rem}h3{margin:1.5rem 0 .3rem}p{max-width:46rem}.soft{color:var(--soft)}\n"
	".note{border-left:4px solid var(--too_hard);padding:.3rem .8rem}\n"
	".tiles{display:flex;flex-wrap:wrap;gap:2rem}.tiles div{min-width:6rem}.tiles b{display:block;font-size:1.6rem}\n"
	".charts{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0}figcaption{color:var(--soft);font-size:13px}\n"
	".wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
	"th,td{padding:.15rem .7rem .15rem 0;text-align:right;border-bottom:1px solid var(--line)}th:first-child,td:first-child{text-align:left}\n"
	"svg{max-width:100%}svg text{fill:var(--soft);font:11px system-ui,sans-serif}\n"
	".key span{display:inline-block;margin-right:1rem}.key i{display:inline-block;width:.8em;height:.8em;margin-right:.35em}\n"
	"pre{background:var(--band);padding:.8rem;overflow-x:auto}\n";

static void add_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.s[i]) {
		case '<':
			buf_addz(b, "&lt;");
			break;
		case '>':
			buf_addz(b, "&gt;");
			break;
		case '&':
			buf_addz(b, "&amp;");
			break;
		case '"':
			buf_addz(b, "&quot;");
			break;
		default:
			buf_addc(b, s.s[i]);
		}
	}
}

static double part(int64_t k, int64_t n)
{
	return n ? (double)k / (double)n : 0;
}

/* ---- charts */

static void svg_begin(struct buf *b, const char *what, const char *of)
{
	buf_addf(b, "<svg width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s, %s\">\n", WIDTH, HEIGHT, WIDTH,
		 HEIGHT, what, of);
}

static void svg_end(struct buf *b, const char *below)
{
	buf_addf(b, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text></svg>\n", LEFT + plot_width / 2, HEIGHT - 4, below);
}

static void rect(struct buf *b, double x, double y, double w, double h, const char *colour)
{
	buf_addf(b, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"var(--%s)\"", x, y, w, h, colour);
}

__attribute__((format(printf, 2, 3))) static void titled(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_addz(b, "><title>");
	buf_vaddf(b, fmt, ap);
	buf_addz(b, "</title></rect>\n");
	va_end(ap);
}

/* A line at `part` of the height, with its number. */
static void grid_line(struct buf *b, double at, const char *text)
{
	double y = TOP + plot_height * (1 - at);

	buf_addf(b,
		 "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"var(--line)\"/><text x=\"%d\" y=\"%.1f\" "
		 "text-anchor=\"end\">%s</text>\n",
		 LEFT, WIDTH - RIGHT, y, y, LEFT - 4, y + 4, text);
}

static void tick(struct buf *b, double x, const char *text)
{
	buf_addf(b, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>\n", x, TOP + plot_height + 13, text);
}

/* 1, 2 or 5 times a power of ten, not below v. */
static int64_t round_up(int64_t v)
{
	int64_t p = 1;

	while (10 * p < v)
		p *= 10;
	return v <= p ? p : v <= 2 * p ? 2 * p : v <= 5 * p ? 5 * p : 10 * p;
}

/* Returns the number at the top of the y axis. */
static double count_axis(struct buf *b, const int64_t *v, int n)
{
	int64_t most = 1, top;
	char t[24];

	for (int i = 0; i < n; i++)
		most = v[i] > most ? v[i] : most;
	top = round_up(most);
	snprintf(t, sizeof(t), "%lld", (long long)top);
	grid_line(b, 1, t);
	grid_line(b, 0, "0");
	return (double)top;
}

static void rate_chart(struct buf *b, const struct task_stats *t, const struct stats *st, const struct dataset_plan *plan)
{
	int n = st->bins + 1;
	double step = plot_width / n, top;

	buf_addz(b, "<figure>");
	svg_begin(b, "prompts by pass rate", t->name);
	for (int i = 1; i < n; i++)
		if ((double)i / st->bins >= plan->limits.lo && (double)i / st->bins <= plan->limits.hi) {
			rect(b, LEFT + step * i, TOP, step, plot_height, "band");
			buf_addz(b, "/>\n");
			rect(b, LEFT + step * i, TOP + plot_height, step, 3, "kept"); /* where bars hide the band */
			buf_addz(b, "/>\n");
		}
	top = count_axis(b, t->rate, n);
	for (int i = 0; i < n; i++) {
		double h = plot_height * (double)t->rate[i] / top;

		if (t->rate[i] == 0)
			continue;
		rect(b, LEFT + step * i + 1, TOP + plot_height - h, step - 2, h, "one");
		titled(b, "pass rate %.3g: %lld prompts", (double)i / st->bins, (long long)t->rate[i]);
	}
	tick(b, LEFT + step / 2, "0");
	tick(b, LEFT + plot_width / 2, "0.5");
	tick(b, LEFT + plot_width - step / 2, "1");
	svg_end(b, "pass rate (shaded: within the filter)");
	buf_addz(b, "<figcaption>Prompts by pass rate</figcaption></figure>\n");
}

static void length_chart(struct buf *b, const struct task_stats *t)
{
	int from = 0, to = LENGTH_BINS - 1;
	double step, top;

	while (from < to && t->length[0][from] == 0)
		from++;
	while (to > from && t->length[0][to] == 0)
		to--;
	step = plot_width / (to - from + 1);
	buf_addz(b, "<figure>");
	svg_begin(b, "samples by length", t->name);
	top = count_axis(b, t->length[0] + from, to - from + 1);
	for (int i = from; i <= to; i++) {
		int64_t all = t->length[0][i], right = t->length[1][i];
		double x = LEFT + step * (i - from) + 0.5, w = step > 2 ? step - 1 : step, y = TOP + plot_height;
		double h = plot_height * (double)all / top, r = plot_height * (double)right / top;
		uint32_t lo = length_bin_from(i), hi = length_bin_from(i + 1) - 1;

		if (all == 0)
			continue;
		rect(b, x, y - h, w, h - r, "two");
		titled(b, "%u to %u: %lld samples, %lld of them right", lo, hi, (long long)all, (long long)right);
		rect(b, x, y - r, w, r, "one");
		titled(b, "%u to %u: %lld samples, %lld of them right", lo, hi, (long long)all, (long long)right);
	}
	for (int i = 0; i < 3; i++) {
		int bin = from + (to - from) * i / 2;
		char text[16];

		snprintf(text, sizeof(text), "%u", length_bin_from(bin));
		if (i == 0 || to - from >= 4)
			tick(b, LEFT + step * (bin - from + 0.5), text);
	}
	svg_end(b, "tokens, in steps of a quarter octave");
	buf_addz(b, "<figcaption>Samples by length</figcaption></figure>\n");
}

static void level_chart(struct buf *b, const struct task_stats *t)
{
	double step = plot_width / LEVELS, height = plot_height, last_x = -1, last_y = 0;

	buf_addz(b, "<figure>");
	svg_begin(b, "pass rate by difficulty", t->name);
	grid_line(b, 1, "1");
	grid_line(b, 0.5, "0.5");
	grid_line(b, 0, "0");
	for (int i = 0; i < LEVELS; i++) {
		const struct level_stats *l = &t->level[i];
		double x = LEFT + step * (i + 0.5), y;
		struct span s;
		char text[16];

		snprintf(text, sizeof(text), "%d", i);
		tick(b, x, text);
		if (l->n == 0)
			continue;
		y = TOP + height * (1 - part(l->k, l->n));
		s = span_wilson(l->n, l->k);
		if (last_x >= 0)
			buf_addf(b, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"var(--one)\" stroke-width=\"2\"/>\n", last_x,
				 last_y, x, y);
		buf_addf(b, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"var(--soft)\"/>\n", x, x,
			 TOP + height * (1 - s.lo), TOP + height * (1 - s.hi));
		buf_addf(b,
			 "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"var(--one)\"><title>difficulty %d: %lld of %lld samples right "
			 "(%.1f %%), %lld of %lld prompts kept</title></circle>\n",
			 x, y, i, (long long)l->k, (long long)l->n, 100 * part(l->k, l->n), (long long)l->kept, (long long)l->prompts);
		last_x = x;
		last_y = y;
	}
	svg_end(b, "difficulty");
	buf_addz(b, "<figcaption>Samples right by difficulty, with 95 % intervals</figcaption></figure>\n");
}

/* ---- sections */

static void add_tiles(struct buf *b, const struct stats *st, const struct shards *s)
{
	const struct task_stats *all = &st->all;
	int64_t bytes = 0;

	for (size_t i = 0; i < s->n; i++)
		bytes += s->at[i].info.bytes;
	buf_addz(b, "<div class=\"tiles\">");
	buf_addf(b, "<div><b>%lld</b>prompts</div><div><b>%lld</b>samples</div><div><b>%.1f %%</b>of them right</div>", (long long)all->prompts,
		 (long long)all->samples, 100 * part(all->right, all->samples - all->errors));
	buf_addf(b, "<div><b>%lld</b>prompts kept (%.1f %%)</div><div><b>%.1f MiB</b>in %zu shards</div></div>\n", (long long)all->fate[FATE_KEPT],
		 100 * part(all->fate[FATE_KEPT], all->prompts), (double)bytes / (1 << 20), s->n);
}

static void add_views(struct buf *b, const struct stats *st)
{
	buf_addz(b, "<h2>Views</h2>\n<table><tr><th>view<th>train<th>validation</tr>\n");
	for (int v = 0; v < VIEWS; v++)
		buf_addf(b, "<tr><td>%s<td>%lld<td>%lld</tr>\n", view_name(v), (long long)st->rows[v][SPLIT_TRAIN],
			 (long long)st->rows[v][SPLIT_VALIDATION]);
	buf_addz(b, "</table>\n");
}

static void fate_bar(struct buf *b, const struct task_stats *t)
{
	double x = 0;

	buf_addf(b, "<svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"fates of the prompts of %s\">", BAR_WIDTH, BAR_HEIGHT, t->name);
	for (int f = 0; f < FATES; f++) {
		double w = BAR_WIDTH * part(t->fate[f], t->prompts);

		if (t->fate[f] == 0)
			continue;
		/* a gap of one, as long as something is left */
		rect(b, x, 0, w > 2 ? w - 1 : w, BAR_HEIGHT, fate_name((enum fate)f));
		titled(b, "%s: %lld of %lld", fate_name((enum fate)f), (long long)t->fate[f], (long long)t->prompts);
		x += w;
	}
	buf_addz(b, "</svg>");
}

static void add_fates(struct buf *b, const struct stats *st, const struct dataset_plan *p)
{
	struct buf rule = BUF_INIT;

	buf_addz(b, "<h2>Kept and dropped</h2>\n");
	limits_tell(&rule, &p->limits);
	buf_addz(b, "<p>");
	add_text(b, buf_str(&rule));
	buf_addz(b, " What is dropped as <code>none_right</code> waits in the view <code>deferred</code>.</p>\n");
	buf_release(&rule);
	buf_addz(b, "<p class=\"key\">");
	for (int f = 0; f < FATES; f++)
		if (st->all.fate[f])
			buf_addf(b, "<span><i style=\"background:var(--%s)\"></i>%s</span>", fate_name((enum fate)f), fate_name((enum fate)f));
	buf_addz(b, "</p>\n<div class=\"wide\"><table><tr><th>task<th>");
	for (int f = 0; f < FATES; f++)
		if (st->all.fate[f])
			buf_addf(b, "<th>%s", fate_name((enum fate)f));
	buf_addz(b, "</tr>\n");
	for (int i = 0; i <= st->tasks; i++) {
		const struct task_stats *t = i < st->tasks ? &st->task[i] : &st->all;

		buf_addz(b, "<tr><td>");
		add_text(b, str_of(t->name));
		buf_addz(b, "<td>");
		fate_bar(b, t);
		for (int f = 0; f < FATES; f++)
			if (st->all.fate[f])
				buf_addf(b, "<td>%lld", (long long)t->fate[f]);
		buf_addz(b, "</tr>\n");
	}
	buf_addz(b, "</table></div>\n");
}

/* Pass rates with their intervals, and pass@m. */
static void add_rates(struct buf *b, const struct stats *st, const struct dataset_plan *p)
{
	int most = 0;

	while (most < PASS_ATS && st->all.pass.prompts[most])
		most++;
	buf_addz(b, "<h2>Pass rates</h2>\n<p>Of all samples, with intervals of 95 % (Wilson&rsquo;s; Clopper and Pearson&rsquo;s); and the chance that one of m "
		    "samples is right, the unbiased mean over the prompts that have m.");
	if (p->limits.stopping != STOPPING_NONE)
		buf_addz(b, " Sampling stopped early here, so that prompts which were hard to decide have more samples than others: pass@m counts the "
			    "first ones of each, those that it has however they come out.");
	buf_addz(b, "</p>\n<div class=\"wide\"><table><tr><th>task<th>samples<th>right<th>Wilson<th>exact");
	for (int i = 0; i < most; i++)
		buf_addf(b, "<th>pass@%d", 1 << i);
	buf_addz(b, "</tr>\n");
	for (int i = 0; i <= st->tasks; i++) {
		const struct task_stats *t = i < st->tasks ? &st->task[i] : &st->all;
		int64_t n = t->samples - t->errors;
		struct span w = span_wilson(n, t->right), e = span_exact(n, t->right);

		buf_addz(b, "<tr><td>");
		add_text(b, str_of(t->name));
		buf_addf(b, "<td>%lld<td>%.1f %%<td>%.1f to %.1f %%<td>%.1f to %.1f %%", (long long)n, 100 * part(t->right, n), 100 * w.lo, 100 * w.hi,
			 100 * e.lo, 100 * e.hi);
		for (int m = 0; m < most; m++)
			if (t->pass.prompts[m])
				buf_addf(b, "<td>%.1f %%", 100 * pass_ats_mean(&t->pass, m));
			else
				buf_addz(b, "<td>");
		buf_addz(b, "</tr>\n");
	}
	buf_addz(b, "</table></div>\n");
}

/* Who answered, where there are several. */
static void add_models(struct buf *b, const struct stats *st, const struct about *about)
{
	if (about->limits.models < 2)
		return;
	buf_addz(b, "<h2>Models</h2>\n<p>The first column says who decides what is kept; all other figures of this page are that model&rsquo;s.</p>\n"
		    "<table><tr><th><th>model<th>samples<th>right<th>Wilson</tr>\n");
	for (int m = 0; m < about->limits.models; m++) {
		int64_t n = st->model[m].samples - st->model[m].errors;
		struct span w = span_wilson(n, st->model[m].right);

		buf_addf(b, "<tr><td>%s<td>", m == about->limits.model ? "decides" : "");
		add_text(b, about->by[m].name);
		buf_addf(b, "<td>%lld<td>%.1f %%<td>%.1f to %.1f %%</tr>\n", (long long)n, 100 * part(st->model[m].right, n), 100 * w.lo, 100 * w.hi);
	}
	buf_addz(b, "</table>\n");
}

static void add_traits(struct buf *b, const struct stats *st)
{
	buf_addz(b, "<h2>Right answers to kept prompts</h2>\n<table><tr><th>for the view sft<th>answers</tr>\n");
	for (int t = 0; t < TRAITS; t++)
		buf_addf(b, "<tr><td>%s<td>%lld</tr>\n", trait_name((enum trait)t), (long long)st->trait[t]);
	buf_addz(b, "</table>\n");
}

static void add_task(struct buf *b, const struct task_stats *t, const struct stats *st, const struct dataset_plan *plan)
{
	buf_addz(b, "<h3>");
	add_text(b, str_of(t->name));
	buf_addf(b, "</h3>\n<p class=\"soft\">%lld prompts, %lld samples, %.1f %% right, %lld kept; %lld samples cut by the token limit", (long long)t->prompts,
		 (long long)t->samples, 100 * part(t->right, t->samples - t->errors), (long long)t->fate[FATE_KEPT], (long long)t->cut);
	if (t->errors)
		buf_addf(b, ", %lld ended in an error", (long long)t->errors);
	buf_addz(b, ".</p>\n<div class=\"charts\">\n");
	rate_chart(b, t, st, plan);
	length_chart(b, t);
	level_chart(b, t);
	buf_addz(b, "</div>\n");
}

static void add_shards(struct buf *b, const struct shards *s)
{
	buf_addz(b, "<h2>Shards</h2>\n<div class=\"wide\"><table><tr><th>file<th>rows<th>bytes<th>of text<th>sha256 of the text</tr>\n");
	for (size_t i = 0; i < s->n; i++) {
		const struct shard_entry *e = &s->at[i];

		buf_addf(b, "<tr><td>%s<td>%lld<td>%lld<td>%lld<td><code>%.16s</code>&hellip;</tr>\n", e->path, (long long)e->info.rows,
			 (long long)e->info.bytes, (long long)e->info.text_bytes, e->info.content_sha256);
	}
	buf_addz(b, "</table></div>\n");
}

static void add_pre(struct buf *b, const char *title, struct str text)
{
	if (text.n == 0)
		return;
	buf_addf(b, "<h2>%s</h2>\n<pre>", title);
	add_text(b, text);
	buf_addz(b, "</pre>\n");
}

void report_write(struct buf *b, const struct dataset_plan *plan, const struct shards *shards, const struct stats *st,
		  const struct about *about)
{
	buf_addz(b, "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" "
		    "content=\"width=device-width,initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>");
	add_text(b, str_of(plan->name));
	buf_addf(b, "</title>\n<style>\n%s</style></head>\n<body>\n<h1>", style);
	add_text(b, str_of(plan->name));
	buf_addz(b, "</h1>\n<p class=\"soft\">Puzzles invented and judged by quarry, answered by ");
	add_text(b, about->model_name);
	buf_addz(b, ".</p>\n");
	if (plan->demonstration)
		buf_addz(b, "<p class=\"note\"><b>This is a demonstration, not training data.</b> The answers were drawn from the small model that comes with "
			    "quarry; pass rates are that model's.</p>\n");
	add_tiles(b, st, shards);
	add_fates(b, st, plan);
	add_rates(b, st, plan);
	add_models(b, st, about);
	add_views(b, st);
	add_traits(b, st);
	buf_addz(b, "<h2>Tasks</h2>\n<p class=\"key\"><span><i style=\"background:var(--one)\"></i>right</span><span><i "
		    "style=\"background:var(--two)\"></i>not right</span></p>\n");
	for (int i = 0; i < st->tasks; i++)
		add_task(b, &st->task[i], st, plan);
	if (st->tasks > 1)
		add_task(b, &st->all, st, plan);
	add_shards(b, shards);
	add_pre(b, "Recipe", plan->recipe);
	add_pre(b, "Provenance", plan->provenance);
	buf_addz(b, "</body>\n</html>\n");
}
