# Everything a user or contributor runs. `make help` lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.DEFAULT_GOAL := help
.PHONY: help install run test check format browser widget bench quality promises client docs lock clean

help: ## Show this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.installed: requirements/prepare.txt pyproject.toml tools/torch_cpu.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python tools/torch_cpu.py
	$(PIP) --no-deps --require-hashes -r requirements/prepare.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements/dev.txt
	$(PIP) --no-deps --require-hashes -r requirements/dev.txt
	$(PIP) --no-deps --no-build-isolation --editable clients/python
	@touch $@

install: $(VENV)/.installed ## Make the environment: .venv/bin/kb.

run: install ## Set up, ingest the example clinic, and serve it at http://127.0.0.1:8000
	$(BIN)/kb ingest --home examples/clinic
	$(BIN)/kb serve --home examples/clinic --port $(PORT)

browser:
ifeq ($(CHROMIUM),)
	@echo "Installing a browser for the tests"
	@if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	$$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends chromium >/dev/null
endif

test: $(VENV)/.installed-dev browser ## Set up and run all tests.
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.installed-dev ## Formatting, lint and types.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev ## Put the code into its format.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

widget: ## Make the search box's files from service/web/source; needs node, and nothing else does.
	npm ci --ignore-scripts --silent
	npm run --silent build

bench: $(VENV)/.installed-dev ## Measure quality and speed against a plain baseline.
	$(BIN)/python -m bench

quality: $(VENV)/.installed-dev ## Hold quality on small sets against its floors.
	$(BIN)/python -m bench gate

promises: $(VENV)/.installed-dev ## The long runs of what tests do briefly, hours of them; each control must fail.
	$(BIN)/python -m tests.crash kill9 --n 4000 --point random --during ingest,update,delete,compact
	$(BIN)/python -m tests.crash kill9 --n 250 --during compact --control in-place
	$(BIN)/python -m tests.crash kill9 --n 250 --control early
	$(BIN)/python -m tests.crash syscalls
	$(BIN)/python -m tests.crash syscalls --control in-place
	$(BIN)/python -m tests.crash powerloss --n 10000
	$(BIN)/python -m tests.crash powerloss --n 250 --control unsynced
	$(BIN)/python -m tests.crash enospc --n 1000
	$(BIN)/python -m tests.crash enospc --n 20 --control deaf
	$(BIN)/python -m tests.corrupt --n 100000
	$(BIN)/python -m tests.corrupt --n 1000 --files index --repair
	$(BIN)/python -m tests.corrupt --n 500 --files index --control trusting
	$(BIN)/python -m tests.corrupt --n 2000 --files catalogue --control unsealed
	$(BIN)/python -m tests.swap --readers 8 --swaps 1000
	$(BIN)/python -m tests.swap --swaps 20 --control live
	$(BIN)/python -m tests.equiv --n 5000
	$(BIN)/python -m tests.equiv --n 50 --control stale
	$(BIN)/python -m tests.resume --n 1000
	$(BIN)/python -m tests.resume --n 5 --control forgetful
	$(BIN)/python -m tests.tenancy --n 100000
	KB_FUZZ=1000000 $(BIN)/python -m pytest --timeout 0 tests/service/test_fuzz.py tests/service/test_schemathesis.py
	$(BIN)/python -m bench.doors --only compare

client: $(VENV)/.installed-dev ## Make the JavaScript client's types anew, and check and measure it. Needs node.
	cd clients/js && npm ci --no-audit --no-fund --silent
	$(BIN)/python -m tools.openapi | node tools/client_types.mjs
	cd clients/js && npm run --silent check && npm run --silent size | gzip -9 | wc -c && npm test

docs: $(VENV)/.installed-dev ## Build the documentation as static pages: build/docs.
	$(BIN)/python -m tools.api_page
	$(BIN)/zensical build --clean --strict

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-package torch --excludes requirements/never.txt pyproject.toml

lock: $(VENV)/.installed-dev ## Pin the dependencies anew, with their hashes; UPGRADE=--upgrade takes newer ones.
	$(COMPILE) --extra prepare --extra mcp --extra otel --group dev --group integrations --group docs $(UPGRADE) \
		--output-file requirements/dev.txt
	$(COMPILE) --extra prepare --extra mcp --constraints requirements/dev.txt --output-file requirements/prepare.txt
	$(COMPILE) --extra mcp --constraints requirements/dev.txt --output-file requirements/serve.txt

clean: ## Remove what was made, but for the models' cache.
	rm -rf $(VENV) build dist node_modules examples/clinic/.kb .pytest_cache .mypy_cache .ruff_cache .hypothesis
