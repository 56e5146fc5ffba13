import CConsole
import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Web

/// A file carried in the binary: a stylesheet, a module, a clip.
struct Asset: Sendable {
    /// Its folder and name: `css/dogear.css`.
    let name: String
    let contentType: String
    private let isText: Bool
    // The bytes are constants of the binary: nothing writes them and they outlive every use.
    private nonisolated(unsafe) let bytes: UnsafeBufferPointer<UInt8>
    private let kept = Kept()

    private init(name: String, bytes: UnsafeBufferPointer<UInt8>) {
        self.name = name
        self.bytes = bytes
        contentType = Self.contentType(of: name)
        isText = !["jpg", "webm"].contains(name.split(separator: ".").last)
    }

    static let all: [Asset] = UnsafeBufferPointer(start: CConsoleFiles(), count: CConsoleFileCount()).map { file in
        Asset(
            name: String(cString: file.name), bytes: UnsafeBufferPointer(start: file.bytes, count: file.count))
    }

    static func named(_ name: String) -> Asset? {
        all.first { $0.name == name }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Where it is served, without the first slash; nil for what only Dogear itself reads.
    var path: String? {
        guard let slash = name.firstIndex(of: "/") else { return nil }
        let file = name[name.index(after: slash)...]
        switch name[..<slash] {
        case "css", "js", "assets": return "assets/\(file)"
        case "sdk", "clips": return name
        case "docs": return String(file)
        default: return nil
        }
    }

    private static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "jpg": "image/jpeg"
        case "webm": "video/webm"
        case "yaml": "application/yaml"
        default: "text/plain; charset=utf-8"
        }
    }

    /// The file, or the one range of it that was asked for (RFC 9110, section 14): a player seeks by ranges. A text that is asked for
    /// whole goes out packed where that is liked.
    func response(to request: Request) -> Response {
        let packed = isText && !request.headers.contains(.range) ? packed(for: request) : nil
        let coding: ContentCoding = packed == nil ? .identity : .gzip
        var headers: HTTPFields = [
            .contentType: contentType, .eTag: tag.header(coding), .cacheControl: "no-cache", .acceptRanges: "bytes",
        ]
        if isText { headers[.vary] = "Accept-Encoding" }
        if tag.isKnown(request, coding) { return Response(status: .notModified, headers: headers) }
        if let packed {
            headers[.contentEncoding] = "gzip"
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: packed))
        }
        return part(for: request, headers)
    }

    private func part(for request: Request, _ headers: HTTPFields) -> Response {
        let tag = tag.header(.identity)
        guard let asked = request.headers[.range], request.headers[.ifRange] ?? tag == tag,
            let range = ByteRange(asked, of: bytes.count)
        else { return Response(status: .ok, headers: headers, body: body(0..<bytes.count)) }
        var headers = headers
        guard case .satisfiable(let part) = range else {
            headers[.contentRange] = "bytes */\(bytes.count)"
            return Response(status: .rangeNotSatisfiable, headers: headers)
        }
        headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(bytes.count)"
        return Response(status: .partialContent, headers: headers, body: body(part))
    }

    /// Pieces of 64 KB, so that a clip is never copied whole.
    private func body(_ range: Range<Int>) -> ResponseBody {
        let piece = 1 << 16
        guard range.count > piece else { return ResponseBody(byteBuffer: ByteBuffer(bytes: bytes[range])) }
        return ResponseBody(contentLength: range.count) { writer in
            for start in stride(from: range.lowerBound, to: range.upperBound, by: piece) {
                try await writer.write(ByteBuffer(bytes: bytes[start..<min(start + piece, range.upperBound)]))
            }
            try await writer.finish(nil)
        }
    }
}

extension Asset {
    /// What was made of a file when it was first asked for, and is not made twice. At start it would bring every file into memory.
    private final class Kept: Sendable {
        let tag = Mutex<EntityTag?>(nil)
        let packed = Mutex<Packed?>(nil)
    }

    private enum Packed {
        case shorter(ByteBuffer)
        case notWorthwhile
    }

    private var tag: EntityTag {
        kept.tag.withLock { known in
            if let known { return known }
            let tag = EntityTag(hashing: UnsafeRawBufferPointer(bytes))
            known = tag
            return tag
        }
    }

    /// The file packed, for a request that likes it so; nil where it does not, or where packing makes it no shorter.
    private func packed(for request: Request) -> ByteBuffer? {
        guard ContentCoding(accepting: request.headers[.acceptEncoding]) == .gzip else { return nil }
        let made = kept.packed.withLock { known in
            if let known { return known }
            let packed = Gzip.packed(UnsafeRawBufferPointer(bytes), .most).map(Packed.shorter) ?? .notWorthwhile
            known = packed
            return packed
        }
        guard case .shorter(let buffer) = made else { return nil }
        return buffer
    }
}

extension EntityTag {
    /// A tag that is another one whenever the bytes are others.
    init(hashing bytes: UnsafeRawBufferPointer) {
        let digest = SHA256.hash(data: bytes)
        self.init(digest.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
}
