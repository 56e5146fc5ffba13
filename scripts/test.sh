#!/usr/bin/env bash
# Format, lint, and every test in debug and in release. Ends with the test runner's own summary.
set -euo pipefail
cd "$(dirname "$0")/.."

# Fewer tests than this and something was not run at all: a filter, a crash, a target that fell out of the package.
fewest=480

swift format lint --strict --recursive --parallel Package.swift Sources Tests

# The SDK in Node: seconds, and a page or a queue that is wrong need not wait for a build.
node --test Tests/SDKTests/*.test.js

run() { # run CONFIGURATION BUILD-OPTION...
    swift build --build-tests "$@"
    local said
    said=$(mktemp)
    swift test --skip-build --disable-xctest "$@" 2>&1 | tee "$said"
    local count
    count=$(grep -oE 'Test run with [0-9]+ tests .*passed' "$said" | grep -oE '[0-9]+' | head -n 1 || true)
    rm -f "$said"
    if [ "${count:-0}" -lt "$fewest" ]; then
        echo "Only ${count:-0} tests ran and passed; there should be at least $fewest." >&2
        exit 1
    fi
}

run
# An optimised build has miscompiled what a debug build ran well, so everything runs twice. In a folder of its own,
# because testable modules would otherwise be built over those of `make run`.
run -c release --scratch-path .build/tests -Xswiftc -enable-testing
