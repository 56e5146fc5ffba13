/// A setting as it is shown to whoever runs the server.
package struct ShownSetting: Sendable, Hashable {
    /// Where a value comes from.
    package enum Origin: String, Sendable, CaseIterable {
        /// The command line.
        case flag
        /// The process's environment.
        case environment
        /// `dogear.yaml`.
        case file
        /// Nobody said.
        case standard = "default"
    }

    /// Which one it is.
    package let key: SettingKey
    /// Its value, which may hold an address with a password in it; nil where it must never be printed.
    package let value: String?
    /// Whether it has one at all.
    package let isSet: Bool
    /// Where that comes from.
    package let origin: Origin

    init(_ key: SettingKey, value: String, origin: Origin) {
        self.key = key
        self.origin = origin
        isSet = !value.isEmpty
        self.value = key.isSecret ? nil : value
    }
}

extension SettingKey {
    /// What it is for, and what it is counted in or what it looks like: `meaning` in two parts.
    package var sentence: (meaning: String, unit: String?) {
        guard let colon = meaning.firstRange(of: ": ") else { return (meaning, nil) }
        return (meaning[..<colon.lowerBound] + ".", String(meaning[colon.upperBound...].drop { $0 == " " }.dropLast()))
    }
}
