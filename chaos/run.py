#!/usr/bin/env python3
"""Hurts a cluster of three nodes while all four areas are in use, and checks that nothing that was acknowledged is lost.

  chaos/run.py [--binary PATH] [--seconds N] [--report FILE] [--keep]

Three nodes on one Postgres and one Redis behind HAProxy, with Kafka (librdkafka's mock cluster over real sockets) and a sync service.
In turn a node is killed -9, Redis is killed, Postgres is restarted, Kafka's brokers go away, the sync service is slow and broken. Prints
what was seen; exits with 1 where a check failed. Takes two minutes of load, and some for setting up and checking. Needs Postgres,
redis-server, haproxy, kcat, librdkafka and a C compiler; everything happens on 127.0.0.1 and in a temporary folder.
"""

import argparse
import asyncio
import os
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path

import checks as must
from clients import Follower, GaveUp, Quiz, Respondent, Tally, Viewer, Watcher, Caller, sliders
from servers import TOPICS, Kafka, Postgres, Process, SyncService, balancer, free_port, until_open

HERE = Path(__file__).resolve().parent


class Cluster:
    """Everything that runs."""

    def __init__(self, folder, binary, environment=None, notes=True):
        self.folder, self.binary, self.more = folder, binary, environment or {}
        self.postgres = Postgres(folder)
        self.redis_port = free_port()
        self.redis = Process(
            "redis", ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly",
                      "no"], folder).start()
        until_open(self.redis_port)
        self.kafka = Kafka(folder, HERE)
        self.sync = SyncService()
        self.posts = Path(folder) / "posts"
        self.ports = [free_port() for _ in range(3)]
        self.nodes = [self.node(number) for number in range(3)]
        self.nodes[0].start()
        until_open(self.ports[0])
        if notes:
            self.note_messages()
        for node, port in zip(self.nodes[1:], self.ports[1:]):
            node.start()
            until_open(port)
        self.port, self.balancer = balancer(folder, self.ports)

    def note_messages(self):
        """Keeps every message that is ever owed, whatever becomes of its row."""
        self.postgres.ask("""
            CREATE TABLE chaos_owed (destination TEXT, message_key TEXT, number BIGINT, message_id UUID, name TEXT, payload TEXT);
            CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO chaos_owed VALUES (NEW.destination, NEW.message_key, NEW.number, NEW.message_id, NEW.name, NEW.payload);
                RETURN NEW;
            END $$;
            CREATE TRIGGER chaos_note AFTER INSERT ON outbox_messages FOR EACH ROW EXECUTE FUNCTION chaos_note();
            """)

    def node(self, number):
        environment = {
            "DATABASE_URL": self.postgres.url, "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}",
            "KAFKA_BROKERS": self.kafka.brokers, "SYNC_SERVICE_URL": f"http://127.0.0.1:{self.sync.port}",
            "DOGEAR_SECRET": "chaos" * 8, "POSTS_FOLDER": str(self.posts), "RATE_LIMIT_PER_SECOND": "0",
            "STREAM_LIMIT_PER_CALLER": "1000", **self.more,
        }
        return Process(
            f"node{number}", [self.binary, "serve", "--port", str(self.ports[number]), "--demo"], self.folder, environment)

    def stop(self):
        for process in [self.balancer, *self.nodes, self.redis, self.kafka.process]:
            process.kill()
        self.postgres.stop()


class Faults:
    """What is done to the cluster, and when."""

    def __init__(self, cluster, seconds):
        self.cluster, self.seconds, self.done = cluster, seconds, []

    async def during(self, sentence, share, hurt, mend):
        began = time.monotonic()
        print(f"chaos: {sentence}", file=sys.stderr)
        await asyncio.to_thread(hurt)
        await asyncio.sleep(share * self.seconds)
        await asyncio.to_thread(mend)
        self.done.append((sentence, began, time.monotonic()))
        # What comes of it is seen for a while before the next one.
        await asyncio.sleep(0.06 * self.seconds)

    async def run(self):
        own, mood = self.cluster, lambda word: lambda: setattr(self.cluster.sync, "mood", word)
        await asyncio.sleep(0.06 * self.seconds)
        await self.during("a node is killed -9, and started again", 0.06, own.nodes[0].kill, own.nodes[0].start)
        await self.during("Redis is killed -9, and started again empty", 0.08, own.redis.kill, own.redis.start)
        await self.during("Postgres is stopped at once, and started again", 0.04, own.postgres.stop, own.postgres.start)
        await self.during(
            "Kafka's brokers go away, and come back", 0.25, lambda: own.kafka.tell("down"), lambda: own.kafka.tell("up"))
        await self.during("the sync service is slow", 0.04, mood("slow"), lambda: None)
        await self.during("the sync service answers 500", 0.04, mood("broken"), mood("well"))
        await self.during("another node is killed -9, and started again", 0.06, own.nodes[1].kill, own.nodes[1].start)


