# Everything a developer does, a line each: `make` lists it. A fresh machine needs Python 3.11
# and make, nothing else; every target sets up what it needs, once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
UV := .cache/uv/bin/uv
RUN := .venv/bin
READY := .venv/.ready
ARGS ?=

export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv

.PHONY: help setup demo up check test test-unit test-store test-cluster test-service test-system
.PHONY: test-pages chaos chaos-proof life sim bench region region-proof schemas clean
.PHONY: check-format check-lint check-types check-imports check-schemas check-compat check-alerts

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: $(READY) ## Create .venv with everything that uv.lock names

demo: $(READY) ## Run Talon with a simulated day; ARGS="--speed 60 --branch BR-D"
	@$(RUN)/talon demo $(ARGS)

up: $(READY) ## Run Talon on this machine, with Kafka and Valkey; ARGS="--branch BR-D"
	@$(RUN)/talon up $(ARGS)

check: $(READY) ## Format, lint, types, imports, contracts, alert rules (under a minute)
	@$(MAKE) --keep-going --jobs=4 --output-sync=target check-types check-imports check-alerts \
	  check-format check-lint check-schemas check-compat
	@echo "all checks passed"

test: $(READY) ## Run all tests, on a real broker, store, browser and Prometheus
	@$(RUN)/pytest -ra $(ARGS)

test-unit: $(READY) ## Rules, contracts and house rules: no I/O
	@$(RUN)/pytest -ra tests/unit tests/contracts tests/architecture $(ARGS)

test-store: $(READY) ## Every Lua file on a real store
	@$(RUN)/pytest -ra tests/store $(ARGS)

test-cluster: $(READY) ## Store tests on a cluster and with sentinels; masters killed and frozen
	@TALON_TEST_STORE=cluster $(RUN)/pytest -ra tests/store tests/service $(ARGS)
	@TALON_TEST_STORE=sentinel $(RUN)/pytest -ra tests/store tests/service $(ARGS)
	@$(RUN)/pytest -ra -m "long or not long" tests/cluster $(ARGS)

test-service: $(READY) ## Each service alone on a real broker and store
	@$(RUN)/pytest -ra tests/service tests/observability $(ARGS)

test-system: $(READY) ## The whole, with processes killed and wires cut
	@$(RUN)/pytest -ra tests/system tests/chaos $(ARGS)

test-pages: $(READY) ## The pages in a real browser
	@$(RUN)/pytest -ra tests/pages $(ARGS)

chaos: $(READY) ## Break a day by dice and judge what is left; ARGS="--minutes 3 --seed 7"
	@$(RUN)/python -m tests.chaos $(ARGS)

chaos-proof: $(READY) ## Broken builds are caught; brokers, instances and stores come and go
	@$(RUN)/pytest -ra -m long tests/chaos tests/system $(ARGS)

life: $(READY) ## Live thirty days at speed; memory and keys must not grow; ARGS="--days 30"
	@$(RUN)/python -m tests.life $(ARGS)

sim: $(READY) ## Compare orders of calling over many days; ARGS="--branch BR-D --days 100"
	@$(RUN)/python -m services.sim $(ARGS)

bench: $(READY) ## Measure, and write docs/benchmarks.md
	@$(RUN)/python -m tests.bench $(ARGS)

region: $(READY) ## Live a region's peak hour, and write docs/region-figures.md; ARGS="--times 3"
	@$(RUN)/python -m tests.region $(ARGS)

region-proof: $(READY) ## A small region's hour as a test, and that its checks can fail
	@$(RUN)/pytest -ra -m "long or not long" tests/region $(ARGS)

schemas: $(READY) ## Write contracts/schemas and contracts/asyncapi.yaml anew
	@$(RUN)/python -m contracts.generate

clean: ## Remove what make made; the state of a demo (.talon) stays
	@rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis test-results dist
	@find . -name __pycache__ -prune -exec rm -rf {} +

check-format: $(READY)
	@$(RUN)/ruff format --check --quiet . || { echo "mend: .venv/bin/ruff format ."; exit 1; }

check-lint: $(READY)
	@$(RUN)/ruff check --quiet .

check-types: $(READY)
	@$(RUN)/mypy

check-imports: $(READY)
	@out=$$($(RUN)/lint-imports --no-cache 2>&1) || { echo "$$out"; exit 1; }
	@echo "imports go one way"

check-schemas: $(READY)
	@$(RUN)/python -m contracts.generate --check

check-compat: $(READY)
	@$(RUN)/python -m contracts.compat

check-alerts: $(READY)
	@$(RUN)/python -m tests.prometheus promtool check rules deploy/prometheus/{rules,alerts}/*.yml
	@$(RUN)/python -m tests.prometheus promtool test rules deploy/prometheus/tests/*.yml

# The lock says every version and hash; the stamp says that .venv is what the lock says.
$(READY): uv.lock pyproject.toml $(UV)
	@$(UV) sync --frozen --all-extras --python $(PYTHON)
	@touch $@

$(UV): .ci/uv.txt
	@$(PYTHON) .ci/ready.py
	@$(PYTHON) -m venv --clear .cache/uv
	@.cache/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
