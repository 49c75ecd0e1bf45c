"""Grids by example: read are the examples, the test input and, where it is told, how many operations there are at most. The operations are
those that the longest wording lists, with their five groups. Where the number is told, all programs that fit are tried; where it is not, the
text says that the fewest operations are meant, and all programs of so many are. They have to agree on the test's output."""

import functools
import json
import os
import re
import sys
from collections import Counter

sys.path.insert(0, os.path.dirname(__file__))
from common import around, beside

LONGEST = 30  # side


# Group 1: what stays of the grid. None where the operation cannot be done.

def painted(g, colour):
    """The grid that colour(r, c, old) tells."""
    return tuple(tuple(colour(r, c, x) for c, x in enumerate(row)) for r, row in enumerate(g))


def inside(g, cell):
    return 0 <= cell[0] < len(g) and 0 <= cell[1] < len(g[0])


@functools.lru_cache(4096)
def objects(g):
    left = {(r, c) for r, row in enumerate(g) for c, x in enumerate(row) if x}
    found = []
    while left:
        part, todo = set(), [left.pop()]
        while todo:
            cell = todo.pop()
            part.add(cell)
            more = [n for n in beside(cell) if n in left and g[n[0]][n[1]] == g[cell[0]][cell[1]]]
            todo += more
            left -= set(more)
        found.append(part)
    return found


def window(g, cells):
    if not cells:
        return None
    rows, cols = [r for r, _ in cells], [c for _, c in cells]
    return tuple(row[min(cols):max(cols) + 1] for row in g[min(rows):max(rows) + 1])


def crop(g):
    return window(g, [cell for part in objects(g) for cell in part])


def extreme(g, which):
    """The objects of the largest or the smallest size."""
    size = which(map(len, objects(g)), default=0)
    return [part for part in objects(g) if len(part) == size]


def keep_object(g, which):
    kept = set().union(*extreme(g, which))
    return painted(g, lambda r, c, x: x if (r, c) in kept else 0)


def cut_object(g, which):
    parts = extreme(g, which)
    return window(g, parts[0]) if len(parts) == 1 else None


