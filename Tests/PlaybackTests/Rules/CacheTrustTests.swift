import Testing

@testable import Playback

@Suite struct CacheTrustTests {
    private func debt(_ generation: Int, _ run: String = "a", isPaid: Bool = true) -> CacheTrust.Debt {
        CacheTrust.Debt(generation: generation, runID: run, isPaid: isPaid)
    }

    @Test(
        arguments: [
            (nil, "a", nil, CacheTrust.Verdict.opens(after: 0)),
            ((3, "a", true), "a", 3, .trusts), ((3, "a", true), "a", 2, .opens(after: 3)),
            ((3, "a", true), "a", nil, .opens(after: 3)), ((3, "a", true), "b", 3, .opens(after: 3)),
            ((3, "a", false), "b", 3, .opens(after: 3)),
        ] as [((Int, String, Bool)?, String, Int?, CacheTrust.Verdict)])
    func `trust needs the paid debt, the same run and the same generation`(
        row: (Int, String, Bool)?, run: String, paid: Int?, expected: CacheTrust.Verdict
    ) {
        var trust = CacheTrust()
        let known = row.map { CacheTrust.Debt(generation: $0.0, runID: $0.1, isPaid: $0.2) }
        #expect(trust.look(at: known, runID: run, paid: paid) == expected)
        #expect((trust.seal != nil) == (expected == .trusts))
    }

    @Test func `an open debt is paid, and nothing is trusted meanwhile`() {
        var trust = CacheTrust()
        #expect(trust.look(at: debt(4, isPaid: false), runID: "a", paid: 4) == .pays(debt(4, isPaid: false)))
        #expect(trust.seal == nil)
    }

    @Test func `a failure ends trust until a debt was opened after it`() {
        var trust = CacheTrust()
        #expect(trust.look(at: debt(1), runID: "a", paid: 1) == .trusts)
        trust.failed()
        #expect(trust.seal == nil)
        #expect(trust.look(at: debt(1), runID: "a", paid: 1) == .opens(after: 1))
        // One more while the debt was being opened: it is not told of by that debt.
        trust.failed()
        trust.opened(after: 1)
        #expect(trust.look(at: debt(2), runID: "a", paid: 2) == .opens(after: 2))
        trust.opened(after: 1)
        #expect(trust.look(at: debt(3), runID: "a", paid: 3) == .trusts)
    }
}
