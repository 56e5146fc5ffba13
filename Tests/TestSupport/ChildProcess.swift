import Dispatch
import Foundation
import Synchronization

/// A program run by `posix_spawn`.
///
/// Foundation's `Process` learns of an end through a socket that grandchildren inherit: a server that `pg_ctl` leaves
/// running would keep it open, and `waitUntilExit` would never return.
package final class ChildProcess: Sendable {
    /// Its process id.
    package let pid: Int32
    private let status = Mutex<Int32?>(nil)

    /// Starts a program found on PATH, with its output going to a file.
    /// - Throws: `CommandFailure` where it cannot be started.
    package convenience init(
        _ command: String, _ arguments: [String], in folder: String, environment: [String: String] = [:], output: String
    ) throws {
        let file = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw CommandFailure(description: "\(output) cannot be written") }
        defer { close(file) }
        try self.init(command, arguments, in: folder, environment: environment, writingTo: file)
    }

    /// Starts a program found on PATH, with its output going to an open file or pipe, which stays the caller's.
    /// - Throws: `CommandFailure` where it cannot be started.
    init(
        _ command: String, _ arguments: [String], in folder: String, environment: [String: String],
        writingTo output: Int32
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // The threads that tests run on block signals, and a child would inherit that: SIGTERM would never reach it.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let variables = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        // `env -C` enters the folder: glibc's own action for that is not visible to Swift.
        let argv = (["env", "-C", folder, command] + arguments).map { strdup($0) } + [nil]
        let envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, "env", &actions, &attributes, argv, envp)
        guard code == 0 else { throw CommandFailure(description: "\(command): \(String(cString: strerror(code)))") }
        self.pid = pid
        Self.living.withLock { _ = $0.insert(pid) }
    }

    /// Those that have not ended yet, as far as anybody has waited: what a test that failed has left is ended with the tests.
    private static let living: Mutex<Set<Int32>> = {
        atexit { ChildProcess.living.withLock { for pid in $0 { Foundation.kill(pid, SIGKILL) } } }
        return Mutex([])
    }()

    /// Waits until it has ended; its exit status, or 128 and the signal that ended it.
    @discardableResult
    package func wait() -> Int32 {
        status.withLock { known in
            if let known { return known }
            var raw: Int32 = 0
            while waitpid(pid, &raw, 0) == -1 && errno == EINTR {}
            let ended = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + (raw & 0x7F)
            known = ended
            Self.living.withLock { _ = $0.remove(pid) }
            return ended
        }
    }

    /// Waits until it has ended on a thread that no other test waits for; its exit status.
    package func ended() async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: self.wait()) }
        }
    }

    /// Sends a signal, unless it has been waited for.
    package func signal(_ signal: Int32) {
        status.withLock { if $0 == nil { Foundation.kill(pid, signal) } }
    }

    /// Whether it still runs.
    package var isRunning: Bool {
        status.withLock { known in
            guard known == nil else { return false }
            var raw: Int32 = 0
            guard waitpid(pid, &raw, WNOHANG) == pid else { return true }
            known = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + (raw & 0x7F)
            Self.living.withLock { _ = $0.remove(pid) }
            return false
        }
    }
}

/// What a command that had to succeed said when it did not.
package struct CommandFailure: Error, CustomStringConvertible {
    /// The command and its output.
    package let description: String

    /// A failure in words.
    package init(description: String) {
        self.description = description
    }
}

/// Runs a command that takes its time on a thread that no other test waits for; what it printed.
@discardableResult
package func runAside(
    _ command: String, _ arguments: [String], in folder: String = "/", environment: [String: String] = [:],
    allowFailure: Bool = false
) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(
                with: Result {
                    try run(command, arguments, in: folder, environment: environment, allowFailure: allowFailure)
                })
        }
    }
}

/// Runs a command to its end; what it printed.
@discardableResult
package func run(
    _ command: String, _ arguments: [String], in folder: String = "/", environment: [String: String] = [:],
    allowFailure: Bool = false
) throws -> String {
    let path = NSTemporaryDirectory() + "/dogear-output-\(UInt64.random(in: .min ... .max))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let child = try ChildProcess(command, arguments, in: folder, environment: environment, output: path)
    let status = child.wait()
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    guard status == 0 || allowFailure else {
        throw CommandFailure(
            description: "\(command) \(arguments.joined(separator: " ")) ended with \(status): \(text)")
    }
    return text
}
