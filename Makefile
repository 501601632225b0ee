# Each target first brings what is missing (a C++ compiler, cmake, libclang; see .ci/setup) and says so.

MAKEFLAGS += --no-print-directory
# cargo as rustup installs it, also where the login shell was not restarted since.
export PATH := $(PATH):$(HOME)/.cargo/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test bench lint fmt doc

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r target text; do printf '%-14s %s\n' "$$target" "$$text"; done

setup: ## install what a build needs and is missing
	@.ci/setup

demo: setup ## a spa's day in a scratch database, told as a short story
	@cargo build --locked
	@cargo run --locked --quiet -- demo

test: ## every test
	@.ci/setup test
	cargo test --locked --workspace --no-fail-fast

bench: setup ## criterion benches; each asserts the answer that it times
	cargo bench --locked --workspace

lint: ## format and clippy, without warnings
	@.ci/setup lint
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

fmt: ## format the code
	@.ci/setup lint
	cargo fmt --all

doc: setup ## the documentation, under target/doc
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps
