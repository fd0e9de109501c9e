# One word per habit; `make` alone lists them.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
T ?= tests
export PORT ZCY_LOCAL ZCY_DEMO HOST

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak fmt lock messages demo-reset setup python

help: ## list the words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "zcy: Python 3.11 or newer is needed: install it, or name it as in make run PYTHON=/path/to/python3" >&2; exit 1; }

run: python ## start everything: PORT=8000, ZCY_LOCAL=.local, ZCY_DEMO=0 without demonstration
	@exec $(PYTHON) scripts/setup.py run -- -m zcy.embedded.supervisor run

demo-reset: python ## throw the embedded database away and make the demonstration anew
	@exec $(PYTHON) scripts/setup.py run -- -m zcy.embedded.supervisor demo-reset

test: python ## run the tests, all or T=tests/orders/test_submit_order.py
	@exec $(PYTHON) scripts/setup.py test -- scripts/test.py $(T)

check: python ## lint, types, layers, migrations, deploy check, translations, compose file
	@exec $(PYTHON) scripts/setup.py test -- scripts/check.py

bench: python ## measure, and write bench/RESULTS.md; SIZE=S,M
	@exec $(PYTHON) scripts/setup.py run -- -m bench $(SIZE)

soak: python ## drive the running platform for a while and watch its memory: MINUTES=10
	@exec $(PYTHON) scripts/setup.py run -- -m bench.soak $(MINUTES)

fmt: python ## format Python and templates
	@$(PYTHON) scripts/setup.py test
	@$(PY) -m ruff check --fix --quiet .; $(PY) -m ruff format .
	@$(PY) -m djlint --reformat --quiet templates || true

lock: python ## resolve the packages anew into the lock files; UPGRADE=--upgrade for newer ones
	@command -v npm >/dev/null || { echo "zcy: make lock needs npm: install Node 20 or newer" >&2; exit 1; }
	@$(PYTHON) scripts/setup.py test
	@for part in tools "" test; do \
		name=requirements$${part:+-$$part}; echo "zcy: $$name.lock"; \
		.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--custom-compile-command "make lock" $(UPGRADE) -o $$name.lock $$name.in || exit 1; done
	@npm install --package-lock-only --no-progress --loglevel=error

messages: python ## gather the messages of the code into locale/ and compile them
	@exec $(PYTHON) scripts/setup.py test -- scripts/messages.py update

setup: python
	@exec $(PYTHON) scripts/setup.py test
