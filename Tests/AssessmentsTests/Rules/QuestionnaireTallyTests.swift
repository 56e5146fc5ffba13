import Core
import Testing

@testable import Assessments

/// How far respondents get, counted from groups of sessions that are alike.
@Suite struct QuestionnaireTallyTests {
    private static let (early, late) = (Instant(milliseconds: 1_000), Instant(milliseconds: 9_000))

    private static func group(
        _ state: QuestionnaireTally.State, expired: Bool = false, at page: Int? = nil, answered: Set<Int> = [],
        _ count: Int = 1
    ) -> QuestionnaireTally.Group {
        QuestionnaireTally.Group(
            state: state, isExpired: expired, currentPage: page, answeredPages: answered, count: count,
            lastActivity: late, firstActivity: early)
    }

    private static let cases:
        [(groups: [QuestionnaireTally.Group], reached: [Int], answered: [Int], stopped: [Int], never: Int)] = [
            ([], [0, 0, 0], [0, 0, 0], [0, 0, 0], 0),
            ([group(.finished, at: 30, answered: [10, 20, 30], 2)], [2, 2, 2], [2, 2, 2], [0, 0, 0], 0),
            ([group(.abandoned, at: 20, answered: [10])], [1, 1, 0], [1, 0, 0], [1, 0, 0], 0),
            ([group(.open, expired: true, at: 10, answered: [10, 20], 3)], [3, 3, 0], [3, 3, 0], [0, 3, 0], 0),
            ([group(.open, at: 20, answered: [10])], [1, 1, 0], [1, 0, 0], [0, 0, 0], 0),
            // Who has answered nothing stood on the first page all the same, and stopped on none.
            ([group(.abandoned), group(.open, expired: true, at: 30)], [2, 1, 1], [0, 0, 0], [0, 0, 0], 2),
            // A page that is gone counts for nothing.
            ([group(.abandoned, at: 99, answered: [10, 99])], [1, 0, 0], [1, 0, 0], [1, 0, 0], 0),
            // A page in between that was not shown was gone past.
            ([group(.abandoned, at: 30, answered: [10, 30])], [1, 1, 1], [1, 0, 1], [0, 0, 1], 0),
        ]

    @Test(arguments: cases.indices) func `each session counts for the pages that it got to`(index: Int) {
        let expected = Self.cases[index]
        let tally = QuestionnaireTally(expected.groups, pages: [10, 20, 30])
        #expect(tally.pages.map(\.reached) == expected.reached)
        #expect(tally.pages.map(\.answered) == expected.answered)
        #expect(tally.pages.map(\.stoppedHere) == expected.stopped)
        #expect(tally.neverAnswered == expected.never)
        #expect(tally.started == tally.active + tally.finished + tally.abandoned + tally.expired)
    }

    @Test func `what has become of them adds up, and the first to expire is an active one`() {
        let groups = [
            Self.group(.finished, 4), Self.group(.abandoned, 3), Self.group(.open, expired: true, 2), Self.group(.open),
        ]
        let tally = QuestionnaireTally(groups, pages: [])
        #expect([tally.started, tally.finished, tally.abandoned, tally.expired, tally.active] == [10, 4, 3, 2, 1])
        #expect(tally.firstToExpire == Self.early && tally.lastActivity == Self.late)
        #expect(QuestionnaireTally([groups[0], groups[2]], pages: []).firstToExpire == nil)
    }
}
