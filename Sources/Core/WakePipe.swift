import Foundation

/// Something that a thread can wait for together with a socket.
package final class WakePipe: Sendable {
    private let reading: Int32
    private let writing: Int32

    /// A pipe that nobody has woken.
    package init() {
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) == 0 {
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Whether it was woken.
    package var isAwake: Bool { wait(milliseconds: 0) }

    /// Wakes whoever waits, now and from now on.
    package func wake() {
        // More than a few bytes are of no use; a pipe that is full has woken everybody.
        _ = withUnsafeBytes(of: UInt8(1)) { write(writing, $0.baseAddress, 1) }
    }

    /// Waits until it is woken, or a socket has something to read or was hung up; false when the time is up.
    /// - Parameter milliseconds: How long at most; -1 is without end.
    @discardableResult
    package func wait(besides socket: Int32? = nil, milliseconds: Int32) -> Bool {
        var polled = ([reading] + (socket.map { [$0] } ?? [])).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        return poll(&polled, nfds_t(polled.count), milliseconds) > 0
    }
}
