"""Dyck language errors: read are the brackets, which stand on lines of their own or as a JSON list. The wordings all ask the same."""

import json
import re

PARTNER = {')': '(', ']': '[', '}': '{', '>': '<'}


def brackets(prompt):
    listed = re.search(r'^\["[^\n]*"\]$', prompt, re.M)
    if listed:
        return json.loads(listed[0])
    lines = [line for line in prompt.split('\n') if re.fullmatch(r'[][(){}<>](?: [][(){}<>])*', line)]
    return ' '.join(lines).split()


def first_error(sequence):
    stack = []
    for i, c in enumerate(sequence, 1):
        if c not in PARTNER:
            stack.append(c)
        elif not stack or stack.pop() != PARTNER[c]:
            return i
    return len(sequence) + 1 if stack else -1


def check(prompt, answer):
    return bool(re.fullmatch(r'-?\d+', answer)) and int(answer) == first_error(brackets(prompt))
