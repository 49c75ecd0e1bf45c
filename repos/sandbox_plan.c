/*
 * sandbox_plan.c - what a run asks for, checked and written into shared memory.
 *
 * A narrow run has no mounts: its paths lie below a directory of the host, its room, which the environment names as SANDBOX_ROOT. Where an
 * argument, a variable's value or the directory begins with such a path (or has one where a shell would begin a word, or behind a ':' or '='),
 * it is rewritten here (to the host's path where what it names is linked from there: what a build writes down holds in the next run, whose room is
 * another one); paths that the program learns in other ways it must join to SANDBOX_ROOT itself. In the full tier SANDBOX_ROOT is empty.
 */
#include "base/json.h"
#include "repos/sandbox_parts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* A slot's shared memory, filled from its start. */
struct area {
	char *at;
	size_t left;
	bool failed;
	/* narrow */
	const char *room;
	const struct sandbox_run *run;
};

static void *area_take(struct area *a, size_t n)
{
	void *got = a->at;

	n = (n + 15) & ~(size_t)15;
	if (n > a->left) {
		a->failed = true;
		return NULL;
	}
	a->at += n;
	a->left -= n;
	return got;
}

static const char *area_text(struct area *a, const char *s, size_t n)
{
	char *got = area_take(a, n + 1);

	if (!got)
		return NULL;
	memcpy(got, s, n);
	got[n] = 0;
	return got;
}

/* ---- paths of the room ---- */

static bool path_below(const char *path, const char *top)
{
	size_t n = strlen(top);

	return strncmp(path, top, n) == 0 && (!path[n] || strchr("/:=", path[n]));
}

/* What stands before and behind a path in a line of a shell. */
#define WORD_ENDS ":= \t\n\"'`();|&<>,"

static bool word_below(const char *text, const char *top)
{
	size_t n = strlen(top);

	return strncmp(text, top, n) == 0 && (!text[n] || text[n] == '/' || strchr(WORD_ENDS, text[n]));
}

static bool in_room(const struct area *a, const char *path)
{
	for (size_t i = 0; i < a->run->n_mounts; i++) /* what is linked is at its own place, whatever that is below */
		if (a->run->mounts[i].kind == SANDBOX_RO && a->run->mounts[i].from && word_below(path, a->run->mounts[i].from))
			return false;
	if (word_below(path, "/tmp") || word_below(path, "/dev/shm"))
		return true;
	for (size_t i = 0; i < a->run->n_mounts; i++)
		if (word_below(path, a->run->mounts[i].to))
			return true;
	return false;
}

/* What is not copied into the room but linked there. */
static const struct sandbox_mount *linked(const struct area *a, const char *path)
{
	for (size_t i = 0; i < a->run->n_mounts; i++) {
		const struct sandbox_mount *m = &a->run->mounts[i];

		if ((m->kind == SANDBOX_RO || m->kind == SANDBOX_RW) && m->from && word_below(path, m->to))
			return m;
	}
	return NULL;
}

static const char *word(struct area *a, const char *s)
{
	struct buf b = BUF_INIT;
	const char *got;

	if (!a->room)
		return area_text(a, s, strlen(s));
	for (const char *p = s; *p; p++) {
		bool begins = *p == '/' && (p == s || strchr(WORD_ENDS, p[-1]));
		const struct sandbox_mount *m = begins ? linked(a, p) : NULL;

		if (m) {
			buf_addz(&b, m->from);
			p += strlen(m->to) - 1;
			continue;
		}
		if (begins && in_room(a, p))
			buf_addz(&b, a->room);
		buf_addc(&b, *p);
	}
	got = area_text(a, buf_z(&b), b.n);
	a->failed |= b.failed;
	buf_release(&b);
	return got;
}

/* ---- arguments and environment ---- */

