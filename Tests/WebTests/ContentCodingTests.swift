import NIOCore
import Testing

@testable import Web

@Suite struct ContentCodingTests {
    @Test(
        arguments: [
            (nil, .identity), ("", .identity), ("gzip", .gzip), ("GZIP, br", .gzip), ("br", .identity), ("*", .gzip),
            ("x-gzip", .gzip), ("gzip;q=0", .identity), ("gzip; q=0.5, identity", .identity), ("gzip;q=0.5", .gzip),
            ("identity;q=0.5, gzip;q=0.5", .gzip), ("*;q=0, gzip", .gzip), ("identity;q=0, br", .identity),
            ("gzip;q=oops", .identity), ("deflate, *;q=0.1", .gzip), ("gzip;q=0, *", .identity),
        ] as [(String?, ContentCoding)])
    func `a text is packed where whoever asks likes that better`(accepted: String?, coding: ContentCoding) {
        #expect(ContentCoding(accepting: accepted) == coding)
    }

    @Test func `few bytes, and bytes that packing makes no fewer, are left alone`() {
        let few = [UInt8](repeating: 7, count: Gzip.worthwhileBytes - 1)
        let random = (0..<4_000).map { _ in UInt8.random(in: .min ... .max) }
        let alike = [UInt8](repeating: 7, count: 4_000)
        #expect(few.withUnsafeBytes { Gzip.packed($0, .most) } == nil)
        #expect(random.withUnsafeBytes { Gzip.packed($0, .most) } == nil)
        let packed = alike.withUnsafeBytes { Gzip.packed($0, .little) }
        #expect(packed?.readableBytesView.starts(with: [0x1F, 0x8B]) == true && packed?.readableBytes ?? 0 < 100)
    }
}
