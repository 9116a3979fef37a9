# Every command of a developer's day, the same here and in CI. `make help` lists them.
# Needed beforehand: Python 3.11 or newer, and a package index that pip can reach.
.DEFAULT_GOAL := help
.PHONY: help demo test quick check style types rules javascript oldest newest docs faults bench clean browser-for-tests missing-links audit
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
# Hundreds of processes are started for the tests: each would compile every file of the package anew.
export PYTHONDONTWRITEBYTECODE :=

VENV := .venv
DEMO_VENV := .venv-demo
OLDEST_VENV := .venv-oldest
NEWEST_VENV := .venv-newest
# Tests of one file run in one process, files beside each other: one more of them than processors, as
# many tests wait for another process or a page; six hold some 8 GB.
PROCESSES ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ $$n -gt 5 ] && echo 6 || expr $$n + 1)
# What waits for nobody needs no more: each of them reads all files of tests first.
CORES := $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ $$n -gt 8 ] && echo 8 || echo $$n)
# Where an environment keeps its programs.
BIN := $(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP := -m pip --disable-pip-version-check --no-input
FOLDERS := $(wildcard atlas embedder browser poster reid tests benchmark tools examples)
# mypy stops at a folder without Python files.
TYPED := $(foreach folder,$(FOLDERS),$(if $(wildcard $(folder)/*.py),$(folder)))
# Folders too: their time changes when a file comes or goes.
SHIPPED := $(shell find atlas embedder browser poster reid -name __pycache__ -prune -o -print)
WHAT_IT_IS := pyproject.toml setup.cfg README.md

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

demo: $(DEMO_VENV)/installed ## install, make six small videos, index them, print a poster of their map
	$(DEMO_VENV)/$(BIN)/frameatlas demo demo/
	@echo "frameatlas lives in $(DEMO_VENV); to type it without a path:  . $(DEMO_VENV)/$(BIN)/activate"

test: check ## make check, then all tests; says what was skipped and why
	@if ls tests/browser/test_*.py >/dev/null 2>&1; then $(MAKE) browser-for-tests; fi
	$(VENV)/$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --ignore=tests/test_architecture.py --ignore=tests/test_rooms.py

quick: $(VENV)/installed ## the tests that need no process, browser or network (nor a neural one): minutes
	$(VENV)/$(BIN)/python -m pytest --quick -n $(CORES) --dist loadfile --ignore=tests/test_architecture.py --ignore=tests/test_rooms.py

check: $(VENV)/installed ## style (ruff, eslint), types (mypy --strict, tsc) and the rules of the house
	@$(MAKE) -j2 style types rules javascript

style: $(VENV)/installed
	$(VENV)/$(BIN)/ruff check $(FOLDERS)
	$(VENV)/$(BIN)/ruff format --check $(FOLDERS)

types: $(VENV)/installed
	$(VENV)/$(BIN)/mypy $(TYPED)

rules: $(VENV)/installed
	$(VENV)/$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_rooms.py

javascript:
	@sh tools/check-javascript.sh

oldest: ## the tests that are not slow, with exactly the oldest versions that pyproject.toml allows
	@sh tools/make-environment.sh $(OLDEST_VENV)
	$(OLDEST_VENV)/$(BIN)/python tools/floors.py dev > $(OLDEST_VENV)/floors.txt
	$(OLDEST_VENV)/$(BIN)/python $(PIP) install -q --prefer-binary -c $(OLDEST_VENV)/floors.txt -e '.[dev]'
	$(OLDEST_VENV)/$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile -m 'not slow and not faults'

newest: ## all tests with the newest versions of everything, pre-releases too
	@sh tools/make-environment.sh $(NEWEST_VENV)
	$(NEWEST_VENV)/$(BIN)/python $(PIP) install -q --prefer-binary --upgrade --upgrade-strategy eager --pre -e '.[dev,words]'
	$(NEWEST_VENV)/$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile

docs: $(VENV)/documentation ## the documentation as a site in build/docs, its links checked
	NO_MKDOCS_2_WARNING=1 $(VENV)/$(BIN)/python -m mkdocs build -q
	@echo "Open build/docs/index.html"

faults: $(VENV)/installed ## the long tests of faults: kills, full disks, damaged and hostile files
	$(VENV)/$(BIN)/python -m pytest -m faults

bench: $(VENV)/installed $(VENV)/peers ## short benchmarks beside their peers, into docs/benchmarks.md
	$(VENV)/$(BIN)/python -m benchmark short --write

audit: $(VENV)/installed ## known holes in installed packages (pip-audit; asks PyPI)
	$(VENV)/$(BIN)/python $(PIP) install -q pip-audit
	$(VENV)/$(BIN)/python $(PIP) freeze --exclude-editable | \
	  $(VENV)/$(BIN)/pip-audit --strict --no-deps --disable-pip -r /dev/stdin

browser-for-tests: # a browser for the tests of the web page, where the system can install one
	@sh tools/browser-for-tests.sh

clean: ## remove what these commands made: environments, caches, the demo
	rm -rf $(VENV) $(DEMO_VENV) $(OLDEST_VENV) $(NEWEST_VENV) demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Two steps, so that a new source file costs seconds and not a look at every dependency. Strict
# editable mode makes a tree of links that mypy can read, under build/; it has to be made again for
# new files, and where somebody has removed build/.
$(VENV)/installed: $(VENV)/dependencies $(SHIPPED) $(WHAT_IT_IS) $(if $(wildcard build/__editable__.*),,missing-links)
	$(VENV)/$(BIN)/python $(PIP) install -q --no-deps --no-build-isolation -e . --config-settings editable_mode=strict
	@touch $@

$(VENV)/dependencies: pyproject.toml
	@sh tools/make-environment.sh $(VENV)
	$(VENV)/$(BIN)/python $(PIP) install -q --prefer-binary 'setuptools>=77' -e '.[dev,words]' --config-settings editable_mode=strict
	@touch $@

$(VENV)/documentation: $(VENV)/installed
	$(VENV)/$(BIN)/python $(PIP) install -q --prefer-binary $$($(VENV)/$(BIN)/python tools/extra.py docs)
	@touch $@

# A peer that has no wheel for this Python stays away: its row says "not installed".
$(VENV)/peers: $(VENV)/dependencies
	@for peer in $$($(VENV)/$(BIN)/python tools/extra.py bench); do \
	  $(VENV)/$(BIN)/python $(PIP) install -q --prefer-binary "$$peer" || echo "$$peer was not installed."; \
	done
	@touch $@

$(DEMO_VENV)/installed: $(SHIPPED) $(WHAT_IT_IS)
	@sh tools/make-environment.sh $(DEMO_VENV)
	@echo "Installing frameatlas and its libraries into $(DEMO_VENV): some minutes the first time."
	rm -rf build/lib
	$(DEMO_VENV)/$(BIN)/python $(PIP) install -q --prefer-binary .
	@touch $@
