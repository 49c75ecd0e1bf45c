"""A second opinion on every family: one forward pass in double precision, written from the formulas and not from any other code.

    model = Model('tests/fixtures/golden/mixtral')
    logits = model.logits([17, 4, 8])             # one list for each token
    wrong = model.logits([17, 4, 8], 'no renorm')  # with one of TRAPS sprung

Standard library only, one token after the other, lists of floats: as slow as it is plain.
"""
import array
import json
import math
import operator
import os
import struct

# Mistakes that give fluent text all the same, and which fixtures would show them.
TRAPS = {
    'adjacent pairs turn': lambda c: True,
    'the whole head turns': lambda c: c.rotary < c.head_dim,
    'no turning': lambda c: True,
    'theta as usual': lambda c: c.theta != 1e4,
    'rope not scaled': lambda c: c.rope != 'default',
    'yarn without its factor': lambda c: c.rope == 'yarn',
    'scale of dim / heads': lambda c: c.head_dim != c.dim // c.heads,
    'heads in turn': lambda c: c.kv_heads not in (1, c.heads),
    'no qk norm': lambda c: c.qk_norm,
    'qk norm after turning': lambda c: c.qk_norm,
    'qk norm by head': lambda c: c.qk_norm == 'whole',
    'no clipping': lambda c: c.clip,
    'clipping before the norm': lambda c: c.clip and c.qk_norm,
    'values not clipped': lambda c: c.clip,
    'no biases': lambda c: c.bias,
    'no bias of the output': lambda c: c.o_bias,
    'renorm turned': lambda c: c.experts and c.family != 'minimax_m2',
    'no renorm': lambda c: c.sigmoid,
    'softmax of scores': lambda c: c.sigmoid,
    'sigmoid of scores': lambda c: c.experts and not c.sigmoid,
    'choice without bias': lambda c: c.sigmoid,
    'bias in the weights': lambda c: c.sigmoid,
    'weights before the experts': lambda c: c.experts,
    'gate and up exchanged': lambda c: True,
    'one expert less': lambda c: c.experts,
    'no shared expert': lambda c: c.shared,
    'shared expert without its gate': lambda c: c.shared,
    'the stream before the norm stays': lambda c: c.postnorm,
    'the stream after the norm stays': lambda c: not c.postnorm,
    'no alpha': lambda c: c.factors,
    'no beta': lambda c: c.factors,
    'factors exchanged': lambda c: c.factors,
    'eps': lambda c: c.eps >= 1e-3,
    'one plus the norm': lambda c: True,
    'tied turned': lambda c: c.has_head,
    'lightning turns': lambda c: c.lightning,
    'lightning without silu': lambda c: c.lightning,
    'lightning in three blocks': lambda c: c.lightning,
    'lightning keys by groups': lambda c: c.lightning and c.kv_heads < c.heads,
    'slope of the next head': lambda c: any(c.mixers[:-1]),
    'slope of the first layer': lambda c: c.lightning and any(l and k for l, k in enumerate(c.mixers)),
    'slope by lightning layers': lambda c: any(k and sum(c.mixers[:l]) != l for l, k in enumerate(c.mixers)),
    'no decay': lambda c: any(c.mixers[:-1]),  # there is next to none in the last layer
    'the new decays too': lambda c: any(c.mixers[:-1]),
    'the new is not seen': lambda c: c.lightning,
    'no output gate': lambda c: c.lightning,
    'output gate before the norm': lambda c: c.lightning,
    'lightning norm by head': lambda c: c.lightning,
    'lightning norm of the usual eps': lambda c: c.lightning and c.eps >= 1e-2,
    'scales divide': lambda c: c.fp8,
    'no scales': lambda c: c.fp8,
    'scales by columns': lambda c: c.fp8,
}


# ---- files

def f8(byte):
    exponent, mantissa = byte >> 3 & 15, byte & 7
    size = math.nan if byte & 127 == 127 else mantissa * 2.0 ** -9 if exponent == 0 else (1 + mantissa / 8) * 2.0 ** (exponent - 7)
    return -size if byte & 128 else size


