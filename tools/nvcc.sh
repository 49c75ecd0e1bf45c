#!/bin/sh
# nvcc.sh: where nvcc is, or nothing: $CUDA_HOME, the PATH, the toolkit's usual place, what tools/setup.sh put into build-cuda/.
for d in ${CUDA_HOME:+"$CUDA_HOME/bin"} "$(dirname "$(command -v nvcc || echo /none/nvcc)")" /usr/local/cuda/bin \
	"$(dirname "$0")"/../build-cuda/venv/lib/python3*/site-packages/nvidia/cu1*/bin; do
	[ -x "$d/nvcc" ] || continue
	cd "$d" && echo "$PWD/nvcc" && exit
done
