"""SkyRL: an environment of one turn.

    from skyrl_gym.envs import register          # in the script that starts training, and in the Ray task that runs it
    register(id='quarry', entry_point='quarry.integrations.skyrl:QuarryEnv')

    environment.env_class=quarry data.train_data="['skyrl/train.jsonl']"

Rows are those of `quarry export DATASET --to skyrl -o skyrl`, with "quarry" in env_class. Options in
environment.skyrl_gym.quarry: format_bonus, strict, budget, think_open.
"""
from typing import Any, Dict, List, Mapping, Tuple

from quarry.integrations import _common

try:
    from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput  # type: ignore[import-not-found]
except ImportError:  # to be looked at without SkyRL
    BaseTextEnv, BaseTextEnvStepOutput = object, dict  # type: ignore[assignment,misc]

_watch = _common.Watch('quarry.integrations.skyrl.QuarryEnv')


class QuarryEnv(BaseTextEnv):  # type: ignore[misc,valid-type]
    """One puzzle, one answer."""

    def __init__(self, env_config: Any = None, extras: Mapping[str, Any] = {}) -> None:
        super().__init__()
        options = {key: env_config.get(key) for key in ('format_bonus', 'strict', 'budget', 'think_open')} if hasattr(env_config, 'get') else {}
        self.format_bonus = _common.bonus(float(options.get('format_bonus') or 0.0))
        self.strict, self.budget, self.think_open = bool(options.get('strict')), int(options.get('budget') or 0), options.get('think_open')
        self.row: Dict[str, Any] = dict(extras)
        self.metrics: Dict[str, float] = {}

    def init(self, prompt: List[Dict[str, str]]) -> Tuple[List[Dict[str, str]], Dict[str, Any]]:
        return prompt, {}

    def step(self, action: str) -> Any:
        """The reward of an answer; the episode is over."""
        v = _watch(_common.judge(_common.asked(self.row, action, think_open=self.think_open), strict=self.strict, budget=self.budget))
        self.metrics = _common.numbers(v, self.format_bonus)
        return BaseTextEnvStepOutput(observations=[], reward=self.metrics['score'], done=True, metadata={'mark': v.mark, 'why': v.why})

    def close(self) -> None:
        pass

    def get_metrics(self) -> Dict[str, float]:
        """acc, format, error and verify_us of the episode."""
        return {key: value for key, value in self.metrics.items() if key != 'score'}
