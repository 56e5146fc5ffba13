.DEFAULT_GOAL := help
SHELL := /bin/bash
BUILD_PACKAGES := libsqlite3-dev libpq-dev libhiredis-dev librdkafka-dev libxml2-dev zlib1g-dev libqrencode-dev pkg-config
TEST_PACKAGES := $(BUILD_PACKAGES) postgresql sqlite3 chromium chromium-driver nodejs python3 python3-venv curl openssl procps msmtp pgbouncer kafkacat redis-server haproxy gcc libc6-dev systemd binutils
CHAOS_PACKAGES := $(BUILD_PACKAGES) postgresql redis-server haproxy kafkacat gcc libc6-dev python3
BENCH_PACKAGES := $(CHAOS_PACKAGES) sqlite3 wrk
RELEASE_PACKAGES := $(BUILD_PACKAGES) python3 curl
PICTURE_PACKAGES := $(BUILD_PACKAGES) chromium chromium-driver fonts-dejavu fonts-noto-color-emoji python3
# Quick to build: without what is only for editors and debuggers, and with headers that are read once. In a folder of its own, because tests
# are found by the former.
# Each module is compiled whole, by two threads, which saves a minute: otherwise many compilers read the same files, to be quick after a change.
DEMO = swift build --scratch-path .build/demo --disable-index-store -debug-info-format none \
	-Xswiftc -wmo -Xswiftc -num-threads -Xswiftc 2 $$(scripts/cxx.sh .build/demo) --product dogear
# With Swift's own libraries inside: the binary runs where no Swift is installed, starts sooner and takes less memory.
RELEASE := swift build -c release --static-swift-stdlib --product dogear
# On Linux it shows no symbols of its own to the libraries that it loads, so that what nobody calls is left out, and carries the tables of no
# language but English (scripts/icu-data.py); lld links in a sixth of the time.
ifeq ($(shell uname),Linux)
TABLES := .build/tables/icu.o
RELEASE += -Xswiftc -use-ld=lld -Xlinker --version-script=$(CURDIR)/scripts/own-symbols.ver -Xlinker --icf=safe \
	-Xlinker -T -Xlinker $(CURDIR)/scripts/no-unwinding.ld -Xlinker --no-eh-frame-hdr \
	-Xlinker -z -Xlinker pack-relative-relocs -Xlinker $(CURDIR)/$(TABLES) -Xlinker --wrap=$$(cat $(TABLES:.o=.name))

$(TABLES): scripts/icu-data.py $(shell command -v swiftc)
	@scripts/install.sh $(RELEASE_PACKAGES)
	@mkdir -p $(@D)
	@scripts/icu-data.py $(@:.o=.s)
	@clang -c $(@:.o=.s) -o $@
endif

.PHONY: help run release test bench chaos pictures format lint embed

help: ## Shows this list.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: ## Builds Dogear and serves it with sample content on http://127.0.0.1:8086.
	@scripts/install.sh $(BUILD_PACKAGES)
	@[ -x .build/demo/debug/dogear ] || echo "Building Dogear for the first time: five to nine minutes on two cores. Later starts take seconds."
	$(DEMO)
	@exec .build/demo/debug/dogear serve --demo

# An optimised build takes twice as long as one to look at, so `make run` is the latter.
release: $(TABLES) ## Builds the binary of a release, stripped, as .build/release/dogear-stripped.
	@scripts/install.sh $(RELEASE_PACKAGES)
	$(RELEASE)
	strip -s -o .build/release/dogear-stripped .build/release/dogear
	@scripts/smoke.sh .build/release/dogear-stripped
	@ls -lh .build/release/dogear-stripped

test: ## Runs every check: format, lint, house style, and all tests in debug and in release.
	@scripts/install.sh $(TEST_PACKAGES)
	@scripts/test.sh

bench: $(TABLES) ## Measures, and prints the table of docs/benchmarks.md.
	@scripts/install.sh $(BENCH_PACKAGES)
	$(RELEASE)
	@bench/run.sh --binary .build/release/dogear

chaos: $(TABLES) ## Hurts three nodes for two minutes while they are in use, and puts what was seen into docs/reliability.md.
	@scripts/install.sh $(CHAOS_PACKAGES)
	$(RELEASE)
	@chaos/run.py --binary .build/release/dogear --report docs/reliability.md

pictures: ## Makes the pictures of README anew, of the demo as it is.
	@scripts/install.sh $(PICTURE_PACKAGES)
	$(DEMO)
	@scripts/pictures.py .build/demo/debug/dogear docs/images

format: ## Formats the sources.
	swift format --in-place --recursive --parallel Package.swift Sources Tests

lint: ## Checks format and lint.
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

embed: ## Lists the files that the binary carries; needed after adding or removing one.
	scripts/embed.py Sources/CSchema CSchema ../Schema/postgres ../Schema/sqlite
	scripts/embed.py Sources/CConsole CConsole assets ../../docs/openapi.yaml
