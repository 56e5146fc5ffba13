import Core

/// Members of a file, where there is something to say.
extension FileNode.Member {
    static func list(_ name: String, _ nodes: [FileNode]) -> FileNode.Member? {
        nodes.isEmpty ? nil : FileNode.Member(name: name, node: FileNode(.list(nodes)))
    }

    static func texts(_ name: String, _ texts: [String]) -> FileNode.Member? {
        list(name, texts.map { FileNode(.text($0)) })
    }

    static func text(_ name: String, _ text: String) -> FileNode.Member {
        FileNode.Member(name: name, node: FileNode(.text(text)))
    }

    static func text(_ name: String, ifAny text: String?) -> FileNode.Member? {
        text.flatMap { $0.isEmpty ? nil : self.text(name, $0) }
    }

    static func number(_ name: String, _ number: Int?) -> FileNode.Member? {
        number.map { FileNode.Member(name: name, node: FileNode(.word(String($0)))) }
    }

    static func number(_ name: String, _ number: Double?) -> FileNode.Member? {
        number.map { FileNode.Member(name: name, node: FileNode(.word($0.plain))) }
    }

    static func flag(_ name: String, _ flag: Bool) -> FileNode.Member {
        FileNode.Member(name: name, node: FileNode(.word(flag ? "true" : "false")))
    }

    static func flag(_ name: String, ifSo flag: Bool) -> FileNode.Member? { flag ? self.flag(name, true) : nil }
}

/// Texts that are told in several languages: the questionnaire's own, and further ones.
struct ToldNodes {
    let language: String
    let translations: [String: Words]

    /// A text: alone, or as a map of languages.
    func node(_ name: String, _ text: String) -> FileNode {
        let others = translations.compactMap { language, words in words[name].map { (language, $0) } }
        guard !others.isEmpty else { return FileNode(.text(text)) }
        let all = [(language, text)] + others.sorted { $0.0 < $1.0 }
        return FileNode(.map(all.map { .text($0.0, $0.1) }))
    }

    func text(_ name: String, ifAny text: String?) -> FileNode.Member? { self.text(name, name, ifAny: text) }

    /// - Parameter path: What its translations are kept under.
    func text(_ path: String, _ name: String, ifAny text: String?) -> FileNode.Member? {
        text.flatMap { $0.isEmpty ? nil : FileNode.Member(name: name, node: node(path, $0)) }
    }

    func choices(_ name: String, _ choices: [Question.Choice]) -> FileNode.Member? {
        .list(
            name,
            choices.map { choice in
                let label = FileNode.Member(name: "label", node: node("\(name)/\(choice.value)", choice.label))
                return FileNode(.map([.text("value", choice.value), label]))
            })
    }
}

extension Condition {
    /// As a file says it.
    var node: FileNode {
        switch self {
        case .all(let parts): FileNode(.map([.init(name: "all", node: FileNode(.list(parts.map(\.node))))]))
        case .any(let parts): FileNode(.map([.init(name: "any", node: FileNode(.list(parts.map(\.node))))]))
        case .question(let item, let check):
            FileNode(.map([.text("question", item), .init(name: check.name, node: check.node)]))
        }
    }
}

extension Condition.Check {
    fileprivate var node: FileNode {
        switch self {
        case .is(let value), .isNot(let value), .atLeast(let value), .atMost(let value): FileNode(.text(value))
        case .anyOf(let values): FileNode(.list(values.map { FileNode(.text($0)) }))
        case .answered(let isAnswered): FileNode(.word(isAnswered ? "true" : "false"))
        }
    }
}
