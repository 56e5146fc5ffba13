import Foundation
import SQL

/// Files and folders that are their owner's alone, whatever the process's umask says: rows hold what people answered and watch.
package enum PrivateFiles {
    /// Makes an empty file with mode 0600; one that is there stays as it is.
    /// - Throws: `SQLError.unavailable` with the reason.
    package static func make(_ path: String) throws {
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        if file >= 0 {
            close(file)
        } else if errno != EEXIST {
            throw SQLError.unavailable("\(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Makes a folder with mode 0700, and those above it that are missing; what is there stays as it is.
    /// - Throws: `SQLError.unavailable` with the reason.
    package static func makeFolder(_ path: String) throws {
        guard !path.isEmpty, mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        let above = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard errno == ENOENT, above != path else {
            throw SQLError.unavailable("\(path): \(String(cString: strerror(errno)))")
        }
        try makeFolder(above)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw SQLError.unavailable("\(path): \(String(cString: strerror(errno)))")
        }
    }
}
