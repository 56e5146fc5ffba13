/// The text of a post, made safe to keep and to show.
enum PostText {
    /// How many scalars are kept at most: one character may be made of a great many.
    private static let scalarLimit = Post.textLimit * 4

    /// Without what cannot be seen and yet does something (control characters, marks that turn the direction of what follows), its
    /// spaces trimmed, at most three line ends in a row made two, and no longer than `limit` characters.
    static func clean(_ text: String, limit: Int = Post.textLimit) -> String {
        var kept = String.UnicodeScalarView()
        var lineEnds = 0
        var previous: Unicode.Scalar = " "
        var count = 0
        for scalar in text.unicodeScalars {
            defer { previous = scalar }
            if scalar == "\n", previous == "\r" { continue }
            guard let plain = plain(scalar) else { continue }
            lineEnds = plain == "\n" ? lineEnds + 1 : plain == " " ? lineEnds : 0
            if plain == "\n", lineEnds > 2 || kept.isEmpty { continue }
            if plain == " ", kept.isEmpty { continue }
            kept.append(plain)
            count += 1
            if count > scalarLimit { break }
        }
        while let last = kept.last, last.properties.isWhitespace { kept.removeLast() }
        return cut(String(kept), to: limit)
    }

    /// No longer than so many characters; what is longer ends in "…".
    static func cut(_ text: String, to limit: Int) -> String {
        guard let end = text.index(text.startIndex, offsetBy: limit, limitedBy: text.endIndex), end < text.endIndex
        else {
            return text.unicodeScalars.count > scalarLimit
                ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(scalarLimit - 1))) + "…" : text
        }
        return String(text[..<text.index(before: end)]) + "…"
    }

    /// A key of at most 200 bytes, as `Post.keys` asks; what is longer is kept as its digest.
    static func key(_ kind: String, _ value: String, digest: (String) -> String) -> String {
        let key = "\(kind):\(value)"
        let isPlain = key.utf8.count <= 200 && key.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        return isPlain ? key : "\(kind):#\(digest(value))"
    }

    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x0A, 0x0D, 0x2028, 0x2029: "\n"
        case 0x09, 0xA0: " "
        case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F: nil
        default: scalar
        }
    }
}
