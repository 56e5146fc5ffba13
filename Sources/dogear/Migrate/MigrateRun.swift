import ArgumentParser
import Core
import Foundation
import Migrations
import Server

extension Migrate {
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Applies what is pending, in order.")

        @OptionGroup var options: MigrateOptions
        @OptionGroup var allowances: AllowanceOptions

        @Option(help: "The last version to apply.")
        var to: Int64?

        @Flag(help: "Only say what would be applied.")
        var dryRun = false

        func run() async throws {
            try await options.withMigrator(onlyLooks: dryRun, allowances.adjust) { migrator, _, _ in
                let steps = dryRun ? try await migrator.pending(to: to ?? .max) : try await migrator.run(to: to ?? .max)
                let verb = dryRun ? "Would apply" : "Applied"
                options.show(
                    [(dryRun ? "pending" : "applied"): .array(steps.map(\.json))],
                    steps.isEmpty ? ["Nothing was pending."] : steps.map { "\(verb) \($0.version) \($0.description)" })
            }
        }
    }

    struct Revert: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Reverts the newest step, or all above a version.")

        @OptionGroup var options: MigrateOptions
        @OptionGroup var allowances: AllowanceOptions

        @Option(help: "The version to step back to; 0 reverts all.")
        var to: Int64?

        @Flag(help: "Take steps whose down file does nothing off the ledger; what they did stays.")
        var forget = false

        func run() async throws {
            try await options.withMigrator(
                mustExist: true,
                { options, settings in
                    allowances.adjust(&options, settings)
                    options.forgetsEmptyDowns = forget
                }
            ) { migrator, _, _ in
                let reverted = try await migrator.revert(to: to)
                options.show(
                    ["reverted": .array(reverted.map { .integer(Int($0)) })],
                    reverted.isEmpty ? ["Nothing was applied."] : reverted.map { "Reverted \($0)" })
            }
        }
    }

    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what is applied, pending, unfinished, changed or missing.")

        @OptionGroup var options: MigrateOptions

        func run() async throws {
            try await options.withMigrator(onlyLooks: true) { migrator, _, _ in
                let steps = try await migrator.info()
                options.show(
                    [
                        "steps": .array(
                            steps.map { step in
                                [
                                    "version": .integer(Int(step.version)), "description": .string(step.description),
                                    "state": .string(step.state.rawValue), "reversible": .bool(step.isReversible),
                                ]
                            })
                    ],
                    steps.map {
                        "\($0.state.rawValue)\t\($0.version)\t\($0.description)\($0.isReversible ? "" : "\t(no way back)")"
                    })
            }
        }
    }

    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the SQL that would run, what it locks, rewrites and destroys. Changes nothing.")

        @OptionGroup var options: MigrateOptions
        @OptionGroup var allowances: AllowanceOptions

        @Option(help: "The last version to show.")
        var to: Int64?

        func run() async throws {
            try await options.withMigrator(onlyLooks: true, allowances.adjust) { migrator, _, _ in
                let steps = try await migrator.plan(to: to ?? .max)
                options.show(
                    ["steps": .array(steps.map(\.json))],
                    steps.isEmpty ? ["Nothing is pending."] : steps.flatMap(Self.lines))
            }
        }

        private static func lines(_ step: PlannedStep) -> [String] {
            var lines = ["\(step.version) \(step.description)" + (step.isTransaction ? "" : " (outside a transaction)")]
            for statement in step.statements {
                lines.append("")
                for line in statement.sql.split(separator: "\n") { lines.append("    \(line)") }
                for lock in statement.locks { lines.append("  locks    \(lock)") }
                for rewrite in statement.rewrites { lines.append("  rewrites \(rewrite)") }
                for loss in statement.destroys { lines.append("  DESTROYS \(loss)") }
            }
            return lines + [""]
        }
    }

    struct Rebless: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Accepts a file that was edited after it was applied, on record.")

        @OptionGroup var options: MigrateOptions

        @Argument(help: "The version.")
        var version: Int64

        @Option(help: "Why the edit does not matter to the database.")
        var because: String

        func validate() throws {
            guard because.contains(where: \.isLetter) else { throw ValidationError("--because wants a reason.") }
        }

        func run() async throws {
            try await options.withMigrator(mustExist: true) { migrator, _, _ in
                try await migrator.rebless(version, because: because)
                options.show(["reblessed": .integer(Int(version))], ["Accepted \(version) as it is now."])
            }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Writes an empty migration with a timestamp.")

        @Flag(name: .shortAndLong, help: "A pair with a way back.")
        var reversible = false

        @Option(help: "The folder to write to.")
        var source = "migrations"

        @Flag(help: "Print one JSON object.")
        var json = false

        @Argument(help: "What it does, in a few words.")
        var name: String

        func run() throws {
            let words = name.split { !$0.isLetter && !$0.isNumber }.joined(separator: "_").lowercased()
            guard !words.isEmpty else { throw ValidationError("The name has no letter.") }
            try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
            let stamp = try freeVersion()
            let suffixes = reversible ? [".up.sql", ".down.sql"] : [".sql"]
            let files = suffixes.map { "\(source)/\(stamp)_\(words)\($0)" }
            for file in files {
                let text =
                    file.hasSuffix(".down.sql") ? "-- Takes back what the up file does.\n" : "-- What is to change.\n"
                try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .withoutOverwriting)
            }
            show(files)
        }

        /// The time in UTC, or the next second that no file has yet.
        private func freeVersion() throws -> String {
            let taken = Set(try FileManager.default.contentsOfDirectory(atPath: source).map { $0.prefix(14) })
            var moment = Clock.system.now
            while true {
                let stamp = String(moment.description.filter(\.isNumber).prefix(14))
                guard taken.contains(stamp[...]) else { return stamp }
                moment = moment + .seconds(1)
            }
        }

        private func show(_ files: [String]) {
            if json {
                print(JSON.object([.init("files", .array(files.map { .string($0) }))]).text)
            } else {
                for file in files { print("Wrote \(file)") }
            }
        }
    }
}
