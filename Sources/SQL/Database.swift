package import Core

/// A place where rows are kept: the embedded SQLite file, or a Postgres server.
///
/// Closures run on the engine's own threads, never on Swift's cooperative pool, so they may block. They must have no
/// effects outside the database: a group that fails, or a deadlock between two nodes, runs them again or not at all.
package protocol Database: Sendable {
    /// Which engine it is.
    var dialect: Dialect { get }

    /// Runs a closure that only reads, on one consistent state of the data.
    /// - Throws: what the closure throws, or `SQLError`.
    func read<Result: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Result) async throws -> Result

    /// Runs a closure as one transaction and returns when its commit is durable. A closure that throws leaves nothing.
    /// - Throws: what the closure throws, or `SQLError`.
    @discardableResult
    func write<Result: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Result) async throws -> Result

    /// Runs a closure on one connection with no transaction open, for work that opens its own (migrations).
    /// - Throws: what the closure throws, or `SQLError`.
    func session<Result: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Result) async throws -> Result

    /// The same database through connections of its own, for long work that nobody waits for (sweeps, clean-ups): it takes none
    /// from requests, and on Postgres a statement of it may take a minute. Opened when first used, closed with this one.
    var background: any Database { get }

    /// What others say on a channel (Postgres' NOTIFY), until the database closes.
    ///
    /// An empty text means that something may have been missed: it comes each time that listening begins, so at first, after a
    /// lost connection, and where more was said than is kept for a slow reader. SQLite says nothing.
    func notifications(on channel: String) -> AsyncStream<String>

    /// Finds out whether the database can do its work now: reads, and after a write that failed for want of room or disk also
    /// makes a tiny durable write.
    /// - Throws: `SQLError` with the reason.
    func probe() async throws

    /// Ends what sessions are waiting for at this moment, with an error; whatever they do next is not ended.
    func interrupt()

    /// Ends the connections after the work already taken; later calls throw `SQLError.unavailable`.
    func close() async
}

/// One connection inside a `read`, `write` or `session`. It must not leave the closure.
package protocol Connection: AnyObject {
    /// Which engine it speaks to.
    var dialect: Dialect { get }

    /// Runs a statement and reads each row.
    func all<Result>(_ sql: SQLText, _ values: [Value], _ read: (any Row) throws -> Result) throws -> [Result]

    /// Runs a statement over many rows and reads what it returns, in no promised order. No rows, no statement.
    func all<Result>(_ bulk: BulkText, _ rows: [[Value]], _ read: (any Row) throws -> Result) throws -> [Result]

    /// Runs a statement of which nothing is needed but that it succeeds. What it returns is dropped.
    ///
    /// On Postgres it travels with the next statement whose answer is needed, or with the commit, and what it fails with is
    /// thrown there. Code that wants to catch a failure calls `settle` after it, or `changed`.
    func execute(_ sql: SQLText, _ values: [Value]) throws

    /// Runs a statement over many rows, as `execute` does. No rows, no statement.
    func execute(_ bulk: BulkText, _ rows: [[Value]]) throws

    /// Runs a statement and waits for it; the number of rows it changed.
    func changed(_ sql: SQLText, _ values: [Value]) throws -> Int

    /// Runs a statement that is to find nothing: a row makes the transaction fail with what is made of the row.
    ///
    /// On Postgres it travels with the next statement whose answer is needed, as `execute` does, and the failure is thrown
    /// there; at the latest before the commit.
    func refuse(_ sql: SQLText, _ values: [Value], by refusal: @escaping (any Row) throws -> any Error) throws

    /// Waits for what was executed so far.
    /// - Throws: what it failed with.
    func settle() throws

    /// A number that is another one as soon as somebody else has written the file: on SQLite's writer, another process. It is
    /// compared only with one that the same connection gave. Postgres counts nothing of the kind: 0.
    var foreignChanges: Int { get throws }

    /// What SQLite's writer remembers of rows; nil on every other connection.
    var memory: RowMemory? { get }

    /// Runs a script of any number of statements, without values.
    func script(_ sql: String) throws

    /// Runs `COPY … FROM STDIN` with the rows as they would come from the client. Postgres alone has it.
    func copy(_ sql: String, rows: String) throws

    /// Whether what is set or locked for the session lasts until the next transaction. Not so where a pooler such as PgBouncer gives a
    /// server's session to whoever has a transaction open.
    var keepsSession: Bool { get }

    /// Another connection to the same database, for a transaction that stays open beside the work: where sessions are not kept, nothing
    /// else can hold a lock for longer.
    func companion() throws -> any Connection
}

extension Connection {
    /// It does.
    package var keepsSession: Bool { true }

