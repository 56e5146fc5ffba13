/// An address that mail can go to, as it is stored: ASCII letters lower-cased, nothing else folded.
///
/// It stands as it is in a mail's `To`, which `sendmail -t` reads, so nothing is let in that means something there: no spaces,
/// quotes, commas, brackets, line breaks, and no leading `-`, which a program could take for an option.
package struct EmailAddress: Sendable, Hashable, CustomStringConvertible {
    /// `ann@example.org`
    package let description: String

    /// Reads an address; nil for what is none.
    package init?(_ text: String) {
        guard (3...254).contains(text.utf8.count), !text.hasPrefix("-") else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count <= 64, Self.isLocal(parts[0]), Self.isDomain(parts[1]) else {
            return nil
        }
        description = String(
            String.UnicodeScalarView(text.unicodeScalars.map { ("A"..."Z").contains($0) ? Self.lower($0) : $0 }))
    }

    /// What a field says that is no address.
    package static let expected = "must be an e-mail address such as ann@example.org"

    private static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        Unicode.Scalar(UInt8(ascii: scalar) | 0x20)
    }

    /// A dot-atom of RFC 5322, section 3.2.3, with the further letters of RFC 6532.
    private static func isLocal(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty
                && atom.unicodeScalars.allSatisfy { isWordly($0) || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains($0) }
        }
    }

    private static func isDomain(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.unicodeScalars.allSatisfy { isWordly($0) || $0 == "-" }
        }
    }

    private static func isWordly(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .modifierLetter, .nonspacingMark,
            .spacingMark, .decimalNumber:
            return true
        default: return false
        }
    }
}
