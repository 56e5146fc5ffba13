#pragma once
#include <zlib.h>

/// Begins a stream of gzip (RFC 1952). `deflateInit2` is a macro, which Swift does not see.
static inline int CZlibBeginGzip(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
