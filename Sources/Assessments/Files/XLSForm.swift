/// An XLSForm (ODK, KoboToolbox, SurveyCTO) as one table: `survey`, `choices` and `settings` stand in the first column, and the rows of
/// each sheet below its name. What Dogear has no counterpart for is refused by its line.
struct XLSForm {
    private var problems: [FileProblem] = []
    private var choices: [String: [FileNode]] = [:]
    private var settings: [String: String] = [:]
    private var language = "en"

    /// A row below a sheet's name, by the words of that sheet's own first row.
    struct Row {
        let line: Int
        let cells: [String: String]

        subscript(_ name: String) -> String { cells[name] ?? "" }
    }

    static func isOne(_ header: CSVRows.Row) -> Bool {
        ["survey", "choices", "settings"].contains(header.fields.first?.lowercased())
            && header.fields.dropFirst().allSatisfy(\.isEmpty)
    }

    static func read(_ rows: [CSVRows.Row]) throws(FileRefusal) -> FileNode {
        var form = XLSForm()
        let sheets = sheets(rows)
        form.settings = sheets["settings"]?.first?.cells ?? [:]
        form.language = form.tag(form.settings["default_language"] ?? "en")
        for row in sheets["choices"] ?? [] {
            let list = row["list_name"].isEmpty ? row["list name"] : row["list_name"]
            form.choices[list, default: []].append(form.choice(row))
        }
        let pages = form.pages(sheets["survey"] ?? [])
        guard form.problems.isEmpty else { throw FileRefusal(form.problems) }
        let slug = form.slug(form.settings["form_id"] ?? form.settings["id_string"] ?? "")
        let title = form.settings["form_title"] ?? slug
        let members: [FileNode.Member] = [
            .text("questionnaire", slug), .text("title", title), .text("language", form.language),
            .init(name: "pages", node: FileNode(.list(pages), line: rows[0].line)),
        ]
        return FileNode(.map(members), line: rows[0].line)
    }

    private static func sheets(_ rows: [CSVRows.Row]) -> [String: [Row]] {
        var sheets: [String: [Row]] = [:]
        var (sheet, header) = ("", [String]())
        for row in rows {
            if let name = row.fields.first, !name.isEmpty {
                (sheet, header) = (name.lowercased(), [])
            } else if header.isEmpty {
                header = row.fields.map { $0.lowercased() }
            } else {
                let cells = Dictionary(zip(header, row.fields)) { first, _ in first }
                sheets[sheet, default: []].append(Row(line: row.line, cells: cells.filter { !$0.value.isEmpty }))
            }
        }
        return sheets
    }

    /// `Deutsch (de)` → `de`.
    private func tag(_ text: String) -> String {
        if let match = text.firstMatch(of: /\(([A-Za-z-]+)\)\s*$/) { return String(match.output.1) }
        return Language.isTag(text) ? text : "en"
    }

