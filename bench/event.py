#!/usr/bin/env python3
"""The clients of the benchmark's live event. All speak to 127.0.0.1.

  event.py prepare PORT PLAYERS FILE      makes an event with a quiz, has PLAYERS devices join at once, and writes what the others
                                          need to FILE, a line each: event, host token, segment, code, key, then "token device" of
                                          each player; prints the seconds that the wave took and the joins refused
  event.py answers PORT FILE              has the next question shown and all players answer within two seconds; prints answers taken
                                          and their p50 and p99 in ms
  event.py streams PORT FILE COUNT PID    has COUNT players follow; prints KB of the server's own memory each, and for five
                                          resumptions of the segment the median ms until the last player has it
  event.py comeback PORT FILE COUNT PID COMMAND…
                                          has COUNT players follow, kills the server, starts it again by COMMAND, and prints the seconds
                                          from its port being open until the last is back, and players whose score changed or who were
                                          refused
"""

import asyncio
import json
import os
import random
import re
import signal
import sys
import time
import uuid


class Connection:
    """One HTTP/1.1 connection that is kept."""

    def __init__(self, port):
        self.port, self.streams = port, None

    async def send(self, method, path, body=None, token=None):
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        reader, writer = self.streams
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        if token:
            head += f"Authorization: Bearer {token}\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        writer.write(head.encode() + b"\r\n" + data)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"content-length: (\d+)", answer, re.I)
        text = await reader.readexactly(int(length.group(1))) if length else b""
        return int(answer.split()[1]), json.loads(text) if text else None

    async def must(self, *arguments, **named):
        status, body = await self.send(*arguments, **named)
        if status >= 300:
            sys.exit(f"event.py: {arguments[1]} answered {status}: {body}")
        return body


async def prepare(port, players, file):
    host = Connection(port)
    event = await host.must("POST", "/api/events", {"title": "Bench", "time_per_question": 600})
    id, token = event["id"], event["host_token"]
    segment = (await host.must("POST", f"/api/events/{id}/segments", {"presenter_name": "Ada", "title": "Talk"}, token))["id"]
    questions = [{"question_text": f"Q{n}", "correct_answer": "R", "other_answers": ["W", "V", "U"]} for n in range(50)]
    await host.must("POST", f"/api/segments/{segment}/questions", {"questions": questions}, token)
    for verb in ["recording/start", "recording/stop", "quiz/start"]:
        if verb == "recording/start":
            await host.must("POST", f"/api/events/{id}/start", None, token)
        await host.must("POST", f"/api/segments/{segment}/{verb}", None, token)
    code, key = event["join_code"], event["join_url"].split("key=")[1]
    gate = asyncio.Semaphore(500)

    async def join(number):
        device = str(uuid.uuid4())
        async with gate:
            connection = Connection(port)
            status, body = await connection.send(
                "POST", "/api/events/join",
                {"code": code, "key": key, "device_id": device, "display_name": f"Player {number}"})
            connection.streams[1].close()
        return (body["session_token"], device) if status == 200 else None

    began = time.monotonic()
    joined = await asyncio.gather(*(join(number) for number in range(players)))
    took = time.monotonic() - began
    with open(file, "w") as out:
        print(id, token, segment, code, key, sep="\n", file=out)
        for pair in joined:
            if pair:
                print(*pair, file=out)
    print(f"{took:.2f} {joined.count(None)}")


def read(file):
    lines = open(file).read().split("\n")
    return lines[:5], [line.split() for line in lines[5:] if line]


async def answers(port, file):
    (id, host, segment, _, _), players = read(file)
    players = players[:1000]
    connections = [Connection(port) for _ in players]
    # Phones hold their connection already.
    await asyncio.gather(*(c.must("GET", f"/api/events/{id}/reconnect", None, p[0]) for c, p in zip(connections, players)))
    shown = await Connection(port).must("POST", f"/api/segments/{segment}/quiz/next", None, host)
    question = shown["current_question"]["id"]
    latencies = []

    async def answer(connection, token):
        await asyncio.sleep(random.random() * 2)
        began = time.monotonic()
        status, _ = await connection.send(
            "POST", f"/api/segments/{segment}/answers", {"question_id": question, "answer": random.choice("RWVU")}, token)
        if status == 201:
            latencies.append((time.monotonic() - began) * 1000)

    await asyncio.gather(*(answer(c, p[0]) for c, p in zip(connections, players)))
    latencies.sort()
    print(f"{len(latencies)} {latencies[len(latencies) // 2]:.1f} {latencies[int(len(latencies) * 0.99)]:.1f}")


