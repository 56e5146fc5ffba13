import Changes
import Core
import Hummingbird
import Web

/// Tickets for `EventSource`, which sends no headers.
struct TicketRoutes: Sendable {
    let changes: Changes
    let tickets: TicketStore

    func add(to routes: RouteGroup) {
        routes.group("api/v1").post("stream-tickets", for: .whoeverIsKnown, use: create)
    }

    private struct TicketInput: Input {
        let path: String

        init(_ fields: Fields) {
            path = fields.text("path", length: 1...300)
            if !path.isEmpty, !StreamTicket.opens(path) {
                fields.refuse(
                    "path",
                    "must be the path of a stream, such as /api/v1/users/{user_id}/playback/stream, without a query")
            }
        }
    }

    @Sendable private func create(_ request: Request, _ context: DogearContext) async throws -> Reply {
        let path = try await request.input(TicketInput.self, context).path
        let draft = TicketStore.Draft(
            id: .random(), path: path, credential: request.bearerToken, nonce: Draw.nonce())
        let user = path.split(separator: "/").compactMap { ID(String($0)) }.first
        let (ticket, until) = try await changes.make { [tickets] change in
            if let user { try change.requireNotErased(user) }
            return try tickets.make(draft, change)
        }
        return Reply(
            201, ["ticket": .string(ticket), "path": .string(path), "expires_at": .instant(until)])
    }
}

/// Uses tickets up where a stream is opened by one.
struct TicketDesk: TicketResolver {
    let changes: Changes
    let tickets: TicketStore

    func credential(of ticket: String, for path: String) async throws -> String? {
        try await changes.make { [tickets] in try tickets.take(ticket, for: path, $0) }
    }
}