    private func slug(_ text: String) -> String {
        String(text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }

    private mutating func refuse(_ row: Row, _ words: String) {
        problems.append(FileProblem(line: row.line, message: words))
    }

    // MARK: Words

    /// A text, in as many languages as there are columns for it: `label`, `label::Deutsch (de)`.
    private func words(_ row: Row, _ name: String) -> FileNode? {
        var told = row.cells.compactMap { key, text -> (String, String)? in
            guard key.hasPrefix(name + "::") else { return nil }
            return (tag(String(key.dropFirst(name.count + 2))), text)
        }.sorted { $0.0 < $1.0 }
        if let plain = row.cells[name] {
            guard !told.isEmpty else { return FileNode(.text(plain), line: row.line) }
            told.removeAll { $0.0 == language }
            told.insert((language, plain), at: 0)
        }
        guard !told.isEmpty else { return nil }
        return FileNode(
            .map(told.map { .init(name: $0.0, node: FileNode(.text($0.1), line: row.line)) }), line: row.line)
    }

    private func choice(_ row: Row) -> FileNode {
        let value = FileNode.Member(name: "value", node: FileNode(.text(row["name"]), line: row.line))
        let label = words(row, "label").map { FileNode.Member(name: "label", node: $0) }
        return FileNode(.map([value] + (label.map { [$0] } ?? [])), line: row.line)
    }

    // MARK: The survey

    private mutating func pages(_ rows: [Row]) -> [FileNode] {
        var pages: [(head: [FileNode.Member], line: Int, questions: [FileNode])] = []
        var depth = 0
        for row in rows {
            let type = row["type"].lowercased().replacing("_group", with: " group")
            switch type {
            case "", "start", "end": continue
            case "begin group":
                depth += 1
                if depth > 1 { refuse(row, "A group within a group has no counterpart: a page holds questions only.") }
                pages.append((page(row), row.line, []))
            case "end group":
                depth -= 1
                pages.append(([], row.line, []))
            default:
                if pages.isEmpty { pages.append(([], row.line, [])) }
                if let question = question(row) { pages[pages.count - 1].questions.append(question) }
            }
        }
        let title = settings["form_title"] ?? "Questions"
        return pages.filter { !$0.questions.isEmpty || !$0.head.isEmpty }.enumerated().map { index, page in
            let head = page.head.isEmpty ? [.text("title", index == 0 ? title : "\(title) \(index + 1)")] : page.head
            let questions = FileNode.Member(name: "questions", node: FileNode(.list(page.questions), line: page.line))
            return FileNode(.map(head + [questions]), line: page.line)
        }
    }

    private mutating func page(_ row: Row) -> [FileNode.Member] {
        let title = words(row, "label") ?? FileNode(.text(row["name"]), line: row.line)
        return [.init(name: "title", node: title)] + relevant(row)
    }

    private static let known: Set<String> = [
        "type", "name", "label", "required", "relevant", "constraint", "parameters", "hint", "constraint_message",
        "required_message", "appearance",
    ]

    private mutating func question(_ row: Row) -> FileNode? {
        for column in row.cells.keys.sorted() where !Self.known.contains(column) && !column.hasPrefix("label::") {
            refuse(row, "\(column) has no counterpart here.")
        }
        for column in ["hint", "constraint_message", "required_message", "appearance"] where !row[column].isEmpty {
            refuse(row, "\(column) has no counterpart here.")
        }
        guard var members = kind(row) else { return nil }
        if let text = words(row, "label") { members.append(.init(name: "text", node: text)) }
        if ["yes", "true", "true()", "1"].contains(row["required"].lowercased()) {
            members.append(.flag("required", true))
        }
        members += constraint(row) + relevant(row)
        let all = [FileNode.Member.text("id", row["name"])] + members
        return FileNode(.map(all), line: row.line).moved(to: row.line)
    }

    /// The kind, with its choices.
    private mutating func kind(_ row: Row) -> [FileNode.Member]? {
        let words = row["type"].split(separator: " ").map(String.init)
        switch (words.first, words.count) {
        case ("text", 1):
            return [.text("type", "text"), .init(name: "char_limit", node: FileNode(.word("\(Question.longestLine)")))]
        case ("integer", 1): return [.text("type", "number"), .init(name: "step", node: FileNode(.word("1")))]
        case ("decimal", 1): return [.text("type", "number")]
        case ("date", 1): return [.text("type", "date")]
        case ("range", 1): return range(row)
        case ("select_one", 2), ("select_multiple", 2), ("select_one", 3), ("select_multiple", 3):
            guard words.count == 2 || words[2] == "or_other", let list = choices[words[1]] else { break }
            var members: [FileNode.Member] = [.text("type", "mcq")]
            let other = FileNode(.map([.text("value", "other"), .text("label", "Other")]))
            members.append(.init(name: "choices", node: FileNode(.list(list + (words.count == 3 ? [other] : [])))))
            if words.count == 3 {
                members.append(.init(name: "other", node: FileNode(.list([FileNode(.text("other"))]))))
            }
            if words[0] == "select_multiple" { members.append(.flag("multiple", true)) }
            return members
        case ("rank", 2):
            guard let list = choices[words[1]] else { break }
            let items = list.map { $0["label"] ?? $0["value"] ?? $0 }
            return [.text("type", "ordering"), .init(name: "items", node: FileNode(.list(items)))]
        default: break
        }
        let isList =
            words.count > 1 && choices[words[1]] == nil && ["select_one", "select_multiple", "rank"].contains(words[0])
        refuse(
            row,
            isList
                ? "There are no choices of the list \(words[1])." : "The type \(row["type"]) has no counterpart here.")
        return nil
    }

    private mutating func range(_ row: Row) -> [FileNode.Member]? {
        var members: [FileNode.Member] = [.text("type", "number")]
        for part in row["parameters"].split(separator: " ") {
            let sides = part.split(separator: "=").map(String.init)
            let names = ["start": "min", "end": "max", "step": "step"]
            guard sides.count == 2, let name = names[sides[0]], Double(sides[1]) != nil else {
                refuse(row, "The parameter \(part) has no counterpart here.")
                continue
            }
            members.append(.init(name: name, node: FileNode(.word(sides[1]))))
        }
        return members
    }

    /// `. >= 0 and . <= 120`, `regex(., '…')`.
    private mutating func constraint(_ row: Row) -> [FileNode.Member] {
        var members: [FileNode.Member] = []
        for part in row["constraint"].split(separator: " and ") {
            if let match = part.wholeMatch(of: /\s*\.\s*(>=|<=)\s*'?([0-9.-]+)'?\s*/) {
                let name = match.output.1 == ">=" ? "min" : "max"
                members.append(.init(name: name, node: FileNode(.word(String(match.output.2)))))
            } else if let match = part.wholeMatch(of: /\s*regex\(\s*\.\s*,\s*'([^']*)'\s*\)\s*/) {
                members.append(.text("pattern", String(match.output.1)))
            } else {
                refuse(row, "The constraint \(part) has no counterpart here; . >= 1 and . <= 9 has, and regex(., '…').")
            }
        }
        return members
    }

