import Core
import Dispatch
import Foundation

/// What was erased, in a file beside the database: whoever puts back a backup from before an erasure has it done again.
///
/// A line for each, and more for what went of it, with its id, its moment and keyed hashes of whom it is of, never an id of somebody. A line is on the disk
/// before the erasure is acknowledged.
package struct ErasureLog: Sendable {
    /// One erasure, as the log has it.
    struct Line: Codable, Sendable, Hashable {
        let id: String
        let at: String
        /// Tells hashes of one secret from those of another.
        let key: String
        /// Whom it is of; none in a line that only says what went.
        let hashes: [String]
        /// Names that devices may still speak by of what went, as keyed hashes.
        let names: [String]?

        /// An erasure that begins.
        init(_ erasure: Erasure, key: String) {
            self.init(erasure, key: key, hashes: erasure.hashes, names: nil)
        }

        /// What has gone of it.
        init(_ erasure: Erasure, key: String, names: [String]) {
            self.init(erasure, key: key, hashes: [], names: names)
        }

        private init(_ erasure: Erasure, key: String, hashes: [String], names: [String]?) {
            id = erasure.id.description
            at = erasure.requestedAt.description
            self.key = key
            self.hashes = hashes
            self.names = names
        }
    }

    /// Where it is.
    package let path: String

    /// A log in a file, which is made with the first line, for its owner's eyes alone.
    package init(path: String) {
        self.path = path
    }

    /// Why the log cannot be kept. Nothing is acknowledged then.
    package struct Failure: Error, CustomStringConvertible, Sendable {
        /// In a sentence.
        package let description: String
    }

    /// Adds a line, and returns when the disk has it.
    func append(_ line: Line) async throws {
        let bytes = try JSONEncoder().encode(line) + Data("\n".utf8)
        let path = path
        try await Self.offPool { try Self.write(bytes, to: path) }
    }

    /// Its lines, the oldest first. One that broke off when the machine stopped was never acted upon: it is written again, on a line of
    /// its own.
    func lines() async throws -> [Line] {
        let path = path
        return try await Self.offPool {
            guard FileManager.default.fileExists(atPath: path) else { return [] }
            guard let bytes = FileManager.default.contents(atPath: path) else { throw Self.failure(path) }
            let decoder = JSONDecoder()
            return bytes.split(separator: UInt8(ascii: "\n")).compactMap { try? decoder.decode(Line.self, from: $0) }
        }
    }

    private static func write(_ bytes: Data, to path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = open(path, O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        // Two servers, or a server and a command, write one line after the other.
        guard flock(file, LOCK_EX) == 0 else { throw failure(path) }
        let end = lseek(file, 0, SEEK_END)
        guard end >= 0 else { throw failure(path) }
        let whole = (try isClosed(file, at: end, path) ? Data() : Data("\n".utf8)) + bytes
        let written = whole.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
        guard written == whole.count, fsync(file) == 0 else {
            let failure = failure(path)
            // Nothing of it stays, or the next line would hang on to it.
            _ = ftruncate(file, end)
            throw failure
        }
        // That there is such a file has to be on the disk too.
        let parent = open(folder, O_RDONLY | O_CLOEXEC)
        guard parent >= 0 else { throw failure(path) }
        defer { close(parent) }
        guard fsync(parent) == 0 else { throw failure(path) }
    }

    /// Whether what is there ends with its line: one that broke off must not swallow the next.
    private static func isClosed(_ file: Int32, at end: off_t, _ path: String) throws -> Bool {
        guard end > 0 else { return true }
        var last: UInt8 = 0
        guard pread(file, &last, 1, end - 1) == 1 else { throw failure(path) }
        return last == UInt8(ascii: "\n")
    }

    private static func failure(_ path: String) -> Failure {
        Failure(description: "\(path), the log of erasures, cannot be used: \(String(cString: strerror(errno))).")
    }

    private static func offPool<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }
}
