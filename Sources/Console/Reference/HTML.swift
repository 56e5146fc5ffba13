/// Text that stands in a page as it is, so that whatever comes from elsewhere has been escaped before.
struct HTML: Sendable, ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral literal: String) {
        text = literal
    }

    init(stringInterpolation parts: Parts) {
        text = parts.text
    }

    /// Puts pieces one after the other.
    init(_ pieces: [HTML], by separator: String = "\n") {
        text = pieces.map(\.text).joined(separator: separator)
    }

    static let nothing: HTML = ""

    var isEmpty: Bool { text.isEmpty }

    static func + (first: HTML, second: HTML) -> HTML { HTML([first, second], by: "") }

    /// What is put between the literal parts: HTML as it is, and any other text escaped.
    struct Parts: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ html: HTML) { text += html.text }

        mutating func appendInterpolation(_ plain: String) {
            for character in plain.unicodeScalars {
                switch character {
                case "&": text += "&amp;"
                case "<": text += "&lt;"
                case ">": text += "&gt;"
                case "\"": text += "&quot;"
                default: text.unicodeScalars.append(character)
                }
            }
        }
    }
}
