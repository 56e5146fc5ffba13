import SQL

/// Rows that a rebuild leaves out on purpose: `-- migrate:loses-rows TABLE why` in the file, or `--accept VERSION:TABLE` for a
/// file that was applied elsewhere already and must not change.
extension Script {
    /// Why rows of a table may be lost, in the words of the file; nil where it does not say, or gives no reason.
    func reasonToLoseRows(of table: String, _ dialect: Dialect) -> String? {
        SQLLexer.tokens(of: bytes, dialect: dialect).filter { $0.kind == .comment }.compactMap { comment -> String? in
            let directive = "migrate:loses-rows "
            guard comment.text.hasPrefix(directive) else { return nil }
            let words = comment.text.dropFirst(directive.count).split(separator: " ", maxSplits: 1)
            guard words.count == 2, RowEffects.plain(String(words[0])) == RowEffects.plain(table) else { return nil }
            return String(words[1]).trimmed
        }.first
    }
}

/// A table of which a step may lose rows, as somebody said when it was run.
package struct AcceptedLoss: Sendable, Hashable {
    /// The step.
    package let version: Int64
    /// The table, without quotes and in lower case.
    package let table: String

    /// Reads `VERSION:TABLE`.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let version = Int64(parts[0]), !parts[1].isEmpty else { return nil }
        self.version = version
        table = RowEffects.plain(String(parts[1]))
    }
}
