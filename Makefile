# For developers. The two commands for everybody are ./run and ./test.
.DEFAULT_GOAL := help
PY := .venv/bin/python

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: check
check: ## Lint, types and every quick test
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy
	$(PY) -m pytest -n auto --dist loadgroup -m "not real_voice and not browser and not rig and not long"

TIMES := 1

# The folders are named so that the process that gathers what was counted has read their conftest.py.
.PHONY: rigs
rigs: ## Kill and break things again and again, and count what is lost; TIMES=20 does more
	$(PY) -m pytest -n auto --dist loadgroup -m rig --times $(TIMES) $(addprefix tests/,deploy render rigs store web)

.PHONY: long
long: ## Run the tests that ./test leaves out since they take minutes: whole sittings, every look, every practice, a booted machine
	$(PY) -m pytest -n auto --dist loadgroup -m long

.PHONY: format
format: ## Let ruff put the code in order
	.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

.PHONY: golden
golden: ## Rewrite the golden files; read the diff before you commit it
	STEPBACK_GOLDEN=rewrite $(PY) -m pytest -q -k golden

.PHONY: engines
engines: ## Run the tests of whatever remembers on PostgreSQL, and those of shelf and erasing on an S3 server
	$(PY) -m pytest -q -n auto --dist loadgroup --database postgresql -m "not browser and not real_voice and not rig and not long" \
		tests/store tests/render tests/web tests/cli
	$(PY) -m pytest -q -n auto --dist loadgroup --store s3 tests/store/test_shelf.py tests/store/test_stock.py tests/render/test_erasing.py tests/render/test_worker.py tests/render/test_sittings.py tests/render/test_own_words.py

.PHONY: docs
docs: ## Write docs/commands.md and the rules in docs/checks.md anew from what they describe
	PYTHONPATH=. $(PY) bin/docs

.PHONY: words
words: ## Bring each language's .po up to date with what the pages say; make words LANGUAGE=fr begins one
	$(PY) bin/words $(LANGUAGE)

.PHONY: floors
floors: ## Draw the floors in DESIGN.md anew from the imports
	$(PY) bin/floors --write

.PHONY: sizes
sizes: ## Count the functions and files of the house; ends badly where they are too long
	$(PY) bin/sizes

.PHONY: library
library: ## Render every practice at every length with its real voice, and judge each; takes long
	PYTHONPATH=. $(PY) bin/library

.PHONY: bench
bench: ## Measure against piper, ffmpeg, nginx and plain text, side by side, and what may take so long
	PYTHONPATH=. $(PY) -m bench.parsing
	PYTHONPATH=. $(PY) -m bench.feeds
	$(PY) -m bench.renders
	$(PY) -m bench.ranges
	$(PY) -m bench.live_sound
	$(PY) -m bench.sittings
	PYTHONPATH=. $(PY) -m bench.people_pages
	PYTHONPATH=. $(PY) -m bench.limits

.PHONY: bench-machines
bench-machines: ## Measure how much sooner a practice is ready with more machines (wants root on Linux)
	PYTHONPATH=. $(PY) -m bench.machines

.PHONY: bench-load
bench-load: ## Measure what crowds, listeners and requests cost, bare and behind nginx; wants wrk and nginx
	PYTHONPATH=. $(PY) -m bench.load

.PHONY: storm
storm: ## Send 2,000 worksheets five times each over a line that loses a third, and count what arrived
	PYTHONPATH=. $(PY) -m bench.storm

FUZZ_SECONDS := 600

.PHONY: fuzz
fuzz: .venv-fuzz/.installed ## Search for texts that the parser cannot bear, FUZZ_SECONDS=600 long
	PYTHONPATH=. .venv-fuzz/bin/python -m tests.fuzz_scripts $(FUZZ_SECONDS)

.venv-fuzz/.installed: requirements-fuzz.lock
	$(PY) -m venv .venv-fuzz
	.venv-fuzz/bin/pip install -q --disable-pip-version-check --no-deps --require-hashes -r $<
	touch $@

.PHONY: screenshots
screenshots: ## Take the pictures in docs/ again, with a real browser
	$(PY) -m bench.screenshots

