# `make run` opens the playground, `make test` checks it; both set everything up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS = 1

# Ctrl-C is how a server is meant to end: no error of make's after it.
UNTIL_CTRL_C := trap 'exit 0' INT;

.PHONY: run class test check lint texts clean

run: $(VENV)/.run
	@$(UNTIL_CTRL_C) $(BIN)/python -m streamlit run app.py

class: $(VENV)/.run
	@$(UNTIL_CTRL_C) $(BIN)/python tools/serve_class.py $(if $(TLS),--tls)

test: $(VENV)/.test lint
	$(BIN)/python -m pytest -n 2 --no-loadscope-reorder

# Of the engine's tests, what trains for long or starts processes.
SLOW := test_cli.py data/test_mnist.py digits/test_large.py export gan/test_health.py gan/test_train.py runs/cluster runs/worker \
	runs/test_*.py plane/test_train.py training/test_advice.py training/test_demo_model.py \
	training/test_experiments.py training/test_train.py
FAST := tests/engine $(SLOW:%=--ignore-glob=tests/engine/%)

# What takes less than a minute: style, types, and the engine without long trainings, processes or a browser.
check: $(VENV)/.test lint
	$(BIN)/python -m pytest -n 2 $(FAST)

lint: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy engine ui

$(VENV)/.run: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.test: requirements-dev.txt requirements-cluster.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

# Collects all texts for translators, and brings the languages in assets/languages up to date.
texts: $(VENV)/.run
	$(BIN)/python tools/texts.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
