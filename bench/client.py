#!/usr/bin/env python3
"""The clients of the benchmark that wrk cannot play. All speak to 127.0.0.1.

  client.py port                            prints a port that is free
  client.py open PORT TITLES                has a session opened for each line "user title" of the file TITLES
  client.py distinct PORT SECONDS IDS RUN   sends batches of 1,000 reports, of as many sessions
  client.py offline PORT SECONDS            sends batches of 1,000 reports, of five titles on a device that was away
  client.py streams PORT COUNT PID          opens COUNT streams of one user and sends one notice to all of them; prints KB of
                                            the server's own memory a stream, statements a second while nothing happens,
                                            and for five notices the median ms until the last byte and the reads and
                                            encodings that a notice took
  client.py start PORT COMMAND…             starts a server, stops it, and prints the ms to its first answer
  client.py time COMMAND…                   runs a command seven times and prints its median ms

`distinct` and `offline` use four connections and print reports/s, p50 and p99 of a batch in ms, reports that were not
applied, and 0.
"""

import asyncio
import http.client
import json
import re
import socket
import subprocess
import sys
import threading
import time
import uuid
from datetime import datetime, timedelta, timezone

CONNECTIONS = 4
RUNS = 7
BATCH = 1_000
STEPS = 9


def now():
    return datetime.now(timezone.utc)


