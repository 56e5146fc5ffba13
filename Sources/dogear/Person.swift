import Accounts
import ArgumentParser
import Core
import Foundation
import Playback
import Server
import Settings

/// `dogear person`.
struct PersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "Reads out, or erases, all that is kept of somebody.",
        subcommands: [Export.self, Erase.self])

    /// Whom it is about.
    struct Who: ParsableArguments {
        @Argument(help: "The user: a UUID, or the app's own name for them, as `dogear id user` takes it.")
        var user: String?

        @Option(help: "Instead of a user: the id of an assessment session.")
        var assessment: String?

        @Option(help: "Instead of a user: an e-mail address, also of an account.")
        var email: String?

        @Option(help: "Instead of a user: the id of a participant of a live event.")
        var participant: String?

        func validate() throws {
            guard [user, assessment, email, participant].count(where: { $0 != nil }) == 1 else {
                throw ValidationError("Name one person: a user, or --assessment, --email or --participant.")
            }
            if let email, EmailAddress(email) == nil {
                throw ValidationError("'\(email)' is no address: it \(EmailAddress.expected).")
            }
            if let participant, ID(participant) == nil {
                throw ValidationError("'\(participant)' is no participant's id, which is a UUID.")
            }
        }

        var person: Person? {
            if let user { return .user(ID(user) ?? NamedID.user.id(user)) }
            if let assessment { return .assessment(ID(assessment)?.description ?? assessment) }
            if let email { return EmailAddress(email).map { .email($0) } }
            return participant.flatMap { ID($0) }.map { .participant($0) }
        }

        /// As it was typed, and has to be typed again.
        var typed: String { user ?? assessment ?? email ?? participant ?? "" }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes all that is kept of somebody as NDJSON: a line for each row, and a last one that says so."
        )

        @OptionGroup var options: DatabaseOptions
        @OptionGroup var who: Who

        @Option(help: "Where to: a file that is not there yet, for your eyes alone. Default: standard output.")
        var output: String?

        func run() async throws {
            let file = try output.map(Self.make) ?? FileHandle.standardOutput
            try await PersonCommand.withPeople(options, who) { desk, person in
                try await desk.export(person) { lines in
                    try file.write(contentsOf: Data(lines.map { $0.text + "\n" }.joined().utf8))
                }
            }
        }

        private static func make(_ path: String) throws -> FileHandle {
            let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
            guard file >= 0 else {
                throw ValidationError("\(path) cannot be made: \(String(cString: strerror(errno))).")
            }
            return FileHandle(fileDescriptor: file, closeOnDealloc: true)
        }
    }

    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erases all that is kept of somebody. There is no way back.",
            discussion: """
                It asks for the person once more, unless --yes is given. Cut off, it is gone on with by the server, or by the same command. \
                For thirty days nothing is taken for who was erased.
                """)

        @OptionGroup var options: DatabaseOptions
        @OptionGroup var who: Who

        @Flag(help: "Do not ask.")
        var yes = false

        func run() async throws {
            try await PersonCommand.withPeople(options, who) { desk, person in
                if !yes { try confirm() }
                let begun = try await desk.erase(person)
                while try await desk.eraser.look() {
                    try await Clock.system.sleep(for: .seconds(1))
                }
                let done = try await desk.find(begun.id)
                for (kind, count) in done.counts.sorted(by: { $0.key < $1.key }) { print("\(count)\t\(kind)") }
                print(done.counts.isEmpty ? "Nothing was kept." : "Erased.")
            }
        }

        private func confirm() throws {
            Dogear.say("All that is kept of \(who.typed) goes, for good. Type it again to go on:")
            guard readLine()?.trimmingCharacters(in: .whitespaces) == who.typed else {
                Dogear.say("That is not the same. Nothing was erased.")
                throw ExitCode.failure
            }
        }
    }

    private static func withPeople(
        _ options: DatabaseOptions, _ who: Who, _ body: (PeopleDesk, Person) async throws -> Void
    ) async throws {
        guard let person = who.person else { throw ValidationError("Name one person.") }
        let settings = try await options.settings()
        try await options.withDatabase { database in
            try await DogearServer.withPeople(settings, database) { try await body($0, person) }
        }
    }
}
