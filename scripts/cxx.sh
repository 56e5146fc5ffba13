#!/usr/bin/env bash
# Prints options with which a build that is not a release takes BoringSSL, which is in two of our libraries: optimised a little, because
# passwords were a quarter of the work of tests with servers, and with C++'s own headers read once, where that can be done, and not by each of its 526 files.
#
#   scripts/cxx.sh FOLDER
set -euo pipefail
echo "-Xcxx -O1"
[ "$(uname)" = Linux ] || exit 0
folder=$(realpath -m "$1")
# The compiler that `swift build` takes stands beside Swift's own.
swift=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)\/lib\/swift".*/\1/p')
clang="$swift/bin/clang"
pch="$folder/headers-O1.pch"
if [ ! -x "$clang" ]; then exit 0; fi
if [ ! -f "$pch" ] || [ "$(readlink -f "$clang")" -nt "$pch" ]; then
    mkdir -p "$folder"
    printf '#include <%s>\n' algorithm array atomic functional iterator limits memory optional string_view tuple type_traits utility \
        >"${pch%.pch}.h"
    # As SwiftPM compiles C++17; what it defines besides changes none of these headers.
    "$clang" -O1 -fblocks -fPIC -fno-omit-frame-pointer -std=c++17 -x c++-header "${pch%.pch}.h" -o "$pch" 2>/dev/null || exit 0
fi
echo "-Xcxx -include-pch -Xcxx $pch"
