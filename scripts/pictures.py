#!/usr/bin/env python3
"""Makes the pictures of README anew, of a server that has just been started with its sample content.

    scripts/pictures.py BINARY FOLDER

Needs Chromium and its driver. Everything runs on loopback, in a temporary folder.
"""

import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

VIEWER = "d09ea400-0000-4000-8000-000000000001"


def call(method, url, body=None):
    request = urllib.request.Request(
        url, method=method, data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def until(what, ready):
    """Waits for something that is told by nothing else."""
    for _ in range(300):
        with contextlib.suppress(OSError):
            if ready():
                return
        time.sleep(0.1)
    sys.exit(f"pictures.py: {what} did not come in 30 seconds")


@contextlib.contextmanager
def running(command, **options):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


class Browser:
    """A window of Chromium, as WebDriver has it."""

    def __init__(self, driver):
        wanted = {"browserName": "chrome", "goog:chromeOptions": {
            "args": ["--headless=new", "--no-sandbox", "--hide-scrollbars", "--force-device-scale-factor=1"],
        }}
        session = call("POST", f"{driver}/session", {"capabilities": {"alwaysMatch": wanted}})["value"]["sessionId"]
        self.session = f"{driver}/session/{session}"

    def do(self, path, body=None, method="POST"):
        return call(method, f"{self.session}/{path}", body if method == "POST" else None)["value"]

    def size(self, width, height):
        """Makes what is inside of the window this large."""
        self.do("window/rect", {"width": width, "height": height})
        inner = self.run("return [innerWidth, innerHeight]")
        self.do("window/rect", {"width": 2 * width - inner[0], "height": 2 * height - inner[1]})

    def open(self, url):
        self.do("url", {"url": url})

    def run(self, script, *arguments):
        return self.do("execute/sync", {"script": script, "args": list(arguments)})

    def see(self, text):
        until(f"“{text}”", lambda: text in self.run("return document.body.innerText"))

    def picture(self, path):
        until("every picture", lambda: self.run("return [...document.images].every((one) => one.complete)"))
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.do("screenshot", method="GET")))

    def close(self):
        call("DELETE", self.session)


def watch(server, browser, path):
    """Clips that were left, and one that plays."""
    for number, length, place, device in CLIPS:
        session = call("POST", f"{server}/api/v1/sessions", {
            "user_id": VIEWER, "content_id": f"c11b0000-0000-4000-8000-00000000000{number}", "device_id": device,
            "duration_seconds": length,
        })["id"]
        call("PATCH", f"{server}/api/v1/sessions/{session}/position", {"position_seconds": place})
        if device != "Kitchen tablet":
            call("DELETE", f"{server}/api/v1/sessions/{session}")
    browser.open(f"{server}/watch")
    browser.see("Kitchen tablet")
    browser.picture(path)


# The sample content's number of each, its seconds, where it was left, and on what.
CLIPS = [(4, 300, 211, "Phone"), (3, 180, 70, "Telly"), (1, 240, 166, "Kitchen tablet")]


def assessment(server, browser, path):
    """A questionnaire of which somebody has answered the first pages, and to which they come back."""
    page = f"{server}/assessments/a-day-by-the-sea"
    browser.open(page)
    until("its first page", lambda: browser.run("""
        document.querySelector('[data-testid=start]')?.click();
        return document.querySelector('[data-testid=question]') !== null;"""))
    browser.run("document.querySelectorAll('[data-testid=question]').forEach((one) => {" + ANSWER + "})")
    until("that they are saved", lambda: browser.run("""
        return /^Saved/.test(document.querySelector('[data-testid=status]').textContent)
            && !document.querySelector('[data-testid=progress-text]').textContent.startsWith('0 ');"""))
    browser.open("about:blank")
    browser.open(page)
    browser.see("Welcome back")
    browser.picture(path)


ANSWER = """
    const tell = (element, ...names) => names.forEach((name) => element.dispatchEvent(new Event(name, { bubbles: true })));
    if (one.dataset.type === 'mcq') one.querySelector('input').click();
    if (one.dataset.type === 'ordering') one.querySelector('[data-keep-order]').click();
    if (one.dataset.type === 'slider') tell(one.querySelector('input[type=range]'), 'input', 'change');
"""


def operators(server, browser, path):
    """Who is live, without the figures, which have nothing to show yet."""
    browser.size(1280, 640)
    browser.open(f"{server}/admin")
    browser.see("Kitchen tablet")
    browser.picture(path)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    binary, folder = (os.path.abspath(path) for path in sys.argv[1:])
    with tempfile.TemporaryDirectory() as work, contextlib.ExitStack() as stack:
        ports = free_port(), free_port()
        server, driver = (f"http://127.0.0.1:{port}" for port in ports)
        stack.enter_context(running([binary, "serve", "--demo", "--port", str(ports[0])], cwd=work))
        stack.enter_context(running(["chromedriver", f"--port={ports[1]}"], cwd=work))
        until("Dogear", lambda: call("GET", f"{server}/ready")["status"] == "ready")
        until("Chromium's driver", lambda: call("GET", f"{driver}/status")["value"]["ready"])
        browser = Browser(driver)
        stack.callback(browser.close)
        browser.size(1280, 960)
        for name, take in (("watch", watch), ("assessment", assessment), ("operators", operators)):
            take(server, browser, f"{folder}/{name}.png")
            print(f"{folder}/{name}.png")


main()
