"""harness.py - what the scripts that drive build/quarry share: runs, counted checks, zstd, a model folder.

    from harness import Suite
    t = Suite(sys.argv)
    t.check(t.run('tasks').rc == 0, 'tasks runs')
    t.refused(2, 'unknown task "sudku"; did you mean "sudoku"', 'generate', 'sudku')
    t.finish()                              # prints "N passed, N failed" and exits

or, where checks are of other things than runs of quarry, Count.

Standard library only. zstd is reached through the libzstd that quarry itself needs.
"""
import ctypes
import ctypes.util
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time


class Count:
    """Checks that are counted, where there is no suite of runs.

        count = Count()
        ask, same = count.ask, count.same
        same(len(rows), 3, 'rows')              # "FAILED: rows: is 2, should be 3"
        sys.exit(count.end())                   # prints "0 passed, 1 failed"
    """

    def __init__(self):
        self.passed = self.failed = 0

    def ask(self, held, message):
        if held:
            self.passed += 1
        else:
            self.failed += 1
            print('FAILED: ' + message)
        return held

    def same(self, is_, want, what):
        return self.ask(is_ == want, '%s: is %.400r, should be %.400r' % (what, is_, want))

    def add(self, got, what):
        """The counts of a finished run that ends with "N passed, N failed"."""
        out, err = (x.decode('utf-8', 'replace') if isinstance(x, bytes) else x for x in (got.stdout, got.stderr))
        counts = re.search(r'(\d+) passed, (\d+) failed\n$', out)
        if self.ask(counts is not None and (got.returncode == 0) == (counts.group(2) == '0'), '%s: exit %d, %s' % (what, got.returncode, (out + err)[-800:])):
            self.passed += int(counts.group(1))
            self.failed += int(counts.group(2))
            if int(counts.group(2)):
                print('%s:\n%s' % (what, out[-2000:]))

    def end(self):
        """What the program ends with."""
        print('%d passed, %d failed' % (self.passed, self.failed))
        return 1 if self.failed else 0


class Result:
    def __init__(self, rc, out, err, seconds):
        self.rc, self.out, self.err, self.seconds = rc, out, err, seconds

    def lines(self):
        return self.out.decode('utf-8').splitlines()

    def rows(self):
        return [json.loads(line) for line in self.out.decode('utf-8').split('\n') if line]

    def talk(self):
        return self.err.decode('utf-8', 'replace')


class Suite:
    def __init__(self, argv, temp=None):
        self.build = os.path.abspath(argv[1] if len(argv) > 1 else 'build')
        self.quarry = os.path.join(self.build, 'quarry')
        self.source = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self.temp = tempfile.mkdtemp(prefix='quarry-test-', dir=temp)
        self.passed = 0
        self.failures = []
        self.name = os.path.basename(argv[0])
        self.started = time.time()

    def path(self, *parts):
        return os.path.join(self.temp, *parts)

    def write(self, name, data):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as f:
            f.write(data.encode('utf-8') if isinstance(data, str) else data)
        return path

    def start(self, *args, **more):
        return subprocess.Popen([self.quarry, *map(str, args)], **more)

    def run(self, *args, stdin=b'', stdout=subprocess.PIPE, timeout=120, env=None, cwd=None):
        if isinstance(stdin, str):
            stdin = stdin.encode('utf-8')
        began = time.time()
        p = self.start(*args, stdin=subprocess.PIPE, stdout=stdout, stderr=subprocess.PIPE, cwd=cwd,
                       env=dict(os.environ, **env) if env else None)
        try:
            out, err = p.communicate(stdin, timeout=timeout)
        except subprocess.TimeoutExpired:
            p.kill()
            out, err = p.communicate()
            return Result('timeout', out or b'', err, time.time() - began)
        return Result(p.returncode, out or b'', err, time.time() - began)

    def check(self, held, what, about=None):
        """One check. `about` is shown when it fails: a Result, or anything."""
        if held:
            self.passed += 1
            return True
        if isinstance(about, Result):
            about = 'exit %s; out %r; err %r' % (about.rc, about.out[:300], about.err[:600])
        self.failures.append(what)
        print('%s: failed: %s%s' % (self.name, what, '' if about is None else ' (%s)' % (about,)), flush=True)
        return False

    def refused(self, rc, pattern, *args, **more):
        """The command ends with rc and tells why in one line that holds pattern (a regular expression)."""
        r = self.run(*args, **more)
        said = r.talk().strip().split('\n')
        what = '%s gives %d and one line: %s' % (' '.join(map(str, args)), rc, pattern)
        self.check(r.rc == rc and len(said) == 1 and re.search(pattern, said[0]) is not None, what, r)
        return r

    def finish(self):
        shutil.rmtree(self.temp, ignore_errors=True)
        print('%s: %.1f s' % (self.name, time.time() - self.started))
        print('%d passed, %d failed' % (self.passed, len(self.failures)))
        sys.exit(1 if self.failures else 0)


