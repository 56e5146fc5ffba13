/// The rows of a table (RFC 4180), with the lines that they begin on.
///
/// The reader is our own because the library that is there tells rows and not lines, and a quoted field may hold many.
struct CSVRows {
    /// A row, and the line that it begins on.
    struct Row {
        let line: Int
        var fields: [String]
    }

    private(set) var rows: [Row] = []
    private let separator: Character
    private var rest: Substring
    private var fields: [String] = []
    private var field = ""
    private var (line, begun, quoteLine) = (1, 1, 1)
    private var (isQuoted, wasQuoted) = (false, false)

    /// All rows of a text, whichever of comma, semicolon and tab stands between its fields.
    static func rows(of text: String) throws(FileRefusal) -> [Row] {
        var text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        var (separator, skipped) = (separator(in: text), 0)
        // Excel says it in a line of its own.
        if text.hasPrefix("sep="), let own = text.dropFirst(4).first, text.dropFirst(5).first.map(isEnd) == true {
            (separator, skipped) = (own, 1)
            text = String(text.dropFirst(6))
        }
        var reader = CSVRows(text, separator)
        try reader.read()
        return reader.rows.map { Row(line: $0.line + skipped, fields: $0.fields) }
    }

    /// The one that stands most often in the first line that says something, outside quotes.
    private static func separator(in text: String) -> Character {
        var counts: [Character: Int] = [:]
        var (isQuoted, hasWords) = (false, false)
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if isQuoted { continue }
            if character.isNewline {
                if hasWords { break }
                continue
            }
            hasWords = true
            if [",", ";", "\t"].contains(character) { counts[character, default: 0] += 1 }
        }
        return [",", ";", "\t"].max { counts[$0, default: 0] < counts[$1, default: 0] } ?? ","
    }

    private init(_ text: String, _ separator: Character) {
        rest = Substring(text)
        self.separator = separator
    }

    private static func isEnd(_ character: Character) -> Bool {
        character == "\n" || character == "\r\n" || character == "\r"
    }

    private mutating func read() throws(FileRefusal) {
        while let character = rest.popFirst() {
            if Self.isEnd(character) { line += 1 }
            if isQuoted {
                takeQuoted(character)
            } else if character == separator {
                endField()
            } else if Self.isEnd(character) {
                endRow()
            } else if character == "\"", field.trimmingSpaces.isEmpty, !wasQuoted {
                (field, isQuoted, quoteLine) = ("", true, line)
            } else if !wasQuoted {
                field.append(character)
            } else if character != " " {
                throw FileRefusal([FileProblem(line: line, message: "There is something behind a closing quote.")])
            }
        }
        guard !isQuoted else {
            throw FileRefusal([FileProblem(line: quoteLine, message: "A quote is opened here and never closed.")])
        }
        if !field.isEmpty || !fields.isEmpty { endRow() }
    }

    private mutating func takeQuoted(_ character: Character) {
        if character != "\"" {
            field.append(character == "\r\n" ? "\n" : character)
        } else if rest.first == "\"" {
            field.append(rest.removeFirst())
        } else {
            (isQuoted, wasQuoted) = (false, true)
        }
    }

    private mutating func endField() {
        fields.append(wasQuoted ? field : field.trimmingSpaces)
        (field, wasQuoted) = ("", false)
    }

    private mutating func endRow() {
        endField()
        rows.append(Row(line: begun, fields: fields))
        (fields, begun) = ([], line)
    }
}
