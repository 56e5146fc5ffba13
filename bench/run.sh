#!/usr/bin/env bash
# Measures a release build and prints one Markdown table.
#
#   bench/run.sh [--binary PATH] [--history-rows N] [--quick] [--flames FOLDER]
#
# Everything happens in a temporary folder (below TMPDIR, which should be on the kind of disk that is to be measured) and on
# 127.0.0.1: a Postgres of its own with default settings, and the servers. Both are stopped and removed at the end. Needs
# wrk, python3, sqlite3 and Postgres 15 with pgbench. About five minutes; one with --quick, whose figures are rough. --flames
# also draws where the time of rows 2, 3, 4b, 10b and 10c goes, all processes together, and needs perf and the right to use it.
set -euo pipefail

usage() { sed -n '2,9s/^# \{0,1\}//p' "$0"; }
fail() { echo "bench: $1" >&2; exit 1; }

here="$(cd "$(dirname "$0")" && pwd)"
binary="$here/../.build/release/dogear"
history_rows=
quick=false
flames=
while (($#)); do
  case "$1" in
    --binary) binary="${2:?"--binary takes a path"}"; shift 2 ;;
    --history-rows) history_rows="${2:?"--history-rows takes a number"}"; shift 2 ;;
    --quick) quick=true; shift ;;
    --flames) flames="${2:?"--flames takes a folder"}"; shift 2 ;;
    --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
  esac
done
if $quick; then seconds=2 rounds=2 warm_up=1 overload=5; else seconds=5 rounds=3 warm_up=3 overload=10; fi
if [[ -z $history_rows ]]; then if $quick; then history_rows=100000; else history_rows=5000000; fi; fi
[[ $history_rows =~ ^[0-9]+$ ]] && ((history_rows >= 10000)) || fail "--history-rows must be 10000 or more"
session_count=10000
connections=64

[[ -x $binary ]] || fail "no binary at $binary; make one with: swift build -c release"
binary="$(realpath "$binary")"
postgres_bin="${POSTGRES_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)}"
PATH="$PATH:$postgres_bin"
for tool in wrk python3 sqlite3 psql pgbench initdb cc ${flames:+perf}; do
  command -v "$tool" >/dev/null || fail "$tool is missing"
done
ulimit -Sn "$(ulimit -Hn)"
(($(ulimit -n) >= 5000)) || fail "2,000 connections need more open files: ulimit -n is $(ulimit -n)"

export BENCH_FOLDER="$here"
work="$(mktemp -d "${TMPDIR:-/tmp}/dogear-bench.XXXXXX")"
servers=()

as_postgres() {
  if [[ $(id -u) == 0 ]]; then runuser -u postgres -- "$@"; else "$@"; fi
}

clean_up() {
  local status=$?
  trap - EXIT
  for pid in "${servers[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" || true; done
  if [[ -f $work/postgres/postmaster.pid ]]; then
    as_postgres "$postgres_bin/pg_ctl" -D "$work/postgres" -m immediate -w stop >/dev/null || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say() { echo "bench: ${SECONDS} s: $1" >&2; }
client() { python3 "$here/client.py" "$@"; }
event() { python3 "$here/event.py" "$@"; }
jobs() { python3 "$here/jobs.py" "$@"; }
median() { sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

# --- Postgres and the servers

start_postgres() {
  export PGHOST=127.0.0.1 PGUSER=postgres PGPASSWORD PGPORT
  PGPASSWORD="$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')"
  PGPORT="$(client port)"
  chmod 711 "$work"
  mkdir "$work/postgres"
  (umask 077; echo "$PGPASSWORD" > "$work/password")
  if [[ $(id -u) == 0 ]]; then chown postgres "$work/postgres" "$work/password"; fi
  (cd "$work" && as_postgres "$postgres_bin/initdb" -D "$work/postgres" -U postgres -A md5 \
    --pwfile "$work/password" >"$work/initdb.log")
  (cd "$work" && as_postgres "$postgres_bin/pg_ctl" -D "$work/postgres" -l "$work/postgres/log" -w start \
    -o "-p $PGPORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/postgres" >/dev/null)
  for name in small large jobs upserts; do psql -q -d postgres -c "CREATE DATABASE $name"; done
  psql -q -d upserts -c "CREATE TABLE t (id bigint PRIMARY KEY, pos double precision NOT NULL, at timestamptz NOT NULL)"
  cat > "$work/upsert.sql" <<'SQL'
\set id random(1, 10000)
\set pos random(0, 7200)
INSERT INTO t (id, pos, at) VALUES (:id, :pos, now()) ON CONFLICT (id) DO UPDATE SET pos = excluded.pos, at = excluded.at;
SQL
}

address() { # ENGINE SIZE
  case "$1" in
    sqlite) echo "sqlite:$work/$2.sqlite" ;;
    postgres) echo "postgres://postgres:$PGPASSWORD@127.0.0.1:$PGPORT/$2" ;;
  esac
}

