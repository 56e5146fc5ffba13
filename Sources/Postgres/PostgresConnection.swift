import CPostgres
import Core
import Foundation
import SQL

/// One libpq connection, used by one thread.
///
/// Inside a transaction, statements of which nobody waits for an answer travel with what comes before or after them: BEGIN with
/// the first statement, COMMIT with the last. Outside of one, each statement is an exchange of its own.
final class PostgresConnection: SQL.Connection, @unchecked Sendable {
    // @unchecked: a link hands its connection only to closures that run on the link's own thread, one after another.

    let dialect = Dialect.postgres
    private let handle: OpaquePointer
    private let roundTrips: Counter?
    private let address: ConnectionAddress
    private let statementSeconds: Int
    private var pipeline: PostgresPipeline
    private var transaction = Transaction.none
    private var isStale = false
    /// Ends the statement that runs.
    let canceller: PostgresCanceller

    /// Where the transaction of `transaction(_:)` stands, as far as this side has heard.
    private enum Transaction {
        /// There is none: every statement stands for itself.
        case none
        /// BEGIN waits to be sent with the first statement.
        case queued
        /// The server has begun it.
        case begun
        /// A statement failed in it; nothing but ROLLBACK may follow.
        case failed(any Error)
    }

    /// How long a statement waits for a lock. What it waits with is a connection that others wait for.
    static let lockSeconds = 2

    /// How much longer than a statement may take its answer is waited for: the server itself ends what takes too long.
    private static let answerSeconds = 5

    /// How many statements may wait to be sent: a closure that executes without end is not to fill the memory.
    private static let queueLimit = 256

    /// Whether the session is the connection's own from one transaction to the next.
    private(set) var keepsSession = false

    /// Connects and sets what every session relies on.
    /// - Parameter isPooled: Whether a pooler stands between, for one that is not found out.
    init(
        _ address: ConnectionAddress, statementSeconds: Int = 15, roundTrips: Counter? = nil, isPooled: Bool = false
    ) throws {
        guard let opened = address.connect() else {
            throw SQLError.unavailable("libpq has no memory for a connection")
        }
        handle = opened
        self.address = address
        self.roundTrips = roundTrips
        self.statementSeconds = statementSeconds
        pipeline = PostgresPipeline(opened)
        canceller = PostgresCanceller(opened)
        PQsetNoticeProcessor(opened, { _, _ in }, nil)
        guard PQstatus(opened) == CONNECTION_OK else {
            throw SQLError.unavailable(address.redacted(message(of: opened)))
        }
        limitAnswers(toStatementsOf: statementSeconds)
        // A pooler tells its clients of a process that the server does not have.
        try configure(isPooled: isPooled ? "true" : "pg_backend_pid() <> \(PQbackendPID(opened))")
    }

    deinit {
        PQfinish(handle)
    }

    /// Finds out whether a pooler stands between, and sets what a session begins with where there is none, in one round trip.
    /// - Parameter isPooled: SQL that is true where a pooler stands between.
    func configure(isPooled: String) throws {
        pipeline.prepares = false
        let settings = Self.settings(statementSeconds: statementSeconds)
            .map { ", set_config('\($0.name)', '\($0.value)', is_pooled)" }.joined()
        let text = "SELECT is_pooled\(settings) FROM (SELECT \(isPooled) AS is_pooled) AS session"
        keepsSession = try !one(SQLText(text)) { try $0.bool() }
        pipeline.prepares = keepsSession
    }

    /// Another connection to the same place, through the same pooler.
    func another() throws -> PostgresConnection { try PostgresConnection(address, isPooled: !keepsSession) }

    /// Says how long a statement may take, so that a server that says nothing for longer counts as lost; nil is without a bound.
    func limitAnswers(toStatementsOf seconds: Int?) {
        pipeline.patienceSeconds = seconds.map { $0 + Self.answerSeconds }
    }

