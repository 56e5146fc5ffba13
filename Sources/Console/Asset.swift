import CConsole
import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

/// A file carried in the binary: a stylesheet, a module, a clip.
struct Asset: Sendable {
    /// Its folder and name: `css/dogear.css`.
    let name: String
    let contentType: String
    // The bytes are constants of the binary: nothing writes them and they outlive every use.
    private nonisolated(unsafe) let bytes: UnsafeBufferPointer<UInt8>

    private init(name: String, bytes: UnsafeBufferPointer<UInt8>) {
        self.name = name
        self.bytes = bytes
        contentType = Self.contentType(of: name)
    }

    /// Made when it is asked for: hashing every file at start would bring all of them into memory.
    var etag: String {
        let digest = SHA256.hash(data: UnsafeRawBufferPointer(bytes))
        return "\"" + digest.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\""
    }

    static let all: [Asset] = UnsafeBufferPointer(start: CConsoleFiles(), count: CConsoleFileCount()).map { file in
        Asset(
            name: String(cString: file.name), bytes: UnsafeBufferPointer(start: file.bytes, count: file.count))
    }

    static func named(_ name: String) -> Asset? {
        all.first { $0.name == name }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

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

    /// The file, or the one range of it that was asked for (RFC 9110, section 14): a player seeks by ranges.
    func response(to request: Request) -> Response {
        let etag = etag
        var headers: HTTPFields = [
            .contentType: contentType, .eTag: etag, .cacheControl: "no-cache", .acceptRanges: "bytes",
        ]
        if request.headers[.ifNoneMatch] == etag { return Response(status: .notModified, headers: headers) }
        guard let asked = request.headers[.range], request.headers[.ifRange] ?? etag == etag,
            let range = ByteRange(asked, of: bytes.count)
        else { return Response(status: .ok, headers: headers, body: body(0..<bytes.count)) }
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

/// One range of bytes, as a `Range` header asks for it.
enum ByteRange: Equatable {
    case satisfiable(Range<Int>)
    case unsatisfiable

    /// Reads `bytes=0-499`, `bytes=500-` or `bytes=-500`; nil for anything else, which is then ignored.
    init?(_ header: String, of count: Int) {
        guard header.hasPrefix("bytes=") else { return nil }
        let parts = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        switch (Int(parts[0]), Int(parts[1])) {
        case (let first?, let last?) where first <= last && first >= 0:
            self = first < count ? .satisfiable(first..<min(last, count - 1) + 1) : .unsatisfiable
        case (let first?, nil) where parts[1].isEmpty && first >= 0:
            self = first < count ? .satisfiable(first..<count) : .unsatisfiable
        case (nil, let length?) where parts[0].isEmpty && length >= 0:
            self = length > 0 && count > 0 ? .satisfiable(max(0, count - length)..<count) : .unsatisfiable
        default: return nil
        }
    }
}