def numbers(dtype, data):
    if dtype in ('F32', 'I32'):
        return list(array.array('f' if dtype == 'F32' else 'i', data))
    if dtype == 'BF16':
        return list(array.array('f', array.array('I', [h << 16 for h in array.array('H', data)]).tobytes()))
    if dtype == 'F16':
        return list(struct.unpack('<%de' % (len(data) // 2), data))
    return [f8(b) for b in data]


def read_safetensors(path):
    """name -> (dtype, shape, flat list)."""
    with open(path, 'rb') as f:
        raw = f.read()
    size = int.from_bytes(raw[:8], 'little')
    head = json.loads(raw[8:8 + size])
    return {name: (t['dtype'], t['shape'], numbers(t['dtype'], raw[8 + size + t['data_offsets'][0]:8 + size + t['data_offsets'][1]]))
            for name, t in head.items() if name != '__metadata__'}


def rows(flat, width):
    return [flat[i:i + width] for i in range(0, len(flat), width)]


# ---- configuration

class Config:
    def __init__(self, c):
        self.family = f = c['model_type']
        get = lambda *names, missing=None: next((c[n] for n in names if c.get(n) is not None), missing)
        self.dim, self.layers, self.heads = c['hidden_size'], c['num_hidden_layers'], c['num_attention_heads']
        self.kv_heads = get('num_key_value_heads', missing=self.heads)
        self.head_dim = get('head_dim', missing=self.dim // self.heads)
        self.eps = c['rms_norm_eps']
        rope = get('rope_parameters', 'rope_scaling', missing={})
        self.rope_more = rope
        self.rope = rope.get('rope_type', rope.get('type', 'default'))
        self.theta = rope.get('rope_theta', c.get('rope_theta'))
        self.rotary = get('rotary_dim', missing=int(self.head_dim * rope.get('partial_rotary_factor', get('partial_rotary_factor', missing=1))))
        self.positions = c['max_position_embeddings']
        self.qk_norm = {'qwen3': 'head', 'qwen3_moe': 'head', 'olmoe': 'whole', 'minimax_m2': 'whole'}.get(f)
        self.clip = c.get('clip_qkv') if f == 'olmoe' else None
        self.o_bias = bool(c.get('attention_bias')) and f in ('llama', 'qwen3', 'qwen3_moe', 'olmoe')
        self.bias = f == 'qwen2' or self.o_bias or (f == 'qwen2_moe' and c.get('qkv_bias', True))
        hybrid = f in ('minimax', 'minimax_text_01', 'minimax_m1')
        kinds = get('layer_types', 'attn_type_list', 'decoder_attention_types') if hybrid else [1] * self.layers
        self.mixers = [k in (0, 'linear_attention') for k in kinds]
        self.lightning = any(self.mixers)
        self.postnorm = f == 'minimax' or (hybrid and bool(c.get('postnorm')))
        pick = lambda ours, theirs: get(ours, theirs, missing=1) if hybrid else 1
        self.alpha = [pick('full_attn_alpha_factor', 'layernorm_full_attention_alpha'), pick('linear_attn_alpha_factor', 'layernorm_linear_attention_alpha')]
        self.beta = [pick('full_attn_beta_factor', 'layernorm_full_attention_beta'), pick('linear_attn_beta_factor', 'layernorm_linear_attention_beta')]
        self.mlp_alpha, self.mlp_beta = pick('mlp_alpha_factor', 'layernorm_mlp_alpha'), pick('mlp_beta_factor', 'layernorm_mlp_beta')
        self.factors = hybrid and self.alpha[0] != self.alpha[1]
        self.experts = get('num_experts', 'num_local_experts', missing=0)
        self.top_k = c.get('num_experts_per_tok', 0)
        self.sigmoid = f == 'minimax_m2'
        self.renorm = f in ('mixtral', 'minimax_m2') or hybrid or bool(c.get('norm_topk_prob'))
        self.shared = f == 'qwen2_moe'
        sparse = f in ('qwen2_moe', 'qwen3_moe')
        step, dense = (c.get('decoder_sparse_step', 1), c.get('mlp_only_layers') or []) if sparse else (1, [])
        self.moe = [bool(self.experts) and l not in dense and (l + 1) % step == 0 for l in range(self.layers)]
        self.fp8 = c.get('quantization_config', {}).get('weight_block_size') if c.get('quantization_config') else None

    def turns(self, trap):
        """Radians per position of each pair, and what cosines and sines are multiplied by."""
        width = self.head_dim if trap == 'the whole head turns' else self.rotary
        theta = 1e4 if trap == 'theta as usual' else self.theta
        plain = [theta ** (-2 * i / width) for i in range(width // 2)]
        more, kind = self.rope_more, 'default' if trap == 'rope not scaled' else self.rope
        if kind == 'default':
            return plain, 1.0
        if kind == 'linear':
            return [f / more['factor'] for f in plain], 1.0
        original = more['original_max_position_embeddings']
        if kind == 'llama3':
            low, high, out = more['low_freq_factor'], more['high_freq_factor'], []
            for f in plain:
                smooth = min(max((original * f / (2 * math.pi) - low) / (high - low), 0), 1)
                out.append((1 - smooth) * f / more['factor'] + smooth * f)
            return out, 1.0
        place = lambda n: width * math.log(original / (2 * math.pi * n)) / (2 * math.log(theta))
        low, high = place(more.get('beta_fast') or 32), place(more.get('beta_slow') or 1)
        if more.get('truncate', True):
            low, high = math.floor(low), math.ceil(high)
        low, high = max(low, 0), min(high, width - 1)
        ramp = [min(max((i - low) / (high - low or 0.001), 0), 1) for i in range(width // 2)]
        scale = more.get('attention_factor') or 0.1 * math.log(more['factor']) + 1
        return [r * f / more['factor'] + (1 - r) * f for r, f in zip(ramp, plain)], 1.0 if trap == 'yarn without its factor' else scale


# ---- arithmetic

def dot(a, b):
    return sum(map(operator.mul, a, b))


def apply(matrix, x, bias=None):
    y = [dot(row, x) for row in matrix]
    return [a + b for a, b in zip(y, bias)] if bias else y


def add(a, x, b, y):
    return [a * p + b * q for p, q in zip(x, y)]


def rmsnorm(x, weight, eps, plus=0):
    scale = 1 / math.sqrt(dot(x, x) / len(x) + eps)
    return [v * scale * (w + plus) for v, w in zip(x, weight)]


def sigmoid(z):
    return 1 / (1 + math.exp(-max(z, -700)))


def softmax(z):
    e = [math.exp(v - max(z)) for v in z]
    return [v / sum(e) for v in e]


def heads_of(x, width):
    return rows(x, width)


def flat(heads):
    return [v for h in heads for v in h]


class Model:
    def __init__(self, folder):
        with open(os.path.join(folder, 'config.json')) as f:
            self.c = Config(json.load(f))
        self.t = {}
        for name in sorted(os.listdir(folder)):
            if name.endswith('.safetensors') and name != 'expected.safetensors':
                self.t.update(read_safetensors(os.path.join(folder, name)))
        self.c.has_head = 'lm_head.weight' in self.t
        self.cache = {}

    def traps(self):
        return [name for name, applies in TRAPS.items() if applies(self.c)]

    # ---- tensors

    def vector(self, name):
        return self.t[name][2] if name in self.t else None

    def matrix(self, name, trap):
        if (name, trap) not in self.cache:
            dtype, shape, values = self.t[name]
            self.cache[name, trap] = self.scaled(name, rows(values, shape[-1]), trap) if dtype == 'F8_E4M3' else rows(values, shape[-1])
        return self.cache[name, trap]

    def scaled(self, name, w, trap):
        _, shape, values = self.t[name + '_scale_inv']
        high, wide = self.c.fp8
        scale = rows(values, shape[-1])
        at = (lambda n, k: values[(k // wide * shape[0] + n // high) % len(values)]) if trap == 'scales by columns' else lambda n, k: scale[n // high][k // wide]
        how = {'scales divide': lambda v, s: v / s, 'no scales': lambda v, s: v}.get(trap, operator.mul)
        return [[how(v, at(n, k)) for k, v in enumerate(row)] for n, row in enumerate(w)]

    # ---- attention

    def turn(self, head, position, freq, factor, trap):
        if trap == 'no turning':
            return head
        half, out = len(freq), list(head)
        for i, f in enumerate(freq):
            a, b = (2 * i, 2 * i + 1) if trap == 'adjacent pairs turn' else (i, i + half)
            cos, sin = factor * math.cos(position * f), factor * math.sin(position * f)
            out[a], out[b] = head[a] * cos - head[b] * sin, head[b] * cos + head[a] * sin
        return out

    def softmax_attention(self, l, x, past, trap):
        c, base, width = self.c, 'model.layers.%d.self_attn.' % l, self.c.head_dim
        position = len(past)
        freq, factor = c.turns(trap)
        made = {}
        for which in 'qkv':
            bias = self.vector(base + which + '_proj.bias') if c.bias and trap != 'no biases' else None
            y = apply(self.matrix(base + which + '_proj.weight', trap), x, bias)
            cut = lambda y: [min(max(v, -c.clip), c.clip) for v in y]
            clips = c.clip and trap != 'no clipping' and not (which == 'v' and trap == 'values not clipped')
            if clips and trap == 'clipping before the norm':
                y = cut(y)
            weight = self.vector(base + which + '_norm.weight')
            normed = weight and trap != 'no qk norm'
            norm = lambda y: rmsnorm(y, weight, c.eps)
            if c.qk_norm == 'head' or trap == 'qk norm by head':
                repeat = weight if weight is None or len(weight) > width else weight * (len(y) // width)
                norm = lambda y: flat(rmsnorm(h, w, c.eps) for h, w in zip(heads_of(y, width), heads_of(repeat, width)))
            turn = lambda y: y if which == 'v' else flat(self.turn(h, position, freq, factor, trap) for h in heads_of(y, width))
            if trap == 'qk norm after turning':
                y = turn(cut(y) if clips else y)
                y = norm(y) if normed else y
            else:
                y = norm(y) if normed else y
                y = turn(cut(y) if clips and trap != 'clipping before the norm' else y)
            made[which] = heads_of(y, width)
        past.append((made['k'], made['v']))
        scale = (c.dim // c.heads if trap == 'scale of dim / heads' else width) ** -0.5
        out = []
        for h, q in enumerate(made['q']):
            kv = h % c.kv_heads if trap == 'heads in turn' else h // (c.heads // c.kv_heads)
            p = softmax([dot(q, k[kv]) * scale for k, _ in past])
            out += [dot(p, column) for column in zip(*(v[kv] for _, v in past))]
        o_bias = self.vector(base + 'o_proj.bias') if c.o_bias and trap not in ('no biases', 'no bias of the output') else None
        return apply(self.matrix(base + 'o_proj.weight', trap), out, o_bias)

    def slope(self, l, h, trap):
        c = self.c
        l = 0 if trap == 'slope of the first layer' else sum(c.mixers[:l]) if trap == 'slope by lightning layers' else l
        h += trap == 'slope of the next head'
        return 0 if trap == 'no decay' else 2 ** (-8 * (h + 1) / c.heads) * (1 - l / (c.layers - 1 + 1e-5) + 1e-5)

    def lightning(self, l, x, past, trap):
        """No state is kept, which is what others do: the output is the sum over all the past."""
        c, base, width = self.c, 'model.layers.%d.self_attn.' % l, self.c.head_dim
        y = apply(self.matrix(base + 'qkv_proj.weight', trap), x)
        if trap != 'lightning without silu':
            y = [v * sigmoid(v) for v in y]
        y = heads_of(y, width)
        order = [y[i * c.heads:(i + 1) * c.heads] for i in range(3)] if trap == 'lightning in three blocks' else [y[i::3] for i in range(3)]
        q, k, v = order
        position = len(past)
        if trap == 'lightning turns':
            freq, factor = c.turns(None)
            q, k = [[self.turn(h, position, freq, factor, None) for h in z] for z in (q, k)]
        past.append((k, v))
        out = []
        for h in range(c.heads):
            o = [0.0] * width
            slope = self.slope(l, h, trap)
            for i, (k, v) in enumerate(past[:-1] if trap == 'the new is not seen' else past):
                own = h - h % (c.heads // c.kv_heads) if trap == 'lightning keys by groups' else h
                o = add(1, o, dot(q[h], k[own]) * math.exp(-slope * (position - i + (trap == 'the new decays too'))), v[h])
            out.append(o)
        eps = c.eps if trap == 'lightning norm of the usual eps' else 1e-6
        weight, gate = self.vector(base + 'norm.weight'), [sigmoid(z) for z in apply(self.matrix(base + 'output_gate.weight', trap), x)]
        if trap == 'lightning norm by head':
            y = flat(rmsnorm(o, w, eps) for o, w in zip(out, heads_of(weight, width)))
        elif trap == 'output gate before the norm':
            y = rmsnorm([a * b for a, b in zip(flat(out), gate)], weight, eps)
        else:
            y = rmsnorm(flat(out), weight, eps)
        if trap not in ('no output gate', 'output gate before the norm'):
            y = [a * b for a, b in zip(y, gate)]
        return apply(self.matrix(base + 'out_proj.weight', trap), y)

    # ---- MLPs

    def swiglu(self, gate, up, down, x, trap):
        if trap == 'gate and up exchanged':
            gate, up = up, gate
        return apply(down, [g * sigmoid(g) * u for g, u in zip(apply(gate, x), apply(up, x))])

    def named(self, base, names, x, trap):
        return self.swiglu(*(self.matrix('%s.%s.weight' % (base, n), trap) for n in names), x, trap)

    def expert(self, l, e, x, trap):
        block = 'model.layers.%d.%%s.experts' % l
        if (block % 'mlp') + '.gate_up_proj' in self.t:
            gate_up, down = (self.matrix((block % 'mlp') + '.' + n, trap) for n in ('gate_up_proj', 'down_proj'))
            each, inner = len(gate_up) // self.c.experts, len(gate_up) // self.c.experts // 2
            at = e * each
            return self.swiglu(gate_up[at:at + inner], gate_up[at + inner:at + each], down[e * self.c.dim:(e + 1) * self.c.dim], x, trap)
        if (block % 'block_sparse_moe') + '.0.w1.weight' in self.t:
            return self.named((block % 'block_sparse_moe') + '.%d' % e, ('w1', 'w3', 'w2'), x, trap)
        return self.named((block % 'mlp') + '.%d' % e, ('gate_proj', 'up_proj', 'down_proj'), x, trap)

    def choose(self, l, x, trap):
        """(expert, weight) of those chosen."""
        c = self.c
        block = next(b for b in ('mlp', 'block_sparse_moe') if 'model.layers.%d.%s.gate.weight' % (l, b) in self.t)
        base = 'model.layers.%d.%s.' % (l, block)
        z = apply(self.matrix(base + 'gate.weight', trap), x)
        by_sigmoid = trap == 'sigmoid of scores' or (c.sigmoid and trap != 'softmax of scores')
        score = [sigmoid(v) for v in z] if by_sigmoid else softmax(z)
        bias = self.vector(base + 'e_score_correction_bias') or [0] * c.experts
        rank = score if trap == 'choice without bias' else add(1, score, 1, bias)
        best = sorted(range(c.experts), key=lambda e: (-rank[e], e))[:c.top_k - (trap == 'one expert less')]
        weight = [rank[e] if trap == 'bias in the weights' else score[e] for e in best]
        if (c.renorm and trap != 'no renorm') != (trap == 'renorm turned'):
            weight = [w / sum(weight) for w in weight]
        return list(zip(best, weight))

    def mlp(self, l, x, trap):
        base, usual = 'model.layers.%d.mlp' % l, ('gate_proj', 'up_proj', 'down_proj')
        if not self.c.moe[l]:
            return self.named(base, usual, x, trap)
        out = [0.0] * self.c.dim
        for e, w in self.choose(l, x, trap):
            if trap == 'weights before the experts':
                out = add(1, out, 1, self.expert(l, e, [w * v for v in x], trap))
            else:
                out = add(1, out, w, self.expert(l, e, x, trap))
        if self.c.shared and trap != 'no shared expert':
            gate = sigmoid(dot(self.matrix(base + '.shared_expert_gate.weight', trap)[0], x))
            out = add(1, out, 1 if trap == 'shared expert without its gate' else gate, self.named(base + '.shared_expert', usual, x, trap))
        return out

    # ---- all

    def logits(self, tokens, trap=None):
        c, past, out = self.c, [[] for _ in range(self.c.layers)], []
        eps = c.eps * 30 if trap == 'eps' else c.eps
        norm = lambda x, name: rmsnorm(x, self.vector(name), eps, trap == 'one plus the norm')
        post = c.postnorm != (trap in ('the stream before the norm stays', 'the stream after the norm stays'))
        embed = self.matrix('model.embed_tokens.weight', trap)
        head = embed if not c.has_head or trap == 'tied turned' else self.matrix('lm_head.weight', trap)
        for token in tokens:
            h = embed[token]
            for l in range(c.layers):
                kind = c.mixers[l] != (trap == 'factors exchanged')
                alpha, beta = 1 if trap == 'no alpha' else c.alpha[kind], 1 if trap == 'no beta' else c.beta[kind]
                x = norm(h, 'model.layers.%d.input_layernorm.weight' % l)
                said = (self.lightning if c.mixers[l] else self.softmax_attention)(l, x, past[l], trap)
                h = add(alpha, x if post else h, beta, said)
                x = norm(h, 'model.layers.%d.post_attention_layernorm.weight' % l)
                h = add(1 if trap == 'no alpha' else c.mlp_alpha, x if post else h, 1 if trap == 'no beta' else c.mlp_beta, self.mlp(l, x, trap))
            out.append(apply(head, norm(h, 'model.norm.weight')))
        return out
