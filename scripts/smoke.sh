#!/usr/bin/env bash
# Sees that a binary serves, and that it has of ICU's tables what Dogear asks for: time zones, normal forms, folding of case.
#
#   scripts/smoke.sh BINARY
#
# Runs the demo on a free port of 127.0.0.1 in a temporary folder.
set -euo pipefail
binary=$(realpath "$1")
work=$(mktemp -d)
server=
clean_up() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" || true; fi
    rm -rf "$work"
}
trap clean_up EXIT
cd "$work"
: >serve.log
fail() { echo "smoke.sh: $1" >&2; cat "$work"/*.log >&2; exit 1; }

env -i PATH="$PATH" HOME="$work" "$binary" serve --demo --port 0 >serve.log 2>&1 &
server=$!
for _ in {1..300}; do
    if grep -q 'listens on' serve.log; then break; fi
    kill -0 "$server" 2>/dev/null || fail 'it did not start'
    sleep 0.1
done
origin=$(grep -o 'listens on http://[0-9.:]*' serve.log | cut -d ' ' -f 3)
has() { # has WHAT TEXT CURL-OPTION...
    local what=$1 text=$2 said
    shift 2
    said=$(curl -s -H 'Content-Type: application/json' "$@")
    [[ $said == *"$text"* ]] || fail "$what: $said"
}

has 'it is ready' '"status":"ready"' "$origin/ready"
has 'the clock in Berlin goes forward, and half past two is skipped' '"2027-03-29T00:30:00.000Z"' \
    "$origin/api/v1/schedules/next?frequency=30+2+*+*+*&time_zone=Europe/Berlin&from=2027-03-27T12:00:00Z&count=2"
join() { # join DEVICE NAME
    echo "{\"code\":\"DEMQ42\",\"device_id\":\"0d9c8b7a-6f5e-4d3c-8b2a-19080706055$1\",\"display_name\":\"$2\"}"
}
has 'somebody joins' '"display_name":"Straße"' "$origin/api/events/join" -d "$(join 1 Straße)"
has 'a name in other letters of the same meaning is taken' '"display_name":"ＳＴＲＡＳＳＥ 2"' "$origin/api/events/join" -d "$(join 2 ＳＴＲＡＳＳＥ)"
has 'somebody signs in' '"refresh_token"' "$origin/api/v1/auth/login" \
    -d '{"email":"ann@example.org","password":"keep-my-place"}'
kill "$server"
wait "$server" || fail "it did not end well: $?"
server=
echo 'It serves.'