static size_t list_count(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static const char *const env_fixed[] = {
	"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/tmp/home", "TMPDIR=/tmp", "USER=sandbox", "LOGNAME=sandbox", "SHELL=/bin/sh", "TERM=dumb",
	"TZ=UTC", "LANG=C.UTF-8", "SOURCE_DATE_EPOCH=946684800", "PYTHONHASHSEED=0", "PYTHONDONTWRITEBYTECODE=1", NULL,
};

static bool env_has(const char *const *env, const char *line)
{
	size_t n = strcspn(line, "=") + 1;

	for (; env && *env; env++)
		if (strncmp(*env, line, n) == 0)
			return true;
	return false;
}

static void plan_env(struct area *a, struct plan *plan, const char *const *env)
{
	size_t n = 0;
	char root[PATH_MAX + 16];

	plan->env = area_take(a, (list_count(env_fixed) + list_count(env) + 2) * sizeof(char *));
	if (!plan->env)
		return;
	for (size_t i = 0; env_fixed[i]; i++)
		if (!env_has(env, env_fixed[i]))
			plan->env[n++] = word(a, env_fixed[i]);
	for (size_t i = 0; env && env[i]; i++)
		plan->env[n++] = word(a, env[i]);
	snprintf(root, sizeof(root), "SANDBOX_ROOT=%s", a->room ? a->room : "");
	plan->env[n++] = area_text(a, root, strlen(root));
	plan->env[n] = NULL;
}

/* ---- mounts ---- */

/* Absolute, without empty, . or .. parts: the same place whoever reads it. */
static bool path_plain(const char *path)
{
	if (!path || path[0] != '/' || !path[1] || strlen(path) >= PATH_MAX)
		return false;
	for (const char *p = path; *p; p += strcspn(p, "/")) {
		size_t n = strcspn(++p, "/");

		if (n == 0 || n > NAME_MAX || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
	}
	return true;
}

/* Below what each run has read-only. */
static bool path_taken(const char *path)
{
	static const char *const ours[] = { "/usr", "/etc", "/dev", "/proc", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32" };

	for (size_t i = 0; i < COUNT(ours); i++)
		if (path_below(path, ours[i]))
			return true;
	return false;
}

static int plan_mount(struct area *a, const struct plan *plan, struct plan_mount *to, const struct sandbox_mount *m, struct err *err)
{
	char *real;

	*to = (struct plan_mount){ .kind = m->kind };
	if (!path_plain(m->to) || path_taken(m->to))
		return err_set(err, "sandbox: \"%s\" is no place for a mount", m->to ? m->to : "");
	to->to = area_text(a, m->to, strlen(m->to));
	to->size = m->size ? m->size : plan->limits.tmp;
	to->inodes = m->inodes ? m->inodes : plan->limits.inodes;
	if (m->kind == SANDBOX_TEXT)
		to->text = (struct str){ area_text(a, m->text.s, m->text.n), m->text.n };
	if (m->kind == SANDBOX_TMPFS || m->kind == SANDBOX_TEXT)
		return 0;
	real = realpath(m->from ? m->from : "", NULL);
	if (!real)
		return err_sys(err, "sandbox: %s", m->from ? m->from : "a mount without a host's path");
	to->from = area_text(a, real, strlen(real));
	free(real);
	return 0;
}

/*
 * A directory that holds a mount deeper down can be renamed, and the mount goes with it: a program puts its own tests where the read-only ones
 * were. Only what lies directly in the top of a writable mount stays; a plain file does not even there.
 */
static int mounts_guard(const struct plan *plan, struct err *err)
{
	for (size_t i = 0; i < plan->n_mounts; i++)
		for (size_t k = 0; k < plan->n_mounts; k++) {
			const struct plan_mount *m = &plan->mounts[i], *top = &plan->mounts[k];
			size_t n = strlen(top->to);

			if (top->kind == SANDBOX_RO || top->kind == SANDBOX_TEXT || i == k || !path_below(m->to, top->to) || !m->to[n])
				continue;
			if (m->kind == SANDBOX_TEXT || (m->kind == SANDBOX_RO && strchr(m->to + n + 1, '/')))
				return err_set(err, "sandbox: what is writable at %s could be moved away from under %s", top->to, m->to);
		}
	return 0;
}

/* What a server is told of the run: all that an exec would have told the program, and how the fork is fenced in. */
static void plan_request(struct area *a, const struct station *s, struct plan *plan)
{
	struct limit_row limit[LIMITS];
	struct landlock_rule rule[RULES_MAX];
	size_t n_limits = limits_list(s, plan, limit), n_rules = landlock_rules(plan, s->landlock, rule);
	const struct call_filter *filter = s->filter[filter_of(plan)];
	struct buf b = BUF_INIT;

	json_open(&b, '{');
	json_key(&b, "argv");
	json_open(&b, '[');
	for (const char **p = plan->argv; *p; p++)
		json_add_z(&b, *p);
	json_close(&b, ']');
	json_key(&b, "env");
	json_open(&b, '[');
	for (const char **p = plan->env; *p; p++)
		json_add_z(&b, *p);
	json_close(&b, ']');
	json_key(&b, "cwd");
	json_add_z(&b, plan->cwd);
	json_key(&b, "spaces");
	json_add_i64(&b, SPACES);
	json_key(&b, "limits");
	json_open(&b, '[');
	for (size_t i = 0; i < n_limits; i++) {
		json_open(&b, '[');
		json_add_i64(&b, limit[i].what);
		json_add_u64(&b, limit[i].soft);
		json_add_u64(&b, limit[i].hard);
		json_close(&b, ']');
	}
	json_close(&b, ']');
	json_key(&b, "handled");
	json_add_u64(&b, landlock_handled(s->landlock));
	json_key(&b, "fence");
	json_open(&b, '[');
	for (size_t i = 0; i < n_rules; i++) {
		json_open(&b, '[');
		json_add_z(&b, rule[i].path);
		json_add_u64(&b, rule[i].rights);
		json_close(&b, ']');
	}
	json_close(&b, ']');
	json_key(&b, "filter");
	buf_addc(&b, '"');
	for (size_t i = 0; i < filter->n * sizeof(filter->code[0]); i++)
		buf_addf(&b, "%02x", ((const unsigned char *)filter->code)[i]);
	buf_addc(&b, '"');
	json_close(&b, '}');
	a->failed |= b.failed;
	plan->request = (struct str){ area_text(a, buf_z(&b), b.n), b.n };
	buf_release(&b);
}

int plan_write(const struct station *s, const struct sandbox_run *run, int server, const char *room, struct err *err)
{
	struct plan *plan = s->plan;
	struct area a = { (char *)plan, AREA_SIZE, false, room, run };
	const char *cwd = run->cwd ? run->cwd : "/";
	size_t args = list_count(run->argv);

	area_take(&a, sizeof(*plan));
	*plan = (struct plan){ .limits = run->limits, .network = run->network_ask, .server = server };
	for (int k = 0; k < GROUP_KINDS; k++)
		plan->tally |= !groups_have(s->groups, k) || s->narrow;
	if (!args || (run->argv[0][0] != '/' && server < 0))
		return err_set(err, "sandbox: argv[0] is no absolute path");
	if (run->n_mounts > MOUNTS_MAX)
		return err_set(err, "sandbox: more than %d mounts", MOUNTS_MAX);
	plan->room = room ? area_text(&a, room, strlen(room)) : NULL;
	plan->cwd = room && strcmp(cwd, "/") == 0 ? plan->room : word(&a, cwd);
	plan->argv = area_take(&a, (args + 1) * sizeof(char *));
	for (size_t i = 0; plan->argv && i < args; i++)
		plan->argv[i] = word(&a, run->argv[i]);
	if (plan->argv)
		plan->argv[args] = NULL;
	plan_env(&a, plan, run->env);
	plan->mounts = area_take(&a, run->n_mounts * sizeof(*plan->mounts));
	for (size_t i = 0; plan->mounts && i < run->n_mounts; i++, plan->n_mounts++)
		if (plan_mount(&a, plan, &plan->mounts[i], &run->mounts[i], err) < 0)
			return ERR_FAIL;
	if (!a.failed && mounts_guard(plan, err) < 0)
		return ERR_FAIL;
	if (!a.failed && server >= 0)
		plan_request(&a, s, plan);
	return a.failed ? err_set(err, "sandbox: arguments, environment and texts of more than %d MiB", AREA_SIZE >> 20) : 0;
}
