/*
 * sandbox_cgroup.c - control groups, of the one kernel interface and of the other: a leaf for each slot, kept from run to run.
 *
 * Version 2 may be there without controllers (where version 1 holds them): it then still counts the CPU of a tree exactly. Version 1 has a
 * tree for each controller. What cannot be had is left out, and said.
 */
#include "repos/sandbox_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 16, LEFT_OVER = 64 << 20, SETTLE_MS = 2000, STILL_MS = 200 };

static const char *const names[GROUP_KINDS] = { "cpu time", "memory", "processes" };
static const char *const controllers[GROUP_KINDS] = { "cpuacct", "memory", "pids" };

/* ---- files ---- */

static ssize_t text_read(int dir, const char *name, char *text, size_t cap)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t got;

	if (fd < 0)
		return -1;
	while (n < cap - 1 && (got = read(fd, text + n, cap - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = 0;
	close(fd);
	return (ssize_t)n;
}

static bool text_write(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CLOEXEC), kept;
	bool whole = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	kept = errno;
	if (fd >= 0)
		close(fd);
	errno = kept;
	return whole;
}

static bool number_write(int dir, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return text_write(dir, name, text);
}

/* The number behind `key` in a file of lines "key number"; key "": the file is a number. 0 when there is none. */
static uint64_t number_read(int dir, const char *name, const char *key)
{
	char text[4096];
	size_t n = strlen(key);

	if (text_read(dir, name, text, sizeof(text)) < 0)
		return 0;
	for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (strncmp(p, key, n) == 0 && (n == 0 || p[n] == ' '))
			return strtoull(p + n, NULL, 10);
	return 0;
}

static bool word_in(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; (p = strstr(p, word)); p += n)
		if ((p == words || strchr(" ,\n", p[-1])) && (!p[n] || strchr(" ,\n", p[n])))
			return true;
	return false;
}

/* ---- where we are ---- */

/* Our path in the tree that has this controller ("" is version 2's), as /proc/self/cgroup tells it. */
static bool path_of(const char *text, const char *controller, char path[PATH_MAX])
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *list = strchr(line, ':'), *end = list ? strchr(list + 1, ':') : NULL;
		char held[256];

		if (!end || end - list - 1 >= (int)sizeof(held))
			continue;
		snprintf(held, sizeof(held), "%.*s", (int)(end - list - 1), list + 1);
		if (*controller ? !word_in(held, controller) : *held)
			continue;
		snprintf(path, PATH_MAX, "%.*s", (int)strcspn(end + 1, "\n"), end + 1);
		return true;
	}
	return false;
}

/*
 * The directory of our own group in that tree: the mount whose file system and options say so, and the way from its root to us.
 * A line of mountinfo: id parent device root point options... - type source options.
 */
bool groups_dir(const char *mounts, const char *groups, const char *controller, char dir[PATH_MAX], char top[PATH_MAX])
{
	char path[PATH_MAX];

	if (!path_of(groups, controller, path))
		return false;
	for (const char *line = mounts; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		char one[3 * PATH_MAX], root[PATH_MAX], type[32], options[512];
		const char *dash, *rest = path;

		snprintf(one, sizeof(one), "%.*s", (int)strcspn(line, "\n"), line);
		dash = strstr(one, " - ");
		if (!dash || sscanf(one, "%*s %*s %*s %4095s %4095s", root, top) != 2 || sscanf(dash, " - %31s %*s %511s", type, options) != 2)
			continue;
		if (*controller ? strcmp(type, "cgroup") || !word_in(options, controller) : strcmp(type, "cgroup2"))
			continue;
		if (strcmp(root, "/") && strncmp(path, root, strlen(root)) == 0)
			rest = path + strlen(root); /* the mount shows a part of the tree */
		return snprintf(dir, PATH_MAX, "%s%s", top, strcmp(rest, "/") ? rest : "") < PATH_MAX;
	}
	return false;
}

/* ---- leaves ---- */

