"""verl: a custom reward function.

    reward.custom_reward_function.path=pkg://quarry.integrations.verl       # verl 0.8 and later
    custom_reward_function.path=pkg://quarry.integrations.verl              # verl 0.7 and before; or the path of this file
    reward.custom_reward_function.name=compute_score                        # compute_score_batch for the old manager "batch"
    +reward.custom_reward_function.reward_kwargs.format_bonus=0.1           # and strict, budget, think_open

Rows are those of `quarry export DATASET --to verl -o verl`; extra_info.format and extra_info.think are honoured. It may run in the managers naive, dapo, rate_limited, remote and prime: it needs no process of its own and no signal.
Group filtering may use any of the keys: algorithm.filter_groups.metric=acc.
"""
from typing import Any, Dict, List, Mapping, Optional, Sequence

from quarry.integrations import _common

_watch = _common.Watch('quarry.integrations.verl.compute_score')


def compute_score(data_source: Optional[str], solution_str: str, ground_truth: Any, extra_info: Optional[Mapping[str, Any]] = None, *,
                  format_bonus: float = 0.0, strict: bool = False, budget: int = 0, think_open: Optional[bool] = None,
                  **kwargs: Any) -> Dict[str, float]:
    """The score of one response: a dict with the keys score, acc, format, error and verify_us, whatever happens.

    score: the reward, 0.0 to 1.0, and format_bonus where the answer came as it was asked for. acc: 1.0 where it is right.
    error: 1.0 where our side is broken (the ground truth is none); score is 0.0 then.
    strict: an answer in another format, or two different ones, is worth nothing. budget: most bytes of a response that are judged.
    think_open: the chat template opens the thought; None: as extra_info["think"] says. Never raises for what a row or a response holds.
    """
    a = _common.asked({'extra_info': extra_info}, solution_str, truth=ground_truth, think_open=think_open)
    return _common.numbers(_watch(_common.judge(a, strict=strict, budget=budget)), format_bonus)


def compute_score_batch(data_sources: Sequence[Optional[str]], solution_strs: Sequence[str], ground_truths: Sequence[Any],
                        extra_infos: Optional[Sequence[Optional[Mapping[str, Any]]]] = None, *, format_bonus: float = 0.0, strict: bool = False,
                        budget: int = 0, think_open: Optional[bool] = None, **kwargs: Any) -> List[Dict[str, float]]:
    """The same for a batch, in order, on all cores: what the manager "batch" calls."""
    extras = extra_infos if extra_infos is not None else [None] * len(solution_strs)
    rows = [_common.asked({'extra_info': extra}, said, truth=truth, think_open=think_open)
            for said, truth, extra in zip(solution_strs, ground_truths, extras)]
    verdicts = _common.judge_all(rows, strict=strict, budget=budget)
    _common.tell(verdicts, 'quarry.integrations.verl.compute_score_batch')
    return [_common.numbers(v, format_bonus) for v in verdicts]
