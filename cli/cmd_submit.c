/* cmd_submit.c - quarry submit: a build in parts, as a Slurm array or a Kubernetes Indexed Job, with the merge behind it. */
#include "cli/command.h"
#include "cli/part.h"
#include "cli/recipe.h"
#include "base/json.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct args {
	struct common common;
	int64_t parts, cpus, at_once, retries;
	const char *dir, *time, *partition, *memory, *image, *claim, *mount, *space, *program;
	struct opt_list lines;
	bool submit, plain, exhaust, retries_given;
};

static const struct option options[] = {
	{ .name = "parts", .letter = 'n', .kind = OPT_INT, .arg = "N", .lo = 1, .hi = PARTS_MAX, .at = offsetof(struct args, parts),
	  .what = "into how many parts; must be given" },
	{ .name = "dir", .letter = 'o', .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, dir),
	  .what = "the dataset directory, which every machine sees; the recipe's name when not given" },
	{ .name = "submit", .kind = OPT_FLAG, .at = offsetof(struct args, submit), .what = "hand it to sbatch or kubectl, too" },
	{ .name = "time", .kind = OPT_TEXT, .arg = "T", .at = offsetof(struct args, time), .what = "Slurm: time limit of a part, as sbatch takes it" },
	{ .name = "partition", .letter = 'p', .kind = OPT_TEXT, .arg = "NAME", .at = offsetof(struct args, partition), .what = "Slurm: the partition" },
	{ .name = "sbatch", .kind = OPT_LIST, .arg = "OPTION", .at = offsetof(struct args, lines),
	  .what = "Slurm: one more #SBATCH line, as \"--gres=gpu:1\"; may be repeated" },
	{ .name = "image", .kind = OPT_TEXT, .arg = "IMAGE", .at = offsetof(struct args, image), .what = "Kubernetes: the container, must be given" },
	{ .name = "claim", .kind = OPT_TEXT, .arg = "NAME", .at = offsetof(struct args, claim),
	  .what = "Kubernetes: the volume claim that all parts mount, must be given" },
	{ .name = "mount", .kind = OPT_TEXT, .arg = "PATH", .at = offsetof(struct args, mount),
	  .what = "Kubernetes: where it is mounted, and DIR is below; /data when not given" },
	{ .name = "namespace", .kind = OPT_TEXT, .arg = "NAME", .at = offsetof(struct args, space), .what = "Kubernetes: the namespace" },
	{ .name = "cpus", .letter = 'c', .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 4096, .at = offsetof(struct args, cpus),
	  .what = "cores, and threads, of a part" },
	{ .name = "memory", .letter = 'm', .kind = OPT_TEXT, .arg = "SIZE", .at = offsetof(struct args, memory),
	  .what = "memory of a part, as sbatch (8G) or Kubernetes (8Gi) takes it" },
	{ .name = "at-once", .kind = OPT_INT, .arg = "N", .lo = 1, .hi = PARTS_MAX, .at = offsetof(struct args, at_once),
	  .what = "how many parts run at a time; all when not given" },
	{ .name = "retries", .kind = OPT_INT, .arg = "N", .lo = 0, .hi = 1000, .at = offsetof(struct args, retries),
	  .given = offsetof(struct args, retries_given), .what = "how often a part may be started again; 20 when not given" },
	{ .name = "program", .kind = OPT_TEXT, .arg = "PATH", .at = offsetof(struct args, program),
	  .what = "quarry on those machines; this one (Slurm) or quarry (Kubernetes) when not given" },
	{ .name = "plain", .kind = OPT_FLAG, .at = offsetof(struct args, plain), .what = "as of build" },
	{ .name = "exhaust", .kind = OPT_FLAG, .at = offsetof(struct args, exhaust), .what = "as of build" },
	{ 0 },
};

struct submission {
	const struct args *a;
	struct recipe r;
	struct buf dir; /* absolute (Slurm), or within the volume (Kubernetes) */
	char here[PATH_MAX]; /* what the recipe names is named from here */
	int64_t retries;
};

/* ---- what may stand in a script */

/* One word for a shell, whatever is in it. */
static void add_quoted(struct buf *b, const char *text)
{
	buf_addc(b, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_addz(b, "'\\''");
		else
			buf_addc(b, *text);
	}
	buf_addc(b, '\'');
}

