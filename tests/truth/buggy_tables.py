"""Buggy tables: read are the table as it stands (a list of rows, a table with bars, or values between commas), what happened to it, the
conditions on the rows and the statistic; the damage is undone and the statistic computed. The answer is judged as a number: 138 is 138.00."""

import csv
import json
import re
from fractions import Fraction

TESTS = {'at most': lambda x, a: x <= a, '不大于': lambda x, a: x <= a, 'at least': lambda x, a: x >= a, '不小于': lambda x, a: x >= a,
         'less than': lambda x, a: x < a, '小于': lambda x, a: x < a, 'greater than': lambda x, a: x > a, '大于': lambda x, a: x > a,
         'not': lambda x, a: x != a, '不为': lambda x, a: x != a, '': lambda x, a: x == a, '为': lambda x, a: x == a}


def table(prompt):
    """The lines of the table, headings first, texts all."""
    start = prompt.find('[[')
    if start >= 0:
        rows = json.loads(prompt[start:prompt.index(']]') + 2], parse_int=str, parse_float=str)
        return [['null' if c is None else c for c in row] for row in rows]
    lines = prompt.split('\n')
    if '|---' in prompt:
        return [[c.strip() for c in line.strip('|').split('|')] for line in lines if line.startswith('|') and '---' not in line]
    first = next(i for i, line in enumerate(lines) if re.fullmatch(r'"?\w+"?(,"?\w+"?){2,}', line))
    return list(csv.reader(lines[first:lines.index('', first) if '' in lines[first:] else None]))


def turned(row, places):
    """A row moved to the left in a circle."""
    return row[places % len(row):] + row[:places % len(row)]


def repair(prompt, head, rows):
    """The table before the damage; raises where the text tells of none."""
    places = [(int(r) - 1, int(c) - 1) for r, c in re.findall(r'\((\d+), (\d+)\)', prompt)]
    stuck = re.search(r'"(\S+)" is stuck|The text "(\S+)" was added|多出了“(\S+)”|加上了文字“(\S+)”', prompt)
    false = re.search(r'how many: (\d+)|number of rows: (\d+)|虚假的行，共(\d+)行|末尾多出了(\d+)行', prompt)
    slid = re.search(r'(\d+) ?× ?([ij])', prompt)
    named = re.search(r'headings (?:alone were moved|was rotated, by) (\d+) places? to the (left|right)|表头(?:那一行)?循环移动了(\d+)(?:个位置|位)，方向向(左|右)', prompt)
    values = re.findall(r'\((\d+), (\d+)\) = (\S+?)[;；.。]?(?=[\s(]|$)', prompt)
    if stuck:
        text = next(x for x in stuck.groups() if x)
        for r, c in places:
            assert rows[r][c].endswith(text)
            rows[r][c] = rows[r][c][:-len(text)]
    elif false:
        rows = rows[:-int(next(x for x in false.groups() if x))]
    elif slid:
        back = 1 if re.search('(moved|went) (to the right|down)|方向向[右下]|循环向[右下]移动', prompt) else -1
        lines = [turned(line, back * int(slid[1]) * (i + 1)) for i, line in enumerate(rows if slid[2] == 'i' else map(list, zip(*rows)))]
        rows = lines if slid[2] == 'i' else list(zip(*lines))
    elif named:
        n, way = [x for x in named.groups() if x]
        head = turned(head, int(n) if way in ('right', '右') else -int(n))
    elif values:
        for r, c, right in values:
            rows[int(r) - 1][int(c) - 1] = right
    elif re.search('(made-up|false) column|一列(编造|虚假)的数据', prompt):
        head, rows = head[:-1], [row[:-1] for row in rows]
    elif re.search('joined in pairs|put into one row|两两合并|被并为一行', prompt):
        rows = [half for row in rows for half in zip(*(c.split(' / ') for c in row))]
    else:  # what is lost stays lost
        assert places and all(rows[r][c] == 'null' for r, c in places)
    return head, rows


def value(text):
    return Fraction(text) if re.fullmatch(r'-?\d+(\.\d+)?', text) else text


def conditions(prompt, head):
    """(column, test, bound) of each condition."""
    found = []
    names = '|'.join(map(re.escape, head))
    word = r'(-?\d+(?:\.\d+)?|[A-Za-z]+|[\u4e00-\u9fff]+)'
    for name, a, b in re.findall(r'\b(%s) is between (\S+) and (\S+) \(both' % names, prompt) + re.findall(r'“(%s)”在(\S+?)到(\S+?)之间（含两端）' % names, prompt):
        found += [(name, 'at least', value(a)), (name, 'at most', value(b))]
    for name, test, a in re.findall(r'\b(%s) is (?!between)(?:(at most|at least|less than|greater than|not) )?%s' % (names, word), prompt):
        found.append((name, test, value(a)))
    for name, test, a in re.findall(r'“(%s)”(不大于|不小于|小于|大于|不为|为)%s' % (names, word), prompt):
        found.append((name, test, value(a)))
    assert found
    return found


STATISTICS = {
    'sum|总和': sum,
    'arithmetic mean|算术平均数': lambda kept: sum(kept) / len(kept),
    'median|中位数': lambda kept: (kept[(len(kept) - 1) // 2] + kept[len(kept) // 2]) / 2,
    'largest value|最大值': max,
    'smallest value|最小值': min,
    'range|极差': lambda kept: kept[-1] - kept[0],
    'population variance|总体方差': lambda kept: sum((x - sum(kept) / len(kept)) ** 2 for x in kept) / len(kept),
}


def statistic(prompt, head, rows):
    for words, compute in STATISTICS.items():
        en, zh = words.split('|')
        asked = re.search(r'%s of (\w+)|“(\w+)”的%s' % (en, zh), prompt)
        if asked and (asked[1] or asked[2]) in head:
            at = head.index(asked[1] or asked[2])
            return compute(sorted(value(row[at]) for row in rows if row[at] != 'null'))


def rounded(x):
    """To two decimals, halves away from zero."""
    hundredths = int(abs(x) * 100 + Fraction(1, 2))
    return Fraction(-hundredths if x < 0 else hundredths, 100)


def check(prompt, answer):
    head, *rows = table(prompt)
    head, rows = repair(prompt, head, rows)
    for name, test, bound in conditions(prompt, head):
        cells = [row[head.index(name)] for row in rows]
        rows = [row for row, cell in zip(rows, cells) if cell != 'null' and TESTS[test](value(cell), bound)]
    return value(answer) == rounded(statistic(prompt, head, rows))
