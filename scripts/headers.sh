#!/usr/bin/env bash
# Prints options with which a build that optimises no C++ reads its own headers once: BoringSSL is in two of our libraries, and each of its 526
# files of C++ reads them anew. Prints nothing where that cannot be done.
#
#   scripts/headers.sh FOLDER
set -euo pipefail
[ "$(uname)" = Linux ] || exit 0
folder=$(realpath -m "$1")
# The compiler that `swift build` takes stands beside Swift's own.
swift=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)\/lib\/swift".*/\1/p')
clang="$swift/bin/clang"
pch="$folder/headers.pch"
if [ ! -x "$clang" ]; then exit 0; fi
if [ ! -f "$pch" ] || [ "$(readlink -f "$clang")" -nt "$pch" ]; then
    mkdir -p "$folder"
    printf '#include <%s>\n' algorithm array atomic functional iterator limits memory optional string_view tuple type_traits utility \
        >"$folder/headers.h"
    # As SwiftPM compiles C++17 without optimising it; what it defines besides changes none of these headers.
    "$clang" -O0 -fblocks -fPIC -fno-omit-frame-pointer -std=c++17 -x c++-header "$folder/headers.h" -o "$pch" 2>/dev/null || exit 0
fi
echo "-Xcxx -include-pch -Xcxx $pch"
