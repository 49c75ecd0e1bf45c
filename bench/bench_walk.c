/*
 * bench_walk.c - a walk through a history against `git log --numstat` of the same, both by the clock, in one run.
 *
 *	bench_walk REPO [THREADS [TURNS]]
 *
 * Taken in turn, twice or TURNS times, the better time of each: what a disk had to be asked for is in nobody's number. Ours goes on to patches, their
 * names and comment-only changes of every candidate; git's ends with the counts of lines. bench/history.py makes a large repository.
 */
#include "repos/walk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double wall(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double git_log(const char *path)
{
	double began = wall();
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 1);
		execlp("git", "git", "-C", path, "-c", "safe.directory=*", "log", "--numstat", (char *)NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) {
		fprintf(stderr, "bench_walk: git log fails\n");
		exit(2);
	}
	return wall() - began;
}

struct sum {
	uint64_t bytes, found;
	long anon[10]; /* KB of memory of our own, at each tenth of what was found in the turn before */
	uint64_t each;
};

/* Memory of our own: pages of packs that are mapped come and go with the page cache. */
static long anon_kb(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[200];
	long kb = 0;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "RssAnon: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

static int count(void *ctx, const struct candidate *c)
{
	struct sum *s = ctx;

	s->bytes += c->patch.n + c->test_patch.n;
	s->found++;
	if (s->each && s->found % s->each == 0 && s->found / s->each <= 10)
		s->anon[s->found / s->each - 1] = anon_kb();
	return 0;
}

static double walked(const char *path, unsigned threads, struct walk_counts *n, struct sum *sum)
{
	struct walk_options o = WALK_OPTIONS;
	struct err err = ERR_INIT;
	struct repo *r;
	double began = wall();

	o.threads = threads;
	*sum = (struct sum){ .each = sum->found / 10 };
	if (repo_open(&r, path, &err) < 0 || walk(r, &o, n, count, sum, &err) < 0) {
		fprintf(stderr, "bench_walk: %s\n", err.msg);
		exit(2);
	}
	repo_free(r);
	return wall() - began;
}

int main(int argc, char **argv)
{
	double git = 1e9, ours = 1e9, t, git_cpu, ours_cpu;
	struct walk_counts n;
	struct sum sum = { 0 };
	unsigned threads = argc > 2 ? (unsigned)atoi(argv[2]) : 2;
	int turns = argc > 3 ? atoi(argv[3]) : 2;

	if (argc < 2 || turns < 1) {
		fprintf(stderr, "usage: bench_walk REPO [THREADS [TURNS]]\n");
		return 2;
	}
	for (int turn = 0; turn < turns; turn++) {
		t = walked(argv[1], threads, &n, &sum);
		ours = t < ours ? t : ours;
		t = git_log(argv[1]);
		git = t < git ? t : git;
	}
	git_cpu = cpu(RUSAGE_CHILDREN) / turns;
	ours_cpu = cpu(RUSAGE_SELF) / turns;
	printf("%s: %llu commits, %llu + %llu candidates, %.1f MB of patches\n", argv[1], (unsigned long long)n.walked,
	       (unsigned long long)n.found[WALK_COMMIT], (unsigned long long)n.found[WALK_MERGE], (double)sum.bytes / 1e6);
	for (int i = 0; i < WALK_REASONS; i++)
		if (n.left_out[i])
			printf("  %-16s %8llu\n", walk_reason_name((enum walk_reason)i), (unsigned long long)n.left_out[i]);
	printf("walk, %u threads %8.2f s   %8.2f s of processors\n", threads, ours, ours_cpu);
	printf("git log --numstat %7.2f s   %8.2f s of processors\n", git, git_cpu);
	printf("ratio %.2f (git's time over ours)\nMB of our own at each tenth of the walk:", git / ours);
	for (int i = 0; i < 10; i++)
		printf(" %ld", sum.anon[i] / 1024);
	printf("\n");
	return 0;
}
