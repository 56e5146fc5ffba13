import Web
import Yams

/// The whole API for people to read, made of the OpenAPI document and of what the routes themselves say of whom they are for.
struct ReferencePage {
    private let document: OpenAPIDocument
    private let schemas: SchemaWords
    private let audiences: [String: Audience]
    private let isOpen: Bool

    /// - Throws: when the document is not YAML.
    init(_ yaml: String, routes: [RouteBook.Entry], isOpen: Bool) throws {
        document = try OpenAPIDocument(yaml)
        schemas = SchemaWords(document: document)
        audiences = Dictionary(routes.map { ("\($0.method) \($0.path)", $0.audience) }) { first, _ in first }
        self.isOpen = isOpen
    }

    /// What the page's template shows.
    var values: [String: Any] {
        let operations = Dictionary(grouping: document.operations, by: \.tag)
        let tags = document.root["tags"].elements.filter { operations[$0["name"]?.string ?? ""] != nil }
        let chapters = tags.map { tag in chapter(tag, operations[tag["name"]?.string ?? ""] ?? []) }
        return [
            "about": Markdown.blocks(document.root["info"]?["description"]?.string ?? "").text,
            "contents": HTML(tags.map { entry($0, operations[$0["name"]?.string ?? ""] ?? []) }).text,
            "chapters": HTML(chapters).text, "answers": HTML(sharedAnswers).text, "schemas": HTML(namedSchemas).text,
        ]
    }

    private func entry(_ tag: Node, _ operations: [OpenAPIDocument.Operation]) -> HTML {
        let name = tag["name"]?.string ?? ""
        let links = operations.map { "<li><a href=\"#\($0.id)\">\($0.summary)</a></li>" as HTML }
        return "<li><a href=\"#tag-\(name)\">\(Self.title(name))</a><ul class=\"api-calls\">\(HTML(links))</ul></li>"
    }

    /// `continue-watching` as a heading says it.
    private static func title(_ tag: String) -> String {
        tag.prefix(1).uppercased() + tag.dropFirst().replacing("-", with: " ")
    }

    private func chapter(_ tag: Node, _ operations: [OpenAPIDocument.Operation]) -> HTML {
        let name = tag["name"]?.string ?? ""
        return """
            <section class="section" aria-labelledby="tag-\(name)">
            <h2 id="tag-\(name)">\(Self.title(name))</h2>
            \(Markdown.blocks(tag["description"]?.string ?? ""))
            \(HTML(operations.map(described)))
            </section>
            """
    }

    private func described(_ operation: OpenAPIDocument.Operation) -> HTML {
        let audience = audiences["\(operation.method) \(operation.path)"] ?? .anybody
        let example = CurlExample(operation, in: document, token: audience.tokenVariable(isOpen: isOpen))
        return """
            <article class="card card--plain api-call">
            <h3 id="\(operation.id)"><a href="#\(operation.id)">\(operation.summary)</a></h3>
            <p class="api-path"><span class="badge">\(operation.method)</span> <code>\(operation.path)</code></p>
            <p><strong>For:</strong> \(audience.words(isOpen: isOpen)).</p>
            \(Markdown.blocks(operation.node["description"]?.string ?? ""))
            \(parameters(operation))
            \(requestBody(operation))
            <h4>Answers</h4>
            <ul class="api-members">\(HTML(operation.node["responses"].members.map(answer)))</ul>
            <h4>Example</h4>
            <div class="code"><pre tabindex="0" aria-label="\(operation.summary), by curl"><code>\(example.command)</code></pre></div>
            </article>
            """
    }

    private func parameters(_ operation: OpenAPIDocument.Operation) -> HTML {
        guard !operation.parameters.isEmpty else { return .nothing }
        let items = operation.parameters.map { parameter -> HTML in
            let needed: HTML =
                parameter["required"]?.bool == true ? " <span class=\"api-needed\">needed</span>" : .nothing
            return """
                <li><code class="api-name">\(parameter["name"]?.string ?? "")</code> <span class="soft">in the \
                \(parameter["in"]?.string ?? ""), \(schemas.kind(parameter["schema"] ?? Node("")))</span>\(needed)
                \(Markdown.blocks(parameter["description"]?.string ?? ""))</li>
                """
        }
        return "<h4>Parameters</h4><ul class=\"api-members\">\(HTML(items))</ul>"
    }

    private func requestBody(_ operation: OpenAPIDocument.Operation) -> HTML {
        guard let body = operation.node["requestBody"].map({ document.resolved($0).node }) else { return .nothing }
        let needed = body["required"]?.bool == true ? "" : ", may be left out"
        let kinds = body["content"].members.map { type, content in
            "<li><code>\(type)</code>\(needed): \(schemas.kind(content["schema"] ?? Node("")))</li>" as HTML
        }
        return "<h4>Body</h4><ul class=\"api-members\">\(HTML(kinds))</ul>"
    }

    private func answer(_ status: String, _ node: Node) -> HTML {
        let (name, response) = document.resolved(node)
        if let name {
            let words = response["description"]?.string.map(Self.firstSentence) ?? name
            return
                "<li><code class=\"api-name\">\(status)</code> <a href=\"#answer-\(name)\">\(Markdown.line(words))</a></li>"
        }
        return "<li><code class=\"api-name\">\(status)</code> \(inside(response))</li>"
    }

    /// `A thing is so. And why.` is cut behind the first full stop: the rest stands where the answer is told of.
    private static func firstSentence(_ text: String) -> String {
        let line = text.split(separator: "\n").joined(separator: " ")
        return line.firstRange(of: ". ").map { String(line[..<$0.upperBound].dropLast()) } ?? line
    }

    /// What an answer says, holds, and looks like.
    private func inside(_ response: Node) -> HTML {
        let headers = response["headers"].members.map { "<code>\($0.name)</code>" as HTML }
        let parts = response["content"].members.map { type, content -> HTML in
            let kind = schemas.kind(content["schema"] ?? Node(""))
            return "<p><code>\(type)</code>\(kind.isEmpty ? "" : ": ")\(kind)</p>\(example(type, content))"
        }
        let named: HTML = headers.isEmpty ? .nothing : "<p class=\"soft\">With \(HTML(headers, by: ", ")).</p>"
        return "\(Markdown.blocks(response["description"]?.string ?? ""))\(HTML(parts))\(named)"
    }

    private func example(_ type: String, _ content: Node) -> HTML {
        guard let example = document.example(of: content) else { return .nothing }
        let text = type.hasSuffix("json") ? example.json.pretty() : example.scalar?.string ?? example.json.pretty()
        return """
            <details><summary>Example</summary>
            <div class="code"><pre tabindex="0" aria-label="Example"><code>\(text)</code></pre></div></details>
            """
    }

    /// The answers that several calls share, most of them refusals.
    private var sharedAnswers: [HTML] {
        document.root["components"]?["responses"].members.map { name, response in
            "<article class=\"card card--plain api-call\"><h3 id=\"answer-\(name)\">\(name)</h3>\(inside(response))</article>"
        } ?? []
    }

    private var namedSchemas: [HTML] {
        document.root["components"]?["schemas"].members.map { name, schema in
            "<article class=\"card card--plain api-call\"><h3 id=\"schema-\(name)\">\(name)</h3>\(schemas.whole(schema))</article>"
        } ?? []
    }
}
