# The commands of this project. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/.installed ## start Sawt with the rehearsal network on 127.0.0.1:8000
	@exec $(BIN)/sawt demo

# Keep bytecode: otherwise each worker, and each process that a test starts, compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

PYTEST := $(BIN)/python -m pytest
SHARED := -n 4 --dist loadscope --no-loadscope-reorder --durations=15 -m "not alone"  # more workers than cores: some tests wait for processes
ALONE := -m alone tests/outbox/test_rate.py tests/vault/test_raw_bytes.py

test: $(VENV)/.tested ## run the suite, each test on the database that matters for it (some minutes)
	@$(PYTEST) $(SHARED)
	@$(PYTEST) $(ALONE)

quick: $(VENV)/.tested ## run tests without a database, and the main journey on each channel (under a minute)
	@$(PYTEST) $(SHARED) --quick

test-all: $(VENV)/.tested ## run the whole matrix: both databases, every case on every channel
	@$(PYTEST) $(SHARED) --whole
	@$(PYTEST) --whole $(ALONE)

check: $(VENV)/.tested ## check style, types and import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache

bench: $(VENV)/.tested ## measure launching, delivering, answering, idling … (one of them: make bench FAMILY=wire; fewer rows: FAMILY=idle=20000)
	@$(BIN)/python -m tests.bench $(FAMILY)

files-passed: $(VENV)/.tested ## list the source files that one answered SMS passes through
	@$(BIN)/python -m tests.files_passed --calls

pictures: $(VENV)/.tested ## take the pictures in docs/ again
	@$(BIN)/python -m tests.browser.pictures

recording: $(VENV)/.tested ## send our Twilio requests to Prism, and record its responses
	@$(BIN)/python -m tests.prism.recording

FUZZ := .venv-fuzz

fuzz: $(VENV)/.tested $(FUZZ)/.installed ## test with requests generated from the OpenAPI document (some minutes; more: EXAMPLES=200; as a role: ROLE=editor PROVINCE=01.571)
	@$(BIN)/python -m tests.fuzzing $(FUZZ)/bin/schemathesis $(if $(EXAMPLES),--examples $(EXAMPLES)) $(if $(DATABASE),--database $(DATABASE)) $(if $(ROLE),--role $(ROLE)) $(if $(PROVINCE),--province $(PROVINCE))

$(FUZZ)/.installed: requirements-fuzz.lock
	@$(PYTHON) -m venv --clear $(FUZZ)
	@$(FUZZ)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-fuzz.lock
	@touch $@

corpus: $(VENV)/.tested ## measure how labelled replies are understood (another list: make corpus FILE=replies.tsv)
	@$(BIN)/python -m tests.corpus.measure $(FILE)

catalogs: $(VENV)/.tested ## update the catalogs from locales/messages.toml
	@$(BIN)/python -m tests.catalogs

LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

lock: $(VENV)/.tested ## update the pinned dependencies, with hashes and without the name of an index
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-lock.lock
	@$(LOCK) pyproject.toml --group build -o requirements.lock
	@$(LOCK) pyproject.toml --group dev -o requirements-dev.lock
	@$(LOCK) --group lock -o requirements-lock.lock
	@$(LOCK) --group fuzz -o requirements-fuzz.lock

clean: ## remove the environment and the tools' caches; the demonstration's data in var/ stays
	@rm -rf $(VENV) $(FUZZ) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Sawt needs Python 3.11 or newer. Select one with: make PYTHON=python3.12 ...") \
	    if sys.version_info < (3, 11) else None'
	@echo "Creating the environment in $(VENV) ..."
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV) || { \
	    echo "Python cannot create environments here. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.PHONY: help demo test quick test-all check bench files-passed pictures recording fuzz corpus catalogs lock clean
