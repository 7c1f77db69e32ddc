# Smart Center. Four commands; `make help` says what they do. Everything that is built or installed goes to the cache
# folder, nothing into the checkout but demo data and, as npm and cargo want it, dashboards/web/node_modules and
# dashboards/dist/app.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test bench soak

export SMARTCENTER_CACHE ?= $(HOME)/.cache/smartcenter
export CARGO_TARGET_DIR ?= $(SMARTCENTER_CACHE)/target
VENV := $(SMARTCENTER_CACHE)/venv
# Tools that we install ourselves (cargo-deny) lie beside the virtual environment.
export PATH := $(SMARTCENTER_CACHE)/bin:$(PATH)

# Where the demo keeps its data: `make demo DATA=path`.
DATA ?= demo-data
# Which benchmarks to run; all unless told.
SCENARIOS ?=
# How often the long campaigns are run: `make soak KILLS=1000 CASES=20000 FUZZ=600`.
KILLS ?= 500
# And with how many cases each property is tried; every property test reads PROPTEST_CASES.
CASES ?= 5000
# And on how many worlds of fresh seeds alerts are tried.
SEEDS ?= 3
# And how many seconds the decoder of each format is fuzzed.
FUZZ ?= 120

help: ## what these commands do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile

demo: ## a synthetic regency pushes a year of data, then live rows; Ctrl-C stops it
	@.ci/tools demo
	@.ci/tools web
	@if [ ! -x "$(CARGO_TARGET_DIR)/debug/smartcenter" ]; then \
	  echo "First build: about half an hour on two cores. Later starts take seconds."; fi
	@cargo build --locked --package smartcenter
	@exec "$(CARGO_TARGET_DIR)/debug/smartcenter" demo --data "$(DATA)"

test: ## lints, unit, property, integration and end-to-end tests
	@.ci/tools test
	@.ci/tools web-checks
	cargo fmt --all --check
	@.ci/tools deny
	cargo clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items
	PATH="$(VENV)/bin:$$PATH" SMARTCENTER_PYTHON="$(VENV)/bin/python" .ci/tools run-tests
	cargo build --locked --package smartcenter-simulator
	"$(VENV)/bin/python" tests/contracts/odcs_schema.py
	"$(VENV)/bin/python" tests/contracts/fhir_fixtures.py
	SMARTCENTER_REQUIRE_BROWSER=1 "$(VENV)/bin/python" tests/browser/papan.py
	SMARTCENTER_REQUIRE_BROWSER=1 "$(VENV)/bin/python" tests/browser/papan_live.py
	SMARTCENTER_REQUIRE_BROWSER=1 "$(VENV)/bin/python" tests/browser/laporan.py
	SMARTCENTER_REQUIRE_BROWSER=1 "$(VENV)/bin/python" tests/browser/data_masuk.py
	SMARTCENTER_REQUIRE_BROWSER=1 "$(VENV)/bin/python" tests/browser/kirim_data.py
	SMARTCENTER_REQUIRE_BROWSER=1 "$(VENV)/bin/python" tests/browser/kirim_data_live.py
	@echo "make test: everything passed"

bench: ## benchmarks beside PostgreSQL, DuckDB and R, about five hours; some: SCENARIOS="push lookup"
	@.ci/tools bench
	cargo build --locked --workspace --bins
	PATH="$(VENV)/bin:$$PATH" SMARTCENTER_PYTHON="$(VENV)/bin/python" \
	  SMARTCENTER_PYTHON_WORKBOOK="$(VENV)-workbook/bin/python" \
	  "$(CARGO_TARGET_DIR)/debug/smartcenter-bench" $(SCENARIOS) --report docs/reference/benchmarks.md

soak: ## the long campaigns: kills, faults, properties with many cases, fuzzers, a short trial of alerts
	@.ci/tools test
	PATH="$(VENV)/bin:$$PATH" SMARTCENTER_PYTHON="$(VENV)/bin/python" SMARTCENTER_SOAK=1 \
	  SMARTCENTER_KILLS="$(KILLS)" PROPTEST_CASES="$(CASES)" .ci/tools run-tests
	.ci/tools fuzz "$(FUZZ)"
	cargo build --locked --workspace --bins
	"$(CARGO_TARGET_DIR)/debug/smartcenter-bench" alerts --seeds "$(SEEDS)" --report "$(SMARTCENTER_CACHE)/trial.md"
