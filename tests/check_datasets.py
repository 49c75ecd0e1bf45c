#!/usr/bin/env python3
"""Load a dataset directory with the real `datasets` library, every config whole and streaming, and compare with its text.

    check_datasets.py DIR

Prints "N passed, N failed". Exit 77 where the library (or a zstd reader for it) is not installed.
"""
import json
import os
import subprocess
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"
home = tempfile.TemporaryDirectory(prefix="check_datasets.")
os.environ["HF_HOME"] = home.name
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"

try:
    import datasets

    if sys.version_info < (3, 14):
        import zstandard  # noqa: F401
except ImportError as e:
    print(f"skipped: {e}")
    sys.exit(77)

passed = failed = 0


def check(held, what):
    global passed, failed
    if held:
        passed += 1
    else:
        failed += 1
        print(f"failed: {what}", file=sys.stderr)


def text_of(path):
    """The shard's text by another reader than the one under test, where there is one."""
    try:
        return subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout
    except FileNotFoundError:
        import zstandard

        with open(path, "rb") as f:
            return zstandard.ZstdDecompressor().stream_reader(f, read_across_frames=True).read()


def kinds(value):
    """The JSON types of a row, keys in order."""
    if isinstance(value, dict):
        return [(k, kinds(v)) for k, v in value.items()]
    if isinstance(value, list):
        return [kinds(v) for v in value[:1]]
    return type(value).__name__


def same_rows(rows, want, what):
    check(len(rows) == len(want), f"{what}: {len(rows)} rows, not {len(want)}")
    for i, (row, line) in enumerate(zip(rows, want)):
        if row != line:
            check(False, f"{what}: row {i} differs: {row} is not {line}")
            return
    check(True, what)


def main(where):
    with open(os.path.join(where, "manifest.json")) as f:
        shards = json.load(f)["shards"]
    raw = {}
    for s in shards:
        lines = text_of(os.path.join(where, s["path"])).decode("utf-8").split("\n")
        check(lines.pop() == "", f"{s['path']} ends on a newline")
        raw.setdefault(s["view"], {}).setdefault(s["split"], []).extend(json.loads(x) for x in lines)
    check(set(datasets.get_dataset_config_names(where)) == set(raw), "configs are the views that have rows")
    check("traces" in raw, "there are traces")
    for view, splits in sorted(raw.items()):
        shapes = {json.dumps(kinds(r)) for rows in splits.values() for r in rows}
        check(len(shapes) == 1, f"{view}: rows have {len(shapes)} shapes")
        whole = datasets.load_dataset(where, view)
        check(set(whole) == set(splits), f"{view}: splits {sorted(whole)}, not {sorted(splits)}")
        stream = datasets.load_dataset(where, view, streaming=True)
        info = datasets.load_dataset_builder(where, view).info
        for split, rows in splits.items():
            same_rows(list(whole[split]), rows, f"{view}/{split}")
            same_rows(list(stream[split]), rows, f"{view}/{split}, streaming")
            check(info.splits[split].num_examples == len(rows), f"{view}/{split}: the card's count")
            check(list(whole[split].features) == list(rows[0]), f"{view}/{split}: features in the order of keys")
            # what the library would have guessed without the card is what the card pins
            guessed = datasets.load_dataset(
                "json", data_files=[os.path.join(where, s["path"]) for s in shards if (s["view"], s["split"]) == (view, split)],
                split="train")
            check(guessed.features.arrow_schema.equals(whole[split].features.arrow_schema),
                  f"{view}/{split}: {guessed.features} is not {whole[split].features}")
    rl = raw.get("rl", raw["traces"])
    default = datasets.load_dataset(where, split="train")
    check(default[0] == rl["train"][0], "without a config's name: rl")


if len(sys.argv) != 2:
    sys.exit("usage: check_datasets.py DIR")
main(os.path.abspath(sys.argv[1]))
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
