#!/usr/bin/env python3
"""test_areal.py BUILD_DIR - the reward function in AReaL's AsyncRewardWrapper: a process pool, timeouts, retries."""
import asyncio
import sys

from common import ask, done, rows, same, skip, verdicts

try:
    from areal.api.reward_api import AsyncRewardWrapper
    from areal.utils.dynamic_import import import_from_string
except ImportError as e:
    skip(e)


def main():
    some = rows(100)
    want = verdicts(some)
    f = import_from_string('quarry.integrations.areal.reward_fn')
    wrapped = AsyncRewardWrapper(f, timeout_seconds=60, max_workers=2)

    async def all_of():
        return await asyncio.gather(*(wrapped('p', r['response'], [1, 2], [3, 4], messages=r['prompt'], ground_truth=r['label'], extra_info=r['extra_info']) for r in some))
    same(asyncio.run(all_of()), [w['score'] for w in want], 'areal: rewards')
    same(asyncio.run(wrapped('p', 'x', [1], [2], messages=[])), 0.0, 'areal: a row without a ground truth')
    ask(type(f('p', some[0]['response'], [], [], ground_truth=some[0]['label'])) is float, 'areal: a float')
    done()


if __name__ == '__main__':
    sys.exit(main())
