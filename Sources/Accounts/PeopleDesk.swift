package import Changes
package import Core
package import Logging
package import SQL

/// A person's data, whole: what every wing holds of them, handed out or erased.
package struct PeopleDesk: Sendable {
    private let changes: Changes
    private let holdings: [Holding]
    private let owners: [Owners]
    let store: PeopleStore
    /// What does the steps of erasures.
    package let eraser: Eraser

    /// Whom something of this id is of, where a wing knows it.
    package typealias Owners = @Sendable (ID, any Connection) throws -> [Person]

    /// What is held of people in one database.
    /// - Parameters:
    ///   - wings: What the wings hold, beside accounts.
    ///   - owners: What finds whom a session is of.
    ///   - folder: Where mails stand that have gone out; nil where a mail program takes them.
    ///   - log: What knows beside the database what was erased.
    package init(
        changes: Changes, wings: [Holding], owners: [Owners] = [], mailsIn folder: MailFolder?, hash: PersonHash,
        log: ErasureLog, logger: Logger
    ) {
        self.owners = owners
        self.changes = changes
        holdings = AccountHoldings.all(mailsIn: folder) + wings + HouseHoldings.all
        store = PeopleStore(hash: hash, atOnce: AccountHoldings.atOnce)
        eraser = Eraser(changes: changes, holdings: holdings, log: log, hash: hash, logger: logger)
    }

    /// Hands out all that is kept of somebody, a line at a time, however much there is: some of it is in memory.
    ///
    /// The last line says that it is the last, and how many came before it.
    package func export(_ person: Person, to write: ([JSON]) async throws -> Void) async throws {
        let people = try await changes.read { [store] in try store.resolve(person, on: $0) }
        var count = 0
        for holding in holdings {
            for one in people {
                var place: Holding.Place?
                repeat {
                    let from = place
                    let page = try await changes.read { try holding.read(one, from, $0) }
                    if !page.lines.isEmpty { try await write(page.lines) }
                    count += page.lines.count
                    place = page.next
                } while place != nil
            }
        }
        try await write([["kind": "end", "lines": .integer(count)]])
    }

    /// What is known of whoever is named: all whom the name may be of and of whom something is held, each with the beginning of it.
    func find(_ name: PersonName) async throws -> [FoundPerson] {
        try await changes.read { [self] connection in
            var people = try name.candidates.flatMap { try store.resolve($0, on: connection) }
            if case .id(let id) = name { people += try owners.flatMap { try $0(id, connection) } }
            var seen: Set<Person> = []
            return try people.filter { seen.insert($0).inserted }.compactMap { person in
                let held = try holdings.compactMap { try FoundPerson.Held($0, of: person, on: connection) }
                return held.isEmpty ? nil : FoundPerson(person: person, held: held)
            }
        }
    }

    /// Begins to erase somebody, which is durable when it returns. Where the log beside the database cannot be written just now, nothing is
    /// deleted before it can: whoever does the steps tries again each second.
    package func erase(_ person: Person) async throws -> Erasure {
        let id = ID.random()
        let erasure = try await changes.make { [store] in try store.begin(person, as: id, $0) }
        do {
            return try await eraser.record(erasure)
        } catch let failure as ErasureLog.Failure {
            eraser.logger.warning("an erasure waits", metadata: ["reason": "\(failure)"])
            return erasure
        }
    }

    /// How far an erasure is.
    /// - Throws: where there is none of this id.
    package func find(_ id: ID) async throws -> Erasure {
        try await changes.read { [store] in try store.find(id, on: $0) }
    }
}

/// Somebody of whom something is held.
struct FoundPerson: Sendable {
    /// The beginning of one kind of thing.
    struct Held: Sendable {
        private static let most = 100

        /// What it is called in exports.
        let kind: String
        /// The first of it.
        let lines: [JSON]
        /// Whether there is more.
        let hasMore: Bool

        /// Nil where nothing of the kind is held.
        init?(_ holding: Holding, of person: Person, on connection: any Connection) throws {
            let page = try holding.read(person, nil, connection)
            guard !page.lines.isEmpty else { return nil }
            kind = holding.kind
            lines = Array(page.lines.prefix(Self.most))
            hasMore = page.next != nil || page.lines.count > Self.most
        }
    }

    /// Who it is.
    let person: Person
    /// What is held of them, by kind.
    let held: [Held]
}
