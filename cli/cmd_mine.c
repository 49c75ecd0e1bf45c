/* cmd_mine.c - quarry mine: software-engineering tasks from git histories, each run before and after its change. */
#include "base/json.h"
#include "base/log.h"
#include "cli/mine.h"
#include "cli/mine_model.h"
#include "cli/packing.h"
#include "cli/stop.h"
#include "cli/swe_source.h"
#include "cli/yaml_json.h"
#include "datasets/stream.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct args {
	struct common common;
	const char *out, *name, *model, *since, *from, *merges, *langs, *issues, *exclude, *recipe, *environments, *format, *show, *report, *left_out, *part;
	int64_t max, lines, files, shown, inject, together, samples, max_tokens;
	double temperature;
	bool dry, resume, network, no_variants, write_tests, temperature_given, pack;
};

static const struct option options[] = {
	{ .name = "out", .letter = 'o', .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, out),
	  .what = "where the tasks go; standard output when not given" },
	{ .name = "max", .letter = 'n', .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 1e9, .at = offsetof(struct args, max),
	  .what = "the newest N tasks of each repository; all when not given" },
	{ .name = "since", .kind = OPT_TEXT, .arg = "DATE", .at = offsetof(struct args, since),
	  .what = "only commits from this day on: 2024-05-01" },
	{ .name = "from", .kind = OPT_TEXT, .arg = "REV", .at = offsetof(struct args, from),
	  .what = "where the walk begins; HEAD when not given" },
	{ .name = "merges", .kind = OPT_TEXT, .arg = "WHICH", .at = offsetof(struct args, merges),
	  .what = "main: those of the main line (when not given); all: those into branches, too" },
	{ .name = "code-lang", .kind = OPT_TEXT, .arg = "LANGS", .at = offsetof(struct args, langs),
	  .what = "c, cpp, python, go, rust, javascript; several with commas; all when not given" },
	{ .name = "name", .kind = OPT_TEXT, .arg = "OWNER/NAME", .at = offsetof(struct args, name),
	  .what = "what the repository is called; local/FOLDER when not given" },
	{ .name = "issues", .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, issues),
	  .what = "issues and pull requests as JSON lines: commit or pr, title, body" },
	{ .name = "exclude", .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, exclude),
	  .what = "no task starts from these: JSON lines with repo and base_commit, as SWE-bench has them" },
	{ .name = "recipe", .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, recipe),
	  .what = "how to build and test, as YAML or JSON; found out when not given" },
	{ .name = "environments", .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, environments),
	  .what = "keep what recipes prepare here, and the recipes by their hash" },
	{ .name = "pack", .kind = OPT_FLAG, .at = offsetof(struct args, pack),
	  .what = "each environment as an archive in env/ beside FILE, for judging elsewhere: see quarry pack" },
	{ .name = "format", .letter = 'f', .kind = OPT_TEXT, .arg = "FORMAT", .at = offsetof(struct args, format),
	  .what = "how prompts ask for edits: search_replace (when not given), diff or files" },
	{ .name = "show", .kind = OPT_TEXT, .arg = "FILES", .at = offsetof(struct args, show),
	  .what = "which files prompts show: oracle (when not given), bm25 or none" },
	{ .name = "show-bytes", .kind = OPT_INT, .arg = "N", .lo = 0, .hi = 1 << 24, .at = offsetof(struct args, shown),
	  .what = "most bytes of files in a prompt; 98304 when not given" },
	{ .name = "lines", .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 1e6, .at = offsetof(struct args, lines),
	  .what = "most source lines that a change may touch; 500 when not given" },
	{ .name = "files", .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 1e4, .at = offsetof(struct args, files),
	  .what = "most source files that a change may touch; 15 when not given" },
	{ .name = "inject", .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 1e6, .at = offsetof(struct args, inject),
	  .what = "no walk: N tasks from bugs put into the commit of --from, drawn by --seed" },
	{ .name = "together", .kind = OPT_INT, .arg = "K", .lo = 1, .hi = BUG_EDITS, .at = offsetof(struct args, together),
	  .what = "with --inject: up to K bugs in one task, in one file; 1 when not given" },
	{ .name = "model", .letter = 'm', .kind = OPT_TEXT, .arg = "MODEL", .at = offsetof(struct args, model),
	  .what = "asked for the problem where issue and message tell none: as for sample" },
	{ .name = "write-tests", .kind = OPT_FLAG, .at = offsetof(struct args, write_tests),
	  .what = "and for tests, where a commit has none" },
	{ .name = "samples", .kind = OPT_INT, .arg = "N", .lo = 1, .hi = MINE_SAMPLES, .at = offsetof(struct args, samples),
	  .what = "replies of the model to each prompt, the first good one taken; 1 when not given" },
	{ .name = "temperature", .letter = 'T', .kind = OPT_REAL, .arg = "T", .lo = 0, .hi = 100, .at = offsetof(struct args, temperature),
	  .given = offsetof(struct args, temperature_given), .what = "of the model; its own default when not given" },
	{ .name = "max-tokens", .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 1e6, .at = offsetof(struct args, max_tokens),
	  .what = "of one reply; 4096 when not given" },
	{ .name = "report", .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, report),
	  .what = "write the counts as JSON: why commits and candidates are left out" },
	{ .name = "left-out", .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, left_out),
	  .what = "write a line of JSON for each commit that is no task: which, and why" },
	{ .name = "network", .kind = OPT_FLAG, .at = offsetof(struct args, network),
	  .what = "recipes that ask for the network while they prepare get it" },
	{ .name = "no-variants", .kind = OPT_FLAG, .at = offsetof(struct args, no_variants),
	  .what = "do not look for expected values that secret variants can change" },
	{ .name = "dry-run", .kind = OPT_FLAG, .at = offsetof(struct args, dry),
	  .what = "walk and count; run nothing" },
	OPTION_PART(offsetof(struct args, part)),
	{ .name = "resume", .letter = 'r', .kind = OPT_FLAG, .at = offsetof(struct args, resume),
	  .what = "go on with FILE.journal, which a stopped run of the same command left" },
	{ 0 },
};

