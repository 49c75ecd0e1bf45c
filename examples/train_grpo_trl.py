#!/usr/bin/env python3
"""GRPO with TRL on puzzles made as they are needed: pip install quarry-verify trl datasets, then

    python train_grpo_trl.py --model Qwen/Qwen3-0.6B --tasks sudoku,game_of_24,web_of_lies --difficulty 1..4
    python train_grpo_trl.py --model models/tiny --tasks multistep_arithmetic --difficulty 1 --steps 1 --count 8 --tokens 32 --cpu
"""
import argparse

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

import quarry
from quarry.integrations.trl import RewardFunction


def rows(tasks, count, difficulty, seed):
    makers = [quarry.Generator(t, difficulty=difficulty) for t in tasks]
    for i in range(count):
        puzzle = makers[i % len(makers)](seed, i // len(makers))
        yield {'prompt': puzzle['prompt'], 'ground_truth': quarry.ground_truth(puzzle), 'format': puzzle['format']}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--model', required=True)
    p.add_argument('--tasks', default='sudoku,game_of_24')
    p.add_argument('--difficulty', default='1..4')
    p.add_argument('--count', type=int, default=2000)
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--steps', type=int, default=500)
    p.add_argument('--tokens', type=int, default=2048)
    p.add_argument('--out', default='grpo-puzzles')
    p.add_argument('--cpu', action='store_true')
    a = p.parse_args()
    config = GRPOConfig(output_dir=a.out, max_steps=a.steps, num_generations=8, per_device_train_batch_size=8, max_completion_length=a.tokens,
                        logging_steps=1, use_cpu=a.cpu, bf16=not a.cpu, report_to=[], seed=a.seed)
    dataset = Dataset.from_list(list(rows(a.tasks.split(','), a.count, a.difficulty, a.seed)))
    GRPOTrainer(model=a.model, reward_funcs=RewardFunction(format_bonus=0.1), args=config, train_dataset=dataset).train()


if __name__ == '__main__':
    main()
