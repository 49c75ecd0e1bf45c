"""Skyscrapers: read are the given heights and the clues of the four sides, drawn around a frame, listed by side, or told one by one."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from common import board, square

SIDES = {'top': 'top', 'bottom': 'bottom', 'left': 'left', 'right': 'right',
         '上': 'top', '下': 'bottom', '左': 'left', '右': 'right'}


def read(prompt):
    """(given rows, {(side, index): clue}), the index counted from 0."""
    clues = {}
    lines = prompt.split('\n')
    frame = [i for i, line in enumerate(lines) if re.fullmatch(r' *\+-+\+', line)]
    if frame:
        above, below = lines[frame[0] - 1].split(), lines[frame[1] + 1].split()
        grid = []
        for line in lines[frame[0] + 1:frame[1]]:
            left, row, right = line.split('|')
            clues['left', len(grid)], clues['right', len(grid)] = left.strip(), right.strip()
            grid.append(row.split())
        for i in range(len(grid)):
            clues['top', i], clues['bottom', i] = above[i], below[i]
    elif '[[' in prompt:
        grid = board(prompt)
        for side, numbers in re.findall(r'^(top|bottom|left|right|[上下左右])[^:：\n]*[:：]\s*([\d, ]+)$', prompt, re.M):
            for i, number in enumerate(numbers.split(',')):
                clues[SIDES[side], i] = number.strip()
    else:
        grid = re.search(r'[\d.]{3,}(/[\d.]{3,})+', prompt)[0].split('/')
        for i, side, number in re.findall(r'(?:column|row) (\d+), from the (\w+): (\d+)', prompt) + re.findall(
                r'第(\d+)[行列]，从([上下左右])[方侧]看：(\d+)', prompt):
            clues[SIDES[side], int(i) - 1] = number
    return grid, {k: int(v) for k, v in clues.items() if v not in '.0'}


def seen(line):
    """How many towers rise above all towers before them."""
    return sum(all(h < x for h in line[:i]) for i, x in enumerate(line))


def check(prompt, answer):
    given, clues = read(prompt)
    grid = square(answer, len(given))
    if not grid or any(x not in '.0' and int(x) != y for row, got in zip(given, grid) for x, y in zip(row, got)):
        return False
    columns = list(zip(*grid))
    look = {'top': lambda i: columns[i], 'bottom': lambda i: columns[i][::-1], 'left': lambda i: grid[i], 'right': lambda i: grid[i][::-1]}
    return all(seen(look[side](i)) == number for (side, i), number in clues.items())
