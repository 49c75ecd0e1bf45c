"""Cipher: read are the alphabet, the steps in their order, the text, and whether it is to be encrypted or decrypted."""

import re


def number(step, at=0):
    return int(re.findall(r'\d+', step)[at])


def keyed(key, alphabet):
    return key + ''.join(c for c in alphabet if c not in key)


def circle(letters, alphabet, vowels, others):
    a = 'AEIOU'
    rest = [c for c in alphabet if c not in a]
    return [a[(a.index(c) + vowels) % 5] if c in a else rest[(rest.index(c) + others) % len(rest)] for c in letters]


def zigzag(letters, rows):
    period = max(1, 2 * (rows - 1))
    lines = [[] for _ in range(rows)]
    for i, c in enumerate(letters):
        lines[min(i % period, period - i % period)].append(c)
    return sum(lines, [])


def square(letters, table, down, right):
    return [table[(table.index(c) // 5 + down) % 5 * 5 + (table.index(c) + right) % 5] for c in letters]


def blocks(letters, n, change):
    return sum((change(letters[i:i + n]) for i in range(0, len(letters), n)), [])


def by_word(text):
    return [c for word in text.split(' ') for c in reversed(word)]


def apply(step, text, alphabet):
    """The text after one step; its spaces stay."""
    letters = [c for c in text if c != ' ']
    m = len(alphabet)
    at = alphabet.index
    key = (re.findall('[A-Z]{2,}', step) or [''])[0]
    if re.search('zigzag|之字形', step):
        out = zigzag(letters, number(step))
    elif re.search('Move the first \\d+ letters|移到文本末尾', step):
        out = letters[number(step):] + letters[:number(step)]
    elif re.search('letter with number x|编号为 x', step):
        a, b = re.search(r'\((\d+) \* x \+ (\d+)\)', step).groups()
        out = [alphabet[(int(a) * at(c) + int(b)) % m] for c in letters]
    elif re.search('Put all letters|全部字母倒序', step):
        out = letters[::-1]
    elif re.search('i-th|第 i 个', step):
        start, more = re.search(r'(\d+) \+ (\d+) \* \(i - 1\)', step).groups()
        out = [alphabet[(at(c) + int(start) + int(more) * i) % m] for i, c in enumerate(letters)]
    elif re.search('move to the end of the block|移到该块末尾', step):
        n, k = number(step), number(step, 1)
        out = blocks(letters, n, lambda b: b[k:] + b[:k] if len(b) == n else b)
    elif re.search('Cut the letters|每块的字母倒序', step):
        out = blocks(letters, number(step), lambda b: b[::-1])
    elif re.search('of each word|每个单词的字母', step):
        out = by_word(text)
    elif re.search('change places|互换', step):
        out = blocks(letters, 2, lambda b: b[::-1])
    elif re.search('vowel|元音', step):
        out = circle(letters, alphabet, number(step), number(step, 1))
    elif re.search('mirror|镜像', step):
        out = [alphabet[m - 1 - at(c)] for c in letters]
    elif re.search('over and over|反复', step):
        out = [alphabet[(at(c) + at(key[i % len(key)])) % m] for i, c in enumerate(letters)]
    elif re.search('stands below|正下方', step):
        out = [keyed(key, alphabet)[at(c)] for c in letters]
    elif re.search('square|方阵', step):
        down, right = re.search(r'(\d+) (?:rows? further down and|行、向右) (\d+)', step).groups()
        out = square(letters, keyed(key, alphabet), int(down), int(right))
    else:
        out = [alphabet[(at(c) + number(step)) % m] for c in letters if re.search('further on|之后第', step)]
    left = iter(out)
    return ''.join(c if c == ' ' else next(left) for c in text)


def check(prompt, answer):
    alphabet = re.search('ABC[A-Z]+', prompt)[0]
    text = re.search('(?:: ?\n*|：\n*)["“]?([A-Z]+(?: [A-Z]+)*)["”]?(?:\n|$)', prompt)[1]
    told = prompt[re.search('Encryption is done|加密只有一步|加密共有', prompt).start():]
    steps = re.findall(r'(?:^\d\. |\(\d\) |（\d）)(.*?)(?=$|\(\d\) |（\d）)', told, re.M)
    secret = re.search('Decrypt|has been encrypted|解密|加密后得到', prompt)
    if not re.fullmatch('[%s]+( [%s]+)*' % (alphabet, alphabet), answer):
        return False
    made = answer if secret else text
    for step in steps:
        made = apply(step, made, alphabet)
    return made == (text if secret else answer)