# Sets `command` to Dogear with no settings but these.
command_for() { # ENGINE SIZE PORT
  command=(env -i PATH="$PATH" HOME="$work" LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}" BENCHMARK=true PORT="$3" LOG_LEVEL=warning
    STREAM_LIMIT="${STREAM_LIMIT:-10000}" STREAM_LIMIT_PER_CALLER="${STREAM_LIMIT_PER_CALLER:-32}"
    X_API_URL="${X_API_URL:-http://127.0.0.1:9}" X_API_TOKEN=bench DATABASE_URL="$(address "$1" "$2")" DOGEAR_SECRET=a-secret-for-nothing-but-benchmarks "$binary")
}

declare -A port pid
serve() { # ENGINE SIZE
  local name="$1-$2"
  port[$name]="$(client port)"
  command_for "$1" "$2" "${port[$name]}"
  : >"$work/$name.out"
  (cd "$work" && exec "${command[@]}" serve >"$name.out" 2>>"$name.err") &
  pid[$name]=$!
  servers+=($!)
  for _ in {1..600}; do
    if grep -q listens "$work/$name.out"; then return; fi
    kill -0 "${pid[$name]}" 2>/dev/null || { cat "$work/$name.err" >&2; fail "a server did not start"; }
    sleep 0.1
  done
  fail "a server does not start"
}

stop() { # ENGINE SIZE
  kill "${pid[$1-$2]}"
  wait "${pid[$1-$2]}" || true
}

# --- Rows

# The ids ascend in their first digits, which keeps the loading quick; what the sessions touch is spread over all of it.
load_sqlite() {
  local file="$work/large.sqlite" indexes
  indexes="$(sqlite3 "$file" "SELECT sql || ';' FROM sqlite_master WHERE type = 'index' AND tbl_name = 'watch_history' AND sql IS NOT NULL")"
  sqlite3 "$file" "SELECT 'DROP INDEX ' || name || ';' FROM sqlite_master WHERE type = 'index' AND tbl_name = 'watch_history' AND sql IS NOT NULL" > "$work/drop.sql"
  sqlite3 "$file" >/dev/null <<SQL
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000;
$(cat "$work/drop.sql")
WITH RECURSIVE counted (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n < $history_rows - 1),
rows (n, first, title, moment) AS (
  SELECT n, printf('%08x', n * 4294967295 / $history_rows), abs(random()) % 20000,
    strftime('%Y-%m-%dT%H:%M:%fZ', 'now', -(abs(random()) % 31536000) || ' seconds')
  FROM counted
)
INSERT INTO watch_history (
  id, user_id, content_id, resume_position_seconds, duration_seconds, last_watched_at, created_at, updated_at,
  last_moved_at, last_session_id, device_id, play_count, pass_open
)
SELECT first || '-' || lower(hex(randomblob(2))) || '-4000-8000-' || lower(hex(randomblob(6))),
  first || '-' || lower(hex(randomblob(2))) || '-4000-9000-' || lower(hex(randomblob(6))),
  printf('%08x-%04x-4000-a000-%012x', title * 214748, title * 7919 % 65536, title * 104729),
  abs(random()) % 6000, 7200, moment, moment, moment, moment,
  lower(hex(randomblob(4)) || '-' || hex(randomblob(2))) || '-4000-b000-' || lower(hex(randomblob(6))), 'living-room', 0, 1
FROM rows;
$indexes
SQL
  sqlite3 "$file" > "$work/sqlite-large.titles" <<SQL
WITH RECURSIVE counted (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n < $session_count - 1)
SELECT user_id || ' ' || content_id FROM counted JOIN watch_history
ON watch_history.rowid = (SELECT min(rowid) FROM watch_history) + n * $((history_rows / session_count));
SQL
}