    /// `${q} = 'a' and selected(${r}, 'b')`: joined by `and` alone or by `or` alone.
    private mutating func relevant(_ row: Row) -> [FileNode.Member] {
        let text = row["relevant"]
        guard !text.isEmpty else { return [] }
        let isAny = text.contains(" or ")
        let parts = text.split(separator: isAny ? " or " : " and ").map { Self.check(String($0)) }
        let nodes = parts.compactMap { $0 }
        guard nodes.count == parts.count, !nodes.isEmpty else {
            refuse(
                row, "The condition \(text) has no counterpart here; such as ${q} = 'a' and selected(${r}, 'b') has.")
            return []
        }
        let node =
            nodes.count == 1
            ? nodes[0] : FileNode(.map([.init(name: isAny ? "any" : "all", node: FileNode(.list(nodes)))]))
        return [.init(name: "visible_if", node: node.moved(to: row.line))]
    }

    private static func check(_ text: String) -> FileNode? {
        func node(_ item: Substring, _ name: String, _ value: Substring) -> FileNode {
            FileNode(.map([.text("question", String(item)), .text(name, String(value))]))
        }
        if let match = text.wholeMatch(of: /\s*\$\{([^}]+)\}\s*(=|!=|>=|<=)\s*'?([^']*?)'?\s*/) {
            let (item, sign, value) = (match.output.1, match.output.2, match.output.3)
            if value.isEmpty, sign == "=" || sign == "!=" {
                return FileNode(.map([.text("question", String(item)), .flag("answered", sign == "!=")]))
            }
            let names: [Substring: String] = ["=": "is", "!=": "not", ">=": "at_least", "<=": "at_most"]
            return names[sign].map { node(item, $0, value) }
        }
        if let match = text.wholeMatch(of: /\s*selected\(\s*\$\{([^}]+)\}\s*,\s*'([^']*)'\s*\)\s*/) {
            return node(match.output.1, "is", match.output.2)
        }
        if let match = text.wholeMatch(of: /\s*not\(\s*selected\(\s*\$\{([^}]+)\}\s*,\s*'([^']*)'\s*\)\s*\)\s*/) {
            return node(match.output.1, "not", match.output.2)
        }
        return nil
    }
}
