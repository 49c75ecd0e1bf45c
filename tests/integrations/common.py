"""What the tests of integrations share: rows with responses of every kind, what `quarry verify` says of them, and the count of checks."""
import json
import logging
import os
import subprocess
import sys

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build')
QUARRY = os.path.join(BUILD, 'quarry')
PACKAGE = os.path.join(BUILD, 'bindings/python')
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [PACKAGE, os.path.join(ROOT, 'tests')]
from harness import Count  # noqa: E402

count = Count()
ask, same = count.ask, count.same

TASKS = ('sudoku', 'game_of_24', 'dyck_language', 'word_sorting', 'cipher', 'boolean_expressions', 'kukurasu', 'multistep_arithmetic',
         'object_counting', 'web_of_lies', 'survo', 'futoshiki', 'minesweeper', 'norinori', 'time_sequence')


def done():
    sys.exit(count.end())


def skip(why):
    print('skipped: %s' % why)
    sys.exit(77)


WRAPS = {'tags': '<answer>%s</answer>', 'boxed': '\\boxed{%s}', 'json': None, 'fence': '```\n%s\n```', 'line': 'Answer: %s', 'any': 'So the answer is <answer>%s</answer>'}


def handed_in(answer, how):
    return json.dumps({'answer': answer}, ensure_ascii=False) if how == 'json' else WRAPS[how] % answer


def responses(puzzle, other):
    """What a model may give: right, wrong, in another form, cut, with thoughts, with a turn's end, none, junk."""
    right, wrong = handed_in(puzzle['answer'], puzzle['format']), handed_in(other['answer'], puzzle['format'])
    return [right, 'Let me see.\n\n' + right + '\n', wrong, '<think>' + wrong + '</think>\n' + right, '<think>' + right,
            right.replace('answer', 'Answer') + '<|im_end|>', 'thinking on </think>' + right, '', 'I do not know. ' * 300, WRAPS['boxed'] % puzzle['answer'],
            handed_in('(((', puzzle['format'])]


def rows(n=300):
    """n rows as the view "rl" has them, each with a response; every seventh prompt had opened the thought."""
    import quarry

    out = []
    for k in range(n):
        task = TASKS[k % len(TASKS)]
        i = k // len(TASKS)
        pair = quarry.generate(task, 2, seed=i, difficulty=i % 5, format=('tags', 'boxed', 'json', 'fence', 'line')[i % 5])
        p = pair[0]
        truth = quarry.ground_truth(p)
        out.append({'uid': p['id'], 'data_source': 'quarry/' + task, 'prompt': p['prompt'], 'ability': 'logic',
                    'reward_model': {'style': 'rule', 'ground_truth': truth}, 'label': truth,
                    'extra_info': {'split': 'train', 'index': k, 'task': task, 'format': p['format'], 'think': 'open' if k % 7 == 0 else ''},
                    'response': responses(*pair)[(k + i) % 11]})
    return out


def verdicts(rows, *options):
    """What `quarry verify` says of each."""
    text = ''.join(json.dumps(r, ensure_ascii=False) + '\n' for r in rows)
    said = subprocess.run([QUARRY, 'verify', '-', '--quiet', *options], input=text, capture_output=True, text=True, timeout=300)
    out = [json.loads(line) for line in said.stdout.splitlines()]
    assert len(out) == len(rows), said.stderr
    return out


class Heard(logging.Handler):
    """What the logger "quarry" was told while this lasts."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append((record.levelname, record.getMessage()))

    def __enter__(self):
        log = logging.getLogger('quarry')
        log.addHandler(self)
        self.was, log.propagate = log.propagate, False
        return self

    def __exit__(self, *args):
        log = logging.getLogger('quarry')
        log.removeHandler(self)
        log.propagate = self.was
