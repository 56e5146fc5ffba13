import Yams

/// Says in words what a schema allows. What has a name is linked, never written out twice.
struct SchemaWords {
    let document: OpenAPIDocument

    /// What a value may be, in a line: `text of 1 to 36 characters, or null`.
    func kind(_ schema: Node) -> HTML {
        if let path = schema["$ref"]?.string, let name = path.split(separator: "/").last.map(String.init) {
            return "<a href=\"#schema-\(name)\"><code>\(name)</code></a>"
        }
        if let value = schema["const"] { return "always <code>\(value.json.line)</code>" }
        if let values = schema["enum"]?.sequence {
            return HTML(values.map { "<code>\($0.json.line)</code>" as HTML }, by: " or ")
        }
        for (name, word) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
            let kinds = schema[name].elements.map(kind).filter { !$0.isEmpty }
            if !kinds.isEmpty, schema["type"] == nil { return HTML(kinds, by: word) }
        }
        let types = schema["type"]?.string.map { [$0] } ?? schema["type"].elements.compactMap(\.string)
        return HTML(types.map { typed($0, schema) }, by: " or ")
    }

    private func typed(_ type: String, _ schema: Node) -> HTML {
        switch type {
        case "array": "list\(counted(schema, "Items", ["entry", "entries"]))\(of(schema["items"]))"
        case "object":
            schema["additionalProperties"]?.mapping == nil
                ? "object" : "object with values\(of(schema["additionalProperties"]))"
        case "string": "text\(counted(schema, "Length", ["character", "characters"]))\(form(schema))"
        case "integer": "whole number\(bounds(schema))"
        case "number": "number\(bounds(schema))"
        case "boolean": "<code>true</code> or <code>false</code>"
        default: "\(type)"
        }
    }

    private func of(_ schema: Node?) -> HTML {
        guard let schema else { return .nothing }
        let words = kind(schema)
        return words.isEmpty ? .nothing : ": \(words)"
    }

    private func form(_ schema: Node) -> HTML {
        let format = schema["format"]?.string.map { " (\($0))" as HTML } ?? .nothing
        guard let pattern = schema["pattern"]?.string else { return format }
        return "\(format), like <code>\(pattern)</code>"
    }

    private func counted(_ schema: Node, _ what: String, _ words: [String]) -> HTML {
        let (least, most) = (schema["min\(what)"]?.string, schema["max\(what)"]?.string)
        switch (least, most) {
        case (let least?, let most?):
            return least == most
                ? " of \(least) \(words[least == "1" ? 0 : 1])" : " of \(least) to \(most) \(words[1])"
        case (let least?, nil): return " of \(least) \(words[least == "1" ? 0 : 1]) or more"
        case (nil, let most?): return " of at most \(most) \(words[most == "1" ? 0 : 1])"
        default: return .nothing
        }
    }

    private func bounds(_ schema: Node) -> HTML {
        let least = schema["minimum"]?.string.map { " from \($0)" as HTML } ?? .nothing
        let most = schema["maximum"]?.string.map { " to \($0)" as HTML }
        let below = schema["exclusiveMaximum"]?.string.map { " to below \($0)" as HTML }
        return least + (most ?? below ?? .nothing)
    }

    /// The members of an object, each with what it may be; nothing where a schema has none.
    func members(_ schema: Node) -> HTML {
        let required = Set(schema["required"].elements.compactMap(\.string))
        let items = schema["properties"].members.map { name, member -> HTML in
            let needed: HTML = required.contains(name) ? " <span class=\"api-needed\">needed</span>" : .nothing
            return """
                <li><code class="api-name">\(name)</code> <span class="soft">\(kind(member))\(standard(member))</span>\(needed)
                \(about(member))\(inside(member))</li>
                """
        }
        return items.isEmpty ? .nothing : "<ul class=\"api-members\">\(HTML(items))</ul>"
    }

    private func standard(_ schema: Node) -> HTML {
        schema["default"].map { "; <code>\($0.json.line)</code> where left out" } ?? .nothing
    }

    private func about(_ schema: Node) -> HTML {
        schema["description"]?.string.map(Markdown.blocks) ?? .nothing
    }

    /// The members of what has no name of its own, where it stands.
    private func inside(_ schema: Node) -> HTML {
        let parts = [schema, schema["items"], schema["additionalProperties"]].compactMap { $0 }
        let variants = ["oneOf", "anyOf", "allOf"].flatMap { schema[$0].elements + (schema["items"]?[$0]).elements }
        return HTML((parts + variants).map(members).filter { !$0.isEmpty })
    }

    /// A schema, written out: description, kind, members, and what it is one of.
    func whole(_ schema: Node) -> HTML {
        let words = kind(schema)
        let kind: HTML = words.isEmpty ? .nothing : "<p class=\"soft\">\(words)</p>"
        return "\(about(schema))\(kind)\(members(schema))\(inside(schema["items"] ?? Node("")))\(variants(schema))"
    }

    private func variants(_ schema: Node) -> HTML {
        HTML(["oneOf", "anyOf", "allOf"].flatMap { schema[$0].elements.map(members) }.filter { !$0.isEmpty })
    }
}
