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


def settle(limits, known):
    """The known cells and what one number after the other settles; None if they cannot be. limits: [(count, hidden cells around)]"""
    known, before = dict(known), -1
    while len(known) != before:
        before = len(known)
        for count, cells in limits:
            left = [c for c in cells if c not in known]
            need = count - sum(known.get(c, 0) for c in cells)
            if not 0 <= need <= len(left):
                return None
            if need in (0, len(left)):
                known.update((c, int(need > 0)) for c in left)
    return known


def parts(limits, known):
    """(limits, open cells) of the parts of the board that have no open cell in common."""
    found = []
    for limit in limits:
        cells = {c for c in limit[1] if c not in known}
        touched = [part for part in found if part[1] & cells]
        found = [part for part in found if not part[1] & cells]
        if cells:
            found.append(([limit] + [l for part in touched for l in part[0]], cells.union(*(part[1] for part in touched))))
    return found


def pick(limits, known):
    """An open cell beside a number that leaves few of them open."""
    return min(([c for c in cells if c not in known] for _, cells in limits), key=len)[0]


def fits(limits, known):
    """Whether some layout has the known cells and the right count of mines around each number."""
    known = settle(limits, known)
    return known is not None and all(any(fits(part, {**known, pick(part, known): mine}) for mine in (0, 1)) for part, cells in parts(limits, known))


@functools.lru_cache(64)
def certain(prompt):
    """The cells that hold a mine in every layout. The prompts say nothing of how many mines there are, so that a cell beside no number is free."""
    grid = {(r, c): x.strip() for r, row in enumerate(drawn(prompt)) for c, x in enumerate(row)}
    limits = [(int(x), [a for a in around(cell) if a in grid and not grid[a].isdigit()]) for cell, x in grid.items() if x.isdigit()]
    known = settle(limits, {})
    more = {cell for part, cells in parts(limits, known) for cell in cells if not fits(part, {**known, cell: 0})}
    return more | {cell for cell in known if known[cell]}


def check(prompt, answer):
    assert 'mines is not known' in prompt or '雷的总数未知' in prompt
    if re.fullmatch(r'none|无', answer):
        return not certain(prompt)
    cell = r'\((\d+), ?(\d+)\)'
    if not re.fullmatch('%s(, ?%s)*' % (cell, cell), answer):
        return False
    got = [(int(r), int(c)) for r, c in re.findall(cell, answer)]
    return len(set(got)) == len(got) and set(got) == certain(prompt)
