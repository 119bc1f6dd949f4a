# Everything here works from nothing but Python >= 3.11 and the package index.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin

.PHONY: demo test check bench clean

demo: $(VENV)/.installed
	@rm -rf build/demo && mkdir -p build/demo
	$(BIN)/bibkit build build/demo/refs.bib examples/daily-papers.txt examples/reading-list.txt --offline
	@echo && sed -n 1,40p build/demo/refs.bib

test: $(VENV)/.installed-test check

check: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto --dist loadfile

bench: $(VENV)/.installed-test
	for b in tests/benchmarks/[a-z]*.py; do $(BIN)/python -m tests.benchmarks.$$(basename $$b .py) || exit 1; done

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -e .
	@touch $@

$(VENV)/.installed-test: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -e '.[test]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .hypothesis
