import ArgumentParser
import Migrations
import SQL
import Server
import Settings

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings a schema up to date, and back.", subcommands: [Run.self, Revert.self, Info.self])

    /// Where the steps come from and go to.
    struct Options: ParsableArguments {
        @OptionGroup var database: DatabaseOptions

        @Option(help: "A folder of .sql files. Default: Dogear's own schema.")
        var source: String?

        func migrator() async throws -> (Migrator, any Database) {
            let settings = try await database.settings()
            let database = try Engine.open(settings.database, connections: 1, logger: settings.logger)
            if let source {
                return (Migrator(database: database, set: try MigrationSet(folder: source)), database)
            }
            return (try Engine.migrator(for: database), database)
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Applies what is pending, in order.")

        @OptionGroup var options: Options

        @Option(help: "The last version to apply.")
        var to: Int64?

        func run() async throws {
            let (migrator, database) = try await options.migrator()
            let applied = try await migrator.run(to: to ?? .max)
            for migration in applied { print("Applied \(migration.version) \(migration.description)") }
            if applied.isEmpty { print("Nothing was pending.") }
            await database.close()
        }
    }

    struct Revert: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Reverts the newest step, or all above a version.")

        @OptionGroup var options: Options

        @Option(help: "The version to step back to; 0 reverts all.")
        var to: Int64?

        func run() async throws {
            let (migrator, database) = try await options.migrator()
            let reverted = try await migrator.revert(to: to)
            for version in reverted { print("Reverted \(version)") }
            if reverted.isEmpty { print("Nothing was applied.") }
            await database.close()
        }
    }

    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows what is applied, pending, changed or missing.")

        @OptionGroup var options: Options

        func run() async throws {
            let (migrator, database) = try await options.migrator()
            for status in try await migrator.info() {
                print("\(status.state.rawValue)\t\(status.version)\t\(status.description)")
            }
            await database.close()
        }
    }
}
