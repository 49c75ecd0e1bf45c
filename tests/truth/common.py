"""What several checkers read alike: boards in a prompt, rows in an answer."""

import json
import re


def board(prompt):
    """The board of a prompt as rows of strings: a JSON list of rows, a table with bars, rows between slashes, or lines of cells."""
    start = prompt.find('[[')
    if start >= 0:
        return [[str(c) for c in row] for row in json.loads(prompt[start:prompt.index(']]') + 2])]
    lines = prompt.split('\n')
    ruled = [i for i, line in enumerate(lines) if re.fullmatch(r'\|(-+\|)+', line)]
    if ruled:  # the line above the rule is the table's head, not a row
        table = [line for line in lines[ruled[0] + 1:] if line.startswith('|')]
        return [[c.strip() for c in line.strip('|').split('|')] for line in table]
    for line in lines:
        parts = line.split('/')
        if len(parts) > 1 and all(re.fullmatch(r'[A-Za-z\d._]+', p) for p in parts):
            return [list(p) for p in parts]
    best, run = [], []
    for line in lines + ['']:
        cells = line.split() if ' ' in line else list(line)
        if cells and all(re.fullmatch(r'[A-Za-z._]|\d+', c) for c in cells) and (not run or len(run[0]) == len(cells)):
            run.append(cells)
        else:
            best, run = max(best, run, key=len), []
    return best


def summed(prompt):
    """A board with sums behind its rows and under its columns, as (rows, row sums, column sums), texts all; None where there is none."""
    drawn = re.findall(r'^([^|\n]+)\|( *\d+)$', prompt, re.M)
    if drawn:
        below = re.search(r'^-+\+?\n([\d ]+)$', prompt, re.M)[1]
        return [row.split() for row, _ in drawn], [total.strip() for _, total in drawn], below.split()
    if '[[' not in prompt and '|---' not in prompt:
        return None
    *table, below = board(prompt)
    return [row[:-1] for row in table], [row[-1] for row in table], [x for x in below if x]


def rows(answer, height, width, letters):
    """An answer's rows, joined by slashes, as lists of single characters; None unless it has that shape and those letters only."""
    got = [list(row) for row in answer.strip().split('/')]
    if len(got) != height or any(len(row) != width or not set(row) <= set(letters) for row in got):
        return None
    return got


def latin(grid):
    """Whether each row and each column holds 1 to n once each."""
    every = set(range(1, len(grid) + 1))
    return all(set(line) == every for line in grid) and all(set(line) == every for line in zip(*grid))


def square(answer, n):
    """An answer's rows as numbers, where they form a Latin square of 1 to n; None otherwise."""
    got = rows(answer, n, n, '123456789'[:n])
    grid = got and [[int(c) for c in row] for row in got]
    return grid if grid and latin(grid) else None


def beside(cell):
    """The four cells that share a side with this one, on the board or off it."""
    r, c = cell
    return [(r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)]


def around(cell):
    """The eight cells that touch this one."""
    r, c = cell
    return [(r + i, c + j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]


def groups(cells):
    """Cells parted into groups that hang together by their sides."""
    left, parts = set(cells), []
    while left:
        part, todo = set(), [left.pop()]
        while todo:
            cell = todo.pop()
            part.add(cell)
            todo += [n for n in beside(cell) if n in left]
            left -= set(todo)
        parts.append(part)
    return parts
