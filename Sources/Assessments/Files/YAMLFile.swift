import Yams

/// YAML, and JSON, which is read as YAML because that reader knows on which line everything stands.
enum YAMLFile {
    static func read(_ text: String) throws(FileRefusal) -> FileNode {
        do {
            // Nodes know their anchors as long as the parser lives.
            let parser = try Yams.Parser(yaml: text)
            return try withExtendedLifetime(parser) {
                guard let root = try parser.singleRoot() else {
                    throw FileRefusal([FileProblem(line: 0, message: "The file is empty.")])
                }
                return try node(root)
            }
        } catch let refusal as FileRefusal {
            throw refusal
        } catch let error as YamlError {
            throw FileRefusal([problem(error)])
        } catch {
            throw FileRefusal([FileProblem(line: 0, message: "The file cannot be read: \(error)")])
        }
    }

    private static func problem(_ error: YamlError) -> FileProblem {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            FileProblem(line: mark.line, message: "This is neither YAML nor JSON: \(problem).")
        case .duplicatedKeysInMapping(let names, let context):
            FileProblem(line: context.mark.line, message: "\(names.joined(separator: ", ")) stands twice.")
        default: FileProblem(line: 0, message: "The file cannot be read: \(error)")
        }
    }

    private static func node(_ node: Yams.Node) throws -> FileNode {
        let line = node.mark?.line ?? 0
        // The reader has put what an anchor names in place of each alias, a thousand times over if the file is made so.
        guard node.anchor == nil else {
            throw FileRefusal([FileProblem(line: line, message: "Anchors (&name) are not read. Write the value out.")])
        }
        switch node {
        case .scalar(let scalar):
            return FileNode(scalar.style == .plain ? .word(scalar.string) : .text(scalar.string), line: line)
        case .sequence(let sequence):
            return FileNode(.list(try sequence.map(Self.node)), line: line)
        case .mapping(let mapping):
            let members = try mapping.map { key, value in
                FileNode.Member(name: key.scalar?.string ?? "", node: try Self.node(value))
            }
            return FileNode(.map(members), line: line)
        case .alias:
            throw FileRefusal([FileProblem(line: line, message: "Aliases (*name) are not read. Write the value out.")])
        }
    }

    static func write(_ node: FileNode) throws -> String {
        try Yams.serialize(node: yams(node), width: -1, allowUnicode: true)
    }

    private static func yams(_ node: FileNode) -> Yams.Node {
        switch node.value {
        // Without quotes only what is read as text again, and never as a number or a truth value.
        case .text(let text):
            let isPlain = Yams.Node(text).tag.description == Tag.Name.str.rawValue && !text.contains("\n")
            return Yams.Node(text, Tag(.str), isPlain ? .any : .doubleQuoted)
        case .word(let word): return Yams.Node(word, .implicit, .plain)
        case .list(let nodes): return Yams.Node(nodes.map(yams))
        case .map(let members): return Yams.Node(members.map { (Yams.Node($0.name), yams($0.node)) })
        }
    }

    /// JSON escapes what is past 16 bits as two halves, `\ud83d\udcda`, which YAML does not know: the character itself
    /// takes their place.
    static func yaml(fromJSON text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let backslash = rest.firstIndex(of: "\\") {
            result += rest[..<backslash]
            rest = rest[backslash...]
            if let high = unit(rest), (0xD800..<0xDC00).contains(high), let low = unit(rest.dropFirst(6)),
                (0xDC00..<0xE000).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
            {
                result.unicodeScalars.append(scalar)
                rest = rest.dropFirst(12)
            } else {
                result += rest.prefix(2)
                rest = rest.dropFirst(2)
            }
        }
        return result + rest
    }

    /// The sixteen bits that `\u` and four digits stand for.
    private static func unit(_ text: Substring) -> UInt32? {
        let escape = text.prefix(6)
        guard escape.count == 6, escape.hasPrefix("\\u") else { return nil }
        return UInt32(escape.dropFirst(2), radix: 16)
    }
}
