#!/bin/sh
# long.sh LOGDIR: what takes too long for every change, after the builds of run.sh: the unit tests under valgrind, the fuzz
# targets for longer under AddressSanitizer, and exploring with libFuzzer where clang has it. Its count goes to LOGDIR/long.log.
# VALGRIND_TESTS (names), MANY, SOAK, SOAK_SERVE, FUZZ_RUNS and FUZZ_RULE_RUNS (numbers) choose less or more.
set -u

logs=$(cd "$1" && pwd)
cd "$(dirname "$0")/.." || exit 1
export QUARRY_SOURCE="$PWD"
export OMP_WAIT_POLICY=passive # or commands that run models begin once more with it, and valgrind sees them no longer
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

# grind NAME COMMAND...: valgrind's complaints and crashes count. A program's own checks do not: valgrind computes long
# double with 64 bits, and numbers read from text then miss their last bit.
grind() {
	name=$1
	shift
	rc=0
	timeout 1200 valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
		"$@" >"$logs/long-valgrind-$name.log" 2>&1 || rc=$?
	if [ $rc -le 1 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "== FAILED: valgrind $name (exit $rc)"
		tail -n 40 "$logs/long-valgrind-$name.log"
	fi
}

# The kernels for GPUs, on a CPU that stands in for one: every prompt, and draws in the other order of turns.
for t in cuda cuda_draw; do
	[ ! -x build/tests/test_$t ] || step $t env QUARRY_LONG=1 build/tests/test_$t
done

# Valgrind sees uninitialised memory, which AddressSanitizer does not. It knows no AVX-512; the engine then finds AVX2. The tasks' own
# tests and the contract are left out: they take long there, and the fuzz targets and commands go through the same code.
if command -v valgrind >/dev/null; then
	leave=" blank contract cuda cuda_draw sandbox $(build/quarry tasks --names | tr '\n' ' ')"
	for t in build/tests/test_*; do
		[ -f "$t" ] && [ -x "$t" ] || continue
		t=${t#build/tests/test_}
		case ${VALGRIND_TESTS:-$t} in *"$t"*) ;; *) continue ;; esac
		case $leave in *" $t "*) ;; *) grind "$t" build/tests/test_"$t" ;; esac
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
	for c in "generate all --difficulty 3 --worked" "build $room/recipe.yaml -o $room/out --quiet" "inspect $room/out --samples 2" "tune $room/recipe.yaml -o $room/tuned --quiet" \
		"check $room/out --prove"; do
		# shellcheck disable=SC2086
		grind "quarry-${c%% *}" build/quarry $c --threads 2
	done
	rm -rf "$room"
else
	skipped=$((skipped + 1))
	echo "== skipped: no valgrind here"
fi

# A million puzzles of each task.
for t in $(build/quarry tasks --names); do
	step "many-$t" env MANY="${MANY:-1000000}" build/tests/test_many "$t"
	sed -n 's/^\(.*of the same canonical form.*\)$/   \1/p' "$logs/long-many-$t.log"
done

# Days in small: verdicts in one process, and through the server while clients come and go.
step soak env SOAK="${SOAK:-10000000}" build/tests/test_soak
grep resident "$logs/long-soak.log"
if build/quarry serve --help >/dev/null 2>&1; then
	step soak-serve tests/soak_serve build "${SOAK_SERVE:-1000000}"
	grep resident "$logs/long-soak-serve.log"
else
	skipped=$((skipped + 1))
	echo "== skipped: this quarry has no serve"
fi

# The fuzz targets over mutated cases and fixtures, under the sanitizers.
for f in build-asan/tests/fuzz_*; do
	[ -f "$f" ] && [ -x "$f" ] || continue
	step "$(basename "$f")" env FUZZ_RUNS="$runs" ASAN_OPTIONS=abort_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "$f"
done

# seeds TASK DIR: the cases of a task as inputs of fuzz_rule, a file each, so that exploring begins at descs that are right.
seeds() {
	awk -v task="$1" -v dir="$2" '
		function write_out() { if (said) { printf "%s\n%s\n%s", task, desc, text > (dir "/case-" ++n); close(dir "/case-" n) } said = 0 }
		/^desc: / { write_out(); desc = substr($0, 7); next }
		/^said:/ { write_out(); text = substr($0, 6); said = 1; next }
		/^want:/ { write_out(); next }
		said { text = text "\n" $0 }
		END { write_out() }' "tests/cases/$1.txt"
}

# Words of a megabyte.
step tok env QUARRY_LONG=1 build/tests/test_tok

# Every way to build and test that is here.
step swe-run env QUARRY_LONG=1 tests/script_swe_run build
step engine-job env QUARRY_LONG=1 tests/script_engine_job build
step pack env QUARRY_LONG=1 tests/script_pack build

# And exploring, a minute each: libFuzzer looks for what no case has.
fuzz_build() {
	[ -f build-fuzz/build.ninja ] ||
		env CC=clang meson setup build-fuzz -Dcuda=disabled -Dfuzz=true -Db_lundef=false --buildtype=debugoptimized || return 1
	# shellcheck disable=SC2046
	ninja -C build-fuzz $(ninja -C build-fuzz -t targets all | sed -n 's/^\(tests\/fuzz_[a-z_0-9]*\): c_LINKER$/\1/p')
}

if fuzz_build >"$logs/long-compile-fuzz.log" 2>&1; then
	for f in build-fuzz/tests/fuzz_*; do
		[ -f "$f" ] && [ -x "$f" ] || continue
		name=$(basename "$f")
		mkdir -p build-fuzz/corpus/"$name"
		step "explore-$name" "$f" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
			-artifact_prefix="$logs/" build-fuzz/corpus/"$name"
	done
	# Extraction and every rule's desc and answer: ten million runs each. Without the entropic schedule a run costs a fifth less.
	for t in $(build/quarry tasks --names); do
		mkdir -p build-fuzz/corpus/rule-"$t"
		seeds "$t" build-fuzz/corpus/rule-"$t"
		step "explore-rule-$t" env FUZZ_TASK="$t" build-fuzz/tests/fuzz_rule -runs="${FUZZ_RULE_RUNS:-10000000}" -entropic=0 \
			-timeout=10 -rss_limit_mb=2048 -max_len=4096 -artifact_prefix="$logs/" build-fuzz/corpus/rule-"$t"
	done
	step "explore-extract-runs" build-fuzz/tests/fuzz_extract -runs="${FUZZ_RULE_RUNS:-10000000}" -entropic=0 -timeout=10 \
		-rss_limit_mb=2048 -max_len=16384 -artifact_prefix="$logs/" build-fuzz/corpus/fuzz_extract
else
	failed=$((failed + 1))
	echo "== FAILED: the build with libFuzzer; see $logs/long-compile-fuzz.log"
fi

echo "$passed passed, $failed failed, $skipped skipped" | tee "$logs/long.log"
[ $failed = 0 ]