load_postgres() {
  psql -q -d large >/dev/null <<SQL
CREATE TABLE kept_indexes AS
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
FROM pg_index WHERE indrelid = 'watch_history'::regclass AND NOT indisunique;
DO \$\$ DECLARE kept record; BEGIN FOR kept IN SELECT * FROM kept_indexes LOOP EXECUTE 'DROP INDEX ' || kept.name; END LOOP; END \$\$;
INSERT INTO watch_history (
  id, user_id, content_id, resume_position_seconds, duration_seconds, last_watched_at, created_at, updated_at,
  last_moved_at, last_session_id, device_id, play_count, pass_open
)
SELECT (first || substr(gen_random_uuid()::text, 9))::uuid, (first || substr(gen_random_uuid()::text, 9))::uuid,
  md5(floor(random() * 20000)::text)::uuid, floor(random() * 6000)::int, 7200, moment, moment, moment, moment,
  gen_random_uuid(), 'living-room', 0, TRUE
FROM (
  SELECT lpad(to_hex(n * 4294967295 / $history_rows), 8, '0') AS first,
    date_trunc('milliseconds', now() - random() * interval '365 days') AS moment
  FROM generate_series(0::bigint, $history_rows - 1) AS n
) AS rows;
DO \$\$ DECLARE kept record; BEGIN FOR kept IN SELECT * FROM kept_indexes LOOP EXECUTE kept.definition; END LOOP; END \$\$;
DROP TABLE kept_indexes;
VACUUM ANALYZE watch_history;
CHECKPOINT;
SQL
  psql -q -d large -At -F ' ' > "$work/postgres-large.titles" \
    -c "SELECT user_id, content_id FROM watch_history TABLESAMPLE BERNOULLI (least(100, 200.0 * $session_count / $history_rows)) ORDER BY random() LIMIT $session_count"
}

query() { # ENGINE SIZE QUERY
  case "$1" in
    sqlite) sqlite3 -readonly "$work/$2.sqlite" "$3" ;;
    postgres) psql -q -d "$2" -At -c "$3" ;;
  esac
}

# A questionnaire of sixty sliders, respondents who have answered all of it, and as many sessions that are just begun.
load_answers() { # ENGINE SIZE RESPONDENTS
  local name="$1-$2" all="$(($3 + session_count))" series key
  {
    echo "{questionnaire: bench, title: Bench, default: true, pages: ["
    for page in {1..12}; do
      echo "{title: Page $page, questions: ["
      for question in {1..5}; do echo "{id: bench-$page-$question, type: slider, text: How much?},"; done
      echo "]},"
    done
    echo "]}"
  } > "$work/bench.yaml"
  command_for "$1" "$2" 0
  (cd "$work" && "${command[@]}" migrate run >/dev/null && "${command[@]}" questionnaire import bench.yaml >/dev/null)
  case "$1" in
    sqlite)
      series="(WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < $all) SELECT n FROM counted)"
      key="lower(hex(randomblob(4)) || '-' || hex(randomblob(2))) || '-4000-8000-' || lower(hex(randomblob(6)))" ;;
    postgres) series="(SELECT n FROM generate_series(1, $all) AS n)"; key="gen_random_uuid()::text" ;;
  esac
  cat > "$work/answers.sql" <<SQL
INSERT INTO student_responses (session_id, email, full_name, age_group, country, origin_country, revision, questionnaire_id)
SELECT $key, '', '', '', '', '', CASE WHEN n <= $3 THEN 60 ELSE 0 END, (SELECT id FROM questionnaires WHERE slug = 'bench')
FROM $series AS numbers;
INSERT INTO question_answers (response_id, question_id, answer_value)
SELECT student_responses.id, questions.id, 5 FROM student_responses CROSS JOIN questions WHERE revision = 60;
SQL
  case "$1" in
    sqlite) sqlite3 "$work/$2.sqlite" < "$work/answers.sql" ;;
    postgres) psql -q -d "$2" < "$work/answers.sql"; psql -q -d "$2" -c "VACUUM ANALYZE student_responses, question_answers" ;;
  esac
  query "$1" "$2" "SELECT session_id FROM student_responses WHERE revision = 60" > "$work/$name.answered"
  query "$1" "$2" "SELECT session_id FROM student_responses WHERE revision = 0" > "$work/$name.answering"
  query "$1" "$2" "SELECT id FROM questions ORDER BY id" > "$work/$name.questions"
  (($(wc -l < "$work/$name.answered") == $3)) || fail "the respondents of $name were not all there"
}

titles() { # as many users and titles that are new
  python3 -c "
import uuid
for _ in range($session_count): print(uuid.uuid4(), uuid.uuid4())"
}

open_sessions() { # ENGINE SIZE
  local name="$1-$2"
  client open "${port[$name]}" "$work/$name.titles"
  query "$1" "$2" "SELECT id FROM playback_sessions" > "$work/$name.ids"
  shuf -o "$work/$name.ids" "$work/$name.ids"
  (($(wc -l < "$work/$name.ids") == session_count)) || fail "the sessions of $name were not all opened"
}

