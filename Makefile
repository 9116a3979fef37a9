# Every command of a developer's day, the same here and in CI. `make help` lists them.
# Needed beforehand: Python 3.11 or newer, and a package index that pip can reach.
.DEFAULT_GOAL := help
.PHONY: help demo test check faults bench clean browser-for-tests missing-links audit
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

VENV := .venv
DEMO_VENV := .venv-demo
PIP := -m pip --disable-pip-version-check --no-input
FOLDERS := $(wildcard atlas embedder browser poster reid tests benchmark tools)
# mypy stops at a folder without Python files.
TYPED := $(foreach folder,$(FOLDERS),$(if $(wildcard $(folder)/*.py),$(folder)))
# Folders too: their time changes when a file comes or goes.
SHIPPED := $(shell find atlas embedder browser poster reid -name __pycache__ -prune -o -print)
WHAT_IT_IS := pyproject.toml setup.cfg README.md

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

demo: $(DEMO_VENV)/installed ## install, make six small videos, index them, print a poster of their map
	$(DEMO_VENV)/bin/frameatlas demo demo/
	@echo "frameatlas lives in $(DEMO_VENV); to type it without a path:  . $(DEMO_VENV)/bin/activate"

test: check ## make check, then all tests; says what was skipped and why
	@if ls tests/browser/test_*.py >/dev/null 2>&1; then $(MAKE) browser-for-tests; fi
	$(VENV)/bin/python -m pytest --ignore=tests/test_architecture.py

check: $(VENV)/installed ## style (ruff, eslint), types (mypy --strict, tsc) and the rules of the house
	$(VENV)/bin/ruff check $(FOLDERS)
	$(VENV)/bin/ruff format --check $(FOLDERS)
	$(VENV)/bin/mypy $(TYPED)
	$(VENV)/bin/python -m pytest -q tests/test_architecture.py
	@sh tools/check-javascript.sh

faults: $(VENV)/installed ## the long tests of faults: kills, full disks, damaged and hostile files
	$(VENV)/bin/python -m pytest -m faults

bench: $(VENV)/installed $(VENV)/peers ## short benchmarks beside their peers, into docs/benchmarks.md
	$(VENV)/bin/python -m benchmark short --write

audit: $(VENV)/installed ## known holes in installed packages (pip-audit; asks PyPI)
	$(VENV)/bin/python $(PIP) install -q pip-audit
	$(VENV)/bin/python $(PIP) freeze --exclude-editable | \
	  $(VENV)/bin/pip-audit --strict --no-deps --disable-pip -r /dev/stdin

browser-for-tests: # a browser for the tests of the web page, where the system can install one
	@sh tools/browser-for-tests.sh

clean: ## remove what these commands made: environments, caches, the demo
	rm -rf $(VENV) $(DEMO_VENV) demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Two steps, so that a new source file costs seconds and not a look at every dependency. Strict
# editable mode makes a tree of links that mypy can read, under build/; it has to be made again for
# new files, and where somebody has removed build/.
$(VENV)/installed: $(VENV)/dependencies $(SHIPPED) $(WHAT_IT_IS) $(if $(wildcard build/__editable__.*),,missing-links)
	$(VENV)/bin/python $(PIP) install -q --no-deps --no-build-isolation -e . --config-settings editable_mode=strict
	@touch $@

$(VENV)/dependencies: pyproject.toml
	@sh tools/make-environment.sh $(VENV)
	$(VENV)/bin/python $(PIP) install -q --prefer-binary 'setuptools>=77' -e '.[dev]' --config-settings editable_mode=strict
	@touch $@

# A peer that has no wheel for this Python stays away: its row says "not installed".
$(VENV)/peers: $(VENV)/dependencies
	@for peer in $$($(VENV)/bin/python tools/extra.py bench); do \
	  $(VENV)/bin/python $(PIP) install -q --prefer-binary "$$peer" || echo "$$peer was not installed."; \
	done
	@touch $@

$(DEMO_VENV)/installed: $(SHIPPED) $(WHAT_IT_IS)
	@sh tools/make-environment.sh $(DEMO_VENV)
	@echo "Installing frameatlas and its libraries into $(DEMO_VENV): some minutes the first time."
	rm -rf build/lib
	$(DEMO_VENV)/bin/python $(PIP) install -q --prefer-binary .
	@touch $@
