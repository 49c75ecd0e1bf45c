#!/usr/bin/env python3
"""tuned.py - does a difficulty that `quarry tune` found hold on fresh puzzles, and does a small model tell what a larger one can?

    tuned.py check BUILD [RECIPE]            tune (examples/tune.yaml, the whole budget), then ask 512 other puzzles at each difficulty
    tuned.py compare BUILD MODEL MODEL       pass rates of two models over tasks and levels, and the rank correlation of their cells

Prints tables for docs/tuning.md. Takes minutes to an hour; QUARRY_MODELS names the folder of the embedded model where it is not found.
SAMPLES (512, 48 a cell) and MAX_TOKENS choose less or more.
"""
import json
import math
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TASKS = ['boolean_expressions', 'dyck_language', 'game_of_24', 'multistep_arithmetic', 'object_counting', 'sudoku', 'web_of_lies', 'word_sorting']


def quarry(build, *args, text=None):
    r = subprocess.run([os.path.join(build, 'quarry'), *map(str, args)], input=text, stdout=subprocess.PIPE, check=False)
    if r.returncode:
        sys.exit('quarry %s: exit %d' % (args[0], r.returncode))
    return r.stdout


def lines(data):
    return [json.loads(line) for line in data.decode().split('\n') if line]


def wilson(k, n):
    p, z = k / n, 1.96
    mid, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0, (mid - half) / (1 + z * z / n)), min(1, (mid + half) / (1 + z * z / n))


def judged(build, model, puzzles, *args):
    """Verdicts of one sample of each puzzle."""
    text = b''.join(json.dumps(p, ensure_ascii=False).encode() + b'\n' for p in puzzles)
    return lines(quarry(build, 'verify', '--quiet', text=quarry(build, 'sample', '--model', model, *args, text=text)))


def check(build, recipe=None):
    with open(recipe or os.path.join(ROOT, 'examples', 'tune.yaml'), encoding='utf-8') as f:
        text = f.read()
    # no early end: the whole budget is to be spent
    text = re.sub(r'^  tolerance: .*$', '  tolerance: 0.005', text, flags=re.M)
    tokens = re.search(r'max_tokens: (\d+)', text)
    model = re.search(r'^model: (\S+)', text, re.M).group(1)
    n = int(os.environ.get('SAMPLES', 512))
    with tempfile.TemporaryDirectory() as room:
        with open(os.path.join(room, 'recipe.yaml'), 'w', encoding='utf-8') as f:
            f.write(text)
        cells = lines(quarry(build, 'tune', os.path.join(room, 'recipe.yaml'), '-o', os.path.join(room, 'out')))
        print('| task | target | samples | difficulty | rate, 95 % interval | fresh puzzles | right | off by | held |\n|---|--:|--:|--:|---|--:|--:|--:|---|')
        near = 0
        for c in cells:
            asked = {json.loads(line)['id'] for line in subprocess.run(['zstd', '-dcq', os.path.join(room, 'out', 'samples', c['files'] + '.jsonl.zst')],
                                                                        stdout=subprocess.PIPE, check=True).stdout.decode().split('\n') if line}
            for g in c['goals']:
                form = ['--form', c['asked']['forms']] if c['asked']['forms'] else []
                made = lines(quarry(build, 'generate', c['task'], '--count', 2 * n, '--seed', 20260801, '-d', g['difficulty'], '--lang', ','.join(c['asked']['lang']), *form, '-q'))
                fresh = {p['id']: p for p in made if p['id'] not in asked}
                rows = judged(build, model, list(fresh.values())[:n], *(['--max-tokens', tokens.group(1)] if tokens else []))
                k = sum(r['mark'] == 'correct' for r in rows)
                off = k / len(rows) - g['rate']
                near += abs(off) <= 0.10
                print('| %s | %.2f | %d | %.1f | %.3f, %.3f to %.3f | %d | %.3f | %+.3f | %s |' % (
                    c['task'], g['rate'], c['samples'], g['difficulty'], g['pass_rate'], g['pass_lo'], g['pass_hi'], len(rows), k / len(rows), off,
                    'yes' if abs(off) <= 0.10 else 'no'), flush=True)
        print('\n%d of %d within 0.10' % (near, sum(len(c['goals']) for c in cells)))


def ranks(values):
    order = sorted(range(len(values)), key=lambda i: values[i])
    out = [0.0] * len(values)
    i = 0
    while i < len(order):
        j = i
        while j < len(order) and values[order[j]] == values[order[i]]:
            j += 1
        for k in range(i, j):
            out[order[k]] = (i + j - 1) / 2
        i = j
    return out


def spearman(a, b):
    x, y = ranks(a), ranks(b)
    mx, my = sum(x) / len(x), sum(y) / len(y)
    sx, sy = math.sqrt(sum((v - mx) ** 2 for v in x)), math.sqrt(sum((v - my) ** 2 for v in y))
    return sum((p - mx) * (q - my) for p, q in zip(x, y)) / (sx * sy) if sx and sy else float('nan')


def compare(build, *models):
    n, tokens = int(os.environ.get('SAMPLES', 48)), os.environ.get('MAX_TOKENS', '320')
    rate = {}
    for task in TASKS:
        for level in range(5):
            puzzles = lines(quarry(build, 'generate', task, '--count', n, '--seed', 20260802, '-d', level, '-q', *(['--form', 'tiny'])))
            for m in models:
                rows = judged(build, m, puzzles, '--max-tokens', tokens, '-q')
                rate[m, task, level] = sum(r['mark'] == 'correct' for r in rows) / len(rows)
            print('%s level %d: %s' % (task, level, ' '.join('%.3f' % rate[m, task, level] for m in models)), file=sys.stderr, flush=True)
    print('| task | model | level 0 | 1 | 2 | 3 | 4 | rank correlation within the task |\n|---|---|--:|--:|--:|--:|--:|--:|')
    for task in TASKS:
        rho = spearman(*([rate[m, task, level] for level in range(5)] for m in models))
        for m in models:
            print('| %s | %s | %s | %s |' % (task, m.split('#')[-1], ' | '.join('%.2f' % rate[m, task, level] for level in range(5)),
                                            '%.2f' % rho if m == models[1] else ''))
    cells = [(t, level) for t in TASKS for level in range(5)]
    print('\nSpearman\'s rank correlation over %d cells of %d samples: %.2f' % (len(cells), n, spearman(*([rate[m, t, v] for t, v in cells] for m in models))))
    some = [c for c in cells if any(rate[(m, *c)] > 0 for m in models)]
    print('over the %d cells where either passes at all: %.2f' % (len(some), spearman(*([rate[m, t, v] for t, v in some] for m in models))))


if __name__ == '__main__':
    if len(sys.argv) < 3 or sys.argv[1] not in ('check', 'compare') or (sys.argv[1] == 'compare' and len(sys.argv) != 5):
        sys.exit(__doc__)
    globals()[sys.argv[1]](*sys.argv[2:])
