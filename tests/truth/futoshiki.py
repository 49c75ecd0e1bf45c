"""Futoshiki: read are the size, the given numbers and the signs, drawn between the cells or listed as (r,c) < (r,c) or R1C2 < R2C2."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from common import board, square


def drawn(lines):
    """A drawing: cells stand in columns 0, 4, 8 .. of a line, signs between them or on the line below."""
    given, less = {}, []
    first = next(i for i, line in enumerate(lines) if re.fullmatch(r'[\d._]( [ <>] [\d._])+', line))
    n = (len(lines[first]) + 3) // 4
    for r in range(n):
        line, below = lines[first + 2 * r], (lines + [''])[first + 2 * r + 1]
        for c in range(n):
            if line[4 * c].isdigit():
                given[r, c] = int(line[4 * c])
            sign = line[4 * c + 2:4 * c + 3]
            if c + 1 < n and sign.strip():
                less.append(((r, c), (r, c + 1)) if sign == '<' else ((r, c + 1), (r, c)))
            sign = below[4 * c:4 * c + 1]
            if r + 1 < n and sign.strip():
                less.append(((r, c), (r + 1, c)) if sign == '^' else ((r + 1, c), (r, c)))
    return n, given, less


def listed(prompt):
    """A board in one line, and the comparisons in a list."""
    grid = board(prompt) if '[[' in prompt else re.search(r'[\d.]+(/[\d.]+)+', prompt)[0].split('/')
    given = {(r, c): int(x) for r, row in enumerate(grid) for c, x in enumerate(row) if x not in '.0'}
    found = re.findall(r'\((\d+),(\d+)\) < \((\d+),(\d+)\)', prompt) + re.findall(r'R(\d+)C(\d+) < R(\d+)C(\d+)', prompt)
    less = [((int(a) - 1, int(b) - 1), (int(c) - 1, int(d) - 1)) for a, b, c, d in found]
    return len(grid), given, less


def check(prompt, answer):
    lines = prompt.split('\n')
    one_line = '[[' in prompt or re.search(r'[\d.]{3,}(/[\d.]{3,})+', prompt)
    n, given, less = listed(prompt) if one_line else drawn(lines)
    grid = square(answer, n)
    return bool(grid) and all(grid[r][c] == v for (r, c), v in given.items()) and all(
        grid[a][b] < grid[c][d] for (a, b), (c, d) in less)
