"""Well-behaved clients of all four areas: they try again as the answers say, keep what was acknowledged, and come back to their streams."""

import asyncio
import json
import random
import re
import time
import uuid


class Tally:
    """What happened to all clients together."""

    def __init__(self):
        self.calls = self.retries = self.taken = 0
        self.failures, self.slow = [], []
        self.moments = []
        self.over = False

    def done(self, began):
        self.calls += 1
        self.moments.append((began, time.monotonic() - began))

    def longest(self, since, until):
        return max((took for began, took in self.moments if began <= until and began + took >= since), default=0)


class GaveUp(Exception):
    """A client tried for a minute."""


class Caller:
    """A client with one connection, which it makes anew when it is lost."""

    patience = 60

    def __init__(self, port, tally):
        self.port, self.tally, self.streams = port, tally, None

    async def call(self, method, path, body=None, token=None, once=False):
        """Sends until there is an answer; its status and JSON."""
        data = b"" if body is None else json.dumps(body).encode()
        head = [f"{method} {path} HTTP/1.1", "Host: localhost", "Accept: application/json"]
        if token:
            head.append(f"Authorization: Bearer {token}")
        if once:
            head.append(f"Idempotency-Key: {uuid.uuid4()}")
        if body is not None:
            head += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
        began, last = time.monotonic(), None
        while time.monotonic() - began < self.patience:
            try:
                status, text, pause = await asyncio.wait_for(self.send("\r\n".join(head).encode() + b"\r\n\r\n" + data), 15)
                last = f"{status} {text[:200]!r}"
                # A twin that is still under way has taken the key.
                if status not in (429, 502, 503, 504) and not (once and status == 409 and b"idempotency" in text):
                    self.tally.done(began)
                    return status, json.loads(text) if text else None
            except (OSError, EOFError, asyncio.TimeoutError) as error:
                last, pause = repr(error), None
                self.leave()
            self.tally.retries += 1
            await asyncio.sleep(min(pause or 0.2, 1) * (0.5 + random.random()))
        self.tally.failures.append(f"{method} {path}: {last}")
        raise GaveUp(path)

    async def send(self, request):
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        reader, writer = self.streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"content-length: (\d+)", head, re.I)
        text = await reader.readexactly(int(length.group(1))) if length else b""
        pause = re.search(r"retry-after: (\d+)", head, re.I)
        if re.search(r"connection: close", head, re.I):
            self.leave()
        return int(head.split()[1]), text, float(pause.group(1)) if pause else None

    def leave(self):
        if self.streams:
            self.streams[1].close()
        self.streams = None

    async def must(self, *arguments, good=(200, 201, 202, 204), **named):
        status, body = await self.call(*arguments, **named)
        if status not in good:
            self.tally.failures.append(f"{arguments[0]} {arguments[1]}: {status} {json.dumps(body)[:300]}")
            raise GaveUp(arguments[1])
        if status == 202:
            self.tally.taken += 1
        return body


class Viewer:
    """Watches one title on one device, and goes forward with each report."""

    def __init__(self, port, tally):
        self.caller, self.user, self.title = Caller(port, tally), str(uuid.uuid4()), str(uuid.uuid4())
        self.sessions, self.position, self.reports = [], 0, 0

    async def run(self, tally, every):
        try:
            while not tally.over:
                session = await self.caller.must(
                    "POST", "/api/v1/sessions",
                    {"user_id": self.user, "content_id": self.title, "device_id": "tv", "duration_seconds": 100_000}, once=True)
                self.sessions.append(session["id"])
                # A session of 100 reports, then another: both kinds of message are owed all the time.
                for number in range(1, 101):
                    if tally.over:
                        return
                    position = self.position + 5
                    await self.caller.must(
                        "PATCH", f"/api/v1/sessions/{session['id']}/position",
                        {"position_seconds": position, "sequence": number, "playback_state": "playing"})
                    self.position, self.reports = position, self.reports + 1
                    await asyncio.sleep(every * (0.5 + random.random()))
                await self.caller.must("DELETE", f"/api/v1/sessions/{session['id']}", good=(202, 204, 404))
        except GaveUp:
            pass


class Follower:
    """Follows a viewer on another device, and comes back with the number that it had last."""

    def __init__(self, port, viewer):
        self.port, self.viewer = port, viewer
        self.last, self.position, self.gaps, self.holes, self.openings, self.notices = None, 0, 0, [], 0, 0

    async def run(self, tally):
        while not tally.over:
            try:
                await self.follow()
            except (OSError, EOFError, asyncio.TimeoutError):
                pass
            await asyncio.sleep(0.3 * random.random())

    async def follow(self):
        reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22), 5)
        try:
            again = f"Last-Event-ID: {self.last}\r\n" if self.last is not None else ""
            writer.write(
                f"GET /api/v1/users/{self.viewer.user}/playback/stream HTTP/1.1\r\nHost: localhost\r\n"
                f"Accept: text/event-stream\r\n{again}\r\n".encode())
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 15)
            if b" 200 " not in head.split(b"\r\n")[0]:
                await asyncio.sleep(0.3)
                return
            self.openings += 1
            text = b""
            while size := int(await asyncio.wait_for(reader.readline(), 40) or b"0", 16):
                text += (await reader.readexactly(size + 2))[:-2]
                *whole, text = text.split(b"\n\n")
                for event in whole:
                    self.hear(event)
        finally:
            writer.close()

    def hear(self, event):
        name = re.search(rb"event: (.+)", event)
        if not name:
            return
        name, number = name.group(1).decode(), re.search(rb"id: (\d+)", event)
        self.gaps += name == "gap"
        if number:
            number = int(number.group(1))
            if name != "snapshot" and self.last is not None and number != self.last + 1:
                self.holes.append((self.last, number))
            self.last = number
        data = re.search(rb"data: (.+)", event)
        if name == "position-updated" and data:
            self.notices += 1
            self.position = max(self.position, json.loads(data.group(1))["position_seconds"])


