"""verifiers and prime-rl: a taskset for verifiers.v1, a rubric for the versions before (0.1).

    # a package of yours, quarry_puzzles/__init__.py, is all that v1 needs (examples/verifiers of quarry's sources):
    from quarry.integrations.verifiers import QuarryTaskset
    __all__ = ['QuarryTaskset']
    # vf-eval quarry-puzzles --env.taskset.tasks '["sudoku"]' --env.taskset.difficulty 2..6; in prime-rl [orchestrator.train.source.env.taskset]

    # verifiers 0.1
    import verifiers as vf
    from quarry.integrations.verifiers import load_environment, rubric
    env = load_environment(task='sudoku', count=1000, difficulty='2..6')
    env = vf.SingleTurnEnv(dataset=mine, rubric=rubric(format_bonus=0.1))       # answer (or info["ground_truth"]) is the ground truth

Scoring does not hold up the event loop: a verdict takes microseconds, and a long response is judged on another thread.
"""
from typing import Any, Dict, Iterable, List, Mapping, Optional

from quarry import Generator, Verdict, ground_truth
from quarry.integrations import _common

_watch = _common.Watch('quarry.integrations.verifiers')
_V1 = ('QuarryConfig', 'QuarryData', 'QuarryTask', 'QuarryTaskConfig', 'QuarryTaskset')


def rows(task: str, count: int, *, seed: int = 0, **wish: Any) -> Iterable[Dict[str, Any]]:
    """Rows with question (prompt), answer (the ground truth) and info, of `count` puzzles; see quarry.Generator for the wish."""
    g = Generator(task, **wish)
    for i in range(count):
        puzzle = g(seed, i)
        yield {'prompt': puzzle['prompt'], 'answer': ground_truth(puzzle),
               'info': {'id': puzzle['id'], 'format': puzzle['format'], 'difficulty': float(puzzle['difficulty'])}}


class _Signal:
    """A reward function in the shape of verifiers 0.1: called by name of what it wants."""

    def __init__(self, name: str, value: Any, options: Mapping[str, Any]) -> None:
        self.__name__, self.value, self.options = name, value, dict(options)

    async def __call__(self, completion: Any, answer: Any = '', info: Any = None, prompt: Any = None, **row: Any) -> float:
        v = await _judge(completion, answer, info, prompt, row, **self.options)
        return float(self.value(_watch(v) if self.__name__ == 'quarry_reward' else v))


async def _judge(completion: Any, answer: Any, info: Any, prompt: Any, row: Mapping[str, Any], think_open: Optional[bool] = None,
                 strict: bool = False, budget: int = 0) -> Verdict:
    a = _common.asked({**row, 'answer': answer, 'info': info}, completion, think_open=think_open, prompt=prompt)
    return await _common.judge_async(a, strict=strict, budget=budget)


def _score(v: Verdict) -> float:
    return _common.reward(v)


def _acc(v: Verdict) -> float:
    return float(v.correct)


def _format(v: Verdict) -> float:
    return float(v.format_ok and not v.bad_task)


def _error(v: Verdict) -> float:
    return float(v.bad_task)


def signals(**options: Any) -> List[Any]:
    """The functions quarry_reward, quarry_acc, quarry_format and quarry_error; options: think_open, strict, budget."""
    return [_Signal('quarry_' + value.__name__.lstrip('_').replace('score', 'reward'), value, options) for value in (_score, _acc, _format, _error)]


def rubric(format_bonus: float = 0.0, **options: Any) -> Any:
    """A vf.Rubric: the score, format_bonus where the answer came as it was asked for, and acc and error beside them."""
    import verifiers as vf  # type: ignore[import-not-found]

    if not hasattr(vf, 'Rubric'):
        raise ImportError('this verifiers has only the v1 interface: use quarry.integrations.verifiers.QuarryTaskset')
    return vf.Rubric(funcs=signals(**options), weights=[1.0, 0.0, _common.bonus(format_bonus), 0.0])


def load_environment(task: str = 'sudoku', count: int = 1000, *, seed: int = 0, format_bonus: float = 0.0, strict: bool = False, budget: int = 0,
                     think_open: Optional[bool] = None, **wish: Any) -> Any:
    """A vf.SingleTurnEnv of `count` puzzles of a task; wish: difficulty, lang, format, form, knobs as of quarry.Generator."""
    import verifiers as vf
    from datasets import Dataset  # type: ignore[import-not-found]

    return vf.SingleTurnEnv(dataset=Dataset.from_list(list(rows(task, count, seed=seed, **wish))),
                            rubric=rubric(format_bonus, strict=strict, budget=budget, think_open=think_open))


def __getattr__(name: str) -> Any:
    if name in _V1:
        from quarry.integrations import _verifiers_v1
        return getattr(_verifiers_v1, name)
    raise AttributeError('module %r has no attribute %r' % (__name__, name))
