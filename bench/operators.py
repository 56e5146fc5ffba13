#!/usr/bin/env python3
"""The database of a large installation, and how long what whoever runs the server looks at takes with it.

  operators.py questionnaire          prints a questionnaire of ten pages with two questions each, as YAML
  operators.py rows ENGINE PEOPLE     prints SQL that makes so many people, ten places and one session of each, as many responses, a live
                                      event that 2,000 devices follow, and a job with a hundred runs of one in a hundred
  operators.py times PORT PEOPLE      waits until the responses are counted, then prints a row of a table for each read: its median and
                                      the slowest of fifty in ms, and how many times a trivial read that is
"""

import http.client
import json
import statistics
import sys
import time

KINDS = {"user": 0, "content": 1, "session": 2, "response": 3, "participant": 4, "event": 5, "play": 6, "device": 7, "audit": 8}


def questionnaire():
    print("questionnaire: large\ntitle: A large one\ndefault: true\npages:")
    for page in range(10):
        print(f"  - title: Page {page + 1}\n    questions:")
        for question in range(2):
            print(f"      - {{id: q{page}_{question}, type: slider, text: How much?, min_label: little, max_label: much}}")


class Engine:
    """What the two engines write differently. Ids are scattered over their whole range, as random ones are."""

    def __init__(self, name):
        self.is_sqlite = name == "sqlite"

    def id(self, kind, n):
        first = f"((({n}) * 2654435761) % 4294967296)"
        number = f"({n}) + {KINDS[kind]} * 10000000"
        if self.is_sqlite:
            return f"printf('%08x-0000-4000-8000-%012x', {first}, {number})"
        return f"(lpad(to_hex(({first})::bigint), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(({number})::bigint), 12, '0'))::uuid"

    def series(self, name, last):
        if self.is_sqlite:
            return f"(WITH RECURSIVE {name}_made (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM {name}_made WHERE n < {last}) SELECT n FROM {name}_made) AS {name}"
        return f"(SELECT n::bigint AS n FROM generate_series(1, {last}) AS n) AS {name}"

    def moment(self, seconds):
        """So many seconds from now; below zero before it."""
        if self.is_sqlite:
            return f"strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ({seconds}) || ' seconds')"
        return f"date_trunc('milliseconds', now() + ({seconds}) * INTERVAL '1 second')"

    def slot(self, seconds):
        if self.is_sqlite:
            return f"(strftime('%s', 'now') + ({seconds})) / 300"
        return f"(floor(extract(epoch FROM now()) + ({seconds}))::bigint / 300)"

    def true(self):
        return "1" if self.is_sqlite else "TRUE"


