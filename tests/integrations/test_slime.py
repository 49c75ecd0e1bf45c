#!/usr/bin/env python3
"""test_slime.py BUILD_DIR - slime's own async_rm and batched_async_rm with its Sample. slime is not on PyPI: SLIME names a checkout."""
import asyncio
import os
import sys
import types

from common import done, rows, same, skip, verdicts

sys.path.insert(0, os.environ.get('SLIME', '/nowhere'))
try:
    from slime.rollout.rm_hub import async_rm, batched_async_rm
    from slime.utils.types import Sample
except ImportError as e:
    skip('%s (SLIME names a checkout of slime)' % e)


def main():
    some = rows(100)
    want = [w['score'] for w in verdicts(some)]
    samples = [Sample(prompt='p', response=r['response'], label=r['label'], metadata=r['extra_info']) for r in some]
    args = types.SimpleNamespace(custom_rm_path='quarry.integrations.slime.reward', rm_type=None, reward_key=None, eval_reward_key=None)

    async def all_of():
        return await asyncio.gather(*(async_rm(args, s) for s in samples))
    same(asyncio.run(all_of()), want, 'slime: async_rm')
    args.custom_rm_path = 'quarry.integrations.slime.group_reward'
    same(asyncio.run(batched_async_rm(args, samples)), want, 'slime: batched_async_rm')
    args.reward_key = 'score'
    for s, x in zip(samples, asyncio.run(batched_async_rm(args, samples))):
        s.reward = x
    same([s.get_reward_value(args) for s in samples], want, 'slime: --reward-key score')
    done()


if __name__ == '__main__':
    sys.exit(main())
