#!/usr/bin/env bash
# Prints where axe-core's script lies, which finds what keeps people with disabilities out of a page. Fetched once from PyPI.
set -euo pipefail

version=0.1.0
cache="${DOGEAR_CACHE:-$HOME/.cache/dogear}"
folder="$cache/axe-core-python-$version"

# Made under another name and moved when it is whole, because two runs may start at once.
if [ ! -f "$folder/axe_core_python/axe.min.js" ]; then
    mkdir -p "$cache"
    new="$(mktemp -d "$cache/new.XXXXXX")"
    trap 'rm -rf "$new"' EXIT
    python3 -m venv "$new/venv"
    "$new/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --target "$new/package" \
        "axe-core-python==$version" >&2
    python3 -c 'import os, sys; os.rename(*sys.argv[1:])' "$new/package" "$folder" 2> /dev/null || [ -d "$folder" ]
fi
echo "$folder/axe_core_python/axe.min.js"
