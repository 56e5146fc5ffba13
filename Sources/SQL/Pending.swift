extension Connection {
    /// Runs a statement; how many rows it changed.
    package func changed(_ sql: SQLText, _ values: [Value] = []) throws -> Int {
        try execute(sql, values)
    }
}

extension Database {
    /// Messages.
    package func notifications(on channel: String) -> AsyncStream<String> { AsyncStream { $0.finish() } }
    /// Long work.
    package var background: any Database { self }
}
