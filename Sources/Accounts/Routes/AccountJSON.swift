import Changes
import Core
import HTTPTypes
import Hummingbird
import Web

/// How accounts look on the wire, and in the cookies of our own pages.
struct AccountJSON: Sendable {
    /// Whether browsers send our cookies over TLS only.
    let isSecure: Bool
    let clock: Clock

    static func user(_ user: User) -> JSON {
        [
            "id": .id(user.id), "email": .string(user.email.description), "name": .optional(user.name) { .string($0) },
            "status": .string(user.status.rawValue), "created_at": .instant(user.createdAt),
            "last_login_at": .optional(user.lastLoginAt) { .instant($0) },
        ]
    }

    /// The tokens, in the answer and as cookies.
    /// - Parameter isOwnPage: Whether our own page asks, by its cookie: its scripts need no token, so they are told none.
    func signedIn(_ signedIn: SignedIn, isOwnPage: Bool = false) -> Response {
        var body: JSON = ["user": Self.user(signedIn.user), "expires_at": .instant(signedIn.accessUntil)]
        if !isOwnPage {
            body = body.adding(
                .init("token", .string(signedIn.access)), .init("refresh_token", .string(signedIn.refresh)))
        }
        var response = Reply.ok(body).response
        let now = clock.now
        response.setCookie(access(signedIn.access, for: signedIn.accessUntil - now))
        response.setCookie(refresh(signedIn.refresh, for: signedIn.refreshUntil - now))
        return response
    }

    /// A reply that makes the browser forget who it was.
    func signedOut(_ reply: Reply = .done) -> Response {
        var response = reply.response
        response.setCookie(access("", for: .zero))
        response.setCookie(refresh("", for: .zero))
        return response
    }

    private func access(_ value: String, for length: Duration) -> String {
        cookie("\(Cookies.signIn)=\(value)", for: length, "Path=/; HttpOnly; SameSite=Lax")
    }

    private func refresh(_ value: String, for length: Duration) -> String {
        cookie("\(Cookies.refresh)=\(value)", for: length, "Path=\(AuthRoutes.path); HttpOnly; SameSite=Strict")
    }

    private func cookie(_ pair: String, for length: Duration, _ rest: String) -> String {
        "\(pair); Max-Age=\(max(0, length.milliseconds / 1_000)); \(rest)\(isSecure ? "; Secure" : "")"
    }
}

extension Response {
    fileprivate mutating func setCookie(_ cookie: String) {
        headers.append(HTTPField(name: .setCookie, value: cookie))
    }
}
