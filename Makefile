# What a person types: make demo, make test. meson does the work; this installs what is missing and calls it.
#
#	make build	set up and build into build/
#	make demo	the whole pipeline on the embedded model, into demo/quickstart/
#	make test	the whole test suite (what .ci/run calls)
#	make test-long	what takes long: more seeds, valgrind, long fuzzing
#	make test-integrations	the reward functions with the trainers themselves, a real model (downloads several GB once)
#	make measure	generators/measured.tsv again: guess and support of every task and level
#	make pages	docs/GALLERY.md, docs/difficulty.md and docs/synlogic.md again
#	make bench	the benchmarks
#	make dist	releases into dist/: wheels for x86_64 and aarch64, sources, a static quarry; each is tried

SHELL = /bin/sh
BUILD = build

.PHONY: build demo test test-long test-integrations measure pages bench dist setup setup-test clean

setup:
	@tools/setup.sh build

setup-test:
	@tools/setup.sh test

$(BUILD)/build.ninja: | setup
	@meson setup $(BUILD) -Dcuda=disabled

build: setup $(BUILD)/build.ninja
	@ninja -C $(BUILD) quarry libquarry-verify.so.0.1.0

demo: build
	@tools/demo.sh $(BUILD)/quarry

test: setup-test
	@tests/run.sh

test-long: setup-test
	@tests/run.sh long

test-integrations: build
	@ninja -C $(BUILD) tests/logits tests/tokens bindings/python/quarry/_native.abi3.so bindings/python/quarry/libquarry-generate.so bindings/python/quarry/libquarry-verify.so
	@tests/integrations/run.sh $(BUILD)

measure: build
	@ninja -C $(BUILD) generators/measure
	@$(BUILD)/generators/measure > generators/measured.tsv.new && mv generators/measured.tsv.new generators/measured.tsv

pages: build
	@python3 tools/pages.py gallery $(BUILD)/quarry > docs/GALLERY.md.new && mv docs/GALLERY.md.new docs/GALLERY.md
	@python3 tools/pages.py difficulty $(BUILD)/quarry > docs/difficulty.md.new && mv docs/difficulty.md.new docs/difficulty.md
	@python3 tools/pages.py synlogic $(BUILD)/quarry > docs/synlogic.md.new && mv docs/synlogic.md.new docs/synlogic.md

bench: build
	@ninja -C $(BUILD)
	@bench/run.sh $(BUILD)

dist:
	@tools/setup.sh dist
	@tools/dist.sh

clean:
	rm -rf build build-* demo dist
