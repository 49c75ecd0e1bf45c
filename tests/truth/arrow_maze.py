"""Arrow maze: read is the board, with X, dots, underscores or question marks for blank cells."""

import json
import re

WAYS = {'↑': (-1, 0), '↗': (-1, 1), '→': (0, 1), '↘': (1, 1), '↓': (1, 0), '↙': (1, -1), '←': (0, -1), '↖': (-1, -1)}
BLANK = set('X._?')


def drawn(prompt):
    if '[[' in prompt:
        return json.loads(prompt[prompt.index('[['):prompt.index(']]') + 2])
    lines = [line.strip('|').split('|' if line[0] == '|' else None) for line in prompt.split('\n') if line]
    cells = [[cell.strip() for cell in line] for line in lines]
    return [row for row in cells if len(row) > 1 and all(c in WAYS or c in BLANK or c.isdigit() for c in row)]


def check(prompt, answer):
    given = drawn(prompt)
    got = [row.split() for row in answer.split('/')]
    if [len(row) for row in got] != [len(row) for row in given]:
        return False
    if any(x not in WAYS if g in BLANK else x != g for kept, row in zip(given, got) for g, x in zip(kept, row)):
        return False
    grid = {(r, c): x for r, row in enumerate(got) for c, x in enumerate(row)}
    on_ray = []
    for (r, c), x in grid.items():
        if x not in WAYS:
            rays = []
            for arrow, (dr, dc) in WAYS.items():
                i = 1
                while grid.get((r + i * dr, c + i * dc)) == arrow:
                    rays.append((r + i * dr, c + i * dc))
                    i += 1
            if len(rays) != int(x):
                return False
            on_ray += rays
    return sorted(on_ray) == sorted(cell for cell, x in grid.items() if x in WAYS)
