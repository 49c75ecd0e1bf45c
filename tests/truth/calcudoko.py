"""Calcudoko: read are the cages, drawn by letters with a list of targets, or listed with their cells; each with result and operation."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from common import board, square

NAMES = {'sum': '+', 'product': '*', 'difference': '-', 'quotient': '/', 'number': '',
         '和': '+', '积': '*', '差': '-', '商': '/', '数字': '', '×': '*', '÷': '/'}


def cages(prompt):
    """[(cells, operation, result)], cells counted from 0."""
    found = []
    for result, sign, cells in re.findall(r'^(\d+)([-+*/]?): ((?:R\d+C\d+ ?)+)$', prompt, re.M):
        found.append(([(int(r), int(c)) for r, c in re.findall(r'R(\d+)C(\d+)', cells)], sign, int(result)))
    for cells, name, result in re.findall(r'^((?:\(\d+,\d+\) ?)+)(?:: |：)([a-z]+ |[和积差商]为|数字为)(\d+)$', prompt, re.M):
        sign = NAMES[name.strip().rstrip('为')]
        found.append(([(int(r), int(c)) for r, c in re.findall(r'\((\d+),(\d+)\)', cells)], sign, int(result)))
    if found:
        return [([(r - 1, c - 1) for r, c in cells], sign, result) for cells, sign, result in found]
    places = {}
    for r, row in enumerate(board(prompt)):
        for c, letter in enumerate(row):
            places.setdefault(letter, []).append((r, c))
    for letter, result, sign in re.findall(r'\b([A-Za-z]): (\d+)([-+×÷*/]?)(?=[,，\n])', prompt):
        found.append((places.pop(letter), NAMES.get(sign, sign), int(result)))
    assert not places
    return found


def gives(numbers, sign, result):
    low, high = min(numbers), max(numbers)
    if sign == '+':
        return sum(numbers) == result
    if sign == '*':
        product = 1
        for x in numbers:
            product *= x
        return product == result
    if sign == '-':
        return high - low == result
    return high == result * (low if sign == '/' else 1)


def check(prompt, answer):
    every = cages(prompt)
    grid = square(answer, 1 + max(r for cells, _, _ in every for r, c in cells))
    if not grid:
        return False
    numbers = [([grid[r][c] for r, c in cells], sign, result) for cells, sign, result in every]
    return all(len(set(x)) == len(x) and gives(x, sign, result) for x, sign, result in numbers)
