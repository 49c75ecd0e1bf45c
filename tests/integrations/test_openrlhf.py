#!/usr/bin/env python3
"""test_openrlhf.py BUILD_DIR - OpenRLHF's own executors with the reward function and the agent, over the embedded model's tokenizer and an engine that plays back."""
import asyncio
import copy
import importlib.util
import os
import re
import subprocess
import sys
import types

from common import QUARRY, ROOT, Heard, ask, done, rows, same, skip, verdicts

try:
    import torch
    from openrlhf.utils.agent import SingleTurnAgentExecutor
    from transformers import AutoTokenizer
except ImportError as e:
    skip(e)

from quarry.integrations import openrlhf as ours  # noqa: E402


class Engine:
    """Says what it was told to, whatever it is asked."""

    def __init__(self, tokenizer, text):
        self.ids, self.text = tokenizer(text + '<|im_end|>', add_special_tokens=False)['input_ids'], text

    async def generate(self, prompt_ids, params, multi_modal_data=None):
        return types.SimpleNamespace(outputs=[types.SimpleNamespace(token_ids=self.ids, text=self.text, finish_reason='stop', logprobs=None)])


def play(executor, tokenizer, some):
    """What the executor gives for each row, its prompt in the chat template."""
    async def one(r):
        prompt = tokenizer.apply_chat_template(r['prompt'], tokenize=False, add_generation_prompt=True) + ('<think>\n' if r['extra_info']['think'] else '')
        params = types.SimpleNamespace(max_tokens=64, logprobs=None)
        return await executor.execute(prompt, r['label'], copy.copy(params), 100000, tokenizer, Engine(tokenizer, r['response']))

    async def all_of():
        return await asyncio.gather(*(one(r) for r in some))
    return asyncio.run(all_of())


def main():
    tokenizer = AutoTokenizer.from_pretrained(os.path.join(ROOT, 'models/tiny'))
    some = rows(120)
    for r in some:  # the label says nothing of the format
        r['extra_info'] = {'think': r['extra_info']['think']}
    want = [w['score'] for w in verdicts(some)]
    out = play(SingleTurnAgentExecutor(ours.__file__), tokenizer, some)
    same([float(o['reward']) for o in out], want, 'openrlhf: reward_func by SingleTurnAgentExecutor')
    same([float(o['scores']) for o in out], want, 'openrlhf: scores')
    same({tuple(sorted(o['extra_logs'])) for o in out}, {('acc', 'error', 'format', 'verify_us')}, 'openrlhf: logs')
    ask(torch.cat([o['reward'] for o in out]).shape == (len(some),), 'openrlhf: rewards are joined')
    # the agent, loaded from its file as OpenRLHF does
    spec = importlib.util.spec_from_file_location('agent_module', ours.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    out = play(module.AgentExecutor(), tokenizer, some)
    same([float(o['reward']) for o in out], want, 'openrlhf: AgentExecutor')
    with Heard():
        out = play(SingleTurnAgentExecutor(ours.__file__), tokenizer, [{**some[0], 'label': 'damaged'}])
    same((float(out[0]['reward']), float(out[0]['extra_logs']['error'])), (0.0, 1.0), 'openrlhf: a damaged label')
    # the same by HTTP
    process = subprocess.Popen([QUARRY, 'serve', '--listen', '127.0.0.1:0'], stderr=subprocess.PIPE, text=True)
    try:
        found = re.search(r'http://[\d.]+:\d+', process.stderr.readline())
        if ask(found is not None, 'quarry serve did not start'):
            out = play(SingleTurnAgentExecutor([found.group(0) + '/get_reward'] * 2), tokenizer, some)
            same([float(o['reward'][0]) for o in out], want, 'openrlhf: remote_url')
    finally:
        process.terminate()
        process.communicate()
    done()


if __name__ == '__main__':
    sys.exit(main())
