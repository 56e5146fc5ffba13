package import Core
import Foundation
package import Logging

/// Takes mails out of the house.
package protocol Mailer: Sendable {
    /// Hands a mail over; when it returns, somebody else answers for it.
    /// - Parameter owedAt: When the mail was written, whenever it goes out.
    /// - Throws: `MailFailure` where nobody took it, or nobody knows.
    func send(_ message: MailMessage, owedAt: Instant) async throws
}

/// Why a mail was not taken.
package struct MailFailure: Error, CustomStringConvertible, Sendable {
    /// In a sentence, without the mail's text or address.
    package let description: String

    /// A failure in words.
    package init(_ description: String) {
        self.description = description
    }
}

/// Writes mails into a folder, where no mail program is set: for trying things out, and for whoever passes them on.
///
/// A mail holds a code, so the folder is for the server's own user. It has a temporary name until it is whole.
package struct FileMailer: Mailer {
    private let folder: MailFolder
    private let sender: MailSender
    private let logger: Logger

    /// A mailer that writes into a folder, which is made where it is not there.
    package init(folder: MailFolder, sender: MailSender, logger: Logger) {
        self.folder = folder
        self.sender = sender
        self.logger = logger
    }

    /// Writes the mail and logs where; one that is sent again has the same name.
    package func send(_ message: MailMessage, owedAt: Instant) async throws {
        let path = folder.path(of: message, owedAt: owedAt)
        let text = message.written(from: sender, at: owedAt, lineEnd: "\r\n")
        try await aside { [folder] in try Self.write(text, to: path, in: folder.path) }
        logger.info("a mail was written", metadata: ["path": "\(path)"])
    }

    private static func write(_ text: String, to path: String, in folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let temporary = path + ".part"
        let file = open(temporary, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw MailFailure("\(folder) cannot be written: \(String(cString: strerror(errno)))") }
        let isWhole = writeAll(text, to: file) && fsync(file) == 0
        close(file)
        guard isWhole, rename(temporary, path) == 0 else {
            throw MailFailure("\(path) could not be written whole: \(String(cString: strerror(errno)))")
        }
    }
}

/// Gives mails to the system's `sendmail` command, which msmtp, postfix and others have.
package struct SendmailMailer: Mailer {
    /// How long the command may take.
    private static let patience = 30

    private let path: String
    private let sender: MailSender

    /// A mailer that runs the command at a path, such as `/usr/sbin/sendmail`.
    package init(path: String, sender: MailSender) {
        self.path = path
        self.sender = sender
    }

    /// Runs the command with the mail as its input: it reads from the headers where the mail goes.
    package func send(_ message: MailMessage, owedAt: Instant) async throws {
        let text = message.written(from: sender, at: owedAt)
        try await aside { [path] in try Self.run(path, reading: text) }
    }

    private static func run(_ path: String, reading text: String) throws {
        let input = try file(holding: text)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-t", "-i"]
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { throw MailFailure("\(path) cannot be run: \(error)") }
        // Looked at twenty times a second: a thread that waited for the end could not give up.
        for _ in 0..<(patience * 20) where process.isRunning { pauseThread(milliseconds: 50) }
        guard !process.isRunning else {
            kill(process.processIdentifier, SIGKILL)
            throw MailFailure("\(path) took longer than \(patience) seconds")
        }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw MailFailure("\(path) ended with \(process.terminationStatus)")
        }
    }

    /// A file without a name, so that a command that ends early breaks no pipe and nobody else reads the mail.
    private static func file(holding text: String) throws -> FileHandle {
        var name = Array((NSTemporaryDirectory() + "/dogear-mail-" + String(repeating: "X", count: 6)).utf8CString)
        let file = mkstemp(&name)
        guard file >= 0 else { throw MailFailure("no temporary file: \(String(cString: strerror(errno)))") }
        unlink(name)
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        guard writeAll(text, to: file), lseek(file, 0, SEEK_SET) == 0 else {
            throw MailFailure("a temporary file could not be written: \(String(cString: strerror(errno)))")
        }
        return handle
    }
}

/// Does what may block on a thread of its own.
func aside(_ work: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global(qos: .utility).async { continuation.resume(with: Result(catching: work)) }
    }
}

private func writeAll(_ text: String, to file: Int32) -> Bool {
    Array(text.utf8).withUnsafeBytes { bytes in
        var done = 0
        while done < bytes.count {
            let count = write(file, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            guard count > 0 || count < 0 && errno == EINTR else { return false }
            done += max(0, count)
        }
        return true
    }
}
