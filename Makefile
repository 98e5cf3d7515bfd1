# `make help` lists what can be done. Python 3.11+ and make are all that must be there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UP ?= # options for `pulso up`, as in: make run UP="--port 8090"
LOAD ?= # options for `pulso load`, as in: make load LOAD="--url https://pulso.example.com --rate 500 --seconds 300"
TESTS ?= # what to test, as in: make test TESTS=libs/streams

DOCKER ?= docker
TAG ?= 0.1.0

LIBRARIES := libs/contracts libs/kit libs/streams libs/cli
SERVICES := services/gateway services/ingest services/sentiment services/trends services/insights
BENCHMARKS := autoscaling startup ingest_real one_answer serving overload explaining indexing aspects trends_quality trends_speed topics segments forecast sales ratings tracing
PROJECTS := $(addsuffix /pyproject.toml,$(LIBRARIES) $(SERVICES) training)

# uv does not read pip's settings: where pip has been given a folder of wheels, uv takes them too (a torch
# for CPUs is a tenth of the default one).
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
export UV_LINK_MODE ?= copy
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --constraints constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run load monitor test check format bench soak images sbom compose charts constraints clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: $(VENV)/.serving ## Install and start the whole stack with sample data; Ctrl-C stops it
	@exec $(BIN)/pulso up $(UP)

load: $(VENV)/.serving ## Drive a deployment by a given rate of made-up items, by default the one of `make run`
	@exec $(BIN)/pulso load $(LOAD)

monitor: $(VENV)/.serving ## Start Prometheus beside `make run`, with all rules, on port 9090
	@exec $(BIN)/python -m monitoring

# In the order of the files: by itself xdist puts those with few tests last, and these are the long ones.
test: $(VENV)/.development ## Run all tests
	$(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

check: $(VENV)/.development ## Lint, formatting, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy libs services training bench charts monitoring sbom
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.development ## Format the code and mend what ruff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.development ## Run all benchmarks in full and print their figures
	@for name in $(BENCHMARKS); do $(BIN)/python -m bench.$$name || exit 1; done

soak: $(VENV)/.development ## Score for half an hour at 80 % load; neither memory nor latency may drift
	$(BIN)/python -m bench.soak

images: ## Build an image of each service with DOCKER; TAG names the version
	@for service in $(notdir $(SERVICES)); do \
		$(DOCKER) build --build-arg SERVICE=$$service --tag pulso-$$service:$(TAG) . || exit 1; done

sbom: $(VENV)/.development ## Write what each image holds into build/sbom (CycloneDX): packages, licences, the model
	$(BIN)/python -m sbom build/sbom

compose: .env ## Build and start everything in containers, without a cluster
	$(DOCKER) compose up --build --detach --wait

charts: $(VENV)/.development ## Write the charts' schemas of values anew, and pack the umbrella into build/
	$(BIN)/python -m charts.schema
	$(BIN)/python -c 'import helm_python; print(helm_python.package("charts/pulso", destination="build"))'

constraints: $(VENV)/.uv ## Resolve all dependencies anew into constraints.txt
	@printf '%s\n' $(foreach folder,$(LIBRARIES) $(SERVICES) services/sentiment[torch] training,'-e $(CURDIR)/$(folder)') \
		hatchling==1.28.0 uv torch==2.13.0 > $(VENV)/all.in
	$(BIN)/uv pip compile --quiet --upgrade --no-annotate --no-header --python-version 3.11 \
		--output-file $(VENV)/all.txt $(VENV)/all.in requirements-dev.in
	@{ sed -n '/^#/p' constraints.txt; sed -n '/^-e/d; s/+cpu$$//; p' $(VENV)/all.txt | LC_ALL=C sort; } \
		> $(VENV)/constraints.txt
	@mv $(VENV)/constraints.txt constraints.txt

clean: ## Remove the environment and caches; data in .pulso stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What runs: five services and the command line, without torch.
$(VENV)/.serving: $(VENV)/.uv constraints.txt $(PROJECTS)
	$(INSTALL) $(addprefix -e ./,$(LIBRARIES) $(SERVICES))
	@touch $@

# What tests, checks and trains besides.
$(VENV)/.development: $(VENV)/.serving requirements-dev.in
	$(INSTALL) -e ./services/sentiment[torch] -e ./training -r requirements-dev.in
	@touch $@

# The secrets of compose.yaml, made once: another customer key would make every customer a stranger.
.env:
	@umask 077 && $(PYTHON) -c 'from secrets import token_hex as new; \
		print(f"PULSO_ADMIN_KEY=pulso_{new(4)}_{new(20)}"); \
		[print(f"PULSO_{name}={new(24)}") \
		for name in ("INTERNAL_TOKEN", "CUSTOMER_KEY", "VALKEY_PASSWORD", "POSTGRESQL_PASSWORD")]' > $@

$(VENV)/.uv: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Pulso needs Python 3.11 or newer; name it with: make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	@touch $@
