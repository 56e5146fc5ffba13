import Changes
import Core
import HTTPTypes
import Foundation
import Hummingbird
import NIOCore
import Web

/// What is kept of somebody: handed out whole, or erased.
struct PeopleRoutes: Sendable {
    let people: PeopleDesk

    func add(to routes: RouteGroup) {
        let group = routes.group("api/v1")
        for (path, person) in Self.people {
            group.get("\(path)/export", for: .service(.people)) { [people] request, context in
                Self.export(try person(request, context), by: people)
            }
            group.delete(path, for: .service(.people)) { [people] request, context in
                try await Self.erase(try person(request, context), by: people)
            }
        }
        // An address is no part of a path: those are written down by whatever stands in between.
        group.post("people/by-email/export", for: .service(.people)) { [people] request, context in
            Self.export(try await request.input(AddressInput.self, context).person(), by: people)
        }
        group.delete("people/by-email", for: .service(.people)) { [people] request, context in
            try await Self.erase(try await request.input(AddressInput.self, context).person(), by: people)
        }
        group.get("erasures/{erasure_id}", for: .service(.people), use: show)
    }

    private typealias Named = @Sendable (Request, DogearContext) throws -> Person

    private static let people: [(path: String, person: Named)] = [
        ("people/{user_id}", { .user(try $0.values($1) { $0.id("user_id") }) }),
        ("people/by-assessment/{session_id}", { .assessment(try $0.values($1) { $0.sessionName("session_id") }) }),
        ("people/by-participant/{participant_id}", { .participant(try $0.values($1) { $0.id("participant_id") }) }),
    ]

    private struct AddressInput: Input {
        private let email: EmailAddress?

        init(_ fields: Fields) {
            email = fields.email("email")
        }

        func person() throws -> Person {
            guard let email else { throw Problem.invalid([FieldProblem("email", EmailAddress.expected)]) }
            return .email(email)
        }
    }

    /// Written as it is read: what is in memory is some of it.
    private static func export(_ person: Person, by people: PeopleDesk) -> Response {
        let body = ResponseBody { writer in
            try await people.export(person) { lines in
                try await writer.write(ByteBuffer(string: lines.map { $0.text + "\n" }.joined()))
            }
            try await writer.finish(nil)
        }
        var response = Response(status: .ok, body: body)
        response.headers[.contentType] = "application/x-ndjson"
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private static func erase(_ person: Person, by people: PeopleDesk) async throws -> Reply {
        let erasure = try await people.erase(person)
        return Reply(202, erasure.json, location: "/api/v1/erasures/\(erasure.id)")
    }

    @Sendable private func show(_ request: Request, _ context: DogearContext) async throws -> Reply {
        .ok(try await people.find(try request.values(context) { $0.id("erasure_id") }).json)
    }
}

extension Erasure {
    private static let heldByOthers =
        "Rows of a table that is not Dogear's refer to it without saying what becomes of them. It was emptied instead: nothing in it says whose it was."

    /// How far it is, and never whose.
    var json: JSON {
        [
            "erasure_id": .id(id), "state": .string(state.rawValue),
            "counts": .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) }),
            "emptied": .array(
                emptied.sorted { $0.key < $1.key }.map {
                    ["kind": .string($0.key), "count": .integer($0.value), "reason": .string(Self.heldByOthers)]
                }),
            "requested_at": .instant(requestedAt), "finished_at": .optional(finishedAt) { .instant($0) },
        ]
    }
}

extension Fields {
    /// The id of an assessment session, which an older program may have drawn in another form.
    fileprivate func sessionName(_ name: String) -> String {
        // A path is written down with percent signs; such an id may hold anything.
        let text = anyText(name)?.removingPercentEncoding ?? ""
        if !(1...36).contains(text.unicodeScalars.count) || text.utf8.contains(0) || text.contains(where: \.isNewline) {
            refuse(name, "must be the id of an assessment session, of 1 to 36 characters")
        }
        return ID(text)?.description ?? text
    }
}
