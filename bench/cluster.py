#!/usr/bin/env python3
"""The benchmark's rows of several nodes: the cluster of `make chaos`, unhurt.

  cluster.py BINARY SECONDS ROUNDS [FLAMES]    prints rows of Markdown: for each hot path requests a second, p50 and p99, on one node and on three
                                      behind the balancer, in turn; and the processor time of a request, of the nodes and of Postgres. FLAMES is a folder for a flame graph of all
                                      processes under reports on three nodes, and needs perf

Every write goes to Postgres with its messages for Kafka and the sync service, and its copy in Redis: what users run in production.
"""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "chaos"))

from run import Cluster  # noqa: E402

SESSIONS = 10_000
CONNECTIONS = 64
PLAYERS = 1_000


def client(*arguments):
    return subprocess.run(
        [sys.executable, *map(str, arguments)], check=True, capture_output=True, text=True).stdout.split()


def processor(pids):
    """Seconds of processor time that processes and their children have taken."""
    ticks, total = os.sysconf("SC_CLK_TCK"), 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / ticks


def below(pid):
    """A process and all that it has started."""
    found = [pid]
    for other in Path("/proc").glob("[0-9]*"):
        try:
            if int((other / "stat").read_text().rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(other.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


class HotPath:
    """One hot path: what wrk sends, and what it saw."""

    def __init__(self, name, script, arguments):
        self.name, self.script, self.arguments = name, script, arguments
        self.results = {"one": [], "three": []}


def measure(cluster, path, where, seconds, number, work):
    port = cluster.ports[1] if where == "one" else cluster.port
    postgres = below(int((cluster.postgres.folder / "data/postmaster.pid").read_text().split()[0]))
    nodes = [node.child.pid for node in cluster.nodes]
    before = processor(nodes), processor(postgres)
    output = work / "output"
    subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(HERE / path.script), f"http://127.0.0.1:{port}",
         "--", *(word.format(run=number) for word in path.arguments)],
        check=True, stdout=subprocess.DEVNULL, env={**os.environ, "BENCH_FOLDER": str(HERE), "REPORT_OUTPUT": str(output)})
    rate, p50, p99, refused, lost = map(float, output.read_text().split())
    count = max(1, rate * seconds)
    path.results[where].append((
        rate, p50, p99, refused + lost, (processor(nodes) - before[0]) / count * 1e6, (processor(postgres) - before[1]) / count * 1e6))


def flame(cluster, path, seconds, number, work, folder):
    """Draws where the time of all processes together goes."""
    data = work / "perf.data"
    recording = subprocess.Popen(
        ["perf", "record", "-q", "-a", "-F", "997", "-g", "-o", str(data), "--", "sleep", str(seconds)], stderr=subprocess.DEVNULL)
    measure(cluster, path, "three", seconds + 1, number, work)
    recording.wait()
    said = subprocess.run(
        ["perf", "script", "-i", str(data), "-F", "comm,ip,sym"], check=True, capture_output=True, text=True, errors="replace").stdout
    lines = "".join(line for line in said.splitlines(keepends=True) if "swapper" not in line)
    drawn = subprocess.run(
        [sys.executable, str(HERE / "flame.py"), "durable reports by PATCH, three nodes with Redis and Kafka"], input=lines, text=True,
        check=True, capture_output=True).stdout
    (Path(folder) / "report-nodes.svg").write_text(drawn)


def row(number, path, where):
    rate, p50, p99, bad, nodes, postgres = (statistics.median(values) for values in zip(*path.results[where]))
    base = statistics.median(result[0] for result in path.results["one"])
    result = f"{nodes:.0f} µs of nodes, {postgres:.0f} µs of Postgres each" + (f"; {rate / base:.2f} of one node" if where == "three" else "")
    if bad:
        result += f"; {bad:.0f} not 2xx or lost"
    name = path.name + (", one node" if where == "one" else ", three nodes behind HAProxy")
    return f"| {number} | {name} | {rate:.0f} | {p50:.2f} | {p99:.2f} | {result} | |"


def main(binary, seconds, rounds, flames=None):
    folder = tempfile.mkdtemp(prefix="dogear-cluster.", dir=os.environ.get("TMPDIR"))
    work = Path(folder) / "bench"
    cluster = Cluster(folder, str(Path(binary).resolve()), environment={"LOG_LEVEL": "warning"}, notes=False)
    work.mkdir()
    try:
        asyncio.run(bench(cluster, work, seconds, rounds, flames))
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def bench(cluster, work, seconds, rounds, flames):
    await cluster.sync.start()
    await asyncio.to_thread(run_all, cluster, work, seconds, rounds, flames)


def run_all(cluster, work, seconds, rounds, flames):
    port = cluster.port
    titles = work / "titles"
    titles.write_text("".join(f"{uuid.uuid4()} {uuid.uuid4()}\n" for _ in range(SESSIONS)))
    client(HERE / "client.py", "open", port, titles)
    ids = work / "ids"
    ids.write_text("".join(f"{row[0]}\n" for row in cluster.postgres.ask("SELECT id FROM playback_sessions ORDER BY random();")))
    cluster.postgres.ask(
        "INSERT INTO student_responses (session_id, email, full_name, age_group, country, origin_country, questionnaire_id) "
        f"SELECT gen_random_uuid()::text, '', '', '', '', '', (SELECT id FROM questionnaires WHERE is_default) FROM generate_series(1, {SESSIONS});")
    answering, questions = work / "answering", work / "questions"
    answering.write_text("".join(f"{row[0]}\n" for row in cluster.postgres.ask("SELECT session_id FROM student_responses;")))
    questions.write_text("".join(f"{row[0]}\n" for row in cluster.postgres.ask(
        "SELECT questions.id FROM questions JOIN pages ON pages.id = questions.page_id JOIN questionnaires ON "
        "questionnaires.id = pages.questionnaire_id WHERE is_default AND question_type = 'slider' ORDER BY questions.id;")))
    event = work / "event"
    client(HERE / "event.py", "prepare", port, PLAYERS, event)
    paths = [
        HotPath("durable reports by PATCH", "report.lua", ["/api/v1/sessions/", str(ids), "{run}"]),
        # A run that ends in 0 answers with 1, which every slider takes.
        HotPath("durable submits", "submit.lua", ["/api/v2/answers/submit", str(answering), str(questions), "{run}0"]),
        HotPath("heartbeats of a live event", "heartbeat.lua", ["/api/events/", str(event)]),
    ]
    number = 1
    for turn in range(rounds + 1):
        for path in paths:
            for where in path.results:
                measure(cluster, path, where, seconds, number, work)
                number += 1
        if turn == 0:
            # The first round warms up.
            for path in paths:
                path.results = {where: [] for where in path.results}
    for letter, path in zip("abc", paths):
        for where in path.results:
            print(row(f"16{letter}", path, where))
    if flames:
        flame(cluster, paths[0], seconds, number, work, flames)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
