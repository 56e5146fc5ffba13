#!/usr/bin/env python3
"""The clients of the benchmark that wrk cannot play. All speak to 127.0.0.1.

  client.py open PORT COUNT                     opens sessions of as many users and titles; prints their ids
  client.py batches PORT KIND IDS SECONDS       sends batches of 1,000 reports over four connections; prints
                                                reports/s, p50 and p99 of a batch in ms, and what was not applied
       KIND distinct: 1,000 sessions in each batch, one report of each
            offline:  5 sessions in each batch, 200 reports of each ten seconds apart, as one device that was away sends them
  client.py started PORT                        waits until /ready answers 200
"""

import http.client
import json
import sys
import threading
import time
import uuid
from datetime import datetime, timedelta, timezone

CONNECTIONS = 4
BATCH = 1_000
STEPS = 9


def connection():
    return http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)


def post(to, path, body):
    to.request("POST", path, body, {"Content-Type": "application/json"})
    answer = to.getresponse()
    return answer.status, answer.read()


def on_threads(count, run):
    failures = []

    def guarded(number):
        try:
            run(number)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit(f"bench: {failures[0]!r}")


def open_sessions(count):
    ids = []

    def run(number):
        to = connection()
        for _ in range(number, count, 16):
            body = {"user_id": str(uuid.uuid4()), "content_id": str(uuid.uuid4()), "device_id": "living-room",
                    "duration_seconds": 7200}
            status, answer = post(to, "/api/v1/sessions", json.dumps(body))
            if status != 201:
                raise RuntimeError(f"a session was answered {status}: {answer[:200]}")
            ids.append(json.loads(answer)["id"])

    on_threads(16, run)
    print("\n".join(ids))


def instant(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def batch(reports):
    return json.dumps({"sent_at": instant(datetime.now(timezone.utc)), "reports": reports}).encode()


def distinct_bodies(ids):
    """Each group of 1,000 sessions belongs to one connection, and moves by a second from batch to batch, never by a jump."""
    groups = [ids[start:start + BATCH] for start in range(0, len(ids) - BATCH + 1, BATCH)]
    groups = groups[:len(groups) // CONNECTIONS * CONNECTIONS]

    def endless(number):
        own = groups[number::CONNECTIONS]
        bodies = [
            batch([{"session_id": id, "position_seconds": 50.25 + step, "playback_state": "playing"} for id in group])
            for step in range(STEPS) for group in own
        ]
        while True:
            yield from bodies

    return [endless(number) for number in range(CONNECTIONS)]


def offline_bodies(ids):
    """Every batch is of five sessions that have not reported yet, so that nothing in it is stale."""
    away = datetime.now(timezone.utc) - timedelta(seconds=BATCH * 10)
    devices = [ids[start:start + 5] for start in range(0, len(ids) - 4, 5)]

    def body(sessions):
        return batch([
            {"session_id": sessions[index // 200], "position_seconds": index % 200 * 10 + 10.25, "sequence": index % 200 + 1,
             "playback_state": "playing", "reported_at": instant(away + timedelta(seconds=10 * index))}
            for index in range(BATCH)
        ])

    bodies = [body(sessions) for sessions in devices]
    return [iter(bodies[number::CONNECTIONS]) for number in range(CONNECTIONS)]


def send_batches(kind, ids, seconds):
    senders = {"distinct": distinct_bodies, "offline": offline_bodies}[kind](ids)
    for sender in senders if kind == "distinct" else []:
        next(sender)
    latencies, refused = [], []
    start = time.monotonic()

    def run(number):
        to = connection()
        for body in senders[number]:
            began = time.monotonic()
            if began - start >= seconds:
                return
            status, answer = post(to, "/api/v1/positions", body)
            latencies.append(time.monotonic() - began)
            applied = answer.count(b'"applied":true') if status == 200 else 0
            if applied != BATCH:
                refused.append(BATCH - applied)

    on_threads(CONNECTIONS, run)
    elapsed = time.monotonic() - start
    latencies.sort()
    p50, p99 = (latencies[int(len(latencies) * share)] * 1000 for share in (0.5, 0.99))
    print(f"{len(latencies) * BATCH / elapsed:.0f} {p50:.2f} {p99:.2f} {sum(refused)}")


if __name__ == "__main__":
    command, PORT = sys.argv[1], int(sys.argv[2])
    if command == "open":
        open_sessions(int(sys.argv[3]))
    elif command == "batches":
        send_batches(sys.argv[3], open(sys.argv[4]).read().split(), float(sys.argv[5]))
