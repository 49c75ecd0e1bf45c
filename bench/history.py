#!/usr/bin/env python3
"""history.py REPO [COMMITS [FILES]] - a large repository made from nothing, for bench_walk: bare, packed, the same each time.

COMMITS (100000) on a tree of FILES (2000) in some directories. Of a hundred commits, sixteen touch both source and tests, the others one of
them, documents or both; one in twelve is a merge of a branch of a few commits.
"""
import random
import subprocess
import sys

WORDS = 'alpha beta gamma delta size count index value next left right node list map find sort parse read write open'.split()


def line(r):
    return '\t%s = %s(%s, %d);\n' % (r.choice(WORDS), r.choice(WORDS), r.choice(WORDS), r.randrange(1000))


def text(r, n):
    return ''.join(line(r) for _ in range(n))


class Stream:
    def __init__(self, out):
        self.out, self.mark, self.when = out, 0, 1300000000

    def put(self, s):
        self.out.write(s.encode())

    def commit(self, parents, files, message):
        self.mark += 1
        self.when += 600
        self.put('commit refs/heads/main\nmark :%d\ncommitter A <a@example.org> %d +0000\ndata %d\n%s\n' % (self.mark, self.when, len(message), message))
        for i, p in enumerate(parents):
            self.put('%s :%d\n' % ('merge' if i else 'from', p))
        for path, data in files.items():
            self.put('M 100644 inline %s\ndata %d\n%s\n' % (path, len(data), data))
        return self.mark


def main():
    repo, commits = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100000
    n = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
    r = random.Random(1)
    sources = ['src/m%02d/f%d.c' % (i % 40, i) for i in range(n * 3 // 4)]
    tests = ['tests/t%02d/test_%d.c' % (i % 20, i) for i in range(n // 5)]
    docs = ['docs/d%d.md' % i for i in range(n - len(sources) - len(tests))]
    subprocess.run(['git', 'init', '-q', '--bare', '-b', 'main', repo], check=True)
    git = subprocess.Popen(['git', '-C', repo, 'fast-import', '--quiet', '--depth=50'], stdin=subprocess.PIPE)
    s = Stream(git.stdin)
    trees = {p: text(r, r.randrange(20, 120)) for p in sources + tests + docs}
    head = s.commit([], trees, 'first')

    def change(tree):
        kind = r.random()
        groups = [sources, tests] if kind < 0.16 else [sources] if kind < 0.6 else [tests] if kind < 0.75 else [docs]
        out = {}
        for g in groups:
            for path in r.sample(g, r.choice([1, 1, 1, 2, 3])):
                lines = tree[path].splitlines(True)
                at = r.randrange(len(lines) + 1)
                lines[at:at + r.randrange(3)] = [line(r) for _ in range(r.randrange(1, 4))]
                out[path] = ''.join(lines[-300:])
        return out

    while s.mark < commits:
        if r.random() < 0.02:
            tip, branch = head, {}
            for _ in range(r.randrange(1, 5)):
                files = change({**trees, **branch})
                branch.update(files)
                tip = s.commit([tip], files, 'On a branch %d' % s.mark)
            files = change(trees)
            trees.update(files)
            head = s.commit([head], files, 'Meanwhile %d' % s.mark)
            trees.update(branch)
            head = s.commit([head, tip], branch, 'Merge branch')
        else:
            files = change(trees)
            trees.update(files)
            head = s.commit([head], files, 'Change %d' % s.mark)
    s.put('done\n')
    git.stdin.close()
    sys.exit(git.wait())


if __name__ == '__main__':
    main()
