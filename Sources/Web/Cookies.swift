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
