# ARGS reaches the command behind a target: make test ARGS="-k signing", make lock ARGS=--upgrade
ARGS =
PYTHON = .venv/bin/python
PYTHON_FILES = . bin/test bin/make-stamp-font bin/messages

.PHONY: help setup run test lint format bench lock messages

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

setup: ## Install what the application needs; the other targets do so by themselves
	@bin/setup

run: ## Serve the application; HOST, PORT, DATA_DIR, DEMO and DEMO_PASSWORD change how: make run PORT=8001
	@bin/setup && exec $(PYTHON) -m aiplatform.serve

test: ## Run every test, on SQLite and on PostgreSQL with Redis; ARGS="--only sqlite" takes one of the two
	@bin/setup dev && exec $(PYTHON) bin/test $(ARGS)

lint: ## Check style, types and migrations
	@bin/setup dev
	$(PYTHON) -m ruff check $(PYTHON_FILES)
	$(PYTHON) -m ruff format --check $(PYTHON_FILES)
	$(PYTHON) -m mypy --scripts-are-modules $(PYTHON_FILES)
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) manage.py check

format: ## Lay out the code, and mend what ruff can
	@bin/setup dev
	$(PYTHON) -m ruff check --fix $(PYTHON_FILES)
	$(PYTHON) -m ruff format $(PYTHON_FILES)

bench: ## Measure, against PostgreSQL and Redis
	@bin/setup dev && exec $(PYTHON) -m tests.support.services $(PYTHON) -m benchmarks $(ARGS)

lock: ## Choose the versions anew; ARGS=--upgrade takes the newest
	@bin/setup lock $(ARGS)

messages: ## Bring locale/ up to date with the texts in the sources, and compile it
	@bin/setup dev && exec $(PYTHON) bin/messages
