"""Zebra puzzle: read are the attributes with their values, in the order the answer has to keep, and each clue as a statement about house
numbers, in sentences, as facts such as next(x, y), or as relations of h(x)."""

import re

COUNTS = {w: i for i, w in enumerate('no one two three four five'.split())}
COUNTS.update({'零': 0, '一': 1, '两': 2, '二': 2, '三': 3, '四': 4, '五': 5})
LISTED = re.compile(r'^- ([^:：\n]+)[:：] ?([^:：\n]+)$', re.M)
RULES = {
    'at': lambda n, x, k: x == k,
    'same': lambda n, x, y: x == y,
    'just_left': lambda n, x, y: y == x + 1,
    'just_right': lambda n, x, y: y == x - 1,
    'next': lambda n, x, y: abs(x - y) == 1,
    'left': lambda n, x, y: x < y,
    'right': lambda n, x, y: x > y,
    'gap': lambda n, x, y, k: abs(x - y) == k + 1,
    'end': lambda n, x: x in (1, n),
    'between': lambda n, x, y, z: min(y, z) < x < max(y, z),
    'one_of': lambda n, x, y, z: (x == y) != (x == z),
}
SENTENCES = [  # what tells a sentence's rule; a clue is of the first that fits
    ('not at', r'not live in house (\d+)|不住在(\d+)号房'),
    ('at', r'lives in house (\d+)|住在(\d+)号房'),
    ('end', r'first or the last house|第一座或最后一座'),
    ('one_of', r'but not both|但不同时'),
    ('between', r'somewhere between|之间的某处'),
    ('gap', r'exactly (\w+) houses? between|恰好隔着(.)座'),
    ('just_left', r'directly to the left|左隔壁'),
    ('just_right', r'directly to the right|右隔壁'),
    ('left', r'somewhere to the left|左边的某处'),
    ('right', r'somewhere to the right|右边的某处'),
    ('next', r'next to|相邻'),
    ('not same', r' is not |不是'),
    ('same', r' is |就是'),
]


def attributes(prompt):
    table = re.search(r'^\{".*\}$', prompt, re.M)
    if table:
        return [re.findall(r'"([^"]+)"', v) for v in re.findall(r'\[(.*?)\]', table[0])]
    return [re.split(', |、', values) for _, values in LISTED.findall(prompt)]


def relation(clue, house):
    """What a clue such as |h(a) - h(b)| = 2 says, all values put in their houses."""
    text = re.sub(r'h\(([^()]+)\)', lambda m: str(house[m[1]]), clue)
    text = re.sub(r'\|([^|]+)\|', r'abs(\1)', text).replace('∈', ' in ').replace('×', '*')
    text = re.sub('≠| xor ', '!=', text)
    assert re.fullmatch(r'(\d|[-+* <>=!(){},]|abs|in)+', text), clue
    return eval(re.sub(r'(?<![!<>=])=(?!=)', '==', text))


def holds(clue, house, values):
    if 'h(' in clue:
        return relation(clue, house)
    fact = re.fullmatch(r'(not )?(\w+)\((.*)\)', clue)
    if fact:
        rule = fact[2]
        parts = [int(p) if p.isdigit() else house[p] for p in re.split('[,，] ?', fact[3])]
        said = bool(fact[1])
    else:
        name, found = next((n, m) for n, m in ((n, re.search(p, clue)) for n, p in SENTENCES) if m)
        parts = [house[v] for v in values.findall(clue)]
        number = next((g for g in found.groups() if g), None)
        if number:
            parts.append(int(number) if number.isdigit() else COUNTS[number])
        said, rule = name.startswith('not '), name.replace('not ', '')
    return RULES[rule](len(house['']), *parts) != said


def check(prompt, answer):
    table = attributes(prompt)
    every = sorted((v for values in table for v in values), key=len, reverse=True)
    values = re.compile('|'.join(r'\b%s\b' % v if v.isascii() else v for v in every), re.I)
    own = {v.lower(): v for v in every}
    houses = [[own[v.lower()] for v in values.findall(h)] for h in answer.split('/')]
    # 1号 and 第1行 may stand before a house
    if re.search(r'[^\s,，/号行]', values.sub('', answer)) or any(len(h) != len(table) for h in houses):
        return False
    if [sorted(column) for column in zip(*houses)] != [sorted(v) for v in table]:
        return False
    house = {v: i + 1 for i, h in enumerate(houses) for v in h}
    house[''] = houses
    clues = [c for c in re.findall(r'^\d+\. (.*?)[.。]?$', prompt, re.M) if values.search(c)]
    return all(holds(c, house, values) for c in clues)
