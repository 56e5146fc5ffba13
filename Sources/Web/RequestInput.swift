package import Core
package import Foundation
package import Hummingbird
import HTTPTypes
import NIOCore
import NIOFoundationEssentialsCompat

extension Request {
    /// The body's bytes.
    /// - Throws: 413 for a body past the bound, 415 for one that does not say it is JSON.
    package func bodyBytes() async throws -> Data {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > Limits.bodyBytes {
            throw Problem.tooLarge
        }
        let buffer: ByteBuffer
        do {
            buffer = try await body.collect(upTo: Limits.bodyBytes)
        } catch is NIOTooManyBytesError {
            throw Problem.tooLarge
        }
        if buffer.readableBytes > 0, !isJSON {
            throw Problem(
                415, "not-json", "The body is not JSON",
                "Send it as `Content-Type: application/json`. Nothing was stored.")
        }
        return Data(buffer: buffer)
    }

    /// The body as an input.
    /// - Throws: 400, 413, 415, or 422 naming every bad field.
    package func input<Value: Input>(_ type: Value.Type) async throws -> Value {
        try readInput(type, from: try await bodyBytes())
    }

    private var isJSON: Bool {
        if headers[.contentType] == "application/json" { return true }
        guard let type = headers[.contentType]?.split(separator: ";").first else { return false }
        return type.trimmingCharacters(in: .whitespaces).lowercased() == "application/json"
    }
}

/// The values in a request's path and query; every bad one is named at once.
package final class RequestValues {
    private let request: Request
    private let context: DogearContext
    private var problems: [FieldProblem] = []

    /// The values of one request.
    package init(_ request: Request, _ context: DogearContext) {
        self.request = request
        self.context = context
    }

    /// A UUID in the path.
    package func pathID(_ name: String) -> ID {
        read(name, context.parameters.get(name), Expected.id) { ID($0) } ?? ID(high: 0, low: 0)
    }

    /// A UUID in the query.
    package func queryID(_ name: String) -> ID {
        let value = queryText(name)
        guard value != nil else {
            problems.append(FieldProblem(name, "is missing; it \(Expected.id)"))
            return ID(high: 0, low: 0)
        }
        return read(name, value, Expected.id) { ID($0) } ?? ID(high: 0, low: 0)
    }

    /// A whole number in the query.
    package func queryInteger(_ name: String, _ range: ClosedRange<Int>) -> Int {
        let value = queryText(name)
        guard value != nil else {
            problems.append(FieldProblem(name, "is missing; it \(Expected.integer(range))"))
            return range.lowerBound
        }
        return read(name, value, Expected.integer(range)) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? range.lowerBound
    }

    /// Text in the query; nil where it is left out.
    package func queryText(_ name: String) -> String? {
        request.uri.queryParameters[name[...]].map(String.init)
    }

    /// How many rows a list may have; the default where it is not given.
    package func limit(default standard: Int = 20, max: Int = 100) -> Int {
        read("limit", request.uri.queryParameters["limit"].map(String.init), Expected.integer(1...max)) { text in
            Int(text).flatMap { (1...max).contains($0) ? $0 : nil }
        } ?? standard
    }

    /// Where a list goes on.
    package func cursor() -> Cursor? {
        read(
            "cursor", request.uri.queryParameters["cursor"].map(String.init),
            "must be the `next_cursor` of an earlier answer"
        ) { Cursor($0) }
    }

    /// Refuses the request if any value was not acceptable.
    /// - Throws: 422 naming each.
    package func check() throws(Problem) {
        if !problems.isEmpty { throw .invalid(problems) }
    }

    private func read<Value>(_ name: String, _ text: String?, _ expected: String, _ convert: (String) -> Value?)
        -> Value?
    {
        guard let text else { return nil }
        if let value = convert(text) { return value }
        problems.append(FieldProblem(name, expected))
        return nil
    }
}
