#!/usr/bin/env python3
"""scale.py BUILD_DIR [parts|memory|builds|all] [--rows N] [--most N] - what splitting a job gains, and what a large one needs.

parts	two parts of one thread each, side by side on two cores, against one of them alone on one: how many times as many rows a second,
	for generation and for verification. Wants a quiet machine: two cores that do nothing else.
memory	10^4, 10^5, ... rows generated, answered by a scripted model and verified: the most memory that was resident, CPU time and bytes a
	row. Goes up to --most (10^6; 10^7 takes a quarter of an hour, and 3 GB of disk with --packed).
builds	the same of whole builds of so many prompts, two samples each (10^6: five minutes of a core, 3 GB of disk).

Standard library only. Files go to a folder of their own under --temp and are removed.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

TASKS = ['word_sorting', 'sudoku', 'web_of_lies', 'multistep_arithmetic', 'dyck_language']


def rss_and_cpu(command, **more):
    """Run it to its end: resident KiB at most, CPU seconds, wall seconds."""
    began = time.time()
    p = subprocess.Popen(command, stdout=subprocess.DEVNULL, **more)
    _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode not in (0, 1):
        sys.exit('%s: exit %d' % (' '.join(command), p.returncode))
    return used.ru_maxrss, used.ru_utime + used.ru_stime, time.time() - began


def on_core(core):
    return lambda: os.sched_setaffinity(0, {core})


class Bench:
    def __init__(self, args):
        self.quarry = os.path.join(os.path.abspath(args.build), 'quarry')
        self.args = args
        self.room = tempfile.mkdtemp(prefix='quarry-scale-', dir=args.temp)
        self.end = '.jsonl.zst' if args.packed else '.jsonl'

    def path(self, name):
        return os.path.join(self.room, name)

    def generate(self, rows, out, *more, tasks=TASKS):
        each = max(1, rows // len(tasks))
        return [self.quarry, 'generate', *tasks, '-n', str(each), '-q', '-o', out, *more]

    def sample(self, made, out):
        """A response to each row, right with probability one half at difficulty 5."""
        return [self.quarry, 'sample', '--model', 'oracle:5', '-q', made, '-o', out]

    def verify(self, said, out, *more):
        return [self.quarry, 'verify', said, '-q', '-o', out, *more]

    # ---- parts

    def together(self, commands, cores):
        """Seconds until the last of them ends, each on a core of its own."""
        began = time.time()
        running = [subprocess.Popen(c, stdout=subprocess.DEVNULL, preexec_fn=on_core(core)) for c, core in zip(commands, cores)]
        codes = [p.wait() for p in running]
        if any(c not in (0, 1) for c in codes):
            sys.exit('a part failed: %s' % codes)
        return time.time() - began

    def parts(self):
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            sys.exit('two parts side by side need two cores')
        rows = self.args.rows // len(TASKS)
        print('%d rows of each task, parts of one thread on cores %d and %d; the best of %d' % (rows, cores[0], cores[1], self.args.times))
        made, said, out = (self.path(n + self.end) for n in ('made', 'said', 'out'))
        sums = {}
        for task in TASKS:  # each by itself: a part is half of the rows, and half of the work where they are alike
            subprocess.run(self.generate(rows, made, tasks=[task]), check=True)
            subprocess.run(self.sample(made, said), check=True)
            kinds = (('generate', lambda i, n: self.generate(rows, out, '-t', '1', '--part', '%d/%d' % (i, n), tasks=[task])),
                     ('verify', lambda i, n: self.verify(said, out, '-t', '1', '--part', '%d/%d' % (i, n))))
            for name, command in kinds:
                if self.args.only not in (None, name):
                    continue
                one, two = [], []
                for _ in range(self.args.times):
                    one.append(self.together([command(1, 2)], cores[:1]) + self.together([command(2, 2)], cores[:1]))
                    two.append(self.together([command(1, 2), command(2, 2)], cores[:2]))
                sums[name] = [a + b for a, b in zip(sums.get(name, (0, 0)), (min(one), min(two)))]
        for name, (one, two) in sums.items():
            # one part's throughput is what a core does alone; the same rows by two
            rate = rows * len(TASKS)
            print('%-10s one part at a time %8.0f rows/s, two %8.0f rows/s: %.2f times' % (name, rate / one, rate / two, one / two))

    # ---- memory

    def measure(self, rows, what, command, out):
        rss, cpu, wall = rss_and_cpu(command)
        print('%12d  %-10s %10.1f %14.1f %12.0f %10.1f' % (rows, what, rss / 1024, 1e6 * cpu / rows, os.path.getsize(out) / rows, wall), flush=True)

    def builds(self):
        recipe, out = self.path('recipe.yaml'), self.path('built')
        print('%12s  %-10s %10s %14s %12s %10s' % ('prompts', 'command', 'MiB', 'CPU us each', 'bytes each', 'wall s'))
        rows = self.args.least
        while rows <= self.args.most:
            with open(recipe, 'w') as f:
                f.write('name: built\nmodel: oracle:5\nsources:\n%ssampling: { n: 2, max_tokens: 64 }\n' %
                        ''.join('  - { task: %s, count: %d, difficulty: 5 }\n' % (task, rows // len(TASKS)) for task in TASKS))
            rss, cpu, wall = rss_and_cpu([self.quarry, 'build', recipe, '-o', out, '-q'])
            size = sum(os.path.getsize(os.path.join(at, n)) for at, _, names in os.walk(out) for n in names)
            print('%12d  %-10s %10.1f %14.1f %12.0f %10.1f' % (rows, 'build', rss / 1024, 1e6 * cpu / rows, size / rows, wall), flush=True)
            shutil.rmtree(out)
            rows *= 10

    def memory(self):
        print('%12s  %-10s %10s %14s %12s %10s' % ('rows', 'command', 'MiB', 'CPU us a row', 'bytes a row', 'wall s'))
        made, said, judged = (self.path(n + self.end) for n in ('made', 'said', 'judged'))
        rows = self.args.least
        while rows <= self.args.most:
            self.measure(rows, 'generate', self.generate(rows, made), made)
            self.measure(rows, 'sample', self.sample(made, said), said)
            os.unlink(made)
            self.measure(rows, 'verify', self.verify(said, judged), judged)
            os.unlink(said)
            os.unlink(judged)
            rows *= 10


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('build')
    p.add_argument('what', nargs='?', default='all', choices=['parts', 'memory', 'builds', 'all'])
    p.add_argument('--rows', type=int, default=400000, help='of the comparison of parts')
    p.add_argument('--only', choices=['generate', 'verify'], help='of parts: verification is several times as fast, and wants more rows')
    p.add_argument('--times', type=int, default=3)
    p.add_argument('--least', type=int, default=10 ** 4, help='and of the smallest')
    p.add_argument('--most', type=int, default=10 ** 6, help='rows of the largest job whose memory is measured')
    p.add_argument('--packed', action='store_true', help='compressed files')
    p.add_argument('--temp', help='where files go')
    bench = Bench(p.parse_args())
    try:
        if bench.args.what in ('parts', 'all'):
            bench.parts()
        if bench.args.what in ('memory', 'all'):
            bench.memory()
        if bench.args.what in ('builds', 'all'):
            bench.builds()
    finally:
        shutil.rmtree(bench.room)


main()
