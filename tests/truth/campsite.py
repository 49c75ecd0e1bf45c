"""Campsite: read are the map of trees (T) and free cells (X) and the tents of each row and column, in the text or at the map's edge."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from common import around, beside, board, rows, summed

LIST = r'(\d+(?:, \d+)*)'
ROWS = ('rows must contain this many tents: ', 'uppermost, have ', 'Tents per row, top to bottom: ',
        '各行的帐篷数依次为：', '各行的帐篷数是', r'各行帐篷数（从上到下）：')
COLUMNS = ('columns must contain: ', 'leftmost, have ', 'Tents per column, left to right: ',
           '各列的帐篷数依次为：', '各列的帐篷数是', r'各列帐篷数（从左到右）：')


def read(prompt):
    """(map, tents of the rows, tents of the columns)"""
    if re.search(r'\| \d+$', prompt, re.M):
        ground, across, down = summed(prompt)
        return ground, [int(x) for x in across], [int(x) for x in down]
    lists = [re.search('(?:%s)%s' % ('|'.join(heads), LIST), prompt)[1] for heads in (ROWS, COLUMNS)]
    across, down = [[int(x) for x in numbers.split(', ')] for numbers in lists]
    return board(prompt), across, down


def matched(tents, trees):
    """Whether every tent can have a tree of its own beside it, none left over."""
    owner = {}

    def place(tent, tried):
        for tree in beside(tent):
            if tree in trees and tree not in tried:
                tried.add(tree)
                if tree not in owner or place(owner[tree], tried):
                    owner[tree] = tent
                    return True
        return False

    return len(tents) == len(trees) and all(place(tent, set()) for tent in tents)


def check(prompt, answer):
    ground, across, down = read(prompt)
    grid = rows(answer, len(across), len(down), 'TCX')
    if not grid or any(x != y and (x, y) != ('X', 'C') for a, b in zip(ground, grid) for x, y in zip(a, b)):
        return False
    tents = [(r, c) for r, row in enumerate(grid) for c, x in enumerate(row) if x == 'C']
    trees = {(r, c) for r, row in enumerate(grid) for c, x in enumerate(row) if x == 'T'}
    return ([row.count('C') for row in grid] == across and [column.count('C') for column in zip(*grid)] == down
            and not any(cell in tents for tent in tents for cell in around(tent)) and matched(tents, trees))
