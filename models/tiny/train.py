#!/usr/bin/env python3
"""Train quarry's embedded default model: a small qwen3_moe on worked solutions of quarry's own puzzles.

    python models/tiny/train.py --quarry build/quarry --work build-tiny          # corpus, tokenizer, training, export
    python models/tiny/train.py --quarry build/quarry --work build-tiny          # again after a stop: goes on

Needs torch, tokenizers and safetensors; runs on a CPU (90 minutes on one core with AVX512-BF16) or on a GPU. Every step is kept in
--work and skipped when it is there. The corpus holds only puzzles whose canonical hash lies below SPLIT; the pass rates
in README.md are measured on the other part.
"""
import argparse
import hashlib
import json
import math
import os
import random
import subprocess
import time

import torch
import torch.nn.functional as F

TASKS = ["boolean_expressions", "dyck_language", "game_of_24", "multistep_arithmetic", "object_counting", "sudoku",
         "web_of_lies", "word_sorting"]
SPLIT = 0.5       # the canonical hashes below this part of the range train, the others are held out
# How many puzzles of each level a task gets, per thousand: the easy ones first, since they teach the steps.
LEVELS = {0: 250, 1: 230, 2: 200, 3: 180, 4: 140}
FORMATS = {"tags": 80, "boxed": 5, "json": 5, "fence": 5, "line": 5}   # percent
VOCAB = 2048
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>"]
# Answer tags and arrows whole; else words, single digits, single marks; nothing joins over a line's end.
PATTERN = r"</?answer>| ?->|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]|\s*[\r\n]+|\s+(?!\S)|\s+"
MAX_LEN = 512     # tokens of a training example; longer ones are left out

CONFIG = {
    "architectures": ["Qwen3MoeForCausalLM"],
    "model_type": "qwen3_moe",
    "vocab_size": VOCAB,
    "hidden_size": 192,
    "num_hidden_layers": 6,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "num_experts": 8,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 256,
    "intermediate_size": 512,
    "decoder_sparse_step": 1,
    "mlp_only_layers": [],
    "norm_topk_prob": True,
    "hidden_act": "silu",
    "rms_norm_eps": 1e-6,
    "rope_theta": 10000.0,
    "max_position_embeddings": 1024,
    "attention_bias": False,
    "tie_word_embeddings": True,
    "router_aux_loss_coef": 0.01,
    "torch_dtype": "bfloat16",
    "bos_token_id": None,
    "eos_token_id": 2,
    "pad_token_id": 0,
    "use_cache": True,
}


# ---------------------------------------------------------------- corpus and tokenizer

def make_corpus(quarry, path, per_task, seed):
    """Rows (task, level, prompt, worked), in an order drawn from the seed."""
    if os.path.exists(path):
        return
    rows = []
    for t, task in enumerate(TASKS):
        for level, share in LEVELS.items():
            for f, (fmt, percent) in enumerate(FORMATS.items()):
                n = per_task * share * percent // 100000
                cmd = [quarry, "generate", task, "--count", str(n), "--difficulty", str(level), "--worked", "--format", fmt,
                       "--canon", f"0..{SPLIT}", "--seed", str(seed + 1000 * t + 10 * level + f), "--quiet"]
                out = subprocess.run(cmd, stdout=subprocess.PIPE, check=True).stdout
                for line in out.splitlines():
                    r = json.loads(line)
                    rows.append((task, level, r["prompt"][0]["content"], r["worked"]))
    random.Random(seed).shuffle(rows)
    with open(path + ".part", "w") as f:
        for r in rows:
            f.write(json.dumps(r, ensure_ascii=False) + "\n")
    os.rename(path + ".part", path)


