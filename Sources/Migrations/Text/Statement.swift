package import SQL

/// One statement of a script, and where it stands in its file.
package struct Statement: Sendable, Hashable {
    /// The SQL, from its first word to its last, without the semicolon.
    package let text: String
    /// The line of its first word, from 1.
    package let line: Int
    /// Its tokens, without comments.
    let tokens: [Token]
    /// The comments before and within it.
    let comments: [Token]
    /// The rows that stand behind a `COPY … FROM stdin`.
    var copiedRows: String?

    /// The statements of a script, in order. Empty ones, and comments behind the last, are left out.
    package static func all(in text: String, dialect: Dialect) -> [Statement] {
        let bytes = Array(text.utf8)
        var splitter = Splitter(bytes: bytes, dialect: dialect)
        for token in SQLLexer.tokens(of: bytes, dialect: dialect) { splitter.take(token) }
        splitter.finish()
        return splitter.statements
    }
}

/// Puts tokens together into statements, as the engine's own shell would: psql's rules for Postgres (`psqlscan.l`), those
/// of `sqlite3_complete` for SQLite.
///
/// A semicolon ends a statement unless it stands between parentheses (Postgres: `CREATE RULE … DO (a; b)`), in the body of
/// a trigger (SQLite) or in `BEGIN ATOMIC … END` (Postgres). What is left open at the end of the file belongs to the last
/// statement; the engine will say what is missing.
private struct Splitter {
    let bytes: [UInt8]
    let dialect: Dialect
    private(set) var statements: [Statement] = []
    private var tokens: [Token] = []
    private var comments: [Token] = []
    private var parentheses = 0
    private var trigger = TriggerBody()
    private var routine = RoutineBody()

    init(bytes: [UInt8], dialect: Dialect) {
        self.bytes = bytes
        self.dialect = dialect
    }

    mutating func take(_ token: Token) {
        if token.kind == .comment {
            comments.append(token)
        } else if token.kind == .copiedRows {
            if let last = statements.indices.last { statements[last].copiedRows = token.text }
        } else if token.kind == .psqlCommand {
            tokens.append(token)
            finish()
        } else if !token.isSymbol(";") {
            add(token)
        } else if isEnd {
            finish()
        } else {
            trigger.isBehindSemicolon = true
            tokens.append(token)
        }
    }

    private mutating func add(_ token: Token) {
        tokens.append(token)
        switch dialect {
        case .sqlite: trigger.take(token)
        case .postgres:
            if token.isSymbol("(") { parentheses += 1 }
            if token.isSymbol(")") { parentheses = max(0, parentheses - 1) }
            if parentheses == 0 { routine.take(token) }
        }
    }

    private var isEnd: Bool {
        switch dialect {
        case .sqlite: !trigger.isTrigger || trigger.isBehindEnd
        case .postgres: parentheses == 0 && routine.depth == 0
        }
    }

    mutating func finish() {
        if let first = tokens.first, let last = tokens.last {
            let text = String(decoding: bytes[first.range.lowerBound..<last.range.upperBound], as: UTF8.self)
            statements.append(Statement(text: text, line: first.line, tokens: tokens, comments: comments))
            comments = []
        }
        (tokens, parentheses, trigger, routine) = ([], 0, TriggerBody(), RoutineBody())
    }
}

/// `[EXPLAIN …] CREATE [TEMP] TRIGGER … BEGIN …; END`: it ends at a semicolon behind an `END` that itself stands behind a
/// semicolon, which is how `sqlite3_complete` knows it.
private struct TriggerBody {
    private(set) var isTrigger = false
    private(set) var isBehindEnd = false
    var isBehindSemicolon = false
    private var isExplained = false
    private var isCreate = false
    private var isDecided = false

    mutating func take(_ token: Token) {
        isBehindEnd = isBehindSemicolon && token.isWord("end")
        isBehindSemicolon = false
        guard !isDecided else { return }
        if isCreate {
            if token.isWord("temp") || token.isWord("temporary") { return }
            isTrigger = token.isWord("trigger")
            isDecided = true
        } else if token.isWord("create") {
            isCreate = true
        } else if token.isWord("explain") {
            isExplained = true
        } else {
            isDecided = !isExplained
        }
    }
}

/// `CREATE [OR REPLACE] FUNCTION | PROCEDURE … BEGIN ATOMIC …; END`, in which `CASE … END` may stand.
private struct RoutineBody {
    private(set) var depth = 0
    private var head: [String] = []
    private var last = ""

    mutating func take(_ token: Token) {
        let word = token.kind == .word ? token.text : ""
        defer { last = word }
        if head.count < 4 { head.append(word) }
        let kind = head.starts(with: ["create", "or", "replace"]) ? head.dropFirst(3).first : head.dropFirst().first
        guard head.first == "create", kind == "function" || kind == "procedure" else { return }
        switch word {
        case "atomic" where depth == 0 && last == "begin": depth = 1
        case "case" where depth > 0: depth += 1
        case "end" where depth > 0: depth -= 1
        default: break
        }
    }
}
