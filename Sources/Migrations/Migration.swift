import Crypto
import Foundation
import SQL

/// One step of a schema: what it is called, the SQL that takes it and, where there is one, the SQL that takes it back.
package struct Migration: Sendable, Hashable {
    /// Its place in the order: a 64-bit number, usually a timestamp.
    package let version: Int64
    /// Its file's name in words.
    package let description: String
    /// The SQL that applies it.
    package let up: Script
    /// The SQL that reverts it; nil where it cannot be reverted.
    package let down: Script?

    /// A step from its parts.
    package init(version: Int64, description: String, up: Script, down: Script?) {
        self.version = version
        self.description = description
        self.up = up
        self.down = down
    }
}

/// A SQL file.
package struct Script: Sendable, Hashable {
    /// Its name, for messages.
    package let file: String
    /// The file as it is on disk.
    package let bytes: [UInt8]

    /// A script from a file's bytes.
    package init(file: String = "", bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }

    /// Whether it asks to be run outside a transaction, as sqlx has it: by its first words, behind a byte order mark.
    package var isOutsideTransaction: Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return bytes.dropFirst(bytes.starts(with: mark) ? mark.count : 0).starts(with: "-- no-transaction".utf8)
    }

    /// Whether its first line looks as if it were to ask that, and is spelled otherwise.
    var nearlyAsksOutside: Bool {
        guard !isOutsideTransaction, let line = text.split(whereSeparator: \.isNewline).first, line.hasPrefix("--")
        else {
            return false
        }
        return line.lowercased().filter(\.isLetter) == "notransaction"
    }

    /// Why the file cannot be read as SQL at all; nil where it can.
    func unreadable(_ dialect: Dialect) -> String? {
        if bytes.contains(0) { return "has a NUL byte, which no engine reads past" }
        if String(validating: bytes, as: UTF8.self) == nil { return "is not UTF-8; save it as UTF-8" }
        guard let open = SQLLexer.unclosed(in: bytes, dialect: dialect) else { return nil }
        let hint =
            open.what == "a comment" && dialect == .postgres
            ? " (Postgres nests comments, so every /* within one wants its own */)" : ""
        return "opens \(open.what) on line \(open.line) that is never closed\(hint)"
    }

    /// The SQL.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// SHA-384 of the raw bytes, which is what sqlx-cli writes into its ledger.
    package var checksum: [UInt8] { Array(SHA384.hash(data: bytes)) }

    /// Whether a recorded checksum is this script's, in whichever of LF and CRLF the file was checked out.
    package func matches(checksum recorded: [UInt8]) -> Bool {
        guard recorded != checksum else { return true }
        let lines = text.replacing("\r\n", with: "\n")
        return [lines, lines.replacing("\n", with: "\r\n")].contains { variant in
            Array(SHA384.hash(data: Array(variant.utf8))) == recorded
        }
    }
}

/// What is wrong with a folder of migrations or with a ledger, and the way out.
package struct MigrationError: Error, CustomStringConvertible, Sendable {
    /// A few sentences for a person: what is wrong, what state the database is in, and what to do.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The steps of one schema, in order.
package struct MigrationSet: Sendable {
    /// The steps, lowest version first.
    package let migrations: [Migration]
    /// Files that are not as they should be, and are gone on without or with all the same.
    package let oddities: [Oddity]

    /// A file that is not as it should be.
    package struct Oddity: Sendable, Hashable {
        /// Its step.
        package let version: Int64
        /// Its name.
        package let file: String
        /// What is odd, and what it means.
        package let message: String
    }

    /// A set from steps that are in order.
    init(_ migrations: [Migration]) {
        self.migrations = migrations
        oddities = []
    }

    /// A set from its files: `<version>_<description>.up.sql`, `.down.sql`, or `.sql` for a step that cannot be reverted.
    ///
    /// Files of other names are left alone. A down file without an up file, and halves of different names, are odd and no more, as
    /// sqlx treats them.
    /// - Throws: `MigrationError` when two files claim to be the same half of a version; all of them are named.
    package init(files: [(name: String, bytes: [UInt8])]) throws {
        var steps: [Int64: (up: FileName?, down: FileName?)] = [:]
        var scripts: [String: Script] = [:]
        var clashes: [String] = []
        for file in files {
            guard let name = FileName(file.name) else { continue }
            var step = steps[name.version] ?? (nil, nil)
            if let other = name.isDown ? step.down : step.up {
                clashes.append("\(other.file) and \(name.file)")
                continue
            }
            if name.isDown { step.down = name } else { step.up = name }
            scripts[name.file] = Script(file: name.file, bytes: file.bytes)
            steps[name.version] = step
        }
        guard clashes.isEmpty else {
            throw MigrationError(
                "Two files claim one version: \(clashes.joined(separator: "; ")). Give one of each pair a new number.")
        }
        migrations = steps.sorted { $0.key < $1.key }.compactMap { version, step in
            guard let up = step.up, let script = scripts[up.file] else { return nil }
            return Migration(
                version: version, description: up.description.replacing("_", with: " "), up: script,
                down: step.down.flatMap { scripts[$0.file] })
        }
        oddities = steps.sorted { $0.key < $1.key }.flatMap { version, step in
            Self.oddities(step.up, step.down, scripts).map {
                Oddity(version: version, file: $0.file, message: $0.message)
            }
        }
    }

    private static func oddities(
        _ up: FileName?, _ down: FileName?, _ scripts: [String: Script]
    ) -> [(file: String, message: String)] {
        var odd: [(file: String, message: String)] = []
        if let down, up == nil {
            odd.append(
                (down.file, "It is a way back with no way there: no .up.sql or .sql has its version. It is left alone.")
            )
        }
        if let up, let down, up.description != down.description {
            odd.append(
                (
                    down.file,
                    "It has another name than \(up.file). It is taken for its way back, since their versions are the same."
                ))
        }
        for file in [up, down].compactMap({ $0?.file }) where scripts[file]?.nearlyAsksOutside == true {
            odd.append(
                (
                    file,
                    "Its first line is nearly `-- no-transaction` and is not, so the file runs in a transaction. Write that line exactly, in lower case, if it is meant."
                ))
        }
        return odd
    }

    /// Reads a folder.
    /// - Throws: `MigrationError` when the folder cannot be read.
    package init(folder path: String) throws {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw MigrationError("The folder \(path) cannot be read. Name the folder of .sql files with --source.")
        }
        try self.init(
            files: names.sorted().filter { $0.hasSuffix(".sql") && !isFolder(path + "/" + $0) }.map { name in
                guard let data = FileManager.default.contents(atPath: path + "/" + name) else {
                    throw MigrationError("\(path)/\(name) cannot be read.")
                }
                return (name, Array(data))
            })
    }
}

private func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
}

/// A migration's file name, taken apart.
private struct FileName {
    let file: String
    let version: Int64
    let description: String
    let isDown: Bool

    init?(_ name: String) {
        let suffix = [".up.sql", ".down.sql", ".sql"].first { name.hasSuffix($0) }
        guard let suffix else { return nil }
        let parts = name.dropLast(suffix.count).split(separator: "_", maxSplits: 1)
        guard parts.count == 2, let version = Int64(parts[0]) else { return nil }
        file = name
        self.version = version
        description = String(parts[1])
        isDown = suffix == ".down.sql"
    }
}
