/// A questionnaire as a table (RFC 4180): a row for each question, with its page's columns before it.
enum CSVFile {
    private static let questionnaireColumns = [
        "questionnaire", "title", "description", "default", "language", "opens", "closes", "responses_at_most",
        "time_limit_minutes", "pausing",
    ]
    /// The columns of a page, and what its members are called elsewhere.
    private static let pageColumns = [
        ("page", "title"), ("page_description", "description"), ("module", "module"), ("emoji", "emoji"),
        ("chapter", "chapter"), ("minutes", "minutes"), ("completion", "completion"), ("active", "active"),
        ("draw", "draw"), ("page_visible_if", "visible_if"),
    ]
    private static let questionColumns = [
        "id", "type", "text", "required", "domain", "tags", "reverse_scored", "scale_type", "scale_labels", "min_label",
        "max_label", "choices", "multiple", "exclusive", "other", "shuffle", "correct", "items", "randomize",
        "char_limit", "min", "max", "step", "unit", "format", "pattern", "rows", "columns", "visible_if", "image",
    ]
    private static let sceneColumns = ["title", "narrative", "image", "theme"]
    /// Columns that hold several values, with a `|` between them.
    private static let lists: Set<String> = [
        "tags", "scale_labels", "choices", "correct", "items", "exclusive", "other", "rows", "columns",
    ]
    /// Those of them whose values have labels.
    static let labelled: Set<String> = ["choices", "rows", "columns"]
    /// Columns that hold a condition, as in the other forms.
    private static let conditions: Set<String> = ["visible_if", "page_visible_if"]
    /// Columns that may be told in further languages, each in a column of its own: `text:de`.
    private static let told: Set<String> = [
        "title", "description", "page", "page_description", "module", "completion", "text", "scale_labels", "min_label",
        "max_label", "choices", "items", "unit", "rows", "columns", "scene_title", "scene_narrative",
    ]

    private static var allColumns: [String] {
        questionnaireColumns + pageColumns.map(\.0) + questionColumns + sceneColumns.map { "scene_" + $0 }
    }

    // MARK: Reading

    static func read(_ text: String) throws(FileRefusal) -> FileNode {
        let rows = try CSVRows.rows(of: text).filter { $0.fields.contains { !$0.isEmpty } }
        guard let header = rows.first else { throw FileRefusal([FileProblem(line: 0, message: "The file is empty.")]) }
        if XLSForm.isOne(header) { return try XLSForm.read(rows) }
        let names = header.fields.map { $0.lowercased() }
        var problems = names.filter { !$0.isEmpty && !isKnown($0) }.map {
            FileProblem(line: header.line, message: "There is no column \($0).")
        }
        let named = names.filter { !$0.isEmpty }
        if Set(named).count < named.count {
            problems.append(FileProblem(line: header.line, message: "A column stands twice."))
        }
        // Spreadsheets write columns that were used once and are empty now.
        for row in rows.dropFirst() {
            let strays = row.fields.enumerated().filter { !$1.isEmpty && ($0 >= names.count || names[$0].isEmpty) }
            if let stray = strays.first {
                let column = stray.offset + 1
                let words = "There is something in column \(column), which has no name in the first row."
                problems.append(FileProblem(line: row.line, message: words))
            }
        }
        guard problems.isEmpty else { throw FileRefusal(problems) }
        let records = rows.dropFirst().map { row in
            Record(line: row.line, fields: Dictionary(zip(names, row.fields)) { first, _ in first })
        }
        return questionnaire(Array(records), line: header.line)
    }

    private static func isKnown(_ name: String) -> Bool {
        if allColumns.contains(name) { return true }
        guard let (column, language) = language(of: name) else { return false }
        return told.contains(column) && Language.isTag(language)
    }

