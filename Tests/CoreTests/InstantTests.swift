import Core
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00.000Z", 0), ("1969-12-31T23:59:59.999Z", -1),
        ("2000-02-29T12:34:56.789Z", 951_827_696_789),
        ("2026-11-21T12:00:00.000Z", 1_795_262_400_000), ("0001-01-01T00:00:00.000Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ]) func `an instant is written with milliseconds and read back`(text: String, milliseconds: Int) {
        #expect(Instant(text)?.milliseconds == Int64(milliseconds))
        #expect(Instant(milliseconds: Int64(milliseconds)).description == text)
    }

    @Test(arguments: [
        ("2025-11-28 21:11:45", "2025-11-28T21:11:45.000Z"), ("2025-11-28 21:11:45.123456", "2025-11-28T21:11:45.123Z"),
        ("2025-11-28 21:11:45.5+00", "2025-11-28T21:11:45.500Z"),
        ("2025-11-28T21:11:45+02:00", "2025-11-28T19:11:45.000Z"),
        ("2025-11-28T21:11:45-0530", "2025-11-29T02:41:45.000Z"), ("2025-11-28", "2025-11-28T00:00:00.000Z"),
        ("2025-11-28T21:11", "2025-11-28T21:11:00.000Z"), ("2025-11-28t21:11:45z", "2025-11-28T21:11:45.000Z"),
    ]) func `the forms that databases and people write are read`(text: String, normal: String) {
        #expect(Instant(text)?.description == normal)
    }

    @Test(arguments: [
        "", "2025", "2025-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "2025-01-32T00:00:00Z", "2025-01-01T24:00:00Z",
        "2025-01-01T00:60:00Z", "2025-01-01T00:00:00.Z", "2025-01-01T00:00:00+", "2025-01-01T00:00:00Z ", "yesterday",
        "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2025-01-01X00:00:00Z",
    ]) func `what is no instant is not read`(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test func `every day of four centuries survives its text`() {
        for day in stride(from: Int64(-62_135_596_800_000), to: 253_402_300_799_999, by: 86_400_000 * 97 + 1_234_567) {
            let instant = Instant(milliseconds: day)
            #expect(Instant(instant.description) == instant)
        }
    }
}
