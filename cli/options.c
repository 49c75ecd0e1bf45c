/* options.c - one table for parsing, help, man page and completion; see command.h. */
#include "cli/command.h"
#include "base/buf.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

static const struct option common_options[] = {
	{ .name = "threads", .letter = 't', .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 4096, .at = offsetof(struct common, threads),
	  .given = offsetof(struct common, threads_given), .what = "threads to use; all cores when not given" },
	{ .name = "seed", .letter = 's', .kind = OPT_INT, .arg = "S", .lo = 0, .hi = 0x1p63, .at = offsetof(struct common, seed),
	  .given = offsetof(struct common, seed_given), .what = "seed of all chance, below 2^63; 0 when not given" },
	{ .name = "quiet", .letter = 'q', .kind = OPT_FLAG, .at = offsetof(struct common, quiet),
	  .what = "no progress on stderr" },
	{ .name = "log-json", .kind = OPT_FLAG, .at = offsetof(struct common, log_json),
	  .what = "talk on stderr as JSON lines" },
	{ .name = "help", .letter = 'h', .kind = OPT_FLAG, .at = offsetof(struct common, help),
	  .what = "this text" },
	{ 0 },
};

const struct option *options_common(void)
{
	return common_options;
}

static const struct option *by_name(const struct option *o, struct str name)
{
	for (; o->name; o++)
		if (str_is(name, o->name))
			return o;
	return NULL;
}

static const struct option *by_letter(const struct option *o, char letter)
{
	for (; o->name; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

static int unknown(const struct command *c, struct str name, struct err *err)
{
	const char *names[64], *near;
	int n = 0;

	for (int k = 0; k < 2; k++)
		for (const struct option *o = k ? common_options : c->options; o && o->name && n < 63; o++)
			names[n++] = o->name;
	names[n] = NULL;
	near = str_nearest(name, names);
	if (near)
		return err_set(err, "%s: unknown option \"--%.*s\"; did you mean \"--%s\"?", c->name, (int)name.n, name.s, near);
	return err_set(err, "%s: unknown option \"--%.*s\"; see quarry %s --help", c->name, (int)name.n, name.s, c->name);
}

static const char *hi_text(const struct option *o, char *room, size_t cap)
{
	snprintf(room, cap, "%.0f", o->hi);
	return o->hi < 0x1p63 ? room : "2^63 - 1";
}

static int set(const struct command *c, const struct option *o, void *args, const char *text, struct err *err)
{
	char *to = (char *)args + o->at, room[32];
	int64_t i;
	double f;

	if (o->given)
		*(bool *)((char *)args + o->given) = true;
	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)to = true;
		return 0;
	case OPT_INT:
		if (!str_i64(str_of(text), &i) || (double)i < o->lo || (double)i > o->hi)
			return err_set(err, "%s: --%s takes a whole number from %.0f to %s, not \"%s\"", c->name, o->name, o->lo,
				       hi_text(o, room, sizeof(room)), text);
		*(int64_t *)to = i;
		return 0;
	case OPT_REAL:
		if (!str_f64(str_of(text), &f) || f < o->lo || f > o->hi)
			return err_set(err, "%s: --%s takes a number from %g to %g, not \"%s\"", c->name, o->name, o->lo, o->hi,
				       text);
		*(double *)to = f;
		return 0;
	case OPT_TEXT:
		if (!*text && strcmp(o->name, "out") == 0)
			return err_set(err, "%s: --out takes the name of a %s, not \"\"", c->name, o->arg);
		*(const char **)to = text;
		return 0;
	case OPT_LIST: {
		struct opt_list *list = (struct opt_list *)to;

		if (list->n == OPT_LIST_MAX)
			return err_set(err, "%s: --%s is given more than %d times", c->name, o->name, OPT_LIST_MAX);
		list->item[list->n++] = text;
		return 0;
	}
	}
	return 0;
}

int options_parse(const struct command *c, void *args, int argc, char **argv, struct err *err)
{
	int left = 0;
	bool end = false;

	for (int i = 0; i < argc; i++) {
		const char *a = argv[i], *value = NULL;
		const struct option *o = NULL;

		if (end || a[0] != '-' || a[1] == 0) {
			argv[left++] = argv[i];
			continue;
		}
		if (strcmp(a, "--") == 0) {
			end = true;
			continue;
		}
		if (a[1] == '-') {
			struct str name = str_of(a + 2);
			ptrdiff_t eq = str_chr(name, '=');

			if (eq >= 0) {
				value = a + 2 + eq + 1;
				name.n = (size_t)eq;
			}
			o = c->options ? by_name(c->options, name) : NULL;
			o = o ? o : by_name(common_options, name);
			if (!o)
				return unknown(c, name, err);
			if (value && o->kind == OPT_FLAG)
				return err_set(err, "%s: --%s takes no value", c->name, o->name);
		} else {
			o = c->options ? by_letter(c->options, a[1]) : NULL;
			o = o ? o : by_letter(common_options, a[1]);
			if (!o || (o->kind == OPT_FLAG && a[2]))
				return err_set(err, "%s: unknown option \"%s\"; see quarry %s --help", c->name, a, c->name);
			if (a[2])
				value = a + 2;
		}
		if (o->kind != OPT_FLAG && !value) {
			if (++i == argc)
				return err_set(err, "%s: --%s needs a value (%s)", c->name, o->name, o->arg);
			value = argv[i];
		}
		if (set(c, o, args, value, err) < 0)
			return -1;
	}
	return left;
}