    /// Refused.
    package func companion() throws -> any Connection {
        throw SQLError.failed("this engine has one connection for each session", sql: "")
    }

    /// Waits for the answer.
    package func refuse(_ sql: SQLText, _ values: [Value], by refusal: @escaping (any Row) throws -> any Error) throws {
        if let error = try first(sql, values, refusal) { throw error }
    }

    /// Refused.
    package func copy(_ sql: String, rows: String) throws {
        throw SQLError.failed("this engine has no COPY", sql: sql)
    }

    /// Runs a statement and reads its first row; nil where there is none.
    package func first<Result>(
        _ sql: SQLText, _ values: [Value] = [], _ read: (any Row) throws -> Result
    ) throws -> Result? {
        try all(sql, values, read).first
    }

    /// Runs a statement and reads its one row, which an aggregate always gives.
    package func one<Result>(
        _ sql: SQLText, _ values: [Value] = [], _ read: (any Row) throws -> Result
    ) throws -> Result {
        guard let result = try all(sql, values, read).first else {
            throw SQLError.failed("the statement returned no row", sql: sql[dialect])
        }
        return result
    }

    /// How many rows a query without an end gives, counted up to a bound and no further.
    ///
    /// The bound stands in the text: Postgres takes one that it does not know for a small one, and reads the whole table.
    package func count(_ rows: String, _ values: [Value] = [], atMost bound: Int) throws -> Int {
        try one(SQLText("SELECT COUNT(*) FROM (\(rows) LIMIT \(bound)) AS counted"), values) { try $0.integer() }
    }

    /// Runs a statement with no values of which nothing is needed but that it succeeds.
    package func execute(_ sql: SQLText) throws {
        try execute(sql, [])
    }
}

/// What went wrong in a database.
package enum SQLError: Error, Sendable, Equatable {
    /// The engine cannot be reached, or was lost before it said whether the work was kept.
    case unavailable(String)
    /// What the file holds is damaged, or is no database: waiting does not help, a backup does.
    case corrupt(String)
    /// More work is waiting than the bound allows; nothing was done.
    case overloaded
    /// A constraint refused the row.
    case constraint(Constraint, String)
    /// The role that Dogear signs in as may not do this.
    case forbidden(String)
    /// The engine refused the statement: a mistake in Dogear or in the schema.
    case failed(String, sql: String)

    /// Which constraint refused.
    package enum Constraint: Sendable, Equatable {
        /// UNIQUE or PRIMARY KEY.
        case unique
        /// FOREIGN KEY.
        case foreignKey
        /// CHECK or NOT NULL.
        case check
        /// A text is longer than its column takes (Postgres).
        case length
    }
}

extension SQLError: ProblemConvertible {
    /// 503 where trying again helps; what only the database could know is the caller's to mend; a mistake of ours is a 500 that
    /// gives nothing away.
    package var problem: Problem {
        switch self {
        case .unavailable:
            .unavailable(
                "The database cannot be reached, so this was not acknowledged. Send the same request again shortly.")
        case .overloaded:
            .unavailable(
                "More writes are waiting than can be taken. Nothing was stored. Send the same request again shortly.")
        case .corrupt:
            Problem(
                500, "database-corrupt", "The database is damaged",
                "Nothing was stored. Whoever runs this server has to put a backup back; its log says how.")
        case .forbidden:
            Problem(
                500, "database-forbids", "The database forbids it",
                "Nothing was stored. Whoever runs this server has to let Dogear's role do this; its log says what."
            )
        case .constraint(.length, _):
            // A database that was taken over may have narrower columns than ours.
            .invalid([FieldProblem("body", "has a text that is longer than this database takes")])
        case .constraint(.foreignKey, _):
            // Somebody took it away at this moment.
            .notFound("such thing any more as this refers to")
        case .constraint, .failed:
            Problem(
                500, "internal", "Dogear made a mistake",
                "Nothing was stored. The server's log has the details under this request's id.")
        }
    }
}

extension SQLError: CustomStringConvertible {
    /// The engine's own message, for the log and the command line.
    package var description: String {
        switch self {
        case .unavailable(let reason): "the database cannot be reached: \(reason)"
        case .corrupt(let reason):
            "the database is damaged: \(reason). Stop Dogear and put a backup back with `dogear migrate restore FILE`; the damaged file is kept beside it."
        case .forbidden(let message):
            "the database forbids this to the role that Dogear signs in as: \(message). Grant it to that role, or name another in DATABASE_URL"
        case .overloaded: "too much work is waiting for the database"
        case .constraint(_, let message): "a constraint refused the row: \(message)"
        case .failed(let message, let sql): "\(message) in: \(sql.prefix(400))"
        }
    }
}