# --- Measurements: each prints throughput, p50, p99, answers that are not 2xx, and requests without an answer

reports() { # SERVER PATH-PREFIX RUN SECONDS [CONNECTIONS]
  REPORT_OUTPUT="$work/output" wrk -t1 -c"${5:-$connections}" -d"${4}s" --timeout 10s -s "$here/report.lua" \
    "http://127.0.0.1:${port[$1]}" -- "$2" "$work/$1.ids" "$3" >/dev/null
  cat "$work/output"
}

submits() { # SERVER PATH RUN SECONDS
  REPORT_OUTPUT="$work/output" wrk -t1 -c"$connections" -d"${4}s" --timeout 10s -s "$here/submit.lua" \
    "http://127.0.0.1:${port[$1]}" -- "$2" "$work/$1.answering" "$work/$1.questions" "$3" >/dev/null
  cat "$work/output"
}

looks() { # SERVER WHAT SECONDS
  REPORT_OUTPUT="$work/output" wrk -t1 -c"$connections" -d"${3}s" --timeout 10s -s "$here/look.lua" \
    "http://127.0.0.1:${port[$1]}" -- "$2" "$work/$1.answered" >/dev/null
  cat "$work/output"
}

# pgbench counts the time that it takes to connect as its own.
upserts() { # SECONDS
  rm -f "$work"/upsert-log*
  local rate
  rate="$(cd "$work" && pgbench -n -c "$connections" -j 1 -M prepared -T "$(($1 + 1))" -f upsert.sql -l --log-prefix=upsert-log upserts 2>/dev/null \
    | awk '/^tps/ { printf "%.0f", $3 }')"
  cat "$work"/upsert-log* | awk '{ print $3 }' | sort -n \
    | awk -v rate="$rate" '{ value[NR] = $1 / 1000 } END { printf "%s %.2f %.2f 0 0\n", rate, value[int(NR * 0.5)], value[int(NR * 0.99)] }'
}

memory() { # SERVER FIELD: in MB
  awk -v field="$2:" '$1 == field { printf "%.0f", $2 / 1024 }' "/proc/${pid[$1]}/status"
}

statuses() { # SERVER STATUS: how many requests were answered so
  python3 -c "
import re, urllib.request
text = urllib.request.urlopen('http://127.0.0.1:${port[$1]}/metrics').read().decode()
print(sum(int(count) for status, count in re.findall(r'dogear_http_requests_total\{.*status=\"(\d+)\"\} (\d+)', text) if re.match('$2', status)))"
}

processor() { # SERVER: seconds of processor time that it has taken
  awk -v ticks="$(getconf CLK_TCK)" '{ print ($14 + $15) / ticks }' "/proc/${pid[$1]}/stat"
}

# A row of reports by PATCH to the small SQLite server, and what each cost that server in microseconds of processor time.
timed() { # ROW PATH-PREFIX RUN SECONDS
  local before after
  before="$(processor sqlite-small)"
  note "$1" $(reports sqlite-small "$2" "$3" "$4")
  after="$(processor sqlite-small)"
  tail -n 1 "$work/$1.results" | awk -v seconds="$4" -v taken="$after" -v from="$before" \
    '{ printf "%.1f\n", (taken - from) / ($1 * seconds) * 1e6 }' >> "$work/$1.processor"
}

