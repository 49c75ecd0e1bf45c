#!/bin/sh
# The whole suite: `run.sh` (what make test and CI run) or `run.sh long`. Its last line is "N passed, N failed, N skipped".
#
# Six builds of the same sources, each with every test that fits it:
#	build		gcc, optimised: everything, and the scripts
#	build-clang	clang, -Werror: compiles clean
#	build-asan	gcc, AddressSanitizer and UBSan, fuzz entries replayed
#	build-tsan	clang, ThreadSanitizer with libomp's archer (gcc's libgomp gives false reports)
#	build-cuda	with nvcc, where it is: the module for GPUs compiles, links and falls back; on a GPU, tests/gpu asks more
#	build-minimal	a machine with only a C compiler: no OpenMP, no outside library
set -u

cd "$(dirname "$0")/.."
long=${1:-}
passed=0 failed=0 skipped=0
logs=build-logs
rm -rf $logs
mkdir -p $logs

say() { echo "== $*"; }

# add LOG: count its "N passed, N failed" lines
add() {
	set -- "$(sed -n 's/^[a-z_ ]*:* *\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed.*/\1 \2/p' "$1" |
		awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }')"
	passed=$((passed + ${1% *}))
	failed=$((failed + ${1#* }))
}

# step NAME COMMAND...: one check by its exit code; its log is shown when it fails
step() {
	name=$1
	shift
	if "$@" >$logs/"$name".log 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		say "FAILED: $name ($*)"
		tail -n 40 $logs/"$name".log
	fi
}

# configure DIR OPTIONS...
configure() {
	dir=$1
	shift
	if [ -f "$dir"/build.ninja ]; then
		meson configure "$dir" "$@"
	else
		rm -rf "$dir"
		meson setup "$dir" "$@"
	fi
}

# configure_clang DIR OPTIONS...: the same with clang
configure_clang() {
	CC=clang configure "$@"
}

# suite DIR OPTIONS...: run its meson tests, count their checks; a test that fails or dies without a count is a failure
suite() {
	dir=$1
	shift
	if meson test -C "$dir" "$@" --no-rebuild --print-errorlogs --num-processes 2 >$logs/suite-"$dir".log 2>&1; then
		:
	else
		say "FAILED: tests in $dir"
		grep -E '(FAIL|TIMEOUT|ERROR|failed:)' $logs/suite-"$dir".log | head -n 60
		tail -n 30 $logs/suite-"$dir".log
		failed=$((failed + 1))
	fi
	cp "$dir"/meson-logs/testlog.txt $logs/"$dir".txt
	add $logs/"$dir".txt
}

started=$(date +%s)
took() { echo "   ($(($(date +%s) - started)) s)"; }

say "gcc"
step configure configure build -Dcuda=disabled -Dwerror=true
step compile ninja -C build
tests/script_slurm build >$logs/script_slurm.log 2>&1 & # it waits nearly all of its time
slurm=$!
suite build
took

say "scripts"
[ -n "${PYTHON:-}" ] || [ ! -x build-loaders/venv/bin/python ] || export PYTHON="$PWD/build-loaders/venv/bin/python"
# Two at a time, since they wait for processes of their own most of it; those that take longest begin
longest='tests/script_swe_run tests/script_mine'
{
	printf '%s\n' $longest
	printf '%s\n' tests/script_* | grep -v -x -e tests/script_slurm $(printf -- '-e %s ' $longest)
} | xargs -P 2 -I {} sh -c '{} build >'$logs'/${1##*/}.log 2>&1; echo $? >'$logs'/${1##*/}.status' sh {}
wait $slurm
echo $? >$logs/script_slurm.status
for t in tests/script_*; do
	name=${t##*/}
	case $(cat $logs/"$name".status) in
	0) add $logs/"$name".log ;;
	77) skipped=$((skipped + 1)); tail -n 1 $logs/"$name".log ;;
	*) add $logs/"$name".log; failed=$((failed + 1)); say "FAILED: $t"; tail -n 40 $logs/"$name".log ;;
	esac
done
took

say "clang, no warning"
step configure-clang configure_clang build-clang -Dcuda=disabled -Dwerror=true --buildtype=debug
step compile-clang ninja -C build-clang
took

say "AddressSanitizer and UBSan"
step configure-asan configure build-asan -Dcuda=disabled -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 -Ddebug=true
step compile-asan ninja -C build-asan
ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 suite build-asan
took

say "ThreadSanitizer"
step configure-tsan configure_clang build-tsan -Dcuda=disabled -Db_sanitize=thread -Db_lundef=false -Doptimization=1 -Ddebug=true
step compile-tsan sh -c 'ninja -C build-tsan $(tests/threads.sh build-tsan needs)'
archer=$(ls /usr/lib/llvm-*/lib/libarcher.so 2>/dev/null | tail -n 1)
if [ -n "$archer" ]; then
	step tsan env OMP_TOOL_LIBRARIES="$archer" ARCHER_OPTIONS="verbose=0" TSAN_OPTIONS="ignore_noninstrumented_modules=1 halt_on_error=1" \
		tests/threads.sh build-tsan
else
	skipped=$((skipped + 1))
	say "skipped: no libarcher here"
fi
took

say "CUDA"
if [ -n "$(tools/nvcc.sh)" ]; then
	step configure-cuda configure build-cuda/build -Dcuda=enabled -Dgpu_arch=90 -Dpipeline=disabled -Dserve=disabled -Dendpoint=disabled -Drepos=disabled \
		-Dpython=disabled -Doptimization=1
	step compile-cuda ninja -C build-cuda/build engine/cuda/quarry-cuda.so tests/gpu_check bench/bench_gpu
	QUARRY_SOURCE=$PWD build-cuda/build/tests/gpu_check falls-back >$logs/cuda.log 2>&1
	case $? in
	0) add $logs/cuda.log ;;
	77) say "a GPU is here: tests/gpu asks it more" ;;
	*) failed=$((failed + 1)); say "FAILED: gpu_check falls-back"; tail -n 20 $logs/cuda.log ;;
	esac
else
	skipped=$((skipped + 1))
	say "skipped: no nvcc here"
fi
took

say "minimal: only a C compiler"
# what gcc says of a text's flow it says of the optimised build; characters are unsigned here, as on some processors, which have no SSE2
step configure-minimal configure build-minimal -Dpipeline=disabled -Dopenmp=disabled -Dcuda=disabled -Dwerror=true -Doptimization=1 \
	-Dc_args='-funsigned-char -U__SSE2__ -Wno-format-truncation -Wno-stringop-overflow -Wno-maybe-uninitialized'
step compile-minimal ninja -C build-minimal
suite build-minimal --no-suite task # the tasks are the same code everywhere
took

if [ "$long" = long ]; then
	say "long: valgrind and fuzzing"
	tests/long.sh $logs
	add $logs/long.log
	took
fi

[ $failed = 0 ] || say "logs are in $logs/"
if [ $skipped = 0 ]; then
	echo "$passed passed, $failed failed"
else
	echo "$passed passed, $failed failed, $skipped skipped"
fi
[ $failed = 0 ]
