import Foundation
import Synchronization

/// Stands before a `KafkaCluster` and fences producers off as a real broker does, which librdkafka's cluster does not: whoever
/// becomes the producer of a name makes each earlier one of that name void, and what such a one sends is refused.
///
/// It can also keep the next batch on its way, as a network does that stalls. It blocks threads, so it has some of its own.
package final class FencingBroker: Sendable {
    /// Where it listens: `host:port`.
    package let address: String
    private let descriptor: Int32
    private let port: Int32
    private let target: Int32
    private let state = Mutex(State())

    private struct State: Sendable {
        var newest: [String: Int64] = [:]
        var void: Set<Int64> = []
        var refused = 0
        var holdsNext = false
        var held: [DispatchGate] = []
        var isOpen = true
    }

    /// Starts it before a cluster.
    /// - Throws: `CommandFailure` where no port can be had.
    package init(before cluster: KafkaCluster) throws {
        cluster.speakPlainly()
        target = Int32(cluster.address.split(separator: ":").last ?? "") ?? 0
        port = Int32(try freePort())
        address = "127.0.0.1:\(port)"
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard Self.withAddress(port, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 64) == 0 else {
            throw CommandFailure(description: "no port for a broker")
        }
        Thread.detachNewThread { [self] in accept() }
    }

    /// Keeps the next batch that a producer sends, until `letGo`.
    package func holdNextBatch() { state.withLock { $0.holdsNext = true } }

    /// Whether a batch is being kept.
    package var isHolding: Bool { state.withLock { !$0.held.isEmpty } }

    /// Lets what was kept go on.
    package func letGo() {
        let held = state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for gate in held { gate.open() }
    }

    /// How many requests of producers that were fenced off it has refused.
    package var refusals: Int { state.withLock { $0.refused } }

    /// Ends it.
    package func close() {
        state.withLock { $0.isOpen = false }
        letGo()
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private func accept() {
        while true {
            let client = Foundation.accept(descriptor, nil, nil)
            guard client >= 0 else { break }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard Self.withAddress(target, { connect(server, $0, $1) }) == 0 else {
                Foundation.close(client)
                Foundation.close(server)
                continue
            }
            let link = Link(client: client, server: server)
            Thread.detachNewThread { [self] in takeRequests(link) }
            Thread.detachNewThread { [self] in takeReplies(link) }
        }
        Foundation.close(descriptor)
    }

    private func takeRequests(_ link: Link) {
        while let frame = Link.read(link.client) {
            let request = KafkaRequest(frame)
            if let name = request.becomingProducer {
                link.names.withLock { $0[request.correlation] = name }
            }
            if request.kind == 0 { holdIfWanted() }
            if let reply = refusal(of: request) {
                link.reply(reply)
            } else if !Link.write(frame, to: link.server) {
                break
            }
        }
        link.end()
    }

    private func holdIfWanted() {
        let gate = state.withLock { state -> DispatchGate? in
            guard state.holdsNext, state.isOpen else { return nil }
            state.holdsNext = false
            let gate = DispatchGate()
            state.held.append(gate)
            return gate
        }
        gate?.wait()
    }

    private func refusal(of request: KafkaRequest) -> [UInt8]? {
        state.withLock { state in
            guard let producer = request.producer, state.void.contains(producer) else { return nil }
            state.refused += 1
            return request.refusal
        }
    }

    private func takeReplies(_ link: Link) {
        while var frame = Link.read(link.server) {
            var bytes = KafkaBytes(frame)
            let correlation = bytes.int32()
            if let name = link.names.withLock({ $0.removeValue(forKey: correlation) }) {
                _ = bytes.int32()
                if bytes.int16() == 0 { becameProducer(bytes.int64(), name) }
            }
            // The cluster tells where it is; whoever comes through here is to stay here.
            frame.replace(
                Array("127.0.0.1".utf8) + KafkaBytes.written(target),
                with: Array("127.0.0.1".utf8) + KafkaBytes.written(port))
            link.reply(frame)
        }
        link.end()
    }

    private func becameProducer(_ producer: Int64, _ name: String) {
        state.withLock { state in
            if let earlier = state.newest.updateValue(producer, forKey: name), earlier != producer {
                state.void.insert(earlier)
            }
        }
    }

    private static func withAddress(_ port: Int32, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// A client's connection and the one to the cluster that belongs to it.
    private final class Link: Sendable {
        let client: Int32
        let server: Int32
        /// Which requests to become a producer wait for their replies.
        let names = Mutex<[Int32: String]>([:])
        private let ends = Mutex(0)
        private let writing = Mutex(())

        init(client: Int32, server: Int32) {
            self.client = client
            self.server = server
        }

        func reply(_ frame: [UInt8]) { writing.withLock { _ in _ = Self.write(frame, to: client) } }

        /// Whoever ends second gives the descriptors back.
        func end() {
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(server, Int32(SHUT_RDWR))
            let isLast = ends.withLock { count in
                count += 1
                return count == 2
            }
            guard isLast else { return }
            Foundation.close(client)
            Foundation.close(server)
        }

        /// A frame without its length; nil once the other side is gone.
        static func read(_ descriptor: Int32) -> [UInt8]? {
            guard let head = bytes(4, from: descriptor) else { return nil }
            var length = KafkaBytes(head)
            return bytes(Int(length.int32()), from: descriptor)
        }

        private static func bytes(_ count: Int, from descriptor: Int32) -> [UInt8]? {
            var all = [UInt8](repeating: 0, count: count)
            var done = 0
            while done < count {
                let got = all.withUnsafeMutableBytes {
                    recv(descriptor, $0.baseAddress?.advanced(by: done), count - done, 0)
                }
                guard got > 0 else { return nil }
                done += got
            }
            return all
        }

        static func write(_ frame: [UInt8], to descriptor: Int32) -> Bool {
            var rest = (KafkaBytes.written(Int32(frame.count)) + frame)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }
}
