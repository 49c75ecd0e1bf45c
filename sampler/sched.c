/*
 * sched.c - continuous batching: every step carries one token of each sample under way and, beside them, a stretch of
 * a prompt that comes next.
 *
 * A prompt is computed once, in a sequence of its own; its samples fork from it. When the pool of pages runs out, the
 * youngest sample of the youngest prompt gives its pages back and is computed again later: the same tokens, since they
 * are kept. The oldest sample always goes on, so the job does.
 *
 * None of this can be seen in the samples: the engine's logits hang on a sequence's own tokens alone, and the draws on
 * (seed, prompt key, sample, position) alone.
 */
#include "sampler/sched.h"

#include "sampler/pick.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum state { WANTED, RUNNING, PARKED /* gave its pages back */, OVER };

struct group;

struct work { /* one sample */
	struct group *group;
	int index;
	enum state state;
	int seq;             /* in the engine, while RUNNING */
	size_t fed;          /* of out's tokens, those in seq */
	struct tok_ids out;  /* drawn so far */
	struct buf text;     /* what they say */
	double logprob, entropy; /* sums over out */
};

struct group { /* one prompt */
	struct group *next; /* the next younger one */
	uint64_t age;       /* prompts before it */
	uint64_t index, key;
	void *tag;
	struct tok_ids prompt;
	int seq;        /* holds prompt's first `fed` tokens; -1: none */
	size_t fed;
	float *logits;  /* behind the prompt's last token; NULL: never computed */
	struct work *work;
	int n;          /* of them */
	int left;       /* not OVER */
	int pending;    /* WANTED or PARKED */
	int running;
	int scan;       /* no pending one has a lower index */
};

/* Who a row of the step belongs to: a sample, or with work NULL a prompt. */
struct owner {
	struct group *group;
	struct work *work;
	int draw; /* a sample's: which of the step's draws is its */
};

/* Each of the engine's threads draws with one that is not busy: there are as many. */
struct desk {
	struct picker *picker;
	atomic_flag busy;
};

struct sched {
	const struct sched_setup *to;
	const struct sampling *how;
	const struct sample_job *job;
	struct err *err;
	struct desk *desk;
	int desks;
	struct group *first, *last; /* oldest to youngest */
	uint64_t groups;            /* so far */
	struct work **run;          /* oldest start first */
	int nrun;
	bool no_more;               /* next() has said so */
	struct engine_row *row;
	int rows, max_rows;
	struct owner *wants;        /* of the rows that want logits, in their order */
	int nwants;
	struct draw_one *drawn;     /* (max_rows) of the samples among them */
	int ndrawn;
	double length;              /* mean length of the samples that are done, in tokens */
	uint64_t lengths;           /* how many that were */
};

static int no_memory(struct sched *s)
{
	return err_set(s->err, "out of memory");
}

static size_t pages(size_t tokens)
{
	return (tokens + ENGINE_PAGE - 1) / ENGINE_PAGE;
}

/* ---- the end of samples and prompts ---- */

static void prompt_leave(struct sched *s, struct group *g)
{
	if (g->seq >= 0)
		engine_seq_free(s->to->engine, g->seq);
	g->seq = -1;
	g->fed = 0;
}

/* Take a running sample off the engine; its tokens stay. */
static void work_leave(struct sched *s, struct work *w)
{
	if (w->state != RUNNING)
		return;
	engine_seq_free(s->to->engine, w->seq);
	w->fed = 0;
	w->group->running--;
	w->state = PARKED;
	w->group->pending++;
	if (w->index < w->group->scan)
		w->group->scan = w->index;
}

static void work_over(struct sched *s, struct work *w)
{
	work_leave(s, w);
	assert(w->state != OVER);
	w->state = OVER;
	w->group->pending--;
	w->group->left--;
	tok_ids_release(&w->out);
	buf_release(&w->text);
}

static void group_free(struct sched *s, struct group *g)
{
	for (int i = 0; i < g->n; i++)
		if (g->work[i].state != OVER)
			work_over(s, &g->work[i]);
	prompt_leave(s, g);
	tok_ids_release(&g->prompt);
	free(g->logits);
	free(g->work);
	free(g);
}

