package import Core
import Foundation

/// What posts are fetched from, and what summarises them.
package struct OutsideSettings: Sendable {
    /// Networks that feeds and instances may lie in although they are not public.
    package let allowed: [AddressRange]
    /// The base URL of the X API.
    package let xURL: String
    /// The bearer token of the X API; empty where there is none.
    package let xToken: String
    /// The base URL of twitterapi.io.
    package let twitterAPIURL: String
    /// The key of twitterapi.io; empty where there is none.
    package let twitterAPIKey: String
    /// The folder with files of posts.
    package let postsFolder: String
    /// How many runs of jobs one node carries out at once.
    package let concurrency: Int
    /// The model that writes summaries; nil where they are sentences of the posts themselves.
    package let summariser: Summariser?

    /// A model that writes summaries.
    package struct Summariser: Sendable, Hashable {
        /// The base URL of what speaks `/chat/completions`.
        package let url: String
        /// The model's name.
        package let model: String
        /// The bearer key; empty where none is needed.
        package let key: String
        /// How many tokens one prompt and its answer may take.
        package let tokenBudget: Int
    }

    init(_ read: SettingsReader) throws(Settings.Refusal) {
        allowed = try Self.ranges(read.text(.outboundAllow))
        xURL = try Self.url(.xURL, read)
        xToken = try Self.header(.xToken, read)
        twitterAPIURL = try Self.url(.twitterAPIURL, read)
        twitterAPIKey = try Self.header(.twitterAPIKey, read)
        postsFolder = read.text(.postsFolder)
        concurrency = try read.integer(.monitorConcurrency, 1...1_000)
        let budget = try read.integer(.summariserTokenBudget, 1_024...1_000_000)
        let model = read.text(.summariserModel)
        let key = try Self.header(.summariserKey, read)
        guard !read.text(.summariserURL).isEmpty else {
            summariser = nil
            return
        }
        guard !model.isEmpty else {
            throw Settings.Refusal(
                description: "SUMMARISER_MODEL is not set, but SUMMARISER_URL is: name the model, such as llama3.2.")
        }
        summariser = Summariser(url: try Self.url(.summariserURL, read), model: model, key: key, tokenBudget: budget)
    }

    private static func ranges(_ text: String) throws(Settings.Refusal) -> [AddressRange] {
        var ranges: [AddressRange] = []
        for part in text.split(separator: ",") {
            let written = part.trimmingCharacters(in: .whitespaces)
            guard let range = AddressRange(written) else {
                throw Settings.Refusal(
                    description:
                        "OUTBOUND_ALLOW must be networks such as 10.1.0.0/16 or fd00::/8, separated by commas; '\(written)' is none."
                )
            }
            ranges.append(range)
        }
        return ranges
    }

    /// A base URL without its last slash. It may hold a password in a mistake, so it is not shown.
    static func url(_ key: SettingKey, _ read: SettingsReader) throws(Settings.Refusal) -> String {
        let text = read.text(key)
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let url = URL(string: trimmed), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false,
            url.user == nil, url.query == nil, url.fragment == nil
        else {
            throw Settings.Refusal(
                description:
                    "\(key.name) must be an http or https URL without a password or a query, such as https://api.example.org/v1."
            )
        }
        return trimmed
    }

    /// What is sent as a header: a line of visible characters.
    private static func header(_ key: SettingKey, _ read: SettingsReader) throws(Settings.Refusal) -> String {
        let text = read.text(key).trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Settings.Refusal(description: "\(key.name) must be one word of visible ASCII characters.")
        }
        return text
    }
}
