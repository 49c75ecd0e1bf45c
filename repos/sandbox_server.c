/*
 * sandbox_server.c - interpreters that have done their imports: one a slot, started when its slot first needs it, in a sandbox of its own.
 *
 * A fork of a warm Python costs a fifth of a new one. The server is root in the launcher's user namespace, which is what lets its forks enter
 * the namespaces of a run; it sees no host, no repository and no secret, and what it is asked comes from each run's init. Where there are no
 * namespaces, runs that name a server are started cold, from the same text.
 */
#include "base/embedded.h"
#include "repos/sandbox_box.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern const struct embedded server_files[];

enum { READY_MS = 60000, TEXT_MAX = 128 << 10 /* the kernel's limit of one argument */ };

struct sandbox_server {
	struct sandbox *box;
	int id;
	char *words; /* copies of all its texts, one behind the other */
	const char *argv[8];
	const char **env;
	struct sandbox_mount *mounts;
	size_t n_mounts;
};

int server_id(const struct sandbox_server *server)
{
	return server->id;
}

const char **server_cold(const struct sandbox_server *server, const char *const *argv)
{
	size_t own = 0, n = 0;
	const char **words;

	while (server->argv[own])
		own++;
	while (argv && argv[n])
		n++;
	words = malloc((own + n + 1) * sizeof(*words));
	if (!words)
		return NULL;
	memcpy(words, server->argv, own * sizeof(*words));
	memcpy(words + own, argv, n * sizeof(*words));
	words[own + n] = NULL;
	return words;
}

/* ---- in a slot ---- */

void server_detach(struct slot *s, int id)
{
	struct served *d = &s->served[id];

	if (!d->there)
		return;
	fd_drop(&d->leash); /* its init ends it */
	fd_drop(&d->pidfd);
	fd_drop(&d->out);
	d->there = false;
	s->held -= d->held;
	s->limited.memory = 0;
}

/* Waits until it has done its imports. */
static int ready_wait(int channel, int out, int pidfd, struct err *err)
{
	struct pollfd at[] = { { channel, POLLIN, 0 }, { pidfd, POLLIN, 0 } };
	char said[400] = "", *last;
	ssize_t n = 0;
	int rc;

	do
		rc = poll(at, 2, READY_MS);
	while (rc < 0 && errno == EINTR);
	if (rc > 0 && at[0].revents & POLLIN && read(channel, said, sizeof(said)) == 5)
		return 0;
	n = read(out, said, sizeof(said) - 1);
	while (n > 0 && said[n - 1] == '\n')
		n--;
	said[n > 0 ? n : 0] = 0;
	last = strrchr(said, '\n');
	return err_set(err, "sandbox: a server did not start: %s", rc == 0 ? "its imports take more than a minute" : last ? last + 1 : said);
}

int server_attach(struct sandbox_server *server, struct slot *s, struct err *err)
{
	struct sandbox_run run = { .argv = server->argv, .env = server->env, .mounts = server->mounts, .n_mounts = server->n_mounts, .limits = SANDBOX_LIMITS };
	struct served *d = &s->served[server->id];
	int ours[RUN_FDS], theirs[RUN_FDS], pidfd = -1, rc;

	if (d->there)
		return 0;
	rc = plan_write(&s->station, &run, -1, NULL, err);
	if (rc < 0 || ends_open(ours, theirs, false, err) < 0)
		return ERR_FAIL;
	s->station.plan->serves = true;
	s->station.plan->server = server->id;
	slot_limit(server->box, s, &run.limits);
	s->limited.memory = 0;
	pidfd = slot_launch(s, theirs, err);
	ends_drop(theirs);
	rc = pidfd < 0 ? ERR_FAIL : ready_wait(ours[RUN_CHANNEL], ours[RUN_OUT], pidfd, err);
	if (rc == 0) {
		uint64_t held = groups_held(&server->box->groups, s->station.slot), others = s->held + s->kept;

		*d = (struct served){ true, pidfd, ours[RUN_LEASH], ours[RUN_OUT], held > others ? held - others : 0 };
		s->held += d->held;
		ours[RUN_LEASH] = ours[RUN_OUT] = pidfd = -1;
	}
	fd_drop(&pidfd);
	ends_drop(ours);
	return rc;
}