/* A sample has come out: tell, and ask whether its siblings are still wanted. */
static int deliver(struct sched *s, struct work *w, enum sample_finish finish, const char *why)
{
	struct group *g = w->group;
	double n = (double)w->out.n;
	struct buf text = BUF_INIT;
	struct sample out = {
		.prompt = g->index, .tag = g->tag, .index = w->index, .finish = finish, .why = why,
		.tokens = (int)w->out.n, .prompt_tokens = (int)g->prompt.n, .has_stats = w->out.n > 0,
		.logprob_mean = w->out.n ? w->logprob / n : 0, .entropy_mean = w->out.n ? w->entropy / n : 0,
	};
	int rc;

	tok_text(s->to->tok, buf_str(&w->text), &text);
	out.text = buf_str(&text);
	rc = w->text.failed || text.failed ? no_memory(s) : s->job->done(s->job->ctx, &out, s->err);
	buf_release(&text);
	if (rc < 0)
		return ERR_FAIL;
	if (finish != SAMPLE_ERROR)
		s->length += (n - s->length) / (double)++s->lengths;
	work_over(s, w);
	for (int i = 0; s->job->stop && g->left && i < g->n; i++) {
		struct work *other = &g->work[i];

		if (other->state != OVER && s->job->stop(s->job->ctx, g->index, g->tag, i, tok_whole(s->to->tok, buf_str(&other->text))))
			work_over(s, other);
	}
	return 0;
}

static int fail_all(struct sched *s, struct group *g, const char *why)
{
	for (int i = 0; i < g->n; i++)
		if (g->work[i].state != OVER && deliver(s, &g->work[i], SAMPLE_ERROR, why) < 0)
			return ERR_FAIL;
	return 0;
}

/* Forget what is over: samples on the run list, prompts without any left. */
static void sweep(struct sched *s)
{
	struct group **at = &s->first;
	int n = 0;

	for (int i = 0; i < s->nrun; i++)
		if (s->run[i]->state == RUNNING)
			s->run[n++] = s->run[i];
	s->nrun = n;
	s->last = NULL;
	while (*at) {
		struct group *g = *at;

		if (g->left == 0) {
			*at = g->next;
			group_free(s, g);
		} else {
			s->last = g;
			at = &g->next;
		}
	}
}

/* ---- tokens ---- */

static bool is_end(const struct sched *s, int32_t id)
{
	for (int i = 0; i < s->to->info->eos_count; i++)
		if (s->to->info->eos[i] == id)
			return true;
	return id == s->to->chat->end;
}

/* Control tokens are no text, but for the marks of a thought, which whoever reads the answer must see. */
static bool is_text(const struct tok *t, int32_t id)
{
	struct str s = tok_bytes(t, id);

	return !tok_special(t, id) || str_is(s, "<think>") || str_is(s, "</think>");
}

/* The first stop string in text, which was searched up to byte `old` before; -1: none. */
static ptrdiff_t stop_find(const struct sampling *how, struct str text, size_t old)
{
	ptrdiff_t first = -1;

	for (int i = 0; i < how->nstop; i++) {
		struct str stop = str_of(how->stop[i]);
		size_t from = old >= stop.n ? old - stop.n + 1 : 0;
		ptrdiff_t at = str_find(str_from(text, from), stop);

		if (at >= 0 && (first < 0 || (ptrdiff_t)from + at < first))
			first = (ptrdiff_t)from + at;
	}
	return first;
}

/* The sample's next token; end it if that was the last one. */
static int drawn(struct sched *s, struct work *w, const struct draw_one *got)
{
	struct group *g = w->group;
	size_t old = w->text.n;
	ptrdiff_t cut;

	if (got->id < 0)
		return deliver(s, w, SAMPLE_ERROR, "the model's logits are not finite");
	if (!tok_ids_add(&w->out, got->id))
		return no_memory(s);
	w->logprob += got->logprob;
	w->entropy += got->entropy;
	if (is_end(s, got->id))
		return deliver(s, w, SAMPLE_STOP, "");
	if (is_text(s->to->tok, got->id))
		buf_add(&w->text, tok_bytes(s->to->tok, got->id));
	cut = stop_find(s->how, buf_str(&w->text), old);
	if (cut >= 0) {
		buf_cut(&w->text, (size_t)cut);
		return deliver(s, w, SAMPLE_STOP, "");
	}
	if ((int)w->out.n >= s->how->max_tokens || (int)(g->prompt.n + w->out.n) > s->to->info->max_positions)
		return deliver(s, w, SAMPLE_LENGTH, "");
	return 0;
}

