"""slime (and miles): a custom reward model.

    --custom-rm-path quarry.integrations.slime.reward
    --custom-rm-path quarry.integrations.slime.group_reward --group-rm       # a group of samples in one call
    --prompt-data slime/train.jsonl --input-key input --label-key label --metadata-key metadata --apply-chat-template

Rows are those of `quarry export DATASET --to slime -o slime`: the label is the ground truth, the metadata tell the format that was asked for and
whether the template opened the thought. With --reward-key score (and --eval-reward-key score) a reward is a dict with acc, format, error and
verify_us beside it, else a number. `quarry serve` answers the same at --rm-url http://HOST:PORT/remote_rm --rm-type remote_rm.
"""
import asyncio
from typing import Any, Dict, List, Mapping, Sequence, Union

from quarry import Verdict
from quarry.integrations import _common

_watch = _common.Watch('quarry.integrations.slime')


def _asked(sample: Any) -> _common.Asked:
    metadata = getattr(sample, 'metadata', None)
    row = dict(metadata) if isinstance(metadata, Mapping) else {}
    return _common.asked(row, getattr(sample, 'response', None), truth=getattr(sample, 'label', None), prompt=getattr(sample, 'prompt', None))


def _shape(args: Any, v: Verdict) -> Union[float, Dict[str, float]]:
    wants_dict = getattr(args, 'reward_key', None) or getattr(args, 'eval_reward_key', None)
    return _common.numbers(v) if wants_dict else _common.reward(v)


async def reward(args: Any, sample: Any, **kwargs: Any) -> Union[float, Dict[str, float]]:
    """The reward of one sample; a long response does not hold up the event loop."""
    return _shape(args, _watch(await _common.judge_async(_asked(sample))))


async def group_reward(args: Any, samples: Sequence[Any], **kwargs: Any) -> List[Union[float, Dict[str, float]]]:
    """The rewards of a group, in order, judged on all cores beside the event loop."""
    verdicts = await asyncio.to_thread(_common.judge_all, [_asked(s) for s in samples])
    _common.tell(verdicts, 'quarry.integrations.slime.group_reward')
    return [_shape(args, v) for v in verdicts]
