"""Boolean expressions: read are the lettered expressions and the order of operations: arithmetic (* first), comparisons, not, and, or.
The rarer operators (xor and its like) are defined for two operands and stand after not; beside and, or and each other they are always in
parentheses of their own."""

import operator
import re

LEVELS = [  # what is worked out last stands first
    {'xor': operator.ne, 'iff': operator.eq, 'nand': lambda a, b: not (a and b), 'nor': lambda a, b: not (a or b),
     'implies': lambda a, b: b or not a},
    {'or': lambda a, b: a or b}, {'and': lambda a, b: a and b}, 'not',
    {'<': operator.lt, '>': operator.gt, '<=': operator.le, '>=': operator.ge, '==': operator.eq, '!=': operator.ne},
    {'+': operator.add, '-': operator.sub}, {'*': operator.mul}]
TOKEN = re.compile(r'True|False|not|and|or|xor|iff|nand|nor|implies|\d+|[<>]=?|[!=]=|[-+*()]')


def value(tokens, level=0):
    """The value of the expression in front of the tokens, which are used up."""
    if level == len(LEVELS):
        token = tokens.pop(0)
        if token == '(':
            inner = value(tokens)
            tokens.pop(0)
            return inner
        return int(token) if token.isdigit() else token == 'True'
    if LEVELS[level] == 'not':
        if tokens[0] != 'not':
            return value(tokens, level + 1)
        tokens.pop(0)
        return not value(tokens, level)
    left = value(tokens, level + 1)
    while tokens and tokens[0] in LEVELS[level]:
        sign = tokens.pop(0)
        left = LEVELS[level][sign](left, value(tokens, level + 1))
    return left


def check(prompt, answer):
    body = r'((?:%s| )+)' % TOKEN.pattern
    found = dict(re.findall(r'(?<![A-Za-z])([A-Z]): ' + body + r'(?=[;.。]|$)', prompt, re.M))
    true = {letter for letter, text in found.items() if value(TOKEN.findall(text))}
    if not true:
        return answer == 'none'
    return bool(re.fullmatch(r'[A-Z](, ?[A-Z])*', answer)) and set(re.split(', ?', answer)) == true
