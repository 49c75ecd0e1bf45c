#!/bin/sh
# long.sh LOGDIR: what takes too long for every change, after the builds of run.sh: the unit tests under valgrind, the fuzz
# targets for longer under AddressSanitizer, and exploring with libFuzzer where clang has it. Its count goes to LOGDIR/long.log.
# VALGRIND_TESTS and FUZZ_RUNS choose less or more.
set -u

logs=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
export QUARRY_SOURCE="$PWD"
runs=${FUZZ_RUNS:-1000000}
passed=0 failed=0 skipped=0

# step NAME COMMAND...
step() {
	name=$1
	shift
	if "$@" >"$logs/long-$name.log" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "== FAILED: $name ($*)"
		tail -n 40 "$logs/long-$name.log"
	fi
}

# Valgrind sees uninitialised memory, which AddressSanitizer does not. It knows no AVX-512; the engine then finds AVX2.
if command -v valgrind >/dev/null; then
	for t in ${VALGRIND_TESTS:-base cases chat config dataset engine extract grid log pick sampler shard store stream text tok verify}; do
		[ -x build/tests/test_"$t" ] || continue
		step "valgrind-$t" env OMP_NUM_THREADS=2 valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
			--suppressions=tests/valgrind.supp build/tests/test_"$t"
	done
	# every command of the pipeline, once
	room=$(mktemp -d)
	cat >"$room/recipe.yaml" <<'RECIPE'
name: long
seed: 5
model: oracle:2
sources:
  - { task: dyck_language, count: 20, difficulty: 0..3 }
  - { task: sudoku, count: 20, difficulty: 0..2 }
sampling: { n: 4 }
RECIPE
	for c in "generate all --difficulty 3 --worked" "build $room/recipe.yaml -o $room/out --quiet" "inspect $room/out --samples 2" \
		"check $room/out --prove"; do
		# shellcheck disable=SC2086
		step "valgrind-quarry-${c%% *}" valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
			--suppressions=tests/valgrind.supp build/quarry $c --threads 2
	done
	rm -rf "$room"
else
	skipped=$((skipped + 1))
	echo "== skipped: no valgrind here"
fi

# The fuzz targets over mutated cases and fixtures, under the sanitizers.
for f in build-asan/tests/fuzz_*; do
	[ -f "$f" ] && [ -x "$f" ] || continue
	step "$(basename "$f")" env FUZZ_RUNS="$runs" ASAN_OPTIONS=abort_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "$f"
done

# And exploring, a minute each: libFuzzer looks for what no case has.
if env CC=clang meson setup --wipe build-fuzz -Dcuda=disabled -Dfuzz=true -Db_lundef=false --buildtype=debugoptimized \
	>"$logs/long-configure-fuzz.log" 2>&1 && ninja -C build-fuzz >"$logs/long-compile-fuzz.log" 2>&1; then
	for f in build-fuzz/tests/fuzz_*; do
		[ -f "$f" ] && [ -x "$f" ] || continue
		name=$(basename "$f")
		mkdir -p build-fuzz/corpus/"$name"
		step "explore-$name" "$f" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
			-artifact_prefix="$logs/" build-fuzz/corpus/"$name"
	done
else
	failed=$((failed + 1))
	echo "== FAILED: the build with libFuzzer; see $logs/long-compile-fuzz.log"
fi

echo "$passed passed, $failed failed, $skipped skipped" | tee "$logs/long.log"
[ $failed = 0 ]
