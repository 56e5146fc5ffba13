import Logging
import Server
import Synchronization
import TestSupport
import Testing

/// An entry of the log is one line, whatever stands in it.
@Suite struct OneLineLogTests {
    /// Keeps what is logged.
    private struct Kept: LogHandler {
        final class Lines: Sendable {
            let all = Mutex<[String]>([])
        }

        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            lines.all.withLock { $0.append("\(event.message) \(all) \(event.error.map { "\($0)" } ?? "")") }
        }
    }

    private struct Torn: Error, CustomStringConvertible {
        let description = "one\ntwo"
    }

    @Test func `line breaks are written out, in words, values, lists and errors`() throws {
        let kept = Kept.Lines()
        var logger = Logger(label: "test") { _ in OneLineLog(Kept(lines: kept)) }
        logger[metadataKey: "always"] = "a\nb"
        logger.info(
            "x\ny\r\nz",
            metadata: [
                "text": "c\nd\u{1B}[31m\u{2028}e", "list": ["f\ng"], "map": ["k": "h\ni"], "error": "\(Torn())",
                "plain": "Zoë reads",
            ])
        logger.error("torn", error: Torn())
        let lines = kept.all.withLock { $0 }
        #expect(lines.count == 2)
        for line in lines { #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control }) }
        let (one, other) = (try lines.at(0), try lines.at(1))
        #expect(one.hasPrefix("x\\ny\\r\\nz ") && one.contains("Zoë reads") && one.contains("a\\nb"))
        #expect(other.contains("one\\ntwo") || other.contains("one\\\\ntwo"), "\(other)")
    }
}
