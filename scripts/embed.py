#!/usr/bin/env python3
"""Writes the C file that carries folders and files in the binary: embed.py Sources/CSchema CSchema ../Schema/postgres …

Run it through `make embed` after adding or removing a file; a changed file needs nothing, the compiler tracks it.
"""
import os
import sys

target, prefix, folders = sys.argv[1], sys.argv[2], sys.argv[3:]
files = []
for folder in folders:
    if os.path.isfile(os.path.join(target, folder)):
        files.append(folder)
    for root, _, names in os.walk(os.path.join(target, folder)):
        for name in names:
            if not name.startswith("."):
                files.append(os.path.relpath(os.path.join(root, name), target))
files.sort()

with open(os.path.join(target, prefix + ".c"), "w") as out:
    out.write(f'// Written by scripts/embed.py: the files that the binary carries.\n#include "{prefix}.h"\n#include <stddef.h>\n')
    for index, path in enumerate(files):
        out.write(f"\nstatic const unsigned char file{index}[] = {{\n#embed \"{path}\"\n}};\n")
    out.write(f"\nstatic const {prefix}File files[] = {{\n")
    for index, path in enumerate(files):
        name = os.path.join(os.path.basename(os.path.dirname(path)), os.path.basename(path))
        out.write(f'    {{"{name}", file{index}, sizeof file{index}}},\n')
    out.write(f"}};\n\nconst {prefix}File *{prefix}Files(void) {{ return files; }}\n\n")
    out.write(f"size_t {prefix}FileCount(void) {{ return sizeof files / sizeof files[0]; }}\n")

with open(os.path.join(target, "include", prefix + ".h"), "w") as out:
    out.write(f"""#pragma once
#include <stddef.h>

/// A file carried in the binary: its folder and name, its bytes and their count.
typedef struct {{
    const char *name;
    const unsigned char *bytes;
    size_t count;
}} {prefix}File;

/// The first of {prefix}FileCount() files, ordered by path.
const {prefix}File *{prefix}Files(void);
size_t {prefix}FileCount(void);
""")
