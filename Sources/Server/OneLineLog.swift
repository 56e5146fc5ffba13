package import Logging

/// Passes entries on with every line break and other control character in them written out, so that an entry is one line: what a
/// client sends, or an error quotes, cannot look like an entry of its own.
package struct OneLineLog: LogHandler {
    private var base: any LogHandler

    /// A handler that passes entries on to another one.
    package init(_ base: any LogHandler) {
        self.base = base
    }

    /// The least level that is logged.
    package var logLevel: Logger.Level {
        get { base.logLevel }
        set { base.logLevel = newValue }
    }

    /// What goes with every entry. It is kept here and made plain when an entry is written: most requests write none.
    package var metadata: Logger.Metadata = [:]

    /// What tells more to go with every entry.
    package var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    /// One thing that goes with every entry.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Passes one entry on.
    package func log(event: LogEvent) {
        var event = event
        event.message = Logger.Message(stringLiteral: Self.oneLine(event.message.description))
        let all = metadata.merging(event.metadata ?? [:]) { _, own in own }
        event.metadata = all.isEmpty ? nil : all.mapValues(Self.oneLine)
        // An error is shown by its text, which may have any number of lines.
        if let error = event.error {
            event.error = nil
            event.metadata = (event.metadata ?? [:]).merging(["error": .string(Self.oneLine("\(error)"))]) { first, _ in
                first
            }
        }
        base.log(event: event)
    }

    private static func oneLine(_ value: Logger.MetadataValue) -> Logger.MetadataValue {
        switch value {
        case .string(let text): .string(oneLine(text))
        case .stringConvertible(let value): .string(oneLine("\(value)"))
        case .array(let values): .array(values.map(oneLine))
        case .dictionary(let values): .dictionary(values.mapValues(oneLine))
        @unknown default: .string(oneLine("\(value)"))
        }
    }

    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: breaks) else { return text }
        return text.unicodeScalars.reduce(into: "") { line, scalar in
            switch scalar {
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where breaks(scalar): line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
    }

    /// Control characters, and the two separators that some readers of logs take for the end of a line.
    private static func breaks(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
        default: false
        }
    }
}