/* A value that goes into one line of a script or manifest. */
static int check_line(const char *name, const char *text, struct err *err)
{
	for (const char *p = text ? text : ""; *p; p++)
		if (iscntrl((unsigned char)*p))
			return err_set(err, "submit: --%s holds a line break or another control character", name);
	return 0;
}

static int check_words(const struct args *a, struct err *err)
{
	const struct {
		const char *name, *text;
	} words[] = { { "time", a->time }, { "partition", a->partition }, { "image", a->image }, { "claim", a->claim }, { "mount", a->mount },
		      { "namespace", a->space }, { "memory", a->memory }, { "program", a->program }, { "dir", a->dir } };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < COUNT(words); i++)
		rc = check_line(words[i].name, words[i].text, err);
	for (int i = 0; rc == 0 && i < a->lines.n; i++)
		rc = check_line("sbatch", a->lines.item[i], err);
	return rc;
}

static int write_file(const char *path, const struct buf *text, mode_t mode, struct err *err)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return err_sys(err, "%s", path);
	fwrite(buf_z(text), 1, text->n, f);
	if (fchmod(fileno(f), mode) < 0 || fflush(f) != 0 || ferror(f)) {
		err_sys(err, "%s", path);
		fclose(f);
		return ERR_FAIL;
	}
	return fclose(f) == 0 ? 0 : err_sys(err, "%s", path);
}

/* ---- Slurm */

static void slurm_head(struct buf *b, const struct submission *s, const char *tail)
{
	const struct args *a = s->a;

	buf_addf(b, "#!/bin/sh\n#SBATCH --job-name=quarry-%s%s\n", s->r.plan.name, tail);
	if (a->partition)
		buf_addf(b, "#SBATCH --partition=%s\n", a->partition);
	buf_addf(b, "#SBATCH --output=\"%s/slurm/%s.log\"\n#SBATCH --open-mode=append\n", buf_z(&s->dir), *tail ? "merge" : "%a");
}

/* The options that its owner gave for the parts. */
static void slurm_wants(struct buf *b, const struct args *a)
{
	if (a->time)
		buf_addf(b, "#SBATCH --time=%s\n", a->time);
	if (a->cpus)
		buf_addf(b, "#SBATCH --cpus-per-task=%lld\n", (long long)a->cpus);
	if (a->memory)
		buf_addf(b, "#SBATCH --mem=%s\n", a->memory);
	for (int i = 0; i < a->lines.n; i++)
		buf_addf(b, "#SBATCH %s\n", a->lines.item[i]);
}

static void slurm_array(struct buf *b, const struct submission *s, const char *program)
{
	const struct args *a = s->a;

	slurm_head(b, s, "");
	buf_addf(b, "#SBATCH --array=1-%lld", (long long)a->parts);
	if (a->at_once)
		buf_addf(b, "%%%lld", (long long)a->at_once);
	buf_addf(b, "\n#SBATCH --requeue\n#SBATCH --signal=B:USR1@120\n#SBATCH --chdir=\"%s\"\n", s->here);
	slurm_wants(b, a);
	buf_addz(b, "\n# One part of a build, as quarry submit wrote it. Near the time limit Slurm sends USR1: the part saves, exits with 75 and\n"
		    "# is queued again. So it is when a signal killed it (no memory left, say), a limited number of times.\n"
		    "dir=");
	add_quoted(b, buf_z(&s->dir));
	buf_addz(b, "\nquarry=");
	add_quoted(b, program);
	buf_addf(b, "\nparts=%lld retries=%lld\n\n"
		    "\"$quarry\" build \"$dir/slurm/recipe.yaml\" -o \"$dir\" --part \"$SLURM_ARRAY_TASK_ID/$parts\" --resume --seed %llu%s \\\n"
		    "\t--threads \"${SLURM_CPUS_PER_TASK:-1}\" &\n",
		 (long long)a->parts, (long long)s->retries, (unsigned long long)s->r.seed, a->exhaust ? " --exhaust" : "");
	buf_addz(b, "job=$!\n"
		    "ended=\n"
		    "trap 'kill -USR1 $job 2>/dev/null' USR1\n"
		    "trap 'kill -USR1 $job 2>/dev/null; ended=1' TERM INT\n"
		    "wait $job\n"
		    "rc=$?\n"
		    "# a signal ends the wait, not the job\n"
		    "while [ $rc -gt 128 ] && kill -0 $job 2>/dev/null; do\n"
		    "\twait $job\n"
		    "\trc=$?\n"
		    "done\n"
		    "# whoever ended the job knows whether it shall come back\n"
		    "if [ -z \"$ended\" ] && { [ $rc -eq 75 ] || [ $rc -gt 128 ]; } && [ \"${SLURM_RESTART_COUNT:-0}\" -lt $retries ]; then\n"
		    "\tscontrol requeue \"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\" && sleep 60\n"
		    "fi\n"
		    "exit $rc\n");
}

