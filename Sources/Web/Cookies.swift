import HTTPTypes
package import Hummingbird

/// What our own pages are remembered by.
package enum Cookies {
    /// Holds the sign-in token; routes for whoever is signed in take it.
    package static let signIn = "dogear_sign_in"
    /// Holds the refresh token; it is sent to the routes of signing in only.
    package static let refresh = "dogear_refresh"

    /// The value of one cookie in a `Cookie` header; nil where it is not there, or empty.
    package static func value(of name: String, in header: String) -> String? {
        for pair in header.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].trimmingPrefix(" ") == name { return String(parts[1]) }
        }
        return nil
    }
}

extension Cookies {
    /// The value of one cookie that came with a request; nil also where a page of another origin sent it.
    package static func value(of name: String, sentWith request: Request) -> String? {
        if let origin = request.headers[.origin], !Access.isOwn(origin, host: request.head.authority) { return nil }
        return request.headers[.cookie].flatMap { value(of: name, in: $0) }
    }
}

extension Request {
    /// The token of `Authorization: Bearer …`; nil where there is none.
    package var bearerToken: String? {
        guard let parts = headers[.authorization]?.split(separator: " ", maxSplits: 1), parts.count == 2,
            parts[0].lowercased() == "bearer"
        else { return nil }
        return String(parts[1])
    }
}
