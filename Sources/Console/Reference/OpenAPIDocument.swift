import Core
import Yams

/// The OpenAPI document that the binary carries, read for people.
struct OpenAPIDocument {
    let root: Node
    // Nodes know their anchors as long as the parser lives.
    private let parser: Parser

    /// - Throws: when the document is not YAML.
    init(_ yaml: String) throws {
        parser = try Parser(yaml: yaml)
        root = try parser.singleRoot() ?? Node("")
    }

    /// One call.
    struct Operation {
        let method: String
        let path: String
        let node: Node
        /// With what the path has for all of its methods.
        let parameters: [Node]

        var id: String { node["operationId"]?.string ?? "" }
        var tag: String { node["tags"]?.sequence?.first?.string ?? "" }
        var summary: String { node["summary"]?.string ?? path }
    }

    /// All calls, in the order of the document.
    var operations: [Operation] {
        root["paths"].members.flatMap { path, item in
            item.members.filter { $0.name != "parameters" }.map { method, node in
                let parameters = (item["parameters"].elements + node["parameters"].elements).map { resolved($0).node }
                return Operation(method: method.uppercased(), path: path, node: node, parameters: parameters)
            }
        }
    }

    /// What a node refers to, and the name that it has there; itself, and no name, where it refers to nothing.
    func resolved(_ node: Node) -> (name: String?, node: Node) {
        guard let path = node["$ref"]?.string else { return (nil, node) }
        let parts = path.split(separator: "/").dropFirst().map(String.init)
        let found = parts.reduce(root as Node?) { $0?[$1] }
        return (parts.last, found ?? node)
    }

    /// The first example of a body; nil where there is none.
    func example(of content: Node) -> Node? {
        if let example = content["example"] { return example }
        return content["examples"].members.first.flatMap { resolved($0.node).node["value"] }
    }
}

extension Node? {
    /// The members of an object, in order; none where it is no object.
    var members: [(name: String, node: Node)] {
        (self?.mapping ?? [:]).compactMap { key, value in key.string.map { ($0, value) } }
    }

    /// The elements of a list; none where it is no list.
    var elements: [Node] { self?.sequence.map(Array.init) ?? [] }
}

extension Node {
    var members: [(name: String, node: Node)] { Optional(self).members }

    /// As JSON.
    var json: JSON {
        switch self {
        case .mapping: .object(members.map { JSON.Member($0.name, $0.node.json) })
        case .sequence(let nodes): .array(nodes.map(\.json))
        case .scalar(let scalar):
            switch any {
            case let value as Bool: .bool(value)
            case let value as Int: .integer(value)
            case let value as Double: .number(value)
            case let value as String: .string(value)
            default: scalar.string == "null" ? .null : .string(scalar.string)
            }
        case .alias: .null
        }
    }
}

extension JSON {
    /// Written over several lines, for people.
    func pretty(_ indent: String = "") -> String {
        let deeper = indent + "  "
        switch self {
        case .object(let members) where !members.isEmpty:
            let lines = members.map { "\(deeper)\(JSON.string($0.name).line): \($0.value.pretty(deeper))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        case .array(let values) where !values.isEmpty:
            return "[\n\(values.map { deeper + $0.pretty(deeper) }.joined(separator: ",\n"))\n\(indent)]"
        default: return line
        }
    }

    /// Written in one line.
    var line: String { String(decoding: bytes, as: UTF8.self) }
}