/* Leaves whose supervisor is no more: it was killed, and could not take them down. */
static void stale_remove(int parent)
{
	int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(dir))) {
		int pid, at = 0;

		if (sscanf(e->d_name, "quarry-%d-%n", &pid, &at) == 1 && at && pid > 0 && kill(pid, 0) < 0 && errno == ESRCH)
			unlinkat(parent, e->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
}

static void leaf_name(char name[64], unsigned slot)
{
	snprintf(name, 64, "quarry-%d-%u", (int)getpid(), slot);
}

static void tree_close(struct group_tree *t, unsigned slots)
{
	char name[64];

	for (unsigned i = 0; t->leaf && i < slots; i++) {
		leaf_name(name, i);
		fd_drop(&t->join[i]);
		fd_drop(&t->leaf[i]);
		fd_drop(&t->peak[i]);
		unlinkat(t->parent, name, AT_REMOVEDIR);
	}
	if (t->parent >= 0)
		close(t->parent);
	free(t->leaf);
	*t = (struct group_tree){ .parent = -1 };
}

/* A leaf for each slot below `dir`; all or none. */
static bool tree_open(struct group_tree *t, const char *dir, unsigned slots)
{
	char name[64];
	bool held;

	*t = (struct group_tree){ .parent = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), .leaf = malloc(3 * slots * sizeof(int)) };
	held = t->parent >= 0 && t->leaf;
	if (held) {
		t->join = t->leaf + slots;
		t->peak = t->join + slots;
		memset(t->leaf, -1, 3 * slots * sizeof(int));
		stale_remove(t->parent);
	}
	for (unsigned i = 0; held && i < slots; i++) {
		leaf_name(name, i);
		held = mkdirat(t->parent, name, 0755) == 0 || errno == EEXIST;
		t->leaf[i] = held ? openat(t->parent, name, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
		t->join[i] = t->leaf[i] < 0 ? -1 : openat(t->leaf[i], "cgroup.procs", O_WRONLY | O_CLOEXEC);
		held = t->join[i] >= 0;
	}
	if (!held) {
		int kept = errno;

		tree_close(t, slots);
		errno = kept;
	}
	return held;
}

/* ---- version 2 ---- */

static const char SELF[] = "quarry-self";

/* Children of a group have a controller only if the group holds no process: when we are its only one, we step into a leaf. */
static bool self_move(struct groups *g, int dir)
{
	char text[256], ours[24];

	snprintf(ours, sizeof(ours), "%d\n", (int)getpid());
	if (text_read(dir, "cgroup.procs", text, sizeof(text)) < 0 || strcmp(text, ours) || (mkdirat(dir, SELF, 0755) < 0 && errno != EEXIST))
		return false;
	if (!text_write(dir, "quarry-self/cgroup.procs", "0")) {
		unlinkat(dir, SELF, AT_REMOVEDIR);
		return false;
	}
	g->moved = dup(dir);
	return true;
}

static void self_back(struct groups *g)
{
	if (g->moved < 0)
		return;
	text_write(g->moved, "cgroup.subtree_control", "-memory -pids");
	text_write(g->moved, "cgroup.procs", "0");
	unlinkat(g->moved, SELF, AT_REMOVEDIR);
	close(g->moved);
	g->moved = -1;
}

/* The controllers of version 2 that leaves below `dir` would have; asks for those that are missing. */
static bool two_has(struct groups *g, int dir, const char *controller)
{
	char text[1024], ask[32];

	if (text_read(dir, "cgroup.controllers", text, sizeof(text)) < 0 || !word_in(text, controller))
		return false;
	if (text_read(dir, "cgroup.subtree_control", text, sizeof(text)) >= 0 && word_in(text, controller))
		return true;
	snprintf(ask, sizeof(ask), "+%s", controller);
	return text_write(dir, "cgroup.subtree_control", ask)
		|| (errno == EBUSY && g->moved < 0 && self_move(g, dir) && text_write(dir, "cgroup.subtree_control", ask));
}

static bool two_open(struct groups *g, const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool has[GROUP_KINDS] = { true };

	if (fd < 0)
		return false;
	has[GROUP_MEMORY] = two_has(g, fd, "memory");
	has[GROUP_PROCESSES] = two_has(g, fd, "pids");
	close(fd);
	if (!tree_open(&g->tree[0], dir, g->slots)) {
		self_back(g);
		return false;
	}
	for (int k = 0; k < GROUP_KINDS; k++)
		if (has[k])
			g->at[k] = 0;
	return true;
}

/* ---- all ---- */

const char *group_kind_name(enum group_kind kind)
{
	return names[kind];
}

static bool two_offers(const char *dir, const char *controller)
{
	char text[1024];
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool has = fd >= 0 && text_read(fd, "cgroup.controllers", text, sizeof(text)) >= 0 && word_in(text, controller);

	fd_drop(&fd);
	return has;
}

/* Below our own group; root may also have leaves at the top of the tree, where that gives more. */
static bool two_find(struct groups *g, const char *mounts, const char *groups)
{
	char dir[PATH_MAX], top[PATH_MAX];

	if (!groups_dir(mounts, groups, "", dir, top))
		return false;
	if (two_open(g, dir) && (groups_have(g, GROUP_MEMORY) || geteuid() != 0 || !two_offers(top, "memory")))
		return true;
	tree_close(&g->tree[0], g->slots);
	self_back(g);
	for (int k = 0; k < GROUP_KINDS; k++)
		g->at[k] = -1;
	return geteuid() == 0 && (two_open(g, top) || two_open(g, dir));
}

void groups_open(struct groups *g, unsigned slots)
{
	char *mounts = malloc(TEXT_MAX), *groups = malloc(TEXT_MAX), dir[PATH_MAX], top[PATH_MAX];
	int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	*g = (struct groups){ .slots = slots, .at = { -1, -1, -1 }, .moved = -1 };
	for (int i = 0; i < 1 + GROUP_KINDS; i++)
		g->tree[i].parent = -1;
	if (mounts && groups && self >= 0 && text_read(self, "mountinfo", mounts, TEXT_MAX) > 0 && text_read(self, "cgroup", groups, TEXT_MAX) > 0) {
		two_find(g, mounts, groups);
		for (int k = 0; k < GROUP_KINDS; k++) {
			if (groups_have(g, k))
				continue;
			if (!groups_dir(mounts, groups, controllers[k], dir, top))
				snprintf(g->why[k], sizeof(g->why[k]), "no control group has it");
			else if (tree_open(&g->tree[1 + k], dir, slots) || (geteuid() == 0 && tree_open(&g->tree[1 + k], top, slots)))
				g->at[k] = 1 + k;
			else
				snprintf(g->why[k], sizeof(g->why[k]), "%.100s: %s", dir, strerror(errno));
		}
	}
	if (self >= 0)
		close(self);
	free(mounts);
	free(groups);
}

void groups_close(struct groups *g)
{
	for (int i = 0; i < 1 + GROUP_KINDS; i++)
		tree_close(&g->tree[i], g->slots);
	self_back(g);
}

bool groups_join(const struct groups *g, unsigned slot)
{
	for (int i = 0; i < 1 + GROUP_KINDS; i++)
		if (g->tree[i].leaf && write(g->tree[i].join[slot], "0", 1) != 1)
			return false;
	return true;
}

static int leaf_of(const struct groups *g, enum group_kind kind, unsigned slot)
{
	return groups_have(g, kind) ? g->tree[g->at[kind]].leaf[slot] : -1;
}

/* No swap takes what memory refuses. */
void groups_limit(const struct groups *g, unsigned slot, const struct sandbox_limits *limits, uint64_t held)
{
	int memory = leaf_of(g, GROUP_MEMORY, slot), processes = leaf_of(g, GROUP_PROCESSES, slot);
	uint64_t most = limits->memory + held;

	if (processes >= 0) /* beside those that are there already, and init, and who forks for a server */
		number_write(processes, "pids.max", number_read(processes, "pids.current", "") + limits->processes + 2);
	if (memory >= 0 && groups_two(g, GROUP_MEMORY)) {
		number_write(memory, "memory.max", most);
		number_write(memory, "memory.swap.max", 0);
	} else if (memory >= 0) {
		/* the two limits may never cross: one of the orders works */
		number_write(memory, "memory.limit_in_bytes", most);
		number_write(memory, "memory.memsw.limit_in_bytes", most);
		number_write(memory, "memory.limit_in_bytes", most);
	}
}

/* Version 2's since Linux 6.12, and for the fd that asked only. */
void groups_peak(const struct groups *g, unsigned slot)
{
	int memory = leaf_of(g, GROUP_MEMORY, slot), *fd;

	if (memory < 0)
		return;
	if (!groups_two(g, GROUP_MEMORY)) {
		number_write(memory, "memory.max_usage_in_bytes", 0);
		return;
	}
	fd = &g->tree[g->at[GROUP_MEMORY]].peak[slot];
	if (*fd < 0)
		*fd = openat(memory, "memory.peak", O_RDWR | O_CLOEXEC);
	if (*fd >= 0 && pwrite(*fd, "reset", 5, 0) < 0)
		fd_drop(fd);
}

static uint64_t peak_read(int fd)
{
	char text[24];
	ssize_t n = fd < 0 ? 0 : pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = 0;
	return strtoull(text, NULL, 10);
}

uint64_t groups_cpu_us(const struct groups *g, unsigned slot)
{
	int cpu = leaf_of(g, GROUP_CPU, slot);

	if (cpu < 0)
		return 0;
	return groups_two(g, GROUP_CPU) ? number_read(cpu, "cpu.stat", "usage_usec") : number_read(cpu, "cpuacct.usage", "") / 1000;
}

uint64_t groups_starved_us(const struct groups *g, unsigned slot)
{
	int leaf = g->tree[0].leaf ? g->tree[0].leaf[slot] : -1;
	char text[512];
	const char *full, *total;

	if (leaf < 0 || text_read(leaf, "cpu.pressure", text, sizeof(text)) < 0)
		return 0;
	full = strstr(text, "full ");
	total = full ? strstr(full, "total=") : NULL;
	return total ? strtoull(total + 6, NULL, 10) : 0;
}

uint64_t groups_held(const struct groups *g, unsigned slot)
{
	int memory = leaf_of(g, GROUP_MEMORY, slot);

	if (memory < 0)
		return 0;
	return number_read(memory, "memory.stat", "shmem") + number_read(memory, "memory.stat", groups_two(g, GROUP_MEMORY) ? "anon" : "rss");
}

/* Memory that no process holds any more: a namespace's segments and files are freed a moment after its end. */
uint64_t groups_settle(const struct groups *g, unsigned slot, uint64_t held, uint64_t kept)
{
	int memory = leaf_of(g, GROUP_MEMORY, slot);
	const char *all = groups_two(g, GROUP_MEMORY) ? "memory.current" : "memory.usage_in_bytes";
	uint64_t least = UINT64_MAX;

	for (int ms = 0, still = 0; memory >= 0 && ms < SETTLE_MS && still < STILL_MS; ms++, still++) {
		uint64_t now = number_read(memory, all, "") < held + LEFT_OVER ? 0 : groups_held(g, slot);

		now = now > held ? now - held : 0;
		if (now < LEFT_OVER)
			return 0;
		if (now < kept + LEFT_OVER)
			return now < kept ? now : kept;
		if (now < least) {
			least = now;
			still = 0;
		}
		usleep(1000);
	}
	return memory < 0 ? 0 : least;
}

void groups_count(const struct groups *g, unsigned slot, struct group_count *c)
{
	int memory = leaf_of(g, GROUP_MEMORY, slot), processes = leaf_of(g, GROUP_PROCESSES, slot);
	bool two = groups_two(g, GROUP_MEMORY);

	*c = (struct group_count){ .cpu_us = groups_cpu_us(g, slot) };
	if (memory >= 0) {
		c->memory_peak = two ? peak_read(g->tree[g->at[GROUP_MEMORY]].peak[slot]) : number_read(memory, "memory.max_usage_in_bytes", "");
		c->oom_kills = number_read(memory, two ? "memory.events" : "memory.oom_control", "oom_kill");
	}
	if (processes >= 0)
		c->process_stops = number_read(processes, "pids.events", "max");
}
