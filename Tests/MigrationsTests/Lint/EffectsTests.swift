import SQL
import TestSupport
import Testing

@testable import Migrations

/// What `plan` says that a statement locks, rewrites and destroys.
@Suite struct EffectsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let engine: Dialect
        let sql: String
        var locks: [String] = []
        var rewrites: [String] = []
        var destroys: [String] = []
        var testDescription: String { "\(engine): \(sql)" }
    }

    private static let file = "the whole file against writing, until the step ends"
    private static let all = "t against reading and writing"

    static let cases = [
        Case(engine: .sqlite, sql: "SELECT 1"), Case(engine: .sqlite, sql: "PRAGMA user_version = 3"),
        Case(engine: .sqlite, sql: "CREATE TABLE t (a INT)", locks: [file]),
        Case(engine: .sqlite, sql: "ALTER TABLE t ADD COLUMN a INT", locks: [file]),
        Case(
            engine: .sqlite, sql: "ALTER TABLE t ADD COLUMN a INT CHECK (a > 0)", locks: [file],
            rewrites: ["t is read through"]),
        Case(
            engine: .sqlite, sql: "ALTER TABLE t DROP COLUMN a", locks: [file], rewrites: ["t is written anew"],
            destroys: ["the column t.a with its values"]),
        Case(engine: .sqlite, sql: "CREATE INDEX i ON t (a)", locks: [file], rewrites: ["t is read through"]),
        Case(engine: .sqlite, sql: "UPDATE t SET a = 1", locks: [file], rewrites: ["rows of t are written"]),
        Case(engine: .sqlite, sql: "DELETE FROM t", locks: [file], destroys: ["all rows of t"]),
        Case(
            engine: .sqlite, sql: "DELETE FROM t WHERE a = 1", locks: [file], destroys: ["the rows of t that it picks"]),
        Case(
            engine: .sqlite, sql: "DROP TABLE IF EXISTS \"t\"", locks: [file],
            destroys: ["the table t with all its rows"]),
        Case(engine: .sqlite, sql: "VACUUM", locks: [file], rewrites: ["the whole file is written anew"]),
        Case(engine: .postgres, sql: "CREATE TABLE t (a INT)"),
        Case(engine: .postgres, sql: "ALTER TABLE t ADD COLUMN a INT DEFAULT 1", locks: [all]),
        Case(
            engine: .postgres, sql: "ALTER TABLE ONLY public.t ADD COLUMN a UUID DEFAULT gen_random_uuid()",
            locks: [all],
            rewrites: ["t is written anew"]),
        Case(
            engine: .postgres, sql: "ALTER TABLE app.t ADD COLUMN a INT REFERENCES p (id)",
            locks: ["app.t against reading and writing", "p against writing"]),
        Case(
            engine: .postgres, sql: "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p (id) NOT VALID",
            locks: ["p against writing", "t against writing"]),
        Case(
            engine: .postgres, sql: "ALTER TABLE t VALIDATE CONSTRAINT k", locks: ["t against other maintenance only"],
            rewrites: ["t is read through"]),
        Case(
            engine: .postgres, sql: "ALTER TABLE t ALTER a SET NOT NULL", locks: [all], rewrites: ["t is read through"]),
        Case(
            engine: .postgres, sql: "CREATE INDEX i ON t (a)", locks: ["t against writing"],
            rewrites: ["t is read through"]),
        Case(
            engine: .postgres, sql: "CREATE INDEX CONCURRENTLY i ON t (a)", locks: ["t against other maintenance only"],
            rewrites: ["t is read through"]),
        Case(engine: .postgres, sql: "DROP INDEX i", locks: ["the table of i against reading and writing"]),
        Case(
            engine: .postgres, sql: "DROP TABLE t, u", locks: [all, "u against reading and writing"],
            destroys: ["t", "u"].map { "the table \($0) with all its rows" }),
        Case(engine: .postgres, sql: "TRUNCATE TABLE t", locks: [all], destroys: ["all rows of t"]),
        Case(
            engine: .postgres, sql: "UPDATE t SET a = 1", locks: ["the rows of t that it writes"],
            rewrites: ["rows of t are written"]),
        Case(
            engine: .postgres, sql: "DROP SCHEMA app CASCADE", locks: ["app against reading and writing"],
            destroys: ["the schema app with all that is in it"]),
    ]

    @Test(arguments: cases) func `a statement's effects`(given: Case) throws {
        let statement = try #require(Statement.all(in: given.sql, dialect: given.engine).first)
        let effects = Effects(Change(statement), dialect: given.engine)
        #expect(effects.locks == given.locks)
        #expect(effects.rewrites == given.rewrites)
        #expect(effects.destroys == given.destroys)
    }
}
