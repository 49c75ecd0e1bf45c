"""Dyck language: read is the sequence of brackets, which is the first in every wording; the rules that follow name pairs only.
The brackets of an answer count, not what parts them: a space, a comma or nothing."""

import re

CLOSER = {'(': ')', '[': ']', '{': '}', '<': '>'}


def check(prompt, answer):
    sequence = re.search(r'[][(){}<>](?: [][(){}<>])*', prompt)[0].split()
    missing = []
    for c in sequence:
        if c in CLOSER:
            missing.insert(0, CLOSER[c])
        elif c != missing.pop(0):
            raise ValueError('the sequence is wrong already')
    return re.fullmatch(r'[][(){}<> ,]*', answer) is not None and re.sub('[ ,]', '', answer) == ''.join(missing)
