/*
 * pool.c - many verdicts at once on threads that the caller asked for; see verify.h.
 *
 * Batches stand in a list. A thread takes the next item of the first batch that has one left; whoever asked for a batch works on it
 * too, so that a pool without threads (none could be started, or the process was forked) gives the same verdicts, only later.
 */
#include "verifiers/verify.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS_MAX = 256, CHUNK = 8, STACK = 1 << 20 };

struct batch {
	const struct quarry_item *item;
	struct quarry_verdict *verdict;
	size_t n, next; /* next: the first that nobody took */
	size_t done;
	struct batch *after;
	pthread_cond_t finished;
};

struct quarry_pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct batch *first;
	bool ends;
	int threads;
	pid_t owner; /* threads live in the process that started them and in none that it forks */
	pthread_t thread[];
};

static void judge(const struct quarry_item *it, struct quarry_verdict *v)
{
	if (it->truth)
		quarry_verify_truth(it->truth, it->truth_len, it->response, it->response_len, it->options, v);
	else
		quarry_verify_n(it->rule, it->desc, it->desc_len, it->response, it->response_len, it->options, v);
}

static void judge_all(const struct quarry_item *item, size_t n, struct quarry_verdict *verdict)
{
	for (size_t i = 0; i < n; i++)
		judge(&item[i], &verdict[i]);
}

/* Some items of a batch. The lock is held before and after, and not meanwhile. */
static void work_on(struct quarry_pool *p, struct batch *b)
{
	size_t from = b->next, n = b->n - from < CHUNK ? b->n - from : CHUNK;

	b->next += n;
	if (b->next == b->n) { /* nobody else needs to look at it */
		struct batch **at = &p->first;

		while (*at != b)
			at = &(*at)->after;
		*at = b->after;
	}
	pthread_mutex_unlock(&p->lock);
	judge_all(b->item + from, n, b->verdict + from);
	pthread_mutex_lock(&p->lock);
	b->done += n;
	if (b->done == b->n)
		pthread_cond_signal(&b->finished);
}

static void *serve(void *arg)
{
	struct quarry_pool *p = arg;

	pthread_mutex_lock(&p->lock);
	while (!p->ends)
		if (p->first)
			work_on(p, p->first);
		else
			pthread_cond_wait(&p->work, &p->lock);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static bool start(struct quarry_pool *p)
{
	pthread_attr_t attr;
	bool ok;

	if (pthread_attr_init(&attr))
		return false;
	pthread_attr_setstacksize(&attr, STACK);
	ok = pthread_create(&p->thread[p->threads], &attr, serve, p) == 0;
	pthread_attr_destroy(&attr);
	p->threads += ok;
	return ok;
}

/* Signals are for the threads of whoever uses the library; only those that tell of a fault come where it is. */
static void start_all(struct quarry_pool *p, int threads)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP };
	sigset_t ours, before;

	sigfillset(&ours);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigdelset(&ours, faults[i]);
	if (pthread_sigmask(SIG_SETMASK, &ours, &before))
		return;
	while (p->threads < threads && start(p))
		;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct quarry_pool *quarry_pool_new(int threads)
{
	struct quarry_pool *p;

	if (threads < 1 || threads > THREADS_MAX)
		return NULL;
	p = calloc(1, sizeof(*p) + (size_t)threads * sizeof(p->thread[0]));
	if (!p)
		return NULL;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	p->owner = getpid();
	start_all(p, threads - 1); /* the caller is one of them */
	return p;
}

void quarry_pool_free(struct quarry_pool *p)
{
	if (!p)
		return;
	if (p->owner == getpid()) {
		pthread_mutex_lock(&p->lock);
		p->ends = true;
		pthread_cond_broadcast(&p->work);
		pthread_mutex_unlock(&p->lock);
		for (int i = 0; i < p->threads; i++)
			pthread_join(p->thread[i], NULL);
		pthread_cond_destroy(&p->work);
		pthread_mutex_destroy(&p->lock);
	}
	free(p);
}

int quarry_pool_threads(const struct quarry_pool *p)
{
	return p && p->owner == getpid() ? p->threads + 1 : 1;
}

void quarry_verify_batch(struct quarry_pool *p, const struct quarry_item *item, size_t n, struct quarry_verdict *verdict)
{
	struct batch b = { .item = item, .verdict = verdict, .n = n }, **at;

	/* in a forked child the lock may be held by a thread that does not exist there */
	if (n <= CHUNK || quarry_pool_threads(p) == 1) {
		judge_all(item, n, verdict);
		return;
	}
	pthread_cond_init(&b.finished, NULL);
	pthread_mutex_lock(&p->lock);
	for (at = &p->first; *at; at = &(*at)->after)
		;
	*at = &b;
	pthread_cond_broadcast(&p->work);
	while (b.next < b.n)
		work_on(p, &b);
	while (b.done < b.n)
		pthread_cond_wait(&b.finished, &p->lock);
	pthread_mutex_unlock(&p->lock);
	pthread_cond_destroy(&b.finished);
}
