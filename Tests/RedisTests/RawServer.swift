import Foundation
import Synchronization
import TestSupport

/// Something on 127.0.0.1 that takes connections and is no good Redis: for each piece that comes it says what a test says, or
/// nothing at all.
final class RawServer: Sendable {
    let port: Int
    private let descriptor: Int32
    private let answer: @Sendable (String) -> String?
    private let open = Mutex<[Int32]>([])

    /// - Parameter answer: What is said to a piece of input; nil ends the connection.
    init(_ answer: @escaping @Sendable (String) -> String?) throws {
        self.answer = answer
        (descriptor, port) = try listenOnLoopback()
        Thread.detachNewThread { [self] in accept() }
    }

    func close() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        for connection in open.withLock({ $0 }) { shutdown(connection, Int32(SHUT_RDWR)) }
    }

    private func accept() {
        while true {
            let connection = Foundation.accept(descriptor, nil, nil)
            guard connection >= 0 else { break }
            open.withLock { $0.append(connection) }
            Thread.detachNewThread { [self] in
                talk(connection)
                shutdown(connection, Int32(SHUT_RDWR))
            }
        }
        Foundation.close(descriptor)
    }

    private func talk(_ connection: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0, let said = answer(String(decoding: buffer[..<count], as: UTF8.self)) else { return }
            let bytes = Array(said.utf8)
            guard bytes.isEmpty || Foundation.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0
            else {
                return
            }
        }
    }
}
