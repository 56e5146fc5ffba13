import Core
import SQL
import Schema
import TestSupport
import Testing

@testable import Migrations

/// What `lint` names, and what it leaves alone.
@Suite struct LinterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let engine: Dialect
        let up: String
        let down: String?
        let rules: [String]
        var testDescription: String { "\(engine): \(up.prefix(80))" }

        init(_ engine: Dialect, _ up: String, down: String? = nil, _ rules: String...) {
            (self.engine, self.up, self.down, self.rules) = (engine, up, down, rules)
        }
    }

    private static let base = (
        "1_base.up.sql",
        """
        CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
        CREATE TABLE p (id INTEGER PRIMARY KEY);
        CREATE INDEX t_a ON t (a);
        """
    )

    private func findings(_ given: Case) throws -> [Finding] {
        var files = [Self.base, ("2_step.up.sql", given.up)]
        if let down = given.down { files.append(("2_step.down.sql", down)) }
        let set = try MigrationSet(files: files.map { ($0.0, Array($0.1.utf8)) })
        return Linter(set, dialect: given.engine).reports()[1].findings
    }

    /// Said before what Postgres would be asked to wait for.
    private static let timeout = "SET LOCAL lock_timeout = '5s';\n"

    static let sqlite: [Case] = [
        Case(.sqlite, "ALTER TABLE t ADD COLUMN c TEXT"),
        Case(.sqlite, "ALTER TABLE t ADD c TEXT NOT NULL DEFAULT 'x'"),
        Case(.sqlite, "ALTER TABLE t ADD COLUMN c TIMESTAMP DEFAULT CURRENT_TIMESTAMP", "add-column-default"),
        Case(.sqlite, "ALTER TABLE t ADD COLUMN c INT DEFAULT (random())", "add-column-default"),
        Case(.sqlite, "ALTER TABLE t ADD COLUMN c INT NOT NULL", "add-column-not-null"),
        Case(.sqlite, "ALTER TABLE t ADD COLUMN c INT NOT NULL DEFAULT NULL", "add-column-not-null"),
        Case(.sqlite, "ALTER TABLE t ADD COLUMN c INT REFERENCES p (id)"),
        Case(.sqlite, "ALTER TABLE t ADD COLUMN c INT DEFAULT 1 REFERENCES p (id)", "add-column-references-default"),
        Case(.sqlite, "ALTER TABLE t ADD COLUMN c INT UNIQUE", "add-column-unique"),
        Case(.sqlite, "ALTER TABLE t ADD COLUMN c INT PRIMARY KEY", "add-column-unique"),
        Case(.sqlite, "ALTER TABLE t ADD COLUMN IF NOT EXISTS c INT", "add-column-if-not-exists"),
        Case(.sqlite, "-- lint:allow destructive nobody reads it\nALTER TABLE t DROP COLUMN b"),
        Case(.sqlite, "-- lint:allow destructive nobody reads it\nALTER TABLE t DROP COLUMN a", "drop-column-in-use"),
        Case(.sqlite, "DROP INDEX t_a;\n-- lint:allow destructive x\nALTER TABLE t DROP COLUMN a"),
        Case(
            .sqlite, "CREATE VIEW v AS SELECT b FROM t;\n-- lint:allow destructive x\nALTER TABLE t DROP COLUMN b",
            "drop-column-in-use"),
        Case(
            .sqlite, "CREATE TABLE u (a INT); ALTER TABLE u ADD COLUMN c TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP"),
        Case(
            .sqlite,
            "CREATE TABLE t_new (id INTEGER PRIMARY KEY); INSERT INTO t_new SELECT id FROM t; DROP INDEX t_a; DROP TABLE t; ALTER TABLE t_new RENAME TO t"
        ),
        Case(.sqlite, "CREATE INDEX t_b ON t (b)"),
        Case(.sqlite, "ALTER TABLE t ADD COLUMN c TEXT DEFAULT ('x')"),
        Case(.sqlite, "ALTER TABLE t ADD COLUMN c INT DEFAULT (-1)"),
        Case(
            .sqlite,
            "CREATE INDEX part ON t (id) WHERE b > 1;\n-- lint:allow destructive x\nALTER TABLE t DROP COLUMN b",
            "drop-column-in-use"),
        Case(.sqlite, "CREATE VIRTUAL TABLE ft USING fts5(a)", down: "DROP TABLE ft"),
        Case(
            .sqlite,
            "CREATE TABLE t_new (id INTEGER PRIMARY KEY, x INT); INSERT INTO t_new (id) SELECT id FROM t; DROP INDEX t_a; DROP TABLE t; ALTER TABLE t_new RENAME TO t",
            down: "ALTER TABLE t DROP COLUMN x"),
    ]

    static let postgres: [Case] = [
        Case(.postgres, timeout + "ALTER TABLE t ADD COLUMN c TEXT, ADD COLUMN d TIMESTAMPTZ NOT NULL DEFAULT now()"),
        Case(
            .postgres,
            timeout + "ALTER TABLE t ADD COLUMN IF NOT EXISTS c VARCHAR(20) NOT NULL DEFAULT 'x'::varchar(20)"),
        Case(.postgres, "ALTER TABLE t ADD COLUMN c TEXT", "missing-lock-timeout"),
        Case(.postgres, "ALTER TABLE t ADD COLUMN c TEXT; ALTER TABLE p ADD COLUMN c TEXT", "missing-lock-timeout"),
        Case(
            .postgres, timeout + "ALTER TABLE t ADD COLUMN c UUID NOT NULL DEFAULT gen_random_uuid()",
            "volatile-default"),
        Case(
            .postgres, timeout + "ALTER TABLE t ADD COLUMN c TIMESTAMPTZ DEFAULT clock_timestamp()", "volatile-default"),
        Case(.postgres, timeout + "ALTER TABLE t ADD COLUMN c BIGSERIAL", "volatile-default"),
        Case(
            .postgres, timeout + "ALTER TABLE t ADD COLUMN c INT GENERATED ALWAYS AS (id * 2) STORED",
            "volatile-default"),
        Case(.postgres, timeout + "ALTER TABLE t ADD COLUMN c INT NOT NULL", "add-column-not-null"),
        Case(.postgres, timeout + "ALTER TABLE t ADD COLUMN c INT UNIQUE", "unique-without-index"),
        Case(.postgres, timeout + "ALTER TABLE t ADD COLUMN c INT REFERENCES p (id)"),
        Case(.postgres, timeout + "ALTER TABLE t ADD COLUMN c INT CHECK (c > 0)", "constraint-not-valid"),
        Case(.postgres, "CREATE INDEX t_b ON t (b)", "index-not-concurrently"),
        Case(.postgres, "CREATE UNIQUE INDEX t_b ON t USING btree (b)", "index-not-concurrently"),
        Case(.postgres, "-- no-transaction\nCREATE INDEX CONCURRENTLY t_b ON t (b)"),
        Case(.postgres, "CREATE INDEX CONCURRENTLY t_b ON t (b)", "concurrently-in-transaction"),
        Case(.postgres, "REINDEX TABLE CONCURRENTLY t", "concurrently-in-transaction"),
        Case(.postgres, timeout + "ALTER TABLE t DETACH PARTITION p CONCURRENTLY", "concurrently-in-transaction"),
        Case(.postgres, timeout + "ALTER TABLE t ADD CONSTRAINT k CHECK (id > 0)", "constraint-not-valid"),
        Case(.postgres, timeout + "ALTER TABLE t ADD CONSTRAINT k CHECK (id > 0) NOT VALID"),
        Case(.postgres, timeout + "ALTER TABLE t ADD FOREIGN KEY (id) REFERENCES p (id)", "constraint-not-valid"),
        Case(.postgres, timeout + "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES p (id) NOT VALID"),
        Case(.postgres, timeout + "ALTER TABLE t VALIDATE CONSTRAINT k"),
        Case(.postgres, timeout + "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a, b)", "unique-without-index"),
        Case(.postgres, timeout + "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX t_ab"),
        Case(.postgres, timeout + "ALTER TABLE t ALTER COLUMN a SET NOT NULL", "set-not-null"),
        Case(
            .postgres,
            timeout
                + "ALTER TABLE t ADD CONSTRAINT k CHECK (a IS NOT NULL) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT k; ALTER TABLE t ALTER a SET NOT NULL"
        ),
        Case(.postgres, timeout + "ALTER TABLE t ALTER COLUMN id TYPE BIGINT", "type-change"),
        Case(.postgres, timeout + "ALTER TABLE t ALTER id SET DATA TYPE BIGINT USING id::bigint", "type-change"),
        Case(
            .postgres, timeout + "-- lint:allow destructive x\nALTER TABLE t DROP COLUMN a;\nDROP INDEX t_a",
            "index-dropped-twice"),
        Case(
            .postgres, timeout + "-- lint:allow destructive x\nALTER TABLE t DROP COLUMN a;\nDROP INDEX IF EXISTS t_a"),
        Case(
            .postgres,
            "CREATE TABLE u (a INT); CREATE INDEX u_a ON u (a); ALTER TABLE u ADD UNIQUE (a), ALTER a SET NOT NULL"),
    ]

    static let both: [Case] = Dialect.allCases.flatMap { engine in
        let lead = engine == .postgres ? timeout : ""
        return [
            Case(engine, "-- +migrate Up\nCREATE TABLE u (a INT);\n-- +migrate Down\nDROP TABLE u;", "foreign-marker"),
            Case(engine, "-- +goose Up\nCREATE TABLE u (a INT);", "foreign-marker"),
            Case(engine, "-- migrate:up\nCREATE TABLE u (a INT);", "foreign-marker"),
            Case(engine, "CREATE TABLE u (a INT);", down: "-- nothing\n", "empty-down"),
            Case(engine, "CREATE TABLE u (a INT);", down: "DROP TABLE u;"),
            Case(engine, "CREATE TABLE u (a INT);", down: "DROP TABLE u; DROP TABLE p;", "down-drops-other"),
            Case(engine, lead + "ALTER TABLE t ADD COLUMN c INT;", down: "ALTER TABLE t DROP COLUMN c;"),
            Case(
                engine, lead + "ALTER TABLE t ADD COLUMN c INT;", down: "ALTER TABLE t DROP COLUMN b;",
                "down-drops-other"),
            Case(engine, "BEGIN;\nCREATE TABLE u (a INT);\nCOMMIT;", "transaction-control", "transaction-control"),
            Case(engine, "SAVEPOINT s; CREATE TABLE u (a INT); ROLLBACK TO s;"),
            Case(engine, "-- no-transaction\nCREATE TABLE u (a INT); CREATE TABLE w (a INT);", "no-transaction-many"),
            Case(engine, lead + "DROP TABLE p;", "destructive"),
            Case(engine, lead + "ALTER TABLE t DROP COLUMN b;", "destructive"),
            Case(engine, "CREATE TABLE u (a INT);", down: "DELETE FROM t; DROP TABLE u;", "down-drops-other"),
            Case(engine, "-- no-transaction\nBEGIN;", "transaction-control"),
            Case(engine, "DELETE FROM t;", "destructive"), Case(engine, "DELETE FROM t WHERE id = 1;"),
            Case(engine, "CREATE TABLE u (a INT); DELETE FROM u; DROP TABLE u;"),
            Case(engine, "-- lint:allow destructive\nDELETE FROM t;", "destructive", "allow-without-reason"),
            Case(engine, "-- lint:allow other because\nDELETE FROM t;", "destructive"),
        ]
    }

    @Test(arguments: sqlite + postgres + both) func `each form is named, and its safe form is not`(given: Case) throws {
        let findings = try findings(given).filter { $0.allowed == nil }
        #expect(findings.compactMap(\.rule) == given.rules, "\(findings.map(\.message))")
        for finding in findings where finding.rule != "empty-down" && finding.rule != "foreign-marker" {
            #expect(finding.object.hasPrefix("2_step."), "\(finding.object)")
        }
    }

    @Test func `what is accepted stays on record`() throws {
        let given = Case(
            .sqlite, "CREATE TABLE u (a INT);\n-- lint:allow destructive moved to p in release 3\nDROP TABLE t;")
        let set = try MigrationSet(files: [
            ("1_base.up.sql", Array(Self.base.1.utf8)), ("2_step.up.sql", Array(given.up.utf8)),
        ])
        let report = Linter(set, dialect: .sqlite).reports()[1]
        #expect(report.isOK)
        #expect(report.findings.map(\.allowed) == ["moved to p in release 3"])
        #expect(
            report.json.text == """
                {"version":2,"description":"step","ok":true,"problems":[],"allowed":[{"phase":"lint","object":"2_step.up.sql:3",\
                "message":"This destroys the table t, and no down file brings the rows back. First release code that does without it, keep a \
                backup, and accept it here with `-- lint:allow destructive why`.","rule":"destructive","allowed":"moved to p in release 3"}]}
                """)
    }

    @Test(arguments: Dialect.allCases) func `our own schema has nothing to complain of`(engine: Dialect) throws {
        let reports = Linter(try Schema.migrations(for: engine), dialect: engine).reports()
        #expect(!reports.isEmpty)
        for report in reports { #expect(report.isOK, "\(report.findings.map { "\($0.object): \($0.message)" })") }
    }
}
