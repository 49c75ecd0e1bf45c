/* cmd_help.c - quarry help: the man page and the completion, from the same tables as --help. */
#include "cli/command.h"

#include <stdio.h>

struct args {
	struct common common;
	bool man, completion;
};

static const struct option options[] = {
	{ .name = "man", .kind = OPT_FLAG, .at = offsetof(struct args, man),
	  .what = "the whole man page, as roff" },
	{ .name = "completion", .kind = OPT_FLAG, .at = offsetof(struct args, completion),
	  .what = "completion for bash" },
	{ 0 },
};

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;

	if (a->man)
		commands_man();
	else if (a->completion)
		commands_completion();
	else
		for (const struct command *const *c = commands; *c; c++)
			if (argc == 0 || strcmp(argv[0], (*c)->name) == 0)
				command_help(*c), printf("\n");
	return EXIT_DONE;
}

const struct command cmd_help = { "help", "[COMMAND]", "help on a command, the man page, shell completion", "", options,
				  sizeof(struct args), run };