static uint64_t key_of(const struct sched *s, const struct work *w)
{
	return pick_key(s->how->seed, w->group->key, w->index);
}

static struct draw_one draw_of(const struct sched *s, const struct work *w, int row)
{
	return (struct draw_one){ .key = key_of(s, w), .position = (uint32_t)w->out.n, .row = row };
}

/* On any of the engine's threads. */
static void draw(struct sched *s, struct draw_one *d, const float *logits)
{
	struct pick got = { 0 };
	int i = 0;

	while (atomic_flag_test_and_set(&s->desk[i].busy))
		i = (i + 1) % s->desks;
	d->id = pick(s->desk[i].picker, logits, d->key, d->position, &got) ? got.id : -1;
	d->logprob = got.logprob;
	d->entropy = got.entropy;
	atomic_flag_clear(&s->desk[i].busy);
}

/* ---- pages ---- */

/* The sample under way that goes first when pages are short: of the youngest prompt the one begun last. */
static int youngest(const struct sched *s)
{
	int who = 0;

	for (int i = 1; i < s->nrun; i++)
		if (s->run[i]->group->age >= s->run[who]->group->age)
			who = i;
	return who;
}

/* The youngest prompt that holds pages, is not `keep` and, if so asked, has no sample under way. */
static struct group *holder(const struct sched *s, const struct group *keep, bool idle)
{
	struct group *found = NULL;

	for (struct group *g = s->first; g; g = g->next)
		if (g->seq >= 0 && g != keep && !(idle && g->running))
			found = g;
	return found;
}

/*
 * Give back pages, what is cheapest to compute again first: prompts computed ahead, then samples from the youngest on,
 * then the prompts of the one sample that is left. Prompt `keep` stays. False: there is nothing more to give.
 */
static bool give_back(struct sched *s, const struct group *keep)
{
	struct group *g = holder(s, keep, true);

	if (!g && s->nrun > 1) {
		int who = youngest(s);

		work_leave(s, s->run[who]);
		memmove(s->run + who, s->run + who + 1, (size_t)(s->nrun - who - 1) * sizeof(*s->run));
		s->nrun--;
		return true;
	}
	if (!g)
		g = holder(s, keep, false);
	if (g)
		prompt_leave(s, g);
	return g != NULL;
}

/* ---- admission ---- */

/* Tokens that a sample is likely still to draw. */
static size_t expected(const struct sched *s, size_t drawn)
{
	double whole = s->lengths ? s->length : s->how->max_tokens < 128 ? s->how->max_tokens : 128;

	return whole > (double)drawn ? (size_t)(whole - (double)drawn) + 1 : 1;
}

/* Are there pages for `more` beside those that the samples and prompts under way will want? */
static bool fits(const struct sched *s, size_t more)
{
	size_t promised = 0;

	for (int i = 0; i < s->nrun; i++)
		promised += pages(expected(s, s->run[i]->out.n) + s->run[i]->out.n - s->run[i]->fed);
	for (const struct group *g = s->first; g; g = g->next)
		if (g->seq >= 0)
			promised += pages(g->prompt.n - g->fed);
	return engine_pages_free(s->to->engine) >= promised + more;
}

