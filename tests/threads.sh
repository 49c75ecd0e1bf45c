#!/bin/sh
# threads.sh BUILD_DIR: what runs on several threads, on a build with ThreadSanitizer (clang, and libomp's archer, which tells
# TSan of OpenMP's barriers). A report, a failed command, or another result with two threads than with one fails.
# `threads.sh BUILD_DIR needs` names what of the build it runs.
set -eu

units='batch engine log sample_model verify' # the programs that start threads of their own
if [ "${2:-}" = needs ]; then
	ninja -C "$1" -t targets all | sed 's/:.*//' | grep -x -e quarry -e tests/attack -e tests/repos_probe $(printf -- '-e tests/test_%s ' sandbox $units)
	exit
fi
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
quarry=$build/quarry
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
passed=0 failed=0

if [ -z "${OMP_TOOL_LIBRARIES:-}" ]; then
	for archer in /usr/lib/llvm-*/lib/libarcher.so; do
		[ -e "$archer" ] && export OMP_TOOL_LIBRARIES="$archer"
	done
	export ARCHER_OPTIONS="verbose=0"
fi
# libomp itself is not instrumented: what it does inside is archer's to tell
export TSAN_OPTIONS="${TSAN_OPTIONS:-ignore_noninstrumented_modules=1 halt_on_error=1} exitcode=66 log_path=$room/report"
export QUARRY_SOURCE="$PWD"

# step NAME COMMAND...: its output goes to $room/NAME
step() {
	name=$1
	shift
	rc=0
	"$@" >"$room/$name" 2>"$room/$name.err" || rc=$?
	if [ $rc = 0 ] && ! ls "$room"/report.* >/dev/null 2>&1; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "FAILED: $name (exit $rc): $*"
	tail -n 20 "$room/$name" "$room/$name.err"
	for r in "$room"/report.*; do
		[ -e "$r" ] && sed -n 1,60p "$r" && rm -f "$r"
	done
}

same() {
	if cmp -s "$room/$1" "$room/$2" && [ -s "$room/$1" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1 and $2 differ, or are empty"
	fi
}

# TSan is there: a program that races is reported. Without this nothing below could fail.
cat >"$room/race.c" <<'RACE'
#include <pthread.h>
int shared;
static void *add(void *p) { for (int i = 0; i < 100000; i++) shared++; return p; }
int main(void) { pthread_t t; pthread_create(&t, 0, add, 0); add(0); pthread_join(t, 0); return 0; }
RACE
if nm -u "$quarry" | grep -q __tsan_init || nm "$quarry" | grep -q __tsan_init; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "FAILED: $quarry is not built with ThreadSanitizer"
fi
if clang -fsanitize=thread -g "$room/race.c" -o "$room/race" -lpthread && ! "$room/race" 2>/dev/null; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "FAILED: ThreadSanitizer does not see a race"
fi
rm -f "$room"/report.*

step generate-1 "$quarry" generate all --count 60 --difficulty 0..6 --lang en,zh --format all --worked --threads 1
step generate-2 "$quarry" generate all --count 60 --difficulty 0..6 --lang en,zh --format all --worked --threads 2
same generate-1 generate-2

# each puzzle with its own answer, with a wrong one and with none
step rows python3 -c '
import json, sys
for line in open(sys.argv[1]):
    row = json.loads(line)
    for said in (row.pop("worked", ""), "<answer>17</answer>", "I do not know."):
        print(json.dumps({**row, "response": said}))
' "$room/generate-1"
step verify "$quarry" verify --threads 2 --summary "$room/rows"

cat >"$room/recipe.yaml" <<'RECIPE'
name: threads
seed: 3
model: oracle:2
sources:
  - { task: sudoku, count: 40, difficulty: 0..3 }
  - { task: game_of_24, count: 40, difficulty: 0..4, lang: [en, zh], formats: all }
  - { task: word_sorting, count: 40, difficulty: 1..4 }
sampling: { n: 8 }
RECIPE
step build-1 "$quarry" build "$room/recipe.yaml" -o "$room/one" --threads 1 --quiet
step build-2 "$quarry" build "$room/recipe.yaml" -o "$room/two" --threads 2 --quiet
for n in 1 2; do
	grep '^content sha256' "$room/build-$n" >"$room/content-$n" || :
done
same content-1 content-2
step check "$quarry" check "$room/two" --threads 2

# the embedded model, where it is there: drawing runs on the engine's threads
if ls models/tiny/*.safetensors >/dev/null 2>&1; then
	for n in 1 2; do
		step "sample-$n" sh -c 'head -n 40 "$1" | "$2" sample --model tiny -n 2 --max-tokens 12 --quiet --threads "$3"' sh \
			"$room/generate-1" "$quarry" "$n"
	done
	same sample-1 sample-2
fi

# the service under clients that come and go; libmicrohttpd itself is not instrumented
if "$quarry" serve --help >/dev/null 2>&1; then
	step serve tests/soak_serve "$build" "${SOAK_SERVE:-20000}" 60
fi

# a walk through this history, where there is one; libgit2 itself is not instrumented
if [ -x "$build/tests/repos_probe" ] && [ -e .git ]; then
	step walk-1 "$build/tests/repos_probe" walk . threads=1
	step walk-3 "$build/tests/repos_probe" walk . threads=3
	same walk-1 walk-3
fi

# runs in the sandbox on several threads, which is all that its limits let a build with ThreadSanitizer do
[ -x "$build/tests/test_sandbox" ] && step sandbox "$build/tests/test_sandbox" threads

for t in $units; do
	[ -x "$build/tests/test_$t" ] && step "test_$t" "$build/tests/test_$t"
done

echo "$passed passed, $failed failed"
[ $failed = 0 ]
