import Foundation
package import Settings

/// That one server alone serves a SQLite file.
///
/// A second one would hear nothing of what the first tells its followers, and do its chores beside it. The lock belongs to the process
/// and goes with it, however that ends.
package struct SoleServer: ~Copyable {
    private let file: Int32

    /// Takes a SQLite file for this process. A Postgres may have as many servers as it likes.
    /// - Throws: `Settings.Refusal` where another server has it.
    package init(of address: Settings.DatabaseAddress) throws(Settings.Refusal) {
        guard case .sqlite(let path) = address else {
            file = -1
            return
        }
        let lock = path + "-server"
        file = open(lock, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw Settings.Refusal(description: "\(lock) cannot be written: \(String(cString: strerror(errno))).")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? String(contentsOfFile: lock, encoding: .utf8)).flatMap { Int($0) }
            close(file)
            throw Settings.Refusal(
                description:
                    "Another server\(holder.map { ", process \($0)," } ?? "") serves \(path) already. Stop it, or give this one a file of its own with --database. Several servers beside each other need Postgres."
            )
        }
        let own = Array("\(ProcessInfo.processInfo.processIdentifier)".utf8)
        ftruncate(file, 0)
        _ = pwrite(file, own, own.count, 0)
    }

    deinit { if file >= 0 { close(file) } }
}
