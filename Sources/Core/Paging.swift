import Foundation

/// Where a list goes on: after the row with this moment and this id.
///
/// Opaque to callers (base64url of both), and stable while rows are added: it names a row, not a count.
package struct Cursor: Hashable, Sendable {
    /// The moment that the list is ordered by.
    package let instant: Instant
    /// The row's id, which tells rows of one moment apart.
    package let id: ID

    /// A cursor that points at a row.
    package init(instant: Instant, id: ID) {
        self.instant = instant
        self.id = id
    }

    /// Reads what `text` wrote; anything else is nil.
    package init?(_ text: String) {
        guard text.utf8.count <= 120 else { return nil }
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base64) else { return nil }
        let parts = String(decoding: data, as: UTF8.self).split(separator: "|", maxSplits: 1)
        guard parts.count == 2, let instant = Instant(String(parts[0])), let id = ID(String(parts[1])) else {
            return nil
        }
        self.init(instant: instant, id: id)
    }

    /// Whether it comes later in a list that is newest first.
    package func isBehind(_ other: Cursor) -> Bool { (instant, id) < (other.instant, other.id) }

    /// What a caller sends back as `cursor`.
    package var text: String {
        Data("\(instant)|\(id)".utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
