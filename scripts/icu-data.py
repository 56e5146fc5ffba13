#!/usr/bin/env python3
"""Makes a smaller package of the tables that Foundation brings along from ICU, as ICU's own manual says to do.

    scripts/icu-data.py OUTPUT.s

A statically linked binary carries all of the tables of lib_FoundationICU.a, which comes with Swift: 34 MB, most of them names of months, currencies and regions in 800
languages, and how those are sorted and broken into lines. Dogear speaks English and sorts by code points. What is left out is asked for by
nothing of it; what it does ask for stays: time zones, normal forms, case folding, properties of characters, and all that is English or of no
language. Writes an assembler file that defines the package as `__wrap_` and its symbol, and beside it a file with that symbol: with
`--wrap=` it the linker takes ours for the archive's own, which is then used by nobody and left out.
"""

import json
import re
import struct
import subprocess
import sys

# A locale's own tables: de.res, curr/pt_BR.res. Whatever is English or of no language stays, and so do lists of what there is.
LOCALE = re.compile(r"(?:\w+/)?(?P<language>[a-z]{2,3})(?:_\w+)?\.res$")
KEPT_LANGUAGES = {"en"}
# Words of languages that put no spaces between them, other scripts' letters for ours, characters' names, and how text was encoded before
# Unicode: ICU's own code reads UTF-8, UTF-16 and Latin 1.
LEFT_OUT = re.compile(r"(?:brkitr/.*\.dict|brkitr/.*_cj\.brk|translit/.*|unames\.icu|.*\.cnv)$")


def fail(reason):
    sys.exit(f"icu-data.py: {reason}")


def member(archive, wanted):
    """A file of a GNU archive, by its name."""
    if archive[:8] != b"!<arch>\n":
        fail("that is no archive")
    names, at = b"", 8
    while at + 60 <= len(archive):
        head, start = archive[at : at + 60], at + 60
        size = int(head[48:58])
        name = head[:16].rstrip()
        if name == b"//":
            names = archive[start : start + size]
        elif name.startswith(b"/") and name[1:].isdigit():
            offset = int(name[1:])
            name = names[offset : names.index(b"/\n", offset)]
        else:
            name = name.rstrip(b"/")
        if name == wanted:
            return archive[start : start + size]
        at = start + size + size % 2
    fail(f"{wanted.decode()} is not in the archive")


def symbol(elf, pattern):
    """Name and bytes of the one symbol of a 64-bit little-endian object file that a pattern finds."""
    if elf[:6] != b"\x7fELF\x02\x01":
        fail("its tables are in no ELF file of 64 bits")
    (sections_at,) = struct.unpack_from("<Q", elf, 40)
    entry, count = struct.unpack_from("<HH", elf, 58)
    sections = [struct.unpack_from("<IIQQQQIIQQ", elf, sections_at + entry * index) for index in range(count)]
    for _, kind, _, _, offset, size, link, _, _, each in sections:
        if kind != 2:
            continue
        texts = sections[link][4]
        for at in range(offset, offset + size, each):
            name_at, _, _, section, value, length = struct.unpack_from("<IBBHQQ", elf, at)
            name = elf[texts + name_at : elf.index(b"\0", texts + name_at)].decode()
            if re.fullmatch(pattern, name):
                begin = sections[section][4] + value
                return name, elf[begin : begin + length]
    fail("its tables are not where they were")


def items(package):
    """The package's header, and its items by their names."""
    header, magic = struct.unpack_from("<H2s", package, 0)
    if magic != b"\xda\x27" or package[12:16] != b"CmnD":
        fail("its tables are no package of ICU's")
    (count,) = struct.unpack_from("<I", package, header)
    table = [struct.unpack_from("<II", package, header + 4 + 8 * index) for index in range(count)]
    ends = [offset for _, offset in table[1:]] + [len(package) - header]
    found = []
    for (name_at, offset), end in zip(table, ends):
        name = package[header + name_at : package.index(b"\0", header + name_at)]
        found.append((name, package[header + offset : header + end]))
    return package[:header], found


def is_kept(name):
    name = name.decode().split("/", 1)[1]
    locale = LOCALE.fullmatch(name)
    if locale and locale["language"] not in KEPT_LANGUAGES:
        return False
    return not LEFT_OUT.fullmatch(name)


def packed(header, kept):
    """A package of these items, which are in the order of their names already."""
    names, table, data = b"", [], b""
    base = 4 + 8 * len(kept)
    for name, _ in kept:
        table.append(base + len(names))
        names += name + b"\0"
    at = base + len(names)
    data_at, data = (at + 15) // 16 * 16, bytearray()
    entries = b""
    for name_at, (_, bytes_) in zip(table, kept):
        entries += struct.pack("<II", name_at, data_at + len(data))
        data += bytes_
        data += b"\0" * (-len(data) % 16)
    return header + struct.pack("<I", len(kept)) + entries + names + b"\xaa" * (data_at - at) + bytes(data)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    output = sys.argv[1]
    told = json.loads(subprocess.check_output(["swiftc", "-print-target-info", "-static-stdlib"]))
    with open(f"{told['paths']['runtimeResourcePath']}/linux/lib_FoundationICU.a", "rb") as file:
        elf = member(file.read(), b"icu_packaged_data.cpp.o")
    name, package = symbol(elf, r"icudt\d+_dat")
    header, found = items(package)
    kept = [item for item in found if is_kept(item[0])]
    smaller = packed(header, kept)
    if len(header) % 16 or not 200 < len(kept) < len(found):
        fail("its tables are not as they were")
    stem = output.removesuffix(".s")
    with open(f"{stem}.dat", "wb") as file:
        file.write(smaller)
    with open(f"{stem}.name", "w") as file:
        file.write(f"{name}\n")
    ours = f"__wrap_{name}"
    with open(output, "w") as file:
        file.write(
            f'.section .rodata\n.balign 16\n.globl {ours}\n.type {ours}, @object\n{ours}:\n.incbin "{stem}.dat"\n'
            f'.size {ours}, . - {ours}\n.section .note.GNU-stack,"",@progbits\n'
        )
    print(f"Tables of ICU: {len(kept)} of {len(found)}, {len(smaller) / 1e6:.1f} of {len(package) / 1e6:.1f} MB.")


main()
