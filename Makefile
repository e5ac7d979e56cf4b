# Everything here sets itself up: it needs make, Python >= 3.11 and a package index. Each target's help is its comment.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# uv from PATH where it works (a version manager's shim may not), else one of our own in .uv/.
UV := $(if $(shell uv --version 2>/dev/null),uv,.uv/bin/uv)
RUN := $(UV) run --no-sync
# The system's certificates where there are some: they know a company's own authority, uv's do not.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS ?= true
endif
# The page: whatever its build reads, and the file that the build writes last.
PAGE := services/api/src/longshore_api/web/built/manifest.json
PAGE_SOURCES := $(shell find services/api/web \( -name node_modules -o -name generated \) -prune -o -type f -print)
# Its tools run on Node; where there is none, uv fetches one.
WEB := UV='$(if $(findstring /,$(UV)),$(abspath $(UV)),$(UV))' services/api/web
AXE := services/api/web/node_modules/axe-core
PROJECTS := pyproject.toml uv.lock $(wildcard services/*/pyproject.toml) examples/pyproject.toml loadtest/pyproject.toml
# Two test processes: more only wait for each other, since each has a RabbitMQ and a Redis of its own.
PROCESSES ?= 2
ARGS ?=
# Needs nothing but what it brings itself; the others have targets of their own.
FAST := not browser and not loadtest and not faults and not chart and not images and not cluster

##@ Use
.PHONY: up
up: .venv/synced $(PAGE) ## start the whole system on this machine: http://127.0.0.1:5000 (ARGS="--tasks my_tasks.py --flower")
	@$(RUN) longshore up $(ARGS)

.PHONY: page
page: $(PAGE) ## build the page of http://127.0.0.1:5000 (`make up` and the tests do by themselves)

##@ Check
.PHONY: test
test: lint types test-fast test-chart ## everything but kill tests and Kubernetes: lint, types, pytest on services of its own

.PHONY: test-fast
test-fast: .venv/synced $(PAGE) ## the same without ruff and mypy (ARGS="-k priority")
	@$(RUN) python -m tests.services
	$(RUN) pytest -m "$(FAST)" -n $(PROCESSES) --dist worksteal $(ARGS)

.PHONY: test-faults
test-faults: .venv/synced ## the kill tests: every part, broker and ledger, killed and frozen while 2,000 tasks run
	@$(RUN) python -m tests.services
	$(RUN) pytest -m faults --timeout 300 -n $(PROCESSES) --dist worksteal tests/faults $(ARGS)

.PHONY: test-browser
test-browser: .venv/synced $(PAGE) $(AXE) ## the page in a real Chromium, on the whole system (ARGS="-k keyboard")
	@$(RUN) python -m tests.services
	@$(RUN) python -m tests.browser
	@rm -rf build/browser
	$(RUN) pytest -m browser -n $(PROCESSES) --dist loadfile tests/browser $(ARGS)

.PHONY: test-loadtest
test-loadtest: .venv/synced $(PAGE) $(AXE) ## the load tests' own: faults on a whole system, builds that are defective on purpose, the report
	@$(RUN) python -m tests.services
	$(RUN) pytest -m "loadtest or faults or browser" --timeout 300 -n $(PROCESSES) --dist worksteal tests/loadtest $(ARGS)

.PHONY: test-contract
test-contract: .venv/synced ## what holds for every broker (LONGSHORE_TEST_SERVICES=docker: RabbitMQ 4.3)
	@$(RUN) python -m tests.services
	$(RUN) pytest tests/contract $(ARGS)

.PHONY: test-chart
test-chart: .venv/synced ## the chart, its alerts and dashboards, as helm, kubeconform and promtool see them
	$(RUN) pytest -m chart -n $(PROCESSES) --dist worksteal $(ARGS)

.PHONY: test-images
test-images: .venv/synced ## the images, built and run by docker
	$(RUN) pytest -m images tests/images $(ARGS)

.PHONY: test-cluster
test-cluster: .venv/synced ## a release on the cluster of KUBECONFIG: installed, scaled, upgraded, broken
	@rm -rf build/cluster-report
	$(RUN) pytest -m cluster --durations=0 -s tests/cluster $(ARGS)

.PHONY: cluster-report
cluster-report: .venv/synced ## what `make test-cluster` found, into docs/operations.md
	$(RUN) python -m tests.cluster.report

.PHONY: lint
lint: .venv/synced ## ruff, and biome for the page: rules and format
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(WEB)/tool lint

.PHONY: types
types: .venv/synced ## mypy, and tsc for the page, strict
	$(RUN) mypy
	$(RUN) mypy tests loadtest/benchmarks docs charts
	@mkdir -p services/api/web/generated
	@$(RUN) python -m longshore_api.describe > services/api/web/generated/openapi.json
	$(WEB)/tool types

.PHONY: fmt
fmt: .venv/synced ## let ruff and biome fix and format what they can
	$(RUN) ruff check --fix
	$(RUN) ruff format
	$(WEB)/tool fmt

##@ Measure
.PHONY: loadtest
loadtest: .venv/synced ## load a system of its own for a minute, break it, and judge it (ARGS="--time 10m --seed 7 --web 8089")
	$(RUN) longshore-loadtest run --up --faults all --minimum-age 2s $(ARGS)

.PHONY: bench
bench: .venv/synced $(PAGE) ## the benchmarks, side by side with raw Celery; a table, and JSON in build/benchmarks (ARGS="--rounds 1")
	$(RUN) python -m loadtest.benchmarks $(ARGS)

.PHONY: bench-smoke
bench-smoke: .venv/synced $(PAGE) ## the same at tiny sizes: do they run?
	$(RUN) python -m loadtest.benchmarks --quick $(ARGS)

.PHONY: kill-report
kill-report: .venv/synced ## the kill tests, and their report into docs/guarantees.md
	@$(RUN) python -m tests.services
	@rm -rf build/kill-report
	$(RUN) pytest -m faults --timeout 300 tests/faults $(ARGS)
	$(RUN) python -m tests.faults.report

.PHONY: mutants
mutants: .venv/synced ## each condition of the ledger's scripts changed by hand, and the sentence that notices
	@$(RUN) python -m tests.services
	$(RUN) pytest tests/mutants $(ARGS)

.PHONY: coverage
coverage: .venv/synced $(PAGE) ## branches of core, ledger and scheduler that the fast tests take; at least 95 %
	@$(RUN) python -m tests.services
	$(RUN) pytest -m "$(FAST)" -n $(PROCESSES) --dist worksteal --cov --cov-report= $(ARGS)
	$(RUN) coverage report --include='services/core/*,services/ledger/*,services/scheduler/*' --show-missing --skip-covered --fail-under 95

##@ Ship
TAG ?= $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
# BASE=python:3.13-slim@sha256:… pins the base image; a package index of your own, where one is set.
BUILD_ARGS := $(foreach name,BASE PIP_INDEX_URL UV_DEFAULT_INDEX NPM_CONFIG_REGISTRY,$(if $($(name)),--build-arg $(name)))

.PHONY: images
images: ## the container images, by docker: longshore-api, -scheduler, -worker, -flower, -loadtest (TAG=0.1.0)
	@for folder in services/api services/scheduler services/worker services/flower loadtest; do \
	  docker build --network host --file $$folder/Dockerfile --tag longshore-$${folder##*/}:$(TAG) $(BUILD_ARGS) \
	    --build-arg VERSION=$(TAG) --build-arg REVISION=$$(git rev-parse HEAD 2>/dev/null || echo unknown) .; \
	done

