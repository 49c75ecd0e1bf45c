"""NeMo-RL: an environment of one turn, a Ray actor.

    # in the run script, before setup_data
    from nemo_rl.distributed.ray_actor_environment_registry import ACTOR_ENVIRONMENT_REGISTRY
    from nemo_rl.distributed.virtual_cluster import PY_EXECUTABLES
    from nemo_rl.environments.utils import register_env
    from quarry.integrations.nemo_rl import NAME
    ACTOR_ENVIRONMENT_REGISTRY[NAME] = PY_EXECUTABLES.SYSTEM
    register_env('quarry', NAME)

    env: { quarry: { format_bonus: 0.0, strict: false, budget: 0, think_open: false } }       # the config: all may be left out

The metadata of a sample ("extra_env_info", what the data processor puts there of a row) needs "ground_truth"; "extra_info", "format" and
"think" in it are honoured. Rows: `quarry export DATASET --to nemo -o nemo`.
For NeMo-Gym, which NeMo-RL also drives, see quarry.integrations.nemo_gym.
"""
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from quarry.integrations import _common

try:
    from nemo_rl.environments.interfaces import EnvironmentInterface, EnvironmentReturn  # type: ignore[import-not-found]
except ImportError:  # to be looked at without NeMo-RL
    class EnvironmentInterface:  # type: ignore[no-redef]
        pass

    class EnvironmentReturn(NamedTuple):  # type: ignore[no-redef]
        observations: List[Dict[str, str]]
        metadata: List[Any]
        next_stop_strings: List[Any]
        rewards: Any
        terminateds: Any
        answers: Optional[List[Optional[str]]] = None

NAME = 'quarry.integrations.nemo_rl.QuarryEnvironment'  #: of the actor, for the registries


class Environment(EnvironmentInterface):
    """What the actor is made of; it works without Ray too."""

    def __init__(self, cfg: Optional[Mapping[str, Any]] = None) -> None:
        cfg = cfg or {}
        self.format_bonus, self.strict = _common.bonus(float(cfg.get('format_bonus') or 0.0)), bool(cfg.get('strict'))
        self.budget, self.think_open = int(cfg.get('budget') or 0), cfg.get('think_open')

    def step(self, message_log_batch: Sequence[Sequence[Mapping[str, Any]]], metadata: Sequence[Any], *args: Any, **kwargs: Any) -> Any:
        """One reward for each sample, on every path; every episode is over."""
        import torch

        rows = [_common.asked(m if isinstance(m, Mapping) else {}, log, think_open=self.think_open) for log, m in zip(message_log_batch, metadata)]
        verdicts = _common.judge_all(rows, strict=self.strict, budget=self.budget)
        _common.tell(verdicts, NAME)
        said = [{'role': 'environment', 'content': 'Environment: ' + ('correct' if v.correct else v.mark)} for v in verdicts]
        rewards = torch.tensor([_common.reward(v, self.format_bonus) for v in verdicts], dtype=torch.float32)
        return EnvironmentReturn(said, list(metadata), [None] * len(verdicts), rewards, torch.ones_like(rewards), [v.extracted for v in verdicts])

    def global_post_process_and_metrics(self, batch: Any, *args: Any, **kwargs: Any) -> Tuple[Any, Dict[str, float]]:
        """What did not end properly is worth nothing; accuracy and how many ended."""
        ended = batch['is_end'].float() if 'is_end' in batch else None
        if ended is not None:
            batch['rewards'] = batch['rewards'] * ended
        rewards = batch['rewards'].float()
        n = int(rewards.shape[0])
        return batch, {'accuracy': float((rewards >= 1).float().mean()) if n else 0.0, 'mean_reward': float(rewards.mean()) if n else 0.0,
                       'fraction_of_samples_properly_ended': float(ended.mean()) if n and ended is not None else 1.0, 'num_problems_in_batch': n}

    def shutdown(self) -> None:
        pass


def __getattr__(name: str) -> Any:
    if name == 'QuarryEnvironment':  # made where it is asked for: it needs Ray
        import ray  # type: ignore[import-not-found]

        globals()[name] = ray.remote(max_restarts=-1, max_task_retries=-1)(Environment)
        return globals()[name]
    raise AttributeError('module %r has no attribute %r' % (__name__, name))
