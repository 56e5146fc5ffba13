import NIOCore
import Testing
@testable import Web

/// Whom limits count an address for.
@Suite struct HouseholdTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("127.0.0.1", "127.0.0.1"), ("::1", "0:0:0:0::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"), ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
    ]) func `of an address of IPv6 the first half counts, of IPv4 all`(address: String, household: String) throws {
        #expect(try SocketAddress(ipAddress: address, port: 1).household == household)
    }

    @Test func `what has no IP address has no household`() throws {
        #expect(try SocketAddress(unixDomainSocketPath: "/run/dogear").household == nil)
    }
}
