package import Core
import Crypto
import Foundation

/// Ids for apps whose own are no UUIDs: a name always gives the same id, here and in each SDK.
package enum NamedID: String, Sendable, CaseIterable {
    /// A person.
    case user
    /// What is watched.
    case title
    /// What episodes belong to.
    case series

    /// Dogear's namespace; each kind of name has one of its own in it, so that a user and a title of one name are not one.
    private static let namespace = ID(high: 0x8b1f_6d52_4c0e_4f7a, low: 0x9a3d_6d0e_5a7c_1b20)

    /// The UUID of a name (RFC 9562, version 5).
    package func id(_ name: String) -> ID {
        Self.named(name, in: Self.named(rawValue, in: Self.namespace))
    }

    private static func named(_ name: String, in namespace: ID) -> ID {
        var hash = Insecure.SHA1()
        for half in [namespace.high, namespace.low] {
            withUnsafeBytes(of: half.bigEndian) { hash.update(bufferPointer: $0) }
        }
        hash.update(data: Data(name.utf8))
        let halves = Array(hash.finalize().prefix(16)).chunked(8).map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return ID(
            high: (halves[0] & 0xFFFF_FFFF_FFFF_0FFF) | 0x5000,
            low: (halves[1] & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000)
    }
}

extension Array {
    fileprivate func chunked(_ size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
