package import Core

/// What a change, or a look, is answered with: a status, a body, and where what was made can be found.
package struct Reply: Sendable {
    /// The HTTP status: 200, 201 or 204.
    package let status: Int
    /// The body; nil for 204.
    package let body: JSON?
    /// Where what was made can be found.
    package let location: String?

    /// A reply from its parts.
    package init(_ status: Int, _ body: JSON?, location: String? = nil) {
        self.status = status
        self.body = body
        self.location = location
    }

    /// 200 with a body.
    package static func ok(_ body: JSON) -> Reply { Reply(200, body) }

    /// 204: done, and nothing to say.
    package static let done = Reply(204, nil)
}
