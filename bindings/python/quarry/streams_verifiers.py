"""verifiers.v1 and prime-rl: a taskset that never ends and follows the policy.

    # a package of yours, quarry_stream/__init__.py
    from quarry.streams_verifiers import StreamTaskset
    __all__ = ['StreamTaskset']
    # vf-eval quarry-stream --env.taskset.recipe stream.yaml; in prime-rl [orchestrator.train.source.env.taskset]

A task is decided when it is drawn from load(). Its reward is learnt from at once where scoring runs in the process that draws, else through the
file that the recipe names as "spool".
"""
import uuid
import weakref
from typing import Any, Dict, Iterator

import verifiers.v1 as vf  # type: ignore[import-not-found]

from .controller import Controller, post
from .integrations import _common
from .integrations._verifiers_v1 import QuarryData, QuarryTask, QuarryTaskConfig
from .streams import read_recipe, stream

_live = weakref.WeakValueDictionary()  # type: weakref.WeakValueDictionary[str, Controller]


class StreamTaskConfig(QuarryTaskConfig):  # type: ignore[misc]
    """--env.taskset.task.*"""

    controller: str = ''
    """The controller's name in the process that draws; set by the taskset."""
    spool: str = ''
    """Where other processes tell what they observed; set by the taskset."""


class StreamConfig(vf.TasksetConfig):  # type: ignore[misc]
    """--env.taskset.*"""

    recipe: str = ''
    """The path of a recipe in YAML or JSON; see quarry.stream."""
    state: str = ''
    """The path of a state to go on from."""
    task: StreamTaskConfig = StreamTaskConfig()


class StreamTask(QuarryTask):  # type: ignore[misc]
    """A streamed puzzle; its id is the row's uid."""

    @vf.reward
    async def quarry(self, trace: Any) -> float:
        """The score, which is also learnt from."""
        v = await self._verdict(trace.last_reply)
        if v.bad_task:
            raise vf.TaskError('quarry: ' + v.why)
        controller = _live.get(self.config.controller)
        if controller is not None:
            controller.tally(self.data.id, v.correct)
        elif self.config.spool:
            post(self.config.spool, self.data.id, int(v.correct), 1)
        else:
            raise vf.TaskError('quarry: scoring runs in another process than the taskset: the recipe needs a "spool"')
        return _common.reward(v, self.config.format_bonus)


class StreamTaskset(vf.Taskset[StreamTask, StreamConfig]):  # type: ignore[misc]
    """Puzzles that never end, at the difficulty that is useful now."""

    INFINITE = True

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        if not config.recipe:
            raise ValueError('a stream needs a recipe: --env.taskset.recipe FILE')
        self.stream = stream(read_recipe(config.recipe), rows=2 ** 62)
        if config.state:
            self.stream.load(config.state)
        self.name = uuid.uuid4().hex
        _live[self.name] = self.stream.controller

    def load(self) -> Iterator[StreamTask]:
        told = {'controller': self.name, 'spool': self.stream.controller.spool or ''}  # type: Dict[str, Any]
        config = self.config.task.model_copy(update=told)
        for row in self.stream:
            messages = row['prompt']
            prompt = messages[0]['content'] if len(messages) == 1 else messages
            yield StreamTask(QuarryData(id=row['uid'], name=row['data_source'], prompt=prompt, ground_truth=row['ground_truth'], format=row['format']),
                             config)
