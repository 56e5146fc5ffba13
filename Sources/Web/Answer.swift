package import Core
import HTTPTypes
package import Hummingbird
import NIOCore

/// What a route answers when all went well.
package struct Answer: Sendable {
    /// The HTTP status: 200, 201 or 204.
    package let status: Int
    /// The body; nil for 204.
    package let body: JSON?
    /// Where what was made can be found.
    package let location: String?
    /// The streams that this change added events to; they are told once it is durable.
    package let streams: [String]
    /// What else is to be done once it is durable, but not when it is replayed: counting.
    package let then: @Sendable () -> Void

    /// An answer from its parts.
    package init(
        _ status: Int, _ body: JSON?, location: String? = nil, streams: [String] = [],
        then: @escaping @Sendable () -> Void = {}
    ) {
        self.then = then
        self.status = status
        self.body = body
        self.location = location
        self.streams = streams
    }

    /// 200 with a body.
    package static func ok(_ body: JSON) -> Answer { Answer(200, body) }

    /// As a response.
    package var response: Response {
        var response = Response(status: HTTPResponse.Status(code: status))
        if let body { response.setJSON(body.bytes, type: "application/json") }
        if let location { response.headers[.location] = location }
        return response
    }
}

extension Answer: ResponseGenerator {
    /// As a response.
    package func response(from request: Request, context: some RequestContext) throws -> Response { response }
}

extension Problem {
    /// As `application/problem+json`.
    package var response: Response {
        var response = Response(status: HTTPResponse.Status(code: status))
        response.setJSON(json.bytes, type: "application/problem+json")
        for header in headers {
            if let name = HTTPField.Name(header.name) { response.headers[name] = header.value }
        }
        return response
    }

    /// 413: the body is larger than the bound.
    static var tooLarge: Problem {
        Problem(
            413, "too-large", "The body is too large",
            "A body may have \(Limits.bodyBytes) bytes. Nothing was stored. Send it in smaller pieces.")
    }
}

extension Response {
    mutating func setJSON(_ bytes: [UInt8], type: String) {
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    }
}
