# Panshi 磐石. `make help` explains every word.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup demo run test check e2e bench screenshots format clean

help: ## show what each word does
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 20

.venv/installed: requirements/dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements/dev.txt
	@$(BIN)/uv pip install --quiet --no-deps -e .
	@touch $@

setup: .venv/installed ## install everything into .venv, build the front end, compile translations
	@$(BIN)/python frontend/build.py --if-changed
	@$(BIN)/panshi messages compile

demo: setup ## load the demo company and serve it on http://127.0.0.1:8000
	@$(BIN)/panshi demo
	@$(BIN)/panshi run

run: setup ## serve what is configured in .env (first start asks for the administrator)
	@$(BIN)/panshi run

test: setup ## the whole suite, on SQLite
	@$(BIN)/pytest -q -n 2 --dist loadfile -m "not journey and not services"

check: setup ## house rules: imports, types, lint, translations, licences
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/panshi messages check
	@$(BIN)/python frontend/build.py --check
	@$(BIN)/python -m django makemigrations --check --dry-run --settings panshi.config.settings

e2e: setup ## browser journeys (needs chromium)
	@$(BIN)/pytest -q -m journey tests/journeys

bench: setup ## list what can be measured, see benchmarks/README.md
	@$(BIN)/python -m benchmarks

screenshots: setup ## take the pictures of docs/images from a demo served at URL (see docs/screenshots.py)
	@$(BIN)/python docs/screenshots.py $(or $(URL),http://127.0.0.1:8000)

format: ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## remove what was built and the local data
	@rm -rf .venv node_modules frontend/node_modules panshi/web/static/dist var
