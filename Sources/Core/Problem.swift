/// A refusal that tells its reader what happened, which rule refused, and what to do next (RFC 9457).
package struct Problem: Error, Sendable, Hashable {
    /// The HTTP status.
    package let status: Int
    /// What kind of refusal it is: stable, kebab-case, for programs.
    package let code: String
    /// The kind in a few words, the same for every refusal of this code.
    package let title: String
    /// What happened here and what to do next, for people.
    package let detail: String
    /// More members that help the caller recover, such as `expired_at`.
    package var members: [JSON.Member]
    /// Headers that go with it: `Allow`, `Retry-After`.
    package var headers: [Header]

    /// One response header.
    package struct Header: Sendable, Hashable {
        /// The header's name.
        package let name: String
        /// The header's value.
        package let value: String

        /// A header from its name and value.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A refusal from its parts.
    package init(
        _ status: Int, _ code: String, _ title: String, _ detail: String, members: [JSON.Member] = [],
        headers: [Header] = []
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.members = members
        self.headers = headers
    }

    /// The body of `application/problem+json`.
    package var json: JSON {
        .object(
            [
                JSON.Member("type", .string("urn:dogear:problem:\(code)")),
                JSON.Member("title", .string(title)),
                JSON.Member("status", .integer(status)),
                JSON.Member("detail", .string(detail)),
                JSON.Member("code", .string(code)),
            ] + members)
    }

    /// The same refusal with one more member.
    package func with(_ name: String, _ value: JSON) -> Problem {
        var copy = self
        copy.members.append(JSON.Member(name, value))
        return copy
    }

    /// The same refusal with `Retry-After` and `retry_after_seconds`.
    package func retryAfter(seconds: Int) -> Problem {
        var copy = with("retry_after_seconds", .integer(seconds))
        copy.headers.append(Header(name: "Retry-After", value: String(seconds)))
        return copy
    }
}

/// An error of a lower layer that knows which refusal it is.
package protocol ProblemConvertible: Error {
    /// What the caller of the server is told.
    var problem: Problem { get }
}

extension Problem: ProblemConvertible {
    /// Itself.
    package var problem: Problem { self }
}

extension Problem {
    /// 404: there is no such thing, or the caller may not know of it.
    package static func notFound(_ thing: String) -> Problem {
        Problem(
            404, "not-found", "Not found", "There is no \(thing) here that you may see. Check the id and the caller.")
    }

    /// 422: the request was understood, but these fields are not acceptable.
    package static func invalid(_ fields: [FieldProblem]) -> Problem {
        let names = fields.map(\.field).joined(separator: ", ")
        return Problem(
            422, "invalid", "Some values are not acceptable",
            "Nothing was stored. Correct these and send the request again: \(names).",
            members: [JSON.Member("fields", .array(fields.map(\.json)))])
    }

    /// 400: the request could not be read.
    package static func malformed(_ detail: String) -> Problem {
        Problem(400, "malformed", "The request could not be read", detail)
    }

    /// 503: taken by nobody, nothing stored; the same request may be sent again.
    package static func unavailable(_ detail: String, retryAfterSeconds: Int = 2) -> Problem {
        Problem(503, "unavailable", "Not available just now", detail).retryAfter(seconds: retryAfterSeconds)
    }
}

/// One field that was not acceptable, and why.
package struct FieldProblem: Sendable, Hashable {
    /// The field's path: `position_seconds`, `reports[3].session_id`.
    package let field: String
    /// What would have been acceptable.
    package let message: String

    /// A field and what would have been acceptable.
    package init(_ field: String, _ message: String) {
        self.field = field
        self.message = message
    }

    /// As a member of `fields[]`.
    package var json: JSON { ["field": .string(field), "message": .string(message)] }
}
