package import Testing

/// Lets a few tests at once run, whatever else the runner starts: for those that start servers and browsers. With dozens at the same
/// moment two cores make each wait for longer than a person would. A time limit of the runner's counts the waiting too, so it is there
/// for a test that hangs, half an hour, and never for one that is slow.
package struct InTurns: SuiteTrait, TestTrait, TestScoping {
    private static let turns = Turns(6)

    /// Every test of a suite takes its turn.
    package var isRecursive: Bool { true }

    /// Each case of a test takes a turn; a suite as a whole takes none.
    package func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? nil : self }

    /// Waits for a turn, and gives it to the next one at the end.
    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        await Self.turns.enter()
        defer { Self.turns.leave() }
        try await function()
    }
}

extension Trait where Self == InTurns {
    /// A few at once.
    package static var inTurns: Self { InTurns() }
}
