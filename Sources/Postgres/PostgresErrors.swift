import CPostgres
import Foundation
import SQL

/// Why a transaction may be run again from its beginning: nothing of it was kept, and the next run may succeed.
enum RunAgain: Error, Sendable, Equatable, CustomStringConvertible {
    /// It lost a deadlock or a serialisation conflict.
    case conflict(String)
    /// A lock that it needs is held by somebody else for longer than `lock_timeout`.
    case locked(String)
    /// A prepared statement no longer fits the schema; the connection has forgotten it.
    case stalePlan(String)
    /// The connection was lost before COMMIT was sent.
    case lost(String)

    /// The server's own message.
    var description: String {
        switch self {
        case .conflict(let message), .locked(let message), .stalePlan(let message), .lost(let message): message
        }
    }

    /// What the caller is told where it is not run again.
    var refusal: SQLError {
        switch self {
        case .stalePlan(let message): .failed(message, sql: "")
        case .conflict(let message), .locked(let message), .lost(let message): .unavailable(message)
        }
    }
}

/// How often one transaction has been run, and whether it may be run once more.
///
/// A deadlock is lost to somebody who then gets on, so ten runs are enough to outlast many. A lock that is not to be had
/// belongs to somebody who does not get on: each run holds a connection for the whole `lock_timeout`, so two are enough.
struct Attempts: Sendable {
    private var conflicts = 0
    private var locks = 0
    private var plans = 0
    private var losses = 0

    /// Counts a run that failed.
    /// - Returns: whether to run it again.
    mutating func mayRunAgain(after failure: RunAgain) -> Bool {
        switch failure {
        case .conflict:
            conflicts += 1
            return conflicts < 10
        case .locked:
            locks += 1
            return locks < 2
        case .stalePlan:
            plans += 1
            return plans < 2
        case .lost:
            losses += 1
            return losses < 2
        }
    }

    /// The longest pause before the next run: two that met once would meet again if both began anew at once.
    var longestPauseMilliseconds: Int { conflicts * 20 }
}

/// What Postgres says of a statement that it refused.
struct ServerError: Sendable {
    /// The SQLSTATE; empty where libpq itself noticed the failure.
    let state: String
    /// The server's message, in the server's language.
    let message: String
    /// The function of the server that refused; unlike the message it is never translated.
    let function: String

    init(state: String, message: String, function: String = "") {
        self.state = state
        self.message = message
        self.function = function
    }

    init(_ result: OpaquePointer) {
        func field(_ code: String) -> String {
            PQresultErrorField(result, Int32(code.utf8.first ?? 0)).map { String(cString: $0) } ?? ""
        }
        self.init(
            state: field("C"),
            message: String(cString: PQresultErrorMessage(result)).trimmingCharacters(in: .whitespacesAndNewlines),
            function: field("R"))
    }

    /// Whether a prepared statement is not what it was: its result has another type now, or it is not there any more.
    var isStalePlan: Bool {
        state == "26000" || (state == "0A000" && function == "RevalidateCachedQuery")
    }

    /// SQLSTATE classes as ours (PostgreSQL 15 documentation, appendix A).
    func asError(sql: String) -> any Error {
        if isStalePlan { return RunAgain.stalePlan(message) }
        switch state {
        case "40001", "40P01": return RunAgain.conflict(message)
        case "55P03": return RunAgain.locked(message)
        case "23505": return SQLError.constraint(.unique, message)
        case "23503": return SQLError.constraint(.foreignKey, message)
        case "22001": return SQLError.constraint(.length, message)
        case "23502", "23514", "22003": return SQLError.constraint(.check, message)
        case "42501": return SQLError.forbidden(message)
        case "25006", "57014": return SQLError.unavailable(message)
        default: break
        }
        switch state.prefix(2) {
        case "", "08", "53", "57", "58", "XX": return SQLError.unavailable(message)
        default: return SQLError.failed(message, sql: sql)
        }
    }
}