.PHONY: image-sizes
image-sizes: .venv/synced ## how large they are, into README.md; fails when one is too large
	$(RUN) python -m tests.images.sizes $(TAG)

##@ House
.PHONY: docs
docs: .venv/synced ## write the generated parts of docs/ anew
	$(RUN) python -m docs.generate

.PHONY: docs-site
docs-site: | $(filter .uv/%,$(UV)) ## the documents and the reference of the Python API as one site in build/site; a dead link fails
	@rm -rf build/site
	@$(UV) run --quiet --isolated --only-group docs python -m docs.site
	$(UV) run --quiet --isolated --only-group docs zensical build --strict --clean

.PHONY: screenshots
screenshots: .venv/synced $(PAGE) ## take pictures of the page, light, dark and as a phone shows it, into docs/pictures/page
	$(RUN) python -m tests.browser.screenshots

.PHONY: chart
chart: .venv/synced ## write the chart's schema and README anew, from the comments in its values.yaml
	$(RUN) python -m charts.generate

.PHONY: clean
clean: ## remove what builds and tests leave behind, the virtualenv too
	rm -rf .venv .uv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis mutants build dist node_modules .coverage* \
	  services/api/web/node_modules $(dir $(PAGE))
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	      /^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(PAGE): $(PAGE_SOURCES) | .venv/synced
	@$(WEB)/build

# What only the page's checks need of npm's packages.
$(AXE): $(PAGE)
	@$(WEB)/with-node services/api/web/install
	@touch $@

.venv/synced: $(PROJECTS) | $(filter .uv/%,$(UV))
	$(UV) sync --all-packages
	@touch $@

PYTHON = $(firstword $(foreach name,python3.14 python3.13 python3.12 python3.11 python3,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))

.uv/bin/uv:
	@[[ -n "$(PYTHON)" ]] || { echo "Longshore needs Python 3.11 or newer; python3 here is: $$(python3 --version 2>&1 || true)" >&2; exit 1; }
	@$(PYTHON) -m venv .uv || { rm -rf .uv; echo "python3 -m venv failed (Debian: apt-get install python3-venv). Or install uv: https://docs.astral.sh/uv/" >&2; exit 1; }
	.uv/bin/pip install --quiet --require-hashes --requirement build-requirements.txt