/* A file, whole. */
static int read_file(struct buf *text, const char *path, struct err *err)
{
	struct reader *r;
	struct buf line = BUF_INIT;
	int rc = reader_open(&r, path, err);

	if (rc < 0)
		return rc;
	while ((rc = reader_line(r, &line, err)) > 0) {
		buf_add(text, buf_str(&line));
		buf_addc(text, '\n');
	}
	if (rc == 0 && text->failed)
		rc = err_set(err, "%s: too large", path);
	reader_close(r);
	buf_release(&line);
	return rc;
}

static int read_recipe(struct environment *e, const char *path, struct err *err)
{
	struct buf text = BUF_INIT, json = BUF_INIT;
	struct json j;
	int rc = read_file(&text, path, err);

	if (rc == 0)
		rc = yaml_to_json(buf_str(&text), path, &json, err);
	if (rc == 0)
		rc = json_parse(&j, buf_str(&json), err) ? environment_read(e, j, err) : ERR_FAIL;
	if (rc < 0 && !strstr(err->msg, path))
		err_at(err, "%s: ", path);
	buf_release(&text);
	buf_release(&json);
	return rc;
}

/* What the options say, with what they name read. */
struct job {
	struct mine_options o;
	struct environment env;
	struct buf issue_text;
	struct excluded *excluded;
	struct issues *issues;
	const char *out;
	struct buf out_path, archives, repos;
	struct writer *report; /* opened before hours of work, not behind them */
};

/* Where archives go, and what their recipes may prepare from. */
static int read_pack(struct job *j, const struct args *a, int argc, char **argv, struct err *err)
{
	const char *lacks = packing_lacks();

	if (!a->pack)
		return 0;
	if (!a->out || strcmp(a->out, "-") == 0 || a->dry)
		return err_set(err, "mine: --pack writes archives beside the file of -o FILE");
	if (lacks)
		return err_set(err, "mine: --pack: %s", lacks);
	packing_beside(&j->archives, a->out);
	for (int i = 0; i < argc; i++)
		buf_addf(&j->repos, "%s%s", i ? ":" : "", argv[i]);
	j->o.archives = buf_z(&j->archives);
	j->o.repos = buf_z(&j->repos);
	return 0;
}

