#!/bin/sh
# Every benchmark, on a quiet machine: `run.sh BUILD`. Prints tables; asserts nothing.
set -eu
build=$1
ninja -C "$build" bench/bench_engine bench/bench_generate bench/bench_verify bench/bench_shards >/dev/null
grep -m 1 'model name' /proc/cpuinfo
for b in engine generate verify shards; do
	echo
	echo "== bench_$b"
	"$build"/bench/bench_$b
done
