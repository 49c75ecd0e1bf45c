#!/bin/sh
# The main job, end to end, on the embedded model: `demo.sh build/quarry`.
set -eu

quarry=$1
out=demo/quickstart
mkdir -p demo
echo "demo: building $out with the embedded model (a few minutes)" >&2
# an earlier demo that was stopped goes on; one that is whole is made again
[ -f $out/manifest.json ] && rm -rf $out
"$quarry" build examples/quickstart.yaml -o $out --resume
"$quarry" inspect $out
echo
echo "The dataset:  $out/  (load_dataset(\"$out\", \"rl\") opens it)"
echo "The report:   $out/report.html"
