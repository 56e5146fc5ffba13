import Core
import Foundation
import Logging
import Migrations
import SQLite
import ServiceLifecycle
import Settings
import Synchronization

/// The backups that the server itself makes: one a night, and one when whoever runs it asks.
final class BackupDesk: Service {
    /// One backup that is there.
    struct Copy: Sendable, Hashable {
        /// What it was made for.
        enum Occasion: String, Sendable {
            /// The night.
            case nightly
            /// Somebody asked.
            case asked = "by-hand"
            /// The schema was about to be changed.
            case beforeMigration = "before-migration"
        }

        /// Where it lies.
        let path: String
        /// What it was made for.
        let occasion: Occasion
        /// How large it is.
        let bytes: Int
        /// When it was whole.
        let madeAt: Instant
        /// Whether it is as whole as it was when it was checked: what its head says of its size still holds.
        let isWhole: Bool
    }

    /// How things stand.
    struct Standing: Sendable {
        /// Since when one is being made; nil where none is.
        var begun: Instant?
        /// The last try that failed, and why; nil once one has succeeded after it.
        var failure: (at: Instant, reason: String)?
    }

    /// The hour of UTC at which the nightly one is due.
    static let hour = 2

    /// Where backups go; nil where there is no place for them.
    let folder: String?
    /// How many nightly ones are kept.
    let kept: Int
    private let backups: Backups
    private let isDump: Bool
    private let clock: Clock
    private let logger: Logger
    private let interruption = Interruption()
    private let standing = Mutex(Standing())

    init(_ settings: Settings, clock: Clock, logger: Logger) {
        self.clock = clock
        self.logger = logger
        folder = settings.backupsFolder ?? Backups.folder(of: settings.database)
        kept = settings.backupsKept
        if case .postgres = settings.database { isDump = true } else { isDump = false }
        backups = Backups(of: settings.database, clock: clock, interruption: interruption)
    }

    /// How things stand now.
    var now: Standing { standing.withLock { $0 } }

    /// What is there, the newest first; nothing where the folder cannot be looked into, which the next try to make one says.
    func copies() -> [Copy] {
        guard let folder, let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
        return names.compactMap { name in
            // What others have put there is none of ours.
            guard name.hasSuffix(isDump ? ".dump" : ".sqlite"), name.contains(/[0-9]{8}T[0-9]{9}Z/),
                let facts = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)"),
                facts[.type] as? FileAttributeType == .typeRegular,
                let changed = facts[.modificationDate] as? Date, let size = facts[.size] as? Int
            else { return nil }
            return Copy(
                path: "\(folder)/\(name)", occasion: Self.occasion(of: name), bytes: size,
                madeAt: Instant(milliseconds: Int64(changed.timeIntervalSince1970 * 1_000)),
                isWhole: isDump
                    ? Backups.looksLikeDump("\(folder)/\(name)")
                    : SQLiteDatabase.hasItsSize("\(folder)/\(name)", bytes: size))
        }.sorted { ($0.madeAt, $0.path) > ($1.madeAt, $1.path) }
    }

    private static func occasion(of name: String) -> Copy.Occasion {
        if name.contains("-nightly.") { return .nightly }
        return name.contains("-before-") ? .beforeMigration : .asked
    }

    /// Begins to make one, and returns at once.
    /// - Throws: 409 where one is being made, or there is no place for it.
    func begin() throws(Problem) {
        let folder = try start()
        Task { await make(in: folder, "") }
    }

    private func start() throws(Problem) -> String {
        guard let folder else {
            throw Problem(
                409, "no-backup-folder", "There is no folder for backups",
                "Backups of Postgres are made by its owner's own tools, or by Dogear where BACKUPS_FOLDER names a folder for them. Set it and start Dogear again, or use `dogear migrate backup`."
            )
        }
        let now = clock.now
        let isFirst = standing.withLock { standing in
            guard standing.begun == nil else { return false }
            standing.begun = now
            return true
        }
        guard isFirst else {
            throw Problem(
                409, "backup-running", "A backup is being made",
                "It was begun already, and one at a time is made. Look again in a moment.")
        }
        return folder
    }

    private func make(in folder: String, _ suffix: String) async {
        do {
            try clearUnfinished(in: folder)
            let copy = try await backups.make(to: "\(folder)/\(backups.stamp)\(suffix).\(isDump ? "dump" : "sqlite")")
            logger.info("a backup was made", metadata: ["file": "\(copy)"])
            standing.withLock { $0 = Standing() }
        } catch {
            logger.error("a backup failed", metadata: ["reason": "\(error)"])
            let now = clock.now
            standing.withLock { $0 = Standing(begun: nil, failure: (now, "\(error)")) }
        }
    }

    /// What a process that was killed has left: nobody has written to it for an hour. What is younger somebody else may be writing.
    private func clearUnfinished(in folder: String) throws {
        do {
            try PrivateFiles.makeFolder(folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".unfinished")
            {
                let facts = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
                guard let changed = facts?[.modificationDate] as? Date, changed.timeIntervalSinceNow < -3_600 else {
                    continue
                }
                try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
        } catch {
            throw BackupError(
                "The folder \(folder) cannot be used. Give Dogear a folder there that it may write to, or name another."
            )
        }
    }

    /// Makes the nightly ones until a stop is asked for, which ends one that is being made.
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                do { try await clock.sleep(until: due()) } catch { break }
                await makeNightly()
            }
        }
        interruption.ask()
    }

    /// Makes a nightly one, and lets go of the oldest.
    func makeNightly() async {
        guard kept > 0, folder != nil, let folder = try? start() else { return }
        await make(in: folder, "-nightly")
        do {
            for old in copies().filter({ $0.occasion == .nightly }).dropFirst(kept) {
                try FileManager.default.removeItem(atPath: old.path)
            }
        } catch {
            logger.error("an old backup stays", metadata: ["reason": "\(error)"])
        }
    }

    /// When the next one is due: a night that was slept through is made up for, but what has no backup yet waits for its first night.
    func due() -> Instant {
        let (now, day) = (clock.now.milliseconds, Int64(86_400_000))
        let last = now - (now - Int64(Self.hour) * 3_600_000) % day
        let newest = copies().first { $0.occasion == .nightly }?.madeAt.milliseconds
        let failed = self.now.failure?.at.milliseconds
        if let newest, newest < last, failed.map({ $0 < last }) ?? true { return clock.now }
        return Instant(milliseconds: last + day)
    }
}
