import Accounts
import ArgumentParser
import Core
import Foundation
import Migrations
import SQL
import Server
import Settings

extension Migrate {
    struct Lint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads migrations and names what would hurt on a database with rows in it.")

        @OptionGroup var options: MigrateOptions

        func run() async throws {
            let dialect: Dialect = try await options.settings().database.dialect
            try options.report(
                Linter(try options.set(for: dialect), dialect: dialect).reports(), clean: "Nothing to complain of")
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tries every step up, down and up again on a shadow database with rows in it.")

        @OptionGroup var options: MigrateOptions
        @OptionGroup var shadow: ShadowOptions

        @Option(help: "A file of INSERT statements: rows to be there beside, or instead of, the made-up ones.")
        var rows: String?

        func run() async throws {
            let settings = try await options.settings()
            let set = try options.set(for: settings.database.dialect)
            let rows = try rows.map(Self.script)
            let reports = try await options.interruptibly { interruption in
                try await Verifier(
                    set, rows: rows, interruption: interruption, makeShadow: shadow.make(beside: settings, options)
                ).reports()
            }
            try options.report(reports, clean: "Every step goes up, down and up again")
        }

        private static func script(_ path: String) throws -> Script {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ValidationError("The file \(path) cannot be read. --rows takes a file of INSERT statements.")
            }
            return Script(file: path, bytes: Array(data))
        }
    }

    struct Adopt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes over a database that was never under migrations.")

        @OptionGroup var options: MigrateOptions
        @OptionGroup var allowances: AllowanceOptions
        @OptionGroup var shadow: ShadowOptions

        func run() async throws {
            try await options.withMigrator(allowances.adjust) { migrator, _, settings in
                let shadows = shadow.make(beside: settings, options)
                let outcome = try await Adopter(migrator, makeShadow: shadows).adopt()
                options.show(
                    [
                        "recognised": .array(outcome.recognised.map(\.json)),
                        "applied": .array(outcome.applied.map(\.json)),
                        "was_under_migrations": .bool(outcome.wasUnderMigrations),
                    ],
                    outcome.wasUnderMigrations
                        ? ["This database is under migrations already. Nothing was done."]
                        : outcome.recognised.map { "Recognised \($0.version) \($0.description)" }
                            + outcome.applied.map { "Applied \($0.version) \($0.description)" })
            }
        }
    }

    struct Backup: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copies the database while others use it. SQLite: checked; Postgres: with pg_dump.")

        @OptionGroup var options: MigrateOptions

        @Option(help: "The file to write. Default: one with the time in its name.")
        var to: String?

        func run() async throws {
            let settings = try await options.settings()
            DatabaseOptions.name(settings)
            let file = try await options.interruptibly { interruption in
                try await Backups(of: settings.database, isPooled: options.noPrepare, interruption: interruption).make(
                    to: to)
            }
            options.show(["backup": .string(file)], ["Wrote \(file)"])
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts a backup in the place of the database. Stop the server first.")

        @OptionGroup var options: MigrateOptions

        @Argument(help: "The backup.")
        var file: String

        func run() async throws {
            let settings = try await options.settings()
            DatabaseOptions.name(settings)
            // Better refused before anything is changed.
            if knowsErasures(settings) { _ = try DogearServer.secret(settings) }
            let kept = try await Backups(of: settings.database, isPooled: options.noPrepare).restore(from: file)
            let erased = try await eraseAgain(settings)
            options.show(
                [
                    "restored": .string(file), "kept": .optional(kept) { .string($0) },
                    "erased_again": .integer(erased),
                ],
                ["Restored \(file)."] + (kept.map { ["What stood there is kept as \($0)."] } ?? [])
                    + (erased > 0 ? ["\(erased) erasures that were made since were made again."] : []))
        }

        /// Where the schema is left as it is, the server does it at its start.
        private func knowsErasures(_ settings: Settings) -> Bool {
            settings.migrates && FileManager.default.fileExists(atPath: settings.erasuresLog)
        }

        /// A backup knows nothing of who was erased since it was made; the log beside the database does. How many erasures.
        private func eraseAgain(_ settings: Settings) async throws -> Int {
            guard knowsErasures(settings) else { return 0 }
            let database = try Engine.open(settings.database, connections: 1, logger: settings.commandLogger)
            do {
                try await Engine.bringUpToDate(database, at: settings.database)
                let count = try await DogearServer.withPeople(settings, database) { desk in
                    let count = try await desk.eraser.replay()
                    while try await desk.eraser.look() { try await Clock.system.sleep(for: .seconds(1)) }
                    return count
                }
                await database.close()
                return count
            } catch {
                await database.close()
                throw error
            }
        }
    }

    struct SchemaCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schema", abstract: "Prints the live schema as SQL, the same for the same schema.")

        @OptionGroup var options: MigrateOptions

        func run() async throws {
            try await options.withMigrator(onlyLooks: true) { _, database, _ in
                let text = try await SchemaText.read(database)
                options.show(["schema": .string(text)], [text])
            }
        }
    }
}

/// What a shadow database begins with.
struct ShadowOptions: ParsableArguments {
    @Flag(help: "Let the shadow begin with the extensions of the named database (Postgres).")
    var withExtensions = false

    func make(beside settings: Settings, _ options: MigrateOptions) -> Shadow.Make {
        Engine.shadows(
            beside: settings.database, withExtensions: withExtensions, isPooled: options.noPrepare,
            logger: settings.commandLogger)
    }
}

extension MigrateOptions {
    /// Prints what was found out about steps; ends with 1 where something is wrong.
    fileprivate func report(_ reports: [StepReport], clean: String) throws {
        let lines = reports.flatMap { report -> [String] in
            guard !report.findings.isEmpty else { return [] }
            return ["\(report.version) \(report.description)"]
                + report.findings.map { finding in
                    let rule = finding.rule.map { " [\($0)]" } ?? ""
                    let allowed = finding.allowed.map { " (accepted: \($0))" } ?? ""
                    let text = finding.message.split(separator: "\n").joined(separator: "\n      ")
                    return "  \(finding.phase.rawValue)  \(finding.object)\(rule)\(allowed)\n      \(text)"
                }
        }
        let bad = reports.count { !$0.isOK }
        let summary = bad == 0 ? "\(clean): \(reports.count) steps." : "\(bad) of \(reports.count) steps have findings."
        show(["steps": .array(reports.map(\.json))], lines + [summary])
        if bad > 0 { throw ExitCode(1) }
    }
}

extension Settings.DatabaseAddress {
    /// Which engine it is of.
    var dialect: Dialect {
        switch self {
        case .sqlite: .sqlite
        case .postgres: .postgres
        }
    }
}
