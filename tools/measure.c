/*
 * measure.c - what is true of a task only over many puzzles, for generators/measured.tsv (`make measure`).
 *
 *	measure > measured.tsv			all tasks, 100,000 puzzles a level
 *	measure --count 10000 sudoku		one of them, sooner
 *
 * For each level: the share of the commonest answer, and log2 of how many different puzzles there are, symmetric
 * twins counted once. Where nearly every puzzle came up twice they are counted (=); else the number of equal pairs
 * tells how many there must be (~), if they were drawn evenly; where no two were equal it is a lower bound (>).
 * Puzzle i is drawn from a stream of its own, so that the result does not depend on the number of threads.
 */
#include "base/hash.h"
#include "generators/task.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DRAWS = 64, THREADS = 64 };

struct slice {
	const struct task *task;
	int knob[TASK_KNOBS], level;
	size_t from, to;
	uint64_t *answer, *canon; /* of puzzle i at [i]; an answer of 0 is no puzzle */
};

static uint64_t hash_of(const struct buf *b)
{
	return hash64(buf_z(b), b->n, 0) | 1;
}

static void *measure_slice(void *arg)
{
	struct slice *s = arg;
	struct buf desc = BUF_INIT, answer = BUF_INIT, canon = BUF_INIT;

	for (size_t i = s->from; i < s->to; i++) {
		struct rng rng;
		bool made = false;

		rng_init(&rng, rng_mix((uint64_t)s->level, i), s->task->name);
		for (int draw = 0; draw < DRAWS && !made; draw++) {
			buf_reset(&desc);
			buf_reset(&answer);
			made = s->task->generate(&desc, &answer, s->knob, &rng);
		}
		if (!made)
			continue;
		buf_reset(&canon);
		s->task->canon(&canon, buf_str(&desc));
		s->answer[i] = hash_of(&answer);
		s->canon[i] = hash_of(&canon);
	}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&canon);
	return NULL;
}

/* Of n values, sorted here: the size of the largest class, the number of classes, of classes of one, of equal pairs. */
struct classes {
	size_t largest, count, single;
	double pairs;
};

static struct classes classes_of(uint64_t *v, size_t n)
{
	struct classes c = { 0 };

	qsort(v, n, sizeof(*v), hash64_cmp);
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i; j < n && v[j] == v[i]; j++)
			;
		c.largest = j - i > c.largest ? j - i : c.largest;
		c.count++;
		c.single += j - i == 1;
		c.pairs += (double)(j - i) * (double)(j - i - 1) / 2;
	}
	return c;
}

static void print_row(const struct task *t, int level, uint64_t *answer, uint64_t *canon, size_t count)
{
	struct classes a, c;
	size_t made = 0;
	double all;
	char how = '~';

	for (size_t i = 0; i < count; i++)
		if (answer[i]) {
			answer[made] = answer[i];
			canon[made++] = canon[i];
		}
	if (made < count)
		fprintf(stderr, "measure: %s level %d: %zu of %zu draws gave no puzzle\n", t->name, level, count - made, count);
	if (!made)
		return;
	a = classes_of(answer, made);
	c = classes_of(canon, made);
	all = (double)made * (double)(made - 1) / 2;
	if (c.pairs < 1) {
		c.pairs = 1;
		how = '>';
	} else if (c.single * 1000 < made) { /* Good and Turing: what was met once tells how much was never met */
		how = '=';
	}
	printf("%s\t%d\t%.6f\t%.2f\t%c\n", t->name, level, (double)a.largest / (double)made,
	       how == '=' ? log2((double)c.count) : log2(all / c.pairs), how);
	fflush(stdout);
}

static void measure(const struct task *t, int level, size_t count, int threads, uint64_t *answer, uint64_t *canon)
{
	struct slice slice[THREADS];
	pthread_t id[THREADS];
	int started = 0;

	memset(answer, 0, count * sizeof(*answer));
	for (int i = 0; i < threads; i++) {
		slice[i] = (struct slice){ .task = t, .level = level, .answer = answer, .canon = canon,
					   .from = count * (size_t)i / (size_t)threads,
					   .to = count * ((size_t)i + 1) / (size_t)threads };
		task_level(t, level, slice[i].knob);
	}
	while (started < threads - 1 && pthread_create(&id[started], NULL, measure_slice, &slice[started]) == 0)
		started++;
	for (int i = started; i < threads; i++)
		measure_slice(&slice[i]);
	for (int i = 0; i < started; i++)
		pthread_join(id[i], NULL);
	print_row(t, level, answer, canon, count);
}

static int usage(void)
{
	fprintf(stderr, "usage: measure [--count N] [--threads N] [TASK...]\n");
	return 2;
}

static bool number(const char *z, int64_t lo, int64_t hi, int64_t *ret)
{
	return z && str_i64(str_of(z), ret) && *ret >= lo && *ret <= hi;
}

int main(int argc, char **argv)
{
	int64_t count = 100000, threads = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t *answer, *canon;
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at += 2) {
		if (strcmp(argv[at], "--count") == 0 ? !number(argv[at + 1], 2, 100000000, &count)
		    : strcmp(argv[at], "--threads") != 0 || !number(argv[at + 1], 1, THREADS, &threads))
			return usage();
	}
	for (int i = at; i < argc; i++)
		if (!task_find(str_of(argv[i]))) {
			fprintf(stderr, "measure: unknown task \"%s\"\n", argv[i]);
			return 2;
		}
	threads = threads < 1 ? 1 : threads > THREADS ? THREADS : threads;
	answer = calloc((size_t)count, sizeof(*answer));
	canon = calloc((size_t)count, sizeof(*canon));
	if (!answer || !canon) {
		fprintf(stderr, "measure: out of memory\n");
		return 1;
	}
	printf("# made by make measure from %lld puzzles a level\n", (long long)count);
	printf("# task\tlevel\tshare\tsupport_log2\tsupport is (= counted, ~ estimated, > at least)\n");
	for (size_t k = 0; task_at(k); k++) {
		const struct task *t = task_at(k);
		bool wanted = at == argc;

		for (int i = at; i < argc; i++)
			wanted |= task_find(str_of(argv[i])) == t;
		for (int level = 0; wanted && level < TASK_LEVELS; level++)
			measure(t, level, (size_t)count, (int)threads, answer, canon);
	}
	free(answer);
	free(canon);
	return ferror(stdout) || fclose(stdout) != 0;
}