    /// `text:de` → `text` and `de`.
    private static func language(of name: String) -> (column: String, language: String)? {
        let parts = name.split(separator: ":", maxSplits: 1)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    private struct Record {
        let line: Int
        let fields: [String: String]

        func node(_ column: String, _ name: String? = nil, _ language: String) -> FileNode.Member? {
            guard let text = fields[column], !text.isEmpty else { return nil }
            let others = translations(of: column)
            let own = value(column, text)
            let node = others.isEmpty ? own : TableWords(column, language).told(own, others, line)
            return FileNode.Member(name: name ?? column, node: node)
        }

        private func value(_ column: String, _ text: String) -> FileNode {
            if conditions.contains(column) { return condition(text) }
            guard lists.contains(column) else { return FileNode(.text(text), line: line) }
            return FileNode(.list(TablePart.parts(of: text).map { $0.node(of: column, line) }), line: line)
        }

        /// A condition stands in its cell as it would in YAML or JSON.
        private func condition(_ text: String) -> FileNode {
            guard let node = try? YAMLFile.read(text) else { return FileNode(.text(text), line: line) }
            return node.moved(to: line)
        }

        private func translations(of column: String) -> [(language: String, text: String)] {
            fields.compactMap { name, text in
                guard !text.isEmpty, let told = CSVFile.language(of: name), told.column == column else { return nil }
                return (told.language, text)
            }.sorted { $0.0 < $1.0 }
        }
    }

    private static func questionnaire(_ records: [Record], line: Int) -> FileNode {
        let language = records.lazy.compactMap { $0.fields["language"] }.first { !$0.isEmpty } ?? "en"
        var pages: [(line: Int, members: [FileNode.Member], questions: [FileNode])] = []
        var titles: [String] = []
        for record in records {
            let page = pageColumns.compactMap { record.node($0.0, $0.1, language) }
            let key = [record.fields["module"] ?? "", record.fields["page"] ?? ""]
            // A row that names no page, or the same one, belongs to the page of the row above.
            if pages.isEmpty || key[1] != "" && key != titles {
                pages.append((record.line, page, []))
                titles = key
            }
            var question = questionColumns.compactMap { record.node($0, nil, language) }
            let scene = sceneColumns.compactMap { record.node("scene_" + $0, $0, language) }
            if !scene.isEmpty { question.append(.init(name: "scene", node: FileNode(.map(scene), line: record.line))) }
            if !question.isEmpty {
                pages[pages.count - 1].questions.append(FileNode(.map(question), line: record.line))
            }
        }
        let head = questionnaireColumns.compactMap { column in
            records.lazy.compactMap { $0.node(column, nil, language) }.first
        }
        let list = pages.map { page in
            FileNode(
                .map(page.members + [.init(name: "questions", node: FileNode(.list(page.questions), line: page.line))]),
                line: page.line)
        }
        return FileNode(.map(head + [.init(name: "pages", node: FileNode(.list(list), line: line))]), line: line)
    }

    // MARK: Writing

    static func write(_ node: FileNode) -> String {
        let language = node["language"]?.scalar ?? "en"
        var rows: [[String: FileNode]] = []
        for page in node["pages"]?.nodes ?? [] {
            for question in page["questions"]?.nodes.nonEmpty ?? [FileNode(.map([]))] {
                var cells: [String: FileNode] = [:]
                if rows.isEmpty { for name in questionnaireColumns { cells[name] = node[name] } }
                for (column, name) in pageColumns { cells[column] = page[name] }
                for name in questionColumns { cells[name] = question[name] }
                for name in sceneColumns { cells["scene_" + name] = question["scene"]?[name] }
                rows.append(cells)
            }
        }
        let columns = allColumns + toldColumns(rows, language)
        let lines = rows.map { cells in columns.map { field(cells, $0, language) } }
        return ([columns] + lines).map(line).joined()
    }

    /// A column more for each further language that something is told in.
    private static func toldColumns(_ rows: [[String: FileNode]], _ language: String) -> [String] {
        allColumns.filter(told.contains).flatMap { column in
            let languages = rows.reduce(into: Set<String>()) { languages, cells in
                languages.formUnion(cells[column].map { TableWords(column, language).languages(of: $0) } ?? [])
            }
            return languages.sorted().map { "\(column):\($0)" }
        }
    }

    private static func field(_ cells: [String: FileNode], _ column: String, _ language: String) -> String {
        if let other = self.language(of: column) {
            return cells[other.column].map { TableWords(other.column, language).cell($0, other.language) } ?? ""
        }
        guard let node = cells[column] else { return "" }
        if conditions.contains(column) { return JSONFile.line(node) }
        return TableWords(column, language).cell(node)
    }

    /// One row, with its end.
    static func line(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\r\n" }

    private static func quoted(_ field: String) -> String {
        let isPlain =
            field.utf8.allSatisfy { ![0x22, 0x2C, 0x3B, 0x09, 0x0D, 0x0A].contains($0) }
            && field == field.trimmingSpaces
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

    /// The members of a map; none of anything else.
    var members: [Member] {
        if case .map(let members) = value { members } else { [] }
    }

    /// The same on another line.
    func moved(to line: Int) -> FileNode {
        switch value {
        case .text, .word: FileNode(value, line: line)
        case .list(let nodes): FileNode(.list(nodes.map { $0.moved(to: line) }), line: line)
        case .map(let members):
            FileNode(.map(members.map { .init(name: $0.name, node: $0.node.moved(to: line)) }), line: line)
        }
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
