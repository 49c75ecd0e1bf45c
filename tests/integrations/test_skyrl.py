#!/usr/bin/env python3
"""test_skyrl.py BUILD_DIR - the environment through skyrl_gym's register and make."""
import sys

from common import ask, done, rows, same, skip, verdicts

try:
    import skyrl_gym
    from omegaconf import OmegaConf
    from skyrl_gym.envs import register
    from skyrl_gym.envs.base_text_env import BaseTextEnv
except ImportError as e:
    skip(e)


def main():
    register(id='quarry', entry_point='quarry.integrations.skyrl:QuarryEnv')
    some = rows(100)
    want = verdicts(some)
    got = []
    for r in some:
        extras = {'reward_spec': {'method': 'rule', 'ground_truth': r['label']}, 'extra_info': r['extra_info'], 'data_source': r['data_source'], 'max_turns': 1}
        env = skyrl_gym.make('quarry', env_config=OmegaConf.create({'format_bonus': 0.5}), extras=extras)
        prompt, info = env.init(r['prompt'])
        got.append((env.step(r['response']), env.get_metrics()))
        same((isinstance(env, BaseTextEnv), prompt, info), (True, r['prompt'], {}), 'skyrl: made')
        env.close()
    same([out['reward'] for out, _ in got], [w['score'] + 0.5 * w['format_ok'] for w in want], 'skyrl: rewards')
    same({(out['done'], len(out['observations'])) for out, _ in got}, {(True, 0)}, 'skyrl: one turn')
    mean = type(env).aggregate_metrics([m for _, m in got])
    ask(abs(mean['acc'] - sum(w['mark'] == 'correct' for w in want) / len(want)) < 1e-9, 'skyrl: aggregate_metrics gives %s' % mean)
    done()


if __name__ == '__main__':
    sys.exit(main())
