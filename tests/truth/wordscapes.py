"""Wordscapes: read are the cells for letters (X or 1), the words across and the words down."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from common import board

ACROSS = re.compile(r'(?:Across \([^)]*\)|[Ff]rom left to right|Words across, [^:]*|横向（[^）]*）|从左到右的?(?:单词)?|横向单词，[^：]*)[:：] ?([a-z]+(?:(?:, |、)[a-z]+)*)')
DOWN = re.compile(r'(?:Down \([^)]*\)|[Ff]rom top to bottom|Words down, [^:]*|纵向（[^）]*）|从上到下的?(?:单词)?|纵向单词，[^：]*)[:：] ?([a-z]+(?:(?:, |、)[a-z]+)*)')


def runs(lines):
    return sorted(word for line in lines for word in re.findall('[a-z]{2,}', ''.join(line)))


def check(prompt, answer):
    form = [[c in 'X1' for c in row] for row in board(prompt)]
    grid = answer.strip().split('/')
    if [[bool(re.fullmatch('[a-z]', c)) for c in row] for row in grid] != form or set(''.join(grid)) - set('abcdefghijklmnopqrstuvwxyz.'):
        return False
    across, down = (sorted(re.split(', |、', pattern.search(prompt)[1])) for pattern in (ACROSS, DOWN))
    return runs(grid) == across and runs(zip(*grid)) == down
