import Foundation

/// A name as the others see it: 1 to 24 characters as people count them, of which at least one can be seen.
struct DisplayName: Sendable, Hashable {
    let text: String

    static let longest = 24
    /// A character may have accents without end; this many scalars hold 24 of any that are written.
    private static let mostScalars = 240

    /// Nil for what is no name.
    init?(_ text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...Self.longest).contains(trimmed.count), trimmed.unicodeScalars.count <= Self.mostScalars,
            trimmed.contains(where: Self.isVisible), trimmed.allSatisfy(Self.isAllowed)
        else { return nil }
        self.text = trimmed
    }

    /// What two names share that look the same to whoever hears them read out: `ALEX`, `Alex`, full-width `Ａｌｅｘ`.
    var key: String { Self.key(text) }

    /// The same name with a number, as the second of that name is called; shortened where it would be too long.
    func numbered(_ number: Int) -> String {
        guard number > 1 else { return text }
        let suffix = " \(number)"
        return text.prefix(Self.longest - suffix.count).trimmingCharacters(in: .whitespaces) + suffix
    }

    static func key(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value != 0xFE0F }))
            .precomposedStringWithCompatibilityMapping
            .folding(options: .caseInsensitive, locale: nil)
            .precomposedStringWithCompatibilityMapping
    }

    private static func isVisible(_ character: Character) -> Bool {
        character.unicodeScalars.contains { scalar in
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber, .otherNumber, .mathSymbol, .currencySymbol, .otherSymbol, .dashPunctuation,
                .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .connectorPunctuation,
                .otherPunctuation:
                // Letters that are drawn as nothing: Hangul fillers and the Braille blank.
                ![0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800].contains(scalar.value)
            default: false
            }
        }
    }

    /// Whether a character may stand in a name: no controls, no bidirectional controls, nothing of no width, but for what joins the
    /// parts of an emoji.
    private static func isAllowed(_ character: Character) -> Bool {
        let scalars = character.unicodeScalars
        let isKeycap = scalars.count == 3 && scalars.last?.value == 0x20E3
        let isEmoji = isKeycap || scalars.first.map { $0.properties.isEmoji && $0.value > 0xA8 } == true
        return scalars.allSatisfy { scalar in
            switch scalar.value {
            case 0xFE0F, 0x200D, 0xE0020...0xE007F: return isEmoji
            // Signs that choose a form of the one before and are not seen themselves.
            case 0xFE00...0xFE0E, 0xE0100...0xE01EF, 0x180B...0x180F, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164,
                0xFFA0:
                return false
            default: break
            }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse, .format:
                return false
            default: return true
            }
        }
    }
}
