#!/usr/bin/env python3
"""Verdicts against SynLogic's own, CPU time of one thread each, in one run: synlogic_verify.py CHECKOUT BUILD ROWS [TASK...]

CHECKOUT is a checkout of github.com/MiniMax-AI/SynLogic whose requirements this Python has, BUILD our build directory with bench/ built, ROWS a
folder of TASK.jsonl with rows as their dataset has them. Without a checkout it says so and ends.

Theirs: Verifier.verify(data, response), its prints thrown away. Ours: quarry.verify(task, desc, response) through the extension, one of 64 in
quarry.verify_batch on one thread, quarry.verify through ctypes, and quarry_verify_n in C. Both judge a right answer behind a thought of 0.2, 40
and 400 KB.
"same": both judge the same puzzle; of theirs our desc is what `quarry verify --dataset synlogic` makes of the row, and the answer comes in the form that
their question asks for where our rule takes that too, else in tags. "own": a row of theirs states too little for our rule, which recomputes the
answer; ours then judges puzzles of its own generator (difficulty 5).
A "*" says that their verifier does not find the right answer in a response of that length; it is timed all the same.
"""
import contextlib
import importlib
import inspect
import json
import logging
import math
import os
import random
import re
import signal
import subprocess
import sys
import time

SIZES = (200, 40_000, 400_000)  # bytes of a response
EACH = 3                        # rows of a task
ROUND, ROUNDS = 0.02, 3         # CPU seconds of a round; the best of so many counts
PATIENCE = 20                   # seconds for one verdict of theirs
BATCH = 64                      # responses in a call of verify_batch
DEAR = 5.0                      # us at 0.2 KB from which their verifier does more than compare strings
SINGLE, IN_BATCH, BY_CTYPES, IN_C = range(4)  # of our figures
MODULES = {'mathador': ('game_of_24', 'game_of_24'), 'buggy_tables': ('buggy_tables', 'game_of_buggy_tables')}
OURS = {'mathador': 'game_of_24'}


class Nowhere:
    def write(self, text):
        pass

    def flush(self):
        pass


class TooLong(Exception):
    pass


def give_up(*_):
    raise TooLong


def verifier(task, base):
    folder, module = MODULES.get(task, (task, task))
    m = importlib.import_module('games.tasks.%s.scripts.%s_verifier' % (folder, module))
    return [c for _, c in inspect.getmembers(m, inspect.isclass) if c.__module__ == m.__name__ and issubclass(c, base)][0]()


def grid_of(answer):
    """Rows of cells of a board that is written in our notation, or as a list."""
    if re.fullmatch(r'\d+(/\d+)+', answer):
        return [list(row) for row in answer.split('/')]
    try:
        rows = json.loads(answer)
    except ValueError:
        return None
    return rows if isinstance(rows, list) and rows and all(isinstance(r, list) for r in rows) else None


def other_forms(task, answer, desc):
    """The answer as some of their questions want it."""
    rows = grid_of(answer)
    if rows and task in ('calcudoko', 'futoshiki'):
        yield '[[%s]]' % ','.join(' '.join(map(str, r)) for r in rows)
    if rows and task == 'norinori':
        yield str([[tuple(c) for c in r] for r in rows]) if isinstance(rows[0][0], list) else ''
    if task == 'star_placement_puzzle':
        board, stars = desc.split(':')[1].split('/'), [tuple(map(int, p)) for p in re.findall(r'\((\d+),(\d+)\)', answer)]
        places = {}
        for r, c in stars:
            if r <= len(board) and c <= len(board):
                places.setdefault(board[r - 1][c - 1], []).append((r, c))
        yield str({k: places[k] for k in sorted(places)})


def wrapped(question, answers):
    """The answers in the form that the question asks for, then in others."""
    forms = [('\\boxed', '\\boxed{%s}'), ('```', '```python\n%s\n```'), ('<answer>', '<answer>%s</answer>'), ('answer is', 'The answer is %s.'),
             ('', '%s'), ('', '[[%s]]')]
    forms.sort(key=lambda f: not (f[0] and f[0] in question))
    return [how % a for _, how in forms for a in answers if a]


WORDS = ('so the third row needs a 7 here , because column 2 has it already ; then I try 3 + 4 = 7 and look again at what (2, 5) may hold '
         'wait that cannot be : both A and C are taken , hence we go back to step 4 . Let me check this once more : x = 12 - 5').split(' ')


