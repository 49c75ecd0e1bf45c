#!/usr/bin/env python3
"""The pages of docs/ that are made from the program: pages.py gallery QUARRY, pages.py difficulty QUARRY; each to stdout.

tests/script_pages makes them again and compares; `make pages` writes them.
"""
import json
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

COUNT = 41     # instances of each task and level behind a median
SHOWN = 1800   # characters of a prompt or of worked steps that a gallery page holds


def quarry(*args):
    return subprocess.run([sys.argv[2], *map(str, args)], stdout=subprocess.PIPE, check=True).stdout.decode('utf-8')


def tasks():
    return json.loads(quarry('tasks', '--json'))['tasks']


def fenced(text):
    if len(text) > SHOWN:
        text = text[:SHOWN].rsplit('\n', 1)[0] + '\n[... %d characters in all]' % len(text)
    fence = '````' if '```' in text else '```'
    return '%s\n%s\n%s\n' % (fence, text.rstrip('\n'), fence)


def page(task):
    name = task['name']
    en = json.loads(quarry('generate', name, '--difficulty', 2, '--seed', 3, '--worked'))
    zh = json.loads(quarry('generate', name, '--difficulty', 5, '--seed', 3, '--lang', 'zh'))
    flags = {'unique': 'one answer, proved', 'many_answers': 'every answer that obeys the rules is right'}
    out = ['## %s\n' % name, '%s' % task['what'],
           'Family: %s. %sWordings: %d en, %d zh. Support at difficulty 5: 2^%.0f puzzles.\n' % (
               task['family'], ''.join(flags[f].capitalize() + '. ' for f in task['flags'] if f in flags),
               sum(f['forms'] for f in task['forms']['en']), sum(f['forms'] for f in task['forms']['zh']), task['levels'][5]['support_log2']),
           '| knob | range | |\n| --- | --- | --- |']
    out += ['| `%s` | %d .. %d | %s |' % (k['name'], k['min'], k['max'], k['what'].replace('|', '\\|')) for k in task['knobs']]
    out += ['\n`quarry show %s --difficulty 2 --seed 3 --worked`\n' % name, fenced(en['prompt'][0]['content']),
            'Worked, ending in the answer:\n' if en.get('worked') else 'Answer:\n', fenced(en.get('worked') or en['answer']),
            '`quarry show %s --difficulty 5 --seed 3 --lang zh`\n' % name, fenced(zh['prompt'][0]['content']),
            'Answer:\n', fenced(zh['answer'])]
    return '\n'.join(out)


def gallery():
    all_tasks = tasks()
    print('# Gallery\n\nEvery task as a reader sees it. Made by `make pages`; the test suite makes it again and compares.\n')
    print(' '.join('[%s](#%s)' % (t['name'], t['name']) for t in all_tasks) + '\n')
    with ThreadPoolExecutor() as pool:
        for text in pool.map(page, all_tasks):
            print(text)


def level(name, d):
    rows = [json.loads(line) for line in quarry('generate', name, '--difficulty', d, '--count', COUNT, '--seed', 1, '--threads', 1).splitlines()]
    efforts = [r['effort'] for r in rows]

    def median(key):
        return int(statistics.median(e[key] for e in efforts))

    techniques = {}
    for e in efforts:
        if e['techniques']:
            techniques[e['techniques'][-1]] = techniques.get(e['techniques'][-1], 0) + 1
    hardest = max(sorted(techniques), key=techniques.get) if techniques else ''
    total = int(statistics.median(e['depth'] + e['branch'] + e['steps'] for e in efforts))
    return [total, median('depth'), median('branch'), median('steps'), hardest, median('prompt_chars'), median('answer_chars'),
            max(r['guess'] for r in rows)]


def difficulty():
    all_tasks = tasks()
    print('''# Difficulty, measured

Medians over %d puzzles of each task and difficulty, as the solver of `quarry generate` measured them. Depth is the longest chain of
forced steps, branch the guesses beyond propagation, steps all elementary steps; effort is their sum, and its median at difficulty d + 2 is
above that at d for every task. The technique is the hardest one that most puzzles needed, where the solver names techniques. Lengths are
in characters; guess is the chance of a right answer without reasoning. Made by `make pages`; the test suite makes it again and compares.
''' % COUNT)
    with ThreadPoolExecutor() as pool:
        for task in all_tasks:
            rows = list(pool.map(lambda d: level(task['name'], d), range(11)))
            print('## %s\n\n| difficulty | effort | depth | branch | steps | technique | prompt | answer | guess |\n|--:|--:|--:|--:|--:|---|--:|--:|--:|' % task['name'])
            for d, (total, depth, branch, steps, hardest, prompt, answer, guess) in enumerate(rows):
                print('| %d | %d | %d | %d | %d | %s | %d | %d | %.2g |' % (d, total, depth, branch, steps, hardest, prompt, answer, guess))
            print()


if __name__ == '__main__':
    if len(sys.argv) != 3 or sys.argv[1] not in ('gallery', 'difficulty'):
        sys.exit(__doc__)
    {'gallery': gallery, 'difficulty': difficulty}[sys.argv[1]]()