def text(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def batch(reports):
    return json.dumps({"sent_at": text(now()), "reports": reports}).encode()


def send(port, bodies_of):
    """Sends each connection's bodies one after another; latencies in seconds, and reports that were not applied."""
    latencies, refused, failures = [], [], []

    def run(number):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            for body in bodies_of(number):
                began = time.monotonic()
                connection.request("POST", "/api/v1/positions", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                content = answer.read()
                latencies.append(time.monotonic() - began)
                if answer.status == 200:
                    refused.append(body.count(b'"position_seconds"') - content.count(b'"applied":true'))
                else:
                    refused.append(BATCH)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit(f"client.py: {failures[0]!r}")
    return sorted(latencies), sum(refused)


def measure(port, seconds, bodies_of):
    start = time.monotonic()

    def until_the_end(number):
        for body in bodies_of(number):
            if time.monotonic() - start > seconds:
                return
            yield body

    latencies, refused = send(port, until_the_end)
    p50, p99 = (latencies[int(len(latencies) * share)] * 1000 for share in (0.5, 0.99))
    print(f"{len(latencies) * BATCH / (time.monotonic() - start):.0f} {p50:.2f} {p99:.2f} {refused} 0")


def open_sessions(port, path):
    titles = [line.split() for line in open(path)]
    reports = [
        {"user_id": user, "content_id": title, "device_id": "living-room", "duration_seconds": 7200, "position_seconds": 108}
        for user, title in titles
    ]
    bodies = [batch(reports[start:start + BATCH]) for start in range(0, len(reports), BATCH)]
    _, refused = send(port, lambda number: bodies[number::CONNECTIONS])
    if refused:
        sys.exit(f"client.py: {refused} sessions were not opened")


def distinct(port, seconds, path, run):
    """As report.lua does: round nine neighbouring seconds. Each session belongs to one connection, so none is overtaken."""
    ids = open(path).read().split()
    groups = [ids[start:start + BATCH] for start in range(0, len(ids), BATCH)]
    groups = groups[:len(groups) // CONNECTIONS * CONNECTIONS]
    bodies = [
        [
            batch([
                {"session_id": id, "position_seconds": 100.25 + 10 * run + step, "playback_state": "playing"}
                for id in group
            ])
            for step in range(STEPS) for group in groups[number::CONNECTIONS]
        ]
        for number in range(CONNECTIONS)
    ]

    def endless(number):
        while True:
            yield from bodies[number]

    measure(port, seconds, endless)


def offline(port, seconds):
    """Every batch is of a user and titles that are new, so that nothing in it is stale."""
    names = [str(uuid.uuid4()) for _ in range(6)]
    away = now() - timedelta(seconds=10 * BATCH)
    template = batch([
        {"user_id": names[5], "content_id": names[index // 200], "device_id": "tablet", "duration_seconds": 7200,
         "position_seconds": index % 200 * 10 + 10.25, "sequence": index % 200 + 1, "playback_state": "playing",
         "reported_at": text(away + timedelta(seconds=10 * index))}
        for index in range(BATCH)
    ])

    def endless(_):
        while True:
            body = template
            for name in names:
                body = body.replace(name.encode(), str(uuid.uuid4()).encode())
            yield body

    measure(port, seconds, endless)


def own_memory(pid):
    text = open(f"/proc/{pid}/status").read()
    return int(re.search(r"RssAnon:\s+(\d+)", text).group(1))


def figure(port, name):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    return float(re.search(rf"^{name} (\S+)$", text, re.M).group(1))


async def follow(port, user, seen):
    """Opens a stream; `seen` is told of every notice that arrives in it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 16)
    path = f"/api/v1/users/{user}/playback/stream"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n\r\n".encode())
    text = b""
    while b"event: snapshot" not in text:
        part = await reader.read(4_096)
        if not part:
            sys.exit(f"client.py: a stream was not opened: {text[:200]!r}")
        text += part

    async def listen():
        while part := await reader.read(4_096):
            for _ in range(part.count(b"event: position-updated")):
                seen()
        writer.close()

    return asyncio.create_task(listen())


async def fan_out(port, count, pid):
    user = str(uuid.uuid4())
    body = {"user_id": user, "content_id": user, "device_id": "tv", "duration_seconds": 7200}
    session = json.loads(ask(port, "POST", "/api/v1/sessions", body))["id"]
    arrived, done = 0, asyncio.Event()

    def seen():
        nonlocal arrived
        arrived += 1
        if arrived % count == 0:
            done.set()

    before = own_memory(pid)
    tasks = []
    while len(tasks) < count:
        some = min(200, count - len(tasks))
        tasks += await asyncio.gather(*(follow(port, user, seen) for _ in range(some)))
    await asyncio.sleep(2)
    kilobytes = (own_memory(pid) - before) / count
    reads = [figure(port, "dogear_database_read_seconds_count")]
    await asyncio.sleep(5)
    reads.append(figure(port, "dogear_database_read_seconds_count"))
    counted = ["dogear_stream_reads_total", "dogear_stream_notices_total"]
    first = [figure(port, name) for name in counted]
    taken = []
    for position in range(100, 105):
        done.clear()
        began = time.monotonic()
        await asyncio.to_thread(
            ask, port, "PATCH", f"/api/v1/sessions/{session}/position", {"position_seconds": position})
        await asyncio.wait_for(done.wait(), 60)
        taken.append((time.monotonic() - began) * 1000)
        await asyncio.sleep(0.2)
    per_notice = [(figure(port, name) - old) / len(taken) for name, old in zip(counted, first)]
    for task in tasks:
        task.cancel()
    print(
        f"{kilobytes:.1f} {(reads[1] - reads[0]) / 5:.1f} {sorted(taken)[2]:.0f} {per_notice[0]:.0f} {per_notice[1]:.0f}")


def ask(port, method, path, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        sys.exit(f"client.py: {answer.status} {text[:200]!r}")
    return text


def start(port, command):
    began = time.monotonic()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.monotonic() - began < 60:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("GET", "/ready")
                if connection.getresponse().status == 200:
                    print(f"{(time.monotonic() - began) * 1000:.0f}")
                    return
            except OSError:
                time.sleep(0.001)
        sys.exit("client.py: the server does not answer")
    finally:
        server.terminate()
        server.wait()


def time_command(command):
    taken = []
    for _ in range(RUNS):
        began = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append((time.monotonic() - began) * 1000)
    print(f"{sorted(taken)[RUNS // 2]:.0f}")


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        print(free.getsockname()[1])


if __name__ == "__main__":
    command, rest = sys.argv[1], sys.argv[2:]
    if command == "port":
        free_port()
    elif command == "open":
        open_sessions(int(rest[0]), rest[1])
    elif command == "distinct":
        distinct(int(rest[0]), float(rest[1]), rest[2], int(rest[3]))
    elif command == "offline":
        offline(int(rest[0]), float(rest[1]))
    elif command == "streams":
        asyncio.run(fan_out(int(rest[0]), int(rest[1]), int(rest[2])))
    elif command == "start":
        start(int(rest[0]), rest[1:])
    elif command == "time":
        time_command(rest)
    else:
        sys.exit(__doc__)
