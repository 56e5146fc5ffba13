import Foundation

/// An IPv4 or IPv6 address, as bytes.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16 bytes, in the network's order.
    package let bytes: [UInt8]

    /// An address of 4 or 16 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads `192.0.2.1` or `2001:db8::1`; nothing shorter (`127.1`), no zone, no brackets.
    package init?(_ text: String) {
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = four
            return
        }
        var sixteen = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        bytes = sixteen
    }

    /// As it is usually written.
    package var description: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &buffer, socklen_t(buffer.count)) != nil else {
            return ""
        }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether it is one of the internet at large. What is inside a machine or a network, reserved, for documents, for many at once, or
    /// holds an IPv4 address in an IPv6 one (mapped, NAT64, 6to4, Teredo) is not: IANA's special-purpose registries (RFC 6890).
    package var isPublic: Bool {
        guard bytes.count == 4 else {
            return AddressRange.internet6.contains(self) && !AddressRange.special6.contains { $0.contains(self) }
        }
        return !AddressRange.special4.contains { $0.contains(self) }
    }
}

/// A range of addresses, as CIDR writes it: `10.0.0.0/8`.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    private let first: IPAddress
    private let length: Int

    /// Reads `10.0.0.0/8`, `fd00::/8`, or one address alone.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = parts.first, let first = IPAddress(String(head)) else { return nil }
        let bits = first.bytes.count * 8
        guard parts.count > 1 else {
            (self.first, length) = (first, bits)
            return
        }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1]), length <= bits
        else { return nil }
        (self.first, self.length) = (first, length)
    }

    /// As CIDR writes it.
    package var description: String { "\(first)/\(length)" }

    /// Whether an address lies in it. One of the other family never does, however it is written.
    package func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == first.bytes.count else { return false }
        for (index, byte) in first.bytes.enumerated() {
            let bits = min(max(length - index * 8, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            guard byte & mask == address.bytes[index] & mask else { return false }
        }
        return true
    }

    fileprivate static let special4 = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    ].compactMap(AddressRange.init)

    /// All that is given out of IPv6; the rest is reserved, local, mapped or for many.
    fileprivate static let internet6 = AddressRange(first: [0x20], length: 3)
    fileprivate static let special6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].compactMap(
        AddressRange.init)

    private init(first: [UInt8], length: Int) {
        self.first = IPAddress(padding: first)
        self.length = length
    }
}

extension IPAddress {
    fileprivate init(padding first: [UInt8]) {
        bytes = first + [UInt8](repeating: 0, count: 16 - first.count)
    }
}
