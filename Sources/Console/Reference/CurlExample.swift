import Core
import Yams

/// A call as somebody would make it from a shell, from the examples in the document.
struct CurlExample {
    let method: String
    /// With its query.
    let path: String
    let headers: [(name: String, value: String)]
    let body: String?

    /// - Parameter token: The shell's variable that holds the token to send; nil where none is needed.
    init(_ operation: OpenAPIDocument.Operation, in document: OpenAPIDocument, token: String?) {
        method = operation.method
        var path = operation.path
        var query: [String] = []
        for parameter in operation.parameters {
            let value = Self.value(of: parameter, in: document)
            guard let name = parameter["name"]?.string, let value else { continue }
            switch parameter["in"]?.string {
            case "path": path = path.replacing("{\(name)}", with: Self.escaped(value))
            case "query" where parameter["required"]?.bool == true: query.append("\(name)=\(Self.escaped(value))")
            default: break
            }
        }
        self.path = query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))"
        let contents = document.resolved(operation.node["requestBody"] ?? Node("")).node["content"].members
        let content = contents.first { $0.name == "application/json" } ?? contents.first
        var headers = token.map { [("Authorization", "Bearer $\($0)")] } ?? []
        if let content { headers.append(("Content-Type", content.name)) }
        self.headers = headers
        body = content.map { Self.body($0.name, document.example(of: $0.node)) }
    }

    private static func body(_ type: String, _ example: Node?) -> String {
        guard let example else { return "{}" }
        // Lines of JSON are written in the document as the text that they are.
        if type != "application/json", let text = example.scalar?.string { return text }
        return example.json.line
    }

    private static func value(of parameter: Node, in document: OpenAPIDocument) -> String? {
        if let example = parameter["example"] ?? document.example(of: parameter) { return example.json.plain }
        let schema = document.resolved(parameter["schema"] ?? Node("")).node
        return (schema["example"] ?? (schema["examples"] ?? schema["enum"]).elements.first ?? schema["default"])?.json
            .plain
    }

    private static func escaped(_ value: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/".utf8)
        return value.utf8.map { byte in
            plain.contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    /// As one types it.
    var command: String {
        var lines = ["curl -s \(method == "GET" ? "" : "-X \(method) ")\"$DOGEAR\(path)\""]
        lines += headers.map { "-H \"\($0.name): \($0.value)\"" }
        if let body { lines.append("--data-binary '\(body.replacing("'", with: "'\\''"))'") }
        return lines.joined(separator: " \\\n  ")
    }
}

extension JSON {
    /// Without the quotes of a string, for an address.
    fileprivate var plain: String {
        if case .string(let text) = self { text } else { line }
    }
}