def rows(name, people):
    e = Engine(name)
    people = int(people)
    live = max(1, people // 50)
    # What is live is heard of in the future, so that it has not fallen silent when it is looked at.
    soon = "3600 + p.n % 600"
    heard = f"CASE WHEN p.n <= {live} THEN {soon} ELSE -600 - p.n % 80000 END"
    print(f"""
{"PRAGMA synchronous = OFF;" if e.is_sqlite else "SET synchronous_commit = off;"}
BEGIN;
INSERT INTO users (id, email, status, name)
SELECT {e.id("user", "p.n")}, 'person' || p.n || '@example.org', 'ACTIVE', 'Person ' || p.n FROM {e.series("p", people)};
INSERT INTO content (content_id, title, duration_seconds, url, updated_at)
SELECT {e.id("content", "c.n")}, 'Film ' || c.n, 5400, '/films/' || c.n, {e.moment(0)} FROM {e.series("c", 1000)};
INSERT INTO watch_history (user_id, content_id, resume_position_seconds, duration_seconds, last_moved_at, last_watched_at, device_id)
SELECT {e.id("user", "p.n")}, {e.id("content", "1 + (p.n * 7 + k.n * 13) % 1000")}, 60 + p.n % 5000, 5400,
  {e.moment("-p.n % 8000000 - k.n * 9000")}, {e.moment("-p.n % 8000000 - k.n * 9000")}, 'tv'
FROM {e.series("p", people)} CROSS JOIN {e.series("k", 10)};
INSERT INTO plays (id, user_id, content_id, finished_at, source, created_at)
SELECT {e.id("play", "p.n")}, {e.id("user", "p.n")}, {e.id("content", "1 + (p.n * 7 + 13) % 1000")}, {e.moment("-p.n")}, 'watched', {e.moment("-p.n")}
FROM {e.series("p", people)};
INSERT INTO playback_sessions (
  id, user_id, content_id, device_id, position_seconds, duration_seconds, playback_state, quality, started_at, updated_at, heard_slot,
  closed_at
)
SELECT {e.id("session", "p.n")}, {e.id("user", "p.n")}, {e.id("content", "1 + (p.n * 7 + 13) % 1000")}, 'tv-' || p.n, 84, 5400, 'playing', 'auto',
  {e.moment(f"{heard} - 900")}, {e.moment(heard)}, {e.slot(heard)}, CASE WHEN p.n > {live} AND p.n % 2 = 0 THEN {e.moment(heard)} END
FROM {e.series("p", people)};
INSERT INTO student_responses (
  session_id, email, full_name, age_group, country, origin_country, created_at, last_activity, status, completed_at, abandoned_at,
  questionnaire_id, user_id, current_page_id
)
SELECT CAST({e.id("response", "p.n")} AS TEXT), 'person' || p.n || '@example.org', 'Person ' || p.n, '', '', '',
  {e.moment("-8000000 - p.n % 600")}, {e.moment(f"CASE WHEN p.n % 10 = 9 THEN CASE WHEN p.n <= {live} * 10 THEN {soon} ELSE -86400 END ELSE -8000000 + p.n % 600 END")},
  {"" if e.is_sqlite else "CAST("}CASE WHEN p.n % 10 < 6 THEN 'completed' WHEN p.n % 10 = 6 THEN 'user_abandoned_not_completed' ELSE 'active' END{"" if e.is_sqlite else " AS sessionstatus)"},
  CASE WHEN p.n % 10 < 6 THEN {e.moment("-8000000 + p.n % 600")} END, CASE WHEN p.n % 10 = 6 THEN {e.moment("-8000000")} END,
  questionnaires.id, CASE WHEN p.n % 2 = 0 THEN {e.id("user", "p.n")} END, (SELECT MIN(id) FROM pages WHERE questionnaire_id = questionnaires.id)
FROM {e.series("p", people)} CROSS JOIN questionnaires WHERE slug = 'large';
INSERT INTO question_answers (response_id, question_id, answer_value)
SELECT r.id, q.id, q.k
FROM student_responses AS r
JOIN (
  SELECT questions.id, ROW_NUMBER() OVER (ORDER BY questions.id) AS k
  FROM questions JOIN pages ON pages.id = questions.page_id JOIN questionnaires ON questionnaires.id = pages.questionnaire_id WHERE slug = 'large'
) AS q ON q.k <= CASE WHEN r.completed_at IS NOT NULL THEN 20 ELSE r.id % 20 END;
INSERT INTO events (id, title, status, join_code, created_at, owner_id)
SELECT {e.id("event", "v.n")}, 'Event ' || v.n, CASE WHEN v.n <= 20 THEN 'active' ELSE 'finished' END, 'C' || v.n, {e.moment("-v.n * 3600")},
  {e.id("user", "v.n")} FROM {e.series("v", max(100, people // 100))};
INSERT INTO event_audit (id, event_id, at, who, what, subject_id, from_state, to_state)
SELECT {e.id("audit", "v.n * 100 + k.n")}, {e.id("event", "v.n")}, {e.moment("-v.n * 60 + k.n")}, CASE WHEN k.n % 2 = 0 THEN 'host' ELSE 'user:' || {e.id("user", "v.n")} END,
  'started', {e.id("event", "v.n")}, 'waiting', 'active'
FROM {e.series("v", max(100, people // 100))} CROSS JOIN {e.series("k", 10)};
INSERT INTO event_participants (id, event_id, display_name, name_key, device_id, session_token, user_id, presence, last_heartbeat, join_timestamp)
SELECT {e.id("participant", "p.n")}, {e.id("event", f"CASE WHEN p.n <= {live} THEN 1 ELSE 21 + p.n % 70 END")}, 'Player ' || p.n, 'player ' || p.n,
  {e.id("device", "p.n")}, 'token' || p.n, {e.id("user", "p.n")}, CASE WHEN p.n <= {live} THEN 'connected' ELSE 'left' END, {e.moment(soon)}, {e.moment("-900")}
FROM {e.series("p", people)};
INSERT INTO jobs (user_id, x_username, frequency, topics, is_active, source)
SELECT {e.id("user", "j.n")}, 'account' || j.n, 'hourly', '[]', NOT {e.true()}, 'x' FROM {e.series("j", max(20, people // 100))};
INSERT INTO job_executions (job_id, status, kind, started_at, completed_at, heartbeat_at)
SELECT jobs.id, 'COMPLETED', 'scheduled', {e.moment("-3600 * k.n")}, {e.moment("-3600 * k.n + 5")}, {e.moment("-3600 * k.n")}
FROM jobs CROSS JOIN {e.series("k", 100)};
COMMIT;
{"" if e.is_sqlite else "VACUUM ANALYZE;"}
""")


def uuid(kind, n):
    return f"{n * 2654435761 % 4294967296:08x}-0000-4000-8000-{n + KINDS[kind] * 10000000:012x}"


def times(port, people):
    connection = http.client.HTTPConnection("127.0.0.1", int(port))

    def ask(path, body=None):
        begun = time.perf_counter()
        connection.request("POST" if body else "GET", path, body, {"Content-Type": "application/json"} if body else {})
        reply = connection.getresponse()
        text = reply.read()
        taken = (time.perf_counter() - begun) * 1_000
        if reply.status != 200:
            sys.exit(f"{path} answered {reply.status}: {text.decode()[:500]}")
        return taken, text

    begun = time.monotonic()
    while json.loads(ask("/api/v1/admin/questionnaires/large")[1])["started"] != int(people):
        if time.monotonic() - begun > 600:
            sys.exit("the responses were not counted within ten minutes")
        time.sleep(1)
    print(f"responses counted after {time.monotonic() - begun:.0f} s", file=sys.stderr)

    live = "/api/v1/admin/live"
    middle = int(people) // 2
    first = json.loads(ask(live)[1])
    # A user with rows in every wing, and a respondent in the middle of all.
    reads = [
        ("a trivial read: one session", f"/api/v1/sessions/{uuid('session', 1)}", None),
        ("live, the first page", live, None),
        ("live, a page of a hundred", f"{live}?limit=100", None),
        ("live, the second page", f"{live}?cursor={first['next_cursor']}", None),
        ("live, part of a title", f"{live}?search=film%201", None),
        ("live, what nothing is called", f"{live}?search=nothing", None),
        ("live, a user", f"{live}?search={uuid('user', 7)}", None),
        ("figures of all questionnaires", "/api/v1/admin/questionnaires", None),
        ("figures of one, with its pages", "/api/v1/admin/questionnaires/large", None),
        ("responses, the first page", "/api/v2/questionnaires/large/responses", None),
        ("responses, a hundred of them", "/api/v2/questionnaires/large/responses?limit=100", None),
        ("responses, put aside", "/api/v2/questionnaires/large/responses?status=user_abandoned_not_completed", None),
        ("everything of a user", f"/api/v1/people/{uuid('user', 10)}/export", None),
        ("everything of a user who has little", f"/api/v1/people/{uuid('user', middle)}/export", None),
        ("everything of a session", f"/api/v1/people/by-assessment/{uuid('response', middle)}/export", None),
        ("everything of an address", "/api/v1/people/by-email/export", json.dumps({"email": f"person{middle}@example.org"})),
        ("everything of a participant", f"/api/v1/people/by-participant/{uuid('participant', middle)}/export", None),
    ]
    trivial = None
    for what, path, body in reads:
        ask(path, body)
        taken = [ask(path, body)[0] for _ in range(50)]
        median = statistics.median(taken)
        trivial = trivial or median
        print(f"{what}|{median:.1f}|{max(taken):.1f}|{median / trivial:.1f}")


if __name__ == "__main__":
    {"questionnaire": questionnaire, "rows": rows, "times": times}[sys.argv[1]](*sys.argv[2:])
