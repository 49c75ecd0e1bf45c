"""Word sorting: read are the list of words and the direction."""

import re


def check(prompt, answer):
    words = re.findall(r'[A-Za-z]+(?:, ?[A-Za-z]+)+(?=[.。\n]|$)', prompt)
    listed = max((w.split(',') for w in words), key=len)
    order = sorted((w.strip() for w in listed), reverse='descending' in prompt or '降序' in prompt)
    return [w.strip() for w in answer.split(',')] == order
