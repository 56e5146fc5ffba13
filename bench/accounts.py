#!/usr/bin/env python3
"""Whether answers tell if an address has an account.

  accounts.py PORT TRIES    registers TRIES addresses, then asks for known and unknown ones in turn, each from an address of 127.0.0.0/8 of
                            its own; prints the median ms of: registering a known one, an unknown one, signing in with a wrong
                            password as a known one, as an unknown one; and how many answers differed in status or body
"""

import http.client
import json
import statistics
import sys
import time


def main(port, tries):
    source = iter(f"127.{7 + n // 62500}.{n // 250 % 250}.{1 + n % 250}" for n in range(10**6))

    def ask(path, body):
        connection = http.client.HTTPConnection("127.0.0.1", port, source_address=(next(source), 0))
        begun = time.perf_counter()
        connection.request("POST", f"/api/v1/auth/{path}", json.dumps(body), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        text = json.loads(reply.read() or b"{}")
        taken = (time.perf_counter() - begun) * 1_000
        connection.close()
        text.pop("request_id", None)
        return taken, (reply.status, json.dumps(text, sort_keys=True))

    def known(n):
        return f"known-{n}@example.org"

    for n in range(tries):
        status = ask("register", {"email": known(n), "password": "a good password"})[1][0]
        if status != 202:
            sys.exit(f"accounts.py: registering answered {status}")
    medians, odd = [], 0
    for path in ["register", "login"]:
        pairs = []
        for n in range(tries):
            pairs.append([
                ask(path, {"email": email, "password": f"not the {path} password"})
                for email in (known(n), f"{path}-{n}@example.org")
            ])
        odd += sum(a[1] != b[1] for a, b in pairs)
        medians += [statistics.median(pair[k][0] for pair in pairs) for k in (0, 1)]
    print(*(f"{value:.1f}" for value in medians), odd)


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(int(sys.argv[1]), int(sys.argv[2]))
