package import Core
package import SQL

/// Somebody with an account, and with rows in every part of the product that knows users.
package struct PersonEverywhere: Sendable {
    /// Sends a request as an app's backend whose key may do everything.
    package typealias Send = @Sendable (_ method: String, _ path: String, _ body: String?) async throws -> TestReply

    /// The user.
    package let id: ID
    /// Their address.
    package let email: String
    /// A title that they have left at 600 seconds, and finished once before.
    package let title: ID
    /// A live session.
    package let session: String
    private let send: Send

    /// Makes somebody: an account, a session with jumps, progress, a mark, a cleared title, a job; what only a run, a follower or an
    /// outage makes is put into the tables.
    package static func make(
        in database: any Database, email: String = "ann@x.org", _ send: @escaping Send
    ) async throws -> PersonEverywhere {
        _ = try await send(
            "POST", "/api/v1/auth/register", #"{"email":"\#(email)","password":"a long enough one","name":"Ann"}"#)
        let id = try await database.read { connection in
            try connection.one("SELECT id FROM users WHERE email = $1", [.text(email)]) { try $0.id() }
        }
        let title = ID.random()
        let opened = try await send(
            "POST", "/api/v1/sessions",
            #"{"user_id":"\#(id)","content_id":"\#(title)","device_id":"tv","duration_seconds":3600}"#)
        let person = PersonEverywhere(
            id: id, email: email, title: title, session: opened["id"].string ?? "", send: send)
        try await person.live()
        try await database.write { try person.putRows(on: $0) }
        return person
    }

    private func live() async throws {
        for position in [1_200, 3_590, 600] {
            _ = try await report(position)
        }
        _ = try await send(
            "POST", "/api/v1/playback/progress",
            #"{"user_id":"\#(id)","content_id":"\#(ID.random())","platform_id":"web","progress_seconds":50,"duration_seconds":900}"#
        )
        let (other, cleared) = (ID.random(), ID.random())
        let history = "/api/v1/users/\(id)/history"
        _ = try await send("PUT", "\(history)/\(other)/watched", nil)
        _ = try await send("PUT", "\(history)/\(cleared)/watched", nil)
        _ = try await send("DELETE", "\(history)/\(cleared)", nil)
        _ = try await send(
            "POST", "/api/v1/jobs", #"{"user_id":"\#(id)","source":"folder","x_username":"news","frequency":"daily"}"#)
    }

    /// Reports a position of the live session.
    package func report(_ position: Int) async throws -> TestReply {
        try await send("PATCH", "/api/v1/sessions/\(session)/position", #"{"position_seconds":\#(position)}"#)
    }

    private func putRows(on connection: any Connection) throws {
        let now = Value.instant(Instant("2026-11-21T12:00:00.000Z") ?? Instant(milliseconds: 0))
        func put(_ text: SQLText, _ values: [Value]) throws { try connection.execute(text, values) }
        let stream = Value.text("playback:\(id)")
        let naming = Value.text(#"{"user_id":"\#(id)"}"#)
        try put("DELETE FROM streams WHERE name = $1", [stream])
        try put("INSERT INTO streams (name, last_offset, followed_until) VALUES ($1, 7, $2)", [stream, now])
        try put(
            "INSERT INTO stream_notices (stream, stream_offset, name, data, created_at) VALUES ($1, 7, 'x', $2, $3)",
            [stream, naming, now])
        try put(
            """
            INSERT INTO outbox_messages (destination, message_key, number, message_id, name, payload, created_at)
            VALUES ('kafka', $1, 1, $2, 'session-created', $3, $4)
            """, [.text(session), .id(.random()), naming, now])
        try put(
            "INSERT INTO outbox_keys (destination, message_key, last_number) VALUES ('kafka', $1, 1)", [.text(session)])
        try put(
            """
            INSERT INTO idempotency_keys (scope, request_sha256, status, location, body, created_at)
            VALUES ($1, $2, 201, NULL, $3, $4)
            """, [.text(ID.random().description), .blob([1]), naming, now])
        try put(
            "INSERT INTO stream_tickets (id, path, credential, expires_at) VALUES ($1, $2, NULL, $3)",
            [.id(.random()), .text("/api/v1/users/\(id)/playback/stream"), now])
        try put(
            """
            INSERT INTO events (id, title, description, join_code, owner_id, created_at) VALUES ($1, 'Quiz', '', $2, $3, $4)
            """, [.id(.random()), .text(String(id.description.prefix(8))), .id(id), now])
        let event = try connection.one("SELECT id FROM events WHERE owner_id = $1", [.id(id)]) { try $0.id() }
        try put(
            """
            INSERT INTO event_audit (id, event_id, at, who, what, subject_id, from_state, to_state)
            VALUES ($1, $2, $3, $4, 'start', $5, 'waiting', 'active')
            """, [.id(.random()), .id(event), now, .text("user:\(id)"), .id(event)])
        try putRuns(at: now, on: connection)
    }

    private func putRuns(at now: Value, on connection: any Connection) throws {
        let job = try connection.one("SELECT id FROM jobs WHERE user_id = $1", [.id(id)]) { try $0.integer() }
        let run = try connection.one(
            """
            INSERT INTO job_executions (job_id, status, kind, started_at, created_at, completed_at)
            VALUES ($1, 'COMPLETED', 'manual', $2, $3, $4)
            RETURNING id
            """, [.integer(job), now, now, now]
        ) { try $0.integer() }
        try connection.execute(
            "INSERT INTO execution_log (execution_id, number, at, message) VALUES ($1, 1, $2, 'fetched')",
            [.integer(run), now])
        try connection.execute(
            """
            INSERT INTO job_posts (job_id, execution_id, first_key, author, content, counted_at)
            VALUES ($1, $2, 'k', 'news', 'a post', $3)
            """, [.integer(job), .integer(run), now])
        try connection.execute(
            "INSERT INTO job_post_keys (job_id, post_key, seen_at) VALUES ($1, 'k', $2)", [.integer(job), now])
        try connection.execute(
            """
            INSERT INTO summaries (user_id, is_playground, content, tweets_count, status, created_at)
            VALUES ($1, TRUE, 'a summary', 1, 'COMPLETED', $2)
            """, [.id(id), now])
    }
}
