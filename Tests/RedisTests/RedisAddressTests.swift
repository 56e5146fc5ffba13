import Redis
import Testing

@Suite struct RedisAddressTests {
    @Test func `an address has defaults for all but its host`() throws {
        let plain = try RedisAddress("redis://cache")
        #expect(plain.host == "cache" && plain.port == 6_379 && plain.database == 0 && plain.password == nil)
        let whole = try RedisAddress("redis://app:s%3Acret@[::1]:7000/5")
        #expect(whole.host == "::1" && whole.port == 7_000 && whole.database == 5)
        #expect(whole.user == "app" && whole.password == "s:cret")
        #expect(try RedisAddress("redis://:only@cache/").password == "only")
    }

    @Test(arguments: [
        "cache:6379", "http://cache", "redis:///2", "redis://cache/one", "redis://cache:99999", "redis://cache?db=1",
    ]) func `what is no address is refused without being shown`(text: String) {
        let refusal = #expect(throws: RedisAddress.Refusal.self) { try RedisAddress(text) }
        #expect(refusal?.description.contains(text) == false)
    }

    @Test func `TLS is refused in a sentence that says what to do`() {
        let refusal = #expect(throws: RedisAddress.Refusal.self) { try RedisAddress("rediss://:secret@cache") }
        #expect(refusal?.description.contains("secret") == false)
        #expect(refusal?.description.contains("tunnel") == true)
    }
}
