"""Making a number: read are the numbers to use and the target."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from sums import value

LIST = r'(\d+(?:(?:, |、| )\d+)*)'
TARGET = re.compile(r'(?:Make|Form|to make|result is|Value wanted:|exactly|Target:|How can|得到|算出|目标值：|恰好?为|目标：) ?(\d+)')
NUMBERS = re.compile(r'(?:these numbers: |each once: |with the numbers |[Nn]umbers: |made from |each of the numbers |of the list |'
                     r'得到 \d+：|算出 \d+：|每个用一次）：|牌上的数是 |数字：|怎样用 |个数：|请用 |，其中 )' + LIST)


def check(prompt, answer):
    numbers = sorted(int(x) for x in re.findall(r'\d+', NUMBERS.search(prompt)[1]))
    used = sorted(int(x) for x in re.findall(r'\d+', answer))
    return used == numbers and value(answer) == int(TARGET.search(prompt)[1])
