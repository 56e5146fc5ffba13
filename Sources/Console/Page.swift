import HTTPTypes
package import Hummingbird
import NIOCore
import Web

/// A page. It goes out packed where that is liked, and not at all where the browser has it already.
package struct Page: ResponseGenerator, Sendable {
    var status = HTTPResponse.Status.ok
    private let html: ByteBuffer
    private let ready: Ready?

    /// What sending a page takes: its tag, and the page packed where it is wanted so.
    private struct Ready {
        let tag: EntityTag
        let packed: ByteBuffer?
    }

    /// A page that is made for one request.
    init(html: String) {
        self.html = ByteBuffer(string: html)
        ready = nil
    }

    /// A page that is sent often, and therefore packed beforehand.
    init(kept html: String) {
        self.html = ByteBuffer(string: html)
        ready = self.html.withUnsafeReadableBytes { Ready(tag: EntityTag(hashing: $0), packed: Gzip.packed($0, .most)) }
    }

    private var headers: HTTPFields {
        [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache",
            .contentSecurityPolicy:
                "default-src 'self'; img-src 'self' https: data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
            .referrerPolicy: "no-referrer", .vary: "Accept-Encoding",
        ]
    }

    /// As it is, for whatever request.
    var plain: Response {
        Response(status: status, headers: headers, body: ResponseBody(byteBuffer: html))
    }

    /// As a request likes it.
    package func response(from request: Request, context: some RequestContext) -> Response {
        let isPacked = ContentCoding(accepting: request.headers[.acceptEncoding]) == .gzip
        let ready = ready ?? made(packed: isPacked)
        let packed = isPacked ? ready.packed : nil
        let coding: ContentCoding = packed == nil ? .identity : .gzip
        var response = plain
        response.headers[.eTag] = ready.tag.header(coding)
        if ready.tag.isKnown(request, coding) { return Response(status: .notModified, headers: response.headers) }
        guard let packed else { return response }
        response.headers[.contentEncoding] = "gzip"
        response.body = ResponseBody(byteBuffer: packed)
        return response
    }

    private func made(packed: Bool) -> Ready {
        html.withUnsafeReadableBytes {
            Ready(tag: EntityTag(hashing: $0), packed: packed ? Gzip.packed($0, .little) : nil)
        }
    }
}

extension HTTPField.Name {
    static let referrerPolicy: HTTPField.Name = {
        guard let name = HTTPField.Name("Referrer-Policy") else {
            preconditionFailure("Referrer-Policy is a header name")
        }
        return name
    }()
}