bad=0
note() { # ROW RESULT…
  (($# == 6)) || fail "row $1 was not measured"
  local row="$1"; shift
  echo "$*" >> "$work/$row.results"
  bad=$((bad + $4 + $5))
}

of() { awk -v column="$2" '{ print $column }' "$work/$1.results" | median; }
ratio() { # ROW BASE: the median of the rounds' ratios
  paste -d' ' "$work/$1.results" "$work/$2.results" | awk '{ printf "%.3f\n", $1 / $6 }' | median \
    | awk '{ printf "%.2f", $1 }'
}

# --- The run

say "starting Postgres"
start_postgres
for engine in sqlite postgres; do
  for size in small large; do
    command_for "$engine" "$size" 0
    (cd "$work" && "${command[@]}" migrate run >/dev/null)
  done
  titles > "$work/$engine-small.titles"
done

say "loading $history_rows rows of watch history into each engine"
load_sqlite & loading=$!
load_postgres
wait "$loading"

say "loading 3,000 and 300,000 answers into each engine"
for engine in sqlite postgres; do
  load_answers "$engine" small 50
  load_answers "$engine" large 5000
done

say "starting servers and opening sessions"
for engine in sqlite postgres; do
  for _ in 1 2 3 4 5; do
    free="$(client port)"
    command_for "$engine" small "$free"
    (cd "$work" && client start "$free" "${command[@]}" serve) >> "$work/$engine-start.results"
  done
  serve "$engine" small
  sleep 2
  echo "$(memory "$engine-small" VmRSS) $(memory "$engine-small" RssAnon)" > "$work/$engine-idle.results"
  serve "$engine" large
done
for engine in sqlite postgres; do for size in small large; do open_sessions "$engine" "$size"; done; done

run=1
round() { # SECONDS
  timed no-op /bench/sessions/ "$run" "$1"
  timed sqlite-small /api/v1/sessions/ "$run" "$1"
  note sqlite-large $(reports sqlite-large /api/v1/sessions/ "$run" "$1")
  note upserts $(upserts "$1")
  note postgres-small $(reports postgres-small /api/v1/sessions/ "$run" "$1")
  note postgres-large $(reports postgres-large /api/v1/sessions/ "$run" "$1")
  run=$((run + 1))
}
say "warming up"
round "$warm_up"
rm "$work"/{no-op,sqlite-small,sqlite-large,upserts,postgres-small,postgres-large}.results
rm "$work"/{no-op,sqlite-small}.processor
for ((index = 1; index <= rounds; index++)); do
  say "round $index of $rounds"
  round "$seconds"
done
say "batches"
for ((index = 1; index <= rounds; index++)); do
  note offline $(client offline "${port[sqlite-small]}" "$seconds")
  note distinct $(client distinct "${port[sqlite-small]}" "$seconds" "$work/sqlite-small.ids" "$run")
  run=$((run + 1))
done
say "answers"
for ((index = 1; index <= rounds; index++)); do
  note no-op-submit $(submits sqlite-small /bench/answers/submit "$run" "$seconds")
  for engine in sqlite postgres; do
    note "$engine-submits" $(submits "$engine-small" /api/v2/answers/submit "$run" "$seconds")
    for what in validate progress; do
      note "$engine-small-$what" $(looks "$engine-small" "$what" "$seconds")
      note "$engine-large-$what" $(looks "$engine-large" "$what" "$seconds")
    done
  done
  run=$((run + 1))
done
if [[ -n $flames ]]; then
  say "flame graphs"
  flames="$(mkdir -p "$flames" && cd "$flames" && pwd)"
  flame() { # NAME TITLE MEASUREMENT…
    local name="$1" title="$2" recording; shift 2
    perf record -q -a -F 997 -g -o "$work/perf.data" -- sleep "$seconds" 2>/dev/null & recording=$!
    "$@" >/dev/null
    wait "$recording"
    perf script -i "$work/perf.data" -F comm,ip,sym 2>/dev/null | grep -v swapper | "$here/flame.py" "$title" > "$flames/$name.svg"
    run=$((run + 1))
  }
  flame report-sqlite "durable reports by PATCH, SQLite" reports sqlite-small /api/v1/sessions/ "$run" "$((seconds + 1))"
  flame report-postgres "durable reports by PATCH, Postgres" reports postgres-small /api/v1/sessions/ "$run" "$((seconds + 1))"
  flame batch-sqlite "reports in batches of 1,000 sessions, SQLite" client distinct "${port[sqlite-small]}" "$((seconds + 1))" "$work/sqlite-small.ids" "$run"
  flame submit-sqlite "durable submits, SQLite" submits sqlite-small /api/v2/answers/submit "$run" "$((seconds + 1))"
  flame submit-postgres "durable submits, Postgres" submits postgres-small /api/v2/answers/submit "$run" "$((seconds + 1))"
fi
refused="$(for name in "${!port[@]}"; do statuses "$name" '[^2]'; done | awk '{ total += $1 } END { print total }')"

say "the same statements through the C API"
stop sqlite small
cc -O2 -o "$work/statements" "$here/statements.c" -lsqlite3
cp "$work/small.sqlite" "$work/statements.sqlite"
query sqlite small "SELECT id || ' ' || user_id || ' ' || content_id FROM playback_sessions LIMIT $session_count" > "$work/rows"
through_c="$("$work/statements" "$work/statements.sqlite" "$work/rows" "$seconds")"

say "10,000 streams"
STREAM_LIMIT=20000 STREAM_LIMIT_PER_CALLER=20000
export STREAM_LIMIT STREAM_LIMIT_PER_CALLER
serve sqlite small
read -r stream_kilobytes stream_statements stream_last stream_reads stream_encodings \
  < <(client streams "${port[sqlite-small]}" 9000 "${pid[sqlite-small]}")
[[ -n $stream_encodings ]] || fail "the streams were not measured"
stop sqlite small

say "a live event"
serve sqlite small
read -r wave_seconds wave_refused < <(event prepare "${port[sqlite-small]}" 5000 "$work/event")
beats() { # PATH-PREFIX SECONDS
  REPORT_OUTPUT="$work/output" wrk -t1 -c"$connections" -d"${2}s" --timeout 10s -s "$here/heartbeat.lua" \
    "http://127.0.0.1:${port[sqlite-small]}" -- "$1" "$work/event" >/dev/null
  cat "$work/output"
}
for ((index = 1; index <= rounds; index++)); do
  note no-op-beats $(beats /bench/events/ "$seconds")
  note beats $(beats /api/events/ "$seconds")
done
read -r answers_taken answers_p50 answers_p99 < <(event answers "${port[sqlite-small]}" "$work/event")
stop sqlite small
serve sqlite small
read -r event_memory event_last < <(event streams "${port[sqlite-small]}" "$work/event" 10000 "${pid[sqlite-small]}")
command_for sqlite small "${port[sqlite-small]}"
read -r back_seconds back_wrong < <(cd "$work" && event comeback "${port[sqlite-small]}" "$work/event" 1000 "${pid[sqlite-small]}" "${command[@]}" serve)
wait "${pid[sqlite-small]}" || true
[[ -n $answers_p99 && -n $event_last && -n $back_wrong ]] || fail "the live event was not measured"

say "accounts"
if $quick; then tries=20; else tries=200; fi
serve sqlite small
read -r register_known register_unknown login_known login_unknown answers_differ \
  < <(python3 "$here/accounts.py" "${port[sqlite-small]}" "$tries")
[[ -n $answers_differ ]] || fail "accounts were not measured"
stop sqlite small

say "jobs"
if $quick; then executions=100000 watching=65; else executions=1000000 watching=130; fi
user=0b0b0000-0000-4000-8000-000000000001 watcher=0b0b0000-0000-4000-8000-000000000002
source_port="$(client port)"
jobs source "$source_port" & servers+=($!)
export X_API_URL="http://127.0.0.1:$source_port"
for engine in sqlite postgres; do
  command_for "$engine" jobs 0
  (cd "$work" && "${command[@]}" migrate run >/dev/null)
  key="$(cd "$work" && "${command[@]}" key create | head -n 1)"
  case "$engine" in
    sqlite) jobs rows sqlite "$user" "$executions" | sqlite3 "$work/jobs.sqlite" ;;
    postgres) jobs rows postgres "$user" "$executions" | psql -q -d jobs; psql -q -d jobs -c "VACUUM ANALYZE" ;;
  esac
  serve "$engine" jobs
  jobs looks "${port[$engine-jobs]}" "$key" "$user" > "$work/$engine-jobs.looks"
  stop "$engine" jobs
  case "$engine" in
    sqlite) jobs due sqlite "$watcher" 10000 | sqlite3 "$work/jobs.sqlite" ;;
    postgres) jobs due postgres "$watcher" 10000 | psql -q -d jobs ;;
  esac
  serve "$engine" jobs
  jobs lateness "${port[$engine-jobs]}" "$watching" > "$work/$engine-jobs.lateness"
  stop "$engine" jobs
