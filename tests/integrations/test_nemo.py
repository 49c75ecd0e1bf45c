#!/usr/bin/env python3
"""test_nemo.py BUILD_DIR - NeMo-RL's environment as a Ray actor, found and started as create_env does; NeMo-Gym's server as a FastAPI application.

Neither trainer is on PyPI for this Python; what they send is stood in for.
"""
import os
import sys

from common import PACKAGE, ask, done, rows, same, skip, verdicts

os.environ['PYTHONPATH'] = PACKAGE
os.environ['RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO'] = '0'
try:
    import ray
    import torch
    from fastapi.testclient import TestClient
    from hydra.utils import get_object
except ImportError as e:
    skip(e)

from quarry.integrations import nemo_gym, nemo_rl  # noqa: E402


def test_actor(some, want):
    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level='ERROR')
    try:
        env = get_object(nemo_rl.NAME).options(runtime_env={'env_vars': dict(os.environ)}).remote({'num_workers': 1, 'format_bonus': 0.5})
        logs = [[*r['prompt'], {'role': 'assistant', 'content': r['response'], 'token_ids': torch.tensor([1, 2])}] for r in some]
        back = ray.get(env.step.remote(logs, [{'ground_truth': r['label'], 'extra_info': r['extra_info']} for r in some]), timeout=120)
        same(back.rewards.tolist(), [w['score'] + 0.5 * w['format_ok'] for w in want], 'nemo_rl: rewards of the actor')
        same(len(back.observations), len(some), 'nemo_rl: observations')
    finally:
        ray.shutdown()


def test_app(some, want):
    client = TestClient(nemo_gym.app())
    for r, w in zip(some, want):
        body = {'responses_create_params': {'input': r['prompt']}, 'ground_truth': r['label'], 'extra_info': r['extra_info'],
                'response': {'id': 'r', 'output': [{'type': 'message', 'role': 'assistant', 'content': [{'type': 'output_text', 'text': r['response'], 'annotations': []}]}]}}
        same(client.post('/seed_session', json=body).json(), {}, 'nemo_gym: /seed_session') if w is want[0] else None
        said = client.post('/verify', json=body).json()
        same((said['reward'], said['mark'], said['response']), (w['score'], w['mark'], body['response']), 'nemo_gym: /verify')
    ask(abs(client.post('/aggregate_metrics', json={'verify_responses': [said] * 3}).json()['key_metrics']['mean/reward'] - said['reward']) < 1e-9, 'nemo_gym: /aggregate_metrics')
    same((client.get('/reverify_mode').json(), client.get('/').status_code), ('stateless', 200), 'nemo_gym: GET')


def main():
    some = rows(60)
    want = verdicts(some)
    test_app(some, want)
    test_actor(some, want)
    done()


if __name__ == '__main__':
    sys.exit(main())
