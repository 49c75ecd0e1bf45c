"""Sudoku: read are the board, with dots, zeros or underscores for empty cells, and the shape of the boxes."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from common import board, square


BOX = re.compile(r'(\d)x(\d) box|box of (\d) rows by (\d)|(\d)×(\d)宫|(\d)行(\d)列的宫')


def check(prompt, answer):
    lines = [re.sub(r' \||^.*[:：] ?(?=[\d/]+$)', '', line).replace('_', '.') for line in prompt.split('\n') if not re.fullmatch(r'[-+]+', line)]
    given = board('\n'.join(lines))
    n = len(given)
    grid = square(answer, n)
    if not grid or any(g not in ('0', '.', str(x)) for kept, row in zip(given, grid) for g, x in zip(kept, row)):
        return False
    height, width = (int(x) for x in BOX.search(prompt).groups() if x)
    boxes = [[grid[r + i][c + j] for i in range(height) for j in range(width)] for r in range(0, n, height) for c in range(0, n, width)]
    return height * width == n and all(len(set(box)) == n for box in boxes)
