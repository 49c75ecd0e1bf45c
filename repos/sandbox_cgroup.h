/*
 * sandbox_cgroup.h - control groups: a leaf for each slot, in which its launcher and all its runs live.
 *
 *	groups_open(&g, slots);			// what this machine lets us have; the rest stays -1, with the reason
 *	groups_join(&g, slot);			// in the launcher
 *	groups_limit(&g, slot, &run->limits, held);
 *	groups_count(&g, slot, &before); ... groups_count(&g, slot, &after);
 *	groups_close(&g);
 */
#ifndef QUARRY_REPOS_SANDBOX_CGROUP_H
#define QUARRY_REPOS_SANDBOX_CGROUP_H

#include "repos/sandbox.h"

#include <limits.h>

enum group_kind { GROUP_CPU, GROUP_MEMORY, GROUP_PROCESSES, GROUP_KINDS };

struct groups {
	unsigned slots;
	/* Version 2's tree, and version 1's for each kind. leaf[slot] and join[slot] are fds, NULL where there is no tree. */
	struct group_tree {
		int parent;
		int *leaf, *join, *peak; /* peak: where the kernel can begin anew */
	} tree[1 + GROUP_KINDS];
	int at[GROUP_KINDS]; /* the tree that counts it; -1: none */
	char why[GROUP_KINDS][160];
	int moved; /* our own group of version 2, where we left it to have controllers; -1: we did not */
};

struct group_count {
	uint64_t cpu_us, memory_peak, oom_kills, process_stops;
};

void groups_open(struct groups *g, unsigned slots);
void groups_close(struct groups *g);
bool groups_join(const struct groups *g, unsigned slot); /* the calling process; allocates nothing */
/*
 * `held`: bytes of those that stay in the slot from run to run, its servers. groups_held reads them while no run is there and the last one's
 * are free: groups_settle waits for that, at most two seconds and no longer than something is freed. It gives back what stays beside them, in
 * files that a run has made and that others will read; `kept` is what it said last.
 */
uint64_t groups_held(const struct groups *g, unsigned slot);
uint64_t groups_settle(const struct groups *g, unsigned slot, uint64_t held, uint64_t kept);
void groups_limit(const struct groups *g, unsigned slot, const struct sandbox_limits *limits, uint64_t held);
void groups_peak(const struct groups *g, unsigned slot);   /* memory_peak begins anew */
void groups_count(const struct groups *g, unsigned slot, struct group_count *count);
uint64_t groups_cpu_us(const struct groups *g, unsigned slot); /* since the leaf was made; 0 where nothing counts it */
/* The time that the slot's processes wanted a core and none of them had one, since the leaf was made; 0 where the kernel does not tell (PSI). */
uint64_t groups_starved_us(const struct groups *g, unsigned slot);

static inline bool groups_have(const struct groups *g, enum group_kind kind)
{
	return g->at[kind] >= 0;
}

static inline bool groups_two(const struct groups *g, enum group_kind kind) /* version 2's tree counts it */
{
	return g->at[kind] == 0;
}

/*
 * Where our own group is, and the top of its tree, as /proc/self/mountinfo and /proc/self/cgroup tell it; controller "" is version 2. False:
 * there is none in sight.
 */
bool groups_dir(const char *mounts, const char *groups, const char *controller, char dir[PATH_MAX], char top[PATH_MAX]);
const char *group_kind_name(enum group_kind kind);

#endif
