import Core
import Foundation

/// A value of a JSON text that somebody else wrote, or nothing: what is missing, or of another kind than expected, is nil all the way.
struct JSONNode: Sendable {
    private let document: JSONDocument
    private let index: JSONDocument.Index?

    /// The whole of a text; nil where it is not JSON.
    init?(_ data: Data) {
        guard let document = JSONDocument(data) else { return nil }
        (self.document, index) = (document, JSONDocument.root)
    }

    private init(_ document: JSONDocument, _ index: JSONDocument.Index?) {
        (self.document, self.index) = (document, index)
    }

    /// A member of an object.
    subscript(_ name: String) -> JSONNode {
        JSONNode(document, index.flatMap { document.member(name, of: $0) })
    }

    /// The elements of a list; nil where it is none.
    var elements: [JSONNode]? {
        index.flatMap { document.elements(of: $0) }?.map { JSONNode(document, $0) }
    }

    var text: String? { index.flatMap { document.text(of: $0) } }
    var integer: Int? { index.flatMap { document.integer(of: $0) } }
    var bool: Bool? { index.flatMap { document.bool(of: $0) } }
    var isObject: Bool { index.map { document.kind(of: $0) == .object } ?? false }

    /// A text that is not empty.
    var filled: String? { text.flatMap { $0.isEmpty ? nil : $0 } }
    /// What names something: a text or a whole number.
    var identifier: String? { filled ?? integer.map(String.init) }
    /// A moment, in any of the web's forms.
    var instant: Instant? { text.flatMap(WebDate.instant) }
}
