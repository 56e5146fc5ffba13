import ArgumentParser
import Changes
import Core
import Foundation
import Playback
import Server

struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Imports and exports watch histories.", subcommands: [Import.self, Export.self])

    /// Whose history it is.
    struct Owner: ParsableArguments {
        @Option(help: "The user: a UUID, or the app's own name for them, as `dogear id user` takes it.")
        var user: String

        var id: ID { ID(user) ?? NamedID.user.id(user) }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a history from a file.",
            discussion: """
                Quiet: no session, no notice, and nothing newer is overwritten. The same file twice changes nothing. Bad lines are named \
                and the others taken. dogear: NDJSON, as `dogear history export` writes it. trakt: the JSON of Trakt's history. jellyfin: \
                what the Playback Reporting plugin exports (its backup, or a report as CSV, TSV or JSON); a row is a play where it was \
                played for long enough.
                """)

        @OptionGroup var options: DatabaseOptions
        @OptionGroup var owner: Owner

        @Option(help: "dogear, trakt or jellyfin.")
        var format = "dogear"

        @Option(help: "Whose rows of Jellyfin's file are taken: their UserId there.")
        var of: String?

        @Option(help: "Jellyfin: what was played for fewer seconds is no play.")
        var leastSeconds = 300

        @Flag(help: "Check the file only.")
        var check = false

        @Argument(help: "The file.")
        var file: String

        func run() async throws {
            guard let form = HistoryFile.Form(rawValue: format) else {
                throw ValidationError("--format must be dogear, trakt or jellyfin.")
            }
            guard let bytes = FileManager.default.contents(atPath: file) else {
                throw ValidationError("\(file) cannot be read.")
            }
            let read: HistoryFile
            do {
                let choice = HistoryFile.Choice(person: of, leastSeconds: leastSeconds)
                read = try HistoryFile(bytes, form, choice, at: Clock.system.now)
            } catch let refusal as HistoryFile.Refusal {
                Dogear.say("\(file): \(refusal) Nothing was changed.")
                throw ExitCode.failure
            }
            for (line, reason) in read.refused { Dogear.say("\(file):\(line): \(reason)") }
            if check { print("\(read.count) lines can be taken, \(read.refused.count) cannot.") }
            guard read.count > 0 || read.refused.isEmpty else {
                Dogear.say("\(file): no line of it can be taken. Nothing was changed.")
                throw ExitCode.failure
            }
            guard !check else { return }
            let settings = try await options.settings()
            try await options.withDatabase { database in
                let changes = Changes(database: database, personHash: DogearServer.personHash(settings))
                let taken = try await HistoryLibrary(changes: changes).take(read, of: owner.id)
                print("\(taken.places) places and \(taken.plays) plays taken, \(read.refused.count) lines refused.")
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a history as NDJSON: a line for each place and each play.")

        @OptionGroup var options: DatabaseOptions
        @OptionGroup var owner: Owner

        @Option(help: "Where to. Default: standard output.")
        var output: String?

        func run() async throws {
            try Dogear.refuseToOverwrite(output)
            var text = ""
            try await options.withDatabase { database in
                try await HistoryLibrary(changes: Changes(database: database)).export(of: owner.id) {
                    text += $0 + "\n"
                }
            }
            if let output {
                // What somebody watched is nobody else's business.
                let isMade = FileManager.default.createFile(
                    atPath: output, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
                guard isMade else { throw ValidationError("\(output) cannot be written.") }
            } else if !text.isEmpty {
                try Dogear.give(String(text.dropLast()))
            }
        }
    }
}

/// `dogear id`.
struct NameID: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "id",
        abstract: "Says which UUID a name of the app's has here.",
        discussion:
            "A name always gives the same UUID (version 5, in Dogear's namespace), here and in the SDK's dogearId.")

    @Argument(help: "user, title or series.")
    var kind: String

    @Argument(help: "The name.")
    var name: String

    func run() throws {
        guard let kind = NamedID(rawValue: kind) else {
            throw ValidationError("\(kind) must be user, title or series.")
        }
        print(kind.id(name))
    }
}
