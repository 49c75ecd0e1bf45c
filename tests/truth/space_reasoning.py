"""Space reasoning: read are the parts of the walk (a list, sentences, or moves in brackets), each with its item, and the moves to each
stop. All four floors fit one map: a honeycomb's and a triangular floor's directions are sums of one another there as they are on the floor."""

import re

ASIDE = {'right': (2, 0), 'left': (-2, 0), 'up': (0, 2), 'down': (0, -2),
         'upper right': (1, 1), 'upper left': (-1, 1), 'lower left': (-1, -1), 'lower right': (1, -1)}
WORDS = dict(zip('右 左 上 下 右上 左上 左下 右下'.split(), ASIDE.values()))
ARROWS = dict(zip('→←↑↓↗↖↙↘', ASIDE.values()))
WAYS = {**ASIDE, **WORDS, **ARROWS}
WAY = re.compile('|'.join(sorted(WAYS, key=len, reverse=True)))


def moved(moves):
    """Where the moves lead to from (0, 0). English has the number of steps before its directions, Chinese and the arrows behind."""
    if 'step' in moves:
        parts = [(n, ways) for n, ways in re.findall(r'(\d+|one) steps?(.*?)(?=\d|one|$)', moves)]
    else:
        parts = [(n or 'one', ways) for ways, n in re.findall(r'(\D+)(\d*)', moves)]
    x = y = 0
    for n, ways in parts:
        for way in WAY.findall(ways):
            x += WAYS[way][0] * (1 if n == 'one' else int(n))
            y += WAYS[way][1] * (1 if n == 'one' else int(n))
    return x, y


def walk(prompt):
    """The parts as (moves, item): moves are None where one is carried, and at the start."""
    for line in prompt.split('\n'):
        if re.search(r'\] \w', line) and not re.search('[(（]|^\\[', line):
            pieces = re.split(r' ?\[(.*?)\] ?', line)
            return [(None, pieces[0])] + [(None if m == '?' else m, item) for m, item in zip(pieces[1::2], pieces[2::2])]
    listed = re.findall(r'^\d+\. ([^:：\n]+)[:：] ?([^:：\n]+)$', prompt, re.M)
    if listed:
        return [(m if re.search('step|步', m) else None, item) for m, item in listed]
    got = re.findall(r'You start at the place of the (.*?)\.|it holds the (.*?)\.|You go (.*?) and find the (.*?)\.', prompt)
    if got:
        return [(m or None, start or carried or item) for start, carried, m, item in got]
    got = re.findall(r'你从(.*?)所在的位置出发|那里有(.*?)。|你(依?次?向[^。]*?步)，看到(.*?)。', prompt)
    return [(m or None, start or carried or item) for start, carried, m, item in got]


def stops(prompt):
    """The moves to each stop, from the one before."""
    arrows = re.findall(r'^\d+[:：] ?(.*)$', prompt, re.M)
    english = re.findall(r'you go (.*?) (?:to stop \d+|and stop)\.', prompt)
    chinese = re.findall(r'((?:依次)?向[^。看：\n]*?步)，(?:停下来|到达第)', prompt)
    return arrows or english or chinese


def check(prompt, answer):
    parts = walk(prompt)
    steps = [(a[1], b[1], moved(b[0])) for a, b in zip(parts, parts[1:]) if b[0]]
    places = {parts[-1][1]: (0, 0)}  # of the items whose places follow from the last one's
    for _ in parts:
        for a, b, (x, y) in steps:
            if a in places:
                places[b] = (places[a][0] + x, places[a][1] + y)
            elif b in places:
                places[a] = (places[b][0] - x, places[b][1] - y)
    items = {place: item for item, place in places.items()}
    here, found = (0, 0), []
    for moves in stops(prompt):
        x, y = moved(moves)
        here = (here[0] + x, here[1] + y)
        found.append(items.get(here))
    said = [re.sub('[- ]', '', name) for name in re.split('[,，]', answer)]  # as ice skate or ice-skate
    return said == [name and re.sub('[- ]', '', name) for name in found]
