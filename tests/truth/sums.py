"""Exact values of written sums, for the checkers whose prompts hold some."""

import re
from fractions import Fraction


def divide(a, b):
    return Fraction(a) / b


PLAIN = [{'+': lambda a, b: a + b, '-': lambda a, b: a - b}, {'*': lambda a, b: a * b, '/': divide}]


def value(text, levels=PLAIN, names={}):
    """The value of a sum of numbers, names, signs and parentheses. levels: the operators by their signs, those that bind least first; equal
    ones go from left to right. None where the text is no such sum or something is divided by 0."""
    signs = ''.join(s for level in levels for s in level)
    tokens = re.findall(r'\d+|[a-z]+|\S', text)[::-1]

    def side(depth):
        if depth < len(levels):
            a = side(depth + 1)
            while tokens and tokens[-1] in levels[depth]:
                sign = tokens.pop()
                a = levels[depth][sign](a, side(depth + 1))
            return a
        token = tokens.pop()
        if token == '(':
            a = side(0)
            assert tokens.pop() == ')'
            return a
        assert token not in signs
        if token == 'abs':
            assert tokens[-1] == '('
            return abs(side(len(levels)))
        return names[token] if token in names else int(token)

    try:
        a = side(0)
        return None if tokens else a
    except (AssertionError, IndexError, ValueError, ZeroDivisionError):
        return None


def turned(equation):
    """An equation without blanks, its value behind: it is the same one from its other side."""
    return re.sub(r'^(-?\d+)=(.*)$', r'\2=\1', re.sub(r'\s', '', equation))