done
look() { # ENGINE PLACE: p50 and p99 of one kind of look
  cut -d' ' -f"$(($2 * 2 - 1)),$(($2 * 2))" "$work/$1-jobs.looks" | sed 's/ /, /'
}
late() { awk '{ print $1 " slots, " $2 " s late on average, none more than " $3 " s" }' "$work/$1-jobs.lateness"; }

say "2,000 connections"
serve sqlite small
note overload $(reports sqlite-small /api/v1/sessions/ "$run" "$overload" 2000)
overload_503="$(statuses sqlite-small 503)"
peak="$(memory sqlite-small VmHWM)"
sleep 5
after="$(memory sqlite-small VmRSS)"

# A thousand migrations: all pending for `plan`, all applied for `info`.
say "a thousand migrations"
mkdir "$work/migrations"
for ((index = 1; index <= 1000; index++)); do
  echo "CREATE TABLE t$index (id INTEGER PRIMARY KEY, note TEXT NOT NULL DEFAULT 'x');" > "$work/migrations/$((1000 + index))_step.up.sql"
  echo "DROP TABLE t$index;" > "$work/migrations/$((1000 + index))_step.down.sql"
done
psql -q -d postgres -c "CREATE DATABASE thousand"
declare -A milliseconds
milliseconds[version]="$(client time "$binary" --version)"
for engine in sqlite postgres; do
  command_for "$engine" thousand 0
  (cd "$work" && "${command[@]}" migrate info >/dev/null)
  milliseconds[plan-$engine]="$(cd "$work" && client time "${command[@]}" migrate plan --source migrations)"
  (cd "$work" && "${command[@]}" migrate run --source migrations >/dev/null)
  milliseconds[info-$engine]="$(cd "$work" && client time "${command[@]}" migrate info --source migrations)"
