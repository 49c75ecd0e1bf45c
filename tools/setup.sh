#!/bin/sh
# Install what is missing, with apt: `setup.sh build` for building, `setup.sh test` for the test suite too.
set -eu

build='gcc libc6-dev meson ninja-build pkg-config libzstd-dev libpcre2-dev libutf8proc-dev libsqlite3-dev libyaml-dev libmicrohttpd-dev libcurl4-openssl-dev'
tests='clang libomp-dev libclang-rt-14-dev llvm-14 g++ libcadical-dev python3 zstd valgrind man-db procps'

want=$build
[ "${1:-build}" = test ] && want="$build $tests"

missing=
for p in $want; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -z "$missing" ] && exit 0

sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
command -v apt-get >/dev/null || { echo "setup: no apt-get here; install by hand:$missing" >&2; exit 1; }
echo "setup: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q >/dev/null
# shellcheck disable=SC2086
$sudo apt-get install -y -q --no-install-recommends $missing >/dev/null
