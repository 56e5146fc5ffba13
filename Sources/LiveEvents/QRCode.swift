import CQRCode
import CZlib
import Foundation

/// A QR code, as libqrencode makes it.
struct QRCode: Sendable {
    /// How many modules a side has.
    let side: Int
    /// Row by row, whether each module is dark.
    let modules: [Bool]

    /// The light margin that scanners ask for (ISO/IEC 18004): four modules.
    static let margin = 4

    /// A code of a text; nil for one that is too long for any.
    init?(_ text: String) {
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else { return nil }
        defer { QRcode_free(code) }
        side = Int(code.pointee.width)
        modules = (0..<side * side).map { code.pointee.data[$0] & 1 == 1 }
    }

    private var whole: Int { side + 2 * Self.margin }

    private func isDark(_ x: Int, _ y: Int) -> Bool {
        let (x, y) = (x - Self.margin, y - Self.margin)
        return (0..<side).contains(x) && (0..<side).contains(y) && modules[y * side + x]
    }

    /// Black on white, whatever the page's colours: scanners need the contrast.
    var svg: String {
        var path = ""
        for y in 0..<whole {
            var x = 0
            while x < whole {
                guard isDark(x, y) else {
                    x += 1
                    continue
                }
                var length = 1
                while isDark(x + length, y) { length += 1 }
                path += "M\(x) \(y)h\(length)v1h-\(length)z"
                x += length
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(whole) \(whole)" role="img" aria-label="QR code to join" shape-rendering="crispEdges">\
            <rect width="\(whole)" height="\(whole)" fill="#fff"/><path d="\(path)" fill="#000"/></svg>
            """
    }

    /// As a PNG of one bit a pixel (RFC 2083); nil where zlib has no memory.
    /// - Parameter scale: Pixels for the side of a module.
    func png(scale: Int) -> [UInt8]? {
        let pixels = whole * scale
        var rows: [UInt8] = []
        for y in 0..<pixels {
            rows.append(0)
            for first in stride(from: 0, to: pixels, by: 8) {
                rows.append(
                    (0..<8).reduce(into: UInt8(0)) { byte, bit in
                        let x = first + bit
                        if x >= pixels || !isDark(x / scale, y / scale) { byte |= 0x80 >> UInt8(bit) }
                    })
            }
        }
        guard let packed = Self.deflate(rows) else { return nil }
        let header = Self.bytes(UInt32(pixels)) + Self.bytes(UInt32(pixels)) + [1, 0, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", header)
            + Self.chunk("IDAT", packed)
            + Self.chunk("IEND", [])
    }

    private static func deflate(_ bytes: [UInt8]) -> [UInt8]? {
        var length = compressBound(UInt(bytes.count))
        var packed = [UInt8](repeating: 0, count: Int(length))
        guard compress(&packed, &length, bytes, UInt(bytes.count)) == Z_OK else { return nil }
        return Array(packed.prefix(Int(length)))
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        let sum = UInt32(truncatingIfNeeded: crc32(0, body, UInt32(body.count)))
        return bytes(UInt32(data.count)) + body + bytes(sum)
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
