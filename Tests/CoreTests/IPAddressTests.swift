import Core
import Testing

/// Which addresses are of the internet at large.
@Suite struct IPAddressTests {
    @Test(arguments: [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.127.255.255", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
        "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
        "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
        "2002:7f00:1::", "3fff::1", "4000::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1",
    ]) func `what is inside, reserved, or holds another address is not public`(text: String) throws {
        #expect(try !#require(IPAddress(text)).isPublic)
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.0.1.1", "223.255.255.1",
        "2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888", "2003::1",
    ]) func `what anybody can reach is public`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isPublic && address.description == text)
    }

    @Test(arguments: [
        "", "127.1", "2130706433", "0x7f.0.0.1", "1.2.3", "1.2.3.4.5", "fe80::1%lo", "[::1]", "localhost", "::g",
    ])
    func `what another might read as an address is none`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("10.1.0.0/16", "10.1.255.255", true), ("10.1.0.0/16", "10.2.0.0", false), ("127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "127.0.0.2", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
        ("192.168.4.0/22", "192.168.7.255", true), ("192.168.4.0/22", "192.168.8.0", false),
        ("fd00::/8", "fd12::1", true),
        ("fd00::/8", "fe00::1", false), ("::1/128", "::1", true), ("127.0.0.0/8", "::ffff:127.0.0.1", false),
    ]) func `a network holds what its bits say`(range: String, address: String, holds: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(#require(IPAddress(address))) == holds)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "fd00::/129", "10.0.0.0/8/8", "x/8",
    ])
    func `what is no network is refused`(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
