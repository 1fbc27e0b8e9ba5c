# Two commands: `make run` and `make test`. Both prepare everything they need in .venv.
PYTHON ?= python3
BIN := .venv/bin
export DJANGO_SETTINGS_MODULE := storyboard.settings

.PHONY: run test check lock

run:
	@$(PYTHON) storyboard/bootstrap.py requirements.txt && exec $(BIN)/python manage.py serve