async def storm(cluster, seconds):
    """Runs clients and faults; what the clients have to say."""
    tally, port = Tally(), cluster.port
    await cluster.sync.start()
    viewers = [Viewer(port, tally) for _ in range(30)]
    followers = [Follower(port, viewer) for viewer in viewers[:10]]
    respondents = [Respondent(port, tally) for _ in range(10)]
    quiz, watcher = Quiz(port, tally, 12), Watcher(port, tally)
    try:
        await asyncio.gather(quiz.prepare(), watcher.prepare(10))
    except GaveUp:
        sys.exit(f"chaos: it could not begin: {tally.failures}")
    questions = await sliders(Caller(port, tally))
    faults = Faults(cluster, seconds)
    work = [
        *(viewer.run(tally, 0.3) for viewer in viewers), *(respondent.run(tally, questions, 0.4) for respondent in respondents),
        *(quiz.play(number) for number in range(12)), quiz.lead(2), watcher.run(3)]
    work = [asyncio.ensure_future(one) for one in work]
    following = [asyncio.ensure_future(follower.run(tally)) for follower in followers]
    began = time.monotonic()
    await faults.run()
    await asyncio.sleep(max(0, seconds - (time.monotonic() - began)))
    tally.over = True
    await asyncio.gather(*work)
    for one in following:
        one.cancel()
    await settle(cluster, viewers, followers, tally)
    return tally, faults, viewers, followers, respondents, quiz, watcher


async def settle(cluster, viewers, followers, tally):
    """Waits until what is owed is delivered, and what was taken is in the history; a minute at most."""
    tally.over = False
    following = [asyncio.ensure_future(follower.run(tally)) for follower in followers]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        await asyncio.sleep(0.5)
        owed = await asyncio.to_thread(cluster.postgres.ask, "SELECT COUNT(*) FROM outbox_messages;")
        places = await asyncio.to_thread(cluster.postgres.ask, "SELECT user_id, resume_position_seconds FROM watch_history;")
        found = {user: int(position) for user, position in places}
        if owed[0][0] == "0" and all(found.get(v.user) == v.position for v in viewers) and all(
                f.position == f.viewer.position for f in followers) and all(
                cluster.sync.positions.get((v.user, v.title, "tv")) == v.position for v in viewers):
            break
    tally.over = True
    for one in following:
        one.cancel()


def report(checks, faults, tally, seconds):
    lines = [f"{seconds} s of load on three nodes, {platform.system()} {platform.release()}, {os.cpu_count()} cores.", ""]
    lines += ["| what was done | longest wait of any call meanwhile, tries included |", "|---|--:|"]
    lines += [f"| {sentence} | {tally.longest(began, until):.1f} s |" for sentence, began, until in faults.done]
    lines += ["", "| what must be so | seen |", "|---|---|"]
    for sentence, against in checks.lines:
        lines.append(f"| {sentence} | {'yes' if not against else f'**no**: {len(against)}'} |")
        lines += [f"| | {one} |" for one in map(str, against[:5])]
    return "\n".join(lines)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--binary", default=str(HERE.parent / ".build/release/dogear"))
    options.add_argument("--seconds", type=int, default=120)
    options.add_argument("--report", help="a file to put the report into, between its two comments")
    options.add_argument("--keep", action="store_true", help="leave the folder with the logs")
    given = options.parse_args()
    for tool in ["redis-server", "haproxy", "kcat", "cc", "pkg-config"]:
        if not shutil.which(tool):
            sys.exit(f"chaos: {tool} is missing")
    folder = tempfile.mkdtemp(prefix="dogear-chaos.")
    cluster = Cluster(folder, str(Path(given.binary).resolve()))
    try:
        tally, faults, viewers, followers, respondents, quiz, watcher = asyncio.run(storm(cluster, given.seconds))
        checks = must.Checks()
        must.clients(checks, tally)
        must.playback(checks, cluster.postgres, viewers, followers)
        must.questionnaires(checks, cluster.postgres, respondents)
        must.event(checks, cluster.postgres, quiz)
        must.jobs(checks, cluster.postgres, watcher)
        must.kafka(checks, cluster.postgres, cluster.kafka, TOPICS)
        must.sync(checks, cluster.sync, viewers)
    finally:
        cluster.stop()
        if given.keep:
            print(f"chaos: the logs are in {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    text = report(checks, faults, tally, given.seconds)
    print(text)
    if given.report:
        file = Path(given.report)
        head, rest = file.read_text().split("<!-- report: replace from here -->\n", 1)
        tail = rest.split("<!-- end of report -->", 1)[1]
        file.write_text(f"{head}<!-- report: replace from here -->\n{text}\n<!-- end of report -->{tail}")
    if checks.failed:
        sys.exit("chaos: " + "; ".join(checks.failed))


if __name__ == "__main__":
    main()
