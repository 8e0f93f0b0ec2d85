PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint lock

demo: .venv/warm
	$(BIN)/rezone demo --out out/demo

test: .venv/warm
	$(BIN)/pytest -n 2 --dist loadscope

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Versions and hashes of everything, for every supported Python, without addresses.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra dev --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links pyproject.toml -o constraints.txt

# The kernels are compiled here once, so that no command waits for them later: all anew where one has changed, since
# numba does not see that what a kernel calls has changed.
.venv/warm: .venv/installed $(wildcard optimizer/*/kernel/*.py)
	rm -rf optimizer/*/kernel/__pycache__
	$(BIN)/python -m optimizer.solvers.warm
	touch $@

.venv/installed: constraints.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --require-hashes -r constraints.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	touch $@