def halves(g, upright):
    """The upper and the lower half, or the left and the right one."""
    n = len(g) if upright else len(g[0])
    if n % 2:
        return None
    return (g[:n // 2], g[n // 2:]) if upright else (tuple(row[:n // 2] for row in g), tuple(row[n // 2:] for row in g))


def half(g, upright, which):
    both = halves(g, upright)
    return both and both[which]


def overlay(g, upright, wanted, d):
    both = halves(g, upright)
    return both and painted(both[0], lambda r, c, x: d if (x != 0) + (both[1][r][c] != 0) == wanted else 0)


def frequent(g, which):
    counts = Counter(x for row in g for x in row if x)
    most = [k for k, n in counts.items() if n == which(counts.values())]
    return painted(g, lambda r, c, x: x if x == most[0] else 0) if len(most) == 1 else None


# Group 4 serves the others too.

def flip(g):
    return tuple(row[::-1] for row in g)


def upend(g):
    return g[::-1]


def transpose(g):
    return tuple(zip(*g))


TURNS = [flip, upend, lambda g: flip(upend(g)), transpose, lambda g: flip(upend(transpose(g))), lambda g: flip(transpose(g)), lambda g: upend(transpose(g))]
# How a grid is turned so that something happens to the left in each row, and turned back.
SIDES = [(transpose, transpose), (flip, flip), (lambda g: flip(transpose(g)), lambda g: transpose(flip(g))), (tuple, tuple)]


def by_row(g, side, change):
    there, back = SIDES[side]
    return back(tuple(tuple(change(row)) for row in there(g)))


# Group 2: what happens in the grid; each row is seen so that it happens to the left.

def fall(row):
    stones = [x for x in row if x]
    return stones + [0] * (len(row) - len(stones))


def ray(row):
    out, last = [], 0
    for x in reversed(row):
        last = x or last
        out.append(last)
    return out[::-1]


def step(row):
    return row[1:] + row[:1]


def bridge(row):
    out, last = list(row), None
    for i, x in enumerate(row):
        if x:
            if last is not None and row[last] == x:
                out[last:i] = [x] * (i - last)
            last = i
    return out


def enclose(g, colour):
    seen, todo = set(), [(r, c) for r, row in enumerate(g) for c, x in enumerate(row) if not x and (r in (0, len(g) - 1) or c in (0, len(row) - 1))]
    while todo:
        cell = todo.pop()
        if cell not in seen:
            seen.add(cell)
            todo += [n for n in beside(cell) if inside(g, n) and not g[n[0]][n[1]]]
    return painted(g, lambda r, c, x: x or (0 if (r, c) in seen else colour))


def complete(g, turn):
    image = turn(g)
    return painted(g, lambda r, c, x: x or image[r][c])


def outline(g, colour):
    return painted(g, lambda r, c, x: x or (colour if any(inside(g, n) and g[n[0]][n[1]] for n in around((r, c))) else 0))


def hollow(g):
    return painted(g, lambda r, c, x: 0 if all(inside(g, n) and g[n[0]][n[1]] == x for n in beside((r, c))) else x)


def mark(g, which, colour):
    cells = set().union(*extreme(g, which))
    return painted(g, lambda r, c, x: colour if (r, c) in cells else x)


# Group 5: the grid grows.

def tile(g, down, across):
    return tuple(row * across for row in g) * down


def blow(g, k):
    return tuple(tuple(x for x in row for _ in range(k)) for row in g for _ in range(k))


def join(g, side):
    return by_row(g, side, lambda row: row[::-1] + row)


def quarter(g, up, left):
    g = tuple(row + row[::-1] if left else row[::-1] + row for row in g)
    return g + g[::-1] if up else g[::-1] + g


def frame(g, colour):
    n = len(g[0]) + 2
    return ((colour,) * n,) + tuple((colour,) + row + (colour,) for row in g) + ((colour,) * n,)


def operation(f, *given):
    return lambda g: f(g, *given)


def toolbox(colours):
    """The five groups, each a list of functions from grid to grid or None."""
    O = operation
    pairs = [(c, d) for c in colours for d in colours if c != d]
    return [
        [crop] + [O(f, w) for f in (keep_object, cut_object, frequent) for w in (max, min)] + [O(half, u, w) for u in (True, False) for w in (0, 1)] +
        [O(lambda g, k: painted(g, lambda r, c, x: x if x == k else 0), k) for k in colours] +
        [O(lambda g, k: painted(g, lambda r, c, x: 0 if x == k else x), k) for k in colours] +
        [O(overlay, u, n, d) for u in (True, False) for n in (1, 2) for d in colours],
        [O(by_row, side, f) for side in range(4) for f in (fall, ray, step)] + [O(by_row, side, bridge) for side in (0, 3)] +
        [O(complete, turn) for turn in TURNS[:3]] + [hollow] +
        [O(f, k) for f in (enclose, outline) for k in colours] + [O(mark, w, k) for w in (max, min) for k in colours],
        [O(lambda g, a, b: painted(g, lambda r, c, x: {a: b, b: a}.get(x, x)), a, b) for a, b in pairs if a < b] +
        [O(lambda g, a, b: painted(g, lambda r, c, x: b if x == a else x), a, b) for a, b in pairs] +
        [O(lambda g, k: painted(g, lambda r, c, x: k if x else 0), k) for k in colours] +
        [O(lambda g, k: painted(g, lambda r, c, x: 0 if x else k), k) for k in colours],
        TURNS,
        [O(tile, i, j) for i in (1, 2, 3) for j in (1, 2, 3) if i * j > 1] + [O(blow, k) for k in (2, 3)] + [O(join, side) for side in range(4)] +
        [O(quarter, u, l) for u in (True, False) for l in (True, False)] + [O(frame, k) for k in colours],
    ]


def fits(g):
    return g is not None and len(g) <= LONGEST and len(g[0]) <= LONGEST


def explore(inputs, outputs, groups, depth):
    """What the programs of at most so many operations that fit make of the last input."""
    found = set()

    def go(state, first, left):
        if state[:-1] == outputs:
            found.add(state[-1])
        if not left:
            return
        seen = set()
        for at in range(first, len(groups)):
            for op in groups[at]:
                one = op(state[0])
                if not fits(one) or (left == 1 and one != outputs[0]):
                    continue
                after = (one,) + tuple(op(g) for g in state[1:])
                if all(map(fits, after)) and (left == 1 or (at, after) not in seen):
                    seen.add((at, after))
                    go(after, at + 1, left - 1)

    go(inputs, 0, depth)
    return found


def grid(lines):
    text = '\n'.join(lines)
    if '[' in text:
        return tuple(map(tuple, json.loads(text)))
    if '/' in text:
        lines = text.split('/')
    return tuple(tuple(map(int, re.findall(r'\d', line))) for line in lines if re.search(r'\d', line))


def grids(prompt):
    """All grids in their order: input and output of each example, and the test's input."""
    arrows = re.findall(r'^([\d/]+) -> ([\d/]+|\?)', prompt, re.M)
    if arrows:
        return [grid([side]) for pair in arrows for side in pair if side != '?']
    found = []
    for part in re.split(r'^(?:Input|Output|输入|输出)[:：]', prompt, flags=re.M)[1:]:
        lines = re.match(r' *\n?((?:[\[\d| -].*(?:\n|$))+)', part)[1].split('\n')
        found.append(grid(lines))
    return found


@functools.lru_cache(1024)
def solve(examples, told):
    """The outputs of the test that fitting programs make."""
    inputs, outputs = examples[::2], examples[1::2]
    colours = sorted({x for g in examples for row in g for x in row if x})
    groups = toolbox(colours)
    if told:
        return explore(inputs, outputs, groups, told)
    return next((found for depth in (1, 2, 3) for found in [explore(inputs, outputs, groups, depth)] if found), set())


def check(prompt, answer):
    told = re.search(r'at most (\d+) of|最多 (\d+) 个', prompt)
    outputs = solve(tuple(grids(prompt)), int(told[1] or told[2]) if told else 0)
    if len(outputs) != 1:
        raise ValueError('%d outputs' % len(outputs))
    return answer.split('/') == [''.join(map(str, row)) for row in next(iter(outputs))]
