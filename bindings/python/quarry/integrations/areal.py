"""AReaL: a reward function for RLVRWorkflow.

    workflow_kwargs = dict(reward_fn='quarry.integrations.areal.reward_fn', gconfig=config.gconfig, tokenizer=config.tokenizer_path)
    trainer.train(workflow='areal.workflow.rlvr.RLVRWorkflow', workflow_kwargs=workflow_kwargs)

Rows are those of `quarry export DATASET --to areal -o areal`: messages, ground_truth, format.
AsyncRewardWrapper runs it in a process pool with a timeout of 15 s, which it never comes near: a megabyte takes milliseconds.
"""
from typing import Any

from quarry.integrations import _common

_watch = _common.Watch('quarry.integrations.areal.reward_fn')


def reward_fn(prompt: str, completions: str, prompt_ids: Any = None, completion_ids: Any = None, **row: Any) -> float:
    """The score of a completion, 0.0 to 1.0; 0.0 and an error in the log where the row has no ground truth. Never raises for what it is given."""
    return _common.reward(_watch(_common.judge(_common.asked(row, completions, prompt=prompt))))
