#!/usr/bin/env python3
"""test_nemo.py BUILD_DIR - NeMo-RL's environment as a Ray actor, found and started as create_env does; NeMo-Gym's server as a FastAPI application.

Neither trainer is on PyPI for this Python; what they send is stood in for. NEMO_RL names a checkout of NeMo-RL, whose own create_env is used then.
"""
import os
import sys

from common import PACKAGE, ask, done, rows, same, skip, verdicts

SOURCE = os.environ.get('NEMO_RL')
if SOURCE:
    sys.path.insert(0, SOURCE)
os.environ['PYTHONPATH'] = PACKAGE + (os.pathsep + SOURCE if SOURCE else '')
os.environ['RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO'] = '0'
try:
    import ray
    import torch
    from fastapi.testclient import TestClient
    from hydra.utils import get_object
except ImportError as e:
    skip(e)

from quarry.integrations import nemo_gym, nemo_rl  # noqa: E402


def start(config):
    """The actor, by NeMo-RL's registry where it is here."""
    if not SOURCE:
        return get_object(nemo_rl.NAME).options(runtime_env={'env_vars': dict(os.environ)}).remote(config)
    from nemo_rl.distributed.ray_actor_environment_registry import ACTOR_ENVIRONMENT_REGISTRY
    from nemo_rl.distributed.virtual_cluster import PY_EXECUTABLES
    from nemo_rl.environments.interfaces import EnvironmentInterface
    from nemo_rl.environments.utils import create_env, register_env

    ask(issubclass(nemo_rl.Environment, EnvironmentInterface), 'nemo_rl: no EnvironmentInterface')
    ACTOR_ENVIRONMENT_REGISTRY[nemo_rl.NAME] = PY_EXECUTABLES.SYSTEM
    register_env('quarry', nemo_rl.NAME)
    return create_env('quarry', config)


def test_actor(some, want):
    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level='ERROR')
    try:
        env = start({'num_workers': 1, 'format_bonus': 0.5})
        logs = [[*r['prompt'], {'role': 'assistant', 'content': r['response'], 'token_ids': torch.tensor([1, 2])}] for r in some]
        back = ray.get(env.step.remote(logs, [{'ground_truth': r['label'], 'extra_info': r['extra_info']} for r in some]), timeout=120)
        same(back.rewards.tolist(), [w['score'] + 0.5 * w['format_ok'] for w in want], 'nemo_rl: rewards of the actor')
        same(len(back.observations), len(some), 'nemo_rl: observations')
        batch, metrics = ray.get(env.global_post_process_and_metrics.remote({'rewards': torch.ones(4), 'is_end': torch.tensor([1, 1, 1, 0])}), timeout=120)
        same((metrics['accuracy'], batch['rewards'].tolist()), (0.75, [1.0, 1.0, 1.0, 0.0]), 'nemo_rl: metrics of the actor')
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
