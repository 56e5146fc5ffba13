"""What is run, and hurt: Postgres, Redis, Kafka's mock cluster, a balancer and nodes of Dogear, all on 127.0.0.1 in one folder."""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

TOPICS = ["playback.session-created", "playback.position-updated", "playback.session-ended"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until_open(port, seconds=60):
    """Waits until somebody listens."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"chaos: nobody listens on port {port}")


class Process:
    """A process that can be killed, frozen and started again."""

    def __init__(self, name, command, folder, environment=None, piped=False, lead=()):
        self.name, self.command, self.folder, self.piped = name, [*lead, *command], folder, piped
        self.environment = {**os.environ, **(environment or {})}
        self.log = open(Path(folder) / f"{name}.log", "ab")
        self.child = None

    def start(self):
        self.child = subprocess.Popen(
            self.command, cwd=self.folder, env=self.environment, stderr=self.log, stdout=subprocess.PIPE if self.piped else self.log,
            stdin=subprocess.PIPE if self.piped else subprocess.DEVNULL)
        return self

    def kill(self):
        if self.child and self.child.poll() is None:
            self.child.send_signal(signal.SIGCONT)
            self.child.kill()
        if self.child:
            self.child.wait()

    def freeze(self):
        self.child.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.child.send_signal(signal.SIGCONT)


class Postgres:
    """A Postgres of its own, which does not run as root."""

    def __init__(self, folder):
        self.folder, self.port = Path(folder) / "postgres", free_port()
        self.bin = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))[-1]
        self.password = secrets.token_hex(12)
        os.chmod(folder, 0o711)
        self.folder.mkdir()
        words = Path(folder) / "postgres-password"
        words.write_text(self.password)
        if os.getuid() == 0:
            for path in [self.folder, words]:
                subprocess.run(["chown", "postgres", path], check=True)
        self.run(
            [self.bin / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={words}", "-E", "UTF8",
             "--locale=C"])
        self.start()

    def run(self, command):
        lead = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run(
            [*lead, *map(str, command)], check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self):
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c max_connections=200"
        self.run([self.bin / "pg_ctl", "-D", self.folder / "data", "-o", options, "-l", self.folder / "log", "-w", "start"])

    def stop(self, mode="immediate"):
        self.run([self.bin / "pg_ctl", "-D", self.folder / "data", "-m", mode, "-w", "stop"])

    @property
    def url(self):
        return f"postgres://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    def ask(self, text):
        """The rows of a query, each a list of texts."""
        said = subprocess.run(
            [self.bin / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-F", "\x1f", "-R", "\x1e", self.url], input=text, text=True,
            capture_output=True)
        if said.returncode:
            sys.exit(f"chaos: psql said {said.stderr}")
        rows = said.stdout.rstrip("\n").split("\x1e")
        return [row.split("\x1f") for row in rows if row]


class Kafka:
    """Brokers that can be away."""

    def __init__(self, folder, here):
        program = Path(folder) / "kafka-mock"
        flags = subprocess.run(
            ["pkg-config", "--cflags", "--libs", "rdkafka"], check=True, capture_output=True, text=True).stdout.split()
        subprocess.run(["cc", "-o", program, Path(here) / "kafka-mock.c", *flags], check=True)
        self.process = Process("kafka", [str(program), "3", *TOPICS], folder, piped=True).start()
        self.brokers = self.process.child.stdout.readline().decode().strip()

    def tell(self, word):
        self.process.child.stdin.write(f"{word}\n".encode())
        self.process.child.stdin.flush()

    def messages(self, topic):
        """What a topic holds: key, headers and value of each message, in the order of its partitions."""
        said = subprocess.run(
            ["kcat", "-C", "-b", self.brokers, "-t", topic, "-e", "-q", "-o", "beginning", "-f", "%k\x1f%h\x1f%s\x1e"], check=True,
            capture_output=True, text=True, timeout=120)
        return [message.split("\x1f") for message in said.stdout.split("\x1e") if message]


class SyncService:
    """The app's sync service: takes positions, and is slow, broken or gone for as long as it is told."""

    def __init__(self):
        self.port, self.positions, self.moments, self.mood, self.calls = free_port(), {}, {}, "well", 0

    async def start(self):
        await asyncio.start_server(self.serve, "127.0.0.1", self.port, limit=1 << 20)

    async def serve(self, reader, writer):
        import json
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length"))
                body = json.loads(await reader.readexactly(length))
                self.calls += 1
                if self.mood == "slow":
                    await asyncio.sleep(3)
                status = "500 Broken" if self.mood == "broken" else "200 OK"
                # A call that was given up on may arrive after a newer one: whoever takes positions goes by their moments.
                key = (body["user_id"], body["content_id"], body["device_id"])
                if self.mood == "well" and body["timestamp"] >= self.moments.get(key, ""):
                    self.moments[key], self.positions[key] = body["timestamp"], body["position_seconds"]
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()


def balancer(folder, ports):
    """HAProxy, which knows TCP and no more; it asks each node every half second whether it lives."""
    port = free_port()
    nodes = "\n".join(
        f"    server n{number} 127.0.0.1:{node} check inter 500ms fall 1 rise 1 on-marked-down shutdown-sessions"
        for number, node in enumerate(ports))
    file = Path(folder) / "haproxy.cfg"
    file.write_text(f"""global
    maxconn 4000
defaults
    mode tcp
    timeout connect 1s
    timeout client 90s
    timeout server 90s
    retries 3
    option redispatch
frontend everybody
    bind 127.0.0.1:{port}
    default_backend nodes
backend nodes
    balance roundrobin
    option httpchk GET /health
    http-check send hdr Host localhost
{nodes}
""")
    process = Process("haproxy", ["haproxy", "-db", "-f", str(file)], folder).start()
    until_open(port)
    return port, process
