PYTHON ?= python3
BIN := .venv/bin
# Set, it lets every process compile pandas anew: two seconds each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint docs bench lock chromium warm

# Needs what the program runs on alone; the kernels are compiled by the command itself, which says so.
demo: .venv/ready
	$(BIN)/rezone demo --out out/demo

test: warm chromium
	$(BIN)/pytest -n 2 --dist loadscope

# A real browser for the tests of pages. Where none is there and none can be installed, they skip and say so.
chromium:
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
		{ APT="$$([ "$$(id -u)" = 0 ] || echo sudo -n) apt-get"; $$APT install -y -q chromium || { $$APT update -q && $$APT install -y -q chromium; }; } \
		>/dev/null 2>&1 || echo "no Chromium, and it cannot be installed here: tests of pages are skipped"

# The peers' table, in under 30 minutes on two cores. For a night of it: .venv/bin/python -m benchmarks.peers --full
bench: warm
	$(BIN)/python -m benchmarks.peers

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if command -v tsc >/dev/null; then tsc -p scenarios/table/page; else echo "no tsc here: the types of the page are not checked"; fi

# The documentation as HTML pages in docs/_build/html. Offline: nothing is fetched, and the pages load nothing either.
docs: .venv/installed
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html

# Versions and hashes of what the program runs on, and of everything, for every supported Python, without addresses.
# The first is a part of the second: one version of a package, wherever it stands.
PIN := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --quiet pyproject.toml
lock:
	$(PIN) --extra dev -o requirements-dev.txt
	sed -n 's/^\([a-z0-9.-]*==[^\\]*[^ \\]\).*/\1/p' requirements-dev.txt > .versions
	$(PIN) --extra build -c .versions -o requirements.txt
	rm .versions

# The kernels are compiled here once, so that no test waits for them; where they are there, this takes a second.
warm: .venv/installed
	$(BIN)/python -m optimizer.warm

# What tests, docs and benchmarks need besides.
.venv/installed: .venv/ready requirements-dev.txt
	$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.txt
	touch $@

# Python compiles what it imports when it first does: a third of the time of installing goes into what nobody imports.
.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --no-compile --require-hashes -r requirements.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation --config-settings editable_mode=compat -e .
	touch $@
