import Core
import SQL

/// The values of one statement in Postgres' text format, one behind the other in one buffer, each ended by NUL for C.
struct Parameters {
    private(set) var count = 0
    private var bytes: [UInt8] = []
    /// Where each value begins; nil for NULL.
    private var starts: [Int?] = []

    /// No values.
    init() {}

    /// One value for each place of the statement.
    init(_ values: [Value]) {
        bytes.reserveCapacity(values.count * 40)
        for value in values {
            begin(isNull: value == .null)
            if value != .null {
                write(value)
                bytes.append(0)
            }
        }
    }

    /// Rows turned into one array literal a column, as `unnest` takes them.
    init(_ rows: [[Value]], columns: Int) {
        bytes.reserveCapacity(rows.count * columns * 24)
        for column in 0..<columns {
            begin(isNull: false)
            bytes.append(UInt8(ascii: "{"))
            for (index, row) in rows.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                if case .text(let text) = row[column] { writeQuoted(text) } else { write(row[column]) }
            }
            bytes.append(UInt8(ascii: "}"))
            bytes.append(0)
        }
    }

    /// Calls a closure with C strings, one for each value, NULL where there is none.
    func withPointers<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result) -> Result {
        bytes.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = starts.map { offset in offset.flatMap { start?.advanced(by: $0) } }
            return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }

    private mutating func begin(isNull: Bool) {
        starts.append(isNull ? nil : bytes.count)
        count += 1
    }

    private mutating func write(_ value: Value) {
        switch value {
        case .null: bytes.append(contentsOf: "NULL".utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .real(let value): bytes.append(contentsOf: String(value).utf8)
        case .text(let value): bytes.append(contentsOf: value.utf8)
        case .bool(let value): bytes.append(value ? UInt8(ascii: "t") : UInt8(ascii: "f"))
        case .id(let value): write(36) { value.write(to: $0) }
        case .instant(let value): write(24) { value.write(to: $0) }
        case .blob(let value):
            bytes.append(contentsOf: "\\x".utf8)
            for byte in value {
                bytes.append(hexadecimal(byte >> 4))
                bytes.append(hexadecimal(byte & 0xF))
            }
        }
    }

    private mutating func write(_ count: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { buffer in
            write(buffer)
            bytes.append(contentsOf: buffer)
        }
    }

    private mutating func writeQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

private func hexadecimal(_ half: UInt8) -> UInt8 {
    half < 10 ? half + 0x30 : half + 0x57
}
