"""quickstart.py BINDING [README] - the installed package `quarry` does what its README says, by the binding that is expected.

Run by wheel.py in a fresh environment, and under an emulator for other machines. Standard library only.
"""
import ast
import os
import re
import sys
import threading

import quarry

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from harness import Count  # noqa: E402

count = Count()
ask = count.ask

ask(quarry.BINDING == sys.argv[1], 'the binding is %s, not %s' % (quarry.BINDING, sys.argv[1]))
ask('bindings' not in quarry.__file__, 'not the installed package: ' + quarry.__file__)

# README's example; a comment that is a value is what the line before it gives.
if len(sys.argv) > 2:
    with open(sys.argv[2], encoding='utf-8') as f:
        lines = re.search(r'```python\n(.*?)```', f.read(), re.S).group(1).splitlines()
    room, shown = {}, 0
    for line in lines:
        code, _, due = line.partition('  #')
        try:
            due = ast.literal_eval(due.strip())
        except (SyntaxError, ValueError):
            exec(line, room)
            continue
        ask(eval(code, room) == due, 'README: %s gives not %r' % (code.strip(), due))
        shown += 1
    ask(shown == 2, 'README shows %d results' % shown)

tasks = [t['name'] for t in quarry.tasks()]
ask(len(tasks) >= 37, 'only %d tasks' % len(tasks))
rows = []
for task in tasks:
    for puzzle in quarry.generate(task, n=2, seed=11, difficulty=1):
        truth = quarry.ground_truth(puzzle)
        v = quarry.verify_truth(truth, '<answer>%s</answer>' % puzzle['answer'])
        ask(v.mark == 'correct' and v.score == 1.0, '%s: its own answer is %s: %s' % (task, v.mark, v.why))
        rows += [(truth, '<answer>%s</answer>' % puzzle['answer']), (truth, 'I give up.')]
said = [v.mark for v in quarry.verify_batch(rows)]
ask(said == ['correct', 'no_answer'] * (len(rows) // 2), 'a batch: %s' % said[:6])
ask(quarry.verify('no_such_task', '', '').mark == 'bad_task', 'an unknown task is no bad_task')

found = []
threads = [threading.Thread(target=lambda: found.append([v.mark for v in map(lambda r: quarry.verify_truth(*r), rows)])) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
ask(found == [said] * 3, 'threads say otherwise')

sys.exit(count.end())
