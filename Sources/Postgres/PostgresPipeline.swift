import CPostgres
import DequeModule
import Foundation
import SQL

/// What goes to the server and comes back, in libpq's pipeline mode.
///
/// A statement is queued; `exchange` sends all that is queued in one go, together with the preparation of statements that
/// this connection has not seen, and reads every answer. After a statement that fails the server skips the rest up to the
/// end of that exchange, so that each failure is the first of its kind and belongs to one statement.
/// (PostgreSQL 15 documentation, 34.5 Pipeline Mode.)
///
/// A server that hangs still acknowledges what it is sent, so that TCP finds nothing wrong with it. libpq would wait for its
/// answer without end; here it is waited for with a deadline (`patienceSeconds`), and then the connection counts as lost.
struct PostgresPipeline: ~Copyable {
    /// An answer that the server still owes.
    private enum Owed {
        /// To the preparation of a statement.
        case preparation(String)
        /// To a statement.
        case statement(String, Refusal?)
        /// To a statement that ended a transaction, for whose answer nobody waited.
        case ending
        /// To the end of an exchange.
        case sync
    }

    /// What a row means that a statement was to find none of.
    typealias Refusal = (any Row) throws -> any Error

    private let handle: OpaquePointer
    private var queue: [(sql: String, values: Parameters, refusal: Refusal?)] = []
    private var owed: Deque<Owed> = []
    private var names: [String: String] = [:]
    private var namesGiven = 0
    private var mustForget = false
    private var isSilent = false

    /// Whether statements are prepared and run by name. A pooler gives each transaction another session, which knows none of them.
    var prepares = false

    /// How long the server may say nothing while it owes an answer; nil for as long as it likes.
    var patienceSeconds: Int?

    /// Whether answers no longer match what was sent (a COPY, which Dogear never sends): the connection is of no use then.
    private(set) var isBroken = false

    /// Past this many, statements are forgotten and prepared again; Dogear's own are far fewer.
    private static let preparedLimit = 512

    init(_ handle: OpaquePointer) {
        self.handle = handle
        // What is sent is not to block either: the socket of a server that hangs is full at some time.
        PQsetnonblocking(handle, 1)
    }

    /// Why the connection is of no use any more.
    var reason: String { isSilent ? "the server has said nothing for too long" : message(of: handle) }

    /// Whether the connection can still be used, as far as is known.
    var isUsable: Bool { !isBroken && PQstatus(handle) == CONNECTION_OK }

    /// How many statements wait to be sent.
    var queuedCount: Int { queue.count }

    /// Whether one of those may refuse all that comes after it.
    var mayRefuse: Bool { queue.contains { $0.refusal != nil } }

    /// Puts a statement behind those that wait.
    mutating func append(_ sql: String, _ values: Parameters = Parameters(), refusal: Refusal? = nil) {
        queue.append((sql, values, refusal))
    }

    /// Takes back what was not sent yet.
    mutating func dropQueued() {
        queue = []
    }

    /// Forgets every prepared statement, before the next one is sent.
    mutating func forgetPrepared() {
        mustForget = !names.isEmpty || mustForget
        names = [:]
    }

    /// Sends what is queued and reads all answers, also those still owed from before.
    /// - Returns: the answer to the last statement, for the caller to clear.
    /// - Throws: what the first statement failed with that did: `SQLError`, `RunAgain`.
    mutating func exchange() throws -> OpaquePointer {
        let last = queue.last?.sql ?? ""
        send()
        var failure: (any Error)?
        var answer: OpaquePointer?
        while isUsable, let next = owed.popFirst() {
            let result = read(next, &failure)
            if case .statement = next {
                PQclear(answer)
                answer = result
            } else {
                PQclear(result)
            }
        }
        if !isUsable {
            owed = []
            failure = RunAgain.lost(reason)
        }
        guard let answer, failure == nil else {
            PQclear(answer)
            throw failure ?? SQLError.failed("the server gave no answer", sql: last)
        }
        return answer
    }

