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
  "libcurl4-openssl-dev:remote judges" \
  "libjansson-dev:JSON" \
  "libsqlite3-dev:the run file" \
  "libssl-dev:SHA-256" \
  "python3:the example judge in another language"

.PHONY: help setup build demo test check lint format bench install clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: ## installs the missing Debian packages (make demo and make test call it)
	@command -v swift >/dev/null || { echo "error: no swift on the PATH; install Swift 6.3 from swift.org" >&2; exit 2; }
	@Tools/install-packages $(PACKAGES)

build: setup ## release build: .build/release/tribunal
	swift build -c release -j $(JOBS)

test: setup ## builds and runs all tests
	swift test -j $(JOBS) --explicit-target-dependency-import-check error

check: ## seconds: format, layering, fast tests
	swift format lint --strict --recursive --parallel $(SWIFT_CODE)
	swift build -j $(JOBS) --explicit-target-dependency-import-check error

lint: ## format rules and warnings as errors
	swift format lint --strict --recursive --parallel $(SWIFT_CODE)
	swift build -j $(JOBS) --build-tests --explicit-target-dependency-import-check error

format: ## rewrites the sources in the house format
	swift format format --in-place --recursive --parallel $(SWIFT_CODE)

clean: ## removes what was built
	rm -rf .build
