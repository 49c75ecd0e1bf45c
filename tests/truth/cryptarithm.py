"""Cryptarithm: read is the equation in letters."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from sums import turned, value

EQUATION = re.compile(r'[A-Z]+(?: ?[-+*] ?[A-Z]+)+ ?= ?[A-Z]+')


def check(prompt, answer):
    asked = EQUATION.search(prompt)[0].replace(' ', '')
    given = turned(answer)
    pairs = set(zip(asked, given))
    if len(given) != len(asked) or not len(pairs) == len(set(asked)) == len(set(given)):
        return False  # other than one digit for a letter and one letter for a digit
    if any(b not in '0123456789' if a.isalpha() else a != b for a, b in pairs) or re.search(r'\b0\d', given):
        return False
    left, right = given.split('=')
    return value(left) == int(right)
