"""Exact values of written sums, for the checkers whose prompts hold some."""

import re
from fractions import Fraction


def divide(a, b):
    return Fraction(a) / b


PLAIN = [{'+': lambda a, b: a + b, '-': lambda a, b: a - b}, {'*': lambda a, b: a * b, '/': divide}]
FUNCTIONS = {'abs': abs, 'max': max, 'min': min}


def value(text, levels=PLAIN, names={}, rightwards=''):
    """The value of a sum of numbers, names, signs and parentheses. levels: the operators by their signs, those that bind least first; equal
    ones go from left to right, those of rightwards from right to left. None where the text is no such sum or something is divided by 0."""
    tokens = re.findall(r'\d+|[a-z]+|\S', text)[::-1]

    def side(depth):
        if depth == len(levels):
            return leaf()
        a = side(depth + 1)
        while tokens and tokens[-1] in levels[depth]:
            sign = tokens.pop()
            a = levels[depth][sign](a, side(depth if sign in rightwards else depth + 1))
        return a

    def leaf():
        token = tokens.pop()
        if token == '(':
            if tokens[-1] == '-':  # a negative number: (-5)
                tokens.pop()
                a = -int(tokens.pop())
            else:
                a = side(0)
            assert tokens.pop() == ')'
            return a
        if token in FUNCTIONS:
            parts = []
            while tokens[-1] == (',' if parts else '('):
                tokens.pop()
                parts.append(side(0))
            assert tokens.pop() == ')'
            return FUNCTIONS[token](*parts)
        return names[token] if token in names else int(token)

    try:
        a = side(0)
        return None if tokens else a
    except (AssertionError, IndexError, TypeError, ValueError, ZeroDivisionError):
        return None


def turned(equation):
    """An equation without blanks, its value behind: it is the same one from its other side."""
    return re.sub(r'^(-?\d+)=(.*)$', r'\2=\1', re.sub(r'\s', '', equation))
