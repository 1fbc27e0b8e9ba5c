# Two commands: `make run` and `make test`. Both prepare everything they need in .venv.
#   make run          web and worker on http://localhost:8000 (PORT=8001 for another port)
#   make run S3=1     the same with its files in an S3 server, which is started beside it
#   make test         every test on SQLite, and on PostgreSQL what an engine can change (ARGS="-k invitation" for some)
#   make test-all     every test on both
#   make test-quick   on SQLite only, without a browser and without killing processes
#   make check        lint, types, layers, migrations, production settings, templates
#   make lock         after a change of dependencies in pyproject.toml (ARGS=--upgrade for the newest of all)
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
export DJANGO_SETTINGS_MODULE := storyboard.settings

# A shell of its own: one without python3 says so in a sentence.
prepare = @command -v $(PYTHON) >/dev/null 2>&1 || { echo "Lastframe needs Python 3.11 or newer, and there is no $(PYTHON) here." >&2; exit 1; }; \
	$(PYTHON) storyboard/bootstrap.py
scratch = folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT

.PHONY: run test test-all test-quick check lock

run:
	$(prepare) $(if $(S3),requirements-dev.txt,requirements.txt) && exec $(BIN)/python $(if $(S3),-m tests.s3,manage.py serve)

test:
	$(prepare) requirements-dev.txt && exec $(BIN)/python tests/run.py $(ARGS)

test-all:
	$(prepare) requirements-dev.txt && exec $(BIN)/python tests/run.py tests $(ARGS)

test-quick:
	$(prepare) requirements-dev.txt && exec $(BIN)/pytest -q -n 2 -m "not browser and not processes" $(ARGS)

check:
	$(prepare) requirements-dev.txt
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	@echo "manage.py makemigrations --check"; $(scratch) && export DATA_DIR="$$folder" && \
		$(BIN)/python manage.py makemigrations --check --dry-run
	@echo "manage.py check --deploy, as in production"; $(scratch) && export DATA_DIR="$$folder" && \
		export PUBLIC_URL=https://films.example.com DATABASE_URL=postgres://lastframe@db.example.com/lastframe && \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

# uv names each package with its hashes; the two files hold no address of a registry.
compile = "$$folder/bin/uv" pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet $(ARGS)
lock:
	@$(scratch) && $(PYTHON) -m venv "$$folder" && "$$folder/bin/pip" install --quiet --disable-pip-version-check uv && \
		$(compile) --group dev -o requirements-dev.txt && \
		$(compile) -c requirements-dev.txt -o requirements.txt

.PHONY: bench-live
bench-live:
	$(prepare) requirements-dev.txt && $(BIN)/python -m tests.bench.live

.PHONY: bench-live-board
bench-live-board:
	$(prepare) requirements-dev.txt && $(BIN)/python -m tests.bench.live_board $(ARGS)

.PHONY: bench-queue
bench-queue:
	$(prepare) requirements-dev.txt && $(BIN)/python -m tests.bench.queue $(ARGS)

.PHONY: bench-render
bench-render:
	$(prepare) requirements-dev.txt && $(BIN)/python -m tests.bench.render $(ARGS)

.PHONY: bench-sandbox
bench-sandbox:
	$(prepare) requirements-dev.txt && $(BIN)/python -m tests.bench.sandbox $(ARGS)

.PHONY: bench-board
bench-board:
	$(prepare) requirements-dev.txt && $(BIN)/python -m tests.bench.board

.PHONY: bench-rotation
bench-rotation:
	$(prepare) requirements-dev.txt && $(BIN)/python -m tests.bench.rotation

# 10,000 damaged media files through the jail's walls, a few minutes (SEED=2 for others, MUTANTS=300 for fewer).
.PHONY: fuzz-media
fuzz-media: export MUTANTS ?= 10000
fuzz-media:
	$(prepare) requirements-dev.txt && exec $(BIN)/pytest -q -n 0 --timeout 3600 -k mutants tests/media/test_hostile.py $(ARGS)

.PHONY: bench-upload
bench-upload:
	$(prepare) requirements-dev.txt && $(BIN)/python -m tests.bench.upload

# An unreliable vendor, killed workers, a crashing database: an hour or so; ARGS=--short is a minute, see its --help.
.PHONY: chaos
chaos:
	$(prepare) requirements-dev.txt && exec $(BIN)/python -m tests.chaos.soak $(ARGS)

# A process dies at each named point, 50 times (ARGS="--repeats 1" for once).
.PHONY: kill-matrix
kill-matrix:
	$(prepare) requirements-dev.txt && exec $(BIN)/python -m tests.chaos.matrix $(ARGS)

# Jobs that come two to five times, half an hour without workers, 10,000 knocks at the doorbells (ARGS=--short).
.PHONY: chaos-jobs
chaos-jobs:
	$(prepare) requirements-dev.txt && exec $(BIN)/python -m tests.chaos.short $(ARGS)

.PHONY: bench-chain
bench-chain:
	$(prepare) requirements-dev.txt && $(BIN)/python -m tests.bench.chain $(ARGS)

.PHONY: bench-cut
bench-cut:
	$(prepare) requirements-dev.txt && $(BIN)/python -m tests.bench.cut
