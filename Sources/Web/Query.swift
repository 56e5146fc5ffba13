import Core
import Hummingbird

/// Which query parameters a route knows. Any other is refused, by a problem that names those that it does: a mistyped `limti` is told,
/// never passed over in silence.
package enum Query: Sendable, Hashable {
    /// These.
    case knows([String])
    /// Whatever there is: pages and the files that they load, to whose addresses others add what they like.
    case any

    /// A stream's, for clients that cannot send headers.
    package static let stream = Query.knows(["last_event_id", "ticket"])
    /// A list's, in pages.
    package static let page = Query.knows(["limit", "cursor"])

    /// - Throws: 422 naming every parameter that the route does not know, or that is there twice: which of the two is meant nobody knows.
    func check(_ request: Request) throws(Problem) {
        guard case .knows(let names) = self, request.uri.query != nil else { return }
        let given = Dictionary(grouping: request.uri.queryParameters.map { String($0.key) }) { $0 }
        let twice = given.filter { names.contains($0.key) && $0.value.count > 1 }.keys.sorted()
        let unknown = Set(given.keys).subtracting(names)
        guard !unknown.isEmpty || !twice.isEmpty else { return }
        let known =
            names.isEmpty
            ? "it knows no query parameters" : "it knows \(names.map { "`\($0)`" }.joined(separator: ", "))"
        throw .invalid(
            unknown.sorted().map { FieldProblem($0, "is no query parameter of this route; \(known)") }
                + twice.map { FieldProblem($0, "is given more than once; give it once") })
    }
}
