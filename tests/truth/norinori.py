"""Norinori: read is the board of region letters; cells marked X, where the prompt speaks of them, are in no region and covered."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from common import board, groups, rows


def check(prompt, answer):
    regions = board(prompt)
    grid = rows(answer, len(regions), len(regions[0]), '01')
    if not grid:
        return False
    covered = {(r, c) for r, row in enumerate(grid) for c, x in enumerate(row) if x == '1'}
    count = {}
    for r, row in enumerate(regions):
        for c, letter in enumerate(row):
            count.setdefault(letter, []).append((r, c) in covered)
    loose = count.pop('X', []) if re.search('marked X|标有X', prompt) else []
    # Dominoes that share no side: the covered cells hang together in pairs.
    return all(loose) and all(sum(x) == 2 for x in count.values()) and all(len(part) == 2 for part in groups(covered))
