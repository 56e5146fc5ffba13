/// A questionnaire as a table (RFC 4180): a row for each question, with its page's columns before it.
///
/// The reader is our own because the library that is there tells rows and not lines, and a quoted field may hold many.
enum CSVFile {
    private static let questionnaireColumns = ["questionnaire", "title", "description", "default"]
    /// The columns of a page, and what its members are called elsewhere.
    private static let pageColumns = [
        ("page", "title"), ("page_description", "description"), ("module", "module"), ("emoji", "emoji"),
        ("chapter", "chapter"), ("minutes", "minutes"), ("completion", "completion"), ("active", "active"),
    ]
    private static let questionColumns = [
        "id", "type", "text", "required", "domain", "tags", "reverse_scored", "scale_type", "scale_labels", "min_label",
        "max_label", "choices", "multiple", "correct", "items", "randomize", "char_limit", "image",
    ]
    private static let sceneColumns = ["title", "narrative", "image", "theme"]
    /// Columns that hold several values, with a `|` between them.
    private static let lists: Set<String> = ["tags", "scale_labels", "choices", "correct", "items"]

    // MARK: Reading

    static func read(_ text: String) throws(FileRefusal) -> FileNode {
        let rows = try rows(of: text).filter { $0.fields.contains { !$0.isEmpty } }
        guard let header = rows.first else { throw FileRefusal([FileProblem(line: 0, message: "The file is empty.")]) }
        let names = header.fields.map { $0.lowercased() }
        let known = Set(
            questionnaireColumns + pageColumns.map(\.0) + questionColumns + sceneColumns.map { "scene_" + $0 })
        var problems = names.filter { !known.contains($0) }.map {
            FileProblem(line: header.line, message: "There is no column \($0).")
        }
        if Set(names).count < names.count {
            problems.append(FileProblem(line: header.line, message: "A column stands twice."))
        }
        problems += rows.dropFirst().filter { $0.fields.count > names.count }.map {
            FileProblem(line: $0.line, message: "There are \($0.fields.count) fields, and only \(names.count) columns.")
        }
        guard problems.isEmpty else { throw FileRefusal(problems) }
        let records = rows.dropFirst().map { row in
            Record(line: row.line, fields: Dictionary(zip(names, row.fields)) { first, _ in first })
        }
        return questionnaire(Array(records), line: header.line)
    }

    private struct Record {
        let line: Int
        let fields: [String: String]

        func node(_ column: String, _ name: String? = nil) -> FileNode.Member? {
            guard let text = fields[column], !text.isEmpty else { return nil }
            let value: FileNode.Value =
                lists.contains(column)
                ? .list(parts(of: text).map { element($0, of: column) }) : .text(text)
            return FileNode.Member(name: name ?? column, node: FileNode(value, line: line))
        }

        private func element(_ part: Part, of column: String) -> FileNode {
            guard column == "choices", let sign = part.sign else {
                return FileNode(.text(part.text.trimmingSpaces), line: line)
            }
            let (value, label) = (part.text.prefix(sign), part.text.dropFirst(sign + 1))
            return FileNode(
                .map([
                    .init(name: "value", node: FileNode(.text(String(value).trimmingSpaces), line: line)),
                    .init(name: "label", node: FileNode(.text(String(label).trimmingSpaces), line: line)),
                ]), line: line)
        }
    }

    private static func questionnaire(_ records: [Record], line: Int) -> FileNode {
        var pages: [(line: Int, members: [FileNode.Member], questions: [FileNode])] = []
        var titles: [String] = []
        for record in records {
            let page = pageColumns.compactMap { record.node($0.0, $0.1) }
            let key = [record.fields["module"] ?? "", record.fields["page"] ?? ""]
            // A row that names no page, or the same one, belongs to the page of the row above.
            if pages.isEmpty || key[1] != "" && key != titles {
                pages.append((record.line, page, []))
                titles = key
            }
            var question = questionColumns.compactMap { record.node($0) }
            let scene = sceneColumns.compactMap { record.node("scene_" + $0, $0) }
            if !scene.isEmpty { question.append(.init(name: "scene", node: FileNode(.map(scene), line: record.line))) }
            if !question.isEmpty {
                pages[pages.count - 1].questions.append(FileNode(.map(question), line: record.line))
            }
        }
        let head = questionnaireColumns.compactMap { column in records.lazy.compactMap { $0.node(column) }.first }
        let list = pages.map { page in
            FileNode(
                .map(page.members + [.init(name: "questions", node: FileNode(.list(page.questions), line: page.line))]),
                line: page.line)
        }
        return FileNode(.map(head + [.init(name: "pages", node: FileNode(.list(list), line: line))]), line: line)
    }