static int read_job(struct job *j, struct args *a, struct err *err)
{
	struct mine_options *o = &j->o;
	int rc = 0;

	*o = (struct mine_options){ .common = &a->common, .walk = WALK_OPTIONS, .max = (uint64_t)a->max, .format = EDITS_BLOCKS, .shown = 96 << 10,
				    .environments = a->environments, .network = a->network, .variants = !a->no_variants, .resume = a->resume,
				    .dry = a->dry };
	o->walk.threads = (unsigned)a->common.threads;
	o->walk.from = a->from;
	if (a->shown)
		o->shown = (size_t)a->shown;
	o->left_out = a->left_out;
	o->inject = (uint64_t)a->inject;
	o->together = a->together ? (unsigned)a->together : 1;
	if (a->inject)
		o->max = o->inject;
	if (a->together && !a->inject)
		return err_set(err, "mine: --together is of bugs that are put in: --inject N");
	if (!a->model && (a->write_tests || a->samples || a->max_tokens || a->temperature_given))
		return err_set(err, "mine: --write-tests, --samples, --temperature and --max-tokens are of a model: --model MODEL");
	if (a->inject && a->write_tests)
		return err_set(err, "mine: --inject keeps bugs that the tests there notice; --write-tests is for commits of a walk");
	o->write_tests = a->write_tests;
	if (a->inject && (a->max || a->since || a->issues || a->lines || a->files || a->merges))
		return err_set(err, "mine: --inject walks no history: --max, --since, --merges, --issues, --lines and --files are not for it");
	if (a->merges && strcmp(a->merges, "main") != 0 && strcmp(a->merges, "all") != 0)
		return err_set(err, "mine: --merges \"%s\" is not known; main and all are", a->merges);
	o->walk.all_merges = a->merges && *a->merges == 'a';
	if (a->lines)
		o->walk.lines = (uint32_t)a->lines;
	if (a->files)
		o->walk.files = (uint32_t)a->files;
	if (a->since && !swe_day(a->since, &o->walk.since))
		return err_set(err, "mine: --since \"%s\" is no day; write it as 2024-05-01", a->since);
	if (a->langs && !*a->langs)
		return err_set(err, "mine: --code-lang names no language; c, cpp, python, go, rust and javascript are known");
	if (a->langs && swe_langs(a->langs, &o->walk.langs, err) < 0)
		return err_at(err, "mine: ");
	if (a->format && strcmp(a->format, "search_replace") != 0 && strcmp(a->format, "diff") != 0 && strcmp(a->format, "files") != 0)
		return err_set(err, "mine: unknown format \"%s\"; search_replace, diff and files are known", a->format);
	if (a->format)
		o->format = *a->format == 's' ? EDITS_BLOCKS : *a->format == 'd' ? EDITS_DIFF : EDITS_FILES;
	if (a->show && !row_shows_read(str_of(a->show), &o->shows))
		return err_set(err, "mine: --show \"%s\" is not known; oracle, bm25 and none are", a->show);
	if (part_read(&o->part, a->part, err) < 0)
		return ERR_FAIL;
	if (a->recipe) {
		rc = read_recipe(&j->env, a->recipe, err);
		o->env = &j->env;
	}
	if (rc == 0 && a->issues) {
		rc = read_file(&j->issue_text, a->issues, err);
		if (rc == 0)
			rc = issues_read(&j->issues, buf_str(&j->issue_text), a->issues, err);
		o->issues = j->issues;
	}
	if (rc == 0 && a->exclude) {
		rc = excluded_open(&j->excluded, a->exclude, err);
		o->excluded = j->excluded;
	}
	if (rc == 0 && a->resume && !a->out)
		rc = err_set(err, "mine: --resume goes on with the file of -o FILE");
	if (rc == 0 && a->environments && mkdir(a->environments, 0777) < 0 && access(a->environments, W_OK) < 0)
		rc = err_sys(err, "%s", a->environments);
	if (rc == 0 && a->model)
		rc = mine_model_open(&o->model, a->model, &a->common, &(struct mine_model_options){ .samples = a->samples ? (int)a->samples : 1,
			.max_tokens = (int)a->max_tokens, .temperature = a->temperature, .temperature_given = a->temperature_given,
			.seed = (uint64_t)a->common.seed }, err);
	if (rc == 0)
		part_path(&j->out_path, &o->part, a->out ? a->out : "-");
	j->out = buf_z(&j->out_path);
	return rc;
}