static int group_new(struct sched *s, const struct sample_prompt *p)
{
	struct group *g = calloc(1, sizeof(*g));
	char why[sizeof(s->err->msg)];

	if (!g)
		return no_memory(s);
	g->index = p->index;
	g->key = p->key;
	g->age = s->groups++;
	g->tag = p->tag;
	g->seq = -1;
	g->n = s->how->n;
	g->work = calloc((size_t)g->n, sizeof(*g->work));
	if (!g->work) {
		free(g);
		return no_memory(s);
	}
	for (int i = 0; i < g->n; i++) {
		g->work[i] = (struct work){ .group = g, .index = i, .state = p->have && p->have[i] ? OVER : WANTED };
		g->pending += g->work[i].state == WANTED;
	}
	g->left = g->pending;
	if (s->last)
		s->last->next = g;
	else
		s->first = g;
	s->last = g;
	if (g->left == 0)
		return 0;
	if (chat_encode(s->to->chat, s->to->tok, p->messages, &g->prompt, s->err) < 0) {
		snprintf(why, sizeof(why), "%s", s->err->msg);
		s->err->msg[0] = 0;
		return fail_all(s, g, why);
	}
	if (g->prompt.n == 0)
		return fail_all(s, g, "the prompt has no tokens");
	if (g->prompt.n > (size_t)s->to->info->max_positions) {
		snprintf(why, sizeof(why), "the prompt has %zu tokens, the model takes %d", g->prompt.n, s->to->info->max_positions);
		return fail_all(s, g, why);
	}
	if (pages(g->prompt.n) + 1 + 2 * engine_pages_state(s->to->engine) > engine_pages(s->to->engine)) { /* and one sample's */
		snprintf(why, sizeof(why), "the prompt has %zu tokens, the key-value pool holds %zu", g->prompt.n,
			 engine_pages(s->to->engine) * ENGINE_PAGE);
		return fail_all(s, g, why);
	}
	return 0;
}

/* Ask for prompts until there is work for every free place and one prompt more. */
static int fetch(struct sched *s)
{
	int ahead = 0, rc = 0;

	for (struct group *g = s->first; g; g = g->next)
		ahead += g->pending;
	while (!s->no_more && ahead < s->to->batch - s->nrun + s->how->n) {
		struct sample_prompt p = { 0 };

		rc = s->job->next(s->job->ctx, &p, s->err);
		if (rc < 0)
			return rc;
		if (rc == 0) {
			s->no_more = true;
			break;
		}
		if (group_new(s, &p) < 0)
			return ERR_FAIL;
		ahead += s->last->pending;
		if (s->last->left == 0)
			sweep(s);
		if (s->job->quit && s->job->quit(s->job->ctx))
			break;
	}
	return 0;
}

static bool prompt_ready(const struct group *g)
{
	return g->logits && g->seq >= 0 && g->fed == g->prompt.n;
}

static int work_start(struct sched *s, struct work *w)
{
	struct group *g = w->group;
	bool fresh = w->state == WANTED;

	w->seq = engine_seq_fork(s->to->engine, g->seq);
	if (w->seq < 0)
		return err_set(s->err, "the engine has no room for another sequence");
	w->state = RUNNING;
	w->fed = 0;
	g->pending--;
	g->running++;
	s->run[s->nrun++] = w;
	if (fresh) {
		struct draw_one d = draw_of(s, w, 0);

		draw(s, &d, g->logits);
		return drawn(s, w, &d);
	}
	return 0;
}

/* Begin what there is room for, oldest prompts first, lowest samples first. */
static int admit(struct sched *s)
{
	size_t state = engine_pages_state(s->to->engine);
	int busy = 0; /* prompts that hold pages */

	for (struct group *g = s->first; g; g = g->next)
		busy += g->seq >= 0;
	for (struct group *g = s->first; g; g = g->next) {
		if (g->pending && g->seq < 0 && ((busy == 0 && s->nrun == 0) || fits(s, pages(g->prompt.n) + 1 + state))) {
			g->seq = engine_seq_new(s->to->engine);
			if (g->seq < 0)
				return err_set(s->err, "the engine has no room for another sequence");
			busy++;
		}
		while (g->pending && prompt_ready(g) && s->nrun < s->to->batch) {
			struct work *w = &g->work[g->scan];

			if (w->state != WANTED && w->state != PARKED) {
				g->scan++;
				continue;
			}
			if (!fits(s, pages(w->out.n + expected(s, w->out.n)) + 1 + state)) {
				if (s->nrun > 0)
					return 0;
				/* alone, it gets what prompts computed ahead hold */
				if (give_back(s, g))
					continue;
			}
			if (work_start(s, w) < 0)
				return ERR_FAIL;
			if (w->state == OVER)
				s->nrun--; /* the first token was the last */
		}
	}
	return 0;
}

/* ---- one step ---- */

static void row_put(struct sched *s, int32_t token, int seq, bool logits, struct owner who)
{
	assert(s->rows < s->max_rows);
	s->row[s->rows++] = (struct engine_row){ token, seq, logits };
	if (!logits)
		return;
	if (who.work) {
		who.draw = s->ndrawn;
		s->drawn[s->ndrawn++] = draw_of(s, who.work, s->nwants);
	}
	s->wants[s->nwants++] = who;
}

