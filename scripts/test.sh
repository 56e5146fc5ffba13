#!/usr/bin/env bash
# Format, lint, and every test in debug and in release. Ends with the test runner's own summary.
set -euo pipefail
cd "$(dirname "$0")/.."

# Fewer tests than this and something was not run at all: a filter, a crash, a target that fell out of the package.
fewest=1200

swift format lint --strict --recursive --parallel Package.swift Sources Tests

# The SDK in Node: seconds, and a page or a queue that is wrong need not wait for a build.
node --test Tests/SDKTests/*.test.js

# An optimised build has miscompiled what a debug build ran well, so everything runs twice. In a folder of its own: what C++ is compiled with
# differs from `swift build`, and testable modules would otherwise be built over those of `make release`.
read -ra cxx < <(scripts/cxx.sh .build/tests | tr '\n' ' ') || true
debug=(--scratch-path .build/tests "${cxx[@]}")
release=(-c release "${debug[@]}" -Xswiftc -enable-testing)

# Tests that start servers and browsers by the dozen, and those that let a thousand people in at once, run beside each other, not beside
# all the others: with everything at once, two cores would make them wait for longer than a person would.
heavy=('BrowserTests|CrashTests|JourneyTests' 'LiveEventsTests')

# Databases come and go by the thousand, and two cores would wait for the disk, most of all where they are taken away: they are in memory where
# there is room. None of the tests cuts the machine's power, and what is killed leaves as much there as on a disk.
places() { # places; the folder for what tests make
    local free
    free=$(awk '/^MemAvailable/ { print int($2 / 1024 / 1024) }' /proc/meminfo 2>/dev/null || echo 0)
    if [ "${free:-0}" -ge 10 ] && [ "$(df -k --output=avail /dev/shm 2>/dev/null | tail -1)" -ge 8388608 ]; then
        mktemp -d /dev/shm/dogear-tests-XXXXXX
    else
        mktemp -d
    fi
}
place=$(places)
chmod 755 "$place"
trap 'rm -rf "$place"' EXIT

# What a run said last is what is looked at when it has failed, and by then what failed stands far above.
failed() { # failed OUTPUT
    echo "test.sh: of what failed:"
    grep -E 'recorded an issue|Fatal error|Program crashed' "$1" | cut -c 1-600 | head -40
    # A crash ends all that was under way.
    if grep -q ' crashed:$' "$1"; then
        grep -A 30 -m 1 ' crashed:$' "$1" | cut -c 1-300
        echo "test.sh: begun and not ended:"
        comm -23 <(sed -nE 's/^◇ Test (.*) started\.$/\1/p' "$1" | sort) \
            <(sed -nE 's/^[^ ] Test (.*) (with [0-9]+ test cases? )?(passed|failed) after .*$/\1/p' "$1" | sed -E 's/ with [0-9]+ test cases?$//' | sort)
    fi
}

tests() { # tests BUILD-OPTION...
    local said count names
    said=$(mktemp)
    for names in "${heavy[@]}"; do part "$said" --filter "$names" "$@"; done
    # Of all the others a dozen at a time: nine hundred that begin at once wait for each other's databases on a slow machine.
    SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=12 part "$said" --skip "${heavy[0]}|${heavy[1]}" "$@"
    count=$(grep -oE 'Test run with [0-9]+ tests .*passed' "$said" | awk '{ count += $4 } END { print count + 0 }')
    rm -f "$said"
    if [ "$count" -lt "$fewest" ]; then
        echo "Only $count tests ran and passed; there should be at least $fewest." >&2
        exit 1
    fi
}

part() { # part OUTPUT OPTION...
    local said=$1
    shift
    if ! TMPDIR="$place" swift test --skip-build --disable-xctest "$@" 2>&1 | tee -a "$said"; then
        failed "$said"
        exit 1
    fi
}

took() { echo "test.sh: $1 after $((SECONDS / 60)) min $((SECONDS % 60)) s"; }

# One after the other: an optimised build behind the debug tests takes longer than it saves, even where it stands back.
swift build --build-tests "${debug[@]}"
took 'built for debugging'
tests "${debug[@]}"
took 'tested in debug'
swift build --build-tests "${release[@]}"
took 'built for release'
tests "${release[@]}"
