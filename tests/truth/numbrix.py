"""Numbrix: read is the board, with zeros, dots, underscores, or blanks in a table for empty cells."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from common import beside, board


def check(prompt, answer):
    given = board(prompt.replace('_', '.'))
    got = [row.split() for row in answer.split('/')]
    n = len(given)
    if [len(row) for row in got] != [n] * n or any(not re.fullmatch('[1-9][0-9]*', x) for row in got for x in row):
        return False
    if any(g not in ('0', '.', '', x) for kept, row in zip(given, got) for g, x in zip(kept, row)):
        return False
    at = {int(x): (r, c) for r, row in enumerate(got) for c, x in enumerate(row)}
    return sorted(at) == list(range(1, n * n + 1)) and all(at[i + 1] in beside(at[i]) for i in range(1, n * n))
