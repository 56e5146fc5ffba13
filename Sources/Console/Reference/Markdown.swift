/// As much of CommonMark as the descriptions in the OpenAPI document are written in: paragraphs, lists, tables, `code`, **bold**.
enum Markdown {
    /// A text of any length.
    static func blocks(_ text: String) -> HTML {
        var blocks: [HTML] = []
        var lines: [Substring] = []
        // An empty line ends the last block as it does the others.
        for line in (text + "\n\n").split(separator: "\n", omittingEmptySubsequences: false) {
            let begins = line.hasPrefix("- ") && lines.first?.hasPrefix("- ") == false
            if (line.allSatisfy { $0 == " " } || begins), !lines.isEmpty {
                blocks.append(block(lines))
                lines = []
            }
            if !line.allSatisfy({ $0 == " " }) { lines.append(line) }
        }
        return HTML(blocks)
    }

    private static func block(_ lines: [Substring]) -> HTML {
        if lines[0].hasPrefix("|") { return table(lines) }
        guard lines[0].hasPrefix("- ") else { return "<p>\(line(lines.joined(separator: " ")))</p>" }
        var items: [String] = []
        for line in lines {
            if line.hasPrefix("- ") {
                items.append(String(line.dropFirst(2)))
            } else if let last = items.popLast() {
                items.append("\(last) \(line.drop { $0 == " " })")
            }
        }
        return "<ul>\(HTML(items.map { "<li>\(line($0))</li>" as HTML }))</ul>"
    }

    private static func table(_ lines: [Substring]) -> HTML {
        let rows = lines.map { line in
            line.dropFirst().split(separator: "|").map { cell in
                String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
        }
        let head = HTML(rows[0].map { "<th scope=\"col\">\(line($0))</th>" as HTML }, by: "")
        let body = rows.dropFirst(2).map { cells in
            "<tr>\(HTML(cells.map { "<td>\(line($0))</td>" as HTML }, by: ""))</tr>" as HTML
        }
        return """
            <div class="table-scroll" role="region" aria-label="\(rows[0].joined(separator: ", "))" tabindex="0">
            <table class="table"><thead><tr>\(head)</tr></thead><tbody>\(HTML(Array(body)))</tbody></table></div>
            """
    }

    /// A text of one line.
    static func line(_ text: String) -> HTML {
        // Between backticks stands code, where asterisks mean themselves.
        let pieces = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        return HTML(
            pieces.enumerated().map { index, piece in
                if index % 2 == 1, index < pieces.count - 1 { return "<code>\(piece)</code>" }
                return bold(index % 2 == 1 ? "`\(piece)" : piece)
            }, by: "")
    }

    private static func bold(_ text: String) -> HTML {
        let pieces = text.split(separator: "**", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count % 2 == 1 else { return "\(text)" }
        return HTML(
            pieces.enumerated().map { index, piece in index % 2 == 1 ? "<strong>\(piece)</strong>" : "\(piece)" },
            by: "")
    }
}