class Respondent:
    """Answers a questionnaire's sliders, one after the other, and then another one."""

    def __init__(self, port, tally):
        self.caller, self.answers = Caller(port, tally), {}

    async def run(self, tally, questions, every):
        try:
            while not tally.over:
                session = (await self.caller.must(
                    "POST", "/api/v2/session/start", {"questionnaire": "how-you-read"}, once=True))["session_id"]
                own = self.answers.setdefault(session, {})
                for question, values in questions:
                    if tally.over:
                        return
                    value = random.choice(values)
                    await self.caller.must(
                        "POST", "/api/v2/answers/submit",
                        {"session_id": session, "question_id": question, "answer": {"type": "slider", "value": value}}, once=True)
                    own[question] = value
                    await asyncio.sleep(every * (0.5 + random.random()))
        except GaveUp:
            pass


async def sliders(caller):
    """The sample questionnaire's sliders: ids, and the values that each takes."""
    found = []
    modules = {module["name"] for module in await caller.must("GET", "/api/v2/modules")}
    for page in range(1, 20):
        status, body = await caller.call("GET", f"/api/v2/questions?page_id={page}")
        for question in body["questions"] if status == 200 else []:
            if question["type"] == "slider" and body["page"]["module_name"] in modules:
                found.append((question["id"], [question["options"]["min"], question["options"]["max"]]))
    return found


class Quiz:
    """A live event with one segment, whose host goes from question to question."""

    def __init__(self, port, tally, players):
        self.port, self.tally, self.host = port, tally, Caller(port, tally)
        self.players = [Caller(port, tally) for _ in range(players)]
        self.tokens, self.ids, self.counted, self.question = [], [], [0] * players, None

    async def prepare(self):
        event = await self.host.must("POST", "/api/events", {"title": "Storm", "time_per_question": 600})
        self.id, self.token = event["id"], event["host_token"]
        self.segment = (await self.host.must(
            "POST", f"/api/events/{self.id}/segments", {"presenter_name": "Ada", "title": "Talk"}, self.token, once=True))["id"]
        questions = [{"question_text": f"Q{n}", "correct_answer": "R", "other_answers": ["W", "V"]} for n in range(100)]
        await self.host.must("POST", f"/api/segments/{self.segment}/questions", {"questions": questions}, self.token, once=True)
        await self.host.must("POST", f"/api/events/{self.id}/start", None, self.token, once=True)
        for verb in ["recording/start", "recording/stop", "quiz/start"]:
            shown = await self.host.must("POST", f"/api/segments/{self.segment}/{verb}", None, self.token, once=True)
        self.question = shown["current_question"]["id"] if shown.get("current_question") else None
        key = event["join_url"].split("key=")[1]
        for number, player in enumerate(self.players):
            joined = await player.must(
                "POST", "/api/events/join",
                {"code": event["join_code"], "key": key, "device_id": str(uuid.uuid4()), "display_name": f"Player {number}"})
            self.tokens.append(joined["session_token"])
            self.ids.append(joined["participant_id"])

    async def lead(self, every):
        try:
            for _ in range(98):
                await asyncio.sleep(every)
                if self.tally.over:
                    return
                shown = await self.host.must("POST", f"/api/segments/{self.segment}/quiz/next", None, self.token, once=True)
                self.question = shown["current_question"]["id"]
        except GaveUp:
            pass

    async def play(self, number):
        player, token, answered = self.players[number], self.tokens[number], None
        try:
            while not self.tally.over:
                question = self.question
                if question and question != answered:
                    status, body = await player.call(
                        "POST", f"/api/segments/{self.segment}/answers", {"question_id": question, "answer": random.choice("RWV")}, token)
                    if status in (200, 201):
                        self.counted[number] += 1
                    elif not (status == 409 and body["code"] == "too-late"):
                        self.tally.failures.append(f"an answer: {status} {json.dumps(body)[:200]}")
                    answered = question
                await player.must("POST", f"/api/events/{self.id}/heartbeat", {}, token)
                await asyncio.sleep(0.5 + random.random())
        except GaveUp:
            pass


class Watcher:
    """Has jobs that run each minute, and looks at them and runs them by hand meanwhile."""

    def __init__(self, port, tally):
        self.caller, self.jobs = Caller(port, tally), []

    async def sign_in(self):
        self.token = (await self.caller.must(
            "POST", "/api/v1/auth/login", {"email": "ann@example.org", "password": "keep-my-place"}))["token"]

    async def prepare(self, count):
        await self.sign_in()
        for _ in range(count):
            job = await self.caller.must(
                "POST", "/api/v1/jobs",
                {"x_username": "dogear_news", "source": "folder", "frequency": {"cron": "* * * * *", "time_zone": "UTC"}},
                self.token, once=True)
            self.jobs.append(job["id"])

    async def run(self, every):
        try:
            while not self.caller.tally.over:
                await self.caller.must("GET", "/api/v1/jobs?limit=50", None, self.token)
                await self.caller.must(
                    "POST", f"/api/v1/jobs/{random.choice(self.jobs)}/run", None, self.token, once=True, good=(202, 409))
                await asyncio.sleep(every)
        except GaveUp:
            pass
