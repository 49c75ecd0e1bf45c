#!/bin/sh
# GRPO with verl on an exported dataset: quarry export demo/quickstart --to verl -o verl-data, then verl_grpo.sh MODEL [verl's options]
# (verl 0.8 and later; before, the keys are custom_reward_function.path and .name)
set -eu

model=${1:?usage: verl_grpo.sh MODEL [OPTION=VALUE...]}
shift
exec python3 -m verl.trainer.main_ppo algorithm.adv_estimator=grpo \
	data.train_files=verl-data/train.jsonl data.val_files=verl-data/validation.jsonl \
	data.train_batch_size=256 data.max_prompt_length=2048 data.max_response_length=4096 \
	actor_rollout_ref.model.path="$model" actor_rollout_ref.rollout.name=vllm actor_rollout_ref.rollout.n=8 \
	actor_rollout_ref.actor.ppo_mini_batch_size=64 actor_rollout_ref.actor.use_dynamic_bsz=True \
	reward.custom_reward_function.path=pkg://quarry.integrations.verl \
	reward.custom_reward_function.name=compute_score \
	+reward.custom_reward_function.reward_kwargs.format_bonus=0.1 \
	trainer.project_name=quarry trainer.experiment_name=grpo "$@"
