# `make run` starts Raumblick with the demo city, `make test` checks everything. Both need python3, python3-venv, make.

PYTHON ?= python3
PORT ?= 8501
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
INSTALLED := $(VENV)/.installed
TEST_INSTALLED := $(VENV)/.installed-test
export PYTHONUNBUFFERED := 1

.PHONY: help run test check bench soak docs sbom clean chromium nginx
.DEFAULT_GOAL := help

help:
	@echo "make run     App starten: http://localhost:$(PORT) (anderer Port: make run PORT=8600)"
	@echo "make test    alle Prüfungen: ruff, mypy, pytest mit Browser"
	@echo "make check   nur ruff und mypy"
	@echo "make bench   Messungen; schreibt benchmarks/RESULTS.md"
	@echo "make soak    Dauerlauf unter Last"
	@echo "make docs    erzeugte Teile der Dokumentation erneuern"
	@echo "make sbom    Liste aller Bestandteile mit Prüfsummen und Lizenzen erneuern"
	@echo "make clean   Umgebung und Zwischenstände löschen; Daten in var/ bleiben"

run: $(INSTALLED)
	@$(PY) -m raumblick.cli demo --if-missing
	@echo "Raumblick: http://localhost:$(PORT) (beenden mit Strg+C)"
	@exec $(PY) -m streamlit run server.py --server.port $(PORT) --server.address 127.0.0.1 --server.fileWatcherType none

# All three are run even when one fails, so that one run shows everything; pytest speaks last.
test: $(TEST_INSTALLED) chromium nginx
	@failed=0; \
	$(PY) -m ruff check . || failed=1; \
	$(PY) -m mypy || failed=1; \
	$(PY) -m pytest -rs -n 3 --dist loadgroup --no-loadscope-reorder || failed=1; \
	exit $$failed

check: $(TEST_INSTALLED)
	@$(PY) -m ruff check .
	@$(PY) -m mypy

bench: $(TEST_INSTALLED) chromium
	@$(PY) -m benchmarks.run

soak: $(TEST_INSTALLED)
	@$(PY) -m benchmarks.soak --keep

docs: $(INSTALLED)
	@$(PY) -m raumblick.docs

sbom: $(INSTALLED)
	@$(PY) -m raumblick.sbom

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@rm -rf $(VENV)
	@command -v $(PYTHON) >/dev/null || { \
		echo "Python fehlt. Bitte Python 3.11 oder neuer installieren (Debian: sudo apt-get install python3)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Raumblick braucht Python 3.11 oder neuer, gefunden: $$($(PYTHON) --version)."; \
		echo "Ein anderes Python nehmen: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Das Paket python3-venv fehlt (Debian: sudo apt-get install python3-venv)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# The stamps make a second run start at once; a change of the requirements installs again.
$(INSTALLED): requirements.txt pyproject.toml $(PY)
	@echo "Pakete werden installiert (beim ersten Mal einige Minuten) ..."
	@$(PIP) -r requirements.txt
	@$(PIP) --no-deps --editable .
	@touch $@

$(TEST_INSTALLED): requirements-test.txt $(INSTALLED)
	@echo "Pakete für die Prüfungen werden installiert ..."
	@$(PIP) -r requirements-test.txt
	@touch $@

# For the test of deploy/nginx.conf alone, which is skipped and says so where there is none.
nginx:
	@command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || { \
		echo "nginx wird aus den Paketen des Systems installiert ..."; \
		sudo=; [ "$$(id -u)" = 0 ] || sudo="sudo $${CI:+-n}"; \
		command -v apt-get >/dev/null && { $$sudo apt-get update -qq || true; } && \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light >/dev/null; } || \
		echo "nginx fehlt: Die Prüfung von deploy/nginx.conf fällt aus."

define NO_CHROMIUM
Chromium fehlt und lässt sich hier nicht installieren. Bitte selbst installieren (Debian: sudo apt-get install chromium).
Chromium is missing and cannot be installed here. Please install it yourself and run the command again.
endef
export NO_CHROMIUM

chromium:
	@command -v chromium >/dev/null || { \
		echo "Chromium wird aus den Paketen des Systems installiert ..."; \
		sudo=; [ "$$(id -u)" = 0 ] || sudo="sudo $${CI:+-n}"; \
		command -v apt-get >/dev/null && { $$sudo apt-get update -qq || true; } && \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium fonts-liberation >/dev/null && command -v chromium >/dev/null; } || \
		{ echo "$$NO_CHROMIUM"; exit 1; }
