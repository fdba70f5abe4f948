# `make help` lists the targets. PYTHON names the Python that makes .venv (3.11 or newer).
PYTHON ?= python3
VENV := .venv/bin
COMPILE = CUSTOM_COMPILE_COMMAND='make lock' $(VENV)/pip-compile --quiet $(UPGRADE) \
	--allow-unsafe --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links
LONG := DOUBLE_SUBMITS=1000 FAULTS_REQUESTS=2000 FAULTS_ROUNDS=4
.DEFAULT_GOAL := help
.PHONY: help run run-keycloak test check format bench bench-list bench-events bench-audit faults pictures styles lock sbom audit clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: .venv/installed ## run the console with the sandbox on http://localhost:8000/ (PORT=)
	@exec $(VENV)/python -m tools.demo

run-keycloak: .venv/installed ## the same with a real Keycloak, fetched with Maven (needs Java 21)
	@exec $(VENV)/python -m tools.demo --keycloak

test: .venv/installed-dev ## run every check and every test, as CI does
	@exec $(VENV)/python -m tools.checks test

check: .venv/installed-dev ## run the checks that need no test: format, lint, types, imports
	@exec $(VENV)/python -m tools.checks check

format: .venv/installed-dev ## format Python and templates
	@$(VENV)/ruff check --fix-only --quiet .
	@$(VENV)/ruff format .
	@find templates -name '*.html' -exec $(VENV)/djade --target-version 5.2 {} +

faults: .venv/installed-dev ## the long form of the tests of faults and races, on both databases
	@$(LONG) $(VENV)/pytest tests/faults --quiet -o faulthandler_timeout=0
	@$(LONG) $(VENV)/python -m tools.postgres -- $(VENV)/pytest tests/faults --quiet -o faulthandler_timeout=0

bench: .venv/installed-dev ## this console beside Keycloak's own, with 10,000 clients (Chromium, Java)
	@exec $(VENV)/python -m tools.bench

bench-list: .venv/installed-dev ## the list at 100,000 clients, beside a bare page, and 50,000 requests long
	@$(VENV)/pytest tests/benchmarks --capture=no --quiet -o faulthandler_timeout=0
	@$(VENV)/python -m tools.postgres -- $(VENV)/pytest tests/benchmarks --capture=no --quiet -o faulthandler_timeout=0

bench-events: .venv/installed-dev ## reading a million login events of a real Keycloak
	@exec $(VENV)/python -m tools.bench.login_events

bench-audit: .venv/installed-dev ## the audit log at 10 million records against 10 thousand (an hour)
	@exec $(VENV)/python -m tools.bench_audit

pictures: .venv/installed-dev ## take the pictures of docs/ anew (needs Chromium; nicest with the font Inter)
	@exec $(VENV)/python -m tools.pictures

styles: .venv/installed-dev ## write static/css/tabler.css: of vendor/tabler.min.css what is used
	@exec $(VENV)/python -m tools.tabler

lock: .venv/installed-dev ## pin requirements*.in again, exactly and with hashes (UPGRADE=--upgrade)
	@$(COMPILE) requirements.in
	@$(COMPILE) requirements-dev.in

sbom: .venv/installed-dev ## write docs/sbom.json (CycloneDX) from the lock file and the vendored files
	@exec $(VENV)/python -m tools.sbom

audit: .venv/installed-dev ## ask what is known against the packages in production (docs/advisories.md)
	@exec $(VENV)/python -m tools.audit

clean: ## delete everything that make has made, downloads included
	rm -rf .venv var

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'This needs Python 3.11 or newer: make PYTHON=python3.11 ...' >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | .venv/bin/python
	@echo 'Installing the packages of requirements.txt into .venv ...'
	@$(VENV)/pip install --quiet --require-hashes -r requirements.txt
	@touch $@

.venv/installed-dev: requirements.txt requirements-dev.txt | .venv/bin/python
	@echo 'Installing the packages of requirements-dev.txt into .venv ...'
	@$(VENV)/pip install --quiet --require-hashes -r requirements-dev.txt
	@touch .venv/installed $@
