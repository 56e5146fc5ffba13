import Foundation

/// Waiting for a socket without libpq.
enum PostgresSocket {
    /// Whether there is something to read, or the other side has hung up.
    static func hasInput(_ descriptor: Int32) -> Bool {
        wait(for: [descriptor], milliseconds: 0)
    }

    /// Waits until one of some descriptors has something to read; false when the time is up.
    @discardableResult
    static func wait(for descriptors: [Int32], milliseconds: Int32) -> Bool {
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        return poll(&polled, nfds_t(polled.count), milliseconds) > 0
    }

    /// Waits until one descriptor has something to read or, where that is asked for, takes something; false when the time is up.
    static func wait(for descriptor: Int32, orRoom: Bool, milliseconds: Int32) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(orRoom ? POLLIN | POLLOUT : POLLIN), revents: 0)
        while true {
            let count = poll(&polled, 1, milliseconds)
            // What else is wrong with the descriptor libpq finds out.
            guard count < 0, errno == EINTR else { return count != 0 }
        }
    }
}