def own_memory(pid):
    return int(re.search(r"RssAnon:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1))


async def follow(port, id, token, last, heard):
    """Opens a stream; `heard` is told of each event's name, number and time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    after = f"Last-Event-ID: {last}\r\n" if last is not None else ""
    writer.write(
        f"GET /api/events/{id}/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n{after}"
        f"Authorization: Bearer {token}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise RuntimeError(head.decode())

    async def listen():
        text = b""
        try:
            while part := await reader.read(65_536):
                text += part
                *whole, text = text.split(b"\n\n")
                for event in whole:
                    name = re.search(rb"^event: (.+)$", event, re.M)
                    if name:
                        heard(name.group(1).decode())
        except (ConnectionError, asyncio.IncompleteReadError):
            pass

    return asyncio.ensure_future(listen()), writer


async def streams(port, file, count, pid):
    (id, host, segment, _, _), players = read(file)
    # A player may follow more than once.
    players = (players * 2)[:count]
    before = own_memory(pid)
    seen, done = [0], asyncio.Event()

    def heard(name):
        if name == "segment-resumed":
            seen[0] += 1
            if seen[0] == len(players):
                done.set()

    gate = asyncio.Semaphore(200)

    async def one(token):
        async with gate:
            return await follow(port, id, token, None, heard)

    opened = await asyncio.gather(*(one(p[0]) for p in players))
    await asyncio.sleep(3)
    memory = (own_memory(pid) - before) / len(players)
    control, times = Connection(port), []
    for _ in range(5):
        await control.must("POST", f"/api/segments/{segment}/complete", None, host)
        await asyncio.sleep(1)
        seen[0] = 0
        done.clear()
        began = time.monotonic()
        await control.must("POST", f"/api/segments/{segment}/resume", None, host)
        await asyncio.wait_for(done.wait(), 30)
        times.append((time.monotonic() - began) * 1000)
    for _, writer in opened:
        writer.close()
    print(f"{memory:.1f} {sorted(times)[2]:.0f}")


async def comeback(port, file, count, pid, command):
    (id, host, segment, _, _), players = read(file)
    players = players[:count]
    gate = asyncio.Semaphore(200)

    async def score(token):
        async with gate:
            connection = Connection(port)
            status, body = await connection.send("GET", f"/api/events/{id}/reconnect", None, token)
            connection.streams[1].close()
            return body["score"] if status == 200 else None

    await Connection(port).must("POST", f"/api/segments/{segment}/quiz/reveal", None, host)
    before = await asyncio.gather(*(score(p[0]) for p in players))
    opened = await asyncio.gather(*(follow(port, id, p[0], None, lambda name: None) for p in players))
    os.kill(pid, signal.SIGKILL)
    await asyncio.gather(*(listening for listening, _ in opened))
    server = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    while True:
        try:
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            break
        except ConnectionError:
            await asyncio.sleep(0.01)
    began = time.monotonic()

    async def back(token):
        """As the SDK comes back: full jitter below 1 s, then half as much again each time."""
        pause = 1.0
        while True:
            await asyncio.sleep(random.random() * pause)
            try:
                result = await score(token)
                await follow(port, id, token, None, lambda name: None)
                return result
            except (ConnectionError, asyncio.IncompleteReadError, RuntimeError):
                pause = min(30, pause * 1.5)

    after = await asyncio.gather(*(back(p[0]) for p in players))
    took = time.monotonic() - began
    wrong = sum(1 for old, new in zip(before, after) if old != new or new is None)
    print(f"{took:.2f} {wrong}")
    server.terminate()
    await server.wait()


def main():
    verb, port = sys.argv[1], int(sys.argv[2])
    if verb == "prepare":
        asyncio.run(prepare(port, int(sys.argv[3]), sys.argv[4]))
    elif verb == "answers":
        asyncio.run(answers(port, sys.argv[3]))
    elif verb == "streams":
        asyncio.run(streams(port, sys.argv[3], int(sys.argv[4]), int(sys.argv[5])))
    elif verb == "comeback":
        asyncio.run(comeback(port, sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6:]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
