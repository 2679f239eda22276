# The doors of the project; what they do stands in scripts/.
.DEFAULT_GOAL := help
.PHONY: help setup extras run test check bench soak docs lock clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## make .venv with what Detectory needs (CC=ziglang where there is no C compiler)
	@scripts/setup

extras: setup  ## add to .venv the optional libraries that tests need: Ray, MLflow, W&B, DVC, PyTorch
	@scripts/extras

run: setup  ## the main job: make, judge, sign and promote the dga detector, then score with it
	@scripts/run

test: extras  ## all the tests
	@scripts/test

check: extras  ## style, types, layers, documentation
	@scripts/check

bench: setup  ## measure ours against each peer, in one run
	@scripts/bench

soak: extras  ## the long tests in full; make test runs a tenth of each
	@DETECTORY_SOAK=1 scripts/test -m soak --timeout 0

docs: setup  ## write the generated pages of the reference anew
	@scripts/docs

lock:  ## pin what pyproject.toml names (needs uv)
	@scripts/lock

clean:  ## remove what can be made again; keys and the store stay
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -prune -exec rm -rf {} +
	find src -name '*.so' -delete -o -name '*.egg-info' -prune -exec rm -rf {} +
