"""Survo: read are the board with the sums behind its rows and under its columns (drawn, or as a matrix), and the numbers to be placed."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from common import summed

LIST = r'(\d+(?:(?:, |、| )\d+)*)'
HEADS = ('listed: ', 'one number of this list: ', 'by the numbers ', 'that are left over weigh ', '列出几次就用几次：',
         '填入下列数字中的一个：', '换成这些数：', '重量为：')


def read(prompt):
    """(rows with None for a blank, row sums, column sums, numbers to place)"""
    grid, across, down = summed(prompt)
    numbers = re.search('(?:%s)%s' % ('|'.join(HEADS), LIST), prompt)[1]
    return ([[int(x) if x.isdigit() else None for x in row] for row in grid], [int(x) for x in across], [int(x) for x in down],
            [int(x) for x in re.findall(r'\d+', numbers)])


def check(prompt, answer):
    given, across, down, numbers = read(prompt)
    if not re.fullmatch(r'[\d /]+', answer):
        return False
    grid = [[int(x) for x in row.split()] for row in answer.split('/')]
    if [len(row) for row in grid] != [len(row) for row in given]:
        return False
    pairs = [(x, y) for a, b in zip(given, grid) for x, y in zip(a, b)]
    return (all(x == y for x, y in pairs if x is not None) and sorted(y for x, y in pairs if x is None) == sorted(numbers)
            and [sum(row) for row in grid] == across and [sum(column) for column in zip(*grid)] == down)