    /// Sends the statement that ends a transaction of which nothing is to be kept, and does not wait for the answer: it is
    /// read by the next exchange, or shows then that the connection is gone.
    mutating func sendEnding(_ sql: String) {
        queue = []
        enter()
        // Not prepared: in a transaction that has failed nothing else may stand before it.
        PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 0)
        owed.append(.ending)
        PQpipelineSync(handle)
        owed.append(.sync)
    }

    /// Reads what is still owed and leaves pipeline mode, for a script.
    mutating func leave() throws {
        guard PQpipelineStatus(handle) != PQ_PIPELINE_OFF else { return }
        var ignored: (any Error)?
        while isUsable, let next = owed.popFirst() { PQclear(read(next, &ignored)) }
        guard !isSilent, PQexitPipelineMode(handle) == 1 else { throw RunAgain.lost(reason) }
    }

    /// Runs a script outside of pipeline mode.
    /// - Returns: its last answer, for the caller to clear; nil where the connection is lost.
    mutating func script(_ sql: String) -> OpaquePointer? {
        guard PQsendQuery(handle, sql) == 1 else { return nil }
        var last: OpaquePointer?
        while let next = nextResult() {
            PQclear(last)
            last = next
            // The answer to a COPY comes again and again.
            if Self.isCopy(next) { return next }
        }
        guard isSilent else { return last }
        PQclear(last)
        return nil
    }

    /// Runs `COPY … FROM STDIN` outside of pipeline mode.
    /// - Returns: its last answer, for the caller to clear; nil where the connection is lost.
    mutating func copy(_ sql: String, rows: String) -> OpaquePointer? {
        guard PQsendQuery(handle, sql) == 1, let first = nextResult() else { return nil }
        guard PQresultStatus(first) == PGRES_COPY_IN else {
            while let next = nextResult() { PQclear(next) }
            return first
        }
        PQclear(first)
        // The rows are sent whole before anything is read: the server says nothing meanwhile but why it stops.
        PQsetnonblocking(handle, 0)
        var text = rows
        let isSent = text.withUTF8 { bytes in
            stride(from: 0, to: bytes.count, by: 1 << 20).allSatisfy { start in
                let part = UnsafeRawBufferPointer(bytes)[start..<min(start + (1 << 20), bytes.count)]
                return part.withMemoryRebound(to: CChar.self) {
                    PQputCopyData(handle, $0.baseAddress, Int32($0.count)) == 1
                }
            }
        }
        PQputCopyEnd(handle, isSent ? nil : "the rows could not be sent")
        PQsetnonblocking(handle, 1)
        var last: OpaquePointer?
        while let next = nextResult() {
            PQclear(last)
            last = next
        }
        return last
    }

    /// What cannot be sent shows when the answers are read.
    private mutating func send() {
        enter()
        if names.count + queue.count > Self.preparedLimit { forgetPrepared() }
        if mustForget { sendForgetting() }
        for (sql, values, refusal) in queue {
            if prepares {
                let name = prepare(sql)
                _ = values.withPointers { PQsendQueryPrepared(handle, name, Int32(values.count), $0, nil, nil, 0) }
            } else {
                _ = values.withPointers { PQsendQueryParams(handle, sql, Int32(values.count), nil, $0, nil, nil, 0) }
            }
            owed.append(.statement(sql, refusal))
        }
        queue = []
        PQpipelineSync(handle)
        owed.append(.sync)
    }

    private func enter() {
        if PQpipelineStatus(handle) == PQ_PIPELINE_OFF { PQenterPipelineMode(handle) }
    }

    /// With an end of its own: a BEGIN behind it must be the first statement of its transaction.
    private mutating func sendForgetting() {
        PQsendQueryParams(handle, "DEALLOCATE ALL", 0, nil, nil, nil, nil, 0)
        PQpipelineSync(handle)
        owed += [.statement("DEALLOCATE ALL", nil), .sync]
        mustForget = false
    }

    private mutating func prepare(_ sql: String) -> String {
        if let name = names[sql] { return name }
        // Never a name twice: one whose preparation was skipped after a failure may or may not be there.
        namesGiven += 1
        let name = "s\(namesGiven)"
        PQsendPrepare(handle, name, sql, 0, nil)
        owed.append(.preparation(sql))
        names[sql] = name
        return name
    }

    /// Reads one answer; its result where it is a good one.
    private mutating func read(_ owed: Owed, _ failure: inout (any Error)?) -> OpaquePointer? {
        guard let result = nextResult() else {
            isBroken = true
            return nil
        }
        if case .sync = owed { return result }
        defer {
            // Each answer ends in a NULL of its own, but for that to a sync; a COPY has no end.
            while !isBroken, let rest = nextResult() { PQclear(rest) }
        }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            if case .statement(let sql, let refusal?) = owed { refuse(result, sql, refusal, &failure) }
            return result
        case PGRES_PIPELINE_ABORTED: forget(owed)
        case _ where Self.isCopy(result): isBroken = true
        default:
            forget(owed)
            note(ServerError(result), of: owed, &failure)
        }
        PQclear(result)
        return nil
    }

    private func refuse(_ result: OpaquePointer, _ sql: String, _ refusal: Refusal, _ failure: inout (any Error)?) {
        guard failure == nil, PQntuples(result) > 0 else { return }
        let row = PostgresRow(result: result, sql: sql)
        row.move(to: 0)
        do { failure = try refusal(row) } catch { failure = error }
    }

    private static func isCopy(_ result: OpaquePointer) -> Bool {
        [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(PQresultStatus(result))
    }

    /// What the server says next; nil at the end of an answer, and where it says nothing for too long.
    private mutating func nextResult() -> OpaquePointer? {
        waitForResult() ? PQgetResult(handle) : nil
    }

    /// Waits until libpq can give a result without waiting, and sends meanwhile what the socket did not take at once. Whatever
    /// is wrong with the connection shows in the result.
    private mutating func waitForResult() -> Bool {
        while true {
            let unsent = PQflush(handle)
            guard PQisBusy(handle) == 1, unsent >= 0 else { return true }
            let milliseconds = patienceSeconds.map { Int32($0) * 1_000 } ?? -1
            guard PostgresSocket.wait(for: PQsocket(handle), orRoom: unsent > 0, milliseconds: milliseconds) else {
                isSilent = true
                isBroken = true
                return false
            }
            guard PQconsumeInput(handle) == 1 else { return true }
        }
    }

    private mutating func forget(_ owed: Owed) {
        if case .preparation(let sql) = owed { names[sql] = nil }
    }

    private mutating func note(_ error: ServerError, of owed: Owed, _ failure: inout (any Error)?) {
        if error.isStalePlan { forgetPrepared() }
        switch owed {
        case .statement(let sql, _), .preparation(let sql): failure = failure ?? error.asError(sql: sql)
        case .ending, .sync: break
        }
    }
}

/// libpq's last message about a connection.
func message(of handle: OpaquePointer) -> String {
    String(cString: PQerrorMessage(handle)).trimmingCharacters(in: .whitespacesAndNewlines)
}
