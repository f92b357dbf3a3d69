# Everything one types here. `make` alone lists it.
# Plain POSIX make and sh; works in a folder of any name. The environment is .venv, made from requirements.lock: packages, versions, hashes.
# PYTHON, here or in the environment, names the interpreter to make it with; unset, the newest known one is taken.

WORKERS = 4
BIN = .venv/bin
PYTEST = $(BIN)/python -m pytest
COMPILE = uv pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE) pyproject.toml
UPGRADE =

.PHONY: help setup demo test check format bench lock upgrade clean

help:
	@echo "make demo     try Limner in the browser: no account, no key"
	@echo "make setup    make or refresh .venv from requirements.lock (uv when present, else venv and pip)"
	@echo "make test     all tests"
	@echo "make check    format, lint, types, import contracts and the fast tests: no browser, no stand-ins of chats, no whole processes"
	@echo "make format   rewrite the code as 'make check' wants it, where a tool can"
	@echo "make bench    the measurements"
	@echo "make lock     write the lock files again after a change of pyproject.toml (needs uv)"
	@echo "make upgrade  the same, with the newest versions that pyproject.toml allows"
	@echo "make clean    remove .venv and caches; data stays"
	@echo "Afterwards the command is .venv/bin/limner."

# Done again only when the lock changed, or the folder moved (scripts in .venv/bin hold its path). The stamp is written last, so that
# an interrupted setup starts over. pip never removes what left the lock: there, .venv is made afresh.
setup:
	@if cmp -s requirements.lock .venv/made-from.lock && [ "$$(cat .venv/made-in 2>/dev/null)" = "$$PWD" ]; then exit 0; fi; \
	set -e; \
	uv=; if uv --version >/dev/null 2>&1; then uv=yes; fi; \
	python=; \
	for each in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
		if "$$each" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
			&& { [ -n "$$uv" ] || "$$each" -c 'import ensurepip' 2>/dev/null; }; then python=$$each; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Limner needs Python 3.11 or newer with venv, and found none: install it (Debian: python3-venv), or name it: make setup PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi; \
	echo "Making .venv with $$("$$python" --version)$${uv:+ and uv}: a minute the first time ..."; \
	if [ -z "$$uv" ] || [ "$$(cat .venv/made-in 2>/dev/null)" != "$$PWD" ] || ! $(BIN)/python -c '' 2>/dev/null; then rm -rf .venv; fi; \
	rm -f .venv/made-in; \
	if [ -n "$$uv" ]; then \
		[ -d .venv ] || uv venv --quiet --python "$$(command -v "$$python")" .venv; \
		uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock; \
		uv pip install --quiet --python $(BIN)/python --offline --no-deps --no-build-isolation --editable .; \
	else \
		"$$python" -m venv .venv; \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock; \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .; \
	fi; \
	cp requirements.lock .venv/made-from.lock; \
	printf '%s\n' "$$PWD" > .venv/made-in

demo: setup
	@$(BIN)/limner demo

# What one process has compiled, pytest's rewritten asserts among it, the others and the next run need not compile again.
test: setup
	PYTHONDONTWRITEBYTECODE= $(PYTEST) -n $(WORKERS) --dist worksteal

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	PYTHONDONTWRITEBYTECODE= $(PYTEST) -n $(WORKERS) -q -m "not browser and not slow and not wire"

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Every file of tests/bench that can be run by itself, one after another, with what it measured on the terminal.
bench: setup
	@for file in $$(grep -l __main__ tests/bench/*.py); do \
		name=$${file##*/}; $(BIN)/python -m "tests.bench.$${name%.py}" || failed=yes; \
	done; [ -z "$$failed" ]

# The second file is the first without what only developers need: the container is built from it.
lock:
	$(COMPILE) --group dev --output-file requirements.lock
	$(COMPILE) --group build --constraint requirements.lock --output-file requirements-runtime.lock

upgrade:
	$(MAKE) lock UPGRADE=--upgrade

clean:
	rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache .hypothesis dist
	find bot adapters commands storage tests -name __pycache__ -type d -prune -exec rm -rf {} +
