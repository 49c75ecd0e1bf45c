"""OpenRLHF: a reward function, and the same as an agent.

    --reward.remote_url "$(python -c 'import quarry.integrations.openrlhf as m; print(m.__file__)')"       # --remote_rm_url before 0.10
    --train.agent_func_path "$(python -c 'import quarry.integrations.openrlhf as m; print(m.__file__)')"   # or as an agent of one turn

    --data.prompt_dataset openrlhf/train.jsonl --data.input_key input --data.label_key label --data.apply_chat_template

Rows are those of `quarry export DATASET --to openrlhf -o openrlhf`; the label is the ground truth. `quarry serve` answers the same at http://HOST:PORT/get_reward.
A query is prompt and response with all special tokens: both are cut off here.
"""
from typing import Any, Dict, List, Optional, Sequence

from quarry import Verdict
from quarry.integrations import _common

_watch = _common.Watch('quarry.integrations.openrlhf')


def _asked(query: Any, prompt: Any, label: Any) -> _common.Asked:
    said, think_open = _common.response_in(query, prompt if isinstance(prompt, str) else '') if isinstance(query, str) else (None, False)
    row = label if isinstance(label, dict) else {}
    return _common.asked(row, said, truth=label, think_open=True if think_open else None)


def judge_queries(queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]) -> List[Verdict]:
    """The verdict on each query."""
    prompts = prompts if len(prompts) == len(queries) else [''] * len(queries)
    return [_watch(v) for v in _common.judge_all([_asked(q, p, a) for q, p, a in zip(queries, prompts, labels)])]


def reward_func(queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any], **kwargs: Any) -> Dict[str, Any]:
    """What OpenRLHF calls: {"rewards": tensor, "scores": tensor of 0 to 1, "extra_logs": {"acc", "format", "error", "verify_us": tensors}}.

    Lists of any length, 0 among them. A label that is no ground truth gives 0.0 and "error" 1.0.
    """
    import torch

    rows = [_common.numbers(v) for v in judge_queries(queries, prompts, labels)]
    columns = {key: torch.tensor([row[key] for row in rows], dtype=torch.float32) for key in _common.KEYS}
    return {'rewards': columns['score'], 'scores': columns['score'].clone(), 'extra_logs': {key: columns[key] for key in _common.KEYS[1:]}}


class _Turn:
    """One puzzle and one answer to it, in the shape of OpenRLHF's AgentInstanceBase."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.prompt = ''

    async def reset(self, states: Dict[str, Any], **kwargs: Any) -> Dict[str, Any]:
        self.prompt = states['observation']
        return {'observation': states['observation']}

    async def step(self, states: Dict[str, Any], **kwargs: Any) -> Dict[str, Any]:
        import torch

        text, label = states['action_text'], states['label']
        open_ = _common.opens_thought(states.get('observation_text') or self.prompt)
        a = _common.asked(label if isinstance(label, dict) else {}, text, truth=label, think_open=True if open_ else None)
        row = _common.numbers(_watch(await _common.judge_async(a)))
        logs = {key: torch.tensor(row[key]) for key in _common.KEYS[1:]}
        return {'rewards': torch.tensor(row['score']), 'scores': torch.tensor(row['score']), 'environment_feedback': '', 'done': True,
                'sampling_params': states.get('sampling_params'), 'extra_logs': logs}


def _agent_executor() -> Optional[type]:
    from openrlhf.utils.agent import AgentInstanceBase, MultiTurnAgentExecutor  # type: ignore[import-not-found]

    class Instance(_Turn, AgentInstanceBase):
        pass

    class AgentExecutor(MultiTurnAgentExecutor):
        """One turn for each prompt, judged by quarry."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(Instance)

    return AgentExecutor


def __getattr__(name: str) -> Any:
    if name == 'AgentExecutor':  # made where it is asked for: it needs OpenRLHF
        globals()[name] = _agent_executor()
        return globals()[name]
    raise AttributeError('module %r has no attribute %r' % (__name__, name))
