import Core

/// JSON as people read it: two spaces for each level, one member a line.
enum JSONFile {
    static func write(_ node: FileNode) -> String { text(node, "") + "\n" }

    /// All of it in one line, as a column or a cell holds it.
    static func line(_ node: FileNode) -> String {
        switch node.value {
        case .text(let text): JSON.string(text).text
        case .word(let word): word
        case .list(let nodes): "[" + nodes.map(line).joined(separator: ",") + "]"
        case .map(let members):
            "{" + members.map { JSON.string($0.name).text + ":" + line($0.node) }.joined(separator: ",") + "}"
        }
    }

    private static func text(_ node: FileNode, _ indent: String) -> String {
        let inner = indent + "  "
        switch node.value {
        case .text(let text): return JSON.string(text).text
        case .word(let word): return word
        case .list(let nodes):
            guard !nodes.isEmpty else { return "[]" }
            return "[\n" + nodes.map { inner + text($0, inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .map(let members):
            let lines = members.map { inner + JSON.string($0.name).text + ": " + text($0.node, inner) }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }
}