static void slurm_merge(struct buf *b, const struct submission *s, const char *program)
{
	slurm_head(b, s, "-merge");
	buf_addz(b, "#SBATCH --kill-on-invalid-dep=yes\n\n# Runs when every part is done.\nexec ");
	add_quoted(b, program);
	buf_addz(b, " merge ");
	add_quoted(b, buf_z(&s->dir));
	buf_addf(b, "%s\n", s->a->plain ? " --plain" : "");
}

/* Run a program, its standard input from text where there is one; what it prints, without the last newline, is in out. */
static int ask(char *const argv[], const struct buf *text, struct buf *out, struct err *err)
{
	posix_spawn_file_actions_t files;
	int in[2] = { -1, -1 }, from[2], status = 0, rc;
	char room[512];
	ssize_t n;
	pid_t pid;

	if (pipe(from) < 0 || (text && pipe(in) < 0))
		return err_sys(err, "%s", argv[0]);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, from[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&files, from[0]);
	if (text) {
		posix_spawn_file_actions_adddup2(&files, in[0], STDIN_FILENO);
		posix_spawn_file_actions_addclose(&files, in[1]);
	}
	rc = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	close(from[1]);
	if (text) {
		close(in[0]);
		/* a manifest is far smaller than what would make us wait for a reader of its own output */
		for (size_t at = 0; rc == 0 && at < text->n && (n = write(in[1], text->s + at, text->n - at)) > 0; at += (size_t)n)
			;
		close(in[1]);
	}
	while (rc == 0 && ((n = read(from[0], room, sizeof(room))) > 0 || (n < 0 && errno == EINTR)))
		buf_add(out, (struct str){ room, n > 0 ? (size_t)n : 0 });
	close(from[0]);
	if (rc != 0) {
		errno = rc;
		return err_sys(err, "%s", argv[0]);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	buf_cut(out, str_trim(buf_str(out)).n);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(err, "%s gave %d; what it said is above", argv[0], WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}

static int slurm_submit(const char *array, const char *merge, struct err *err)
{
	struct buf job = BUF_INIT, last = BUF_INIT, after = BUF_INIT;
	char *one[] = { "sbatch", "--parsable", (char *)array, NULL };
	int rc = ask(one, NULL, &job, err);

	if (rc == 0) {
		ptrdiff_t semicolon = str_chr(buf_str(&job), ';'); /* the cluster's name stands behind it */

		if (semicolon >= 0)
			buf_cut(&job, (size_t)semicolon);
		buf_addf(&after, "--dependency=afterok:%s", buf_z(&job));
		rc = ask((char *[]){ "sbatch", "--parsable", (char *)buf_z(&after), (char *)merge, NULL }, NULL, &last, err);
	}
	if (rc == 0)
		printf("array job %s, merge job %s\n", buf_z(&job), buf_z(&last));
	buf_release(&job);
	buf_release(&last);
	buf_release(&after);
	return rc;
}

static int make_dir(const char *path, struct err *err)
{
	return mkdir(path, 0777) < 0 && errno != EEXIST ? err_sys(err, "%s", path) : 0;
}

/* DIR and DIR/slurm, by their absolute name: jobs begin elsewhere. */
static int slurm_home(struct submission *s, const char *dir, struct err *err)
{
	char real[PATH_MAX];
	struct buf path = BUF_INIT;
	bool made = mkdir(dir, 0777) == 0;
	int rc = made || errno == EEXIST ? 0 : err_sys(err, "%s", dir);

	if (rc == 0 && !realpath(dir, real))
		rc = err_sys(err, "%s", dir);
	if (rc == 0 && !getcwd(s->here, sizeof(s->here)))
		rc = err_sys(err, "the working directory");
	if (rc == 0 && (strpbrk(real, "\"%\n\\") || strpbrk(s->here, "\"\n\\")))
		rc = err_set(err, "%s: sbatch cannot write its logs in a directory of this name", real);
	if (rc == 0) {
		buf_addz(&s->dir, real);
		buf_addf(&path, "%s/slurm", real);
		rc = make_dir(buf_z(&path), err);
	}
	if (rc < 0 && made)
		rmdir(dir);
	buf_release(&path);
	return rc;
}

static int slurm(struct submission *s, struct err *err)
{
	const struct args *a = s->a;
	char self[PATH_MAX] = "";
	struct buf recipe = BUF_INIT, array = BUF_INIT, merge = BUF_INIT, text = BUF_INIT;
	const char *program = a->program;
	ssize_t n = program ? 0 : readlink("/proc/self/exe", self, sizeof(self) - 1);
	int rc = slurm_home(s, a->dir ? a->dir : s->r.plan.name, err);

	program = program ? program : n > 0 ? self : "quarry";
	buf_addf(&recipe, "%s/slurm/recipe.yaml", buf_z(&s->dir));
	buf_addf(&array, "%s/slurm/array.sh", buf_z(&s->dir));
	buf_addf(&merge, "%s/slurm/merge.sh", buf_z(&s->dir));
	if (rc == 0)
		rc = write_file(buf_z(&recipe), &s->r.text, 0666 & ~022, err);
	slurm_array(&text, s, program);
	if (rc == 0)
		rc = write_file(buf_z(&array), &text, 0755, err);
	buf_reset(&text);
	slurm_merge(&text, s, program);
	if (rc == 0)
		rc = write_file(buf_z(&merge), &text, 0755, err);
	if (rc == 0 && a->submit)
		rc = slurm_submit(buf_z(&array), buf_z(&merge), err);
	else if (rc == 0)
		printf("job=$(sbatch --parsable %s)\nsbatch --dependency=afterok:$job %s\n", buf_z(&array), buf_z(&merge));
	buf_release(&recipe);
	buf_release(&array);
	buf_release(&merge);
	buf_release(&text);
	return rc;
}

/* ---- Kubernetes */

/* A name as Kubernetes allows it: small letters, digits, dashes; short enough for what it adds to it. */
static void kube_name(struct buf *b, const char *name)
{
	size_t from = b->n;

	for (; *name && b->n - from < 40; name++)
		buf_addc(b, isalnum((unsigned char)*name) ? (char)tolower((unsigned char)*name) : '-');
	while (b->n > from && b->s[b->n - 1] == '-')
		buf_cut(b, b->n - 1);
}

static void kube_meta(struct buf *b, const struct submission *s, const char *kind, const char *version, const char *name)
{
	json_open(b, '{');
	json_key(b, "apiVersion");
	json_add_z(b, version);
	json_key(b, "kind");
	json_add_z(b, kind);
	json_key(b, "metadata");
	json_open(b, '{');
	json_key(b, "name");
	json_add_z(b, name);
	if (s->a->space) {
		json_key(b, "namespace");
		json_add_z(b, s->a->space);
	}
	json_key(b, "labels");
	json_add_raw(b, STR("{\"app.kubernetes.io/name\":\"quarry\"}"));
	json_close(b, '}');
}

static void kube_mount(struct buf *b, const char *name, const char *path)
{
	json_open(b, '{');
	json_key(b, "name");
	json_add_z(b, name);
	json_key(b, "mountPath");
	json_add_z(b, path);
	json_close(b, '}');
}

static void kube_needs(struct buf *b, const struct args *a)
{
	char cpus[24];

	if (!a->cpus && !a->memory)
		return;
	snprintf(cpus, sizeof(cpus), "%lld", (long long)a->cpus);
	json_key(b, "resources");
	json_open(b, '{');
	json_key(b, "requests");
	json_open(b, '{');
	if (a->cpus) {
		json_key(b, "cpu");
		json_add_z(b, cpus);
	}
	if (a->memory) {
		json_key(b, "memory");
		json_add_z(b, a->memory);
	}
	json_close(b, '}');
	if (a->memory) {
		json_key(b, "limits");
		json_open(b, '{');
		json_key(b, "memory");
		json_add_z(b, a->memory);
		json_close(b, '}');
	}
	json_close(b, '}');
}

static void kube_words(struct buf *b, const char *const *words)
{
	json_open(b, '[');
	for (; *words; words++)
		if (**words)
			json_add_z(b, *words);
	json_close(b, ']');
}

/* The pod of a job: one container, the shared volume, the recipe where it is asked for. */
static void kube_pod(struct buf *b, const struct submission *s, const char *name, const char *const *command, const char *recipe)
{
	const struct args *a = s->a;
	const char *mount = a->mount ? a->mount : "/data";
	char parts[24];

	snprintf(parts, sizeof(parts), "%lld", (long long)a->parts);
	json_key(b, "template");
	json_open(b, '{');
	json_key(b, "spec");
	json_open(b, '{');
	json_key(b, "restartPolicy");
	json_add_z(b, "Never");
	json_key(b, "terminationGracePeriodSeconds");
	json_add_i64(b, 120);
	json_key(b, "containers");
	json_open(b, '[');
	json_open(b, '{');
	json_key(b, "name");
	json_add_z(b, name);
	json_key(b, "image");
	json_add_z(b, a->image);
	json_key(b, "command");
	kube_words(b, command);
	if (recipe) { /* the index is there by itself; of how many it is, we must say */
		json_key(b, "env");
		json_open(b, '[');
		json_open(b, '{');
		json_key(b, "name");
		json_add_z(b, "JOB_COMPLETIONS");
		json_key(b, "value");
		json_add_z(b, parts);
		json_close(b, '}');
		json_close(b, ']');
		kube_needs(b, a);
	}
	json_key(b, "volumeMounts");
	json_open(b, '[');
	kube_mount(b, "data", mount);
	if (recipe)
		kube_mount(b, "recipe", "/recipe");
	json_close(b, ']');
	json_close(b, '}');
	json_close(b, ']');
	json_key(b, "volumes");
	json_open(b, '[');
	json_open(b, '{');
	json_key(b, "name");
	json_add_z(b, "data");
	json_key(b, "persistentVolumeClaim");
	json_open(b, '{');
	json_key(b, "claimName");
	json_add_z(b, a->claim);
	json_close(b, '}');
	json_close(b, '}');
	if (recipe) {
		json_open(b, '{');
		json_key(b, "name");
		json_add_z(b, "recipe");
		json_key(b, "configMap");
		json_open(b, '{');
		json_key(b, "name");
		json_add_z(b, recipe);
		json_close(b, '}');
		json_close(b, '}');
	}
	json_close(b, ']');
	json_close(b, '}');
	json_close(b, '}');
}

/* What a failure means: 75 and a drained node cost no try, wrong usage ends the job at once. */
static const char failures[] =
	"{\"rules\":[{\"action\":\"Ignore\",\"onExitCodes\":{\"containerName\":\"build\",\"operator\":\"In\",\"values\":[75]}},"
	"{\"action\":\"Ignore\",\"onPodConditions\":[{\"type\":\"DisruptionTarget\",\"status\":\"True\"}]},"
	"{\"action\":\"FailJob\",\"onExitCodes\":{\"containerName\":\"build\",\"operator\":\"In\",\"values\":[2]}}]}";

static void kube_array(struct buf *b, const struct submission *s, const char *name, const char *recipe)
{
	const struct args *a = s->a;
	const char *program = a->program ? a->program : "quarry";
	char cpus[24] = "", seed[24];
	const char *command[] = { program, "build", "/recipe/recipe.yaml", "-o", buf_z(&s->dir), "--resume", "--seed", seed,
				  a->exhaust ? "--exhaust" : "", a->cpus ? "--threads" : "", cpus, NULL };

	if (a->cpus)
		snprintf(cpus, sizeof(cpus), "%lld", (long long)a->cpus);
	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)s->r.seed);
	kube_meta(b, s, "Job", "batch/v1", name);
	json_key(b, "spec");
	json_open(b, '{');
	json_key(b, "completionMode");
	json_add_z(b, "Indexed");
	json_key(b, "completions");
	json_add_i64(b, a->parts);
	json_key(b, "parallelism");
	json_add_i64(b, a->at_once ? a->at_once : a->parts);
	json_key(b, "backoffLimitPerIndex");
	json_add_i64(b, s->retries);
	json_key(b, "podFailurePolicy");
	json_add_raw(b, str_of(failures));
	kube_pod(b, s, "build", command, recipe);
	json_close(b, '}');
	json_close(b, '}');
}

