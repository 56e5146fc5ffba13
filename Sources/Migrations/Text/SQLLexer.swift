import SQL

/// One token of SQL text.
struct Token: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// A key word or a plain name; `text` is in lower case.
        case word
        /// A quoted name; `text` is what it names.
        case name
        /// A string of any kind; `text` is as written, quotes and all.
        case string
        /// A number.
        case number
        /// One byte of anything else, such as a parenthesis, a comma or part of an operator.
        case symbol
        /// A comment; `text` is what it says.
        case comment
        /// The rows behind a `COPY … FROM stdin`, up to the line `\.`.
        case copiedRows
        /// A line of psql's own, such as `\restrict`.
        case psqlCommand
    }

    let kind: Kind
    let text: String
    /// The line where it begins, from 1.
    let line: Int
    /// Which bytes of the script it is.
    let range: Range<Int>

    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
    func isWord(_ word: String) -> Bool { kind == .word && text == word }
}

/// Takes SQL text apart into tokens by the lexical rules of its engine (PostgreSQL 15 documentation, 4.1; SQLite's
/// `tokenize.c`). What is left open at the end of the text ends there.
struct SQLLexer {
    private let dialect: Dialect
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var tokens: [Token] = []
    private var open: (what: String, line: Int)?
    /// Where the tokens of the statement that is under way begin.
    private var statementStart = 0

    private init(_ bytes: [UInt8], dialect: Dialect) {
        self.bytes = bytes
        self.dialect = dialect
    }

    static func tokens(of bytes: [UInt8], dialect: Dialect) -> [Token] {
        var lexer = SQLLexer(bytes, dialect: dialect)
        lexer.run()
        return lexer.tokens
    }

    /// What is opened and never closed, and the line where it is opened.
    static func unclosed(in bytes: [UInt8], dialect: Dialect) -> (what: String, line: Int)? {
        var lexer = SQLLexer(bytes, dialect: dialect)
        lexer.run()
        return lexer.open
    }

    /// Notes that the token that is being read has no end.
    private mutating func neverCloses(_ what: String, from line: Int) {
        open = (what, line)
    }

    private mutating func run() {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        while let byte = peek() {
            if isSpace(byte) { advance() } else { token(byte) }
        }
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private func isNext(_ character: Unicode.Scalar, at distance: Int = 0) -> Bool {
        peek(distance) == UInt8(ascii: character)
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    private mutating func token(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "-") where isNext("-", at: 1): lineComment()
        case UInt8(ascii: "/") where isNext("*", at: 1): blockComment()
        case UInt8(ascii: "'"): add(.string) { $0.quoted() }
        case UInt8(ascii: "\""): name { $0.quoted() }
        case UInt8(ascii: "`") where dialect == .sqlite: name { $0.quoted() }
        case UInt8(ascii: "[") where dialect == .sqlite: name { $0.bracketed() }
        case UInt8(ascii: "$") where dialect == .postgres: dollar()
        case UInt8(ascii: ";") where dialect == .postgres: semicolon()
        case UInt8(ascii: "\\") where dialect == .postgres && isAtStatement: add(.psqlCommand) { $0.skipLine() }
        case UInt8(ascii: "0")...UInt8(ascii: "9"): add(.number) { $0.wordParts() }
        case _ where isWordStart(byte): word()
        default: add(.symbol) { $0.advance() }
        }
    }

    /// Whether no statement is under way.
    private var isAtStatement: Bool { !tokens[statementStart...].contains { $0.kind != .comment } }

    /// The rows of a COPY are no SQL: they stand behind it as psql would read them.
    private mutating func semicolon() {
        let statement = tokens[statementStart...].filter { $0.kind != .comment }
        add(.symbol) { $0.advance() }
        statementStart = tokens.count
        guard statement.first?.isWord("copy") == true, statement.contains(where: { $0.isWord("stdin") }) else { return }
        let opened = line
        skipLine()
        advance()
        let (first, firstLine) = (position, line)
        while position < bytes.count {
            let start = position
            skipLine()
            let isEnd = String(decoding: bytes[start..<position], as: UTF8.self).trimmed == "\\."
            if !isEnd { advance() }
            guard isEnd || position >= bytes.count else { continue }
            let end = isEnd ? start : position
            let rows = String(decoding: bytes[first..<end], as: UTF8.self)
            tokens.append(Token(kind: .copiedRows, text: rows, line: firstLine, range: first..<end))
            statementStart = tokens.count
            if isEnd { return }
        }
        neverCloses("the rows of a COPY", from: opened)
    }

    private mutating func skipLine() {
        while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
    }

    @discardableResult
    private mutating func add(_ kind: Token.Kind, _ read: (inout SQLLexer) -> Void) -> Int {
        let (first, firstLine) = (position, line)
        read(&self)
        let text = String(decoding: bytes[first..<position], as: UTF8.self)
        tokens.append(
            Token(
                kind: kind, text: kind == .word ? text.lowercased() : text, line: firstLine, range: first..<position))
        return tokens.count - 1
    }

