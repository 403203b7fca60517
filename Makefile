# Two commands for a fresh machine with Python 3.11 or later: `make demo` shows what kg does, `make test` checks it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out

.PHONY: demo test check tools lock clean

$(VENV)/runtime: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/development: requirements-dev.lock $(VENV)/runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

demo: $(VENV)/runtime
	$(BIN)/kg ingest corpus/articles --graph $(OUT)/demo
	$(BIN)/kg stats --graph $(OUT)/demo
	$(BIN)/kg query --graph $(OUT)/demo "MATCH (p:Person {name: 'Yi Tay'})-[r]->(x) RETURN type(r) AS fact, x.name AS what, coalesce(r.start, r.date, r.end) AS year ORDER BY fact, what"
	$(BIN)/kg export html $(OUT)/demo.html --graph $(OUT)/demo
	@echo "$(abspath $(OUT)/demo.html)"

# What pip cannot bring: a browser with Chinese fonts, and Java with Maven for a real Neo4j.
tools:
	sh tests/tools.sh

check: $(VENV)/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/kg schema check
	$(BIN)/kg corpus check

test: tools check
	$(BIN)/python -m pytest --cov --cov-report=term
	$(BIN)/kg score corpus --split dev

lock:
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --extra train --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) $(OUT) dist
