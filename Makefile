# Deux commandes : make run, make test. Sans make : python outils/lancer.py run, test, lint ou bench.
PYTHONS = $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python

.PHONY: run test lint bench
run test lint bench:
	@for python in $(PYTHONS); do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			exec $$python outils/lancer.py $@; \
		fi; \
	done; \
	echo "Il faut Python 3.11 ou plus récent : voir https://www.python.org/downloads/" >&2; \
	exit 2