    private mutating func replaceLast(_ kind: Token.Kind, _ text: String) {
        guard let last = tokens.popLast() else { return }
        tokens.append(Token(kind: kind, text: text, line: last.line, range: last.range.lowerBound..<position))
    }

    private mutating func wordParts() {
        while let byte = peek(), isWordPart(byte) { advance() }
    }

    private mutating func word() {
        let index = add(.word) { $0.wordParts() }
        guard isNext("'") else { return }
        switch tokens[index].text {
        case "e" where dialect == .postgres:
            tokens.removeLast()
            position -= 1
            add(.string) { $0.escapeString() }
        case "n" where dialect == .postgres, "b" where dialect == .postgres, "x":
            tokens.removeLast()
            position -= 1
            add(.string) { lexer in
                lexer.advance()
                lexer.quoted()
            }
        default: break
        }
    }

    private mutating func name(_ read: (inout SQLLexer) -> Void) {
        let index = add(.name, read)
        let raw = tokens[index].text
        let quote = raw.prefix(1)
        let inner = raw.count > 1 ? String(raw.dropFirst().dropLast()) : ""
        replaceLast(.name, quote == "[" ? inner : inner.replacing(quote + quote, with: quote))
    }

    /// Text between two quotes, in which the quote stands doubled.
    private mutating func quoted() {
        let (quote, first) = (peek(), line)
        advance()
        while let byte = peek() {
            advance()
            guard byte == quote else { continue }
            guard peek() == quote else { return }
            advance()
        }
        neverCloses("a quote", from: first)
    }

    private mutating func bracketed() {
        let first = line
        while let byte = peek() {
            advance()
            if byte == UInt8(ascii: "]") { return }
        }
        neverCloses("a bracket", from: first)
    }

    /// `E'…'`, in which a backslash escapes. It goes on in a next `'…'` where only space with a new line lies between.
    private mutating func escapeString() {
        let first = line
        var isClosed = false
        advance()
        repeat {
            advance()
            isClosed = false
            while let byte = peek() {
                advance(byte == UInt8(ascii: "\\") ? 2 : 1)
                guard byte == UInt8(ascii: "'") else { continue }
                isClosed = !isNext("'")
                if isClosed { break }
                advance()
            }
        } while isClosed && goesOnInNextLine()
        if !isClosed { neverCloses("a quote", from: first) }
    }

    private mutating func goesOnInNextLine() -> Bool {
        var ahead = self
        while let byte = ahead.peek() {
            if isSpace(byte) {
                ahead.advance()
            } else if byte == UInt8(ascii: "-"), ahead.isNext("-", at: 1) {
                while let next = ahead.peek(), !endsLine(next) { ahead.advance() }
            } else {
                break
            }
        }
        guard ahead.isNext("'"), ahead.line > line else { return false }
        (position, line) = (ahead.position, ahead.line)
        return true
    }

    /// `$tag$ … $tag$`, or a parameter such as `$1`.
    private mutating func dollar() {
        var length = 1
        while let byte = peek(length), byte != UInt8(ascii: "$"), length == 1 ? isWordStart(byte) : isWordPart(byte) {
            length += 1
        }
        guard isNext("$", at: length) else {
            add(.symbol) { $0.advance() }
            return
        }
        let tag = Array(bytes[position...(position + length)])
        add(.string) { lexer in
            lexer.advance(tag.count)
            let first = lexer.line
            while lexer.position < lexer.bytes.count, !lexer.bytes[lexer.position...].starts(with: tag) {
                lexer.advance()
            }
            if lexer.position >= lexer.bytes.count { lexer.neverCloses("a dollar quote", from: first) }
            lexer.advance(tag.count)
        }
    }

    private mutating func lineComment() {
        add(.comment) { lexer in
            while let byte = lexer.peek(), !lexer.endsLine(byte) { lexer.advance() }
        }
        replaceLast(.comment, String(tokens[tokens.count - 1].text.dropFirst(2)).trimmed)
    }

    /// Postgres' block comments nest; SQLite's do not.
    private mutating func blockComment() {
        add(.comment) { lexer in
            var depth = 0
            let first = lexer.line
            repeat {
                if lexer.isNext("/"), lexer.isNext("*", at: 1), depth == 0 || lexer.dialect == .postgres {
                    depth += 1
                    lexer.advance(2)
                } else if lexer.isNext("*"), lexer.isNext("/", at: 1) {
                    depth -= 1
                    lexer.advance(2)
                } else {
                    lexer.advance()
                }
            } while depth > 0 && lexer.position < lexer.bytes.count
            if depth > 0 { lexer.neverCloses("a comment", from: first) }
        }
        let text = tokens[tokens.count - 1].text.dropFirst(2)
        replaceLast(.comment, String(text.hasSuffix("*/") ? text.dropLast(2) : text).trimmed)
    }

    /// Whether a comment of one line ends here: for Postgres also at a carriage return.
    private func endsLine(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") && dialect == .postgres
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    private func isWordStart(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private func isWordPart(_ byte: UInt8) -> Bool {
        isWordStart(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "$")
    }
}

extension String {
    /// Without space at either end.
    var trimmed: String {
        var rest = Substring(self)
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
