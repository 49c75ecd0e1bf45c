"""Number wall: read are the board's numbers, and whether walls must hang together and whether islands may touch at corners."""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from common import around, board, groups, rows


def says(prompt, yes, no):
    """Which of the two a prompt says; it must say just one."""
    assert any(x in prompt for x in yes) != any(x in prompt for x in no)
    return any(x in prompt for x in yes)


def check(prompt, answer):
    given = board(prompt)
    joined = says(prompt, ['All walls are connected', '所有的墙通过边彼此相连'], ['need not be connected', '墙不必彼此相连'])
    corners = says(prompt, ['they may touch at a corner', '角可以相碰'], ['not even at a corner', '连角也不能相碰'])
    grid = rows(answer, len(given), len(given[0]), '01')
    if not grid:
        return False
    cells = [(r, c) for r in range(len(grid)) for c in range(len(grid[0]))]
    walls = {(r, c) for r, c in cells if grid[r][c] == '1'}
    number = {(r, c): int(given[r][c]) for r, c in cells if given[r][c] not in '.0_'}
    if any({(r, c), (r, c + 1), (r + 1, c), (r + 1, c + 1)} <= walls for r, c in walls) or (joined and len(groups(walls)) > 1):
        return False
    for island in groups(set(cells) - walls):
        inside = [number[x] for x in island if x in number]
        if inside != [len(island)]:
            return False
        if not corners and any(x in cells and x not in walls and x not in island for y in island for x in around(y)):
            return False
    return not walls & set(number)
