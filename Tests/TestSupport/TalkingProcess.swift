import Foundation
import Synchronization

/// A program whose output is read as it comes, so that a test can wait until it has said something.
package final class TalkingProcess: Sendable {
    private let child: ChildProcess
    private let heard = Heard()

    /// What it said so far, and whoever waits for more of it.
    private final class Heard: Sendable {
        private let condition = NSCondition()
        private let state = Mutex((text: "", isOver: false))

        func add(_ more: String?) {
            condition.lock()
            state.withLock { state in
                if let more { state.text += more } else { state.isOver = true }
            }
            condition.broadcast()
            condition.unlock()
        }

        var text: String { state.withLock { $0.text } }

        /// Blocks until the text is there, or nothing more can come; whether it is there.
        func wait(for wanted: String) -> Bool {
            condition.lock()
            defer { condition.unlock() }
            while true {
                let (text, isOver) = state.withLock { $0 }
                if text.contains(wanted) { return true }
                if isOver { return false }
                condition.wait()
            }
        }
    }

    /// Starts a program and waits until it has said a text.
    /// - Throws: `CommandFailure` with what it said where it ended instead.
    package init(
        _ command: String, _ arguments: [String], in folder: String, environment: [String: String] = [:],
        saying wanted: String
    ) throws {
        let (child, reading) = try Self.start(command, arguments, in: folder, environment: environment)
        self.child = child
        let heard = heard
        Thread { Self.listen(to: reading, heard) }.start()
        guard heard.wait(for: wanted) else {
            throw CommandFailure(description: "\(command) ended with \(child.wait()): \(heard.text)")
        }
    }

    /// A child and the end of a pipe that its output comes from.
    private static func start(
        _ command: String, _ arguments: [String], in folder: String, environment: [String: String]
    ) throws -> (ChildProcess, Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CommandFailure(description: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // Held open here, the writing end would hide that the child has ended.
        defer { close(ends[1]) }
        let child = try ChildProcess(command, arguments, in: folder, environment: environment, writingTo: ends[1])
        return (child, ends[0])
    }

    private static func listen(to descriptor: Int32, _ heard: Heard) {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            heard.add(String(decoding: buffer[..<count], as: UTF8.self))
        }
        close(descriptor)
        heard.add(nil)
    }

    /// Its process id.
    package var pid: Int32 { child.pid }

    /// What it said so far.
    package var text: String { heard.text }

    /// Sends a signal, unless it has been waited for.
    package func signal(_ signal: Int32) { child.signal(signal) }

    /// Waits until it has ended; its exit status, or 128 and the signal that ended it.
    @discardableResult
    package func wait() -> Int32 { child.wait() }
}

/// Asks again and again until something is so, twenty seconds long or as long as is said; between two questions the thread waits
/// in poll(2). For what can only be asked for (a page in a browser, another process's database), never for what can be heard.
///
/// It gives up only after fifty questions too: where tests that start servers keep every thread busy, time passes and nothing is
/// asked, and what is waited for gets no thread either.
package func eventually(
    _ what: String, within seconds: Int = 20, _ isSo: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var asked = 0
    while try await !isSo() {
        asked += 1
        guard ContinuousClock.now < deadline || asked < 50 else {
            throw CommandFailure(description: "never came true: \(what)")
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                poll(nil, 0, 20)
                continuation.resume()
            }
        }
    }
}
