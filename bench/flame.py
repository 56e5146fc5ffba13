#!/usr/bin/env python3
"""Draws a flame graph: what `perf script` prints comes in, an SVG goes out.

    perf script -i perf.data | bench/flame.py "title" > graph.svg

Each box is a function, as wide as its share of the processor time; it lies on its caller. Boxes below 0.2 percent are left out.
"""
import html
import re
import subprocess
import sys

WIDTH, ROW, SMALLEST = 1200, 15, 0.002


def stacks(lines):
    """Each sample as its thread's kind and its frames, the outermost first."""
    comm, frames = None, []
    for line in lines:
        if not line.strip():
            if comm:
                yield [comm] + frames[::-1]
            comm, frames = None, []
        elif not line[0].isspace():
            comm = re.sub(r"-?#?\d+(-#?\d+)*$", "", line.split("  ")[0].strip()) or line.split()[0]
        else:
            name = re.sub(r"\+0x[0-9a-f]+$", "", re.sub(r" \([^()]*\)$", "", line.strip().split(" ", 1)[-1]))
            if name != "[unknown]" and (not frames or frames[-1] != name):
                frames.append(name)


def tree(samples):
    root = {"count": 0, "inner": {}}
    for sample in samples:
        node = root
        node["count"] += 1
        for name in sample[:60]:
            node = node["inner"].setdefault(name, {"count": 0, "inner": {}})
            node["count"] += 1
    return root


def readable(names):
    """Swift's names as they are in the sources, shortened."""
    try:
        done = subprocess.run(["swift", "demangle", "--simplified"], input="\n".join(names), text=True, capture_output=True)
        found = done.stdout.splitlines()
    except OSError:
        found = []
    return dict(zip(names, found if len(found) == len(names) else names))


def boxes(node, depth, left, total):
    for name, inner in sorted(node["inner"].items()):
        share = inner["count"] / total
        if share >= SMALLEST:
            yield name, depth, left, share
            yield from boxes(inner, depth + 1, left, total)
        left += share


def colour(name):
    if name.endswith("_k") or name.startswith(("do_", "sys_", "__x64", "entry_", "ext4", "tcp_", "sock_")):
        return "#e3b778"
    if name.startswith("$s"):
        return "#7fb0d6"
    return "#b9cfa5" if re.match(r"sqlite3|PQ|pq|Exec|heap|_bt", name) else "#d7d3cb"


def main():
    title = sys.argv[1]
    root = tree(stacks(sys.stdin))
    drawn = list(boxes(root, 0, 0.0, max(root["count"], 1)))
    words = readable([name for name, *_ in drawn])
    height = (max((depth for _, depth, *_ in drawn), default=0) + 3) * ROW
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="monospace" font-size="10">')
    print(f'<rect width="{WIDTH}" height="{height}" fill="#fff"/><text x="4" y="12">{html.escape(title)}: {root["count"]} samples</text>')
    for name, depth, left, share in drawn:
        x, y, width = left * WIDTH, height - (depth + 1) * ROW, share * WIDTH
        word = words.get(name, name)[:120]
        label = html.escape(word[: int(width / 6.1)]) if width > 20 else ""
        print(
            f'<g><title>{html.escape(word)} {share:.1%}</title><rect x="{x:.1f}" y="{y}" width="{max(width - 0.3, 0.2):.1f}" height="{ROW - 1}" '
            f'fill="{colour(name)}"/>' + (f'<text x="{x + 2:.1f}" y="{y + 10}">{label}</text>' if label else "") + "</g>")
    print("</svg>")


if __name__ == "__main__":
    main()
