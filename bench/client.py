#!/usr/bin/env python3
"""Opens playback sessions, and sends batches of reports.

  client.py open PORT COUNT          opens sessions of as many users and titles; prints their ids
"""
import http.client, json, sys, threading, uuid

def each(count, connections, work):
    numbers = iter(range(count)); lock = threading.Lock(); failed = []
    def run():
        try:
            c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            while True:
                with lock:
                    n = next(numbers, None)
                if n is None: return
                work(c, n)
        except Exception as e: failed.append(e)
    ts = [threading.Thread(target=run) for _ in range(connections)]
    [t.start() for t in ts]; [t.join() for t in ts]
    if failed: sys.exit(f"{failed[0]!r}")

if __name__ == "__main__":
    port = int(sys.argv[2]); ids = []
    def work(c, n):
        c.request("POST", "/api/v1/sessions", json.dumps({"user_id": str(uuid.uuid4()), "content_id": str(uuid.uuid4()), "device_id": f"device-{n}", "duration_seconds": 7200}), {"Content-Type": "application/json"})
        r = c.getresponse(); b = r.read()
        if r.status != 201: raise RuntimeError(f"{r.status} {b}")
        ids.append(json.loads(b)["id"])
    each(int(sys.argv[3]), 16, work)
    print("\n".join(ids))