def behind_thought(answer, size, seed):
    """A response of that many bytes, about."""
    r, words, n = random.Random(seed), [], len(answer) + len('<think></think>\n')
    while n < size:
        word = r.choice(WORDS) + ('\n' if r.random() < 0.05 else ' ')
        words.append(word)
        n += len(word)
    return '<think>%s</think>\n%s' % (''.join(words), answer)


def cpu_us(call):
    """The least CPU time of a call; None: it takes longer than anybody waits."""
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        start = time.thread_time()
        call()
        once = time.thread_time() - start
        n = max(1, int(ROUND / max(once, 1e-7)))
        best = once
        for _ in range(ROUNDS if once < 1 else 0):
            start = time.thread_time()
            for _ in range(n):
                call()
            best = min(best, (time.thread_time() - start) / n)
        return best * 1e6
    except TooLong:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def mean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else float('nan')


def by_ctypes():
    """A second quarry in this process, with its other binding."""
    def ours():
        return [name for name in sys.modules if name.split('.')[0] == 'quarry']

    kept = {name: sys.modules.pop(name) for name in ours()}
    os.environ['QUARRY_BINDING'] = 'ctypes'
    second = importlib.import_module('quarry')
    del os.environ['QUARRY_BINDING']
    for name in ours():
        del sys.modules[name]
    sys.modules.update(kept)
    return second


class Bench:
    def __init__(self, build, rows):
        self.build, self.rows = build, rows
        from base.data import Data
        from base.verifier import Verifier
        import quarry
        self.Data, self.Verifier, self.quarry, self.ctypes = Data, Verifier, quarry, by_ctypes()
        assert (quarry.BINDING, self.ctypes.BINDING) == ('native', 'ctypes'), 'the extension is not built'

    def says(self, judge, data, text):
        try:
            return bool(judge.verify(data, text))
        except Exception:
            return False

    def read(self, task):
        """[(their data, their right answer as text, our task, desc, our right answer as text)] and whether both are the same puzzles."""
        judge = verifier(task, self.Verifier)
        with open(os.path.join(self.rows, task + '.jsonl'), encoding='utf-8') as f:
            lines = f.read().splitlines()[:40]
        ours = subprocess.run([os.path.join(self.build, 'bench', 'synlogic_rows')], input='\n'.join(lines) + '\n', stdout=subprocess.PIPE, text=True,
                              check=True)
        found = []
        for line, mine in zip(lines, ours.stdout.splitlines()):
            game, mine = json.loads(json.loads(line)['extra_info']['game_data_str']), json.loads(mine)
            try:
                data = self.Data.from_json_dict(game)
            except TypeError:
                data = self.Data(game.get('question'), game.get('answer'), metadata=game.get('metadata'))
            answers = [str(game.get('answer') or '')] + (mine['answers'] if mine else [])
            more = [f for a in answers if mine for f in other_forms(task, a, mine['desc'])]
            text = next((t for t in wrapped(str(game.get('question')), more + answers) if self.says(judge, data, t)), None)
            if text is None or not mine or not mine['answers']:
                continue
            said = text
            if self.quarry.verify(mine['task'], mine['desc'], text).mark != 'correct':
                said = '<answer>%s</answer>' % mine['answers'][-1]
            found.append((data, text, mine['task'], mine['desc'], said))
            if len(found) == EACH:
                break
        same = bool(found) and found[0][2] != 'stored_answer'
        if found and not same:
            name = OURS.get(task, task)
            instances = self.quarry.generate(name, len(found), seed=1, difficulty=5)
            found = [f[:2] + (name, i['desc'], '<answer>%s</answer>' % i['answer']) for f, i in zip(found, instances)]
        return judge, found, same

    def in_c(self, rows):
        """us of each verdict."""
        text = '\n'.join(json.dumps({'task': t, 'desc': d, 'response': r}, ensure_ascii=False) for t, d, r in rows) + '\n'
        out = subprocess.run([os.path.join(self.build, 'bench', 'bench_verdict')], input=text, stdout=subprocess.PIPE, text=True, check=True).stdout
        marks, ns = zip(*(line.split() for line in out.splitlines()))
        assert set(marks) == {'correct'}, marks
        return [float(v) / 1000 for v in ns]

    def ours(self, rows):
        """us of a verdict: alone, one of a batch, through ctypes, in C."""
        verify, batch, by_ctypes = self.quarry.verify, self.quarry.verify_batch, self.ctypes.verify
        sums = [0.0] * 4
        for (t, d, r), c in zip(rows, self.in_c(rows)):
            many = [(t, d, r)] * BATCH
            took = cpu_us(lambda: verify(t, d, r)), cpu_us(lambda: batch(many, threads=1)) / BATCH, cpu_us(lambda: by_ctypes(t, d, r)), c
            sums = [a + b for a, b in zip(sums, took)]
        return tuple(v / len(rows) for v in sums)

    def measure(self, task):
        judge, found, same = self.read(task)
        if not found:
            print('%-31s no row of theirs has an answer that both sides take' % task)
            return None
        result = []
        for size in SIZES:
            mine = [(t, d, behind_thought(said, size, 1)) for _, _, t, d, said in found]
            asked = [(data, behind_thought(text, size, 1)) for data, text, *_ in found]
            right = all([self.says(judge, data, text) for data, text in asked])
            theirs = [cpu_us(lambda: judge.verify(data, text)) for data, text in asked]
            theirs = None if None in theirs else sum(theirs) / len(theirs)
            result.append((theirs, right) + self.ours(mine))
        return same, sum(len(d.encode()) for _, _, _, d, _ in found) / len(found), result


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    checkout, build, rows, only = *map(os.path.abspath, sys.argv[1:4]), sys.argv[4:]
    if not os.path.isdir(os.path.join(checkout, 'games')):
        print('skipped: %s is no checkout of SynLogic' % checkout)
        sys.exit(77)
    sys.path[:0] = [checkout, os.path.join(build, 'bindings', 'python')]
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGALRM, give_up)
    bench, table, screen = Bench(build, rows), {}, sys.stdout
    print('%-31s %-5s %6s %8s %11s %8s %8s %8s %8s %9s %9s %9s' % ('task', 'rows', 'desc B', 'response', 'theirs, us', 'single', 'batch', 'ctypes', 'C',
          'single, x', 'batch, x', 'C, x'))
    for name in sorted(os.listdir(rows)):
        task = name[:-6]
        if not name.endswith('.jsonl') or (only and task not in only):
            continue
        try:
            with contextlib.redirect_stdout(Nowhere()), contextlib.redirect_stderr(Nowhere()):
                measured = bench.measure(task)
        except (ImportError, AttributeError, IndexError) as e:
            print('%-31s theirs: %s: %s' % (task, type(e).__name__, e))
            continue
        if not measured:
            continue
        table[task] = measured
        same, desc, result = measured
        for size, (theirs, right, *ours) in zip(SIZES, result):
            said = '> %d s' % PATIENCE if theirs is None else '%.1f%s' % (theirs, '' if right else '*')
            ratios = ['' if theirs is None else '%.1f' % (theirs / ours[k]) for k in (SINGLE, IN_BATCH, IN_C)]
            print('%-31s %-5s %6.0f %5.1f KB %11s %8.2f %8.2f %8.2f %8.2f %9s %9s %9s' %
                  (task, 'same' if same else 'own', desc, size / 1000, said, *ours, *ratios), file=screen, flush=True)
    conclude(table)


