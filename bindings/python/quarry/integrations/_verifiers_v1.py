"""The taskset for verifiers.v1; see verifiers.py, which hands it out."""
import itertools
import json
from typing import Any, Dict, Iterator, List, Mapping, Optional, Union

import verifiers.v1 as vf  # type: ignore[import-not-found]

from quarry import Generator, Verdict, ground_truth
from quarry.integrations import _common


class QuarryTaskConfig(vf.TaskConfig):
    """--env.taskset.task.*"""

    format_bonus: float = 0.0
    """Paid on top of the score where the answer came as it was asked for."""
    strict: bool = False
    """An answer in another format, or two different ones, is worth nothing."""
    budget: int = 0
    """Most bytes of a response that are judged; 0: no bound."""


class QuarryConfig(vf.TasksetConfig):
    """--env.taskset.*: puzzles from the generators, or the rows of a file."""

    tasks: List[str] = ['sudoku']
    """Tasks to draw from, in turn; `quarry.tasks()` lists them."""
    difficulty: Union[float, str] = '0..10'
    """0 to 10, or a range A..B."""
    lang: str = 'en'
    format: str = 'tags'
    """How answers are asked for: tags, boxed, json, fence, line, any, several by commas, or all."""
    seed: int = 0
    count: Optional[int] = None
    """How many puzzles; unset: they never end."""
    data: Optional[str] = None
    """A .jsonl file of instances or rows of the view "rl", instead of the generators."""
    task: QuarryTaskConfig = QuarryTaskConfig()


class QuarryData(vf.TaskData):
    ground_truth: str
    format: str = 'any'
    think: str = ''
    answer: str = ''
    """A right answer, where one is known: for validate()."""


class QuarryTask(vf.Task[QuarryData, vf.State, QuarryTaskConfig]):
    @property
    def key(self) -> str:
        return self.data.id or self.hash

    async def _verdict(self, reply: str) -> Verdict:
        a = _common.asked({'format': self.data.format, 'think': self.data.think}, reply, truth=self.data.ground_truth)
        return await _common.judge_async(a, strict=self.config.strict, budget=self.config.budget)

    @vf.reward
    async def quarry(self, trace: vf.Trace) -> float:
        """The score. A task that cannot be judged is an error of the rollout's, not a score of the model's."""
        v = await self._verdict(trace.last_reply)
        if v.bad_task:
            raise vf.TaskError('quarry: ' + v.why)
        return _common.reward(v, self.config.format_bonus)

    @vf.metric
    async def quarry_metrics(self, trace: vf.Trace) -> Dict[str, float]:
        numbers = _common.numbers(await self._verdict(trace.last_reply))
        return {'quarry_' + key: numbers[key] for key in _common.KEYS[1:]}

    async def validate(self, runtime: Any) -> Optional[bool]:
        """Whether the known answer is right and none is not."""
        if not self.data.answer:
            return None
        right = await self._verdict('<answer>%s</answer>' % self.data.answer)
        return right.correct and not (await self._verdict('')).correct


class QuarryTaskset(vf.Taskset[QuarryTask, QuarryConfig]):
    """Puzzles that can be checked; the i-th depends on the configuration and i alone."""

    def __init__(self, config: QuarryConfig) -> None:
        super().__init__(config)
        self.INFINITE = config.count is None and config.data is None

    def load(self) -> Iterator[QuarryTask]:
        rows = self._stored() if self.config.data is not None else self._made()
        for row in itertools.islice(rows, self.config.count):
            yield QuarryTask(_data(row), self.config.task)

    def _made(self) -> Iterator[Dict[str, Any]]:
        c = self.config
        makers = [Generator(t, difficulty=c.difficulty, lang=c.lang, format=c.format) for t in c.tasks]
        for i in itertools.count():
            yield makers[i % len(makers)](c.seed, i // len(makers))

    def _stored(self) -> Iterator[Dict[str, Any]]:
        with open(str(self.config.data), encoding='utf-8') as f:
            for line in f:
                yield json.loads(line)


def _data(row: Mapping[str, Any]) -> QuarryData:
    extra = row.get('extra_info') or row
    answer = row.get('answer')
    messages = row['prompt']
    alone = len(messages) == 1 and messages[0]['role'] == 'user'
    return QuarryData(id=row.get('uid') or row.get('id'), name=row.get('data_source') or row.get('task'),
                      prompt=messages[0]['content'] if alone else [dict(m) for m in messages],
                      ground_truth=_common.truth_of(row) or ground_truth(row), format=extra.get('format') or 'any', think=extra.get('think') or '',
                      answer=answer if isinstance(answer, str) and 'desc' in row else '')
