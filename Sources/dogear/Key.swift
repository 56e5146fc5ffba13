import Accounts
import ArgumentParser
import Changes
import Core
import Web

struct Key: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes, lists and revokes the keys of app backends.",
        subcommands: [Create.self, List.self, Revoke.self])

    /// Opens the keys of the database.
    static func withKeys(_ options: DatabaseOptions, _ body: (ServiceKeyStore) async throws -> Void) async throws {
        try await options.withDatabase { try await body(ServiceKeyStore(changes: Changes(database: $0))) }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a key and prints it, once.")

        @OptionGroup var options: DatabaseOptions

        @Option(help: "What the key is for.")
        var name = "app backend"

        @Option(
            help:
                "What it may do, such as playback:write; may be given again. Default: everything but `people` and `admin`."
        )
        var scope: [String] = []

        func run() async throws {
            let scopes = try scope.map { text in
                guard let scope = Scope(text) else {
                    let known = Scope.all.map(\.description).sorted().joined(separator: ", ")
                    throw ValidationError("'\(text)' is no scope. There are \(known).")
                }
                return scope
            }
            guard (1...200).contains(name.unicodeScalars.count),
                !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
            else {
                throw ValidationError("--name takes 1 to 200 characters on one line.")
            }
            try await Key.withKeys(options) { keys in
                let made = try await keys.create(name: name, scopes: scopes.isEmpty ? Scope.everyday : Set(scopes))
                do {
                    try Dogear.give(
                        """
                        \(made.token)

                        Send it as `Authorization: Bearer …`. It is not shown again. A server that is running in open mode \
                        asks for keys from its next start.
                        """)
                } catch {
                    // A key that nobody has seen would shut the door on everybody.
                    try await keys.withdraw(made.key.id)
                    throw error
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists keys, without their secrets.")

        @OptionGroup var options: DatabaseOptions

        func run() async throws {
            try await Key.withKeys(options) { keys in
                let all = try await keys.list()
                if all.isEmpty { Dogear.say("There are no keys. `dogear key create` makes one.") }
                for key in all {
                    let state = key.revokedAt.map { "revoked \($0)" } ?? "good"
                    let scopes = key.scopes.map(\.description).sorted().joined(separator: ",")
                    print("\(key.id)\t\(state)\t\(key.createdAt)\t\(key.name)\t\(scopes)")
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revokes a key; servers refuse it within five seconds.")

        @OptionGroup var options: DatabaseOptions

        @Argument(help: "The key's id.")
        var id: String

        func run() async throws {
            guard let id = ID(id) else { throw ValidationError("'\(id)' is no key's id. See `dogear key list`.") }
            try await Key.withKeys(options) { keys in
                guard try await keys.revoke(id) else {
                    Dogear.say("No good key has the id \(id). See `dogear key list`.")
                    throw ExitCode.failure
                }
                print("Revoked \(id).")
            }
        }
    }
}
