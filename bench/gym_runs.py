#!/usr/bin/env python3
"""gym_runs.py CHECKOUT BUILD - what models really answered, judged by quarry and by reasoning-gym.

CHECKOUT is a git repository of published reasoning-gym runs (open-thought/reasoning-gym-eval): JSON files, one a model and task, with `name`, `config` and
`results`, of each question its completions with `full_model_response` and `score`. Every task that `quarry verify --dataset reasoning-gym` knows is judged
from the response as it came. Run it with a Python that has reasoning-gym, which makes the puzzles again by their seeds: the files do not hold them.

Columns: responses; right by both, by quarry alone, by reasoning-gym alone (a score of 1), by neither; rows that quarry does not judge; the responses judged
not right whose last 300 bytes hold the stored answer, to be read by a person (--show).
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys

import reasoning_gym


def git(checkout, *args):
    return subprocess.run(['git', '-C', checkout, *args], check=True, capture_output=True).stdout


def plain(text):
    return re.sub(r'[^a-z0-9-]+', '', text.lower())


def rows_of(checkout, judged):
    """Every completion as a row of reasoning-gym's, with a response and theirs for its score."""
    puzzles = {}
    for path in git(checkout, 'ls-tree', '-r', '--name-only', 'HEAD').decode().split('\n'):
        name = os.path.basename(path)[:-5]
        if not path.endswith('.json') or name not in judged or 'zero-shot' not in path:
            continue
        run = json.loads(git(checkout, 'show', 'HEAD:' + path))
        key = name, json.dumps(run['config'], sort_keys=True)
        if key not in puzzles:
            puzzles[key] = {x['question']: x for x in reasoning_gym.create_dataset(name, **run['config'])}
        for result in run['results']:
            same = puzzles[key].get(result['question'])
            for c in result.get('completions', []):
                if c.get('full_model_response') is not None:
                    yield {'question': result['question'], 'answer': result['expected_answer'], 'theirs': c['score'], 'response': c['full_model_response'],
                           'metadata': same['metadata'] if same else {'source_dataset': name}}


def main():
    p = argparse.ArgumentParser()
    p.add_argument('checkout')
    p.add_argument('build')
    p.add_argument('--show', metavar='TASK', help='the responses of the last column, and those that one side alone takes')
    a = p.parse_args()
    judged = ('sudoku mini_sudoku futoshiki survo kakurasu puzzle24 countdown cryptarithm knights_knaves word_sorting number_sorting caesar_cipher zebra_puzzles '
              'chain_sum basic_arithmetic self_reference arc_1d arc_agi rearc game_of_life game_of_life_halting').split()
    rows = list(rows_of(a.checkout, judged))
    text = ''.join(json.dumps(row, default=str) + '\n' for row in rows)
    said = subprocess.run([os.path.join(a.build, 'quarry'), 'verify', '--dataset', 'reasoning-gym', '-q'], input=text.encode(), stdout=subprocess.PIPE).stdout
    table = collections.defaultdict(collections.Counter)
    for row, line in zip(rows, said.decode().splitlines()):
        got, task = json.loads(line), row['metadata']['source_dataset']
        ours, theirs = got['mark'] == 'correct', row['theirs'] >= 0.999
        kind = 'bad' if got['mark'] == 'bad_task' else 'both' if ours and theirs else 'ours' if ours else 'theirs' if theirs else 'neither'
        holds = kind == 'neither' and len(plain(row['answer'])) > 3 and plain(row['answer']) in plain(row['response'][-300:])
        table[task].update([kind, 'all'] + ['holds'] * holds)
        if a.show == task and (holds or kind in ('ours', 'theirs')):
            print('%s (%s) stored %.80r: ...%r' % (kind, got['why'], row['answer'], row['response'][-200:]))
    columns = ('all', 'both', 'ours', 'theirs', 'neither', 'bad', 'holds')
    print('| task | responses | both | quarry alone | reasoning-gym alone | neither | not judged | to be read |')
    print('| --- |' + ' --: |' * len(columns))
    for task in sorted(table):
        print('| %s | %s |' % (task, ' | '.join(format(table[task][c], ',') for c in columns)))
    print('| all | %s |' % ' | '.join(format(sum(table[t][c] for t in table), ',') for c in columns))


if __name__ == '__main__':
    sys.exit(main())
