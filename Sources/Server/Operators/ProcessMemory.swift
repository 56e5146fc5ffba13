import Core
import Foundation

/// How much memory the process has in use.
enum ProcessMemory {
    /// The figure, by Prometheus' own name for it.
    static var gauge: Gauge {
        Gauge("process_resident_memory_bytes", "Memory that the process has in use: bytes.") { Double(resident) }
    }

    /// In bytes; 0 where the system does not tell.
    private static var resident: Int {
        // Linux counts in pages, in the second word.
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let words = text.split(separator: " ")
        return words.count > 1 ? (Int(words[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
}
