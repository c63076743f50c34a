# Deux commandes : make run, make test. Sans make : python3 outils/lancer.py run, test, lint ou bench.
PYTHON ?= python3

.PHONY: run test lint bench
run test lint bench:
	@$(PYTHON) outils/lancer.py $@