/* ---- repositories */

static bool is_repository(const char *path)
{
	struct repo *r;
	struct err ignored;

	if (repo_open(&r, path, &ignored) < 0)
		return false;
	repo_free(r);
	return true;
}

/* The last part of a path, without ".git"; of "name/.git", name. */
static void base_of(struct buf *out, const char *path)
{
	char real[PATH_MAX];
	struct str p = str_of(realpath(path, real) ? real : path);

	while (p.n > 1 && p.s[p.n - 1] == '/')
		p.n--;
	if (str_ends(p, STR("/.git")))
		p.n -= 5;
	if (str_ends(p, STR(".git")))
		p.n -= 4;
	buf_add(out, str_from(p, (size_t)(str_rfind(p, STR("/")) + 1)));
}

static int mine_one(struct mine *m, const char *path, const char *owner, const char *given, struct err *err)
{
	struct buf name = BUF_INIT;
	int rc;

	if (given) {
		buf_addz(&name, given);
	} else {
		buf_addz(&name, owner);
		buf_addc(&name, '/');
		base_of(&name, path);
		for (size_t i = 0; i < name.n; i++)
			if (!((name.s[i] >= '0' && name.s[i] <= '9') || (name.s[i] >= 'a' && name.s[i] <= 'z') || (name.s[i] >= 'A' && name.s[i] <= 'Z') || strchr("/_.-", name.s[i])))
				name.s[i] = '-';
	}
	rc = mine_repository(m, path, buf_z(&name), err);
	buf_release(&name);
	return rc;
}

/* What can be mined in a folder, sorted by name: repositories, and those one folder below. */
static int mine_folder(struct mine *m, const char *dir, const char *owner, int depth, unsigned *found, struct err *err)
{
	struct dirent **e;
	int n = scandir(dir, &e, NULL, alphasort), rc = 0;

	if (n < 0)
		return err_sys(err, "%s", dir);
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];
		struct stat s;

		if (rc == 0 && e[i]->d_name[0] != '.' && snprintf(path, sizeof(path), "%s/%s", dir, e[i]->d_name) < (int)sizeof(path) &&
		    stat(path, &s) == 0 && S_ISDIR(s.st_mode)) {
			if (is_repository(path)) {
				++*found;
				rc = mine_one(m, path, owner ? owner : "local", NULL, err);
				if (rc == ERR_FAIL && !stop_asked()) { /* the others are none the worse for it */
					log_warn("%s", err->msg);
					rc = 0;
				}
			} else if (depth) {
				rc = mine_folder(m, path, e[i]->d_name, depth - 1, found, err);
			}
		}
		free(e[i]);
	}
	free(e);
	return rc;
}

static int mine_all(struct mine *m, struct args *a, int argc, char **argv, struct err *err)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < argc; i++) {
		unsigned found = 0;
		struct stat s;

		if (stat(argv[i], &s) == 0 && S_ISDIR(s.st_mode) && !is_repository(argv[i])) {
			rc = mine_folder(m, argv[i], NULL, 1, &found, err);
			if (rc == 0 && !found)
				rc = err_set(err, "%s: neither a git repository nor a folder of some", argv[i]);
		} else {
			rc = mine_one(m, argv[i], "local", a->name, err);
		}
	}
	return rc;
}

