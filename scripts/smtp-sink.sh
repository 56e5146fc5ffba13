#!/usr/bin/env bash
# A real SMTP server for tests, by aiosmtpd: writes each mail that it takes into a folder, whole, as NUMBER.eml.
#
#   scripts/smtp-sink.sh PORT FOLDER
#
# It says "ready" once it listens on 127.0.0.1, and takes mail until it is ended. Its first take is refused with 451, as by a
# server that is short of something, where the folder holds a file named `refuse`.
set -euo pipefail

version=1.4.6
port="${1:?usage: scripts/smtp-sink.sh PORT FOLDER}"
folder="${2:?usage: scripts/smtp-sink.sh PORT FOLDER}"
cache="${DOGEAR_CACHE:-$HOME/.cache/dogear}"
environment="$cache/aiosmtpd-$version"

# Made under another name and moved when it is whole, because two runs may start at once.
if [ ! -x "$environment/bin/python" ]; then
    mkdir -p "$cache"
    new="$(mktemp -d "$cache/new.XXXXXX")"
    python3 -m venv "$new"
    "$new/bin/python" -m pip install --quiet --disable-pip-version-check "aiosmtpd==$version" >&2
    python3 -c 'import os, sys; os.rename(*sys.argv[1:])' "$new" "$environment" 2> /dev/null || rm -rf "$new"
fi

exec "$environment/bin/python" - "$port" "$folder" << 'END'
import asyncio
import os
import sys

from aiosmtpd.smtp import SMTP

port, folder = int(sys.argv[1]), sys.argv[2]


class Sink:
    """Writes what comes in; the envelope stands in two lines above each mail."""

    taken = 0
    refused = 0

    async def handle_DATA(self, server, session, envelope):
        if os.path.exists(os.path.join(folder, "refuse")) and self.refused < 1:
            self.refused += 1
            return "451 4.3.0 Not just now"
        self.taken += 1
        path = os.path.join(folder, f"{self.taken}.eml")
        with open(path + ".part", "wb") as out:
            out.write(f"X-From: {envelope.mail_from}\nX-To: {', '.join(envelope.rcpt_tos)}\n".encode())
            out.write(envelope.content)
        os.rename(path + ".part", path)
        return "250 Taken"


async def main():
    sink = Sink()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(sink), "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main())
END
