/* stop.c - signals as a flag; see stop.h. */
#include "cli/stop.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static volatile sig_atomic_t asked;
static _Atomic int64_t until = INT64_MAX; /* without a lock, so that a handler may write it */

static void on_signal(int sig)
{
	asked = sig;
	atomic_store(&until, 0);
}

void stop_watch(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1 };
	struct sigaction a = { .sa_handler = on_signal, .sa_flags = (int)(SA_RESTART | SA_RESETHAND) }, old;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) /* nohup stays nohup */
			sigaction(signals[i], &a, NULL);
}

bool stop_asked(void)
{
	return asked != 0;
}

bool stop_quit(void *ctx)
{
	(void)ctx;
	return asked != 0;
}

const _Atomic int64_t *stop_until(void)
{
	return &until;
}
