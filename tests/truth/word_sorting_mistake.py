"""Word sorting, the first mistake: read are the words, the direction, the letters that come before all others, if any, which of the two methods is told (merging, or letter by letter), and
the numbered thoughts. As at most one thought is wrong and the others follow from those before, the first that differs from a faultless
sorting of these words is the mistake."""

import re

LIST = r'([a-z]+(?:, [a-z]+)*)'
ORDER = r'([a-z(][a-z, ()]*)'
NUMBER = r'^(?:Thought |思考 ?)?(\d+)(?:\. |: |：)'
KINDS = [  # what each kind of thought states, in English or in Chinese
    ('merge', r'(?:merge|合并) \(%s\) (?:and|和) \(%s\)' % (LIST, LIST)),
    ('first', r'(?:of|比较) ([a-z]+) (?:and|和) ([a-z]+)(?:, |，)([a-z]+) (?:comes first|在前)'),
    ('result', r'(?:the result is|合并结果是) ' + LIST),
    ('letter', r'([a-z]+)(?:: letter | 的第 )(\d+)(?: is | 个字母是? ?)([a-z]|missing|不存在)(?:, number |，编号 )(\d+)'),
    ('order', r'(?:they come in the order|它们的顺序是) ' + ORDER),
    ('all', r'(?:all words in order are|全部单词的顺序是) ' + LIST)]


def thoughts(prompt):
    found = []
    for line in prompt.split('\n'):
        number = re.match(NUMBER, line)
        for kind, pattern in KINDS if number else []:
            stated = re.fullmatch(pattern, line[number.end():])
            if stated:
                found.append((int(number[1]), (kind, *(s.replace('不存在', 'missing') for s in stated.groups()))))
    if [n for n, _ in found] != list(range(1, len(found) + 1)):
        raise ValueError('a thought was not understood')
    return [stated for _, stated in found]


def alphabet(prompt):
    """The letters in their order: the first is number 1."""
    first = re.search(r'(?:the letters? |字母 )([a-z](?:, [a-z])*)(?: comes? first| 排在最前| 按此先后排在最前)', prompt)
    letters = first[1].split(', ') if first else []
    return letters + [c for c in 'abcdefghijklmnopqrstuvwxyz' if c not in letters]


def merging(words, letters, down):
    runs = [[w] for w in words]
    while len(runs) > 1:
        merged = []
        for left, right in zip(runs[::2], runs[1::2]):
            yield ('merge', ', '.join(left), ', '.join(right))
            a, b, out = list(left), list(right), []
            while a and b:
                first = (max if down else min)(a[0], b[0], key=lambda w: [letters.index(c) for c in w])
                yield ('first', a[0], b[0], first)
                out.append((a if first == a[0] else b).pop(0))
            merged.append(out + a + b)
            yield ('result', ', '.join(merged[-1]))
        runs = merged + runs[len(runs) // 2 * 2:]


def by_letters(words, letters, down):
    ties = [(1, list(words))]  # the words as they stand: groups of tied words, each with the letter to look up next
    while any(len(group) > 1 for _, group in ties):
        at = next(i for i, (_, group) in enumerate(ties) if len(group) > 1)
        k, group = ties[at]
        number = {w: letters.index(w[k - 1]) + 1 if k <= len(w) else 0 for w in group}
        for w in group:
            yield ('letter', w, str(k), w[k - 1] if k <= len(w) else 'missing', str(number[w]))
        parts = [[w for w in group if number[w] == n] for n in sorted(set(number.values()), reverse=down)]
        yield ('order', ', '.join('(%s)' % ', '.join(p) if len(p) > 1 else p[0] for p in parts))
        ties[at:at + 1] = [(k + 1, p) for p in parts]
    yield ('all', ', '.join(group[0] for _, group in ties))


def check(prompt, answer):
    words = re.search(r'(?:\d words, |[:：]\s*)%s(?=[.。，\n]|, and it)' % LIST, prompt)[1].split(', ')
    down = 'descending' in prompt or '降序' in prompt
    method = merging if 'every word is a run of its own' in prompt or '每个单词自成一段' in prompt else by_letters
    stated, right = thoughts(prompt), list(method(words, alphabet(prompt), down))
    if len(stated) != len(right) and stated == right[:len(stated)]:
        raise ValueError('the thoughts end early')
    wrong = [i + 1 for i, (a, b) in enumerate(zip(stated, right)) if a != b]
    return answer.isdigit() and int(answer) == wrong[0] if wrong else answer == 'No'
