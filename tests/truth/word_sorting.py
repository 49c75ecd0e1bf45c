"""Word sorting: read are the list of words, the direction, and the letters that come before all others, if any."""

import re


def check(prompt, answer):
    words = re.findall(r'[A-Za-z]+(?:, [A-Za-z]+)+(?=[.。\n]|$)', prompt)
    listed = max((w.split(', ') for w in words), key=len)
    first = re.search(r'(?:the letters? |字母 )([a-z](?:(?:, |、)[a-z])*) (?:comes? before|按此先后|排在)', prompt)
    letters = re.sub('[^a-z]', '', first[1]) if first else ''
    letters += ''.join(c for c in 'abcdefghijklmnopqrstuvwxyz' if c not in letters)
    order = sorted(listed, key=lambda w: [letters.index(c) for c in w.lower()], reverse='descending' in prompt or '降序' in prompt)
    return re.split(', ?', answer) == order
