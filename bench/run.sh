#!/bin/sh
# Every benchmark, on a quiet machine: `run.sh BUILD`. Prints tables; asserts nothing.
set -eu
build=$1
ninja -C "$build" bench/bench_engine bench/bench_verify bench/bench_shards >/dev/null
grep -m 1 'model name' /proc/cpuinfo
for b in engine verify shards; do
	echo
	echo "== bench_$b"
	"$build"/bench/bench_$b
done
echo
echo "== generate (puzzles a second of each task at difficulty 5, one thread)"
for t in $("$build"/quarry tasks --names); do
	start=$(date +%s%N)
	"$build"/quarry generate "$t" --count 20000 --threads 1 --quiet >/dev/null
	end=$(date +%s%N)
	echo "$t $((20000 * 1000000000 / (end - start)))"
done