/* ---- opening ---- */

/* The room that the texts of a server take; with `to`, they are copied there. */
static const char *copy(char **to, const char *s, size_t n)
{
	char *at = *to;

	memcpy(at, s, n);
	at[n] = 0;
	*to += n + 1;
	return at;
}

static const char *copy_z(char **to, const char *z)
{
	return z ? copy(to, z, strlen(z)) : NULL;
}

static size_t room_of(const struct sandbox_server_options *o, size_t *n_env)
{
	size_t n = strlen(o->python) + o->module.n + 2;

	for (*n_env = 0; o->env && o->env[*n_env]; ++*n_env)
		n += strlen(o->env[*n_env]) + 1;
	for (size_t i = 0; i < o->n_mounts; i++)
		n += (o->mounts[i].from ? strlen(o->mounts[i].from) : 0) + strlen(o->mounts[i].to) + o->mounts[i].text.n + 3;
	return n;
}

static bool texts_take(struct sandbox_server *server, const struct sandbox_server_options *o)
{
	size_t n_env, n = room_of(o, &n_env), at = 0;
	char *to = server->words = malloc(n);

	server->env = malloc((n_env + 1) * sizeof(*server->env));
	server->mounts = malloc((o->n_mounts + 1) * sizeof(*server->mounts));
	if (!to || !server->env || !server->mounts)
		return false;
	server->argv[at++] = copy_z(&to, o->python);
	server->argv[at++] = "-s";
	server->argv[at++] = "-B";
	server->argv[at++] = "-c";
	server->argv[at++] = server_files[0].text;
	server->argv[at] = copy(&to, o->module.s, o->module.n);
	for (size_t i = 0; i < n_env; i++)
		server->env[i] = copy_z(&to, o->env[i]);
	server->env[n_env] = NULL;
	for (size_t i = 0; i < o->n_mounts; i++) {
		struct sandbox_mount *m = &server->mounts[server->n_mounts++];

		*m = o->mounts[i];
		m->from = copy_z(&to, m->from);
		m->to = copy_z(&to, m->to);
		if (m->text.s)
			m->text.s = copy(&to, m->text.s, m->text.n);
	}
	return true;
}

static int id_take(struct sandbox *box)
{
	int id = 0;

	pthread_mutex_lock(&box->lock);
	while (id < SERVERS_MAX && box->server[id])
		id++;
	if (id < SERVERS_MAX)
		box->server[id] = true;
	pthread_mutex_unlock(&box->lock);
	return id;
}

struct sandbox_server *sandbox_server_open(struct sandbox *box, const struct sandbox_server_options *options, struct err *err)
{
	struct sandbox_server *server;
	unsigned slot;
	int rc = 0;

	if (options->module.n >= TEXT_MAX || memchr(options->module.s, 0, options->module.n)) {
		err_set(err, "sandbox: a server's module is at most %d KiB of text", TEXT_MAX >> 10);
		return NULL;
	}
	server = calloc(1, sizeof(*server));
	if (!server || !texts_take(server, options)) {
		err_set(err, "out of memory");
		sandbox_server_close(server);
		return NULL;
	}
	server->id = id_take(box);
	if (server->id == SERVERS_MAX) {
		err_set(err, "sandbox: at most %d servers", SERVERS_MAX);
		sandbox_server_close(server);
		return NULL;
	}
	server->box = box;
	if (box->tier == SANDBOX_FULL) { /* whether it starts at all is known now; in other slots it starts when they need it */
		slot = slot_take(box);
		rc = server_attach(server, &box->slot[slot], err);
		slot_give(box, slot);
	}
	if (rc == 0)
		return server;
	sandbox_server_close(server);
	return NULL;
}

void sandbox_server_close(struct sandbox_server *server)
{
	if (!server)
		return;
	if (server->box) {
		for (unsigned i = 0; i < server->box->slots; i++)
			server_detach(&server->box->slot[i], server->id);
		pthread_mutex_lock(&server->box->lock);
		server->box->server[server->id] = false;
		pthread_mutex_unlock(&server->box->lock);
	}
	free(server->words);
	free(server->env);
	free(server->mounts);
	free(server);
}
