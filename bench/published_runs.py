#!/usr/bin/env python3
"""published_runs.py KIND CHECKOUT BUILD - what models really answered, judged by quarry and by those who published it.

CHECKOUT is a git repository; every response is judged as it came. KIND is whose it is:

    gym    open-thought/reasoning-gym-eval: runs of eleven models, with reasoning-gym's score. Needs a Python with reasoning-gym, which makes the
           puzzles again by their seeds, since the files do not hold them
    bbh    suzgunmirac/BIG-Bench-Hard: what code-davinci-002 wrote to all of BIG-Bench Hard; theirs is the text behind "the answer is", to the letter
    gsm    WildEval/ZeroEval: 47 models on GSM8K, answers asked for as JSON; theirs is the last number of the last member "answer", whatever stands around it
    tot24  princeton-nlp/tree-of-thought-llm: GPT-4 on the game of 24; theirs evaluates what stands before "="

Columns: responses; right by both, by quarry alone, by the others alone, by neither; rows that quarry does not judge. --show TASK prints the responses
that one side alone takes, and those judged not right whose end holds the stored answer: to be read by a person.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys


def git(checkout, *args):
    return subprocess.run(['git', '-C', checkout, *args], stdout=subprocess.PIPE).stdout


def runs(checkout, pattern):
    """The match and the JSON of every file whose path fits; what the checkout lacks or keeps elsewhere (LFS) is passed over."""
    for path in git(checkout, 'ls-tree', '-r', '--name-only', 'HEAD').decode().split('\n'):
        m = re.fullmatch(pattern, path)
        text = git(checkout, 'show', 'HEAD:' + path) if m else b''
        if text[:1] in (b'[', b'{'):
            yield m, json.loads(text)


def gym_row(task, question, answer, response, metadata=None):
    return {'question': question, 'answer': answer, 'response': response, 'metadata': metadata or {'source_dataset': task, 'source_index': 0}}


def gym(checkout):
    import reasoning_gym
    names = ('sudoku|mini_sudoku|futoshiki|puzzle24|countdown|cryptarithm|knights_knaves|word_sorting|number_sorting|caesar_cipher|zebra_puzzles|'
             'chain_sum|basic_arithmetic|self_reference|arc_1d|arc_agi|rearc|game_of_life|game_of_life_halting')
    puzzles = {}
    for m, run in runs(checkout, r'.*zero-shot/.*/(%s)\.json' % names):
        key = m[1], json.dumps(run['config'], sort_keys=True)
        if key not in puzzles:
            puzzles[key] = {x['question']: x for x in reasoning_gym.create_dataset(m[1], **run['config'])}
        for result in run['results']:
            same = puzzles[key].get(result['question'])
            for c in result.get('completions', []):
                if c.get('full_model_response') is not None:
                    yield m[1], c['score'] >= 0.999, gym_row(m[1], result['question'], result['expected_answer'], c['full_model_response'], same and same['metadata'])


def bbh(checkout):
    for m, run in runs(checkout, r'.*/code-davinci-002-(?:cot|direct)/(\w+)_few_shot\w*-\w*\.json'):
        for o in run['outputs']:
            said = re.search(r'answer is (.*?)\.?$', o['prediction'].strip(), re.S)
            game = {'question': o['input'].split('\n\nQ: ')[-1], 'answer': o['target'], 'metadata': {}}
            yield m[1], (said[1] if said else o['prediction']).strip() == o['target'], {
                'data_source': 'bbh_' + m[1], 'extra_info': {'game_data_str': json.dumps(game)}, 'answer': o['target'], 'response': o['prediction']}


def gsm(checkout):
    for m, run in runs(checkout, r'result_dirs/gsm/(\w.*)\.json'):
        for o in run:
            due = re.sub('[#, ]', '', str(o['answer']))
            response = o['output'][0] if isinstance(o['output'], list) else o['output']
            member = re.findall(r'"answer"\s*:\s*"?([^"\n}]*)"?', response)
            number = re.findall(r'-?\d[\d,]*(?:\.\d+)?', member[-1]) if member else []
            if re.fullmatch(r'-?\d+', due):
                yield 'gsm', bool(number) and float(number[-1].replace(',', '')) == float(due), gym_row('chain_sum', '?', due, response)


def tot24(checkout):
    puzzle = [line.split(',')[1] for line in git(checkout, 'show', 'HEAD:src/tot/data/24/24.csv').decode().split('\n')[1:] if line]
    for _, run in runs(checkout, r'logs/game24/.*\.json'):
        for o in run:
            for said, info in zip(o['ys'], o.get('infos', ())):
                meta = {'source_dataset': 'puzzle24', 'source_index': 0, 'numbers': [int(x) for x in puzzle[o['idx']].split()]}
                yield 'puzzle24', info['r'] == 1, gym_row('puzzle24', '?', '', said, meta)


KINDS = {'gym': (gym, 'reasoning-gym'), 'bbh': (bbh, 'synlogic'), 'gsm': (gsm, 'reasoning-gym'), 'tot24': (tot24, 'reasoning-gym')}


def plain(text):
    return re.sub(r'[^a-z0-9-]+', '', text.lower())


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('kind', choices=KINDS)
    p.add_argument('checkout')
    p.add_argument('build')
    p.add_argument('--show', metavar='TASK')
    a = p.parse_args()
    read, dataset = KINDS[a.kind]
    items = list(read(a.checkout))
    text = ''.join(json.dumps(row, default=str) + '\n' for _, _, row in items)
    said = subprocess.run([os.path.join(a.build, 'quarry'), 'verify', '--dataset', dataset, '-q'], input=text.encode(), stdout=subprocess.PIPE).stdout
    table = collections.defaultdict(collections.Counter)
    for (task, theirs, row), line in zip(items, said.decode().splitlines()):
        got = json.loads(line)
        ours = got['mark'] == 'correct'
        kind = 'bad' if got['mark'] == 'bad_task' else 'both' if ours and theirs else 'ours' if ours else 'theirs' if theirs else 'neither'
        table[task].update([kind, 'all'])
        if a.show == task and (kind in ('ours', 'theirs') or (kind == 'neither' and plain(row['answer']) in plain(row['response'][-300:]))):
            print('%s (%s) stored %.80r: ...%r' % (kind, got['why'], row['answer'], row['response'][-200:]))
    columns = ('all', 'both', 'ours', 'theirs', 'neither', 'bad')
    print('| task | responses | right by both | by quarry alone | by the others alone | by neither | not judged |')
    print('| --- |' + ' --: |' * len(columns))
    for task in sorted(table):
        print('| %s | %s |' % (task, ' | '.join(format(table[task][c], ',') for c in columns)))
    print('| all | %s |' % ' | '.join(format(sum(table[t][c] for t in table), ',') for c in columns))


if __name__ == '__main__':
    sys.exit(main())
