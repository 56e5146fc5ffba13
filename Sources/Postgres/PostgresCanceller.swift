import CPostgres

/// Asks the server to end the statement that a connection runs. May be called on any thread, also while the connection is used.
final class PostgresCanceller: @unchecked Sendable {
    // @unchecked: libpq makes a PGcancel once, and lets any thread use it.
    private let cancel: OpaquePointer?

    init(_ connection: OpaquePointer) {
        cancel = PQgetCancel(connection)
    }

    deinit {
        PQfreeCancel(cancel)
    }

    func callAsFunction() {
        var reason = [CChar](repeating: 0, count: 256)
        PQcancel(cancel, &reason, Int32(reason.count))
    }
}