def conclude(table):
    dear = {t: m for t, m in table.items() if m[2][0][0] is None or m[2][0][0] >= DEAR}
    print('\n%d tasks where theirs takes %.0f us or more at 0.2 KB (wanted: 30 times on the mean, none below 5):' % (len(dear), DEAR))
    for i, size in enumerate(SIZES):
        for which, name in ((SINGLE, 'single'), (IN_BATCH, 'batch'), (IN_C, 'C')):
            ratios = {t: m[2][i][0] / m[2][i][2 + which] for t, m in dear.items() if m[2][i][0] is not None}
            if ratios:
                print('  %5.1f KB, %-6s: geometric mean %.1f times; least %s' % (size / 1000, name, mean(list(ratios.values())),
                      ', '.join('%s %.1f' % (t, ratios[t]) for t in sorted(ratios, key=ratios.get)[:4])))
    print('%d tasks where theirs compares strings (wanted at 0.2 KB: 1 us + 2 ns for each byte of desc):' % (len(table) - len(dear)))
    for task, (_, desc, result) in table.items():
        if task not in dear:
            theirs, _, single, batch, _, c = result[0]
            print('  %-31s may take %.2f us: single %.2f, batch %.2f, C %.2f; theirs %.2f' % (task, 1 + 0.002 * desc, single, batch, c, theirs))


if __name__ == '__main__':
    main()
