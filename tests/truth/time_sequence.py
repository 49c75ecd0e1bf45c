"""Time sequence: read are each person's plan (a list by days, a table, or JSON) and the notes; every meeting is then tried."""

import json
import re
from functools import lru_cache

OPEN, SHUT = 9 * 60, 17 * 60
DAYS = 'Monday Tuesday Wednesday Thursday Friday 星期一 星期二 星期三 星期四 星期五'.split()
DAY = re.compile('|'.join(DAYS))
SPAN = re.compile(r'(\d+):(\d\d)-(\d+):(\d\d)')


def moment(text):
    return int(text.split(':')[0]) * 60 + int(text.split(':')[1])


def steps(text):
    """The steps of 5 minutes inside the listed times, as their beginnings."""
    return {t for a, b in re.findall(r'(\d+:\d\d)-(\d+:\d\d)', text) for t in range(moment(a), moment(b), 5)}


def free_by_plan(text):
    work = set(range(OPEN, SHUT, 5))
    busy = re.search('busy|没空', text)
    if re.search('all day|全天', text):
        return set() if busy else work
    return work - steps(text) if busy else steps(text)


def plans(prompt):
    """{person: {day: free steps}}"""
    got, days, person = {}, [], None
    for line in prompt.split('\n'):
        row = re.fullmatch(r'\| (.*?) ?\| (.*) \|', line)
        entry = re.match(r'- (%s)[:：](.*)' % DAY.pattern, line)
        block = re.match(r'"(.+?)": (\{.*\}),?$', line)
        if row and not row[1]:
            days = DAY.findall(line)
        elif row:
            got[row[1]] = dict(zip(days, map(free_by_plan, row[2].split(' | '))))
        elif entry:
            got.setdefault(person, {})[entry[1]] = free_by_plan(entry[2])
        elif block:
            got[block[1]] = {DAY.search(k)[0]: free_by_plan(k + ' '.join(v)) for k, v in json.loads(block[2]).items()}
        else:
            person = line.rstrip(':：')
    return got


def stretches(which):
    """Unbroken stretches of steps, as (beginning, end)."""
    starts = sorted(t for t in which if t - 5 not in which)
    ends = sorted(t + 5 for t in which if t + 5 not in which)
    return list(zip(starts, ends))


class Person:
    def __init__(self, days, notes):
        self.shift = self.before = self.after = self.miss = self.stretch = 0
        self.longest, self.first, self.last, self.days = SHUT, 0, 24 * 60, days
        lunch = {}
        for note in notes:
            number = int((re.search(r'(?<![:\d])(\d+)(?: minutes|分钟)', note) or [0, 0])[1])
            time = (re.search(r'\d+:\d\d', note) or [''])[0]
            if re.search('clock is|当地时间比', note):
                self.shift = number if re.search('ahead|早', note) else -number
            elif re.search('cancels|取消', note):
                for day in days:
                    for a, b in stretches(set(range(OPEN, SHUT, 5)) - days[day]):
                        if b <= moment(time) if time else b - a <= number:
                            days[day] |= set(range(a, b, 5))
            elif re.search('lunch|午饭', note):
                for day in DAY.findall(note) or days:
                    lunch[day] = steps(note)
            elif re.search('right before|开始前', note):
                self.before = number
            elif re.search('right after|结束后的', note):
                self.after = number
            elif re.search('may miss|缺席', note):
                self.miss = number
            elif re.search('free period|空闲时段', note):
                self.stretch = number
            elif re.search('at most|不超过', note):
                self.longest = number
            elif re.search('starts before|之前开始', note):
                self.first = moment(time)
            elif re.search('ends after|之后结束', note):
                self.last = moment(time)
            else:
                assert re.search('takes part only on|只在', note), note
                self.days = {d: days[d] for d in DAY.findall(note)}
        for day in lunch:
            days[day] -= lunch[day]

    def comes(self, day, start, end):
        """Whether a meeting at these times of the office clock suits."""
        a, b = start + self.shift, end + self.shift
        if day not in self.days or a < max(OPEN, self.first) or b > min(SHUT, self.last) or b - a > self.longest:
            return False
        free = self.days[day]
        if any(t not in free for t in [*range(a - self.before, a, 5), *range(b, b + self.after, 5)]):
            return False
        if self.stretch and not any(x <= a and b <= y and y - x >= self.stretch for x, y in stretches(free)):
            return False
        return 5 * sum(t not in free for t in range(a, b, 5)) <= self.miss


@lru_cache(maxsize=8)
def solve(prompt):
    plan = plans(prompt)
    notes = {name: [] for name in plan}
    for line in re.findall(r'^[-*] (.*)$|^\d+\. (.*)$', prompt, re.M):
        line = ''.join(line)
        whose = [n for n in plan if line.startswith(n)]
        if whose:
            notes[max(whose, key=len)].append(line)
    people = [Person(plan[n], notes[n]) for n in plan]
    lengths = []
    for day in next(iter(plan.values())):
        for start in range(OPEN, SHUT, 30):
            fits = [e - start for e in range(start + 5, SHUT + 1, 5) if all(p.comes(day, start, e) for p in people)]
            lengths += fits
    best = max(lengths, default=0)
    return best, lengths.count(best)


def check(prompt, answer):
    return tuple(map(int, re.findall(r'-?\d+', answer))) == solve(prompt)
