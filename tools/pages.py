#!/usr/bin/env python3
"""The pages of docs/ that are made from the program: pages.py gallery QUARRY, pages.py difficulty QUARRY, pages.py synlogic QUARRY;
each to stdout.

tests/script_pages and tests/script_foreign make them again and compare; `make pages` writes them.
"""
import json
import os
import re
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


def shown(text):
    """A response in one cell of a table."""
    if not text:
        return '(nothing)'
    if len(text) > 160:
        text = text[:150] + '... (%d characters)' % len(text)
    text = text.replace('\n', '⏎').replace('|', '\\|')
    fence = '`' * (max(map(len, re.findall('`+', text)), default=0) + 1)
    return '%s%s%s%s%s' % (fence, ' ' if fence != '`' else '', text, ' ' if fence != '`' else '', fence)


def family(name):
    """The row of the table that a benchmark's name belongs to."""
    return name.split('_')[0] + '_*' if name.startswith(('bbh_', 'bbeh_')) else name


def right(row):
    return row['mark'] == 'correct'


def synlogic():
    here = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'tests', 'fixtures')
    with open(os.path.join(here, 'synlogic_tasks.json'), encoding='utf-8') as f:
        facts = json.load(f)
    rows = {}
    for probes in sorted(name for name in os.listdir(here) if name.startswith('synlogic_probes')):
        run = subprocess.run([sys.argv[2], 'verify', '--dataset', 'synlogic', os.path.join(here, probes)], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
        for row in map(json.loads, run.stdout.decode('utf-8').splitlines()):
            rows.setdefault(row['data_source'], []).append(row)
    for name, some in rows.items():
        fact = facts[family(name)]
        if 'made' not in fact and 'probes' in fact:
            continue
        fact['made'] = True  # not by its generators, which are not published: counted here, over our own
        for key, n in [('probes', len(some)), ('paid', sum(r['upstream'] is True and not right(r) for r in some)),
                       ('refused', sum(r['upstream'] is False and right(r) for r in some)), ('hung', sum(r['upstream'] is None for r in some))]:
            fact[key] = fact.get(key, 0) + n
    print("""# SynLogic's verifiers and quarry's

`quarry verify --dataset synlogic` judges rows of SynLogic's schema by the rules as their questions state them. This page tables where its
verdicts differ from those of SynLogic's own verifiers (commit 6794f97), and why. Made by `make pages` from
`tests/fixtures/synlogic_probes*.jsonl` (puzzles of ours in that schema, with the verdict that SynLogic's verifier gave) and
`tests/fixtures/synlogic_tasks.json` (counts measured on rows that its generators made); the test suite judges the probes again and compares.

What holds for every task: a response is judged by what stands behind its thought, between `<answer>` tags if there are any, else as the
question asks for it, else in any usual form; the last whole answer counts. Nothing of a response is ever run. SynLogic's verifiers look at
thought and answer alike, so an answer that is only thought of is paid, and some run text of the response as code.

## In short

"Paid": right to SynLogic, not to quarry. "Refused": right to quarry, not to SynLogic. "Hung": no verdict within 3 s. Tasks without a
generator in SynLogic (*) are counted over the probes below alone.

| task | SynLogic | quarry | probes | paid | refused | hung |
| --- | --- | --- | --: | --: | --: | --: |""")
    total = [0, 0, 0, 0]
    for name, fact in sorted(facts.items()):
        counts = [fact.get(k, 0) for k in ('probes', 'paid', 'refused', 'hung')]
        total = [a + b for a, b in zip(total, counts)]
        link = name.replace('*', '\\*') if '*' in name else '[%s](#%s)%s' % (name, name, ' (\\*)' if 'made' in fact else '')
        print('| %s | %s | %s | %s |' % (link, fact['theirs'], fact['ours'], ' | '.join(map(str, counts))))
    print('| all | | | %s |' % ' | '.join(map(str, total)))
    print("""
## Rows that its generators make

`quarry check --dataset synlogic` on rows made with SynLogic's generators at the knobs of its `run.sh` or their defaults. A row with several
answers is no fault where every right one is accepted; one that is unsolvable, or whose stored answer breaks the rules, is. "Not checked":
only the answer is stored, or the story could not be worked out from the question.

| task | rows | ok | several answers | not checked | unsolvable | gold wrong |
| --- | --: | --: | --: | --: | --: | --: |""")
    for name, fact in sorted(facts.items()):
        if 'golds' in fact:
            gold = fact['golds']
            print('| %s | %s |' % (name, ' | '.join(str(gold[k]) for k in ('rows', 'ok', 'several', 'not_checked', 'unsolvable', 'gold_wrong'))))
    print('\n## Every known difference')
    for name, some in sorted(rows.items()):
        print('\n### %s\n\n| response | | SynLogic | quarry | |\n| --- | --- | --- | --- | --- |' % name)
        for row in some:
            if row['upstream'] is None or row['upstream'] != right(row):
                print('| %s | %s | %s | %s | %s |' % (row['probe'], shown(row['response']), row['upstream_is'], row['mark'], row['reason']))


if __name__ == '__main__':
    pages = {'gallery': gallery, 'difficulty': difficulty, 'synlogic': synlogic}
    if len(sys.argv) != 3 or sys.argv[1] not in pages:
        sys.exit(__doc__)
    pages[sys.argv[1]]()
