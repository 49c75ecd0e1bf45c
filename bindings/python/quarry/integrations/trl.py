"""TRL: reward functions for GRPOTrainer, RLOOTrainer and the other trainers with reward_funcs.

    from datasets import load_dataset
    from trl import GRPOConfig, GRPOTrainer
    from quarry.integrations.trl import quarry_reward, RewardFunction

    GRPOTrainer(model='...', reward_funcs=quarry_reward, args=GRPOConfig(...), train_dataset=load_dataset('DATASET', 'rl', split='train'))
    GRPOTrainer(model='...', reward_funcs=RewardFunction(format_bonus=0.1, think_open=True), ...)

Any dataset with a column "prompt" and the ground truth in "ground_truth", "label" or "reward_model" will do; columns "format", "think" and
"extra_info" are honoured. A row that cannot be judged gives None, which TRL leaves out of the mean.
"""
from typing import Any, Callable, List, Optional, Sequence

from quarry import Pool
from quarry.integrations import _common

_COLUMNS = ('ground_truth', 'label', 'reward_model', 'extra_info', 'info', 'task', 'desc', 'solution', 'answer', 'format', 'think')


class RewardFunction:
    """A reward function with options of its own; it can be pickled (asynchronous GRPO sends it to another process).

    format_bonus: paid on top of the score where the answer came as it was asked for. strict: an answer in another format, or two
    different ones, is worth nothing. budget: most bytes of a response that are judged; a longer one is worth nothing. 0: no bound.
    threads: how many to judge on, 1 to 256; None: one for each core. think_open: the chat template opens the thought, which messages do
    not show; None: as the rows say. name: what TRL's logs call it.
    """

    def __init__(self, *, format_bonus: float = 0.0, strict: bool = False, budget: int = 0, threads: Optional[int] = None,
                 think_open: Optional[bool] = None, name: str = 'quarry_reward') -> None:
        self.format_bonus, self.strict, self.budget, self.think_open = _common.bonus(format_bonus), strict, budget, think_open
        self.pool = Pool(threads) if threads is not None else None
        self.__name__ = name

    def __call__(self, prompts: Optional[Sequence[Any]] = None, completions: Sequence[Any] = (), *,
                 log_extra: Optional[Callable[[str, List[Any]], None]] = None, log_metric: Optional[Callable[[str, float], None]] = None,
                 **columns: Any) -> List[Optional[float]]:
        """A reward for each completion, None where the row cannot be judged."""
        n = len(completions)
        known = {name: columns[name] for name in _COLUMNS if _is_column(columns.get(name), n)}
        asked_by: Sequence[Any] = prompts if prompts is not None and _is_column(prompts, n) else [None] * n
        rows = [_common.asked({name: column[i] for name, column in known.items()}, completions[i], think_open=self.think_open,
                              prompt=asked_by[i]) for i in range(n)]
        verdicts = _common.judge_all(rows, strict=self.strict, budget=self.budget, pool=self.pool)
        _common.tell(verdicts, self.__name__)
        if log_extra is not None:
            log_extra('quarry_mark', [v.mark for v in verdicts])
            log_extra('quarry_extracted', [v.extracted or '' for v in verdicts])
        if log_metric is not None:
            all_numbers = [_common.numbers(v, self.format_bonus) for v in verdicts]
            for key in _common.KEYS[1:]:  # the score is what TRL logs by itself; every process logs every key
                log_metric('quarry/' + key, sum(x[key] for x in all_numbers) / n if n else 0.0)
        return [None if v.bad_task else _common.reward(v, self.format_bonus) for v in verdicts]

    def __repr__(self) -> str:
        return 'quarry.integrations.trl.RewardFunction(%s)' % self.__name__


def _is_column(value: Any, n: int) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == n


_plain = RewardFunction()


def quarry_reward(prompts: Optional[Sequence[Any]] = None, completions: Sequence[Any] = (), **columns: Any) -> List[Optional[float]]:
    """A reward of 0.0 to 1.0 for each completion (strings or messages), None where the row cannot be judged.

    columns: the dataset's, as lists, of which ground_truth, label, reward_model, extra_info, format and think are read; log_extra and
    log_metric are used where they are given.
    """
    return _plain(prompts, completions, **columns)
