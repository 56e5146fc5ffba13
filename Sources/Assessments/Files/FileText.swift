import Foundation

/// A file's bytes as text, in whichever form the program that wrote it has.
enum FileText {
    /// UTF-8; UTF-16, by its mark or by the zeros that it has; and else Windows-1252, as older spreadsheets write tables.
    /// - Throws: `FileRefusal` for what is none of these.
    static func text(_ data: Data, _ format: FileFormat) throws(FileRefusal) -> String {
        let bytes = [UInt8](data)
        if bytes.starts(with: [0xFF, 0xFE]) { return try utf16(bytes.dropFirst(2), isLittle: true) }
        if bytes.starts(with: [0xFE, 0xFF]) { return try utf16(bytes.dropFirst(2), isLittle: false) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return try utf8(bytes.dropFirst(3), format) }
        // The first letter of any of our forms is ASCII.
        if bytes.count >= 2, bytes[0] != 0, bytes[1] == 0 { return try utf16(bytes[...], isLittle: true) }
        if bytes.count >= 2, bytes[0] == 0, bytes[1] != 0 { return try utf16(bytes[...], isLittle: false) }
        return try utf8(bytes[...], format)
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, isLittle: Bool) throws(FileRefusal) -> String {
        guard bytes.count % 2 == 0 else {
            throw FileRefusal([
                FileProblem(line: 0, message: "The file breaks off in the middle of a letter of UTF-16.")
            ])
        }
        let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { index in
            let (one, other) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isLittle ? other << 8 | one : one << 8 | other
        }
        guard let text = String(validating: units, as: UTF16.self) else {
            throw FileRefusal([FileProblem(line: 0, message: "The file is no UTF-16, although it begins like it.")])
        }
        return text
    }

    private static func utf8(_ bytes: ArraySlice<UInt8>, _ format: FileFormat) throws(FileRefusal) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        guard format != .yaml, format != .json else {
            throw FileRefusal([FileProblem(line: line(ofFirstBad: bytes), message: "The file is not UTF-8.")])
        }
        return try windows1252(bytes)
    }

    private static func line(ofFirstBad bytes: ArraySlice<UInt8>) -> Int {
        var line = 1
        for part in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { return line }
            line += 1
        }
        return 0
    }

    /// What 0x80 to 0x9F are; 0 for the five that are nothing.
    private static let windowsLetters: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0,
        0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]

    private static func windows1252(_ bytes: ArraySlice<UInt8>) throws(FileRefusal) -> String {
        var scalars = String.UnicodeScalarView()
        var line = 1
        for byte in bytes {
            if byte == 0x0A { line += 1 }
            let value = (0x80...0x9F).contains(byte) ? windowsLetters[Int(byte - 0x80)] : UInt32(byte)
            guard value != 0 || byte == 0, let scalar = Unicode.Scalar(value) else {
                throw FileRefusal([
                    FileProblem(line: line, message: "The file is neither UTF-8 nor UTF-16 nor Windows-1252.")
                ])
            }
            scalars.append(scalar)
        }
        return String(scalars)
    }
}
