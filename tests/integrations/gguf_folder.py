#!/usr/bin/env python3
"""gguf_folder.py FILE.gguf DIR - a llama with a byte-level tokenizer, from one quantised file to a folder as transformers has it.

Weights are what their blocks stand for, as F16 or, with a third argument, another type of numpy's. Needs the package gguf.
"""
import json
import os
import sys

import gguf
import numpy

TYPES = {'float32': 'F32', 'float16': 'F16'}
BLOCK = {'attn_norm': 'input_layernorm', 'ffn_norm': 'post_attention_layernorm', 'attn_q': 'self_attn.q_proj', 'attn_k': 'self_attn.k_proj',
         'attn_v': 'self_attn.v_proj', 'attn_output': 'self_attn.o_proj', 'ffn_gate': 'mlp.gate_proj', 'ffn_up': 'mlp.up_proj', 'ffn_down': 'mlp.down_proj'}
TOP = {'token_embd': 'model.embed_tokens', 'output_norm': 'model.norm', 'output': 'lm_head'}
CONTROL = 3


def name_of(tensor):
    """blk.7.attn_q.weight -> model.layers.7.self_attn.q_proj.weight"""
    part = tensor.split('.')
    return '%s.weight' % (TOP[part[0]] if part[0] != 'blk' else 'model.layers.%s.%s' % (part[1], BLOCK[part[2]]))


def pairs_apart(w, heads):
    """llama.cpp turns neighbours, so its files have the rows of each head in another order than transformers'."""
    return w.reshape(heads, w.shape[0] // heads // 2, 2, w.shape[1]).swapaxes(1, 2).reshape(w.shape)


def weights(reader, heads, kv_heads, dtype):
    for t in reader.tensors:
        w = gguf.dequantize(t.data, t.tensor_type).astype(numpy.float32)
        if t.name.endswith('attn_q.weight') or t.name.endswith('attn_k.weight'):
            w = pairs_apart(w, heads if 'attn_q' in t.name else kv_heads)
        yield name_of(t.name), numpy.ascontiguousarray(w, dtype=dtype)


def write_safetensors(path, tensors, dtype):
    head, at = {'__metadata__': {'format': 'pt'}}, 0
    for name, w in tensors.items():
        head[name] = {'dtype': TYPES[dtype], 'shape': list(w.shape), 'data_offsets': [at, at + w.nbytes]}
        at += w.nbytes
    text = json.dumps(head).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as f:
        f.write(len(text).to_bytes(8, 'little') + text)
        for w in tensors.values():
            f.write(w.tobytes())


def tokenizer(field):
    tokens, kinds = field('tokenizer.ggml.tokens'), field('tokenizer.ggml.token_type')
    byte_level = {'type': 'ByteLevel', 'add_prefix_space': False, 'trim_offsets': True, 'use_regex': True}
    added = [{'id': i, 'content': t, 'single_word': False, 'lstrip': False, 'rstrip': False, 'normalized': False, 'special': True}
             for i, t in enumerate(tokens) if kinds[i] == CONTROL]
    return {
        'version': '1.0', 'truncation': None, 'padding': None, 'added_tokens': added, 'normalizer': None,
        'pre_tokenizer': {'type': 'Sequence', 'pretokenizers': [{'type': 'Digits', 'individual_digits': True}, byte_level]},
        'post_processor': None, 'decoder': byte_level,
        'model': {'type': 'BPE', 'dropout': None, 'unk_token': None, 'continuing_subword_prefix': None, 'end_of_word_suffix': None, 'fuse_unk': False,
                  'byte_fallback': False, 'ignore_merges': False, 'vocab': {t: i for i, t in enumerate(tokens)},
                  'merges': [m.split(' ', 1) for m in field('tokenizer.ggml.merges')]}}


def convert(path, out, dtype='float16'):
    reader = gguf.GGUFReader(path)
    field = lambda name: reader.fields[name].contents()
    arch = field('general.architecture')
    if arch != 'llama' or field('tokenizer.ggml.pre') != 'smollm':
        raise SystemExit('%s: neither a llama nor SmolLM\'s tokenizer' % path)
    of = lambda name: field('llama.' + name)
    heads, kv_heads = of('attention.head_count'), of('attention.head_count_kv')
    tensors = dict(weights(reader, heads, kv_heads, dtype))
    eos, dim = field('tokenizer.ggml.eos_token_id'), of('embedding_length')
    config = {
        'architectures': ['LlamaForCausalLM'], 'model_type': 'llama', 'vocab_size': of('vocab_size'), 'hidden_size': dim, 'num_hidden_layers': of('block_count'),
        'num_attention_heads': heads, 'num_key_value_heads': kv_heads, 'head_dim': dim // heads, 'intermediate_size': of('feed_forward_length'),
        'max_position_embeddings': of('context_length'), 'rms_norm_eps': of('attention.layer_norm_rms_epsilon'), 'rope_theta': of('rope.freq_base'),
        'hidden_act': 'silu', 'attention_bias': False, 'mlp_bias': False, 'tie_word_embeddings': 'lm_head.weight' not in tensors, 'torch_dtype': dtype,
        'bos_token_id': field('tokenizer.ggml.bos_token_id'), 'eos_token_id': eos}
    template = {'chat_template': field('tokenizer.chat_template'), 'tokenizer_class': 'PreTrainedTokenizerFast', 'clean_up_tokenization_spaces': False,
                'eos_token': field('tokenizer.ggml.tokens')[eos]}
    os.makedirs(out, exist_ok=True)
    write_safetensors(os.path.join(out, 'model.safetensors'), tensors, dtype)
    for name, content in (('config', config), ('tokenizer', tokenizer(field)), ('tokenizer_config', template), ('generation_config', {'eos_token_id': eos})):
        with open(os.path.join(out, name + '.json'), 'w', encoding='utf-8') as f:
            json.dump(content, f, ensure_ascii=False)


if __name__ == '__main__':
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    convert(*sys.argv[1:])
