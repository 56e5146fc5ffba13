package import Core
import Synchronization

/// Rows that a SQLite writer has read or written, so that the next change need not read them again.
///
/// It belongs to the one writer of a file. What it holds is true because nobody else writes: it is emptied when another
/// process has written, and whenever something is rolled back. A store that keeps rows here remembers and forgets them in
/// the one file that holds all statements which write their table; a test of the house sees to that.
package final class RowMemory: Sendable {
    /// A row: its table, and its key.
    package struct Key: Hashable, Sendable {
        private let table: String
        private let first: ID
        private let second: ID

        /// A row by its one or two ids.
        package init(_ table: String, _ first: ID, _ second: ID = ID(high: 0, low: 0)) {
            self.table = table
            self.first = first
            self.second = second
        }
    }

    /// Two generations: when the young one is full, the old one goes and the young one takes its place, so that rows in use
    /// stay and the number of rows is bounded.
    fileprivate struct State: Sendable {
        var young: [Key: any Sendable] = [:]
        var old: [Key: any Sendable] = [:]
        var foreignChanges = 0
    }

    fileprivate static let generation = 25_000
    private let state = Mutex(State())

    /// An empty memory.
    package init() {}

    /// A row as it is; nil where it has to be read.
    package func recall<Row: Sendable>(_ key: Key, as type: Row.Type) -> Row? {
        state.withLock { state in
            if let row = state.young[key] { return row as? Row }
            guard let row = state.old[key] as? Row else { return nil }
            state.keep(row, under: key)
            return row
        }
    }

    /// Notes a row as it was read or written.
    package func remember(_ row: some Sendable, under key: Key) {
        state.withLock { $0.keep(row, under: key) }
    }

    /// A row was changed in a way that is not known here.
    package func forget(_ key: Key) {
        state.withLock { state in
            state.young[key] = nil
            state.old[key] = nil
        }
    }

    /// Something was rolled back, or somebody else has written.
    package func forgetAll() {
        state.withLock { state in
            state.young.removeAll(keepingCapacity: true)
            state.old.removeAll()
        }
    }

    /// Begins a transaction; whatever was remembered goes if another process has written since the last one.
    package func begin(foreignChanges: Int) {
        let isForeign = state.withLock { state in
            defer { state.foreignChanges = foreignChanges }
            return state.foreignChanges != foreignChanges
        }
        if isForeign { forgetAll() }
    }
}

extension RowMemory.State {
    fileprivate mutating func keep(_ row: any Sendable, under key: RowMemory.Key) {
        if young.count >= RowMemory.generation {
            old = young
            young = [:]
        }
        young[key] = row
    }
}