    /// One of several values: its words, and how many characters stand before the first `=`.
    private struct Part {
        var text = ""
        var sign: Int?
    }

    /// What stands between `|`. Behind a backslash a `|`, a `=` and a backslash stand for themselves.
    private static func parts(of text: String) -> [Part] {
        var parts = [Part()]
        var isEscaped = false
        for character in text {
            let last = parts.count - 1
            if !isEscaped, character == "\\" {
                isEscaped = true
            } else if !isEscaped, character == "|" {
                parts.append(Part())
            } else {
                if !isEscaped, character == "=", parts[last].sign == nil { parts[last].sign = parts[last].text.count }
                parts[last].text.append(character)
                isEscaped = false
            }
        }
        return parts
    }

    private static func rows(of text: String) throws(FileRefusal) -> [(line: Int, fields: [String])] {
        var rows: [(line: Int, fields: [String])] = []
        var (fields, field, line, begun) = ([String](), "", 1, 1)
        var isQuoted = false
        var wasQuoted = false
        var quoteLine = 1
        var characters = Substring(text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
        func isEnd(_ character: Character) -> Bool { character == "\n" || character == "\r\n" || character == "\r" }
        while let character = characters.popFirst() {
            if isEnd(character) { line += 1 }
            if isQuoted {
                if character != "\"" {
                    field.append(character == "\r\n" ? "\n" : character)
                } else if characters.first == "\"" {
                    field.append(characters.removeFirst())
                } else {
                    isQuoted = false
                    wasQuoted = true
                }
            } else if character == "," {
                fields.append(wasQuoted ? field : field.trimmingSpaces)
                (field, wasQuoted) = ("", false)
            } else if isEnd(character) {
                fields.append(wasQuoted ? field : field.trimmingSpaces)
                rows.append((begun, fields))
                (fields, field, wasQuoted, begun) = ([], "", false, line)
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
        if !field.isEmpty || !fields.isEmpty {
            rows.append((begun, fields + [wasQuoted ? field : field.trimmingSpaces]))
        }
        return rows
    }

    // MARK: Writing

    static func write(_ node: FileNode) -> String {
        let columns =
            questionnaireColumns + pageColumns.map(\.0) + questionColumns + sceneColumns.map { "scene_" + $0 }
        var lines = [columns]
        for page in node["pages"]?.nodes ?? [] {
            let pageFields = pageColumns.map { field(page[$0.1]) }
            for question in page["questions"]?.nodes.nonEmpty ?? [FileNode(.map([]))] {
                let head =
                    lines.count == 1
                    ? questionnaireColumns.map { field(node[$0]) } : questionnaireColumns.map { _ in "" }
                let scene = sceneColumns.map { field(question["scene"]?[$0]) }
                lines.append(head + pageFields + questionColumns.map { field(question[$0]) } + scene)
            }
        }
        return lines.map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func field(_ node: FileNode?) -> String {
        guard let node else { return "" }
        if let scalar = node.scalar { return scalar }
        return node.nodes.map { element in
            if let scalar = element.scalar { return escaped(scalar) }
            return escaped(element["value"]?.scalar ?? "") + "=" + escaped(element["label"]?.scalar ?? "")
        }.joined(separator: " | ")
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("=", with: "\\=")
    }

    private static func quoted(_ field: String) -> String {
        let isPlain = field.utf8.allSatisfy { ![0x22, 0x2C, 0x0D, 0x0A].contains($0) } && field == field.trimmingSpaces
        if isPlain { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}

extension FileNode {
    /// A member of a map, where it is there.
    subscript(_ name: String) -> FileNode? {
        guard case .map(let members) = value else { return nil }
        return members.first { $0.name == name }?.node
    }

    /// The elements of a list; none of anything else.
    var nodes: [FileNode] {
        if case .list(let nodes) = value { nodes } else { [] }
    }
}

extension Array {
    fileprivate var nonEmpty: Self? { isEmpty ? nil : self }
}

extension String {
    /// Without spaces and tabs at its ends.
    var trimmingSpaces: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let front = drop(while: isSpace)
        return String(front[..<(front.lastIndex { !isSpace($0) }.map { front.index(after: $0) } ?? front.startIndex)])
    }
}
