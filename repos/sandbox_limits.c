/* sandbox_limits.c - the kernel's limits of a process, for those that are executed and for those that are forked. */
#include "repos/sandbox_parts.h"

#include <sys/resource.h>

size_t limits_list(const struct station *s, const struct plan *plan, struct limit_row row[LIMITS])
{
	const struct sandbox_limits *limit = &plan->limits;
	uint64_t cpu = (uint64_t)limit->cpu_s + 1, processes = limit->processes;
	size_t n = 0;

	/* a control group's limit is to be met first: it tells */
	processes += groups_have(s->groups, GROUP_PROCESSES) ? 16 : 1;
	if (s->narrow)
		processes += narrow_others();
	row[n++] = (struct limit_row){ RLIMIT_CPU, cpu, cpu + 1 };
	row[n++] = (struct limit_row){ RLIMIT_FSIZE, limit->file, limit->file };
	row[n++] = (struct limit_row){ RLIMIT_NPROC, processes, processes };
	row[n++] = (struct limit_row){ RLIMIT_NOFILE, 1024, 1024 };
	row[n++] = (struct limit_row){ RLIMIT_CORE, 0, 0 };
	row[n++] = (struct limit_row){ RLIMIT_MEMLOCK, 1 << 16, 1 << 16 };
	row[n++] = (struct limit_row){ RLIMIT_STACK, 8 << 20, 64 << 20 };
	if (!groups_have(s->groups, GROUP_MEMORY))
		row[n++] = (struct limit_row){ RLIMIT_DATA, limit->memory, limit->memory };
	return n;
}
