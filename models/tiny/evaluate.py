#!/usr/bin/env python3
"""Pass rates of a model on held-out puzzles, per task and level, as a Markdown table.

    python models/tiny/evaluate.py --quarry build/quarry --model tiny > table.md

Held out: the part of the canonical hashes that train.py did not train on. Standard library only.
"""
import argparse
import json
import subprocess

TASKS = ["boolean_expressions", "dyck_language", "game_of_24", "multistep_arithmetic", "object_counting", "sudoku",
         "web_of_lies", "word_sorting"]
HELD_OUT = "0.5..1"


def cell(args, task, level):
    """(pass rate, mean tokens, share cut by length) over args.prompts prompts."""
    made = subprocess.run([args.quarry, "generate", task, "--count", str(args.prompts), "--difficulty", str(level), "--canon", HELD_OUT,
                           "--seed", str(args.seed), "--quiet"], stdout=subprocess.PIPE, check=True).stdout
    said = subprocess.run([args.quarry, "sample", "--model", args.model, "-n", str(args.samples), "--seed", str(args.seed),
                           "--max-tokens", str(args.max_tokens), "--quiet"], input=made, stdout=subprocess.PIPE, check=True).stdout
    judged = subprocess.run([args.quarry, "verify", "--quiet"], input=said, stdout=subprocess.PIPE, check=True).stdout
    rows = [json.loads(line) for line in judged.splitlines()]
    return (sum(r["mark"] == "correct" for r in rows) / len(rows), sum(r["tokens"] for r in rows) / len(rows),
            sum(r["finish"] == "length" for r in rows) / len(rows))


def meets(rates):
    """The spread that makes a good demonstration: easy below, hard above, something between."""
    easy = max(rates.get(l, 0) for l in range(3))
    hard = min((rates[l] for l in range(8, 11) if l in rates), default=1)
    between = sum(0.1 <= r <= 0.9 for r in rates.values())
    return easy >= 0.6 and hard <= 0.2 and between >= 2


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--quarry", default="build/quarry")
    ap.add_argument("--model", default="tiny")
    ap.add_argument("--prompts", type=int, default=200)
    ap.add_argument("--samples", type=int, default=1)
    ap.add_argument("--levels", default="0,1,2,3,4,5,6,8,10")
    ap.add_argument("--max-tokens", type=int, default=400)
    ap.add_argument("--seed", type=int, default=77)
    ap.add_argument("--tasks", default=",".join(TASKS))
    args = ap.parse_args()
    levels = [int(x) for x in args.levels.split(",")]
    print("| task | " + " | ".join(f"level {l}" for l in levels) + " | spread | tokens at levels 0-2 |")
    print("|---|" + "---|" * (len(levels) + 2))
    met = 0
    for task in args.tasks.split(","):
        cells = {l: cell(args, task, l) for l in levels}
        rates = {l: c[0] for l, c in cells.items()}
        ok = meets(rates)
        met += ok
        low = [c[1] for l, c in cells.items() if l <= 2]
        print(f"| {task} | " + " | ".join(f"{rates[l]:.2f}" for l in levels) +
              f" | {'yes' if ok else 'no'} | {sum(low) / max(1, len(low)):.0f} |", flush=True)
    print(f"\n{met} tasks meet the spread; {args.prompts} held-out prompts a cell, {args.samples} sample(s) each, temperature 1.")


if __name__ == "__main__":
    main()
