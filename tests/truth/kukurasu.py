"""Kukurasu: read are the sums of the rows and of the columns, in lists (commas or spaces between them) or around a drawn board."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from common import rows, summed

LIST = r'(\d+(?:(?:, |、| )\d+)*)'
ROWS = ('Row sums[^:]*: ', r'\nrows: ', 'row meters show ', '各行的和(?:依次为)?：', '行和：', '各行的读数是')
COLUMNS = ('Column sums[^:]*: ', r'\ncolumns: ', 'column meters ', '各列的和(?:依次为)?：', '列和：', '各列的读数是')


def sums(prompt):
    framed = summed(prompt)
    if framed:
        return [[int(x) for x in numbers] for numbers in framed[1:]]
    lists = [re.search('(?:%s)%s' % ('|'.join(heads), LIST), prompt)[1] for heads in (ROWS, COLUMNS)]
    return [[int(x) for x in re.findall(r'\d+', numbers)] for numbers in lists]


def check(prompt, answer):
    across, down = sums(prompt)
    grid = rows(answer, len(across), len(down), '01')
    return bool(grid) and all(sum(j for j, x in enumerate(line, 1) if x == '1') == total
                              for lines, totals in ((grid, across), (list(zip(*grid)), down)) for line, total in zip(lines, totals))