done

# 150 steps that make and change a hundred tables, each tried up, down and up again over rows.
say "verify"
mkdir "$work/verified"
for ((index = 0; index < 150; index++)); do
  file="$work/verified/$((1000 + index))_step"
  if ((index < 100)); then
    parent=""; if ((index % 5)); then parent=", parent INT NOT NULL REFERENCES v$((index - 1)) (id)"; fi
    echo "CREATE TABLE v$index (id INTEGER PRIMARY KEY$parent, n INT NOT NULL CHECK (n > 0), a TEXT NOT NULL DEFAULT 'x', b TEXT, c TEXT);" > "$file.up.sql"
    echo "DROP TABLE v$index;" > "$file.down.sql"
  else
    table="v$(((index - 100) * 2))"
    echo "ALTER TABLE $table ADD COLUMN extra INT; UPDATE $table SET extra = n;" > "$file.up.sql"
    echo "ALTER TABLE $table DROP COLUMN extra;" > "$file.down.sql"
  fi
done
a_step() { awk -v all="${milliseconds[verify-$1]}" 'BEGIN { printf "%.0f", all / 150 }'; }
for engine in sqlite postgres; do
  command_for "$engine" thousand 0
  began="$(date +%s%3N)"
  (cd "$work" && "${command[@]}" migrate verify --source verified >/dev/null)
  milliseconds[verify-$engine]="$(($(date +%s%3N) - began))"
done

say "three nodes"
for name in "${!pid[@]}"; do kill "${pid[$name]}" 2>/dev/null || true; done
cluster_rows="$(python3 "$here/cluster.py" "$binary" "$seconds" "$rounds" ${flames:+"$flames"})"

# --- The table

extra() { # µs of a durable report above the no-op's
  paste -d' ' <(median < "$work/sqlite-small.processor") <(median < "$work/no-op.processor") | awk '{ printf "%.1f", $1 - $2 }'
}
row() { # NUMBER WHAT RESULTS RATIO AIM
  echo "| $1 | $2 | $(of "$3" 1) | $(of "$3" 2) | $(of "$3" 3) | $4 | $5 |"
}
plain() { echo "| $1 | $2 | | | | $3 | $4 |"; }
if ((history_rows % 1000000 == 0)); then history="$((history_rows / 1000000)) million"; else history="$history_rows"; fi