/* ---- counts */

static void bugs_json(struct buf *b, const struct mine_counts *c)
{
	json_key(b, "bugs");
	json_open(b, '{');
	json_key(b, "files");
	json_add_u64(b, c->bug_files);
	json_key(b, "files_unread");
	json_add_u64(b, c->bug_unread);
	json_key(b, "places");
	json_add_u64(b, c->bug_places);
	json_key(b, "operators");
	json_open(b, '{');
	for (size_t i = 0; i < c->n_operators_tried; i++) {
		uint64_t kept = 0;

		for (size_t k = 0; k < c->n_operators; k++)
			kept += strcmp(c->operators[k].name, c->operators_tried[i].name) == 0 ? c->operators[k].n : 0;
		json_key(b, c->operators_tried[i].name);
		json_open(b, '{');
		json_key(b, "tried");
		json_add_u64(b, c->operators_tried[i].n);
		json_key(b, "tasks");
		json_add_u64(b, kept);
		json_close(b, '}');
	}
	json_close(b, '}');
	json_close(b, '}');
}

static void counts_json(struct buf *b, const struct mine_counts *c)
{
	json_open(b, '{');
	json_key(b, "walked");
	json_add_u64(b, c->walked.walked);
	json_key(b, "candidates");
	json_open(b, '{');
	for (int i = 0; i < WALK_KINDS; i++) {
		json_key(b, walk_kind_name(i));
		json_add_u64(b, c->walked.found[i]);
	}
	json_close(b, '}');
	json_key(b, "without_binary_docs");
	json_add_u64(b, c->walked.aside);
	json_key(b, "commits_left_out");
	json_open(b, '{');
	for (int i = 0; i < WALK_REASONS; i++)
		if (c->walked.left_out[i]) {
			json_key(b, walk_reason_name(i));
			json_add_u64(b, c->walked.left_out[i]);
		}
	json_close(b, '}');
	json_key(b, "tried");
	json_add_u64(b, c->tried);
	json_key(b, "tasks");
	json_add_u64(b, c->kept);
	json_key(b, "same_tests");
	json_add_u64(b, c->twins);
	json_key(b, "underspecified");
	json_add_u64(b, c->underspecified);
	json_key(b, "candidates_dropped");
	json_open(b, '{');
	for (size_t i = 0; i < c->n_dropped; i++) {
		json_key(b, c->dropped[i].name);
		json_add_u64(b, c->dropped[i].n);
	}
	json_close(b, '}');
	if (c->bug_files)
		bugs_json(b, c);
	json_key(b, "written");
	json_open(b, '{');
	for (size_t i = 0; i < c->n_written; i++) {
		json_key(b, c->written[i].name);
		json_add_u64(b, c->written[i].n);
	}
	json_close(b, '}');
	json_key(b, "cpu_s");
	json_add_f64(b, c->cpu_s);
	json_close(b, '}');
}

static void tell(const struct mine_counts *c)
{
	struct buf b = BUF_INIT;
	uint64_t candidates = c->walked.found[WALK_COMMIT] + c->walked.found[WALK_MERGE] + c->walked.found[WALK_UNTESTED];

	if (c->bug_files)
		log_info("%llu places for bugs in %llu files; %llu could not be read", (unsigned long long)c->bug_places,
			 (unsigned long long)(c->bug_files - c->bug_unread), (unsigned long long)c->bug_unread);
	else
		log_info("%llu commits walked: %llu candidates", (unsigned long long)c->walked.walked, (unsigned long long)candidates);
	if (c->walked.aside)
		log_info("%llu candidates go without the binary documents of their commits", (unsigned long long)c->walked.aside);
	for (int i = 0; i < WALK_REASONS; i++)
		if (c->walked.left_out[i])
			buf_addf(&b, "%s%s %llu", b.n ? ", " : "", walk_reason_name(i), (unsigned long long)c->walked.left_out[i]);
	if (b.n)
		log_info("commits left out: %s", buf_z(&b));
	buf_reset(&b);
	for (size_t i = 0; i < c->n_dropped; i++)
		buf_addf(&b, "%s%s %llu", b.n ? ", " : "", c->dropped[i].name, (unsigned long long)c->dropped[i].n);
	if (b.n)
		log_info("candidates dropped: %s", buf_z(&b));
	buf_reset(&b);
	for (size_t i = 0; i < c->n_written; i++)
		buf_addf(&b, "%s%s %llu", b.n ? ", " : "", c->written[i].name, (unsigned long long)c->written[i].n);
	if (b.n)
		log_info("replies of the model: %s", buf_z(&b));
	if (c->tried)
		log_info("%llu tasks, %llu more that the same tests tell, %llu underspecified; %.1f s of CPU", (unsigned long long)c->kept,
			 (unsigned long long)c->twins, (unsigned long long)c->underspecified, c->cpu_s);
	buf_release(&b);
}

