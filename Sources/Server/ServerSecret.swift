import Changes
import Foundation
import Settings

/// What tokens and codes are derived from: `DOGEAR_SECRET`, or 32 bytes that are drawn once and kept beside the SQLite file.
enum ServerSecret {
    private static let length = 32

    /// - Throws: `Settings.Refusal` on Postgres, where several nodes must share it, and for a file that cannot be used.
    static func find(_ settings: Settings) throws -> [UInt8] {
        if let given = settings.secret { return Array(given.utf8) }
        guard case .sqlite(let path) = settings.database else {
            throw Settings.Refusal(
                description:
                    "On Postgres DOGEAR_SECRET must be set, to the same value on every node: 32 characters or more, drawn at random. `openssl rand -hex 32` prints some."
            )
        }
        return try kept(at: path + "-secret")
    }

    /// What is kept of people who were erased. It is not in the database, so it is the same once a backup was put back.
    static func personHash(_ settings: Settings) throws -> PersonHash { PersonHash(try find(settings)) }

    private static func kept(at path: String) throws -> [UInt8] {
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        if file >= 0 {
            defer { close(file) }
            let drawn = (0..<length).map { _ in UInt8.random(in: .min ... .max) }
            guard write(file, drawn, length) == length, fsync(file) == 0 else { throw refusal(path) }
            return drawn
        }
        guard errno == EEXIST, let found = FileManager.default.contents(atPath: path), found.count == length else {
            throw refusal(path)
        }
        return Array(found)
    }

    private static func refusal(_ path: String) -> Settings.Refusal {
        Settings.Refusal(
            description:
                "\(path) does not hold the \(length) bytes that tokens and codes are derived from, and they could not be stored there. Make the folder writable, restore the file from a backup, or set DOGEAR_SECRET."
        )
    }
}