.PHONY: lighthouse
lighthouse: .lighthouse/.installed ## Judge the pages with Lighthouse (wants npm and Chromium); ends badly below 90, 100, 100
	$(PY) -m bench.page_scores

.lighthouse/.installed: bench/lighthouse/package-lock.json
	rm -rf .lighthouse && cp -r bench/lighthouse .lighthouse && cd .lighthouse && npm ci --silent
	touch $@

.PHONY: room-tone
room-tone: ## Make anew the quiet that the page plays while it waits for more of a practice
	PYTHONPATH=. $(PY) bin/room-tone

HLS := 1.7.4
VENDOR := server/web/static/vendor

.PHONY: vendor
vendor: ## Fetch hls.js anew (wants npm); its version and hash are in the folder's README
	folder=$$(mktemp -d) && (cd $$folder && npm pack --silent hls.js@$(HLS) && tar xzf hls.js-$(HLS).tgz) \
	&& cp $$folder/package/dist/hls.light.min.mjs $(VENDOR)/ && cp $$folder/package/LICENSE $(VENDOR)/hls.LICENSE \
	&& rm -r $$folder && sha256sum $(VENDOR)/hls.light.min.mjs

AXE := 4.14.1
AXE_SHA256 := 29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c

.PHONY: axe
axe: ## Fetch axe-core anew, which the tests look at every page with (wants npm)
	folder=$$(mktemp -d) && (cd $$folder && npm pack --silent axe-core@$(AXE) && tar xzf axe-core-$(AXE).tgz) \
	&& cp $$folder/package/axe.min.js tests/browser/ \
	&& cat $$folder/package/LICENSE $$folder/package/LICENSE-3RD-PARTY.txt > tests/browser/axe.LICENSE \
	&& rm -r $$folder && echo "$(AXE_SHA256)  tests/browser/axe.min.js" | sha256sum --check

EDITOR := server/web/editor

.PHONY: editor
editor: ## Bundle the author's editor anew (wants npm); say its hash in the vendor folder's README
	folder=$$(mktemp -d) && cp -r $(EDITOR)/. $$folder && (cd $$folder && npm ci --silent && npm run --silent build \
	&& for name in $$(find node_modules -name package.json -not -path '*esbuild*' | sort | xargs -n1 dirname); do \
	printf '%s\n\n' "$${name#node_modules/}" && cat $$name/LICENSE && printf '\n'; done > codemirror.LICENSES) \
	&& cp $$folder/codemirror.min.mjs $$folder/codemirror.LICENSES $(VENDOR)/ \
	&& rm -r $$folder && sha256sum $(VENDOR)/codemirror.min.mjs

PWA := server/web/pwa

.PHONY: pwa
pwa: ## Bundle the service worker anew (wants npm); say its hash in the vendor folder's README
	folder=$$(mktemp -d) && cp -r $(PWA)/. $$folder && (cd $$folder && npm ci --silent && npm run --silent build \
	&& printf '/* made of %s */\n' "$$(cat service-worker.js package-lock.json | sha256sum | cut -d' ' -f1)" \
	| cat - bundle.js > service-worker.min.js && for name in $$(find node_modules -name package.json -path '*workbox*' | sort | xargs -n1 dirname); do \
	printf '%s\n\n' "$${name#node_modules/}" && cat $$name/LICENSE && printf '\n'; done > workbox.LICENSES) \
	&& cp $$folder/service-worker.min.js $$folder/workbox.LICENSES $(VENDOR)/ \
	&& rm -r $$folder && sha256sum $(VENDOR)/service-worker.min.js

.PHONY: icons
icons: ## Draw the app's icons anew from icon.svg (wants Debian's Chromium)
	$(PY) bin/icons

.PHONY: lock
lock: ## Choose versions anew and write the lock files (wants uv on the PATH)
	uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml --group build -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml --extra align --group build -c requirements.lock -o requirements-align.lock
	uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock
	printf '%s\n' atheris markdown-it-py lark python-frontmatter pyyaml sentence-stream | uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 -c requirements.lock - -o requirements-fuzz.lock
	echo uv | uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 - -o requirements-uv.lock

.PHONY: clean
clean: ## Remove what was installed and made, but no recordings and no data
	rm -rf .venv .venv-fuzz .lighthouse .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
