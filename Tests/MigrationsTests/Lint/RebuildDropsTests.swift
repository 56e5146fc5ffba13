import SQL
import TestSupport
import Testing

@testable import Migrations

/// Rebuilds of SQLite tables that forget an index, a trigger or a view.
@Suite struct RebuildDropsTests {
    private static let base = """
        CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, n INT);
        CREATE TABLE log (id INTEGER PRIMARY KEY, t INT);
        CREATE INDEX t_a ON t (a);
        CREATE TRIGGER t_told AFTER INSERT ON t BEGIN INSERT INTO log (t) VALUES (NEW.id); END;
        CREATE VIEW t_seen AS SELECT a FROM t;
        """
    private static let copy = """
        DROP VIEW t_seen;
        CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT '', n INT);
        INSERT INTO t_new (id, a, n) SELECT id, COALESCE(a, ''), n FROM t;
        """
    private static let swap = "DROP TABLE t;\nALTER TABLE t_new RENAME TO t;\n"
    private static let again = """
        CREATE INDEX t_a ON t (a);
        CREATE TRIGGER t_told AFTER INSERT ON t BEGIN INSERT INTO log (t) VALUES (NEW.id); END;
        CREATE VIEW t_seen AS SELECT a FROM t;
        """

    private func steps(_ up: String) throws -> Steps { try Steps(.sqlite, Self.base, (up, nil)) }

    @Test func `lint and verify name each that is not made again`() async throws {
        let allowed = "-- lint:allow destructive a copy is made\n"
        let forgetful = try steps(Self.copy + allowed + Self.swap)
        #expect(forgetful.lint(2).filter { $0 == RebuildRules.rule }.count == 3)
        let found = try await forgetful.verify(2).filter { $0.phase == .up }
        #expect(Set(found.map(\.object)) == ["index t_a", "trigger t_told", "view t_seen"], "\(found)")
        let renamed = try steps(
            "DROP VIEW t_seen;\nALTER TABLE t RENAME TO t_old;\nCREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, n INT);\n"
                + "INSERT INTO t SELECT id, a, n FROM t_old;\n\(allowed)DROP TABLE t_old;")
        #expect(renamed.lint(2).filter { $0 == RebuildRules.rule }.count == 3)
    }

    @Test func `what is made again, dropped by name or allowed is no finding`() async throws {
        let whole = try steps(Self.copy + Self.swap + Self.again)
        #expect(!whole.lint(2).contains(RebuildRules.rule))
        #expect(try await whole.verify(2).filter { $0.allowed == nil } == [])
        let byName = try steps(
            "DROP INDEX t_a;\nDROP TRIGGER t_told;\n" + Self.copy + Self.swap + "CREATE VIEW t_seen AS SELECT a FROM t;"
        )
        #expect(!byName.lint(2).contains(RebuildRules.rule))
        #expect(try await byName.verify(2).filter { $0.allowed == nil } == [])
        let accepted = try steps(Self.copy + "-- lint:allow rebuild-drops nobody looks for it\n" + Self.swap)
        #expect(!accepted.lint(2).contains(RebuildRules.rule))
        #expect(try await accepted.verify(2).filter { $0.allowed == nil } == [])
    }
}
