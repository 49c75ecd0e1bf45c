#!/usr/bin/env python3
"""test_stream.py BUILD_DIR - quarry.stream under TRL's GRPOTrainer (killed and resumed), verl's data loader and hooks, verifiers' taskset."""
import asyncio
import json
import os
import random
import sys
import tempfile

os.environ['HF_HUB_OFFLINE'], os.environ['CUDA_VISIBLE_DEVICES'] = '1', ''
from common import ROOT, ask, done, same, skip  # noqa: E402

try:
    import torch
except ImportError as e:
    skip(e)

import quarry  # noqa: E402

torch.set_num_threads(os.cpu_count() or 1)
RECIPE = {'tasks': ['multistep_arithmetic', 'boolean_expressions'], 'difficulty': '0..6', 'seed': 5, 'group': 4}


def trl_run(room, steps, resume=None):
    """Rows that were read and what was learnt, step by step."""
    from transformers import AutoTokenizer, Qwen2Config, Qwen2ForCausalLM
    from trl import GRPOConfig, GRPOTrainer

    torch.manual_seed(1)
    tokenizer = AutoTokenizer.from_pretrained(os.path.join(ROOT, 'models/tiny'))
    model = Qwen2ForCausalLM(Qwen2Config(vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
                                         num_key_value_heads=1))
    s = quarry.stream(RECIPE, rows=200)
    seen = []

    def reward(prompts, completions, uid, ground_truth, **columns):
        """Of the row alone: this model has nothing to say, and rows are what is compared."""
        seen.append(list(uid))
        assert all(json.loads(t)['task'] == u.split(':')[0] for t, u in zip(ground_truth, uid))
        return [float(random.Random(u).randrange(5) > i % 4) for i, u in enumerate(uid)]
    config = GRPOConfig(output_dir=room, max_steps=steps, per_device_train_batch_size=8, num_generations=4, max_completion_length=8, use_cpu=True, bf16=False,
                        report_to=[], learning_rate=1e-5, save_strategy='steps', save_steps=3, disable_tqdm=True, gradient_checkpointing=False, seed=11)
    trainer = GRPOTrainer(model=model, processing_class=tokenizer, reward_funcs=s.watch(reward), args=config, train_dataset=s.dataset(),
                          callbacks=[s.callback()])
    trainer.train(resume_from_checkpoint=resume)
    return seen, s.controller


def test_trl():
    try:
        import trl
    except ImportError as e:
        print('no trl: %s' % e)
        return
    print('trl %s' % trl.__version__)
    with tempfile.TemporaryDirectory() as room:
        whole, controller = trl_run(room, 6)
        same([len(uids) for uids in whole], [8] * 6, 'trl: rows of a step')
        ask(all(uids == [u for u in uids[::4] for _ in range(4)] for uids in whole), 'trl: a group of one row: %s' % whole[0])
        same(len({u for uids in whole for u in uids}), 12, 'trl: different rows')
        same(controller.clock, 48, 'trl: responses that the controller heard of')
        again, resumed = trl_run(room, 6, os.path.join(room, 'checkpoint-3'))
        same(again, whole[3:], 'trl: rows of a run that was killed and resumed')
        same(resumed.clock, 48, 'trl: responses heard of after a resume')


def one_rank(rank, port, out):
    import torch.distributed as dist
    os.environ.update(MASTER_ADDR='127.0.0.1', MASTER_PORT=str(port))
    dist.init_process_group('gloo', rank=rank, world_size=2)
    s = quarry.stream(RECIPE)
    uids = [s.uid(i) for i in range(4)]
    for step in range(5):                                      # a group is spread over both processes
        s.controller.feed([u for u in uids for _ in range(2)], [float((rank + j + step) % 3 == 0) for j in range(8)])
        uids = [s.uid(4 * step + j) for j in range(4, 8)]
    with open('%s/%d' % (out, rank), 'w') as f:
        json.dump([s.state_dict(), uids], f)
    dist.destroy_process_group()


def test_ranks():
    """Processes of torch.distributed see the same rows, though each sees a part of the rewards."""
    with tempfile.TemporaryDirectory() as room:
        torch.multiprocessing.spawn(one_rank, (29000 + os.getpid() % 2000, room), nprocs=2)
        one, two = (json.load(open('%s/%d' % (room, rank))) for rank in range(2))
    same(one, two, 'torch.distributed: states and rows of two processes')
    same(one[0]['controller']['clock'], 5 * 4 * 4, 'torch.distributed: responses')


