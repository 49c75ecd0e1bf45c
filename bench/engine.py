#!/usr/bin/env python3
"""The engine beside llama.cpp on the same weights, in one run: engine.py BUILD [--peer LLAMA_BATCHED_BENCH] [options]

BUILD is our build directory. Each shape (C1, C2: bench/bench_job.c) is written once as a Hugging Face folder with random BF16 weights, and for the
peer the same weights as a GGUF file, for which Python needs the package gguf. Without --peer only our own side runs.

Rounds alternate, ours and theirs; what is compared is the best of each, and the medians are printed too. Theirs is llama-batched-bench with the same
number of threads, prompt, length and sequences at once; every configuration below is tried first and the one that decodes fastest is taken. It draws no
tokens: it feeds random ones. "decode" is steps of the engine alone on both sides. "job" is, on our side, everything from text to text, drawing
included; on theirs the time of prefilling each prompt once and of decoding all batches, drawing not included, the waiting between them neither.
In their decode all sequences share one prompt, in ours each 16 do.

On a machine that others use too the clock says little, and an engine whose threads wait for each other by spinning looks slower than it is: --cpu takes time
of processors instead, on one thread (theirs is the difference of a long run and a short one, of a whole process each).
"""
import argparse
import json
import os
import resource
import statistics
import struct
import subprocess
import sys
import tempfile

SHAPES = {  # as in bench_job.c: batch, prompts, samples of each, tokens of a prompt and of a sample
    'C1': (64, 8, 16, 64, 192),
    'C2': (32, 2, 16, 32, 64),
}
PEER_WAYS = [[*attention, *pool, *waits] for attention in (['-fa', 'on'], ['-fa', 'off']) for pool in (['-kvu'], ['-no-kvu'])
             for waits in ([], ['--poll', '0'])]


def tensors(path):
    """name -> (shape, the uint16 that its BF16 are), of a safetensors file."""
    import numpy
    with open(path, 'rb') as f:
        head = json.loads(f.read(struct.unpack('<Q', f.read(8))[0]))
        start = f.tell()
    data = numpy.memmap(path, dtype=numpy.uint8, mode='r', offset=start)
    return {name: (t['shape'], data[t['data_offsets'][0]:t['data_offsets'][1]].view(numpy.uint16)) for name, t in head.items()}


def gguf_write(folder, path):
    import gguf
    import numpy

    with open(folder + '/config.json') as f:
        c = json.load(f)
    of = tensors(folder + '/model.safetensors')
    w = gguf.GGUFWriter(path, 'olmoe')
    w.add_block_count(c['num_hidden_layers'])
    w.add_context_length(c['max_position_embeddings'])
    w.add_embedding_length(c['hidden_size'])
    w.add_feed_forward_length(c['intermediate_size'])
    w.add_head_count(c['num_attention_heads'])
    w.add_head_count_kv(c['num_key_value_heads'])
    w.add_expert_count(c['num_experts'])
    w.add_expert_used_count(c['num_experts_per_tok'])
    w.add_layer_norm_rms_eps(c['rms_norm_eps'])
    w.add_rope_freq_base(c['rope_theta'])
    w.add_vocab_size(c['vocab_size'])
    w.add_file_type(gguf.LlamaFileType.MOSTLY_BF16)
    w.add_tokenizer_model('no_vocab')

    def bf16(name, *parts):
        shape = list(of[parts[0]][0])
        data = of[parts[0]][1] if len(parts) == 1 else numpy.concatenate([of[p][1] for p in parts])
        shape = ([len(parts)] if len(parts) > 1 else []) + shape
        w.add_tensor(name, data.view(numpy.uint8).reshape(shape[:-1] + [2 * shape[-1]]), raw_dtype=gguf.GGMLQuantizationType.BF16)

    def fp32(name, part):
        w.add_tensor(name, (of[part][1].astype(numpy.uint32) << 16).view(numpy.float32).reshape(of[part][0]))

    bf16('token_embd.weight', 'model.embed_tokens.weight')
    bf16('output.weight', 'lm_head.weight')
    fp32('output_norm.weight', 'model.norm.weight')
    for i in range(c['num_hidden_layers']):
        ours, theirs = 'model.layers.%d.' % i, 'blk.%d.' % i
        for x in 'qkv':
            bf16(theirs + 'attn_%s.weight' % x, ours + 'self_attn.%s_proj.weight' % x)
        bf16(theirs + 'attn_output.weight', ours + 'self_attn.o_proj.weight')
        for x in 'qk':
            fp32(theirs + 'attn_%s_norm.weight' % x, ours + 'self_attn.%s_norm.weight' % x)
        fp32(theirs + 'attn_norm.weight', ours + 'input_layernorm.weight')
        fp32(theirs + 'ffn_norm.weight', ours + 'post_attention_layernorm.weight')
        fp32(theirs + 'ffn_gate_inp.weight', ours + 'mlp.gate.weight')
        for x in ('gate', 'up', 'down'):
            bf16(theirs + 'ffn_%s_exps.weight' % x, *(ours + 'mlp.experts.%d.%s_proj.weight' % (e, x) for e in range(c['num_experts'])))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def ours(build, shape, folder, threads, cpu):
    got = subprocess.run([build + '/bench/bench_job', 'run', shape, folder, str(threads)], stdout=subprocess.PIPE, check=True,
                         env=dict(os.environ, **({'BENCH_CPU': '1'} if cpu else {})))
    return json.loads(got.stdout)


def spent():
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return use.ru_utime + use.ru_stime


