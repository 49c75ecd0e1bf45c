/*
 * sandbox_landlock.c - the second fence around files: what a program may read and write, whatever its view and its user say.
 * The kernel's structures and rights, in the kernel's order: headers of build machines may know fewer than the kernel that runs.
 */
#include "repos/sandbox_parts.h"
#include "repos/sandbox_system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	EXECUTE = 1 << 0, WRITE_FILE = 1 << 1, READ_FILE = 1 << 2, READ_DIR = 1 << 3, REMOVE_DIR = 1 << 4, REMOVE_FILE = 1 << 5,
	/* MAKE_CHAR and six more kinds up to 1 << 12 */
	REFER = 1 << 13,    /* version 2 */
	TRUNCATE = 1 << 14, /* version 3 */
	SCOPE_ABSTRACT_SOCKET = 1 << 0, SCOPE_SIGNAL = 1 << 1, /* version 6 */
	LOOK = EXECUTE | READ_FILE | READ_DIR,
};

struct ruleset_ask {
	uint64_t files, net, scoped;
};

struct beneath_ask {
	uint64_t allowed;
	int32_t at;
} __attribute__((packed));

int landlock_version(void)
{
	int version = (int)syscall(NR_landlock_create_ruleset, NULL, 0, 1 /* ask for the version */);

	return version < 0 ? 0 : version;
}

static uint64_t rights_known(int version)
{
	return version >= 3 ? TRUNCATE * 2 - 1 : version == 2 ? REFER * 2 - 1 : REFER - 1;
}

/* Nothing at `path` is nothing to allow. */
static int allow(int rules, const char *path, uint64_t rights)
{
	struct stat st;
	struct beneath_ask ask = { .allowed = rights, .at = open(path, O_PATH | O_CLOEXEC) };
	int rc, kept;

	if (ask.at < 0)
		return errno == ENOENT ? 0 : -1;
	if (fstat(ask.at, &st) == 0 && !S_ISDIR(st.st_mode))
		ask.allowed &= EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;
	rc = (int)syscall(NR_landlock_add_rule, rules, 1 /* beneath a path */, &ask, 0);
	kept = errno;
	close(ask.at);
	errno = kept;
	return rc;
}

static int rules_start(int version, bool scoped)
{
	struct ruleset_ask ask = { .files = rights_known(version), .scoped = scoped && version >= 6 ? SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL : 0 };

	return (int)syscall(NR_landlock_create_ruleset, &ask, version >= 6 ? sizeof(ask) : sizeof(ask.files), 0);
}

static int rules_apply(int rules)
{
	int rc = (int)syscall(NR_landlock_restrict_self, rules, 0), kept = errno;

	close(rules);
	errno = kept;
	return rc;
}

/* Inside a view of its own: read all, write where a mount is writable. Without REFER nothing could be moved between directories. */
size_t landlock_rules(const struct plan *plan, int version, struct landlock_rule rule[RULES_MAX])
{
	uint64_t all = rights_known(version), touch = LOOK | WRITE_FILE | (TRUNCATE & all);
	size_t n = 0;

	if (version < 2)
		return 0;
	rule[n++] = (struct landlock_rule){ "/", LOOK };
	rule[n++] = (struct landlock_rule){ "/tmp", all };
	rule[n++] = (struct landlock_rule){ "/dev/shm", all };
	rule[n++] = (struct landlock_rule){ "/dev", touch };
	rule[n++] = (struct landlock_rule){ "/proc", touch };
	for (size_t i = 0; i < plan->n_mounts; i++)
		if (plan->mounts[i].kind != SANDBOX_RO && plan->mounts[i].kind != SANDBOX_TEXT)
			rule[n++] = (struct landlock_rule){ plan->mounts[i].to, all };
	return n;
}

uint64_t landlock_handled(int version)
{
	return rights_known(version);
}

int landlock_apply(const struct plan *plan, int version)
{
	struct landlock_rule rule[RULES_MAX];
	size_t n = landlock_rules(plan, version, rule);
	int rules = n ? rules_start(version, false) : -1;

	if (n == 0)
		return 0;
	for (size_t i = 0; rules >= 0 && i < n; i++)
		if (allow(rules, rule[i].path, rule[i].rights) < 0) {
			close(rules);
			return -1;
		}
	return rules < 0 ? -1 : rules_apply(rules);
}

/* Without a view of its own: the system's programs and libraries, what the run was given, its room. */
int landlock_narrow(const struct station *s, const struct plan *plan)
{
	static const char *const places[] = { "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/etc/passwd", "/etc/group",
		"/etc/hosts", "/etc/nsswitch.conf", "/etc/localtime", "/etc/timezone" };
	static const char *const devices[] = { "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom" };
	static const char *const own[] = { "tmp", "dev/shm" };
	uint64_t all = rights_known(s->landlock);
	int rules = rules_start(s->landlock, true), rc = 0;
	char path[4096];

	if (rules < 0)
		return -1;
	for (size_t i = 0; rc == 0 && i < COUNT(places); i++)
		rc = allow(rules, places[i], LOOK);
	for (size_t i = 0; rc == 0 && mounts_etc[i]; i++)
		rc = allow(rules, mounts_etc[i], LOOK);
	for (size_t i = 0; rc == 0 && i < COUNT(devices); i++)
		rc = allow(rules, devices[i], READ_FILE | WRITE_FILE);
	if (rc == 0)
		rc = allow(rules, plan->room, LOOK);
	for (size_t i = 0; rc == 0 && i < COUNT(own); i++) {
		snprintf(path, sizeof(path), "%s/%s", plan->room, own[i]);
		rc = allow(rules, path, all);
	}
	for (size_t i = 0; rc == 0 && i < plan->n_mounts; i++) {
		const struct plan_mount *m = &plan->mounts[i];

		snprintf(path, sizeof(path), "%s%s", plan->room, m->to);
		if (m->kind == SANDBOX_RO)
			rc = allow(rules, m->from, LOOK);
		else if (m->kind != SANDBOX_TEXT)
			rc = allow(rules, m->kind == SANDBOX_RW ? m->from : path, all);
	}
	if (rc < 0) {
		close(rules);
		return -1;
	}
	return rules_apply(rules);
}