static void kube_merge(struct buf *b, const struct submission *s, const char *name)
{
	const char *program = s->a->program ? s->a->program : "quarry";
	const char *command[] = { program, "merge", buf_z(&s->dir), "--wait", s->a->plain ? "--plain" : "", NULL };

	kube_meta(b, s, "Job", "batch/v1", name);
	json_key(b, "spec");
	json_open(b, '{');
	json_key(b, "backoffLimit");
	json_add_i64(b, s->retries);
	kube_pod(b, s, "merge", command, NULL);
	json_close(b, '}');
	json_close(b, '}');
}

static void kube_recipe(struct buf *b, const struct submission *s, const char *name)
{
	kube_meta(b, s, "ConfigMap", "v1", name);
	json_key(b, "data");
	json_open(b, '{');
	json_key(b, "recipe.yaml");
	json_add_str(b, buf_str(&s->r.text));
	json_close(b, '}');
	json_close(b, '}');
}

/* Labels of small letters, digits and dashes, joined by dots where there may be several. */
static bool kube_is_name(const char *name, bool dots, size_t most)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++) {
		bool edge = i == 0 || i + 1 == n || name[i - 1] == '.' || name[i + 1] == '.'; /* of a label */
		bool joins = name[i] == '-' || (name[i] == '.' && dots);

		if (!islower((unsigned char)name[i]) && !isdigit((unsigned char)name[i]) && (edge || !joins))
			return false;
	}
	return n > 0 && n <= most;
}