cat <<MARKDOWN
| | what | per second | p50 ms | p99 ms | result | aim |
|---|---|--:|--:|--:|---|---|
$(row 1 "PATCH, decoded and answered without a database" no-op "" "")
$(row 2 "durable reports by PATCH, SQLite" sqlite-small "$(ratio sqlite-small no-op) of 1" "0.65")
$(plain 2b "processor time of a report above row 1's, and of the same statements through the C API" "$(extra) µs, $through_c µs: $(awk -v a="$(extra)" -v b="$through_c" 'BEGIN { printf "%.1f", a / b }') times" "1.5 times")
$(row 3 "durable reports by PATCH, Postgres" postgres-small "$(ratio postgres-small upserts) of 5" "0.9")
$(row 4a "reports in batches of 1,000, one device's five titles, SQLite" offline "" "100,000/s")
$(row 4b "reports in batches of 1,000 sessions, SQLite" distinct "" "40,000/s")
$(row 5 "pgbench: single-row upserts on the same Postgres" upserts "" "")
$(row 6a "row 2 over $history rows of history" sqlite-large "$(ratio sqlite-large sqlite-small) of 2" "0.9")
$(row 6b "row 3 over $history rows of history" postgres-large "$(ratio postgres-large postgres-small) of 3" "0.9")
$(plain 7a "memory of an idle server, SQLite" "$(awk '{ print $1 " MB resident, " $2 " MB of it its own" }' "$work/sqlite-idle.results")" "40 MB")
$(plain 7b "memory of an idle server, Postgres" "$(awk '{ print $1 " MB resident, " $2 " MB of it its own" }' "$work/postgres-idle.results")" "40 MB")
$(row 7c "2,000 connections for $overload s, SQLite" overload "$overload_503 answers of 503; peak $peak MB, then $after MB" "")
$(plain 8a "start to first answer, SQLite" "$(median < "$work/sqlite-start.results") ms" "200 ms")
$(plain 8b "start to first answer, Postgres" "$(median < "$work/postgres-start.results") ms" "200 ms")
$(plain 9a "\`migrate info\`, 1,000 applied, SQLite / Postgres" "${milliseconds[info-sqlite]} / ${milliseconds[info-postgres]} ms; \`--version\` alone ${milliseconds[version]} ms" "1,000 ms")
$(plain 9c "\`migrate verify\` of 150 steps with 100 tables: a step, SQLite / Postgres" "$(a_step sqlite) / $(a_step postgres) ms; \`info\` of row 9a ${milliseconds[info-sqlite]} / ${milliseconds[info-postgres]} ms" "500 ms")
$(plain 9b "\`migrate plan\`, 1,000 pending, SQLite / Postgres" "${milliseconds[plan-sqlite]} / ${milliseconds[plan-postgres]} ms" "1,000 ms")
$(row 10a "POST /answers/submit, decoded and answered without a database" no-op-submit "" "")
$(row 10b "durable submits, SQLite" sqlite-submits "$(ratio sqlite-submits no-op-submit) of 10a" "0.6")
$(row 10c "durable submits, Postgres" postgres-submits "$(ratio postgres-submits no-op-submit) of 10a" "0.4")
$(row 11a "GET validate at 300,000 answers, SQLite" sqlite-large-validate "$(ratio sqlite-large-validate sqlite-small-validate) of that at 3,000" "0.9")
$(row 11b "GET progress at 300,000 answers, SQLite" sqlite-large-progress "$(ratio sqlite-large-progress sqlite-small-progress) of that at 3,000" "0.9")
$(row 11c "GET validate at 300,000 answers, Postgres" postgres-large-validate "$(ratio postgres-large-validate postgres-small-validate) of that at 3,000" "0.9")
$(row 11d "GET progress at 300,000 answers, Postgres" postgres-large-progress "$(ratio postgres-large-progress postgres-small-progress) of that at 3,000" "0.9")
$(plain 12a "9,000 idle streams: memory of its own, each; statements a second in all" "$stream_kilobytes KB; $stream_statements" "22 KB; 1")
$(plain 12b "one notice to 9,000 followers: last byte; reads, encodings" "$stream_last ms; $stream_reads, $stream_encodings" "400 ms; 1, 1")
$(row 13a "heartbeats of a live event, decoded and answered without a database" no-op-beats "" "")
$(row 13b "heartbeats, SQLite" beats "$(ratio beats no-op-beats) of 13a" "0.65")
$(plain 13c "a wave of 5,000 joins: until the last is in; refused" "$wave_seconds s; $wave_refused" "0 refused")
$(plain 13d "1,000 players answer within 2 s: taken; p50, p99" "$answers_taken; $answers_p50, $answers_p99 ms" "1,000")
$(plain 13e "10,000 streams of one event: memory each; until the last player has \`segment-resumed\`" "$event_memory KB; $event_last ms" "22 KB; 500 ms")
$(plain 13f "1,000 players after \`kill -9\`: from the port being open until the last is back; scores changed" "$back_seconds s; $back_wrong" "5 s; 0")
$(for engine in sqlite postgres; do
  plain "14a $engine" "the list of 100 jobs with their strips, over $executions executions; a look without a database (p50, p99)" "$(look $engine 2) ms; $(look $engine 1) ms" "50 ms"
  plain "14b $engine" "a job's newest 50 executions" "$(look $engine 3) ms" "50 ms"
  plain "14c $engine" "a job's gaps, over $((executions / 100)) executions" "$(look $engine 4) ms" "50 ms"
  plain "14d $engine" "10,000 hourly jobs, source answers after 100 ms, watched for $watching s" "$(late $engine)" "30 s"
done)
$(plain 15a "registering a known and an unknown address, medians of $tries" "$register_known and $register_unknown ms; $answers_differ answers differ" "alike")
$(plain 15b "signing in with a wrong password, known and unknown" "$login_known and $login_unknown ms" "alike")
$cluster_rows

Rows 1 to 3, 5, 6, 10, 11, 13 and 16: $connections connections, $rounds rounds of $seconds s, one row after the other in each round; medians. Rows 4a and 4b: four
connections; the latency is that of a batch. $(nproc) cores, Linux $(uname -r | cut -d- -f1), $(findmnt -no FSTYPE -T "$work"), SQLite $(sqlite3 --version | cut -d' ' -f1), Postgres $(psql --version | awk '{ print $3 }').
Answers that were not 2xx, reports not applied and requests without an answer: $bad by the clients' count, $refused by the servers'.
MARKDOWN
