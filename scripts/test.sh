#!/usr/bin/env bash
# Format, lint, and every test in debug and in release. Ends with the test runner's own summary.
set -euo pipefail
cd "$(dirname "$0")/.."

# Fewer tests than this and something was not run at all: a filter, a crash, a target that fell out of the package.
fewest=1200

swift format lint --strict --recursive --parallel Package.swift Sources Tests

# The SDK in Node: seconds, and a page or a queue that is wrong need not wait for a build.
node --test Tests/SDKTests/*.test.js

# An optimised build has miscompiled what a debug build ran well, so everything runs twice. In a folder of its own,
# because testable modules would otherwise be built over those of `make release`.
# What is C++ is BoringSSL, which is not what is tested: it need not be optimised, and reads its headers once.
read -ra headers < <(scripts/headers.sh .build/tests || true) || true
release=(-c release --scratch-path .build/tests -Xswiftc -enable-testing -Xcxx -O0 ${headers[@]+"${headers[@]}"})

# Tests that start servers and browsers by the dozen, and those that let a thousand people in at once, run beside each other, not beside
# all the others: with everything at once, two cores would make them wait for longer than a person would.
heavy=('BrowserTests|CrashTests|JourneyTests' 'LiveEventsTests')

tests() { # tests BUILD-OPTION...
    local said count names
    said=$(mktemp)
    for names in "${heavy[@]}"; do
        swift test --skip-build --disable-xctest --filter "$names" "$@" 2>&1 | tee -a "$said"
    done
    # Of all the others a dozen at a time: nine hundred that begin at once wait for each other's databases on a slow machine.
    SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=12 \
        swift test --skip-build --disable-xctest --skip "${heavy[0]}|${heavy[1]}" "$@" 2>&1 | tee -a "$said"
    count=$(grep -oE 'Test run with [0-9]+ tests .*passed' "$said" | awk '{ count += $4 } END { print count + 0 }')
    rm -f "$said"
    if [ "$count" -lt "$fewest" ]; then
        echo "Only $count tests ran and passed; there should be at least $fewest." >&2
        exit 1
    fi
}

took() { echo "test.sh: $1 after $((SECONDS / 60)) min $((SECONDS % 60)) s"; }

# One after the other: an optimised build behind the debug tests takes longer than it saves, even where it stands back.
swift build --build-tests
took 'built for debugging'
tests
took 'tested in debug'
swift build --build-tests "${release[@]}"
took 'built for release'
tests "${release[@]}"