def theirs(peer, shape, path, threads, way, cpu):
    batch, prompts, n, prompt, gen = SHAPES[shape]
    if not cpu:
        return theirs_run(peer, shape, path, threads, way, gen)
    times = []
    for tokens in (2, gen):
        before = spent()
        r = theirs_run(peer, shape, path, threads, way, tokens)
        times.append(spent() - before)
    each = (times[1] - times[0]) / (gen - 2)
    return {'decode': batch / each, 'prefill': r['prefill'],
            'job': prompts * n * gen / (prompts * prompt / r['prefill'] + prompts * n / batch * gen * each)}


def theirs_run(peer, shape, path, threads, way, gen):
    batch, prompts, n, prompt, _ = SHAPES[shape]
    got = subprocess.run([peer, '-m', path, '-c', str(batch * (prompt + gen)), '-b', '2048', '-ub', '512', '-t', str(threads), '-tb', str(threads),
                          '-npp', str(prompt), '-ntg', str(gen), '-npl', str(batch), '-pps', '--output-format', 'jsonl', *way],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in (got.stdout + got.stderr).splitlines():
        if line.startswith('{') and 'speed_tg' in line:
            r = json.loads(line)
            return {'decode': r['speed_tg'], 'prefill': r['speed_pp'],
                    'job': prompts * n * gen / (prompts * r['t_pp'] + prompts * n / batch * r['t_tg'])}
    raise SystemExit('the peer failed: %s' % (got.stderr.strip().splitlines() or ['no output'])[-1])


def version(peer):
    got = subprocess.run([peer, '--version'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    return ' '.join(line for line in got.splitlines() if line.startswith(('version', 'built')))


def compare(a, shape, folder):
    path = folder + '.gguf'
    subprocess.run([a.build + '/bench/bench_job', 'write', shape, folder], check=True)
    way, mine, their = None, [], []
    if a.peer:
        gguf_write(folder, path)
        tried = []
        for w in PEER_WAYS:
            tried.append((theirs(a.peer, shape, path, a.threads, w, a.cpu)['decode'], w))
            print('  peer %-28s decodes %6.0f tok/s' % (' '.join(w), tried[-1][0]), flush=True)
        way = max(tried)[1]
    for i in range(a.rounds):
        mine.append(ours(a.build, shape, folder, a.threads, a.cpu))
        m = mine[-1]
        line = ('  round %d: %s decode %6.0f tok/s, job %6.0f; prefill %6.0f; step %.2f ms, p95 %.2f; reads %.1f GB/s, %.0f GFLOP/s; roofline %.0f (memory), %.0f '
                '(arithmetic); peak %d MB; ids %s; load %s' % (
                    i + 1, m['isa'], m['decode_tok_s'], m['job_tok_s'], m['prefill_tok_s'], m['step_ms'], m['step_p95_ms'], m['read_gb_s'], m['gflop_s'],
                    m['memory_roofline_tok_s'], m['arithmetic_roofline_tok_s'], m['peak_mb'], m['ids'], m['loadavg']))
        if a.peer:
            their.append(theirs(a.peer, shape, path, a.threads, way, a.cpu))
            line += '; peer decode %.0f, job %.0f, prefill %.0f' % (their[-1]['decode'], their[-1]['job'], their[-1]['prefill'])
        print(line, flush=True)
    assert len({m['ids'] for m in mine}) == 1, 'the same job drew other tokens'
    roof = min(m['memory_roofline_tok_s'] for m in mine if m['read_gb_s'] == max(m['read_gb_s'] for m in mine))
    both = min(roof, max(m['arithmetic_roofline_tok_s'] for m in mine))
    best = {k: max(m[k + '_tok_s'] for m in mine) for k in ('decode', 'job')}
    print('%s, %d threads%s: decode %.0f tok/s, %.0f %% of the memory roofline %.0f, %.0f %% of the lower one of both %.0f; job %.0f tok/s' % (
        shape, a.threads, ', by processor time' if a.cpu else '', best['decode'], 100 * best['decode'] / roof, roof, 100 * best['decode'] / both, both, best['job']))
    for k in ('decode', 'job'):
        if their:
            mid = statistics.median(m[k + '_tok_s'] for m in mine) / statistics.median(t[k] for t in their)
            most = max(t[k] for t in their)
            print('%s, %s: ours %.0f tok/s, theirs (%s) %.0f: %.2f times; by medians %.2f' % (shape, k, best[k], ' '.join(way), most, best[k] / most, mid))


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument('build')
    p.add_argument('--peer', help='llama-batched-bench; without it only ours runs')
    p.add_argument('--shapes', default='C1,C2')
    p.add_argument('--rounds', type=int, default=5)
    p.add_argument('--threads', type=int, default=len(os.sched_getaffinity(0)))
    p.add_argument('--cpu', action='store_true', help='time of processors, on one thread: for a busy machine')
    p.add_argument('--dir', help='where models are written, to be kept; else in a temporary folder')
    a = p.parse_args()
    a.threads = 1 if a.cpu else a.threads
    with open('/proc/cpuinfo') as f:
        print('%s, %d threads' % (next((x.split(':')[1].strip() for x in f if x.startswith('model name')), '?'), a.threads))
    if a.peer:
        try:
            import gguf
            print('peer: %s; gguf %s' % (version(a.peer), getattr(gguf, '__version__', '')))
        except ImportError:
            print('peer: skipped, this Python has no gguf')
            a.peer = None
    else:
        print('peer: skipped, no --peer')
    with tempfile.TemporaryDirectory() as made:
        for shape in a.shapes.split(','):
            compare(a, shape, os.path.join(a.dir or made, shape))


if __name__ == '__main__':
    sys.exit(main())
