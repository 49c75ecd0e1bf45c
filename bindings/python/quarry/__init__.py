"""quarry: puzzles that can be checked, and verdicts that always come.

>>> import quarry
>>> quarry.verify("game_of_24", "24: 8 8 3 3", "It is <answer>8 / (3 - 8 / 3)</answer>.").score
1.0
>>> puzzle = quarry.generate("sudoku", seed=7)[0]
>>> quarry.verify_truth(quarry.ground_truth(puzzle), "<answer>%s</answer>" % puzzle["answer"]).mark
'correct'

A verdict says what is true of the response (correct, wrong, unreadable, no_answer) or that our side is broken (bad_task). It runs
no code, starts no process, sets no signal, and takes a time bounded by the response's length, so that it may be called from any
thread, event loop, worker or fork. Reward functions in the shape of each trainer are in quarry.integrations; quarry.stream makes rows
that follow what a policy can do.
"""
from typing import Any as _Any

from ._core import (BINDING, FORMATS, MARKS, Generator, Pool, Verdict, generate, ground_truth, rules, tasks, verify, verify_batch,
                    verify_truth, version)

__version__ = version()
__all__ = ['BINDING', 'FORMATS', 'MARKS', 'Controller', 'Generator', 'Pool', 'Verdict', 'generate', 'ground_truth', 'rules', 'stream', 'tasks',
           'verify', 'verify_batch', 'verify_truth', 'version']


def __getattr__(name: str) -> _Any:
    if name == 'Controller':
        from .controller import Controller
        return Controller
    if name == 'stream':
        from .streams import stream
        return stream
    raise AttributeError('module %r has no attribute %r' % (__name__, name))
