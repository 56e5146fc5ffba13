/// What a reader sees of a piece of HTML: no tags, no scripts, its paragraphs as lines. It takes one pass, whatever it is given.
struct HTMLText {
    /// What ends a paragraph, and what only ends a line.
    private static let paragraphs: Set<String> = [
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "dl", "table", "figure", "section",
        "article", "hr",
    ]
    private static let lines: Set<String> = ["br", "div", "li", "tr", "dt", "dd", "figcaption", "header", "footer"]
    /// What is never read: its content is no text, or no text for people.
    private static let dropped: Set<String> = [
        "script", "style", "head", "template", "iframe", "object", "svg", "math", "noscript", "textarea", "select",
    ]

    private let bytes: [UInt8]
    private let lastQuotes: [UInt8: Int]
    private var position = 0
    private var out: [UInt8] = []
    private var pendingSpace = false
    private var pendingLines = 0

    /// The text of a piece of HTML.
    static func plain(_ html: String) -> String {
        var reader = HTMLText(Array(html.utf8))
        reader.read()
        return String(decoding: reader.out, as: UTF8.self)
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let quotes = [UInt8(ascii: "\""), UInt8(ascii: "'")]
        lastQuotes = Dictionary(uniqueKeysWithValues: quotes.map { ($0, bytes.lastIndex(of: $0) ?? -1) })
    }

    private mutating func read() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "<"): markup()
            case UInt8(ascii: "&"): entity()
            case 0x20, 0x09, 0x0A, 0x0C, 0x0D:
                pendingSpace = true
                position += 1
            case let byte:
                write([byte])
                position += 1
            }
        }
    }

    private mutating func write(_ text: [UInt8]) {
        if !out.isEmpty {
            if pendingLines > 0 {
                out += [UInt8](repeating: 0x0A, count: min(pendingLines, 2))
            } else if pendingSpace {
                out.append(0x20)
            }
        }
        (pendingSpace, pendingLines) = (false, 0)
        out += text
    }

    /// A `<` that begins no tag is a character like any other.
    private mutating func markup() {
        guard position + 1 < bytes.count else { return literal() }
        let next = bytes[position + 1]
        if starts(with: "<!--") {
            position = after("-->", from: position + 4) ?? bytes.count
        } else if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") {
            position = after(">", from: position + 2) ?? bytes.count
        } else if next == UInt8(ascii: "/") || isLetter(next) {
            tag(isEnd: next == UInt8(ascii: "/"))
        } else {
            literal()
        }
    }

    private mutating func literal() {
        write([bytes[position]])
        position += 1
    }

    private mutating func tag(isEnd: Bool) {
        let start = position + (isEnd ? 2 : 1)
        let end = bytes[start...].firstIndex { !isLetter($0) && !(0x30...0x39).contains($0) } ?? bytes.count
        let name = String(decoding: bytes[start..<end], as: UTF8.self).lowercased()
        position = tagEnd(from: end)
        if Self.dropped.contains(name), !isEnd {
            let isClosedAtOnce = position >= 2 && bytes[position - 2] == UInt8(ascii: "/")
            if !isClosedAtOnce { skip(to: name) }
        } else if Self.paragraphs.contains(name) {
            pendingLines = 2
        } else if Self.lines.contains(name) {
            if name != "br" { pendingLines = max(pendingLines, 1) } else if !isEnd { pendingLines += 1 }
            if name == "li", !isEnd { write(Array("- ".utf8)) }
        } else if name == "td" || name == "th" {
            pendingSpace = true
        }
    }

    /// Behind the `>` that ends a tag; one in a quoted value does not, unless the quote is never closed.
    private func tagEnd(from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: ">") { return index + 1 }
            if let last = lastQuotes[byte], last > index {
                index = bytes[(index + 1)...].firstIndex(of: byte) ?? bytes.count
            }
            index += 1
        }
        return bytes.count
    }

    /// Behind the end tag of what is dropped; all the rest goes where there is none.
    private mutating func skip(to name: String) {
        let wanted = Array("</\(name)".utf8)
        while position < bytes.count {
            guard let start = bytes[position...].firstIndex(of: UInt8(ascii: "<")) else { break }
            position = start + 1
            let found = bytes[start...].prefix(wanted.count).map { $0 | (isLetter($0) ? 0x20 : 0) }
            if found == wanted {
                position = tagEnd(from: start + wanted.count)
                return
            }
        }
        position = bytes.count
    }

    private mutating func entity() {
        let rest = bytes[(position + 1)...].prefix(12)
        guard let end = rest.firstIndex(of: UInt8(ascii: ";")),
            let scalar = HTMLEntity.scalar(String(decoding: bytes[(position + 1)..<end], as: UTF8.self))
        else { return literal() }
        position = end + 1
        if scalar == " " || scalar == "\u{A0}" {
            pendingSpace = true
        } else {
            write(Array(String(Character(scalar)).utf8))
        }
    }

    private func starts(with text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    private func after(_ text: String, from start: Int) -> Int? {
        let wanted = Array(text.utf8)
        var index = start
        while index + wanted.count <= bytes.count {
            if bytes[index] == wanted[0], bytes[index..<(index + wanted.count)].elementsEqual(wanted) {
                return index + wanted.count
            }
            index += 1
        }
        return nil
    }

    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}

/// A character reference of HTML.
enum HTMLEntity {
    /// The names of U+00A0 to U+00FF, in their order.
    private static let latin = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro \
        para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil \
        Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave \
        Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml \
        igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute \
        thorn yuml
        """
    private static let others: [String: UInt32] = [
        "amp": 0x26, "lt": 0x3C, "gt": 0x3E, "quot": 0x22, "apos": 0x27, "hellip": 0x2026, "ndash": 0x2013,
        "mdash": 0x2014, "lsquo": 0x2018, "rsquo": 0x2019, "sbquo": 0x201A, "ldquo": 0x201C, "rdquo": 0x201D,
        "bdquo": 0x201E, "bull": 0x2022, "euro": 0x20AC, "trade": 0x2122, "larr": 0x2190, "rarr": 0x2192,
        "lsaquo": 0x2039, "rsaquo": 0x203A, "minus": 0x2212, "ensp": 0x20, "emsp": 0x20, "thinsp": 0x20,
        "OElig": 0x152, "oelig": 0x153, "Scaron": 0x160, "scaron": 0x161, "prime": 0x2032, "infin": 0x221E,
        "hearts": 0x2665, "star": 0x2606, "check": 0x2713,
    ]
    /// What 0x80 to 0x9F mean in windows-1252, as HTML reads them.
    private static let windows: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D,
        0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D,
        0x17E, 0x178,
    ]
    private static let named: [String: UInt32] = {
        var named = others
        for (offset, name) in latin.split(separator: " ").enumerated() { named[String(name)] = 0xA0 + UInt32(offset) }
        return named
    }()

    /// The character that `amp`, `#65` or `#x41` stands for; nil for what stands for none.
    static func scalar(_ name: String) -> Unicode.Scalar? {
        guard name.hasPrefix("#") else { return named[name].flatMap(Unicode.Scalar.init) }
        let digits = name.dropFirst()
        let isHex = digits.first == "x" || digits.first == "X"
        guard let value = isHex ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits) else { return nil }
        if (0x80...0x9F).contains(value) { return Unicode.Scalar(windows[Int(value - 0x80)]) }
        return value < 0x20 ? " " : Unicode.Scalar(value)
    }

    /// A text with `&amp;`, `&lt;`, `&gt;` and their like read, and nothing else: what X escapes.
    static func unescaped(_ text: String) -> String {
        guard text.contains("&") else { return text }
        return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    }
}
