"""Minesweeper: read are the board (X, #, or dots for hidden cells). The mines asked for are those of every layout that fits."""

import functools
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from common import around, board


def drawn(prompt):
    """The board's rows: a list, a table with its rows and columns numbered, or lines."""
    if re.search(r'^\| \*\*0', prompt, re.M):
        return [line.split('|')[2:-1] for line in prompt.split('\n') if line.startswith('| **')]
    return board(prompt.replace('#', '.'))


def fits(limits, known):
    """Whether some layout has the known cells and the right count of mines around each number. limits: [(count, hidden cells around)]"""
    known = dict(known)
    while True:  # what a number alone settles
        before = len(known)
        for count, cells in limits:
            left = [c for c in cells if c not in known]
            need = count - sum(known.get(c, 0) for c in cells)
            if not 0 <= need <= len(left):
                return False
            if need in (0, len(left)):
                known.update((c, int(need > 0)) for c in left)
        if len(known) == before:
            break
    for _, cells in limits:
        for cell in cells:
            if cell not in known:
                return any(fits(limits, {**known, cell: mine}) for mine in (0, 1))
    return True


@functools.lru_cache(64)
def certain(prompt):
    """The cells that hold a mine in every layout. The prompts say nothing of how many mines there are, so that a cell beside no number is free."""
    grid = {(r, c): x.strip() for r, row in enumerate(drawn(prompt)) for c, x in enumerate(row)}
    limits = [(int(x), [a for a in around(cell) if a in grid and not grid[a].isdigit()]) for cell, x in grid.items() if x.isdigit()]
    return {cell for cell in {c for _, cells in limits for c in cells} if not fits(limits, {cell: 0})}


def check(prompt, answer):
    assert 'mines is not known' in prompt or '雷的总数未知' in prompt
    if re.fullmatch(r'none|无', answer):
        return not certain(prompt)
    cell = r'\((\d+), ?(\d+)\)'
    if not re.fullmatch('%s(, ?%s)*' % (cell, cell), answer):
        return False
    got = [(int(r), int(c)) for r, c in re.findall(cell, answer)]
    return len(set(got)) == len(got) and set(got) == certain(prompt)