    /// Whether the connection can be used. Looks at the socket: a server that has gone says so there, and what is found out now
    /// need not be found out by a transaction.
    var isAlive: Bool {
        guard !isStale, pipeline.isUsable else { return false }
        for _ in 0..<3 {
            guard PostgresSocket.hasInput(PQsocket(handle)) else { return true }
            PQconsumeInput(handle)
            guard PQstatus(handle) == CONNECTION_OK else { return false }
        }
        return true
    }

    // MARK: Transactions

    /// Runs a closure between BEGIN and COMMIT; whatever it throws rolls back.
    ///
    /// The COMMIT of a transaction that only reads is sent and not waited for.
    /// - Throws: what the closure throws; `RunAgain` where nothing was kept and another run may succeed; `SQLError`.
    func transaction<Result>(
        _ begin: String, onlyReads: Bool, _ body: (any SQL.Connection) throws -> Result
    ) throws -> Result {
        if !keepsSession { try makeSureOfSession() }
        pipeline.append(begin)
        transaction = .queued
        defer { transaction = .none }
        do {
            let result = try body(self)
            if onlyReads { try endReading() } else { try commit() }
            return result
        } catch {
            abandon()
            throw error
        }
    }

    /// A statement that nobody waited for has to run all the same: it may have failed.
    private func endReading() throws {
        try settle()
        if case .failed(let error) = transaction { throw error }
        if case .begun = transaction { pipeline.sendEnding("COMMIT") }
        pipeline.dropQueued()
    }

    /// Postgres answers COMMIT of a transaction that had already failed with a cheerful ROLLBACK; taken for success, it
    /// would acknowledge a write that is gone.
    private func commit() throws {
        if pipeline.mayRefuse { try settle() }
        if case .failed(let error) = transaction { throw error }
        if case .queued = transaction, pipeline.queuedCount == 1 { return pipeline.dropQueued() }
        pipeline.append("COMMIT")
        let answer: OpaquePointer
        do {
            answer = try exchange()
        } catch RunAgain.lost(let message) {
            // Whether the server heard the COMMIT is not known, so this must not run again.
            throw SQLError.unavailable(message)
        }
        defer { PQclear(answer) }
        guard String(cString: PQcmdStatus(answer)) == "COMMIT" else {
            throw SQLError.failed("the transaction had failed before its COMMIT", sql: "COMMIT")
        }
    }

    private func abandon() {
        pipeline.dropQueued()
        switch transaction {
        case .begun, .failed: pipeline.sendEnding("ROLLBACK")
        case .none, .queued: break
        }
    }

    /// Ends what a script has begun and not ended.
    func leaveTransaction() {
        do {
            try pipeline.leave()
            if PQtransactionStatus(handle) != PQTRANS_IDLE { try script("ROLLBACK") }
        } catch {
            isStale = true
        }
    }

    // MARK: Statements

    func all<Result>(_ sql: SQLText, _ values: [Value], _ read: (any Row) throws -> Result) throws -> [Result] {
        try rows(sql[.postgres], Parameters(values), read)
    }

    func all<Result>(_ bulk: BulkText, _ rows: [[Value]], _ read: (any Row) throws -> Result) throws -> [Result] {
        guard !rows.isEmpty else { return [] }
        return try self.rows(bulk.text[.postgres], Parameters(rows, columns: bulk.types.count), read)
    }

    func execute(_ sql: SQLText, _ values: [Value]) throws {
        try send(sql[.postgres], Parameters(values))
    }

    func execute(_ bulk: BulkText, _ rows: [[Value]]) throws {
        guard !rows.isEmpty else { return }
        try send(bulk.text[.postgres], Parameters(rows, columns: bulk.types.count))
    }

    func refuse(_ sql: SQLText, _ values: [Value], by refusal: @escaping (any Row) throws -> any Error) throws {
        try send(sql[.postgres], Parameters(values), refusal: refusal)
    }

    func changed(_ sql: SQLText, _ values: [Value]) throws -> Int {
        let answer = try ask(sql[.postgres], Parameters(values))
        defer { PQclear(answer) }
        return Int(String(cString: PQcmdTuples(answer))) ?? 0
    }

    var foreignChanges: Int { 0 }
    var memory: RowMemory? { nil }

