extension Collection where Index == Int {
    /// The element that stands there, of what others said or did: where there are fewer, the test fails, and not the run of all tests.
    package func at(_ offset: Int) throws -> Element {
        guard offset >= 0, offset < count else {
            throw CommandFailure(description: "There are \(count), and none stands at \(offset).")
        }
        return self[startIndex + offset]
    }
}
