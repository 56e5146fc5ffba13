import CZlib
package import NIOCore

/// Packs texts for the wire.
package enum Gzip {
    /// Shorter texts are sent as they are: they fit into one packet either way.
    package static let worthwhileBytes = 1_400

    /// How hard to try.
    package enum Effort: Int32, Sendable {
        /// For what is packed for one answer.
        case little = 5
        /// For what is packed once and sent often.
        case most = 9
    }

    /// The bytes, packed; nil where that would make them no shorter, or they are few.
    package static func packed(_ bytes: UnsafeRawBufferPointer, _ effort: Effort) -> ByteBuffer? {
        guard bytes.count >= worthwhileBytes else { return nil }
        var stream = z_stream()
        guard CZlibBeginGzip(&stream, effort.rawValue) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        var buffer = ByteBufferAllocator().buffer(capacity: bytes.count)
        // There is room for as many bytes as came in: `Z_STREAM_END` is not reached where they would be more.
        let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bytes.count) { room in
            stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
            stream.avail_in = UInt32(bytes.count)
            stream.next_out = room.bindMemory(to: UInt8.self).baseAddress
            stream.avail_out = UInt32(bytes.count)
            return deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : 0
        }
        guard count > 0 else { return nil }
        return ByteBuffer(bytes: buffer.readableBytesView)
    }
}
