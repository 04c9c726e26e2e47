# One vocabulary for people and for CI: `make help` lists it. Everything made here stays inside this folder:
# the environment in .venv, Rust's output in target, the rest in build.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
STAMP := build/stamp
# One interpreter for every cargo command, or each change of it would build PyO3 anew.
export PYO3_PYTHON := $(BIN)/python

RUST_SOURCES := Cargo.toml Cargo.lock rust-toolchain.toml $(shell find rust -type f -name '*.rs')
PACKAGE_SOURCES := $(shell find python/wattmarket -type f ! -name '*.so' ! -name '*.pyc')
LOCK_FLAGS := --quiet --generate-hashes --strip-extras --allow-unsafe --no-header --no-emit-index-url --no-emit-find-links

# Tests that need more than Python and Rust. CI installs what they need and sets LEFT_OUT to nothing.
LEFT_OUT ?= needs_debian
PYTEST_FLAGS ?=

FUZZ_TARGETS := networks updates markets dimacs
FUZZ_SECONDS ?= 600

SCENARIO ?= scenarios/agentic_batch_drift.toml

.PHONY: help setup run test fmt lint bench bench-clearing facts false-alarms docs clean lock golden
.PHONY: laws fuzz miri valgrind asan memory kills portable
# Where the core is kept compilable, and is not tested.
ELSEWHERE := aarch64-unknown-linux-gnu aarch64-apple-darwin x86_64-pc-windows-msvc
.PHONY: check-format check-lint check-types check-stubs check-rust check-docs check-wheel pytest

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done

# ---- environment -------------------------------------------------------------------------------------------------

setup: $(STAMP)/package ## make .venv from the hashed lock and build the package into it (release mode)

$(STAMP)/environment: requirements/dev.txt
	@tools/check_rust.sh
	@python="$$(tools/find_python.sh)"; echo "environment: $$("$$python" --version) in $(VENV)"; "$$python" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/dev.txt
	@mkdir -p $(@D) && touch $@

# An editable install: the compiled core lands beside the Python sources, so that only a change in Rust builds anew.
$(STAMP)/package: $(STAMP)/environment $(RUST_SOURCES) pyproject.toml
	@echo "package: release build"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation --editable .
	@touch $@

# ---- use ---------------------------------------------------------------------------------------------------------

# A run never writes into a folder that exists: the second run of a scenario gets the time into its name.
run: setup ## run scenarios/agentic_batch_drift.toml (or SCENARIO=file) and say where figures and tables lie
	@out=runs/$(basename $(notdir $(SCENARIO)))-seed0; \
	  if [ -e "$$out" ]; then out="$$out-$$(date +%Y%m%d-%H%M%S)"; fi; \
	  $(BIN)/wattmarket run $(SCENARIO) --out "$$out"

bench: setup ## time the core beside other solvers, and the whole run, on this machine
	@$(BIN)/python -m benchmarks

bench-clearing: setup ## the same without the whole run: about 20 minutes (or BENCH="S1 S2 --ticks 5" for a quick look)
	@$(BIN)/python -m $(if $(BENCH),benchmarks.clearing $(BENCH),benchmarks clearing growth world)

facts: setup ## what the living market shows over 20 seeds and all scenarios: about an hour on two cores
	@$(BIN)/python -m benchmarks.stylised $(FACTS)

false-alarms: setup ## how often the rule of the break speaks where nothing happened: 400 runs, about half an hour on two cores
	@$(BIN)/python -m benchmarks.false_alarms $(FALSE_ALARMS)

docs: setup ## build the documentation into docs/_build/html
	@$(BIN)/python -m sphinx -W --keep-going --quiet -b html docs docs/_build/html
	@echo "docs: docs/_build/html/index.html"

# ---- checks ------------------------------------------------------------------------------------------------------

fmt: setup ## rewrite Python and Rust sources in the house format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@cargo fmt

lint: check-format check-lint check-types check-stubs check-rust ## formatters, linters and type checks

test: lint check-docs check-wheel pytest ## everything that must hold before a change lands

check-format: setup
	@echo "format: ruff, rustfmt"
	@$(BIN)/ruff format --quiet --check --diff .
	@cargo fmt --check

check-lint: setup
	@echo "lint: ruff"
	@$(BIN)/ruff check --quiet .

check-types: setup
	@echo "types: mypy --strict"
	@$(BIN)/mypy

check-stubs: setup
	@echo "stubs: _core.pyi against the compiled module"
	@$(BIN)/python -m mypy.stubtest --allowlist tests/house/stubtest_allowlist.txt wattmarket._core

# The core must be clean with and without the Python module, and its tests need no Python.
check-rust: setup
	@echo "rust: clippy, tests, documentation"
	@cargo clippy --quiet --locked --all-targets -- --deny warnings
	@cargo clippy --quiet --locked --all-targets --features python -- --deny warnings
	@cargo test --quiet --locked
	@RUSTDOCFLAGS="--deny warnings" cargo doc --quiet --locked --no-deps --features python

check-docs: docs