def test_verl():
    try:
        import verl
        from omegaconf import OmegaConf
        from torchdata.stateful_dataloader import StatefulDataLoader
        from transformers import AutoTokenizer
        from verl import DataProto
        from verl.utils.dataset.rl_dataset import collate_fn, get_dataset_class
    except ImportError as e:
        print('no verl: %s' % e)
        return
    import numpy as np
    print('verl %s' % verl.__version__)
    with tempfile.TemporaryDirectory() as room:
        recipe, spool = os.path.join(room, 'stream.yaml'), os.path.join(room, 'observed')
        with open(recipe, 'w') as f:
            f.write('tasks: [multistep_arithmetic, boolean_expressions]\ndifficulty: 0..6\nseed: 5\ngroup: 4\nrows: 200\nspool: %s\n' % spool)
        config = OmegaConf.create({'custom_cls': {'path': 'pkg://quarry.streams_verl', 'name': 'StreamDataset'}, 'cache_dir': room, 'prompt_key': 'prompt',
                                   'max_prompt_length': 2000, 'filter_overlong_prompts': True, 'filter_overlong_prompts_workers': 1})
        kind = get_dataset_class(config)
        tokenizer = AutoTokenizer.from_pretrained(os.path.join(ROOT, 'models/tiny'))

        def loader():
            from quarry.streams_verl import StreamSampler
            dataset = kind(data_files=OmegaConf.create([recipe]), tokenizer=tokenizer, processor=None, config=config, max_samples=-1)
            return dataset, StatefulDataLoader(dataset=dataset, batch_size=8, num_workers=0, drop_last=True, collate_fn=collate_fn,
                                               sampler=StreamSampler(data_source=dataset, data_config=config))

        def step(dataset, sampler, batch):
            uids = [e['uid'] for e in batch['extra_info'] for _ in range(4)]
            extra = np.array([e for e in batch['extra_info'] for _ in range(4)], dtype=object)
            scores = torch.tensor([[0.0, float((len(u) + i) % 3 == 0)] for i, u in enumerate(uids)])
            data = DataProto.from_dict(tensors={'token_level_scores': scores}, non_tensors={'extra_info': extra})
            before = dataset.stream.controller.clock
            sampler.update(data)
            dataset.on_batch_end(batch=data)                   # verl 0.7 calls both
            same(dataset.stream.controller.clock - before, 32, 'verl: responses of a batch')
            return uids[::4]
        dataset, data = loader()
        same(len(dataset), 200, 'verl: rows')
        whole, saved = [], None
        for i, batch in enumerate(data):
            if i == 0:
                row = dataset[0]
                ask(row['raw_prompt'][0]['role'] == 'user' and json.loads(row['reward_model']['ground_truth'])['task'] in RECIPE['tasks'], 'verl: a row: %.300s' % row)
            whole.append(step(dataset, data.sampler, batch))
            if i == 2:
                saved = json.loads(json.dumps(data.state_dict(), default=str))
            if i == 6:
                break
        again, resumed = loader()
        resumed.load_state_dict(saved)
        rest = []
        for batch in resumed:
            rest.append(step(again, resumed.sampler, batch))
            if len(rest) == 4:
                break
        same(rest, whole[3:], 'verl: rows of a run that was killed and resumed')

        from quarry.streams_verl import compute_score
        row, clock = again[190], again.stream.controller.clock
        score = compute_score(row['data_source'], 'no', row['reward_model']['ground_truth'], row['extra_info'], spool=spool)
        same(sorted(score), ['acc', 'error', 'format', 'score', 'verify_us'], 'verl: compute_score')
        again[191]
        same(again.stream.controller.clock, clock + 1, 'verl: what a reward worker posted')


def test_verifiers():
    try:
        import verifiers.v1 as vf
        from verifiers.v1.trace import AgentInfo, TraceTask
    except ImportError as e:
        print('no verifiers: %s' % e)
        return
    from quarry.streams_verifiers import StreamConfig, StreamTaskset, _live

    def trace_of(task, text):
        nodes = [vf.MessageNode(message=vf.UserMessage(content='x')), vf.MessageNode(parent=0, sampled=True, message=vf.AssistantMessage(content=text))]
        return vf.Trace(task=TraceTask(type=type(task).__name__, data=task.data), agent=AgentInfo(config=vf.AgentConfig()), nodes=nodes)
    with tempfile.TemporaryDirectory() as room:
        recipe, spool = os.path.join(room, 'stream.json'), os.path.join(room, 'observed')
        with open(recipe, 'w') as f:
            json.dump({**RECIPE, 'spool': spool}, f)
        taskset = StreamTaskset(StreamConfig(recipe=recipe))
        same((taskset.bounded, StreamTaskset.INFINITE), (False, True), 'verifiers: endless')
        drawn = iter(taskset)
        tasks = [next(drawn) for _ in range(5)]
        same([t.data.idx for t in tasks], list(range(5)), 'verifiers: tasks')
        controller = taskset.stream.controller
        for i in range(4):
            trace = trace_of(tasks[0], 'no')
            asyncio.run(tasks[0].score(trace))
            same(trace.rewards['quarry'].value, 0.0, 'verifiers: reward')
            same(controller.clock, 4 * (i == 3), 'verifiers: learnt when a group is whole')
        del _live[taskset.name]                                # as if scoring ran in another process
        asyncio.run(tasks[1].score(trace_of(tasks[1], 'no')))
        next(drawn)
        same(controller.clock, 5, 'verifiers: learnt through the spool')


if __name__ == '__main__':
    test_ranks()
    test_verl()
    test_verifiers()
    test_trl()
    done()
