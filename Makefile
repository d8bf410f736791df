# Rapport: `make run` serves it, `make test` proves it. Needs Python 3.11 to 3.13 and make.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8000
DATA ?= .rapport
PYTHON ?= $(shell scripts/find-python)
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
# secantusd-rs: pinned, built once into the user's cache
SECANTUS_VERSION := 0.5.3-beta.196
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/rapport/secantusd
# where bytecode is not to be kept, every start compiles some hundred modules: it is kept here
export PYTHONDONTWRITEBYTECODE :=
PACKAGES := api consent customers domain enrichment intake loyalty mongo

.PHONY: help run test test-wheel fuzz check fmt schema bench server lock clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

run: $(RUN) ## serve the API with a demo shop: PORT=8000 DATA=.rapport
	@echo "starting ..."
	@exec $(BIN)/rapport serve --demo --port $(PORT) --data "$(DATA)"

test: $(DEV) ## the whole suite, with coverage
	@$(BIN)/python -m pytest -n 3 --dist worksteal --cov --cov-report=term $(ARGS)

test-wheel: $(DEV) ## the marked subset on the embedded wheel
	@RAPPORT_TEST_SERVER=wheel $(BIN)/python -m pytest -m wheel -n 3 --dist worksteal $(ARGS)

fuzz: $(DEV) ## the engine against graphql-core over 10,000 random schemas, queries and faulty data: minutes
	@RAPPORT_FUZZ=10000 $(BIN)/python -m pytest -q tests/api/execution/test_same_answers.py

check: $(DEV) ## format, lint, types, import contracts, house lints, schema, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house tests/docs

fmt: $(DEV) ## format and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: $(DEV) ## write the published schema, and the tables of the guides that come from the code
	$(BIN)/rapport schema > schema.graphql
	$(BIN)/python -m tests.docs.tables

bench: $(DEV) ## measure: ratios against a floor of the same run
	$(BIN)/python -m bench $(ARGS)

server: ## build the fast development database once (cargo, cmake; minutes)
	@if [ -x "$(CACHE)/bin/secantusd-rs" ]; then echo "secantusd-rs is built: $(CACHE)/bin"; \
	elif ! command -v cargo >/dev/null || ! command -v cmake >/dev/null || ! command -v c++ >/dev/null; then \
	  echo "secantusd-rs needs cargo, cmake and a C++ compiler; without it the slower embedded wheel is used."; \
	else cargo install secantus-mdb --version $(SECANTUS_VERSION) --ignore-rust-version --locked --root "$(CACHE)" \
	  || cargo install secantus-mdb --version $(SECANTUS_VERSION) --ignore-rust-version --root "$(CACHE)"; fi

lock: ## resolve the dependencies anew
	scripts/lock

clean: ## forget the environment, not the data
	rm -rf $(VENV)

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Rapport needs Python 3.11 to 3.13: install one, or name it with PYTHON=/path/to/python3.11"; exit 1; }
	@echo "making the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

# the lock files are complete: nothing is resolved again; and what is never imported is never compiled
$(RUN): requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@echo "installing ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "installing ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(RUN)
