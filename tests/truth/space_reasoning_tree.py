"""Space reasoning on a tree: read are the sentences or formulas about it and whose cousins are asked for; the tree is then worked out."""

import re
from functools import lru_cache

FORMS = [  # what a statement's form says; the English and Chinese sentences, then the formulas of both
    ('child', r'(\w+) is a child of (\w+)|(?!孙辈)(\w+)是(\w+)的孩子|(\S+) (?:in|属于) (?:children|孩子)\((.+)\)'),
    ('grandchild', r'(\w+) is a grandchild of (\w+)|(\w+)是(\w+)的孙辈|(\S+) (?:in|属于) (?:grandchildren|孙辈)\((.+)\)'),
    ('aunt', r'(\w+) is an aunt or uncle of (\w+)|(\w+)是(\w+)的叔辈|(\S+) (?:in|属于) (?:aunts_or_uncles|叔辈)\((.+)\)'),
    ('children', r'(\w+) has (?:no|\d+) child(?:ren)?(?:: (.*))?|([^，：]+?)(?:没有| ?有 ?\d+ ?个)孩子(?:：(.*))?'
                 r'|(?:children|孩子)\((.+)\) = (.*)'),
    ('grandchildren', r'(\w+) has (?:no|\d+) grandchild(?:ren)?(?:: (.*))?|([^，：]+?)(?:没有| ?有 ?\d+ ?个)孙辈(?:：(.*))?'
                      r'|(?:grandchildren|孙辈)\((.+)\) = (.*)'),
    ('siblings', r'(.* and \w+) are siblings|([^，：]+和[^，：]+)是兄弟姐妹|(?:siblings|兄弟姐妹)\((.*)\)'),
    ('cousins', r'(.* and \w+) are cousins|([^，：]+和[^，：]+)是堂亲|(?:cousins|堂亲)\((.*)\)'),
]


def names(text):
    return [n for n in re.split(r', | and |、|和', text.strip('{}∅ ')) if n]


def statements(prompt):
    for sentence in re.split(r'[.。]?\n|[.。] ?', prompt):
        for form, pattern in FORMS:
            found = re.fullmatch(pattern, sentence.lower())
            if found and not re.search(r'\(x[,)]', sentence):
                groups = [g for g in found.groups() if g]
                yield form, [n for g in groups for n in names(g)]


def narrowed(dom, facts):
    """The possible parents of each thing, less what the facts exclude; None where a thing has none left. '' is no parent: the root's."""
    def cut(x, keep):
        if dom[x] <= keep:
            return False
        dom[x] &= keep
        return True

    changed = True
    while changed and all(dom.values()):
        changed = False
        sure = {x: min(d) for x, d in dom.items() if len(d) == 1}
        for x in dom:
            top, seen = sure.get(x), {x}
            while top and top not in seen:  # nobody is among their own ancestors
                seen.add(top)
                changed |= cut(x, dom[x] - {y for y in [x] if y == top})
                changed |= cut(top, dom[top] - seen)
                top = sure.get(top)
            if top in seen:
                return None
            if sure.get(x) == '':
                for y in dom:
                    changed |= y != x and cut(y, dom[y] - {''})
        for form, (a, *rest) in facts:
            b = rest[0] if rest else None
            if form == 'child':
                changed |= cut(a, {b})
            elif form == 'grandchild':
                changed |= cut(a, {p for p in dom[a] if p and b in dom[p]})
                if a in sure:
                    changed |= cut(sure[a], {b})
            elif form == 'children':
                for x in dom:
                    changed |= cut(x, {a} if x in rest else dom[x] - {a})
            elif form == 'grandchildren':
                for x in dom:
                    if x in rest:
                        changed |= cut(x, {p for p in dom[x] if p and a in dom[p]})
                        if x in sure:
                            changed |= cut(sure[x], {a})
                    else:
                        changed |= cut(x, {p for p in dom[x] if sure.get(p) != a})
                        if sure.get(x):
                            changed |= cut(sure[x], dom[sure[x]] - {a})
            elif form == 'siblings':
                both = set.intersection(*(dom[x] for x in [a, *rest])) - {''}
                for x in [a, *rest]:
                    changed |= cut(x, both)
            elif form == 'aunt':  # the parent of b is another child of the parent of a
                changed |= cut(b, {p for p in dom[b] if p and p != a and dom[p] & dom[a] - {''}})
                changed |= cut(a, {g for g in dom[a] if g and any(g in dom[p] for p in dom[b])})
                if b in sure:
                    changed |= cut(sure[b], dom[a])
            else:  # cousins
                for x, y in ((a, b), (b, a)):
                    grand = {g for p in dom[y] if p for g in dom[p]} - {''}
                    changed |= cut(x, {p for p in dom[x] if p and p != sure.get(y) and dom[p] & grand})
                    if x in sure:
                        changed |= cut(sure[x], grand)
    return dom if all(dom.values()) else None


def trees(dom, facts):
    dom = narrowed({x: set(d) for x, d in dom.items()}, facts)
    if dom is None:
        return
    open_ones = [x for x in dom if len(dom[x]) > 1]
    if not open_ones:
        yield {x: min(d) for x, d in dom.items()}
        return
    x = min(open_ones, key=lambda o: len(dom[o]))
    for p in sorted(dom[x]):
        yield from trees({**dom, x: {p}}, facts)


@lru_cache(maxsize=8)
def asked(prompt):
    facts = list(statements(prompt))
    things = {n for _, ns in facts for n in ns}
    one = re.search(r'cousins of (\w+)|(?:哪些节点是|请找出|请写出|请确定|^|(?<=[\n。]))([^\n，。：]+?)的(?:全部|所有)?堂亲[。？有]', prompt)
    one = re.sub('^请(找出|写出|确定)|^哪些节点是', '', one[1] or one[2])
    parent = next(trees({x: things | {''} for x in things}, facts))
    grand = {x: parent.get(parent[x]) for x in things}
    return sorted(x for x in things if grand[x] and grand[x] == grand[one] and parent[x] != parent[one])


def check(prompt, answer):
    return sorted(re.split(' ?[,，] ?', answer.strip())) == asked(prompt)
