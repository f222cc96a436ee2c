# Clickstream. `make` alone prints this help.
SHELL := /bin/sh
PYTHON := .venv/bin/python
export PYTHONPATH := dags:plugins
EVENTS ?= 20000
DAYS ?= 3
FIRST_DAY ?= 2024-12-25
SEED ?= 7
ENV ?= dev
PORT ?= 8080
AWS_PORT ?= 4577
# A worker per core, at most four: each may hold a Spark session. What runs together: tests/conftest.py.
PYTEST := $(PYTHON) -m pytest --numprocesses logical --maxprocesses 4 --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup demo airflow ask compose-env test test-fast test-long test-glue bench lint audit mypy format lock local-aws janitor contract stack mwaa-package deploy destroy clean

help: ## print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv and fetch Spark's S3 client (the other targets do it where needed)
	@sh scripts/setup.sh

demo: setup ## the whole pipeline here, no account needed: make demo EVENTS=100000 DAYS=7 KEEP=1
	@$(PYTHON) -m local_airflow.demo --events $(EVENTS) --days $(DAYS) --first-day $(FIRST_DAY) --seed $(SEED) \
		$(if $(KEEP),--keep)

airflow: setup ## Airflow's pages on 127.0.0.1:8080, with events to backfill, until Ctrl-C: make airflow PORT=8081
	@$(PYTHON) -m local_airflow.up --events $(EVENTS) --days $(DAYS) --first-day $(FIRST_DAY) --seed $(SEED) \
		--port $(PORT) --aws-port $(AWS_PORT)

ask: setup ## ask the local Athena: make ask SQL="SELECT ..."; without SQL the queries of sql/
	@$(PYTHON) -m local_airflow.answers --aws-port $(AWS_PORT)

compose-env: ## what docker compose needs: made-up secrets in .env, which git ignores
	@sh scripts/compose_env.sh

test: setup ## every test (fixed seeds, under 20 minutes)
	@$(PYTEST) -m "not long"

test-fast: setup ## an answer in two minutes: no Spark, no scheduler, nothing end to end
	@$(PYTEST) -m "not slow and not long"

test-long: setup ## every sweep too
	@$(PYTEST)

test-glue: setup ## the Glue job's tests under Python 3.11, which Glue 5.1 runs
	@sh scripts/test_glue_python.sh

bench: setup ## what things cost beside what people would pick instead: make bench ROUNDS=1 SECTIONS="transform dag"
	@$(PYTHON) -m benchmarks --rounds $(or $(ROUNDS),3) $(SECTIONS)

lint: setup mypy ## ruff, ruff format, mypy --strict
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .

audit: setup ## what tflint, parliament and checkov say of terraform/ (once 3 minutes, then 1)
	@sh scripts/audit_terraform.sh

mypy: setup
	@$(PYTHON) -m mypy --strict dags/clickstream plugins local_aws local_airflow

format: setup ## put every file into ruff's form
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

lock: ## write the requirements files anew from pyproject.toml (names, versions, hashes)
	@for one in local:3.12 glue:3.11 lambda:3.12 audit:3.12; do \
		$(PYTHON) -m uv pip compile pyproject.toml --group $${one%:*} --universal --python-version $${one#*:} \
			--generate-hashes --no-header --no-annotate --quiet --output-file requirements-$${one%:*}.txt || exit 1; \
	done

local-aws: setup ## the local AWS with the stack in it, on 127.0.0.1:4577
	@$(PYTHON) -m local_aws --stack

janitor: setup ## show what nobody can see any more; make janitor APPLY=1 deletes it
	@$(PYTHON) -m clickstream.janitor $(if $(filter 1,$(APPLY)),--apply)

contract: setup ## check a change of the event contract; write docs/contract.md and the local stack anew
	@$(PYTHON) scripts/contract_changes.py && $(PYTHON) scripts/contract_document.py && $(PYTHON) scripts/plan_stack.py

stack: setup ## write local_aws/stack.json anew from what terraform/ plans (needs the offline provider)
	@$(PYTHON) scripts/plan_stack.py

mwaa-package: setup ## dags/, plugins.zip and requirements.txt as Amazon MWAA reads them, in build/mwaa
	@$(PYTHON) scripts/build_artifacts.py >/dev/null && ls -A build/mwaa

deploy: setup ## build, plan, ask and apply to AWS: make deploy ENV=dev (YES=1 asks nothing)
	@$(PYTHON) scripts/deployment.py deploy $(ENV) $(if $(filter 1,$(YES)),--yes)

destroy: setup ## take an environment away: make destroy ENV=dev; EMPTY=1 deletes what its buckets hold
	@$(PYTHON) scripts/deployment.py destroy $(ENV) $(if $(filter 1,$(EMPTY)),--empty) $(if $(filter 1,$(YES)),--yes)

clean: ## remove what these targets made, .venv and caches included
	rm -rf .venv .cache .local build .pytest_cache .mypy_cache .ruff_cache .hypothesis
