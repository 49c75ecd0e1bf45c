#!/usr/bin/env python3
"""What quarry.integrations hands back in types of torch, and what datasets and pyarrow make of our rows on the way to it.

    check_integrations.py BUILD_DIR

Prints "N passed, N failed". Exit 77 where torch or datasets are not installed.
"""
import asyncio
import os
import sys
import tempfile

os.environ['HF_HUB_OFFLINE'] = os.environ['HF_DATASETS_OFFLINE'] = '1'
home = tempfile.TemporaryDirectory(prefix='check_integrations.')
os.environ['HF_HOME'] = home.name
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'integrations'))
from common import Heard, ask, done, rows, same, skip, verdicts  # noqa: E402

try:
    import datasets
    import pyarrow.parquet as parquet
    import torch
except ImportError as e:
    skip(e)


def main():
    from quarry.integrations import nemo_rl, openrlhf, trl, verl

    all_rows = rows(120)
    want = verdicts(all_rows)
    scores = [w['score'] for w in want]
    # OpenRLHF calls with lists of one, in threads
    for r, w in zip(all_rows[:40], want):
        query = 'q' + r['response']
        out = asyncio.run(asyncio.to_thread(openrlhf.reward_func, [query], ['q'], [{**r['extra_info'], **{'ground_truth': r['label']}}]))
        same((sorted(out), sorted(out['extra_logs'])), (['extra_logs', 'rewards', 'scores'], ['acc', 'error', 'format', 'verify_us']), 'openrlhf: keys')
        same((out['rewards'].tolist(), out['scores'].dtype, out['scores'].shape), ([w['score']], torch.float32, torch.Size([1])), 'openrlhf: tensors')
    out = openrlhf.reward_func([], [], [])
    same((out['rewards'].shape, out['extra_logs']['acc'].shape), (torch.Size([0]), torch.Size([0])), 'openrlhf: empty')
    # NeMo-RL
    env = nemo_rl.Environment({'num_workers': 2})
    logs = [[*r['prompt'], {'role': 'assistant', 'content': r['response'], 'token_ids': torch.tensor([1])}] for r in all_rows]
    meta = [{'ground_truth': r['label'], 'extra_info': r['extra_info']} for r in all_rows]
    back = env.step(logs, meta)
    same((back.rewards.tolist(), back.terminateds.tolist()), (scores, [1.0] * len(scores)), 'nemo_rl: rewards')
    same({len(x) for x in (back.observations, back.metadata, back.next_stop_strings, back.answers)}, {len(scores)}, 'nemo_rl: one of each for each sample')
    with Heard() as heard:
        same(env.step(logs[:2], [None, meta[1]]).rewards.tolist(), [0.0, scores[1]], 'nemo_rl: no metadata')
    same(len(heard.lines), 1, 'nemo_rl: said once')
    same(env.step([], []).rewards.tolist(), [], 'nemo_rl: an empty batch')
    batch = {'rewards': torch.tensor([1.0, 1.0, 0.0, 1.0]), 'is_end': torch.tensor([True, False, True, True])}
    batch, metrics = env.global_post_process_and_metrics(batch)
    same((batch['rewards'].tolist(), metrics['accuracy'], metrics['fraction_of_samples_properly_ended']), ([1.0, 0.0, 0.0, 1.0], 0.5, 0.75), 'nemo_rl: metrics')
    # rows through datasets and Parquet and back
    ds = datasets.Dataset.from_list(all_rows)
    where = os.path.join(home.name, 'rows.parquet')
    ds.to_parquet(where)
    for name, read in (('datasets', list(ds)), ('pyarrow', parquet.read_table(where).to_pylist()),
                       ('load_dataset', list(datasets.load_dataset('parquet', data_files=where, split='train')))):
        same([verl.compute_score(r['data_source'], r['response'], r['reward_model']['ground_truth'], r['extra_info'])['score'] for r in read], scores, 'verl: rows by ' + name)
    columns = ds.to_dict()
    completions = [[{'role': 'assistant', 'content': x}] for x in columns.pop('response')]
    same(trl.quarry_reward(prompts=columns.pop('prompt'), completions=completions, completion_ids=[[]] * len(completions), **columns), scores, 'trl: columns of datasets')
    ask(torch.tensor(trl.quarry_reward(prompts=['x'], completions=['x'], ground_truth=[all_rows[0]['label']])).dtype == torch.float32, 'trl: as a tensor')
    done()


if __name__ == '__main__':
    main()
