#!/usr/bin/env python3
"""test_verl.py BUILD_DIR - verl's own path from the configuration to a score: its loaders, its reward managers, its dataset on what `quarry export` writes."""
import asyncio
import os
import subprocess
import sys
import tempfile

os.environ['HF_HUB_OFFLINE'], os.environ['CUDA_VISIBLE_DEVICES'] = '1', ''
from common import QUARRY, ROOT, ask, done, rows, same, skip, verdicts  # noqa: E402

try:
    import numpy as np
    import torch
    import verl
    from omegaconf import OmegaConf
    from transformers import AutoTokenizer
    from verl import DataProto
    from verl.utils.import_utils import load_extern_object
except ImportError as e:
    skip(e)

from quarry.integrations import verl as ours  # noqa: E402

KEYS = ['acc', 'error', 'format', 'score', 'verify_us']


def batch_of(tokenizer, some):
    """Rollouts as verl holds them: prompts padded on the left, responses on the right."""
    ids = [tokenizer(r['response'], add_special_tokens=False)['input_ids'][:900] + [tokenizer.eos_token_id] for r in some]
    width = max(len(i) for i in ids)
    responses = torch.tensor([i + [tokenizer.pad_token_id] * (width - len(i)) for i in ids])
    mask = torch.tensor([[1] * 4 + [1] * len(i) + [0] * (width - len(i)) for i in ids])
    tensors = {'prompts': torch.ones(len(some), 4, dtype=torch.long), 'responses': responses, 'attention_mask': mask}
    column = {k: np.array([dict(r[k]) if isinstance(r[k], dict) else r[k] for r in some], dtype=object) for k in ('data_source', 'reward_model', 'extra_info')}
    return DataProto.from_dict(tensors=tensors, non_tensors=column)


def test_managers(tokenizer, some, want):
    from verl.trainer.ppo.reward import get_custom_reward_fn, load_reward_manager

    for path in ('pkg://quarry.integrations.verl', ours.__file__):
        same(load_extern_object(module_path=path, object_name='compute_score').__name__, 'compute_score', 'verl: load_extern_object of %s' % path.split('/')[-1])
    for name in ('naive', 'dapo'):
        config = OmegaConf.create({'reward': {
            'custom_reward_function': {'path': 'pkg://quarry.integrations.verl', 'name': 'compute_score', 'reward_kwargs': {'format_bonus': 0.5}},
            'reward_manager': {'source': 'register', 'name': name}, 'reward_kwargs': {}}, 'reward_model': {'reward_kwargs': {}}})
        f = get_custom_reward_fn(config)
        same(sorted(f(data_source='x', solution_str='y', ground_truth='z', extra_info={})), KEYS, 'verl: get_custom_reward_fn')
        manager = load_reward_manager(config, tokenizer)
        batch = batch_of(tokenizer, some)

        async def all_of():
            return await asyncio.gather(*(manager.run_single(batch[i:i + 1]) for i in range(len(some))))
        manager.loop = asyncio.new_event_loop()
        got = manager.loop.run_until_complete(all_of())
        same([g['reward_score'] for g in got], [w['score'] + 0.5 * w['format_ok'] for w in want], 'verl: manager %s' % name)
        same({tuple(sorted(k for k in g['reward_extra_info'] if k in KEYS)) for g in got}, {tuple(KEYS)}, 'verl: manager %s: keys' % name)
        columns = {k: np.array([g['reward_extra_info'][k] for g in got]) for k in got[0]['reward_extra_info']}
        ask(all(columns[k].dtype == np.float64 for k in KEYS), 'verl: manager %s: types of columns' % name)


def test_batch_manager(tokenizer, some, want):
    """The manager "batch" of the releases before the reward loop; forks live on it."""
    try:
        from verl.workers.reward_manager.batch import BatchRewardManager
    except ImportError as e:
        print('no manager "batch" in this verl: %s' % e)
        return
    manager = BatchRewardManager(tokenizer=tokenizer, num_examine=0, compute_score=ours.compute_score_batch)
    out = manager(batch_of(tokenizer, some), return_dict=True)
    same(out['reward_tensor'].sum(dim=1).tolist(), [w['score'] for w in want], 'verl: manager batch')
    same((sorted(out['reward_extra_info']), {len(v) for v in out['reward_extra_info'].values()}), (KEYS, {len(some)}), 'verl: manager batch: keys')


def test_dataset(tokenizer, room):
    from verl.utils.dataset.rl_dataset import RLHFDataset

    recipe = os.path.join(room, 'recipe.yaml')
    with open(recipe, 'w') as f:
        f.write('name: small\nseed: 5\ntask: x\n'.replace('task: x\n', '') + 'model: oracle:4\nsources:\n  - { task: multistep_arithmetic, count: 60, difficulty: 1..5, formats: all }\n'
                'sampling: { n: 8 }\nfilter: { guess: 1 }\n')
    for line in (['build', recipe, '-o', room + '/data', '--quiet'], ['export', room + '/data', '--to', 'verl', '-o', room + '/verl', '--quiet']):
        said = subprocess.run([QUARRY, *line], capture_output=True, text=True, timeout=300)
        if not ask(said.returncode == 0, 'quarry %s: %s' % (line[0], said.stderr[-300:])):
            return
    config = OmegaConf.create({'cache_dir': room + '/cache', 'prompt_key': 'prompt', 'max_prompt_length': 600, 'filter_overlong_prompts': True,
                               'filter_overlong_prompts_workers': 1, 'return_raw_chat': True})
    dataset = RLHFDataset([room + '/verl/train.jsonl'], tokenizer, config)
    ask(len(dataset) > 10, 'verl: RLHFDataset holds %d rows' % len(dataset))
    for i in range(0, len(dataset), 5):
        row = dataset[i]
        got = ours.compute_score(row['data_source'], '<answer>0</answer>', row['reward_model']['ground_truth'], row['extra_info'])
        same((sorted(got), got['error']), (KEYS, 0.0), 'verl: a row of RLHFDataset')
        ask(row['data_source'] == 'quarry/multistep_arithmetic' and row['extra_info']['format'] != '', 'verl: a row of RLHFDataset: %s' % row['extra_info'])


def main():
    tokenizer = AutoTokenizer.from_pretrained(os.path.join(ROOT, 'models/tiny'))
    all_rows = [r for r in rows(150) if tokenizer.decode(tokenizer(r['response'])['input_ids'][:900], skip_special_tokens=True) == r['response']]
    want = verdicts(all_rows)
    ask(len(all_rows) > 80 and {w['mark'] for w in want} >= {'correct', 'wrong', 'no_answer'}, 'verl: %d rows survive the tokenizer' % len(all_rows))
    print('verl %s' % verl.__version__)
    test_managers(tokenizer, all_rows, want)
    test_batch_manager(tokenizer, all_rows, want)
    with tempfile.TemporaryDirectory() as room:
        test_dataset(tokenizer, room)
    done()


if __name__ == '__main__':
    sys.exit(main())
