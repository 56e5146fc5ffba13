import ArgumentParser
import Core
import Dispatch
import Foundation
import Migrations
import SQL
import Server
import Settings

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Changes schemas, and takes the changes back.",
        discussion: """
            Without --source it works on Dogear's own schema, with it on any folder of migrations as sqlx-cli writes them. \
            docs/migrations.md tells about each command.
            """,
        subcommands: [
            Add.self, Plan.self, Run.self, Revert.self, Info.self, Verify.self, Lint.self, Adopt.self, Backup.self,
            Restore.self, Rebless.self, SchemaCommand.self,
        ])
}

/// Where the steps come from and go to.
struct MigrateOptions: ParsableArguments {
    @OptionGroup var database: DatabaseOptions

    @Option(
        help: "A folder of .sql files, or one with a folder `sqlite` or `postgres` in it. Default: Dogear's own schema."
    )
    var source: String?

    @Option(help: "The Postgres schema that holds the ledger. Default: the first of the search path.")
    var ledger: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "A pooler stands before Postgres (PgBouncer in transaction mode). Usually found out by itself.")
    var noPrepare = false

    func settings() async throws -> Settings { try await database.settings() }

    func set(for dialect: Dialect) throws -> MigrationSet {
        guard let source else { return try Engine.migrations(for: dialect) }
        let own = source + "/" + dialect.rawValue
        var isFolder: ObjCBool = false
        let hasOwn = FileManager.default.fileExists(atPath: own, isDirectory: &isFolder) && isFolder.boolValue
        return try MigrationSet(folder: hasOwn ? own : source)
    }

    /// Runs a closure with the database and its migrator, and closes the database in the end.
    ///
    /// Commands that only look do not make a SQLite file that is not there yet: they look at an empty one.
    func withMigrator<Result>(
        onlyLooks: Bool = false, mustExist: Bool = false,
        _ adjust: (inout Migrator.Options, Settings) -> Void = { _, _ in },
        _ body: (Migrator, any Database, Settings) async throws -> Result
    ) async throws -> Result {
        let settings = try await settings()
        if mustExist, case .sqlite(let path) = settings.database, !FileManager.default.fileExists(atPath: path) {
            throw ValidationError("There is no file \(path).")
        }
        DatabaseOptions.name(settings)
        let (database, close) = try await open(settings, onlyLooks: onlyLooks)
        var options = Migrator.Options()
        options.ledgerSchema = ledger
        options.appliedBy = "\(NSUserName())@\(ProcessInfo.processInfo.hostName) dogear \(DogearServer.version)"
        adjust(&options, settings)
        options.interruption.ends { database.interrupt() }
        let signals = Signals(asking: options.interruption)
        defer { signals.stop() }
        do {
            let set = try set(for: database.dialect)
            for odd in set.oddities where !json { Self.warn("\(odd.file): \(odd.message)") }
            let result = try await body(Migrator(database: database, set: set, options: options), database, settings)
            await close()
            return result
        } catch {
            await close()
            tell(error)
            throw error
        }
    }

    /// Runs a closure that a signal ends, for commands that need no migrator.
    func interruptibly<Result>(_ body: (Interruption) async throws -> Result) async throws -> Result {
        let interruption = Interruption()
        let signals = Signals(asking: interruption)
        defer { signals.stop() }
        do {
            return try await body(interruption)
        } catch {
            tell(error)
            throw error
        }
    }

    /// With `--json` a failure is an object too.
    private func tell(_ error: any Error) {
        guard json else { return }
        let told = (error as? StoppedHalfway)?.json ?? .object([.init("error", .string("\(error)"))])
        print(Redaction.hidingAddresses(in: told.text))
    }

    private func open(_ settings: Settings, onlyLooks: Bool) async throws -> (any Database, () async -> Void) {
        if onlyLooks, case .sqlite(let path) = settings.database {
            guard FileManager.default.fileExists(atPath: path) else {
                let shadow = try await Engine.shadows(beside: settings.database, logger: settings.commandLogger)()
                return (shadow.database, { await shadow.drop() })
            }
            let database = try Engine.openToLook(path)
            return (database, { await database.close() })
        }
        let database = try Engine.open(
            settings.database, connections: 1, isPooled: noPrepare, logger: settings.commandLogger)
        return (database, { await database.close() })
    }

    private static func warn(_ message: String) {
        _ = Array("dogear: warning: \(message)\n".utf8).withUnsafeBytes {
            write(STDERR_FILENO, $0.baseAddress, $0.count)
        }
    }

    /// Prints an object with `--json`, else lines for a person.
    func show(_ object: JSON, _ lines: [String]) {
        if json { print(object.text) } else { for line in lines { print(line) } }
    }
}

/// What Ctrl-C and SIGTERM do while a schema is changed: the statement that runs is ended by the server, and then it is said what was
/// done. A second signal ends the process at once.
private final class Signals {
    private var sources: [any DispatchSourceProtocol] = []

    init(asking interruption: Interruption) {
        let body: @Sendable () -> Void = { interruption.ask() }
        let queue = DispatchQueue(label: "dogear.signals")
        let again = DispatchSource.makeTimerSource(queue: queue)
        // Again and again: a signal may come between two statements, when there is none to end.
        again.setEventHandler(handler: body)
        again.schedule(deadline: .distantFuture)
        again.resume()
        sources.append(again)
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                signal(SIGINT, SIG_DFL)
                signal(SIGTERM, SIG_DFL)
                again.schedule(deadline: .now(), repeating: .milliseconds(50))
            }
            source.resume()
            sources.append(source)
        }
    }

    func stop() {
        for source in sources { source.cancel() }
        sources = []
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
    }
}

/// What steps may be run although the ledger would refuse.
struct AllowanceOptions: ParsableArguments {
    @Flag(help: "Go on although the ledger has versions that have no file.")
    var ignoreMissing = false

    @Flag(help: "Apply steps that are older than the newest applied one.")
    var allowOutOfOrder = false

    @Option(help: "What became of the statement outside a transaction that was under way: done or again.")
    var resolve: String?

    @Flag(help: "Make no backup first.")
    var noBackup = false

    @Option(help: "VERSION:TABLE: this step's rebuild of the table may lose rows, on record. May be given again.")
    var accept: [String] = []

    func validate() throws {
        for accepted in accept where AcceptedLoss(accepted) == nil {
            throw ValidationError("--accept takes VERSION:TABLE, such as 20261108090000:answers, and not \(accepted).")
        }
        guard resolve == nil || resolve == "done" || resolve == "again" else {
            throw ValidationError("--resolve takes done or again.")
        }
    }

    func adjust(_ options: inout Migrator.Options, _ settings: Settings) {
        options.ignoresMissing = ignoreMissing
        options.allowsOutOfOrder = allowOutOfOrder
        options.resolution = resolve
        options.acceptedLosses = Set(accept.compactMap(AcceptedLoss.init))
        if !noBackup {
            let backups = Backups(of: settings.database)
            options.backup = { try await backups.make(before: $0) }
        }
    }
}

extension Migration {
    /// As one of the steps in `--json`.
    var json: JSON { ["version": .integer(Int(version)), "description": .string(description)] }
}
