#!/usr/bin/env python3
"""test_trl.py BUILD_DIR - one step of TRL's GRPOTrainer on the embedded model with quarry's reward functions."""
import os
import sys
import tempfile

os.environ['HF_HUB_OFFLINE'], os.environ['CUDA_VISIBLE_DEVICES'] = '1', ''
from common import ROOT, ask, done, same, skip  # noqa: E402

try:
    import torch
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer
except ImportError as e:
    skip(e)

import quarry  # noqa: E402
from quarry.integrations.trl import RewardFunction, quarry_reward  # noqa: E402

torch.set_num_threads(os.cpu_count() or 1)


def train(dataset, functions, room, **more):
    config = GRPOConfig(output_dir=room, max_steps=1, per_device_train_batch_size=8, num_generations=4, max_completion_length=32, use_cpu=True, bf16=False,
                        report_to=[], logging_steps=1, learning_rate=1e-3, save_strategy='no', disable_tqdm=True, gradient_checkpointing=False, seed=11, **more)
    trainer = GRPOTrainer(model=os.path.join(ROOT, 'models/tiny'), reward_funcs=functions, args=config, train_dataset=dataset)
    before = {name: p.detach().clone() for name, p in trainer.model.named_parameters()}
    trainer.train()
    moved = sum(not torch.equal(before[name], p) for name, p in trainer.model.named_parameters())
    return trainer.state.log_history[0], moved, len(before)


def main():
    puzzles = [p for task in ('multistep_arithmetic', 'boolean_expressions') for p in quarry.generate(task, 4, seed=5, difficulty=1)]
    seen = []

    class Kept(RewardFunction):
        def __call__(self, *args, **kwargs):
            seen.append((kwargs['completions'], kwargs['ground_truth'], super().__call__(*args, **kwargs)))
            return seen[-1][2]
    rows = [{'prompt': p['prompt'], 'ground_truth': quarry.ground_truth(p), 'extra_info': {'format': p['format'], 'think': ''}} for p in puzzles]
    with tempfile.TemporaryDirectory() as room:
        log, moved, n = train(Dataset.from_list(rows), [quarry_reward, Kept(format_bonus=0.1, name='with_bonus')], room)
        ask(moved > n // 2, 'trl: %d of %d parameters moved' % (moved, n))
        ask(all(k in log for k in ('rewards/quarry_reward/mean', 'rewards/with_bonus/mean', 'quarry/acc', 'quarry/format', 'quarry/error')), 'trl: logged are %s' % sorted(log))
        same(log['quarry/error'], 0.0, 'trl: error')
        ask(abs(log['rewards/quarry_reward/mean'] - log['quarry/acc']) < 1e-6, 'trl: mean reward %s, acc %s' % (log['rewards/quarry_reward/mean'], log['quarry/acc']))
        ask(log['quarry/acc'] > 0, 'trl: of 8 completions none is right')
        ask(abs(log['rewards/with_bonus/mean'] - log['quarry/acc'] - 0.1 * log['quarry/format']) < 1e-5, 'trl: the bonus')
        completions, truths, rewards = seen[0]
        again = [quarry.verify_truth(t, c[0]['content'], format='tags') for c, t in zip(completions, truths)]
        same([v.score + 0.1 * v.format_ok for v in again], rewards, 'trl: judged again')
        # rows in the standard format, of which half cannot be judged: TRL leaves None out
        plain = [{'prompt': '<|im_start|>user\n%s<|im_end|>\n<|im_start|>assistant\n' % p['prompt'][0]['content'], 'label': quarry.ground_truth(p) if i % 2 else 'damaged'}
                 for i, p in enumerate(puzzles)]
        log, moved, n = train(Dataset.from_list(plain), quarry_reward, room, shuffle_dataset=False)
        same(log['quarry/error'], 0.5, 'trl: None for half of the rows')
        ask(log['rewards/quarry_reward/mean'] == log['rewards/quarry_reward/mean'], 'trl: the mean is no number')
    done()


if __name__ == '__main__':
    sys.exit(main())
