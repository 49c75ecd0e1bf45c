#!/bin/sh
# archive.sh OUT.a WHOLE.a PART.a OBJCOPY AR CC...: a static library of one object, all of WHOLE and what it uses of PART, in which
# the names of its header alone are visible: no other of ours can meet one of its caller's.
set -eu

out=$1 whole=$2 part=$3 objcopy=$4 ar=$5
shift 5
trap 'rm -f "$out.o"' EXIT
"$@" -r -nostdlib -Wl,--whole-archive "$whole" -Wl,--no-whole-archive "$part" -o "$out.o"
"$objcopy" --localize-hidden "$out.o"
rm -f "$out"
"$ar" rcsD "$out" "$out.o"
