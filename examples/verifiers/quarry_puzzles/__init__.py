"""A taskset for verifiers and prime-rl: with this folder in PYTHONPATH, or installed, `vf-validate quarry-puzzles` and `vf-eval quarry-puzzles` know it."""
from quarry.integrations.verifiers import QuarryTaskset

__all__ = ['QuarryTaskset']