/* A number and its unit: 8Gi, 0.5T, 4e9. */
static bool kube_is_size(const char *text)
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei" };
	const char *unit = text + strspn(text, "0123456789");
	size_t i = 0;

	if (unit == text)
		return false;
	if (*unit == '.')
		unit += 1 + strspn(unit + 1, "0123456789");
	while (i < COUNT(units) && strcmp(unit, units[i]))
		i++;
	return i < COUNT(units);
}

/* A path without a step up. */
static bool is_straight(const char *path)
{
	struct str rest = str_of(path), step;

	while (str_split(&rest, '/', &step))
		if (str_is(step, ".."))
			return false;
	return true;
}

/* What the cluster would refuse, or what would not reach the volume. */
static int kube_check(const struct args *a, struct err *err)
{
	if (!a->image || !*a->image || !a->claim)
		return err_set(err, "submit k8s: --image IMAGE and --claim NAME must be given");
	if (!kube_is_name(a->claim, true, 253))
		return err_set(err, "submit k8s: --claim \"%s\" is no name for Kubernetes: small letters, digits, dashes and dots", a->claim);
	if (a->space && !kube_is_name(a->space, false, 63))
		return err_set(err, "submit k8s: --namespace \"%s\" is no name for Kubernetes: at most 63 small letters, digits and dashes", a->space);
	if (a->memory && !kube_is_size(a->memory))
		return err_set(err, "submit k8s: --memory \"%s\" is no size for Kubernetes; write it as 8Gi", a->memory);
	if (a->mount && (*a->mount != '/' || !a->mount[1] || strchr(a->mount, ':') || !is_straight(a->mount)))
		return err_set(err, "submit k8s: --mount \"%s\" is no place for a volume; it is an absolute path, as /data", a->mount);
	return 0;
}

