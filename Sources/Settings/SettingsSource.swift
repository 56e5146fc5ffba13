import Configuration
import Foundation
import SystemPackage
import Yams

/// Where settings come from: flags over environment over `dogear.yaml` over defaults.
package struct SettingsSource: Sendable {
    private let reader: ConfigReader
    /// Which keys each place has a value for, the first that counts first.
    private let places: [(origin: ShownSetting.Origin, names: Set<String>)]

    /// A source over what was given.
    /// - Parameters:
    ///   - flags: What the command line says, by the key's name.
    ///   - environment: The process's environment.
    ///   - file: A YAML file, where there is one.
    /// - Throws: `Settings.Refusal` for a file that is not YAML, and for a word in it, or a variable that begins with DOGEAR_, that is no
    ///   setting: somebody believes to have set something.
    package init(flags: [String: String], environment: [String: String], file: String? = nil) async throws {
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: Self.values(flags)),
            InMemoryProvider(name: "environment", values: Self.values(environment.filter { !$0.value.isEmpty })),
        ]
        try Self.refuseUnknown(in: environment)
        var places: [(origin: ShownSetting.Origin, names: Set<String>)] = [
            (.flag, Set(flags.keys)), (.environment, Set(environment.filter { !$0.value.isEmpty }.keys)),
        ]
        var isFolder: ObjCBool = false
        if let file, FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) {
            guard !isFolder.boolValue else {
                throw Settings.Refusal(
                    description:
                        "\(file) is a folder, and Dogear reads its settings from a file of that name. Move the folder away."
                )
            }
            places.append((.file, try Self.words(ofFile: file)))
            do {
                providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
            } catch {
                throw Settings.Refusal(description: "\(file) cannot be read as YAML: \(error)")
            }
        }
        providers.append(
            InMemoryProvider(
                name: "defaults",
                values: Self.values(Dictionary(uniqueKeysWithValues: SettingKey.all.map { ($0.name, $0.standard) }))))
        self.places = places
        reader = ConfigReader(providers: providers)
    }

    private static func refuseUnknown(in environment: [String: String]) throws(Settings.Refusal) {
        let names = SettingKey.all.map(\.name)
        for name in environment.keys.sorted() where name.hasPrefix("DOGEAR_") && !names.contains(name) {
            // Most settings have no such beginning: DOGEAR_PORT is meant to be PORT.
            let meant =
                Nearest.name(to: String(name.dropFirst("DOGEAR_".count)), among: names)
                ?? Nearest.name(to: name, among: names)
            throw refusal("The environment variable \(name)", meant)
        }
    }

    /// The names of the keys that a file has, once it holds no other words.
    private static func words(ofFile file: String) throws(Settings.Refusal) -> Set<String> {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        let names = SettingKey.all.map { $0.name.lowercased() }
        // What cannot be read at all is told by whoever reads it.
        guard let words = try? Yams.load(yaml: text) as? [String: Any] else { return [] }
        for word in words.keys.sorted() where !names.contains(word) {
            throw refusal("\(word), in \(file),", Nearest.name(to: word.lowercased(), among: names))
        }
        return Set(words.keys.map { $0.uppercased() })
    }

    private static func refusal(_ what: String, _ meant: String?) -> Settings.Refusal {
        let hint = meant.map { "Did you mean \($0)?" } ?? "docs/operations.md lists them all."
        return Settings.Refusal(description: "\(what) is no setting of Dogear's. \(hint) Take it out, or correct it.")
    }

    /// Only Dogear's own keys are taken, so that nothing else of the environment is held.
    private static func values(_ texts: [String: String]) -> [AbsoluteConfigKey: ConfigValue] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for key in SettingKey.all {
            guard let text = texts[key.name] else { continue }
            values[AbsoluteConfigKey([key.name.lowercased()])] = ConfigValue(.string(text), isSecret: key.isSecret)
        }
        return values
    }

    /// Every setting as it is shown to whoever runs the server.
    var shown: [ShownSetting] {
        SettingKey.all.map { key in
            ShownSetting(
                key, value: text(key), origin: places.first { $0.names.contains(key.name) }?.origin ?? .standard)
        }
    }

    /// A key's text from the first place that has it. Numbers and booleans of a YAML file are read as their text.
    func text(_ key: SettingKey) -> String {
        let name = ConfigKey([key.name.lowercased()])
        if let text = reader.string(forKey: name, isSecret: key.isSecret) { return text }
        if let number = reader.int(forKey: name) { return String(number) }
        if let number = reader.double(forKey: name) { return String(number) }
        if let flag = reader.bool(forKey: name) { return String(flag) }
        return key.standard
    }
}

/// Reads keys as what they must be.
struct SettingsReader {
    private let source: SettingsSource

    init(_ source: SettingsSource) {
        self.source = source
    }

    func text(_ key: SettingKey) -> String { source.text(key) }

    func integer(_ key: SettingKey, _ range: ClosedRange<Int>) throws(Settings.Refusal) -> Int {
        guard let value = Int(text(key)), range.contains(value) else {
            throw refusal(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func ratio(_ key: SettingKey) throws(Settings.Refusal) -> Double {
        guard let value = Double(text(key)), value > 0, value <= 1 else {
            throw refusal(key, "must be a number above 0 and up to 1")
        }
        return value
    }

    func flag(_ key: SettingKey) throws(Settings.Refusal) -> Bool {
        switch text(key).lowercased() {
        case "true", "yes", "1": return true
        case "false", "no", "0": return false
        default: throw refusal(key, "must be true or false")
        }
    }

    func choice(_ key: SettingKey, _ choices: [String]) throws(Settings.Refusal) -> String {
        let value = text(key).lowercased()
        guard choices.contains(value) else { throw refusal(key, "must be one of \(choices.joined(separator: ", "))") }
        return value
    }

    private func refusal(_ key: SettingKey, _ wanted: String) -> Settings.Refusal {
        let shown = key.isSecret ? "the value given" : "'\(text(key))'"
        return Settings.Refusal(description: "\(key.name) \(wanted); \(shown) is not.")
    }
}
