/*
 * sandbox_box.h - the supervisor's memory of a sandbox, between sandbox.c and sandbox_server.c.
 */
#ifndef QUARRY_REPOS_SANDBOX_BOX_H
#define QUARRY_REPOS_SANDBOX_BOX_H

#include "repos/sandbox_parts.h"

#include <pthread.h>

/* A server as it runs in a slot. */
struct served {
	bool there;
	int pidfd, leash, out;
	uint64_t held; /* bytes it had when it was ready */
};

struct slot {
	struct station station;
	int sock; /* to the host side; -1: it is not there */
	pid_t pid;
	int user; /* holds the slot's user for us; -1 */
	bool busy;
	struct served served[SERVERS_MAX];
	uint64_t held; /* by all of them: it does not count as a run's */
	uint64_t kept; /* nor does this: what runs have left in trees that are kept in memory */
	struct sandbox_limits limited; /* of its control groups, as set last; memory 0: nothing that holds now */
};

struct sandbox {
	enum sandbox_tier tier;
	unsigned slots;
	struct slot *slot;
	struct groups groups;
	struct call_filter filter[FILTERS];
	struct fault refused; /* why the tier is no better */
	bool copies;          /* overlays are copies */
	char temp[200];       /* narrow: where rooms are made */
	char *root;           /* whose usr and etc programs see; NULL: the host's */
	pthread_mutex_t lock; /* slots, servers */
	pthread_cond_t freed;
	bool server[SERVERS_MAX]; /* the number is taken */
};

/* sandbox.c */
unsigned slot_take(struct sandbox *box);
void slot_give(struct sandbox *box, unsigned slot);
int ends_open(int ours[RUN_FDS], int theirs[RUN_FDS], bool input, struct err *err);
void ends_drop(int fd[RUN_FDS]);
void slot_limit(struct sandbox *box, struct slot *s, const struct sandbox_limits *limits); /* its control groups */
int slot_launch(struct slot *s, const int theirs[RUN_FDS], struct err *err); /* init of what the plan says, as a pidfd */

/* sandbox_server.c */
int server_attach(struct sandbox_server *server, struct slot *s, struct err *err); /* it runs in the slot, which is ours */
void server_detach(struct slot *s, int id);                                         /* it does not */
int server_id(const struct sandbox_server *server);
/* The words of a run that starts the server's module cold; NULL: out of memory. The caller frees the array. */
const char **server_cold(const struct sandbox_server *server, const char *const *argv);

#endif
