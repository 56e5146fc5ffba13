#!/usr/bin/env python3
"""The benchmark's jobs. All speak to 127.0.0.1.

  jobs.py rows ENGINE USER EXECUTIONS     prints SQL that makes 100 idle jobs of USER with so many executions in all, each with its
                                          window, and thirty days of figures
  jobs.py due ENGINE USER COUNT           prints SQL that makes COUNT active jobs of USER, each due at a whole minute of the next hour,
                                          as hourly jobs are
  jobs.py source PORT                     serves X's API: each answer after 100 ms, one post each, until it is killed
  jobs.py looks PORT KEY USER             prints p50 and p99 in ms of: a look without a database, the list of 100 jobs with their strips,
                                          a job's newest 50 executions, and its gaps
  jobs.py lateness PORT SECONDS           waits, and prints how many slots ran, the mean seconds they were late, and the bound that none
                                          was later than
"""

import asyncio
import json
import re
import sys
import time
import urllib.request
from datetime import datetime, timedelta, timezone


def moment(value):
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def rows(engine, user, executions):
    each = int(executions) // 100
    if engine == "sqlite":
        def series(name, last):
            return f"(WITH RECURSIVE {name} (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM {name} WHERE n < {last}) SELECT n FROM {name})"

        def ago(minutes):
            return f"strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || ({minutes}) || ' minutes')"
        day = "date('now', '-' || days.n || ' days')"
        false = "0"
    else:
        def series(name, last):
            return f"(SELECT n FROM generate_series(1, {last}) AS n)"

        def ago(minutes):
            return f"date_trunc('milliseconds', now()) - ({minutes}) * INTERVAL '1 minute'"
        day = "current_date - days.n"
        false = "FALSE"
    print(f"""
INSERT INTO jobs (user_id, x_username, frequency, topics, is_active, source, first_from)
SELECT '{user}', 'a' || n, 'hourly', '[]', {false}, 'x', {ago(f"{each + 60}")} FROM {series("jobs_made", 100)} AS numbers;
INSERT INTO job_executions (
  job_id, status, outcome, kind, started_at, completed_at, created_at, tweets_fetched, window_from, window_to, complete, error_message
)
SELECT jobs.id, CASE WHEN numbers.n % 9 = 0 THEN 'FAILED' ELSE 'COMPLETED' END,
  CASE WHEN numbers.n % 9 = 0 THEN 'source-failed' ELSE 'ok' END, 'scheduled', {ago(f"{each} - numbers.n")}, {ago(f"{each} - numbers.n")},
  {ago(f"{each} - numbers.n")}, 7, {ago(f"{each} - numbers.n + 1")}, {ago(f"{each} - numbers.n")}, numbers.n % 9 <> 0,
  CASE WHEN numbers.n % 9 = 0 THEN 'The source has trouble.' END
FROM jobs CROSS JOIN {series("runs_made", each)} AS numbers WHERE jobs.user_id = '{user}' ORDER BY jobs.id, numbers.n;
INSERT INTO job_days (job_id, day, completed, failed, posts, run_milliseconds)
SELECT jobs.id, {day}, 20, 4, 140, 9000 FROM jobs CROSS JOIN {series("days_made", 30)} AS days WHERE jobs.user_id = '{user}';
""")


def due(engine, user, count):
    start = datetime.now(timezone.utc).replace(second=0, microsecond=0) + timedelta(minutes=1)
    values = []
    for number in range(int(count)):
        at = moment(start + timedelta(minutes=number * 60 // int(count)))
        values.append(f"('{user}', 'a{number}', 'hourly', '[]', 'x', '{at}', '{at}')")
    print("INSERT INTO jobs (user_id, x_username, frequency, topics, source, next_due_at, look_at) VALUES")
    print(",\n".join(values) + ";")


async def source(port):
    async def serve(reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                path = head.split()[1]
                await asyncio.sleep(0.1)
                if "/by/username/" in path:
                    name = path.split("/by/username/")[1].split("?")[0]
                    body = {"data": {"id": str(abs(hash(name)) % 10**12), "username": name, "name": name}}
                else:
                    post = {"id": str(time.time_ns()), "text": "The harbour is open.", "created_at": moment(datetime.now(timezone.utc))}
                    body = {"data": [post], "meta": {"result_count": 1}}
                text = json.dumps(body).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(text) + text)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port, backlog=512)
    async with server:
        await server.serve_forever()


def looks(port, key, user):
    def ask(path):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request) as reply:
            return reply.read()

    jobs = [job["id"] for job in json.loads(ask(f"/api/v1/jobs?user_id={user}&limit=100"))["items"]]
    paths = [
        lambda n: "/api/v1/schedules/next?frequency=daily", lambda n: f"/api/v1/jobs?user_id={user}&limit=100",
        lambda n: f"/api/v1/jobs/{jobs[n % len(jobs)]}/executions", lambda n: f"/api/v1/jobs/{jobs[n % len(jobs)]}/gaps",
    ]
    for path in paths:
        taken = []
        for number in range(220):
            begun = time.perf_counter()
            ask(path(number))
            taken.append((time.perf_counter() - begun) * 1_000)
        taken = sorted(taken[20:])
        print(f"{taken[len(taken) // 2]:.1f} {taken[int(len(taken) * 0.99)]:.1f}", end=" ")
    print()


def lateness(port, seconds):
    time.sleep(float(seconds))
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    buckets = [(float(bound), int(count)) for bound, count in re.findall(r'lateness_seconds_bucket\{le="([0-9.]+)"\} (\d+)', text)]
    count = int(re.search(r"lateness_seconds_count (\d+)", text).group(1))
    total = float(re.search(r"lateness_seconds_sum ([0-9.e+-]+)", text).group(1))
    worst = next((f"{bound:g}" for bound, below in buckets if below == count), "more")
    print(count, f"{total / max(count, 1):.2f}", worst)


def main():
    verb, *rest = sys.argv[1:] or ["help"]
    verbs = {"rows": (rows, 3), "due": (due, 3), "looks": (looks, 3), "lateness": (lateness, 2)}
    if verb == "source" and len(rest) == 1:
        asyncio.run(source(int(rest[0])))
    elif verb in verbs and len(rest) == verbs[verb][1]:
        verbs[verb][0](*rest)
    else:
        sys.exit(__doc__)


main()
