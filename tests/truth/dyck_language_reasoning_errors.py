"""Dyck language reasoning errors: read are the sequence of brackets, which stands before everything else, and the thoughts, which are
numbered lines of three kinds: a bracket, or the start or the end, with a stack; missing closing brackets; and words that state no stack."""

import re

CLOSER = {'(': ')', '[': ']', '{': '}', '<': '>'}
B = r'[][(){}<>]'
STACK = r'(?P<stack>empty|空|%s(?: %s)*)' % (B, B)
THOUGHT = re.compile(r'(?:Thought |思考 ?)?(?P<number>\d+)(?:\. |: |：)(?:(?P<step>%s|At the start|开始|The end is reached|已读到末尾)'
                     r'(?: -> | ; stack: |；栈：)|(?:Closing brackets still missing, in order: |还缺少的右括号，依次为：))%s' % (B, STACK))


def wrong_thoughts(prompt):
    sequence = re.search(r'%s(?: %s)*' % (B, B), prompt)[0].split()
    unread, stack, wrong = list(sequence), [], set()
    for line in prompt.split('\n'):
        thought = THOUGHT.fullmatch(line)
        if not thought:
            continue
        step = thought['step']
        if step and step in '()[]{}<>':
            if step != unread.pop(0):
                raise ValueError('a thought about another bracket')
            if step in CLOSER:
                stack.append(step)
            elif CLOSER[stack.pop()] != step:
                raise ValueError('the sequence is wrong already')
        stated = [] if thought['stack'] in ('empty', '空') else thought['stack'].split()
        if stated != (stack if step else [CLOSER[c] for c in reversed(stack)]):
            wrong.add(int(thought['number']))
    if unread:
        raise ValueError('brackets without a thought')
    return wrong


def check(prompt, answer):
    if not re.fullmatch(r'\d+(, ?\d+)*', answer):
        return False
    numbers = [int(n) for n in answer.split(',')]
    return len(numbers) == len(set(numbers)) and set(numbers) == (wrong_thoughts(prompt) or {0})
