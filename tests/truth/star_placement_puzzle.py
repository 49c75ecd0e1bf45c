"""Star placement: read are the board of region letters and how many stars each row, column and region holds."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from common import around, board

COUNT = {'one': 1, 'two': 2, 'three': 3, '1': 1, '2': 2, '3': 3}


def check(prompt, answer):
    regions = board(prompt)
    n = len(regions)
    one, short, zh = re.search(r'exactly (\w+) stars?|, (\w+) stars? per row|([123])颗星', prompt).groups()
    each = COUNT[one or short or zh]
    if not re.fullmatch(r'\(\d+, ?\d+\)(, ?\(\d+, ?\d+\))*', answer.strip()):
        return False
    stars = [(int(r) - 1, int(c) - 1) for r, c in re.findall(r'(\d+), ?(\d+)\)', answer)]
    if len(set(stars)) != len(stars) or any(not (0 <= r < n and 0 <= c < n) for r, c in stars):
        return False
    if any(cell in stars for star in stars for cell in around(star)):
        return False
    letters = {x for row in regions for x in row}
    held = [[r for r, _ in stars].count(i) for i in range(n)] + [[c for _, c in stars].count(i) for i in range(n)]
    held += [[regions[r][c] for r, c in stars].count(x) for x in letters]
    return all(x == each for x in held)