/* A relative DIR is below the volume's mount, and an absolute one must be: all else goes with the pod. */
static int kube_dir(struct submission *s, struct err *err)
{
	const char *mount = s->a->mount ? s->a->mount : "/data", *dir = s->a->dir ? s->a->dir : s->r.plan.name;
	size_t n = strlen(mount);

	while (n > 1 && mount[n - 1] == '/')
		n--;
	if (!*dir || !is_straight(dir) || (*dir == '/' && (strncmp(dir, mount, n) || dir[n] != '/' || !dir[n + strspn(dir + n, "/")])))
		return err_set(err, "submit k8s: -o \"%s\" is not on the volume, which is at %.*s; name a directory below it, as out", dir, (int)n, mount);
	if (*dir != '/')
		buf_addf(&s->dir, "%.*s/", (int)n, mount);
	buf_addz(&s->dir, dir);
	return 0;
}

static int kube(struct submission *s, struct err *err)
{
	struct buf name = BUF_INIT, merge = BUF_INIT, recipe = BUF_INIT, text = BUF_INIT, said = BUF_INIT;
	int rc = kube_check(s->a, err);

	if (rc == 0)
		rc = kube_dir(s, err);
	if (rc < 0)
		return rc;
	if (s->r.calibration && *s->r.calibration != '/')
		return err_set(err, "%s:%d: the pods find a calibration by its absolute path on the volume alone", s->r.path, s->r.calibration_line);
	buf_addz(&name, "quarry-");
	kube_name(&name, s->r.plan.name);
	buf_addf(&merge, "%s-merge", buf_z(&name));
	buf_addf(&recipe, "%s-recipe", buf_z(&name));
	json_open(&text, '{');
	json_key(&text, "apiVersion");
	json_add_z(&text, "v1");
	json_key(&text, "kind");
	json_add_z(&text, "List");
	json_key(&text, "items");
	json_open(&text, '[');
	kube_recipe(&text, s, buf_z(&recipe));
	kube_array(&text, s, buf_z(&name), buf_z(&recipe));
	kube_merge(&text, s, buf_z(&merge));
	json_close(&text, ']');
	json_close(&text, '}');
	buf_addc(&text, '\n');
	if (text.failed)
		rc = err_set(err, "out of memory");
	else if (s->a->submit)
		rc = ask((char *[]){ "kubectl", "apply", "-f", "-", NULL }, &text, &said, err);
	else
		fwrite(text.s, 1, text.n, stdout);
	if (rc == 0 && s->a->submit)
		printf("%s\n", buf_z(&said));
	buf_release(&name);
	buf_release(&merge);
	buf_release(&recipe);
	buf_release(&text);
	buf_release(&said);
	return rc;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct submission s = { .a = a, .retries = a->retries_given ? a->retries : 20 };
	struct err err = ERR_INIT;
	bool slurms = argc > 0 && strcmp(argv[0], "slurm") == 0;
	int rc;

	if (argc != 2 || (!slurms && strcmp(argv[0], "k8s"))) {
		err_set(&err, "submit takes slurm or k8s, and one recipe");
		return fail_usage(&err);
	}
	if (!a->parts) {
		err_set(&err, "submit: -n N says into how many parts the build is split");
		return fail_usage(&err);
	}
	rc = check_words(a, &err);
	if (rc == 0)
		rc = recipe_read(&s.r, argv[1], &err);
	if (rc == 0 && a->common.seed_given)
		s.r.seed = (uint64_t)a->common.seed;
	if (rc == 0)
		rc = slurms ? slurm(&s, &err) : kube(&s, &err);
	recipe_release(&s.r);
	buf_release(&s.dir);
	return rc < 0 ? fail(rc, &err) : EXIT_DONE;
}

static const char more[] =
	"Slurm: writes DIR/slurm/array.sh, an array of N parts that are queued again when their time is up or their node goes, and\n"
	"DIR/slurm/merge.sh, which runs once all are done; and prints the two commands that submit them. DIR must be on a file system\n"
	"that all nodes see.\n"
	"\n"
	"    quarry submit slurm recipe.yaml -n 64 -o out --time 4:00:00 --cpus 8 --submit\n"
	"\n"
	"Kubernetes: prints the manifest: the recipe, an Indexed Job of N parts, and the job that waits for them and merges. The volume\n"
	"claim must be one that many nodes may write (ReadWriteMany). A failing part needs Kubernetes 1.29 or later to be tried again by\n"
	"itself.\n"
	"\n"
	"    quarry submit k8s recipe.yaml -n 64 --image quarry:0.1 --claim data --cpus 8 --memory 8Gi | kubectl apply -f -\n";

const struct command cmd_submit = { "submit", "slurm|k8s RECIPE.yaml", "a build in parts, as a Slurm array or a Kubernetes Indexed Job", more, options,
				    sizeof(struct args), run };
