import ArgumentParser
import Core
import Foundation
import Migrations
import SQL
import Server
import Settings

@main
struct Dogear: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dogear",
        abstract: "Keeps people's place: in a video, a questionnaire, a live event, a scheduled watch.",
        version: DogearServer.version,
        subcommands: [
            Serve.self, Migrate.self, Key.self, User.self, Questionnaire.self, History.self, PersonCommand.self,
            NameID.self,
            OutboxCommand.self,
        ])

    /// Exit status: 0 done; 1 refused or failed; 2 the command line cannot be read; 78 a setting cannot be used.
    static func main() async {
        var chosen: (any ParsableCommand.Type)?
        do {
            var command = try parseAsRoot()
            chosen = type(of: command)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let refusal as Settings.Refusal {
            end("dogear: \(refusal)", status: 78)
        } catch let halfway as StoppedHalfway {
            // What was done is a list of its own, before what it stopped at.
            for version in halfway.versions { print("\(halfway.verb) \(version)") }
            fflush(nil)
            end("dogear: \(halfway.cause)", status: 1)
        } catch let wrong as ValidationError {
            // What a command finds out about its own arguments only when it runs is told with its own usage.
            end("Error: \(wrong.message)\nUsage: \(usageString(for: chosen ?? self))", status: 2)
        } catch {
            let code = exitCode(for: error)
            if code == .success || code == .validationFailure {
                let message = fullMessage(for: error)
                if code == .success { print(message) } else { end(message, status: 2) }
            } else if !(error is ExitCode) {
                end("dogear: \(error)", status: 1)
            } else {
                Foundation.exit(code.rawValue)
            }
        }
    }

    /// Writes what a command gives to standard output.
    /// - Throws: where that is full, or gone: whoever made something for it takes it back.
    static func give(_ text: String) throws {
        var rest = Array((text + "\n").utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard written > 0 else {
                say("dogear: standard output cannot be written: \(String(cString: strerror(errno))).")
                throw ExitCode.failure
            }
            rest = rest.dropFirst(written)
        }
    }

    private static func end(_ message: String, status: Int32) -> Never {
        say(message)
        Foundation.exit(status)
    }

    /// Refuses a file to write that is there: nobody's work goes for a name that was used twice.
    static func refuseToOverwrite(_ output: String?) throws {
        guard let output, FileManager.default.fileExists(atPath: output) else { return }
        throw ValidationError("\(output) is there already. Name another file, or take it away.")
    }

    /// Tells whoever sits in front of it, on standard error: what a command gives is written to standard output alone, so that it can go
    /// into a file.
    static func say(_ message: String) {
        // Not through FileHandle, which traps where standard error is closed.
        _ = Array((Redaction.hidingAddresses(in: message) + "\n").utf8).withUnsafeBytes {
            write(STDERR_FILENO, $0.baseAddress, $0.count)
        }
    }
}

/// What every command takes.
struct DatabaseOptions: ParsableArguments {
    @Option(help: "Where rows are kept: sqlite:PATH or postgres://… as libpq takes it. Default: DATABASE_URL.")
    var database: String?

    /// The settings under these flags, the environment and `dogear.yaml`.
    func settings(_ flags: [String: String] = [:]) async throws -> Settings {
        var flags = flags
        if let database { flags["DATABASE_URL"] = database }
        return try Settings(
            try await SettingsSource(
                flags: flags, environment: ProcessInfo.processInfo.environment, file: "dogear.yaml"))
    }

    /// Says which database a command works on, before it says anything else of it.
    static func name(_ settings: Settings) {
        Dogear.say("Database: \(Engine.name(of: settings.database))")
    }

    /// Opens the database, brings its schema up to date unless the settings say otherwise, and closes it afterwards.
    func withDatabase(_ body: (any Database) async throws -> Void) async throws {
        let settings = try await settings()
        try Engine.requireThere(settings.database)
        let database = try Engine.open(settings.database, connections: 1, logger: settings.commandLogger)
        Self.name(settings)
        // A wrong name is found out here, before another app's database gets tables of ours.
        try await Engine.requireTables(database, at: settings.database)
        if settings.migrates { try await Engine.bringUpToDate(database, at: settings.database) }
        try await body(database)
        await database.close()
    }
}
