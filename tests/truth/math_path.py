"""Math path: read is the equation with a ? for each hidden digit."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from sums import PLAIN, value

EQUATION = re.compile(r'[(?\d][-+*/%()?\d ]* ?= ?-?\d+')


def exact(a, b):
    if a % b:
        raise ZeroDivisionError
    return a // b


LEVELS = [PLAIN[0], {'*': lambda a, b: a * b, '/': exact, '%': lambda a, b: a - b * (a // b)}]


def check(prompt, answer):
    asked = next(e for e in EQUATION.findall(prompt) if '?' in e).replace(' ', '')
    given = re.sub(r'\s', '', answer)
    if not re.fullmatch(re.escape(asked).replace(r'\?', '[0-9]'), given):
        return False
    left, right = given.split('=')
    return value(left, LEVELS) == int(right)
