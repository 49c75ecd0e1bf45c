"""Object properties: read are the items (sentences, a list, a table or JSON), the changes in their order, and what is counted."""

import json
import re

EN = 'kind size colour material smell origin'.split()
ZH = '种类 尺寸 颜色 材质 气味 产地'.split()
KEY = {**dict(zip(EN, EN)), **dict(zip(ZH, EN))}
SIZES = [['tiny', 'very small', 'small', 'medium', 'large', 'very large', 'huge'], ['极小', '很小', '小', '中等', '大', '很大', '极大']]
SIZE = {s: i for sizes in SIZES for i, s in enumerate(sizes)}
ITEM = re.compile(r'an? (?:(%s) )?(?:(\w+) )?(\w+)(?: made of ([^,]+))?(?:, smelling of ([^,]+))?(?:, from ([^,]+))?' % '|'.join(SIZES[0])
                  + r'|一件(?:(%s)的)?([^，]+色)?([^，]+)(?:，([^，]+)制)?(?:，([^，]+)味)?(?:，产自([^，]+))?' % '|'.join(SIZES[1]))


def item_of(text):
    found = ITEM.fullmatch(text).groups()
    return dict(zip('size colour kind material smell origin'.split(), found[:6] if found[2] else found[6:]))


def items_of(prompt):
    block = re.search(r'^\[\{.*?\}\]$', prompt, re.M | re.S)
    if block:
        return [{KEY[k]: v for k, v in item.items()} for item in json.loads(block[0])]
    rows = [[c.strip() for c in line.strip('|').split('|')] for line in prompt.split('\n') if line.startswith('| ')]
    if rows:
        return [dict(zip([KEY[k] for k in rows[0]], row)) for row in rows[1:]]
    listed = re.findall(r'^\d+\. (an? .*|一件.*)$', prompt, re.M)
    if listed:
        return [item_of(line) for line in listed]
    told = re.search(r'(?:At the start it holds|最初一共有) \d+ (?:items: |件：)(.*?)[.。](.*)', prompt)
    items = [item_of(part) for part in re.split('; |；', told[1])]
    apart = re.search(r'Their (\w+), in the order above, is (.*?)\.|它们的(..)是：(.*?)。', told[2])
    if apart:  # one property is told for all in a row
        runs = re.findall(r'(\w[\w ]*?) for the (?:first|next) (one|\d+)|(\d+) 件为([^，]+)', apart[2] or apart[4])
        each = [a or d for a, n, m, d in runs for _ in range(1 if n == 'one' else int(n or m))]
        assert len(each) == len(items)
        for item, value in zip(items, each):
            item[KEY[apart[1] or apart[3]]] = value
    return items


def pairs(text):
    """{property: value} of 'kind mask and smell mint' or '种类为面具、气味为薄荷'."""
    got = [re.fullmatch(r'(%s)(?: |为)(.+)' % '|'.join(KEY), part) for part in re.split(' and |、|且', text)]
    return {KEY[m[1]]: m[2] for m in got}


def meets(item, condition):
    """Of parts joined by or, one is to hold; of parts joined by and, all."""
    parts = re.split(' or |或', condition)
    return any(all(item[k] == v for k, v in pairs(part).items()) for part in parts)


def sized(item, step):
    sizes = next(s for s in SIZES if item['size'] in s)
    return {**item, 'size': sizes[min(max(SIZE[item['size']] + step, 0), 6)]}


def change(text, items, start):
    found = re.fullmatch(r'every item with (.+?) (is lost|gets .+|becomes .+|is traded .+|is replaced .+)', text) or \
        re.fullmatch(r'每件(.+?)的物品都(丢失了|改为.+|变.+|换成.+)', text)
    if found:
        condition, what = found.groups()
        return [n for item in items for n in (replaced(item, what) if meets(item, condition) else [item])]
    copied = re.fullmatch(r'for every item with (.+?), a copy of it is added that is changed to (.+)', text) or \
        re.fullmatch(r'对每件(.+?)的物品，都增加一件它的复制品，但把复制品改为(.+)', text)
    if copied:
        return items + [{**item, **pairs(copied[2])} for item in items if meets(item, copied[1])]
    exact = re.fullmatch(r'for every item, an exact copy is added if no item of the collection at the very start '
                         r'had both its (\w+) and its (\w+)', text) or \
        re.fullmatch(r'对每件物品，如果最初的收藏中没有任何一件物品的(..)和(..)都与它相同，就增加一件与它完全相同的复制品', text)
    assert exact, text
    a, b = KEY[exact[1]], KEY[exact[2]]
    return items + [item for item in items if not any(o[a] == item[a] and o[b] == item[b] for o in start)]


def replaced(item, what):
    """What becomes of an item that a change concerns."""
    if re.match('is lost|丢失', what):
        return []
    size = re.match(r'becomes one size (larger|smaller)|变(大|小)一号', what)
    if size:
        return [sized(item, 1 if (size[1] or size[2]) in ('larger', '大') else -1)]
    if re.match('is traded for|换成一件', what):
        return [item_of(re.search('an? .*|一件.*', what)[0])]
    two = re.match(r'is replaced by two copies of it, one of them changed to (.+), the other to (.+)|换成它的两件复制品，一件改为(.+)，另一件改为(.+)', what)
    if two:
        return [{**item, **pairs(p)} for p in two.groups() if p]
    return [{**item, **pairs(re.sub('^gets |^改为', '', what))}]


def check(prompt, answer):
    start = items = items_of(prompt)
    for sentence in re.split(r'\n|(?<=[a-z])\. |。', prompt):
        text = re.sub(r'^(\d+\. |First |Then |首先，|接着，)', '', sentence).rstrip('.')
        text = text[:1].lower() + text[1:]
        if re.match(r'every item with|for every item|每件.{2}为|对每件', text):
            items = change(text, items, start)
    asked = re.search(r'how many items are in the collection with (\(1\).*?)\?|以下物品各有多少件？(\(1\).*?)。', prompt)
    if asked:
        wanted = re.split(r'[;；] ?', asked[1] or asked[2])
    else:
        one = re.search(r'how many items with (.+?) are in the collection\?|收藏中有多少件(.+?)？', prompt)
        wanted = [one[1] or one[2]]
    wanted = [re.sub(r'^\(\d\) ?|的物品$', '', w) for w in wanted]
    counts = [sum(meets(item, w) for item in items) for w in wanted]
    said = re.split(' ?[,，] ?', answer.strip())
    return all(re.fullmatch(r'\d+', n) for n in said) and list(map(int, said)) == counts
