/* tune_svg.c - pass rate against difficulty as a picture that stands alone, for light and dark; see tune.h. */
#include "cli/tune.h"
#include "datasets/passrate.h"

#include <math.h>

enum { WIDTH = 640, HEIGHT = 400, LEFT = 50, RIGHT = 16, TOP = 34, FOOT = 60, COLOURS = 6 };

static const double plot_width = WIDTH - LEFT - RIGHT, plot_height = HEIGHT - TOP - FOOT;

static const char style[] =
	"<style>svg{background:#fcfcfb}text{font:12px system-ui,sans-serif;fill:#5f5e58}.head{font-size:14px;fill:#1c1c1a}"
	".line{stroke:#d9d8d2}.goal{stroke:#1c1c1a;stroke-dasharray:4 4;fill:none}.near{fill:#1c1c1a;opacity:.06}.band{opacity:.15}"
	".c0{color:#2a6fbb}.c1{color:#d06320}.c2{color:#1b8a5a}.c3{color:#b5507f}.c4{color:#c99700}.c5{color:#7a6fb0}"
	"@media(prefers-color-scheme:dark){svg{background:#1a1a19}text{fill:#a5a39a}.head{fill:#eeede8}.line{stroke:#3a3a37}"
	".goal{stroke:#eeede8}.near{fill:#eeede8}.c0{color:#5b9be0}.c1{color:#e58049}.c2{color:#35b57d}.c3{color:#d678a4}.c4{color:#e0b53a}"
	".c5{color:#a79de0}}</style>\n";

static double x_of(int tenths)
{
	return LEFT + plot_width * tenths / 100.0;
}

static double y_of(double rate)
{
	return TOP + plot_height * (1 - rate);
}

static void add_escaped(struct buf *b, const char *text)
{
	for (; *text; text++) {
		if (*text == '<' || *text == '>' || *text == '&' || *text == '"')
			buf_addf(b, "&#%d;", *text);
		else
			buf_addc(b, *text);
	}
}

static void axes(struct buf *b)
{
	for (int i = 0; i <= 4; i++)
		buf_addf(b,
			 "<line class=\"line\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.2f</text>\n", LEFT,
			 WIDTH - RIGHT, y_of(i / 4.0), y_of(i / 4.0), LEFT - 6, y_of(i / 4.0) + 4, i / 4.0);
	for (int i = 0; i < CURVE_LEVELS; i++)
		buf_addf(b, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>\n", x_of(10 * i), HEIGHT - FOOT + 16, i);
	buf_addf(b, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">difficulty</text>\n", LEFT + plot_width / 2, HEIGHT - 10);
}

static void goal_lines(struct buf *b, const struct cell *c, int goals)
{
	for (int i = 0; i < goals; i++) {
		double lo = fmax(c->goals[i].lo, 0), hi = fmin(c->goals[i].hi, 1);

		buf_addf(b,
			 "<rect class=\"near\" x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/><line class=\"goal\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n",
			 LEFT, y_of(hi), plot_width, plot_height * (hi - lo), LEFT, WIDTH - RIGHT, y_of(c->goals[i].rate), y_of(c->goals[i].rate));
	}
}

/* What is believed: the mean, and where 95 % of the belief lies. */
static void curve(struct buf *b, const struct cell *c)
{
	int lo, hi;

	tune_range(c->source, &lo, &hi);
	buf_addz(b, "<polygon class=\"band\" fill=\"currentColor\" points=\"");
	for (int d = lo; d <= hi; d++)
		buf_addf(b, "%.1f,%.1f ", x_of(d), y_of(c->rates[d].hi));
	for (int d = hi; d >= lo; d--)
		buf_addf(b, "%.1f,%.1f ", x_of(d), y_of(c->rates[d].lo));
	buf_addz(b, "\"/>\n<polyline fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" points=\"");
	for (int d = lo; d <= hi; d++)
		buf_addf(b, "%.1f,%.1f ", x_of(d), y_of(c->rates[d].mean));
	buf_addz(b, "\"/>\n");
}

/* What was seen: k of n at each level that was asked, with Wilson's interval; the more, the larger. */
static void points(struct buf *b, const struct cell *c, double shift)
{
	for (int i = 0; i < CURVE_LEVELS; i++) {
		const struct curve_level *l = &c->level[i];
		struct span s = span_wilson(l->n, l->k);
		double x = x_of(10 * i) + shift;

		if (l->n == 0)
			continue;
		buf_addf(b, "<line stroke=\"currentColor\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>\n", x, x, y_of(s.lo), y_of(s.hi));
		buf_addf(b,
			 "<circle fill=\"currentColor\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>level %d: %d of %d right, 95 %% within %.3f to "
			 "%.3f</title></circle>\n",
			 x, y_of((double)l->k / l->n), 2.5 + sqrt(l->n) / 3, i, l->k, l->n, s.lo, s.hi);
	}
}

/* Where the goals are met: a stroke up from the axis. */
static void answers(struct buf *b, const struct cell *c, int goals)
{
	for (int i = 0; i < goals; i++) {
		const struct goal_found *f = &c->found[i];

		if (f->state != GOAL_TUNED && f->state != GOAL_OPEN)
			continue;
		buf_addf(b,
			 "<line stroke=\"currentColor\" stroke-dasharray=\"2 3\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"><title>difficulty %.1f: %.3f, "
			 "95 %% within %.3f to %.3f</title></line>\n",
			 x_of(f->tenths), x_of(f->tenths), y_of(0), y_of(f->at.mean), f->tenths / 10.0, f->at.mean, f->at.lo, f->at.hi);
		buf_addf(b, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"currentColor\">%.1f</text>\n", x_of(f->tenths), HEIGHT - FOOT + 30,
			 f->tenths / 10.0);
	}
}

void tune_svg(struct buf *b, const struct tuning *g, const struct cell *cells, int n)
{
	int goals = g->r->tune.naims;
	const char *task = cells->source->wish.ask.task->name;

	buf_addf(b,
		 "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"pass rate of %s "
		 "by difficulty\">\n",
		 WIDTH, HEIGHT, WIDTH, HEIGHT, task);
	buf_addz(b, style);
	buf_addf(b, "<text class=\"head\" x=\"%d\" y=\"20\">%s: pass rate by difficulty</text>\n", LEFT, task);
	axes(b);
	goal_lines(b, cells, goals);
	for (int i = 0; i < n; i++) {
		buf_addf(b, "<g class=\"c%d\">\n", i % COLOURS);
		curve(b, &cells[i]);
		points(b, &cells[i], 3.0 * (i - (n - 1) / 2.0));
		answers(b, &cells[i], goals);
		buf_addf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" style=\"fill:currentColor\">", WIDTH - RIGHT - 4, TOP + 16 + 15 * i);
		add_escaped(b, g->model[cells[i].model].who.name);
		buf_addf(b, ", %d samples</text>\n</g>\n", cells[i].n);
	}
	buf_addz(b, "</svg>\n");
}
