# `make` alone lists the targets. Each builds its own environment in .venv first.
#   make PYTHON=python3.13 reports    on a Python of your choice (3.11 or newer)
#   make UV= reports                  with pip even where uv is installed

.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/.made
JOBS ?= 2
# A test that needs a browser or an office suite, or is slow, runs in `make test-full`.
QUICK := not browser and not libreoffice and not slow

.PHONY: help reports test test-full check fix bench nightly lab docs example lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(MADE): pyproject.toml requirements.lock tools/environment.sh tools/bundle.py
	@PYTHON="$(PYTHON)" $(if $(filter undefined,$(origin UV)),,UV="$(UV)") ./tools/environment.sh

reports: $(MADE) ## run every priority notebook and write the reports and the Board page
	$(BIN)/hwb run

test: $(MADE) ## run the tests, but for those that need a browser, an office suite or patience
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "$(QUICK)"

test-full: $(MADE) ## run every test
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

check: $(MADE) ## lint, formatting, types, notebooks without outputs, the lock; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/nbstripout --keep-id --verify notebooks/*.ipynb
	$(BIN)/python -m pytest -q tests/architecture/test_dependencies.py

fix: $(MADE) ## repair what can be repaired: imports, formatting, outputs left in notebooks
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout --keep-id notebooks/*.ipynb

bench: $(MADE) ## measure the performance cases
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks engines

nightly: export HYPOTHESIS_PROFILE := night
nightly: test-full bench ## what a scheduled machine runs: every test, then the performance cases
	$(BIN)/python -m benchmarks.national
	$(BIN)/python -m benchmarks.areas

lab: $(MADE) ## open the notebooks in JupyterLab
	$(BIN)/hwb lab

docs: $(MADE) ## build the documentation site in build/docs
	$(BIN)/python -m tools.site.build

example: $(MADE) ## make the example reports that are kept in the repository
	$(BIN)/python -m tools.example

lock: ## resolve requirements.lock anew from pyproject.toml (needs uv)
	./tools/lock.sh

clean: ## remove the environment and what the tools cached; reports are kept
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
