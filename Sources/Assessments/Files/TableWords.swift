/// One of several values in a cell: its words, and how many characters stand before the first `=`.
struct TablePart {
    var text = ""
    var sign: Int?

    /// What stands between `|`. Behind a backslash a `|`, a `=` and a backslash stand for themselves.
    static func parts(of text: String) -> [TablePart] {
        var parts = [TablePart()]
        var isEscaped = false
        for character in text {
            let last = parts.count - 1
            if !isEscaped, character == "\\" {
                isEscaped = true
            } else if !isEscaped, character == "|" {
                parts.append(TablePart())
            } else {
                if !isEscaped, character == "=", parts[last].sign == nil { parts[last].sign = parts[last].text.count }
                parts[last].text.append(character)
                isEscaped = false
            }
        }
        return parts
    }

    /// What stands before the first `=`, and behind it.
    var halves: (value: String, label: String)? {
        sign.map { (String(text.prefix($0)).trimmingSpaces, String(text.dropFirst($0 + 1)).trimmingSpaces) }
    }

    func node(of column: String, _ line: Int) -> FileNode {
        guard CSVFile.labelled.contains(column), let (value, label) = halves else {
            return FileNode(.text(text.trimmingSpaces), line: line)
        }
        return FileNode(
            .map([
                .init(name: "value", node: FileNode(.text(value), line: line)),
                .init(name: "label", node: FileNode(.text(label), line: line)),
            ]), line: line)
    }

    static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("=", with: "\\=")
    }
}

/// The words of a column, which may be told in further languages by columns of their own: `text:de` a text, `choices:de` a list of
/// `value=label`, `scale_labels:de` a list in the same order.
struct TableWords {
    private let column: String
    private let language: String

    init(_ column: String, _ language: String) {
        self.column = column
        self.language = language
    }

    // MARK: Reading

    /// The node of a cell with what the other columns say.
    func told(_ own: FileNode, _ others: [(language: String, text: String)], _ line: Int) -> FileNode {
        guard case .list(let nodes) = own.value else {
            return text(own, others.map { ($0.language, $0.text) }, line)
        }
        let tables = others.map { ($0.language, TablePart.parts(of: $0.text)) }
        let elements = nodes.enumerated().map { index, node in
            let words = tables.compactMap { language, parts in
                word(for: node, at: index, parts).map { (language, $0) }
            }
            return words.isEmpty ? node : element(node, words, line)
        }
        return FileNode(.list(elements), line: line)
    }

    private func text(_ own: FileNode, _ others: [(String, String)], _ line: Int) -> FileNode {
        let all = [(language, own.scalar ?? "")] + others
        return FileNode(.map(all.map { .init(name: $0.0, node: FileNode(.text($0.1), line: line)) }), line: line)
    }

    private func word(for node: FileNode, at index: Int, _ parts: [TablePart]) -> String? {
        if column == "scale_labels" {
            let word = index < parts.count ? parts[index].text.trimmingSpaces : ""
            return word.isEmpty ? nil : word
        }
        let value = node["value"]?.scalar ?? node.scalar
        return parts.lazy.compactMap(\.halves).first { $0.value == value }?.label
    }

    private func element(_ node: FileNode, _ words: [(String, String)], _ line: Int) -> FileNode {
        guard CSVFile.labelled.contains(column) else { return text(node, words, line) }
        let value = node["value"] ?? node
        return FileNode(
            .map([
                .init(name: "value", node: value), .init(name: "label", node: text(node["label"] ?? node, words, line)),
            ]), line: line)
    }

    // MARK: Writing

    /// What it is told in beside its own language.
    func languages(of node: FileNode) -> Set<String> {
        switch node.value {
        case .text, .word: []
        case .map: Set((node["label"] ?? node).members.map(\.name)).subtracting([language])
        case .list(let nodes): nodes.reduce(into: []) { $0.formUnion(languages(of: $1)) }
        }
    }

    /// The cell of its own column.
    func cell(_ node: FileNode) -> String {
        guard case .list(let nodes) = node.value else { return plain(node) }
        return nodes.map { element in
            guard CSVFile.labelled.contains(column) else { return TablePart.escaped(plain(element)) }
            return TablePart.escaped(value(element)) + "=" + TablePart.escaped(plain(element["label"] ?? element))
        }.joined(separator: " | ")
    }

    /// The cell of a further language's.
    func cell(_ node: FileNode, _ other: String) -> String {
        guard case .list(let nodes) = node.value else { return node[other]?.scalar ?? "" }
        if column == "scale_labels" {
            return nodes.map { TablePart.escaped($0[other]?.scalar ?? "") }.joined(separator: " | ")
        }
        return nodes.compactMap { element in
            (element["label"] ?? element)[other]?.scalar.map {
                TablePart.escaped(value(element)) + "=" + TablePart.escaped($0)
            }
        }.joined(separator: " | ")
    }

    private func value(_ element: FileNode) -> String { element["value"]?.scalar ?? plain(element) }

    private func plain(_ node: FileNode) -> String { node.scalar ?? node[language]?.scalar ?? "" }
}
