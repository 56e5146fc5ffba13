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
release=(-c release --scratch-path .build/tests -Xswiftc -enable-testing)

# Tests that start servers and browsers by the dozen, and those that let a thousand people in at once, run beside each other, not beside
# all the others: with everything at once, two cores would make them wait for longer than a person would.
heavy=('BrowserTests|CrashTests|JourneyTests' 'LiveEventsTests')

tests() { # tests BUILD-OPTION...
    local said count names
    said=$(mktemp)
    for names in "${heavy[@]}"; do
        swift test --skip-build --disable-xctest --filter "$names" "$@" 2>&1 | tee -a "$said"
    done
    swift test --skip-build --disable-xctest --skip "${heavy[0]}|${heavy[1]}" "$@" 2>&1 | tee -a "$said"
    count=$(grep -oE 'Test run with [0-9]+ tests .*passed' "$said" | awk '{ count += $4 } END { print count + 0 }')
    rm -f "$said"
    if [ "$count" -lt "$fewest" ]; then
        echo "Only $count tests ran and passed; there should be at least $fewest." >&2
        exit 1
    fi
}

took() { echo "test.sh: $1 after $((SECONDS / 60)) min $((SECONDS % 60)) s"; }

swift build --build-tests
took 'built for debugging'
# Tests wait for servers and browsers for much of their time. Where Linux lets a whole session stand back, the optimised build takes what they
# leave of the processors, and no more: `nice` alone is taken away again from what `swift build` starts.
log=$(mktemp)
building=
if [ "$(cat /proc/sys/kernel/sched_autogroup_enabled 2>/dev/null)" = 1 ]; then
    setsid bash -c 'echo 19 >/proc/self/autogroup && exec "$@"' behind swift build --build-tests "${release[@]}" >"$log" 2>&1 &
    building=$!
    trap 'kill "$building" 2>/dev/null || true; rm -f "$log"' EXIT
fi
tests
took 'tested in debug'
if [ -n "$building" ]; then
    # Nothing is before it any more.
    echo 0 >"/proc/$building/autogroup" 2>/dev/null || true
    wait "$building" || { cat "$log"; exit 1; }
else
    swift build --build-tests "${release[@]}"
fi
took 'built for release'
tests "${release[@]}"
