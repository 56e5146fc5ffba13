import Foundation
import SQL
import TestSupport
import Testing

/// What others say to those who listen.
@Suite struct NotificationTests {
    private func say(_ text: String, on database: any Database) async throws {
        try await database.write { try $0.execute("SELECT pg_notify('news', $1)", [.text(text)]) }
    }

    @Test func `what is said on a channel is heard in order, once it is committed`() async throws {
        try await TestEngine.postgres.withDatabase(migrated: false) { database in
            var heard = database.notifications(on: "news").makeAsyncIterator()
            let begins = await heard.next()
            #expect(begins == "")
            for number in 1...3 { try await say("\(number)", on: database) }
            for number in 1...3 {
                let next = await heard.next()
                #expect(next == "\(number)")
            }
        }
    }

    @Test func `a listener that loses its connection says that something may have been missed`() async throws {
        try await TestEngine.postgres.withDatabase(migrated: false) { database in
            var heard = database.notifications(on: "news").makeAsyncIterator()
            _ = await heard.next()
            try await database.session { connection in
                _ = try connection.all(
                    """
                    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                    WHERE datname = current_database() AND query ~ '^(LISTEN|NOTIFY)'
                    """, []
                ) { try $0.bool() }
            }
            let again = await heard.next()
            #expect(again == "")
            try await say("after", on: database)
            let next = await heard.next()
            #expect(next == "after")
        }
    }

    @Test func `a listener whose server hangs finds it out by itself`() async throws {
        try await TestEngine.postgres.withDatabase(migrated: false) { database in
            var heard = database.notifications(on: "news").makeAsyncIterator()
            _ = await heard.next()
            let process = try await database.read { connection in
                try connection.one(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query ~ '^(LISTEN|NOTIFY)'"
                ) { try $0.integer() }
            }
            #expect(kill(Int32(process), SIGSTOP) == 0)
            defer { _ = kill(Int32(process), SIGCONT) }
            let again = await heard.next()
            #expect(again == "")
            try await say("after", on: database)
            let next = await heard.next()
            #expect(next == "after")
        }
    }

    @Test(arguments: TestEngine.allCases) func `listening ends when the database closes`(engine: TestEngine)
        async throws
    {
        try await engine.withDatabase(migrated: false) { database in
            let stream = database.notifications(on: "news")
            await database.close()
            for await text in stream { #expect(text == "") }
            for await text in database.notifications(on: "news") { #expect(text == "") }
        }
    }
}
