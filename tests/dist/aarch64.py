"""aarch64.py WORK WHEEL - what was built for aarch64 does the same as on x86_64, under qemu.

WORK is build-dist: aarch64/ and x86_64/ are builds, arm64/ holds Debian's Python and C library. Tests of the library, the bytes of
generated puzzles, verdicts over right, wrong and damaged answers, and the wheel under a Python of that machine.
"""
import json
import os
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness import Count  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(HERE))
TESTS = ['base', 'batch', 'cases', 'extract', 'grid', 'text', 'verify']

count = Count()
ask = count.ask


def run(*command, text=b'', **env):
    return subprocess.run(command, input=text, capture_output=True, timeout=1800, env={**os.environ, 'QUARRY_SOURCE': ROOT, **env})


def main():
    work, wheel = map(os.path.abspath, sys.argv[1:3])
    qemu = ['qemu-aarch64-static', '-L', os.path.join(work, 'arm64')]
    there, here = os.path.join(work, 'aarch64'), os.path.join(work, 'x86_64')
    head = open(os.path.join(there, 'quarry'), 'rb').read(20)
    ask(head[:4] == b'\x7fELF' and head[18] == 183, 'the build is not for aarch64')
    for t in TESTS:
        count.add(run(*qemu, os.path.join(there, 'tests/test_' + t)), 'test_' + t)

    # the same bytes from the same seed
    ask_for = ['generate', 'all', '-n', '20', '-d', '0..5', '--seed', '5', '--lang', 'en,zh', '--quiet']
    ours = run(os.path.join(here, 'quarry'), *ask_for)
    theirs = run(*qemu, os.path.join(there, 'quarry'), *ask_for)
    ask(ours.returncode == 0 and ours.stdout.count(b'\n') >= 20 * 37, 'generate here: exit %d, %r' % (ours.returncode, ours.stderr[:300]))
    a, b = ours.stdout.split(b'\n'), theirs.stdout.split(b'\n')
    ask(theirs.returncode == 0 and len(a) == len(b), 'generate there: exit %d, %d rows of %d' % (theirs.returncode, len(b), len(a)))
    for x, y in zip(a, b):
        ask(x == y, 'a row differs: %r' % x[:200])

    # the same verdicts: the answer, another puzzle's, one cut short, with digits changed, long numbers
    rows = [json.loads(line) for line in a if line]
    lines = []
    for i, row in enumerate(rows):
        answer = row['answer'] if isinstance(row['answer'], str) else json.dumps(row['answer'])
        other = rows[(i + 1) % len(rows)]['answer']
        for said in (answer, other, answer[:len(answer) // 2], answer.replace('1', '2'), answer + '0.12345678901234567890123e-7', '9007199254740993e27'):
            lines.append(json.dumps({'task': row['task'], 'desc': row['desc'], 'response': '<answer>%s</answer>' % said}))
    text = ('\n'.join(lines) + '\n').encode()
    verdicts = []
    for got in (run(os.path.join(here, 'quarry'), 'verify', text=text), run(*qemu, os.path.join(there, 'quarry'), 'verify', text=text)):
        verdicts.append([{k: v for k, v in json.loads(line).items() if k != 'verify_us'} for line in got.stdout.splitlines()])
    ask(len(verdicts[0]) == len(lines) and len(verdicts[1]) == len(lines), 'verify gave %d and %d of %d' % (len(verdicts[0]), len(verdicts[1]), len(lines)))
    for x, y in zip(*verdicts):
        ask(x == y, 'a verdict differs: %s, %s' % (x, y))
    marks = {json.dumps(v.get('verdict', v.get('mark'))) for v in verdicts[0]}
    ask(len(marks) >= 3, 'only these verdicts were compared: %s' % marks)

    with tempfile.TemporaryDirectory() as room:
        zipfile.ZipFile(wheel).extractall(room)
        python = os.path.join(work, 'arm64/usr/bin/python3')
        for binding in ('native', 'ctypes'):
            count.add(run(*qemu, python, os.path.join(HERE, 'quickstart.py'), binding, os.path.join(ROOT, 'bindings/python/README.md'),
                          PYTHONPATH=room, QUARRY_BINDING=binding), 'the wheel, ' + binding)
    return count.end()


if __name__ == '__main__':
    sys.exit(main())
