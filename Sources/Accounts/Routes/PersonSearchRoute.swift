import Changes
import Core
import Hummingbird
import Web

/// All that is known of somebody, at one glance, for whoever runs the server.
struct PersonSearchRoute: Sendable {
    let people: PeopleDesk

    func add(to routes: RouteGroup) {
        // A name may be an address, which is no part of a path: those are written down by whatever stands in between.
        routes.post("api/v1/admin/people/search", for: .service(.admin), use: search)
    }

    @Sendable private func search(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let name = try await request.input(NameInput.self, context).name()
        let found = try await people.find(name)
        return .ok(["people": .array(found.map(\.json))])
    }

    private struct NameInput: Input {
        private let who: PersonName?

        init(_ fields: Fields) {
            let text = fields.text("who", length: 1...254)
            who = PersonName(text)
            if who == nil, !text.isEmpty {
                fields.refuse("who", "must be the id of a user, a participant or a session, or an e-mail address")
            }
        }

        func name() throws -> PersonName {
            guard let who else { throw Problem.invalid([FieldProblem("who", "must not be empty")]) }
            return who
        }
    }
}

extension FoundPerson {
    /// Under the name by which the routes below `/api/v1/people` know them.
    fileprivate var json: JSON {
        let (kind, id) =
            switch person {
            case .user(let id): ("user", id.description)
            case .assessment(let session): ("assessment", session)
            case .email(let address): ("email", address.description)
            case .participant(let id): ("participant", id.description)
            // No name stands for one: who asks by a session is told of its user.
            case .playbackSession(let id): ("playback-session", id.description)
            }
        return [
            "person": .string(kind), "id": .string(id),
            "held": .array(
                held.map { some in
                    [
                        "kind": .string(some.kind), "items": .array(some.lines), "more": .bool(some.hasMore),
                    ]
                }),
        ]
    }
}
