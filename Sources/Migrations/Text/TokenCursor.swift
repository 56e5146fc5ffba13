/// Reads the tokens of a statement from left to right.
struct TokenCursor {
    private let tokens: ArraySlice<Token>
    private var index: Int

    init(_ tokens: ArraySlice<Token>) {
        self.tokens = tokens
        index = tokens.startIndex
    }

    init(_ tokens: [Token]) { self.init(tokens[...]) }

    var isAtEnd: Bool { index >= tokens.endIndex }
    var next: Token? { isAtEnd ? nil : tokens[index] }
    /// What has not been read.
    var rest: ArraySlice<Token> { tokens[min(index, tokens.endIndex)...] }

    func isNext(_ words: String...) -> Bool {
        rest.count >= words.count && zip(rest, words).allSatisfy { $0.isWord($1) }
    }

    mutating func skip(_ count: Int = 1) { index = min(index + count, tokens.endIndex) }

    /// Reads words if they come next.
    mutating func take(_ words: String...) -> Bool {
        guard rest.count >= words.count, zip(rest, words).allSatisfy({ $0.isWord($1) }) else { return false }
        skip(words.count)
        return true
    }

    mutating func takeSymbol(_ symbol: String) -> Bool {
        guard next?.isSymbol(symbol) == true else { return false }
        skip()
        return true
    }

    /// A name, quoted or not, with its schema where one is written: `a`, `"A b"`, `app.a`. `public.` and `main.` go without
    /// saying.
    mutating func name() -> String? {
        guard let first = next, first.kind == .word || first.kind == .name || first.kind == .string else { return nil }
        skip()
        var parts = [first.plainName]
        while next?.isSymbol(".") == true, let part = rest.dropFirst().first, part.kind == .word || part.kind == .name {
            parts.append(part.plainName)
            skip(2)
        }
        if parts.count > 1, parts[0] == "public" || parts[0] == "main" { parts.removeFirst() }
        return parts.joined(separator: ".")
    }

    /// Names between commas.
    mutating func names() -> [String] {
        var names: [String] = []
        repeat {
            guard let name = name() else { break }
            names.append(name)
        } while takeSymbol(",")
        return names
    }

    /// What stands between the parenthesis that comes next and its partner.
    mutating func group() -> ArraySlice<Token>? {
        guard takeSymbol("(") else { return nil }
        let first = index
        var depth = 1
        while let token = next {
            if token.isSymbol("(") { depth += 1 }
            if token.isSymbol(")") { depth -= 1 }
            skip()
            if depth == 0 { return tokens[first..<(index - 1)] }
        }
        return tokens[first...]
    }

    /// All up to a token outside parentheses that a closure names, or to the end.
    mutating func until(_ isEnd: (Token) -> Bool) -> ArraySlice<Token> {
        let first = index
        var depth = 0
        while let token = next {
            if depth == 0 && isEnd(token) { break }
            if token.isSymbol("(") { depth += 1 }
            if token.isSymbol(")") { depth -= 1 }
            skip()
        }
        return tokens[first..<index]
    }

    /// The name that each part between commas begins with.
    static func firstNames(in tokens: ArraySlice<Token>) -> [String] {
        parts(of: tokens).compactMap { part in
            var cursor = TokenCursor(part)
            return cursor.name()
        }
    }

    /// The parts between commas outside parentheses.
    static func parts(of tokens: ArraySlice<Token>) -> [ArraySlice<Token>] {
        var cursor = TokenCursor(tokens)
        var parts: [ArraySlice<Token>] = []
        while !cursor.isAtEnd {
            parts.append(cursor.until { $0.isSymbol(",") })
            _ = cursor.takeSymbol(",")
        }
        return parts
    }
}

extension Token {
    /// As a name: words are in lower case already, a string is taken for a quoted name, as SQLite does.
    var plainName: String {
        kind == .string ? String(text.dropFirst().dropLast()) : text
    }
}

extension ArraySlice<Token> {
    func contains(word: String) -> Bool { contains { $0.isWord(word) } }

    /// The tokens as one line of text, which two spellings of one thing share.
    var normalised: String {
        var text = ""
        for token in self {
            let isTight = token.kind == .symbol || text.isEmpty || text.hasSuffix("(") || text.hasSuffix(".")
            if !isTight { text += " " }
            text += token.kind == .name ? "\"" + token.text + "\"" : token.text
        }
        return text
    }
}