# ---- zstd

class _Buffer(ctypes.Structure):
    _fields_ = [('data', ctypes.c_void_p), ('size', ctypes.c_size_t), ('pos', ctypes.c_size_t)]


_zstd = None


def zstd():
    global _zstd
    if _zstd is None:
        _zstd = ctypes.CDLL(ctypes.util.find_library('zstd') or 'libzstd.so.1')
        for name in ('ZSTD_createDCtx', 'ZSTD_compressBound', 'ZSTD_compress', 'ZSTD_decompressStream', 'ZSTD_freeDCtx'):
            getattr(_zstd, name).restype = ctypes.c_size_t
        _zstd.ZSTD_createDCtx.restype = ctypes.c_void_p
        _zstd.ZSTD_decompressStream.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Buffer), ctypes.POINTER(_Buffer)]
        _zstd.ZSTD_freeDCtx.argtypes = [ctypes.c_void_p]
        _zstd.ZSTD_compressBound.argtypes = [ctypes.c_size_t]
        _zstd.ZSTD_compress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]
    return _zstd


def compress(data):
    """One zstd frame."""
    z = zstd()
    cap = z.ZSTD_compressBound(len(data))
    room = ctypes.create_string_buffer(cap)
    n = z.ZSTD_compress(room, cap, data, len(data), 3)
    assert n <= cap
    return room.raw[:n]


def decompress(data):
    """All frames of a file, skippable ones too; ValueError when they are damaged or cut short."""
    z = zstd()
    d = z.ZSTD_createDCtx()
    room = ctypes.create_string_buffer(1 << 17)
    source = ctypes.create_string_buffer(data, len(data))
    src = _Buffer(ctypes.cast(source, ctypes.c_void_p), len(data), 0)
    out, rc = [], 0
    try:
        while True:
            dst = _Buffer(ctypes.cast(room, ctypes.c_void_p), len(room), 0)
            rc = z.ZSTD_decompressStream(d, ctypes.byref(dst), ctypes.byref(src))
            if rc > (1 << 63):
                raise ValueError('damaged zstd')
            out.append(ctypes.string_at(room, dst.pos))
            if src.pos == src.size and dst.pos < dst.size:
                break
    finally:
        z.ZSTD_freeDCtx(d)
    if rc != 0:
        raise ValueError('zstd cut short')
    return b''.join(out)


def seekable(text):
    """A shard of one frame, as shard.c writes it; by the zstd program, which puts size and checksum in."""
    frame = subprocess.run(['zstd', '-q', '-c', '--check', '--stream-size=%d' % len(text)], input=text, capture_output=True, check=True).stdout
    table = struct.pack('<IIIIBI', len(frame), len(text), struct.unpack('<I', frame[-4:])[0], 1, 0x80, 0x8F92EAB1)
    return frame + struct.pack('<II', 0x184D2A5E, len(table)) + table


# ---- a folder with a model of random weights, as Hugging Face lays it out

def bf16(values):
    return b''.join(struct.pack('<f', v)[2:] for v in values)