def make_tokenizer(corpus, path):
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    if os.path.exists(path):
        return Tokenizer.from_file(path)
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tok.decoder = decoders.ByteLevel()

    def texts():
        with open(corpus) as f:
            for i, line in enumerate(f):
                if i >= 60000:
                    break
                _, _, prompt, worked = json.loads(line)
                yield prompt
                yield worked
                yield worked     # what the model writes counts twice

    tok.train_from_iterator(texts(), trainers.BpeTrainer(
        vocab_size=VOCAB, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    tok.save(path)
    return tok


def encode_corpus(corpus, tok, path):
    """[(ids, where the solution starts)], cached as a torch file."""
    if os.path.exists(path):
        return torch.load(path)
    start, end = tok.token_to_id("<|im_start|>"), tok.token_to_id("<|im_end|>")
    newline = tok.encode("\n").ids
    user = [start] + tok.encode("user\n").ids
    assistant = [end] + newline + [start] + tok.encode("assistant\n").ids
    with open(corpus) as f:
        rows = [json.loads(line) for line in f]
    prompts = tok.encode_batch([r[2] for r in rows])
    worked = tok.encode_batch([r[3] for r in rows])
    data, kinds = [], []
    for r, p, w in zip(rows, prompts, worked):
        ids = user + p.ids + assistant
        if len(ids) + len(w.ids) + 1 <= MAX_LEN:
            data.append((torch.tensor(ids + w.ids + [end], dtype=torch.int16), len(ids)))
            kinds.append((r[0], r[1]))
    torch.save((data, kinds), path)
    return data, kinds


# ---------------------------------------------------------------- the model, with Hugging Face's tensor names

class RMSNorm(torch.nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(n))

    def forward(self, x):
        return F.rms_norm(x, (x.shape[-1],), self.weight, CONFIG["rms_norm_eps"])


def rope(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


class Attention(torch.nn.Module):
    def __init__(self, c):
        super().__init__()
        d, h, kv, hd = c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"]
        self.h, self.kv, self.hd = h, kv, hd
        self.q_proj = torch.nn.Linear(d, h * hd, bias=False)
        self.k_proj = torch.nn.Linear(d, kv * hd, bias=False)
        self.v_proj = torch.nn.Linear(d, kv * hd, bias=False)
        self.o_proj = torch.nn.Linear(h * hd, d, bias=False)
        self.q_norm, self.k_norm = RMSNorm(hd), RMSNorm(hd)

    def forward(self, x, cos, sin):
        b, t, _ = x.shape
        q = self.q_norm(self.q_proj(x).view(b, t, self.h, self.hd)).transpose(1, 2)
        k = self.k_norm(self.k_proj(x).view(b, t, self.kv, self.hd)).transpose(1, 2)
        v = self.v_proj(x).view(b, t, self.kv, self.hd).transpose(1, 2)
        q, k = rope(q, cos, sin), rope(k, cos, sin)
        k = k.repeat_interleave(self.h // self.kv, 1)
        v = v.repeat_interleave(self.h // self.kv, 1)
        o = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(o.transpose(1, 2).reshape(b, t, self.h * self.hd))


class Experts(torch.nn.Module):
    def __init__(self, c):
        super().__init__()
        self.e, self.k = c["num_experts"], c["num_experts_per_tok"]
        d, i = c["hidden_size"], c["moe_intermediate_size"]
        self.gate = torch.nn.Linear(d, self.e, bias=False)
        self.gate_up = torch.nn.Parameter(torch.empty(self.e, d, 2 * i))
        self.down = torch.nn.Parameter(torch.empty(self.e, i, d))

    def forward(self, x):
        """x (T, d) -> (T, d), and the load-balancing and z losses."""
        r = self.gate(x).float()
        p = r.softmax(-1)
        w, sel = p.topk(self.k, -1)
        w = (w / w.sum(-1, keepdim=True)).to(x.dtype)
        flat = sel.reshape(-1)
        order = flat.argsort(stable=True)
        counts = torch.bincount(flat, minlength=self.e)
        xs = x.index_select(0, order // self.k)
        outs = []
        for e, part in enumerate(xs.split(counts.tolist())):
            g, u = (part @ self.gate_up[e]).chunk(2, -1)
            outs.append((F.silu(g) * u) @ self.down[e])
        y = torch.cat(outs) * w.reshape(-1)[order, None]
        out = torch.zeros_like(x).index_add_(0, order // self.k, y)
        load = counts.float() / flat.numel()
        balance = self.e * (load * p.mean(0)).sum()
        z = torch.logsumexp(r, -1).square().mean()
        return out, 0.01 * balance + 0.001 * z, load.detach()


class Block(torch.nn.Module):
    def __init__(self, c):
        super().__init__()
        self.input_layernorm = RMSNorm(c["hidden_size"])
        self.self_attn = Attention(c)
        self.post_attention_layernorm = RMSNorm(c["hidden_size"])
        self.mlp = Experts(c)

    def forward(self, h, cos, sin):
        h = h + self.self_attn(self.input_layernorm(h), cos, sin)
        b = self.post_attention_layernorm(h)
        m, aux, load = self.mlp(b.reshape(-1, b.shape[-1]))
        return h + m.view_as(h), aux, load


class Model(torch.nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embed_tokens = torch.nn.Embedding(c["vocab_size"], c["hidden_size"])
        self.layers = torch.nn.ModuleList(Block(c) for _ in range(c["num_hidden_layers"]))
        self.norm = RMSNorm(c["hidden_size"])
        self.rope = c["rope_theta"], c["head_dim"]
        for p in self.parameters():
            if p.dim() > 1:
                torch.nn.init.normal_(p, std=0.03)
        for layer in self.layers:
            scale = 0.03 / math.sqrt(2 * c["num_hidden_layers"])
            torch.nn.init.normal_(layer.self_attn.o_proj.weight, std=scale)
            torch.nn.init.normal_(layer.mlp.down, std=scale)

    def forward(self, ids):
        theta, hd = self.rope
        t = ids.shape[1]
        inv = theta ** (-torch.arange(0, hd, 2, device=ids.device).float() / hd)
        angle = torch.arange(t, device=ids.device).float()[:, None] * inv
        h = self.embed_tokens(ids)
        cos, sin = angle.cos().to(h.dtype), angle.sin().to(h.dtype)
        aux, loads = 0.0, []
        for layer in self.layers:
            h, a, load = layer(h, cos, sin)
            aux = aux + a
            loads.append(load)
        return self.norm(h), aux, torch.stack(loads)


# ---------------------------------------------------------------- training

def batches(data, budget, rng):
    """Batches of about `budget` padded tokens of like lengths, for ever."""
    while True:
        order = list(range(len(data)))
        rng.shuffle(order)
        for at in range(0, len(order), 8192):
            part = sorted(order[at:at + 8192], key=lambda i: len(data[i][0]))
            group, out = [], []
            for i in part:
                longest = len(data[i][0])
                if group and longest * (len(group) + 1) > budget:
                    out.append(group)
                    group = []
                group.append(i)
            rng.shuffle(out)
            for g in out:
                yield [data[i] for i in g]


def collate(rows, prompt_weight, device):
    n = max(len(ids) for ids, _ in rows)
    ids = torch.zeros(len(rows), n, dtype=torch.long)
    weight = torch.zeros(len(rows), n - 1)
    for i, (row, start) in enumerate(rows):
        ids[i, :len(row)] = row.long()
        weight[i, :start - 1] = prompt_weight     # prompts repeat names and words: that is where copying is learnt
        weight[i, start - 1:len(row) - 1] = 1.0
    return ids.to(device), weight.to(device)


@torch.no_grad()
def orthogonalise(g):
    """The nearest semi-orthogonal matrix of each (..., rows, columns), by five Newton-Schulz steps (Jordan et al., Muon)."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        xx = x @ x.mT
        x = a * x + (b * xx + c * xx @ xx) @ x
    return (x.mT if tall else x).float()


class Masters:
    """fp32 copies of the weights for the optimizers, while the model itself computes in its own type.

    Muon for the matrices of the layers (each expert's is one), AdamW for the embedding, the routers and the norms.
    """

    def __init__(self, model, lr, muon_lr):
        self.params = list(model.parameters())
        self.masters = [p.detach().float().clone() for p in self.params]
        for m in self.masters:
            m.grad = torch.zeros_like(m)
        hidden = [n.startswith("layers.") and p.dim() > 1 and ".gate.weight" not in n for n, p in model.named_parameters()]
        self.matrices = [m for m, h in zip(self.masters, hidden) if h]
        self.momentum = [torch.zeros_like(m) for m in self.matrices]
        rest = [m for m, h in zip(self.masters, hidden) if not h]
        self.opt = torch.optim.AdamW(rest, lr=lr, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.0)
        self.lr, self.muon_lr = lr, muon_lr
        self.push()

    @torch.no_grad()
    def push(self):
        torch._foreach_copy_(self.params, self.masters)

    @torch.no_grad()
    def step(self, scale):
        torch._foreach_copy_([m.grad for m in self.masters], [p.grad for p in self.params])
        for p in self.params:
            p.grad = None
        torch.nn.utils.clip_grad_norm_(self.masters, 1.0)
        for m, v in zip(self.matrices, self.momentum):
            v.lerp_(m.grad, 0.05)
            update = orthogonalise(m.grad.lerp(v, 0.95))      # Nesterov
            rows, columns = (m.shape[-1], m.shape[-2]) if m.dim() == 3 else (m.shape[-2], m.shape[-1])
            lr = self.muon_lr * scale
            m.mul_(1 - lr * 0.1).add_(update, alpha=-lr * max(1, rows / columns) ** 0.5)
        for g in self.opt.param_groups:
            g["lr"] = self.lr * scale
        self.opt.step()
        self.push()

    def state(self):
        return {"masters": self.masters, "momentum": self.momentum, "opt": self.opt.state_dict()}

    @torch.no_grad()
    def load(self, state):
        torch._foreach_copy_(self.masters, state["masters"])
        torch._foreach_copy_(self.momentum, state["momentum"])
        self.opt.load_state_dict(state["opt"])
        self.push()


def train(data, args, device):
    torch.manual_seed(args.seed)
    model = Model(CONFIG).to(device)
    start_weights = {n: p.detach().clone() for n, p in model.named_parameters()}
    model = model.to(torch.bfloat16 if args.bf16 else torch.float32)
    masters = Masters(model, args.lr, args.muon_lr)
    with torch.no_grad():
        for m, p in zip(masters.masters, start_weights.values()):
            m.copy_(p)
    masters.push()
    path = os.path.join(args.work, "checkpoint.pt")
    step, spent = 0, 0.0
    if os.path.exists(path):
        state = torch.load(path, weights_only=False)
        masters.load(state)
        step, spent = state["step"], state["spent"]
        print(f"going on at step {step}", flush=True)
    source = batches(data, args.batch, random.Random(args.seed))
    for _ in range(step):
        next(source)
    log = open(os.path.join(args.work, "train.log"), "a")
    t0, tokens, sums = time.time(), 0, [0.0, 0.0]
    shown, saved = t0, t0
    while step < args.steps:
        ids, weight = collate(next(source), args.prompt_weight, device)
        h, aux, loads = model(ids[:, :-1])
        keep = weight > 0
        logits = F.linear(h[keep], model.embed_tokens.weight)
        ce = F.cross_entropy(logits.float(), ids[:, 1:][keep], reduction="none")
        loss = (ce * weight[keep]).sum() / weight.sum()
        (loss + aux / CONFIG["num_hidden_layers"]).backward()
        scale = min(1.0, (step + 1) / 60) * max(0.02, 1 - step / args.steps)
        masters.step(scale)
        step += 1
        tokens += ids.numel()
        solution = weight[keep] == 1
        sums[0] += float(ce.detach()[solution].sum())
        sums[1] += int(solution.sum())
        now = time.time()
        if now - shown > 30 or step == args.steps:
            entropy = -(loads * loads.clamp_min(1e-9).log()).sum(-1).min() / math.log(CONFIG["num_experts"])
            line = (f"step {step} of {args.steps} loss {sums[0] / sums[1]:.4f} tok/s {tokens / (now - t0):.0f} "
                    f"lr x {scale:.3f} expert entropy {float(entropy):.3f} spent {spent + now - t0:.0f} s")
            print(line, flush=True)
            print(line, file=log, flush=True)
            shown, sums = now, [0.0, 0.0]
        if now - saved > args.save or step == args.steps:
            torch.save({**masters.state(), "step": step, "spent": spent + now - t0}, path + ".part")
            os.rename(path + ".part", path)
            saved = now
    model = model.float()
    with torch.no_grad():
        torch._foreach_copy_(list(model.parameters()), masters.masters)
    return model


# ---------------------------------------------------------------- export

def export(model, tokenizer, out):
    """A Hugging Face folder: bf16 safetensors shards of at most 15 MiB, with an index."""
    from safetensors.torch import save_file
    os.makedirs(out, exist_ok=True)
    tensors = {}
    for name, p in model.state_dict().items():
        p = p.detach().to("cpu", torch.bfloat16)
        if name.endswith("mlp.gate_up"):
            for e in range(p.shape[0]):
                g, u = p[e].chunk(2, -1)
                base = f"model.{name[:-len('gate_up')]}experts.{e}."
                tensors[base + "gate_proj.weight"] = g.t().contiguous()
                tensors[base + "up_proj.weight"] = u.t().contiguous()
        elif name.endswith("mlp.down"):
            for e in range(p.shape[0]):
                tensors[f"model.{name[:-len('down')]}experts.{e}.down_proj.weight"] = p[e].t().contiguous()
        else:
            tensors["model." + name] = p.contiguous()
    shards, size = [{}], 0
    for name in sorted(tensors):
        n = tensors[name].numel() * 2
        if size + n > 14 << 20:
            shards.append({})
            size = 0
        shards[-1][name] = tensors[name]
        size += n
    index = {"metadata": {"total_size": sum(t.numel() * 2 for t in tensors.values())}, "weight_map": {}}
    for i, shard in enumerate(shards):
        file = f"model-{i + 1:05d}-of-{len(shards):05d}.safetensors"
        save_file(shard, os.path.join(out, file), metadata={"format": "pt"})
        os.chmod(os.path.join(out, file), 0o644)
        index["weight_map"].update({name: file for name in shard})
    dump = lambda name, value: open(os.path.join(out, name), "w").write(json.dumps(value, indent=2) + "\n")
    dump("model.safetensors.index.json", index)
    dump("config.json", CONFIG)
    dump("generation_config.json", {"do_sample": True, "temperature": 1.0, "top_p": 1.0, "eos_token_id": [2, 0],
                                    "pad_token_id": 0})
    dump("tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": CONFIG["max_position_embeddings"],
        "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "clean_up_tokenization_spaces": False,
        "chat_template": "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}"
                         "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"})
    tokenizer.save(os.path.join(out, "tokenizer.json"))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--quarry", default="build/quarry", help="the quarry binary that makes the corpus")
    ap.add_argument("--work", default="build-tiny", help="corpus, checkpoints and log")
    ap.add_argument("--out", default=here, help="where the finished model goes")
    ap.add_argument("--per-task", type=int, default=24000, help="worked puzzles per task")
    ap.add_argument("--steps", type=int, default=3000)
    ap.add_argument("--batch", type=int, default=4096, help="tokens a step, padding included")
    ap.add_argument("--lr", type=float, default=3e-3, help="of AdamW: embedding, routers, norms")
    ap.add_argument("--prompt-weight", type=float, default=0.3, help="weight of the prompt's tokens in the loss")
    ap.add_argument("--muon-lr", type=float, default=0.02, help="of Muon: the matrices of the layers")
    ap.add_argument("--seed", type=int, default=20260101)
    ap.add_argument("--save", type=int, default=300, help="seconds between checkpoints")
    ap.add_argument("--bf16", action="store_true", help="matrix products in bf16 (CPUs with AVX512-BF16, GPUs)")
    ap.add_argument("--threads", type=int, default=os.cpu_count())
    ap.add_argument("--corpus-only", action="store_true")
    args = ap.parse_args()

    torch.set_num_threads(args.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    os.makedirs(args.work, exist_ok=True)
    corpus = os.path.join(args.work, "corpus.jsonl")
    make_corpus(args.quarry, corpus, args.per_task, args.seed)
    print("corpus sha256", hashlib.sha256(open(corpus, "rb").read()).hexdigest(), flush=True)
    tok = make_tokenizer(corpus, os.path.join(args.work, "tokenizer.json"))
    data, kinds = encode_corpus(corpus, tok, os.path.join(args.work, "corpus.pt"))
    for task in TASKS:
        mine = [d for d, k in zip(data, kinds) if k[0] == task]
        if mine:
            print(f"{task}: {len(mine)} rows, {sum(s for _, s in mine) / len(mine):.0f} tokens of prompt, "
                  f"{sum(len(i) - s for i, s in mine) / len(mine):.0f} of solution", flush=True)
    if args.corpus_only:
        return
    model = train(data, args, device)
    export(model, tok, args.out)
    total = sum(p.numel() for p in model.parameters())
    experts = sum(p.numel() for n, p in model.named_parameters() if ".gate_up" in n or ".down" in n)
    active = total - experts + experts * CONFIG["num_experts_per_tok"] // CONFIG["num_experts"]
    print(f"{total / 1e6:.2f} M parameters, {active / 1e6:.2f} M active; written to {args.out}")


if __name__ == "__main__":
    main()
