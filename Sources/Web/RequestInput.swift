package import Core
package import Foundation
package import Hummingbird
import HTTPTypes
import Logging
import NIOCore
import NIOFoundationEssentialsCompat

extension Request {
    /// The body's bytes.
    /// - Throws: 413 for a body past the bound, 415 for one that does not say it is JSON, 429 for a caller who
    ///   sends too much, 503 where no memory is left for it.
    package func bodyBytes(_ context: DogearContext) async throws -> Data {
        try await bodyBytes(
            context, limit: context.maxUploadSize, isWanted: isJSON, orElse: .notJSON("application/json"))
    }

    /// The bytes of a body of many lines, each a JSON object (NDJSON), which may be larger than other bodies.
    /// - Throws: as `bodyBytes` does.
    package func bodyOfLines(_ context: DogearContext) async throws -> Data {
        try await bodyBytes(
            context, limit: max(context.maxUploadSize, context.caller == .anonymous ? 0 : Limits.linesBytes),
            isWanted: ["application/x-ndjson", "application/ndjson", "application/jsonl"].contains(mediaType),
            orElse: .notJSON("application/x-ndjson"))
    }

    /// What a form of our own pages sent, by the names of its fields.
    /// - Throws: as `bodyBytes` does, and 400 for what is no form.
    package func form(_ context: DogearContext) async throws -> [String: String] {
        let bytes = try await bodyBytes(
            context, limit: Limits.strangersBodyBytes, isWanted: mediaType == "application/x-www-form-urlencoded",
            orElse: .notAForm)
        do {
            return try URLEncodedFormDecoder().decode(
                [String: String].self, from: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw Problem.malformed(
                "The form could not be read. Nothing was done. Load the page again, and send it once more.")
        }
    }

    private func bodyBytes(
        _ context: DogearContext, limit: Int, isWanted: Bool, orElse refusal: @autoclosure () -> Problem
    ) async throws -> Data {
        let length = headers[.contentLength].flatMap { Int($0) }
        if let length, length > limit { throw Problem.tooLarge(limit) }
        let buffer = try await arriving(context, limit: limit)
        if buffer.readableBytes > 0, !isWanted { throw refusal() }
        return Data(buffer: buffer)
    }

    private func arriving(_ context: DogearContext, limit: Int) async throws -> ByteBuffer {
        let number = context.claim?.bodies.begin(on: context.channel)
        defer { if let number { context.claim?.bodies.end(number) } }
        if headers[.expect] != nil {
            context.channel.triggerUserOutboundEvent(ConnectionWish.sendBody, promise: nil)
        }
        var whole = ByteBuffer()
        do {
            for try await part in body {
                guard whole.readableBytes + part.readableBytes <= limit else { throw Problem.tooLarge(limit) }
                try context.take(.bytes, part.readableBytes)
                try context.claim?.take(part.readableBytes)
                if whole.readableBytes == 0 { whole = part } else { whole.writeImmutableBuffer(part) }
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            // Whatever ends a body early is of the client's or the network's making.
            context.logger.debug("a body broke off", metadata: ["error": "\(error)"])
            throw Problem.brokenOff
        }
        // A connection that is closed ends a body as if it were whole.
        if let length = headers[.contentLength].flatMap({ Int($0) }), whole.readableBytes != length {
            throw Problem.brokenOff
        }
        return whole
    }

    /// The body as an input.
    /// - Throws: 400, 413, 415, or 422 naming every bad field.
    package func input<Value: Input>(_ type: Value.Type, _ context: DogearContext) async throws -> Value {
        try readInput(type, from: try await bodyBytes(context))
    }

    /// What a closure reads of the path and the query.
    /// - Throws: 422 naming every bad value.
    package func values<Value>(_ context: DogearContext, _ read: (Fields) -> Value) throws(Problem) -> Value {
        try Fields.collect(.request(self, context), read)
    }

    private var isJSON: Bool {
        if headers[.contentType] == "application/json" { return true }
        return mediaType == "application/json"
    }

    private var mediaType: String? {
        headers[.contentType]?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces).lowercased()
    }
}

extension Problem {
    fileprivate static func notJSON(_ wanted: String) -> Problem {
        Problem(415, "not-json", "The body is not JSON", "Send it as `Content-Type: \(wanted)`. Nothing was stored.")
    }

    fileprivate static var notAForm: Problem {
        Problem(
            415, "not-a-form", "The body is not a form",
            "Send it as `Content-Type: application/x-www-form-urlencoded`, as the page's own form does. Nothing was done."
        )
    }

    fileprivate static var brokenOff: Problem {
        .malformed(
            "The body broke off before it was whole, or is not framed as it says. Nothing was stored. Send it again.")
    }
}