static bool decodes(const struct work *w)
{
	return w->out.n - w->fed == 1;
}

static size_t pages_due(const struct sched *s)
{
	size_t due = 0;

	for (int i = 0; i < s->nrun; i++)
		if (decodes(s->run[i]))
			due += engine_pages_needed(s->to->engine, s->run[i]->seq, 1);
	return due;
}

static const char too_small[] = "the key-value pool is too small for the prompt and this response";

/* One row for each sample that goes on, once there are pages for all of them. */
static int decode_rows(struct sched *s, size_t *free)
{
	size_t due, have;

	while ((due = pages_due(s)) > (have = engine_pages_free(s->to->engine))) {
		if (give_back(s, NULL))
			continue;
		assert(s->nrun == 1);
		if (deliver(s, s->run[0], SAMPLE_ERROR, too_small) < 0)
			return ERR_FAIL;
		s->nrun = 0;
	}
	*free = have - due;
	for (int i = 0; i < s->nrun; i++) {
		struct work *w = s->run[i];

		if (decodes(w))
			row_put(s, w->out.v[w->fed], w->seq, true, (struct owner){ w->group, w });
	}
	return 0;
}

/* As many of ids[*fed ..] as there is room for; the last one wants logits. */
static void stretch(struct sched *s, const struct tok_ids *ids, size_t fed, int seq, struct owner who, int *budget, size_t *free)
{
	size_t n = ids->n - fed, need;

	if (n > (size_t)*budget)
		n = (size_t)*budget;
	if (n > (size_t)(s->max_rows - s->rows))
		n = (size_t)(s->max_rows - s->rows);
	while (n > 0 && engine_pages_needed(s->to->engine, seq, (int)n) > *free)
		n /= 2;
	if (n == 0)
		return;
	need = engine_pages_needed(s->to->engine, seq, (int)n);
	*free -= need;
	*budget -= (int)n;
	for (size_t i = 0; i < n; i++)
		row_put(s, ids->v[fed + i], seq, fed + i + 1 == ids->n, who);
}

/* Prompts that are not whole yet, and samples on their way back. */
static void prefill_rows(struct sched *s, size_t free)
{
	int budget = s->to->prefill;

	for (struct group *g = s->first; g && budget > 0; g = g->next) {
		if (g->seq >= 0 && g->fed < g->prompt.n)
			stretch(s, &g->prompt, g->fed, g->seq, (struct owner){ g, NULL }, &budget, &free);
		for (int i = 0; g->running && i < s->nrun && budget > 0; i++)
			if (s->run[i]->group == g && !decodes(s->run[i]))
				stretch(s, &s->run[i]->out, s->run[i]->fed, s->run[i]->seq, (struct owner){ g, s->run[i] }, &budget, &free);
	}
}

/* The engine has taken the rows: count them where they belong. Rows of one owner are neighbours. */
static void rows_count(struct sched *s)
{
	for (struct group *g = s->first; g; g = g->next)
		if (g->seq >= 0)
			g->fed = (size_t)engine_seq_len(s->to->engine, g->seq);
	for (int i = 0; i < s->nrun; i++)
		s->run[i]->fed = (size_t)engine_seq_len(s->to->engine, s->run[i]->seq) - s->run[i]->group->prompt.n;
}

/* Room for what comes behind prompts. */
static int wants_room(struct sched *s)
{
	for (int i = 0; i < s->nwants; i++) {
		struct group *g = s->wants[i].group;

		if (!s->wants[i].work && !g->logits && !(g->logits = malloc((size_t)s->to->info->vocab * sizeof(float))))
			return no_memory(s);
	}
	return 0;
}

/* The engine has the i-th row of logits. */
static void wanted(void *ctx, int i, const float *logits)
{
	struct sched *s = ctx;
	struct owner who = s->wants[i];

	if (!who.work)
		memcpy(who.group->logits, logits, (size_t)s->to->info->vocab * sizeof(float));
	else
		draw(s, &s->drawn[who.draw], logits);
}