# The wheel that users get: built, checked for its tag and contents, installed in an environment of its own and used.
check-wheel: setup $(STAMP)/clean-environment
	@echo "wheel: build, install in a clean environment, use"
	@rm -rf build/wheel
	@$(BIN)/maturin build --quiet --release --locked --out build/wheel
	@$(BIN)/python tools/check_wheel.py build/wheel/*.whl
	@build/clean/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index --force-reinstall build/wheel/*.whl
	@build/clean/bin/python -I tools/smoke_test.py

$(STAMP)/clean-environment: $(STAMP)/environment requirements/run.txt
	@$(BIN)/python -m venv --clear build/clean
	@build/clean/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/run.txt
	@touch $@

pytest: setup
	@$(if $(LEFT_OUT),echo "pytest: left out the tests marked $(LEFT_OUT) (.ci/run installs what they need and runs them)")
	@$(BIN)/python -m pytest $(if $(LEFT_OUT),-m "not $(LEFT_OUT)") $(PYTEST_FLAGS)

# ---- long checks, beside `make test` -----------------------------------------------------------------------------

laws: ## long histories of markets and networks, warm against cold and against the raw network (10 minutes of one core)
	@cargo test --quiet --locked --profile checked --test laws --test flow_laws -- --ignored --nocapture --test-threads 1

# Inputs worth keeping stay in build/fuzz, and so does one that breaks a law: broken-TARGET-..., which the log explains.
fuzz: ## run each fuzz target for FUZZ_SECONDS (600) under libFuzzer; needs a nightly toolchain and cargo-fuzz
	@cargo +nightly fuzz build --fuzz-dir rust/fuzz --target-dir target/fuzz
	@for target in $(FUZZ_TARGETS); do \
	  mkdir -p build/fuzz/$$target; echo "fuzz: $$target, $(FUZZ_SECONDS) s"; \
	  cargo +nightly fuzz run --fuzz-dir rust/fuzz --target-dir target/fuzz $$target \
	    build/fuzz/$$target $$(ls -d rust/fuzz/seeds/$$target 2>/dev/null) -- -artifact_prefix=build/fuzz/broken-$$target- \
	    -max_total_time=$(FUZZ_SECONDS) -max_len=2000 -rss_limit_mb=4096 -timeout=60 -print_final_stats=1 \
	    >build/fuzz/$$target.log 2>&1 || { tail -n 60 build/fuzz/$$target.log; exit 1; }; \
	  grep -E "number_of_executed_units|new_units_added|peak_rss_mb" build/fuzz/$$target.log; \
	done

# Inline assembly in libm is beyond Miri, and nothing of ours that calls it is unsafe: those tests are left out.
miri: ## the core's unit tests and fixed inputs of the fuzz targets under Miri; needs a nightly toolchain with miri
	@cargo +nightly miri test --quiet --locked --target-dir target/miri --lib -- --skip numeric:: --skip reach::
	@cargo +nightly miri test --quiet --locked --target-dir target/miri --test fuzz_targets fixed

# Valgrind has no AVX-512 and hides it; AddressSanitizer runs at the machine's own level.
valgrind: export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER := valgrind --quiet --error-exitcode=1 --leak-check=full \
	--show-leak-kinds=definite --errors-for-leak-kinds=definite
valgrind: ## unit tests, short laws, every SIMD level but AVX-512 and fixed inputs under valgrind
	@cargo test --quiet --locked --profile checked --lib --test laws --test flow_laws --test simd -- --test-threads 1
	@cargo test --quiet --locked --profile checked --test fuzz_targets -- --test-threads 1 fixed

asan: export RUSTFLAGS := -Zsanitizer=address
asan: ## the core's tests with AddressSanitizer; needs a nightly toolchain
	@cargo +nightly test --quiet --locked --profile checked --target x86_64-unknown-linux-gnu --target-dir target/asan \
	  --lib --tests

kills: setup ## kill drivers of sweeps 300 times, workers, groups and Dask schedulers some eighty times (a quarter of an hour)
	@SWEEP_KILLS=400 $(BIN)/python -m pytest tests/unit/test_sweep_accidents.py tests/unit/test_sweep_dask.py

memory: ## what 10,000 and 50,000 sites x 1,000 metros take from the heap
	@cargo test --quiet --locked --release --test memory -- --ignored --nocapture --test-threads 1

portable: ## compile the core, without Python, for arm64 Linux, macOS and Windows; nothing is run
	@for target in $(ELSEWHERE); do \
	  echo "portable: $$target"; rustup --quiet target add $$target; \
	  RUSTFLAGS="--deny warnings" cargo check --quiet --locked --lib --target $$target --target-dir target/portable; \
	done

# ---- upkeep -------------------------------------------------------------------------------------------------------

golden: setup ## record the digests of the shipped scenarios, after a change of results that is meant
	@$(BIN)/python -m tests.golden.record

lock: ## resolve the dependencies anew and write the hashed lock files
	@tools/find_python.sh >/dev/null
	@test -x build/lock/bin/pip-compile || { "$$(tools/find_python.sh)" -m venv build/lock && build/lock/bin/python -m pip install --quiet pip-tools==7.6.2; }
	build/lock/bin/pip-compile $(LOCK_FLAGS) --upgrade --extra dev --extra docs --extra oracle --extra sweeps --extra dask --output-file requirements/dev.txt pyproject.toml
	build/lock/bin/pip-compile $(LOCK_FLAGS) --constraint requirements/dev.txt --output-file requirements/run.txt pyproject.toml

clean: ## remove everything that was made here, the environment too
	rm -rf $(VENV) build target docs/_build .mypy_cache .pytest_cache .ruff_cache python/wattmarket/*.so
