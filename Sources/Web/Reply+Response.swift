package import Changes
package import Core
import HTTPTypes
package import Hummingbird
import NIOCore

extension Reply {
    /// As a response.
    package var response: Response {
        var response = Response(status: HTTPResponse.Status(code: status))
        if let body { response.setJSON(body.bytes, type: "application/json") }
        if let location { response.headers[.location] = location }
        return response
    }
}

extension Reply: ResponseGenerator {
    /// As a response.
    package func response(from request: Request, context: some RequestContext) throws -> Response { response }
}

extension Problem {
    /// As `application/problem+json`.
    package var response: Response {
        var response = Response(status: HTTPResponse.Status(code: status))
        response.setJSON(json.bytes, type: "application/problem+json")
        response.take(headers)
        return response
    }

    /// 413: the body is larger than the bound.
    static func tooLarge(_ limit: Int) -> Problem {
        Problem(
            413, "too-large", "The body is too large",
            "A body may have \(limit) bytes here. Nothing was stored. Send it in smaller pieces.")
    }
}

extension Response {
    /// Takes what goes with a refusal.
    package mutating func take(_ headers: [Problem.Header]) {
        for header in headers {
            if let name = HTTPField.Name(header.name) { self.headers[name] = header.value }
        }
    }

    mutating func setJSON(_ bytes: [UInt8], type: String) {
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    }
}
