"""Multistep arithmetic: read are the sum and, where there is one, the sign that the prompt defines (a # b = ...)."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from sums import PLAIN, value

SUM = re.compile(r'[(\d][-+*#&@~%()\d ]*[-+*#&@~%][-+*#&@~%()\d ]*[)\d]')
DEFINED = re.compile(r'a ?(\S) ?b = ([-+*()ab\d]*[)ab\d])')


def check(prompt, answer):
    levels = PLAIN
    for sign, rule in DEFINED.findall(prompt):  # parentheses always tell what it joins: it has no rank of its own
        levels = levels + [{sign: lambda a, b, rule=rule: value(rule, names={'a': a, 'b': b})}]
    asked = max(SUM.findall(re.split(', where|，其中', prompt)[0]), key=len)
    return bool(re.fullmatch(r'-?\d+', answer)) and int(answer) == value(asked, levels)