static void help_options(const struct option *o)
{
	for (; o && o->name; o++) {
		char left[64];
		int n = snprintf(left, sizeof(left), "  %c%c%c --%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
				 o->letter ? ',' : ' ', o->name, o->arg ? " " : "", o->arg ? o->arg : "");

		printf("%s%*s%s\n", left, n < 30 ? 30 - n : 1, "", o->what);
	}
}

void command_help(const struct command *c)
{
	printf("usage: quarry %s%s%s [options]\n\n%s\n\n", c->name, *c->args ? " " : "", c->args, c->what);
	if (c->more && *c->more)
		printf("%s\n", c->more);
	if (c->options && c->options->name) {
		printf("Options\n");
		help_options(c->options);
		printf("\n");
	}
	printf("Options of every command\n");
	help_options(common_options);
}

/* roff: a dash is a hyphen unless escaped, a dot or quote at a line's start is a request. */
static void roff(const char *text)
{
	bool start = true;

	for (; *text; text++) {
		if (start && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		start = *text == '\n';
		if (*text == '-')
			fputs("\\-", stdout);
		else if (*text == '\\')
			fputs("\\e", stdout);
		else
			putchar(*text);
	}
}

static void man_options(const struct option *o)
{
	for (; o && o->name; o++) {
		printf(".TP\n\\fB");
		if (o->letter)
			printf("\\-%c\\fR, \\fB", o->letter);
		printf("\\-\\-");
		roff(o->name);
		printf("\\fR");
		if (o->arg) {
			printf(" \\fI");
			roff(o->arg);
			printf("\\fR");
		}
		printf("\n");
		roff(o->what);
		printf("\n");
	}
}

void commands_man(void)
{
	printf(".TH QUARRY 1 \"\" \"quarry\"\n.SH NAME\nquarry \\- training data whose answers can be checked\n"
	       ".SH SYNOPSIS\n.B quarry\n.I COMMAND\n[options]\n.SH COMMANDS\n");
	for (const struct command *const *c = commands; *c; c++) {
		struct str rest = str_of((*c)->more ? (*c)->more : ""), line;

		printf(".SS quarry %s ", (*c)->name);
		roff((*c)->args);
		printf("\n");
		roff((*c)->what);
		printf(".\n");
		while (str_line(&rest, &line)) {
			char z[512];

			snprintf(z, sizeof(z), "%.*s", (int)line.n, line.s);
			if (line.n == 0)
				printf(".PP\n");
			else if (z[0] == ' ')
				printf(".br\n\\&"), roff(z), printf("\n.br\n");
			else
				roff(z), printf("\n");
		}
		man_options((*c)->options);
	}
	printf(".SS Options of every command\n");
	man_options(common_options);
	printf(".SH EXIT STATUS\n0 done; 1 the job ran and something it was asked to check failed; 2 wrong usage or "
	       "unreadable input; 75 stopped by a signal after saving, run again.\n");
}

static void completion_options(const struct option *o)
{
	for (; o && o->name; o++)
		printf(" --%s", o->name);
}

void commands_completion(void)
{
	printf("# bash completion for quarry, made by: quarry help --completion\n_quarry() {\n"
	       "\tlocal word=${COMP_WORDS[COMP_CWORD]}\n\tif [ \"$COMP_CWORD\" = 1 ]; then\n\t\tCOMPREPLY=($(compgen -W \"");
	for (const struct command *const *c = commands; *c; c++)
		printf("%s ", (*c)->name);
	printf("\" -- \"$word\"))\n\t\treturn\n\tfi\n\tcase $word in -*) ;; *)\n"
	       "\t\tcase ${COMP_WORDS[1]} in\n\t\tgenerate|show) COMPREPLY=($(compgen -W \"$(quarry tasks --names 2>/dev/null)\" -- \"$word\")) ;;\n"
	       "\t\t*) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n\t\tesac\n\t\treturn ;;\n\tesac\n\tcase ${COMP_WORDS[1]} in\n");
	for (const struct command *const *c = commands; *c; c++) {
		printf("\t%s) COMPREPLY=($(compgen -W \"", (*c)->name);
		completion_options((*c)->options);
		completion_options(common_options);
		printf("\" -- \"$word\")) ;;\n");
	}
	printf("\tesac\n}\ncomplete -F _quarry quarry\n");
}

int fail(int rc, const struct err *err)
{
	log_error("%s", err->msg);
	return rc == ERR_STOPPED ? EXIT_AGAIN : rc == ERR_JOB ? EXIT_FAILED : EXIT_USAGE;
}

int fail_usage(const struct err *err)
{
	return fail(ERR_FAIL, err);
}
