# `make demo` and `make test` do all set-up on a fresh Debian 12 machine that has Swift 6.3.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
SWIFT_CODE := $(wildcard Sources Plugins Tests) Package.swift

PACKAGES := \
  "pkg-config:finds the C libraries" \
  "libopenblas-dev:float32 reference arithmetic" \
  "libcurl4-openssl-dev:remote judges and tribunal pull" \
  "libjansson-dev:JSON" \
  "libsqlite3-dev:the run file" \
  "libsnappy-dev:prompts in Parquet" \
  "zlib1g-dev:prompts in Parquet" \
  "libzstd-dev:prompts in Parquet" \
  "libssl-dev:SHA-256 and SHA-1, and TLS in tests" \
  "python3:the example judge in another language"

# Tests that take seconds and need no model.
FAST := (Layering|Hashing|JSON|Parquet|Prompts|Agreement|Tensors|JudgeKit|KeywordJudge|Report)Tests
DEMO_OUTPUT ?= .build/demo
TRIBUNAL := .build/release/tribunal
# An import of a module that the manifest does not declare is an error.
IMPORTS := --explicit-target-dependency-import-check error

# Tests that run at once. All 1,100 together would need thousands of descriptors and threads: time limits count the waiting, and
# Foundation's `Process`, which lists the open descriptors, reads past its buffer beyond some 1,400.
WIDTH := --experimental-maximum-parallelization-width 24

SECONDS_EACH ?= 600

.PHONY: help setup build demo test conformance peer fuzz coverage sanitize check lint format bench install clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: ## installs the missing Debian packages (make demo and make test call it)
	@command -v swift >/dev/null || { echo "error: no swift on the PATH; install Swift 6.3 from swift.org" >&2; exit 2; }
	@Tools/install-packages $(PACKAGES)

build: setup ## release build: .build/release/tribunal
	swift build -c release -j $(JOBS) --static-swift-stdlib --product tribunal

demo: build ## the whole main job on the embedded family; report in .build/demo
	$(TRIBUNAL) demo --output $(DEMO_OUTPUT)

test: setup ## builds and runs all tests
	swift test -j $(JOBS) $(IMPORTS) $(WIDTH)

conformance: setup ## the suites on the conformance data beside the checkout; says so where it is absent
	swift test -j $(JOBS) $(WIDTH) --filter ConformanceTests

peer: setup ## remote judges against llama.cpp's server (TRIBUNAL_LLAMA_SERVER or llama-server on the PATH)
	swift test -j $(JOBS) --filter PeerConformance

fuzz: setup ## made-up input for every reader, SECONDS_EACH (600) for each target; prints the counts
	swift build -j $(JOBS) --build-tests
	for suite in JSONFuzz AnswerParserFuzz PanelFuzz ProcessFuzz WireFuzz PatternFuzz ParquetFuzz; do \
	  TRIBUNAL_FUZZ_SECONDS=$(SECONDS_EACH) swift test --skip-build --no-parallel --filter "FuzzTests.$$suite"; done

coverage: setup ## line coverage of each module, in a build folder of its own
	swift test -j $(JOBS) --scratch-path .build-coverage --enable-code-coverage $(WIDTH)
	Tools/coverage .build-coverage

sanitize: setup ## all tests under the address and the thread sanitizer, in build folders of their own
	Tools/sanitize

check: ## seconds: format, layering, fast tests
	swift format lint --strict --recursive --parallel $(SWIFT_CODE)
	swift test -j $(JOBS) $(IMPORTS) $(WIDTH) --filter '$(FAST)'

lint: ## format rules and warnings as errors
	swift format lint --strict --recursive --parallel $(SWIFT_CODE)
	swift build -j $(JOBS) --build-tests $(IMPORTS)

format: ## rewrites the sources in the house format
	swift format format --in-place --recursive --parallel $(SWIFT_CODE)

bench: build ## speed as ratios to a named peer in the same run
	$(TRIBUNAL) bench --model Demo/checkpoints/instruct
	$(TRIBUNAL) bench agree

install: build ## installs below PREFIX (standard /usr/local)
	install -D -m 755 $(TRIBUNAL) $(DESTDIR)$(PREFIX)/bin/tribunal
	mkdir -p $(DESTDIR)$(PREFIX)/share/tribunal/Plugins
	cp -R Demo Studies judges.json $(DESTDIR)$(PREFIX)/share/tribunal/
	cp -R Plugins/Examples $(DESTDIR)$(PREFIX)/share/tribunal/Plugins/

clean: ## removes what was built
	rm -rf .build .build-*
