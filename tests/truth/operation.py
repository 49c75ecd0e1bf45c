"""Operation: read are the operators defined, their ranking, which of them go from right to left, and the sum asked for."""

import os
import re
import sys
from fractions import Fraction

sys.path.insert(0, os.path.dirname(__file__))
from sums import divide, value

KNOWN = {'+': lambda a, b: a + b, '-': lambda a, b: a - b, '*': lambda a, b: a * b, '/': divide, '^': lambda a, b: a**b}
X, THEN, WHEN, OTHER = r'x (?P<sign>\S) y', '(?P<then>.*)', '(?P<when>.*?)', '(?P<other>.*)'
CASES = (rf'{X} = {THEN} if {WHEN}, otherwise x \S y = {OTHER}', f'{X}: if {WHEN}, then {THEN}; else {OTHER}',
         rf'当 {WHEN} ?时，{X} = {THEN}；否则 x \S y = {OTHER}', f'{X}：若 {WHEN}，则为 {THEN}；否则为 {OTHER}', f'{X} = {THEN}')


def holds(when, worth):
    """Whether a condition is true; worth(text) gives the values in it."""
    m = re.fullmatch(r'(.*) ([<>=]) (.*)', when)
    if m:
        a, b = worth(m[1]), worth(m[3])
        return a < b if m[2] == '<' else a > b if m[2] == '>' else a == b
    m = re.fullmatch(r'(.*?) (?:is|are both|是|都是) ?(?:(even|odd|偶数|奇数)|(?:a multiple of )?(\d+)(?: 的倍数)?)', when)
    said = [worth(side) for side in re.split(' and | 和 ', m[1])]
    step = int(m[3] or 2)
    rest = 1 if m[2] in ('odd', '奇数') else 0
    return all(Fraction(x).denominator == 1 and x % step == rest for x in said)


def defined(line, ranks, rightwards=''):
    """(sign, operator) if the line defines one."""
    m = next(filter(None, (re.fullmatch(case, line) for case in CASES)), None)
    if not m:
        return None

    def apply(x, y):
        def worth(text):
            return value(text, ranks, {'x': x, 'y': y}, rightwards)
        part = m.groupdict()
        return worth(part['then'] if 'when' not in part or holds(part['when'], worth) else part['other'])
    return m['sign'], apply


def check(prompt, answer):
    ranks = []
    lines = prompt.split('\n')
    told = re.search(r'(?:only these from right to left: |只有以下运算从右到左：)((?:\S[,、] ?)*\S)(?: \(|（)', prompt)
    rightwards = re.findall(r'[^\s,、]', told[1]) if told else []
    new = dict(filter(None, (defined(line, ranks, rightwards) for line in lines)))
    signs = re.escape(''.join(new) + '+-*/^')
    ranking = next(r for r in re.findall(r'[%s](?: [>%s])+' % (signs, signs), prompt) if '>' in r)
    ranks += [{sign: {**KNOWN, **new}[sign] for sign in rank.split()} for rank in ranking.split('>')[::-1]]
    runs = [r for line in lines if not defined(line, []) for r in re.findall(r'[(\d][%s()\d ]*[)\d]' % signs, line)]
    asked = next(r for r in runs if set(r) & set(new))
    return bool(re.fullmatch(r'-?\d+(/0*[1-9]\d*|\.\d+)?', answer)) and Fraction(answer) == value(asked, ranks, rightwards=rightwards)
