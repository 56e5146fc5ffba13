package import Core
import Dispatch
import Foundation
import Synchronization

/// Tells the addresses of a host.
package struct HostResolver: Sendable {
    /// The addresses of a host's name, best first.
    package let addresses: @Sendable (_ host: String) async throws -> [IPAddress]

    /// A resolver that asks this closure.
    package init(_ addresses: @escaping @Sendable (_ host: String) async throws -> [IPAddress]) {
        self.addresses = addresses
    }

    /// The system's own (`getaddrinfo`), asked on a thread of Dispatch's. Whoever is cancelled does not wait for its answer.
    package static let system = HostResolver { host in
        let waiting = Mutex<CheckedContinuation<[IPAddress], any Error>?>(nil)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiting.withLock { $0 = continuation }
                DispatchQueue.global().async {
                    let found = lookUp(host)
                    waiting.take()?.resume(returning: found)
                }
                if Task.isCancelled { waiting.take()?.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            waiting.take()?.resume(throwing: CancellationError())
        }
    }

    private static func lookUp(_ host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let list else { return [] }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0.pointee.ai_next }).compactMap { address(of: $0.pointee) }
    }

    private static func address(of info: addrinfo) -> IPAddress? {
        guard let pointer = UnsafeRawPointer(info.ai_addr) else { return nil }
        switch info.ai_family {
        case AF_INET:
            let address = pointer.loadUnaligned(as: sockaddr_in.self)
            return IPAddress(bytes: withUnsafeBytes(of: address.sin_addr) { Array($0) })
        case AF_INET6:
            let address = pointer.loadUnaligned(as: sockaddr_in6.self)
            return IPAddress(bytes: withUnsafeBytes(of: address.sin6_addr) { Array($0) })
        default: return nil
        }
    }
}

extension Mutex where Value == CheckedContinuation<[IPAddress], any Error>? {
    /// Hands the continuation to the first who asks: it is resumed once.
    fileprivate func take() -> CheckedContinuation<[IPAddress], any Error>? {
        withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
    }
}
