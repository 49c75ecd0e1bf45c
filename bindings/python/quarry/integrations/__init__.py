"""Rewards in the shape that each trainer calls.

    quarry.integrations.verl       compute_score, compute_score_batch
    quarry.integrations.trl        quarry_reward, RewardFunction
    quarry.integrations.openrlhf   reward_func, AgentExecutor
    quarry.integrations.slime      reward, group_reward
    quarry.integrations.areal      reward_fn
    quarry.integrations.nemo_rl    Environment, QuarryEnvironment
    quarry.integrations.nemo_gym   verify, aggregate_metrics, serve
    quarry.integrations.verifiers  rubric, load_environment, QuarryTaskset
    quarry.integrations.skyrl      QuarryEnv

Each module's docstring is its use, ready to copy. They need the trainer's own packages only where they hand back its own types.
All of them keep these promises:

- A verdict comes for whatever the response holds, in time bounded by its length, from any thread, process or event loop; no signal, no process.
- What a row says of how it was asked ("format", "think", of its own or in "extra_info") counts.
- Our side's own faults (no ground truth, an unknown task) are not a judgement of the model: None where the trainer knows that, else
  0 with "error" 1, and logging.error says so once for each batch (or a thousand single calls) with more than one such row in a thousand.
"""