/* The step itself, tokens drawn where the logits are: by the engine, or on its threads. */
static int compute(struct sched *s)
{
	struct draw_how how = picker_how(s->desk[0].picker);
	struct engine *e = s->to->engine;

	if (wants_room(s) < 0)
		return ERR_FAIL;
	if (!engine_draws(e))
		return engine_step_then(e, s->row, s->rows, wanted, s, s->err);
	if (engine_step(e, s->row, s->rows, s->err) < 0 || engine_draw(e, &how, s->drawn, s->ndrawn, s->err) < 0)
		return ERR_FAIL;
	for (int i = 0; i < s->nwants; i++)
		if (!s->wants[i].work)
			wanted(s, i, engine_logits(e, i));
	return 0;
}

static int results(struct sched *s)
{
	/* not RUNNING: a sibling that came out in this step has ended it */
	for (int i = 0; i < s->nwants; i++)
		if (s->wants[i].work && s->wants[i].work->state == RUNNING &&
		    drawn(s, s->wants[i].work, &s->drawn[s->wants[i].draw]) < 0)
			return ERR_FAIL;
	return 0;
}

/* No row found pages: make room for a sample on its way back or, without any, for the oldest unfinished prompt. */
static int unblock(struct sched *s)
{
	struct group *g = s->first;

	if (s->nrun)
		return give_back(s, NULL) ? 0 : deliver(s, s->run[0], SAMPLE_ERROR, too_small);
	while (g && !(g->seq >= 0 && g->fed < g->prompt.n))
		g = g->next;
	/* none: the last sample has just failed, others wait to be begun */
	return !g || give_back(s, g) ? 0 : fail_all(s, g, too_small);
}

static int step(struct sched *s)
{
	size_t free = 0;

	s->rows = s->nwants = s->ndrawn = 0;
	if (decode_rows(s, &free) < 0)
		return ERR_FAIL;
	prefill_rows(s, free);
	if (s->rows == 0)
		return unblock(s);
	if (compute(s) < 0)
		return ERR_FAIL;
	rows_count(s);
	return results(s);
}

static int run_all(struct sched *s)
{
	int rc;

	for (;;) {
		if (s->job->quit && s->job->quit(s->job->ctx)) {
			err_set(s->err, "stopped");
			return ERR_STOPPED;
		}
		rc = fetch(s);
		if (rc < 0)
			return rc;
		if (admit(s) < 0)
			return ERR_FAIL;
		sweep(s);
		if (!s->first) {
			if (s->no_more)
				return 0;
			continue;
		}
		if (step(s) < 0)
			return ERR_FAIL;
		sweep(s);
	}
}

static bool desks_open(struct sched *s)
{
	for (int i = 0; i < s->desks; i++) {
		atomic_flag_clear(&s->desk[i].busy);
		s->desk[i].picker = picker_new(s->to->tok, s->to->info->vocab, s->how);
		if (!s->desk[i].picker)
			return false;
	}
	return true;
}

int sched_run(const struct sched_setup *setup, const struct sampling *how, const struct sample_job *job, struct err *err)
{
	struct sched_setup to = *setup;
	struct sched s = { .to = &to, .how = how, .job = job, .err = err };
	int rc = ERR_FAIL;

	s.max_rows = engine_max_rows(to.engine);
	if (to.batch > s.max_rows)
		to.batch = s.max_rows;
	s.desks = engine_threads(to.engine);
	s.desk = calloc((size_t)s.desks, sizeof(*s.desk));
	s.run = calloc((size_t)to.batch + 1, sizeof(*s.run));
	s.row = calloc((size_t)s.max_rows, sizeof(*s.row));
	s.wants = calloc((size_t)s.max_rows, sizeof(*s.wants));
	s.drawn = calloc((size_t)s.max_rows, sizeof(*s.drawn));
	if (s.desk && s.run && s.row && s.wants && s.drawn && desks_open(&s))
		rc = run_all(&s);
	else
		no_memory(&s);
	while (s.first) {
		struct group *g = s.first;

		s.first = g->next;
		group_free(&s, g);
	}
	for (int i = 0; s.desk && i < s.desks; i++)
		picker_free(s.desk[i].picker);
	free(s.desk);
	free(s.run);
	free(s.row);
	free(s.wants);
	free(s.drawn);
	return rc;
}
