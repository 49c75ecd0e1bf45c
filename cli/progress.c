/* progress.c - how far, how fast, how long yet; see progress.h. */
#include "cli/progress.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void progress_start(struct progress *p, const char *what, const char *unit, uint64_t total, const struct common *c)
{
	const char *term = getenv("TERM");

	*p = (struct progress){ .what = what, .unit = unit, .total = total, .off = c->quiet };
	p->terminal = isatty(STDERR_FILENO) && !c->log_json && term && strcmp(term, "dumb");
	p->start = p->shown = clock_s();
}

/* "1:05", "2:03:09" */
static void clock_text(char *to, size_t cap, double s)
{
	long t = s > 0 && s < 1e7 ? (long)(s + 0.5) : 0;

	if (t >= 3600)
		snprintf(to, cap, "%ld:%02ld:%02ld", t / 3600, t / 60 % 60, t % 60);
	else
		snprintf(to, cap, "%ld:%02ld", t / 60, t % 60);
}

static void show(struct progress *p, double t, bool last)
{
	double spent = t - p->start, rate = spent > 0 ? (double)(p->done - p->before) / spent : 0;
	char line[256], took[32], eta[32];
	int width = 80;
	struct winsize w;

	clock_text(took, sizeof(took), spent);
	clock_text(eta, sizeof(eta), rate > 0 && p->total > p->done ? (double)(p->total - p->done) / rate : 0);
	if (p->total)
		snprintf(line, sizeof(line), "%s: %llu of %llu %s (%.0f %%), %.0f/s, %s%s", p->what,
			 (unsigned long long)p->done, (unsigned long long)p->total, p->unit,
			 100.0 * (double)p->done / (double)p->total, rate, last ? "took " : "ETA ", last ? took : eta);
	else
		snprintf(line, sizeof(line), "%s: %llu %s, %.0f/s, took %s", p->what, (unsigned long long)p->done, p->unit,
			 rate, took);
	if (!p->terminal) {
		struct buf members = BUF_INIT;

		/* log_event wants members without braces */
		json_key(&members, "done");
		json_add_u64(&members, p->done);
		json_key(&members, "total");
		json_add_u64(&members, p->total);
		json_key(&members, "rate");
		json_add_f64(&members, rate);
		json_key(&members, "seconds");
		json_add_f64(&members, spent);
		log_event(LOG_INFO, buf_str(&members), "%s", line);
		buf_release(&members);
		return;
	}
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 10)
		width = w.ws_col;
	fprintf(stderr, "\r%.*s\033[K%s", width - 1, line, last ? "\n" : "");
	fflush(stderr);
	p->drawn = true;
}

static void maybe(struct progress *p)
{
	double t;

	if (p->off)
		return;
	t = clock_s();
	if (t - p->shown < (p->terminal ? 0.1 : 30.0))
		return;
	p->shown = t;
	show(p, t, false);
}

void progress_add(struct progress *p, uint64_t n)
{
	p->done += n;
	maybe(p);
}

void progress_resume(struct progress *p, uint64_t n)
{
	p->done += n;
	p->before += n;
}

void progress_end(struct progress *p)
{
	double t = clock_s();

	/* a job of under a second has nothing to tell a log */
	if (!p->off && (p->drawn || t - p->start > 1.0))
		show(p, t, true);
}
