#!/usr/bin/env bash
# How long what whoever runs the server looks at takes with 100,000 people, a million places and 100,000 responses, on both engines.
#
#   bench/operators.sh [--people N] [--binary PATH]
#
# Starts a Postgres of its own and two servers in a temporary folder, and removes them at the end. Takes about five minutes, most of it for
# filling the databases. Needs python3, sqlite3 and Postgres 15.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
binary="$here/../.build/release/dogear" people=100000
while (($#)); do
  case "$1" in
    --people) people="$2"; shift ;;
    --binary) binary="$2"; shift ;;
    *) echo "usage: bench/operators.sh [--people N] [--binary PATH]" >&2; exit 64 ;;
  esac
  shift
done
fail() { echo "operators.sh: $1" >&2; exit 1; }
[[ $people =~ ^[0-9]+$ ]] && ((people >= 1000)) || fail "--people must be 1000 or more"
[[ -x $binary ]] || fail "no binary at $binary; make one with: swift build -c release"
binary="$(realpath "$binary")"
PATH="$PATH:${POSTGRES_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)}"
for tool in python3 sqlite3 psql initdb pg_ctl; do command -v "$tool" >/dev/null || fail "$tool is missing"; done

work="$(mktemp -d "${TMPDIR:-/tmp}/dogear-operators.XXXXXX")"
server=
as_postgres() { if [[ $(id -u) == 0 ]]; then runuser -u postgres -- env PATH="$PATH" "$@"; else "$@"; fi; }
clean_up() {
  local status=$?
  trap - EXIT
  if [[ -n $server ]]; then kill "$server" 2>/dev/null && wait "$server" || true; fi
  if [[ -f $work/postgres/postmaster.pid ]]; then as_postgres pg_ctl -D "$work/postgres" -m immediate -w stop >/dev/null || true; fi
  rm -rf "$work"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
say() { echo "operators: ${SECONDS} s: $1" >&2; }
operators() { python3 "$here/operators.py" "$@"; }

port="$(python3 "$here/client.py" port)"
export PGHOST=127.0.0.1 PGUSER=postgres PGPORT PGDATABASE=large
PGPORT="$(python3 "$here/client.py" port)"
chmod 711 "$work"
mkdir "$work/postgres"
if [[ $(id -u) == 0 ]]; then chown postgres "$work/postgres"; fi
(cd "$work" && as_postgres initdb -D "$work/postgres" -U postgres -A trust >"$work/initdb.log")
(cd "$work" && as_postgres pg_ctl -D "$work/postgres" -l "$work/postgres/log" -w start \
  -o "-p $PGPORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/postgres -c max_wal_size=4GB" >/dev/null)
psql -q -d postgres -c "CREATE DATABASE large"
operators questionnaire > "$work/large.yaml"

# Sets `command` to Dogear with no settings but these.
command_for() { # ENGINE
  local database="sqlite:$work/large.sqlite"
  if [[ $1 == postgres ]]; then database="postgres://postgres@127.0.0.1:$PGPORT/large"; fi
  command=(env -i PATH="$PATH" HOME="$work" LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}" PORT="$port" LOG_LEVEL=warning
    DATABASE_URL="$database" DOGEAR_SECRET=a-secret-for-nothing-but-benchmarks "$binary")
}

for engine in sqlite postgres; do
  command_for "$engine"
  "${command[@]}" migrate run >/dev/null
  "${command[@]}" questionnaire import "$work/large.yaml" >/dev/null
  say "fill $engine"
  operators rows "$engine" "$people" > "$work/$engine.sql"
  if [[ $engine == sqlite ]]; then sqlite3 -bail "$work/large.sqlite" < "$work/sqlite.sql" >/dev/null
  else psql -q -v ON_ERROR_STOP=1 -f "$work/postgres.sql"; fi
  say "look, $engine"
  (cd "$work" && exec "${command[@]}" serve >"$engine.out" 2>"$engine.err") &
  server=$!
  for _ in {1..600}; do
    if grep -q listens "$work/$engine.out"; then break; fi
    kill -0 "$server" 2>/dev/null || { cat "$work/$engine.err" >&2; fail "the server did not start"; }
    sleep 0.1
  done
  operators times "$port" "$people" > "$work/$engine.times"
  kill "$server"
  wait "$server" || true
  server=
done

echo "| what | SQLite: median ms | slowest | of a trivial read | Postgres: median ms | slowest | of a trivial read |"
echo "|---|--:|--:|--:|--:|--:|--:|"
paste -d'|' "$work/sqlite.times" "$work/postgres.times" | awk -F'|' '{ print "| " $1 " | " $2 " | " $3 " | " $4 " | " $6 " | " $7 " | " $8 " |" }'