static int report(struct job *j, const struct args *a, const struct mine_counts *c, struct err *err)
{
	struct buf b = BUF_INIT;
	struct writer *w = j->report;
	int rc;

	if (!a->common.quiet)
		tell(c);
	if (!w)
		return 0;
	counts_json(&b, c);
	buf_addc(&b, '\n');
	rc = writer_add(w, buf_str(&b), err);
	if (rc == 0) {
		j->report = NULL;
		rc = writer_finish(w, err);
	}
	buf_release(&b);
	return rc < 0 ? ERR_JOB : 0;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct job j = { .out = NULL };
	struct mine *m = NULL;
	struct err err = ERR_INIT;
	int rc = 0;

	if (argc < 1)
		rc = err_set(&err, "mine: name a git repository, or a folder of some");
	else if (a->name && (argc > 1 || !swe_repo_name(a->name)))
		rc = err_set(&err, argc > 1 ? "mine: --name is for one repository" : "mine: --name is to be OWNER/NAME, of letters, digits, '_', '.' and '-'");
	if (rc == 0)
		rc = read_job(&j, a, &err);
	if (rc == 0)
		rc = read_pack(&j, a, argc, argv, &err);
	if (rc == 0) {
		stop_watch();
		part_tell(&j.o.part, &a->common);
		if (a->report)
			rc = writer_open(&j.report, a->report, &err);
	}
	if (rc == 0)
		rc = mine_open(&m, &j.o, j.out, &err);
	if (rc == 0)
		rc = mine_all(m, a, argc, argv, &err);
	if (rc == 0)
		rc = mine_finish(m, &err);
	if (rc == 0)
		rc = report(&j, a, mine_counts(m), &err);
	if (rc == ERR_STOPPED)
		err_set(&err, "mine: stopped by a signal; %s", a->out ? "what was done is kept: go on with --resume" : "nothing is kept without -o FILE");
	mine_drop(m);
	writer_drop(j.report);
	mine_model_close(j.o.model);
	environment_release(&j.env);
	issues_free(j.issues);
	excluded_free(j.excluded);
	buf_release(&j.issue_text);
	buf_release(&j.out_path);
	buf_release(&j.archives);
	buf_release(&j.repos);
	return rc < 0 ? fail(rc, &err) : EXIT_DONE;
}

static const char more[] =
	"A commit that touches both source and tests, or what these read, may be a task: its tests are run over the tree before it and\n"
	"after it, several times, in another order and at another time, in a sandbox without network. Kept is what some tests tell apart\n"
	"each time. The newest come first, and the rows are the same whatever --threads. REPO is a repository (bare or not), or a folder\n"
	"of some.\n"
	"\n"
	"    quarry mine ~/src/boltons --name mahmoud/boltons --max 50 -o tasks.jsonl.zst --report mined.json\n"
	"    quarry mine ~/src/cJSON --since 2020-01-01 --code-lang c --show bm25\n"
	"\n"
	"A signal stops after what runs now, with exit code 75; the same command with --resume goes on.\n";

const struct command cmd_mine = { "mine", "REPO...", "software-engineering tasks from git history", more, options, sizeof(struct args), run };