def safetensors(tensors):
    """name -> (shape, bytes of bf16)"""
    head, at = {}, 0
    for name, (shape, data) in tensors.items():
        head[name] = {'dtype': 'BF16', 'shape': shape, 'data_offsets': [at, at + len(data)]}
        at += len(data)
    text = json.dumps(head).encode()
    text += b' ' * (-len(text) % 8)
    return struct.pack('<Q', len(text)) + text + b''.join(data for _, data in tensors.values())


def random_model(folder, seed=1):
    """A qwen3_moe of two layers whose tokens are the bytes; says nonsense, but always the same."""
    r = random.Random(seed)
    hidden, heads, kv, dim, experts, inner, vocab = 32, 2, 1, 16, 4, 16, 257
    config = {'model_type': 'qwen3_moe', 'architectures': ['Qwen3MoeForCausalLM'], 'hidden_size': hidden, 'head_dim': dim,
              'num_attention_heads': heads, 'num_key_value_heads': kv, 'num_hidden_layers': 2, 'num_experts': experts,
              'num_experts_per_tok': 2, 'moe_intermediate_size': inner, 'intermediate_size': inner, 'norm_topk_prob': True,
              'decoder_sparse_step': 1, 'mlp_only_layers': [], 'rms_norm_eps': 1e-6, 'rope_theta': 10000.0,
              'max_position_embeddings': 1024, 'hidden_act': 'silu', 'tie_word_embeddings': True, 'attention_bias': False,
              'vocab_size': vocab, 'eos_token_id': 0, 'torch_dtype': 'bfloat16'}
    tensors = {}

    def put(name, *shape, scale=0.3):
        n = 1
        for s in shape:
            n *= s
        tensors[name] = (list(shape), bf16([1.0] * n if scale is None else [r.gauss(0, scale) for _ in range(n)]))

    put('model.embed_tokens.weight', vocab, hidden, scale=1.0)
    for i in range(2):
        at = 'model.layers.%d.' % i
        put(at + 'input_layernorm.weight', hidden, scale=None)
        put(at + 'post_attention_layernorm.weight', hidden, scale=None)
        put(at + 'self_attn.q_proj.weight', heads * dim, hidden)
        put(at + 'self_attn.k_proj.weight', kv * dim, hidden)
        put(at + 'self_attn.v_proj.weight', kv * dim, hidden)
        put(at + 'self_attn.o_proj.weight', hidden, heads * dim)
        put(at + 'self_attn.q_norm.weight', dim, scale=None)
        put(at + 'self_attn.k_norm.weight', dim, scale=None)
        put(at + 'mlp.gate.weight', experts, hidden)
        for e in range(experts):
            put(at + 'mlp.experts.%d.gate_proj.weight' % e, inner, hidden)
            put(at + 'mlp.experts.%d.up_proj.weight' % e, inner, hidden)
            put(at + 'mlp.experts.%d.down_proj.weight' % e, hidden, inner)
    put('model.norm.weight', hidden, scale=None)
    # byte-level BPE names printable bytes by themselves and the others by characters from U+0100 on; id 0 ends
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in plain]
    words = {chr(b if b in plain else 0x100 + others.index(b)): b + 1 for b in range(256)}
    tokenizer = {'version': '1.0',
                 'added_tokens': [{'id': 0, 'content': '<end>', 'special': True, 'normalized': False}],
                 'pre_tokenizer': {'type': 'ByteLevel', 'use_regex': False, 'add_prefix_space': False},
                 'decoder': {'type': 'ByteLevel'}, 'model': {'type': 'BPE', 'vocab': words, 'merges': []}}
    os.makedirs(folder, exist_ok=True)
    for name, data in (('config.json', config), ('tokenizer.json', tokenizer), ('generation_config.json', {'eos_token_id': 0}),
                       ('tokenizer_config.json', {'eos_token': '<end>'})):
        with open(os.path.join(folder, name), 'w') as f:
            json.dump(data, f)
    with open(os.path.join(folder, 'model.safetensors'), 'wb') as f:
        f.write(safetensors(tensors))
    return folder
