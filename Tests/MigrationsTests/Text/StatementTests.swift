import Foundation
import SQL
import Testing

@testable import Migrations

/// Where one statement ends and the next begins.
@Suite struct StatementTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let engine: Dialect
        let source: String
        let expected: [String]
        var testDescription: String { "\(engine): \(source)" }

        init(_ engine: Dialect, _ source: String, _ expected: [String]) {
            (self.engine, self.source, self.expected) = (engine, source, expected)
        }
    }

    private static let both: [(String, [String])] = [
        ("", []), (";", []), (" ;;\n; ", []), ("-- nothing", []), ("/* nothing */;", []), ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;", ["SELECT 1"]), ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1;;SELECT 2;", ["SELECT 1", "SELECT 2"]), ("SELECT ';'; SELECT 2", ["SELECT ';'", "SELECT 2"]),
        ("SELECT ''';'; SELECT 2", ["SELECT ''';'", "SELECT 2"]), ("SELECT ''; SELECT 2", ["SELECT ''", "SELECT 2"]),
        ("SELECT ''''; SELECT 2", ["SELECT ''''", "SELECT 2"]), ("SELECT '\\'; SELECT 2", ["SELECT '\\'", "SELECT 2"]),
        ("SELECT \"a;b\"; SELECT 2", ["SELECT \"a;b\"", "SELECT 2"]),
        ("SELECT \"a\"\";b\"; SELECT 2", ["SELECT \"a\"\";b\"", "SELECT 2"]),
        ("SELECT 1 -- a;b\n; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1 -- it's\n; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1 /* ; */ ; SELECT 2", ["SELECT 1", "SELECT 2"]), ("/* ' */ SELECT 1; -- \"", ["SELECT 1"]),
        ("SELECT 1 /* ;\n ' \" */ + 1; SELECT 2", ["SELECT 1 /* ;\n ' \" */ + 1", "SELECT 2"]),
        ("SELECT 1--;", ["SELECT 1"]), ("SELECT 1 - -1; SELECT 2", ["SELECT 1 - -1", "SELECT 2"]),
        ("SELECT 1/2; SELECT 3*/**/4", ["SELECT 1/2", "SELECT 3*/**/4"]),
        ("SELECT '-- no'; SELECT 2", ["SELECT '-- no'", "SELECT 2"]),
        ("SELECT '/* no'; SELECT '*/'", ["SELECT '/* no'", "SELECT '*/'"]),
        ("SELECT\r\n1;\r\nSELECT 2;\r\n", ["SELECT\r\n1", "SELECT 2"]),
        ("SELECT 'é;€😀'; SELECT \"é\"", ["SELECT 'é;€😀'", "SELECT \"é\""]),
        ("\u{FEFF}SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("BEGIN; SELECT 1; END;", ["BEGIN", "SELECT 1", "END"]),
        ("SELECT CASE WHEN 1 THEN 2 END; SELECT 2", ["SELECT CASE WHEN 1 THEN 2 END", "SELECT 2"]),
        ("SELECT x'3B'; SELECT 2", ["SELECT x'3B'", "SELECT 2"]),
        ("SELECT 'open; SELECT 2", ["SELECT 'open; SELECT 2"]),
        ("SELECT 1; /* open ; SELECT 2", ["SELECT 1"]), ("SELECT \"open; SELECT 2", ["SELECT \"open; SELECT 2"]),
        ("\u{B}\u{C}SELECT 1\t;\tSELECT 2", ["SELECT 1", "SELECT 2"]),
    ]

    private static let postgres: [(String, [String])] = [
        ("SELECT $$;$$; SELECT 2", ["SELECT $$;$$", "SELECT 2"]),
        ("SELECT $a$;$$;$a$; SELECT 2", ["SELECT $a$;$$;$a$", "SELECT 2"]),
        ("SELECT $a$ $b$ ; $b$ $a$; SELECT 2", ["SELECT $a$ $b$ ; $b$ $a$", "SELECT 2"]),
        ("SELECT $A$;$a$;$A$; SELECT 2", ["SELECT $A$;$a$;$A$", "SELECT 2"]),
        ("SELECT $é_1$;$é_1$; SELECT 2", ["SELECT $é_1$;$é_1$", "SELECT 2"]),
        ("SELECT $1; SELECT $2", ["SELECT $1", "SELECT $2"]),
        ("SELECT a$b$c; SELECT $$d$$", ["SELECT a$b$c", "SELECT $$d$$"]),
        ("SELECT $1$; SELECT 2", ["SELECT $1$", "SELECT 2"]),
        ("SELECT $$'$$; SELECT '$$'", ["SELECT $$'$$", "SELECT '$$'"]),
        ("SELECT $$--$$; SELECT $$/*$$", ["SELECT $$--$$", "SELECT $$/*$$"]),
        ("SELECT $$open; SELECT 2", ["SELECT $$open; SELECT 2"]),
        ("DO $x$ BEGIN PERFORM 1; END $x$; SELECT 2", ["DO $x$ BEGIN PERFORM 1; END $x$", "SELECT 2"]),
        ("/* a /* ; */ ; */ SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("/*/* */;*/ SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1 /* /* open */ ; SELECT 2", ["SELECT 1"]),
        ("SELECT E'\\';'; SELECT 2", ["SELECT E'\\';'", "SELECT 2"]),
        ("SELECT e'a''\\\\'; SELECT 2", ["SELECT e'a''\\\\'", "SELECT 2"]),
        ("SELECT E'a'\n'\\';'; SELECT 2", ["SELECT E'a'\n'\\';'", "SELECT 2"]),
        ("SELECT E'a' -- c\n '\\';'; SELECT 2", ["SELECT E'a' -- c\n '\\';'", "SELECT 2"]),
        ("SELECT E'a' '\\'; SELECT 2", ["SELECT E'a' '\\'", "SELECT 2"]),
        ("SELECT type'\\'; SELECT 2", ["SELECT type'\\'", "SELECT 2"]),
        ("SELECT 1e'\\'; SELECT 2", ["SELECT 1e'\\'", "SELECT 2"]),
        ("SELECT N'\\'; SELECT B'1'", ["SELECT N'\\'", "SELECT B'1'"]),
        ("SELECT U&'\\003B;'; SELECT U&\";\"", ["SELECT U&'\\003B;'", "SELECT U&\";\""]),
        (
            "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
            ["CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "SELECT 3"]
        ),
        ("SELECT '('; SELECT ')'", ["SELECT '('", "SELECT ')'"]), ("SELECT 1); SELECT 2", ["SELECT 1)", "SELECT 2"]),
        ("SELECT ARRAY[1;2]; SELECT 2", ["SELECT ARRAY[1", "2]", "SELECT 2"]),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3",
            ["CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END", "SELECT 3"]
        ),
        (
            "CREATE OR REPLACE PROCEDURE p(a int) begin /* x */ atomic SELECT CASE WHEN a = 1 THEN 2 END; END; SELECT 3",
            [
                "CREATE OR REPLACE PROCEDURE p(a int) begin /* x */ atomic SELECT CASE WHEN a = 1 THEN 2 END; END",
                "SELECT 3",
            ]
        ),
        (
            "CREATE FUNCTION \"begin\"() RETURNS int RETURN 1; SELECT 2",
            ["CREATE FUNCTION \"begin\"() RETURNS int RETURN 1", "SELECT 2"]
        ),
        (
            "CREATE FUNCTION begin() RETURNS int RETURN 1; SELECT 2",
            ["CREATE FUNCTION begin() RETURNS int RETURN 1", "SELECT 2"]
        ),
        ("CREATE TABLE atomic (a int); BEGIN; SELECT 2", ["CREATE TABLE atomic (a int)", "BEGIN", "SELECT 2"]),
        ("BEGIN ATOMIC; SELECT 2", ["BEGIN ATOMIC", "SELECT 2"]), ("SELECT `a; SELECT b`", ["SELECT `a", "SELECT b`"]),
        (
            "CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f(); SELECT 2",
            ["CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()", "SELECT 2"]
        ),
    ]

    private static let trigger =
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN 1 THEN 2 END; DELETE FROM c; END"

    private static let sqlite: [(String, [String])] = [
        ("\(trigger); SELECT 2", [trigger, "SELECT 2"]), ("\(trigger) ;;SELECT 2", [trigger, "SELECT 2"]),
        ("\(trigger); \(trigger);", [trigger, trigger]),
        ("EXPLAIN QUERY PLAN \(trigger); SELECT 2", ["EXPLAIN QUERY PLAN \(trigger)", "SELECT 2"]),
        (
            "create temp trigger t before update on a begin select ';end;'; /* ; end; */ select 1; end; SELECT 2",
            ["create temp trigger t before update on a begin select ';end;'; /* ; end; */ select 1; end", "SELECT 2"]
        ),
        (
            "CREATE TRIGGER IF NOT EXISTS t AFTER INSERT ON a BEGIN SELECT 1;\n-- c\nEND\n;SELECT 2",
            ["CREATE TRIGGER IF NOT EXISTS t AFTER INSERT ON a BEGIN SELECT 1;\n-- c\nEND", "SELECT 2"]
        ),
        ("CREATE TABLE trigger_log (a); SELECT 2", ["CREATE TABLE trigger_log (a)", "SELECT 2"]),
        ("CREATE TABLE t (\"trigger\"); SELECT 2", ["CREATE TABLE t (\"trigger\")", "SELECT 2"]),
        ("DROP TRIGGER t; SELECT 2", ["DROP TRIGGER t", "SELECT 2"]),
        ("SELECT [a;b]; SELECT 2", ["SELECT [a;b]", "SELECT 2"]),
        ("SELECT `a;``b`; SELECT 2", ["SELECT `a;``b`", "SELECT 2"]),
        ("SELECT (1; SELECT 2", ["SELECT (1", "SELECT 2"]),
        ("/* a /* ; */ SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT $$; SELECT $$", ["SELECT $$", "SELECT $$"]),
        ("SELECT E'\\'; SELECT 2", ["SELECT E'\\'", "SELECT 2"]),
        ("SELECT '{\"a\":1}' -> '$.a;'; SELECT 2", ["SELECT '{\"a\":1}' -> '$.a;'", "SELECT 2"]),
    ]

    static var cases: [Case] {
        func make(_ engine: Dialect, _ table: [(String, [String])]) -> [Case] {
            table.map { source, expected in Case(engine, source, expected) }
        }
        return make(.sqlite, both + sqlite) + make(.postgres, both + postgres)
    }

    @Test(arguments: cases) func `a script is split where its engine would split it`(given: Case) {
        #expect(Statement.all(in: given.source, dialect: given.engine).map(\.text) == given.expected)
    }

    @Test(arguments: Dialect.allCases) func `statements and comments know their lines`(engine: Dialect) {
        let source = "-- one\nSELECT 1\n;\n\n/* four\n*/ SELECT 2 -- five\n, 'a\nb'; SELECT 3"
        let statements = Statement.all(in: source, dialect: engine)
        #expect(statements.map(\.line) == [2, 6, 8])
        #expect(statements.map { $0.comments.map(\.text) } == [["one"], ["four", "five"], []])
        #expect(statements.map { $0.comments.map(\.line) } == [[1], [5, 6], []])
    }

    /// Statements whose ends are known are joined at random; splitting must give back exactly them.
    @Test(arguments: Dialect.allCases) func `statements joined at random come apart again`(engine: Dialect) {
        let statements = Self.cases.filter { $0.engine == engine && !$0.source.contains("open") }.flatMap(\.expected)
        let between = [";", " ;\n", ";;", "; -- a;b'\n", ";/* ; ' \" */", "\n;\r\n\t", "; ;"]
        for _ in 0..<fuzzRounds {
            let chosen = (0..<Int.random(in: 1...12)).map { _ in statements.randomElement() ?? "" }
            let source = chosen.map { $0 + (between.randomElement() ?? ";") }.joined()
            let found = Statement.all(in: source, dialect: engine).map(\.text)
            #expect(found == chosen, "\(source.debugDescription)")
            if found != chosen { return }
        }
    }

    /// Any bytes at all: no crash, nothing lost, and what was split stays split when split again.
    @Test(arguments: Dialect.allCases) func `any text is split without loss`(engine: Dialect) {
        let pieces = [
            "'", "\"", "`", "[", "]", "$", "$$", "$a$", ";", "--", "/*", "*/", "\n", " ", "(", ")", "E'", "\\", "a",
            "1", "begin", "atomic",
            "end", "case", "create", "trigger", "function", "é", "\u{0}", "x'",
        ]
        for _ in 0..<fuzzRounds {
            let source = (0..<Int.random(in: 0...40)).map { _ in pieces.randomElement() ?? "" }.joined()
            let statements = Statement.all(in: source, dialect: engine)
            var rest = Substring(source)
            for statement in statements {
                guard let place = rest.range(of: statement.text) else {
                    Issue.record("lost \(statement.text.debugDescription) of \(source.debugDescription)")
                    return
                }
                rest = rest[place.upperBound...]
            }
            let tokens = SQLLexer.tokens(of: Array(source.utf8), dialect: engine)
            let kept = statements.flatMap(\.tokens).map(\.range)
            let all = tokens.filter { $0.kind != .comment && !$0.isSymbol(";") }.map(\.range)
            #expect(kept.filter { Array(source.utf8)[$0] != [UInt8(ascii: ";")] } == all, "\(source.debugDescription)")
        }
    }

    /// `FUZZ_ROUNDS=2000000` runs for about a minute.
    private var fuzzRounds: Int { ProcessInfo.processInfo.environment["FUZZ_ROUNDS"].flatMap { Int($0) } ?? 5_000 }
}
