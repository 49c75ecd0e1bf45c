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
	struct err err = ERR_INIT;
	const struct command *c;

	for (int i = 0; i < argc; i++)
		if (!command_find(argv[i], &err))
			return fail_usage(&err);
	if (a->man)
		commands_man();
	else if (a->completion)
		commands_completion();
	else
		for (int i = 0; (c = argc ? i < argc ? command_find(argv[i], &err) : NULL : commands[i]); i++)
			command_help(c), printf("\n");
	return EXIT_DONE;
}

const struct command cmd_help = { "help", "[COMMAND...]", "help on a command, the man page, shell completion", "", options,
				  sizeof(struct args), run };