    func settle() throws {
        // BEGIN alone has nothing to say.
        let nothing = if case .queued = transaction { 1 } else { 0 }
        if pipeline.queuedCount > nothing { PQclear(try exchange()) }
    }

    func script(_ sql: String) throws {
        // Also a BEGIN that waits must be there before the script.
        if pipeline.queuedCount > 0 { PQclear(try exchange()) }
        do { try pipeline.leave() } catch { throw refused(error) }
        roundTrips?.add()
        let answer = pipeline.script(keepsSession || !sql.hasPrefix("BEGIN") ? sql : "\(sql); \(Self.settingsOfPooled)")
        defer { PQclear(answer) }
        // The script may have changed what prepared statements look at.
        pipeline.forgetPrepared()
        switch PQresultStatus(answer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            // A script may go back to a savepoint.
            if case .failed = transaction, PQtransactionStatus(handle) == PQTRANS_INTRANS { transaction = .begun }
            return
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            isStale = true
            throw SQLError.failed("COPY from or to the client is not supported", sql: sql)
        default: break
        }
        guard let answer, PQstatus(handle) == CONNECTION_OK else { throw refused(RunAgain.lost(pipeline.reason)) }
        throw refused(ServerError(answer).asError(sql: sql))
    }

    func copy(_ sql: String, rows: String) throws {
        try settle()
        do { try pipeline.leave() } catch { throw refused(error) }
        roundTrips?.add()
        let answer = pipeline.copy(sql, rows: rows)
        defer { PQclear(answer) }
        pipeline.forgetPrepared()
        if PQresultStatus(answer) == PGRES_COMMAND_OK { return }
        guard let answer, PQstatus(handle) == CONNECTION_OK else { throw refused(RunAgain.lost(pipeline.reason)) }
        throw refused(ServerError(answer).asError(sql: sql))
    }

    private func rows<Result>(
        _ sql: String, _ values: Parameters, _ read: (any Row) throws -> Result
    ) throws -> [Result] {
        let answer = try ask(sql, values)
        defer { PQclear(answer) }
        let row = PostgresRow(result: answer, sql: sql)
        return try (0..<PQntuples(answer)).map { index in
            row.move(to: index)
            return try read(row)
        }
    }

    /// Runs a statement whose answer is needed now.
    private func ask(_ sql: String, _ values: Parameters) throws -> OpaquePointer {
        pipeline.append(sql, values)
        do {
            return try exchange()
        } catch RunAgain.stalePlan(let message) {
            guard case .none = transaction, PQtransactionStatus(handle) == PQTRANS_IDLE else {
                throw RunAgain.stalePlan(message)
            }
            pipeline.append(sql, values)
            return try exchange()
        }
    }

    /// Runs a statement whose answer is not needed now.
    private func send(_ sql: String, _ values: Parameters, refusal: PostgresPipeline.Refusal? = nil) throws {
        if case .none = transaction, refusal == nil { return PQclear(try ask(sql, values)) }
        if case .failed(let error) = transaction { throw error }
        pipeline.append(sql, values, refusal: refusal)
        if case .none = transaction { return PQclear(try exchange()) }
        if pipeline.queuedCount >= Self.queueLimit { PQclear(try exchange()) }
    }

    private func exchange() throws -> OpaquePointer {
        if case .failed(let error) = transaction {
            pipeline.dropQueued()
            throw error
        }
        roundTrips?.add()
        do {
            let answer = try pipeline.exchange()
            if case .queued = transaction { transaction = .begun }
            return answer
        } catch {
            throw refused(error)
        }
    }

    /// Notes what a failure means for the connection and its transaction.
    private func refused(_ error: any Error) -> any Error {
        if case RunAgain.lost(let message) = error {
            isStale = true
            return noted(RunAgain.lost(address.redacted(message)))
        }
        return noted(error)
    }

    private func noted(_ error: any Error) -> any Error {
        switch transaction {
        case .queued, .begun: transaction = .failed(error)
        case .none, .failed: break
        }
        return error
    }
}
