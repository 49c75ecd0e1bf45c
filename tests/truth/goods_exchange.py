"""Goods exchange: read are who owns what at first and the events in their order; an answer gives everybody once with the thing owned in
the end."""

import re

WHO = r'(.+?)'
SWAPS = [  # two people, told as people or as owners of things
    WHO + r' and ' + WHO + r' (?:swap what they own|make a swap|exchange these two things)',
    WHO + r' exchanges things with ' + WHO,
    r'(?:The |the )?(.+?) and the (.+?) change hands: each of them goes to the owner of the other',
    WHO + r' exchanges the .+? for ' + WHO + r"'s .+",
    WHO + r' trades the .+? for (the .+)',
    WHO + r' receives the .+? from ' + WHO + r' and hands over the .+? for it',
    WHO + r' gives the .+? to ' + WHO + r', and .+? gives the .+? to .+? in return',
    WHO + r'和' + WHO + r'(?:就)?(?:互换各自的物品|做了一次交换|交换了这两件物品)',
    WHO + r'与' + WHO + r'交换了物品',
    WHO + r'和' + WHO + r'互换了主人',
    WHO + r'用.+?换了' + WHO + r'的.+',
    WHO + r'用.+?换来了(.+)',
    WHO + r'从' + WHO + r'那里得到.+?，并把.+?交给.+',
    WHO + r'把.+?给了' + WHO + r'，.+?则把.+?给了.+',
]
ROUNDS = [
    r'A round goes through (.+?): each of them hands',
    r'(.+?) exchange things in a circle: at the same time',
    r'(.+?)之间进行了一轮传递：',
    r'(.+?)轮换物品：',
]
NOTHING = r'would love to own|talk about a swap, but|offers .* a swap, but|很想要|商量过交换，但|想和.*交换，但'
UNDONE = r'The exchange just made is undone|刚才的交换被撤销'


def first_owners(prompt):
    listed = re.findall(r'^([A-Z][a-z]+|[^\s：，。、；]+)[:：] ?([^\n：:，。“]+)$', prompt, re.M)
    start = re.search(r'[；，][^；，。]+有[^；，。]+(?:，[^；，。]+有[^；，。]+)+。', prompt)
    told = re.findall(r'([A-Z][a-z]+) has the ([a-z -]+?)(?=,| and |\.)', prompt) or \
        re.findall(r'[；，]([^，。]+?)有([^，。]+)', start[0] if start else '')
    return dict(listed or told)


class World:
    def __init__(self, owned):
        self.first, self.now, self.before = dict(owned), dict(owned), None

    def person(self, text):
        """The person of a name, a thing, or a phrase about the owner of a thing."""
        text = text.strip()
        if text in self.now:
            return text
        early = re.search(r'who owned the (.+) at first|最初拥有(.+)的人', text)
        held = re.search(r'(?:owner of the|[Ww]hoever owns the) (.+?)(?: by now)?$|(?:持有|此时拥有)(.+)的人', text)
        thing = next(g for g in (early or held).groups() if g) if early or held else text.removeprefix('the ')
        return next(p for p, t in (self.first if early else self.now).items() if t == thing)

    def pass_on(self, people):
        self.before = dict(self.now)
        for giver, taker in zip(people, people[1:] + people[:1]):
            self.now[taker] = self.before[giver]

    def event(self, text):
        condition = re.fullmatch(r'If (.+?) (owns|does not own) the (.+?) at this point, (.+); otherwise nothing happens', text) or \
            re.fullmatch(r'如果此时(.+?)(拥有|没有)(.+?)，(.+)；否则什么也不发生', text)
        if condition:
            who, how, what, then = condition.groups()
            if (self.now[who] == what) == (how in ('owns', '拥有')):
                self.event(then)
            return
        if re.search(UNDONE, text):
            self.now = dict(self.before)
            return
        if re.search(NOTHING, text):
            return
        for form in ROUNDS:
            found = re.match(form, text)
            if found:
                self.pass_on([self.person(p) for p in re.split(r', | and |、|和', found[1])])
                return
        for form in SWAPS:
            found = re.fullmatch(form, text)
            if found:
                self.pass_on([self.person(p) for p in found.groups()])
                return
        raise ValueError(text)


def events(prompt):
    for line in prompt.split('\n'):
        numbered = re.match(r'\d+\. (.*)', line)
        text = numbered[1] if numbered else line
        for sentence in re.split(r'[.。] ?', text):
            if re.search('|'.join([NOTHING, UNDONE, *ROUNDS]), sentence) or any(re.fullmatch(f, sentence) for f in SWAPS) \
                    or re.match('If .* at this point|如果此时', sentence):
                yield sentence


def check(prompt, answer):
    world = World(first_owners(prompt))
    for text in events(prompt):
        world.event(text)
    names = sorted([*world.now, *world.now.values()], key=len, reverse=True)
    said = re.split('(%s)' % '|'.join(r'\b%s\b' % n if n.isascii() else n for n in names), answer, flags=re.I)
    if not all(re.fullmatch('(?:[ ,，:：]|人|物品)*', between) for between in said[::2]):
        return False
    said = [w.lower() for w in said[1::2]]
    told = [w for w, before in zip(said, [''] + said) if w != before]  # a name said twice in a row is said once
    return sorted(zip(told[::2], told[1::2])) == sorted((p.lower(), t.lower()) for p, t in world.now.items()) and len(told) == len(names)
