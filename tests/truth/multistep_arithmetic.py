"""Multistep arithmetic: read are the sum and the signs that the prompt defines, if any (a # b = ...)."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from sums import PLAIN, value

SUM = re.compile(r'[(\d][-+*#&@~%()\d ]*[)\d]')
DEFINED = re.compile(r'a ?(\S) ?b = ((?:abs|max|min|[-+*()\dab,#&@~%])*[)ab\d])')


def check(prompt, answer):
    levels = list(PLAIN)
    for sign, rule in DEFINED.findall(prompt):  # parentheses always tell what it joins: it has no rank of its own
        levels.append({sign: lambda a, b, rule=rule: value(rule, levels, {'a': a, 'b': b})})
    asked = max(SUM.findall(re.split(', where|，其中', prompt)[0]), key=len)
    return bool(re.fullmatch(r'-?\d+', answer)) and int(answer) == value(asked, levels)
