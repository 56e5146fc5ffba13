import Testing
@testable import Monitoring

/// What posts are told apart by.
@Suite struct PostTests {
    @Test func `of all sources only feeds count from first sight`() {
        #expect(SourceName.allCases.filter(\.countsFromFirstSight) == [.feed])
    }
}
