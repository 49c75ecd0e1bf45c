"""Web of lies: read are what is known, what each person says, and the order the answer has to keep; an answer is right where every
statement is true just when the one who makes it is called a truth-teller."""

import re

ATOM = re.compile(r'(\w+) (tells the truth|lies)|(小\w)(说真话|说谎)')
NUMBERS = dict(zip('one two three four five 一 两 三 四 五'.split(), [1, 2, 3, 4, 5] * 2))
LEAST, MOST = ('at least', '至少有'), ('at most', '至多有')
SAID = [  # a sentence or line: who says it, where somebody does, and what
    r'(?:Known: )()(\w+ (?:tells the truth|lies))',
    r'()(\w+ (?:tells the truth|lies))',
    r'已知：?()(小.+)',
    r'(\w+): "(.+)"',
    r'(\w+) says (?:that )?(.+)',
    r'(小\w)：“(.+)”',
    r'(小\w)说：(.+)',
]


def order(prompt):
    """Everybody, in the answer's order: no other list of names is as long."""
    lists = re.findall(r'[A-Z]\w+(?:, [A-Z]\w+)+|小\w(?:、小\w)+', prompt)
    return re.split(', |、', max(lists, key=len))


def statements(prompt):
    for sentence in re.split(r'\n|(?<=[a-z])\. |(?<=[a-z])\.$|。', re.sub(r'\.\n', '\n', prompt)):
        for form in SAID:
            found = re.fullmatch(form, sentence.strip())
            if found:
                yield found[1], found[2]
                break


def true(said, honest):
    kinds = re.fullmatch(r'(\w+) and (\w+) are of (the same kind|different kinds)|(小\w)和(小\w)(是|不是)同一类人', said)
    if kinds:
        a, b, how = [g for g in kinds.groups() if g]
        return (honest[a] == honest[b]) == (how in ('the same kind', '是'))
    counted = re.fullmatch(r'(at least|at most|exactly) (\w+) of (.+) (lies?|tells? the truth)|(小.+)中(至少有|至多有|恰好有)(.)人(说谎|说真话)', said)
    if counted:
        how, many, who, what = counted.group(*((1, 2, 3, 4) if counted[1] else (6, 7, 5, 8)))
        number = sum(honest[w] == ('tru' in what or '真' in what) for w in re.split(', | and |、|和', who))
        many = NUMBERS[many]
        return number >= many if how in LEAST else number <= many if how in MOST else number == many
    every = re.fullmatch(r'both (\w+) and (\w+) (lie|tell the truth)|(小\w)和(小\w)都(说谎|说真话)', said)
    if every:
        a, b, what = [g for g in every.groups() if g]
        return honest[a] == honest[b] == ('tru' in what or '真' in what)
    atoms = [(a or c, (b or d) in ('tells the truth', '说真话')) for a, b, c, d in ATOM.findall(said)]
    values = [honest[name] == kind for name, kind in atoms]
    rest = ATOM.sub('@', said)
    if rest in ('@ and @', '@，而且@'):
        return all(values)
    assert rest in ('@', '@ or @, or both', '@，或者@，或者两者都成立'), said
    return any(values)


def check(prompt, answer):
    names = order(prompt)
    letters = re.split(' ?[,，] ?', answer.strip().replace('1', 'T').replace('0', 'L'))  # 1 and 0 say the same
    if len(letters) != len(names) or not set(letters) <= {'T', 'L'}:
        return False
    honest = {name: letter == 'T' for name, letter in zip(names, letters)}
    return all(true(said, honest) == (honest[who] if who else True) for who, said in statements(prompt))
