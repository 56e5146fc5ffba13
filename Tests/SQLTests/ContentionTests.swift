import Core
import SQL
import Synchronization
import TestSupport
import Testing

/// What others do to a database, and long work of our own.
@Suite struct ContentionTests {
    private func withThing(
        _ engine: TestEngine, _ body: (any Database) async throws -> Void
    ) async throws {
        try await engine.withDatabase(migrated: false) { database in
            try await database.session { connection in
                try connection.script("CREATE TABLE things (id INTEGER PRIMARY KEY, size INTEGER)")
                try connection.script("INSERT INTO things (id, size) VALUES (1, 1)")
            }
            try await body(database)
        }
    }

    private func size(_ database: any Database) async throws -> Int {
        try await database.read { try $0.one("SELECT size FROM things WHERE id = 1") { try $0.integer() } }
    }

    /// Holds the row's lock in a foreign transaction while other work runs.
    private func whileLocked(_ database: any Database, _ work: () async throws -> Void) async throws {
        let (locked, done) = (AsyncStream<Void>.makeStream(), DispatchGate())
        let holding = Task {
            try await database.background.session { connection in
                try connection.script("BEGIN; SELECT id FROM things WHERE id = 1 FOR UPDATE")
                locked.continuation.finish()
                done.wait()
                try connection.script("ROLLBACK")
            }
        }
        for await _ in locked.stream {}
        defer { done.open() }
        try await work()
        done.open()
        try await holding.value
    }

    /// The writes would need a minute to be refused one after another; reads that had to wait for them would come after all.
    @Test func `while fifty writes wait for somebody's lock, reads and the probe go on`() async throws {
        try await withThing(.postgres) { database in
            let answered = Counter("answered", "Writes that were answered.")
            var writes: [Task<Refusal?, Never>] = []
            try await whileLocked(database) {
                for _ in 0..<50 {
                    let write = Task { @Sendable in
                        let refused = await refusal {
                            try await database.write { try $0.execute("UPDATE things SET size = 2 WHERE id = 1") }
                        }
                        answered.add()
                        return refused
                    }
                    writes.append(write)
                }
                for _ in 0..<20 {
                    let seen = try await size(database)
                    #expect(seen == 1)
                    try await database.probe()
                }
                #expect(answered.count < 50)
            }
            for write in writes {
                let refused = await write.value
                #expect(refused == nil || refused == .unavailable)
            }
            let now = try await size(database)
            #expect(now == 2)
        }
    }

    @Test func `a write that cannot get a lock gives up before long`() async throws {
        try await withThing(.postgres) { database in
            let runs = Mutex(0)
            try await whileLocked(database) {
                let refused = await refusal {
                    try await database.write { connection in
                        runs.withLock { $0 += 1 }
                        try connection.execute("UPDATE things SET size = 2 WHERE id = 1")
                    }
                }
                #expect(refused == .unavailable)
            }
            #expect(runs.withLock { $0 } == 2)
            let wait = try await database.read {
                try $0.one("SELECT current_setting('lock_timeout')") { try $0.text() }
            }
            #expect(wait == "2s")
        }
    }

    @Test(arguments: TestEngine.allCases) func `a statement whose result has another type now is prepared anew`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase(migrated: false, connections: 1) { database in
            try await database.session { try $0.script("CREATE TABLE things (id INTEGER PRIMARY KEY, size INTEGER)") }
            let insert: SQLText = "INSERT INTO things (id, size) VALUES ($1, 1) RETURNING *"
            try await database.write { _ = try $0.all(insert, [.integer(1)]) { try $0.integer() } }
            _ = try await database.read { try $0.all("SELECT * FROM things", []) { try $0.integer() } }
            // By another connection, so that ours hears nothing of it.
            try await database.background.session { try $0.script("ALTER TABLE things ADD COLUMN name TEXT") }
            for id in 2...3 {
                let columns = try await database.write { connection in
                    try connection.execute("UPDATE things SET size = size + 1")
                    return try connection.all(insert, [.integer(id)]) { row in
                        (try row.integer(), try row.integer(), try row.optional(row.text))
                    }.count
                }
                #expect(columns == 1)
            }
            let sizes = try await database.read {
                try $0.all("SELECT size FROM things ORDER BY id", []) { try $0.integer() }
            }
            #expect(sizes == [3, 2, 1])
            let wide = try await database.read {
                try $0.all("SELECT * FROM things", []) { row in
                    (try row.integer(), try row.integer(), try row.optional(row.text))
                }.count
            }
            #expect(wide == 3)
            // A session has no transaction to run again: the statement is, by itself.
            let widths = try await database.session { connection in
                try (0..<2).map { round in
                    let gate = DispatchGate()
                    if round == 1 && engine == .postgres {
                        Task {
                            try await database.background.session {
                                try $0.script("ALTER TABLE things ADD COLUMN more TEXT")
                            }
                            gate.open()
                        }
                        gate.wait()
                    }
                    return try connection.all("SELECT * FROM things", []) { try $0.integer() }.count
                }
            }
            #expect(widths == [3, 3])
        }
    }

    @Test(arguments: TestEngine.allCases) func `long work has connections of its own`(engine: TestEngine) async throws {
        try await engine.withDatabase(migrated: false, connections: 1) { database in
            try await database.session { try $0.script("CREATE TABLE things (id INTEGER PRIMARY KEY, size INTEGER)") }
            let (inside, gate) = (AsyncStream<Void>.makeStream(), DispatchGate())
            let long = Task {
                try await database.background.read { connection in
                    inside.continuation.finish()
                    gate.wait()
                    return try connection.one("SELECT COUNT(*) FROM things") { try $0.integer() }
                }
            }
            for await _ in inside.stream {}
            let seen = try await database.read { try $0.one("SELECT COUNT(*) FROM things") { try $0.integer() } }
            #expect(seen == 0)
            gate.open()
            let counted = try await long.value
            #expect(counted == 0)
            try await database.background.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
            let after = try await database.read { try $0.one("SELECT COUNT(*) FROM things") { try $0.integer() } }
            #expect(after == 1)
            let background = database.background
            await database.close()
            let closed = await refusal { try await background.read { _ in } }
            #expect(closed == .unavailable)
            let late = await refusal { try await database.background.write { _ in } }
            #expect(late == .unavailable)
        }
    }

    @Test func `after a write that the server could not do, the probe writes once`() async throws {
        let metrics = DatabaseMetrics(MetricRegistry())
        try await TestEngine.postgres.withDatabase(migrated: false, metrics: metrics) { database in
            let refused = await refusal {
                try await database.write { connection in
                    try connection.execute("SET LOCAL statement_timeout = 1")
                    try connection.execute("SELECT pg_sleep(10)")
                }
            }
            #expect(refused == .unavailable)
            let position: SQLText = "SELECT pg_current_wal_insert_lsn()::text"
            let before = try await database.read { try $0.one(position) { try $0.text() } }
            try await database.probe()
            let after = try await database.read { try $0.one(position) { try $0.text() } }
            #expect(after != before)
            let trips = metrics.roundTrips.count
            try await database.probe()
            #expect(metrics.roundTrips.count - trips == 1)
        }
    }

    @Test func `in the background a statement may take a minute`() async throws {
        try await TestEngine.postgres.withDatabase(migrated: false) { database in
            let limit: SQLText = "SELECT current_setting('statement_timeout')"
            let usual = try await database.read { try $0.one(limit) { try $0.text() } }
            let long = try await database.background.read { try $0.one(limit) { try $0.text() } }
            #expect(usual == "15s" && long == "1min")
        }
    }
}
