/* sandbox.c - the supervisor's side of a run. */
#include "repos/sandbox.h"

const char *sandbox_end_name(enum sandbox_end end)
{
	static const char *const names[] = { "exited", "signaled", "cpu", "wall", "oom", "pids", "disk", "output" };

	return names[end];
}

void sandbox_outcome_release(struct sandbox_outcome *out)
{
	buf_release(&out->out);
	buf_release(&out->channel);
}
