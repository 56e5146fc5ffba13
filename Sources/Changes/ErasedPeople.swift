package import Core
package import SQL

/// Somebody was erased, and nothing of theirs is taken for a while: an offline device does not bring them back.
package struct PersonErased: Error, Sendable, Hashable {
    /// The last moment at which nothing is taken.
    package let until: Instant
}

extension PersonErased: CustomStringConvertible {
    /// For the command line.
    package var description: String { "this person was erased, and nothing is taken for them until \(until)." }
}

extension PersonErased: ProblemConvertible {
    /// 410: until when.
    package var problem: Problem {
        Problem(
            410, "person-erased", "This person was erased",
            "All that was kept of this person was erased on request, and nothing is taken for them until \(until). Nothing was stored. Drop what you still hold, and do not send it again.",
            members: [JSON.Member("erased_until", .instant(until))])
    }
}

/// Who was erased, as rows of `erased_people`: hashes of ids, never ids, for thirty days.
///
/// Whatever makes the first row of a user asks here, in its own transaction. On Postgres that alone would not do: it could look
/// just before an erasure begins, and commit just after the erasure has deleted. So whoever asks shares an advisory lock of the
/// hash until their transaction ends, and an erasure takes it alone when it begins. Whoever has it first is over before the
/// erasure's first look, whose deletions therefore see their rows; whoever comes later waits, and then reads that it has begun,
/// since each statement of READ COMMITTED sees what was committed before it. What goes on from a row that is there (a report of a
/// session) asks nothing: it holds that row's lock, for which the deletion waits, and the erasure goes over everything again
/// until it finds nothing. SQLite has one writer.
package enum ErasedPeople {
    /// For how long nothing of an erased person is taken.
    package static let lasts = Duration.days(30)

    /// Notes that somebody is erased from now on, or was before; waits for whoever is about to make rows of theirs.
    package static func add(_ hashes: [String], at moment: Instant, on connection: any Connection) throws {
        for hash in hashes.sorted() {
            if connection.dialect == .postgres {
                try connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 1430))", [.text(hash)])
            }
            try connection.execute(
                """
                INSERT INTO erased_people (hash, erased_at) VALUES ($1, $2)
                ON CONFLICT (hash) DO UPDATE SET erased_at = excluded.erased_at
                WHERE erased_people.erased_at < excluded.erased_at
                """, [.text(hash), .instant(moment)])
        }
    }

    /// Notes names that devices may still speak of somebody by, whose rows go in the same transaction: whoever does not find the row any
    /// more finds the name. No lock is taken, since nothing is made from a name.
    package static func note(_ hashes: [String], at moment: Instant, on connection: any Connection) throws {
        try connection.execute(noteText, Set(hashes).sorted().map { [.text($0), .instant(moment)] })
    }

    private static let noteText = BulkText(
        """
        INSERT INTO erased_people (hash, erased_at)
        SELECT hash, at
        FROM ({rows}) AS told (hash, at)
        WHERE TRUE
        ON CONFLICT (hash) DO UPDATE SET erased_at = excluded.erased_at
        WHERE erased_people.erased_at < excluded.erased_at
        """,
        sqlite: """
            INSERT INTO erased_people (hash, erased_at) VALUES ($1, $2)
            ON CONFLICT (hash) DO UPDATE SET erased_at = excluded.erased_at
            WHERE erased_people.erased_at < excluded.erased_at
            """, [.text, .timestamptz])

    /// Lets go of those of whom things may be taken again; how many, at most `limit`.
    package static func sweep(at now: Instant, limit: Int, on connection: any Connection) throws -> Int {
        try connection.changed(
            """
            DELETE FROM erased_people
            WHERE hash IN (SELECT hash FROM erased_people WHERE erased_at < $1 ORDER BY erased_at LIMIT $2)
            """, [.instant(now - lasts), .integer(limit)])
    }

    fileprivate static func share(_ hashes: [String], on connection: any Connection) throws {
        guard connection.dialect == .postgres else { return }
        try connection.execute(shareText, hashes.sorted().map { [.text($0)] })
    }

    private static let shareText = BulkText(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended(hash, 1430)) FROM ({rows}) AS asked (hash)", [.text])

    fileprivate static let findText = BulkText(
        "SELECT hash, erased_at FROM erased_people WHERE hash IN ({rows})",
        sqlite: "SELECT hash, erased_at FROM erased_people WHERE hash = $1", [.text])

    fileprivate static let refuseText: SQLText =
        "SELECT erased_at FROM erased_people WHERE hash = $1 AND erased_at >= $2"
}

/// Asks who was erased, for whoever is about to make rows of a person.
package struct PeopleGate: Sendable {
    private let hash: PersonHash?

    /// A gate of one server's; nil where nobody is ever erased by it, as in a test of something else.
    package init(_ hash: PersonHash?) {
        self.hash = hash
    }

    /// Refuses to go on where somebody was erased. On Postgres that travels with what is asked next, and is thrown there.
    /// - Throws: `PersonErased`.
    package func requireNotErased(_ person: Person, at now: Instant, on connection: any Connection) throws {
        guard let name = hash?(person) else { return }
        try ErasedPeople.share([name], on: connection)
        try connection.refuse(ErasedPeople.refuseText, [.text(name), .instant(now - ErasedPeople.lasts)]) { row in
            PersonErased(until: Window(opened: try row.instant(), lasts: ErasedPeople.lasts).closes)
        }
    }

    /// Those among some people who were erased, each with what refuses them.
    package func erased(
        among people: Set<Person>, at now: Instant, on connection: any Connection
    ) throws -> [Person: PersonErased] {
        guard let hash, !people.isEmpty else { return [:] }
        let names = people.map { (person: $0, hash: hash($0)) }
        try ErasedPeople.share(names.map(\.hash), on: connection)
        let found = try connection.all(ErasedPeople.findText, names.map { [.text($0.hash)] }) {
            (try $0.text(), try $0.instant())
        }
        let moments = Dictionary(found) { first, _ in first }
        return names.reduce(into: [:]) { erased, one in
            guard let at = moments[one.hash] else { return }
            let window = Window(opened: at, lasts: ErasedPeople.lasts)
            if window.isOpen(at: now) { erased[one.person] = PersonErased(until: window.closes) }
        }
    }
}

extension Change {
    /// Refuses to make rows of a user who was erased.
    /// - Throws: `PersonErased`, here or with what is asked next.
    package func requireNotErased(_ user: ID) throws {
        try people.requireNotErased(.user(user), at: now, on: connection)
    }

    /// Those among some names who were erased, each with what refuses them. Asked where nothing is found under a name.
    package func gone(among names: Set<Person>) throws -> [Person: PersonErased] {
        try people.erased(among: names, at: now, on: connection)
    }

    /// Refuses what is asked of somebody, or of something of theirs, that was erased.
    /// - Throws: `PersonErased`.
    package func requireNotGone(_ name: Person) throws {
        if let refusal = try gone(among: [name])[name] { throw refusal }
    }

    /// Those among some users who were erased, each with what refuses them.
    package func erased(among users: Set<ID>) throws -> [ID: PersonErased] {
        let found = try people.erased(among: Set(users.map { .user($0) }), at: now, on: connection)
        return found.reduce(into: [:]) { erased, one in
            if let id = one.key.user { erased[id] = one.value }
        }
    }
}
